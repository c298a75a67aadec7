//! The comparison: it finds what differs, whoever it is, and says no more of them than their id.

use std::sync::Arc;

use klienter::personapi::Gren;
use lokalkopi::{Forskjell, Lager, Steg};

use crate::kilde::Proevekilde;
use crate::oppsett::{Prove, kjoer};

fn stille(_: &Lager, _: Steg) {}

#[test]
fn a_copy_that_is_as_the_service_shows_it_is_found_equal_and_one_that_is_not_is_found_out() {
    kjoer(async {
        let prove = Prove::ny(90).await;
        let kilde = Arc::new(Proevekilde::ny(prove.tjeneste(Gren::Full)));
        let mut foelger = prove.foelger(Gren::Full, kilde.clone());
        foelger.til_ajour(&mut stille).await.unwrap();
        let antall = foelger.lager().antall();
        let rapport = foelger.sammenlikn(&mut |_| ()).await.unwrap();
        assert_eq!((rapport.personer, rapport.forskjeller.len()), (antall, 0));

        // The service changes without telling: somebody is not shown any more.
        let alle = prove.alle();
        let id = alle[alle.len() - 1].1.clone();
        kilde.skjult.lock().unwrap().insert(id.clone());
        let rapport = foelger.sammenlikn(&mut |_| ()).await.unwrap();
        assert_eq!(
            rapport.forskjeller.into_iter().collect::<Vec<_>>(),
            [(id.clone(), Forskjell::Overfloedig)]
        );
        drop(foelger);

        // Loaded while somebody was hidden: missing, when they are shown without an event.
        Lager::kast(&prove.lokal()).unwrap();
        let mut foelger = prove.foelger(Gren::Full, kilde.clone());
        foelger.til_ajour(&mut stille).await.unwrap();
        kilde.skjult.lock().unwrap().clear();
        let rapport = foelger.sammenlikn(&mut |_| ()).await.unwrap();
        assert_eq!(
            rapport.forskjeller.into_iter().collect::<Vec<_>>(),
            [(id, Forskjell::Mangler)]
        );
        drop(foelger);

        // A document that was given wrong once.
        Lager::kast(&prove.lokal()).unwrap();
        let kilde = Arc::new(Proevekilde::ny(prove.tjeneste(Gren::Full)));
        kilde.etter.store(1, std::sync::atomic::Ordering::SeqCst);
        let mut foelger = prove.foelger(Gren::Full, kilde);
        foelger.til_ajour(&mut stille).await.unwrap();
        let rapport = foelger.sammenlikn(&mut |_| ()).await.unwrap();
        let funnet: Vec<Forskjell> = rapport.forskjeller.into_values().collect();
        assert_eq!(funnet, [Forskjell::Ulik]);
    });
}

#[test]
fn what_changes_while_it_is_compared_is_no_difference() {
    kjoer(async {
        let prove = Arc::new(Prove::ny(90).await);
        let kilde = Proevekilde::ny(prove.tjeneste(Gren::Full));
        let mut foelger = prove.foelger(Gren::Full, prove.tjeneste(Gren::Full));
        foelger.til_ajour(&mut stille).await.unwrap();
        drop(foelger);
        let samme = prove.clone();
        let mut nr = 0;
        *kilde.foer_side.lock().unwrap() = Some(Box::new(move |_| {
            nr += 1;
            let alle = samme.alle();
            samme.nytt_navn(samme.med_navn()[60 - nr].0, &format!("NAVN{nr}"));
            samme.ny_person(nr);
            if nr == 4 {
                samme.slaa_sammen(alle[88].0, alle[2].0);
            }
        }));
        let mut foelger = prove.foelger(Gren::Full, Arc::new(kilde));
        let rapport = foelger.sammenlikn(&mut |_| ()).await.unwrap();
        assert!(rapport.forskjeller.is_empty() && rapport.personer > 90);
    });
}
