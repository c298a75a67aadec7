//! The data folder: one process at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Feil;

/// A folder that this process alone may write. Released when dropped, and by the operating system when the process dies.
#[derive(Debug)]
pub struct Laas {
    mappe: PathBuf,
    // Held for its lock, never read.
    _fil: File,
}

impl Laas {
    /// Takes the folder, making it when it is not there.
    ///
    /// # Errors
    /// [`Feil::IBruk`] if another process has it, [`Feil::Fil`] if the operating system refuses.
    pub fn ta(mappe: &Path) -> Result<Self, Feil> {
        // A folder that is made is its owner's alone: names and numbers lie open in it.
        crate::noekkelfil::lag_hemmelig_mappe(mappe)?;
        let sti = mappe.join("laas");
        let fil = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&sti)
            .map_err(Feil::fil(&sti))?;
        match fil.try_lock() {
            Ok(()) => Ok(Laas {
                mappe: mappe.to_owned(),
                _fil: fil,
            }),
            Err(TryLockError::WouldBlock) => Err(Feil::IBruk(mappe.to_owned())),
            Err(TryLockError::Error(kilde)) => Err(Feil::Fil { sti, kilde }),
        }
    }

    /// The folder.
    #[must_use]
    pub fn mappe(&self) -> &Path {
        &self.mappe
    }
}

/// Writes a small file so that whoever reads it sees the old content or the new, also after a stop.
///
/// # Errors
/// [`Feil::Fil`].
pub fn bytt_fil(sti: &Path, byte: &[u8]) -> Result<(), Feil> {
    let mappe = sti.parent().unwrap_or(Path::new("."));
    let mut ny = sti.as_os_str().to_owned();
    ny.push(".ny");
    let ny = PathBuf::from(ny);
    let mut fil = File::create(&ny).map_err(Feil::fil(&ny))?;
    std::io::Write::write_all(&mut fil, byte)
        .and_then(|()| fil.sync_all())
        .map_err(Feil::fil(&ny))?;
    std::fs::rename(&ny, sti).map_err(Feil::fil(sti))?;
    synk_mappe(mappe)
}

/// Copies a folder of files and folders, durable, for its owner alone. What LMDB keeps of who has it open is left out.
///
/// # Errors
/// [`Feil::Fil`].
pub fn kopier(fra: &Path, til: &Path) -> Result<(), Feil> {
    crate::noekkelfil::lag_hemmelig_mappe(til)?;
    for inne in std::fs::read_dir(fra).map_err(Feil::fil(fra))? {
        let inne = inne.map_err(Feil::fil(fra))?;
        let (her, der) = (inne.path(), til.join(inne.file_name()));
        if inne.file_type().map_err(Feil::fil(&her))?.is_dir() {
            kopier(&her, &der)?;
        } else if inne.file_name() != "lock.mdb" {
            std::fs::copy(&her, &der).map_err(Feil::fil(&her))?;
            File::open(&der)
                .and_then(|fil| fil.sync_all())
                .map_err(Feil::fil(&der))?;
        }
    }
    synk_mappe(til)
}

/// Makes durable which files a folder has.
///
/// # Errors
/// [`Feil::Fil`].
pub fn synk_mappe(mappe: &Path) -> Result<(), Feil> {
    // A folder cannot be opened as a file on Windows, which needs no such step.
    #[cfg(unix)]
    File::open(mappe)
        .and_then(|fil| fil.sync_all())
        .map_err(Feil::fil(mappe))?;
    #[cfg(not(unix))]
    let _ = mappe;
    Ok(())
}

/// A file to put work aside in, which is nobody's and is gone when it is closed, whatever happens to the process.
///
/// # Errors
/// [`Feil::Fil`].
pub fn arbeidsfil(mappe: &Path) -> Result<File, Feil> {
    static NESTE: AtomicU32 = AtomicU32::new(0);
    let nr = NESTE.fetch_add(1, Ordering::Relaxed);
    let sti = mappe.join(format!("arbeid-{}-{nr}", std::process::id()));
    let mut valg = OpenOptions::new();
    valg.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut valg, 0o600);
    let fil = valg.open(&sti).map_err(Feil::fil(&sti))?;
    // It lives on without its name.
    std::fs::remove_file(&sti).map_err(Feil::fil(&sti))?;
    Ok(fil)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_owner_at_a_time() {
        let mappe = tempfile::tempdir().unwrap();
        let laas = Laas::ta(mappe.path()).unwrap();
        assert!(matches!(Laas::ta(mappe.path()), Err(Feil::IBruk(_))));
        drop(laas);
        Laas::ta(mappe.path()).unwrap();
    }
}
