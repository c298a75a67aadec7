//! Reading: where terms lead, for one projection at one moment.

use std::sync::Arc;

use lager::{Indeksnoekkel, Les, Tabell};
use roaring::RoaringBitmap;
use tilgang::{Projeksjon, Publikum};

use super::minne::{KAN_HUSKES, Minne};
use super::{
    Blokker, Indeks, Merke, Noekkel, ORDBOK, REGISTER, SKADET, begynnelse, blokkplass, hent, hver_tekst, les_blokker,
    les_mengde, les_noekkel, noekkel,
};
use crate::Feil;

/// Where terms lead one projection: whoever is under one of them.
#[derive(Clone, Debug, Default)]
pub struct Treff {
    deler: Vec<(Publikum, Merke, Blokker)>,
}

impl Treff {
    /// Whoever the other leads to, too.
    pub fn og(&mut self, annet: Treff) {
        self.deler.extend(annet.deler);
    }

    /// How many persons.
    #[must_use]
    pub fn antall(&self) -> u64 {
        self.deler
            .iter()
            .flat_map(|(_, _, blokker)| blokker)
            .map(|(_, antall)| u64::from(*antall))
            .sum()
    }

    /// The blocks that they are in.
    pub fn blokker(&self) -> impl Iterator<Item = u16> + '_ {
        self.deler
            .iter()
            .flat_map(|(_, _, blokker)| blokker)
            .map(|(blokk, _)| *blokk)
    }
}

/// The index, as one projection may be led by it, at one moment.
pub struct Indekslesing<'l> {
    tabell: Tabell,
    les: &'l Les<'l>,
    noekkel: Arc<Indeksnoekkel>,
    publikum: Vec<Publikum>,
    minne: &'l Minne,
}

impl std::fmt::Debug for Indekslesing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Indekslesing")
    }
}

impl<'l> Indekslesing<'l> {
    pub(crate) fn new(
        indeks: &'l Indeks,
        tabell: Tabell,
        meta: Tabell,
        les: &'l Les<'l>,
        projeksjon: Projeksjon,
    ) -> Result<Self, Feil> {
        let noekkel = indeks.noekkel_til(meta, les)?.ok_or(Feil::Skadet("indeksen mangler"))?;
        // Every public that anybody is led by, and of those the ones with this projection in them.
        let alle = indeks.minne.publikum(les.id(), || publikum(tabell, les))?;
        Ok(Indekslesing {
            tabell,
            les,
            noekkel,
            publikum: alle.iter().copied().filter(|p| p.har(projeksjon)).collect(),
            minne: &indeks.minne,
        })
    }

    /// Where a term leads.
    ///
    /// # Errors
    /// [`Feil`] if the index is damaged.
    pub fn term(&self, slag: u8, verdi: &[u8]) -> Result<Treff, Feil> {
        let mut term = Vec::with_capacity(verdi.len() + 1);
        term.push(slag);
        term.extend_from_slice(verdi);
        let merke = self.noekkel.merke(&term);
        let mut deler = Vec::new();
        for &publikum in &self.publikum {
            if let Some(byte) = self.hent(&noekkel(publikum, &merke, REGISTER))? {
                deler.push((publikum, merke, les_blokker(&byte)?));
            }
        }
        Ok(Treff { deler })
    }

    /// The persons of a block that a term leads to, by the low 16 bits of their numbers.
    ///
    /// # Errors
    /// [`Feil`] if the index is damaged.
    pub fn personer(&self, treff: &Treff, blokk: u16) -> Result<RoaringBitmap, Feil> {
        let mut ut = RoaringBitmap::new();
        self.hver_mengde(treff, blokk, |mengde| {
            if ut.is_empty() {
                ut = Arc::unwrap_or_clone(mengde);
            } else {
                ut |= &*mengde;
            }
            true
        })?;
        Ok(ut)
    }

