//! The documents around persons and identifiers: roots, bulk answers, search answers, extracts.
//!
//! Source: OpenAPI 1.5, whose schema ids give the namespaces (dots as colons: our reading); bulk roots of `arkiv` and
//! `hendelser`, element order in the extracts and the root of `sekvensnummer` are our choice (ADR 0002).

use super::{aapne, element, lukk, skriv_attributt, skriv_tekst};
use crate::xml::{NS_HENDELSE, NS_PERSON, ROT_HENDELSE, ROT_PERSON};

/// The root element of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rot {
    /// One person.
    Folkeregisterperson,
    /// Asks for persons by number.
    PersonBulkoppslagRequest,
    /// Persons by number: `oppslag` repeated.
    PersonBulkoppslagResponse,
    /// Asks for archived persons by document.
    ArkivDokumentBulkoppslagRequest,
    /// Archived persons: `folkeregisterperson` repeated.
    ArkivDokumentBulkoppslagResponse,
    /// Asks for events by document.
    HendelseBulkoppslagRequest,
    /// Events: `dokumentForHendelse` repeated.
    HendelseBulkoppslagResponse,
    /// One event.
    DokumentForHendelse,
    /// Numbers found by a search.
    PersonsoekResponse,
    /// An ordered extract.
    UttrekkJobbResponse,
    /// One batch of an extract.
    UttrekkDataResponse,
}

impl Rot {
    /// Every root.
    pub const ALLE: [Rot; 11] = [
        Rot::Folkeregisterperson,
        Rot::PersonBulkoppslagRequest,
        Rot::PersonBulkoppslagResponse,
        Rot::ArkivDokumentBulkoppslagRequest,
        Rot::ArkivDokumentBulkoppslagResponse,
        Rot::HendelseBulkoppslagRequest,
        Rot::HendelseBulkoppslagResponse,
        Rot::DokumentForHendelse,
        Rot::PersonsoekResponse,
        Rot::UttrekkJobbResponse,
        Rot::UttrekkDataResponse,
    ];

    /// Its local name.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Rot::Folkeregisterperson => ROT_PERSON,
            Rot::PersonBulkoppslagRequest => "personBulkoppslagRequest",
            Rot::PersonBulkoppslagResponse => "personBulkoppslagResponse",
            Rot::ArkivDokumentBulkoppslagRequest => "arkivDokumentBulkoppslagRequest",
            Rot::ArkivDokumentBulkoppslagResponse => "arkivDokumentBulkoppslagResponse",
            Rot::HendelseBulkoppslagRequest => "hendelseBulkoppslagRequest",
            Rot::HendelseBulkoppslagResponse => "hendelseBulkoppslagResponse",
            Rot::DokumentForHendelse => ROT_HENDELSE,
            Rot::PersonsoekResponse => "personsoekResponse",
            Rot::UttrekkJobbResponse => "uttrekkJobbResponse",
            Rot::UttrekkDataResponse => "uttrekkDataResponse",
        }
    }

    /// Its namespace.
    #[must_use]
    pub fn navnerom(self) -> &'static str {
        match self {
            Rot::Folkeregisterperson => NS_PERSON,
            Rot::PersonBulkoppslagRequest => "folkeregisteret:tilgjengeliggjoering:person:v1:bulk:request",
            Rot::PersonBulkoppslagResponse => "folkeregisteret:tilgjengeliggjoering:person:v1:bulk:response",
            Rot::ArkivDokumentBulkoppslagRequest => "folkeregisteret:tilgjengeliggjoering:person:v1:bulk:arkiv:request",
            Rot::ArkivDokumentBulkoppslagResponse => {
                "folkeregisteret:tilgjengeliggjoering:person:v1:bulk:arkiv:response"
            }
            Rot::HendelseBulkoppslagRequest => "folkeregisteret:tilgjengeliggjoering:hendelse:v1:bulk:request",
            Rot::HendelseBulkoppslagResponse => "folkeregisteret:tilgjengeliggjoering:hendelse:v1:bulk:response",
            Rot::DokumentForHendelse => NS_HENDELSE,
            Rot::PersonsoekResponse => "folkeregisteret:tilgjengeliggjoering:person:v1:soek:response",
            Rot::UttrekkJobbResponse | Rot::UttrekkDataResponse => {
                "folkeregisteret:tilgjengeliggjoering:uttrekk:v1:response"
            }
        }
    }
}

