//! Every refusal of the token endpoint, each by changing one thing in a request that is right, and the tokens it makes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tilgang::avtale::KLIENTNOEKKEL_LEVETID_S;
use tilgang::token::Kompakt;
use tilgang::token::json::les_objekt;

use super::*;
use crate::testoppsett::{
    ANNEN, FINANS, ISS, MED_HJEMMEL, NAA_S, NOEKKEL, Oppsett, krav, oppsett, oppsett_med, org, skjema, tid,
};

#[track_caller]
fn check(endring: impl FnOnce(&mut Value), ventet: &str) {
    let avslag = oppsett().be_med(endring).unwrap_err();
    assert_eq!(avslag.mp_kode().unwrap_or(avslag.feilkode()), ventet, "{avslag:?}");
}

fn uten(felt: &'static str) -> impl FnOnce(&mut Value) {
    move |krav| drop(krav.as_object_mut().unwrap().shift_remove(felt))
}

fn med(felt: &'static str, verdi: Value) -> impl FnOnce(&mut Value) {
    move |krav| krav[felt] = verdi
}

#[test]
fn a_right_grant_gives_a_token_with_the_published_claims() {
    let oppsett = oppsett();
    let svar = oppsett.be_med(|_| {}).unwrap();
    assert_eq!((svar.expires_in, svar.scope.as_str()), (120, MED_HJEMMEL));
    let mut token = oppsett.les(&svar);
    let jti = token["jti"].take();
    assert!(jti.as_str().unwrap().len() >= 32 && jti != "en");
    let ventet = json!({
        "iss": ISS, "client_id": "klient", "client_amr": "private_key_jwt", "client_orgno": "310000000",
        "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:310000000"},
        "scope": MED_HJEMMEL, "token_type": "Bearer", "aud": "unspecified",
        "iat": NAA_S, "exp": NAA_S + 120, "jti": null,
    });
    assert_eq!(token, ventet);
    let hode = svar.access_token.split('.').next().unwrap();
    let hode = les_objekt(&URL_SAFE_NO_PAD.decode(hode).unwrap()).unwrap();
    assert_eq!(hode.keys().collect::<Vec<_>>(), ["kid", "alg"]);
}

#[test]
fn every_algorithm_of_the_metadata_is_taken_for_a_key_not_bound_to_one() {
    let oppsett = oppsett();
    let mut jwk = NOEKKEL.offentlig().til_jwk();
    jwk["kid"] = json!("fri");
    jwk.as_object_mut().unwrap().shift_remove("alg");
    let fri = tilgang::token::Offentlignoekkel::fra_klient(jwk.to_string().as_bytes()).unwrap();
    oppsett
        .register
        .legg_til_noekkel("klient", &fri, "prøve", tid(NAA_S))
        .unwrap();
    let der = NOEKKEL.til_pkcs8().unwrap();
    for (i, algoritme) in Algoritme::MASKINPORTEN.into_iter().enumerate() {
        let noekkel = Signeringsnoekkel::fra_pkcs8(der.as_ref(), Some("fri"))
            .unwrap()
            .med_algoritme(algoritme);
        let mut krav = krav();
        krav["jti"] = json!(i.to_string());
        assert!(
            oppsett.be(&noekkel.signer(&krav).unwrap(), NAA_S).is_ok(),
            "{algoritme:?}"
        );
    }
}

#[test]
fn mp_011_what_is_not_a_grant() {
    let oppsett = oppsett();
    for paastand in ["", "a", "a.b.c", "e30.e30.e30", &"x".repeat(17 * 1024)] {
        assert_eq!(oppsett.be(paastand, NAA_S).unwrap_err().mp_kode(), Some("MP-011"));
    }
    for felt in ["iss", "iat", "exp", "scope"] {
        check(uten(felt), "MP-011");
        check(med(felt, json!(["x"])), "MP-011");
        check(med(felt, json!(null)), "MP-011");
    }
    check(med("exp", json!(NAA_S + 121)), "MP-011");
    check(med("iat", json!(NAA_S.to_string())), "MP-011");
    check(med("exp", json!(1.77e9)), "MP-011");
    check(med("scope", json!("a  b")), "MP-011");
    check(med("jti", json!("")), "MP-011");
    check(med("jti", json!("x".repeat(257))), "MP-011");
    check(med("resource", json!("https://api.example")), "MP-011");
    check(med("resource", json!([])), "MP-011");
    check(med("resource", json!([1])), "MP-011");
    check(med("pid", json!("12345678901")), "MP-011");
    check(med("consumer_org", json!("310000001")), "MP-011");
    check(med("iss_onbehalfof", json!("310000019")), "MP-011");
}

