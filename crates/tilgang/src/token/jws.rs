//! A JWS in compact form, read strictly and before anything in it is believed.
//!
//! Three parts, base64url without padding, an algorithm that the reader has listed. Every header that would let the sender
//! choose the key, the meaning of the payload or an extension is refused, not ignored; the one exception is the `jwk` of a
//! DPoP proof, which says which key the proof is by and gives no trust. Which forms there are is [`Form`]'s: Maskinporten's
//! is [`Kompakt::les`].

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::json;

/// Longest JWS that is looked at.
///
/// Units: bytes. Source: our choice; no page tells a limit, and real tokens are about 1 kB.
pub const JWS_BYTES_MAKS: usize = 16 * 1024;

/// Longest `kid`. Source: our choice; thumbprints have 43 characters, uuids 36.
pub const KID_TEGN_MAKS: usize = 128;

/// Header members that are refused whatever they hold.
///
/// `crit` and `b64` change the meaning of the rest, `jku`, `jwk` and `x5u` bring or fetch a key, `enc` and `zip` belong
/// to encrypted tokens, `cty` announces a nested one. `x5c` is told apart in [`X5c`], because a grant may carry it, and
/// `jwk` is read where [`Form::baerer_noekkel`] says so.
const FORBUDTE_HODEFELT: [&str; 8] = ["crit", "b64", "jku", "jwk", "x5u", "enc", "zip", "cty"];

/// The signature algorithms that we know: each with a key of two halves, none with a shared secret.
///
/// Source: RFC 7518 section 3.1; HelseID's documentation, ADR 0035.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algoritme {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
}

impl Algoritme {
    /// All of them: those that HelseID uses, and that a DPoP proof may use.
    ///
    /// Source: HelseID's documentation, ADR 0035.
    pub const ALLE: [Algoritme; 9] = [
        Algoritme::Rs256,
        Algoritme::Rs384,
        Algoritme::Rs512,
        Algoritme::Ps256,
        Algoritme::Ps384,
        Algoritme::Ps512,
        Algoritme::Es256,
        Algoritme::Es384,
        Algoritme::Es512,
    ];
    /// Those of Maskinporten.
    ///
    /// Source: Maskinporten's documentation (ADR 0007), `token_endpoint_auth_signing_alg_values_supported`.
    pub const MASKINPORTEN: [Algoritme; 3] = [Algoritme::Rs256, Algoritme::Rs384, Algoritme::Rs512];

    /// The name on the wire.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Algoritme::Rs256 => "RS256",
            Algoritme::Rs384 => "RS384",
            Algoritme::Rs512 => "RS512",
            Algoritme::Ps256 => "PS256",
            Algoritme::Ps384 => "PS384",
            Algoritme::Ps512 => "PS512",
            Algoritme::Es256 => "ES256",
            Algoritme::Es384 => "ES384",
            Algoritme::Es512 => "ES512",
        }
    }

    /// Whether the key is an RSA key; the others are on a curve.
    #[must_use]
    pub fn er_rsa(self) -> bool {
        !matches!(self, Algoritme::Es256 | Algoritme::Es384 | Algoritme::Es512)
    }

    /// Reads [`Algoritme::navn`]; case matters.
    #[must_use]
    pub fn fra_navn(navn: &str) -> Option<Self> {
        Algoritme::ALLE.into_iter().find(|alg| alg.navn() == navn)
    }
}

/// What the header says of a certificate chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum X5c {
    /// No `x5c` member.
    Ingen,
    /// An array of strings with at least one element.
    Kjede,
    /// Anything else under that name.
    Misdannet,
}

/// Why a text is not a JWS that we read. Says nothing of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Jwsfeil {
    /// Longer than [`JWS_BYTES_MAKS`].
    #[error("lengre enn {JWS_BYTES_MAKS} byte")]
    ForStor,
    /// Not exactly three non-empty parts between two dots: empty signature, JWE, JSON form, trailing dots.
    #[error("ikke tre deler skilt med punktum")]
    IkkeTreDeler,
    /// A part is not base64url without padding.
    #[error("en del er ikke base64url uten utfylling")]
    Base64,
    /// The header is not an object with members given once.
    #[error("hodet kan ikke leses: {0}")]
    Hode(json::Feil),
    /// A header member that we refuse, by its name.
    #[error("hodefeltet {0} er ikke tillatt")]
    ForbudtHodefelt(&'static str),
    /// `alg` is absent, not a text, or not on the reader's list; `none` and HMAC are on nobody's.
    #[error("alg mangler eller er ikke en tillatt algoritme")]
    Algoritme,
    /// `typ` is absent where it is needed, or is another than those the reader takes.
    #[error("typ mangler eller er en annen enn den som ventes")]
    Typ,
    /// `kid` is not a text of 1 to [`KID_TEGN_MAKS`] printable ASCII characters.
    #[error("kid har feil form")]
    Kid,
}

