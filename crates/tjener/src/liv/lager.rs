//! What is kept of the moving nation in the data folder: one small head of JSON, and the engine's own bytes.
//!
//! ```text
//!  DATA/liv    length of the head u32 │ head │ nation
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use register::Register;
use serde::{Deserialize, Serialize};
use syntetisk_befolkning::liv::{Innbygger, Liv};

use crate::mappe::Mappe;

/// The nation, and what has been read of answers to it.
pub struct Lagret {
    pub liv: Liv,
    pub hode: Hode,
}

/// The head.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Hode {
    /// The last thing that each producer has been told, and that has been read.
    pub lest: BTreeMap<String, u64>,
}

/// The first moment of the nation's time.
pub fn start_sekunder() -> i64 {
    Liv::new(0, []).start_sekunder()
}

fn sti(mappe: &Mappe) -> PathBuf {
    mappe.sti().join("liv")
}

/// Whether anything was kept.
pub fn finnes(mappe: &Mappe) -> bool {
    sti(mappe).exists()
}

/// Reads what was kept; `None` where nothing was.
pub fn les(mappe: &Mappe) -> Result<Option<Lagret>> {
    let sti = sti(mappe);
    let byte = match std::fs::read(&sti) {
        Ok(byte) => byte,
        Err(feil) if feil.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(feil) => return Err(feil).with_context(|| format!("kunne ikke lese {}", sti.display())),
    };
    let lest = dele(&byte).with_context(|| {
        format!(
            "{} er skadet; fjern den, og nasjonen begynner på nytt med dem registeret har",
            sti.display()
        )
    })?;
    Ok(Some(lest))
}

fn dele(byte: &[u8]) -> Option<Lagret> {
    let (lengde, resten) = byte.split_first_chunk::<4>()?;
    let lengde = usize::try_from(u32::from_le_bytes(*lengde)).ok()?;
    let (hode, liv) = resten.split_at_checked(lengde)?;
    Some(Lagret {
        hode: serde_json::from_slice(hode).ok()?,
        liv: Liv::fra_byte(liv).ok()?,
    })
}

/// Keeps it, in place of what was kept.
pub fn skriv(mappe: &Mappe, hode: &Hode, liv: &Liv) -> Result<()> {
    let hode = serde_json::to_vec(hode)?;
    let mut ut = u32::try_from(hode.len())?.to_le_bytes().to_vec();
    ut.extend_from_slice(&hode);
    ut.extend_from_slice(&liv.til_byte());
    lager::mappe::bytt_fil(&sti(mappe), &ut).context("nasjonens tilstand")
}

/// A nation of everybody in the register, as they are now.
pub fn fra_registeret(register: &Register, froe: u64) -> Result<Liv> {
    let les = register.les()?;
    let mut feil = None;
    let innbyggere = les.personer()?.map_while(|person| match les.eksporter(person) {
        Ok(dokument) => Some(dokument.as_ref().and_then(Innbygger::fra_dokument)),
        Err(e) => {
            feil = Some(e);
            None
        }
    });
    let liv = Liv::new(froe, innbyggere.flatten());
    feil.map_or(Ok(liv), |feil| Err(feil.into()))
}
