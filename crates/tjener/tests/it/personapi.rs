//! The Person API on the whole program: the printed call, the four branches, a death on its way from a producer, and proofs that are
//! used once, a kill of the program between them included.

use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::delt::til_slutten;
use crate::helsekopi::vent_til_ajour;
use crate::http::{Kall, Svar};
use crate::mottak::{Mottak, doedsfall, i_gaar};
use crate::program::{PROGRAM, Tjener, ny_mappe};

const SKJEMA: &str = "application/x-www-form-urlencoded";
/// Branch, path before its operations, and whether a proof is demanded.
const GRENER: [(&str, &str, bool); 4] = [
    ("read-with-legal-basis", "/api/legal-basis", false),
    ("read-no-legal-basis", "/api/no-legal-basis", false),
    ("full-access", "/api/v3/full-access", true),
    ("restricted-access", "/api/v3/restricted-access", true),
];

/// The shared server with the health sector's copy, which has all that its source has.
pub fn hele() -> &'static Tjener {
    static HELE: LazyLock<Tjener> = LazyLock::new(|| {
        let tjener = til_slutten(300, "");
        vent_til_ajour(&tjener);
        tjener
    });
    &HELE
}

/// A call with what `token` says that it must carry.
fn kall(tjener: &Tjener, scope: &str, metode: &str, sti: &str) -> Kall {
    let adresse = format!("{}{}", tjener.base, sti.split('?').next().unwrap());
    let kall = Kall::rot(tjener, sti).metode(metode);
    if !scope.ends_with("-access") {
        let token = tjener.kommando(&["token", "--helseid", "--scope", scope]).lyktes();
        return kall.token(token.trim_end()).hode("api-version", "2");
    }
    let hoder = tjener.kommando(&["token", "--helseid", "--scope", scope, "--dpop", metode, &adresse]);
    hoder.lyktes().lines().fold(kall, |kall, linje| {
        let (navn, verdi) = linje.split_once(": ").unwrap();
        kall.hode(&navn.to_ascii_lowercase(), verdi)
    })
}

fn post(tjener: &Tjener, scope: &str, sti: &str, skjema: &str) -> Svar {
    let kall = kall(tjener, scope, "POST", sti);
    kall.post(SKJEMA, skjema).send_utenom()
}

fn navngitt(tjener: &Tjener, navn: &str) -> String {
    let alle: Value = serde_json::from_str(&tjener.kommando(&["navngitte", "--json"]).lyktes()).unwrap();
    alle[navn].as_str().unwrap().to_owned()
}

#[test]
fn the_call_that_the_demo_prints_works_as_it_is() {
    let tjener = hele();
    let fra = tjener.velkomst.iter().position(|l| l.contains("--helseid")).unwrap();
    let kall: String = tjener.velkomst[fra..fra + 2].join("\n");
    assert!(kall.contains(&format!("{PROGRAM} token")), "{kall}");
    assert!(tjener.velkomst.len() <= 20, "{:#?}", tjener.velkomst);
    let ut = Command::new("sh").args(["-c", &kall]).output().unwrap();
    let person: Value = serde_json::from_slice(&ut.stdout).unwrap_or_else(|_| panic!("{kall} {ut:?}"));
    assert!(
        person["name"].is_array() && person["residentialAddress"].is_array(),
        "{person}"
    );
    // Names of places are there.
    let sted = &person["residentialAddress"][0];
    assert!(sted.to_string().contains("municipalityName"), "{sted}");
}

