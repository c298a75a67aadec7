//! Loading many at once: the same register whatever the number of threads, and nothing of a load that failed.

use informasjonsmodell::Persondokument;
use register::{Feil, Kilde, Register};
use tilgang::Projeksjon;

use serde_json::json;

use crate::doedsbo::kontakt;
use crate::felles::{Bygger, NAA, Prove, nr, person, postboks, tid};

const GRUPPER: u32 = 12;
const I_GRUPPEN: u32 = 5;
const KONTAKTER: [u32; 3] = [60, 56, 57];

enum Skade {
    Ingen,
    Ugyldig(u32),
    Stopper(u32),
    Teller,
    ToLike,
}

struct Befolkning(Skade);

fn beboer(n: u32) -> Bygger {
    let p = person(n).bosatt(&format!("Gate{n}"));
    match n % 7 {
        0 => p.gradering("fortrolig"),
        1 => p.gradering("strengtFortrolig").med("postadresse", postboks("KRIPOS")),
        // Contacts who come later in the order: open, fortrolig, strengt fortrolig.
        2 => p.med("kontaktinformasjonForDoedsbo", kontakt(KONTAKTER[(n / 7 % 3) as usize])),
        3 => p.uten("status").med("status", json!({"status": "midlertidig"})),
        _ => p,
    }
}

impl Kilde for Befolkning {
    fn grupper(&self) -> u32 {
        GRUPPER
    }

    fn foer(&self, gruppe: u32) -> u32 {
        if matches!(self.0, Skade::Teller) && gruppe > 3 {
            return gruppe * I_GRUPPEN + 1;
        }
        gruppe * I_GRUPPEN
    }

    fn dokumenter(&self, gruppe: u32) -> Vec<Persondokument> {
        let foerste = gruppe * I_GRUPPEN + 1;
        let mut liste: Vec<_> = (foerste..foerste + I_GRUPPEN).map(|n| beboer(n).dokument()).collect();
        match self.0 {
            Skade::Ugyldig(her) if her == gruppe => liste[2] = person(1).uten("identifikasjonsnummer").dokument(),
            Skade::Stopper(her) if her == gruppe => panic!("kilden stopper, slik testen vil"),
            Skade::ToLike if gruppe == 7 => liste[0] = beboer(1).dokument(),
            _ => {}
        }
        liste
    }
}

fn last(register: &Register, skade: Skade, traader: usize) -> Result<u32, Feil> {
    register.last_inn(&Befolkning(skade), traader, tid(0), NAA, &mut |_| {})
}

#[test]
fn the_register_is_the_same_whatever_the_number_of_threads_and_as_if_made_one_by_one() {
    let enkelt = Prove::new();
    // The contacts first: one by one, a contact must be there when it is referred to.
    let alle = GRUPPER * I_GRUPPEN;
    let resten = (1..=alle).filter(|n| !KONTAKTER.contains(n));
    for n in KONTAKTER.into_iter().chain(resten) {
        enkelt.opprett(&beboer(n));
    }
    let ser = |prove: &Prove, n| prove.tekst(n, Projeksjon::MedHjemmel).unwrap().contains("Ekorngata");
    assert_eq!([2, 9, 16].map(|n| ser(&enkelt, n)), [true, true, false]);
    for traader in [1, 2, 5] {
        let prove = Prove::new();
        assert_eq!(last(prove.register(), Skade::Ingen, traader).unwrap(), alle);
        for projeksjon in Projeksjon::ALLE {
            for n in 1..=alle {
                assert_eq!(
                    prove.tekst(n, projeksjon),
                    enkelt.tekst(n, projeksjon),
                    "{projeksjon:?} {n}"
                );
            }
            // In the order of the source, each with its own event, as one by one.
            let fikk = prove.typer(projeksjon, 0);
            let mut ventet = enkelt.typer(projeksjon, 0);
            ventet.sort_by_key(|(_, nummer)| (1..=alle).position(|n| nr(n) == *nummer));
            assert_eq!(fikk, ventet, "{projeksjon:?}");
        }
        prove.sjekk();
        assert!(!prove.register().avbrutt_innlasting().unwrap());
        assert!(last(prove.register(), Skade::Ingen, 1).is_err());
    }
}

#[test]
fn a_source_that_fails_leaves_a_mark_and_an_empty_register_that_can_be_loaded() {
    for (skade, traader) in [
        (Skade::Ugyldig(9), 3),
        (Skade::Stopper(0), 1),
        (Skade::Stopper(6), 3),
        (Skade::Teller, 2),
        (Skade::ToLike, 2),
    ] {
        let mut prove = Prove::new();
        assert!(last(prove.register(), skade, traader).is_err());
        for _ in 0..2 {
            assert!(prove.register().avbrutt_innlasting().unwrap());
            assert_eq!(prove.register().antall_personer().unwrap(), 0);
            assert_eq!(prove.register().siste_sekvens().unwrap().0, 0);
            assert_eq!(prove.feed(Projeksjon::MedHjemmel), []);
            assert_eq!(prove.tekst(1, Projeksjon::MedHjemmel), None);
            prove.sjekk();
            prove.gjenaapne();
        }
        last(prove.register(), Skade::Ingen, 2).unwrap();
        prove.sjekk();
    }
}
