//! `persontjenesten`: configuration, wiring, command line. No rules of its own.

use std::process::ExitCode;

use clap::Parser;

mod bytte;
mod demo;
mod demopreg;
mod demoprodusenter;
mod demotavle;
mod demotls;
mod helsekopi;
mod innstillinger;
mod klokke;
mod koedrift;
mod kommando;
mod kontaktdrift;
mod korreksjonsdrift;
mod liv;
mod logg;
mod maalinger;
mod mappe;
mod nasjon;
mod omstart;
mod oppstart;
mod personapi;
mod preg;
mod styring;
mod testmiljoe;
mod vernevakt;
mod vert;

fn main() -> ExitCode {
    tjenesteflate::vern::install_panic_hook();
    let argumenter = kommando::Argumenter::parse();
    match kommando::kjoer(argumenter) {
        Ok(kode) => kode,
        // Whoever read our output has seen enough.
        Err(feil) if feil.is::<kommando::IngenLeser>() => ExitCode::SUCCESS,
        Err(feil) if feil.is::<omstart::StartPaaNytt>() => omstart::start_paa_nytt(),
        Err(feil) => {
            kommando::skriv_feil(&feil);
            ExitCode::FAILURE
        }
    }
}
