//! Backup while others read and write, and restore to any commit.
//!
//! ```text
//!  ROT/00000000000000001234/register/data.mdb      the register as it was at number 1234, free pages left out
//!  ROT/00000000000000001234/kopi.json              what it is, and what its state hashes to
//!  ROT/personnoekler/                              the present key store: one for all the copies, never one for each
//! ```
//! What a newcomer gets wrong: a copy alone does not open what is sealed. The keys of persons stand in one place that is
//! kept up with the register, so that a key that is destroyed is gone from every copy; and the key that wraps them is in
//! no copy at all.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use informasjonsmodell::{Endring, Entitet, Handling, Hendelsestype, Persondokument, Registrering, Tidspunkt};
use lager::arkivstroem::Stans;
use lager::mappe::{self, bytt_fil, synk_mappe};
use lager::slettinger::{Lagerid, Slag};
use sha2::{Digest, Sha256};

use crate::kontroll::heks;
use crate::register::{Register, les_liste};
use crate::transaksjon::Transaksjon;
use crate::{Feil, Sekvens};

const MANIFEST: &str = "kopi.json";
const NOEKLER: &str = "personnoekler";
const SLETTINGER: &str = "slettinger";

/// What a copy is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kopi {
    /// Where it lies.
    pub sti: PathBuf,
    /// The last event in it.
    pub seq: Sekvens,
    /// Which store it is of.
    lager: Lagerid,
    /// [`Register::avtrykk`] of what it holds.
    pub tilstand: String,
    /// SHA-256 of the file.
    pub fil: String,
    /// Bytes of the file.
    pub byte: u64,
}

/// Why a backup or a restore did not come about.
#[derive(Debug, thiserror::Error)]
pub enum Kopifeil {
    /// The register or its files failed.
    #[error(transparent)]
    Register(#[from] Feil),
    /// The operating system refused.
    #[error("kunne ikke bruke {sti}", sti = sti.display())]
    Fil {
        /// Which file or folder.
        sti: PathBuf,
        /// Why.
        #[source]
        kilde: std::io::Error,
    },
    /// A copy that is not what it says it is.
    #[error("kopien i {sti} er ikke hel; bruk en annen", sti = .0.display())]
    Uhel(PathBuf),
    /// There is no copy to restore from.
    #[error("fant ingen kopi i {sti} fra sekvensnummer {til} eller før", sti = sti.display(), til = til.map_or_else(|| "det siste".to_owned(), |t| t.to_string()))]
    IngenKopi {
        /// Where copies were looked for.
        sti: PathBuf,
        /// The number asked for.
        til: Option<u64>,
    },
    /// What is to be restored to is in use.
    #[error("{sti} er ikke tom; gjenopprett til en ny mappe", sti = .0.display())]
    IkkeTom(PathBuf),
    /// Records that cannot be opened with the keys at hand.
    #[error(
        "{0} poster kan ikke åpnes: nøkkellageret er ikke det som hører til; bruk det nyeste, eller speilet av det (--personnoekler)"
    )]
    Uleselig(usize),
    /// The stream does not reach the number.
    #[error("arkivstrømmen når bare til sekvensnummer {naadd}: {hvorfor}", hvorfor = stans_tekst(*stans))]
    NaarIkke {
        /// How far it reaches.
        naadd: u64,
        /// Why no further.
        stans: Stans,
    },
}

fn stans_tekst(stans: Stans) -> &'static str {
    match stans {
        Stans::Ingen | Stans::Slutt => "den slutter der",
        Stans::Hull => "neste innføring mangler",
        Stans::Skadet => "den er skadet etter det",
    }
}

fn fil(sti: &Path) -> impl FnOnce(std::io::Error) -> Kopifeil {
    let sti = sti.to_owned();
    move |kilde| Kopifeil::Fil { sti, kilde }
}

impl From<lager::Feil> for Kopifeil {
    fn from(feil: lager::Feil) -> Self {
        Kopifeil::Register(Feil::Lager(feil))
    }
}

impl Kopi {
    fn skriv(&self) -> Result<(), Kopifeil> {
        let verdi = serde_json::json!({
            "format": 1,
            "lager": heks(&self.lager),
            "sekvensnummer": self.seq.0,
            "tilstand": self.tilstand,
            "fil": self.fil,
            "byte": self.byte,
        });
        let tekst = serde_json::to_vec_pretty(&verdi).map_err(|_| Kopifeil::Uhel(self.sti.clone()))?;
        Ok(bytt_fil(&self.sti.join(MANIFEST), &tekst)?)
    }

