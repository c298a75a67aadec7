//! Each rule by itself.

use std::collections::BTreeSet;
use std::path::Path;

use hjelpenummer::{Endring, Fakta, Feil, Handling, Kjoenn, OverNummer, Revisjon, Steder};
use identifikator::{FellesHjelpenummer, Folkeregisteridentifikator, Nummer, Nummertype, klassifiser};

use crate::felles::{NAA, aapne, folk, fra, hvem, kvinne, som, ukjent, utsted};

#[test]
fn a_number_is_drawn_among_all_and_is_of_no_other_series() {
    let mappe = tempfile::tempdir().unwrap();
    let lager = aapne(mappe.path());
    let numre: BTreeSet<FellesHjelpenummer> = (0..200).map(|_| utsted(&lager, &kvinne())).collect();
    assert_eq!(numre.len(), 200);
    let aatte = numre.iter().filter(|n| n.as_str().starts_with('8')).count();
    assert!((60..140).contains(&aatte), "{aatte}");
    for nummer in &numre {
        assert!(Folkeregisteridentifikator::parse(nummer.as_str()).is_err());
        let typer: Vec<_> = klassifiser(nummer.as_str()).nummertyper().collect();
        assert_eq!(typer, [Nummertype::FellesHjelpenummer]);
    }
}

#[test]
fn a_number_that_cannot_be_or_is_taken_is_drawn_again() {
    let mappe = tempfile::tempdir().unwrap();
    let lager = aapne(mappe.path());
    let gi = |trekk: &mut dyn FnMut() -> Result<u32, Feil>| {
        lager
            .utsted(&kvinne(), false, None, &hvem("a"), NAA, trekk)
            .map(|u| u.nummer)
    };
    let foerste = gi(&mut fra(800_000_000)).unwrap();
    let andre = gi(&mut fra(800_000_000)).unwrap();
    assert!(foerste < andre);
    // One that draws the same again and again ends.
    let grunntall = u32::try_from(foerste.to_u64() / 100).unwrap();
    assert!(matches!(gi(&mut || Ok(grunntall)), Err(Feil::Trekning)));
    assert!(matches!(gi(&mut || Err(Feil::Trekning)), Err(Feil::Trekning)));
    assert_eq!(lager.antall_utstedt(), 2);
}

#[test]
fn the_same_message_gets_the_same_number_for_a_day_and_other_content_is_refused() {
    let mappe = tempfile::tempdir().unwrap();
    let lager = aapne(mappe.path());
    let send = |bruker: &str, melding: &str, fakta: &Fakta, tid: i64| {
        lager.utsted(
            fakta,
            true,
            Some(melding),
            &hvem(bruker),
            tid,
            &mut hjelpenummer::tilfeldig,
        )
    };
    let foerste = send("a", "1", &kvinne(), NAA).unwrap();
    assert!(!foerste.gjentatt);
    let igjen = send("a", "1", &kvinne(), NAA + 86_400).unwrap();
    assert!(igjen.gjentatt && igjen.nummer == foerste.nummer);
    assert!(matches!(
        send("a", "1", &Fakta::default(), NAA),
        Err(Feil::AnnetInnhold)
    ));
    // Another's message of the same name is another.
    assert_ne!(send("b", "1", &kvinne(), NAA).unwrap().nummer, foerste.nummer);
    assert_ne!(send("a", "2", &kvinne(), NAA).unwrap().nummer, foerste.nummer);
    // After a day it is forgotten, and remembered anew.
    let senere = send("a", "1", &kvinne(), NAA + 86_401).unwrap();
    assert!(!senere.gjentatt && senere.nummer != foerste.nummer);
    assert_eq!(send("a", "1", &kvinne(), NAA + 90_000).unwrap().nummer, senere.nummer);
}

#[test]
fn nothing_must_be_known_when_it_is_said_so() {
    let mappe = tempfile::tempdir().unwrap();
    let lager = aapne(mappe.path());
    let send = |fakta: &Fakta, ukjent| lager.utsted(fakta, ukjent, None, &hvem("a"), NAA, &mut hjelpenummer::tilfeldig);
    assert!(matches!(send(&Fakta::default(), false), Err(Feil::ForLite)));
    assert!(send(&Fakta::default(), true).is_ok());
    let kjoenn = |kjoenn| Fakta {
        kjoenn: Some(kjoenn),
        ..Fakta::default()
    };
    assert!(send(&kjoenn(Kjoenn::Mann), false).is_ok());
    assert!(matches!(send(&kjoenn(Kjoenn::Ukjent), false), Err(Feil::ForLite)));
    let feil = Fakta {
        sivilstand: Some(12),
        ..kvinne()
    };
    assert!(matches!(send(&feil, true), Err(Feil::Ugyldig("sivilstand"))));
    assert_eq!(lager.antall_utstedt(), 2);
}

