//! The Person API: its language and its contract.
//!
//! [`oversettelse`] turns a released Norwegian document into the English one, [`EventType`] and [`InformationPart`] are the contract's lists.
//! No IO, no clock, no rights. What a newcomer gets wrong: to add a
//! field by writing code. A field is a row of the table in `oversettelse`, and a row of `eksempler/persontjenesten/oversettelse.md`.
//!
//! ```
//! use persontjenesten::EventType;
//!
//! assert_eq!(EventType::fra_norsk_navn("endringINavn"), EventType::ChangeInName);
//! ```

mod hendelsestyper;
mod informasjonsdel;
pub mod oversettelse;
mod versjon;

pub use hendelsestyper::{Deler, EventType, Kategori, UTENFOR_MODELLEN};
pub use informasjonsdel::InformationPart;
pub use versjon::Versjon;
