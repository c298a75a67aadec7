//! Segments: the files that records lie in, a whole subtree of the tree in each but the last.
//!
//! ```text
//!  magic 8 │ level 1, zeros 7 │ first record u64 │ chain before it 32        56 bytes, numbers little-endian
//!  length u32 │ record │ chain 32                                             again and again
//!
//!  chain = SHA-256(chain before ‖ leaf)                                       leaf: `tre::blad` of the record
//! ```

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::Feil;
use crate::tre::{Avtrykk, blad};

const MAGI: &[u8; 8] = b"PTREVLG1";
/// Bytes before the first record.
pub(crate) const HODE_BYTE: u64 = 56;
/// Bytes of a record beside itself.
pub(crate) const TILLEGG_BYTE: usize = 4 + 32;
/// Bytes of a record, at most. Source: our choice; a bulk of a thousand persons takes about 20 kB.
pub const POST_BYTE_MAKS: usize = 4 * 1024 * 1024;

/// The chain after a record.
pub(crate) fn lenke(foer: &Avtrykk, blad: &Avtrykk) -> Avtrykk {
    let mut avtrykk = Sha256::new();
    avtrykk.update(foer);
    avtrykk.update(blad);
    avtrykk.finalize().into()
}

/// The file of a segment.
pub(crate) fn sti(mappe: &Path, segment: u64) -> PathBuf {
    mappe.join(format!("{segment:010}.segment"))
}

/// The number of a segment, of its file's name.
pub(crate) fn nummer(sti: &Path) -> Option<u64> {
    let navn = sti.file_name()?.to_str()?.strip_suffix(".segment")?;
    (navn.len() == 10 && navn.bytes().all(|b| b.is_ascii_digit())).then(|| navn.parse().ok())?
}

/// The segments of a folder, in order.
pub(crate) fn alle(mappe: &Path) -> Result<Vec<u64>, Feil> {
    let mut ut = Vec::new();
    for fil in std::fs::read_dir(mappe).map_err(Feil::fil(mappe))? {
        ut.extend(nummer(&fil.map_err(Feil::fil(mappe))?.path()));
    }
    ut.sort_unstable();
    Ok(ut)
}

/// The bytes before the first record.
pub(crate) fn hode(nivaa: u32, foerste: u64, kjede: &Avtrykk) -> Vec<u8> {
    let mut ut = MAGI.to_vec();
    ut.extend_from_slice(&u64::from(nivaa).to_le_bytes());
    ut.extend_from_slice(&foerste.to_le_bytes());
    ut.extend_from_slice(kjede);
    ut
}

/// Appends a record as it lies in a segment; gives the chain after it.
pub(crate) fn legg_til(ut: &mut Vec<u8>, kjede: &Avtrykk, post: &[u8], blad: &Avtrykk) -> Avtrykk {
    let kjede = lenke(kjede, blad);
    ut.extend_from_slice(&u32::try_from(post.len()).unwrap_or(u32::MAX).to_le_bytes());
    ut.extend_from_slice(post);
    ut.extend_from_slice(&kjede);
    kjede
}

/// A record as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LestPost {
    /// Its place in the log, from 0.
    pub nr: u64,
    /// The record.
    pub byte: Vec<u8>,
    /// Its leaf.
    pub blad: Avtrykk,
}

/// Reads a segment from its start, and checks the chain on the way.
pub(crate) struct Leser {
    fil: BufReader<File>,
    sti: PathBuf,
    nivaa: u32,
    neste: u64,
    kjede: Avtrykk,
    /// Where the next record begins.
    plass: u64,
    lengde: u64,
    brudd: bool,
    /// The record read last.
    byte: Vec<u8>,
}

impl Leser {
    pub fn aapne(mappe: &Path, segment: u64) -> Result<Self, Feil> {
        let sti = sti(mappe, segment);
        let fil = File::open(&sti).map_err(Feil::fil(&sti))?;
        let lengde = fil.metadata().map_err(Feil::fil(&sti))?.len();
        let mut fil = BufReader::with_capacity(1024 * 1024, fil);
        let mut hode = [0; 56];
        fil.read_exact(&mut hode)
            .map_err(|_| Feil::Skadet(format!("segment {segment} er avkortet i hodet")))?;
        let (magi, rest) = hode.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        let (nivaa, rest) = rest.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        let (foerste, kjede) = rest.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        let nivaa = u64::from_le_bytes(*nivaa);
        let foerste = u64::from_le_bytes(*foerste);
        let nivaa = u32::try_from(nivaa).ok().filter(|n| *n <= 30);
        match (nivaa, kjede.try_into()) {
            (Some(nivaa), Ok(kjede)) if magi == MAGI && segment.checked_mul(1 << nivaa) == Some(foerste) => Ok(Leser {
                fil,
                sti,
                nivaa,
                neste: foerste,
                kjede,
                plass: HODE_BYTE,
                lengde,
                brudd: false,
                byte: Vec::new(),
            }),
            _ => Err(Feil::Skadet(format!("segment {segment} har ikke et gyldig hode"))),
        }
    }

