//! The XML signature that some messages may carry, as far as its form goes.
//!
//! Whether the signature is true is not asked here: who sends is known by the certificate of the connection. What is read
//! of a message is never what a signature says that it covers.

use crate::tre::Element;

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

// What the library lets by in a signature: attributes on texts, white space that XML does not know, and any type of XML
// Schema for any other by `xsi:type`; with that goes `xsi:nil`, which nothing in a signature may have.
pub(crate) fn slipper_gjennom(element: &Element) -> bool {
    let xsi = |ns: &str| ns == uppsala::XSI_NAMESPACE;
    let valgt = |(ns, navn, _): &(String, String, String)| xsi(ns) && matches!(navn.as_str(), "type" | "nil");
    if element.attributter.iter().any(valgt) {
        return true;
    }
    if element.navnerom == NAVNEROM {
        let navn = element.navn.as_str();
        let blank_for_andre = |tegn: char| tegn.is_whitespace() && !tegn.is_ascii();
        let tekst = !MED_TEKST.contains(&navn) && element.tekst.contains(blank_for_andre);
        let attributt = !MED_INNHOLD.contains(&navn) && element.attributter.iter().any(|(ns, ..)| !xsi(ns));
        if tekst || attributt {
            return true;
        }
    }
    // As deep as the guard lets a message be.
    element.barn.iter().any(slipper_gjennom)
}
