//! Where terms lead: persons, few in a list and many by block.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use tilgang::Publikum;

use super::blokkmengde::Blokkmengde;
use super::mengde::{Kortsegl, Oversikt, person, plass};
use super::minne::merkeplass;
use super::{Merke, Noekkel, blokkplass, noekkel};
use crate::Feil;

/// Most persons that are held in a list where several terms are one.
const LISTE_MAKS: u64 = 4_096;
/// So many looks into sets of a block are sooner done than the sets are made one.
const OPPSLAG_MAKS: u64 = 1_024;
/// Bytes of a block's set in memory, at most.
const BLOKK_BYTE: usize = 8 * 1024;

/// Where terms lead one projection: whoever is under one of them.
#[derive(Clone, Debug, Default)]
pub struct Treff {
    deler: Vec<Del>,
}

/// One of them, as one question has it.
#[derive(Clone, Debug)]
struct Del {
    bilde: Arc<Termbilde>,
    /// What it is put together of, once it has been needed: kept by whoever asks, and not by what is kept.
    av: OnceCell<Treff>,
}

impl From<Arc<Termbilde>> for Treff {
    fn from(bilde: Arc<Termbilde>) -> Self {
        let av = OnceCell::new();
        Treff {
            deler: vec![Del { bilde, av }],
        }
    }
}

impl Treff {
    /// Whoever the other leads to, too.
    pub fn og(&mut self, annet: Treff) {
        self.deler.extend(annet.deler);
    }

    /// How many persons, at most: whoever several terms lead to counts for each.
    #[must_use]
    pub fn antall(&self) -> u64 {
        self.deler.iter().map(|del| del.bilde.antall).sum()
    }

    /// How many persons, where it is known without looking: of one term, under which nobody stands twice, or of a list.
    #[must_use]
    pub fn antall_i_alt(&self) -> Option<u64> {
        match self.deler.as_slice() {
            [] => Some(0),
            [del] => match &del.bilde.innhold {
                Innhold::Liste(personer) => u64::try_from(personer.len()).ok(),
                Innhold::Blokker(_) => del.bilde.er_term.then_some(del.bilde.antall),
            },
            _ => None,
        }
    }

    /// How many persons of a block, where it is known without reading it: of one term, or of a block that has been read.
    #[must_use]
    pub fn antall_i_blokk(&self, blokk: u16) -> Option<u64> {
        let [del] = self.deler.as_slice() else { return None };
        match &del.bilde.innhold {
            Innhold::Liste(personer) => Some(i_blokk(personer, blokk).antall()),
            Innhold::Blokker(blokker) => {
                let Some(blokk) = Innhold::blokk(blokker, blokk) else {
                    return Some(0);
                };
                match blokk.mengde.get() {
                    Some(mengde) => Some(mengde.antall()),
                    None if del.bilde.er_term => u64::try_from(blokk.antall).ok(),
                    None => None,
                }
            }
        }
    }

    /// The blocks that they are in, in rising order, each once.
    #[must_use]
    pub fn blokker(&self) -> Vec<u16> {
        let mut ut: Vec<u16> = Vec::new();
        for del in &self.deler {
            match &del.bilde.innhold {
                Innhold::Liste(personer) => {
                    let like = |a: &u32, b: &u32| plass(*a).0 == plass(*b).0;
                    let foerste = personer.chunk_by(like).filter_map(|bolk| bolk.first());
                    ut.extend(foerste.map(|p| plass(*p).0));
                }
                Innhold::Blokker(blokker) => ut.extend(blokker.iter().map(|b| b.nr)),
            }
        }
        if self.deler.len() > 1 {
            ut.sort_unstable();
            ut.dedup();
        }
        ut
    }
}

/// A part of a range of values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Intervalldel {
    /// A value.
    En(Box<[u8]>),
    /// The ten values that are this and one digit more.
    Ti(Box<[u8]>),
}

impl Intervalldel {
    fn byte(&self) -> usize {
        let (Intervalldel::En(verdi) | Intervalldel::Ti(verdi)) = self;
        size_of::<Self>() + verdi.len()
    }
}

