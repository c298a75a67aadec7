//! The persons of a block while a question is answered: few in a list, many as one bit for each.
//!
//! What is met most is a short list with a long one. A set of more than a sixty-fourth of the block lies as bits, where a
//! container of a general bitmap would be a list: whether a person is among them is then one look.

/// Most persons that lie in a list.
const LISTE_MAKS: usize = 1_024;
/// Words of a block as bits.
const ORD: usize = 65_536 / 64;
/// A list so many times shorter than another is looked up in it, a piece at a time.
const KORTERE: usize = 4;
/// Persons of a piece.
const BIT: usize = 32;
/// So many together, or fewer, are put in order rather than in bits.
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

// The lowest bit of a word that has one.
fn laveste(ord: u64) -> u16 {
    u16::try_from(ord.trailing_zeros()).unwrap_or_default()
}

// The places of the bits of a word.
fn ta_ord(nr: u16, mut ord: u64, mut ta: impl FnMut(u16)) {
    while ord != 0 {
        ta(nr << 6 | laveste(ord));
        ord &= ord - 1;
    }
}

// Those of a list that have a bit. Who is there is not guessed at, since that is wrong too often: each is written, and the
// next one over it unless it stays.
fn med_bit(liste: &[u16], biter: &Biter) -> Vec<u16> {
    let mut ut = vec![0; liste.len()];
    let mut antall = 0;
    for plass in liste {
        if let Some(til) = ut.get_mut(antall) {
            *til = *plass;
        }
        antall += usize::from(har(biter, *plass));
    }
    ut.truncate(antall);
    ut
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
        Blokkmengde::liste(antall, biter.iter().copied())
    }

    fn liste(antall: u32, ordene: impl Iterator<Item = u64>) -> Self {
        let mut liste = Vec::with_capacity(antall as usize);
        for (ord, nr) in ordene.zip(0u16..) {
            ta_ord(nr, ord, |plass| liste.push(plass));
        }
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
            Form::Biter(biter, _) => ([].as_slice(), Some(biter)),
        };
        let biter = biter.into_iter().flat_map(|biter| biter.iter().zip(0u16..));
        let av_ord = |(ord, nr): (&u64, u16)| {
            let mut rest = *ord;
            std::iter::from_fn(move || {
                let neste = (rest != 0).then(|| nr << 6 | laveste(rest))?;
                rest &= rest - 1;
                Some(neste)
            })
        };
        liste.iter().copied().chain(biter.flat_map(av_ord))
    }

    /// Calls for each, in rising order.
    pub fn hver(&self, mut ta: impl FnMut(u16)) {
        match &self.0 {
            Form::Liste(liste) => liste.iter().copied().for_each(ta),
            Form::Biter(biter, _) => {
                for (ord, nr) in biter.iter().zip(0u16..) {
                    ta_ord(nr, *ord, &mut ta);
                }
            }
        }
    }

    /// Those who are in another set as well.
    #[must_use]
    pub fn felles(&self, andre: &Blokkmengde) -> Self {
        let liste = match (&self.0, &andre.0) {
            (Form::Liste(liste), Form::Biter(biter, _)) | (Form::Biter(biter, _), Form::Liste(liste)) => {
                med_bit(liste, biter)
            }
            (Form::Liste(mine), Form::Liste(andre)) if mine.len() <= andre.len() => felles(mine, andre),
            (Form::Liste(mine), Form::Liste(andre)) => felles(andre, mine),
            (Form::Biter(mine, _), Form::Biter(andre, _)) => {
                let begge = || mine.iter().zip(andre.iter()).map(|(min, annen)| min & annen);
                let antall: u32 = begge().map(u64::count_ones).sum();
                if antall as usize <= LISTE_MAKS {
                    return Blokkmengde::liste(antall, begge());
                }
                let mut biter = tom();
                biter.iter_mut().zip(begge()).for_each(|(til, fra)| *til = fra);
                return Blokkmengde(Form::Biter(biter, antall));
            }
        };
        Blokkmengde(Form::Liste(liste))
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

// Those of a list who are in another that is as long or longer, both in rising order.
fn felles(korte: &[u16], lange: &[u16]) -> Vec<u16> {
    if korte.len().saturating_mul(KORTERE) > lange.len() {
        let mut biter = [0; ORD];
        lange.iter().for_each(|plass| sett(&mut biter, *plass));
        return med_bit(korte, &biter);
    }
    // A piece at a time of the long one, and of a piece all at once.
    let (biter, rest) = lange.as_chunks::<BIT>();
    let mut biter = biter.iter();
    let mut bit = biter.next();
    let i_begge = |plass: &u16| {
        while bit.is_some_and(|bit| bit.last() < Some(plass)) {
            bit = biter.next();
        }
        match bit {
            Some(bit) => bit.iter().fold(false, |funnet, annen| funnet | (annen == plass)),
            None => rest.contains(plass),
        }
    };
    korte.iter().copied().filter(i_begge).collect()
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
            (0u16..2_000, 1u16..40, 900u16..1_200)
                .prop_map(|(fra, steg, antall)| (0..antall).map(|n| fra + n * steg).collect()),
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
                let mut hver = Vec::new();
                mengde.hver(|plass| hver.push(plass));
                prop_assert_eq!(hver, mengde.plasser().collect::<Vec<_>>());
                prop_assert_eq!(mengde.har(en), fasit.contains(&en));
                prop_assert_eq!(&les_mengde(&skriv_mengde(mengde)).unwrap(), mengde);
                for (annen, andre) in mengder.iter().zip(&alle) {
                    let felles = mengde.felles(annen);
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
