//! `serve` and `config`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use clap::Subcommand;
use lager::mappe::Laas;

use super::skriv_linje;
use crate::innstillinger::{Innstillinger, STANDARD};
use crate::mappe::{Aapen, Mappe};
use crate::oppstart;

#[derive(Subcommand)]
pub enum Valg {
    /// Skriv en innstillingsfil med alle nøkler og hva de er til.
    Default,
    /// Kontroller en innstillingsfil.
    Check {
        /// Filen.
        fil: PathBuf,
    },
}

pub fn kjoer(valg: &Valg) -> Result<()> {
    match valg {
        Valg::Default => skriv_linje(STANDARD.trim_end()),
        Valg::Check { fil } => {
            let innstillinger = Innstillinger::les(fil)?;
            innstillinger.oppsett()?;
            innstillinger.helsekopi()?;
            skriv_linje(&format!("{} er gyldig", fil.display()))
        }
    }
}

pub fn serve(fil: &Path) -> Result<()> {
    let innstillinger = Innstillinger::les(fil)?;
    let kjoretid = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    kjoretid.block_on(async {
        let bundet = oppstart::bind(innstillinger.oppsett()?).await?;
        let adresser = bundet.adresser.clone();
        // The built-in issuer needs a name of its own, also where another issues the tokens.
        let utsteder = match innstillinger.oppsett()?.utsteder {
            Some(_) => format!("{}/maskinporten/", adresser.folkeregister),
            None => adresser.maskinporten.clone(),
        };
        let mappe = Mappe::new(&innstillinger.data);
        let steder = innstillinger.steder();
        let aapen = tokio::task::spawn_blocking(move || {
            let laas = Laas::ta(mappe.sti())?;
            for (sted, sti) in steder.iter().filter(|(_, sti)| !sti.as_os_str().is_empty()) {
                mappe.velg(*sted, sti)?;
            }
            Aapen::aapne_laast(&mappe, &utsteder, laas)
        });
        let aapen = Arc::new(aapen.await??);
        let helsekopi = innstillinger.helsekopi()?;
        oppstart::kjoer(bundet, aapen, helsekopi, move || {
            skriv_linje(&format!("Klar {}", adresser.folkeregister))
        })
        .await
    })
}
