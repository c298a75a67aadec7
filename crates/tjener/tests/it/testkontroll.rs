//! Test control over the whole program: what a vendor's test suite does, and what nobody else can.

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::{Value, json};
use testkontroll::Rute;
use tilgang::Pakke;

use crate::http::{Kall, Svar};
use crate::program::{PROGRAM, Tjener, kjoer_paa, ny_mappe};

const PAKKE: Pakke = Pakke::OffentligMedHjemmel;
const ROT: &str = "/testkontroll/v1";

fn test(tjener: &Tjener, metode: &str, sti: &str, kropp: &Value) -> Svar {
    let kall = Kall::rot(tjener, &format!("{ROT}/{sti}"));
    let kall = match metode {
        "POST" | "PUT" => kall.post("application/json", kropp.to_string()),
        _ => kall,
    };
    kall.metode(metode).send_utenom()
}

fn lyktes(tjener: &Tjener, metode: &str, sti: &str, kropp: &Value) -> Value {
    let svar = test(tjener, metode, sti, kropp);
    assert!((200..300).contains(&svar.status), "{metode} {sti}: {}", svar.tekst());
    if svar.kropp.is_empty() {
        Value::Null
    } else {
        svar.json()
    }
}

fn feilkode(svar: &Svar) -> (u16, String) {
    assert_eq!(svar.medietype(), "application/problem+json");
    let kropp: Value = serde_json::from_slice(&svar.kropp).unwrap();
    (svar.status, kropp["feilkode"].as_str().unwrap().to_owned())
}

fn token(tjener: &Tjener) -> String {
    let ut = tjener.kommando(&["token", "--pakke", PAKKE.kortnavn()]).lyktes();
    ut.trim_end().to_owned()
}

fn konsument(tjener: &Tjener, token: &str, sti: &str) -> Svar {
    Kall::ny(tjener, PAKKE, sti).token(token).send()
}

fn siste(tjener: &Tjener, token: &str) -> u64 {
    let svar = konsument(tjener, token, "hendelser/siste/sekvensnummer").ok();
    svar.tekst().trim().parse().unwrap()
}

fn sekvens(svar: &Value) -> Vec<u64> {
    let numre = svar["sekvensnummer"][PAKKE.kortnavn()].as_array();
    numre.into_iter().flatten().map(|n| n.as_u64().unwrap()).collect()
}

/// Records that the audit log has.
fn poster(tjener: &Tjener) -> u64 {
    let tekst = Kall::admin(tjener, "/metrics").send_utenom().ok().tekst();
    let linje = tekst
        .lines()
        .find_map(|l| l.strip_prefix("persontjenesten_audit_records "));
    linje.unwrap().parse().unwrap()
}

fn verifisert(tjener: &Tjener) {
    let ut = tjener.kommando(&["verify"]).lyktes();
    assert!(ut.contains(" 0 funn"), "{ut}");
}

