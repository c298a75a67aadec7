//! The hostile files of mottak, sent here: as they are, in the element of a request, and with no way in.

use pregxml::{Inngang, Kall, NAVNEROM, SVAR_BYTE_MAKS};

use crate::felles::{MED, feilkode, kall, naa, nasjon, tjeneste};
use crate::oppskrift::{self, Dom};

#[test]
fn no_hostile_file_is_taken_for_a_request() {
    let tjeneste = tjeneste(nasjon(), MED);
    let filer = oppskrift::alle();
    for fil in &filer {
        let svar = kall(&tjeneste, "syntetisk", &fil.byte);
        assert_eq!(
            (svar.status, feilkode(&svar.kropp).as_str()),
            (400, "InvalidRequest"),
            "{}",
            fil.navn
        );
        assert!(svar.kropp.len() < 500, "{}", fil.navn);
        let soap = tjeneste.svar(&Kall {
            inngang: Inngang::Soap,
            handling: None,
            autorisasjon: None,
            kropp: &fil.byte,
            sted: "",
            naa: naa(),
            spor: "",
        });
        assert!(
            matches!(soap.status, 400 | 500) && soap.kropp.len() < 2_000,
            "{}",
            fil.navn
        );
    }
    println!("{} filer", filer.len());
    assert!(filer.len() > 150);
}

#[test]
fn what_the_reader_refuses_it_refuses_within_a_request_too() {
    let tjeneste = tjeneste(nasjon(), MED);
    let god = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let mut nektet = 0;
    for fil in oppskrift::alle() {
        let inni = fil.byte.strip_prefix(god).unwrap_or(&fil.byte);
        if !inni.starts_with(b"<") || inni.starts_with(b"<?xml") {
            continue;
        }
        let foran = format!("<GetPerson xmlns=\"{NAVNEROM}\">");
        let byte = [foran.as_bytes(), inni, b"</GetPerson>"].concat();
        let svar = kall(&tjeneste, "syntetisk", &byte);
        assert_eq!(
            (svar.status, feilkode(&svar.kropp).as_str()),
            (400, "InvalidRequest"),
            "{}",
            fil.navn
        );
        nektet += usize::from(matches!(fil.dom, Dom::Nektet(_)));
    }
    println!("{nektet} nektet av leseren");
    assert!(nektet > 50);
}

#[test]
fn strangers_are_told_nothing_of_what_they_sent() {
    let tjeneste = tjeneste(nasjon(), MED);
    let god = crate::felles::element("GetPerson", &[("NIN", "80012345287")]);
    let feil = kall(&tjeneste, "feil", god.as_bytes());
    assert_eq!((feil.status, feilkode(&feil.kropp).as_str()), (401, "NotAuthorised"));
    assert_eq!(kall(&tjeneste, "feil", b"<ikke xml"), feil);
    assert_eq!(kall(&tjeneste, "opptatt", god.as_bytes()).status, 503);
    let lang = "x".repeat(257);
    for autorisasjon in [
        None,
        Some(""),
        Some("Basic"),
        Some("Basic ="),
        Some("Basic YQ=="),
        Some("Basic OnN5bnRldGlzaw=="),
        Some("Bearer YTpi"),
        Some("Basic /////w=="),
        Some(lang.as_str()),
    ] {
        let svar = tjeneste.svar(&Kall {
            inngang: Inngang::Xml,
            handling: None,
            autorisasjon,
            kropp: god.as_bytes(),
            sted: "",
            naa: naa(),
            spor: "",
        });
        assert_eq!(svar, feil, "{autorisasjon:?}");
    }
    const { assert!(SVAR_BYTE_MAKS < 64 * 1024 * 1024) };
}
