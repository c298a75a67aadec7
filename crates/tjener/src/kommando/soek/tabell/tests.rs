use serde_json::json;

use super::*;

fn person(felt: &Value) -> Persondokument {
    Persondokument::fra_objekt(felt.as_object().unwrap().clone())
}

#[track_caller]
fn check(felt: &Value, ventet: [&str; 4]) {
    let rad = rad("1", Some(&person(felt)));
    assert_eq!(rad.each_ref().map(String::as_str)[1..], ventet);
}

#[test]
fn a_row_has_what_is_current() {
    let vegadresse = json!({"adressenavn": "Prøveveien", "adressenummer": {"husnummer": "12", "husbokstav": "B"},
        "poststed": {"postnummer": "5003", "poststedsnavn": "BERGEN"}});
    let felt = json!({
        "navn": [{"erGjeldende": false, "fornavn": "GAMMEL", "etternavn": "MYRDAL"},
            {"erGjeldende": true, "fornavn": "STILLE", "mellomnavn": "LANG", "etternavn": "FJELLBEKK"}],
        "foedsel": [{"foedselsdato": "1990-05-12", "foedselsaar": "1990"}],
        "bostedsadresse": [{"adressegradering": "ugradert", "vegadresse": vegadresse}],
    });
    check(
        &felt,
        ["STILLE LANG FJELLBEKK", "1990-05-12", "Prøveveien 12B, 5003 BERGEN", ""],
    );
    let felt = json!({
        "foedsel": [{"foedselsaar": "1990"}],
        "bostedsadresse": [{"adressegradering": "ugradert", "matrikkeladresse": {
            "matrikkelnummer": {"kommunenummer": "4601", "gaardsnummer": 7, "bruksnummer": 2},
            "poststed": {"postnummer": "5003"}}}],
        "doedsfall": {"doedsdato": "2020-01-02"},
    });
    check(&felt, ["", "1990", "gnr/bnr 7/2, 5003", "død 2020-01-02"]);
}

#[test]
fn where_somebody_does_not_live_in_norway_the_next_best_is_shown() {
    let utland = json!({"adressenavn": "1 Rue X", "byEllerStedsnavn": "PARIS", "landkode": "FR"});
    let felt = json!({
        "bostedsadresse": [{"erGjeldende": false, "vegadresse": {"adressenavn": "Gammelveien"}}],
        "oppholdsadresse": [{"utenlandskAdresse": utland}],
    });
    check(&felt, ["", "", "1 Rue X, PARIS, FR", ""]);
    let felt = json!({"postadresse": [{"postadresseIFrittFormat": {"adresselinje": ["Postboks 2", "c/o X"],
        "poststed": {"postnummer": "0001", "poststedsnavn": "OSLO"}}}]});
    check(&felt, ["", "", "Postboks 2, c/o X, 0001 OSLO", ""]);
    let felt = json!({"bostedsadresse": [{"ukjentBosted": {"bostedskommune": "4601"}}]});
    check(&felt, ["", "", "ukjent bosted, kommune 4601", ""]);
}

#[test]
fn protection_is_always_said_and_the_strictest_of_it() {
    for (vern, paa_adressen, ventet) in [
        (None, "ugradert", ""),
        (Some("fortrolig"), "ugradert", "FORTROLIG ADRESSE"),
        (None, "fortrolig", "FORTROLIG ADRESSE"),
        (None, "klientadresse", "KLIENTADRESSE"),
        (Some("fortrolig"), "klientadresse", "FORTROLIG ADRESSE"),
        (Some("strengtFortrolig"), "fortrolig", "STRENGT FORTROLIG"),
        (Some("nyttNivaa"), "ugradert", "NYTTNIVAA ADRESSE"),
    ] {
        let mut felt = json!({"bostedsadresse": [{"adressegradering": paa_adressen}], "doedsfall": {}});
        if let Some(vern) = vern {
            felt["adressebeskyttelse"] = json!([{"graderingsnivaa": vern}]);
        }
        let ventet = if ventet.is_empty() {
            "død".to_owned()
        } else {
            format!("{ventet}, død")
        };
        check(&felt, ["", "", "", &ventet]);
    }
}

#[test]
fn a_name_says_nothing_to_the_terminal() {
    let felt = json!({"navn": [{"fornavn": "A\u{1b}[2J", "etternavn": "B\nC\u{9b}"}]});
    check(&felt, ["A[2J BC", "", "", ""]);
    assert_eq!(rad("1", None)[4], "finnes ikke lenger");
}

#[test]
fn columns_stand_under_one_another_and_the_heading_comes_once() {
    let mut tabell = Tabell::default();
    let rad = ["1", "Å", "", "x", ""].map(str::to_owned);
    tabell.skriv(std::slice::from_ref(&rad)).unwrap();
    assert_eq!(tabell.linje(&rad), "1       Å           x");
    assert!(tabell.begynt);
}

#[test]
fn every_package_can_be_asked_for_a_table() {
    for pakke in Pakke::ALLE {
        let projeksjon = Projeksjon::for_pakke(pakke, true);
        assert!(Utvalg::fra_part(projeksjon, part(pakke)).is_ok(), "{pakke}");
    }
}
