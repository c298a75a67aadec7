//! The feed of each view: numbers, filters, limits, what is at its end.

use std::collections::BTreeSet;

use persontjenesten::Versjon;
use persontjenesten::api::{HENDELSER_MAKS, Innstillinger};
use persontjenesten::openapi::Omfang;
use serde_json::{Value, json};

use super::kjoer;
use super::oppsett::{MED, Prove};

async fn side(prove: &Prove, omfang: Omfang, spoerring: &str) -> Vec<Value> {
    let svar = prove.kall(MED, omfang, &format!("/event{spoerring}"), None).await;
    assert_eq!(svar.status, 200, "{omfang:?} {spoerring}");
    svar.json()["results"].as_array().unwrap().clone()
}

fn nummer(hendelse: &Value) -> u64 {
    hendelse["sequenceNumber"].as_str().unwrap().parse().unwrap()
}

#[test]
fn a_feed_is_read_in_pages_from_the_number_given_and_has_no_gap() {
    kjoer(async {
        let prove = Prove::med(Innstillinger::default(), 1_200).await;
        for omfang in Omfang::ALLE {
            let mut lest = side(&prove, omfang, "").await;
            assert_eq!(lest.len(), HENDELSER_MAKS);
            lest.extend(side(&prove, omfang, &format!("?sequenceNumber={}", lest.len() + 1)).await);
            while lest.len() % HENDELSER_MAKS == 0 {
                lest.extend(side(&prove, omfang, &format!("?sequenceNumber={}", lest.len() + 1)).await);
            }
            assert!(lest.iter().map(nummer).eq(1..=lest.len() as u64));
            let siste = prove.kall(MED, omfang, "/event/latest", None).await.json();
            assert_eq!(Some(&siste), lest.last());
            // Each view its own: contact data are told of to those who see them.
            let om_krr = |h: &&Value| h["eventType"] == "ChangeInCommonContactRegisterInformation";
            let ventet = if omfang.ser_kontaktdata() { prove.med_kontakt } else { 0 };
            assert_eq!(lest.iter().filter(om_krr).count() as u64, ventet);
            assert_eq!(
                lest.iter().filter(|h| h["eventType"] == "PersonPopulated").count(),
                1_200
            );
            for hendelse in &lest {
                let navn: BTreeSet<&str> = hendelse.as_object().unwrap().keys().map(String::as_str).collect();
                let mut ventet = BTreeSet::from(["sequenceNumber", "personId", "eventType"]);
                if omfang.versjon() == Versjon::V3 {
                    ventet.insert("nin");
                }
                assert_eq!(navn, ventet);
            }
            // The document names the event that it is of.
            let (id, sist) = (siste["personId"].as_str().unwrap(), nummer(&siste));
            let sti = format!("/person/{id}?informationParts=Name");
            assert_eq!(prove.kall(MED, omfang, &sti, None).await.json()["sequenceNumber"], sist);
        }
    });
}

#[test]
fn a_filter_finds_what_lies_far_ahead_and_a_limit_is_kept() {
    kjoer(async {
        let prove = Prove::med(Innstillinger::default(), 1_200).await;
        let krr = "eventTypes=ChangeInCommonContactRegisterInformation";
        let funnet = side(&prove, Omfang::Full, &format!("?{krr}")).await;
        assert_eq!((funnet.len(), nummer(&funnet[0])), (HENDELSER_MAKS, 1_201));
        let funnet = side(&prove, Omfang::Full, &format!("?{krr}&maxLimit=3&sequenceNumber=1300")).await;
        assert_eq!(funnet.iter().map(nummer).collect::<Vec<_>>(), [1_300, 1_301, 1_302]);
        let begge = format!("?{krr},PersonPopulated&eventTypes=ChangeInName&sequenceNumber=1200&maxLimit=2");
        assert_eq!(side(&prove, Omfang::Full, &begge).await.len(), 2);
        assert_eq!(
            side(&prove, Omfang::Full, "?maxLimit=999999").await.len(),
            HENDELSER_MAKS
        );
        assert!(side(&prove, Omfang::Begrenset, &format!("?{krr}")).await.is_empty());
        for galt in [
            "maxLimit=0",
            "maxLimit=-1",
            "sequenceNumber=0",
            "sequenceNumber=x",
            "eventTypes=Tull",
            "maxLimit=1&maxLimit=2",
        ] {
            let svar = prove.kall(MED, Omfang::Full, &format!("/event?{galt}"), None).await;
            assert_eq!(svar.status, 400, "{galt}");
            let navn = galt.split('=').next().unwrap();
            assert!(svar.json()["errors"][navn].is_array(), "{galt}");
        }
        // Version 2 has no maxLimit, and what it does not have is not looked at.
        assert_eq!(
            side(&prove, Omfang::MedHjemmel, "?maxLimit=0").await.len(),
            HENDELSER_MAKS
        );
    });
}

#[test]
fn past_the_end_version_2_finds_nothing_and_version_3_an_empty_list() {
    kjoer(async {
        let prove = Prove::ny().await;
        let tom = Prove::med(Innstillinger::default(), 0).await;
        for omfang in Omfang::ALLE {
            for (prove, sti) in [
                (&prove, "/event?sequenceNumber=9223372036854775807"),
                (&tom, "/event"),
                (&tom, "/event?eventTypes=ChangeInName"),
            ] {
                prove.logg.ta();
                let svar = prove.kall(MED, omfang, sti, None).await;
                match omfang.versjon() {
                    Versjon::V2 => assert_eq!((svar.status, &svar.json()["status"]), (404, &json!(404))),
                    Versjon::V3 => assert_eq!((svar.status, svar.json()), (200, json!({"results": []}))),
                }
                let poster = prove.logg.ta();
                assert_eq!((poster.len(), poster[0].status, poster[0].feed), (1, svar.status, None));
            }
            assert_eq!(tom.kall(MED, omfang, "/event/latest", None).await.status, 404);
        }
    });
}
