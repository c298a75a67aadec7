//! Reading a job to its end: batches in order, documents a few calls at a time, lines in order again.
//!
//! The one thing a newcomer gets wrong: a batch that is not ready is no reason to stand still while documents of earlier
//! ones are on their way; only with nothing under way is there anything to wait for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;
use klienter::folkeregister::{Batch, Feil, Identifikatorer, Jobb, Klient, Pauser};
use tokio::task::JoinHandle;

use super::fil::{Linjer, Utfil};

/// Calls for documents that are under way at once. Source: our choice; consumers are asked to avoid many.
const SAMTIDIG: usize = 3;

/// Batches without anybody, one after another, that are believed. Source: our choice.
const TOMME_MAKS: u32 = 10_000;

/// What is fetched of those in a batch.
#[derive(Clone)]
pub struct Innhold {
    pub klient: Arc<Klient>,
    /// Documents, or identifiers alone.
    pub dokumenter: bool,
    pub part: Arc<[String]>,
}

impl Innhold {
    /// The lines of one piece.
    async fn linjer(self, del: Identifikatorer, siste: bool) -> Result<Linjer, Feil> {
        let antall = del.antall();
        let (byte, skrevet) = if self.dokumenter && antall > 0 {
            self.dokumentlinjer(&del).await?
        } else {
            (del.som_linjer().into_bytes(), antall)
        };
        let som_tall = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        Ok(Linjer {
            byte,
            antall: som_tall(antall),
            mangler: som_tall(antall.saturating_sub(skrevet)),
            siste,
        })
    }

    async fn dokumentlinjer(&self, del: &Identifikatorer) -> Result<(Vec<u8>, usize), Feil> {
        let part: Vec<&str> = self.part.iter().map(String::as_str).collect();
        let personer: Vec<_> = match del {
            Identifikatorer::Personer(numre) => {
                // As ordered, so that the file has them in the order of the batch, however often it is fetched.
                let svar = self.klient.bulkoppslag(numre, &part, true).await?;
                svar.into_iter().filter_map(|s| s.person).collect()
            }
            Identifikatorer::Dokumenter(numre) => self.klient.bulkoppslag_arkiv(numre, &part).await?,
        };
        let antall = personer.len();
        let mut byte = Vec::new();
        for person in personer {
            let linje = serde_json::Value::Object(person.into_objekt());
            byte.extend_from_slice(linje.to_string().as_bytes());
            byte.push(b'\n');
        }
        Ok((byte, antall))
    }
}

/// Reads the rest of a job into its file. What is written so far counts when this returns an error; whoever stops it from
/// outside must have it noted.
pub async fn hent(innhold: &Innhold, jobb: &Jobb, ut: &mut Utfil, linje: &ProgressBar) -> Result<()> {
    let utfall = hent_til_slutt(innhold, jobb, ut, linje).await;
    ut.noter()?;
    utfall
}

async fn hent_til_slutt(innhold: &Innhold, jobb: &Jobb, ut: &mut Utfil, linje: &ProgressBar) -> Result<()> {
    let mut under_veis: VecDeque<JoinHandle<Result<Linjer, Feil>>> = VecDeque::new();
    let mut deler: VecDeque<(Identifikatorer, bool)> = VecDeque::new();
    let mut batch = ut.tilstand().batch;
    let mut tomme = 0;
    let mut slutt = false;
    let mut stans: Option<Feil> = None;
    let mut pauser = Pauser::default();
    let mut ikke_foer: Option<Instant> = None;
    loop {
        while under_veis.len() < SAMTIDIG {
            if let Some((del, siste)) = deler.pop_front() {
                under_veis.push_back(tokio::spawn(innhold.clone().linjer(del, siste)));
                continue;
            }
            if slutt || stans.is_some() {
                break;
            }
            if let Some(vent) = ikke_foer.map(|t| t.saturating_duration_since(Instant::now())) {
                if !under_veis.is_empty() && !vent.is_zero() {
                    break;
                }
                linje.set_message("venter på at uttrekket blir klart");
                tokio::time::sleep(vent).await;
            }
            let lest = match innhold.klient.uttrekksbatch(jobb, batch).await {
                Ok(lest) => lest,
                // What is under way is paid for, and is written before anything is said of what comes after it.
                Err(feil) => {
                    stans = Some(feil);
                    break;
                }
            };
            match lest {
                Batch::Slutt => slutt = true,
                Batch::IkkeKlar(bedt_om_s) => {
                    ikke_foer = Some(Instant::now() + pauser.neste(bedt_om_s));
                    if under_veis.is_empty() {
                        ut.noter()?;
                    }
                }
                Batch::Identifikatorer(lest) => {
                    (ikke_foer, pauser) = (None, Pauser::default());
                    linje.set_message("");
                    tomme = if lest.antall() == 0 { tomme + 1 } else { 0 };
                    ensure!(
                        tomme <= TOMME_MAKS,
                        "tjenesten gir tomme batcher uten å si at det er slutt"
                    );
                    deler = del_opp(lest);
                    batch = batch.saturating_add(1);
                }
            }
        }
        let Some(foerste) = under_veis.pop_front() else {
            return stans.map_or(Ok(()), |feil| Err(feil.into()));
        };
        let linjer = foerste.await.context("et kall ble avbrutt")??;
        ut.skriv(&linjer)?;
        linje.inc(linjer.antall);
    }
}

/// The pieces of a batch, each with whether it is the last. A batch without anybody is one piece: it has been read, too.
fn del_opp(lest: Identifikatorer) -> VecDeque<(Identifikatorer, bool)> {
    if lest.antall() == 0 {
        return [(lest, true)].into();
    }
    let deler = lest.i_deler();
    let antall = deler.len();
    deler
        .into_iter()
        .zip(1..)
        .map(|(del, nr)| (del, nr == antall))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_of_any_size_ends_once() {
        for (antall, ventet) in [(0, 1), (3, 1), (1_000, 1), (1_001, 2), (2_500, 3)] {
            let deler = del_opp(Identifikatorer::Dokumenter(vec!["a".to_owned(); antall]));
            assert_eq!(deler.len(), ventet, "{antall}");
            assert_eq!(deler.iter().map(|d| d.0.antall()).sum::<usize>(), antall);
            let siste: Vec<_> = deler.iter().map(|d| d.1).collect();
            assert_eq!(siste.iter().position(|s| *s), Some(ventet - 1), "{antall}");
        }
    }
}
