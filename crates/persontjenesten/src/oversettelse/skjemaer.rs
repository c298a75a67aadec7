//! The table of the translation: every schema of the Person API with its fields, in the order they are written.
//!
//! Read it beside `eksempler/persontjenesten/oversettelse.md`, which is the same for people; a test holds the two equal, and both
//! against the model and the public contracts. Longer than a file should be, because it is one table.

use super::Adresseslag;
use super::kodelister;
use super::tabell::Form::{Boolsk, Dato, Heltall, Heltall32, Kode, Objekt, Tekst, Tidspunkt};
use super::tabell::{Antall, Beriket, Fakta, Felt, Skjema, beriket, freg, krr, tjeneste, tvilling};

/// `registeredAt`.
pub const REGISTERED_AT: Felt = freg("registeredAt", "ajourholdstidspunkt", Tidspunkt);
/// `isValid`.
pub const IS_VALID: Felt = freg("isValid", "erGjeldende", Boolsk);
/// `source`.
pub const SOURCE: Felt = freg("source", "kilde", Tekst);
/// `reason`.
pub const REASON: Felt = freg("reason", "aarsak", Tekst);
/// `validFrom`.
pub const VALID_FROM: Felt = freg("validFrom", "gyldighetstidspunkt", Tidspunkt);
/// `validTo`.
pub const VALID_TO: Felt = freg("validTo", "opphoerstidspunkt", Tidspunkt);

/// How many fields the metadata are; where there are any they come first.
pub const METADATA_ANTALL: usize = 6;
/// Place of `isValid` among them.
pub(crate) const IS_VALID_PLASS: usize = 1;

/// `Person`, from `Persondokument`.
pub static PERSON: Skjema = Skjema {
    navn: "Person",
    norske: &["Persondokument"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("falseIdentity", "falskIdentitet", Objekt(&FALSE_IDENTITY)),
        freg("norwegianIdentificationNumber", "identifikasjonsnummer", Objekt(&NORWEGIAN_IDENTIFICATION_NUMBER)).liste(),
        freg("identityVerification", "identitetsgrunnlag", Objekt(&IDENTITY_VERIFICATION)).liste(),
        freg("residuaryEstateContactInformation", "kontaktinformasjonForDoedsbo", Objekt(&RESIDUARY_ESTATE_CONTACT_INFORMATION)).liste(),
        freg("identificationDocument", "legitimasjonsdokument", Objekt(&IDENTIFICATION_DOCUMENT)).liste(),
        freg("status", "status", Objekt(&PERSON_STATUS)).liste(),
        freg("immigrationAuthoritiesIdentificationNumber", "utlendingsmyndighetenesIdentifikasjonsnummer", Objekt(&PERSON_IDENTIFICATION)).liste(),
        freg("foreignPersonIdentificationNumber", "utenlandskPersonidentifikasjon", Objekt(&PERSON_IDENTIFICATION)).liste(),
        freg("sharedResidence", "deltBosted", Objekt(&SHARED_RESIDENCE)).liste(),
        freg("gender", "kjoenn", Objekt(&PERSON_GENDER)).liste(),
        freg("birth", "foedsel", Objekt(&BIRTH)).liste(),
        freg("birthInNorway", "foedselINorge", Objekt(&BIRTH_IN_NORWAY)).liste(),
        freg("familyRelation", "familierelasjon", Objekt(&FAMILY_RELATION)).liste(),
        freg("maritalStatus", "sivilstand", Objekt(&MARITAL_STATUS)).liste(),
        freg("death", "doedsfall", Objekt(&DEATH)),
        freg("name", "navn", Objekt(&PERSON_NAME)).liste(),
        freg("addressProtection", "adressebeskyttelse", Objekt(&ADDRESS_PROTECTION)).liste(),
        freg("residentialAddress", "bostedsadresse", Objekt(&RESIDENTIAL_ADDRESS)).liste(),
        freg("presentAddress", "oppholdsadresse", Objekt(&PRESENT_ADDRESS)).liste(),
        freg("immigrationToNorway", "innflytting", Objekt(&IMMIGRATION_TO_NORWAY)).liste(),
        freg("emigrationFromNorway", "utflytting", Objekt(&EMIGRATION_FROM_NORWAY)).liste(),
        freg("useOfSamiLanguage", "brukAvSamiskSpraak", Objekt(&SAMI_LANGUAGE)).liste(),
        freg("samiParliamentElectoralRegistryStatus", "forholdTilSametingetsValgmanntall", Objekt(&SAMI_PARLIAMENT_ELECTORAL_REGISTRY)).liste(),
        freg("preferredContactAddress", "preferertKontaktadresse", Objekt(&PREFERRED_CONTACT_ADDRESS)).liste().foreldet(),
        freg("postalAddress", "postadresse", Objekt(&CONTACT_ADDRESS)).liste(),
        freg("foreignPostalAddress", "postadresseIUtlandet", Objekt(&FOREIGN_CONTACT_ADDRESS)).liste(),
        freg("parentalResponsibility", "foreldreansvar", Objekt(&PARENTAL_RESPONSIBILITY)).liste(),
        freg("citizenship", "statsborgerskap", Objekt(&CITIZENSHIP)).liste(),
        freg("citizenshipRetention", "bibehold", Objekt(&NORWEGIAN_CITIZENSHIP_RETENTION)).liste(),
        freg("residencePermit", "opphold", Objekt(&RESIDENCE_PERMIT)).liste(),
        freg("stayOnSvalbard", "oppholdPaaSvalbard", Objekt(&STAY_ON_SVALBARD)).liste(),
        freg("guardianshipOrFuturePowerOfAttorney", "vergemaalEllerFremtidsfullmakt", Objekt(&GUARDIANSHIP_OR_FUTURE_POWER_OF_ATTORNEY)).liste(),
        freg("deprivedLegalAuthority", "fratattRettsligHandleevne", Objekt(&DEPRIVED_LEGAL_AUTHORITY)).liste().foreldet(),
        freg("legalAuthority", "rettsligHandleevne", Objekt(&LEGAL_AUTHORITY)).liste(),
        tjeneste("commonContactRegisterInformation", Objekt(&COMMON_CONTACT_REGISTER_INFORMATION)),
        tjeneste("id", Tekst),
        tjeneste("sequenceNumber", Heltall).aldri_null(),
    ],
};

