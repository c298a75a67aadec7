//! The index of terms: which persons a term leads to, by who may be led.
//!
//! ```text
//!  publikum (u16)  merke (10 bytes)  0        the term's register: blocks of persons, and how many in each
//!  publikum        merke             1 + b    who they are in block b: the low 16 bits of each person's number
//!  publikum        merke of a begin  0xFFFF   texts that begin so: for kinds whose terms can be listed
//! ```
//! Everything under a key is sealed for the key. A caller's query reads what its own projections lead to and nothing else:
//! the public stands first, and whoever is led by nothing of a public never reads there.
//!
//! It is a view: what lies here is made of the records, commits with them and can be made again. A set of persons of a
//! block is coded as the steps between their numbers, or, where that is longer, as one bit for each.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufReader, Read, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use lager::{Indeksnoekkel, Les, MERKE_BYTE, Miljoe, Skriv, Tabell};
use roaring::RoaringBitmap;
use tilgang::{Projeksjon, Publikum};

use crate::Feil;
use crate::koding::{Leser, skriv_lengde, skriv_tall};
use crate::post::Personpost;
use crate::visning::{ORDNET, Termer, Visning, bilde};

const SKADET: Feil = Feil::Skadet("indeks");
/// What was put aside while an index was made cannot be read or written.
const UTENFOR: Feil = Feil::Skadet("indeksens arbeidsfil");
/// In `meta`: which view, under which key, the index holds whole.
const MERKE: &[u8] = b"indeks";

const REGISTER: u16 = 0;
const ORDBOK: u16 = u16::MAX;
/// Bytes of a block's set as one bit for each person.
const BITER_BYTE: usize = 8 * 1024;
/// Letters that texts are kept together by. Whoever asks for a beginning has at least as many (contract).
pub(crate) const BEGYNNELSE_TEGN: usize = 3;
/// Marks that a check remembers at a time.
const HUSKEDE_MERKER: usize = 200_000;

type Noekkel = [u8; 14];
type Merke = [u8; MERKE_BYTE];

fn noekkel(publikum: Publikum, merke: &Merke, plass: u16) -> Noekkel {
    let mut ut = [0; 14];
    let deler = publikum.tall().to_be_bytes();
    let byte = deler.iter().chain(merke).copied().chain(plass.to_be_bytes());
    ut.iter_mut().zip(byte).for_each(|(til, fra)| *til = fra);
    ut
}

fn les_noekkel(byte: &[u8]) -> Result<(Publikum, Merke, u16), Feil> {
    let (publikum, rest) = byte.split_first_chunk::<2>().ok_or(SKADET)?;
    let (merke, rest) = rest.split_first_chunk::<MERKE_BYTE>().ok_or(SKADET)?;
    let plass = rest.try_into().map_err(|_| SKADET)?;
    Ok((
        Publikum::fra_tall(u16::from_be_bytes(*publikum)),
        *merke,
        u16::from_be_bytes(plass),
    ))
}

/// Which block a person is in, and its place there.
fn plass(person: u32) -> (u16, u32) {
    let [a, b, c, d] = person.to_be_bytes();
    (u16::from_be_bytes([a, b]), u32::from(u16::from_be_bytes([c, d])))
}

// Blocks are numbered from 1 in a key; persons end far below the last.
fn blokkplass(blokk: u16) -> Result<u16, Feil> {
    match blokk.checked_add(1) {
        Some(plass) if plass < ORDBOK => Ok(plass),
        _ => Err(Feil::Skadet("for mange personer")),
    }
}

fn skriv_mengde(mengde: &RoaringBitmap) -> Vec<u8> {
    let mut ut = vec![0];
    let mut forrige = None;
    for person in mengde {
        skriv_tall(&mut ut, u64::from(forrige.map_or(person, |f: u32| person - f - 1)));
        forrige = Some(person);
        if ut.len() > BITER_BYTE {
            break;
        }
    }
    if ut.len() <= BITER_BYTE {
        return ut;
    }
    let mut ut = vec![0; BITER_BYTE + 1];
    if let Some((form, biter)) = ut.split_first_mut() {
        *form = 1;
        for person in mengde {
            if let Some(byte) = biter.get_mut((person / 8) as usize) {
                *byte |= 1 << (person % 8);
            }
        }
    }
    ut
}