#[test]
fn a_snapshot_is_put_back_and_what_came_after_is_gone() {
    let tjener = Tjener::start(150);
    let token = token(&tjener);
    let foer = siste(&tjener, &token);
    let bilde = lyktes(&tjener, "POST", "oeyeblikksbilder", &json!({"navn": "foer"}));
    assert_eq!(
        (&bilde["navn"], bilde["personer"].as_u64().unwrap() >= 150),
        (&json!("foer"), true)
    );
    let igjen = test(&tjener, "POST", "oeyeblikksbilder", &json!({"navn": "foer"}));
    assert_eq!(feilkode(&igjen), (409, "FREG-065".to_owned()));

    let kropp =
        json!({"foedselsdato": "1988-05-17", "kjoenn": "mann", "navn": {"fornavn": "ROLIG", "etternavn": "ELG"}});
    let ny = |forventet: u64| {
        let person = lyktes(&tjener, "POST", "personer", &kropp);
        assert_eq!(sekvens(&person), [forventet]);
        let nummer = person["folkeregisteridentifikator"].as_str().unwrap().to_owned();
        let vist = konsument(&tjener, &token, &format!("personer/{nummer}")).ok().json();
        assert_eq!(vist["navn"][0]["etternavn"], "ELG");
        assert_eq!(vist["kjoenn"][0]["kjoenn"], "mann");
        let funnet = konsument(
            &tjener,
            &token,
            "personer/entydigsoek?navn=rolig+elg&foedselsdato=19880517",
        );
        assert_eq!(funnet.ok().json()["navn"][0]["fornavn"], "ROLIG");
        let feed = konsument(&tjener, &token, &format!("hendelser/feed?seq={forventet}"))
            .ok()
            .json();
        assert_eq!(feed[0]["hendelse"]["hendelsetype"], "personErOpprettet");
        assert_eq!(feed[0]["hendelse"]["persondokument"], person["dokumentidentifikator"]);
        nummer
    };
    let nummer = ny(foer + 1);
    // What is between us and others outlives it: here a consumer's grant.
    let avtale = [
        "avtale",
        "gi",
        "--organisasjon",
        "311000004",
        "--scope",
        "folkeregister:deling/presse",
    ];
    tjener
        .kommando(&[&avtale[..], &["--formaal", "prøve", "--hjemmel", "ingen"]].concat())
        .lyktes();
    let avtaler = tjener.kommando(&["avtale", "vis"]).lyktes();
    let poster_foer = poster(&tjener);

    for _ in 0..2 {
        let svar = lyktes(&tjener, "POST", "oeyeblikksbilder/foer/gjenopprett", &json!({}));
        assert_eq!(svar["sisteHendelse"], bilde["sisteHendelse"]);
        assert_eq!(siste(&tjener, &token), foer);
        konsument(&tjener, &token, &format!("personer/{nummer}")).med_status(404);
        let funnet = konsument(
            &tjener,
            &token,
            "personer/entydigsoek?navn=rolig+elg&foedselsdato=19880517",
        );
        assert_eq!(funnet.status, 404);
        // The same again gets the same number, as nobody has it.
        assert_eq!(ny(foer + 1), nummer);
    }
    assert_eq!(tjener.kommando(&["avtale", "vis"]).lyktes(), avtaler);
    verifisert(&tjener);
    // The log has only grown.
    tjener.kommando(&["audit", "verify"]).lyktes();
    assert!(poster(&tjener) > poster_foer);

    let alle = lyktes(&tjener, "GET", "oeyeblikksbilder", &Value::Null);
    let navn: Vec<&str> = alle["oeyeblikksbilder"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| b["navn"].as_str().unwrap())
        .collect();
    assert_eq!(navn, ["foer", "nullstilling"]);
    lyktes(&tjener, "DELETE", "oeyeblikksbilder/foer", &Value::Null);
    let borte = test(&tjener, "POST", "oeyeblikksbilder/foer/gjenopprett", &json!({}));
    assert_eq!(feilkode(&borte), (404, "FREG-064".to_owned()));
    assert!(!tjener.mappe.join("oeyeblikksbilder/foer").exists());
    // There is an end to how many: with the first one, 32.
    for nr in 1..32 {
        lyktes(&tjener, "POST", "oeyeblikksbilder", &json!({"navn": format!("m{nr}")}));
    }
    let for_mange = test(&tjener, "POST", "oeyeblikksbilder", &json!({"navn": "m32"}));
    assert_eq!(feilkode(&for_mange), (400, "FREG-063".to_owned()));
    // Back to the very first.
    lyktes(&tjener, "POST", "nullstill", &json!({}));
    assert_eq!(siste(&tjener, &token), foer);
    let alle = lyktes(&tjener, "GET", "oeyeblikksbilder", &Value::Null);
    assert_eq!(alle["oeyeblikksbilder"].as_array().unwrap().len(), 1);
    assert_eq!(
        std::fs::read_dir(tjener.mappe.join("oeyeblikksbilder"))
            .unwrap()
            .count(),
        1
    );
    let fast = test(&tjener, "DELETE", "oeyeblikksbilder/nullstilling", &Value::Null);
    assert_eq!(feilkode(&fast), (404, "FREG-064".to_owned()));
    // Nothing is left beside the nation, and the metrics are those of the one that is served.
    assert!(!tjener.mappe.join("gjenoppretting").exists());
    let maalinger = Kall::admin(&tjener, "/metrics").send_utenom().ok().tekst();
    let linje = |navn: &str| maalinger.lines().filter(|l| l.starts_with(navn)).count();
    assert_eq!(linje("persontjenesten_register_persons "), 1);
    assert_eq!(
        linje("persontjenesten_http_requests_in_flight{tjeneste=\"folkeregister\"}"),
        1
    );
}

