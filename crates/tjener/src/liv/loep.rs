//! The course of life: events in the order of their times, several at a time where they touch nobody together.
//!
//! ```text
//!  batch of events ─▶ waves (nobody twice) ─▶ one lane a row of numbers: whoever gets a number, one after the other
//!                                            over all lanes: the other messages
//!                                            then own requests, one transaction ─▶ feedback: numbers, outcomes
//! ```
//! Numbers of one row, which is a year and a gender, are given in the order in which those who are new arrive, so that the same nation
//! gets the same numbers each time.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use driftsmeldinger::Tavle;
use klienter::produsent;
use register::Register;
use saksbehandling::Saksbehandler;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use syntetisk_befolkning::liv::{Hendelse, Hva, Liv, Melding, Pid};
use tjenesteflate::stopp::Stopp;
use tokio::task::JoinSet;

use super::egne::{Egne, Utfall};
use super::lager::{self, Hode, Lagret};
use super::sender::Sendere;
use crate::klokke::Klokke;
use crate::mappe::{Aapen, Mappe};

/// Sets of connections. Messages that wait together share a commit.
const BANER: usize = 24;
/// Events that are drawn at a time: so much is sent again after a kill, and so much memory is taken.
const BUNKE: usize = 2048;
/// Events of a wave.
const BOELGE: usize = 512;
/// Shortest time between two saves. Source: our choice.
const LAGRES: Duration = Duration::from_secs(5);
/// So many times longer than a save takes: a large nation is not written all the time.
const LAGRES_GANGER: u32 = 20;

/// How long to wait for a line of messages that is being decided, and how often to look. Source: our choice.
const KOE_MAKS: Duration = Duration::from_secs(60);
const SE_PAA_KOEEN: Duration = Duration::from_millis(50);

/// Messages that are sent now wait in line, and are not answered before mottak is no longer frozen.
#[derive(Debug, thiserror::Error)]
#[error(
    "mottak er fryst, eller tar unna en kø: meldinger tas imot og venter. Nasjonen går videre når driftsmeldingen er løst \
     (driftsmelding loes) og køen er tom"
)]
pub struct MottakFryst;

/// How many of each have happened since the program started. No person can be known by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// Events, by kind.
    pub hendelser: BTreeMap<String, u64>,
    /// Messages that were received.
    pub meldinger: u64,
    /// Of them, those that mottak refused.
    pub avvist: u64,
    /// Own requests that were carried out.
    pub egne: u64,
    /// Events that what the register has did not allow, or whose persons have no number.
    pub hindret: u64,
    /// What the senders were told: decided as asked, or registered already.
    pub godkjent: u64,
    /// For somebody to look at.
    pub manuelt: u64,
    /// Decided otherwise.
    pub annet: u64,
}

impl Telling {
    /// The number of events.
    pub fn antall(&self) -> u64 {
        self.hendelser.values().sum()
    }

    /// What has come since.
    pub fn siden(&self, foer: &Telling) -> Telling {
        let hendelser = self.hendelser.iter().map(|(slag, antall)| {
            let da = foer.hendelser.get(slag).copied().unwrap_or(0);
            (slag.clone(), antall.saturating_sub(da))
        });
        Telling {
            hendelser: hendelser.filter(|(_, antall)| *antall > 0).collect(),
            meldinger: self.meldinger.saturating_sub(foer.meldinger),
            avvist: self.avvist.saturating_sub(foer.avvist),
            egne: self.egne.saturating_sub(foer.egne),
            hindret: self.hindret.saturating_sub(foer.hindret),
            godkjent: self.godkjent.saturating_sub(foer.godkjent),
            manuelt: self.manuelt.saturating_sub(foer.manuelt),
            annet: self.annet.saturating_sub(foer.annet),
        }
    }

    /// Tells the log what has come since.
    pub fn fortell(&self, foer: &Telling) {
        let ny = self.siden(foer);
        if ny.antall() == 0 {
            return;
        }
        tracing::info!(
            hendelser = ny.antall(),
            meldinger = ny.meldinger,
            avvist = ny.avvist,
            egne = ny.egne,
            hindret = ny.hindret,
            godkjent = ny.godkjent,
            manuelt = ny.manuelt,
            "nasjonen lever"
        );
    }
}

