//! Signatures that are true, in the ways that are taken; and what may be done to a message without making one false.

use meldinger::Kontroller;
use meldinger::signatur::{NAVNEROM, Usann, finnes};
use meldinger::tre::{self, Element};

use crate::meldingene::{PLASS, SIGNERTE, melding};
use crate::signerer::{
    C14N, C14N_1_1, ENVELOPED, EXC, Mal, P256, P384, RSA, Signerer, kan_signere, tom, transformasjoner,
};

/// What of a message is signed. Exclusive canonical XML leaves out the declaration of a prefix that no name has.
pub fn uten_signatur(element: &Element) -> Element {
    let mut ut = element.clone();
    ut.prefikser.clear();
    ut.barn = ut
        .barn
        .iter()
        .filter(|b| b.navnerom != NAVNEROM)
        .map(uten_signatur)
        .collect();
    ut
}

fn signert(mal: &Mal, signerer: &Signerer) -> String {
    signerer.signer(&melding(SIGNERTE[4]).replace(PLASS, &mal.tekst()))
}

#[test]
fn a_message_of_each_kind_is_taken_with_a_true_signature_and_valid_by_its_schema() {
    if !kan_signere() {
        return;
    }
    let kontroller = Kontroller::les().unwrap();
    for meldingstype in SIGNERTE {
        let uten = melding(meldingstype).replace(PLASS, "");
        assert!(!finnes(&tre::les(uten.as_bytes()).unwrap()));
        let xml = RSA.signer(&melding(meldingstype).replace(PLASS, &Mal::ny(&RSA).tekst()));
        let lest = tre::les(xml.as_bytes()).unwrap();
        let gyldig = kontroller.sjekk(meldingstype, &lest);
        assert!(gyldig.is_ok() && finnes(&lest), "{meldingstype:?}: {gyldig:?}");
        assert_eq!(RSA.sjekk(&xml), Ok(()), "{meldingstype:?}");
        assert!(RSA.er_sann_for_andre(&xml));
        // Nobody stands behind the certificate.
        assert_eq!(P256.sjekk(&xml), Err(Usann::Sertifikat));
        let falsk = crate::meldingene::forfalsket(&xml);
        assert_eq!(RSA.sjekk(&falsk), Err(Usann::Verdi), "{meldingstype:?}");
    }
}

#[test]
fn every_algorithm_that_is_taken_is_taken() {
    if !kan_signere() {
        return;
    }
    let more = "http://www.w3.org/2001/04/xmldsig-more";
    let enc = "http://www.w3.org/2001/04/xmlenc";
    let sammendrag = [
        format!("{enc}#sha256"),
        format!("{more}#sha384"),
        format!("{enc}#sha512"),
    ];
    let signerere: [(&Signerer, &str); 3] = [(&RSA, "rsa"), (&P256, "ecdsa"), (&P384, "ecdsa")];
    for (signerer, slag) in signerere {
        for bit in ["256", "384", "512"] {
            for sammendrag in &sammendrag {
                for (kanonisering, steg) in [
                    (C14N, &[ENVELOPED][..]),
                    (EXC, &[ENVELOPED, C14N]),
                    (C14N, &[ENVELOPED, EXC]),
                    (C14N_1_1, &[ENVELOPED, C14N_1_1]),
                ] {
                    let mal = Mal {
                        kanonisering: tom("CanonicalizationMethod", kanonisering),
                        metode: tom("SignatureMethod", &format!("{more}#{slag}-sha{bit}")),
                        transformasjoner: transformasjoner(steg),
                        sammendrag: tom("DigestMethod", sammendrag),
                        ..Mal::ny(signerer)
                    };
                    let xml = signert(&mal, signerer);
                    assert_eq!(signerer.sjekk(&xml), Ok(()), "{slag} {bit} {sammendrag} {steg:?}");
                }
            }
        }
    }
}

#[test]
fn rsa_pss_is_taken() {
    if !kan_signere() {
        return;
    }
    for bit in ["256", "384", "512"] {
        let xml = signert(&Mal::ny(&RSA), &RSA);
        let algoritme = format!("http://www.w3.org/2007/05/xmldsig-more#sha{bit}-rsa-MGF1");
        let xml = xml.replace(crate::signerer::RSA_SHA256, &algoritme);
        let (foer, etter) = xml.split_once("<ds:SignatureValue>").unwrap();
        let (_, etter) = etter.split_once("</ds:SignatureValue>").unwrap();
        let info = foer
            .split_once("<ds:SignedInfo>")
            .unwrap()
            .1
            .trim_end_matches("</ds:SignedInfo>");
        // As exclusive canonical XML has it: with its one namespace, and every end tag.
        let mut info = format!("<ds:SignedInfo xmlns:ds=\"{NAVNEROM}\">{info}</ds:SignedInfo>");
        for navn in ["CanonicalizationMethod", "SignatureMethod", "Transform", "DigestMethod"] {
            let (start, slutt) = (format!("<ds:{navn} "), format!("></ds:{navn}>"));
            let deler: Vec<String> = info.split(&start).map(|del| del.replacen("/>", &slutt, 1)).collect();
            info = deler.join(&start);
        }
        let xml = format!(
            "{foer}<ds:SignatureValue>{}</ds:SignatureValue>{etter}",
            RSA.pss(&info, bit)
        );
        assert_eq!(RSA.sjekk(&xml), Ok(()), "{bit}");
        assert_eq!(RSA.sjekk(&crate::meldingene::forfalsket(&xml)), Err(Usann::Verdi));
    }
}

