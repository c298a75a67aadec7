//! The promises of the command line: forms, exit codes, and errors that somebody can read.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tilgang::Pakke;

use crate::delt::delt;
use crate::http::{Kall, svarer_fortsatt};
use crate::program::{PROGRAM, Tjener, kjoer, kjoer_paa, ny_mappe};

/// Documents of an export, by number.
fn eksporter(data: &Path) -> BTreeMap<String, Value> {
    // A folder of its own: several tests export the shared nation at once.
    let ut = ny_mappe();
    kjoer_paa(data, &["export", ut.to_str().unwrap()]).lyktes();
    let filer = std::fs::read_dir(&ut).unwrap().map(|f| f.unwrap().path());
    let les = |fil: std::path::PathBuf| {
        let navn = fil.file_stem().unwrap().to_str().unwrap().to_owned();
        (navn, serde_json::from_slice(&std::fs::read(fil).unwrap()).unwrap())
    };
    let alle = filer.map(les).collect();
    std::fs::remove_dir_all(&ut).unwrap();
    alle
}

#[test]
fn demo_says_where_and_who_in_at_most_twenty_lines() {
    let tjener = delt();
    let linjer = &tjener.velkomst;
    assert!(linjer.len() <= 20, "{}", linjer.len());
    assert!(
        linjer[0].starts_with(&format!("Klar {} ", tjener.base)),
        "{}",
        linjer[0]
    );
    let alt = linjer.join("\n");
    for ventet in [
        "/utforsker/",
        "/maskinporten/",
        "/livez",
        "strengt-fortrolig",
        "curl -H",
        "Ctrl-C",
        tjener.mappe.to_str().unwrap(),
    ] {
        assert!(alt.contains(ventet), "{ventet}");
    }
    assert!(linjer.iter().all(|l| l.chars().count() < 240));
}

#[test]
fn the_curl_that_demo_prints_works() {
    let alt = delt().velkomst.join("\n");
    let Some(kommando) = alt
        .split("Prøv:\n")
        .nth(1)
        .and_then(|t| t.split("\nData ligger").next())
    else {
        panic!("ingen kommando: {alt}")
    };
    let svar = std::process::Command::new("sh")
        .args(["-c", kommando])
        .output()
        .unwrap();
    if svar.status.code() == Some(127) {
        return crate::program::hopp_over("curl er ikke installert");
    }
    assert!(svar.status.success(), "{}", String::from_utf8_lossy(&svar.stderr));
    let person: Value = serde_json::from_slice(&svar.stdout).unwrap();
    assert!(person["navn"].is_array());
}

#[test]
fn token_prints_a_bearer_token_and_nothing_else() {
    for pakke in Pakke::ALLE {
        let ut = delt().kommando(&["token", "--pakke", pakke.kortnavn()]).lyktes();
        let token = ut.strip_suffix('\n').unwrap();
        assert_eq!(token.split('.').count(), 3);
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)));
        svarer_fortsatt(delt(), pakke, token);
    }
}

#[test]
fn the_packages_have_the_promised_names() {
    let navn: Vec<_> = Pakke::ALLE.iter().map(|p| p.kortnavn()).collect();
    assert_eq!(
        navn,
        [
            "offentlig-med-hjemmel",
            "offentligutenhjemmel",
            "privatutenhjemmel",
            "privat",
            "privatutenfolkeregisteridentifikator",
            "finans",
            "presse",
            "presseutenfolkeregisteridentifikator",
            "eid",
            "svalbard"
        ]
    );
    let feil = delt().kommando(&["token", "--pakke", "tull"]).feilet();
    assert!(feil.contains("velg en av: offentlig-med-hjemmel, "), "{feil}");
}

#[test]
fn the_named_cases_are_a_json_object_from_name_to_identifier() {
    let ut = delt().kommando(&["navngitte", "--json"]).lyktes();
    let navngitte: BTreeMap<String, String> = serde_json::from_str(&ut).unwrap();
    for navn in [
        "doed",
        "fortrolig",
        "strengt-fortrolig",
        "utflyttet",
        "tvilling",
        "d-nummer-til-foedselsnummer",
        "dublett",
        "vergemaal",
    ] {
        let nr = &navngitte[navn];
        assert!(identifikator::Folkeregisteridentifikator::parse(nr).is_ok(), "{navn}");
    }
    let lesbart = delt().kommando(&["navngitte"]).lyktes();
    assert_eq!(lesbart.lines().count(), navngitte.len());
    // The same on every machine: those of another folder and another size.
    let mappe = ny_mappe();
    let annen = Tjener::i_mappe(&mappe, &["--personer", "200"], &[]);
    assert_eq!(annen.kommando(&["navngitte", "--json"]).lyktes(), ut);
}

