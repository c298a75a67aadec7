//! The key store: one random key a person, wrapped under the key of a file, in an environment of its own.
//!
//! Apart from the register's environment on purpose: destroying a person's key here makes every copy of what it sealed
//! unreadable, in the register, its log and every backup of them. For that to hold there is never more than the present
//! key store, and one mirror of it: no backup has a copy of its own.
//!
//! ```text
//!  personnoekler/gjeldende     "lager 3\nnoekkel 2\n": which folder, and which key file
//!  personnoekler/3/            LMDB
//!  noekler/personnoekler.2     the key that wraps
//! ```
//! LMDB leaves what was deleted in free pages. [`Noekkellager::forny`] writes a new environment with what is to be kept,
//! under the same key or a new one, and removes the old; readers go on meanwhile.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};

use crate::forsegling::Noekkel;
use crate::miljoe::Varig;
use crate::noekkelfil::fjern_hemmelig;
use crate::{Feil, Miljoe, Noekkelfil, Skriv, Tabell, mappe};

/// A person's key.
pub type Personnoekkel = Noekkel;

/// Bytes of a wrapped key (RFC 3394: 8 more than the key).
pub const PAKKET_BYTE: usize = 40;

/// Keys in one write of a renewal.
const BOLK: usize = 100_000;

const TABELL: &str = "noekler";
const GJELDENDE: &str = "gjeldende";
const UKLAR: Feil = Feil::Skadet("personnoekler/gjeldende");
const NOEKKELFIL: &str = "personnoekler";

// A person's keys lie together; a new generation is written before the old one is destroyed, so that a process killed
// between the two never leaves a record that cannot be read.
fn plass(person: u32, generasjon: u8) -> [u8; 5] {
    let [a, b, c, d] = person.to_be_bytes();
    [a, b, c, d, generasjon]
}

/// Which environment and which key file are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Gjeldende {
    lager: u32,
    noekkel: u32,
}

impl Gjeldende {
    fn les(mappe: &Path) -> Result<Option<Self>, Feil> {
        let sti = mappe.join(GJELDENDE);
        let tekst = match std::fs::read_to_string(&sti) {
            Ok(tekst) => tekst,
            Err(feil) if feil.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(feil) => return Err(Feil::fil(sti)(feil)),
        };
        Gjeldende::fra_tekst(&tekst).map(Some).ok_or(UKLAR)
    }

    fn fra_tekst(tekst: &str) -> Option<Self> {
        let (lager, noekkel) = tekst.strip_prefix("lager ")?.split_once("\nnoekkel ")?;
        let lest = Gjeldende {
            lager: lager.parse().ok()?,
            noekkel: noekkel.strip_suffix('\n')?.parse().ok()?,
        };
        // One way to write it: what is otherwise was not written here.
        (lest.tekst() == tekst).then_some(lest)
    }

    fn tekst(self) -> String {
        format!("lager {}\nnoekkel {}\n", self.lager, self.noekkel)
    }

    fn skriv(self, mappe: &Path) -> Result<(), Feil> {
        mappe::bytt_fil(&mappe.join(GJELDENDE), self.tekst().as_bytes())
    }

    /// What is not named here is removed as left over, so a number that turned, or a file that is gone, would cost every
    /// key: the environment must be there, unless none is because the store was never used.
    fn sjekk(self, mappe: &Path) -> Result<(), Feil> {
        let her = self.har_lager(mappe);
        if her || (self.lager == 1 && numre(mappe)?.is_empty()) {
            Ok(())
        } else {
            Err(UKLAR)
        }
    }

    /// As [`Gjeldende::sjekk`], of one that nothing names yet: its own folder may be there, and nothing in it, where a process died
    /// while it was made.
    fn sjekk_ny(self, mappe: &Path) -> Result<(), Feil> {
        let her = self.har_lager(mappe);
        if her || numre(mappe)?.iter().all(|nummer| *nummer == self.lager) {
            Ok(())
        } else {
            Err(UKLAR)
        }
    }

    fn har_lager(self, mappe: &Path) -> bool {
        mappe.join(self.lager.to_string()).join("data.mdb").exists()
    }
}

