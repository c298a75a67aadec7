//! Runs `eksempler/folkeregister/part.md`: what `part` gives in each package, for everybody in the nation.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tilgang::{Pakke, Projeksjon, Tabell, Utvalg};

use crate::delt::{alle_numre, kall, med_oppslag, navngitt, personer};

const TABELL: &str = include_str!("../../../../eksempler/folkeregister/part.md");

/// The rows of the table below a heading, as cells.
fn rader(overskrift: &str) -> Vec<Vec<&'static str>> {
    let avsnitt = TABELL.split("\n## ").find(|a| a.starts_with(overskrift)).unwrap();
    let linjer = avsnitt.lines().filter(|l| l.starts_with('|')).skip(2);
    linjer
        .map(|l| l.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// The entities that a cell names, collections resolved.
fn opplysninger(celle: &str) -> BTreeSet<String> {
    let samlinger: BTreeMap<&str, &str> = rader("Samlinger").into_iter().map(|r| (r[0], r[1])).collect();
    let mut ut = BTreeSet::new();
    let mut igjen: Vec<&str> = celle.split_whitespace().collect();
    while let Some(ord) = igjen.pop() {
        match samlinger.get(ord) {
            Some(samling) => igjen.extend(samling.split_whitespace()),
            None => {
                assert!(informasjonsmodell::Entitet::fra_navn(ord).is_some(), "{ord}");
                ut.insert(ord.to_owned());
            }
        }
    }
    ut
}

fn spoerring(part: &str) -> String {
    let deler: Vec<String> = part.split_whitespace().map(|p| format!("part={p}")).collect();
    format!("?{}", deler.join("&"))
}

fn utvalg(pakke: Pakke, part: &str) -> Option<Utvalg> {
    Utvalg::fra_part(Projeksjon::for_pakke(pakke, true), part.split_whitespace()).ok()
}

/// Everybody, asked with some parts.
fn nasjonen(pakke: Pakke, part: &str) -> Vec<Value> {
    let numre: Vec<String> = alle_numre().iter().cloned().collect();
    personer(pakke, &spoerring(part), &numre)
}

#[test]
fn part_decides_what_an_answer_has() {
    let rader = rader("Uten og med");
    assert!(rader.len() > 40);
    for rad in rader {
        let [navn, part, svar, hvorfor] = rad[..] else {
            panic!("{rad:?}")
        };
        let pakke = Pakke::fra_kortnavn(navn).unwrap();
        let fra_tabellen = utvalg(pakke, part).map(|u| u.entiteter.entiteter().map(|e| e.navn().to_owned()).collect());
        let ventet = (svar != "400").then(|| opplysninger(svar));
        assert_eq!(fra_tabellen, ventet, "{navn} «{part}»: {hvorfor}");
        if !med_oppslag().any(|p| p == pakke) {
            continue;
        }
        let Some(ventet) = ventet else {
            let sti = format!("personer/{}{}", navngitt("tvilling"), spoerring(part));
            kall(pakke, &sti).send().med_status(400);
            continue;
        };
        let mut sett = BTreeSet::new();
        for person in nasjonen(pakke, part) {
            sett.extend(person.as_object().unwrap().keys().cloned());
        }
        assert_eq!(sett, ventet, "{navn} «{part}»: {hvorfor}");
    }
}

#[test]
fn historikk_adds_what_the_package_has_history_of() {
    for rad in rader("Historikk") {
        let [navn, part, tidligere, hvorfor] = rad[..] else {
            panic!("{rad:?}")
        };
        let pakke = Pakke::fra_kortnavn(navn).unwrap();
        let utvalg = utvalg(pakke, part).unwrap();
        let rett = Tabell::felles().rett(Projeksjon::for_pakke(pakke, true));
        let fra_tabellen: BTreeSet<String> = match utvalg.historikk {
            false => BTreeSet::new(),
            true => utvalg
                .entiteter
                .felles(rett.historikk)
                .entiteter()
                .map(|e| e.navn().to_owned())
                .collect(),
        };
        assert_eq!(fra_tabellen, opplysninger(tidligere), "{navn} «{part}»: {hvorfor}");
        if !med_oppslag().any(|p| p == pakke) {
            continue;
        }
        let mut sett = BTreeSet::new();
        for person in nasjonen(pakke, part) {
            for (entitet, verdi) in person.as_object().unwrap() {
                let historisk = |o: &Value| o["erGjeldende"] == false;
                if verdi.as_array().is_some_and(|liste| liste.iter().any(historisk)) {
                    sett.insert(entitet.clone());
                }
            }
        }
        assert_eq!(sett, opplysninger(tidligere), "{navn} «{part}»: {hvorfor}");
    }
}

#[test]
fn history_is_what_is_current_and_something_more() {
    for pakke in med_oppslag() {
        let (uten, med) = (nasjonen(pakke, ""), nasjonen(pakke, "historikk"));
        let mut flere = 0;
        for (uten, med) in uten.iter().zip(&med) {
            for (entitet, verdi) in uten.as_object().unwrap() {
                let alle = &med[entitet];
                let Value::Array(liste) = verdi else {
                    assert_eq!(alle, verdi);
                    continue;
                };
                let alle = alle.as_array().unwrap();
                assert!(
                    liste.iter().all(|o| o["erGjeldende"] == true && alle.contains(o)),
                    "{pakke} {entitet}"
                );
                let gjeldende = alle.iter().filter(|o| o["erGjeldende"] == true).count();
                assert_eq!(gjeldende, liste.len(), "{pakke} {entitet}");
                flere += alle.len() - liste.len();
            }
        }
        assert!(flere > 100, "{pakke} {flere}");
    }
}

#[test]
fn the_archive_follows_the_same_rules() {
    let mh = Pakke::OffentligMedHjemmel;
    let feed = kall(mh, "hendelser/feed?seq=1").send().ok().json();
    let ider: Vec<&str> = feed
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|h| h["hendelse"]["persondokument"].as_str())
        .collect();
    let kropp = serde_json::json!({"dokumentidentifikator": ider}).to_string();
    for rad in rader("Uten og med")
        .into_iter()
        .filter(|r| r[0] == "offentlig-med-hjemmel")
    {
        let [_, part, svar, hvorfor] = rad[..] else {
            panic!("{rad:?}")
        };
        let kall = kall(mh, &format!("personer/bulkoppslag/arkiv{}", spoerring(part)));
        let fikk = kall.post("application/json", kropp.clone()).send();
        if svar == "400" {
            fikk.med_status(400);
            continue;
        }
        let ventet = opplysninger(svar);
        for person in fikk.ok().json().as_array().unwrap() {
            assert!(
                person.as_object().unwrap().keys().all(|navn| ventet.contains(navn)),
                "«{part}»: {hvorfor}"
            );
        }
    }
}
