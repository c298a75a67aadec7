//! The Person API: its language, its contract, and its operations over HTTP.
//!
//! [`oversettelse`] turns a released Norwegian document into the English one, [`EventType`] and [`InformationPart`] are the contract's lists,
//! [`openapi`] the operations and our own OpenAPI documents of both versions, [`endringslogg`] what is new in each release: no IO, no clock, no rights; places are those of a
//! `kartverk` table that is given to it. [`api`] answers calls from the health sector's copy, [`testdata`] makes test persons in it; what a caller may see is decided by
//! `tilgang` before anything is translated. What a newcomer gets wrong: to add a
//! field by writing code. A field is a row of the table in `oversettelse`, and a row of `eksempler/persontjenesten/oversettelse.md`.
//!
//! ```
//! use persontjenesten::{EventType, Versjon, openapi};
//!
//! assert_eq!(EventType::fra_norsk_navn("endringINavn"), EventType::ChangeInName);
//! let ruter = openapi::ruter(Versjon::V3);
//! assert!(ruter.iter().any(|rute| rute.sti == "/api/v3/full-access/person/{id}"));
//! ```

pub mod api;
pub mod endringslogg;
mod hendelsestyper;
mod informasjonsdel;
pub mod openapi;
pub mod oversettelse;
mod problem;
pub mod testdata;
mod versjon;

pub use hendelsestyper::{Deler, EventType, Kategori, UTENFOR_MODELLEN};
pub use informasjonsdel::InformationPart;
pub use problem::ProblemDetails;
pub use versjon::Versjon;
