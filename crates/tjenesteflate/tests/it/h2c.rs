//! HTTP/2 without TLS, by prior knowledge, on the same port as HTTP/1.1.

use std::sync::Arc;

use axum::{Router, extract::Extension, routing::get};
use http::Version;
use tjenesteflate::tjener::{Grenser, Motpart};
use tokio::sync::Barrier;

use super::hjelp::{h2_klient, klient, start};

#[tokio::test]
async fn both_protocols_are_spoken_on_one_port() {
    let oppe = start(Router::new().route("/", get(|| async { "ja" })), Grenser::default()).await;
    for (klient, versjon) in [(klient(), Version::HTTP_11), (h2_klient(), Version::HTTP_2)] {
        let (hode, tekst) = super::hjelp::get(&klient, oppe.url("/")).await;
        assert_eq!((hode.version(), tekst.as_str()), (versjon, "ja"));
    }
    assert_eq!(oppe.stop().await.avbrutte_tilkoblinger, 0);
}

#[tokio::test]
async fn streams_of_one_connection_run_at_once() {
    const ANTALL: usize = 20;
    let barriere = Arc::new(Barrier::new(ANTALL));
    let ruter = Router::new().route(
        "/",
        get(move || {
            let barriere = Arc::clone(&barriere);
            async move {
                barriere.wait().await;
                "alle"
            }
        }),
    );
    let oppe = start(ruter, Grenser::default()).await;
    let klient = h2_klient();
    let mut kall = tokio::task::JoinSet::new();
    for _ in 0..ANTALL {
        let (klient, url) = (klient.clone(), oppe.url("/"));
        kall.spawn(async move { super::hjelp::get(&klient, url).await.1 });
    }
    assert_eq!(kall.join_all().await, ["alle"; ANTALL]);
    oppe.wait_for_open(1).await;
}

#[tokio::test]
async fn more_streams_than_allowed_wait_their_turn() {
    let ruter = Router::new().route("/", get(|| async { "ja" }));
    let oppe = start(
        ruter,
        Grenser {
            h2_stroemmer_maks: 2,
            ..Grenser::default()
        },
    )
    .await;
    let klient = h2_klient();
    // The first answer brings the limit; a client that has not heard of it yet would be refused, and may try again.
    super::hjelp::get(&klient, oppe.url("/")).await;
    let mut kall = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let (klient, url) = (klient.clone(), oppe.url("/"));
        kall.spawn(async move { super::hjelp::get(&klient, url).await.1 });
    }
    assert_eq!(kall.join_all().await, ["ja"; 30]);
}

#[tokio::test]
async fn handlers_can_see_the_address_of_the_other_end_but_not_print_it_by_accident() {
    let ruter = Router::new().route(
        "/",
        get(|Extension(motpart): Extension<Motpart>| async move { format!("{} {motpart:?}", motpart.0.ip()) }),
    );
    let oppe = start(ruter, Grenser::default()).await;
    for klient in [klient(), h2_klient()] {
        assert_eq!(
            super::hjelp::get(&klient, oppe.url("/")).await.1,
            "127.0.0.1 Motpart(***)"
        );
    }
}
