//! The algorithm: load everybody, read the feed from where it was before the load, and go on. One step at a time.
//!
//! A step ends with saving how far it came, after what it read is on disk. Whoever stops in the middle of one does it again, which is
//! harmless: persons are read whole, and the latest counts.
//!
//! What a newcomer gets wrong is the paging. Persons come and go while the pages are read, and whoever goes moves all who stand after: a
//! page that begins where the last one ended would pass somebody by. So each page begins with the last one's last person; if somebody
//! unknown stands there instead, we go back until somebody known does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use klienter::folkeregister::Venter;

use crate::Feil;
use crate::kilde::Kilde;
use crate::lager::Lager;
use crate::pasienter::Pasienter;
use crate::person;
use crate::stilling::{Anker, Fase};

/// Ids on a page. Source: our choice, the contract's default.
pub(crate) const SIDE: usize = 1_000;
/// How often the pages are read when their number of persons is not what match-count says. Source: our choice.
const LASTEFORSOEK: u32 = 3;
/// How often everything is loaded again before we give up, when the copy is never level in between. Source: our choice.
const OMLASTINGER_MAKS: u32 = 3;
/// How much further a page may lie than the persons that were met, or were there before: whoever is new may stand before it. Beside a
/// tenth of them. Source: our choice.
const SLINGRING: u64 = 10_000;
/// More persons than this there are not. Source: our choice; contracts count in int32.
pub(crate) const PERSONER_MAKS: u64 = 30_000_000;

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steg {
    /// Part of the load; persons that were read.
    Lastet(u64),
    /// Events were read, and so many persons because of them.
    Hendelser {
        /// Events that were new.
        lest: u64,
        /// Persons that were read.
        hentet: u64,
    },
    /// The feed was set back; everything is loaded again from here on.
    PaaNytt,
    /// Level with the service.
    Ajour,
}

/// Keeps a copy.
pub struct Foelger {
    pub(crate) kilde: Arc<dyn Kilde>,
    pub(crate) lager: Lager,
    pub(crate) egne: Option<Pasienter>,
    pub(crate) vent: Venter,
    pub(crate) side: usize,
    /// How far back the next page begins, when the last one began with somebody unknown.
    tilbake: u64,
    omlastinger: u32,
}

impl Foelger {
    /// Goes on from where the store is. `numre`: the only ones that are kept, where not everybody is.
    ///
    /// # Errors
    /// [`Feil::AndreValg`] if the store is of everybody and a list is given, or the reverse; [`Feil::Skadet`].
    pub fn new(
        lager: Lager,
        kilde: Arc<dyn Kilde>,
        numre: Option<&BTreeSet<String>>,
        vent: Venter,
    ) -> Result<Self, Feil> {
        if lager.valg().egne != numre.is_some() {
            return Err(Feil::AndreValg);
        }
        let egne = numre.map(|numre| Pasienter::aapne(lager.mappe(), numre)).transpose()?;
        let mut ut = Foelger {
            kilde,
            lager,
            egne,
            vent,
            side: SIDE,
            tilbake: 0,
            omlastinger: 0,
        };
        // The list may be another than last time.
        if let (Some(_), Fase::Foelger { anker }) = (&ut.egne, ut.lager.fase().clone()) {
            ut.lager.lagre(Fase::Egne { anker })?;
        }
        Ok(ut)
    }

    /// The same with pages of another length, from 2 to 10 000 ids.
    #[must_use]
    pub fn med_side(mut self, antall: usize) -> Self {
        self.side = antall.clamp(2, klienter::personapi::SIDE_MAKS);
        self
    }

    /// The store.
    #[must_use]
    pub fn lager(&self) -> &Lager {
        &self.lager
    }

    /// One step.
    ///
    /// # Errors
    /// [`Feil`]. Where [`Feil::gaar_over`], the same may go well a little later.
    pub async fn steg(&mut self) -> Result<Steg, Feil> {
        match self.lager.fase().clone() {
            Fase::Start => self.begynn().await,
            Fase::Laster {
                anker,
                indeks,
                foer,
                forsoek,
            } => self.last_side(anker, indeks, foer, forsoek).await,
            Fase::Rydder { anker } => self.rydd(anker).await,
            Fase::Egne { anker } => self.les_egne(anker).await,
            Fase::Foelger { anker } => self.les_hendelser(anker).await,
        }
    }

