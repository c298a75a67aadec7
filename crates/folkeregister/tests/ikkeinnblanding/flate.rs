//! The consumer API as a surface: its callers, each with a grant and a token, over a register of one's own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use axum::Router;
use driftsmeldinger::{Innhold, Nyhetsinnhold, Nyhetsslag, Slag, Tavle, Tilstand, Tjeneste, Virkning};
use folkeregister::konsument::{self, Folkeregister, OPPBEVARING_MAANEDER, Rute, Strupegrenser, Struping, Uttrekk};
use folkeregister::openapi::{AapenOperasjon, Operasjon};
use http::header;
use identifikator::Organisasjonsnummer;
use ikkeinnblanding::{Flate, Foresporsel, Svar, Tilfeldig, spoer};
use jiff::Timestamp;
use register::Register;
use serde_json::Value;
use tilgang::avtale::{Avtaleregister, NyAvtale, NyKlient, Rettighet};
use tilgang::token::{Framtid, Grant, Hentefeil, JwksKilde, Maskinportenverifikator, Noekkelsett, Signeringsnoekkel};
use tilgang::{Frigivelse, Pakke, Projeksjon, Revisjon, RevisjonUtilgjengelig, Revisjonspost};
use tjenesteflate::etag;
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::struping::Ventform;
use utsteder::Utsteder;
use uttrekk::{Bestiller, Bestilling, Jobbid, Uttrekkslager};

use crate::foresporsler;

/// The clock of every register here.
pub const NAA_S: i64 = 1_770_000_000;
const ISS: &str = "http://127.0.0.1:1/maskinporten/";
const OFFENTLIG: &str = "310000000";
const PRIVAT: &str = "310000019";
const PRIVAT_MED: &str = "310000027";
/// A trace of the caller's own, so that the reference of an error is the same on both sides.
pub const SPOR: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Everyone who calls: each package, and in med hjemmel private bodies with and without the grant for graded addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kaller {
    /// A public body with med hjemmel.
    MedHjemmel,
    /// A private body with med hjemmel and the grant.
    PrivatMedTilgang,
    /// A private body with med hjemmel, without the grant.
    PrivatUtenTilgang,
    /// Offentlig uten hjemmel.
    OffentligUten,
    /// Privat uten hjemmel.
    PrivatUten,
    /// Privat.
    Privat,
    /// Privat uten folkeregisteridentifikator.
    PrivatUtenNummer,
    /// Finans.
    Finans,
    /// Presse.
    Presse,
    /// Presse uten folkeregisteridentifikator.
    PresseUtenNummer,
    /// Utsteder eID.
    Eid,
    /// Svalbard.
    Svalbard,
}

impl Kaller {
    pub const ALLE: [Kaller; 12] = [
        Kaller::MedHjemmel,
        Kaller::PrivatMedTilgang,
        Kaller::PrivatUtenTilgang,
        Kaller::OffentligUten,
        Kaller::PrivatUten,
        Kaller::Privat,
        Kaller::PrivatUtenNummer,
        Kaller::Finans,
        Kaller::Presse,
        Kaller::PresseUtenNummer,
        Kaller::Eid,
        Kaller::Svalbard,
    ];

    pub fn pakke(self) -> Pakke {
        match self {
            Kaller::MedHjemmel | Kaller::PrivatMedTilgang | Kaller::PrivatUtenTilgang => Pakke::OffentligMedHjemmel,
            Kaller::OffentligUten => Pakke::OffentligUtenHjemmel,
            Kaller::PrivatUten => Pakke::PrivatUtenHjemmel,
            Kaller::Privat => Pakke::Privat,
            Kaller::PrivatUtenNummer => Pakke::PrivatUtenFolkeregisteridentifikator,
            Kaller::Finans => Pakke::Finans,
            Kaller::Presse => Pakke::Presse,
            Kaller::PresseUtenNummer => Pakke::PresseUtenFolkeregisteridentifikator,
            Kaller::Eid => Pakke::UtstederEid,
            Kaller::Svalbard => Pakke::Svalbard,
        }
    }

    /// Whether its feed names documents.
    pub fn faar_dokumenter(self) -> bool {
        self.pakke() == Pakke::OffentligMedHjemmel
    }

