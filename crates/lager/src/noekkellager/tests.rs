use super::gjeldende::{GJELDENDE, Gjeldende};
use super::*;
use crate::Avbryter;

fn sett(lager: &Noekkellager, person: u32, noekkel: &Noekkel) {
    let pakket = lager.pakk(noekkel).unwrap();
    let mut skriv = lager.skriv();
    skriv.sett_pakket(person, 0, &pakket);
    skriv.bekreft().unwrap();
}

fn oedelegg(lager: &Noekkellager, person: u32) {
    let mut skriv = lager.skriv();
    skriv.oedelegg(person, 0);
    skriv.bekreft().unwrap();
}

/// Whether a wrapped key lies anywhere in the files below a folder.
fn ligger(mappe: &Path, pakket: &[u8]) -> bool {
    std::fs::read_dir(mappe).unwrap().any(|inne| {
        let sti = inne.unwrap().path();
        if sti.is_dir() {
            ligger(&sti, pakket)
        } else {
            let byte = std::fs::read(sti).unwrap();
            byte.windows(pakket.len()).any(|vindu| vindu == pakket)
        }
    })
}

#[test]
fn a_destroyed_key_is_gone_and_another_file_opens_none() {
    let mappe = tempfile::tempdir().unwrap();
    let (lagermappe, noekler) = (mappe.path().join("a"), mappe.path().join("n"));
    let lager = Noekkellager::aapne(&lagermappe, &noekler, None).unwrap();
    let noekkel = Noekkel::tilfeldig().unwrap();
    sett(&lager, 7, &noekkel);
    assert_eq!(lager.les().unwrap().hent(7, 0).unwrap(), Some(noekkel.clone()));
    assert_eq!(lager.les().unwrap().hent(7, 1).unwrap(), None);
    oedelegg(&lager, 7);
    assert_eq!(lager.les().unwrap().hent(7, 0).unwrap(), None);
    sett(&lager, 8, &noekkel);
    drop(lager);
    std::fs::remove_file(noekler.join("personnoekler")).unwrap();
    assert!(matches!(
        Noekkellager::aapne(&lagermappe, &noekler, None),
        Err(Feil::ManglerNoekkel(_))
    ));
    Noekkelfil::les_eller_lag(&noekler.join("personnoekler")).unwrap();
    assert!(matches!(
        Noekkellager::aapne(&lagermappe, &noekler, None),
        Err(Feil::FeilNoekkel)
    ));
}

#[test]
fn a_destroyed_key_is_in_no_file_after_renewal_and_readers_go_on() {
    let mappe = tempfile::tempdir().unwrap();
    let speil = mappe.path().join("speil");
    let aapne = || Noekkellager::aapne(&mappe.path().join("a"), &mappe.path().join("n"), Some(&speil)).unwrap();
    let lager = aapne();
    let beholdt = Noekkel::tilfeldig().unwrap();
    let bort = Noekkel::tilfeldig().unwrap();
    let pakket = lager.pakk(&bort).unwrap();
    sett(&lager, 1, &beholdt);
    sett(&lager, 2, &bort);
    assert!(ligger(&mappe.path().join("a"), &pakket) && ligger(&speil, &pakket));
    let leser = lager.les().unwrap();
    oedelegg(&lager, 2);
    // The control: deleting alone leaves it in a free page.
    assert!(ligger(&mappe.path().join("a"), &pakket));
    assert_eq!(lager.forny(false).unwrap().noekler, 1);
    assert!(!ligger(mappe.path(), &pakket));
    assert_eq!(leser.hent(2, 0).unwrap(), Some(bort));
    assert_eq!(lager.les().unwrap().hent(1, 0).unwrap(), Some(beholdt.clone()));
    drop((leser, lager));
    assert_eq!(aapne().les().unwrap().hent(1, 0).unwrap(), Some(beholdt));
}

