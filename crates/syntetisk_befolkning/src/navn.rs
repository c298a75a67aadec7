//! Names: adjectives as fornavn, nouns as etternavn, as the test population of the register has them.
//!
//! How often a name occurs falls with its place in the list as in a Zipf curve, softened at the top. The lists hold
//! Norwegian common words and, last, some with Sami and other letters, so that nobody can take a name for a real one.

use std::sync::LazyLock;

use crate::terning::{Terning, Vekttabell};

struct Ordliste {
    ord: Vec<&'static str>,
    tabell: Vekttabell,
}

impl Ordliste {
    fn new(tekst: &'static str) -> Self {
        let ord: Vec<&str> = tekst
            .lines()
            .filter(|linje| !linje.starts_with('#'))
            .flat_map(str::split_whitespace)
            .collect();
        // 1/(rank + 8): the commonest takes about 3 %, as the commonest real names do.
        let antall = u32::try_from(ord.len()).unwrap_or(0);
        let tabell = Vekttabell::new((0..antall).map(|rang| 10_000_000 / (rang + 8)));
        Ordliste { ord, tabell }
    }

    fn get(&self, nr: u16) -> &'static str {
        self.ord.get(usize::from(nr)).copied().unwrap_or("NAVNLØS")
    }
}

static FORNAVN: LazyLock<Ordliste> = LazyLock::new(|| Ordliste::new(include_str!("../data/fornavn.txt")));
static ETTERNAVN: LazyLock<Ordliste> = LazyLock::new(|| Ordliste::new(include_str!("../data/etternavn.txt")));

/// A place in the list of family names.
pub(crate) type Etternavn = u16;

/// The parts of a name, as places in the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Navnevalg {
    /// First name.
    pub(crate) fornavn: u16,
    /// Second part of a double first name.
    pub(crate) fornavn_2: Option<u16>,
    /// Middle name, from the list of family names.
    pub(crate) mellomnavn: Option<Etternavn>,
    /// Family name.
    pub(crate) etternavn: Etternavn,
}

impl Navnevalg {
    /// A name with a given family name; about one in nine has a double first name, one in five a mellomnavn.
    ///
    /// Source: shares from general knowledge of SSB's name statistics, rounded.
    pub(crate) fn trekk(terning: &mut Terning, etternavn: Etternavn) -> Self {
        Navnevalg {
            fornavn: FORNAVN.tabell.velg(terning),
            fornavn_2: terning.promille(110).then(|| FORNAVN.tabell.velg(terning)),
            mellomnavn: terning.promille(200).then(|| ETTERNAVN.tabell.velg(terning)),
            etternavn,
        }
    }

    /// First name as written.
    pub(crate) fn fornavn(&self) -> String {
        let foerste = FORNAVN.get(self.fornavn);
        match self.fornavn_2 {
            // An even first word joins with a hyphen, an odd one with a blank: both forms occur.
            Some(andre) if self.fornavn.is_multiple_of(2) => format!("{foerste}-{}", FORNAVN.get(andre)),
            Some(andre) => format!("{foerste} {}", FORNAVN.get(andre)),
            None => foerste.to_owned(),
        }
    }

    /// Middle name as written.
    pub(crate) fn mellomnavn(&self) -> Option<&'static str> {
        self.mellomnavn.map(|nr| ETTERNAVN.get(nr))
    }

    /// Family name as written.
    pub(crate) fn etternavn(&self) -> &'static str {
        ETTERNAVN.get(self.etternavn)
    }
}

/// A family name.
pub(crate) fn trekk_etternavn(terning: &mut Terning) -> Etternavn {
    ETTERNAVN.tabell.velg(terning)
}

/// An adjective in small letters with a capital first, as in names of test town halls and institutions.
pub(crate) fn trekk_adjektiv(terning: &mut Terning) -> String {
    med_stor(FORNAVN.get(FORNAVN.tabell.velg(terning)))
}

/// The adjective of a throw made earlier, written as [`trekk_adjektiv`] does.
pub(crate) fn adjektiv(kast: u16) -> String {
    let antall = u16::try_from(FORNAVN.ord.len()).unwrap_or(1).max(1);
    med_stor(FORNAVN.get(kast % antall))
}

fn med_stor(ord: &str) -> String {
    let mut tegn = ord.chars();
    tegn.next()
        .into_iter()
        .chain(tegn.flat_map(char::to_lowercase))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terning::Emne;

    #[test]
    fn lists_are_long_uppercase_and_without_repeats() {
        for liste in [&*FORNAVN, &*ETTERNAVN] {
            let mut ord = liste.ord.clone();
            assert!(ord.len() >= 400, "{}", ord.len());
            assert!(ord.iter().all(|o| o.to_uppercase() == *o));
            ord.sort_unstable();
            ord.dedup();
            assert_eq!(ord.len(), liste.ord.len());
        }
    }

    #[test]
    fn lists_hold_sami_and_foreign_letters() {
        let alle: String = FORNAVN.ord.iter().chain(&ETTERNAVN.ord).copied().collect();
        for tegn in "ÆØÅÁČĐŊŠŦŽÜÖŁÉ".chars() {
            assert!(alle.contains(tegn), "{tegn}");
        }
    }

    #[test]
    fn the_commonest_name_takes_a_few_percent_and_every_name_occurs() {
        let mut terning = Terning::new(1, 1, Emne::Plan);
        let mut antall = vec![0u32; ETTERNAVN.ord.len()];
        for _ in 0..100_000 {
            antall[usize::from(trekk_etternavn(&mut terning))] += 1;
        }
        assert!((2_000..4_000).contains(&antall[0]), "{}", antall[0]);
        assert!(antall.iter().all(|&n| n > 0));
        assert_eq!(med_stor("ØYENSTIKKER"), "Øyenstikker");
    }
}