/// What `typ` must be. Values in lower case; `application/` before them makes no difference.
///
/// Source: RFC 7515 section 4.1.9.
#[derive(Clone, Copy, Debug)]
pub enum Typ<'a> {
    /// One of these, or absent.
    Valgfri(&'a [&'a str]),
    /// One of these.
    Kreves(&'a [&'a str]),
}

/// What a reader takes.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// What kind of JWT it is.
    pub typ: Typ<'a>,
    /// The algorithms.
    pub algoritmer: &'a [Algoritme],
    /// Whether the header may carry the public key (`jwk`), as that of a DPoP proof.
    pub baerer_noekkel: bool,
}

/// A JWS whose form has been checked and whose signature has not.
#[derive(Debug)]
pub struct Kompakt<'a> {
    /// Header and payload as they were signed.
    pub signert: &'a str,
    /// The signature, base64url.
    pub signatur: &'a str,
    /// The algorithm that the header names.
    pub algoritme: Algoritme,
    /// The key that the header names.
    pub kid: Option<String>,
    /// Whether a certificate chain is given.
    pub x5c: X5c,
    /// The public key that the header carries, where that is allowed.
    pub jwk: Option<Map<String, Value>>,
    /// The payload's bytes. Not to be read before the signature is verified.
    pub nyttelast: Vec<u8>,
}

impl<'a> Kompakt<'a> {
    /// Reads a JWS by Maskinporten's rules. `typer` are the accepted values of `typ`; an absent `typ` is accepted.
    ///
    /// # Errors
    /// [`Jwsfeil`]; the first rule that is broken.
    pub fn les(tekst: &'a str, typer: &[&str]) -> Result<Self, Jwsfeil> {
        let form = Form {
            typ: Typ::Valgfri(typer),
            algoritmer: &Algoritme::MASKINPORTEN,
            baerer_noekkel: false,
        };
        Self::les_som(tekst, &form)
    }

    /// Reads a JWS of a given form.
    ///
    /// # Errors
    /// [`Jwsfeil`]; the first rule that is broken, `typ` before `alg`.
    pub fn les_som(tekst: &'a str, form: &Form<'_>) -> Result<Self, Jwsfeil> {
        let (signert, hode, nyttelast, signatur) = del_opp(tekst)?;
        let hode = URL_SAFE_NO_PAD.decode(hode).map_err(|_| Jwsfeil::Base64)?;
        let nyttelast = URL_SAFE_NO_PAD.decode(nyttelast).map_err(|_| Jwsfeil::Base64)?;
        URL_SAFE_NO_PAD.decode(signatur).map_err(|_| Jwsfeil::Base64)?;

        let mut hode = json::les_objekt(&hode).map_err(Jwsfeil::Hode)?;
        let forbudt = |navn: &&str| hode.contains_key(*navn) && !(form.baerer_noekkel && *navn == "jwk");
        if let Some(navn) = FORBUDTE_HODEFELT.into_iter().find(forbudt) {
            return Err(Jwsfeil::ForbudtHodefelt(navn));
        }
        les_typ(hode.get("typ"), form.typ)?;
        let algoritme = hode
            .get("alg")
            .and_then(Value::as_str)
            .and_then(Algoritme::fra_navn)
            .filter(|algoritme| form.algoritmer.contains(algoritme))
            .ok_or(Jwsfeil::Algoritme)?;
        let kid = match hode.get("kid") {
            None => None,
            Some(Value::String(kid)) if er_kid(kid) => Some(kid.clone()),
            Some(_) => return Err(Jwsfeil::Kid),
        };
        let x5c = match hode.get("x5c") {
            None => X5c::Ingen,
            Some(Value::Array(kjede)) if !kjede.is_empty() && kjede.iter().all(Value::is_string) => X5c::Kjede,
            Some(_) => X5c::Misdannet,
        };
        let jwk = match hode.shift_remove("jwk") {
            None => None,
            Some(Value::Object(jwk)) => Some(jwk),
            Some(_) => return Err(Jwsfeil::ForbudtHodefelt("jwk")),
        };
        Ok(Kompakt {
            signert,
            signatur,
            algoritme,
            kid,
            x5c,
            jwk,
            nyttelast,
        })
    }

