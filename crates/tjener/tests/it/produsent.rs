//! Producers on the whole program: certificates, the issuers of them, and what each may send.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Extension, State};
use axum::{Router, routing::get};
use base64::Engine as _;
use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use serde_json::{Value, json};
use tilgang::avtale::{Avtaleregister, Meldingskode, NyProdusent, Sperret};
use tilgang::virksomhet::{Profil, Virksomhetssertifikat};
use tjenesteflate::stopp;
use tjenesteflate::tjener::Grenser;
use tjenesteflate::tls::{Klientsertifikat, Klientutstedere, Sertifikatfiler, Sertifikatkilde, Tls};

use crate::http::Kall;
use crate::program::{PROGRAM, Tjener, hopp_over, kjoer_paa, ny_mappe};

/// The demo's producers: name, organisation, one kind of message that it may send, and one that it may not.
const DEMOENS: [(&str, &str, &str, Option<&str>); 6] = [
    ("sykehus", "314200004", "FOEDSEL_V1", Some("SEPARASJON_V1")),
    ("tingrett", "314200012", "SKILSMISSE_V1", Some("VIGSEL_V1")),
    ("nav", "314200020", "D_NUMMER_REKVISISJON_V5", Some("INNFLYTTING_V1")),
    ("udi", "314200039", "FNR_ENDRING_V1", Some("DOEDSFALL_V1")),
    (
        "posten",
        "314200047",
        "FLYTTEMELDING_FRA_POSTEN_V1",
        Some("DOEDSFALL_V1"),
    ),
    ("folkeregistermyndigheten", "314200055", "VIGSEL_V1", None),
];

pub fn kjoeretid() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// A client that trusts an issuer and shows a certificate, if it has one: certificate and key, PEM.
pub fn klient(ca: &str, som: Option<&str>) -> reqwest::Client {
    let ca = reqwest::Certificate::from_pem(ca.as_bytes()).unwrap();
    let bygger = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([ca])
        .timeout(Duration::from_secs(20));
    let bygger = match som {
        None => bygger,
        Some(pem) => bygger.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap()),
    };
    bygger.build().unwrap()
}

/// Status and body; an error when there was no answer, as when the handshake was refused.
async fn hent(klient: &reqwest::Client, url: &str) -> reqwest::Result<(u16, String)> {
    let svar = klient.get(url).send().await?;
    Ok((svar.status().as_u16(), svar.text().await?))
}

pub fn tls_base(mappe: &Path) -> String {
    let adresser: Value = serde_json::from_slice(&std::fs::read(mappe.join("adresser.json")).unwrap()).unwrap();
    adresser["tls"].as_str().unwrap().to_owned()
}

fn der(pem: &str) -> Vec<u8> {
    let kropp: String = pem.lines().filter(|l| !l.starts_with("-----")).collect();
    base64::engine::general_purpose::STANDARD.decode(kropp).unwrap()
}

/// An issuer that the test has made.
struct Ca {
    utsteder: Issuer<'static, KeyPair>,
    pem: String,
}

/// What a certificate is to say.
#[derive(Clone, Copy)]
struct Form<'a> {
    /// Attributes, by the last number of their identifier.
    emne: &'a [(u64, &'a str)],
    bruk: KeyUsagePurpose,
    utvidet: &'a ExtendedKeyUsagePurpose,
    aar: i32,
}

const SYKEHUS: Form<'static> = Form {
    emne: &[(97, "NTRNO-314200004")],
    bruk: KeyUsagePurpose::DigitalSignature,
    utvidet: &ExtendedKeyUsagePurpose::ClientAuth,
    aar: 2090,
};

impl Ca {
    fn ny() -> Self {
        let noekkel = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::default();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = ca.self_signed(&noekkel).unwrap().pem();
        let utsteder = Issuer::new(ca, noekkel);
        Ca { utsteder, pem }
    }

