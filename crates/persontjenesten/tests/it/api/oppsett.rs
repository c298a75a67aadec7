//! A service on a port: the built-in HelseID, a copy with a small nation, two organisations, and whoever keeps the audit log.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use axum::body::Body;
use helsekopi::{Bolk, Gjelder, Kontaktfoelger, Kontaktkilde, Kontaktsteg, Kopi, Maaling, Stilling};
use http::{HeaderMap, Method, Request};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use identifikator::{Folkeregisteridentifikator, Organisasjonsnummer};
use informasjonsmodell::{Hendelsestype, Persondokument, Tidspunkt};
use jiff::Timestamp;
use kartverk::{Kartverk, Tabell};
use klienter::krr;
use persontjenesten::api::{self, Innstillinger, Kopiplass, PersonApi, Strupegrenser, Struping, Tellere};
use persontjenesten::openapi::Omfang;
use persontjenesten::testdata::{self, Testdata, Testmiljoe};
use register::Personnummer;
use serde_json::Value;
use syntetisk_befolkning::Nasjon;
use tilgang::avtale::{Avtaleregister, NyAvtale, NyKlient, Rettighet, kan_se_graderte};
use tilgang::token::dpop::{Bevislager, NyttBevis, Origo};
use tilgang::token::helseid::{Helseidverifikator, Innstillinger as Verifikatorinnstillinger, Scope};
use tilgang::token::{Framtid, Hentefeil, JwksKilde, Kurve, Noekkelsett, Signeringsnoekkel};
use tilgang::{Frigivelse, Leveranse, Projeksjon, Revisjon, RevisjonUtilgjengelig, Revisjonspost};
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::stopp::{self, Signal};
use tjenesteflate::tjener::{Grenser, Tjener};
use utsteder::helseid::{Helseid, Innstillinger as Utstederinnstillinger, Tokenoenske};

pub const NAA_S: i64 = 1_770_000_000;
/// Has the grant for graded addresses where there is one.
pub const MED: &str = "310000000";
/// Has not.
pub const UTEN: &str = "310000019";
/// Has no grant at all.
pub const INGEN: &str = "310000027";

pub static KLIENTNOEKKEL: LazyLock<Signeringsnoekkel> = LazyLock::new(|| Signeringsnoekkel::generer().unwrap());
pub static DPOP: LazyLock<Signeringsnoekkel> = LazyLock::new(|| Signeringsnoekkel::generer_paa(Kurve::P256).unwrap());

/// The e-mail address that KRR has of everybody in the tests.
pub const EPOST: &str = "en@post.example";

/// A KRR that knows everybody and says the same of them, or nobody; it has no list of changes.
struct Krr {
    kjenner: bool,
}

impl Kontaktkilde for Krr {
    fn personer<'a>(&'a self, personer: &'a [Folkeregisteridentifikator]) -> Framtid<'a, Result<krr::Svar, krr::Feil>> {
        let svar = krr::Svar {
            personer: personer
                .iter()
                .map(|nummer| kontaktperson(*nummer, self.kjenner))
                .collect(),
            uleselige: Vec::new(),
            uten_svar: Vec::new(),
        };
        Box::pin(std::future::ready(Ok(svar)))
    }

    fn endringer<'a>(&'a self, _: u64, _: Gjelder<'a>) -> Framtid<'a, Result<krr::Endringer, krr::Feil>> {
        Box::pin(std::future::ready(Err(krr::Feil::UtenEndringsliste)))
    }
}