/// What one term, or several that are asked for as one, leads to: of one projection, at one moment.
pub(super) struct Termbilde {
    /// Where changes to it are noted.
    pub merkeplasser: Box<[u16]>,
    /// The kind and the values that it is put together of, where blocks have no rows of their own. They are asked for when a
    /// block is needed: whoever may be given this is given the same by each of them.
    av: (u8, Box<[Intervalldel]>),
    /// One term and no more. A person is under a term once, whoever may find the person by it, so what its first rows count is
    /// how many there are.
    er_term: bool,
    antall: u64,
    innhold: Innhold,
}

impl std::fmt::Debug for Termbilde {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Termbilde")
    }
}

enum Innhold {
    /// In rising order, each once.
    Liste(Box<[u32]>),
    /// In rising order.
    Blokker(Box<[Blokkbilde]>),
}

/// The persons of a block; read when they are needed.
struct Blokkbilde {
    nr: u16,
    rader: Vec<Blokkrad>,
    /// Places that stood in a first row.
    her: Vec<u16>,
    /// At most.
    antall: usize,
    mengde: OnceLock<Blokkmengde>,
}

/// A row with persons of a block.
pub(super) struct Blokkrad {
    pub sted: Noekkel,
    pub antall: u32,
    pub segl: Kortsegl,
}

impl Termbilde {
    /// Of what the first rows of terms said; `merker` is whatever the answer depends on.
    pub fn new(merker: &[Merke], deler: Vec<(Publikum, Merke, Oversikt)>) -> Self {
        let antall = deler.iter().map(|(_, _, oversikt)| oversikt.antall()).sum();
        Termbilde {
            merkeplasser: merker.iter().map(merkeplass).collect(),
            av: (0, Box::default()),
            er_term: merker.len() == 1,
            antall,
            innhold: Innhold::av(deler, antall),
        }
    }

    /// Of what several terms lead to.
    pub fn av_flere(slag: u8, deler: Box<[Intervalldel]>, treff: &Treff) -> Self {
        let mut merkeplasser: Vec<u16> = Vec::new();
        let mut i_blokk: BTreeMap<u16, usize> = BTreeMap::new();
        for Del { bilde, .. } in &treff.deler {
            merkeplasser.extend(&bilde.merkeplasser);
            match &bilde.innhold {
                Innhold::Liste(personer) => personer
                    .iter()
                    .for_each(|p| *i_blokk.entry(plass(*p).0).or_default() += 1),
                Innhold::Blokker(blokker) => {
                    blokker
                        .iter()
                        .for_each(|b| *i_blokk.entry(b.nr).or_default() += b.antall);
                }
            }
        }
        merkeplasser.sort_unstable();
        merkeplasser.dedup();
        let blokk = |(nr, antall)| Blokkbilde {
            nr,
            rader: Vec::new(),
            her: Vec::new(),
            antall,
            mengde: OnceLock::new(),
        };
        Termbilde {
            merkeplasser: merkeplasser.into(),
            innhold: Innhold::Blokker(i_blokk.into_iter().map(blokk).collect()),
            antall: treff.antall(),
            er_term: false,
            av: (slag, deler),
        }
    }

    #[cfg(test)]
    pub fn antall(&self) -> u64 {
        self.antall
    }

    /// Bytes that it takes when all of it has been read, about.
    pub fn byte(&self) -> usize {
        let av: usize = self.av.1.iter().map(Intervalldel::byte).sum();
        let innhold = match &self.innhold {
            Innhold::Liste(personer) => personer.len() * 4,
            Innhold::Blokker(blokker) => {
                let mengde = |b: &Blokkbilde| {
                    BLOKK_BYTE.min(b.antall * 2) + b.rader.len() * size_of::<Blokkrad>() + b.her.len() * 2 + 192
                };
                blokker.iter().map(mengde).sum()
            }
        };
        av + innhold + self.merkeplasser.len() * 2 + 160
    }
}

