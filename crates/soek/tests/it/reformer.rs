//! Kommune and fylke when a reform has given them another number.

use std::sync::Arc;

use informasjonsmodell::Hendelsestype as H;
use serde_json::{Value, json};
use soek::{
    Adressekriterier, Entydigkriterier, Kriterier, Navnekriterier, Personliste, Soekevisning, finn, finn_entydig, navn,
};
use tilgang::Projeksjon;

use crate::felles::{Prove, ny, person};

const MED_HJEMMEL: Projeksjon = Projeksjon::MedHjemmel;

fn adresse(kommune: &str) -> Value {
    json!({"adressegradering": "ugradert", "vegadresse":
        {"kommunenummer": kommune, "adressenavn": "Prøveveien", "poststed": {"poststedsnavn": "ET STED", "postnummer": "0001"}}})
}

/// Somebody who lives in one place, stays in another, and lived in the third before.
fn prove(bosted: &str, opphold: &str, foer: &str) -> Prove {
    let prove = Prove::med_visning(Arc::new(Soekevisning));
    let navn = json!({"fornavn": "Kari", "etternavn": "Prøve"});
    prove.opprett(
        &person(1)
            .uten("navn")
            .uten("bostedsadresse")
            .med("navn", navn)
            .med("bostedsadresse", adresse(foer)),
    );
    prove.registrer(
        1,
        H::EndringIBostedsadresse,
        vec![ny("bostedsadresse", adresse(bosted))],
    );
    prove.registrer(
        1,
        H::EndringIOppholdsadresse,
        vec![ny("oppholdsadresse", adresse(opphold))],
    );
    prove
}

fn i(kommune: Option<&str>, fylke: Option<&str>) -> Adressekriterier {
    Adressekriterier {
        kommunenummer: kommune.map(str::to_owned),
        fylkesnummer: fylke.map(str::to_owned),
        ..Adressekriterier::default()
    }
}

#[track_caller]
fn sjekk(prove: &Prove, adresse: &Adressekriterier, [bosted, opphold, historisk]: [bool; 3]) {
    let les = prove.register().les().unwrap();
    let mut kriterier = Kriterier {
        adresse: adresse.clone(),
        ..Kriterier::default()
    };
    let treff = |kriterier: &Kriterier| match finn(&les, MED_HJEMMEL, kriterier).unwrap() {
        Personliste::Personer(alle) => alle.len() == 1,
        Personliste::ForMange => panic!("one person is not too many"),
    };
    assert_eq!(treff(&kriterier), bosted, "{adresse:?}");
    let entydig = Entydigkriterier {
        navn: Navnekriterier {
            ord: navn::words("Kari Prøve"),
            fonetisk: false,
        },
        adresse: adresse.clone(),
        ..Entydigkriterier::default()
    };
    assert_eq!(
        finn_entydig(&les, MED_HJEMMEL, &entydig).unwrap().is_some(),
        bosted,
        "{adresse:?}"
    );
    kriterier.oppholdsadresse = true;
    assert_eq!(treff(&kriterier), bosted || opphold, "{adresse:?}");
    kriterier.oppholdsadresse = false;
    kriterier.historisk = true;
    assert_eq!(treff(&kriterier), bosted || historisk, "{adresse:?}");
}

#[test]
fn a_present_address_is_found_by_the_number_of_today_and_a_former_one_by_its_own() {
    let prove = prove("0219", "1902", "1601");
    // (kommune, fylke), and who is found: by bosted, by opphold, by history.
    for (kommune, fylke, ventet) in [
        ("0219", "02", [true, false, false]),
        ("3201", "32", [true, false, false]),
        ("1902", "19", [false, true, false]),
        ("5501", "55", [false, true, false]),
        ("1601", "16", [false, false, true]),
        // Numbers that are gone find what is shown with them, and nobody is.
        ("3024", "30", [false; 3]),
        ("5401", "54", [false; 3]),
        // Trondheim of today is not where somebody lived once, when it was another kommune.
        ("5001", "50", [false; 3]),
    ] {
        sjekk(&prove, &i(Some(kommune), None), ventet);
        sjekk(&prove, &i(None, Some(fylke)), ventet);
        sjekk(&prove, &i(Some(kommune), Some(fylke)), ventet);
    }
    // Both are true of one and the same address.
    sjekk(&prove, &i(Some("0219"), Some("32")), [true, false, false]);
    sjekk(&prove, &i(Some("3201"), Some("55")), [false; 3]);
}

#[test]
fn an_address_of_a_divided_kommune_has_a_fylke_of_today_and_no_kommune() {
    let prove = prove("1613", "1850", "1507");
    for (kommune, fylke, ventet) in [
        (Some("1613"), None, [true, false, false]),
        (Some("5012"), None, [false; 3]),
        (Some("5055"), None, [false; 3]),
        (Some("5056"), None, [false; 3]),
        (Some("5059"), None, [false; 3]),
        (None, Some("50"), [true, false, false]),
        (None, Some("16"), [true, false, false]),
        (Some("1806"), None, [false; 3]),
        (Some("1875"), None, [false; 3]),
        (None, Some("18"), [false, true, false]),
        (Some("1508"), None, [false; 3]),
        (None, Some("15"), [false, false, true]),
    ] {
        sjekk(&prove, &i(kommune, fylke), ventet);
    }
}
