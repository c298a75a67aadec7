//! Changes: what a commit does to persons becomes what it does to sets.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use lager::{Indeksnoekkel, Les, Skriv, Tabell};
use tilgang::Publikum;

use super::blokkmengde::Blokkmengde;
use super::mengde::{Blokk, Kortsegl, Oversikt, endre_mengde, kortsegl, les_mengde, person, plass, skriv_mengde};
use super::{
    Indeks, Merke, Noekkel, ORDBOK, REGISTER, SKADET, Sted, begynnelse, blokkplass, hent, les_tekster, noekkel, ordnet,
    skriv_tekster,
};
use crate::Feil;
use crate::visning::Termer;

/// Changes the index: what happens to each person is gathered, and each set is read and written once.
pub(crate) struct Endrer<'i> {
    tabell: Tabell,
    indeks: &'i Indeks,
    noekkel: Arc<Indeksnoekkel>,
    merker: HashMap<Vec<u8>, Merke>,
    endringer: BTreeMap<(Publikum, Merke), Termendring>,
}

/// What happens to a term.
#[derive(Default)]
struct Termendring {
    /// Its kind and text, where it can be listed.
    ordnet: Option<(u8, String)>,
    /// By block: places, and whether the person comes or goes.
    personer: BTreeMap<u16, Vec<(u16, bool)>>,
}

impl<'i> Endrer<'i> {
    /// Of the index that lies there.
    pub fn new(sted: Sted, indeks: &'i Indeks) -> Self {
        Endrer {
            tabell: sted.tabell,
            indeks,
            noekkel: sted.noekkel,
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
            self.indeks.minne.merk(&merke, skriv.id());
            let sted = noekkel(publikum, &merke, REGISTER);
            let lagret = self.hent(skriv, &sted)?;
            let foer = lagret.as_deref().map_or(Ok(Oversikt::default()), Oversikt::les)?;
            let var_noen = foer.antall() > 0;
            let etter = self.endret(skriv, publikum, &merke, foer, endring.personer)?;
            let er_noen = etter.antall() > 0;
            self.sett(skriv, &sted, er_noen.then(|| etter.skriv()))?;
            match &endring.ordnet {
                Some((slag, tekst)) if var_noen != er_noen => {
                    self.list(skriv, publikum, *slag, tekst, er_noen)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    // What the first row is to say; the blocks are written.
    fn endret(
        &self,
        skriv: &mut Skriv<'_>,
        publikum: Publikum,
        merke: &Merke,
        foer: Oversikt,
        personer: BTreeMap<u16, Vec<(u16, bool)>>,
    ) -> Result<Oversikt, Feil> {
        let sted = |blokk: u16| Ok::<_, Feil>(noekkel(publikum, merke, blokkplass(blokk)?));
        match foer {
            Oversikt::Samlet(foer) => {
                let mut alle: BTreeSet<u32> = foer.into_iter().collect();
                for (blokk, personer) in personer {
                    for (plass, inn) in personer {
                        let person = person(blokk, plass);
                        let endret = if inn { alle.insert(person) } else { alle.remove(&person) };
                        // Who comes must not have been there, and who goes must.
                        if !endret {
                            return Err(SKADET);
                        }
                    }
                }
                if Oversikt::er_samlet(alle.len() as u64) {
                    return Ok(Oversikt::Samlet(alle.into_iter().collect()));
                }
                let alle: Vec<u32> = alle.into_iter().collect();
                let mut blokker = Vec::new();
                for personer in alle.chunk_by(|a, b| plass(*a).0 == plass(*b).0) {
                    let nr = personer.first().map_or(0, |p| plass(*p).0);
                    let mengde = Blokkmengde::av_stigende(personer.iter().map(|p| plass(*p).1).collect());
                    let segl = self.sett(skriv, &sted(nr)?, Some(skriv_mengde(&mengde)))?;
                    let antall = u32::try_from(personer.len()).map_err(|_| SKADET)?;
                    blokker.push(Blokk { nr, antall, segl });
                }
                Ok(Oversikt::Blokker(blokker))
            }
            Oversikt::Blokker(foer) => {
                let mut blokker: BTreeMap<u16, Blokk> = foer.into_iter().map(|b| (b.nr, b)).collect();
                for (nr, personer) in personer {
                    let mengde = blokker.remove(&nr).map(|b| self.mengde(skriv, publikum, merke, b));
                    let mut mengde = mengde.transpose()?.unwrap_or_default();
                    endre_mengde(&mut mengde, &personer)?;
                    let noen = !mengde.er_tom();
                    let segl = self.sett(skriv, &sted(nr)?, noen.then(|| skriv_mengde(&mengde)))?;
                    if noen {
                        let antall = u32::try_from(mengde.antall()).map_err(|_| SKADET)?;
                        blokker.insert(nr, Blokk { nr, antall, segl });
                    }
                }
                if !Oversikt::er_samlet(blokker.values().map(|b| u64::from(b.antall)).sum()) {
                    return Ok(Oversikt::Blokker(blokker.into_values().collect()));
                }
                let mut alle = Vec::new();
                for (nr, blokk) in blokker {
                    let mengde = self.mengde(skriv, publikum, merke, blokk)?;
                    alle.extend(mengde.plasser().map(|plass| person(nr, plass)));
                    self.sett(skriv, &sted(nr)?, None)?;
                }
                Ok(Oversikt::Samlet(alle))
            }
        }
    }

    // What lies in a block, as the first row says that it was left.
    fn mengde(&self, les: &Les<'_>, publikum: Publikum, merke: &Merke, blokk: Blokk) -> Result<Blokkmengde, Feil> {
        let sted = noekkel(publikum, merke, blokkplass(blokk.nr)?);
        let forseglet = self.tabell.hent(les, &sted)?.ok_or(SKADET)?;
        if kortsegl(forseglet) != blokk.segl {
            return Err(SKADET);
        }
        les_mengde(&self.noekkel.aapne(&sted, forseglet)?)
    }

    // Lists a text among those that begin as it does, or takes it off.
    fn list(&self, skriv: &mut Skriv<'_>, publikum: Publikum, slag: u8, tekst: &str, inn: bool) -> Result<(), Feil> {
        let begynnelsen = self.noekkel.merke(&begynnelse(slag, tekst));
        let sted = noekkel(publikum, &begynnelsen, ORDBOK);
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
        self.indeks.minne.merk(&begynnelsen, skriv.id());
        self.sett(skriv, &sted, verdi)?;
        Ok(())
    }

    fn hent(&self, les: &Les<'_>, sted: &Noekkel) -> Result<Option<Vec<u8>>, Feil> {
        hent(self.tabell, &self.noekkel, les, sted)
    }

    // Seals a value, or takes it away, and gives the end of the seal.
    fn sett(&self, skriv: &mut Skriv<'_>, sted: &Noekkel, verdi: Option<Vec<u8>>) -> Result<Kortsegl, Feil> {
        match verdi {
            None => {
                self.tabell.slett(skriv, sted)?;
                Ok(Kortsegl::default())
            }
            Some(mut verdi) => {
                self.noekkel.forsegl(sted, &mut verdi)?;
                self.tabell.sett(skriv, sted, &verdi)?;
                Ok(kortsegl(&verdi))
            }
        }
    }
}
