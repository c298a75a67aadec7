//! Where people live: today's 357 kommuner, their earlier numbers, postal places, and made-up streets.
//!
//! Numbers, names and postal places are real; streets are not, so an address points at nobody. A newcomer's mistake is
//! to use today's kommunenummer for an old address: ask [`Kommunevalg::nummer`] with the day.

use std::sync::LazyLock;

use crate::terning::{Terning, Vekttabell};
use crate::tid::{self, Dag};

/// A kommune of today.
#[derive(Debug)]
pub(crate) struct Kommune {
    /// Number of today.
    pub(crate) nummer: &'static str,
    /// Name of today.
    pub(crate) navn: &'static str,
    /// Last day and number, the latest first.
    tidligere: Vec<(Dag, &'static str)>,
    /// Postnummer and place.
    poststeder: Vec<(&'static str, &'static str)>,
    /// How many streets we make up in it.
    gater: u16,
}

struct Geografi {
    kommuner: Vec<Kommune>,
    tabell: Vekttabell,
    samiske: Vec<u16>,
    gatenavn: Vec<&'static str>,
}

/// Endings of street names.
const ENDELSER: [&str; 12] = [
    "veien", "vegen", "gata", "svingen", "stien", "bakken", "tunet", "ringen", "lia", "toppen", "kroken", "allé",
];

/// Kommuner of the administrative area for Sami languages where Sami is most used.
const SAMISKE: [&str; 9] = ["5610", "5612", "5622", "5628", "5636", "5540", "1875", "5043", "5041"];

static GEOGRAFI: LazyLock<Geografi> = LazyLock::new(|| {
    let mut vekter = Vec::new();
    let mut kommuner: Vec<Kommune> = linjer(include_str!("../data/kommuner.csv"))
        .filter_map(|linje| {
            let mut felt = linje.split(';');
            let (nummer, navn) = (felt.next()?, felt.next()?);
            let folketall: u32 = felt.next()?.parse().ok()?;
            let poststeder = felt
                .next()?
                .split(',')
                .filter_map(|sted| sted.split_once(' '))
                .collect();
            vekter.push(folketall);
            let gater = u16::try_from((folketall / 2).clamp(6, 400)).unwrap_or(6);
            Some(Kommune {
                nummer,
                navn,
                tidligere: Vec::new(),
                poststeder,
                gater,
            })
        })
        .collect();
    for linje in linjer(include_str!("../data/kommunehistorikk.csv")) {
        let mut felt = linje.split(';');
        let (Some(naa), Some(til), Some(da)) = (felt.next(), felt.next(), felt.next()) else {
            continue;
        };
        let Ok(aar) = til.parse() else { continue };
        if let Some(kommune) = kommuner.iter_mut().find(|k| k.nummer == naa) {
            kommune.tidligere.push((tid::dag(aar, 12, 31), da));
        }
    }
    let samiske = (0..)
        .zip(&kommuner)
        .filter(|(_, k)| SAMISKE.contains(&k.nummer))
        .map(|(nr, _)| nr)
        .collect();
    let gatenavn = linjer(include_str!("../data/gater.txt"))
        .flat_map(str::split_whitespace)
        .collect();
    Geografi {
        kommuner,
        tabell: Vekttabell::new(vekter),
        samiske,
        gatenavn,
    }
});

fn linjer(tekst: &'static str) -> impl Iterator<Item = &'static str> {
    tekst
        .lines()
        .filter(|linje| !linje.starts_with('#') && !linje.is_empty())
}

/// A place in the list of kommuner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kommunevalg(u16);

impl Kommunevalg {
    /// A kommune, in proportion to its inhabitants.
    pub(crate) fn trekk(terning: &mut Terning) -> Self {
        Kommunevalg(GEOGRAFI.tabell.velg(terning))
    }

    /// A kommune where Sami is much used.
    pub(crate) fn trekk_samisk(terning: &mut Terning) -> Self {
        Kommunevalg(terning.en_av(&GEOGRAFI.samiske).copied().unwrap_or(0))
    }

    /// Whether Sami is much used there.
    pub(crate) fn er_samisk(self) -> bool {
        GEOGRAFI.samiske.contains(&self.0)
    }

    /// The kommune.
    pub(crate) fn kommune(self) -> &'static Kommune {
        #[expect(
            clippy::expect_used,
            reason = "a choice is made by this module from the list itself, which has 357 lines"
        )]
        GEOGRAFI
            .kommuner
            .get(usize::from(self.0))
            .expect("a kommune of the list")
    }

    /// The number the kommune had on a day.
    ///
    /// Source: `kommunehistorikk.csv`; a kommune that is not there is taken to have had one number always.
    pub(crate) fn nummer(self, dag: Dag) -> &'static str {
        let kommune = self.kommune();
        kommune
            .tidligere
            .iter()
            .rev()
            .find(|(siste, _)| dag <= *siste)
            .map_or(kommune.nummer, |(_, da)| da)
    }
}

/// A street: the same number in the same kommune is always the same street.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gate {
    kommune: Kommunevalg,
    nr: u16,
}

impl Gate {
    /// A street of a kommune.
    pub(crate) fn trekk(terning: &mut Terning, kommune: Kommunevalg) -> Self {
        Gate {
            kommune,
            nr: terning.middels(kommune.kommune().gater),
        }
    }

    /// Its kommune.
    pub(crate) fn kommune(self) -> Kommunevalg {
        self.kommune
    }

