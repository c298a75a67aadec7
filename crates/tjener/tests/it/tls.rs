//! TLS on the whole program, by clients that are not ours, and certificates changed under load.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::Value;
use tilgang::Pakke;

use crate::delt::delt;
use crate::http::Kall;
use crate::program::{PROGRAM, Tjener, hopp_over, ny_mappe};

const MH: Pakke = Pakke::OffentligMedHjemmel;

fn tls_base(mappe: &Path) -> String {
    let adresser: Value = serde_json::from_slice(&std::fs::read(mappe.join("adresser.json")).unwrap()).unwrap();
    adresser["tls"].as_str().unwrap().to_owned()
}

fn kjoeretid() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn bygger(ca: &str) -> reqwest::ClientBuilder {
    let ca = reqwest::Certificate::from_pem(ca.as_bytes()).unwrap();
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([ca])
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(20))
}

#[test]
fn the_demo_answers_over_tls_to_whoever_trusts_its_issuer() {
    let tjener = Tjener::i_mappe(
        &ny_mappe(),
        &["--personer", "150", "--vertsnavn", "freg.eksempel.test"],
        &[],
    );
    let base = tls_base(&tjener.mappe);
    let port = base.rsplit(':').next().unwrap().to_owned();
    let ca = tjener.kommando(&["tls", "ca"]).lyktes();
    let token = tjener.kommando(&["token", "--pakke", MH.kortnavn()]).lyktes();
    let sti = format!("{}/v1/hendelser/siste/sekvensnummer", MH.sti());
    let kjoeretid = kjoeretid();
    let adresse = format!("127.0.0.1:{port}").parse().unwrap();
    for vert in ["127.0.0.1", "localhost", "freg.eksempel.test", "annet.eksempel.test"] {
        let klient = bygger(&ca)
            .resolve("freg.eksempel.test", adresse)
            .resolve("annet.eksempel.test", adresse);
        let klient = klient.resolve("localhost", adresse).build().unwrap();
        let kall = || {
            klient
                .get(format!("https://{vert}:{port}/{sti}"))
                .bearer_auth(token.trim())
                .send()
        };
        let svar = kjoeretid.block_on(async { kall().await });
        if vert.starts_with("annet") {
            assert!(svar.is_err(), "a name that is not in the certificate");
        } else {
            let svar = svar.unwrap();
            assert_eq!(
                (svar.status().as_u16(), svar.version()),
                (200, reqwest::Version::HTTP_2),
                "{vert}"
            );
        }
    }
    // Without the issuer nobody is trusted; and without TLS nobody is sent on.
    let uten = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(
        kjoeretid
            .block_on(async { uten.get(format!("{base}/{sti}")).send().await })
            .is_err()
    );
    let klartekst = kjoeretid.block_on(async { uten.get(format!("http://127.0.0.1:{port}/{sti}")).send().await });
    assert!(klartekst.is_err(), "{klartekst:?}");
    // The key is its owner's alone.
    use std::os::unix::fs::MetadataExt as _;
    for navn in ["ca.noekkel", "tjener.noekkel"] {
        let modus = std::fs::metadata(tjener.mappe.join("tls").join(navn)).unwrap().mode();
        assert_eq!(modus & 0o777, 0o600, "{navn}");
    }
}

/// Runs a tool; `None` when it is not installed.
fn verktoey(navn: &str, argumenter: &[&str]) -> Option<(bool, String)> {
    let svar = Command::new(navn).args(argumenter).stdin(Stdio::null()).output().ok()?;
    let tekst = [svar.stdout, svar.stderr].concat();
    Some((svar.status.success(), String::from_utf8_lossy(&tekst).into_owned()))
}

#[test]
fn tools_that_are_not_ours_agree_on_what_is_spoken() {
    let ca = delt().mappe.join("tls/ca.pem");
    let (ca, base) = (ca.to_str().unwrap(), tls_base(&delt().mappe));
    let url = format!("{base}/folkeregisteret/openapi/presse.json");
    for versjon in [["--tlsv1.2", "--tls-max", "1.2"], ["--tlsv1.3", "--tls-max", "1.3"]] {
        let argumenter = [&["-sS", "--fail", "--cacert", ca][..], &versjon, &[&url]].concat();
        let Some((lyktes, tekst)) = verktoey("curl", &argumenter) else {
            return hopp_over("curl er ikke installert");
        };
        assert!(lyktes && tekst.starts_with('{'), "{tekst}");
    }
    let (lyktes, _) = verktoey("curl", &["-sS", &url]).unwrap();
    assert!(!lyktes, "an issuer that nobody trusts");
    let vert = base.strip_prefix("https://").unwrap();
    for (versjon, tas) in [
        ("-tls1", false),
        ("-tls1_1", false),
        ("-tls1_2", true),
        ("-tls1_3", true),
    ] {
        let argumenter = [
            "s_client",
            "-connect",
            vert,
            "-CAfile",
            ca,
            "-cipher",
            "ALL:@SECLEVEL=0",
            versjon,
        ];
        let Some((_, tekst)) = verktoey("openssl", &argumenter) else {
            return hopp_over("openssl er ikke installert");
        };
        // A refused handshake ends without a session.
        let oekt = tekst.contains("Verify return code: 0 (ok)") && !tekst.contains("Cipher is (NONE)");
        assert_eq!(oekt, tas, "{versjon}: {tekst}");
    }
}

struct Ca {
    utsteder: Issuer<'static, KeyPair>,
    pem: String,
}

impl Ca {
    fn ny() -> Self {
        let noekkel = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::default();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = ca.self_signed(&noekkel).unwrap().pem();
        let utsteder = Issuer::new(ca, noekkel);
        Ca { utsteder, pem }
    }