    /// A certificate and its key.
    fn gi(&self, form: Form<'_>) -> (String, String) {
        let mut s = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        for (nr, tekst) in form.emne {
            s.distinguished_name
                .push(DnType::CustomDnType(vec![2, 5, 4, *nr]), *tekst);
        }
        s.key_usages = vec![form.bruk];
        s.extended_key_usages = vec![form.utvidet.clone()];
        s.not_after = rcgen::date_time_ymd(form.aar, 12, 31);
        let noekkel = KeyPair::generate().unwrap();
        let pem = s.signed_by(&noekkel, &self.utsteder).unwrap().pem();
        (pem, noekkel.serialize_pem())
    }

    fn identitet(&self, form: Form<'_>) -> String {
        let (sertifikat, noekkel) = self.gi(form);
        sertifikat + &noekkel
    }

    /// Certificate and key of a server in two files.
    fn tjener(&self, mappe: &Path) -> Sertifikatfiler {
        use std::os::unix::fs::PermissionsExt as _;
        let filer = Sertifikatfiler {
            sertifikat: mappe.join("tjener.pem"),
            noekkel: mappe.join("tjener.noekkel"),
        };
        let (sertifikat, noekkel) = self.gi(Form {
            utvidet: &ExtendedKeyUsagePurpose::ServerAuth,
            ..SYKEHUS
        });
        std::fs::write(&filer.sertifikat, sertifikat).unwrap();
        std::fs::write(&filer.noekkel, noekkel).unwrap();
        std::fs::set_permissions(&filer.noekkel, std::fs::Permissions::from_mode(0o600)).unwrap();
        filer
    }
}

fn produsenter(tjener: &Tjener) -> Vec<Value> {
    serde_json::from_str(&tjener.kommando(&["produsent", "liste", "--json"]).lyktes()).unwrap()
}

#[test]
fn the_demos_producers_have_certificates_that_are_taken_and_the_rights_of_their_kind() {
    let tjener = Tjener::start(150);
    let (base, ca) = (tls_base(&tjener.mappe), tjener.kommando(&["tls", "ca"]).lyktes());
    let url = format!("{base}/folkeregisteret/openapi/presse.json");
    let kjoeretid = kjoeretid();
    let spoer = |som: Option<&str>| kjoeretid.block_on(hent(&klient(&ca, som), &url));
    let mappe = tjener.mappe.join("tls/produsenter");
    let identitet = |navn: &str| {
        let les = |ende: &str| std::fs::read_to_string(mappe.join(format!("{navn}.{ende}"))).unwrap();
        (les("pem"), les("noekkel"))
    };
    let alle = produsenter(&tjener);
    assert_eq!(alle.len(), DEMOENS.len());
    for (navn, nummer, kan, kan_ikke) in DEMOENS {
        let (pem, noekkel) = identitet(navn);
        assert_eq!(spoer(Some(&(pem.clone() + &noekkel))).unwrap().0, 200, "{navn}");
        let lest = Virksomhetssertifikat::les(&der(&pem)).unwrap();
        assert_eq!(
            (lest.organisasjon().as_str(), lest.profil()),
            (nummer, Profil::Seid2),
            "{navn}"
        );
        use std::os::unix::fs::MetadataExt as _;
        let modus = std::fs::metadata(mappe.join(format!("{navn}.noekkel"))).unwrap().mode();
        assert_eq!(modus & 0o777, 0o600, "{navn}");
        let rett = alle.iter().find(|p| p["organisasjon"] == nummer).unwrap();
        assert_eq!(
            (&rett["gjelder"], &rett["sperret"]),
            (&json!(true), &json!(false)),
            "{navn}"
        );
        let meldinger = rett["meldinger"].as_array().unwrap();
        assert!(meldinger.contains(&json!(kan)), "{navn}");
        assert!(kan_ikke.is_none_or(|m| !meldinger.contains(&json!(m))), "{navn}");
    }
    // A hospital cannot say that it is a court.
    assert_eq!(alle[0]["kilder"]["DOEDSFALL_V1"], json!(["helse"]));
    assert_eq!(spoer(None).unwrap().0, 200, "nobody is made to show a certificate");
    let fremmed = Ca::ny().identitet(SYKEHUS);
    assert!(spoer(Some(&fremmed)).is_err(), "of an issuer that is not the demo's");

    // Another one, from the command line.
    let ut = tjener
        .kommando(&["produsent", "sertifikat", "--navn", "legevakt", "--orgnr", "314200063"])
        .lyktes();
    assert_eq!(ut.lines().count(), 2);
    let (pem, noekkel) = identitet("legevakt");
    assert_eq!(spoer(Some(&(pem.clone() + &noekkel))).unwrap().0, 200);
    let lest = Virksomhetssertifikat::les(&der(&pem)).unwrap();
    assert_eq!(lest.organisasjon().as_str(), "314200063");
    assert_eq!(produsenter(&tjener).len(), DEMOENS.len(), "a certificate is no right");
    for (navn, nummer, ventet) in [
        ("legevakt", "314200063", "finnes allerede"),
        ("sykehus", "314200063", "finnes allerede"),
        ("../ca2", "314200063", "bokstavene a til z"),
        ("", "314200063", "bokstavene a til z"),
        ("Å", "314200063", "bokstavene a til z"),
        ("ny", "314200064", "--orgnr"),
    ] {
        let feil = tjener
            .kommando(&["produsent", "sertifikat", "--navn", navn, "--orgnr", nummer])
            .feilet();
        assert!(feil.contains(ventet) && !feil.contains("314200064"), "{navn}: {feil}");
    }
    assert!(!tjener.mappe.join("tls/ca2.pem").exists());
}

