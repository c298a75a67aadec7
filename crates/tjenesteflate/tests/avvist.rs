//! What the operator is told of files that are not used: each once.
//!
//! In a program of its own, as other tests of the log are: who listens is remembered by the whole process.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::{
    io::{self, Write},
    path::Path,
    sync::{Arc, Mutex},
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use tjenesteflate::tls::{Klientutstedere, Sertifikatfiler, Sertifikatkilde};

/// 2026-01-01, and in the certificates' lives.
const NAA: i64 = 1_767_225_600;

/// Lines of the log, as they come.
#[derive(Clone, Default)]
struct Linjer(Arc<Mutex<Vec<u8>>>);

impl Write for Linjer {
    fn write(&mut self, byte: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(byte);
        Ok(byte.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Linjer {
    fn antall(&self, tekst: &str) -> usize {
        String::from_utf8_lossy(&self.0.lock().unwrap()).matches(tekst).count()
    }
}

/// A certificate signed by its own key, and the key.
fn selvsignert() -> (String, String) {
    let noekkel = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    (ca.self_signed(&noekkel).unwrap().pem(), noekkel.serialize_pem())
}

fn skriv(fil: &Path, tekst: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(fil, tekst).unwrap();
    std::fs::set_permissions(fil, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn the_operator_is_told_of_each_bad_file_once() {
    let mappe = tempfile::tempdir().unwrap();
    let filer = Sertifikatfiler {
        sertifikat: mappe.path().join("tjener.pem"),
        noekkel: mappe.path().join("tjener.noekkel"),
    };
    let utstederfil = mappe.path().join("utstedere.pem");
    let gi = || {
        let (sertifikat, noekkel) = selvsignert();
        skriv(&filer.sertifikat, &sertifikat);
        skriv(&filer.noekkel, &noekkel);
        skriv(&utstederfil, &sertifikat);
    };
    gi();
    let kilde = Sertifikatkilde::les(filer.clone()).unwrap();
    let utstedere = Klientutstedere::les(utstederfil.clone()).unwrap();

    let linjer = Linjer::default();
    let skriver = linjer.clone();
    let abonnent = tracing_subscriber::fmt().with_writer(move || skriver.clone()).finish();
    let _vakt = tracing::subscriber::set_default(abonnent);
    let se = || {
        for _ in 0..3 {
            kilde.se_etter_og_si(NAA);
            utstedere.se_etter_og_si(NAA);
        }
    };
    let avvist = || {
        [
            linjer.antall("certificate is not used"),
            linjer.antall("certificates are not used"),
        ]
    };
    for (nr, tekst) in ["tull", "", "tull"].into_iter().enumerate() {
        skriv(&filer.sertifikat, tekst);
        skriv(&utstederfil, tekst);
        se();
        assert_eq!(avvist(), [nr + 1; 2]);
    }
    gi();
    se();
    let tatt_i_bruk = [
        linjer.antall("a new TLS certificate is in use"),
        linjer.antall("new issuers of client certificates are in use"),
    ];
    assert_eq!((tatt_i_bruk, avvist()), ([1; 2], [3; 2]));
    // The same bad files after good ones are a new try.
    skriv(&filer.sertifikat, "tull");
    skriv(&utstederfil, "tull");
    se();
    assert_eq!(avvist(), [4; 2]);
}
