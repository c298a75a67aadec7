//! The address that a proof is made for (`htu`), and the public origin that it is held against.
//!
//! An address is brought to one form, and two addresses are the same when their forms are equal byte for byte:
//!
//! ```text
//!  HTTPS://Person.Example:443/api/%7ea%2fb?x=1#y
//!    scheme and host in lower case, the scheme's own port left out, query and fragment cut off, an empty path made «/»,
//!    escapes of unreserved characters resolved, other escapes in upper case
//!  https://person.example/api/~a%2Fb
//! ```
//!
//! Dots are not resolved: an address with a segment `.` or `..` matches nothing, since no router may be led to read the path
//! otherwise than this does. Nor does one with user name, backslash, or anything that is not visible ASCII.
//!
//! The one thing a newcomer gets wrong: the origin comes from the settings and never from the request. A `Host` header, or one
//! that a proxy is said to have written, is the sender's word, and a proof for another service would be as good as one for us.
//!
//! Source: RFC 9449 section 4.3, item 9; RFC 3986 section 6.2.2 and 6.2.3. That dots are refused is our choice, ADR 0035.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Longest address. Units: bytes. Source: our choice; a path of the Person API has at most a few hundred.
const ADRESSE_BYTE_MAKS: usize = 2048;

/// An address in the one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Htu {
    /// Scheme, host and port.
    origo: String,
    sti: String,
}

impl Htu {
    /// Reads an absolute http or https address.
    ///
    /// Errors: `None` when it is none, or is one that matches nothing.
    #[must_use]
    pub fn les(adresse: &str) -> Option<Self> {
        if adresse.len() > ADRESSE_BYTE_MAKS || !adresse.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
            return None;
        }
        let (skjema, rest) = adresse.split_once("://")?;
        let skjema = skjema.to_ascii_lowercase();
        let egen_port = match skjema.as_str() {
            "https" => "443",
            "http" => "80",
            _ => return None,
        };
        let slutt = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (vert, sti) = rest.split_at_checked(slutt)?;
        let vert = vert.to_ascii_lowercase();
        // The port stands after the last colon, unless that colon belongs to an address in brackets.
        let (navn, port) = match vert.rsplit_once(':') {
            Some((navn, port)) if !port.contains(']') => (navn, Some(port)),
            _ => (vert.as_str(), None),
        };
        let er_vert = !navn.is_empty()
            && navn
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._~[:]".contains(&b));
        let har_kolon = navn.contains(':') && !(navn.starts_with('[') && navn.ends_with(']'));
        let er_port = port.is_none_or(|port| port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()));
        if !er_vert || har_kolon || !er_port {
            return None;
        }
        let origo = match port {
            Some(port) if !port.is_empty() && port != egen_port => format!("{skjema}://{navn}:{port}"),
            _ => format!("{skjema}://{navn}"),
        };
        let sti = normaliser_sti(sti)?.into_owned();
        Some(Htu { origo, sti })
    }
}

/// The path in the one form, query and fragment cut off.
fn normaliser_sti(sti: &str) -> Option<Cow<'_, str>> {
    let sti = sti.split(['?', '#']).next().unwrap_or_default();
    if sti.is_empty() {
        return Some(Cow::Borrowed("/"));
    }
    if !sti.starts_with('/') || !sti.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
        return None;
    }
    let ut = if sti.contains('%') {
        Cow::Owned(les_rykk(sti)?)
    } else {
        Cow::Borrowed(sti)
    };
    let prikker = ut.split('/').any(|del| del == "." || del == "..");
    (!prikker).then_some(ut)
}

/// Resolves escapes of unreserved characters, and writes the others in upper case.
fn les_rykk(sti: &str) -> Option<String> {
    let mut ut = String::with_capacity(sti.len());
    let mut byte = sti.bytes();
    while let Some(b) = byte.next() {
        if b != b'%' {
            ut.push(char::from(b));
            continue;
        }
        let siffer = |b: Option<u8>| char::from(b?).to_digit(16).and_then(|siffer| u8::try_from(siffer).ok());
        let verdi = siffer(byte.next())? * 16 + siffer(byte.next())?;
        if verdi.is_ascii_alphanumeric() || b"-._~".contains(&verdi) {
            ut.push(char::from(verdi));
        } else {
            write!(ut, "%{verdi:02X}").ok()?;
        }
    }
    Some(ut)
}

/// Why a public origin is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("den offentlige adressen må være en fullstendig http- eller https-adresse uten spørring og fragment")]
pub struct Origofeil;

/// An origin under which the service is reached from outside, with a path before its own when a proxy takes one away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origo {
    origo: String,
    /// Without final slash.
    foran: String,
}

impl Origo {
    /// Reads an origin from the settings; a final slash makes no difference.
    ///
    /// # Errors
    /// [`Origofeil`].
    pub fn les(adresse: &str) -> Result<Self, Origofeil> {
        if adresse.contains(['?', '#']) {
            return Err(Origofeil);
        }
        let Htu { origo, sti } = Htu::les(adresse).ok_or(Origofeil)?;
        let foran = sti.trim_end_matches('/').to_owned();
        Ok(Origo { origo, foran })
    }