/// `AddressProtection`, from `GraderingAvAdresse`.
pub static ADDRESS_PROTECTION: Skjema = Skjema {
    navn: "AddressProtection",
    norske: &["GraderingAvAdresse"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("protectionLevel", "graderingsnivaa", Kode(&kodelister::ADDRESS_CONFIDENTIALITY)).aldri_null(),
    ],
};

/// `Birth`, from `Foedsel`.
pub static BIRTH: Skjema = Skjema {
    navn: "Birth",
    norske: &["Foedsel"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("birthDate", "foedselsdato", Dato),
        freg("birthYear", "foedselsaar", Tekst),
        freg("birthPlace", "foedested", Tekst),
        freg("birthMunicipalityNumber", "foedekommuneINorge", Tekst).fakta(Fakta::Kommunenummer),
        beriket("birthMunicipalityName", Beriket::Kommunenavn, Tekst),
        beriket("birthCountyNumber", Beriket::Fylkesnummer, Tekst),
        beriket("birthCountyName", Beriket::Fylkesnavn, Tekst),
        freg("birthCountry", "foedeland", Tekst),
    ],
};

/// `BirthInNorway`, from `FoedselINorge`.
pub static BIRTH_IN_NORWAY: Skjema = Skjema {
    navn: "BirthInNorway",
    norske: &["FoedselINorge"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("organizationName", "foedselsinstitusjonsnavn", Tekst),
        freg("multipleBirthNumber", "rekkefoelgenummer", Heltall),
    ],
};

/// `CadastralAddress`, from `Matrikkeladresse`.
pub static CADASTRAL_ADDRESS: Skjema = Skjema {
    navn: "CadastralAddress",
    norske: &["Matrikkeladresse"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("separatelyOccupiedUnitNumber", "bruksenhetsnummer", Tekst),
        freg("separatelyOccupiedUnitType", "bruksenhetstype", Kode(&kodelister::SEPARATELY_OCCUPIED_UNIT_TYPE)),
        freg("cadastralNumber", "matrikkelnummer", Objekt(&CADASTRAL_NUMBER)),
        freg("subNumber", "undernummer", Heltall).fakta(Fakta::Undernummer),
        freg("addressAdditionalName", "adressetilleggsnavn", Tekst),
        freg("city", "poststed", Objekt(&CITY)),
        freg("coAddressName", "coAdressenavn", Tekst),
    ],
};

/// `CadastralNumber`, from `Matrikkelnummer`.
pub static CADASTRAL_NUMBER: Skjema = Skjema {
    navn: "CadastralNumber",
    norske: &["Matrikkelnummer"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("municipalityNumber", "kommunenummer", Tekst).fakta(Fakta::Kommunenummer),
        beriket("municipalityName", Beriket::Kommunenavn, Tekst),
        beriket("countyNumber", Beriket::Fylkesnummer, Tekst),
        beriket("countyName", Beriket::Fylkesnavn, Tekst),
        freg("municipalityLandNumber", "gaardsnummer", Heltall).fakta(Fakta::Gaardsnummer),
        freg("titleNumber", "bruksnummer", Heltall).fakta(Fakta::Bruksnummer),
        freg("leaseholdNumber", "festenummer", Heltall).fakta(Fakta::Festenummer),
    ],
};

/// `Citizenship`, from `Statsborgerskap`.
pub static CITIZENSHIP: Skjema = Skjema {
    navn: "Citizenship",
    norske: &["Statsborgerskap"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("countryCode", "statsborgerskap", Tekst),
        freg("aquiredDate", "ervervsdato", Dato),
    ],
};

/// `City`, from `Poststed`.
pub static CITY: Skjema = Skjema {
    navn: "City",
    norske: &["Poststed"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("cityName", "poststedsnavn", Tekst),
        freg("postalCode", "postnummer", Tekst),
    ],
};

/// `ContactAddress`, from `Kontaktadresse`.
pub static CONTACT_ADDRESS: Skjema = Skjema {
    navn: "ContactAddress",
    norske: &["Kontaktadresse"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("addressConfidentiality", "adressegradering", Kode(&kodelister::ADDRESS_CONFIDENTIALITY)).aldri_null(),
        freg("postBoxAddress", "postboksadresse", Objekt(&POST_BOX_ADDRESS)),
        freg("streetAddress", "vegadresse", Objekt(&STREET_ADDRESS_FOR_POST)),
        freg("freeFormPostalAddress", "postadresseIFrittFormat", Objekt(&FREE_FORM_POSTAL_ADDRESS)),
        freg("cadastralIdentifier", "adresseIdentifikatorFraMatrikkelen", Tekst),
    ],
};

/// `ContactAddressForResiduaryEstate`, from `KontaktadresseForDoedsbo`.
pub static CONTACT_ADDRESS_FOR_RESIDUARY_ESTATE: Skjema = Skjema {
    navn: "ContactAddressForResiduaryEstate",
    norske: &["KontaktadresseForDoedsbo"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("addressLine", "adresselinje", Tekst).liste(),
        freg("city", "poststedsnavn", Tekst),
        freg("postalCode", "postnummer", Tekst),
        freg("countryCode", "landkode", Tekst),
    ],
};

/// `Death`, from `Doedsfall`.
pub static DEATH: Skjema = Skjema {
    navn: "Death",
    norske: &["Doedsfall"],
    metadata: true,
    uten_historikk: true,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("deceasedDate", "doedsdato", Dato),
    ],
};

/// `DeprivedLegalAuthority`, from `FratattRettsligHandleevne`.
pub static DEPRIVED_LEGAL_AUTHORITY: Skjema = Skjema {
    navn: "DeprivedLegalAuthority",
    norske: &["FratattRettsligHandleevne"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
    ],
};

/// `DocumentVerification`, from `TekniskDokumentkontroll`.
pub static DOCUMENT_VERIFICATION: Skjema = Skjema {
    navn: "DocumentVerification",
    norske: &["TekniskDokumentkontroll"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("verificationStatus", "dokumentkontrollstatus", Tekst),
        freg("verifiedAt", "dokumentkontrolltidspunkt", Tidspunkt),
    ],
};

