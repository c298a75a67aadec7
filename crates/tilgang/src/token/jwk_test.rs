//! Keys as JWK: what is read, what is written, what is refused.

use serde_json::json;

use super::super::signering::Signeringsnoekkel;
use super::super::testverktoey::noekkel_a;
use super::*;

fn jwk() -> Map<String, Value> {
    noekkel_a().offentlig().til_jwk().as_object().unwrap().clone()
}

#[track_caller]
fn check(endring: impl FnOnce(&mut Map<String, Value>), ventet: Result<(), Jwkfeil>) {
    let mut jwk = jwk();
    endring(&mut jwk);
    assert_eq!(Offentlignoekkel::fra_utsteder(&jwk).map(|_| ()), ventet);
}

#[test]
fn a_key_survives_being_written_and_read() {
    let noekkel = noekkel_a().offentlig();
    assert_eq!(Offentlignoekkel::fra_utsteder(&jwk()).unwrap(), *noekkel);
    assert_eq!(
        Offentlignoekkel::fra_klient(noekkel.til_jwk().to_string().as_bytes()).unwrap(),
        *noekkel
    );
}

#[test]
fn an_issuers_key_must_be_for_signatures_and_bound_to_an_algorithm() {
    check(|_| {}, Ok(()));
    for bruk in [json!("enc"), json!("SIG"), json!(null), json!(["sig"])] {
        check(|jwk| drop(jwk.insert("use".into(), bruk)), Err(Jwkfeil::Bruk));
    }
    check(|jwk| drop(jwk.shift_remove("use")), Err(Jwkfeil::Bruk));
    check(
        |jwk| drop(jwk.insert("key_ops".into(), json!(["encrypt"]))),
        Err(Jwkfeil::Bruk),
    );
    check(|jwk| drop(jwk.insert("key_ops".into(), json!(["verify"]))), Ok(()));
    check(
        |jwk| drop(jwk.insert("alg".into(), json!("HS256"))),
        Err(Jwkfeil::Algoritme),
    );
    check(|jwk| drop(jwk.insert("alg".into(), json!("PS256"))), Ok(()));
    check(
        |jwk| drop(jwk.insert("alg".into(), json!("ES256"))),
        Err(Jwkfeil::Algoritme),
    );
    check(|jwk| drop(jwk.shift_remove("kid")), Err(Jwkfeil::Kid));
    check(
        |jwk| drop(jwk.insert("kty".into(), json!("oct"))),
        Err(Jwkfeil::Noekkeltype),
    );
    let mut uten_alg = jwk();
    uten_alg.shift_remove("alg");
    let lest = Offentlignoekkel::fra_utsteder(&uten_alg).unwrap();
    assert_eq!(lest.binding(), Algoritmebinding::En(Algoritme::Rs256));
}

#[test]
fn weak_and_malformed_numbers_are_refused() {
    let modulus = |biter: usize| {
        let mut n = vec![0xff_u8; biter.div_ceil(8)];
        n[0] = u8::try_from((1_u32 << (biter - (n.len() - 1) * 8)) - 1).unwrap();
        json!(URL_SAFE_NO_PAD.encode(n))
    };
    for (biter, ventet) in [
        (1024, Err(Jwkfeil::Lengde)),
        (2047, Err(Jwkfeil::Lengde)),
        (2048, Ok(())),
        (8192, Ok(())),
        (8193, Err(Jwkfeil::Lengde)),
    ] {
        check(|jwk| drop(jwk.insert("n".into(), modulus(biter))), ventet);
    }
    for n in [
        json!(""),
        json!("=="),
        json!(17),
        json!("AQ=="),
        json!(URL_SAFE_NO_PAD.encode([0, 255])),
    ] {
        check(|jwk| drop(jwk.insert("n".into(), n)), Err(Jwkfeil::Modulus));
    }
    check(
        |jwk| drop(jwk.insert("n".into(), json!(URL_SAFE_NO_PAD.encode([254_u8; 256])))),
        Err(Jwkfeil::Modulus),
    );
    for e in [json!("AQ"), json!("Aw"), json!(""), json!("AAEAAQ"), json!(65537)] {
        check(|jwk| drop(jwk.insert("e".into(), e)), Err(Jwkfeil::Eksponent));
    }
}