    /// Whether an address is that of a path below this origin. `sti` is the path as the request has it, query or not.
    #[must_use]
    pub fn passer(&self, htu: &Htu, sti: &str) -> bool {
        let Some(sti) = normaliser_sti(sti) else { return false };
        htu.origo == self.origo && htu.sti.strip_prefix(&self.foran) == Some(&*sti)
    }

    /// The address of a path below this origin, as a caller writes it.
    #[must_use]
    pub fn adresse(&self, sti: &str) -> String {
        format!("{}{}{sti}", self.origo, self.foran)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn like(a: &str, b: &str) {
        assert_eq!(Htu::les(a).unwrap(), Htu::les(b).unwrap(), "{a} {b}");
    }

    #[test]
    fn spellings_of_one_address_are_the_same() {
        for annen in [
            "HTTPS://person.example/api/v3/person/a",
            "https://PERSON.Example/api/v3/person/a",
            "https://person.example:443/api/v3/person/a",
            "https://person.example:/api/v3/person/a",
            "https://person.example/api/v3/person/a?informationParts=Name",
            "https://person.example/api/v3/person/a#x",
            "https://person.example/api/v3/person/%61",
            "https://person.example/%61pi/v3/person/a",
        ] {
            like("https://person.example/api/v3/person/a", annen);
        }
        like("http://[::1]:80", "http://[::1]/");
        like("http://a/%2f%c3%a6", "http://a/%2F%C3%A6");
        like("https://a?x", "https://a/");
    }

    #[test]
    fn other_addresses_are_others() {
        let en = Htu::les("https://person.example/api/v3/person/a").unwrap();
        for annen in [
            "http://person.example/api/v3/person/a",
            "https://person.example:8443/api/v3/person/a",
            "https://person.example.angriper.example/api/v3/person/a",
            "https://person.example./api/v3/person/a",
            "https://person.example/api/v3/person/A",
            "https://person.example/api/v3/person/a/",
            "https://person.example//api/v3/person/a",
            "https://person.example/api/v3/person%2Fa",
            "https://person.example/api/v3/person/a%3Fx",
            "https://person.example/",
        ] {
            assert_ne!(Htu::les(annen).unwrap(), en, "{annen}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_no_address() {
        for adresse in [
            "",
            "/api",
            "//person.example/api",
            "person.example/api",
            "ftp://a/",
            "https://",
            "https:///api",
            "https://bruker@a/",
            "https://a:b@c/",
            "https://a:x/",
            "https://a:123456/",
            "https://a b/",
            "https://a/ b",
            "https://a/b\\c",
            "https://a\\b/",
            "https://a/./b",
            "https://a/b/..",
            "https://a/b/%2e%2E/c",
            "https://a/%",
            "https://a/%4",
            "https://a/%4g",
            "https://a/æ",
            "https://æ/",
            "https://::1/",
            "https://a/\u{0}",
        ] {
            assert_eq!(Htu::les(adresse), None, "{adresse:?}");
        }
        assert_eq!(Htu::les(&format!("https://a/{}", "b".repeat(ADRESSE_BYTE_MAKS))), None);
    }

    #[test]
    fn an_origin_may_have_a_path_that_a_proxy_takes_away() {
        for (origo, htu, sti, ventet) in [
            ("https://a.example", "https://a.example/api/x", "/api/x", true),
            ("https://a.example/", "https://a.example/api/x?y", "/api/x?z=1", true),
            ("https://a.example", "https://a.example/api/x", "/api/%78", true),
            (
                "https://a.example/helse/",
                "https://a.example/helse/api/x",
                "/api/x",
                true,
            ),
            ("https://a.example/helse", "https://a.example/api/x", "/api/x", false),
            (
                "https://a.example/helse",
                "https://a.example/helseapi/x",
                "/api/x",
                false,
            ),
            ("https://a.example", "https://a.example/api/x", "/api/x/", false),
            ("https://a.example", "https://a.example/api/x", "/api/./x", false),
            ("https://a.example", "https://a.example/api/x", "", false),
            ("https://a.example", "https://a.example/", "*", false),
        ] {
            let origo = Origo::les(origo).unwrap();
            assert_eq!(origo.passer(&Htu::les(htu).unwrap(), sti), ventet, "{htu} {sti}");
        }
        for ugyldig in ["a.example", "https://a?x", "https://a#x", "", "ftp://a"] {
            assert_eq!(Origo::les(ugyldig), Err(Origofeil), "{ugyldig}");
        }
        assert_eq!(
            Origo::les("https://A.example/x/").unwrap().adresse("/y"),
            "https://a.example/x/y"
        );
    }

    mod egenskaper {
        use super::*;
        use proptest::prelude::*;

        proptest! {
            #[test]
            fn the_one_form_is_its_own_form(adresse in "https?://[a-zA-Z.]{1,8}(:[0-9]{0,5})?(/[a-zA-Z0-9%.~?#-]{0,6}){0,4}") {
                if let Some(htu) = Htu::les(&adresse) {
                    prop_assert_eq!(Htu::les(&format!("{}{}", htu.origo, htu.sti)), Some(htu));
                }
            }

            #[test]
            fn any_text_is_an_address_or_none(adresse in "\\PC{0,80}", sti in "\\PC{0,80}") {
                let _ = Htu::les(&adresse);
                let _ = Origo::les("https://a").unwrap().passer(&Htu::les("https://a/b").unwrap(), &sti);
            }
        }
    }
}