/// Environments that lie in a folder.
fn numre(mappe: &Path) -> Result<Vec<u32>, Feil> {
    let mut ut = Vec::new();
    for inne in std::fs::read_dir(mappe).map_err(Feil::fil(mappe))? {
        let inne = inne.map_err(Feil::fil(mappe))?;
        ut.extend(inne.file_name().to_str().and_then(|n| n.parse::<u32>().ok()));
    }
    Ok(ut)
}

fn noekkelfil(noekkelmappe: &Path, nummer: u32) -> PathBuf {
    match nummer {
        0 => noekkelmappe.join(NOEKKELFIL),
        nummer => noekkelmappe.join(format!("{NOEKKELFIL}.{nummer}")),
    }
}

/// An environment of wrapped keys.
struct Lagring {
    miljoe: Miljoe,
    noekler: Tabell,
}

impl Lagring {
    fn aapne(mappe: &Path) -> Result<Self, Feil> {
        let (miljoe, [noekler]) = Miljoe::aapne(mappe, [TABELL])?;
        Ok(Lagring { miljoe, noekler })
    }

    /// Fills an empty environment with what another has, each wrapped key through `pakk_om`.
    fn fyll(&self, fra: &Lagring, pakk_om: impl Fn(&[u8]) -> Result<[u8; PAKKET_BYTE], Feil>) -> Result<u64, Feil> {
        let les = fra.miljoe.les()?;
        let mut antall = 0;
        let mut skriv = self.miljoe.skriv()?;
        for (nr, rad) in fra.noekler.fra(&les, &[])?.enumerate() {
            let (plass, pakket) = rad?;
            self.noekler.legg_til(&mut skriv, plass, &pakk_om(pakket)?)?;
            antall += 1;
            if (nr + 1).is_multiple_of(BOLK) {
                Miljoe::bekreft(skriv)?;
                skriv = self.miljoe.skriv()?;
            }
        }
        Miljoe::bekreft(skriv)?;
        Ok(antall)
    }

    fn er_lik(&self, annen: &Lagring) -> Result<bool, Feil> {
        let (a, b) = (self.miljoe.les()?, annen.miljoe.les()?);
        let mut b = annen.noekler.fra(&b, &[])?;
        for rad in self.noekler.fra(&a, &[])? {
            if b.next().transpose()? != Some(rad?) {
                return Ok(false);
            }
        }
        Ok(b.next().is_none())
    }
}

/// The environment in use and the key that wraps what is in it.
struct Indre {
    gjeldende: Gjeldende,
    lagring: Lagring,
    hovednoekkel: Noekkel,
    speil: Option<Lagring>,
}

fn kek(noekkel: &Noekkel) -> Result<AesKek, Feil> {
    AesKek::new(&AES_256, noekkel.byte()).map_err(|_| Feil::Forsegling)
}

fn pakk_ut(hovednoekkel: &Noekkel, pakket: &[u8]) -> Result<Noekkel, Feil> {
    if pakket.len() != PAKKET_BYTE {
        return Err(Feil::Skadet("personnøkkel"));
    }
    let mut byte = [0u8; 32];
    // The library asks for eight spare bytes to work in.
    let mut rom = [0u8; PAKKET_BYTE];
    let aapnet = kek(hovednoekkel)?
        .unwrap(pakket, &mut rom)
        .map_err(|_| Feil::Forsegling)?;
    if aapnet.len() != byte.len() {
        return Err(Feil::Skadet("personnøkkel"));
    }
    byte.copy_from_slice(aapnet);
    zeroize::Zeroize::zeroize(&mut rom);
    Ok(Noekkel::fra_byte(byte))
}

fn pakk_inn(hovednoekkel: &Noekkel, noekkel: &Noekkel) -> Result<[u8; PAKKET_BYTE], Feil> {
    let mut rom = [0u8; PAKKET_BYTE];
    let lengde = kek(hovednoekkel)?
        .wrap(noekkel.byte(), &mut rom)
        .map_err(|_| Feil::Forsegling)?
        .len();
    if lengde == PAKKET_BYTE {
        Ok(rom)
    } else {
        Err(Feil::Forsegling)
    }
}

