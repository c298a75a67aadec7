//! The memory of used proofs: a proof is taken once, also by many workers at once, and also after a restart.
//!
//! ```text
//!  DATA/dpop/laas              held by the one process that has the folder open
//!  DATA/dpop/brukt-<d>-<g>     part d of 8, generation g of 2: one record of 24 bytes for each accepted proof
//!
//!   0                16         24
//!   ├── name ────────┼── until ─┤     name: half of SHA-256 over thumbprint and jti
//!                                     until: the last second in which the proof is taken, seconds since 1970, big-endian
//! ```
//!
//! A proof can be used for [`ELDRE_S`] + [`FORAN_S`] seconds at most. Time is cut into slots of [`SLOTT_S`] seconds by *until*,
//! so that what lives is in two slots at any time; a file holds one slot and is emptied when the slot after next begins. Nothing
//! alive is forgotten to make room: when [`PLASSER`] are remembered, a new proof is refused as busy until a slot is over.
//!
//! The record is written before the proof is taken, and the file is not synced: what a killed process had written is in the
//! system's cache and is read again. A machine that loses its power may forget the last seconds; proofs from before are then
//! older than their window unless the machine is back within it (our choice, ADR 0035).
//!
//! What it costs: one write of 24 bytes for each call, under a lock that an eighth of the calls share; at 1 000 proofs a second
//! at most 48 000 remembered, which is 2 MB in memory and 1.2 MB on disk; at the bound 1 000 000, below 64 MiB in memory. The
//! write is to the cache of the system, and waits with it when the disk is overrun.
//!
//! The one thing a newcomer gets wrong: the clock. If it goes back past what was forgotten, nobody can tell whether a proof was
//! used, and it is refused as unavailable until the clock is there again.

use std::collections::HashSet;
use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::bevis::{Bevismerke, ELDRE_S, FORAN_S};
use super::feil::Dpopfeil;
use crate::avtale::privatfil;

/// Proofs remembered at once. Source: our choice: 20 000 proofs a second, which is more than two cores verify.
pub const PLASSER: usize = 1_000_000;
/// Length of a slot. Units: seconds. Longer than a proof lives, so that at most two slots are alive.
const SLOTT_S: i64 = 24;
const _: () = assert!(SLOTT_S > ELDRE_S + FORAN_S);
/// Separately locked parts.
const DELER: usize = 8;
/// Length of a record. Units: bytes.
const POST_BYTE: usize = 24;
/// Longest file that is read. Units: bytes: all that may be remembered, in one part.
const FIL_BYTE_MAKS: u64 = (PLASSER * POST_BYTE) as u64;

/// Why the memory of used proofs could not be opened. The texts are shown by the command line.
#[derive(Debug, thiserror::Error)]
pub enum Lagerfeil {
    /// The file system, or a file that others may read.
    #[error(transparent)]
    Fil(#[from] privatfil::Feil),
    /// Another process has the folder open.
    #[error("{mappe} er i bruk av en annen prosess", mappe = mappe.display())]
    Opptatt {
        /// The folder.
        mappe: PathBuf,
    },
}

/// The used proofs. Shared by all workers of the process.
pub struct Bevislager {
    deler: Vec<Mutex<Del>>,
    antall: AtomicUsize,
    plasser: usize,
    /// Whether trouble has been reported since it last went well.
    meldt: AtomicBool,
    _laas: File,
}

/// One part, with the two slots that may be alive.
struct Del {
    generasjoner: [Generasjon; 2],
}

struct Generasjon {
    /// Which slot; [`i64::MIN`] before the first.
    slott: i64,
    navn: HashSet<[u8; 16]>,
    fil: File,
    byte: u64,
    /// The end of the file is unknown since a write failed.
    brutt: bool,
}

impl Bevislager {
    /// Opens the folder, making it if it is not there, and reads what was used before.
    ///
    /// # Errors
    /// [`Lagerfeil::Opptatt`] when another process has it, [`Lagerfeil::Fil`].
    pub fn aapne(mappe: &Path) -> Result<Self, Lagerfeil> {
        Self::med_plasser(mappe, PLASSER)
    }

    /// The same with other bounds.
    pub(in crate::token) fn med_plasser(mappe: &Path, plasser: usize) -> Result<Self, Lagerfeil> {
        privatfil::sikre_mappe(mappe)?;
        let laas = privatfil::aapne(&mappe.join("laas"))?;
        laas.try_lock().map_err(|feil| match feil {
            TryLockError::WouldBlock => Lagerfeil::Opptatt {
                mappe: mappe.to_owned(),
            },
            TryLockError::Error(kilde) => privatfil::Feil::io(mappe, "låse")(kilde).into(),
        })?;
        let mut deler = Vec::with_capacity(DELER);
        for del in 0..DELER {
            let aapne = |generasjon: usize| Generasjon::aapne(&mappe.join(format!("brukt-{del}-{generasjon}")));
            let generasjoner = [aapne(0)?, aapne(1)?];
            deler.push(Mutex::new(Del { generasjoner }));
        }
        let antall = deler.iter().map(|del| laas_del(del).antall()).sum();
        Ok(Bevislager {
            deler,
            antall: AtomicUsize::new(antall),
            plasser,
            meldt: AtomicBool::new(false),
            _laas: laas,
        })
    }