fn kontaktperson(nummer: Folkeregisteridentifikator, kjent: bool) -> krr::Kontaktperson {
    krr::Kontaktperson {
        personidentifikator: nummer,
        status: match kjent {
            true => krr::Status::Aktiv,
            false => krr::Status::IkkeRegistrert,
        },
        reservert: false,
        reservasjonstidspunkt: None,
        reservasjon_oppdatert: None,
        varslingsstatus: kjent.then_some(krr::Varslingsstatus::KanVarsles),
        kontaktinformasjon: kjent.then(|| krr::Kontaktinformasjon {
            epost: Some(krr::Kanal {
                verdi: EPOST.to_owned(),
                oppdatert: None,
                sist_verifisert: None,
                sist_validert: None,
                duplisert: None,
            }),
            mobil: None,
        }),
        digital_post: None,
        sertifikat: None,
        sertifikat_utloeper: None,
        spraak: kjent.then_some(krr::Spraak::Bokmaal),
        spraak_oppdatert: None,
    }
}

pub fn org(nummer: &str) -> Organisasjonsnummer {
    Organisasjonsnummer::parse(nummer).unwrap()
}

pub fn naa() -> Timestamp {
    Timestamp::from_second(NAA_S).unwrap()
}

pub fn tid() -> Tidspunkt {
    Tidspunkt::parse("2026-02-02T03:40:00+01:00").unwrap()
}

/// What the audit was told of one call.
#[derive(Clone, Debug)]
pub struct Notert {
    pub tjeneste: &'static str,
    pub endepunkt: &'static str,
    pub projeksjon: Option<Projeksjon>,
    pub konsument: String,
    pub kriterier: Vec<String>,
    pub spurt: Vec<u64>,
    pub enkelt: bool,
    pub leveranser: Vec<Leveranse>,
    pub feed: Option<(u64, u64)>,
    pub status: u16,
    pub feilkode: Option<String>,
}

#[derive(Default)]
pub struct Logg {
    pub full: AtomicBool,
    poster: Mutex<Vec<Notert>>,
}

impl Logg {
    /// Everything since last time.
    pub fn ta(&self) -> Vec<Notert> {
        std::mem::take(&mut self.poster.lock().unwrap())
    }
}

/// How long it is since the tests' clock was set.
struct Gaatt(Arc<AtomicI64>);

impl Gaatt {
    fn frem(&self) -> Duration {
        Duration::from_secs((self.0.load(Ordering::SeqCst) - NAA_S).unsigned_abs())
    }
}

struct Revisor(Arc<Logg>);

impl Revisjon for Revisor {
    fn skriv<'a>(&'a self, post: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>> {
        if self.0.full.load(Ordering::SeqCst) {
            return Box::pin(std::future::ready(Err(RevisjonUtilgjengelig)));
        }
        self.0.poster.lock().unwrap().push(Notert {
            tjeneste: post.tjeneste,
            endepunkt: post.endepunkt,
            projeksjon: post.projeksjon,
            konsument: post.konsument.to_owned(),
            kriterier: post.kriterier.iter().map(|k| k.clone().into_owned()).collect(),
            spurt: post.spurt.to_vec(),
            enkelt: post.enkelt,
            leveranser: post.leveranser.to_vec(),
            feed: post.feed.map(|f| (f.fra, f.til)),
            status: post.status,
            feilkode: post.feilkode.map(str::to_owned),
        });
        Box::pin(std::future::ready(Ok(())))
    }
}

pub struct Noekler(pub Arc<Helseid>);

impl JwksKilde for Noekler {
    fn hent(&self) -> Framtid<'_, Result<Noekkelsett, Hentefeil>> {
        let jwks = self.0.jwks(naa()).to_string();
        Box::pin(async move { Noekkelsett::les(jwks.as_bytes()).map_err(Into::into) })
    }
}

/// An answer.
#[derive(Debug)]
pub struct Svar {
    pub status: u16,
    pub hoder: HeaderMap,
    pub kropp: Vec<u8>,
}

impl Svar {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.kropp).unwrap_or_else(|_| panic!("{self:?}"))
    }

    pub fn hode(&self, navn: &str) -> Option<&str> {
        self.hoder.get(navn).map(|verdi| verdi.to_str().unwrap())
    }
}

/// How a token is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vist {
    Bearer,
    Dpop,
}

