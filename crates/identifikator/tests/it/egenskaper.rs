//! Laws: for every text, every number, every row of numbers.

use std::collections::BTreeSet;

use identifikator::forklaring::{Regel, TEGN_MAKS, Utfall};
use identifikator::{
    Bestilling, Dato, DufNummer, Feil, FellesHjelpenummer, Folkeregisteridentifikator, InterntHjelpenummer, Kjoenn,
    Kontrollregime, Organisasjonsnummer, Regelsett, Serie, Tildeler, TildelingFeil, Tildelingstid, Tildelt, forklar,
    kapasitet, klassifiser,
};
use proptest::prelude::*;

/// Any text at all, and texts close to numbers: the right length, a wrong character here and there.
fn tekst() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9]{8,13}",
        "[0-7][0-9][0-9]{9}",
        "[89][0-9]{10}",
        "[0-9æ ٣X]{9,12}"
    ]
}

fn dato_i(regelsett: Regelsett) -> impl Strategy<Value = Dato> {
    let (fra, til) = match regelsett {
        Regelsett::Foedselsnummer1964 | Regelsett::DNummer1964 => ("1854-01-01", regelsett.siste_dag()),
        Regelsett::DNummer2021 => ("1858-01-01", regelsett.siste_dag()),
        Regelsett::Foedselsnummer2032 | Regelsett::DNummer2032 => ("1902-01-01", regelsett.siste_dag()),
    };
    let fra: Dato = fra.parse().unwrap();
    (fra.dager_siden_1970()..=til.dager_siden_1970()).prop_map(|dager| Dato::from_dager_siden_1970(dager).unwrap())
}

fn bestilling() -> impl Strategy<Value = Bestilling> {
    let kjoenn = prop_oneof![Just(Kjoenn::Kvinne), Just(Kjoenn::Mann)];
    let serie = prop_oneof![
        Just(Serie::Ordinaer),
        Just(Serie::Nav),
        Just(Serie::Nhn),
        Just(Serie::Tenor)
    ];
    prop::sample::select(&Regelsett::ALLE[..])
        .prop_flat_map(move |regelsett| (Just(regelsett), dato_i(regelsett), kjoenn.clone(), serie.clone()))
        .prop_map(|(regelsett, foedselsdato, kjoenn, serie)| Bestilling {
            foedselsdato,
            kjoenn,
            serie,
            regelsett,
            siste_dato: None,
        })
}

fn identifikator() -> impl Strategy<Value = Folkeregisteridentifikator> {
    (bestilling(), 0..20_usize).prop_map(|(bestilling, antall)| {
        let mut tildeler = Tildeler::new();
        for _ in 0..antall {
            tildeler.tildel(&bestilling).unwrap();
        }
        tildeler.tildel(&bestilling).unwrap().identifikator
    })
}

/// A day within the time of the rules.
fn tid(regelsett: Regelsett) -> Tildelingstid {
    match regelsett {
        Regelsett::Foedselsnummer2032 | Regelsett::DNummer2032 => Tildelingstid::Ukjent,
        Regelsett::Foedselsnummer1964 | Regelsett::DNummer1964 | Regelsett::DNummer2021 => {
            Tildelingstid::Paa(regelsett.siste_dag())
        }
    }
}

