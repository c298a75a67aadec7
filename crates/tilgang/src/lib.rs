//! Who may see what, and who may send what: tokens, grants, rettighetspakker, adressegradering, the release of answers,
//! virksomhetssertifikater and the rights of producers.
//!
//! Decides, masks and releases; knows no disk and no HTTP. A newcomer's mistake is to filter a finished answer: nothing
//! is filtered afterwards here, [`Projektor`] never copies what a caller may not see, and only [`Frigivelse`] makes bytes
//! that can leave.
//!
//! ```
//! use informasjonsmodell::Entitet;
//! use tilgang::{Grad, Projeksjon, Tabell};
//!
//! let presse = Tabell::felles().rett(Projeksjon::Presse);
//! assert!(presse.avgjoer(Grad::Ugradert, Entitet::Navn, true, Grad::Ugradert).is_some());
//! assert!(presse.avgjoer(Grad::Ugradert, Entitet::Familierelasjon, true, Grad::Ugradert).is_none());
//! ```

#![cfg_attr(
    test,
    allow(clippy::string_slice, clippy::cast_possible_truncation, reason = "a test may panic")
)]

pub mod avtale;
pub mod endringslogg;
mod frigivelse;
mod grad;
mod hendelsesprojektor;
mod pakke;
mod part;
mod projeksjon;
mod projektor;
mod publikum;
mod soekerett;
mod tabell;
pub mod token;
pub mod virksomhet;

pub use frigivelse::{Feedleveranse, Frigitt, Frigivelse, Holdt, Revisjon, RevisjonUtilgjengelig, Revisjonspost};
pub use grad::Grad;
pub use hendelsesprojektor::{Atomside, Feedlinje, Hendelsesopplysning, Hendelsesprojektor, SKJEMAVERSJON};
pub use pakke::Pakke;
pub use part::{PART_MAKS, UgyldigPart, Utvalg, er_part};
pub use projeksjon::Projeksjon;
pub use projektor::{Format, Leveranse, Projektor, Rad, Sammenlikning, Svar, kopier_uten};
pub use publikum::{Publikum, utgaver};
pub use soekerett::{Kriteriemengde, Kriterium, kan_soekes_med, rett_til_treff};
pub use tabell::{Entitetsmengde, Nekt, Rett, Tabell, er_skjult_status};
