//! PREG's organisations and users: who has ordered access, what for, and who may sign in with a user name and a password.
//!
//! What lives here: the order with the fields of its form, cancelling for a user or for all of an organisation, passwords (Argon2id),
//! and signing in. What does not: what a profile may see (`pregmodell`), SOAP (`preg`), and the audit record.
//!
//! ```text
//!  register.rs     organisations and users, from one append-only file of changes (`tilgang::endringslogg`)
//!  passord.rs      a password that never prints, and its hash
//!  innlogging.rs   signing in: what is remembered, what is slowed down, and that it all looks alike
//! ```
//! The one thing a newcomer gets wrong: to hash the password for each call. It is sent with every call, and Argon2id is made to cost:
//! who has been let in is remembered in memory by a keyed hash, for ten minutes, and never on disk.
//!
//! Source: PREG reference 3.5 and 9; tilgang tokens 4.

mod feil;
mod innlogging;
mod passord;
mod register;

pub use feil::{Avslag, Feil};
pub use innlogging::{Innlogget, Innlogging, Innstillinger};
pub use passord::{PASSORD_MAKS, PASSORD_MIN, Passord};
pub use register::{
    Bestilling, Bruker, Brukernavn, Brukerregister, Kontaktperson, Organisasjon, Organisasjonstype, Rettigheter, dagen,
};
