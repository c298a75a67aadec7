//! The six interactions of `PersonRegistry`: requests read leniently, answers written strictly.
//!
//! [`typer`] has the plain types, [`Foresporsel`] what is asked, [`Hode`] the head of a message, [`Kvittering`] what is said of
//! it, [`skriv`] the answer. `data` reads HL7's data types.
//!
//! What newcomers get wrong: what the query was is echoed from what *was understood*, in the schema's order, never copied
//! from the request: a request may break the schema, an answer may not.
//!
//! Not here: whether a number is in the register, who is found, what a profile sees.

mod data;
mod foresporsel;
mod hode;
mod kvittering;
mod personsvar;
mod registrering;
mod svar;
pub mod typer;

pub use foresporsel::{Foedselstid, Foresporsel, Oppslag, Soek, Sporring};
pub use hode::{Hode, Modus};
pub use kvittering::{Alvor, Detalj, Kode as Detaljkode, Kvittering, Kvitteringskode};
pub use registrering::{Kobling, Oensket, Registrering};
pub use svar::{Innhold, Svarhode, Svarkode, skriv};
pub use typer::{Adresse, Felt, Id, Kodet, Navn, Svarperson};

/// Namespace of HL7 v3. Source: `PersonRegistry.xsd`, `targetNamespace`.
pub const NAVNEROM: &str = "urn:hl7-org:v3";

/// The root that stands for this service as sender, receiver and custodian. Source: README of the contract, 4.2.
pub const PREG: &str = "2.16.578.1.12.4.5.1.1";

#[cfg(test)]
mod tests;
