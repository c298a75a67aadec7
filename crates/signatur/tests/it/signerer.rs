//! Certificates made here, and signatures made with xmlsec1.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use meldinger::signatur::{Signaturkontroll as _, Usann};
use meldinger::tre;
use rcgen::{
    BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384,
    PKCS_RSA_SHA256, RsaKeySize, SubjectPublicKeyInfo,
};
use signatur::{Kontroll, Sertifikater};
use tempfile::TempDir;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey;

pub const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
pub const C14N_1_1: &str = "http://www.w3.org/2006/12/xml-c14n11";
pub const EXC: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
pub const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// Says that a test is skipped; with `KREV_ALT=1` that is a failure.
fn hopp_over(grunn: &str) {
    if std::env::var("KREV_ALT").as_deref() == Ok("1") {
        panic!("KREV_ALT=1 og {grunn}");
    }
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("HOPPET OVER: {grunn}\n"));
}

/// Whether there is somebody to sign; else the test is skipped, where that is allowed.
pub fn kan_signere() -> bool {
    let finnes = |program: &str, arg: &str| Command::new(program).arg(arg).output().is_ok();
    if !finnes("xmlsec1", "--version") || !finnes("openssl", "version") {
        hopp_over("xmlsec1 og openssl er ikke installert");
        return false;
    }
    true
}

/// A key in a file, and a certificate of it.
pub struct Signerer {
    mappe: TempDir,
    pub der: Vec<u8>,
}

static UTSTEDER: LazyLock<Issuer<'static, KeyPair>> = LazyLock::new(|| {
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Issuer::new(ca, KeyPair::generate().unwrap())
});

pub static RSA: LazyLock<Signerer> =
    LazyLock::new(|| Signerer::av(&KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap()));
pub static P256: LazyLock<Signerer> =
    LazyLock::new(|| Signerer::av(&KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()));
pub static P384: LazyLock<Signerer> =
    LazyLock::new(|| Signerer::av(&KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap()));
/// Somebody whom nobody trusts.
pub static ANNEN: LazyLock<Signerer> =
    LazyLock::new(|| Signerer::av(&KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap()));
/// With a key that is too short, which the library would not make.
pub static KORT: LazyLock<Signerer> = LazyLock::new(|| {
    let mappe = tempfile::tempdir().unwrap();
    let fil = mappe.path().join("noekkel.pem");
    kjoer(Command::new("openssl").args(["genrsa", "-out"]).arg(&fil).arg("1024"));
    let ut = kjoer(Command::new("openssl").args(["rsa", "-pubout", "-in"]).arg(&fil));
    let noekkel = SubjectPublicKeyInfo::from_pem(&String::from_utf8(ut.stdout).unwrap()).unwrap();
    let sertifikat = CertificateParams::default().signed_by(&noekkel, &*UTSTEDER).unwrap();
    Signerer {
        mappe,
        der: sertifikat.der().to_vec(),
    }
});

fn kjoer(kommando: &mut Command) -> Output {
    let ut = kommando.output().unwrap();
    assert!(
        ut.status.success(),
        "{kommando:?}: {}",
        String::from_utf8_lossy(&ut.stderr)
    );
    ut
}

impl Signerer {
    fn av(noekkel: &KeyPair) -> Self {
        let mappe = tempfile::tempdir().unwrap();
        std::fs::write(mappe.path().join("noekkel.pem"), noekkel.serialize_pem()).unwrap();
        let sertifikat = CertificateParams::default().signed_by(noekkel, &*UTSTEDER).unwrap();
        Signerer {
            mappe,
            der: sertifikat.der().to_vec(),
        }
    }

    fn noekkel(&self) -> PathBuf {
        self.mappe.path().join("noekkel.pem")
    }

    /// As it stands in a signature.
    pub fn sertifikat(&self) -> String {
        let base64 = STANDARD.encode(&self.der);
        format!("<ds:X509Data><ds:X509Certificate>{base64}</ds:X509Certificate></ds:X509Data>")
    }

    /// The key alone, as it may stand beside the certificate.
    pub fn noekkelverdi(&self) -> String {
        let (_, sertifikat) = X509Certificate::from_der(&self.der).unwrap();
        let Ok(PublicKey::RSA(rsa)) = sertifikat.public_key().parsed() else {
            panic!("ikke RSA");
        };
        let (modul, eksponent) = (STANDARD.encode(rsa.modulus), STANDARD.encode(rsa.exponent));
        format!(
            "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{modul}</ds:Modulus><ds:Exponent>{eksponent}</ds:Exponent></ds:RSAKeyValue>\
             </ds:KeyValue>"
        )
    }

    /// Signs a document that has a signature whose digests and value are empty.
    pub fn signer(&self, xml: &str) -> String {
        self.forsoek(xml).unwrap()
    }

