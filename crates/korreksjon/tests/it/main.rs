//! Jobs on a register of their own: what they hold, when they let go, and that they go on from their row.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that fails panics"
)]

use std::sync::Arc;

use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::{Handling, Persondokument, Registrering, Tidspunkt};
use korreksjon::{Bestilling, Feil, Jobb, Jobbnr, Regelvalg, Steg, Tilstand, Verk};
use register::Register;
use saksbehandling::Tid;
use serde_json::json;
use tilgang::{Pakke, Projeksjon};

const NAA: i64 = 1_767_222_000;

fn tid(minutter: i64) -> Tid {
    let sekunder = NAA + minutter * 60;
    let tidspunkt = Tidspunkt::new(sekunder, 0, 0, informasjonsmodell::Forskyvning::Minutter(60)).unwrap();
    Tid {
        tidspunkt,
        dag: informasjonsmodell::Dato::hel(2026, 1, 1).unwrap(),
        sekunder,
    }
}

fn nummer(n: u32) -> String {
    let foran = format!("{:02}8190", n % 28 + 1);
    let slutt = (0..300u32).map(|s| format!("{foran}{:05}", 99_999 - (n / 28) * 300 - s));
    slutt
        .into_iter()
        .find(|t| Folkeregisteridentifikator::parse(t).is_ok())
        .unwrap()
}

/// A register of so many, everyone ugift without a time.
fn befolket(antall: u32) -> (tempfile::TempDir, Arc<Register>) {
    let mappe = tempfile::tempdir().unwrap();
    let register = Arc::new(Register::aapne(mappe.path()).unwrap());
    for n in 1..=antall {
        let dokument = json!({
            "identifikasjonsnummer": [{"status": "iBruk", "foedselsEllerDNummer": nummer(n), "identifikatortype": "foedselsnummer", "erGjeldende": true}],
            "status": [{"status": "bosatt", "erGjeldende": true}],
            "foedsel": [{"foedselsdato": "1990-03-04", "foedselsaar": "1990", "erGjeldende": true}],
            "sivilstand": [{"sivilstand": "ugift", "erGjeldende": true, "kilde": "KILDE_DSF", "aarsak": "Ukjent"}],
        });
        let opprett = Registrering {
            tidspunkt: tid(0).tidspunkt,
            handling: Handling::Opprett(Box::new(Persondokument::les(dokument).unwrap())),
        };
        register.utfoer(&[opprett], NAA).unwrap();
    }
    (mappe, register)
}

fn bestilling(holdt: &[Pakke], per_sekund: Option<u32>) -> Bestilling {
    Bestilling {
        regel: Some((Regelvalg::SivilstandGyldighet, tid(0).tidspunkt, None)),
        fil: None,
        holdt: holdt.to_vec(),
        slipp: Vec::new(),
        per_sekund,
    }
}

fn antall(register: &Register, projeksjon: Projeksjon) -> u64 {
    register.les().unwrap().siste_sekvensnummer(projeksjon).unwrap()
}

fn til_ende(verk: &Verk, naa: &Tid) -> Jobb {
    let mut siste = None;
    while let Steg::Gjort { jobb, .. } = verk.steg(naa).unwrap() {
        siste = Some(jobb);
    }
    *siste.unwrap()
}

/// What the driver does each round besides the job.
fn publiser(verk: &Verk, register: &Register, naa: &Tid) {
    verk.avstem(&[], naa.sekunder).unwrap();
    while register.publiser(None, 5, naa.sekunder).unwrap().mer {}
}