#[test]
fn who_writes_goes_on_while_it_is_renewed_and_nothing_of_it_is_lost() {
    for (ny_noekkel, med_speil) in [(false, true), (true, false), (true, true)] {
        let mappe = tempfile::tempdir().unwrap();
        let speil = mappe.path().join("speil");
        let aapne = || {
            let speil = med_speil.then_some(speil.as_path());
            Noekkellager::aapne(&mappe.path().join("a"), &mappe.path().join("n"), speil).unwrap()
        };
        let lager = aapne();
        let min = |nr: u32| Noekkel::fra_byte([u8::try_from(nr).unwrap(); 32]);
        for person in 0..10 {
            sett(&lager, person, &min(person));
        }
        let pakket = |person| lager.pakk(&min(person)).unwrap();
        let (tidlig, sen) = (pakket(3), pakket(4));
        oedelegg(&lager, 3);
        let mut fornying = lager.begynn_fornying(ny_noekkel, &Avbryter::default().vakt()).unwrap();
        // One that comes, one that had come along and goes, one that comes and goes.
        sett(&lager, 20, &min(20));
        oedelegg(&lager, 4);
        sett(&lager, 21, &min(21));
        oedelegg(&lager, 21);
        assert_eq!(fornying.ta_igjen().unwrap(), 3);
        assert_eq!(fornying.ta_igjen().unwrap(), 0);
        // The control: what it lays down does not depend on its having been asked.
        sett(&lager, 22, &min(22));
        oedelegg(&lager, 5);
        assert_eq!(lager.les().unwrap().hent(22, 0).unwrap(), Some(min(22)));
        let fornyet = fornying.bytt().unwrap().rydd().unwrap();
        assert_eq!((fornyet.noekler, fornyet.oedelagt_imens), (9, 2));
        let har = |lager: &Noekkellager| -> Vec<u32> {
            let les = lager.les().unwrap();
            (0..30)
                .filter(|p| les.hent(*p, 0).unwrap().is_some_and(|n| n == min(*p)))
                .collect()
        };
        let ventet = [0, 1, 2, 6, 7, 8, 9, 20, 22];
        assert_eq!(har(&lager), ventet);
        assert!(!ligger(mappe.path(), &tidlig));
        // What went while it came along is what is left to do.
        if !ny_noekkel {
            assert!(ligger(mappe.path(), &sen));
            assert_eq!(lager.forny(false).unwrap().oedelagt_imens, 0);
            assert!(!ligger(mappe.path(), &sen));
        }
        sett(&lager, 23, &min(23));
        if med_speil {
            let indre = lager.indre();
            assert!(indre.lagring.er_lik(indre.speil.as_ref().unwrap()).unwrap());
        }
        drop(lager);
        assert_eq!(har(&aapne()), [0, 1, 2, 6, 7, 8, 9, 20, 22, 23]);
        assert_eq!(std::fs::read_dir(mappe.path().join("n")).unwrap().count(), 1);
    }
}

#[test]
fn a_renewal_that_is_given_up_leaves_the_store_as_it_was() {
    let mappe = tempfile::tempdir().unwrap();
    let (a, n) = (mappe.path().join("a"), mappe.path().join("n"));
    let lager = Noekkellager::aapne(&a, &n, None).unwrap();
    let min = Noekkel::fra_byte([5; 32]);
    sett(&lager, 1, &min);
    drop(lager.begynn_fornying(true, &Avbryter::default().vakt()).unwrap());
    sett(&lager, 2, &min);
    // One that is stopped.
    let avbryter = Avbryter::default();
    let vakt = avbryter.vakt();
    avbryter.avbryt();
    let pakket = lager.pakk(&min).unwrap();
    let mut skriv = lager.skriv();
    (0..200).for_each(|nr| skriv.sett_pakket(10 + nr, 0, &pakket));
    skriv.bekreft().unwrap();
    assert!(matches!(lager.begynn_fornying(true, &vakt), Err(Feil::Avbrutt)));
    // More than it remembers.
    let fornying = lager.begynn_fornying(true, &Avbryter::default().vakt()).unwrap();
    let pakket = lager.pakk(&min).unwrap();
    let mut skriv = lager.skriv();
    (0..=u32::try_from(IMENS_MAKS).unwrap()).for_each(|nr| skriv.sett_pakket(10 + nr, 0, &pakket));
    skriv.bekreft().unwrap();
    assert!(matches!(fornying.bytt(), Err(Feil::ForMyeImens)));
    assert_eq!(lager.les().unwrap().hent(2, 0).unwrap(), Some(min.clone()));
    // What a stop leaves is as much: whoever opens the store has the old one, and nothing is left of the new.
    assert_eq!(std::fs::read_dir(&n).unwrap().count(), 2);
    drop(lager);
    let lager = Noekkellager::aapne(&a, &n, None).unwrap();
    assert_eq!(lager.antall().unwrap(), 2 + 1 + IMENS_MAKS as u64);
    assert_eq!(lager.les().unwrap().hent(2, 0).unwrap(), Some(min));
    assert_eq!(std::fs::read_dir(&n).unwrap().count(), 1);
    assert_eq!(std::fs::read_dir(&a).unwrap().count(), 2);
}

