//! The open log: a handle that many write through, and how a log is opened after whatever happened to it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::hode::{Hode, Signerer, SignertHode, Verifikasjonsnoekkel};
use crate::segment::{self, HODE_BYTE, Leser, POST_BYTE_MAKS};
use crate::skriver::{self, Ordre, Skriver, Sted, Tilstand, laas};
use crate::tre::{Avtrykk, Tre, blad};
use crate::{Feil, roetter};

/// Records that wait to be written, at most; above it a caller is refused at once.
const KOE: usize = 16_384;

/// Tells the time.
pub type Klokke = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How a log is kept.
#[derive(Clone)]
pub struct Innstillinger {
    /// A second place for signed heads: a file on another disk, or one that is sent on. `None`: nowhere.
    pub eksport: Option<PathBuf>,
    /// How long the second place may refuse heads before nothing is disclosed. Source: our choice.
    pub eksport_naade: Duration,
    /// Bytes set aside for a full disk.
    pub reserve_byte: u64,
    /// Records between signed heads, at most.
    pub hode_poster: u64,
    /// Time between signed heads while records come, at most.
    pub hode_tid: Duration,
    /// A segment has 2^`nivaa` records. A log keeps the level it was made with.
    pub nivaa: u32,
    /// Where a test lets the operating system refuse.
    #[doc(hidden)]
    pub feilpunkt: Option<Arc<dyn Fn(Sted) -> std::io::Result<()> + Send + Sync>>,
}

impl Default for Innstillinger {
    fn default() -> Self {
        Innstillinger {
            eksport: None,
            eksport_naade: Duration::from_secs(4 * 3600),
            reserve_byte: 64 * 1024 * 1024,
            hode_poster: 1_000,
            hode_tid: Duration::from_secs(60),
            nivaa: 16,
            feilpunkt: None,
        }
    }
}

impl std::fmt::Debug for Innstillinger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Innstillinger").finish_non_exhaustive()
    }
}

impl Innstillinger {
    pub(crate) fn proev(&self, sted: Sted) -> std::io::Result<()> {
        self.feilpunkt.as_ref().map_or(Ok(()), |feilpunkt| feilpunkt(sted))
    }
}

/// The record could not be made durable, so nothing may be disclosed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("revisjonsloggen kan ikke skrives")]
pub struct Utilgjengelig;

/// What the writer and those who ask it share.
#[derive(Debug, Default)]
pub(crate) struct Delt {
    antall: AtomicU64,
    /// Records that have been put in the queue and not been taken from it.
    i_koe: AtomicUsize,
    /// How many records the writer would have before it writes; see [`skriver`].
    lag: AtomicUsize,
    reserve: AtomicU64,
    feiler: AtomicBool,
    eksport_feilet: Mutex<Option<Instant>>,
    hode: Mutex<Option<SignertHode>>,
}

impl Delt {
    pub fn i_koe(&self) -> usize {
        self.i_koe.load(Ordering::Relaxed)
    }

    pub fn tatt(&self) {
        self.i_koe.fetch_sub(1, Ordering::Relaxed);
    }

    pub fn sett_lag(&self, antall: usize) {
        self.lag.store(antall, Ordering::Relaxed);
    }

    pub fn sett_antall(&self, antall: u64) {
        self.antall.store(antall, Ordering::Release);
    }

    pub fn sett_feil(&self, feiler: bool) {
        self.feiler.store(feiler, Ordering::Release);
    }

    pub fn feiler(&self) -> bool {
        self.feiler.load(Ordering::Acquire)
    }

    pub fn sett_reserve(&self, byte: u64) {
        self.reserve.store(byte, Ordering::Release);
    }

    pub fn reserve(&self) -> u64 {
        self.reserve.load(Ordering::Acquire)
    }

    pub fn sett_hode(&self, hode: SignertHode) {
        *laas(&self.hode) = Some(hode);
    }

    pub fn siste_hode(&self) -> Option<SignertHode> {
        laas(&self.hode).clone()
    }

