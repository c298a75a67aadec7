use informasjonsmodell::{Persondokument, Tidspunkt};
use register::{Masseregel as _, Personbilde, Personnummer, Rettelse};
use serde_json::{Value, json};
use tilgang::Grad;

use super::{Kommunetabell, Regel, Regelvalg, Tabellfeil};

fn bilde(dokument: Value) -> Personbilde {
    let opplysninger = Persondokument::les(dokument).unwrap().opplysninger;
    Personbilde {
        person: Personnummer::fra_indeks(1),
        nummer: "00000000000".to_owned(),
        er_i_bruk: true,
        vern: Grad::Ugradert,
        numre: Vec::new(),
        viderefoert_til: None,
        grader: vec![Grad::Ugradert; opplysninger.len()],
        opplysninger,
    }
}

fn regel(valg: Regelvalg) -> Regel {
    let tabell = valg.har_tabell().then_some("1507 1508 # deles ikke\n1507;1580");
    let tabell = tabell.map(|_| "1507\t1508\n# neste\n0301 , 0399\n");
    Regel::new(valg, Tidspunkt::parse("2024-01-01T00:00:00+01:00").unwrap(), tabell).unwrap()
}

#[track_caller]
fn check(valg: Regelvalg, dokument: Value, ventet: usize) -> Vec<Rettelse> {
    let ut = regel(valg).vurder(&bilde(dokument));
    assert_eq!(ut.len(), ventet);
    ut
}

#[test]
fn ugift_without_a_time_gets_the_day_of_birth_and_nobody_else_does() {
    let foedt = |dato: Value| json!([{"foedselsdato": dato, "foedselsaar": "1990", "erGjeldende": true}]);
    let ugift = json!([{"sivilstand": "ugift", "erGjeldende": true, "kilde": "DSF", "aarsak": "Ukjent"}]);
    let s = Regelvalg::SivilstandGyldighet;
    let ut = check(
        s,
        json!({"sivilstand": ugift, "foedsel": foedt("1990-06-15".into())}),
        1,
    );
    let tekst = format!("{ut:?}");
    // Summer time in Norway, and what was registered stays.
    assert!(tekst.contains("ugift") || tekst.contains("Ugift"), "{tekst}");
    let Rettelse::Endre { endringer, .. } = &ut[0] else {
        panic!()
    };
    let informasjonsmodell::Endring::Korrigere { ny, .. } = &endringer[0] else {
        panic!()
    };
    assert_eq!(
        ny.metadata.gyldighetstidspunkt,
        Tidspunkt::parse("1990-06-15T00:00:00+02:00")
    );
    assert_eq!(ny.metadata.kilde.as_ref().unwrap().som_tekst(), "DSF");
    assert_eq!(ny.metadata.aarsak.as_ref().unwrap().som_tekst(), "Ukjent");
    // A birth that is not known to the day, one that has a time already, one who is married, one who has been.
    check(s, json!({"sivilstand": ugift, "foedsel": foedt("1990".into())}), 0);
    check(s, json!({"sivilstand": ugift}), 0);
    let med = json!([{"sivilstand": "ugift", "erGjeldende": true, "gyldighetstidspunkt": "2001-01-01T00:00:00+01:00"}]);
    check(s, json!({"sivilstand": med, "foedsel": foedt("1990-06-15".into())}), 0);
    let gift = json!([{"sivilstand": "gift", "erGjeldende": true}]);
    check(s, json!({"sivilstand": gift, "foedsel": foedt("1990-06-15".into())}), 0);
    let var_gift = json!([{"sivilstand": "ugift", "erGjeldende": true}, {"sivilstand": "gift", "erGjeldende": false}]);
    check(
        s,
        json!({"sivilstand": var_gift, "foedsel": foedt("1990-06-15".into())}),
        0,
    );
}

#[test]
fn of_equal_duf_numbers_one_is_kept() {
    let duf = |nr: &str| json!({"identifikasjonsnummer": nr, "identifikasjonsnummertype": "utlendingsmyndighetenesIdentifikasjonsnummer", "utstederland": "NOR", "erGjeldende": true});
    let navn = "utlendingsmyndighetenesIdentifikasjonsnummer";
    let ut = check(
        Regelvalg::DufDubletter,
        json!({navn: [duf("200012345678"), duf("200012345679"), duf("200012345678"), duf("200012345678")]}),
        1,
    );
    let Rettelse::Endre { endringer, .. } = &ut[0] else {
        panic!()
    };
    assert_eq!(endringer.len(), 2);
    check(Regelvalg::DufDubletter, json!({navn: [duf("1"), duf("2")]}), 0);
    let mut med_slutt = duf("1");
    med_slutt["opphoerstidspunkt"] = "2021-01-01T00:00:00+01:00".into();
    check(Regelvalg::DufUtenSlutt, json!({navn: [med_slutt, duf("2")]}), 1);
    check(Regelvalg::DufUtenSlutt, json!({navn: [med_slutt, duf("1")]}), 0);
}

#[test]
fn a_kommune_reform_changes_the_number_and_nothing_else() {
    let bosted = |kommune: &str| {
        json!([{"vegadresse": {"kommunenummer": kommune, "adressenavn": "Revestien"}, "adressegradering": "ugradert",
            "flyttedato": "2001-02-03", "erGjeldende": true}])
    };
    let ut = check(Regelvalg::Kommunereform, json!({"bostedsadresse": bosted("1507")}), 1);
    let tekst = format!("{ut:?}");
    assert!(tekst.contains("Revestien") || !tekst.contains("1507"));
    check(Regelvalg::Kommunereform, json!({"bostedsadresse": bosted("1508")}), 0);
    check(
        Regelvalg::Kommunereform,
        json!({"bostedsadresse": [{"ukjentBosted": {"bostedskommune": "0301"}, "adressegradering": "ugradert", "erGjeldende": true}],
            "oppholdsadresse": [{"matrikkeladresse": {"matrikkelnummer": {"kommunenummer": "1507"}}, "adressegradering": "ugradert", "erGjeldende": true}]}),
        2,
    );
}

#[test]
fn a_table_that_divides_a_kommune_or_is_no_table_is_refused_with_its_line() {
    let les = |t: &str| Kommunetabell::les(t).unwrap_err();
    assert_eq!(les("1507 1508\n1507 1580"), Tabellfeil::Deling(2));
    assert_eq!(les("1507 1507"), Tabellfeil::Deling(1));
    assert_eq!(les("\n1507"), Tabellfeil::Form(2));
    assert_eq!(les("150 1508"), Tabellfeil::Form(1));
    assert_eq!(les("# bare dette"), Tabellfeil::Tom);
}

#[test]
fn whoever_is_bosatt_gets_unik_once() {
    let status = |s: &str| json!([{"status": s, "erGjeldende": true}]);
    let grunnlag = |s: &str| json!([{"identitetsgrunnlagstatus": s, "erGjeldende": true}]);
    let u = Regelvalg::IdentitetsgrunnlagUnik;
    check(
        u,
        json!({"status": status("bosatt"), "identitetsgrunnlag": grunnlag("kontrollert")}),
        1,
    );
    check(u, json!({"status": status("bosatt")}), 1);
    check(
        u,
        json!({"status": status("bosatt"), "identitetsgrunnlag": grunnlag("unik")}),
        0,
    );
    check(u, json!({"status": status("doed")}), 0);
}
