//! A service on a port: a copy with a small nation, users of three profiles, and whoever keeps the audit log.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use helsekopi::{Bolk, Kopi, Maaling, Stilling};
use hjelpenummer::{Hjelpenumre, Steder};
use http::{HeaderMap, Method, Request};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use identifikator::{Folkeregisteridentifikator, Organisasjonsnummer};
use informasjonsmodell::{Persondokument, Tidspunkt};
use jiff::{SignedDuration, Timestamp};
use kartverk::{Kartverk, Tabell};
use meldinger::tre::{self, Element};
use preg::Operasjon;
use preg::hl7::Modus;
use preg::samtale::Samtaler;
use pregbrukere::{
    Bestilling, Brukernavn, Brukerregister, Innlogging, Innstillinger as Innloggingsinnstillinger, Kontaktperson,
    Organisasjonstype, Passord, Rettigheter,
};
use pregmodell::Profil;
use pregtjeneste::{
    ETTERSLEP_MAKS_S, Innstillinger, Personregister, Port, PregTjeneste, STI, TJENESTE, TJENESTE_XML, Tellere,
    XmlRegister,
};
use pregxml::STI_XML;
use register::Personnummer;
use serde_json::{Value, json};
use syntetisk_befolkning::Nasjon;
use tilgang::token::Framtid;
use tilgang::{Frigivelse, Projeksjon, Revisjon, RevisjonUtilgjengelig, Revisjonspost};
use tjenesteflate::maalinger::Maalere;
use tjenesteflate::stopp::{self, Signal};
use tjenesteflate::tjener::{Grenser, Tjener};

pub const NAA_S: i64 = 1_770_000_000;
/// Organisations of the profiles, in the order of [`Profil::ALLE`]; the last two may ask for help numbers.
const ORGANISASJONER: [&str; 3] = ["310000000", "310000019", "310000027"];
/// A second organisation with the right to help numbers.
const ANNEN: &str = "312000008";
pub const MED: &str = "med-hjemmel";
pub const UTEN: &str = "uten-hjemmel";
pub const FH: &str = "hjelpenummer";
pub const FH_ANNEN: &str = "hjelpenummer-annen";
pub const PASSORD: &str = "et-langt-nok-passord";

pub fn naa() -> Timestamp {
    Timestamp::from_second(NAA_S).unwrap()
}

/// What the audit was told of one call.
#[derive(Clone, Debug)]
pub struct Notert {
    pub endepunkt: &'static str,
    pub projeksjon: Option<Projeksjon>,
    pub konsument: String,
    pub klient: String,
    pub kriterier: Vec<String>,
    pub spurt: Vec<u64>,
    pub levert: Vec<u64>,
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

struct Revisor(Arc<Logg>);

impl Revisjon for Revisor {
    fn skriv<'a>(&'a self, post: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>> {
        if self.0.full.load(Ordering::SeqCst) {
            return Box::pin(std::future::ready(Err(RevisjonUtilgjengelig)));
        }
        assert!(post.tjeneste == TJENESTE || post.tjeneste == TJENESTE_XML);
        self.0.poster.lock().unwrap().push(Notert {
            endepunkt: post.endepunkt,
            projeksjon: post.projeksjon,
            konsument: post.konsument.to_owned(),
            klient: post.klient.to_owned(),
            kriterier: post.kriterier.iter().map(|k| k.clone().into_owned()).collect(),
            spurt: post.spurt.to_vec(),
            levert: post.leveranser.iter().map(|l| l.identifikator).collect(),
            feilkode: post.feilkode.map(str::to_owned),
        });
        Box::pin(std::future::ready(Ok(())))
    }
}

/// An answer.
pub struct Svar {
    pub status: u16,
    pub hoder: HeaderMap,
    pub kropp: Vec<u8>,
}

impl Svar {
    #[track_caller]
    pub fn tekst(&self) -> &str {
        std::str::from_utf8(&self.kropp).unwrap()
    }

    /// What stands in the body of the envelope.
    #[track_caller]
    pub fn innhold(&self) -> Element {
        let rot = tre::les(&self.kropp).unwrap_or_else(|_| panic!("{}", self.tekst()));
        rot.ett("Body").unwrap().barn[0].clone()
    }
}

/// The first element of a name, at any depth.
pub fn finn<'e>(element: &'e Element, navn: &str) -> Option<&'e Element> {
    alle(element, navn).into_iter().next()
}

