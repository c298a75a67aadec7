//! Hostile documents: refused, fast, without a panic.

use std::time::{Duration, Instant};

use informasjonsmodell::Grunn;
use informasjonsmodell::xml::les::{self, Bulk};
use informasjonsmodell::xml::{NS_PERSON, skriv, vern};
use proptest::prelude::*;

/// Far more than any of them needs, on a machine that does other things too.
const TID_MAKS: Duration = Duration::from_secs(2);

fn person(innhold: &str) -> String {
    format!("<folkeregisterperson xmlns=\"{NS_PERSON}\">{innhold}</folkeregisterperson>")
}

#[test]
fn known_attacks_are_refused_fast() {
    let rot = person("");
    let mut entiteter = String::from("<!DOCTYPE x [<!ENTITY e0 \"ha\">");
    for nr in 1..10 {
        let forrige = format!("&e{};", nr - 1).repeat(10);
        entiteter.push_str(&format!("<!ENTITY e{nr} \"{forrige}\">"));
    }
    let utf16 = |tekst: &str, store_foerst: bool| -> Vec<u8> {
        let enheter = std::iter::once(0xFEFF).chain(tekst.encode_utf16());
        enheter
            .flat_map(|e: u16| if store_foerst { e.to_be_bytes() } else { e.to_le_bytes() })
            .collect()
    };
    let mange_attributter: String = (0..100_000).map(|nr| format!(" a{nr}=''")).collect();
    let samme_attributt = " a=''".repeat(100_000);
    let mange_navnerom: String = (0..100_000).map(|nr| format!(" xmlns:a{nr}='u'")).collect();
    let angrep: Vec<(&str, Vec<u8>)> = vec![
        ("billion laughs", format!("{entiteter}]>{}", person("&e9;")).into()),
        (
            "quadratic blow-up",
            format!(
                "<!DOCTYPE x [<!ENTITY e \"{}\">]>{}",
                "a".repeat(100_000),
                person(&"&e;".repeat(10_000))
            )
            .into(),
        ),
        (
            "external entity",
            format!(
                "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>{}",
                person("&e;")
            )
            .into(),
        ),
        (
            "parameter entity",
            format!("<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://127.0.0.1/x\"> %p;]>{rot}").into(),
        ),
        (
            "external DTD",
            format!("<!DOCTYPE x SYSTEM \"http://127.0.0.1/x.dtd\">{rot}").into(),
        ),
        ("undeclared entity", person("&aring;").into()),
        ("depth bomb", "<a>".repeat(1_000_000).into()),
        (
            "depth bomb, closed",
            format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000)).into(),
        ),
        ("100 000 attributes", format!("<a{mange_attributter}/>").into()),
        ("one attribute 100 000 times", format!("<a{samme_attributt}/>").into()),
        ("100 000 namespaces", format!("<a{mange_navnerom}/>").into()),
        ("a million elements", person(&"<x/>".repeat(1_000_000)).into()),
        ("a million references", person(&"&#65;".repeat(1_000_000)).into()),
        ("a million comments", person(&"<!---->".repeat(1_000_000)).into()),
        ("UTF-16, big end first", utf16(&rot, true)),
        ("UTF-16, small end first", utf16(&rot, false)),
        ("UTF-16 without a mark", utf16(&rot, true).split_off(2)),
        (
            "declared UTF-16",
            format!("<?xml version='1.0' encoding='UTF-16'?>{rot}").into(),
        ),
        (
            "declared UTF-7",
            format!("<?xml version='1.0' encoding='UTF-7'?>{rot}").into(),
        ),
        (
            "declared ISO-8859-1",
            format!("<?xml version='1.0' encoding='ISO-8859-1'?>{rot}").into(),
        ),
        ("not UTF-8", b"<a>\xE6</a>".to_vec()),
        ("overlong UTF-8", b"<a>\xC0\xBC</a>".to_vec()),
        (
            "stylesheet instruction",
            format!("<?xml-stylesheet href='http://127.0.0.1/'?>{rot}").into(),
        ),
        ("instruction inside", person("<?php x?>").into()),
        (
            "XInclude",
            person("<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/hostname'/>").into(),
        ),
        (
            "xsi:type",
            person("<navn xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='x'/>").into(),
        ),
        (
            "xsi:nil",
            person("<navn xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:nil='true'/>").into(),
        ),
        ("NUL", person("\0").into()),
        ("NUL by reference", person("&#0;").into()),
        ("two roots", format!("{rot}{rot}").into()),
        ("truncated", rot.as_bytes()[..rot.len() - 5].to_vec()),
        ("undeclared prefix", "<p:folkeregisterperson/>".into()),
        ("no namespace", "<folkeregisterperson/>".into()),
    ];
    for (navn, xml) in angrep {
        let start = Instant::now();
        let svar = les::persondokument(&xml);
        assert!(svar.is_err(), "{navn} slapp gjennom");
        assert!(start.elapsed() < TID_MAKS, "{navn} tok {:?}", start.elapsed());
        let start = Instant::now();
        assert!(les::bulk(&xml, Bulk::Personer, 1000).is_err(), "{navn} slapp gjennom");
        assert!(start.elapsed() < TID_MAKS, "{navn} tok {:?}", start.elapsed());
    }
}

