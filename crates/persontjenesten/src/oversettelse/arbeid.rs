//! One translation under way: where it is in the document, and what it has written.

use informasjonsmodell::verdi::skriv_tekst;
use informasjonsmodell::{Dato, Forskyvning, Tidspunkt};

use super::berikelse::{Adresse, Berikelse, Grunnkrets};
use super::feil::{Grunn, Oversettelsesfeil};
use super::leser::Leser;
use super::oversetter::{Bit, Minne, Telling};
use super::skjemaer::IS_VALID_PLASS;
use super::tabell::{Antall, Beriket, Fakta, Felt, Form, Kilde, Skjema};
use crate::Versjon;

/// Numbers of grunnkretser that a kommune has room for: the last four of the eight digits. Source: SSB, Klass 1.
const GRUNNKRETSER_I_KOMMUNE: u32 = 10_000;
/// The highest number of eight digits.
const GRUNNKRETS_MAKS: u32 = 99_999_999;

/// What a translation gives, or why it does not.
pub(super) type Utfall<T> = Result<T, Oversettelsesfeil>;

/// An object being written.
pub(super) struct Objekt {
    skjema: &'static Skjema,
    /// Just behind its `{`.
    start: usize,
    /// Its first piece in the row of pieces.
    biter: usize,
    /// One bit a field that has been met.
    sett: u64,
    /// The field that the document should say next, if it is in the table's order.
    neste: usize,
    /// The last piece's field.
    siste: usize,
    /// Pieces are out of order.
    uordnet: bool,
    /// What `isValid` said.
    gjeldende: Option<bool>,
}

/// A translation under way.
pub(super) struct Arbeid<'w> {
    leser: Leser<'w>,
    versjon: Versjon,
    berikelse: &'w dyn Berikelse,
    minne: &'w mut Minne,
    ut: &'w mut Vec<u8>,
    telling: Telling,
    adresse: Option<Adresse<'w>>,
}

impl<'w> Arbeid<'w> {
    pub(super) fn new(
        norsk: &'w [u8],
        versjon: Versjon,
        berikelse: &'w dyn Berikelse,
        minne: &'w mut Minne,
        ut: &'w mut Vec<u8>,
    ) -> Utfall<Self> {
        minne.biter.clear();
        Ok(Arbeid {
            leser: Leser::new(norsk)?,
            versjon,
            berikelse,
            minne,
            ut,
            telling: Telling::default(),
            adresse: None,
        })
    }

    /// The document has been read to its end.
    pub(super) fn ferdig(mut self) -> Utfall<Telling> {
        self.leser.slutt().map(|()| self.telling)
    }

    /// Begins an object.
    pub(super) fn start(&mut self, skjema: &'static Skjema) -> Utfall<Objekt> {
        self.leser.krev(b'{')?;
        if let Some(slag) = skjema.adresse {
            self.adresse = Some(Adresse::ny(slag));
        }
        self.ut.push(b'{');
        Ok(Objekt {
            skjema,
            start: self.ut.len(),
            biter: self.minne.biter.len(),
            sett: 0,
            neste: 0,
            siste: 0,
            uordnet: false,
            gjeldende: None,
        })
    }

    /// Translates its members, to the end of the object in the document.
    pub(super) fn medlemmer(&mut self, o: &mut Objekt) -> Utfall<()> {
        if self.leser.ta(b'}') {
            return Ok(());
        }
        loop {
            let navn = self.leser.navn()?;
            self.medlem(o, navn)?;
            if !self.leser.ta(b',') {
                return self.leser.krev(b'}');
            }
        }
    }

    /// Ends it: pieces in order, and the brace.
    pub(super) fn slutt(&mut self, o: &Objekt) {
        let Minne { biter, kladd } = &mut *self.minne;
        if o.uordnet {
            kladd.clear();
            kladd.extend_from_slice(self.ut.get(o.start..).unwrap_or_default());
            self.ut.truncate(o.start);
            let biter = biter.get_mut(o.biter..).unwrap_or_default();
            biter.sort_unstable_by_key(|bit| bit.felt);
            for bit in biter {
                if self.ut.len() > o.start {
                    self.ut.push(b',');
                }
                let stykke = kladd.get(bit.fra - o.start..bit.til - o.start);
                self.ut.extend_from_slice(stykke.unwrap_or_default());
            }
        }
        biter.truncate(o.biter);
        self.ut.push(b'}');
    }