pub struct Prove {
    mappe: tempfile::TempDir,
    pub base: String,
    pub kopi: Arc<Kopi>,
    /// How many KRR has answered for.
    pub med_kontakt: u64,
    pub plass: Arc<Kopiplass>,
    pub maaling: Arc<Maaling>,
    pub logg: Arc<Logg>,
    pub klokke: Arc<AtomicI64>,
    pub avtaler: Arc<Avtaleregister>,
    utsteder: Arc<Helseid>,
    klient: Client<HttpConnector, Body>,
    tokener: Mutex<BTreeMap<(String, &'static str, Vist), String>>,
    _stopp: Signal,
}

impl Prove {
    pub async fn ny() -> Self {
        Self::med(Innstillinger::default(), 200).await
    }

    pub async fn med(innstillinger: Innstillinger, personer: u32) -> Self {
        Self::med_tabell(innstillinger, personer, Tabell::tom()).await
    }

    pub async fn med_tabell(innstillinger: Innstillinger, personer: u32, tabell: Tabell) -> Self {
        Self::hel(innstillinger, personer, (Strupegrenser::default(), tabell), None).await
    }

    /// With limits of its own on calls and on numbers that nobody has.
    pub async fn med_grenser(innstillinger: Innstillinger, personer: u32, grenser: Strupegrenser) -> Self {
        Self::hel(innstillinger, personer, (grenser, Tabell::tom()), None).await
    }

    /// With the routes of reserved test persons.
    pub async fn testmiljoe(personer: u32) -> Self {
        let annet = (Strupegrenser::default(), Tabell::tom());
        Self::hel(Innstillinger::default(), personer, annet, Testmiljoe::naar(true)).await
    }

    async fn hel(
        innstillinger: Innstillinger,
        personer: u32,
        (grenser, tabell): (Strupegrenser, Tabell),
        testmiljoe: Option<Testmiljoe>,
    ) -> Self {
        let mappe = tempfile::tempdir().unwrap();
        let avtaler = Arc::new(Avtaleregister::aapne(&mappe.path().join("tilgang")).unwrap());
        gi_tilgang(&avtaler);
        let tjener = Tjener::bind(([127, 0, 0, 1], 0).into(), Grenser::default())
            .await
            .unwrap();
        let base = format!("http://{}", tjener.address());
        let iss = format!("{base}/helseid");
        let noekler = mappe.path().join("noekler");
        let utsteder = Helseid::aapne(Utstederinnstillinger::new(&iss), &noekler, avtaler.clone(), naa());
        let utsteder = Arc::new(utsteder.unwrap());
        let bevis = Arc::new(Bevislager::aapne(&mappe.path().join("bevis")).unwrap());
        let verifikator = |mottaker: Scope| {
            let mut innstillinger = Verifikatorinnstillinger::new(
                &iss,
                Arc::new(Noekler(utsteder.clone())),
                vec![Origo::les(&base).unwrap()],
                bevis.clone(),
            );
            mottaker.mottaker().clone_into(&mut innstillinger.mottaker);
            Arc::new(Helseidverifikator::new(innstillinger))
        };
        let kopi = Arc::new(Kopi::aapne(&mappe.path().join("kopi")).unwrap());
        let med_kontakt = fyll(&kopi, personer).await;
        let (logg, klokke, maalere) = (
            Arc::new(Logg::default()),
            Arc::new(AtomicI64::new(NAA_S)),
            Maalere::new(),
        );
        let plass = Arc::new(Kopiplass::default());
        plass.sett(kopi.clone());
        let maaling = Arc::new(Maaling::default());
        let naa_s = klokke.clone();
        let (start, frem) = (Instant::now(), Gaatt(klokke.clone()));
        let person_klokke: tilgang::token::Klokke =
            Arc::new(move || Timestamp::from_second(naa_s.load(Ordering::SeqCst)).unwrap());
        let person_api = Arc::new(PersonApi {
            kopi: plass.clone(),
            maaling: maaling.clone(),
            frigivelse: Frigivelse::new(Arc::new(Revisor(logg.clone()))),
            verifikator: verifikator(Scope::FullTilgang),
            avtaler: avtaler.clone(),
            klokke: person_klokke.clone(),
            kartverk: Arc::new(Kartverk::new(tabell)),
            innstillinger,
            tellere: Tellere::new(&maalere).unwrap(),
            struping: Struping::new(grenser, Arc::new(move || start + frem.frem()), &maalere).unwrap(),
            vakt: None,
        });
        let (signal, stopp) = stopp::pair();
        let mut ruter = api::ruter(&person_api, &maalere);
        if let Some(testmiljoe) = testmiljoe {
            let testdata = Arc::new(Testdata {
                kopi: plass.clone(),
                frigivelse: Frigivelse::new(Arc::new(Revisor(logg.clone()))),
                verifikator: verifikator(Scope::Testdata),
                avtaler: avtaler.clone(),
                klokke: person_klokke,
                vakt: None,
            });
            ruter = ruter.merge(testdata::ruter(testmiljoe, &testdata, &maalere));
        }
        tokio::spawn(tjener.serve(ruter, stopp));
        Prove {
            mappe,
            base,
            kopi,
            med_kontakt,
            plass,
            maaling,
            logg,
            klokke,
            avtaler,
            utsteder,
            // A connection for each call: one that the server has closed after a refusal is not tried.
            klient: Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(0)
                .build_http(),
            tokener: Mutex::default(),
            _stopp: signal,
        }
    }

