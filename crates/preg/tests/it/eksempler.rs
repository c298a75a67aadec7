//! Every published example: requests are read, answers are written back from types as they stand.

use std::path::Path;

use meldinger::tre::{self, Element};
use preg::hl7::{Foresporsel, Hode, Innhold, Modus};
use preg::{Operasjon, hl7, konvolutt};

use crate::kontrakter::preg;
use crate::svarleser::{self, Svar};

/// Trees that say the same: prefixes, white space between elements and the order of attributes do not count.
pub fn normal(element: &Element) -> Element {
    let mut ut = Element::new(&element.navnerom, &element.navn);
    if element.barn.is_empty() || !element.verdi().is_empty() {
        ut.tekst.clone_from(&element.tekst);
    }
    ut.attributter.clone_from(&element.attributter);
    ut.attributter.sort();
    ut.barn = element.barn.iter().map(normal).collect();
    ut
}

pub fn dybde(element: &Element) -> usize {
    1 + element.barn.iter().map(dybde).max().unwrap_or(0)
}

fn filer(mappe: &Path, slutt: impl Fn(&str) -> bool) -> Vec<(String, Vec<u8>)> {
    let mut ut: Vec<_> = std::fs::read_dir(mappe.join("examples"))
        .unwrap()
        .flatten()
        .map(|fil| (fil.file_name().into_string().unwrap(), fil.path()))
        .filter(|(navn, _)| slutt(navn))
        .map(|(navn, sti)| (navn, std::fs::read(sti).unwrap()))
        .collect();
    ut.sort();
    ut
}

/// Writes an answer from what was read of it.
pub fn skriv(svar: &Svar) -> String {
    let innhold = match &svar.foresporsel {
        Foresporsel::Soek(soek) => Innhold::Soek {
            kode: svar.kode.unwrap(),
            totalt: svar.antall[0],
            gjenstaar: svar.antall[2],
            treff: &svar.personer,
            soek,
        },
        Foresporsel::Oppslag(oppslag) => Innhold::Oppslag {
            kode: svar.kode.unwrap(),
            treff: svar.personer.first(),
            oppslag,
        },
        Foresporsel::Ny(_) | Foresporsel::Endring(_) => Innhold::Registrering(svar.personer.first()),
        Foresporsel::Kobling(_) | Foresporsel::Frakobling(_) => Innhold::Kobling,
    };
    hl7::skriv(svar.operasjon, &svar.hode, &svar.forespurt, &svar.kvittering, &innhold)
}

#[test]
fn every_example_request_is_read_without_a_word() {
    let Some(mappe) = preg() else { return };
    let mut sett = Vec::new();
    for (fil, byte) in filer(&mappe, |n| n.ends_with("-request.xml") && !n.starts_with("soap")) {
        let kropp = tre::les(&byte).unwrap();
        let operasjon = Operasjon::med_navn(&kropp.navn).unwrap();
        let (hode, foresporsel, detaljer): (Hode, _, _) = Foresporsel::les(operasjon, &kropp);
        assert_eq!(detaljer, [], "{fil}");
        assert_eq!(hode.sjekk(operasjon, Modus::Test), Ok(Vec::new()), "{fil}");
        assert!(hode.sjekk(operasjon, Modus::Produksjon).is_err(), "{fil}");
        match foresporsel {
            Foresporsel::Soek(s) => {
                assert!(s.navn.len() == 1 && s.foedt.len() == 1 && s.kjoenn.len() == 1 && s.antall == Some(25))
            }
            Foresporsel::Oppslag(o) => assert!(o.id[0].sifre().is_some() && o.sporring.id.is_some()),
            Foresporsel::Ny(r) => {
                assert!(r.id.is_none() && r.adresser.len() == 2 && r.navn.verdi().is_some());
                assert!(r.andre_id.verdi().is_some() && r.telekom.verdi().is_some() && r.foedested.verdi().is_some());
            }
            Foresporsel::Endring(r) => {
                assert!(r.id.is_some() && r.doed.verdi() == Some(&false) && r.adresser.len() == 1)
            }
            Foresporsel::Kobling(k) | Foresporsel::Frakobling(k) => {
                assert!(k.gjenstaar.is_some_and(|b| b.er_enig()) && k.utgaar.len() == 1);
            }
        }
        sett.push(operasjon);
    }
    sett.sort();
    assert_eq!(sett, Operasjon::ALLE);
}

#[test]
fn every_example_answer_is_written_back_as_it_stands() {
    let Some(mappe) = preg() else { return };
    let mut antall = 0;
    for (fil, byte) in filer(&mappe, |n| n.contains("-response") && !n.starts_with("soap")) {
        let ventet = tre::les(&byte).unwrap();
        let skrevet = skriv(&svarleser::les(&ventet));
        let lest = tre::les(skrevet.as_bytes()).unwrap();
        assert!(normal(&lest) == normal(&ventet), "{fil}\n{skrevet}");
        antall += 1;
    }
    assert_eq!(antall, 12);
}

#[test]
fn the_example_envelopes_are_read_and_written() {
    let Some(mappe) = preg() else { return };
    let les = |navn: &str| std::fs::read(mappe.join("examples").join(navn)).unwrap();
    let naa = "2023-03-27T08:15:01Z".parse().unwrap();
    let konvolutt = konvolutt::les(&les("soap-GetDemographics-request.xml"), None, naa).unwrap();
    assert_eq!(konvolutt.operasjon, Operasjon::GetDemographics);
    let (_, _, detaljer) = Foresporsel::les(konvolutt.operasjon, &konvolutt.kropp);
    assert_eq!(detaljer, []);
    let ventet = tre::les(&les("soap-GetDemographics-response.xml")).unwrap();
    let kropp = skriv(&svarleser::les(&ventet.barn[1].barn[0]));
    let svar = konvolutt::skriv(&konvolutt.retur, konvolutt.operasjon, naa, &kropp);
    let lest = tre::les(svar.as_bytes()).unwrap();
    assert!(normal(&lest) == normal(&ventet), "{svar}");
    assert!(dybde(&lest) < 32);
    for (fil, feil) in [
        ("soap-fault-authentication.xml", preg::feil::Feil::Innlogging),
        ("soap-fault-timestamp.xml", preg::feil::Feil::Sikkerhet),
    ] {
        let retur = konvolutt.retur.clone();
        let svar = konvolutt::Avslag { feil, retur }.svar();
        let lest = tre::les(svar.kropp.as_bytes()).unwrap();
        assert!(normal(&lest) == normal(&tre::les(&les(fil)).unwrap()), "{}", svar.kropp);
        assert_eq!(svar.status, 500);
    }
    // An old message is refused, by the same fault.
    let senere = "2023-03-27T09:15:01Z".parse().unwrap();
    let avslag = konvolutt::les(&les("soap-GetDemographics-request.xml"), None, senere).unwrap_err();
    assert_eq!(avslag.feil, preg::feil::Feil::Sikkerhet);
    assert_eq!(avslag.retur, konvolutt.retur);
}
