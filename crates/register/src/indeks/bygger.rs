//! A whole index at once: after a load, and when it is made again.

use std::cmp::{Ordering, Reverse};
use std::collections::binary_heap::PeekMut;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use std::io::{BufReader, Read, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lager::forsegling::Noekkel as Hemmelig;
use lager::{Indeksnoekkel, Skriv, Tabell};
use tilgang::Publikum;

use super::blokkmengde::Blokkmengde;
use super::mengde::{Blokk, Oversikt, kortsegl, les_mengde, person, plass, skriv_mengde};
use super::{
    Merke, Noekkel, ORDBOK, REGISTER, SKADET, TILLEGG_BYTE, begynnelse, blokkplass, noekkel, ordnet, skriv_tekster,
};
use crate::Feil;
use crate::visning::Termer;

/// Makes an index of many persons, given in rising order.
///
/// What has been gathered of a block is put aside when the next begins, sealed under a key that nobody else ever has; in the
/// end the blocks are read side by side and written in the order of their keys, each page once and full.
pub(crate) struct Bygger {
    noekkel: Arc<Indeksnoekkel>,
    /// Seals what is put aside, and is gone with this.
    arbeidsnoekkel: Arc<Indeksnoekkel>,
    /// Where blocks are put aside.
    mappe: PathBuf,
    blokk: u16,
    /// The number of each term of a public.
    kjente: HashMap<Termplass, u32>,
    /// By number: where a term stands.
    termer: Vec<(Publikum, Merke)>,
    /// Who is under which term in the block: the term's number, and the person's place in the last 16 bits.
    i_blokken: Vec<u64>,
    tekster: BTreeMap<(Publikum, Vec<u8>), BTreeSet<String>>,
    lagt_til_side: Vec<Boks>,
}

/// A term of a public, to be found again; most are short, and lie where they are compared.
#[derive(PartialEq, Eq, Hash)]
enum Termplass {
    /// Number of bytes, then the term.
    Kort(Publikum, [u8; KORT_BYTE]),
    Lang(Publikum, Box<[u8]>),
}

const KORT_BYTE: usize = 20;

/// Takes the rows of an index, each where it is to lie.
type Mottaker<'m> = dyn FnMut(&[u8], &[u8]) -> Result<(), Feil> + 'm;

impl Termplass {
    fn new(publikum: Publikum, term: &[u8]) -> Self {
        let mut kort = [0; KORT_BYTE];
        if let (Ok(lengde), Some((foerste, plass))) = (u8::try_from(term.len()), kort.split_first_mut())
            && let Some(plass) = plass.get_mut(..term.len())
        {
            *foerste = lengde;
            plass.copy_from_slice(term);
            return Termplass::Kort(publikum, kort);
        }
        Termplass::Lang(publikum, term.into())
    }
}

/// A block that is put aside: pages, each its length and then rows in order, sealed for its place in the block. A row is the
/// public, the mark, the length of the set and the set.
struct Boks {
    noekkel: Arc<Indeksnoekkel>,
    blokk: u16,
    side_nr: u64,
    side: std::io::Cursor<Vec<u8>>,
    leser: BufReader<Box<dyn Read + Send>>,
}

/// A page is sealed when it has grown past this. Units: bytes.
const SIDE_BYTE: usize = 32 * 1024;
/// Bytes of a row before its set.
const RADHODE_BYTE: usize = 2 + size_of::<Merke>() + 2;

/// A row of a block.
struct Boksrad {
    sted: (Publikum, Merke),
    blokk: u16,
    mengde: Vec<u8>,
}

// Where a page is: more bytes than any place of the index.
fn sidested(blokk: u16, nr: u64) -> [u8; 16] {
    let mut ut = *b"side00\0\0\0\0\0\0\0\0\0\0";
    let deler = blokk.to_be_bytes();
    let byte = deler.into_iter().chain(nr.to_be_bytes());
    ut.iter_mut().skip(6).zip(byte).for_each(|(til, fra)| *til = fra);
    ut
}

impl Boks {
    fn neste(&mut self) -> Result<Option<Boksrad>, Feil> {
        let arbeidsfil = lager::Feil::arbeidsfil;
        if self.side.position() >= self.side.get_ref().len() as u64 {
            let mut lengde = [0; 4];
            match self.leser.read_exact(&mut lengde) {
                Ok(()) => {}
                Err(feil) if feil.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(feil) => return Err(arbeidsfil(feil).into()),
            }
            let mut side = vec![0; u32::from_be_bytes(lengde) as usize];
            self.leser.read_exact(&mut side).map_err(arbeidsfil)?;
            let side = self.noekkel.aapne(&sidested(self.blokk, self.side_nr), &side)?;
            self.side_nr += 1;
            self.side = std::io::Cursor::new(side);
        }
        let mut hode = [0; RADHODE_BYTE];
        self.side.read_exact(&mut hode).map_err(arbeidsfil)?;
        let (publikum, rest) = hode.split_first_chunk::<2>().ok_or(SKADET)?;
        let (merke, lengde) = rest.split_first_chunk().ok_or(SKADET)?;
        let lengde = lengde.try_into().map(u16::from_be_bytes).map_err(|_| SKADET)?;
        let mut mengde = vec![0; usize::from(lengde)];
        self.side.read_exact(&mut mengde).map_err(arbeidsfil)?;
        Ok(Some(Boksrad {
            sted: (Publikum::fra_tall(u16::from_be_bytes(*publikum)), *merke),
            blokk: self.blokk,
            mengde,
        }))
    }
}

impl Bygger {
    /// `mappe`: where blocks may be put aside, sealed.
    pub fn new(noekkel: Arc<Indeksnoekkel>, mappe: &Path) -> Result<Self, Feil> {
        Ok(Bygger {
            noekkel,
            arbeidsnoekkel: Arc::new(Indeksnoekkel::new(&Hemmelig::tilfeldig()?)?),
            mappe: mappe.to_owned(),
            blokk: 0,
            kjente: HashMap::new(),
            termer: Vec::new(),
            i_blokken: Vec::new(),
            tekster: BTreeMap::new(),
            lagt_til_side: Vec::new(),
        })
    }

    pub fn ta(&mut self, person: u32, termer: &Termer) -> Result<(), Feil> {
        let (blokk, plass) = plass(person);
        if blokk != self.blokk {
            let boks = self.pakk_blokk()?;
            let mut fil = lager::mappe::arbeidsfil(&self.mappe)?;
            fil.write_all(&boks)
                .and_then(|()| fil.rewind())
                .map_err(lager::Feil::arbeidsfil)?;
            self.legg_til_side(Box::new(fil));
            self.blokk = blokk;
        }
        for (term, publikum) in termer.alle() {
            let sted = Termplass::new(publikum, term);
            let nr = match self.kjente.get(&sted) {
                Some(nr) => *nr,
                None => self.ny_term(publikum, term, sted)?,
            };
            self.i_blokken.push(u64::from(nr) << 16 | u64::from(plass));
        }
        Ok(())
    }

    fn ny_term(&mut self, publikum: Publikum, term: &[u8], sted: Termplass) -> Result<u32, Feil> {
        let nr = u32::try_from(self.termer.len()).map_err(|_| SKADET)?;
        self.termer.push((publikum, self.noekkel.merke(term)));
        self.kjente.insert(sted, nr);
        if let Some((slag, tekst)) = ordnet(term) {
            let liste = self.tekster.entry((publikum, begynnelse(slag, tekst))).or_default();
            liste.insert(tekst.to_owned());
        }
        Ok(nr)
    }

    fn legg_til_side(&mut self, boks: Box<dyn Read + Send>) {
        self.lagt_til_side.push(Boks {
            noekkel: self.arbeidsnoekkel.clone(),
            blokk: self.blokk,
            side_nr: 0,
            side: std::io::Cursor::default(),
            leser: BufReader::with_capacity(64 * 1024, boks),
        });
    }

    // What has been gathered, sealed and in the order of the keys.
    fn pakk_blokk(&mut self) -> Result<Vec<u8>, Feil> {
        self.i_blokken.sort_unstable();
        let mut rader = Vec::with_capacity(64 * 1024);
        for personer in self.i_blokken.chunk_by(|a, b| a >> 16 == b >> 16) {
            let nr = personer
                .first()
                .and_then(|p| usize::try_from(p >> 16).ok())
                .ok_or(SKADET)?;
            rader.push((*self.termer.get(nr).ok_or(SKADET)?, personer));
        }
        rader.sort_unstable_by_key(|(sted, _)| *sted);
        let mut ut = Vec::with_capacity(rader.len() * 24);
        let mut side = Vec::with_capacity(SIDE_BYTE * 2);
        let mut side_nr = 0;
        for ((publikum, merke), personer) in rader {
            let plasser = personer.iter().map(|p| (p & 0xFFFF) as u16).collect();
            let mengde = skriv_mengde(&Blokkmengde::av_stigende(plasser));
            side.extend_from_slice(&publikum.tall().to_be_bytes());
            side.extend_from_slice(&merke);
            side.extend_from_slice(&u16::try_from(mengde.len()).map_err(|_| SKADET)?.to_be_bytes());
            side.extend_from_slice(&mengde);
            if side.len() > SIDE_BYTE {
                self.legg_side(&mut side, &mut side_nr, &mut ut)?;
            }
        }
        self.legg_side(&mut side, &mut side_nr, &mut ut)?;
        self.i_blokken.clear();
        Ok(ut)
    }

    fn legg_side(&self, side: &mut Vec<u8>, nr: &mut u64, ut: &mut Vec<u8>) -> Result<(), Feil> {
        if side.is_empty() {
            return Ok(());
        }
        side.reserve(TILLEGG_BYTE);
        self.arbeidsnoekkel.forsegl(&sidested(self.blokk, *nr), side)?;
        ut.extend_from_slice(&u32::try_from(side.len()).map_err(|_| SKADET)?.to_be_bytes());
        ut.extend_from_slice(side);
        side.clear();
        *nr += 1;
        Ok(())
    }

    /// Writes everything to a table that is empty.
    pub fn ferdig(self, tabell: Tabell, skriv: &mut Skriv<'_>) -> Result<(), Feil> {
        self.gi(&mut |sted, verdi| Ok(tabell.legg_til(skriv, sted, verdi)?))
    }

    /// Gives every row, in the order of their keys.
    pub fn gi(mut self, ta: &mut Mottaker<'_>) -> Result<(), Feil> {
        let siste = self.pakk_blokk()?;
        self.legg_til_side(Box::new(std::io::Cursor::new(siste)));
        (self.kjente, self.termer) = (HashMap::new(), Vec::new());
        let mut boekene = std::mem::take(&mut self.lagt_til_side);
        // The next row of each block; what comes first is the least of them, and its blocks come in order.
        let mut venter = BinaryHeap::with_capacity(boekene.len());
        for (nr, boks) in boekene.iter_mut().enumerate() {
            if let Some(rad) = boks.neste()? {
                venter.push(Reverse(Ventende { rad, nr }));
            }
        }
        let mut tekster = Vec::with_capacity(self.tekster.len());
        for ((publikum, begynnelse), liste) in &self.tekster {
            let sted = noekkel(*publikum, &self.noekkel.merke(begynnelse), ORDBOK);
            let mut verdi = skriv_tekster(liste.iter().map(String::as_str));
            self.noekkel.forsegl(&sted, &mut verdi)?;
            tekster.push((sted, verdi));
        }
        tekster.sort_unstable();
        let mut tekster = tekster.into_iter().peekable();
        let mut term: Vec<Boksrad> = Vec::new();
        while let Some(mut minste) = venter.peek_mut() {
            let nr = minste.0.nr;
            let neste = boekene.get_mut(nr).ok_or(SKADET)?.neste()?;
            let rad = match neste {
                Some(neste) => std::mem::replace(&mut minste.0.rad, neste),
                None => PeekMut::pop(minste).0.rad,
            };
            if term.first().is_some_and(|foerste| foerste.sted != rad.sted) {
                self.gi_term(&mut term, &mut tekster, ta)?;
            }
            term.push(rad);
        }
        self.gi_term(&mut term, &mut tekster, ta)?;
        for (sted, verdi) in tekster {
            ta(&sted, &verdi)?;
        }
        Ok(())
    }

    fn gi_term(
        &self,
        term: &mut Vec<Boksrad>,
        tekster: &mut std::iter::Peekable<impl Iterator<Item = (Noekkel, Vec<u8>)>>,
        ta: &mut Mottaker<'_>,
    ) -> Result<(), Feil> {
        let Some((publikum, merke)) = term.first().map(|rad| rad.sted) else {
            return Ok(());
        };
        let sted = noekkel(publikum, &merke, REGISTER);
        while let Some((sted, verdi)) = tekster.next_if(|(t, _)| *t < sted) {
            ta(&sted, &verdi)?;
        }
        let mut alle = Vec::new();
        let mut antall = Vec::with_capacity(term.len());
        for rad in &*term {
            let mengde = les_mengde(&rad.mengde)?;
            antall.push(u32::try_from(mengde.antall()).map_err(|_| SKADET)?);
            if Oversikt::er_samlet(alle.len() as u64) {
                alle.extend(mengde.plasser().map(|plass| person(rad.blokk, plass)));
            }
        }
        let mut rader = Vec::new();
        let oversikt = if Oversikt::er_samlet(alle.len() as u64) {
            Oversikt::Samlet(alle)
        } else {
            let mut blokker = Vec::with_capacity(term.len());
            for (rad, antall) in term.drain(..).zip(antall) {
                let sted = noekkel(publikum, &merke, blokkplass(rad.blokk)?);
                let mut verdi = rad.mengde;
                self.noekkel.forsegl(&sted, &mut verdi)?;
                blokker.push(Blokk {
                    nr: rad.blokk,
                    antall,
                    segl: kortsegl(&verdi),
                });
                rader.push((sted, verdi));
            }
            Oversikt::Blokker(blokker)
        };
        term.clear();
        let mut verdi = oversikt.skriv();
        self.noekkel.forsegl(&sted, &mut verdi)?;
        ta(&sted, &verdi)?;
        for (sted, verdi) in rader {
            ta(&sted, &verdi)?;
        }
        Ok(())
    }
}

/// A row that waits for its turn among those of the other blocks.
struct Ventende {
    rad: Boksrad,
    /// Of the block, among those put aside.
    nr: usize,
}

impl Ventende {
    fn orden(&self) -> ((Publikum, Merke), usize) {
        (self.rad.sted, self.nr)
    }
}

impl PartialEq for Ventende {
    fn eq(&self, annen: &Self) -> bool {
        self.orden() == annen.orden()
    }
}

impl Eq for Ventende {}

impl PartialOrd for Ventende {
    fn partial_cmp(&self, annen: &Self) -> Option<Ordering> {
        Some(self.cmp(annen))
    }
}

impl Ord for Ventende {
    fn cmp(&self, annen: &Self) -> Ordering {
        self.orden().cmp(&annen.orden())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indeks::{Endrer, Indeks, Indekstabeller, Plass};
    use crate::visning::{Bilde, ORDNET, Visning};
    use lager::Miljoe;
    use proptest::prelude::*;
    use tilgang::Entitetsmengde;

    struct Ingenting;

    impl Visning for Ingenting {
        fn versjon(&self) -> u32 {
            0
        }

        fn entiteter(&self) -> Entitetsmengde {
            Entitetsmengde::default()
        }

        fn termer(&self, _bilde: &Bilde<'_>, _ut: &mut Termer) {}
    }

    fn alt(tabell: Tabell, miljoe: &Miljoe) -> Vec<(Vec<u8>, Vec<u8>)> {
        let les = miljoe.les().unwrap();
        let rader = tabell.fra(&les, &[]).unwrap();
        rader
            .map(|r| r.map(|(n, v)| (n.to_vec(), v.to_vec())).unwrap())
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn an_index_made_at_once_is_the_one_made_person_by_person(
            personer in prop::collection::btree_map(
                prop_oneof![0u32..20, 65_530u32..65_550, 200_000u32..200_010],
                prop::collection::vec((1u16..4, prop_oneof![Just(1u8), Just(ORDNET)], "[a-c]{1,4}"), 0..6),
                0..12,
            ),
            borte in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        ) {
            let mappe = tempfile::tempdir().unwrap();
            let (miljoe, [gradvis, samlet]) = Miljoe::aapne(mappe.path(), ["a", "b"]).unwrap();
            let noekkel = Indeksnoekkel::new(&Hemmelig::fra_byte([7; 32])).unwrap();
            let tabeller = Indekstabeller { foerste: gradvis, andre: samlet };
            let indeks = Indeks::new(Arc::new(Ingenting), noekkel, tabeller);
            let her = || tabeller.sted(Plass::Foerste, indeks.noekkel());
            let mut termer: BTreeMap<u32, Termer> = personer
                .into_iter()
                .map(|(person, liste)| {
                    let mut termer = Termer::default();
                    for (publikum, slag, tekst) in liste {
                        termer.legg_til(Publikum::fra_tall(publikum), slag, tekst.as_bytes());
                    }
                    termer.ordne();
                    (person, termer)
                })
                .collect();
            let mut skriv = miljoe.skriv().unwrap();
            let mut endrer = Endrer::new(her(), &indeks);
            let ingen = Termer::default();
            for (nr, (person, termer)) in termer.iter().enumerate() {
                endrer.endre(*person, &ingen, termer);
                if nr % 3 == 0 {
                    endrer.skriv(&mut skriv).unwrap();
                    endrer = Endrer::new(her(), &indeks);
                }
            }
            endrer.skriv(&mut skriv).unwrap();
            // Some come to be found by what another is found by, and some by nothing.
            let alle: Vec<u32> = termer.keys().copied().collect();
            for valgt in borte.iter().filter(|_| !alle.is_empty()) {
                let (person, annen) = (*valgt.get(&alle), alle[0]);
                let nye = if person == annen { Termer::default() } else { termer[&annen].clone() };
                let mut endrer = Endrer::new(her(), &indeks);
                endrer.endre(person, &termer[&person], &nye);
                endrer.skriv(&mut skriv).unwrap();
                termer.insert(person, nye);
            }
            let mut bygger = Bygger::new(indeks.noekkel(), mappe.path()).unwrap();
            for (person, termer) in &termer {
                bygger.ta(*person, termer).unwrap();
            }
            bygger.ferdig(samlet, &mut skriv).unwrap();
            Miljoe::bekreft(skriv).unwrap();
            prop_assert_eq!(alt(gradvis, &miljoe), alt(samlet, &miljoe));
            // Nothing is left of what was put aside.
            prop_assert_eq!(std::fs::read_dir(mappe.path()).unwrap().count(), 2);
        }
    }
}
