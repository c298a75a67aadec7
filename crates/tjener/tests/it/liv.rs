//! A nation that moves, on the whole program: events by two-way TLS, what consumers see of them, stops, and by hand.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use tilgang::Pakke;

use crate::http::Kall;
use crate::program::{PROGRAM, Tjener, kjoer_paa, ny_mappe};

fn siste(tjener: &Tjener) -> u64 {
    let pakke = Pakke::OffentligMedHjemmel;
    let token = tjener.kommando(&["token", "--pakke", pakke.kortnavn()]).lyktes();
    let svar = Kall::ny(tjener, pakke, "hendelser/siste/sekvensnummer").token(token.trim_end());
    svar.send().ok().tekst().trim().parse().unwrap()
}

fn person(tjener: &Tjener, nr: &str) -> Value {
    let pakke = Pakke::OffentligMedHjemmel;
    let token = tjener.kommando(&["token", "--pakke", pakke.kortnavn()]).lyktes();
    let sti = format!("personer/{nr}?part=person-basis&part=historikk");
    Kall::ny(tjener, pakke, &sti).token(token.trim_end()).send().ok().json()
}

fn navngitt(tjener: &Tjener, navn: &str) -> String {
    let alle: Value = serde_json::from_str(&tjener.kommando(&["navngitte", "--json"]).lyktes()).unwrap();
    alle[navn].as_str().unwrap().to_owned()
}

fn fram(tjener: &Tjener, valg: &[&str]) -> Value {
    let alle: Vec<&str> = ["liv", "fram", "--json"].iter().chain(valg).copied().collect();
    serde_json::from_str::<Value>(&tjener.kommando(&alle).lyktes()).unwrap()["telling"].take()
}

fn verifisert(tjener: &Tjener) {
    let verify = tjener.kommando(&["verify"]).lyktes();
    assert!(verify.trim_end().ends_with(", 0 funn"), "{verify}");
}

/// Every document, without the times at which the register heard of things: they are of the clock.
fn nasjonen(mappe: &Path) -> BTreeMap<String, Value> {
    fn uten_tider(verdi: &mut Value) {
        match verdi {
            Value::Object(o) => {
                o.remove("ajourholdstidspunkt");
                // Some kinds are valid from the moment of the decision.
                let avgjort = |v: &Value| !v.as_str().unwrap().contains("T00:00:00");
                if o.get("gyldighetstidspunkt").is_some_and(avgjort) {
                    o.remove("gyldighetstidspunkt");
                }
                o.values_mut().for_each(uten_tider);
            }
            Value::Array(liste) => liste.iter_mut().for_each(uten_tider),
            _ => {}
        }
    }
    let ut = ny_mappe();
    kjoer_paa(mappe, &["export", ut.to_str().unwrap()]).lyktes();
    let mut alle = BTreeMap::new();
    for fil in std::fs::read_dir(&ut).unwrap().map(|f| f.unwrap().path()) {
        let mut dokument: Value = serde_json::from_slice(&std::fs::read(&fil).unwrap()).unwrap();
        uten_tider(&mut dokument);
        alle.insert(fil.file_stem().unwrap().to_str().unwrap().to_owned(), dokument);
    }
    std::fs::remove_dir_all(&ut).unwrap();
    alle
}