    /// As [`Signerer::signer`], where the program may not want to.
    pub fn forsoek(&self, xml: &str) -> Result<String, String> {
        let fil = tempfile::NamedTempFile::new_in(self.mappe.path()).unwrap();
        std::fs::write(fil.path(), xml).unwrap();
        let mut kommando = Command::new("xmlsec1");
        kommando.arg("--sign").args(ID).arg("--privkey-pem").arg(self.noekkel());
        let ut = kommando.arg(fil.path()).output().unwrap();
        if ut.status.success() {
            Ok(String::from_utf8(ut.stdout).unwrap())
        } else {
            Err(String::from_utf8_lossy(&ut.stderr).into_owned())
        }
    }

    /// What the program says of a signed document, by this key.
    pub fn er_sann_for_andre(&self, xml: &str) -> bool {
        let fil = tempfile::NamedTempFile::new_in(self.mappe.path()).unwrap();
        std::fs::write(fil.path(), xml).unwrap();
        let mut kommando = Command::new("xmlsec1");
        kommando
            .arg("--verify")
            .args(ID)
            .args(["--enabled-key-data", "key-name"]);
        kommando.arg("--privkey-pem").arg(self.noekkel());
        kommando.arg(fil.path()).output().unwrap().status.success()
    }

    /// The value of a signature in RSA-PSS, which xmlsec1 of Debian 12 does not make, over bytes that are canonical already.
    pub fn pss(&self, byte: &str, bit: &str) -> String {
        let fil = tempfile::NamedTempFile::new_in(self.mappe.path()).unwrap();
        std::fs::write(fil.path(), byte).unwrap();
        let mut kommando = Command::new("openssl");
        kommando.args(["dgst", &format!("-sha{bit}"), "-sigopt", "rsa_padding_mode:pss"]);
        kommando
            .args(["-sigopt", "rsa_pss_saltlen:digest", "-sign"])
            .arg(self.noekkel());
        STANDARD.encode(kjoer(kommando.arg(fil.path())).stdout)
    }

    /// Whether a signed document is true by ours, when nobody but this one is trusted.
    pub fn sjekk(&self, xml: &str) -> Result<(), Usann> {
        let melding = tre::les(xml.as_bytes()).unwrap();
        Kontroll(Bare(&self.der)).sjekk(xml.as_bytes(), &melding)
    }
}

/// Attributes by which the program looks for what a reference names.
const ID: [&str; 8] = [
    "--id-attr:Id",
    "forespoersel",
    "--id-attr:Id",
    "rekvisisjonAvDNummer",
    "--id-attr:Id",
    "meldingOmEndringAvPersonMedDNummer",
    "--id-attr:Id",
    "meldingOmEndringAvPersonMedFoedselsnummer",
];

/// Trusts one certificate.
pub struct Bare<'a>(pub &'a [u8]);

impl Sertifikater for Bare<'_> {
    fn godta(&self, eget: &[u8], _andre: &[Vec<u8>]) -> Result<(), Usann> {
        if eget == self.0 { Ok(()) } else { Err(Usann::Sertifikat) }
    }
}

/// A signature that is not yet made.
#[derive(Clone)]
pub struct Mal {
    pub kanonisering: String,
    pub metode: String,
    /// Attributes of the reference.
    pub referanse: String,
    pub transformasjoner: String,
    pub sammendrag: String,
    pub noekkel: String,
    /// What else is in the signature.
    pub rest: String,
}

impl Mal {
    pub fn ny(signerer: &Signerer) -> Self {
        Mal {
            kanonisering: tom("CanonicalizationMethod", EXC),
            metode: tom("SignatureMethod", RSA_SHA256),
            referanse: "URI=\"\"".to_owned(),
            transformasjoner: transformasjoner(&[ENVELOPED, EXC]),
            sammendrag: tom("DigestMethod", SHA256),
            noekkel: signerer.sertifikat(),
            rest: String::new(),
        }
    }

    pub fn en_referanse(&self) -> String {
        let Mal {
            referanse,
            transformasjoner,
            sammendrag,
            ..
        } = self;
        format!(
            "<ds:Reference {referanse}>{transformasjoner}{sammendrag}<ds:DigestValue></ds:DigestValue></ds:Reference>"
        )
    }

    pub fn tekst(&self) -> String {
        self.med_referanser(&self.en_referanse())
    }

    pub fn med_referanser(&self, referanser: &str) -> String {
        let Mal {
            kanonisering,
            metode,
            noekkel,
            rest,
            ..
        } = self;
        format!(
            "<ds:Signature xmlns:ds=\"{DS}\"><ds:SignedInfo>{kanonisering}{metode}{referanser}</ds:SignedInfo>\
             <ds:SignatureValue></ds:SignatureValue><ds:KeyInfo>{noekkel}</ds:KeyInfo>{rest}</ds:Signature>"
        )
    }
}

/// An element that names an algorithm, written as canonical XML has it.
pub fn tom(navn: &str, algoritme: &str) -> String {
    format!("<ds:{navn} Algorithm=\"{algoritme}\"></ds:{navn}>")
}

pub fn transformasjoner(algoritmer: &[&str]) -> String {
    let alle: String = algoritmer.iter().map(|a| tom("Transform", a)).collect();
    format!("<ds:Transforms>{alle}</ds:Transforms>")
}
