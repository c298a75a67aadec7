//! `[persontjenesten]`: how the Person API is served beside the health sector's copy.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use persontjenesten::api::{Innstillinger, Strupegrenser, Utfasing};
use serde::Deserialize;
use tilgang::token::dpop::Origo;

use crate::personapi::Oppsett;

/// `[persontjenesten]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersontjenestenInnstillinger {
    helseid: String,
    offentlige_adresser: Vec<String>,
    duf_uten_hjemmel: bool,
    etterslep_maks_s: i64,
    v2_foreldet: String,
    v2_slutt: String,
}

impl PersontjenestenInnstillinger {
    /// Whether all of it can be used.
    pub fn sjekk(&self) -> Result<()> {
        if !self.helseid.is_empty() && (self.helseid.ends_with('/') || Origo::les(&self.helseid).is_err()) {
            bail!("persontjenesten.helseid må være en http- eller https-adresse uten skråstrek til slutt");
        }
        for adresse in &self.offentlige_adresser {
            Origo::les(adresse).with_context(|| format!("persontjenesten.offentlige_adresser: {adresse}"))?;
        }
        if self.etterslep_maks_s < 1 {
            bail!("persontjenesten.etterslep_maks_s må være minst 1");
        }
        self.utfasing().map(|_| ())
    }

    fn utfasing(&self) -> Result<Option<Utfasing>> {
        match (self.v2_foreldet.as_str(), self.v2_slutt.as_str()) {
            ("", "") => Ok(None),
            ("", _) | (_, "") => bail!("persontjenesten.v2_foreldet og v2_slutt må settes begge eller ingen av dem"),
            (foreldet, slutt) => {
                let utfasing = Utfasing::new(les_dag("v2_foreldet", foreldet)?, les_dag("v2_slutt", slutt)?);
                Ok(Some(utfasing.context("persontjenesten.v2_slutt")?))
            }
        }
    }

    /// How it is served; `None` where there is no HelseID and no test environment that may use the built-in one.
    pub fn oppsett(
        &self,
        testmiljoe: bool,
        kontaktalder_maks: Duration,
        struping: Strupegrenser,
    ) -> Result<Option<Oppsett>> {
        let helseid = Some(self.helseid.clone()).filter(|adresse| !adresse.is_empty());
        if helseid.is_none() && !testmiljoe {
            return Ok(None);
        }
        Ok(Some(Oppsett {
            helseid,
            offentlige_adresser: self.offentlige_adresser.clone(),
            innstillinger: Innstillinger {
                duf_uten_hjemmel: self.duf_uten_hjemmel,
                etterslep_maks: SignedDuration::from_secs(self.etterslep_maks_s),
                kontaktalder_maks: SignedDuration::try_from(kontaktalder_maks)?,
                utfasing: self.utfasing()?,
                ..Innstillinger::default()
            },
            struping,
            testmiljoe,
        }))
    }
}

fn les_dag(navn: &str, tekst: &str) -> Result<Timestamp> {
    let dag: Date = tekst
        .parse()
        .with_context(|| format!("persontjenesten.{navn} må være en dag, som 2027-01-31"))?;
    Ok(dag.to_zoned(TimeZone::UTC)?.timestamp())
}
