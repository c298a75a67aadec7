//! The rettighetspakker a consumer may hold. What each may see stands in the projection table, not here.

use std::fmt;

/// A rettighetspakke: the nine published ones and the configurable one for Svalbard.
///
/// Source: Skatteetaten's API documentation, "Endepunkter"; Svalbard's path and scope are our choice (ADR 0004).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pakke {
    /// Offentlig og privat virksomhet med hjemmel.
    OffentligMedHjemmel,
    /// Offentlig virksomhet uten hjemmel.
    OffentligUtenHjemmel,
    /// Privat virksomhet uten hjemmel.
    PrivatUtenHjemmel,
    /// Privat virksomhet.
    Privat,
    /// Privat virksomhet uten folkeregisteridentifikator.
    PrivatUtenFolkeregisteridentifikator,
    /// Finans.
    Finans,
    /// Presse.
    Presse,
    /// Presse uten folkeregisteridentifikator.
    PresseUtenFolkeregisteridentifikator,
    /// Utsteder eID.
    UtstederEid,
    /// Befolkningsregisteret for Svalbard.
    Svalbard,
}

impl Pakke {
    /// Every package, in the order of the published table, Svalbard last.
    pub const ALLE: [Pakke; 10] = [
        Pakke::OffentligMedHjemmel,
        Pakke::OffentligUtenHjemmel,
        Pakke::PrivatUtenHjemmel,
        Pakke::Privat,
        Pakke::PrivatUtenFolkeregisteridentifikator,
        Pakke::Finans,
        Pakke::Presse,
        Pakke::PresseUtenFolkeregisteridentifikator,
        Pakke::UtstederEid,
        Pakke::Svalbard,
    ];

    /// The word the command line uses, for example `offentlig-med-hjemmel`; the published path's own word.
    #[must_use]
    pub fn kortnavn(self) -> &'static str {
        match self {
            Pakke::OffentligMedHjemmel => "offentlig-med-hjemmel",
            Pakke::OffentligUtenHjemmel => "offentligutenhjemmel",
            Pakke::PrivatUtenHjemmel => "privatutenhjemmel",
            Pakke::Privat => "privat",
            Pakke::PrivatUtenFolkeregisteridentifikator => "privatutenfolkeregisteridentifikator",
            Pakke::Finans => "finans",
            Pakke::Presse => "presse",
            Pakke::PresseUtenFolkeregisteridentifikator => "presseutenfolkeregisteridentifikator",
            Pakke::UtstederEid => "eid",
            Pakke::Svalbard => "svalbard",
        }
    }

    /// The package's name for people.
    #[must_use]
    pub fn tittel(self) -> &'static str {
        match self {
            Pakke::OffentligMedHjemmel => "offentlig med hjemmel",
            Pakke::OffentligUtenHjemmel => "offentlig uten hjemmel",
            Pakke::PrivatUtenHjemmel => "privat uten hjemmel",
            Pakke::Privat => "privat",
            Pakke::PrivatUtenFolkeregisteridentifikator => "privat uten folkeregisteridentifikator",
            Pakke::Finans => "finans",
            Pakke::Presse => "presse",
            Pakke::PresseUtenFolkeregisteridentifikator => "presse uten folkeregisteridentifikator",
            Pakke::UtstederEid => "utsteder eID",
            Pakke::Svalbard => "Befolkningsregisteret for Svalbard",
        }
    }

    /// Reads [`Pakke::kortnavn`] back.
    #[must_use]
    pub fn fra_kortnavn(navn: &str) -> Option<Pakke> {
        Pakke::ALLE.into_iter().find(|pakke| pakke.kortnavn() == navn)
    }

    /// The path below the host, without slashes at the ends: two published forms exist.
    ///
    /// Source: "Endepunkter"; `folkeregisteret/api/svalbard` is our choice.
    #[must_use]
    pub fn sti(self) -> &'static str {
        match self {
            Pakke::OffentligMedHjemmel => "folkeregisteret/offentlig-med-hjemmel/api",
            Pakke::OffentligUtenHjemmel => "folkeregisteret/api/offentligutenhjemmel",
            Pakke::PrivatUtenHjemmel => "folkeregisteret/api/privatutenhjemmel",
            Pakke::Privat => "folkeregisteret/api/privat",
            Pakke::PrivatUtenFolkeregisteridentifikator => "folkeregisteret/api/privatutenfolkeregisteridentifikator",
            Pakke::Finans => "folkeregisteret/api/finans",
            Pakke::Presse => "folkeregisteret/api/presse",
            Pakke::PresseUtenFolkeregisteridentifikator => "folkeregisteret/api/presseutenfolkeregisteridentifikator",
            Pakke::UtstederEid => "folkeregisteret/api/eid",
            Pakke::Svalbard => "folkeregisteret/api/svalbard",
        }
    }

    /// Whether a registered person may see single lookups that were made of them with the package.
    ///
    /// Source: the access matrix, `logg_innsyn_for_den_registrerte`; Svalbard is public (our choice: as public bodies).
    #[must_use]
    pub fn gir_innsyn(self) -> bool {
        matches!(
            self,
            Pakke::PrivatUtenHjemmel | Pakke::Privat | Pakke::PrivatUtenFolkeregisteridentifikator
        )
    }

    /// The Maskinporten scope that opens the package.
    #[must_use]
    pub fn scope(self) -> &'static str {
        match self {
            Pakke::OffentligMedHjemmel => "folkeregister:deling/offentligmedhjemmel",
            Pakke::OffentligUtenHjemmel => "folkeregister:deling/offentligutenhjemmel",
            Pakke::PrivatUtenHjemmel => "folkeregister:deling/privatutenhjemmel",
            Pakke::Privat => "folkeregister:deling/privat",
            Pakke::PrivatUtenFolkeregisteridentifikator => "folkeregister:deling/privatutenfolkeregisteridentifikator",
            Pakke::Finans => "folkeregister:deling/finans",
            Pakke::Presse => "folkeregister:deling/presse",
            Pakke::PresseUtenFolkeregisteridentifikator => "folkeregister:deling/presseutenfolkeregisteridentifikator",
            Pakke::UtstederEid => "folkeregister:deling/utstedereid",
            Pakke::Svalbard => "folkeregister:deling/svalbardregister",
        }
    }

    /// A second published scope for the same package, where one exists.
    ///
    /// Source: page "Maskinporten"; that it is treated as its base package is our choice.
    #[must_use]
    pub fn scope_segmentansvarlig(self) -> Option<&'static str> {
        match self {
            Pakke::OffentligMedHjemmel => Some("folkeregister:deling/offentligmedhjemmel.segmentansvarlig"),
            Pakke::OffentligUtenHjemmel => Some("folkeregister:deling/offentligutenhjemmel.segmentansvarlig"),
            Pakke::Finans => Some("folkeregister:deling/finans.segmentansvarlig"),
            _ => None,
        }
    }
}

impl fmt::Display for Pakke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kortnavn())
    }
}
