//! Stopping: what is under way is finished, what is idle is closed, what will not end is cut.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use tjenesteflate::tjener::Grenser;
use tokio::{
    net::TcpStream,
    sync::{Notify, mpsc},
};

use super::hjelp::{KORT, h2_klient, klient, read_to_close, read_until, start, within, write};

/// Says that it is gone.
struct Vitne(mpsc::UnboundedSender<&'static str>);

impl Drop for Vitne {
    fn drop(&mut self) {
        let _ = self.0.send("borte");
    }
}

/// A handler that tells when it has begun and when it is gone, and ends when it is let.
fn ruter(slipp: &Arc<Notify>) -> (Router, mpsc::UnboundedReceiver<&'static str>) {
    let (sender, mottaker) = mpsc::unbounded_channel();
    let slipp = Arc::clone(slipp);
    let vent = move || {
        let (slipp, vitne) = (Arc::clone(&slipp), Vitne(sender.clone()));
        async move {
            let _ = vitne.0.send("begynt");
            slipp.notified().await;
            "ferdig"
        }
    };
    (
        Router::new()
            .route("/vent", get(vent))
            .route("/", get(|| async { "ja" })),
        mottaker,
    )
}

async fn finishes(klient: Client<HttpConnector, axum::body::Body>) {
    let slipp = Arc::new(Notify::new());
    let (ruter, mut hendelser) = ruter(&slipp);
    let oppe = start(ruter, Grenser::default()).await;
    let adresse = oppe.adresse;

    let mut ledig = oppe.raw().await;
    write(&mut ledig, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    read_until(&mut ledig, "ja").await;
    let mut stum = oppe.raw().await;
    let url = oppe.url("/vent").parse().unwrap();
    let kall = tokio::spawn(async move {
        klient
            .get(url)
            .await
            .unwrap()
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes()
    });
    assert_eq!(within(hendelser.recv()).await, Some("begynt"));
    oppe.wait_for_open(3).await;

    let start = Instant::now();
    oppe.signal.stopp();
    assert_eq!(
        read_to_close(&mut ledig).await,
        "",
        "the idle connection is closed at once"
    );
    assert_eq!(read_to_close(&mut stum).await, "", "and so is one that never spoke");
    slipp.notify_one();
    assert_eq!(within(kall).await.unwrap(), "ferdig");
    assert_eq!(oppe.stop().await.avbrutte_tilkoblinger, 0);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert!(TcpStream::connect(adresse).await.is_err(), "the port is given back");
}

#[tokio::test]
async fn a_request_under_way_is_finished_and_idle_connections_do_not_hold_us_up() {
    finishes(klient()).await;
}

#[tokio::test]
async fn the_same_holds_over_http2() {
    finishes(h2_klient()).await;
}

#[tokio::test]
async fn what_will_not_end_is_cut_at_the_limit_and_its_handler_with_it() {
    for klient in [klient(), h2_klient()] {
        let (ruter, mut hendelser) = ruter(&Arc::new(Notify::new()));
        let oppe = start(
            ruter,
            Grenser {
                avslutning_maks: KORT,
                ..Grenser::default()
            },
        )
        .await;
        let maalere = oppe.maalere.clone();
        let url = oppe.url("/vent").parse().unwrap();
        let kall = tokio::spawn(async move { klient.get(url).await.is_err() });
        assert_eq!(within(hendelser.recv()).await, Some("begynt"));
        let start = Instant::now();
        assert_eq!(oppe.stop().await.avbrutte_tilkoblinger, 1);
        assert!(
            start.elapsed() >= KORT && start.elapsed() < KORT * 10,
            "{:?}",
            start.elapsed()
        );
        assert_eq!(within(hendelser.recv()).await, Some("borte"));
        assert!(within(kall).await.unwrap());
        assert!(
            maalere
                .encode()
                .unwrap()
                .contains("rute=\"/vent\",metode=\"GET\",statuskode=\"avbrutt\"} 1")
        );
    }
}

#[tokio::test]
async fn a_server_that_nobody_called_stops_at_once() {
    let (ruter, _hendelser) = ruter(&Arc::new(Notify::new()));
    let oppe = start(
        ruter,
        Grenser {
            avslutning_maks: super::hjelp::EVIG,
            ..Grenser::default()
        },
    )
    .await;
    let start = Instant::now();
    assert_eq!(oppe.stop().await.avbrutte_tilkoblinger, 0);
    assert!(start.elapsed() < Duration::from_secs(1));
}
