//! Which kommune and fylke of today an old kommunenummer lies in.
//!
//! Facts are in `data/kommuner.tsv`. A number that is in force today means today's kommune, whatever it meant once. One
//! that was replaced leads from reform to reform until it ends in one that is in force; where it ends in several, nobody
//! can tell which of them an address is in, and it has no kommune of today.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const TABELL: &str = include_str!("../data/kommuner.tsv");

/// More reforms than any number has been through; a table that goes in a ring ends here.
const REFORMER_MAKS: u8 = 10;

/// What a number that is no longer in force is today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Idag {
    /// The kommune, where there is no doubt.
    pub kommune: Option<&'static str>,
    /// The fylke, where all that became of the kommune lies in one.
    pub fylke: Option<&'static str>,
}

/// What a number is today; nothing of one that is in force, or that is not known.
pub(crate) fn idag(nummer: &str) -> Idag {
    static ERSTATTET: LazyLock<BTreeMap<&str, Idag>> = LazyLock::new(|| {
        let etterfoelgere = etterfoelgere();
        etterfoelgere
            .iter()
            .filter(|(_, etter)| !etter.is_empty())
            .map(|(nummer, _)| (*nummer, naa(&ender_i(&etterfoelgere, nummer, 0))))
            .collect()
    });
    ERSTATTET.get(nummer).copied().unwrap_or_default()
}

/// The first two digits of a kommune's number: its fylke.
pub(crate) fn fylke(kommunenummer: &str) -> Option<&str> {
    kommunenummer.get(..2)
}

/// The lines of the table; of a number in force, the last two fields are empty.
fn linjer() -> impl Iterator<Item = [&'static str; 5]> {
    let linjer = TABELL.lines().filter(|linje| !linje.starts_with('#'));
    linjer.map(|linje| {
        let mut felt = linje.split('\t');
        std::array::from_fn(|_| felt.next().unwrap_or_default())
    })
}

fn etterfoelgere() -> BTreeMap<&'static str, Vec<&'static str>> {
    linjer()
        .map(|[nummer, .., etter]| (nummer, etter.split(',').filter(|e| !e.is_empty()).collect()))
        .collect()
}

fn ender_i<'t>(etterfoelgere: &BTreeMap<&'t str, Vec<&'t str>>, nummer: &'t str, reformer: u8) -> BTreeSet<&'t str> {
    match etterfoelgere.get(nummer).map(Vec::as_slice) {
        Some([]) => BTreeSet::from([nummer]),
        Some(etter) if reformer < REFORMER_MAKS => etter
            .iter()
            .flat_map(|neste| ender_i(etterfoelgere, neste, reformer + 1))
            .collect(),
        _ => BTreeSet::new(),
    }
}

fn naa(kommuner: &BTreeSet<&'static str>) -> Idag {
    let fylker: BTreeSet<_> = kommuner.iter().filter_map(|k| fylke(k)).collect();
    Idag {
        kommune: en(kommuner),
        fylke: en(&fylker),
    }
}

fn en(av: &BTreeSet<&'static str>) -> Option<&'static str> {
    let mut alle = av.iter();
    alle.next().filter(|_| alle.next().is_none()).copied()
}

#[cfg(test)]
mod tests;