#[test]
fn a_clock_that_is_set_is_what_the_register_goes_by_and_comes_back_with_the_snapshot() {
    let tjener = Tjener::start(150);
    let token = token(&tjener);
    lyktes(&tjener, "POST", "oeyeblikksbilder", &json!({"navn": "a"}));
    assert_eq!(lyktes(&tjener, "GET", "klokke", &Value::Null)["stilt"], false);
    let stilt = lyktes(
        &tjener,
        "PUT",
        "klokke",
        &json!({"naa": "2031-03-01T12:00:00Z", "faktor": 0}),
    );
    assert_eq!(
        stilt,
        json!({"naa": "2031-03-01T12:00:00Z", "faktor": 0, "stilt": true})
    );
    let person = lyktes(&tjener, "POST", "personer", &json!({"foedselsdato": "2031-02-28"}));
    let nummer = person["folkeregisteridentifikator"].as_str().unwrap();
    let vist = konsument(&tjener, &token, &format!("personer/{nummer}")).ok().json();
    assert_eq!(
        vist["navn"][0]["ajourholdstidspunkt"], "2031-03-01T13:00:00.000+01:00",
        "{vist}"
    );
    lyktes(&tjener, "POST", "oeyeblikksbilder", &json!({"navn": "b"}));
    lyktes(&tjener, "POST", "oeyeblikksbilder/a/gjenopprett", &json!({}));
    assert_eq!(lyktes(&tjener, "GET", "klokke", &Value::Null)["stilt"], false);
    // Who is born after the register's day is born in the future.
    let ufoedt = test(&tjener, "POST", "personer", &json!({"foedselsdato": "2031-02-28"}));
    assert_eq!(feilkode(&ufoedt), (400, "FREG-063".to_owned()));
    lyktes(&tjener, "POST", "oeyeblikksbilder/b/gjenopprett", &json!({}));
    assert_eq!(lyktes(&tjener, "GET", "klokke", &Value::Null), stilt);
    let virkelig = lyktes(&tjener, "PUT", "klokke", &json!({"stilt": false}));
    assert_eq!((&virkelig["stilt"], &virkelig["faktor"]), (&json!(false), &json!(1)));
}

fn doedsfall(id: &str, nr: &str) -> String {
    let dato = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let dato = dato.yesterday().unwrap();
    format!(
        "<meldingOmDoedsfall xmlns='folkeregisteret:melding:doedsfall:v1'><innsending>\
         <avsendersMeldingsidentifikator>{id}</avsendersMeldingsidentifikator>\
         <avsendersInnsendingstidspunkt>{dato}T12:00:00+01:00</avsendersInnsendingstidspunkt></innsending><forespoersel>\
         <forespoerselssdato>{dato}</forespoerselssdato><kilde>helse</kilde>\
         <avsendersSaksreferanse>S-{id}</avsendersSaksreferanse><avsendersSaksbehandler>vakt</avsendersSaksbehandler>\
         <doedPerson><foedselsnummer>{nr}</foedselsnummer><doedsdato>{dato}</doedsdato></doedPerson>\
         </forespoersel></meldingOmDoedsfall>"
    )
}

