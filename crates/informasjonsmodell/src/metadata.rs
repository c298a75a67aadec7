//! Registermetadata: what the register says about an entry, the same for every entity.

use serde_json::{Map, Value};

use crate::Tidspunkt;
use crate::feil::{Lesefeil, Sti};
use crate::json::Metadatafelter;
use crate::skjema::{Art, Felt};
use crate::tekst::Tekst;
use crate::verdi::{Verdi, felt, hent_valgfri};

/// When an entry was written, where it comes from, and when it was true.
///
/// Shape: written first in every entry, in field order. All fields optional, absent means not registered.
/// Source: OpenAPI 1.5, every entity; section "Registermetadata" of the information model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registermetadata {
    /// When the register wrote the entry; changes when the entry is closed or corrected.
    pub ajourholdstidspunkt: Option<Tidspunkt>,
    /// Whether the entry is current. Persondokument only, never in an event.
    pub er_gjeldende: Option<bool>,
    /// Source.
    pub kilde: Option<Tekst>,
    /// Cause, free text.
    pub aarsak: Option<Tekst>,
    /// Start of validity.
    pub gyldighetstidspunkt: Option<Tidspunkt>,
    /// End of validity, for an entry that ended without a successor.
    pub opphoerstidspunkt: Option<Tidspunkt>,
}

impl Registermetadata {
    /// The fields as data, in wire order.
    pub const FELTER: [Felt; 6] = [
        felt("ajourholdstidspunkt", Art::Tidspunkt, false, false, None, false),
        felt("erGjeldende", Art::Boolsk, false, false, None, false),
        felt("kilde", Tekst::ART, false, false, None, false),
        felt("aarsak", Tekst::ART, false, false, None, false),
        felt("gyldighetstidspunkt", Art::Tidspunkt, false, false, None, false),
        felt("opphoerstidspunkt", Art::Tidspunkt, false, false, None, false),
    ];

    /// The fields as a writer takes them.
    #[must_use]
    pub fn felter(&self) -> Metadatafelter<'_> {
        Metadatafelter {
            ajourholdstidspunkt: self.ajourholdstidspunkt,
            er_gjeldende: self.er_gjeldende,
            kilde: self.kilde.as_ref().map(Tekst::som_tekst),
            aarsak: self.aarsak.as_ref().map(Tekst::som_tekst),
            gyldighetstidspunkt: self.gyldighetstidspunkt,
            opphoerstidspunkt: self.opphoerstidspunkt,
        }
    }

    /// Takes the metadata out of an entry; the rest stays.
    pub(crate) fn ta_ut(objekt: &mut Map<String, Value>, sti: &Sti) -> Result<Self, Lesefeil> {
        Ok(Registermetadata {
            ajourholdstidspunkt: hent_valgfri(objekt, "ajourholdstidspunkt", sti)?,
            er_gjeldende: hent_valgfri(objekt, "erGjeldende", sti)?,
            kilde: hent_valgfri(objekt, "kilde", sti)?,
            aarsak: hent_valgfri(objekt, "aarsak", sti)?,
            gyldighetstidspunkt: hent_valgfri(objekt, "gyldighetstidspunkt", sti)?,
            opphoerstidspunkt: hent_valgfri(objekt, "opphoerstidspunkt", sti)?,
        })
    }
}