impl Innhold {
    fn av(deler: Vec<(Publikum, Merke, Oversikt)>, antall: u64) -> Self {
        let lister = |(_, _, oversikt): &(_, _, Oversikt)| matches!(oversikt, Oversikt::Samlet(_));
        if antall <= LISTE_MAKS && deler.iter().all(lister) {
            let mut alle = Vec::new();
            for (_, _, oversikt) in deler {
                match oversikt {
                    Oversikt::Samlet(personer) if alle.is_empty() => alle = personer,
                    Oversikt::Samlet(personer) => alle.extend(personer),
                    Oversikt::Blokker(_) => {}
                }
            }
            alle.sort_unstable();
            alle.dedup();
            return Innhold::Liste(alle.into());
        }
        let mut blokker: BTreeMap<u16, (Vec<Blokkrad>, Vec<u16>)> = BTreeMap::new();
        for (publikum, merke, oversikt) in deler {
            match oversikt {
                Oversikt::Samlet(personer) => {
                    for person in personer {
                        let (blokk, plass) = plass(person);
                        blokker.entry(blokk).or_default().1.push(plass);
                    }
                }
                Oversikt::Blokker(i_blokker) => {
                    for blokk in i_blokker {
                        // One past the last place cannot have been written, and is not found.
                        let Ok(sted) = blokkplass(blokk.nr) else { continue };
                        blokker.entry(blokk.nr).or_default().0.push(Blokkrad {
                            sted: noekkel(publikum, &merke, sted),
                            antall: blokk.antall,
                            segl: blokk.segl,
                        });
                    }
                }
            }
        }
        let blokk = |(nr, (rader, mut her)): (u16, (Vec<Blokkrad>, Vec<u16>))| {
            her.sort_unstable();
            her.dedup();
            let antall = rader.iter().map(|r| r.antall as usize).sum::<usize>() + her.len();
            Blokkbilde {
                nr,
                rader,
                her,
                antall,
                mengde: OnceLock::new(),
            }
        };
        Innhold::Blokker(blokker.into_iter().map(blokk).collect())
    }

    fn blokk(blokker: &[Blokkbilde], nr: u16) -> Option<&Blokkbilde> {
        // Of a term that many are under, most blocks are there.
        if let Some(blokk) = blokker.get(usize::from(nr)).filter(|b| b.nr == nr) {
            return Some(blokk);
        }
        let plass = blokker.binary_search_by_key(&nr, |b| b.nr).ok()?;
        blokker.get(plass)
    }
}

// Persons of a block, looked for in so many sets.
fn er_faa(personer: u64, mengder: usize) -> bool {
    personer.saturating_mul(u64::try_from(mengder).unwrap_or(u64::MAX)) <= OPPSLAG_MAKS
}

/// Opens rows, and finds what ranges are made of.
pub(super) trait Blokkleser {
    fn les(&self, rad: &Blokkrad) -> Result<Blokkmengde, Feil>;
    fn intervalldel(&self, slag: u8, del: &Intervalldel) -> Result<Treff, Feil>;
}

// The part of a list that lies in a block, as places.
fn i_blokk(personer: &[u32], blokk: u16) -> Blokkmengde {
    let fra = personer.partition_point(|p| plass(*p).0 < blokk);
    let rest = personer.get(fra..).unwrap_or_default();
    let her = rest.iter().map(|p| plass(*p)).take_while(|(b, _)| *b == blokk);
    Blokkmengde::av_stigende(her.map(|(_, p)| p).collect())
}

impl Treff {
    /// Everybody, in rising order, each once.
    pub(super) fn liste(&self, leser: &impl Blokkleser) -> Result<Vec<u32>, Feil> {
        let mut ut = Vec::new();
        for del in &self.deler {
            match &del.bilde.innhold {
                Innhold::Liste(personer) => ut.extend_from_slice(personer),
                Innhold::Blokker(blokker) => {
                    for blokk in blokker {
                        del.mengde(blokk, leser)?.hver(|plass| ut.push(person(blokk.nr, plass)));
                    }
                }
            }
        }
        if self.deler.len() > 1 {
            ut.sort_unstable();
            ut.dedup();
        }
        Ok(ut)
    }

    /// Leaves those of a list, in rising order, who are among them.
    pub(super) fn behold(&self, personer: &mut Vec<u32>, leser: &impl Blokkleser) -> Result<(), Feil> {
        let mut blir = Vec::with_capacity(personer.len());
        self.merk(personer, leser, |plass| blir.extend(personer.get(plass)))?;
        *personer = blir;
        Ok(())
    }