#[test]
fn whatever_way_a_document_is_written_the_library_and_others_see_the_same_one() {
    if !kan_signere() {
        return;
    }
    let skrevet = [
        "<a>{S}</a>",
        "\u{feff}<?xml version='1.0'?><!-- før --><a>\r\n\t<b x = 'linje\r\nto&#10;&#13;&#9;\ttre'/>{S}</a ><!-- etter -->\r\n",
        "<x:a xmlns:x='a:b' xmlns='c:d' xmlns:y='a:b' y:q='1' x:p='2' r=\"'&quot;&lt;\"><b xmlns=''><x:c/></b>{S}</x:a>",
        "<a xml:lang='nb' xml:space='preserve'> <b><![CDATA[<&]]>]]&gt;<![CDATA[]]></b><c>&lt;&amp;&gt;&quot;&apos;&#xE6;ø𝄞</c>{S}</a>",
        "<a xmlns='urn:x'><b xmlns='urn:x'><c xmlns=''><d xmlns='urn:x'/></c></b><æøå æ='å'/>tekst{S}hale</a>",
        "<a xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation=' a\n  b '><b>\u{85}\u{2028}\u{a0}&#x85;</b>{S}</a>",
        "<a xmlns:b='urn:b' xmlns:c='urn:c'><d><forespoersel b:e='1' c:e='2'/></d><forespoersel><f/>\r{S}\r</forespoersel></a>",
    ];
    for skrevet in skrevet {
        for (kanonisering, steg) in [
            (C14N, &[ENVELOPED][..]),
            (EXC, &[ENVELOPED, EXC]),
            (C14N_1_1, &[ENVELOPED, C14N_1_1]),
        ] {
            let mal = Mal {
                kanonisering: tom("CanonicalizationMethod", kanonisering),
                transformasjoner: transformasjoner(steg),
                ..Mal::ny(&RSA)
            };
            // Written by the program in its own way; and as it was written here, with what the program made.
            let xml = RSA.signer(&skrevet.replace(PLASS, &mal.tekst()));
            assert_eq!(RSA.sjekk(&xml), Ok(()), "{skrevet}");
            let (_, signatur) = xml.split_once("<ds:Signature ").unwrap();
            let (signatur, _) = signatur.split_once("</ds:Signature>").unwrap();
            let egen = skrevet.replace(PLASS, &format!("<ds:Signature {signatur}</ds:Signature>"));
            assert_eq!(RSA.sjekk(&egen), Ok(()), "{skrevet}");
        }
    }
}

#[test]
fn a_comment_within_a_text_changes_neither_what_is_signed_nor_what_is_read() {
    if !kan_signere() {
        return;
    }
    let xml = signert(&Mal::ny(&RSA), &RSA);
    let delt = xml.replace("30908299902", "30908<!-- x -->299902");
    assert_ne!(xml, delt);
    assert_eq!(RSA.sjekk(&delt), Ok(()));
    let les = |xml: &str| tre::les(xml.as_bytes()).unwrap();
    assert!(les(&xml) == les(&delt), "what is read is the whole text");
    for falsk in ["30908<!-- x -->299", "<!-- 30908299902 -->", "30908299902<!-- x -->0"] {
        let falsk = xml.replace("30908299902", falsk);
        assert_eq!(RSA.sjekk(&falsk), Err(Usann::Verdi), "{falsk}");
    }
}

#[test]
fn whatever_byte_is_changed_a_message_is_refused_or_says_the_same() {
    if !kan_signere() {
        return;
    }
    let (mut like, mut avvist) = (0, 0);
    for meldingstype in SIGNERTE {
        let xml = P256.signer(
            &melding(meldingstype).replace(
                PLASS,
                &Mal {
                    metode: tom("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
                    ..Mal::ny(&P256)
                }
                .tekst(),
            ),
        );
        assert_eq!(P256.sjekk(&xml), Ok(()));
        let signert = uten_signatur(&tre::les(xml.as_bytes()).unwrap());
        for plass in 0..xml.len() {
            for ny in [b'A', b'0', b'/', b'<', b'>', b'"', b' ', b'\n', b':'] {
                let mut endret = xml.clone().into_bytes();
                if endret[plass] == ny {
                    continue;
                }
                endret[plass] = ny;
                let Ok(endret) = String::from_utf8(endret) else {
                    continue;
                };
                let Ok(lest) = tre::les(endret.as_bytes()) else {
                    continue;
                };
                if P256.sjekk(&endret).is_ok() {
                    assert!(uten_signatur(&lest) == signert, "{plass} {endret}");
                    like += 1;
                } else {
                    avvist += 1;
                }
            }
        }
    }
    println!("{avvist} endrede meldinger avvist; {like} sier det samme");
    assert!(avvist > 10_000 && like > 0);
}
