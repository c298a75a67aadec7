//! The person of the contract, with its addresses.
//!
//! The order is that of the contract class; fields that are columns only, or that HL7 alone asks for, stand where they belong.
//! Source: preg reference 6.1.

use informasjonsmodell::Dato;

use crate::Adresse;

kontrakt! {
    /// A person as PREG knows one.
    Person,
    /// A field of [`Person`].
    Personfelt,
    {
        /// Zero or more; when any, the first is the current one and no other is.
        pub adresser: Vec<Adresse>,
    } {
        nin Nin "NIN" String, 11 Person Kontrakt "Id" ["identifikasjonsnummer.foedselsEllerDNummer"] ["norwegianIdentificationNumber.identificationNumber"] Videre
            "Nummeret i bruk; fødselsnummer før D-nummer.";
        fornavn GivenName "GivenName" String, 50 Person Kontrakt "FirstName" ["navn.fornavn"] ["name.givenName"] Videre
            "Hele ord til og med 50 tegn.";
        mellomnavn MiddleName "MiddleName" String, 50 Person Kontrakt "MiddleName" ["navn.mellomnavn"] ["name.middleName"] Videre
            "Hele ord til og med 50 tegn.";
        etternavn Sn "Sn" String, 50 Person Kontrakt "LastName" ["navn.etternavn"] ["name.familyName"] Videre
            "Hele ord til og med 50 tegn.";
        tidligere_etternavn MaidenName "MaidenName" String, 50 Person Kolonne "MaidenName" ["navn.etternavn"] ["name.familyName"] Utledet
            "Siste historiske etternavn som er et annet enn det nåværende.";
        dato_navn DateWhenNameRegistered "DateWhenNameRegistered" Dato, 0 Person Kolonne "DateWhenNameRegistered" ["navn.gyldighetstidspunkt"] ["name.validFrom"] Utledet
            "Dagen det nåværende navnet gjelder fra.";
        foedselsdato DateOfBirth "DateOfBirth" Dato, 0 Person Kontrakt "DateOfBirth" ["foedsel.foedselsdato", "foedsel.foedselsaar"] ["birth.birthDate", "birth.birthYear"] Videre
            "Aldri lest av nummeret. Bare året når dagen ikke er kjent.";
        kjoenn Gender "Gender" i32, 1 Person Kolonne "GenderBackingValue" ["kjoenn.kjoenn"] ["gender.gender"] Endret
            "0 kvinne, 1 mann; fra eget felt, aldri fra niende siffer.";
        foedested BirthPlace "BirthPlace" String, 50 Person Hl7 "" ["foedsel.foedested"] ["birth.birthPlace"] Videre
            "Bare HL7 spør etter det.";
        reg_status RegStatus "RegStatus" i32, 1 Person Kontrakt "StatusBackingValue" ["status.status"] ["status.status"] Endret
            "Se kodetabellen. aktiv gir ingen kode.";
        dato_status DateStatus "DateStatus" Dato, 0 Person Kontrakt "StatusValidFrom" ["doedsfall.doedsdato", "utflytting.utflyttingsdato", "status.gyldighetstidspunkt"] ["death.deceasedDate", "emigrationFromNorway.emigratedMoveDate", "status.validFrom"] Utledet
            "Dødsdato når personen er død, utflyttingsdato når den er utflyttet, ellers dagen statusen gjelder fra.";
        land_status StatusCountryCode "StatusCountryCode" i32, 3 Person Kontrakt "StatusCountryCode" ["utflytting.tilflyttingsland", "innflytting.fraflyttingsland"] ["emigrationFromNorway.emigratedToCountry", "immigrationToNorway.immigratedFromCountry"] Endret
            "Landet flyttet til når personen er utflyttet, fra når den er bosatt. Tresifret nummer.";
        sivilstand MaritalStatus "MaritalStatus" i32, 1 Sivilstand Kontrakt "MaritalStatusBackingValue" ["sivilstand.sivilstand"] ["maritalStatus.status"] Endret
            "Se kodetabellen.";
        dato_sivilstand DateMaritalStatus "DateMaritalStatus" Dato, 0 Sivilstand Kontrakt "MaritalStatusValidFrom" ["sivilstand.sivilstandsdato", "sivilstand.gyldighetstidspunkt"] ["maritalStatus.statusDate", "maritalStatus.validFrom"] Videre
            "Sivilstandsdato, ellers dagen oppføringen gjelder fra.";
        ektefelle SpouseNin "SpouseNIN" String, 11 Slekt Kontrakt "SpouseRelationshipNumber" ["sivilstand.relatertVedSivilstand", "familierelasjon.relatertPerson"] ["maritalStatus.relatedByMaritalStatus", "familyRelation.relatedPerson"] Videre
            "Bare når personen er gift, partner eller separert.";
        mor MothersNin "MothersNIN" String, 11 Slekt Kontrakt "MotherRelationshipNumber" ["familierelasjon.relatertPerson"] ["familyRelation.relatedPerson"] Videre
            "Rollen mor. Et nummer uten personnummer lages aldri.";
        far FathersNin "FathersNIN" String, 11 Slekt Kontrakt "FatherRelationshipNumber" ["familierelasjon.relatertPerson"] ["familyRelation.relatedPerson"] Videre
            "Rollen far. Medmor har ikke noe felt i PREG.";
        barn Children "Children" Vec<String>, 0 Slekt Hl7 "" ["familierelasjon.relatertPerson"] ["familyRelation.relatedPerson"] Videre
            "Rollen barn. Bare HL7 spør etter det.";
        gammelt_nummer OldNin "OldNIN" String, 11 Person Kontrakt "FormerCensusNumber" ["identifikasjonsnummer.foedselsEllerDNummer"] ["norwegianIdentificationNumber.identificationNumber"] Utledet
            "Det siste av personens opphørte nummer.";
        nytt_nummer NewNin "NewNIN" String, 11 Person Kontrakt "SupersededByCensusNumber" ["identifikasjonsnummer.foedselsEllerDNummer"] ["norwegianIdentificationNumber.identificationNumber"] Utledet
            "Står på raden til et opphørt nummer, med RegStatus 6.";
        statsborgerskap Citizenship "Citizenship" String, 3 Person Kontrakt "Citizenship" ["statsborgerskap.statsborgerskap"] ["citizenship.countryCode"] Endret
            "Tresifret nummer; norsk først når personen har flere. Ukjent land er 990.";
        dato_statsborgerskap DateCitizenship "DateCitizenship" Dato, 0 Person Kontrakt "CitizenshipValidFrom" ["statsborgerskap.ervervsdato", "statsborgerskap.gyldighetstidspunkt"] ["citizenship.aquiredDate", "citizenship.validFrom"] Videre
            "Ervervsdato, ellers dagen oppføringen gjelder fra.";
        statsborgerskapskode CitizenshipCode "CitizenshipCode" String, 4 Person Kontrakt "CitizenshipCode" ["statsborgerskap.statsborgerskap"] ["citizenship.countryCode"] Utledet
            "Folkeregisterets tre bokstaver når Citizenship er 990 fordi landet er ukjent for PREG; ellers nummeret til statsborgerskap nummer to.";
        foreldreansvar Custody "Custody" String, 1 Foreldreansvar Kontrakt "Custody" ["foreldreansvar.ansvar"] ["parentalResponsibility.responsibilityType"] Endret
            "Bare for barnet selv. Se kodetabellen.";
        dato_foreldreansvar DateCustody "DateCustody" Dato, 0 Foreldreansvar Kontrakt "CustodyValidFrom" ["foreldreansvar.gyldighetstidspunkt"] ["parentalResponsibility.validFrom"] Videre
            "Dagen oppføringen gjelder fra.";
        foreldreansvar_tall ParentalResponsibility "ParentalResponsibility" i32, 0 Foreldreansvar Kontrakt "" ["foreldreansvar.ansvar"] ["parentalResponsibility.responsibilityType"] Borte
            "Ble aldri fylt ut i PREG.";
        dato_foreldreansvar_tall DateParentalResponsibility "DateParentalResponsibility" Dato, 0 Foreldreansvar Kontrakt "" ["foreldreansvar.gyldighetstidspunkt"] ["parentalResponsibility.validFrom"] Borte
            "Ble aldri fylt ut i PREG.";
        uten_handleevne WithoutLegalCapacity "WithoutLegalCapacity" String, 1 Handleevne Kontrakt "WithoutLegalCapacityCode" ["rettsligHandleevne.rettsligHandleevneomfang"] ["legalAuthority.legalAuthorityScope"] Endret
            "J når registeret har en begrensning. N skrives aldri: at ingenting er registrert, er ikke et nei.";
        dato_uten_handleevne DateWithoutLegalCapacity "DateWithoutLegalCapacity" Dato, 0 Handleevne Kontrakt "WithoutLegalCapacityCodeValidFrom" ["rettsligHandleevne.gyldighetstidspunkt"] ["legalAuthority.validFrom"] Videre
            "Dagen oppføringen gjelder fra.";
        arbeidstillatelse WorkPermit "WorkPermit" String, 1 Opphold Kontrakt "WorkPermitCode" ["opphold.oppholdstillatelse"] ["residencePermit.residencePermitType"] Endret
            "Se kodetabellen. Folkeregisteret sier ikke om tillatelsen gir rett til arbeid.";
        dato_arbeidstillatelse DateWorkPermit "DateWorkPermit" Dato, 0 Opphold Kontrakt "WorkPermitCodeValidFrom" ["opphold.oppholdFra", "opphold.gyldighetstidspunkt"] ["residencePermit.stayFrom", "residencePermit.validFrom"] Videre
            "Fra-datoen, ellers dagen oppføringen gjelder fra.";
        duf_nummer DufNo "DufNo" String, 12 Opphold Kontrakt "DufNo" ["utlendingsmyndighetenesIdentifikasjonsnummer.identifikasjonsnummer"] ["immigrationAuthoritiesIdentificationNumber.identificationNumber"] Videre
            "Bare når nummeret har tolv siffer.";
    }
}

impl Person {
    /// The address that is current.
    #[must_use]
    pub fn gjeldende_adresse(&self) -> Option<&Adresse> {
        self.adresser.first()
    }
}