#[test]
fn mp_011_a_claim_given_twice() {
    let krav = krav().to_string();
    let dobbelt = format!("{},\"scope\":\"{FINANS}\"}}", krav.strip_suffix('}').unwrap());
    let hode = json!({"alg": "RS256", "kid": NOEKKEL.kid()}).to_string();
    let usignert = format!(
        "{}.{}.AAAA",
        URL_SAFE_NO_PAD.encode(hode),
        URL_SAFE_NO_PAD.encode(dobbelt)
    );
    assert_eq!(oppsett().be(&usignert, NAA_S).unwrap_err().mp_kode(), Some("MP-011"));
}

#[test]
fn mp_012_a_grant_is_used_once() {
    let oppsett = oppsett();
    let paastand = NOEKKEL.signer(&krav()).unwrap();
    assert!(oppsett.be(&paastand, NAA_S).is_ok());
    for naa in [NAA_S, NAA_S + 1, NAA_S + 10] {
        assert_eq!(oppsett.be(&paastand, naa).unwrap_err(), Avslag::Brukt);
    }
    // The same jti in another grant, and a grant without jti.
    assert_eq!(
        oppsett.be_med(med("exp", json!(NAA_S + 60))).unwrap_err(),
        Avslag::Brukt
    );
    assert!(oppsett.be_med(uten("jti")).is_ok());
    assert_eq!(oppsett.be_med(uten("jti")).unwrap_err(), Avslag::Brukt);
    assert!(oppsett.be_med(med("jti", json!("to"))).is_ok());
}

#[test]
fn mp_012_of_many_at_once_one_wins() {
    let oppsett = oppsett();
    let paastand = NOEKKEL.signer(&krav()).unwrap();
    let vinnere: usize = std::thread::scope(|omfang| {
        let traader: Vec<_> = (0..8)
            .map(|_| omfang.spawn(|| oppsett.be(&paastand, NAA_S).is_ok()))
            .collect();
        traader
            .into_iter()
            .map(|traad| usize::from(traad.join().unwrap()))
            .sum()
    });
    assert_eq!(vinnere, 1);
}

#[test]
fn mp_100_unknown_client_or_not_its_key() {
    check(med("iss", json!("ukjent")), "MP-100");
    check(med("iss", json!("annen")), "MP-100");
    let oppsett = oppsett();
    assert_eq!(
        oppsett.be(&ANNEN.signer(&krav()).unwrap(), NAA_S).unwrap_err(),
        Avslag::Klient
    );
    oppsett.register.avslutt_klient("klient", "prøve", tid(NAA_S)).unwrap();
    assert_eq!(oppsett.be_med(|_| {}).unwrap_err(), Avslag::Klient);
}

#[test]
fn mp_110_aud_is_exactly_the_issuer() {
    for aud in [
        json!("http://127.0.0.1:1/maskinporten"),
        json!(format!("{ISS}token")),
        json!("https://maskinporten.no/"),
        json!([ISS, "https://annen.example/"]),
        json!([]),
        json!(null),
    ] {
        check(med("aud", aud), "MP-110");
    }
    check(uten("aud"), "MP-110");
    assert!(oppsett().be_med(med("aud", json!([ISS]))).is_ok());
}

