//! The demo's own TLS: an issuer that lives as long as the folder, and a server certificate made at each start.
//!
//! ```text
//!  DATA/tls/ca.pem         the issuer; whoever trusts it trusts whoever has its key
//!  DATA/tls/ca.noekkel     mode 0600
//!  DATA/tls/tjener.pem     the server's certificate, of this start's names
//!  DATA/tls/tjener.noekkel mode 0600
//! ```
//! Not for production: there the settings name files that somebody else made.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jiff::{Span, Timestamp, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use tjenesteflate::tls::Sertifikatfiler;

use crate::mappe::Mappe;

/// What the certificate is always good for.
const NAVN: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// Life of the issuer. Units: years. Source: our choice; a demo's folder is made anew long before.
const CA_LEVETID_AAR: i64 = 10;
/// Life of the server's certificate. Units: days. Source: CA/Browser Forum's limit of 398 for those that clients know.
const SERTIFIKAT_LEVETID_DOEGN: i64 = 397;

/// The files of a data folder.
pub struct Demotls {
    /// The issuer's certificate.
    pub ca: PathBuf,
    ca_noekkel: PathBuf,
    /// The server's certificate and key.
    pub filer: Sertifikatfiler,
}

impl Demotls {
    /// The files, which need not be there yet.
    pub fn i(mappe: &Mappe) -> Self {
        let fil = |navn: &str| mappe.sti().join("tls").join(navn);
        Demotls {
            ca: fil("ca.pem"),
            ca_noekkel: fil("ca.noekkel"),
            filer: Sertifikatfiler {
                sertifikat: fil("tjener.pem"),
                noekkel: fil("tjener.noekkel"),
            },
        }
    }

    /// Makes the issuer if it is not there, and a new certificate for the server.
    pub fn lag(&self, vertsnavn: &[String], naa: Timestamp) -> Result<()> {
        if let Some(mappe) = self.ca.parent() {
            std::fs::create_dir_all(mappe).with_context(|| format!("kunne ikke lage {}", mappe.display()))?;
        }
        if !self.ca.exists() || !self.ca_noekkel.exists() {
            let noekkel = KeyPair::generate()?;
            let mut ca = CertificateParams::default();
            ca.distinguished_name = navn("persontjenesten demo: utsteder");
            ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
            ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            (ca.not_before, ca.not_after) = tidsrom(naa, Span::new().try_years(CA_LEVETID_AAR)?)?;
            skriv(&self.ca_noekkel, noekkel.serialize_pem().as_bytes(), true)?;
            skriv(&self.ca, ca.self_signed(&noekkel)?.pem().as_bytes(), false)?;
        }
        let les =
            |fil: &Path| std::fs::read_to_string(fil).with_context(|| format!("kunne ikke lese {}", fil.display()));
        let utsteder = Issuer::from_ca_cert_pem(&les(&self.ca)?, KeyPair::from_pem(&les(&self.ca_noekkel)?)?)?;
        let noekkel = KeyPair::generate()?;
        let mut alle: Vec<String> = NAVN.iter().map(|n| (*n).to_owned()).collect();
        alle.extend(vertsnavn.iter().cloned());
        let mut tjener = CertificateParams::new(alle).context("--vertsnavn må være et DNS-navn eller en IP-adresse")?;
        tjener.distinguished_name = navn("persontjenesten demo");
        tjener.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        tjener.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        (tjener.not_before, tjener.not_after) = tidsrom(naa, Span::new().try_days(SERTIFIKAT_LEVETID_DOEGN)?)?;
        let sertifikat = tjener.signed_by(&noekkel, &utsteder)?;
        skriv(&self.filer.noekkel, noekkel.serialize_pem().as_bytes(), true)?;
        skriv(&self.filer.sertifikat, sertifikat.pem().as_bytes(), false)
    }
}

fn navn(tekst: &str) -> DistinguishedName {
    let mut ut = DistinguishedName::new();
    ut.push(DnType::CommonName, tekst);
    ut
}

/// From the day before, for clocks that differ.
fn tidsrom(naa: Timestamp, levetid: Span) -> Result<(time::OffsetDateTime, time::OffsetDateTime)> {
    let naa = naa.to_zoned(TimeZone::UTC).date();
    let dato = |d: jiff::civil::Date| {
        let (maaned, dag) = (u8::try_from(d.month())?, u8::try_from(d.day())?);
        anyhow::Ok(date_time_ymd(i32::from(d.year()), maaned, dag))
    };
    Ok((dato(naa.yesterday()?)?, dato(naa.checked_add(levetid)?)?))
}

fn skriv(fil: &Path, byte: &[u8], hemmelig: bool) -> Result<()> {
    let ny = fil.with_extension("ny");
    let _ = std::fs::remove_file(&ny);
    let mut valg = OpenOptions::new();
    valg.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        valg.mode(if hemmelig { 0o600 } else { 0o644 });
    }
    #[cfg(not(unix))]
    let _ = hemmelig;
    valg.open(&ny)
        .and_then(|mut aapen| aapen.write_all(byte).and_then(|()| aapen.sync_all()))
        .and_then(|()| std::fs::rename(&ny, fil))
        .with_context(|| format!("kunne ikke skrive {}", fil.display()))
}
