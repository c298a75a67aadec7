//! The audit log: what was disclosed to whom, durable before the answer leaves, and impossible to change unseen.
//!
//! ```text
//!  segment                 records, each with the hash of the chain up to it
//!  roetter                 the root of each whole segment in the Merkle tree over all records
//!  hoder.jsonl             signed heads: size, root, time; copied to a second place
//!  reserve                 bytes for the day the disk is full
//! ```
//! This crate knows bytes, not what they say; `post` is the one exception.

pub mod bevis;
mod feil;
pub mod hode;
pub mod innsyn;
pub mod kontroll;
mod logg;
mod oppbevaring;
pub mod post;
mod revisor;
mod roetter;
mod segment;
mod skriver;
mod takt;
pub mod tre;

pub use feil::Feil;
pub use kontroll::{Rapport, gjennomgaa, verifiser};
pub use logg::{Helse, Innstillinger, Klokke, Logg, Utilgjengelig, siste_hode};
pub use oppbevaring::{Ryddet, rydd};
pub use revisor::Revisor;
pub use segment::{LestPost, POST_BYTE_MAKS};
pub use skriver::{Sted, les_hoder};
