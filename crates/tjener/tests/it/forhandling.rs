//! Which form an answer has, and which forms a request may have.

use tilgang::Pakke;

use crate::delt::{delt, kall, med_oppslag, navngitt};
use crate::http::Kall;

const MH: Pakke = Pakke::OffentligMedHjemmel;

#[track_caller]
fn check(sti: &str, aksept: &str, ventet: Option<&str>) {
    let svar = kall(MH, sti).aksept(aksept).send();
    match ventet {
        Some(type_) => assert_eq!((svar.status, svar.medietype()), (200, type_), "{sti} {aksept}"),
        None => assert_eq!(svar.status, 406, "{sti} {aksept}"),
    }
}

#[test]
fn the_accept_header_decides_the_form() {
    let person = format!("personer/{}", navngitt("tvilling"));
    let (feed, siste) = ("hendelser/feed?seq=1", "hendelser/siste/sekvensnummer");
    let (json, xml, atom, tekst) = (
        "application/json",
        "application/xml",
        "application/atom+xml",
        "text/plain",
    );
    for (sti, aksept, ventet) in [
        (person.as_str(), json, Some(json)),
        (&person, xml, Some(xml)),
        (&person, "*/*", Some(json)),
        (&person, "application/*", Some(json)),
        (&person, "application/xml;q=0.9, application/json;q=0.2", Some(xml)),
        (&person, "text/html, application/xml;q=0.9, */*;q=0.1", Some(xml)),
        (&person, "application/json;q=0, */*", Some(xml)),
        (&person, "APPLICATION/JSON", Some(json)),
        (&person, "application/json; charset=utf-8", Some(json)),
        (&person, atom, None),
        (&person, tekst, None),
        (&person, "text/html", None),
        (&person, "tull", None),
        (feed, json, Some(json)),
        (feed, atom, Some(atom)),
        (feed, xml, Some(xml)),
        (feed, "*/*", Some(json)),
        (feed, "application/atom+xml, application/json;q=0.5", Some(atom)),
        (feed, tekst, None),
        (siste, json, Some(json)),
        (siste, xml, Some(xml)),
        (siste, tekst, Some(tekst)),
        (siste, "*/*", Some(json)),
        (siste, atom, None),
        ("personer/xsd", "*/*", Some(xml)),
        ("personer/xsd", xml, Some(xml)),
        ("personer/xsd", json, None),
        ("hendelser/feedxsd", tekst, None),
    ] {
        check(sti, aksept, ventet);
    }
}

#[test]
fn without_accept_the_form_is_json() {
    for sti in [
        format!("personer/{}", navngitt("tvilling")),
        "hendelser/feed?seq=1".to_owned(),
        "hendelser/siste/sekvensnummer".to_owned(),
    ] {
        let svar = kall(MH, &sti).send_for_haand().ok();
        assert_eq!(svar.medietype(), "application/json", "{sti}");
    }
    assert_eq!(
        kall(MH, "personer/xsd").send_for_haand().ok().medietype(),
        "application/xml"
    );
}

fn bulk_xml(rot: &str, navnerom: &str, navn: &str, verdier: &[String]) -> String {
    let innhold: String = verdier.iter().map(|v| format!("<b:{navn}>{v}</b:{navn}>")).collect();
    format!(
        "<?xml version=\"1.0\"?><b:{rot} xmlns:b=\"folkeregisteret:tilgjengeliggjoering:{navnerom}\">{innhold}</b:{rot}>"
    )
}

#[test]
fn a_bulk_answer_without_accept_has_the_form_of_the_request() {
    let numre = [navngitt("tvilling"), navngitt("doed")];
    let xml = bulk_xml(
        "personBulkoppslagRequest",
        "person:v1:bulk:request",
        "foedselsEllerDNummer",
        &numre,
    );
    let json = serde_json::json!({"foedselsEllerDNummer": numre}).to_string();
    for pakke in med_oppslag() {
        let sti = "personer/bulkoppslag";
        let svar = kall(pakke, sti)
            .post("application/xml", xml.clone())
            .send_for_haand()
            .ok();
        assert_eq!(svar.medietype(), "application/xml");
        assert_eq!(svar.tekst().matches("<folkeregisterperson ").count(), 2);
        let svar = kall(pakke, sti)
            .post("application/json", json.clone())
            .send_for_haand()
            .ok();
        assert_eq!(svar.json()["oppslag"].as_array().unwrap().len(), 2);
        // Accept decides where there is one.
        let kryss = kall(pakke, sti)
            .aksept("application/json")
            .post("application/xml", xml.clone())
            .send();
        assert_eq!(kryss.ok().json(), svar.json());
        let kryss = kall(pakke, sti)
            .aksept("application/xml")
            .post("application/json; charset=UTF-8", json.clone());
        assert_eq!(kryss.send().ok().medietype(), "application/xml");
    }
}

