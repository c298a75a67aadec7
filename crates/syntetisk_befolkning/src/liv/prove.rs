//! The engine alone: whether it holds together, whatever it is asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::tilstand::{BORTE, LAAST};
use super::*;
use crate::Nasjon;

const AAR: i64 = 365 * 86_400;

fn nasjon(personer: u32) -> Liv {
    let nasjon = Nasjon::new(2026, personer).unwrap();
    let dokumenter = (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr));
    Liv::new(2026, dokumenter.filter_map(|d| Innbygger::fra_dokument(&d)))
}

/// Gives whoever is new a number at once, as a register would.
fn laer(liv: &mut Liv, hendelse: &Hendelse) {
    if let Some(ny) = hendelse.hva.ny() {
        liv.laer(ny, 10_000_000_000 + u64::from(ny));
    }
}

fn til(liv: &mut Liv, foer: i64) -> Vec<Hendelse> {
    let mut ut = Vec::new();
    while let Some(hendelse) = liv.neste(foer) {
        laer(liv, &hendelse);
        ut.push(hendelse);
    }
    ut
}

#[test]
fn the_same_seed_gives_the_same_year_however_it_is_cut_and_after_any_restart() {
    let start = nasjon(5_000);
    let slutt = start.start_sekunder() + AAR;
    let mut hel = start.clone();
    let alle = til(&mut hel, slutt);
    assert!(alle.len() > 600, "{}", alle.len());
    let meldinger: Vec<_> = alle.iter().map(|h| hel.melding(h)).collect();
    assert!(meldinger.iter().flatten().count() > 300);
    // Steps of an hour and a half, a day, and a month; saved and read now and then.
    for (steg, lagres) in [(5_400, 97), (86_400, 1), (30 * 86_400, 1)] {
        let mut liv = start.clone();
        let (mut naa, mut bit) = (start.start_sekunder(), Vec::new());
        let mut nr = 0;
        while naa < slutt {
            naa = (naa + steg).min(slutt);
            bit.extend(til(&mut liv, naa));
            nr += 1;
            if nr % lagres == 0 {
                assert!(liv.kan_lagres());
                liv = Liv::fra_byte(&liv.til_byte()).unwrap();
            }
        }
        assert_eq!(bit, alle, "steg {steg}");
        assert_eq!(liv.til_byte(), hel.til_byte(), "steg {steg}");
    }
    // One event at a time.
    let mut liv = start.clone();
    for hendelse in alle.iter().take(400) {
        let neste = liv.neste(slutt).unwrap();
        assert_eq!(neste, *hendelse);
        laer(&mut liv, &neste);
        if liv.kan_lagres() {
            liv = Liv::fra_byte(&liv.til_byte()).unwrap();
        }
    }
}

#[test]
fn numbers_that_the_register_gives_change_no_throw() {
    let start = nasjon(2_000);
    let slutt = start.start_sekunder() + AAR;
    let (mut med, mut uten) = (start.clone(), start);
    let alle = til(&mut med, slutt);
    let mut ukjente = Vec::new();
    while let Some(hendelse) = uten.neste(slutt) {
        ukjente.push(hendelse);
    }
    assert_eq!(alle, ukjente);
}

#[test]
fn another_seed_is_another_year() {
    let nasjon = Nasjon::new(2026, 1_000).unwrap();
    let ny = |froe| {
        let dokumenter = (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr));
        Liv::new(froe, dokumenter.filter_map(|d| Innbygger::fra_dokument(&d)))
    };
    let aar = |froe| {
        let mut liv = ny(froe);
        let slutt = liv.start_sekunder() + AAR;
        til(&mut liv, slutt)
    };
    assert_ne!(aar(1), aar(2));
    assert_eq!(aar(1), aar(1));
}

