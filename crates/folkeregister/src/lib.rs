//! Folkeregisteret's own interfaces.
//!
//! `konsument` is what consumers call, `produsent` what producers do. Persons are never filtered here: what a handler gets from the register is already
//! projected, and it leaves only through the release of `tilgang`.

pub mod konsument;
pub mod openapi;
pub mod produsent;
