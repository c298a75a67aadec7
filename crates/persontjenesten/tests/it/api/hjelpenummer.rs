//! Common help numbers over the socket: looked up, searched for where that is asked for, told of, put under a number that is known later, and
//! taken out again. The store that issues them is the real one, and its log is followed.

use std::sync::Arc;

use helsekopi::{Hjelpenummerfoelger, Hjelpenummersteg};
use hjelpenummer::{
    Adresse, Adressebruk, AnnenId, Avsender, Delvisdato, Endring, Fakta, Hjelpenumre, Kjoenn, Kontakt, Navn,
    OverNummer, Revisjon, Steder,
};
use identifikator::{FellesHjelpenummer, Folkeregisteridentifikator, Nummer};
use persontjenesten::Versjon;
use persontjenesten::openapi::{Omfang, Operasjon};
use serde_json::{Value, json};

use super::operasjoner::valider_svar;
use super::oppsett::{MED, NAA_S, Prove, UTEN, naa};
use super::soek::{antall, endre, gaa};
use super::{alle_deler, kjoer};

/// What no answer may ever say.
const HEMMELIG: &str = "Hemmeligheten";

struct Utsteder {
    lager: Arc<Hjelpenumre>,
    foelger: Hjelpenummerfoelger,
    _mappe: tempfile::TempDir,
}

fn hvem() -> Avsender {
    Avsender {
        organisasjon: "312000008".to_owned(),
        bruker: "a".to_owned(),
    }
}

impl Utsteder {
    fn ny(prove: &Prove) -> Self {
        let mappe = tempfile::tempdir().unwrap();
        let lager = Arc::new(Hjelpenumre::aapne(mappe.path(), &Steder::default()).unwrap());
        Utsteder {
            foelger: Hjelpenummerfoelger::new(prove.kopi.clone(), lager.clone(), Arc::new(naa)),
            lager,
            _mappe: mappe,
        }
    }

    fn utsted(&self) -> FellesHjelpenummer {
        let bor = |bruk, gate: &str| Adresse {
            bruk,
            co: String::new(),
            linjer: vec![gate.to_owned()],
            postnummer: "0150".to_owned(),
            poststed: "OSLO".to_owned(),
            kommune: "0301".to_owned(),
            land: String::new(),
        };
        let fakta = Fakta {
            navn: Some(Navn {
                fornavn: "Lys".to_owned(),
                etternavn: "Sprettehumle".to_owned(),
                ..Navn::default()
            }),
            kjoenn: Some(Kjoenn::Kvinne),
            foedselsdato: Delvisdato::les("19840317"),
            adresser: vec![
                bor(Adressebruk::Hjem, "Prøveveien 7 B"),
                bor(Adressebruk::Arbeid, HEMMELIG),
            ],
            kontakt: vec![Kontakt {
                verdi: format!("mailto:{HEMMELIG}@post.example"),
                bruk: String::new(),
            }],
            andre_id: vec![AnnenId {
                system: "2.16.840.1.113883.4.330.752".to_owned(),
                verdi: HEMMELIG.to_owned(),
            }],
            ..Fakta::default()
        };
        let utstedt = self
            .lager
            .utsted(&fakta, false, None, &hvem(), NAA_S, &mut hjelpenummer::tilfeldig);
        let nummer = utstedt.unwrap().nummer;
        self.foelg();
        nummer
    }

    fn foelg(&self) {
        while self.foelger.steg().unwrap() != Hjelpenummersteg::Ajour {}
    }

    fn knytt(&self, over: &str, under: FellesHjelpenummer) {
        let over = OverNummer::Folkeregister(Folkeregisteridentifikator::parse(over).unwrap());
        let under = [Nummer::FellesHjelpenummer(under)];
        self.lager.knytt(over, &under, &hvem(), NAA_S).unwrap();
        self.foelg();
    }

    fn loes(&self, over: &str, under: FellesHjelpenummer) {
        let under = Nummer::FellesHjelpenummer(under);
        self.lager.loes(over.parse().unwrap(), &under, &hvem(), NAA_S).unwrap();
        self.foelg();
    }
}

async fn etter_nummer(prove: &Prove, hvem: &str, omfang: Omfang, nummer: &str) -> Value {
    let sti = format!("/person/get-by-nin?{}&includeHistory=true", alle_deler());
    let svar = prove.kall(hvem, omfang, &sti, Some(&format!("nin={nummer}"))).await;
    assert_eq!(svar.status, 200, "{omfang:?}");
    let person = svar.json();
    valider_svar(&person, omfang, Operasjon::PersonGetByNin);
    assert!(!person.to_string().contains(HEMMELIG));
    let sti = format!("/person/bulk-by-nin?{}&includeHistory=true", alle_deler());
    let svar = prove.kall(hvem, omfang, &sti, Some(&format!("nins={nummer}"))).await;
    assert_eq!(svar.json(), json!([person]), "{omfang:?}");
    person
}

