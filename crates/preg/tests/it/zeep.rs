//! zeep, a client of others' making: it sees the same operations in our WSDL as in the published one, what it sends is read,
//! and what we answer it reads.

use jiff::Timestamp;
use meldinger::tre;
use preg::hl7::{Foresporsel, Modus};
use preg::{Operasjon, konvolutt};

use crate::eksempler::skriv;
use crate::kontrakter::{mappe, preg, python};
use crate::skjemaer::skriv_vaare;
use crate::svarleser;

#[test]
fn zeep_sees_the_same_operations_and_is_understood_both_ways() {
    let Some(deres) = preg() else { return };
    let vaare = mappe("zeep");
    skriv_vaare(&vaare);
    // Our answers, made of the examples.
    for fil in std::fs::read_dir(deres.join("examples")).unwrap().flatten() {
        let navn = fil.file_name().into_string().unwrap();
        if !navn.starts_with("soap") && navn.contains("-response") {
            let lest = tre::les(&std::fs::read(fil.path()).unwrap()).unwrap();
            let svar = svarleser::les(&lest);
            let retur = konvolutt::Returadresse {
                versjon: konvolutt::Soapversjon::V12,
                melding_id: None,
                adressert: true,
            };
            let xml = konvolutt::skriv(&retur, svar.operasjon, Timestamp::UNIX_EPOCH, &skriv(&svar));
            std::fs::write(vaare.join(navn), xml).unwrap();
        }
    }
    let Some(ut) = python("zeep", "zeep_klient.py", &[&deres, &vaare], b"") else {
        return;
    };
    std::fs::remove_dir_all(vaare).unwrap();
    let (mut signaturer, mut svar) = (0, 0);
    let mut sendt = Vec::new();
    for linje in ut.lines() {
        let (hva, resten) = linje.split_once('\t').unwrap();
        match hva {
            "LIK" => signaturer += 1,
            "SVAR" => svar += 1,
            "SENDT" => sendt.push(resten.to_owned()),
            _ => panic!("{linje}"),
        }
    }
    // Two ports of ours and one of theirs, six operations, question and answer.
    assert_eq!((signaturer, svar), (24, 12));
    let naa = "2026-01-14T10:00:30Z".parse().unwrap();
    let mut sett = Vec::new();
    for xml in &sendt {
        let lest = konvolutt::les(xml.as_bytes(), None, naa).unwrap_or_else(|avslag| panic!("{avslag}\n{xml}"));
        assert_eq!(lest.bruker.brukernavn, "testbruker");
        assert_eq!(lest.bruker.passord.byte(), b"syntetisk");
        let (hode, foresporsel, detaljer) = Foresporsel::les(lest.operasjon, &lest.kropp);
        assert_eq!(hode.sjekk(lest.operasjon, Modus::Test), Ok(Vec::new()));
        assert_eq!(detaljer, [], "{xml}");
        if let Foresporsel::Oppslag(oppslag) = foresporsel {
            assert!(oppslag.id[0].er_enig());
        }
        sett.push(lest.operasjon);
    }
    assert_eq!(sett, Operasjon::ALLE);
}
