//! The search operations: what each criterion finds, what is demanded of them, pages, limits, and who is not found.

use std::collections::BTreeSet;

use http::{HeaderMap, Method};
use persontjenesten::Versjon;
use persontjenesten::api::Innstillinger;
use persontjenesten::openapi::{Omfang, Operasjon};
use serde_json::{Value, json};

use super::oppsett::{MED, Prove, UTEN, Vist};
use super::{kjoer, visning};

/// A value as a form has it.
pub fn kod(tekst: &str) -> String {
    let mut ut = String::new();
    for byte in tekst.bytes() {
        if byte.is_ascii_alphanumeric() {
            ut.push(char::from(byte));
        } else {
            ut.push_str(&format!("%{byte:02X}"));
        }
    }
    ut
}

/// The current entry of an entity, as it is shown.
fn gjeldende<'v>(norsk: &'v Value, entitet: &str) -> Option<&'v Value> {
    norsk[entitet].as_array()?.iter().find(|o| o["erGjeldende"] == true)
}

/// What a person of the nation can be searched for by: letters of the name that every version takes, and the day of birth.
pub fn navn_og_foedt(prove: &Prove, person: u32) -> (String, String) {
    let norsk = prove.norsk(person, helsekopi::Omfang::UtenHjemmel.projeksjon());
    let navn = gjeldende(&norsk, "navn").unwrap();
    let navn = format!(
        "{} {}",
        navn["fornavn"].as_str().unwrap(),
        navn["etternavn"].as_str().unwrap()
    );
    let foedt = gjeldende(&norsk, "foedsel").unwrap()["foedselsdato"].as_str().unwrap();
    (navn, foedt.to_owned())
}

/// Every id that fits, by pages of some size; each answer is held against what it says of itself.
pub async fn gaa(prove: &Prove, hvem: &str, omfang: Omfang, skjema: &str, side: usize) -> Vec<String> {
    let mut ut: Vec<String> = Vec::new();
    loop {
        let felter = format!("{skjema}&PageSize={side}&IndexOffset={}", ut.len());
        let svar = prove
            .kall(hvem, omfang, "/search/paged-match-list", Some(&felter))
            .await;
        assert_eq!(svar.status, 200, "{felter} {}", String::from_utf8_lossy(&svar.kropp));
        let svar = svar.json();
        let denne = svar["results"].as_array().unwrap();
        let fra = i64::try_from(ut.len()).unwrap();
        let neste = fra + i64::try_from(denne.len()).unwrap();
        assert_eq!(svar["startIndex"], fra);
        assert_eq!(svar["endIndex"], neste - 1);
        ut.extend(denne.iter().map(|id| id.as_str().unwrap().to_owned()));
        if denne.len() < side {
            return ut;
        }
    }
}

pub async fn antall(prove: &Prove, hvem: &str, omfang: Omfang, skjema: &str) -> u64 {
    let svar = prove.kall(hvem, omfang, "/search/match-count", Some(skjema)).await;
    assert_eq!(svar.status, 200, "{skjema}");
    svar.json()["matchCount"].as_u64().unwrap()
}

/// A criterion and what it is held against: text of a shown document.
struct Felt {
    felt: &'static str,
    /// What the document has; none where it has nothing to be found by.
    av: fn(&Value) -> Vec<String>,
    passer: fn(&str, &str) -> bool,
}

fn adresser(norsk: &Value) -> Vec<&Value> {
    ["bostedsadresse", "oppholdsadresse", "deltBosted"]
        .into_iter()
        .filter_map(|entitet| gjeldende(norsk, entitet))
        .collect()
}

fn steder(norsk: &Value, peker: &[&str]) -> Vec<String> {
    let alle = adresser(norsk);
    let tekst = |a: &&Value| peker.iter().find_map(|p| a.pointer(p)?.as_str().map(str::to_owned));
    alle.iter().filter_map(tekst).collect()
}

fn en(norsk: &Value, entitet: &str, felt: &str) -> Vec<String> {
    let tekst = gjeldende(norsk, entitet).and_then(|o| o[felt].as_str());
    tekst.map(str::to_owned).into_iter().collect()
}

