//! A copy that is kept from what med hjemmel is shown shows what the source shows, whatever happened in between.

use std::collections::BTreeSet;

use informasjonsmodell::Persondokument;
use proptest::prelude::*;
use register::Speilendring;
use serde_json::{Value, json};
use tilgang::Projeksjon;

use crate::felles::{NAA, Prove, nr, person, sammenslaaing, skifte, splitting, tid, tilfeller};
use crate::invarianter::{befolket, spill, steg};

const MH: Projeksjon = Projeksjon::MedHjemmel;
/// What the copy shows to its own callers.
const VIST: [Projeksjon; 3] = [MH, Projeksjon::MedHjemmelUtenGraderte, Projeksjon::OffentligUtenHjemmel];
/// Every number that a history gives somebody.
const NUMRE: std::ops::Range<u32> = 1..40;

fn hent(kilde: &Prove, n: u32) -> Option<Persondokument> {
    let tekst = kilde.tekst(n, MH)?;
    Some(register::les_vist(serde_json::from_str(&tekst).unwrap()).unwrap())
}

/// Takes some persons of the source in, in one write.
fn speil(kilde: &Prove, kopi: &Prove, numre: &[u32]) -> Vec<Speilendring> {
    let register = kopi.register();
    let (endringer, _) = register
        .behandle(NAA, |b| -> Result<_, register::Feil> {
            b.speilende();
            for n in numre {
                if let Some(dokument) = hent(kilde, *n) {
                    b.speil(&dokument, tid(0))?;
                }
            }
            b.speilet(&VIST)
        })
        .unwrap();
    endringer
}

/// Whose numbers the source told of since an item of its feed.
fn hendt(kilde: &Prove, sett: &mut usize) -> Vec<u32> {
    let feed = kilde.feed(MH);
    let nye: BTreeSet<String> = feed[*sett..]
        .iter()
        .map(|e| e.folkeregisteridentifikator.clone())
        .collect();
    *sett = feed.len();
    NUMRE.filter(|n| nye.contains(&nr(*n))).collect()
}

fn uten_tider(tekst: Option<String>) -> Option<Value> {
    fn fjern(verdi: &mut Value) {
        match verdi {
            Value::Array(liste) => liste.iter_mut().for_each(fjern),
            Value::Object(felt) => {
                felt.shift_remove("ajourholdstidspunkt");
                felt.values_mut().for_each(fjern);
            }
            _ => {}
        }
    }
    let mut verdi = serde_json::from_str(&tekst?).unwrap();
    fjern(&mut verdi);
    // A contact who was protected once and is not any more: the source guards the estate still, and the copy may never have
    // heard of it.
    for bo in boer(&mut verdi) {
        bo.as_object_mut().unwrap().shift_remove("adresse");
    }
    Some(verdi)
}

fn boer(dokument: &mut Value) -> impl Iterator<Item = &mut Value> {
    let boer = dokument.get_mut("kontaktinformasjonForDoedsbo");
    boer.and_then(Value::as_array_mut).into_iter().flatten()
}

/// No estate of the copy tells where a contact lives who is protected now.
#[track_caller]
fn boer_er_vernet(kilde: &Prove, kopi: &Prove, n: u32) {
    let les = kilde.register().les().unwrap();
    for p in [Projeksjon::MedHjemmelUtenGraderte, Projeksjon::OffentligUtenHjemmel] {
        let Some(tekst) = kopi.tekst(n, p) else { continue };
        for bo in boer(&mut serde_json::from_str(&tekst).unwrap()) {
            let nummer = bo["person"]["foedselsEllerDNummer"].as_str().unwrap();
            let kontakt = les.finn(&nummer.parse().unwrap()).unwrap();
            let vernet = kontakt.is_some_and(|k| les.vern(k).unwrap() > tilgang::Grad::Ugradert);
            assert!(!vernet || bo.get("adresse").is_none(), "{n} {p:?}");
        }
    }
}

#[track_caller]
fn lik(kilde: &Prove, kopi: &Prove) {
    for n in NUMRE {
        assert_eq!(kopi.tekst(n, MH), kilde.tekst(n, MH), "{n}");
        boer_er_vernet(kilde, kopi, n);
        for p in VIST {
            assert_eq!(uten_tider(kopi.tekst(n, p)), uten_tider(kilde.tekst(n, p)), "{n} {p:?}");
        }
    }
}

