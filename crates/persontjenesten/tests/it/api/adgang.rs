//! Who does not get in, what is refused, and that no error tells anything.

use std::sync::Arc;

use http::{HeaderMap, Method};
use jiff::Timestamp;
use persontjenesten::Versjon;
use persontjenesten::api::{Dokument, Innstillinger, Utfasing, dokumentruter, ruteliste};
use persontjenesten::openapi::{Metode, Omfang, Operasjon, ruter};

use super::kjoer;
use super::oppsett::{INGEN, MED, NAA_S, Prove, Vist};

fn hoder(liste: &[(&'static str, &str)]) -> HeaderMap {
    let mut ut = HeaderMap::new();
    for (navn, verdi) in liste {
        ut.append(*navn, verdi.parse().unwrap());
    }
    ut
}

#[test]
fn no_route_but_ping_and_the_documents_is_open() {
    kjoer(async {
        let prove = Prove::ny().await;
        for versjon in Versjon::ALLE {
            for rute in ruteliste(versjon) {
                for slutt in ["", "/"] {
                    let sti = format!("{}{slutt}", rute.sti.replace("{id}", "x"));
                    let (metode, annen) = match rute.operasjon.metode() {
                        Metode::Get => (Method::GET, Method::PUT),
                        Metode::Post => (Method::POST, Method::DELETE),
                    };
                    let svar = prove.send(metode, &sti, HeaderMap::new(), None).await;
                    if rute.operasjon == Operasjon::Ping {
                        assert_eq!((svar.status, svar.kropp.len()), (200, 0));
                        continue;
                    }
                    assert_eq!((svar.status, svar.kropp.len()), (401, 0), "{sti}");
                    let skjemaer: Vec<&str> = svar
                        .hoder
                        .get_all("www-authenticate")
                        .iter()
                        .map(|v| v.to_str().unwrap().split(' ').next().unwrap())
                        .collect();
                    match versjon {
                        Versjon::V2 => assert_eq!(skjemaer, ["Bearer", "DPoP"]),
                        Versjon::V3 => assert_eq!(skjemaer, ["DPoP"]),
                    }
                    let svar = prove.send(annen, &sti, HeaderMap::new(), None).await;
                    assert_eq!((svar.status, svar.json()["status"].clone()), (405, 405.into()), "{sti}");
                    assert!(svar.hode("allow").is_some());
                }
            }
            // All that the contract has is there.
            assert_eq!(ruteliste(versjon), ruter(versjon));
        }
        for rute in dokumentruter() {
            let svar = prove.send(Method::GET, rute.sti, HeaderMap::new(), None).await;
            assert_eq!(svar.status, 200, "{}", rute.sti);
            match rute.dokument {
                Dokument::Openapi => assert_eq!(svar.json(), crate::openapi::vaart(rute.versjon)),
                Dokument::EndringsloggJson => assert_eq!(svar.json()["major"], rute.versjon.nummer()),
                Dokument::Endringslogg => {
                    assert_eq!(svar.hode("content-type"), Some("text/html; charset=utf-8"));
                    assert!(svar.hode("content-security-policy").is_some());
                    assert!(svar.kropp.starts_with(b"<!DOCTYPE html>"));
                }
            }
        }
        for omfang in Omfang::ALLE {
            for sti in ["", "/", "/person", "/nope/nope"] {
                let svar = prove
                    .send(Method::GET, &format!("{}{sti}", omfang.sti()), HeaderMap::new(), None)
                    .await;
                assert_eq!(svar.status, 404, "{sti}");
            }
        }
        assert!(prove.logg.ta().is_empty(), "whom nobody knows is not recorded");
    });
}

#[test]
fn a_token_opens_its_own_branch_and_is_taken_as_each_version_takes_it() {
    kjoer(async {
        let prove = Prove::ny().await;
        let id = prove.alle()[0].2.clone();
        for har in Omfang::ALLE {
            let token = prove.token(MED, har, Vist::Dpop).unwrap();
            for spurt in Omfang::ALLE {
                let sti = format!("{}/person/{id}?informationParts=Name", spurt.sti());
                prove.logg.ta();
                let svar = prove
                    .send(
                        Method::GET,
                        &sti,
                        prove.vis(&token, Vist::Dpop, &Method::GET, &sti),
                        None,
                    )
                    .await;
                let poster = prove.logg.ta();
                assert_eq!(poster.len(), 1);
                if har == spurt {
                    assert_eq!(svar.status, 200);
                } else {
                    assert_eq!((svar.status, svar.kropp.len()), (403, 0), "{har:?} {spurt:?}");
                    assert!(svar.hode("www-authenticate").unwrap().contains("insufficient_scope"));
                    assert_eq!(poster[0].feilkode.as_deref(), Some("mangler-scope"));
                    assert_eq!((poster[0].projeksjon, poster[0].konsument.as_str()), (None, MED));
                }
                // Bound, and shown without its proof.
                let svar = prove
                    .send(
                        Method::GET,
                        &sti,
                        hoder(&[("authorization", &format!("Bearer {token}"))]),
                        None,
                    )
                    .await;
                assert_eq!(svar.status, 401);
            }
        }
        // No bearer token is given for version 3, and one of version 2 is not taken there.
        assert!(prove.token(MED, Omfang::Full, Vist::Bearer).is_none());
        assert!(
            prove.token(INGEN, Omfang::Full, Vist::Dpop).is_none(),
            "no grant, no token"
        );
        let bearer = prove.token(MED, Omfang::MedHjemmel, Vist::Bearer).unwrap();
        let sti = format!("{}/event", Omfang::Full.sti());
        let svar = prove
            .send(
                Method::GET,
                &sti,
                hoder(&[("authorization", &format!("Bearer {bearer}"))]),
                None,
            )
            .await;
        assert_eq!(svar.status, 401);
        // A proof is for one call, one method, one address.
        let token = prove.token(MED, Omfang::Full, Vist::Dpop).unwrap();
        let vist = prove.vis(&token, Vist::Dpop, &Method::GET, &sti);
        assert_eq!(prove.send(Method::GET, &sti, vist.clone(), None).await.status, 200);
        let igjen = prove.send(Method::GET, &sti, vist, None).await;
        assert_eq!(igjen.status, 401);
        assert!(igjen.hode("www-authenticate").unwrap().contains("invalid_dpop_proof"));
        let annen = prove.vis(&token, Vist::Dpop, &Method::POST, &sti);
        assert_eq!(prove.send(Method::GET, &sti, annen, None).await.status, 401);
        let annen = prove.vis(&token, Vist::Dpop, &Method::GET, &format!("{sti}/latest"));
        assert_eq!(prove.send(Method::GET, &sti, annen, None).await.status, 401);
    });
}

#[test]
fn the_proof_of_whatever_was_answered_is_in_the_file() {
    kjoer(async {
        let prove = Arc::new(Prove::ny().await);
        let id = prove.alle()[0].2.clone();
        let mut byte = prove.bevis_byte();
        let full = Omfang::Full;
        let ukjent = "00000000-0000-0000-0000-000000000000";
        for (hvem, omfang, sti, status) in [
            (MED, full, format!("/person/{id}?informationParts=Name"), 200),
            (MED, full, format!("/person/{ukjent}?informationParts=Name"), 404),
            (MED, full, format!("/person/{id}"), 400),
            (MED, full, "/event?sequenceNumber=1".to_owned(), 200),
            (MED, Omfang::Begrenset, "/event/latest".to_owned(), 200),
        ] {
            let svar = prove.kall_vist(hvem, omfang, Vist::Dpop, &sti, None).await;
            assert_eq!(svar.status, status, "{sti}");
            assert!(prove.bevis_byte() > byte, "{sti}");
            byte = prove.bevis_byte();
        }
        // Known, and not let in.
        let token = prove.token(MED, Omfang::Begrenset, Vist::Dpop).unwrap();
        let sti = format!("{}/event", full.sti());
        let vist = prove.vis(&token, Vist::Dpop, &Method::GET, &sti);
        assert_eq!(prove.send(Method::GET, &sti, vist, None).await.status, 403);
        assert!(prove.bevis_byte() > byte);
        byte = prove.bevis_byte();
        // Many at the same time, and a copy of each: every one is in the file, once.
        let token = prove.token(MED, full, Vist::Dpop).unwrap();
        let viste: Vec<_> = (0..20)
            .map(|_| prove.vis(&token, Vist::Dpop, &Method::GET, &sti))
            .collect();
        let mut alle = tokio::task::JoinSet::new();
        for vist in viste.iter().chain(&viste).cloned() {
            let (prove, sti) = (prove.clone(), sti.clone());
            alle.spawn(async move { prove.send(Method::GET, &sti, vist, None).await.status });
        }
        let svar = alle.join_all().await;
        assert_eq!(svar.iter().filter(|status| **status == 200).count(), 20);
        assert_eq!(svar.iter().filter(|status| **status == 401).count(), 20);
        assert_eq!(prove.bevis_byte(), byte + 20 * 24);
    });
}

#[test]
fn hostile_calls_get_a_problem_that_tells_nothing() {
    kjoer(async {
        let prove = Prove::ny().await;
        let (_, nummer, id) = prove.alle()[0].clone();
        let for_mange = format!("personIds={}", vec![id.as_str(); 101].join(","));
        let stor = format!("nins={}", "1".repeat(40_000));
        let mange = "nins=1&".repeat(300);
        let ukjent = "person/00000000-0000-0000-0000-000000000000?informationParts=Name";
        for (sti, skjema, ventet, felt) in [
            (format!("person/{nummer}?informationParts=Name"), None, 404, None),
            (ukjent.to_owned(), None, 404, None),
            (format!("person/{id}"), None, 400, Some("informationParts")),
            (
                format!("person/{id}?informationParts="),
                None,
                400,
                Some("informationParts"),
            ),
            (
                format!("person/{id}?informationParts={nummer}"),
                None,
                400,
                Some("informationParts"),
            ),
            (
                format!("person/{id}?informationParts=name"),
                None,
                400,
                Some("informationParts"),
            ),
            (
                format!("person/{id}?informationParts=Name&includeHistory={nummer}"),
                None,
                400,
                Some("includeHistory"),
            ),
            (
                format!("person/{id}?informationParts=Name&includeHistory=true&includeHistory=false"),
                None,
                400,
                Some("includeHistory"),
            ),
            (format!("person/{id}?informationParts=%zz"), None, 400, None),
            (
                format!("person/{}?informationParts=Name", "9".repeat(65)),
                None,
                400,
                Some("id"),
            ),
            ("person/%00?informationParts=Name".to_owned(), None, 400, None),
            (
                "person/get-by-nin?informationParts=Name".to_owned(),
                Some(""),
                400,
                Some("nin"),
            ),
            (
                "person/get-by-nin?informationParts=Name".to_owned(),
                Some("nin="),
                400,
                Some("nin"),
            ),
            (
                "person/get-by-nin?informationParts=Name".to_owned(),
                Some("nin=1234567890123"),
                400,
                Some("nin"),
            ),
            (
                "person/get-by-nin?informationParts=Name".to_owned(),
                Some("nin=12345678901"),
                404,
                None,
            ),
            (
                "person/get-by-nin?informationParts=Name".to_owned(),
                Some("nin=1&NIN=2"),
                400,
                Some("nin"),
            ),
            (
                "person/get-by-nin?informationParts=Name".to_owned(),
                Some("nin=%ff"),
                400,
                None,
            ),
            (
                "person/bulk-by-id?informationParts=Name".to_owned(),
                Some(for_mange.as_str()),
                400,
                Some("personIds"),
            ),
            (
                "person/bulk-by-nin?informationParts=Name".to_owned(),
                Some("nins=,"),
                400,
                Some("nins"),
            ),
            (
                "person/bulk-by-nin?informationParts=Name".to_owned(),
                Some(stor.as_str()),
                413,
                None,
            ),
            (
                "person/bulk-by-nin?informationParts=Name".to_owned(),
                Some(mange.as_str()),
                400,
                None,
            ),
        ] {
            for omfang in [Omfang::UtenHjemmel, Omfang::Full] {
                prove.logg.ta();
                let svar = prove.kall(MED, omfang, &format!("/{sti}"), skjema).await;
                let tekst = String::from_utf8(svar.kropp.clone()).unwrap();
                assert_eq!(svar.status, ventet, "{sti} {tekst}");
                assert_eq!(svar.hode("content-type"), Some("application/json"));
                let json = svar.json();
                assert_eq!(json["status"], ventet);
                assert_eq!(
                    json["errors"].as_object().map(|f| f.keys().next().unwrap().as_str()),
                    felt,
                    "{sti}"
                );
                for hemmelig in [nummer.as_str(), id.as_str(), "1234567890", "99999999"] {
                    let uten_sporing = tekst.replace(json["traceId"].as_str().unwrap(), "");
                    assert!(!uten_sporing.contains(hemmelig), "{tekst}");
                }
                // A path that cannot be read is refused before anybody is known.
                let poster = prove.logg.ta();
                if sti.contains("%00") {
                    assert!(poster.is_empty());
                } else {
                    assert_eq!((poster.len(), poster[0].status), (1, ventet), "{sti}");
                    assert!(poster[0].feilkode.is_some() && poster[0].leveranser.is_empty());
                }
            }
        }
        // A number that nobody has is in the record, and there alone.
        prove
            .kall(
                MED,
                Omfang::Full,
                "/person/get-by-nin?informationParts=Name",
                Some("nin=12345678901"),
            )
            .await;
        let spurt = prove.logg.ta()[0].spurt.clone();
        assert!(spurt.is_empty(), "it is no number of a person");
        let token = prove.token(MED, Omfang::MedHjemmel, Vist::Bearer).unwrap();
        let bearer = format!("Bearer {token}");
        let sti = format!("{}/person/get-by-nin?informationParts=Name", Omfang::MedHjemmel.sti());
        for (ekstra, ventet) in [
            (("content-type", "application/json"), 415),
            (("content-encoding", "gzip"), 415),
            (("accept", "application/xml"), 406),
        ] {
            let hode = hoder(&[("authorization", &bearer), ekstra]);
            let svar = prove.send(Method::POST, &sti, hode, Some("nin=1")).await;
            assert_eq!((svar.status, svar.json()["status"].clone()), (ventet, ventet.into()));
        }
    });
}

#[test]
fn the_version_header_is_checked_and_the_supported_ones_are_told() {
    kjoer(async {
        let prove = Prove::ny().await;
        let sti = format!("{}/event/latest", Omfang::UtenHjemmel.sti());
        let token = prove.token(MED, Omfang::UtenHjemmel, Vist::Bearer).unwrap();
        let bearer = format!("Bearer {token}");
        for (versjon, ventet) in [
            ("2", 200),
            ("2.7", 200),
            ("3", 400),
            ("1.6", 400),
            ("", 400),
            ("to ord", 400),
        ] {
            prove.logg.ta();
            let hode = hoder(&[("authorization", &bearer), ("api-version", versjon)]);
            let svar = prove.send(Method::GET, &sti, hode, None).await;
            assert_eq!(svar.status, ventet, "{versjon}");
            if ventet == 400 {
                let listen = svar.json()["errors"]["api-version"][0].to_string();
                assert!(listen.contains('2') && listen.contains('3'), "{listen}");
                assert_eq!(prove.logg.ta()[0].feilkode.as_deref(), Some("versjon"));
            }
        }
        let svar = prove
            .send(Method::GET, "/ping", hoder(&[("api-version", "2")]), None)
            .await;
        assert_eq!(svar.status, 400);
    });
}

#[test]
fn nothing_is_disclosed_without_a_record_or_without_a_copy() {
    kjoer(async {
        let prove = Prove::ny().await;
        let (_, nummer, id) = prove.alle()[0].clone();
        let kall: [(String, Option<String>); 9] = [
            (format!("/person/{id}?informationParts=Name"), None),
            (
                "/person/get-by-nin?informationParts=Name".into(),
                Some(format!("nin={nummer}")),
            ),
            (
                "/person/bulk-by-id?informationParts=Name".into(),
                Some(format!("personIds={id}")),
            ),
            (
                "/person/bulk-by-nin?informationParts=Name".into(),
                Some(format!("nins={nummer}")),
            ),
            ("/event".into(), None),
            ("/event/latest".into(), None),
            (
                "/search/person?informationParts=Name".into(),
                Some("FullName=abc&BirthDate=1980".into()),
            ),
            ("/search/paged-match-list".into(), Some(String::new())),
            ("/search/match-count".into(), Some("Gender=Female".into())),
        ];
        prove.logg.full.store(true, std::sync::atomic::Ordering::SeqCst);
        for (sti, skjema) in &kall {
            let svar = prove.kall(MED, Omfang::Full, sti, skjema.as_deref()).await;
            assert_eq!((svar.status, svar.hode("retry-after")), (503, Some("10")), "{sti}");
            assert_eq!(svar.json()["status"], 503);
        }
        prove.logg.full.store(false, std::sync::atomic::Ordering::SeqCst);
        prove.plass.fjern();
        for (sti, skjema) in &kall {
            prove.logg.ta();
            let svar = prove.kall(MED, Omfang::MedHjemmel, sti, skjema.as_deref()).await;
            assert_eq!((svar.status, svar.hode("retry-after")), (503, Some("60")), "{sti}");
            assert_eq!(prove.logg.ta()[0].feilkode.as_deref(), Some("kopien-fylles"));
        }
        assert_eq!(
            prove.send(Method::GET, "/ping", HeaderMap::new(), None).await.status,
            200
        );
        prove.plass.sett(prove.kopi.clone());
        assert_eq!(prove.kall(MED, Omfang::MedHjemmel, &kall[0].0, None).await.status, 200);
    });
}

#[test]
fn the_end_of_version_2_is_told_on_every_answer_of_it() {
    kjoer(async {
        let tid = |sekunder: i64| Timestamp::from_second(NAA_S + sekunder).unwrap();
        let innstillinger = Innstillinger {
            utfasing: Some(Utfasing::new(tid(0), tid(300 * 86_400)).unwrap()),
            ..Innstillinger::default()
        };
        let prove = Prove::med(innstillinger, 200).await;
        for omfang in Omfang::ALLE {
            let v2 = omfang.versjon() == Versjon::V2;
            for sti in ["/event/latest", "/event?sequenceNumber=0", "/nope"] {
                let svar = prove.kall(MED, omfang, sti, None).await;
                assert_eq!(
                    svar.hode("deprecation").is_some(),
                    v2,
                    "{omfang:?} {sti} {}",
                    svar.status
                );
                assert_eq!(svar.hode("sunset").is_some_and(|dato| dato.ends_with(" GMT")), v2);
            }
        }
        let uten = Prove::ny()
            .await
            .kall(MED, Omfang::MedHjemmel, "/event/latest", None)
            .await;
        assert_eq!(uten.hode("deprecation"), None);
    });
}
