//! The list of every number that was ever issued.
//!
//! ```text
//!  0        16       24         32
//!  | lager  | nummer | sjekksum |      one number, 32 bytes, big-endian; nummer 0: the list of this store begins here
//! ```
//! A number is appended and synced before anything else is known of it, so one that nobody was told may stand here: it is not
//! given to anybody else. The list lies outside the store and outside every backup of it: a store restored from before a number
//! was issued gives it to nobody.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use lager::slettinger::Lagerid;
use lager::{mappe, noekkelfil};
use sha2::{Digest as _, Sha256};

use crate::Feil;

const BYTE: usize = 32;
const SUM: usize = 24;
const SKADET: Feil = Feil::Skadet("listen over utstedte numre");

pub(crate) struct Utstedte {
    sti: PathBuf,
    lager: Lagerid,
    fil: File,
    /// Bytes that are whole and durable.
    hele: u64,
    numre: HashSet<u64>,
    innfoeringer: u64,
}

fn skriv(lager: &Lagerid, nummer: u64) -> [u8; BYTE] {
    let mut innhold = lager.to_vec();
    innhold.extend_from_slice(&nummer.to_be_bytes());
    let kontroll = Sha256::digest(&innhold);
    let mut ut = [0; BYTE];
    for (til, fra) in ut.iter_mut().zip(innhold.into_iter().chain(kontroll)) {
        *til = fra;
    }
    ut
}

fn les_en(byte: &[u8]) -> Option<(Lagerid, u64)> {
    let (innhold, _) = byte.split_at_checked(SUM)?;
    let (lager, nummer) = innhold.split_first_chunk::<16>()?;
    let nummer = u64::from_be_bytes(nummer.try_into().ok()?);
    (skriv(lager, nummer) == byte).then_some((*lager, nummer))
}

/// What a list has of one store.
#[derive(Debug, Default)]
struct Lest {
    numre: HashSet<u64>,
    innfoeringer: u64,
    hele: usize,
}

fn les_alle(byte: &[u8], lager: &Lagerid) -> Result<Lest, Feil> {
    let mut ut = Lest::default();
    let biter = byte.chunks_exact(BYTE);
    let siste = biter.len().saturating_sub(1);
    for (nr, bit) in biter.enumerate() {
        match les_en(bit) {
            Some((id, nummer)) => {
                ut.innfoeringer += u64::from(id == *lager);
                // Another store's are as used: one that was made anew, beside the list of the one before, gives them to nobody.
                // Twice is what must never be.
                if nummer != 0 && !ut.numre.insert(nummer) {
                    return Err(SKADET);
                }
                ut.hele += BYTE;
            }
            // A write that was cut off may have left the length and not the content.
            None if nr == siste && bit.iter().all(|b| *b == 0) => break,
            None => return Err(SKADET),
        }
    }
    Ok(ut)
}

impl Utstedte {
    /// Opens the list in a folder, for a store whose list has had `minst` entries; makes it where that is none.
    pub fn aapne(i_mappen: &Path, lager: Lagerid, minst: u64) -> Result<Self, Feil> {
        noekkelfil::lag_hemmelig_mappe(i_mappen)?;
        let sti = i_mappen.join("liste");
        let ny = !sti.exists();
        let mangler = |har| Feil::ManglerUtstedte { har, skal: minst };
        if ny && minst > 0 {
            return Err(mangler(0));
        }
        let mut valg = OpenOptions::new();
        valg.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut valg, 0o600);
        let mut byte = Vec::new();
        let fil = valg.open(&sti).and_then(|mut fil| {
            fil.read_to_end(&mut byte)?;
            Ok(fil)
        });
        let fil = fil.map_err(feil_ved(&sti))?;
        if ny {
            mappe::synk_mappe(i_mappen)?;
        }
        let lest = les_alle(&byte, &lager)?;
        if lest.innfoeringer < minst {
            return Err(mangler(lest.innfoeringer));
        }
        let mut liste = Utstedte {
            sti,
            lager,
            fil,
            hele: lest.hele as u64,
            numre: lest.numre,
            innfoeringer: lest.innfoeringer,
        };
        if liste.innfoeringer == 0 {
            liste.skriv_bak(0)?;
        }
        Ok(liste)
    }

    /// Entries, the beginning among them.
    pub fn innfoeringer(&self) -> u64 {
        self.innfoeringer
    }

    pub fn har(&self, nummer: u64) -> bool {
        self.numre.contains(&nummer)
    }

    pub fn antall(&self) -> usize {
        self.numre.len()
    }

    /// Takes a number for good; durable when this returns. Where it fails the number is nobody's all the same.
    pub fn ta(&mut self, nummer: u64) -> Result<(), Feil> {
        if nummer == 0 || !self.numre.insert(nummer) {
            return Err(SKADET);
        }
        self.skriv_bak(nummer)
    }

    fn skriv_bak(&mut self, nummer: u64) -> Result<(), Feil> {
        let byte = skriv(&self.lager, nummer);
        let hele = self.hele;
        let skrevet = self.fil.set_len(hele).and_then(|()| {
            // From the last whole one, whatever a failed write left after it.
            self.fil.seek(SeekFrom::Start(hele))?;
            self.fil.write_all(&byte)?;
            self.fil.sync_all()
        });
        skrevet.map_err(feil_ved(&self.sti))?;
        self.hele += BYTE as u64;
        self.innfoeringer += 1;
        Ok(())
    }
}

