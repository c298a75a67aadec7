//! Search held against a plain scan of what each projection is shown, after any history.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::string_slice,
    reason = "a test that fails panics"
)]

use register::{
    Bilde, Dokumentidentifikator, Feedelement, Feil, Importutfall, Kvittering, ORDNET, Register, Steder, Termer,
    Visning,
};

mod fasit;
#[path = "../../../register/tests/it/felles.rs"]
#[allow(dead_code, clippy::pedantic, reason = "each side uses a part of it")]
mod felles;
mod historier;
mod kopi;
mod kopieksempler;
mod kopisider;
mod reformer;
#[path = "../../../persontjenesten/tests/it/tabellfil.rs"]
#[allow(dead_code, reason = "each side uses a part of it")]
mod tabellfil;
mod uttrekk;
