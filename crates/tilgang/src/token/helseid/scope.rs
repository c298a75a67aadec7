//! The scopes of HelseID that we know: what each is for, for whom, and whether its tokens must be bound to a key.
//!
//! A table and nothing more; what a scope lets an organisation see is decided elsewhere, from its `avtale`. What a newcomer gets
//! wrong: a scope is a whole word. `…/read` and `…/read-with-legal-basis` have nothing to do with each other.

use super::verifikator::MOTTAKER;

/// `aud` of tokens for the reserved test data. Source: the scope's prefix; our choice, ADR 0035.
pub const MOTTAKER_TESTDATA: &str = "nhn:persontjenesten-reservert-testdata";

/// A scope.
///
/// Source: the public contracts, Person API, "Scopes"; ADR 0035.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Person API v2, with a legal basis for what is confidential.
    LesMedHjemmel,
    /// Person API v2, without.
    LesUtenHjemmel,
    /// Person API v3, everything.
    FullTilgang,
    /// Person API v3, without confidential addresses and contact data.
    BegrensetTilgang,
    /// The reserved test data.
    Testdata,
}

impl Scope {
    /// All of them.
    pub const ALLE: [Scope; 5] = [
        Scope::LesMedHjemmel,
        Scope::LesUtenHjemmel,
        Scope::FullTilgang,
        Scope::BegrensetTilgang,
        Scope::Testdata,
    ];

    /// The word.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Scope::LesMedHjemmel => "nhn:hgd-persontjenesten-api/read-with-legal-basis",
            Scope::LesUtenHjemmel => "nhn:hgd-persontjenesten-api/read-no-legal-basis",
            Scope::FullTilgang => "nhn:hgd-persontjenesten-api/full-access",
            Scope::BegrensetTilgang => "nhn:hgd-persontjenesten-api/restricted-access",
            Scope::Testdata => "nhn:persontjenesten-reservert-testdata/tilgang",
        }
    }

    /// Reads [`Scope::navn`]; case matters.
    #[must_use]
    pub fn fra_navn(navn: &str) -> Option<Self> {
        Scope::ALLE.into_iter().find(|scope| scope.navn() == navn)
    }

    /// `aud` of its tokens.
    #[must_use]
    pub fn mottaker(self) -> &'static str {
        match self {
            Scope::Testdata => MOTTAKER_TESTDATA,
            _ => MOTTAKER,
        }
    }

    /// Whether its tokens are always bound to a key: v3's are. The others' are when the client sends a proof.
    #[must_use]
    pub fn krever_dpop(self) -> bool {
        matches!(self, Scope::FullTilgang | Scope::BegrensetTilgang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_begins_with_the_audience_of_its_tokens() {
        for scope in Scope::ALLE {
            assert!(scope.navn().starts_with(&format!("{}/", scope.mottaker())));
            assert_eq!(Scope::fra_navn(scope.navn()), Some(scope));
        }
        assert_eq!(Scope::fra_navn("nhn:hgd-persontjenesten-api/read"), None);
    }
}
