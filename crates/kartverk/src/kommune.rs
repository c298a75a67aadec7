//! The names of kommuner and fylker, by number and day.
//!
//! The numbers and names of kommuner are those of `soek/data/kommuner.tsv`, the one table of them that we have; the fylker
//! stand in `data/fylker.tsv`. Both say where their facts come from. Every reform came with a new year, so a day asks by its
//! year alone, and 1987, the first year of the tables, stands for all years before it too.
//!
//! A newcomer's mistake is to ask with today for an address of long ago: the number may be one that is no longer in force.
//! Ask with the day that the address is from, or with [`kommune_uansett_dag`].

use std::collections::BTreeMap;
use std::sync::LazyLock;

use identifikator::Dato;

/// The one table of kommuner. Source: see its own first lines.
const KOMMUNER: &str = include_str!("../../soek/data/kommuner.tsv");
const FYLKER: &str = include_str!("../data/fylker.tsv");
/// The first year of the tables: then or earlier.
const FOERSTE_AAR: u16 = 1987;
/// Svalbard stands in addresses as a kommune would. Source: general knowledge of the matrikkel.
const SVALBARD: (&str, &str) = ("2100", "Svalbard");

/// A kommune, and the fylke that it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kommune {
    /// Four digits.
    pub nummer: &'static str,
    /// Its Norwegian name.
    pub navn: &'static str,
    /// Two digits.
    pub fylkesnummer: &'static str,
    /// The fylke's Norwegian name.
    pub fylkesnavn: &'static str,
}

/// In force from the first day of one year to the last day of another.
#[derive(Clone, Copy, Debug)]
struct Aar {
    foerste: u16,
    siste: Option<u16>,
}

impl Aar {
    fn har(self, aar: u16) -> bool {
        (self.foerste <= aar || self.foerste == FOERSTE_AAR) && self.siste.is_none_or(|siste| aar <= siste)
    }
}

struct Tabeller {
    kommuner: BTreeMap<&'static str, (Kommune, Aar)>,
    fylker: BTreeMap<&'static str, (&'static str, Aar)>,
}

static TABELLER: LazyLock<Tabeller> = LazyLock::new(|| {
    let fylker: BTreeMap<_, _> = linjer(FYLKER)
        .map(|(nummer, navn, aar)| (nummer, (navn, aar)))
        .collect();
    let svalbard = Aar {
        foerste: FOERSTE_AAR,
        siste: None,
    };
    let kommuner = linjer(KOMMUNER).chain([(SVALBARD.0, SVALBARD.1, svalbard)]);
    let kommuner = kommuner.filter_map(|(nummer, navn, aar)| {
        let fylkesnummer = nummer.get(..2)?;
        let (fylkesnavn, _) = *fylker.get(fylkesnummer)?;
        let kommune = Kommune {
            nummer,
            navn,
            fylkesnummer,
            fylkesnavn,
        };
        Some((nummer, (kommune, aar)))
    });
    Tabeller {
        kommuner: kommuner.collect(),
        fylker,
    }
});

/// Lines of a table: number, name, first and last year.
fn linjer(tekst: &'static str) -> impl Iterator<Item = (&'static str, &'static str, Aar)> {
    tekst
        .lines()
        .filter(|linje| !linje.starts_with('#') && !linje.is_empty())
        .filter_map(|linje| {
            let mut felt = linje.split('\t');
            let (nummer, navn) = (felt.next()?, felt.next()?);
            let foerste = felt.next()?.parse().ok()?;
            let siste = felt.next().and_then(|aar| aar.parse().ok());
            Some((nummer, navn, Aar { foerste, siste }))
        })
}

/// The kommune that a number means on a day.
///
/// Shape: `None` for a number that no kommune had then. A number that lived on when others were added to the kommune has its
/// last name all the time.
/// Source: SSB, Klass 131 and 104.
#[must_use]
pub fn kommune(nummer: &str, dag: Dato) -> Option<Kommune> {
    let (kommune, aar) = TABELLER.kommuner.get(nummer)?;
    aar.har(dag.aar()).then_some(*kommune)
}

/// The kommune that a number means, or once meant: no number has meant two since 1987.
#[must_use]
pub fn kommune_uansett_dag(nummer: &str) -> Option<Kommune> {
    TABELLER.kommuner.get(nummer).map(|(kommune, _)| *kommune)
}

/// The name of the fylke that two digits mean on a day.
#[must_use]
pub fn fylke(nummer: &str, dag: Dato) -> Option<&'static str> {
    let (navn, aar) = TABELLER.fylker.get(nummer)?;
    aar.har(dag.aar()).then_some(*navn)
}

/// The kommuner in force on a day, by number; Svalbard is not one.
pub fn kommuner_i_kraft(dag: Dato) -> impl Iterator<Item = Kommune> {
    let alle = TABELLER.kommuner.values();
    alle.filter(move |(kommune, aar)| aar.har(dag.aar()) && kommune.nummer != SVALBARD.0)
        .map(|(kommune, _)| *kommune)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paa(nummer: &str, aar: u16) -> Option<(&'static str, &'static str)> {
        kommune(nummer, Dato::new(aar, 7, 1).unwrap()).map(|k| (k.navn, k.fylkesnavn))
    }

    #[test]
    fn a_number_means_what_it_meant_on_the_day() {
        assert_eq!(paa("0301", 2026), Some(("Oslo", "Oslo")));
        assert_eq!(paa("0301", 1950), Some(("Oslo", "Oslo")));
        assert_eq!(paa("1201", 2019), Some(("Bergen", "Hordaland")));
        assert_eq!(paa("1201", 2020), None);
        assert_eq!(paa("4601", 2019), None);
        assert_eq!(paa("4601", 2020), Some(("Bergen", "Vestland")));
        assert_eq!(paa("2100", 2026), Some(("Svalbard", "Svalbard")));
        for nummer in ["", "0", "0300", "03010", "æøå", "9999"] {
            assert_eq!(paa(nummer, 2026), None, "{nummer}");
        }
    }

    #[test]
    fn a_number_out_of_force_still_names_its_kommune_when_no_day_is_asked_for() {
        let bergen = kommune_uansett_dag("1201").unwrap();
        assert_eq!(
            (bergen.navn, bergen.fylkesnummer, bergen.fylkesnavn),
            ("Bergen", "12", "Hordaland")
        );
    }

    /// Source: SSB, number of kommuner and fylker on 1 January.
    #[test]
    fn there_are_as_many_as_is_known_and_each_lies_in_a_fylke_of_its_time() {
        for (aar, kommuner, fylker) in [
            (1987, 454, 19),
            (2018, 422, 18),
            (2020, 356, 11),
            (2023, 356, 11),
            (2024, 357, 15),
        ] {
            let dag = Dato::new(aar, 1, 1).unwrap();
            let alle: Vec<Kommune> = kommuner_i_kraft(dag).collect();
            assert_eq!(alle.len(), kommuner, "{aar}");
            assert!(
                alle.iter().all(|k| fylke(k.fylkesnummer, dag) == Some(k.fylkesnavn)),
                "{aar}"
            );
            let antall = TABELLER
                .fylker
                .iter()
                .filter(|(nr, (_, aar_))| **nr != "21" && aar_.har(aar))
                .count();
            assert_eq!(antall, fylker, "{aar}");
        }
    }

    #[test]
    fn no_line_of_the_tables_is_lost() {
        let antall = |tekst: &str| tekst.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).count();
        assert_eq!(TABELLER.kommuner.len(), antall(KOMMUNER) + 1);
        assert_eq!(TABELLER.fylker.len(), antall(FYLKER));
    }
}
