//! The form of a signature: stricter than its schema, and read in our own tree.
//!
//! ```text
//!  Signature
//!  ├ SignedInfo
//!  │ ├ CanonicalizationMethod  C14N 1.0 or 1.1 or exclusive C14N, without comments
//!  │ ├ SignatureMethod         RSA, RSA-PSS or ECDSA with SHA-2
//!  │ └ Reference URI=""        one
//!  │   ├ Transforms            enveloped-signature, and canonicalization or not
//!  │   ├ DigestMethod          SHA-2
//!  │   └ DigestValue
//!  ├ SignatureValue
//!  └ KeyInfo
//!    ├ KeyValue                or not; passed over
//!    └ X509Data                X509Certificate, the signer's own first
//! ```
//! Every element, attribute and text that is not in the drawing is refused: what is not there cannot be understood in two ways.
//! Attributes in particular, since the library looks for them by their local name.
//!
//! Source: W3C, XML Signature Syntax and Processing, second edition; XML Signature Best Practices; our choice, ADR 0034.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use meldinger::signatur::{NAVNEROM, Usann};
use meldinger::tre::Element;

/// Certificates of a signature: the signer's own and those above it. Source: our choice; two is common.
pub const SERTIFIKATER_MAKS: usize = 4;

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const KANONISERINGER: [&str; 3] = [
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
];
/// What digests are called, and their length in bytes.
const SAMMENDRAG: [(&str, usize); 3] = [
    ("http://www.w3.org/2001/04/xmlenc#sha256", 32),
    ("http://www.w3.org/2001/04/xmldsig-more#sha384", 48),
    ("http://www.w3.org/2001/04/xmlenc#sha512", 64),
];
const ALGORITMER: [(&str, Slag); 9] = [
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", Slag::Rsa),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", Slag::Rsa),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", Slag::Rsa),
    ("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", Slag::Rsa),
    ("http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1", Slag::Rsa),
    ("http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", Slag::Rsa),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", Slag::Ec),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", Slag::Ec),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", Slag::Ec),
];
/// What may stand in `X509Data` beside certificates: names of them, which nothing is looked up by.
const SERTIFIKATNAVN: [&str; 3] = ["X509IssuerSerial", "X509SKI", "X509SubjectName"];

/// The kind of key that an algorithm is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slag {
    /// RSA, both paddings.
    Rsa,
    /// ECDSA.
    Ec,
}

/// What was read of a signature. Digest and value are the library's to read.
pub(crate) struct Form {
    /// The kind of key that its algorithm is for.
    pub slag: Slag,
    /// DER, at least one: the signer's own first.
    pub sertifikater: Vec<Vec<u8>>,
}

/// Reads the signature of a message.
pub(crate) fn les(melding: &Element) -> Result<Form, Usann> {
    let signatur = finn(melding)?;
    let [info, verdi, noekkel] = barn(signatur, ["SignedInfo", "SignatureValue", "KeyInfo"], Usann::Form)?;
    for element in [signatur, info, verdi, noekkel] {
        attributter(element, &["Id"], Usann::Form)?;
    }
    // Counted before anything else is looked at, so that whoever has two is told so.
    if alle(info, "Reference") != 1 {
        return Err(Usann::Referanse);
    }
    let navn = ["CanonicalizationMethod", "SignatureMethod", "Reference"];
    let [kanonisering, metode, referanse] = barn(info, navn, Usann::Form)?;
    if !KANONISERINGER.contains(&algoritme(kanonisering)?) {
        return Err(Usann::Algoritme);
    }
    let metode = algoritme(metode)?;
    let slag = ALGORITMER.iter().find(|(navn, _)| *navn == metode);
    let (_, slag) = slag.ok_or(Usann::Algoritme)?;
    les_referanse(referanse)?;
    if base64(verdi)?.is_empty() {
        return Err(Usann::Form);
    }
    Ok(Form {
        slag: *slag,
        sertifikater: les_sertifikater(noekkel)?,
    })
}

// Where the schemas have it: last in the root, or last in what is asked for. It covers the same wherever it stands.
fn finn(melding: &Element) -> Result<&Element, Usann> {
    let er_signatur = |e: &&Element| e.navnerom == NAVNEROM && e.navn == "Signature";
    let sist = |e: &'_ Element| e.barn.last().filter(er_signatur).is_some();
    let i = if sist(melding) {
        melding
    } else {
        melding.ett("forespoersel").filter(|e| sist(e)).ok_or(Usann::Plass)?
    };
    let signatur = i.barn.last().ok_or(Usann::Plass)?;
    // Nothing of any signature anywhere but in this one.
    let her = antall(signatur);
    if antall(melding) != her || signaturer(melding) != 1 {
        return Err(Usann::Plass);
    }
    Ok(signatur)
}

// Elements of the namespace of signatures. As deep as the guard lets a message be.
fn antall(element: &Element) -> usize {
    usize::from(element.navnerom == NAVNEROM) + element.barn.iter().map(antall).sum::<usize>()
}

fn signaturer(element: &Element) -> usize {
    let selv = element.navnerom == NAVNEROM && element.navn == "Signature";
    usize::from(selv) + element.barn.iter().map(signaturer).sum::<usize>()
}

