//! The table of addresses: where it lies, how another takes its place, and that views are told of what it changes.
//!
//! ```text
//!  adresser.kart            the table that is asked
//!  forrige/adresser.kart    the one that views have been told of, until they have been told of the other
//! ```
//! What a newcomer gets wrong: to put in a third table while views are being told of the second. Who has heard of the second would not
//! hear that it was taken back, so it is refused until the telling is done.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use helsekopi::{Kopi, Stedssteg};
use identifikator::Dato;
use informasjonsmodell::{Forskyvning, Tidspunkt};
use kartverk::{Kartverk, TABELLFIL, Tabell};
use tokio::sync::Notify;

use crate::mappe::klokke;

/// Between two pieces of a telling, so that others get to write.
const PUSTEROM: Duration = Duration::from_millis(20);

/// Where the table is.
#[derive(Clone, Debug)]
pub struct Oppsett {
    /// Its folder.
    pub mappe: PathBuf,
    /// Where nothing has been imported the built-in one is used, which fits the synthetic nation: a demo alone.
    pub ellers_syntetisk: bool,
}

/// The table in use, and its folder.
pub struct Steder {
    mappe: PathBuf,
    kartverk: Arc<Kartverk>,
    ny: Notify,
}

impl Steder {
    /// Opens what was imported last.
    pub fn aapne(oppsett: &Oppsett) -> Result<Self> {
        let mappe = &oppsett.mappe;
        let aapnet = Kartverk::aapne(mappe).with_context(|| format!("tabellen over adresser i {}", mappe.display()))?;
        let ellers = || match oppsett.ellers_syntetisk {
            true => Tabell::syntetisk(),
            false => Tabell::tom(),
        };
        Ok(Steder {
            mappe: mappe.clone(),
            kartverk: Arc::new(aapnet.unwrap_or_else(|| Kartverk::new(ellers()))),
            ny: Notify::new(),
        })
    }

    /// The table in use.
    pub fn kartverk(&self) -> &Arc<Kartverk> {
        &self.kartverk
    }

    /// Takes another table into use; views are told of it from now on.
    pub fn legg_inn(&self, tabell: Tabell) -> Result<()> {
        legg_inn(&self.mappe, &self.kartverk, tabell)?;
        self.ny.notify_one();
        Ok(())
    }

    /// Says of a copy that nobody is in that there is nothing to tell.
    pub fn uten_aa_fortelle(&self, kopi: &Kopi) -> Result<()> {
        Ok(kopi.sett_steder(&self.kartverk.naa(), naa()?.1)?)
    }

    /// Tells of each table that comes, for good.
    pub async fn foelg(&self, kopi: Arc<Kopi>) -> Result<()> {
        loop {
            self.fortell(&kopi).await?;
            self.ny.notified().await;
        }
    }

    async fn fortell(&self, kopi: &Arc<Kopi>) -> Result<()> {
        let ny = self.kartverk.naa();
        let gammel = Arc::new(self.fortalt(kopi, &ny)?);
        let mut fortalt = 0;
        loop {
            let (kopi, gammel, ny) = (kopi.clone(), gammel.clone(), ny.clone());
            let steg = tokio::task::spawn_blocking(move || -> Result<Stedssteg> {
                let (dag, tidspunkt) = naa()?;
                Ok(kopi.fortell_om_steder(&gammel, &ny, dag, tidspunkt)?)
            });
            match steg.await?? {
                Stedssteg::Videre(antall) => fortalt += antall,
                Stedssteg::Ferdig => break,
            }
            tokio::time::sleep(PUSTEROM).await;
        }
        let forrige = self.mappe.join(FORRIGE);
        if forrige.exists() {
            std::fs::remove_dir_all(&forrige).with_context(|| format!("kunne ikke fjerne {}", forrige.display()))?;
        }
        if fortalt > 0 {
            tracing::info!(fortalt, utgave = %ny.utgave(), "det er fortalt om den nye tabellen over adresser");
        }
        Ok(())
    }

