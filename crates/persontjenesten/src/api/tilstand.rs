//! What the Person API stands on, and its settings.

use std::sync::{Arc, PoisonError, RwLock};

use helsekopi::{Kopi, Maaling};
use http::HeaderValue;
use identifikator::Dato;
use jiff::{SignedDuration, Span, Timestamp, tz::TimeZone};
use kartverk::Kartverk;
use prometheus_client::metrics::counter::Counter;
use tilgang::Frigivelse;
use tilgang::avtale::Avtaleregister;
use tilgang::token::Klokke;
use tilgang::token::helseid::Helseidverifikator;
use tjenesteflate::maalinger::{self, Maalere};
use tjenesteflate::vern::Vakt;

use super::struping::Struping;
use crate::endringslogg::Slutt;
pub use crate::endringslogg::UTFASING_MAANEDER;
use crate::oversettelse::{Steder, Telling};

/// How far behind the copy may be before addresses of whoever has unread changes are kept back. Units: seconds.
///
/// Source: ruling 19; the figure is our choice.
pub const ETTERSLEP_MAKS_S: i64 = 60;
/// Most ids that version 2's `search/match-list`, which has no pages, answers with; more is refused.
///
/// Source: our choice; one record in the audit log, and some 4 MB, hold as many.
pub const MATCH_LIST_MAKS: u64 = 100_000;

/// Where the copy is put when it is filled; until then there is nothing to answer from.
#[derive(Debug, Default)]
pub struct Kopiplass(RwLock<Option<Arc<Kopi>>>);

impl Kopiplass {
    /// Serves this one from now on.
    pub fn sett(&self, kopi: Arc<Kopi>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(kopi);
    }

    /// Serves none from now on; calls that are under way keep theirs.
    pub fn fjern(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The one that is served.
    #[must_use]
    pub fn hent(&self) -> Option<Arc<Kopi>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// When version 2 was said to be deprecated, and when it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utfasing {
    pub(super) deprecation: HeaderValue,
    pub(super) sunset: HeaderValue,
    pub(super) dager: Slutt,
}

/// The time between the two is too short, or cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("versjon 2 må tjenes i minst {UTFASING_MAANEDER} måneder etter at den er meldt foreldet")]
pub struct Utfasingsfeil;

impl Utfasing {
    /// Two days, at least [`UTFASING_MAANEDER`] apart.
    ///
    /// Source: RFC 9745 for `Deprecation`, RFC 8594 for `Sunset`; Person API, versioning, for the months.
    ///
    /// # Errors
    /// [`Utfasingsfeil`].
    pub fn new(foreldet: Timestamp, slutt: Timestamp) -> Result<Self, Utfasingsfeil> {
        let maaneder = Span::new().try_months(UTFASING_MAANEDER).map_err(|_| Utfasingsfeil)?;
        let tidligst = foreldet.to_zoned(TimeZone::UTC).checked_add(maaneder);
        if tidligst.map_err(|_| Utfasingsfeil)?.timestamp() > slutt {
            return Err(Utfasingsfeil);
        }
        let dato = slutt.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT");
        let dag = |tid: Timestamp| tid.to_zoned(TimeZone::UTC).date().to_string();
        let verdi = |tekst: String| HeaderValue::try_from(tekst).map_err(|_| Utfasingsfeil);
        Ok(Utfasing {
            deprecation: verdi(format!("@{}", foreldet.as_second()))?,
            sunset: verdi(dato.to_string())?,
            dager: Slutt {
                foreldet: dag(foreldet),
                slutt: dag(slutt),
            },
        })
    }
}

/// What can be chosen.
#[derive(Clone, Debug)]
pub struct Innstillinger {
    /// Whether a person can be found by a DUF number without legal basis. Source: access matrix, `oppslag_paa_duf_nummer`: off.
    pub duf_uten_hjemmel: bool,
    /// See [`ETTERSLEP_MAKS_S`].
    pub etterslep_maks: SignedDuration,
    /// How old contact data may be and still be given. Source: reliability; the figure is our choice, three rounds a day apart.
    pub kontaktalder_maks: SignedDuration,
    /// See [`MATCH_LIST_MAKS`].
    pub match_list_maks: u64,
    /// The end of version 2, once it is known.
    pub utfasing: Option<Utfasing>,
}

impl Default for Innstillinger {
    fn default() -> Self {
        Innstillinger {
            duf_uten_hjemmel: false,
            etterslep_maks: SignedDuration::from_secs(ETTERSLEP_MAKS_S),
            kontaktalder_maks: SignedDuration::from_hours(72),
            match_list_maks: MATCH_LIST_MAKS,
            utfasing: None,
        }
    }
}

/// What is counted beside the calls.
#[derive(Debug)]
pub struct Tellere {
    uoversatt: Counter,
    holdt: Counter,
}

impl Tellere {
    /// Counters of their own names.
    ///
    /// # Errors
    /// [`maalinger::Error`] if the names are taken.
    pub fn new(maalere: &Maalere) -> Result<Self, maalinger::Error> {
        let (uoversatt, holdt) = (Counter::default(), Counter::default());
        maalere.register(
            "person_api_untranslated",
            "Fields, codes and dates of released documents that have no English and were left out",
            uoversatt.clone(),
        )?;
        maalere.register(
            "person_api_addresses_held",
            "Persons answered without addresses, because they have changes that are not read",
            holdt.clone(),
        )?;
        Ok(Tellere { uoversatt, holdt })
    }

