//! The feed: changes, merging, who vanishes, gaps, types of the future, a service that is behind, and a feed that was set back.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use helsekopi::Kopi;
use klienter::personapi::Gren;
use lokalkopi::{Feil, Lager, Steg};

use crate::kilde::Proevekilde;
use crate::oppsett::{Froe, Prove, kjoer};

fn stille(_: &Lager, _: Steg) {}

#[test]
fn what_happens_is_in_the_copy_and_only_whoever_it_happened_to_is_read() {
    kjoer(async {
        let prove = Prove::ny(150).await;
        for gren in [Gren::Full, Gren::UtenHjemmel] {
            let kilde = Arc::new(Proevekilde::ny(prove.tjeneste(gren)));
            let mut foelger = prove.foelger(gren, kilde.clone());
            foelger.til_ajour(&mut stille).await.unwrap();
            let alle = prove.alle();
            for (nr, (person, _)) in alle.iter().filter(|(p, _)| prove.har_navn(*p)).take(20).enumerate() {
                prove.nytt_navn(*person, &format!("NAVN{nr}"));
                prove.nytt_navn(*person, &format!("ANNET{nr}"));
            }
            kilde.hentet.store(0, Ordering::SeqCst);
            foelger.til_ajour(&mut stille).await.unwrap();
            assert_eq!(kilde.hentet.load(Ordering::SeqCst), 20);
            prove.sjekk(&foelger, gren).await;
            let mut froe = Froe(11);
            for _ in 0..60 {
                prove.noe_skjer(&mut froe);
            }
            foelger.til_ajour(&mut stille).await.unwrap();
            prove.sjekk(&foelger, gren).await;
            drop(foelger);
            Lager::kast(&prove.lokal()).unwrap();
        }
    });
}

#[test]
fn a_merged_persons_number_leads_to_the_survivor() {
    kjoer(async {
        let prove = Prove::ny(60).await;
        let mut foelger = prove.foelger(Gren::Full, prove.tjeneste(Gren::Full));
        foelger.til_ajour(&mut stille).await.unwrap();
        let alle = prove.med_navn();
        let (over, under) = (&alle[4], &alle[9]);
        let (nummer, gammelt) = (prove.nummer(over.0), prove.nummer(under.0));
        prove.slaa_sammen(over.0, under.0);
        foelger.til_ajour(&mut stille).await.unwrap();
        let lager = foelger.lager();
        assert_eq!(
            lager.person(&under.1).unwrap().unwrap()["status"][0]["status"],
            "Discontinued"
        );
        assert_eq!(
            lager.person_med_nummer(&nummer).unwrap().unwrap()["id"],
            over.1.as_str()
        );
        // Without history the survivor does not show it, and the entry that ended is what has it.
        assert_eq!(
            lager.person_med_nummer(&gammelt).unwrap().unwrap()["id"],
            under.1.as_str()
        );
        assert_eq!(lager.person_med_nummer("00000000000").unwrap(), None);
        drop(foelger);
        Lager::kast(&prove.lokal()).unwrap();

        let valg = lokalkopi::Valg {
            historikk: true,
            ..prove.valg(Gren::Full)
        };
        let tjeneste = lokalkopi::Tjeneste::new(prove.klient(Gren::Full), Prove::utvalg(&valg), false);
        let lager = Lager::aapne(&prove.lokal(), &valg).unwrap();
        let vent = crate::oppsett::uten_venting();
        let mut foelger = lokalkopi::Foelger::new(lager, Arc::new(tjeneste), None, vent).unwrap();
        foelger.til_ajour(&mut stille).await.unwrap();
        let funnet = foelger.lager().person_med_nummer(&gammelt).unwrap().unwrap();
        assert_eq!(funnet["id"], over.1.as_str());
    });
}

#[test]
fn gaps_in_the_feed_and_types_of_the_future_are_borne() {
    kjoer(async {
        let prove = Prove::ny(80).await;
        let mut kilde = Proevekilde::ny(prove.tjeneste(Gren::MedHjemmel));
        (kilde.ganger, kilde.ukjent_type) = (10, true);
        let kilde = Arc::new(kilde);
        let mut foelger = prove.foelger(Gren::MedHjemmel, kilde);
        foelger.til_ajour(&mut stille).await.unwrap();
        let mut froe = Froe(3);
        for _ in 0..30 {
            prove.noe_skjer(&mut froe);
        }
        foelger.til_ajour(&mut stille).await.unwrap();
        let (klient, utvalg) = (
            prove.klient(Gren::MedHjemmel),
            Prove::utvalg(&prove.valg(Gren::MedHjemmel)),
        );
        for (person, id) in prove.alle() {
            if prove.er_noen(person) {
                let mut fasit = klient.person(&id, &utvalg).await.unwrap().unwrap().into_objekt();
                let nummer = fasit["sequenceNumber"].as_u64().unwrap() * 10;
                fasit.insert("sequenceNumber".into(), nummer.into());
                assert_eq!(foelger.lager().person(&id).unwrap(), Some(fasit));
            }
        }
    });
}

