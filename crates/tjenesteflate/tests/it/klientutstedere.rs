//! The issuers of client certificates, changed under way over real sockets.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd};
use rustls::{
    ClientConfig, HandshakeKind,
    pki_types::UnixTime,
    time_provider::TimeProvider,
    version::{TLS12, TLS13},
};
use tjenesteflate::{
    stopp,
    tjener::Grenser,
    tls::{Error, Klientutstedere},
};

use super::{
    hjelp::within,
    tls::{NAA, Oppe, Par, Utsteder, skriv, spoer, start, start_med},
};

/// What a client with a certificate that is taken is told.
const KJENT: &str = "1 Klientsertifikat(***)";

fn sett(oppe: &Oppe, utstedere: &[&Utsteder]) {
    let pem: String = utstedere.iter().map(|u| u.pem.as_str()).collect();
    skriv(&oppe.utstederfil(), &pem, 0o644);
}

#[tokio::test]
async fn a_new_issuer_is_trusted_from_the_next_handshake_a_former_one_is_not_and_open_connections_go_on() {
    let oppe = start(Grenser::default()).await;
    let annen = Utsteder::ny();
    let (min, hans) = (oppe.utsteder.gi("a.example", 2030), annen.gi("b.example", 2030));
    assert_eq!(oppe.get("/hvem", Some(&min)).await.unwrap(), KJENT);
    assert!(oppe.get("/hvem", Some(&hans)).await.is_err());
    let klient = oppe.klient(&[&TLS13], &[b"http/1.1"], Some(&min));
    let (aapen, ogsaa_aapen) = (oppe.koble_med(klient.clone()).await, oppe.koble_med(klient).await);

    sett(&oppe, &[&oppe.utsteder, &annen]);
    assert!(oppe.get("/hvem", Some(&hans)).await.is_err(), "nobody has looked");
    assert!(oppe.utstedere.se_etter(NAA).unwrap());
    assert!(!oppe.utstedere.se_etter(NAA).unwrap(), "nothing new");
    assert_eq!(oppe.get("/hvem", Some(&hans)).await.unwrap(), KJENT);
    assert_eq!(oppe.get("/hvem", Some(&min)).await.unwrap(), KJENT);
    assert_eq!(spoer(aapen.unwrap(), "/hvem").await.unwrap(), KJENT);

    sett(&oppe, &[&annen]);
    assert!(oppe.utstedere.se_etter(NAA).unwrap());
    assert!(oppe.get("/hvem", Some(&min)).await.is_err());
    assert_eq!(oppe.get("/hvem", Some(&hans)).await.unwrap(), KJENT);
    assert_eq!(oppe.get("/hvem", None).await.unwrap(), "ingen");
    assert_eq!(spoer(ogsaa_aapen.unwrap(), "/hvem").await.unwrap(), KJENT);
    assert_eq!(oppe.maaling("tls_client_issuers_changes"), "2");
    assert_eq!(oppe.maaling("tls_client_issuers_refused"), "0");
}

/// How a client that remembers its sessions comes in, and what it is told.
async fn kom(oppe: &Oppe, klient: &Arc<ClientConfig>) -> std::io::Result<(Option<HandshakeKind>, String)> {
    let tls = oppe.koble_med(klient.clone()).await?;
    let slag = tls.get_ref().1.handshake_kind();
    Ok((slag, spoer(tls, "/hvem").await?))
}

#[tokio::test]
async fn a_session_is_not_taken_up_again_under_issuers_who_do_not_vouch_for_it() {
    for versjon in [&TLS12, &TLS13] {
        let oppe = start(Grenser::default()).await;
        let klient = oppe.klient(&[versjon], &[b"http/1.1"], Some(&oppe.utsteder.gi("a.example", 2030)));
        let full = kom(&oppe, &klient).await.unwrap();
        assert_eq!(full, (Some(HandshakeKind::Full), KJENT.to_owned()));
        let igjen = kom(&oppe, &klient).await.unwrap();
        assert_eq!(igjen, (Some(HandshakeKind::Resumed), KJENT.to_owned()));
        sett(&oppe, &[&Utsteder::ny()]);
        assert!(oppe.utstedere.se_etter(NAA).unwrap());
        let utfall = kom(&oppe, &klient).await;
        assert!(utfall.is_err(), "{utfall:?}");
    }
}

