//! News and notices over the whole program: commands with and without a server, feeds that readers read, and kills.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tilgang::Pakke;

use crate::http::{Kall, Svar};
use crate::program::{Tjener, hopp_over, kjoer_paa, ny_mappe};

const FINANS: Pakke = Pakke::Finans;

fn hent(tjener: &Tjener, sti: &str) -> Svar {
    Kall::rot(tjener, &format!("/folkeregisteret/{sti}")).send().ok()
}

fn titler(liste: &Value) -> Vec<&str> {
    liste
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["tittel"].as_str().unwrap())
        .collect()
}

/// What the judge of RSS makes of a document; `None` where there is no python3 and that is allowed.
fn doem_rss(rss: &[u8]) -> Option<Value> {
    let finnes = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    if !finnes.is_ok_and(|status| status.success()) {
        hopp_over("python3 er ikke installert");
        return None;
    }
    let mut kommando = Command::new("python3");
    kommando.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/doem_rss.py"));
    let mut barn = kommando
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    barn.stdin.take().unwrap().write_all(rss).unwrap();
    let ut = barn.wait_with_output().unwrap();
    assert!(ut.status.success(), "{}", String::from_utf8_lossy(&ut.stderr));
    Some(serde_json::from_slice(&ut.stdout).unwrap())
}

#[test]
fn a_notice_is_published_changed_and_ended_by_commands_and_seen_in_lists_and_feeds() {
    let tjener = Tjener::start(150);
    // What the demo tells, by the nation's own calendar.
    let liste = hent(&tjener, "driftsmeldinger").json();
    assert_eq!(
        titler(&liste),
        [
            "Planlagt vedlikehold 14. januar",
            "LØST: Forsinket hendelsesliste for finans",
            "Forsinket hendelsesliste for finans"
        ]
    );
    assert_eq!(liste[0]["planlagt"]["fra"], "2026-01-14T18:00:00+01:00");
    assert!(liste.as_array().unwrap().iter().all(|m| m["iKraft"] == false));
    assert_eq!(
        titler(&hent(&tjener, "nyheter").json()),
        ["Nye syntetiske testpersoner"]
    );
    let etag = hent(&tjener, "rss.xml").hode("etag").to_owned();
    let ny = [
        "--slag",
        "driftsfeil",
        "--tittel",
        "Ustabilt søk",
        "--tekst",
        "Vi <feilsøker> & tester.",
        "--tjeneste",
        "soek",
    ];
    let ut = tjener
        .kommando(&[&["driftsmelding", "ny", "--virkning", "ustabilitet"], &ny[..]].concat())
        .lyktes();
    assert_eq!(ut, "publisert 5: /folkeregisteret/driftsmeldinger/ustabilt-soek\n");
    let ut = tjener
        .kommando(&["driftsmelding", "loes", "5", "--tekst", "Rettet."])
        .lyktes();
    assert_eq!(ut, "endret 5: loest, versjon 2\npublisert 6: LØST: Ustabilt søk\n");
    let feil = tjener.kommando(&["driftsmelding", "avlys", "5"]).feilet();
    assert!(feil.contains("meldingen er loest og endres ikke mer"), "{feil}");
    let feil = tjener
        .kommando(&[
            "nyhet",
            "ny",
            "--slag",
            "informasjon",
            "--tittel",
            "Om 30908299902",
            "--tekst",
            "x",
        ])
        .feilet();
    assert!(
        feil.contains("fødselsnummer") && !feil.contains("30908299902"),
        "{feil}"
    );
    tjener
        .kommando(&[
            "nyhet",
            "ny",
            "--slag",
            "forum",
            "--tittel",
            "Brukerforum",
            "--tekst",
            "I mai.",
        ])
        .lyktes();
    let vist = tjener
        .kommando(&["driftsmelding", "vis", "ustabilt-soek", "--json"])
        .lyktes();
    let vist: Value = serde_json::from_str(&vist).unwrap();
    assert_eq!(vist, hent(&tjener, "driftsmeldinger/ustabilt-soek").json());
    assert_eq!(vist["oppdateringer"][0]["tekst"], "Rettet.");
    let tabell = tjener.kommando(&["driftsmelding", "liste"]).lyktes();
    assert!(
        tabell.starts_with("    6  ") && tabell.contains("  loest     ustabilitet"),
        "{tabell}"
    );
    assert!(tjener.kommando(&["nyhet", "vis", "7"]).lyktes().contains("Brukerforum"));
    // The feeds say the same, in the same order, and times that are the same moments.
    let rss = Kall::rot(&tjener, "/folkeregisteret/rss.xml")
        .hode("if-none-match", &etag)
        .send()
        .ok();
    assert_eq!(rss.medietype(), "application/rss+xml");
    let ventet = [
        &hent(&tjener, "driftsmeldinger").json(),
        &hent(&tjener, "nyheter").json(),
    ];
    let mut ventet: Vec<&Value> = ventet.into_iter().flat_map(|l| l.as_array().unwrap()).collect();
    ventet.sort_by_key(|m| std::cmp::Reverse(m["nummer"].as_u64()));
    if let Some(lest) = doem_rss(&rss.kropp) {
        let ventet: Vec<Value> = ventet
            .iter()
            .map(|m| {
                let tid = driftsmeldinger::tid::les(m["publisert"].as_str().unwrap()).unwrap();
                json!([m["url"], m["tittel"], tid.as_second()])
            })
            .collect();
        assert_eq!(lest, Value::from(ventet));
    }
    let atom = hent(&tjener, "atom.xml").tekst();
    assert_eq!(atom.matches("<entry>").count(), ventet.len());
    let igjen = Kall::rot(&tjener, "/folkeregisteret/rss.xml")
        .hode("if-none-match", rss.hode("etag"))
        .send();
    assert_eq!(igjen.status, 304);
    // The document of the open operations is offered beside those of the packages, and a token to it is not.
    let oppsett = Kall::rot(&tjener, "/utforsker/oppsett.js").send_utenom().tekst();
    assert!(oppsett.contains("/folkeregisteret/openapi/nyheter.json"));
    assert!(!oppsett.contains("\"/folkeregisteret/openapi/nyheter.json\":"));
}