    /// Puts a new certificate and key in place, each whole at once, as a tool that renews them does.
    fn gi(&self, [sertifikat, noekkel]: &[PathBuf; 2], modus: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        let par = KeyPair::generate().unwrap();
        let navn = vec!["127.0.0.1".to_owned()];
        let pem = CertificateParams::new(navn)
            .unwrap()
            .signed_by(&par, &self.utsteder)
            .unwrap()
            .pem();
        for (fil, tekst, modus) in [(noekkel, par.serialize_pem(), modus), (sertifikat, pem, 0o644)] {
            let ny = fil.with_extension("ny");
            std::fs::write(&ny, tekst).unwrap();
            std::fs::set_permissions(&ny, std::fs::Permissions::from_mode(modus)).unwrap();
            std::fs::rename(ny, fil).unwrap();
        }
    }
}

/// A folder with settings for `serve` with TLS.
fn med_tls(ca: &Ca, modus: u32) -> (PathBuf, [PathBuf; 2], Command) {
    let mappe = ny_mappe();
    let tls = mappe.join("tls");
    std::fs::create_dir_all(&tls).unwrap();
    let filer = [tls.join("a.pem"), tls.join("a.noekkel")];
    ca.gi(&filer, modus);
    let fil = mappe.join("innstillinger.toml");
    let tekst = format!(
        "data = \"{}\"\n[tjener]\nadresse = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n[revisjon]\nreserve_mib = 1\n\
         [struping]\nkall_per_konsument = 0\n[tls]\nadresse = \"127.0.0.1:0\"\nsertifikat = \"{}\"\nnoekkel = \"{}\"\n",
        mappe.display(),
        filer[0].display(),
        filer[1].display()
    );
    std::fs::write(&fil, tekst).unwrap();
    let mut kommando = Command::new(PROGRAM);
    kommando.args(["serve", "--config"]).arg(fil);
    (mappe, filer, kommando)
}

#[test]
fn serve_refuses_a_key_that_others_can_read() {
    let (mappe, _, mut kommando) = med_tls(&Ca::ny(), 0o644);
    let svar = kommando.output().unwrap();
    let feil = String::from_utf8_lossy(&svar.stderr).into_owned();
    assert!(!svar.status.success() && feil.contains("0600"), "{feil}");
    std::fs::remove_dir_all(mappe).unwrap();
}

/// Figure 22, the part about certificates: changed again and again under load, and no request fails.
#[test]
fn paalitelighet_22_sertifikatbytte() {
    let lang = std::env::var("PAALITELIGHET").is_ok_and(|v| v == "lang");
    let runder = if lang { 100 } else { 8 };
    let ca = Ca::ny();
    let (mappe, filer, kommando) = med_tls(&ca, 0o600);
    let tjener = Tjener::med(kommando, &mappe, &[]);
    let token = tjener.kommando(&["token", "--pakke", MH.kortnavn()]).lyktes();
    let url = format!("{}/{}/v1/hendelser/siste/sekvensnummer", tls_base(&mappe), MH.sti());
    let (ferdig, lyktes, feilet) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let (ferdig, lyktes, feilet) = (Arc::new(ferdig), Arc::new(lyktes), Arc::new(feilet));
    let kjoeretid = kjoeretid();
    let klienter: Vec<_> = (0..4)
        .map(|nr| {
            let bygger = bygger(&ca.pem);
            // Every other one makes a new connection, with a new handshake, for each request.
            let bygger = if nr % 2 == 0 {
                bygger
            } else {
                bygger.pool_max_idle_per_host(0)
            };
            let bygger = if nr < 2 { bygger } else { bygger.http1_only() };
            let (klient, url, token) = (bygger.build().unwrap(), url.clone(), token.trim().to_owned());
            let (ferdig, lyktes, feilet) = (ferdig.clone(), lyktes.clone(), feilet.clone());
            kjoeretid.spawn(async move {
                while !ferdig.load(Ordering::Relaxed) {
                    let svar = klient.get(&url).bearer_auth(&token).send().await;
                    let teller = if svar.is_ok_and(|s| s.status() == 200) {
                        &lyktes
                    } else {
                        &feilet
                    };
                    teller.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let byttet = || {
        let tekst = Kall::admin(&tjener, "/metrics").send_utenom().ok().tekst();
        let linje = tekst
            .lines()
            .find_map(|l| l.strip_prefix("persontjenesten_tls_certificate_changes "));
        linje.unwrap().parse::<u32>().unwrap()
    };
    for runde in 1..=runder {
        ca.gi(&filer, 0o600);
        tjener.signal("HUP");
        let frist = Instant::now() + Duration::from_secs(30);
        while byttet() < runde {
            assert!(Instant::now() < frist, "the certificate was not changed");
            std::thread::sleep(Duration::from_millis(5));
        }
        // Somebody has used it before the next.
        let foer = lyktes.load(Ordering::Relaxed);
        while lyktes.load(Ordering::Relaxed) < foer + 8 {
            assert!(Instant::now() < frist, "nobody was answered");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    ferdig.store(true, Ordering::Relaxed);
    kjoeretid.block_on(async {
        for klient in klienter {
            klient.await.unwrap();
        }
    });
    let (lyktes, feilet) = (lyktes.load(Ordering::Relaxed), feilet.load(Ordering::Relaxed));
    println!("TALL 22 sertifikatbytte_runder {runder} antall >= {runder}");
    println!("TALL 22 sertifikatbytte_feilede_kall {feilet} antall = 0");
    assert_eq!(feilet, 0, "of {lyktes}");
}
