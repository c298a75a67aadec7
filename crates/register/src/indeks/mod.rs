//! The index of terms: which persons a term leads to, by who may be led.
//!
//! ```text
//!  publikum (u16)  merke (10 bytes)  0        the term: who they are, or, of many, how many there are in each block
//!  publikum        merke             1 + b    who they are in block b: the low 16 bits of each person's number
//!  publikum        merke of a begin  0xFFFF   texts that begin so: for kinds whose terms can be listed
//! ```
//! Everything under a key is sealed for the key, and a first row has the end of the seal of each of its blocks: one that was
//! put back as it once was is seen. A caller's query reads what its own projections lead to and nothing else: the public
//! stands first, and whoever is led by nothing of a public never reads there.
//!
//! There are two tables for it, and `meta` says in which one it lies, and under which key: it is made anew under a new key in
//! the other one while this one is read and written (`fornying`).
//!
//! It is a view: what lies here is made of the records, commits with them and can be made again. What it looks like is a
//! function of the records and the key, however it came about.

mod blokkmengde;
mod bygger;
mod endring;
mod fornying;
mod kontroll;
mod lesing;
mod mengde;
mod minne;
mod treff;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use lager::{INDEKSTILLEGG_BYTE as TILLEGG_BYTE, Indeksnoekkel, Les, MERKE_BYTE, Miljoe, Skriv, Tabell};
use tilgang::Publikum;

use crate::Feil;
use crate::koding::{Leser, skriv_lengde};
use crate::post::Personpost;
use crate::visning::{ORDNET, Termer, Visning, bilde};

pub use blokkmengde::Blokkmengde;
pub(crate) use bygger::Bygger;
pub(crate) use endring::Endrer;
pub(crate) use fornying::{Endrede, Stykkevis, toem_stykkevis};
pub(crate) use kontroll::Indekskontroll;
pub use lesing::Indekslesing;
pub use treff::{Intervalldel, Treff};

const SKADET: Feil = Feil::Skadet("indeks");
/// In `meta`: which view, under which key, the index holds whole.
const MERKE: &[u8] = b"indeks";

const REGISTER: u16 = 0;
const ORDBOK: u16 = u16::MAX;
/// Most persons of a term that stand in its first row: as many as a page has room for. Where our own slips are looked for it
/// is few, so that small nations meet what great ones do.
const SAMLET_MAKS: usize = if cfg!(debug_assertions) { 3 } else { 960 };
/// Goes up when the same terms are written in another way than before.
const FORM: u8 = 2;
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

// Blocks are numbered from 1 in a key; persons end far below the last.
fn blokkplass(blokk: u16) -> Result<u16, Feil> {
    match blokk.checked_add(1) {
        Some(plass) if plass < ORDBOK => Ok(plass),
        _ => Err(Feil::Skadet("for mange personer")),
    }
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

/// Where an index lies: which of the two tables, and under which key.
#[derive(Clone)]
pub(crate) struct Sted {
    pub tabell: Tabell,
    pub plass: Plass,
    pub noekkel: Arc<Indeksnoekkel>,
}

/// Which of the two tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plass {
    Foerste,
    Andre,
}

impl Plass {
    pub fn annen(self) -> Self {
        match self {
            Plass::Foerste => Plass::Andre,
            Plass::Andre => Plass::Foerste,
        }
    }
}

/// The two tables.
#[derive(Clone, Copy)]
pub(crate) struct Indekstabeller {
    pub foerste: Tabell,
    pub andre: Tabell,
}

impl Indekstabeller {
    pub fn hent(self, plass: Plass) -> Tabell {
        match plass {
            Plass::Foerste => self.foerste,
            Plass::Andre => self.andre,
        }
    }

    pub fn begge(self) -> [Tabell; 2] {
        [self.foerste, self.andre]
    }

    /// A place in one of them, under a key.
    pub fn sted(self, plass: Plass, noekkel: Arc<Indeksnoekkel>) -> Sted {
        Sted {
            tabell: self.hent(plass),
            plass,
            noekkel,
        }
    }
}

/// The index of a register that has one.
pub(crate) struct Indeks {
    pub visning: Arc<dyn Visning>,
    /// The key in use, and the one before or after it while somebody may read by that.
    noekler: RwLock<(Arc<Indeksnoekkel>, Option<Arc<Indeksnoekkel>>)>,
    minne: minne::Minne,
    tabeller: Indekstabeller,
    /// Whom it is to be looked at again for, while it is made anew.
    endrede: Mutex<Endrede>,
}