/// `EmigrationFromNorway`, from `UtflyttingFraNorge`.
pub static EMIGRATION_FROM_NORWAY: Skjema = Skjema {
    navn: "EmigrationFromNorway",
    norske: &["UtflyttingFraNorge"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("emigratedToCountry", "tilflyttingsland", Tekst),
        freg("emigratedToCity", "tilflyttingsstedIUtlandet", Tekst),
        freg("emigratedMoveDate", "utflyttingsdato", Dato),
    ],
};

/// `FalseIdentity`, from `FalskIdentitet`.
pub static FALSE_IDENTITY: Skjema = Skjema {
    navn: "FalseIdentity",
    norske: &["FalskIdentitet"],
    metadata: true,
    uten_historikk: true,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("correctIdentityFromInformation", "rettIdentitetVedOpplysninger", Objekt(&IDENTIFYING_INFORMATION)),
        freg("isCorrectIdentityUnknown", "rettIdentitetErUkjent", Boolsk),
        freg("correctIdentityFromIdentificationNumber", "rettIdentitetVedIdentifikasjonsnummer", Tekst),
        freg("isFalseIdentity", "erFalsk", Boolsk).aldri_null(),
    ],
};

/// `FamilyRelation`, from `Familierelasjon`.
pub static FAMILY_RELATION: Skjema = Skjema {
    navn: "FamilyRelation",
    norske: &["Familierelasjon"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("relatedPerson", "relatertPerson", Tekst),
        freg("relatedPersonWithoutIdentifier", "relatertPersonUtenFolkeregisteridentifikator", Objekt(&RELATED_BI_PERSON)),
        freg("relatedPersonsRole", "relatertPersonsRolle", Kode(&kodelister::FAMILY_RELATION_TYPE)).aldri_null(),
        freg("myRoleForRelatedPerson", "minRolleForPerson", Kode(&kodelister::FAMILY_RELATION_TYPE)),
    ],
};

/// `ForeignContactAddress`, from `KontaktadresseIUtlandet`.
pub static FOREIGN_CONTACT_ADDRESS: Skjema = Skjema {
    navn: "ForeignContactAddress",
    norske: &["KontaktadresseIUtlandet"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("addressConfidentiality", "adressegradering", Kode(&kodelister::ADDRESS_CONFIDENTIALITY)).aldri_null(),
        freg("foreignAddress", "utenlandskAdresse", Objekt(&INTERNATIONAL_ADDRESS)),
        freg("freeFormForeignAddress", "utenlandskAdresseIFrittFormat", Objekt(&FREE_FORM_INTERNATIONAL_ADDRESS)),
    ],
};

/// `FreeFormInternationalAddress`, from `InternasjonalAdresseIFrittFormat`.
pub static FREE_FORM_INTERNATIONAL_ADDRESS: Skjema = Skjema {
    navn: "FreeFormInternationalAddress",
    norske: &["InternasjonalAdresseIFrittFormat"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("addressLine", "adresselinje", Tekst).liste(),
        freg("postCode", "postkode", Tekst),
        freg("cityOrPlaceName", "byEllerStedsnavn", Tekst),
        freg("countryCode", "landkode", Tekst),
    ],
};

/// `FreeFormPostalAddress`, from `PostadresseIFrittFormat`.
pub static FREE_FORM_POSTAL_ADDRESS: Skjema = Skjema {
    navn: "FreeFormPostalAddress",
    norske: &["PostadresseIFrittFormat"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        tvilling("adresselinje", "adresselinje", Tekst).liste().foreldet(),
        freg("addressLine", "adresselinje", Tekst).liste(),
        freg("city", "poststed", Objekt(&CITY)),
    ],
};

/// `FreeformAddress`, from `AdresseIFrittFormat`.
pub static FREEFORM_ADDRESS: Skjema = Skjema {
    navn: "FreeformAddress",
    norske: &["AdresseIFrittFormat"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("addressLine", "adresselinje", Tekst).liste(),
        freg("countryCode", "landkode", Tekst),
    ],
};

/// `GuardianOrProxy`, from `VergeRepresentantEllerFullmektig`.
pub static GUARDIAN_OR_PROXY: Skjema = Skjema {
    navn: "GuardianOrProxy",
    norske: &["VergeRepresentantEllerFullmektig"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("name", "navn", Objekt(&NAME)),
        freg("identificationNumber", "foedselsEllerDNummer", Tekst),
        freg("guardianshipScope", "omfang", Kode(&kodelister::GUARDIANSHIP_SCOPE)),
        freg("isGuardianshipInPersonalScope", "omfangetErInnenPersonligOmraade", Boolsk).aldri_null(),
        tvilling("nameBirthDate", "navnFoedselsdato", Objekt(&PERSON_NAME_BIRTH_DATE)).foreldet(),
        freg("guardianInformation", "navnFoedselsdato", Objekt(&IDENTIFYING_INFORMATION)),
        freg("guardianServiceArea", "tjenesteomraade", Objekt(&GUARDIAN_SERVICE_AREA)).liste(),
    ],
};

/// `GuardianServiceArea`, from `Tjenesteomraade`.
pub static GUARDIAN_SERVICE_AREA: Skjema = Skjema {
    navn: "GuardianServiceArea",
    norske: &["Tjenesteomraade"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("guardianServiceEstablishment", "vergeTjenestevirksomhet", Tekst),
        freg("guardianServiceTask", "vergeTjenesteoppgave", Tekst),
    ],
};

/// `GuardianshipOrFuturePowerOfAttorney`, from `VergemaalRepresentasjonEllerFremtidsfullmakt`.
pub static GUARDIANSHIP_OR_FUTURE_POWER_OF_ATTORNEY: Skjema = Skjema {
    navn: "GuardianshipOrFuturePowerOfAttorney",
    norske: &["VergemaalRepresentasjonEllerFremtidsfullmakt"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("guardianshipType", "vergemaaltype", Kode(&kodelister::GUARDIANSHIP_TYPE)),
        freg("office", "embete", Tekst),
        freg("guardian", "verge", Objekt(&GUARDIAN_OR_PROXY)),
    ],
};

