//! `[preg]`: how PREG is served beside the health sector's copy.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use hjelpenummer::Steder;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use preg::hl7::Modus;
use pregtjeneste::Port;
use serde::Deserialize;

use crate::preg::Oppsett;

static NORGE: TimeZone = jiff::tz::get!("Europe/Oslo");

/// `[preg]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PregInnstillinger {
    modus: String,
    adresse: String,
    uten_tls: String,
    etterslep_maks_s: i64,
    slutt: String,
    utstedte_hjelpenumre: PathBuf,
    noekkelspeil: PathBuf,
}

impl PregInnstillinger {
    /// Whether all of it can be used; `kopi`: whether there is a copy.
    pub fn sjekk(&self, testmiljoe: bool, kopi: bool) -> Result<()> {
        let oppsett = self.oppsett(testmiljoe)?;
        if oppsett.is_some() && !kopi {
            bail!("preg.modus er satt uten helsekopi.folkeregister");
        }
        Ok(())
    }

    /// How it is served; `None` where it is not.
    pub fn oppsett(&self, testmiljoe: bool) -> Result<Option<Oppsett>> {
        let modus = match self.modus.as_str() {
            "" => None,
            "produksjon" => Some(Modus::Produksjon),
            "test" => Some(Modus::Test),
            "feilsoeking" => Some(Modus::Feilsoeking),
            _ => bail!("preg.modus må være produksjon, test, feilsoeking eller tom"),
        };
        let http = self.adresse.starts_with("http://") || self.adresse.starts_with("https://");
        if !self.adresse.is_empty() && (!http || self.adresse.ends_with('/')) {
            bail!("preg.adresse må begynne med http:// eller https://, uten skråstrek til slutt");
        }
        let uten_tls = match self.uten_tls.as_str() {
            "avvis" => Port::UtenTls,
            "mellomledd" => Port::Tls,
            "utvikling" if testmiljoe => Port::UtenTlsTilUtvikling,
            "utvikling" => bail!("preg.uten_tls = \"utvikling\" er satt uten testmiljoe = true"),
            _ => bail!("preg.uten_tls må være avvis, mellomledd eller utvikling"),
        };
        if self.etterslep_maks_s < 1 {
            bail!("preg.etterslep_maks_s må være minst 1");
        }
        let slutt = match self.slutt.as_str() {
            "" => None,
            dag => Some(les_dag(dag)?),
        };
        let mappe = |sti: &PathBuf| Some(sti.clone()).filter(|sti| !sti.as_os_str().is_empty());
        Ok(modus.map(|modus| Oppsett {
            modus,
            slutt,
            adresse: Some(self.adresse.clone()).filter(|adresse| !adresse.is_empty()),
            uten_tls,
            etterslep_maks: SignedDuration::from_secs(self.etterslep_maks_s),
            steder: Steder {
                utstedt: mappe(&self.utstedte_hjelpenumre),
                noekkelspeil: mappe(&self.noekkelspeil),
            },
        }))
    }
}

/// The first moment of a day where the service is.
fn les_dag(dag: &str) -> Result<Timestamp> {
    let dag: Date = dag.parse().context("preg.slutt må være en dag, som 2027-01-31")?;
    Ok(dag.to_zoned(NORGE.clone())?.timestamp())
}
