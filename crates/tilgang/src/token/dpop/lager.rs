//! The memory of used proofs: a proof is taken once, also by many workers at once, and also after a restart.
//!
//! ```text
//!  DATA/dpop/laas         held by the one process that has the folder open
//!  DATA/dpop/brukt-<g>    generation g of 2: one record of 24 bytes for each accepted proof
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
//! A proof is used in two steps. [`Bevislager::krev`] takes it, in memory: from then on no copy gets through. [`Brukt::skriv`] sees
//! that its record is in the file, and nothing may be answered before it has: what waits is written together, by the first that
//! is ready to answer, so that calls at the same time share one write. The file is not synced: what a killed process had written
//! is in the system's cache and is read again. A machine that loses its power may forget the last seconds; proofs from before are
//! then older than their window unless the machine is back within it (our choice, ADR 0035).
//!
//! What it costs: a lock for as long as a table is asked, and a part of one write for each call; at 1 000 proofs a second at most
//! 48 000 remembered, which is 2 MB in memory and 1.2 MB on disk; at the bound 1 000 000, below 64 MiB in memory. The write is to
//! the cache of the system, and waits with it when the disk is overrun.
//!
//! The one thing a newcomer gets wrong: the clock. If it goes back past what was forgotten, nobody can tell whether a proof was
//! used, and it is refused as unavailable until the clock is there again.

use std::collections::HashSet;
use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::bevis::{Bevismerke, ELDRE_S, FORAN_S};
use super::feil::Dpopfeil;
use crate::avtale::privatfil;

/// Proofs remembered at once. Source: our choice: 20 000 proofs a second, which is more than two cores verify.
pub const PLASSER: usize = 1_000_000;
/// Length of a slot. Units: seconds. Longer than a proof lives, so that at most two slots are alive.
const SLOTT_S: i64 = 24;
const _: () = assert!(SLOTT_S > ELDRE_S + FORAN_S);
/// Length of a record. Units: bytes.
const POST_BYTE: usize = 24;
/// Longest file that is read. Units: bytes: all that may be remembered.
const FIL_BYTE_MAKS: u64 = (PLASSER * POST_BYTE) as u64;
/// Files of a generation that releases before this one wrote, `brukt-<d>-<g>`. Their proofs are taken over.
const ELDRE_DELER: usize = 8;

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
    minne: Mutex<Minne>,
    /// Taken before `minne`, by whoever writes.
    filer: Mutex<[Fil; 2]>,
    /// Records with numbers up to this are in their file, or need not be.
    skrevet: AtomicU64,
    plasser: usize,
    /// Whether trouble has been reported since it last went well.
    meldt: AtomicBool,
    _laas: File,
}

/// What is known of the two slots that may be alive, and what is not in their files yet.
struct Minne {
    generasjoner: [Generasjon; 2],
    /// In rising order of numbers.
    venter: Vec<(u64, Bevismerke)>,
    /// The number that was given last.
    siste: u64,
}

struct Generasjon {
    /// Which slot; [`i64::MIN`] before the first.
    slott: i64,
    navn: HashSet<[u8; 16]>,
}

struct Fil {
    /// The slot of its records; [`i64::MIN`] before the first.
    slott: i64,
    fil: File,
    byte: u64,
    /// The end of the file is unknown since a write failed.
    brutt: bool,
}

/// A proof that was taken: nobody else gets through with it. Its record must be in the file before the call is answered.
///
/// Dropped without [`Brukt::skriv`], as of a call that came to nothing, it writes the record all the same, and stays taken.
#[must_use = "nothing may be answered before the proof is written"]
pub struct Brukt(Option<Krevd>);

struct Krevd {
    lager: Arc<Bevislager>,
    nr: u64,
    merke: Bevismerke,
}

impl Brukt {
    /// For a call that has no proof: there is nothing to write.
    pub fn ingen() -> Self {
        Brukt(None)
    }