/// `IdentificationDocument`, from `Identifikasjonsdokument`.
pub static IDENTIFICATION_DOCUMENT: Skjema = Skjema {
    navn: "IdentificationDocument",
    norske: &["Identifikasjonsdokument"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("documentNumber", "identifikasjonsdokumentnummer", Tekst),
        freg("documentType", "identifikasjonsdokumenttype", Tekst),
        freg("issuerCountry", "utstederland", Tekst),
        freg("issuerName", "utstedernavn", Tekst),
        freg("documentValidFrom", "gyldigFra", Dato),
        freg("documentValidTo", "gyldigTil", Dato),
        freg("documentVerification", "dokumentkontroll", Objekt(&DOCUMENT_VERIFICATION)),
    ],
};

/// `IdentifyingInformation`, from `IdentifiserendeInformasjon` and `NavnFoedselsdato`.
pub static IDENTIFYING_INFORMATION: Skjema = Skjema {
    navn: "IdentifyingInformation",
    norske: &["IdentifiserendeInformasjon", "NavnFoedselsdato"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("personName", "personnavn", Objekt(&NAME)),
        freg("birthDate", "foedselsdato", Dato),
        freg("citizenship", "statsborgerskap", Tekst).liste(),
        freg("gender", "kjoenn", Kode(&kodelister::GENDER)),
    ],
};

/// `IdentityVerification`, from `Identitetsgrunnlag`.
pub static IDENTITY_VERIFICATION: Skjema = Skjema {
    navn: "IdentityVerification",
    norske: &["Identitetsgrunnlag"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("identityVerificationStatus", "identitetsgrunnlagstatus", Kode(&kodelister::IDENTITY_VERIFICATION_STATUS)).aldri_null(),
    ],
};

/// `ImmigrationToNorway`, from `InnflyttingTilNorge`.
pub static IMMIGRATION_TO_NORWAY: Skjema = Skjema {
    navn: "ImmigrationToNorway",
    norske: &["InnflyttingTilNorge"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("immigratedFromCountry", "fraflyttingsland", Tekst),
        freg("immigratedFromCity", "fraflyttingsstedIUtlandet", Tekst),
    ],
};

/// `InternationalAddress`, from `InternasjonalAdresse`.
pub static INTERNATIONAL_ADDRESS: Skjema = Skjema {
    navn: "InternationalAddress",
    norske: &["InternasjonalAdresse"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("coAddressName", "coAdressenavn", Tekst),
        freg("addressName", "adressenavn", Tekst),
        freg("building", "bygning", Tekst),
        freg("floorNumber", "etasjenummer", Tekst),
        freg("housingUnit", "boenhet", Tekst),
        freg("postBox", "postboks", Tekst),
        freg("postCode", "postkode", Tekst),
        freg("cityOrPlaceName", "byEllerStedsnavn", Tekst),
        freg("districtName", "distriktsnavn", Tekst),
        freg("region", "region", Tekst),
        freg("countryCode", "landkode", Tekst),
    ],
};

/// `LawyerAsContact`, from `AdvokatSomKontakt`.
pub static LAWYER_AS_CONTACT: Skjema = Skjema {
    navn: "LawyerAsContact",
    norske: &["AdvokatSomKontakt"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("personName", "personnavn", Objekt(&NAME)),
        freg("organizationName", "organisasjonsnavn", Tekst),
        freg("organizationNumber", "organisasjonsnummer", Tekst),
    ],
};

/// `LegalAuthority`, from `RettsligHandleevne`.
pub static LEGAL_AUTHORITY: Skjema = Skjema {
    navn: "LegalAuthority",
    norske: &["RettsligHandleevne"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("legalAuthorityScope", "rettsligHandleevneomfang", Kode(&kodelister::LEGAL_AUTHORITY_SCOPE)).antall(Antall::Foerste).aldri_null(),
    ],
};

/// `MaritalStatus`, from `Sivilstand`.
pub static MARITAL_STATUS: Skjema = Skjema {
    navn: "MaritalStatus",
    norske: &["Sivilstand"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("status", "sivilstand", Kode(&kodelister::MARITAL_STATUS_TYPE)).aldri_null(),
        freg("statusDate", "sivilstandsdato", Dato),
        freg("authority", "myndighet", Tekst),
        freg("municipalityNumber", "kommune", Tekst).fakta(Fakta::Kommunenummer),
        beriket("municipalityName", Beriket::Kommunenavn, Tekst),
        beriket("countyNumber", Beriket::Fylkesnummer, Tekst),
        beriket("countyName", Beriket::Fylkesnavn, Tekst),
        freg("place", "sted", Tekst),
        freg("abroad", "utland", Tekst),
        freg("relatedByMaritalStatus", "relatertVedSivilstand", Tekst),
    ],
};

/// `Name`, from `Personnavn`.
pub static NAME: Skjema = Skjema {
    navn: "Name",
    norske: &["Personnavn"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("givenName", "fornavn", Tekst),
        freg("middleName", "mellomnavn", Tekst),
        freg("familyName", "etternavn", Tekst),
    ],
};

/// `NorwegianCitizenshipRetention`, from `BibeholdAvNorskStatsborgerskap`.
pub static NORWEGIAN_CITIZENSHIP_RETENTION: Skjema = Skjema {
    navn: "NorwegianCitizenshipRetention",
    norske: &["BibeholdAvNorskStatsborgerskap"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("citizenshipRetentionStatus", "bibeholdstatus", Kode(&kodelister::CITIZENSHIP_RETENTION_STATUS)).aldri_null(),
        freg("retentionResolutionDate", "datoForBibehold", Dato),
    ],
};

/// `NorwegianIdentificationNumber`, from `Folkeregisteridentifikator`.
pub static NORWEGIAN_IDENTIFICATION_NUMBER: Skjema = Skjema {
    navn: "NorwegianIdentificationNumber",
    norske: &["Folkeregisteridentifikator"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("status", "status", Kode(&kodelister::IDENTIFICATION_STATUS)).aldri_null(),
        freg("identificationNumber", "foedselsEllerDNummer", Tekst),
        freg("identificationNumberType", "identifikatortype", Kode(&kodelister::NORWEGIAN_IDENTIFICATION_NUMBER_TYPE)).aldri_null(),
    ],
};

/// `OrganizationAsContact`, from `OrganisasjonSomKontakt`.
pub static ORGANIZATION_AS_CONTACT: Skjema = Skjema {
    navn: "OrganizationAsContact",
    norske: &["OrganisasjonSomKontakt"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("organizationName", "organisasjonsnavn", Tekst),
        freg("organizationNumber", "organisasjonsnummer", Tekst),
        freg("contactPersonName", "kontaktpersonnavn", Objekt(&NAME)),
    ],
};

