//! Checking a whole store, and rebuilding what can be rebuilt from the rest.
//!
//! Primary: the records, the journal, the key store. Views: the index of numbers, the index of contacts, the feeds and what
//! waits for them.

use std::collections::BTreeSet;

use lager::journal::{Journal, LmdbJournal};
use lager::{Les, Miljoe};
use sha2::{Digest, Sha256};

use crate::feed::{Feedkontroll, Feedrad, Feedskriver};
use crate::indeks::Indekskontroll;
use crate::kontakt::{self, Vernet};
use crate::lesing::{Lesing, Personnummer};
use crate::oppfoering::{Journalpost, Oppfoering};
use crate::post::Personpost;
use crate::register::{Register, Tabeller, antallsverdi, indeksverdi, les_indeks, tell_grupper};
use crate::tekster::les_tekst;
use crate::tilbakehold::{self, Feedbygger, Feedmottaker, Tilbakehold, spill};
use crate::{Feil, Sekvens, endring};
use tilgang::Projeksjon;

/// What is wrong with a store. Names internal numbers only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funn {
    /// Where: a record, the journal, an index, a feed.
    pub sted: String,
    /// What.
    pub hva: &'static str,
}

/// Most findings that are listed; the check stops there.
const FUNN_MAKS: usize = 1_000;

impl Register {
    /// Checks the whole store: every record, the index both ways, the journal, every feed, the texts. Empty when nothing is
    /// wrong. Everything is read as of one moment, so that writes meanwhile do not disturb.
    ///
    /// # Errors
    /// [`Feil::Lager`] if the files refuse to be read at all; damaged content is a finding, not an error.
    pub fn verifiser(&self, framdrift: &mut dyn FnMut(u32)) -> Result<Vec<Funn>, Feil> {
        let lesing = self.les()?;
        let mut kontroll = Kontroll {
            register: self,
            lesing: &lesing,
            funn: Vec::new(),
            indeks: None,
        };
        match kontroll.alt(framdrift) {
            // The place is known to nobody who could say it better: a table's own shape is damaged.
            Err(Feil::Skadet(hva) | Feil::Lager(lager::Feil::Skadet(hva))) => {
                kontroll.noter("register".to_owned(), hva)
            }
            utfall => utfall?,
        }
        Ok(kontroll.funn)
    }

    /// Rebuilds every view from the primary data, in one commit, and gives the hash of the views before and after.
    ///
    /// # Errors
    /// [`Feil`] if the primary data are damaged; nothing was changed then.
    pub fn bygg_om(&self, framdrift: &mut dyn FnMut(u32)) -> Result<(String, String), Feil> {
        let foer = self.avtrykk_av_visninger()?;
        // As any who writes: a renewal that is about to put its index in this one's place hears of it first.
        let _laas = self.laas_skriving();
        let mut skriv = self.miljoe.skriv()?;
        let t = &self.tabeller;
        let (mut numre, mut kontakter) = (Vec::new(), Vec::new());
        let lesing = self.les()?;
        for person in lesing.personer()? {
            let hode = lesing.hode(person)?.ok_or(Feil::Skadet("post"))?;
            // A number of a person that was merged belongs to the one who lives on, who has it too.
            if hode.viderefoert_til.is_none() {
                numre.extend(hode.numre.iter().map(|n| (n.verdi, person.0)));
            }
            let noekler = hode.kontakter.iter().map(|n| kontakt::indeksnoekkel(*n, person.0));
            kontakter.extend(noekler);
            if person.0.is_multiple_of(10_000) {
                framdrift(person.0);
            }
        }
        drop(lesing);
        numre.sort_unstable();
        if numre.windows(2).any(|par| matches!(par, [a, b] if a.0 == b.0)) {
            return Err(Feil::Skadet("to poster har samme nummer"));
        }
        t.antall.toem(&mut skriv)?;
        for (gruppe, antall) in tell_grupper(&numre) {
            t.antall
                .legg_til(&mut skriv, &gruppe.to_be_bytes(), &antallsverdi(gruppe, antall))?;
        }
        t.identifikatorer.toem(&mut skriv)?;
        for (nummer, person) in numre {
            t.identifikatorer
                .legg_til(&mut skriv, &nummer.to_be_bytes(), &indeksverdi(nummer, person))?;
        }
        kontakter.sort_unstable();
        t.kontakter.toem(&mut skriv)?;
        for noekkel in kontakter {
            t.kontakter.legg_til(&mut skriv, &noekkel, &[])?;
        }
        t.feed.toem(&mut skriv)?;
        let siste = self.journal.siste(&skriv)?;
        let mut tilbakehold = Tilbakehold::default();
        let mut bygger = Feedbygger {
            journal: self.journal,
            feed: t.feed,
            skriv: &mut skriv,
            skriver: Feedskriver::default(),
        };
        for seq in 1..=siste {
            let byte = self.journal.hent(bygger.skriv, seq)?.ok_or(Feil::Skadet("journal"))?;
            let post = Journalpost::les(byte)?;
            spill(&mut tilbakehold, Sekvens(seq), post, &mut bygger)?;
        }
        let mut feed = bygger.skriver;
        feed.lukk(t.feed, &mut skriv)?;
        tilbakehold.skriv(t.tilbakehold, &mut skriv)?;
        if let Some(indeks) = &self.indeks {
            self.bygg_indeks(indeks, &mut skriv)?;
        }
        Miljoe::bekreft(skriv)?;
        Ok((foer, self.avtrykk_av_visninger()?))
    }

