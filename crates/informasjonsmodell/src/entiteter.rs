//! The entities of the persondokument: one type each, without registermetadata, which every entry has in common.
//!
//! Source: OpenAPI 1.5 and `PersondokumentMedHistorikk_v1BETA2`, plus the later additions of dated news.

use crate::Dato;
use crate::kodeverk::{
    Adressegradering, Adressetype, Bibehold, Familierelasjontype, Folkeregisteridentifikatortype, Foreldreansvarstype,
    ForholdTilSametingetsValgmanntall, Identifikatorstatuskode, Identitetsgrunnlagstatus, Kjoenn, OppholdAnnetSted,
    Oppholdstillatelsetype, OppholdsvarighetType, Personstatus, SamiskSpraakType, Sivilstandstype, Skifteform,
    Vergemaaltype,
};
use crate::tekst::{
    Aarstall, Foedselsnummer, ForkortetNavn, Identifikator, Kommunenummer, Land3, Navnedel, Organisasjonsnummer, Tekst,
};
use crate::typer::{
    AdresseIFrittFormat, AdvokatSomKontakt, IdentifiserendeInformasjon, InternasjonalAdresse,
    InternasjonalAdresseIFrittFormat, KontaktadresseForDoedsbo, Matrikkeladresse, OrganisasjonSomKontakt,
    PersonSomKontakt, Personnavn, PostadresseIFrittFormat, Postboksadresse, RelatertBiPerson, TekniskDokumentkontroll,
    UkjentBosted, Vegadresse, VegadresseForPost, VergeRepresentantEllerFullmektig,
};

