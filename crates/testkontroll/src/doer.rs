//! Who is let in: a program on this machine, or one that has the secret, and never a page in somebody's browser.
//!
//! ```text
//!  browser page elsewhere  ─▶ Origin, Sec-Fetch-Site, application/json (which a form cannot send)      refused
//!  name made to point here ─▶ Host                                                                     refused
//!  another machine         ─▶ peer address, and headers that a proxy sets                              nothing is here
//! ```
//! Without a secret the machine is the border; with one, the secret is.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use http::request::Parts;
use http::{HeaderMap, HeaderName, header};
use subtle::ConstantTimeEq as _;
use tjenesteflate::tjener::Motpart;

/// Fewest characters of a secret. Source: our choice; 32 hexadecimal digits are 128 bits.
pub const HEMMELIGHET_TEGN_MIN: usize = 32;

const VERTSNAVN: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];
/// What says that a call came by way of another machine.
const MELLOMLEDD: [HeaderName; 4] = [
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-real-ip"),
    header::FORWARDED,
    header::VIA,
];
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The secret that a caller from anywhere has to show.
pub struct Hemmelighet(Vec<u8>);

impl std::fmt::Debug for Hemmelighet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hemmelighet(***)")
    }
}

/// Why a file is no secret.
#[derive(Debug, thiserror::Error)]
pub enum UgyldigHemmelighet {
    /// It cannot be read, or others can read it.
    #[error(transparent)]
    Fil(#[from] lager::Feil),
    /// It is too short, or has other than visible ASCII characters.
    #[error("hemmeligheten for testkontroll må være én linje med minst {HEMMELIGHET_TEGN_MIN} synlige ASCII-tegn")]
    Form,
}

impl Hemmelighet {
    /// Reads it from a file that its owner alone can read.
    ///
    /// # Errors
    /// [`UgyldigHemmelighet`].
    pub fn les(sti: &Path) -> Result<Self, UgyldigHemmelighet> {
        let byte = lager::noekkelfil::les_hemmelig(sti)?;
        let byte = byte.trim_ascii();
        if byte.len() < HEMMELIGHET_TEGN_MIN || !byte.iter().all(u8::is_ascii_graphic) {
            return Err(UgyldigHemmelighet::Form);
        }
        Ok(Hemmelighet(byte.to_vec()))
    }
}

/// The door. Clones are the same.
#[derive(Clone, Debug)]
pub struct Doer(Option<Arc<Hemmelighet>>);

/// What the door says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adgang {
    Inn,
    /// To this caller there is nothing here.
    Finnesikke,
    /// Refused, and why.
    Nektet(&'static str),
}

impl Doer {
    /// With a secret, or for callers on this machine.
    #[must_use]
    pub fn new(hemmelighet: Option<Hemmelighet>) -> Self {
        Doer(hemmelighet.map(Arc::new))
    }