#[test]
fn families_are_made_and_what_happens_to_them_is_heard_of_under_the_number_that_was_told() {
    let tjener = Tjener::start(150);
    let token = token(&tjener);
    let nummer = |svar: &Value| svar["folkeregisteridentifikator"].as_str().unwrap().to_owned();
    let person = |nr: &str| {
        konsument(
            &tjener,
            &token,
            &format!(
                "personer/{nr}?part=person-basis&part=relasjon-utvidet&part=bostedsadresse&part=adressebeskyttelse&part=historikk"
            ),
        )
    };
    let mor = nummer(&lyktes(
        &tjener,
        "POST",
        "personer",
        &json!({"navn": {"fornavn": "MILD", "etternavn": "MÅKE"}}),
    ));
    let far = lyktes(
        &tjener,
        "POST",
        "personer",
        &json!({"kjoenn": "mann", "ektefelle": mor, "adressebeskyttelse": "fortrolig",
        "bostedsadresse": {"vegadresse": {"kommunenummer": "0301", "adressenavn": "Prøveveien"}}}),
    );
    // One event for him, two for her.
    assert_eq!(sekvens(&far).len(), 3);
    let far = nummer(&far);
    let barn = nummer(&lyktes(
        &tjener,
        "POST",
        "personer",
        &json!({"foedselsdato": "2024-02-29", "mor": mor, "far": far}),
    ));
    let vist = person(&mor).ok().json();
    let gjeldende = |entitet: &str| {
        let alle = vist[entitet].as_array().unwrap().iter();
        alle.filter(|o| o["erGjeldende"] == true).cloned().collect::<Vec<_>>()
    };
    assert_eq!(gjeldende("sivilstand")[0]["relatertVedSivilstand"], far.as_str());
    let relasjoner = gjeldende("familierelasjon");
    let roller: std::collections::BTreeSet<_> = relasjoner
        .iter()
        .map(|r| (r["relatertPerson"].as_str(), r["relatertPersonsRolle"].as_str()))
        .collect();
    assert_eq!(
        roller,
        [
            (Some(far.as_str()), Some("ektefelleEllerPartner")),
            (Some(barn.as_str()), Some("barn"))
        ]
        .into()
    );
    let bosted = &person(&far).ok().json()["bostedsadresse"][0];
    assert_eq!(
        (&bosted["adressegradering"], &bosted["vegadresse"]["adressenavn"]),
        (&json!("fortrolig"), &json!("Prøveveien"))
    );
    let gift = test(&tjener, "POST", "personer", &json!({"ektefelle": mor}));
    assert_eq!(feilkode(&gift), (400, "FREG-063".to_owned()));

    // The register's own operation: each change is an event at the number that was told.
    let skilt = lyktes(
        &tjener,
        "POST",
        "hendelser",
        &json!({"person": mor, "hendelsestype": "endringINavn", "endringer": [
        {"entitet": "navn", "innhold": {"fornavn": "MILD", "etternavn": "TERNE"}, "gyldighetstidspunkt": "2026-02-01"}]}),
    );
    let [seq] = sekvens(&skilt)[..] else { panic!("{skilt}") };
    let feed = konsument(&tjener, &token, &format!("hendelser/feed?seq={seq}"))
        .ok()
        .json();
    assert_eq!(feed[0]["hendelse"]["hendelsetype"], "endringINavn");
    // A message, as mottak takes it: once, however often it is sent.
    for gjentatt in [false, true] {
        let melding =
            json!({"melding": {"meldingstype": "doedsfall_v1", "avsender": "314200004", "xml": doedsfall("T1", &far)}});
        let svar = lyktes(&tjener, "POST", "hendelser", &melding);
        assert_eq!(
            (&svar["beslutning"], &svar["gjentatt"]),
            (&json!("godkjent"), &json!(gjentatt)),
            "{svar}"
        );
        assert_eq!(sekvens(&svar).is_empty(), gjentatt);
    }
    assert_eq!(
        person(&mor).ok().json()["sivilstand"]
            .as_array()
            .unwrap()
            .iter()
            .find(|s| s["erGjeldende"] == true)
            .unwrap()["sivilstand"],
        "enkeEllerEnkemann"
    );
    // Two that were one, and are two again.
    let dublett = nummer(&lyktes(&tjener, "POST", "personer", &json!({})));
    lyktes(
        &tjener,
        "POST",
        "hendelser",
        &json!({"slaaSammen": {"gjeldende": mor, "dublett": dublett}}),
    );
    lyktes(
        &tjener,
        "POST",
        "hendelser",
        &json!({"splitt": {"gjeldende": mor, "gjenopprettet": dublett}}),
    );
    // A whole document, as export gives it.
    let strengt = lyktes(
        &tjener,
        "POST",
        "personer",
        &json!({"adressebeskyttelse": "strengtFortrolig"}),
    );
    assert!(person(&nummer(&strengt)).ok().json().get("bostedsadresse").is_none());
    verifisert(&tjener);

    for (kropp, kode) in [
        (
            json!({"person": mor, "hendelsestype": "endringIPerson"}),
            (422, "FREG-066"),
        ),
        (json!({"person": mor, "hendelsestype": "tull"}), (400, "FREG-063")),
        (
            json!({"melding": {"meldingstype": "doedsfall_v1", "xml": "<a/>"}}),
            (422, "FREG-067"),
        ),
        (
            json!({"melding": {"meldingstype": "tull", "xml": "<a/>"}}),
            (400, "FREG-063"),
        ),
    ] {
        let (status, funnet) = feilkode(&test(&tjener, "POST", "hendelser", &kropp));
        assert_eq!((status, funnet.as_str()), kode, "{kropp}");
    }
}

