//! The one thread that writes: many records in one write, one sync for them all, then everyone who waited is told.
//!
//! ```text
//!  callers ─▶ queue ─▶ as many as there are ─▶ write ─▶ fdatasync ─▶ told ─▶ a head when it is time
//!                                                 │ refused
//!                                                 └▶ the reserve is let go (disk full), else everyone is told no
//! ```
//! A write that failed is as if it never was: the next one begins at the same byte, so a disk that comes back is all that
//! is needed. After a failed sync nothing is known of the pages, and the same holds: they are written again, never only
//! synced again.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::hode::{Hode, Signerer, SignertHode};
use crate::logg::{Delt, Innstillinger, Klokke, Utilgjengelig};
use crate::segment::{self, HODE_BYTE};
use crate::takt::Takt;
use crate::tre::{Avtrykk, Tre};
use crate::{Feil, roetter};

/// Records in one write, at most.
const POSTER_PER_SKRIVING: usize = 4_096;
/// Bytes in one write, about.
const BYTE_PER_SKRIVING: usize = 8 * 1024 * 1024;
/// How often the turn is given away before a write, at most: a bound on how long a record waits for company.
const AVSTAA_MAKS: u32 = 64;
/// How much of a missing reserve is made at a time.
const RESERVE_STYKKE: u64 = 4 * 1024 * 1024;
/// How long what failed beside the log itself is left alone, so that it does not slow the log down.
const NYTT_FORSOEK: Duration = Duration::from_secs(1);
/// How often the reserve, the export and the age of the last head are looked at when nothing comes.
const HVIL: Duration = Duration::from_millis(500);

/// What the thread is asked.
pub(crate) enum Ordre {
    /// Write a record.
    Post { byte: Vec<u8>, blad: Avtrykk, svar: Svar },
    /// Sign a head now.
    Hode(oneshot::Sender<Option<SignertHode>>),
    /// Sign a last head and end.
    Stopp,
}

/// Where tests let the operating system refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sted {
    /// Writing records.
    Skriv,
    /// Syncing them.
    Synk,
    /// Making a new segment.
    Segment,
    /// Copying a head to the second place.
    Eksport,
}

/// What the log is, up to the last durable record.
pub(crate) struct Tilstand {
    pub tre: Tre,
    /// The tree over the records of the segment that is written to, alone.
    pub segmentet: Tre,
    pub kjede: Avtrykk,
    /// The segment that is written to, and how much of it is records.
    pub segment: u64,
    pub plass: u64,
}

pub(crate) struct Skriver {
    pub mappe: PathBuf,
    pub innstillinger: Innstillinger,
    pub signerer: Signerer,
    pub klokke: Klokke,
    pub delt: Arc<Delt>,
    pub tilstand: Tilstand,
    pub fil: Option<File>,
    pub signert: u64,
    pub sist_signert: Instant,
    /// Since when the second place has refused heads.
    pub eksport_feilet: Option<Instant>,
    /// When the second place refused last, and when there was no room for the reserve.
    pub eksport_proevd: Option<Instant>,
    pub reserve_proevd: Option<Instant>,
    /// Heads that the second place has not got.
    pub ueksportert: Vec<String>,
}

/// Tells one who waits the number of the record, or that there is none.
pub(crate) type Svar = oneshot::Sender<Result<u64, Utilgjengelig>>;

impl Skriver {
    pub fn run(mut self, ordrer: &Receiver<Ordre>) {
        let mut takt = Takt::default();
        loop {
            let lag = takt.lag();
            let mut poster = Vec::with_capacity(lag);
            let mut hoder = Vec::new();
            let mut stopp = false;
            let mut byte_i_alt = 0;
            let mut neste = match ordrer.recv_timeout(HVIL) {
                Ok(ordre) => Some(ordre),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => Some(Ordre::Stopp),
            };
            // Where there is one processor, those who make records get it: the turn is given away until there are enough, or
            // nothing more comes of it. Where there are more, it comes back at once, and nobody has waited.
            let mut avstaatt = 0;
            while let Some(ordre) = neste.take() {
                match ordre {
                    Ordre::Post { byte, blad, svar } => {
                        self.delt.tatt();
                        byte_i_alt += byte.len();
                        poster.push((byte, blad, svar));
                    }
                    Ordre::Hode(svar) => hoder.push(svar),
                    Ordre::Stopp => stopp = true,
                }
                if poster.len() < POSTER_PER_SKRIVING && byte_i_alt < BYTE_PER_SKRIVING && !stopp {
                    neste = ordrer.try_recv().ok();
                    if neste.is_none() && (1..lag).contains(&poster.len()) && avstaatt < AVSTAA_MAKS {
                        avstaatt += 1;
                        std::thread::yield_now();
                        neste = ordrer.try_recv().ok();
                    }
                }
            }
            let antall = poster.len();
            self.skriv_alle(poster);
            if antall > 0 {
                takt.skrevet(antall, self.delt.i_koe());
                self.delt.sett_lag(takt.lag());
            }
            let forfalt = self.tilstand.tre.antall() - self.signert >= self.innstillinger.hode_poster
                || self.sist_signert.elapsed() >= self.innstillinger.hode_tid;
            if (forfalt || stopp || !hoder.is_empty()) && self.tilstand.tre.antall() > self.signert {
                self.signer();
            }
            for svar in hoder {
                let _ = svar.send(self.delt.siste_hode());
            }
            self.eksporter(stopp);
            self.fyll_reserve();
            if stopp {
                return;
            }
        }
    }