#[test]
fn each_branch_opens_with_its_own_token_and_shows_what_it_may() {
    let tjener = hele();
    let fortrolig = navngitt(tjener, "fortrolig");
    let deler = "informationParts=ResidentialAddress,AddressProtection,CommonContactRegisterInformation,FamilyRelation";
    for (scope, sti, _) in GRENER {
        let sti = format!("{sti}/person/get-by-nin?{deler}");
        let person = post(tjener, scope, &sti, &format!("nin={fortrolig}")).ok().json();
        // The demo's consumer has the grant for confidential addresses under full access alone.
        assert_eq!(
            person["residentialAddress"][0]["streetAddress"].is_object(),
            scope == "full-access",
            "{scope} {person}"
        );
        assert!(person["addressProtection"].is_array(), "{scope} {person}");
        for (annen, annen_sti, _) in GRENER.iter().filter(|(annen, ..)| *annen != scope) {
            let sti = format!("{annen_sti}/person/get-by-nin?{deler}");
            let fikk = post(tjener, scope, &sti, &format!("nin={fortrolig}")).status;
            // A token without proof is none where a proof is demanded; else it is of another branch.
            let ventet = if annen.ends_with("-access") && !scope.ends_with("-access") {
                401
            } else {
                403
            };
            assert_eq!(fikk, ventet, "{scope} {annen}");
        }
    }
    for (_, sti, _) in GRENER {
        let svar = Kall::rot(tjener, &format!("{sti}/event/latest")).send_utenom();
        assert_eq!(svar.status, 401);
        assert!(!svar.hode("www-authenticate").is_empty());
    }
    // A supplier speaks for the consumer.
    let hoder = [
        "token",
        "--helseid",
        "--scope",
        "read-with-legal-basis",
        "--som-leverandoer",
    ];
    let token = tjener.kommando(&hoder).lyktes();
    let svar = Kall::rot(tjener, "/api/legal-basis/event/latest").token(token.trim_end());
    svar.hode("api-version", "2").send_utenom().ok();
    tjener.kommando(&["token", "--helseid"]).feilet();
    tjener.kommando(&["token", "--helseid", "--scope", "alt"]).feilet();
    tjener.kommando(&["token"]).feilet();
}

#[test]
fn everybody_is_walked_once_by_pages_and_one_of_them_is_found_by_name() {
    let tjener = hele();
    for (scope, sti, _) in GRENER {
        let antall = post(tjener, scope, &format!("{sti}/search/match-count"), "")
            .ok()
            .json();
        let mut ider = std::collections::BTreeSet::new();
        let mut fra = 0;
        loop {
            let skjema = format!("PageSize=120&IndexOffset={fra}");
            let side = post(tjener, scope, &format!("{sti}/search/paged-match-list"), &skjema)
                .ok()
                .json();
            let treff = side["results"].as_array().unwrap();
            ider.extend(treff.iter().map(|id| id.as_str().unwrap().to_owned()));
            fra = side["endIndex"].as_i64().unwrap() + 1;
            if treff.len() < 120 {
                break;
            }
        }
        assert!(ider.len() > 300, "{scope}");
        assert_eq!(
            antall.as_object().unwrap().values().next().unwrap(),
            ider.len(),
            "{scope} {antall}"
        );
        assert_eq!(fra, ider.len() as i64);
        let sti = format!("{sti}/search/person?informationParts=Name");
        let funnet = post(tjener, scope, &sti, "FullName=bratt+ingef%C3%A6r&BirthDate=2017-11-29")
            .ok()
            .json();
        let funnet = funnet["results"].as_array().unwrap();
        assert_eq!(funnet.len(), 1, "{scope} {funnet:?}");
        assert!(ider.contains(funnet[0]["id"].as_str().unwrap()), "{scope}");
    }
}

