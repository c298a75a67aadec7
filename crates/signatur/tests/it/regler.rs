//! Signatures that are not taken, each by its rule. Most of them are true, and others say so.

use std::time::{Duration, Instant};

use meldinger::signatur::{Signaturkontroll as _, Usann};
use meldinger::tre;
use signatur::Kontroll;

use crate::meldingene::{PLASS, SIGNERTE, melding};
use crate::signerer::{
    ANNEN, Bare, C14N, DS, ENVELOPED, EXC, KORT, Mal, P256, RSA, RSA_SHA256, SHA256, kan_signere, tom, transformasjoner,
};

fn med(signatur: &str) -> String {
    melding(SIGNERTE[4]).replace(PLASS, signatur)
}

/// Signed by the program, which says that it is true; refused here.
#[track_caller]
fn sann_men(mal: &Mal, ventet: Usann) {
    let xml = RSA.signer(&med(&mal.tekst()));
    assert!(RSA.er_sann_for_andre(&xml), "{xml}");
    assert_eq!(RSA.sjekk(&xml), Err(ventet), "{xml}");
}

/// Refused, whatever others would say.
#[track_caller]
fn ikke(xml: &str, ventet: Usann) {
    assert_eq!(RSA.sjekk(xml), Err(ventet), "{xml}");
}

/// A true signature, one thing in it changed.
#[track_caller]
fn endret(fra: &str, til: &str, ventet: Usann) {
    let xml = RSA.signer(&med(&Mal::ny(&RSA).tekst()));
    let ny = xml.replacen(fra, til, 1);
    assert_ne!(xml, ny, "{fra}");
    ikke(&ny, ventet);
}

fn transformert(alle: &str) -> Mal {
    Mal {
        transformasjoner: format!("<ds:Transforms>{alle}</ds:Transforms>"),
        ..Mal::ny(&RSA)
    }
}

#[test]
fn weak_algorithms_and_none_are_refused() {
    if !kan_signere() {
        return;
    }
    let metode = |metode: &str| Mal {
        metode: tom("SignatureMethod", metode),
        ..Mal::ny(&RSA)
    };
    sann_men(&metode(&format!("{DS}rsa-sha1")), Usann::Algoritme);
    let sammendrag = Mal {
        sammendrag: tom("DigestMethod", &format!("{DS}sha1")),
        ..Mal::ny(&RSA)
    };
    sann_men(&sammendrag, Usann::Algoritme);
    for svak in [
        format!("{DS}hmac-sha1"),
        format!("{DS}dsa-sha1"),
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256".to_owned(),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5".to_owned(),
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1".to_owned(),
        "http://www.w3.org/2007/05/xmldsig-more#rsa-pss".to_owned(),
        "none".to_owned(),
        String::new(),
    ] {
        endret(RSA_SHA256, &svak, Usann::Algoritme);
    }
    endret(SHA256, "http://www.w3.org/2001/04/xmldsig-more#md5", Usann::Algoritme);
    endret(SHA256, "http://www.w3.org/2001/04/xmldsig-more#sha384", Usann::Form);
    // A key of another kind than the algorithm's, and one that is too short: true, and not taken.
    endret(
        RSA_SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        Usann::Noekkel,
    );
    let xml = KORT.signer(&med(&Mal::ny(&KORT).tekst()));
    assert!(KORT.er_sann_for_andre(&xml));
    assert_eq!(KORT.sjekk(&xml), Err(Usann::Noekkel));
}

