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

mod bygger;
mod endring;
mod kontroll;
mod lesing;
mod minne;

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use lager::{Indeksnoekkel, Les, MERKE_BYTE, Miljoe, Skriv, Tabell};
use roaring::RoaringBitmap;
use tilgang::Publikum;

use crate::Feil;
use crate::koding::{Leser, skriv_lengde, skriv_tall};
use crate::post::Personpost;
use crate::visning::{ORDNET, Termer, Visning, bilde};

pub(crate) use bygger::Bygger;
pub(crate) use endring::Endrer;
pub(crate) use kontroll::Indekskontroll;
pub use lesing::{Indekslesing, Treff};

const SKADET: Feil = Feil::Skadet("indeks");
/// In `meta`: which view, under which key, the index holds whole.
const MERKE: &[u8] = b"indeks";

const REGISTER: u16 = 0;
const ORDBOK: u16 = u16::MAX;
/// Bytes of a block's set as one bit for each person.
const BITER_BYTE: usize = 8 * 1024;
/// Letters that texts are kept together by. Whoever asks for a beginning has at least as many (contract).
pub(crate) const BEGYNNELSE_TEGN: usize = 3;

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

// Persons in rising order, and how many there are.
fn skriv_mengde(antall: u64, personer: impl Iterator<Item = u32> + Clone) -> Vec<u8> {
    // A step takes a byte at least.
    if antall < BITER_BYTE as u64 {
        let mut ut = vec![0];
        let mut forrige = None;
        for person in personer.clone() {
            skriv_tall(&mut ut, u64::from(forrige.map_or(person, |f: u32| person - f - 1)));
            forrige = Some(person);
        }
        if ut.len() <= BITER_BYTE {
            return ut;
        }
    }
    let mut ut = vec![0; BITER_BYTE + 1];
    if let Some((form, biter)) = ut.split_first_mut() {
        *form = 1;
        for person in personer {
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

/// A set after some came (`true`) and went: what it is written as, and how many there are. Who comes must not have been
/// there, and who goes must.
fn endre_mengde(foer: Option<Vec<u8>>, personer: &[(u32, bool)]) -> Result<(Vec<u8>, u64), Feil> {
    let mut mengde = match foer {
        Some(mut byte) if byte.first() == Some(&1) && byte.len() == BITER_BYTE + 1 => {
            // What many are under changes with every commit: bits are turned where they lie.
            let biter = byte.get_mut(1..).ok_or(SKADET)?;
            for (person, inn) in personer {
                let plass = biter.get_mut((person / 8) as usize).ok_or(SKADET)?;
                let bit = 1 << (person % 8);
                if (*plass & bit != 0) == *inn {
                    return Err(SKADET);
                }
                *plass ^= bit;
            }
            let antall = biter.iter().map(|b| u64::from(b.count_ones())).sum();
            if antall >= BITER_BYTE as u64 {
                return Ok((byte, antall));
            }
            let mengde = les_mengde(&byte)?;
            return Ok((skriv_mengde(mengde.len(), mengde.iter()), antall));
        }
        Some(byte) => les_mengde(&byte)?,
        None => RoaringBitmap::new(),
    };
    for (person, inn) in personer {
        let endret = if *inn {
            mengde.insert(*person)
        } else {
            mengde.remove(*person)
        };
        if !endret {
            return Err(SKADET);
        }
    }
    Ok((skriv_mengde(mengde.len(), mengde.iter()), mengde.len()))
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

// Calls for each text, in order.
fn hver_tekst<'b>(byte: &'b [u8], mut ta: impl FnMut(&'b str) -> Result<(), Feil>) -> Result<(), Feil> {
    let mut leser = Leser::new(byte);
    while !leser.er_tom() {
        let lengde = leser.lengde()?;
        ta(std::str::from_utf8(leser.ta(lengde)?).map_err(|_| SKADET)?)?;
    }
    Ok(())
}

fn les_tekster(byte: &[u8]) -> Result<BTreeSet<String>, Feil> {
    let mut ut = BTreeSet::new();
    hver_tekst(byte, |tekst| {
        ut.insert(tekst.to_owned());
        Ok(())
    })?;
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
    minne: minne::Minne,
}

impl Indeks {
    pub fn new(visning: Arc<dyn Visning>, noekkel: Indeksnoekkel) -> Self {
        let minne = minne::Minne::default();
        minne.bytt_noekkel(noekkel.kontroll());
        Indeks {
            visning,
            noekler: RwLock::new((Arc::new(noekkel), None)),
            minne,
        }
    }

    /// The terms of a record.
    pub fn termer(&self, post: &Personpost) -> Termer {
        let mut ut = Termer::ingen();
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
        self.minne.bytt_noekkel(ny.kontroll());
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

fn hent(tabell: Tabell, noekkel: &Indeksnoekkel, les: &Les<'_>, sted: &Noekkel) -> Result<Option<Vec<u8>>, Feil> {
    let byte = tabell.hent(les, sted)?;
    Ok(byte.map(|byte| noekkel.aapne(sted, byte)).transpose()?)
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

    proptest! {
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
            let byte = skriv_mengde(mengde.len(), mengde.iter());
            prop_assert!(byte.len() <= BITER_BYTE + 1);
            prop_assert_eq!(les_mengde(&byte).unwrap(), mengde);
        }

        #[test]
        fn a_set_that_is_changed_is_the_set_that_would_be_written(
            grunn in prop_oneof![Just(0u32), Just(8_185), Just(8_192), Just(8_200), Just(60_000)],
            steg in 1u32..3,
            byttet in prop::collection::btree_set(0u32..20_000, 0..40),
        ) {
            let foer: RoaringBitmap = (0..grunn).map(|p| p * steg).filter(|p| *p < 65_536).collect();
            let mut etter = foer.clone();
            let mut personer = Vec::new();
            for person in byttet {
                let inn = etter.insert(person);
                if !inn {
                    etter.remove(person);
                }
                personer.push((person, inn));
            }
            let byte = (!foer.is_empty()).then(|| skriv_mengde(foer.len(), foer.iter()));
            prop_assert_eq!(endre_mengde(byte.clone(), &personer).unwrap(), (skriv_mengde(etter.len(), etter.iter()), etter.len()));
            // Whoever is there does not come, and whoever is not does not go.
            if let Some((person, inn)) = personer.first() {
                prop_assert!(endre_mengde(byte, &[(*person, !inn)]).is_err());
            }
        }

        #[test]
        fn any_bytes_are_a_set_or_refused(byte in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = les_mengde(&byte);
            let _ = endre_mengde(Some(byte.clone()), &[(3, true), (70_000, false)]);
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
