//! Sets of persons as bytes: what a term's first row says, and the set of a block.
//!
//! Persons in rising order are written as the steps between them. The set of a block is written as one bit for each person
//! where steps would be longer.

use super::blokkmengde::Blokkmengde;
use super::{SAMLET_MAKS, SKADET};
use crate::Feil;
use crate::koding::{Leser, skriv_tall};

/// Bytes of a block's set as one bit for each person.
const BITER_BYTE: usize = 8 * 1024;
/// Bytes of a block's seal that the first row remembers.
const KORTSEGL_BYTE: usize = 8;

/// The end of a seal. A set that was changed has another, whatever the number of persons.
pub(super) type Kortsegl = [u8; KORTSEGL_BYTE];

pub(super) fn kortsegl(forseglet: &[u8]) -> Kortsegl {
    forseglet.last_chunk().copied().unwrap_or_default()
}

/// Which block a person is in, and its place there.
pub(super) fn plass(person: u32) -> (u16, u16) {
    let [a, b, c, d] = person.to_be_bytes();
    (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]))
}

/// The person in a place of a block.
pub(super) fn person(blokk: u16, plass: u16) -> u32 {
    u32::from(blokk) << 16 | u32::from(plass)
}

fn skriv_steg(ut: &mut Vec<u8>, personer: impl Iterator<Item = u32>) {
    let mut neste = 0;
    for person in personer {
        skriv_tall(ut, u64::from(person - neste));
        neste = person + 1;
    }
}

fn les_steg(byte: &[u8], siste: u32) -> Result<Vec<u32>, Feil> {
    let mut leser = Leser::new(byte);
    let mut ut = Vec::with_capacity(byte.len());
    let mut neste = 0u32;
    while !leser.er_tom() {
        let person = neste.checked_add(leser.tall32()?).filter(|p| *p <= siste);
        let person = person.ok_or(SKADET)?;
        ut.push(person);
        neste = person + 1;
    }
    Ok(ut)
}

/// The set of a block as it lies under its key.
pub(super) fn skriv_mengde(mengde: &Blokkmengde) -> Vec<u8> {
    // A step takes a byte at least.
    if mengde.antall() < BITER_BYTE as u64 {
        let mut ut = Vec::with_capacity(64);
        ut.push(0);
        skriv_steg(&mut ut, mengde.plasser().map(u32::from));
        if ut.len() <= BITER_BYTE {
            return ut;
        }
    }
    let mut ut = Vec::with_capacity(BITER_BYTE + 1 + super::TILLEGG_BYTE);
    ut.push(1);
    mengde.som_biter(|ord| ut.extend_from_slice(&ord.to_le_bytes()));
    ut
}

pub(super) fn les_mengde(byte: &[u8]) -> Result<Blokkmengde, Feil> {
    match byte.split_first() {
        Some((0, rest)) => {
            let plasser = les_steg(rest, 0xFFFF)?.into_iter().map(u16::try_from);
            let plasser: Result<_, _> = plasser.collect();
            Ok(Blokkmengde::av_stigende(plasser.map_err(|_| SKADET)?))
        }
        Some((1, biter)) if biter.len() == BITER_BYTE => Ok(Blokkmengde::av_ord(
            biter.as_chunks().0.iter().map(|ord| u64::from_le_bytes(*ord)),
        )),
        _ => Err(SKADET),
    }
}

/// A set after some came (`true`) and went. Who comes must not have been there, and who goes must.
pub(super) fn endre_mengde(mengde: &mut Blokkmengde, personer: &[(u16, bool)]) -> Result<(), Feil> {
    let endret = personer.iter().all(|(plass, inn)| mengde.flytt(*plass, *inn));
    if endret { Ok(()) } else { Err(SKADET) }
}

/// What a term's first row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Oversikt {
    /// Who they all are, in rising order: no more than [`SAMLET_MAKS`].
    Samlet(Vec<u32>),
    /// How many there are in each block, blocks in rising order.
    Blokker(Vec<Blokk>),
}

/// A block in the first row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Blokk {
    pub nr: u16,
    /// At least one.
    pub antall: u32,
    /// The end of the seal of the block's set.
    pub segl: Kortsegl,
}

impl Default for Oversikt {
    fn default() -> Self {
        Oversikt::Samlet(Vec::new())
    }
}

impl Oversikt {
    pub fn antall(&self) -> u64 {
        match self {
            Oversikt::Samlet(personer) => personer.len() as u64,
            Oversikt::Blokker(blokker) => blokker.iter().map(|b| u64::from(b.antall)).sum(),
        }
    }