    /// Takes fields of an object away again.
    pub(super) fn stryk(&mut self, o: &mut Objekt, navn: &[&str]) {
        let felter = o.skjema.felter;
        let mut nr = 0;
        self.minne.biter.retain(|bit| {
            nr += 1;
            let strykes = felter.get(bit.felt).is_some_and(|felt| navn.contains(&felt.navn));
            nr <= o.biter || !strykes
        });
        // The object is written again from the pieces that are left.
        o.uordnet = true;
    }

    /// What has been written as a field's value.
    pub(super) fn skrevet(&self, o: &Objekt, navn: &str) -> Option<&[u8]> {
        let felt = o.skjema.felter.iter().position(|felt| felt.navn == navn)?;
        let bit = self.minne.biter.get(o.biter..)?.iter().find(|bit| bit.felt == felt)?;
        // Two quotes and a colon.
        self.ut.get(bit.fra + navn.len() + 3..bit.til)
    }

    fn medlem(&mut self, o: &mut Objekt, navn: &str) -> Utfall<()> {
        let Some(nr) = o.skjema.finn(navn, o.neste) else {
            self.telling.ukjente_felt += usize::from(!super::krr::UTELATT.contains(&navn));
            return self.leser.hopp_over();
        };
        o.neste = nr + 1;
        if let Some(tvilling) = o.skjema.tvilling_av(nr) {
            let (plass, telling) = (self.leser.plass(), self.telling);
            self.felt(o, tvilling)?;
            // The same value again, and what it lacks is lacking once.
            self.leser.tilbake_til(plass);
            self.telling = telling;
        }
        self.felt(o, nr)
    }

    fn felt(&mut self, o: &mut Objekt, nr: usize) -> Utfall<()> {
        let Some(felt) = o.skjema.felter.get(nr) else {
            return self.leser.hopp_over();
        };
        // No schema has more than 64 fields; a test says so.
        let bit = 1u64 << (nr & 63);
        if o.sett & bit != 0 {
            return Err(self.leser.feil(Grunn::Duplikat));
        }
        o.sett |= bit;
        if !felt.finnes_i(self.versjon) {
            return self.leser.hopp_over();
        }
        if self.leser.se() == Some(b'n') {
            return self.leser.ord("null");
        }
        let fra = self.leser.plass();
        let foer = self.ut.len();
        let start = self.navn(o, felt.navn);
        if !self.verdi(felt)? {
            self.ut.truncate(foer);
            return Ok(());
        }
        if o.skjema.metadata && nr == IS_VALID_PLASS {
            o.gjeldende = Some(self.ut.ends_with(b"true"));
        }
        self.bit(o, nr, start);
        if let Some(fakta) = felt.fakta {
            self.fakta(o, nr, fakta, fra);
        }
        Ok(())
    }

    // Writes a name, with the comma before it; gives where the piece begins.
    fn navn(&mut self, o: &Objekt, navn: &str) -> usize {
        if self.ut.len() > o.start {
            self.ut.push(b',');
        }
        let start = self.ut.len();
        self.ut.push(b'"');
        self.ut.extend_from_slice(navn.as_bytes());
        self.ut.extend_from_slice(b"\":");
        start
    }

    // Enters what was written since `fra` as a piece.
    fn bit(&mut self, o: &mut Objekt, felt: usize, fra: usize) {
        o.uordnet |= o.siste > felt;
        o.siste = felt;
        let til = self.ut.len();
        self.minne.biter.push(Bit { felt, fra, til });
    }

    /// Writes a field of the service's own.
    pub(super) fn tjeneste(&mut self, o: &mut Objekt, navn: &str, skriv: impl FnOnce(&mut Vec<u8>)) {
        let plass = o.skjema.felter.iter().position(|felt| felt.navn == navn);
        if let Some(nr) = plass {
            self.tillegg(o, nr, skriv);
        }
    }