#[test]
fn tools_that_are_not_ours_show_the_certificates_and_read_them_as_we_do() {
    let mappe = &crate::delt::delt().mappe;
    let url = format!("{}/folkeregisteret/openapi/presse.json", tls_base(mappe));
    let fil = |navn: &str| mappe.join("tls").join(navn).into_os_string();
    let (ca, sertifikat, noekkel) = (
        fil("ca.pem"),
        fil("produsenter/nav.pem"),
        fil("produsenter/nav.noekkel"),
    );
    for versjon in ["1.2", "1.3"] {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--fail", "--tls-max", versjon, "--cacert"]).arg(&ca);
        curl.arg("--cert").arg(&sertifikat).arg("--key").arg(&noekkel).arg(&url);
        let Ok(svar) = curl.output() else {
            return hopp_over("curl er ikke installert");
        };
        assert!(svar.status.success(), "{}", String::from_utf8_lossy(&svar.stderr));
    }
    let mut openssl = Command::new("openssl");
    openssl
        .args(["verify", "-purpose", "sslclient", "-CAfile"])
        .arg(&ca)
        .arg(&sertifikat);
    let Ok(svar) = openssl.output() else {
        return hopp_over("openssl er ikke installert");
    };
    assert!(svar.status.success(), "{}", String::from_utf8_lossy(&svar.stderr));
    let mut openssl = Command::new("openssl");
    openssl
        .args(["x509", "-noout", "-subject", "-nameopt", "sep_multiline,sname", "-in"])
        .arg(&sertifikat);
    let emne = String::from_utf8_lossy(&openssl.output().unwrap().stdout).into_owned();
    assert!(emne.contains("organizationIdentifier=NTRNO-314200020"), "{emne}");
}

#[test]
fn certificates_are_made_where_there_is_a_demos_issuer_and_nowhere_else() {
    let mappe = ny_mappe();
    let feil = kjoer_paa(
        &mappe,
        &["produsent", "sertifikat", "--navn", "sykehus", "--orgnr", "314200004"],
    )
    .feilet();
    assert!(feil.contains("har ingen utsteder"), "{feil}");
    assert!(std::fs::read_dir(&mappe).unwrap().next().is_none());
    std::fs::remove_dir_all(mappe).unwrap();
}

