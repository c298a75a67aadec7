//! The erasure list: which persons' keys have been destroyed, kept outside the store and outside every backup of it.
//!
//! A store that is restored from before an erasure must not show what was erased since. Whoever restores reads this list
//! first. It names internal numbers of the store, never a person's own.
//!
//! ```text
//!  0        16       20       28   29   30..32   32         40
//!  | lager  | person | seq    | gen | slag | 0  | sjekksum |      one erasure, 40 bytes, big-endian
//! ```
//! An erasure is appended and synced before its key is destroyed. It may therefore stand twice; that is harmless.
//!
//! The first entry of a store says that its list begins here (`slag` 2). A store writes down how many entries its list has
//! had, so that a list that is gone, cut, older or another store's is never taken for one in which nothing stands.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::{Feil, mappe};

/// Which store an erasure was in: random, made with the store.
pub type Lagerid = [u8; 16];

const BYTE: usize = 40;
const SUM: usize = 32;

/// What became of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slag {
    /// The person became strengt fortrolig: no address, in any version.
    StrengtFortrolig,
    /// Something in the record was erased, and the record sealed anew; the person's own protection is as it was.
    Innhold,
}

/// One erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sletting {
    /// The store's number of the person.
    pub person: u32,
    /// The sequence number with which the erasure was committed.
    pub seq: u64,
    /// The generation of the key that was destroyed.
    pub generasjon: u8,
    /// What became of the person.
    pub slag: Slag,
}

/// The list of one store.
#[derive(Debug)]
pub struct Slettingsliste {
    sti: PathBuf,
    lager: Lagerid,
    fil: Mutex<File>,
}

fn sum(byte: &[u8]) -> [u8; 8] {
    let avtrykk = Sha256::digest(byte);
    let mut ut = [0; 8];
    for (til, fra) in ut.iter_mut().zip(avtrykk) {
        *til = fra;
    }
    ut
}

fn skriv(lager: &Lagerid, sletting: &Sletting) -> [u8; BYTE] {
    let mut ut = Vec::with_capacity(BYTE);
    ut.extend_from_slice(lager);
    ut.extend_from_slice(&sletting.person.to_be_bytes());
    ut.extend_from_slice(&sletting.seq.to_be_bytes());
    ut.push(sletting.generasjon);
    ut.push(match sletting.slag {
        Slag::StrengtFortrolig => 0,
        Slag::Innhold => 1,
    });
    ut.extend_from_slice(&[0, 0]);
    let kontroll = sum(&ut);
    ut.extend_from_slice(&kontroll);
    let mut byte = [0; BYTE];
    for (til, fra) in byte.iter_mut().zip(ut) {
        *til = fra;
    }
    byte
}

/// The entry that a store's list begins with.
fn begynnelse(lager: &Lagerid) -> [u8; BYTE] {
    let tom = Sletting {
        person: 0,
        seq: 0,
        generasjon: 0,
        slag: Slag::Innhold,
    };
    let mut innhold = skriv(lager, &tom).to_vec();
    innhold.truncate(SUM);
    if let Some(slag) = innhold.get_mut(29) {
        *slag = 2;
    }
    let kontroll = sum(&innhold);
    innhold.extend_from_slice(&kontroll);
    let mut byte = [0; BYTE];
    for (til, fra) in byte.iter_mut().zip(innhold) {
        *til = fra;
    }
    byte
}

/// What a list says of one store.
#[derive(Debug, Default)]
struct Lest {
    slettinger: Vec<Sletting>,
    /// Entries, the beginning among them.
    innfoeringer: u64,
    /// Bytes that were whole.
    hele: usize,
}