    /// A token for a scope, of a registered client.
    pub fn token(&self, hvem: &str, omfang: Omfang, vist: Vist) -> Option<String> {
        self.token_for(hvem, omfang.scope(), vist)
    }

    pub fn token_for(&self, hvem: &str, scope: &'static str, vist: Vist) -> Option<String> {
        let noekkel = (hvem.to_owned(), scope, vist);
        if let Some(token) = self.tokener.lock().unwrap().get(&noekkel) {
            return Some(token.clone());
        }
        let klient_id = format!("klient-{hvem}");
        let oenske = Tokenoenske {
            noekkel: &KLIENTNOEKKEL,
            klient_id: &klient_id,
            scope,
            organisasjon: None,
            dpop: (vist == Vist::Dpop).then_some(&*DPOP),
        };
        let token = self.utsteder.be_om_token(&oenske, naa()).ok()?.access_token;
        self.tokener.lock().unwrap().insert(noekkel, token.clone());
        Some(token)
    }

    /// The headers that show a token for a call; each proof is new.
    pub fn vis(&self, token: &str, vist: Vist, metode: &Method, sti: &str) -> HeaderMap {
        static NESTE: AtomicU64 = AtomicU64::new(0);
        let mut hoder = HeaderMap::new();
        match vist {
            Vist::Bearer => {
                hoder.insert("authorization", format!("Bearer {token}").parse().unwrap());
            }
            Vist::Dpop => {
                let bevis = NyttBevis {
                    metode: metode.as_str(),
                    adresse: &format!("{}{sti}", self.base),
                    token: Some(token),
                    nonce: None,
                };
                let jti = NESTE.fetch_add(1, Ordering::SeqCst).to_string();
                let naa = Timestamp::from_second(self.klokke.load(Ordering::SeqCst)).unwrap();
                hoder.insert("authorization", format!("DPoP {token}").parse().unwrap());
                hoder.insert("dpop", bevis.signer(&DPOP, naa, &jti).unwrap().parse().unwrap());
            }
        }
        hoder
    }

    /// Used proofs in the files. Units: bytes.
    pub fn bevis_byte(&self) -> u64 {
        let filer = std::fs::read_dir(self.mappe.path().join("bevis")).unwrap();
        filer.map(|fil| fil.unwrap().metadata().unwrap().len()).sum()
    }

