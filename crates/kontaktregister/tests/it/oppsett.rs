//! A Maskinporten and a KRR on one loopback port each, and a clock that moves only when told to.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use axum::Router;
use identifikator::{Folkeregisteridentifikator, Organisasjonsnummer};
use jiff::Timestamp;
use klienter::jwks::HttpKilde;
use klienter::{Valg, krr, maskinporten};
use kontaktregister::{Endring, Kontaktregister, SCOPE_DIGITALPOST, SCOPE_KONTAKTINFORMASJON, ruter};
use tilgang::avtale::{Avtaleregister, NyAvtale, NyKlient, Rettighet};
use tilgang::token::{Innstillinger, Klokke, Maskinportenverifikator, Signeringsnoekkel};
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::stopp::{self, Signal};
use tjenesteflate::tjener::{Grenser, Tjener};
use tjenesteflate::vern::{Problem, Ramme};
use utsteder::Utsteder;

pub const NAA_S: i64 = 1_770_000_000;
/// A scope of KRR that opens neither part.
pub const SCOPE_BARE_STATUS: &str = "krr:global/status.read";
/// A scope that is none of KRR's.
pub const SCOPE_ANNET: &str = "folkeregister:deling/offentligmedhjemmel";

static NOEKKEL: LazyLock<Signeringsnoekkel> = LazyLock::new(|| Signeringsnoekkel::generer().unwrap());

pub fn tid(sekunder: i64) -> Timestamp {
    Timestamp::from_second(sekunder).unwrap()
}

/// So many synthetic numbers.
pub fn numre(antall: usize) -> Vec<Folkeregisteridentifikator> {
    let dager = (1..=28).flat_map(|dag| (0..1000).map(move |i| (dag, i)));
    let mulige = dager.flat_map(|(dag, i)| (0..100).map(move |k| format!("{dag:02}9082{i:03}{k:02}")));
    mulige
        .filter_map(|n| Folkeregisteridentifikator::parse(&n).ok())
        .take(antall)
        .collect()
}

pub struct Server {
    pub adresse: String,
    _signal: Signal,
}

/// Serves what `bygg` makes of the server's own address, framed as the program does it.
pub async fn server(bygg: impl FnOnce(&str) -> Router) -> Server {
    let tjener = Tjener::bind(([127, 0, 0, 1], 0).into(), Grenser::default())
        .await
        .unwrap();
    let adresse = format!("http://{}/", tjener.address());
    let app = Ramme::new("krr", Problem, &Maalere::new()).rundt(bygg(&adresse));
    let (signal, stopp) = stopp::pair();
    tokio::spawn(tjener.serve(app, stopp));
    Server {
        adresse,
        _signal: signal,
    }
}

pub struct Oppsett {
    pub krr: Server,
    maskinporten: Server,
    utsteder: String,
    pub register: Arc<Kontaktregister>,
    ur: Arc<AtomicI64>,
    _mappe: tempfile::TempDir,
}

pub async fn oppsett() -> Oppsett {
    let mappe = tempfile::tempdir().unwrap();
    let ur = Arc::new(AtomicI64::new(NAA_S));
    let klokke: Klokke = {
        let ur = Arc::clone(&ur);
        Arc::new(move || tid(ur.load(Ordering::SeqCst)))
    };
    let scopes = [
        SCOPE_KONTAKTINFORMASJON,
        SCOPE_DIGITALPOST,
        SCOPE_BARE_STATUS,
        SCOPE_ANNET,
    ];
    let avtaler = Arc::new(Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap());
    let organisasjon = Organisasjonsnummer::parse("310000000").unwrap();
    let klient = NyKlient {
        klient_id: "klient".to_owned(),
        organisasjon,
        scopes: scopes.map(str::to_owned).into(),
        noekler: vec![NOEKKEL.offentlig().clone()],
    };
    avtaler.registrer_klient(&klient, "prøve", tid(NAA_S)).unwrap();
    for scope in scopes {
        let avtale = NyAvtale {
            organisasjon,
            rettighet: Rettighet::fra_scope(scope).unwrap(),
            graderte_adresser: false,
            er_privat: false,
            formaal: "prøve".to_owned(),
            hjemmel: "prøveloven § 1".to_owned(),
            fra: tid(NAA_S),
            til: None,
        };
        avtaler.gi(&avtale, "prøve", tid(NAA_S)).unwrap();
    }
    let mut utsteder = String::new();
    let maskinporten = server(|adresse| {
        utsteder = format!("{adresse}maskinporten/");
        let innstillinger = utsteder::Innstillinger::new(&utsteder);
        let tjeneste = Utsteder::aapne(innstillinger, &mappe.path().join("noekler"), avtaler, tid(NAA_S)).unwrap();
        Router::new().nest(
            "/maskinporten",
            utsteder::ruter(Arc::new(tjeneste), Arc::clone(&klokke)),
        )
    })
    .await;
    let kilde = HttpKilde::new(&utsteder, Valg::default()).unwrap();
    let verifikator = Arc::new(Maskinportenverifikator::new(Innstillinger::new(
        utsteder.clone(),
        Arc::new(kilde),
    )));
    let register = Arc::new(Kontaktregister::aapne(&mappe.path().join("krr"), 2026, tid(NAA_S)).unwrap());
    let krr = server(|_| ruter(Arc::clone(&register), verifikator, klokke)).await;
    Oppsett {
        krr,
        maskinporten,
        utsteder,
        register,
        ur,
        _mappe: mappe,
    }
}

impl Oppsett {
    pub fn naa(&self) -> Timestamp {
        tid(self.ur.load(Ordering::SeqCst))
    }

    pub fn frem(&self, sekunder: i64) {
        self.ur.fetch_add(sekunder, Ordering::SeqCst);
    }

    /// A person who is registered now, is not reserved, and then is changed so.
    pub fn registrert(&self, endringer: &[Endring]) -> Folkeregisteridentifikator {
        let person = numre(1).remove(0);
        for endring in [Endring::Registrer, Endring::OpphevReservasjon].iter().chain(endringer) {
            self.register.endre(person, *endring, self.naa()).unwrap();
        }
        person
    }

    fn maskinporten(&self) -> maskinporten::Klient {
        assert!(self.utsteder.starts_with(&self.maskinporten.adresse));
        let der = NOEKKEL.til_pkcs8().unwrap();
        let innstillinger = maskinporten::Innstillinger {
            utsteder: self.utsteder.clone(),
            klient_id: "klient".to_owned(),
            noekkel: Arc::new(Signeringsnoekkel::fra_pkcs8(der.as_ref(), None).unwrap()),
            konsument: None,
            valg: Valg::default(),
        };
        let ur = Arc::clone(&self.ur);
        maskinporten::Klient::new(innstillinger, Arc::new(move || tid(ur.load(Ordering::SeqCst)))).unwrap()
    }

    pub async fn token(&self, scope: &str) -> Arc<str> {
        self.maskinporten().hent_token(scope).await.unwrap()
    }

    pub fn klient(&self, behov: krr::Behov) -> krr::Klient {
        let innstillinger = krr::Innstillinger {
            adresse: self.krr.adresse.clone(),
            behov,
            valg: Valg::default(),
        };
        krr::Klient::new(&innstillinger, Arc::new(self.maskinporten())).unwrap()
    }
}
