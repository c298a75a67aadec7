//! The XML signature that some messages may carry: where one stands, its form by the schema, and what is asked of whoever
//! says whether it is true.
//!
//! Who that is, the crate `signatur`, stands behind [`Signaturkontroll`], so that those who read messages need neither keys nor
//! certificates. What newcomers get wrong: to read what a signature says that it covers. What is read is the tree, and a
//! signature is true of the whole of it or not at all (ADR 0034).

use std::collections::BTreeSet;

use crate::tre::{Element, uten_blanke};

/// The namespace of XML signatures. Source: W3C, XML Signature Syntax and Processing.
pub const NAVNEROM: &str = "http://www.w3.org/2000/09/xmldsig#";

/// The file that a schema with a signature in it refers to.
pub const FIL: &str = "xmldsig.xsd";

/// The schema of a signature, without `Object`: what is signed is the message around it. Source: the public contract's.
pub const XSD: &str = include_str!("../kontrakt/xmldsig.xsd");

/// Says whether the signature of a message is true.
pub trait Signaturkontroll {
    /// Holds the signature against the bytes that the tree was read from, and against who sent them.
    ///
    /// Shape: asked of a message that has a signature in it ([`finnes`]); one without is [`Usann::Plass`].
    ///
    /// # Errors
    /// [`Usann`]: the message must not be taken in.
    fn sjekk(&self, xml: &[u8], melding: &Element) -> Result<(), Usann>;
}

/// Why a signature is not true. The text names the rule, and nothing of what the message or the certificate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Usann {
    /// More than one, or parts of one somewhere else.
    #[error("meldingen skal ha én ds:Signature, sist i elementet som skjemaet har den i")]
    Plass,
    /// Not the elements and attributes that it is read by, and nothing else.
    #[error(
        "ds:Signature har ikke formen som tas imot: SignedInfo, SignatureValue og KeyInfo, og ikke mer enn de må ha"
    )]
    Form,
    /// What it covers is not the message.
    #[error("SignedInfo skal ha én Reference, med URI=\"\" og uten Type: til hele meldingen")]
    Referanse,
    /// Something is done to what it covers.
    #[error("Transforms skal være enveloped-signature, og etter den høyst én kanonisering uten kommentarer")]
    Transformasjon,
    /// By a way that is not taken.
    #[error("en algoritme i signaturen er ikke blant dem som godtas")]
    Algoritme,
    /// It does not say whose it is by a certificate.
    #[error("KeyInfo skal ha én X509Data, med signererens sertifikat først og høyst tre til, og ingen annen nøkkel")]
    Noekkelinfo,
    /// The certificate's key is not one that is taken, or not of the kind that the algorithm is for.
    #[error("nøkkelen i sertifikatet må være RSA fra 2048 til 8192 bit, P-256 eller P-384, og passe til algoritmen")]
    Noekkel,
    /// Nobody that is trusted stands behind the certificate, or not now.
    #[error("sertifikatet i signaturen er ikke gyldig nå, eller ikke utstedt av noen som tjenesten stoler på")]
    Sertifikat,
    /// It is not an organisation's for signing.
    #[error("sertifikatet i signaturen er ikke et virksomhetssertifikat for signering")]
    Virksomhet,
    /// It is somebody else's.
    #[error("sertifikatet i signaturen er en annen virksomhets enn avsenderens")]
    Avsender,
    /// It has been blocked here.
    #[error("sertifikatet i signaturen er sperret")]
    Sperret,
    /// What is signed is not the message.
    #[error("signaturen stemmer ikke med meldingen")]
    Verdi,
    /// Nobody here can say.
    #[error("signaturer kan ikke kontrolleres her; send meldingen uten")]
    IngenKontroll,
}

/// Whether anything of a signature stands anywhere in a message.
#[must_use]
pub fn finnes(melding: &Element) -> bool {
    // As deep as the guard lets a message be.
    melding.navnerom == NAVNEROM || melding.barn.iter().any(finnes)
}

/// Elements of a signature that have attributes or elements of their own. The others are texts.
const MED_INNHOLD: [&str; 18] = [
    "CanonicalizationMethod",
    "DSAKeyValue",
    "DigestMethod",
    "KeyInfo",
    "KeyValue",
    "PGPData",
    "RSAKeyValue",
    "Reference",
    "RetrievalMethod",
    "SPKIData",
    "Signature",
    "SignatureMethod",
    "SignatureValue",
    "SignedInfo",
    "Transform",
    "Transforms",
    "X509Data",
    "X509IssuerSerial",
];

/// Elements in which any text may stand.
const MED_TEKST: [&str; 11] = [
    "CanonicalizationMethod",
    "DigestMethod",
    "KeyInfo",
    "KeyName",
    "KeyValue",
    "MgmtData",
    "SignatureMethod",
    "Transform",
    "X509IssuerName",
    "X509SubjectName",
    "XPath",
];

/// Texts that may stand on their own, in elements that are nobody's.
const TEKSTER: [&str; 3] = ["DigestValue", "KeyName", "MgmtData"];

/// Whether the schema says what an element is wherever it stands.
pub(crate) fn er_kjent(element: &Element) -> bool {
    let navn = element.navn.as_str();
    let kjent = TEKSTER.contains(&navn) || (MED_INNHOLD.contains(&navn) && navn != "X509IssuerSerial");
    kjent && element.navnerom == NAVNEROM
}

// What the library lets by in a signature: attributes on texts, white space that XML does not know, one name for two
// elements, and any type of XML Schema for any other by `xsi:type`; with that goes `xsi:nil`, which nothing in a signature
// may have. The names of elements so far are in `id`.
pub(crate) fn slipper_gjennom<'e>(element: &'e Element, kjent: bool, id: &mut BTreeSet<&'e str>) -> bool {
    let xsi = |ns: &str| ns == uppsala::XSI_NAMESPACE;
    let valgt = |(ns, navn, _): &(String, String, String)| xsi(ns) && matches!(navn.as_str(), "type" | "nil");
    if element.attributter.iter().any(valgt) {
        return true;
    }
    if kjent {
        let navn = element.navn.as_str();
        let blank_for_andre = |tegn: char| tegn.is_whitespace() && !tegn.is_ascii();
        let tekst = !MED_TEKST.contains(&navn) && element.tekst.contains(blank_for_andre);
        let er_tekst = !MED_INNHOLD.contains(&navn);
        let attributt = er_tekst && element.attributter.iter().any(|(ns, ..)| !xsi(ns));
        let mut egne = element
            .attributter
            .iter()
            .filter(|(ns, navn, _)| ns.is_empty() && navn == "Id");
        if tekst || attributt || !egne.all(|(_, _, verdi)| id.insert(uten_blanke(verdi))) {
            return true;
        }
    }
    // As deep as the guard lets a message be.
    let kjent = |barn: &Element| er_kjent(barn) || (kjent && barn.navnerom == NAVNEROM);
    element.barn.iter().any(|barn| slipper_gjennom(barn, kjent(barn), id))
}