/// The key store.
pub struct Noekkellager {
    mappe: PathBuf,
    noekkelmappe: PathBuf,
    speil: Option<PathBuf>,
    indre: RwLock<Arc<Indre>>,
    // One who writes at a time, so that nothing is written to an environment that is being replaced.
    skrivelaas: Mutex<()>,
}

impl std::fmt::Debug for Noekkellager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Noekkellager")
            .field("mappe", &self.mappe)
            .finish_non_exhaustive()
    }
}

/// Reading: the key store as it was at one moment.
pub struct Noekkellesing {
    les: Varig,
    indre: Arc<Indre>,
}

impl Noekkellesing {
    /// A person's key of a generation, if it is there.
    ///
    /// # Errors
    /// [`Feil::Skadet`] or [`Feil::Forsegling`] if the stored bytes are no key of this store.
    pub fn hent(&self, person: u32, generasjon: u8) -> Result<Option<Noekkel>, Feil> {
        let pakket = self.indre.lagring.noekler.hent(&self.les, &plass(person, generasjon))?;
        pakket
            .map(|pakket| pakk_ut(&self.indre.hovednoekkel, pakket))
            .transpose()
    }
}

/// Writing: nothing of it exists until [`Noekkelskriving::bekreft`].
pub struct Noekkelskriving<'l> {
    indre: Arc<Indre>,
    endringer: Vec<([u8; 5], Option<[u8; PAKKET_BYTE]>)>,
    _laas: MutexGuard<'l, ()>,
}

impl Noekkelskriving<'_> {
    /// Gives a person a wrapped key of a generation.
    pub fn sett_pakket(&mut self, person: u32, generasjon: u8, pakket: &[u8; PAKKET_BYTE]) {
        self.endringer.push((plass(person, generasjon), Some(*pakket)));
    }

    /// Destroys a person's key: what it sealed can never be opened again.
    pub fn oedelegg(&mut self, person: u32, generasjon: u8) {
        self.endringer.push((plass(person, generasjon), None));
    }

    /// The key that a person has, with what this writing has given.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse or are damaged.
    pub fn hent(&self, person: u32, generasjon: u8) -> Result<Option<Noekkel>, Feil> {
        let her = plass(person, generasjon);
        if let Some((_, satt)) = self.endringer.iter().rev().find(|(plass, _)| *plass == her) {
            let hoved = &self.indre.hovednoekkel;
            return satt.as_ref().map(|pakket| pakk_ut(hoved, pakket)).transpose();
        }
        let les = self.indre.lagring.miljoe.les()?;
        let pakket = self.indre.lagring.noekler.hent(&les, &her)?;
        pakket
            .map(|pakket| pakk_ut(&self.indre.hovednoekkel, pakket))
            .transpose()
    }

    /// Makes it durable, in the mirror first: a key too many there is harmless, a key too few is not.
    ///
    /// # Errors
    /// [`Feil::Lmdb`] if one of the two refuses. The mirror may then have what the store has not; it is made equal when
    /// the store is opened.
    pub fn bekreft(self) -> Result<(), Feil> {
        for lagring in self.indre.speil.iter().chain([&self.indre.lagring]) {
            let mut skriv: Skriv<'_> = lagring.miljoe.skriv()?;
            for (plass, pakket) in &self.endringer {
                match pakket {
                    Some(pakket) => lagring.noekler.sett(&mut skriv, plass, pakket)?,
                    None => {
                        lagring.noekler.slett(&mut skriv, plass)?;
                    }
                }
            }
            Miljoe::bekreft(skriv)?;
        }
        Ok(())
    }
}

/// What a renewal came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fornyet {
    /// Keys that were kept.
    pub noekler: u64,
    /// Bytes of the environment before.
    pub byte_foer: u64,
    /// Bytes after.
    pub byte_etter: u64,
}

