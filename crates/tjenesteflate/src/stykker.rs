//! A long answer as pieces: what has been sent is let go, however slowly the rest is read.
//!
//! ```text
//!  made whole ─▶ pieces of their own ─▶ HTTP library holds one or two ─▶ the system's buffer ─▶ client
//! ```
//! What newcomers get wrong: a body of one piece is held whole until its last byte is with the system. Of a crowd that asks and
//! does not read, each then has a whole answer of ours, and not the end of one.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};

/// Bytes of a piece. Source: our choice; as much as the HTTP library holds of an answer before it writes.
pub const STYKKE_BYTES: usize = 32 * 1024;
/// Bytes of an answer that is let be: a lookup is never copied. Source: our choice.
pub const HEL_BYTES_MAKS: usize = 2 * STYKKE_BYTES;

/// The body of an answer.
pub fn kropp(byte: Vec<u8>) -> Body {
    if byte.len() <= HEL_BYTES_MAKS {
        return Body::from(byte);
    }
    let stykker: Vec<Bytes> = byte.chunks(STYKKE_BYTES).map(Bytes::copy_from_slice).collect();
    Body::new(Stykker {
        igjen: byte.len() as u64,
        stykker: stykker.into_iter(),
    })
}

struct Stykker {
    stykker: std::vec::IntoIter<Bytes>,
    igjen: u64,
}

impl http_body::Body for Stykker {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let neste = this.stykker.next();
        this.igjen -= neste.as_ref().map_or(0, |stykke| stykke.len() as u64);
        Poll::Ready(neste.map(|stykke| Ok(Frame::data(stykke))))
    }

    fn is_end_stream(&self) -> bool {
        self.igjen == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.igjen)
    }
}

#[cfg(test)]
mod tests {
    use http_body::Body as _;
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn any_answer_comes_whole_and_says_how_long_it_is() {
        for lengde in [0, 1, HEL_BYTES_MAKS, HEL_BYTES_MAKS + 1, 3 * STYKKE_BYTES, 1_000_001] {
            let byte: Vec<u8> = (0..=250).cycle().take(lengde).collect();
            let mut kropp = kropp(byte.clone());
            let mut ut = Vec::new();
            while !kropp.is_end_stream() {
                assert_eq!(kropp.size_hint().exact(), Some((lengde - ut.len()) as u64));
                let stykke = kropp.frame().await.unwrap().unwrap().into_data().unwrap();
                assert!(!stykke.is_empty() && (lengde <= HEL_BYTES_MAKS || stykke.len() <= STYKKE_BYTES));
                ut.extend_from_slice(&stykke);
            }
            assert!(ut == byte && kropp.frame().await.is_none(), "{lengde}");
        }
    }
}