#[test]
fn a_private_key_handed_in_by_mistake_is_refused_with_a_word_on_it() {
    for felt in PRIVATE_FELT {
        check(
            |jwk| drop(jwk.insert(felt.into(), json!("AQAB"))),
            Err(Jwkfeil::PrivatDel),
        );
    }
}

#[test]
fn a_clients_key_is_named_by_its_thumbprint_when_it_has_no_kid() {
    let mut jwk = jwk();
    let kid = jwk.shift_remove("kid").unwrap();
    jwk.shift_remove("alg");
    jwk.shift_remove("use");
    let lest = Offentlignoekkel::fra_klient(Value::from(jwk).to_string().as_bytes()).unwrap();
    assert_eq!(lest.kid(), kid.as_str().unwrap());
    assert_eq!(lest.binding(), Algoritmebinding::Alle);
}

#[test]
fn the_thumbprint_is_that_of_the_rfc() {
    // RFC 7638 section 3.1, the example key and its printed thumbprint.
    let jwk = br#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256"}"#;
    let noekkel = Offentlignoekkel::fra_klient(jwk).unwrap();
    assert_eq!(noekkel.kid(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn a_key_on_a_curve_survives_being_written_and_read_and_has_one_algorithm() {
    for kurve in Kurve::ALLE {
        let noekkel = Signeringsnoekkel::generer_paa(kurve).unwrap();
        let offentlig = noekkel.offentlig();
        let jwk = offentlig.til_jwk();
        assert_eq!(
            Offentlignoekkel::fra_utsteder(jwk.as_object().unwrap()).unwrap(),
            *offentlig
        );
        assert_eq!(
            Offentlignoekkel::fra_klient(jwk.to_string().as_bytes()).unwrap(),
            *offentlig
        );
        let bevis = Offentlignoekkel::fra_bevis(offentlig.til_bevis().as_object().unwrap()).unwrap();
        assert_eq!(bevis.avtrykk(), offentlig.avtrykk());
        for alg in Algoritme::ALLE {
            assert_eq!(offentlig.binding().tillater(alg), alg == kurve.algoritme());
        }
    }
}

#[test]
fn points_that_are_none_and_curves_that_we_do_not_take_are_refused() {
    let godt = Signeringsnoekkel::generer_paa(Kurve::P256)
        .unwrap()
        .offentlig()
        .til_bevis();
    let check = |endring: &dyn Fn(&mut Value), ventet| {
        let mut jwk = godt.clone();
        endring(&mut jwk);
        assert_eq!(
            Offentlignoekkel::fra_bevis(jwk.as_object().unwrap()).map(drop),
            ventet,
            "{jwk}"
        );
    };
    check(&|_| {}, Ok(()));
    for crv in [
        json!("P-192"),
        json!("secp256k1"),
        json!("p-256"),
        json!(null),
        json!("Ed25519"),
    ] {
        check(&|jwk| jwk["crv"] = crv.clone(), Err(Jwkfeil::Kurve));
    }
    check(&|jwk| jwk["crv"] = json!("P-384"), Err(Jwkfeil::Punkt));
    let nuller = |antall: usize| json!(URL_SAFE_NO_PAD.encode(vec![0; antall]));
    for x in [nuller(32), nuller(31), nuller(33), json!(""), json!(1), json!("=")] {
        check(&|jwk| jwk["x"] = x.clone(), Err(Jwkfeil::Punkt));
    }
    check(&|jwk| jwk["y"] = jwk["x"].clone(), Err(Jwkfeil::Punkt));
    check(&|jwk| jwk["d"] = json!("AQAB"), Err(Jwkfeil::PrivatDel));
    check(&|jwk| jwk["alg"] = json!("ES384"), Err(Jwkfeil::Algoritme));
    check(&|jwk| jwk["kty"] = json!("OKP"), Err(Jwkfeil::Noekkeltype));
}

#[test]
fn debug_shows_no_numbers_of_the_key() {
    let jwk = jwk();
    let tekst = format!("{:?}", Offentlignoekkel::fra_utsteder(&jwk).unwrap());
    assert!(tekst.contains(noekkel_a().kid()) && !tekst.contains(jwk["n"].as_str().unwrap()));
    assert!(tekst.len() < 200, "{tekst}");
}