#[test]
fn rights_are_given_listed_and_withdrawn_with_and_without_a_server() {
    let mut tjener = Tjener::start(150);
    tjener.behold_mappen();
    let mappe = tjener.mappe.clone();
    let kommando = |argumenter: &[&str]| kjoer_paa(&mappe, argumenter);
    let en = |ut: String| -> Value {
        let alle: Vec<Value> = serde_json::from_str(&ut).unwrap();
        assert_eq!(alle.len(), 1);
        alle[0].clone()
    };
    fn med<'a>(rest: &[&'a str]) -> Vec<&'a str> {
        [&["produsent", "gi", "--orgnr", "314200063", "--json"][..], rest].concat()
    }
    let gitt = en(kommando(&med(&["--melding", "doedsfall_v1", "--kilde", "doedsfall_v1=helse"])).lyktes());
    assert_eq!(
        (&gitt["meldinger"], &gitt["kilder"], &gitt["gjelder"]),
        (
            &json!(["DOEDSFALL_V1"]),
            &json!({"DOEDSFALL_V1": ["helse"]}),
            &json!(true)
        )
    );
    // More is added to what there is, by another name of a kind; the limit stays.
    let mer = en(kommando(&med(&[
        "--melding",
        "FOEDSEL_V1",
        "--melding",
        "doedsfall_v1",
        "--formaal",
        "mer",
    ]))
    .lyktes());
    assert_eq!(mer["rett"], gitt["rett"]);
    assert_eq!(mer["meldinger"], json!(["DOEDSFALL_V1", "FOEDSEL_V1"]));
    assert_eq!((&mer["kilder"], &mer["formaal"]), (&gitt["kilder"], &json!("mer")));
    for (argumenter, ventet) in [
        (&med(&["--melding", "doedsfal_v1"])[..], "mente du doedsfall_v1?"),
        (&med(&["--melding", "qqq"]), "velg blant: doedsfall_v1"),
        (&med(&[]), "--melding"),
        (
            &med(&["--melding", "farskap_v1", "--kilde", "vigsel_v1=x"]),
            "VIGSEL_V1",
        ),
        (&med(&["--melding", "farskap_v1", "--kilde", "farskap_v1= "]), "kilder"),
        (
            &["produsent", "gi", "--orgnr", "314200064", "--melding", "farskap_v1"],
            "--orgnr",
        ),
        (&["produsent", "trekk", "--orgnr", "314200063"], "--grunn"),
        (
            &[
                "produsent",
                "trekk",
                "--orgnr",
                "314200063",
                "--grunn",
                "x",
                "--melding",
                "vigsel_v1",
            ],
            "VIGSEL_V1",
        ),
        (
            &["produsent", "trekk", "--orgnr", "314200071", "--grunn", "x"],
            "ingen produsentrett",
        ),
    ] {
        let feil = kommando(argumenter).feilet();
        assert!(
            feil.contains(ventet) && !feil.contains("314200064"),
            "{argumenter:?}: {feil}"
        );
    }
    let foer = kommando(&["produsent", "liste", "--historikk"]).lyktes();
    assert!(
        foer.contains("314200063  gjelder  ") && foer.contains("DOEDSFALL_V1  kilde helse"),
        "{foer}"
    );
    // The demo's own that is withdrawn does not come back with the next start.
    let trukket = [
        "produsent",
        "trekk",
        "--orgnr",
        "314200004",
        "--grunn",
        "ferdig",
        "--json",
    ];
    assert!(en(kommando(&trukket).lyktes())["trukket"].is_string());
    // A block of the organisation is seen, and known as a producer's.
    let ut = kommando(&["sperr", "--konsument", "314200063", "--grunn", "mistanke"]).lyktes();
    assert!(!ut.contains("MERK"), "{ut}");
    let foer = kommando(&["produsent", "liste", "--historikk"]).lyktes();
    assert!(foer.contains("314200063  sperret  "), "{foer}");
    tjener.avbryt();
    drop(tjener);

    assert_eq!(kommando(&["produsent", "liste", "--historikk"]).lyktes(), foer);
    let en_bort = [
        "produsent",
        "trekk",
        "--orgnr",
        "314200063",
        "--grunn",
        "føder ikke mer",
        "--json",
    ];
    let igjen = en(kommando(&[&en_bort[..], &["--melding", "foedsel_v1"]].concat()).lyktes());
    assert_eq!(
        (&igjen["meldinger"], &igjen["trukket"]),
        (&json!(["DOEDSFALL_V1"]), &Value::Null)
    );
    // A new issuer gives all of them new certificates.
    std::fs::remove_file(mappe.join("tls/ca.pem")).unwrap();
    let tjener = Tjener::i_mappe(&mappe, &[], &[]);
    let les = |navn: &str| std::fs::read_to_string(mappe.join("tls").join(navn)).unwrap();
    let posten = les("produsenter/posten.pem") + &les("produsenter/posten.noekkel");
    let url = format!("{}/folkeregisteret/openapi/presse.json", tls_base(&mappe));
    let svar = kjoeretid().block_on(hent(&klient(&les("ca.pem"), Some(&posten)), &url));
    assert_eq!(svar.unwrap().0, 200);
    let alle: Vec<Value> = serde_json::from_str(
        &tjener
            .kommando(&["produsent", "liste", "--historikk", "--json"])
            .lyktes(),
    )
    .unwrap();
    let finn = |nummer: &str| alle.iter().filter(|p| p["organisasjon"] == nummer).collect::<Vec<_>>();
    let [sykehus] = finn("314200004")[..] else {
        panic!("given back")
    };
    assert_eq!(sykehus["gjelder"], json!(false));
    let [min] = finn("314200063")[..] else { panic!() };
    let steg: Vec<_> = min["historikk"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (&s["hva"], &s["grunn"]))
        .collect();
    assert_eq!(
        steg,
        [
            (&json!("gitt"), &Value::Null),
            (&json!("endret"), &Value::Null),
            (&json!("endret"), &json!("føder ikke mer"))
        ]
    );
    assert!(!tjener.logglinjer().contains("314200063"));
}