    pub fn sett_eksport(&self, feilet: Option<Instant>) {
        *laas(&self.eksport_feilet) = feilet;
    }

    fn eksport_feilet(&self) -> Option<Duration> {
        laas(&self.eksport_feilet).map(|siden| siden.elapsed())
    }
}

/// How the log is, for health and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Helse {
    /// Records.
    pub poster: u64,
    /// Records in the last signed head.
    pub signert: u64,
    /// The last write failed.
    pub feiler: bool,
    /// Bytes of the reserve that are there.
    pub reserve_byte: u64,
    /// For how long the second place has refused heads.
    pub eksport_feilet: Option<Duration>,
}

/// An open log. One process has a log open for writing at a time; whoever opens it holds the data folder's lock.
pub struct Logg {
    mappe: PathBuf,
    ordrer: SyncSender<Ordre>,
    delt: Arc<Delt>,
    eksport_naade: Duration,
    noekkel: Verifikasjonsnoekkel,
    traad: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Logg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Logg")
            .field("mappe", &self.mappe)
            .finish_non_exhaustive()
    }
}

impl Logg {
    /// Opens the log in a folder, or makes it.
    ///
    /// What a stop in the middle of a write left behind is cut off and laid aside (`avrevet-…`): nobody was told that it
    /// was written. Anything else that is wrong with the last segment, or a head that it does not bear out, is an error.
    ///
    /// # Errors
    /// [`Feil::Skadet`], [`Feil::Fil`].
    pub fn aapne(mappe: &Path, innstillinger: Innstillinger, signerer: Signerer, klokke: Klokke) -> Result<Self, Feil> {
        std::fs::create_dir_all(mappe).map_err(Feil::fil(mappe))?;
        let noekkel = signerer.verifikasjonsnoekkel();
        let hode = siste_hode(mappe, &noekkel)?;
        let tilstand = les_tilstand(mappe, innstillinger.nivaa, hode.as_ref().map(|h| &h.hode))?;
        if let Some(hode) = &hode
            && hode.hode.antall == tilstand.tre.antall()
            && (hode.hode.rot, hode.hode.kjede) != (tilstand.tre.rot(), tilstand.kjede)
        {
            return Err(Feil::Skadet(
                "postene er ikke de som siste hode ble signert over".to_owned(),
            ));
        }
        let delt = Arc::new(Delt::default());
        delt.sett_antall(tilstand.tre.antall());
        let reserve = skriver::reservefil(mappe);
        let har = std::fs::metadata(&reserve).map_or(0, |m| m.len());
        delt.sett_reserve(har.min(innstillinger.reserve_byte));
        let signert = hode.as_ref().map_or(0, |h| h.hode.antall);
        if let Some(hode) = hode {
            delt.sett_hode(hode);
        }
        let eksport_naade = innstillinger.eksport_naade;
        let (ordrer, motta) = sync_channel(KOE);
        let skriver = Skriver {
            mappe: mappe.to_owned(),
            innstillinger,
            signerer,
            klokke,
            delt: delt.clone(),
            tilstand,
            fil: None,
            signert,
            sist_signert: Instant::now(),
            eksport_feilet: None,
            eksport_proevd: None,
            reserve_proevd: None,
            ueksportert: Vec::new(),
        };
        let traad = std::thread::Builder::new()
            .name("revisjonslogg".to_owned())
            .spawn(move || skriver.run(&motta))
            .map_err(Feil::fil(mappe))?;
        Ok(Logg {
            mappe: mappe.to_owned(),
            ordrer,
            delt,
            eksport_naade,
            noekkel,
            traad: Mutex::new(Some(traad)),
        })
    }

    /// Makes a record durable, and gives its number.
    ///
    /// # Errors
    /// [`Utilgjengelig`]: it is not, and what it tells of may not leave.
    pub async fn skriv(&self, byte: Vec<u8>) -> Result<u64, Utilgjengelig> {
        self.legg_i_koe(byte)?.await.unwrap_or(Err(Utilgjengelig))
    }