#[test]
fn whoever_is_not_to_be_let_in_is_not_and_nothing_that_is_sent_does_harm() {
    let tjener = Tjener::start(150);
    let vert = tjener.base.strip_prefix("http://").unwrap().to_owned();
    let kall = || Kall::rot(&tjener, &format!("{ROT}/personer")).post("application/json", "{}");
    for (navn, verdi) in [
        ("origin", "https://ond.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("host", "ond.example"),
    ] {
        let svar = kall().hode(navn, verdi).send_utenom();
        assert_eq!(feilkode(&svar), (403, "FREG-062".to_owned()), "{navn} {verdi}");
    }
    let egen = kall()
        .hode("origin", &format!("http://{vert}"))
        .hode("sec-fetch-site", "same-origin");
    egen.send_utenom().med_status(201);
    // By way of a proxy on this machine there is nothing here: as any path that is not.
    let ukjent = |sti: &str| {
        Kall::rot(&tjener, sti)
            .hode("x-forwarded-for", "192.0.2.7")
            .send_utenom()
    };
    let (her, ingensteds) = (ukjent(&format!("{ROT}/klokke")), ukjent("/ingensteds"));
    assert_eq!((her.status, her.medietype()), (404, ingensteds.medietype()));
    let uten_spor = |svar: &Svar| {
        let mut kropp: Value = serde_json::from_slice(&svar.kropp).unwrap();
        kropp.as_object_mut().unwrap().remove("traceId");
        kropp
    };
    assert_eq!(uten_spor(&her), uten_spor(&ingensteds));
    // Over TLS, where others may be, there is nothing either.
    let adresser: Value = serde_json::from_slice(&std::fs::read(tjener.mappe.join("adresser.json")).unwrap()).unwrap();
    let klient = crate::produsent::klient(&tjener.kommando(&["tls", "ca"]).lyktes(), None);
    let status = crate::produsent::kjoeretid().block_on(async {
        let url = format!("{}{ROT}/klokke", adresser["tls"].as_str().unwrap());
        klient.get(url).send().await.unwrap().status().as_u16()
    });
    assert_eq!(status, 404);

    let dyp = "[".repeat(10_000) + &"]".repeat(10_000);
    // Numbers of the ordinary series that are well-formed; whose they are nobody here knows.
    let ordinaert = {
        use identifikator::{Bestilling, Dato, Identifikatortype, Kjoenn, Serie, Tildeler};
        let foedt = Dato::new(1901, 2, 3).unwrap();
        let bestilling = Bestilling::paa_dag(
            foedt,
            Identifikatortype::Foedselsnummer,
            foedt,
            Kjoenn::Mann,
            Serie::Ordinaer,
        );
        Tildeler::new().tildel(&bestilling).unwrap().identifikator.to_string()
    };
    for kropp in [
        dyp.as_str(),
        "",
        "null",
        "[]",
        "{\"kjoenn\": \"mann\", \"kjoenn\": \"kvinne\"}",
        "{\"hemmelig felt\": 1}",
        "{\"kjoenn\": \"HEMMELIG\"}",
        "{\"navn\": {\"fornavn\": \"HEMMELIG\"}}",
        "{\"foedselsdato\": \"1990-02-31\"}",
        "{\"opplysninger\": {\"HEMMELIG\": []}}",
        "{\"persondokument\": {}}",
        "{\"persondokument\": {}, \"kjoenn\": \"mann\"}",
        "{\"statsborgerskap\": [\"HEMMELIG\"]}",
        "{\"bostedsadresse\": {\"vegadresse\": \"HEMMELIG\"}}",
        "{\"adressebeskyttelse\": \"strengtFortrolig\", \"bostedsadresse\": {\"ukjentBosted\": {}}}",
        "\u{0}",
        &format!("{{\"identifikator\": \"{ordinaert}\"}}"),
        &format!(
            "{{\"opplysninger\": {{\"postadresse\": {{\"postboksadresse\": {{\"postboks\": \"{ordinaert}\"}}}}}}}}"
        ),
    ] {
        let svar = Kall::rot(&tjener, &format!("{ROT}/personer"))
            .post("application/json", kropp)
            .send_utenom();
        if kropp.is_empty() {
            // Everything taken for granted.
            assert_eq!(svar.status, 201);
            continue;
        }
        assert_eq!(feilkode(&svar), (400, "FREG-063".to_owned()), "{kropp:.80}");
        let tekst = svar.tekst();
        assert!(
            !tekst.contains("HEMMELIG") && !tekst.contains("hemmelig") && !tekst.contains(&ordinaert),
            "{tekst}"
        );
    }
    for type_ in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let svar = Kall::rot(&tjener, &format!("{ROT}/nullstill"))
            .post(type_, "{}")
            .send_utenom();
        assert_eq!(feilkode(&svar), (400, "FREG-063".to_owned()), "{type_}");
    }
    let stor = "x".repeat(testkontroll::KROPP_BYTE_MAKS + 1);
    let svar = Kall::rot(&tjener, &format!("{ROT}/hendelser"))
        .post("application/json", stor)
        .forsoek();
    assert!(svar.is_none_or(|svar| svar.status == 400));
    for navn in ["..", "%2e%2e", "a%2fb", ".ny", "A", &"a".repeat(41)] {
        let svar = test(&tjener, "DELETE", &format!("oeyeblikksbilder/{navn}"), &Value::Null);
        assert!(matches!(svar.status, 400 | 404 | 405), "{navn} {}", svar.status);
    }
    let svar = test(&tjener, "POST", "oeyeblikksbilder", &json!({"navn": "../../ut"}));
    assert_eq!(feilkode(&svar), (400, "FREG-063".to_owned()));
    crate::http::svarer_fortsatt(&tjener, PAKKE, &token(&tjener));
    // What was refused and what was done is in the log by kind, and nobody's number is in it or in ours.
    let logg = tjener.logglinjer();
    assert!(!logg.contains("HEMMELIG") && !logg.contains(&ordinaert), "{logg}");
}

