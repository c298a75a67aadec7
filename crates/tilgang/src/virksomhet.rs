//! Who a producer is: the organisation in the virksomhetssertifikat that its connection was made with.
//!
//! ```text
//!  subject   organizationIdentifier 2.5.4.97  NTRNO-310000000   SEID 2.0, first
//!            serialNumber           2.5.4.5   310000000         SEID 1.0, where the other is absent
//!  keyUsage  digitalSignature, and not contentCommitment alone
//! ```
//! Reads and decides nothing but that. TLS has verified chain, validity and that the other end has the key; nothing of it
//! is done again here, and a certificate that did not come through TLS says nothing of who sent it.
//!
//! What newcomers get wrong: a name, an e-mail address or an organizationalUnitName tells of an organisation too. None of
//! them is read. Nor is a person's certificate an organisation's, whatever organisation it names beside the person.

use std::fmt;

use aws_lc_rs::digest;
use identifikator::Organisasjonsnummer;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Longest certificate that is read. Units: bytes. Source: our choice; those in use are below 3 kB.
const DER_BYTE_MAKS: usize = 64 * 1024;
/// Longest `serialNumber`. Units: characters. Source: X.520, ub-serial-number.
const SERIENUMMER_TEGN_MAKS: usize = 64;

/// Attributes of a subject, by the DER of their identifiers.
const SERIENUMMER: &[u8] = &[0x55, 4, 5];
const ORGANISASJONSIDENTIFIKATOR: &[u8] = &[0x55, 4, 97];
const ETTERNAVN: &[u8] = &[0x55, 4, 4];
const FORNAVN: &[u8] = &[0x55, 4, 42];

/// What stands before the number in `organizationIdentifier`: the trade register of Norway.
///
/// Source: ETSI EN 319 412-1, 5.1.4; NHN's documentation of CertificateMetadata.
const HANDELSREGISTERET: &str = "NTRNO-";

/// How a person's `serialNumber` begins where it is no number of the register's.
///
/// Source: Nkom, "Name registration authority" (`UN:NO-9578-…`, before SEID 2.0 `9578-…`); Buypass, the same (`BP:NO`);
/// ETSI EN 319 412-1, 5.1.3 (the rest, each with a country after it).
const PERSON: [&str; 7] = ["UN:", "BP:", "9578-", "PNO", "PAS", "IDC", "TIN"];

/// Why a certificate does not say who a producer is. The text names the rule, and nothing of what the certificate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Sertifikatfeil {
    /// Not one certificate, or longer than is read.
    #[error("sertifikatet kan ikke leses")]
    Uleselig,
    /// It is a person's.
    #[error("sertifikatet er et personsertifikat; bruk virksomhetssertifikatet")]
    Personsertifikat,
    /// It is for signatures that cannot be repudiated, and not for showing who one is.
    #[error(
        "sertifikatet er av feil slag: nøkkelbruken er uavviselig signering; bruk virksomhetssertifikatet for autentisering"
    )]
    FeilSlag,
    /// It does not say that the key may be used for what it is used for.
    #[error("sertifikatets nøkkelbruk mangler digitalSignature")]
    Noekkelbruk,
    /// It does not say that the key may sign.
    #[error("sertifikatets nøkkelbruk har verken digitalSignature eller nonRepudiation")]
    Signeringsbruk,
    /// It says what else it is for.
    #[error("sertifikatets utvidede nøkkelbruk mangler clientAuth")]
    UtvidetNoekkelbruk,
    /// Nothing in the subject says which organisation.
    #[error("sertifikatet har ikke organisasjonsnummer, verken i organizationIdentifier eller i serialNumber")]
    IngenOrganisasjon,
    /// An attribute that may stand once stands more than once.
    #[error("sertifikatet har flere {0}")]
    Flere(&'static str),
    /// An attribute is not of the form that it must have.
    #[error("sertifikatets {0} har ikke formen til et norsk organisasjonsnummer")]
    Form(&'static str),
    /// The number breaks the rule of its control digit.
    #[error("kontrollsifferet i organisasjonsnummeret i sertifikatets {0} stemmer ikke")]
    Kontrollsiffer(&'static str),
    /// Two attributes tell of two organisations.
    #[error("sertifikatets organizationIdentifier og serialNumber har hvert sitt organisasjonsnummer")]
    Ulike,
}

/// Where the number stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profil {
    /// `serialNumber`, as until 2022.
    Seid1,
    /// `organizationIdentifier`, as since 2021.
    Seid2,
}

/// What a virksomhetssertifikat says.
///
/// Source: the public contracts (Folkeregisteret, "Mottak"); SEID leveranse 1; ADR 0024.
#[derive(Clone, PartialEq, Eq)]
pub struct Virksomhetssertifikat {
    organisasjon: Organisasjonsnummer,
    profil: Profil,
    avtrykk: [u8; 32],
}

impl fmt::Debug for Virksomhetssertifikat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A sole proprietorship's number names a person.
        write!(f, "Virksomhetssertifikat({:?}, ***)", self.profil)
    }
}

