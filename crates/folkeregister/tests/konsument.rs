//! The consumer API as a library: who is let in by whose grant, what a private consumer sees, what time and a full audit
//! volume do. What needs no such setting is tested on the whole program.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail the test they serve"
)]

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use driftsmeldinger::Tavle;
use folkeregister::konsument::{self, Folkeregister, OPPBEVARING_MAANEDER, Strupegrenser, Struping, Uttrekk};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use identifikator::Organisasjonsnummer;
use informasjonsmodell::{Persondokument, Tidspunkt};
use jiff::Timestamp;
use register::{Register, Steder};
use serde_json::{Value, json};
use tilgang::avtale::{Avtaleid, Avtaleregister, NyAvtale, NyKlient, Rettighet, Sperret};
use tilgang::token::{Framtid, Grant, Hentefeil, JwksKilde, Maskinportenverifikator, Noekkelsett, Signeringsnoekkel};
use tilgang::{Frigivelse, Pakke, Revisjon, RevisjonUtilgjengelig, Revisjonspost};
use tjenesteflate::etag;
use tjenesteflate::maalinger::Maalere;
use tower::ServiceExt as _;
use utsteder::{Delegering, Utsteder};
use uttrekk::{Grenser, Uttrekkslager};

#[path = "konsument/nyheter.rs"]
mod nyheter;

const NAA_S: i64 = 1_770_000_000;
const DOEGN_S: i64 = 86_400;
const ISS: &str = "http://127.0.0.1:1/maskinporten/";
/// The consumers and the supplier: synthetic organisations.
const OFFENTLIG: &str = "310000000";
const PRIVAT: &str = "310000019";
const PRIVAT_MED: &str = "310000027";
const LEVERANDOER: &str = "310000035";
/// A person with fortrolig address, from the synthetic nation.
const FORTROLIG: &str = "28899149892";

static NOEKKEL: LazyLock<Signeringsnoekkel> = LazyLock::new(|| Signeringsnoekkel::generer().unwrap());

fn org(nummer: &str) -> Organisasjonsnummer {
    Organisasjonsnummer::parse(nummer).unwrap()
}

/// Keeps what the audit is told, and can be full.
#[derive(Default)]
struct Logg {
    full: AtomicBool,
    poster: Mutex<Vec<(String, Option<String>, u16)>>,
}

struct Revisor(Arc<Logg>);

impl Revisjon for Revisor {
    fn skriv<'a>(&'a self, post: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>> {
        if self.0.full.load(Ordering::SeqCst) {
            return Box::pin(std::future::ready(Err(RevisjonUtilgjengelig)));
        }
        let leverandoer = post.leverandoer.map(str::to_owned);
        self.0
            .poster
            .lock()
            .unwrap()
            .push((post.konsument.to_owned(), leverandoer, post.status));
        Box::pin(std::future::ready(Ok(())))
    }
}

struct Noekler(Arc<Utsteder>);

impl JwksKilde for Noekler {
    fn hent(&self) -> Framtid<'_, Result<Noekkelsett, Hentefeil>> {
        let jwks = self.0.jwks(Timestamp::from_second(NAA_S).unwrap()).to_string();
        Box::pin(async move { Noekkelsett::les(jwks.as_bytes()).map_err(Into::into) })
    }
}

struct Prove {
    _mappe: tempfile::TempDir,
    avtaler: Arc<Avtaleregister>,
    utsteder: Arc<Utsteder>,
    ruter: Router,
    tavle: Arc<Tavle>,
    logg: Arc<Logg>,
    klokke: Arc<AtomicI64>,
    maalere: Maalere,
    /// How far the clock of the budgets has come.
    frem: Arc<Mutex<Duration>>,
}

struct Svar {
    status: StatusCode,
    hoder: http::HeaderMap,
    kropp: Vec<u8>,
}

impl Svar {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_slice(&self.kropp).unwrap()
    }
}

impl Prove {
    fn ny() -> Self {
        Self::med_alder(0)
    }

    /// A register whose one person came some days ago.
    fn med_alder(doegn: i64) -> Self {
        Self::med(doegn, Strupegrenser::default())
    }

