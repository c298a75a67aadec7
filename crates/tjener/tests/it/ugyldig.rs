//! Bad addresses and parameters: a clear refusal in the contract's form, at once, and the server goes on.

use std::time::Duration;

use tilgang::Pakke;

use crate::delt::{delt, kall, navngitt, token};
use crate::http::{Kall, Svar, send_byte, svarer_fortsatt};

const MH: Pakke = Pakke::OffentligMedHjemmel;

/// No refusal may take longer.
const AVSLAG_MAKS: Duration = Duration::from_secs(1);

/// Sends a bad call, as JSON and as XML: the same status and code, in the form that goes with it.
#[track_caller]
pub fn check(lag: impl Fn() -> Kall, status: u16, kode: &str) {
    for aksept in ["application/json", "application/xml"] {
        let svar = lag().aksept(aksept).send_for_haand();
        sjekk(&svar, status, kode, aksept);
    }
    svarer_fortsatt(delt(), MH, &token(MH));
}

/// Holds a refusal against the contract's form.
#[track_caller]
pub fn sjekk(svar: &Svar, status: u16, kode: &str, aksept: &str) {
    assert_eq!(svar.status, status, "{}", svar.tekst());
    assert!(svar.tid < AVSLAG_MAKS, "{:?}", svar.tid);
    assert_eq!(svar.medietype(), aksept);
    if aksept == "application/xml" {
        let tekst = svar.tekst();
        assert!(tekst.contains(&format!("<feilkode>{kode}</feilkode>")), "{tekst}");
        assert!(tekst.contains(&format!("<httpStatus>{status}</httpStatus>")));
    } else {
        let kropp = svar.json();
        assert_eq!(kropp["kode"], kode, "{kropp}");
        assert!(kropp["melding"].as_str().unwrap().chars().count() > 10);
    }
}

#[test]
fn a_sequence_number_is_one_whole_number_that_is_not_negative() {
    let enorm = "9".repeat(400);
    for seq in [
        "",
        "?seq=",
        "?seq=-1",
        "?seq=x",
        "?seq=1.5",
        "?seq=0x10",
        "?seq=1e3",
        "?seq=%2B1",
        "?seq=+1",
        "?seq=1%20",
        "?seq=9223372036854775808",
        "?seq=99999999999999999999",
        "?seq=-9223372036854775809",
        "?seq=1&seq=1",
        "?seq=1&seq=2",
        "?SEQ=1",
        "?seq=%D9%A1",
        &format!("?seq={enorm}"),
    ] {
        check(|| kall(MH, &format!("hendelser/feed{seq}")), 400, "FREG-008");
    }
    let siste = kall(MH, "hendelser/feed?seq=9223372036854775807").send().ok();
    assert_eq!(siste.tekst(), "[]");
    // A parameter that nobody asked for is let pass.
    kall(MH, "hendelser/feed?seq=1600&ukjent=1").send().ok();
}

#[test]
fn a_query_that_cannot_be_read_is_refused() {
    let person = format!("personer/{}", navngitt("doed"));
    for spoerring in [
        "?part=%",
        "?part=%zz",
        "?part=%ff",
        "?part=%00",
        "?%00=1",
        "?part=na%0Avn",
    ] {
        check(|| kall(MH, &format!("{person}{spoerring}")), 400, "FREG-008");
    }
    let mange = |antall: usize| format!("{person}?{}", "part=navn&".repeat(antall));
    kall(MH, &mange(80)).send().ok();
    check(|| kall(MH, &mange(81)), 400, "FREG-009");
    check(|| kall(MH, &mange(129)), 400, "FREG-008");
    for verdi in ["ja", "1", "TRUE", "", "true&somBestilt=true"] {
        let kropp = format!("{{\"foedselsEllerDNummer\":[\"{}\"]}}", navngitt("doed"));
        let sti = format!("personer/bulkoppslag?somBestilt={verdi}");
        check(
            || kall(MH, &sti).post("application/json", kropp.clone()),
            400,
            "FREG-008",
        );
    }
}

#[test]
fn an_address_that_is_too_long_is_refused() {
    check(|| kall(MH, &format!("personer/{}", "1".repeat(9_000))), 414, "FREG-019");
    check(
        || kall(MH, &format!("hendelser/feed?seq=1&{}", "x".repeat(9_000))),
        414,
        "FREG-019",
    );
}

#[test]
fn a_head_that_is_too_large_is_refused_in_the_contracts_form() {
    let sti = format!("personer/{}?{}", navngitt("doed"), "part=navn&".repeat(5_000));
    let fyll = "x".repeat(40_000);
    let mut mange = kall(MH, "hendelser/feed?seq=1");
    for nr in 0..101 {
        mange = mange.hode(&format!("x-{nr}"), "x");
    }
    for kall in [
        kall(MH, &sti),
        kall(MH, "hendelser/feed?seq=1").hode("x-fyll", &fyll),
        kall(MH, "hendelser/feed?seq=1").token(&fyll),
        mange,
    ] {
        // Refused before what it accepts is known, so the form is JSON.
        sjekk(&kall.send_for_haand(), 431, "FREG-024", "application/json");
    }
    svarer_fortsatt(delt(), MH, &token(MH));
}

