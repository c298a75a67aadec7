//! Files that only their owner may read: private keys, grants, registered clients.
//!
//! On Unix a file or folder that others can read or write is refused, with the command that mends it. On other systems
//! the mode is not known and not checked.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Why a private file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// Others than the owner have access.
    #[error("{sti} er åpen for andre enn eieren (rettigheter {modus:o}); kjør: chmod {riktig:o} {sti}", sti = sti.display())]
    ForAapen {
        /// The file or folder.
        sti: PathBuf,
        /// Its mode bits.
        modus: u32,
        /// The mode it should have.
        riktig: u32,
    },
    /// Longer than the reader allows.
    #[error("{sti} er større enn {maks} byte", sti = sti.display())]
    ForStor {
        /// The file.
        sti: PathBuf,
        /// The limit. Units: bytes.
        maks: u64,
    },
    /// The file system said no.
    #[error("kan ikke {handling} {sti}", sti = sti.display())]
    Io {
        /// The file or folder.
        sti: PathBuf,
        /// What was tried, as a verb.
        handling: &'static str,
        /// Its answer.
        #[source]
        kilde: io::Error,
    },
}

impl Feil {
    /// An error of the file system at a path, for a given verb.
    pub(crate) fn io(sti: &Path, handling: &'static str) -> impl FnOnce(io::Error) -> Feil {
        let sti = sti.to_owned();
        move |kilde| Feil::Io { sti, handling, kilde }
    }
}

/// Makes a folder with its parents if it is not there, and checks that it is the owner's alone.
///
/// # Errors
/// [`Feil::ForAapen`], [`Feil::Io`].
pub fn sikre_mappe(sti: &Path) -> Result<(), Feil> {
    let mut bygger = fs::DirBuilder::new();
    bygger.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut bygger, 0o700);
    bygger.create(sti).map_err(Feil::io(sti, "lage mappen"))?;
    let metadata = fs::metadata(sti).map_err(Feil::io(sti, "lese om"))?;
    sjekk_modus(sti, &metadata, 0o700)
}

/// Opens a file for reading and appending, making it (mode 0600) if it is not there.
///
/// # Errors
/// [`Feil::ForAapen`], [`Feil::Io`].
pub fn aapne(sti: &Path) -> Result<File, Feil> {
    let mut valg = OpenOptions::new();
    valg.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut valg, 0o600);
    let fil = valg.open(sti).map_err(Feil::io(sti, "åpne"))?;
    sjekk_modus(sti, &fil.metadata().map_err(Feil::io(sti, "lese om"))?, 0o600)?;
    Ok(fil)
}

/// Reads a whole private file of at most `maks` bytes. `None` when it is not there.
///
/// # Errors
/// [`Feil`].
pub fn les(sti: &Path, maks: u64) -> Result<Option<Vec<u8>>, Feil> {
    let fil = match File::open(sti) {
        Ok(fil) => fil,
        Err(feil) if feil.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(feil) => return Err(Feil::io(sti, "åpne")(feil)),
    };
    sjekk_modus(sti, &fil.metadata().map_err(Feil::io(sti, "lese om"))?, 0o600)?;
    les_hele(sti, &fil, maks).map(Some)
}

/// Reads an open file from where it stands to its end, at most `maks` bytes.
///
/// # Errors
/// [`Feil::ForStor`], [`Feil::Io`].
pub fn les_hele(sti: &Path, fil: &File, maks: u64) -> Result<Vec<u8>, Feil> {
    let mut ut = Vec::new();
    let lest = fil
        .take(maks.saturating_add(1))
        .read_to_end(&mut ut)
        .map_err(Feil::io(sti, "lese"))?;
    if u64::try_from(lest).is_ok_and(|lest| lest <= maks) {
        Ok(ut)
    } else {
        Err(Feil::ForStor {
            sti: sti.to_owned(),
            maks,
        })
    }
}