/// The moving nation of a folder.
pub struct Livsloep {
    // Parts of the open folder, which holds this: not the whole of it.
    mappe: Mappe,
    register: Arc<Register>,
    saker: Arc<Saksbehandler>,
    tavle: Arc<Tavle>,
    klokke: Klokke,
    liv: Liv,
    hode: Hode,
    egne: Egne,
    baner: Vec<Sendere>,
    /// Waves that were drawn and are not all answered.
    venter: VecDeque<Vec<Hendelse>>,
    /// Who is new by a message whose answer has not been read, by the name of the message.
    ventes: HashMap<String, Pid>,
    telling: Telling,
    /// Something has happened since the last save.
    endret: bool,
    lagret: Instant,
    /// How long to wait for the next save.
    lagres_etter: Duration,
}

impl Livsloep {
    /// The nation of an open folder: as it was kept, or of everybody in the register.
    pub fn aapne(aapen: &Aapen) -> Result<Self> {
        let (lagret, ny) = match lager::les(&aapen.mappe)? {
            Some(lagret) => (lagret, false),
            None => {
                let liv = lager::fra_registeret(&aapen.register, crate::nasjon::FROE)?;
                let hode = Hode::default();
                (Lagret { liv, hode }, true)
            }
        };
        let sendere = Sendere::i(&aapen.mappe)?;
        let baner = std::iter::once(Ok(sendere))
            .chain((1..BANER).map(|_| Sendere::i(&aapen.mappe)))
            .collect::<Result<_>>()?;
        let serie = if crate::nasjon::er_syntetisk(&aapen.register)? {
            identifikator::Serie::Tenor
        } else {
            bail!("registeret er ikke en syntetisk nasjon");
        };
        let mut ut = Livsloep {
            mappe: aapen.mappe.clone(),
            register: aapen.register.clone(),
            saker: aapen.saker()?,
            tavle: aapen.tavle()?,
            klokke: aapen.klokke.clone(),
            liv: lagret.liv,
            hode: lagret.hode,
            egne: Egne::new(serie),
            baner,
            venter: VecDeque::new(),
            ventes: HashMap::new(),
            telling: Telling::default(),
            endret: ny,
            lagret: Instant::now(),
            lagres_etter: LAGRES,
        };
        ut.lagre()?;
        Ok(ut)
    }

    /// How many of each have happened.
    pub fn telling(&self) -> &Telling {
        &self.telling
    }

    /// The moment up to which everything has been drawn.
    pub fn naadd_sekunder(&self) -> i64 {
        self.liv.naadd_sekunder()
    }

    /// Somebody has told the register of something by hand.
    pub fn hendt(&mut self, hva: &syntetisk_befolkning::liv::Manuell) {
        self.liv.hendt(hva);
        self.endret = true;
    }

    /// Keeps the nation, if all that was drawn has been answered.
    pub fn lagre(&mut self) -> Result<()> {
        if !self.endret || !self.venter.is_empty() || !self.ventes.is_empty() || !self.liv.kan_lagres() {
            return Ok(());
        }
        let start = Instant::now();
        lager::skriv(&self.mappe, &self.hode, &self.liv)?;
        self.lagres_etter = LAGRES.max(start.elapsed() * LAGRES_GANGER);
        self.egne.lagret();
        (self.endret, self.lagret) = (false, Instant::now());
        Ok(())
    }

    /// Carries out everything that becomes known before a moment of the register's clock, or as much as there is time for before the
    /// stop.
    pub async fn til(&mut self, foer_sekunder: i64, stopp: &Stopp) -> Result<()> {
        loop {
            while let Some(boelge) = self.venter.front().cloned() {
                if stopp.is_stopped() {
                    return Ok(());
                }
                self.boelge(&boelge, stopp).await?;
                self.venter.pop_front();
            }
            if self.lagret.elapsed() >= self.lagres_etter {
                self.lagre()?;
            }
            if stopp.is_stopped() || !self.trekk(foer_sekunder) {
                return Ok(());
            }
        }
    }

    /// Draws a batch, and parts it in waves. Whether there was anything.
    fn trekk(&mut self, foer_sekunder: i64) -> bool {
        let mut boelge = Vec::new();
        let mut beroerte: BTreeSet<Pid> = BTreeSet::new();
        let mut antall = 0;
        while antall < BUNKE || !self.liv.kan_lagres() {
            let Some(hendelse) = self.liv.neste(foer_sekunder) else {
                break;
            };
            antall += 1;
            let disse = self.liv.beroerte(&hendelse);
            if boelge.len() >= BOELGE || disse.iter().any(|p| beroerte.contains(p)) {
                self.venter.push_back(std::mem::take(&mut boelge));
                beroerte.clear();
            }
            beroerte.extend(disse);
            boelge.push(hendelse);
        }
        if !boelge.is_empty() {
            self.venter.push_back(boelge);
        }
        self.endret |= antall > 0;
        antall > 0
    }

