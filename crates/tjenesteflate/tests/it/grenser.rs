//! Limits of size and number, and handlers that fail.

use axum::{
    Router,
    body::Body,
    routing::{get, post},
};
use http::header;
use tjenesteflate::{
    kropp::{self, Grense},
    tjener::Grenser,
    vern::URI_BYTES_MAKS,
};

use super::hjelp::{KORT, Stykker, h2_klient, klient, les, read_to_close, read_until, send, start, write};

const BYTES_MAKS: usize = 1_000;

fn ruter() -> Router {
    const GRENSE: Grense = Grense {
        bytes_maks: BYTES_MAKS,
        tid_maks: kropp::TID_MAKS,
    };
    Router::new()
        .route("/", get(|| async { "ja" }))
        .route("/les", post(|kontekst, foresporsel| les(GRENSE, kontekst, foresporsel)))
        .route("/panikk", get(|| async { panic!("i en handler") as &str }))
}

#[tokio::test]
async fn a_body_over_the_limit_gets_413_in_every_framing_and_at_the_limit_it_is_read() {
    let oppe = start(ruter(), Grenser::default()).await;
    for klient in [klient(), h2_klient()] {
        for (kropp, status, svar) in [
            (Body::from(vec![b'x'; BYTES_MAKS]), 200, "1000"),
            (Stykker::body(10, BYTES_MAKS / 10), 200, "1000"),
            (Body::from(vec![b'x'; BYTES_MAKS + 1]), 413, "application"),
            (Body::from(vec![b'x'; 200_000]), 413, ""),
            (Stykker::body(11, BYTES_MAKS / 10), 413, ""),
            (Stykker::body(200, 1_000), 413, ""),
        ] {
            let foresporsel = http::Request::post(oppe.url("/les")).body(kropp).unwrap();
            let (hode, tekst) = send(&klient, foresporsel).await;
            assert_eq!(hode.status().as_u16(), status, "{tekst}");
            if status == 200 {
                assert_eq!(tekst, svar);
            } else {
                assert!(tekst.contains("1000 byte"), "{tekst}");
            }
        }
    }
}

#[tokio::test]
async fn a_claimed_length_over_the_limit_is_refused_before_the_body_is_sent() {
    let oppe = start(ruter(), Grenser::default()).await;
    let mut tcp = oppe.raw().await;
    write(
        &mut tcp,
        b"POST /les HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999\r\n\r\n",
    )
    .await;
    let svar = read_to_close(&mut tcp).await;
    assert!(svar.starts_with("HTTP/1.1 413 "), "{svar}");
}

