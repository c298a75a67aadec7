//! Folkeregisteret's consumer interface as it is served, over a register of the tests, on a socket: the real routes, the real
//! Maskinporten, tokens, extracts and ETags. What is not real is the audit, which always has room, and the clock of retention.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use driftsmeldinger::Tavle;
use folkeregister::konsument::{self, Folkeregister, OPPBEVARING_MAANEDER, Strupegrenser, Struping, Uttrekk};
use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use klienter::folkeregister as folkeregisterklient;
use klienter::maskinporten;
use register::{Register, Steder};
use tilgang::avtale::{Avtaleregister, NyAvtale, NyKlient, Rettighet};
use tilgang::token::{self, Framtid, Hentefeil, JwksKilde, Klokke, Maskinportenverifikator, Noekkelsett};
use tilgang::{Frigivelse, Pakke};
use tjenesteflate::etag;
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::stopp::{self, Signal};
use utsteder::Utsteder;
use uttrekk::{Grenser, Uttrekkslager};

use crate::kilde::Ingen;

/// The consumer. A synthetic organisation.
const KOPI: &str = "310000000";
const KLIENT: &str = "helsekopi";
const MH: Pakke = Pakke::OffentligMedHjemmel;

struct Noekler(Arc<Utsteder>);

impl JwksKilde for Noekler {
    fn hent(&self) -> Framtid<'_, Result<Noekkelsett, Hentefeil>> {
        let jwks = self.0.jwks(Timestamp::now()).to_string();
        Box::pin(async move { Noekkelsett::les(jwks.as_bytes()).map_err(Into::into) })
    }
}

/// The keys of the issuer and of the client, made once: a key takes longer to make than a life of the copy.
pub fn lag_noekler(mappe: &Path) {
    utsteder::les_eller_lag_noekkel(&mappe.join("klient.pk8")).unwrap();
    let avtaler = Arc::new(Avtaleregister::aapne(&mappe.join("ingen")).unwrap());
    let innstillinger = utsteder::Innstillinger::new("http://127.0.0.1:1/maskinporten/");
    Utsteder::aapne(innstillinger, &mappe.join("utsteder"), avtaler, Timestamp::now()).unwrap();
}

/// The interface over one register.
pub struct Tjeneste {
    pub register: Arc<Register>,
    pub uttrekk: Arc<Uttrekkslager>,
    /// The time that retention counts by, and that what is committed is committed at. Seconds since 1970.
    pub naa: Arc<AtomicI64>,
    pub ruter: Router,
    _skriver: Signal,
}

impl Tjeneste {
    /// Opens what lies in a folder. To be called within a runtime.
    pub fn aapne(mappe: &Path, noekler: &Path, base: &str, naa: i64) -> Self {
        let visning = Arc::new(soek::Soekevisning);
        let register = Register::aapne_med_visning(&mappe.join("register"), &Steder::default(), visning);
        Tjeneste::over(Arc::new(register.unwrap()), mappe, noekler, base, naa)
    }

