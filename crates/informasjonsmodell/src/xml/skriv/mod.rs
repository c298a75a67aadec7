//! Writing XML: one entry from its stored JSON body ([`oppfoering`]), and the documents around entries.
//!
//! The body is read once, forwards, and written out as it is read; no tree is built. Every function appends to a byte
//! buffer, so that a frame can be sent in pieces. A newcomer's mistake is to call [`deklarasjon`] for a person inside a
//! bulk answer: it belongs at the very start of a document only.

mod atom;
mod feil;
mod hendelse;
mod kropp;
mod leser;
mod ramme;
mod tegn;

pub use atom::{Feed, Hendelseslinje, LINK_TYPE, feed_slutt, feed_start, lagret_hendelse};
pub use feil::{Feedfeil, Feilmelding, feedfeil, feilmelding};
pub use hendelse::{Hendelsehode, dokument_slutt, dokument_start, egenskapshendelse};
pub use ramme::{
    Rot, deklarasjon, liste, nummer, oppslag_feil, oppslag_slutt, oppslag_start, sekvensnummer, slutt, start,
    uttrekk_feil, uttrekk_jobb,
};
pub use tegn::{skriv_attributt, skriv_tekst};

use crate::entitet::Entitet;
use crate::feil::Lesefeil;
use crate::json::Metadatafelter;
use crate::opplysning::Persondokument;
use crate::tidspunkt::Tidspunkt;
use crate::verdi::Skriver;
use crate::xml::Side;

/// Writes one entry: `<entitet>`, metadata, the fields of the body in the order of the XSD, `</entitet>`.
///
/// Shape: `kropp` is the JSON object that [`crate::Innhold::skriv`] wrote, whole or with removable members cut out; any
/// valid JSON object is taken. Answers how many members the model does not know, which XML leaves out.
/// Errors: [`Lesefeil`] with the place and the rule when `kropp` is no such object; nothing is then left in `ut`.
/// Source: information model, "XML shape of the persondokument"; ADR 0002 for unknown members.
pub fn oppfoering(
    ut: &mut Vec<u8>,
    side: Side,
    entitet: Entitet,
    metadata: &Metadatafelter<'_>,
    kropp: &[u8],
) -> Result<usize, Lesefeil> {
    let fra = ut.len();
    let navn = match side {
        Side::Person => entitet.navn(),
        Side::Hendelse => entitet.hendelsesnavn().egenskap,
    };
    aapne(ut, navn);
    skriv_metadata(ut, side, metadata);
    match kropp::skriv(ut, side, entitet.skjema(), kropp) {
        Ok(ukjente) => {
            lukk(ut, navn);
            Ok(ukjente)
        }
        Err(feil) => {
            ut.truncate(fra);
            Err(feil.ved(navn))
        }
    }
}

/// Writes a whole persondokument, current and historical, with declaration and root.
///
/// Shape: answers how many members were left out because the model does not know them, those at the top included.
/// Errors: as [`oppfoering`]; a document that was read by this crate gives none.
pub fn persondokument(ut: &mut Vec<u8>, dokument: &Persondokument) -> Result<usize, Lesefeil> {
    let fra = ut.len();
    deklarasjon(ut);
    start(ut, Rot::Folkeregisterperson);
    let mut ukjente = dokument.ukjente.len();
    let mut kropp = Skriver::default();
    for &entitet in Entitet::ALLE {
        for opplysning in dokument.av(entitet) {
            kropp.ut.clear();
            kropp.spenn.clear();
            opplysning.innhold.skriv(&mut kropp);
            match oppfoering(ut, Side::Person, entitet, &opplysning.metadata.felter(), &kropp.ut) {
                Ok(antall) => ukjente += antall,
                Err(feil) => {
                    ut.truncate(fra);
                    return Err(feil);
                }
            }
        }
    }
    slutt(ut, Rot::Folkeregisterperson);
    Ok(ukjente)
}

fn skriv_metadata(ut: &mut Vec<u8>, side: Side, metadata: &Metadatafelter<'_>) {
    skriv_tid(ut, "ajourholdstidspunkt", metadata.ajourholdstidspunkt);
    if let (Side::Person, Some(gjeldende)) = (side, metadata.er_gjeldende) {
        element(ut, "erGjeldende", if gjeldende { "true" } else { "false" });
    }
    for (navn, verdi) in [("kilde", metadata.kilde), ("aarsak", metadata.aarsak)] {
        if let Some(verdi) = verdi {
            element(ut, navn, verdi);
        }
    }
    skriv_tid(ut, "gyldighetstidspunkt", metadata.gyldighetstidspunkt);
    skriv_tid(ut, "opphoerstidspunkt", metadata.opphoerstidspunkt);
}

fn skriv_tid(ut: &mut Vec<u8>, navn: &str, tid: Option<Tidspunkt>) {
    if let Some(tid) = tid {
        aapne(ut, navn);
        tid.skriv(ut);
        lukk(ut, navn);
    }
}

#[inline]
fn aapne(ut: &mut Vec<u8>, navn: &str) {
    ut.reserve(navn.len() + 2);
    ut.push(b'<');
    ut.extend_from_slice(navn.as_bytes());
    ut.push(b'>');
}

#[inline]
fn lukk(ut: &mut Vec<u8>, navn: &str) {
    ut.reserve(navn.len() + 3);
    ut.extend_from_slice(b"</");
    ut.extend_from_slice(navn.as_bytes());
    ut.push(b'>');
}

fn element(ut: &mut Vec<u8>, navn: &str, verdi: &str) {
    aapne(ut, navn);
    skriv_tekst(ut, verdi);
    lukk(ut, navn);
}
