//! Messages into a register, and what becomes of them.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that fails panics"
)]

#[cfg(target_os = "linux")]
mod disk;
mod egenskap;
mod eksempler;
mod felles;
mod frys;
mod nye;
mod saker;