fn les_mengde(byte: &[u8]) -> Result<RoaringBitmap, Feil> {
    match byte.split_first() {
        Some((0, rest)) => {
            let mut leser = Leser::new(rest);
            let mut personer = Vec::with_capacity(rest.len());
            let mut neste = 0u32;
            while !leser.er_tom() {
                let person = neste.checked_add(leser.tall32()?).filter(|p| *p <= 0xFFFF);
                let person = person.ok_or(SKADET)?;
                personer.push(person);
                neste = person + 1;
            }
            RoaringBitmap::from_sorted_iter(personer).map_err(|_| SKADET)
        }
        Some((1, biter)) if biter.len() == BITER_BYTE => Ok(RoaringBitmap::from_lsb0_bytes(0, biter)),
        _ => Err(SKADET),
    }
}

/// How many persons a term has in each block, blocks in rising order.
type Blokker = Vec<(u16, u32)>;

fn skriv_blokker(blokker: &[(u16, u32)]) -> Vec<u8> {
    let mut ut = Vec::with_capacity(blokker.len() * 3);
    let mut neste = 0u16;
    for (blokk, antall) in blokker {
        skriv_tall(&mut ut, u64::from(blokk - neste));
        skriv_tall(&mut ut, u64::from(*antall));
        neste = blokk.saturating_add(1);
    }
    ut
}

fn les_blokker(byte: &[u8]) -> Result<Blokker, Feil> {
    let mut leser = Leser::new(byte);
    let mut ut = Vec::new();
    let mut neste = 0u32;
    while !leser.er_tom() {
        let blokk = neste.checked_add(leser.tall32()?).ok_or(SKADET)?;
        let antall = leser.tall32()?;
        if antall == 0 {
            return Err(SKADET);
        }
        ut.push((u16::try_from(blokk).map_err(|_| SKADET)?, antall));
        neste = blokk + 1;
    }
    Ok(ut)
}

fn skriv_tekster<'t>(tekster: impl Iterator<Item = &'t str>) -> Vec<u8> {
    let mut ut = Vec::new();
    for tekst in tekster {
        skriv_lengde(&mut ut, tekst.len());
        ut.extend_from_slice(tekst.as_bytes());
    }
    ut
}

fn les_tekster(byte: &[u8]) -> Result<BTreeSet<String>, Feil> {
    let mut leser = Leser::new(byte);
    let mut ut = BTreeSet::new();
    while !leser.er_tom() {
        let lengde = leser.lengde()?;
        let tekst = std::str::from_utf8(leser.ta(lengde)?).map_err(|_| SKADET)?;
        ut.insert(tekst.to_owned());
    }
    Ok(ut)
}

// The term that a listed text is found by: its kind, and how it begins. Only marks of the one are never marks of the other,
// since this one has a byte more in front.
fn begynnelse(slag: u8, tekst: &str) -> Vec<u8> {
    let mut ut = vec![0, slag];
    ut.extend(tekst.chars().take(BEGYNNELSE_TEGN).collect::<String>().into_bytes());
    ut
}

/// The text of a term that can be listed.
fn ordnet(term: &[u8]) -> Option<(u8, &str)> {
    let (slag, tekst) = term.split_first()?;
    let tekst = std::str::from_utf8(tekst).ok()?;
    (*slag >= ORDNET).then_some((*slag, tekst))
}

/// The index of a register that has one.
pub(crate) struct Indeks {
    pub visning: Arc<dyn Visning>,
    /// The key in use, and the one before or after it while somebody may read by that.
    noekler: RwLock<(Arc<Indeksnoekkel>, Option<Arc<Indeksnoekkel>>)>,
}

impl Indeks {
    pub fn new(visning: Arc<dyn Visning>, noekkel: Indeksnoekkel) -> Self {
        Indeks {
            visning,
            noekler: RwLock::new((Arc::new(noekkel), None)),
        }
    }

