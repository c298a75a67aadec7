//! The persons of a block while a question is answered: few in a list, many as one bit for each.
//!
//! What is met most is a short list with a long one. A set of more than a sixty-fourth of the block lies as bits, where a
//! container of a general bitmap would be a list: whether a person is among them is then one look.

/// Most persons that lie in a list.
const LISTE_MAKS: usize = 1_024;
/// Words of a block as bits.
const ORD: usize = 65_536 / 64;
/// A list so many times shorter than another is looked up in it.
const KORTERE: usize = 16;
/// Lists of so many together, or fewer, are read side by side.
const SAMMEN: usize = 96;

type Biter = [u64; ORD];

/// Persons of a block, by their places there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blokkmengde(Form);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// In rising order, no more than [`LISTE_MAKS`].
    Liste(Vec<u16>),
    /// With how many they are: more than [`LISTE_MAKS`].
    Biter(Box<Biter>, u32),
}

impl Default for Blokkmengde {
    fn default() -> Self {
        Blokkmengde(Form::Liste(Vec::new()))
    }
}

fn har(biter: &Biter, plass: u16) -> bool {
    let ord = biter.get(usize::from(plass >> 6)).copied().unwrap_or_default();
    ord >> (plass & 63) & 1 == 1
}

fn sett(biter: &mut Biter, plass: u16) {
    if let Some(ord) = biter.get_mut(usize::from(plass >> 6)) {
        *ord |= 1 << (plass & 63);
    }
}

// The places that have a bit, in rising order.
fn plasser(biter: &Biter) -> impl Iterator<Item = u16> + '_ {
    biter.iter().zip(0u16..).flat_map(|(ord, nr)| {
        let mut rest = *ord;
        std::iter::from_fn(move || {
            let neste = u16::try_from(rest.trailing_zeros()).ok().filter(|_| rest != 0)?;
            rest &= rest - 1;
            Some(nr << 6 | neste)
        })
    })
}

fn tom() -> Box<Biter> {
    Box::new([0; ORD])
}

impl Blokkmengde {
    fn av_biter(biter: Box<Biter>) -> Self {
        let antall: u32 = biter.iter().map(|ord| ord.count_ones()).sum();
        if antall as usize > LISTE_MAKS {
            return Blokkmengde(Form::Biter(biter, antall));
        }
        let mut liste = Vec::with_capacity(antall as usize);
        liste.extend(plasser(&biter));
        Blokkmengde(Form::Liste(liste))
    }

    /// Of places in rising order, each once.
    pub(super) fn av_stigende(liste: Vec<u16>) -> Self {
        if liste.len() <= LISTE_MAKS {
            return Blokkmengde(Form::Liste(liste));
        }
        let mut biter = tom();
        liste.into_iter().for_each(|plass| sett(&mut biter, plass));
        Blokkmengde::av_biter(biter)
    }

    /// Of bits, 64 at a time; those that are not there are not set.
    pub(super) fn av_ord(ordene: impl Iterator<Item = u64>) -> Self {
        let mut biter = tom();
        biter.iter_mut().zip(ordene).for_each(|(til, fra)| *til = fra);
        Blokkmengde::av_biter(biter)
    }

    /// Calls for the bits, 64 at a time.
    pub(super) fn som_biter(&self, ta: impl FnMut(u64)) {
        match &self.0 {
            Form::Biter(biter, _) => biter.iter().copied().for_each(ta),
            Form::Liste(liste) => {
                let mut biter = tom();
                liste.iter().for_each(|plass| sett(&mut biter, *plass));
                biter.iter().copied().for_each(ta);
            }
        }
    }

    /// Puts somebody there (`true`) or takes them away. `false`: they were there already, or were not.
    pub(super) fn flytt(&mut self, plass: u16, inn: bool) -> bool {
        match &mut self.0 {
            Form::Liste(liste) => match (liste.binary_search(&plass), inn) {
                (Err(sted), true) => liste.insert(sted, plass),
                (Ok(sted), false) => {
                    liste.remove(sted);
                }
                _ => return false,
            },
            Form::Biter(biter, antall) => {
                let Some(ord) = biter.get_mut(usize::from(plass >> 6)) else {
                    return false;
                };
                let bit = 1 << (plass & 63);
                if (*ord & bit != 0) == inn {
                    return false;
                }
                *ord ^= bit;
                *antall = if inn { *antall + 1 } else { *antall - 1 };
            }
        }
        // What has grown or shrunk past the border lies in the other form.
        let feil_form = match &self.0 {
            Form::Liste(liste) => liste.len() > LISTE_MAKS,
            Form::Biter(_, antall) => *antall as usize <= LISTE_MAKS,
        };
        if feil_form {
            *self = match std::mem::take(self).0 {
                Form::Liste(liste) => Blokkmengde::av_stigende(liste),
                Form::Biter(biter, _) => Blokkmengde::av_biter(biter),
            };
        }
        true
    }

    /// How many they are.
    #[must_use]
    pub fn antall(&self) -> u64 {
        match &self.0 {
            Form::Liste(liste) => liste.len() as u64,
            Form::Biter(_, antall) => u64::from(*antall),
        }
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn er_tom(&self) -> bool {
        self.antall() == 0
    }

    /// Whether somebody is among them.
    #[must_use]
    pub fn har(&self, plass: u16) -> bool {
        match &self.0 {
            Form::Liste(liste) => liste.binary_search(&plass).is_ok(),
            Form::Biter(biter, _) => har(biter, plass),
        }
    }

    /// They, in rising order.
    pub fn plasser(&self) -> impl Iterator<Item = u16> + '_ {
        let (liste, biter) = match &self.0 {
            Form::Liste(liste) => (liste.as_slice(), None),
            Form::Biter(biter, _) => ([].as_slice(), Some(plasser(biter))),
        };
        liste.iter().copied().chain(biter.into_iter().flatten())
    }