impl Indeks {
    pub fn new(visning: Arc<dyn Visning>, noekkel: Indeksnoekkel, tabeller: Indekstabeller) -> Self {
        let minne = minne::Minne::default();
        minne.bytt_noekkel(noekkel.kontroll());
        Indeks {
            visning,
            noekler: RwLock::new((Arc::new(noekkel), None)),
            minne,
            tabeller,
            endrede: Mutex::new(Endrede::Ingen),
        }
    }

    /// Whom it is to be looked at again for, while it is made anew. The caller holds the register's write lock.
    pub fn endrede(&self) -> MutexGuard<'_, Endrede> {
        self.endrede.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that all of it is made otherwise than by changes, before it is: whoever makes it anew gives it up.
    pub fn lag_alt(&self, skriv: &Skriv<'_>) {
        self.minne.merk_alt(skriv.id());
        self.endrede().bryt();
    }

    /// Says that all that is read from now on lies elsewhere.
    pub fn bytter_sted(&self, skriv: &Skriv<'_>) {
        self.minne.merk_alt(skriv.id());
    }

    /// The terms of a record.
    pub fn termer(&self, post: &Personpost) -> Termer {
        let mut ut = Termer::ingen();
        self.visning.termer(&bilde(post, self.visning.entiteter()), &mut ut);
        ut.ordne();
        ut
    }

    /// The entities that persons are found by.
    pub fn entiteter(&self) -> tilgang::Entitetsmengde {
        self.visning.entiteter()
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

    /// What `meta` says when the index is whole at a place.
    pub fn merke(&self, plass: Plass, noekkel: &Indeksnoekkel) -> Vec<u8> {
        let mut ut = vec![FORM];
        ut.extend_from_slice(&SAMLET_MAKS.to_be_bytes());
        ut.extend_from_slice(&self.visning.versjon().to_be_bytes());
        ut.extend_from_slice(&noekkel.kontroll());
        // An index from before there were two is in the first.
        if plass == Plass::Andre {
            ut.push(2);
        }
        ut
    }

    /// Where the index lies now. `None`: what is there is not whole.
    pub fn sted(&self, meta: Tabell, les: &Les<'_>) -> Result<Option<Sted>, Feil> {
        let Some(merke) = meta.hent(les, MERKE)? else {
            return Ok(None);
        };
        let noekler = self.noekler.read().unwrap_or_else(PoisonError::into_inner);
        let alle = std::iter::once(&noekler.0).chain(&noekler.1);
        let mut steder = alle.flat_map(|n| [Plass::Foerste, Plass::Andre].map(|plass| (plass, n)));
        let funnet = steder.find(|(plass, n)| self.merke(*plass, n) == merke);
        Ok(funnet.map(|(plass, n)| self.tabeller.sted(plass, n.clone())))
    }

    pub fn er_hel(&self, meta: Tabell, les: &Les<'_>) -> Result<bool, Feil> {
        Ok(self.sted(meta, les)?.is_some())
    }

    /// Empties both tables, for one who makes all of it in the first, under the key in use.
    pub fn nullstill(&self, skriv: &mut Skriv<'_>) -> Result<Sted, Feil> {
        self.lag_alt(skriv);
        for tabell in self.tabeller.begge() {
            tabell.toem(skriv)?;
        }
        Ok(self.tabeller.sted(Plass::Foerste, self.noekkel()))
    }

    /// Says that it is whole at a place.
    pub fn sett_hel(&self, meta: Tabell, skriv: &mut Skriv<'_>, sted: &Sted) -> Result<(), Feil> {
        Ok(meta.sett(skriv, MERKE, &self.merke(sted.plass, &sted.noekkel))?)
    }
}

/// Says that the index is not what the records are any more.
pub(crate) fn stryk(meta: Tabell, skriv: &mut Skriv<'_>) -> Result<(), Feil> {
    meta.slett(skriv, MERKE)?;
    Ok(())
}

fn hent(tabell: Tabell, noekkel: &Indeksnoekkel, les: &Les<'_>, sted: &Noekkel) -> Result<Option<Vec<u8>>, Feil> {
    let byte = tabell.hent(les, sted)?;
    Ok(byte.map(|byte| noekkel.aapne(sted, byte)).transpose()?)
}

/// Empties the index in its own transaction.
pub(crate) fn toem(
    indeks: Option<&Indeks>,
    tabeller: Indekstabeller,
    meta: Tabell,
    miljoe: &Miljoe,
) -> Result<(), Feil> {
    let mut skriv = miljoe.skriv()?;
    if let Some(indeks) = indeks {
        indeks.lag_alt(&skriv);
    }
    for tabell in tabeller.begge() {
        tabell.toem(&mut skriv)?;
    }
    stryk(meta, &mut skriv)?;
    Ok(Miljoe::bekreft(skriv)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_texts_and_keys_or_refused(byte in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = les_tekster(&byte);
            let _ = les_noekkel(&byte);
        }
    }
}