#[test]
fn a_tied_notice_takes_a_package_down_and_up_again_by_commands_and_over_a_restart() {
    let mappe = ny_mappe();
    let mut tjener = Tjener::i_mappe(&mappe, &["--personer", "150"], &[]);
    tjener.behold_mappen();
    let token = tjener.kommando(&["token", "--pakke", FINANS.kortnavn()]).lyktes();
    let siste = |tjener: &Tjener, token: &str| {
        Kall::ny(tjener, FINANS, "hendelser/siste/sekvensnummer")
            .token(token.trim())
            .send()
    };
    siste(&tjener, &token).ok();
    let ut = tjener
        .kommando(&[
            "driftsmelding",
            "ny",
            "--slag",
            "hasteendring",
            "--tittel",
            "Finans er nede",
            "--tekst",
            "En stund.",
            "--tjeneste",
            "konsument",
            "--pakke",
            "finans",
            "--virkning",
            "nedetid",
            "--knyttet",
            "--fra",
            "2026-01-01T00:00",
            "--til",
            "2026-01-01T01:00",
        ])
        .lyktes();
    // Its planned end is long past; it does not open by itself.
    assert!(
        ut.contains("MERK: tjenestene svarer at de er nede, til noen kjører: driftsmelding loes 5"),
        "{ut}"
    );
    let svar = siste(&tjener, &token).med_status(503);
    assert_eq!(
        (svar.json()["kode"].as_str(), svar.hode("retry-after")),
        (Some("FREG-050"), "60")
    );
    tjener
        .kommando(&["oppslag", &crate::delt::navngitt("doed"), "--part", "navn"])
        .lyktes();
    assert_eq!(
        hent(&tjener, "driftsmeldinger?pakke=finans&antall=1").json()[0]["iKraft"],
        true
    );
    tjener.avbryt();
    drop(tjener);
    let liste = kjoer_paa(&mappe, &["driftsmelding", "liste"]).lyktes();
    assert!(liste.contains("nedetid        knyttet  Finans er nede"), "{liste}");
    let mut tjener = Tjener::i_mappe(&mappe, &[], &[]);
    tjener.behold_mappen();
    let token = tjener.kommando(&["token", "--pakke", FINANS.kortnavn()]).lyktes();
    siste(&tjener, &token).med_status(503);
    tjener.avbryt();
    drop(tjener);
    kjoer_paa(&mappe, &["driftsmelding", "loes", "5"]).lyktes();
    let tjener = Tjener::i_mappe(&mappe, &[], &[]);
    let token = tjener.kommando(&["token", "--pakke", FINANS.kortnavn()]).lyktes();
    siste(&tjener, &token).ok();
    // The demo's own are there once, whatever the number of starts.
    let titler = hent(&tjener, "driftsmeldinger").json();
    assert_eq!(titler.as_array().unwrap().len(), 4);
}