    pub(crate) fn slipp_inn(&self, deler: &Parts) -> Adgang {
        let hoder = &deler.headers;
        let adresse = deler.extensions.get::<Motpart>().map(|m| m.0.ip());
        let her = adresse.is_some_and(er_her) && !MELLOMLEDD.iter().any(|h| hoder.contains_key(h));
        match &self.0 {
            None if !her => return Adgang::Finnesikke,
            Some(hemmelighet) if !viser(hoder, hemmelighet) => {
                return if her {
                    Adgang::Nektet("Send hemmeligheten: Authorization: Bearer <hemmelighet>")
                } else {
                    Adgang::Finnesikke
                };
            }
            None | Some(_) => {}
        }
        let Some(vert) = vert(deler) else {
            return Adgang::Nektet("Kallet må ha ett Host-hode");
        };
        if self.0.is_none() && !VERTSNAVN.contains(&uten_port(vert)) {
            return Adgang::Nektet("Kall 127.0.0.1 eller localhost, og ikke et annet navn på maskinen");
        }
        if !er_egen_side(hoder, vert) {
            return Adgang::Nektet("Kall fra nettsider andre steder blir avvist");
        }
        Adgang::Inn
    }
}

fn er_her(adresse: IpAddr) -> bool {
    adresse.to_canonical().is_loopback()
}

fn viser(hoder: &HeaderMap, hemmelighet: &Hemmelighet) -> bool {
    let mut alle = hoder.get_all(header::AUTHORIZATION).iter();
    let (Some(verdi), None) = (alle.next(), alle.next()) else {
        return false;
    };
    let vist = verdi.as_bytes().split_first_chunk::<7>();
    vist.is_some_and(|(ord, vist)| ord.eq_ignore_ascii_case(b"bearer ") && vist.ct_eq(&hemmelighet.0).into())
}

/// The one host that the call is to. HTTP/2 has it in the address.
fn vert(deler: &Parts) -> Option<&str> {
    let mut alle = deler.headers.get_all(header::HOST).iter();
    let i_hodet = alle.next().map(|v| v.to_str());
    let i_adressen = deler.uri.authority().map(http::uri::Authority::as_str);
    match (i_hodet, alle.next(), i_adressen) {
        (None, None, Some(vert)) => Some(vert),
        (Some(Ok(vert)), None, None) => Some(vert),
        (Some(Ok(vert)), None, Some(adresse)) if vert == adresse => Some(vert),
        _ => None,
    }
}

fn uten_port(vert: &str) -> &str {
    match vert.rsplit_once(':') {
        Some((navn, port)) if port.bytes().all(|b| b.is_ascii_digit()) => navn,
        _ => vert,
    }
}

/// A page of our own, such as the explorer, or no page at all.
fn er_egen_side(hoder: &HeaderMap, vert: &str) -> bool {
    let fra_oss = |verdi: &http::HeaderValue| {
        let opphav = verdi.to_str().unwrap_or_default();
        let uten_skjema = opphav
            .strip_prefix("http://")
            .or_else(|| opphav.strip_prefix("https://"));
        uten_skjema == Some(vert)
    };
    let sted_ok = |verdi: &http::HeaderValue| matches!(verdi.as_bytes(), b"same-origin" | b"none");
    hoder.get_all(header::ORIGIN).iter().all(fra_oss) && hoder.get_all(SEC_FETCH_SITE).iter().all(sted_ok)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    const HEMMELIG: &str = "0123456789abcdef0123456789abcdef";

    fn deler(fra: &str, hoder: &[(&str, &str)]) -> Parts {
        let mut bygger = Request::builder().uri("/testkontroll/v1/klokke");
        for (navn, verdi) in hoder {
            bygger = bygger.header(*navn, *verdi);
        }
        let mut foresporsel = bygger.body(()).unwrap();
        foresporsel.extensions_mut().insert(Motpart(fra.parse().unwrap()));
        foresporsel.into_parts().0
    }

    const HER: &str = "127.0.0.1:5000";
    const BORTE: &str = "192.0.2.7:5000";
    const VERT: (&str, &str) = ("host", "127.0.0.1:8642");

    #[test]
    fn a_program_on_this_machine_is_let_in_and_nobody_else() {
        let doer = Doer::new(None);
        for (fra, vert) in [
            (HER, "127.0.0.1:8642"),
            (HER, "localhost:1"),
            ("[::1]:9", "[::1]:8642"),
            ("[::ffff:127.0.0.1]:9", "localhost"),
        ] {
            assert_eq!(
                doer.slipp_inn(&deler(fra, &[("host", vert)])),
                Adgang::Inn,
                "{fra} {vert}"
            );
        }
        assert_eq!(doer.slipp_inn(&deler(BORTE, &[VERT])), Adgang::Finnesikke);
        for mellomledd in MELLOMLEDD {
            let hoder = [VERT, (mellomledd.as_str(), "127.0.0.1")];
            assert_eq!(doer.slipp_inn(&deler(HER, &hoder)), Adgang::Finnesikke, "{mellomledd}");
        }
    }

    #[test]
    fn a_page_in_a_browser_is_refused_unless_it_is_our_own() {
        let doer = Doer::new(None);
        for hode in [
            ("origin", "https://ond.example"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:8643"),
            ("origin", "http://localhost:8642"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let svar = doer.slipp_inn(&deler(HER, &[VERT, hode]));
            assert!(matches!(svar, Adgang::Nektet(_)), "{hode:?}");
        }
        let egen = [
            VERT,
            ("origin", "http://127.0.0.1:8642"),
            ("sec-fetch-site", "same-origin"),
        ];
        assert_eq!(doer.slipp_inn(&deler(HER, &egen)), Adgang::Inn);
        // A name that was made to point here, and a call without one or with two.
        for hoder in [
            vec![("host", "ond.example:8642")],
            vec![("host", "127.0.0.1.ond.example")],
            vec![("host", "localhost:8642@ond.example")],
            vec![],
            vec![VERT, ("host", "ond.example")],
        ] {
            let svar = doer.slipp_inn(&deler(HER, &hoder));
            assert!(matches!(svar, Adgang::Nektet(_)), "{hoder:?}");
        }
    }

    #[test]
    fn with_a_secret_it_is_the_secret_that_counts() {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("hemmelig");
        lager::noekkelfil::skriv_hemmelig(&sti, format!("{HEMMELIG}\n").as_bytes()).unwrap();
        let doer = Doer::new(Some(Hemmelighet::les(&sti).unwrap()));
        let riktig = format!("Bearer {HEMMELIG}");
        let vert = ("host", "test.example");
        assert_eq!(
            doer.slipp_inn(&deler(BORTE, &[vert, ("authorization", &riktig)])),
            Adgang::Inn
        );
        for feil in [
            "",
            "Bearer ",
            "Bearer x",
            riktig.strip_suffix('f').unwrap(),
            &format!("{riktig}0"),
            &format!("Basic {HEMMELIG}"),
        ] {
            let hoder = [vert, ("authorization", feil)];
            assert_eq!(doer.slipp_inn(&deler(BORTE, &hoder)), Adgang::Finnesikke, "{feil}");
            assert!(matches!(doer.slipp_inn(&deler(HER, &hoder)), Adgang::Nektet(_)));
        }
        let to = [
            vert,
            ("authorization", riktig.as_str()),
            ("authorization", riktig.as_str()),
        ];
        assert_eq!(doer.slipp_inn(&deler(BORTE, &to)), Adgang::Finnesikke);
        let side = [
            vert,
            ("authorization", riktig.as_str()),
            ("origin", "https://ond.example"),
        ];
        assert!(matches!(doer.slipp_inn(&deler(BORTE, &side)), Adgang::Nektet(_)));
        for daarlig in ["kort", "", "0123456789abcdef 0123456789abcdef"] {
            let sti = mappe.path().join(format!("d{}", daarlig.len()));
            lager::noekkelfil::skriv_hemmelig(&sti, daarlig.as_bytes()).unwrap();
            assert!(Hemmelighet::les(&sti).is_err(), "{daarlig}");
        }
    }
}