    /// Steps until the copy is level. `framdrift` is told of each.
    ///
    /// # Errors
    /// As [`Foelger::steg`].
    pub async fn til_ajour(&mut self, framdrift: &mut (dyn FnMut(&Lager, Steg) + Send)) -> Result<(), Feil> {
        loop {
            let steg = self.steg().await?;
            framdrift(&self.lager, steg);
            if steg == Steg::Ajour {
                return Ok(());
            }
        }
    }

    /// Where the feed is, and how many there are, before anybody is read: what changes from now on is in the feed.
    async fn begynn(&mut self) -> Result<Steg, Feil> {
        let anker = self.kilde.siste().await?.as_ref().map(Anker::av);
        let fase = if let Some(egne) = &mut self.egne {
            egne.glem();
            Fase::Egne { anker }
        } else {
            let foer = self.kilde.antall().await?;
            Fase::Laster {
                anker,
                indeks: 0,
                foer,
                forsoek: 1,
            }
        };
        self.lager.ny_runde();
        self.tilbake = 0;
        self.lager.lagre(fase)?;
        Ok(Steg::Lastet(0))
    }

    pub(crate) fn er_moett(&self, id: &str) -> bool {
        let runde = self.lager.runde();
        self.lager.plass(id).is_some_and(|plass| plass.runde == runde)
    }

    /// One page of everybody.
    async fn last_side(&mut self, anker: Option<Anker>, indeks: u64, foer: u64, forsoek: u32) -> Result<Steg, Feil> {
        let indeks = indeks.saturating_sub(self.tilbake);
        let ider = self.kilde.side(indeks, self.side).await?;
        let henger_sammen = indeks == 0 || ider.first().is_some_and(|id| self.er_moett(id));
        if !henger_sammen {
            // Somebody who stood before this page is gone, so whoever stood here stands before it now.
            self.tilbake = (self.tilbake * 2).max(1);
            return Ok(Steg::Lastet(0));
        }
        self.tilbake = 0;
        let antall = ider.len();
        let nye: Vec<(String, u64)> = ider
            .into_iter()
            .filter(|id| !self.er_moett(id))
            .map(|id| (id, 0))
            .collect();
        let lest = self.hent(&nye).await?;
        if antall < self.side {
            return self.avslutt_lasting(anker, foer, forsoek, lest).await;
        }
        let neste = indeks + antall as u64 - 1;
        if neste > self.lager.i_runden().min(foer) + foer / 10 + SLINGRING || neste > PERSONER_MAKS {
            return Err(Feil::Loegn("sidene tar ikke slutt"));
        }
        self.lager.lagre(Fase::Laster {
            anker,
            indeks: neste,
            foer,
            forsoek,
        })?;
        Ok(Steg::Lastet(lest))
    }

    /// Holds the load against match-count. They may differ by no more than the events since it began, as whoever comes and whoever goes
    /// is told of.
    async fn avslutt_lasting(
        &mut self,
        anker: Option<Anker>,
        foer: u64,
        forsoek: u32,
        lest: u64,
    ) -> Result<Steg, Feil> {
        let oppgitt = self.kilde.antall().await?;
        let siste = self.kilde.siste().await?.map_or(0, |hendelse| hendelse.sekvensnummer);
        let Some(hendelser) = siste.checked_sub(anker.as_ref().map_or(0, |anker| anker.sekvensnummer)) else {
            return self.paa_nytt();
        };
        let moett = self.lager.i_runden();
        if moett.abs_diff(oppgitt) <= hendelser {
            self.lager.lagre(Fase::Rydder { anker })?;
            return Ok(Steg::Lastet(lest));
        }
        tracing::warn!(
            moett,
            oppgitt,
            foer,
            hendelser,
            forsoek,
            "sidene hadde et annet antall enn match-count"
        );
        if forsoek >= LASTEFORSOEK {
            self.lager.lagre(Fase::Start)?;
            return Err(Feil::Antall { lest: moett, oppgitt });
        }
        self.lager.ny_runde();
        self.lager.lagre(Fase::Laster {
            anker,
            indeks: 0,
            foer: oppgitt,
            forsoek: forsoek + 1,
        })?;
        Ok(Steg::Lastet(lest))
    }