    fn med(doegn: i64, grenser: Strupegrenser) -> Self {
        let mappe = tempfile::tempdir().unwrap();
        let naa = Timestamp::from_second(NAA_S).unwrap();
        let avtaler = Arc::new(Avtaleregister::aapne(&mappe.path().join("tilgang")).unwrap());
        for nummer in [OFFENTLIG, PRIVAT, PRIVAT_MED, LEVERANDOER] {
            let ny = NyKlient {
                klient_id: format!("klient-{nummer}"),
                organisasjon: org(nummer),
                scopes: Pakke::ALLE.map(|p| p.scope().to_owned()).into(),
                noekler: vec![NOEKKEL.offentlig().clone()],
            };
            avtaler.registrer_klient(&ny, "prøve", naa).unwrap();
        }
        let mut innstillinger = utsteder::Innstillinger::new(ISS);
        let delegering = |scope: &str| Delegering {
            konsument: org(OFFENTLIG),
            leverandoer: org(LEVERANDOER),
            scope: scope.to_owned(),
        };
        innstillinger.delegeringer = BTreeSet::from([delegering(Pakke::OffentligMedHjemmel.scope())]);
        let utsteder = Utsteder::aapne(innstillinger, &mappe.path().join("noekler"), avtaler.clone(), naa);
        let utsteder = Arc::new(utsteder.unwrap());
        let register = Arc::new(
            Register::aapne_med_visning(mappe.path(), &Steder::default(), Arc::new(soek::Soekevisning)).unwrap(),
        );
        let tid = Tidspunkt::parse("2026-02-02T03:40:00+01:00").unwrap();
        let dokument = Persondokument::les_json(fortrolig().to_string().as_bytes()).unwrap();
        register.importer(&dokument, tid, NAA_S - doegn * DOEGN_S).unwrap();
        let (logg, klokke) = (Arc::new(Logg::default()), Arc::new(AtomicI64::new(NAA_S)));
        let verifikator = tilgang::token::Innstillinger::new(ISS, Arc::new(Noekler(utsteder.clone())));
        let tid = klokke.clone();
        let (maalere, fremdrift, nullpunkt) = (Maalere::new(), Arc::new(Mutex::new(Duration::ZERO)), Instant::now());
        let frem = fremdrift.clone();
        let uttrekk = mappe.path().join("uttrekk");
        let lager = Arc::new(Uttrekkslager::aapne(&uttrekk, &uttrekk.join("nokkel"), Grenser::default()).unwrap());
        let tavle = Arc::new(Tavle::aapne(&mappe.path().join("driftsmeldinger")).unwrap());
        let naa = move || Timestamp::from_second(tid.load(Ordering::SeqCst)).unwrap();
        let api = Arc::new(Folkeregister {
            register,
            tavle: tavle.clone(),
            uttrekk: Uttrekk::new(lager.clone(), &maalere).unwrap(),
            frigivelse: Frigivelse::new(Arc::new(Revisor(logg.clone()))),
            verifikator: Arc::new(Maskinportenverifikator::new(verifikator)),
            avtaler: avtaler.clone(),
            etag: etag::Noekkel::new(&[7; 32]),
            klokke: Arc::new(naa.clone()),
            registerklokke: Arc::new(naa),
            base: "http://127.0.0.1:1".to_owned(),
            oppbevaring_maaneder: OPPBEVARING_MAANEDER,
            svalbard: true,
            struping: Struping::new(grenser, Arc::new(move || nullpunkt + *frem.lock().unwrap()), &maalere).unwrap(),
            vakt: None,
        });
        let ruter = konsument::ruter(&api, &maalere);
        Prove {
            _mappe: mappe,
            avtaler,
            utsteder,
            ruter,
            tavle,
            logg,
            klokke,
            maalere,
            frem: fremdrift,
        }
    }

    fn naa(&self) -> Timestamp {
        Timestamp::from_second(self.klokke.load(Ordering::SeqCst)).unwrap()
    }

