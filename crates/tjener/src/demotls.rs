//! The demo's own TLS: an issuer that lives as long as the folder, a server certificate made at each start, and certificates of
//! producers.
//!
//! ```text
//!  DATA/tls/ca.pem         the issuer; whoever trusts it trusts whoever has its key
//!  DATA/tls/ca.noekkel     mode 0600
//!  DATA/tls/tjener.pem     the server's certificate, of this start's names
//!  DATA/tls/tjener.noekkel mode 0600
//!  DATA/tls/produsenter/sykehus.pem      a producer's certificate, as a virksomhetssertifikat of SEID 2.0
//!  DATA/tls/produsenter/sykehus.noekkel  mode 0600
//! ```
//! Not for production: there the settings name files that somebody else made.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use identifikator::Organisasjonsnummer;
use jiff::{Span, Timestamp, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use tjenesteflate::tls::Sertifikatfiler;

use crate::mappe::Mappe;

/// What the certificate is always good for.
const NAVN: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// Life of the issuer, and of the producers' certificates, which nobody renews. Units: years. Source: our choice; a demo's folder is made anew long before.
const CA_LEVETID_AAR: i64 = 10;
/// Life of the server's certificate. Units: days. Source: CA/Browser Forum's limit of 398 for those that clients know.
const SERTIFIKAT_LEVETID_DOEGN: i64 = 397;

/// `organizationIdentifier`. Source: X.520; SEID 2.0.
const ORGANISASJONSIDENTIFIKATOR: &[u64] = &[2, 5, 4, 97];
/// Longest name of a producer's files. Units: characters. Source: our choice.
const PRODUSENTNAVN_TEGN_MAKS: usize = 40;

/// The files of a data folder.
pub struct Demotls {
    /// The issuer's certificate.
    pub ca: PathBuf,
    ca_noekkel: PathBuf,
    produsenter: PathBuf,
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
            produsenter: fil("produsenter"),
            filer: Sertifikatfiler {
                sertifikat: fil("tjener.pem"),
                noekkel: fil("tjener.noekkel"),
            },
        }
    }

    /// Makes the issuer if it is not there, and a new certificate for the server. Whether the issuer is new.
    pub fn lag(&self, vertsnavn: &[String], naa: Timestamp) -> Result<bool> {
        if let Some(mappe) = self.ca.parent() {
            std::fs::create_dir_all(mappe).with_context(|| format!("kunne ikke lage {}", mappe.display()))?;
        }
        let ny = !self.har_utsteder();
        if ny {
            let noekkel = KeyPair::generate()?;
            let mut ca = CertificateParams::default();
            ca.distinguished_name = navn("persontjenesten demo: utsteder");
            ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
            ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            (ca.not_before, ca.not_after) = tidsrom(naa, Span::new().try_years(CA_LEVETID_AAR)?)?;
            skriv(&self.ca_noekkel, noekkel.serialize_pem().as_bytes(), true)?;
            skriv(&self.ca, ca.self_signed(&noekkel)?.pem().as_bytes(), false)?;
        }
        let utsteder = self.utsteder()?;
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
        skriv(&self.filer.sertifikat, sertifikat.pem().as_bytes(), false)?;
        Ok(ny)
    }

    /// Whether the folder has an issuer of its own. One that runs with somebody else's has not.
    pub fn har_utsteder(&self) -> bool {
        self.ca.exists() && self.ca_noekkel.exists()
    }

    fn utsteder(&self) -> Result<Issuer<'static, KeyPair>> {
        let les =
            |fil: &Path| std::fs::read_to_string(fil).with_context(|| format!("kunne ikke lese {}", fil.display()));
        let noekkel = KeyPair::from_pem(&les(&self.ca_noekkel)?)?;
        Ok(Issuer::from_ca_cert_pem(&les(&self.ca)?, noekkel)?)
    }

    /// Where a producer's certificate and key lie, or are to lie.
    pub fn produsentfiler(&self, navn: &str) -> Sertifikatfiler {
        Sertifikatfiler {
            sertifikat: self.produsenter.join(format!("{navn}.pem")),
            noekkel: self.produsenter.join(format!("{navn}.noekkel")),
        }
    }

    /// Makes a certificate with which an organisation can be a producer, in the form of SEID 2.0. Files that are there are
    /// written anew.
    pub fn lag_produsent(
        &self,
        navn: &str,
        organisasjon: Organisasjonsnummer,
        naa: Timestamp,
    ) -> Result<Sertifikatfiler> {
        sjekk_produsentnavn(navn)?;
        let utsteder = self.utsteder()?;
        std::fs::create_dir_all(&self.produsenter)
            .with_context(|| format!("kunne ikke lage {}", self.produsenter.display()))?;
        let noekkel = KeyPair::generate()?;
        let mut sertifikat = CertificateParams::default();
        let mut emne = DistinguishedName::new();
        emne.push(DnType::CountryName, "NO");
        emne.push(DnType::OrganizationName, format!("PRØVE {navn}"));
        emne.push(
            DnType::CustomDnType(ORGANISASJONSIDENTIFIKATOR.to_vec()),
            format!("NTRNO-{organisasjon}"),
        );
        emne.push(DnType::CommonName, format!("PRØVE {navn}"));
        sertifikat.distinguished_name = emne;
        sertifikat.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        sertifikat.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        (sertifikat.not_before, sertifikat.not_after) = tidsrom(naa, Span::new().try_years(CA_LEVETID_AAR)?)?;
        let sertifikat = sertifikat.signed_by(&noekkel, &utsteder)?;
        let filer = self.produsentfiler(navn);
        // A stop in between leaves no certificate, and never one with another's key.
        let _ = std::fs::remove_file(&filer.sertifikat);
        skriv(&filer.noekkel, noekkel.serialize_pem().as_bytes(), true)?;
        skriv(&filer.sertifikat, sertifikat.pem().as_bytes(), false)?;
        Ok(filer)
    }
}

/// A name that is a file's in the folder, and nothing else.
fn sjekk_produsentnavn(navn: &str) -> Result<()> {
    let tegn = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let begynner = navn.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !begynner || navn.len() > PRODUSENTNAVN_TEGN_MAKS || !navn.bytes().all(tegn) {
        bail!("navnet må ha 1 til {PRODUSENTNAVN_TEGN_MAKS} tegn: bokstavene a til z, sifre og bindestrek");
    }
    Ok(())
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
