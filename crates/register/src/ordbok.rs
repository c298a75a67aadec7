//! Compression of frames: zstd with a dictionary that knows how our entries look.
//!
//! The dictionary is part of the program and of the format: a frame says by its first byte which one it needs, and an old
//! one is never taken out.

use std::cell::RefCell;
use std::sync::LazyLock;

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use crate::Feil;
use crate::koding::{Leser, skriv_lengde};

/// Longest frame before packing; a person has kilobytes.
///
/// Source: our choice, a bound on what damaged bytes can ask for.
pub(crate) const RAMME_BYTE_MAKS: usize = 64 << 20;

const NIVAA: i32 = 3;
const UTEN: u8 = 0;
const ORDBOK_1: u8 = 1;

static ORDBOK: &[u8] = include_bytes!("../data/ordbok-1.zstd");
static TIL_PAKKING: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(ORDBOK, NIVAA));
static TIL_UTPAKKING: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(ORDBOK));

thread_local! {
    // A context takes tens of kilobytes and microseconds to make; each thread keeps its own.
    static PAKKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UTPAKKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Packs bytes; what does not get shorter is kept as it is.
pub(crate) fn pakk(byte: &[u8]) -> Result<Vec<u8>, Feil> {
    let skadet = |_| Feil::Skadet("pakking");
    let pakket = PAKKER.with(|celle| {
        let mut celle = celle.try_borrow_mut().map_err(|_| Feil::Skadet("pakking"))?;
        if celle.is_none() {
            *celle = Some(Compressor::with_prepared_dictionary(&TIL_PAKKING).map_err(skadet)?);
        }
        celle
            .as_mut()
            .ok_or(Feil::Skadet("pakking"))?
            .compress(byte)
            .map_err(skadet)
    })?;
    let mut ut = Vec::with_capacity(pakket.len().min(byte.len()) + 6);
    if pakket.len() < byte.len() {
        ut.push(ORDBOK_1);
        skriv_lengde(&mut ut, byte.len());
        ut.extend_from_slice(&pakket);
    } else {
        ut.push(UTEN);
        ut.extend_from_slice(byte);
    }
    Ok(ut)
}

/// Unpacks what [`pakk`] made.
pub(crate) fn pakk_opp(byte: &[u8]) -> Result<Vec<u8>, Feil> {
    let skadet = Feil::Skadet("pakket ramme");
    let mut leser = Leser::new(byte);
    match leser.byte()? {
        UTEN => Ok(leser.rest().to_vec()),
        ORDBOK_1 => {
            let lengde = leser.lengde()?;
            if lengde > RAMME_BYTE_MAKS {
                return Err(skadet);
            }
            UTPAKKER.with(|celle| {
                let mut celle = celle.try_borrow_mut().map_err(|_| Feil::Skadet("utpakking"))?;
                if celle.is_none() {
                    *celle = Some(
                        Decompressor::with_prepared_dictionary(&TIL_UTPAKKING)
                            .map_err(|_| Feil::Skadet("utpakking"))?,
                    );
                }
                let pakker = celle.as_mut().ok_or(Feil::Skadet("utpakking"))?;
                let ut = pakker
                    .decompress(leser.rest(), lengde)
                    .map_err(|_| Feil::Skadet("pakket ramme"))?;
                if ut.len() == lengde {
                    Ok(ut)
                } else {
                    Err(Feil::Skadet("pakket ramme"))
                }
            })
        }
        _ => Err(skadet),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_packed_comes_back(byte in prop::collection::vec(any::<u8>(), 0..2000), ganger in 1usize..5) {
            let byte = byte.repeat(ganger);
            prop_assert_eq!(pakk_opp(&pakk(&byte).unwrap()).unwrap(), byte);
        }

        #[test]
        fn any_bytes_are_unpacked_or_refused(byte in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = pakk_opp(&byte);
        }
    }
}