#[test]
fn a_revision_is_stored_logged_and_of_help_numbers_alone() {
    let mappe = tempfile::tempdir().unwrap();
    let lager = aapne(mappe.path());
    let nummer = utsted(&lager, &kvinne());
    let sivilstand = |kode| Revisjon {
        sivilstand: Endring::Sett(kode),
        ..Revisjon::default()
    };
    let etter = lager.revider(&som(nummer), sivilstand(2), &hvem("b"), NAA + 5).unwrap();
    assert_eq!(
        (etter.fakta.sivilstand, etter.endret_s, etter.utstedt_s),
        (Some(2), NAA + 5, NAA)
    );
    // What changes nothing is no entry.
    lager.revider(&som(nummer), sivilstand(2), &hvem("b"), NAA + 6).unwrap();
    assert_eq!(lager.siste().unwrap(), 2);
    let logg = lager.logg(1, 10).unwrap();
    assert_eq!(
        (logg[1].handling.clone(), logg[1].avsender.clone()),
        (Handling::Revidert, hvem("b"))
    );
    let fakta = lager.loggfakta(2).unwrap();
    assert_eq!(fakta.foer, Some(kvinne()));
    assert_eq!(fakta.etter.unwrap().sivilstand, Some(2));
    let fra_registeret = Nummer::Foedselsnummer(folk());
    let nektet = |nummer: &Nummer, revisjon| lager.revider(nummer, revisjon, &hvem("b"), NAA).unwrap_err();
    assert!(matches!(nektet(&fra_registeret, sivilstand(2)), Feil::IkkeHjelpenummer));
    assert!(matches!(
        nektet(&som(nummer), sivilstand(0)),
        Feil::Ugyldig("sivilstand")
    ));
    assert!(matches!(nektet(&som(ukjent()), sivilstand(2)), Feil::Ukjent));
    lager
        .knytt(OverNummer::Folkeregister(folk()), &[som(nummer)], &hvem("b"), NAA)
        .unwrap();
    assert!(matches!(nektet(&som(nummer), sivilstand(4)), Feil::Erstattet));
}

#[test]
fn links_are_one_flat_level_and_a_number_let_go_is_what_it_was() {
    let mappe = tempfile::tempdir().unwrap();
    let lager = aapne(mappe.path());
    let [a, b, c, d] = [(); 4].map(|()| utsted(&lager, &kvinne()));
    let over = |n| OverNummer::Hjelpenummer(n);
    let folket = OverNummer::Folkeregister(folk());
    let fnr = folk().to_u64();
    let knytt = |over, under: &[FellesHjelpenummer]| {
        let under: Vec<Nummer> = under.iter().copied().map(som).collect();
        lager.knytt(over, &under, &hvem("a"), NAA + 1)
    };
    let hvor = |n: FellesHjelpenummer| lager.slaa_opp(n).unwrap().unwrap().over;
    let sortert = |mut numre: Vec<FellesHjelpenummer>| {
        numre.sort_unstable();
        numre
    };
    assert!(matches!(knytt(over(a), &[a]), Err(Feil::TilSegSelv)));
    knytt(over(a), &[b]).unwrap();
    assert_eq!(hvor(b), Some(a.to_u64()));
    // Neither may be under another, and it is all of them or none.
    assert!(matches!(knytt(over(b), &[c]), Err(Feil::Erstattet)));
    assert!(matches!(knytt(folket, &[c, b]), Err(Feil::Erstattet)));
    assert_eq!(hvor(c), None);
    let folkenummer = Nummer::Foedselsnummer(folk());
    assert!(matches!(
        lager.knytt(over(a), &[folkenummer], &hvem("a"), NAA),
        Err(Feil::IkkeHjelpenummer)
    ));
    assert!(matches!(knytt(over(ukjent()), &[c]), Err(Feil::Ukjent)));
    assert!(matches!(knytt(folket, &[ukjent()]), Err(Feil::Ukjent)));
    // Those under one that moves move with it.
    knytt(folket, &[a, c, c]).unwrap();
    assert_eq!(lager.under(fnr).unwrap(), sortert(vec![a, b, c]));
    assert_eq!([a, b, c, d].map(hvor), [Some(fnr), Some(fnr), Some(fnr), None]);
    assert!(lager.under(a.to_u64()).unwrap().is_empty());
    let foer = lager.slaa_opp(a).unwrap().unwrap().fakta;
    // Out again: what came along stays.
    let loes = |over, n| lager.loes(over, &som(n), &hvem("a"), NAA + 2);
    assert!(matches!(loes(a.to_u64(), b), Err(Feil::IkkeKnyttet)));
    assert!(matches!(loes(fnr, d), Err(Feil::IkkeKnyttet)));
    loes(fnr, a).unwrap();
    assert_eq!(lager.under(fnr).unwrap(), sortert(vec![b, c]));
    assert_eq!((hvor(a), lager.slaa_opp(a).unwrap().unwrap().fakta), (None, foer));
    knytt(folket, &[a]).unwrap();
    let mange = vec![d; 101];
    assert!(matches!(knytt(folket, &mange), Err(Feil::ForMange)));
    let sist: Vec<_> = lager
        .logg(5, 100)
        .unwrap()
        .into_iter()
        .map(|i| (i.seq, i.nummer, i.handling))
        .collect();
    assert_eq!(sist[0], (5, b, Handling::Knyttet { over: a.to_u64() }));
    assert_eq!(sist.last().unwrap().2, Handling::Knyttet { over: fnr });
    assert_eq!(sist.len(), 1 + 3 + 1 + 1);
}