#[test]
fn a_lookup_and_the_feed_need_no_knowledge_of_tokens() {
    let nr = crate::delt::navngitt("tvilling");
    let ut = delt()
        .kommando(&["oppslag", &nr, "--pakke", "finans", "--part", "navn"])
        .lyktes();
    let person: Value = serde_json::from_str(&ut).unwrap();
    let navn: Vec<_> = person.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(navn, ["identifikasjonsnummer", "navn"]);
    let feil = delt().kommando(&["oppslag", "123"]).feilet();
    assert!(feil.contains("nummer sjekk") && !feil.contains("123"), "{feil}");
    delt().kommando(&["oppslag", &nr, "--pakke", "presse"]).feilet();
    let feed = delt().kommando(&["feed", "--pakke", "svalbard", "--seq", "1"]).lyktes();
    assert!(feed.lines().count() > 1_000);
}

#[test]
fn commands_give_the_same_with_and_without_a_server() {
    let mut tjener = Tjener::start(150);
    tjener.behold_mappen();
    let mappe = tjener.mappe.clone();
    let med = eksporter(&mappe);
    assert!(med.len() >= 150);
    let verify = tjener.kommando(&["verify"]).lyktes();
    assert!(verify.ends_with(&format!(
        "{} personer kontrollert, 0 funn\n",
        med.len() + opphoerte(&verify, med.len())
    )));
    let replay = tjener.kommando(&["replay"]).lyktes();
    let (status, tid) = tjener.avbryt();
    assert_eq!(status.code(), Some(0));
    assert!(tid < Duration::from_secs(1), "{tid:?}");
    assert_eq!(eksporter(&mappe), med);
    assert_eq!(kjoer_paa(&mappe, &["verify"]).lyktes(), verify);
    assert_eq!(kjoer_paa(&mappe, &["replay"]).lyktes(), replay);
    let token = kjoer_paa(&mappe, &["token", "--pakke", "privat"]).lyktes();
    assert_eq!(token.split('.').count(), 3);
    let feil = kjoer_paa(&mappe, &["oppslag", med.keys().next().unwrap()]).feilet();
    assert!(feil.contains("kjører tjenesten?"), "{feil}");

    let start = Instant::now();
    let mut tjener = Tjener::i_mappe(&mappe, &[], &[]);
    tjener.behold_mappen();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(eksporter(&mappe), med);
    assert!(tjener.velkomst[0].contains("syntetiske personer"));
    drop(tjener);
    let feil = kjoer_paa(&mappe, &["demo", "--port", "0", "--personer", "160"]).feilet();
    assert!(feil.contains("har allerede en nasjon"), "{feil}");
    std::fs::remove_dir_all(&mappe).unwrap();
}

// Those merged into another have no document of their own, so verify may count more than an export gives.
fn opphoerte(verify: &str, eksportert: usize) -> usize {
    let antall = verify.lines().last().and_then(|l| l.split(' ').next()).unwrap();
    antall.parse::<usize>().unwrap() - eksportert
}

#[test]
fn an_interrupted_server_lets_go_while_calls_are_under_way() {
    let mut tjener = Tjener::start(150);
    let token = tjener.kommando(&["token", "--pakke", "finans"]).lyktes();
    svarer_fortsatt(&tjener, Pakke::Finans, token.trim());
    // A connection that says nothing, and one that is in the middle of a request.
    let vert = tjener.base.strip_prefix("http://").unwrap();
    let _taus = std::net::TcpStream::connect(vert).unwrap();
    let mut halv = std::net::TcpStream::connect(vert).unwrap();
    std::io::Write::write_all(
        &mut halv,
        b"POST /folkeregisteret/api/finans/v1/personer/bulkoppslag HTTP/1.1\r\nhost: x\r\n",
    )
    .unwrap();
    let (status, tid) = tjener.avbryt();
    assert_eq!(status.code(), Some(0));
    assert!(tid < Duration::from_millis(1_500), "{tid:?}");
    assert!(!tjener.mappe.join("styring.sock").exists());
    assert!(!tjener.logglinjer().contains("panicked"));
}