/// Events of the help numbers' own types: whom each is about, and its type.
async fn fortalt(prove: &Prove, omfang: Omfang, nummer: FellesHjelpenummer) -> Vec<(String, String)> {
    let typer = "CreatedAlternateIdentificationNumber,UpdatedAlternateIdentificationNumber";
    let svar = prove
        .kall(MED, omfang, &format!("/event?eventTypes={typer}"), None)
        .await;
    let svar = svar.json();
    valider_svar(&svar, omfang, Operasjon::Event);
    let hendelser = svar["results"].as_array().unwrap().clone();
    let tekst = |verdi: &Value| verdi.as_str().unwrap().to_owned();
    let hendelser = hendelser.iter().map(|h| {
        if omfang.versjon() == Versjon::V3 {
            assert_eq!(h["nin"], nummer.as_str());
        }
        (tekst(&h["personId"]), tekst(&h["eventType"]))
    });
    hendelser.collect()
}

#[test]
fn whoever_is_known_by_a_help_number_alone_is_looked_up_and_found_only_when_that_is_asked_for() {
    kjoer(async {
        let prove = Prove::ny().await;
        let alle = prove.alle().len() as u64;
        let utsteder = Utsteder::ny(&prove);
        let nummer = utsteder.utsted();
        let ukjent = (999_000_000..)
            .filter_map(|n| FellesHjelpenummer::from_grunntall(n).ok())
            .find(|n| *n != nummer)
            .unwrap();
        for omfang in Omfang::ALLE {
            for hvem in [MED, UTEN] {
                let person = etter_nummer(&prove, hvem, omfang, nummer.as_str()).await;
                let nummeret = &person["norwegianIdentificationNumber"][0];
                assert_eq!(nummeret["identificationNumber"], nummer.as_str());
                assert_eq!(nummeret["identificationNumberType"], "AlternateIdentificationNumber");
                assert_eq!(
                    (&nummeret["status"], &nummeret["isValid"]),
                    (&json!("InUse"), &json!(true))
                );
                assert_eq!(person["name"][0]["familyName"], "Sprettehumle");
                assert!(person.to_string().contains("Prøveveien 7 B"), "{omfang:?}");
                let id = person["id"].as_str().unwrap();
                let sti = format!("/person/{id}?{}&includeHistory=true", alle_deler());
                assert_eq!(prove.kall(hvem, omfang, &sti, None).await.json(), person);
                // Nobody's: as any number that nobody has.
                let sti = format!("/person/get-by-nin?{}", alle_deler());
                let felt = format!("nin={}", ukjent.as_str());
                assert_eq!(prove.kall(hvem, omfang, &sti, Some(&felt)).await.status, 404);
                for (ain, ventet) in [("", 0), ("includeAinResults=false", 0), ("includeAinResults=true", 1)] {
                    let skjema = "FullName=Sprettehumle&BirthDate=1984-03-17";
                    let sti = format!("/search/person?informationParts=Name&{ain}");
                    let svar = prove.kall(hvem, omfang, &sti, Some(skjema)).await.json();
                    let funnet = svar["results"].as_array().unwrap();
                    assert_eq!(funnet.len(), ventet, "{omfang:?} {ain}");
                    assert!(funnet.iter().all(|p| p["id"] == id));
                    for (skjema, ventet) in [(skjema, ventet as u64), ("", alle + ventet as u64)] {
                        let sti = format!("/search/match-count?{ain}");
                        let svar = prove.kall(hvem, omfang, &sti, Some(skjema)).await.json();
                        assert_eq!(svar, json!({"matchCount": ventet}));
                        let sti = format!("/search/paged-match-list?{ain}");
                        let svar = prove.kall(hvem, omfang, &sti, Some(skjema)).await.json();
                        let ider = svar["results"].as_array().unwrap();
                        assert_eq!(ider.len() as u64, ventet);
                        assert_eq!(ider.iter().any(|i| i == id), ain.ends_with("true"));
                    }
                }
                assert_eq!(antall(&prove, hvem, omfang, "").await, alle);
                assert_eq!(gaa(&prove, hvem, omfang, "", 37).await.len() as u64, alle);
            }
            if omfang.versjon() == Versjon::V2 {
                let svar = prove.kall(MED, omfang, "/search/match-list", Some("")).await.json();
                assert_eq!(svar.as_array().unwrap().len() as u64, alle);
            }
        }
    });
}

