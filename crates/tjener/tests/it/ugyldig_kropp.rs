//! Bad bodies: too large, too deep, too many, of the wrong kind.

use std::time::Duration;

use tilgang::Pakke;

use crate::delt::{delt, kall, navngitt, token};
use crate::http::{Kall, send_byte, svarer_fortsatt};
use crate::ugyldig::{check, sjekk};

const MH: Pakke = Pakke::OffentligMedHjemmel;

/// The bulk operations: path, member, and XML root with the last part of its namespace.
const BULK: [(&str, &str, &str, &str); 3] = [
    (
        "personer/bulkoppslag",
        "foedselsEllerDNummer",
        "personBulkoppslagRequest",
        "person:v1:bulk:request",
    ),
    (
        "personer/bulkoppslag/arkiv",
        "dokumentidentifikator",
        "arkivDokumentBulkoppslagRequest",
        "person:v1:bulk:arkiv:request",
    ),
    (
        "hendelser/bulkoppslag",
        "dokumentidentifikator",
        "hendelseBulkoppslagRequest",
        "hendelse:v1:bulk:request",
    ),
];

fn json(sti: &str, kropp: &str) -> Kall {
    kall(MH, sti).post("application/json", kropp.to_owned())
}

fn xml(sti: &str, kropp: &str) -> Kall {
    kall(MH, sti).post("application/xml", kropp.to_owned())
}

#[test]
fn json_that_is_no_request_is_refused() {
    let dypt = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    for (sti, navn, _, _) in BULK {
        for kropp in [
            "",
            " ",
            "null",
            "[]",
            "\"x\"",
            "{}",
            "{",
            "{]",
            "{'a':1}",
            "NaN",
            &format!("{{\"{navn}\":null}}"),
            &format!("{{\"{navn}\":\"x\"}}"),
            &format!("{{\"{navn}\":{{}}}}"),
            &format!("{{\"{navn}\":[1]}}"),
            &format!("{{\"{navn}\":[null]}}"),
            &format!("{{\"{navn}\":[[]]}}"),
            &format!("{{\"{navn}\":[\"\"]}}"),
            &format!("{{\"{navn}\":[\"x y\"]}}"),
            &format!("{{\"{navn}\":[\"\\u0000\"]}}"),
            &format!("{{\"{navn}\":[\"\\ud800\"]}}"),
            &format!("{{\"{navn}\":[\"{}\"]}}", "1".repeat(65)),
            &format!("{{\"{navn}\":[\"x\"],\"ukjent\":1}}"),
            &format!("{{\"{navn}\":[\"x\"],\"{navn}\":[\"y\"]}}"),
            &format!("{{\"{navn}\":[\"x\"]}} {{}}"),
            &format!("{{\"{navn}\":[\"x\",]}}"),
            &format!("{{\"{}\":[\"x\"]}}", navn.to_uppercase()),
            &dypt,
            &format!("{{\"{navn}\":{dypt}}}"),
        ] {
            check(|| json(sti, kropp), 400, "FREG-011");
        }
        let ulovlig = [b"{\"".as_slice(), navn.as_bytes(), b"\":[\"\xff\xfe\"]}"].concat();
        check(
            || kall(MH, sti).post("application/json", ulovlig.clone()),
            400,
            "FREG-011",
        );
    }
}

#[test]
fn xml_that_is_no_request_is_refused() {
    for (sti, navn, rot, navnerom) in BULK {
        let ns = format!("folkeregisteret:tilgjengeliggjoering:{navnerom}");
        let med = |innhold: &str| format!("<{rot} xmlns=\"{ns}\">{innhold}</{rot}>");
        let attributter: String = (0..100_000).map(|n| format!(" a{n}=\"\"")).collect();
        let dypt = format!("{}{}", "<a>".repeat(50_000), "</a>".repeat(50_000));
        let entiteter = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
        for kropp in [
            String::new(),
            "<".to_owned(),
            med(""),
            med("<ukjent>x</ukjent>"),
            med(&format!("<{navn}></{navn}>")),
            med(&format!("<{navn}>x y</{navn}>")),
            med(&format!("<{navn}><b/></{navn}>")),
            med(&format!("<{navn}>&amp;&ukjent;</{navn}>")),
            med(&dypt),
            format!("<{rot}><{navn}>x</{navn}></{rot}>"),
            format!("<{rot} xmlns=\"annet\"><{navn}>x</{navn}></{rot}>"),
            format!("<annet xmlns=\"{ns}\"/>"),
            format!("<{rot} xmlns=\"{ns}\"{attributter}><{navn}>x</{navn}></{rot}>"),
            format!("<!DOCTYPE a>{}", med(&format!("<{navn}>x</{navn}>"))),
            format!("{entiteter}{}", med(&format!("<{navn}>&b;</{navn}>"))),
            format!(
                "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">{}",
                med(&format!("<{navn}>x</{navn}>"))
            ),
            format!("{}{}", med(&format!("<{navn}>x</{navn}>")), med("")),
            format!("{}x", med(&format!("<{navn}>x</{navn}>"))),
        ] {
            let kort: String = kropp.chars().take(150).collect();
            // An empty list is a request for nothing, in both forms.
            if kropp == med("") {
                continue;
            }
            let stor = kropp.len() > 1 << 20;
            let (status, kode) = if stor { (413, "FREG-018") } else { (400, "FREG-011") };
            for aksept in ["application/json", "application/xml"] {
                let svar = xml(sti, &kropp).aksept(aksept).send_for_haand();
                assert_eq!(svar.status, status, "{kort}: {}", svar.tekst());
                sjekk(&svar, status, kode, aksept);
                assert!(!svar.tekst().contains("passwd") && !svar.tekst().contains("root:"));
            }
        }
        svarer_fortsatt(delt(), MH, &token(MH));
    }
}