/// Elements of a name, at any depth, in order.
pub fn alle<'e>(element: &'e Element, navn: &str) -> Vec<&'e Element> {
    let mut ut = Vec::new();
    for barn in &element.barn {
        if barn.navn == navn {
            ut.push(barn);
        }
        ut.extend(alle(barn, navn));
    }
    ut
}

pub fn attr<'e>(element: &'e Element, navn: &str) -> &'e str {
    let funnet = element.attributter.iter().find(|(_, n, _)| n == navn);
    funnet.map_or("", |(_, _, verdi)| verdi)
}

/// The code and the details of an answer's acknowledgement.
#[track_caller]
pub fn kvittering(svar: &Element) -> (String, Vec<String>) {
    let kvittering = finn(svar, "acknowledgement").unwrap();
    let koder = alle(kvittering, "code")
        .into_iter()
        .map(|kode| attr(kode, "code").to_owned());
    (attr(kvittering, "typeCode").to_owned(), koder.collect())
}

#[track_caller]
pub fn svarkode(svar: &Element) -> &str {
    attr(finn(svar, "queryResponseCode").unwrap(), "code")
}

pub struct Prove {
    _mappe: tempfile::TempDir,
    pub base: String,
    pub kopi: Arc<Kopi>,
    pub logg: Arc<Logg>,
    pub klokke: Arc<AtomicI64>,
    klient: Client<HttpConnector, Body>,
    _stopp: Signal,
}

fn bestilling(profil: Profil) -> Bestilling {
    Bestilling {
        navn: "PRØVEKLINIKKEN".to_owned(),
        organisasjonstype: Organisasjonstype::Fastlege,
        underskrevet_av: "daglig leder".to_owned(),
        underskrevet: "2026-01-01".parse().unwrap(),
        kontaktperson: Kontaktperson {
            navn: "kontakten".to_owned(),
            epost: "kontakt@klinikk.example".to_owned(),
            telefon: "00000000".to_owned(),
        },
        journalsystem: "PRØVEJOURNAL".to_owned(),
        formaal: "pasientadministrasjon".to_owned(),
        medlem_av_helsenettet: true,
        vilkaar_godtatt: true,
        rettigheter: Rettigheter {
            profil: profil.navn().to_owned(),
            // All have it: the profile says no to two of them.
            hjelpenummer: true,
            filmatch: false,
        },
    }
}

impl Prove {
    pub async fn ny() -> Self {
        Self::med(None, Port::UtenTlsTilUtvikling).await
    }