impl Noekkellager {
    /// Opens or makes the key store in a folder; the key that wraps lies in `noekkelmappe`, and `speil` is where a second
    /// copy is kept, if anywhere.
    ///
    /// What a renewal that was cut off left behind is removed.
    ///
    /// # Errors
    /// As [`Miljoe::aapne`] and [`Noekkelfil::les_eller_lag`]; [`Feil::ManglerNoekkel`] for a store whose key file is gone,
    /// [`Feil::BareSpeil`] for one of which only the mirror is left.
    pub fn aapne(mappe: &Path, noekkelmappe: &Path, speil: Option<&Path>) -> Result<Self, Feil> {
        std::fs::create_dir_all(mappe).map_err(Feil::fil(mappe))?;
        let (gjeldende, hovednoekkel) = match Gjeldende::les(mappe)? {
            Some(gjeldende) => {
                gjeldende.sjekk(mappe)?;
                let sti = noekkelfil(noekkelmappe, gjeldende.noekkel);
                if !sti.exists() {
                    return Err(Feil::ManglerNoekkel(sti));
                }
                (gjeldende, Noekkelfil::les_eller_lag(&sti)?)
            }
            None => {
                let ny = Gjeldende { lager: 1, noekkel: 0 };
                ny.sjekk_ny(mappe)?;
                // The mirror is made equal to the store. A new store has nothing, and would make it so.
                if let Some(speil) = speil.filter(|s| s.join(GJELDENDE).exists()) {
                    return Err(Feil::BareSpeil(speil.to_owned()));
                }
                (ny, Noekkelfil::les_eller_lag(&noekkelfil(noekkelmappe, 0))?)
            }
        };
        let lagring = Lagring::aapne(&mappe.join(gjeldende.lager.to_string()))?;
        proev_noekkel(&lagring, &hovednoekkel)?;
        // Named when it is there: a process that dies before that leaves a store that was never used.
        if Gjeldende::les(mappe)?.is_none() {
            gjeldende.skriv(mappe)?;
        }
        rydd(mappe, noekkelmappe, gjeldende)?;
        let speil_lagring = speil.map(|sti| aapne_speil(sti, gjeldende, &lagring)).transpose()?;
        Ok(Noekkellager {
            mappe: mappe.to_owned(),
            noekkelmappe: noekkelmappe.to_owned(),
            speil: speil.map(Path::to_owned),
            indre: RwLock::new(Arc::new(Indre {
                gjeldende,
                lagring,
                hovednoekkel,
                speil: speil_lagring,
            })),
            skrivelaas: Mutex::new(()),
        })
    }

    fn indre(&self) -> Arc<Indre> {
        self.indre.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts reading.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn les(&self) -> Result<Noekkellesing, Feil> {
        let indre = self.indre();
        Ok(Noekkellesing {
            les: indre.lagring.miljoe.les_varig()?,
            indre,
        })
    }

    /// Starts writing; waits for the writer before, and for a renewal.
    pub fn skriv(&self) -> Noekkelskriving<'_> {
        let laas = self.skrivelaas.lock().unwrap_or_else(PoisonError::into_inner);
        Noekkelskriving {
            indre: self.indre(),
            endringer: Vec::new(),
            _laas: laas,
        }
    }

    /// Wraps a key for [`Noekkelskriving::sett_pakket`]; many threads can do it at once. A wrapped key is of no use after
    /// [`Noekkellager::forny`] with a new key: hold the register's write lock from one to the other.
    ///
    /// # Errors
    /// [`Feil::Forsegling`].
    pub fn pakk(&self, noekkel: &Noekkel) -> Result<[u8; PAKKET_BYTE], Feil> {
        pakk_inn(&self.indre().hovednoekkel, noekkel)
    }

