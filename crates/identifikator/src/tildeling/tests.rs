//! Order, fallback and overlap. That every number is valid and none is given twice is tested as a law of its own.

use std::collections::BTreeSet;

use super::*;
use crate::regelsett::Tildelingstid;

fn dag(tekst: &str) -> Dato {
    tekst.parse().unwrap()
}

fn bestilling(foedselsdato: &str, regelsett: Regelsett) -> Bestilling {
    Bestilling {
        foedselsdato: dag(foedselsdato),
        kjoenn: Kjoenn::Kvinne,
        serie: Serie::Tenor,
        regelsett,
        siste_dato: None,
    }
}

fn drain(tildeler: &mut Tildeler, bestilling: &Bestilling) -> Vec<Tildelt> {
    std::iter::from_fn(|| match tildeler.tildel(bestilling) {
        Ok(tildelt) => Some(tildelt),
        Err(TildelingFeil::IngenLedige) => None,
        Err(feil) => panic!("{feil}"),
    })
    .collect()
}

#[test]
fn a_date_gives_exactly_its_capacity_before_another_date_is_taken() {
    for regelsett in Regelsett::ALLE {
        let bestilling = bestilling("1990-06-29", regelsett);
        let ventet = kapasitet(bestilling.foedselsdato, Serie::Tenor, regelsett, Some(Kjoenn::Kvinne)).unwrap();
        let mut tildeler = Tildeler::new();
        for _ in 0..ventet.gyldige {
            assert!(
                !tildeler.tildel(&bestilling).unwrap().avviker_fra_foedselsdato,
                "{regelsett:?}"
            );
        }
        let neste = tildeler.tildel(&bestilling).unwrap();
        assert!(neste.avviker_fra_foedselsdato);
        assert_eq!(neste.dato, dag("1990-06-30"));
    }
}

#[test]
fn a_year_gives_every_number_it_has_and_then_says_so() {
    let bestilling = bestilling("1887-11-28", Regelsett::DNummer2021);
    let alle = drain(&mut Tildeler::new(), &bestilling);
    let ventet: usize = std::iter::successors(Some(dag("1887-01-01")), |d| d.neste())
        .take(365)
        .map(|d| kapasitet(d, Serie::Tenor, Regelsett::DNummer2021, Some(Kjoenn::Kvinne)).unwrap())
        .map(|k| usize::from(k.gyldige))
        .sum();
    assert_eq!(alle.len(), ventet);
    let numre: BTreeSet<_> = alle.iter().map(|t| t.identifikator).collect();
    assert_eq!(numre.len(), ventet);
}

#[test]
fn fallback_takes_the_rest_of_the_month_then_the_start_of_it_then_later_then_earlier() {
    let datoer: Vec<String> = reservedatoer(dag("2023-11-29")).map(|d| d.to_string()).collect();
    assert_eq!(datoer.len(), 364);
    assert_eq!(datoer[..3], ["2023-11-30", "2023-11-28", "2023-11-27"]);
    assert_eq!(datoer[28..31], ["2023-11-01", "2023-12-01", "2023-12-02"]);
    assert_eq!(datoer[59..62], ["2023-12-31", "2023-10-31", "2023-10-30"]);
    assert_eq!(datoer[363], "2023-01-01");
    assert_eq!(datoer.iter().collect::<BTreeSet<_>>().len(), 364);
}

#[test]
fn fallback_never_passes_the_day_of_assignment_nor_the_last_day_of_the_rules() {
    let mut paa_dagen = bestilling("2021-11-14", Regelsett::DNummer1964);
    let datoer: BTreeSet<Dato> = drain(&mut Tildeler::new(), &paa_dagen).iter().map(|t| t.dato).collect();
    assert_eq!(datoer.last(), Some(&dag("2021-11-15")));
    assert_eq!(datoer.len(), 31 + 28 + 31 + 30 + 31 + 30 + 31 + 31 + 30 + 31 + 15);

    paa_dagen.siste_dato = Some(dag("2021-11-14"));
    let siste = drain(&mut Tildeler::new(), &paa_dagen).iter().map(|t| t.dato).max();
    assert_eq!(siste, Some(dag("2021-11-14")));
}

