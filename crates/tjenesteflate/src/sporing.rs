//! Tracing: one id that follows a request through the chain, and one log line when it is answered.
//!
//! The id is that of W3C Trace Context. What newcomers get wrong: the log line never holds the path, the query or a
//! header, for an identifier may stand in each of them; it holds the route's template. That is not a filter which can
//! be forgotten: [`Linje`] has no field for anything else.

use std::{
    cell::RefCell,
    fmt,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{
    maalinger::{Metode, Rutemal, Utfall},
    prosent::hex,
};

/// The header of W3C Trace Context, in requests and answers.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Bytes of what [`Spor::traceparent`] writes.
const TRACEPARENT_BYTE: usize = 55;

/// The target of the log line, for filters.
pub const LOGGMAAL: &str = "tilgangslinje";

/// The id of one chain of calls. Random, or the caller's.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SporId([u8; 16]);

impl SporId {
    /// The id as text, 32 hex digits, without the heap.
    pub fn tekst(&self) -> Sportekst {
        let mut ut = [0; 32];
        for (til, byte) in ut.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *til = heksapar(byte);
        }
        Sportekst(ut)
    }
}

impl fmt::Display for SporId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tekst().as_str())
    }
}

/// A [`SporId`] as text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sportekst([u8; 32]);

impl Sportekst {
    /// The digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Sportekst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn heksapar(byte: u8) -> [u8; 2] {
    const SIFFER: [u8; 16] = *b"0123456789abcdef";
    let siffer = |b: u8| SIFFER.get(usize::from(b & 15)).copied().unwrap_or(b'0');
    [siffer(byte >> 4), siffer(byte)]
}

fn skriv_hex(ut: &mut Vec<u8>, byte: &[u8]) {
    for b in byte {
        ut.extend_from_slice(&heksapar(*b));
    }
}

impl fmt::Debug for SporId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where a request stands in its chain. An extension on each framed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spor {
    id: SporId,
    /// Our own step in the chain.
    ledd: [u8; 8],
    flagg: u8,
}

impl Spor {
    /// Carries on the caller's trace if its `traceparent` is valid, else starts one.
    ///
    /// `tilfeldig` are random bytes: the first 16 for a new id, the last 8 for our own step.
    /// Source: W3C Trace Context, 3.2. Several headers, or one that cannot be read, count as none.
    pub fn from_headers(hoder: &HeaderMap, tilfeldig: [u8; 24]) -> Self {
        let (mut ny, mut ledd) = ([0; 16], [0; 8]);
        for (til, fra) in ny.iter_mut().chain(ledd.iter_mut()).zip(tilfeldig) {
            *til = fra;
        }
        let mut linjer = hoder.get_all(TRACEPARENT).iter();
        match (linjer.next().and_then(|linje| parse(linje.as_bytes())), linjer.next()) {
            (Some((id, flagg)), None) => Self { id, ledd, flagg },
            _ => Self {
                id: SporId(ny),
                ledd,
                flagg: 0,
            },
        }
    }

    /// The id that all calls of the chain share. It is also the reference that a consumer is given on an error.
    pub fn id(&self) -> SporId {
        self.id
    }

