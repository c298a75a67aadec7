//! Our OpenAPI documents beside the public ones, fact by fact: nothing is missing, and what is ours alone is listed here.

use std::collections::BTreeSet;

use persontjenesten::Versjon;
use persontjenesten::openapi::{Omfang, Operasjon, ruter};
use serde_json::Value;

use crate::kontrakt::{felt_inn, publisert};

/// Our document of a version.
pub fn vaart(versjon: Versjon) -> Value {
    serde_json::from_slice(&persontjenesten::openapi::dokument(versjon)).unwrap()
}

/// Words for people, which are each document's own.
const PROSA: [&str; 4] = ["description", "summary", "tags", "example"];

/// A document as facts: where, and what. Lists whose order says nothing are sets.
fn fakta(verdi: &Value, sted: &str, ut: &mut BTreeSet<String>) {
    match verdi {
        Value::Object(objekt) if !objekt.is_empty() => {
            // Where names are data, no name is prose.
            let data = sted.ends_with("/properties") || sted.ends_with("/encoding");
            for (navn, verdi) in objekt
                .iter()
                .filter(|(navn, _)| data || !PROSA.contains(&navn.as_str()))
            {
                if sted.ends_with("/responses") {
                    // A status without a body is a fact too.
                    ut.insert(format!("{sted}/{navn}"));
                }
                fakta(verdi, &format!("{sted}/{navn}"), ut);
            }
        }
        Value::Array(liste) if !liste.is_empty() => {
            for verdi in liste {
                match (verdi.get("name").and_then(Value::as_str), verdi.as_str()) {
                    (Some(navn), _) => fakta(verdi, &format!("{sted}/{navn}"), ut),
                    (None, Some(tekst)) => {
                        ut.insert(format!("{sted}/{tekst}"));
                    }
                    (None, None) => fakta(verdi, sted, ut),
                }
            }
        }
        annet => {
            ut.insert(format!("{sted}={annet}"));
        }
    }
}

fn alle_fakta(dokument: &Value) -> BTreeSet<String> {
    let mut ut = BTreeSet::new();
    fakta(dokument, "", &mut ut);
    ut
}

/// Whether a text fits a pattern, where `*` is any text.
fn passer(moenster: &str, tekst: &str) -> bool {
    let Some((foer, etter)) = moenster.split_once('*') else {
        return moenster == tekst;
    };
    let Some(rest) = tekst.strip_prefix(foer) else {
        return false;
    };
    (0..=rest.len()).any(|n| rest.get(n..).is_some_and(|rest| passer(etter, rest)))
}

/// Facts of the public document that ours does not have, with the reason.
fn mangler(versjon: Versjon) -> &'static [(&'static str, &'static str)] {
    match versjon {
        Versjon::V2 => &[
            ("/info/title=\"Persontjenesten API - ET\"", "the name of an environment"),
            ("/info/version=\"2\"", "ours says the minor version too"),
        ],
        Versjon::V3 => &[("/info/version=\"3\"", "ours says the minor version too")],
    }
}

/// Facts of our document that the public one does not have, as patterns, with the reason.
fn tillegg(versjon: Versjon) -> Vec<(&'static str, &'static str)> {
    let utover = "status beyond the published ones";
    let mut ut = vec![
        (
            "/paths/*/responses/401/headers/WWW-Authenticate/*",
            "what RFC 6750 and RFC 9449 ask for",
        ),
        (
            "/paths/*/search/*/responses/403*",
            "a token without the scope is refused there too",
        ),
        ("/info/version=*", "the minor version too"),
        ("/paths/*/responses/405*", utover),
        ("/paths/*/responses/406*", utover),
        ("/paths/*/responses/408*", utover),
        ("/paths/*/responses/413*", utover),
        ("/paths/*/responses/414*", utover),
        ("/paths/*/responses/415*", utover),
        ("/paths/*/responses/429*", utover),
        ("/paths/*/responses/431*", utover),
        ("/paths/*/responses/500*", utover),
        ("/paths/*/responses/503*", utover),
    ];
    if versjon == Versjon::V2 {
        ut.push(("/info/title=\"Persontjenesten Person API\"", "a name of our own"));
    }
    ut
}

/// Our document with forms where they are used, where the public one has them there.
fn vaart_som_publisert(versjon: Versjon) -> Value {
    match versjon {
        Versjon::V2 => felt_inn(vaart(versjon), |navn| navn.ends_with("Form")),
        Versjon::V3 => vaart(versjon),
    }
}

#[test]
fn all_that_the_public_documents_say_ours_say_too() {
    for versjon in Versjon::ALLE {
        let Some(publisert) = publisert(versjon) else { return };
        let (publisert, vaart) = (alle_fakta(&publisert), alle_fakta(&vaart_som_publisert(versjon)));
        assert!(publisert.len() > 2_000, "{}", publisert.len());
        let uten: BTreeSet<&str> = publisert.difference(&vaart).map(String::as_str).collect();
        let avtalt: BTreeSet<&str> = mangler(versjon).iter().map(|(faktum, _)| *faktum).collect();
        assert_eq!(uten, avtalt, "{versjon:?}");
    }
}