    /// Uses a proof: of any number of copies, at once or one after the other, one gets through.
    ///
    /// Shape: writes a few bytes to the system's cache; fit to be called where nothing may wait for long.
    ///
    /// # Errors
    /// [`Dpopfeil::Gjenbrukt`]; [`Dpopfeil::Opptatt`] when it is full; [`Dpopfeil::LagerUtilgjengelig`] when it cannot be
    /// written, or cannot tell.
    pub fn bruk(&self, merke: Bevismerke) -> Result<(), Dpopfeil> {
        let svar = self.proev(merke);
        match svar {
            Err(feil) if feil.er_midlertidig() => {
                if !self.meldt.swap(true, Ordering::Relaxed) {
                    tracing::error!(feil = %feil, husket = self.antall(), "DPoP-bevis kan ikke godtas");
                }
            }
            Ok(()) => self.meldt.store(false, Ordering::Relaxed),
            Err(_) => {}
        }
        svar
    }

    fn proev(&self, merke: Bevismerke) -> Result<(), Dpopfeil> {
        let nr = merke.navn.first().map_or(0, |byte| usize::from(*byte) % DELER);
        let mut del = laas_del(self.deler.get(nr).ok_or(Dpopfeil::LagerUtilgjengelig)?);
        if del
            .generasjoner
            .iter()
            .any(|generasjon| generasjon.navn.contains(&merke.navn))
        {
            return Err(Dpopfeil::Gjenbrukt);
        }
        let slott = merke.gyldig_til_s.div_euclid(SLOTT_S);
        let [partall, oddetall] = &mut del.generasjoner;
        let generasjon = if slott.rem_euclid(2) == 0 { partall } else { oddetall };
        if generasjon.slott > slott {
            // The clock has gone back: what was used in that slot has been forgotten.
            return Err(Dpopfeil::LagerUtilgjengelig);
        }
        if generasjon.slott < slott {
            // Two slots or more before this one: nothing of it can be used again.
            let frigitt = generasjon.toem(slott).map_err(|_| Dpopfeil::LagerUtilgjengelig)?;
            self.antall.fetch_sub(frigitt, Ordering::Relaxed);
        }
        if self.antall.fetch_add(1, Ordering::Relaxed) >= self.plasser {
            self.antall.fetch_sub(1, Ordering::Relaxed);
            return Err(Dpopfeil::Opptatt);
        }
        if generasjon.skriv(merke).is_err() {
            self.antall.fetch_sub(1, Ordering::Relaxed);
            return Err(Dpopfeil::LagerUtilgjengelig);
        }
        generasjon.navn.insert(merke.navn);
        Ok(())
    }

    /// How many are remembered. For metrics.
    #[must_use]
    pub fn antall(&self) -> usize {
        self.antall.load(Ordering::Relaxed)
    }
}

impl std::fmt::Debug for Bevislager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bevislager")
            .field("antall", &self.antall())
            .finish_non_exhaustive()
    }
}

fn laas_del(del: &Mutex<Del>) -> MutexGuard<'_, Del> {
    del.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Del {
    fn antall(&self) -> usize {
        self.generasjoner.iter().map(|generasjon| generasjon.navn.len()).sum()
    }
}

impl Generasjon {
    /// Reads a file: the records of its newest slot. A part of a record at the end was never acknowledged, and goes.
    fn aapne(sti: &Path) -> Result<Self, privatfil::Feil> {
        let fil = privatfil::aapne(sti)?;
        let innhold = privatfil::les_hele(sti, &fil, FIL_BYTE_MAKS)?;
        let mut slott = i64::MIN;
        let mut navn = HashSet::new();
        let poster = innhold.chunks_exact(POST_BYTE);
        let rest = poster.remainder().len();
        for post in poster {
            let Some((merke, til)) = les_post(post) else { continue };
            let postens = til.div_euclid(SLOTT_S);
            if postens > slott {
                slott = postens;
                navn.clear();
            }
            if postens == slott {
                navn.insert(merke);
            }
        }
        let byte = innhold.len().saturating_sub(rest) as u64;
        if rest > 0 {
            fil.set_len(byte).map_err(privatfil::Feil::io(sti, "avkorte"))?;
        }
        Ok(Generasjon {
            slott,
            navn,
            fil,
            byte,
            brutt: false,
        })
    }