    // Calls for the place of each in a list, in rising order, who is among them.
    fn merk(&self, personer: &[u32], leser: &impl Blokkleser, mut ta: impl FnMut(usize)) -> Result<(), Feil> {
        if let [del] = self.deler.as_slice() {
            return del.merk_like(personer, leser, &mut ta);
        }
        let mut blir = vec![false; personer.len()];
        for del in &self.deler {
            del.merk_like(personer, leser, &mut |plass| {
                if let Some(blir) = blir.get_mut(plass) {
                    *blir = true;
                }
            })?;
        }
        blir.iter()
            .enumerate()
            .filter(|(_, blir)| **blir)
            .for_each(|(plass, _)| ta(plass));
        Ok(())
    }

    /// The persons of a block.
    pub(super) fn personer<'b>(&'b self, blokk: u16, leser: &impl Blokkleser) -> Result<Cow<'b, Blokkmengde>, Feil> {
        if let [del] = self.deler.as_slice() {
            return Ok(del.i_blokk(blokk, leser)?.unwrap_or_default());
        }
        let mut mengder = Vec::with_capacity(self.deler.len());
        for del in &self.deler {
            mengder.extend(del.i_blokk(blokk, leser)?);
        }
        if mengder.len() > 1 {
            return Ok(Cow::Owned(Blokkmengde::noen(mengder.iter().map(AsRef::as_ref))));
        }
        Ok(mengder.pop().unwrap_or_default())
    }
}

impl Treff {
    /// Those of some persons of a block who are among them.
    pub(super) fn felles(
        &self,
        personer: &Blokkmengde,
        blokk: u16,
        leser: &impl Blokkleser,
    ) -> Result<Blokkmengde, Feil> {
        if let [del] = self.deler.as_slice() {
            return del.felles(personer, blokk, leser);
        }
        // Few are looked for in one set after the other; many are met with all of them at once.
        if !er_faa(personer.antall(), self.deler.len()) {
            return Ok(personer.felles(self.personer(blokk, leser)?.as_ref()));
        }
        let mut deler = Vec::with_capacity(self.deler.len());
        for del in &self.deler {
            deler.push(del.felles(personer, blokk, leser)?);
        }
        Ok(Blokkmengde::noen(deler.iter()))
    }
}

impl Del {
    fn mengde<'b>(&'b self, blokk: &'b Blokkbilde, leser: &impl Blokkleser) -> Result<&'b Blokkmengde, Feil> {
        if let Some(mengde) = blokk.mengde.get() {
            return Ok(mengde);
        }
        let mut deler = Vec::with_capacity(blokk.rader.len() + 1);
        for rad in &blokk.rader {
            deler.push(leser.les(rad)?);
        }
        if !blokk.her.is_empty() {
            deler.push(Blokkmengde::av_stigende(blokk.her.clone()));
        }
        if !self.bilde.av.1.is_empty() {
            deler.push(self.av(leser)?.personer(blokk.nr, leser)?.into_owned());
        }
        let mengde = match deler.pop() {
            Some(en) if deler.is_empty() => en,
            siste => Blokkmengde::noen(deler.iter().chain(&siste)),
        };
        Ok(blokk.mengde.get_or_init(|| mengde))
    }

    // One that is put together is not put together in a block for the sake of few.
    fn ved_deler(&self, blokk: &Blokkbilde, personer: u64) -> bool {
        !self.bilde.av.1.is_empty() && er_faa(personer, self.bilde.av.1.len()) && blokk.mengde.get().is_none()
    }

    fn av(&self, leser: &impl Blokkleser) -> Result<&Treff, Feil> {
        if let Some(av) = self.av.get() {
            return Ok(av);
        }
        let mut av = Treff::default();
        let (slag, deler) = &self.bilde.av;
        for del in deler {
            av.og(leser.intervalldel(*slag, del)?);
        }
        Ok(self.av.get_or_init(|| av))
    }

    fn felles(&self, personer: &Blokkmengde, blokk: u16, leser: &impl Blokkleser) -> Result<Blokkmengde, Feil> {
        if let Innhold::Blokker(blokker) = &self.bilde.innhold
            && let Some(blokk) = Innhold::blokk(blokker, blokk)
            && self.ved_deler(blokk, personer.antall())
        {
            return self.av(leser)?.felles(personer, blokk.nr, leser);
        }
        Ok(match self.i_blokk(blokk, leser)? {
            Some(mengde) => personer.felles(&mengde),
            None => Blokkmengde::default(),
        })
    }