    pub(super) fn oversatt(&self, telling: Telling) {
        let antall = telling.ukjente_felt + telling.ukjente_koder + telling.ufullstendige_datoer;
        if antall > 0 {
            self.uoversatt.inc_by(antall as u64);
        }
    }

    pub(super) fn holdt(&self, antall: u64) {
        if antall > 0 {
            self.holdt.inc_by(antall);
        }
    }
}

/// The Person API's surroundings.
pub struct PersonApi {
    /// The copy, when there is one to serve.
    pub kopi: Arc<Kopiplass>,
    /// How far the copy is behind.
    pub maaling: Arc<Maaling>,
    /// The gate that answers go through.
    pub frigivelse: Frigivelse,
    /// Verifies tokens and proofs.
    pub verifikator: Arc<Helseidverifikator>,
    /// Who has a grant for what.
    pub avtaler: Arc<Avtaleregister>,
    /// The clock of tokens and grants, and of how old the copy is.
    pub klokke: Klokke,
    /// Names of places.
    pub kartverk: Arc<Kartverk>,
    /// What can be chosen.
    pub innstillinger: Innstillinger,
    /// What is counted.
    pub tellere: Tellere,
    /// What each consumer may use.
    pub struping: Struping,
    /// The guard of the port, where there is one.
    pub vakt: Option<Vakt>,
}

impl PersonApi {
    /// The places that one answer is given with: one table, and the bydeler of the day, in UTC as views are told of them.
    pub(super) fn steder(&self) -> Option<Steder> {
        let dag = (self.klokke)().to_zoned(TimeZone::UTC).date();
        let (maaned, dag_nr) = (u8::try_from(dag.month()).ok()?, u8::try_from(dag.day()).ok()?);
        let dag = Dato::new(u16::try_from(dag.year()).ok()?, maaned, dag_nr)?;
        Some(Steder::new(self.kartverk.naa(), dag))
    }
}

impl std::fmt::Debug for PersonApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonApi")
            .field("innstillinger", &self.innstillinger)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_ends_six_months_after_it_was_said_to_at_the_earliest() {
        let tid = |tekst: &str| tekst.parse::<Timestamp>().unwrap();
        let foreldet = tid("2026-08-31T00:00:00Z");
        assert_eq!(Utfasing::new(foreldet, tid("2027-02-27T23:59:59Z")), Err(Utfasingsfeil));
        let utfasing = Utfasing::new(foreldet, tid("2027-02-28T00:00:00Z")).unwrap();
        assert_eq!(utfasing.deprecation, "@1788134400");
        assert_eq!(utfasing.sunset, "Sun, 28 Feb 2027 00:00:00 GMT");
        assert_eq!(
            (utfasing.dager.foreldet.as_str(), utfasing.dager.slutt.as_str()),
            ("2026-08-31", "2027-02-28")
        );
    }
}
