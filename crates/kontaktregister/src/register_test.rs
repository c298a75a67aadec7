//! The register over changes and restarts.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::grunntilstand::tests::numre;
use crate::oppfoering::{Leverandoer, Spraak};

fn tid(sekunder: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + sekunder).unwrap()
}

fn aapne(mappe: &Path) -> Kontaktregister {
    Kontaktregister::aapne(mappe, 2026, tid(0)).unwrap()
}

/// The whole list, read page by page.
fn les_alt(register: &Kontaktregister) -> Vec<(Folkeregisteridentifikator, Oppfoering)> {
    let (mut fra, mut ut) = (1, Vec::new());
    loop {
        let side = register.endringer(fra).unwrap();
        ut.extend(side.personer);
        if side.til == side.seneste {
            return ut;
        }
        assert!(side.til >= fra);
        fra = side.til + 1;
    }
}

#[test]
fn persons_are_put_on_the_list_once_and_only_those_with_an_entry() {
    let mappe = tempfile::tempdir().unwrap();
    let register = aapne(mappe.path());
    let alle = numre(2_500);
    let med = register.fyll(alle.iter().copied()).unwrap();
    assert!((2_100..2_400).contains(&med), "{med}");
    assert_eq!(
        (
            register.fyll(alle.iter().copied()).unwrap(),
            register.seneste_endringsnummer().unwrap()
        ),
        (0, med)
    );
    let liste = les_alt(&register);
    assert_eq!(u64::try_from(liste.len()).unwrap(), med);
    let forste = register.endringer(0).unwrap();
    assert_eq!((forste.personer.len(), forste.til), (SIDE_MAKS, 1_000));
    // What the list says is what a lookup says.
    let oppslag = register.finn(&alle).unwrap();
    let ventet: Vec<_> = alle
        .iter()
        .copied()
        .zip(oppslag)
        .filter_map(|(n, o)| Some((n, o?)))
        .collect();
    assert!(liste == ventet);
}

#[test]
fn a_restart_gives_the_same_entries_and_numbers_go_on() {
    let mappe = tempfile::tempdir().unwrap();
    let alle = numre(300);
    let register = aapne(mappe.path());
    register.fyll(alle.iter().copied()).unwrap();
    for (nr, person) in (0..).zip(alle.iter().cycle().take(500)) {
        register.endre_tilfeldig(*person, tid(nr)).unwrap();
    }
    let (foer, seneste) = (
        register.finn(&alle).unwrap(),
        register.seneste_endringsnummer().unwrap(),
    );
    assert!(
        matches!(Kontaktregister::aapne(mappe.path(), 2026, tid(0)), Err(Feil::Lager(_))),
        "two at once"
    );
    drop(register);
    assert!(matches!(
        Kontaktregister::aapne(mappe.path(), 2027, tid(0)),
        Err(Feil::AnnetFroe)
    ));
    // The day it began is the one it was made with, whatever is said later.
    let igjen = Kontaktregister::aapne(mappe.path(), 2026, tid(99_999_999)).unwrap();
    assert!(igjen.finn(&alle).unwrap() == foer);
    assert_eq!(igjen.seneste_endringsnummer().unwrap(), seneste);
    assert_eq!(igjen.endre(alle[0], Endring::Registrer, tid(1)).unwrap(), seneste + 1);
    // Another folder and the same changes: the same register.
    let annen_mappe = tempfile::tempdir().unwrap();
    let annen = aapne(annen_mappe.path());
    annen.fyll(alle.iter().copied()).unwrap();
    for (nr, person) in (0..).zip(alle.iter().cycle().take(500)) {
        annen.endre_tilfeldig(*person, tid(nr)).unwrap();
    }
    assert!(annen.finn(&alle).unwrap() == foer);
}

#[test]
fn changes_that_nobody_chose_follow_from_the_seed_and_go_on_after_a_restart() {
    let alle = numre(200);
    let hendt = |omstart: bool| {
        let mappe = tempfile::tempdir().unwrap();
        let mut register = aapne(mappe.path());
        assert!(
            register.endre_en(tid(0)).unwrap().is_none(),
            "nobody is there to be changed"
        );
        let antall = register.fyll(alle.iter().copied()).unwrap();
        let mut hendt = Vec::new();
        for nr in 0..300 {
            if omstart && nr == 150 {
                drop(register);
                register = aapne(mappe.path());
            }
            hendt.push(register.endre_en(tid(nr)).unwrap().unwrap());
        }
        let numre: Vec<u64> = hendt.iter().map(|(nummer, ..)| *nummer).collect();
        assert_eq!(numre, (antall + 1..=antall + 300).collect::<Vec<_>>());
        hendt
    };
    let en = hendt(false);
    assert!(en == hendt(true));
    let hvem: std::collections::BTreeSet<_> = en.iter().map(|(_, person, _)| *person).collect();
    assert!(hvem.len() > 80, "{}", hvem.len());
}

