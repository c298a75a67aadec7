//! The rules a text can break when it is read as a number.
//!
//! Each variant names one rule and, where it helps, one position. No variant carries a digit of the text that was
//! refused: a wrong number is personal data too.

use thiserror::Error;

/// Why a text is not the number it was read as.
///
/// Shape: the first rule broken, in the order length and digits, day, month, date, control digits.
/// Units: positions count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Feil {
    /// Too few or too many characters.
    #[error("nummeret skal ha nøyaktig {ventet} siffer")]
    Lengde {
        /// How many digits this kind of number has.
        ventet: usize,
    },
    /// A character that is not one of 0-9.
    #[error("tegn {posisjon} er ikke et siffer; bruk bare 0-9, uten mellomrom og skilletegn")]
    IkkeSiffer {
        /// Position of the first such character.
        posisjon: usize,
    },
    /// Digits 1-2 are neither a day nor a day plus 40.
    #[error("siffer 1-2 er ingen dag; tillatt er 01-31, eller 41-71 i et D-nummer")]
    Dag,
    /// Digits 3-4 are no month in any series.
    #[error("siffer 3-4 er ingen måned; tillatt er 01-12, eller måneden pluss 40, 65 eller 80")]
    Maaned,
    /// Day and month stand each for themselves, but the year has no such day.
    #[error("datoen i siffer 1-6 finnes ikke")]
    Dato,
    /// Control digit 1 fits neither calculation.
    #[error("kontrollsiffer 1 stemmer ikke; se over siffer 1-10")]
    Kontrollsiffer1,
    /// Control digit 2 does not fit.
    #[error("kontrollsiffer 2 stemmer ikke; se over siffer 10 og 11")]
    Kontrollsiffer2,
    /// The control digit of an organisasjonsnummer does not fit.
    #[error("kontrollsifferet stemmer ikke; se over alle 9 siffer")]
    Kontrollsiffer,
    /// A felles hjelpenummer begins with 8 or 9.
    #[error("et felles hjelpenummer begynner med 8 eller 9")]
    FoersteSiffer,
    /// An internal H-number is a fødselsnummer with 40 added to the month.
    #[error("et internt hjelpenummer er et fødselsnummer der måneden er økt med 40")]
    IkkeInterntHjelpenummer,
    /// The control digit of these leading digits would be 10.
    #[error("grunntallet kan ikke brukes, for et kontrollsiffer ville blitt 10; ta et annet")]
    UbrukeligGrunntall,
}