/// A clock that stands where it is put.
#[derive(Debug)]
struct Stilt(AtomicU64);

impl TimeProvider for Stilt {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(
            self.0.load(Ordering::Relaxed),
        )))
    }
}

#[tokio::test]
async fn a_session_is_not_taken_up_again_when_its_certificate_has_expired() {
    for versjon in [&TLS12, &TLS13] {
        let klokke = Arc::new(Stilt(AtomicU64::new(u64::try_from(NAA).unwrap())));
        let oppe = start_med(Grenser::default(), klokke.clone()).await;
        // To the end of 2026, and the clock goes on an hour past it: a session may be older than that.
        let klient = oppe.klient(&[versjon], &[b"http/1.1"], Some(&oppe.utsteder.gi("a.example", 2026)));
        klokke.0.store(1_798_671_600, Ordering::Relaxed);
        assert_eq!(kom(&oppe, &klient).await.unwrap().0, Some(HandshakeKind::Full));
        assert_eq!(kom(&oppe, &klient).await.unwrap().0, Some(HandshakeKind::Resumed));
        klokke.0.store(1_798_675_300, Ordering::Relaxed);
        let utfall = kom(&oppe, &klient).await;
        assert!(utfall.is_err(), "{utfall:?}");
    }
}

/// A certificate for a use, by an issuer.
fn til_bruk(utsteder: &Utsteder, bruk: ExtendedKeyUsagePurpose) -> (String, String) {
    let noekkel = KeyPair::generate().unwrap();
    let mut sertifikat = CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
    sertifikat.extended_key_usages = vec![bruk];
    let pem = sertifikat.signed_by(&noekkel, &utsteder.utsteder).unwrap().pem();
    (pem, noekkel.serialize_pem())
}

#[tokio::test]
async fn a_servers_certificate_is_not_a_clients() {
    let oppe = start(Grenser::default()).await;
    let klient = til_bruk(&oppe.utsteder, ExtendedKeyUsagePurpose::ClientAuth);
    assert_eq!(oppe.get("/hvem", Some(&klient)).await.unwrap(), KJENT);
    let tjener = til_bruk(&oppe.utsteder, ExtendedKeyUsagePurpose::ServerAuth);
    assert!(oppe.get("/hvem", Some(&tjener)).await.is_err());
}

/// An issuer under another.
fn under(rot: &Utsteder) -> Utsteder {
    let noekkel = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(rcgen::BasicConstraints::Constrained(0));
    ca.distinguished_name.push(rcgen::DnType::CommonName, "under");
    let pem = ca.signed_by(&noekkel, &rot.utsteder).unwrap().pem();
    Utsteder {
        utsteder: Issuer::new(ca, noekkel),
        pem,
    }
}

#[tokio::test]
async fn an_issuer_below_a_root_is_trusted_without_what_else_the_root_vouches_for() {
    let oppe = start(Grenser::default()).await;
    let rot = Utsteder::ny();
    let (virksomhet, annet) = (under(&rot), under(&rot));
    let (en, to) = (virksomhet.gi("a.example", 2030), annet.gi("b.example", 2030));
    let med = |par: &Par, over: &Utsteder| (format!("{}{}", par.0, over.pem), par.1.clone());
    sett(&oppe, &[&virksomhet]);
    assert!(oppe.utstedere.se_etter(NAA).unwrap());
    assert_eq!(oppe.get("/hvem", Some(&en)).await.unwrap(), KJENT);
    assert!(
        oppe.get("/hvem", Some(&med(&en, &virksomhet)))
            .await
            .unwrap()
            .starts_with("2 ")
    );
    for fremmed in [to.clone(), med(&to, &annet), med(&to, &rot)] {
        assert!(oppe.get("/hvem", Some(&fremmed)).await.is_err());
    }
    // The root, on the other hand, vouches for all, to whoever brings the way there.
    sett(&oppe, &[&rot]);
    assert!(oppe.utstedere.se_etter(NAA).unwrap());
    assert!(oppe.get("/hvem", Some(&to)).await.is_err());
    assert!(
        oppe.get("/hvem", Some(&med(&to, &annet)))
            .await
            .unwrap()
            .starts_with("2 ")
    );
}