impl Virksomhetssertifikat {
    /// Reads the certificate that TLS has verified: the client's own, DER.
    ///
    /// # Errors
    /// [`Sertifikatfeil`], the first rule that is broken.
    pub fn les(der: &[u8]) -> Result<Self, Sertifikatfeil> {
        Self::les_som(der, sjekk_bruk)
    }

    /// Reads a certificate that a document was signed with, DER, whose chain somebody has verified. One for signatures that
    /// cannot be repudiated is the right kind here, and so is one for showing who one is, as many have no other.
    ///
    /// # Errors
    /// [`Sertifikatfeil`], the first rule that is broken.
    pub fn les_for_signatur(der: &[u8]) -> Result<Self, Sertifikatfeil> {
        Self::les_som(der, sjekk_signeringsbruk)
    }

    fn les_som(
        der: &[u8],
        sjekk_bruk: impl Fn(&X509Certificate<'_>) -> Result<(), Sertifikatfeil>,
    ) -> Result<Self, Sertifikatfeil> {
        if der.len() > DER_BYTE_MAKS {
            return Err(Sertifikatfeil::Uleselig);
        }
        let (rest, sertifikat) = X509Certificate::from_der(der).map_err(|_| Sertifikatfeil::Uleselig)?;
        if !rest.is_empty() {
            return Err(Sertifikatfeil::Uleselig);
        }
        let (organisasjon, profil) = les_emne(&sertifikat)?;
        sjekk_bruk(&sertifikat)?;
        let mut avtrykk = [0; 32];
        avtrykk.copy_from_slice(digest::digest(&digest::SHA256, der).as_ref());
        Ok(Virksomhetssertifikat {
            organisasjon,
            profil,
            avtrykk,
        })
    }

    /// Whose it is: rights and log go by it.
    #[must_use]
    pub fn organisasjon(&self) -> Organisasjonsnummer {
        self.organisasjon
    }

    /// Where the number stood.
    #[must_use]
    pub fn profil(&self) -> Profil {
        self.profil
    }

    /// SHA-256 of the certificate, 64 hexadecimal digits: which of the organisation's certificates it is, for the log, and
    /// for blocking one that has gone astray and not the organisation.
    #[must_use]
    pub fn avtrykk(&self) -> String {
        use std::fmt::Write as _;
        self.avtrykk.iter().fold(String::with_capacity(64), |mut ut, byte| {
            // Writing to a string does not fail.
            let _ = write!(ut, "{byte:02x}");
            ut
        })
    }
}

fn les_emne(sertifikat: &X509Certificate<'_>) -> Result<(Organisasjonsnummer, Profil), Sertifikatfeil> {
    let identifikator = en(sertifikat, ORGANISASJONSIDENTIFIKATOR, "organizationIdentifier")?;
    let serienummer = en(sertifikat, SERIENUMMER, "serialNumber")?.map(Serienummer::les);
    let har_navn = har(sertifikat, ETTERNAVN) || har(sertifikat, FORNAVN);
    if har_navn || serienummer == Some(Serienummer::Person) {
        return Err(Sertifikatfeil::Personsertifikat);
    }
    match (identifikator, serienummer) {
        (Some(tekst), serienummer) => {
            const HVA: &str = "organizationIdentifier";
            let siffer = tekst
                .strip_prefix(HANDELSREGISTERET)
                .filter(|siffer| siffer.len() == 9 && siffer.bytes().all(|b| b.is_ascii_digit()));
            let siffer = siffer.ok_or(Sertifikatfeil::Form(HVA))?;
            let nummer = Organisasjonsnummer::parse(siffer).map_err(|_| Sertifikatfeil::Kontrollsiffer(HVA))?;
            // In SEID 2.0 it may be anything; if it looks like an organisation it must be this one.
            match serienummer {
                Some(Serienummer::Organisasjon(annet)) if annet != siffer => Err(Sertifikatfeil::Ulike),
                _ => Ok((nummer, Profil::Seid2)),
            }
        }
        (None, Some(Serienummer::Organisasjon(siffer))) => {
            const HVA: &str = "serialNumber";
            let nummer = Organisasjonsnummer::parse(siffer).map_err(|_| Sertifikatfeil::Kontrollsiffer(HVA))?;
            Ok((nummer, Profil::Seid1))
        }
        (None, Some(Serienummer::Annet)) => Err(Sertifikatfeil::Form("serialNumber")),
        (None, Some(Serienummer::Person) | None) => Err(Sertifikatfeil::IngenOrganisasjon),
    }
}

/// What a `serialNumber` looks like. A suffix after `:` or `-` is not read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Serienummer<'a> {
    /// Nine digits.
    Organisasjon(&'a str),
    /// Eleven digits, or what issuers call persons by.
    Person,
    Annet,
}

impl<'a> Serienummer<'a> {
    fn les(tekst: &'a str) -> Self {
        if PERSON.iter().any(|foran| tekst.starts_with(foran)) {
            return Serienummer::Person;
        }
        let siffer = tekst.bytes().take_while(u8::is_ascii_digit).count();
        let Some((tall, etter)) = tekst.split_at_checked(siffer) else {
            return Serienummer::Annet;
        };
        let skilt = etter.is_empty() || etter.starts_with([':', '-']);
        let synlig = tekst.len() <= SERIENUMMER_TEGN_MAKS && etter.bytes().all(|b| b.is_ascii_graphic());
        match siffer {
            11 => Serienummer::Person,
            9 if skilt && synlig => Serienummer::Organisasjon(tall),
            _ => Serienummer::Annet,
        }
    }
}

fn har(sertifikat: &X509Certificate<'_>, oid: &[u8]) -> bool {
    sertifikat
        .subject()
        .iter_attributes()
        .any(|a| a.attr_type().as_bytes() == oid)
}

/// The text of an attribute that may stand once.
fn en<'a>(
    sertifikat: &'a X509Certificate<'_>,
    oid: &[u8],
    navn: &'static str,
) -> Result<Option<&'a str>, Sertifikatfeil> {
    let mut alle = sertifikat
        .subject()
        .iter_attributes()
        .filter(|a| a.attr_type().as_bytes() == oid);
    let Some(en) = alle.next() else { return Ok(None) };
    if alle.next().is_some() {
        return Err(Sertifikatfeil::Flere(navn));
    }
    en.as_str().map(Some).map_err(|_| Sertifikatfeil::Form(navn))
}