#[test]
fn mp_120_and_123_certificates_are_refused_with_a_word_on_it() {
    let oppsett = oppsett();
    for (hode, ventet) in [
        (json!({"alg": "RS256", "x5c": ["MIIB"]}), "MP-120"),
        (json!({"alg": "RS256", "x5c": "MIIB"}), "MP-123"),
        (json!({"alg": "RS256", "x5c": [1]}), "MP-123"),
        (json!({"alg": "RS256", "x5c": ["MIIB"], "kid": "k"}), "MP-011"),
        (json!({"alg": "RS256"}), "MP-011"),
        (json!({"alg": "HS256", "kid": "k"}), "MP-011"),
        (json!({"alg": "none", "kid": "k"}), "MP-011"),
        (json!({"alg": "RS256", "kid": "k", "jwk": {}}), "MP-011"),
    ] {
        let deler = [hode.to_string(), krav().to_string(), "x".to_owned()];
        let paastand = deler.map(|del| URL_SAFE_NO_PAD.encode(del)).join(".");
        assert_eq!(
            oppsett.be(&paastand, NAA_S).unwrap_err().mp_kode(),
            Some(ventet),
            "{hode}"
        );
    }
}

#[test]
fn mp_121_a_registered_key_expires_after_a_year() {
    let oppsett = oppsett();
    let utloep = NAA_S - 3600 + KLIENTNOEKKEL_LEVETID_S;
    let mut krav = krav();
    (krav["iat"], krav["exp"]) = (json!(utloep), json!(utloep + 60));
    assert_eq!(
        oppsett.be(&NOEKKEL.signer(&krav).unwrap(), utloep).unwrap_err(),
        Avslag::NoekkelUtloept
    );
    // A moment before, the key is good, and what is missing is the grant.
    assert_eq!(
        oppsett.be(&NOEKKEL.signer(&krav).unwrap(), utloep - 1).unwrap_err(),
        Avslag::IngenAvtale
    );
}

#[test]
fn mp_124_wrong_signature() {
    let oppsett = oppsett();
    let der = ANNEN.til_pkcs8().unwrap();
    let tyv = Signeringsnoekkel::fra_pkcs8(der.as_ref(), Some(NOEKKEL.kid())).unwrap();
    assert_eq!(
        oppsett.be(&tyv.signer(&krav()).unwrap(), NAA_S).unwrap_err(),
        Avslag::Signatur
    );
    // The key is registered for RS256 only.
    let der = NOEKKEL.til_pkcs8().unwrap();
    let rs512 = Signeringsnoekkel::fra_pkcs8(der.as_ref(), None)
        .unwrap()
        .med_algoritme(Algoritme::Rs512);
    assert_eq!(
        oppsett.be(&rs512.signer(&krav()).unwrap(), NAA_S).unwrap_err(),
        Avslag::Signatur
    );
}

#[test]
fn mp_130_and_iat_ten_seconds_to_either_side() {
    let paastand = NOEKKEL.signer(&krav()).unwrap();
    for (naa, ventet) in [
        (NAA_S - 11, Err(Avslag::UtstedtIFramtiden)),
        (NAA_S - 10, Ok(())),
        (NAA_S + 10, Ok(())),
        (NAA_S + 11, Err(Avslag::Utloept)),
        (NAA_S + 1000, Err(Avslag::Utloept)),
    ] {
        assert_eq!(oppsett().be(&paastand, naa).map(drop), ventet, "{}", naa - NAA_S);
    }
    check(med("exp", json!(NAA_S)), "MP-130");
    check(med("exp", json!(NAA_S - 1)), "MP-130");
    assert_eq!(Avslag::UtstedtIFramtiden.mp_kode(), None);
    assert_eq!(Avslag::UtstedtIFramtiden.feilkode(), "invalid_grant");
}

#[test]
fn mp_200_a_scope_that_is_not_the_clients() {
    check(med("scope", json!("folkeregister:deling/presse")), "MP-200");
    check(
        med("scope", json!(format!("{MED_HJEMMEL} folkeregister:deling/presse"))),
        "MP-200",
    );
    check(med("scope", json!(format!("{MED_HJEMMEL}.segmentansvarlig"))), "MP-200");
    let oppsett = oppsett();
    oppsett
        .register
        .sett_scopes("klient", &BTreeSet::new(), "prøve", tid(NAA_S))
        .unwrap();
    assert_eq!(oppsett.be_med(|_| {}).unwrap_err(), Avslag::Scope);
}