fn oversatt(norske: Vec<String>, tabell: &[(&str, &str)]) -> Vec<String> {
    let engelsk = |norsk: &String| Some(tabell.iter().find(|(n, _)| n == norsk)?.1.to_owned());
    norske.iter().filter_map(engelsk).collect()
}

fn lik(spurt: &str, har: &str) -> bool {
    spurt == har
}

/// Of dates that are known in full.
fn fra(spurt: &str, har: &str) -> bool {
    har >= spurt
}

fn til(spurt: &str, har: &str) -> bool {
    har <= spurt
}

/// By hand, beside the code: which field of the register each field of the contract looks at.
const FELTER: [Felt; 13] = [
    Felt {
        felt: "GivenName",
        av: |n| en(n, "navn", "fornavn"),
        passer: lik,
    },
    Felt {
        felt: "FamilyName",
        av: |n| en(n, "navn", "etternavn"),
        passer: lik,
    },
    Felt {
        felt: "PostalCode",
        av: |n| {
            steder(
                n,
                &[
                    "/vegadresse/poststed/postnummer",
                    "/matrikkeladresse/poststed/postnummer",
                ],
            )
        },
        passer: lik,
    },
    Felt {
        felt: "MunicipalityNumber",
        av: |n| {
            steder(
                n,
                &[
                    "/vegadresse/kommunenummer",
                    "/matrikkeladresse/matrikkelnummer/kommunenummer",
                    "/ukjentBosted/bostedskommune",
                ],
            )
        },
        passer: lik,
    },
    Felt {
        felt: "StreetAddress",
        av: |n| steder(n, &["/vegadresse/adressenavn"]),
        passer: |spurt, har| har.to_lowercase().starts_with(&spurt.to_lowercase()),
    },
    Felt {
        felt: "BasicStatisticalUnit",
        av: |n| {
            let egen = gjeldende(n, "bostedsadresse").and_then(|a| {
                let kommune = a
                    .pointer("/vegadresse/kommunenummer")
                    .or(a.pointer("/matrikkeladresse/matrikkelnummer/kommunenummer"))?;
                Some(format!("{}{:04}", kommune.as_str()?, a["grunnkrets"].as_u64()?))
            });
            egen.into_iter().collect()
        },
        passer: lik,
    },
    Felt {
        felt: "BirthDateFrom",
        av: |n| en(n, "foedsel", "foedselsdato"),
        passer: fra,
    },
    Felt {
        felt: "BirthDateTo",
        av: |n| en(n, "foedsel", "foedselsdato"),
        passer: til,
    },
    Felt {
        felt: "DeathDateFrom",
        av: doed,
        passer: fra,
    },
    Felt {
        felt: "DeathDateTo",
        av: doed,
        passer: til,
    },
    Felt {
        felt: "Gender",
        av: |n| oversatt(en(n, "kjoenn", "kjoenn"), &[("kvinne", "Female"), ("mann", "Male")]),
        passer: lik,
    },
    Felt {
        felt: "PersonStatuses",
        av: |n| oversatt(en(n, "status", "status"), &STATUSER),
        passer: lik,
    },
    Felt {
        felt: "MiddleName",
        av: |n| en(n, "navn", "mellomnavn"),
        passer: lik,
    },
];

fn doed(norsk: &Value) -> Vec<String> {
    norsk["doedsfall"]["doedsdato"]
        .as_str()
        .map(str::to_owned)
        .into_iter()
        .collect()
}

/// Source: Person API, `PersonStatusType`.
const STATUSER: [(&str, &str); 10] = [
    ("bosatt", "Resident"),
    ("utflyttet", "Emigrated"),
    ("forsvunnet", "Disappeared"),
    ("doed", "Deceased"),
    ("opphoert", "Discontinued"),
    ("foedselsregistrert", "RegisteredAtBirth"),
    ("midlertidig", "Temporary"),
    ("inaktiv", "Inactive"),
    ("ikkeBosatt", "NotResident"),
    ("aktiv", "Active"),
];

