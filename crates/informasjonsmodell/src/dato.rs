//! Dates of partial precision: a year, a year and a month, or a whole date.

use std::fmt;

/// A date as the register knows it: the month or the day may be unknown.
///
/// Shape: `2026`, `2026-03` or `2026-03-14`; year 1000-9999. Printed exactly as it was read.
/// Source: XSD type `Dato`; partial precision is our widening, as other interfaces of the chain deliver such dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dato {
    aar: u16,
    maaned: u8,
    dag: u8,
}

impl Dato {
    /// A whole date, if it exists in the calendar.
    #[must_use]
    pub fn hel(aar: u16, maaned: u8, dag: u8) -> Option<Self> {
        let gyldig =
            (1000..=9999).contains(&aar) && (1..=12).contains(&maaned) && dag >= 1 && dag <= dager_i(aar, maaned);
        gyldig.then_some(Dato { aar, maaned, dag })
    }

    /// A year and a month.
    #[must_use]
    pub fn aar_maaned(aar: u16, maaned: u8) -> Option<Self> {
        ((1000..=9999).contains(&aar) && (1..=12).contains(&maaned)).then_some(Dato { aar, maaned, dag: 0 })
    }

    /// A year alone.
    #[must_use]
    pub fn bare_aar(aar: u16) -> Option<Self> {
        (1000..=9999).contains(&aar).then_some(Dato { aar, maaned: 0, dag: 0 })
    }

    /// Reads one of the three forms.
    #[must_use]
    pub fn parse(tekst: &str) -> Option<Self> {
        let b = tekst.as_bytes();
        match b.len() {
            4 => Dato::bare_aar(siffer(b)?),
            7 if b.get(4) == Some(&b'-') => Dato::aar_maaned(siffer(b.get(..4)?)?, smaa(b.get(5..7)?)?),
            10 if b.get(4) == Some(&b'-') && b.get(7) == Some(&b'-') => {
                Dato::hel(siffer(b.get(..4)?)?, smaa(b.get(5..7)?)?, smaa(b.get(8..10)?)?)
            }
            _ => None,
        }
    }

    /// The year.
    #[must_use]
    pub fn aar(self) -> u16 {
        self.aar
    }

    /// The month, 1-12, if known.
    #[must_use]
    pub fn maaned(self) -> Option<u8> {
        (self.maaned != 0).then_some(self.maaned)
    }

    /// The day, 1-31, if known.
    #[must_use]
    pub fn dag(self) -> Option<u8> {
        (self.dag != 0).then_some(self.dag)
    }

    /// Days since 1970-01-01, for a whole date.
    #[must_use]
    pub fn dager(self) -> Option<i32> {
        (self.dag != 0).then(|| dager_fra_dato(i32::from(self.aar), self.maaned, self.dag))
    }

    /// The whole date that lies `dager` days after 1970-01-01; years outside 1000-9999 have none.
    #[must_use]
    pub fn fra_dager(dager: i32) -> Option<Self> {
        let (aar, maaned, dag) = dato_fra_dager(dager);
        Dato::hel(u16::try_from(aar).ok()?, maaned, dag)
    }
}

impl fmt::Display for Dato {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.aar)?;
        if self.maaned != 0 {
            write!(f, "-{:02}", self.maaned)?;
        }
        if self.dag != 0 {
            write!(f, "-{:02}", self.dag)?;
        }
        Ok(())
    }
}

fn siffer(b: &[u8]) -> Option<u16> {
    b.iter().try_fold(0u16, |sum, c| {
        c.is_ascii_digit().then(|| sum * 10 + u16::from(c - b'0'))
    })
}

fn smaa(b: &[u8]) -> Option<u8> {
    siffer(b).and_then(|n| u8::try_from(n).ok())
}

/// Days in a month of the Gregorian calendar.
pub(crate) fn dager_i(aar: u16, maaned: u8) -> u8 {
    match maaned {
        4 | 6 | 9 | 11 => 30,
        2 if aar.is_multiple_of(4) && (!aar.is_multiple_of(100) || aar.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
pub(crate) fn dager_fra_dato(aar: i32, maaned: u8, dag: u8) -> i32 {
    let aar = if maaned <= 2 { aar - 1 } else { aar };
    let era = aar.div_euclid(400);
    let aar_i_era = aar.rem_euclid(400);
    let maaned_fra_mars = (i32::from(maaned) + 9) % 12;
    let dag_i_aar = (153 * maaned_fra_mars + 2) / 5 + i32::from(dag) - 1;
    let dag_i_era = aar_i_era * 365 + aar_i_era / 4 - aar_i_era / 100 + dag_i_aar;
    era * 146_097 + dag_i_era - 719_468
}

/// The date that lies `dager` days after 1970-01-01: year, month, day.
pub(crate) fn dato_fra_dager(dager: i32) -> (i32, u8, u8) {
    let z = dager.saturating_add(719_468);
    let era = z.div_euclid(146_097);
    let dag_i_era = z.rem_euclid(146_097);
    let aar_i_era = (dag_i_era - dag_i_era / 1460 + dag_i_era / 36_524 - dag_i_era / 146_096) / 365;
    let dag_i_aar = dag_i_era - (365 * aar_i_era + aar_i_era / 4 - aar_i_era / 100);
    let maaned_fra_mars = (5 * dag_i_aar + 2) / 153;
    let dag = u8::try_from(dag_i_aar - (153 * maaned_fra_mars + 2) / 5 + 1).unwrap_or(1);
    let maaned = u8::try_from(if maaned_fra_mars < 10 {
        maaned_fra_mars + 3
    } else {
        maaned_fra_mars - 9
    })
    .unwrap_or(1);
    let aar = aar_i_era + era * 400 + i32::from(maaned <= 2);
    (aar, maaned, dag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_printed_as_it_was_read() {
        for tekst in ["1997", "1997-11", "1997-11-01", "2024-02-29"] {
            assert_eq!(Dato::parse(tekst).unwrap().to_string(), tekst);
        }
    }

    #[test]
    fn a_date_outside_the_calendar_is_refused() {
        for tekst in [
            "",
            "97",
            "1997-13",
            "1997-00",
            "2023-02-29",
            "1900-02-29",
            "1997-1-01",
            "1997-11-31",
            "1997-11-0a",
            "0999-01-01",
        ] {
            assert_eq!(Dato::parse(tekst), None, "{tekst}");
        }
    }

    #[test]
    fn days_since_epoch_go_both_ways() {
        assert_eq!(Dato::parse("1970-01-01").unwrap().dager(), Some(0));
        for dager in (-200_000..200_000).step_by(37) {
            assert_eq!(Dato::fra_dager(dager).unwrap().dager(), Some(dager));
        }
    }
}
