//! After messages of every kind, decisions and protection that came meanwhile: views that are made anew, and a second store
//! made from copy and archive stream, are the same register, the same feeds and the same feedback.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use register::sikkerhetskopi::{Gjenoppretting, gjenopprett};
use register::{Register, Steder};
use saksbehandling::Hva;
use soek::Soekevisning;
use tilgang::Projeksjon;

use super::FROE;
use super::folk::befolk;
use super::sekvens::{Steg, gjoer};
use crate::felles::{Folk, SYKEHUS, TINGRETT, aapne, naa};

fn feeder(register: &Register) -> Vec<Vec<register::Feedelement>> {
    let les = register.les().unwrap();
    let alle = Projeksjon::ALLE.into_iter();
    alle.map(|p| les.feed(p, 1, 100_000).unwrap()).collect()
}

fn alle_saker(saker: &saksbehandling::Saksbehandler) -> Vec<saksbehandling::Sak> {
    (1..).map_while(|nr| saker.sak(nr).unwrap()).collect()
}

fn bygg_igjen(steg: &[Steg], sett: &RefCell<BTreeSet<String>>) {
    let mut folk = befolk();
    let mappe = folk.mappe.path().to_owned();
    folk.register.start_arkivstroem(&mappe.join("stroem")).unwrap();
    folk.register.sikkerhetskopier(&mappe.join("kopier")).unwrap();
    let mut sendt = Vec::new();
    for steg in steg {
        gjoer(&mut folk, &mut sendt, steg);
    }
    // Views made anew are those that were there.
    let (foer, etter) = folk.register.bygg_om(&mut |_| {}).unwrap();
    assert_eq!(foer, etter);
    let Folk { register, saker, .. } = &folk;
    for sak in alle_saker(saker) {
        let manuelt = sak
            .hendelser
            .iter()
            .any(|h| matches!(h.hva, Hva::TilManuellBehandling { .. }));
        let vei = if manuelt { "manuell" } else { "automatisk" };
        sett.borrow_mut()
            .extend([format!("{:?}", sak.meldingstype().unwrap()), vei.to_owned()]);
    }
    let utfall = gjenopprett(
        &Gjenoppretting {
            rot: mappe.join("kopier"),
            personnoekler: Some(mappe.join("register/personnoekler")),
            noekler: mappe.join("register/noekler"),
            arkivstroem: Some(mappe.join("stroem")),
            slettinger: mappe.join("register/slettinger"),
            til: None,
            maal: mappe.join("annet"),
        },
        naa().tidspunkt,
        naa().sekunder,
    )
    .unwrap();
    assert_eq!(
        (utfall.tilstand, utfall.naadd),
        (register.avtrykk().unwrap(), register.siste_sekvens().unwrap())
    );
    let annet = Register::aapne_med_visning(&mappe.join("annet"), &Steder::default(), Arc::new(Soekevisning));
    let annet = Arc::new(annet.unwrap());
    assert_eq!(annet.verifiser(&mut |_| {}).unwrap(), []);
    let (foer, etter) = annet.bygg_om(&mut |_| {}).unwrap();
    assert_eq!((&foer, &etter), (&register.avtrykk_av_visninger().unwrap(), &foer));
    assert_eq!(
        annet.avtrykk_av_primaerdata().unwrap(),
        register.avtrykk_av_primaerdata().unwrap()
    );
    assert!(feeder(&annet) == feeder(register), "feedene er ikke de samme");
    // Cases are in the register; their messages are not, and lie in no copy.
    let andre = aapne(&annet, &mappe.join("andre"));
    assert!(alle_saker(&andre) == alle_saker(saker), "sakene er ikke de samme");
    let nr = |saker: &saksbehandling::Saksbehandler| -> Vec<u32> {
        saker.aapne_saker(0, 10_000).unwrap().iter().map(|s| s.nr).collect()
    };
    assert_eq!(nr(&andre), nr(saker));
    for organisasjon in [SYKEHUS, TINGRETT] {
        let sagt =
            |saker: &saksbehandling::Saksbehandler| saker.tilbakemeldinger(organisasjon, 1, true, 1_000).unwrap();
        assert!(sagt(&andre) == sagt(saker), "tilbakemeldingene er ikke de samme");
    }
}

#[test]
fn a_second_store_is_the_same_register_with_the_same_feeds_and_feedback() {
    let mut proever = TestRunner::new(ProptestConfig {
        cases: 3,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(FROE + 1),
        max_shrink_iters: 50,
        ..ProptestConfig::default()
    });
    let sett = RefCell::new(BTreeSet::new());
    let utfall = proever.run(&proptest::collection::vec(Steg::trekk(), 90..120), |steg| {
        bygg_igjen(&steg, &sett);
        Ok(())
    });
    if let Err(feil) = utfall {
        panic!("{feil}");
    }
    let ventet = meldinger::Meldingstype::ALLE.iter().map(|s| format!("{s:?}"));
    let ventet: BTreeSet<String> = ventet.chain(["manuell".to_owned(), "automatisk".to_owned()]).collect();
    assert_eq!(sett.into_inner(), ventet);
}