    fn gi(&self, organisasjon: &str, pakke: Pakke, er_privat: bool, graderte_adresser: bool) -> Avtaleid {
        let ny = NyAvtale {
            organisasjon: org(organisasjon),
            rettighet: Rettighet::Pakke(pakke),
            graderte_adresser,
            er_privat,
            formaal: "prøve".to_owned(),
            hjemmel: "prøveloven § 1".to_owned(),
            fra: self.naa(),
            til: None,
        };
        self.avtaler.gi(&ny, "prøve", self.naa()).unwrap().id
    }

    /// A token for a package, asked for by one organisation, perhaps on behalf of another.
    fn token(&self, fra: &str, pakke: Pakke, konsument: Option<&str>) -> Option<String> {
        static NESTE: AtomicI64 = AtomicI64::new(0);
        let grant = Grant {
            klient_id: format!("klient-{fra}"),
            utsteder: ISS.to_owned(),
            scope: pakke.scope().to_owned(),
            konsument: konsument.map(org),
        };
        let jti = NESTE.fetch_add(1, Ordering::SeqCst).to_string();
        let paastand = grant.signer(&NOEKKEL, self.naa(), &jti).unwrap();
        let skjema = format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={paastand}");
        let type_ = Some("application/x-www-form-urlencoded");
        let svar = self.utsteder.token(type_, skjema.as_bytes(), self.naa());
        svar.ok().map(|s| s.access_token)
    }