#[test]
fn mp_250_no_token_without_a_valid_grant_for_every_scope() {
    check(med("scope", json!(FINANS)), "MP-250");
    check(med("scope", json!(format!("{MED_HJEMMEL} {FINANS}"))), "MP-250");
    let oppsett = oppsett();
    oppsett
        .register
        .trekk(oppsett.avtale, "prøve", "prøve", tid(NAA_S))
        .unwrap();
    assert_eq!(oppsett.be_med(|_| {}).unwrap_err(), Avslag::IngenAvtale);
    assert_eq!(
        (Avslag::IngenAvtale.status(), Avslag::IngenAvtale.feilkode()),
        (403, "invalid_grant")
    );
}

#[test]
fn mp_251_a_supplier_needs_the_consumers_grant_and_its_delegation() {
    let delegering = |scope: &str| Delegering {
        konsument: org("310000000"),
        leverandoer: org("310000019"),
        scope: scope.to_owned(),
    };
    let be = |oppsett: &Oppsett, scope: &str, konsument: &str| {
        let mut krav = krav();
        (krav["iss"], krav["scope"], krav["consumer_org"]) = (json!("annen"), json!(scope), json!(konsument));
        oppsett.be(&ANNEN.signer(&krav).unwrap(), NAA_S)
    };
    assert_eq!(
        be(&oppsett(), MED_HJEMMEL, "310000000").unwrap_err(),
        Avslag::IkkeDelegert
    );
    let oppsett = oppsett_med(|innstillinger| {
        innstillinger.delegeringer = [delegering(MED_HJEMMEL), delegering(FINANS)].into();
    });
    let svar = be(&oppsett, MED_HJEMMEL, "310000000").unwrap();
    let token = oppsett.les(&svar);
    assert_eq!(token["consumer"]["ID"], "0192:310000000");
    assert_eq!(
        token["supplier"],
        json!({"authority": "iso6523-actorid-upis", "ID": "0192:310000019"})
    );
    assert_eq!(token["delegation_source"], DELEGERINGSKILDE);
    assert_eq!(
        (&token["client_orgno"], &token["client_id"]),
        (&json!("310000019"), &json!("annen"))
    );
    // A delegation does not replace the consumer's own grant.
    assert_eq!(be(&oppsett, FINANS, "310000000").unwrap_err(), Avslag::IngenAvtale);
    assert_eq!(be(&oppsett, MED_HJEMMEL, "310000027").unwrap_err(), Avslag::IngenAvtale);
    assert_eq!(
        be(&oppsett, MED_HJEMMEL, "310000019").unwrap_err(),
        Avslag::EgenKonsument
    );
}

#[test]
fn mp_301_and_303_authorization_details() {
    check(
        med("authorization_details", json!([{"type": "urn:altinn:systemuser"}])),
        "MP-301",
    );
    for verdi in [
        json!([]),
        json!({}),
        json!("x"),
        json!([{}]),
        json!([{"type": 1}]),
        json!(null),
    ] {
        check(med("authorization_details", verdi), "MP-303");
    }
}

#[test]
fn resource_becomes_aud_and_pid_is_carried() {
    let oppsett = oppsett();
    let svar = oppsett.be_med(med("resource", json!(["https://api.example"]))).unwrap();
    assert_eq!(oppsett.les(&svar)["aud"], "https://api.example");
    let svar = oppsett.be_med(|krav| {
        krav["jti"] = json!("to");
        krav["resource"] = json!(["https://a.example", "https://b.example"]);
        krav["pid"] = json!("12859012335");
    });
    let token = oppsett.les(&svar.unwrap());
    assert_eq!(token["aud"], json!(["https://a.example", "https://b.example"]));
    assert_eq!(token["pid"], "12859012335");
}