/// Whether a field takes a value, in letters that both versions allow.
fn kan_spoerres(felt: &str, verdi: &str) -> bool {
    let bokstaver = verdi.chars().count();
    let navn = verdi.chars().all(|c| c.is_alphabetic() || c == ' ' || c == '-');
    match felt {
        "GivenName" | "MiddleName" | "FamilyName" => navn && bokstaver >= 3,
        "StreetAddress" => bokstaver >= 5 && verdi.chars().all(|c| c.is_alphanumeric() || c == ' '),
        felt if felt.contains("Date") => bokstaver == 10,
        _ => true,
    }
}

#[test]
fn each_criterion_finds_those_whose_shown_document_says_so() {
    kjoer(async {
        let prove = Prove::med(Innstillinger::default(), 300).await;
        let alle = prove.alle();
        let mut proevd = BTreeSet::new();
        for omfang in Omfang::ALLE {
            for hvem in [MED, UTEN] {
                let projeksjon = visning(omfang, hvem == MED).projeksjon();
                let vist: Vec<(&str, Value)> = alle
                    .iter()
                    .map(|(nr, _, id)| (id.as_str(), prove.norsk(*nr, projeksjon)))
                    .collect();
                for Felt { felt, av, passer } in FELTER {
                    if felt.starts_with("Death") && omfang.versjon() == Versjon::V2 {
                        continue;
                    }
                    // Values that somebody has, a few of each.
                    let verdier: BTreeSet<String> = vist.iter().flat_map(|(_, n)| av(n)).collect();
                    let verdier: Vec<&String> = verdier.iter().filter(|v| kan_spoerres(felt, v)).collect();
                    for verdi in verdier.iter().step_by(verdier.len().div_ceil(3).max(1)) {
                        let ventet: BTreeSet<&str> = vist
                            .iter()
                            .filter(|(_, n)| av(n).iter().any(|har| passer(verdi, har)))
                            .map(|(id, _)| *id)
                            .collect();
                        // Whoever is found by a beginning or by one word of several is found too, so names are held one way.
                        let minst = felt.ends_with("Name");
                        let skjema = format!("{felt}={}", kod(verdi));
                        let funnet = gaa(&prove, hvem, omfang, &skjema, 10_000).await;
                        let sett: BTreeSet<&str> = funnet.iter().map(String::as_str).collect();
                        assert!(ventet.is_subset(&sett), "{omfang:?} {hvem} {felt}");
                        assert!(minst || sett == ventet, "{omfang:?} {hvem} {felt}");
                        assert_eq!(sett.len(), funnet.len());
                        assert_eq!(antall(&prove, hvem, omfang, &skjema).await, funnet.len() as u64);
                        if omfang.versjon() == Versjon::V2 {
                            let liste = prove.kall(hvem, omfang, "/search/match-list", Some(&skjema)).await;
                            assert_eq!(liste.json(), json!(funnet));
                        }
                        proevd.insert((omfang, felt));
                    }
                }
            }
        }
        for felt in FELTER {
            for omfang in Omfang::ALLE {
                let finnes = !felt.felt.starts_with("Death") || omfang.versjon() == Versjon::V3;
                assert_eq!(
                    proevd.contains(&(omfang, felt.felt)),
                    finnes,
                    "{omfang:?} {}",
                    felt.felt
                );
            }
        }
    });
}