    fn tillegg(&mut self, o: &mut Objekt, nr: usize, skriv: impl FnOnce(&mut Vec<u8>)) {
        if let Some(felt) = o.skjema.felter.get(nr)
            && felt.finnes_i(self.versjon)
        {
            let start = self.navn(o, felt.navn);
            skriv(self.ut);
            self.bit(o, nr, start);
        }
    }

    // Translates a field's value; false when there is nothing to write.
    fn verdi(&mut self, felt: &Felt) -> Utfall<bool> {
        match felt.antall {
            Antall::En => self.en(felt.form),
            Antall::Liste => {
                self.ut.push(b'[');
                let start = self.ut.len();
                self.elementer(|arbeid| {
                    let foer = arbeid.ut.len();
                    if foer > start {
                        arbeid.ut.push(b',');
                    }
                    if !arbeid.en(felt.form)? {
                        arbeid.ut.truncate(foer);
                    }
                    Ok(())
                })?;
                let noe = self.ut.len() > start;
                self.ut.push(b']');
                Ok(noe)
            }
            Antall::Foerste | Antall::Eneste => {
                let start = self.ut.len();
                let mut antall = 0;
                self.elementer(|arbeid| {
                    antall += 1;
                    let foer = arbeid.ut.len();
                    if !arbeid.en(felt.form)? || foer > start {
                        arbeid.ut.truncate(foer);
                    }
                    Ok(())
                })?;
                Ok(self.ut.len() > start && (antall == 1 || felt.antall == Antall::Foerste))
            }
        }
    }

    fn elementer(&mut self, mut element: impl FnMut(&mut Self) -> Utfall<()>) -> Utfall<()> {
        self.leser.krev(b'[')?;
        if self.leser.ta(b']') {
            return Ok(());
        }
        loop {
            element(self)?;
            if !self.leser.ta(b',') {
                return self.leser.krev(b']');
            }
        }
    }

    // Translates one value; false when there is nothing to write.
    fn en(&mut self, form: Form) -> Utfall<bool> {
        match form {
            Form::Tekst => {
                let tekst = self.leser.tekst()?;
                self.raa(tekst, "");
            }
            Form::Heltall | Form::Heltall32 => {
                let tall = self.leser.heltall()?;
                self.tall(tall);
            }
            Form::Boolsk => {
                let sann = self.leser.boolsk()?;
                self.ut.extend_from_slice(if sann { b"true" } else { b"false" });
            }
            Form::Dato => {
                let tekst = self.leser.tekst()?;
                let dato = Dato::parse(tekst).ok_or_else(|| self.leser.feil(Grunn::Tidsform))?;
                if dato.dag().is_none() {
                    self.telling.ufullstendige_datoer += 1;
                    return Ok(false);
                }
                self.raa(tekst, "T00:00:00Z");
            }
            Form::Tidspunkt => {
                let tekst = self.leser.tekst()?;
                let tid = Tidspunkt::parse(tekst).ok_or_else(|| self.leser.feil(Grunn::Tidsform))?;
                let uten_sone = tid.forskyvning() == Forskyvning::Ingen;
                self.raa(tekst, if uten_sone { "Z" } else { "" });
            }
            Form::Kode(liste) => {
                let norsk = self.leser.tekst()?;
                let kode = liste.oversett(norsk);
                self.telling.ukjente_koder += usize::from(kode.is_none());
                match kode.or(liste.ukjent) {
                    Some(engelsk) => self.raa(engelsk, ""),
                    None => return Ok(false),
                }
            }
            Form::Objekt(skjema) => return self.objekt(skjema),
        }
        Ok(true)
    }

    // A text that is JSON already, with something after it, in quotes.
    fn raa(&mut self, tekst: &str, hale: &str) {
        self.ut.push(b'"');
        self.ut.extend_from_slice(tekst.as_bytes());
        self.ut.extend_from_slice(hale.as_bytes());
        self.ut.push(b'"');
    }

    fn tall(&mut self, tall: impl itoa::Integer) {
        self.ut.extend_from_slice(itoa::Buffer::new().format(tall).as_bytes());
    }

    fn objekt(&mut self, skjema: &'static Skjema) -> Utfall<bool> {
        let mut o = self.start(skjema)?;
        self.medlemmer(&mut o)?;
        if skjema.adresse.is_some() {
            self.sted(&mut o);
        }
        self.slutt(&o);
        // What has no history is not shown when it is over: it would look as if it were not.
        Ok(!(skjema.uten_historikk && o.gjeldende == Some(false)))
    }

