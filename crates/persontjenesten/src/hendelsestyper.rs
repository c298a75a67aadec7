//! The event types of the Person API: which of the register's each is, and what a reader fetches again.
//!
//! People read the table in `eksempler/persontjenesten/hendelser.md`, which a test holds equal to this. What a newcomer gets wrong: an event
//! says that something changed, never what. The document says what.

use informasjonsmodell::Hendelsestype;

use crate::InformationPart;

/// What an event touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deler {
    /// Several parts may have changed: fetch the whole document.
    Alle,
    /// These.
    Disse(&'static [InformationPart]),
}

/// What kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kategori {
    /// An entry or a number came to be.
    Opprettelse,
    /// The person's status changed.
    Status,
    /// Something about the person changed.
    Opplysning,
    /// An alternate identification number.
    Hjelpenummer,
    /// Entries were closed, opened, joined, split or corrected.
    Identitet,
}

impl Kategori {
    /// Its name in the table for people.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Kategori::Opprettelse => "opprettelse",
            Kategori::Status => "status",
            Kategori::Opplysning => "opplysning",
            Kategori::Hjelpenummer => "hjelpenummer",
            Kategori::Identitet => "identitet",
        }
    }
}

macro_rules! typer {
    ($( $variant:ident $freg:ident $kategori:ident $deler:tt ),* $(,)?) => {
        /// What happened to one person, as the Person API says it.
        ///
        /// Source: Person API v2 and v3, `EventType`, in its order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum EventType {
            $( #[doc = concat!("`", stringify!($variant), "`.")] $variant, )*
        }

        impl EventType {
            /// Every type, in contract order.
            pub const ALLE: &'static [EventType] = &[ $( EventType::$variant ),* ];

            /// The value on the wire.
            #[must_use]
            pub fn navn(self) -> &'static str {
                match self { $( EventType::$variant => stringify!($variant) ),* }
            }

            /// The register's type; `None`: the Person API's own.
            #[must_use]
            pub fn freg(self) -> Option<Hendelsestype> {
                match self { $( EventType::$variant => typer!(@freg $freg) ),* }
            }

            /// What kind of event it is.
            #[must_use]
            pub fn kategori(self) -> Kategori {
                match self { $( EventType::$variant => Kategori::$kategori ),* }
            }

            /// What a reader fetches again.
            #[must_use]
            pub fn deler(self) -> Deler {
                match self { $( EventType::$variant => typer!(@deler $deler) ),* }
            }
        }
    };
    (@freg egen) => { None };
    (@freg $freg:ident) => { Some(Hendelsestype::$freg) };
    (@deler alt) => { Deler::Alle };
    (@deler [$($del:ident),*]) => { Deler::Disse(&[ $( InformationPart::$del ),* ]) };
}