    /// Hash of the indexes of numbers and of contacts, and of every feed: equal when and only when they are byte for byte the same.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn avtrykk_av_visninger(&self) -> Result<String, Feil> {
        let les = self.miljoe.les()?;
        let mut avtrykk = Sha256::new();
        let t = &self.tabeller;
        let sted = self.indeks.as_ref().map(|indeks| indeks.sted(t.meta, &les));
        let indeks = sted.transpose()?.flatten().map(|sted| sted.tabell);
        for tabell in [t.identifikatorer, t.antall, t.kontakter, t.feed, t.tilbakehold]
            .into_iter()
            .chain(indeks)
        {
            ta_tabell(&mut avtrykk, tabell, &les)?;
        }
        Ok(heks(&avtrykk.finalize()))
    }

    /// Hash of the records, the journal and the rows of cases.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn avtrykk_av_primaerdata(&self) -> Result<String, Feil> {
        let les = self.miljoe.les()?;
        let mut avtrykk = Sha256::new();
        for tabell in [self.tabeller.personer, self.journal.tabell(), self.tabeller.saker] {
            ta_tabell(&mut avtrykk, tabell, &les)?;
        }
        Ok(heks(&avtrykk.finalize()))
    }
}

/// Hash of everything that a register is: what it was given, and what it made of it.
pub(crate) fn avtrykk_av_alt(t: &Tabeller, journal: LmdbJournal, les: &Les<'_>) -> Result<String, Feil> {
    let mut avtrykk = Sha256::new();
    let tabeller = [
        t.personer,
        journal.tabell(),
        t.tekster,
        t.identifikatorer,
        t.antall,
        t.kontakter,
        t.feed,
        t.tilbakehold,
        t.saker,
    ];
    for tabell in tabeller {
        // A table's length keeps its rows from being read as another's.
        avtrykk.update(tabell.antall(les)?.to_be_bytes());
        ta_tabell(&mut avtrykk, tabell, les)?;
    }
    Ok(heks(&avtrykk.finalize()))
}

struct Kontroll<'a> {
    register: &'a Register,
    lesing: &'a Lesing<'a>,
    funn: Vec<Funn>,
    indeks: Option<Indekskontroll>,
}