/// A server in this process whose one handler asks who calls, as the interfaces for producers do.
struct Mottak {
    base: String,
    ca: Ca,
    avtaler: Arc<Avtaleregister>,
    _mappe: tempfile::TempDir,
    _signal: stopp::Signal,
}

fn naa() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

async fn hvem(State(avtaler): State<Arc<Avtaleregister>>, sertifikat: Option<Extension<Klientsertifikat>>) -> String {
    let Some(Extension(sertifikat)) = sertifikat else {
        return "ingen".to_owned();
    };
    match Virksomhetssertifikat::les(sertifikat.eget().unwrap()) {
        Err(feil) => format!("{feil:?}: {feil}"),
        Ok(lest) => match avtaler.slipp_inn_produsent(&lest, naa()) {
            Ok(produsent) => format!("{} {}", produsent.organisasjon, produsent.kan_sende("DOEDSFALL_V1")),
            Err(avslag) => format!("{avslag:?}"),
        },
    }
}

impl Mottak {
    async fn start() -> Self {
        let (mappe, ca) = (tempfile::tempdir().unwrap(), Ca::ny());
        let avtaler = Arc::new(Avtaleregister::aapne(&mappe.path().join("tilgang")).unwrap());
        let utstedere = mappe.path().join("utstedere.pem");
        std::fs::write(&utstedere, &ca.pem).unwrap();
        let kilde = Sertifikatkilde::les(ca.tjener(mappe.path())).unwrap();
        let tls = Tls::new(kilde, Some(Klientutstedere::les(utstedere).unwrap())).unwrap();
        let ruter = Router::new().route("/", get(hvem)).with_state(avtaler.clone());
        let (signal, stopp) = stopp::pair();
        let tjener = tjenesteflate::tjener::Tjener::bind(([127, 0, 0, 1], 0).into(), Grenser::default());
        let tjener = tjener.await.unwrap();
        let base = format!("https://127.0.0.1:{}/", tjener.address().port());
        tokio::spawn(tjener.with_innpakning(tls).serve(ruter, stopp));
        Mottak {
            base,
            ca,
            avtaler,
            _mappe: mappe,
            _signal: signal,
        }
    }