/// Writes a whole private file so that a reader sees the old one or the new one, never a part, also after a crash.
///
/// # Errors
/// [`Feil::Io`].
pub fn erstatt(sti: &Path, innhold: &[u8]) -> Result<(), Feil> {
    let midlertidig = sti.with_extension("ny");
    let mut valg = OpenOptions::new();
    valg.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut valg, 0o600);
    let mut fil = valg.open(&midlertidig).map_err(Feil::io(&midlertidig, "åpne"))?;
    sjekk_modus(
        &midlertidig,
        &fil.metadata().map_err(Feil::io(&midlertidig, "lese om"))?,
        0o600,
    )?;
    io::Write::write_all(&mut fil, innhold).map_err(Feil::io(&midlertidig, "skrive"))?;
    fil.sync_all().map_err(Feil::io(&midlertidig, "lagre"))?;
    fs::rename(&midlertidig, sti).map_err(Feil::io(sti, "erstatte"))?;
    lagre_mappe(sti)
}

/// Makes the name of a new file durable: syncs the folder that holds it.
///
/// # Errors
/// [`Feil::Io`].
pub fn lagre_mappe(sti: &Path) -> Result<(), Feil> {
    #[cfg(unix)]
    if let Some(mappe) = sti.parent() {
        let mappe = if mappe.as_os_str().is_empty() {
            Path::new(".")
        } else {
            mappe
        };
        File::open(mappe)
            .and_then(|fil| fil.sync_all())
            .map_err(Feil::io(mappe, "lagre"))?;
    }
    Ok(())
}

#[cfg(unix)]
fn sjekk_modus(sti: &Path, metadata: &fs::Metadata, riktig: u32) -> Result<(), Feil> {
    let modus = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777;
    if modus & 0o077 == 0 {
        Ok(())
    } else {
        Err(Feil::ForAapen {
            sti: sti.to_owned(),
            modus,
            riktig,
        })
    }
}

#[cfg(not(unix))]
fn sjekk_modus(_: &Path, _: &fs::Metadata, _: u32) -> Result<(), Feil> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn files_and_folders_are_made_for_the_owner_alone_and_refused_when_wider() {
        use std::os::unix::fs::PermissionsExt;
        let mappe = tempfile::tempdir().unwrap();
        let egen = mappe.path().join("a/b");
        sikre_mappe(&egen).unwrap();
        let modus = |sti: &Path| fs::metadata(sti).unwrap().permissions().mode() & 0o777;
        assert_eq!(modus(&egen), 0o700);
        let fil = egen.join("fil");
        drop(aapne(&fil).unwrap());
        erstatt(&egen.join("hel"), b"x").unwrap();
        assert_eq!((modus(&fil), modus(&egen.join("hel"))), (0o600, 0o600));
        for for_aapen in [0o640, 0o604, 0o620, 0o602, 0o777] {
            fs::set_permissions(&fil, fs::Permissions::from_mode(for_aapen)).unwrap();
            let feil = aapne(&fil).unwrap_err();
            assert!(feil.to_string().contains("chmod 600"), "{feil}");
            assert!(matches!(les(&fil, 10), Err(Feil::ForAapen { .. })));
        }
        fs::set_permissions(&fil, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(les(&fil, 10).is_ok());
        fs::set_permissions(&egen, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(matches!(sikre_mappe(&egen), Err(Feil::ForAapen { riktig: 0o700, .. })));
    }

    #[test]
    fn reading_is_bounded_and_absence_is_a_value() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("fil");
        assert!(les(&sti, 10).unwrap().is_none());
        erstatt(&sti, b"0123456789").unwrap();
        assert_eq!(les(&sti, 10).unwrap().unwrap(), b"0123456789");
        assert!(matches!(les(&sti, 9), Err(Feil::ForStor { maks: 9, .. })));
        erstatt(&sti, b"ny").unwrap();
        assert_eq!(les(&sti, 10).unwrap().unwrap(), b"ny");
    }
}