impl Kontroll<'_> {
    fn noter(&mut self, sted: String, hva: &'static str) {
        if self.funn.len() < FUNN_MAKS {
            self.funn.push(Funn { sted, hva });
        }
    }

    fn alt(&mut self, framdrift: &mut dyn FnMut(u32)) -> Result<(), Feil> {
        let lesing = self.lesing;
        let siste = self.register.journal.siste(&lesing.les)?;
        let t = &self.register.tabeller;
        if let Some(indeks) = &self.register.indeks {
            self.indeks = Indekskontroll::new(indeks, t.meta, &lesing.les)?;
            if self.indeks.is_none() {
                self.noter("søkeindeks".to_owned(), "er ikke hel");
            }
        }
        let mut rammer = 0;
        for person in lesing.personer()? {
            match self.person(person, siste) {
                Ok(antall) => rammer += antall,
                Err(hva) => self.noter(format!("post {}", person.0), hva),
            }
            if self.funn.len() >= FUNN_MAKS {
                return Ok(());
            }
            if person.0.is_multiple_of(10_000) {
                framdrift(person.0);
            }
        }
        // A damaged record is not counted above, and is a finding already.
        if self.funn.is_empty() && rammer != self.register.tabeller.personer.antall(&lesing.les)? {
            self.noter("poster".to_owned(), "det ligger rammer som ikke hører til noen person");
        }
        if let Some(kontroll) = self.indeks.take().filter(|_| self.funn.is_empty()) {
            match kontroll.stemmer(&lesing.les) {
                Ok(true) => {}
                Ok(false) | Err(Feil::Skadet(_) | Feil::Lager(lager::Feil::Forsegling)) => {
                    self.noter("søkeindeks".to_owned(), "stemmer ikke med postene");
                }
                Err(feil) => return Err(feil),
            }
        }
        self.indeks()?;
        self.tekster()?;
        self.saker()?;
        self.journal()
    }

    fn saker(&mut self) -> Result<(), Feil> {
        for rad in self.register.tabeller.saker.fra(&self.lesing.les, &[])? {
            let (noekkel, _) = rad?;
            if self.lesing.sak(noekkel).is_err() {
                self.noter("saker".to_owned(), "en rad kan ikke åpnes");
            }
        }
        Ok(())
    }

    // The number of frames the record has, or what is wrong with it.
    fn person(&mut self, person: Personnummer, siste: u64) -> Result<u64, &'static str> {
        const ULESELIG: &str = "kan ikke leses";
        let lesing = self.lesing;
        let mut noekkel = None;
        let post = Personpost::les(
            person.0,
            |r| lesing.ramme(r, person.0),
            |generasjon| {
                noekkel = lesing.noekkel(person.0, generasjon)?;
                Ok(noekkel.clone())
            },
        );
        let mut post = post.map_err(|_| ULESELIG)?.ok_or("mangler")?;
        for rad in &post.rader {
            if rad.fra == 0 || rad.fra > siste || rad.til.is_some_and(|(til, _)| til <= rad.fra || til > siste) {
                return Err("en rad gjelder for et sekvensnummer som ikke finnes");
            }
            if rad.entitet.is_some() && endring::les_innhold(rad).is_err() {
                return Err("en opplysning følger ikke modellen");
            }
            let tekster = [rad.kilde, rad.aarsak];
            if tekster.into_iter().flatten().any(|t| lesing.tekst(t).is_err()) {
                return Err("en tekst mangler");
            }
        }
        let mut avledet = post.clone();
        endring::oppdater_hode(&mut avledet).map_err(|_| "hodet kan ikke utledes av radene")?;
        let eier = self.eier(person)?;
        // Of a person who was merged, the protection is that of the one who lives on.
        let vern = if eier == person {
            avledet.hode.vern
        } else {
            let hode = lesing.hode(eier).map_err(|_| ULESELIG)?;
            hode.ok_or("personen det er slått sammen med, mangler")?.vern
        };
        if avledet.hode.numre != post.hode.numre || vern != post.hode.vern {
            return Err("hodet stemmer ikke med radene");
        }
        for n in &post.hode.numre {
            if lesing.finn_tall(n.verdi).map_err(|_| ULESELIG)? != Some(eier) {
                return Err("et nummer peker ikke på personen");
            }
        }
        for under in &post.hode.overtatt {
            let hode = lesing.hode(Personnummer(*under)).map_err(|_| ULESELIG)?;
            if hode.is_none_or(|h| h.viderefoert_til != Some(person.0)) {
                return Err("en sammenslått person peker ikke tilbake");
            }
        }
        self.boet(person, &post)?;
        if let (Some(kontroll), Some(indeks)) = (&mut self.indeks, &self.register.indeks) {
            kontroll.ta(person.0, &indeks.termer(&post));
        }
        // Packing again must give the bytes that lie there.
        let mut rammer = 0;
        for (ramme, byte) in post.skriv(person.0, noekkel.as_ref()).map_err(|_| ULESELIG)? {
            if lesing.ramme(ramme, person.0).map_err(|_| ULESELIG)? != byte.as_deref() {
                return Err("rammene er ikke slik de ville blitt skrevet");
            }
            rammer += u64::from(byte.is_some());
        }
        Ok(rammer)
    }

    // The contacts of a person's estate are in the index, and guarded as they are themselves.
    fn boet(&self, person: Personnummer, post: &Personpost) -> Result<(), &'static str> {
        const ULESELIG: &str = "en kontakt for dødsboet kan ikke leses";
        let lesing = self.lesing;
        for rad in &post.rader {
            let Some(nummer) = kontakt::nummer(rad) else { continue };
            let noekkel = kontakt::indeksnoekkel(nummer, person.0);
            let kontakter = self.register.tabeller.kontakter;
            if kontakter.hent(&lesing.les, &noekkel).map_err(|_| ULESELIG)?.is_none() {
                return Err("en kontakt for dødsboet står ikke i indeksen");
            }
            let Some(funnet) = lesing.finn_tall(nummer).map_err(|_| ULESELIG)? else {
                continue;
            };
            let funnet = lesing.post(funnet).map_err(|_| ULESELIG)?.ok_or(ULESELIG)?;
            if kontakt::verne(&mut rad.clone(), kontakt::grad(&funnet)) != Vernet::Uendret {
                return Err("adressen til en kontakt for dødsboet er ikke vernet som kontakten selv");
            }
        }
        Ok(())
    }

    // A chain of mergers ends in the one who lives on.
    fn eier(&self, person: Personnummer) -> Result<Personnummer, &'static str> {
        let mut sett = BTreeSet::new();
        let mut her = person;
        while sett.insert(her) {
            match self.lesing.hode(her) {
                Ok(Some(hode)) => match hode.viderefoert_til {
                    None => return Ok(her),
                    Some(neste) => her = Personnummer(neste),
                },
                _ => return Err("personen det er slått sammen med, kan ikke leses"),
            }
        }
        Err("sammenslåingene går i ring")
    }

    fn indeks(&mut self) -> Result<(), Feil> {
        let lesing = self.lesing;
        let mut numre = Vec::new();
        for rad in self.register.tabeller.identifikatorer.fra(&lesing.les, &[])? {
            let (noekkel, verdi) = rad?;
            let nummer = noekkel.try_into().map(u64::from_be_bytes);
            let Some((nummer, person)) = nummer.ok().and_then(|n| Some((n, les_indeks(n, verdi).ok()?))) else {
                self.noter("indeks".to_owned(), "en oppføring kan ikke leses");
                continue;
            };
            numre.push((nummer, person.0));
            let hode = lesing.hode(person).ok().flatten();
            if !hode.is_some_and(|h| h.har(nummer)) {
                self.noter(format!("indeks, post {}", person.0), "personen har ikke nummeret");
            }
        }
        let talt = tell_grupper(&numre).map(|(g, n)| (g.to_be_bytes().to_vec(), antallsverdi(g, n)));
        let lagret = self.register.tabeller.antall.fra(&lesing.les, &[])?;
        let lagret = lagret.map(|rad| rad.map(|(g, n)| (g.to_vec(), n.to_vec())));
        if lagret.collect::<Result<Vec<_>, _>>()? != talt.collect::<Vec<_>>() {
            self.noter(
                "antall".to_owned(),
                "numrene i indeksen er ikke så mange som de skal være",
            );
        }
        for rad in self.register.tabeller.kontakter.fra(&lesing.les, &[])? {
            let (noekkel, verdi) = rad?;
            let (Some((nummer, person)), true) = (kontakt::les_indeksnoekkel(noekkel), verdi.is_empty()) else {
                self.noter("kontakter".to_owned(), "en oppføring har feil form");
                continue;
            };
            let hode = lesing.hode(Personnummer(person)).ok().flatten();
            if !hode.is_some_and(|h| h.kontakter.contains(&nummer)) {
                self.noter(format!("kontakter, post {person}"), "dødsboet har ikke kontakten");
            }
        }
        Ok(())
    }

    fn tekster(&mut self) -> Result<(), Feil> {
        for (ventet, rad) in (0u32..).zip(self.register.tabeller.tekster.fra(&self.lesing.les, &[])?) {
            let (noekkel, verdi) = rad?;
            if noekkel != ventet.to_be_bytes() || les_tekst(ventet, verdi).is_err() {
                self.noter(format!("tekst {ventet}"), "kan ikke leses");
            }
        }
        Ok(())
    }

    fn journal(&mut self) -> Result<(), Feil> {
        let les = &self.lesing.les;
        let tabell = self.register.tabeller.feed;
        let neste_person = self.lesing.neste_person()?;
        let mut proeve = Feedproeve {
            journal: self.register.journal,
            tabell,
            les,
            kontroll: Feedkontroll::default(),
        };
        let mut tilbakehold = Tilbakehold::default();
        let mut skadet = Vec::new();
        let mut feil = None;
        let gjennomgang = self.register.journal.gjennomgaa(les, 1, &mut |seq, byte| {
            match Journalpost::les(byte) {
                Ok(Journalpost::Hendelse(oppfoering)) if oppfoering.person >= neste_person => {
                    skadet.push((seq, "personen finnes ikke"));
                }
                Ok(post) => match spill(&mut tilbakehold, Sekvens(seq), post, &mut proeve) {
                    Ok(()) => {}
                    Err(Feil::Skadet("tilbakehold" | "journaloppføring")) => {
                        skadet.push((seq, "følger ikke av dem før den"))
                    }
                    Err(annen) => feil = Some(annen),
                },
                Err(_) => skadet.push((seq, "kan ikke leses")),
            }
            feil.is_none() && skadet.len() < FUNN_MAKS
        });
        if gjennomgang.is_err() {
            self.noter("journal".to_owned(), "har et hull");
        }
        for (seq, hva) in skadet {
            self.noter(format!("journal {seq}"), hva);
        }
        if let Some(feil) = feil {
            return Err(feil);
        }
        let lagret = Tilbakehold::les(self.register.tabeller.tilbakehold, les);
        if !lagret.is_ok_and(|lagret| lagret == tilbakehold) {
            self.noter("tilbakehold".to_owned(), "stemmer ikke med journalen");
        }
        let (avvik, fremmed) = proeve.kontroll.ferdig(tabell, les)?;
        for projeksjon in avvik {
            self.noter(format!("feed {projeksjon:?}"), "stemmer ikke med journalen");
        }
        if fremmed {
            self.noter("feed".to_owned(), "det ligger noe som ikke hører til noen feed");
        }
        Ok(())
    }
}

