//! The hendelsesdokument: its head, one `egenskapshendelse` for each entry that changed, its end.

use super::{Rot, aapne, element, lukk, oppfoering, skriv_tid, slutt, start};
use crate::entitet::Entitet;
use crate::feil::{Grunn, Lesefeil, Sti};
use crate::hendelse::{Entitetsendring, Hendelsestype};
use crate::json::Metadatafelter;
use crate::tidspunkt::Tidspunkt;
use crate::xml::Side;

/// What stands before the entries of an event document.
#[derive(Clone, Copy, Debug)]
pub struct Hendelsehode<'a> {
    /// Identifier of this document.
    pub dokumentidentifikator: &'a str,
    /// Version of the form of the document.
    pub skjemaversjon: &'a str,
    /// The person it concerns.
    pub folkeregisteridentifikator: &'a str,
    /// What happened.
    pub hendelsestype: Hendelsestype,
    /// When the register wrote it.
    pub ajourholdstidspunkt: Tidspunkt,
}

/// Writes the start of a `dokumentForHendelse`, without an XML declaration.
///
/// Source: XSD `Hendelsedokument_v1.4`, types `DokumentForHendelse` and `Hendelse`.
pub fn dokument_start(ut: &mut Vec<u8>, hode: &Hendelsehode<'_>) {
    start(ut, Rot::DokumentForHendelse);
    element(ut, "dokumentidentifikator", hode.dokumentidentifikator);
    element(ut, "skjemaversjon", hode.skjemaversjon);
    aapne(ut, "hendelse");
    element(ut, "folkeregisteridentifikator", hode.folkeregisteridentifikator);
    element(ut, "hendelsestype", hode.hendelsestype.navn());
    skriv_tid(ut, "ajourholdstidspunkt", Some(hode.ajourholdstidspunkt));
}

/// Writes one `egenskapshendelse`: the entry if the change carries one, then `entitet` and `entitetsendring`.
///
/// Shape: `innhold` is metadata and stored body, `None` for an annullering. Answers as [`oppfoering`].
/// Errors: as [`oppfoering`]; [`Grunn::UkjentElement`] for an entity that event documents do not have. Nothing is then left
/// in `ut`.
/// Source: XSD `Hendelsedokument_v1.4`, type `Registerdata`.
pub fn egenskapshendelse(
    ut: &mut Vec<u8>,
    entitet: Entitet,
    endring: Entitetsendring,
    innhold: Option<(&Metadatafelter<'_>, &[u8])>,
) -> Result<usize, Lesefeil> {
    let Some(navn) = entitet.hendelsesnavn().entitet else {
        return Err(Lesefeil::new(&Sti::rot().felt(entitet.navn()), Grunn::UkjentElement));
    };
    let fra = ut.len();
    aapne(ut, "egenskapshendelse");
    let mut ukjente = 0;
    if let Some((metadata, kropp)) = innhold {
        ukjente = oppfoering(ut, Side::Hendelse, entitet, metadata, kropp).inspect_err(|_| ut.truncate(fra))?;
    }
    element(ut, "entitet", navn);
    element(ut, "entitetsendring", endring.navn());
    lukk(ut, "egenskapshendelse");
    Ok(ukjente)
}

/// Writes the end of a `dokumentForHendelse`, with the old register's cause code where there is one.
pub fn dokument_slutt(ut: &mut Vec<u8>, hendelsesaarsak_i_dsf: Option<&str>) {
    if let Some(aarsak) = hendelsesaarsak_i_dsf {
        element(ut, "hendelsesaarsakIDsf", aarsak);
    }
    lukk(ut, "hendelse");
    slutt(ut, Rot::DokumentForHendelse);
}
