//! `uttrekk` as somebody at a terminal has it: a file that is whole or not there, whatever happens on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tilgang::Pakke;

use crate::delt::{delt, personer};
use crate::program::{PROGRAM, Utskrift, kjoer_paa};
use crate::soek::{fasit, gjeldende, nummer};
use crate::standin::{Sett, Standin, Svar};

/// Identifiers of a batch: documents, since those need not be anybody's number.
fn batch(nr: usize, antall: usize) -> Vec<String> {
    (0..antall).map(|i| format!("{nr:04x}{i:028x}")).collect()
}

fn linjer(batcher: impl IntoIterator<Item = Vec<String>>) -> String {
    batcher.into_iter().flatten().map(|id| format!("{id}\n")).collect()
}

/// A job of some batches of a thousand.
fn jobb(batcher: usize) -> impl Fn(&Sett<'_>) -> Svar {
    move |sett| match sett.linje.strip_prefix("GET uttrekk/a-1/batch/") {
        Some(nr) => {
            let nr: usize = nr.parse().unwrap();
            Svar::ok(if nr < batcher {
                json!({ "dokumentidentifikator": batch(nr, 1_000) })
            } else {
                json!({})
            })
        }
        None if sett.linje.contains("uttrekk/") => Svar::ok(json!({"jobbId": "a-1"})),
        None => Svar::Status(500, Value::Null),
    }
}

fn komplett(standin: &Standin, fil: &str, valg: &[&str]) -> Utskrift {
    kjoer_paa(&standin.mappe, &[&["uttrekk", "komplett", "--ut", fil], valg].concat())
}

fn finnes(fil: &str, hale: &str) -> bool {
    Path::new(&format!("{fil}{hale}")).exists()
}

#[test]
fn an_extract_is_waited_for_and_a_token_that_dies_is_renewed() {
    let alltid = jobb(2);
    let standin = Standin::ny(move |sett| match (sett.linje, sett.foer) {
        ("GET uttrekk/a-1/batch/0", 0) => Svar::Status(404, json!({"feilmelding": "ikke klar"})),
        ("GET uttrekk/a-1/batch/0", 1) | ("GET uttrekk/a-1/batch/1", 1) => Svar::Status(401, Value::Null),
        ("GET uttrekk/a-1/batch/1", 0) => Svar::Vent(404, 1, Value::Null),
        ("GET uttrekk/a-1/batch/2", 0) => Svar::Status(502, Value::Null),
        _ => alltid(&sett),
    });
    let fil = standin.fil("ut.txt");
    let svar = komplett(&standin, &fil, &["--feedsekvensnr", "7"]);
    assert_eq!(svar.feil, "");
    assert_eq!(svar.lyktes(), "Jobb a-1\n2000 identifikatorer skrevet\n");
    assert_eq!(standin.linjer()[0], "GET uttrekk/komplett?feedsekvensnr=7");
    assert_eq!(
        std::fs::read_to_string(&fil).unwrap(),
        linjer((0..2).map(|nr| batch(nr, 1_000)))
    );
    assert!(!finnes(&fil, ".del") && !finnes(&fil, ".uttrekk"));
    // Not a second time over the same file, unless that is meant.
    let antall = standin.linjer().len();
    let feil = komplett(&standin, &fil, &[]).sluttet_med(1);
    assert!(feil.contains("--overskriv"), "{feil}");
    assert_eq!(standin.linjer().len(), antall);
    assert!(!finnes(&fil, ".del"));
    komplett(&standin, &fil, &["--overskriv"]).lyktes();
}

#[test]
fn a_batch_of_whom_nobody_is_left_is_not_the_end() {
    let alltid = jobb(3);
    let standin = Standin::ny(move |sett| match sett.linje {
        "GET uttrekk/a-1/batch/1" => Svar::ok(json!({"dokumentidentifikator": []})),
        _ => alltid(&sett),
    });
    let fil = standin.fil("ut.txt");
    komplett(&standin, &fil, &[]).lyktes();
    assert_eq!(
        std::fs::read_to_string(&fil).unwrap(),
        linjer([batch(0, 1_000), batch(2, 1_000)])
    );
}