#[test]
fn a_schema_location_is_passed_over_and_never_followed() {
    let xml = format!(
        "<f:folkeregisterperson xmlns:f=\"{NS_PERSON}\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"{NS_PERSON} http://127.0.0.1:1/finnes-ikke.xsd\"><!-- k -->\n\
         <f:navn><f:erGjeldende> 1 </f:erGjeldende><f:fornavn>ST<!-- k -->IL<![CDATA[LE<&>]]>&#x20;&amp;</f:fornavn>\r\n\
         <f:etternavn> </f:etternavn></f:navn></f:folkeregisterperson>"
    );
    let dokument = les::persondokument(xml.as_bytes()).unwrap();
    assert_eq!(
        String::from_utf8(dokument.til_json()).unwrap(),
        r#"{"navn":[{"erGjeldende":true,"fornavn":"STILLE<&> &","etternavn":" "}]}"#
    );
}

#[test]
fn a_fault_has_a_place_and_a_rule_and_never_the_value() {
    for (innhold, ventet) in [
        ("<navn><fornavn>HEMMELIG</fornavn></navn>", "navn[0].etternavn mangler"),
        ("<navn/><navn/>", "navn[0].fornavn mangler"),
        ("<HEMMELIG/>", "* har et element som ikke finnes i modellen"),
        (
            "<navn><HEMMELIG/></navn>",
            "navn[0].* har et element som ikke finnes i modellen",
        ),
        ("<navn>HEMMELIG</navn>", "navn[0] har feil type; ventet objekt"),
        (
            "<navn><fornavn><b/></fornavn></navn>",
            "navn[0].fornavn har feil type; ventet tekst",
        ),
        ("<doedsfall/><doedsfall/>", "doedsfall har samme felt to ganger"),
        (
            "<kjoenn><kjoenn>mann</kjoenn><kjoenn>mann</kjoenn></kjoenn>",
            "kjoenn[0].kjoenn har samme felt to ganger",
        ),
        (
            "<doedsfall><doedsdato>HEMMELIG</doedsdato></doedsfall>",
            "doedsfall.doedsdato har feil form; ventet dato ÅÅÅÅ-MM-DD",
        ),
        (
            "<foedselINorge><rekkefoelgenummer>1x</rekkefoelgenummer></foedselINorge>",
            "foedselINorge[0].rekkefoelgenummer har feil type; ventet heltall",
        ),
        (
            "<navn><erGjeldende>ja</erGjeldende></navn>",
            "navn[0].erGjeldende har feil type; ventet true eller false",
        ),
        ("<navn hemmelig='x'/>", "$ har et attributt som ikke finnes i modellen"),
        (
            "<navn xmlns='HEMMELIG'/>",
            "$ har et element i feil navnerom; ventet folkeregisteret:tilgjengeliggjoering:person:v1",
        ),
        (
            "<navn><fornavn>&#13;</fornavn><etternavn>B</etternavn></navn>",
            "navn[0].fornavn har et tegn som ikke kan stå i XML",
        ),
    ] {
        let feil = les::persondokument(person(innhold).as_bytes()).unwrap_err();
        assert_eq!(feil.to_string(), ventet, "{innhold}");
    }
    let feil = les::persondokument(b"<person xmlns='folkeregisteret:tilgjengeliggjoering:person:v1'/>").unwrap_err();
    assert_eq!(feil.grunn, Grunn::Rotelement("folkeregisterperson"));
}

