//! `GetAddresses`, and the fault that PREG had in it until P22-1: the last valid address was not there.
//!
//! Source: preg reference 6.8 and 6.9.

use meldinger::tre::Element;

use crate::felles::{Folk, MED, person, svar, tjeneste};

const NIN: &str = "12855700628";

fn bosted(gjeldende: bool, dato: &str, gate: &str) -> String {
    let dato = match dato {
        "" => String::new(),
        dato => format!(r#","flyttedato":"{dato}""#),
    };
    format!(
        r#"{{"erGjeldende":{gjeldende},"adressegradering":"ugradert"{dato},"vegadresse":{{"kommunenummer":"4601","adressenavn":"{gate}",
        "poststed":{{"postnummer":"5003","poststedsnavn":"BERGEN"}}}}}}"#
    )
}

fn folk(adresser: &[String]) -> Folk {
    let liste = match adresser {
        [] => String::new(),
        adresser => format!(r#","bostedsadresse":[{}]"#, adresser.join(",")),
    };
    Folk::av(vec![(person(&liste), vec!["52855700628".to_owned()])])
}

fn gater(svar: &Element) -> Vec<(String, bool, String)> {
    let adresser = svar.ett("Addresses").unwrap();
    let en = |a: &Element, navn: &str| a.tekst(navn).unwrap_or_default().to_owned();
    let rad = |a: &Element| {
        (
            en(a, "StreetName"),
            en(a, "CurrentAddress") == "true",
            en(a, "DateAdrFrom"),
        )
    };
    adresser.barn.iter().map(rad).collect()
}

#[track_caller]
fn check(adresser: &[(bool, &str, &str)], profil: &'static str, alle: &[&str], bare_gjeldende: &[&str]) {
    let adresser: Vec<String> = adresser.iter().map(|(g, dato, gate)| bosted(*g, dato, gate)).collect();
    let tjeneste = tjeneste(folk(&adresser), profil);
    for (bare, ventet) in [
        ("false", alle),
        ("", alle),
        ("true", bare_gjeldende),
        ("1", bare_gjeldende),
    ] {
        let svar = svar(&tjeneste, "GetAddresses", &[("NIN", NIN), ("CurrentOnly", bare)]);
        assert_eq!(svar.tekst("RequestedNIN"), Some(NIN));
        let rader = gater(&svar);
        let funnet: Vec<&str> = rader.iter().map(|(gate, ..)| gate.as_str()).collect();
        assert_eq!(funnet, ventet, "CurrentOnly={bare}");
        let gjeldende = rader.iter().filter(|(_, gjeldende, _)| *gjeldende).count();
        assert_eq!(gjeldende, usize::from(!ventet.is_empty()));
    }
}

#[test]
fn the_last_valid_address_is_there_whatever_the_others_are() {
    check(&[], MED, &[], &[]);
    check(&[(true, "2020-01-01", "A")], MED, &["A"], &["A"]);
    // Nothing is current: the last valid one is, as it was not until P22-1.
    check(&[(false, "2010-01-01", "A")], MED, &["A"], &["A"]);
    check(
        &[
            (false, "2010-01-01", "A"),
            (false, "2015-01-01", "B"),
            (false, "2005-01-01", "C"),
        ],
        MED,
        &["B", "A", "C"],
        &["B"],
    );
    // Newest first, wherever it stands in the register.
    check(
        &[
            (false, "2010-01-01", "A"),
            (true, "2020-05-05", "B"),
            (false, "2015-01-01", "C"),
        ],
        MED,
        &["B", "C", "A"],
        &["B"],
    );
    // One that was moved into later and is no longer valid does not push the current one out.
    check(
        &[(true, "2015-01-01", "A"), (false, "2018-01-01", "B")],
        MED,
        &["B", "A"],
        &["A"],
    );
    // Without a day the current one is first and others last.
    check(
        &[(false, "", "A"), (true, "", "B"), (false, "2015-01-01", "C")],
        MED,
        &["B", "C", "A"],
        &["B"],
    );
}

#[test]
fn a_day_that_is_withheld_orders_nothing_and_the_rows_stay() {
    let rader = [
        (true, "2015-01-01", "A"),
        (false, "2018-01-01", "B"),
        (false, "2011-01-01", "C"),
    ];
    check(&rader, MED, &["B", "A", "C"], &["A"]);
    check(&rader, "preg_uten_hjemmel", &["A", "B", "C"], &["A"]);
    let adresser: Vec<String> = rader.iter().map(|(g, dato, gate)| bosted(*g, dato, gate)).collect();
    let svar = svar(
        &tjeneste(folk(&adresser), "preg_uten_hjemmel"),
        "GetAddresses",
        &[("NIN", NIN)],
    );
    let datoer: Vec<String> = gater(&svar).into_iter().map(|(.., dato)| dato).collect();
    assert_eq!(datoer, ["2015-01-01", "", ""]);
}

#[test]
fn nobody_is_no_addresses_and_nobody_known_is_none_at_all() {
    let tjeneste = tjeneste(folk(&[]), MED);
    let kjent = svar(&tjeneste, "GetAddresses", &[("NIN", NIN)]);
    assert!(kjent.ett("Addresses").is_some_and(|a| a.barn.is_empty()));
    let ukjent = svar(&tjeneste, "GetAddresses", &[("NIN", "80012345287")]);
    assert!(ukjent.ett("Addresses").is_none() && ukjent.tekst("RequestedNIN") == Some("80012345287"));
    // A number that was superseded gives the addresses of who has it now, under the number in use.
    let adresser = [bosted(true, "2020-01-01", "A")];
    let svar = svar(
        &crate::felles::tjeneste(folk(&adresser), MED),
        "GetAddresses",
        &[("NIN", "52855700628")],
    );
    let adresse = &svar.ett("Addresses").unwrap().barn[0];
    assert_eq!(
        (svar.tekst("RequestedNIN"), adresse.tekst("NIN")),
        (Some("52855700628"), Some(NIN))
    );
}

#[test]
fn a_graded_address_is_a_code_and_a_text_in_every_operation() {
    for (grad, kode, tekst) in [
        ("fortrolig", "7", "Sperret adr. fortrolig"),
        ("strengtFortrolig", "6", "Sperret adr. strengt fortr."),
    ] {
        let entiteter = format!(
            r#","adressebeskyttelse":[{{"erGjeldende":true,"graderingsnivaa":"{grad}"}}],"bostedsadresse":[{},{}]"#,
            bosted(true, "2020-01-01", "SKJULTGATA"),
            bosted(false, "2010-01-01", "TIDLIGEREGATA"),
        );
        let folk = Folk::av(vec![(person(&entiteter), Vec::new())]);
        for profil in crate::felles::alle_profiler() {
            let tjeneste = tjeneste(folk.clone(), profil);
            for (operasjon, felter) in [
                ("GetPerson", vec![("NIN", NIN)]),
                ("GetAddresses", vec![("NIN", NIN)]),
                ("GetPersons", vec![("NIN", NIN), ("NIN", NIN)]),
            ] {
                let (status, kropp) = crate::felles::spoer(&tjeneste, operasjon, &felter);
                assert_eq!(status, 200);
                assert!(
                    kropp.contains(&format!("<PostalType>{kode}</PostalType>")),
                    "{operasjon}"
                );
                for felt in ["PostalAddress", "AddressLine1"] {
                    assert!(kropp.contains(&format!("<{felt}>{tekst}</{felt}>")), "{operasjon}");
                }
                for skjult in ["SKJULTGATA", "TIDLIGEREGATA", "5003", "BERGEN", "4601", "2020"] {
                    assert!(!kropp.contains(skjult), "{operasjon} {skjult}");
                }
            }
            // Nobody is found by where they live in hiding.
            for felt in [("PostalCode", "5003"), ("St", "4601"), ("StreetName", "SKJULTGATA")] {
                let funnet = svar(&tjeneste, "SearchPersons", &[("Sn", "FJELLVIK"), felt]);
                assert_eq!(funnet.tekst("TotalHits"), Some("0"));
            }
        }
    }
}
