//! The Person API in the non-interference harness: two copies that differ in what a branch may not see, and every request that can be
//! made of each operation.

mod bygg;
mod flate;
mod foresporsler;
mod kontroll;
mod slag;

use ikkeinnblanding::{Likhet, Par, sammenlikn};

use crate::api::kjoer;
use bygg::Bygg;
use flate::{Api, Kaller};
use slag::Slag;

/// The first place where a caller is not answered alike.
async fn funn(par: &Par<Api>, kaller: Kaller) -> Option<String> {
    let utfall = sammenlikn(par, kaller, Likhet::Byte, 1).await;
    assert!(utfall.spurt > 150, "{kaller:?} spurte bare {}", utfall.spurt);
    assert!(
        utfall
            .statuser
            .get(&200)
            .is_some_and(|antall| antall * 2 > utfall.spurt),
        "{kaller:?}: {:?}",
        utfall.statuser
    );
    utfall.funn.first().map(|f| format!("{kaller:?}: {f}"))
}

fn proev(slag: &Slag) -> Vec<String> {
    let mut bygg = Bygg::default();
    (slag.bygg)(&mut bygg);
    kjoer(async {
        let par = bygg.par();
        let mut feil = Vec::new();
        for kaller in &slag.skjult_for {
            if let Some(funn) = funn(&par, *kaller).await {
                feil.push(format!("LEKKASJE «{}»: {funn}", slag.navn));
            }
        }
        for kaller in &slag.ser {
            if funn(&par, *kaller).await.is_none() {
                feil.push(format!("BLIND «{}»: {kaller:?} merker ikke noe", slag.navn));
            }
        }
        // What nobody may see is there all the same, or nothing was tried.
        if slag.ser.is_empty() && par.a.lagret() == par.b.lagret() {
            feil.push(format!("BLIND «{}»: det er ingen forskjell", slag.navn));
        }
        feil
    })
}

/// Every `av`th kind, from number `fra`: the tests below share them between the cores.
#[track_caller]
fn proev_del(fra: usize, av: usize) {
    let feil: Vec<String> = slag::alle().iter().skip(fra).step_by(av).flat_map(proev).collect();
    assert!(feil.is_empty(), "\n{}", feil.join("\n\n"));
}

#[test]
fn a_branch_that_may_not_see_a_kind_is_answered_alike_and_one_that_may_is_not_first_part() {
    proev_del(0, 4);
}

#[test]
fn a_branch_that_may_not_see_a_kind_is_answered_alike_and_one_that_may_is_not_second_part() {
    proev_del(1, 4);
}

#[test]
fn a_branch_that_may_not_see_a_kind_is_answered_alike_and_one_that_may_is_not_third_part() {
    proev_del(2, 4);
}

#[test]
fn a_branch_that_may_not_see_a_kind_is_answered_alike_and_one_that_may_is_not_fourth_part() {
    proev_del(3, 4);
}
