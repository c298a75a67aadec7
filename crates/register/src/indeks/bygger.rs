//! A whole index at once: after a load, and when it is made again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufReader, Read, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lager::{Indeksnoekkel, Skriv, Tabell};
use tilgang::Publikum;

use super::{
    Blokker, Merke, Noekkel, ORDBOK, REGISTER, SKADET, begynnelse, blokkplass, les_noekkel, noekkel, ordnet, plass,
    skriv_blokker, skriv_mengde, skriv_tekster,
};
use crate::Feil;
use crate::visning::Termer;

/// Makes an index of many persons, given in rising order.
///
/// What has been gathered of a block is sealed and put aside when the next begins; in the end the blocks are read side by
/// side and written in the order of their keys, each page once and full.
pub(crate) struct Bygger {
    noekkel: Arc<Indeksnoekkel>,
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

/// A block that is put aside: rows in order, each key, number of persons, and sealed set with its length first.
struct Boks {
    leser: BufReader<Box<dyn Read + Send>>,
}

/// A row of a block.
struct Boksrad {
    publikum: Publikum,
    merke: Merke,
    plass: u16,
    antall: u32,
    verdi: Vec<u8>,
}

impl Boks {
    fn neste(&mut self) -> Result<Option<Boksrad>, Feil> {
        let mut hode = [0; 22];
        match self.leser.read_exact(&mut hode) {
            Ok(()) => {}
            Err(feil) if feil.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(feil) => return Err(lager::Feil::arbeidsfil(feil).into()),
        }
        let (byte, rest) = hode.split_first_chunk::<14>().ok_or(SKADET)?;
        let (antall, lengde) = rest.split_first_chunk::<4>().ok_or(SKADET)?;
        let (publikum, merke, plass) = les_noekkel(byte)?;
        let lengde = lengde.try_into().map(u32::from_be_bytes).map_err(|_| SKADET)?;
        let mut verdi = vec![0; lengde as usize];
        self.leser.read_exact(&mut verdi).map_err(lager::Feil::arbeidsfil)?;
        Ok(Some(Boksrad {
            publikum,
            merke,
            plass,
            antall: u32::from_be_bytes(*antall),
            verdi,
        }))
    }
}

impl Bygger {
    /// `mappe`: where blocks may be put aside, sealed.
    pub fn new(noekkel: Arc<Indeksnoekkel>, mappe: &Path) -> Self {
        Bygger {
            noekkel,
            mappe: mappe.to_owned(),
            blokk: 0,
            kjente: HashMap::new(),
            termer: Vec::new(),
            i_blokken: Vec::new(),
            tekster: BTreeMap::new(),
            lagt_til_side: Vec::new(),
        }
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
        let leser = BufReader::with_capacity(64 * 1024, boks);
        self.lagt_til_side.push(Boks { leser });
    }

    // What has been gathered, sealed and in the order of the keys.
    fn pakk_blokk(&mut self) -> Result<Vec<u8>, Feil> {
        let plass = blokkplass(self.blokk)?;
        self.i_blokken.sort_unstable();
        let mut rader = Vec::with_capacity(64 * 1024);
        for personer in self.i_blokken.chunk_by(|a, b| a >> 16 == b >> 16) {
            let nr = personer
                .first()
                .and_then(|p| usize::try_from(p >> 16).ok())
                .ok_or(SKADET)?;
            let (publikum, merke) = self.termer.get(nr).ok_or(SKADET)?;
            rader.push((noekkel(*publikum, merke, plass), personer));
        }
        rader.sort_unstable_by_key(|(sted, _)| *sted);
        let mut ut = Vec::with_capacity(rader.len() * 64);
        for (sted, personer) in rader {
            let plasser = personer.iter().map(|p| (p & 0xFFFF) as u32);
            let mut verdi = skriv_mengde(personer.len() as u64, plasser);
            self.noekkel.forsegl(&sted, &mut verdi)?;
            ut.extend_from_slice(&sted);
            for tall in [personer.len(), verdi.len()] {
                ut.extend_from_slice(&u32::try_from(tall).map_err(|_| SKADET)?.to_be_bytes());
            }
            ut.extend_from_slice(&verdi);
        }
        self.i_blokken.clear();
        Ok(ut)
    }