    /// Whom the copy has from before and no page had: merged, or not there any more.
    async fn rydd(&mut self, anker: Option<Anker>) -> Result<Steg, Feil> {
        let runde = self.lager.runde();
        let rest = self.lager.velg(|plass| !plass.borte && plass.runde < runde);
        let rest: Vec<(String, u64)> = rest.into_iter().map(|id| (id, 0)).collect();
        let lest = self.hent(&rest).await?;
        self.lager.lagre(Fase::Foelger { anker })?;
        Ok(Steg::Lastet(lest))
    }

    /// A page of the feed.
    async fn les_hendelser(&mut self, anker: Option<Anker>) -> Result<Steg, Feil> {
        let siste = self.kilde.siste().await?.as_ref().map(Anker::av);
        if siste == anker {
            self.omlastinger = 0;
            return Ok(Steg::Ajour);
        }
        let fra = anker.as_ref().map_or(1, |anker| anker.sekvensnummer);
        if siste.is_none_or(|siste| siste.sekvensnummer < fra) {
            return self.paa_nytt();
        }
        let mut hendelser = self.kilde.hendelser(fra).await?.into_iter().peekable();
        if let Some(anker) = &anker {
            match hendelser.next() {
                Some(foerste) if Anker::av(&foerste) == *anker => {}
                None => return Err(Feil::Etter),
                _ => return self.paa_nytt(),
            }
        }
        // Who, and the newest event of each.
        let (mut hvem, mut ny, mut lest) = (BTreeMap::new(), None, 0);
        for hendelse in hendelser {
            ny = Some(Anker::av(&hendelse));
            lest += 1;
            if let Some(egne) = &mut self.egne {
                if let Some(nummer) = &hendelse.nummer {
                    egne.se_nummer(nummer, &hendelse.person_id);
                }
                if !egne.ider().contains(&hendelse.person_id) {
                    continue;
                }
            }
            hvem.insert(hendelse.person_id, hendelse.sekvensnummer);
        }
        let Some(ny) = ny else { return Err(Feil::Etter) };
        let er_kjent = |(id, seq): &(String, u64)| {
            self.lager
                .plass(id)
                .is_some_and(|plass| plass.seq.is_some_and(|har| har >= *seq))
        };
        let skal: Vec<(String, u64)> = hvem.into_iter().filter(|hvem| !er_kjent(hvem)).collect();
        let hentet = self.hent(&skal).await?;
        if let Some(egne) = &mut self.egne {
            for (id, _) in &skal {
                let person = self.lager.person(id)?;
                if person.is_none_or(|person| person::er_opphoert(&person)) {
                    egne.se_slutt(id);
                }
            }
            while self.avklar_numre().await? {}
            let ider = self.egne.as_ref().map(Pasienter::ider).cloned().unwrap_or_default();
            let nye = ider
                .into_iter()
                .filter(|id| self.lager.plass(id).is_none_or(|plass| plass.borte));
            let nye: Vec<(String, u64)> = nye.map(|id| (id, 0)).collect();
            self.hent(&nye).await?;
        }
        self.lager.lagre(Fase::Foelger { anker: Some(ny) })?;
        Ok(Steg::Hendelser { lest, hentet })
    }

    /// The feed is not the one that was read. Nothing is thrown away: everybody is read again, and whoever is not met is asked for.
    fn paa_nytt(&mut self) -> Result<Steg, Feil> {
        self.omlastinger += 1;
        if self.omlastinger > OMLASTINGER_MAKS {
            return Err(Feil::Loegn("hendelseslisten settes tilbake gang på gang"));
        }
        tracing::warn!("hendelseslisten er satt tilbake; alt lastes på nytt");
        self.lager.lagre(Fase::Start)?;
        Ok(Steg::PaaNytt)
    }
}

impl std::fmt::Debug for Foelger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Foelger")
            .field("lager", &self.lager)
            .finish_non_exhaustive()
    }
}
