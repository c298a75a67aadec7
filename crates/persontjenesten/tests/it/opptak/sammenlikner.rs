//! The comparer: whether an answer has all that an older one had, in the same form.
//!
//! ```text
//!  status, media type    the same
//!  headers               those that were there are there; what they say, where a reader acts on it
//!  objects               members that were there are there; more may come
//!  lists                 what was in them is in them, in whatever order; more may come
//!  values                of the same type, and the same, save what is made anew each time or is prose
//! ```
//! What was answered is compared as values, not as forms alone: the persons are the recorded ones. So a code that is sent no more, or a
//! date in another form, is found too.

use std::collections::BTreeMap;

use serde_json::Value;

/// An answer, as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bilde {
    pub status: u16,
    pub hoder: BTreeMap<String, String>,
    pub kropp: Option<Value>,
}

/// Headers of the connection, which are no part of the contract.
pub const FORBINDELSEN: [&str; 4] = ["date", "content-length", "connection", "transfer-encoding"];
/// Headers whose value a reader acts on.
const VERDIER: [&str; 6] = [
    "content-type",
    "cache-control",
    "retry-after",
    "deprecation",
    "sunset",
    "allow",
];
/// Members whose value is made anew for each store or call; the form is held all the same.
const NYE_HVER_GANG: [&str; 5] = ["id", "personId", "traceId", "instance", "sequenceNumber"];
/// Members that are prose.
const PROSA: [&str; 2] = ["title", "detail"];

/// What the new answer lacks or has otherwise, each as place and what; empty where a reader of the old one notices nothing.
pub fn avvik(gammel: &Bilde, ny: &Bilde) -> Vec<String> {
    let mut ut = Vec::new();
    if gammel.status != ny.status {
        ut.push(format!("status: {} er blitt {}", gammel.status, ny.status));
    }
    for (navn, verdi) in &gammel.hoder {
        match ny.hoder.get(navn) {
            None => ut.push(format!("hodet {navn} er borte")),
            Some(naa) => {
                let likt = if navn == "www-authenticate" {
                    // The schemes that are asked for; what else is said may grow.
                    verdi.split_whitespace().next() == naa.split_whitespace().next()
                } else {
                    !VERDIER.contains(&navn.as_str()) || verdi == naa
                };
                if !likt {
                    ut.push(format!("hodet {navn} sier noe annet"));
                }
            }
        }
    }
    match (&gammel.kropp, &ny.kropp) {
        (Some(gammel), Some(ny)) => verdi(gammel, ny, "", "$", &mut ut),
        (None, None) => {}
        (Some(_), None) => ut.push("kroppen er borte".into()),
        (None, Some(_)) => ut.push("det er kommet en kropp".into()),
    }
    ut
}

fn slag(verdi: &Value) -> &'static str {
    match verdi {
        Value::Null => "null",
        Value::Bool(_) => "ja/nei",
        Value::Number(tall) if tall.is_f64() => "desimaltall",
        Value::Number(_) => "heltall",
        Value::String(_) => "tekst",
        Value::Array(_) => "liste",
        Value::Object(_) => "objekt",
    }
}

fn er_siffer(tekst: &str) -> bool {
    !tekst.is_empty() && tekst.bytes().all(|b| b.is_ascii_digit())
}

/// A text with each letter and digit as a mark: its form.
fn form(tekst: &str) -> String {
    if er_siffer(tekst) {
        return "9".into();
    }
    let tegn = |t: char| if t.is_ascii_hexdigit() { 'x' } else { t };
    tekst.chars().map(tegn).collect()
}

fn verdi(gammel: &Value, ny: &Value, navn: &str, hvor: &str, ut: &mut Vec<String>) {
    match (gammel, ny) {
        (Value::Object(gamle), Value::Object(nye)) => {
            for (navn, gammel) in gamle {
                match nye.get(navn) {
                    Some(ny) => verdi(gammel, ny, navn, &format!("{hvor}.{navn}"), ut),
                    None => ut.push(format!("{hvor}.{navn} er borte")),
                }
            }
        }
        (Value::Array(gamle), Value::Array(nye)) => liste(gamle, nye, navn, hvor, ut),
        _ if slag(gammel) != slag(ny) => {
            ut.push(format!("{hvor}: {} er blitt {}", slag(gammel), slag(ny)));
        }
        (Value::String(gammel), Value::String(ny)) => {
            let likt = if PROSA.contains(&navn) || hvor.starts_with("$.errors.") {
                !ny.is_empty()
            } else if NYE_HVER_GANG.contains(&navn) || er_id(gammel) {
                form(gammel) == form(ny)
            } else {
                gammel == ny
            };
            if !likt {
                ut.push(format!("{hvor}: teksten er en annen"));
            }
        }
        _ if NYE_HVER_GANG.contains(&navn) => {}
        _ if gammel != ny => ut.push(format!("{hvor}: verdien er en annen")),
        _ => {}
    }
}

