//! The code lists of the Person API, value by value.
//!
//! The order is the contract's. A code that the register gets later is left out of what is written until it stands here, the grade
//! of an address apart, which then is the strictest.

use super::tabell::{Kodeliste, egen, kode, reservert};

/// `AddressConfidentiality`, from the code list `Adressegradering`.
pub static ADDRESS_CONFIDENTIALITY: Kodeliste = Kodeliste {
    navn: "AddressConfidentiality",
    norsk: "Adressegradering",
    koder: &[
        kode("Unclassified", "ugradert"),
        kode("ClientAddress", "klientadresse"),
        kode("Confidential", "fortrolig"),
        kode("StrictlyConfidential", "strengtFortrolig"),
    ],
    ukjent: Some("StrictlyConfidential"),
    krr: false,
    fra_v3: false,
};

/// `AddressType`, from the code list `Adressetype`.
pub static ADDRESS_TYPE: Kodeliste = Kodeliste {
    navn: "AddressType",
    norsk: "Adressetype",
    koder: &[
        kode("ResidentialAddress", "bostedsadresse"),
        kode("LivingAddress", "oppholdsadresse"),
        kode("PostalAddress", "postadresse"),
        kode("ForeignPostalAddress", "postadresseIUtlandet"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `CitizenshipRetentionStatus`, from the code list `Bibehold`.
pub static CITIZENSHIP_RETENTION_STATUS: Kodeliste = Kodeliste {
    navn: "CitizenshipRetentionStatus",
    norsk: "Bibehold",
    koder: &[
        kode("CitizenshipRetained", "harBibehold"),
        kode("CitizenshipNoLongerRetained", "harIkkeLengerBibehold"),
        kode(
            "NorwegianCitizenRetentionNotRequired",
            "norskStatsborgerTrengerIkkeBibehold",
        ),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `Duplicated`, from KRR's `duplisert`.
pub static DUPLICATED: Kodeliste = Kodeliste {
    navn: "Duplicated",
    norsk: "duplisert",
    koder: &[kode("Yes", "JA"), kode("No", "NEI")],
    ukjent: None,
    krr: true,
    fra_v3: true,
};

/// `FamilyRelationType`, from the code list `Familierelasjontype`.
pub static FAMILY_RELATION_TYPE: Kodeliste = Kodeliste {
    navn: "FamilyRelationType",
    norsk: "Familierelasjontype",
    koder: &[
        kode("Mother", "mor"),
        kode("Father", "far"),
        kode("CoMother", "medmor"),
        kode("Child", "barn"),
        kode("Sibling", "soesken"),
        kode("SpouseOrPartner", "ektefelleEllerPartner"),
        kode("StillbornChild", "doedfoedtBarn"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `Gender`, from the code list `Kjoenn`.
pub static GENDER: Kodeliste = Kodeliste {
    navn: "Gender",
    norsk: "Kjoenn",
    koder: &[kode("Female", "kvinne"), kode("Male", "mann")],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `GuardianshipScope`, from the code list `Vergemaalsomfang`.
pub static GUARDIANSHIP_SCOPE: Kodeliste = Kodeliste {
    navn: "GuardianshipScope",
    norsk: "Vergemaalsomfang",
    koder: &[
        kode(
            "ImmigrationPersonalAndFinancialInterests",
            "utlendingssakerPersonligeOgOekonomiskeInteresser",
        ),
        kode("PersonalAndFinancialInterests", "personligeOgOekonomiskeInteresser"),
        kode("FinancialInterests", "oekonomiskeInteresser"),
        kode("PersonalInterests", "personligeInteresser"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `GuardianshipType`, from the code list `Vergemaaltype`.
pub static GUARDIANSHIP_TYPE: Kodeliste = Kodeliste {
    navn: "GuardianshipType",
    norsk: "Vergemaaltype",
    koder: &[
        kode("SingleMinorAsylumSeeker", "ensligMindreaarigAsylsoeker"),
        kode("SingleMinorRefugee", "ensligMindreaarigFlyktning"),
        kode("Adult", "voksen"),
        kode("TemporaryForAdult", "midlertidigForVoksen"),
        kode("Minor", "mindreaarig"),
        kode("TemporaryForMinor", "midlertidigForMindreaarig"),
        kode("ManagementOutsideGuardianship", "forvaltningUtenforVergemaal"),
        kode("ConfirmedFuturePowerOfAttorney", "stadfestetFremtidsfullmakt"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `IdentificationStatus`, from the code list `Identifikatorstatuskode`.
pub static IDENTIFICATION_STATUS: Kodeliste = Kodeliste {
    navn: "IdentificationStatus",
    norsk: "Identifikatorstatuskode",
    koder: &[kode("InUse", "iBruk"), kode("Discontinued", "opphoert")],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `IdentityVerificationStatus`, from the code list `Identitetsgrunnlagstatus`.
pub static IDENTITY_VERIFICATION_STATUS: Kodeliste = Kodeliste {
    navn: "IdentityVerificationStatus",
    norsk: "Identitetsgrunnlagstatus",
    koder: &[
        kode("None", "ingenStatus"),
        kode("NotVerified", "ikkeKontrollert"),
        kode("Verified", "kontrollert"),
        reservert("Unique", "unik"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `LegalAuthorityScope`, from the code list `RettsligHandleevneomfang`.
pub static LEGAL_AUTHORITY_SCOPE: Kodeliste = Kodeliste {
    navn: "LegalAuthorityScope",
    norsk: "RettsligHandleevneomfang",
    koder: &[kode("Limited", "begrenset")],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `LengthOfStay`, from the code list `OppholdsvarighetType`.
pub static LENGTH_OF_STAY: Kodeliste = Kodeliste {
    navn: "LengthOfStay",
    norsk: "OppholdsvarighetType",
    koder: &[
        kode("UnderSixMonths", "underSeksMaaneder"),
        kode("OverSixMonths", "overSeksMaaneder"),
        kode("OverTwelveMonths", "overTolvMaaneder"),
        kode("Unknown", "ukjent"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `MaritalStatusType`, from the code list `Sivilstandstype`.
pub static MARITAL_STATUS_TYPE: Kodeliste = Kodeliste {
    navn: "MaritalStatusType",
    norsk: "Sivilstandstype",
    koder: &[
        kode("Unspecified", "uoppgitt"),
        kode("Unmarried", "ugift"),
        kode("Married", "gift"),
        kode("WidowOrWidower", "enkeEllerEnkemann"),
        kode("Divorced", "skilt"),
        kode("Separated", "separert"),
        kode("RegisteredPartner", "registrertPartner"),
        kode("SeparatedPartner", "separertPartner"),
        kode("DivorcedPartner", "skiltPartner"),
        kode("SurvivingPartner", "gjenlevendePartner"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `NorwegianIdentificationNumberType`, from the code list `Folkeregisteridentifikatortype`.
pub static NORWEGIAN_IDENTIFICATION_NUMBER_TYPE: Kodeliste = Kodeliste {
    navn: "NorwegianIdentificationNumberType",
    norsk: "Folkeregisteridentifikatortype",
    koder: &[
        kode("NationalIdentityNumber", "foedselsnummer"),
        kode("DNumber", "dNummer"),
        egen("AlternateIdentificationNumber", "fellesHjelpenummer"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `NotificationStatus`, from KRR's `varslingsstatus`.
pub static NOTIFICATION_STATUS: Kodeliste = Kodeliste {
    navn: "NotificationStatus",
    norsk: "varslingsstatus",
    koder: &[
        kode("CanNotBeNotified", "KAN_IKKE_VARSLES"),
        kode("CanBeNotified", "KAN_VARSLES"),
    ],
    ukjent: None,
    krr: true,
    fra_v3: false,
};

/// `ParentalResponsibilityType`, from the code list `Foreldreansvarstype`.
pub static PARENTAL_RESPONSIBILITY_TYPE: Kodeliste = Kodeliste {
    navn: "ParentalResponsibilityType",
    norsk: "Foreldreansvarstype",
    koder: &[
        kode("Joint", "felles"),
        kode("Mother", "mor"),
        kode("Father", "far"),
        kode("CoMother", "medmor"),
        kode("Other", "andre"),
        kode("Unknown", "ukjent"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `PersonStatusType`, from the code list `Personstatus`.
pub static PERSON_STATUS_TYPE: Kodeliste = Kodeliste {
    navn: "PersonStatusType",
    norsk: "Personstatus",
    koder: &[
        kode("Resident", "bosatt"),
        kode("Emigrated", "utflyttet"),
        kode("Disappeared", "forsvunnet"),
        kode("Deceased", "doed"),
        kode("Discontinued", "opphoert"),
        kode("RegisteredAtBirth", "foedselsregistrert"),
        kode("Temporary", "midlertidig"),
        kode("Inactive", "inaktiv"),
        kode("NotResident", "ikkeBosatt"),
        kode("Active", "aktiv"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `ProbateCertificateType`, from the code list `Skifteform`.
pub static PROBATE_CERTIFICATE_TYPE: Kodeliste = Kodeliste {
    navn: "ProbateCertificateType",
    norsk: "Skifteform",
    koder: &[kode("Public", "offentlig"), kode("Other", "annet")],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `Reservation`, from KRR's `reservasjon`.
pub static RESERVATION: Kodeliste = Kodeliste {
    navn: "Reservation",
    norsk: "reservasjon",
    koder: &[kode("Yes", "JA"), kode("No", "NEI")],
    ukjent: None,
    krr: true,
    fra_v3: false,
};

/// `ResidencePermitType`, from the code list `Oppholdstillatelsetype`.
pub static RESIDENCE_PERMIT_TYPE: Kodeliste = Kodeliste {
    navn: "ResidencePermitType",
    norsk: "Oppholdstillatelsetype",
    koder: &[
        kode("Temporary", "midlertidig"),
        kode("Permanent", "permanent"),
        kode("InformationMissing", "opplysningMangler"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `SamiLanguageType`, from the code list `SamiskSpraakType`.
pub static SAMI_LANGUAGE_TYPE: Kodeliste = Kodeliste {
    navn: "SamiLanguageType",
    norsk: "SamiskSpraakType",
    koder: &[
        kode("Nordsamisk", "nordsamisk"),
        kode("Soersamisk", "soersamisk"),
        kode("Lulesamisk", "lulesamisk"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `SamiParliamentElectoralRegistryStatus`, from the code list `ForholdTilSametingetsValgmanntall`.
pub static SAMI_PARLIAMENT_ELECTORAL_REGISTRY_STATUS: Kodeliste = Kodeliste {
    navn: "SamiParliamentElectoralRegistryStatus",
    norsk: "ForholdTilSametingetsValgmanntall",
    koder: &[
        kode("Enrolled", "innmeldt"),
        kode("Unenrolled", "utmeldt"),
        kode("NeverEnrolled", "aldriInnmeldt"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `SeparatelyOccupiedUnitType`, from the code list `Bruksenhetstype`.
pub static SEPARATELY_OCCUPIED_UNIT_TYPE: Kodeliste = Kodeliste {
    navn: "SeparatelyOccupiedUnitType",
    norsk: "Bruksenhetstype",
    koder: &[
        kode("Housing", "bolig"),
        kode("OtherThanHousing", "annetEnnBolig"),
        kode("HolidayHome", "fritidsbolig"),
        kode("NotApprovedAsHousing", "ikkeGodkjentBolig"),
        kode("UnnumberedSeparatelyOccupiedUnit", "unummerertBruksenhet"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// `Status`, from KRR's `status`.
pub static STATUS: Kodeliste = Kodeliste {
    navn: "Status",
    norsk: "status",
    koder: &[
        kode("Active", "AKTIV"),
        kode("Deleted", "SLETTET"),
        kode("NotRegistered", "IKKE_REGISTRERT"),
    ],
    ukjent: None,
    krr: true,
    fra_v3: false,
};

/// `StayElsewhere`, from the code list `OppholdAnnetSted`.
pub static STAY_ELSEWHERE: Kodeliste = Kodeliste {
    navn: "StayElsewhere",
    norsk: "OppholdAnnetSted",
    koder: &[
        kode("Military", "militaer"),
        kode("Abroad", "utenriks"),
        kode("OnSvalbard", "paaSvalbard"),
        kode("Commuter", "pendler"),
    ],
    ukjent: None,
    krr: false,
    fra_v3: false,
};

/// Every code list, by name.
pub static ALLE: &[&Kodeliste] = &[
    &ADDRESS_CONFIDENTIALITY,
    &ADDRESS_TYPE,
    &CITIZENSHIP_RETENTION_STATUS,
    &DUPLICATED,
    &FAMILY_RELATION_TYPE,
    &GENDER,
    &GUARDIANSHIP_SCOPE,
    &GUARDIANSHIP_TYPE,
    &IDENTIFICATION_STATUS,
    &IDENTITY_VERIFICATION_STATUS,
    &LEGAL_AUTHORITY_SCOPE,
    &LENGTH_OF_STAY,
    &MARITAL_STATUS_TYPE,
    &NORWEGIAN_IDENTIFICATION_NUMBER_TYPE,
    &NOTIFICATION_STATUS,
    &PARENTAL_RESPONSIBILITY_TYPE,
    &PERSON_STATUS_TYPE,
    &PROBATE_CERTIFICATE_TYPE,
    &RESERVATION,
    &RESIDENCE_PERMIT_TYPE,
    &SAMI_LANGUAGE_TYPE,
    &SAMI_PARLIAMENT_ELECTORAL_REGISTRY_STATUS,
    &SEPARATELY_OCCUPIED_UNIT_TYPE,
    &STATUS,
    &STAY_ELSEWHERE,
];
