//! The real documents of the live service's test environment, as XML and back.

use informasjonsmodell::xml::{les, skriv, xsd};

use crate::kontrakter::ekte_dokumenter;
use crate::valider;

#[test]
fn the_eleven_real_documents_validate_as_xml_and_come_back_equal() {
    let Some(dokumenter) = ekte_dokumenter() else { return };
    let xsd = xsd::person();
    for (navn, dokument) in dokumenter {
        let mut xml = Vec::new();
        assert_eq!(skriv::persondokument(&mut xml, &dokument), Ok(0), "{navn}");
        assert_eq!(valider::feil(&xsd, &xml), Vec::<String>::new(), "{navn}");
        assert_eq!(les::persondokument(&xml).unwrap(), dokument, "{navn}");
    }
}

#[test]
fn a_second_judge_finds_the_eleven_real_documents_valid() {
    let Some(dokumenter) = ekte_dokumenter() else { return };
    let xml: Vec<Vec<u8>> = dokumenter
        .iter()
        .map(|(_, dokument)| {
            let mut xml = Vec::new();
            skriv::persondokument(&mut xml, dokument).unwrap();
            xml
        })
        .collect();
    let Some(dommer) = valider::med_lxml("ekte", &xsd::person(), &xml) else {
        return;
    };
    assert_eq!(dommer, vec![true; 11]);
}