#[test]
fn a_thousand_identifiers_are_taken_and_one_more_is_refused() {
    for (sti, navn, rot, navnerom) in BULK {
        let mange = |antall: usize| vec!["x"; antall];
        let som_json = |antall: usize| serde_json::json!({ navn: mange(antall) }).to_string();
        let som_xml = |antall: usize| {
            let innhold = format!("<{navn}>x</{navn}>").repeat(antall);
            format!("<{rot} xmlns=\"folkeregisteret:tilgjengeliggjoering:{navnerom}\">{innhold}</{rot}>")
        };
        json(sti, &som_json(1_000)).send().ok();
        xml(sti, &som_xml(1_000)).send().ok();
        json(sti, &som_json(0)).send().ok();
        for antall in [1_001, 30_000] {
            check(|| json(sti, &som_json(antall)), 400, "FREG-012");
            if som_xml(antall).len() < 1 << 20 {
                check(|| xml(sti, &som_xml(antall)), 400, "FREG-012");
            }
        }
    }
}

#[test]
fn a_body_that_is_too_large_is_refused_whether_or_not_it_says_so() {
    let (sti, fyll) = ("personer/bulkoppslag", " ".repeat(3 << 20));
    for aksept in ["application/json", "application/xml"] {
        let lag = || {
            kall(MH, sti)
                .metode("POST")
                .hode("content-type", "application/json")
                .aksept(aksept)
        };
        let med_lengde = lag().send_raatt(&format!("content-length: {}\r\n", fyll.len()), fyll.as_bytes());
        sjekk(&med_lengde, 413, "FREG-018", aksept);
        let biter: String = fyll
            .as_bytes()
            .chunks(65_536)
            .map(|b| format!("{:x}\r\n{}\r\n", b.len(), " ".repeat(b.len())))
            .collect();
        let i_biter = lag().send_raatt("transfer-encoding: chunked\r\n", format!("{biter}0\r\n\r\n").as_bytes());
        sjekk(&i_biter, 413, "FREG-018", aksept);
        // A claim is refused before anything is sent.
        let paastand = lag().send_raatt("content-length: 99999999999\r\n", b"{");
        sjekk(&paastand, 413, "FREG-018", aksept);
    }
    svarer_fortsatt(delt(), MH, &token(MH));
}

#[test]
fn a_small_body_in_chunks_is_read_as_any_other() {
    let kropp = format!("{{\"foedselsEllerDNummer\":[\"{}\"]}}", navngitt("tvilling"));
    let biter: String = kropp.chars().map(|c| format!("1\r\n{c}\r\n")).collect();
    let kall = kall(MH, "personer/bulkoppslag")
        .metode("POST")
        .hode("content-type", "application/json");
    let svar = kall.send_raatt("transfer-encoding: chunked\r\n", format!("{biter}0\r\n\r\n").as_bytes());
    assert_eq!(svar.ok().json()["oppslag"].as_array().unwrap().len(), 1);
}

#[test]
fn a_body_that_does_not_come_is_refused_in_the_contracts_form() {
    const VENTER: Duration = Duration::from_secs(30);
    let hode = format!(
        "POST /{}/v1/personer/bulkoppslag HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
        MH.sti(),
        token(MH)
    );
    let svar = send_byte(delt(), hode.as_bytes(), VENTER * 2);
    assert!(svar.tid >= VENTER, "{:?}", svar.tid);
    assert_eq!((svar.status, svar.medietype()), (408, "application/json"));
    assert_eq!(svar.json()["kode"], "FREG-017");
    svarer_fortsatt(delt(), MH, &token(MH));
}

#[test]
fn access_is_decided_before_the_body_is_read() {
    let sti = "personer/bulkoppslag";
    let uten = json(sti, "tull").uten_token().send();
    assert_eq!(uten.status, 401);
    let feil_pakke = kall(Pakke::Presse, sti).post("application/json", "tull").send();
    assert_eq!(feil_pakke.status, 403);
    let svalbard = kall(Pakke::Svalbard, "hendelser/bulkoppslag")
        .post("text/plain", "tull")
        .send();
    assert_eq!(svalbard.status, 403);
}
