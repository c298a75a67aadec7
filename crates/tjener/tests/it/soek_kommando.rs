//! `soek` as somebody at a terminal, and somebody who writes a script, has it.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::delt::{alle_numre, delt, navngitt};
use crate::program::PROGRAM;

fn soek(valg: &[&str]) -> crate::program::Utskrift {
    delt().kommando(&[&["soek"], valg].concat())
}

/// First and last name, and date of birth, of a named person.
fn hvem(navn: &str) -> (String, String) {
    let person: Value = serde_json::from_str(&delt().kommando(&["oppslag", &navngitt(navn)]).lyktes()).unwrap();
    let navn = &person["navn"][0];
    let ord = |felt: &str, siste: bool| {
        let mut ord = navn[felt].as_str().unwrap().split([' ', '-']);
        if siste { ord.next_back() } else { ord.next() }.unwrap().to_owned()
    };
    let dato = person["foedsel"][0]["foedselsdato"].as_str().unwrap().replace('-', "");
    (format!("{} {}", ord("fornavn", false), ord("etternavn", true)), dato)
}

fn numre(ut: &str) -> Vec<String> {
    let svar: Value = serde_json::from_str(ut).unwrap();
    let liste = svar["foedselsEllerDNummer"].as_array().unwrap();
    liste.iter().map(|nr| nr.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_search_lists_numbers_for_scripts_and_persons_for_people() {
    let nr = navngitt("tvilling");
    let (navn, dato) = hvem("tvilling");
    let kriterier = ["--navn", &navn, "--foedselsdato", &dato];
    let liste = numre(&soek(&kriterier).lyktes());
    assert!(liste.contains(&nr));
    let linjer = soek(&[&kriterier[..], &["--format", "tabell"]].concat()).lyktes();
    assert_eq!(linjer.lines().collect::<Vec<_>>(), liste);
    let tabell = soek(&[&kriterier[..], &["--vis"]].concat()).lyktes();
    let mut rader = tabell.lines();
    assert_eq!(
        rader.next().unwrap().split_whitespace().collect::<Vec<_>>(),
        ["Nummer", "Navn", "Født", "Adresse", "Merknad"]
    );
    let rad = rader.find(|r| r.starts_with(&nr)).unwrap();
    let med_strek = format!("{}-{}-{}", &dato[..4], &dato[4..6], &dato[6..]);
    assert!(
        rad.contains(&med_strek) && rad.contains(navn.split(' ').next_back().unwrap()),
        "{rad}"
    );
    let json = soek(&[&kriterier[..], &["--vis", "--format", "json", "--part", "navn"]].concat()).lyktes();
    for (linje, nr) in json.lines().zip(&liste) {
        let linje: Value = serde_json::from_str(linje).unwrap();
        assert_eq!(linje["foedselsEllerDNummer"], **nr);
        assert!(linje["folkeregisterperson"]["navn"].is_array());
        assert!(linje["folkeregisterperson"]["foedsel"].is_null());
    }
    assert_eq!(json.lines().count(), liste.len());
}

#[test]
fn everybody_is_fetched_when_there_are_more_than_one_call_takes() {
    let ut = soek(&["--inkluder-doede", "--vis", "--format", "json", "--part", "kjoenn"]).lyktes();
    let lest: BTreeSet<String> = ut
        .lines()
        .map(|l| {
            serde_json::from_str::<Value>(l).unwrap()["foedselsEllerDNummer"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert!(lest.len() > 1_000 && lest.len() == ut.lines().count(), "{}", lest.len());
    assert!(lest.is_subset(alle_numre()));
    let tabell = soek(&["--inkluder-doede", "--vis"]).lyktes();
    assert_eq!(tabell.lines().count(), lest.len() + 1);
    let tre = soek(&["--inkluder-doede", "--maks-treff", "3"]);
    assert!(tre.feil.contains("kuttet"), "{}", tre.feil);
    assert_eq!(numre(&tre.lyktes()).len(), 3);
}

#[test]
fn a_protected_person_is_marked_and_the_address_is_for_those_who_may_see_it() {
    let (navn, dato) = hvem("fortrolig");
    let rad = |pakke: &str| {
        let ut = soek(&[
            "--entydig",
            "--navn",
            &navn,
            "--foedselsdato",
            &dato,
            "--vis",
            "--pakke",
            pakke,
        ])
        .lyktes();
        ut.lines().nth(1).unwrap().to_owned()
    };
    let adresse = |rad: &str| rad.split("  ").filter(|d| !d.trim().is_empty()).count();
    let (med, uten) = (rad("offentlig-med-hjemmel"), rad("finans"));
    assert!(med.contains("FORTROLIG ADRESSE"), "{med}");
    assert_eq!(adresse(&med), adresse(&uten) + 1, "{med}\n{uten}");
    // A package without numbers has a row too.
    assert!(rad("privatutenfolkeregisteridentifikator").starts_with("- "));
}

#[test]
fn the_one_meant_is_shown_as_a_lookup_shows_and_none_has_an_exit_code_of_its_own() {
    let nr = navngitt("tvilling");
    let (navn, dato) = hvem("tvilling");
    let ut = soek(&["--entydig", "--navn", &navn, "--foedselsdato", &dato]).lyktes();
    assert_eq!(ut, delt().kommando(&["oppslag", &nr]).lyktes());
    let ut = soek(&[
        "--entydig",
        "--navn",
        &navn,
        "--identifikasjonsnummer",
        &nr,
        "--part",
        "kjoenn",
    ])
    .lyktes();
    let person: Value = serde_json::from_str(&ut).unwrap();
    assert!(person["kjoenn"].is_array() && person["navn"].is_null());
    let ingen = soek(&["--entydig", "--navn", "finnes ikke", "--foedselsdato", "19000101"]);
    let feil = ingen.sluttet_med(3);
    assert!(feil.contains("eller flere enn én"), "{feil}");
    // A list without anybody is a list.
    assert!(numre(&soek(&["--navn", "finneshverkenher"]).lyktes()).is_empty());
}

#[test]
fn criteria_can_come_from_a_file_or_standard_input_and_are_repeated_nowhere() {
    let (navn, dato) = hvem("tvilling");
    let ventet = soek(&["--navn", &navn, "--foedselsdato", &dato]).lyktes();
    let fil = delt().mappe.join("kriterier.json");
    let sti = fil.to_str().unwrap();
    std::fs::write(
        &fil,
        serde_json::json!({"navn": navn, "foedselsdato": dato}).to_string(),
    )
    .unwrap();
    assert_eq!(soek(&["--kriterier", sti]).lyktes(), ventet);
    std::fs::write(&fil, serde_json::json!({ "navn": navn }).to_string()).unwrap();
    assert_eq!(soek(&["--kriterier", sti, "--foedselsdato", &dato]).lyktes(), ventet);
    let feil = soek(&["--kriterier", sti, "--navn", &navn]).sluttet_med(1);
    assert!(feil.contains("navn er oppgitt både"), "{feil}");
    let ord = navn.split(' ').next().unwrap();
    for galt in [
        serde_json::json!({ ord: navn }),
        serde_json::json!({ "soekFonetisk": navn }),
        serde_json::json!([navn]),
        serde_json::json!({ "navn": [navn] }),
    ] {
        std::fs::write(&fil, galt.to_string()).unwrap();
        let feil = soek(&["--kriterier", sti]).sluttet_med(1);
        assert!(feil.contains("foedselsdato") && !feil.contains(ord), "{feil}");
    }
    std::fs::write(&fil, " ".repeat(65 * 1024)).unwrap();
    soek(&["--kriterier", sti]).sluttet_med(1);
    std::fs::remove_file(&fil).unwrap();

    let mut kommando = Command::new(PROGRAM);
    kommando.args(["soek", "--kriterier", "-", "--data"]).arg(&delt().mappe);
    let mut barn = kommando.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let kriterier = serde_json::json!({"navn": navn, "foedselsdato": dato}).to_string();
    barn.stdin.take().unwrap().write_all(kriterier.as_bytes()).unwrap();
    let ut = barn.wait_with_output().unwrap();
    assert!(ut.status.success());
    assert_eq!(String::from_utf8(ut.stdout).unwrap(), ventet);
}

#[test]
fn what_cannot_be_searched_by_is_said_with_code_and_words() {
    let feil = soek(&["--postnummer", "501"]).sluttet_med(1);
    assert!(feil.contains("FREG-028") && feil.contains("postnummer"), "{feil}");
    let feil = soek(&["--entydig", "--navn", "a b"]).sluttet_med(1);
    assert!(feil.contains("FREG-029") && feil.contains("rett til treff"), "{feil}");
    let feil = soek(&["--navn", "a", "--pakke", "privat"]).sluttet_med(1);
    assert!(feil.contains("privat har ikke GET personer/soek"), "{feil}");
    for uten in [
        &[][..],
        &["FJELLBEKK"],
        &["--vis", "--part", "navn", "--navn", "a"],
        &["--part", "navn", "--navn", "a"],
    ] {
        let feil = soek(uten).sluttet_med(1);
        assert!(feil.contains("--") && !feil.contains("FJELLBEKK"), "{feil}");
    }
    for begge in [&["--duf", "1"][..], &["--entydig", "--kjoenn", "mann", "--navn", "a b"]] {
        soek(begge).sluttet_med(2);
    }
}
