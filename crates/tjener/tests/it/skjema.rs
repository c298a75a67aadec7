//! A value against a schema of an OpenAPI document. Strict: a keyword of a schema that this does not know is a fault too,
//! so that no rule is passed over.

use informasjonsmodell::{Dato, Tidspunkt};
use serde_json::Value;

const STED: &str = "#/components/schemas/";

/// Words that say nothing of a JSON value.
const PROSA: [&str; 4] = ["title", "description", "example", "xml"];

/// The faults of a value; empty when it is valid.
pub fn feil(dokument: &Value, skjema: &Value, verdi: &Value) -> Vec<String> {
    let mut ut = Vec::new();
    sjekk(dokument, skjema, verdi, "$", &mut ut);
    ut
}

fn sjekk(dokument: &Value, skjema: &Value, verdi: &Value, sti: &str, ut: &mut Vec<String>) {
    if let Some(peker) = skjema["$ref"].as_str() {
        let navn = peker.strip_prefix(STED).unwrap();
        let maal = &dokument["components"]["schemas"][navn];
        assert!(maal.is_object(), "{peker} fører ingen steder");
        return sjekk(dokument, maal, verdi, sti, ut);
    }
    let kjente = [
        "type",
        "format",
        "enum",
        "items",
        "properties",
        "required",
        "additionalProperties",
    ];
    for ord in skjema.as_object().unwrap().keys() {
        if !kjente.contains(&ord.as_str()) && !PROSA.contains(&ord.as_str()) {
            ut.push(format!("{sti}: skjemaet har {ord}, som prøven ikke kan"));
        }
    }
    match (skjema["type"].as_str(), verdi) {
        (Some("object"), Value::Object(_)) => objekt(dokument, skjema, verdi, sti, ut),
        (Some("array"), Value::Array(liste)) => {
            for (nr, en) in liste.iter().enumerate() {
                sjekk(dokument, &skjema["items"], en, &format!("{sti}[{nr}]"), ut);
            }
        }
        (Some("string"), Value::String(tekst)) => {
            let gyldig = match skjema["format"].as_str() {
                None => true,
                Some("date") => Dato::parse(tekst).is_some(),
                Some("date-time") => Tidspunkt::parse(tekst).is_some(),
                Some(_) => false,
            };
            if !gyldig {
                ut.push(format!("{sti}: teksten har ikke formen {}", skjema["format"]));
            }
            if skjema["enum"].as_array().is_some_and(|e| !e.contains(verdi)) {
                ut.push(format!("{sti}: verdien er utenfor kodelisten"));
            }
        }
        (Some("integer"), Value::Number(tall)) => {
            let gyldig = match skjema["format"].as_str() {
                Some("int32") => tall.as_i64().is_some_and(|t| i32::try_from(t).is_ok()),
                _ => tall.as_i64().is_some(),
            };
            if !gyldig {
                ut.push(format!("{sti}: tallet er utenfor sin form"));
            }
        }
        (Some("boolean"), Value::Bool(_)) => {}
        (type_, _) => ut.push(format!("{sti}: ventet {type_:?}")),
    }
}

fn objekt(dokument: &Value, skjema: &Value, verdi: &Value, sti: &str, ut: &mut Vec<String>) {
    let objekt = verdi.as_object().unwrap();
    for krevd in skjema["required"].as_array().into_iter().flatten() {
        if !objekt.contains_key(krevd.as_str().unwrap()) {
            ut.push(format!("{sti}: mangler {krevd}"));
        }
    }
    for (navn, verdi) in objekt {
        let under = format!("{sti}.{navn}");
        match (skjema["properties"].get(navn), skjema.get("additionalProperties")) {
            (Some(skjema), _) => sjekk(dokument, skjema, verdi, &under, ut),
            (None, Some(skjema)) if skjema.is_object() => sjekk(dokument, skjema, verdi, &under, ut),
            (None, _) => ut.push(format!("{under}: finnes ikke i skjemaet")),
        }
    }
}

#[test]
fn the_walker_finds_each_kind_of_fault() {
    let dokument = serde_json::json!({"components": {"schemas": {"A": {
        "type": "object", "required": ["id"],
        "properties": {
            "id": {"type": "string", "enum": ["x", "y"]}, "tall": {"type": "integer", "format": "int32"},
            "dag": {"type": "string", "format": "date"}, "liste": {"type": "array", "items": {"$ref": "#/components/schemas/A"}},
        },
    }}}});
    let skjema = serde_json::json!({"$ref": "#/components/schemas/A"});
    let antall = |verdi: &str| feil(&dokument, &skjema, &serde_json::from_str(verdi).unwrap()).len();
    assert_eq!(
        antall(r#"{"id":"x","tall":3,"dag":"2024-02-29","liste":[{"id":"y"}]}"#),
        0
    );
    for galt in [
        r"{}",
        r#"{"id":"z"}"#,
        r#"{"id":"x","ukjent":1}"#,
        r#"{"id":"x","tall":3000000000}"#,
        r#"{"id":"x","tall":"3"}"#,
        r#"{"id":"x","dag":"2023-02-29"}"#,
        r#"{"id":"x","liste":[{}]}"#,
        r#"{"id":null}"#,
        r"[]",
    ] {
        assert_eq!(antall(galt), 1, "{galt}");
    }
    let ukjent = serde_json::json!({"type": "string", "pattern": "a"});
    assert_eq!(feil(&dokument, &ukjent, &Value::from("b")).len(), 1);
}