    /// Writes everything to a table that is empty.
    pub fn ferdig(mut self, tabell: Tabell, skriv: &mut Skriv<'_>) -> Result<(), Feil> {
        let siste = self.pakk_blokk()?;
        self.legg_til_side(Box::new(std::io::Cursor::new(siste)));
        (self.kjente, self.termer) = (HashMap::new(), Vec::new());
        let mut boekene = std::mem::take(&mut self.lagt_til_side);
        // The next row of each block; keys tell which comes first, and no two are the same.
        let mut venter = BTreeMap::new();
        for (nr, boks) in boekene.iter_mut().enumerate() {
            if let Some(rad) = boks.neste()? {
                venter.insert((rad.publikum, rad.merke, rad.plass), (nr, rad));
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
        loop {
            let neste = venter.pop_first();
            let samme = |rad: &Boksrad| {
                term.first()
                    .is_some_and(|f| f.publikum == rad.publikum && f.merke == rad.merke)
            };
            if !neste.as_ref().is_some_and(|(_, (_, rad))| samme(rad)) {
                // The term is whole: how many there are of it stands before them.
                self.skriv_term(&mut term, &mut tekster, tabell, skriv)?;
            }
            let Some((_, (nr, rad))) = neste else { break };
            term.push(rad);
            if let Some(rad) = boekene.get_mut(nr).ok_or(SKADET)?.neste()? {
                venter.insert((rad.publikum, rad.merke, rad.plass), (nr, rad));
            }
        }
        for (sted, verdi) in tekster {
            tabell.legg_til(skriv, &sted, &verdi)?;
        }
        Ok(())
    }

    fn skriv_term(
        &self,
        term: &mut Vec<Boksrad>,
        tekster: &mut std::iter::Peekable<impl Iterator<Item = (Noekkel, Vec<u8>)>>,
        tabell: Tabell,
        skriv: &mut Skriv<'_>,
    ) -> Result<(), Feil> {
        let Some(foerste) = term.first() else { return Ok(()) };
        let sted = noekkel(foerste.publikum, &foerste.merke, REGISTER);
        while let Some((sted, verdi)) = tekster.next_if(|(t, _)| *t < sted) {
            tabell.legg_til(skriv, &sted, &verdi)?;
        }
        let blokker: Blokker = term.iter().map(|rad| (rad.plass - 1, rad.antall)).collect();
        let mut verdi = skriv_blokker(&blokker);
        self.noekkel.forsegl(&sted, &mut verdi)?;
        tabell.legg_til(skriv, &sted, &verdi)?;
        for rad in term.drain(..) {
            let sted = noekkel(rad.publikum, &rad.merke, rad.plass);
            tabell.legg_til(skriv, &sted, &rad.verdi)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indeks::Endrer;
    use crate::visning::ORDNET;
    use lager::Miljoe;
    use proptest::prelude::*;

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
            let noekkel = Arc::new(Indeksnoekkel::new(&lager::forsegling::Noekkel::fra_byte([7; 32])).unwrap());
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
            let mut endrer = Endrer::new(gradvis, &noekkel);
            let ingen = Termer::default();
            for (nr, (person, termer)) in termer.iter().enumerate() {
                endrer.endre(*person, &ingen, termer);
                if nr % 3 == 0 {
                    endrer.skriv(&mut skriv).unwrap();
                    endrer = Endrer::new(gradvis, &noekkel);
                }
            }
            endrer.skriv(&mut skriv).unwrap();
            // Some come to be found by what another is found by, and some by nothing.
            let alle: Vec<u32> = termer.keys().copied().collect();
            for valgt in borte.iter().filter(|_| !alle.is_empty()) {
                let (person, annen) = (*valgt.get(&alle), alle[0]);
                let nye = if person == annen { Termer::default() } else { termer[&annen].clone() };
                let mut endrer = Endrer::new(gradvis, &noekkel);
                endrer.endre(person, &termer[&person], &nye);
                endrer.skriv(&mut skriv).unwrap();
                termer.insert(person, nye);
            }
            let mut bygger = Bygger::new(noekkel.clone(), mappe.path());
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