    /// Sends what it is given.
    pub async fn send(&self, metode: Method, sti: &str, hoder: HeaderMap, kropp: Option<&str>) -> Svar {
        let mut foresporsel = Request::new(kropp.map_or_else(Body::empty, |kropp| Body::from(kropp.to_owned())));
        *foresporsel.method_mut() = metode;
        *foresporsel.uri_mut() = format!("{}{sti}", self.base).parse().unwrap();
        *foresporsel.headers_mut() = hoder;
        if kropp.is_some() {
            let type_ = "application/x-www-form-urlencoded".parse().unwrap();
            foresporsel.headers_mut().entry("content-type").or_insert(type_);
        }
        let svar = self.klient.request(foresporsel).await.unwrap();
        let (deler, kropp) = svar.into_parts();
        Svar {
            status: deler.status.as_u16(),
            hoder: deler.headers,
            kropp: kropp.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    /// Calls an operation of a branch as an organisation: GET, or POST where there is a form.
    pub async fn kall(&self, hvem: &str, omfang: Omfang, sti: &str, skjema: Option<&str>) -> Svar {
        let vist = match omfang {
            Omfang::MedHjemmel | Omfang::UtenHjemmel => Vist::Bearer,
            Omfang::Full | Omfang::Begrenset => Vist::Dpop,
        };
        self.kall_vist(hvem, omfang, vist, sti, skjema).await
    }

    pub async fn kall_vist(&self, hvem: &str, omfang: Omfang, vist: Vist, sti: &str, skjema: Option<&str>) -> Svar {
        let metode = if skjema.is_some() { Method::POST } else { Method::GET };
        let sti = format!("{}{sti}", omfang.sti());
        let token = self.token(hvem, omfang, vist).unwrap();
        let hoder = self.vis(&token, vist, &metode, &sti);
        self.send(metode, &sti, hoder, skjema).await
    }

    /// Takes in more documents, with what was told of each.
    pub fn ta_inn(&self, dokumenter: Vec<Persondokument>, hendelser: Vec<(u64, Option<Hendelsestype>)>) {
        let bolk = Bolk {
            dokumenter: dokumenter.into_iter().map(|d| (None, d)).collect(),
            hendelser,
            ..Bolk::default()
        };
        let inntatt = self.kopi.ta_inn(&bolk, tid()).unwrap();
        assert_eq!(inntatt.avvist, 0);
    }

    /// What a projection is shown of a person, history included, in Norwegian.
    pub fn norsk(&self, person: u32, projeksjon: Projeksjon) -> Value {
        norsk(&self.kopi, person, projeksjon)
    }

    /// Whether a view is shown contact data of whoever has a number in the copy.
    pub fn har_kontakt(&self, nr: u32, visning: helsekopi::Omfang) -> bool {
        let les = self.kopi.les().unwrap();
        les.kontakt(Personnummer::fra_indeks(nr), visning).unwrap().is_some()
    }

    /// Everybody's number in the copy, number as a person, and id.
    pub fn alle(&self) -> Vec<(u32, String, String)> {
        let les = self.kopi.les().unwrap();
        let antall = self.kopi.register().antall_personer().unwrap();
        (1..=antall)
            .map(|nr| {
                let person = Personnummer::fra_indeks(nr);
                let nummer = les.register().nummer(person).unwrap();
                (nr, format!("{nummer:011}"), les.id(person).to_string())
            })
            .collect()
    }
}

/// What a projection is shown of a person of a copy, history included, in Norwegian.
pub fn norsk(kopi: &Kopi, person: u32, projeksjon: Projeksjon) -> Value {
    let les = kopi.les().unwrap();
    let mut svar = tilgang::Svar::new(tilgang::Format::Json);
    let (person, utvalg) = (Personnummer::fra_indeks(person), tilgang::Utvalg::alt(projeksjon));
    les.register().vis(person, &mut svar, projeksjon, utvalg, 0).unwrap();
    let frigivelse = Frigivelse::new(Arc::new(Revisor(Arc::default())));
    let post = Revisjonspost::new("prøve", "prøve", "", 200);
    let mut frigitt = std::pin::pin!(frigivelse.frigi(svar, &post));
    let mut sammenheng = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(frigitt) = frigitt.as_mut().poll(&mut sammenheng) else {
        panic!("a record that is written at once is not waited for");
    };
    serde_json::from_slice(&frigitt.unwrap().til_kropp()).unwrap()
}

/// Clients and grants of the three organisations.
pub fn gi_tilgang(avtaler: &Avtaleregister) {
    let api = Scope::ALLE;
    for nummer in [MED, UTEN, INGEN] {
        let ny = NyKlient {
            klient_id: format!("klient-{nummer}"),
            organisasjon: org(nummer),
            scopes: api.iter().map(|scope| scope.navn().to_owned()).collect(),
            noekler: vec![KLIENTNOEKKEL.offentlig().clone()],
        };
        avtaler.registrer_klient(&ny, "prøve", naa()).unwrap();
        for scope in api.iter().filter(|_| nummer != INGEN) {
            let ny = NyAvtale {
                organisasjon: org(nummer),
                rettighet: Rettighet::fra_scope(scope.navn()).unwrap(),
                graderte_adresser: nummer == MED && kan_se_graderte(*scope),
                er_privat: false,
                formaal: "prøve".to_owned(),
                hjemmel: "prøveloven § 1".to_owned(),
                fra: naa(),
                til: None,
            };
            avtaler.gi(&ny, "prøve", naa()).unwrap();
        }
    }
}

/// Fills a copy; gives how many KRR has answered for.
async fn fyll(kopi: &Arc<Kopi>, personer: u32) -> u64 {
    if personer == 0 {
        return 0;
    }
    let nasjon = Nasjon::new(2026, personer).unwrap();
    let alle = (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr));
    let bolk = Bolk {
        dokumenter: alle.map(|dokument| (None, dokument)).collect(),
        stilling: Some(Stilling::Foelger { neste: 1 }),
        foerste_lasting: true,
        ..Bolk::default()
    };
    let inntatt = kopi.ta_inn(&bolk, tid()).unwrap();
    assert_eq!(inntatt.avvist, 0);
    let endret_i_alt = spoer_om_alle(kopi, true).await;
    // Whoever has no number in use is not asked about.
    assert!(endret_i_alt * 10 > u64::from(kopi.register().antall_personer().unwrap()) * 9);
    endret_i_alt
}

/// Contact data are kept from now on: those that a copy has are fresh.
pub fn begynn_med_kontakt(kopi: &Arc<Kopi>) {
    let doegn = std::time::Duration::from_secs(86_400);
    let mut foelger = Kontaktfoelger::new(kopi.clone(), Arc::new(Krr { kjenner: false }), Arc::new(naa), doegn);
    // On a thread of its own, since whoever calls may be within a runtime.
    let steg = std::thread::spawn(move || {
        let kjoretid = tokio::runtime::Builder::new_current_thread().build().unwrap();
        kjoretid.block_on(foelger.steg()).unwrap()
    });
    assert_eq!(steg.join().unwrap(), Kontaktsteg::Videre);
}

/// A round of everybody in KRR; gives of how many it said something.
pub async fn spoer_om_alle(kopi: &Arc<Kopi>, kjenner: bool) -> u64 {
    let doegn = std::time::Duration::from_secs(86_400);
    let mut foelger = Kontaktfoelger::new(kopi.clone(), Arc::new(Krr { kjenner }), Arc::new(naa), doegn);
    let mut endret_i_alt = 0;
    loop {
        match foelger.steg().await.unwrap() {
            Kontaktsteg::TokInn { endret, .. } => endret_i_alt += endret,
            Kontaktsteg::Videre => {}
            Kontaktsteg::Ajour => return endret_i_alt,
        }
    }
}
