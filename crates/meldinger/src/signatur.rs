//! The XML signature that some messages may carry, as far as its form goes.
//!
//! Whether the signature is true is not asked here: who sends is known by the certificate of the connection. What is read
//! of a message is never what a signature says that it covers.

use std::collections::BTreeSet;

use crate::tre::{Element, uten_blanke};

/// The namespace of XML signatures. Source: W3C, XML Signature Syntax and Processing.
pub const NAVNEROM: &str = "http://www.w3.org/2000/09/xmldsig#";

/// The file that a schema with a signature in it refers to.
pub const FIL: &str = "xmldsig.xsd";

/// The schema of a signature, without `Object`: what is signed is the message around it. Source: the public contract's.
pub const XSD: &str = include_str!("../kontrakt/xmldsig.xsd");

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
