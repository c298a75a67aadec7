//! That the comparer can fail: recorded answers with one thing changed, in every place there is, each of which must be told of; and with
//! something added, in every place, none of which may be.

use persontjenesten::Versjon;
use serde_json::{Value, json};

use super::sammenlikner::{Bilde, avvik};
use super::{er_svar, filer, les_fil, opptak};

/// Bodies beyond this are changed in some places only. Units: bytes.
const BYTE_MAKS: usize = 6_000;

/// Every place of a value, as a JSON pointer.
fn steder(verdi: &Value, her: &str, ut: &mut Vec<String>) {
    ut.push(her.to_owned());
    match verdi {
        Value::Object(objekt) => {
            for (navn, under) in objekt {
                steder(
                    under,
                    &format!("{her}/{}", navn.replace('~', "~0").replace('/', "~1")),
                    ut,
                );
            }
        }
        Value::Array(liste) => {
            for (nr, under) in liste.iter().enumerate() {
                steder(under, &format!("{her}/{nr}"), ut);
            }
        }
        _ => {}
    }
}

/// The value in other types.
fn andre_typer(verdi: &Value) -> Vec<Value> {
    let mut ut = vec![Value::Null];
    ut.extend(match verdi {
        Value::String(tekst) => vec![json!(tekst.len()), json!([tekst]), json!({"value": tekst})],
        Value::Number(tall) => vec![json!(tall.to_string()), json!(1.5), json!([tall])],
        Value::Bool(ja) => vec![json!(ja.to_string()), json!(u8::from(*ja))],
        Value::Array(liste) => vec![liste.first().cloned().unwrap_or(json!({})), json!("list")],
        Value::Object(_) => vec![json!([verdi]), json!("object")],
        Value::Null => vec![],
    });
    ut.retain(|annen| annen != verdi);
    ut
}

/// A body that is over in one of the ways that break a reader.
fn brutte(kropp: &Value, sted: &str) -> Vec<(&'static str, Value)> {
    let her = kropp.pointer(sted).unwrap();
    let mut ut: Vec<(&'static str, Value)> = Vec::new();
    let med = |verdi: Value| {
        let mut kropp = kropp.clone();
        *kropp.pointer_mut(sted).unwrap() = verdi;
        kropp
    };
    for annen in andre_typer(her) {
        ut.push(("en annen type", med(annen)));
    }
    let navn = sted.rsplit('/').next().unwrap_or_default();
    let fast = !["id", "personId", "traceId", "title", "detail"].contains(&navn) && !sted.starts_with("/errors");
    if let (true, Value::String(tekst)) = (fast, her) {
        ut.push(("en annen verdi", med(json!(format!("{tekst}X")))));
    }
    if let Some((under, navn)) = sted.rsplit_once('/') {
        let mut uten = kropp.clone();
        match uten.pointer_mut(under).unwrap() {
            Value::Object(objekt) => drop(objekt.remove(&navn.replace("~1", "/").replace("~0", "~"))),
            Value::Array(liste) => drop(liste.remove(navn.parse().unwrap())),
            annet => panic!("{sted} er ikke i noe: {annet}"),
        }
        ut.push(("borte", uten));
    }
    ut
}

fn med_mer(verdi: &Value) -> Value {
    match verdi {
        Value::Object(objekt) => {
            let mut ut: serde_json::Map<String, Value> = objekt.iter().map(|(n, v)| (n.clone(), med_mer(v))).collect();
            ut.insert("aNewField".into(), json!({"isNew": true}));
            ut.into()
        }
        Value::Array(liste) => {
            let mut ut: Vec<Value> = liste.iter().map(med_mer).collect();
            ut.reverse();
            ut.into()
        }
        annet => annet.clone(),
    }
}

fn opptatte() -> Vec<(String, Bilde)> {
    let mut ut = Vec::new();
    for (_, mappe) in Versjon::ALLE.into_iter().flat_map(opptak) {
        for fil in filer(&mappe).into_iter().filter(|fil| er_svar(fil)) {
            for (spurt, bilde) in les_fil(&mappe.join(&fil)) {
                ut.push((format!("{fil} {}", spurt.navn), bilde));
            }
        }
    }
    ut
}

#[test]
fn whatever_is_taken_away_or_given_another_type_is_found() {
    let mut antall = 0;
    for (navn, gammel) in opptatte() {
        assert_eq!(avvik(&gammel, &gammel), Vec::<String>::new(), "{navn}");
        let Some(kropp) = &gammel.kropp else { continue };
        let mut alle = Vec::new();
        steder(kropp, "", &mut alle);
        let byte = kropp.to_string().len();
        // Of a large body some places, spread over all of it.
        let steg = (byte / BYTE_MAKS) * (byte / BYTE_MAKS) + 1;
        for sted in alle.iter().step_by(steg) {
            for (hva, kropp) in brutte(kropp, sted) {
                let ny = Bilde {
                    kropp: Some(kropp),
                    ..gammel.clone()
                };
                assert!(!avvik(&gammel, &ny).is_empty(), "{navn} {sted}: {hva}");
                antall += 1;
            }
        }
    }
    assert!(antall > 5_000, "{antall}");
}

#[test]
fn another_status_or_media_type_and_a_missing_header_or_body_are_found() {
    for (navn, gammel) in opptatte() {
        let mut nye = Vec::new();
        nye.push(Bilde {
            status: gammel.status + 1,
            ..gammel.clone()
        });
        for hode in gammel.hoder.keys() {
            let mut ny = gammel.clone();
            ny.hoder.remove(hode);
            nye.push(ny);
        }
        if gammel.kropp.is_some() {
            nye.push(Bilde {
                kropp: None,
                ..gammel.clone()
            });
            let mut ny = gammel.clone();
            ny.hoder.insert("content-type".into(), "text/json".into());
            nye.push(ny);
        } else {
            nye.push(Bilde {
                kropp: Some(json!({})),
                ..gammel.clone()
            });
        }
        for ny in nye {
            assert!(!avvik(&gammel, &ny).is_empty(), "{navn}");
        }
    }
}

#[test]
fn what_is_added_and_another_order_are_not_noticed() {
    for (navn, gammel) in opptatte() {
        let mut ny = gammel.clone();
        ny.kropp = gammel.kropp.as_ref().map(med_mer);
        ny.hoder.insert("x-new".into(), "1".into());
        assert_eq!(avvik(&gammel, &ny), Vec::<String>::new(), "{navn}");
    }
}