    pub async fn med(slutt: Option<Timestamp>, port: Port) -> Self {
        let mappe = tempfile::tempdir().unwrap();
        let profiler: Vec<&str> = Profil::ALLE.iter().map(|profil| profil.navn()).collect();
        let brukere = Arc::new(Brukerregister::aapne(&mappe.path().join("preg"), &profiler).unwrap());
        let opprett = |nummer: &str, profil, bruker: &str| {
            let nummer = Organisasjonsnummer::parse(nummer).unwrap();
            brukere.bestill(nummer, bestilling(profil), naa(), "prøve").unwrap();
            let (navn, passord) = (Brukernavn::new(bruker).unwrap(), Passord::new(PASSORD.to_owned()));
            brukere.opprett_bruker(&navn, nummer, &passord, naa(), "prøve").unwrap();
        };
        for ((nummer, profil), bruker) in ORGANISASJONER.iter().zip(Profil::ALLE).zip([MED, UTEN, FH]) {
            opprett(nummer, profil, bruker);
        }
        opprett(ANNEN, Profil::Hjelpenummer, FH_ANNEN);
        let kopi = Arc::new(Kopi::aapne(&mappe.path().join("kopi")).unwrap());
        let nasjon = Nasjon::new(2026, 200).unwrap();
        let alle: Vec<Persondokument> = (0..nasjon.grupper()).flat_map(|nr| nasjon.gruppe(nr)).collect();
        ta_inn(&kopi, alle, true);
        let (logg, maalere) = (Arc::new(Logg::default()), Maalere::new());
        let klokke = Arc::new(AtomicI64::new(NAA_S));
        let til = klokke.clone();
        let klokken: tilgang::token::Klokke =
            Arc::new(move || Timestamp::from_second(til.load(Ordering::SeqCst)).unwrap());
        let giver = kopi.clone();
        let hjelpenumre = Hjelpenumre::aapne(&mappe.path().join("fh"), &Steder::default()).unwrap();
        let register = Personregister {
            kopi: Arc::new(move || Some(giver.clone())),
            maaling: Arc::new(Maaling::default()),
            etterslep_maks: SignedDuration::from_secs(ETTERSLEP_MAKS_S),
            hjelpenumre: Arc::new(hjelpenumre),
            hjelpeindeks: Arc::default(),
            kartverk: Arc::new(Kartverk::new(Tabell::syntetisk())),
            frigivelse: Frigivelse::new(Arc::new(Revisor(logg.clone()))),
            klokke: klokken.clone(),
        };
        let neste = AtomicU64::new(1);
        let register = Arc::new(register);
        let innlogging = Arc::new(Innlogging::new(brukere, Innloggingsinnstillinger::default()).unwrap());
        let xml = pregxml::Tjeneste::new(XmlRegister(register.clone()), innlogging.clone());
        let tjeneste = Arc::new(PregTjeneste {
            register,
            innlogging,
            samtaler: Arc::new(Samtaler::new(preg::samtale::Innstillinger::default())),
            klokke: klokken,
            ider: Arc::new(move || format!("svar-{}", neste.fetch_add(1, Ordering::SeqCst))),
            innstillinger: Innstillinger {
                modus: Modus::Test,
                slutt,
                adresse: None,
            },
            tellere: Tellere::new(&maalere).unwrap(),
            vakt: None,
        });
        let tjener = Tjener::bind(([127, 0, 0, 1], 0).into(), Grenser::default())
            .await
            .unwrap();
        let base = format!("http://{}", tjener.address());
        let (signal, stopp) = stopp::pair();
        let xmloppsett = pregxml::ruter::Oppsett {
            adresse: None,
            protokoll: "http",
            klokke: Arc::new(naa),
            vakt: None,
        };
        let ruter = pregxml::ruter::ruter(&Arc::new(xml), &xmloppsett, &maalere);
        tokio::spawn(tjener.serve(tjeneste.ruter(port, &maalere).merge(ruter), stopp));
        Prove {
            _mappe: mappe,
            base,
            kopi,
            logg,
            klokke,
            klient: Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(0)
                .build_http(),
            _stopp: signal,
        }
    }

