//! Extracts against a register that a test makes up.

use klienter::folkeregister::{Batch, Bestilling, Feil, Identifikatorer, Jobb, Tilpasset};
use serde_json::{Value, json};
use tilgang::Pakke;

use crate::folkeregister::{NUMMER, Svar, ok, oppsett, oppsett_med};

const MED_HJEMMEL: Pakke = Pakke::OffentligMedHjemmel;

fn tilpasset() -> Bestilling {
    Bestilling::Tilpasset(Box::new(Tilpasset {
        personstatustyper: vec!["bosatt".to_owned()],
        ..Tilpasset::default()
    }))
}

fn tom(status: u16) -> Svar {
    (status, vec![], String::new())
}

#[tokio::test]
async fn both_kinds_are_ordered_as_the_contract_says() {
    let oppsett = oppsett(vec![ok(&json!({"jobbId": "a-1"}))]).await;
    for (feedsekvensnr, hale) in [
        (None, "/v1/uttrekk/komplett"),
        (Some(17), "/v1/uttrekk/komplett?feedsekvensnr=17"),
    ] {
        let jobb = oppsett
            .klient
            .bestill_uttrekk(&Bestilling::Komplett { feedsekvensnr })
            .await;
        assert_eq!(jobb.unwrap().to_string(), "a-1");
        let linje = oppsett.linjer().pop().unwrap();
        assert!(linje.starts_with("GET ") && linje.ends_with(hale), "{linje}");
    }
    oppsett.klient.bestill_uttrekk(&tilpasset()).await.unwrap();
    let sett = oppsett.sett(2);
    assert!(sett.linje.starts_with("POST ") && sett.linje.ends_with("/v1/uttrekk/tilpasset"));
    assert_eq!(sett.hoder["content-type"], "application/json");
    let kropp: Value = serde_json::from_slice(&sett.kropp).unwrap();
    assert_eq!(kropp, json!({"personstatustyper": ["bosatt"]}));
}

#[tokio::test]
async fn an_eleventh_order_is_told_at_once_and_too_many_calls_are_waited_for() {
    let hode = || vec![("retry-after", "9".to_owned())];
    let for_mange = oppsett(vec![(429, hode(), json!({"kode": "FREG-099"}).to_string())]).await;
    let feil = for_mange.klient.bestill_uttrekk(&tilpasset()).await.unwrap_err();
    assert!(matches!(feil, Feil::ForMangeUttrekk { vent_s: 9, .. }), "{feil}");
    assert_eq!((for_mange.linjer().len(), for_mange.ventet_s().len()), (1, 0));
    let kall = json!({"kode": "FREG-025"}).to_string();
    let travelt = oppsett(vec![(429, hode(), kall), ok(&json!({"jobbId": "a"}))]).await;
    travelt.klient.bestill_uttrekk(&tilpasset()).await.unwrap();
    assert_eq!((travelt.linjer().len(), travelt.ventet_s()), (2, vec![9]));
}

#[tokio::test]
async fn a_batch_is_there_or_not_yet_or_the_last_or_gone() {
    let oppsett = oppsett(vec![
        (404, vec![], json!({"feilmelding": "Jobben er ikke ferdig"}).to_string()),
        (404, vec![("retry-after", "3".to_owned())], String::new()),
        ok(&json!({ "foedselsEllerDNummer": [NUMMER] })),
        ok(&json!({"dokumentidentifikator": ["00ff"]})),
        ok(&json!({})),
        tom(410),
        (404, vec![], json!({"kode": "FREG-005"}).to_string()),
    ])
    .await;
    let jobb = Jobb::les("a-1").unwrap();
    let klient = &oppsett.klient;
    assert_eq!(klient.uttrekksbatch(&jobb, 0).await.unwrap(), Batch::IkkeKlar(None));
    assert_eq!(klient.uttrekksbatch(&jobb, 0).await.unwrap(), Batch::IkkeKlar(Some(3)));
    let Batch::Identifikatorer(personer) = klient.uttrekksbatch(&jobb, 0).await.unwrap() else {
        panic!()
    };
    assert_eq!(personer.som_linjer(), format!("{NUMMER}\n"));
    assert_eq!(
        klient.uttrekksbatch(&jobb, 1).await.unwrap(),
        Batch::Identifikatorer(Identifikatorer::Dokumenter(vec!["00ff".to_owned()]))
    );
    assert_eq!(klient.uttrekksbatch(&jobb, 2).await.unwrap(), Batch::Slutt);
    assert!(matches!(klient.uttrekksbatch(&jobb, 2).await, Err(Feil::UkjentJobb)));
    assert!(matches!(
        klient.uttrekksbatch(&jobb, 2).await,
        Err(Feil::UkjentPakke(_))
    ));
    assert!(oppsett.sett(0).linje.ends_with("/v1/uttrekk/a-1/batch/0"));
}