#[test]
fn requests_that_can_never_be_met_say_why() {
    #[track_caller]
    fn check(endre: impl FnOnce(&mut Bestilling), ventet: TildelingFeil) {
        let mut onsket = bestilling("1990-06-29", Regelsett::DNummer2021);
        endre(&mut onsket);
        assert_eq!(Tildeler::new().tildel(&onsket), Err(ventet));
    }
    check(
        |b| b.foedselsdato = dag("1857-12-31"),
        TildelingFeil::DatoUtenforReglene,
    );
    check(
        |b| b.foedselsdato = dag("2032-01-01"),
        TildelingFeil::DatoUtenforReglene,
    );
    check(
        |b| b.serie = Serie::InterntHjelpenummer,
        TildelingFeil::SerieHarIkkeDNummer,
    );
    check(
        |b| b.siste_dato = Some(dag("1990-06-28")),
        TildelingFeil::FoedtEtterSisteDato,
    );
    assert_eq!(
        kapasitet(
            dag("1900-01-01"),
            Serie::InterntHjelpenummer,
            Regelsett::DNummer2021,
            None
        ),
        Err(TildelingFeil::SerieHarIkkeDNummer)
    );
    assert_eq!(
        kapasitet(dag("1901-01-01"), Serie::Tenor, Regelsett::Foedselsnummer2032, None),
        Err(TildelingFeil::DatoUtenforReglene)
    );
}

#[test]
fn a_request_made_for_a_day_takes_the_rules_of_the_day() {
    let onsket = Bestilling::paa_dag(
        dag("2021-11-15"),
        Identifikatortype::DNummer,
        dag("1990-06-29"),
        Kjoenn::Mann,
        Serie::Tenor,
    );
    assert_eq!(onsket.regelsett, Regelsett::DNummer1964);
    assert_eq!(onsket.siste_dato, Some(dag("2021-11-15")));
}

#[test]
fn rows_that_overlap_never_give_the_same_number() {
    // The same six digits in both centuries, all rules, both genders: everything two rows can share.
    let mut tildeler = Tildeler::new();
    let mut gitt = BTreeSet::new();
    for runde in 0..1_500 {
        for regelsett in Regelsett::ALLE {
            for (aar, kjoenn) in [(1910, Kjoenn::Kvinne), (1910, Kjoenn::Mann), (2010, Kjoenn::Kvinne)] {
                let foedselsdato = Dato::new(aar, 12, 31).unwrap();
                let onsket = Bestilling {
                    foedselsdato,
                    kjoenn,
                    ..bestilling("1910-12-31", regelsett)
                };
                let tildelt = tildeler.tildel(&onsket).unwrap();
                assert!(gitt.insert(tildelt.identifikator), "{regelsett:?} round {runde}");
                let mulige = tildelt.identifikator.mulige_foedselsdatoer(Tildelingstid::Ukjent);
                assert!(mulige.contains(&tildelt.dato));
            }
        }
    }
}

#[test]
fn what_the_population_uses_is_passed_over() {
    let onsket = bestilling("2015-05-03", Regelsett::Foedselsnummer1964);
    let foerste = Tildeler::new().tildel(&onsket).unwrap().identifikator;
    let mut tildeler = Tildeler::new();
    let neste = tildeler
        .tildel_ledig(&onsket, |nummer| *nummer == foerste)
        .unwrap()
        .identifikator;
    assert!(neste < foerste);
    // The one found used stays passed, also for a caller that no longer says so.
    assert!(tildeler.tildel(&onsket).unwrap().identifikator < neste);
}

#[test]
fn a_population_that_uses_everything_ends_in_an_error() {
    let onsket = bestilling("2015-05-03", Regelsett::Foedselsnummer1964);
    let mut tildeler = Tildeler::new();
    let mut spurt = 0_u32;
    let svar = tildeler.tildel_ledig(&onsket, |_| {
        spurt += 1;
        true
    });
    assert_eq!(svar, Err(TildelingFeil::IngenLedige));
    assert!(spurt > 365 * 180 && spurt < 365 * 230, "{spurt}");
    assert_eq!(tildeler.tildel(&onsket), Err(TildelingFeil::IngenLedige));
}

#[test]
fn debug_shows_neither_number_nor_date() {
    let onsket = bestilling("2015-05-03", Regelsett::Foedselsnummer1964);
    let mut tildeler = Tildeler::new();
    let tildelt = tildeler.tildel(&onsket).unwrap();
    assert_eq!(
        format!("{onsket:?}"),
        "Bestilling { serie: Tenor, regelsett: Foedselsnummer1964, .. }"
    );
    assert_eq!(
        format!("{tildelt:?}"),
        "Tildelt { identifikator: Foedselsnummer(***********), avviker_fra_foedselsdato: false, .. }"
    );
    assert_eq!(format!("{tildeler:?}"), "Tildeler { paabegynte_datoer: 1 }");
}
