//! The built-in Kontakt- og reservasjonsregister (KRR): contact data of people who do not exist, behind KRR's published
//! interface. For demo and tests alone.
//!
//! What lives here: who has which contact data ([`Kontaktregister`]: worked out from a seed and the person's number, and
//! changed from there on), what each scope may see of it, and the routes ([`ruter`]). What does not: the tokens it asks for,
//! which come from the built-in Maskinporten, and the client that asks (`klienter::krr`).
//!
//! Nothing in it can reach anybody. E-mail addresses end in `.example` (RFC 2606). Mobile numbers begin with +999, a country
//! code that is assigned to nobody (ITU-T E.164), since no range of Norwegian numbers is set apart for such use (our choice,
//! ADR 0037). Mailboxes and certificates are made up, and only persons with a synthetic number have any.
//!
//! The one thing a newcomer gets wrong: most of it is not stored. A person who was never changed has an entry that is worked
//! out each time; the store holds who is on the list of changes, and what was changed.
//!
//! ```
//! use identifikator::Folkeregisteridentifikator;
//! use jiff::Timestamp;
//! use kontaktregister::{Endring, Kontaktregister};
//!
//! let mappe = tempfile::tempdir()?;
//! let fra: Timestamp = "2026-01-01T00:00:00Z".parse()?;
//! let register = Kontaktregister::aapne(mappe.path(), 2026, fra)?;
//! let person = Folkeregisteridentifikator::parse("30908299902")?;
//! assert_eq!(register.endre(person, Endring::Registrer, fra)?, 1);
//! assert_eq!(register.endre(person, Endring::Reserver, fra)?, 2);
//! assert_eq!(register.seneste_endringsnummer()?, 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod endring;
mod grunntilstand;
mod oppfoering;
mod register;
mod ruter;
mod terning;
mod utforming;

pub use endring::Endring;
pub use oppfoering::{Leverandoer, Spraak};
pub use register::{Feil, Kontaktregister};
pub use ruter::{SCOPE_DIGITALPOST, SCOPE_KONTAKTINFORMASJON, ruter};
