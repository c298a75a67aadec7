//! Entity tags: making them, comparing them, and reading `If-None-Match`.
//!
//! The tags that we make are strong. What newcomers get wrong: a tag of something that not everyone may see must be
//! made under a key ([`Noekkel`]); a plain hash would let anyone test a guess at the content.

use aws_lc_rs::{digest, hmac};
use http::{HeaderMap, HeaderValue, header};

/// Bytes of the hash that go into a tag. Source: our choice; 128 bits make an accidental match no concern.
const HASH_BYTES: usize = 16;
/// Tags read from one request; more are treated as none. Source: our choice.
const TAGGER_MAKS: usize = 64;

/// An entity tag. Source: RFC 9110, 8.8.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Etag {
    /// What stands between the quotes.
    verdi: String,
    svak: bool,
}

impl Etag {
    /// A strong tag for content that anyone may see: a hash of its bytes.
    pub fn of_public(innhold: &[u8]) -> Self {
        Self::strong(digest::digest(&digest::SHA256, innhold).as_ref())
    }

    fn strong(hash: &[u8]) -> Self {
        let verdi = hash.iter().take(HASH_BYTES).map(|byte| format!("{byte:02x}")).collect();
        Self { verdi, svak: false }
    }

    /// The tag as a header value.
    pub fn header(&self) -> HeaderValue {
        let svak = if self.svak { "W/" } else { "" };
        // Both ways of making a tag allow only characters that a header may hold.
        HeaderValue::try_from(format!("{svak}\"{}\"", self.verdi)).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
    }

    /// Whether both are strong and equal. Source: RFC 9110, 8.8.3.2.
    pub fn strong_eq(&self, annen: &Self) -> bool {
        !self.svak && !annen.svak && self.verdi == annen.verdi
    }

    /// Whether they are equal, weak or not. Source: RFC 9110, 8.8.3.2.
    pub fn weak_eq(&self, annen: &Self) -> bool {
        self.verdi == annen.verdi
    }

    /// Reads one tag from the start of a text, and gives the rest.
    fn parse_first(tekst: &str) -> Option<(Self, &str)> {
        let (svak, tekst) = match tekst.strip_prefix("W/") {
            Some(rest) => (true, rest),
            None => (false, tekst),
        };
        let (verdi, rest) = tekst.strip_prefix('"')?.split_once('"')?;
        let lovlig = verdi
            .bytes()
            .all(|b| b == 0x21 || (0x23..=0x7e).contains(&b) || b >= 0x80);
        lovlig.then(|| {
            (
                Self {
                    verdi: verdi.to_owned(),
                    svak,
                },
                rest,
            )
        })
    }
}

/// A secret under which tags of protected content are made.
///
/// The same key and the same parts give the same tag, so processes that share a key agree, also after a restart.
pub struct Noekkel(hmac::Key);

impl std::fmt::Debug for Noekkel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Noekkel(***)")
    }
}

impl Noekkel {
    /// Takes 32 random bytes as a key.
    pub fn new(hemmelighet: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, hemmelighet))
    }

    /// A strong tag of the parts, in order. `["ab", "c"]` and `["a", "bc"]` give different tags.
    pub fn tag(&self, deler: &[&[u8]]) -> Etag {
        let mut kontekst = hmac::Context::with_key(&self.0);
        for del in deler {
            kontekst.update(&u64::try_from(del.len()).unwrap_or(u64::MAX).to_be_bytes());
            kontekst.update(del);
        }
        Etag::strong(kontekst.sign().as_ref())
    }
}

/// What a request says in `If-None-Match`. Source: RFC 9110, 13.1.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfNoneMatch {
    /// The header is absent, or cannot be read. The full answer is then always right.
    Ingen,
    /// `*`: any current answer matches.
    Alle,
    /// These tags.
    Tagger(Vec<Etag>),
}

impl IfNoneMatch {
    /// Reads the header, which may be spread over several lines.
    pub fn from_headers(hoder: &HeaderMap) -> Self {
        Self::parse(hoder).unwrap_or(Self::Ingen)
    }

    /// Whether the client already has `gjeldende`, so that the answer is 304. Weak comparison, as the header demands.
    pub fn matches(&self, gjeldende: &Etag) -> bool {
        match self {
            Self::Ingen => false,
            Self::Alle => true,
            Self::Tagger(tagger) => tagger.iter().any(|tag| tag.weak_eq(gjeldende)),
        }
    }

