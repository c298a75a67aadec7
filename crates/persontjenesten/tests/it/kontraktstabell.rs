//! The table against both public documents: every schema, property and value, and nothing more.

use std::collections::BTreeSet;

use persontjenesten::Versjon;
use persontjenesten::oversettelse::tabell::{Antall, Felt, Form};
use persontjenesten::oversettelse::{kodelister, skjemaer};
use serde_json::Value;

use crate::kontrakt;

/// Schemas that are not of the table: two lists that are enums of their own, and what is neither sent nor about persons.
const UTENFOR: [&str; 9] = [
    "EventType",
    "InformationPart",
    "ProblemDetails",
    "GetByNinForm",
    "BulkByIdForm",
    "BulkByNinForm",
    "PersonSearchForm",
    "PagedMatchListForm",
    "MatchCountForm",
];

fn navn(verdi: &Value) -> Vec<&str> {
    verdi
        .as_object()
        .map(|o| o.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

fn form(felt: &Felt) -> String {
    let en = match felt.form {
        Form::Tekst => "string".to_owned(),
        Form::Heltall => "integer int64".to_owned(),
        Form::Heltall32 => "integer int32".to_owned(),
        Form::Boolsk => "boolean".to_owned(),
        Form::Dato | Form::Tidspunkt => "string date-time".to_owned(),
        Form::Kode(liste) => liste.navn.to_owned(),
        Form::Objekt(skjema) => skjema.navn.to_owned(),
    };
    if felt.antall == Antall::Liste {
        format!("array {en}")
    } else {
        en
    }
}

fn publisert_form(verdi: &Value) -> String {
    let tekst = |navn: &str| verdi.get(navn).and_then(Value::as_str);
    if let Some(referanse) = tekst("$ref") {
        return referanse.rsplit('/').next().unwrap().to_owned();
    }
    if let Some(en) = verdi.pointer("/allOf/0") {
        return publisert_form(en);
    }
    match (tekst("type").unwrap(), tekst("format")) {
        ("array", _) => format!("array {}", publisert_form(&verdi["items"])),
        (type_, Some(format)) => format!("{type_} {format}"),
        (type_, None) => type_.to_owned(),
    }
}

#[test]
fn every_property_of_the_contracts_is_in_the_table_and_the_reverse() {
    for versjon in Versjon::ALLE {
        let Some(dokument) = kontrakt::publisert(versjon) else {
            return;
        };
        let publiserte = &dokument["components"]["schemas"];
        let mut sett = BTreeSet::new();
        let mut felter = 0;
        for skjema in skjemaer::ALLE {
            sett.insert(skjema.navn);
            let egenskaper = &publiserte[skjema.navn]["properties"];
            let publisert = navn(egenskaper);
            let vaare: Vec<&str> = skjema.felter_i(versjon).map(|f| f.navn).collect();
            match versjon {
                // The order is that of version 3.
                Versjon::V3 => assert_eq!(vaare, publisert, "{}", skjema.navn),
                Versjon::V2 => assert_eq!(
                    vaare.iter().collect::<BTreeSet<_>>(),
                    publisert.iter().collect(),
                    "{}",
                    skjema.navn
                ),
            }
            for felt in skjema.felter_i(versjon) {
                felter += 1;
                let egenskap = &egenskaper[felt.navn];
                assert_eq!(form(felt), publisert_form(egenskap), "{}.{}", skjema.navn, felt.navn);
                let er = |navn: &str| egenskap.get(navn) == Some(&Value::Bool(true));
                assert_eq!(felt.nullbar, er("nullable"), "{}.{}", skjema.navn, felt.navn);
                assert_eq!(felt.foreldet, er("deprecated"), "{}.{}", skjema.navn, felt.navn);
            }
        }
        for liste in kodelister::ALLE.iter().filter(|l| !l.fra_v3 || versjon == Versjon::V3) {
            sett.insert(liste.navn);
            let publisert: Vec<&str> = publiserte[liste.navn]["enum"]
                .as_array()
                .unwrap()
                .iter()
                .map(|v| v.as_str().unwrap())
                .collect();
            assert_eq!(liste.verdier().collect::<Vec<_>>(), publisert, "{}", liste.navn);
        }
        let rest: BTreeSet<&str> = navn(publiserte).into_iter().filter(|n| !sett.contains(n)).collect();
        let ventet: BTreeSet<&str> = match versjon {
            Versjon::V2 => UTENFOR.into_iter().filter(|n| !n.ends_with("Form")).collect(),
            Versjon::V3 => UTENFOR.into_iter().collect(),
        };
        assert_eq!(rest, ventet);
        assert!(felter > 450, "{felter}");
    }
}
