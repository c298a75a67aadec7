//! The file of an extract, and how far it has come.
//!
//! ```text
//!  FIL.del        what has been written; locked by the process that writes
//!  FIL.uttrekk    the order, the job, and how much of FIL.del counts
//!  FIL            comes when all is there, and not before
//! ```
//!
//! The one thing a newcomer gets wrong: what has been written and what counts are two things. Bytes reach the disk first,
//! then the note that they count; whoever goes on cuts away the rest and reads it anew. So nobody is lost or doubled,
//! wherever the process stopped. Whole batches count and no parts of one: a batch that is read again may be shorter, since
//! somebody in it may no longer be shown, and a place in it would then be another.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use klienter::folkeregister::Bestilling;
use serde::{Deserialize, Serialize};

/// How often what is written is noted, at least. What comes after is read once more when a process was killed.
const NOTERES: Duration = Duration::from_secs(1);
const VERSJON: u32 = 1;

/// What is being fetched, and in which form. Two commands with the same are the same extract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Oppdrag {
    /// The package's short name.
    pub pakke: String,
    /// What was ordered; unknown for a job that was ordered elsewhere.
    pub bestilling: Option<Bestilling>,
    /// Whether documents are fetched, or identifiers alone.
    pub dokumenter: bool,
    /// The parts of a document.
    pub part: Vec<String>,
}

/// How far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tilstand {
    versjon: u32,
    pub oppdrag: Oppdrag,
    pub jobb: String,
    /// The batch that is next.
    pub batch: u64,
    /// How much of the file counts. Units: bytes.
    byte: u64,
    /// Identifiers that are dealt with.
    pub antall: u64,
    /// Those of them whose document was no longer to be had.
    pub mangler: u64,
    /// Whether a file of the same name may be replaced.
    overskriv: bool,
    ferdig: bool,
}

impl Tilstand {
    pub fn ny(oppdrag: Oppdrag, jobb: String, batch: u64, overskriv: bool) -> Self {
        Tilstand {
            versjon: VERSJON,
            oppdrag,
            jobb,
            batch,
            byte: 0,
            antall: 0,
            mangler: 0,
            overskriv,
            ferdig: false,
        }
    }

    /// The same; whoever may replace a file once may do so when going on.
    pub fn med_overskriv(self, overskriv: bool) -> Self {
        Tilstand {
            overskriv: self.overskriv || overskriv,
            ..self
        }
    }

    /// Whether all is written, and only the name is missing.
    pub fn ferdig(&self) -> bool {
        self.ferdig
    }
}

/// Some lines.
pub struct Linjer {
    pub byte: Vec<u8>,
    pub antall: u64,
    pub mangler: u64,
    /// Whether a batch ends with these.
    pub siste: bool,
}

struct Stier {
    endelig: PathBuf,
    del: PathBuf,
    tilstand: PathBuf,
}

impl Stier {
    fn ny(endelig: &Path) -> Self {
        let med = |hale: &str| {
            let mut navn = endelig.as_os_str().to_owned();
            navn.push(hale);
            PathBuf::from(navn)
        };
        Stier {
            endelig: endelig.to_owned(),
            del: med(".del"),
            tilstand: med(".uttrekk"),
        }
    }
}

/// The place of an extract, held by this process.
pub struct Plass {
    stier: Stier,
    fil: File,
}

