//! DUF-nummer: the immigration authorities' own number for a person.
//!
//! Only the shape is checked; the public contracts tell of no control digit.

use crate::feil::Feil;
use crate::siffer::{Siffer, nummertype};

/// A DUF-nummer, `utlendingsmyndighetenesIdentifikasjonsnummer`.
///
/// Shape: twelve digits, of which the first four are the year of the first application.
/// Source: preg reference, `DufNo`; folkeregister reference 10.4. The length is what occurs in practice; no contract
/// limits the year, so none is refused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DufNummer(Siffer<12>);

nummertype!(DufNummer, 12);

impl DufNummer {
    fn check(siffer: Siffer<12>) -> Result<Self, Feil> {
        Ok(Self(siffer))
    }

    fn debug_navn(&self) -> &'static str {
        "DufNummer"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_digits_are_enough_and_needed() {
        assert_eq!(DufNummer::parse("195509132386").unwrap().to_string(), "195509132386");
        assert_eq!(DufNummer::parse("19550913238"), Err(Feil::Lengde { ventet: 12 }));
        assert_eq!(DufNummer::parse("19550913238X"), Err(Feil::IkkeSiffer { posisjon: 12 }));
        assert_eq!(
            format!("{:?}", DufNummer::parse("195509132386").unwrap()),
            "DufNummer(************)"
        );
    }
}