#[test]
fn a_form_that_is_not_one_is_refused() {
    let oppsett = oppsett();
    let godt = skjema(&NOEKKEL.signer(&krav()).unwrap());
    let be = |type_: Option<&str>, kropp: &str| oppsett.utsteder.token(type_, kropp.as_bytes(), tid(NAA_S));
    for type_ in [None, Some("application/json"), Some("text/plain"), Some("")] {
        assert_eq!(be(type_, &godt).unwrap_err().feilkode(), "invalid_request");
    }
    assert_eq!(be(Some(SKJEMATYPE), "").unwrap_err().feilkode(), "invalid_request");
    assert_eq!(
        be(Some(SKJEMATYPE), "grant_type=client_credentials").unwrap_err(),
        Avslag::Granttype
    );
    let uten_paastand = format!("grant_type={}", GRANTTYPE.replace(':', "%3A"));
    assert_eq!(
        be(Some(SKJEMATYPE), &uten_paastand).unwrap_err().feilkode(),
        "invalid_request"
    );
    assert_eq!(
        be(Some(SKJEMATYPE), &format!("{godt}&assertion=x"))
            .unwrap_err()
            .feilkode(),
        "invalid_request"
    );
    assert_eq!(
        be(Some(SKJEMATYPE), "%%%=&&==").unwrap_err().feilkode(),
        "invalid_request"
    );
    assert!(
        be(
            Some("Application/X-WWW-Form-Urlencoded; charset=utf-8"),
            &format!("{godt}&ukjent=1")
        )
        .is_ok()
    );
}

#[test]
fn our_own_commands_get_their_tokens_by_the_same_way() {
    let oppsett = oppsett();
    let svar = oppsett
        .utsteder
        .be_om_token(&NOEKKEL, "klient", MED_HJEMMEL, None, tid(NAA_S))
        .unwrap();
    assert_eq!(oppsett.les(&svar)["scope"], MED_HJEMMEL);
    // Twice in the same second, since each grant has its own jti.
    assert!(
        oppsett
            .utsteder
            .be_om_token(&NOEKKEL, "klient", MED_HJEMMEL, None, tid(NAA_S))
            .is_ok()
    );
    for (noekkel, klient, scope, ventet) in [
        (&*NOEKKEL, "klient", FINANS, Avslag::IngenAvtale),
        (&*NOEKKEL, "ukjent", MED_HJEMMEL, Avslag::Klient),
        (&*ANNEN, "klient", MED_HJEMMEL, Avslag::Klient),
    ] {
        let svar = oppsett.utsteder.be_om_token(noekkel, klient, scope, None, tid(NAA_S));
        assert!(matches!(svar, Err(Feil::Avslag(avslag)) if avslag == ventet));
    }
}

#[test]
fn rotation_changes_the_signing_key_and_keeps_the_former_one_published() {
    let oppsett = oppsett();
    let foer = oppsett
        .utsteder
        .be_om_token(&NOEKKEL, "klient", MED_HJEMMEL, None, tid(NAA_S))
        .unwrap();
    oppsett.utsteder.roter(tid(NAA_S)).unwrap();
    let etter = oppsett
        .utsteder
        .be_om_token(&NOEKKEL, "klient", MED_HJEMMEL, None, tid(NAA_S))
        .unwrap();
    let kid = |svar: &Tokensvar| Kompakt::les(&svar.access_token, &[]).unwrap().kid.unwrap();
    assert_ne!(kid(&foer), kid(&etter));
    oppsett.les(&foer);
    oppsett.les(&etter);
    let senere = oppsett.utsteder.jwks(tid(NAA_S + 130));
    assert_eq!(senere["keys"].as_array().unwrap().len(), 1);
    assert_eq!(senere["keys"][0]["kid"], json!(kid(&etter)));
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let mappe = tempfile::tempdir().unwrap();
    let register = Arc::new(Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap());
    let aapne = |innstillinger| {
        Utsteder::aapne(
            innstillinger,
            &mappe.path().join("n"),
            Arc::clone(&register),
            tid(NAA_S),
        )
        .map(drop)
    };
    for utsteder in [
        "",
        "maskinporten",
        "https://maskinporten.no",
        "ftp://a/",
        "https://a b/",
    ] {
        assert!(
            matches!(aapne(Innstillinger::new(utsteder)), Err(Feil::Utsteder)),
            "{utsteder}"
        );
    }
    for token_levetid_s in [0, -1, 3601] {
        let innstillinger = Innstillinger {
            token_levetid_s,
            ..Innstillinger::new(ISS)
        };
        assert!(matches!(aapne(innstillinger), Err(Feil::Levetid)));
    }
}

