//! Whole persons: real documents where they are, the synthetic nation, and one that has every field of the model.

use std::collections::BTreeSet;

use informasjonsmodell::skjema::{Art, Skjema as FregSkjema};
use informasjonsmodell::{Entitet, Registermetadata};
use persontjenesten::Versjon;
use persontjenesten::oversettelse::tabell::{Form, Kilde};
use persontjenesten::oversettelse::{Hode, IngenBerikelse, Oversetter, Telling, skjemaer};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use syntetisk_befolkning::Nasjon;

use crate::{kontrakt, tilbake};

const HODE: Hode<'static> = Hode {
    id: "en-id",
    sekvensnummer: 12,
    kontaktdata: None,
};

fn oversett(versjon: Versjon, norsk: &[u8]) -> (Vec<u8>, Telling) {
    let mut ut = Vec::new();
    let telling = Oversetter::new(versjon, &IngenBerikelse)
        .person(norsk, &HODE, &mut ut)
        .unwrap();
    (ut, telling)
}

/// Holds a value against a schema of an OpenAPI document: names, types, formats, values of lists.
pub fn valider(verdi: &Value, skjema: &Value, dokument: &Value, hvor: &str) {
    if let Some(referanse) = skjema.get("$ref").and_then(Value::as_str) {
        let maal = dokument.pointer(referanse.trim_start_matches('#'));
        return valider(verdi, maal.unwrap_or_else(|| panic!("{referanse}")), dokument, hvor);
    }
    if let Some(alle) = skjema.get("allOf").and_then(Value::as_array) {
        return alle.iter().for_each(|en| valider(verdi, en, dokument, hvor));
    }
    let format = skjema.get("format").and_then(Value::as_str);
    match skjema["type"].as_str().unwrap() {
        "object" => {
            let objekt = verdi.as_object().unwrap_or_else(|| panic!("{hvor} er ikke et objekt"));
            for (navn, verdi) in objekt {
                let egenskap = &skjema["properties"][navn.as_str()];
                assert!(!egenskap.is_null(), "{hvor}.{navn} er ikke i kontrakten");
                valider(verdi, egenskap, dokument, &format!("{hvor}.{navn}"));
            }
        }
        "array" => {
            let liste = verdi.as_array().unwrap_or_else(|| panic!("{hvor} er ikke en liste"));
            assert!(!liste.is_empty(), "{hvor} er tom");
            liste.iter().for_each(|v| valider(v, &skjema["items"], dokument, hvor));
        }
        "string" => {
            let tekst = verdi.as_str().unwrap_or_else(|| panic!("{hvor} er ikke tekst"));
            if let Some(verdier) = skjema.get("enum").and_then(Value::as_array) {
                assert!(verdier.contains(verdi), "{hvor} er ikke i listen");
            }
            if format == Some("date-time") {
                let tid = informasjonsmodell::Tidspunkt::parse(tekst);
                let sone = tid.map(informasjonsmodell::Tidspunkt::forskyvning);
                assert!(
                    sone.is_some_and(|s| s != informasjonsmodell::Forskyvning::Ingen),
                    "{hvor} er ikke et tidspunkt"
                );
            }
        }
        "integer" => assert!(verdi.as_i64().is_some(), "{hvor} er ikke et heltall"),
        "boolean" => assert!(verdi.is_boolean(), "{hvor} er ikke ja eller nei"),
        annet => panic!("{hvor}: {annet}"),
    }
}

/// The documents that a person is held against: ours always, the public one where it is.
pub fn kontrakter(versjon: Versjon) -> Vec<Value> {
    let vaart = crate::openapi::vaart(versjon);
    [Some(vaart), kontrakt::publisert(versjon)]
        .into_iter()
        .flatten()
        .collect()
}