    /// Writes the key store anew with the keys that are in it, so that no destroyed key is left in a free page, and removes
    /// the old one. With `ny_noekkel` they are wrapped under a new random key, and the old key file is removed too.
    ///
    /// Reading goes on; writing waits. A process killed in the middle has the old store or the new one.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse or a key cannot be opened; the old store is then in use still.
    pub fn forny(&self, ny_noekkel: bool) -> Result<Fornyet, Feil> {
        let _laas = self.skrivelaas.lock().unwrap_or_else(PoisonError::into_inner);
        let gammel = self.indre();
        let gjeldende = Gjeldende {
            lager: gammel.gjeldende.lager.checked_add(1).ok_or(Feil::Skadet(GJELDENDE))?,
            noekkel: gammel
                .gjeldende
                .noekkel
                .checked_add(u32::from(ny_noekkel))
                .ok_or(Feil::Skadet(GJELDENDE))?,
        };
        let hovednoekkel = if ny_noekkel {
            let sti = noekkelfil(&self.noekkelmappe, gjeldende.noekkel);
            // From an attempt that failed.
            fjern(&sti)?;
            Noekkelfil::les_eller_lag(&sti)?
        } else {
            gammel.hovednoekkel.clone()
        };
        let (fra, til) = (&gammel.hovednoekkel, &hovednoekkel);
        let sti = self.mappe.join(gjeldende.lager.to_string());
        fjern(&sti)?;
        let lagring = Lagring::aapne(&sti)?;
        // Opened either way: a damaged key is to be found while there is another copy, not carried along.
        let noekler = lagring.fyll(&gammel.lagring, |pakket| pakk_inn(til, &pakk_ut(fra, pakket)?))?;
        let speil = match &self.speil {
            Some(sti) => Some(aapne_speil(sti, gjeldende, &lagring)?),
            None => None,
        };
        mappe::synk_mappe(&sti)?;
        gjeldende.skriv(&self.mappe)?;
        let fornyet = Fornyet {
            noekler,
            byte_foer: gammel.lagring.miljoe.byte_paa_disk()?,
            byte_etter: lagring.miljoe.byte_paa_disk()?,
        };
        *self.indre.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Indre {
            gjeldende,
            lagring,
            hovednoekkel,
            speil,
        });
        // Whoever reads the old one goes on in what is mapped.
        drop(gammel);
        rydd(&self.mappe, &self.noekkelmappe, gjeldende)?;
        if let Some(speil) = &self.speil {
            rydd_lager(speil, gjeldende)?;
        }
        Ok(fornyet)
    }

    /// Makes the key store in another folder equal to this one, with nothing left there of what it had. The folder gets the
    /// form of a key store; the key that wraps is not copied.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse; what was in the folder is then there still.
    pub fn kopier(&self, til: &Path) -> Result<(), Feil> {
        std::fs::create_dir_all(til).map_err(Feil::fil(til))?;
        let indre = self.indre();
        let forrige = Gjeldende::les(til).ok().flatten().map_or(0, |g| g.lager);
        let ny = Gjeldende {
            lager: forrige.checked_add(1).ok_or(Feil::Skadet(GJELDENDE))?,
            noekkel: indre.gjeldende.noekkel,
        };
        let sti = til.join(ny.lager.to_string());
        fjern(&sti)?;
        let kopi = Lagring::aapne(&sti)?;
        kopi.fyll(&indre.lagring, |pakket| {
            pakket.try_into().map_err(|_| Feil::Skadet("personnøkkel"))
        })?;
        drop(kopi);
        fjern(&sti.join("lock.mdb"))?;
        mappe::synk_mappe(&sti)?;
        ny.skriv(til)?;
        rydd_lager(til, ny)
    }

    /// As [`Miljoe::maa_aapnes_paa_nytt`], of the store or its mirror.
    pub fn maa_aapnes_paa_nytt(&self) -> bool {
        let indre = self.indre();
        let mut lagringer = indre.speil.iter().chain([&indre.lagring]);
        lagringer.any(|l| l.miljoe.maa_aapnes_paa_nytt())
    }

    /// Number of keys.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn antall(&self) -> Result<u64, Feil> {
        let indre = self.indre();
        let les = indre.lagring.miljoe.les()?;
        indre.lagring.noekler.antall(&les)
    }

    /// How much of what the store may grow to is in use, and who reads.
    pub fn kart(&self) -> crate::Kart {
        self.indre().lagring.miljoe.kart()
    }

    /// Bytes on disk.
    ///
    /// # Errors
    /// [`Feil::Lmdb`].
    pub fn byte_paa_disk(&self) -> Result<u64, Feil> {
        self.indre().lagring.miljoe.byte_paa_disk()
    }
}

/// A key file that does not open the store's keys is somebody else's: found at once, not at the first protected person.
fn proev_noekkel(lagring: &Lagring, hovednoekkel: &Noekkel) -> Result<(), Feil> {
    let les = lagring.miljoe.les()?;
    let foerste = lagring.noekler.fra(&les, &[])?.next().transpose()?;
    if let Some((_, pakket)) = foerste {
        pakk_ut(hovednoekkel, pakket).map_err(|_| Feil::FeilNoekkel)?;
    }
    Ok(())
}

