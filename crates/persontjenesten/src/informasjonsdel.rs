//! The parts of a person document that a caller can ask for, each with the entity of the register that fills it.
//!
//! The names are the contract's. A newcomer's mistake is to look for a default: there is none, a call names at least one part.

use informasjonsmodell::Entitet;

macro_rules! deler {
    ($( $variant:ident $egenskap:literal [$($entitet:ident)?] ),* $(,)?) => {
        /// A part of a person document.
        ///
        /// Source: Person API v2 and v3, `InformationPart`, in its order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum InformationPart {
            $( #[doc = concat!("`", $egenskap, "`.")] $variant, )*
        }

        impl InformationPart {
            /// Every part, in contract order.
            pub const ALLE: &'static [InformationPart] = &[ $( InformationPart::$variant ),* ];

            /// The value in a call.
            #[must_use]
            pub fn navn(self) -> &'static str {
                match self { $( InformationPart::$variant => stringify!($variant) ),* }
            }

            /// What the audit record calls a question for it.
            #[must_use]
            pub(crate) fn kriterium(self) -> &'static str {
                match self { $( InformationPart::$variant => concat!("informationParts=", stringify!($variant)) ),* }
            }

            /// The property of a person.
            #[must_use]
            pub fn egenskap(self) -> &'static str {
                match self { $( InformationPart::$variant => $egenskap ),* }
            }

            /// The entity of the register; `None` for contact data, which are KRR's.
            #[must_use]
            pub fn entitet(self) -> Option<Entitet> {
                match self { $( InformationPart::$variant => deler!(@entitet $($entitet)?) ),* }
            }
        }
    };
    (@entitet $entitet:ident) => { Some(Entitet::$entitet) };
    (@entitet) => { None };
}

deler! {
    AddressProtection "addressProtection" [Adressebeskyttelse],
    CitizenshipRetention "citizenshipRetention" [Bibehold],
    ResidentialAddress "residentialAddress" [Bostedsadresse],
    UseOfSamiLanguage "useOfSamiLanguage" [BrukAvSamiskSpraak],
    SharedResidence "sharedResidence" [DeltBosted],
    Death "death" [Doedsfall],
    FalseIdentity "falseIdentity" [FalskIdentitet],
    FamilyRelation "familyRelation" [Familierelasjon],
    Birth "birth" [Foedsel],
    BirthInNorway "birthInNorway" [FoedselINorge],
    ParentalResponsibility "parentalResponsibility" [Foreldreansvar],
    SamiParliamentElectoralRegistryStatus "samiParliamentElectoralRegistryStatus" [ForholdTilSametingetsValgmanntall],
    NorwegianIdentificationNumber "norwegianIdentificationNumber" [Identifikasjonsnummer],
    IdentityVerification "identityVerification" [Identitetsgrunnlag],
    ImmigrationToNorway "immigrationToNorway" [Innflytting],
    Gender "gender" [Kjoenn],
    ResiduaryEstateContactInformation "residuaryEstateContactInformation" [KontaktinformasjonForDoedsbo],
    IdentificationDocument "identificationDocument" [Legitimasjonsdokument],
    Name "name" [Navn],
    ResidencePermit "residencePermit" [Opphold],
    StayOnSvalbard "stayOnSvalbard" [OppholdPaaSvalbard],
    PresentAddress "presentAddress" [Oppholdsadresse],
    PostalAddress "postalAddress" [Postadresse],
    ForeignPostalAddress "foreignPostalAddress" [PostadresseIUtlandet],
    PreferredContactAddress "preferredContactAddress" [PreferertKontaktadresse],
    MaritalStatus "maritalStatus" [Sivilstand],
    Citizenship "citizenship" [Statsborgerskap],
    Status "status" [Status],
    ForeignPersonIdentificationNumber "foreignPersonIdentificationNumber" [UtenlandskPersonidentifikasjon],
    EmigrationFromNorway "emigrationFromNorway" [Utflytting],
    ImmigrationAuthoritiesIdentificationNumber "immigrationAuthoritiesIdentificationNumber" [UtlendingsmyndighetenesIdentifikasjonsnummer],
    GuardianshipOrFuturePowerOfAttorney "guardianshipOrFuturePowerOfAttorney" [VergemaalEllerFremtidsfullmakt],
    DeprivedLegalAuthority "deprivedLegalAuthority" [FratattRettsligHandleevne],
    CommonContactRegisterInformation "commonContactRegisterInformation" [],
    LegalAuthority "legalAuthority" [RettsligHandleevne],
}

impl InformationPart {
    /// The part with a name, exactly as in the contract.
    #[must_use]
    pub fn fra_navn(navn: &str) -> Option<Self> {
        InformationPart::ALLE.iter().copied().find(|del| del.navn() == navn)
    }
}