    /// The terms of a record.
    pub fn termer(&self, post: &Personpost) -> Termer {
        let mut ut = Termer::default();
        self.visning.termer(&bilde(post, self.visning.entiteter()), &mut ut);
        ut.ordne();
        ut
    }

    /// The key in use.
    pub fn noekkel(&self) -> Arc<Indeksnoekkel> {
        self.noekler.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Lets readers find what lies under a key that is about to be taken in use.
    pub fn gjoer_kjent(&self, ny: &Arc<Indeksnoekkel>) {
        let mut noekler = self.noekler.write().unwrap_or_else(PoisonError::into_inner);
        noekler.1 = Some(ny.clone());
    }

    /// Takes a key in use; who began to read before still knows the one it had.
    pub fn ta_i_bruk(&self, ny: &Arc<Indeksnoekkel>) {
        let mut noekler = self.noekler.write().unwrap_or_else(PoisonError::into_inner);
        let forrige = std::mem::replace(&mut noekler.0, ny.clone());
        noekler.1 = Some(forrige);
    }

    /// What `meta` says when the index is whole, under a key.
    pub fn merke(&self, noekkel: &Indeksnoekkel) -> Vec<u8> {
        let mut ut = self.visning.versjon().to_be_bytes().to_vec();
        ut.extend_from_slice(&noekkel.kontroll());
        ut
    }

    /// The key that what is there now lies under. `None`: what is there is not whole.
    fn noekkel_til(&self, meta: Tabell, les: &Les<'_>) -> Result<Option<Arc<Indeksnoekkel>>, Feil> {
        let Some(merke) = meta.hent(les, MERKE)? else {
            return Ok(None);
        };
        let noekler = self.noekler.read().unwrap_or_else(PoisonError::into_inner);
        let mut alle = std::iter::once(&noekler.0).chain(&noekler.1);
        Ok(alle.find(|n| self.merke(n) == merke).cloned())
    }

    pub fn er_hel(&self, meta: Tabell, les: &Les<'_>) -> Result<bool, Feil> {
        Ok(self.noekkel_til(meta, les)?.is_some())
    }
}

/// Says that the index is not what the records are any more.
pub(crate) fn stryk(meta: Tabell, skriv: &mut Skriv<'_>) -> Result<(), Feil> {
    meta.slett(skriv, MERKE)?;
    Ok(())
}

pub(crate) fn sett_hel(meta: Tabell, skriv: &mut Skriv<'_>, merke: &[u8]) -> Result<(), Feil> {
    Ok(meta.sett(skriv, MERKE, merke)?)
}

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
                let mut mengde = match self.hent(skriv, &sted)? {
                    Some(byte) => les_mengde(&byte)?,
                    None => RoaringBitmap::new(),
                };
                for (plass, inn) in personer {
                    let endret = if inn {
                        mengde.insert(plass)
                    } else {
                        mengde.remove(plass)
                    };
                    if !endret {
                        return Err(SKADET);
                    }
                }
                if mengde.is_empty() {
                    blokker.remove(&blokk);
                } else {
                    blokker.insert(blokk, u32::try_from(mengde.len()).map_err(|_| SKADET)?);
                }
                self.sett(skriv, &sted, (!mengde.is_empty()).then(|| skriv_mengde(&mengde)))?;
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

fn hent(tabell: Tabell, noekkel: &Indeksnoekkel, les: &Les<'_>, sted: &Noekkel) -> Result<Option<Vec<u8>>, Feil> {
    let byte = tabell.hent(les, sted)?;
    Ok(byte.map(|byte| noekkel.aapne(sted, byte)).transpose()?)
}

/// Makes an index of many persons, given in rising order.
///
/// What has been gathered of a block is sealed and put aside when the next begins; in the end the blocks are read side by
/// side and written in the order of their keys, each page once and full.
pub(crate) struct Bygger {
    noekkel: Arc<Indeksnoekkel>,
    /// Where blocks are put aside.
    mappe: PathBuf,
    blokk: u16,
    kjente: HashMap<Box<[u8]>, u32>,
    merker: Vec<Merke>,
    personer: HashMap<(Publikum, u32), Vec<u32>>,
    tekster: BTreeMap<(Publikum, Vec<u8>), BTreeSet<String>>,
    lagt_til_side: Vec<Boks>,
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
            Err(_) => return Err(UTENFOR),
        }
        let (byte, rest) = hode.split_first_chunk::<14>().ok_or(SKADET)?;
        let (antall, lengde) = rest.split_first_chunk::<4>().ok_or(SKADET)?;
        let (publikum, merke, plass) = les_noekkel(byte)?;
        let lengde = lengde.try_into().map(u32::from_be_bytes).map_err(|_| SKADET)?;
        let mut verdi = vec![0; lengde as usize];
        self.leser.read_exact(&mut verdi).map_err(|_| UTENFOR)?;
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
            merker: Vec::new(),
            personer: HashMap::new(),
            tekster: BTreeMap::new(),
            lagt_til_side: Vec::new(),
        }
    }

    pub fn ta(&mut self, person: u32, termer: &Termer) -> Result<(), Feil> {
        let (blokk, plass) = plass(person);
        if blokk != self.blokk {
            let boks = self.pakk_blokk()?;
            let mut fil = lager::mappe::arbeidsfil(&self.mappe)?;
            fil.write_all(&boks).and_then(|()| fil.rewind()).map_err(|_| UTENFOR)?;
            self.legg_til_side(Box::new(fil));
            self.blokk = blokk;
        }
        for (term, publikum) in termer.alle() {
            let nr = match self.kjente.get(term) {
                Some(nr) => *nr,
                None => {
                    let nr = u32::try_from(self.merker.len()).map_err(|_| SKADET)?;
                    self.merker.push(self.noekkel.merke(term));
                    self.kjente.insert(term.into(), nr);
                    nr
                }
            };
            let personer = self.personer.entry((publikum, nr)).or_default();
            if personer.is_empty()
                && let Some((slag, tekst)) = ordnet(term)
            {
                let plass = self.tekster.entry((publikum, begynnelse(slag, tekst))).or_default();
                plass.insert(tekst.to_owned());
            }
            personer.push(plass);
        }
        Ok(())
    }

    fn legg_til_side(&mut self, boks: Box<dyn Read + Send>) {
        let leser = BufReader::with_capacity(64 * 1024, boks);
        self.lagt_til_side.push(Boks { leser });
    }

    // What has been gathered, sealed and in the order of the keys.
    fn pakk_blokk(&mut self) -> Result<Vec<u8>, Feil> {
        let plass = blokkplass(self.blokk)?;
        let mut rader = Vec::with_capacity(self.personer.len());
        for ((publikum, nr), personer) in self.personer.drain() {
            let merke = self.merker.get(nr as usize).ok_or(SKADET)?;
            rader.push((noekkel(publikum, merke, plass), personer));
        }
        rader.sort_unstable_by_key(|(sted, _)| *sted);
        let mut ut = Vec::with_capacity(rader.len() * 64);
        for (sted, personer) in rader {
            let mengde = RoaringBitmap::from_sorted_iter(personer).map_err(|_| SKADET)?;
            let mut verdi = skriv_mengde(&mengde);
            self.noekkel.forsegl(&sted, &mut verdi)?;
            ut.extend_from_slice(&sted);
            for tall in [mengde.len(), verdi.len() as u64] {
                ut.extend_from_slice(&u32::try_from(tall).map_err(|_| SKADET)?.to_be_bytes());
            }
            ut.extend_from_slice(&verdi);
        }
        Ok(ut)
    }

    /// Writes everything to a table that is empty.
    pub fn ferdig(mut self, tabell: Tabell, skriv: &mut Skriv<'_>) -> Result<(), Feil> {
        let siste = self.pakk_blokk()?;
        self.legg_til_side(Box::new(std::io::Cursor::new(siste)));
        self.kjente = HashMap::new();
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
}