#[test]
fn whoever_is_not_shown_any_more_is_not_in_the_copy_and_nothing_of_them_in_its_files() {
    kjoer(async {
        let prove = Prove::ny(60).await;
        let kilde = Arc::new(Proevekilde::ny(prove.tjeneste(Gren::Full)));
        let mut foelger = prove.foelger(Gren::Full, kilde.clone());
        foelger.til_ajour(&mut stille).await.unwrap();
        let (person, id) = prove.med_navn()[11].clone();
        let i_filene = || {
            let filer = std::fs::read_dir(prove.lokal()).unwrap();
            let filer = filer.map(|fil| std::fs::read_to_string(fil.unwrap().path()).unwrap());
            let innhold: Vec<String> = filer.collect();
            let linjer = innhold.iter().flat_map(|fil| fil.lines());
            linjer
                .filter(|linje| linje.contains(&format!("\"id\":\"{id}\"")) && !linje.ends_with("\"person\":null}}"))
                .count()
        };
        let foer = i_filene();
        prove.nytt_navn(person, "FORSVUNNET");
        kilde.skjult.lock().unwrap().insert(id.clone());
        foelger.til_ajour(&mut stille).await.unwrap();
        assert_eq!(foelger.lager().person(&id).unwrap(), None);
        assert_eq!(foelger.lager().antall(), prove.alle().len() as u64 - 1);
        assert_eq!((foer, i_filene()), (1, 0));
        // And is back when it is shown again.
        kilde.skjult.lock().unwrap().clear();
        prove.nytt_navn(person, "TILBAKE");
        foelger.til_ajour(&mut stille).await.unwrap();
        prove.sjekk(&foelger, Gren::Full).await;
    });
}

#[test]
fn a_service_that_is_behind_its_own_feed_is_asked_again_and_not_believed() {
    kjoer(async {
        let prove = Prove::ny(60).await;
        let kilde = Arc::new(Proevekilde::ny(prove.tjeneste(Gren::Full)));
        let mut foelger = prove.foelger(Gren::Full, kilde.clone());
        foelger.til_ajour(&mut stille).await.unwrap();
        let person = prove.med_navn()[5].0;
        prove.nytt_navn(person, "SENERE");
        kilde.etter.store(2, Ordering::SeqCst);
        foelger.til_ajour(&mut stille).await.unwrap();
        prove.sjekk(&foelger, Gren::Full).await;
        // Longer than we wait: an error that passes, and the place in the feed is kept.
        prove.nytt_navn(person, "MYE SENERE");
        kilde.etter.store(100, Ordering::SeqCst);
        let feil = foelger.til_ajour(&mut stille).await.unwrap_err();
        assert!(matches!(feil, Feil::Etter) && feil.gaar_over());
        kilde.etter.store(0, Ordering::SeqCst);
        foelger.til_ajour(&mut stille).await.unwrap();
        prove.sjekk(&foelger, Gren::Full).await;
    });
}

/// The copy that is served as it is now, in a folder of its own with the same ids.
fn tatt_vare_paa(prove: &Prove, navn: &str) -> std::path::PathBuf {
    let til = prove.mappe.path().join(navn);
    lager::mappe::kopier(&prove.mappe.path().join("kopi"), &til).unwrap();
    til
}

#[test]
fn a_feed_that_was_set_back_is_known_also_when_it_has_grown_past_the_place_since() {
    for mange in [false, true] {
        kjoer(async move {
            let prove = Prove::ny(60).await;
            let kilde = Arc::new(Proevekilde::ny(prove.tjeneste(Gren::Full)));
            let mut foelger = prove.foelger(Gren::Full, kilde.clone());
            foelger.til_ajour(&mut stille).await.unwrap();
            let gammel = tatt_vare_paa(&prove, "gammel");
            let mut froe = Froe(5);
            for _ in 0..15 {
                prove.noe_skjer(&mut froe);
            }
            prove.ny_person(250);
            foelger.til_ajour(&mut stille).await.unwrap();
            prove.sjekk(&foelger, Gren::Full).await;
            prove.plass.sett(Arc::new(Kopi::aapne(&gammel).unwrap()));
            let mut froe = Froe(77);
            for _ in 0..if mange { 60 } else { 2 } {
                prove.noe_skjer(&mut froe);
            }
            let mut paa_nytt = 0;
            foelger
                .til_ajour(&mut |_, steg| paa_nytt += u32::from(steg == Steg::PaaNytt))
                .await
                .unwrap();
            assert_eq!(paa_nytt, 1);
            prove.sjekk(&foelger, Gren::Full).await;
            let rapport = foelger.sammenlikn(&mut |_| ()).await.unwrap();
            assert!(rapport.forskjeller.is_empty(), "{}", rapport.forskjeller.len());
            // Whoever was only in the feed that is gone, is gone.
            assert!(
                foelger
                    .lager()
                    .ider()
                    .iter()
                    .all(|id| prove.alle().iter().any(|(_, annen)| annen == id))
            );
        });
    }
}
