//! Whatever happens on the way, the copy becomes what the source is, and tells of it once.

use std::sync::atomic::Ordering;

use helsekopi::{Hendelse, Kopihendelse, Omfang, Steg, Stilling};
use proptest::prelude::*;

use crate::kilde::{NAA, Prove, Registerkilde, kjoer};

/// Every event of a view, read in pages of an odd size; numbers stand where they should.
#[track_caller]
pub fn alle(prove: &Prove, omfang: Omfang) -> Vec<Hendelse> {
    let les = prove.kopi().les().unwrap();
    let mut ut: Vec<Hendelse> = Vec::new();
    loop {
        let side = les.hendelser(omfang, ut.len() as u64 + 1, 77).unwrap();
        if side.is_empty() {
            break;
        }
        ut.extend(side);
    }
    assert!(ut.iter().map(|h| h.sekvensnummer).eq(1..=ut.len() as u64));
    assert_eq!(les.siste(omfang).unwrap(), ut.len() as u64);
    for h in &ut {
        assert!(les.sekvensnummer(h.person, omfang).unwrap() >= h.sekvensnummer);
    }
    ut
}

#[test]
fn everybody_is_loaded_and_then_what_happens_is_followed() {
    kjoer(async {
        let (kilde, maaned) = Registerkilde::med_nasjon(7, 500);
        let mut prove = Prove::new(&kilde);
        let stilling = prove.kopi().stilling().unwrap();
        assert!(matches!(stilling, Stilling::Laster { foerste: true, .. }));
        prove.til_ajour().await;
        prove.lik();
        for omfang in Omfang::ALLE {
            let feed = alle(&prove, omfang);
            assert_eq!(feed.len(), 500);
            assert!(feed.iter().all(|h| h.hendelse == Kopihendelse::Befolket));
        }
        for bolk in maaned.chunks(13) {
            for transaksjon in bolk {
                kilde.register.utfoer(transaksjon, NAA).unwrap();
            }
            prove.til_ajour().await;
        }
        assert!(maaned.len() > 20);
        prove.lik();
        let full = alle(&prove, Omfang::FullMedGraderte);
        assert!(full.len() as u64 >= kilde.siste(), "{} {}", full.len(), kilde.siste());
        // Ids are the same whoever asks, and name the person they came from.
        let les = prove.kopi().les().unwrap();
        for h in &full {
            assert_eq!(les.person(les.id(h.person)).unwrap(), Some(h.person));
        }
    });
}

#[test]
fn what_was_taken_in_is_no_news_when_everything_is_read_again() {
    kjoer(async {
        let (kilde, maaned) = Registerkilde::med_nasjon(8, 400);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        for transaksjon in &maaned {
            kilde.register.utfoer(transaksjon, NAA).unwrap();
        }
        prove.til_ajour().await;
        let foer = Omfang::ALLE.map(|o| alle(&prove, o));
        // The source no longer keeps what comes next: 406.
        kilde.eldste.store(kilde.siste() + 2, Ordering::Relaxed);
        prove.steg().await.unwrap();
        let stilling = prove.kopi().stilling().unwrap();
        assert!(matches!(stilling, Stilling::Laster { foerste: false, .. }));
        kilde.eldste.store(0, Ordering::Relaxed);
        prove.til_ajour().await;
        assert_eq!(Omfang::ALLE.map(|o| alle(&prove, o)), foer);
        prove.lik();
    });
}

#[test]
fn what_happened_while_the_feed_was_lost_is_found_by_reading_everybody_again() {
    kjoer(async {
        let (kilde, maaned) = Registerkilde::med_nasjon(9, 400);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        let foer = alle(&prove, Omfang::FullMedGraderte).len();
        for transaksjon in &maaned {
            kilde.register.utfoer(transaksjon, NAA).unwrap();
        }
        kilde.eldste.store(u64::MAX, Ordering::Relaxed);
        prove.steg().await.unwrap();
        kilde.eldste.store(0, Ordering::Relaxed);
        prove.gjenaapne();
        prove.til_ajour().await;
        prove.lik();
        let nye = &alle(&prove, Omfang::FullMedGraderte)[foer..];
        assert!(nye.iter().all(|h| h.hendelse != Kopihendelse::Befolket));
        assert!(nye.len() > 20);
    });
}

#[test]
fn a_source_that_was_put_back_to_an_earlier_day_is_read_again() {
    kjoer(async {
        let (kilde, maaned) = Registerkilde::med_nasjon(10, 300);
        let (yngre, _) = Registerkilde::med_nasjon(10, 300);
        for transaksjon in &maaned {
            kilde.register.utfoer(transaksjon, NAA).unwrap();
        }
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        prove.lik();
        prove.kilde = yngre;
        prove.gjenaapne();
        prove.til_ajour().await;
        prove.viser_likt();
    });
}

#[test]
fn an_extract_that_is_gone_is_ordered_again() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(11, 400);
        kilde.glemsk.store(2, Ordering::Relaxed);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        prove.lik();
        assert_eq!(alle(&prove, Omfang::Full).len(), 400);
    });
}

