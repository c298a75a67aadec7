//! Signed messages on the whole program, over mutual TLS: signed by xmlsec1 with the demo's certificates.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use meldinger::Meldingstype;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

use crate::mottak::{Mottak, Svar, mellom};
use crate::program::hopp_over;

const REKVISISJON: &str = "rekvisisjon_av_dnummer_v5";

fn rekvisisjon(id: &str, fornavn: &str, signatur: &str) -> String {
    let navnerom = Meldingstype::RekvisisjonAvDNummerV5.versjoner()[0]
        .skjema()
        .unwrap()
        .navnerom;
    format!(
        "<rekvisisjonAvDNummer xmlns='{navnerom}'><innsending>\
         <avsendersMeldingsidentifikator>{id}</avsendersMeldingsidentifikator>\
         <avsendersInnsendingstidspunkt>2026-01-02T12:00:00+01:00</avsendersInnsendingstidspunkt></innsending>\
         <forespoersel><kandidat><navn><fornavn>{fornavn}</fornavn><etternavn>Fjelltoppheim</etternavn></navn>\
         <foedselsdatoErKjent>true</foedselsdatoErKjent><foedselsdato>1990-05-12</foedselsdato><foedeland>POL</foedeland>\
         <kjoenn>kvinne</kjoenn><statsborgerskap>POL</statsborgerskap>\
         <harUkjentOppholdsadresse>true</harUkjentOppholdsadresse><skalFaaUtskrift>false</skalFaaUtskrift></kandidat>\
         <kilde>nav</kilde><rekvireringsdato>2026-01-02</rekvireringsdato>\
         <avsendersSaksbehandler>vakt</avsendersSaksbehandler>\
         <identitetskontrollKreves>false</identitetskontrollKreves></forespoersel>{signatur}</rekvisisjonAvDNummer>"
    )
}

/// A signature whose digest and value are to be filled in.
fn mal(pem: &str) -> String {
    let sertifikat: String = pem.lines().filter(|l| !l.starts_with("-----")).collect();
    assert!(STANDARD.decode(&sertifikat).is_ok());
    let exc = "http://www.w3.org/2001/10/xml-exc-c14n#";
    format!(
        "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:SignedInfo>\
         <ds:CanonicalizationMethod Algorithm='{exc}'/>\
         <ds:SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256'/>\
         <ds:Reference URI=''><ds:Transforms>\
         <ds:Transform Algorithm='http://www.w3.org/2000/09/xmldsig#enveloped-signature'/>\
         <ds:Transform Algorithm='{exc}'/></ds:Transforms>\
         <ds:DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/><ds:DigestValue/></ds:Reference>\
         </ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data>\
         <ds:X509Certificate>{sertifikat}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    )
}

/// Signs a requisition with a certificate and its key; `None` where there is nobody to do it.
fn signert(mappe: &Path, id: &str, (pem, noekkel): (&str, &Path)) -> Option<String> {
    let fil = mappe.join(format!("{id}.xml"));
    std::fs::write(&fil, rekvisisjon(id, "Darja", &mal(pem))).unwrap();
    let mut kommando = Command::new("xmlsec1");
    kommando.arg("--sign").arg("--privkey-pem").arg(noekkel).arg(&fil);
    let Ok(ut) = kommando.output() else {
        hopp_over("xmlsec1 er ikke installert");
        return None;
    };
    assert!(ut.status.success(), "{}", String::from_utf8_lossy(&ut.stderr));
    Some(String::from_utf8(ut.stdout).unwrap())
}

/// A certificate of nav's that says what it should, by an issuer of somebody's own.
fn selvlaget(mappe: &Path) -> (String, PathBuf) {
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let utsteder = Issuer::new(ca, KeyPair::generate().unwrap());
    let mut s = CertificateParams::default();
    s.distinguished_name
        .push(DnType::CustomDnType(vec![2, 5, 4, 97]), "NTRNO-314200020");
    s.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let noekkel = KeyPair::generate().unwrap();
    let pem = s.signed_by(&noekkel, &utsteder).unwrap().pem();
    let fil = mappe.join("selvlaget.noekkel");
    std::fs::write(&fil, noekkel.serialize_pem()).unwrap();
    (pem, fil)
}

#[test]
fn a_signed_message_is_taken_in_when_it_is_the_senders_and_whole_and_else_nothing_is_kept() {
    let m = Mottak::start();
    let mappe = tempfile::tempdir().unwrap();
    let demoens = |navn: &str| {
        let fil = |ende: &str| m.tjener.mappe.join(format!("tls/produsenter/{navn}.{ende}"));
        (std::fs::read_to_string(fil("pem")).unwrap(), fil("noekkel"))
    };
    let signer = |id: &str, (pem, noekkel): &(String, PathBuf)| signert(mappe.path(), id, (pem, noekkel));
    let (nav, udi) = (demoens("nav"), demoens("udi"));
    let Some(xml) = signer("S1", &nav) else { return };
    let kode = |svar: &Svar| (svar.status, mellom(&svar.kropp, "feilkode").to_owned());

    let foer = m.siste();
    for (hva, xml, regel) in [
        ("endret", xml.replace("Darja", "Marja"), "stemmer ikke med meldingen"),
        ("en annens", signer("S2", &udi).unwrap(), "en annen virksomhets"),
        (
            "ukjent utsteder",
            signer("S3", &selvlaget(mappe.path())).unwrap(),
            "ikke utstedt av noen",
        ),
        (
            "to",
            xml.replace("</ds:KeyInfo>", "<ds:KeyName>nav</ds:KeyName></ds:KeyInfo>"),
            "KeyInfo skal ha",
        ),
    ] {
        let svar = m.send(Some("nav"), REKVISISJON, xml);
        assert_eq!(kode(&svar), (400, "FREG-048".to_owned()), "{hva}: {svar:?}");
        assert!(svar.medietype.starts_with("application/xml"), "{svar:?}");
        assert!(svar.kropp.contains(regel), "{hva}: {svar:?}");
        assert!(
            !svar.kropp.contains("arja") && !svar.kropp.contains("314200"),
            "{svar:?}"
        );
    }
    assert!(m.hendelser("nav").is_empty() && m.saker().is_empty());
    assert_eq!(m.siste(), foer);

    // The name of a message that was refused is not taken.
    let mottatt = m.send(Some("nav"), REKVISISJON, xml.clone());
    assert_eq!(mottatt.status, 202, "{mottatt:?}");
    assert_eq!(m.send(Some("nav"), REKVISISJON, xml.clone()).kropp, mottatt.kropp);
    assert!(m.siste() > foer);
    assert_eq!(m.hendelser("nav").len(), 1);
    // Who signed is no way in for who sends.
    let som_annen = kode(&m.send(Some("udi"), REKVISISJON, xml)).1;
    assert!(["FREG-042", "FREG-048"].contains(&som_annen.as_str()), "{som_annen}");
    let uten = m.send(Some("nav"), REKVISISJON, rekvisisjon("S4", "Darja", ""));
    assert_eq!(uten.status, 202, "{uten:?}");
}
