//! Every operation in every branch, shown as each version takes it, held against our document and the public one.

use persontjenesten::Versjon;
use persontjenesten::api::Innstillinger;
use persontjenesten::openapi::{Omfang, Operasjon};
use serde_json::{Value, json};

use super::oppsett::{MED, Prove, Vist};
use super::soek::{kod, navn_og_foedt};
use super::{alle_deler, kjoer, visning};
use crate::personer::{kontrakter, valider};

/// Holds an answer against what the documents say that the operation answers.
#[track_caller]
pub fn valider_svar(svar: &Value, omfang: Omfang, operasjon: Operasjon) {
    let metode = operasjon.metode().navn();
    let sti = format!("{}{}", omfang.sti(), operasjon.sti());
    for dokument in kontrakter(omfang.versjon()) {
        let plass = sti.replace('~', "~0").replace('/', "~1");
        let skjema = dokument.pointer(&format!(
            "/paths/{plass}/{metode}/responses/200/content/application~1json/schema"
        ));
        let skjema = skjema.unwrap_or_else(|| panic!("{sti} er ikke i dokumentet"));
        valider(svar, skjema, &dokument, operasjon.sti());
    }
}

#[test]
fn every_operation_answers_in_every_branch_as_the_documents_say_and_is_recorded() {
    kjoer(async {
        let prove = Prove::ny().await;
        let alle = prove.alle();
        let deler = format!("{}&includeHistory=true", alle_deler());
        for omfang in Omfang::ALLE {
            let maater: &[Vist] = match omfang.versjon() {
                Versjon::V2 => &[Vist::Bearer, Vist::Dpop],
                Versjon::V3 => &[Vist::Dpop],
            };
            for vist in maater {
                let ider: Vec<&str> = alle.iter().take(100).map(|(_, _, id)| id.as_str()).collect();
                let numre: Vec<&str> = alle.iter().take(100).map(|(_, nummer, _)| nummer.as_str()).collect();
                let (_, nummer, id) = &alle[7];
                let (navn, foedt) = navn_og_foedt(&prove, alle[7].0);
                for (operasjon, sti, skjema) in [
                    (Operasjon::EventLatest, "/event/latest".to_owned(), None),
                    (Operasjon::Event, "/event?sequenceNumber=3".to_owned(), None),
                    (Operasjon::PersonById, format!("/person/{id}?{deler}"), None),
                    (
                        Operasjon::PersonGetByNin,
                        format!("/person/get-by-nin?{deler}"),
                        Some(format!("nin={nummer}")),
                    ),
                    (
                        Operasjon::PersonBulkById,
                        format!("/person/bulk-by-id?{deler}"),
                        Some(format!("personIds={}", ider.join("&personIds="))),
                    ),
                    (
                        Operasjon::PersonBulkByNin,
                        format!("/person/bulk-by-nin/?{deler}"),
                        Some(format!("NINS={}", numre.join(","))),
                    ),
                    (
                        Operasjon::SearchPerson,
                        format!("/search/person?{deler}&includeAinResults=true"),
                        Some(format!("FullName={}&BirthDate={foedt}", kod(&navn))),
                    ),
                    (
                        Operasjon::SearchMatchList,
                        "/search/match-list".to_owned(),
                        Some(format!("GENDER=Female&birthdatefrom={foedt}")),
                    ),
                    (
                        Operasjon::SearchPagedMatchList,
                        "/search/paged-match-list/".to_owned(),
                        Some("PageSize=7&IndexOffset=2".to_owned()),
                    ),
                    (
                        Operasjon::SearchMatchCount,
                        "/search/match-count".to_owned(),
                        Some("PersonStatuses=Resident,Deceased&PersonStatuses=Emigrated".to_owned()),
                    ),
                ] {
                    if !operasjon.finnes_i(omfang.versjon()) {
                        continue;
                    }
                    prove.logg.ta();
                    let svar = prove.kall_vist(MED, omfang, *vist, &sti, skjema.as_deref()).await;
                    assert_eq!(
                        svar.status,
                        200,
                        "{omfang:?} {operasjon:?} {}",
                        String::from_utf8_lossy(&svar.kropp)
                    );
                    assert_eq!(svar.hode("content-type"), Some("application/json"));
                    assert_eq!(svar.hode("cache-control"), Some("no-store"));
                    let json = svar.json();
                    valider_svar(&json, omfang, operasjon);
                    let poster = prove.logg.ta();
                    let [post] = poster.as_slice() else {
                        panic!("{omfang:?} {operasjon:?}: {}", poster.len());
                    };
                    let metode = operasjon.metode().navn().to_uppercase();
                    assert_eq!(post.endepunkt, format!("{metode} {}{}", omfang.sti(), operasjon.sti()));
                    assert_eq!(
                        (post.tjeneste, post.konsument.as_str(), post.status),
                        ("persontjenesten", MED, 200)
                    );
                    assert_eq!(post.projeksjon, Some(visning(omfang, true).projeksjon()));
                    let har = |kriterium: &str| post.kriterier.iter().any(|k| k == kriterium);
                    match operasjon {
                        Operasjon::EventLatest | Operasjon::Event => {
                            assert!(post.feed.is_some() && post.leveranser.is_empty() && post.spurt.is_empty());
                        }
                        Operasjon::PersonById | Operasjon::PersonGetByNin => {
                            assert!(post.enkelt && post.feed.is_none());
                            assert_eq!(post.leveranser.len(), 1);
                            assert_eq!(json["id"], id.as_str());
                            assert!(json["sequenceNumber"].as_u64().unwrap() > 0);
                            assert_eq!(har("utlevert=kontaktopplysninger"), omfang.ser_kontaktdata());
                            assert!(har("informationParts=Name") && har("includeHistory"));
                        }
                        Operasjon::SearchPerson => {
                            let funnet = json["results"].as_array().unwrap();
                            assert!(funnet.iter().any(|p| p["id"] == id.as_str()), "{omfang:?}");
                            assert_eq!((post.leveranser.len(), post.enkelt), (funnet.len(), false));
                            assert!(post.leveranser.iter().all(|l| !l.entiteter.er_tom()));
                            assert!(har("FullName") && har("BirthDate") && har("includeAinResults"));
                        }
                        Operasjon::SearchMatchList => {
                            let funnet = json.as_array().unwrap().len();
                            assert!(funnet > 0 && har("Gender") && har("BirthDateFrom"));
                            assert_eq!((post.leveranser.len(), post.enkelt), (funnet, false));
                        }
                        Operasjon::SearchPagedMatchList => {
                            assert_eq!(
                                (json["startIndex"].as_i64(), json["endIndex"].as_i64()),
                                (Some(2), Some(8))
                            );
                            assert_eq!((post.leveranser.len(), post.enkelt), (7, false));
                            // Whom the ids are of, and that nothing else was said of them.
                            let ventet: Vec<u64> = alle[2..9].iter().map(|p| p.1.parse().unwrap()).collect();
                            let levert: Vec<u64> = post.leveranser.iter().map(|l| l.identifikator).collect();
                            assert_eq!(levert, ventet);
                            assert!(post.leveranser.iter().all(|l| l.entiteter.er_tom()));
                        }
                        Operasjon::SearchMatchCount => {
                            assert!(json["matchCount"].as_u64().unwrap() > 0 && har("PersonStatuses"));
                            assert!(post.leveranser.is_empty() && !post.enkelt);
                        }
                        _ => {
                            assert!(!post.enkelt);
                            assert_eq!((post.leveranser.len(), json.as_array().unwrap().len()), (100, 100));
                        }
                    }
                    let med_numre = matches!(operasjon, Operasjon::PersonGetByNin | Operasjon::PersonBulkByNin);
                    assert_eq!(!post.spurt.is_empty(), med_numre);
                    // No number is a criterion.
                    assert!(
                        post.kriterier.iter().all(|k| !k.bytes().any(|b| b.is_ascii_digit())),
                        "{post:?}"
                    );
                }
            }
        }
    });
}

