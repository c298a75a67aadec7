//! What the consumer API stands on.

use std::sync::Arc;

use driftsmeldinger::Tavle;
use jiff::{Span, Timestamp, tz::TimeZone};
use register::Register;
use tilgang::Frigivelse;
use tilgang::avtale::Avtaleregister;
use tilgang::token::{Klokke, Maskinportenverifikator};
use tjenesteflate::etag;
use tjenesteflate::vern::Vakt;

use super::struping::Struping;
use super::uttrekk::Uttrekk;

/// Months that events and former versions of persons can be read.
///
/// Source: news 2024-10-28; a setting here.
pub const OPPBEVARING_MAANEDER: u32 = 36;

/// The consumer API's surroundings.
pub struct Folkeregister {
    /// The register.
    pub register: Arc<Register>,
    /// News and notices, and what of them is in force.
    pub tavle: Arc<Tavle>,
    /// Extracts that were ordered.
    pub uttrekk: Uttrekk,
    /// The gate that answers go through.
    pub frigivelse: Frigivelse,
    /// Verifies access tokens.
    pub verifikator: Arc<Maskinportenverifikator>,
    /// Who has a grant for what.
    pub avtaler: Arc<Avtaleregister>,
    /// Key of the feed's ETags.
    pub etag: etag::Noekkel,
    /// The clock of tokens, grants and extracts.
    pub klokke: Klokke,
    /// The clock that retention counts by, which in a test environment may have been set.
    pub registerklokke: Klokke,
    /// Address of this service as consumers see it, without a slash at the end.
    pub base: String,
    /// Months of retention.
    pub oppbevaring_maaneder: u32,
    /// Whether the Svalbard package is served.
    pub svalbard: bool,
    /// What each consumer may use.
    pub struping: Struping,
    /// The guard of the port, where there is one.
    pub vakt: Option<Vakt>,
}

impl std::fmt::Debug for Folkeregister {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Folkeregister")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl Folkeregister {
    /// The moment before which what happened is past retention, seconds since 1970.
    #[must_use]
    pub fn eldste_sekunder(&self) -> i64 {
        eldste((self.registerklokke)(), self.oppbevaring_maaneder)
    }
}

fn eldste(naa: Timestamp, maaneder: u32) -> i64 {
    let tidsrom = Span::new().try_months(i64::from(maaneder));
    let grense = tidsrom.and_then(|tidsrom| naa.to_zoned(TimeZone::UTC).checked_sub(tidsrom));
    grense.map_or(i64::MIN, |z| z.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_counts_calendar_months() {
        let naa: Timestamp = "2026-03-31T12:00:00Z".parse().unwrap();
        let ventet: Timestamp = "2023-03-31T12:00:00Z".parse().unwrap();
        assert_eq!(eldste(naa, 36), ventet.as_second());
        assert_eq!(eldste(naa, u32::MAX), i64::MIN);
    }
}
