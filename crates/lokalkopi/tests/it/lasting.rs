//! The load: every branch, persons who come and go between the pages, what is asked for once and not twice.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use klienter::personapi::Gren;
use lokalkopi::{Fase, Lager, Steg};

use crate::kilde::Proevekilde;
use crate::oppsett::{Prove, kjoer};

fn stille(_: &Lager, _: Steg) {}

#[test]
fn every_branch_is_loaded_and_is_as_the_service_shows_it() {
    kjoer(async {
        let prove = Prove::ny(240).await;
        for gren in Gren::ALLE {
            let mut foelger = prove.foelger(gren, prove.tjeneste(gren)).med_side(100);
            foelger.til_ajour(&mut stille).await.unwrap();
            assert!(matches!(foelger.lager().fase(), Fase::Foelger { .. }));
            prove.sjekk(&foelger, gren).await;
            let med_krr = foelger.lager().person(&prove.alle()[0].1).unwrap().unwrap();
            assert_eq!(
                med_krr.contains_key("commonContactRegisterInformation"),
                matches!(gren, Gren::Full | Gren::MedHjemmel)
            );
            drop(foelger);
            Lager::kast(&prove.lokal()).unwrap();
        }
    });
}

#[test]
fn an_empty_service_gives_an_empty_copy_and_then_whoever_comes() {
    kjoer(async {
        let prove = Prove::ny(0).await;
        let mut foelger = prove.foelger(Gren::Full, prove.tjeneste(Gren::Full));
        foelger.til_ajour(&mut stille).await.unwrap();
        assert_eq!(foelger.lager().antall(), 0);
        prove.ny_person(3);
        foelger.til_ajour(&mut stille).await.unwrap();
        assert_eq!(foelger.lager().antall(), 1);
        prove.sjekk(&foelger, Gren::Full).await;
    });
}

#[test]
fn whoever_comes_and_goes_between_two_pages_makes_nobody_passed_by() {
    kjoer(async {
        let prove = Arc::new(Prove::ny(120).await);
        let kilde = Proevekilde::ny(prove.tjeneste(Gren::Full));
        let samme = prove.clone();
        let mut runde = 0;
        // Somebody from a page that was read is merged into somebody further on, so that all in between move one place.
        *kilde.foer_side.lock().unwrap() = Some(Box::new(move |_| {
            runde += 1;
            let alle = samme.alle();
            if runde % 2 == 0 && runde < 14 {
                samme.slaa_sammen(alle[100 + runde].0, alle[runde / 2].0);
                samme.ny_person(runde);
            }
        }));
        let kilde = Arc::new(kilde);
        let mut foelger = prove.foelger(Gren::Full, kilde.clone());
        let mut lastet = 0;
        foelger
            .til_ajour(&mut |lager, steg| {
                if matches!((lager.fase(), steg), (Fase::Rydder { .. }, _)) {
                    lastet = lager.antall();
                }
            })
            .await
            .unwrap();
        assert!(lastet > 0);
        prove.sjekk(&foelger, Gren::Full).await;
    });
}

#[test]
fn nobody_is_fetched_twice_without_reason() {
    kjoer(async {
        let prove = Prove::ny(150).await;
        let kilde = Arc::new(Proevekilde::ny(prove.tjeneste(Gren::Full)));
        let mut foelger = prove.foelger(Gren::Full, kilde.clone());
        foelger.til_ajour(&mut stille).await.unwrap();
        let antall = foelger.lager().antall();
        assert_eq!(kilde.hentet.load(Ordering::SeqCst), antall);
        // Pages overlap by one.
        assert_eq!(kilde.sider.load(Ordering::SeqCst), (antall - 1) / 6 + 1);
        let kall = kilde.kall.load(Ordering::SeqCst);
        drop(foelger);
        let mut foelger = prove.foelger(Gren::Full, kilde.clone());
        foelger.til_ajour(&mut stille).await.unwrap();
        assert_eq!(kilde.kall.load(Ordering::SeqCst), kall + 1, "one look at event/latest");
        assert_eq!(foelger.lager().antall(), antall);
    });
}

#[test]
fn the_parts_of_this_project_are_those_of_the_contract() {
    let alle: Vec<&str> = persontjenesten::InformationPart::ALLE
        .iter()
        .map(|del| del.navn())
        .collect();
    assert_eq!(Gren::Full.deler(), alle);
}