fn les_referanse(referanse: &Element) -> Result<(), Usann> {
    attributter(referanse, &["Id", "URI"], Usann::Referanse)?;
    if attributt(referanse, "URI") != Some("") {
        return Err(Usann::Referanse);
    }
    let navn = ["Transforms", "DigestMethod", "DigestValue"];
    let [transformasjoner, metode, sammendrag] = barn(referanse, navn, Usann::Transformasjon)?;
    attributter(transformasjoner, &[], Usann::Form)?;
    blank(transformasjoner)?;
    let mut steg = Vec::new();
    for transformasjon in &transformasjoner.barn {
        if transformasjon.navnerom != NAVNEROM || transformasjon.navn != "Transform" {
            return Err(Usann::Transformasjon);
        }
        steg.push(algoritme(transformasjon).map_err(|_| Usann::Transformasjon)?);
    }
    match steg.as_slice() {
        [ENVELOPED] => {}
        [ENVELOPED, kanonisering] if KANONISERINGER.contains(kanonisering) => {}
        _ => return Err(Usann::Transformasjon),
    }
    let metode = algoritme(metode)?;
    let kjent = SAMMENDRAG.iter().find(|(navn, _)| *navn == metode);
    let (_, lengde) = kjent.ok_or(Usann::Algoritme)?;
    attributter(sammendrag, &[], Usann::Form)?;
    if base64(sammendrag)?.len() != *lengde {
        return Err(Usann::Form);
    }
    Ok(())
}

fn les_sertifikater(noekkel: &Element) -> Result<Vec<Vec<u8>>, Usann> {
    blank(noekkel).map_err(|_| Usann::Noekkelinfo)?;
    let er = |e: &&Element, navn: &str| e.navnerom == NAVNEROM && e.navn == navn;
    // Common beside a certificate, on either side of it. Nothing is done with it: the key is the certificate's.
    let (verdier, resten): (Vec<&Element>, Vec<&Element>) = noekkel.barn.iter().partition(|e| er(e, "KeyValue"));
    let ([] | [_], [data]) = (verdier.as_slice(), resten.as_slice()) else {
        return Err(Usann::Noekkelinfo);
    };
    if !er(data, "X509Data") || !verdier.iter().all(|verdi| uten_attributter(verdi)) {
        return Err(Usann::Noekkelinfo);
    }
    attributter(data, &[], Usann::Noekkelinfo)?;
    blank(data)?;
    let mut ut = Vec::new();
    for del in &data.barn {
        if del.navnerom != NAVNEROM {
            return Err(Usann::Noekkelinfo);
        }
        match del.navn.as_str() {
            "X509Certificate" if ut.len() < SERTIFIKATER_MAKS => {
                attributter(del, &[], Usann::Noekkelinfo)?;
                ut.push(base64(del).map_err(|_| Usann::Noekkelinfo)?);
            }
            navn if SERTIFIKATNAVN.contains(&navn) => {}
            _ => return Err(Usann::Noekkelinfo),
        }
    }
    if ut.is_empty() {
        return Err(Usann::Noekkelinfo);
    }
    Ok(ut)
}

// The elements in an element, which are these and no others, in this order, with nothing but white space between them.
fn barn<'e, const N: usize>(element: &'e Element, navn: [&str; N], feil: Usann) -> Result<[&'e Element; N], Usann> {
    blank(element).map_err(|_| feil)?;
    let er = |(barn, navn): (&Element, &&str)| barn.navnerom == NAVNEROM && barn.navn == *navn;
    if element.barn.len() != N || !element.barn.iter().zip(&navn).all(er) {
        return Err(feil);
    }
    let alle: Vec<&Element> = element.barn.iter().collect();
    alle.try_into().map_err(|_| feil)
}

fn alle(element: &Element, navn: &str) -> usize {
    let er = |barn: &&Element| barn.navnerom == NAVNEROM && barn.navn == navn;
    element.barn.iter().filter(er).count()
}

// The algorithm of an element that says it and nothing more: none of those that are taken has parameters.
fn algoritme(element: &Element) -> Result<&str, Usann> {
    attributter(element, &["Algorithm"], Usann::Form)?;
    blank(element)?;
    if !element.barn.is_empty() {
        return Err(Usann::Algoritme);
    }
    attributt(element, "Algorithm").ok_or(Usann::Form)
}

fn attributt<'e>(element: &'e Element, navn: &str) -> Option<&'e str> {
    let funnet = element.attributter.iter().find(|(ns, n, _)| ns.is_empty() && n == navn);
    funnet.map(|(_, _, verdi)| verdi.as_str())
}

// No attributes but these, none of which has a namespace.
fn attributter(element: &Element, navn: &[&str], feil: Usann) -> Result<(), Usann> {
    let kjent = |(ns, n, _): &(String, String, String)| ns.is_empty() && navn.contains(&n.as_str());
    if element.attributter.iter().all(kjent) {
        Ok(())
    } else {
        Err(feil)
    }
}

// None on it, nor on anything in it. As deep as the guard lets a message be.
fn uten_attributter(element: &Element) -> bool {
    element.attributter.is_empty() && element.barn.iter().all(uten_attributter)
}

fn blank(element: &Element) -> Result<(), Usann> {
    if element.verdi().is_empty() {
        Ok(())
    } else {
        Err(Usann::Form)
    }
}

// Bytes written as base64, with white space as XML has it anywhere.
fn base64(element: &Element) -> Result<Vec<u8>, Usann> {
    if !element.barn.is_empty() {
        return Err(Usann::Form);
    }
    let tett: Vec<u8> = element.tekst.bytes().filter(|b| !b" \t\r\n".contains(b)).collect();
    STANDARD.decode(tett).map_err(|_| Usann::Form)
}
