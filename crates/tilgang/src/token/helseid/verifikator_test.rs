//! The way in: what is let in says of itself, in which order it is refused, what is remembered, and what a restart changes.
//!
//! Attacks stand in `angrep_test.rs` and `sokkel_test.rs`.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::json;

use super::tilfeller::*;
use super::*;
use crate::token::dpop::{Bevislager, Dpopfeil};
use crate::token::feil::Tokenfeil;
use crate::token::jws::Jwsfeil;
use crate::token::testverktoey::{NAA_S, noekkel_b, sett};

async fn feil(utkast: Utkast) -> Adgangsfeil {
    let oppsett = oppsett();
    utkast.rett("").proev(&oppsett.verifikator).await.unwrap_err()
}

#[tokio::test]
async fn a_bound_token_with_its_proof_says_who_calls_and_for_whom() {
    // A handler must be able to hold the verification across threads.
    fn er_send(_: &impl Send) {}
    let oppsett = oppsett();
    let tilfelle = Utkast::bundet().rett("");
    er_send(&tilfelle.proev(&oppsett.verifikator));
    let token = tilfelle.proev(&oppsett.verifikator).await.unwrap();
    assert_eq!(token.forelder().unwrap().to_string(), "310000000");
    assert_eq!(token.underenhet().unwrap().to_string(), "310000019");
    assert_eq!(token.leverandoer(), None);
    assert_eq!(
        (token.klient_id(), token.jti(), token.utloeper_s()),
        ("klient-1", Some("t-1"), NAA_S + 600)
    );
    assert_eq!(token.bundet_til(), Some(BEVISNOEKKEL.offentlig().avtrykk()));
    assert!(token.er_bundet());
    assert!(token.har_scope("nhn:hgd-persontjenesten-api/full-access"));
    for nesten in [
        "nhn:hgd-persontjenesten-api/full",
        "nhn:hgd-persontjenesten-api/full-access2",
        "",
        "full-access",
    ] {
        assert!(!token.har_scope(nesten), "{nesten}");
    }
    let bearer = Utkast::ubundet().rett("").proev(&oppsett.verifikator).await.unwrap();
    assert!(!bearer.er_bundet() && bearer.bundet_til().is_none());
    assert_eq!(
        bearer.scopes().collect::<Vec<_>>(),
        ["nhn:hgd-persontjenesten-api/read-with-legal-basis"]
    );
}

#[tokio::test]
async fn the_end_user_is_for_the_log_and_is_never_shown() {
    let oppsett = oppsett();
    let med = |pid| {
        Utkast::bundet()
            .med(|u| u.tokenkrav["helseid://claims/identity/pid"] = pid)
            .rett("")
    };
    let token = med(json!("12859012335")).proev(&oppsett.verifikator).await.unwrap();
    assert_eq!(token.sluttbruker().unwrap().siffer(), "12859012335");
    assert!(!format!("{token:?}").contains("12859012335"));
    for pid in [json!("1"), json!(1), json!(null)] {
        assert!(med(pid).proev(&oppsett.verifikator).await.is_err());
    }
}

#[tokio::test]
async fn the_proof_is_checked_in_the_order_of_the_documentation() {
    let annet = json!(URL_SAFE_NO_PAD.encode([1; 32]));
    // Each step is wrong from here on, and mended one by one.
    let alt_galt = || {
        Utkast::bundet().med(|u| {
            u.bevishode["typ"] = json!("JWT");
            u.bevishode["alg"] = json!("none");
            u.bevishode["jwk"] = ANNEN_BEVISNOEKKEL.offentlig().til_bevis();
            u.bevishode["jwk"]["d"] = json!("AQAB");
            u.beviskrav = json!({"ath": annet, "jti": "", "htm": "PUT", "htu": "https://x/", "iat": NAA_S - 100});
        })
    };
    type Rett = fn(&mut Utkast);
    let rettelser: [(Dpopfeil, Rett); 10] = [
        (Dpopfeil::Jws(Jwsfeil::Typ), |u| u.bevishode["typ"] = json!("dpop+jwt")),
        (Dpopfeil::Jws(Jwsfeil::Algoritme), |u| {
            u.bevishode["alg"] = json!("ES256")
        }),
        (Dpopfeil::Noekkel(crate::token::Jwkfeil::PrivatDel), |u| {
            uten(&mut u.bevishode["jwk"], "d");
        }),
        (Dpopfeil::AnnenNoekkel, |u| {
            u.bevishode["jwk"] = BEVISNOEKKEL.offentlig().til_bevis();
            u.bevisnoekkel = &ANNEN_BEVISNOEKKEL;
        }),
        (Dpopfeil::Signatur, |u| u.bevisnoekkel = &BEVISNOEKKEL),
        (Dpopfeil::AnnetToken, |u| uten(&mut u.beviskrav, "ath")),
        (Dpopfeil::Krav("jti"), |u| u.beviskrav["jti"] = json!("rekkefoelge")),
        (Dpopfeil::AnnenMetode, |u| u.beviskrav["htm"] = json!("GET")),
        (Dpopfeil::AnnenAdresse, |u| {
            u.beviskrav["htu"] = json!(format!("{OFFENTLIG}{STI}"))
        }),
        (Dpopfeil::ForGammelt, |u| u.beviskrav["iat"] = json!(NAA_S)),
    ];
    let oppsett = oppsett();
    let mut utkast = alt_galt();
    for (ventet, rett) in rettelser {
        let svar = utkast.clone().rett("").proev(&oppsett.verifikator).await;
        assert_eq!(svar.unwrap_err(), Adgangsfeil::Bevis(ventet));
        rett(&mut utkast);
    }
    assert!(utkast.clone().rett("").proev(&oppsett.verifikator).await.is_ok());
    let svar = utkast.rett("").proev(&oppsett.verifikator).await;
    assert_eq!(svar.unwrap_err(), Adgangsfeil::Bevis(Dpopfeil::Gjenbrukt));
}