    /// The header as it was signed, base64url.
    pub(super) fn hode(&self) -> &'a str {
        self.signert.split('.').next().unwrap_or_default()
    }

    /// Reads a JWS whose header is one that was read before, and names this algorithm. What else the header says stands with
    /// whoever read it then.
    ///
    /// Errors: as [`Kompakt::les_som`]; `None` when the header is another.
    pub(super) fn les_med_hode(tekst: &'a str, kjent: &str, algoritme: Algoritme) -> Option<Result<Self, Jwsfeil>> {
        let (signert, hode, nyttelast, signatur) = match del_opp(tekst) {
            Ok(deler) => deler,
            Err(feil) => return Some(Err(feil)),
        };
        if hode != kjent {
            return None;
        }
        let nyttelast = URL_SAFE_NO_PAD.decode(nyttelast);
        let lest = nyttelast.and_then(|nyttelast| URL_SAFE_NO_PAD.decode(signatur).map(|_| nyttelast));
        Some(lest.map_err(|_| Jwsfeil::Base64).map(|nyttelast| Kompakt {
            signert,
            signatur,
            algoritme,
            kid: None,
            x5c: X5c::Ingen,
            jwk: None,
            nyttelast,
        }))
    }
}

/// The three parts, none of them empty, and the first two as they were signed: signed, header, payload, signature.
fn del_opp(tekst: &str) -> Result<(&str, &str, &str, &str), Jwsfeil> {
    if tekst.len() > JWS_BYTES_MAKS {
        return Err(Jwsfeil::ForStor);
    }
    let (signert, signatur) = tekst.rsplit_once('.').ok_or(Jwsfeil::IkkeTreDeler)?;
    let (hode, nyttelast) = signert.split_once('.').ok_or(Jwsfeil::IkkeTreDeler)?;
    if hode.is_empty() || nyttelast.is_empty() || signatur.is_empty() || nyttelast.contains('.') {
        return Err(Jwsfeil::IkkeTreDeler);
    }
    Ok((signert, hode, nyttelast, signatur))
}

fn les_typ(verdi: Option<&Value>, typ: Typ<'_>) -> Result<(), Jwsfeil> {
    let (typer, kreves) = match typ {
        Typ::Valgfri(typer) => (typer, false),
        Typ::Kreves(typer) => (typer, true),
    };
    match verdi {
        None if kreves => Err(Jwsfeil::Typ),
        None => Ok(()),
        Some(Value::String(verdi)) => {
            let verdi = verdi.to_ascii_lowercase();
            let uten = verdi.strip_prefix("application/").unwrap_or(&verdi);
            if typer.contains(&uten) {
                Ok(())
            } else {
                Err(Jwsfeil::Typ)
            }
        }
        Some(_) => Err(Jwsfeil::Typ),
    }
}