    fn organisasjon(self) -> &'static str {
        match self {
            Kaller::PrivatMedTilgang => PRIVAT_MED,
            Kaller::PrivatUtenTilgang => PRIVAT,
            _ => OFFENTLIG,
        }
    }

    pub fn token(self) -> &'static str {
        &OMGIVELSER.tokener[&self]
    }

    /// Below the host, with the version.
    pub fn sti(self) -> String {
        format!("/{}/v1", self.pakke().sti())
    }

    /// A GET with its token, in a form.
    pub fn get(self, sti: &str, aksept: Option<&str>) -> Foresporsel {
        self.uten_token(sti, aksept)
            .hode(header::AUTHORIZATION, &format!("Bearer {}", self.token()))
    }

    pub fn uten_token(self, sti: &str, aksept: Option<&str>) -> Foresporsel {
        let foresporsel = Foresporsel::get(format!("{}/{sti}", self.sti()))
            .omdoept(format!("{self:?} GET {sti} {}", aksept.unwrap_or("")))
            .hode(tjenesteflate::sporing::TRACEPARENT, SPOR);
        match aksept {
            Some(aksept) => foresporsel.hode(header::ACCEPT, aksept),
            None => foresporsel,
        }
    }
}

/// A route of the interface: an operation under a package, or one that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vei {
    Pakke(Operasjon),
    Aapen(AapenOperasjon),
}

struct Stum;

impl Revisjon for Stum {
    fn skriv<'a>(&'a self, _: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

struct Noekler(Arc<Utsteder>);

impl JwksKilde for Noekler {
    fn hent(&self) -> Framtid<'_, Result<Noekkelsett, Hentefeil>> {
        let jwks = self.0.jwks(naa()).to_string();
        Box::pin(async move { Noekkelsett::les(jwks.as_bytes()).map_err(Into::into) })
    }
}

fn naa() -> Timestamp {
    Timestamp::from_second(NAA_S).unwrap()
}

/// What all registers here have in common: grants, issuer, tokens.
struct Omgivelser {
    _mappe: tempfile::TempDir,
    tavle: Arc<Tavle>,
    avtaler: Arc<Avtaleregister>,
    verifikator: Arc<Maskinportenverifikator>,
    tokener: BTreeMap<Kaller, String>,
}

static OMGIVELSER: LazyLock<Omgivelser> = LazyLock::new(|| {
    let mappe = tempfile::tempdir().unwrap();
    let noekkel = Signeringsnoekkel::generer().unwrap();
    let avtaler = Arc::new(Avtaleregister::aapne(&mappe.path().join("tilgang")).unwrap());
    let org = |nummer: &str| Organisasjonsnummer::parse(nummer).unwrap();
    let organisasjoner: BTreeSet<&str> = Kaller::ALLE.into_iter().map(Kaller::organisasjon).collect();
    for nummer in organisasjoner {
        let ny = NyKlient {
            klient_id: format!("klient-{nummer}"),
            organisasjon: org(nummer),
            scopes: Pakke::ALLE.map(|p| p.scope().to_owned()).into(),
            noekler: vec![noekkel.offentlig().clone()],
        };
        avtaler.registrer_klient(&ny, "prøve", naa()).unwrap();
    }
    let innstillinger = utsteder::Innstillinger::new(ISS);
    let utsteder = Utsteder::aapne(innstillinger, &mappe.path().join("noekler"), avtaler.clone(), naa());
    let utsteder = Arc::new(utsteder.unwrap());
    let mut tokener = BTreeMap::new();
    for kaller in Kaller::ALLE {
        let ny = NyAvtale {
            organisasjon: org(kaller.organisasjon()),
            rettighet: Rettighet::Pakke(kaller.pakke()),
            graderte_adresser: kaller == Kaller::PrivatMedTilgang,
            er_privat: kaller.organisasjon() != OFFENTLIG,
            formaal: "prøve".to_owned(),
            hjemmel: "prøveloven § 1".to_owned(),
            fra: naa(),
            til: None,
        };
        avtaler.gi(&ny, "prøve", naa()).unwrap();
        let grant = Grant {
            klient_id: format!("klient-{}", kaller.organisasjon()),
            utsteder: ISS.to_owned(),
            scope: kaller.pakke().scope().to_owned(),
            konsument: None,
        };
        let paastand = grant.signer(&noekkel, naa(), &format!("{kaller:?}")).unwrap();
        let skjema = format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={paastand}");
        let svar = utsteder.token(Some("application/x-www-form-urlencoded"), skjema.as_bytes(), naa());
        tokener.insert(kaller, svar.unwrap().access_token);
    }
    let verifikator = tilgang::token::Innstillinger::new(ISS, Arc::new(Noekler(utsteder)));
    let tavle = Tavle::aapne(&mappe.path().join("driftsmeldinger")).unwrap();
    for nr in 1..=3 {
        let innhold = Innhold {
            tjenester: [Tjeneste::Konsument].into(),
            virkning: Virkning::Ustabilitet,
            ..Innhold::ny(Slag::Driftsfeil, &format!("Sak {nr}"), "Vi feilsøker.")
        };
        tavle.publiser(innhold, Tilstand::Paagaar, "prøve", naa()).unwrap();
        let nyhet = Nyhetsinnhold::ny(Nyhetsslag::Testdata, &format!("Nytt {nr}"), "Nye testdata.");
        tavle.publiser_nyhet(&nyhet, "prøve", naa()).unwrap();
    }
    Omgivelser {
        _mappe: mappe,
        tavle: Arc::new(tavle),
        avtaler,
        verifikator: Arc::new(Maskinportenverifikator::new(verifikator)),
        tokener,
    }
});

