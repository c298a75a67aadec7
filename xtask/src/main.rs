//! Jobs of the project, written in Rust: `cargo xtask ordbok`, `cargo xtask bench`, `cargo xtask paalitelighet`.

use anyhow::Result;
use clap::{Parser, Subcommand};

mod bench;
mod ordbok;
mod paalitelighet;

/// Jobs of the project.
#[derive(Parser)]
struct Argumenter {
    #[command(subcommand)]
    jobb: Jobb,
}

#[derive(Subcommand)]
enum Jobb {
    /// Train the dictionary that records are compressed with.
    Ordbok,
    /// Measure, and write the table to bench/RESULTS.md.
    Bench(bench::Valg),
    /// Measure the figures on reliability and security.
    Paalitelighet(paalitelighet::Valg),
    /// The ceiling: the same HTTP stack with a fixed body. Used by bench.
    #[command(hide = true)]
    Tak(bench::tak::Valg),
    /// The rival's HTTP front: the same HTTP stack with PostgreSQL behind it. Used by bench.
    #[command(hide = true)]
    Postgresfront(bench::postgres::Valg),
    /// What it costs to check proofs, which are read from standard input. Used by bench.
    #[command(hide = true)]
    Beviskontroll(bench::personapi::beviskontroll::Valg),
}

fn main() -> Result<()> {
    match Argumenter::parse().jobb {
        Jobb::Ordbok => ordbok::tren(),
        Jobb::Bench(valg) => bench::kjoer(&valg),
        Jobb::Paalitelighet(valg) => paalitelighet::kjoer(&valg),
        Jobb::Tak(valg) => bench::tak::kjoer(&valg),
        Jobb::Postgresfront(valg) => bench::postgres::kjoer(&valg),
        Jobb::Beviskontroll(valg) => bench::personapi::beviskontroll::kjoer(&valg),
    }
}