    /// Its name: two parts that together are no real street.
    pub(crate) fn navn(self) -> String {
        let antall = GEOGRAFI.gatenavn.len().max(1);
        // 108 and 12 share factors, so the ending moves one extra step each time the first parts have gone round.
        let nr = usize::from(self.nr);
        let start = usize::from(self.kommune.0) * 17;
        let foerste = GEOGRAFI
            .gatenavn
            .get((start + nr) % antall)
            .copied()
            .unwrap_or("Syntese");
        let siste = ENDELSER
            .get((start + nr + nr / antall) % ENDELSER.len())
            .copied()
            .unwrap_or("veien");
        [foerste, siste].concat()
    }

    /// Its code.
    pub(crate) fn kode(self) -> u16 {
        1_000 + self.nr
    }

    /// Postnummer and postal place.
    pub(crate) fn poststed(self) -> (&'static str, &'static str) {
        let steder = &self.kommune.kommune().poststeder;
        steder
            .get(usize::from(self.nr) % steder.len().max(1))
            .copied()
            .unwrap_or(("0150", "OSLO"))
    }

    /// Number of the grunnkrets.
    pub(crate) fn grunnkrets(self) -> i64 {
        100 * i64::from(self.nr % 11 + 1) + i64::from(self.nr % 13 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tid::dag;

    fn valg(nummer: &str) -> Kommunevalg {
        Kommunevalg(u16::try_from(GEOGRAFI.kommuner.iter().position(|k| k.nummer == nummer).unwrap()).unwrap())
    }

    #[test]
    fn there_are_357_kommuner_with_a_postal_place_each() {
        assert_eq!(GEOGRAFI.kommuner.len(), 357);
        assert!(
            GEOGRAFI
                .kommuner
                .iter()
                .all(|k| !k.poststeder.is_empty() && !k.navn.is_empty())
        );
        assert!(
            GEOGRAFI
                .kommuner
                .iter()
                .all(|k| k.nummer.len() == 4 && k.nummer.bytes().all(|b| b.is_ascii_digit()))
        );
        assert_eq!(GEOGRAFI.samiske.len(), SAMISKE.len());
    }

    #[test]
    fn a_kommune_has_the_number_of_the_day() {
        for (naa, aar, da) in [
            ("3301", 2024, "3301"),
            ("3301", 2023, "3005"),
            ("3301", 2019, "0602"),
            ("5503", 2012, "1901"),
            ("5503", 2013, "1903"),
            ("0301", 1960, "0301"),
            ("5001", 2018, "5001"),
            ("5001", 2017, "1601"),
        ] {
            assert_eq!(valg(naa).nummer(dag(aar, 6, 1)), da, "{naa} {aar}");
        }
        assert_eq!(valg("3301").nummer(dag(2023, 12, 31)), "3005");
        assert_eq!(valg("3301").nummer(dag(2024, 1, 1)), "3301");
    }

    #[test]
    fn history_lists_the_latest_number_first_of_kommuner_that_exist() {
        for linje in linjer(include_str!("../data/kommunehistorikk.csv")) {
            assert!(GEOGRAFI.kommuner.iter().any(|k| linje.starts_with(k.nummer)), "{linje}");
        }
        for kommune in &GEOGRAFI.kommuner {
            assert!(
                kommune.tidligere.windows(2).all(|par| par[0].0 > par[1].0),
                "{}",
                kommune.nummer
            );
        }
    }

    #[test]
    fn streets_of_one_kommune_have_different_names() {
        let oslo = valg("0301");
        let mut navn: Vec<String> = (0..400).map(|nr| Gate { kommune: oslo, nr }.navn()).collect();
        navn.sort_unstable();
        navn.dedup();
        assert_eq!(navn.len(), 400);
    }

    /// The public contract lists kommuner until 1987; a number of ours that stood there must have had the name, apart
    /// from kommuner that took a new name when several became one.
    #[test]
    fn oldest_numbers_agree_with_the_public_contract() {
        let Ok(mappe) = std::env::var("PERSONTJENESTEN_KONTRAKTER") else {
            assert!(
                std::env::var("KREV_ALT").as_deref() != Ok("1"),
                "PERSONTJENESTEN_KONTRAKTER er ikke satt"
            );
            // A direct write: the harness keeps what a passing test prints with a macro.
            let _ = std::io::Write::write_fmt(
                &mut std::io::stderr(),
                format_args!("HOPPET OVER: PERSONTJENESTEN_KONTRAKTER er ikke satt\n"),
            );
            return;
        };
        let sti = std::path::Path::new(&mappe).join("folkeregister/historiskekommuner.xml");
        let xml = std::fs::read_to_string(sti).unwrap();
        let mut da = std::collections::BTreeMap::new();
        for kode in xml.split("<kode>").skip(1) {
            let mellom = |fra: &str, til: &str| {
                kode.split_once(fra)
                    .and_then(|(_, rest)| rest.split_once(til))
                    .map(|(t, _)| t)
            };
            if mellom("<tildato>", "<") == Some("1987-12-31") {
                da.insert(
                    mellom("<tekniskNavn>", "<").unwrap().to_owned(),
                    mellom("<tekst>", "<").unwrap().to_owned(),
                );
            }
        }
        assert!(da.len() > 400);
        let nytt_navn = ["3205", "3207", "4602", "4626", "4631", "4647"];
        let mut felles = 0;
        for kommune in GEOGRAFI.kommuner.iter().filter(|k| !nytt_navn.contains(&k.nummer)) {
            for (_, nummer) in &kommune.tidligere {
                if let Some(navn) = da.get(*nummer) {
                    assert_eq!(navn, kommune.navn, "{nummer}");
                    felles += 1;
                }
            }
        }
        assert!(felles > 35, "{felles}");
    }
}