    /// Reads what a copy says it is. Whether that is true is for [`Kopi::kontroller`].
    ///
    /// # Errors
    /// [`Kopifeil::Uhel`] if the folder holds no whole copy.
    pub fn les(sti: &Path) -> Result<Self, Kopifeil> {
        let uhel = || Kopifeil::Uhel(sti.to_owned());
        let byte = fs::read(sti.join(MANIFEST)).map_err(|_| uhel())?;
        let verdi: serde_json::Value = serde_json::from_slice(&byte).map_err(|_| uhel())?;
        let tekst = |navn: &str| {
            verdi
                .get(navn)
                .and_then(|v| v.as_str())
                .map(str::to_owned)
                .ok_or_else(uhel)
        };
        let tall = |navn: &str| verdi.get(navn).and_then(serde_json::Value::as_u64).ok_or_else(uhel);
        Ok(Kopi {
            sti: sti.to_owned(),
            seq: Sekvens(tall("sekvensnummer")?),
            lager: fra_heks(&tekst("lager")?).ok_or_else(uhel)?,
            tilstand: tekst("tilstand")?,
            fil: tekst("fil")?,
            byte: tall("byte")?,
        })
    }

    /// Reads all of the copy's file and holds it against what was written down when it was made.
    ///
    /// # Errors
    /// [`Kopifeil::Uhel`].
    pub fn kontroller(&self) -> Result<(), Kopifeil> {
        let (sum, byte) = filsum(&self.datafil())?;
        if sum == self.fil && byte == self.byte {
            Ok(())
        } else {
            Err(Kopifeil::Uhel(self.sti.clone()))
        }
    }

    fn datafil(&self) -> PathBuf {
        self.sti.join("register").join("data.mdb")
    }
}

fn fra_heks(tekst: &str) -> Option<Lagerid> {
    let mut ut = [0; 16];
    if tekst.len() != 32 || !tekst.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    for (nr, til) in ut.iter_mut().enumerate() {
        *til = u8::from_str_radix(tekst.get(nr * 2..nr * 2 + 2)?, 16).ok()?;
    }
    Some(ut)
}

/// SHA-256 and length of a file.
fn filsum(sti: &Path) -> Result<(String, u64), Kopifeil> {
    let mut aapen = File::open(sti).map_err(fil(sti))?;
    let mut sum = Sha256::new();
    let mut lengde = 0;
    let mut rom = vec![0; 1 << 20];
    loop {
        let lest = aapen.read(&mut rom).map_err(fil(sti))?;
        let Some(byte) = rom.get(..lest).filter(|b| !b.is_empty()) else {
            return Ok((heks(&sum.finalize()), lengde));
        };
        sum.update(byte);
        lengde += lest as u64;
    }
}

/// The copies of a folder that are whole enough to say what they are, oldest first.
///
/// # Errors
/// [`Kopifeil::Fil`] if the folder cannot be read.
pub fn kopier(rot: &Path) -> Result<Vec<Kopi>, Kopifeil> {
    let mut ut: Vec<Kopi> = Vec::new();
    for inne in fs::read_dir(rot).map_err(fil(rot))? {
        let inne = inne.map_err(fil(rot))?;
        let er_kopi = inne.file_name().to_str().is_some_and(|n| n.parse::<u64>().is_ok());
        if er_kopi && let Ok(kopi) = Kopi::les(&inne.path()) {
            ut.push(kopi);
        }
    }
    ut.sort_by_key(|k| k.seq);
    Ok(ut)
}