#[test]
fn nobody_does_what_cannot_be_done() {
    let mut liv = nasjon(5_000);
    let slutt = liv.start_sekunder() + 2 * AAR;
    let (mut doede, mut gifte) = (BTreeSet::new(), BTreeSet::new());
    for (pid, person) in (0..).zip(&liv.tilstand.personer) {
        if person.stand() == Stand::Doed {
            doede.insert(pid);
        }
        if person.sivil() != Sivil::Ledig {
            gifte.insert(pid);
        }
    }
    let mut forrige = i64::MIN;
    let mut navn = BTreeSet::new();
    while let Some(hendelse) = liv.neste(slutt) {
        laer(&mut liv, &hendelse);
        assert!(navn.insert(hendelse.id), "{:?}", hendelse.id);
        assert!(hendelse.tid.sekunder() >= forrige && hendelse.tid.sekunder() < slutt);
        forrige = hendelse.tid.sekunder();
        let dag = hendelse.id.dag;
        match &hendelse.hva {
            Hva::Underlig(_) => continue,
            Hva::Doedsbo { person, arving } => {
                assert!(doede.contains(person));
                assert!(arving.is_none_or(|a| !doede.contains(&a)));
                continue;
            }
            Hva::Doedsfall { person, .. } => {
                assert!(doede.insert(*person));
                gifte.remove(person);
                // The spouse is free, whoever it was.
                gifte.retain(|p| liv.tilstand.person(*p).unwrap().sivil() != Sivil::Ledig);
                continue;
            }
            Hva::Vigsel(en, annen) => {
                assert!(!liv.tilstand.person(*en).unwrap().har(LAAST | BORTE));
                for p in [en, annen] {
                    assert!(gifte.insert(*p), "gift fra før");
                    assert!(liv.tilstand.person(*p).unwrap().alder(dag) >= 18);
                }
            }
            Hva::Separasjon(en, annen) => assert!(gifte.contains(en) && gifte.contains(annen)),
            Hva::Skilsmisse(en, annen, _) => assert!(gifte.remove(en) && gifte.remove(annen)),
            Hva::Foedsel(f) => {
                let mor = liv.tilstand.person(f.mor).unwrap();
                assert!(mor.har(tilstand::KVINNE) && (15..50).contains(&mor.alder(dag)));
                assert_eq!(f.ektefelle.is_some(), mor.sivil() == Sivil::Gift);
            }
            Hva::Farskap { far, mor, .. } => assert_ne!(far, mor),
            _ => {}
        }
        for person in hendelse.hva.personer() {
            assert!(!doede.contains(&person), "{:?}", hendelse.hva.slag());
        }
    }
    for (pid, person) in (0..).zip(&liv.tilstand.personer) {
        if person.sivil() != Sivil::Ledig && person.stand() != Stand::Doed && !person.har(LAAST) {
            assert_eq!(liv.tilstand.person(person.ektefelle).unwrap().ektefelle, pid);
        }
    }
}

/// Poisson's deviation, for the rates of the whole country scaled to the residents of the nation.
#[test]
fn a_year_of_twenty_thousand_has_the_rates_of_the_country() {
    let mut liv = nasjon(20_000);
    let bosatte = liv.bosatte();
    let slutt = liv.start_sekunder() + AAR;
    let mut antall: BTreeMap<&str, u64> = BTreeMap::new();
    for hendelse in til(&mut liv, slutt) {
        let en = match &hendelse.hva {
            // Persons are counted, not households.
            Hva::Flytting(alle) | Hva::Utvandring(alle) => u64::try_from(alle.len()).unwrap(),
            _ => 1,
        };
        *antall.entry(hendelse.hva.slag()).or_default() += en;
    }
    let mut kji_kvadrat = 0.0;
    let mut ledd = 0;
    for (slag, i_landet, romslig) in [
        ("foedsel", 52_000, 1),
        ("doedsfall", 45_000, 1),
        ("vigsel", 20_000, 1),
        ("separasjon", 10_000, 1),
        ("skilsmisse", 9_000, 1),
        ("navneendring", 40_000, 1),
        ("statsborgerskap", 30_000, 1),
        ("innvandring", 80_000, 1),
        ("dnummer", 100_000, 1),
        ("dnummerendring", 20_000, 1),
        ("postmelding", 120_000, 1),
        ("vergemaal", 8_000, 1),
        // Those who go together are counted together, which makes years differ more; who is protected stays.
        ("flytting", 650_000, 3),
        ("utvandring", 35_000, 3),
    ] {
        let ventet = i_landet as f64 * bosatte as f64 / 5_600_000.0;
        let fikk = antall.get(slag).copied().unwrap_or(0) as f64;
        let avvik = (fikk - ventet) / (ventet * f64::from(romslig)).sqrt();
        assert!(avvik.abs() < 4.5, "{slag}: {fikk}, ventet {ventet:.0}");
        kji_kvadrat += avvik * avvik;
        ledd += 1;
    }
    // Of 14 terms: above 36.1 in one of a thousand.
    assert_eq!(ledd, 14);
    assert!(kji_kvadrat < 36.1, "{kji_kvadrat}: {antall:?}");
    // One in two hundred of the messages is odd.
    let underlige = antall["underlig"];
    assert!((1..=20).contains(&underlige), "{underlige}");
}

#[test]
fn a_state_that_was_cut_or_turned_over_is_refused() {
    let byte = nasjon(100).til_byte();
    Liv::fra_byte(&byte).unwrap();
    for lengde in [0, 7, 8, 50, byte.len() - 1] {
        assert_eq!(Liv::fra_byte(&byte[..lengde]).unwrap_err(), Skadet);
    }
    for plass in (0..byte.len()).step_by(37) {
        let mut snudd = byte.clone();
        snudd[plass] ^= 1;
        assert_eq!(Liv::fra_byte(&snudd).unwrap_err(), Skadet, "{plass}");
    }
}