    /// The same, where no runtime is.
    ///
    /// # Errors
    /// [`Utilgjengelig`].
    pub fn skriv_og_vent(&self, byte: Vec<u8>) -> Result<u64, Utilgjengelig> {
        self.legg_i_koe(byte)?.blocking_recv().unwrap_or(Err(Utilgjengelig))
    }

    fn legg_i_koe(&self, byte: Vec<u8>) -> Result<oneshot::Receiver<Result<u64, Utilgjengelig>>, Utilgjengelig> {
        if byte.is_empty() || byte.len() > POST_BYTE_MAKS {
            return Err(Utilgjengelig);
        }
        if self
            .delt
            .eksport_feilet()
            .is_some_and(|siden| siden >= self.eksport_naade)
        {
            return Err(Utilgjengelig);
        }
        let (svar, vent) = oneshot::channel();
        let blad = blad(&byte);
        let ordre = Ordre::Post { byte, blad, svar };
        let i_koe = self.delt.i_koe.fetch_add(1, Ordering::Relaxed) + 1;
        if self.ordrer.try_send(ordre).is_err() {
            self.delt.tatt();
            return Err(Utilgjengelig);
        }
        // Where there is one processor, the writer gets it now, and the disk works while the other calls do.
        if i_koe > 1 && i_koe == self.delt.lag.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        Ok(vent)
    }

    /// Signs a head now, if there are records since the last, and gives the last.
    pub fn signer_og_vent(&self) -> Option<SignertHode> {
        let (svar, vent) = oneshot::channel();
        self.ordrer.send(Ordre::Hode(svar)).ok()?;
        vent.blocking_recv().ok()?
    }

    /// The last signed head.
    #[must_use]
    pub fn siste_hode(&self) -> Option<SignertHode> {
        self.delt.siste_hode()
    }

    /// What others verify heads with.
    #[must_use]
    pub fn verifikasjonsnoekkel(&self) -> &Verifikasjonsnoekkel {
        &self.noekkel
    }

    /// Where the log lies.
    #[must_use]
    pub fn mappe(&self) -> &Path {
        &self.mappe
    }

    /// How it is.
    #[must_use]
    pub fn helse(&self) -> Helse {
        Helse {
            poster: self.delt.antall.load(Ordering::Acquire),
            signert: self.delt.siste_hode().map_or(0, |h| h.hode.antall),
            feiler: self.delt.feiler(),
            reserve_byte: self.delt.reserve(),
            eksport_feilet: self.delt.eksport_feilet(),
        }
    }
}

impl Drop for Logg {
    // Ends the thread after what is in the queue, with a head signed over it.
    fn drop(&mut self) {
        let _ = self.ordrer.send(Ordre::Stopp);
        if let Some(traad) = laas(&self.traad).take() {
            let _ = traad.join();
        }
    }
}

/// The last head of the folder that its own key has signed.
///
/// # Errors
/// [`Feil::Hode`] if there are heads, and none of them is signed by the key.
pub fn siste_hode(mappe: &Path, noekkel: &Verifikasjonsnoekkel) -> Result<Option<SignertHode>, Feil> {
    let noter = skriver::les_hoder(&skriver::hodefil(mappe))?;
    let gyldig = noter.iter().rev().find_map(|note| noekkel.verifiser(note).ok());
    if gyldig.is_none() && !noter.is_empty() {
        return Err(Feil::Hode);
    }
    Ok(gyldig)
}

// The state of the log, which must bear out its last head. Roots that do not are made again from the records.
fn les_tilstand(mappe: &Path, nivaa: u32, hode: Option<&Hode>) -> Result<Tilstand, Feil> {
    match les_med_roetter(mappe, nivaa, hode) {
        Err(Feil::Skadet(_)) => {
            let Some(siste) = segment::alle(mappe)?.pop() else {
                return les_med_roetter(mappe, nivaa, hode);
            };
            roetter::lag_paa_nytt(mappe, nivaa, siste)?;
            les_med_roetter(mappe, nivaa, hode)
        }
        annet => annet,
    }
}