    fn skriv_alle(&mut self, poster: Vec<(Vec<u8>, Avtrykk, Svar)>) {
        let (antall, byte_i_alt) = poster.iter().fold((0, 0), |(n, sum), (post, _, _)| {
            (n + 1, sum + post.len() + segment::TILLEGG_BYTE)
        });
        let mut poster = poster.into_iter().peekable();
        while poster.peek().is_some() {
            if self.er_full() {
                if let Err(feil) = self.nytt_segment() {
                    tracing::error!(feil = %feil, "revisjonsloggen kan ikke ta et nytt segment i bruk");
                    refuse(poster.map(|(_, _, svar)| svar), &self.delt);
                    return;
                }
                continue;
            }
            // As many as the segment has room for.
            let foerste = self.tilstand.tre.antall();
            let plass = (1u64 << self.innstillinger.nivaa) - (foerste & ((1 << self.innstillinger.nivaa) - 1));
            let (mut tre, mut kjede) = (self.tilstand.tre.clone(), self.tilstand.kjede);
            let mut segmentet = self.tilstand.segmentet.clone();
            let mut byte = Vec::with_capacity(byte_i_alt);
            let mut venter: Vec<(u64, Svar)> = Vec::with_capacity(antall);
            while (venter.len() as u64) < plass {
                let Some((post, blad, svar)) = poster.next() else { break };
                kjede = segment::legg_til(&mut byte, &kjede, &post, &blad);
                venter.push((tre.antall(), svar));
                tre.legg_til(blad);
                segmentet.legg_til(blad);
            }
            match self.skriv_varig(&byte) {
                Ok(()) => {
                    self.tilstand.plass += byte.len() as u64;
                    self.tilstand.tre = tre;
                    self.tilstand.segmentet = segmentet;
                    self.tilstand.kjede = kjede;
                    self.delt.sett_antall(self.tilstand.tre.antall());
                    self.delt.sett_feil(false);
                    for (nr, svar) in venter {
                        let _ = svar.send(Ok(nr));
                    }
                }
                Err(feil) => {
                    tracing::error!(feil = %feil, "revisjonsloggen kan ikke skrives; ingenting utleveres");
                    // What may have been written is taken away, so that no one finds it later.
                    if let Some(fil) = &self.fil {
                        let _ = fil.set_len(self.tilstand.plass);
                    }
                    self.fil = None;
                    refuse(
                        venter
                            .into_iter()
                            .map(|(_, svar)| svar)
                            .chain(poster.map(|(_, _, s)| s)),
                        &self.delt,
                    );
                    return;
                }
            }
        }
    }

    // Full, or none yet.
    fn er_full(&self) -> bool {
        self.tilstand.tre.antall() >> self.innstillinger.nivaa != self.tilstand.segment || self.tilstand.plass == 0
    }