#[test]
fn a_command_whose_server_goes_away_has_failed_and_one_that_nobody_reads_has_not() {
    let mappe = ny_mappe();
    let sokkel = mappe.join("styring.sock");
    for _ in 0..20 {
        // It is there, and then it hangs up: now before the command was sent, now after.
        let lytter = std::os::unix::net::UnixListener::bind(&sokkel).unwrap();
        let tjener = std::thread::spawn(move || {
            for _ in 0..2 {
                drop(lytter.accept().unwrap());
            }
        });
        let feil = kjoer_paa(&mappe, &["sak", "avvis", "1"]).feilet();
        assert!(feil.contains("svarte ikke"), "{feil}");
        tjener.join().unwrap();
        std::fs::remove_file(&sokkel).unwrap();
    }
    std::fs::remove_dir_all(&mappe).unwrap();
    let mut kommando = Command::new(PROGRAM);
    kommando.args(["config", "default"]).stdout(Stdio::piped());
    let mut barn = kommando.spawn().unwrap();
    drop(barn.stdout.take());
    assert!(barn.wait().unwrap().success());
}

#[test]
fn a_document_goes_in_and_comes_back_with_and_without_a_server() {
    let (kilde, filer) = (delt().mappe.clone(), ny_mappe());
    let alle = eksporter(&kilde);
    let noen: Vec<_> = alle.iter().take(20).collect();
    for (nr, dokument) in &noen {
        std::fs::write(filer.join(format!("{nr}.json")), dokument.to_string()).unwrap();
    }
    let inn = ["import", "persondokument", filer.to_str().unwrap()];
    let tom = ny_mappe();
    assert_eq!(
        kjoer_paa(&tom, &inn).lyktes(),
        "20 nye, 0 endret, 0 uendret, 0 avvist\n"
    );
    assert_eq!(
        kjoer_paa(&tom, &inn).lyktes(),
        "0 nye, 0 endret, 20 uendret, 0 avvist\n"
    );
    let ut = eksporter(&tom);
    assert_eq!(ut.len(), 20);
    for (nr, dokument) in noen {
        assert_eq!(&ut[nr], dokument);
    }
    // A register that is no synthetic nation is not made one.
    let feil = kjoer_paa(&tom, &["demo", "--port", "0"]).feilet();
    assert!(feil.contains("ikke er en syntetisk nasjon"), "{feil}");
    for mappe in [tom, filer] {
        std::fs::remove_dir_all(mappe).unwrap();
    }
}

#[test]
fn a_bad_document_is_told_by_file_and_reason_and_nothing_of_it_is_stored() {
    let (data, filer) = (ny_mappe(), ny_mappe());
    let alle = eksporter(&delt().mappe);
    let god = alle.values().next().unwrap();
    let uten_nummer = {
        let mut d = god.clone();
        d.as_object_mut().unwrap().remove("identifikasjonsnummer");
        d.to_string()
    };
    let under = filer.join("under");
    std::fs::create_dir(&under).unwrap();
    let dypt = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let person = god.to_string();
    let galne: [(&str, Vec<u8>); 9] = [
        ("avkuttet.json", person.as_bytes()[..person.len() / 2].to_vec()),
        ("liste.json", b"[]".to_vec()),
        ("uten-nummer.json", uten_nummer.into_bytes()),
        ("dyp.json", dypt.into_bytes()),
        ("dobbel.json", person.replacen('{', "{\"navn\":[],", 1).into_bytes()),
        ("latin.json", b"{\"navn\":[{\"fornavn\":\"B\xe6\"}]}".to_vec()),
        ("tom.json", Vec::new()),
        ("doctype.xml", b"<!DOCTYPE a><folkeregisterperson/>".to_vec()),
        ("under/annet.xml", b"<noeAnnet/>".to_vec()),
    ];
    for (navn, byte) in &galne {
        std::fs::write(filer.join(navn), byte).unwrap();
    }
    std::fs::write(filer.join("god.json"), &person).unwrap();
    let svar = kjoer_paa(&data, &["import", "persondokument", filer.to_str().unwrap()]);
    assert_eq!(svar.ut, format!("1 nye, 0 endret, 0 uendret, {} avvist\n", galne.len()));
    let feil = svar.feilet();
    for (navn, _) in &galne {
        let linje = feil.lines().find(|l| l.contains(&format!("{navn}: ")));
        assert!(
            linje.is_some_and(|l| l.split(": ").nth(1).is_some_and(|g| g.len() > 5)),
            "{navn}: {feil}"
        );
    }
    let navn = god["navn"][0]["fornavn"].as_str().unwrap();
    assert!(!feil.contains(navn), "{feil}");
    assert_eq!(eksporter(&data).len(), 1);
    kjoer_paa(&data, &["verify"]).lyktes();
    for mappe in [data, filer] {
        std::fs::remove_dir_all(mappe).unwrap();
    }
}

