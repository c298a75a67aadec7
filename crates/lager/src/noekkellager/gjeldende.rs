//! Which environment and which key file are in use, and what lies beside them and is not.

use std::path::{Path, PathBuf};

use crate::noekkelfil::fjern_hemmelig;
use crate::{Feil, mappe};

pub(super) const GJELDENDE: &str = "gjeldende";
/// What takes its place is written there first; whoever was cut off leaves it.
const GJELDENDE_NY: &str = "gjeldende.ny";
const UKLAR: Feil = Feil::Skadet("personnoekler/gjeldende");
const NOEKKELFIL: &str = "personnoekler";

/// Which environment and which key file are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gjeldende {
    pub lager: u32,
    pub noekkel: u32,
}

impl Gjeldende {
    pub fn les(mappe: &Path) -> Result<Option<Self>, Feil> {
        let sti = mappe.join(GJELDENDE);
        let tekst = match std::fs::read_to_string(&sti) {
            Ok(tekst) => tekst,
            Err(feil) if feil.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(feil) => return Err(Feil::fil(sti)(feil)),
        };
        Gjeldende::fra_tekst(&tekst).map(Some).ok_or(UKLAR)
    }

    /// The one that a renewal makes; `ny_noekkel`: under another key.
    pub fn neste(self, ny_noekkel: bool) -> Result<Self, Feil> {
        let neste = |nr: u32, en: u32| nr.checked_add(en).ok_or(UKLAR);
        Ok(Gjeldende {
            lager: neste(self.lager, 1)?,
            noekkel: neste(self.noekkel, u32::from(ny_noekkel))?,
        })
    }

    fn fra_tekst(tekst: &str) -> Option<Self> {
        let (lager, noekkel) = tekst.strip_prefix("lager ")?.split_once("\nnoekkel ")?;
        let lest = Gjeldende {
            lager: lager.parse().ok()?,
            noekkel: noekkel.strip_suffix('\n')?.parse().ok()?,
        };
        // One way to write it: what is otherwise was not written here.
        (lest.tekst() == tekst).then_some(lest)
    }

    pub fn tekst(self) -> String {
        format!("lager {}\nnoekkel {}\n", self.lager, self.noekkel)
    }

    pub fn skriv(self, mappe: &Path) -> Result<(), Feil> {
        mappe::bytt_fil(&mappe.join(GJELDENDE), self.tekst().as_bytes())
    }

    /// What is not named here is removed as left over, so a number that turned, or a file that is gone, would cost every
    /// key: the environment must be there, unless none is because the store was never used.
    pub fn sjekk(self, mappe: &Path) -> Result<(), Feil> {
        let her = self.har_lager(mappe);
        if her || (self.lager == 1 && numre(mappe)?.is_empty()) {
            Ok(())
        } else {
            Err(UKLAR)
        }
    }

    /// As [`Gjeldende::sjekk`], of one that nothing names yet: its own folder may be there, and nothing in it, where a process died
    /// while it was made.
    pub fn sjekk_ny(self, mappe: &Path) -> Result<(), Feil> {
        let her = self.har_lager(mappe);
        if her || numre(mappe)?.iter().all(|nummer| *nummer == self.lager) {
            Ok(())
        } else {
            Err(UKLAR)
        }
    }

    fn har_lager(self, mappe: &Path) -> bool {
        mappe.join(self.lager.to_string()).join("data.mdb").exists()
    }
}

/// Environments that lie in a folder.
fn numre(mappe: &Path) -> Result<Vec<u32>, Feil> {
    let mut ut = Vec::new();
    for inne in std::fs::read_dir(mappe).map_err(Feil::fil(mappe))? {
        let inne = inne.map_err(Feil::fil(mappe))?;
        ut.extend(inne.file_name().to_str().and_then(|n| n.parse::<u32>().ok()));
    }
    Ok(ut)
}

pub(super) fn noekkelfil(noekkelmappe: &Path, nummer: u32) -> PathBuf {
    match nummer {
        0 => noekkelmappe.join(NOEKKELFIL),
        nummer => noekkelmappe.join(format!("{NOEKKELFIL}.{nummer}")),
    }
}

/// Removes environments and key files that are not in use.
pub(super) fn rydd(mappe: &Path, noekkelmappe: &Path, gjeldende: Gjeldende) -> Result<(), Feil> {
    rydd_lager(mappe, gjeldende)?;
    let innhold = match std::fs::read_dir(noekkelmappe) {
        Ok(innhold) => innhold,
        Err(feil) => return Err(Feil::fil(noekkelmappe)(feil)),
    };
    for fil in innhold {
        let fil = fil.map_err(Feil::fil(noekkelmappe))?;
        let navn = fil.file_name();
        let Some(navn) = navn.to_str() else { continue };
        let nummer = match navn.strip_prefix(NOEKKELFIL) {
            Some("") => Some(0),
            Some(rest) => rest.strip_prefix('.').and_then(|n| n.parse().ok()),
            None => None,
        };
        if nummer.is_some_and(|nummer: u32| nummer != gjeldende.noekkel) {
            fjern_hemmelig(&fil.path())?;
            mappe::synk_mappe(noekkelmappe)?;
        }
    }
    Ok(())
}

pub(super) fn rydd_lager(mappe: &Path, gjeldende: Gjeldende) -> Result<(), Feil> {
    for inne in std::fs::read_dir(mappe).map_err(Feil::fil(mappe))? {
        let inne = inne.map_err(Feil::fil(mappe))?;
        let navn = inne.file_name();
        let nummer = navn.to_str().and_then(|n| n.parse::<u32>().ok());
        if navn == GJELDENDE_NY || nummer.is_some_and(|nummer| nummer != gjeldende.lager) {
            fjern(&inne.path())?;
            mappe::synk_mappe(mappe)?;
        }
    }
    Ok(())
}

pub(super) fn fjern(sti: &Path) -> Result<(), Feil> {
    let utfall = if sti.is_dir() {
        std::fs::remove_dir_all(sti)
    } else {
        std::fs::remove_file(sti)
    };
    match utfall {
        Err(feil) if feil.kind() != std::io::ErrorKind::NotFound => Err(Feil::fil(sti)(feil)),
        _ => Ok(()),
    }
}