#[test]
fn nothing_that_is_shown_holds_a_token_or_a_key() {
    let oppsett = oppsett();
    let svar = oppsett.be_med(|_| {}).unwrap();
    assert_eq!(
        format!("{svar:?}"),
        format!("Tokensvar {{ expires_in: 120, scope: {MED_HJEMMEL:?}, .. }}")
    );
    let vist = format!("{:?} {:?}", oppsett.utsteder, *NOEKKEL);
    assert!(vist.len() < 300, "{vist}");
}

fn skjemaer() -> Vec<Vec<u8>> {
    vec![
        skjema(&NOEKKEL.signer(&krav()).unwrap()).into(),
        krav().to_string().into(),
    ]
}

/// A form with anything in it, and a grant with any claims under a real signature: a token, or a refusal.
fn proev_skjema(byte: &[u8]) {
    thread_local! {
        static OPPSETT: Oppsett = oppsett();
    }
    OPPSETT.with(|oppsett| {
        if let Err(avslag) = oppsett.utsteder.token(Some(SKJEMATYPE), byte, tid(NAA_S)) {
            let _ = avslag.kropp().to_string();
        }
        let Ok(Value::Object(krav)) = serde_json::from_slice::<Value>(byte) else {
            return;
        };
        if krav.len() > 40 || byte.len() > 4_000 {
            return;
        }
        let scope = krav.get("scope").cloned();
        if oppsett
            .be(&NOEKKEL.signer(&Value::Object(krav)).unwrap(), NAA_S)
            .is_ok()
        {
            assert_eq!(scope, Some(json!(MED_HJEMMEL)), "no token for more than the grant");
        }
    });
}

const ORD: &[&str] = &[
    "grant_type=",
    "assertion=",
    "urn%3Aietf%3Aparams",
    "\"scope\":",
    "\"aud\":",
    "\"iat\":1770000000",
    "\"consumer_org\":\"310000019\"",
    "\"resource\":[]",
    "\"pid\":",
    "\"jti\":\"to\"",
];

fuzz::maal!(
    paalitelighet_15_fuzz_tokenforespoersel,
    1_200,
    ORD,
    skjemaer,
    proev_skjema
);
#[test]
fn who_is_blocked_gets_no_token_and_is_told_no_more_than_that() {
    use tilgang::avtale::Sperret;
    let oppsett = oppsett();
    let nytt = |jti: &'static str| oppsett.be_med(|krav| krav["jti"] = json!(jti));
    for (nr, hvem) in [
        Sperret::Klient("klient".to_owned()),
        Sperret::Organisasjon(org("310000000")),
    ]
    .into_iter()
    .enumerate()
    {
        nytt(["a", "b"][nr]).unwrap();
        oppsett
            .register
            .sperr(&hvem, "hemmelig grunn", "prøve", tid(NAA_S))
            .unwrap();
        assert_eq!(nytt(["c", "d"][nr]).unwrap_err(), Avslag::Sperret);
        oppsett
            .register
            .opphev_sperre(&hvem, "over", "prøve", tid(NAA_S))
            .unwrap();
        nytt(["c", "d"][nr]).unwrap();
    }
    assert_eq!(
        (Avslag::Sperret.status(), Avslag::Sperret.feilkode()),
        (403, "unauthorized_client")
    );
    assert_eq!(Avslag::Sperret.beskrivelse(), "The client or its consumer is blocked");
}
