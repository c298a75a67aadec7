//! Clients that are slow on purpose, or broken in ways that look like it.

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::Body,
    routing::{get, post},
};
use tjenesteflate::{kropp::Grense, tjener::Grenser};
use tokio::io::AsyncWriteExt as _;

use super::hjelp::{KORT, klient, les, read_to_close, read_until, start, within, write};

const STOR: usize = 64 * 1024 * 1024;

fn ruter() -> Router {
    const GRENSE: Grense = Grense {
        bytes_maks: 1_000,
        tid_maks: KORT,
    };
    Router::new()
        .route("/", get(|| async { "ja" }))
        .route("/les", post(|kontekst, foresporsel| les(GRENSE, kontekst, foresporsel)))
        .route("/stor", get(|| async { Body::from(vec![0_u8; STOR]) }))
}

fn korte_hoder() -> Grenser {
    Grenser {
        hodetid_maks: KORT,
        ..Grenser::default()
    }
}

#[tokio::test]
async fn slow_headers_are_closed_within_the_limit() {
    let oppe = start(ruter(), korte_hoder()).await;
    for bytes in [
        &b""[..],
        b"G",
        b"PRI * HT",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: ",
    ] {
        let start = Instant::now();
        let mut tcp = oppe.raw().await;
        write(&mut tcp, bytes).await;
        let svar = read_to_close(&mut tcp).await;
        let tid = start.elapsed();
        // A fifth less than the limit for some, so that a crowd is not sent away at once.
        assert!(
            tid >= KORT * 4 / 5 && tid < KORT * 10,
            "closed after {tid:?} on {bytes:?}"
        );
        assert!(!svar.contains("200"), "{svar}");
    }
    oppe.wait_for_open(0).await;
}

#[tokio::test]
async fn headers_dripped_a_byte_at_a_time_do_not_move_the_limit() {
    let oppe = start(ruter(), korte_hoder()).await;
    let (mut les, mut skriv) = oppe.raw().await.into_split();
    let start = Instant::now();
    let drypp = tokio::spawn(async move {
        while skriv.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    within(async { while let Ok(1..) = tokio::io::AsyncReadExt::read(&mut les, &mut [0; 64]).await {} }).await;
    assert!(start.elapsed() < KORT * 10);
    within(drypp).await.unwrap();
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_an_honest_client_is_served_meanwhile() {
    let oppe = start(ruter(), korte_hoder()).await;
    let mut tcp = oppe.raw().await;
    write(&mut tcp, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    read_until(&mut tcp, "ja").await;
    let mut trege = Vec::new();
    for _ in 0..50 {
        let mut treg = oppe.raw().await;
        write(&mut treg, b"GET / HTTP/1.1\r\n").await;
        trege.push(treg);
    }
    assert_eq!(super::hjelp::get(&klient(), oppe.url("/")).await.1, "ja");
    assert_eq!(read_to_close(&mut tcp).await, "");
}

#[tokio::test]
async fn a_body_that_stops_half_way_gets_408_with_and_without_length() {
    let oppe = start(ruter(), Grenser::default()).await;
    for hode in [
        "Content-Length: 10\r\n\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ] {
        let mut tcp = oppe.raw().await;
        write(&mut tcp, format!("POST /les HTTP/1.1\r\nHost: x\r\n{hode}").as_bytes()).await;
        let svar = read_to_close(&mut tcp).await;
        assert!(
            svar.starts_with("HTTP/1.1 408 ") && svar.contains("application/problem+json"),
            "{svar}"
        );
    }
}

#[tokio::test]
async fn a_body_dripped_without_end_gets_408_as_well() {
    let oppe = start(ruter(), Grenser::default()).await;
    let mut tcp = oppe.raw().await;
    write(
        &mut tcp,
        b"POST /les HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n",
    )
    .await;
    let (mut les, mut skriv) = tcp.into_split();
    let drypp = tokio::spawn(async move {
        while skriv.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let mut svar = [0; 12];
    within(tokio::io::AsyncReadExt::read_exact(&mut les, &mut svar))
        .await
        .unwrap();
    assert_eq!(&svar, b"HTTP/1.1 408");
    drop(les);
    within(drypp).await.unwrap();
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_of_a_body_costs_nothing() {
    let oppe = start(ruter(), Grenser::default()).await;
    let mut tcp = oppe.raw().await;
    write(
        &mut tcp,
        b"POST /les HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
    )
    .await;
    oppe.wait_for_open(1).await;
    drop(tcp);
    oppe.wait_for_open(0).await;
    assert!(
        oppe.maalere
            .encode()
            .unwrap()
            .contains("http_requests_in_flight{tjeneste=\"prøve\"} 0")
    );
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut() {
    let oppe = start(
        ruter(),
        Grenser {
            skrivestans_maks: KORT,
            ..Grenser::default()
        },
    )
    .await;
    let mut tcp = oppe.raw().await;
    write(&mut tcp, b"GET /stor HTTP/1.1\r\nHost: x\r\n\r\n").await;
    oppe.wait_for_open(1).await;
    oppe.wait_for_open(0).await;
    assert!(read_to_close(&mut tcp).await.len() < STOR);
}

#[tokio::test]
async fn an_http2_client_that_falls_silent_is_cut() {
    let oppe = start(
        ruter(),
        Grenser {
            h2_ping_mellomrom: KORT,
            h2_ping_maks: KORT,
            ..Grenser::default()
        },
    )
    .await;
    let mut tcp = oppe.raw().await;
    write(&mut tcp, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
    oppe.wait_for_open(1).await;
    oppe.wait_for_open(0).await;
}

#[tokio::test]
async fn a_connection_is_asked_to_finish_at_its_age() {
    let oppe = start(
        ruter(),
        Grenser {
            alder_maks: KORT,
            ..Grenser::default()
        },
    )
    .await;
    let mut tcp = oppe.raw().await;
    write(&mut tcp, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    read_until(&mut tcp, "ja").await;
    assert_eq!(read_to_close(&mut tcp).await, "");
}

#[tokio::test]
async fn a_connection_that_goes_on_past_its_age_is_cut() {
    let grenser = Grenser {
        alder_maks: KORT,
        aldersnaade: KORT,
        ..Grenser::default()
    };
    let oppe = start(Router::new().route("/", get(std::future::pending::<()>)), grenser).await;
    let mut tcp = oppe.raw().await;
    write(&mut tcp, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(read_to_close(&mut tcp).await, "");
    assert!(oppe.maalere.encode().unwrap().contains("statuskode=\"avbrutt\"} 1"));
}
