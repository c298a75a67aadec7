//! What is given, and what is refused.

use personkobling::{Adresse, Bygger, Felt, Foedt, Funn, Innfoering, Navn, Personer, Spoerring, Treff, Utfall};

mod dommer;

fn navn(fornavn: &'static str, mellomnavn: &'static str, etternavn: &'static str, gjeldende: bool) -> Navn<'static> {
    Navn {
        fornavn,
        mellomnavn,
        etternavn,
        gjeldende,
    }
}

fn bor(gate: &'static str, gjeldende: bool) -> Adresse<'static> {
    Adresse {
        gate,
        postnummer: 151,
        kommune: 301,
        gjeldende,
    }
}

/// Twins in a house, their father of the same name as one of them, a namesake, and ten thousand others.
fn personer() -> Personer {
    let mut bygger = Bygger::default();
    let mut inn = |noekkel, navn: &[Navn<'_>], foedt, kvinne, adresser: &[Adresse<'_>]| {
        bygger.legg_til(&Innfoering {
            noekkel,
            navn,
            foedt,
            kvinne: Some(kvinne),
            adresser,
        });
    };
    let hjemme = [bor("Prøveveien 4 B", true)];
    inn(
        1,
        &[navn("GOD", "STOL", "FREGATT", true)],
        Foedt::new(1985, 3, 12),
        false,
        &hjemme,
    );
    inn(
        2,
        &[navn("RASK", "STOL", "FREGATT", true)],
        Foedt::new(1985, 3, 12),
        true,
        &hjemme,
    );
    inn(
        3,
        &[navn("GOD", "", "FREGATT", true)],
        Foedt::new(1955, 3, 12),
        false,
        &hjemme,
    );
    inn(
        4,
        &[
            navn("TAKKNEMLIG", "", "BLYANT", true),
            navn("TAKKNEMLIG", "", "KANONKULE", false),
        ],
        Foedt::new(1970, 11, 2),
        true,
        &[bor("Forsøksgata 11", true), bor("Testplassen 7", false)],
    );
    inn(
        5,
        &[navn("STILLE", "", "HAVREGRØT", true)],
        Foedt::new(1990, 6, 6),
        true,
        &[],
    );
    inn(
        6,
        &[navn("STILLE", "", "HAVREGRØT", true)],
        Foedt::new(1990, 6, 6),
        true,
        &[],
    );
    for nr in 0..10_000u16 {
        let (for_, etter) = (format!("fyll{}", nr % 97), format!("ord{}", nr % 89));
        let navn = [Navn {
            fornavn: &for_,
            mellomnavn: "",
            etternavn: &etter,
            gjeldende: true,
        }];
        let aar = 1930 + nr % 80;
        let foedt = Foedt::new(
            aar,
            1 + u8::try_from(nr % 12).unwrap_or(0),
            1 + u8::try_from(nr % 28).unwrap_or(0),
        );
        inn(100 + u64::from(nr), &navn, foedt, nr % 2 == 0, &[]);
    }
    bygger.ferdig()
}

fn spoerring() -> Spoerring<'static> {
    Spoerring {
        fornavn: "God",
        mellomnavn: "Stol",
        etternavn: "Fregatt",
        foedt: Foedt::new(1985, 3, 12),
        kvinne: Some(false),
        gate: "prøvevegen 4b",
        postnummer: 151,
        kommune: 301,
    }
}

fn en(utfall: Utfall) -> Option<Treff> {
    match utfall {
        Utfall::En(treff) => Some(treff),
        Utfall::Flere(..) | Utfall::Ingen => None,
    }
}

#[test]
fn the_whole_name_and_the_date_are_one() {
    let treff = en(personer().finn(&spoerring())).unwrap();
    assert_eq!((treff.noekkel, treff.fullt), (1, true));
    let sum: f32 = treff.grunner.iter().map(|grunn| grunn.bit).sum();
    assert!((sum - treff.poeng).abs() < 1e-3, "the reasons are the score: {treff:?}");
}

#[test]
fn one_error_of_each_kind_is_found() {
    let personer = personer();
    let grunn = spoerring();
    let fire = Spoerring {
        fornavn: "Takknemlig",
        mellomnavn: "",
        etternavn: "Blyant",
        foedt: Foedt::new(1970, 11, 2),
        kvinne: Some(true),
        gate: "Forsøksgaten 11",
        ..grunn
    };
    let gammelt = Spoerring {
        etternavn: "Kanonkule",
        ..fire
    };
    let flyttet = Spoerring {
        gate: "Testplassen 7",
        ..fire
    };
    let skrevet = Spoerring {
        etternavn: "Blynat",
        ..fire
    };
    let mangler = Spoerring {
        fornavn: "Taknemlig",
        ..fire
    };
    let byttet = Spoerring {
        foedt: Foedt::new(1970, 2, 11),
        ..fire
    };
    let siffer = Spoerring {
        foedt: Foedt::new(1970, 11, 3),
        ..fire
    };
    for (hva, spurt) in [gammelt, flyttet, skrevet, mangler, byttet, siffer]
        .into_iter()
        .enumerate()
    {
        let treff = en(personer.finn(&spurt)).unwrap();
        assert_eq!(treff.noekkel, 4, "{hva}");
    }
    assert!(
        en(personer.finn(&gammelt))
            .unwrap()
            .grunner
            .iter()
            .any(|en| en.felt == Felt::Etternavn && en.funn == Funn::Tidligere)
    );
    assert!(
        en(personer.finn(&byttet))
            .unwrap()
            .grunner
            .iter()
            .any(|en| en.funn == Funn::Byttet)
    );
}

#[test]
fn a_twin_is_not_the_other_and_a_father_not_the_son() {
    let personer = personer();
    let grunn = spoerring();
    // No first name: either of the twins. Another first name: a third of them, who is not here.
    for fornavn in ["", "Lystig"] {
        let utfall = personer.finn(&Spoerring {
            fornavn,
            kvinne: None,
            ..grunn
        });
        assert!(!matches!(utfall, Utfall::En(_)), "{utfall:?}");
    }
    // Without a date, a father and a son of one name are two.
    let utfall = personer.finn(&Spoerring {
        foedt: Foedt::default(),
        mellomnavn: "",
        ..grunn
    });
    assert!(!matches!(utfall, Utfall::En(_)), "{utfall:?}");
    let far = Spoerring {
        foedt: Foedt::new(1955, 3, 12),
        mellomnavn: "",
        ..grunn
    };
    assert_eq!(en(personer.finn(&far)).unwrap().noekkel, 3);
}

#[test]
fn two_of_the_same_name_and_date_are_refused() {
    let spurt = Spoerring {
        fornavn: "Stille",
        etternavn: "Havregrøt",
        foedt: Foedt::new(1990, 6, 6),
        ..Spoerring::default()
    };
    match personer().finn(&spurt) {
        Utfall::Flere(2, kandidater) => {
            let noekler: Vec<u64> = kandidater.iter().map(|en| en.noekkel).collect();
            assert_eq!(noekler, [5, 6]);
        }
        annet => panic!("two: {annet:?}"),
    }
}

#[test]
fn nobody_and_nothing_are_nobody() {
    let personer = personer();
    assert_eq!(personer.finn(&Spoerring::default()), Utfall::Ingen);
    let fremmed = Spoerring {
        fornavn: "Ukjent",
        etternavn: "Fremmed",
        foedt: Foedt::new(1999, 9, 9),
        ..Spoerring::default()
    };
    assert_eq!(personer.finn(&fremmed), Utfall::Ingen);
    assert_eq!(Bygger::default().ferdig().finn(&fremmed), Utfall::Ingen);
    let langt = "å".repeat(100_000);
    let lang = Spoerring {
        fornavn: &langt,
        etternavn: &langt,
        gate: &langt,
        ..fremmed
    };
    assert_eq!(personer.finn(&lang), Utfall::Ingen);
}

#[test]
fn what_is_printed_says_nothing_of_anybody() {
    assert_eq!(format!("{:?}", spoerring()), "Spoerring(***)");
}
