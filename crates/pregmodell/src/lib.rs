//! PREG's contract of persons and addresses, made from the modern model, and what each profile is shown of it.
//!
//! What lives here: the contract ([`Person`], [`Adresse`], and their fields as data), the codes ([`koder`]), the texts in place of graded addresses
//! ([`Skjult`]), the translation of a released document ([`oversett`]), profiles ([`Profil`]) and the map from PREG to Persontjenesten ([`kart`]).
//! What does not: a store, HTTP, SOAP, files. Nothing is served by this crate: the faces are others'. Common help numbers and what is registered with
//! them do not come through here either; a person of the register is all that is translated.
//!
//! What a newcomer gets wrong: no profile is ever shown a graded address. Whoever has one has a single row with a code and a fixed text, whatever else
//! the document says.
//!
//! ```
//! use pregmodell::{Grunnlag, Skjult, oversett};
//!
//! let norsk = br#"{"identifikasjonsnummer":[{"status":"iBruk","foedselsEllerDNummer":"12855700628","identifikatortype":"foedselsnummer"}],
//!     "adressebeskyttelse":[{"erGjeldende":true,"graderingsnivaa":"fortrolig"}]}"#;
//! let person = oversett(norsk, &Grunnlag::default())?.person;
//! let adresse = person.gjeldende_adresse().ok_or("adresse")?;
//! assert_eq!(adresse.posttype.verdi(), Some(&7));
//! assert_eq!(adresse.linje_1.verdi().map(String::as_str), Some(Skjult::Fortrolig.tekst()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[macro_use]
mod felt;

mod adresse;
mod gradering;
pub mod kart;
pub mod koder;
mod oversettelse;
mod person;
mod profil;
pub mod tekst;
mod verdi;

pub use adresse::{Adresse, Adressefelt};
pub use felt::{Beskrivelse, Gruppe, Merke, Plass};
pub use gradering::Skjult;
pub use oversettelse::{Feil, Grunnlag, Merknad, Oversatt, oversett};
pub use person::{Person, Personfelt};
pub use profil::{Blanking, Brukerrett, Holdt, Profil, Rett};
pub use verdi::{Art, Desimal, Felt, Vist};
