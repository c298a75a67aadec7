//! The two error bodies that the contract has in XML. Whole documents, without a namespace (our choice).

use super::{aapne, deklarasjon, element, lukk};

/// `folkeregisterFeilmelding`: what went wrong with a call.
///
/// Source: OpenAPI 1.5, `ske.folkeregister.exception.javaxrs.FolkeregisterFeilmelding`.
#[derive(Clone, Copy, Debug)]
pub struct Feilmelding<'a> {
    /// The HTTP status.
    pub http_status: u16,
    /// `WARNING` or `ERROR`.
    pub alvorlighetsgrad: &'a str,
    /// Code of the error.
    pub feilkode: &'a str,
    /// Text in Norwegian.
    pub feilmelding: &'a str,
    /// Further facts: key and value.
    pub tilleggsinformasjon: &'a [(&'a str, &'a str)],
}

/// Writes a `folkeregisterFeilmelding`.
///
/// Shape: each fact is an `entry` with `key` and `value`, since a key need not be an XML name.
pub fn feilmelding(ut: &mut Vec<u8>, feil: &Feilmelding<'_>) {
    deklarasjon(ut);
    aapne(ut, "folkeregisterFeilmelding");
    element(ut, "httpStatus", &feil.http_status.to_string());
    element(ut, "alvorlighetsgrad", feil.alvorlighetsgrad);
    element(ut, "feilkode", feil.feilkode);
    element(ut, "feilmelding", feil.feilmelding);
    if !feil.tilleggsinformasjon.is_empty() {
        aapne(ut, "tilleggsinformasjon");
        for (noekkel, verdi) in feil.tilleggsinformasjon {
            aapne(ut, "entry");
            element(ut, "key", noekkel);
            element(ut, "value", verdi);
            lukk(ut, "entry");
        }
        lukk(ut, "tilleggsinformasjon");
    }
    lukk(ut, "folkeregisterFeilmelding");
}

/// `error`: what the feed answers when there is nothing at the place.
///
/// Source: OpenAPI 1.5, `ske.folkeregister.lesemodell.universal.feil.ErrorMessageForExternalUsers`.
#[derive(Clone, Copy, Debug)]
pub struct Feedfeil<'a> {
    /// Code of the error.
    pub code: &'a str,
    /// Reference that finds the case again in our log.
    pub feilreferanse: &'a str,
    /// The HTTP status.
    pub http_status: u16,
    /// Text in Norwegian.
    pub message: &'a str,
}

/// Writes an `error`.
pub fn feedfeil(ut: &mut Vec<u8>, feil: &Feedfeil<'_>) {
    deklarasjon(ut);
    aapne(ut, "error");
    element(ut, "code", feil.code);
    element(ut, "feilreferanse", feil.feilreferanse);
    element(ut, "httpStatus", &feil.http_status.to_string());
    element(ut, "message", feil.message);
    lukk(ut, "error");
}