proptest! {
    #![proptest_config(tilfeller(16))]

    #[test]
    fn a_copy_shows_what_its_source_shows_however_late_and_in_whatever_order_it_is_told(
        steg in steg(21),
        bolk in 1usize..6,
        vend in any::<bool>(),
        del in any::<bool>(),
    ) {
        let (kilde, kopi) = (befolket(), Prove::new());
        let mut sett = 0;
        for noen in steg.chunks(bolk) {
            for s in noen {
                spill(&kilde, *s);
            }
            let mut numre = hendt(&kilde, &mut sett);
            if vend {
                numre.reverse();
            }
            let foer: Vec<Vec<_>> = VIST.iter().map(|p| NUMRE.map(|n| kopi.tekst(n, *p)).collect()).collect();
            let endret: Vec<Speilendring> = if del {
                numre.iter().flat_map(|n| speil(&kilde, &kopi, &[*n])).collect()
            } else {
                speil(&kilde, &kopi, &numre)
            };
            for (p, foer) in VIST.iter().zip(foer) {
                let etter: Vec<_> = NUMRE.map(|n| kopi.tekst(n, *p)).collect();
                let fortalt = endret.iter().any(|e| e.synlig.iter().any(|(q, _)| q == p));
                // Told by several writes, somebody may have been changed and changed back.
                prop_assert!(fortalt || foer == etter, "{:?}", p);
                prop_assert!(del || !fortalt || foer != etter || endret.iter().any(|e| e.opphoert || e.ny), "{:?}", p);
            }
        }
        lik(&kilde, &kopi);
        kopi.sjekk();
        // What is told again is no news.
        let alle: Vec<u32> = NUMRE.collect();
        prop_assert_eq!(speil(&kilde, &kopi, &alle), []);
        for p in Projeksjon::ALLE {
            prop_assert_eq!(kopi.feed(p).len(), 0);
        }
    }
}

#[test]
fn whoever_was_one_before_the_copy_knew_them_is_split_in_it_too() {
    let (kilde, kopi) = (Prove::new(), Prove::new());
    kilde.opprett(&person(1).bosatt("Startgata"));
    kilde.opprett(&person(2).bosatt("Annengata"));
    kilde.slaa_sammen(1, 2);
    speil(&kilde, &kopi, &[1]);
    assert_eq!(kopi.mh(2), kopi.mh(1));
    kilde.splitt(1, 2);
    // Whichever of the two is heard of first.
    for rekkefoelge in [[1, 2], [2, 1]] {
        let kopi = Prove::new();
        let foer = {
            kilde.slaa_sammen(1, 2);
            speil(&kilde, &kopi, &[1]);
            kilde.splitt(1, 2);
            kopi.mh(1)
        };
        assert_ne!(foer, kilde.mh(1));
        for n in rekkefoelge {
            speil(&kilde, &kopi, &[n]);
        }
        lik(&kilde, &kopi);
        kopi.sjekk();
    }
}

#[test]
fn one_who_was_merged_and_comes_back_is_the_same_person_of_the_copy() {
    let (kilde, kopi) = (Prove::new(), Prove::new());
    kilde.opprett(&person(1));
    kilde.opprett(&person(2));
    speil(&kilde, &kopi, &[1, 2]);
    let hvem = |n: u32| {
        let les = kopi.register().les().unwrap();
        les.finn(&nr(n).parse().unwrap()).unwrap().unwrap()
    };
    let (en, to) = (hvem(1), hvem(2));
    kilde.utfoer(vec![sammenslaaing(1, 2)]).unwrap();
    let endret = speil(&kilde, &kopi, &[2, 1]);
    assert_eq!(hvem(2), en);
    let ble = |p| endret.iter().find(|e| e.person == p).unwrap();
    assert!(ble(to).opphoert && !ble(en).opphoert && !ble(en).ny);
    assert_eq!(ble(to).nummer, nr(2).parse::<u64>().unwrap());
    kilde.utfoer(vec![skifte(1, 11, None)]).unwrap();
    speil(&kilde, &kopi, &[11]);
    kilde.utfoer(vec![splitting(11, 2)]).unwrap();
    speil(&kilde, &kopi, &[2]);
    assert_eq!((hvem(1), hvem(11), hvem(2)), (en, en, to));
    speil(&kilde, &kopi, &[11]);
    lik(&kilde, &kopi);
    kopi.sjekk();
}

#[test]
fn a_document_that_is_nobodys_changes_nothing() {
    let (kilde, kopi) = (befolket(), Prove::new());
    speil(&kilde, &kopi, &[1, 2, 3, 4]);
    let foer = kopi.register().avtrykk_av_primaerdata().unwrap();
    let ingen = Persondokument::les(json!({"navn": [{"fornavn": "STILLE", "etternavn": "BEKK"}]})).unwrap();
    let utfall = kopi.register().behandle(NAA, |b| -> Result<_, register::Feil> {
        b.speilende();
        b.speil(&ingen, tid(0))
    });
    assert!(utfall.is_err());
    assert_eq!(kopi.register().avtrykk_av_primaerdata().unwrap(), foer);
}

#[test]
fn what_is_left_of_a_place_when_somebody_is_hidden_is_left_in_the_copy_too() {
    let (kilde, kopi) = (befolket(), Prove::new());
    let mut sett = 0;
    for s in [(33, 5, 0), (30, 5, 7), (14, 3, 0), (14, 3, 1), (20, 3, 0)] {
        spill(&kilde, s);
        let numre = hendt(&kilde, &mut sett);
        speil(&kilde, &kopi, &numre);
    }
    lik(&kilde, &kopi);
    kopi.sjekk();
}

#[test]
fn two_of_a_kind_of_which_one_was_heard_of_after_somebody_was_hidden_keep_their_times() {
    let (kilde, kopi) = (befolket(), Prove::new());
    let mut sett = 0;
    for noen in [[(0, 1, 0), (14, 3, 0)], [(14, 3, 0), (20, 3, 0)]] {
        for s in noen {
            spill(&kilde, s);
        }
        let numre = hendt(&kilde, &mut sett);
        speil(&kilde, &kopi, &numre);
    }
    lik(&kilde, &kopi);
    kopi.sjekk();
}
