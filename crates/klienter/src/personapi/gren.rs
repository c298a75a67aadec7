//! The four branches of the Person API, what each is called by, and the parts of a person that can be asked for there.

use tilgang::token::helseid::Scope;

/// A branch: version and scope, which give path, token and header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gren {
    /// Version 3, everything.
    Full,
    /// Version 3, without confidential addresses and contact data.
    Begrenset,
    /// Version 2, with a legal basis.
    MedHjemmel,
    /// Version 2, without.
    UtenHjemmel,
}

impl Gren {
    /// All of them.
    pub const ALLE: [Gren; 4] = [Gren::Full, Gren::Begrenset, Gren::MedHjemmel, Gren::UtenHjemmel];

    /// Its name in the path, which is a name for people too.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Gren::Full => "full-access",
            Gren::Begrenset => "restricted-access",
            Gren::MedHjemmel => "legal-basis",
            Gren::UtenHjemmel => "no-legal-basis",
        }
    }

    /// Reads [`Gren::navn`].
    #[must_use]
    pub fn fra_navn(navn: &str) -> Option<Self> {
        Gren::ALLE.into_iter().find(|gren| gren.navn() == navn)
    }

    /// The major version.
    #[must_use]
    pub fn versjon(self) -> u8 {
        match self {
            Gren::Full | Gren::Begrenset => 3,
            Gren::MedHjemmel | Gren::UtenHjemmel => 2,
        }
    }

    /// Whether tokens are bound to a key (DPoP), and not bearer tokens. Source: Person API, differences between the versions.
    #[must_use]
    pub fn krever_dpop(self) -> bool {
        self.versjon() == 3
    }

    /// The scope of the token.
    #[must_use]
    pub fn scope(self) -> Scope {
        match self {
            Gren::Full => Scope::FullTilgang,
            Gren::Begrenset => Scope::BegrensetTilgang,
            Gren::MedHjemmel => Scope::LesMedHjemmel,
            Gren::UtenHjemmel => Scope::LesUtenHjemmel,
        }
    }

    /// What stands before the operation in the path.
    pub(super) fn sti(self) -> &'static str {
        match self {
            Gren::Full => "api/v3/full-access",
            Gren::Begrenset => "api/v3/restricted-access",
            Gren::MedHjemmel => "api/legal-basis",
            Gren::UtenHjemmel => "api/no-legal-basis",
        }
    }

    /// The value of `api-version`.
    pub(super) fn versjonshode(self) -> &'static str {
        match self.versjon() {
            2 => "2",
            _ => "3",
        }
    }

    /// The parts that the scope gives.
    ///
    /// Source: Person API, information parts, the column of class; `StayOnSvalbard` as the access matrix has it.
    #[must_use]
    pub fn deler(self) -> Vec<&'static str> {
        let gis = |(_, klasse): &&(&str, Klasse)| match self {
            Gren::Full | Gren::MedHjemmel => true,
            Gren::Begrenset => *klasse != Klasse::Krr,
            Gren::UtenHjemmel => *klasse == Klasse::Aapen,
        };
        DELER.iter().filter(gis).map(|(navn, _)| *navn).collect()
    }
}

impl std::fmt::Display for Gren {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.navn())
    }
}

/// Who a part is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Klasse {
    /// Not subject to confidentiality.
    Aapen,
    /// Subject to confidentiality, or never delivered without a legal basis.
    Hjemmel,
    /// From the contact register.
    Krr,
}

/// Every part, in the contract's order. Source: Person API v2 and v3, `InformationPart`.
const DELER: [(&str, Klasse); 35] = [
    ("AddressProtection", Klasse::Aapen),
    ("CitizenshipRetention", Klasse::Hjemmel),
    ("ResidentialAddress", Klasse::Aapen),
    ("UseOfSamiLanguage", Klasse::Hjemmel),
    ("SharedResidence", Klasse::Aapen),
    ("Death", Klasse::Aapen),
    ("FalseIdentity", Klasse::Hjemmel),
    ("FamilyRelation", Klasse::Hjemmel),
    ("Birth", Klasse::Aapen),
    ("BirthInNorway", Klasse::Hjemmel),
    ("ParentalResponsibility", Klasse::Hjemmel),
    ("SamiParliamentElectoralRegistryStatus", Klasse::Hjemmel),
    ("NorwegianIdentificationNumber", Klasse::Aapen),
    ("IdentityVerification", Klasse::Aapen),
    ("ImmigrationToNorway", Klasse::Aapen),
    ("Gender", Klasse::Aapen),
    ("ResiduaryEstateContactInformation", Klasse::Aapen),
    ("IdentificationDocument", Klasse::Hjemmel),
    ("Name", Klasse::Aapen),
    ("ResidencePermit", Klasse::Hjemmel),
    ("StayOnSvalbard", Klasse::Hjemmel),
    ("PresentAddress", Klasse::Aapen),
    ("PostalAddress", Klasse::Aapen),
    ("ForeignPostalAddress", Klasse::Aapen),
    ("PreferredContactAddress", Klasse::Aapen),
    ("MaritalStatus", Klasse::Aapen),
    ("Citizenship", Klasse::Aapen),
    ("Status", Klasse::Aapen),
    ("ForeignPersonIdentificationNumber", Klasse::Hjemmel),
    ("EmigrationFromNorway", Klasse::Aapen),
    ("ImmigrationAuthoritiesIdentificationNumber", Klasse::Hjemmel),
    ("GuardianshipOrFuturePowerOfAttorney", Klasse::Aapen),
    ("DeprivedLegalAuthority", Klasse::Aapen),
    ("CommonContactRegisterInformation", Klasse::Krr),
    ("LegalAuthority", Klasse::Aapen),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_branch_has_its_path_its_scope_and_its_parts() {
        for gren in Gren::ALLE {
            assert_eq!(Gren::fra_navn(gren.navn()), Some(gren));
            assert!(gren.sti().ends_with(gren.navn()));
            assert_eq!(gren.versjonshode(), gren.versjon().to_string());
        }
        let antall = Gren::ALLE.map(|gren| gren.deler().len());
        assert_eq!(antall, [35, 34, 35, 22]);
        assert!(!Gren::UtenHjemmel.deler().contains(&"FamilyRelation"));
        assert!(!Gren::Begrenset.deler().contains(&"CommonContactRegisterInformation"));
    }
}
