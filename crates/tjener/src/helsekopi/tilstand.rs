//! What others in this process may know of the copy: `status`, `helsekopi sammenlign`, and whoever serves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use helsekopi::{Kilde, Kontaktmaaling, Kopi, Maaling, Rapport, Stilling};
use jiff::Timestamp;
use kartverk::Kartverk;
use klienter::folkeregister::Venter;
use persontjenesten::api::Kopiplass;

use super::steder::Steder;
use crate::mappe::klokke;

/// The copy that this process keeps.
pub struct Tilstand {
    pub(super) kopi: Arc<Kopiplass>,
    pub(super) stanset: AtomicBool,
    pub(super) kilde: Arc<dyn Kilde>,
    pub(super) folkeregister: String,
    pub(super) maaling: Arc<Maaling>,
    pub(super) krr: Option<(Arc<Kontaktmaaling>, std::time::Duration)>,
    pub(super) steder: Steder,
}

impl Tilstand {
    /// The copy; none while it is filled for the first time.
    pub fn kopi(&self) -> Option<Arc<Kopi>> {
        self.kopi.hent()
    }

    /// Where the copy is put for whoever serves it.
    pub fn kopiplass(&self) -> &Arc<Kopiplass> {
        &self.kopi
    }

    /// How far the copy is behind.
    pub fn maaling(&self) -> &Arc<Maaling> {
        &self.maaling
    }

    /// The table of addresses in use.
    pub fn kartverk(&self) -> &Arc<Kartverk> {
        self.steder.kartverk()
    }

    /// Whether the copy's own files have failed, so that it is as it was and gets no older or newer.
    pub fn er_stanset(&self) -> bool {
        self.stanset.load(Ordering::Relaxed)
    }

    /// Lag and age of each source, a line each.
    pub fn linjer(&self) -> Result<Vec<String>> {
        let naa = klokke()();
        let mut ut = Vec::new();
        let freg = self.maaling.tall();
        let stilling = self.kopi().map(|kopi| kopi.stilling()).transpose()?;
        let (personer, hvordan) = match (&stilling, freg.neste) {
            (Some(Stilling::Foelger { .. }), Some(neste)) => {
                let etterslep = freg.kildens_siste.saturating_add(1).saturating_sub(neste);
                (self.antall()?, format!("etterslep {etterslep} hendelser"))
            }
            (Some(_), _) => (self.antall()?, "leses inn på nytt".to_owned()),
            (None, _) => (0, "fylles for første gang".to_owned()),
        };
        ut.push(format!("helsekopien         {personer} personer"));
        ut.push(format!(
            "  folkeregisteret   {hvordan}, alt kjent {}, svarte sist {}{}  {}",
            siden(freg.ajour, naa),
            siden(freg.kontakt, naa),
            feil(freg.feil_paa_rad),
            self.folkeregister
        ));
        ut.push(match &self.krr {
            None => "  kontaktregisteret ikke satt opp".to_owned(),
            Some((maaling, alder_maks)) => {
                let tall = maaling.tall();
                let alder = match tall.alder_s(naa) {
                    None => "alle er ikke spurt om ennå".to_owned(),
                    Some(alder) if alder.unsigned_abs() > alder_maks.as_secs() => {
                        format!("alder {alder} s: FOR GAMMELT, gis ikke ut")
                    }
                    Some(alder) => format!("alder {alder} s"),
                };
                format!(
                    "  kontaktregisteret etterslep {} endringer, {alder}, {} venter, svarte sist {}{}",
                    tall.etterslep(),
                    tall.ventende,
                    siden(tall.kontakt, naa),
                    feil(tall.feil_paa_rad)
                )
            }
        });
        let tabell = self.steder.kartverk().naa();
        let (veg, matrikkel) = tabell.antall_adresser();
        let hva = if tabell.er_syntetisk() {
            "syntetisk tabell"
        } else {
            "tabell"
        };
        ut.push(match veg + matrikkel {
            0 => "  steder            ingen tabell; legg inn en med kartverk importer".to_owned(),
            antall => format!("  steder            {hva} {}, {antall} adresser", tabell.utgave()),
        });
        Ok(ut)
    }

    /// Takes a table of addresses into use that was made elsewhere.
    pub fn legg_inn_steder(&self, fil: &std::path::Path) -> Result<()> {
        let tabell = kartverk::Tabell::les(fil).with_context(|| format!("{} kan ikke leses", fil.display()))?;
        self.steder.legg_inn(tabell)
    }

    fn antall(&self) -> Result<u32> {
        Ok(self.kopi().map_or(Ok(0), |kopi| kopi.register().antall_personer())?)
    }

    /// Holds everybody in the copy up against the source. To be called where waiting is allowed.
    pub fn sammenlikn(&self) -> Result<Rapport> {
        let kopi = self
            .kopi()
            .context("helsekopien fylles for første gang; prøv igjen når den er ferdig")?;
        let vent: Venter = Arc::new(|tid| Box::pin(tokio::time::sleep(tid)));
        let kjoretid = tokio::runtime::Handle::current();
        let rapport = kjoretid.block_on(helsekopi::sammenlikn(&kopi, &*self.kilde, &vent, &mut |_| {}));
        rapport.context("sammenligningen ble ikke ferdig")
    }
}

fn siden(da: Option<Timestamp>, naa: Timestamp) -> String {
    match da {
        None => "ikke siden starten".to_owned(),
        Some(da) => format!("for {} s siden", naa.as_second().saturating_sub(da.as_second()).max(0)),
    }
}

fn feil(paa_rad: u64) -> String {
    match paa_rad {
        0 => String::new(),
        antall => format!(", {antall} feil på rad"),
    }
}