#[track_caller]
fn check(norsk: &[u8], kontrakter: &[(Versjon, Vec<Value>)]) -> Value {
    let fasit: Value = serde_json::from_slice(norsk).unwrap();
    let mut siste = Value::Null;
    for (versjon, dokumenter) in kontrakter {
        let (ut, telling) = oversett(*versjon, norsk);
        assert_eq!(telling, Telling::default());
        let engelsk: Value = serde_json::from_slice(&ut).unwrap();
        for dokument in dokumenter {
            let person = json!({"$ref": "#/components/schemas/Person"});
            valider(&engelsk, &person, dokument, "Person");
        }
        assert_eq!(engelsk["id"], "en-id");
        assert_eq!(engelsk["sequenceNumber"], 12);
        assert!(
            tilbake::objekt(&engelsk, &skjemaer::PERSON) == fasit,
            "ikke det samme tilbake"
        );
        siste = engelsk;
    }
    siste
}

fn begge() -> Vec<(Versjon, Vec<Value>)> {
    Versjon::ALLE.map(|versjon| (versjon, kontrakter(versjon))).into()
}

#[test]
fn real_documents_become_persons_of_the_contract_and_say_the_same_backwards() {
    let Some(mappe) = kontrakt::sted("../data/persondokument") else {
        return;
    };
    let kontrakter = begge();
    let mut antall = 0;
    for fil in std::fs::read_dir(mappe).unwrap() {
        check(&std::fs::read(fil.unwrap().path()).unwrap(), &kontrakter);
        antall += 1;
    }
    assert_eq!(antall, 11);
}

fn nasjonen(antall: u32) -> Vec<Vec<u8>> {
    let nasjon = Nasjon::new(2026, antall).unwrap();
    let personer = (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr));
    personer.map(|person| person.til_json()).collect()
}

#[test]
fn the_nation_becomes_persons_of_the_contract_and_says_the_same_backwards() {
    let kontrakter = begge();
    let mut brukte = BTreeSet::new();
    for norsk in nasjonen(2_000) {
        let engelsk = check(&norsk, &kontrakter);
        tilbake::brukte(&engelsk, &skjemaer::PERSON, &mut brukte);
    }
    assert!(brukte.len() > 180, "{}", brukte.len());
}

/// One value of each kind, code number `nr` of each list; every field of the type, those that exclude each other too.
fn alle_felt(skjema: &FregSkjema, nr: usize) -> Map<String, Value> {
    let felter = skjema.felter.iter();
    felter
        .map(|felt| {
            let verdi = match felt.art {
                // A code that the model does not list.
                Art::Tekst(_) if felt.navn == "rettsligHandleevneomfang" => json!("begrenset"),
                Art::Tekst(_) => json!(format!("{} {nr} \"æ\"", felt.navn)),
                Art::Heltall => json!(nr),
                Art::Boolsk => json!(nr.is_multiple_of(2)),
                Art::Dato => json!("2024-02-22"),
                Art::Tidspunkt => json!("2024-02-22T07:10:00.123456789+01:00"),
                Art::Kode(liste) => json!(liste.verdier[nr % liste.verdier.len()]),
                Art::Objekt(under) => Value::Object(alle_felt(under, nr)),
            };
            let verdi = if felt.liste { json!([verdi]) } else { verdi };
            (felt.navn.to_owned(), verdi)
        })
        .collect()
}

fn oppfoering(entitet: Entitet, nr: usize) -> Value {
    let mut ut = Map::new();
    for felt in &Registermetadata::FELTER {
        let verdi = match felt.art {
            Art::Boolsk => json!(nr.is_multiple_of(2)),
            Art::Tidspunkt => json!("2024-02-22T07:10:00Z"),
            _ => json!(format!("{} {nr}", felt.navn)),
        };
        ut.insert(felt.navn.to_owned(), verdi);
    }
    ut.extend(alle_felt(entitet.skjema(), nr));
    Value::Object(ut)
}