#[test]
fn a_source_that_gives_somebody_elses_document_changes_nobody_and_is_asked_again() {
    kjoer(async {
        let (kilde, maaned) = Registerkilde::med_nasjon(12, 300);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        kilde.loegn.store(1, Ordering::Relaxed);
        for transaksjon in &maaned {
            kilde.register.utfoer(transaksjon, NAA).unwrap();
        }
        for _ in 0..20 {
            let _ = prove.steg().await;
        }
        let maalt = prove.foelger.as_ref().unwrap().maaling().tall();
        // Neighbours in the list that are one person by now are told the truth of each other.
        assert!(maalt.uleselig > 10 && maalt.endret < 10 + 300, "{maalt:?}");
        kilde.loegn.store(0, Ordering::Relaxed);
        // Those that wait are due when the clock has gone on.
        prove.foelg_fra(NAA + 10_000);
        prove.til_ajour().await;
        prove.lik();
    });
}

#[test]
fn whoever_cannot_be_read_in_the_extract_is_asked_for_again() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(13, 300);
        kilde.uleselige.store(7, Ordering::Relaxed);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        assert_eq!(prove.kopi().register().antall_personer().unwrap(), 293);
        prove.foelg_fra(NAA + 10_000);
        prove.til_ajour().await;
        prove.lik();
        assert_eq!(prove.kopi().register().antall_personer().unwrap(), 300);
    });
}

#[test]
fn whoever_waits_long_keeps_nobody_from_being_asked_for_again() {
    kjoer(async {
        let (kilde, _) = Registerkilde::med_nasjon(14, 700);
        kilde.uleselige.store(650, Ordering::Relaxed);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        assert_eq!(prove.kopi().register().antall_personer().unwrap(), 50);
        // As many as are asked for at a time, and some, are never known.
        let mut numre: Vec<u64> = kilde.numre().iter().map(|n| n.parse().unwrap()).collect();
        numre.sort_unstable();
        kilde.skjult_under.store(numre[600], Ordering::Relaxed);
        prove.foelg_fra(NAA + 10_000);
        prove.til_ajour().await;
        let kjente = prove.kopi().register().antall_personer().unwrap();
        assert!(kjente > 90, "{kjente}");
        kilde.skjult_under.store(0, Ordering::Relaxed);
        prove.foelg_fra(NAA + 20_000);
        prove.til_ajour().await;
        prove.lik();
        assert_eq!(prove.kopi().register().antall_personer().unwrap(), 700);
    });
}

#[test]
fn a_source_that_refuses_every_number_is_read_again_more_and_more_seldom() {
    kjoer(async {
        let (kilde, maaned) = Registerkilde::med_nasjon(15, 300);
        let mut prove = Prove::new(&kilde);
        prove.til_ajour().await;
        kilde.eldste.store(u64::MAX, Ordering::Relaxed);
        let mut ventet = Vec::new();
        while ventet.len() < 6 {
            if let Steg::Vent(vent) = prove.steg().await.unwrap() {
                ventet.push(vent.as_secs());
            }
        }
        assert_eq!(ventet, [60, 120, 240, 480, 900, 900]);
        // The first time, and once before each wait but the first.
        assert_eq!(kilde.bestillinger(), 1 + 6);
        // It goes on where it was when the source does.
        kilde.eldste.store(0, Ordering::Relaxed);
        for transaksjon in &maaned {
            kilde.register.utfoer(transaksjon, NAA).unwrap();
        }
        prove.til_ajour().await;
        assert_eq!(kilde.bestillinger(), 1 + 6);
        prove.lik();
        // And the next time it is read again at once.
        kilde.eldste.store(u64::MAX, Ordering::Relaxed);
        prove.steg().await.unwrap();
        assert!(matches!(prove.kopi().stilling().unwrap(), Stilling::Laster { .. }));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_copy_that_is_cut_off_anywhere_and_meets_failures_is_the_one_that_was_not(
        froe in 0u64..1_000,
        svikt in 2u32..6,
        side in 1u64..40,
        stopp in prop::collection::vec(1usize..12, 1..12),
        bolk in 1usize..60,
    ) {
        kjoer(async {
            let (kilde, maaned) = Registerkilde::med_nasjon(froe, 300);
            kilde.svikt.store(svikt, Ordering::Relaxed);
            kilde.side.store(side, Ordering::Relaxed);
            kilde.glemsk.store(svikt % 2, Ordering::Relaxed);
            let mut prove = Prove::new(&kilde);
            let mut stopp = stopp.into_iter().cycle();
            for noe in maaned.chunks(bolk) {
                for transaksjon in noe {
                    kilde.register.utfoer(transaksjon, NAA).unwrap();
                }
                for _ in 0..stopp.next().unwrap() {
                    let _ = prove.steg().await;
                }
                prove.gjenaapne();
            }
            prove.til_ajour().await;
            prove.lik();
            let feeder = Omfang::ALLE.map(|o| alle(&prove, o).len());
            // Everybody came once.
            let personer = prove.kopi().register().antall_personer().unwrap();
            let full = alle(&prove, Omfang::FullMedGraderte);
            let mut hvem: Vec<_> = full.iter().map(|h| h.person).collect();
            hvem.sort_unstable();
            hvem.dedup();
            assert_eq!(hvem.len(), personer as usize);
            let befolket: Vec<_> = full.iter().filter(|h| h.hendelse == Kopihendelse::Befolket).collect();
            let mut en_gang: Vec<_> = befolket.iter().map(|h| h.person).collect();
            en_gang.sort_unstable();
            en_gang.dedup();
            assert_eq!(en_gang.len(), befolket.len());
            prove.gjenaapne();
            prove.til_ajour().await;
            assert_eq!(Omfang::ALLE.map(|o| alle(&prove, o).len()), feeder);
        });
    }
}
