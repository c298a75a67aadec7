//! The roots of whole segments: 32 bytes each in one file, so that a log is opened without reading all of it, and so
//! that what is left of a segment that retention took is still part of the tree.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::Feil;
use crate::segment::{self, Leser};
use crate::tre::{Avtrykk, Tre};

fn sti(mappe: &Path) -> PathBuf {
    mappe.join("roetter")
}

/// The roots that the file has.
pub(crate) fn les(mappe: &Path) -> Result<Vec<Avtrykk>, Feil> {
    let sti = sti(mappe);
    match std::fs::read(&sti) {
        Ok(byte) => Ok(byte.chunks_exact(32).filter_map(|b| b.try_into().ok()).collect()),
        Err(feil) if feil.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(feil) => Err(Feil::fil(&sti)(feil)),
    }
}

/// The root of a whole segment, from its records, and the chain after it.
pub(crate) fn beregn(mappe: &Path, segment: u64) -> Result<(Avtrykk, Avtrykk), Feil> {
    let mut leser = Leser::aapne(mappe, segment)?;
    let mut tre = Tre::default();
    while let Some(blad) = leser.neste_blad()? {
        tre.legg_til(blad);
    }
    if leser.har_brudd() || tre.antall() != 1 << leser.nivaa() {
        return Err(Feil::Skadet(format!("segment {segment} er ikke helt")));
    }
    Ok((tre.rot(), leser.kjede()))
}

/// The roots of the segments before `siste`; those that the file lacks are made from the records and written to it.
pub(crate) fn sikre(mappe: &Path, nivaa: u32, siste: u64) -> Result<Vec<Avtrykk>, Feil> {
    let mut roetter = les(mappe)?;
    let skal = usize::try_from(siste).unwrap_or(usize::MAX);
    if roetter.len() > skal {
        return Err(Feil::Skadet("det er flere røtter enn hele segmenter".to_owned()));
    }
    for segment in roetter.len()..skal {
        let segment = segment as u64;
        let (rot, kjede) = beregn(mappe, segment)?;
        let neste = Leser::aapne(mappe, segment + 1)?;
        if neste.kjede() != kjede || neste.nivaa() != nivaa {
            return Err(Feil::Skadet(format!(
                "segment {} følger ikke segmentet før",
                segment + 1
            )));
        }
        roetter.push(rot);
        skriv(mappe, &roetter)?;
    }
    Ok(roetter)
}

/// Makes the file again from the records; what is gone keeps the root it left.
pub(crate) fn lag_paa_nytt(mappe: &Path, nivaa: u32, siste: u64) -> Result<(), Feil> {
    let foerste = segment::alle(mappe)?.first().copied().unwrap_or(0);
    let mut roetter = les(mappe)?;
    roetter.truncate(usize::try_from(foerste).unwrap_or(usize::MAX));
    skriv(mappe, &roetter)?;
    sikre(mappe, nivaa, siste).map(|_| ())
}

/// Whether the segments from `fra` to before `til` give the roots that the file says.
pub(crate) fn sjekk(mappe: &Path, fra: u64, til: u64) -> Result<(), Feil> {
    let roetter = les(mappe)?;
    for segment in fra..til {
        let rot = usize::try_from(segment).ok().and_then(|s| roetter.get(s));
        if rot != Some(&beregn(mappe, segment)?.0) {
            return Err(Feil::Skadet(format!("segment {segment} gir ikke roten sin")));
        }
    }
    Ok(())
}

/// Writes the root of a whole segment, if the file has those before it.
pub(crate) fn legg_til(mappe: &Path, segment: u64, rot: &Avtrykk) -> std::io::Result<()> {
    let mut fil = std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(sti(mappe))?;
    let plass = segment.saturating_mul(32);
    if fil.metadata()?.len() < plass {
        return Ok(());
    }
    fil.set_len(plass)?;
    fil.seek(SeekFrom::Start(plass))?;
    fil.write_all(rot)?;
    fil.sync_all()
}

fn skriv(mappe: &Path, roetter: &[Avtrykk]) -> Result<(), Feil> {
    let (sti, ny) = (sti(mappe), mappe.join("roetter.ny"));
    let mut fil = std::fs::File::create(&ny).map_err(Feil::fil(&ny))?;
    fil.write_all(&roetter.concat())
        .and_then(|()| fil.sync_all())
        .map_err(Feil::fil(&ny))?;
    std::fs::rename(&ny, &sti).map_err(Feil::fil(&sti))?;
    crate::skriver::synk_mappe(mappe).map_err(Feil::fil(mappe))
}
