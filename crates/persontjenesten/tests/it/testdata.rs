//! Reserved test persons over HTTP: made by their owner, seen in the Person API right after, and there in a test environment alone.

use http::{HeaderMap, HeaderValue, Method};
use persontjenesten::openapi::Omfang;
use persontjenesten::testdata::{DOKUMENT_BYTE_MAKS, OPENAPI, ROT, Rute};
use serde_json::{Value, json};
use tilgang::token::helseid::Scope;

use crate::api::alle_deler;
use crate::api::kjoer;
use crate::api::oppsett::{INGEN, MED, Prove, Svar, UTEN, Vist};

const NUMRE: &str = "/api/v2/ReservedNin";

async fn kall(prove: &Prove, hvem: &str, metode: &str, sti: &str, kropp: Option<&str>) -> Svar {
    kall_vist(prove, hvem, Vist::Bearer, metode, sti, kropp).await
}

async fn kall_vist(prove: &Prove, hvem: &str, vist: Vist, metode: &str, sti: &str, kropp: Option<&str>) -> Svar {
    let metode: Method = metode.parse().unwrap();
    let sti = format!("{ROT}{sti}");
    let token = prove.token_for(hvem, Scope::Testdata.navn(), vist).unwrap();
    let mut hoder = prove.vis(&token, vist, &metode, &sti);
    if kropp.is_some() {
        hoder.insert("content-type", HeaderValue::from_static("application/json"));
    }
    prove.send(metode, &sti, hoder, kropp).await
}

async fn reserver(prove: &Prove, hvem: &str, antall: u16) -> Vec<String> {
    let ber = json!({"kind": "NationalIdentityNumber", "birthDate": "1990-01-31", "gender": "Female", "count": antall});
    let svar = kall(prove, hvem, "POST", NUMRE, Some(&ber.to_string())).await;
    assert_eq!(svar.status, 201, "{svar:?}");
    let numre = svar.json();
    let numre = numre.as_array().unwrap().iter();
    numre.map(|n| n["nin"].as_str().unwrap().to_owned()).collect()
}

fn dokument(nummer: &str) -> Value {
    let tid = "2026-02-01T00:00:00Z";
    json!({
        "identifikasjonsnummer": [{"erGjeldende": true, "status": "iBruk", "foedselsEllerDNummer": nummer,
            "identifikatortype": "foedselsnummer", "gyldighetstidspunkt": tid}],
        "navn": [{"erGjeldende": true, "fornavn": "PRØVE", "etternavn": "PERSON", "gyldighetstidspunkt": tid}],
        "kjoenn": [{"erGjeldende": true, "kjoenn": "kvinne"}],
        "foedsel": [{"erGjeldende": true, "foedselsdato": "1990-01-31", "foedselsaar": "1990"}],
        "status": [{"erGjeldende": true, "status": "bosatt"}],
        "bostedsadresse": [{"erGjeldende": true, "adressegradering": "ugradert", "vegadresse": {"kommunenummer": "4601",
            "adressenavn": "Prøvegata", "adressekode": "1007", "adressenummer": {"husnummer": "12"},
            "poststed": {"postnummer": "5003", "poststedsnavn": "BERGEN"}}}],
    })
}

/// Nothing of a person is in an error, and it is a problem of its status.
#[track_caller]
fn er_problem(svar: &Svar, status: u16) {
    let tekst = String::from_utf8_lossy(&svar.kropp).into_owned();
    assert_eq!(svar.status, status, "{tekst}");
    assert_eq!(svar.hode("content-type"), Some("application/json"));
    assert_eq!(svar.json()["status"], status);
    let uten_sporing = tekst.replace(svar.json()["traceId"].as_str().unwrap(), "");
    let lengste = uten_sporing.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
    assert!(lengste.is_none_or(|n| n < 6), "{uten_sporing}");
}

