//! Organisasjonsnummer: nine digits with one control digit.
//!
//! Not a person's number, but consumers, suppliers and advokater are named by it, so it is checked at the same door.

use crate::feil::Feil;
use crate::kontroll::{rest, vektet_sum};
use crate::siffer::{Siffer, nummertype};

/// Weights of the eight leading digits. Source: common knowledge (Enhetsregisteret); the public contracts only say
/// nine digits.
pub(crate) const VEKTER: [u8; 8] = [3, 2, 7, 6, 5, 4, 3, 2];

/// A well-formed organisasjonsnummer.
///
/// Shape: nine digits; the weighted sum of eight plus the control digit is divisible by 11. Most begin with 8 or 9,
/// which is no rule. `Debug` shows stars like the other numbers: a sole proprietorship's number names a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Organisasjonsnummer(Siffer<9>);

nummertype!(Organisasjonsnummer, 9);

impl Organisasjonsnummer {
    fn check(siffer: Siffer<9>) -> Result<Self, Feil> {
        let verdier = siffer.verdier();
        let [.., kontrollsiffer] = verdier;
        match rest(vektet_sum(&verdier, &VEKTER), kontrollsiffer) {
            0 => Ok(Self(siffer)),
            _ => Err(Feil::Kontrollsiffer),
        }
    }

    fn debug_navn(&self) -> &'static str {
        "Organisasjonsnummer"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_control_digit_is_refused() {
        for siffer in 0..=9 {
            let ventet = if siffer == 5 { None } else { Some(Feil::Kontrollsiffer) };
            assert_eq!(Organisasjonsnummer::parse(&format!("98466118{siffer}")).err(), ventet);
        }
    }

    #[test]
    fn debug_shows_stars() {
        let nummer = Organisasjonsnummer::parse("984661185").unwrap();
        assert_eq!(format!("{nummer:?}"), "Organisasjonsnummer(*********)");
    }
}