    /// Sees that the record is written: by this call, or by another that wrote for it.
    ///
    /// Shape: writes a few bytes to the system's cache, or nothing; fit to be called where nothing may wait for long.
    ///
    /// # Errors
    /// [`Dpopfeil::LagerUtilgjengelig`]: nothing may be answered, and the proof is as if it had not been used.
    pub fn skriv(mut self) -> Result<(), Dpopfeil> {
        self.0
            .take()
            .map_or(Ok(()), |krevd| krevd.lager.fullfoer(krevd.nr, krevd.merke))
    }
}

impl Drop for Brukt {
    fn drop(&mut self) {
        if let Some(krevd) = self.0.take() {
            // If it cannot be written, it waits for the next that can.
            let _ = krevd.lager.skriv_ut(krevd.nr);
        }
    }
}

impl std::fmt::Debug for Brukt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Brukt")
    }
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
        let (partall, oddetall) = (aapne_generasjon(mappe, 0)?, aapne_generasjon(mappe, 1)?);
        Ok(Bevislager {
            minne: Mutex::new(Minne {
                generasjoner: [partall.0, oddetall.0],
                venter: Vec::new(),
                siste: 0,
            }),
            filer: Mutex::new([partall.1, oddetall.1]),
            skrevet: AtomicU64::new(0),
            plasser,
            meldt: AtomicBool::new(false),
            _laas: laas,
        })
    }

    /// Uses a proof: of any number of copies, at once or one after the other, one gets through. Taken and written at once.
    ///
    /// Shape: writes a few bytes to the system's cache; fit to be called where nothing may wait for long.
    ///
    /// # Errors
    /// [`Dpopfeil::Gjenbrukt`]; [`Dpopfeil::Opptatt`] when it is full; [`Dpopfeil::LagerUtilgjengelig`] when it cannot be
    /// written, or cannot tell.
    pub fn bruk(&self, merke: Bevismerke) -> Result<(), Dpopfeil> {
        let nr = self.ta(merke)?;
        self.fullfoer(nr, merke)
    }

    /// Takes a proof as [`Bevislager::bruk`] does; the record is written by [`Brukt::skriv`], together with others.
    ///
    /// # Errors
    /// As [`Bevislager::bruk`].
    pub fn krev(self: &Arc<Self>, merke: Bevismerke) -> Result<Brukt, Dpopfeil> {
        let nr = self.ta(merke)?;
        let lager = Arc::clone(self);
        Ok(Brukt(Some(Krevd { lager, nr, merke })))
    }

    fn ta(&self, merke: Bevismerke) -> Result<u64, Dpopfeil> {
        let svar = laas(&self.minne).ta(merke, self.plasser);
        if let Err(feil) = svar {
            self.meld(feil);
        }
        svar
    }

    fn fullfoer(&self, nr: u64, merke: Bevismerke) -> Result<(), Dpopfeil> {
        if self.skriv_ut(nr).is_err() {
            laas(&self.minne).glem(nr, merke);
            self.meld(Dpopfeil::LagerUtilgjengelig);
            return Err(Dpopfeil::LagerUtilgjengelig);
        }
        self.meldt.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Writes everything that waits, unless the record with this number is written. On an error all of it waits still.
    fn skriv_ut(&self, nr: u64) -> std::io::Result<()> {
        if self.skrevet.load(Ordering::Acquire) >= nr {
            return Ok(());
        }
        let mut filer = laas(&self.filer);
        // Whoever had the files may have written this one too.
        if self.skrevet.load(Ordering::Acquire) >= nr {
            return Ok(());
        }
        let mut poster = std::mem::take(&mut laas(&self.minne).venter);
        let utfall = skriv_poster(&mut filer, &poster);
        match (&utfall, poster.last()) {
            (Ok(()), Some((siste, _))) => self.skrevet.store(*siste, Ordering::Release),
            (Ok(()), None) => {}
            (Err(_), _) => {
                let mut minne = laas(&self.minne);
                poster.append(&mut minne.venter);
                minne.venter = poster;
            }
        }
        utfall
    }

    fn meld(&self, feil: Dpopfeil) {
        if feil.er_midlertidig() && !self.meldt.swap(true, Ordering::Relaxed) {
            tracing::error!(feil = %feil, husket = self.antall(), "DPoP-bevis kan ikke godtas");
        }
    }

    /// How many are remembered. For metrics.
    #[must_use]
    pub fn antall(&self) -> usize {
        laas(&self.minne).antall()
    }
}

