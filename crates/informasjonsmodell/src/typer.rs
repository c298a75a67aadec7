//! The sub-types of the persondokument: addresses, names, contacts.
//!
//! Field order is that of the published XSD sequences. Source: OpenAPI 1.5; `PersondokumentMedHistorikk_v1BETA2`;
//! `navnFoedselsdato`, `tjenesteomraade`, `rettsligHandleevneomfang` from news 2023-06-29 to 2023-11-01.

use crate::kodeverk::{Bruksenhetstype, Kjoenn, Vergemaalsomfang};
use crate::tekst::{
    Foedselsnummer, Husbokstav, Husnummer, Kommunenummer, Land2, Land3, Navnedel, Organisasjonsnavn,
    Organisasjonsnummer, Postnummer, Tekst,
};
use crate::{Dato, Tidspunkt};

objekter! {
    /// A name in parts.
    Personnavn {
        fornavn "fornavn" ! Navnedel,
        mellomnavn "mellomnavn" ? Navnedel,
        etternavn "etternavn" ! Navnedel,
    }
    /// House number and letter.
    Adressenummer {
        husnummer "husnummer" ! Husnummer,
        husbokstav "husbokstav" ? Husbokstav,
    }
    /// Postal place.
    Poststed {
        poststedsnavn "poststedsnavn" ? Tekst,
        postnummer "postnummer" ? Postnummer,
    }
    /// Cadastral number.
    Matrikkelnummer {
        kommunenummer "kommunenummer" ! Kommunenummer,
        gaardsnummer "gaardsnummer" ? i64,
        bruksnummer "bruksnummer" ? i64,
        festenummer "festenummer" ? i64,
    }
    /// A street address.
    Vegadresse {
        kommunenummer "kommunenummer" ! Kommunenummer,
        bruksenhetsnummer "bruksenhetsnummer" ? Tekst,
        bruksenhetstype "bruksenhetstype" ? Bruksenhetstype,
        adressenavn "adressenavn" ! Tekst,
        adressenummer "adressenummer" ? Adressenummer,
        adressekode "adressekode" ? Tekst,
        adressetilleggsnavn "adressetilleggsnavn" ? Tekst,
        poststed "poststed" ? Poststed,
        co_adressenavn "coAdressenavn" ? Tekst,
    }
    /// A cadastral address.
    Matrikkeladresse {
        bruksenhetsnummer "bruksenhetsnummer" ? Tekst,
        bruksenhetstype "bruksenhetstype" ? Bruksenhetstype,
        matrikkelnummer "matrikkelnummer" ! Matrikkelnummer,
        undernummer "undernummer" ? i64,
        adressetilleggsnavn "adressetilleggsnavn" ? Tekst,
        poststed "poststed" ? Poststed,
        co_adressenavn "coAdressenavn" ? Tekst,
    }
    /// No known address, perhaps a known kommune.
    UkjentBosted {
        bostedskommune "bostedskommune" ? Kommunenummer,
    }
    /// An address abroad.
    InternasjonalAdresse {
        co_adressenavn "coAdressenavn" ? Tekst,
        adressenavn "adressenavn" ? Tekst,
        bygning "bygning" ? Tekst,
        etasjenummer "etasjenummer" ? Tekst,
        boenhet "boenhet" ? Tekst,
        postboks "postboks" ? Tekst,
        postkode "postkode" ? Tekst,
        by_eller_stedsnavn "byEllerStedsnavn" ? Tekst,
        distriktsnavn "distriktsnavn" ? Tekst,
        region "region" ? Tekst,
        landkode "landkode" ! Land2,
    }
    /// An address abroad in free lines.
    InternasjonalAdresseIFrittFormat {
        adresselinje "adresselinje" * Tekst,
        postkode "postkode" ? Tekst,
        by_eller_stedsnavn "byEllerStedsnavn" ? Tekst,
        landkode "landkode" ! Land2,
    }
    /// A post box.
    Postboksadresse {
        postbokseier "postbokseier" ? Tekst,
        postboks "postboks" ! Tekst,
        poststed "poststed" ? Poststed,
    }
    /// A street address for post.
    VegadresseForPost {
        co_adressenavn "coAdressenavn" ? Tekst,
        adressenavn "adressenavn" ? Tekst,
        adressenummer "adressenummer" ? Adressenummer,
        poststed "poststed" ? Poststed,
        adressekode "adressekode" ? Tekst,
        adressetilleggsnavn "adressetilleggsnavn" ? Tekst,
        bruksenhetsnummer "bruksenhetsnummer" ? Tekst,
    }
    /// A postal address in free lines.
    PostadresseIFrittFormat {
        adresselinje "adresselinje" * Tekst,
        poststed "poststed" ? Poststed,
    }
    /// Free lines with a country; only in `preferertKontaktadresse`.
    AdresseIFrittFormat {
        adresselinje "adresselinje" * Tekst,
        landkode "landkode" ? Land2,
    }
    /// A relative without an identifier.
    RelatertBiPerson {
        navn "navn" ! Personnavn,
        foedselsdato "foedselsdato" ? Dato,
        statsborgerskap "statsborgerskap" ? Land3,
        kjoenn "kjoenn" ? Kjoenn,
    }
    /// What is known of a right identity.
    IdentifiserendeInformasjon {
        personnavn "personnavn" ! Personnavn,
        foedselsdato "foedselsdato" ? Dato,
        statsborgerskap "statsborgerskap" + Land3,
        kjoenn "kjoenn" ? Kjoenn,
    }
    /// Technical control of a document.
    TekniskDokumentkontroll {
        dokumentkontrollstatus "dokumentkontrollstatus" ! Tekst,
        dokumentkontrolltidspunkt "dokumentkontrolltidspunkt" ? Tidspunkt,
    }
    /// A person who is contact for an estate: a number, or birth date and name.
    PersonSomKontakt {
        foedselsdato "foedselsdato" ? Dato => KontaktErstatning,
        personnavn "personnavn" ? Personnavn => KontaktErstatning,
        foedselsnummer "foedselsEllerDNummer" ? Foedselsnummer => KontaktNummer,
    } | ["foedselsEllerDNummer", "personnavn"]
    /// A lawyer who is contact for an estate.
    AdvokatSomKontakt {
        personnavn "personnavn" ! Personnavn,
        organisasjonsnavn "organisasjonsnavn" ? Organisasjonsnavn,
        organisasjonsnummer "organisasjonsnummer" ? Organisasjonsnummer,
    }
    /// An organisation that is contact for an estate.
    OrganisasjonSomKontakt {
        organisasjonsnavn "organisasjonsnavn" ! Organisasjonsnavn,
        organisasjonsnummer "organisasjonsnummer" ? Organisasjonsnummer,
        kontaktpersonnavn "kontaktpersonnavn" ? Personnavn,
    }
    /// Address of the contact for an estate.
    KontaktadresseForDoedsbo {
        adresselinje "adresselinje" + Tekst,
        poststedsnavn "poststedsnavn" ! Tekst,
        postnummer "postnummer" ! Tekst,
        landkode "landkode" ? Land3,
    }
    /// A verge without an identifier, from 2023-11-01.
    NavnFoedselsdato {
        personnavn "personnavn" ? Personnavn,
        foedselsdato "foedselsdato" ? Dato => VergeFoedselsdato,
        statsborgerskap "statsborgerskap" * Land3,
        kjoenn "kjoenn" ? Kjoenn,
    }
    /// One task of a verge, from 2023-11-01.
    Tjenesteomraade {
        verge_tjenestevirksomhet "vergeTjenestevirksomhet" ? Tekst,
        verge_tjenesteoppgave "vergeTjenesteoppgave" ? Tekst,
    }
    /// The verge.
    VergeRepresentantEllerFullmektig {
        navn "navn" ? Personnavn,
        foedselsnummer "foedselsEllerDNummer" ? Foedselsnummer => VergeNummer,
        omfang "omfang" ? Vergemaalsomfang,
        omfanget_er_innen_personlig_omraade "omfangetErInnenPersonligOmraade" ? bool,
        navn_foedselsdato "navnFoedselsdato" ? NavnFoedselsdato [senere],
        tjenesteomraade "tjenesteomraade" * Tjenesteomraade => VergeTjenesteomraade [senere],
    }
}
