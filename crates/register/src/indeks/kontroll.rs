//! The check: the index holds what the records give, and nothing else.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use lager::{Indeksnoekkel, Les, Tabell};
use tilgang::Publikum;

use super::{
    Blokker, Indeks, Merke, Noekkel, ORDBOK, REGISTER, begynnelse, les_blokker, les_mengde, les_noekkel, les_tekster,
    noekkel, ordnet,
};
use crate::Feil;
use crate::visning::Termer;

/// Marks that the check remembers at a time.
const HUSKEDE_MERKER: usize = 200_000;

/// Holds an index against the records it should be made of, without keeping either: each person under each term adds a
/// number to a sum, once from the records and once from the index.
pub(crate) struct Indekskontroll {
    noekkel: Arc<Indeksnoekkel>,
    merker: HashMap<Vec<u8>, Merke>,
    sum: u128,
    tekster: u128,
    antall: u64,
    sett: BTreeSet<(Publikum, u64)>,
}

// Mixed so that no two places of one sum cancel another two.
fn tall(noekkel: &Noekkel, person: u32) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    (noekkel, person).hash(&mut hasher);
    hasher.finish()
}

fn teksttall(noekkel: &Noekkel, tekst: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    (noekkel, tekst).hash(&mut hasher);
    hasher.finish()
}

impl Indekskontroll {
    /// `None` where the index is not said to be whole.
    pub fn new(indeks: &Indeks, meta: Tabell, les: &Les<'_>) -> Result<Option<Self>, Feil> {
        Ok(indeks.noekkel_til(meta, les)?.map(|noekkel| Indekskontroll {
            noekkel,
            merker: HashMap::new(),
            sum: 0,
            tekster: 0,
            antall: 0,
            sett: BTreeSet::new(),
        }))
    }

    /// Adds what a record should give.
    pub fn ta(&mut self, person: u32, termer: &Termer) {
        for (term, publikum) in termer.alle() {
            if self.merker.len() > HUSKEDE_MERKER {
                self.merker.clear();
            }
            let merke = match self.merker.get(term) {
                Some(merke) => *merke,
                None => {
                    let merke = self.noekkel.merke(term);
                    self.merker.insert(term.to_vec(), merke);
                    merke
                }
            };
            self.antall += 1;
            self.sum = self
                .sum
                .wrapping_add(u128::from(tall(&noekkel(publikum, &merke, 0), person)));
            if let Some((slag, tekst)) = ordnet(term) {
                let merke = self.noekkel.merke(&begynnelse(slag, tekst));
                let sted = noekkel(publikum, &merke, ORDBOK);
                let tall = teksttall(&sted, tekst);
                if self.sett.insert((publikum, tall)) {
                    self.tekster = self.tekster.wrapping_add(u128::from(tall));
                }
            }
        }
    }

    /// Whether the index has that and nothing else.
    pub fn stemmer(self, tabell: Tabell, les: &Les<'_>) -> Result<bool, Feil> {
        let (mut sum, mut tekster, mut antall) = (0u128, 0u128, 0u64);
        let mut ventet: Option<(Publikum, Merke, Blokker)> = None;
        for rad in tabell.fra(les, &[])? {
            let (byte, verdi) = rad?;
            let (publikum, merke, sted) = les_noekkel(byte)?;
            let verdi = self.noekkel.aapne(byte, verdi)?;
            match sted {
                REGISTER => {
                    if ventet.is_some_and(|(_, _, blokker)| !blokker.is_empty()) {
                        return Ok(false);
                    }
                    ventet = Some((publikum, merke, les_blokker(&verdi)?));
                }
                ORDBOK => {
                    let sted = noekkel(publikum, &merke, ORDBOK);
                    for tekst in les_tekster(&verdi)? {
                        tekster = tekster.wrapping_add(u128::from(teksttall(&sted, &tekst)));
                    }
                }
                _ => {
                    let blokk = sted - 1;
                    let mengde = les_mengde(&verdi)?;
                    // The register of the term lies before its blocks, and says which come.
                    let neste = ventet
                        .as_mut()
                        .filter(|(p, m, b)| *p == publikum && *m == merke && !b.is_empty())
                        .map(|(_, _, blokker)| blokker.remove(0));
                    if neste.map(|(b, n)| (b, u64::from(n))) != Some((blokk, mengde.len())) {
                        return Ok(false);
                    }
                    antall += mengde.len();
                    for person in mengde {
                        let person = u32::from(blokk) << 16 | person;
                        sum = sum.wrapping_add(u128::from(tall(&noekkel(publikum, &merke, 0), person)));
                    }
                }
            }
        }
        let rest = ventet.is_some_and(|(_, _, blokker)| !blokker.is_empty());
        Ok(!rest && sum == self.sum && tekster == self.tekster && antall == self.antall)
    }
}