    async fn kall(&self, token: &str, pakke: Pakke, sti: &str, kropp: Option<Value>) -> Svar {
        let mut bygger = Request::builder()
            .uri(format!("/{}/v1/{sti}", pakke.sti()))
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        if kropp.is_some() {
            bygger = bygger.method("POST").header(header::CONTENT_TYPE, "application/json");
        }
        let kropp = kropp.map_or_else(Body::empty, |k| Body::from(k.to_string()));
        let svar = self.ruter.clone().oneshot(bygger.body(kropp).unwrap()).await.unwrap();
        let (deler, kropp) = svar.into_parts();
        Svar {
            status: deler.status,
            hoder: deler.headers,
            kropp: kropp.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    async fn hent(&self, token: &str, sti: &str) -> Svar {
        self.kall(token, Pakke::OffentligMedHjemmel, sti, None).await
    }
}

fn fortrolig() -> Value {
    let fra = |tid: &str| json!({"ajourholdstidspunkt": tid, "erGjeldende": true, "gyldighetstidspunkt": tid});
    let med = |tid: &str, gjeldende: bool, felter: Value| {
        let mut ut = fra(tid);
        ut["erGjeldende"] = gjeldende.into();
        ut.as_object_mut().unwrap().extend(felter.as_object().unwrap().clone());
        ut
    };
    let vegadresse = |gate: &str| {
        json!({"kommunenummer": "0301", "adressenavn": gate, "adressenummer": {"husnummer": "1"},
            "poststed": {"postnummer": "0001", "poststedsnavn": "OSLO"}})
    };
    let (da, naa) = ("2020-01-01T00:00:00+01:00", "2025-01-01T00:00:00+01:00");
    json!({
        "identifikasjonsnummer": [med(da, true, json!({"status": "iBruk", "foedselsEllerDNummer": FORTROLIG, "identifikatortype": "foedselsnummer"}))],
        "status": [med(da, true, json!({"status": "forsvunnet"}))],
        "navn": [med(da, true, json!({"fornavn": "STILLE", "etternavn": "FJELLBEKK"}))],
        "familierelasjon": [med(da, true, json!({"relatertPerson": "29911799853", "relatertPersonsRolle": "barn", "minRolleForPerson": "mor"}))],
        "adressebeskyttelse": [med(naa, true, json!({"graderingsnivaa": "fortrolig"}))],
        "bostedsadresse": [
            med(naa, true, json!({"adressegradering": "fortrolig", "vegadresse": vegadresse("Ekorngata")})),
            med(da, false, json!({"adressegradering": "ugradert", "vegadresse": vegadresse("Elgveien")})),
        ],
    })
}

const MH: Pakke = Pakke::OffentligMedHjemmel;
const ALT: &str = "?part=person-basis&part=familierelasjon&part=historikk";

#[tokio::test]
async fn a_supplier_is_let_in_by_the_grant_of_the_consumer_that_delegated() {
    let prove = Prove::ny();
    let avtale = prove.gi(OFFENTLIG, MH, false, false);
    let token = prove.token(LEVERANDOER, MH, Some(OFFENTLIG)).unwrap();
    let svar = prove.hent(&token, &format!("personer/{FORTROLIG}{ALT}")).await;
    assert_eq!(svar.status, StatusCode::OK);
    // As the consumer itself sees it.
    let egen = prove.token(OFFENTLIG, MH, None).unwrap();
    let som_konsument = prove.hent(&egen, &format!("personer/{FORTROLIG}{ALT}")).await;
    assert_eq!(svar.json(), som_konsument.json());
    let poster = prove.logg.poster.lock().unwrap().clone();
    assert_eq!(
        poster,
        [
            (OFFENTLIG.to_owned(), Some(LEVERANDOER.to_owned()), 200),
            (OFFENTLIG.to_owned(), None, 200)
        ]
    );
    // The delegation is for one scope, from one consumer, to one supplier.
    assert!(prove.token(LEVERANDOER, Pakke::Finans, Some(OFFENTLIG)).is_none());
    assert!(prove.token(LEVERANDOER, MH, Some(PRIVAT)).is_none());
    assert!(prove.token(PRIVAT, MH, Some(OFFENTLIG)).is_none());
    assert!(prove.token(LEVERANDOER, MH, None).is_none());
    // A grant that is withdrawn closes at once, for a token that is still good.
    prove.avtaler.trekk(avtale, "prøve", "prøve", prove.naa()).unwrap();
    for token in [&token, &egen] {
        let svar = prove.hent(token, &format!("personer/{FORTROLIG}")).await;
        assert_eq!(
            (svar.status, &svar.json()["feilkode"]),
            (StatusCode::FORBIDDEN, &json!("FREG-003"))
        );
    }
}

#[tokio::test]
async fn a_private_consumer_without_graded_addresses_sees_the_tenth_projection() {
    let prove = Prove::ny();
    prove.gi(OFFENTLIG, MH, false, false);
    prove.gi(PRIVAT, MH, true, false);
    prove.gi(PRIVAT_MED, MH, true, true);
    let [offentlig, privat, privat_med] = [OFFENTLIG, PRIVAT, PRIVAT_MED].map(|o| prove.token(o, MH, None).unwrap());
    let feed = prove.hent(&offentlig, "hendelser/feed?seq=1").await.json();
    let hendelse = &feed[0]["hendelse"];
    let id = |navn: &str| hendelse[navn].as_str().unwrap().to_owned();
    let (tykk, arkivert) = (id("hendelsesdokument"), id("persondokument"));
    for (sti, kropp) in [
        (format!("personer/{FORTROLIG}{ALT}"), None),
        (format!("personer/arkiv/{arkivert}{ALT}"), None),
        (format!("hendelser/{tykk}"), None),
        (
            format!("personer/bulkoppslag{ALT}"),
            Some(json!({"foedselsEllerDNummer": [FORTROLIG]})),
        ),
        (
            format!("personer/bulkoppslag/arkiv{ALT}"),
            Some(json!({"dokumentidentifikator": [arkivert]})),
        ),
        (
            "hendelser/bulkoppslag".to_owned(),
            Some(json!({"dokumentidentifikator": [tykk]})),
        ),
    ] {
        let svar = |token: String| prove_kall(&prove, token, sti.clone(), kropp.clone());
        let (apen, uten, med) = (
            svar(offentlig.clone()).await,
            svar(privat.clone()).await,
            svar(privat_med.clone()).await,
        );
        assert_eq!(apen, med, "{sti}");
        assert!(apen.to_string().contains("Ekorngata"), "{sti}");
        // Neither the protected address nor the one from before, and nothing else is gone.
        let tekst = uten.to_string();
        for skjult in ["Ekorngata", "Elgveien", "0301", "0001", "\"bostedsadresse\":"] {
            assert!(!tekst.contains(skjult), "{sti} {skjult}");
        }
        for synlig in ["forsvunnet", "29911799853", "\"graderingsnivaa\":\"fortrolig\""] {
            assert!(tekst.contains(synlig), "{sti} {synlig}");
        }
    }
    // Its feed is its own: dense, with its own numbers, and an ETag that is not the other's.
    let (a, b) = (
        prove.hent(&offentlig, "hendelser/feed?seq=1").await,
        prove.hent(&privat, "hendelser/feed?seq=1").await,
    );
    assert_eq!(b.json()[0]["sekvensnummer"], 1);
    assert_ne!(a.hoder[header::ETAG], b.hoder[header::ETAG]);
    for pakke in Pakke::ALLE.into_iter().filter(|p| *p != MH) {
        assert!(prove.token(PRIVAT, pakke, None).is_none());
    }
}

async fn prove_kall(prove: &Prove, token: String, sti: String, kropp: Option<Value>) -> Value {
    let svar = prove.kall(&token, MH, &sti, kropp).await;
    assert_eq!(svar.status, StatusCode::OK, "{sti}");
    svar.json()
}

#[tokio::test]
async fn what_is_past_retention_cannot_be_read() {
    let prove = Prove::med_alder(1_094);
    prove.gi(OFFENTLIG, MH, false, false);
    let token = prove.token(OFFENTLIG, MH, None).unwrap();
    let feed = prove.hent(&token, "hendelser/feed?seq=1").await;
    assert_eq!(feed.status, StatusCode::OK);
    let tykk = feed.json()[0]["hendelse"]["hendelsesdokument"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        prove.hent(&token, &format!("hendelser/{tykk}")).await.status,
        StatusCode::OK
    );
    prove.klokke.store(NAA_S + 6 * DOEGN_S, Ordering::SeqCst);
    let token = prove.token(OFFENTLIG, MH, None).unwrap();
    let svar = prove.hent(&token, "hendelser/feed?seq=1").await;
    assert_eq!(svar.status, StatusCode::NOT_ACCEPTABLE);
    let ventet = "Det er oppgitt ulovlig sekvensnummer. Sekvensnummer kan ikke være mere enn 36 måneder gammelt";
    assert_eq!(svar.json(), json!({"kode": "FREG-014", "melding": ventet}));
    let svar = prove.hent(&token, &format!("hendelser/{tykk}")).await;
    assert_eq!(
        (svar.status, &svar.json()["kode"]),
        (StatusCode::BAD_REQUEST, &json!("FREG-013"))
    );
    // The person as he is now has no age.
    assert_eq!(
        prove.hent(&token, &format!("personer/{FORTROLIG}")).await.status,
        StatusCode::OK
    );
    assert_eq!(
        prove.hent(&token, "hendelser/siste/sekvensnummer").await.json(),
        json!(1)
    );
}

#[tokio::test]
async fn nothing_is_disclosed_when_the_audit_record_cannot_be_written() {
    let prove = Prove::ny();
    prove.gi(OFFENTLIG, MH, false, false);
    let token = prove.token(OFFENTLIG, MH, None).unwrap();
    let feed = prove.hent(&token, "hendelser/feed?seq=1").await.json();
    let id = |navn: &str| feed[0]["hendelse"][navn].as_str().unwrap().to_owned();
    let (tykk, arkivert) = (id("hendelsesdokument"), id("persondokument"));
    prove.logg.full.store(true, Ordering::SeqCst);
    for (sti, kropp) in [
        (format!("personer/{FORTROLIG}"), None),
        ("personer/29911799853".to_owned(), None),
        ("hendelser/feed?seq=1".to_owned(), None),
        (format!("hendelser/{tykk}"), None),
        (format!("personer/arkiv/{arkivert}"), None),
        (
            "personer/bulkoppslag".to_owned(),
            Some(json!({"foedselsEllerDNummer": [FORTROLIG]})),
        ),
        (
            "personer/bulkoppslag/arkiv".to_owned(),
            Some(json!({"dokumentidentifikator": [arkivert]})),
        ),
        (
            "hendelser/bulkoppslag".to_owned(),
            Some(json!({"dokumentidentifikator": [tykk]})),
        ),
    ] {
        let svar = prove.kall(&token, MH, &sti, kropp).await;
        assert_eq!(svar.status, StatusCode::SERVICE_UNAVAILABLE, "{sti}");
        assert_eq!(svar.json()["kode"], "FREG-021");
        assert_eq!(svar.json().as_object().unwrap().len(), 2);
        let vent: u64 = svar.hoder[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&vent));
    }
    prove.logg.full.store(false, Ordering::SeqCst);
    assert_eq!(
        prove.hent(&token, &format!("personer/{FORTROLIG}")).await.status,
        StatusCode::OK
    );
}

/// Limits so low that a test can reach them.
fn trangt(kall: u32, bom: u32) -> Strupegrenser {
    Strupegrenser {
        kall: NonZeroU32::new(kall),
        bom: NonZeroU32::new(bom),
        ..Strupegrenser::default()
    }
}

fn retry_after(svar: &Svar) -> u64 {
    svar.hoder[header::RETRY_AFTER].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_consumer_has_its_own_budget_and_is_told_when_to_come_back() {
    let prove = Prove::med(0, trangt(5, 0));
    for organisasjon in [OFFENTLIG, PRIVAT] {
        prove.gi(organisasjon, MH, false, false);
    }
    let [a, leverandoer] = [
        prove.token(OFFENTLIG, MH, None),
        prove.token(LEVERANDOER, MH, Some(OFFENTLIG)),
    ];
    let (a, leverandoer, b) = (a.unwrap(), leverandoer.unwrap(), prove.token(PRIVAT, MH, None).unwrap());
    let sti = format!("personer/{FORTROLIG}");
    // Whoever calls for the consumer spends of the consumer's.
    for token in [&a, &leverandoer, &a, &leverandoer, &a] {
        assert_eq!(prove.hent(token, &sti).await.status, StatusCode::OK);
    }
    *prove.frem.lock().unwrap() += Duration::from_secs(20);
    for token in [&a, &leverandoer, &a] {
        let svar = prove.hent(token, &sti).await;
        assert_eq!(svar.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(svar.json()["kode"], "FREG-025");
        assert_eq!(retry_after(&svar), 40);
    }
    assert_eq!(prove.hent(&b, &sti).await.status, StatusCode::OK);
    *prove.frem.lock().unwrap() += Duration::from_secs(39);
    assert_eq!(retry_after(&prove.hent(&a, &sti).await), 1);
    *prove.frem.lock().unwrap() += Duration::from_secs(1);
    assert_eq!(prove.hent(&a, &sti).await.status, StatusCode::OK);
    // Of a row of refusals the first is in the log.
    let strupet = prove.logg.poster.lock().unwrap().iter().filter(|p| p.2 == 429).count();
    assert_eq!(strupet, 1);
    let tekst = prove.maalere.encode().unwrap();
    let linje = "http_requests_throttled_total{tjeneste=\"folkeregister\",grunn=\"konsument\"} 4";
    assert!(tekst.contains(linje), "{tekst}");
}

#[tokio::test]
async fn retry_after_counts_milliseconds_where_that_is_chosen() {
    let grenser = Strupegrenser {
        form: tjenesteflate::struping::Ventform::Millisekunder,
        ..trangt(1, 0)
    };
    let prove = Prove::med(0, grenser);
    prove.gi(OFFENTLIG, MH, false, false);
    let token = prove.token(OFFENTLIG, MH, None).unwrap();
    prove.hent(&token, &format!("personer/{FORTROLIG}")).await;
    *prove.frem.lock().unwrap() += Duration::from_millis(12_500);
    assert_eq!(
        retry_after(&prove.hent(&token, &format!("personer/{FORTROLIG}")).await),
        47_500
    );
}

#[tokio::test]
async fn who_tries_numbers_is_stopped_and_learns_nothing_by_it() {
    let ukjente = ["29911799853", "12899100180", "01912499975"];
    let prove = Prove::med(0, trangt(0, 3));
    prove.gi(OFFENTLIG, MH, false, false);
    prove.gi(PRIVAT, MH, false, false);
    let token = prove.token(OFFENTLIG, MH, None).unwrap();
    let bulk = |numre: &[&str]| Some(json!({ "foedselsEllerDNummer": numre }));
    let alarm = || prove.maalere.encode().unwrap().contains("enumeration_alarm_total 1");
    // A number that somebody has costs nothing; one that nobody has costs the same alone and in a list.
    for _ in 0..10 {
        assert_eq!(
            prove.hent(&token, &format!("personer/{FORTROLIG}")).await.status,
            StatusCode::OK
        );
    }
    let svar = prove.hent(&token, &format!("personer/{}", ukjente[0])).await;
    assert_eq!(
        svar.status,
        StatusCode::NOT_FOUND,
        "{}",
        String::from_utf8_lossy(&svar.kropp)
    );
    assert!(!alarm());
    let svar = prove
        .kall(
            &token,
            MH,
            "personer/bulkoppslag",
            bulk(&[ukjente[1], FORTROLIG, ukjente[2]]),
        )
        .await;
    assert_eq!(svar.status, StatusCode::OK);
    assert!(alarm());
    // From here on every number gets one and the same answer, had by somebody or not.
    let mut svar = Vec::new();
    for nummer in [FORTROLIG, ukjente[0], ukjente[1]] {
        let ett = prove.hent(&token, &format!("personer/{nummer}")).await;
        let liste = prove.kall(&token, MH, "personer/bulkoppslag", bulk(&[nummer])).await;
        for s in [ett, liste] {
            assert_eq!((s.status, retry_after(&s)), (StatusCode::TOO_MANY_REQUESTS, 60));
            svar.push(s.kropp);
        }
    }
    svar.dedup();
    assert_eq!(svar.len(), 1);
    // What does not ask whose a number is goes on, and so do the others.
    assert_eq!(
        prove.hent(&token, "hendelser/siste/sekvensnummer").await.status,
        StatusCode::OK
    );
    let annen = prove.token(PRIVAT, MH, None).unwrap();
    assert_eq!(
        prove.hent(&annen, &format!("personer/{FORTROLIG}")).await.status,
        StatusCode::OK
    );
    *prove.frem.lock().unwrap() += Duration::from_secs(60);
    assert_eq!(
        prove.hent(&token, &format!("personer/{FORTROLIG}")).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_block_holds_from_the_next_call_on_and_says_no_more_than_that() {
    let prove = Prove::ny();
    prove.gi(OFFENTLIG, MH, false, false);
    let token = prove.token(OFFENTLIG, MH, None).unwrap();
    let sti = format!("personer/{FORTROLIG}");
    for hvem in [
        Sperret::Organisasjon(org(OFFENTLIG)),
        Sperret::Klient(format!("klient-{OFFENTLIG}")),
    ] {
        assert_eq!(prove.hent(&token, &sti).await.status, StatusCode::OK);
        prove
            .avtaler
            .sperr(&hvem, "hemmelig grunn", "vakten", prove.naa())
            .unwrap();
        assert!(prove.token(OFFENTLIG, MH, None).is_none(), "no token either");
        let svar = prove.hent(&token, &sti).await;
        assert_eq!(
            (svar.status, &svar.json()["feilkode"]),
            (StatusCode::FORBIDDEN, &json!("FREG-026"))
        );
        assert_eq!(svar.json()["feilmelding"], "Tilgangen er sperret");
        assert!(!String::from_utf8_lossy(&svar.kropp).contains("hemmelig"));
        // Recorded, as other refusals are.
        let siste = prove.logg.poster.lock().unwrap().last().cloned();
        assert_eq!(siste, Some((OFFENTLIG.to_owned(), None, 403)));
        prove
            .avtaler
            .opphev_sperre(&hvem, "over", "vakten", prove.naa())
            .unwrap();
    }
    assert_eq!(prove.hent(&token, &sti).await.status, StatusCode::OK);
}
