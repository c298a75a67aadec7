//! The consumer API: what a hospital, a bank or a newspaper calls.
//!
//! Its operations are [`crate::openapi::Operasjon`]: one list, from which the router is made and against which access is
//! decided. A route that is not there does not exist.

mod adgang;
mod feil;
mod hendelser;
mod kall;
mod personer;
mod ruter;
mod soek;
mod struping;
mod tilstand;
mod uttrekk;

pub use self::uttrekk::{Uttrekk, skriv_ut};
pub use feil::{Feil, Gjengivelse};
pub use hendelser::SIDE_ELEMENTER;
pub use kall::IDENTIFIKATORER_MAKS;
pub(crate) use kall::svar as svar_aapent;
pub use ruter::{ROT, Rute, ruteliste, ruter};
pub use struping::{BOM_PER_MINUTT, Strupegrenser, Struping};
pub use tilstand::{Folkeregister, OPPBEVARING_MAANEDER};
