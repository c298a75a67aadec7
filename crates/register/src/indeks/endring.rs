//! Changes: what a commit does to persons becomes what it does to sets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lager::{Indeksnoekkel, Les, Skriv, Tabell};
use tilgang::Publikum;

use super::{
    Blokker, Merke, Noekkel, ORDBOK, REGISTER, SKADET, begynnelse, blokkplass, endre_mengde, hent, les_blokker,
    les_tekster, noekkel, ordnet, plass, skriv_blokker, skriv_tekster,
};
use crate::Feil;
use crate::visning::Termer;

/// Changes the index: what happens to each person is gathered, and each set is read and written once.
pub(crate) struct Endrer<'i> {
    tabell: Tabell,
    noekkel: &'i Indeksnoekkel,
    merker: HashMap<Vec<u8>, Merke>,
    endringer: BTreeMap<(Publikum, Merke), Termendring>,
}

/// What happens to a term.
#[derive(Default)]
struct Termendring {
    /// Its kind and text, where it can be listed.
    ordnet: Option<(u8, String)>,
    /// By block: places, and whether the person comes or goes.
    personer: BTreeMap<u16, Vec<(u32, bool)>>,
}

impl<'i> Endrer<'i> {
    pub fn new(tabell: Tabell, noekkel: &'i Indeksnoekkel) -> Self {
        Endrer {
            tabell,
            noekkel,
            merker: HashMap::new(),
            endringer: BTreeMap::new(),
        }
    }

    /// Puts a person under the terms it has now instead of those it had. Nothing is written yet.
    pub fn endre(&mut self, person: u32, foer: &Termer, etter: &Termer) {
        let (mut ut, mut inn) = (foer.alle().peekable(), etter.alle().peekable());
        // Both in order: what is in one alone, or for others, is what changed.
        loop {
            let (term, fra, til) = match (ut.peek(), inn.peek()) {
                (None, None) => return,
                (Some((a, p)), Some((b, q))) if a == b => (*a, Some(*p), Some(*q)),
                (Some((a, p)), Some((b, _))) if a < b => (*a, Some(*p), None),
                (Some((a, p)), None) => (*a, Some(*p), None),
                (_, Some((b, q))) => (*b, None, Some(*q)),
            };
            if fra.is_some() {
                ut.next();
            }
            if til.is_some() {
                inn.next();
            }
            if fra != til {
                for (publikum, inn) in [(fra, false), (til, true)] {
                    if let Some(publikum) = publikum {
                        self.flytt(publikum, term, person, inn);
                    }
                }
            }
        }
    }

    fn flytt(&mut self, publikum: Publikum, term: &[u8], person: u32, inn: bool) {
        let merke = match self.merker.get(term) {
            Some(merke) => *merke,
            None => {
                let merke = self.noekkel.merke(term);
                self.merker.insert(term.to_vec(), merke);
                merke
            }
        };
        let (blokk, plass) = plass(person);
        let endring = self.endringer.entry((publikum, merke)).or_insert_with(|| Termendring {
            ordnet: ordnet(term).map(|(slag, tekst)| (slag, tekst.to_owned())),
            ..Termendring::default()
        });
        endring.personer.entry(blokk).or_default().push((plass, inn));
    }

    /// Writes what has been gathered.
    pub fn skriv(mut self, skriv: &mut Skriv<'_>) -> Result<(), Feil> {
        for ((publikum, merke), endring) in std::mem::take(&mut self.endringer) {
            let register = noekkel(publikum, &merke, REGISTER);
            let lagret = self.hent(skriv, &register)?;
            let foer = lagret.as_deref().map_or(Ok(Blokker::new()), les_blokker)?;
            let mut blokker: BTreeMap<u16, u32> = foer.iter().copied().collect();
            for (blokk, personer) in endring.personer {
                let sted = noekkel(publikum, &merke, blokkplass(blokk)?);
                let (mengde, antall) = endre_mengde(self.hent(skriv, &sted)?, &personer)?;
                if antall == 0 {
                    blokker.remove(&blokk);
                } else {
                    blokker.insert(blokk, u32::try_from(antall).map_err(|_| SKADET)?);
                }
                self.sett(skriv, &sted, (antall > 0).then_some(mengde))?;
            }
            let blokker: Blokker = blokker.into_iter().collect();
            if blokker != foer {
                self.sett(skriv, &register, (!blokker.is_empty()).then(|| skriv_blokker(&blokker)))?;
            }
            match &endring.ordnet {
                Some((slag, tekst)) if foer.is_empty() != blokker.is_empty() => {
                    self.list(skriv, publikum, *slag, tekst, foer.is_empty())?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    // Lists a text among those that begin as it does, or takes it off.
    fn list(&self, skriv: &mut Skriv<'_>, publikum: Publikum, slag: u8, tekst: &str, inn: bool) -> Result<(), Feil> {
        let sted = noekkel(publikum, &self.noekkel.merke(&begynnelse(slag, tekst)), ORDBOK);
        let mut tekster = match self.hent(skriv, &sted)? {
            Some(byte) => les_tekster(&byte)?,
            None => BTreeSet::new(),
        };
        if inn {
            tekster.insert(tekst.to_owned());
        } else {
            tekster.remove(tekst);
        }
        let verdi = (!tekster.is_empty()).then(|| skriv_tekster(tekster.iter().map(String::as_str)));
        self.sett(skriv, &sted, verdi)
    }

    fn hent(&self, les: &Les<'_>, sted: &Noekkel) -> Result<Option<Vec<u8>>, Feil> {
        hent(self.tabell, self.noekkel, les, sted)
    }

    fn sett(&self, skriv: &mut Skriv<'_>, sted: &Noekkel, verdi: Option<Vec<u8>>) -> Result<(), Feil> {
        match verdi {
            None => {
                self.tabell.slett(skriv, sted)?;
            }
            Some(mut verdi) => {
                self.noekkel.forsegl(sted, &mut verdi)?;
                self.tabell.sett(skriv, sted, &verdi)?;
            }
        }
        Ok(())
    }
}
