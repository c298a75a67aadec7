//! What the rows are judged by must itself be right.

use std::collections::BTreeMap;

use matchfeil::{Adresse, Fasit, Feilslag, Generator, Navn, Rad, Slag};

fn person() -> Fasit {
    Fasit {
        navn: Navn::ny("GOD-RASK", Some("STOL"), "FREGATT"),
        tidligere_navn: vec![Navn::ny("GOD-RASK", None, "BLYANT")],
        foedselsdato: (1985, 3, 12),
        kvinne: true,
        adresse: Some(Adresse::ny("Prøveveien 4", "0151", "0301")),
        tidligere_adresser: vec![Adresse::ny("Forsøksgata 11 B", "5003", "4601")],
    }
}

fn rader(slag: Slag, antall: usize) -> Vec<Rad> {
    let (person, mut generator) = (person(), Generator::new(7, slag));
    (0..antall).map(|_| generator.rad(&person)).collect()
}

#[test]
fn a_clean_row_is_the_person() {
    let fasit = person();
    for rad in rader(Slag::Ren, 100) {
        assert!(rad.feil.is_empty());
        assert_eq!(
            (rad.navn, rad.foedselsdato, rad.adresse),
            (fasit.navn.clone(), fasit.foedselsdato, fasit.adresse.clone())
        );
    }
}

#[test]
fn each_error_that_is_named_is_there() {
    let fasit = person();
    for rad in rader(Slag::EnFeil, 5_000) {
        let [feil] = rad.feil.as_slice() else {
            panic!("one error: {:?}", rad.feil)
        };
        let (navn, dato, adresse) = (
            rad.navn != fasit.navn,
            rad.foedselsdato != fasit.foedselsdato,
            rad.adresse != fasit.adresse,
        );
        let ventet = match feil {
            Feilslag::ByttetDagMaaned | Feilslag::Datosiffer => (false, true, false),
            Feilslag::GammelAdresse | Feilslag::UtenAdresse | Feilslag::Gateskrivefeil => (false, false, true),
            _ => (true, false, false),
        };
        assert_eq!((navn, dato, adresse), ventet, "{feil:?}");
    }
}

#[test]
fn every_kind_comes_and_several_are_two_to_four_of_their_own() {
    let mut sett: BTreeMap<Feilslag, usize> = BTreeMap::new();
    let mut antall = [0usize; 5];
    for rad in rader(Slag::FlereFeil, 5_000) {
        let mut ulike = rad.feil.clone();
        ulike.sort_unstable();
        ulike.dedup();
        assert_eq!(ulike.len(), rad.feil.len());
        antall[rad.feil.len()] += 1;
        for feil in rad.feil {
            *sett.entry(feil).or_default() += 1;
        }
    }
    assert_eq!((antall[0], antall[1]), (0, 0));
    assert!(antall[2] > 2_000 && antall[3] > 1_000 && antall[4] > 500, "{antall:?}");
    assert_eq!(sett.len(), 11, "{sett:?}");
}

#[test]
fn a_person_whom_little_can_change_keeps_a_row_that_says_so() {
    let fasit = Fasit {
        navn: Navn::ny("BO", None, "LI"),
        tidligere_navn: vec![],
        foedselsdato: (1990, 5, 5),
        kvinne: false,
        adresse: None,
        tidligere_adresser: vec![],
    };
    let mut generator = Generator::new(3, Slag::FlereFeil);
    for _ in 0..500 {
        let rad = generator.rad(&fasit);
        // No other name, no address, no second name to leave out, and a day that is its month.
        let umulige = [
            Feilslag::GammeltNavn,
            Feilslag::GammelAdresse,
            Feilslag::UtenAdresse,
            Feilslag::Gateskrivefeil,
            Feilslag::NavnUtelatt,
        ];
        assert!(
            !rad.feil.is_empty() && !rad.feil.iter().any(|feil| umulige.contains(feil)),
            "{:?}",
            rad.feil
        );
    }
}

#[test]
fn dates_stay_dates() {
    for rad in rader(Slag::FlereFeil, 5_000) {
        let (aar, maaned, dag) = rad.foedselsdato;
        assert!((1850..=2050).contains(&aar) && (1..=12).contains(&maaned) && (1..=31).contains(&dag));
    }
}

#[test]
fn a_nation_has_what_rows_are_made_of() {
    let nasjon = syntetisk_befolkning::Nasjon::new(9, 3_000).unwrap();
    let dokumenter = (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr));
    let alle: Vec<Fasit> = dokumenter.filter_map(|en| Fasit::av_dokument(&en.til_json())).collect();
    assert!(alle.len() > 2_500, "{}", alle.len());
    let har = |hva: fn(&&Fasit) -> bool| alle.iter().filter(hva).count() * 100 / alle.len();
    let (adresse, flyttet, giftet) = (
        har(|en| en.adresse.is_some()),
        har(|en| !en.tidligere_adresser.is_empty()),
        har(|en| !en.tidligere_navn.is_empty()),
    );
    assert!(
        adresse > 60 && flyttet > 10 && giftet > 5,
        "{adresse} {flyttet} {giftet}"
    );
}