#[test]
fn what_is_done_to_the_message_before_it_is_signed_is_nothing() {
    if !kan_signere() {
        return;
    }
    let (e, x) = (tom("Transform", ENVELOPED), tom("Transform", EXC));
    let xpath = |uttrykk: &str| {
        format!(
            "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>{uttrykk}</ds:XPath>\
             </ds:Transform>"
        )
    };
    let xslt = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"><xsl:stylesheet version=\"1.0\" \
                xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\"><xsl:template match=\"/\"><a/></xsl:template>\
                </xsl:stylesheet></ds:Transform>";
    let filter = "<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"><f:XPath \
                  xmlns:f=\"http://www.w3.org/2002/06/xmldsig-filter2\" Filter=\"intersect\">//*[local-name()='innsending']\
                  </f:XPath></ds:Transform>";
    let prefikser = format!(
        "<ds:Transform Algorithm=\"{EXC}\"><i:InclusiveNamespaces xmlns:i=\"{EXC}\" PrefixList=\"xsi\"/></ds:Transform>"
    );
    for alle in [
        xpath("not(ancestor-or-self::ds:Signature)"),
        format!("{e}{}", xpath("self::text()[. = 'nav']")),
        format!("{e}{xslt}"),
        format!("{e}{filter}"),
        format!("{e}{}", tom("Transform", &format!("{C14N}#WithComments"))),
        format!("{e}{}", tom("Transform", &format!("{EXC}WithComments"))),
        format!(
            "{e}{}",
            tom("Transform", "http://www.w3.org/2006/12/xml-c14n11#WithComments")
        ),
        format!("{e}{x}{x}"),
        format!("{e}{e}{x}"),
        format!("{e}{prefikser}"),
    ] {
        sann_men(&transformert(&alle), Usann::Transformasjon);
    }
    for alle in [
        format!("{x}{e}"),
        x.clone(),
        e.replace(ENVELOPED, &format!("{DS}base64")),
        format!("tekst{e}"),
        format!("{e}<Transform Algorithm='{EXC}'/>"),
        String::new(),
    ] {
        let xml = med(&transformert(&alle).tekst()).replace("<ds:DigestValue></", "<ds:DigestValue>AAAA</");
        ikke(
            &xml,
            if alle.starts_with('t') {
                Usann::Form
            } else {
                Usann::Transformasjon
            },
        );
    }
    endret(
        "<ds:Transforms>",
        "<ds:Transforms/><ds:Transforms>",
        Usann::Transformasjon,
    );
    let med_kommentarer = Mal {
        kanonisering: tom("CanonicalizationMethod", &format!("{EXC}WithComments")),
        ..Mal::ny(&RSA)
    };
    sann_men(&med_kommentarer, Usann::Algoritme);
}

#[test]
fn one_signature_with_one_reference_to_the_whole() {
    if !kan_signere() {
        return;
    }
    let mal = Mal::ny(&RSA);
    let referanse = |referanse: &str| Mal {
        referanse: referanse.to_owned(),
        ..Mal::ny(&RSA)
    };
    let to = med(&mal.med_referanser(&(mal.en_referanse() + &mal.en_referanse())));
    let to = RSA.signer(&to);
    assert!(RSA.er_sann_for_andre(&to));
    ikke(&to, Usann::Referanse);
    sann_men(&referanse("URI=\"\" Type=\"a:b\""), Usann::Referanse);
    sann_men(&referanse("URI=\"#xpointer(/)\""), Usann::Referanse);
    for annet in [
        "",
        "URI=\"#o\"",
        "URI=\"fil.xml\"",
        "URI=\"/etc/passwd\"",
        "URI=\"http://127.0.0.1/\"",
        "URI=\"cid:a\"",
    ] {
        let mut xml = med(&referanse(annet).tekst());
        xml = xml.replace("<ds:DigestValue></", &format!("<ds:DigestValue>{}=</", "A".repeat(43)));
        ikke(&xml, Usann::Referanse);
    }
    // The library looks for attributes by the local name; one in a namespace must not stand for another.
    endret("URI=\"\"", "xmlns:x=\"x\" x:URI=\"#o\" URI=\"\"", Usann::Referanse);
    endret(
        "<ds:SignatureMethod ",
        "<ds:SignatureMethod xmlns:x=\"x\" x:Algorithm=\"y\" ",
        Usann::Form,
    );
    endret("<ds:Signature ", "<ds:Signature xml:lang=\"nb\" ", Usann::Form);

    // Elsewhere, more than one, within one, or in parts.
    let xml = RSA.signer(&med(&mal.tekst()));
    let (foer, resten) = xml.split_once("<ds:Signature ").unwrap();
    let (inni, etter) = resten.split_once("</ds:Signature>").unwrap();
    let s = format!("<ds:Signature {inni}</ds:Signature>");
    assert_eq!(RSA.sjekk(&format!("{foer}{s}{etter}")), Ok(()));
    for galt in [
        format!("{foer}{s}{s}{etter}"),
        format!("{foer}{s}<vedlegg/>{etter}"),
        format!("{foer}<vedlegg>{s}</vedlegg>{etter}"),
        format!("{foer}<ds:Object xmlns:ds='{DS}'>{s}</ds:Object>{etter}"),
        format!("{foer}<ds:Object xmlns:ds='{DS}'/>{s}{etter}"),
        foer.to_owned() + &s.replace("</ds:KeyInfo>", &format!("{s}</ds:KeyInfo>")) + etter,
        foer.to_owned() + etter,
        xml.replace(
            "<forespoersel>",
            "<forespoersel><forespoersel/></forespoersel><forespoersel>",
        ),
    ] {
        let usann = RSA.sjekk(&galt).unwrap_err();
        assert!(matches!(usann, Usann::Plass | Usann::Verdi), "{usann:?} {galt}");
    }
    let alene = format!("<?xml version='1.0'?>{s}");
    ikke(&alene, Usann::Plass);
    for (fra, til) in [
        ("<ds:KeyInfo>", "<ds:Object/><ds:KeyInfo>"),
        ("</ds:KeyInfo>", "</ds:KeyInfo><ds:Object/>"),
        ("<ds:SignedInfo>", "tekst<ds:SignedInfo>"),
        ("<ds:DigestValue>", "<ds:DigestValue>!"),
    ] {
        endret(fra, til, Usann::Form);
    }
    endret("<ds:SignatureValue>", "<ds:SignatureValue>AAAA", Usann::Verdi);
    // A document type never gets this far.
    assert!(tre::les(xml.replace("?>", "?><!DOCTYPE a [<!ENTITY b 'c'>]>").as_bytes()).is_err());
}

