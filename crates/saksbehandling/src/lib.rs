//! What becomes of a message: the register's rules, cases, and what their senders are told.
//!
//! ```text
//!  message ──▶ case ──▶ rules ──▶ decided: changes, and what the sender is told       one transaction with the register
//!                        │
//!            │           └──────▶ for somebody to look at, or held: the message is kept, sealed, until it is decided
//!            └──▶ in line, while mottak is frozen: kept likewise, and decided afterwards
//! ```
//! No HTTP, no clock. A newcomer's mistake is to look at the register before the transaction and to write after: rules see
//! what they change, in the transaction that changes it.

mod avgjoerelse;
mod bygg;
mod dublett;
mod feil;
mod frys;
mod innsendt;
mod koe;
mod meldingslager;
mod person;
mod regler;
mod sak;
mod saker;
mod tid;
mod tilbakemeldinger;
mod vedtak;

pub use avgjoerelse::{Avgjoerelse, Tillegg};
pub use feil::{Avslag, Feil, Hindring};
pub use innsendt::{Fil, Innsendt, Lest, Mottatt};
pub use sak::{Beslutning, FRIST_DAGER, Hva, Resultat, Sak, Sakshendelse, Saksnr, Tilstand};
pub use saker::{Saksbehandler, Stillhet};
pub use tid::{Tid, midnatt};
pub use tilbakemeldinger::{SIDE_MAKS, Tilbakemelding};
pub use vedtak::{Grunn, Opprettet, Vedtak};