fn feil_ved(sti: &Path) -> impl FnOnce(std::io::Error) -> lager::Feil {
    let sti = sti.to_owned();
    move |kilde| lager::Feil::Fil { sti, kilde }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAGER: Lagerid = [7; 16];

    #[test]
    fn what_is_taken_is_taken_for_good() {
        let mappe = tempfile::tempdir().unwrap();
        let mut liste = Utstedte::aapne(mappe.path(), LAGER, 0).unwrap();
        liste.ta(80_000_000_001).unwrap();
        assert!(liste.ta(80_000_000_001).is_err());
        liste.ta(80_000_000_002).unwrap();
        assert_eq!(liste.innfoeringer(), 3);
        drop(liste);
        let liste = Utstedte::aapne(mappe.path(), LAGER, 3).unwrap();
        assert!(liste.har(80_000_000_001) && liste.har(80_000_000_002) && !liste.har(80_000_000_003));
        assert!(matches!(
            Utstedte::aapne(mappe.path(), LAGER, 4),
            Err(Feil::ManglerUtstedte { har: 3, skal: 4 })
        ));
        assert!(Utstedte::aapne(mappe.path(), [8; 16], 1).is_err());
        // A store that is made anew beside it gives nobody what the one before gave.
        let annen = Utstedte::aapne(mappe.path(), [8; 16], 0).unwrap();
        assert!(annen.har(80_000_000_002) && annen.innfoeringer() == 1);
    }

    #[test]
    fn a_torn_end_is_cut_off_and_damage_is_an_error() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("liste");
        let mut liste = Utstedte::aapne(mappe.path(), LAGER, 0).unwrap();
        (1..=2).for_each(|n| liste.ta(n).unwrap());
        drop(liste);
        let helt = std::fs::read(&sti).unwrap();
        for lengde in BYTE * 2..helt.len() {
            std::fs::write(&sti, &helt[..lengde]).unwrap();
            let mut liste = Utstedte::aapne(mappe.path(), LAGER, 2).unwrap();
            liste.ta(3).unwrap();
            drop(liste);
            let liste = Utstedte::aapne(mappe.path(), LAGER, 3).unwrap();
            assert!(liste.har(1) && !liste.har(2) && liste.har(3));
        }
        for bit in 0..helt.len() * 8 {
            let mut skadet = helt.clone();
            skadet[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&sti, &skadet).unwrap();
            assert!(Utstedte::aapne(mappe.path(), LAGER, 0).is_err(), "bit {bit}");
        }
    }

    fn gyldige() -> Vec<Vec<u8>> {
        let byte = |antall: u64| (0..=antall).flat_map(|n| skriv(&LAGER, n)).collect();
        vec![byte(1), byte(5), [byte(2), vec![0; BYTE]].concat()]
    }

    /// What is read is what would be written, and no number is read twice.
    fn proev(byte: &[u8]) {
        let med_sum = |bit: &[u8]| {
            let (lager, nummer) = bit.split_at(16);
            skriv(
                lager.try_into().unwrap(),
                u64::from_be_bytes(nummer.try_into().unwrap()),
            )
        };
        let rett: Vec<u8> = byte.chunks_exact(SUM).flat_map(med_sum).collect();
        for liste in [byte, &rett] {
            if let Ok(lest) = les_alle(liste, &LAGER) {
                let vaare = liste[..lest.hele].chunks_exact(BYTE).filter(|b| b.starts_with(&LAGER));
                assert_eq!(vaare.count() as u64, lest.innfoeringer);
                assert!(lest.numre.len() * BYTE <= lest.hele);
            }
        }
    }

    fuzz::maal!(
        paalitelighet_15_fuzz_utstedte,
        6_000,
        &["\u{7}\u{7}\u{7}\u{7}"],
        gyldige,
        proev
    );
}
