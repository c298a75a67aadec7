//! Trains the zstd dictionary of records on a synthetic nation.
//!
//! The dictionary is part of the store's format: a new one gets a new number, and the old one stays readable.

use anyhow::{Context, Result};
use informasjonsmodell::{Persondokument, Tidspunkt};
use register::{Kilde, Register};
use syntetisk_befolkning::Nasjon;

const PERSONER: u32 = 20_000;
const FROE: u64 = 1;
/// Bytes of the dictionary. Source: larger gained less than one part in a hundred on the nation.
const BYTE: usize = 64 * 1024;
const FIL: &str = "crates/register/data/ordbok-1.zstd";

struct Kildenasjon<'a>(&'a Nasjon);

impl Kilde for Kildenasjon<'_> {
    fn grupper(&self) -> u32 {
        self.0.grupper()
    }

    fn foer(&self, gruppe: u32) -> u32 {
        self.0.personer_foer(gruppe)
    }

    fn dokumenter(&self, gruppe: u32) -> Vec<Persondokument> {
        self.0.gruppe(gruppe)
    }
}

pub fn tren() -> Result<()> {
    let mappe = tempfile::tempdir()?;
    let register = Register::aapne(mappe.path())?;
    let nasjon = Nasjon::new(FROE, PERSONER)?;
    let tidspunkt = Tidspunkt::parse("2025-12-02T00:00:00+01:00").context("tidspunkt")?;
    register.last_inn(&Kildenasjon(&nasjon), 1, tidspunkt, 0, &mut |_| {})?;
    let les = register.les()?;
    let mut proever = Vec::new();
    for person in les.personer()? {
        proever.extend(les.utpakkede_rammer(person)?);
    }
    let ordbok = zstd::dict::from_samples(&proever, BYTE)?;
    std::fs::write(FIL, &ordbok)?;
    println_ok(&format!("{FIL}: {} byte fra {} rammer", ordbok.len(), proever.len()))
}

fn println_ok(tekst: &str) -> Result<()> {
    use std::io::Write;
    Ok(writeln!(std::io::stdout(), "{tekst}")?)
}
