//! Personregister-XML: persons and addresses of the old person register, by SOAP and by plain XML, under a contract of our own.
//!
//! What lives here: the contract as data ([`kontrakt`]) and what is made of it ([`xsd`], [`wsdl`], [`dokument`]), the five operations
//! ([`Tjeneste`]) and their routes ([`ruter`]). What does not: envelopes and WS-Security (`preg`), what stands in a field and what a profile sees
//! of it (`pregmodell`), passwords (`pregbrukere`), a store: whoever has one is a [`Personregister`], and makes the audit record.
//!
//! What a newcomer gets wrong: a withheld field and one without a value are written alike. Nobody is to learn from an answer which it was.
//!
//! ```
//! use pregmodell::{Felt, Person};
//!
//! let person = Person { nin: Felt::Verdi("80012345287".to_owned()), ..Person::default() };
//! let xml = pregxml::svar::person(&person);
//! assert!(xml.starts_with("<Person><NIN>80012345287</NIN><GivenName></GivenName>"));
//! assert!(xml.contains("<RegStatus xsi:nil=\"true\"/>") && xml.ends_with("<Addresses></Addresses></Person>"));
//! ```

pub mod dokument;
mod feil;
mod foresporsel;
pub mod kontrakt;
mod operasjon;
mod register;
pub mod ruter;
pub mod svar;
mod tjeneste;
pub mod wsdl;
pub mod xsd;

pub use feil::Feil;
pub use foresporsel::{Foedt, Foresporsel, Kjoenn, Soek};
pub use operasjon::{NAVNEROM, Operasjon};
pub use register::{Innslipp, Kaller, Nummer, Nummerstatus, Personregister, Registerfeil, Soekesvar};
pub use ruter::{STI, STI_XML};
pub use tjeneste::{Httpsvar, Inngang, Kall, SVAR_BYTE_MAKS, Tjeneste, VARSEL_S};

#[cfg(test)]
mod fuzz_test;
