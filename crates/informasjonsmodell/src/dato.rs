//! Dates of partial precision: a year, a year and a month, or a whole date.

use std::fmt;

use identifikator::Dato as Kalenderdato;

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
        let gyldig = finnes(aar, maaned, dag);
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
        (self.dag != 0).then(|| dager_fra_dato(self.aar, self.maaned, self.dag))
    }

    /// The whole date that lies `dager` days after 1970-01-01; years outside 1000-9999 have none.
    #[must_use]
    pub fn fra_dager(dager: i32) -> Option<Self> {
        let dato = Kalenderdato::from_dager_siden_1970(dager)?;
        Dato::hel(dato.aar(), dato.maaned(), dato.dag())
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

/// Whether a whole date exists in the calendar.
pub(crate) fn finnes(aar: u16, maaned: u8, dag: u8) -> bool {
    (1000..=9999).contains(&aar) && Kalenderdato::new(aar, maaned, dag).is_some()
}

/// Days since 1970-01-01 of a date that exists.
pub(crate) fn dager_fra_dato(aar: u16, maaned: u8, dag: u8) -> i32 {
    Kalenderdato::new(aar, maaned, dag).map_or(0, Kalenderdato::dager_siden_1970)
}

/// The date that lies `dager` days after 1970-01-01: year, month, day. Outside the years 1-9999 the epoch itself.
pub(crate) fn dato_fra_dager(dager: i32) -> (u16, u8, u8) {
    Kalenderdato::from_dager_siden_1970(dager).map_or((1970, 1, 1), |d| (d.aar(), d.maaned(), d.dag()))
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