/// `ParentalResponsibility`, from `Foreldreansvar`.
pub static PARENTAL_RESPONSIBILITY: Skjema = Skjema {
    navn: "ParentalResponsibility",
    norske: &["Foreldreansvar"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("responsibilityType", "ansvar", Kode(&kodelister::PARENTAL_RESPONSIBILITY_TYPE)).aldri_null(),
        freg("subjectOfResponsibility", "ansvarssubjekt", Tekst),
        freg("responsible", "ansvarlig", Tekst),
        freg("responsibleOrganization", "ansvarligOrganisasjon", Tekst),
        freg("responsibleWithoutIdentifier", "ansvarligUtenIdentifikator", Objekt(&RELATED_BI_PERSON)),
        freg("subjectOfResponsibilityWithoutIdentifier", "ansvarssubjektUtenIdentifikator", Objekt(&RELATED_BI_PERSON)),
    ],
};

/// `PersonAsContact`, from `PersonSomKontakt`.
pub static PERSON_AS_CONTACT: Skjema = Skjema {
    navn: "PersonAsContact",
    norske: &["PersonSomKontakt"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("birthDate", "foedselsdato", Dato),
        freg("personName", "personnavn", Objekt(&NAME)),
        freg("norwegianIdentificationNumber", "foedselsEllerDNummer", Tekst),
    ],
};

/// `PersonGender`, from `Personkjoenn`.
pub static PERSON_GENDER: Skjema = Skjema {
    navn: "PersonGender",
    norske: &["Personkjoenn"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("gender", "kjoenn", Kode(&kodelister::GENDER)).aldri_null(),
    ],
};

/// `PersonIdentification`, from `Personidentifikasjon`.
pub static PERSON_IDENTIFICATION: Skjema = Skjema {
    navn: "PersonIdentification",
    norske: &["Personidentifikasjon"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("identificationNumber", "identifikasjonsnummer", Tekst),
        freg("identificationNumberType", "identifikasjonsnummertype", Tekst),
        freg("issuerCountry", "utstederland", Tekst),
    ],
};

/// `PersonName`, from `Folkeregisterpersonnavn`.
pub static PERSON_NAME: Skjema = Skjema {
    navn: "PersonName",
    norske: &["Folkeregisterpersonnavn"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("givenName", "fornavn", Tekst),
        freg("middleName", "mellomnavn", Tekst),
        freg("familyName", "etternavn", Tekst),
        freg("shortName", "forkortetNavn", Tekst),
        freg("originalName", "originaltNavn", Objekt(&NAME)),
    ],
};

/// `PersonNameBirthDate`, from `NavnFoedselsdato`.
pub static PERSON_NAME_BIRTH_DATE: Skjema = Skjema {
    navn: "PersonNameBirthDate",
    norske: &["NavnFoedselsdato"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("name", "personnavn", Objekt(&NAME)),
        freg("birthDate", "foedselsdato", Dato),
        freg("citizenship", "statsborgerskap", Tekst).antall(Antall::Eneste),
        freg("gender", "kjoenn", Kode(&kodelister::GENDER)),
    ],
};

/// `PersonStatus`, from `Folkeregisterpersonstatus`.
pub static PERSON_STATUS: Skjema = Skjema {
    navn: "PersonStatus",
    norske: &["Folkeregisterpersonstatus"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("status", "status", Kode(&kodelister::PERSON_STATUS_TYPE)).aldri_null(),
    ],
};

/// `PostBoxAddress`, from `Postboksadresse`.
pub static POST_BOX_ADDRESS: Skjema = Skjema {
    navn: "PostBoxAddress",
    norske: &["Postboksadresse"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("postBoxOwner", "postbokseier", Tekst),
        freg("postBoxIdentification", "postboks", Tekst),
        freg("city", "poststed", Objekt(&CITY)),
    ],
};

/// `PreferredContactAddress`, from `PreferertKontaktadresse`.
pub static PREFERRED_CONTACT_ADDRESS: Skjema = Skjema {
    navn: "PreferredContactAddress",
    norske: &["PreferertKontaktadresse"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("addressType", "valg", Kode(&kodelister::ADDRESS_TYPE)).aldri_null(),
        freg("addressConfidentiality", "adressegradering", Kode(&kodelister::ADDRESS_CONFIDENTIALITY)),
        freg("freeformContactAddress", "kontaktadresseIFrittFormat", Objekt(&FREEFORM_ADDRESS)),
    ],
};

/// `PresentAddress`, from `Oppholdsadresse`.
pub static PRESENT_ADDRESS: Skjema = Skjema {
    navn: "PresentAddress",
    norske: &["Oppholdsadresse"],
    metadata: true,
    uten_historikk: false,
    adresse: Some(Adresseslag::Oppholdsadresse),
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("foreignAddress", "utenlandskAdresse", Objekt(&INTERNATIONAL_ADDRESS)),
        freg("isAddressUnknown", "adressenErUkjent", Boolsk),
        freg("streetAddress", "vegadresse", Objekt(&STREET_ADDRESS)),
        freg("cadastralAddress", "matrikkeladresse", Objekt(&CADASTRAL_ADDRESS)),
        freg("cadastralIdentifier", "adresseIdentifikatorFraMatrikkelen", Tekst).fakta(Fakta::Identifikator),
        freg("addressConfidentiality", "adressegradering", Kode(&kodelister::ADDRESS_CONFIDENTIALITY)).aldri_null(),
        freg("presentAddressDate", "oppholdsadressedato", Dato),
        freg("stayElsewhere", "oppholdAnnetSted", Kode(&kodelister::STAY_ELSEWHERE)),
        beriket("urbanDistrictCode", Beriket::Bydelskode, Tekst),
        beriket("urbanDistrictName", Beriket::Bydelsnavn, Tekst),
        beriket("geographicalUrbanDistrictCode", Beriket::GeografiskBydelskode, Tekst),
        beriket("geographicalUrbanDistrictName", Beriket::GeografiskBydelsnavn, Tekst),
        beriket("basicStatisticalUnit", Beriket::Grunnkretstall, Heltall).foreldet(),
        beriket("fullBasicStatisticalUnitNumber", Beriket::Grunnkretsnummer, Tekst),
        beriket("basicStatisticalUnitName", Beriket::Grunnkretsnavn, Tekst),
    ],
};

