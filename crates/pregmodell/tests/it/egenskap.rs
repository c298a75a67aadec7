//! What holds of any document: no panic, nothing of a hidden address, the structure after withholding.

use pregmodell::{Adressefelt, Grunnlag, Personfelt, Profil, Vist, oversett};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::felles::{holder, utskrift};

/// Members that the translation looks for, and some that it does not.
const NAVN: &[&str] = &[
    "identifikasjonsnummer",
    "foedselsEllerDNummer",
    "identifikatortype",
    "status",
    "erGjeldende",
    "gyldighetstidspunkt",
    "opphoerstidspunkt",
    "navn",
    "fornavn",
    "mellomnavn",
    "etternavn",
    "foedsel",
    "foedselsdato",
    "foedselsaar",
    "foedested",
    "kjoenn",
    "doedsfall",
    "doedsdato",
    "utflytting",
    "utflyttingsdato",
    "tilflyttingsland",
    "innflytting",
    "fraflyttingsland",
    "sivilstand",
    "sivilstandsdato",
    "relatertVedSivilstand",
    "familierelasjon",
    "relatertPerson",
    "relatertPersonsRolle",
    "statsborgerskap",
    "ervervsdato",
    "foreldreansvar",
    "ansvar",
    "ansvarssubjekt",
    "rettsligHandleevne",
    "rettsligHandleevneomfang",
    "opphold",
    "oppholdstillatelse",
    "oppholdFra",
    "utlendingsmyndighetenesIdentifikasjonsnummer",
    "bostedsadresse",
    "oppholdsadresse",
    "postadresse",
    "postadresseIUtlandet",
    "deltBosted",
    "adressebeskyttelse",
    "graderingsnivaa",
    "adressegradering",
    "vegadresse",
    "matrikkeladresse",
    "matrikkelnummer",
    "ukjentBosted",
    "bostedskommune",
    "kommunenummer",
    "adressenavn",
    "adressenummer",
    "husnummer",
    "husbokstav",
    "adressekode",
    "bruksenhetsnummer",
    "poststed",
    "postnummer",
    "poststedsnavn",
    "coAdressenavn",
    "gaardsnummer",
    "bruksnummer",
    "utenlandskAdresse",
    "utenlandskAdresseIFrittFormat",
    "postadresseIFrittFormat",
    "postboksadresse",
    "postboks",
    "postbokseier",
    "adresselinje",
    "landkode",
    "byEllerStedsnavn",
    "grunnkrets",
    "stemmekrets",
    "flyttedato",
    "oppholdAnnetSted",
    "oppholdsadressedato",
    "ukjent",
];

/// Values that mean something somewhere.
const VERDIER: &[&str] = &[
    "",
    "12855700628",
    "52855700628",
    "00000000000",
    "iBruk",
    "opphoert",
    "dNummer",
    "foedselsnummer",
    "bosatt",
    "utflyttet",
    "doed",
    "aktiv",
    "ugradert",
    "klientadresse",
    "fortrolig",
    "strengtFortrolig",
    "noeNytt",
    "2020",
    "2020-02",
    "2020-02-29",
    "2020-02-30",
    "2021-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59+14:00",
    "NOR",
    "XXX",
    "ZZZ",
    "SE",
    "YY",
    "0301",
    "4601",
    "1007",
    "12",
    "B",
    "ß",
    "æ",
    "H0101",
    "pendler",
    "gift",
    "mor",
    "barn",
    "felles",
    "begrenset",
    "permanent",
    "\u{0}\u{85}A\tB",
    "EN SVÆRT LANG GATE SOM HETER NOE HELT ANNET ENN DEN NESTE GATEN I REKKEN",
    "ØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØØ",
];

