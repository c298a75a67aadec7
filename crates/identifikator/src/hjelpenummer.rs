//! Numbers the health sector makes for people it cannot identify.
//!
//! Two kinds that old systems mix up: the felles hjelpenummer (FH, eleven digits from 8 or 9) is shared and may be
//! sent; the internal H-number (month plus 40) belongs to one organisation and must never leave it. Drawing random
//! numbers and keeping them apart is not done here: a felles hjelpenummer is built on nine digits the caller draws.

use crate::feil::Feil;
use crate::folkeregisteridentifikator::Folkeregisteridentifikator;
use crate::kontroll::{self, Kontrollregime};
use crate::serie::Serie;
use crate::siffer::{Siffer, nummertype};

/// A well-formed felles hjelpenummer.
///
/// Shape: nine digits from 800000000, two control digits. Says nothing of birth date or gender. Well-formed does not
/// mean issued: systems once began internal numbers with 8 and 9 too.
/// Source: preg reference 7, persontjenesten reference 14. Control digits follow the calculation of today only, as both
/// sources give the one formula.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FellesHjelpenummer(Siffer<11>);

nummertype!(FellesHjelpenummer, 11);

impl FellesHjelpenummer {
    /// Lowest of the nine leading digits. Source: persontjenesten reference 14.
    pub const GRUNNTALL_MIN: u32 = 800_000_000;
    /// Highest of the nine leading digits.
    pub const GRUNNTALL_MAKS: u32 = 999_999_999;

    fn check(siffer: Siffer<11>) -> Result<Self, Feil> {
        let verdier = siffer.verdier();
        let [foerste, ..] = verdier;
        if foerste < 8 {
            return Err(Feil::FoersteSiffer);
        }
        if kontroll::regimer(&verdier)?.contains(&Kontrollregime::Til2031) {
            Ok(Self(siffer))
        } else {
            Err(Feil::Kontrollsiffer1)
        }
    }

    /// Builds the number on nine digits.
    ///
    /// Errors: [`Feil::FoersteSiffer`] outside [`Self::GRUNNTALL_MIN`] to [`Self::GRUNNTALL_MAKS`];
    /// [`Feil::UbrukeligGrunntall`] for the about 17 % where a control digit would be 10: draw another.
    pub fn from_grunntall(grunntall: u32) -> Result<Self, Feil> {
        if !(Self::GRUNNTALL_MIN..=Self::GRUNNTALL_MAKS).contains(&grunntall) {
            return Err(Feil::FoersteSiffer);
        }
        let ni = Siffer::<9>::from_u64(u64::from(grunntall))?.verdier();
        kontroll::fill_in(ni, 0)
            .map(|elleve| Self(Siffer::from_verdier(elleve)))
            .ok_or(Feil::UbrukeligGrunntall)
    }

    fn debug_navn(&self) -> &'static str {
        "FellesHjelpenummer"
    }
}

/// A number that may be an internal H-number: a fødselsnummer with 40 added to the month.
///
/// The same digits may also be a person of NAV's synthetic series; see [`Serie`].
/// Source: preg reference 7, "otherwise all F rules", so both calculations of the control digits are accepted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InterntHjelpenummer(Siffer<11>);

nummertype!(InterntHjelpenummer, 11);

impl InterntHjelpenummer {
    fn check(siffer: Siffer<11>) -> Result<Self, Feil> {
        let nummer = Folkeregisteridentifikator::check(siffer)?;
        if nummer.serier().contains(&Serie::InterntHjelpenummer) {
            Ok(Self(siffer))
        } else {
            Err(Feil::IkkeInterntHjelpenummer)
        }
    }

    /// The same digits read as a fødselsnummer, for what its digits tell of dates and control digits.
    #[must_use]
    pub fn som_foedselsnummer(&self) -> Folkeregisteridentifikator {
        Folkeregisteridentifikator(self.0)
    }

    fn debug_navn(&self) -> &'static str {
        "InterntHjelpenummer"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn felles_hjelpenummer_accepts_remainder_0_only() {
        for tall in (FellesHjelpenummer::GRUNNTALL_MIN..).take(2_000) {
            let ni = Siffer::<9>::from_u64(u64::from(tall)).unwrap().verdier();
            for rest in 0..11 {
                let Some(elleve) = kontroll::fill_in(ni, rest) else {
                    continue;
                };
                let lest = FellesHjelpenummer::check(Siffer::from_verdier(elleve));
                let ventet = if rest == 0 { None } else { Some(Feil::Kontrollsiffer1) };
                assert_eq!(lest.err(), ventet, "remainder {rest}");
            }
        }
    }

    #[test]
    fn about_17_percent_of_the_nine_digits_are_unusable() {
        let ubrukelige = (FellesHjelpenummer::GRUNNTALL_MIN..)
            .take(10_000)
            .filter(|&g| FellesHjelpenummer::from_grunntall(g) == Err(Feil::UbrukeligGrunntall))
            .count();
        assert!((1_650..=1_820).contains(&ubrukelige), "{ubrukelige}");
    }

    #[test]
    fn built_numbers_read_back_and_the_ends_of_the_range_hold() {
        for grunntall in [799_999_999, 1_000_000_000, 0] {
            assert_eq!(FellesHjelpenummer::from_grunntall(grunntall), Err(Feil::FoersteSiffer));
        }
        let nummer = FellesHjelpenummer::from_grunntall(800_123_452).unwrap();
        assert_eq!(nummer.as_str(), "80012345287");
        assert_eq!(FellesHjelpenummer::parse(nummer.as_str()), Ok(nummer));
        assert_eq!(format!("{nummer:?}"), "FellesHjelpenummer(***********)");
    }

    #[test]
    fn an_internal_h_number_is_a_foedselsnummer_with_the_month_plus_40() {
        assert_eq!(
            InterntHjelpenummer::parse("01912499975"),
            Err(Feil::IkkeInterntHjelpenummer)
        );
        assert_eq!(InterntHjelpenummer::parse("80012345287"), Err(Feil::Dag));
    }
}