#[test]
fn a_test_person_is_in_the_person_api_with_its_events_when_the_answer_comes() {
    kjoer(async {
        let prove = Prove::testmiljoe(50).await;
        let nummer = &reserver(&prove, MED, 1).await[0];
        let sti = format!("/api/v2/person/{nummer}");
        let hent = |omfang: Omfang| {
            let (sti, skjema) = (format!("/person/get-by-nin?{}", alle_deler()), format!("nin={nummer}"));
            let prove = &prove;
            async move { prove.kall(UTEN, omfang, &sti, Some(&skjema)).await }
        };
        assert_eq!(hent(Omfang::Full).await.status, 404);
        er_problem(&kall(&prove, MED, "GET", &sti, None).await, 404);
        let svar = kall(&prove, MED, "PUT", &sti, Some(&dokument(nummer).to_string())).await;
        assert_eq!(
            (svar.status, svar.json()),
            (201, json!({"created": true, "changed": true, "unknownMembers": 0}))
        );
        for omfang in Omfang::ALLE {
            let svar = hent(omfang).await;
            let person = svar.json();
            assert_eq!(person["name"][0]["familyName"], "PERSON");
            assert_eq!(
                person["residentialAddress"][0]["streetAddress"]["addressName"],
                "Prøvegata"
            );
            let siste = prove.kall(UTEN, omfang, "/event/latest", None).await.json();
            assert_eq!(
                (&siste["eventType"], &siste["personId"]),
                (&json!("PersonIsCreated"), &person["id"])
            );
        }
        let mut endret = dokument(nummer);
        endret["nyttFelt"] = json!({"noe": 1});
        endret["navn"][0]["etternavn"] = "ANNEN".into();
        // With a proof, too.
        let svar = kall_vist(&prove, MED, Vist::Dpop, "PUT", &sti, Some(&endret.to_string())).await;
        assert_eq!(
            (svar.status, svar.json()["unknownMembers"].clone()),
            (200, json!(1)),
            "{svar:?}"
        );
        assert_eq!(hent(Omfang::Full).await.json()["name"][0]["familyName"], "ANNEN");
        let siste = prove.kall(UTEN, Omfang::Full, "/event/latest", None).await.json();
        assert_eq!(
            (&siste["eventType"], &siste["nin"]),
            (&json!("ChangeInName"), &json!(nummer))
        );
        assert_eq!(kall(&prove, MED, "GET", &sti, None).await.json(), endret);
        assert_eq!(kall(&prove, MED, "GET", NUMRE, None).await.json()[0]["hasPerson"], true);
        let svar = kall(&prove, MED, "DELETE", &sti, None).await;
        assert_eq!((svar.status, svar.kropp.len()), (204, 0));
        let borte = hent(Omfang::Full).await.json();
        assert_eq!(borte["status"][0]["status"], "Discontinued");
        assert!(borte.get("name").is_none() && borte.get("residentialAddress").is_none());
        let sti = "/event?eventTypes=PersonIsDiscontinued";
        let slutt = prove.kall(UTEN, Omfang::Full, sti, None).await.json();
        assert_eq!(slutt["results"][0]["personId"], borte["id"]);
        let sti = format!("/api/v2/person/{nummer}");
        er_problem(&kall(&prove, MED, "GET", &sti, None).await, 404);
        er_problem(&kall(&prove, MED, "DELETE", &sti, None).await, 404);
        assert_eq!(
            kall(&prove, MED, "PUT", &sti, Some(&dokument(nummer).to_string()))
                .await
                .status,
            201
        );
    });
}

