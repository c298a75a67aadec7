//! The schemas of a document, made from the table of the translation: whoever adds a row there adds it here.

use serde_json::{Map, Value, json};

use super::operasjon::Operasjon;
use super::parameter::{Liste, Moenster, Parameter, Skjema, Verdiform};
use super::{PROBLEM, referanse};
use crate::oversettelse::tabell::{Antall, Felt, Form, Kilde};
use crate::oversettelse::{kodelister, skjemaer};
use crate::{EventType, InformationPart, Versjon};

/// Every schema of a version, by name.
pub(super) fn alle(versjon: Versjon) -> Map<String, Value> {
    let mut ut = Map::new();
    for skjema in skjemaer::ALLE {
        let egenskaper: Map<String, Value> = skjema
            .felter_i(versjon)
            .map(|felt| (felt.navn.to_owned(), egenskap(felt)))
            .collect();
        let beskrivelse = match skjema.norske {
            [] => "A frame around what is found.".to_owned(),
            norske => format!("In the source: {}.", norske.join(", ")),
        };
        ut.insert(
            skjema.navn.into(),
            json!({"type": "object", "description": beskrivelse, "properties": egenskaper, "additionalProperties": false}),
        );
    }
    for liste in kodelister::ALLE.iter().filter(|l| !l.fra_v3 || versjon == Versjon::V3) {
        let koder: Vec<&str> = liste.verdier().collect();
        let beskrivelse = format!("In the source: {}.", liste.norsk);
        ut.insert(liste.navn.into(), kodeliste(&koder, &beskrivelse));
    }
    let deler: Vec<&str> = InformationPart::ALLE.iter().map(|del| del.navn()).collect();
    ut.insert(
        Liste::InformationPart.navn().into(),
        kodeliste(&deler, "A part of a person."),
    );
    let typer: Vec<&str> = EventType::ALLE.iter().map(|type_| type_.navn()).collect();
    ut.insert(
        Liste::EventType.navn().into(),
        kodeliste(&typer, "What happened. There may come more."),
    );
    ut.insert(PROBLEM.into(), problem(versjon));
    for operasjon in Operasjon::ALLE.into_iter().filter(|o| o.finnes_i(versjon)) {
        if let Some(form) = operasjon.skjema(versjon) {
            ut.insert(form.navn.into(), formskjema(form, versjon));
        }
    }
    ut
}

fn kodeliste(verdier: &[&str], beskrivelse: &str) -> Value {
    json!({"type": "string", "description": beskrivelse, "enum": verdier})
}

fn problem(versjon: Versjon) -> Value {
    let tekst = || json!({"type": "string", "nullable": true});
    let flere = match versjon {
        Versjon::V2 => json!({}),
        Versjon::V3 => json!(true),
    };
    json!({
        "type": "object",
        "description": "What is wrong with a call. Never says anything of a person.",
        "properties": {
            "type": tekst(),
            "title": tekst(),
            "status": {"type": "integer", "format": "int32", "nullable": true},
            "detail": tekst(),
            "instance": tekst(),
        },
        "additionalProperties": flere,
    })
}

fn egenskap(felt: &Felt) -> Value {
    let en = match felt.form {
        Form::Tekst => json!({"type": "string"}),
        Form::Heltall => json!({"type": "integer", "format": "int64"}),
        Form::Heltall32 => json!({"type": "integer", "format": "int32"}),
        Form::Boolsk => json!({"type": "boolean"}),
        Form::Dato | Form::Tidspunkt => json!({"type": "string", "format": "date-time"}),
        Form::Kode(liste) => referanse(liste.navn),
        Form::Objekt(skjema) => referanse(skjema.navn),
    };
    let mut ut = match (felt.antall, felt.form) {
        (Antall::Liste, _) => json!({"type": "array", "items": en}),
        // Beside a reference nothing else may stand.
        (_, Form::Kode(_) | Form::Objekt(_)) => json!({"allOf": [en]}),
        _ => en,
    };
    if let Some(ut) = ut.as_object_mut() {
        ut.insert("description".into(), beskrivelse(felt).into());
        if felt.nullbar {
            ut.insert("nullable".into(), true.into());
        }
        if felt.foreldet {
            ut.insert("deprecated".into(), true.into());
        }
    }
    ut
}