#[test]
fn where_it_is_no_test_environment_nothing_of_it_is_there() {
    let mappe = ny_mappe();
    let fil = mappe.with_extension("toml");
    let tekst = |mer: &str| {
        format!(
            "data = \"{}\"\n{mer}[tjener]\nadresse = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n[revisjon]\nreserve_mib = 1\n",
            mappe.display()
        )
    };
    let start = |mer: &str| {
        std::fs::write(&fil, tekst(mer)).unwrap();
        let mut kommando = Command::new(PROGRAM);
        kommando.args(["serve", "--config"]).arg(&fil);
        Tjener::med(kommando, &mappe, &[])
    };
    let mut tjener = start("");
    let ukjent = Kall::rot(&tjener, "/ingensteds").send_utenom();
    for rute in Rute::ALLE {
        let sti = format!("{ROT}{}", rute.sti().replace("{navn}", "nullstilling"));
        for metode in ["GET", "POST", "PUT", "DELETE"] {
            let kall = Kall::rot(&tjener, &sti).post("application/json", "{}").metode(metode);
            let svar = kall.send_utenom();
            assert_eq!(
                (svar.status, svar.medietype()),
                (404, ukjent.medietype()),
                "{metode} {sti}"
            );
            assert!(!svar.tekst().contains("FREG-06"));
        }
    }
    for argumenter in [
        &["test", "klokke"][..],
        &["test", "nullstill"],
        &["test", "person"],
        &["test", "oeyeblikksbilde", "ta", "a"],
        &["test", "oeyeblikksbilde", "gjenopprett", "a"],
        &["test", "klokke", "--still", "2030-01-01T00:00:00Z"],
    ] {
        let feil = kjoer_paa(&mappe, argumenter).feilet();
        assert!(feil.contains("FREG-061"), "{feil}");
    }
    assert!(!mappe.join("oeyeblikksbilder").exists());
    let utforsker = Kall::rot(&tjener, "/utforsker/oppsett.js").send_utenom().tekst();
    assert!(!utforsker.contains("testkontroll"));
    tjener.behold_mappen();
    assert_eq!(tjener.avbryt().0.code(), Some(0));
    drop(tjener);
    // Nor on a folder that nobody serves.
    let feil = kjoer_paa(&mappe, &["test", "nullstill"]).feilet();
    assert!(feil.contains("FREG-061"), "{feil}");
    // The control: the same folder where the settings say so.
    let tjener = start("testmiljoe = true\n");
    lyktes(&tjener, "GET", "klokke", &Value::Null);
    drop(tjener);
    // And with a secret.
    let hemmelig = mappe.with_extension("hemmelig");
    std::fs::create_dir_all(&mappe).unwrap();
    std::fs::write(&hemmelig, "0123456789abcdef0123456789abcdef\n").unwrap();
    Command::new("chmod").arg("600").arg(&hemmelig).status().unwrap();
    let mer = |testmiljoe: bool| {
        let hemmelighet = format!("[testkontroll]\nhemmelighet = \"{}\"\n", hemmelig.display());
        if testmiljoe {
            format!("testmiljoe = true\n{hemmelighet}")
        } else {
            hemmelighet
        }
    };
    let tjener = start(&mer(true));
    let kall = || Kall::rot(&tjener, &format!("{ROT}/klokke")).hode("host", "test.example");
    assert_eq!(feilkode(&kall().send_utenom()), (403, "FREG-062".to_owned()));
    kall().token("0123456789abcdef0123456789abcdef").send_utenom().ok();
    drop(tjener);
    std::fs::write(&fil, tekst(&mer(false))).unwrap();
    crate::program::kjoer(&["config", "check", fil.to_str().unwrap()]).feilet();
    std::fs::remove_file(hemmelig).unwrap();
    std::fs::remove_file(fil).unwrap();
    let _ = std::fs::remove_dir_all(mappe);
}

