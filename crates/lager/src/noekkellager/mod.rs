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
//! LMDB leaves what was deleted in free pages. A renewal (`fornying`) writes a new environment with what is to be kept,
//! under the same key or a new one, and removes the old; who reads and who writes go on meanwhile.

mod fornying;
mod gjeldende;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};

use crate::forsegling::Noekkel;
use crate::miljoe::Varig;
use crate::{Avbruddsvakt, Feil, Les, Miljoe, Noekkelfil, Skriv, Tabell, mappe};

pub use fornying::{Byttet, Fornyet, Fornying};
use gjeldende::{GJELDENDE, Gjeldende, fjern, noekkelfil, rydd, rydd_lager};

/// A person's key.
pub type Personnoekkel = Noekkel;

/// Bytes of a wrapped key (RFC 3394: 8 more than the key).
pub const PAKKET_BYTE: usize = 40;

/// Keys in one write of a renewal.
const BOLK: usize = if cfg!(test) { 100 } else { 100_000 };

const TABELL: &str = "noekler";

/// Most keys that are remembered while a renewal reads those that were there: some 70 MB. Where more than that are written
/// meanwhile the renewal is given up, and can be tried again.
const IMENS_MAKS: usize = if cfg!(test) { 1_000 } else { 1_000_000 };

type Plass = [u8; 5];
type Pakket = [u8; PAKKET_BYTE];

// A person's keys lie together; a new generation is written before the old one is destroyed, so that a process killed
// between the two never leaves a record that cannot be read.
fn plass(person: u32, generasjon: u8) -> Plass {
    let [a, b, c, d] = person.to_be_bytes();
    [a, b, c, d, generasjon]
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
    fn fyll(
        &self,
        fra: Tabell,
        les: &Les<'_>,
        vakt: Option<&Avbruddsvakt<'_>>,
        pakk_om: impl Fn(&[u8]) -> Result<Pakket, Feil>,
    ) -> Result<(), Feil> {
        let mut skriv = self.miljoe.skriv()?;
        for (nr, rad) in fra.fra(les, &[])?.enumerate() {
            let (plass, pakket) = rad?;
            self.noekler.legg_til(&mut skriv, plass, &pakk_om(pakket)?)?;
            if (nr + 1).is_multiple_of(BOLK) {
                Miljoe::bekreft(skriv)?;
                vakt.map_or(Ok(()), Avbruddsvakt::sjekk)?;
                skriv = self.miljoe.skriv()?;
            }
        }
        Miljoe::bekreft(skriv)
    }

    /// Fills an empty environment with what another has, as it is.
    fn fyll_likt(&self, fra: &Lagring) -> Result<(), Feil> {
        self.fyll(fra.noekler, &fra.miljoe.les()?, None, |pakket| {
            pakket.try_into().map_err(|_| Feil::Skadet("personnøkkel"))
        })
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

fn pakk_inn(hovednoekkel: &Noekkel, noekkel: &Noekkel) -> Result<Pakket, Feil> {
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
    // One who writes at a time, so that nothing is written to an environment that is being replaced; and what they wrote
    // since a renewal began to read.
    skrivelaas: Mutex<Imens>,
    // One renewal at a time.
    fornyes: Mutex<()>,
}

/// What has been written while a renewal goes on.
enum Imens {
    /// None goes on.
    Ingen,
    Foeres(BTreeMap<Plass, Option<Pakket>>),
    /// More than is remembered.
    Forlatt,
}

impl Imens {
    fn ta(&mut self, plass: Plass, pakket: Option<Pakket>) {
        if let Imens::Foeres(endringer) = self {
            endringer.insert(plass, pakket);
            if endringer.len() > IMENS_MAKS {
                *self = Imens::Forlatt;
            }
        }
    }
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
    endringer: Vec<(Plass, Option<Pakket>)>,
    laas: MutexGuard<'l, Imens>,
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
    pub fn bekreft(mut self) -> Result<(), Feil> {
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
        for (plass, pakket) in self.endringer {
            self.laas.ta(plass, pakket);
        }
        Ok(())
    }
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
            skrivelaas: Mutex::new(Imens::Ingen),
            fornyes: Mutex::new(()),
        })
    }

    fn laas(&self) -> MutexGuard<'_, Imens> {
        self.skrivelaas.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Starts writing; waits for the writer before.
    pub fn skriv(&self) -> Noekkelskriving<'_> {
        let laas = self.laas();
        Noekkelskriving {
            indre: self.indre(),
            endringer: Vec::new(),
            laas,
        }
    }

    /// Wraps a key for [`Noekkelskriving::sett_pakket`]; many threads can do it at once. A wrapped key is of no use after
    /// [`Fornying::bytt`] with a new key: hold the register's write lock from one to the other.
    ///
    /// # Errors
    /// [`Feil::Forsegling`].
    pub fn pakk(&self, noekkel: &Noekkel) -> Result<Pakket, Feil> {
        pakk_inn(&self.indre().hovednoekkel, noekkel)
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
        kopi.fyll_likt(&indre.lagring)?;
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
    let speil = lag_speil(&sti, lagring)?;
    gjeldende.skriv(mappe)?;
    rydd_lager(mappe, gjeldende)?;
    Ok(speil)
}

fn lag_speil(sti: &Path, lagring: &Lagring) -> Result<Lagring, Feil> {
    fjern(sti)?;
    let speil = Lagring::aapne(sti)?;
    speil.fyll_likt(lagring)?;
    mappe::synk_mappe(sti)?;
    Ok(speil)
}