#[test]
fn documents_are_asked_for_in_xml_too() {
    let feed = kall(MH, "hendelser/feed?seq=1").send().ok().json();
    let en = |navn: &str| {
        let alle = feed.as_array().unwrap().iter();
        let tekst = |h: &serde_json::Value| h["hendelse"][navn].as_str().map(str::to_owned);
        alle.filter_map(tekst).take(3).collect::<Vec<_>>()
    };
    let hendelser = bulk_xml(
        "hendelseBulkoppslagRequest",
        "hendelse:v1:bulk:request",
        "dokumentidentifikator",
        &en("hendelsesdokument"),
    );
    let svar = kall(MH, "hendelser/bulkoppslag")
        .post("application/xml", hendelser)
        .send_for_haand()
        .ok();
    assert_eq!(svar.tekst().matches("<dokumentForHendelse ").count(), 3);
    let arkiv = bulk_xml(
        "arkivDokumentBulkoppslagRequest",
        "person:v1:bulk:arkiv:request",
        "dokumentidentifikator",
        &en("persondokument"),
    );
    let svar = kall(MH, "personer/bulkoppslag/arkiv")
        .post("application/xml", arkiv)
        .send_for_haand()
        .ok();
    assert_eq!(svar.tekst().matches("<folkeregisterperson ").count(), 3);
}

#[test]
fn a_body_of_another_type_is_refused() {
    let kropp = serde_json::json!({"foedselsEllerDNummer": [navngitt("doed")]}).to_string();
    for type_ in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/atom+xml",
        "application/json; charset=latin-1",
        "tull",
    ] {
        let svar = kall(MH, "personer/bulkoppslag")
            .post(type_, kropp.clone())
            .send()
            .med_status(415);
        assert_eq!(svar.json()["kode"], "FREG-020", "{type_}");
    }
    let uten_type = kall(MH, "personer/bulkoppslag").metode("POST");
    let svar = uten_type.send_raatt(&format!("content-length: {}\r\n", kropp.len()), kropp.as_bytes());
    assert_eq!(svar.status, 415);
    let pakket = kall(MH, "personer/bulkoppslag")
        .hode("content-encoding", "gzip")
        .post("application/json", kropp);
    assert_eq!(pakket.send().status, 415);
}

#[test]
fn a_slash_at_the_end_makes_no_difference() {
    for sti in [
        format!("personer/{}", navngitt("tvilling")),
        "hendelser/feed".to_owned(),
        "hendelser/siste/sekvensnummer".to_owned(),
        "personer/xsd".to_owned(),
    ] {
        let uten = kall(MH, &format!("{sti}?seq=1")).send().ok();
        let med = kall(MH, &format!("{sti}/?seq=1")).send().ok();
        assert_eq!(uten.kropp, med.kropp, "{sti}");
    }
}

#[test]
fn head_is_get_without_the_body() {
    for sti in [
        format!("personer/{}", navngitt("tvilling")),
        "hendelser/feed?seq=1".to_owned(),
        "personer/xsd".to_owned(),
        "personer/tull".to_owned(),
    ] {
        let (get, head) = (kall(MH, &sti).send(), kall(MH, &sti).metode("HEAD").send());
        assert_eq!(get.status, head.status, "{sti}");
        assert_eq!(get.medietype(), head.medietype());
        assert_eq!(head.hode("content-length"), get.kropp.len().to_string());
        assert_eq!(get.hode("etag"), head.hode("etag"));
    }
    assert_eq!(
        kall(MH, "hendelser/feed?seq=1")
            .uten_token()
            .metode("HEAD")
            .send()
            .status,
        401
    );
}

#[test]
fn another_method_is_405_and_says_which_there_are() {
    let person = format!("personer/{}", navngitt("tvilling"));
    for (metode, sti, tillatt) in [
        ("POST", person.as_str(), "GET,HEAD"),
        ("PUT", &person, "GET,HEAD"),
        ("DELETE", &person, "GET,HEAD"),
        ("PATCH", "hendelser/feed?seq=1", "GET,HEAD"),
        ("OPTIONS", "hendelser/feed?seq=1", "GET,HEAD"),
        ("GET", "personer/bulkoppslag/arkiv", "POST"),
        ("PUT", "personer/bulkoppslag", "POST"),
    ] {
        for aksept in ["application/json", "application/xml"] {
            let svar = kall(MH, sti).metode(metode).aksept(aksept).send();
            let ventet = if tillatt == "POST" && metode == "GET" && !sti.ends_with("arkiv") {
                400
            } else {
                405
            };
            assert_eq!(svar.status, ventet, "{metode} {sti}");
            let mut har: Vec<_> = svar.hode("allow").split(',').map(str::trim).collect();
            har.sort_unstable();
            assert_eq!(har.join(","), tillatt, "{metode} {sti}");
        }
    }
}

#[test]
fn paths_that_do_not_exist_are_404() {
    for sti in [
        "/",
        "/folkeregisteret",
        "/folkeregisteret/",
        "/folkeregisteret/api/ukjent/v1/hendelser/feed",
        "/folkeregisteret/offentlig-med-hjemmel/api/v2/hendelser/feed",
        "/folkeregisteret/api/offentlig-med-hjemmel/v1/hendelser/feed",
        "/folkeregisteret/api/privat/v1/hendelser/feed/1",
        "/folkeregisteret/api/privat/v1//hendelser/feed",
        "/folkeregisteret/api/privat/v1/Hendelser/Feed",
        "/folkeregisteret/openapi/",
        "/folkeregisteret/openapi/tull.json",
        "/livez",
        "/metrics",
        "/admin",
    ] {
        for aksept in ["application/json", "application/xml"] {
            assert_eq!(Kall::rot(delt(), sti).aksept(aksept).send().status, 404, "{sti}");
        }
    }
}
