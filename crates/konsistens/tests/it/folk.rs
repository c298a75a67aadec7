//! Persons as the tables of `eksempler/regler` write them. Every number is synthetic (month + 80), every street made up.

use std::collections::BTreeMap;

use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::{Persondokument, Tidspunkt};
use register::Register;
use serde_json::{Value, json};

/// When everything of the tables was registered.
pub fn naa() -> Tidspunkt {
    Tidspunkt::parse("2026-01-15T12:00:00+01:00").unwrap()
}

/// The synthetic number of a letter, and `plass` of those before it.
pub fn nr(navn: &str, plass: u32) -> String {
    let n = u32::from(navn.as_bytes()[0] - b'A') * 2 + plass;
    let foran = format!("{:02}8190", n % 28 + 1);
    (0..300u32)
        .map(|slutt| format!("{foran}{:05}", 99_999 - (n / 28) * 300 - slutt))
        .find(|tekst| Folkeregisteridentifikator::parse(tekst).is_ok())
        .unwrap()
}

/// An entry from a day on.
fn fra(dag: &str, mut innhold: Value) -> Value {
    innhold["erGjeldende"] = json!(true);
    innhold["gyldighetstidspunkt"] = json!(format!("{dag}T00:00:00+01:00"));
    innhold["ajourholdstidspunkt"] = json!("2020-01-01T12:00:00+01:00");
    innhold
}

fn tidligere(dag: &str, slutt: &str, innhold: Value) -> Value {
    let mut ut = fra(dag, innhold);
    ut["erGjeldende"] = json!(false);
    if slutt != "-" {
        ut["opphoerstidspunkt"] = json!(format!("{slutt}T00:00:00+01:00"));
    }
    ut
}

/// A street and a number, and the grade before it where it is not open.
pub fn adresse(verdi: &str) -> Value {
    let (grad, sted) = verdi.split_once('/').unwrap_or(("ugradert", verdi));
    let (gate, nummer) = sted.split_once('_').unwrap();
    json!({"adressegradering": grad, "vegadresse": {"kommunenummer": "0301", "adressenavn": gate,
        "adressenummer": {"husnummer": nummer}, "poststed": {"postnummer": "0001", "poststedsnavn": "OSLO"}}})
}

