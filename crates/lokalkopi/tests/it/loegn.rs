//! A service that lies: refused, in bounded time, and without harm to what the copy has.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use klienter::personapi::Gren;
use lokalkopi::{Feil, Lager, Steg};

use crate::kilde::{Loegn, Proevekilde};
use crate::oppsett::{Prove, kjoer};

fn stille(_: &Lager, _: Steg) {}

#[test]
fn a_lie_is_refused_in_bounded_time_and_the_truth_is_gone_on_with() {
    kjoer(async {
        let prove = Prove::ny(60).await;
        for loegn in [
            Loegn::AnnenId,
            Loegn::ToGanger,
            Loegn::SammeSide,
            Loegn::NyeIder,
            Loegn::Antall,
            Loegn::AlltidTilbake,
            Loegn::AldriDer,
        ] {
            let mut kilde = Proevekilde::ny(prove.tjeneste(Gren::Full));
            kilde.loegn = loegn;
            let kilde = Arc::new(kilde);
            let mut foelger = prove.foelger(Gren::Full, kilde.clone()).med_side(40);
            let feil = foelger.til_ajour(&mut stille).await.unwrap_err();
            let kall = kilde.kall.load(Ordering::SeqCst);
            assert!(kall < 1_500, "{loegn:?}: {kall}");
            match loegn {
                Loegn::Antall => assert!(matches!(feil, Feil::Antall { .. }), "{feil}"),
                Loegn::AldriDer => assert!(matches!(feil, Feil::Etter), "{feil}"),
                _ => assert!(matches!(feil, Feil::Loegn(_)), "{loegn:?} {feil}"),
            }
            drop(foelger);
            let mut foelger = prove.foelger(Gren::Full, prove.tjeneste(Gren::Full));
            foelger.til_ajour(&mut stille).await.unwrap();
            prove.sjekk(&foelger, Gren::Full).await;
            let ider = foelger.lager().ider();
            assert_eq!(ider.len(), prove.alle().len(), "{loegn:?}");
            drop(foelger);
            Lager::kast(&prove.lokal()).unwrap();
        }
    });
}