/// Opens the mirror and makes it equal to the store.
fn aapne_speil(mappe: &Path, gjeldende: Gjeldende, lagring: &Lagring) -> Result<Lagring, Feil> {
    let sti = mappe.join(gjeldende.lager.to_string());
    if Gjeldende::les(mappe)? == Some(gjeldende) && sti.is_dir() {
        let speil = Lagring::aapne(&sti)?;
        if lagring.er_lik(&speil)? {
            rydd_lager(mappe, gjeldende)?;
            return Ok(speil);
        }
        // As a mirror may be after a stop; what is in it is in the store, or was never promised.
        drop(speil);
    }
    fjern(&sti)?;
    let speil = Lagring::aapne(&sti)?;
    speil.fyll(lagring, |pakket| {
        pakket.try_into().map_err(|_| Feil::Skadet("personnøkkel"))
    })?;
    mappe::synk_mappe(&sti)?;
    gjeldende.skriv(mappe)?;
    rydd_lager(mappe, gjeldende)?;
    Ok(speil)
}

/// Removes environments and key files that are not in use.
fn rydd(mappe: &Path, noekkelmappe: &Path, gjeldende: Gjeldende) -> Result<(), Feil> {
    rydd_lager(mappe, gjeldende)?;
    let innhold = match std::fs::read_dir(noekkelmappe) {
        Ok(innhold) => innhold,
        Err(feil) => return Err(Feil::fil(noekkelmappe)(feil)),
    };
    for fil in innhold {
        let fil = fil.map_err(Feil::fil(noekkelmappe))?;
        let navn = fil.file_name();
        let Some(navn) = navn.to_str() else { continue };
        let nummer = match navn.strip_prefix(NOEKKELFIL) {
            Some("") => Some(0),
            Some(rest) => rest.strip_prefix('.').and_then(|n| n.parse().ok()),
            None => None,
        };
        if nummer.is_some_and(|nummer: u32| nummer != gjeldende.noekkel) {
            fjern_hemmelig(&fil.path())?;
            mappe::synk_mappe(noekkelmappe)?;
        }
    }
    Ok(())
}

fn rydd_lager(mappe: &Path, gjeldende: Gjeldende) -> Result<(), Feil> {
    for inne in std::fs::read_dir(mappe).map_err(Feil::fil(mappe))? {
        let inne = inne.map_err(Feil::fil(mappe))?;
        let nummer = inne.file_name().to_str().and_then(|n| n.parse::<u32>().ok());
        if nummer.is_some_and(|nummer| nummer != gjeldende.lager) {
            fjern(&inne.path())?;
            mappe::synk_mappe(mappe)?;
        }
    }
    Ok(())
}