impl Register {
    /// Copies the register as it is at one moment into a folder of copies, and makes the key store there the present one.
    /// Reading and writing go on.
    ///
    /// The copy is opened and hashed before it gets its name, so what is named can be read.
    ///
    /// # Errors
    /// [`Kopifeil::Fil`] if the folder cannot be written; nothing that was there is lost then.
    pub fn sikkerhetskopier(&self, rot: &Path) -> Result<Kopi, Kopifeil> {
        fs::create_dir_all(rot).map_err(fil(rot))?;
        let ny = rot.join("ny");
        if ny.exists() {
            fs::remove_dir_all(&ny).map_err(fil(&ny))?;
        }
        let mappe = ny.join("register");
        lager::noekkelfil::lag_hemmelig_mappe(&mappe)?;
        self.miljoe.kopier(&mappe.join("data.mdb"))?;
        let (seq, tilstand) = Register::tilstand_av(&mappe)?;
        let laas = mappe.join("lock.mdb");
        fs::remove_file(&laas).map_err(fil(&laas))?;
        let (sum, byte) = filsum(&mappe.join("data.mdb"))?;
        let mut kopi = Kopi {
            sti: ny.clone(),
            seq,
            lager: self.id,
            tilstand,
            fil: sum,
            byte,
        };
        kopi.skriv()?;
        synk_mappe(&mappe)?;
        // Keys after the records, so that there is none too few; and those of a former copy are gone with it.
        self.kopier_noekler(rot)?;
        let sti = rot.join(format!("{:020}", seq.0));
        if sti.exists() {
            fs::remove_dir_all(&sti).map_err(fil(&sti))?;
        }
        fs::rename(&ny, &sti).map_err(fil(&sti))?;
        synk_mappe(rot)?;
        kopi.sti = sti;
        Ok(kopi)
    }

    /// Makes the key store of a folder of copies the present one, so that a key that was destroyed is gone from there too.
    ///
    /// # Errors
    /// [`Kopifeil::Register`] if the folder cannot be written.
    pub fn kopier_noekler(&self, rot: &Path) -> Result<(), Kopifeil> {
        let mappe = rot.join(NOEKLER);
        self.noekler.kopier(&mappe)?;
        // A list with less is not the list that belongs to these keys.
        let antall = self.slettinger.innfoeringer()?;
        Ok(bytt_fil(&mappe.join(SLETTINGER), antall.to_string().as_bytes())?)
    }

    /// Whose erasure list belongs to a copy, and how many entries it had.
    fn kjente_slettinger(mappe: &Path) -> Result<(Lagerid, u64), Feil> {
        let (miljoe, tabeller, _) = Register::aapne_miljoe(mappe)?;
        les_liste(&miljoe, tabeller.meta)
    }

    /// Hash of everything: records, journal, indexes, feeds. Two registers that have the same are the same.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn avtrykk(&self) -> Result<String, Feil> {
        self.avtrykk_ved(&self.miljoe.les()?)
    }
}

/// What to restore, and where to.
#[derive(Clone, Debug)]
pub struct Gjenoppretting {
    /// The folder of copies.
    pub rot: PathBuf,
    /// The key store, if not the one that lies among the copies; a mirror has the same form.
    pub personnoekler: Option<PathBuf>,
    /// The folder of key files: the one that the store had.
    pub noekler: PathBuf,
    /// The archive stream, if there is one to go on from the copy with.
    pub arkivstroem: Option<PathBuf>,
    /// The erasure list of the store.
    pub slettinger: PathBuf,
    /// The sequence number to restore to; as far as copy and stream go, if absent. A commit of several numbers is not cut.
    pub til: Option<u64>,
    /// Where the restored data folder is to lie.
    pub maal: PathBuf,
}

/// What a restore came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gjenopprettet {
    /// The copy it began with.
    pub kopi: Sekvens,
    /// The number it came to.
    pub naadd: Sekvens,
    /// [`Register::avtrykk`] at that number, before the erasures of later were done again.
    pub tilstand: String,
    /// Persons from whom something had been erased since, and from whom it was therefore taken again.
    pub slettet_igjen: u32,
}