/// `RelatedBiPerson`, from `RelatertBiPerson`.
pub static RELATED_BI_PERSON: Skjema = Skjema {
    navn: "RelatedBiPerson",
    norske: &["RelatertBiPerson"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("name", "navn", Objekt(&NAME)),
        freg("birthDate", "foedselsdato", Dato),
        freg("citizenship", "statsborgerskap", Tekst),
        freg("gender", "kjoenn", Kode(&kodelister::GENDER)),
    ],
};

/// `ResidencePermit`, from `Opphold`.
pub static RESIDENCE_PERMIT: Skjema = Skjema {
    navn: "ResidencePermit",
    norske: &["Opphold"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("residencePermitType", "oppholdstillatelse", Kode(&kodelister::RESIDENCE_PERMIT_TYPE)).aldri_null(),
        freg("stayFrom", "oppholdFra", Dato),
        freg("stayTo", "oppholdTil", Dato),
    ],
};

/// `ResidentialAddress`, from `Bostedsadresse`.
pub static RESIDENTIAL_ADDRESS: Skjema = Skjema {
    navn: "ResidentialAddress",
    norske: &["Bostedsadresse"],
    metadata: true,
    uten_historikk: false,
    adresse: Some(Adresseslag::Bostedsadresse),
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("streetAddress", "vegadresse", Objekt(&STREET_ADDRESS)),
        freg("cadastralAddress", "matrikkeladresse", Objekt(&CADASTRAL_ADDRESS)),
        freg("unknownResidence", "ukjentBosted", Objekt(&UNKNOWN_RESIDENCE)),
        freg("cadastralIdentifier", "adresseIdentifikatorFraMatrikkelen", Tekst).fakta(Fakta::Identifikator),
        freg("closeCadastralIdentifier", "naerAdresseIdentifikatorFraMatrikkelen", Tekst).fakta(Fakta::NaerIdentifikator),
        freg("addressConfidentiality", "adressegradering", Kode(&kodelister::ADDRESS_CONFIDENTIALITY)).aldri_null(),
        freg("moveDate", "flyttedato", Dato),
        freg("basicStatisticalUnit", "grunnkrets", Heltall).fakta(Fakta::Grunnkrets),
        beriket("fullBasicStatisticalUnitNumber", Beriket::Grunnkretsnummer, Tekst),
        beriket("basicStatisticalUnitName", Beriket::Grunnkretsnavn, Tekst),
        freg("constituency", "stemmekrets", Heltall),
        freg("schoolDistrict", "skolekrets", Heltall),
        freg("churchDistrict", "kirkekrets", Heltall),
        beriket("urbanDistrictCode", Beriket::Bydelskode, Tekst),
        beriket("urbanDistrictName", Beriket::Bydelsnavn, Tekst),
        beriket("geographicalUrbanDistrictCode", Beriket::GeografiskBydelskode, Tekst),
        beriket("geographicalUrbanDistrictName", Beriket::GeografiskBydelsnavn, Tekst),
    ],
};

/// `ResiduaryEstateContactInformation`, from `KontaktinformasjonForDoedsbo`.
pub static RESIDUARY_ESTATE_CONTACT_INFORMATION: Skjema = Skjema {
    navn: "ResiduaryEstateContactInformation",
    norske: &["KontaktinformasjonForDoedsbo"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("person", "person", Objekt(&PERSON_AS_CONTACT)),
        freg("lawyer", "advokat", Objekt(&LAWYER_AS_CONTACT)),
        freg("organization", "organisasjon", Objekt(&ORGANIZATION_AS_CONTACT)),
        freg("probateCertificateType", "skifteform", Kode(&kodelister::PROBATE_CERTIFICATE_TYPE)).aldri_null(),
        freg("probateCertificateIssueDate", "attestutstedelsesdato", Dato).aldri_null(),
        freg("contactAddress", "adresse", Objekt(&CONTACT_ADDRESS_FOR_RESIDUARY_ESTATE)),
    ],
};

/// `SamiLanguage`, from `SamiskSpraak`.
pub static SAMI_LANGUAGE: Skjema = Skjema {
    navn: "SamiLanguage",
    norske: &["SamiskSpraak"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("language", "spraak", Kode(&kodelister::SAMI_LANGUAGE_TYPE)).liste(),
    ],
};

/// `SamiParliamentElectoralRegistry`, from `SametingetsValgmanntall`.
pub static SAMI_PARLIAMENT_ELECTORAL_REGISTRY: Skjema = Skjema {
    navn: "SamiParliamentElectoralRegistry",
    norske: &["SametingetsValgmanntall"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("status", "forhold", Kode(&kodelister::SAMI_PARLIAMENT_ELECTORAL_REGISTRY_STATUS)).aldri_null(),
        freg("resolutionDate", "vedtaksdato", Dato).aldri_null(),
    ],
};

/// `SharedResidence`, from `DeltBosted`.
pub static SHARED_RESIDENCE: Skjema = Skjema {
    navn: "SharedResidence",
    norske: &["DeltBosted"],
    metadata: true,
    uten_historikk: false,
    adresse: Some(Adresseslag::DeltBosted),
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("streetAddress", "vegadresse", Objekt(&STREET_ADDRESS)),
        freg("cadastralAddress", "matrikkeladresse", Objekt(&CADASTRAL_ADDRESS)),
        freg("unknownResidence", "ukjentBosted", Objekt(&UNKNOWN_RESIDENCE)),
        freg("contractValidFrom", "startdatoForKontrakt", Dato).aldri_null(),
        freg("contractValidTo", "sluttdatoForKontrakt", Dato),
        freg("cadastralIdentifier", "adresseIdentifikatorFraMatrikkelen", Tekst).fakta(Fakta::Identifikator),
        freg("closeCadastralIdentifier", "naerAdresseIdentifikatorFraMatrikkelen", Tekst).fakta(Fakta::NaerIdentifikator),
        freg("addressConfidentiality", "adressegradering", Kode(&kodelister::ADDRESS_CONFIDENTIALITY)).aldri_null(),
        beriket("urbanDistrictCode", Beriket::Bydelskode, Tekst),
        beriket("urbanDistrictName", Beriket::Bydelsnavn, Tekst),
        beriket("geographicalUrbanDistrictCode", Beriket::GeografiskBydelskode, Tekst),
        beriket("geographicalUrbanDistrictName", Beriket::GeografiskBydelsnavn, Tekst),
        beriket("basicStatisticalUnit", Beriket::Grunnkretstall, Heltall).foreldet(),
        beriket("fullBasicStatisticalUnitNumber", Beriket::Grunnkretsnummer, Tekst),
        beriket("basicStatisticalUnitName", Beriket::Grunnkretsnavn, Tekst),
    ],
};