    pub async fn send(&self, metode: Method, sti: &str, hoder: &[(&str, &str)], kropp: &[u8]) -> Svar {
        let mut foresporsel = Request::builder().method(metode).uri(format!("{}{sti}", self.base));
        for (navn, verdi) in hoder {
            foresporsel = foresporsel.header(*navn, *verdi);
        }
        let foresporsel = foresporsel.body(Body::from(kropp.to_vec())).unwrap();
        let svar = self.klient.request(foresporsel).await.unwrap();
        let (deler, kropp) = svar.into_parts();
        Svar {
            status: deler.status.as_u16(),
            hoder: deler.headers,
            kropp: kropp.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    /// Posts an envelope.
    pub async fn post(&self, konvolutt: &str) -> Svar {
        let type_ = [("content-type", "application/soap+xml; charset=utf-8")];
        self.send(Method::POST, STI, &type_, konvolutt.as_bytes()).await
    }

    /// Calls an operation as a user; what it is answered, of which status 200 is expected.
    #[track_caller]
    pub fn kall(&self, bruker: &str, operasjon: Operasjon, innhold: &str) -> impl Future<Output = Element> + use<'_> {
        let konvolutt = Konvolutt::ny(bruker, operasjon, innhold).xml();
        async move {
            let svar = self.post(&konvolutt).await;
            assert_eq!(svar.status, 200, "{}", svar.tekst());
            svar.innhold()
        }
    }

    /// Asks Personregister-XML, as plain XML; what it is answered, of which status 200 is expected.
    pub async fn xml(&self, bruker: &str, innhold: &str, operasjon: &str) -> Element {
        let svar = self.send_xml(bruker, innhold, operasjon).await;
        assert_eq!(svar.status, 200, "{}", svar.tekst());
        tre::les(&svar.kropp).unwrap()
    }

    pub async fn xml_status(&self, bruker: &str, innhold: &str, operasjon: &str) -> u16 {
        self.send_xml(bruker, innhold, operasjon).await.status
    }

    async fn send_xml(&self, bruker: &str, innhold: &str, operasjon: &str) -> Svar {
        let kropp = format!("<{operasjon} xmlns='{}'>{innhold}</{operasjon}>", pregxml::NAVNEROM);
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{bruker}:{PASSORD}")));
        let hoder = [("content-type", "application/xml"), ("authorization", basic.as_str())];
        self.send(Method::POST, STI_XML, &hoder, kropp.as_bytes()).await
    }

    /// Looks a number up; the person's element, of one that is there.
    pub async fn slaa_opp(&self, bruker: &str, nummer: &str) -> Option<Element> {
        let svar = self.kall(bruker, Operasjon::GetDemographics, &oppslag(nummer)).await;
        finn(&svar, "subject1").and_then(|e| e.barn.first().cloned())
    }

    pub fn ta_inn(&self, dokument: Value) {
        ta_inn(&self.kopi, vec![Persondokument::les(dokument).unwrap()], false);
    }

    /// Everybody's number in the copy, and number as a person.
    pub fn alle(&self) -> Vec<(Personnummer, String)> {
        let les = self.kopi.les().unwrap();
        let antall = self.kopi.register().antall_personer().unwrap();
        let alle = (1..=antall).map(Personnummer::fra_indeks);
        alle.map(|person| (person, format!("{:011}", les.register().nummer(person).unwrap())))
            .collect()
    }
}

fn ta_inn(kopi: &Kopi, dokumenter: Vec<Persondokument>, foerste_lasting: bool) {
    let bolk = Bolk {
        dokumenter: dokumenter.into_iter().map(|dokument| (None, dokument)).collect(),
        stilling: foerste_lasting.then_some(Stilling::Foelger { neste: 1 }),
        foerste_lasting,
        ..Bolk::default()
    };
    let tid = Tidspunkt::parse("2026-02-02T03:40:00+01:00").unwrap();
    assert_eq!(kopi.ta_inn(&bolk, tid).unwrap().avvist, 0);
}

/// The n-th number of nobody: month + 80, and control digits that fit.
pub fn nummer(n: usize) -> String {
    let kandidater = (0..100_000u32).map(|resten| format!("178484{resten:05}"));
    let mut gyldige = kandidater.filter(|k| Folkeregisteridentifikator::parse(k).is_ok());
    gyldige.nth(n).unwrap()
}

/// Somebody born on 17 April 1984 who lives in Solvegen 12 in Trondheim, whose address has a grade, and who is protected.
pub fn dokument(nummer: &str, (fornavn, etternavn): (&str, &str), gradering: &str, beskyttelse: Option<&str>) -> Value {
    let adresse = json!([{"erGjeldende": true, "adressegradering": gradering, "flyttedato": "2020-01-01",
        "vegadresse": {"kommunenummer": "5001", "adressenavn": "Solvegen", "adressenummer": {"husnummer": "12"},
        "poststed": {"poststedsnavn": "TRONDHEIM", "postnummer": "7010"}}}]);
    let mut ut = json!({
        "identifikasjonsnummer": [{"erGjeldende": true, "status": "iBruk", "foedselsEllerDNummer": nummer,
            "identifikatortype": "foedselsnummer"}],
        "navn": [{"erGjeldende": true, "fornavn": fornavn, "etternavn": etternavn}],
        "foedsel": [{"erGjeldende": true, "foedselsdato": "1984-04-17", "foedselsaar": "1984"}],
        "kjoenn": [{"erGjeldende": true, "kjoenn": "kvinne"}],
        "status": [{"erGjeldende": true, "status": "bosatt"}],
        "bostedsadresse": adresse,
    });
    if let Some(nivaa) = beskyttelse {
        ut["adressebeskyttelse"] = json!([{"erGjeldende": true, "graderingsnivaa": nivaa}]);
    }
    ut
}

/// An envelope and what is in it, each part to be changed by a test.
pub struct Konvolutt {
    pub operasjon: Operasjon,
    pub handling: String,
    pub bruker: String,
    pub passord: String,
    pub opprettet: String,
    pub interaksjon: String,
    pub modus: &'static str,
    pub melding: String,
    pub innhold: String,
}

impl Konvolutt {
    pub fn ny(bruker: &str, operasjon: Operasjon, innhold: &str) -> Self {
        static NESTE: AtomicU64 = AtomicU64::new(1);
        Konvolutt {
            operasjon,
            handling: operasjon.handling(),
            bruker: bruker.to_owned(),
            passord: PASSORD.to_owned(),
            opprettet: naa().to_string(),
            interaksjon: operasjon.foresporselstype().to_owned(),
            modus: "T",
            melding: format!("melding-{}", NESTE.fetch_add(1, Ordering::SeqCst)),
            innhold: innhold.to_owned(),
        }
    }