fn les_en(byte: &[u8]) -> Option<(Lagerid, Option<Sletting>)> {
    let (innhold, kontroll) = byte.split_at_checked(SUM)?;
    if sum(innhold) != kontroll {
        return None;
    }
    let (lager, rest) = innhold.split_first_chunk::<16>()?;
    let (person, rest) = rest.split_first_chunk::<4>()?;
    let (seq, rest) = rest.split_first_chunk::<8>()?;
    let [generasjon, slag, 0, 0] = rest else { return None };
    let slag = match slag {
        0 => Slag::StrengtFortrolig,
        1 => Slag::Innhold,
        2 => return Some((*lager, None)),
        _ => return None,
    };
    Some((
        *lager,
        Some(Sletting {
            person: u32::from_be_bytes(*person),
            seq: u64::from_be_bytes(*seq),
            generasjon: *generasjon,
            slag,
        }),
    ))
}

/// Reads a list: every erasure of a store, in order. A torn write at the end is passed over;
/// a damaged erasure before it is an error, for what it said may be somebody's life.
fn les_alle(byte: &[u8], lager: &Lagerid) -> Result<Lest, Feil> {
    let mut ut = Lest::default();
    let biter = byte.chunks_exact(BYTE);
    let hele = biter.len() * BYTE;
    let siste = biter.len().saturating_sub(1);
    for (nr, bit) in biter.enumerate() {
        match les_en(bit) {
            Some((id, sletting)) if id == *lager => {
                ut.slettinger.extend(sletting);
                ut.innfoeringer += 1;
            }
            Some(_) => {}
            // A write that was cut off may have left the length and not the content.
            None if nr == siste && bit.iter().all(|b| *b == 0) => {
                ut.hele = nr * BYTE;
                return Ok(ut);
            }
            None => return Err(Feil::Skadet("slettingslisten")),
        }
    }
    ut.hele = hele;
    Ok(ut)
}

fn krev(lest: &Lest, minst: u64, sti: &Path) -> Result<(), Feil> {
    if lest.innfoeringer >= minst {
        return Ok(());
    }
    Err(Feil::ManglerSlettinger {
        sti: sti.to_owned(),
        har: lest.innfoeringer,
        skal: minst,
    })
}

/// Reads the erasures of a store from a list in a folder, and changes nothing. `minst` is how many entries the list must
/// have at the least; one, the beginning, in any case.
///
/// # Errors
/// [`Feil::Fil`] if there is no list, [`Feil::ManglerSlettinger`] if it has too few entries, [`Feil::Skadet`].
pub fn les(mappe_sti: &Path, lager: &Lagerid, minst: u64) -> Result<Vec<Sletting>, Feil> {
    let sti = mappe_sti.join("liste");
    let lest = les_alle(&std::fs::read(&sti).map_err(Feil::fil(&sti))?, lager)?;
    krev(&lest, minst.max(1), &sti)?;
    Ok(lest.slettinger)
}

/// Writes a list of a store's own, as a restored store begins with. There must be none in the folder.
///
/// # Errors
/// [`Feil::Fil`].
pub fn skriv_ny(mappe_sti: &Path, lager: &Lagerid, slettinger: &[Sletting]) -> Result<u64, Feil> {
    crate::noekkelfil::lag_hemmelig_mappe(mappe_sti)?;
    let mut byte = begynnelse(lager).to_vec();
    byte.extend(slettinger.iter().flat_map(|s| skriv(lager, s)));
    mappe::bytt_fil(&mappe_sti.join("liste"), &byte)?;
    Ok(slettinger.len() as u64 + 1)
}

