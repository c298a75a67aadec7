//! A calendar date, just large enough for identifiers and birth dates.
//!
//! Gregorian throughout, years 1-9999. Time of day and time zones live elsewhere. A newcomer mixes up the leap
//! rule of the calendar, which is here, with the coarser one of a two-digit year, which is in
//! [`Folkeregisteridentifikator`](crate::Folkeregisteridentifikator).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Days from 0001-01-01 to 1970-01-01.
const DAGER_TIL_1970: i32 = 719_162;
/// Days from 0000-03-01 to 0001-01-01.
const DAGER_TIL_MARS: i32 = 306;
const DAGER_I_400_AAR: i32 = 146_097;
const DAGER_I_100_AAR: i32 = 36_524;
const DAGER_I_4_AAR: i32 = 1_461;

/// A date that exists.
///
/// Shape: ordered as the calendar is; `Display` and `FromStr` use ISO 8601, `ÅÅÅÅ-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dato {
    aar: u16,
    maaned: u8,
    dag: u8,
}

/// The text is not a date of the form `ÅÅÅÅ-MM-DD`, or the date does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("ikke en dato; skriv en dato som finnes, på formen ÅÅÅÅ-MM-DD")]
pub struct UgyldigDato;

impl Dato {
    /// The date, if the calendar has it and the year is 1-9999.
    #[must_use]
    pub const fn new(aar: u16, maaned: u8, dag: u8) -> Option<Self> {
        if aar >= 1 && aar <= 9999 && dag >= 1 && dag <= dager_i_maaned(aar, maaned) {
            Some(Self { aar, maaned, dag })
        } else {
            None
        }
    }

    /// Year, four digits.
    #[must_use]
    pub const fn aar(self) -> u16 {
        self.aar
    }

    /// Month, 1-12.
    #[must_use]
    pub const fn maaned(self) -> u8 {
        self.maaned
    }

    /// Day of the month, 1-31.
    #[must_use]
    pub const fn dag(self) -> u8 {
        self.dag
    }

    /// Days since 1970-01-01; negative before it.
    #[must_use]
    pub fn dager_siden_1970(self) -> i32 {
        let hele_aar = i32::from(self.aar) - 1;
        let dager_foer_aaret = 365 * hele_aar + hele_aar / 4 - hele_aar / 100 + hele_aar / 400;
        let dager_foer_maaneden: i32 = (1..self.maaned).map(|m| i32::from(dager_i_maaned(self.aar, m))).sum();
        dager_foer_aaret + dager_foer_maaneden + i32::from(self.dag) - 1 - DAGER_TIL_1970
    }

    /// The date so many days after 1970-01-01, or `None` outside the years 1-9999.
    #[must_use]
    pub fn from_dager_siden_1970(dager: i32) -> Option<Self> {
        // Days since 1 March of year 0: the leap day comes last in its year, and months have a rule without exceptions.
        let fra_mars = dager.checked_add(DAGER_TIL_1970 + DAGER_TIL_MARS).filter(|d| *d >= 0)?;
        let (perioder_400, dag) = (fra_mars / DAGER_I_400_AAR, fra_mars % DAGER_I_400_AAR);
        let skuddager = dag / (DAGER_I_4_AAR - 1) - dag / DAGER_I_100_AAR + dag / (DAGER_I_400_AAR - 1);
        let aar = (dag - skuddager) / 365;
        let dag_i_aaret = dag - (365 * aar + aar / 4 - aar / 100);
        // Five months, March to July and so on, have 153 days.
        let maaned = (5 * dag_i_aaret + 2) / 153;
        let dag = dag_i_aaret - (153 * maaned + 2) / 5 + 1;
        let (aar, maaned) = if maaned < 10 {
            (aar, maaned + 3)
        } else {
            (aar + 1, maaned - 9)
        };
        Self::new(
            u16::try_from(400 * perioder_400 + aar).ok()?,
            u8::try_from(maaned).ok()?,
            u8::try_from(dag).ok()?,
        )
    }

    /// The day after, or `None` after 9999-12-31.
    #[must_use]
    pub fn neste(self) -> Option<Self> {
        Self::new(self.aar, self.maaned, self.dag + 1)
            .or_else(|| Self::new(self.aar, self.maaned + 1, 1))
            .or_else(|| Self::new(self.aar + 1, 1, 1))
    }