    /// The table that views have been told of, or are being told from.
    fn fortalt(&self, kopi: &Kopi, ny: &Tabell) -> Result<Tabell> {
        let stilling = kopi.stedsstilling()?;
        let forrige = self.mappe.join(FORRIGE).join(TABELLFIL);
        if forrige.exists() {
            return Tabell::les(&forrige).with_context(|| format!("{} kan ikke leses", forrige.display()));
        }
        let syntetisk = Tabell::syntetisk();
        // One that another came in the way of: some have heard of it, and nobody knows who.
        let avbrutt = |utgave: &String| *utgave != ny.utgave().to_string();
        if let Some((utgave, _)) = stilling.as_ref().and_then(|s| s.fortelles.as_ref())
            && avbrutt(utgave)
        {
            return Ok(Tabell::tom());
        }
        let utgave = stilling.map(|stilling| stilling.utgave).unwrap_or_default();
        Ok(if utgave == ny.utgave().to_string() {
            ny.clone()
        } else if utgave == syntetisk.utgave().to_string() {
            syntetisk
        } else {
            // One that is not here any more: all who have a place hear of it.
            Tabell::tom()
        })
    }
}

const FORRIGE: &str = "forrige";

/// Puts a table in a folder that no process has open: views are told of it when one has.
pub fn legg_i_mappe(mappe: &Path, tabell: Tabell) -> Result<()> {
    let naa = Kartverk::aapne(mappe)?.unwrap_or_else(|| Kartverk::new(Tabell::tom()));
    legg_inn(mappe, &naa, tabell)
}

fn legg_inn(mappe: &Path, naa: &Kartverk, tabell: Tabell) -> Result<()> {
    let forrige = mappe.join(FORRIGE);
    if forrige.join(TABELLFIL).exists() {
        bail!("det er ikke fortalt ferdig om tabellen som ble lagt inn sist; prøv igjen når kopien er ajour");
    }
    if mappe.join(TABELLFIL).exists() {
        std::fs::create_dir_all(&forrige).with_context(|| format!("kunne ikke lage {}", forrige.display()))?;
        naa.naa().skriv(&forrige.join(TABELLFIL))?;
    }
    naa.ta_i_bruk(tabell, mappe)?;
    Ok(())
}

fn naa() -> Result<(Dato, Tidspunkt)> {
    let naa = klokke()();
    let dag = naa.to_zoned(jiff::tz::TimeZone::UTC).date();
    let del = |tall: i8| u8::try_from(tall).ok();
    let dag = u16::try_from(dag.year())
        .ok()
        .zip(del(dag.month()).zip(del(dag.day())))
        .and_then(|(aar, (maaned, dag))| Dato::new(aar, maaned, dag));
    let tidspunkt = Tidspunkt::new(naa.as_second(), 0, 0, Forskyvning::Utc);
    dag.zip(tidspunkt).context("klokka")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_table_waits_until_the_second_has_been_told_of() {
        let mappe = tempfile::tempdir().unwrap();
        let oppsett = Oppsett {
            mappe: mappe.path().join("kartverk"),
            ellers_syntetisk: true,
        };
        let steder = Steder::aapne(&oppsett).unwrap();
        assert!(steder.kartverk().naa().er_syntetisk());
        // The built-in one is not in the folder, and is known without it.
        steder.legg_inn(Tabell::tom()).unwrap();
        assert!(!steder.kartverk().naa().er_syntetisk());
        steder.legg_inn(Tabell::syntetisk()).unwrap();
        assert!(steder.legg_inn(Tabell::tom()).is_err());
        assert!(steder.kartverk().naa().er_syntetisk());
        let igjen = Steder::aapne(&oppsett).unwrap();
        assert!(igjen.legg_inn(Tabell::tom()).is_err());
        let forrige = Tabell::les(&oppsett.mappe.join(FORRIGE).join(TABELLFIL)).unwrap();
        assert_eq!(forrige.utgave(), Tabell::tom().utgave());
    }
}
