//! Stops at any point, by a seed: between two calls, between two steps to disk, and with a tail that was torn. While it goes on, things happen.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use klienter::personapi::Gren;
use lokalkopi::{Feil, Foelger, Lager, Skritt, Steg, Vakt};

use crate::kilde::Proevekilde;
use crate::oppsett::{Froe, Prove, kjoer, uten_venting};

/// Seeds in the short form. Each stops some twenty times.
const FROE: u64 = 12;

fn stille(_: &Lager, _: Steg) {}

/// An error at some step to disk.
fn vakt(etter: u64, sist: &Arc<AtomicU64>) -> Vakt {
    let (igjen, sist) = (AtomicU64::new(etter), sist.clone());
    Arc::new(move |skritt: Skritt| {
        if igjen.fetch_sub(1, Ordering::SeqCst) == 0 {
            sist.fetch_or(1 << skritt as u8, Ordering::SeqCst);
            return Err(std::io::Error::other("stanset"));
        }
        Ok(())
    })
}

/// What a stop in the middle of a write may leave of what was not yet durable.
fn riv(prove: &Prove, froe: &mut Froe) {
    let Ok(stilling) = std::fs::read(prove.lokal().join("stilling.json")) else {
        return;
    };
    let stilling: serde_json::Value = serde_json::from_slice(&stilling).unwrap();
    let navn = format!("personer-{}.jsonl", stilling["fil"]);
    let mut fil = std::fs::OpenOptions::new()
        .append(true)
        .open(prove.lokal().join(navn))
        .unwrap();
    let (fast, lengde) = (stilling["lengde"].as_u64().unwrap(), fil.metadata().unwrap().len());
    assert!(lengde >= fast);
    match froe.neste(3) {
        0 => fil.set_len(fast + froe.neste(lengde - fast + 1)).unwrap(),
        1 => fil.write_all(b"{\"sum\":\"0000").unwrap(),
        _ => {}
    }
}

#[test]
fn after_stops_at_any_point_the_copy_is_as_the_service_shows_it() {
    kjoer(async {
        let (stanset_ved, mut i_kall, mut paa_disk) = (Arc::new(AtomicU64::new(0)), 0, 0);
        for froe in 0..FROE {
            let gren = Gren::ALLE[usize::try_from(froe % 4).unwrap()];
            let prove = Prove::ny(60).await;
            let mut froe_ = Froe(froe);
            for _ in 0..25 {
                for _ in 0..froe_.neste(4) {
                    prove.noe_skjer(&mut froe_);
                }
                let disk = froe_.neste(3) == 0;
                let etter = froe_.neste(if disk { 10 } else { 9 });
                let vakt: Vakt = if disk {
                    vakt(etter, &stanset_ved)
                } else {
                    Arc::new(|_| Ok(()))
                };
                let kilde = Proevekilde::ny(prove.tjeneste(gren));
                if !disk {
                    kilde.igjen.store(etter, Ordering::SeqCst);
                }
                let kilde = Arc::new(kilde);
                let lager = match Lager::aapne_med(&prove.lokal(), &prove.valg(gren), vakt) {
                    Ok(lager) => lager,
                    Err(Feil::Fil { .. }) => continue,
                    Err(feil) => panic!("frø {froe}: {feil}"),
                };
                let mut foelger = Foelger::new(lager, kilde.clone(), None, uten_venting())
                    .unwrap()
                    .med_side(7);
                let utfall = tokio::select! {
                    utfall = async { foelger.til_ajour(&mut stille).await } => Some(utfall),
                    () = kilde.stanset.notified() => None,
                };
                match utfall {
                    None => i_kall += 1,
                    Some(Ok(())) => {}
                    Some(Err(Feil::Fil { .. })) => {
                        paa_disk += 1;
                        // Nothing more is written by one that failed.
                        let igjen = foelger.til_ajour(&mut stille).await;
                        assert!(matches!(igjen, Ok(()) | Err(Feil::Stanset)));
                    }
                    Some(Err(feil)) => panic!("frø {froe}: {feil}"),
                }
                drop(foelger);
                riv(&prove, &mut froe_);
            }
            let mut foelger = prove.foelger(gren, prove.tjeneste(gren));
            foelger.til_ajour(&mut stille).await.unwrap();
            prove.sjekk(&foelger, gren).await;
            let rapport = foelger.sammenlikn(&mut |_| ()).await.unwrap();
            assert!(rapport.forskjeller.is_empty() && rapport.personer >= 40, "frø {froe}");
        }
        // The stops were where they should be: in calls, and at the steps to disk.
        assert!(i_kall > 50 && paa_disk > 20, "{i_kall} {paa_disk}");
        let skritt = [Skritt::Skriv, Skritt::Synk, Skritt::Stilling, Skritt::Overskriv];
        assert!(
            skritt
                .iter()
                .all(|s| stanset_ved.load(Ordering::SeqCst) & (1 << *s as u8) != 0)
        );
    });
}