/// What was asked for is what the digits say.
#[track_caller]
fn check_tildelt(bestilling: &Bestilling, tildelt: &Tildelt) {
    let nummer = tildelt.identifikator;
    assert_eq!(nummer.as_str().parse(), Ok(nummer));
    assert_eq!(nummer.identifikatortype(), bestilling.regelsett.identifikatortype());
    assert!(nummer.serier().contains(&bestilling.serie));
    assert!(
        nummer
            .kontrollregimer()
            .contains(&bestilling.regelsett.kontrollregime())
    );
    assert!(
        nummer
            .mulige_foedselsdatoer(tid(bestilling.regelsett))
            .contains(&tildelt.dato)
    );
    assert!(
        nummer
            .foedselsdatoer_under(bestilling.regelsett)
            .contains(&tildelt.dato)
    );
    let individnummer = nummer.individnummer();
    let intervaller = bestilling.regelsett.intervaller(tildelt.dato.aar());
    assert!(
        intervaller
            .iter()
            .any(|i| i.fra <= individnummer && individnummer <= i.til)
    );
    if bestilling.regelsett.foelger_kjoenn() {
        assert_eq!(
            nummer.kjoenn_antydet(tid(bestilling.regelsett)),
            Some(bestilling.kjoenn)
        );
    }
    assert_eq!(
        tildelt.avviker_fra_foedselsdato,
        tildelt.dato != bestilling.foedselsdato
    );
    assert_eq!(tildelt.dato.aar(), bestilling.foedselsdato.aar());
}

/// The order within one date: interval by interval, individnummer falling, then remainder rising.
fn rang(bestilling: &Bestilling, nummer: &Folkeregisteridentifikator) -> (usize, u16, u16) {
    let individnummer = nummer.individnummer();
    let intervaller = bestilling.regelsett.intervaller(bestilling.foedselsdato.aar());
    let intervall = intervaller
        .iter()
        .position(|i| i.fra <= individnummer && individnummer <= i.til)
        .unwrap();
    let forklaring = forklar(nummer.as_str());
    (intervall, 999 - individnummer, u16::from(forklaring.kontroller[0].rest))
}

