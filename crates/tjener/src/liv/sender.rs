//! The demo's producers as they send: each with its own certificate, on connections of its own.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use klienter::produsent::{Produsent, Sendefeil};
use syntetisk_befolkning::liv::{Melding, PRODUSENTER};

use crate::demotls::Demotls;
use crate::mappe::Mappe;

/// Times that a message is sent before it is given up for now. Source: our choice.
const FORSOEK: u32 = 4;
/// Pause before the second time; each is twice the former.
const PAUSE: Duration = Duration::from_millis(250);

/// Every producer, on one set of connections.
#[derive(Clone)]
pub struct Sendere(BTreeMap<&'static str, Produsent>);

impl Sendere {
    /// Sets them up by the files of the demo.
    pub fn i(mappe: &Mappe) -> Result<Self> {
        let tls = Demotls::i(mappe);
        let base = mappe.adresser()?.tls.context("demoen lytter ikke med TLS")?;
        let ca = std::fs::read(&tls.ca).with_context(|| format!("kunne ikke lese {}", tls.ca.display()))?;
        let mut ut = BTreeMap::new();
        for navn in PRODUSENTER {
            let filer = tls.produsentfiler(navn);
            let les = |sti: &std::path::Path| {
                std::fs::read(sti).with_context(|| format!("kunne ikke lese {}", sti.display()))
            };
            let eget = [les(&filer.sertifikat)?, les(&filer.noekkel)?].concat();
            ut.insert(navn, Produsent::new(&base, &ca, &eget, klienter::Valg::default())?);
        }
        Ok(Sendere(ut))
    }

    /// One of them.
    pub fn produsent(&self, navn: &str) -> Result<&Produsent> {
        self.0.get(navn).context("ukjent produsent")
    }

    /// Sends a message, again where it may go better. Whether it was received; not where the register refuses it.
    pub async fn send(&self, melding: &Melding) -> Result<bool> {
        let produsent = self.produsent(melding.produsent)?;
        let mut pause = PAUSE;
        for forsoek in 1.. {
            match produsent.send(melding.ressurs, melding.xml.clone()).await {
                Ok(_) => return Ok(true),
                Err(Sendefeil::Avvist { status, kode }) => {
                    tracing::warn!(
                        status,
                        kode,
                        ressurs = melding.ressurs,
                        "en melding fra nasjonen ble avvist"
                    );
                    return Ok(false);
                }
                Err(Sendefeil::Naa(feil)) if forsoek >= FORSOEK => return Err(feil).context(melding.ressurs),
                Err(Sendefeil::Naa(_)) => {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
            }
        }
        Ok(false)
    }
}
