//! The faces of the old person register (PREG), so far as they are messages: SOAP, WS-Security and HL7 v3.
//!
//! Here: the envelope and its headers ([`konvolutt`]), faults ([`feil`]), the six interactions of `PersonRegistry` as plain
//! types that are read leniently and written strictly ([`hl7`]), conversations that are opened by a password and go on by
//! signatures ([`samtale`]), and our own WSDL and schemas ([`wsdl`], [`skjema`]).
//! Envelope, faults and [`xml::Skriver`] are for other services too (`pregxml`), with operations of their own ([`Operasjoner`]).
//! Not here yet: a port that is listened to, users and their passwords, profiles, a store, Filematch.
//! Nothing here knows who the asker is or decides what it may see: a field that is to be withheld
//! comes in as [`hl7::Felt::HoldtTilbake`], and is written blank with the structure kept.
//! A newcomer's mistake is to hold a request against the schema: real clients break it (`hl7::les`); only what we send obeys it.
//!
//! ```
//! use preg::{Operasjon, konvolutt};
//!
//! let xml = b"<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body/></s:Envelope>";
//! let naa = "2026-01-14T10:00:00Z".parse()?;
//! let avslag = konvolutt::les(xml, None, naa).unwrap_err();
//! assert_eq!(avslag.svar().status, 400);
//! assert_eq!(Operasjon::GetDemographics.foresporselstype(), "PRPA_IN101307NO01");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod feil;
pub mod hl7;
pub mod konvolutt;
mod operasjon;
pub mod samtale;
pub mod skjema;
pub mod wsdl;
pub mod xml;

pub use feil::Tjenestefeil;
pub use operasjon::{Operasjon, Operasjoner};

#[cfg(test)]
mod fuzz_test;