    pub fn skriv(&self) -> Vec<u8> {
        match self {
            Oversikt::Samlet(personer) => {
                let mut ut = Vec::with_capacity(personer.len() * 3 + 1 + super::TILLEGG_BYTE);
                ut.push(0);
                skriv_steg(&mut ut, personer.iter().copied());
                ut
            }
            Oversikt::Blokker(blokker) => {
                let mut ut = Vec::with_capacity(blokker.len() * 12 + 1 + super::TILLEGG_BYTE);
                ut.push(1);
                let mut neste = 0u16;
                for blokk in blokker {
                    skriv_tall(&mut ut, u64::from(blokk.nr - neste));
                    skriv_tall(&mut ut, u64::from(blokk.antall));
                    ut.extend_from_slice(&blokk.segl);
                    neste = blokk.nr.saturating_add(1);
                }
                ut
            }
        }
    }

    pub fn les(byte: &[u8]) -> Result<Self, Feil> {
        match byte.split_first() {
            Some((0, rest)) => Ok(Oversikt::Samlet(les_steg(rest, u32::MAX - 1)?)),
            Some((1, rest)) => les_blokker(rest).map(Oversikt::Blokker),
            _ => Err(SKADET),
        }
    }

    /// Whether so many persons stand in the first row.
    pub fn er_samlet(antall: u64) -> bool {
        antall <= SAMLET_MAKS as u64
    }
}

fn les_blokker(byte: &[u8]) -> Result<Vec<Blokk>, Feil> {
    let mut leser = Leser::new(byte);
    let mut ut = Vec::new();
    let mut neste = 0u32;
    while !leser.er_tom() {
        let nr = neste.checked_add(leser.tall32()?).ok_or(SKADET)?;
        let antall = leser.tall32()?;
        let segl = *leser.ta(KORTSEGL_BYTE)?.first_chunk().ok_or(SKADET)?;
        if antall == 0 {
            return Err(SKADET);
        }
        let nr = u16::try_from(nr).map_err(|_| SKADET)?;
        ut.push(Blokk { nr, antall, segl });
        neste = u32::from(nr) + 1;
    }
    Ok(ut)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    fn av(plasser: impl IntoIterator<Item = u16>) -> Blokkmengde {
        Blokkmengde::av_stigende(plasser.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_set_of_persons_comes_back_as_it_was(
            faa in prop::collection::btree_set(any::<u16>(), 0..300),
            mange in any::<bool>(),
        ) {
            let mengde = if mange {
                av((0..=u16::MAX).filter(|p| !faa.contains(p)))
            } else {
                av(faa)
            };
            let byte = skriv_mengde(&mengde);
            prop_assert!(byte.len() <= BITER_BYTE + 1);
            prop_assert_eq!(les_mengde(&byte).unwrap(), mengde);
        }

        #[test]
        fn a_set_that_is_changed_is_the_set_that_would_be_written(
            grunn in prop_oneof![Just(0u16), Just(1_020), Just(1_030), Just(8_185), Just(8_192), Just(8_200), Just(60_000)],
            steg in 1u32..3,
            byttet in prop::collection::btree_set(0u16..20_000, 0..40),
        ) {
            let foer: BTreeSet<u16> = (0..grunn).filter_map(|p| u16::try_from(u32::from(p) * steg).ok()).collect();
            let mut etter = foer.clone();
            let mut personer = Vec::new();
            for person in byttet {
                let inn = etter.insert(person);
                if !inn {
                    etter.remove(&person);
                }
                personer.push((person, inn));
            }
            let mut mengde = av(foer.iter().copied());
            endre_mengde(&mut mengde, &personer).unwrap();
            prop_assert_eq!(&mengde, &av(etter));
            // Whoever is there does not come, and whoever is not does not go.
            if let Some((person, inn)) = personer.first() {
                prop_assert!(endre_mengde(&mut mengde, &[(*person, *inn)]).is_err());
            }
        }

        #[test]
        fn any_bytes_are_a_set_or_refused(byte in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = les_mengde(&byte);
            let _ = Oversikt::les(&byte);
        }

        #[test]
        fn a_first_row_comes_back_as_it_was(
            personer in prop::collection::btree_set(0u32..u32::MAX, 0..40),
            blokker in prop::collection::btree_map(0u16..60_000, (1u32..65_537, any::<Kortsegl>()), 0..40),
        ) {
            let samlet = Oversikt::Samlet(personer.into_iter().collect());
            prop_assert_eq!(Oversikt::les(&samlet.skriv()).unwrap(), samlet);
            let blokker = blokker.into_iter().map(|(nr, (antall, segl))| Blokk { nr, antall, segl });
            let blokker = Oversikt::Blokker(blokker.collect());
            prop_assert_eq!(Oversikt::les(&blokker.skriv()).unwrap(), blokker);
        }
    }
}