    /// Waits until nobody is in line at mottak; not for one that is frozen, nor longer than a stop.
    pub async fn vent_paa_koeen(&self, stopp: &Stopp) -> Result<()> {
        let frist = Instant::now() + KOE_MAKS;
        loop {
            let fryst = self.tavle.fryser_mottak(crate::mappe::klokke()());
            if !fryst && !self.saker.noen_i_koe()? {
                return Ok(());
            }
            if fryst || stopp.is_stopped() || Instant::now() > frist {
                return Err(MottakFryst.into());
            }
            tokio::time::sleep(SE_PAA_KOEEN).await;
        }
    }

    async fn boelge(&mut self, boelge: &[Hendelse], stopp: &Stopp) -> Result<()> {
        self.vent_paa_koeen(stopp).await?;
        let mut baner: Vec<Vec<Melding>> = (0..BANER).map(|_| Vec::new()).collect();
        let (mut egne, mut hindret, mut sendt) = (Vec::new(), 0, BTreeSet::new());
        let mut andre = Vec::new();
        for hendelse in boelge {
            let Some(melding) = self.liv.melding(hendelse) else {
                if er_egen(&hendelse.hva) {
                    egne.push(hendelse.clone());
                } else {
                    hindret += 1;
                }
                continue;
            };
            sendt.insert(melding.produsent);
            let Some(pid) = hendelse.hva.ny() else {
                andre.push(melding);
                continue;
            };
            self.ventes.insert(melding.navn.clone(), pid);
            let bane = self.liv.nummerrekke(hendelse).unwrap_or(0) as usize % BANER;
            if let Some(bane) = baner.get_mut(bane) {
                bane.push(melding);
            }
        }
        for melding in andre {
            if let Some(bane) = baner.iter_mut().min_by_key(|bane| bane.len()) {
                bane.push(melding);
            }
        }
        let (mottatt, avvist) = self.send(baner).await?;
        let utfall = self.utfoer(egne).await?;
        // Frozen meanwhile: nothing of it has been answered, and the wave is carried out again, in the same words.
        self.vent_paa_koeen(stopp).await?;
        for produsent in sendt {
            self.les_svar(produsent).await?;
        }
        // Whose answer says no number goes without one.
        self.ventes.clear();
        // Not before all of it has gone well: a wave that failed is carried out again, and counted then.
        let egne = utfall.iter().filter(|u| !matches!(u, Utfall::Hindret)).count();
        self.telling.egne += u64::try_from(egne).unwrap_or(0);
        self.telling.hindret += u64::try_from(utfall.len() - egne).unwrap_or(0) + hindret;
        self.telling.meldinger += mottatt;
        self.telling.avvist += avvist;
        for hendelse in boelge {
            *self
                .telling
                .hendelser
                .entry(hendelse.hva.slag().to_owned())
                .or_default() += 1;
        }
        Ok(())
    }

    /// Sends what is in each lane in order. How many were received, and refused.
    async fn send(&self, baner: Vec<Vec<Melding>>) -> Result<(u64, u64)> {
        let mut oppgaver: JoinSet<Result<(u64, u64)>> = JoinSet::new();
        for (sendere, meldinger) in self.baner.iter().zip(baner) {
            if meldinger.is_empty() {
                continue;
            }
            let sendere = sendere.clone();
            oppgaver.spawn(async move {
                let (mut mottatt, mut avvist) = (0, 0);
                for melding in &meldinger {
                    if sendere.send(melding).await? {
                        mottatt += 1;
                    } else {
                        avvist += 1;
                    }
                }
                Ok((mottatt, avvist))
            });
        }
        let mut ut = (0, 0);
        while let Some(ferdig) = oppgaver.join_next().await {
            let (mottatt, avvist) = ferdig.context("en sending stoppet")??;
            ut = (ut.0 + mottatt, ut.1 + avvist);
        }
        Ok(ut)
    }

