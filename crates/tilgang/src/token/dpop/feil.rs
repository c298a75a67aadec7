//! Why a proof is refused: a word and a sentence for the caller, a sentence for the operator, and nothing of the proof in any.

use super::bevis::{ELDRE_S, FORAN_S};
use crate::token::json;
use crate::token::jwk::Jwkfeil;
use crate::token::jws::Jwsfeil;

/// Why a request has no accepted proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Dpopfeil {
    /// No `DPoP` header.
    #[error("forespørselen har ikke noe DPoP-bevis")]
    Mangler,
    /// More than one `DPoP` header.
    #[error("forespørselen har flere DPoP-hoder")]
    FlereHoder,
    /// Not a JWS of a proof's form: size, parts, `typ`, `alg`.
    #[error("beviset er ikke en lesbar JWS: {0}")]
    Jws(Jwsfeil),
    /// The header carries no key.
    #[error("beviset har ikke den offentlige nøkkelen (jwk) i hodet")]
    UtenNoekkel,
    /// The header's key is not one that we take.
    #[error("bevisets nøkkel er ikke godtatt: {0}")]
    Noekkel(Jwkfeil),
    /// The key is another than the token is bound to.
    #[error("beviset er laget med en annen nøkkel enn den tokenet er bundet til")]
    AnnenNoekkel,
    /// The signature is wrong.
    #[error("bevisets signatur stemmer ikke")]
    Signatur,
    /// The payload is not an object with members given once.
    #[error("innholdet i beviset kan ikke leses: {0}")]
    Innhold(json::Feil),
    /// A claim is absent or of the wrong kind; the field says which.
    #[error("kravet {0} i beviset mangler eller har feil form")]
    Krav(&'static str),
    /// `ath` is not the hash of the token shown.
    #[error("beviset er laget for et annet token (ath)")]
    AnnetToken,
    /// `htm` is another method.
    #[error("beviset er laget for en annen metode (htm)")]
    AnnenMetode,
    /// `htu` is another address than the one called, by our public origin.
    #[error("beviset er laget for en annen adresse (htu)")]
    AnnenAdresse,
    /// `iat` lies too far back.
    #[error("beviset er eldre enn {ELDRE_S} sekunder")]
    ForGammelt,
    /// `iat` lies too far ahead.
    #[error("beviset er utstedt mer enn {FORAN_S} sekunder fram i tid")]
    IFramtiden,
    /// The key has used this `jti`.
    #[error("beviset er brukt før (jti)")]
    Gjenbrukt,
    /// The memory of used proofs is full; nothing alive is forgotten to make room.
    #[error("lageret av brukte bevis er fullt")]
    Opptatt,
    /// The memory of used proofs cannot be written, or the clock has gone back past what it remembers.
    #[error("lageret av brukte bevis kan ikke brukes")]
    LagerUtilgjengelig,
}

impl Dpopfeil {
    /// `error` of `WWW-Authenticate` and of a token endpoint's answer; absent when the fault is ours.
    ///
    /// Source: RFC 9449 section 5 and 7.1.
    #[must_use]
    pub fn feilkode(self) -> Option<&'static str> {
        (!self.er_midlertidig()).then_some("invalid_dpop_proof")
    }

    /// `error_description`: ASCII without quotes, since a header can carry nothing else.
    ///
    /// Source: RFC 6750 section 3; the texts are our choice.
    #[must_use]
    pub fn beskrivelse(self) -> &'static str {
        match self {
            Dpopfeil::Mangler => "DPoP-bevis mangler",
            Dpopfeil::FlereHoder => "Flere DPoP-felt",
            Dpopfeil::Jws(Jwsfeil::ForStor) => "DPoP-beviset er for stort",
            Dpopfeil::Jws(Jwsfeil::Typ) => "DPoP-beviset skal ha typ dpop+jwt",
            Dpopfeil::Jws(Jwsfeil::Algoritme) => "Signaturalgoritmen i DPoP-beviset er ikke tillatt",
            Dpopfeil::Jws(_) => "DPoP-beviset er ikke en gyldig signert JWT",
            Dpopfeil::UtenNoekkel => "DPoP-beviset mangler jwk",
            Dpopfeil::Noekkel(Jwkfeil::PrivatDel) => "jwk i DPoP-beviset inneholder den private delen",
            Dpopfeil::Noekkel(_) => "jwk i DPoP-beviset er ikke en tillatt offentlig del",
            Dpopfeil::AnnenNoekkel => "jwk i DPoP-beviset er ikke den tokenet er bundet til",
            Dpopfeil::Signatur => "Signaturen i DPoP-beviset stemmer ikke",
            Dpopfeil::Innhold(_) => "Innholdet i DPoP-beviset kan ikke leses",
            Dpopfeil::Krav(_) => "Et krav i DPoP-beviset mangler eller har feil form",
            Dpopfeil::AnnetToken => "ath i DPoP-beviset er ikke tokenets",
            Dpopfeil::AnnenMetode => "htm i DPoP-beviset er ikke metoden i kallet",
            Dpopfeil::AnnenAdresse => "htu i DPoP-beviset er ikke adressen i kallet",
            Dpopfeil::ForGammelt => "DPoP-beviset er for gammelt (iat)",
            Dpopfeil::IFramtiden => "iat i DPoP-beviset er i framtiden",
            Dpopfeil::Gjenbrukt => "jti i DPoP-beviset er brukt",
            Dpopfeil::Opptatt | Dpopfeil::LagerUtilgjengelig => "DPoP-beviset kan ikke kontrolleres for tiden",
        }
    }

    /// Whether the fault is ours and passing: 503 with `Retry-After`, not 401.
    #[must_use]
    pub fn er_midlertidig(self) -> bool {
        matches!(self, Dpopfeil::Opptatt | Dpopfeil::LagerUtilgjengelig)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLE: [Dpopfeil; 21] = [
        Dpopfeil::Mangler,
        Dpopfeil::FlereHoder,
        Dpopfeil::Jws(Jwsfeil::ForStor),
        Dpopfeil::Jws(Jwsfeil::Typ),
        Dpopfeil::Jws(Jwsfeil::Algoritme),
        Dpopfeil::Jws(Jwsfeil::Base64),
        Dpopfeil::UtenNoekkel,
        Dpopfeil::Noekkel(Jwkfeil::PrivatDel),
        Dpopfeil::Noekkel(Jwkfeil::Punkt),
        Dpopfeil::AnnenNoekkel,
        Dpopfeil::Signatur,
        Dpopfeil::Innhold(json::Feil::Ugyldig),
        Dpopfeil::Krav("jti"),
        Dpopfeil::AnnetToken,
        Dpopfeil::AnnenMetode,
        Dpopfeil::AnnenAdresse,
        Dpopfeil::ForGammelt,
        Dpopfeil::IFramtiden,
        Dpopfeil::Gjenbrukt,
        Dpopfeil::Opptatt,
        Dpopfeil::LagerUtilgjengelig,
    ];

    #[test]
    fn every_description_fits_in_a_header_and_only_our_own_trouble_has_no_code() {
        for feil in ALLE {
            let tekst = feil.beskrivelse();
            let passer = tekst
                .bytes()
                .all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e));
            assert!(passer && !tekst.is_empty(), "{feil:?}");
            let vaar = matches!(feil, Dpopfeil::Opptatt | Dpopfeil::LagerUtilgjengelig);
            assert_eq!((feil.er_midlertidig(), feil.feilkode().is_none()), (vaar, vaar));
        }
    }
}
