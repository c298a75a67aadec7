//! Numbers that name persons and organisations: parse, validate, classify, explain, allocate.
//!
//! No IO, no clock, no randomness. The whole crate is about digits; whether a number is in use is the register's to
//! say. What a newcomer gets wrong: a number does not tell *the* birth date, century or gender of anyone. Those are
//! fields of the register; here they are possibilities, for checking and explaining.
//!
//! ```
//! use identifikator::{Dato, Folkeregisteridentifikator, Kontrollregime, Serie, Tildelingstid};
//!
//! let nummer: Folkeregisteridentifikator = "30908299902".parse()?;
//! assert_eq!(nummer.kontrollregimer(), [Kontrollregime::Fra2032]);
//! assert_eq!(nummer.serier(), [Serie::Tenor]);
//! // Assigned from 2032, so the digits leave the century open.
//! let mulige = nummer.mulige_foedselsdatoer(Tildelingstid::Ukjent);
//! assert_eq!(mulige, [Dato::new(1982, 10, 30), Dato::new(2082, 10, 30)].map(Option::unwrap));
//! assert_eq!(format!("{nummer:?}"), "Foedselsnummer(***********)");
//! # Ok::<(), identifikator::Feil>(())
//! ```

mod dato;
mod duf_nummer;
mod feil;
mod folkeregisteridentifikator;
pub mod forklaring;
mod hjelpenummer;
mod klassifisering;
mod kontroll;
mod organisasjonsnummer;
mod regelsett;
mod serie;
mod siffer;
mod tildeling;

pub use dato::{Dato, UgyldigDato};
pub use duf_nummer::DufNummer;
pub use feil::Feil;
pub use folkeregisteridentifikator::Folkeregisteridentifikator;
pub use forklaring::{Forklaring, forklar};
pub use hjelpenummer::{FellesHjelpenummer, InterntHjelpenummer};
pub use klassifisering::{Klassifisering, Nummer, Nummertype, klassifiser};
pub use kontroll::Kontrollregime;
pub use organisasjonsnummer::Organisasjonsnummer;
pub use regelsett::{Intervall, Regelsett, Tildelingstid};
pub use serie::{Identifikatortype, Kjoenn, Serie};
pub use tildeling::{Bestilling, Kapasitet, Tildeler, TildelingFeil, Tildelt, kapasitet};