impl Plass {
    /// Takes the place, or says who has it.
    pub fn ta(endelig: &Path) -> Result<Self> {
        let stier = Stier::ny(endelig);
        // Between opening and locking another process may have finished, and the file have become the final one.
        for _ in 0..10 {
            let mut valg = egen_fil();
            let fil = valg.create(true).read(true).open(&stier.del);
            let fil = fil.with_context(|| format!("kunne ikke skrive {}", stier.del.display()))?;
            match fil.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => bail!("en annen prosess henter et uttrekk til {}", endelig.display()),
                Err(TryLockError::Error(feil)) => return Err(feil).context("filen kunne ikke låses"),
            }
            if er_samme(&fil, &stier.del) {
                return Ok(Plass { stier, fil });
            }
        }
        bail!("{} ble byttet ut gang på gang", stier.del.display())
    }

    /// What was noted by who had the place before.
    pub fn tilstand(&self) -> Result<Option<Tilstand>> {
        let sti = &self.stier.tilstand;
        let tekst = match std::fs::read(sti) {
            Ok(tekst) => tekst,
            Err(feil) if feil.kind() == ErrorKind::NotFound => return Ok(None),
            Err(feil) => return Err(feil).with_context(|| format!("kunne ikke lese {}", sti.display())),
        };
        let lest: Option<Tilstand> = serde_json::from_slice(&tekst).ok();
        let lest = lest.filter(|t| t.versjon == VERSJON);
        let lest = lest.with_context(|| {
            format!(
                "{} kan ikke leses; bruk --paa-nytt for å bestille på nytt",
                sti.display()
            )
        });
        lest.map(Some)
    }

    /// Refuses to begin where a file stands that nobody said could go.
    pub fn krev_ledig(&self, overskriv: bool) -> Result<()> {
        if !overskriv && self.stier.endelig.exists() {
            bail!(
                "{} finnes; velg et annet navn, eller bruk --overskriv",
                self.stier.endelig.display()
            );
        }
        Ok(())
    }

    /// Begins anew.
    pub fn begynn(self, tilstand: Tilstand) -> Result<Utfil> {
        self.fil.set_len(0).context("filen kunne ikke tømmes")?;
        let mut ut = Utfil::ny(self, tilstand);
        ut.noter()?;
        Ok(ut)
    }

    /// Goes on where the note says. `None`: it was finished already.
    pub fn fortsett(mut self, tilstand: Tilstand) -> Result<Option<Utfil>> {
        let lengde = self.fil.metadata().context("filen")?.len();
        if tilstand.ferdig {
            let endelig = std::fs::metadata(&self.stier.endelig).map(|m| m.len()).ok();
            if lengde == 0 && endelig == Some(tilstand.byte) {
                self.forkast();
                return Ok(None);
            }
        }
        if lengde < tilstand.byte {
            bail!(
                "{} er kortere enn {} sier; bruk --paa-nytt for å bestille på nytt",
                self.stier.del.display(),
                self.stier.tilstand.display()
            );
        }
        self.fil.set_len(tilstand.byte).context("filen kunne ikke kuttes")?;
        self.fil.seek(SeekFrom::End(0)).context("filen")?;
        Ok(Some(Utfil::ny(self, tilstand)))
    }

    /// Leaves the place as if nobody had been here.
    pub fn forkast(self) {
        let _ = std::fs::remove_file(&self.stier.del);
        let _ = std::fs::remove_file(&self.stier.tilstand);
    }
}

/// An extract that is being written.
pub struct Utfil {
    plass: Plass,
    // As of the last whole batch.
    tilstand: Tilstand,
    // As of the last line.
    skrevet: (u64, u64, u64),
    notert: Instant,
}

impl Utfil {
    fn ny(plass: Plass, tilstand: Tilstand) -> Self {
        Utfil {
            plass,
            skrevet: (tilstand.byte, tilstand.antall, tilstand.mangler),
            tilstand,
            notert: Instant::now(),
        }
    }

    pub fn tilstand(&self) -> &Tilstand {
        &self.tilstand
    }

    pub fn skriv(&mut self, linjer: &Linjer) -> Result<()> {
        let skrevet = self.plass.fil.write_all(&linjer.byte);
        skrevet.with_context(|| format!("kunne ikke skrive {}", self.plass.stier.del.display()))?;
        let (byte, antall, mangler) = &mut self.skrevet;
        *byte = byte.saturating_add(u64::try_from(linjer.byte.len())?);
        *antall = antall.saturating_add(linjer.antall);
        *mangler = mangler.saturating_add(linjer.mangler);
        if linjer.siste {
            let t = &mut self.tilstand;
            (t.byte, t.antall, t.mangler) = self.skrevet;
            t.batch = t.batch.saturating_add(1);
        }
        if self.notert.elapsed() >= NOTERES {
            self.noter()?;
        }
        Ok(())
    }