    // Remembers what a value tells of the address it is in, and adds the names of a kommune.
    fn fakta(&mut self, o: &mut Objekt, nr: usize, fakta: Fakta, fra: usize) {
        let raa = self.leser.fra(fra);
        let tall = raa.parse::<i64>().ok();
        let tekst = raa.strip_prefix('"').and_then(|r| r.strip_suffix('"'));
        let tekst = tekst.filter(|t| !t.contains('\\'));
        if let Some(adresse) = &mut self.adresse {
            match fakta {
                Fakta::Identifikator => adresse.identifikator = tekst,
                Fakta::NaerIdentifikator => adresse.naer_identifikator = tekst,
                Fakta::Kommunenummer => adresse.kommunenummer = tekst,
                Fakta::Adressekode => adresse.adressekode = tekst,
                Fakta::Husnummer => adresse.husnummer = tekst,
                Fakta::Husbokstav => adresse.husbokstav = tekst,
                Fakta::Gaardsnummer => adresse.gaardsnummer = tall,
                Fakta::Bruksnummer => adresse.bruksnummer = tall,
                Fakta::Festenummer => adresse.festenummer = tall,
                Fakta::Undernummer => adresse.undernummer = tall,
                Fakta::Grunnkrets => adresse.grunnkrets = tall,
            }
        }
        let berikelse = self.berikelse;
        let nummer = tekst.filter(|_| fakta == Fakta::Kommunenummer);
        let Some(kommune) = nummer.and_then(|nummer| berikelse.kommune(nummer)) else {
            return;
        };
        // The names stand just after the number.
        for nr in nr + 1..o.skjema.felter.len() {
            let verdi = match o.skjema.felter.get(nr).map(|felt| felt.kilde) {
                Some(Kilde::Berikelse(Beriket::Kommunenavn)) => kommune.navn,
                Some(Kilde::Berikelse(Beriket::Fylkesnummer)) => kommune.fylkesnummer,
                Some(Kilde::Berikelse(Beriket::Fylkesnavn)) => kommune.fylkesnavn,
                _ => break,
            };
            self.tillegg(o, nr, |ut| skriv_tekst(ut, verdi));
        }
    }

    // Adds what the place of an address is, when all of the item has been read.
    fn sted(&mut self, o: &mut Objekt) {
        let Some(adresse) = self.adresse.take() else { return };
        let berikelse = self.berikelse;
        let sted = berikelse.sted(&adresse);
        // Without the kommune, as the register has it. A grunnkrets of more than eight digits is none.
        let tall = |krets: &Grunnkrets<'_>| krets.nummer % GRUNNKRETSER_I_KOMMUNE;
        let krets = sted.grunnkrets.filter(|krets| krets.nummer <= GRUNNKRETS_MAKS);
        // Where the register says another, nothing is said beside it.
        let krets = krets.filter(|krets| adresse.grunnkrets.is_none_or(|g| g == i64::from(tall(krets))));
        if let (Some(krets), Some(nr)) = (krets, o.skjema.finn_beriket(Beriket::Grunnkretstall)) {
            self.tillegg(o, nr, |ut| {
                ut.extend_from_slice(itoa::Buffer::new().format(tall(&krets)).as_bytes());
            });
        }
        let nummer = krets.map(|krets| format!("{:08}", krets.nummer));
        for (hva, verdi) in [
            (Beriket::Grunnkretsnummer, nummer.as_deref()),
            (Beriket::Grunnkretsnavn, krets.and_then(|k| k.navn)),
            (Beriket::Bydelskode, sted.bydel.map(|b| b.kode)),
            (Beriket::Bydelsnavn, sted.bydel.map(|b| b.navn)),
            (Beriket::GeografiskBydelskode, sted.geografisk_bydel.map(|b| b.kode)),
            (Beriket::GeografiskBydelsnavn, sted.geografisk_bydel.map(|b| b.navn)),
        ] {
            if let (Some(verdi), Some(nr)) = (verdi, o.skjema.finn_beriket(hva)) {
                self.tillegg(o, nr, |ut| skriv_tekst(ut, verdi));
            }
        }
    }
}