    /// Over a register that is open already.
    pub fn over(register: Arc<Register>, mappe: &Path, noekler: &Path, base: &str, naa: i64) -> Self {
        let avtaler = Arc::new(Avtaleregister::aapne(&mappe.join("tilgang")).unwrap());
        if !mappe.join("avtalt").exists() {
            avtal(&avtaler, noekler);
            std::fs::write(mappe.join("avtalt"), "").unwrap();
        }
        let iss = format!("{base}/maskinporten/");
        let utsteder = Utsteder::aapne(
            utsteder::Innstillinger::new(iss.clone()),
            &noekler.join("utsteder"),
            avtaler.clone(),
            Timestamp::now(),
        );
        let utsteder = Arc::new(utsteder.unwrap());
        let verifikator = token::Innstillinger::new(iss, Arc::new(Noekler(utsteder.clone())));
        let maalere = Maalere::new();
        // As many orders as the copy likes: it is killed, and orders anew.
        let grenser = Grenser {
            samtidige: 100_000,
            lagrede: 100_000,
            ..Grenser::default()
        };
        let sted = mappe.join("uttrekk");
        let lager = Arc::new(Uttrekkslager::aapne(&sted, &sted.join("nokkel"), grenser).unwrap());
        let naa = Arc::new(AtomicI64::new(naa));
        let registertid = naa.clone();
        let klokke: Klokke = Arc::new(Timestamp::now);
        let uten_grenser = Strupegrenser {
            kall: None,
            bom: None,
            ..Strupegrenser::default()
        };
        let api = Arc::new(Folkeregister {
            register: register.clone(),
            tavle: Arc::new(Tavle::aapne(&mappe.join("driftsmeldinger")).unwrap()),
            uttrekk: Uttrekk::new(lager.clone(), &maalere).unwrap(),
            frigivelse: Frigivelse::new(Arc::new(Ingen)),
            verifikator: Arc::new(Maskinportenverifikator::new(verifikator)),
            avtaler,
            etag: etag::Noekkel::new(&[7; 32]),
            klokke: klokke.clone(),
            registerklokke: Arc::new(move || Timestamp::from_second(registertid.load(Ordering::SeqCst)).unwrap()),
            base: base.to_owned(),
            oppbevaring_maaneder: OPPBEVARING_MAANEDER,
            svalbard: false,
            struping: Struping::new(uten_grenser, Arc::new(Instant::now), &maalere).unwrap(),
            vakt: None,
        });
        let (signal, stoppet) = stopp::pair();
        tokio::spawn(konsument::skriv_ut(api.clone(), stoppet));
        let ruter = konsument::ruter(&api, &maalere).nest("/maskinporten", utsteder::ruter(utsteder, klokke));
        Tjeneste {
            register,
            uttrekk: lager,
            naa,
            ruter,
            _skriver: signal,
        }
    }
}

fn avtal(avtaler: &Avtaleregister, noekler: &Path) {
    let naa = Timestamp::now();
    let organisasjon = Organisasjonsnummer::parse(KOPI).unwrap();
    let noekkel = utsteder::les_eller_lag_noekkel(&noekler.join("klient.pk8")).unwrap();
    let klient = NyKlient {
        klient_id: KLIENT.to_owned(),
        organisasjon,
        scopes: [MH.scope().to_owned()].into(),
        noekler: vec![noekkel.offentlig().clone()],
    };
    avtaler.registrer_klient(&klient, "prøve", naa).unwrap();
    let avtale = NyAvtale {
        organisasjon,
        rettighet: Rettighet::Pakke(MH),
        graderte_adresser: true,
        er_privat: false,
        formaal: "prøve".to_owned(),
        hjemmel: "prøveloven § 1".to_owned(),
        fra: naa,
        til: None,
    };
    avtaler.gi(&avtale, "prøve", naa).unwrap();
}

/// Listens on an address; waits a little for one that was in use a moment ago.
pub async fn lytt(adresse: SocketAddr) -> tokio::net::TcpListener {
    for _ in 0..500 {
        if let Ok(lytter) = tokio::net::TcpListener::bind(adresse).await {
            return lytter;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{adresse} is not free");
}

/// The copy's client, with a token of its own. What it is asked to wait for is a few milliseconds here.
pub fn klient(base: &str, noekler: &Path) -> folkeregisterklient::Klient {
    let valg = klienter::Valg {
        oppkobling_maks: Duration::from_secs(5),
        tidsfrist: Duration::from_secs(20),
        ..klienter::Valg::default()
    };
    let token = maskinporten::Innstillinger {
        utsteder: format!("{base}/maskinporten/"),
        klient_id: KLIENT.to_owned(),
        noekkel: Arc::new(utsteder::les_eller_lag_noekkel(&noekler.join("klient.pk8")).unwrap()),
        konsument: None,
        valg,
    };
    let token = maskinporten::Klient::new(token, Arc::new(Timestamp::now)).unwrap();
    let innstillinger = folkeregisterklient::Innstillinger {
        valg,
        vent: venter(),
        ..folkeregisterklient::Innstillinger::new(base, MH, Arc::new(Timestamp::now))
    };
    folkeregisterklient::Klient::new(innstillinger, Arc::new(token)).unwrap()
}

/// Longest wait of the tests, whatever is asked for.
pub const VENT_MAKS: Duration = Duration::from_millis(3);

/// Waits at most [`VENT_MAKS`].
pub fn venter() -> folkeregisterklient::Venter {
    Arc::new(|tid| Box::pin(tokio::time::sleep(tid.min(VENT_MAKS))))
}