    fn parse(hoder: &HeaderMap) -> Option<Self> {
        let mut tagger = Vec::new();
        let mut alle = false;
        for linje in hoder.get_all(header::IF_NONE_MATCH) {
            // Bytes above ASCII are allowed in a tag, but no tag of ours has them.
            let linje = linje.to_str().ok()?.trim_matches([' ', '\t']);
            if linje == "*" {
                alle = true;
                continue;
            }
            let mut rest = linje;
            loop {
                rest = rest.trim_start_matches([' ', '\t', ',']);
                if rest.is_empty() {
                    break;
                }
                let (tag, etter) = Etag::parse_first(rest)?;
                tagger.push(tag);
                rest = etter.trim_start_matches([' ', '\t']);
                if tagger.len() > TAGGER_MAKS || !(rest.is_empty() || rest.starts_with(',')) {
                    return None;
                }
            }
        }
        match (alle, tagger.is_empty()) {
            (true, true) => Some(Self::Alle),
            (false, false) => Some(Self::Tagger(tagger)),
            // Nothing at all, or `*` together with tags, which the syntax does not allow.
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tag(verdi: &str, svak: bool) -> Etag {
        Etag {
            verdi: verdi.to_owned(),
            svak,
        }
    }

    #[track_caller]
    fn check(linjer: &[&str], forventet: IfNoneMatch) {
        let mut hoder = HeaderMap::new();
        for linje in linjer {
            hoder.append(
                header::IF_NONE_MATCH,
                HeaderValue::from_bytes(linje.as_bytes()).unwrap(),
            );
        }
        assert_eq!(IfNoneMatch::from_headers(&hoder), forventet, "{linjer:?}");
    }

    /// Source: RFC 9110, 8.8.3.2, table 3.
    #[test]
    fn comparison_is_as_in_the_table_of_the_standard() {
        for (a, b, sterk, svak) in [
            (tag("1", true), tag("1", true), false, true),
            (tag("1", true), tag("2", true), false, false),
            (tag("1", true), tag("1", false), false, true),
            (tag("1", false), tag("1", false), true, true),
        ] {
            assert_eq!((a.strong_eq(&b), a.weak_eq(&b)), (sterk, svak));
        }
    }

    #[test]
    fn lists_stars_and_weak_tags_are_read() {
        check(&[], IfNoneMatch::Ingen);
        check(&["*"], IfNoneMatch::Alle);
        check(&["\"a\""], IfNoneMatch::Tagger(vec![tag("a", false)]));
        check(
            &["\"a\" , W/\"b,c\",,", "\"\""],
            IfNoneMatch::Tagger(vec![tag("a", false), tag("b,c", true), tag("", false)]),
        );
    }

    #[test]
    fn what_cannot_be_read_matches_nothing() {
        for daarlig in [
            "a",
            "\"a",
            "w/\"a\"",
            "\"a\"\"b\"",
            "\"a\" \"b\"",
            "\"a b\"",
            "W/",
            "*, \"a\"",
            "\"æ\"",
            "",
        ] {
            check(&[daarlig], IfNoneMatch::Ingen);
        }
        check(&["*", "\"a\""], IfNoneMatch::Ingen);
        let mange = "\"a\",".repeat(TAGGER_MAKS + 1);
        check(&[&mange], IfNoneMatch::Ingen);
        assert!(!IfNoneMatch::Ingen.matches(&tag("a", false)));
    }

    #[test]
    fn our_own_tag_comes_back_as_a_match() {
        let vaar = Etag::of_public(b"innhold");
        assert_eq!(vaar.header().len(), 2 + 2 * HASH_BYTES);
        let mut hoder = HeaderMap::new();
        hoder.insert(header::IF_NONE_MATCH, vaar.header());
        assert!(IfNoneMatch::from_headers(&hoder).matches(&vaar));
        assert!(!IfNoneMatch::from_headers(&hoder).matches(&Etag::of_public(b"nytt")));
        assert!(IfNoneMatch::Alle.matches(&vaar));
        assert_eq!(tag("x", true).header(), "W/\"x\"");
    }

    #[test]
    fn a_keyed_tag_depends_on_key_parts_and_their_borders() {
        let (a, b) = (Noekkel::new(&[1; 32]), Noekkel::new(&[2; 32]));
        assert_eq!(a.tag(&[b"ab", b"c"]), a.tag(&[b"ab", b"c"]));
        assert_ne!(a.tag(&[b"ab", b"c"]), a.tag(&[b"a", b"bc"]));
        assert_ne!(a.tag(&[b"ab", b"c"]), b.tag(&[b"ab", b"c"]));
        assert_eq!(format!("{a:?}"), "Noekkel(***)");
    }

    proptest! {
        #[test]
        fn any_header_gives_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(verdi) = HeaderValue::from_bytes(&bytes) {
                let mut hoder = HeaderMap::new();
                hoder.insert(header::IF_NONE_MATCH, verdi);
                let _ = IfNoneMatch::from_headers(&hoder);
            }
        }
    }
}
