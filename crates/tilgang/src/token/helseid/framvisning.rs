//! How a token is shown, and why a call does not get in: for the caller in `WWW-Authenticate`, for the operator in a sentence.
//!
//! What a newcomer gets wrong: a refusal must name the scheme to use, or a client that has a right token in a wrong scheme
//! learns nothing; and it must hold nothing of what was sent.

use crate::token::dpop::Dpopfeil;
use crate::token::feil::{Tokenfeil, les_authorization};
use crate::token::jws::Algoritme;

/// The scheme of `Authorization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framvisning {
    /// RFC 6750.
    Bearer,
    /// RFC 9449.
    Dpop,
}

/// What an API takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Godtar {
    /// Tokens bound to a key alone: the Person API v3.
    KunDpop,
    /// A token in the scheme that it is for: the Person API v2.
    Begge,
}

/// What a call brings.
#[derive(Clone, Copy)]
pub struct Kall<'a> {
    /// Every value of `Authorization`, as it came.
    pub authorization: &'a [&'a [u8]],
    /// Every value of `DPoP`, as it came.
    pub dpop: &'a [&'a [u8]],
    /// The method.
    pub metode: &'a str,
    /// The path as it stands in the request, below the public origin; with query or without.
    pub sti: &'a str,
}

/// Shows the method alone: headers hold tokens, and a path may hold an identifier.
impl std::fmt::Debug for Kall<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kall")
            .field("metode", &self.metode)
            .finish_non_exhaustive()
    }
}

/// Why a call does not get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Adgangsfeil {
    /// No `Authorization` header.
    #[error("forespørselen har ikke noe token")]
    Mangler,
    /// More than one `Authorization` header.
    #[error("forespørselen har flere Authorization-hoder")]
    FlereHoder,
    /// Another scheme than Bearer and DPoP, or no token after it.
    #[error("Authorization er ikke på formen «DPoP <token>» eller «Bearer <token>»")]
    Skjema,
    /// A bearer token at an API that takes bound tokens alone.
    #[error("tjenesten tar bare imot token med DPoP")]
    KreverDpop,
    /// A token that is bound to a key, shown as a bearer token.
    #[error("tokenet er bundet til en nøkkel og kan ikke brukes som Bearer")]
    BundetSomBearer,
    /// A token that is bound to no key, shown under DPoP.
    #[error("tokenet er ikke bundet til en nøkkel og kan ikke brukes med DPoP")]
    UbundetSomDpop,
    /// The token is not good.
    #[error("tokenet er ikke godtatt: {feil}")]
    Token {
        /// The scheme in which it was shown.
        vist: Framvisning,
        /// Why not.
        feil: Tokenfeil,
    },
    /// The proof is not good.
    #[error("DPoP-beviset er ikke godtatt: {0}")]
    Bevis(Dpopfeil),
}

impl Adgangsfeil {
    /// Whether the fault is ours and passing: 503 with `Retry-After`; else 401.
    #[must_use]
    pub fn er_midlertidig(self) -> bool {
        match self {
            Adgangsfeil::Token { feil, .. } => feil.er_midlertidig(),
            Adgangsfeil::Bevis(feil) => feil.er_midlertidig(),
            _ => false,
        }
    }

    /// `error` of `WWW-Authenticate`; absent when the request carried no token, or the fault is ours.
    ///
    /// Source: RFC 6750 section 3.1; RFC 9449 section 7.1 and 7.2.
    #[must_use]
    pub fn feilkode(self) -> Option<&'static str> {
        match self {
            Adgangsfeil::Mangler => None,
            Adgangsfeil::FlereHoder | Adgangsfeil::Skjema => Some("invalid_request"),
            Adgangsfeil::KreverDpop | Adgangsfeil::BundetSomBearer | Adgangsfeil::UbundetSomDpop => {
                Some("invalid_token")
            }
            Adgangsfeil::Token { feil, .. } => feil.feilkode(),
            Adgangsfeil::Bevis(feil) => feil.feilkode(),
        }
    }

    /// `error_description`: ASCII without quotes, as a header can carry.
    #[must_use]
    pub fn beskrivelse(self) -> &'static str {
        match self {
            Adgangsfeil::Mangler => "Tilgangstoken mangler",
            Adgangsfeil::FlereHoder => "Flere Authorization-felt",
            Adgangsfeil::Skjema => "Authorization skal ha formen DPoP eller Bearer og et token",
            Adgangsfeil::KreverDpop => "Tjenesten krever DPoP",
            Adgangsfeil::BundetSomBearer => "Tokenet er bundet (cnf) og kan ikke brukes som Bearer",
            Adgangsfeil::UbundetSomDpop => "Tokenet er ikke bundet (cnf) og kan ikke brukes med DPoP",
            Adgangsfeil::Token { feil, .. } => feil.beskrivelse(),
            Adgangsfeil::Bevis(feil) => feil.beskrivelse(),
        }
    }

    /// The values of `WWW-Authenticate` for an answer of 401, one a scheme that the API takes; the reason stands in the scheme
    /// that is to be used.
    ///
    /// Source: RFC 9449 section 7.1 and 7.2; RFC 6750 section 3.
    #[must_use]
    pub fn utfordringer(self, godtar: Godtar) -> Vec<String> {
        let grunn = match self.feilkode() {
            None => String::new(),
            Some(kode) => format!(", error=\"{kode}\", error_description=\"{}\"", self.beskrivelse()),
        };
        let algoritmer = Algoritme::ALLE.map(Algoritme::navn).join(" ");
        let dpop = format!("DPoP algs=\"{algoritmer}\"");
        let bearer = "Bearer realm=\"person-api\"".to_owned();
        match (godtar, self.skjema()) {
            (Godtar::KunDpop, _) => vec![dpop + &grunn],
            (Godtar::Begge, Framvisning::Dpop) => vec![dpop + &grunn, bearer],
            (Godtar::Begge, Framvisning::Bearer) => vec![bearer + &grunn, dpop],
        }
    }

    /// The scheme that a client should look at where both are taken.
    fn skjema(self) -> Framvisning {
        match self {
            Adgangsfeil::Token { vist, .. } => vist,
            Adgangsfeil::BundetSomBearer | Adgangsfeil::KreverDpop | Adgangsfeil::Bevis(_) => Framvisning::Dpop,
            Adgangsfeil::Mangler | Adgangsfeil::FlereHoder | Adgangsfeil::Skjema | Adgangsfeil::UbundetSomDpop => {
                Framvisning::Bearer
            }
        }
    }
}

