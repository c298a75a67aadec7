//! Whether the copy is what the service shows, person by person: everybody is read again.
//!
//! Somebody may change while it is looked at. Who differs is looked at again after the feed is read, and counts only if that does not help.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use klienter::personapi::BULK_MAKS;

use crate::Feil;
use crate::foelger::{Foelger, PERSONER_MAKS};
use crate::henting::les_personer;
use crate::lager::Lager;
use crate::pasienter::Pasienter;

/// How often whoever differs is looked at again, and the pause before that. Source: our choice.
const FORSOEK: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);

/// How somebody differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forskjell {
    /// The service shows the person, and the copy does not have them.
    Mangler,
    /// The copy has the person, and the service does not show them.
    Overfloedig,
    /// Both have the person, and not alike.
    Ulik,
}

/// What a comparison found: who, and never what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rapport {
    /// Persons that were looked at.
    pub personer: u64,
    /// Ids of those who differ.
    pub forskjeller: BTreeMap<String, Forskjell>,
}

impl Foelger {
    /// Brings the copy level, and compares everybody. `framdrift` is told how many persons have been looked at.
    ///
    /// # Errors
    /// [`Feil`] where the service does not answer, or the copy cannot be read.
    pub async fn sammenlikn(&mut self, framdrift: &mut (dyn FnMut(u64) + Send)) -> Result<Rapport, Feil> {
        self.til_ajour(&mut |_: &Lager, _| {}).await?;
        let mut sett = HashSet::new();
        let mut rapport = Rapport::default();
        if self.egne.is_some() {
            let ider = self.egne_ider().await?;
            self.se_paa(ider, &mut sett, &mut rapport, framdrift).await?;
        } else {
            self.se_paa_sidene(&mut sett, &mut rapport, framdrift).await?;
        }
        let rest: Vec<String> = self.lager.ider().into_iter().filter(|id| !sett.contains(id)).collect();
        self.se_paa(rest, &mut sett, &mut rapport, framdrift).await?;
        for _ in 0..FORSOEK {
            if rapport.forskjeller.is_empty() {
                break;
            }
            (self.vent)(PAUSE).await;
            self.til_ajour(&mut |_: &Lager, _| {}).await?;
            let igjen: Vec<String> = std::mem::take(&mut rapport.forskjeller).into_keys().collect();
            for del in igjen.chunks(BULK_MAKS) {
                let funnet = self.forskjeller(del).await?;
                rapport.forskjeller.extend(funnet);
            }
        }
        Ok(rapport)
    }

    /// Whom the numbers lead to now, asked anew.
    async fn egne_ider(&mut self) -> Result<Vec<String>, Feil> {
        let foer = self.egne.as_ref().map(Pasienter::ider).cloned().unwrap_or_default();
        if let Some(egne) = &mut self.egne {
            egne.glem();
        }
        while self.avklar_numre().await? {}
        let naa: BTreeSet<String> = self.egne.as_ref().map(Pasienter::ider).cloned().unwrap_or_default();
        Ok(foer.union(&naa).cloned().collect())
    }

    /// Everybody, by pages that overlap as those of the load do.
    async fn se_paa_sidene(
        &self,
        sett: &mut HashSet<String>,
        rapport: &mut Rapport,
        framdrift: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), Feil> {
        let (mut indeks, mut tilbake) = (0u64, 0u64);
        loop {
            indeks = indeks.saturating_sub(tilbake);
            let ider = self.kilde.side(indeks, self.side).await?;
            if indeks > 0 && ider.first().is_none_or(|id| !sett.contains(id)) {
                tilbake = (tilbake * 2).max(1);
                continue;
            }
            tilbake = 0;
            let antall = ider.len();
            let nye: Vec<String> = ider.into_iter().filter(|id| !sett.contains(id)).collect();
            let ingen_nye = nye.is_empty();
            self.se_paa(nye, sett, rapport, framdrift).await?;
            if antall < self.side {
                return Ok(());
            }
            let sett = sett.len() as u64;
            if (ingen_nye && indeks > sett) || sett > PERSONER_MAKS {
                return Err(Feil::Loegn("sidene tar ikke slutt"));
            }
            indeks += antall as u64 - 1;
        }
    }

    async fn se_paa(
        &self,
        ider: Vec<String>,
        sett: &mut HashSet<String>,
        rapport: &mut Rapport,
        framdrift: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), Feil> {
        for del in ider.chunks(BULK_MAKS) {
            rapport.forskjeller.extend(self.forskjeller(del).await?);
            rapport.personer += del.len() as u64;
            framdrift(rapport.personer);
        }
        sett.extend(ider);
        Ok(())
    }

    /// Those of at most 100 who differ.
    async fn forskjeller(&self, ider: &[String]) -> Result<Vec<(String, Forskjell)>, Feil> {
        let spurt: Vec<&str> = ider.iter().map(String::as_str).collect();
        let mut svar = les_personer(&*self.kilde, &spurt).await?;
        let mut ut = Vec::new();
        for id in ider {
            let mitt = self.lager.person(id)?;
            let ditt = svar.remove(id).filter(|person| self.hoerer_med(person));
            let forskjell = match (mitt, ditt) {
                (None, None) => None,
                (None, Some(_)) => Some(Forskjell::Mangler),
                (Some(_), None) => Some(Forskjell::Overfloedig),
                (Some(mitt), Some(ditt)) => (mitt != *ditt.objekt()).then_some(Forskjell::Ulik),
            };
            ut.extend(forskjell.map(|forskjell| (id.clone(), forskjell)));
        }
        Ok(ut)
    }
}
