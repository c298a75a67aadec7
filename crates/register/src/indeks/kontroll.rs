//! The check: the index holds what the records give, and nothing else.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use lager::{Indeksnoekkel, Les, Tabell};
use tilgang::Publikum;

use super::mengde::{Blokk, Oversikt, kortsegl, les_mengde, person};
use super::{Indeks, Merke, Noekkel, ORDBOK, REGISTER, begynnelse, les_noekkel, les_tekster, noekkel, ordnet};
use crate::Feil;
use crate::visning::Termer;

/// Marks that the check remembers at a time.
const HUSKEDE_MERKER: usize = 200_000;

/// Holds an index against the records it should be made of, without keeping either: each person under each term adds a
/// number to a sum, once from the records and once from the index.
pub(crate) struct Indekskontroll {
    tabell: Tabell,
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
        Ok(indeks.sted(meta, les)?.map(|sted| Indekskontroll {
            tabell: sted.tabell,
            noekkel: sted.noekkel,
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
    pub fn stemmer(self, les: &Les<'_>) -> Result<bool, Feil> {
        let mut funnet = Funnet::default();
        // The term whose blocks come, and those that have not come yet, the next one last.
        let mut ventet: Option<(Publikum, Merke, Vec<Blokk>)> = None;
        for rad in self.tabell.fra(les, &[])? {
            let (byte, forseglet) = rad?;
            let (publikum, merke, sted) = les_noekkel(byte)?;
            let verdi = self.noekkel.aapne(byte, forseglet)?;
            match sted {
                REGISTER => {
                    if ventet.is_some_and(|(_, _, blokker)| !blokker.is_empty()) {
                        return Ok(false);
                    }
                    let oversikt = Oversikt::les(&verdi)?;
                    let samlet = Oversikt::er_samlet(oversikt.antall());
                    ventet = match oversikt {
                        Oversikt::Samlet(personer) if samlet => {
                            funnet.ta(&noekkel(publikum, &merke, 0), personer);
                            None
                        }
                        Oversikt::Blokker(mut blokker) if !samlet => {
                            blokker.reverse();
                            Some((publikum, merke, blokker))
                        }
                        // One that has more or fewer than it should have in that form was not written so.
                        _ => return Ok(false),
                    };
                }
                ORDBOK => {
                    let sted = noekkel(publikum, &merke, ORDBOK);
                    for tekst in les_tekster(&verdi)? {
                        funnet.tekster = funnet.tekster.wrapping_add(u128::from(teksttall(&sted, &tekst)));
                    }
                }
                _ => {
                    let mengde = les_mengde(&verdi)?;
                    // The first row of the term lies before its blocks, and says which come.
                    let neste = ventet
                        .as_mut()
                        .filter(|(p, m, _)| *p == publikum && *m == merke)
                        .and_then(|(_, _, blokker)| blokker.pop());
                    let her = Blokk {
                        nr: sted - 1,
                        antall: u32::try_from(mengde.antall()).unwrap_or_default(),
                        segl: kortsegl(forseglet),
                    };
                    if neste != Some(her) {
                        return Ok(false);
                    }
                    let personer = mengde.plasser().map(|plass| person(her.nr, plass));
                    funnet.ta(&noekkel(publikum, &merke, 0), personer);
                }
            }
        }
        let rest = ventet.is_some_and(|(_, _, blokker)| !blokker.is_empty());
        Ok(!rest && funnet.sum == self.sum && funnet.tekster == self.tekster && funnet.antall == self.antall)
    }
}

/// What the index has.
#[derive(Default)]
struct Funnet {
    sum: u128,
    tekster: u128,
    antall: u64,
}

impl Funnet {
    fn ta(&mut self, sted: &Noekkel, personer: impl IntoIterator<Item = u32>) {
        for person in personer {
            self.antall += 1;
            self.sum = self.sum.wrapping_add(u128::from(tall(sted, person)));
        }
    }
}