impl Slettingsliste {
    /// Opens the list in a folder, for a store whose list has had `minst` entries; makes it where that is none.
    ///
    /// # Errors
    /// [`Feil::Fil`]; [`Feil::ManglerSlettinger`] if it has fewer; [`Feil::Skadet`] if something in it cannot be read.
    pub fn aapne(mappe_sti: &Path, lager: Lagerid, minst: u64) -> Result<Self, Feil> {
        crate::noekkelfil::lag_hemmelig_mappe(mappe_sti)?;
        let sti = mappe_sti.join("liste");
        let ny = !sti.exists();
        if ny && minst > 0 {
            krev(&Lest::default(), minst, &sti)?;
        }
        let mut valg = OpenOptions::new();
        valg.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut valg, 0o600);
        let mut fil = valg.open(&sti).map_err(Feil::fil(&sti))?;
        if ny {
            mappe::synk_mappe(mappe_sti)?;
        }
        let mut byte = Vec::new();
        fil.read_to_end(&mut byte).map_err(Feil::fil(&sti))?;
        let lest = les_alle(&byte, &lager)?;
        krev(&lest, minst, &sti)?;
        // A disk that cannot be written is to be read from all the same.
        if lest.hele != byte.len() {
            fil.set_len(u64::try_from(lest.hele).unwrap_or(u64::MAX))
                .map_err(Feil::fil(&sti))?;
        }
        let liste = Slettingsliste {
            sti,
            lager,
            fil: Mutex::new(fil),
        };
        if lest.innfoeringer == 0 {
            liste.skriv_bak(&begynnelse(&lager))?;
        }
        Ok(liste)
    }

    /// How many entries the store has in the list, the beginning among them.
    ///
    /// # Errors
    /// [`Feil::Fil`], [`Feil::Skadet`].
    pub fn innfoeringer(&self) -> Result<u64, Feil> {
        let byte = std::fs::read(&self.sti).map_err(Feil::fil(&self.sti))?;
        Ok(les_alle(&byte, &self.lager)?.innfoeringer)
    }

    /// Appends erasures; they are durable when this returns.
    ///
    /// # Errors
    /// [`Feil::Fil`]; the keys are not to be destroyed then.
    pub fn legg_til(&self, slettinger: &[Sletting]) -> Result<(), Feil> {
        if slettinger.is_empty() {
            return Ok(());
        }
        let byte: Vec<u8> = slettinger.iter().flat_map(|s| skriv(&self.lager, s)).collect();
        self.skriv_bak(&byte)
    }

    fn skriv_bak(&self, byte: &[u8]) -> Result<(), Feil> {
        let mut fil = self.fil.lock().unwrap_or_else(PoisonError::into_inner);
        let skrevet = fil.metadata().and_then(|m| {
            // From the last whole erasure, whatever a failed write left after it.
            let hele = m.len() - m.len() % BYTE as u64;
            fil.set_len(hele)?;
            fil.seek(SeekFrom::Start(hele))?;
            fil.write_all(byte)?;
            fil.sync_all()
        });
        skrevet.map_err(Feil::fil(&self.sti))
    }

    /// Every erasure of this store.
    ///
    /// # Errors
    /// [`Feil::Fil`], [`Feil::Skadet`].
    pub fn alle(&self) -> Result<Vec<Sletting>, Feil> {
        let byte = std::fs::read(&self.sti).map_err(Feil::fil(&self.sti))?;
        Ok(les_alle(&byte, &self.lager)?.slettinger)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAGER: Lagerid = [7; 16];

    fn sletting(person: u32) -> Sletting {
        Sletting {
            person,
            seq: u64::from(person) * 3,
            generasjon: 2,
            slag: if person.is_multiple_of(2) {
                Slag::StrengtFortrolig
            } else {
                Slag::Innhold
            },
        }
    }

    #[test]
    fn erasures_come_back_in_order_and_only_those_of_the_store() {
        let mappe = tempfile::tempdir().unwrap();
        let liste = Slettingsliste::aapne(mappe.path(), LAGER, 0).unwrap();
        liste.legg_til(&[sletting(1), sletting(2)]).unwrap();
        drop(liste);
        let annen = Slettingsliste::aapne(mappe.path(), [8; 16], 0).unwrap();
        assert_eq!(annen.alle().unwrap(), []);
        annen.legg_til(&[sletting(9)]).unwrap();
        drop(annen);
        let liste = Slettingsliste::aapne(mappe.path(), LAGER, 0).unwrap();
        liste.legg_til(&[sletting(3)]).unwrap();
        assert_eq!(liste.alle().unwrap(), [sletting(1), sletting(2), sletting(3)]);
    }

    #[test]
    fn a_list_that_is_gone_cut_older_or_anothers_is_never_taken_for_an_empty_one() {
        let (mappe, annen) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let liste = Slettingsliste::aapne(mappe.path(), LAGER, 0).unwrap();
        assert_eq!(liste.innfoeringer().unwrap(), 1);
        liste.legg_til(&[sletting(1), sletting(2)]).unwrap();
        assert_eq!(liste.innfoeringer().unwrap(), 3);
        let helt = std::fs::read(mappe.path().join("liste")).unwrap();
        drop(Slettingsliste::aapne(annen.path(), [9; 16], 0).unwrap());
        let av_en_annen = std::fs::read(annen.path().join("liste")).unwrap();
        for galt in [&b""[..], b"hei\n", &helt[..60], &helt[..80], &av_en_annen] {
            std::fs::write(annen.path().join("liste"), galt).unwrap();
            assert!(les(annen.path(), &LAGER, 3).is_err());
            assert!(Slettingsliste::aapne(annen.path(), LAGER, 3).is_err());
            // Where it does not even begin, it is no list of the store's.
            let begynner = galt.len() >= BYTE && galt != av_en_annen;
            assert!(begynner || les(annen.path(), &LAGER, 0).is_err());
        }
        assert!(les(&annen.path().join("borte"), &LAGER, 0).is_err());
        assert!(!annen.path().join("borte").exists());
        assert_eq!(les(mappe.path(), &LAGER, 3).unwrap(), [sletting(1), sletting(2)]);
    }

    #[test]
    fn a_torn_end_is_cut_off_and_damage_before_it_is_an_error() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("liste");
        let liste = Slettingsliste::aapne(mappe.path(), LAGER, 0).unwrap();
        liste.legg_til(&[sletting(1), sletting(2)]).unwrap();
        drop(liste);
        let helt = std::fs::read(&sti).unwrap();
        for lengde in BYTE * 2..helt.len() {
            std::fs::write(&sti, &helt[..lengde]).unwrap();
            let liste = Slettingsliste::aapne(mappe.path(), LAGER, 0).unwrap();
            liste.legg_til(&[sletting(3)]).unwrap();
            assert_eq!(liste.alle().unwrap(), [sletting(1), sletting(3)], "{lengde} byte");
        }
        for bit in 0..helt.len() * 8 {
            let mut skadet = helt.clone();
            skadet[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&sti, &skadet).unwrap();
            assert!(Slettingsliste::aapne(mappe.path(), LAGER, 0).is_err(), "bit {bit}");
        }
    }

    fn gyldige() -> Vec<Vec<u8>> {
        let byte = |antall: u32| (1..=antall).flat_map(|n| skriv(&LAGER, &sletting(n))).collect();
        vec![byte(1), byte(5), [byte(2), vec![0; BYTE]].concat()]
    }

    /// The list as it is, and with every erasure's sum put right. What is read says again what was there: nobody who is
    /// on the list is left out of it.
    fn proev(byte: &[u8]) {
        let med_sum = |bit: &[u8]| {
            let mut ut = bit.to_vec();
            ut.extend_from_slice(&sum(bit));
            ut
        };
        let rett: Vec<u8> = byte.chunks_exact(SUM).flat_map(med_sum).collect();
        for liste in [byte, &rett] {
            if let Ok(Lest {
                slettinger: lest, hele, ..
            }) = les_alle(liste, &LAGER)
            {
                assert!(hele <= liste.len() && liste.len() - hele < 2 * BYTE);
                let vaare = liste[..hele].chunks_exact(BYTE);
                let vaare = vaare.filter(|b| b.starts_with(&LAGER) && b[29] != 2);
                let igjen: Vec<u8> = lest.iter().flat_map(|s| skriv(&LAGER, s)).collect();
                assert_eq!(igjen, vaare.flatten().copied().collect::<Vec<_>>());
            }
        }
    }

    fuzz::maal!(
        paalitelighet_15_fuzz_slettingsliste,
        6_000,
        &["\u{7}\u{7}\u{7}\u{7}"],
        gyldige,
        proev
    );
}