    fn nytt_segment(&mut self) -> io::Result<()> {
        self.innstillinger.proev(Sted::Segment)?;
        let nivaa = self.innstillinger.nivaa;
        let segment = self.tilstand.tre.antall() >> nivaa;
        let sti = segment::sti(&self.mappe, segment);
        let hode = segment::hode(nivaa, self.tilstand.tre.antall(), &self.tilstand.kjede);
        let (mappe, ny) = (self.mappe.clone(), sti.with_extension("ny"));
        // Whole before it has its name: a stop in between leaves nothing that has to be read.
        let skriv = || {
            let mut fil = OpenOptions::new().create(true).truncate(true).write(true).open(&ny)?;
            fil.write_all(&hode)?;
            fil.sync_all()?;
            std::fs::rename(&ny, &sti)?;
            synk_mappe(&mappe)?;
            Ok(fil)
        };
        let fil = match skriv() {
            Err(feil) if er_full_disk(&feil) && self.slipp_reserve() => skriv()?,
            annet => annet?,
        };
        self.fil = Some(fil);
        if self.tilstand.segmentet.antall() == 1 << nivaa {
            // Missing roots are made from the records when the log is opened, so this may fail.
            if let Err(feil) = roetter::legg_til(&self.mappe, self.tilstand.segment, &self.tilstand.segmentet.rot()) {
                tracing::warn!(feil = %feil, "roten av et helt segment ble ikke skrevet");
            }
        }
        self.tilstand.segmentet = Tre::default();
        self.tilstand.segment = segment;
        self.tilstand.plass = HODE_BYTE;
        Ok(())
    }

    fn skriv_varig(&mut self, byte: &[u8]) -> io::Result<()> {
        match self.skriv_en_gang(byte) {
            Err(feil) if er_full_disk(&feil) && self.slipp_reserve() => self.skriv_en_gang(byte),
            annet => annet,
        }
    }

    fn skriv_en_gang(&mut self, byte: &[u8]) -> io::Result<()> {
        if self.fil.is_none() {
            let sti = segment::sti(&self.mappe, self.tilstand.segment);
            self.fil = Some(OpenOptions::new().write(true).open(sti)?);
        }
        let Some(fil) = &mut self.fil else {
            return Err(io::ErrorKind::NotFound.into());
        };
        self.innstillinger.proev(Sted::Skriv)?;
        skriv_ved(fil, byte, self.tilstand.plass)?;
        self.innstillinger.proev(Sted::Synk)?;
        fil.sync_data()
    }

    fn signer(&mut self) {
        let signert = self.signerer.signer(Hode {
            origo: self.signerer.navn().to_owned(),
            antall: self.tilstand.tre.antall(),
            rot: self.tilstand.tre.rot(),
            tid: (self.klokke)(),
            kjede: self.tilstand.kjede,
        });
        self.signert = signert.hode.antall;
        self.sist_signert = Instant::now();
        let linje = linje(&signert.note);
        if let Err(feil) = legg_ved(&hodefil(&self.mappe), &linje) {
            tracing::warn!(feil = %feil, "et signert hode ble ikke skrevet");
        }
        if self.innstillinger.eksport.is_some() {
            self.ueksportert.push(linje);
        }
        self.delt.sett_hode(signert);
    }

    // What cannot be exported is kept and tried again; the newest head says all that the older ones say, so few are kept.
    fn eksporter(&mut self, stopp: bool) {
        const VENTER_MAKS: usize = 1_024;
        let Some(sti) = self.innstillinger.eksport.clone() else {
            return;
        };
        let for_tidlig = self.eksport_proevd.is_some_and(|siden| siden.elapsed() < NYTT_FORSOEK);
        if self.ueksportert.is_empty() || (for_tidlig && !stopp) {
            return;
        }
        let over = self.ueksportert.len().saturating_sub(VENTER_MAKS);
        self.ueksportert.drain(..over);
        let utfall = self
            .innstillinger
            .proev(Sted::Eksport)
            .and_then(|()| legg_ved(&sti, &self.ueksportert.concat()));
        match utfall {
            Ok(()) => {
                self.ueksportert.clear();
                self.eksport_feilet = None;
                self.eksport_proevd = None;
                self.delt.sett_eksport(None);
            }
            Err(feil) => {
                if self.eksport_feilet.is_none() {
                    tracing::error!(feil = %feil, "signerte hoder kan ikke skrives til det andre stedet");
                }
                self.eksport_proevd = Some(Instant::now());
                let siden = *self.eksport_feilet.get_or_insert_with(Instant::now);
                self.delt.sett_eksport(Some(siden));
            }
        }
    }

    // Gives the last bytes of a full disk to the log. Says whether there were any.
    fn slipp_reserve(&mut self) -> bool {
        let sti = reservefil(&self.mappe);
        let hadde = std::fs::metadata(&sti).is_ok_and(|m| m.len() > 0);
        let sluppet = hadde && std::fs::remove_file(&sti).is_ok();
        if sluppet {
            tracing::error!("disken til revisjonsloggen er full; reserven er tatt i bruk");
            self.delt.sett_reserve(0);
        }
        sluppet
    }