#[test]
fn a_key_comes_in_a_certificate_and_in_no_other_way() {
    if !kan_signere() {
        return;
    }
    let sertifikat = RSA.sertifikat();
    let base64 = sertifikat.replace("<ds:X509Data>", "").replace("</ds:X509Data>", "");
    let verdi = "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue>\
                 </ds:KeyValue>";
    let henting = |hva: &str| format!("<ds:RetrievalMethod URI=\"{hva}\" Type=\"{DS}rawX509Certificate\"/>");
    for galt in [
        String::new(),
        verdi.to_owned(),
        "<ds:KeyName>noekkel</ds:KeyName>".to_owned(),
        henting("http://127.0.0.1/sertifikat"),
        henting("/etc/ssl/certs/a.der"),
        henting("#o"),
        format!("{verdi}{sertifikat}{verdi}"),
        format!("{}{sertifikat}", verdi.replace("<ds:Modulus>", "<ds:Modulus Id=\"a\">")),
        format!("{sertifikat}<ds:KeyName>noekkel</ds:KeyName>"),
        format!("{sertifikat}{sertifikat}"),
        format!("{sertifikat}{}", henting("")),
        format!("<k:KeyInfoReference xmlns:k=\"http://www.w3.org/2009/xmldsig11#\" URI=\"#o\"/>{sertifikat}"),
        "<ds:X509Data></ds:X509Data>".to_owned(),
        "<ds:X509Data><ds:X509SubjectName>CN=a</ds:X509SubjectName></ds:X509Data>".to_owned(),
        format!("<ds:X509Data>{}</ds:X509Data>", base64.repeat(5)),
        format!("<ds:X509Data>{base64}<ds:X509CRL>AAAA</ds:X509CRL></ds:X509Data>"),
        format!("<ds:X509Data>{base64}<x xmlns=''/></ds:X509Data>"),
        "<ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data>".to_owned(),
        "<ds:X509Data><ds:X509Certificate>!</ds:X509Certificate></ds:X509Data>".to_owned(),
    ] {
        // Signed with the true key all the same, whatever is said of it.
        let xml = RSA.signer(&med(&Mal::ny(&RSA).tekst()));
        let (foer, etter) = xml.split_once("<ds:KeyInfo>").unwrap();
        let (_, etter) = etter.split_once("</ds:KeyInfo>").unwrap();
        ikke(
            &format!("{foer}<ds:KeyInfo>{galt}</ds:KeyInfo>{etter}"),
            Usann::Noekkelinfo,
        );
        ikke(&format!("{foer}{etter}"), Usann::Form);
    }
    // With the names of it, and the one above, it is taken.
    let navn = "<ds:X509IssuerSerial><ds:X509IssuerName>CN=a</ds:X509IssuerName>\
                <ds:X509SerialNumber>1</ds:X509SerialNumber></ds:X509IssuerSerial>";
    let xml = RSA.signer(&med(&Mal::ny(&RSA).tekst()));
    for godt in [format!("{navn}{base64}"), base64.repeat(4)] {
        let (foer, etter) = xml.split_once("<ds:X509Data>").unwrap();
        let (_, etter) = etter.split_once("</ds:X509Data>").unwrap();
        assert_eq!(
            RSA.sjekk(&format!("{foer}<ds:X509Data>{godt}</ds:X509Data>{etter}")),
            Ok(())
        );
    }
    // A key beside it is passed over, true or not; and who signed with that one has not signed with the certificate's.
    let annens = ANNEN.noekkelverdi();
    for ved in [verdi.to_owned(), RSA.noekkelverdi(), annens.clone()] {
        for begge in [format!("{ved}{sertifikat}"), format!("{sertifikat}{ved}")] {
            assert_eq!(RSA.sjekk(&xml.replace(&sertifikat, &begge)), Ok(()), "{begge}");
            let av_annen = ANNEN.signer(&med(&Mal::ny(&ANNEN).tekst()));
            ikke(&av_annen.replace(&ANNEN.sertifikat(), &begge), Usann::Verdi);
        }
    }
    // Somebody else's certificate on it, and a message that somebody else has signed.
    let annens = xml.replace(&RSA.sertifikat(), &ANNEN.sertifikat());
    ikke(&annens, Usann::Sertifikat);
    assert_eq!(ANNEN.sjekk(&annens), Err(Usann::Verdi));
    let av_annen = ANNEN.signer(&med(&Mal::ny(&ANNEN).tekst()));
    ikke(&av_annen, Usann::Sertifikat);
    ikke(&av_annen.replace(&ANNEN.sertifikat(), &RSA.sertifikat()), Usann::Verdi);
    assert_eq!(P256.sjekk(&xml), Err(Usann::Sertifikat));
}