#[test]
fn the_explorer_shows_both_versions_and_calls_version_2_as_the_demos_client() {
    let tjener = hele();
    let skript = Kall::rot(tjener, "/utforsker/oppsett.js").send_utenom().ok().tekst();
    let oppsett = skript.lines().next().unwrap();
    let oppsett = oppsett.strip_prefix("const oppsett = ").unwrap().trim_end_matches(';');
    let oppsett: Value = serde_json::from_str(oppsett).unwrap();
    let token = |sti: &str| oppsett["tokener"][sti].as_str().map(str::to_owned);
    assert_eq!(token("/person-api/v3/openapi.json"), None);
    let token = token("/person-api/v2/openapi.json").unwrap();
    for gren in ["legal-basis", "no-legal-basis"] {
        let kall = Kall::rot(tjener, &format!("/api/{gren}/event/latest")).token(&token);
        kall.hode("api-version", "2").send_utenom().ok();
    }
    for versjon in ["v2", "v3"] {
        let sti = format!("/person-api/{versjon}/openapi.json");
        assert!(oppsett["dokumenter"].to_string().contains(&sti), "{oppsett}");
        let dokument = Kall::rot(tjener, &sti).send_utenom().ok().json();
        assert!(dokument["openapi"].as_str().unwrap().starts_with("3."));
    }
}

#[test]
fn a_proof_is_used_once_also_when_the_program_was_killed_meanwhile() {
    let mappe = ny_mappe();
    let ledig = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = ledig.local_addr().unwrap().port().to_string();
    drop(ledig);
    // The same port again, so that the address is the one that the proof was made for.
    let start = || {
        let mut kommando = Command::new(PROGRAM);
        kommando
            .args(["demo", "--personer", "150", "--port", &port, "--data"])
            .arg(&mappe);
        Tjener::med(kommando, &mappe, &[])
    };
    let mut tjener = start();
    vent_til_ajour(&tjener);
    let sti = "/api/v3/restricted-access/event/latest";
    let hoder = ["token", "--helseid", "--scope", "restricted-access", "--dpop", "GET"];
    let adresse = format!("{}{sti}", tjener.base);
    let hoder = tjener
        .kommando(&[hoder.as_slice(), &[adresse.as_str()]].concat())
        .lyktes();
    let send = |tjener: &Tjener, sti: &str| {
        let kall = hoder.lines().fold(Kall::rot(tjener, sti), |kall, linje| {
            let (navn, verdi) = linje.split_once(": ").unwrap();
            kall.hode(&navn.to_ascii_lowercase(), verdi)
        });
        kall.send_utenom().status
    };
    // For another address it is no proof, and is not used by that.
    assert_eq!(send(&tjener, "/api/v3/restricted-access/event"), 401);
    assert_eq!(send(&tjener, sti), 200);
    assert_eq!(send(&tjener, sti), 401);
    tjener.behold_mappen();
    drop(tjener);
    tjener = start();
    vent_til_ajour(&tjener);
    assert_eq!(send(&tjener, sti), 401);
    kall(&tjener, "restricted-access", "GET", sti).send_utenom().ok();
    // As `localhost` too, which the demo answers to.
    let annen = adresse.replace("127.0.0.1", "localhost");
    let nye = [
        "token",
        "--helseid",
        "--scope",
        "restricted-access",
        "--dpop",
        "GET",
        &annen,
    ];
    let nye = tjener.kommando(&nye).lyktes();
    let kall = nye.lines().fold(Kall::rot(&tjener, sti), |kall, linje| {
        let (navn, verdi) = linje.split_once(": ").unwrap();
        kall.hode(&navn.to_ascii_lowercase(), verdi)
    });
    kall.send_utenom().ok();
}