fn beskrivelse(felt: &Felt) -> String {
    let hva = match felt.kilde {
        Kilde::Freg(navn) => format!("FREG: {navn}."),
        Kilde::Tvilling(navn) => format!("FREG: {navn}, once more."),
        Kilde::Krr(navn) => format!("KRR: {navn}."),
        Kilde::Berikelse(_) => "Added from a register of places.".into(),
        Kilde::Tjenesten => "Of the service itself.".into(),
    };
    match felt.form {
        Form::Dato => format!("{hva} A date: clock and zone mean nothing."),
        _ => hva,
    }
}

/// What a parameter may be, as a schema.
pub(super) fn verdiform(parameter: &Parameter, versjon: Versjon) -> Value {
    match parameter.form {
        Verdiform::Tekst { min, maks, moenster } => tekst(min, maks, moenster),
        Verdiform::Heltall {
            langt,
            min,
            maks,
            standard,
        } => {
            let mut ut = Map::new();
            ut.insert("type".into(), "integer".into());
            ut.insert("format".into(), if langt { "int64" } else { "int32" }.into());
            for (navn, verdi) in [("minimum", min), ("maximum", maks), ("default", standard)] {
                if let Some(verdi) = verdi {
                    ut.insert(navn.into(), verdi.into());
                }
            }
            if langt && versjon == Versjon::V2 {
                ut.insert("pattern".into(), "^([1-9][0-9]+|[1-9])$".into());
            }
            Value::Object(ut)
        }
        Verdiform::Boolsk => json!({"type": "boolean", "default": false}),
        Verdiform::En(liste) => match versjon {
            Versjon::V2 => json!({"allOf": [referanse(liste.navn())]}),
            Versjon::V3 => referanse(liste.navn()),
        },
        Verdiform::Flere { liste, min: 0 } => json!({"type": "array", "items": referanse(liste.navn())}),
        Verdiform::Flere { liste, min } => {
            json!({"type": "array", "items": referanse(liste.navn()), "minItems": min})
        }
        Verdiform::Tekster { min, maks } => {
            json!({"type": "array", "items": {"type": "string"}, "minItems": min, "maxItems": maks})
        }
    }
}

fn tekst(min: usize, maks: usize, moenster: Moenster) -> Value {
    let mut ut = Map::new();
    ut.insert("type".into(), "string".into());
    ut.insert("minLength".into(), min.into());
    ut.insert("maxLength".into(), maks.into());
    if let Some(tekst) = moenster.tekst() {
        let navn = if moenster.utenfor_standarden() {
            "x-pattern"
        } else {
            "pattern"
        };
        ut.insert(navn.into(), tekst.into());
    }
    Value::Object(ut)
}

fn formskjema(form: &Skjema, versjon: Versjon) -> Value {
    let egenskap = |felt: &Parameter| {
        let mut ut = verdiform(felt, versjon);
        // Beside a reference nothing else may stand.
        if let Some(ut) = ut.as_object_mut().filter(|ut| !ut.contains_key("$ref")) {
            ut.insert("description".into(), felt.tekst.into());
        }
        (felt.navn.to_owned(), ut)
    };
    let egenskaper: Map<String, Value> = form.felter.iter().map(egenskap).collect();
    let krevd: Vec<&str> = form.felter.iter().filter(|f| f.krevd).map(|f| f.navn).collect();
    let mut ut = json!({"type": "object", "properties": egenskaper});
    if let Some(ut) = ut.as_object_mut()
        && !krevd.is_empty()
    {
        ut.insert("required".into(), krevd.into());
    }
    ut
}