#[test]
fn each_change_does_what_it_says() {
    let mappe = tempfile::tempdir().unwrap();
    let register = aapne(mappe.path());
    let person = numre(1)[0];
    let naa = tid(10);
    let gjoer = |endring| {
        register.endre(person, endring, naa).unwrap();
        register.finn(&[person]).unwrap()[0].clone().unwrap()
    };
    gjoer(Endring::Registrer);
    let ny = gjoer(Endring::OpphevReservasjon);
    assert!(ny.kan_varsles(naa) && !ny.slettet);
    let epost = gjoer(Endring::Epost);
    assert!(epost.epost != ny.epost && epost.mobil == ny.mobil);
    let mobil = gjoer(Endring::Mobil);
    assert!(mobil.epost == epost.epost && mobil.mobil != epost.mobil);
    let gammel = gjoer(Endring::LaUtloepe);
    assert!(!gammel.kan_varsles(naa) && gammel.epost.as_ref().unwrap().verdi == epost.epost.unwrap().verdi);
    assert!(gjoer(Endring::Bekreft).kan_varsles(naa));
    assert!(!gjoer(Endring::Reserver).kan_varsles(naa));
    assert!(gjoer(Endring::OpphevReservasjon).kan_varsles(naa));
    assert!(gjoer(Endring::Postkasse(Some(Leverandoer::EBoks))).postkasse.is_some());
    assert!(gjoer(Endring::Postkasse(None)).postkasse.is_none());
    assert_eq!(
        gjoer(Endring::Spraak(Spraak::Nordsamisk)).spraak,
        Some(Spraak::Nordsamisk)
    );
    let slettet = gjoer(Endring::Slett);
    assert!(slettet.slettet && slettet.epost.is_none() && slettet.spraak.is_none());
    for endring in [Endring::Slett, Endring::Epost, Endring::Bekreft, Endring::Reserver] {
        assert!(
            matches!(register.endre(person, endring, naa), Err(Feil::IngenOppfoering)),
            "{endring:?}"
        );
    }
    assert!(!gjoer(Endring::Registrer).slettet);
    assert_eq!(register.seneste_endringsnummer().unwrap(), 13);
}

#[test]
fn nobody_real_can_be_registered() {
    let mappe = tempfile::tempdir().unwrap();
    let register = aapne(mappe.path());
    let ekte = (0..100_000u32).filter_map(|n| Folkeregisteridentifikator::parse(&format!("010100{n:05}")).ok());
    let ekte = ekte.into_iter().find(|n| !n.er_syntetisk()).unwrap();
    assert!(matches!(
        register.endre(ekte, Endring::Registrer, tid(0)),
        Err(Feil::IngenOppfoering)
    ));
    assert!(matches!(
        register.endre_tilfeldig(ekte, tid(0)),
        Err(Feil::IngenOppfoering)
    ));
    assert_eq!(
        (
            register.fyll([ekte]).unwrap(),
            register.seneste_endringsnummer().unwrap()
        ),
        (0, 0)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whoever follows the list, from wherever and however often, ends with what a lookup says.
    #[test]
    fn a_copy_that_follows_the_list_is_the_register(skritt in prop::collection::vec((0usize..40, any::<bool>()), 0..120)) {
        let mappe = tempfile::tempdir().unwrap();
        let register = aapne(mappe.path());
        let alle = numre(40);
        register.fyll(alle.iter().take(20).copied()).unwrap();
        let (mut kopi, mut fra) = (BTreeMap::new(), 1);
        for (nr, (hvem, foelg)) in (0..).zip(&skritt) {
            register.endre_tilfeldig(alle[*hvem], tid(nr * 1_000)).unwrap();
            if *foelg {
                let side = register.endringer(fra).unwrap();
                kopi.extend(side.personer);
                fra = side.til + 1;
            }
        }
        let side = register.endringer(fra).unwrap();
        prop_assert_eq!(side.til, side.seneste);
        kopi.extend(side.personer);
        let endret: Vec<_> = alle.iter().enumerate().filter(|(nr, _)| *nr < 20 || skritt.iter().any(|(h, _)| h == nr)).map(|(_, n)| *n).collect();
        for (person, oppslag) in endret.iter().zip(register.finn(&endret).unwrap()) {
            prop_assert!(kopi.get(person) == oppslag.as_ref());
        }
    }
}