    /// Leaves those who are in another set as well.
    pub fn begrens(&mut self, andre: &Blokkmengde) {
        *self = match (std::mem::take(self).0, &andre.0) {
            (Form::Liste(mut mine), Form::Biter(andre, _)) => {
                mine.retain(|plass| har(andre, *plass));
                Blokkmengde(Form::Liste(mine))
            }
            (Form::Liste(mut mine), Form::Liste(andre)) => {
                felles(&mut mine, andre);
                Blokkmengde(Form::Liste(mine))
            }
            (Form::Biter(mine, _), Form::Liste(andre)) => {
                let felles = andre.iter().copied().filter(|plass| har(&mine, *plass));
                Blokkmengde(Form::Liste(felles.collect()))
            }
            (Form::Biter(mut mine, _), Form::Biter(andre, _)) => {
                for (min, annen) in mine.iter_mut().zip(andre.iter()) {
                    *min &= annen;
                }
                Blokkmengde::av_biter(mine)
            }
        };
    }

    /// Those who are in one of several.
    #[must_use]
    pub fn noen<'m>(mengder: impl Iterator<Item = &'m Blokkmengde> + Clone) -> Self {
        let antall: u64 = mengder.clone().map(Blokkmengde::antall).sum();
        if antall <= SAMMEN as u64 {
            let mut liste: Vec<u16> = mengder.flat_map(Blokkmengde::plasser).collect();
            liste.sort_unstable();
            liste.dedup();
            return Blokkmengde(Form::Liste(liste));
        }
        let mut ut = tom();
        for mengde in mengder {
            match &mengde.0 {
                Form::Liste(liste) => liste.iter().for_each(|plass| sett(&mut ut, *plass)),
                Form::Biter(biter, _) => {
                    for (ord, annet) in ut.iter_mut().zip(biter.iter()) {
                        *ord |= annet;
                    }
                }
            }
        }
        Blokkmengde::av_biter(ut)
    }
}

// Leaves those of a list who are in another, both in rising order.
fn felles(mine: &mut Vec<u16>, andre: &[u16]) {
    if mine.len().saturating_mul(KORTERE) < andre.len() {
        mine.retain(|plass| andre.binary_search(plass).is_ok());
    } else if andre.len().saturating_mul(KORTERE) < mine.len() {
        let funnet = andre.iter().copied().filter(|plass| mine.binary_search(plass).is_ok());
        *mine = funnet.collect();
    } else if mine.len() + andre.len() <= SAMMEN {
        let mut rest = andre;
        mine.retain(|plass| {
            while let Some((foerste, etter)) = rest.split_first() {
                if foerste >= plass {
                    return foerste == plass;
                }
                rest = etter;
            }
            false
        });
    } else {
        let mut biter = [0; ORD];
        andre.iter().for_each(|plass| sett(&mut biter, *plass));
        mine.retain(|plass| har(&biter, *plass));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::mengde::{les_mengde, skriv_mengde};
    use super::*;
    use proptest::prelude::*;

    type Fasit = BTreeSet<u16>;

    fn av(fasit: &Fasit) -> Blokkmengde {
        Blokkmengde::av_stigende(fasit.iter().copied().collect())
    }

    fn til(mengde: &Blokkmengde) -> Fasit {
        mengde.plasser().collect()
    }

    fn fasit() -> impl Strategy<Value = Fasit> {
        prop_oneof![
            prop::collection::btree_set(0u16..60, 0..20),
            prop::collection::btree_set(any::<u16>(), 0..300),
            (0u16..2_000, 1u16..40, 900u16..1_200).prop_map(|(fra, steg, antall)| (0..antall).map(|n| fra + n * steg).collect()),
            (0u16..9, any::<bool>()).prop_map(|(rest, om)| (0..=u16::MAX).filter(|n| (n % 9 == rest) != om).collect()),
        ]
    }

    proptest! {
        #[test]
        fn what_is_met_and_joined_is_what_sets_give(alle in prop::collection::vec(fasit(), 1..5), en in any::<u16>()) {
            let mengder: Vec<Blokkmengde> = alle.iter().map(av).collect();
            for (mengde, fasit) in mengder.iter().zip(&alle) {
                prop_assert_eq!(&til(mengde), fasit);
                prop_assert_eq!(mengde.antall(), fasit.len() as u64);
                prop_assert_eq!(mengde.har(en), fasit.contains(&en));
                prop_assert_eq!(&les_mengde(&skriv_mengde(mengde)).unwrap(), mengde);
                for (annen, andre) in mengder.iter().zip(&alle) {
                    let mut felles = mengde.clone();
                    felles.begrens(annen);
                    prop_assert_eq!(til(&felles), fasit.intersection(andre).copied().collect::<Fasit>());
                    prop_assert_eq!(&felles, &av(&til(&felles)));
                }
            }
            let noen = Blokkmengde::noen(mengder.iter());
            prop_assert_eq!(til(&noen), alle.iter().flatten().copied().collect::<Fasit>());
            prop_assert_eq!(&noen, &av(&til(&noen)));
        }
    }
}
