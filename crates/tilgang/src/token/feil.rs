//! Why a token is refused, for two readers: the caller, who gets two short ASCII words in `WWW-Authenticate`, and the
//! operator, who gets a sentence. Neither ever holds anything from the token.

use super::json;
use super::jws::Jwsfeil;

/// Why a request has no verified token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Tokenfeil {
    /// No `Authorization` header.
    #[error("forespørselen har ikke noe token")]
    Mangler,
    /// More than one `Authorization` header.
    #[error("forespørselen har flere Authorization-hoder")]
    FlereHoder,
    /// Another scheme than Bearer, or no token after it.
    #[error("Authorization er ikke på formen «Bearer <token>»")]
    Skjema,
    /// Not a JWS that we read.
    #[error("tokenet er ikke en lesbar JWS: {0}")]
    Jws(Jwsfeil),
    /// A certificate chain in an access token.
    #[error("hodefeltet x5c er ikke tillatt i et tilgangstoken")]
    Sertifikatkjede,
    /// The header names no key.
    #[error("tokenet sier ikke hvilken nøkkel som har signert (kid)")]
    UtenKid,
    /// The algorithm is not on this verifier's list.
    #[error("algoritmen er ikke tillatt her")]
    AlgoritmeIkkeTillatt,
    /// The key is bound to another algorithm.
    #[error("nøkkelen er bundet til en annen algoritme enn den tokenet bruker")]
    AlgoritmeIkkeNoekkelens,
    /// The issuer has no such key, or had it and withdrew it.
    #[error("utstederen har ingen nøkkel med tokenets kid")]
    UkjentNoekkel,
    /// The keys could not be fetched: our trouble, not the caller's.
    #[error("utstederens nøkler er ikke tilgjengelige")]
    NoeklerUtilgjengelige,
    /// The signature is wrong.
    #[error("signaturen stemmer ikke")]
    Signatur,
    /// The payload is not an object with members given once.
    #[error("innholdet kan ikke leses: {0}")]
    Innhold(json::Feil),
    /// A claim is absent or of the wrong kind; the field says which.
    #[error("kravet {0} mangler eller har feil form")]
    Krav(&'static str),
    /// `iss` is not the issuer, character by character.
    #[error("tokenet er ikke fra utstederen vi stoler på")]
    Utsteder,
    /// `exp` has passed.
    #[error("tokenet er utløpt")]
    Utloept,
    /// `iat` or `nbf` lies ahead.
    #[error("tokenet er ikke gyldig ennå")]
    IkkeGyldigEnnaa,
    /// `exp - iat` is not positive or longer than allowed.
    #[error("tokenets levetid er ikke tillatt")]
    Levetid,
    /// `aud` names somebody.
    #[error("tokenet er utstedt for en annen mottaker (aud)")]
    Mottaker,
    /// `consumer` is not an organisation with ICD 0192 and a valid number.
    #[error("consumer er ikke en gyldig organisasjon")]
    Konsument,
    /// `supplier` or `delegation_source` is malformed, or one stands without the other.
    #[error("supplier og delegation_source er ikke gyldige sammen")]
    Leverandoer,
    /// `scope` is not a text of words with single spaces between.
    #[error("scope er ikke en tekst med ord skilt med ett mellomrom")]
    Scope,
    /// The token is bound to a key (`cnf`) and cannot be used as a bearer token.
    #[error("tokenet er bundet til en nøkkel og kan ikke brukes som Bearer")]
    Noekkelbundet,
}

impl Tokenfeil {
    /// `error` of `WWW-Authenticate`; absent when the request carried no token at all.
    ///
    /// Source: RFC 6750 section 3 and 3.1.
    #[must_use]
    pub fn feilkode(self) -> Option<&'static str> {
        match self {
            Tokenfeil::Mangler | Tokenfeil::NoeklerUtilgjengelige => None,
            Tokenfeil::FlereHoder | Tokenfeil::Skjema => Some("invalid_request"),
            _ => Some("invalid_token"),
        }
    }

    /// `error_description` of `WWW-Authenticate`.
    ///
    /// Shape: ASCII without quotes, since a header can carry nothing else; hence the wording without æ, ø and å.
    /// Source: RFC 6750 section 3; the texts are our choice.
    #[must_use]
    pub fn beskrivelse(self) -> &'static str {
        match self {
            Tokenfeil::Mangler => "Tilgangstoken mangler",
            Tokenfeil::FlereHoder => "Flere Authorization-felt",
            Tokenfeil::Skjema => "Authorization skal ha formen Bearer og et token",
            Tokenfeil::Jws(Jwsfeil::ForStor) => "Tokenet er for stort",
            Tokenfeil::Jws(Jwsfeil::Algoritme)
            | Tokenfeil::AlgoritmeIkkeTillatt
            | Tokenfeil::AlgoritmeIkkeNoekkelens => "Signaturalgoritmen er ikke tillatt",
            Tokenfeil::Jws(Jwsfeil::Typ) => "Tokentypen (typ) er ikke tillatt",
            Tokenfeil::Jws(_) | Tokenfeil::Sertifikatkjede | Tokenfeil::UtenKid => {
                "Tokenet er ikke en gyldig signert JWT"
            }
            Tokenfeil::UkjentNoekkel => "Signert med en ukjent kid",
            Tokenfeil::NoeklerUtilgjengelige => "Tokenet kan ikke kontrolleres for tiden",
            Tokenfeil::Signatur => "Signaturen stemmer ikke",
            Tokenfeil::Innhold(_) => "Innholdet i tokenet kan ikke leses",
            Tokenfeil::Krav(_) => "Et krav i tokenet mangler eller har feil form",
            Tokenfeil::Utsteder => "Tokenet har feil utsteder (iss)",
            Tokenfeil::Utloept => "Tokenets exp er passert",
            Tokenfeil::IkkeGyldigEnnaa => "Tokenets iat eller nbf er i framtiden",
            Tokenfeil::Levetid => "Tokenets levetid er for lang",
            Tokenfeil::Mottaker => "Tokenet har feil mottaker (aud)",
            Tokenfeil::Konsument => "Feil form i consumer",
            Tokenfeil::Leverandoer => "Feil form i supplier eller delegation_source",
            Tokenfeil::Scope => "Feil form i scope",
            Tokenfeil::Noekkelbundet => "Tokenet er bundet (cnf) og kan ikke brukes som Bearer",
        }
    }

    /// Whether the fault is ours and passing: the caller should try again, not get a new token.
    #[must_use]
    pub fn er_midlertidig(self) -> bool {
        self == Tokenfeil::NoeklerUtilgjengelige
    }
}

