//! Only one's own: resolved by number, the feed filtered on the ids, numbers that move, a list that changes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use klienter::personapi::Gren;
use lokalkopi::{Feil, Foelger, Lager, Steg, Valg};

use crate::kilde::Proevekilde;
use crate::oppsett::{Prove, kjoer, uten_venting};

fn stille(_: &Lager, _: Steg) {}

fn valg(prove: &Prove, gren: Gren) -> Valg {
    Valg {
        egne: true,
        ..prove.valg(gren)
    }
}

fn foelger(prove: &Prove, gren: Gren, kilde: Arc<Proevekilde>, numre: &BTreeSet<String>) -> Foelger {
    let lager = Lager::aapne(&prove.lokal(), &valg(prove, gren)).unwrap();
    Foelger::new(lager, kilde, Some(numre), uten_venting()).unwrap()
}

#[test]
fn a_list_of_numbers_gives_those_persons_and_follows_them_alone() {
    kjoer(async {
        for gren in [Gren::Full, Gren::UtenHjemmel] {
            let prove = Prove::ny(260).await;
            let alle = prove.med_navn();
            let mine: Vec<_> = alle.iter().take(130).cloned().collect();
            let mut numre: BTreeSet<String> = mine.iter().map(|(person, _)| prove.nummer(*person)).collect();
            numre.insert("00000000000".to_owned());
            let kilde = Arc::new(Proevekilde::ny(prove.tjeneste(gren)));
            let mut f = foelger(&prove, gren, kilde.clone(), &numre);
            f.til_ajour(&mut stille).await.unwrap();
            let ider = |f: &Foelger| f.lager().ider().into_iter().collect::<BTreeSet<_>>();
            let ventet: BTreeSet<String> = mine.iter().map(|(_, id)| id.clone()).collect();
            assert_eq!(ider(&f), ventet);
            assert_eq!(kilde.sider.load(Ordering::SeqCst), 0);

            prove.nytt_navn(mine[3].0, "MIN");
            prove.nytt_navn(alle[200].0, "ANNENS");
            kilde.hentet.store(0, Ordering::SeqCst);
            f.til_ajour(&mut stille).await.unwrap();
            assert_eq!(kilde.hentet.load(Ordering::SeqCst), 1);

            // One of mine is merged into somebody who is not: the number is theirs now.
            prove.slaa_sammen(alle[210].0, mine[7].0);
            f.til_ajour(&mut stille).await.unwrap();
            let mut ventet = ventet;
            ventet.insert(alle[210].1.clone());
            assert!(ider(&f).contains(&alle[210].1), "{gren:?}");
            prove.nytt_navn(alle[210].0, "ARVTAKER");
            f.til_ajour(&mut stille).await.unwrap();
            let klient = prove.klient(gren);
            let fasit = klient
                .person(&alle[210].1, &Prove::utvalg(&valg(&prove, gren)))
                .await
                .unwrap()
                .unwrap();
            assert_eq!(f.lager().person(&alle[210].1).unwrap().as_ref(), Some(fasit.objekt()));
            let rapport = f.sammenlikn(&mut |_| ()).await.unwrap();
            assert!(rapport.forskjeller.is_empty() && rapport.personer >= 130);
            drop(f);

            // Another list: who is new comes, and who is not in it goes.
            let numre: BTreeSet<String> = alle.iter().skip(100).take(100).map(|(p, _)| prove.nummer(*p)).collect();
            let mut f = foelger(&prove, gren, kilde.clone(), &numre);
            f.til_ajour(&mut stille).await.unwrap();
            let ventet: BTreeSet<String> = alle.iter().skip(100).take(100).map(|(_, id)| id.clone()).collect();
            assert_eq!(ider(&f), ventet);
            let fil = std::fs::read_to_string(prove.lokal().join("pasienter.json")).unwrap();
            assert!(!fil.contains(&prove.nummer(mine[3].0)));
        }
    });
}

#[test]
fn a_copy_of_everybody_is_not_gone_on_with_as_one_of_a_list() {
    kjoer(async {
        let prove = Prove::ny(60).await;
        let mut f = prove.foelger(Gren::Full, prove.tjeneste(Gren::Full));
        f.til_ajour(&mut stille).await.unwrap();
        drop(f);
        let aapnet = Lager::aapne(&prove.lokal(), &valg(&prove, Gren::Full));
        assert!(matches!(aapnet, Err(Feil::AndreValg)));
        let aapnet = Lager::aapne(&prove.lokal(), &prove.valg(Gren::Begrenset));
        assert!(matches!(aapnet, Err(Feil::AndreValg)));
        let lager = Lager::aapne(&prove.lokal(), &prove.valg(Gren::Full)).unwrap();
        let numre = BTreeSet::from(["00000000000".to_owned()]);
        let ny = Foelger::new(lager, prove.tjeneste(Gren::Full), Some(&numre), uten_venting());
        assert!(matches!(ny, Err(Feil::AndreValg)));
    });
}
