use proptest::prelude::*;

use super::regler::{BOKSTAVER, Eksempel, LYDER};
use super::{NOEKLER_MAKS, REGLER, Regler, alike, keys, sounds};
use crate::navn::words;

fn ett_ord(navn: &str) -> String {
    let [ord] = words(navn).try_into().unwrap();
    ord
}

#[track_caller]
fn like(navn: &[&str]) {
    for (i, a) in navn.iter().enumerate() {
        for b in &navn[i..] {
            let (a, b) = (ett_ord(a), ett_ord(b));
            assert!(alike(&a, &b), "{:?} {:?}", sounds(&a), sounds(&b));
        }
    }
}

#[track_caller]
fn ulike(a: &str, b: &str) {
    let (a, b) = (ett_ord(a), ett_ord(b));
    assert!(!alike(&a, &b), "{:?}", sounds(&a));
}

fn like_med(regler: &Regler, (a, b): (&str, &str)) -> bool {
    let b = regler.keys(&ett_ord(b));
    regler.keys(&ett_ord(a)).iter().any(|n| b.contains(n))
}

#[test]
fn every_rule_does_what_its_example_says_and_without_it_that_is_not_so() {
    let mut doede = Vec::new();
    for regel in BOKSTAVER.iter().chain(LYDER) {
        let uten = Regler::new(&|r| !std::ptr::eq(r, regel), true, true);
        let (a, b, ventet) = match regel.eksempel {
            Eksempel::Like(a, b) => (a, b, true),
            Eksempel::Ulike(a, b) => (a, b, false),
        };
        if like_med(&REGLER, (a, b)) != ventet || like_med(&uten, (a, b)) == ventet {
            let lyder = [a, b].map(|navn| sounds(&ett_ord(navn)));
            doede.push(format!(
                "{} ({}) {}: {a}, {b}: {lyder:?}",
                regel.foer, regel.fra, regel.etter
            ));
        }
    }
    assert!(doede.is_empty(), "{doede:#?}");
    let uten_folding = Regler::new(&|_| true, false, true);
    assert!(!like_med(&uten_folding, ("Hanssen", "Hansen")));
    let uten_lengde = Regler::new(&|_| true, true, false);
    assert!(like_med(&uten_lengde, ("Petter", "Peter")));
}

#[test]
fn spellings_of_one_name_are_heard_alike() {
    like(&["Kristian", "Christian", "Kristjan"]);
    like(&["Kjell", "Kjel", "Kjeld"]);
    like(&["Hjørdis", "Jørdis"]);
    like(&["Schjelderup", "Skjelderup"]);
    like(&["Zakarias", "Sakarias", "Zacharias"]);
    like(&["Wilhelm", "Vilhelm"]);
    like(&["Åse", "Aase"]);
    like(&["Hansen", "Hanssen", "Hannsen"]);
    like(&["Thorbjørn", "Torbjørn", "Thorbjörn"]);
    like(&["Elisabeth", "Elisabet", "Elizabeth"]);
    like(&["Lund", "Lunn", "Lundh"]);
    like(&["Wenche", "Venke"]);
    like(&["Bache", "Bakke"]);
    like(&["Knudsen", "Knutsen", "Knutzen"]);
    like(&["Michelsen", "Mikkelsen"]);
    like(&["Tveidt", "Tveit"]);
    like(&["Heyerdahl", "Heierdal"]);
}

#[test]
fn names_that_vowels_or_length_tell_apart_are_not() {
    for (a, b) in [
        ("Birgitte", "Bergitte"),
        ("Kari", "Karin"),
        ("Ola", "Ole"),
        ("Mari", "Marie"),
        ("Hansen", "Hanson"),
        ("Anne", "Ane"),
        ("Petter", "Peter"),
        ("Pettersen", "Petersen"),
        ("Brun", "Bryn"),
        ("Lund", "Lind"),
        ("Jon", "Jan"),
        ("Kåre", "Kari"),
    ] {
        ulike(a, b);
    }
}

#[test]
fn a_key_says_nothing_of_the_name_in_a_log() {
    assert_eq!(
        format!("{:?}", &keys("bache")[..]),
        "[Noekkel(********), Noekkel(********)]"
    );
}

/// Set it to write the table anew when the rules have changed.
const SKRIV: &str = "SOEK_SKRIV_REGLER";

#[test]
fn the_page_shows_the_rules_as_they_are() {
    let side = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/navn.md");
    let mut tabell = String::new();
    for (navn, regler) in [("Letters to sounds", BOKSTAVER), ("Diphthongs and j", LYDER)] {
        tabell += &format!("\n**{navn}**\n\n| before | letters | after | become | example |\n|---|---|---|---|---|\n");
        for r in regler {
            let (a, tegn, b) = match r.eksempel {
                Eksempel::Like(a, b) => (a, "=", b),
                Eksempel::Ulike(a, b) => (a, "≠", b),
            };
            let kode = |t: &str| {
                if t.is_empty() {
                    String::new()
                } else {
                    format!("`{}`", t.replace('|', "\\|"))
                }
            };
            let (foer, fra, etter, til) = (kode(r.foer), kode(r.fra), kode(r.etter), kode(r.til));
            tabell += &format!("| {foer} | {fra} | {etter} | {til} | {a} {tegn} {b} |\n");
        }
    }
    let tekst = std::fs::read_to_string(side).unwrap();
    let (foer, rest) = tekst.split_once("<!-- regler -->\n").unwrap();
    let (gammel, etter) = rest.split_once("<!-- slutt -->\n").unwrap();
    if std::env::var_os(SKRIV).is_some() {
        std::fs::write(
            side,
            format!("{foer}<!-- regler -->\n{tabell}\n<!-- slutt -->\n{etter}"),
        )
        .unwrap();
        return;
    }
    assert!(gammel == format!("{tabell}\n"), "run this test once with {SKRIV}=1");
}

#[test]
fn what_is_no_norwegian_word_is_heard_as_itself() {
    like(&["محمد", "محمد"]);
    ulike("محمد", "أحمد");
    ulike("王", "李");
    assert!(keys("").is_empty());
    assert!(!alike("", ""));
    assert_eq!(keys(&"a".repeat(10_000)).len(), 1);
    assert_eq!(keys("h").len(), 1);
    ulike(&"ab".repeat(100), &"ab".repeat(101));
}

proptest! {
    #[test]
    fn any_text_gives_a_key_or_two(ord in any::<String>()) {
        let antall = keys(&ord).len();
        prop_assert!(antall <= NOEKLER_MAKS);
        prop_assert_eq!(antall == 0, ord.is_empty());
    }

    #[test]
    fn any_word_has_keys_and_is_like_itself(navn in "[a-zæøåéüA-ZÆØÅ]{1,30}") {
        for ord in words(&navn) {
            prop_assert!(alike(&ord, &ord));
        }
    }

    #[test]
    fn alike_is_symmetric(a in "[achekst]{1,6}", b in "[achekst]{1,6}") {
        prop_assert_eq!(alike(&a, &b), alike(&b, &a));
    }
}
