//! Bytes from outside as documents and bulk requests: read or refused, and what is read can be written.

use informasjonsmodell::xml::les::{self, Bulk};
use informasjonsmodell::xml::{NS_PERSON, skriv};
use informasjonsmodell::{Dato, Persondokument, Tidspunkt, json};

const ORD: &[&str] = &[
    "\"navn\":[",
    "\"fornavn\":\"",
    "\"erGjeldende\":true",
    "\"gyldighetstidspunkt\":\"2024-01-01T00:00:00+01:00\"",
    "\"identifikasjonsnummer\":[",
    "\"foedselsEllerDNummer\":\"30908299902\"",
    "\"foedsel\":[",
    "\"foedselsdato\":\"1980\"",
    "\"adressegradering\":\"strengtFortrolig\"",
    "\"bostedsadresse\":",
    "\"ukjent\":{}",
    "<navn>",
    "</navn>",
    "<erGjeldende>",
    "<foedsel>",
    "<!DOCTYPE",
    "<!ENTITY",
    "<![CDATA[",
    "]]>",
    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
    "xsi:nil=\"true\"",
    "&#x0;",
    "&lt;",
    "xmlns:p=\"",
    "p:",
    "folkeregisterperson",
    "foedselsEllerDNummer",
    "dokumentidentifikator",
];

const PERSON: &str = r#"{"identifikasjonsnummer":[{"ajourholdstidspunkt":"2024-01-01T00:00:00.123+01:00","erGjeldende":true,
"kilde":"KILDE_DSF","aarsak":"Flytting","gyldighetstidspunkt":"1980-10-30T00:00:00Z","status":"iBruk",
"foedselsEllerDNummer":"30908299902","identifikatortype":"foedselsnummer"}],
"navn":[{"erGjeldende":true,"fornavn":"STILLE","mellomnavn":"BLÅ","etternavn":"FJELLBEKK"}],
"foedsel":[{"erGjeldende":true,"foedselsaar":"1980","foedselsdato":"1980-10-30","foedekommuneINorge":"0301"}],
"ukjentEntitet":{"a":[1,2.5,null,true,"x"]}}"#;

fn xml() -> Vec<Vec<u8>> {
    let mut person = Vec::new();
    let uten_ukjent = PERSON.replace(",\n\"ukjentEntitet\":{\"a\":[1,2.5,null,true,\"x\"]}", "");
    let dokument = Persondokument::les_json(uten_ukjent.as_bytes()).unwrap();
    skriv::persondokument(&mut person, &dokument).unwrap();
    assert!(les::persondokument(&person).is_ok());
    let bulk = Bulk::Personer;
    let bulk = format!(
        "<{0} xmlns=\"{1}\"><foedselsEllerDNummer>30908299902</foedselsEllerDNummer></{0}>",
        bulk.rot().navn(),
        bulk.rot().navnerom()
    );
    assert_eq!(les::bulk(bulk.as_bytes(), Bulk::Personer, 3).unwrap().len(), 1);
    let tom = format!("<p:folkeregisterperson xmlns:p=\"{NS_PERSON}\"/>");
    vec![person, bulk.into_bytes(), tom.into_bytes()]
}

fn dokumenter() -> Vec<Vec<u8>> {
    assert!(Persondokument::les_json(PERSON.as_bytes()).is_ok());
    vec![PERSON.into(), b"{}".to_vec()]
}

fn proev_json(byte: &[u8]) {
    let _ = json::les(byte);
    let Ok(dokument) = Persondokument::les_json(byte) else {
        return;
    };
    // What came in comes out.
    let skrevet = dokument.til_json();
    assert_eq!(Persondokument::les_json(&skrevet).unwrap(), dokument);
    let mut xml = Vec::new();
    if skriv::persondokument(&mut xml, &dokument) == Ok(0) {
        let _ = les::persondokument(&xml);
    }
}

fn proev_xml(byte: &[u8]) {
    if let Ok(dokument) = les::persondokument(byte) {
        let mut ut = Vec::new();
        if skriv::persondokument(&mut ut, &dokument).is_ok() {
            assert_eq!(les::persondokument(&ut).unwrap(), dokument);
        }
    }
    for bulk in [Bulk::Personer, Bulk::Arkiv, Bulk::Hendelser] {
        if let Ok(liste) = les::bulk(byte, bulk, 1_000) {
            assert!(liste.len() <= 1_000);
        }
    }
}

fn tider() -> Vec<Vec<u8>> {
    [
        "2024-01-01T00:00:00.123456789+01:00",
        "1980-10-30T00:00:00Z",
        "1980-10-30",
        "1980-10",
        "1980",
        "2024-02-29",
    ]
    .map(Into::into)
    .to_vec()
}

fn proev_tid(byte: &[u8]) {
    let Ok(tekst) = std::str::from_utf8(byte) else { return };
    if let Some(tid) = Tidspunkt::parse(tekst) {
        let mut ut = Vec::new();
        tid.skriv(&mut ut);
        let igjen = std::str::from_utf8(&ut).ok().and_then(Tidspunkt::parse);
        assert_eq!(igjen, Some(tid));
        let _ = (tid.rekkefoelge(), tid.lokal_dag());
    }
    if let Some(dato) = Dato::parse(tekst) {
        assert_eq!(dato.to_string(), tekst);
        let _ = dato.dager().and_then(Dato::fra_dager);
    }
}

fuzz::maal!(
    paalitelighet_15_fuzz_persondokument_json,
    2_500,
    ORD,
    dokumenter,
    proev_json
);
fuzz::maal!(paalitelighet_15_fuzz_xml, 2_500, ORD, xml, proev_xml);
fuzz::maal!(
    paalitelighet_15_fuzz_tid,
    6_000,
    &["Z", "+14:00", "-00:00", "T", "24:00:00", "9999"],
    tider,
    proev_tid
);
