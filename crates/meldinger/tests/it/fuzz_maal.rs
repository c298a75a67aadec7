//! Bytes from producers: read or refused, judged the same however they are written, and never repeated in an answer.

use meldinger::{Kontroller, Meldingstype, tre};

use crate::angrep::{Svar, hold};
use crate::generator::{Generator, Lodd};
use crate::oppskrift::GYLDIGE;

const ORD: &[&str] = &[
    "<innsending>",
    "</innsending>",
    "<forespoersel>",
    "<vedlegg><multipartnavn>a</multipartnavn></vedlegg>",
    "<statsborgerskap>SWE</statsborgerskap>",
    "<foedselsnummer>30908299902</foedselsnummer>",
    "<innsendertype>",
    " xmlns=\"folkeregisteret:melding:doedsfall:v1\"",
    " xmlns:p=\"folkeregisteret:melding:doedsfall:v1\"",
    " xmlns=\"\"",
    " xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"",
    " xsi:type=\"xs:anyType\"",
    " xsi:type=\"Tekst\"",
    " xsi:nil=\"true\"",
    " xsi:schemaLocation=\"a b\"",
    "p:",
    "xml:lang=\"nb\"",
    "<!DOCTYPE",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&#13;",
    "&#10;",
    "&lt;",
    "\r\n",
    "\u{A0}",
    "2026-01-14",
    "-0001-01-01",
    "24:00:00",
    "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">",
    " Id=\"s1\"",
    "2147483648",
];

fn meldinger() -> Vec<Vec<u8>> {
    let mut ut: Vec<Vec<u8>> = GYLDIGE
        .iter()
        .map(|(_, _, melding)| melding.as_bytes().to_vec())
        .collect();
    ut.push(
        b"<p:a xmlns:p='u' xmlns='v' p:c='1'><b xmlns=''>&#13;<![CDATA[<]]></b><p:b xml:lang='nb'/></p:a>".to_vec(),
    );
    ut
}

fn proev_leser(byte: &[u8]) {
    let Ok(melding) = tre::les(byte) else { return };
    let skrevet = melding.til_xml();
    if skrevet.len() <= tre::BYTE_MAKS {
        let igjen = tre::les(skrevet.as_bytes()).unwrap();
        assert!(igjen == melding);
        assert_eq!(igjen.til_xml(), skrevet);
    }
}

fn kontroller() -> &'static Kontroller {
    static KONTROLLER: std::sync::OnceLock<Kontroller> = std::sync::OnceLock::new();
    KONTROLLER.get_or_init(|| Kontroller::les().unwrap())
}

/// One of each kind beside those that are written down.
fn alle_slag() -> Vec<Vec<u8>> {
    let mut ut = meldinger();
    for meldingstype in Meldingstype::ALLE {
        let skjema = meldingstype.versjoner()[0].skjema().unwrap();
        let lodd = Lodd(17);
        let melding = Generator { skjema: &skjema, lodd }.melding();
        assert!(kontroller().sjekk(*meldingstype, &melding).is_ok());
        ut.push(melding.til_xml().into_bytes());
    }
    ut
}

fn proev_dommer(byte: &[u8]) {
    let Ok(melding) = tre::les(byte) else { return };
    // By its own kind, as far as its root says, and by one that it is not.
    for (nr, meldingstype) in Meldingstype::ALLE.iter().enumerate() {
        let er_rot = |skjema: &meldinger::skjema::Skjema| skjema.navnerom == melding.navnerom;
        if nr == 0 || er_rot(skjema_av(*meldingstype)) {
            let svar = hold(kontroller(), *meldingstype, byte);
            assert!(!matches!(svar, Svar::Nektet(_)));
        }
    }
}

fn skjema_av(meldingstype: Meldingstype) -> &'static meldinger::skjema::Skjema {
    static SKJEMAER: std::sync::OnceLock<Vec<meldinger::skjema::Skjema>> = std::sync::OnceLock::new();
    let alle = SKJEMAER.get_or_init(|| {
        let skjema = |t: &Meldingstype| t.versjoner()[0].skjema().unwrap();
        Meldingstype::ALLE.iter().map(skjema).collect()
    });
    &alle[meldingstype as usize]
}

fuzz::maal!(paalitelighet_15_fuzz_melding, 4_000, ORD, meldinger, proev_leser);
fuzz::maal!(
    paalitelighet_15_fuzz_meldingsdommer,
    3_000,
    ORD,
    alle_slag,
    proev_dommer
);