    /// Makes the batches that are written count.
    pub fn noter(&mut self) -> Result<()> {
        let stier = &self.plass.stier;
        let skriv = || -> std::io::Result<()> {
            self.plass.fil.sync_data()?;
            let ny = stier.tilstand.with_extension("uttrekk.ny");
            let mut fil = egen_fil().create(true).truncate(true).open(&ny)?;
            fil.write_all(&serde_json::to_vec_pretty(&self.tilstand)?)?;
            fil.sync_all()?;
            std::fs::rename(&ny, &stier.tilstand)?;
            sync_mappe(&stier.tilstand)
        };
        skriv().with_context(|| format!("kunne ikke skrive {}", stier.tilstand.display()))?;
        self.notert = Instant::now();
        Ok(())
    }

    /// Gives up what there is.
    pub fn forkast(self) {
        self.plass.forkast();
    }

    /// All is there: gives the file its name.
    pub fn ferdig(mut self) -> Result<Tilstand> {
        self.tilstand.ferdig = true;
        self.noter()?;
        self.plass.krev_ledig(self.tilstand.overskriv)?;
        let stier = &self.plass.stier;
        std::fs::rename(&stier.del, &stier.endelig)
            .and_then(|()| sync_mappe(&stier.endelig))
            .with_context(|| format!("kunne ikke skrive {}", stier.endelig.display()))?;
        let _ = std::fs::remove_file(&stier.tilstand);
        Ok(self.tilstand)
    }
}

// Persons' numbers and documents are for the one who asked and nobody else.
fn egen_fil() -> OpenOptions {
    let mut valg = OpenOptions::new();
    valg.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut valg, 0o600);
    valg
}

