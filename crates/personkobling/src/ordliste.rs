//! Words, each once, with a number and how many have it.

use std::collections::HashMap;

/// The number of a word.
pub(crate) type Ordnummer = u32;

/// Words in the order that they came.
#[derive(Default)]
pub(crate) struct Ordliste {
    nummer: HashMap<Box<str>, Ordnummer>,
    tekst: String,
    slutt: Vec<u32>,
    antall: Vec<u32>,
}

impl Ordliste {
    /// The number of a word, which has one more that has it.
    pub(crate) fn legg_til(&mut self, ord: &str) -> Ordnummer {
        let nr = match self.finn(ord) {
            Some(nr) => nr,
            None => {
                let nr = u32::try_from(self.slutt.len()).unwrap_or(u32::MAX);
                self.tekst.push_str(ord);
                self.slutt.push(u32::try_from(self.tekst.len()).unwrap_or(u32::MAX));
                self.antall.push(0);
                self.nummer.insert(ord.into(), nr);
                nr
            }
        };
        if let Some(antall) = self.antall.get_mut(nr as usize) {
            *antall = antall.saturating_add(1);
        }
        nr
    }

    pub(crate) fn finn(&self, ord: &str) -> Option<Ordnummer> {
        self.nummer.get(ord).copied()
    }

    pub(crate) fn ord(&self, nr: Ordnummer) -> &str {
        let nr = nr as usize;
        let fra = nr
            .checked_sub(1)
            .and_then(|foer| self.slutt.get(foer))
            .copied()
            .unwrap_or(0);
        let til = self.slutt.get(nr).copied().unwrap_or(0);
        self.tekst.get(fra as usize..til as usize).unwrap_or_default()
    }

    /// How many have it.
    pub(crate) fn antall(&self, nr: Ordnummer) -> u32 {
        self.antall.get(nr as usize).copied().unwrap_or(0)
    }
}