/// `StayOnSvalbard`, from `OppholdPaaSvalbard`.
pub static STAY_ON_SVALBARD: Skjema = Skjema {
    navn: "StayOnSvalbard",
    norske: &["OppholdPaaSvalbard"],
    metadata: true,
    uten_historikk: false,
    adresse: None,
    felter: &[
        REGISTERED_AT, IS_VALID, SOURCE, REASON, VALID_FROM, VALID_TO,
        freg("startDate", "startdato", Dato).aldri_null(),
        freg("endDate", "sluttdato", Dato),
        freg("immigratedFromMunicipalityNumber", "fraflyttingskommunenummer", Tekst),
        freg("immigratedFromCountry", "fraflyttingsland", Tekst),
        freg("numberOfPreviousStays", "antallTidligereOpphold", Heltall),
        freg("estimatedLengthOfStay", "antattOppholdsvarighet", Kode(&kodelister::LENGTH_OF_STAY)).aldri_null(),
    ],
};

/// `StreetAddress`, from `Vegadresse`.
pub static STREET_ADDRESS: Skjema = Skjema {
    navn: "StreetAddress",
    norske: &["Vegadresse"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("municipalityNumber", "kommunenummer", Tekst).fakta(Fakta::Kommunenummer),
        beriket("municipalityName", Beriket::Kommunenavn, Tekst),
        beriket("countyNumber", Beriket::Fylkesnummer, Tekst),
        beriket("countyName", Beriket::Fylkesnavn, Tekst),
        freg("separatelyOccupiedUnitNumber", "bruksenhetsnummer", Tekst),
        freg("separatelyOccupiedUnitType", "bruksenhetstype", Kode(&kodelister::SEPARATELY_OCCUPIED_UNIT_TYPE)),
        freg("addressName", "adressenavn", Tekst),
        freg("addressNumber", "adressenummer", Objekt(&STREET_ADDRESS_NUMBER)),
        freg("addressCode", "adressekode", Tekst).fakta(Fakta::Adressekode),
        freg("addressAdditionalName", "adressetilleggsnavn", Tekst),
        freg("city", "poststed", Objekt(&CITY)),
        freg("coAddressName", "coAdressenavn", Tekst),
    ],
};

/// `StreetAddressForPost`, from `VegadresseForPost`.
pub static STREET_ADDRESS_FOR_POST: Skjema = Skjema {
    navn: "StreetAddressForPost",
    norske: &["VegadresseForPost"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("coAddressName", "coAdressenavn", Tekst),
        freg("addressName", "adressenavn", Tekst),
        freg("streetAddressNumber", "adressenummer", Objekt(&STREET_ADDRESS_NUMBER)),
        freg("city", "poststed", Objekt(&CITY)),
        freg("addressCode", "adressekode", Tekst),
        freg("addressAdditionalName", "adressetilleggsnavn", Tekst),
        freg("separatelyOccupiedUnitNumber", "bruksenhetsnummer", Tekst),
    ],
};

/// `StreetAddressNumber`, from `Adressenummer`.
pub static STREET_ADDRESS_NUMBER: Skjema = Skjema {
    navn: "StreetAddressNumber",
    norske: &["Adressenummer"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("houseNumber", "husnummer", Tekst).fakta(Fakta::Husnummer),
        freg("houseLetter", "husbokstav", Tekst).fakta(Fakta::Husbokstav),
    ],
};

/// `UnknownResidence`, from `UkjentBosted`.
pub static UNKNOWN_RESIDENCE: Skjema = Skjema {
    navn: "UnknownResidence",
    norske: &["UkjentBosted"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        freg("municipalityNumber", "bostedskommune", Tekst).fakta(Fakta::Kommunenummer),
        beriket("municipalityName", Beriket::Kommunenavn, Tekst),
        beriket("countyNumber", Beriket::Fylkesnummer, Tekst),
        beriket("countyName", Beriket::Fylkesnavn, Tekst),
    ],
};

/// `CommonContactRegisterInformation`, from `Person (KRR)`.
pub static COMMON_CONTACT_REGISTER_INFORMATION: Skjema = Skjema {
    navn: "CommonContactRegisterInformation",
    norske: &["Person (KRR)"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        krr("reservation", "reservasjon", Kode(&kodelister::RESERVATION)),
        krr("status", "status", Kode(&kodelister::STATUS)),
        krr("reservationTime", "reservasjonstidspunkt", Tekst).fra_v3(),
        krr("reservationUpdated", "reservasjon_oppdatert", Tekst).fra_v3(),
        krr("notificationStatus", "varslingsstatus", Kode(&kodelister::NOTIFICATION_STATUS)),
        krr("contactInformation", "kontaktinformasjon", Objekt(&CONTACT_INFORMATION_RESOURCE)),
        krr("digitalPost", "digital_post", Objekt(&DIGITAL_POST_RESOURCE)),
        krr("certificate", "sertifikat", Tekst),
        krr("certificateExpireDate", "sertifikat_utloeper", Tekst).fra_v3(),
        krr("language", "spraak", Tekst),
        krr("languageLastUpdated", "spraak_oppdatert", Tekst),
    ],
};

/// `ContactInformationResource`, from `kontaktinformasjon (KRR)`.
pub static CONTACT_INFORMATION_RESOURCE: Skjema = Skjema {
    navn: "ContactInformationResource",
    norske: &["kontaktinformasjon (KRR)"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        krr("email", "epostadresse", Tekst),
        krr("emailLastUpdated", "epostadresse_oppdatert", Tekst),
        krr("emailDuplicated", "epostadresse_duplisert", Kode(&kodelister::DUPLICATED)).fra_v3(),
        krr("emailLastVerified", "epostadresse_sist_verifisert", Tekst),
        krr("emailLastValidated", "epostadresse_sist_validert", Tekst).fra_v3(),
        krr("phoneNumber", "mobiltelefonnummer", Tekst),
        krr("phoneNumberLastUpdated", "mobiltelefonnummer_oppdatert", Tekst),
        krr("phoneNumberDuplicated", "mobiltelefonnummer_duplisert", Kode(&kodelister::DUPLICATED)).fra_v3(),
        krr("phoneNumberLastVerified", "mobiltelefonnummer_sist_verifisert", Tekst),
        krr("phoneNumberLastValidated", "mobiltelefonnummer_sist_validert", Tekst).fra_v3(),
    ],
};

