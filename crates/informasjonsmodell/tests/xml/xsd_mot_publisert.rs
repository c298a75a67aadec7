//! Our schemas beside the published ones: whatever stands there stands in ours.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use informasjonsmodell::xml::xsd;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::kontrakter::sted;

/// An element of a type: its type and whether it must be there.
#[derive(Debug, PartialEq, Eq)]
struct Element {
    typenavn: String,
    krevd: bool,
}

/// A schema as far as the two are compared.
#[derive(Debug, Default)]
struct Xsd {
    navnerom: String,
    roetter: BTreeMap<String, String>,
    typer: BTreeMap<String, BTreeMap<String, Element>>,
    koder: BTreeMap<String, BTreeSet<String>>,
}

fn attributt(element: &BytesStart<'_>, navn: &str) -> Option<String> {
    let attributt = element.try_get_attribute(navn).unwrap()?;
    Some(attributt.value.into_owned())
}

fn les(xsd: &str) -> Xsd {
    let mut leser = Reader::from_str(xsd);
    leser.config_mut().expand_empty_elements = true;
    let mut ut = Xsd::default();
    let (mut sammensatt, mut enkel) = (None, None);
    // Choices that are open now, and whether an element in them may be left out because another was taken.
    let mut valg = 0;
    loop {
        match leser.read_event().unwrap() {
            Event::Start(e) => match e.local_name().as_ref() {
                "schema" => ut.navnerom = attributt(&e, "targetNamespace").unwrap(),
                "complexType" => {
                    let navn = attributt(&e, "name").unwrap();
                    ut.typer.insert(navn.clone(), BTreeMap::new());
                    sammensatt = Some(navn);
                }
                "simpleType" => {
                    let navn = attributt(&e, "name").unwrap();
                    ut.koder.insert(navn.clone(), BTreeSet::new());
                    enkel = Some(navn);
                }
                "choice" => valg += 1,
                "enumeration" => {
                    let koder = ut.koder.get_mut(enkel.as_ref().unwrap()).unwrap();
                    koder.insert(attributt(&e, "value").unwrap());
                }
                "element" => {
                    let navn = attributt(&e, "name").unwrap();
                    let typenavn = attributt(&e, "type").unwrap();
                    match &sammensatt {
                        None => {
                            ut.roetter.insert(navn, typenavn);
                        }
                        Some(type_) => {
                            let krevd = valg == 0 && attributt(&e, "minOccurs").as_deref() != Some("0");
                            ut.typer
                                .get_mut(type_)
                                .unwrap()
                                .insert(navn, Element { typenavn, krevd });
                        }
                    }
                }
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "complexType" => sammensatt = None,
                "simpleType" => enkel = None,
                "choice" => valg -= 1,
                _ => {}
            },
            Event::Eof => return ut,
            _ => {}
        }
    }
}

/// An element whose type has another name in ours: type, element, theirs, ours.
///
/// Reasons: name parts are limited to 200 and the shortened name to 40 by the information model, which is newer than the
/// schemas.
const ANDRE_TYPER: &[(&str, &str, &str, &str)] = &[
    ("Folkeregisterpersonnavn", "etternavn", "Tekst", "Navnedel"),
    ("Folkeregisterpersonnavn", "forkortetNavn", "Tekst", "ForkortetNavn"),
    ("Folkeregisterpersonnavn", "fornavn", "Tekst", "Navnedel"),
    ("Folkeregisterpersonnavn", "mellomnavn", "Tekst", "Navnedel"),
    ("Personnavn", "etternavn", "Tekst", "Navnedel"),
    ("Personnavn", "fornavn", "Tekst", "Navnedel"),
    ("Personnavn", "mellomnavn", "Tekst", "Navnedel"),
];

/// A simple type that ours lacks, with the reason.
const UTELATTE_TYPER: &[(&str, &str)] = &[("Navn", "declared in the event schema and used by nothing in it")];

/// An element that ours requires and the published schema does not, with the reason.
const KREVD_HOS_OSS: &[(&str, &str, &str)] = &[
    (
        "SamiskSpraak",
        "spraak",
        "required by OpenAPI 1.5 and the event schema, both later",
    ),
    (
        "InternasjonalAdresseIFrittFormat",
        "landkode",
        "required by OpenAPI 1.5 and the event schema, both later",
    ),
];

fn sammenlign(fil: &Path, vaar: &str) {
    let (publisert, vaar) = (les(&std::fs::read_to_string(fil).unwrap()), les(vaar));
    assert!(publisert.typer.len() > 40, "the published schema was not read");
    assert_eq!(vaar.navnerom, publisert.navnerom);
    assert_eq!(vaar.roetter, publisert.roetter);
    let mut avvik = Vec::new();
    for (type_, elementer) in &publisert.typer {
        let Some(vaare) = vaar.typer.get(type_) else {
            avvik.push(format!("type {type_} mangler"));
            continue;
        };
        for (navn, element) in elementer {
            let Some(vaart) = vaare.get(navn) else {
                avvik.push(format!("{type_}.{navn} mangler"));
                continue;
            };
            let avtalt = (
                type_.as_str(),
                navn.as_str(),
                element.typenavn.as_str(),
                vaart.typenavn.as_str(),
            );
            if vaart.typenavn != element.typenavn && !ANDRE_TYPER.contains(&avtalt) {
                avvik.push(format!("{type_}.{navn}: {} er {}", element.typenavn, vaart.typenavn));
            }
            let avtalt = KREVD_HOS_OSS.iter().any(|(t, e, _)| t == type_ && e == navn);
            if vaart.krevd && !element.krevd && !avtalt {
                avvik.push(format!("{type_}.{navn} er krevd hos oss"));
            }
        }
    }
    for (type_, koder) in &publisert.koder {
        match vaar.koder.get(type_) {
            None if UTELATTE_TYPER.iter().any(|(navn, _)| navn == type_) => {}
            None => avvik.push(format!("enkel type {type_} mangler")),
            Some(vaare) => avvik.extend(koder.difference(vaare).map(|kode| format!("{type_}: {kode} mangler"))),
        }
    }
    assert_eq!(avvik, Vec::<String>::new());
}

#[test]
fn the_person_schema_has_all_that_the_published_one_has() {
    let Some(fil) = sted("folkeregister/kontrakter/PersondokumentMedHistorikk_v1BETA2.xsd") else {
        return;
    };
    sammenlign(&fil, &xsd::person());
}

#[test]
fn the_event_schema_has_all_that_the_published_one_has() {
    let Some(fil) = sted("folkeregister/kontrakter/Hendelsedokument_v1.4.xsd") else {
        return;
    };
    sammenlign(&fil, &xsd::hendelse());
}

#[test]
fn each_agreed_difference_is_one() {
    let Some(person) = sted("folkeregister/kontrakter/PersondokumentMedHistorikk_v1BETA2.xsd") else {
        return;
    };
    let publisert = les(&std::fs::read_to_string(person).unwrap());
    let vaar = les(&xsd::person());
    for (type_, navn, deres, vaares) in ANDRE_TYPER {
        assert_eq!(publisert.typer[*type_][*navn].typenavn, *deres);
        assert_eq!(vaar.typer[*type_][*navn].typenavn, *vaares);
    }
    for (type_, navn, _) in KREVD_HOS_OSS {
        assert!(
            vaar.typer[*type_][*navn].krevd && !publisert.typer[*type_][*navn].krevd,
            "{type_}.{navn}"
        );
    }
}
