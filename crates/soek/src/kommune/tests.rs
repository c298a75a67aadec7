//! The table against what is public of it: how many there were, what they were called, what is known of single ones.

use super::*;

struct Rad {
    nummer: &'static str,
    navn: &'static str,
    aar: (u16, Option<u16>),
    etterfoelgere: Vec<&'static str>,
}

fn rader() -> impl Iterator<Item = Rad> {
    linjer().map(|[nummer, navn, foerste, siste, etter]| Rad {
        nummer,
        navn,
        aar: (
            foerste.parse().unwrap(),
            (!siste.is_empty()).then(|| siste.parse().unwrap()),
        ),
        etterfoelgere: etter.split(',').filter(|e| !e.is_empty()).collect(),
    })
}

fn i_kraft(aar: u16) -> BTreeMap<&'static str, &'static str> {
    rader()
        .filter(|r| r.aar.0 <= aar && r.aar.1.is_none_or(|siste| siste >= aar))
        .map(|r| (r.nummer, r.navn))
        .collect()
}

fn antall_fylker(aar: u16) -> usize {
    let alle = i_kraft(aar);
    alle.keys().filter_map(|k| fylke(k)).collect::<BTreeSet<_>>().len()
}

fn slutt(nummer: &'static str) -> BTreeSet<&'static str> {
    ender_i(&etterfoelgere(), nummer, 0)
}

/// Source: SSB, number of kommuner and fylker on 1 January.
#[test]
fn there_were_as_many_as_is_known() {
    for (aar, kommuner, fylker) in [
        (1987, 454, 19),
        (1988, 448, 19),
        (1992, 439, 19),
        (1994, 435, 19),
        (2002, 434, 19),
        (2005, 433, 19),
        (2006, 431, 19),
        (2008, 430, 19),
        (2012, 429, 19),
        (2013, 428, 19),
        (2017, 426, 19),
        (2018, 422, 18),
        (2019, 422, 18),
        (2020, 356, 11),
        (2023, 356, 11),
        (2024, 357, 15),
    ] {
        assert_eq!((i_kraft(aar).len(), antall_fylker(aar)), (kommuner, fylker), "{aar}");
    }
}

#[test]
fn the_fylker_of_today_have_as_many_as_is_known() {
    let mut antall = BTreeMap::<&str, usize>::new();
    for nummer in i_kraft(2024).keys() {
        *antall.entry(fylke(nummer).unwrap()).or_default() += 1;
    }
    let kjent = [
        ("03", 1),
        ("11", 23),
        ("15", 27),
        ("18", 41),
        ("31", 12),
        ("32", 21),
        ("33", 18),
        ("34", 46),
        ("39", 6),
        ("40", 17),
        ("42", 25),
        ("46", 43),
        ("50", 38),
        ("55", 21),
        ("56", 18),
    ];
    assert_eq!(antall, BTreeMap::from(kjent));
}

#[test]
fn the_table_is_well_formed() {
    let alle: Vec<Rad> = rader().collect();
    assert_eq!(alle.len(), 878);
    assert!(
        alle.windows(2).all(|par| par[0].nummer < par[1].nummer),
        "in order, each once"
    );
    let kjente: BTreeMap<_, _> = alle.iter().map(|r| (r.nummer, r.aar)).collect();
    for rad in &alle {
        assert!(
            rad.nummer.len() == 4 && rad.nummer.bytes().all(|b| b.is_ascii_digit()),
            "{}",
            rad.nummer
        );
        assert!(!rad.navn.is_empty() && rad.navn.trim() == rad.navn, "{}", rad.nummer);
        assert_eq!(rad.aar.1.is_none(), rad.etterfoelgere.is_empty(), "{}", rad.nummer);
        assert!(
            rad.aar.1.is_none_or(|siste| rad.aar.0 <= siste && siste <= 2023),
            "{}",
            rad.nummer
        );
        for etter in &rad.etterfoelgere {
            let (foerste, siste) = kjente[etter];
            let dagen_etter = rad.aar.1.unwrap() + 1;
            let direkte = rad.aar.1 == Some(2019) && ["1508", "1580"].contains(etter);
            assert!(direkte || foerste <= dagen_etter, "{} {etter}", rad.nummer);
            assert!(siste.is_none_or(|s| s >= dagen_etter), "{} {etter}", rad.nummer);
        }
    }
}

#[test]
fn every_number_ends_in_one_of_today_or_was_divided() {
    let idag_ = i_kraft(2024);
    let mut delte = BTreeMap::new();
    for nummer in rader().map(|r| r.nummer) {
        let slutt = slutt(nummer);
        assert!(
            !slutt.is_empty() && slutt.iter().all(|s| idag_.contains_key(s)),
            "{nummer}"
        );
        if slutt.len() > 1 {
            delte.insert(nummer, slutt.into_iter().collect::<Vec<_>>().join(","));
        }
    }
    let ventet = [
        ("0716", "3903,3905"),
        ("0718", "3903,3905"),
        ("0720", "3905,3907"),
        ("0822", "4005,4020"),
        ("1129", "1108,1130"),
        ("1418", "4638,4640"),
        ("1439", "4602,4649"),
        ("1507", "1508,1580"),
        ("1546", "1508,1547"),
        ("1613", "5055,5056,5059"),
        ("1724", "5006,5054"),
        ("1751", "5007,5060"),
        ("1850", "1806,1875"),
        ("5012", "5055,5056,5059"),
        ("5039", "5006,5054"),
        ("5051", "5007,5060"),
    ];
    assert_eq!(delte, ventet.map(|(n, s)| (n, s.to_owned())).into());
    // No one was divided between two fylker of today, so each is found by its fylke.
    assert!(
        delte
            .keys()
            .all(|n| idag(n).kommune.is_none() && idag(n).fylke.is_some())
    );
}

/// A number that was put in the place of one other, or of several, has a name of theirs, but for those that took a new one.
#[test]
fn a_kommune_that_changed_its_number_kept_its_name() {
    let navn: BTreeMap<_, _> = rader().map(|r| (r.nummer, r.navn)).collect();
    let mut foer = BTreeMap::<&str, BTreeSet<&str>>::new();
    let mut nye = BTreeSet::new();
    for rad in rader() {
        for etter in rad.etterfoelgere {
            foer.entry(etter).or_default().insert(rad.navn);
        }
    }
    // Numbers that lived on when others were added have their own name.
    for (nummer, navnene) in foer {
        let fantes = rader().any(|r| r.nummer == nummer && r.aar.0 == 1987);
        if !navnene.contains(navn[nummer]) && !fantes {
            nye.insert(navn[nummer]);
        }
    }
    let ventet = [
        "Alver",
        "Bjørnafjorden",
        "Fjord",
        "Færder",
        "Heim",
        "Hustadvika",
        "Indre Fosen",
        "Indre Østfold",
        "Kinn",
        "Lillestrøm",
        "Midt-Telemark",
        "Nesbyen",
        "Nordre Follo",
        "Nærøysund",
        "Orkland",
        "Senja",
        "Stad",
        "Sunnfjord",
    ];
    assert_eq!(nye, BTreeSet::from(ventet));
}

#[test]
fn single_numbers_are_today_what_is_known_of_them() {
    for (nummer, kommune) in [
        ("0219", "3201"),
        ("3024", "3201"),
        ("0602", "3301"),
        ("0711", "3301"),
        ("0703", "3901"),
        ("1601", "5001"),
        ("1624", "5054"),
        ("1718", "5054"),
        ("1662", "5001"),
        ("1567", "5061"),
        ("1571", "5055"),
        ("1214", "1160"),
        ("1901", "5503"),
        ("1902", "5501"),
        ("1903", "5503"),
        ("5401", "5501"),
        ("5402", "5503"),
        ("1852", "5512"),
        ("0532", "3236"),
        ("1444", "1577"),
        ("1504", "1508"),
        ("1523", "1508"),
        ("1534", "1580"),
        ("2012", "5601"),
    ] {
        let fylke = fylke(kommune);
        assert_eq!(
            idag(nummer),
            Idag {
                kommune: Some(kommune),
                fylke
            },
            "{nummer}"
        );
    }
    let delt = |fylke| Idag {
        kommune: None,
        fylke: Some(fylke),
    };
    assert_eq!(idag("5012"), delt("50"));
    assert_eq!(idag("1850"), delt("18"));
    assert_eq!(idag("1507"), delt("15"));
    assert_eq!(idag("0822"), delt("40"));
}

/// 1806 was Svolvær until 1963 and 1531 Borgund until 1967: today they are Narvik and Sula, and nothing leads from them.
#[test]
fn a_number_in_force_means_what_it_means_today() {
    for nummer in i_kraft(2024).into_keys().chain(["0000", "2100", "", "ukjent"]) {
        assert_eq!(idag(nummer), Idag::default(), "{nummer}");
    }
}

#[test]
fn a_table_that_goes_in_a_ring_ends() {
    let ring = BTreeMap::from([("1", vec!["2"]), ("2", vec!["1"])]);
    assert_eq!(ender_i(&ring, "1", 0), BTreeSet::new());
}

/// Where the nation of the demo has an address with an old number, that number leads to the kommune it was made for.
#[test]
fn the_nation_agrees() {
    let mut uenige = Vec::new();
    for linje in include_str!("../../../syntetisk_befolkning/data/kommunehistorikk.csv")
        .lines()
        .filter(|l| !l.starts_with('#'))
    {
        let felt: Vec<&str> = linje.split(';').collect();
        let [naa, siste, da] = felt[..] else { panic!("{linje}") };
        let rad = rader().find(|r| r.nummer == da).unwrap();
        assert_eq!(rad.aar.1, siste.parse().ok(), "{linje}");
        if idag(da).kommune != Some(naa) {
            uenige.push((naa, da));
        }
    }
    // That which was divided: the nation knows who lives where, the number does not tell.
    assert_eq!(uenige, [("1508", "1507"), ("1580", "1507")]);
    let nasjonen: BTreeMap<_, _> = include_str!("../../../syntetisk_befolkning/data/kommuner.csv")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .map(|l| l.split_once(';').unwrap())
        .map(|(nummer, rest)| (nummer, rest.split(';').next().unwrap()))
        .collect();
    assert_eq!(nasjonen, i_kraft(2024));
}

/// The public contract lists who was there until 1987-12-31: the same kommuner, but for Bremanger, which it has until 1964
/// alone, and Rauland, which was a part of Vinje from then on.
#[test]
fn the_oldest_are_those_of_the_public_contract() {
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
    let mut kontrakten = BTreeSet::new();
    for kode in xml.split("<kode>").skip(1) {
        let mellom = |fra: &str, til: &str| kode.split_once(fra)?.1.split_once(til).map(|(t, _)| t);
        if mellom("<tildato>", "<") == Some("1987-12-31") {
            kontrakten.insert(mellom("<tekniskNavn>", "<").unwrap());
        }
    }
    let vaare: BTreeSet<_> = i_kraft(1987).into_keys().collect();
    let forskjell: Vec<_> = vaare.symmetric_difference(&kontrakten).copied().collect();
    assert_eq!(forskjell, ["0835", "1438"]);
}