fn fjern(sti: &Path) -> Result<(), Feil> {
    let utfall = if sti.is_dir() {
        std::fs::remove_dir_all(sti)
    } else {
        std::fs::remove_file(sti)
    };
    match utfall {
        Err(feil) if feil.kind() != std::io::ErrorKind::NotFound => Err(Feil::fil(sti)(feil)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sett(lager: &Noekkellager, person: u32, noekkel: &Noekkel) {
        let pakket = lager.pakk(noekkel).unwrap();
        let mut skriv = lager.skriv();
        skriv.sett_pakket(person, 0, &pakket);
        skriv.bekreft().unwrap();
    }

    fn oedelegg(lager: &Noekkellager, person: u32) {
        let mut skriv = lager.skriv();
        skriv.oedelegg(person, 0);
        skriv.bekreft().unwrap();
    }

    /// Whether a wrapped key lies anywhere in the files below a folder.
    fn ligger(mappe: &Path, pakket: &[u8]) -> bool {
        std::fs::read_dir(mappe).unwrap().any(|inne| {
            let sti = inne.unwrap().path();
            if sti.is_dir() {
                ligger(&sti, pakket)
            } else {
                let byte = std::fs::read(sti).unwrap();
                byte.windows(pakket.len()).any(|vindu| vindu == pakket)
            }
        })
    }

    #[test]
    fn a_destroyed_key_is_gone_and_another_file_opens_none() {
        let mappe = tempfile::tempdir().unwrap();
        let (lagermappe, noekler) = (mappe.path().join("a"), mappe.path().join("n"));
        let lager = Noekkellager::aapne(&lagermappe, &noekler, None).unwrap();
        let noekkel = Noekkel::tilfeldig().unwrap();
        sett(&lager, 7, &noekkel);
        assert_eq!(lager.les().unwrap().hent(7, 0).unwrap(), Some(noekkel.clone()));
        assert_eq!(lager.les().unwrap().hent(7, 1).unwrap(), None);
        oedelegg(&lager, 7);
        assert_eq!(lager.les().unwrap().hent(7, 0).unwrap(), None);
        sett(&lager, 8, &noekkel);
        drop(lager);
        std::fs::remove_file(noekler.join("personnoekler")).unwrap();
        assert!(matches!(
            Noekkellager::aapne(&lagermappe, &noekler, None),
            Err(Feil::ManglerNoekkel(_))
        ));
        Noekkelfil::les_eller_lag(&noekler.join("personnoekler")).unwrap();
        assert!(matches!(
            Noekkellager::aapne(&lagermappe, &noekler, None),
            Err(Feil::FeilNoekkel)
        ));
    }

    #[test]
    fn a_destroyed_key_is_in_no_file_after_renewal_and_readers_go_on() {
        let mappe = tempfile::tempdir().unwrap();
        let speil = mappe.path().join("speil");
        let aapne = || Noekkellager::aapne(&mappe.path().join("a"), &mappe.path().join("n"), Some(&speil)).unwrap();
        let lager = aapne();
        let beholdt = Noekkel::tilfeldig().unwrap();
        let bort = Noekkel::tilfeldig().unwrap();
        let pakket = lager.pakk(&bort).unwrap();
        sett(&lager, 1, &beholdt);
        sett(&lager, 2, &bort);
        assert!(ligger(&mappe.path().join("a"), &pakket) && ligger(&speil, &pakket));
        let leser = lager.les().unwrap();
        oedelegg(&lager, 2);
        // The control: deleting alone leaves it in a free page.
        assert!(ligger(&mappe.path().join("a"), &pakket));
        assert_eq!(lager.forny(false).unwrap().noekler, 1);
        assert!(!ligger(mappe.path(), &pakket));
        assert_eq!(leser.hent(2, 0).unwrap(), Some(bort));
        assert_eq!(lager.les().unwrap().hent(1, 0).unwrap(), Some(beholdt.clone()));
        drop((leser, lager));
        assert_eq!(aapne().les().unwrap().hent(1, 0).unwrap(), Some(beholdt));
    }

    #[test]
    fn rotation_makes_every_copy_from_before_useless() {
        let mappe = tempfile::tempdir().unwrap();
        let (lagermappe, noekler) = (mappe.path().join("a"), mappe.path().join("n"));
        let lager = Noekkellager::aapne(&lagermappe, &noekler, None).unwrap();
        let noekkel = Noekkel::tilfeldig().unwrap();
        for person in 0..300 {
            sett(&lager, person, &noekkel);
        }
        let pakket = lager.pakk(&noekkel).unwrap();
        let gammel = std::fs::read(noekler.join("personnoekler")).unwrap();
        assert_eq!(lager.forny(true).unwrap().noekler, 300);
        assert!(!ligger(mappe.path(), &pakket) && !ligger(mappe.path(), &gammel));
        for person in 0..300 {
            assert_eq!(lager.les().unwrap().hent(person, 0).unwrap(), Some(noekkel.clone()));
        }
        drop(lager);
        let lager = Noekkellager::aapne(&lagermappe, &noekler, None).unwrap();
        assert_eq!(lager.les().unwrap().hent(299, 0).unwrap(), Some(noekkel));
    }

    #[test]
    fn a_mirror_that_lags_is_made_equal_and_takes_over_for_a_lost_store() {
        let mappe = tempfile::tempdir().unwrap();
        let (a, n, speil) = (mappe.path().join("a"), mappe.path().join("n"), mappe.path().join("s"));
        let lager = Noekkellager::aapne(&a, &n, None).unwrap();
        let noekkel = Noekkel::tilfeldig().unwrap();
        sett(&lager, 1, &noekkel);
        drop(lager);
        let lager = Noekkellager::aapne(&a, &n, Some(&speil)).unwrap();
        sett(&lager, 2, &noekkel);
        drop(lager);
        std::fs::remove_dir_all(&a).unwrap();
        // The mirror has the form of the store.
        std::fs::rename(&speil, &a).unwrap();
        let lager = Noekkellager::aapne(&a, &n, None).unwrap();
        for person in [1, 2] {
            assert_eq!(lager.les().unwrap().hent(person, 0).unwrap(), Some(noekkel.clone()));
        }
    }

    #[test]
    fn no_bit_of_what_names_the_store_in_use_can_cost_a_key() {
        let (mappe, noekler) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let min = Noekkel::fra_byte([5; 32]);
        let lager = Noekkellager::aapne(mappe.path(), noekler.path(), None).unwrap();
        sett(&lager, 1, &min);
        lager.forny(true).unwrap();
        drop(lager);
        let sti = mappe.path().join(GJELDENDE);
        let hel = std::fs::read(&sti).unwrap();
        assert_eq!(hel, b"lager 2\nnoekkel 1\n");
        for bit in 0..hel.len() * 8 {
            let mut skadet = hel.clone();
            skadet[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&sti, &skadet).unwrap();
            assert!(
                Noekkellager::aapne(mappe.path(), noekler.path(), None).is_err(),
                "bit {bit}"
            );
        }
        std::fs::remove_file(&sti).unwrap();
        assert!(Noekkellager::aapne(mappe.path(), noekler.path(), None).is_err());
        std::fs::write(&sti, &hel).unwrap();
        let lager = Noekkellager::aapne(mappe.path(), noekler.path(), None).unwrap();
        assert_eq!(lager.les().unwrap().hent(1, 0).unwrap().unwrap().byte(), min.byte());
    }

    #[test]
    fn a_store_whose_making_was_cut_off_is_made_and_one_that_was_used_and_is_gone_is_not() {
        let (mappe, noekler) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::create_dir(mappe.path().join("1")).unwrap();
        drop(Noekkellager::aapne(mappe.path(), noekler.path(), None).unwrap());
        assert!(mappe.path().join(GJELDENDE).exists());
        std::fs::remove_file(mappe.path().join("1/data.mdb")).unwrap();
        assert!(Noekkellager::aapne(mappe.path(), noekler.path(), None).is_err());
    }

    #[test]
    fn a_mirror_outlives_the_store() {
        let mappe = tempfile::tempdir().unwrap();
        let (a, n, speil) = (mappe.path().join("a"), mappe.path().join("n"), mappe.path().join("s"));
        let min = Noekkel::fra_byte([5; 32]);
        let lager = Noekkellager::aapne(&a, &n, Some(&speil)).unwrap();
        sett(&lager, 1, &min);
        drop(lager);
        std::fs::remove_dir_all(&a).unwrap();
        for _ in 0..2 {
            assert!(matches!(
                Noekkellager::aapne(&a, &n, Some(&speil)),
                Err(Feil::BareSpeil(_))
            ));
        }
        std::fs::remove_dir_all(&a).unwrap();
        std::fs::rename(&speil, &a).unwrap();
        let lager = Noekkellager::aapne(&a, &n, Some(&speil)).unwrap();
        assert_eq!(lager.les().unwrap().hent(1, 0).unwrap().unwrap().byte(), min.byte());
    }

    fn gyldige() -> Vec<Vec<u8>> {
        vec![
            b"lager 3\nnoekkel 2\n".to_vec(),
            b"lager 4294967295\nnoekkel 0\n".to_vec(),
        ]
    }

    /// What is read is what would be written.
    fn proev(byte: &[u8]) {
        let mappe = tempfile::tempdir().unwrap();
        std::fs::write(mappe.path().join(GJELDENDE), byte).unwrap();
        if let Ok(lest) = Gjeldende::les(mappe.path()) {
            assert_eq!(lest.unwrap().tekst().as_bytes(), byte);
            assert!(lest.unwrap().sjekk(mappe.path()).is_ok() == (lest.unwrap().lager == 1));
        }
    }

    fuzz::maal!(
        paalitelighet_15_fuzz_gjeldende,
        2_000,
        &["lager ", "noekkel ", "\n", "4294967296"],
        gyldige,
        proev
    );
}
