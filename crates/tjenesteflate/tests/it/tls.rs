//! TLS over real sockets: what is spoken, what is refused, and a certificate that is changed under way.

use std::{
    io,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, extract::Extension, routing::get};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    time_provider::{DefaultTimeProvider, TimeProvider},
    version::{TLS12, TLS13},
};
use tjenesteflate::{
    maalinger::Maalere,
    stopp,
    tjener::{Grenser, Tjener},
    tls::{Error, Klientsertifikat, Klientutstedere, Sertifikatfiler, Sertifikatkilde, Tls},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::hjelp::{KORT, read_to_close, within, write};

/// 2026-01-01, and in the certificates' lives.
pub(super) const NAA: i64 = 1_767_225_600;

pub(super) struct Utsteder {
    pub(super) utsteder: Issuer<'static, KeyPair>,
    pub(super) pem: String,
}

impl Utsteder {
    pub(super) fn ny() -> Self {
        let noekkel = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::default();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = ca.self_signed(&noekkel).unwrap().pem();
        Self {
            utsteder: Issuer::new(ca, noekkel),
            pem,
        }
    }

    /// Certificate and key, valid to the end of a year.
    pub(super) fn gi(&self, navn: &str, aar: i32) -> Par {
        let noekkel = KeyPair::generate().unwrap();
        let mut sertifikat = CertificateParams::new(vec![navn.to_owned()]).unwrap();
        sertifikat.not_after = date_time_ymd(aar, 12, 31);
        let pem = sertifikat.signed_by(&noekkel, &self.utsteder).unwrap().pem();
        (pem, noekkel.serialize_pem())
    }
}

pub(super) fn skriv(fil: &Path, tekst: &str, modus: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(fil, tekst).unwrap();
    std::fs::set_permissions(fil, std::fs::Permissions::from_mode(modus)).unwrap();
}

pub(super) struct Oppe {
    mappe: tempfile::TempDir,
    pub(super) utsteder: Utsteder,
    kilde: Arc<Sertifikatkilde>,
    pub(super) utstedere: Arc<Klientutstedere>,
    adresse: std::net::SocketAddr,
    maalere: Maalere,
    _signal: stopp::Signal,
}

fn filer(mappe: &Path) -> Sertifikatfiler {
    Sertifikatfiler {
        sertifikat: mappe.join("tjener.pem"),
        noekkel: mappe.join("tjener.noekkel"),
    }
}

pub(super) async fn start(grenser: Grenser) -> Oppe {
    start_med(grenser, Arc::new(DefaultTimeProvider)).await
}

/// With a clock of its own for client certificates.
pub(super) async fn start_med(grenser: Grenser, tid: Arc<dyn TimeProvider>) -> Oppe {
    let (mappe, utsteder, maalere) = (tempfile::tempdir().unwrap(), Utsteder::ny(), Maalere::new());
    let filer = filer(mappe.path());
    let (sertifikat, noekkel) = utsteder.gi("localhost", 2030);
    skriv(&filer.sertifikat, &sertifikat, 0o644);
    skriv(&filer.noekkel, &noekkel, 0o600);
    let ca = mappe.path().join("ca.pem");
    skriv(&ca, &utsteder.pem, 0o644);
    let kilde = Sertifikatkilde::les(filer).unwrap();
    kilde.register(&maalere).unwrap();
    let utstedere = Klientutstedere::les(ca).unwrap();
    utstedere.register(&maalere).unwrap();
    let tls = Tls::with_tid(Arc::clone(&kilde), Some(Arc::clone(&utstedere)), tid).unwrap();
    let ruter = Router::new().route("/", get(|| async { "ja" })).route(
        "/hvem",
        get(|klient: Option<Extension<Klientsertifikat>>| async move {
            klient.map_or_else(|| "ingen".to_owned(), |k| format!("{} {:?}", k.0.0.len(), k.0))
        }),
    );
    let (signal, stopp) = stopp::pair();
    let tjener = Tjener::bind(([127, 0, 0, 1], 0).into(), grenser).await.unwrap();
    let adresse = tjener.address();
    tokio::spawn(tjener.with_innpakning(tls).serve(ruter, stopp));
    Oppe {
        mappe,
        utsteder,
        kilde,
        utstedere,
        adresse,
        maalere,
        _signal: signal,
    }
}

/// Certificate and key.
pub(super) type Par = (String, String);

impl Oppe {
    async fn koble(
        &self,
        versjoner: &[&'static SupportedProtocolVersion],
        alpn: &[&[u8]],
        som: Option<&Par>,
    ) -> io::Result<TlsStream<TcpStream>> {
        self.koble_med(self.klient(versjoner, alpn, som)).await
    }

    /// A client that remembers its sessions.
    pub(super) fn klient(
        &self,
        versjoner: &[&'static SupportedProtocolVersion],
        alpn: &[&[u8]],
        som: Option<&Par>,
    ) -> Arc<ClientConfig> {
        let mut roetter = RootCertStore::empty();
        roetter
            .add(CertificateDer::from_pem_slice(self.utsteder.pem.as_bytes()).unwrap())
            .unwrap();
        let leverandoer = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let bygger = ClientConfig::builder_with_provider(leverandoer)
            .with_protocol_versions(versjoner)
            .unwrap();
        let bygger = bygger.with_root_certificates(roetter);
        let mut oppsett = match som {
            None => bygger.with_no_client_auth(),
            Some((sertifikat, noekkel)) => {
                let kjede = CertificateDer::pem_slice_iter(sertifikat.as_bytes());
                let kjede = kjede.collect::<Result<Vec<_>, _>>().unwrap();
                let noekkel = PrivateKeyDer::from_pem_slice(noekkel.as_bytes()).unwrap();
                bygger.with_client_auth_cert(kjede, noekkel).unwrap()
            }
        };
        oppsett.alpn_protocols = alpn.iter().map(|a| a.to_vec()).collect();
        Arc::new(oppsett)
    }

    pub(super) async fn koble_med(&self, klient: Arc<ClientConfig>) -> io::Result<TlsStream<TcpStream>> {
        let tcp = TcpStream::connect(self.adresse).await?;
        let navn = ServerName::try_from("localhost").unwrap();
        within(TlsConnector::from(klient).connect(navn, tcp)).await
    }

    pub(super) async fn get(&self, sti: &str, som: Option<&Par>) -> io::Result<String> {
        spoer(self.koble(&[&TLS13, &TLS12], &[b"http/1.1"], som).await?, sti).await
    }

    /// The file of those who issue client certificates.
    pub(super) fn utstederfil(&self) -> std::path::PathBuf {
        self.mappe.path().join("ca.pem")
    }

    /// The certificate that the next client is shown.
    async fn vist(&self) -> CertificateDer<'static> {
        let tls = self.koble(&[&TLS13], &[], None).await.unwrap();
        tls.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
    }

    fn bytt(&self, (sertifikat, noekkel): &Par) {
        let filer = filer(self.mappe.path());
        skriv(&filer.sertifikat, sertifikat, 0o644);
        skriv(&filer.noekkel, noekkel, 0o600);
    }

    pub(super) fn maaling(&self, navn: &str) -> String {
        let tekst = self.maalere.encode().unwrap();
        let linje = tekst
            .lines()
            .find(|l| l.starts_with(&format!("persontjenesten_{navn} ")));
        linje.unwrap().rsplit(' ').next().unwrap().to_owned()
    }
}

/// Asks for a path on an open connection, as the last thing there, and gives the body.
pub(super) async fn spoer(mut tls: TlsStream<TcpStream>, sti: &str) -> io::Result<String> {
    tls.write_all(format!("GET {sti} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes())
        .await?;
    let mut svar = String::new();
    within(tls.read_to_string(&mut svar)).await?;
    Ok(svar.rsplit("\r\n").next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn tls_12_and_13_are_spoken_with_http_1_and_2() {
    let oppe = start(Grenser::default()).await;
    for versjon in [&TLS12, &TLS13] {
        for (tilbud, valgt) in [
            (&[&b"h2"[..], b"http/1.1"][..], Some(&b"h2"[..])),
            (&[b"http/1.1"], Some(b"http/1.1")),
            (&[], None),
        ] {
            let tls = oppe.koble(&[versjon], tilbud, None).await.unwrap();
            let forbindelse = tls.get_ref().1;
            assert_eq!(forbindelse.protocol_version(), Some(versjon.version));
            assert_eq!(forbindelse.alpn_protocol(), valgt);
        }
        assert!(oppe.koble(&[versjon], &[b"spdy/3"], None).await.is_err());
    }
    assert_eq!(oppe.get("/", None).await.unwrap(), "ja");
}

#[tokio::test]
async fn http_2_runs_over_tls() {
    let oppe = start(Grenser::default()).await;
    let mut tls = oppe.koble(&[&TLS13], &[b"h2"], None).await.unwrap();
    // GET / as a whole header block.
    let hode = [&b"\0\0\x06\x01\x05\0\0\0\x01\x82\x87\x84\x41\x01x"[..]].concat();
    tls.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await
        .unwrap();
    tls.write_all(&hode).await.unwrap();
    let mut svar = Vec::new();
    within(async {
        while !svar.windows(2).any(|v| v == b"ja") {
            let mut stykke = [0; 1024];
            let antall = tls.read(&mut stykke).await.unwrap();
            assert_ne!(antall, 0);
            svar.extend_from_slice(&stykke[..antall]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_handshake_that_never_comes_is_cut_and_holds_nobody_up() {
    let oppe = start(Grenser {
        haandtrykk_maks: KORT,
        ..Grenser::default()
    })
    .await;
    // Silence, the first half of a hello, and a hello a byte at a time.
    for begynnelse in [&b""[..], b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"] {
        let foer = Instant::now();
        let mut tcp = TcpStream::connect(oppe.adresse).await.unwrap();
        write(&mut tcp, begynnelse).await;
        assert_eq!(oppe.get("/", None).await.unwrap(), "ja");
        assert_eq!(read_to_close(&mut tcp).await, "");
        assert!(foer.elapsed() < KORT * 20, "{:?}", foer.elapsed());
    }
    let (mut les, mut skriv) = TcpStream::connect(oppe.adresse).await.unwrap().into_split();
    let drypp = tokio::spawn(async move {
        for byte in b"\x16\x03\x01\x02\0".iter().chain(&[1; 400]) {
            if skriv.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    within(async { while let Ok(1..) = les.read(&mut [0; 64]).await {} }).await;
    within(drypp).await.unwrap();
}

#[tokio::test]
async fn without_tls_nothing_is_answered_and_nobody_is_sent_on() {
    let oppe = start(Grenser::default()).await;
    let mut tcp = TcpStream::connect(oppe.adresse).await.unwrap();
    write(&mut tcp, b"GET /personer/1 HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let svar = read_to_close(&mut tcp).await;
    assert!(
        !svar.contains("HTTP/") && !svar.to_ascii_lowercase().contains("location"),
        "{svar:?}"
    );
}

#[tokio::test]
async fn a_new_certificate_is_shown_to_the_next_client_and_open_connections_go_on() {
    let oppe = start(Grenser::default()).await;
    let mut gammel = oppe.koble(&[&TLS13], &[b"http/1.1"], None).await.unwrap();
    let foer = oppe.vist().await;
    assert!(!oppe.kilde.se_etter(NAA).unwrap(), "nothing new");
    let ny = oppe.utsteder.gi("localhost", 2031);
    oppe.bytt(&ny);
    assert!(oppe.kilde.se_etter(NAA).unwrap());
    let etter = oppe.vist().await;
    assert_ne!(foer, etter);
    assert_eq!(etter, CertificateDer::from_pem_slice(ny.0.as_bytes()).unwrap());
    assert_eq!(oppe.maaling("tls_certificate_expiry_timestamp_seconds"), "1956441600");
    assert_eq!(oppe.maaling("tls_certificate_changes"), "1");
    gammel
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut svar = String::new();
    within(gammel.read_to_string(&mut svar)).await.unwrap();
    assert!(svar.ends_with("ja"), "{svar}");
}

#[tokio::test]
async fn a_bad_new_certificate_leaves_the_former_one_in_use() {
    let oppe = start(Grenser::default()).await;
    let foer = oppe.vist().await;
    let god = oppe.utsteder.gi("localhost", 2030);
    let annen = oppe.utsteder.gi("localhost", 2030);
    let filer = filer(oppe.mappe.path());
    for (hva, par) in [
        ("another's key", (god.0.clone(), annen.1.clone())),
        ("no certificate", (String::new(), god.1.clone())),
        ("not PEM", ("tull".to_owned(), god.1.clone())),
        ("half a certificate", (god.0.chars().take(200).collect(), god.1.clone())),
        ("no key", (god.0.clone(), "tull".to_owned())),
        ("expired", oppe.utsteder.gi("localhost", 2025)),
    ] {
        oppe.bytt(&par);
        assert!(oppe.kilde.se_etter(NAA).is_err(), "{hva}");
        assert_eq!(oppe.maaling("tls_certificate_refused"), "1", "{hva}");
        assert_eq!(oppe.vist().await, foer, "{hva}");
    }
    oppe.bytt(&god);
    skriv(&filer.noekkel, &god.1, 0o640);
    assert!(matches!(oppe.kilde.se_etter(NAA), Err(Error::Rettigheter { .. })));
    std::fs::remove_file(&filer.noekkel).unwrap();
    assert!(matches!(oppe.kilde.se_etter(NAA), Err(Error::Fil { .. })));
    assert_eq!(oppe.vist().await, foer);
    oppe.bytt(&god);
    assert!(oppe.kilde.se_etter(NAA).unwrap());
    assert_eq!(oppe.maaling("tls_certificate_refused"), "0");
    assert_ne!(oppe.vist().await, foer);
}

#[tokio::test(start_paused = true)]
async fn the_files_are_followed_without_anyone_saying_so() {
    let (mappe, utsteder) = (tempfile::tempdir().unwrap(), Utsteder::ny());
    let filer = filer(mappe.path());
    let legg = |aar| {
        let (sertifikat, noekkel) = utsteder.gi("localhost", aar);
        skriv(&filer.sertifikat, &sertifikat, 0o644);
        skriv(&filer.noekkel, &noekkel, 0o600);
    };
    legg(2030);
    let kilde = Sertifikatkilde::les(filer.clone()).unwrap();
    let (signal, stopp) = stopp::pair();
    let foelger = tokio::spawn(Arc::clone(&kilde).foelg(|| NAA, stopp));
    for aar in [2031, 2032] {
        legg(aar);
        let foer = kilde.utloeper();
        tokio::time::sleep(tjenesteflate::tls::SE_ETTER * 2).await;
        assert!(kilde.utloeper() > foer);
    }
    signal.stopp();
    within(foelger).await.unwrap();
}

#[tokio::test]
async fn a_key_that_others_can_read_is_refused_from_the_start() {
    let (mappe, utsteder) = (tempfile::tempdir().unwrap(), Utsteder::ny());
    let filer = filer(mappe.path());
    let (sertifikat, noekkel) = utsteder.gi("localhost", 2030);
    skriv(&filer.sertifikat, &sertifikat, 0o644);
    for modus in [0o604, 0o640, 0o660, 0o644, 0o777] {
        skriv(&filer.noekkel, &noekkel, modus);
        assert!(
            matches!(Sertifikatkilde::les(filer.clone()), Err(Error::Rettigheter { .. })),
            "{modus:o}"
        );
    }
    skriv(&filer.noekkel, &noekkel, 0o400);
    Sertifikatkilde::les(filer).unwrap();
}

#[tokio::test]
async fn a_client_certificate_is_handed_on_never_demanded_and_refused_from_a_stranger() {
    let oppe = start(Grenser::default()).await;
    assert_eq!(oppe.get("/hvem", None).await.unwrap(), "ingen");
    let kjent = oppe.utsteder.gi("klient.example", 2030);
    assert_eq!(
        oppe.get("/hvem", Some(&kjent)).await.unwrap(),
        "1 Klientsertifikat(***)"
    );
    let fremmed = Utsteder::ny().gi("klient.example", 2030);
    assert!(oppe.get("/hvem", Some(&fremmed)).await.is_err());
    let utloept = oppe.utsteder.gi("klient.example", 2020);
    assert!(oppe.get("/hvem", Some(&utloept)).await.is_err());
}
