//! The contract against examples, the model, the access matrix and a made nation.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that fails panics"
)]

mod befolkning;
mod egenskap;
mod eksempler;
mod felles;
mod kartet;
mod matrise;
