//! Generated documents: to XML and back, judged by the schema, whole and in every projection.

use informasjonsmodell::json::Metadatafelter;
use informasjonsmodell::skjema::{Art, Feltklasse, Skjema};
use informasjonsmodell::xml::{Side, les, skriv, xsd};
use informasjonsmodell::{Entitet, Entitetsendring, Hendelsestype, Persondokument, Tidspunkt};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::strategi;
use crate::valider;

fn til_xml(dokument: &Persondokument) -> (Vec<u8>, usize) {
    let mut xml = Vec::new();
    let ukjente = skriv::persondokument(&mut xml, dokument).unwrap();
    (xml, ukjente)
}

/// Takes away what a caller without the rights in `forbudt` may not see.
fn klipp(objekt: &mut Map<String, Value>, skjema: &Skjema, forbudt: u32) {
    for felt in skjema.felter {
        if felt.klasse.is_some_and(|klasse| klasse.bit() & forbudt != 0) {
            objekt.shift_remove(felt.navn);
            continue;
        }
        if let Art::Objekt(under) = felt.art {
            match objekt.get_mut(felt.navn) {
                Some(Value::Object(verdi)) => klipp(verdi, under, forbudt),
                Some(Value::Array(liste)) => {
                    for verdi in liste {
                        klipp(verdi.as_object_mut().unwrap(), under, forbudt);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Every entry of a document: entity, metadata, body.
fn oppfoeringer(dokument: &Persondokument) -> Vec<(Entitet, Metadatafelter<'_>, Vec<u8>)> {
    dokument
        .opplysninger
        .iter()
        .map(|opplysning| {
            let mut kropp = informasjonsmodell::verdi::Skriver::default();
            opplysning.innhold.skriv(&mut kropp);
            (opplysning.entitet(), opplysning.metadata.felter(), kropp.ut)
        })
        .collect()
}

fn hendelsesdokument(oppfoeringer: &[(Entitet, Metadatafelter<'_>, Vec<u8>)], endring: Entitetsendring) -> Vec<u8> {
    let mut xml = Vec::new();
    skriv::deklarasjon(&mut xml);
    let hode = skriv::Hendelsehode {
        dokumentidentifikator: "0123456789abcdef0123456789abcdef",
        skjemaversjon: "1.0",
        folkeregisteridentifikator: "01912499975",
        hendelsestype: Hendelsestype::PersonErOpprettet,
        ajourholdstidspunkt: Tidspunkt::parse("2026-01-15T10:11:12.345+01:00").unwrap(),
    };
    skriv::dokument_start(&mut xml, &hode);
    for (entitet, metadata, kropp) in oppfoeringer {
        if entitet.hendelsesnavn().entitet.is_some() {
            skriv::egenskapshendelse(&mut xml, *entitet, endring, Some((metadata, kropp))).unwrap();
            skriv::egenskapshendelse(&mut xml, *entitet, Entitetsendring::Annullere, None).unwrap();
        }
    }
    skriv::dokument_slutt(&mut xml, Some("x"));
    xml
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_document_survives_json_to_xml_to_json(dokument in strategi::lest_dokument()) {
        let (xml, ukjente) = til_xml(&dokument);
        prop_assert_eq!(ukjente, 0);
        let lest = les::persondokument(&xml).unwrap();
        prop_assert_eq!(lest.til_json(), dokument.til_json());
        prop_assert_eq!(lest, dokument);
    }

    #[test]
    fn what_the_model_does_not_know_changes_nothing_in_xml_but_the_count(mut verdi in strategi::dokument()) {
        let (uten, _) = til_xml(&Persondokument::les(verdi.clone()).unwrap());
        let mut antall = 1;
        for oppfoering in verdi.as_object_mut().unwrap().values_mut() {
            let liste = match oppfoering {
                Value::Array(liste) => liste.iter_mut().collect(),
                enkel => vec![enkel],
            };
            for objekt in liste {
                objekt.as_object_mut().unwrap().insert("fremtid".into(), serde_json::json!({"a": [1, "<&>", null]}));
                antall += 1;
            }
        }
        verdi.as_object_mut().unwrap().insert("nyEntitet".into(), serde_json::json!([{}]));
        let (med, ukjente) = til_xml(&Persondokument::les(verdi).unwrap());
        prop_assert_eq!(ukjente, antall);
        prop_assert_eq!(med, uten);
    }

    #[test]
    fn every_projection_of_a_document_validates(dokument in strategi::lest_dokument(), forbudt in any::<u32>(), antall in 0usize..100) {
        let mut xml = Vec::new();
        skriv::start(&mut xml, skriv::Rot::Folkeregisterperson);
        for (entitet, metadata, kropp) in oppfoeringer(&dokument).iter().take(antall) {
            let mut verdi: Value = serde_json::from_slice(kropp).unwrap();
            klipp(verdi.as_object_mut().unwrap(), entitet.skjema(), forbudt);
            let kropp = serde_json::to_vec(&verdi).unwrap();
            skriv::oppfoering(&mut xml, Side::Person, *entitet, metadata, &kropp).unwrap();
        }
        skriv::slutt(&mut xml, skriv::Rot::Folkeregisterperson);
        prop_assert_eq!(valider::feil(&xsd::person(), &xml), Vec::<String>::new());
    }

    #[test]
    fn an_event_of_any_entries_validates(dokument in strategi::lest_dokument(), korrigert in any::<bool>()) {
        let endring = if korrigert { Entitetsendring::Korrigere } else { Entitetsendring::RegistrereNy };
        let xml = hendelsesdokument(&oppfoeringer(&dokument), endring);
        prop_assert_eq!(valider::feil(&xsd::hendelse(), &xml), Vec::<String>::new());
    }
}

#[test]
fn what_the_schema_has_no_room_for_survives_the_round_trip_all_the_same() {
    // A code that came after the model, a date of which the day is unknown.
    let json = r#"{"status":[{"status":"nyStatus"}],"foedsel":[{"foedselsdato":"1997-11","foedselsaar":"1997"}]}"#;
    let dokument = Persondokument::les_json(json.as_bytes()).unwrap();
    let (xml, _) = til_xml(&dokument);
    assert_eq!(les::persondokument(&xml).unwrap(), dokument);
    assert_eq!(valider::feil(&xsd::person(), &xml).len(), 2);
}

/// Documents from a fixed seed, for the judge that is slow to start.
fn utvalg(antall: usize) -> Vec<Persondokument> {
    use proptest::strategy::{Strategy, ValueTree};
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategi = strategi::lest_dokument();
    (0..antall)
        .map(|_| strategi.new_tree(&mut runner).unwrap().current())
        .collect()
}

#[test]
fn a_second_judge_finds_generated_persons_and_events_valid() {
    let dokumenter = utvalg(60);
    let personer: Vec<Vec<u8>> = dokumenter.iter().map(|dokument| til_xml(dokument).0).collect();
    let hendelser: Vec<Vec<u8>> = dokumenter
        .iter()
        .map(|dokument| hendelsesdokument(&oppfoeringer(dokument), Entitetsendring::RegistrereNy))
        .collect();
    for (navn, xsd, xml) in [
        ("personer", xsd::person(), personer),
        ("hendelser", xsd::hendelse(), hendelser),
    ] {
        let Some(dommer) = valider::med_lxml(navn, &xsd, &xml) else {
            return;
        };
        assert!(dommer.iter().all(|gyldig| *gyldig), "{navn}: {dommer:?}");
    }
}

#[test]
fn both_judges_refuse_what_the_schema_forbids() {
    let ugyldige: Vec<Vec<u8>> = [
        // A code that is in no list, a partial date, fields out of order, an entity out of order, a field twice.
        "<status><status>nyStatus</status></status>",
        "<foedsel><foedselsdato>1997</foedselsdato><foedselsaar>1997</foedselsaar></foedsel>",
        "<navn><etternavn>FJELLBEKK</etternavn><fornavn>STILLE</fornavn></navn>",
        "<navn><fornavn>A</fornavn><etternavn>B</etternavn></navn><status><status>bosatt</status></status>",
        "<kjoenn><kjoenn>mann</kjoenn><kjoenn>mann</kjoenn></kjoenn>",
        "<familierelasjon><relatertPerson>123</relatertPerson><relatertPersonsRolle>mor</relatertPersonsRolle></familierelasjon>",
    ]
    .iter()
    .map(|xml| format!("<folkeregisterperson xmlns=\"{}\">{xml}</folkeregisterperson>", informasjonsmodell::xml::NS_PERSON).into_bytes())
    .collect();
    for xml in &ugyldige {
        assert_ne!(
            valider::feil(&xsd::person(), xml),
            Vec::<String>::new(),
            "{}",
            String::from_utf8_lossy(xml)
        );
    }
    let Some(dommer) = valider::med_lxml("ugyldige", &xsd::person(), &ugyldige) else {
        return;
    };
    assert_eq!(dommer, vec![false; ugyldige.len()]);
}

#[test]
fn every_field_class_is_met_by_some_generated_document() {
    // The projection test says nothing of a class that no document holds.
    let mut sett = 0;
    for dokument in utvalg(500) {
        for opplysning in &dokument.opplysninger {
            let mut kropp = informasjonsmodell::verdi::Skriver::default();
            opplysning.innhold.skriv(&mut kropp);
            sett |= kropp.spenn.iter().fold(0, |sum, spenn| sum | spenn.klasse.bit());
        }
    }
    let mangler = Feltklasse::ALLE.into_iter().filter(|klasse| klasse.bit() & sett == 0);
    // Unknown fields are another test's.
    assert_eq!(mangler.collect::<Vec<_>>(), [Feltklasse::Ukjent]);
}
