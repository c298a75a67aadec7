//! The head of a message: who sends it, of what kind it is, in which mode.
//!
//! What newcomers get wrong: of all that the schema has, real clients send six things; the rest may be required of nobody.
//! Source: README of the contract, 3.4 and 4.2.

use meldinger::tre::Element;

use super::data::{self, ett, ett_med_kode, ved};
use super::kvittering::{Detalj, Kode, Kvittering, Kvitteringskode};
use super::typer::Id;
use crate::operasjon::Operasjon;

/// Root of `interactionId`. Source: README of the contract, 4.2.
pub(super) const INTERAKSJON: &str = "2.16.840.1.113883.1.6";
pub(super) const VERSJON: &str = "NE2010NO";
pub(super) const BEHANDLINGSMODUS: &str = "T";

/// The one mode that a server runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modus {
    /// `P`.
    Produksjon,
    /// `T`.
    Test,
    /// `D`.
    Feilsoeking,
}

impl Modus {
    /// As the wire has it.
    #[must_use]
    pub fn kode(self) -> &'static str {
        match self {
            Modus::Produksjon => "P",
            Modus::Test => "T",
            Modus::Feilsoeking => "D",
        }
    }

    fn les(kode: &str) -> Option<Self> {
        let alle = [Modus::Produksjon, Modus::Test, Modus::Feilsoeking];
        alle.into_iter().find(|m| m.kode() == kode)
    }
}

/// The head of a request. Every part may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hode {
    /// The message's own id, which the answer names.
    pub id: Option<Id>,
    /// Which model it is of.
    pub versjon: Option<String>,
    /// Which interaction.
    pub interaksjon: Option<Id>,
    /// In which mode.
    pub modus: Option<String>,
    /// How it is to be processed.
    pub behandlingsmodus: Option<String>,
    /// The sender's device, which the answer is addressed to.
    pub avsender: Option<Id>,
}

impl Hode {
    /// Reads the head of a message, whose element is `request` or `query`.
    #[must_use]
    pub fn les(melding: &Element) -> Self {
        let kode = |navn: &str| ett_med_kode(melding, navn).map(str::to_owned);
        let enhet = ved(melding, &["sender", "device"]);
        Hode {
            id: ett(melding, "id").and_then(data::id),
            versjon: kode("versionCode"),
            interaksjon: ett(melding, "interactionId").and_then(data::id),
            modus: kode("processingCode"),
            behandlingsmodus: kode("processingModeCode"),
            avsender: enhet.and_then(|e| ett(e, "id")).and_then(data::id),
        }
    }

    /// What is wrong with it: `Err` with the acknowledgement if the message is refused, otherwise what is to be said beside
    /// the answer.
    ///
    /// # Errors
    /// An acknowledgement `AR` with a detail for each rule that is broken.
    /// Source: README of the contract, 4.2; that an absent id, interaction, mode or processing mode is refused, and that all
    /// of these are `AR`, is our choice, ADR 0047.
    pub fn sjekk(&self, operasjon: Operasjon, modus: Modus) -> Result<Vec<Detalj>, Kvittering> {
        let mut feil = Vec::new();
        let mut mangler = |hva: &str, sted| {
            feil.push(Detalj::feil(Kode::Syn105, format!("Required element {hva} is missing.")).ved(sted));
        };
        if self.id.is_none() {
            mangler("id", "id");
        }
        if self.interaksjon.is_none() {
            mangler("interactionId", "interactionId");
        }
        if self.modus.is_none() {
            mangler("processingCode", "processingCode");
        }
        if self.behandlingsmodus.is_none() {
            mangler("processingModeCode", "processingModeCode");
        }
        let oppgitt = self.interaksjon.as_ref().and_then(|i| i.nummer.as_deref());
        if self.interaksjon.is_some() && oppgitt != Some(operasjon.foresporselstype()) {
            let tekst = format!(
                "{} takes the interaction {}.",
                operasjon.navn(),
                operasjon.foresporselstype()
            );
            feil.push(Detalj::feil(Kode::Ns200, tekst).ved("interactionId"));
        }
        if let Some(oppgitt) = self.modus.as_deref().filter(|m| *m != modus.kode()) {
            // Only a mode that there is is repeated.
            let tekst = match Modus::les(oppgitt) {
                Some(annen) => format!(
                    "This service runs in mode {}; the message asked for {}.",
                    modus.kode(),
                    annen.kode()
                ),
                None => format!(
                    "This service runs in mode {}; the message asked for another.",
                    modus.kode()
                ),
            };
            feil.push(Detalj::feil(Kode::Ns202, tekst));
        }
        if self.behandlingsmodus.as_deref().is_some_and(|m| m != BEHANDLINGSMODUS) {
            feil.push(Detalj::feil(Kode::Ns250, "Only processing mode T is taken.").ved("processingModeCode"));
        }
        if !feil.is_empty() {
            return Err(Kvittering {
                kode: Kvitteringskode::Avvist,
                detaljer: feil,
            });
        }
        let mut advarsler = Vec::new();
        if self.versjon.as_deref() != Some(VERSJON) {
            let tekst = format!("The message is read as one of version {VERSJON}.");
            advarsler.push(Detalj::advarsel(Kode::Ns203, tekst).ved("versionCode"));
        }
        Ok(advarsler)
    }
}
