//! A small server for tests, a clock that stands still, and an issuer with one client and one grant.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use klienter::maskinporten;
use tilgang::Pakke;
use tilgang::avtale::{Avtaleregister, NyAvtale, NyKlient, Rettighet};
use tilgang::token::{Klokke, Signeringsnoekkel};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use utsteder::{Innstillinger, Utsteder, ruter};

/// The second at which every test starts.
pub const NAA_S: i64 = 1_770_000_000;

pub static NOEKKEL: LazyLock<Signeringsnoekkel> = LazyLock::new(|| Signeringsnoekkel::generer().unwrap());

pub fn tid(sekunder: i64) -> Timestamp {
    Timestamp::from_second(sekunder).unwrap()
}

/// A clock that moves only when told to.
#[derive(Clone)]
pub struct Ur(Arc<AtomicI64>);

impl Ur {
    pub fn ny() -> Self {
        Ur(Arc::new(AtomicI64::new(NAA_S)))
    }

    pub fn frem(&self, sekunder: i64) {
        self.0.fetch_add(sekunder, Ordering::SeqCst);
    }

    pub fn naa(&self) -> Timestamp {
        tid(self.0.load(Ordering::SeqCst))
    }

    pub fn klokke(&self) -> Klokke {
        let ur = self.clone();
        Arc::new(move || ur.naa())
    }
}

/// A server on a loopback port that stops when dropped.
pub struct Server {
    pub adresse: String,
    oppgave: JoinHandle<()>,
}

impl Server {
    /// Stops, and returns when the port is closed.
    pub async fn stopp(mut self) {
        self.oppgave.abort();
        assert!(
            (&mut self.oppgave).await.is_err(),
            "ended by being stopped and by nothing else"
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.oppgave.abort();
    }
}

/// Serves what `bygg` makes of the server's own address.
pub async fn server(bygg: impl FnOnce(&str) -> Router) -> Server {
    let lytter = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let adresse = format!("http://{}/", lytter.local_addr().unwrap());
    let router = bygg(&adresse);
    let oppgave = tokio::spawn(async move {
        while let Ok((forbindelse, _)) = lytter.accept().await {
            let tjeneste = TowerToHyperService::new(router.clone());
            tokio::spawn(async move {
                let _ = Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(forbindelse), tjeneste)
                    .await;
            });
        }
    });
    Server { adresse, oppgave }
}

/// The built-in Maskinporten on a port, with client `klient` of 310000000 and a grant for offentlig med hjemmel.
pub struct Maskinporten {
    pub server: Server,
    pub utsteder: Arc<Utsteder>,
    pub register: Arc<Avtaleregister>,
    pub navn: String,
    pub ur: Ur,
    _mappe: tempfile::TempDir,
}

pub async fn maskinporten() -> Maskinporten {
    let ur = Ur::ny();
    let mappe = tempfile::tempdir().unwrap();
    let register = Arc::new(Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap());
    let organisasjon = Organisasjonsnummer::parse("310000000").unwrap();
    let klient = NyKlient {
        klient_id: "klient".to_owned(),
        organisasjon,
        scopes: [
            Pakke::OffentligMedHjemmel.scope().to_owned(),
            Pakke::Finans.scope().to_owned(),
        ]
        .into(),
        noekler: vec![NOEKKEL.offentlig().clone()],
    };
    register.registrer_klient(&klient, "prøve", tid(NAA_S)).unwrap();
    let avtale = NyAvtale {
        organisasjon,
        rettighet: Rettighet::Pakke(Pakke::OffentligMedHjemmel),
        graderte_adresser: false,
        er_privat: true,
        formaal: "prøve".to_owned(),
        hjemmel: "prøveloven § 1".to_owned(),
        fra: tid(NAA_S),
        til: None,
    };
    register.gi(&avtale, "prøve", tid(NAA_S)).unwrap();
    let mut utsteder = None;
    let server = server(|adresse| {
        let innstillinger = Innstillinger::new(format!("{adresse}maskinporten/"));
        let noekler = mappe.path().join("noekler");
        let ny = Arc::new(Utsteder::aapne(innstillinger, &noekler, Arc::clone(&register), tid(NAA_S)).unwrap());
        utsteder = Some(Arc::clone(&ny));
        Router::new().nest("/maskinporten", ruter(ny, ur.klokke()))
    });
    let server = server.await;
    let utsteder = utsteder.unwrap();
    Maskinporten {
        navn: utsteder.utsteder().to_owned(),
        server,
        utsteder,
        register,
        ur,
        _mappe: mappe,
    }
}

impl Maskinporten {
    pub fn innstillinger(&self) -> maskinporten::Innstillinger {
        let der = NOEKKEL.til_pkcs8().unwrap();
        maskinporten::Innstillinger {
            utsteder: self.navn.clone(),
            klient_id: "klient".to_owned(),
            noekkel: Arc::new(Signeringsnoekkel::fra_pkcs8(der.as_ref(), None).unwrap()),
            konsument: None,
            valg: klienter::Valg::default(),
        }
    }

    pub fn klient(&self) -> maskinporten::Klient {
        maskinporten::Klient::new(self.innstillinger(), self.ur.klokke()).unwrap()
    }
}
