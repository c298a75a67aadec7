//! `token`: what a call must carry, for a script that makes the call itself.
//!
//! What a newcomer gets wrong: a proof is for one call. With `--dpop` two whole headers are written, for `curl -H @-`, and they are
//! refused the second time.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Args;
use klienter::helseid;
use tilgang::Pakke;
use tilgang::token::helseid::Scope;
use tilgang::token::{Kurve, Signeringsnoekkel};

use super::{Datavalg, les_pakke, skriv_linje};
use crate::mappe::{Mappe, klokke};
use crate::styring::{Kommando, Svar, Utfoerer};

#[derive(Args)]
pub struct Token {
    #[command(flatten)]
    data: Datavalg,
    /// Rettighetspakken i Folkeregisteret.
    #[arg(long, value_parser = les_pakke, required_unless_present = "helseid")]
    pakke: Option<Pakke>,
    /// Fra HelseID i demoen som kjører, for Person API.
    #[arg(long, conflicts_with = "pakke")]
    helseid: bool,
    /// Hvilken gren av Person API: full-access, restricted-access (v3), read-with-legal-basis eller read-no-legal-basis (v2); eller
    /// reservert-testdata.
    #[arg(long, requires = "helseid", default_value = "full-access", value_parser = les_scope)]
    scope: Scope,
    /// Skriv hodene Authorization og DPoP til ett kall: metode og adresse. Kreves i v3. Bruk dem med curl -H @-
    #[arg(long, requires = "helseid", num_args = 2, value_names = ["METODE", "ADRESSE"])]
    dpop: Option<Vec<String>>,
    /// Som leverandør på vegne av konsumenten: tokenet får supplier og delegation_source, eller leverandørens organisasjon.
    #[arg(long)]
    som_leverandoer: bool,
}

fn les_scope(tekst: &str) -> Result<Scope, String> {
    let navn = |scope: Scope| match scope {
        Scope::Testdata => "reservert-testdata",
        _ => scope.navn().rsplit('/').next().unwrap_or_default(),
    };
    let alle: Vec<&str> = Scope::ALLE.into_iter().map(navn).collect();
    Scope::ALLE
        .into_iter()
        .find(|scope| scope.navn() == tekst || navn(*scope) == tekst)
        .ok_or_else(|| format!("velg en av: {}", alle.join(", ")))
}

pub fn kjoer(valg: &Token) -> Result<()> {
    let mappe = valg.data.mappe();
    let Some(pakke) = valg.pakke else {
        return fra_helseid(valg, &mappe);
    };
    match Utfoerer::finn(&mappe)?.utfoer(Kommando::Token {
        pakke: pakke.kortnavn().to_owned(),
        som_leverandoer: valg.som_leverandoer,
    })? {
        Svar::Token { token } => skriv_linje(&token),
        _ => bail!("uventet svar"),
    }
}

/// Asks over HTTP, as any client of HelseID would.
fn fra_helseid(valg: &Token, mappe: &Mappe) -> Result<()> {
    let utsteder = mappe.adresser()?.helseid;
    let utsteder = utsteder.context("demoen i mappen kjører uten Person API")?;
    if valg.scope.krever_dpop() && valg.dpop.is_none() {
        bail!("i v3 gjelder et token bare med et bevis for kallet: --dpop METODE ADRESSE");
    }
    let dpop = match valg.dpop {
        None => None,
        // Bound to a key that nobody keeps: the headers are for one call.
        Some(_) => Some(Arc::new(Signeringsnoekkel::generer_paa(Kurve::P256)?)),
    };
    let (klient_id, organisasjon) = crate::demo::helseklient(valg.som_leverandoer)?;
    let innstillinger = helseid::Innstillinger {
        utsteder,
        klient_id: klient_id.to_owned(),
        noekkel: Arc::new(utsteder::les_eller_lag_noekkel(&mappe.klientnoekkel())?),
        dpop,
        organisasjon,
        valg: klienter::Valg::default(),
    };
    let klient = helseid::Klient::new(innstillinger, klokke())?;
    let (metode, adresse) = match valg.dpop.as_deref() {
        Some([metode, adresse]) => (metode.as_str(), adresse.as_str()),
        _ => ("GET", ""),
    };
    let kjoretid = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let hoder = kjoretid
        .block_on(klient.hoder(valg.scope.navn(), metode, adresse))
        .context("kjører demoen?")?;
    match hoder.dpop {
        Some(bevis) => {
            skriv_linje(&format!("Authorization: {}", hoder.authorization))?;
            skriv_linje(&format!("DPoP: {bevis}"))
        }
        None => skriv_linje(
            hoder
                .authorization
                .strip_prefix("Bearer ")
                .unwrap_or(&hoder.authorization),
        ),
    }
}
