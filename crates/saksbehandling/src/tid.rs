//! Days and times in Norway. The moment itself is a parameter: nothing here reads a clock.

use informasjonsmodell::{Dato, Forskyvning, Tidspunkt};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The zone that the register's days are days in; its rules come with the program. Source: IANA time zone database, which has
/// Oslo as Berlin, and so without the Norwegian summer times of 1959 to 1965.
static NORGE: TimeZone = jiff::tz::get!("Europe/Oslo");

/// Years in which somebody is not of age. Source: vergemålsloven § 8.
pub(crate) const MYNDIG_AAR: u16 = 18;

/// A moment, as the register writes it and as days are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tid {
    /// Becomes `ajourholdstidspunkt`.
    pub tidspunkt: Tidspunkt,
    /// The day it is in Norway.
    pub dag: Dato,
    /// Seconds since 1970.
    pub sekunder: i64,
}

impl Tid {
    /// Of a moment since 1970. `None` outside the years that the register has.
    #[must_use]
    pub fn new(naa: Timestamp) -> Option<Self> {
        let lokal = naa.to_zoned(NORGE.clone());
        let nanosekunder = u32::try_from(naa.subsec_nanosecond()).ok()?;
        let millisekunder = nanosekunder / 1_000_000 * 1_000_000;
        let minutter = i16::try_from(lokal.offset().seconds() / 60).ok()?;
        let (aar, maaned, dag) = (lokal.year(), lokal.month(), lokal.day());
        Some(Tid {
            tidspunkt: Tidspunkt::new(naa.as_second(), millisekunder, 3, Forskyvning::Minutter(minutter))?,
            dag: Dato::hel(
                u16::try_from(aar).ok()?,
                u8::try_from(maaned).ok()?,
                u8::try_from(dag).ok()?,
            )?,
            sekunder: naa.as_second(),
        })
    }
}

/// The first moment of a day in Norway; `None` for a date that is not whole.
#[must_use]
pub fn midnatt(dato: Dato) -> Option<Tidspunkt> {
    let (maaned, dag) = (i8::try_from(dato.maaned()?).ok()?, i8::try_from(dato.dag()?).ok()?);
    let dag = jiff::civil::Date::new(i16::try_from(dato.aar()).ok()?, maaned, dag).ok()?;
    let start = dag.to_zoned(NORGE.clone()).ok()?;
    let minutter = i16::try_from(start.offset().seconds() / 60).ok()?;
    Tidspunkt::new(start.timestamp().as_second(), 0, 0, Forskyvning::Minutter(minutter))
}

/// A date as XML writes it; a zone after it is passed over.
pub(crate) fn dato(tekst: &str) -> Option<Dato> {
    Dato::parse(tekst.get(..10)?).filter(|dato| dato.dag().is_some())
}

/// Whole years from one date to another; `None` where one of them is not whole.
pub(crate) fn aar_mellom(fra: Dato, til: Dato) -> Option<u16> {
    let (fra_dag, til_dag) = ((fra.maaned()?, fra.dag()?), (til.maaned()?, til.dag()?));
    til.aar()
        .checked_sub(fra.aar())
        .map(|aar| aar.saturating_sub(u16::from(til_dag < fra_dag)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_when_it_does_in_norway() {
        for (dag, ventet) in [
            ("2026-01-02", "2026-01-02T00:00:00+01:00"),
            ("2026-07-02", "2026-07-02T00:00:00+02:00"),
            ("2026-03-29", "2026-03-29T00:00:00+01:00"),
            ("1968-07-01", "1968-07-01T00:00:00+01:00"),
            // There was summer time in these years as well.
            ("1943-07-01", "1943-07-01T00:00:00+02:00"),
        ] {
            assert_eq!(midnatt(Dato::parse(dag).unwrap()).unwrap().to_string(), ventet);
        }
        assert_eq!(midnatt(Dato::parse("2026-01").unwrap()), None);
        let tid = Tid::new("2025-12-31T23:30:00.1234Z".parse().unwrap()).unwrap();
        assert_eq!(
            (tid.dag.to_string().as_str(), tid.tidspunkt.to_string().as_str()),
            ("2026-01-01", "2026-01-01T00:30:00.123+01:00")
        );
    }

    #[test]
    fn somebody_is_as_old_as_their_last_birthday_says() {
        let alder = |fra: &str, til: &str| aar_mellom(Dato::parse(fra).unwrap(), Dato::parse(til).unwrap());
        assert_eq!(alder("2000-05-10", "2018-05-09"), Some(17));
        assert_eq!(alder("2000-05-10", "2018-05-10"), Some(18));
        assert_eq!(alder("2000-05-10", "1999-05-10"), None);
        assert_eq!(alder("2000", "2018-05-10"), None);
        assert_eq!(dato("2026-01-02Z").unwrap().to_string(), "2026-01-02");
        assert_eq!(dato("2026-01-0"), None);
    }
}
