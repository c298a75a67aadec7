//! The table of releases against what the documents of two releases differ in: nothing is new without an entry, and no entry is about
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use persontjenesten::Versjon;
use persontjenesten::endringslogg::{Slag, UTGIVELSER, Utgivelse, tjent, utgivelser};
use persontjenesten::openapi::Omfang;
use serde_json::Value;

use crate::openapi::vaart;
use crate::opptak;

/// The contract of a document: each element, and what it is. Branches of a version are one, since they have the same operations.
fn elementer(dokument: &Value, versjon: Versjon) -> BTreeMap<String, String> {
    let mut ut = BTreeMap::new();
    for (sti, metoder) in dokument["paths"].as_object().unwrap() {
        let grener = Omfang::ALLE.iter().filter(|o| o.versjon() == versjon).enumerate();
        // In which of the two branches, so that one that is gone from one of them is a difference.
        let funnet = grener
            .into_iter()
            .find_map(|(nr, o)| Some((nr.to_string(), sti.strip_prefix(o.sti())?)));
        let (gren, kort) = funnet.unwrap_or((String::new(), sti));
        for (metode, operasjon) in metoder.as_object().unwrap() {
            let navn = format!("{} {}", metode.to_uppercase(), kort.trim_start_matches('/'));
            legg_til(&mut ut, &navn, &gren);
            for parameter in operasjon["parameters"].as_array().into_iter().flatten() {
                // The version header is one element, wherever it is.
                if parameter.get("name").is_none() || parameter["name"] == "api-version" {
                    continue;
                }
                let hva = format!("{} {}", parameter["required"], form(&parameter["schema"]));
                legg_til(
                    &mut ut,
                    &format!("{navn}?{}", parameter["name"].as_str().unwrap()),
                    &hva,
                );
            }
            let kropp = &operasjon["requestBody"]["content"];
            for (type_, medium) in kropp.as_object().into_iter().flatten() {
                let hva = format!("{type_} {}", form(&medium["schema"]));
                legg_til(&mut ut, &format!("{navn} form"), &hva);
            }
            for (status, svar) in operasjon["responses"].as_object().unwrap() {
                let innhold = svar["content"].as_object().into_iter().flatten();
                let innhold: Vec<String> = innhold.map(|(t, m)| format!("{t} {}", form(&m["schema"]))).collect();
                legg_til(&mut ut, &format!("{navn} {status}"), &innhold.join(" "));
            }
        }
    }
    for (navn, skjema) in dokument["components"]["schemas"].as_object().unwrap() {
        ut.insert(navn.clone(), form(&skjema["type"]));
        for (felt, egenskap) in skjema["properties"].as_object().into_iter().flatten() {
            let krevd = skjema["required"]
                .as_array()
                .is_some_and(|k| k.iter().any(|n| n == felt));
            ut.insert(format!("{navn}.{felt}"), format!("{krevd} {}", form(egenskap)));
        }
        for verdi in skjema["enum"].as_array().into_iter().flatten() {
            ut.insert(format!("{navn}={}", verdi.as_str().unwrap()), String::new());
        }
    }
    let hode = &dokument["components"]["parameters"]["ApiVersion"];
    let krevd = match hode.get("required") {
        Some(krevd) => krevd.clone(),
        None => true.into(),
    };
    ut.insert("api-version".into(), krevd.to_string());
    ut
}

/// What is not the same in both branches is both.
fn legg_til(ut: &mut BTreeMap<String, String>, navn: &str, hva: &str) {
    let alt = ut.entry(navn.to_owned()).or_insert_with(|| hva.to_owned());
    if !alt.split('\n').any(|h| h == hva) {
        alt.push('\n');
        alt.push_str(hva);
    }
}

/// A schema without what is prose.
fn form(skjema: &Value) -> String {
    // All of one thing is that thing.
    if let Some([en]) = skjema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        return form(en);
    }
    match skjema {
        Value::Object(objekt) => {
            let medlem = |(navn, verdi): (&String, &Value)| format!("{navn}:{}", form(verdi));
            let alle = objekt.iter().filter(|(navn, _)| *navn != "description");
            alle.map(medlem).collect::<Vec<_>>().join(",")
        }
        Value::Array(liste) => liste.iter().map(form).collect::<Vec<_>>().join("|"),
        annet => annet.to_string(),
    }
}

/// What two contracts differ in: names that are new, gone, and something else than before.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Forskjell {
    pub nye: BTreeSet<String>,
    pub borte: BTreeSet<String>,
    pub endrede: BTreeSet<String>,
}

fn forskjell(foer: &BTreeMap<String, String>, naa: &BTreeMap<String, String>) -> Forskjell {
    let mut ut = Forskjell::default();
    for (navn, hva) in naa {
        match foer.get(navn) {
            None => drop(ut.nye.insert(navn.clone())),
            Some(foer) if foer != hva => drop(ut.endrede.insert(navn.clone())),
            Some(_) => {}
        }
    }
    ut.borte = foer.keys().filter(|navn| !naa.contains_key(*navn)).cloned().collect();
    ut
}

/// Whether an element that an entry names has this one in it.
fn dekker(element: &str, navn: &str) -> bool {
    navn.strip_prefix(element)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '?', '.', '=']))
}

