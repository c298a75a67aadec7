//! Who is erased is on no list of where people live, and nothing is left of one that was thrown away.

use informasjonsmodell::Hendelsestype as H;
use lager::Noekkellager;
use serde_json::json;
use soek::{Kommune, Personstatustype, Uttrekkskriterier, vises_fremdeles};
use tilgang::Projeksjon;
use uttrekk::{Bestilling, Jobbid, Porsjon};

use crate::bestillinger::{Sted, av, sted};
use crate::felles::{NAA, nr, ny, person, postboks};

const MH: Projeksjon = Projeksjon::MedHjemmel;

fn i_kommune(opphold: bool) -> Bestilling {
    Bestilling::Tilpasset(Uttrekkskriterier {
        statuser: Personstatustype::ALLE.to_vec(),
        kommune: Some(Kommune {
            opphold,
            nummer: "4601".to_owned(),
        }),
        ..Uttrekkskriterier::default()
    })
}

fn adresse(kommune: &str, grad: &str) -> serde_json::Value {
    json!({"adressegradering": grad, "vegadresse": {"kommunenummer": kommune, "adressenavn": "Storgata",
        "poststed": {"poststedsnavn": "ET STED", "postnummer": "0001"}}})
}

fn folk(her: &Sted, antall: u32) {
    for n in 0..antall {
        let bygger = person(n)
            .uten("bostedsadresse")
            .med("bostedsadresse", adresse("4601", "ugradert"));
        her.prove.opprett(&bygger);
    }
}

fn verne(her: &Sted, n: u32, grad: &str) {
    let mut endringer = vec![ny("adressebeskyttelse", json!({"graderingsnivaa": grad}))];
    if grad == "strengtFortrolig" {
        endringer.push(ny("postadresse", postboks("1")));
    }
    her.prove.registrer(n, H::EndringIAdressebeskyttelse, endringer);
}

/// Numbers of those of the first batch whom a projection is still shown as living there.
fn vises(her: &Sted, id: Jobbid, projeksjon: Projeksjon) -> Vec<u64> {
    let Porsjon::Personer { personer, kommune, .. } = her.porsjon(id, 0) else {
        panic!("porsjonen er der");
    };
    let les = her.prove.register().les().unwrap();
    personer
        .into_iter()
        .filter(|p| {
            kommune
                .as_ref()
                .is_none_or(|k| vises_fremdeles(&les, projeksjon, *p, k).unwrap())
        })
        .map(|p| les.nummer(p).unwrap())
        .collect()
}

fn numre(alle: &[u32]) -> Vec<u64> {
    alle.iter().map(|n| nr(*n).parse().unwrap()).collect()
}

#[test]
fn whoever_is_hidden_since_is_not_shown_to_live_there_and_whoever_has_moved_is() {
    let her = sted();
    folk(&her, 5);
    let id = her.bestill(&i_kommune(false)).unwrap();
    her.prove.registrer(
        0,
        H::EndringIBostedsadresse,
        vec![ny("bostedsadresse", adresse("0301", "ugradert"))],
    );
    verne(&her, 1, "fortrolig");
    verne(&her, 2, "strengtFortrolig");
    her.prove.registrer(
        3,
        H::EndringIBostedsadresse,
        vec![ny("bostedsadresse", adresse("4601", "fortrolig"))],
    );
    assert_eq!(vises(&her, id, MH), numre(&[0, 1, 3, 4]));
    // Who is not shown graded addresses is shown neither the address nor the one before it.
    let uten = vises(&her, id, Projeksjon::Finans);
    assert!(!uten.contains(&numre(&[1])[0]) && !uten.contains(&numre(&[2])[0]));
    assert!(uten.contains(&numre(&[0])[0]) && uten.contains(&numre(&[4])[0]));
}

#[test]
fn an_erased_person_is_taken_off_the_lists_for_good() {
    let mut her = sted();
    folk(&her, 3);
    let (bor, alle) = (
        her.bestill(&i_kommune(false)).unwrap(),
        her.bestill(&av(&[Personstatustype::Bosatt])).unwrap(),
    );
    assert_eq!(her.lager.rens(her.prove.register()).unwrap(), 0);
    verne(&her, 1, "strengtFortrolig");
    assert_eq!(her.lager.rens(her.prove.register()).unwrap(), 1);
    her.lager.rydd(NAA).unwrap();
    for _ in 0..2 {
        assert_eq!(her.numre(bor), numre(&[0, 2]));
        // Of everybody it tells nothing to be one.
        assert_eq!(her.numre(alle), numre(&[0, 1, 2]));
        assert_eq!(her.lager.rens(her.prove.register()).unwrap(), 0);
        her = her.gjenaapne();
    }
    // Of the keys that the two lists have had, those in use are left.
    let Sted { mappe, lager, .. } = her;
    drop(lager);
    let sti = mappe.path().join("uttrekk").join("noekler");
    let noekler = Noekkellager::aapne(&sti, &mappe.path().join("noekkel"), None).unwrap();
    assert_eq!(noekler.antall().unwrap(), 2);
}

#[test]
fn a_list_that_was_being_cleaned_when_the_program_stopped_is_cleaned_or_whole() {
    let mut her = sted();
    folk(&her, 3);
    let id = her.bestill(&i_kommune(false)).unwrap();
    verne(&her, 1, "strengtFortrolig");
    her.lager.rens(her.prove.register()).unwrap();
    // The former key is destroyed by the cleaning; a stop before that is made good at the opening, which destroys it again.
    her = her.gjenaapne();
    her = her.gjenaapne();
    assert_eq!(her.numre(id), numre(&[0, 2]));
    assert_eq!(her.lager.rydd(NAA).unwrap(), 0);
}