impl std::fmt::Debug for Bevislager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bevislager")
            .field("antall", &self.antall())
            .finish_non_exhaustive()
    }
}

fn laas<T>(laas: &Mutex<T>) -> MutexGuard<'_, T> {
    laas.lock().unwrap_or_else(PoisonError::into_inner)
}

fn slott_av(til_s: i64) -> i64 {
    til_s.div_euclid(SLOTT_S)
}

impl Minne {
    fn antall(&self) -> usize {
        self.generasjoner.iter().map(|generasjon| generasjon.navn.len()).sum()
    }

    fn ta(&mut self, merke: Bevismerke, plasser: usize) -> Result<u64, Dpopfeil> {
        if self.generasjoner.iter().any(|g| g.navn.contains(&merke.navn)) {
            return Err(Dpopfeil::Gjenbrukt);
        }
        let slott = slott_av(merke.gyldig_til_s);
        let generasjon = self.generasjon(slott);
        if generasjon.slott > slott {
            // The clock has gone back: what was used in that slot has been forgotten.
            return Err(Dpopfeil::LagerUtilgjengelig);
        }
        if generasjon.slott < slott {
            // Two slots or more before this one: nothing of it can be used again, and it need not be written either.
            let forrige = std::mem::replace(&mut generasjon.slott, slott);
            // As a rule as many come as before: a table that has to grow holds up everybody.
            generasjon.navn = HashSet::with_capacity(generasjon.navn.len());
            self.venter
                .retain(|(_, venter)| slott_av(venter.gyldig_til_s) != forrige);
        }
        if self.antall() >= plasser {
            return Err(Dpopfeil::Opptatt);
        }
        self.generasjon(slott).navn.insert(merke.navn);
        self.siste += 1;
        self.venter.push((self.siste, merke));
        Ok(self.siste)
    }

    /// As if a proof that could not be written had not been used.
    fn glem(&mut self, nr: u64, merke: Bevismerke) {
        let slott = slott_av(merke.gyldig_til_s);
        let generasjon = self.generasjon(slott);
        if generasjon.slott == slott {
            generasjon.navn.remove(&merke.navn);
        }
        self.venter.retain(|(annet, _)| *annet != nr);
    }

    fn generasjon(&mut self, slott: i64) -> &mut Generasjon {
        let [partall, oddetall] = &mut self.generasjoner;
        if slott.rem_euclid(2) == 0 { partall } else { oddetall }
    }
}

/// Writes records, each to the file of its slot. What is of an older slot than the file cannot be used again, and is left out.
fn skriv_poster(filer: &mut [Fil; 2], poster: &[(u64, Bevismerke)]) -> std::io::Result<()> {
    for (rest, fil) in (0i64..).zip(filer) {
        let egne = poster.iter().filter_map(|(_, merke)| {
            let slott = slott_av(merke.gyldig_til_s);
            (slott.rem_euclid(2) == rest).then_some((slott, merke))
        });
        let Some(nyeste) = egne.clone().map(|(slott, _)| slott).max() else {
            continue;
        };
        if fil.slott < nyeste {
            fil.toem(nyeste)?;
        }
        let mut byte = Vec::with_capacity(poster.len() * POST_BYTE);
        for (_, merke) in egne.filter(|(slott, _)| *slott == fil.slott) {
            byte.extend_from_slice(&som_post(merke));
        }
        fil.skriv(&byte)?;
    }
    Ok(())
}

