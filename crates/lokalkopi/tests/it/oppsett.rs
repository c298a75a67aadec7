//! The service on a port with the built-in HelseID beside it, a copy with a small nation, and a consumer with grants.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use helsekopi::{Bolk, Gjelder, Kontaktfoelger, Kontaktkilde, Kopi, Maaling, Omfang as Visning, Stilling};
use identifikator::{Folkeregisteridentifikator, Organisasjonsnummer};
use informasjonsmodell::{Hendelsestype, Persondokument, Tidspunkt};
use jiff::Timestamp;
use kartverk::{Kartverk, Tabell};
use klienter::personapi::{Gren, Innstillinger as Klientvalg, Klient, Utvalg};
use klienter::{helseid, krr};
use lokalkopi::{Foelger, Kilde, Lager, Tjeneste, Valg};
use persontjenesten::api::{self, Innstillinger, Kopiplass, PersonApi, Strupegrenser, Struping, Tellere};
use register::Personnummer;
use serde_json::{Value, json};
use syntetisk_befolkning::Nasjon;
use tilgang::avtale::{Avtaleregister, NyAvtale, NyKlient, Rettighet, kan_se_graderte};
use tilgang::token::dpop::{Bevislager, Origo};
use tilgang::token::helseid::{Helseidverifikator, Innstillinger as Verifikatorvalg, Scope};
use tilgang::token::{Framtid, Hentefeil, JwksKilde, Klokke, Kurve, Noekkelsett, Signeringsnoekkel};
use tilgang::{Frigivelse, Revisjon, RevisjonUtilgjengelig, Revisjonspost};
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::stopp::{self, Signal};
use tjenesteflate::tjener::{Grenser, Tjener};
use utsteder::helseid::{Helseid, Innstillinger as Utstedervalg};

static KLIENTNOEKKEL: LazyLock<Signeringsnoekkel> = LazyLock::new(|| Signeringsnoekkel::generer().unwrap());
static DPOP: LazyLock<Arc<Signeringsnoekkel>> =
    LazyLock::new(|| Arc::new(Signeringsnoekkel::generer_paa(Kurve::P256).unwrap()));

pub fn kjoer<T>(framtid: impl Future<Output = T>) -> T {
    let mut bygger = tokio::runtime::Builder::new_multi_thread();
    bygger.worker_threads(2).enable_all().build().unwrap().block_on(framtid)
}

/// Numbers of a seed, the same each time. Source: splitmix64.
pub struct Froe(pub u64);

impl Froe {
    pub fn neste(&mut self, under: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % under
    }
}

fn klokke() -> Klokke {
    Arc::new(Timestamp::now)
}

fn tid() -> Tidspunkt {
    Tidspunkt::parse("2026-02-02T03:40:00+01:00").unwrap()
}

struct Revisor;

impl Revisjon for Revisor {
    fn skriv<'a>(&'a self, _: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

struct Noekler(Arc<Helseid>);

impl JwksKilde for Noekler {
    fn hent(&self) -> Framtid<'_, Result<Noekkelsett, Hentefeil>> {
        let jwks = self.0.jwks(Timestamp::now()).to_string();
        Box::pin(async move { Noekkelsett::les(jwks.as_bytes()).map_err(Into::into) })
    }
}

/// The copy that is served, which may be changed for another.
pub struct Plass {
    kopi: Mutex<Arc<Kopi>>,
    tjent: Arc<Kopiplass>,
}

impl Plass {
    pub fn hent(&self) -> Arc<Kopi> {
        self.kopi.lock().unwrap().clone()
    }

    pub fn sett(&self, kopi: Arc<Kopi>) {
        self.tjent.sett(kopi.clone());
        *self.kopi.lock().unwrap() = kopi;
    }
}

pub struct Prove {
    pub mappe: tempfile::TempDir,
    base: String,
    iss: String,
    pub plass: Arc<Plass>,
    _stopp: Signal,
}