/// Holds entries against a difference: each element of the difference is named by one of the right kind, and each name is of some.
#[track_caller]
fn hold(forskjell: &Forskjell, utgivelser: &[&Utgivelse]) {
    let endringer: Vec<_> = utgivelser.iter().flat_map(|u| u.endringer).collect();
    let navngitt = |navn: &String, slag: &[Slag]| {
        let mut med = endringer.iter().filter(|e| slag.contains(&e.slag));
        med.any(|e| e.elementer.iter().any(|element| dekker(element, navn)))
    };
    let udekket = |navn: &BTreeSet<String>, slag: &[Slag]| -> Vec<String> {
        navn.iter().filter(|n| !navngitt(n, slag)).cloned().collect()
    };
    let ingen = Vec::<String>::new();
    assert_eq!(udekket(&forskjell.nye, &[Slag::LagtTil]), ingen, "nytt uten omtale");
    let borte = [Slag::Fjernet, Slag::Endret];
    assert_eq!(udekket(&forskjell.borte, &borte), ingen, "borte uten omtale");
    let endret = [Slag::Endret, Slag::Rettet, Slag::LagtTil, Slag::Fjernet];
    assert_eq!(udekket(&forskjell.endrede, &endret), ingen, "endret uten omtale");
    let alle = || forskjell.nye.iter().chain(&forskjell.borte).chain(&forskjell.endrede);
    for endring in endringer {
        for element in endring.elementer {
            // What is deprecated is in the contract still, and may be told of without a difference.
            let finnes = endring.slag == Slag::Foreldet || alle().any(|navn| dekker(element, navn));
            assert!(finnes, "{element} er omtalt, og er ingen forskjell");
        }
    }
}

#[test]
fn what_version_3_has_otherwise_than_version_2_is_in_the_table_and_nothing_else() {
    let (v2, v3) = (vaart(Versjon::V2), vaart(Versjon::V3));
    let foerste: Vec<&Utgivelse> = UTGIVELSER
        .iter()
        .filter(|u| u.versjon == Versjon::V3 && u.under == 0)
        .collect();
    // The first releases of the two, where they are recorded; before that, what is served.
    let v2 = opptak::dokument(Versjon::V2, 0).unwrap_or(v2);
    let v3 = opptak::dokument(Versjon::V3, 0).unwrap_or(v3);
    hold(
        &forskjell(&elementer(&v2, Versjon::V2), &elementer(&v3, Versjon::V3)),
        &foerste,
    );
}

#[test]
fn what_is_served_otherwise_than_the_newest_recording_is_in_the_table_and_breaks_nothing() {
    for versjon in Versjon::ALLE {
        let naa = elementer(&vaart(versjon), versjon);
        let (under, dokument) = opptak::nyeste(versjon);
        let forskjell = forskjell(&elementer(&dokument, versjon), &naa);
        let nyere: Vec<&Utgivelse> = utgivelser(versjon).filter(|u| u.under > under).collect();
        assert_eq!(forskjell.borte, BTreeSet::new(), "en underversjon tar ikke bort noe");
        hold(&forskjell, &nyere);
    }
}

#[test]
fn the_documents_say_the_release_that_is_served() {
    for versjon in Versjon::ALLE {
        assert_eq!(vaart(versjon)["info"]["version"], tjent(versjon));
        assert!(versjon.godtar(&tjent(versjon)));
    }
}

#[test]
fn a_difference_without_an_entry_and_an_entry_without_a_difference_are_found() {
    let versjon = Versjon::V3;
    let foer = vaart(versjon);
    let (basis, uten) = (elementer(&foer, versjon), Vec::new());
    assert_eq!(forskjell(&basis, &elementer(&foer, versjon)), Forskjell::default());
    let med = |sti: &str, verdi: Value| {
        let mut naa = foer.clone();
        let (under, navn) = sti.rsplit_once('/').unwrap();
        let sted = naa.pointer_mut(under).unwrap_or_else(|| panic!("{sti}"));
        if verdi.is_null() {
            sted.as_object_mut().unwrap().remove(navn).unwrap();
        } else {
            sted[navn] = verdi;
        }
        forskjell(&basis, &elementer(&naa, versjon))
    };
    let person = "/components/schemas/Person/properties";
    let (nye, borte, endrede) = (
        med(&format!("{person}/shoeSize"), serde_json::json!({"type": "string"})),
        med(&format!("{person}/name"), Value::Null),
        med(&format!("{person}/id"), serde_json::json!({"type": "integer"})),
    );
    assert_eq!(nye.nye, BTreeSet::from(["Person.shoeSize".to_owned()]));
    assert_eq!(borte.borte, BTreeSet::from(["Person.name".to_owned()]));
    assert_eq!(endrede.endrede, BTreeSet::from(["Person.id".to_owned()]));
    let krevd = "/paths/~1api~1v3~1full-access~1event/get/parameters/0/required";
    assert_eq!(med(krevd, true.into()).endrede.len(), 1);
    for forskjell in [&nye, &borte, &endrede] {
        assert!(std::panic::catch_unwind(|| hold(forskjell, &uten)).is_err());
    }
    let alle: Vec<&Utgivelse> = utgivelser(versjon).collect();
    assert!(std::panic::catch_unwind(|| hold(&Forskjell::default(), &alle)).is_err());
}
