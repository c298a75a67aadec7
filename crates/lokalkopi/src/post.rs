//! A line of the file: one person, with a checksum.
//!
//! ```text
//! {"sum":"9f86d081884c7d65","post":{"id":"…","seq":118204,"runde":1,"person":{…}}}
//!        └ first 16 hex digits of SHA-256 of what stands after "post": ┘
//! ```
//!
//! A person of null is one that the service no longer shows. A line with a raw tab is one that a later line has replaced and that was
//! written over; no line is written with one, as JSON escapes it.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::person::Objekt;

const FOER: &[u8] = b"{\"sum\":\"";
const MELLOM: &[u8] = b"\",\"post\":";
const SUM_TEGN: usize = 16;
/// What a line that was replaced is written over with.
pub(crate) const BLANK: u8 = b'\t';
/// Longest line. Units: bytes. Source: our choice; longer than any answer that is read of one person.
pub(crate) const LINJE_BYTES_MAKS: usize = 8 * 1024 * 1024;

/// What is stored of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Post {
    pub id: String,
    /// The event that the document is of, where the service says so.
    pub seq: Option<u64>,
    /// The load that met the person last.
    pub runde: u32,
    /// `None`: not shown by the service any more, or not one that the copy is for.
    pub person: Option<Objekt>,
}

/// The same without the document.
#[derive(Debug, Deserialize)]
pub(crate) struct Hode {
    pub id: String,
    pub seq: Option<u64>,
    pub runde: u32,
    person: Option<IgnoredAny>,
}

impl Hode {
    pub(crate) fn er_borte(&self) -> bool {
        self.person.is_none()
    }
}

/// What a line is.
pub(crate) enum Linje<T> {
    /// As it was written.
    Hel(T),
    /// Replaced by a later one and written over, perhaps not to its end.
    Blank,
    /// Neither.
    Ugyldig,
}

fn sum(byte: &[u8]) -> [u8; SUM_TEGN] {
    const SIFRE: &[u8; 16] = b"0123456789abcdef";
    let mut ut = [b'0'; SUM_TEGN];
    let siffer = |tall: u8| SIFRE.get(usize::from(tall)).copied().unwrap_or(b'0');
    for (plass, byte) in ut.chunks_exact_mut(2).zip(Sha256::digest(byte)) {
        plass.copy_from_slice(&[siffer(byte >> 4), siffer(byte & 15)]);
    }
    ut
}

/// The line, newline included.
pub(crate) fn skriv(post: &Post, ut: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let kropp = serde_json::to_vec(post)?;
    ut.extend_from_slice(FOER);
    ut.extend_from_slice(&sum(&kropp));
    ut.extend_from_slice(MELLOM);
    ut.extend_from_slice(&kropp);
    ut.extend_from_slice(b"}\n");
    Ok(())
}

fn kropp(linje: &[u8]) -> Option<&[u8]> {
    let resten = linje.strip_suffix(b"\n")?.strip_suffix(b"}")?.strip_prefix(FOER)?;
    let (oppgitt, resten) = resten.split_at_checked(SUM_TEGN)?;
    let kropp = resten.strip_prefix(MELLOM)?;
    (sum(kropp) == oppgitt).then_some(kropp)
}

/// Reads a line, newline included: a whole [`Post`], or its [`Hode`] alone.
pub(crate) fn les<'a, T: Deserialize<'a>>(linje: &'a [u8]) -> Linje<T> {
    match kropp(linje).and_then(|kropp| serde_json::from_slice(kropp).ok()) {
        Some(post) => Linje::Hel(post),
        None if linje.contains(&BLANK) => Linje::Blank,
        None => Linje::Ugyldig,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn linje() -> (Post, Vec<u8>) {
        let person = json!({"id": "a1", "name": [{"givenName": "A\tB  \"ø\""}], "tall": 1.5});
        let post = Post {
            id: "a1".to_owned(),
            seq: Some(7),
            runde: 2,
            person: person.as_object().cloned(),
        };
        let mut ut = Vec::new();
        skriv(&post, &mut ut).unwrap();
        (post, ut)
    }

    #[test]
    fn a_line_gives_back_what_was_written_and_has_no_tab() {
        let (post, linje) = linje();
        assert!(!linje.contains(&BLANK) && linje.ends_with(b"}\n"));
        assert!(matches!(les::<Post>(&linje), Linje::Hel(lest) if lest == post));
        assert!(matches!(les::<Hode>(&linje), Linje::Hel(lest) if lest.id == "a1" && !lest.er_borte()));
        assert!(serde_json::from_slice::<serde_json::Value>(&linje).is_ok());
    }

    #[test]
    fn a_line_that_was_changed_or_cut_is_not_read() {
        let (_, linje) = linje();
        for nr in 0..linje.len() {
            let mut endret = linje.clone();
            endret[nr] ^= 1;
            assert!(!matches!(les::<Post>(&endret), Linje::Hel(_)), "{nr}");
            assert!(matches!(les::<Post>(&linje[..nr]), Linje::Ugyldig), "{nr}");
        }
        for til in 1..linje.len() {
            let mut blank = linje.clone();
            blank[..til].fill(BLANK);
            assert!(matches!(les::<Post>(&blank), Linje::Blank), "{til}");
        }
    }
}