#[tokio::test]
async fn a_head_over_the_limit_gets_431_and_an_address_over_it_414() {
    let oppe = start(ruter(), Grenser::default()).await;
    for klient in [klient(), h2_klient()] {
        let foresporsel = http::Request::get(oppe.url("/")).header("x-stor", "x".repeat(40_000));
        let (hode, tekst) = send(&klient, foresporsel.body(Body::empty()).unwrap()).await;
        assert_eq!(hode.status().as_u16(), 431);
        assert!(tekst.contains("32768 byte"), "{tekst}");
        assert_eq!(hode.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let lang = format!("/?{}", "x".repeat(URI_BYTES_MAKS));
        let (hode, _) = super::hjelp::get(&klient, oppe.url(&lang)).await;
        assert_eq!(hode.status().as_u16(), 414);
        assert_eq!(hode.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
    let mange = "a: b\r\n".repeat(200);
    let mut tcp = oppe.raw().await;
    write(&mut tcp, format!("GET / HTTP/1.1\r\nHost: x\r\n{mange}\r\n").as_bytes()).await;
    let svar = read_to_close(&mut tcp).await;
    assert!(svar.starts_with("HTTP/1.1 431 ") && svar.contains("traceId"), "{svar}");
    let foresporsel = http::Request::get(oppe.url("/")).header("x-stor", "x".repeat(200_000));
    let (hode, tekst) = send(&h2_klient(), foresporsel.body(Body::empty()).unwrap()).await;
    assert_eq!((hode.status().as_u16(), tekst.as_str()), (431, ""));
}

#[tokio::test]
async fn a_head_over_the_limit_on_a_connection_that_is_used_again_gets_431_too() {
    let oppe = start(ruter(), Grenser::default()).await;
    for stoerrelse in [33_000, 40_000, 60_000, 64_000, 200_000] {
        let mut tcp = oppe.raw().await;
        write(&mut tcp, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        read_until(&mut tcp, "ja").await;
        let hode = format!(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nA: {}\r\n\r\n",
            "x".repeat(stoerrelse)
        );
        let _ = tokio::io::AsyncWriteExt::write_all(&mut tcp, hode.as_bytes()).await;
        let svar = read_to_close(&mut tcp).await;
        assert!(
            svar.starts_with("HTTP/1.1 431 ") && svar.contains("traceId"),
            "{stoerrelse} {svar}"
        );
    }
    let mut foresporsel = http::Request::get(oppe.url("/"));
    for nr in 0..101 {
        foresporsel = foresporsel.header(format!("x-{nr}"), "x");
    }
    let (hode, _) = send(&h2_klient(), foresporsel.body(Body::empty()).unwrap()).await;
    assert_eq!(hode.status().as_u16(), 431);
}

#[tokio::test]
async fn a_refused_head_request_gets_no_body() {
    let oppe = start(ruter(), Grenser::default()).await;
    let mut tcp = oppe.raw().await;
    write(&mut tcp, b"HEAD / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n").await;
    let svar = read_to_close(&mut tcp).await;
    assert!(
        svar.starts_with("HTTP/1.1 400 ") && svar.ends_with("\r\n\r\n"),
        "{svar}"
    );
    assert!(
        !svar.contains("content-length: 0\r\n") && !svar.contains("allow"),
        "{svar}"
    );
}

#[tokio::test]
async fn what_is_not_http_gets_400_and_harms_nobody() {
    let oppe = start(ruter(), Grenser::default()).await;
    for bytes in [
        &b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"[..],
        b"\0\0\0\0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a b@/\r\nConnection: close\r\n\r\n",
        b"POST /les HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST /les HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    ] {
        let mut tcp = oppe.raw().await;
        write(&mut tcp, bytes).await;
        let svar = read_to_close(&mut tcp).await;
        let (hode, kropp) = svar.split_once("\r\n\r\n").unwrap();
        assert!(
            hode.starts_with("HTTP/1.1 400 ") && hode.contains("traceparent: "),
            "{svar}"
        );
        assert!(kropp.starts_with('{') && kropp.contains("følger ikke HTTP"), "{svar}");
        assert!(
            hode.contains(&format!("content-length: {}\r\n", kropp.len()))
                || hode.ends_with(&format!("content-length: {}", kropp.len())),
            "{svar}"
        );
    }
    assert_eq!(super::hjelp::get(&klient(), oppe.url("/")).await.1, "ja");
}

#[tokio::test]
async fn a_panic_in_a_handler_is_a_500_and_the_connection_and_the_process_live() {
    let oppe = start(ruter(), Grenser::default()).await;
    let klienter = [klient(), h2_klient()];
    for klient in &klienter {
        for _ in 0..3 {
            let (hode, tekst) = super::hjelp::get(klient, oppe.url("/panikk")).await;
            assert_eq!(hode.status().as_u16(), 500);
            assert!(tekst.contains("traceId") && !tekst.contains("handler"), "{tekst}");
            assert_eq!(super::hjelp::get(klient, oppe.url("/")).await.1, "ja");
        }
    }
    oppe.wait_for_open(2).await;
    assert!(
        oppe.maalere
            .encode()
            .unwrap()
            .contains("http_panics_total{tjeneste=\"prøve\"} 6")
    );
}

#[tokio::test]
async fn above_the_limit_connections_wait_their_turn_and_are_not_taken() {
    const PLASSER: usize = 2;
    const ROPER: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let oppe = start(
        ruter(),
        Grenser {
            tilkoblinger_maks: PLASSER,
            ..Grenser::default()
        },
    )
    .await;
    let mut inne = Vec::new();
    for _ in 0..PLASSER {
        let mut tcp = oppe.raw().await;
        write(&mut tcp, ROPER).await;
        read_until(&mut tcp, "ja").await;
        inne.push(tcp);
    }
    let mut ute = Vec::new();
    for _ in 0..20 {
        let mut tcp = oppe.raw().await;
        write(&mut tcp, ROPER).await;
        ute.push(tcp);
    }
    let svar = tokio::time::timeout(KORT, ute[0].readable()).await;
    assert!(svar.is_err(), "nobody outside is answered while the house is full");
    oppe.wait_for_open(PLASSER).await;
    // Each that leaves lets in one; in the end all have been served.
    drop(inne);
    for mut tcp in ute {
        read_until(&mut tcp, "ja").await;
    }
    oppe.wait_for_open(0).await;
}