    /// Level of the subtree that a whole segment is.
    pub fn nivaa(&self) -> u32 {
        self.nivaa
    }

    /// The number of the next record.
    pub fn neste_nr(&self) -> u64 {
        self.neste
    }

    /// The chain before the next record.
    pub fn kjede(&self) -> Avtrykk {
        self.kjede
    }

    /// Where the next record begins, or where the bytes stopped making sense.
    pub fn plass(&self) -> u64 {
        self.plass
    }

    /// Whether what follows [`Leser::plass`] is no record.
    pub fn har_brudd(&self) -> bool {
        self.brudd
    }

    /// Reads the next record; `None` at the end, and at the first byte that makes no sense.
    ///
    /// # Errors
    /// [`Feil::Fil`] if the file refuses to be read.
    pub fn neste(&mut self) -> Result<Option<LestPost>, Feil> {
        let nr = self.neste;
        Ok(self.neste_blad()?.map(|blad| LestPost {
            nr,
            byte: std::mem::take(&mut self.byte),
            blad,
        }))
    }

    /// As [`Leser::neste`], for whoever needs the leaf and not the record.
    ///
    /// # Errors
    /// [`Feil::Fil`] if the file refuses to be read.
    pub fn neste_blad(&mut self) -> Result<Option<Avtrykk>, Feil> {
        if self.brudd || self.plass >= self.lengde {
            return Ok(None);
        }
        self.brudd = true;
        let igjen = self.lengde - self.plass;
        let mut lengde = [0; 4];
        if igjen < TILLEGG_BYTE as u64 || !self.les(&mut lengde)? {
            return Ok(None);
        }
        let lengde = u32::from_le_bytes(lengde) as usize;
        let hele = (lengde + TILLEGG_BYTE) as u64;
        if lengde == 0 || lengde > POST_BYTE_MAKS || hele > igjen || self.neste >> self.nivaa != self.segment() {
            return Ok(None);
        }
        let mut byte = std::mem::take(&mut self.byte);
        byte.resize(lengde, 0);
        let hel = self.les(&mut byte)?;
        self.byte = byte;
        let mut kjede = [0; 32];
        if !hel || !self.les(&mut kjede)? {
            return Ok(None);
        }
        let blad = blad(&self.byte);
        if lenke(&self.kjede, &blad) != kjede {
            return Ok(None);
        }
        self.brudd = false;
        self.kjede = kjede;
        self.plass += hele;
        self.neste += 1;
        Ok(Some(blad))
    }

    fn segment(&self) -> u64 {
        nummer(&self.sti).unwrap_or(u64::MAX)
    }

    // Whether there was as much as was asked for.
    fn les(&mut self, ut: &mut [u8]) -> Result<bool, Feil> {
        match self.fil.read_exact(ut) {
            Ok(()) => Ok(true),
            Err(feil) if feil.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
            Err(feil) => Err(Feil::fil(&self.sti)(feil)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NIVAA: u32 = 4;

    fn segment(poster: &[&[u8]]) -> Vec<u8> {
        let mut ut = hode(NIVAA, 0, &[0; 32]);
        let mut kjede = [0; 32];
        for post in poster {
            kjede = legg_til(&mut ut, &kjede, post, &blad(post));
        }
        ut
    }

    fn gyldige() -> Vec<Vec<u8>> {
        vec![
            segment(&[]),
            segment(&[b"en".as_slice(), b"to", &[7; 300]]),
            segment(&[b"{}".as_slice(); 16]),
        ]
    }

    fn les(byte: &[u8]) -> Option<usize> {
        let mappe = tempfile::tempdir().unwrap();
        std::fs::write(sti(mappe.path(), 0), byte).unwrap();
        let mut leser = Leser::aapne(mappe.path(), 0).ok()?;
        let mut antall = 0;
        while let Some(post) = leser.neste().unwrap() {
            assert!(post.nr == antall as u64 && !post.byte.is_empty());
            antall += 1;
        }
        assert!(leser.plass() <= byte.len() as u64 && antall <= 1 << leser.nivaa());
        Some(antall)
    }

    /// The file as it is, and cut into records that the chain holds, so that what is behind it is reached.
    fn proev(byte: &[u8]) {
        let _ = les(byte);
        let poster: Vec<&[u8]> = byte.split(|b| *b == b'\n').filter(|p| !p.is_empty()).take(16).collect();
        assert_eq!(les(&segment(&poster)), Some(poster.len()));
    }

    fuzz::maal!(
        paalitelighet_15_fuzz_segment,
        1_500,
        &["PTREVLG1", "\n"],
        gyldige,
        proev
    );
}
