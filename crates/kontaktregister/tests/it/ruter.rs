//! The stand-in as a client that behaves badly sees it, and the two versions of its answers.

use kontaktregister::{Endring, Leverandoer, SCOPE_DIGITALPOST, SCOPE_KONTAKTINFORMASJON};
use serde_json::{Value, json};

use crate::oppsett::{Oppsett, SCOPE_ANNET, SCOPE_BARE_STATUS, numre, oppsett};

struct Svar {
    status: u16,
    utfordring: Option<String>,
    kropp: Value,
}

async fn send(oppsett: &Oppsett, sti: &str, token: Option<&str>, slag: &str, kropp: String) -> Svar {
    let klient = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap();
    let mut forespoersel = klient
        .post(format!("{}{sti}", oppsett.krr.adresse))
        .header("content-type", slag)
        .body(kropp);
    if let Some(token) = token {
        forespoersel = forespoersel.bearer_auth(token);
    }
    let svar = forespoersel.send().await.unwrap();
    let utfordring = svar
        .headers()
        .get("www-authenticate")
        .map(|v| v.to_str().unwrap().to_owned());
    let status = svar.status().as_u16();
    assert_eq!(svar.headers()["content-type"], "application/json");
    let kropp = serde_json::from_slice(&svar.bytes().await.unwrap()).unwrap();
    Svar {
        status,
        utfordring,
        kropp,
    }
}

async fn spoer(oppsett: &Oppsett, sti: &str, scope: &str, kropp: &Value) -> Svar {
    let token = oppsett.token(scope).await;
    send(oppsett, sti, Some(&token), "application/json", kropp.to_string()).await
}

#[tokio::test]
async fn nobody_gets_in_without_a_token_with_a_scope_of_krr() {
    let oppsett = oppsett().await;
    let kropp = json!({"personidentifikatorer": [numre(1)[0].as_str()]});
    for sti in ["rest/v1/personer", "rest/v2/personer", "rest/v2/endringer"] {
        let uten = send(&oppsett, sti, None, "application/json", kropp.to_string()).await;
        assert_eq!((uten.status, uten.utfordring.as_deref()), (401, Some("Bearer")));
        let feil = send(&oppsett, sti, Some("x.y.z"), "application/json", kropp.to_string()).await;
        assert!(feil.status == 401 && feil.utfordring.unwrap().contains("invalid_token"));
        let annet = spoer(&oppsett, sti, SCOPE_ANNET, &kropp).await;
        assert!(annet.status == 403 && annet.utfordring.unwrap().contains("insufficient_scope"));
        let token = oppsett.token(SCOPE_KONTAKTINFORMASJON).await;
        oppsett.frem(200);
        let gammelt = send(&oppsett, sti, Some(&token), "application/json", kropp.to_string()).await;
        assert_eq!(gammelt.status, 401);
    }
}

#[tokio::test]
async fn requests_that_are_none_are_refused_without_a_word_of_what_they_said() {
    let oppsett = oppsett().await;
    let nummer = numre(1)[0].as_str().to_owned();
    let token = oppsett.token(SCOPE_KONTAKTINFORMASJON).await;
    let mange: Vec<String> = numre(1_001).iter().map(|n| n.as_str().to_owned()).collect();
    for (kropp, status) in [
        (json!({"personidentifikatorer": mange}).to_string(), 400),
        (json!({"personidentifikatorer": []}).to_string(), 400),
        (
            json!({"personidentifikatorer": [nummer, "12345678901"]}).to_string(),
            400,
        ),
        (json!({"personidentifikatorer": nummer}).to_string(), 400),
        (json!({"personidentifikatorer": [7]}).to_string(), 400),
        (
            format!("{{\"personidentifikatorer\":[],\"personidentifikatorer\":[\"{nummer}\"]}}"),
            400,
        ),
        ("[]".to_owned(), 400),
        (String::new(), 400),
        ("x".repeat(70_000), 413),
    ] {
        let svar = send(&oppsett, "rest/v2/personer", Some(&token), "application/json", kropp).await;
        let tekst = svar.kropp.to_string();
        assert!(
            svar.status == status && !tekst.contains(&nummer) && !tekst.contains("12345678901"),
            "{} {tekst}",
            svar.status
        );
    }
    let god = json!({"personidentifikatorer": [nummer]}).to_string();
    assert_eq!(
        send(&oppsett, "rest/v2/personer", Some(&token), "text/plain", god.clone())
            .await
            .status,
        415
    );
    let to_ganger = json!({"personidentifikatorer": [nummer, nummer]}).to_string();
    let svar = send(
        &oppsett,
        "rest/v2/personer",
        Some(&token),
        "application/json;charset=UTF-8",
        to_ganger,
    )
    .await;
    assert_eq!(
        (svar.status, svar.kropp["personer"].as_array().unwrap().len()),
        (200, 1)
    );
    for kropp in [
        json!({}),
        json!({"fraEndringsNummer": -1}),
        json!({"fraEndringsNummer": "1"}),
        json!({"fraEndringsNummer": 1, "informasjonsbehov": ["VarslingsStatus"]}),
        json!({"fraEndringsNummer": 1, "informasjonsbehov": "Person"}),
    ] {
        assert_eq!(
            spoer(&oppsett, "rest/v2/endringer", SCOPE_KONTAKTINFORMASJON, &kropp)
                .await
                .status,
            400,
            "{kropp}"
        );
    }
}