proptest! {
    #[test]
    fn any_text_gives_a_number_or_an_error_and_a_number_prints_as_it_was_read(tekst in tekst()) {
        let lest = [
            Folkeregisteridentifikator::parse(&tekst).map(|n| n.to_string()),
            InterntHjelpenummer::parse(&tekst).map(|n| n.to_string()),
            FellesHjelpenummer::parse(&tekst).map(|n| n.to_string()),
            DufNummer::parse(&tekst).map(|n| n.to_string()),
            Organisasjonsnummer::parse(&tekst).map(|n| n.to_string()),
        ];
        for nummer in lest.iter().flatten() {
            prop_assert_eq!(nummer, &tekst);
        }
        let gyldige = lest.iter().flatten().count();
        prop_assert_eq!(klassifiser(&tekst).numre().len(), gyldige);
    }

    #[test]
    fn any_value_reads_as_its_digits_do(tall in prop_oneof![any::<u64>(), 0..1_000_000_000_000_u64]) {
        let fra_tall = Folkeregisteridentifikator::from_u64(tall);
        prop_assert_eq!(fra_tall, Folkeregisteridentifikator::parse(&format!("{tall:011}")));
        if let Ok(nummer) = fra_tall {
            prop_assert_eq!(nummer.to_u64(), tall);
        }
        prop_assert_eq!(FellesHjelpenummer::from_u64(tall), FellesHjelpenummer::parse(&format!("{tall:011}")));
        prop_assert_eq!(DufNummer::from_u64(tall), DufNummer::parse(&format!("{tall:012}")));
        prop_assert_eq!(Organisasjonsnummer::from_u64(tall), Organisasjonsnummer::parse(&format!("{tall:09}")));
    }

    #[test]
    fn any_explanation_agrees_with_the_parsers_and_is_bounded(tekst in tekst()) {
        let forklaring = forklar(&tekst);
        prop_assert!(forklaring.posisjoner.len() <= TEGN_MAKS);
        prop_assert!(forklaring.to_string().len() < 4_000);
        prop_assert_eq!(forklaring.er_gyldig(), !klassifiser(&tekst).er_tom());
        let brutt = |regime: Kontrollregime| {
            forklaring
                .regler
                .iter()
                .filter(|r| r.regime.is_none_or(|r| r == regime))
                .any(|r| r.utfall != Utfall::Oppfylt)
        };
        prop_assert_eq!(forklaring.er_gyldig(), Kontrollregime::ALLE.into_iter().any(|regime| !brutt(regime)));
        if let Ok(nummer) = Folkeregisteridentifikator::parse(&tekst) {
            for regime in Kontrollregime::ALLE {
                prop_assert_eq!(nummer.kontrollregimer().contains(&regime), !brutt(regime));
            }
        }
    }

    #[test]
    fn a_number_with_one_digit_changed_is_explained_by_the_rule_the_parser_names(
        nummer in identifikator(),
        plass in 0..11_usize,
        siffer in 0..10_u8,
    ) {
        let mut tekst = nummer.as_str().to_owned().into_bytes();
        tekst[plass] = b'0' + siffer;
        let tekst = String::from_utf8(tekst).unwrap();
        let regler = forklar(&tekst).regler;
        let foerste_brutt = regler.iter().find(|r| r.utfall == Utfall::Brutt && r.regime != Some(Kontrollregime::Til2031));
        let ventet = match Folkeregisteridentifikator::parse(&tekst) {
            Ok(_) => None,
            Err(Feil::Dag) if tekst.starts_with(['8', '9']) => {
                // Read as a felles hjelpenummer, which has no day.
                return Ok(());
            }
            Err(Feil::Dag) => Some(Regel::Dag),
            Err(Feil::Maaned) => Some(Regel::Maaned),
            Err(Feil::Dato) => Some(Regel::Dato),
            Err(Feil::Kontrollsiffer1) => Some(Regel::Kontrollsiffer1),
            Err(Feil::Kontrollsiffer2) => Some(Regel::Kontrollsiffer2),
            Err(feil) => panic!("{feil:?}"),
        };
        prop_assert_eq!(foerste_brutt.map(|r| r.regel), ventet);
    }

    #[test]
    fn no_debug_shows_a_digit(tekst in tekst()) {
        for nummer in klassifiser(&tekst).numre() {
            let debug = format!("{nummer:?}");
            prop_assert!(debug.contains("****") && !debug.chars().any(|tegn| tegn.is_ascii_digit()));
        }
    }

    #[test]
    fn no_error_repeats_the_number(tekst in "[0-9]{6,13}[X]?") {
        if let Err(feil) = Folkeregisteridentifikator::parse(&tekst) {
            let (melding, debug) = (feil.to_string(), format!("{feil:?}"));
            for nummer in [tekst.as_str(), tekst.trim_end_matches('X')] {
                prop_assert!(!melding.contains(nummer) && !debug.contains(nummer));
            }
        }
    }

    #[test]
    fn every_possible_birth_date_is_in_the_digits(nummer in identifikator()) {
        let alle = nummer.mulige_foedselsdatoer(Tildelingstid::Ukjent);
        prop_assert!(alle.len() <= 3);
        prop_assert!(alle.is_sorted());
        for dato in alle {
            let siffer = format!("{:02}", dato.aar() % 100);
            prop_assert_eq!(nummer.as_str().get(4..6), Some(siffer.as_str()));
        }
    }

    #[test]
    fn knowing_more_of_the_assignment_never_adds_a_birth_date(nummer in identifikator(), dager in -40_000..40_000_i32) {
        let dag = Dato::from_dager_siden_1970(dager).unwrap();
        let ukjent = nummer.mulige_foedselsdatoer(Tildelingstid::Ukjent);
        let senest = nummer.mulige_foedselsdatoer(Tildelingstid::Senest(dag));
        let paa = nummer.mulige_foedselsdatoer(Tildelingstid::Paa(dag));
        prop_assert!(paa.iter().all(|d| senest.contains(d) && *d <= dag));
        prop_assert!(senest.iter().all(|d| ukjent.contains(d) && *d <= dag));
    }

    #[test]
    fn every_date_converts_both_ways(dager in -719_162..2_932_897_i32) {
        let dato = Dato::from_dager_siden_1970(dager).unwrap();
        prop_assert_eq!(dato.dager_siden_1970(), dager);
        prop_assert_eq!(dato.to_string().parse(), Ok(dato));
    }

    #[test]
    fn any_text_is_a_date_or_an_error(tekst in prop_oneof![any::<String>(), "[0-9]{4}-[0-9]{2}-[0-9]{2}"]) {
        if let Ok(dato) = tekst.parse::<Dato>() {
            prop_assert_eq!(dato.to_string(), tekst);
        }
    }

    #[test]
    fn felles_hjelpenummer_are_built_from_any_nine_digits_or_refused(grunntall in any::<u32>()) {
        if let Ok(nummer) = FellesHjelpenummer::from_grunntall(grunntall) {
            prop_assert_eq!(FellesHjelpenummer::parse(nummer.as_str()), Ok(nummer));
            prop_assert_eq!(nummer.to_u64() / 100, u64::from(grunntall));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn allocated_numbers_are_as_asked_in_strict_order_and_never_twice(bestilling in bestilling()) {
        let mut tildeler = Tildeler::new();
        let mut gitt = BTreeSet::new();
        let mut forrige = None;
        let kjoenn = Some(bestilling.kjoenn);
        let antall = kapasitet(bestilling.foedselsdato, bestilling.serie, bestilling.regelsett, kjoenn).unwrap().gyldige;
        for _ in 0..antall {
            let tildelt = tildeler.tildel(&bestilling).unwrap();
            check_tildelt(&bestilling, &tildelt);
            prop_assert!(!tildelt.avviker_fra_foedselsdato);
            prop_assert!(gitt.insert(tildelt.identifikator));
            let rang = Some(rang(&bestilling, &tildelt.identifikator));
            prop_assert!(rang > forrige);
            forrige = rang;
        }
        // The rest of the month takes over; what deviates is still as asked.
        for _ in 0..50 {
            match tildeler.tildel(&bestilling) {
                Ok(tildelt) => {
                    check_tildelt(&bestilling, &tildelt);
                    prop_assert!(tildelt.avviker_fra_foedselsdato);
                    prop_assert!(gitt.insert(tildelt.identifikator));
                }
                Err(feil) => panic!("a year has more than one date: {feil}"),
            }
        }
    }

    #[test]
    fn a_mixture_of_requests_never_gives_a_number_twice(
        bestillinger in prop::collection::vec(bestilling(), 1..6),
        rekkefoelge in prop::collection::vec(any::<prop::sample::Index>(), 1..600),
        felles_dato in any::<bool>(),
    ) {
        // Half of the runs put all on the same day and month, where rows can overlap.
        let dag = bestillinger[0].foedselsdato;
        let mut tildeler = Tildeler::new();
        let mut gitt = BTreeSet::new();
        for plass in rekkefoelge {
            let mut onsket = *plass.get(&bestillinger);
            if felles_dato {
                let hundreaar = onsket.foedselsdato.aar() / 100 * 100;
                let flyttet = Dato::new(hundreaar + dag.aar() % 100, dag.maaned(), dag.dag());
                onsket.foedselsdato = flyttet.unwrap_or(onsket.foedselsdato);
            }
            match tildeler.tildel(&onsket) {
                Ok(tildelt) => {
                    check_tildelt(&onsket, &tildelt);
                    prop_assert!(gitt.insert(tildelt.identifikator));
                }
                Err(feil) => prop_assert_eq!(feil, TildelingFeil::DatoUtenforReglene),
            }
        }
    }

    #[test]
    fn asking_a_population_gives_what_remembering_gives(
        bestillinger in prop::collection::vec(bestilling(), 1..4),
        rekkefoelge in prop::collection::vec(any::<prop::sample::Index>(), 1..200),
    ) {
        let mut husker = Tildeler::new();
        let mut befolkning = BTreeSet::new();
        for plass in rekkefoelge {
            let onsket = plass.get(&bestillinger);
            let husket = husker.tildel(onsket).unwrap();
            let spurt = Tildeler::new().tildel_ledig(onsket, |nummer| befolkning.contains(nummer)).unwrap();
            prop_assert_eq!(husket, spurt);
            prop_assert!(befolkning.insert(spurt.identifikator));
        }
    }
}
