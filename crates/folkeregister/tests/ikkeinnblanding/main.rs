//! The consumer API in the non-interference harness: two registers that differ in what a package may not see, and every
//! request that its callers can make.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails panics"
)]

#[path = "../../../register/tests/it/felles.rs"]
#[allow(dead_code, clippy::pedantic, reason = "each side uses a part of it")]
mod felles;
#[path = "../../../informasjonsmodell/tests/xml/strategi.rs"]
#[allow(dead_code, reason = "whoever takes it in uses a part of it")]
mod strategi;

mod bygg;
mod egenskaper;
mod flate;
mod foresporsler;
mod kontroll;
mod krav;
mod matrise;
mod slag;
mod tid;
mod uttrekk;
mod vern;

use register::{
    Bilde, Dokumentidentifikator, Feedelement, Feil, Importutfall, Kvittering, ORDNET, Register, Steder, Termer,
    Visning,
};
