//! The log: one JSON line per request, and nothing of what the client sent. A program of its own: what one thread listens
//! for is lost when others, who do not, come first to a place that logs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails panics"
)]

#[path = "it/hjelp.rs"]
#[allow(dead_code, reason = "each program uses a part of it")]
mod hjelp;

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Body, routing::get};
use http::Request;
use tjenesteflate::{sporing::LOGGMAAL, tjener::Grenser};
use tracing_subscriber::fmt::MakeWriter;

use hjelp::{klient, send, start};

#[derive(Clone, Default)]
struct Opptak(Arc<Mutex<Vec<u8>>>);

impl io::Write for Opptak {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Opptak {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn each_request_gives_one_line_without_path_query_or_headers() {
    let opptak = Opptak::default();
    let abonnent = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(opptak.clone())
        .finish();
    // The runtime of this test has one thread, so the server logs on it too.
    let _vakt = tracing::subscriber::set_default(abonnent);

    let oppe = start(
        Router::new().route("/person/{nummer}", get(|| async { "ja" })),
        Grenser::default(),
    )
    .await;
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for sti in [
        "/person/12859012335?navn=STILLE",
        "/ukjent/12859012335",
        "/person/%0012859012335",
    ] {
        let foresporsel = Request::get(oppe.url(sti))
            .header("traceparent", traceparent)
            .header("x-hemmelig", "FJELLBEKK")
            .body(Body::empty())
            .unwrap();
        send(&klient(), foresporsel).await;
    }
    oppe.stop().await;

    let tekst = String::from_utf8(opptak.0.lock().unwrap().clone()).unwrap();
    let linjer: Vec<serde_json::Value> = tekst
        .lines()
        .map(|linje| serde_json::from_str(linje).unwrap())
        .filter(|linje: &serde_json::Value| linje["target"] == LOGGMAAL)
        .collect();
    let sett: Vec<_> = linjer
        .iter()
        .map(|linje| {
            let felt = &linje["fields"];
            assert_eq!(felt["sporings_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
            assert!(felt["varighet_ms"].is_u64() && felt["tjeneste"] == "prøve");
            (
                felt["metode"].as_str().unwrap(),
                felt["rute"].as_str().unwrap(),
                felt["status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        sett,
        [
            ("GET", "/person/{nummer}", "200"),
            ("GET", "ukjent", "404"),
            ("GET", "/person/{nummer}", "400")
        ]
    );
    for linje in tekst
        .lines()
        .filter(|linje| linje.contains("\"target\":\"tjenesteflate") || linje.contains(LOGGMAAL))
    {
        for hemmelig in ["12859012335", "STILLE", "FJELLBEKK", "hemmelig"] {
            assert!(!linje.contains(hemmelig), "{linje}");
        }
    }
}
