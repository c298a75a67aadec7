//! Backup and renewal of keys, for commands and for the daily work.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use register::Sekvens;
use register::sikkerhetskopi::{Kopi, kopier};

use super::{Arbeid, Svar, linje};
use crate::mappe::Aapen;

/// A copy, and what was removed because it is older than what is to be kept.
pub struct Tatt {
    /// The copy.
    pub kopi: Kopi,
    /// Copies that were removed.
    pub fjernet: usize,
}

/// Takes a copy of register, grants and notices, and removes copies beyond `behold`; the archive stream is kept from the oldest
/// copy that is left.
pub fn ta_kopi(aapen: &Aapen, mappe: &Path, behold: Option<usize>) -> Result<Tatt> {
    let kopi = aapen.register.sikkerhetskopier(mappe)?;
    // Files that only grow: what is being written meanwhile is in the copy whole, or as an end that is cut off.
    for navn in ["tilgang", "driftsmeldinger"] {
        let fra = aapen.mappe.sti().join(navn);
        if fra.is_dir() {
            lager::mappe::kopier(&fra, &kopi.sti.join(navn))?;
        }
    }
    let mut fjernet = 0;
    if let Some(behold) = behold {
        let alle = kopier(mappe)?;
        let overfloedige = alle.len().saturating_sub(behold.max(1));
        for gammel in alle.iter().take(overfloedige) {
            std::fs::remove_dir_all(&gammel.sti)
                .with_context(|| format!("kunne ikke fjerne {}", gammel.sti.display()))?;
            fjernet += 1;
        }
        if let Some(eldste) = alle.get(overfloedige) {
            aapen.register.rydd_arkivstroem(Sekvens(eldste.seq.0))?;
        }
    }
    Ok(Tatt { kopi, fjernet })
}

/// How long ago the newest copy of a folder was taken; `None` if there is none, or its time cannot be read.
pub fn siste_kopis_alder(mappe: &Path) -> Option<Duration> {
    let siste = kopier(mappe).ok()?.pop()?;
    let tatt = std::fs::metadata(siste.sti.join("kopi.json")).ok()?.modified().ok()?;
    tatt.elapsed().ok()
}

impl Arbeid {
    pub(super) fn sikkerhetskopi(&self, mappe: &Path, behold: Option<usize>) -> Result<Svar> {
        let Tatt { kopi, fjernet } = ta_kopi(&self.0, mappe, behold)?;
        let mut linjer = vec![format!(
            "kopi ved {} i {}, {} byte, tilstand {}",
            kopi.seq.0,
            kopi.sti.display(),
            kopi.byte,
            kopi.tilstand
        )];
        if fjernet > 0 {
            linjer.push(format!("{fjernet} eldre kopier er fjernet"));
        }
        Ok(Svar::Linjer { linjer })
    }

    pub(super) fn forny_noekler(&self, ny_noekkel: bool) -> Result<Svar> {
        let fornyet = self.0.register.forny_noekler(ny_noekkel)?;
        let hva = if ny_noekkel {
            "nøkkelen er byttet; ta en ny kopi av mappen «noekler» og en ny sikkerhetskopi"
        } else {
            "nøkkellageret er skrevet på nytt"
        };
        Ok(linje(format!(
            "{hva}: {} nøkler, {} byte før og {} etter",
            fornyet.noekler, fornyet.byte_foer, fornyet.byte_etter
        )))
    }
}