/// Reads the records of a generation's newest slot, those of older releases too.
fn aapne_generasjon(mappe: &Path, nr: usize) -> Result<(Generasjon, Fil), privatfil::Feil> {
    let sti = mappe.join(format!("brukt-{nr}"));
    let fil = privatfil::aapne(&sti)?;
    let innhold = privatfil::les_hele(&sti, &fil, FIL_BYTE_MAKS)?;
    let mut generasjon = Generasjon {
        slott: i64::MIN,
        navn: HashSet::new(),
    };
    let hele = innhold.chunks_exact(POST_BYTE);
    // A part of a record at the end was never acknowledged, and goes.
    let rest = hele.remainder().len();
    let byte = innhold.len().saturating_sub(rest) as u64;
    if rest > 0 {
        fil.set_len(byte).map_err(privatfil::Feil::io(&sti, "avkorte"))?;
    }
    hele.filter_map(les_post)
        .for_each(|(navn, til_s)| generasjon.les(navn, til_s));
    let mut fil = Fil {
        slott: generasjon.slott,
        fil,
        byte,
        brutt: false,
    };
    let (mut eldre, mut poster) = (Vec::new(), Vec::new());
    for del in 0..ELDRE_DELER {
        let sti = mappe.join(format!("brukt-{del}-{nr}"));
        let Some(innhold) = privatfil::les(&sti, FIL_BYTE_MAKS)? else {
            continue;
        };
        for (navn, gyldig_til_s) in innhold.chunks_exact(POST_BYTE).filter_map(les_post) {
            generasjon.les(navn, gyldig_til_s);
            poster.push((0, Bevismerke { navn, gyldig_til_s }));
        }
        eldre.push(sti);
    }
    if generasjon.slott > fil.slott {
        fil.toem(generasjon.slott).map_err(privatfil::Feil::io(&sti, "tømme"))?;
    }
    poster.retain(|(_, merke)| slott_av(merke.gyldig_til_s) == generasjon.slott);
    let byte: Vec<u8> = poster.iter().flat_map(|(_, merke)| som_post(merke)).collect();
    fil.skriv(&byte).map_err(privatfil::Feil::io(&sti, "skrive"))?;
    for sti in eldre {
        std::fs::remove_file(&sti).map_err(privatfil::Feil::io(&sti, "slette"))?;
    }
    Ok((generasjon, fil))
}

impl Generasjon {
    /// A record from a file: of an older slot than others it says nothing.
    fn les(&mut self, navn: [u8; 16], til_s: i64) {
        let slott = slott_av(til_s);
        if slott > self.slott {
            self.slott = slott;
            self.navn.clear();
        }
        if slott == self.slott {
            self.navn.insert(navn);
        }
    }
}

impl Fil {
    /// Makes room for a new slot.
    fn toem(&mut self, slott: i64) -> std::io::Result<()> {
        self.fil.set_len(0)?;
        self.byte = 0;
        self.brutt = false;
        self.slott = slott;
        Ok(())
    }

    fn skriv(&mut self, byte: &[u8]) -> std::io::Result<()> {
        if byte.is_empty() {
            return Ok(());
        }
        if self.brutt {
            // The file may end in a part of a record, after which nothing would be read as it was written.
            self.fil.set_len(self.byte)?;
            self.brutt = false;
        }
        if let Err(feil) = self.fil.write_all(byte) {
            self.brutt = true;
            return Err(feil);
        }
        self.byte += byte.len() as u64;
        Ok(())
    }
}