#[test]
fn documents_come_in_order_though_the_calls_do_not() {
    let alltid = jobb(3);
    let dokumenter = |sett: &Sett<'_>| {
        let numre = sett.kropp["dokumentidentifikator"].as_array().unwrap().clone();
        // One of them is no longer to be had.
        let alle = numre.into_iter().filter(|nr| nr != &batch(1, 6)[5]);
        Value::Array(alle.map(|nr| json!({ "navn": [{ "fornavn": nr }] })).collect())
    };
    let standin = Standin::ny(move |sett| match (sett.linje, sett.foer) {
        // The first is answered when two more are under way.
        ("POST personer/bulkoppslag/arkiv?part=navn", 0) => Svar::Etter("GET uttrekk/a-1/batch/2", dokumenter(&sett)),
        ("POST personer/bulkoppslag/arkiv?part=navn", _) => Svar::ok(dokumenter(&sett)),
        _ => alltid(&sett),
    });
    let fil = standin.fil("ut.jsonl");
    let svar = komplett(&standin, &fil, &["--dokumenter", "--part", "navn"]);
    assert!(svar.feil.contains("1 av 3000 i uttrekket"), "{}", svar.feil);
    assert_eq!(svar.lyktes(), "Jobb a-1\n2999 dokumenter skrevet\n");
    let lest = std::fs::read_to_string(&fil).unwrap();
    let lest: Vec<Value> = lest.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let ventet: Vec<_> = (0..3)
        .flat_map(|nr| batch(nr, 1_000))
        .filter(|nr| *nr != batch(1, 6)[5])
        .map(|nr| json!({ "navn": [{ "fornavn": nr }] }))
        .collect();
    assert_eq!(lest, ventet);
}

/// Starts a command, waits until a call has come, and stops it by a signal.
fn avbryt(standin: &Standin, argumenter: &[&str], venter_paa: &str, signal: &str) -> Utskrift {
    let mut kommando = Command::new(PROGRAM);
    kommando.args(argumenter).arg("--data").arg(&standin.mappe);
    let barn = kommando
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    standin.vent_paa(venter_paa);
    let pid = barn.id().to_string();
    assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    let ut = barn.wait_with_output().unwrap();
    Utskrift {
        kode: ut.status.code(),
        ut: String::from_utf8(ut.stdout).unwrap(),
        feil: String::from_utf8(ut.stderr).unwrap(),
    }
}

#[test]
fn who_is_stopped_on_the_way_goes_on_without_a_lost_or_a_doubled_one() {
    let alltid = jobb(9);
    let standin = Standin::ny(move |sett| match (sett.linje, sett.foer) {
        ("GET uttrekk/a-1/batch/8", 0) => Svar::Taus,
        _ => alltid(&sett),
    });
    let ventet = linjer((0..9).map(|nr| batch(nr, 1_000)));
    for (nr, (signal, hvordan)) in [("-INT", "samme"), ("-KILL", "samme"), ("-INT", "fortsett")]
        .iter()
        .enumerate()
    {
        standin.glem();
        let fil = standin.fil(&format!("ut-{nr}.txt"));
        let kommando = ["uttrekk", "komplett", "--ut", &fil];
        let svar = avbryt(&standin, &kommando, "GET uttrekk/a-1/batch/8", signal);
        assert!(svar.ut.starts_with("Jobb a-1\n"), "{svar:?}");
        assert!(!Path::new(&fil).exists() && finnes(&fil, ".del") && finnes(&fil, ".uttrekk"));
        if *signal == "-INT" {
            let feil = svar.sluttet_med(130);
            assert!(feil.contains("går videre"), "{feil}");
            assert!(std::fs::metadata(format!("{fil}.del")).unwrap().len() > 0);
        }
        // Another extract is not mixed into it.
        let annet = komplett(&standin, &fil, &["--feedsekvensnr", "3"]).sluttet_med(1);
        assert!(annet.contains("et annet uttrekk"), "{annet}");
        let svar = match *hvordan {
            "fortsett" => kjoer_paa(&standin.mappe, &["uttrekk", "fortsett", "--ut", &fil]),
            _ => komplett(&standin, &fil, &[]),
        };
        let ut = svar.lyktes();
        assert!(
            ut.starts_with("Jobb a-1, ") && ut.ends_with("9000 identifikatorer skrevet\n"),
            "{ut}"
        );
        assert_eq!(std::fs::read_to_string(&fil).unwrap(), ventet);
        let bestilt = |l: &&String| l.contains("komplett");
        assert_eq!(standin.linjer().iter().filter(bestilt).count(), 1, "{hvordan}");
        if *signal == "-INT" {
            let batch_0 = |l: &&String| l.ends_with("/batch/0");
            assert_eq!(standin.linjer().iter().filter(batch_0).count(), 1, "{hvordan}");
        }
        assert!(!finnes(&fil, ".del") && !finnes(&fil, ".uttrekk"));
    }
}