/// A certificate signed by its own key.
fn selvsignert(endre: impl FnOnce(&mut CertificateParams)) -> String {
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    endre(&mut ca);
    ca.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
}

#[tokio::test]
async fn a_bad_new_set_leaves_the_former_one_in_use() {
    let oppe = start(Grenser::default()).await;
    let min = oppe.utsteder.gi("a.example", 2030);
    let god = oppe.utsteder.pem.clone();
    let halv: String = god.chars().take(200).collect();
    for (hva, tekst) in [
        ("nothing", String::new()),
        ("not PEM", "tull".to_owned()),
        ("half a certificate", halv.clone()),
        ("one, and half of another", format!("{god}{halv}")),
        ("a key", min.1.clone()),
        ("too long", format!("{god}{}", "#\n".repeat(200_000))),
        ("expired", selvsignert(|ca| ca.not_after = date_time_ymd(2025, 12, 31))),
        // A producer's own, put there to be let in, would let its owner in as anybody.
        ("a client's among them", format!("{god}{}", min.0)),
        (
            "no issuer's",
            format!("{god}{}", selvsignert(|ca| ca.is_ca = IsCa::ExplicitNoCa)),
        ),
        (
            "without a word on it",
            format!("{god}{}", selvsignert(|ca| ca.is_ca = IsCa::NoCa)),
        ),
        (
            "an issuer's that may not issue",
            format!(
                "{god}{}",
                selvsignert(|ca| ca.key_usages = vec![KeyUsagePurpose::CrlSign])
            ),
        ),
    ] {
        skriv(&oppe.utstederfil(), &tekst, 0o644);
        assert!(oppe.utstedere.se_etter(NAA).is_err(), "{hva}");
        assert_eq!(oppe.maaling("tls_client_issuers_refused"), "1", "{hva}");
        assert_eq!(oppe.get("/hvem", Some(&min)).await.unwrap(), KJENT, "{hva}");
        if hva != "expired" {
            assert!(Klientutstedere::les(oppe.utstederfil()).is_err(), "{hva}");
        }
    }
    std::fs::remove_file(oppe.utstederfil()).unwrap();
    assert!(matches!(oppe.utstedere.se_etter(NAA), Err(Error::Fil { .. })));
    sett(&oppe, &[&oppe.utsteder]);
    assert!(!oppe.utstedere.se_etter(NAA).unwrap(), "the former one");
    assert_eq!(oppe.maaling("tls_client_issuers_refused"), "0");
    assert_eq!(oppe.maaling("tls_client_issuers_changes"), "0");
}

#[tokio::test]
async fn the_first_to_expire_is_what_is_shown() {
    let oppe = start(Grenser::default()).await;
    let til = |aar| selvsignert(|ca| ca.not_after = date_time_ymd(aar, 1, 1));
    skriv(
        &oppe.utstederfil(),
        &format!("{}{}{}", til(2040), til(2020), til(2030)),
        0o644,
    );
    assert!(
        oppe.utstedere.se_etter(NAA).unwrap(),
        "one that has expired may be on its way out"
    );
    assert_eq!(
        oppe.maaling("tls_client_issuers_expiry_timestamp_seconds"),
        "1577836800"
    );
}

#[tokio::test(start_paused = true)]
async fn the_file_is_followed_without_anyone_saying_so() {
    let mappe = tempfile::tempdir().unwrap();
    let fil = mappe.path().join("utstedere.pem");
    let legg = |aar| {
        let pem = selvsignert(|ca| ca.not_after = date_time_ymd(aar, 1, 1));
        skriv(&fil, &pem, 0o644);
    };
    legg(2030);
    let utstedere = Klientutstedere::les(fil.clone()).unwrap();
    let (signal, stopp) = stopp::pair();
    let foelger = tokio::spawn(Arc::clone(&utstedere).foelg(|| NAA, stopp));
    for aar in [2031, 2032] {
        legg(aar);
        let foer = utstedere.utloeper();
        tokio::time::sleep(tjenesteflate::tls::SE_ETTER * 2).await;
        assert!(utstedere.utloeper() > foer);
    }
    signal.stopp();
    within(foelger).await.unwrap();
}