/// Restores a data folder: the newest copy at or before the number, then the stream, then every erasure that came later.
/// Nothing can be served from the folder before it is done: it gets its place last.
///
/// The restored store is a new one: it has an id of its own, so that its commits are never taken for the old one's.
///
/// `naa_sekunder` and `tidspunkt` are of the events that say again what was erased.
///
/// # Errors
/// [`Kopifeil`]; the target is then not there.
pub fn gjenopprett(hva: &Gjenoppretting, tidspunkt: Tidspunkt, naa_sekunder: i64) -> Result<Gjenopprettet, Kopifeil> {
    let maal_er_tomt = match fs::read_dir(&hva.maal) {
        Ok(mut innhold) => innhold.next().is_none(),
        Err(feil) => feil.kind() == std::io::ErrorKind::NotFound,
    };
    if !maal_er_tomt {
        return Err(Kopifeil::IkkeTom(hva.maal.clone()));
    }
    let til = hva.til.unwrap_or(u64::MAX);
    let kopi = kopier(&hva.rot)?.into_iter().rev().find(|k| k.seq.0 <= til);
    let kopi = kopi.ok_or_else(|| Kopifeil::IngenKopi {
        sti: hva.rot.clone(),
        til: hva.til,
    })?;
    kopi.kontroller()?;
    let mut navn = hva.maal.as_os_str().to_owned();
    navn.push(".gjenopprettes");
    let ny = PathBuf::from(navn);
    if ny.exists() {
        fs::remove_dir_all(&ny).map_err(fil(&ny))?;
    }
    let register = ny.join("register");
    lager::noekkelfil::lag_hemmelig_mappe(&register)?;
    kopier_fil(&kopi.datafil(), &register.join("data.mdb"))?;
    let i_rot = hva.rot.join(NOEKLER);
    mappe::kopier(hva.personnoekler.as_deref().unwrap_or(&i_rot), &ny.join(NOEKLER))?;
    // With the modes that they have: whoever opens them refuses what others may read.
    mappe::kopier(&hva.noekler, &ny.join("noekler"))?;
    // Read before anything is opened: without it nothing is restored.
    let (stamme, kjente) = Register::kjente_slettinger(&register)?;
    let minst = kjente.max(slettinger_ved(hva.personnoekler.as_deref().unwrap_or(&i_rot)));
    let slettinger = lager::slettinger::les(&hva.slettinger, &stamme, minst)?;
    lager::slettinger::skriv_ny(&ny.join("slettinger"), &stamme, &slettinger)?;
    let aapnet = Register::aapne(&ny)?;
    // It is of the copy, and under a key that may be another by now.
    aapnet.glem_indeks()?;
    let naadd = match &hva.arkivstroem {
        None => kopi.seq.0,
        Some(stroem) => {
            let (naadd, stans) = aapnet.spill_av(stroem, &kopi.lager, til)?;
            if matches!(stans, Stans::Hull | Stans::Skadet) || (hva.til.is_some() && stans == Stans::Slutt) {
                return Err(Kopifeil::NaarIkke { naadd, stans });
            }
            naadd
        }
    };
    if hva.arkivstroem.is_none() && hva.til.is_some_and(|til| til != naadd) {
        return Err(Kopifeil::NaarIkke {
            naadd,
            stans: Stans::Slutt,
        });
    }
    drop(aapnet);
    // Opened anew: texts came with the stream.
    let aapnet = Register::aapne(&ny)?;
    aapnet.bygg_om(&mut |_| {})?;
    let tilstand = aapnet.avtrykk()?;
    if naadd == kopi.seq.0 && tilstand != kopi.tilstand {
        return Err(Kopifeil::Uhel(kopi.sti));
    }
    aapnet.ny_identitet()?;
    drop(aapnet);
    let aapnet = Register::aapne(&ny)?;
    let slettet_igjen = aapnet.slett_igjen(&slettinger, tidspunkt, naa_sekunder)?;
    aapnet.noter_slettinger()?;
    aapnet.forny_noekler(false)?;
    let funn = aapnet.verifiser(&mut |_| {})?;
    if !funn.is_empty() {
        return Err(Kopifeil::Uleselig(funn.len()));
    }
    drop(aapnet);
    if hva.maal.exists() {
        fs::remove_dir(&hva.maal).map_err(fil(&hva.maal))?;
    }
    fs::rename(&ny, &hva.maal).map_err(fil(&hva.maal))?;
    if let Some(over) = hva.maal.parent().filter(|p| !p.as_os_str().is_empty()) {
        synk_mappe(over)?;
    }
    Ok(Gjenopprettet {
        kopi: kopi.seq,
        naadd: Sekvens(naadd),
        tilstand,
        slettet_igjen,
    })
}

/// How many entries the erasure list had when a copy of the key store was made.
fn slettinger_ved(noekler: &Path) -> u64 {
    let tekst = fs::read_to_string(noekler.join(SLETTINGER)).unwrap_or_default();
    tekst.trim().parse().unwrap_or(0)
}

fn kopier_fil(fra: &Path, til: &Path) -> Result<(), Kopifeil> {
    fs::copy(fra, til).map_err(fil(fra))?;
    File::open(til).and_then(|f| f.sync_all()).map_err(fil(til))
}

