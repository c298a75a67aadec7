//! What producers send to the register, and what they are told: the contract of mottak and tilbakemelding.
//!
//! Schemas, validation and reading; no rules about persons, no files, no clock. A message is guarded, read into a tree
//! ([`tre`]) and held against its schema ([`kontroll`]); what it asks for is read from the same tree. A newcomer's mistake
//! is to read something of the bytes on the side: what was not validated was never said.
//!
//! ```
//! use meldinger::{Kontroller, Meldingstype, tre};
//!
//! let kontroller = Kontroller::les()?;
//! let melding = tre::les(b"<meldingOmDoedsfall xmlns='folkeregisteret:melding:doedsfall:v1'/>")?;
//! let avvik = kontroller.sjekk(Meldingstype::Doedsfall, &melding).unwrap_err();
//! assert_eq!(avvik[0].to_string(), "innsending mangler");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod kontroll;
mod meldingstype;
pub mod signatur;
pub mod skjema;
pub mod tre;

pub use meldingstype::{Feil, Kontroller, Meldingstype, Svardokument, Tilbakemelding, Vedlegg, Versjon};
