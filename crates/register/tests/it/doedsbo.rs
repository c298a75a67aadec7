//! The estate contact: those who may not see the number see birth date and name in its place.

use informasjonsmodell::Hendelsestype as H;
use register::Importutfall::{Endret, Lik};
use serde_json::{Value, json};
use tilgang::Projeksjon;

use crate::felles::{Prove, korriger, nr, ny, person};

fn kontakt(n: u32) -> Value {
    json!({"person": {"foedselsEllerDNummer": nr(n)}, "skifteform": "annet", "attestutstedelsesdato": "2025-05-05",
        "adresse": {"adresselinje": ["Ekorngata 1"], "poststedsnavn": "OSLO", "postnummer": "0001"}})
}

const UTEN_NUMMER: [Projeksjon; 5] = [
    Projeksjon::Privat,
    Projeksjon::PrivatUtenFolkeregisteridentifikator,
    Projeksjon::Presse,
    Projeksjon::PresseUtenFolkeregisteridentifikator,
    Projeksjon::UtstederEid,
];

#[track_caller]
fn check(prove: &Prove, n: u32, nummer: u32, erstatning: &Value) {
    for projeksjon in Projeksjon::ALLE {
        let vist = prove.vis(n, projeksjon)["kontaktinformasjonForDoedsbo"][0]["person"].clone();
        if UTEN_NUMMER.contains(&projeksjon) {
            assert_eq!(vist, *erstatning, "{projeksjon:?}");
        } else {
            assert_eq!(vist, json!({"foedselsEllerDNummer": nr(nummer)}), "{projeksjon:?}");
        }
    }
    assert_eq!(
        prove.eksport(n)["kontaktinformasjonForDoedsbo"][0]["person"],
        json!({"foedselsEllerDNummer": nr(nummer)})
    );
    prove.sjekk();
}

fn erstatning(n: u32) -> Value {
    json!({"foedselsdato": "1990-01-01", "personnavn": {"fornavn": format!("STILLE{n}"), "etternavn": "FJELLBEKK"}})
}

#[test]
fn a_registered_contact_is_shown_by_name_to_those_who_may_not_see_the_number() {
    let prove = Prove::new();
    prove.opprett(&person(1));
    prove.opprett(&person(2));
    prove.opprett(&person(3));
    prove.registrer(
        1,
        H::EndringIKontaktopplysningerForDoedsbo,
        vec![ny("kontaktinformasjonForDoedsbo", kontakt(2))],
    );
    check(&prove, 1, 2, &erstatning(2));
    prove.registrer(
        1,
        H::EndringIKontaktopplysningerForDoedsbo,
        vec![korriger("kontaktinformasjonForDoedsbo", kontakt(3))],
    );
    check(&prove, 1, 3, &erstatning(3));
    let hendelse = prove.hendelse(prove.siste().hendelsesdokument.unwrap());
    assert!(!hendelse.to_string().contains("STILLE3"));
}

#[test]
fn an_imported_contact_is_too_and_the_document_is_equal_afterwards() {
    let prove = Prove::new();
    prove.opprett(&person(2));
    prove.opprett(&person(1));
    let dokument = person(1).med("kontaktinformasjonForDoedsbo", kontakt(2));
    assert_eq!(prove.importer(&dokument).unwrap(), Endret);
    assert_eq!(prove.importer(&dokument).unwrap(), Lik);
    check(&prove, 1, 2, &erstatning(2));
    assert_eq!(prove.eksport(1), dokument.0);
    let direkte = person(3).med("kontaktinformasjonForDoedsbo", kontakt(2));
    prove.importer(&direkte).unwrap();
    check(&prove, 3, 2, &erstatning(2));
}

#[test]
fn a_contact_outside_the_register_or_without_facts_is_shown_by_nothing() {
    let prove = Prove::new();
    prove.opprett(&person(1).med("kontaktinformasjonForDoedsbo", kontakt(2)));
    check(&prove, 1, 2, &json!({}));
    prove.opprett(&person(4).uten("navn").uten("foedsel"));
    prove.opprett(&person(3).med("kontaktinformasjonForDoedsbo", kontakt(4)));
    check(&prove, 3, 4, &json!({}));
    prove.opprett(&person(6).uten("navn"));
    prove.opprett(&person(5).med("kontaktinformasjonForDoedsbo", kontakt(6)));
    check(&prove, 5, 6, &json!({"foedselsdato": "1990-01-01"}));
}
