//! The hostile files of mottak, sent to PREG: as they are, and in the body of a good envelope.

use preg::feil::Feil;
use preg::{Operasjon, konvolutt};

use crate::oppskrift::{self, Dom};

fn naa() -> jiff::Timestamp {
    "2026-01-14T10:00:00Z".parse().unwrap()
}

fn i_konvolutt(inni: &[u8]) -> Vec<u8> {
    let foran = format!(
        "<s:Envelope xmlns:s='{}' xmlns:a='{}' xmlns:o='{}' xmlns:u='{}'><s:Header><a:Action>{}</a:Action><o:Security>\
         <u:Timestamp><u:Created>2026-01-14T09:59:00Z</u:Created><u:Expires>2026-01-14T10:04:00Z</u:Expires></u:Timestamp>\
         <o:UsernameToken><o:Username>b</o:Username><o:Password>p</o:Password></o:UsernameToken></o:Security></s:Header>\
         <s:Body><AddPerson xmlns='http://tempuri.org/'>",
        konvolutt::Soapversjon::V12.navnerom(),
        konvolutt::NS_ADRESSERING,
        konvolutt::NS_SIKKERHET,
        konvolutt::NS_SIKKERHETSVERKTOEY,
        Operasjon::AddPerson.handling(),
    );
    [foran.as_bytes(), inni, b"</AddPerson></s:Body></s:Envelope>"].concat()
}

#[test]
fn no_hostile_file_is_taken_for_a_request() {
    let filer = oppskrift::alle();
    let mut nektet = 0;
    for fil in &filer {
        let avslag = konvolutt::les(&fil.byte, None, naa()).unwrap_err();
        let svar = avslag.svar();
        assert!(svar.kropp.len() < 2_000, "{}", fil.navn);
        assert!(matches!(svar.status, 400 | 500), "{}", fil.navn);
        if let Dom::Nektet(_) = fil.dom {
            assert!(
                matches!(avslag.feil, Feil::Xml(_)) && svar.status == 400,
                "{}",
                fil.navn
            );
            nektet += 1;
        }
    }
    println!("{} filer, {nektet} nektet av leseren", filer.len());
    assert!(nektet > 100);
}

#[test]
fn what_the_reader_refuses_it_refuses_in_an_envelope_too() {
    // A declaration stands at the head of a file alone, so a good one is taken off; what then is no element is text.
    let god = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let (mut nektet, mut lest) = (0, 0);
    for fil in oppskrift::alle() {
        let inni = fil.byte.strip_prefix(god).unwrap_or(&fil.byte);
        if !inni.starts_with(b"<") || inni.starts_with(b"<?xml") {
            continue;
        }
        let svar = konvolutt::les(&i_konvolutt(inni), None, naa());
        match (&fil.dom, svar) {
            (Dom::Nektet(_), Err(avslag)) => {
                assert_eq!(avslag.svar().status, 400, "{}", fil.navn);
                nektet += 1;
            }
            // What may not stand outside a root may be well-formed within one: text, or a second element.
            (Dom::Nektet(hvorfor), Ok(_)) if hvorfor != "velformet" => panic!("{} ble lest", fil.navn),
            (_, Ok(konvolutt)) => {
                let (_, _, detaljer) = preg::hl7::Foresporsel::les(konvolutt.operasjon, &konvolutt.kropp);
                assert!(!detaljer.is_empty(), "{}", fil.navn);
                lest += 1;
            }
            (_, Err(_)) => {}
        }
    }
    println!("{nektet} nektet og {lest} lest som noe som ikke er en forespørsel");
    assert!(nektet > 50 && lest > 10);
}