#[test]
fn a_nation_moves_in_the_background_and_goes_on_where_it_was() {
    let mappe = ny_mappe();
    let mut tjener = Tjener::i_mappe(&mappe, &["--personer", "2000", "--liv", "86400"], &[]);
    tjener.behold_mappen();
    let foer = siste(&tjener);
    let frist = Instant::now() + Duration::from_secs(60);
    while siste(&tjener) < foer + 20 {
        assert!(Instant::now() < frist, "feeden vokser ikke: {}", tjener.logglinjer());
        std::thread::sleep(Duration::from_millis(100));
    }
    let (status, tid) = tjener.avbryt();
    assert_eq!(status.code(), Some(0), "{}", tjener.logglinjer());
    assert!(tid < Duration::from_secs(10), "{tid:?}");
    let logg = tjener.logglinjer();
    assert!(logg.contains("nasjonen lever"), "{logg}");
    // Counts, and nobody.
    let elleve = logg.as_bytes().windows(11).any(|w| w.iter().all(u8::is_ascii_digit));
    assert!(!elleve && !logg.contains("liv-2026"), "{logg}");
    let klokke = || -> jiff::Timestamp {
        let lagret: Value = serde_json::from_slice(&std::fs::read(mappe.join("klokke.json")).unwrap()).unwrap();
        lagret["tid"].as_str().unwrap().parse().unwrap()
    };
    let stoppet = klokke();
    let referanse: jiff::Timestamp = "2025-12-31T23:00:00Z".parse().unwrap();
    assert!(
        stoppet > referanse && stoppet < "2026-12-31T23:00:00Z".parse().unwrap(),
        "{stoppet}"
    );
    // A day is a second: while it was down, none went by. What happens next is not sent twice.
    let mut tjener = Tjener::i_mappe(&mappe, &["--liv", "3600"], &[]);
    let foer = siste(&tjener);
    let telling = fram(&tjener, &["--dager", "20"]);
    assert!(siste(&tjener) > foer);
    assert_eq!(telling["avvist"], 0, "{telling}");
    assert!(klokke() >= stoppet);
    verifisert(&tjener);
    let (status, _) = tjener.avbryt();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn nearly_all_of_what_happens_is_approved_and_the_register_holds_together() {
    let tjener = Tjener::start(6_000);
    let foer = siste(&tjener);
    let telling = fram(&tjener, &["--til", "2027-01-01"]);
    let av = |navn: &str| telling[navn].as_u64().unwrap();
    let (godkjent, manuelt, annet) = (av("godkjent"), av("manuelt"), av("annet"));
    assert!(godkjent > 300, "{telling}");
    assert!(godkjent * 100 >= (godkjent + manuelt + annet) * 97, "{telling}");
    // Of some kinds nothing is told.
    assert!(av("meldinger") >= godkjent + manuelt + annet, "{telling}");
    assert_eq!(av("avvist"), 0, "{telling}");
    assert!(av("egne") > 100 && av("hindret") * 50 <= av("egne"), "{telling}");
    for slag in [
        "foedsel",
        "doedsfall",
        "vigsel",
        "flytting",
        "innvandring",
        "dnummer",
        "navnevalg",
    ] {
        assert!(
            telling["hendelser"][slag].as_u64().unwrap_or(0) > 0,
            "{slag}: {telling}"
        );
    }
    // Consumers see it, and the register says that a year has gone.
    assert!(siste(&tjener) > foer + 200);
    let saker: Vec<Value> = serde_json::from_str(&tjener.kommando(&["sak", "liste", "--json"]).lyktes()).unwrap();
    assert_eq!(u64::try_from(saker.len()).unwrap(), manuelt);
    verifisert(&tjener);
    // What is registered now is of that day.
    let nr = navngitt(&tjener, "gift");
    tjener.kommando(&["hendelse", "doedsfall", &nr]).lyktes();
    assert_eq!(person(&tjener, &nr)["doedsfall"]["doedsdato"], "2027-01-01");
}

#[test]
fn the_same_seed_gives_the_same_nation_also_when_it_was_killed_on_the_way() {
    let hel = Tjener::start(1_000);
    fram(&hel, &["--til", "2026-02-10"]);
    let ventet = nasjonen(&hel.mappe);

    let mappe = ny_mappe();
    let mut tjener = Tjener::i_mappe(&mappe, &["--personer", "1000", "--liv", "86400"], &[]);
    tjener.behold_mappen();
    // Somewhere in the first days; twice.
    for _ in 0..2 {
        std::thread::sleep(Duration::from_secs(3));
        tjener.signal("KILL");
        while tjener.lever() {
            std::thread::sleep(Duration::from_millis(10));
        }
        drop(tjener);
        tjener = Tjener::i_mappe(&mappe, &["--liv", "86400"], &[]);
        tjener.behold_mappen();
    }
    tjener.signal("KILL");
    drop(tjener);
    let tjener = Tjener::i_mappe(&mappe, &[], &[]);
    fram(&tjener, &["--til", "2026-02-10"]);
    let fikk = nasjonen(&tjener.mappe);
    assert_eq!(fikk.keys().collect::<Vec<_>>(), ventet.keys().collect::<Vec<_>>());
    for (nr, dokument) in &ventet {
        assert_eq!(&fikk[nr], dokument);
    }
    verifisert(&tjener);
}

#[test]
fn somebody_lets_things_happen_by_hand_and_is_told_what_came_of_it() {
    let tjener = Tjener::start(300);
    let gift = navngitt(&tjener, "gift");
    let ut = tjener.kommando(&["hendelse", "separasjon", &gift]).lyktes();
    assert!(ut.contains("sendt som tingrett til separasjon_v1"), "{ut}");
    assert!(
        ut.contains("kvittering ") && ut.contains("sak ") && ut.contains("godkjent: "),
        "{ut}"
    );
    let ut = tjener.kommando(&["hendelse", "skilsmisse", &gift]).lyktes();
    assert!(ut.contains("godkjent: "), "{ut}");
    // No producer has a message for it.
    let ut = tjener.kommando(&["hendelse", "flytting", &gift]).lyktes();
    assert!(
        ut.contains("registrert direkte") && ut.contains("siste sekvensnummer"),
        "{ut}"
    );
    let ut = tjener.kommando(&["hendelse", "adressebeskyttelse", &gift]).lyktes();
    assert!(ut.contains("registrert direkte"), "{ut}");
    let vernet = person(&tjener, &gift);
    assert_eq!(
        vernet["adressebeskyttelse"][0]["graderingsnivaa"], "fortrolig",
        "{vernet}"
    );
    tjener
        .kommando(&["hendelse", "adressebeskyttelse", "--opphev", &gift])
        .lyktes();
    let ut = tjener.kommando(&["hendelse", "doedsfall", &gift]).lyktes();
    assert!(
        ut.contains("sendt som sykehus til doedsfall_v1") && ut.contains("godkjent: "),
        "{ut}"
    );
    // The dead do not marry: somebody must look at it.
    let annen = navngitt(&tjener, "utflyttet");
    let ut = tjener.kommando(&["hendelse", "vigsel", &gift, &annen]).lyktes();
    assert!(ut.contains("til manuell behandling"), "{ut}");
    // Nobody has this one; the answer does not repeat it.
    let feil = tjener.kommando(&["hendelse", "doedsfall", "12855700628"]).feilet();
    assert!(!feil.contains("12855700628"), "{feil}");
    let feil = tjener.kommando(&["hendelse", "doedsfall", "12345678901"]).feilet();
    assert!(!feil.contains("12345678901"), "{feil}");
    assert!(!tjener.logglinjer().contains(&gift));
    verifisert(&tjener);
}

#[test]
fn nothing_happens_by_hand_and_no_clock_is_set_outside_a_test_environment() {
    let mut demo = Tjener::start(100);
    demo.behold_mappen();
    let (mappe, gift) = (demo.mappe.clone(), navngitt(&demo, "gift"));
    demo.avbryt();
    // Without a server there is nobody to send to.
    let feil = kjoer_paa(&mappe, &["hendelse", "doedsfall", &gift]).feilet();
    assert!(feil.contains("ingen demo kjører"), "{feil}");
    let fil = mappe.with_extension("toml");
    std::fs::write(
        &fil,
        format!(
            "data = \"{}\"\n[tjener]\nadresse = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n",
            mappe.display()
        ),
    )
    .unwrap();
    let serve = || {
        let mut kommando = std::process::Command::new(PROGRAM);
        kommando.args(["serve", "--config"]).arg(&fil);
        kommando
    };
    let mut tjener = Tjener::med(serve(), &mappe, &[]);
    tjener.behold_mappen();
    for kommando in [
        &["hendelse", "doedsfall", &gift][..],
        &["liv", "fram", "--dager", "1"][..],
    ] {
        let feil = tjener.kommando(kommando).feilet();
        assert!(feil.contains("ikke et testmiljø"), "{feil}");
    }
    tjener.avbryt();
    drop(tjener);
    // A clock that somebody set is no clock to register by.
    std::fs::write(
        mappe.join("klokke.json"),
        r#"{"tid":"2026-01-01T00:00:00Z","faktor":1}"#,
    )
    .unwrap();
    let svar = serve().output().unwrap();
    let feil = String::from_utf8(svar.stderr).unwrap();
    assert!(!svar.status.success() && feil.contains("klokka i"), "{feil}");
    std::fs::remove_file(&fil).unwrap();
    std::fs::remove_dir_all(&mappe).unwrap();
}