#[tokio::test]
async fn scheme_and_proof_header_come_before_the_token_and_the_token_before_the_proof() {
    let daarlig = |u: &mut Utkast| u.utsteder = noekkel_b();
    assert_eq!(
        feil(Utkast::bundet().med(daarlig).med(|u| u.skjema = "Basic")).await,
        Adgangsfeil::Skjema
    );
    assert_eq!(
        feil(Utkast::bundet().med(daarlig).med(|u| u.bevis = Some(Vec::new()))).await,
        Adgangsfeil::Bevis(Dpopfeil::Mangler)
    );
    assert_eq!(
        feil(
            Utkast::bundet()
                .med(daarlig)
                .med(|u| u.bevis = Some(vec![b"x".to_vec()]))
        )
        .await,
        Adgangsfeil::Token {
            vist: Framvisning::Dpop,
            feil: Tokenfeil::Signatur
        }
    );
    assert_eq!(
        feil(Utkast::bundet().med(|u| u.skjema = "Bearer")).await,
        Adgangsfeil::KreverDpop
    );
}

#[tokio::test]
async fn a_verified_token_is_remembered_and_each_proof_is_verified_anew() {
    let oppsett = oppsett();
    let utkast = Utkast::bundet();
    let token = utkast.tokentekst();
    for nr in 0..10 {
        let kall = utkast.clone().med(|u| {
            u.token = Some(token.clone());
            u.beviskrav["jti"] = json!(format!("nr-{nr}"));
        });
        assert!(kall.rett("").proev(&oppsett.verifikator).await.is_ok());
        let forfalsket = utkast.clone().med(|u| {
            u.token = Some(token.clone());
            u.beviskrav["jti"] = json!(format!("falsk-{nr}"));
            u.bevisnoekkel = &ANNEN_BEVISNOEKKEL;
        });
        let svar = forfalsket.rett("").proev(&oppsett.verifikator).await;
        assert_eq!(svar.unwrap_err(), Adgangsfeil::Bevis(Dpopfeil::Signatur));
    }
    assert_eq!(oppsett.verifikator.oppslag(), (19, 1));
    assert_eq!(oppsett.verifikator.antall_husket(), 1);
    assert_eq!(oppsett.verifikator.antall_brukte_bevis(), 10);
}