#[test]
fn a_death_sent_to_mottak_is_seen_in_every_branch_and_told_of_in_its_events() {
    let mappe = ny_mappe();
    let m = Mottak::om(Tjener::hele(&mappe, &["--personer", "300"], &[]));
    let tjener = &m.tjener;
    vent_til_ajour(tjener);
    let nummer = navngitt(tjener, "gift");
    let siste = |sti: &str, scope: &str| -> u64 {
        let svar = kall(tjener, scope, "GET", &format!("{sti}/event/latest"))
            .send_utenom()
            .ok();
        svar.json()["sequenceNumber"].as_str().unwrap().parse().unwrap()
    };
    let foer: Vec<u64> = GRENER.iter().map(|(scope, sti, _)| siste(sti, scope)).collect();
    let dato = i_gaar();
    let melding = doedsfall("P1", &nummer, &dato, "helse");
    assert_eq!(m.send(Some("sykehus"), "doedsfall_v1", &melding).status, 202);
    for ((scope, sti, _), foer) in GRENER.iter().zip(foer) {
        let sti_person = format!("{sti}/person/get-by-nin?informationParts=Death,Status");
        let frist = Instant::now() + Duration::from_secs(60);
        let person = loop {
            let person = post(tjener, scope, &sti_person, &format!("nin={nummer}")).ok().json();
            if person["death"].is_object() {
                break person;
            }
            assert!(Instant::now() < frist, "{}", tjener.logglinjer());
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(
            person["death"]["deceasedDate"].as_str().unwrap().starts_with(&dato),
            "{person}"
        );
        assert_eq!(person["status"][0]["status"], "Deceased", "{person}");
        let sti = format!("{sti}/event?sequenceNumber={}", foer + 1);
        let svar = kall(tjener, scope, "GET", &sti).send_utenom().ok().json();
        let hendelser = svar["results"].as_array().unwrap();
        let min = |h: &&Value| h["personId"] == person["id"] && h["eventType"] == "PersonIsDeceased";
        assert_eq!(hendelser.iter().filter(min).count(), 1, "{scope} {svar}");
        // The document names the event that it is of, and it is one of these.
        let sekvens = person["sequenceNumber"].as_u64().unwrap();
        let har = |h: &&Value| h["sequenceNumber"] == sekvens.to_string().as_str();
        assert_eq!(hendelser.iter().filter(har).count(), 1, "{scope} {svar} {person}");
    }
}

/// The nation is put back under the copy: the Person API answers all the while, and ends with what the source has.
#[test]
fn the_copy_follows_a_nation_that_is_put_back_and_answers_meanwhile() {
    let mappe = ny_mappe();
    let tjener = Tjener::hele(&mappe, &["--personer", "150"], &[]);
    vent_til_ajour(&tjener);
    let nummer = navngitt(&tjener, "gift");
    tjener.kommando(&["hendelse", "doedsfall", &nummer]).lyktes();
    vent_til_ajour(&tjener);
    let sti = "/api/legal-basis/person/get-by-nin?informationParts=Death";
    let doed = |tjener: &Tjener| {
        let person = post(tjener, "read-with-legal-basis", sti, &format!("nin={nummer}")).ok();
        person.json()["death"].is_object()
    };
    assert!(doed(&tjener));
    tjener.kommando(&["test", "nullstill"]).lyktes();
    let frist = Instant::now() + Duration::from_secs(60);
    while doed(&tjener) {
        assert!(Instant::now() < frist, "{}", tjener.logglinjer());
        std::thread::sleep(Duration::from_millis(100));
    }
    vent_til_ajour(&tjener);
    tjener.kommando(&["helsekopi", "sammenlign"]).lyktes();
}

/// A number is reserved, a person is made of it, and the comparison of the copy with its source counts them apart.
#[test]
fn a_reserved_test_person_is_seen_in_the_person_api_and_not_missed_at_the_source() {
    let mappe = ny_mappe();
    let tjener = Tjener::hele(&mappe, &["--personer", "150"], &[]);
    vent_til_ajour(&tjener);
    let testdata = |metode: &str, sti: &str, dokument: Value| {
        let token = tjener
            .kommando(&["token", "--helseid", "--scope", "reservert-testdata"])
            .lyktes();
        let kall = Kall::rot(&tjener, &format!("/reservert-testdata/api/v2/{sti}")).token(token.trim_end());
        kall.post("application/json", dokument.to_string())
            .metode(metode)
            .send_utenom()
    };
    let ber = serde_json::json!({"kind": "NationalIdentityNumber", "birthDate": "1990-01-31", "gender": "Female"});
    let numre = testdata("POST", "ReservedNin", ber).med_status(201).json();
    let nummer = numre[0]["nin"].as_str().unwrap();
    let dokument = serde_json::json!({
        "identifikasjonsnummer": [{"erGjeldende": true, "status": "iBruk", "foedselsEllerDNummer": nummer, "identifikatortype": "foedselsnummer"}],
        "navn": [{"erGjeldende": true, "fornavn": "PRØVE", "etternavn": "PERSON"}],
        "kjoenn": [{"erGjeldende": true, "kjoenn": "kvinne"}],
        "foedsel": [{"erGjeldende": true, "foedselsdato": "1990-01-31", "foedselsaar": "1990"}],
        "status": [{"erGjeldende": true, "status": "bosatt"}],
    });
    testdata("PUT", &format!("person/{nummer}"), dokument).med_status(201);
    let sti = "/api/v3/restricted-access/person/get-by-nin?informationParts=Name";
    let person = post(&tjener, "restricted-access", sti, &format!("nin={nummer}"))
        .ok()
        .json();
    assert_eq!(person["name"][0]["familyName"], "PERSON");
    let ut = tjener.kommando(&["helsekopi", "sammenlign"]).lyktes();
    assert!(ut.contains("1 reserverte testpersoner"), "{ut}");
    // The Person API's tokens open nothing here, and the reverse.
    let token = tjener
        .kommando(&["token", "--helseid", "--scope", "read-with-legal-basis"])
        .lyktes();
    let kall = Kall::rot(&tjener, "/reservert-testdata/api/v2/ReservedNin").token(token.trim_end());
    assert_eq!(kall.send_utenom().status, 401);
    let token = tjener
        .kommando(&["token", "--helseid", "--scope", "reservert-testdata"])
        .lyktes();
    let kall = Kall::rot(&tjener, "/api/legal-basis/event/latest").token(token.trim_end());
    assert_eq!(kall.hode("api-version", "2").send_utenom().status, 401);
}

/// The reference consumer against the demo: loaded, compared, caught up after something has happened, and compared again.
#[test]
fn a_local_copy_is_loaded_follows_and_is_proved_equal() {
    let mappe = ny_mappe();
    let mut tjener = Tjener::hele(&mappe, &["--personer", "200"], &[]);
    vent_til_ajour(&tjener);
    let kopi = mappe.join("lokalkopi");
    let kopi = kopi.to_str().unwrap();
    let lokalkopi = |hva: &str, gren: &str| {
        let sti = format!("{kopi}-{gren}");
        tjener.kommando(&["lokalkopi", hva, "--gren", gren, "--mappe", &sti])
    };
    for gren in ["full-access", "no-legal-basis"] {
        let ut = lokalkopi("hent", gren).lyktes();
        assert!(ut.contains("kopien har 20"), "{ut}");
        lokalkopi("sammenlign", gren).lyktes();
    }
    let nummer = navngitt(&tjener, "gift");
    tjener.kommando(&["hendelse", "doedsfall", &nummer]).lyktes();
    vent_til_ajour(&tjener);
    for gren in ["full-access", "no-legal-basis"] {
        // Whoever changed since is read before they count.
        lokalkopi("sammenlign", gren).lyktes();
        lokalkopi("hent", gren).lyktes();
        lokalkopi("sammenlign", gren).lyktes();
    }
    // Nothing of a person is said by the commands, and the files are their owner's alone.
    let mine = std::fs::read_dir(format!("{kopi}-full-access")).unwrap();
    for fil in mine {
        use std::os::unix::fs::PermissionsExt as _;
        let (navn, om) = (fil.as_ref().unwrap().file_name(), fil.unwrap().metadata().unwrap());
        // The lock says nothing.
        assert!(
            om.permissions().mode() & 0o077 == 0 || (navn == "laas" && om.len() == 0),
            "{navn:?}"
        );
    }
    tjener.behold_mappen();
    assert!(tjener.avbryt().0.success());
    crate::program::kjoer_paa(&mappe, &["lokalkopi", "hent", "--mappe", kopi]).feilet();
    std::fs::remove_dir_all(&mappe).unwrap();
}