/// Source: the public contracts ("non-repudiation … is the wrong kind"); RFC 5280, 4.2.1.3 and 4.2.1.12.
fn sjekk_bruk(sertifikat: &X509Certificate<'_>) -> Result<(), Sertifikatfeil> {
    let bruk = sertifikat.key_usage().map_err(|_| Sertifikatfeil::Uleselig)?;
    let bruk = bruk.ok_or(Sertifikatfeil::Noekkelbruk)?.value;
    match (bruk.digital_signature(), bruk.non_repudiation()) {
        (true, _) => {}
        (false, true) => return Err(Sertifikatfeil::FeilSlag),
        (false, false) => return Err(Sertifikatfeil::Noekkelbruk),
    }
    let utvidet = sertifikat.extended_key_usage().map_err(|_| Sertifikatfeil::Uleselig)?;
    match utvidet {
        Some(bruk) if !bruk.value.client_auth => Err(Sertifikatfeil::UtvidetNoekkelbruk),
        _ => Ok(()),
    }
}

/// Source: RFC 5280, 4.2.1.3; our choice, ADR 0034.
fn sjekk_signeringsbruk(sertifikat: &X509Certificate<'_>) -> Result<(), Sertifikatfeil> {
    let bruk = sertifikat.key_usage().map_err(|_| Sertifikatfeil::Uleselig)?;
    match bruk {
        Some(bruk) if bruk.value.digital_signature() || bruk.value.non_repudiation() => Ok(()),
        _ => Err(Sertifikatfeil::Signeringsbruk),
    }
}

#[cfg(test)]
#[path = "virksomhet_test.rs"]
mod tests;
