//! Signed messages that something was done to: refused, or the same message; never a panic, and never for long.

use std::sync::OnceLock;

use meldinger::signatur::{Signaturkontroll as _, Usann};
use meldinger::tre::{self, Element};
use signatur::{Kontroll, Sertifikater};

use crate::gyldige::uten_signatur;

const ORD: &[&str] = &[
    "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">",
    "</ds:Signature>",
    "<ds:Object>",
    "</ds:Object>",
    "<ds:Reference URI=\"\">",
    " URI=\"#s\"",
    " Id=\"s\"",
    "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"/>",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
    "<ds:X509IssuerSerial/>",
    "<ds:KeyValue/>",
    "<forespoersel>",
    "</forespoersel>",
    " xmlns=\"\"",
    " xmlns:p=\"p\"",
    "p:",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&#13;",
    "\r\n",
    "\t",
];

/// Made by xmlsec1 1.2.37 of Debian 12, with keys that nobody has any more: inclusive canonical XML and RSA, exclusive and ECDSA.
const SIGNERTE: [&str; 2] = [include_str!("../signert/rsa.xml"), include_str!("../signert/ec.xml")];

/// Trusts whoever has signed.
struct Alle;

impl Sertifikater for Alle {
    fn godta(&self, _eget: &[u8], _andre: &[Vec<u8>]) -> Result<(), Usann> {
        Ok(())
    }
}

fn gyldige() -> Vec<Vec<u8>> {
    SIGNERTE.iter().map(|xml| xml.as_bytes().to_vec()).collect()
}

fn proev(byte: &[u8]) {
    static SIGNERT: OnceLock<Element> = OnceLock::new();
    let signert = SIGNERT.get_or_init(|| uten_signatur(&tre::les(SIGNERTE[0].as_bytes()).unwrap()));
    let Ok(melding) = tre::les(byte) else { return };
    if Kontroll(Alle).sjekk(byte, &melding).is_ok() {
        assert!(uten_signatur(&melding) == *signert);
    }
}

#[test]
fn messages_that_were_signed_once_are_true_still() {
    for xml in SIGNERTE {
        assert_eq!(
            Kontroll(Alle).sjekk(xml.as_bytes(), &tre::les(xml.as_bytes()).unwrap()),
            Ok(())
        );
    }
}

fuzz::maal!(paalitelighet_15_fuzz_signatur, 4_000, ORD, gyldige, proev);