#[cfg(unix)]
fn er_samme(fil: &File, sti: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (fil.metadata(), std::fs::metadata(sti)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn er_samme(_: &File, sti: &Path) -> bool {
    sti.exists()
}

/// Makes a new name last.
fn sync_mappe(sti: &Path) -> std::io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let mappe = sti.parent().filter(|m| !m.as_os_str().is_empty());
    File::open(mappe.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oppdrag() -> Oppdrag {
        Oppdrag {
            pakke: "finans".to_owned(),
            bestilling: Some(Bestilling::Komplett { feedsekvensnr: None }),
            dokumenter: false,
            part: Vec::new(),
        }
    }

    fn linjer(tekst: &str) -> Linjer {
        Linjer {
            byte: tekst.as_bytes().to_vec(),
            antall: 1,
            mangler: 0,
            siste: true,
        }
    }

    fn begynn(fil: &Path) -> Utfil {
        let tilstand = Tilstand::ny(oppdrag(), "j".to_owned(), 0, false);
        Plass::ta(fil).unwrap().begynn(tilstand).unwrap()
    }

    fn fortsett(fil: &Path) -> Option<Utfil> {
        let plass = Plass::ta(fil).unwrap();
        let tilstand = plass.tilstand().unwrap().unwrap();
        plass.fortsett(tilstand).unwrap()
    }

    fn innhold(mappe: &tempfile::TempDir) -> Vec<String> {
        let filer = std::fs::read_dir(mappe.path()).unwrap();
        let mut navn: Vec<_> = filer.map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
        navn.sort();
        navn
    }

    #[test]
    fn what_was_not_noted_is_cut_away_and_read_anew() {
        let mappe = tempfile::tempdir().unwrap();
        let fil = mappe.path().join("ut");
        let mut ut = begynn(&fil);
        ut.skriv(&linjer("a\n")).unwrap();
        ut.noter().unwrap();
        let halv = Linjer {
            siste: false,
            ..linjer("b\n")
        };
        ut.skriv(&halv).unwrap();
        ut.noter().unwrap();
        // As when the process is killed: nothing more is noted.
        drop(ut);
        assert_eq!(std::fs::read(mappe.path().join("ut.del")).unwrap(), b"a\nb\n");
        let mut ut = fortsett(&fil).unwrap();
        assert_eq!((ut.tilstand().batch, ut.tilstand().antall), (1, 1));
        ut.skriv(&linjer("b\n")).unwrap();
        assert!(!fil.exists());
        assert_eq!(ut.ferdig().unwrap().antall, 2);
        assert_eq!(std::fs::read(&fil).unwrap(), b"a\nb\n");
        assert_eq!(innhold(&mappe), ["ut"]);
    }

    #[test]
    fn who_stopped_between_the_last_note_and_the_name_finishes_with_the_same_file() {
        let mappe = tempfile::tempdir().unwrap();
        let fil = mappe.path().join("ut");
        let mut ut = begynn(&fil);
        ut.skriv(&linjer("a\n")).unwrap();
        ut.tilstand.ferdig = true;
        ut.noter().unwrap();
        drop(ut);
        fortsett(&fil).unwrap().ferdig().unwrap();
        assert_eq!(innhold(&mappe), ["ut"]);
        // And between the name and the removal of the note.
        let mut ut = begynn(&fil);
        ut.skriv(&linjer("b\n")).unwrap();
        ut.tilstand.ferdig = true;
        ut.noter().unwrap();
        std::fs::rename(mappe.path().join("ut.del"), &fil).unwrap();
        drop(ut);
        assert!(fortsett(&fil).is_none());
        assert_eq!(innhold(&mappe), ["ut"]);
        assert_eq!(std::fs::read(&fil).unwrap(), b"b\n");
    }

    #[test]
    fn a_place_has_one_process_and_a_file_that_is_there_is_not_replaced_unasked() {
        let mappe = tempfile::tempdir().unwrap();
        let fil = mappe.path().join("ut");
        let ut = begynn(&fil);
        let Err(feil) = Plass::ta(&fil) else { panic!() };
        assert!(feil.to_string().contains("en annen prosess"), "{feil}");
        std::fs::write(&fil, "gammel").unwrap();
        let Err(feil) = ut.ferdig() else { panic!() };
        assert!(feil.to_string().contains("--overskriv"), "{feil}");
        assert_eq!(std::fs::read(&fil).unwrap(), b"gammel");
        let tilstand = Tilstand::ny(oppdrag(), "j".to_owned(), 0, true);
        let ny = Plass::ta(&fil).unwrap().begynn(tilstand).unwrap();
        ny.ferdig().unwrap();
        assert_eq!(std::fs::read(&fil).unwrap(), b"");
    }

    #[test]
    fn a_note_that_does_not_fit_the_file_is_refused() {
        let mappe = tempfile::tempdir().unwrap();
        let fil = mappe.path().join("ut");
        let mut ut = begynn(&fil);
        ut.skriv(&linjer("a\n")).unwrap();
        ut.noter().unwrap();
        drop(ut);
        std::fs::write(mappe.path().join("ut.del"), "").unwrap();
        let plass = Plass::ta(&fil).unwrap();
        let tilstand = plass.tilstand().unwrap().unwrap();
        let Err(feil) = plass.fortsett(tilstand) else { panic!() };
        assert!(feil.to_string().contains("--paa-nytt"), "{feil}");
        std::fs::write(mappe.path().join("ut.uttrekk"), "{}").unwrap();
        let plass = Plass::ta(&fil).unwrap();
        assert!(plass.tilstand().is_err());
        plass.forkast();
        assert_eq!(innhold(&mappe), Vec::<String>::new());
    }

    #[cfg(unix)]
    #[test]
    fn the_files_are_readable_by_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let mappe = tempfile::tempdir().unwrap();
        let _ut = begynn(&mappe.path().join("ut"));
        for navn in innhold(&mappe) {
            let rettigheter = std::fs::metadata(mappe.path().join(&navn)).unwrap().permissions();
            assert_eq!(rettigheter.mode() & 0o777, 0o600, "{navn}");
        }
    }
}
