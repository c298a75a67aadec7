//! Key files: 32 random bytes each, readable by the owner alone.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::forsegling::Noekkel;
use crate::{Feil, mappe};

/// A key file.
#[derive(Debug)]
pub struct Noekkelfil;

impl Noekkelfil {
    /// Reads a key file, or makes it with a new random key when it is not there.
    ///
    /// # Errors
    /// [`Feil::ForVidTilgang`] if others than the owner may read it, [`Feil::Noekkelfil`] if it does not hold a key,
    /// [`Feil::Fil`] if the operating system refuses.
    pub fn les_eller_lag(sti: &Path) -> Result<Noekkel, Feil> {
        if !sti.exists() {
            let noekkel = Noekkel::tilfeldig()?;
            skriv_hemmelig(sti, noekkel.byte())?;
        }
        let byte = les_hemmelig(sti)?;
        let byte: [u8; 32] = byte
            .as_slice()
            .try_into()
            .map_err(|_| Feil::Noekkelfil(sti.to_owned()))?;
        Ok(Noekkel::fra_byte(byte))
    }
}

/// Writes a new secret file with mode 0600; never replaces one. It is there whole or not at all, whenever the process dies: half a key
/// would be refused for good. The caller holds the lock of the folder that it belongs to.
///
/// # Errors
/// [`Feil::Fil`], also when the file is there already.
pub fn skriv_hemmelig(sti: &Path, byte: &[u8]) -> Result<(), Feil> {
    if sti.exists() {
        return Err(Feil::fil(sti)(std::io::ErrorKind::AlreadyExists.into()));
    }
    if let Some(mappe) = sti.parent() {
        lag_hemmelig_mappe(mappe)?;
    }
    let mut halv = sti.as_os_str().to_owned();
    halv.push(".halv");
    let halv = Path::new(&halv);
    // What a process that died left of one.
    if halv.exists() {
        fs::remove_file(halv).map_err(Feil::fil(halv))?;
    }
    let mut valg = fs::OpenOptions::new();
    valg.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut valg, 0o600);
    let mut fil = valg.open(halv).map_err(Feil::fil(halv))?;
    fil.write_all(byte)
        .and_then(|()| fil.sync_all())
        .map_err(Feil::fil(halv))?;
    drop(fil);
    fs::rename(halv, sti).map_err(Feil::fil(sti))?;
    sti.parent()
        .filter(|mappe| !mappe.as_os_str().is_empty())
        .map_or(Ok(()), mappe::synk_mappe)
}

/// Makes a folder, and those above it, that only the owner can look into.
///
/// # Errors
/// [`Feil::Fil`].
pub fn lag_hemmelig_mappe(mappe: &Path) -> Result<(), Feil> {
    let mut bygger = fs::DirBuilder::new();
    bygger.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut bygger, 0o700);
    bygger.create(mappe).map_err(Feil::fil(mappe))
}

/// Reads a secret file, and refuses one that others than the owner may read.
///
/// # Errors
/// [`Feil::ForVidTilgang`], [`Feil::Fil`].
pub fn les_hemmelig(sti: &Path) -> Result<Vec<u8>, Feil> {
    #[cfg(unix)]
    {
        let tilgang = fs::metadata(sti).map_err(Feil::fil(sti))?;
        if std::os::unix::fs::PermissionsExt::mode(&tilgang.permissions()) & 0o077 != 0 {
            return Err(Feil::ForVidTilgang(sti.to_owned()));
        }
    }
    fs::read(sti).map_err(Feil::fil(sti))
}

/// Overwrites a key file before it is removed.
///
/// # Errors
/// [`Feil::Fil`].
pub fn fjern_hemmelig(sti: &Path) -> Result<(), Feil> {
    let mut fil = fs::OpenOptions::new().write(true).open(sti).map_err(Feil::fil(sti))?;
    fil.write_all(&[0; 32])
        .and_then(|()| fil.sync_all())
        .map_err(Feil::fil(sti))?;
    fs::remove_file(sti).map_err(Feil::fil(sti))
}

/// Puts a key file in the place of another, which is overwritten first.
///
/// # Errors
/// [`Feil::Fil`].
pub fn erstatt(ny: &Path, gammel: &Path) -> Result<(), Feil> {
    fjern_hemmelig(gammel)?;
    fs::rename(ny, gammel).map_err(Feil::fil(gammel))?;
    gammel.parent().map_or(Ok(()), mappe::synk_mappe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_made_once_and_read_after() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("noekler/adresse");
        let foerste = Noekkelfil::les_eller_lag(&sti).unwrap();
        assert_eq!(Noekkelfil::les_eller_lag(&sti).unwrap(), foerste);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("adresse");
        Noekkelfil::les_eller_lag(&sti).unwrap();
        fs::set_permissions(&sti, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Noekkelfil::les_eller_lag(&sti), Err(Feil::ForVidTilgang(_))));
    }

    #[test]
    fn what_is_left_of_a_file_that_was_being_written_is_no_hindrance_and_a_whole_one_is_never_replaced() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("adresse");
        fs::write(mappe.path().join("adresse.halv"), b"half").unwrap();
        let noekkel = Noekkelfil::les_eller_lag(&sti).unwrap();
        assert!(matches!(skriv_hemmelig(&sti, &[1; 32]), Err(Feil::Fil { .. })));
        assert_eq!(Noekkelfil::les_eller_lag(&sti).unwrap(), noekkel);
        assert_eq!(fs::read_dir(mappe.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_of_another_length_is_no_key() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("adresse");
        skriv_hemmelig(&sti, b"kort").unwrap();
        assert!(matches!(Noekkelfil::les_eller_lag(&sti), Err(Feil::Noekkelfil(_))));
    }

    fn gyldige() -> Vec<Vec<u8>> {
        let noekkel = Noekkel::fra_byte([7; 32]);
        vec![vec![7; 32], noekkel.forsegl(b"her", b"hemmelig").unwrap()]
    }

    /// A key file with anything in it is a key or refused; nothing opens that was not sealed, and not elsewhere.
    fn proev(byte: &[u8]) {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("noekkel");
        skriv_hemmelig(&sti, byte).unwrap();
        assert_eq!(Noekkelfil::les_eller_lag(&sti).is_ok(), byte.len() == 32);
        let noekkel = Noekkel::fra_byte([7; 32]);
        if let Ok(aapnet) = noekkel.aapne(b"her", byte) {
            assert_eq!(aapnet, b"hemmelig");
            assert!(noekkel.aapne(b"der", byte).is_err());
        }
    }

    fuzz::maal!(paalitelighet_15_fuzz_noekkelfil, 800, &[], gyldige, proev);
}