    fn som(&self, form: Form<'_>) -> reqwest::Client {
        klient(&self.ca.pem, Some(&self.ca.identitet(form)))
    }

    async fn svar(&self, klient: &reqwest::Client) -> reqwest::Result<String> {
        Ok(hent(klient, &self.base).await?.1)
    }

    fn gi(&self) {
        let ny = NyProdusent {
            organisasjon: Organisasjonsnummer::parse("314200004").unwrap(),
            meldinger: [Meldingskode::parse("DOEDSFALL_V1").unwrap()].into(),
            kilder: Default::default(),
            formaal: "prøve".to_owned(),
            fra: naa(),
            til: None,
        };
        self.avtaler.gi_produsent(&ny, "prøve", naa()).unwrap();
    }
}

#[tokio::test]
async fn a_handler_knows_the_producer_by_its_certificate_and_each_wrong_one_by_its_rule() {
    let mottak = Mottak::start().await;
    mottak.gi();
    let emne = |emne| Form { emne, ..SYKEHUS };
    for (form, ventet) in [
        (SYKEHUS, "314200004 true"),
        (emne(&[(5, "314200004")]), "314200004 true"),
        (emne(&[(97, "NTRNO-314200012")]), "IngenRett"),
        (
            Form {
                bruk: KeyUsagePurpose::ContentCommitment,
                ..SYKEHUS
            },
            "FeilSlag: ",
        ),
        (
            Form {
                bruk: KeyUsagePurpose::KeyEncipherment,
                ..SYKEHUS
            },
            "Noekkelbruk: ",
        ),
        (emne(&[]), "IngenOrganisasjon: "),
        (emne(&[(5, "UN:NO-9578-4050-abc")]), "Personsertifikat: "),
        (emne(&[(97, "NTRNO-314200004"), (5, "314200012")]), "Ulike: "),
        (emne(&[(97, "NTRNO-314200005")]), "Kontrollsiffer("),
    ] {
        let svar = mottak.svar(&mottak.som(form)).await.unwrap();
        assert!(svar.starts_with(ventet), "{ventet} {svar}");
        assert!(!svar.contains(':') || !svar.contains("3142"), "{svar}");
    }
    let uten = klient(&mottak.ca.pem, None);
    assert_eq!(mottak.svar(&uten).await.unwrap(), "ingen");
    // What TLS refuses comes to no handler: expired, another's, for something else.
    let utloept = Form { aar: 2020, ..SYKEHUS };
    let tjeners = Form {
        utvidet: &ExtendedKeyUsagePurpose::ServerAuth,
        ..SYKEHUS
    };
    for form in [utloept, tjeners] {
        assert!(mottak.svar(&mottak.som(form)).await.is_err());
    }
    let fremmed = klient(&mottak.ca.pem, Some(&Ca::ny().identitet(SYKEHUS)));
    assert!(mottak.svar(&fremmed).await.is_err());
}

#[tokio::test]
async fn a_block_holds_from_the_next_call_on_over_a_connection_that_is_open() {
    let mottak = Mottak::start().await;
    let klient = mottak.som(SYKEHUS);
    assert_eq!(mottak.svar(&klient).await.unwrap(), "IngenRett");
    mottak.gi();
    assert_eq!(mottak.svar(&klient).await.unwrap(), "314200004 true");
    let hvem = Sperret::Organisasjon(Organisasjonsnummer::parse("314200004").unwrap());
    mottak.avtaler.sperr(&hvem, "mistanke", "prøve", naa()).unwrap();
    assert_eq!(mottak.svar(&klient).await.unwrap(), "Sperret");
    mottak.avtaler.opphev_sperre(&hvem, "avklart", "prøve", naa()).unwrap();
    assert_eq!(mottak.svar(&klient).await.unwrap(), "314200004 true");
}

/// Puts a file in place whole.
fn bytt(fil: &Path, tekst: &str) {
    let ny = fil.with_extension("ny");
    std::fs::write(&ny, tekst).unwrap();
    std::fs::rename(ny, fil).unwrap();
}