impl Prove {
    pub async fn ny(personer: u32) -> Self {
        let mappe = tempfile::tempdir().unwrap();
        let naa = Timestamp::now();
        let avtaler = Arc::new(Avtaleregister::aapne(&mappe.path().join("tilgang")).unwrap());
        gi_tilgang(&avtaler, naa);
        let tjener = Tjener::bind(([127, 0, 0, 1], 0).into(), Grenser::default())
            .await
            .unwrap();
        let base = format!("http://{}", tjener.address());
        let iss = format!("{base}/helseid");
        let noekler = mappe.path().join("noekler");
        let utsteder = Arc::new(Helseid::aapne(Utstedervalg::new(&iss), &noekler, avtaler.clone(), naa).unwrap());
        let verifikator = Helseidverifikator::new(Verifikatorvalg::new(
            &iss,
            Arc::new(Noekler(utsteder.clone())),
            vec![Origo::les(&base).unwrap()],
            Arc::new(Bevislager::aapne(&mappe.path().join("bevis")).unwrap()),
        ));
        let kopi = Arc::new(Kopi::aapne(&mappe.path().join("kopi")).unwrap());
        fyll(&kopi, personer).await;
        let tjent = Arc::new(Kopiplass::default());
        tjent.sett(kopi.clone());
        let plass = Arc::new(Plass {
            kopi: Mutex::new(kopi),
            tjent: tjent.clone(),
        });
        let maalere = Maalere::new();
        let person_api = Arc::new(PersonApi {
            kopi: tjent,
            maaling: Arc::new(Maaling::default()),
            frigivelse: Frigivelse::new(Arc::new(Revisor)),
            verifikator: Arc::new(verifikator),
            avtaler,
            klokke: klokke(),
            kartverk: Arc::new(Kartverk::new(Tabell::tom())),
            innstillinger: Innstillinger::default(),
            tellere: Tellere::new(&maalere).unwrap(),
            struping: Struping::new(UTEN_GRENSER, Arc::new(Instant::now), &maalere).unwrap(),
            vakt: None,
        });
        let ruter = api::ruter(&person_api, &maalere).nest("/helseid", utsteder::helseid::ruter(utsteder, klokke()));
        let (signal, stopp) = stopp::pair();
        tokio::spawn(tjener.serve(ruter, stopp));
        Prove {
            mappe,
            base,
            iss,
            plass,
            _stopp: signal,
        }
    }

    pub fn kopi(&self) -> Arc<Kopi> {
        self.plass.hent()
    }

    pub fn klient(&self, gren: Gren) -> Klient {
        let der = KLIENTNOEKKEL.til_pkcs8().unwrap();
        let innstillinger = helseid::Innstillinger {
            utsteder: self.iss.clone(),
            klient_id: "klient".to_owned(),
            noekkel: Arc::new(Signeringsnoekkel::fra_pkcs8(der.as_ref(), None).unwrap()),
            dpop: gren.krever_dpop().then(|| DPOP.clone()),
            organisasjon: None,
            valg: klienter::Valg::default(),
        };
        let helseid = Arc::new(helseid::Klient::new(innstillinger, klokke()).unwrap());
        Klient::new(Klientvalg::new(&self.base, gren, klokke()), helseid).unwrap()
    }

    pub fn valg(&self, gren: Gren) -> Valg {
        Valg {
            tjeneste: self.base.clone(),
            gren: gren.navn().to_owned(),
            deler: gren.deler().into_iter().map(str::to_owned).collect(),
            ..Valg::default()
        }
    }

    pub fn utvalg(valg: &Valg) -> Utvalg {
        Utvalg {
            deler: valg.deler.clone(),
            historikk: valg.historikk,
        }
    }

    pub fn tjeneste(&self, gren: Gren) -> Arc<Tjeneste> {
        let utvalg = Self::utvalg(&self.valg(gren));
        Arc::new(Tjeneste::new(self.klient(gren), utvalg, false))
    }

    pub fn lokal(&self) -> PathBuf {
        self.mappe.path().join("lokal")
    }

    /// Whoever keeps the copy of a branch in a folder, with a source in the place of the service.
    pub fn foelger(&self, gren: Gren, kilde: Arc<dyn Kilde>) -> Foelger {
        let lager = Lager::aapne(&self.lokal(), &self.valg(gren)).unwrap();
        Foelger::new(lager, kilde, None, uten_venting()).unwrap().med_side(7)
    }

    /// Everybody in the copy that is served, merged ones too: number and id.
    pub fn alle(&self) -> Vec<(Personnummer, String)> {
        let kopi = self.kopi();
        let les = kopi.les().unwrap();
        let antall = kopi.register().antall_personer().unwrap();
        let alle = (1..=antall).map(Personnummer::fra_indeks);
        alle.map(|person| (person, les.id(person).to_string())).collect()
    }

    pub fn er_noen(&self, person: Personnummer) -> bool {
        self.kopi().les().unwrap().register().er_noen(person).unwrap()
    }

    /// Whether somebody is there and has a name that can be changed.
    pub fn har_navn(&self, person: Personnummer) -> bool {
        let gjeldende = |navn: &Value| navn["erGjeldende"] != false;
        let har = |dokument: &Value| {
            dokument["navn"]
                .as_array()
                .is_some_and(|alle| alle.iter().any(gjeldende))
        };
        self.er_noen(person) && har(&self.norsk(person))
    }