#[test]
fn what_is_not_http_is_refused_in_the_contracts_form() {
    let linje = format!("GET /{}/v1/personer/xsd HTTP/1.1\r\nHost: x\r\n", MH.sti());
    for resten in [
        "A : b\r\n\r\n",
        " brettet\r\n\r\n",
        "A\0: b\r\n\r\n",
        "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: x\r\n\r\n",
        "Transfer-Encoding: gzip\r\n\r\n",
        "uten kolon\r\n\r\n",
        "Authorization: Bearer a\nb\r\n\r\n",
    ] {
        let svar = send_byte(delt(), format!("{linje}{resten}").as_bytes(), AVSLAG_MAKS);
        sjekk(&svar, 400, "FREG-023", "application/json");
        assert_eq!(svar.hode("connection"), "close");
        assert_eq!(svar.hode("x-content-type-options"), "nosniff");
    }
    // A target that can be read in part still says whose it is.
    let sti = MH.sti();
    for linje in [
        format!("GET  /{sti}/v1/personer/xsd  HTTP/1.1"),
        format!("GET http://x/{sti}/v1/personer/xsd HTTP/1.1\r\nA : b"),
        format!("GET /{sti}/v1/personer/\u{7f} HTTP/1.1"),
        format!("GET /{sti}/v1/personer/^ HTTP/1.1"),
        format!("GET /{sti}/v1/personer/xsd HTTP/1.1\r\nHost: y"),
    ] {
        let mut byte = format!("{linje}\r\nHost: x\r\nConnection: close\r\n\r\n").into_bytes();
        // No text in Rust can have a byte that is no character.
        byte.iter_mut().filter(|b| **b == b'^').for_each(|b| *b = 0xe6);
        let svar = send_byte(delt(), &byte, AVSLAG_MAKS);
        sjekk(&svar, 400, "FREG-023", "application/json");
    }
    // Where no interface is named, the form is that of what has no contract.
    for byte in [
        &b"\x16\x03\x01\0\x05hello\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
    ] {
        let svar = send_byte(delt(), byte, AVSLAG_MAKS);
        assert_eq!(
            (svar.status, svar.medietype()),
            (400, "application/problem+json"),
            "{}",
            svar.tekst()
        );
    }
    svarer_fortsatt(delt(), MH, &token(MH));
}

#[test]
fn the_root_with_and_without_a_slash_answers_in_the_contracts_form() {
    for sti in [
        "/folkeregisteret",
        "/folkeregisteret/",
        "/folkeregisteret//",
        "/folkeregisteret/x",
    ] {
        sjekk(
            &Kall::rot(delt(), sti).send_for_haand(),
            404,
            "FREG-005",
            "application/json",
        );
    }
}

#[test]
fn the_explorer_refuses_in_the_form_of_what_has_no_contract() {
    for kall in [
        Kall::rot(delt(), "/utforsker/").metode("POST"),
        Kall::rot(delt(), "/utforsker/finnes/ikke"),
        Kall::rot(delt(), "/utforsker/").hode("host", "evil.example"),
    ] {
        let svar = kall.send();
        assert!(matches!(svar.status, 404 | 405 | 421), "{}", svar.status);
        assert_eq!(svar.medietype(), "application/problem+json");
        assert_eq!(svar.hode("x-content-type-options"), "nosniff");
    }
}

#[test]
fn a_path_that_cannot_be_read_is_refused() {
    for ledd in ["%00", "%0a", "%ff%fe", "%", "%z1", "1%00", "%c0%af"] {
        check(|| kall(MH, &format!("personer/{ledd}")), 400, "FREG-008");
        check(|| kall(MH, &format!("hendelser/{ledd}")), 400, "FREG-008");
    }
    for ledd in [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "'%20or%201=1",
        "%3Cscript%3E",
        "%F0%9F%98%80",
    ] {
        let svar = kall(MH, &format!("personer/{ledd}")).send_for_haand();
        assert!(matches!(svar.status, 400 | 404), "{ledd} {}", svar.status);
        assert!(!svar.tekst().contains("script") && !svar.tekst().contains("passwd"));
    }
    svarer_fortsatt(delt(), MH, &token(MH));
}

#[test]
fn a_refusal_never_repeats_what_was_sent() {
    let nr = navngitt("strengt-fortrolig");
    for sti in [
        format!("personer/{nr}?part={nr}"),
        format!("personer/{nr}x"),
        format!("personer/arkiv/{nr}"),
        format!("hendelser/{nr}"),
        format!("hendelser/feed?seq={nr}x"),
        format!("finnes/{nr}"),
        format!("uttrekk/{nr}/batch/0"),
    ] {
        for aksept in ["application/json", "application/xml"] {
            let svar = kall(MH, &sti).aksept(aksept).send();
            assert!(svar.status >= 400, "{sti}");
            assert!(!svar.tekst().contains(&nr), "{}", svar.tekst());
        }
    }
}
