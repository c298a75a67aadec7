//! The contract against schema, examples, a made nation, hostile bytes and a client of others' making.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests"
)]

mod adresser;
mod dokument;
mod felles;
mod gyldig;
#[allow(dead_code, reason = "the published contract is not needed here")]
#[path = "../../../preg/tests/it/kontrakter.rs"]
mod kontrakter;
mod ondsinnet;
#[allow(dead_code, reason = "what mottak's judge says of each file is mottak's own matter")]
#[path = "../../../meldinger/tests/it/oppskrift.rs"]
mod oppskrift;
mod soek;
mod sokkel;