    /// Those of [`Prove::alle`].
    pub fn med_navn(&self) -> Vec<(Personnummer, String)> {
        self.alle()
            .into_iter()
            .filter(|(person, _)| self.har_navn(*person))
            .collect()
    }

    pub fn nummer(&self, person: Personnummer) -> String {
        let kopi = self.kopi();
        let nummer = kopi.les().unwrap().register().nummer(person).unwrap();
        format!("{nummer:011}")
    }

    fn norsk(&self, person: Personnummer) -> Value {
        let kopi = self.kopi();
        let les = kopi.les().unwrap();
        let projeksjon = Visning::FullMedGraderte.projeksjon();
        let mut svar = tilgang::Svar::new(tilgang::Format::Json);
        let utvalg = tilgang::Utvalg::alt(projeksjon);
        les.register().vis(person, &mut svar, projeksjon, utvalg, 0).unwrap();
        let frigivelse = Frigivelse::new(Arc::new(Revisor));
        let post = Revisjonspost::new("prøve", "prøve", "", 200);
        let mut frigitt = std::pin::pin!(frigivelse.frigi(svar, &post));
        let mut sammenheng = std::task::Context::from_waker(std::task::Waker::noop());
        let std::task::Poll::Ready(frigitt) = frigitt.as_mut().poll(&mut sammenheng) else {
            panic!("a record that is written at once is not waited for");
        };
        serde_json::from_slice(&frigitt.unwrap().til_kropp()).unwrap()
    }

    fn ta_inn(&self, dokument: Persondokument, nummer: u64, hva: Hendelsestype) {
        let bolk = Bolk {
            dokumenter: vec![(None, dokument)],
            hendelser: vec![(nummer, Some(hva))],
            ..Bolk::default()
        };
        assert_eq!(self.kopi().ta_inn(&bolk, tid()).unwrap().avvist, 0);
    }

    /// Somebody gets another name.
    pub fn nytt_navn(&self, person: Personnummer, navn: &str) {
        let mut dokument = self.norsk(person);
        let alle = dokument["navn"].as_array_mut().unwrap();
        let gjeldende = alle.iter_mut().find(|n| n["erGjeldende"] != false).unwrap();
        gjeldende["fornavn"] = json!(navn);
        gjeldende["forkortetNavn"] = json!(navn);
        let nummer = self.nummer(person).parse().unwrap();
        self.ta_inn(
            register::les_vist(dokument).unwrap(),
            nummer,
            Hendelsestype::EndringINavn,
        );
    }

    /// The second is merged into the first.
    pub fn slaa_sammen(&self, over: Personnummer, under: Personnummer) {
        let mut dokument = self.norsk(over);
        let slag = self.norsk(under)["identifikasjonsnummer"][0]["identifikatortype"].clone();
        let nummer = self.nummer(under);
        dokument["identifikasjonsnummer"].as_array_mut().unwrap().push(
            json!({"erGjeldende": false, "foedselsEllerDNummer": nummer, "status": "opphoert", "identifikatortype": slag}),
        );
        let dokument = register::les_vist(dokument).unwrap();
        self.ta_inn(
            dokument,
            nummer.parse().unwrap(),
            Hendelsestype::PersonErOpphoertSomDublett,
        );
        assert!(!self.er_noen(under));
    }

