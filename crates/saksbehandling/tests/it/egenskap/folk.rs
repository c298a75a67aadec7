//! More persons than the tables have: a D-number, twins, names that are alike, a home with each parent, a foreigner without
//! birth date.

use identifikator::{Bestilling, Identifikatortype, Kjoenn, Serie, Tildeler};
use informasjonsmodell::{Handling, Persondokument, Registrering};
use serde_json::{Value, json};

use crate::felles::{Folk, naa};

fn nytt(tildeler: &mut Tildeler, folk: &Folk, slag: Identifikatortype, foedt: &str, kvinne: bool) -> String {
    let kjoenn = if kvinne { Kjoenn::Kvinne } else { Kjoenn::Mann };
    let i_dag = "2026-01-15".parse().unwrap();
    let bestilling = Bestilling::paa_dag(i_dag, slag, foedt.parse().unwrap(), kjoenn, Serie::Tenor);
    let brukt = |n: &str| folk.numre.values().any(|andre| andre == n);
    let tildelt = tildeler.tildel_ledig(&bestilling, |n| brukt(&n.to_string())).unwrap();
    tildelt.identifikator.to_string()
}

fn fra(mut innhold: Value) -> Value {
    innhold["erGjeldende"] = json!(true);
    innhold["gyldighetstidspunkt"] = json!("2020-01-01T00:00:00+01:00");
    innhold["ajourholdstidspunkt"] = json!("2020-01-01T12:00:00+01:00");
    innhold
}

struct Ny {
    navn: &'static str,
    kvinne: bool,
    foedt: &'static str,
    dnummer: bool,
    heter: &'static str,
}

const NYE: [Ny; 6] = [
    Ny {
        navn: "dnummer",
        kvinne: false,
        foedt: "1988-02-02",
        dnummer: true,
        heter: "GJEST",
    },
    Ny {
        navn: "gjest",
        kvinne: true,
        foedt: "1990-02-02",
        dnummer: true,
        heter: "GJEST",
    },
    Ny {
        navn: "tvilling1",
        kvinne: true,
        foedt: "1999-03-03",
        dnummer: false,
        heter: "LIK",
    },
    Ny {
        navn: "tvilling2",
        kvinne: true,
        foedt: "1999-03-03",
        dnummer: false,
        heter: "LIK",
    },
    Ny {
        navn: "delt",
        kvinne: true,
        foedt: "2012-04-04",
        dnummer: false,
        heter: "DELT",
    },
    Ny {
        navn: "enslig2",
        kvinne: false,
        foedt: "2013-05-05",
        dnummer: false,
        heter: "DELT",
    },
];

/// The persons of the tables, and these.
pub fn befolk() -> Folk {
    let mut folk = Folk::new();
    let mut tildeler = Tildeler::new();
    for ny in &NYE {
        let slag = if ny.dnummer {
            Identifikatortype::DNummer
        } else {
            Identifikatortype::Foedselsnummer
        };
        let nr = nytt(&mut tildeler, &folk, slag, ny.foedt, ny.kvinne);
        folk.numre.insert(ny.navn.to_owned(), nr);
    }
    let opprett = |ny: &Ny| Registrering {
        tidspunkt: naa().tidspunkt,
        handling: Handling::Opprett(Box::new(dokument(&folk, ny))),
    };
    let alle: Vec<Registrering> = NYE.iter().map(opprett).collect();
    folk.register.utfoer(&alle, naa().sekunder).unwrap();
    // Those that the new ones name say so too.
    for (forelder, barn, rolle, slag) in [
        ("separert", "delt", "mor", "felles"),
        ("eksmann", "delt", "far", "felles"),
        ("skjult", "enslig2", "mor", "mor"),
    ] {
        let relasjon =
            json!({"relatertPerson": folk.nr(barn), "relatertPersonsRolle": "barn", "minRolleForPerson": rolle});
        let ansvar = json!({"ansvar": slag, "ansvarssubjekt": folk.nr(barn), "ansvarlig": folk.nr(forelder)});
        let mer = json!({"familierelasjon": [fra(relasjon)], "foreldreansvar": [fra(ansvar)]});
        super::sekvens::registrer(
            &folk,
            forelder,
            mer,
            informasjonsmodell::Hendelsestype::PersonErOppdatert,
        );
    }
    folk
}

fn dokument(folk: &Folk, ny: &Ny) -> Persondokument {
    let slag = if ny.dnummer { "dNummer" } else { "foedselsnummer" };
    let status = if ny.dnummer { "midlertidig" } else { "bosatt" };
    let adresse = |gate: &str| {
        json!({"adressegradering": "ugradert", "vegadresse": {"kommunenummer": "0301", "adressenavn": gate,
            "adressenummer": {"husnummer": "1"}, "poststed": {"postnummer": "0001", "poststedsnavn": "OSLO"}}})
    };
    let mut ut = json!({
        "identifikasjonsnummer": [fra(json!({"status": "iBruk", "foedselsEllerDNummer": folk.nr(ny.navn), "identifikatortype": slag}))],
        "status": [fra(json!({"status": status}))],
        "kjoenn": [fra(json!({"kjoenn": if ny.kvinne { "kvinne" } else { "mann" }}))],
        "foedsel": [fra(json!({"foedselsdato": ny.foedt, "foedselsaar": ny.foedt.get(..4)}))],
        "navn": [fra(json!({"fornavn": ny.heter, "etternavn": "PRØVE"}))],
        "sivilstand": [fra(json!({"sivilstand": "ugift"}))],
    });
    if ny.dnummer {
        ut["statsborgerskap"] = json!([fra(json!({"statsborgerskap": "POL"}))]);
        ut["oppholdsadresse"] = json!([fra(adresse("gjesteveien"))]);
        return Persondokument::les(ut).unwrap();
    }
    ut["statsborgerskap"] = json!([fra(json!({"statsborgerskap": "NOR"}))]);
    ut["bostedsadresse"] = json!([fra(adresse("tvillingveien"))]);
    let relasjon = |til: &str, er: &str| {
        fra(json!({"relatertPerson": folk.nr(til), "relatertPersonsRolle": er, "minRolleForPerson": "barn"}))
    };
    let ansvar = |slag: &str, hvem: &str| {
        fra(json!({"ansvar": slag, "ansvarssubjekt": folk.nr(ny.navn), "ansvarlig": folk.nr(hvem)}))
    };
    match ny.navn {
        "delt" => {
            ut["familierelasjon"] = json!([relasjon("separert", "mor"), relasjon("eksmann", "far")]);
            ut["foreldreansvar"] = json!([ansvar("felles", "separert"), ansvar("felles", "eksmann")]);
            ut["bostedsadresse"] = json!([fra(adresse("separertveien"))]);
            // Where the father lives.
            let mut delt = adresse("eksmannveien");
            delt["startdatoForKontrakt"] = json!("2023-02-01");
            ut["deltBosted"] = json!([fra(delt)]);
        }
        "enslig2" => {
            ut["familierelasjon"] = json!([relasjon("skjult", "mor")]);
            ut["foreldreansvar"] = json!([ansvar("mor", "skjult")]);
            ut["adressebeskyttelse"] = json!([fra(json!({"graderingsnivaa": "strengtFortrolig"}))]);
            ut.as_object_mut().unwrap().remove("bostedsadresse");
        }
        _ => {}
    }
    Persondokument::les(ut).unwrap()
}