/// What the words after a name say of a person.
pub fn dokument(navn: &str, ord: &[&str]) -> Value {
    let mut ut: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let ett = |verdi: Value| vec![fra("2000-01-01", verdi)];
    ut.insert(
        "identifikasjonsnummer",
        ett(json!({"status": "iBruk", "foedselsEllerDNummer": nr(navn, 0), "identifikatortype": "foedselsnummer"})),
    );
    ut.insert("status", ett(json!({"status": "bosatt"})));
    ut.insert("kjoenn", ett(json!({"kjoenn": "kvinne"})));
    ut.insert(
        "foedsel",
        ett(json!({"foedselsdato": "1990-01-01", "foedselsaar": "1990"})),
    );
    ut.insert(
        "navn",
        ett(json!({"fornavn": format!("STILLE{navn}"), "etternavn": "FJELLBEKK"})),
    );
    ut.insert("sivilstand", ett(json!({"sivilstand": "ugift"})));
    ut.insert("bostedsadresse", ett(adresse(&format!("{navn}veien_1"))));
    let mut doed = None;
    for ord in ord {
        let (felt, verdi) = ord.split_once('=').unwrap_or_else(|| panic!("{ord}"));
        let deler: Vec<&str> = verdi.split(':').collect();
        let mut legg_til = |entitet: &'static str, verdi: Value| ut.entry(entitet).or_default().push(verdi);
        let relasjon = |til: &str, er: &str, jeg: &str| {
            fra(
                "2001-01-01",
                json!({"relatertPerson": nr(til, 0), "relatertPersonsRolle": er, "minRolleForPerson": jeg}),
            )
        };
        match felt {
            "sivilstand" => {
                let mut verdi = json!({"sivilstand": deler[0]});
                if let [_, med, dato] = deler.as_slice() {
                    verdi["relatertVedSivilstand"] = json!(nr(med, 0));
                    verdi["sivilstandsdato"] = json!(dato);
                }
                let dag = deler.get(2).copied().unwrap_or("2000-01-01");
                ut.insert("sivilstand", vec![fra(dag, verdi)]);
            }
            "hadde" => legg_til(
                "sivilstand",
                tidligere(deler[1], deler[2], json!({"sivilstand": deler[0]})),
            ),
            "bodde" => legg_til("bostedsadresse", tidligere(deler[1], deler[2], adresse(deler[0]))),
            "ektefelle" => {
                let rolle = "ektefelleEllerPartner";
                legg_til("familierelasjon", relasjon(verdi, rolle, rolle));
            }
            "barn" => legg_til("familierelasjon", relasjon(deler[0], "barn", deler[1])),
            "mor" | "far" | "medmor" => legg_til("familierelasjon", relasjon(verdi, felt, "barn")),
            "ansvar" => {
                let mut ansvar = json!({"ansvar": deler[0], "ansvarssubjekt": nr(deler[1], 0)});
                if let Some(hvem) = deler.get(2) {
                    ansvar["ansvarlig"] = json!(nr(hvem, 0));
                }
                legg_til("foreldreansvar", fra("2001-01-01", ansvar));
            }
            "status" => {
                ut.insert("status", ett(json!({"status": verdi})));
            }
            "doed" => {
                ut.insert("status", vec![fra(verdi, json!({"status": "doed"}))]);
                doed = Some(fra(verdi, json!({"doedsdato": verdi})));
            }
            "doedsfall" => doed = Some(fra(verdi, json!({"doedsdato": verdi}))),
            "bosted" if verdi == "-" => {
                ut.remove("bostedsadresse");
            }
            "bosted" => {
                ut.insert("bostedsadresse", ett(adresse(verdi)));
            }
            "bosted+" => legg_til("bostedsadresse", fra("2000-01-01", adresse(verdi))),
            "delt" => {
                let mut delt = adresse(verdi);
                delt["startdatoForKontrakt"] = json!("2015-01-01");
                legg_til("deltBosted", fra("2015-01-01", delt));
            }
            "opphold" => legg_til("oppholdsadresse", fra("2015-01-01", adresse(verdi))),
            "vern" => legg_til(
                "adressebeskyttelse",
                fra("2015-01-01", json!({"graderingsnivaa": verdi})),
            ),
            "postboks" => legg_til(
                "postadresse",
                fra(
                    "2015-01-01",
                    json!({"adressegradering": "ugradert", "postboksadresse": {"postboks": verdi}}),
                ),
            ),
            "bo" => {
                let hvem = if deler[0] == "advokat" {
                    json!({"advokat": {"personnavn": {"fornavn": "STILLE", "etternavn": "ELV"}}})
                } else {
                    json!({"person": {"foedselsEllerDNummer": nr(deler[0], 0)}})
                };
                let mut bo = hvem;
                bo["skifteform"] = json!("annet");
                bo["attestutstedelsesdato"] = json!("2026-01-02");
                bo["adresse"] = json!({"adresselinje": [deler[1].replace('_', " ")], "poststedsnavn": "OSLO", "postnummer": "0001"});
                legg_til("kontaktinformasjonForDoedsbo", fra("2026-01-02", bo));
            }
            "nummer" => {
                let mut gammelt = json!({"status": verdi, "foedselsEllerDNummer": nr(navn, 1), "identifikatortype": "foedselsnummer"});
                gammelt = tidligere("1999-01-01", "2000-01-01", gammelt);
                legg_til("identifikasjonsnummer", gammelt);
            }
            annet => panic!("hva er {annet:?}?"),
        }
    }
    let mut dokument = json!(ut);
    if let Some(doed) = doed {
        dokument["doedsfall"] = doed;
    }
    dokument
}

/// Takes a document in as it is, or says that the register refuses it.
pub fn importer(register: &Register, dokument: &Value) -> bool {
    let dokument = Persondokument::les(dokument.clone()).unwrap();
    match register.importer(&dokument, naa(), naa().sekunder()) {
        Ok(_) => true,
        Err(register::Feil::Regel(_)) => false,
        Err(feil) => panic!("{feil}"),
    }
}