/// Writes the XML declaration; once, first in a document.
pub fn deklarasjon(ut: &mut Vec<u8>) {
    ut.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
}

/// Writes the start tag of a root, with its namespace as the default one.
pub fn start(ut: &mut Vec<u8>, rot: Rot) {
    ut.push(b'<');
    ut.extend_from_slice(rot.navn().as_bytes());
    ut.extend_from_slice(b" xmlns=\"");
    skriv_attributt(ut, rot.navnerom());
    ut.extend_from_slice(b"\">");
}

/// Writes the end tag of a root.
pub fn slutt(ut: &mut Vec<u8>, rot: Rot) {
    lukk(ut, rot.navn());
}

/// Writes a whole document of one repeated element: a request, a search answer, a batch.
///
/// Shape: `navn` is `foedselsEllerDNummer` or `dokumentidentifikator`.
pub fn liste<'a>(ut: &mut Vec<u8>, rot: Rot, navn: &str, verdier: impl IntoIterator<Item = &'a str>) {
    deklarasjon(ut);
    start(ut, rot);
    for verdi in verdier {
        element(ut, navn, verdi);
    }
    slutt(ut, rot);
}

/// Writes one number of a search answer.
pub fn nummer(ut: &mut Vec<u8>, foedselsnummer: &str) {
    element(ut, "foedselsEllerDNummer", foedselsnummer);
}

/// Writes the start of an `oppslag` in a bulk answer; the person follows, from [`start`] to [`slutt`].
pub fn oppslag_start(ut: &mut Vec<u8>, foedselsnummer: &str) {
    aapne(ut, "oppslag");
    element(ut, "foedselsEllerDNummer", foedselsnummer);
}

/// Writes the end of an `oppslag`.
pub fn oppslag_slutt(ut: &mut Vec<u8>) {
    lukk(ut, "oppslag");
}

/// Writes an `oppslag` that has a message in place of a person.
pub fn oppslag_feil(ut: &mut Vec<u8>, foedselsnummer: &str, feilmelding: &str) {
    oppslag_start(ut, foedselsnummer);
    aapne(ut, "feilmelding");
    element(ut, "feilmelding", feilmelding);
    lukk(ut, "feilmelding");
    oppslag_slutt(ut);
}

/// Writes the answer to an ordered extract, a whole document.
pub fn uttrekk_jobb(ut: &mut Vec<u8>, jobb_id: &str) {
    liste(ut, Rot::UttrekkJobbResponse, "jobbId", [jobb_id]);
}

/// Writes the answer for a batch that is not ready or does not exist, a whole document.
pub fn uttrekk_feil(ut: &mut Vec<u8>, feilmelding: &str) {
    liste(ut, Rot::UttrekkDataResponse, "feilmelding", [feilmelding]);
}

/// Writes the last sequence number of a feed, a whole document without a namespace.
///
/// Shape: `<sekvensnummer><sekvensnummer>4711</sekvensnummer></sekvensnummer>`: the object of OpenAPI 1.5 with its one
/// property, under a root of the same name (our choice).
pub fn sekvensnummer(ut: &mut Vec<u8>, sekvensnummer: u64) {
    deklarasjon(ut);
    aapne(ut, "sekvensnummer");
    aapne(ut, "sekvensnummer");
    skriv_tekst(ut, &sekvensnummer.to_string());
    lukk(ut, "sekvensnummer");
    lukk(ut, "sekvensnummer");
}