#[tokio::test]
async fn documents_are_asked_for_by_a_thousand_and_never_more_given_than_asked_for() {
    let dokument = json!({"navn": [{"fornavn": "STILLE"}]});
    let oppsett = oppsett(vec![ok(&json!([dokument])), ok(&json!([dokument, dokument]))]).await;
    let id = ["00ff".to_owned()];
    let svar = oppsett.klient.bulkoppslag_arkiv(&id, &["navn"]).await.unwrap();
    assert_eq!(svar[0].felt("navn").unwrap()[0]["fornavn"], "STILLE");
    let sett = oppsett.sett(0);
    assert!(sett.linje.ends_with("/v1/personer/bulkoppslag/arkiv?part=navn"));
    let kropp: Value = serde_json::from_slice(&sett.kropp).unwrap();
    assert_eq!(kropp, json!({"dokumentidentifikator": ["00ff"]}));
    let feil = oppsett.klient.bulkoppslag_arkiv(&id, &[]).await.unwrap_err();
    assert!(matches!(feil, Feil::Tilkobling(klienter::Feil::Format(_))), "{feil}");
    for antall in [0, 1001] {
        let mange = vec!["00ff".to_owned(); antall];
        assert!(matches!(
            oppsett.klient.bulkoppslag_arkiv(&mange, &[]).await,
            Err(Feil::Antall)
        ));
    }
}

#[tokio::test]
async fn a_read_is_tried_again_after_an_error_that_passes_and_an_order_never_is() {
    let jobb = Jobb::les("a").unwrap();
    let svar = vec![tom(500), tom(502), tom(504), ok(&json!({}))];
    let lest = oppsett_med(MED_HJEMMEL, svar, 3).await;
    assert_eq!(lest.klient.uttrekksbatch(&jobb, 0).await.unwrap(), Batch::Slutt);
    assert_eq!((lest.linjer().len(), lest.ventet_s()), (4, vec![1, 2, 4]));
    let alltid = oppsett_med(MED_HJEMMEL, vec![tom(500)], 2).await;
    assert!(alltid.klient.uttrekksbatch(&jobb, 0).await.is_err());
    assert_eq!(alltid.linjer().len(), 3);
    let bestilt = oppsett_med(MED_HJEMMEL, vec![tom(500)], 3).await;
    assert!(bestilt.klient.bestill_uttrekk(&tilpasset()).await.is_err());
    assert_eq!(bestilt.linjer().len(), 1);
    let uten = oppsett(vec![tom(500)]).await;
    assert!(uten.klient.uttrekksbatch(&jobb, 0).await.is_err());
    assert_eq!(uten.linjer().len(), 1);
}

#[tokio::test]
async fn a_token_that_dies_between_two_batches_is_renewed() {
    let side = ok(&json!({ "foedselsEllerDNummer": [NUMMER] }));
    let oppsett = oppsett(vec![side.clone(), tom(401), side, ok(&json!({}))]).await;
    let jobb = Jobb::les("a").unwrap();
    for (nr, slutt) in [(0, false), (1, false), (2, true)] {
        let batch = oppsett.klient.uttrekksbatch(&jobb, nr).await.unwrap();
        assert_eq!(batch == Batch::Slutt, slutt);
    }
    let tokener: Vec<_> = (0..4)
        .map(|nr| oppsett.sett(nr).hoder["authorization"].clone())
        .collect();
    assert_eq!(
        tokener,
        ["Bearer token-1", "Bearer token-1", "Bearer token-2", "Bearer token-2"]
    );
}