/// Holds each item that a feed should have against what lies there.
struct Feedproeve<'a> {
    journal: LmdbJournal,
    tabell: lager::Tabell,
    les: &'a Les<'a>,
    kontroll: Feedkontroll,
}

impl Feedmottaker for Feedproeve<'_> {
    fn oppfoering(&self, seq: u64) -> Result<Option<Oppfoering>, Feil> {
        tilbakehold::hendelse(self.journal, self.les, seq)
    }

    fn rad(&mut self, projeksjon: Projeksjon, rad: Feedrad) -> Result<(), Feil> {
        self.kontroll.ta(self.tabell, self.les, projeksjon, rad)
    }
}

fn ta_tabell(avtrykk: &mut Sha256, tabell: lager::Tabell, les: &Les<'_>) -> Result<(), Feil> {
    for rad in tabell.fra(les, &[])? {
        let (noekkel, verdi) = rad?;
        for byte in [noekkel, verdi] {
            avtrykk.update(u64::try_from(byte.len()).unwrap_or(u64::MAX).to_be_bytes());
            avtrykk.update(byte);
        }
    }
    Ok(())
}

pub(crate) fn heks(byte: &[u8]) -> String {
    byte.iter().fold(String::with_capacity(byte.len() * 2), |mut ut, b| {
        use std::fmt::Write;
        // Writing to a String has no way to fail.
        let _ = write!(ut, "{b:02x}");
        ut
    })
}