    /// Somebody new, of another nation.
    pub fn ny_person(&self, nr: usize) {
        static ANDRE: LazyLock<Vec<Persondokument>> = LazyLock::new(|| {
            let nasjon = Nasjon::new(7, 300).unwrap();
            (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr)).collect()
        });
        let bolk = Bolk {
            dokumenter: vec![(None, ANDRE[nr % ANDRE.len()].clone())],
            ..Bolk::default()
        };
        assert_eq!(self.kopi().ta_inn(&bolk, tid()).unwrap().avvist, 0);
    }

    /// Something that happens to somebody.
    pub fn noe_skjer(&self, froe: &mut Froe) {
        let alle = self.alle();
        let levende: Vec<Personnummer> = alle.into_iter().map(|(p, _)| p).filter(|p| self.er_noen(*p)).collect();
        let velg = |froe: &mut Froe| levende[usize::try_from(froe.neste(levende.len() as u64)).unwrap()];
        match froe.neste(8) {
            0 => {
                let (over, under) = (velg(froe), velg(froe));
                if over != under {
                    self.slaa_sammen(over, under);
                }
            }
            1 | 2 => self.ny_person(usize::try_from(froe.neste(300)).unwrap()),
            _ => {
                let (hvem, navn) = (velg(froe), format!("NAVN{}", froe.neste(1 << 40)));
                if self.har_navn(hvem) {
                    self.nytt_navn(hvem, &navn);
                }
            }
        }
    }

    /// Holds a copy against what the service answers of everybody that its copy has.
    pub async fn sjekk(&self, foelger: &Foelger, gren: Gren) {
        let (klient, utvalg) = (self.klient(gren), Self::utvalg(&self.valg(gren)));
        let mut levende = 0;
        for (person, id) in self.alle() {
            let fasit = klient.person(&id, &utvalg).await.unwrap().unwrap();
            let mitt = foelger.lager().person(&id).unwrap();
            if self.er_noen(person) {
                levende += 1;
                assert_eq!(mitt.as_ref(), Some(fasit.objekt()), "{gren:?}");
            } else if let Some(mitt) = mitt {
                // Who was merged is in a copy that was there before, and not in one that began after.
                assert_eq!(&mitt, fasit.objekt());
            }
        }
        assert!(foelger.lager().antall() >= levende);
    }
}

pub fn uten_venting() -> klienter::folkeregister::Venter {
    Arc::new(|_| Box::pin(std::future::ready(())))
}

fn gi_tilgang(avtaler: &Avtaleregister, naa: Timestamp) {
    let organisasjon = Organisasjonsnummer::parse("310000000").unwrap();
    let api: Vec<Scope> = Scope::ALLE.into_iter().filter(|s| *s != Scope::Testdata).collect();
    let ny = NyKlient {
        klient_id: "klient".to_owned(),
        organisasjon,
        scopes: api.iter().map(|scope| scope.navn().to_owned()).collect(),
        noekler: vec![KLIENTNOEKKEL.offentlig().clone()],
    };
    avtaler.registrer_klient(&ny, "prøve", naa).unwrap();
    for scope in api {
        let ny = NyAvtale {
            organisasjon,
            rettighet: Rettighet::fra_scope(scope.navn()).unwrap(),
            graderte_adresser: kan_se_graderte(scope),
            er_privat: false,
            formaal: "prøve".to_owned(),
            hjemmel: "prøveloven § 1".to_owned(),
            fra: naa,
            til: None,
        };
        avtaler.gi(&ny, "prøve", naa).unwrap();
    }
}

/// A KRR that is not asked: its answers are put into the copy by hand.
struct Taus;

impl Kontaktkilde for Taus {
    fn personer<'a>(&'a self, _: &'a [Folkeregisteridentifikator]) -> Framtid<'a, Result<krr::Svar, krr::Feil>> {
        Box::pin(std::future::ready(Err(krr::Feil::Uautentisert)))
    }

    fn endringer<'a>(&'a self, _: u64, _: Gjelder<'a>) -> Framtid<'a, Result<krr::Endringer, krr::Feil>> {
        Box::pin(std::future::ready(Err(krr::Feil::UtenEndringsliste)))
    }
}

async fn fyll(kopi: &Arc<Kopi>, personer: u32) {
    if personer == 0 {
        return;
    }
    let nasjon = Nasjon::new(2026, personer).unwrap();
    let alle = (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr));
    let bolk = Bolk {
        dokumenter: alle.map(|dokument| (None, dokument)).collect(),
        stilling: Some(Stilling::Foelger { neste: 1 }),
        foerste_lasting: true,
        ..Bolk::default()
    };
    assert_eq!(kopi.ta_inn(&bolk, tid()).unwrap().avvist, 0);
    let les = kopi.les().unwrap();
    let krr = r#"{"reservasjon":"NEI","status":"AKTIV","varslingsstatus":"KAN_VARSLES","spraak":"nb"}"#;
    let svar = |nr| {
        (
            les.register().nummer(Personnummer::fra_indeks(nr)).unwrap(),
            Some(krr.as_bytes().to_vec()),
        )
    };
    let krr: Vec<_> = (1..=kopi.register().antall_personer().unwrap()).map(svar).collect();
    drop(les);
    kopi.ta_inn_kontakt(&krr, tid()).unwrap();
    // A round has begun, so what is there is fresh.
    let doegn = Duration::from_secs(86_400);
    Kontaktfoelger::new(kopi.clone(), Arc::new(Taus), klokke(), doegn)
        .steg()
        .await
        .unwrap();
}

const UTEN_GRENSER: Strupegrenser = Strupegrenser { kall: None, bom: None };