#[test]
fn writers_and_renewals_side_by_side_end_with_what_was_written() {
    let mappe = tempfile::tempdir().unwrap();
    let speil = mappe.path().join("s");
    let lager = Noekkellager::aapne(&mappe.path().join("a"), &mappe.path().join("n"), Some(&speil)).unwrap();
    let min = Noekkel::fra_byte([5; 32]);
    let ferdig = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|omraade| {
        omraade.spawn(|| {
            while !ferdig.load(std::sync::atomic::Ordering::Relaxed) {
                lager.forny(false).unwrap();
            }
        });
        for nr in 0..400 {
            sett(&lager, nr, &min);
            if nr % 3 == 0 {
                oedelegg(&lager, nr / 2);
            }
        }
        ferdig.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    let les = lager.les().unwrap();
    let oedelagt = |nr: u32| nr < 200 && (0..400).any(|n| n % 3 == 0 && n / 2 == nr);
    for nr in 0..400 {
        assert_eq!(les.hent(nr, 0).unwrap().is_some(), !oedelagt(nr), "{nr}");
    }
    let indre = lager.indre();
    assert!(indre.lagring.er_lik(indre.speil.as_ref().unwrap()).unwrap());
}

#[test]
fn rotation_makes_every_copy_from_before_useless() {
    let mappe = tempfile::tempdir().unwrap();
    let (lagermappe, noekler) = (mappe.path().join("a"), mappe.path().join("n"));
    let lager = Noekkellager::aapne(&lagermappe, &noekler, None).unwrap();
    let noekkel = Noekkel::tilfeldig().unwrap();
    for person in 0..300 {
        sett(&lager, person, &noekkel);
    }
    let pakket = lager.pakk(&noekkel).unwrap();
    let gammel = std::fs::read(noekler.join("personnoekler")).unwrap();
    assert_eq!(lager.forny(true).unwrap().noekler, 300);
    assert!(!ligger(mappe.path(), &pakket) && !ligger(mappe.path(), &gammel));
    for person in 0..300 {
        assert_eq!(lager.les().unwrap().hent(person, 0).unwrap(), Some(noekkel.clone()));
    }
    drop(lager);
    let lager = Noekkellager::aapne(&lagermappe, &noekler, None).unwrap();
    assert_eq!(lager.les().unwrap().hent(299, 0).unwrap(), Some(noekkel));
}

#[test]
fn a_mirror_that_lags_is_made_equal_and_takes_over_for_a_lost_store() {
    let mappe = tempfile::tempdir().unwrap();
    let (a, n, speil) = (mappe.path().join("a"), mappe.path().join("n"), mappe.path().join("s"));
    let lager = Noekkellager::aapne(&a, &n, None).unwrap();
    let noekkel = Noekkel::tilfeldig().unwrap();
    sett(&lager, 1, &noekkel);
    drop(lager);
    let lager = Noekkellager::aapne(&a, &n, Some(&speil)).unwrap();
    sett(&lager, 2, &noekkel);
    drop(lager);
    std::fs::remove_dir_all(&a).unwrap();
    // The mirror has the form of the store.
    std::fs::rename(&speil, &a).unwrap();
    let lager = Noekkellager::aapne(&a, &n, None).unwrap();
    for person in [1, 2] {
        assert_eq!(lager.les().unwrap().hent(person, 0).unwrap(), Some(noekkel.clone()));
    }
}

#[test]
fn no_bit_of_what_names_the_store_in_use_can_cost_a_key() {
    let (mappe, noekler) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let min = Noekkel::fra_byte([5; 32]);
    let lager = Noekkellager::aapne(mappe.path(), noekler.path(), None).unwrap();
    sett(&lager, 1, &min);
    lager.forny(true).unwrap();
    drop(lager);
    let sti = mappe.path().join(GJELDENDE);
    let hel = std::fs::read(&sti).unwrap();
    assert_eq!(hel, b"lager 2\nnoekkel 1\n");
    for bit in 0..hel.len() * 8 {
        let mut skadet = hel.clone();
        skadet[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&sti, &skadet).unwrap();
        assert!(
            Noekkellager::aapne(mappe.path(), noekler.path(), None).is_err(),
            "bit {bit}"
        );
    }
    std::fs::remove_file(&sti).unwrap();
    assert!(Noekkellager::aapne(mappe.path(), noekler.path(), None).is_err());
    std::fs::write(&sti, &hel).unwrap();
    let lager = Noekkellager::aapne(mappe.path(), noekler.path(), None).unwrap();
    assert_eq!(lager.les().unwrap().hent(1, 0).unwrap().unwrap().byte(), min.byte());
}

#[test]
fn a_store_whose_making_was_cut_off_is_made_and_one_that_was_used_and_is_gone_is_not() {
    let (mappe, noekler) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::create_dir(mappe.path().join("1")).unwrap();
    drop(Noekkellager::aapne(mappe.path(), noekler.path(), None).unwrap());
    assert!(mappe.path().join(GJELDENDE).exists());
    std::fs::remove_file(mappe.path().join("1/data.mdb")).unwrap();
    assert!(Noekkellager::aapne(mappe.path(), noekler.path(), None).is_err());
}

#[test]
fn what_was_to_name_the_store_and_never_did_is_gone_when_it_is_opened() {
    let (mappe, noekler) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(Noekkellager::aapne(mappe.path(), noekler.path(), None).unwrap());
    let ny = mappe.path().join("gjeldende.ny");
    std::fs::write(&ny, b"lager 2").unwrap();
    drop(Noekkellager::aapne(mappe.path(), noekler.path(), None).unwrap());
    assert!(!ny.exists() && mappe.path().join(GJELDENDE).exists());
}

#[test]
fn a_mirror_outlives_the_store() {
    let mappe = tempfile::tempdir().unwrap();
    let (a, n, speil) = (mappe.path().join("a"), mappe.path().join("n"), mappe.path().join("s"));
    let min = Noekkel::fra_byte([5; 32]);
    let lager = Noekkellager::aapne(&a, &n, Some(&speil)).unwrap();
    sett(&lager, 1, &min);
    drop(lager);
    std::fs::remove_dir_all(&a).unwrap();
    for _ in 0..2 {
        assert!(matches!(
            Noekkellager::aapne(&a, &n, Some(&speil)),
            Err(Feil::BareSpeil(_))
        ));
    }
    std::fs::remove_dir_all(&a).unwrap();
    std::fs::rename(&speil, &a).unwrap();
    let lager = Noekkellager::aapne(&a, &n, Some(&speil)).unwrap();
    assert_eq!(lager.les().unwrap().hent(1, 0).unwrap().unwrap().byte(), min.byte());
}

fn gyldige() -> Vec<Vec<u8>> {
    vec![
        b"lager 3\nnoekkel 2\n".to_vec(),
        b"lager 4294967295\nnoekkel 0\n".to_vec(),
    ]
}

/// What is read is what would be written.
fn proev(byte: &[u8]) {
    let mappe = tempfile::tempdir().unwrap();
    std::fs::write(mappe.path().join(GJELDENDE), byte).unwrap();
    if let Ok(lest) = Gjeldende::les(mappe.path()) {
        assert_eq!(lest.unwrap().tekst().as_bytes(), byte);
        assert!(lest.unwrap().sjekk(mappe.path()).is_ok() == (lest.unwrap().lager == 1));
    }
}

fuzz::maal!(
    paalitelighet_15_fuzz_gjeldende,
    2_000,
    &["lager ", "noekkel ", "\n", "4294967296"],
    gyldige,
    proev
);