#[test]
fn a_walk_without_criteria_meets_everybody_once_and_in_the_same_order_whatever_the_pages_are() {
    kjoer(async {
        let prove = Prove::ny().await;
        let alle: Vec<String> = prove.alle().into_iter().map(|(_, _, id)| id).collect();
        for omfang in Omfang::ALLE {
            assert_eq!(gaa(&prove, MED, omfang, "", 10_000).await, alle);
            assert_eq!(gaa(&prove, UTEN, omfang, "", 37).await, alle);
            assert_eq!(antall(&prove, MED, omfang, "").await, alle.len() as u64);
            // What is not a name of a field is not a criterion.
            assert_eq!(antall(&prove, MED, omfang, "nin=12345678901").await, alle.len() as u64);
            // A page is a thousand when nobody says.
            let svar = prove.kall(MED, omfang, "/search/paged-match-list", Some("")).await;
            assert_eq!(svar.json()["results"].as_array().unwrap().len(), alle.len());
            for fra in [alle.len(), 2_147_483_647] {
                let skjema = format!("IndexOffset={fra}");
                let svar = prove.kall(MED, omfang, "/search/paged-match-list", Some(&skjema)).await;
                assert_eq!(
                    svar.json(),
                    json!({"results": [], "startIndex": fra, "endIndex": fra - 1})
                );
            }
        }
        // A form that need not be there may be left out, and its type with it.
        for (sti, ventet) in [("paged-match-list", 200), ("match-count", 200), ("person", 400)] {
            let omfang = Omfang::MedHjemmel;
            let sti = format!("{}/search/{sti}?informationParts=Name", omfang.sti());
            let token = prove.token(MED, omfang, Vist::Bearer).unwrap();
            let hoder = prove.vis(&token, Vist::Bearer, &Method::POST, &sti);
            assert_eq!(
                prove.send(Method::POST, &sti, hoder, None).await.status,
                ventet,
                "{sti}"
            );
            let mut hoder: HeaderMap = prove.vis(&token, Vist::Bearer, &Method::POST, &sti);
            hoder.insert("content-type", "text/plain".parse().unwrap());
            assert_eq!(prove.send(Method::POST, &sti, hoder, Some("")).await.status, 415);
        }
    });
}

/// Changes what the copy has of somebody, as if the source had told of it.
pub fn endre(prove: &Prove, person: &(u32, String, String), endring: impl Fn(&mut Value)) {
    let mut dokument = prove.norsk(person.0, helsekopi::Omfang::FullMedGraderte.projeksjon());
    endring(&mut dokument);
    prove.ta_inn(
        vec![register::les_vist(dokument).unwrap()],
        vec![(person.1.parse().unwrap(), None)],
    );
}

#[test]
fn a_search_for_documents_gives_the_parts_asked_for_of_a_hundred_at_most() {
    kjoer(async {
        let prove = Prove::ny().await;
        let alle = prove.alle();
        for person in alle.iter().skip(20).take(130) {
            endre(&prove, person, |d| {
                d["navn"] = json!([
                    {"erGjeldende": true, "fornavn": "Tvilling", "etternavn": "Fjellbekk"},
                    {"erGjeldende": false, "fornavn": "Enestående", "etternavn": "Fjellbekk"},
                ]);
                d["foedsel"] = json!([{"erGjeldende": true, "foedselsaar": "1980", "foedselsdato": "1980-05-17"}]);
            });
        }
        let skjema = "FullName=Fjellbekk%20Tvi&BirthDate=1980-05";
        for omfang in Omfang::ALLE {
            for (historikk, navn) in [("", 1), ("&includeHistory=true", 2)] {
                let sti = format!("/search/person?informationParts=Name,Birth{historikk}");
                let svar = prove.kall(MED, omfang, &sti, Some(skjema)).await.json();
                assert_eq!((&svar["startIndex"], &svar["endIndex"]), (&json!(0), &json!(99)));
                let funnet = svar["results"].as_array().unwrap();
                assert_eq!(funnet.len(), 100);
                for (person, (_, _, id)) in funnet.iter().zip(alle.iter().skip(20)) {
                    let felter: BTreeSet<&str> = person.as_object().unwrap().keys().map(String::as_str).collect();
                    assert_eq!(felter, BTreeSet::from(["birth", "id", "name", "sequenceNumber"]));
                    assert_eq!(person["id"], id.as_str());
                    assert_eq!(person["name"].as_array().unwrap().len(), navn);
                }
            }
            assert_eq!(antall(&prove, MED, omfang, "FullName=Fjellbekk%20Tvi").await, 130);
            // What was is not found by.
            let skjema = "FullName=Enest&BirthDate=1980";
            let sti = "/search/person?informationParts=Name&includeHistory=true";
            let svar = prove.kall(MED, omfang, sti, Some(skjema)).await;
            assert_eq!(svar.json(), json!({"results": [], "startIndex": 0, "endIndex": -1}));
        }
    });
}