#[test]
fn ours_say_nothing_more_than_is_listed() {
    for versjon in Versjon::ALLE {
        let Some(publisert) = publisert(versjon) else { return };
        let (publisert, vaart) = (alle_fakta(&publisert), alle_fakta(&vaart_som_publisert(versjon)));
        let tillegg = tillegg(versjon);
        let mut brukt = vec![false; tillegg.len()];
        let mut uventet = Vec::new();
        for faktum in vaart.difference(&publisert) {
            let treff: Vec<usize> = (0..tillegg.len()).filter(|nr| passer(tillegg[*nr].0, faktum)).collect();
            if treff.is_empty() {
                uventet.push(faktum);
            }
            for nr in treff {
                brukt[nr] = true;
            }
        }
        assert_eq!(uventet, Vec::<&String>::new(), "{versjon:?}");
        let ubrukt: Vec<&str> = tillegg
            .iter()
            .zip(brukt)
            .filter(|(_, b)| !b)
            .map(|((m, _), _)| *m)
            .collect();
        assert_eq!(ubrukt, Vec::<&str>::new(), "listed, but not a difference");
    }
}

#[test]
fn the_documents_have_the_same_paths_and_the_list_of_routes_has_them_all() {
    for (versjon, antall) in [(Versjon::V2, 20), (Versjon::V3, 19)] {
        let stier = |dokument: &Value| -> BTreeSet<(String, String)> {
            let stier = dokument["paths"].as_object().unwrap();
            let metoder = |(sti, verdi): (&String, &Value)| {
                let metoder = verdi.as_object().unwrap().keys();
                metoder.map(|m| (sti.clone(), m.clone())).collect::<Vec<_>>()
            };
            stier.iter().flat_map(metoder).collect()
        };
        let fra_listen: BTreeSet<(String, String)> = ruter(versjon)
            .iter()
            .map(|rute| (rute.sti.clone(), rute.operasjon.metode().navn().to_owned()))
            .collect();
        assert_eq!(fra_listen.len(), antall);
        assert_eq!(stier(&vaart(versjon)), fra_listen);
        if let Some(publisert) = publisert(versjon) {
            assert_eq!(stier(&publisert), fra_listen);
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    fn referanser(verdi: &Value, ut: &mut BTreeSet<String>) {
        if let Some(navn) = verdi.get("$ref").and_then(Value::as_str) {
            ut.insert(navn.trim_start_matches('#').to_owned());
        }
        match verdi {
            Value::Object(objekt) => objekt.values().for_each(|v| referanser(v, ut)),
            Value::Array(liste) => liste.iter().for_each(|v| referanser(v, ut)),
            _ => {}
        }
    }
    for versjon in Versjon::ALLE {
        let dokument = vaart(versjon);
        let mut alle = BTreeSet::new();
        referanser(&dokument, &mut alle);
        for sted in &alle {
            assert!(dokument.pointer(sted).is_some(), "{sted}");
        }
        for navn in dokument["components"]["schemas"].as_object().unwrap().keys() {
            assert!(alle.contains(&format!("/components/schemas/{navn}")), "{navn}");
        }
        assert_eq!(
            persontjenesten::openapi::dokument(versjon),
            persontjenesten::openapi::dokument(versjon)
        );
    }
}

#[test]
fn every_operation_of_a_scope_stands_below_its_path_and_ids_are_each_ones_own() {
    let mut ider = BTreeSet::new();
    for versjon in Versjon::ALLE {
        for rute in ruter(versjon) {
            match rute.omfang {
                None => assert_eq!(rute.operasjon, Operasjon::Ping),
                Some(omfang) => {
                    assert_eq!(omfang.versjon(), versjon);
                    assert_eq!(rute.sti, format!("{}{}", omfang.sti(), rute.operasjon.sti()));
                }
            }
            if let Some(id) = rute.id() {
                assert!(ider.insert(id));
            }
        }
    }
    let scoper: BTreeSet<&str> = Omfang::ALLE.iter().map(|o| o.scope()).collect();
    assert_eq!(scoper.len(), 4);
    assert_eq!(Omfang::ALLE.map(Omfang::ser_kontaktdata), [true, false, true, false]);
}

#[test]
fn a_pattern_is_met_by_what_it_says_and_nothing_else() {
    for (moenster, tekst, ventet) in [
        ("a*c", "abc", true),
        ("a*c", "abcd", false),
        ("a*", "abcd", true),
        ("a", "ab", false),
        ("*.x/*", "/p.x/y", true),
        ("*.x/*", "/p.xy/y", false),
    ] {
        assert_eq!(passer(moenster, tekst), ventet, "{moenster} {tekst}");
    }
}
