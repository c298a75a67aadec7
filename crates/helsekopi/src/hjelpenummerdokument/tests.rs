use super::*;
use ::hjelpenummer::{AnnenId, Foedested, Kontakt, Navn};

fn som_json(fakta: Fakta) -> Value {
    let oppslag = Oppslag {
        nummer: FellesHjelpenummer::from_grunntall(800_000_000)
            .or_else(|_| FellesHjelpenummer::from_grunntall(800_000_001))
            .unwrap(),
        over: None,
        under: Vec::new(),
        fakta,
        utstedt_s: 1_767_225_600,
        endret_s: 1_767_225_660,
        organisasjon: "312000008".to_owned(),
    };
    let byte = dokument(&oppslag).unwrap().til_json();
    serde_json::from_slice(&byte).unwrap()
}

fn bor(bruk: Adressebruk, kommune: &str, land: &str) -> Adresse {
    Adresse {
        bruk,
        co: String::new(),
        linjer: vec!["Prøveveien 7 B".to_owned()],
        postnummer: "0150".to_owned(),
        poststed: "Oslo".to_owned(),
        kommune: kommune.to_owned(),
        land: land.to_owned(),
    }
}

#[test]
fn whoever_nothing_is_known_of_has_a_number_alone() {
    let ut = som_json(Fakta::default());
    assert_eq!(ut.as_object().unwrap().len(), 1);
    assert_eq!(ut["identifikasjonsnummer"][0]["identifikatortype"], TYPE);
    assert_eq!(ut["identifikasjonsnummer"][0]["erGjeldende"], true);
}

#[test]
fn the_eight_facts_are_said_and_what_is_the_senders_own_is_not() {
    let ut = som_json(Fakta {
        navn: Some(Navn {
            fornavn: "Lys".to_owned(),
            mellomnavn: String::new(),
            etternavn: " Prøvenavn ".to_owned(),
        }),
        kjoenn: Some(Kjoenn::Kvinne),
        foedselsdato: Delvisdato::les("19840317"),
        doed: Some(true),
        doedsdato: Delvisdato::les("202501"),
        adresser: vec![
            bor(Adressebruk::Hjem, "0301", ""),
            bor(Adressebruk::Midlertidig, "Oslo", "Norge"),
            bor(Adressebruk::Arbeid, "5001", ""),
            bor(Adressebruk::Post, "", "SWE"),
        ],
        sivilstand: Some(2),
        foedested: Some(Foedested {
            sted: "Umeå".to_owned(),
            land: "SWE".to_owned(),
        }),
        kontakt: vec![Kontakt {
            verdi: "tel:00000000".to_owned(),
            bruk: "MC".to_owned(),
        }],
        andre_id: vec![AnnenId {
            system: "2.16.840.1.113883.4.330.752".to_owned(),
            verdi: "HEMMELIG".to_owned(),
        }],
    });
    assert_eq!(ut["navn"][0]["etternavn"], "Prøvenavn");
    assert!(ut["navn"][0].get("mellomnavn").is_none());
    assert_eq!(ut["kjoenn"][0]["kjoenn"], "kvinne");
    assert_eq!(ut["foedsel"][0]["foedselsdato"], "1984-03-17");
    assert_eq!(ut["foedsel"][0]["foedeland"], "SWE");
    // A date that is not known to the day is none; that somebody is dead is said all the same.
    assert!(ut["doedsfall"]["erGjeldende"] == true && ut["doedsfall"].get("doedsdato").is_none());
    assert_eq!(ut["status"][0]["status"], "doed");
    assert_eq!(ut["sivilstand"][0]["sivilstand"], "gift");
    assert_eq!(ut["bostedsadresse"][0]["vegadresse"]["adressenavn"], "Prøveveien 7 B");
    // Without a kommune by number it is a line of post.
    assert!(ut.get("oppholdsadresse").is_none());
    assert_eq!(
        ut["postadresse"][0]["postadresseIFrittFormat"]["adresselinje"][0],
        "Prøveveien 7 B"
    );
    assert_eq!(
        ut["postadresseIUtlandet"][0]["utenlandskAdresseIFrittFormat"]["landkode"],
        "SE"
    );
    let tekst = ut.to_string();
    assert!(!tekst.contains("00000000\"") && !tekst.contains("HEMMELIG") && !tekst.contains("5001"));
}

#[test]
fn a_partial_date_of_birth_is_a_year_and_a_country_nobody_knows_is_left_out() {
    let ut = som_json(Fakta {
        foedselsdato: Delvisdato::les("1984"),
        foedested: Some(Foedested {
            sted: String::new(),
            land: "Langtvekkistan".to_owned(),
        }),
        adresser: vec![bor(Adressebruk::Hjem, "", "Langtvekkistan")],
        ..Fakta::default()
    });
    assert_eq!(ut["foedsel"][0]["foedselsaar"], "1984");
    assert!(ut["foedsel"][0].get("foedselsdato").is_none());
    assert!(ut["foedsel"][0].get("foedeland").is_none());
    assert_eq!(ut.as_object().unwrap().len(), 2);
}

#[test]
fn what_the_model_cannot_say_leaves_the_number() {
    let ut = som_json(Fakta {
        navn: Some(Navn {
            fornavn: "\u{FFFE}".to_owned(),
            ..Navn::default()
        }),
        ..Fakta::default()
    });
    assert_eq!(ut.as_object().unwrap().len(), 1);
}