#[test]
fn the_largest_message_is_verified_in_bounded_time() {
    if !kan_signere() {
        return;
    }
    let prefikser: String = (0..60)
        .map(|i| format!(" xmlns:p{i}=\"urn:{i}{}\"", "n".repeat(200)))
        .collect();
    let dybde = 55;
    let mye = format!(
        "<a{prefikser}>{}{}{}{}{{S}}</a>",
        "<b>".repeat(dybde),
        (0..1_800)
            .map(|i| format!("<p{}:c>&amp;</p{0}:c>", i % 60))
            .collect::<String>(),
        "t&lt;".repeat(8_000),
        "</b>".repeat(dybde),
    );
    let mange = format!(
        "<a>{}{{S}}</a>",
        (0..1_900)
            .map(|i| format!("<b i{i}='&#10;'/>"))
            .take(950)
            .collect::<String>()
    );
    let attributter: String = (0..60).map(|i| format!(" i{i}='\t'")).collect();
    let attributter = format!("<a>{}{{S}}</a>", format!("<b{attributter}/>").repeat(32));
    for (navn, xml) in [
        ("vanlig", melding(SIGNERTE[1])),
        ("prefikser", mye),
        ("elementer", mange),
        ("attributter", attributter),
    ] {
        for (kanonisering, steg) in [(C14N, &[ENVELOPED][..]), (EXC, &[ENVELOPED, EXC])] {
            let mal = Mal {
                kanonisering: tom("CanonicalizationMethod", kanonisering),
                transformasjoner: transformasjoner(steg),
                ..Mal::ny(&RSA)
            };
            let xml = RSA.signer(&xml.replace(PLASS, &mal.tekst()));
            let (runder, kontroll) = (20, Kontroll(Bare(&RSA.der)));
            let start = Instant::now();
            let lest: Vec<_> = (0..runder).map(|_| tre::les(xml.as_bytes()).unwrap()).collect();
            let lesing = start.elapsed() / runder;
            let start = Instant::now();
            for lest in &lest {
                assert_eq!(kontroll.sjekk(xml.as_bytes(), lest), Ok(()), "{navn}");
            }
            let brukt = start.elapsed() / runder;
            println!(
                "{navn}, {} byte, {kanonisering}: {brukt:?} en kontroll, {lesing:?} en lesing",
                xml.len()
            );
            assert!(brukt < Duration::from_secs(1), "{navn}: {brukt:?}");
        }
    }
}