fn verdi() -> impl Strategy<Value = Value> {
    let blad = prop_oneof![
        6 => prop::sample::select(VERDIER).prop_map(Value::from),
        1 => ".{0,40}".prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => prop_oneof![Just(i64::MIN), Just(-1), Just(0), Just(301), Just(9_999), Just(100_000), Just(1 << 52)].prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    blad.prop_recursive(5, 60, 6, |indre| {
        prop_oneof![
            3 => objekt(indre.clone()),
            2 => prop::collection::vec(indre, 0..4).prop_map(Value::Array),
        ]
    })
}

fn objekt(indre: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::vec((prop::sample::select(NAVN), indre), 0..8).prop_map(|par| {
        Value::Object(
            par.into_iter()
                .map(|(navn, verdi)| (navn.to_owned(), verdi))
                .collect::<Map<_, _>>(),
        )
    })
}

/// A document that has a number, whatever else.
fn dokument() -> impl Strategy<Value = Value> {
    objekt(verdi()).prop_map(|mut dokument| {
        dokument["identifikasjonsnummer"] =
            json!([{"status": "iBruk", "foedselsEllerDNummer": "12855700628", "identifikatortype": "foedselsnummer"}]);
        dokument
    })
}

/// An address of any kind and form, whose every text begins with a word that is found nowhere else.
fn hemmelig() -> impl Strategy<Value = (usize, Value)> {
    let ord = "HEMMELIG[A-Z]{0,30}";
    let kommune = prop::sample::select(vec!["0301", "4601", "5001", "1103"]);
    (0usize..8, ord, ord, kommune, 1i64..9_999, "(19|20)[0-9]{2}-0[1-9]-1[0-9]", prop::bool::ANY).prop_map(|(form, en, to, kommune, tall, dag, historisk)| {
        let poststed = json!({"postnummer": format!("{tall:04}"), "poststedsnavn": to});
        let veg = json!({"kommunenummer": kommune, "adressenavn": en, "adressekode": "1007", "adressenummer": {"husnummer": tall.to_string()},
            "bruksenhetsnummer": "H0101", "coAdressenavn": to, "poststed": poststed});
        let (navn, mut post) = match form {
            0 => (0, json!({"vegadresse": veg, "grunnkrets": tall, "stemmekrets": tall, "skolekrets": tall})),
            1 => (0, json!({"matrikkeladresse": {"matrikkelnummer": {"kommunenummer": kommune, "gaardsnummer": tall, "bruksnummer": tall}, "adressetilleggsnavn": en, "poststed": poststed}})),
            2 => (0, json!({"ukjentBosted": {"bostedskommune": kommune}})),
            3 => (1, json!({"vegadresse": veg, "oppholdAnnetSted": "pendler", "oppholdsadressedato": dag})),
            4 => (1, json!({"utenlandskAdresse": {"adressenavn": en, "byEllerStedsnavn": to, "landkode": "SE"}})),
            5 => (2, json!({"postboksadresse": {"postboks": en, "postbokseier": to, "poststed": poststed}})),
            6 => (3, json!({"utenlandskAdresseIFrittFormat": {"adresselinje": [en, to], "landkode": "DK"}})),
            _ => (4, json!({"vegadresse": veg, "startdatoForKontrakt": dag})),
        };
        post["flyttedato"] = Value::from(dag.clone());
        post["gyldighetstidspunkt"] = Value::from(format!("{dag}T00:00:00+01:00"));
        post["erGjeldende"] = Value::from(!historisk);
        (navn, post)
    })
}

const KILDER: [&str; 5] = [
    "bostedsadresse",
    "oppholdsadresse",
    "postadresse",
    "postadresseIUtlandet",
    "deltBosted",
];

fn med_adresser(beskyttelse: Option<&str>, gradering: &str, adresser: &[(usize, Value)]) -> Vec<u8> {
    let mut ut = json!({
        "identifikasjonsnummer": [{"erGjeldende": true, "status": "iBruk", "foedselsEllerDNummer": "12855700628", "identifikatortype": "foedselsnummer"}],
        "navn": [{"erGjeldende": true, "fornavn": "STILLE", "etternavn": "FJELLBEKK"}],
        "status": [{"erGjeldende": true, "status": "bosatt"}],
    });
    if let Some(beskyttelse) = beskyttelse {
        ut["adressebeskyttelse"] = json!([{"erGjeldende": true, "graderingsnivaa": beskyttelse}]);
    }
    for (kilde, post) in adresser {
        let mut post = post.clone();
        post["adressegradering"] = Value::from(gradering);
        let navn = KILDER[*kilde];
        if ut.get(navn).is_none() {
            ut[navn] = json!([]);
        }
        ut[navn].as_array_mut().unwrap().push(post);
    }
    ut.to_string().into_bytes()
}

fn vist(norsk: &[u8], klientadresse: bool) -> String {
    let grunnlag = Grunnlag {
        klientadresse,
        ..Grunnlag::default()
    };
    let oversatt = oversett(norsk, &grunnlag).unwrap();
    holder(&oversatt.person);
    utskrift(&oversatt.person)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_a_person_or_refused(byte: Vec<u8>) {
        let _ = oversett(&byte, &Grunnlag::default());
    }

    #[test]
    fn any_json_is_a_person_or_refused(verdi in verdi()) {
        let _ = oversett(verdi.to_string().as_bytes(), &Grunnlag::default());
    }

    #[test]
    fn whatever_a_document_says_the_contract_holds(dokument in dokument(), klientadresse: bool) {
        let oversatt = oversett(dokument.to_string().as_bytes(), &Grunnlag { klientadresse, ..Grunnlag::default() }).unwrap();
        holder(&oversatt.person);
        let debug = format!("{oversatt:?}");
        prop_assert!(!debug.contains("12855700628"));
        for utgaatt in &oversatt.utgaatte {
            prop_assert!(utgaatt.adresser.is_empty() && utgaatt.reg_status.verdi() == Some(&6) && utgaatt.nytt_nummer == oversatt.person.nin);
        }
    }

    /// NI-17: two persons who differ only in what is hidden are answered alike, how many addresses it is included.
    #[test]
    fn nothing_of_a_hidden_address_is_told(
        en in prop::collection::vec(hemmelig(), 0..5),
        to in prop::collection::vec(hemmelig(), 0..5),
        grad in prop::sample::select(vec!["fortrolig", "strengtFortrolig"]),
        egen in prop::sample::select(vec!["ugradert", "klientadresse", "fortrolig"]),
    ) {
        let (a, b) = (med_adresser(Some(grad), egen, &en), med_adresser(Some(grad), egen, &to));
        let svar = vist(&a, false);
        prop_assert_eq!(&svar, &vist(&b, false));
        prop_assert!(!svar.contains("HEMMELIG") && svar.contains("Sperret adr."));
    }

    /// Without the person's own protection: an address that is graded all the same hides everything, and a former one is not there.
    #[test]
    fn a_graded_address_that_should_not_have_been_there_is_hidden(
        adresser in prop::collection::vec(hemmelig(), 1..5),
        grad in prop::sample::select(vec!["klientadresse", "fortrolig", "strengtFortrolig", "noeNytt"]),
    ) {
        let naa = adresser.iter().any(|(_, post)| post["erGjeldende"] == true);
        let svar = vist(&med_adresser(None, grad, &adresser), false);
        prop_assert!(!svar.contains("HEMMELIG"));
        prop_assert_eq!(svar.contains("Sperret adr."), naa);
        if !naa {
            prop_assert_eq!(svar, vist(&med_adresser(None, grad, &[]), false));
        }
    }

    /// An address that is known to be graded klientadresse is answered alike, whether the document has it or not.
    #[test]
    fn klientadresse_is_told_by_the_text_alone(adresser in prop::collection::vec(hemmelig(), 0..5)) {
        let uten = vist(&med_adresser(None, "klientadresse", &[]), true);
        prop_assert_eq!(vist(&med_adresser(None, "klientadresse", &adresser), true), uten.clone());
        prop_assert!(uten.contains("A0.PostalType=4\n"));
    }

    #[test]
    fn withholding_keeps_the_structure_and_alters_no_value(dokument in dokument()) {
        let foer = oversett(dokument.to_string().as_bytes(), &Grunnlag::default()).unwrap().person;
        for profil in Profil::ALLE {
            let mut etter = foer.clone();
            let blanking = profil.blank(&mut etter);
            prop_assert_eq!(&blanking.felter, &profil.holder_tilbake());
            prop_assert_eq!(foer.adresser.len(), etter.adresser.len());
            for felt in Personfelt::ALLE {
                let (a, b) = (foer.vis(*felt), etter.vis(*felt));
                prop_assert!(a == b || b == Vist::HoldtTilbake);
                prop_assert_eq!(b == Vist::HoldtTilbake, !profil.ser(felt.beskrivelse().gruppe));
            }
            for (a, b) in foer.adresser.iter().zip(&etter.adresser) {
                for felt in Adressefelt::ALLE {
                    prop_assert!(a.vis(*felt) == b.vis(*felt) || b.vis(*felt) == Vist::HoldtTilbake);
                }
            }
        }
    }
}