    // Made bit by bit, so that nobody waits for it.
    fn fyll_reserve(&mut self) {
        let har = self.delt.reserve();
        let for_tidlig = self.reserve_proevd.is_some_and(|siden| siden.elapsed() < NYTT_FORSOEK);
        if har >= self.innstillinger.reserve_byte || self.delt.feiler() || for_tidlig {
            return;
        }
        let skal = (har + RESERVE_STYKKE).min(self.innstillinger.reserve_byte);
        self.reserve_proevd = None;
        if utvid(&reservefil(&self.mappe), har, skal).is_ok() {
            self.delt.sett_reserve(skal);
        } else {
            self.reserve_proevd = Some(Instant::now());
        }
    }
}

fn refuse(venter: impl Iterator<Item = Svar>, delt: &Delt) {
    delt.sett_feil(true);
    for svar in venter {
        let _ = svar.send(Err(Utilgjengelig));
    }
}

// Writes at a place, whatever was written last.
fn skriv_ved(fil: &mut File, byte: &[u8], plass: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_all_at(fil, byte, plass);
    #[cfg(not(unix))]
    {
        fil.seek(SeekFrom::Start(plass))?;
        fil.write_all(byte)
    }
}

fn er_full_disk(feil: &io::Error) -> bool {
    matches!(feil.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

// A note is several lines; a file of heads has one to each.
fn linje(note: &str) -> String {
    format!("{}\n", serde_json::Value::from(note))
}

/// The heads in a file, in order, as notes; empty ones where a line is none.
///
/// # Errors
/// [`Feil::Fil`] if the file refuses to be read.
pub fn les_hoder(sti: &Path) -> Result<Vec<String>, Feil> {
    let byte = match std::fs::read(sti) {
        Err(feil) if feil.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        annet => annet.map_err(Feil::fil(sti))?,
    };
    let mut linjer: Vec<&[u8]> = byte.split(|b| *b == b'\n').collect();
    // The last line may be half a line after a stop.
    linjer.pop();
    Ok(linjer
        .into_iter()
        .map(|l| serde_json::from_slice(l).unwrap_or_default())
        .collect())
}

pub(crate) fn hodefil(mappe: &Path) -> PathBuf {
    mappe.join("hoder.jsonl")
}

pub(crate) fn reservefil(mappe: &Path) -> PathBuf {
    mappe.join("reserve")
}

fn legg_ved(sti: &Path, tekst: &str) -> io::Result<()> {
    let mut fil = OpenOptions::new().create(true).read(true).append(true).open(sti)?;
    // Half a line after a stop is ended, so that it does not take the next one with it.
    let mut siste = [b'\n'];
    if fil.seek(SeekFrom::End(-1)).is_ok() {
        fil.read_exact(&mut siste)?;
    }
    if siste != [b'\n'] {
        fil.write_all(b"\n")?;
    }
    fil.write_all(tekst.as_bytes())?;
    fil.sync_data()
}

/// Makes a file longer, with bytes that the disk has really set aside.
pub(crate) fn utvid(sti: &Path, fra: u64, til: u64) -> io::Result<()> {
    let mut fil = OpenOptions::new().create(true).truncate(false).write(true).open(sti)?;
    fil.set_len(fra)?;
    fil.seek(SeekFrom::Start(fra))?;
    let stykke = vec![0xa5; 256 * 1024];
    let mut igjen = til.saturating_sub(fra);
    let skriv = |fil: &mut File, igjen: &mut u64| -> io::Result<()> {
        while *igjen > 0 {
            let antall = usize::try_from(*igjen).unwrap_or(usize::MAX).min(stykke.len());
            fil.write_all(stykke.get(..antall).unwrap_or_default())?;
            *igjen -= antall as u64;
        }
        fil.sync_all()
    };
    let utfall = skriv(&mut fil, &mut igjen);
    if utfall.is_err() {
        // Half of it would take the room that the log itself needs.
        let _ = fil.set_len(fra);
    }
    utfall
}

/// Makes a new file's name durable. Elsewhere than on Unix a folder cannot be synced.
pub(crate) fn synk_mappe(mappe: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(mappe)?.sync_all()?;
    }
    Ok(())
}

/// The lock of a value that a panic elsewhere cannot spoil.
pub(crate) fn laas<T>(laas: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    laas.lock().unwrap_or_else(PoisonError::into_inner)
}