/// A document with every field of the model, and every code that OpenAPI 1.5 prints.
fn alt() -> Value {
    let mut ut = Map::new();
    for &entitet in Entitet::ALLE {
        let verdi = if entitet.er_liste() {
            (0..12).map(|nr| oppfoering(entitet, nr)).collect()
        } else {
            oppfoering(entitet, 0)
        };
        ut.insert(entitet.navn().to_owned(), verdi);
    }
    Value::Object(ut)
}

#[test]
fn every_field_of_the_model_is_translated_and_says_the_same_backwards() {
    let engelsk = check(alt().to_string().as_bytes(), &begge());
    let mut brukte = BTreeSet::new();
    tilbake::brukte(&engelsk, &skjemaer::PERSON, &mut brukte);
    let mut igjen = BTreeSet::new();
    let mut skjema = vec![&skjemaer::PERSON];
    let mut sett = BTreeSet::new();
    while let Some(skjema_) = skjema.pop() {
        if !sett.insert(skjema_.navn) {
            continue;
        }
        for felt in skjema_.felter {
            let fra_freg = matches!(felt.kilde, Kilde::Freg(_) | Kilde::Tvilling(_));
            if fra_freg && !brukte.contains(&(skjema_.navn, felt.navn)) {
                igjen.insert((skjema_.navn, felt.navn));
            }
            if let (true, Form::Objekt(under)) = (fra_freg, felt.form) {
                skjema.push(under);
            }
        }
    }
    assert_eq!(igjen, BTreeSet::new());
}

fn stokk(verdi: &Value, froe: &mut u64) -> Value {
    match verdi {
        Value::Object(objekt) => {
            let mut medlemmer: Vec<(String, Value)> = objekt.iter().map(|(n, v)| (n.clone(), stokk(v, froe))).collect();
            for nr in (1..medlemmer.len()).rev() {
                *froe = froe.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let annen = usize::try_from(*froe >> 33).unwrap() % (nr + 1);
                medlemmer.swap(nr, annen);
            }
            Value::Object(medlemmer.into_iter().collect())
        }
        Value::Array(liste) => liste.iter().map(|v| stokk(v, froe)).collect(),
        annet => annet.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_in_the_document_does_not_show(froe: u64, pent: bool) {
        let alt = alt();
        let stokket = stokk(&alt, &mut froe.clone());
        let tekst = if pent { serde_json::to_vec_pretty(&stokket) } else { serde_json::to_vec(&stokket) }.unwrap();
        for versjon in Versjon::ALLE {
            prop_assert!(oversett(versjon, &tekst) == oversett(versjon, alt.to_string().as_bytes()));
        }
    }

    #[test]
    fn half_a_document_is_refused(del in 0.0f64..1.0) {
        let tekst = alt().to_string();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
        let til = (tekst.len() as f64 * del) as usize;
        let mut ut = Vec::new();
        let utfall = Oversetter::new(Versjon::V3, &IngenBerikelse).person(&tekst.as_bytes()[..til], &HODE, &mut ut);
        prop_assert!(utfall.is_err());
        prop_assert!(ut.is_empty());
    }
}

/// How fast it goes: run with `--ignored --nocapture` on a quiet machine. Figures of a debug build say nothing.
#[test]
#[ignore = "a measurement"]
fn speed() {
    let personer = nasjonen(20_000);
    let byte: usize = personer.iter().map(Vec::len).sum();
    let mut ut = Vec::new();
    let mut oversetter = Oversetter::new(Versjon::V3, &IngenBerikelse);
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = std::time::Instant::now();
        for norsk in &personer {
            ut.clear();
            oversetter.person(norsk, &HODE, &mut ut).unwrap();
            std::hint::black_box(&ut);
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!(
        "oversettelse: {:.0} MB/s, {:.2} µs per person, {} byte per person",
        byte as f64 / best / 1e6,
        best / personer.len() as f64 * 1e6,
        byte / personer.len()
    );
}