#[test]
fn a_member_that_the_model_does_not_know_is_kept_and_said() {
    let tjener = Tjener::start(150);
    let (ut, inn) = (tjener.mappe.join("ut"), tjener.mappe.join("inn"));
    let nr = crate::delt::navngitt("doed");
    tjener.kommando(&["export", ut.to_str().unwrap()]).lyktes();
    std::fs::create_dir(&inn).unwrap();
    let mut dokument: serde_json::Value =
        serde_json::from_slice(&std::fs::read(ut.join(format!("{nr}.json"))).unwrap()).unwrap();
    dokument["adressebeskytelse"] = serde_json::json!([{"graderingsnivaa": "strengtFortrolig"}]);
    dokument["navn"][0]["fornavnn"] = "TULL".into();
    std::fs::write(inn.join(format!("{nr}.json")), dokument.to_string()).unwrap();
    let utskrift = tjener.kommando(&["import", "persondokument", inn.to_str().unwrap()]);
    for navn in ["«adressebeskytelse»", "«navn.fornavnn»"] {
        assert!(utskrift.feil.contains(navn), "{}", utskrift.feil);
    }
    assert!(!utskrift.feil.contains("TULL"));
    assert!(utskrift.lyktes().contains("1 endret"));
}

#[test]
fn a_client_gets_a_new_key_and_loses_an_old_one() {
    let tjener = Tjener::start(150);
    let fil = tjener.mappe.join("ny.jwk");
    let jwk = |kid: &str| {
        let noekkel = tilgang::token::Signeringsnoekkel::generer().unwrap();
        let mut jwk = noekkel.offentlig().til_jwk();
        jwk["kid"] = kid.into();
        std::fs::write(&fil, jwk.to_string()).unwrap();
        fil.to_str().unwrap().to_owned()
    };
    let registrer = |jwk: &str| {
        let felles = [
            "klient",
            "registrer",
            "--id",
            "min-klient",
            "--organisasjon",
            "312000008",
        ];
        let resten = ["--scope", "folkeregister:deling/privat", "--jwk", jwk];
        tjener.kommando(&[felles.as_slice(), resten.as_slice()].concat())
    };
    registrer(&jwk("en")).lyktes();
    let ny = jwk("to");
    let noekler = tjener
        .kommando(&["klient", "noekkel", "--id", "min-klient", "--jwk", &ny])
        .lyktes();
    assert!(
        noekler.contains("nøkkel en ") && noekler.contains("nøkkel to "),
        "{noekler}"
    );
    tjener
        .kommando(&["klient", "noekkel", "--id", "min-klient", "--jwk", &ny])
        .feilet();
    let noekler = tjener
        .kommando(&["klient", "fjern-noekkel", "--id", "min-klient", "--kid", "en"])
        .lyktes();
    assert!(
        !noekler.contains("nøkkel en ") && noekler.contains("nøkkel to "),
        "{noekler}"
    );
    assert!(tjener.kommando(&["klient", "vis"]).lyktes().contains("nøkkel to "));
    tjener.kommando(&["klient", "avslutt", "--id", "min-klient"]).lyktes();
    assert!(tjener.kommando(&["klient", "vis"]).lyktes().contains("avsluttet 2"));
    tjener
        .kommando(&["klient", "noekkel", "--id", "min-klient", "--jwk", &jwk("tre")])
        .feilet();
    tjener.kommando(&["klient", "avslutt", "--id", "finnes-ikke"]).feilet();
}

#[test]
fn what_cannot_be_done_is_said_in_words() {
    let ingen = ny_mappe();
    std::fs::remove_dir(&ingen).unwrap();
    for argumenter in [
        &["verify"][..],
        &["replay"],
        &["navngitte"],
        &["token", "--pakke", "privat"],
        &["oppslag", "29911799853"],
        &["feed"],
        &["export", "ut"],
        &["import", "persondokument", "/finnes/ikke"],
    ] {
        let feil = kjoer_paa(&ingen, argumenter).feilet();
        assert!(feil.starts_with("Feil: "), "{argumenter:?} {feil}");
    }
    assert!(!ingen.exists());
    for argumenter in [
        &[][..],
        &["tull"],
        &["token"],
        &["demo", "--port", "x"],
        &["demo", "--tull"],
        &["serve"],
    ] {
        let feil = kjoer(argumenter).feilet();
        assert!(
            feil.contains("Usage") || feil.contains("--help"),
            "{argumenter:?} {feil}"
        );
    }
    let opptatt = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = opptatt.local_addr().unwrap().port().to_string();
    let mappe = ny_mappe();
    let feil = kjoer_paa(&mappe, &["demo", "--personer", "150", "--port", &port]).feilet();
    std::fs::remove_dir_all(mappe).unwrap();
    assert!(feil.contains("er porten i bruk?"), "{feil}");
    let feil = kjoer_paa(&delt().mappe, &["demo", "--port", "0"]).feilet();
    assert!(feil.len() > 20, "{feil}");
}

