//! The Person API as a surface: its callers, each with a branch, a grant and a token, over a copy of one's own.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use axum::Router;
use helsekopi::{Kopi, Maaling};
use http::Method;
use ikkeinnblanding::{Flate, Foresporsel, Svar, Tilfeldig, spoer};
use kartverk::{Kartverk, Tabell};
use persontjenesten::Versjon;
use persontjenesten::api::{self, Innstillinger, Kopiplass, PersonApi, Strupegrenser, Struping, Tellere};
use persontjenesten::openapi::{Omfang, Operasjon};
use serde_json::Value;
use tilgang::avtale::Avtaleregister;
use tilgang::token::Framtid;
use tilgang::token::dpop::{Bevislager, NyttBevis, Origo};
use tilgang::token::helseid::{Helseidverifikator, Innstillinger as Verifikatorinnstillinger};
use tilgang::{Frigivelse, Projeksjon, Revisjon, RevisjonUtilgjengelig, Revisjonspost};
use tjenesteflate::maalinger::Maalere;
use utsteder::helseid::{Helseid, Innstillinger as Utstederinnstillinger, Tokenoenske};

use super::foresporsler;
use crate::api::oppsett::{DPOP, KLIENTNOEKKEL, MED, Noekler, UTEN, begynn_med_kontakt, gi_tilgang, naa, norsk};

/// What one request spends would be seen in the answer to another; what is counted is what the pairs are held against already.
const UTEN_GRENSER: Strupegrenser = Strupegrenser { kall: None, bom: None };
const BASE: &str = "http://127.0.0.1:1";
/// A trace of the caller's own, so that the reference of an error is the same on both sides.
pub const SPOR: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Everyone who calls: each branch, and where it makes a difference with and without the grant for graded addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kaller {
    /// Version 3, full access, with the grant.
    FullMed,
    /// The same without the grant.
    FullUten,
    /// Version 3, restricted access.
    Begrenset,
    /// Version 2 with legal basis, with the grant.
    HjemmelMed,
    /// The same without the grant.
    HjemmelUten,
    /// Version 2 without legal basis.
    UtenHjemmel,
}

impl Kaller {
    pub const ALLE: [Kaller; 6] = [
        Kaller::FullMed,
        Kaller::FullUten,
        Kaller::Begrenset,
        Kaller::HjemmelMed,
        Kaller::HjemmelUten,
        Kaller::UtenHjemmel,
    ];

    pub fn omfang(self) -> Omfang {
        match self {
            Kaller::FullMed | Kaller::FullUten => Omfang::Full,
            Kaller::Begrenset => Omfang::Begrenset,
            Kaller::HjemmelMed | Kaller::HjemmelUten => Omfang::MedHjemmel,
            Kaller::UtenHjemmel => Omfang::UtenHjemmel,
        }
    }

    /// One that has the grant wherever it can be had has no more by it where it cannot.
    fn organisasjon(self) -> &'static str {
        match self {
            Kaller::FullUten | Kaller::HjemmelUten => UTEN,
            _ => MED,
        }
    }

    /// A call of an operation of its branch: GET, or POST where there is a form. Version 3 has a proof, new each time.
    pub fn kall(self, sti: &str, skjema: Option<&str>) -> Foresporsel {
        static NESTE: AtomicU64 = AtomicU64::new(0);
        let token = &OMGIVELSER.tokener[&self];
        let metode = if skjema.is_some() { Method::POST } else { Method::GET };
        let foresporsel = self.uten_token(sti, skjema);
        let authorization = http::header::AUTHORIZATION;
        match self.omfang().versjon() {
            Versjon::V2 => foresporsel.hode(authorization, &format!("Bearer {token}")),
            Versjon::V3 => {
                let hele = format!("{BASE}{}{sti}", self.omfang().sti());
                let bevis = NyttBevis {
                    metode: metode.as_str(),
                    adresse: hele.split('?').next().unwrap(),
                    token: Some(token),
                    nonce: None,
                };
                let jti = NESTE.fetch_add(1, Ordering::SeqCst).to_string();
                let bevis = bevis.signer(&DPOP, naa(), &jti).unwrap();
                let dpop = http::HeaderName::from_static("dpop");
                foresporsel
                    .hode(authorization, &format!("DPoP {token}"))
                    .hode(dpop, &bevis)
            }
        }
    }

    pub fn uten_token(self, sti: &str, skjema: Option<&str>) -> Foresporsel {
        let foresporsel =
            Foresporsel::get(format!("{}{sti}", self.omfang().sti())).hode(tjenesteflate::sporing::TRACEPARENT, SPOR);
        let navn = format!("{self:?} {sti} {}", skjema.unwrap_or_default());
        match skjema {
            None => foresporsel.omdoept(navn),
            Some(skjema) => foresporsel
                .metode(Method::POST)
                .hode(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .kropp(skjema)
                .omdoept(navn),
        }
    }
}

struct Stum;