#[test]
fn only_the_owner_may_and_everything_is_recorded() {
    kjoer(async {
        let prove = Prove::testmiljoe(50).await;
        let nummer = &reserver(&prove, MED, 1).await[0];
        let sti = format!("/api/v2/person/{nummer}");
        let gal = |tall: &str| format!("/api/v2/person/{tall}");
        let kropp = dokument(nummer).to_string();
        assert_eq!(kall(&prove, MED, "PUT", &sti, Some(&kropp)).await.status, 201);
        let kildens = prove.alle()[0].1.clone();
        prove.logg.ta();
        for (metode, kropp) in [("GET", None), ("PUT", Some(kropp.as_str())), ("DELETE", None)] {
            er_problem(&kall(&prove, UTEN, metode, &sti, kropp).await, 403);
            for annet in [kildens.as_str(), "00000000000", "tull", "01410000000"] {
                er_problem(&kall(&prove, MED, metode, &gal(annet), kropp).await, 404);
            }
        }
        let poster = prove.logg.ta();
        assert_eq!(poster.len(), 15);
        for post in &poster {
            assert_eq!((post.tjeneste, post.status >= 400), ("reservert-testdata", true));
            assert!(post.feilkode.is_some() && post.endepunkt.ends_with("/person/{nin}"));
        }
        assert!(
            poster
                .iter()
                .any(|p| p.spurt == [nummer.parse::<u64>().unwrap()] && p.konsument == UTEN)
        );
        assert_eq!(kall(&prove, UTEN, "GET", NUMRE, None).await.json(), json!([]));
        // No token, one of another scope, one whose organisation has no grant.
        let helt = format!("{ROT}{NUMRE}");
        let svar = prove.send(Method::GET, &helt, HeaderMap::new(), None).await;
        assert_eq!((svar.status, svar.kropp.len()), (401, 0));
        assert!(svar.hode("www-authenticate").is_some());
        let token = prove.token(MED, Omfang::MedHjemmel, Vist::Bearer).unwrap();
        let svar = prove
            .send(
                Method::GET,
                &helt,
                prove.vis(&token, Vist::Bearer, &Method::GET, &helt),
                None,
            )
            .await;
        assert_eq!(svar.status, 401, "made out for another service");
        assert!(prove.token_for(INGEN, Scope::Testdata.navn(), Vist::Bearer).is_none());
        // And this one opens nothing of the Person API.
        let token = prove.token_for(MED, Scope::Testdata.navn(), Vist::Bearer).unwrap();
        let sti = "/api/legal-basis/event/latest";
        let svar = prove
            .send(
                Method::GET,
                sti,
                prove.vis(&token, Vist::Bearer, &Method::GET, sti),
                None,
            )
            .await;
        assert_eq!(svar.status, 401);
        // Nothing is told when it cannot be recorded.
        prove.logg.full.store(true, std::sync::atomic::Ordering::SeqCst);
        er_problem(&kall(&prove, MED, "GET", NUMRE, None).await, 503);
    });
}

#[test]
fn what_is_wrong_is_told_by_place_and_rule_and_nothing_is_taken_in() {
    kjoer(async {
        let prove = Prove::testmiljoe(50).await;
        let (mine, andres) = (reserver(&prove, MED, 2).await, reserver(&prove, UTEN, 1).await);
        let nummer = &mine[0];
        let sti = format!("/api/v2/person/{nummer}");
        let kildens = prove.alle()[0].1.clone();
        let med = |sted: &str, verdi: Value| {
            let mut ut = dokument(nummer);
            match sted.rsplit_once('/') {
                Some(("", navn)) => ut[navn] = verdi,
                Some((under, navn)) => ut.pointer_mut(under).unwrap()[navn] = verdi,
                None => ut = verdi,
            }
            ut.to_string()
        };
        let barn = |hvem: &str| json!([{"erGjeldende": true, "relatertPerson": hvem, "relatertPersonsRolle": "barn", "minRolleForPerson": "mor"}]);
        let feed = prove.kall(MED, Omfang::Full, "/event/latest", None).await.json();
        let for_stor = "x".repeat(DOKUMENT_BYTE_MAKS + 1);
        for (kropp, status, hvor) in [
            ("".to_owned(), 400, Some("$")),
            ("{".to_owned(), 400, Some("$")),
            ("[]".to_owned(), 400, Some("$")),
            ("{}".to_owned(), 400, None),
            ("[".repeat(5_000), 400, Some("$")),
            (format!("{{\"x\":\"{for_stor}\"}}"), 413, None),
            (med("/navn", Value::Null), 400, Some("navn")),
            (med("/kjoenn/0/kjoenn", json!(7)), 400, Some("kjoenn[0].kjoenn")),
            (
                med("/identifikasjonsnummer/0/foedselsEllerDNummer", json!(mine[1])),
                400,
                None,
            ),
            (
                med("/identifikasjonsnummer/0/foedselsEllerDNummer", json!(kildens)),
                400,
                None,
            ),
            (
                med("/identifikasjonsnummer/0/foedselsEllerDNummer", json!(andres[0])),
                400,
                None,
            ),
            (med("/familierelasjon", barn(&kildens)), 400, None),
            (med("/familierelasjon", barn(&andres[0])), 400, None),
            (med("/familierelasjon", barn("00000000000")), 400, None),
            (med("/navn/0/fornavn", json!(format!("Ola {kildens}"))), 400, None),
            (med("/ukjent", json!([kildens.parse::<u64>().unwrap()])), 400, None),
        ] {
            let svar = kall(&prove, MED, "PUT", &sti, Some(&kropp)).await;
            er_problem(&svar, status);
            if let Some(hvor) = hvor {
                assert!(svar.json()["errors"][hvor].is_array(), "{hvor} {:?}", svar.json());
            }
        }
        let mut to = dokument(nummer);
        let navn = to["navn"][0].clone();
        to["navn"].as_array_mut().unwrap().push(navn);
        er_problem(&kall(&prove, MED, "PUT", &sti, Some(&to.to_string())).await, 400);
        for ber in [
            json!({"kind": "DNumber", "birthDate": "2999-01-01", "gender": "Male"}),
            json!({"kind": "DNumber", "birthDate": "1990-01-01", "gender": "Male", "count": 101}),
            json!({"kind": "X", "birthDate": "1990-01-01", "gender": "Male"}),
        ] {
            er_problem(&kall(&prove, MED, "POST", NUMRE, Some(&ber.to_string())).await, 400);
        }
        let token = prove.token_for(MED, Scope::Testdata.navn(), Vist::Bearer).unwrap();
        let helt = format!("{ROT}{sti}");
        let hoder = prove.vis(&token, Vist::Bearer, &Method::PUT, &helt);
        er_problem(&prove.send(Method::PUT, &helt, hoder, Some("{}")).await, 415);
        er_problem(&kall(&prove, MED, "PATCH", &sti, Some("{}")).await, 405);
        assert_eq!(prove.kall(MED, Omfang::Full, "/event/latest", None).await.json(), feed);
        // One's own may be named.
        let barn = med("/familierelasjon", barn(&mine[1]));
        assert_eq!(kall(&prove, MED, "PUT", &sti, Some(&barn)).await.status, 201);
    });
}

