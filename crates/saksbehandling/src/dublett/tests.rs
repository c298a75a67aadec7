//! The labelled pairs, each compared both ways.

use super::*;

fn person(tekst: &str) -> Trekk {
    let mut felt = tekst.split(", ");
    let mut ut = Trekk::default();
    let navn: Vec<&str> = felt.next().unwrap().split(" / ").collect();
    assert_eq!(navn.len(), 2, "{tekst}");
    ut.med_navn(&navn);
    ut.foedt = Some(Dato::parse(felt.next().unwrap()).unwrap());
    assert!(matches!(felt.next(), Some("k" | "m" | "-")), "{tekst}");
    ut.land.extend(felt.next().unwrap().split('+').map(str::to_owned));
    for annet in felt {
        let (hva, verdi) = annet.split_once('=').unwrap();
        let nummer = || {
            let (land, nummer) = verdi.split_once('-').unwrap();
            Landet::new(land, nummer).unwrap()
        };
        match hva {
            "pass" => _ = ut.dokumenter.insert(nummer()),
            "utl" => _ = ut.utenlandske.insert(nummer()),
            "foer" => ut.med_navn(&verdi.split(" / ").collect::<Vec<_>>()),
            _ => panic!("{tekst}"),
        }
    }
    ut
}

#[test]
fn whoever_may_be_the_same_is_told_from_whoever_is_not() {
    let fil = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../eksempler/dublett/personer.md");
    let tabell = std::fs::read_to_string(fil).unwrap();
    let mut antall = [0, 0];
    let mut avvik = Vec::new();
    for rad in tabell.lines().filter(|l| l.starts_with("| ")).skip(1) {
        let celler: Vec<&str> = rad.trim_matches('|').split('|').map(str::trim).collect();
        let [en, annen, ventet, _] = celler.as_slice() else {
            panic!("{rad}")
        };
        let (en, annen) = (person(en), person(annen));
        for (a, b) in [(&en, &annen), (&annen, &en)] {
            if kan_vaere_samme(a, b) != (*ventet == "ja") {
                avvik.push(rad.to_owned());
            }
        }
        antall[usize::from(*ventet == "ja")] += 1;
    }
    assert_eq!(avvik, Vec::<String>::new());
    assert!(antall[0] > 20 && antall[1] > 30, "{antall:?}");
}

#[test]
fn a_distance_is_the_fewest_letters_to_change() {
    let mellom = |a: &str, b: &str| {
        let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        avstand(&a, &b)
    };
    for (a, b, ventet) in [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "", 3),
        ("abc", "acb", 1),
        ("abcd", "xbd", 2),
    ] {
        assert_eq!(mellom(a, b), ventet);
        assert_eq!(mellom(b, a), ventet);
    }
}

#[test]
fn a_name_of_many_equal_words_is_compared_as_soon_as_another() {
    // All but one fit everywhere: whoever tries every order is never done.
    let navn = |sist: &str| {
        let mut ut = Trekk::default();
        ut.med_navn(&[&"aa ".repeat(ORD_MAKS - 1), sist]);
        ut.navn
    };
    let (en, annen) = (navn("bb"), navn("cc"));
    assert_eq!(en[0].len(), ORD_MAKS);
    assert!(!er_like(&en[0], &annen[0]));
    assert!(er_like(&en[0], &navn("bb")[0]));
    let mut lang = Trekk::default();
    lang.med_navn(&[&"dd ".repeat(1_300)]);
    assert_eq!(lang.navn[0].len(), ORD_MAKS);
}
