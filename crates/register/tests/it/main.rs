//! The register from outside: what requests lead to, what is shown to whom, and what is left on the disk.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that fails panics"
)]

use register::{
    Bilde, Dokumentidentifikator, Feedelement, Feil, Importutfall, Kvittering, ORDNET, Register, Steder, Termer,
    Visning,
};

mod arkiv;
mod behandling;
mod bitflipp;
mod disk;
mod doedsbo;
mod drap;
mod ekte_dokumenter;
mod felles;
mod hendelseslisten;
mod historikk;
mod import;
mod indeks;
mod innlasting;
mod invarianter;
mod personer;
mod rettelse;
mod sammenslaaing;
mod sikkerhetskopi;
mod skade;
mod speil;
mod vern;
