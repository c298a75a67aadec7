//! `hendelse` and `liv`: letting things happen in a running demo.

use anyhow::{Result, bail};
use clap::Subcommand;
use jiff::tz::TimeZone;

use super::{Datavalg, skriv_linje};
use crate::liv::{Hendelsesvalg, Maal, Telling};
use crate::styring::{Kommando, Svar, Utfoerer};

/// The zone that the nation's days are days in.
static NORGE: TimeZone = jiff::tz::get!("Europe/Oslo");

/// Most days that pass in one command. Source: our choice.
const DAGER_MAKS: i64 = 3_660;

#[derive(clap::Args)]
pub struct En {
    /// Fødselsnummer eller D-nummer.
    nr: String,
    #[command(flatten)]
    data: Datavalg,
}

#[derive(Subcommand)]
pub enum Hendelse {
    /// Noen dør i dag.
    Doedsfall(En),
    /// To gifter seg i dag.
    Vigsel {
        /// Den ene.
        nr: String,
        /// Den andre.
        annen: String,
        #[command(flatten)]
        data: Datavalg,
    },
    /// En kvinne føder i dag.
    Foedsel(En),
    /// Noen flytter innenlands i dag, alene.
    Flytting(En),
    /// Noen separeres fra den de er gift med.
    Separasjon(En),
    /// Noen skilles fra den de er gift med eller separert fra.
    Skilsmisse(En),
    /// Noens adresser blir fortrolige.
    Adressebeskyttelse {
        /// De er det ikke lenger.
        #[arg(long)]
        opphev: bool,
        #[command(flatten)]
        en: En,
    },
}

#[derive(Subcommand)]
pub enum Liv {
    /// La dager i nasjonen gå så fort de kan, med alt som skjer i dem.
    Fram {
        /// Antall dager.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=DAGER_MAKS), required_unless_present = "til")]
        dager: Option<u32>,
        /// Til begynnelsen av en dag, ÅÅÅÅ-MM-DD.
        #[arg(long, conflicts_with = "dager")]
        til: Option<jiff::civil::Date>,
        /// Som JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        data: Datavalg,
    },
}

pub fn hendelse(valg: &Hendelse) -> Result<()> {
    let (valg, data) = match valg {
        Hendelse::Doedsfall(en) => (Hendelsesvalg::Doedsfall { nr: en.nr.clone() }, &en.data),
        Hendelse::Vigsel { nr, annen, data } => {
            let (nr, annen) = (nr.clone(), annen.clone());
            (Hendelsesvalg::Vigsel { nr, annen }, data)
        }
        Hendelse::Foedsel(en) => (Hendelsesvalg::Foedsel { nr: en.nr.clone() }, &en.data),
        Hendelse::Flytting(en) => (Hendelsesvalg::Flytting { nr: en.nr.clone() }, &en.data),
        Hendelse::Separasjon(en) => (Hendelsesvalg::Separasjon { nr: en.nr.clone() }, &en.data),
        Hendelse::Skilsmisse(en) => (Hendelsesvalg::Skilsmisse { nr: en.nr.clone() }, &en.data),
        Hendelse::Adressebeskyttelse { opphev, en } => {
            let (nr, opphevet) = (en.nr.clone(), *opphev);
            (Hendelsesvalg::Adressebeskyttelse { nr, opphevet }, &en.data)
        }
    };
    let Svar::Linjer { linjer } = Utfoerer::finn(&data.mappe())?.utfoer(Kommando::Hendelse(valg))? else {
        bail!("uventet svar");
    };
    linjer.iter().try_for_each(|l| skriv_linje(l))
}

pub fn liv(valg: &Liv) -> Result<()> {
    let Liv::Fram { dager, til, json, data } = valg;
    let maal = match (dager, til) {
        (Some(dager), _) => Maal::Dager(*dager),
        (None, Some(til)) => Maal::Til(til.to_zoned(NORGE.clone())?.timestamp().as_second()),
        (None, None) => bail!("velg --dager eller --til"),
    };
    let kommando = Kommando::LivFram { maal };
    let Svar::Liv { telling, varighet_ms } = Utfoerer::finn(&data.mappe())?.utfoer(kommando)? else {
        bail!("uventet svar");
    };
    if *json {
        let svar = serde_json::json!({"varighet_ms": varighet_ms, "telling": telling});
        return skriv_linje(&serde_json::to_string_pretty(&svar)?);
    }
    linjer(&telling, varighet_ms).iter().try_for_each(|l| skriv_linje(l))
}

fn linjer(telling: &Telling, varighet_ms: u64) -> Vec<String> {
    let mut ut = vec![
        format!("{} hendelser på {varighet_ms} ms", telling.antall()),
        format!(
            "  {} meldinger: {} godkjent, {} til manuell behandling, {} annet, {} ikke tatt imot",
            telling.meldinger, telling.godkjent, telling.manuelt, telling.annet, telling.avvist
        ),
        format!(
            "  {} registrert direkte, {} som ikke lot seg gjøre",
            telling.egne, telling.hindret
        ),
    ];
    ut.extend(
        telling
            .hendelser
            .iter()
            .map(|(slag, antall)| format!("  {antall:>8}  {slag}")),
    );
    ut
}