    // The persons of a block, if there are any.
    fn i_blokk<'b>(&'b self, blokk: u16, leser: &impl Blokkleser) -> Result<Option<Cow<'b, Blokkmengde>>, Feil> {
        match &self.bilde.innhold {
            Innhold::Liste(personer) => {
                let mengde = i_blokk(personer, blokk);
                Ok((!mengde.er_tom()).then_some(Cow::Owned(mengde)))
            }
            Innhold::Blokker(blokker) => match Innhold::blokk(blokker, blokk) {
                Some(blokk) => Ok(Some(Cow::Borrowed(self.mengde(blokk, leser)?))),
                None => Ok(None),
            },
        }
    }

    // Calls for the place of each in a list, in rising order, who is among them.
    fn merk_like(&self, personer: &[u32], leser: &impl Blokkleser, ta: &mut dyn FnMut(usize)) -> Result<(), Feil> {
        match &self.bilde.innhold {
            Innhold::Liste(mine) if mine.len() < personer.len() => {
                let (mut rest, mut foran) = (personer, 0);
                for min in mine {
                    let hopp = rest.partition_point(|p| p < min);
                    (rest, foran) = (rest.get(hopp..).unwrap_or_default(), foran + hopp);
                    if rest.first() == Some(min) {
                        ta(foran);
                    }
                }
            }
            Innhold::Liste(mine) => {
                let mut rest: &[u32] = mine;
                for (nr, person) in personer.iter().enumerate() {
                    rest = rest.get(rest.partition_point(|p| p < person)..).unwrap_or_default();
                    if rest.first() == Some(person) {
                        ta(nr);
                    }
                }
            }
            Innhold::Blokker(blokker) => {
                let mut foran = 0;
                for gruppe in personer.chunk_by(|a, b| plass(*a).0 == plass(*b).0) {
                    let blokk = gruppe.first().and_then(|p| Innhold::blokk(blokker, plass(*p).0));
                    if let Some(blokk) = blokk {
                        if self.ved_deler(blokk, gruppe.len() as u64) {
                            self.av(leser)?.merk(gruppe, leser, |nr| ta(foran + nr))?;
                            foran += gruppe.len();
                            continue;
                        }
                        let mengde = self.mengde(blokk, leser)?;
                        for (nr, person) in gruppe.iter().enumerate() {
                            if mengde.har(plass(*person).1) {
                                ta(foran + nr);
                            }
                        }
                    }
                    foran += gruppe.len();
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};

    use super::super::SKADET;
    use super::super::mengde::Blokk;
    use super::*;
    use proptest::prelude::*;

    /// The sets of blocks, where they lie.
    #[derive(Default)]
    struct Rader {
        mengder: HashMap<Noekkel, Blokkmengde>,
        deler: HashMap<Intervalldel, Treff>,
    }

    impl Blokkleser for Rader {
        fn les(&self, rad: &Blokkrad) -> Result<Blokkmengde, Feil> {
            self.mengder.get(&rad.sted).cloned().ok_or(SKADET)
        }

        fn intervalldel(&self, _: u8, del: &Intervalldel) -> Result<Treff, Feil> {
            self.deler.get(del).cloned().ok_or(SKADET)
        }
    }

    type Mengde = BTreeSet<u32>;

    // A set as a term of a public, in its first row or by block.
    fn del(nr: u8, mengde: &Mengde, i_blokker: bool, rader: &mut Rader) -> (Publikum, Merke, Oversikt) {
        let (publikum, merke) = (Publikum::fra_tall(1), [nr; 10]);
        let alle: Vec<u32> = mengde.iter().copied().collect();
        if !i_blokker {
            return (publikum, merke, Oversikt::Samlet(alle));
        }
        let mut blokker = Vec::new();
        for gruppe in alle.chunk_by(|a, b| plass(*a).0 == plass(*b).0) {
            let nr = plass(gruppe[0]).0;
            let plasser = Blokkmengde::av_stigende(gruppe.iter().map(|p| plass(*p).1).collect());
            let (antall, segl) = (u32::try_from(plasser.antall()).unwrap(), Kortsegl::default());
            rader
                .mengder
                .insert(noekkel(publikum, &merke, blokkplass(nr).unwrap()), plasser);
            blokker.push(Blokk { nr, antall, segl });
        }
        (publikum, merke, Oversikt::Blokker(blokker))
    }

    fn mengder() -> impl Strategy<Value = Vec<(Mengde, bool, bool)>> {
        let person = prop_oneof![0u32..40, 65_520u32..65_560, 300_000u32..300_010];
        let mengde = prop::collection::btree_set(person, 0..50);
        prop::collection::vec((mengde, any::<bool>(), any::<bool>()), 0..5)
    }

    proptest! {
        #[test]
        fn lists_and_blocks_lead_where_the_sets_do(
            mengder in mengder(),
            andre in prop::collection::btree_set(0u32..66_000, 0..60),
            som_en in any::<bool>(),
        ) {
            let mut rader = Rader::default();
            let mut treff = Treff::default();
            let mut samlet = Vec::new();
            let mut alle = Mengde::new();
            for (nr, (mengde, i_blokker, for_seg)) in mengder.iter().enumerate() {
                let del = del(u8::try_from(nr).unwrap(), mengde, *i_blokker, &mut rader);
                alle.extend(mengde);
                // Some are terms of their own, and some were asked for as one.
                if *for_seg {
                    treff.og(Arc::new(Termbilde::new(&[Merke::default()], vec![del])).into());
                } else {
                    samlet.push(del);
                }
            }
            treff.og(Arc::new(Termbilde::new(&[], samlet)).into());
            // And they as one again.
            if som_en {
                let mut deler = Vec::new();
                for (nr, del) in (0u8..).zip(treff.deler) {
                    deler.push(Intervalldel::En([nr].into()));
                    rader.deler.insert(Intervalldel::En([nr].into()), del.bilde.into());
                }
                let mut av = Treff::default();
                deler.iter().for_each(|del| av.og(rader.intervalldel(0, del).unwrap()));
                treff = Arc::new(Termbilde::av_flere(0, deler.into(), &av)).into();
            }
            prop_assert!(treff.antall() >= alle.len() as u64);
            let vanlig: Vec<u32> = alle.iter().copied().collect();
            let andre: Mengde = andre.into_iter().chain(alle.iter().copied().step_by(3)).collect();
            let felles: Vec<u32> = andre.intersection(&alle).copied().collect();
            // What is known without looking is so, and before anything is read a question of several terms knows nothing.
            prop_assert!(treff.antall_i_alt().is_none_or(|antall| antall == alle.len() as u64));
            for blokk in [0u16, 1, 2, 4] {
                let antall = i_blokk(&vanlig, blokk).antall();
                prop_assert!(treff.antall_i_blokk(blokk).is_none_or(|kjent| kjent == antall));
            }
            let blokker: Mengde = alle.iter().map(|p| u32::from(plass(*p).0)).collect();
            prop_assert_eq!(treff.blokker().into_iter().map(u32::from).collect::<Vec<_>>(), blokker.into_iter().collect::<Vec<_>>());
            for blokk in [0u16, 1, 2, 4] {
                let her = |liste: &[u32]| i_blokk(liste, blokk);
                let ulest = her(&andre.iter().copied().collect::<Vec<_>>());
                prop_assert_eq!(treff.felles(&ulest, blokk, &rader).unwrap(), her(&felles));
                let personer = treff.personer(blokk, &rader).unwrap();
                prop_assert_eq!(personer.as_ref(), &her(&vanlig));
                prop_assert!(treff.antall_i_blokk(blokk).is_none_or(|kjent| kjent == personer.antall()));
                let andre = her(&andre.iter().copied().collect::<Vec<_>>());
                prop_assert_eq!(personer.felles(&andre), her(&felles));
                prop_assert_eq!(treff.felles(&andre, blokk, &rader).unwrap(), her(&felles));
            }
            prop_assert_eq!(&treff.liste(&rader).unwrap(), &vanlig);
            let mut beholdt = andre.iter().copied().collect();
            treff.behold(&mut beholdt, &rader).unwrap();
            prop_assert_eq!(&beholdt, &felles);
        }
    }
}