#[test]
fn a_bulk_answer_has_each_person_once_and_leaves_out_whom_there_is_not() {
    kjoer(async {
        let prove = Prove::ny().await;
        let alle = prove.alle();
        let (_, nummer, id) = &alle[3];
        let skjema = format!("nins={nummer},{nummer},tull,123456789012,{}", alle[4].1);
        let svar = prove
            .kall(
                MED,
                Omfang::Full,
                "/person/bulk-by-nin?informationParts=Name",
                Some(&skjema),
            )
            .await;
        let ider: Vec<Value> = svar
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["id"].clone())
            .collect();
        assert_eq!(ider, [json!(id), json!(alle[4].2)]);
        let skjema = format!(
            "personIds={id}&personIds={},00000000-0000-0000-0000-000000000000,x",
            id.to_uppercase()
        );
        let svar = prove
            .kall(
                MED,
                Omfang::Full,
                "/person/bulk-by-id?informationParts=Name",
                Some(&skjema),
            )
            .await;
        assert_eq!(svar.json().as_array().unwrap().len(), 1);
        let skjema = "nins=tull";
        let svar = prove
            .kall(
                MED,
                Omfang::UtenHjemmel,
                "/person/bulk-by-nin?informationParts=Name",
                Some(skjema),
            )
            .await;
        assert_eq!((svar.status, svar.json()), (200, json!([])));
    });
}