/// `DigitalPostResource`, from `digital_post (KRR)`.
pub static DIGITAL_POST_RESOURCE: Skjema = Skjema {
    navn: "DigitalPostResource",
    norske: &["digital_post (KRR)"],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        krr("digitalPostAddress", "postkasseadresse", Tekst),
        krr("digitalPostVendorAddress", "postkasseleverandoeradresse", Tekst),
        krr("digitalPostVendorName", "navn", Tekst).fra_v3(),
    ],
};

/// `EventDocument`, a frame that the service writes.
pub static EVENT_DOCUMENT: Skjema = Skjema {
    navn: "EventDocument",
    norske: &[],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        tjeneste("sequenceNumber", Tekst),
        tjeneste("personId", Tekst),
        tjeneste("eventType", Tekst),
        tjeneste("nin", Tekst).fra_v3(),
    ],
};

/// `EventDocumentSearchResult`, a frame that the service writes.
pub static EVENT_DOCUMENT_SEARCH_RESULT: Skjema = Skjema {
    navn: "EventDocumentSearchResult",
    norske: &[],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        tjeneste("results", Objekt(&EVENT_DOCUMENT)).liste(),
        tjeneste("startIndex", Heltall32).foreldet().aldri_null(),
        tjeneste("endIndex", Heltall32).foreldet().aldri_null(),
    ],
};

/// `PersonSearchResult`, a frame that the service writes.
pub static PERSON_SEARCH_RESULT: Skjema = Skjema {
    navn: "PersonSearchResult",
    norske: &[],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        tjeneste("results", Objekt(&PERSON)).liste(),
        tjeneste("startIndex", Heltall32).foreldet().aldri_null(),
        tjeneste("endIndex", Heltall32).foreldet().aldri_null(),
    ],
};

/// `StringSearchResult`, a frame that the service writes.
pub static STRING_SEARCH_RESULT: Skjema = Skjema {
    navn: "StringSearchResult",
    norske: &[],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        tjeneste("results", Tekst).liste(),
        tjeneste("startIndex", Heltall32).foreldet().aldri_null(),
        tjeneste("endIndex", Heltall32).foreldet().aldri_null(),
    ],
};

/// `SearchMatchCountResult`, a frame that the service writes.
pub static SEARCH_MATCH_COUNT_RESULT: Skjema = Skjema {
    navn: "SearchMatchCountResult",
    norske: &[],
    metadata: false,
    uten_historikk: false,
    adresse: None,
    felter: &[
        tjeneste("matchCount", Heltall32).aldri_null(),
    ],
};

/// Every schema of the table: Person first, then by name, then KRR, then the frames.
pub static ALLE: &[&Skjema] = &[
    &PERSON,
    &ADDRESS_PROTECTION,
    &BIRTH,
    &BIRTH_IN_NORWAY,
    &CADASTRAL_ADDRESS,
    &CADASTRAL_NUMBER,
    &CITIZENSHIP,
    &CITY,
    &CONTACT_ADDRESS,
    &CONTACT_ADDRESS_FOR_RESIDUARY_ESTATE,
    &DEATH,
    &DEPRIVED_LEGAL_AUTHORITY,
    &DOCUMENT_VERIFICATION,
    &EMIGRATION_FROM_NORWAY,
    &FALSE_IDENTITY,
    &FAMILY_RELATION,
    &FOREIGN_CONTACT_ADDRESS,
    &FREE_FORM_INTERNATIONAL_ADDRESS,
    &FREE_FORM_POSTAL_ADDRESS,
    &FREEFORM_ADDRESS,
    &GUARDIAN_OR_PROXY,
    &GUARDIAN_SERVICE_AREA,
    &GUARDIANSHIP_OR_FUTURE_POWER_OF_ATTORNEY,
    &IDENTIFICATION_DOCUMENT,
    &IDENTIFYING_INFORMATION,
    &IDENTITY_VERIFICATION,
    &IMMIGRATION_TO_NORWAY,
    &INTERNATIONAL_ADDRESS,
    &LAWYER_AS_CONTACT,
    &LEGAL_AUTHORITY,
    &MARITAL_STATUS,
    &NAME,
    &NORWEGIAN_CITIZENSHIP_RETENTION,
    &NORWEGIAN_IDENTIFICATION_NUMBER,
    &ORGANIZATION_AS_CONTACT,
    &PARENTAL_RESPONSIBILITY,
    &PERSON_AS_CONTACT,
    &PERSON_GENDER,
    &PERSON_IDENTIFICATION,
    &PERSON_NAME,
    &PERSON_NAME_BIRTH_DATE,
    &PERSON_STATUS,
    &POST_BOX_ADDRESS,
    &PREFERRED_CONTACT_ADDRESS,
    &PRESENT_ADDRESS,
    &RELATED_BI_PERSON,
    &RESIDENCE_PERMIT,
    &RESIDENTIAL_ADDRESS,
    &RESIDUARY_ESTATE_CONTACT_INFORMATION,
    &SAMI_LANGUAGE,
    &SAMI_PARLIAMENT_ELECTORAL_REGISTRY,
    &SHARED_RESIDENCE,
    &STAY_ON_SVALBARD,
    &STREET_ADDRESS,
    &STREET_ADDRESS_FOR_POST,
    &STREET_ADDRESS_NUMBER,
    &UNKNOWN_RESIDENCE,
    &COMMON_CONTACT_REGISTER_INFORMATION,
    &CONTACT_INFORMATION_RESOURCE,
    &DIGITAL_POST_RESOURCE,
    &EVENT_DOCUMENT,
    &EVENT_DOCUMENT_SEARCH_RESULT,
    &PERSON_SEARCH_RESULT,
    &STRING_SEARCH_RESULT,
    &SEARCH_MATCH_COUNT_RESULT,
];
