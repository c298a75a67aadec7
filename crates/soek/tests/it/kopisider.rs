//! Pages of many: more persons than a block of the index holds, so that pages go from one block to the next.

use std::sync::Arc;

use informasjonsmodell::{Persondokument, Tidspunkt};
use register::Personnummer;
use soek::kopi::{Datointervall, Kriterier, Navneord, SIDE_MAKS, finn_side, finn_side_uten, tell, tell_uten};
use syntetisk_befolkning::Nasjon;
use tilgang::Projeksjon;

use crate::felles::{NAA, tid};
use crate::kopi::visning;
use crate::{Register, Steder};

const PERSONER: u32 = 70_000;
const PROJEKSJON: Projeksjon = Projeksjon::MedHjemmelUtenGraderte;

struct Kilde(Nasjon);

impl register::Kilde for Kilde {
    fn grupper(&self) -> u32 {
        self.0.grupper()
    }

    fn foer(&self, gruppe: u32) -> u32 {
        self.0.personer_foer(gruppe)
    }

    fn dokumenter(&self, gruppe: u32) -> Vec<Persondokument> {
        self.0.gruppe(gruppe)
    }
}

fn dato(tekst: &str) -> Option<informasjonsmodell::Dato> {
    informasjonsmodell::Dato::parse(tekst)
}

// Every page of a walk, then pages out of order and past the end.
fn gaa(register: &Register, kriterier: &Kriterier, side: usize) -> Vec<Personnummer> {
    let mut ut: Vec<Personnummer> = Vec::new();
    loop {
        // Each page is read at a moment of its own, as a caller reads it.
        let les = register.les().unwrap();
        let denne = finn_side(&les, PROJEKSJON, kriterier, ut.len() as u64, side).unwrap();
        ut.extend(&denne);
        if denne.len() < side {
            break;
        }
    }
    let les = register.les().unwrap();
    for hopp in [
        0,
        1,
        ut.len() / 2,
        ut.len().saturating_sub(3),
        ut.len(),
        ut.len() + 1,
        usize::MAX >> 1,
    ] {
        let ventet: Vec<_> = ut.iter().copied().skip(hopp).take(7).collect();
        assert_eq!(
            finn_side(&les, PROJEKSJON, kriterier, hopp as u64, 7).unwrap(),
            ventet,
            "{hopp}"
        );
    }
    assert_eq!(tell(&les, PROJEKSJON, kriterier).unwrap(), ut.len() as u64);
    assert!(ut.is_sorted() && ut.windows(2).all(|to| to[0] != to[1]));
    ut
}

#[test]
fn a_walk_by_pages_is_everybody_once_and_in_the_same_order_whatever_the_pages_are() {
    let mappe = tempfile::tempdir().unwrap();
    let visning: Arc<dyn register::Visning> = visning();
    let aapne = || Register::aapne_med_visning(mappe.path(), &Steder::default(), visning.clone()).unwrap();
    let register = aapne();
    let da: Tidspunkt = tid(0);
    register
        .last_inn(&Kilde(Nasjon::new(7, PERSONER).unwrap()), 4, da, NAA, &mut |_| {})
        .unwrap();
    drop(register);
    let register = aapne();
    let alle = gaa(&register, &Kriterier::default(), SIDE_MAKS);
    assert_eq!(alle.len(), PERSONER as usize);
    assert_eq!(gaa(&register, &Kriterier::default(), 7_777), alle);
    // As if some thousands, of both blocks and in no order, were not there; a page is as long as it was.
    let uten: Vec<Personnummer> = alle.iter().copied().rev().step_by(7).collect();
    let ventet: Vec<Personnummer> = alle.iter().copied().filter(|p| !uten.contains(p)).collect();
    let les = register.les().unwrap();
    let ingenting = Kriterier::default();
    assert_eq!(
        tell_uten(&les, PROJEKSJON, &ingenting, &uten).unwrap(),
        ventet.len() as u64
    );
    for hopp in [
        0,
        1,
        9_999,
        40_000,
        ventet.len() - SIDE_MAKS,
        ventet.len() - 1,
        ventet.len(),
    ] {
        let side = finn_side_uten(&les, PROJEKSJON, &ingenting, &uten, hopp as u64, SIDE_MAKS).unwrap();
        let skal: Vec<_> = ventet.iter().copied().skip(hopp).take(SIDE_MAKS).collect();
        assert!(side == skal, "{hopp}");
    }
    drop(les);
    let foedt = |fra: &str, til: &str| Kriterier {
        foedt: Datointervall {
            fra: dato(fra),
            til: dato(til),
        },
        ..Kriterier::default()
    };
    // Two that are each other's rest, among those who have a date.
    let (gamle, unge) = (foedt("", "1979-08-13"), foedt("1979-08-14", ""));
    let (gamle, unge) = (gaa(&register, &gamle, 5_000), gaa(&register, &unge, 9_999));
    assert!(gamle.len() > 10_000 && unge.len() > 10_000);
    let mut begge = [gamle, unge].concat();
    begge.sort_unstable();
    assert_eq!(begge, gaa(&register, &foedt("1700", "2200"), SIDE_MAKS));
    // A few letters, a part and a whole, and with something more.
    let etternavn = |tekst: &str| Kriterier {
        etternavn: Some(Navneord::av_del(tekst)),
        ..Kriterier::default()
    };
    let b = gaa(&register, &etternavn("b"), 1_000);
    let be = gaa(&register, &etternavn("be"), 1_000);
    assert!(!be.is_empty() && be.iter().all(|p| b.binary_search(p).is_ok()));
    let menn = Kriterier {
        kjoenn: Some("mann".to_owned()),
        ..etternavn("b")
    };
    let menn = gaa(&register, &menn, 100);
    assert!(!menn.is_empty() && menn.len() < b.len() && menn.iter().all(|p| b.binary_search(p).is_ok()));
    let bosatte = Kriterier {
        statuser: vec!["bosatt".to_owned(), "doed".to_owned()],
        ..Kriterier::default()
    };
    assert!(gaa(&register, &bosatte, SIDE_MAKS).len() > 50_000);
}