impl Revisjon for Stum {
    fn skriv<'a>(&'a self, _: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// What all copies here have in common: grants, issuer, tokens.
struct Omgivelser {
    _mappe: tempfile::TempDir,
    avtaler: Arc<Avtaleregister>,
    verifikator: Arc<Helseidverifikator>,
    tokener: BTreeMap<Kaller, String>,
}

static OMGIVELSER: LazyLock<Omgivelser> = LazyLock::new(|| {
    let mappe = tempfile::tempdir().unwrap();
    let avtaler = Arc::new(Avtaleregister::aapne(&mappe.path().join("tilgang")).unwrap());
    gi_tilgang(&avtaler);
    let iss = format!("{BASE}/helseid");
    let noekler = mappe.path().join("noekler");
    let utsteder = Helseid::aapne(Utstederinnstillinger::new(&iss), &noekler, avtaler.clone(), naa());
    let utsteder = Arc::new(utsteder.unwrap());
    let tokener = Kaller::ALLE.map(|kaller| {
        let oenske = Tokenoenske {
            noekkel: &KLIENTNOEKKEL,
            klient_id: &format!("klient-{}", kaller.organisasjon()),
            scope: kaller.omfang().scope(),
            organisasjon: None,
            dpop: (kaller.omfang().versjon() == Versjon::V3).then_some(&*DPOP),
        };
        (kaller, utsteder.be_om_token(&oenske, naa()).unwrap().access_token)
    });
    let bevis = Arc::new(Bevislager::aapne(&mappe.path().join("bevis")).unwrap());
    let verifikator = Helseidverifikator::new(Verifikatorinnstillinger::new(
        &iss,
        Arc::new(Noekler(utsteder)),
        vec![Origo::les(BASE).unwrap()],
        bevis,
    ));
    Omgivelser {
        _mappe: mappe,
        avtaler,
        verifikator: Arc::new(verifikator),
        tokener: tokener.into(),
    }
});

/// The Person API over one copy.
pub struct Api {
    router: Router,
    kopi: Arc<Kopi>,
    _mappe: tempfile::TempDir,
    /// Number and id of whoever is asked for; the first is looked at most closely.
    pub personer: Vec<(String, String)>,
    /// What they can be searched for by, in this copy or the other: field and value.
    pub soekbart: Vec<(&'static str, String)>,
    /// How many there are.
    pub antall: u32,
}

impl Api {
    /// Over a copy. `numre`: whom to ask for; `dokumenter`: whatever was told of anybody, in either copy.
    pub fn ny(mappe: tempfile::TempDir, kopi: Kopi, numre: &[String], dokumenter: &[&Value]) -> Self {
        let (kopi, maalere, start) = (Arc::new(kopi), Maalere::new(), Instant::now());
        begynn_med_kontakt(&kopi);
        let plass = Arc::new(Kopiplass::default());
        plass.sett(kopi.clone());
        let person_api = Arc::new(PersonApi {
            kopi: plass,
            maaling: Arc::new(Maaling::default()),
            frigivelse: Frigivelse::new(Arc::new(Stum)),
            verifikator: OMGIVELSER.verifikator.clone(),
            avtaler: OMGIVELSER.avtaler.clone(),
            klokke: Arc::new(naa),
            kartverk: Arc::new(Kartverk::new(Tabell::syntetisk())),
            innstillinger: Innstillinger::default(),
            tellere: Tellere::new(&maalere).unwrap(),
            struping: Struping::new(UTEN_GRENSER, Arc::new(move || start), &maalere).unwrap(),
            vakt: None,
        });
        let les = kopi.les().unwrap();
        let med_id = |nummer: &String| {
            let person = les.register().finn_nummer(nummer.parse().unwrap()).unwrap().unwrap();
            (nummer.clone(), les.id(person).to_string())
        };
        let personer = numre.iter().chain([&super::bygg::nr(900)]).map(med_id).collect();
        drop(les);
        Api {
            router: api::ruter(&person_api, &maalere),
            antall: kopi.register().antall_personer().unwrap(),
            kopi,
            _mappe: mappe,
            personer,
            soekbart: foresporsler::soekbart(dokumenter),
        }
    }

    /// With another router in front.
    pub fn bak(mut self, rundt: impl FnOnce(Router) -> Router) -> Self {
        self.router = rundt(self.router);
        self
    }

    /// All that the copy has of everybody, for whoever is shown most of it.
    pub fn lagret(&self) -> Vec<Value> {
        let projeksjoner = [Projeksjon::MedHjemmel, Projeksjon::Svalbard];
        let alle = (1..=self.antall).flat_map(|nr| projeksjoner.map(|p| norsk(&self.kopi, nr, p)));
        alle.collect()
    }

    pub async fn spoer(&self, foresporsel: &Foresporsel) -> Svar {
        spoer(&self.router, foresporsel).await
    }
}

impl Flate for Api {
    type Kaller = Kaller;
    type Rute = Operasjon;

    fn ruter(&self) -> Vec<Operasjon> {
        // The router is made of these lists; each operation is asked for in the caller's own branch.
        let mut ut = Vec::new();
        for rute in Versjon::ALLE.into_iter().flat_map(api::ruteliste) {
            if !ut.contains(&rute.operasjon) {
                ut.push(rute.operasjon);
            }
        }
        ut
    }

    fn foresporsler(&self, kaller: Kaller, rute: Operasjon, tilfeldig: &mut Tilfeldig) -> Vec<Foresporsel> {
        foresporsler::alle(self, kaller, rute, tilfeldig)
    }

    fn router(&self) -> Router {
        self.router.clone()
    }
}