// Reads the roots of the whole segments, and all of the last one.
fn les_med_roetter(mappe: &Path, nivaa: u32, hode: Option<&Hode>) -> Result<Tilstand, Feil> {
    let skal = hode.map_or(0, |h| h.antall);
    let mut tilstand = Tilstand {
        tre: Tre::default(),
        segmentet: Tre::default(),
        kjede: [0; 32],
        segment: 0,
        plass: 0,
    };
    let Some(siste) = segment::alle(mappe)?.pop() else {
        return if skal == 0 {
            Ok(tilstand)
        } else {
            Err(Feil::Skadet(format!("{skal} poster er signert, og ingen er her")))
        };
    };
    let mut holdt = skal == 0;
    for rot in roetter::sikre(mappe, nivaa, siste)? {
        tilstand.tre.legg_til_helt(nivaa, rot);
        holdt |= svarer_til(&tilstand.tre, None, hode)?;
    }
    let mut leser = Leser::aapne(mappe, siste)?;
    if leser.nivaa() != nivaa {
        return Err(Feil::Skadet(format!("loggen er laget med nivå {}", leser.nivaa())));
    }
    while let Some(post) = leser.neste()? {
        tilstand.tre.legg_til(post.blad);
        tilstand.segmentet.legg_til(post.blad);
        holdt |= svarer_til(&tilstand.tre, Some(leser.kjede()), hode)?;
    }
    if leser.neste_nr() < skal {
        return Err(Feil::Skadet(format!(
            "{skal} poster er signert, og bare {} kan leses",
            leser.neste_nr()
        )));
    }
    // A head inside a whole segment says nothing of that segment's root; its records do.
    if !holdt {
        roetter::sjekk(mappe, skal >> nivaa, siste)?;
    }
    if leser.har_brudd() {
        legg_til_side(mappe, siste, leser.plass(), leser.neste_nr())?;
    }
    tilstand.kjede = leser.kjede();
    tilstand.segment = siste;
    tilstand.plass = leser.plass().max(HODE_BYTE);
    Ok(tilstand)
}

// Whether this is where the head was signed; an error if it was signed over something else.
fn svarer_til(tre: &Tre, kjede: Option<Avtrykk>, hode: Option<&Hode>) -> Result<bool, Feil> {
    let Some(hode) = hode.filter(|h| h.antall == tre.antall()) else {
        return Ok(false);
    };
    if hode.rot == tre.rot() && kjede.is_none_or(|k| k == hode.kjede) {
        Ok(true)
    } else {
        Err(Feil::Skadet(
            "postene er ikke de som siste hode ble signert over".to_owned(),
        ))
    }
}

// What a stop in the middle of a write left is kept, and cut off.
fn legg_til_side(mappe: &Path, segment: u64, fra: u64, nr: u64) -> Result<(), Feil> {
    let sti = segment::sti(mappe, segment);
    let hele = std::fs::read(&sti).map_err(Feil::fil(&sti))?;
    let rest = hele
        .get(usize::try_from(fra).unwrap_or(usize::MAX)..)
        .unwrap_or_default();
    // What was laid aside before is not written over.
    let side = (0..)
        .map(|gang: u32| match gang {
            0 => mappe.join(format!("avrevet-{nr}")),
            gang => mappe.join(format!("avrevet-{nr}-{gang}")),
        })
        .find(|sti| !sti.exists())
        .unwrap_or_else(|| mappe.join("avrevet"));
    std::fs::write(&side, rest).map_err(Feil::fil(&side))?;
    let fil = std::fs::OpenOptions::new()
        .write(true)
        .open(&sti)
        .map_err(Feil::fil(&sti))?;
    fil.set_len(fra)
        .and_then(|()| fil.sync_all())
        .map_err(Feil::fil(&sti))?;
    tracing::warn!(
        nr,
        byte = rest.len(),
        "en avrevet skriving er lagt til side i revisjonsloggen"
    );
    Ok(())
}