typer! {
    Unknown egen Identitet alt,
    PersonIsCreated PersonErOpprettet Opprettelse alt,
    PersonIsReactivated PersonErReaktivert Identitet alt,
    PersonIsUpdated PersonErOppdatert Identitet alt,
    PersonIsDiscontinued PersonErOpphoert Identitet alt,
    PersonIsContinuedAsValidUponMerger PersonErViderefoertSomGjeldendeVedSammenslaaing Identitet alt,
    PersonIsDiscontinuedAsDuplicate PersonErOpphoertSomDublett Identitet alt,
    PersonIsChangedBySplitting PersonErEndretVedSplitting Identitet alt,
    PersonIsRestoredBySplitting PersonErGjenopprettetVedSplitting Identitet alt,
    PersonIsDeceased PersonErDoed Status alt,
    PersonIsResident PersonErBosatt Status alt,
    PersonIsEmigrated PersonErUtflyttet Status alt,
    ChangeInStatus EndringIStatus Status [Status],
    ChangeInIdentityVerification EndringIIdentitetsgrunnlag Opplysning [IdentityVerification],
    ChangeInForeignPersonIdentificationNumber EndringIUtenlandskPersonidentifikasjon Opplysning [ForeignPersonIdentificationNumber],
    ChangeInImmigrationAuthoritiesIdentificationNumber EndringIUtlendingsmyndighetenesIdentifikasjonsnummer Opplysning [ImmigrationAuthoritiesIdentificationNumber],
    ChangeInIdentificationDocument EndringILegitimasjonsdokument Opplysning [IdentificationDocument],
    ChangeInNorwegianIdentificationNumber EndringIIdentifikasjonsnummer Opprettelse [NorwegianIdentificationNumber],
    ChangeInFalseIdentity EndringIFalskIdentitet Opplysning [FalseIdentity],
    ChangeInResiduaryEstateContactInformation EndringIKontaktopplysningerForDoedsbo Opplysning [ResiduaryEstateContactInformation],
    ChangeInSharedResidence EndringIDeltBosted Opplysning [SharedResidence],
    ChangeInBirth EndringIFoedsel Opplysning [Birth],
    ChangeInBirthInNorway EndringIFoedselINorge Opplysning [BirthInNorway],
    ChangeInGender EndringIKjoenn Opplysning [Gender],
    ChangeInFamilyRelation EndringIFamilierelasjon Opplysning [FamilyRelation],
    ChangeInMaritalStatus EndringISivilstand Opplysning [MaritalStatus],
    ChangeInDeath EndringIDoedsfall Opplysning [Death],
    ChangeInName EndringINavn Opplysning [Name],
    ChangeInAddressProtection EndringIAdressebeskyttelse Opplysning [AddressProtection, ResidentialAddress, PresentAddress, SharedResidence, PostalAddress, ForeignPostalAddress],
    ChangeInResidentialAddress EndringIBostedsadresse Opplysning [ResidentialAddress],
    ChangeInResidentialAddressWithoutRelocation EndringIBostedsadresseUtenFlytting Opplysning [ResidentialAddress],
    ChangeInPresentAddress EndringIOppholdsadresse Opplysning [PresentAddress],
    ChangeInImmigrationToNorway EndringIInnflytting Opplysning [ImmigrationToNorway],
    ChangeInEmigrationFromNorway EndringIUtflytting Opplysning [EmigrationFromNorway],
    ChangeInUseOfSamiLanguage EndringIBrukAvSamiskSpraak Opplysning [UseOfSamiLanguage],
    ChangeInSamiParliamentElectoralRegistryStatus EndringISametingetsValgmanntall Opplysning [SamiParliamentElectoralRegistryStatus],
    ChangeInContactinformation EndringIKontaktinformasjon Opplysning [PostalAddress, ForeignPostalAddress, PreferredContactAddress],
    ChangeInParentalResponsibility EndringIForeldreansvar Opplysning [ParentalResponsibility],
    ChangeInCitizenship EndringIStatsborgerskap Opplysning [CitizenshipRetention, Citizenship],
    ChangeInResidency EndringIOpphold Opplysning [ResidencePermit],
    ChangeInResidencyOnSvalbard EndringIOppholdPaaSvalbard Opplysning [StayOnSvalbard],
    ChangeInGuardianship EndringIVergemaal Opplysning [GuardianshipOrFuturePowerOfAttorney],
    ChangeInPerson EndringIPerson Opplysning alt,
    PersonCorrected egen Identitet alt,
    PersonPopulated egen Opprettelse alt,
    ChangeInPostalAddress egen Opplysning [PostalAddress],
    ChangeInForeignPostalAddress egen Opplysning [ForeignPostalAddress],
    ChangeInResidencePermit egen Opplysning [ResidencePermit],
    ChangeInDeprivedLegalAuthority egen Opplysning [DeprivedLegalAuthority],
    CreatedAlternateIdentificationNumber egen Hjelpenummer alt,
    UpdatedAlternateIdentificationNumber egen Hjelpenummer alt,
    ChangeInLegalAuthority EndringIRettsligHandleevne Opplysning [LegalAuthority],
    ChangeInCommonContactRegisterInformation egen Opplysning [CommonContactRegisterInformation],
}

/// Types that the register may send and the model does not have, with the English type of each.
///
/// Source: the events document; the second is our choice, ADR 0036.
pub const UTENFOR_MODELLEN: [(&str, EventType); 2] = [
    ("personErInaktiv", EventType::ChangeInStatus),
    (
        "endringIBostedsadresseVedKommuneregulering",
        EventType::ChangeInResidentialAddressWithoutRelocation,
    ),
];

impl EventType {
    /// The type with a wire name, exactly as in the contract.
    #[must_use]
    pub fn fra_navn(navn: &str) -> Option<Self> {
        EventType::ALLE.iter().copied().find(|type_| type_.navn() == navn)
    }

    /// The English type of one of the register's.
    #[must_use]
    pub fn fra_hendelsestype(hendelsestype: Hendelsestype) -> Self {
        let er = |type_: &EventType| type_.freg() == Some(hendelsestype);
        // A test holds that every one has its own.
        EventType::ALLE
            .iter()
            .copied()
            .find(er)
            .unwrap_or(EventType::ChangeInPerson)
    }

    /// The English type of one of the register's, by its name on the wire.
    ///
    /// A name that nobody knows is `ChangeInPerson`: something changed, fetch the person again (our choice, ADR 0036).
    #[must_use]
    pub fn fra_norsk_navn(navn: &str) -> Self {
        if let Some(hendelsestype) = Hendelsestype::fra_navn(navn) {
            return EventType::fra_hendelsestype(hendelsestype);
        }
        let utenfor = UTENFOR_MODELLEN.iter().find(|(norsk, _)| *norsk == navn);
        utenfor.map_or(EventType::ChangeInPerson, |(_, type_)| *type_)
    }

    /// Whether it tells of contact data, which not every scope may know of.
    #[must_use]
    pub fn gjelder_kontaktdata(self) -> bool {
        self == EventType::ChangeInCommonContactRegisterInformation
    }
}
