//! Folkeregisteret's own interfaces.
//!
//! `konsument` is what consumers call, `produsent` what producers do. Persons are never filtered here: what a handler gets from
//! the register is already projected, and it leaves only through the release of `tilgang`. `nyheter` is open, and holds nobody.

pub mod konsument;
pub mod nyheter;
pub mod openapi;
pub mod produsent;