#[tokio::test]
async fn any_scope_of_krr_opens_status_and_reservation_and_nothing_else() {
    let oppsett = oppsett().await;
    let person = oppsett.registrert(&[]);
    let kropp = json!({"personidentifikatorer": [person.as_str()]});
    let svar = spoer(&oppsett, "rest/v1/personer", SCOPE_BARE_STATUS, &kropp).await;
    let ventet = json!({"personidentifikator": person.as_str(), "reservasjon": "NEI", "status": "AKTIV"});
    assert_eq!(svar.kropp["personer"][0], ventet);
    let svar = spoer(&oppsett, "rest/v2/personer", SCOPE_BARE_STATUS, &kropp).await;
    let mut felt: Vec<&String> = svar.kropp["personer"][0].as_object().unwrap().keys().collect();
    felt.retain(|f| *f != "reservasjon_oppdatert");
    assert_eq!(felt, ["personidentifikator", "reservasjon", "status"]);
}

#[tokio::test]
async fn version_1_lacks_what_came_with_version_2_and_both_tell_the_same_time() {
    let oppsett = oppsett().await;
    let person = oppsett.registrert(&[Endring::Postkasse(Some(Leverandoer::Digipost))]);
    let kropp = json!({"personidentifikatorer": [person.as_str()]});
    let begge = format!("{SCOPE_KONTAKTINFORMASJON} {SCOPE_DIGITALPOST}");
    let v1 = spoer(&oppsett, "rest/v1/personer", &begge, &kropp).await.kropp["personer"][0].take();
    let v2 = spoer(&oppsett, "rest/v2/personer", &begge, &kropp).await.kropp["personer"][0].take();
    let (k1, k2) = (&v1["kontaktinformasjon"], &v2["kontaktinformasjon"]);
    for felt in [
        "epostadresse_sist_validert",
        "epostadresse_duplisert",
        "mobiltelefonnummer_sist_validert",
        "mobiltelefonnummer_duplisert",
    ] {
        assert!(k1.get(felt).is_none() && k2.get(felt).is_some(), "{felt}");
    }
    assert!(v1.get("sertifikat_utloeper").is_none() && v1["digital_post"].get("navn").is_none());
    let tid = |verdi: &Value| verdi.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    for felt in ["epostadresse_oppdatert", "mobiltelefonnummer_sist_verifisert"] {
        assert!(k1[felt].as_str().unwrap().ends_with("+02") && k2[felt].as_str().unwrap().ends_with('Z'));
        assert_eq!(tid(&k1[felt]), tid(&k2[felt]));
        assert_eq!(tid(&k1[felt]), oppsett.naa());
    }
    assert_eq!(
        (&k1["epostadresse"], &v1["sertifikat"]),
        (&k2["epostadresse"], &v2["sertifikat"])
    );
    assert!(!v2.to_string().contains("null"), "what is absent is left out");
}

#[tokio::test]
async fn digital_mailbox_alone_is_shown_also_of_one_who_cannot_be_notified() {
    let oppsett = oppsett().await;
    let person = oppsett.registrert(&[Endring::Postkasse(Some(Leverandoer::Digipost)), Endring::LaUtloepe]);
    let kropp = json!({"personidentifikatorer": [person.as_str()]});
    let post = spoer(&oppsett, "rest/v2/personer", SCOPE_DIGITALPOST, &kropp).await;
    assert!(post.kropp["personer"][0].get("digital_post").is_some());
    let begge = format!("{SCOPE_KONTAKTINFORMASJON} {SCOPE_DIGITALPOST}");
    let alt = spoer(&oppsett, "rest/v2/personer", &begge, &kropp).await;
    assert!(alt.kropp["personer"][0].get("digital_post").is_none());
    // The list of changes is not held back by it.
    let liste = json!({"fraEndringsNummer": 1, "informasjonsbehov": ["Person", "Kontaktinfo"]});
    let liste = spoer(&oppsett, "rest/v2/endringer", &begge, &liste).await.kropp;
    let en = &liste["personer"][0];
    assert!(
        en.get("kontaktinformasjon").is_some()
            && en.get("varslingsstatus").is_none()
            && en.get("digital_post").is_none()
    );
    assert_eq!(
        (&liste["tilEndringsNummer"], &liste["senesteEndringsNummer"]),
        (&json!(4), &json!(4))
    );
}
