//! Retention: whole segments whose time is over are removed, and leave their roots.

use std::path::Path;

use jiff::Timestamp;

use crate::hode::Verifikasjonsnoekkel;
use crate::segment::{self, Leser};
use crate::skriver::{hodefil, les_hoder, synk_mappe};
use crate::{Feil, roetter};

/// Records that were removed: first and last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ryddet {
    /// The first.
    pub fra: u64,
    /// The last.
    pub til: u64,
}

/// Removes the segments in which every record is older than `foer`, the oldest first. The last segment always stays.
///
/// That a record is old is known by a signed head from before `foer` that has it, and by nothing else. Before a segment goes,
/// its records are held against the root that it leaves. Whoever calls this writes down that it was done.
///
/// # Errors
/// [`Feil::Skadet`] for a segment that does not give its root; it stays, and so does what comes after it.
pub fn rydd(mappe: &Path, noekkel: &Verifikasjonsnoekkel, foer: Timestamp) -> Result<Option<Ryddet>, Feil> {
    let hoder = les_hoder(&hodefil(mappe))?;
    let gamle = hoder.iter().filter_map(|note| noekkel.verifiser(note).ok());
    let gammelt = gamle.filter(|h| h.hode.tid < foer).map(|h| h.hode.antall).max();
    let Some(gammelt) = gammelt else {
        return Ok(None);
    };
    let mut segmenter = segment::alle(mappe)?;
    segmenter.pop();
    let mut ryddet: Option<Ryddet> = None;
    for segment in segmenter {
        let leser = Leser::aapne(mappe, segment)?;
        let (fra, slutt) = (leser.neste_nr(), (segment + 1) << leser.nivaa());
        if slutt > gammelt {
            break;
        }
        roetter::sjekk(mappe, segment, segment + 1)?;
        let sti = segment::sti(mappe, segment);
        std::fs::remove_file(&sti).map_err(Feil::fil(&sti))?;
        synk_mappe(mappe).map_err(Feil::fil(mappe))?;
        ryddet = Some(Ryddet {
            fra: ryddet.map_or(fra, |r| r.fra),
            til: slutt - 1,
        });
    }
    Ok(ryddet)
}
