//! Extracts: whom an order holds, made when it is ordered and kept until it is too old.
//!
//! [`Uttrekkslager`] keeps orders in an environment of its own. Whom a tailored order holds is decided in the moment it is
//! made; a complete one says up to which number of the feed it goes, and is written out afterwards, in its turn. What lies
//! here are numbers of persons inside the store and of events, sealed under a key of the order's own: that somebody is on the
//! list of a kommune tells where the person lives.
//!
//! A newcomer's mistake is to deliver what a batch says: it says who was chosen, and what each may be shown now is decided
//! when it is read. Nothing here knows HTTP, a clock or a caller's token.

mod bestillinger;
mod feil;
mod jobb;
mod koding;
mod porsjon;

pub use bestillinger::{Grenser, Tall, Uttrekkslager};
pub use feil::Feil;
pub use jobb::{Bestiller, Bestilling, Jobbid};
pub use porsjon::Porsjon;

/// Persons in a batch, at most: as many as one bulk lookup takes.
///
/// Source: our choice; the size is not published.
pub const PORSJON_MAKS: usize = 1_000;