    /// The day before, or `None` before 0001-01-01.
    #[must_use]
    pub fn forrige(self) -> Option<Self> {
        if self.dag > 1 {
            return Self::new(self.aar, self.maaned, self.dag - 1);
        }
        match self.maaned {
            1 => Self::new(self.aar - 1, 12, 31),
            maaned => Self::new(self.aar, maaned - 1, dager_i_maaned(self.aar, maaned - 1)),
        }
    }

    /// The last two digits of the year, as an identifier carries them.
    pub(crate) const fn aar_to_siffer(self) -> u8 {
        (self.aar % 100) as u8
    }
}

/// Days in the month; 0 for a month that does not exist.
const fn dager_i_maaned(aar: u16, maaned: u8) -> u8 {
    match maaned {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if aar.is_multiple_of(4) && (!aar.is_multiple_of(100) || aar.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

impl fmt::Display for Dato {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.aar, self.maaned, self.dag)
    }
}

impl FromStr for Dato {
    type Err = UgyldigDato;

    fn from_str(tekst: &str) -> Result<Self, Self::Err> {
        let &[a1, a2, a3, a4, b'-', m1, m2, b'-', d1, d2] = tekst.as_bytes() else {
            return Err(UgyldigDato);
        };
        let tall = |siffer: &[u8]| {
            siffer.iter().try_fold(0_u16, |sum, b| {
                b.is_ascii_digit().then(|| sum * 10 + u16::from(b - b'0'))
            })
        };
        let liten = |siffer: &[u8]| tall(siffer).and_then(|t| u8::try_from(t).ok());
        tall(&[a1, a2, a3, a4])
            .zip(liten(&[m1, m2]).zip(liten(&[d1, d2])))
            .and_then(|(aar, (maaned, dag))| Self::new(aar, maaned, dag))
            .ok_or(UgyldigDato)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dato(tekst: &str) -> Dato {
        tekst.parse().unwrap()
    }

    #[test]
    fn leap_years_follow_the_calendar() {
        assert!(Dato::new(2000, 2, 29).is_some());
        assert!(Dato::new(2024, 2, 29).is_some());
        assert!(Dato::new(1900, 2, 29).is_none());
        assert!(Dato::new(2001, 2, 29).is_none());
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for (aar, maaned, dag) in [
            (0, 1, 1),
            (10_000, 1, 1),
            (2024, 0, 1),
            (2024, 13, 1),
            (2024, 4, 31),
            (2024, 1, 0),
        ] {
            assert!(Dato::new(aar, maaned, dag).is_none(), "{aar} {maaned} {dag}");
        }
        for tekst in [
            "",
            "2024-1-01",
            "2024-02-30",
            "20240201",
            "2024/02/01",
            "2024-02-01Z",
            "２024-02-01",
            "+024-02-01",
        ] {
            assert_eq!(tekst.parse::<Dato>(), Err(UgyldigDato), "{tekst}");
        }
    }

    #[test]
    fn epoch_and_well_known_days_are_counted_right() {
        assert_eq!(dato("1970-01-01").dager_siden_1970(), 0);
        assert_eq!(dato("1969-12-31").dager_siden_1970(), -1);
        assert_eq!(dato("2000-03-01").dager_siden_1970(), 11_017);
        assert_eq!(dato("0001-01-01").dager_siden_1970(), -DAGER_TIL_1970);
    }

    #[test]
    fn every_day_of_the_whole_calendar_converts_both_ways_and_has_neighbours() {
        let mut dag = dato("0001-01-01");
        assert_eq!(dag.forrige(), None);
        let mut nummer = dag.dager_siden_1970();
        loop {
            assert_eq!(dag.dager_siden_1970(), nummer);
            assert_eq!(Dato::from_dager_siden_1970(nummer), Some(dag));
            let Some(neste) = dag.neste() else { break };
            assert!(neste > dag);
            assert_eq!(neste.forrige(), Some(dag));
            dag = neste;
            nummer += 1;
        }
        assert_eq!(dag, dato("9999-12-31"));
        assert_eq!(Dato::from_dager_siden_1970(nummer + 1), None);
        assert_eq!(Dato::from_dager_siden_1970(i32::MAX), None);
        assert_eq!(Dato::from_dager_siden_1970(i32::MIN), None);
    }

    #[test]
    fn display_pads_and_parses_back() {
        assert_eq!(dato("0007-03-09").to_string(), "0007-03-09");
    }
}