/// A folder where writing is not waited for, if there is one: what is kept here is thrown away.
fn raskt() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

/// Identifiers of an item of a feed.
#[derive(Clone, Debug)]
pub struct Dokumenter {
    pub hendelse: Option<String>,
    pub person: Option<String>,
}

/// The consumer API over one register.
pub struct Api {
    router: Router,
    /// What it answers from.
    pub register: Arc<Register>,
    uttrekk: Arc<Uttrekkslager>,
    _mappe: tempfile::TempDir,
    /// Numbers to ask for; the first is looked at most closely.
    pub numre: Vec<String>,
    /// Items of the feeds, for those whose items name documents.
    pub dokumenter: BTreeMap<Kaller, Vec<Dokumenter>>,
    /// How many items each feed has.
    pub siste: BTreeMap<Kaller, u64>,
    /// What some of the persons can be searched for by, in this register or the other.
    pub soekbart: Vec<Vec<(&'static str, String)>>,
    /// Ask for everything, or for a part drawn by chance.
    pub grundig: bool,
}

impl Api {
    /// Over a register. `numre` are the numbers to ask for.
    pub async fn ny(register: Arc<Register>, numre: Vec<String>) -> Self {
        let maalere = Maalere::new();
        // No budgets: what one request spends would be seen in the answer to another. They count what is asked and, of
        // numbers, whether the caller is given anybody, which the pairs are held against already.
        let grenser = Strupegrenser {
            kall: None,
            bom: None,
            form: Ventform::Sekunder,
        };
        let start = Instant::now();
        let soekbart = foresporsler::soekbart(&register, &numre);
        let mappe = raskt();
        let neste = AtomicU64::new(0);
        // The same on both sides; nobody here tries to guess another's.
        let id = move || u128::from(neste.fetch_add(1, Ordering::Relaxed)).to_be_bytes();
        let rommelig = uttrekk::Grenser {
            samtidige: u32::MAX,
            lagrede: u32::MAX,
            ..uttrekk::Grenser::default()
        };
        let lager = Uttrekkslager::aapne(mappe.path(), &mappe.path().join("noekkel"), rommelig).unwrap();
        let lager = Arc::new(lager.with_id(id));
        let api = Arc::new(Folkeregister {
            register: register.clone(),
            tavle: OMGIVELSER.tavle.clone(),
            uttrekk: Uttrekk::new(lager.clone(), &maalere).expect("målere"),
            frigivelse: Frigivelse::new(Arc::new(Stum)),
            verifikator: OMGIVELSER.verifikator.clone(),
            avtaler: OMGIVELSER.avtaler.clone(),
            etag: etag::Noekkel::new(&[7; 32]),
            klokke: Arc::new(naa),
            registerklokke: Arc::new(naa),
            base: "http://127.0.0.1:1".to_owned(),
            oppbevaring_maaneder: OPPBEVARING_MAANEDER,
            svalbard: true,
            struping: Struping::new(grenser, Arc::new(move || start), &maalere).expect("målere"),
            vakt: None,
        });
        let router = konsument::ruter(&api, &maalere);
        let mut ut = Api {
            router,
            register,
            uttrekk: lager,
            _mappe: mappe,
            numre,
            dokumenter: BTreeMap::new(),
            siste: BTreeMap::new(),
            soekbart,
            grundig: true,
        };
        for kaller in Kaller::ALLE {
            let siste = ut.spoer(&kaller.get("hendelser/siste/sekvensnummer", None)).await;
            ut.siste.insert(kaller, siste.tekst().parse().unwrap());
            if kaller.faar_dokumenter() {
                let feed = ut.json(&kaller.get("hendelser/feed?seq=1", None)).await;
                let id = |rad: &Value, navn: &str| rad["hendelse"][navn].as_str().map(str::to_owned);
                let rader = feed.as_array().cloned().unwrap_or_default();
                let dokumenter = rader.iter().map(|rad| Dokumenter {
                    hendelse: id(rad, "hendelsesdokument"),
                    person: id(rad, "persondokument"),
                });
                ut.dokumenter.insert(kaller, dokumenter.collect());
            }
        }
        ut
    }