#[tokio::test]
async fn angrep_17_a_withdrawn_key_takes_its_tokens_with_it() {
    let oppsett = oppsett();
    let utkast = Utkast::ubundet();
    let tilfelle = utkast.clone().rett("");
    assert!(tilfelle.proev(&oppsett.verifikator).await.is_ok());
    oppsett.kilde.sett(Some(sett(&[noekkel_b()])));
    let nytt = utkast.med(|u| {
        u.utsteder = noekkel_b();
        u.tokenhode["kid"] = json!(noekkel_b().kid());
    });
    let nytt = nytt.rett("");
    let senere = naa().checked_add(SignedDuration::from_secs(61)).unwrap();
    let proev = |tilfelle: Tilfelle| {
        let verifikator = &oppsett.verifikator;
        async move {
            let authorization: Vec<&[u8]> = tilfelle.authorization.iter().map(Vec::as_slice).collect();
            let kall = Kall {
                authorization: &authorization,
                dpop: &[],
                metode: "GET",
                sti: &tilfelle.sti,
            };
            verifikator.slipp_inn(&kall, Godtar::Begge, senere).await.map(drop)
        }
    };
    assert_eq!(proev(nytt).await, Ok(()));
    assert_eq!(
        proev(tilfelle).await.unwrap_err(),
        Adgangsfeil::Token {
            vist: Framvisning::Bearer,
            feil: Tokenfeil::UkjentNoekkel
        }
    );
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_our_fault_and_not_the_callers() {
    let oppsett = oppsett();
    oppsett.kilde.sett(None);
    let svar = Utkast::bundet().rett("").proev(&oppsett.verifikator).await;
    assert!(svar.unwrap_err().er_midlertidig());
}

#[tokio::test]
async fn a_proof_of_before_a_restart_is_refused_after_it() {
    let oppsett = oppsett();
    let brukt: Vec<Tilfelle> = (0..20).map(|nr| Utkast::bundet().rett(nr.to_string())).collect();
    for tilfelle in &brukt {
        assert!(tilfelle.proev(&oppsett.verifikator).await.is_ok());
    }
    let ubrukt = Utkast::bundet().rett("new");
    let (mappe, kilde) = (oppsett.mappe, oppsett.kilde);
    drop(oppsett.verifikator);
    let lager = Arc::new(Bevislager::aapne(&mappe.path().join("dpop")).unwrap());
    let verifikator = verifikator(&kilde, lager);
    for tilfelle in &brukt {
        let svar = tilfelle.proev(&verifikator).await;
        assert_eq!(svar.unwrap_err(), Adgangsfeil::Bevis(Dpopfeil::Gjenbrukt));
    }
    assert!(ubrukt.proev(&verifikator).await.is_ok());
}

#[tokio::test]
async fn the_same_signature_written_in_another_way_is_the_same_proof() {
    // ECDSA: with (r, s) also (r, n - s) is a signature of the same bytes. What was used is found by jti, not by bytes.
    let oppsett = oppsett();
    let utkast = Utkast::bundet();
    let token = utkast.tokentekst();
    let bevis = utkast.bevistekst(&token);
    let (signert, signatur) = bevis.rsplit_once('.').unwrap();
    let mut signatur = URL_SAFE_NO_PAD.decode(signatur).unwrap();
    let orden = URL_SAFE_NO_PAD
        .decode("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE")
        .unwrap();
    let mut laan = 0;
    for plass in (0..32).rev() {
        let differanse = i32::from(orden[plass]) - i32::from(signatur[32 + plass]) - laan;
        laan = i32::from(differanse < 0);
        signatur[32 + plass] = u8::try_from(differanse.rem_euclid(256)).unwrap();
    }
    let speil = format!("{signert}.{}", URL_SAFE_NO_PAD.encode(signatur));
    let med = |bevis: String| {
        let utkast = utkast.clone().med(|u| {
            u.token = Some(token.clone());
            u.bevis = Some(vec![bevis.into_bytes()]);
        });
        utkast.rett("")
    };
    assert!(med(bevis.clone()).proev(&oppsett.verifikator).await.is_ok());
    let svar = med(speil).proev(&oppsett.verifikator).await;
    assert_eq!(svar.unwrap_err(), Adgangsfeil::Bevis(Dpopfeil::Gjenbrukt));
}

mod egenskaper {
    use super::*;
    use proptest::prelude::*;

    fn proev(authorization: &[u8], dpop: &[u8], sti: &str) -> Result<Arc<Helseidtoken>, Adgangsfeil> {
        let kjoerer = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        kjoerer.block_on(async {
            let oppsett = oppsett();
            let kall = Kall {
                authorization: &[authorization],
                dpop: &[dpop],
                metode: "GET",
                sti,
            };
            oppsett.verifikator.slipp_inn(&kall, godtar(sti), naa()).await
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_bytes_give_an_error_and_never_a_panic(
            authorization in proptest::collection::vec(any::<u8>(), 0..200),
            dpop in proptest::collection::vec(any::<u8>(), 0..200),
            sti in "\\PC{0,40}",
        ) {
            prop_assert!(proev(&authorization, &dpop, &sti).is_err());
            prop_assert!(proev(&[b"DPoP ".to_vec(), authorization].concat(), &dpop, &sti).is_err());
        }

        #[test]
        fn a_good_proof_changed_in_one_place_is_refused(sted in any::<prop::sample::Index>(), ny in any::<u8>()) {
            let utkast = Utkast::bundet();
            let token = utkast.tokentekst();
            let mut bevis = utkast.bevistekst(&token).into_bytes();
            let sted = sted.index(bevis.len());
            prop_assume!(bevis[sted] != ny);
            bevis[sted] = ny;
            let authorization = format!("DPoP {token}");
            prop_assert!(proev(authorization.as_bytes(), &bevis, STI).is_err());
        }
    }
}