#[test]
fn a_job_that_was_ordered_elsewhere_is_fetched_from_any_batch() {
    let alltid = jobb(3);
    let standin = Standin::ny(move |sett| alltid(&sett));
    let fil = standin.fil("ut.txt");
    let hent = |fra: &str| {
        let kommando = [
            "uttrekk",
            "fortsett",
            "--jobb",
            "a-1",
            "--fra-batch",
            fra,
            "--overskriv",
            "--ut",
            &fil,
        ];
        kjoer_paa(&standin.mappe, &kommando).lyktes();
        std::fs::read_to_string(&fil).unwrap()
    };
    assert_eq!(hent("0"), linjer((0..3).map(|nr| batch(nr, 1_000))));
    assert_eq!(hent("2"), linjer([batch(2, 1_000)]));
    assert_eq!(hent("3"), "");
    let feil = kjoer_paa(&standin.mappe, &["uttrekk", "fortsett", "--ut", &standin.fil("annen")]).sluttet_med(1);
    assert!(feil.contains("ikke noe uttrekk"), "{feil}");
    assert!(!finnes(&standin.fil("annen"), ".del"));
}

#[test]
fn what_the_service_refuses_is_said_plainly_and_leaves_nothing_behind() {
    let svar = |status: u16, kode: &str| Svar::Vent(status, 5, json!({"kode": kode, "melding": "Prøv «bosatt»."}));
    let standin = Standin::ny(move |sett| match sett.linje {
        "POST uttrekk/tilpasset" => match sett.kropp["personstatustyper"][0].as_str().unwrap() {
            "bosatt" => svar(429, "FREG-099"),
            "aktiv" => svar(400, "FREG-098"),
            "doed" => Svar::ok(json!({"jobbId": "../x"})),
            _ => Svar::ok(json!({"jobbId": "a-1"})),
        },
        "GET uttrekk/komplett" => svar(403, "FREG-004"),
        _ => Svar::Status(410, Value::Null),
    });
    let fil = standin.fil("ut.txt");
    let tilpasset = |status: &str| {
        kjoer_paa(
            &standin.mappe,
            &["uttrekk", "tilpasset", "--status", status, "--ut", &fil],
        )
    };
    let feil = tilpasset("bosatt").sluttet_med(4);
    assert!(
        feil.contains("for mange uttrekk") && feil.contains("5 sekunder. Prøv «bosatt»."),
        "{feil}"
    );
    let feil = tilpasset("aktiv").sluttet_med(1);
    assert!(feil.contains("FREG-098") && feil.contains("Prøv «bosatt»."), "{feil}");
    tilpasset("doed").sluttet_med(1);
    let feil = tilpasset("inaktiv").sluttet_med(5);
    assert!(feil.contains("--paa-nytt"), "{feil}");
    let feil = komplett(&standin, &fil, &["--pakke", "finans"]).sluttet_med(1);
    assert!(feil.contains("finans har ikke GET uttrekk/komplett"), "{feil}");
    for hale in ["", ".del", ".uttrekk"] {
        assert!(!finnes(&fil, hale), "{hale}");
    }
    let feil = tilpasset("bosat").sluttet_med(2);
    assert!(feil.contains("inaktiv"), "{feil}");
    let begge = ["--bostedskommune", "4601", "--oppholdskommune", "4601"];
    let begge = [
        &["uttrekk", "tilpasset", "--status", "bosatt", "--ut", &fil][..],
        &begge,
    ]
    .concat();
    kjoer_paa(&standin.mappe, &begge).sluttet_med(2);
}

#[test]
fn a_job_that_is_gone_in_the_middle_keeps_what_there_is_until_a_new_one_begins() {
    let alltid = jobb(3);
    let standin = Standin::ny(move |sett| match (sett.linje, sett.foer) {
        ("GET uttrekk/a-1/batch/2", 0 | 1) => Svar::Status(410, Value::Null),
        _ => alltid(&sett),
    });
    let fil = standin.fil("ut.txt");
    for _ in 0..2 {
        let feil = komplett(&standin, &fil, &[]).sluttet_med(5);
        assert!(feil.contains("--paa-nytt"), "{feil}");
        assert!(finnes(&fil, ".del") && !Path::new(&fil).exists());
    }
    let bestilt = |standin: &Standin| standin.linjer().iter().filter(|l| l.contains("komplett")).count();
    assert_eq!(bestilt(&standin), 1);
    komplett(&standin, &fil, &["--paa-nytt"]).lyktes();
    assert_eq!(bestilt(&standin), 2);
    assert_eq!(
        std::fs::read_to_string(&fil).unwrap(),
        linjer((0..3).map(|nr| batch(nr, 1_000)))
    );
}

