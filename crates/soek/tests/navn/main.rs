//! The labelled set of names: that it is what it says it is.

mod maaling;
#[expect(clippy::unwrap_used, clippy::panic, reason = "the set is read by tests alone")]
mod merket;

use std::collections::{BTreeMap, BTreeSet};

use merket::{ENKELT, FIL, Merke, Par, grupper, les_par, trekk_par, uttrykt};

/// Set it to write the file anew when the groups have changed.
const SKRIV: &str = "SOEK_SKRIV_NAVNEPAR";

#[test]
fn the_file_of_pairs_is_what_the_groups_give() {
    let ventet = uttrykt(&trekk_par(&grupper()));
    if std::env::var_os(SKRIV).is_some() {
        std::fs::write(FIL, &ventet).unwrap();
    }
    let fil = std::fs::read_to_string(FIL).unwrap();
    assert!(fil == ventet, "run this test once with {SKRIV}=1");
}

#[test]
fn a_name_is_in_one_group_of_its_kind() {
    let mut sett = BTreeSet::new();
    for gruppe in grupper() {
        assert_eq!(
            gruppe.klasse == ENKELT,
            gruppe.varianter.len() == 1,
            "{:?}",
            gruppe.varianter
        );
        for navn in gruppe.varianter {
            assert!(sett.insert((gruppe.slag.clone(), navn.to_lowercase())), "{navn}");
        }
    }
}

#[test]
fn the_set_is_broad() {
    let grupper = grupper();
    let flere = grupper.iter().filter(|g| g.klasse != ENKELT).count();
    assert!(flere >= 350, "{flere}");
    assert!(grupper.len() - flere >= 500);
    let par = les_par();
    let antall = |vilkaar: &dyn Fn(&Par) -> bool| par.iter().filter(|p| vilkaar(p)).count();
    assert!(antall(&|p| p.merke == Merke::Lik) >= 700);
    assert!(antall(&|p| p.merke == Merke::Ulik) >= 4_000);
    for del in ['a', 'b'] {
        let andel = antall(&|p| p.del == del) as f64 / par.len() as f64;
        assert!((0.45..0.55).contains(&andel), "{del}: {andel}");
    }
}

#[test]
fn a_pair_has_one_label() {
    let mut merker = BTreeMap::new();
    for par in les_par() {
        assert!(
            merker.insert((par.a.clone(), par.b.clone()), par.merke).is_none(),
            "{par:?}"
        );
        assert!(!merker.contains_key(&(par.b.clone(), par.a.clone())), "{par:?}");
    }
}
