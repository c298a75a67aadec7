//! A Folkeregister that a test makes up, for what the real one does only now and then: to be slow, to end in the middle, to
//! refuse. Tokens are the shared server's.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use serde_json::{Value, json};

use crate::delt::delt;
use crate::program::ny_mappe;

/// Longest wait for a call to come, on a machine that builds at the same time.
const KOMMER_MAKS: Duration = Duration::from_secs(60);

/// One call as the stand-in saw it.
pub struct Sett<'a> {
    /// Method and what comes after `/v1/`.
    pub linje: &'a str,
    /// The body, when it is JSON.
    pub kropp: Value,
    /// How many times the same line was seen before.
    pub foer: usize,
}

/// What a test answers with.
pub enum Svar {
    /// A status and a body.
    Status(u16, Value),
    /// As that, with `Retry-After`.
    Vent(u16, u64, Value),
    /// Nothing, for ever.
    Taus,
    /// The first waits until somebody has asked for the second.
    Etter(&'static str, Value),
}

impl Svar {
    pub fn ok(kropp: Value) -> Self {
        Svar::Status(200, kropp)
    }
}

type Svarer = dyn Fn(Sett<'_>) -> Svar + Send + Sync;

#[derive(Default)]
struct Logg {
    linjer: Mutex<Vec<String>>,
    ny: Condvar,
}

/// The stand-in, and a data folder whose commands go to it.
pub struct Standin {
    pub mappe: PathBuf,
    logg: Arc<Logg>,
    _kjoretid: tokio::runtime::Runtime,
}

impl Standin {
    pub fn ny(svar: impl Fn(Sett<'_>) -> Svar + Send + Sync + 'static) -> Self {
        let kjoretid = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let lytter = kjoretid.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let base = format!("http://{}", lytter.local_addr().unwrap());
        let logg = Arc::new(Logg::default());
        let (svar, minne): (Arc<Svarer>, _) = (Arc::new(svar), Arc::clone(&logg));
        let ruter = Router::new().fallback(move |kall: Request| svar_paa(Arc::clone(&svar), Arc::clone(&minne), kall));
        kjoretid.spawn(async move { axum::serve(lytter, ruter).await });
        let mappe = ny_mappe();
        let adresser: BTreeMap<String, Value> =
            serde_json::from_slice(&std::fs::read(delt().mappe.join("adresser.json")).unwrap()).unwrap();
        let adresser = json!({"folkeregister": base, "maskinporten": adresser["maskinporten"], "admin": base});
        std::fs::write(mappe.join("adresser.json"), adresser.to_string()).unwrap();
        std::fs::create_dir(mappe.join("noekler")).unwrap();
        let noekkel = "noekler/demoklient.pk8";
        // Mode and all.
        std::fs::copy(delt().mappe.join(noekkel), mappe.join(noekkel)).unwrap();
        Standin {
            mappe,
            logg,
            _kjoretid: kjoretid,
        }
    }

    /// What was asked so far.
    pub fn linjer(&self) -> Vec<String> {
        self.logg.linjer.lock().unwrap().clone()
    }

    /// Forgets what was asked.
    pub fn glem(&self) {
        self.logg.linjer.lock().unwrap().clear();
    }

    /// Returns when a call has come.
    pub fn vent_paa(&self, linje: &str) {
        self.logg.vent_paa(linje);
    }

    /// A place for output in its folder.
    pub fn fil(&self, navn: &str) -> String {
        self.mappe.join(navn).to_str().unwrap().to_owned()
    }
}

impl Logg {
    fn vent_paa(&self, linje: &str) {
        let linjer = self.linjer.lock().unwrap();
        let mangler = |l: &mut Vec<String>| !l.iter().any(|l| l == linje);
        let (linjer, utfall) = self.ny.wait_timeout_while(linjer, KOMMER_MAKS, mangler).unwrap();
        assert!(!utfall.timed_out(), "{linje} kom ikke: {linjer:?}");
    }
}

async fn svar_paa(svar: Arc<Svarer>, logg: Arc<Logg>, kall: Request) -> Response<Body> {
    let (deler, kropp) = kall.into_parts();
    let kropp = axum::body::to_bytes(kropp, 1 << 24).await.unwrap();
    let sti = deler.uri.to_string();
    let linje = format!("{} {}", deler.method, sti.split_once("/v1/").map_or("", |s| s.1));
    let foer = {
        let mut linjer = logg.linjer.lock().unwrap();
        let foer = linjer.iter().filter(|l| **l == linje).count();
        linjer.push(linje.clone());
        logg.ny.notify_all();
        foer
    };
    let sett = Sett {
        linje: &linje,
        kropp: serde_json::from_slice(&kropp).unwrap_or_default(),
        foer,
    };
    let mut ut = Response::builder();
    let (status, kropp) = match svar(sett) {
        Svar::Status(status, kropp) => (status, kropp),
        Svar::Vent(status, vent_s, kropp) => {
            ut = ut.header("retry-after", vent_s);
            (status, kropp)
        }
        Svar::Taus => std::future::pending().await,
        Svar::Etter(annen, kropp) => {
            tokio::task::spawn_blocking(move || logg.vent_paa(annen)).await.unwrap();
            (200, kropp)
        }
    };
    ut.status(status).body(Body::from(kropp.to_string())).unwrap()
}