/// A person id in a list of them has no name of its own.
fn er_id(tekst: &str) -> bool {
    form(tekst) == "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
}

fn passer(gammel: &Value, ny: &Value, navn: &str, hvor: &str) -> bool {
    let mut ut = Vec::new();
    verdi(gammel, ny, navn, hvor, &mut ut);
    ut.is_empty()
}

/// Each old one is met by one of its own among the new, the one at its place before others.
fn liste(gamle: &[Value], nye: &[Value], navn: &str, hvor: &str, ut: &mut Vec<String>) {
    let mut ledig = vec![true; nye.len()];
    let mut umoett = Vec::new();
    for (nr, gammel) in gamle.iter().enumerate() {
        match nye.get(nr) {
            Some(ny) if passer(gammel, ny, navn, hvor) => ledig[nr] = false,
            _ => umoett.push(nr),
        }
    }
    for nr in umoett {
        let gammel = &gamle[nr];
        let treff = (0..nye.len()).find(|n| ledig[*n] && passer(gammel, &nye[*n], navn, hvor));
        match treff {
            Some(treff) => ledig[treff] = false,
            None => match nye.get(nr) {
                Some(ny) if ledig[nr] => verdi(gammel, ny, navn, &format!("{hvor}[{nr}]"), ut),
                _ => ut.push(format!("{hvor}[{nr}] er borte")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bilde(kropp: Value) -> Bilde {
        let hoder = [("content-type", "application/json"), ("cache-control", "no-store")];
        Bilde {
            status: 200,
            hoder: hoder.map(|(n, v)| (n.to_owned(), v.to_owned())).into(),
            kropp: Some(kropp),
        }
    }

    #[track_caller]
    fn check(gammel: Value, ny: Value, ventet: &[&str]) {
        assert_eq!(avvik(&bilde(gammel), &bilde(ny)), ventet);
    }

    #[test]
    fn what_is_added_is_not_noticed() {
        check(json!({"a": 1}), json!({"a": 1, "b": 2}), &[]);
        check(
            json!([{"a": 1}, {"a": 2}]),
            json!([{"a": 2, "b": 1}, {"a": 3}, {"a": 1}]),
            &[],
        );
        check(
            json!({"title": "One", "detail": "x"}),
            json!({"title": "Two", "detail": "y"}),
            &[],
        );
        check(json!({"sequenceNumber": 7}), json!({"sequenceNumber": 900}), &[]);
        check(json!({"sequenceNumber": "7"}), json!({"sequenceNumber": "900"}), &[]);
        let (en, annen) = (
            "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
            "ffffffff-ffff-0000-1111-222233334444",
        );
        check(json!([en]), json!([annen]), &[]);
    }

    #[test]
    fn what_is_gone_or_otherwise_is_told_with_its_place() {
        check(json!({"a": {"b": 1}}), json!({"a": {}}), &["$.a.b er borte"]);
        check(json!({"a": "1"}), json!({"a": 1}), &["$.a: tekst er blitt heltall"]);
        check(
            json!({"a": 1}),
            json!({"a": 1.5}),
            &["$.a: heltall er blitt desimaltall"],
        );
        check(json!({"a": {}}), json!({"a": []}), &["$.a: objekt er blitt liste"]);
        check(
            json!({"a": "Female"}),
            json!({"a": "Woman"}),
            &["$.a: teksten er en annen"],
        );
        check(json!({"a": [1, 2]}), json!({"a": [1]}), &["$.a[1] er borte"]);
        check(json!({"a": true}), json!({"a": null}), &["$.a: ja/nei er blitt null"]);
        check(
            json!({"sequenceNumber": "7"}),
            json!({"sequenceNumber": "x"}),
            &["$.sequenceNumber: teksten er en annen"],
        );
        check(
            json!({"errors": {"nin": ["x"]}}),
            json!({"errors": {"id": ["x"]}}),
            &["$.errors.nin er borte"],
        );
    }

    #[test]
    fn status_headers_and_the_body_itself_are_held() {
        let gammel = bilde(json!({}));
        for (endring, ventet) in [
            (
                (|b: &mut Bilde| b.status = 204) as fn(&mut Bilde),
                "status: 200 er blitt 204",
            ),
            (|b| b.kropp = None, "kroppen er borte"),
            (
                |b| drop(b.hoder.remove("cache-control")),
                "hodet cache-control er borte",
            ),
            (
                |b| drop(b.hoder.insert("content-type".into(), "application/problem+json".into())),
                "hodet content-type sier noe annet",
            ),
        ] {
            let mut ny = gammel.clone();
            endring(&mut ny);
            assert_eq!(avvik(&gammel, &ny), [ventet]);
        }
        let mut ny = gammel.clone();
        ny.hoder.insert("link".into(), "x".into());
        assert_eq!(avvik(&gammel, &ny), Vec::<String>::new());
        let uten = Bilde {
            kropp: None,
            ..gammel.clone()
        };
        assert_eq!(avvik(&uten, &gammel), ["det er kommet en kropp"]);
    }
}
