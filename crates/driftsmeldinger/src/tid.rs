//! Times as consumers see them: Norwegian time with its offset, and GMT for RSS.
//!
//! A body that says 13:45 and a feed that says 13:45 GMT are two hours apart in summer. So a time is never written without
//! saying which: `2021-06-24T13:45:00+02:00` in JSON and Atom, `Thu, 24 Jun 2021 11:45:00 GMT` in RSS and in headers.

use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// Norway since 1996: summer time from the last Sunday in March to that in October. Source: the rule of the EU.
const NORGE: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

fn norge() -> TimeZone {
    // A constant that a test reads.
    TimeZone::posix(NORGE).unwrap_or(TimeZone::UTC)
}

/// ISO 8601 with offset, in Norwegian time, to the second.
#[must_use]
pub fn iso(tid: Timestamp) -> String {
    tid.to_zoned(norge()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// RFC 822 as RSS and HTTP have it: GMT, four digits of the year.
#[must_use]
pub fn gmt(tid: Timestamp) -> String {
    DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&tid)
        .unwrap_or_else(|_| "Thu, 01 Jan 1970 00:00:00 GMT".to_owned())
}

/// For people: `14.01.2026 18:00`, Norwegian time.
#[must_use]
pub fn kort(tid: Timestamp) -> String {
    tid.to_zoned(norge()).strftime("%d.%m.%Y %H:%M").to_string()
}

/// Reads a time: with offset or `Z` as it stands, without as Norwegian time; a date alone is its first moment.
#[must_use]
pub fn les(tekst: &str) -> Option<Timestamp> {
    if let Ok(tid) = tekst.parse::<Timestamp>() {
        return Some(tid);
    }
    let lokal: DateTime = tekst.parse().ok()?;
    Some(lokal.to_zoned(norge()).ok()?.timestamp())
}

/// The same time without its fraction of a second.
pub(crate) fn hele_sekunder(tid: Timestamp) -> Timestamp {
    Timestamp::from_second(tid.as_second()).unwrap_or(tid)
}

/// A month later, by the Norwegian calendar.
pub(crate) fn om_en_maaned(tid: Timestamp) -> Timestamp {
    tid.to_zoned(norge())
        .checked_add(1.month())
        .map_or(Timestamp::MAX, |z| z.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_to_two_in_summer_is_a_quarter_to_twelve_in_gmt() {
        let tid = les("2021-06-24T13:45").unwrap();
        assert_eq!(iso(tid), "2021-06-24T13:45:00+02:00");
        assert_eq!(gmt(tid), "Thu, 24 Jun 2021 11:45:00 GMT");
        assert_eq!(les(&iso(tid)), Some(tid));
        let tid = les("2021-12-24T13:45:00+01:00").unwrap();
        assert_eq!(iso(tid), "2021-12-24T13:45:00+01:00");
        assert_eq!(gmt(tid), "Fri, 24 Dec 2021 12:45:00 GMT");
        assert_eq!(les("2021-12-24T12:45:00Z"), Some(tid));
        assert_eq!(iso(les("2026-01-14").unwrap()), "2026-01-14T00:00:00+01:00");
        assert_eq!(kort(les("2026-03-29T03:00").unwrap()), "29.03.2026 03:00");
        assert_eq!(iso(les("2026-03-29T03:00").unwrap()), "2026-03-29T03:00:00+02:00");
        for galt in ["", "i morgen", "2026-13-01", "24.06.2021", "18:00"] {
            assert_eq!(les(galt), None, "{galt}");
        }
    }
}