#[test]
fn the_routes_are_in_the_document_and_in_a_test_environment_alone() {
    kjoer(async {
        let (med, uten) = (Prove::testmiljoe(0).await, Prove::med(Default::default(), 0).await);
        let hent = |prove: &'static str, svar: Svar| (prove, svar.status);
        let svar = med.send(Method::GET, OPENAPI, HeaderMap::new(), None).await;
        assert_eq!(svar.status, 200);
        let dokument = svar.json();
        let mut i_dokumentet = 0;
        for (_, metoder) in dokument["paths"].as_object().unwrap() {
            i_dokumentet += metoder.as_object().unwrap().len();
        }
        assert_eq!(i_dokumentet, Rute::ALLE.len());
        for rute in Rute::ALLE {
            let metode: Method = rute.metode().parse().unwrap();
            let sti = rute.hele_stien();
            let plass = format!(
                "/paths/{}/{}",
                sti.replace('~', "~0").replace('/', "~1"),
                rute.metode().to_lowercase()
            );
            assert!(dokument.pointer(&plass).is_some(), "{plass}");
            let sti = sti.replace("{nin}", "00000000000");
            let svar = med.send(metode.clone(), &sti, HeaderMap::new(), None).await;
            assert_eq!(hent("med", svar), ("med", 401), "{sti}");
            let svar = uten.send(metode, &sti, HeaderMap::new(), None).await;
            assert_eq!(hent("uten", svar), ("uten", 404), "{sti}");
        }
        assert_eq!(
            uten.send(Method::GET, OPENAPI, HeaderMap::new(), None).await.status,
            404
        );
        for sti in [
            "",
            "/",
            "/api/ReservedNin",
            "/api/v1/ReservedNin",
            "/api/v2",
            "/nope/nope",
        ] {
            let svar = med
                .send(Method::GET, &format!("{ROT}{sti}"), HeaderMap::new(), None)
                .await;
            assert_eq!(svar.status, 404, "{sti}");
        }
        assert!(persontjenesten::testdata::Testmiljoe::naar(false).is_none());
    });
}
