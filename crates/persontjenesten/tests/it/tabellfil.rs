//! Reads a page of tables: what stands under each heading.

use std::path::Path;

/// What stands under one heading.
#[derive(Debug, Default)]
pub struct Avsnitt {
    pub overskrift: String,
    pub linjer: Vec<String>,
    pub kolonner: Vec<String>,
    pub rader: Vec<Vec<String>>,
}

/// The parts of a page, in order.
pub fn les(navn: &str) -> Vec<Avsnitt> {
    let sti = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../eksempler/persontjenesten")
        .join(navn);
    let tekst = std::fs::read_to_string(sti).unwrap();
    for ord in ["Regel: ", "Kilde: "] {
        assert!(tekst.contains(&format!("\n{ord}")), "{navn} mangler {ord}");
    }
    let mut ut: Vec<Avsnitt> = Vec::new();
    for linje in tekst.lines() {
        if linje.starts_with('#') {
            ut.push(Avsnitt {
                overskrift: linje.trim_start_matches('#').trim().to_owned(),
                ..Avsnitt::default()
            });
            continue;
        }
        let avsnitt = ut.last_mut().unwrap();
        let Some(rad) = linje.strip_prefix('|').and_then(|rad| rad.strip_suffix('|')) else {
            if !linje.trim().is_empty() {
                avsnitt.linjer.push(linje.trim().to_owned());
            }
            continue;
        };
        if rad.chars().all(|c| "-|".contains(c)) {
            continue;
        }
        let celler: Vec<String> = rad.split('|').map(|celle| celle.trim().to_owned()).collect();
        if avsnitt.kolonner.is_empty() {
            avsnitt.kolonner = celler;
        } else {
            assert_eq!(celler.len(), avsnitt.kolonner.len(), "{navn}: {rad}");
            avsnitt.rader.push(celler);
        }
    }
    ut
}

/// The part with a heading.
pub fn finn<'a>(side: &'a [Avsnitt], overskrift: &str) -> &'a Avsnitt {
    let mut treff = side
        .iter()
        .filter(|a| a.overskrift == overskrift && !a.rader.is_empty());
    let ett = treff
        .next()
        .unwrap_or_else(|| panic!("ingen tabell under {overskrift}"));
    assert!(treff.next().is_none(), "to tabeller under {overskrift}");
    ett
}