/// Publishes over the socket, as a command does; the number, or `None` when the server went away before it answered.
#[cfg(unix)]
fn publiser(mappe: &Path, tittel: &str) -> Option<u64> {
    let nyhet = json!({"slag": "informasjon", "tittel": tittel, "tekst": "x", "gjelder": []});
    let kommando = json!({"kommando": "tavle", "oppdrag": {"nyNyhet": nyhet}, "json": true}).to_string();
    let mut sokkel = std::os::unix::net::UnixStream::connect(mappe.join("styring.sock")).ok()?;
    sokkel
        .write_all(&u32::try_from(kommando.len()).unwrap().to_be_bytes())
        .ok()?;
    sokkel.write_all(kommando.as_bytes()).ok()?;
    let mut lengde = [0; 4];
    sokkel.read_exact(&mut lengde).ok()?;
    let mut svar = vec![0; usize::try_from(u32::from_be_bytes(lengde)).unwrap()];
    sokkel.read_exact(&mut svar).ok()?;
    let svar: Value = serde_json::from_slice(&svar).unwrap();
    let sak: Value = serde_json::from_str(svar["linjer"][0].as_str().unwrap_or_else(|| panic!("{svar}"))).unwrap();
    sak["nummer"].as_u64()
}

#[cfg(unix)]
#[test]
fn what_was_acknowledged_outlives_a_kill_between_and_in_writes() {
    let mappe = ny_mappe();
    let mut bekreftet = BTreeSet::new();
    for runde in 0..3_usize {
        let mut tjener = Tjener::i_mappe(&mappe, &["--personer", "150"], &[]);
        tjener.behold_mappen();
        let (send, motta) = std::sync::mpsc::channel();
        let skrivere: Vec<_> = (0..3)
            .map(|nr| {
                let (mappe, send) = (mappe.clone(), send.clone());
                std::thread::spawn(move || {
                    while let Some(nummer) = publiser(&mappe, &format!("Sak fra {nr}")) {
                        let _ = send.send(nummer);
                    }
                })
            })
            .collect();
        drop(send);
        // Some are through, and others on their way, whenever that is.
        bekreftet.extend(motta.iter().take(9 + 4 * runde));
        tjener.signal("KILL");
        bekreftet.extend(motta.iter());
        skrivere.into_iter().for_each(|s| s.join().unwrap());
        drop(tjener);
        let ut = kjoer_paa(&mappe, &["nyhet", "liste", "--json"]).lyktes();
        let liste: Value = serde_json::from_str(&ut).unwrap();
        let lest: BTreeSet<u64> = liste
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n["nummer"].as_u64().unwrap())
            .collect();
        let mangler: Vec<_> = bekreftet.difference(&lest).collect();
        assert_eq!(mangler, Vec::<&u64>::new());
    }
    assert!(bekreftet.len() > 30);
    std::fs::remove_dir_all(mappe).unwrap();
}

#[test]
fn the_board_is_in_the_copies_and_a_damaged_one_stops_the_server_with_file_and_line() {
    let mappe = ny_mappe();
    let mut tjener = Tjener::i_mappe(&mappe, &["--personer", "150"], &[]);
    tjener.behold_mappen();
    tjener.avbryt();
    drop(tjener);
    // A copy has the board too.
    let (kopier, ny) = (mappe.with_extension("kopier"), mappe.with_extension("ny"));
    let under = |navn: &str| mappe.join(navn).to_str().unwrap().to_owned();
    kjoer_paa(&mappe, &["backup", kopier.to_str().unwrap()]).lyktes();
    let nok = under("noekler");
    let argumenter = [
        "restore",
        kopier.to_str().unwrap(),
        "--noekler",
        &nok,
        "--slettinger",
        &under("slettinger"),
        "--personnoekler",
        &under("personnoekler"),
        "--arkivstroem",
        &under("arkivstroem"),
    ];
    kjoer_paa(&ny, &argumenter).lyktes();
    let liste = |mappe: &Path| kjoer_paa(mappe, &["driftsmelding", "liste"]).lyktes();
    assert_eq!(liste(&ny), liste(&mappe));
    std::fs::remove_dir_all(&ny).unwrap();
    std::fs::remove_dir_all(&kopier).unwrap();
    let fil = mappe.join("driftsmeldinger").join("tavle.jsonl");
    let hel = std::fs::read_to_string(&fil).unwrap();
    std::fs::write(&fil, hel.replacen("testdata", "testdatb", 1)).unwrap();
    let feil = kjoer_paa(&mappe, &["demo", "--port", "0"]).feilet();
    assert!(feil.contains("tavle.jsonl linje 3 er skadet"), "{feil}");
    kjoer_paa(&mappe, &["verify"]).lyktes();
    std::fs::remove_dir_all(mappe).unwrap();
}
