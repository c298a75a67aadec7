//! What a consumer of the copy may be told: four views, each with a feed of its own.

use tilgang::Projeksjon;

/// A view of the copy. Its number is stored.
///
/// Source: access matrix, `persontjenesten.scopes`; that a grant is needed for graded addresses: ruling 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Omfang {
    /// v3 full-access and v2 with legal basis, with the grant for graded addresses.
    FullMedGraderte = 0,
    /// The same without that grant.
    Full = 1,
    /// v3 restricted-access: no graded address, nothing of KRR.
    Begrenset = 2,
    /// v2 without legal basis.
    UtenHjemmel = 3,
}

impl Omfang {
    /// Every view, in the order of its number.
    pub const ALLE: [Omfang; 4] = [
        Omfang::FullMedGraderte,
        Omfang::Full,
        Omfang::Begrenset,
        Omfang::UtenHjemmel,
    ];

    /// What it is shown of what comes from Folkeregisteret.
    #[must_use]
    pub fn projeksjon(self) -> Projeksjon {
        match self {
            Omfang::FullMedGraderte => Projeksjon::MedHjemmel,
            Omfang::Full | Omfang::Begrenset => Projeksjon::MedHjemmelUtenGraderte,
            Omfang::UtenHjemmel => Projeksjon::OffentligUtenHjemmel,
        }
    }

    /// Whether it is shown what comes from Kontakt- og reservasjonsregisteret.
    #[must_use]
    pub fn ser_kontaktregister(self) -> bool {
        matches!(self, Omfang::FullMedGraderte | Omfang::Full)
    }
}

/// The projections behind the views, each once.
pub(crate) const PROJEKSJONER: [Projeksjon; 3] = [
    Projeksjon::MedHjemmel,
    Projeksjon::MedHjemmelUtenGraderte,
    Projeksjon::OffentligUtenHjemmel,
];