#[test]
fn who_reads_while_a_snapshot_is_put_back_waits_or_is_told_to_come_back() {
    let tjener = Tjener::start(300);
    let token = token(&tjener);
    let feed = konsument(&tjener, &token, "hendelser/feed?seq=1").ok().json();
    let numre: Vec<String> = feed
        .as_array()
        .unwrap()
        .iter()
        .take(50)
        .map(|h| h["hendelse"]["folkeregisteridentifikator"].as_str().unwrap().to_owned())
        .collect();
    lyktes(&tjener, "POST", "oeyeblikksbilder", &json!({"navn": "a"}));
    let (ferdig, lest, vist_til) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|s| {
        for traad in 0..4 {
            let (tjener, token, numre, ferdig, lest, vist_til) = (&tjener, &token, &numre, &ferdig, &lest, &vist_til);
            s.spawn(move || {
                let mut nr = traad;
                while !ferdig.load(Ordering::Relaxed) {
                    nr += 1;
                    let sti = match nr % 4 {
                        0 => "hendelser/feed?seq=1".to_owned(),
                        1 => "personer/soek?navn=a*&kjoenn=kvinne&foedselsaarFraOgMed=1900".to_owned(),
                        _ => format!("personer/{}", numre[nr % numre.len()]),
                    };
                    // One that is cut in the middle of its answer sees that it is.
                    let Some(svar) = Kall::ny(tjener, PAKKE, &sti).token(token).forsoek() else {
                        continue;
                    };
                    match svar.status {
                        503 => {
                            assert_eq!(feilkode(&svar).1, "FREG-060");
                            assert!(!svar.hode("retry-after").is_empty());
                            vist_til.fetch_add(1, Ordering::Relaxed);
                        }
                        400 if nr % 4 == 1 => {}
                        status => {
                            assert_eq!(status, 200, "{sti} {}", svar.tekst());
                            lest.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
        for runde in 0..5 {
            lyktes(&tjener, "POST", "personer", &json!({}));
            let svar = lyktes(&tjener, "POST", "oeyeblikksbilder/a/gjenopprett", &json!({}));
            assert!(
                svar["stengtMillisekunder"].as_u64().unwrap() < 10_000,
                "{runde}: {svar}"
            );
        }
        ferdig.store(true, Ordering::Relaxed);
    });
    assert!(lest.load(Ordering::Relaxed) > 50, "{lest:?} {vist_til:?}");
    verifisert(&tjener);
}

#[test]
fn a_snapshot_that_is_taken_while_others_write_is_whole() {
    let tjener = Tjener::start(150);
    let ferdig = AtomicBool::new(false);
    let skrevet = AtomicUsize::new(0);
    let mut tatt = Vec::new();
    std::thread::scope(|s| {
        for traad in 0..3 {
            let (tjener, ferdig, skrevet) = (&tjener, &ferdig, &skrevet);
            s.spawn(move || {
                let mut nr = 0;
                while !ferdig.load(Ordering::Relaxed) {
                    nr += 1;
                    // With and without what is sealed; each dies by a message.
                    let person = match nr % 3 {
                        0 => json!({"adressebeskyttelse": "strengtFortrolig"}),
                        _ => json!({"bostedsadresse": {"vegadresse": {"kommunenummer": "0301", "adressenavn": "Prøveveien"}}}),
                    };
                    let person = lyktes(tjener, "POST", "personer", &person);
                    let nummer = person["folkeregisteridentifikator"].as_str().unwrap();
                    let xml = doedsfall(&format!("S{traad}-{nr}"), nummer);
                    let melding = json!({"melding": {"meldingstype": "doedsfall_v1", "avsender": "314200004", "xml": xml}});
                    lyktes(tjener, "POST", "hendelser", &melding);
                    skrevet.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for nr in 0..6 {
            let foer = skrevet.load(Ordering::Relaxed);
            while skrevet.load(Ordering::Relaxed) < foer + 3 {
                std::thread::yield_now();
            }
            tatt.push(lyktes(
                &tjener,
                "POST",
                "oeyeblikksbilder",
                &json!({"navn": format!("b{nr}")}),
            ));
        }
        ferdig.store(true, Ordering::Relaxed);
    });
    for bilde in tatt.iter().rev() {
        let sti = format!("oeyeblikksbilder/{}/gjenopprett", bilde["navn"].as_str().unwrap());
        let svar = lyktes(&tjener, "POST", &sti, &json!({}));
        assert_eq!(
            (&svar["sisteHendelse"], &svar["personer"]),
            (&bilde["sisteHendelse"], &bilde["personer"])
        );
        verifisert(&tjener);
        let ut = tjener.kommando(&["replay"]).lyktes();
        assert!(ut.contains("visningene var riktige"), "{ut}");
    }
    let nummer = |b: &Value| b["sisteHendelse"].as_u64().unwrap();
    assert!(tatt.windows(2).all(|to| nummer(&to[0]) < nummer(&to[1])));
}

#[test]
fn a_process_that_is_killed_while_it_puts_a_snapshot_back_has_the_old_nation_or_the_snapshot() {
    let mappe = ny_mappe();
    let mut tjener = Tjener::i_mappe(&mappe, &["--personer", "150"], &[]);
    lyktes(&tjener, "POST", "oeyeblikksbilder", &json!({"navn": "a"}));
    let (mut gamle, mut nye) = (0, 0);
    let start = Instant::now();
    lyktes(&tjener, "POST", "oeyeblikksbilder/a/gjenopprett", &json!({}));
    let hele = start.elapsed();
    for runde in 0..8_u32 {
        let person = lyktes(&tjener, "POST", "personer", &json!({}));
        let nummer = person["folkeregisteridentifikator"].as_str().unwrap().to_owned();
        let pid = tjener.pid().to_string();
        let vent = hele * runde / 7;
        let drept = std::thread::spawn(move || {
            std::thread::sleep(vent);
            Command::new("kill").args(["-KILL", &pid]).status().unwrap();
        });
        let kall = Kall::rot(&tjener, &format!("{ROT}/oeyeblikksbilder/a/gjenopprett")).post("application/json", "{}");
        let besvart = kall.forsoek().is_some();
        drept.join().unwrap();
        tjener.behold_mappen();
        drop(tjener);
        tjener = Tjener::i_mappe(&mappe, &[], &[]);
        let token = token(&tjener);
        let status = konsument(&tjener, &token, &format!("personer/{nummer}")).status;
        match status {
            200 => gamle += 1,
            404 => nye += 1,
            annen => panic!("{annen}"),
        }
        // What was answered is what there is.
        assert!(!besvart || status == 404);
        verifisert(&tjener);
        assert!(!mappe.join("gjenoppretting").exists());
        lyktes(&tjener, "POST", "oeyeblikksbilder/a/gjenopprett", &json!({}));
        konsument(&tjener, &token, &format!("personer/{nummer}")).med_status(404);
    }
    assert!(gamle > 0 && nye > 0, "{gamle} {nye} {hele:?}");
}

#[test]
fn eksempelet_kan_kopieres() {
    let tjener = Tjener::start(150);
    let eksempel = concat!(env!("CARGO_MANIFEST_DIR"), "/../../eksempler/testkontroll/proeve.py");
    for _ in 0..2 {
        let ut = Command::new("python3")
            .arg(eksempel)
            .envs([("BASE", tjener.base.as_str()), ("TOKEN", token(&tjener).as_str())])
            .env("NO_PROXY", "*")
            .output()
            .unwrap();
        let tekst = String::from_utf8_lossy(&ut.stderr).into_owned();
        assert!(ut.status.success(), "{tekst}");
        assert_eq!(String::from_utf8_lossy(&ut.stdout).trim(), "alt gikk som det skulle");
    }
    let alle = lyktes(&tjener, "GET", "oeyeblikksbilder", &Value::Null);
    assert_eq!(alle["oeyeblikksbilder"].as_array().unwrap().len(), 1);
}

#[test]
fn the_commands_do_what_the_interface_does() {
    let tjener = Tjener::start(150);
    let si = |argumenter: &[&str]| tjener.kommando(&[&["test"], argumenter].concat()).lyktes();
    assert!(si(&["oeyeblikksbilde", "ta", "a"]).starts_with("tatt: "));
    assert!(si(&["oeyeblikksbilde", "liste"]).lines().any(|l| l.starts_with("a  ")));
    let person: Value = serde_json::from_str(&si(&[
        "person",
        "--foedselsdato",
        "1970-01-02",
        "--fornavn",
        "KLOK",
        "--etternavn",
        "UGLE",
        "--json",
    ]))
    .unwrap();
    let nummer = person["folkeregisteridentifikator"].as_str().unwrap();
    let token = token(&tjener);
    let vist = konsument(&tjener, &token, &format!("personer/{nummer}")).ok().json();
    assert_eq!(vist["navn"][0]["etternavn"], "UGLE");
    let fil = tjener.mappe.with_extension("xml");
    std::fs::write(&fil, doedsfall("K1", nummer)).unwrap();
    let melding = [
        "hendelse",
        "--meldingstype",
        "doedsfall_v1",
        "--avsender",
        "314200004",
        "--melding",
    ];
    let ut = si(&[&melding[..], &[fil.to_str().unwrap()]].concat());
    assert!(
        ut.contains("beslutning godkjent") && ut.contains(PAKKE.kortnavn()),
        "{ut}"
    );
    std::fs::write(&fil, json!({"person": nummer, "hendelsestype": "endringINavn", "endringer": [{"entitet": "navn", "innhold": {"fornavn": "KLOK", "etternavn": "HAUK"}}]}).to_string()).unwrap();
    assert!(si(&["hendelse", "--fil", fil.to_str().unwrap()]).contains("sekvensnummer"));
    std::fs::remove_file(fil).unwrap();
    assert!(
        si(&["klokke", "--still", "2030-01-01T00:00:00Z", "--faktor", "0"])
            .contains("2030-01-01T00:00:00Z  stilt, faktor 0")
    );
    assert!(si(&["klokke", "--nullstill"]).contains("virkelig tid"));
    assert!(si(&["oeyeblikksbilde", "gjenopprett", "a"]).starts_with("gjenopprettet: "));
    konsument(&tjener, &token, &format!("personer/{nummer}")).med_status(404);
    assert_eq!(si(&["oeyeblikksbilde", "slett", "a"]).trim(), "slettet a");
    assert!(si(&["nullstill"]).starts_with("gjenopprettet: "));
    let feil = tjener
        .kommando(&["test", "oeyeblikksbilde", "gjenopprett", "a"])
        .feilet();
    assert!(feil.contains("FREG-064"), "{feil}");
}