#[test]
fn whoever_was_merged_is_not_found_and_the_source_has_no_help_numbers_to_give() {
    kjoer(async {
        let prove = Prove::ny().await;
        let alle = prove.alle();
        let (over, under) = (&alle[0], &alle[1]);
        let (navn, foedt) = navn_og_foedt(&prove, under.0);
        let mh = helsekopi::Omfang::FullMedGraderte.projeksjon();
        let slag = prove.norsk(under.0, mh)["identifikasjonsnummer"][0]["identifikatortype"].clone();
        let mut dokument = prove.norsk(over.0, mh);
        dokument["identifikasjonsnummer"]
            .as_array_mut()
            .unwrap()
            .push(json!({"erGjeldende": false,
            "foedselsEllerDNummer": under.1, "status": "opphoert", "identifikatortype": slag}));
        let type_ = Some(informasjonsmodell::Hendelsestype::PersonErOpphoertSomDublett);
        prove.ta_inn(
            vec![register::les_vist(dokument).unwrap()],
            vec![(under.1.parse().unwrap(), type_)],
        );
        for omfang in Omfang::ALLE {
            let skjema = format!("FullName={}&BirthDate={foedt}", kod(&navn));
            let sti = "/search/person?informationParts=Name";
            let svar = prove.kall(MED, omfang, sti, Some(&skjema)).await.json();
            assert!(
                svar["results"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|p| p["id"] != under.2.as_str())
            );
            let funnet = gaa(&prove, MED, omfang, "", 50).await;
            assert_eq!(funnet.len(), alle.len() - 1);
            assert!(!funnet.contains(&under.2));
            assert_eq!(antall(&prove, MED, omfang, "").await, funnet.len() as u64);
            // Nobody has one.
            for ain in ["true", "false"] {
                let sti = format!("/search/match-count?includeAinResults={ain}");
                let svar = prove.kall(MED, omfang, &sti, Some("")).await;
                assert_eq!(svar.json(), json!({"matchCount": funnet.len()}));
            }
            let svar = prove
                .kall(MED, omfang, "/search/match-count?includeAinResults=1", Some(""))
                .await;
            assert!(svar.json()["errors"]["includeAinResults"].is_array());
        }
        // They come from whoever issues them, and from no document of the register's.
        let mut bare_hjelpenummer = prove.norsk(over.0, mh);
        bare_hjelpenummer["identifikasjonsnummer"] = json!([{"erGjeldende": true, "status": "iBruk",
            "foedselsEllerDNummer": "80000000007", "identifikatortype": "fellesHjelpenummer"}]);
        let avvist = match register::les_vist(bare_hjelpenummer) {
            Err(_) => true,
            Ok(dokument) => {
                let bolk = helsekopi::Bolk {
                    dokumenter: vec![(None, dokument)],
                    ..helsekopi::Bolk::default()
                };
                prove.kopi.ta_inn(&bolk, super::oppsett::tid()).unwrap().avvist == 1
            }
        };
        assert!(avvist);
    });
}