#[test]
fn only_what_is_asked_for_is_given_and_history_only_on_request() {
    kjoer(async {
        let prove = Prove::ny().await;
        let mut med_historikk = 0;
        for (_, _, id) in prove.alle().iter().take(60) {
            let hent = |historikk: &'static str| {
                let sti = format!("/person/{id}?informationParts=Name,ResidentialAddress&includeHistory={historikk}");
                let prove = &prove;
                async move { prove.kall(MED, Omfang::Full, &sti, None).await.json() }
            };
            let (uten, med) = (hent("false").await, hent("TRUE").await);
            for (navn, verdi) in uten.as_object().unwrap() {
                assert!(
                    ["name", "residentialAddress", "id", "sequenceNumber"].contains(&navn.as_str()),
                    "{navn}"
                );
                for oppfoering in verdi.as_array().into_iter().flatten() {
                    assert_eq!(oppfoering["isValid"], true);
                }
            }
            let antall = |person: &Value| person["residentialAddress"].as_array().map_or(0, Vec::len);
            med_historikk += antall(&med) - antall(&uten);
        }
        assert!(med_historikk > 0);
    });
}

#[test]
fn a_duf_number_finds_its_person_where_it_is_shown_and_elsewhere_by_the_switch_alone() {
    kjoer(async {
        for duf_uten_hjemmel in [false, true] {
            let innstillinger = Innstillinger {
                duf_uten_hjemmel,
                ..Innstillinger::default()
            };
            let prove = Prove::med(innstillinger, 200).await;
            let (_, nummer, id) = prove.alle()[0].clone();
            let mut dokument = prove.norsk(1, helsekopi::Omfang::FullMedGraderte.projeksjon());
            dokument["utlendingsmyndighetenesIdentifikasjonsnummer"] = json!([{"erGjeldende": true,
                "identifikasjonsnummer": "201501234599", "utstederland": "NOR",
                "identifikasjonsnummertype": "utlendingsmyndighetenesIdentifikasjonsnummer"}]);
            prove.ta_inn(
                vec![register::les_vist(dokument).unwrap()],
                vec![(nummer.parse().unwrap(), None)],
            );
            for omfang in Omfang::ALLE {
                let sti = "/person/get-by-nin?informationParts=Name";
                let svar = prove.kall(MED, omfang, sti, Some("nin=201501234599")).await;
                let ventet = omfang != Omfang::UtenHjemmel || duf_uten_hjemmel;
                assert_eq!(svar.status == 200, ventet, "{omfang:?}");
                if ventet {
                    assert_eq!(svar.json()["id"], id.as_str());
                }
            }
        }
    });
}
