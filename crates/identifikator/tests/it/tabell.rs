//! Reads the example tables: a rule with its source, then a table of rows that show it.

use std::fs;
use std::path::PathBuf;

/// One table, with the rule above it.
pub struct Tabell {
    kolonner: Vec<String>,
    rader: Vec<Vec<String>>,
}

/// One row; cells are asked for by column.
pub struct Rad<'a> {
    kolonner: &'a [String],
    celler: &'a [String],
}

impl Rad<'_> {
    #[track_caller]
    pub fn get(&self, kolonne: &str) -> &str {
        let plass = self.kolonner.iter().position(|k| k == kolonne);
        &self.celler[plass.unwrap_or_else(|| panic!("the table has no column {kolonne:?}"))]
    }

    /// The cell's parts between commas; none for an empty cell.
    #[track_caller]
    pub fn list(&self, kolonne: &str) -> Vec<&str> {
        self.get(kolonne)
            .split(',')
            .map(str::trim)
            .filter(|del| !del.is_empty())
            .collect()
    }

    /// The row itself, for the message of a failed check.
    pub fn show(&self) -> String {
        self.celler.join(" | ")
    }
}

impl Tabell {
    pub fn has(&self, kolonne: &str) -> bool {
        self.kolonner.iter().any(|k| k == kolonne)
    }

    pub fn rader(&self) -> impl Iterator<Item = Rad<'_>> {
        self.rader.iter().map(|celler| Rad {
            kolonner: &self.kolonner,
            celler,
        })
    }
}

pub fn mappe() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../eksempler/identifikator")
}

/// All tables of a file; each must have a rule, a source and at least one row.
pub fn read(fil: &str) -> Vec<Tabell> {
    let sti = mappe().join(fil);
    let tekst = fs::read_to_string(&sti).unwrap_or_else(|feil| panic!("{}: {feil}", sti.display()));
    let tabeller = parse(&tekst);
    assert!(!tabeller.is_empty(), "{fil} has no table");
    tabeller
}

fn parse(tekst: &str) -> Vec<Tabell> {
    let mut tabeller: Vec<Tabell> = Vec::new();
    let (mut regel, mut kilde, mut i_tabell) = (false, false, false);
    for linje in tekst.lines() {
        regel |= linje.starts_with("Regel: ");
        kilde |= linje.starts_with("Kilde: ");
        let Some(innhold) = linje.strip_prefix('|').and_then(|rest| rest.strip_suffix('|')) else {
            i_tabell = false;
            continue;
        };
        let celler: Vec<String> = innhold.split('|').map(|celle| celle.trim().to_owned()).collect();
        if !i_tabell {
            assert!(regel && kilde, "a table needs Regel and Kilde above it");
            tabeller.push(Tabell {
                kolonner: celler,
                rader: Vec::new(),
            });
            (regel, kilde, i_tabell) = (false, false, true);
        } else if celler
            .iter()
            .any(|celle| celle.chars().any(|tegn| tegn != '-') || celle.is_empty())
        {
            let tabell = tabeller.last_mut().unwrap();
            assert_eq!(celler.len(), tabell.kolonner.len(), "{linje}");
            tabell.rader.push(celler);
        }
    }
    assert!(
        tabeller.iter().all(|tabell| !tabell.rader.is_empty()),
        "a table has no rows"
    );
    tabeller
}

#[test]
fn a_table_without_rule_source_or_rows_is_refused() {
    for tekst in [
        "Regel: r\n| a |\n|---|\n| 1 |",
        "Kilde: k\n| a |\n|---|\n| 1 |",
        "Regel: r\nKilde: k\n| a |\n|---|",
    ] {
        assert!(std::panic::catch_unwind(|| parse(tekst)).is_err(), "{tekst}");
    }
    let tabeller = parse("Regel: r\nKilde: k\n\n| a | b |\n|---|---|\n| 1 | 2, 3 |\n|  | - |");
    assert_eq!(tabeller.len(), 1);
    assert!(tabeller[0].has("b") && !tabeller[0].has("c"));
    let lister: Vec<Vec<&str>> = tabeller[0]
        .rader
        .iter()
        .map(|r| r.iter().map(String::as_str).collect())
        .collect();
    assert_eq!(lister, [["1", "2, 3"], ["", "-"]]);
}
