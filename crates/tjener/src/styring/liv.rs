//! What `hendelse` and `liv` ask of the process that has the folder; nobody else can do it, since it is sent to that process.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use tokio::runtime::Handle;

use super::{Arbeid, Svar};
use crate::liv::{self, Hendelsesvalg, Maal};

impl Arbeid {
    pub(super) fn hendelse(&self, valg: Hendelsesvalg) -> Result<Svar> {
        let loekke = self.loekke()?;
        let linjer = loekke.block_on(async {
            let aapen = self.0.clone();
            // A task of its own, so that it may give the thread away while it writes.
            tokio::spawn(async move { liv::utfoer(&aapen, valg).await }).await?
        })?;
        Ok(Svar::Linjer { linjer })
    }

    pub(super) fn liv_fram(&self, maal: Maal) -> Result<Svar> {
        let loekke = self.loekke()?;
        let stopp = self.0.stopp().context("ingen tjener har mappen")?.clone();
        let start = Instant::now();
        let telling = loekke.block_on(async {
            let aapen = self.0.clone();
            tokio::spawn(async move { liv::fram(&aapen, maal, &stopp).await }).await?
        })?;
        let varighet_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Svar::Liv { telling, varighet_ms })
    }

    fn loekke(&self) -> Result<Handle> {
        match Handle::try_current() {
            Ok(loekke) if self.0.stopp().is_some() => Ok(loekke),
            _ => bail!("ingen demo kjører på mappen; start den først: persontjenesten demo"),
        }
    }
}
