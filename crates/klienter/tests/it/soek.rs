//! The two searches against a register that a test makes up.

use klienter::folkeregister::{Feil, Kriterier};
use serde_json::json;

use crate::folkeregister::{NUMMER, ok, oppsett};

fn kriterier() -> Kriterier {
    Kriterier {
        navn: Some("STILLE & FJELLBEKK".to_owned()),
        foedselsdato: Some("19900101".to_owned()),
        soek_fonetisk: Some(true),
        ..Kriterier::default()
    }
}

#[tokio::test]
async fn a_search_sends_what_is_given_and_gives_the_numbers_in_order() {
    let oppsett = oppsett(vec![ok(&json!({ "foedselsEllerDNummer": [NUMMER] })), ok(&json!({}))]).await;
    let funnet = oppsett.klient.soek(&kriterier()).await.unwrap();
    assert_eq!(funnet.iter().map(|nr| nr.as_str()).collect::<Vec<_>>(), [NUMMER]);
    assert!(
        oppsett
            .sett(0)
            .linje
            .ends_with("/v1/personer/soek?navn=STILLE+%26+FJELLBEKK&foedselsdato=19900101&soekFonetisk=true"),
        "{}",
        oppsett.sett(0).linje
    );
    assert!(oppsett.klient.soek(&Kriterier::default()).await.unwrap().is_empty());
    assert!(oppsett.sett(1).linje.ends_with("/v1/personer/soek"));
}

#[tokio::test]
async fn one_is_found_or_none_and_a_missing_package_is_neither() {
    let ingen = json!({"kode": "FREG-031", "melding": "x"}).to_string();
    let ukjent = json!({"kode": "FREG-005", "melding": "x"}).to_string();
    let oppsett = oppsett(vec![
        ok(&json!({"navn": []})),
        (404, vec![], ingen),
        (404, vec![], "<html>".to_owned()),
        (404, vec![], ukjent),
    ])
    .await;
    let en = kriterier();
    let funnet = oppsett.klient.entydigsoek(&en, &["navn", "foedsel"]).await.unwrap();
    assert!(funnet.unwrap().felt("navn").is_some());
    assert!(
        oppsett
            .sett(0)
            .linje
            .ends_with("&soekFonetisk=true&part=navn&part=foedsel")
    );
    assert_eq!(oppsett.klient.entydigsoek(&en, &[]).await.unwrap(), None);
    assert_eq!(oppsett.klient.entydigsoek(&en, &[]).await.unwrap(), None);
    let feil = oppsett.klient.entydigsoek(&en, &[]).await.unwrap_err();
    assert!(matches!(feil, Feil::UkjentPakke(_)), "{feil}");
}

#[tokio::test]
async fn a_criterion_of_the_other_search_is_not_sent() {
    let oppsett = oppsett(vec![ok(&json!({}))]).await;
    let av_personsoek = Kriterier {
        kjoenn: Some("kvinne".to_owned()),
        ..kriterier()
    };
    let feil = oppsett.klient.entydigsoek(&av_personsoek, &[]).await.unwrap_err();
    assert!(matches!(feil, Feil::Kriterium("kjoenn")), "{feil}");
    let av_entydig = Kriterier {
        duf: Some("201012345601".to_owned()),
        ..kriterier()
    };
    let feil = oppsett.klient.soek(&av_entydig).await.unwrap_err();
    assert!(
        matches!(feil, Feil::Kriterium(navn) if navn.starts_with("utlending")),
        "{feil}"
    );
    assert!(oppsett.linjer().is_empty());
}

#[tokio::test]
async fn the_registers_words_are_for_whoever_asked_and_in_no_error() {
    let melding = format!("navn FJELLBEKK {NUMMER} gir for mange treff");
    let kropp = json!({"kode": "FREG-030", "melding": melding}).to_string();
    let oppsett = oppsett(vec![(400, vec![], kropp)]).await;
    let feil = oppsett.klient.soek(&kriterier()).await.unwrap_err();
    let Feil::Avvist {
        status: 400,
        kode: Some(kode),
        melding,
    } = &feil
    else {
        panic!("{feil}")
    };
    assert_eq!(kode, "FREG-030");
    assert_eq!(melding.for_den_som_spurte(), "navn FJELLBEKK … gir for mange treff");
    assert_eq!(feil.to_string(), "Folkeregisteret svarer 400 (FREG-030)");
    let alt = format!("{feil} {feil:?}");
    assert!(!alt.contains("FJELLBEKK") && !alt.contains(NUMMER), "{alt}");
}
