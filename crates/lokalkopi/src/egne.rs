//! The steps of a copy of only one's own: whom the numbers of a list lead to, and their persons.

use std::collections::BTreeMap;

use klienter::personapi::BULK_MAKS;

use crate::foelger::{Foelger, Steg};
use crate::pasienter::Pasienter;
use crate::post::Post;
use crate::stilling::{Anker, Fase};
use crate::{Feil, person};

impl Foelger {
    /// Those in the list: who has the numbers, then the persons, then whoever is not in it any more.
    pub(crate) async fn les_egne(&mut self, anker: Option<Anker>) -> Result<Steg, Feil> {
        if self.avklar_numre().await? {
            return Ok(Steg::Lastet(0));
        }
        let ider = self.egne.as_ref().map(Pasienter::ider).cloned().unwrap_or_default();
        let mangler: Vec<(String, u64)> = ider
            .iter()
            .filter(|id| !self.er_moett(id))
            .take(self.side)
            .map(|id| (id.clone(), 0))
            .collect();
        if !mangler.is_empty() {
            let lest = self.hent(&mangler).await?;
            self.lager.lagre(Fase::Egne { anker })?;
            return Ok(Steg::Lastet(lest));
        }
        let runde = self.lager.runde();
        let andre = self.lager.ider().into_iter().filter(|id| !ider.contains(id));
        let andre: Vec<Post> = andre
            .map(|id| Post {
                id,
                seq: None,
                runde,
                person: None,
            })
            .collect();
        self.lager.skriv(&andre)?;
        self.lager.lagre(Fase::Foelger { anker })?;
        Ok(Steg::Lastet(0))
    }

    /// Asks who has some of the numbers that nobody is known to have. Whether there were any.
    pub(crate) async fn avklar_numre(&mut self) -> Result<bool, Feil> {
        let Some(egne) = &mut self.egne else { return Ok(false) };
        let numre = egne.neste(BULK_MAKS);
        if numre.is_empty() {
            return Ok(false);
        }
        let spurt: Vec<&str> = numre.iter().map(String::as_str).collect();
        let mut funnet: BTreeMap<String, String> = BTreeMap::new();
        let mut alle_forklart = true;
        for svar in self.kilde.med_numre(&spurt).await? {
            let hans: Vec<&str> = person::numre(svar.objekt())
                .map(|n| n.nummer)
                .filter(|n| spurt.contains(n))
                .collect();
            alle_forklart &= !hans.is_empty();
            funnet.extend(hans.into_iter().map(|nummer| (nummer.to_owned(), svar.id().to_owned())));
        }
        let mut ut = Vec::new();
        for nummer in numre {
            let id = match funnet.remove(&nummer) {
                // The answer does not say what was asked; who has a number that is not shown is asked for alone.
                None if !alle_forklart => self.kilde.med_nummer(&nummer).await?.map(|svar| svar.id().to_owned()),
                id => id,
            };
            ut.push((nummer, id));
        }
        egne.avklar(ut);
        egne.lagre(self.lager.mappe())?;
        Ok(true)
    }
}