#[test]
fn a_help_number_goes_from_person_to_person_and_each_thing_is_told_of_once() {
    kjoer(async {
        let prove = Prove::ny().await;
        let alle = prove.alle();
        let utsteder = Utsteder::ny(&prove);
        let nummer = utsteder.utsted();
        let revisjon = Revisjon {
            sivilstand: Endring::Sett(1),
            ..Revisjon::default()
        };
        let som_nummer = Nummer::FellesHjelpenummer(nummer);
        utsteder.lager.revider(&som_nummer, revisjon, &hvem(), NAA_S).unwrap();
        utsteder.foelg();
        let eget = etter_nummer(&prove, MED, Omfang::Full, nummer.as_str()).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let (en, annen) = (&alle[3], &alle[4]);
        utsteder.knytt(&en.1, nummer);
        for omfang in Omfang::ALLE {
            let person = etter_nummer(&prove, MED, omfang, nummer.as_str()).await;
            assert_eq!(person, etter_nummer(&prove, MED, omfang, &en.1).await);
            assert_eq!(person["id"], en.2.as_str());
            let numre = person["norwegianIdentificationNumber"].as_array().unwrap();
            let dets = numre
                .iter()
                .find(|n| n["identificationNumber"] == nummer.as_str())
                .unwrap();
            assert_eq!(dets["identificationNumberType"], "AlternateIdentificationNumber");
            assert_eq!(
                (&dets["status"], &dets["isValid"]),
                (&json!("Discontinued"), &json!(false))
            );
            assert!(!person.to_string().contains("Sprettehumle"));
            // History, as any number that another has taken the place of.
            let sti = "/person/get-by-nin?informationParts=NorwegianIdentificationNumber";
            let felt = format!("nin={}", nummer.as_str());
            let svar = prove.kall(MED, omfang, sti, Some(&felt)).await.json();
            assert!(!svar.to_string().contains(nummer.as_str()) && svar.to_string().contains(&en.1));
            // The entry that ended is seen by its id alone, and says no more than that.
            let sti = format!("/person/{eget}?{}&includeHistory=true", alle_deler());
            let svar = prove.kall(MED, omfang, &sti, None).await.json();
            assert_eq!(svar["status"][0]["status"], "Discontinued");
            assert_eq!(svar.as_object().unwrap().len(), 4, "{omfang:?}");
            let sti = "/search/match-count?includeAinResults=true";
            let skjema = "FullName=Sprettehumle&BirthDate=1984-03-17";
            let svar = prove.kall(MED, omfang, sti, Some(skjema)).await.json();
            assert_eq!(svar, json!({"matchCount": 0}));
        }
        utsteder.loes(&en.1, nummer);
        for omfang in Omfang::ALLE {
            assert_eq!(etter_nummer(&prove, MED, omfang, nummer.as_str()).await["id"], eget);
            let person = etter_nummer(&prove, MED, omfang, &en.1).await;
            assert!(!person.to_string().contains(nummer.as_str()));
        }
        utsteder.knytt(&annen.1, nummer);
        for omfang in Omfang::ALLE {
            assert_eq!(
                etter_nummer(&prove, MED, omfang, nummer.as_str()).await["id"],
                annen.2.as_str()
            );
            let hvem = [&eget, &eget, &eget, &en.2, &eget, &en.2, &eget, &annen.2];
            let ventet = hvem.iter().enumerate().map(|(nr, id)| {
                let type_ = if nr == 0 { "Created" } else { "Updated" };
                ((*id).clone(), format!("{type_}AlternateIdentificationNumber"))
            });
            assert!(ventet.eq(fortalt(&prove, omfang, nummer).await), "{omfang:?}");
        }
    });
}

#[test]
fn under_somebody_who_is_protected_nothing_of_where_the_number_led_is_left() {
    kjoer(async {
        let prove = Prove::ny().await;
        let alle = prove.alle();
        let utsteder = Utsteder::ny(&prove);
        let nummer = utsteder.utsted();
        let eget = etter_nummer(&prove, MED, Omfang::Full, nummer.as_str()).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let en = &alle[6];
        endre(&prove, en, |dokument| {
            dokument["adressebeskyttelse"] = json!([{"erGjeldende": true, "graderingsnivaa": "strengtFortrolig"}]);
        });
        utsteder.knytt(&en.1, nummer);
        for omfang in Omfang::ALLE {
            for hvem in [MED, UTEN] {
                let person = etter_nummer(&prove, hvem, omfang, nummer.as_str()).await;
                assert_eq!(person["id"], en.2.as_str());
                let sti = format!("/person/{eget}?{}&includeHistory=true", alle_deler());
                let ended = prove.kall(hvem, omfang, &sti, None).await.json();
                for svar in [person, ended] {
                    assert!(!svar.to_string().contains("Prøveveien"), "{omfang:?}");
                }
                let sti = "/search/match-count?includeAinResults=true";
                let svar = prove
                    .kall(hvem, omfang, sti, Some("StreetAddress=Pr%C3%B8veveien"))
                    .await
                    .json();
                assert_eq!(svar, json!({"matchCount": 0}));
            }
        }
    });
}