#[test]
fn a_bulk_request_is_read_whatever_its_prefix_and_has_a_limit() {
    for bulk in [Bulk::Personer, Bulk::Arkiv, Bulk::Hendelser] {
        let (rot, navnerom, element) = (bulk.rot().navn(), bulk.rot().navnerom(), bulk.element());
        let uten = format!(
            "<{rot} xmlns=\"{navnerom}\"><{element}>a</{element}>\n<{element}> b </{element}><{element}>a</{element}></{rot}>"
        );
        let med = format!(
            "<p:{rot} xmlns:p=\"{navnerom}\"><p:{element}>a</p:{element}><p:{element}>b</p:{element}><p:{element}>a</p:{element}></p:{rot}>"
        );
        for xml in [&uten, &med] {
            assert_eq!(les::bulk(xml.as_bytes(), bulk, 3).unwrap(), ["a", "b", "a"]);
            assert_eq!(
                les::bulk(xml.as_bytes(), bulk, 2).unwrap_err().grunn,
                Grunn::ForMangeIdentifikatorer(2)
            );
        }
        let mut skrevet = Vec::new();
        skriv::liste(&mut skrevet, bulk.rot(), element, ["a<", "b"]);
        assert_eq!(les::bulk(&skrevet, bulk, 1000).unwrap(), ["a<", "b"]);
        let uten_navnerom = format!("<{rot}><{element}>a</{element}></{rot}>");
        assert_eq!(
            les::bulk(uten_navnerom.as_bytes(), bulk, 3).unwrap_err().grunn,
            Grunn::Navnerom(navnerom)
        );
        let annet = format!("<{rot} xmlns=\"{navnerom}\"><annet>a</annet></{rot}>");
        assert_eq!(
            les::bulk(annet.as_bytes(), bulk, 3).unwrap_err().to_string(),
            "* har et element som ikke finnes i modellen"
        );
        assert_eq!(
            les::bulk(format!("<{rot} xmlns=\"{navnerom}\"/>").as_bytes(), bulk, 3).unwrap(),
            Vec::<String>::new()
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(xml in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = vern::sjekk(&xml);
        let _ = les::persondokument(&xml);
        let _ = les::bulk(&xml, Bulk::Hendelser, 10);
    }

    #[test]
    fn anything_like_xml_is_read_or_refused(innhold in r#"(</?(navn|fornavn|x)/?>|&(amp|#1?[0-9]{2}|y);|<!\[CDATA\[|\]\]>|<!--|-->|[a-z ="'<&]){0,20}"#) {
        let _ = les::persondokument(innhold.as_bytes());
        let _ = les::persondokument(person(&innhold).as_bytes());
    }

    #[test]
    fn one_byte_changed_in_a_document_is_read_or_refused(plass in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut xml = person("<navn><erGjeldende>true</erGjeldende><fornavn>STILLE &amp; RO</fornavn><etternavn>FJELLBEKK</etternavn></navn>").into_bytes();
        let plass = plass.index(xml.len());
        xml[plass] = byte;
        let _ = les::persondokument(&xml);
    }
}