impl Register {
    /// Sequence number and hash of a register's environment that nobody has open.
    fn tilstand_av(mappe: &Path) -> Result<(Sekvens, String), Feil> {
        let (miljoe, tabeller, journal) = Register::aapne_miljoe(mappe)?;
        let les = miljoe.les()?;
        let seq = lager::journal::Journal::siste(&journal, &les)?;
        Ok((Sekvens(seq), crate::kontroll::avtrykk_av_alt(&tabeller, journal, &les)?))
    }

    fn avtrykk_ved(&self, les: &lager::Les<'_>) -> Result<String, Feil> {
        crate::kontroll::avtrykk_av_alt(&self.tabeller, self.journal, les)
    }

    /// Takes again what the list says was erased and is here still, destroys every key that it names, and tells of it.
    fn slett_igjen(
        &self,
        slettinger: &[lager::slettinger::Sletting],
        tidspunkt: Tidspunkt,
        naa_sekunder: i64,
    ) -> Result<u32, Feil> {
        let mut skriv = self.noekler.skriv();
        for sletting in slettinger {
            skriv.oedelegg(sletting.person, sletting.generasjon);
        }
        skriv.bekreft()?;
        let antall = self.antall_personer()?;
        // What was sealed under a key that is destroyed, or one older than that, is from before the erasure, whatever the
        // numbers of events say: they may be of another story, told after an earlier restore.
        let lesing = self.les()?;
        let mut senere = Vec::new();
        for sletting in slettinger.iter().filter(|s| s.person <= antall) {
            let hode = lesing.hode(crate::lesing::Personnummer(sletting.person))?;
            if hode.is_some_and(|h| h.noekkelgenerasjon <= sletting.generasjon) {
                senere.push(sletting);
            }
        }
        drop(lesing);
        let mut berget: BTreeMap<u32, (bool, u8)> = BTreeMap::new();
        for sletting in senere {
            let (strengt, generasjon) = berget.entry(sletting.person).or_default();
            *strengt |= sletting.slag == Slag::StrengtFortrolig;
            *generasjon = sletting.generasjon.max(*generasjon);
        }
        if berget.is_empty() {
            return Ok(0);
        }
        let mut transaksjon = Transaksjon::new(self, naa_sekunder)?;
        // All of them first: one may concern another.
        let utfall = berget
            .iter()
            .try_for_each(|(person, (_, generasjon))| transaksjon.berg(*person, *generasjon))
            .and_then(|()| {
                let mut alle = berget.iter();
                alle.try_for_each(|(person, (strengt, _))| transaksjon.meld_slettet(*person, *strengt, tidspunkt))
            });
        match utfall {
            Ok(()) => transaksjon.bekreft()?,
            Err(feil) => {
                transaksjon.avbryt();
                return Err(feil);
            }
        };
        // Numbers that stood in what is gone are nobody's now.
        self.bygg_om(&mut |_| {})?;
        u32::try_from(berget.len()).map_err(|_| Feil::Skadet("slettingslisten"))
    }
}

/// The request that gives a person the protection it had when something was erased from it.
pub(crate) fn gjeninnfoert_vern(
    nummer: informasjonsmodell::tekst::Foedselsnummer,
    tidspunkt: Tidspunkt,
) -> Result<Registrering, Feil> {
    let dokument = serde_json::json!({
        "adressebeskyttelse": [{
            "erGjeldende": true,
            "kilde": "KILDE_GJENOPPRETTING",
            "aarsak": "Gjenopprettet fra sikkerhetskopi",
            "graderingsnivaa": "strengtFortrolig",
        }]
    });
    let dokument = Persondokument::les(dokument).map_err(|_| Feil::Skadet("adressebeskyttelse"))?;
    let opplysning = dokument
        .opplysninger
        .into_iter()
        .find(|o| o.entitet() == Entitet::Adressebeskyttelse);
    let opplysning = opplysning.ok_or(Feil::Skadet("adressebeskyttelse"))?;
    Ok(Registrering {
        tidspunkt,
        handling: Handling::Registrer {
            person: nummer,
            hendelsestype: Hendelsestype::EndringIAdressebeskyttelse,
            endringer: vec![Endring::RegistrereNy(Box::new(opplysning))],
        },
    })
}