#[test]
fn what_is_demanded_of_criteria_is_told_field_by_field_and_nothing_sent_is_said_again() {
    kjoer(async {
        let prove = Prove::ny().await;
        let person = Operasjon::SearchPerson;
        let (side, telling) = (Operasjon::SearchPagedMatchList, Operasjon::SearchMatchCount);
        let begge = [Versjon::V2, Versjon::V3];
        let tilfeller: Vec<(Operasjon, &[Versjon], &str, &[&str])> = vec![
            // A name is needed, and something beside it.
            (person, &begge, "", &["BirthDate", "FullName"]),
            (person, &begge, "BirthDate=1980", &["FullName"]),
            (person, &begge, "FullName=Hemmelig", &["BirthDate"]),
            (
                person,
                &begge,
                "FullName=Hemmelig&Gender=Male&CityName=OSLO",
                &["BirthDate"],
            ),
            (person, &begge, "FullName=Hemmelig&BirthDate=1980", &[]),
            (person, &begge, "FullName=Hemmelig&MunicipalityNumber=0301", &[]),
            (person, &begge, "FullName=Hemmelig&StreetAddress=abc", &[]),
            (person, &begge, "FullName=Hemmelig&StreetAddress=a%20b%20c%2012", &[]),
            (
                person,
                &begge,
                "FullName=Hemmelig&StreetAddress=ab%2012",
                &["BirthDate"],
            ),
            // Postal code is enough in version 3.
            (
                person,
                &[Versjon::V2],
                "FullName=Hemmelig&PostalCode=0155",
                &["BirthDate"],
            ),
            (person, &[Versjon::V3], "FullName=Hemmelig&PostalCode=0155", &[]),
            // Three letters in all names together, blanks and hyphens apart.
            (person, &begge, "FullName=ab&BirthDate=1980", &["FullName"]),
            (
                person,
                &begge,
                "GivenName=a%20-&FamilyName=b&BirthDate=1980",
                &["FamilyName", "GivenName"],
            ),
            (
                person,
                &begge,
                "GivenName=a&MiddleName=b&FamilyName=c&BirthDate=1980",
                &[],
            ),
            (
                person,
                &begge,
                "FullName=ab&GivenName=%C3%B8&PostalCode=0155&BirthDate=1980",
                &[],
            ),
            (
                person,
                &[Versjon::V2],
                "FullName=a&GivenName=%C3%B8&PostalCode=0155",
                &["BirthDate", "FullName", "GivenName"],
            ),
            (
                person,
                &[Versjon::V3],
                "FullName=a&GivenName=%C3%B8&PostalCode=0155",
                &["FullName", "GivenName"],
            ),
            // Dates are dates.
            (person, &begge, "FullName=Hemmelig&BirthDate=1980-13", &["BirthDate"]),
            (person, &begge, "FullName=Hemmelig&BirthDate=1980-", &["BirthDate"]),
            (person, &begge, "FullName=Hemmelig&BirthDate=19800517", &["BirthDate"]),
            (person, &begge, "FullName=Hemmelig&BirthDate=2023-02-29", &["BirthDate"]),
            (person, &begge, "FullName=Hemmelig&BirthDate=2024-02-29", &[]),
            (person, &begge, "FullName=Hemmelig&BirthDate=hemmelig", &["BirthDate"]),
            (telling, &begge, "BirthDateFrom=1980-02-30", &["BirthDateFrom"]),
            (
                telling,
                &begge,
                "BirthDateFrom=0&BirthDateTo=1980-00",
                &["BirthDateFrom"],
            ),
            (
                telling,
                &begge,
                "BirthDateFrom=0000&BirthDateTo=1980-00",
                &["BirthDateFrom", "BirthDateTo"],
            ),
            (telling, &[Versjon::V3], "DeathDateTo=2020-1", &["DeathDateTo"]),
            (telling, &begge, "BirthDateFrom=1981&BirthDateTo=1980", &[]),
            // Limits and patterns of the contract.
            (side, &begge, "FullName=ab", &["FullName"]),
            (side, &begge, "FullName=hemmelig1", &["FullName"]),
            (side, &begge, "FamilyName=hem%25", &["FamilyName"]),
            (side, &[Versjon::V2], "FamilyName=O'hemmelig", &["FamilyName"]),
            (side, &[Versjon::V3], "FamilyName=O'hemmelig", &[]),
            (side, &begge, "StreetAddress=gata", &["StreetAddress"]),
            (side, &[Versjon::V2], "StreetAddress=hemmelig-", &["StreetAddress"]),
            (side, &[Versjon::V3], "StreetAddress=hemmelig-", &[]),
            (side, &begge, "PostalCode=155", &["PostalCode"]),
            (side, &begge, "MunicipalityNumber=030a", &["MunicipalityNumber"]),
            (side, &begge, "BasicStatisticalUnit=301", &["BasicStatisticalUnit"]),
            (side, &begge, "Gender=hemmelig", &["Gender"]),
            (side, &begge, "Gender=Female&gender=Male", &["Gender"]),
            (side, &begge, "PersonStatuses=Resident,hemmelig", &["PersonStatuses"]),
            (side, &begge, "PersonStatuses=", &[]),
            (side, &begge, "PageSize=0", &["PageSize"]),
            (side, &begge, "PageSize=10001", &["PageSize"]),
            (
                side,
                &begge,
                "PageSize=hemmelig&IndexOffset=-1",
                &["IndexOffset", "PageSize"],
            ),
            (side, &begge, "IndexOffset=2147483648", &["IndexOffset"]),
        ];
        for (operasjon, versjoner, skjema, galt) in tilfeller {
            for omfang in Omfang::ALLE.into_iter().filter(|o| versjoner.contains(&o.versjon())) {
                let deler = if operasjon == person {
                    "?informationParts=Name"
                } else {
                    ""
                };
                let sti = format!("{}{deler}", operasjon.sti());
                prove.logg.ta();
                let svar = prove.kall(MED, omfang, &sti, Some(skjema)).await;
                let json = svar.json();
                let felter = json["errors"].as_object().into_iter().flat_map(|felter| felter.keys());
                let felter: BTreeSet<&str> = felter.map(String::as_str).collect();
                assert_eq!(felter, galt.iter().copied().collect(), "{omfang:?} {skjema} {json}");
                assert_eq!(svar.status, if galt.is_empty() { 200 } else { 400 }, "{skjema}");
                let tekst = String::from_utf8(svar.kropp.clone()).unwrap();
                assert!(!tekst.to_lowercase().contains("hemmelig"), "{tekst}");
                let poster = prove.logg.ta();
                assert_eq!((poster.len(), poster[0].status), (1, svar.status));
                assert!(
                    poster[0]
                        .kriterier
                        .iter()
                        .all(|k| !k.to_lowercase().contains("hemmelig")),
                    "{:?}",
                    poster[0].kriterier
                );
                if galt.is_empty() {
                    // By what was searched, by name, as the contract writes it.
                    for felt in skjema.split('&').filter(|felt| !felt.ends_with('=')) {
                        let felt = felt.split('=').next().unwrap();
                        assert!(poster[0].kriterier.iter().any(|k| k == felt), "{felt}");
                    }
                }
            }
        }
    });
}

