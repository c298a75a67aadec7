//! PREG's service: whom it knows, what a profile is shown of them, and the six operations of HL7 over HTTP.
//!
//! What lives here: persons of the copy and of the register of help numbers in PREG's contract ([`Personregister`]), and
//! the HL7 service on them ([`PregTjeneste`]), and what Personregister-XML asks ([`XmlRegister`]). What does not: messages (`preg`), fields and profiles (`pregmodell`), users (`pregbrukere`), and the numbers themselves (`hjelpenummer`).
//!
//! What a newcomer gets wrong: this is a face on the same copy as Persontjenesten, and stands beside it. Neither knows the other.
//!
//! Source: PREG reference 3-5, 7 and 9; rulings 6, 19, 28 and 30; ADR 0051.

mod feil;
mod hjelpeperson;
mod hl7;
mod kaller;
mod oppslag;
mod ruter;
mod soek;
mod tilstand;
mod xml;

pub use self::soek::{Adressekriterium, Gate, Hjelpeindeks, Klasse, Kriterier, TREFF_MAKS, Treff, Utfall};
pub use feil::Feil;
pub use kaller::{Kall, Kaller, TJENESTE};
pub use oppslag::{ETTERSLEP_MAKS_S, Funnet, Kopigiver, Personregister, Uttak};
pub use ruter::{Port, STI};
pub use tilstand::{Idgiver, Innstillinger, PregTjeneste, Tellere, VARSEL, tilfeldig_id};
pub use xml::{TJENESTE_XML, XmlRegister};