objekter! {
    /// Whether the identity is false, and what the right one is.
    FalskIdentitet {
        rett_identitet_ved_opplysninger "rettIdentitetVedOpplysninger" ? IdentifiserendeInformasjon,
        rett_identitet_er_ukjent "rettIdentitetErUkjent" ? bool,
        rett_identitet_ved_identifikasjonsnummer "rettIdentitetVedIdentifikasjonsnummer" ? Foedselsnummer => RettIdentitetNummer,
        er_falsk "erFalsk" ? bool,
    } | ["rettIdentitetVedOpplysninger", "rettIdentitetErUkjent", "rettIdentitetVedIdentifikasjonsnummer"]
    /// A number the person has or has had.
    Folkeregisteridentifikator {
        status "status" ! Identifikatorstatuskode,
        foedselsnummer "foedselsEllerDNummer" ! Foedselsnummer,
        identifikatortype "identifikatortype" ! Folkeregisteridentifikatortype,
    }
    /// How well the identity is established.
    Identitetsgrunnlag {
        identitetsgrunnlagstatus "identitetsgrunnlagstatus" ! Identitetsgrunnlagstatus,
    }
    /// Who to contact about a dead person's estate.
    KontaktinformasjonForDoedsbo {
        person "person" ? PersonSomKontakt,
        advokat "advokat" ? AdvokatSomKontakt,
        organisasjon "organisasjon" ? OrganisasjonSomKontakt,
        skifteform "skifteform" ! Skifteform,
        attestutstedelsesdato "attestutstedelsesdato" ! Dato,
        adresse "adresse" ! KontaktadresseForDoedsbo => DoedsboAdresse,
    } | ["person", "advokat", "organisasjon"]
    /// A document that proves the identity.
    Identifikasjonsdokument {
        identifikasjonsdokumentnummer "identifikasjonsdokumentnummer" ? Tekst,
        identifikasjonsdokumenttype "identifikasjonsdokumenttype" ! Tekst,
        utstederland "utstederland" ! Land3,
        utstedernavn "utstedernavn" ? Tekst,
        gyldig_fra "gyldigFra" ? Dato,
        gyldig_til "gyldigTil" ? Dato,
        dokumentkontroll "dokumentkontroll" ? TekniskDokumentkontroll,
    }
    /// A person's status.
    Folkeregisterpersonstatus {
        status "status" ! Personstatus,
    }
    /// A number given by another country, or by the immigration authorities.
    Personidentifikasjon {
        identifikasjonsnummer "identifikasjonsnummer" ! Tekst,
        identifikasjonsnummertype "identifikasjonsnummertype" ! Tekst,
        utstederland "utstederland" ! Land3,
    }
    /// Death.
    Doedsfall {
        doedsdato "doedsdato" ? Dato,
    }
    /// Marital status.
    Sivilstand {
        sivilstand "sivilstand" ! Sivilstandstype,
        sivilstandsdato "sivilstandsdato" ? Dato,
        myndighet "myndighet" ? Tekst,
        kommune "kommune" ? Kommunenummer,
        sted "sted" ? Tekst,
        utland "utland" ? Land3,
        relatert_ved_sivilstand "relatertVedSivilstand" ? Foedselsnummer => RelatertVedSivilstand,
    }
    /// A relation to another person.
    Familierelasjon {
        relatert_person "relatertPerson" ? Foedselsnummer,
        relatert_person_uten_folkeregisteridentifikator "relatertPersonUtenFolkeregisteridentifikator" ? RelatertBiPerson,
        relatert_persons_rolle "relatertPersonsRolle" ! Familierelasjontype,
        min_rolle_for_person "minRolleForPerson" ? Familierelasjontype,
    } | ["relatertPerson", "relatertPersonUtenFolkeregisteridentifikator"]
    /// Where the person lives.
    Bostedsadresse {
        ukjent_bosted "ukjentBosted" ? UkjentBosted,
        vegadresse "vegadresse" ? Vegadresse,
        matrikkeladresse "matrikkeladresse" ? Matrikkeladresse,
        adresse_identifikator_fra_matrikkelen "adresseIdentifikatorFraMatrikkelen" ? Identifikator,
        naer_adresse_identifikator_fra_matrikkelen "naerAdresseIdentifikatorFraMatrikkelen" ? Identifikator,
        adressegradering "adressegradering" ! Adressegradering,
        flyttedato "flyttedato" ? Dato => Flyttedato,
        grunnkrets "grunnkrets" ? i64 => Kretser,
        stemmekrets "stemmekrets" ? i64 => Kretser,
        skolekrets "skolekrets" ? i64 => Kretser,
        kirkekrets "kirkekrets" ? i64 => Kretser,
    } | ["ukjentBosted", "vegadresse", "matrikkeladresse"]
    /// A child's second home.
    DeltBosted {
        vegadresse "vegadresse" ? Vegadresse,
        matrikkeladresse "matrikkeladresse" ? Matrikkeladresse,
        ukjent_bosted "ukjentBosted" ? UkjentBosted,
        startdato_for_kontrakt "startdatoForKontrakt" ! Dato,
        sluttdato_for_kontrakt "sluttdatoForKontrakt" ? Dato,
        adresse_identifikator_fra_matrikkelen "adresseIdentifikatorFraMatrikkelen" ? Identifikator,
        naer_adresse_identifikator_fra_matrikkelen "naerAdresseIdentifikatorFraMatrikkelen" ? Identifikator,
        adressegradering "adressegradering" ! Adressegradering,
    } | ["vegadresse", "matrikkeladresse", "ukjentBosted"]
    /// Where the person stays.
    Oppholdsadresse {
        vegadresse "vegadresse" ? Vegadresse,
        matrikkeladresse "matrikkeladresse" ? Matrikkeladresse,
        utenlandsk_adresse "utenlandskAdresse" ? InternasjonalAdresse,
        adressen_er_ukjent "adressenErUkjent" ? bool,
        adresse_identifikator_fra_matrikkelen "adresseIdentifikatorFraMatrikkelen" ? Identifikator,
        adressegradering "adressegradering" ! Adressegradering,
        oppholdsadressedato "oppholdsadressedato" ? Dato,
        opphold_annet_sted "oppholdAnnetSted" ? OppholdAnnetSted,
    } | ["vegadresse", "matrikkeladresse", "utenlandskAdresse", "adressenErUkjent"]
    /// Where post goes in Norway; the entity is called `postadresse` in persons.
    Kontaktadresse {
        adressegradering "adressegradering" ! Adressegradering,
        postboksadresse "postboksadresse" ? Postboksadresse,
        vegadresse "vegadresse" ? VegadresseForPost,
        postadresse_i_fritt_format "postadresseIFrittFormat" ? PostadresseIFrittFormat,
        adresse_identifikator_fra_matrikkelen "adresseIdentifikatorFraMatrikkelen" ? Identifikator,
    } | ["postboksadresse", "vegadresse", "postadresseIFrittFormat"]
    /// Where post goes abroad.
    KontaktadresseIUtlandet {
        adressegradering "adressegradering" ! Adressegradering,
        utenlandsk_adresse "utenlandskAdresse" ? InternasjonalAdresse,
        utenlandsk_adresse_i_fritt_format "utenlandskAdresseIFrittFormat" ? InternasjonalAdresseIFrittFormat,
    } | ["utenlandskAdresse", "utenlandskAdresseIFrittFormat"]
    /// Protection of the person's addresses.
    GraderingAvAdresse {
        graderingsnivaa "graderingsnivaa" ! Adressegradering,
    }
    /// Which address the person preferred; retired 2021-10-16.
    PreferertKontaktadresse {
        valg "valg" ! Adressetype,
        adressegradering "adressegradering" ? Adressegradering,
        kontaktadresse_i_fritt_format "kontaktadresseIFrittFormat" ? AdresseIFrittFormat,
    }
    /// Immigration.
    InnflyttingTilNorge {
        fraflyttingsland "fraflyttingsland" ? Land3 => FlyttingLand,
        fraflyttingssted_i_utlandet "fraflyttingsstedIUtlandet" ? Tekst => FlyttingSted,
    }
    /// Emigration.
    UtflyttingFraNorge {
        tilflyttingsland "tilflyttingsland" ? Land3 => FlyttingLand,
        tilflyttingssted_i_utlandet "tilflyttingsstedIUtlandet" ? Tekst => FlyttingSted,
        utflyttingsdato "utflyttingsdato" ? Dato,
    }
    /// Relation to the Sami electoral roll; withdrawn 2023-04-03.
    SametingetsValgmanntall {
        forhold "forhold" ! ForholdTilSametingetsValgmanntall,
        vedtaksdato "vedtaksdato" ! Dato,
    }
    /// Gender.
    Personkjoenn {
        kjoenn "kjoenn" ! Kjoenn,
    }
    /// Citizenship.
    Statsborgerskap {
        statsborgerskap "statsborgerskap" ! Land3,
        ervervsdato "ervervsdato" ? Dato,
    }
    /// Parental responsibility.
    Foreldreansvar {
        ansvar "ansvar" ! Foreldreansvarstype,
        ansvarssubjekt "ansvarssubjekt" ? Foedselsnummer,
        ansvarlig "ansvarlig" ? Foedselsnummer,
        ansvarlig_organisasjon "ansvarligOrganisasjon" ? Organisasjonsnummer,
        ansvarlig_uten_identifikator "ansvarligUtenIdentifikator" ? RelatertBiPerson,
        ansvarssubjekt_uten_identifikator "ansvarssubjektUtenIdentifikator" ? RelatertBiPerson,
    }
    /// Birth.
    Foedsel {
        foedselsdato "foedselsdato" ? Dato,
        foedselsaar "foedselsaar" ! Aarstall,
        foedested "foedested" ? Tekst,
        foedekommune_i_norge "foedekommuneINorge" ? Kommunenummer,
        foedeland "foedeland" ? Land3,
    }
    /// Name.
    Folkeregisterpersonnavn {
        fornavn "fornavn" ! Navnedel,
        mellomnavn "mellomnavn" ? Navnedel,
        etternavn "etternavn" ! Navnedel,
        forkortet_navn "forkortetNavn" ? ForkortetNavn,
        originalt_navn "originaltNavn" ? Personnavn,
    }
    /// Birth at a Norwegian institution.
    FoedselINorge {
        foedselsinstitusjonsnavn "foedselsinstitusjonsnavn" ? Tekst,
        rekkefoelgenummer "rekkefoelgenummer" ? i64,
    }
    /// Guardianship or future power of attorney.
    VergemaalRepresentasjonEllerFremtidsfullmakt {
        vergemaaltype "vergemaaltype" ? Vergemaaltype,
        embete "embete" ? Tekst,
        verge "verge" ! VergeRepresentantEllerFullmektig,
    }
    /// Residence permit.
    Opphold {
        oppholdstillatelse "oppholdstillatelse" ! Oppholdstillatelsetype,
        opphold_fra "oppholdFra" ? Dato,
        opphold_til "oppholdTil" ? Dato,
    }
    /// Kept Norwegian citizenship.
    BibeholdAvNorskStatsborgerskap {
        bibeholdstatus "bibeholdstatus" ! Bibehold,
        dato_for_bibehold "datoForBibehold" ? Dato,
    }
    /// Sami languages.
    SamiskSpraak {
        spraak "spraak" + SamiskSpraakType,
    }
    /// A stay on Svalbard.
    OppholdPaaSvalbard {
        antatt_oppholdsvarighet "antattOppholdsvarighet" ! OppholdsvarighetType,
        startdato "startdato" ! Dato,
        sluttdato "sluttdato" ? Dato,
        fraflyttingskommunenummer "fraflyttingskommunenummer" ? Kommunenummer => SvalbardFraflytting,
        fraflyttingsland "fraflyttingsland" ? Land3 => SvalbardFraflytting,
        antall_tidligere_opphold "antallTidligereOpphold" ? i64,
    }
    /// In the model since 2022, never carries data.
    FratattRettsligHandleevne {
    }
    /// Limited legal capacity, from 2023-11-01.
    RettsligHandleevne {
        rettslig_handleevneomfang "rettsligHandleevneomfang" * Tekst [senere],
    }
}