    /// Orders extracts for a caller, and has them written out.
    pub fn bestill(&self, kaller: Kaller, bestillinger: &[Bestilling]) -> Vec<Jobbid> {
        let projeksjon = Projeksjon::for_pakke(kaller.pakke(), kaller != Kaller::PrivatUtenTilgang);
        let bestiller = Bestiller {
            organisasjon: kaller.organisasjon().to_owned(),
            pakke: kaller.pakke(),
        };
        let bestill = |b| self.uttrekk.bestill(&self.register, projeksjon, &bestiller, b, NAA_S);
        let ut = bestillinger.iter().map(|b| bestill(b).unwrap()).collect();
        while self.uttrekk.skriv_neste(&self.register, || true).unwrap() {}
        ut
    }

    /// With another router in front.
    pub fn bak(mut self, rundt: impl FnOnce(Router) -> Router) -> Self {
        self.router = rundt(self.router);
        self
    }

    pub async fn spoer(&self, foresporsel: &Foresporsel) -> Svar {
        spoer(&self.router, foresporsel).await
    }

    /// An answer that must be there, as JSON.
    #[track_caller]
    pub fn json(&self, foresporsel: &Foresporsel) -> impl Future<Output = Value> {
        let foresporsel = foresporsel.clone();
        let router = self.router.clone();
        async move {
            let svar = spoer(&router, &foresporsel).await;
            assert_eq!(svar.status, 200, "{}", foresporsel.navn);
            serde_json::from_slice(&svar.kropp).unwrap()
        }
    }
}

impl Flate for Api {
    type Kaller = Kaller;
    type Rute = Vei;

    fn ruter(&self) -> Vec<Vei> {
        // The router is made of these lists; each operation is asked for under the caller's own package.
        let mut ut: Vec<Vei> = Vec::new();
        for Rute { operasjon, .. } in konsument::ruteliste(true) {
            if !ut.contains(&Vei::Pakke(operasjon)) {
                ut.push(Vei::Pakke(operasjon));
            }
        }
        ut.extend(AapenOperasjon::ALLE.map(Vei::Aapen));
        ut
    }

    fn foresporsler(&self, kaller: Kaller, rute: Vei, tilfeldig: &mut Tilfeldig) -> Vec<Foresporsel> {
        foresporsler::alle(self, kaller, rute, tilfeldig)
    }

    fn router(&self) -> Router {
        self.router.clone()
    }

    fn er_ugjennomsiktig(&self, ord: &str) -> bool {
        // Document identifiers: 32 hex digits. The trace of an error has as many and is the caller's own on both sides.
        ord.len() == 32 && ord.bytes().all(|b| b.is_ascii_hexdigit())
    }
}
