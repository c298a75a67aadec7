//! The ceiling: our own HTTP stack with a handler that returns a fixed body.

use std::io::Write;
use std::process::Command;

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use clap::Args;
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::stopp;
use tjenesteflate::tjener::{Grenser, Tjener};
use tjenesteflate::vern::{Problem, Ramme};
use tokio::runtime::Runtime;

use super::prosess;

/// How it runs.
#[derive(Args)]
pub struct Valg {
    /// Bytes of the body.
    #[arg(long)]
    byte: usize,
}

/// Starts it as a process of its own on the server's core.
pub fn start(byte: usize) -> Result<prosess::Tjener> {
    let selv = std::env::current_exe()?;
    let mut kommando = Command::new("taskset");
    kommando
        .args(["-c", "0"])
        .arg(selv)
        .args(["tak", "--byte", &byte.to_string()]);
    prosess::Tjener::vent(kommando)
}

pub fn kjoer(valg: &Valg) -> Result<()> {
    let kropp: &'static [u8] = vec![b'x'; valg.byte].leak();
    let ruter = Router::new().route("/fast", get(move || async move { kropp }));
    kjoeretid()?.block_on(tjen(ruter))
}

/// The runtime that the program itself has: a thread for each core it may use.
pub fn kjoeretid() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Serves routes on our own HTTP stack until told to stop.
pub async fn tjen(ruter: Router) -> Result<()> {
    let maalere = Maalere::new();
    let app = Ramme::new("tak", Problem, &maalere).rundt(ruter);
    let tjener = Tjener::bind(([127, 0, 0, 1], 0).into(), Grenser::default())
        .await?
        .with_maalere("tak", &maalere);
    let adresse = tjener.address();
    writeln!(std::io::stdout(), "Klar http://{adresse}")?;
    let (signal, stopp) = stopp::pair();
    let kjoerer = tokio::spawn(tjener.serve(app, stopp));
    tokio::signal::ctrl_c().await?;
    signal.stopp();
    kjoerer.await.context("tak")?;
    Ok(())
}
