//! The projections: what a caller sees of a person is one of these eleven views.

use crate::Pakke;

/// A view of every person, with a feed of its own.
///
/// One for each package, and one for the private consumer of med hjemmel who has no grant for graded addresses.
/// Source: our choice, ADR 0004.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Projeksjon {
    /// Med hjemmel.
    MedHjemmel = 0,
    /// Med hjemmel, without graded addresses.
    MedHjemmelUtenGraderte = 1,
    /// Offentlig uten hjemmel.
    OffentligUtenHjemmel = 2,
    /// Privat uten hjemmel.
    PrivatUtenHjemmel = 3,
    /// Privat.
    Privat = 4,
    /// Privat uten folkeregisteridentifikator.
    PrivatUtenFolkeregisteridentifikator = 5,
    /// Finans.
    Finans = 6,
    /// Presse.
    Presse = 7,
    /// Presse uten folkeregisteridentifikator.
    PresseUtenFolkeregisteridentifikator = 8,
    /// Utsteder eID.
    UtstederEid = 9,
    /// Svalbard.
    Svalbard = 10,
}

impl Projeksjon {
    /// Every projection, in the order of its stored number.
    pub const ALLE: [Projeksjon; 11] = [
        Projeksjon::MedHjemmel,
        Projeksjon::MedHjemmelUtenGraderte,
        Projeksjon::OffentligUtenHjemmel,
        Projeksjon::PrivatUtenHjemmel,
        Projeksjon::Privat,
        Projeksjon::PrivatUtenFolkeregisteridentifikator,
        Projeksjon::Finans,
        Projeksjon::Presse,
        Projeksjon::PresseUtenFolkeregisteridentifikator,
        Projeksjon::UtstederEid,
        Projeksjon::Svalbard,
    ];

    /// What a caller with a package sees. `graderte`: may see graded addresses; counts in med hjemmel alone.
    #[must_use]
    pub fn for_pakke(pakke: Pakke, graderte: bool) -> Self {
        match pakke {
            Pakke::OffentligMedHjemmel if graderte => Projeksjon::MedHjemmel,
            Pakke::OffentligMedHjemmel => Projeksjon::MedHjemmelUtenGraderte,
            Pakke::OffentligUtenHjemmel => Projeksjon::OffentligUtenHjemmel,
            Pakke::PrivatUtenHjemmel => Projeksjon::PrivatUtenHjemmel,
            Pakke::Privat => Projeksjon::Privat,
            Pakke::PrivatUtenFolkeregisteridentifikator => Projeksjon::PrivatUtenFolkeregisteridentifikator,
            Pakke::Finans => Projeksjon::Finans,
            Pakke::Presse => Projeksjon::Presse,
            Pakke::PresseUtenFolkeregisteridentifikator => Projeksjon::PresseUtenFolkeregisteridentifikator,
            Pakke::UtstederEid => Projeksjon::UtstederEid,
            Pakke::Svalbard => Projeksjon::Svalbard,
        }
    }

    /// The package it is a view of.
    #[must_use]
    pub fn pakke(self) -> Pakke {
        match self {
            Projeksjon::MedHjemmel | Projeksjon::MedHjemmelUtenGraderte => Pakke::OffentligMedHjemmel,
            Projeksjon::OffentligUtenHjemmel => Pakke::OffentligUtenHjemmel,
            Projeksjon::PrivatUtenHjemmel => Pakke::PrivatUtenHjemmel,
            Projeksjon::Privat => Pakke::Privat,
            Projeksjon::PrivatUtenFolkeregisteridentifikator => Pakke::PrivatUtenFolkeregisteridentifikator,
            Projeksjon::Finans => Pakke::Finans,
            Projeksjon::Presse => Pakke::Presse,
            Projeksjon::PresseUtenFolkeregisteridentifikator => Pakke::PresseUtenFolkeregisteridentifikator,
            Projeksjon::UtstederEid => Pakke::UtstederEid,
            Projeksjon::Svalbard => Pakke::Svalbard,
        }
    }

    /// Whether it shows graded addresses that somebody may see.
    #[must_use]
    pub fn viser_graderte(self) -> bool {
        self == Projeksjon::MedHjemmel
    }
}