impl std::fmt::Debug for Indekslesing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Indekslesing")
    }
}

impl<'l> Indekslesing<'l> {
    pub(crate) fn new(
        indeks: &Indeks,
        tabell: Tabell,
        meta: Tabell,
        les: &'l Les<'l>,
        projeksjon: Projeksjon,
    ) -> Result<Self, Feil> {
        let noekkel = indeks.noekkel_til(meta, les)?.ok_or(Feil::Skadet("indeksen mangler"))?;
        // Every public that anybody is led by, and of those the ones with this projection in them.
        let mut publikum = Vec::new();
        let mut neste = Some(0u16);
        while let Some(fra) = neste {
            let Some(rad) = tabell.fra(les, &fra.to_be_bytes())?.next() else {
                break;
            };
            let (funnet, _, _) = les_noekkel(rad?.0)?;
            if funnet.har(projeksjon) {
                publikum.push(funnet);
            }
            neste = funnet.tall().checked_add(1);
        }
        Ok(Indekslesing {
            tabell,
            les,
            noekkel,
            publikum,
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
        for (publikum, merke, blokker) in &treff.deler {
            let Ok(nr) = blokker.binary_search_by_key(&blokk, |(b, _)| *b) else {
                continue;
            };
            let byte = self.hent(&noekkel(*publikum, merke, blokkplass(blokk)?))?;
            // The term's register says that they are there.
            let mengde = les_mengde(&byte.ok_or(SKADET)?)?;
            if blokker.get(nr).map(|(_, antall)| u64::from(*antall)) != Some(mengde.len()) {
                return Err(SKADET);
            }
            if ut.is_empty() {
                ut = mengde;
            } else {
                ut |= mengde;
            }
        }
        Ok(ut)
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
            for tekst in les_tekster(&byte)?.iter().filter(|t| t.starts_with(start)) {
                let mut term = Vec::with_capacity(tekst.len() + 1);
                term.push(slag);
                term.extend_from_slice(tekst.as_bytes());
                let merke = self.noekkel.merke(&term);
                // A text is listed while somebody has it.
                let byte = self.hent(&noekkel(publikum, &merke, REGISTER))?.ok_or(SKADET)?;
                ut.deler.push((publikum, merke, les_blokker(&byte)?));
            }
        }
        Ok(ut)
    }

    fn hent(&self, sted: &Noekkel) -> Result<Option<Vec<u8>>, Feil> {
        hent(self.tabell, &self.noekkel, self.les, sted)
    }
}

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

/// Opens a write of the index alone, in its own transaction.
pub(crate) fn toem(tabell: Tabell, meta: Tabell, miljoe: &Miljoe) -> Result<(), Feil> {
    let mut skriv = miljoe.skriv()?;
    tabell.toem(&mut skriv)?;
    stryk(meta, &mut skriv)?;
    Ok(Miljoe::bekreft(skriv)?)
}

#[cfg(test)]
mod tests {
    use super::*;
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

        #[test]
        fn a_set_of_persons_comes_back_as_it_was(
            faa in prop::collection::btree_set(0u32..65_536, 0..300),
            mange in any::<bool>(),
        ) {
            let mengde: RoaringBitmap = if mange {
                (0..65_536).filter(|p| !faa.contains(p)).collect()
            } else {
                faa.iter().copied().collect()
            };
            let byte = skriv_mengde(&mengde);
            prop_assert!(byte.len() <= BITER_BYTE + 1);
            prop_assert_eq!(les_mengde(&byte).unwrap(), mengde);
        }

        #[test]
        fn any_bytes_are_a_set_or_refused(byte in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = les_mengde(&byte);
            let _ = les_blokker(&byte);
            let _ = les_tekster(&byte);
            let _ = les_noekkel(&byte);
        }

        #[test]
        fn blocks_come_back_as_they_were(blokker in prop::collection::btree_map(0u16..60_000, 1u32..65_537, 0..40)) {
            let blokker: Blokker = blokker.into_iter().collect();
            prop_assert_eq!(les_blokker(&skriv_blokker(&blokker)).unwrap(), blokker);
        }
    }
}