    /// Those of the persons of a block that a term leads to as well.
    ///
    /// # Errors
    /// [`Feil`] if the index is damaged.
    pub fn begrens(&self, personer: &mut RoaringBitmap, treff: &Treff, blokk: u16) -> Result<(), Feil> {
        let mut ut = RoaringBitmap::new();
        self.hver_mengde(treff, blokk, |mengde| {
            ut |= &*personer & &*mengde;
            // Everybody is led to: what is left leads nobody more.
            ut.len() < personer.len()
        })?;
        *personer = ut;
        Ok(())
    }

    // Calls for each set that a term has in a block, until told to stop.
    fn hver_mengde(
        &self,
        treff: &Treff,
        blokk: u16,
        mut ta: impl FnMut(Arc<RoaringBitmap>) -> bool,
    ) -> Result<(), Feil> {
        for (publikum, merke, blokker) in &treff.deler {
            let Ok(nr) = blokker.binary_search_by_key(&blokk, |(b, _)| *b) else {
                continue;
            };
            let antall = blokker.get(nr).map_or(0, |(_, antall)| *antall);
            if !ta(self.mengde(&noekkel(*publikum, merke, blokkplass(blokk)?), antall)?) {
                break;
            }
        }
        Ok(())
    }

    // The set that lies in a place, of so many as the term's register says that there are.
    fn mengde(&self, sted: &Noekkel, antall: u32) -> Result<Arc<RoaringBitmap>, Feil> {
        let (kontroll, transaksjon) = (self.noekkel.kontroll(), self.les.id());
        let mut lest = None;
        let mut les = || match self.tabell.hent(self.les, sted) {
            Ok(byte) => byte,
            Err(feil) => {
                lest = Some(feil);
                None
            }
        };
        if antall >= KAN_HUSKES
            && let Some(mengde) = self.minne.hent(kontroll, sted, transaksjon, &mut les)
        {
            return if mengde.len() == u64::from(antall) {
                Ok(mengde)
            } else {
                Err(SKADET)
            };
        }
        let forseglet = les();
        if let Some(feil) = lest {
            return Err(feil.into());
        }
        // The term's register says that they are there.
        let forseglet = forseglet.ok_or(SKADET)?;
        let mengde = Arc::new(les_mengde(&self.noekkel.aapne(sted, forseglet)?)?);
        if mengde.len() != u64::from(antall) {
            return Err(SKADET);
        }
        self.minne.husk(kontroll, sted, transaksjon, forseglet, &mengde);
        Ok(mengde)
    }

    /// Where all terms of a kind lead whose text begins so; at least three characters.
    ///
    /// # Errors
    /// [`Feil`] if the index is damaged.
    pub fn som_begynner(&self, slag: u8, start: &str) -> Result<Treff, Feil> {
        let begynnelse = self.noekkel.merke(&begynnelse(slag, start));
        let mut ut = Treff::default();
        for &publikum in &self.publikum {
            let Some(byte) = self.hent(&noekkel(publikum, &begynnelse, ORDBOK))? else {
                continue;
            };
            hver_tekst(&byte, |tekst| {
                if !tekst.starts_with(start) {
                    return Ok(());
                }
                let mut term = Vec::with_capacity(tekst.len() + 1);
                term.push(slag);
                term.extend_from_slice(tekst.as_bytes());
                let merke = self.noekkel.merke(&term);
                // A text is listed while somebody has it.
                let byte = self.hent(&noekkel(publikum, &merke, REGISTER))?.ok_or(SKADET)?;
                ut.deler.push((publikum, merke, les_blokker(&byte)?));
                Ok(())
            })?;
        }
        Ok(ut)
    }

    fn hent(&self, sted: &Noekkel) -> Result<Option<Vec<u8>>, Feil> {
        hent(self.tabell, &self.noekkel, self.les, sted)
    }
}

fn publikum(tabell: Tabell, les: &Les<'_>) -> Result<Vec<Publikum>, Feil> {
    let mut ut = Vec::new();
    let mut neste = Some(0u16);
    while let Some(fra) = neste {
        let Some(rad) = tabell.fra(les, &fra.to_be_bytes())?.next() else {
            break;
        };
        let (funnet, _, _) = les_noekkel(rad?.0)?;
        ut.push(funnet);
        neste = funnet.tall().checked_add(1);
    }
    Ok(ut)
}