#[test]
fn a_list_without_pages_is_refused_when_it_would_be_too_long() {
    kjoer(async {
        let innstillinger = |maks| Innstillinger {
            match_list_maks: maks,
            ..Innstillinger::default()
        };
        let prove = Prove::med(innstillinger(40), 200).await;
        let alle = prove.alle().len() as u64;
        for omfang in [Omfang::MedHjemmel, Omfang::UtenHjemmel] {
            prove.logg.ta();
            let svar = prove.kall(MED, omfang, "/search/match-list", Some("")).await;
            assert_eq!((svar.status, svar.json()["status"].clone()), (400, json!(400)));
            assert!(svar.json()["detail"].as_str().unwrap().contains("paged-match-list"));
            let post = prove.logg.ta().remove(0);
            assert_eq!(
                (post.feilkode.as_deref(), post.leveranser.len()),
                (Some("for-mange-treff"), 0)
            );
            // Fewer are given.
            let skjema = "BirthDateFrom=2015";
            let faa = antall(&prove, MED, omfang, skjema).await;
            assert!((1..=40).contains(&faa), "{faa}");
            let svar = prove.kall(MED, omfang, "/search/match-list", Some(skjema)).await;
            assert_eq!(svar.json().as_array().unwrap().len() as u64, faa);
        }
        let prove = Prove::med(innstillinger(alle), 200).await;
        let svar = prove
            .kall(MED, Omfang::MedHjemmel, "/search/match-list", Some(""))
            .await;
        assert_eq!(svar.json().as_array().unwrap().len() as u64, alle);
    });
}