/// Scheme and token of a call.
pub(super) fn les_framvisning<'a>(authorization: &[&'a [u8]]) -> Result<(Framvisning, &'a str), Adgangsfeil> {
    let (skjema, token) = les_authorization(authorization.iter().copied()).map_err(|feil| match feil {
        Tokenfeil::Mangler => Adgangsfeil::Mangler,
        Tokenfeil::FlereHoder => Adgangsfeil::FlereHoder,
        _ => Adgangsfeil::Skjema,
    })?;
    if skjema.eq_ignore_ascii_case("dpop") {
        Ok((Framvisning::Dpop, token))
    } else if skjema.eq_ignore_ascii_case("bearer") {
        Ok((Framvisning::Bearer, token))
    } else {
        Err(Adgangsfeil::Skjema)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_schemes_that_are_taken_and_gives_its_reason_once() {
        let token = |vist| Adgangsfeil::Token {
            vist,
            feil: Tokenfeil::Signatur,
        };
        for (feil, godtar, ventet) in [
            (Adgangsfeil::Mangler, Godtar::KunDpop, vec![("DPoP", None)]),
            (
                Adgangsfeil::Mangler,
                Godtar::Begge,
                vec![("Bearer", None), ("DPoP", None)],
            ),
            (
                Adgangsfeil::KreverDpop,
                Godtar::KunDpop,
                vec![("DPoP", Some("invalid_token"))],
            ),
            (
                token(Framvisning::Bearer),
                Godtar::Begge,
                vec![("Bearer", Some("invalid_token")), ("DPoP", None)],
            ),
            (
                token(Framvisning::Dpop),
                Godtar::Begge,
                vec![("DPoP", Some("invalid_token")), ("Bearer", None)],
            ),
            (
                Adgangsfeil::BundetSomBearer,
                Godtar::Begge,
                vec![("DPoP", Some("invalid_token")), ("Bearer", None)],
            ),
            (
                Adgangsfeil::Bevis(Dpopfeil::Gjenbrukt),
                Godtar::KunDpop,
                vec![("DPoP", Some("invalid_dpop_proof"))],
            ),
            (
                Adgangsfeil::Skjema,
                Godtar::Begge,
                vec![("Bearer", Some("invalid_request")), ("DPoP", None)],
            ),
        ] {
            let svar = feil.utfordringer(godtar);
            assert_eq!(svar.len(), ventet.len(), "{svar:?}");
            for (verdi, (skjema, kode)) in svar.iter().zip(ventet) {
                assert!(verdi.starts_with(&format!("{skjema} ")), "{verdi}");
                let har = verdi
                    .split_once("error=\"")
                    .map(|(_, rest)| rest.split('"').next().unwrap());
                assert_eq!(har, kode, "{verdi}");
                assert!(verdi.is_ascii());
            }
        }
        assert!(Adgangsfeil::Mangler.utfordringer(Godtar::KunDpop)[0].contains("algs=\"RS256 RS384 RS512 PS256"));
    }

    #[test]
    fn our_own_trouble_is_passing_and_has_no_code() {
        for feil in [
            Adgangsfeil::Bevis(Dpopfeil::Opptatt),
            Adgangsfeil::Bevis(Dpopfeil::LagerUtilgjengelig),
            Adgangsfeil::Token {
                vist: Framvisning::Dpop,
                feil: Tokenfeil::NoeklerUtilgjengelige,
            },
        ] {
            assert!(feil.er_midlertidig() && feil.feilkode().is_none());
        }
        assert!(!Adgangsfeil::KreverDpop.er_midlertidig());
    }
}