    pub fn xml(&self) -> String {
        let Konvolutt {
            handling,
            bruker,
            passord,
            opprettet,
            melding,
            ..
        } = self;
        let kropp = self.kropp();
        let utloeper = opprettet.parse::<Timestamp>().unwrap() + SignedDuration::from_mins(5);
        format!(
            "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' xmlns:a='http://www.w3.org/2005/08/addressing'>\
             <s:Header><a:Action s:mustUnderstand='1'>{handling}</a:Action><a:MessageID>urn:uuid:{melding}</a:MessageID>\
             <o:Security s:mustUnderstand='1' xmlns:o='{}' xmlns:u='{}'>\
             <u:Timestamp><u:Created>{opprettet}</u:Created><u:Expires>{utloeper}</u:Expires></u:Timestamp>\
             <o:UsernameToken><o:Username>{bruker}</o:Username><o:Password>{passord}</o:Password></o:UsernameToken>\
             </o:Security></s:Header><s:Body>{kropp}</s:Body></s:Envelope>",
            preg::konvolutt::NS_SIKKERHET,
            preg::konvolutt::NS_SIKKERHETSVERKTOEY,
        )
    }

    /// What stands in its body.
    pub fn kropp(&self) -> String {
        let Konvolutt {
            operasjon,
            interaksjon,
            modus,
            melding,
            innhold,
            ..
        } = self;
        let (navn, del) = (operasjon.navn(), operasjon.del());
        format!(
            "<{navn} xmlns='http://tempuri.org/'><{del} xmlns:h='urn:hl7-org:v3'>\
             <h:id root='1.2.3.4' extension='{melding}'/><h:versionCode code='NE2010NO'/>\
             <h:interactionId root='2.16.840.1.113883.1.6' extension='{interaksjon}'/>\
             <h:processingCode code='{modus}'/><h:processingModeCode code='T'/>\
             <h:controlActProcess>{innhold}</h:controlActProcess></{del}></{navn}>"
        )
    }
}

pub fn oppslag(nummer: &str) -> String {
    let rot = preg::hl7::Id::person(nummer).rot;
    parametre(&format!(
        "<h:identifiedPersonIdentifier><h:value root='{rot}' extension='{nummer}'/></h:identifiedPersonIdentifier>"
    ))
}

pub fn parametre(liste: &str) -> String {
    format!("<h:queryByParameter><h:parameterList>{liste}</h:parameterList></h:queryByParameter>")
}

/// A search by first name, last name, and more.
pub fn soek(fornavn: &str, etternavn: &str, mer: &str) -> String {
    parametre(&format!(
        "<h:personName><h:value><h:given>{fornavn}</h:given><h:family>{etternavn}</h:family></h:value></h:personName>{mer}"
    ))
}

pub fn foedt(dato: &str) -> String {
    format!("<h:personBirthTime><h:value value='{dato}'/></h:personBirthTime>")
}

pub fn adresse(deler: &str) -> String {
    format!("<h:identifiedPersonAddress><h:value use='H'>{deler}</h:value></h:identifiedPersonAddress>")
}

/// The role of a registration: numbers, and what is said of the person.
pub fn rolle(id: Option<&str>, person: &str, under: &[&str]) -> String {
    let en = |nummer: &str| {
        let rot = preg::hl7::Id::person(nummer).rot;
        format!("<h:id root='{rot}' extension='{nummer}'/>")
    };
    let under: String = under
        .iter()
        .map(|nr| {
            format!(
                "<h:identifiedBy><h:otherIdentifiedPerson>{}</h:otherIdentifiedPerson></h:identifiedBy>",
                en(nr)
            )
        })
        .collect();
    let id = id.map(en).unwrap_or_default();
    let person = match person {
        "" => String::new(),
        person => format!("<h:identifiedPerson>{person}</h:identifiedPerson>"),
    };
    format!(
        "<h:subject><h:registrationRequest><h:subject1><h:identifiedPerson>{id}{person}{under}</h:identifiedPerson>\
         </h:subject1></h:registrationRequest></h:subject>"
    )
}

/// The number of whoever an answer tells of.
pub fn id_i(svar: &Element) -> String {
    let rolle = finn(svar, "identifiedPerson").unwrap();
    attr(rolle.ett("id").unwrap(), "extension").to_owned()
}
