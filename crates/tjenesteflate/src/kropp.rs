//! Reading a request body: at most so many bytes, within so much time.
//!
//! Not here: what the bytes mean. What newcomers get wrong: `Content-Length` is a claim. It lets us refuse early, but
//! the bytes are counted as they come all the same, and most limits are tested by clients that send none.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body::Body as _;
use http_body_util::BodyExt as _;

use crate::vern::ForSen;

/// Bytes in a body when the handler says nothing else.
/// Source: our choice; the largest body of the contracts is 1 000 identifiers, some 20 kB.
pub const BYTES_MAKS: usize = 1024 * 1024;
/// From the first read to the last byte. Source: our figure for slow clients, "30 s of body".
pub const TID_MAKS: Duration = Duration::from_secs(30);

/// How much a body may cost. [`Default`] gives the named constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grense {
    /// Bytes in all.
    pub bytes_maks: usize,
    /// Time in all, however steadily the bytes come.
    pub tid_maks: Duration,
}

impl Default for Grense {
    fn default() -> Self {
        Self {
            bytes_maks: BYTES_MAKS,
            tid_maks: TID_MAKS,
        }
    }
}

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// More bytes than allowed, as claimed or as counted: 413.
    #[error("Forespørselen er for stor; største tillatte størrelse er {bytes_maks} byte")]
    ForStor {
        /// The limit that was passed.
        bytes_maks: usize,
    },
    /// Not all there in time: 408.
    #[error("Forespørselen kom ikke fram i tide; send hele innholdet uten opphold")]
    Tidsavbrudd,
    /// The connection or the framing failed under way: 400.
    #[error("Forespørselen ble avbrutt før hele innholdet var mottatt")]
    Brutt,
    /// The body is compressed or otherwise coded: 415. Nothing is decoded, so nothing can expand.
    #[error("Content-Encoding støttes ikke; send innholdet ukomprimert")]
    Koding,
}

/// Reads the whole body, or says why not.
///
/// Shape: an absent body is zero bytes.
/// Errors: see [`Error`]; on [`Error::ForStor`] from `Content-Length` nothing has been read.
pub async fn read(kropp: Body, hoder: &HeaderMap, grense: Grense) -> Result<Bytes, Error> {
    let for_stor = Error::ForStor {
        bytes_maks: grense.bytes_maks,
    };
    if hoder
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|k| !k.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        return Err(Error::Koding);
    }
    // The lower bound is `Content-Length` when the client gave one, and zero when it did not.
    if kropp.size_hint().lower() > u64::try_from(grense.bytes_maks).unwrap_or(u64::MAX) {
        return Err(for_stor);
    }
    match tokio::time::timeout(grense.tid_maks, collect(kropp, grense.bytes_maks, for_stor)).await {
        Ok(utfall) => utfall,
        Err(_) => Err(Error::Tidsavbrudd),
    }
}

/// The frame round us counts the time too, for whoever reads a body without this module.
fn brudd(feil: &axum::Error) -> Error {
    let kilde = std::error::Error::source(feil);
    if kilde.is_some_and(|kilde| kilde.is::<ForSen>()) {
        Error::Tidsavbrudd
    } else {
        Error::Brutt
    }
}

async fn collect(mut kropp: Body, bytes_maks: usize, for_stor: Error) -> Result<Bytes, Error> {
    let mut samlet = BytesMut::new();
    while let Some(ramme) = kropp.frame().await {
        let ramme = ramme.map_err(|feil| brudd(&feil))?;
        // Trailers carry nothing that we read.
        if let Ok(data) = ramme.into_data() {
            if data.len() > bytes_maks.saturating_sub(samlet.len()) {
                return Err(for_stor);
            }
            if samlet.is_empty() && kropp.is_end_stream() {
                return Ok(data);
            }
            samlet.extend_from_slice(&data);
        }
    }
    Ok(samlet.freeze())
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    use http_body::Frame;

    use super::*;

    /// A body of unknown length: pieces, then an error, an end or silence.
    struct Stykkevis(Vec<Result<&'static [u8], ()>>, Slutt);
    #[derive(Clone, Copy)]
    enum Slutt {
        Ferdig,
        Stille,
    }

    impl http_body::Body for Stykkevis {
        type Data = Bytes;
        type Error = std::io::Error;
        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
            if self.0.is_empty() {
                return match self.1 {
                    Slutt::Ferdig => Poll::Ready(None),
                    Slutt::Stille => Poll::Pending,
                };
            }
            let stykke = self.0.remove(0);
            Poll::Ready(Some(match stykke {
                Ok(data) => Ok(Frame::data(Bytes::from_static(data))),
                Err(()) => Err(std::io::ErrorKind::UnexpectedEof.into()),
            }))
        }
    }

    const GRENSE: Grense = Grense {
        bytes_maks: 8,
        tid_maks: Duration::from_millis(30),
    };

    #[track_caller]
    fn check(kropp: Body, forventet: Result<&'static [u8], Error>) {
        let utfall = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
            .block_on(read(kropp, &HeaderMap::new(), GRENSE));
        assert_eq!(utfall.as_deref(), forventet.as_ref().copied());
    }

    fn stykker(stykker: Vec<Result<&'static [u8], ()>>, slutt: Slutt) -> Body {
        Body::new(Stykkevis(stykker, slutt))
    }

    #[test]
    fn the_limit_itself_is_allowed_and_one_more_is_not_with_and_without_length() {
        let for_stor = Err(Error::ForStor { bytes_maks: 8 });
        check(Body::empty(), Ok(b""));
        check(Body::from("12345678"), Ok(b"12345678"));
        check(Body::from("123456789"), for_stor);
        check(stykker(vec![Ok(b"1234"), Ok(b"5678")], Slutt::Ferdig), Ok(b"12345678"));
        check(
            stykker(vec![Ok(b"1234"), Ok(b"5678"), Ok(b"9")], Slutt::Ferdig),
            for_stor,
        );
        check(stykker(vec![Ok(b"123456789")], Slutt::Stille), for_stor);
    }

    #[test]
    fn silence_and_breaks_are_told_apart() {
        check(stykker(vec![Ok(b"1234")], Slutt::Stille), Err(Error::Tidsavbrudd));
        check(stykker(vec![Ok(b"1234"), Err(())], Slutt::Ferdig), Err(Error::Brutt));
    }

    /// A body that claims a length and must not be read.
    struct Paastand;

    impl http_body::Body for Paastand {
        type Data = Bytes;
        type Error = std::io::Error;
        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
            panic!("the body was read")
        }
        fn size_hint(&self) -> http_body::SizeHint {
            http_body::SizeHint::with_exact(9)
        }
    }

    #[test]
    fn a_claimed_length_over_the_limit_is_refused_unread() {
        check(Body::new(Paastand), Err(Error::ForStor { bytes_maks: 8 }));
    }

    #[tokio::test]
    async fn a_coded_body_is_refused() {
        for (koding, forventet) in [
            ("gzip", Err(Error::Koding)),
            ("identity", Ok(())),
            ("identity, gzip", Err(Error::Koding)),
        ] {
            let mut hoder = HeaderMap::new();
            hoder.insert(header::CONTENT_ENCODING, koding.parse().unwrap());
            assert_eq!(
                read(Body::from("x"), &hoder, GRENSE).await.map(drop),
                forventet,
                "{koding}"
            );
        }
    }
}