/// `serve` with TLS, and those who issue client certificates in a file.
fn serve(mappe: &Path, filer: &Sertifikatfiler, utstedere: &Path) -> Command {
    let fil = mappe.join("innstillinger.toml");
    let tekst = format!(
        "data = \"{}\"\n[tjener]\nadresse = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n[revisjon]\nreserve_mib = 1\n\
         [tls]\nadresse = \"127.0.0.1:0\"\nsertifikat = \"{}\"\nnoekkel = \"{}\"\nklientutstedere = \"{}\"\n",
        mappe.join("data").display(),
        filer.sertifikat.display(),
        filer.noekkel.display(),
        utstedere.display()
    );
    std::fs::write(&fil, tekst).unwrap();
    std::fs::create_dir(mappe.join("data")).unwrap();
    let mut kommando = Command::new(PROGRAM);
    kommando.args(["serve", "--config"]).arg(fil);
    kommando
}

#[test]
fn serve_takes_new_issuers_of_client_certificates_without_a_stop() {
    let (mappe, gammel, ny) = (ny_mappe(), Ca::ny(), Ca::ny());
    let (filer, utstedere) = (gammel.tjener(&mappe), mappe.join("utstedere.pem"));
    bytt(&utstedere, &gammel.pem);
    let kommando = serve(&mappe, &filer, &utstedere);
    let tjener = Tjener::med(kommando, &mappe.join("data"), &[]);
    let url = format!("{}/folkeregisteret/openapi/presse.json", tls_base(&tjener.mappe));
    let kjoeretid = kjoeretid();
    let spoer = |klient: &reqwest::Client| kjoeretid.block_on(hent(klient, &url));
    let (min, hans) = (gammel.identitet(SYKEHUS), ny.identitet(SYKEHUS));
    let aapen = klient(&gammel.pem, Some(&min));
    assert_eq!(spoer(&aapen).unwrap().0, 200);
    assert!(spoer(&klient(&gammel.pem, Some(&hans))).is_err());
    let maaling = |navn: &str| {
        let tekst = Kall::admin(&tjener, "/metrics").send_utenom().ok().tekst();
        let linje = tekst.lines().find_map(|l| {
            l.strip_prefix(&format!("persontjenesten_tls_client_issuers_{navn} "))
                .map(str::to_owned)
        });
        linje.unwrap()
    };
    let vent = |navn: &str, ventet: &str| {
        tjener.signal("HUP");
        let frist = Instant::now() + Duration::from_secs(30);
        while maaling(navn) != ventet {
            assert!(Instant::now() < frist, "{navn} did not become {ventet}");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    bytt(&utstedere, "tull");
    vent("refused", "1");
    assert_eq!(
        spoer(&klient(&gammel.pem, Some(&min))).unwrap().0,
        200,
        "the former is in use"
    );
    bytt(&utstedere, &ny.pem);
    vent("changes", "1");
    assert_eq!(maaling("refused"), "0");
    assert_eq!(spoer(&klient(&gammel.pem, Some(&hans))).unwrap().0, 200);
    assert!(spoer(&klient(&gammel.pem, Some(&min))).is_err());
    assert_eq!(spoer(&aapen).unwrap().0, 200, "the connection that was open goes on");
    let logg = tjener.logglinjer();
    assert_eq!(
        logg.matches("the new issuers of client certificates are not used")
            .count(),
        1,
        "{logg}"
    );
    drop(tjener);
    std::fs::remove_dir_all(mappe).unwrap();
}

#[test]
fn a_file_of_issuers_with_one_that_is_none_stops_the_start() {
    let (mappe, ca) = (ny_mappe(), Ca::ny());
    let filer = ca.tjener(&mappe);
    let svar = serve(&mappe, &filer, &filer.sertifikat).output().unwrap();
    let feil = String::from_utf8_lossy(&svar.stderr).into_owned();
    assert!(!svar.status.success() && feil.contains("ikke en utsteders"), "{feil}");
    std::fs::remove_dir_all(mappe).unwrap();
}