/// Takes the token out of the values of the `Authorization` header.
///
/// Shape: `Bearer` in any case, spaces, and the token; exactly one header.
///
/// # Errors
/// [`Tokenfeil::Mangler`], [`Tokenfeil::FlereHoder`], [`Tokenfeil::Skjema`].
pub fn les_bearer<'a>(verdier: impl IntoIterator<Item = &'a [u8]>) -> Result<&'a str, Tokenfeil> {
    let (skjema, token) = les_authorization(verdier)?;
    if skjema.eq_ignore_ascii_case("bearer") {
        Ok(token)
    } else {
        Err(Tokenfeil::Skjema)
    }
}

/// Scheme and token of the one `Authorization` header.
pub(super) fn les_authorization<'a>(
    verdier: impl IntoIterator<Item = &'a [u8]>,
) -> Result<(&'a str, &'a str), Tokenfeil> {
    let mut verdier = verdier.into_iter();
    let verdi = verdier.next().ok_or(Tokenfeil::Mangler)?;
    if verdier.next().is_some() {
        return Err(Tokenfeil::FlereHoder);
    }
    let verdi = std::str::from_utf8(verdi).map_err(|_| Tokenfeil::Skjema)?;
    let (skjema, token) = verdi.split_once(' ').ok_or(Tokenfeil::Skjema)?;
    let token = token.trim_start_matches(' ');
    if token.is_empty() {
        return Err(Tokenfeil::Skjema);
    }
    Ok((skjema, token))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each, so that the rules on texts are tried on all.
    const ALLE: [Tokenfeil; 25] = [
        Tokenfeil::Mangler,
        Tokenfeil::FlereHoder,
        Tokenfeil::Skjema,
        Tokenfeil::Jws(Jwsfeil::ForStor),
        Tokenfeil::Jws(Jwsfeil::Algoritme),
        Tokenfeil::Jws(Jwsfeil::Typ),
        Tokenfeil::Jws(Jwsfeil::Base64),
        Tokenfeil::Sertifikatkjede,
        Tokenfeil::UtenKid,
        Tokenfeil::AlgoritmeIkkeTillatt,
        Tokenfeil::AlgoritmeIkkeNoekkelens,
        Tokenfeil::UkjentNoekkel,
        Tokenfeil::NoeklerUtilgjengelige,
        Tokenfeil::Signatur,
        Tokenfeil::Innhold(json::Feil::Ugyldig),
        Tokenfeil::Krav("exp"),
        Tokenfeil::Utsteder,
        Tokenfeil::Utloept,
        Tokenfeil::IkkeGyldigEnnaa,
        Tokenfeil::Levetid,
        Tokenfeil::Mottaker,
        Tokenfeil::Konsument,
        Tokenfeil::Leverandoer,
        Tokenfeil::Scope,
        Tokenfeil::Noekkelbundet,
    ];

    #[test]
    fn every_description_fits_in_a_header() {
        for feil in ALLE {
            let tekst = feil.beskrivelse();
            // RFC 6750 section 3: %x20-21 / %x23-5B / %x5D-7E.
            let passer = tekst
                .bytes()
                .all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e));
            assert!(passer && !tekst.is_empty(), "{feil:?}");
        }
    }

    #[test]
    fn only_our_own_trouble_is_passing_and_a_missing_token_has_no_code() {
        for feil in ALLE {
            assert_eq!(feil.er_midlertidig(), feil == Tokenfeil::NoeklerUtilgjengelige);
        }
        assert_eq!(Tokenfeil::Mangler.feilkode(), None);
        assert_eq!(Tokenfeil::Skjema.feilkode(), Some("invalid_request"));
        assert_eq!(Tokenfeil::Utloept.feilkode(), Some("invalid_token"));
    }

    #[test]
    fn one_bearer_header_gives_its_token() {
        let les = |verdier: &[&'static str]| les_bearer(verdier.iter().map(|verdi| verdi.as_bytes()));
        assert_eq!(les(&["Bearer abc"]), Ok("abc"));
        assert_eq!(les(&["bEARER   abc"]), Ok("abc"));
        assert_eq!(les(&[]), Err(Tokenfeil::Mangler));
        assert_eq!(les(&["Bearer a", "Bearer a"]), Err(Tokenfeil::FlereHoder));
        for verdi in [
            "",
            "Bearer",
            "Bearer ",
            "Basic abc",
            "DPoP abc",
            "abc",
            "Bearer\tabc",
            "Bearerabc",
        ] {
            assert_eq!(les(&[verdi]), Err(Tokenfeil::Skjema), "{verdi:?}");
        }
        assert_eq!(les_bearer([&b"Bearer \xff"[..]]), Err(Tokenfeil::Skjema));
    }
}