    /// Makes room for a new slot. Returns how many were forgotten.
    fn toem(&mut self, slott: i64) -> std::io::Result<usize> {
        self.fil.set_len(0)?;
        self.byte = 0;
        self.brutt = false;
        self.slott = slott;
        Ok(std::mem::take(&mut self.navn).len())
    }

    fn skriv(&mut self, merke: Bevismerke) -> std::io::Result<()> {
        if self.brutt {
            // The file may end in a part of a record, after which nothing would be read as it was written.
            self.fil.set_len(self.byte)?;
            self.brutt = false;
        }
        let mut post = [0; POST_BYTE];
        let (navn, til) = post.split_at_mut(merke.navn.len());
        navn.copy_from_slice(&merke.navn);
        til.copy_from_slice(&merke.gyldig_til_s.to_be_bytes());
        if let Err(feil) = self.fil.write_all(&post) {
            self.brutt = true;
            return Err(feil);
        }
        self.byte += POST_BYTE as u64;
        Ok(())
    }
}

fn les_post(post: &[u8]) -> Option<([u8; 16], i64)> {
    let (navn, til) = post.split_first_chunk::<16>()?;
    Some((*navn, i64::from_be_bytes(*til.first_chunk::<8>()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIL_S: i64 = 1_760_000_015;

    fn merke(nr: u64, til_s: i64) -> Bevismerke {
        Bevismerke::new(&[7; 32], &nr.to_string(), til_s)
    }

    fn aapne() -> (tempfile::TempDir, Bevislager) {
        let mappe = tempfile::tempdir().unwrap();
        let lager = Bevislager::aapne(&mappe.path().join("dpop")).unwrap();
        (mappe, lager)
    }

    #[test]
    fn a_proof_is_used_once_and_another_keys_same_jti_is_another_proof() {
        let (_mappe, lager) = aapne();
        assert_eq!(lager.bruk(merke(1, TIL_S)), Ok(()));
        assert_eq!(lager.bruk(merke(1, TIL_S)), Err(Dpopfeil::Gjenbrukt));
        // The same key may not use the jti again in another proof either.
        assert_eq!(lager.bruk(merke(1, TIL_S + 4)), Err(Dpopfeil::Gjenbrukt));
        assert_eq!(lager.bruk(merke(1, TIL_S + SLOTT_S)), Err(Dpopfeil::Gjenbrukt));
        assert_eq!(lager.bruk(Bevismerke::new(&[8; 32], "1", TIL_S)), Ok(()));
        assert_eq!(lager.antall(), 2);
    }

    #[test]
    fn of_sixty_four_copies_at_once_one_gets_through() {
        let (_mappe, lager) = aapne();
        for runde in 0..20 {
            let vinnere: usize = std::thread::scope(|traader| {
                let kopier: Vec<_> = (0..64)
                    .map(|_| traader.spawn(|| usize::from(lager.bruk(merke(runde, TIL_S)).is_ok())))
                    .collect();
                kopier.into_iter().map(|kopi| kopi.join().unwrap()).sum()
            });
            assert_eq!(vinnere, 1);
        }
    }

    #[test]
    fn what_was_used_before_a_restart_is_used_after_it() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("dpop");
        {
            let lager = Bevislager::aapne(&sti).unwrap();
            assert!(matches!(Bevislager::aapne(&sti), Err(Lagerfeil::Opptatt { .. })));
            for nr in 0..1_000 {
                lager.bruk(merke(nr, TIL_S + i64::try_from(nr % 20).unwrap())).unwrap();
            }
        }
        let lager = Bevislager::aapne(&sti).unwrap();
        assert_eq!(lager.antall(), 1_000);
        for nr in 0..1_000 {
            let til_s = TIL_S + i64::try_from(nr % 20).unwrap();
            assert_eq!(lager.bruk(merke(nr, til_s)), Err(Dpopfeil::Gjenbrukt));
        }
        assert_eq!(lager.bruk(merke(1_000, TIL_S)), Ok(()));
    }

    #[test]
    fn a_part_of_a_record_at_the_end_goes_and_what_is_whole_stays() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("dpop");
        let lager = Bevislager::aapne(&sti).unwrap();
        for nr in 0..100 {
            lager.bruk(merke(nr, TIL_S)).unwrap();
        }
        drop(lager);
        for del in 0..DELER {
            for generasjon in 0..2 {
                let mut fil = privatfil::aapne(&sti.join(format!("brukt-{del}-{generasjon}"))).unwrap();
                fil.write_all(&[0xff; 5]).unwrap();
            }
        }
        for _ in 0..2 {
            let lager = Bevislager::aapne(&sti).unwrap();
            for nr in 0..100 {
                assert_eq!(lager.bruk(merke(nr, TIL_S)), Err(Dpopfeil::Gjenbrukt));
            }
        }
        let lager = Bevislager::aapne(&sti).unwrap();
        assert_eq!(lager.bruk(merke(100, TIL_S)), Ok(()));
        drop(lager);
        assert_eq!(
            Bevislager::aapne(&sti).unwrap().bruk(merke(100, TIL_S)),
            Err(Dpopfeil::Gjenbrukt)
        );
    }

    #[test]
    fn a_flood_neither_grows_the_memory_nor_pushes_anything_out() {
        let mappe = tempfile::tempdir().unwrap();
        let lager = Bevislager::med_plasser(&mappe.path().join("dpop"), 500).unwrap();
        for nr in 0..500 {
            assert_eq!(lager.bruk(merke(nr, TIL_S)), Ok(()));
        }
        for nr in 500..20_000 {
            assert_eq!(lager.bruk(merke(nr, TIL_S + 5)), Err(Dpopfeil::Opptatt));
        }
        assert_eq!(lager.antall(), 500);
        for nr in 0..500 {
            assert_eq!(lager.bruk(merke(nr, TIL_S)), Err(Dpopfeil::Gjenbrukt));
        }
        // When the slot after next begins, nothing of the flood can be used any more, and there is room again.
        let senere = TIL_S + 2 * SLOTT_S;
        let godtatt = (20_000..20_400)
            .filter(|nr| lager.bruk(merke(*nr, senere)).is_ok())
            .count();
        assert!(godtatt > 300, "{godtatt}");
    }

    #[test]
    fn a_clock_that_goes_back_past_what_was_forgotten_opens_nothing() {
        let (_mappe, lager) = aapne();
        lager.bruk(merke(1, TIL_S)).unwrap();
        // Enough to empty every part of the slot in which proof 1 was.
        for nr in 100..400 {
            lager.bruk(merke(nr, TIL_S + 2 * SLOTT_S)).unwrap();
        }
        assert_eq!(lager.bruk(merke(1, TIL_S)), Err(Dpopfeil::LagerUtilgjengelig));
        assert!(lager.bruk(merke(1, TIL_S + 2 * SLOTT_S)).is_ok());
    }

    #[test]
    fn years_of_slots_leave_two_behind() {
        let (mappe, lager) = aapne();
        for nr in 0..2_000 {
            let til_s = TIL_S + i64::try_from(nr).unwrap() * 7;
            assert_eq!(lager.bruk(merke(nr, til_s)), Ok(()));
            assert_eq!(lager.bruk(merke(nr, til_s)), Err(Dpopfeil::Gjenbrukt));
        }
        // Parts that were not asked for a while still hold a few of older slots.
        assert!(lager.antall() <= 64, "{}", lager.antall());
        let byte: u64 = std::fs::read_dir(mappe.path().join("dpop"))
            .unwrap()
            .map(|fil| fil.unwrap().metadata().unwrap().len())
            .sum();
        assert_eq!(byte, (lager.antall() * POST_BYTE) as u64);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_disk_that_refuses_takes_no_proof_and_is_taken_up_when_it_works_again() {
        let (mappe, lager) = aapne();
        lager.bruk(merke(1, TIL_S)).unwrap();
        // A descriptor that refuses every write, in place of each file.
        let full = || std::fs::OpenOptions::new().append(true).open("/dev/full").unwrap();
        let mut egne = Vec::new();
        for del in &lager.deler {
            for generasjon in &mut laas_del(del).generasjoner {
                egne.push(std::mem::replace(&mut generasjon.fil, full()));
            }
        }
        let ny = (2..40).map(|nr| merke(nr, TIL_S)).collect::<Vec<_>>();
        for merke in &ny {
            assert_eq!(lager.bruk(*merke), Err(Dpopfeil::LagerUtilgjengelig));
        }
        assert_eq!(lager.bruk(merke(1, TIL_S)), Err(Dpopfeil::Gjenbrukt));
        assert_eq!(lager.antall(), 1);
        let mut egne = egne.into_iter();
        for del in &lager.deler {
            for generasjon in &mut laas_del(del).generasjoner {
                generasjon.fil = egne.next().unwrap();
            }
        }
        for merke in &ny {
            assert_eq!(lager.bruk(*merke), Ok(()));
        }
        drop(lager);
        let lager = Bevislager::aapne(&mappe.path().join("dpop")).unwrap();
        for merke in ny {
            assert_eq!(lager.bruk(merke), Err(Dpopfeil::Gjenbrukt));
        }
    }
}