fn som_post(merke: &Bevismerke) -> [u8; POST_BYTE] {
    let mut post = [0; POST_BYTE];
    let (navn, til) = post.split_at_mut(merke.navn.len());
    navn.copy_from_slice(&merke.navn);
    til.copy_from_slice(&merke.gyldig_til_s.to_be_bytes());
    post
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
        for generasjon in 0..2 {
            let mut fil = privatfil::aapne(&sti.join(format!("brukt-{generasjon}"))).unwrap();
            fil.write_all(&[0xff; 5]).unwrap();
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
        assert_eq!(godtatt, 400);
    }

    #[test]
    fn a_clock_that_goes_back_past_what_was_forgotten_opens_nothing() {
        let (_mappe, lager) = aapne();
        lager.bruk(merke(1, TIL_S)).unwrap();
        lager.bruk(merke(100, TIL_S + 2 * SLOTT_S)).unwrap();
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
        assert!(lager.antall() <= 8, "{}", lager.antall());
        let byte = byte_paa_disk(&mappe.path().join("dpop"));
        assert_eq!(byte, (lager.antall() * POST_BYTE) as u64);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_disk_that_refuses_takes_no_proof_and_is_taken_up_when_it_works_again() {
        let (mappe, lager) = aapne();
        lager.bruk(merke(1, TIL_S)).unwrap();
        // A descriptor that refuses every write, in place of each file.
        let full = || std::fs::OpenOptions::new().append(true).open("/dev/full").unwrap();
        let egne = laas(&lager.filer)
            .each_mut()
            .map(|fil| std::mem::replace(&mut fil.fil, full()));
        let ny = (2..40).map(|nr| merke(nr, TIL_S)).collect::<Vec<_>>();
        for merke in &ny {
            assert_eq!(lager.bruk(*merke), Err(Dpopfeil::LagerUtilgjengelig));
        }
        assert_eq!(lager.bruk(merke(1, TIL_S)), Err(Dpopfeil::Gjenbrukt));
        assert_eq!(lager.antall(), 1);
        for (fil, egen) in laas(&lager.filer).iter_mut().zip(egne) {
            fil.fil = egen;
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

    fn byte_paa_disk(mappe: &Path) -> u64 {
        std::fs::read_dir(mappe)
            .unwrap()
            .map(|fil| fil.unwrap().metadata().unwrap().len())
            .sum()
    }

    #[test]
    fn what_is_taken_at_the_same_time_is_written_together_and_before_anybody_is_answered() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("dpop");
        let lager = Arc::new(Bevislager::aapne(&sti).unwrap());
        let tatt: Vec<Brukt> = (0..50).map(|nr| lager.krev(merke(nr, TIL_S)).unwrap()).collect();
        for nr in 0..50 {
            // No copy gets through, written or not.
            assert_eq!(lager.krev(merke(nr, TIL_S)).unwrap_err(), Dpopfeil::Gjenbrukt);
            assert_eq!(lager.bruk(merke(nr, TIL_S)), Err(Dpopfeil::Gjenbrukt));
        }
        assert_eq!(byte_paa_disk(&sti), 0);
        for (nr, brukt) in tatt.into_iter().enumerate() {
            // The last that was taken may be the first that is answered.
            if nr == 0 {
                assert_eq!(brukt.skriv(), Ok(()));
                assert_eq!(byte_paa_disk(&sti), 50 * POST_BYTE as u64);
            } else if nr % 2 == 0 {
                drop(brukt);
            } else {
                assert_eq!(brukt.skriv(), Ok(()));
            }
        }
        assert_eq!(byte_paa_disk(&sti), 50 * POST_BYTE as u64);
        assert_eq!(Brukt::ingen().skriv(), Ok(()));
    }

    #[test]
    fn a_call_that_comes_to_nothing_leaves_its_proof_used_after_a_restart_too() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("dpop");
        let lager = Arc::new(Bevislager::aapne(&sti).unwrap());
        drop(lager.krev(merke(1, TIL_S)).unwrap());
        assert_eq!(lager.bruk(merke(1, TIL_S)), Err(Dpopfeil::Gjenbrukt));
        drop(lager);
        let lager = Bevislager::aapne(&sti).unwrap();
        assert_eq!(lager.bruk(merke(1, TIL_S)), Err(Dpopfeil::Gjenbrukt));
    }

    #[test]
    fn whoever_is_answered_finds_the_proof_in_the_file_among_many_at_once() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("dpop");
        let lager = Arc::new(Bevislager::aapne(&sti).unwrap());
        std::thread::scope(|traader| {
            for traad in 0..8 {
                let (lager, sti) = (&lager, &sti);
                traader.spawn(move || {
                    for nr in 0..200 {
                        // Slots go by while others write.
                        let merke = merke(traad * 1_000 + nr, TIL_S + i64::try_from(nr / 100).unwrap() * SLOTT_S);
                        lager.krev(merke).unwrap().skriv().unwrap();
                        let slott = slott_av(merke.gyldig_til_s).rem_euclid(2);
                        let fil = std::fs::read(sti.join(format!("brukt-{slott}"))).unwrap();
                        assert!(fil.chunks_exact(POST_BYTE).any(|post| post == som_post(&merke)));
                    }
                });
            }
        });
        drop(lager);
        assert_eq!(Bevislager::aapne(&sti).unwrap().antall(), 1_600);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn on_a_disk_that_refuses_each_call_is_refused_and_what_waits_is_bounded() {
        let mappe = tempfile::tempdir().unwrap();
        let lager = Arc::new(Bevislager::med_plasser(&mappe.path().join("dpop"), 100).unwrap());
        let full = || std::fs::OpenOptions::new().append(true).open("/dev/full").unwrap();
        let egne = laas(&lager.filer)
            .each_mut()
            .map(|fil| std::mem::replace(&mut fil.fil, full()));
        let (en, to) = (
            lager.krev(merke(1, TIL_S)).unwrap(),
            lager.krev(merke(2, TIL_S)).unwrap(),
        );
        assert_eq!(en.skriv(), Err(Dpopfeil::LagerUtilgjengelig));
        // What one could not write is written for another when the disk works again.
        for (fil, egen) in laas(&lager.filer).iter_mut().zip(egne) {
            fil.fil = egen;
        }
        assert_eq!(to.skriv(), Ok(()));
        assert_eq!(lager.bruk(merke(2, TIL_S)), Err(Dpopfeil::Gjenbrukt));
        // The first was never answered, and may be used.
        assert_eq!(lager.bruk(merke(1, TIL_S)), Ok(()));
        for fil in laas(&lager.filer).iter_mut() {
            fil.fil = full();
        }
        for nr in 10..2_000 {
            // Dropped: they stay taken, and wait.
            let til_s = TIL_S + i64::try_from(nr / 200).unwrap() * SLOTT_S;
            let _ = lager.krev(merke(nr, til_s));
            assert!(laas(&lager.minne).venter.len() <= 100);
        }
        assert!(lager.antall() <= 100);
    }

    #[test]
    fn proofs_that_an_older_release_wrote_are_used() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("dpop");
        privatfil::sikre_mappe(&sti).unwrap();
        let skriv = |navn: &str, merke: Bevismerke| {
            privatfil::aapne(&sti.join(navn))
                .unwrap()
                .write_all(&som_post(&merke))
                .unwrap();
        };
        let slott = usize::try_from(slott_av(TIL_S).rem_euclid(2)).unwrap();
        for nr in 0..8 {
            skriv(&format!("brukt-{nr}-{slott}"), merke(nr, TIL_S));
            skriv(&format!("brukt-{nr}-{}", 1 - slott), merke(10 + nr, TIL_S - SLOTT_S));
        }
        // One of long ago is forgotten, whichever file it is in.
        skriv(&format!("brukt-3-{slott}"), merke(30, TIL_S - 2 * SLOTT_S));
        skriv(&format!("brukt-{slott}"), merke(31, TIL_S - 4 * SLOTT_S));
        for _ in 0..2 {
            let lager = Bevislager::aapne(&sti).unwrap();
            assert_eq!(lager.antall(), 16);
            for nr in 0..8 {
                assert_eq!(lager.bruk(merke(nr, TIL_S)), Err(Dpopfeil::Gjenbrukt));
                assert_eq!(lager.bruk(merke(10 + nr, TIL_S - SLOTT_S)), Err(Dpopfeil::Gjenbrukt));
            }
            // The lock and two files.
            assert_eq!(std::fs::read_dir(&sti).unwrap().count(), 3);
            assert_eq!(byte_paa_disk(&sti), 16 * POST_BYTE as u64);
        }
    }
}