    async fn utfoer(&mut self, hendelser: Vec<Hendelse>) -> Result<Vec<Utfall>> {
        if hendelser.is_empty() {
            return Ok(Vec::new());
        }
        let tid = self.klokke.tid()?;
        let register = &*self.register;
        let (egne, liv) = (&mut self.egne, &self.liv);
        // The work writes to the disk, and this task has nothing else to do meanwhile.
        let utfall = tokio::task::block_in_place(|| egne.utfoer(register, liv, &hendelser, &tid))?;
        for utfall in &utfall {
            if let Utfall::Utfoert(Some((pid, nummer))) | Utfall::Gjentatt(Some((pid, nummer))) = utfall {
                self.liv.laer(*pid, *nummer);
            }
        }
        Ok(utfall)
    }

    /// Reads what a producer has been told since last, and learns the numbers of those who are new.
    async fn les_svar(&mut self, navn: &str) -> Result<()> {
        loop {
            let fra = self.hode.lest.get(navn).copied().unwrap_or(0) + 1;
            let sendere = self.baner.first().context("ingen bane")?;
            let side = sendere.produsent(navn)?.tilbakemeldinger(fra).await?;
            let siste = side.iter().map(produsent::nummer).max();
            let full = side.len() >= produsent::SIDE_MAKS;
            for hendelse in &side {
                self.ta_svar(hendelse);
            }
            let Some(siste) = siste else { return Ok(()) };
            self.hode.lest.insert(navn.to_owned(), siste);
            if !full {
                return Ok(());
            }
        }
    }

    fn ta_svar(&mut self, hendelse: &Value) {
        // What others have sent with the same certificate is theirs.
        let Some(navn) = produsent::meldingsnavn(hendelse).filter(|navn| navn.starts_with("liv-")) else {
            return;
        };
        let info = hendelse.get("hendelseinfo").unwrap_or(&Value::Null);
        if info.get("sakTilManuellBehandling").is_some() {
            self.telling.manuelt += 1;
            return;
        }
        match beslutning(info) {
            Some("godkjent" | "registrert") => self.telling.godkjent += 1,
            _ => self.telling.annet += 1,
        }
        if let (Some(pid), Some(nummer)) = (self.ventes.remove(navn), nytt_nummer(info)) {
            self.liv.laer(pid, nummer);
        }
    }
}

/// The decision of an item of feedback, in any of its forms.
pub fn beslutning(info: &Value) -> Option<&str> {
    info.pointer("/saksbeslutning/beslutning")?.as_str()
}

/// The number that somebody was given, in any of the forms of an item.
fn nytt_nummer(info: &Value) -> Option<u64> {
    [
        "/saksbeslutning/opprettetFolkeregisterperson/foedselsEllerDNummer",
        "/saksbeslutning/skalTildeleDNummer/dNummer",
    ]
    .iter()
    .find_map(|sted| info.pointer(sted)?.as_str()?.parse().ok())
}

/// Whether the register itself can be asked.
fn er_egen(hva: &Hva) -> bool {
    !matches!(
        hva,
        Hva::Foedsel(_)
            | Hva::Farskap { .. }
            | Hva::Doedsfall { .. }
            | Hva::Doedsbo { .. }
            | Hva::Vigsel(..)
            | Hva::Separasjon(..)
            | Hva::Skilsmisse(..)
            | Hva::Underlig(_)
    )
}

#[cfg(test)]
mod tests {
    use meldinger::Meldingstype;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_is_read_of_either_form_of_feedback() {
        let barn = json!({"saksbeslutning": {"beslutning": "godkjent",
            "opprettetFolkeregisterperson": {"foedselsEllerDNummer": "12855700628"}}});
        let dnummer =
            json!({"saksbeslutning": {"beslutning": "godkjent", "skalTildeleDNummer": {"dNummer": "41814061033"}}});
        assert_eq!(nytt_nummer(&barn), Some(12_855_700_628));
        assert_eq!(nytt_nummer(&dnummer), Some(41_814_061_033));
        assert_eq!(beslutning(&dnummer), Some("godkjent"));
        assert_eq!(nytt_nummer(&json!({})), None);
    }

    #[test]
    fn every_message_has_a_kind_and_its_sender_may_send_it() {
        for ressurs in syntetisk_befolkning::liv::RESSURSER {
            let slag = Meldingstype::fra_ressurs(ressurs).unwrap();
            assert_eq!(slag.ressurs(), ressurs);
        }
    }
}
