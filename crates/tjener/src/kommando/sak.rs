//! `sak`: what waits for somebody to decide, and deciding it.

use anyhow::{Result, bail};
use clap::Subcommand;

use super::{Datavalg, skriv_linje};
use crate::styring::{Kommando, Saksvalg, Saksvisning, Svar, Utfoerer};

#[derive(Subcommand)]
pub enum Sak {
    /// Vis sakene som venter på noen.
    Liste {
        /// Fra og med dette nummeret.
        #[arg(long, default_value_t = 0)]
        fra: u32,
        /// Høyst så mange.
        #[arg(long, default_value_t = 100)]
        antall: usize,
        /// Som JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Vis én sak.
    Vis {
        /// Sakens nummer.
        nr: u32,
        /// Med meldingen, så lenge saken er åpen. Den sier noe om noen: vis den bare til den som behandler saken.
        #[arg(long)]
        melding: bool,
        /// Som JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Registrer det meldingen sier, selv om noe talte imot.
    Godkjenn(Avgjoerelse),
    /// Avvis meldingen: den er formelt uegnet.
    Avvis(Avgjoerelse),
    /// Avslå det meldingen ber om.
    Avslaa(Avgjoerelse),
    /// Avbryt saken.
    Avbryt(Avgjoerelse),
}

#[derive(clap::Args)]
pub struct Avgjoerelse {
    /// Sakens nummer.
    nr: u32,
    /// Som JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: Datavalg,
}

pub fn kjoer(valg: &Sak) -> Result<()> {
    let (valg, json, data) = match valg {
        Sak::Liste {
            fra,
            antall,
            json,
            data,
        } => (
            Saksvalg::Liste {
                fra: *fra,
                maks: *antall,
            },
            *json,
            data,
        ),
        Sak::Vis {
            nr,
            melding,
            json,
            data,
        } => (
            Saksvalg::Vis {
                nr: *nr,
                melding: *melding,
            },
            *json,
            data,
        ),
        Sak::Godkjenn(a) => avgjoer(a, "godkjenn"),
        Sak::Avvis(a) => avgjoer(a, "avvis"),
        Sak::Avslaa(a) => avgjoer(a, "avslaa"),
        Sak::Avbryt(a) => avgjoer(a, "avbryt"),
    };
    let Svar::Saker { saker } = Utfoerer::finn(&data.mappe())?.utfoer(Kommando::Sak(valg))? else {
        bail!("uventet svar");
    };
    if json {
        return skriv_linje(&serde_json::to_string_pretty(&saker)?);
    }
    if saker.is_empty() {
        return skriv_linje("Ingen saker venter.");
    }
    saker.iter().flat_map(linjer).try_for_each(|l| skriv_linje(&l))
}

fn avgjoer<'a>(a: &'a Avgjoerelse, hvordan: &str) -> (Saksvalg, bool, &'a Datavalg) {
    let valg = Saksvalg::Avgjoer {
        nr: a.nr,
        avgjoerelse: hvordan.to_owned(),
    };
    (valg, a.json, &a.data)
}

fn linjer(sak: &Saksvisning) -> Vec<String> {
    let mut ut = vec![format!(
        "{:>6}  {}  {}  {}  fra {}  {}",
        sak.nr, sak.saksnummer, sak.meldingstype, sak.tilstand, sak.organisasjon, sak.opprettet
    )];
    ut.extend(sak.hendelser.iter().map(|h| format!("        {h}")));
    ut.extend(sak.melding.iter().cloned());
    ut
}