#[test]
fn a_store_from_before_a_number_was_issued_gives_it_to_nobody() {
    let mappe = tempfile::tempdir().unwrap();
    let kopi = tempfile::tempdir().unwrap();
    let data = mappe.path().join("hjelpenummer/data");
    let gi = |lager: &hjelpenummer::Hjelpenumre| {
        lager
            .utsted(&kvinne(), false, None, &hvem("a"), NAA, &mut fra(900_000_000))
            .unwrap()
            .nummer
    };
    let lager = aapne(mappe.path());
    let foerste = gi(&lager);
    drop(lager);
    std::fs::copy(data.join("data.mdb"), kopi.path().join("data.mdb")).unwrap();
    let lager = aapne(mappe.path());
    let andre = gi(&lager);
    drop(lager);
    // Restored from before the second, with the same chance as then.
    std::fs::copy(kopi.path().join("data.mdb"), data.join("data.mdb")).unwrap();
    let lager = aapne(mappe.path());
    assert!(lager.slaa_opp(andre).unwrap().is_none() && lager.er_utstedt(andre));
    let tredje = gi(&lager);
    assert!(tredje != andre && tredje != foerste);
    drop(lager);
    // Nor does one that is made anew beside the list.
    std::fs::remove_dir_all(&data).unwrap();
    let lager = aapne(mappe.path());
    assert!(![foerste, andre, tredje].contains(&gi(&lager)));
    drop(lager);
    // And no store opens without its list.
    let liste = mappe.path().join("hjelpenummer/utstedt/liste");
    let hel = std::fs::read(&liste).unwrap();
    std::fs::write(&liste, &hel[..hel.len() - 32]).unwrap();
    let aapnet = hjelpenummer::Hjelpenumre::aapne(mappe.path(), &Steder::default());
    assert!(matches!(aapnet, Err(Feil::ManglerUtstedte { .. })));
    std::fs::remove_file(&liste).unwrap();
    let aapnet = hjelpenummer::Hjelpenumre::aapne(mappe.path(), &Steder::default());
    assert!(matches!(aapnet, Err(Feil::ManglerUtstedte { har: 0, .. })));
}

fn ligger(mappe: &Path, tekst: &[u8]) -> bool {
    std::fs::read_dir(mappe).unwrap().any(|inne| {
        let sti = inne.unwrap().path();
        if sti.is_dir() {
            ligger(&sti, tekst)
        } else {
            std::fs::read(sti)
                .unwrap()
                .windows(tekst.len())
                .any(|vindu| vindu == tekst)
        }
    })
}

#[test]
fn what_is_known_of_a_person_lies_open_in_no_file_and_in_no_word_of_ours() {
    let mappe = tempfile::tempdir().unwrap();
    let lager = aapne(mappe.path());
    let nummer = utsted(&lager, &kvinne());
    let revisjon = Revisjon {
        sivilstand: Endring::Sett(2),
        ..Revisjon::default()
    };
    let ord = format!("{:?} {:?} {revisjon:?}", kvinne(), lager.slaa_opp(nummer).unwrap());
    assert!(!ord.contains("Skjult"), "{ord}");
    lager.revider(&som(nummer), revisjon, &hvem("a"), NAA).unwrap();
    drop(lager);
    assert!(!ligger(mappe.path(), b"Skjultnavn"));
    // The control: what is not a fact does.
    assert!(ligger(mappe.path(), b"312000008"));
}