    /// The header for our answer, and for calls that we make on behalf of this request.
    pub fn traceparent(&self) -> HeaderValue {
        let mut ut = Vec::with_capacity(TRACEPARENT_BYTE);
        ut.extend_from_slice(b"00-");
        skriv_hex(&mut ut, &self.id.0);
        ut.push(b'-');
        skriv_hex(&mut ut, &self.ledd);
        ut.push(b'-');
        skriv_hex(&mut ut, &[self.flagg]);
        // Hex digits and hyphens are always a header value.
        HeaderValue::try_from(ut).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// Bytes for [`Spor::from_headers`]: the id from the system's generator, the step one that has not been before.
pub fn random() -> [u8; 24] {
    static LEDD: LazyLock<(u64, AtomicU64)> =
        LazyLock::new(|| (uuid::Uuid::new_v4().as_u64_pair().1, AtomicU64::new(0)));
    let (start, neste) = &*LEDD;
    // Our own step has to be another each time, no more: a walk from a random place through all the numbers.
    let ledd = start.wrapping_add(
        neste
            .fetch_add(1, Ordering::Relaxed)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15),
    );
    let id = FORRAAD.with_borrow_mut(Forraad::neste);
    let mut ut = [0; 24];
    for (til, fra) in ut.iter_mut().zip(id.into_iter().chain(ledd.to_be_bytes())) {
        *til = fra;
    }
    ut
}

thread_local! {
    static FORRAAD: RefCell<Forraad> = const { RefCell::new(Forraad { byte: [[0; 16]; FORRAAD_IDER], brukt: FORRAAD_IDER }) };
}

/// Ids that are fetched at a time: asking the system costs as much for one as for all of them.
const FORRAAD_IDER: usize = 32;

/// Random ids that nobody has been given yet.
struct Forraad {
    byte: [[u8; 16]; FORRAAD_IDER],
    brukt: usize,
}

impl Forraad {
    fn neste(&mut self) -> [u8; 16] {
        if self.brukt == FORRAAD_IDER {
            if SystemRandom::new().fill(self.byte.as_flattened_mut()).is_err() {
                return uuid::Uuid::new_v4().into_bytes();
            }
            self.brukt = 0;
        }
        let neste = self.byte.get_mut(self.brukt).map(std::mem::take);
        self.brukt += 1;
        neste.unwrap_or_else(|| uuid::Uuid::new_v4().into_bytes())
    }
}

/// Reads `version-id-step-flags`. A later version may go on after the flags.
fn parse(linje: &[u8]) -> Option<(SporId, u8)> {
    let mut deler = linje.splitn(5, |b| *b == b'-');
    let versjon: [u8; 1] = read_hex(deler.next()?)?;
    let id: [u8; 16] = read_hex(deler.next()?)?;
    let ledd: [u8; 8] = read_hex(deler.next()?)?;
    let flagg: [u8; 1] = read_hex(deler.next()?)?;
    let mer = deler.next().is_some();
    let gyldig = versjon != [0xff] && !(versjon == [0] && mer) && id != [0; 16] && ledd != [0; 8];
    // Of the flags only "sampled" is known; the others must not be passed on.
    gyldig.then_some((SporId(id), u8::from_be_bytes(flagg) & 1))
}

/// Reads exactly `N` bytes of lower-case hex.
fn read_hex<const N: usize>(tekst: &[u8]) -> Option<[u8; N]> {
    let (par, rest) = tekst.as_chunks::<2>();
    if par.len() != N || !rest.is_empty() || tekst.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let mut ut = [0; N];
    for (til, [hoey, lav]) in ut.iter_mut().zip(par) {
        *til = hex(*hoey)? << 4 | hex(*lav)?;
    }
    Some(ut)
}

/// What the log says of one request: never more than this.
#[derive(Clone, Copy, Debug)]
pub struct Linje<'a> {
    /// The interface that answered.
    pub tjeneste: &'static str,
    /// The method, if it is a known one.
    pub metode: Metode,
    /// The template of the route, not the path.
    pub rute: &'a Rutemal,
    /// The status, or that the client left before it.
    pub utfall: Utfall,
    /// From the request's head was read until the answer's head was ready.
    pub varighet: Duration,
    /// The id of the chain.
    pub id: SporId,
}

impl Linje<'_> {
    /// Writes the line to the log.
    pub fn log(&self) {
        let Self {
            tjeneste,
            metode,
            rute,
            utfall,
            varighet,
            id,
        } = self;
        tracing::info!(
            target: LOGGMAAL,
            tjeneste,
            metode = metode.as_str(),
            rute = rute.as_str(),
            status = %utfall,
            varighet_ms = u64::try_from(varighet.as_millis()).unwrap_or(u64::MAX),
            sporings_id = %id,
            "request answered"
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TILFELDIG: [u8; 24] = [0xab; 24];
    const NYTT: &str = "00-abababababababababababababababab-abababababababab-00";

    #[track_caller]
    fn check(linjer: &[&str], forventet: &str) {
        let hoder = linjer
            .iter()
            .map(|l| (TRACEPARENT, HeaderValue::from_str(l).unwrap()))
            .collect();
        assert_eq!(
            Spor::from_headers(&hoder, TILFELDIG).traceparent(),
            forventet,
            "{linjer:?}"
        );
    }

    #[test]
    fn a_valid_trace_goes_on_with_a_step_of_our_own() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        check(
            &[&format!("00-{id}-00f067aa0ba902b7-01")],
            "00-4bf92f3577b34da6a3ce929d0e0e4736-abababababababab-01",
        );
        check(
            &[&format!("cc-{id}-00f067aa0ba902b7-ff-mer-her")],
            "00-4bf92f3577b34da6a3ce929d0e0e4736-abababababababab-01",
        );
    }

    #[test]
    fn an_absent_or_invalid_trace_starts_anew() {
        check(&[], NYTT);
        let god = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        check(&[god, god], NYTT);
        for daarlig in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-mer",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e47-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473x-00f067aa0ba902b7-01",
        ] {
            check(&[daarlig], NYTT);
        }
    }

    #[test]
    fn random_ids_differ() {
        assert_ne!(random(), random());
        let mange: std::collections::BTreeSet<_> = (0..FORRAAD_IDER * 3).map(|_| random()).collect();
        let ider: std::collections::BTreeSet<_> = mange.iter().map(|b| &b[..16]).collect();
        assert_eq!((mange.len(), ider.len()), (FORRAAD_IDER * 3, FORRAAD_IDER * 3));
    }

    proptest! {
        #[test]
        fn any_header_gives_a_valid_trace(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(verdi) = HeaderValue::from_bytes(&bytes) {
                let hoder = std::iter::once((TRACEPARENT, verdi)).collect();
                let ut = Spor::from_headers(&hoder, TILFELDIG).traceparent();
                prop_assert!(parse(ut.as_bytes()).is_some());
            }
        }
    }
}