#[test]
fn packages_are_let_go_when_the_job_is_done_and_those_with_a_later_time_then() {
    let (_mappe, register) = befolket(12);
    let verk = Verk::new(register.clone(), 2);
    let mut bestilt = bestilling(&Pakke::ALLE, None);
    bestilt.slipp = vec![(Pakke::Finans, tid(60).sekunder)];
    let foer: Vec<u64> = Projeksjon::ALLE.iter().map(|p| antall(&register, *p)).collect();
    let jobb = verk.bestill(&bestilt, &tid(1)).unwrap();
    assert!(matches!(verk.bestill(&bestilt, &tid(1)), Err(Feil::Opptatt(Jobbnr(1)))));
    publiser(&verk, &register, &tid(1));
    let ferdig = til_ende(&verk, &tid(2));
    assert_eq!(
        (ferdig.nr, ferdig.tilstand, ferdig.rettet),
        (jobb.nr, Tilstand::Ferdig, 12)
    );
    let naa: Vec<u64> = Projeksjon::ALLE.iter().map(|p| antall(&register, *p)).collect();
    assert_eq!(naa, foer);
    publiser(&verk, &register, &tid(3));
    assert_eq!(antall(&register, Projeksjon::MedHjemmel), 24);
    assert_eq!(antall(&register, Projeksjon::Finans), 12);
    assert!(!verk.er_publisert(&ferdig).unwrap());
    publiser(&verk, &register, &tid(61));
    assert_eq!(antall(&register, Projeksjon::Finans), 24);
    assert!(verk.er_publisert(&ferdig).unwrap());
    assert_eq!(register.verifiser(&mut |_| {}).unwrap(), []);
    // Everybody has the day of birth now, from the same source, and nothing is left to do.
    let les = register.les().unwrap();
    let en = les.eksporter(les.personer().unwrap().next().unwrap()).unwrap().unwrap();
    let tekst = String::from_utf8(en.til_json()).unwrap();
    assert!(
        tekst.contains("1990-03-04T00:00:00+01:00") && tekst.contains("KILDE_DSF"),
        "{tekst}"
    );
    drop(les);
    let proevd = verk.proev(&bestilling(&[], None), None, &tid(62)).unwrap();
    assert_eq!((proevd.sett, proevd.rettet, proevd.neste), (12, 0, None));
}

#[test]
fn a_job_goes_on_from_its_row_and_waits_when_it_is_told_to() {
    let (_mappe, register) = befolket(20);
    let bestilt = bestilling(&[], Some(20));
    let verk = Verk::new(register.clone(), 1);
    let proevd = verk.proev(&bestilt, None, &tid(0)).unwrap();
    assert_eq!((proevd.rettet, proevd.elementer["finans"]), (20, 20));
    let jobb = verk.bestill(&bestilt, &tid(1)).unwrap();
    let Steg::Gjort { rettet, .. } = verk.steg(&tid(1)).unwrap() else {
        panic!()
    };
    // Twenty a second, in five commits.
    assert_eq!(rettet, 4);
    verk.pause(jobb.nr, &tid(2)).unwrap();
    assert_eq!(verk.steg(&tid(2)).unwrap(), Steg::Ingen);
    assert!(matches!(verk.pause(jobb.nr, &tid(2)), Err(Feil::Tilstand { .. })));
    // As after a restart: another engine knows nothing but the row.
    drop(verk);
    let verk = Verk::new(register.clone(), 1);
    verk.fortsett(jobb.nr, &tid(3)).unwrap();
    let ferdig = til_ende(&verk, &tid(3));
    assert_eq!((ferdig.sett, ferdig.rettet, ferdig.hendelser), (20, 20, 20));
    assert_eq!(antall(&register, Projeksjon::MedHjemmel), 40);
    assert!(matches!(verk.stopp(jobb.nr, &tid(4)), Err(Feil::Tilstand { .. })));
    assert!(matches!(verk.jobb(Jobbnr(9)), Err(Feil::Ukjent(Jobbnr(9)))));
    assert_eq!(verk.jobber().unwrap().len(), 1);
}

#[test]
fn a_job_that_is_stopped_lets_go_of_what_it_held_and_what_was_done_is_done() {
    let (_mappe, register) = befolket(10);
    let verk = Verk::new(register.clone(), 1);
    let jobb = verk.bestill(&bestilling(&[Pakke::Privat], Some(15)), &tid(1)).unwrap();
    verk.steg(&tid(1)).unwrap();
    verk.stopp(jobb.nr, &tid(2)).unwrap();
    assert_eq!(verk.steg(&tid(2)).unwrap(), Steg::Ingen);
    assert_eq!(antall(&register, Projeksjon::MedHjemmel), 13);
    let privat = antall(&register, Projeksjon::Privat);
    publiser(&verk, &register, &tid(3));
    assert!(antall(&register, Projeksjon::Privat) >= privat);
    assert!(!register.les().unwrap().feedstatus(Projeksjon::Privat).unwrap().venter);
    assert_eq!(register.verifiser(&mut |_| {}).unwrap(), []);
}