fn tilpasset(navn: &str, valg: &[&str]) -> Vec<String> {
    let fil = delt().mappe.join(navn);
    let sti = fil.to_str().unwrap();
    let svar = delt().kommando(&[&["uttrekk", "tilpasset", "--ut", sti], valg].concat());
    assert_eq!(svar.feil, "");
    svar.lyktes();
    let lest = std::fs::read_to_string(&fil).unwrap();
    std::fs::remove_file(fil).unwrap();
    lest.lines().map(str::to_owned).collect()
}

fn dokumenter(linjer: &[String]) -> BTreeMap<String, Value> {
    let les = |linje: &String| {
        let person: Value = serde_json::from_str(linje).unwrap();
        (nummer(&person), person)
    };
    linjer.iter().map(les).collect()
}

#[test]
fn an_extract_of_the_nation_is_those_whom_lookups_show_so() {
    let kvinner = [
        "--status",
        "bosatt",
        "--kjoenn",
        "kvinne",
        "--foedselsaar-fra-og-med",
        "1980",
    ];
    let bosatt = fasit(|p| gjeldende(p, "status").is_some_and(|s| s["status"] == "bosatt"));
    let lest = tilpasset("bosatt.txt", &kvinner[..2]);
    assert_eq!(lest.iter().cloned().collect::<BTreeSet<_>>(), bosatt);
    assert_eq!(lest.len(), bosatt.len());
    let lest = tilpasset("kvinner.txt", &kvinner);
    let ventet = fasit(|p| {
        let aar = gjeldende(p, "foedsel").and_then(|f| f["foedselsaar"].as_str()?.parse::<u16>().ok());
        bosatt.contains(&nummer(p))
            && gjeldende(p, "kjoenn").is_some_and(|k| k["kjoenn"] == "kvinne")
            && aar.is_some_and(|a| a >= 1980)
    });
    assert_eq!(lest.iter().cloned().collect::<BTreeSet<_>>(), ventet);
    // The documents of the same, in the same order, as a lookup shows them.
    let linjer = tilpasset("kvinner.jsonl", &[&kvinner[..], &["--dokumenter"]].concat());
    let alle = dokumenter(&linjer);
    assert_eq!(alle.keys().cloned().collect::<BTreeSet<_>>(), ventet);
    for person in personer(Pakke::OffentligMedHjemmel, "", &lest) {
        assert_eq!(alle[&nummer(&person)], person);
    }
    // Whoever has no such persons has an empty file, and not none.
    assert!(tilpasset("ingen.txt", &["--status", "bosatt", "--foedselsaar-fra-og-med", "2999"]).is_empty());
}

#[test]
fn a_whole_extract_is_everybody_once() {
    let fil = delt().mappe.join("alle.jsonl");
    let sti = fil.to_str().unwrap();
    let ut = delt()
        .kommando(&["uttrekk", "komplett", "--dokumenter", "--ut", sti])
        .lyktes();
    let linjer: Vec<String> = std::fs::read_to_string(&fil)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    std::fs::remove_file(&fil).unwrap();
    assert!(ut.ends_with(&format!("{} dokumenter skrevet\n", linjer.len())), "{ut}");
    let alle = dokumenter(&linjer);
    assert_eq!(alle.len(), linjer.len());
    let (lest, ventet): (BTreeSet<_>, _) = (alle.into_keys().collect(), fasit(|_| true));
    assert_eq!(lest, ventet);
    let feil = delt()
        .kommando(&["uttrekk", "komplett", "--pakke", "finans", "--ut", sti])
        .sluttet_med(1);
    assert!(feil.contains("finans har ikke GET uttrekk/komplett"), "{feil}");
    let feil = delt()
        .kommando(&["uttrekk", "fortsett", "--jobb", "finnes-ikke", "--ut", sti])
        .sluttet_med(5);
    assert!(feil.contains("--paa-nytt"), "{feil}");
    let status = ["--status", "bosatt", "--statsborgerskap", "NORGE", "--ut", sti];
    let feil = delt()
        .kommando(&[&["uttrekk", "tilpasset"][..], &status].concat())
        .sluttet_med(1);
    assert!(feil.contains("(FREG-"), "{feil}");
}
