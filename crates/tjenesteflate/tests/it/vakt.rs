//! The guard at the frame, over real sockets: overload is turned away at once, slow clients take no place, an address has
//! a budget.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::Extension,
    routing::{get, post},
};
use http::{Request, header};
use tjenesteflate::{
    kropp::Grense,
    maalinger::Maalere,
    stopp,
    struping::{Adressehode, Mellomledd, Ventform},
    tjener::{Grenser, Tjener},
    vern::{Adressebruk, Problem, Ramme, Vakt, Vaktgrenser},
};
use tokio::sync::Semaphore;

use super::hjelp::{klient, les, read_to_close, send, within, write};

/// A guarded server, its clock, and what holds back the calls to `/venter`.
struct Oppe {
    url: String,
    adresse: std::net::SocketAddr,
    vakt: Vakt,
    maalere: Maalere,
    tid: Arc<Mutex<Duration>>,
    slipp: Arc<Semaphore>,
    _signal: stopp::Signal,
}

async fn start(grenser: Vaktgrenser) -> Oppe {
    let (maalere, tid, slipp) = (
        Maalere::new(),
        Arc::new(Mutex::new(Duration::ZERO)),
        Arc::new(Semaphore::new(0)),
    );
    let (gaar, nullpunkt) = (Arc::clone(&tid), Instant::now());
    let vakt = Vakt::new(grenser, Arc::new(move || nullpunkt + *gaar.lock().unwrap()), &maalere);
    let venter = Arc::clone(&slipp);
    let ruter = Router::new()
        .route("/", get(|| async { "ja" }))
        .route(
            "/venter",
            get(move || async move {
                let _ = venter.acquire().await;
                "ferdig"
            }),
        )
        .route(
            "/kjent",
            get(|Extension(bruk): Extension<Adressebruk>| async move {
                bruk.gi_tilbake();
                "ja"
            }),
        )
        .route(
            "/les",
            post(|kontekst, foresporsel| les(Grense::default(), kontekst, foresporsel)),
        )
        .route(
            "/uten-frist",
            post(|kropp: Bytes| async move { kropp.len().to_string() }),
        );
    let app = Ramme::new("prøve", Problem, &maalere).with_vakt(&vakt).rundt(ruter);
    let (signal, stopp) = stopp::pair();
    let tjener = Tjener::bind(([127, 0, 0, 1], 0).into(), Grenser::default())
        .await
        .unwrap();
    let adresse = tjener.address();
    tokio::spawn(tjener.serve(app, stopp));
    Oppe {
        url: format!("http://{adresse}"),
        adresse,
        vakt,
        maalere,
        tid,
        slipp,
        _signal: signal,
    }
}

fn samtidige(samtidige: usize) -> Vaktgrenser {
    Vaktgrenser {
        kall_per_adresse: None,
        mellomledd: Mellomledd::default(),
        samtidige,
        ventform: Ventform::Sekunder,
    }
}

impl Oppe {
    async fn get(&self, sti: &str, fra: Option<&str>) -> (http::Response<()>, String) {
        let mut bygger = Request::get(format!("{}{sti}", self.url));
        if let Some(fra) = fra {
            bygger = bygger.header("x-forwarded-for", fra);
        }
        send(&klient(), bygger.body(axum::body::Body::empty()).unwrap()).await
    }

    async fn wait_for(&self, under_arbeid: u64) {
        within(async {
            while self.vakt.under_arbeid() != under_arbeid {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
        .await;
    }
}

#[tokio::test]
async fn above_the_bound_calls_are_turned_away_at_once_and_below_it_they_are_taken_again() {
    let oppe = Arc::new(start(samtidige(3)).await);
    let inne: Vec<_> = (0..3)
        .map(|_| {
            let oppe = Arc::clone(&oppe);
            tokio::spawn(async move { oppe.get("/venter", None).await.1 })
        })
        .collect();
    oppe.wait_for(3).await;
    for _ in 0..20 {
        let (hode, tekst) = oppe.get("/", None).await;
        assert_eq!(
            (hode.status().as_u16(), &hode.headers()[header::RETRY_AFTER]),
            (503, &"1".parse().unwrap())
        );
        assert!(tekst.contains("for mye å gjøre"), "{tekst}");
    }
    let linje = "http_requests_throttled_total{tjeneste=\"prøve\",grunn=\"overlast\"} 20";
    assert!(oppe.maalere.encode().unwrap().contains(linje));
    oppe.slipp.add_permits(3);
    for kall in inne {
        assert_eq!(within(kall).await.unwrap(), "ferdig");
    }
    oppe.wait_for(0).await;
    assert_eq!(oppe.get("/", None).await.1, "ja");
}

#[tokio::test]
async fn a_call_that_waits_for_its_own_clients_body_holds_no_place() {
    let oppe = start(samtidige(2)).await;
    let mut trege = Vec::new();
    for sti in ["/les", "/uten-frist"].iter().cycle().take(20) {
        let mut tcp = tokio::net::TcpStream::connect(oppe.adresse).await.unwrap();
        let hode = format!("POST {sti} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab");
        write(&mut tcp, hode.as_bytes()).await;
        trege.push(tcp);
        oppe.wait_for(0).await;
    }
    assert_eq!(oppe.get("/", None).await.1, "ja");
    for mut tcp in trege {
        write(&mut tcp, b"cd").await;
        assert!(read_to_close(&mut tcp).await.ends_with("\r\n\r\n4"));
    }
    oppe.wait_for(0).await;
}

#[tokio::test]
async fn an_address_has_a_budget_that_calls_of_a_known_consumer_do_not_spend() {
    let grenser = Vaktgrenser {
        kall_per_adresse: NonZeroU32::new(3),
        ..samtidige(100)
    };
    let oppe = start(grenser).await;
    for _ in 0..10 {
        assert_eq!(oppe.get("/kjent", None).await.0.status().as_u16(), 200);
    }
    for _ in 0..3 {
        assert_eq!(oppe.get("/", None).await.0.status().as_u16(), 200);
    }
    // A header that anyone can write moves nobody to another budget.
    *oppe.tid.lock().unwrap() += Duration::from_secs(15);
    for fra in [None, Some("203.0.113.9"), Some("203.0.113.10")] {
        let (hode, tekst) = oppe.get("/", fra).await;
        assert_eq!(
            (hode.status().as_u16(), &hode.headers()[header::RETRY_AFTER]),
            (429, &"45".parse().unwrap())
        );
        assert!(tekst.contains("For mange kall"), "{tekst}");
    }
    *oppe.tid.lock().unwrap() += Duration::from_secs(45);
    assert_eq!(oppe.get("/", None).await.0.status().as_u16(), 200);
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_its_own_budget() {
    let grenser = Vaktgrenser {
        kall_per_adresse: NonZeroU32::new(1),
        mellomledd: Mellomledd {
            nett: vec!["127.0.0.0/8".parse().unwrap()],
            hode: Adressehode::XForwardedFor,
        },
        ..samtidige(100)
    };
    let oppe = start(grenser).await;
    for (fra, status) in [
        ("203.0.113.9", 200),
        ("203.0.113.9", 429),
        ("203.0.113.10", 200),
        // What the client wrote itself stands first, and is not read.
        ("198.51.100.1, 203.0.113.9", 429),
        ("198.51.100.2, 203.0.113.10", 429),
        ("2001:db8::1", 200),
        ("2001:db8::2", 429),
    ] {
        assert_eq!(oppe.get("/", Some(fra)).await.0.status().as_u16(), status, "{fra}");
    }
}