/// Whether a text may be a key identifier: 1 to [`KID_TEGN_MAKS`] printable ASCII characters without space.
#[must_use]
pub fn er_kid(kid: &str) -> bool {
    !kid.is_empty() && kid.len() <= KID_TEGN_MAKS && kid.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jws(hode: &str) -> String {
        format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(hode))
    }

    #[track_caller]
    fn check(hode: &str, ventet: Result<(), Jwsfeil>) {
        let tekst = jws(hode);
        assert_eq!(Kompakt::les(&tekst, &["jwt", "at+jwt"]).map(|_| ()), ventet, "{hode}");
    }

    #[test]
    fn the_header_of_maskinporten_is_read() {
        let tekst = jws(r#"{"kid":"k-1","alg":"RS256"}"#);
        let lest = Kompakt::les(&tekst, &["jwt"]).unwrap();
        assert_eq!(
            (lest.algoritme, lest.kid.as_deref(), lest.x5c),
            (Algoritme::Rs256, Some("k-1"), X5c::Ingen)
        );
        assert_eq!(lest.nyttelast, b"{}");
        check(r#"{"alg":"RS512","typ":"JWT"}"#, Ok(()));
        check(r#"{"alg":"RS384","typ":"application/at+jwt","x5t":"abc"}"#, Ok(()));
    }

    #[test]
    fn algorithms_outside_the_list_are_refused_in_every_spelling() {
        for alg in [
            "none", "None", "nOnE", "NONE", "", "HS256", "hs256", "ES256", "PS256", "EdDSA", "rs256", "RS1",
        ] {
            check(&format!(r#"{{"alg":"{alg}","kid":"k"}}"#), Err(Jwsfeil::Algoritme));
        }
        check(r#"{"kid":"k"}"#, Err(Jwsfeil::Algoritme));
        check(r#"{"alg":["RS256"]}"#, Err(Jwsfeil::Algoritme));
        check(r#"{"alg":null}"#, Err(Jwsfeil::Algoritme));
    }

    #[test]
    fn headers_that_bring_a_key_or_change_the_meaning_are_refused() {
        for felt in FORBUDTE_HODEFELT {
            check(
                &format!(r#"{{"alg":"RS256","{felt}":null}}"#),
                Err(Jwsfeil::ForbudtHodefelt(felt)),
            );
        }
        check(
            r#"{"alg":"RS256","alg":"RS256"}"#,
            Err(Jwsfeil::Hode(json::Feil::GjentattMedlem)),
        );
        check(r#"["RS256"]"#, Err(Jwsfeil::Hode(json::Feil::IkkeObjekt)));
    }

    #[test]
    fn a_form_says_which_typ_and_algorithm_and_whether_a_key_may_come_along() {
        let form = Form {
            typ: Typ::Kreves(&["dpop+jwt"]),
            algoritmer: &[Algoritme::Es256, Algoritme::Ps256],
            baerer_noekkel: true,
        };
        let check = |hode: &str, ventet: Result<bool, Jwsfeil>| {
            let tekst = jws(hode);
            let lest = Kompakt::les_som(&tekst, &form).map(|lest| lest.jwk.is_some());
            assert_eq!(lest, ventet, "{hode}");
        };
        check(r#"{"alg":"ES256","typ":"dpop+jwt","jwk":{}}"#, Ok(true));
        check(r#"{"alg":"PS256","typ":"DPoP+JWT"}"#, Ok(false));
        check(r#"{"alg":"ES256","jwk":{}}"#, Err(Jwsfeil::Typ));
        check(r#"{"alg":"ES384","typ":"dpop+jwt"}"#, Err(Jwsfeil::Algoritme));
        check(r#"{"alg":"none"}"#, Err(Jwsfeil::Typ));
        check(
            r#"{"alg":"ES256","typ":"dpop+jwt","jwk":[]}"#,
            Err(Jwsfeil::ForbudtHodefelt("jwk")),
        );
        check(
            r#"{"alg":"ES256","typ":"dpop+jwt","jku":"x"}"#,
            Err(Jwsfeil::ForbudtHodefelt("jku")),
        );
    }

    #[test]
    fn typ_and_kid_have_one_form() {
        for typ in [
            "\"JOSE\"",
            "\"dpop+jwt\"",
            "\"\"",
            "1",
            "null",
            "[\"JWT\"]",
            "\"id_token+jwt\"",
        ] {
            check(&format!(r#"{{"alg":"RS256","typ":{typ}}}"#), Err(Jwsfeil::Typ));
        }
        let lang = format!("\"{}\"", "k".repeat(KID_TEGN_MAKS + 1));
        for kid in [
            "\"\"",
            "1",
            "null",
            "[]",
            "{}",
            "\"a b\"",
            "\"a\\u0000\"",
            "\"æ\"",
            lang.as_str(),
        ] {
            check(&format!(r#"{{"alg":"RS256","kid":{kid}}}"#), Err(Jwsfeil::Kid));
        }
    }

    #[test]
    fn only_three_parts_of_canonical_base64url_are_a_jws() {
        let hode = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
        let check = |tekst: String, ventet: Jwsfeil| assert_eq!(Kompakt::les(&tekst, &["jwt"]).unwrap_err(), ventet);
        for tekst in [
            "",
            ".",
            "..",
            "...",
            "a",
            "a.b",
            "a.b.",
            ".b.c",
            "a..c",
            "a.b.c.",
            "a.b.c.d.e",
            "a.b.c.d",
        ] {
            check(tekst.to_owned(), Jwsfeil::IkkeTreDeler);
        }
        for tekst in [
            format!("{hode}.e30.c2ln="),
            format!("{hode}.e30=.c2ln"),
            format!(" {hode}.e30.c2ln"),
            format!("{hode}.e30.c2ln\n"),
            format!("{hode}.e3\u{a0}0.c2ln"),
            format!("{hode}.e30.c2+n"),
            format!("{hode}.e31.c2ln"), // trailing bits set: the same bytes in another spelling
            "{\"protected\":\"e30.e30.e30\"}".to_owned(),
        ] {
            check(tekst, Jwsfeil::Base64);
        }
        check(format!("{hode}.e30.{}", "A".repeat(JWS_BYTES_MAKS)), Jwsfeil::ForStor);
    }

    #[test]
    fn a_certificate_chain_is_told_from_a_broken_one() {
        for (x5c, ventet) in [
            ("[\"MII\"]", X5c::Kjede),
            ("[]", X5c::Misdannet),
            ("\"MII\"", X5c::Misdannet),
            ("[1]", X5c::Misdannet),
        ] {
            let tekst = jws(&format!(r#"{{"alg":"RS256","x5c":{x5c}}}"#));
            assert_eq!(Kompakt::les(&tekst, &[]).unwrap().x5c, ventet);
        }
    }
}
