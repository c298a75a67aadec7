//! XML of the model, seen from outside: real documents, generated documents, hostile documents, published schemas.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails panics"
)]

mod angrep;
mod ekte;
mod fuzz;
mod kontrakter;
mod oeyeblikk;
mod rundtur;
mod strategi;
mod valider;
mod xsd_mot_publisert;