#[test]
fn serve_reads_a_settings_file_and_refuses_an_unknown_key() {
    let standard = kjoer(&["config", "default"]).lyktes();
    let mappe = ny_mappe();
    let fil = mappe.with_extension("toml");
    std::fs::write(&fil, &standard).unwrap();
    kjoer(&["config", "check", fil.to_str().unwrap()]).lyktes();
    std::fs::write(&fil, "[folkeregister]\nsvalbardd = true\n").unwrap();
    let feil = kjoer(&["config", "check", fil.to_str().unwrap()]).feilet();
    assert!(feil.contains("mente du folkeregister.svalbard?"), "{feil}");
    let egne = format!(
        "data = \"{}\"\n[tjener]\nadresse = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n",
        mappe.display()
    );
    std::fs::write(&fil, egne).unwrap();
    let mut kommando = std::process::Command::new(crate::program::PROGRAM);
    kommando.args(["serve", "--config"]).arg(&fil);
    let mut tjener = Tjener::med(kommando, &mappe, &[]);
    assert_eq!(tjener.velkomst, [format!("Klar {}", tjener.base)]);
    // Svalbard is off unless it is put on, and nobody has a grant.
    let sti = "/folkeregisteret/api/svalbard/v1/personer/xsd";
    let svar = Kall::rot(&tjener, sti).send_utenom().med_status(404);
    // What the client tells a missing package by.
    assert_eq!(svar.json()["kode"], "FREG-005");
    // The 404 of a feed has a form of its own.
    let sti = "/folkeregisteret/api/svalbard/v1/hendelser/feed?seq=1";
    let svar = Kall::rot(&tjener, sti).send_utenom().med_status(404).json();
    assert_eq!((&svar["code"], &svar["httpStatus"]), (&"FREG-005".into(), &404.into()));
    assert!(svar["message"].is_string() && svar["feilreferanse"].is_string());
    let svar = Kall::rot(&tjener, sti)
        .aksept("application/xml")
        .send_utenom()
        .med_status(404);
    assert!(svar.tekst().contains("<error"), "{}", svar.tekst());
    assert_eq!(
        Kall::rot(&tjener, "/folkeregisteret/api/privat/v1/personer/xsd")
            .send_utenom()
            .status,
        401
    );
    assert_eq!(Kall::rot(&tjener, "/utforsker/").send_utenom().status, 200);
    assert_eq!(tjener.avbryt().0.code(), Some(0));
    std::fs::remove_file(fil).unwrap();
}

#[test]
fn health_and_metrics_are_on_a_port_of_their_own() {
    for (sti, ventet) in [
        ("/livez", 200),
        ("/readyz", 200),
        ("/metrics", 200),
        ("/", 404),
        ("/folkeregisteret/api/privat/v1/personer/xsd", 404),
    ] {
        let svar = Kall::admin(delt(), sti).send_utenom();
        assert_eq!(svar.status, ventet, "{sti}");
    }
}

#[test]
fn a_supplier_is_answered_as_its_consumer() {
    let finans = |valg: &[&str]| {
        let ut = delt()
            .kommando(&[&["token", "--pakke", "finans"], valg].concat())
            .lyktes();
        let token = ut.trim_end().to_owned();
        let nr = crate::delt::navngitt("tvilling");
        let svar = Kall::ny(delt(), Pakke::Finans, &format!("personer/{nr}"))
            .token(&token)
            .send()
            .ok();
        (token, svar.json())
    };
    let (egen, som_leverandoer) = (finans(&[]), finans(&["--som-leverandoer"]));
    assert_ne!(egen.0, som_leverandoer.0);
    assert_eq!(egen.1, som_leverandoer.1);
    let annen = Kall::ny(delt(), Pakke::Presse, "hendelser/feed?seq=1").token(&som_leverandoer.0);
    assert_eq!(annen.send().status, 403);
}
