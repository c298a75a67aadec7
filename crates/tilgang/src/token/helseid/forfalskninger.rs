//! Forged calls: the lists of attacks on access tokens (RFC 8725; OWASP ASVS 5, V9) and on DPoP (RFC 9449), each line tried in
//! several spellings. Numbers 01 to 20 are those of the list on tokens in `angrep_hode_test.rs` and `angrep_krav_test.rs`.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::tilfeller::{
    ANNEN_BEVISNOEKKEL, AUTORITET, BEVISNOEKKEL, EC_UTSTEDER, OFFENTLIG, STI, Steg, Tilfelle, Utkast, uten,
};
use super::*;
use crate::token::testverktoey::{NAA_S, noekkel_a, noekkel_b};
use crate::token::{Algoritme, Kurve, Signeringsnoekkel};

fn kod(del: &(impl ToString + ?Sized)) -> String {
    URL_SAFE_NO_PAD.encode(del.to_string())
}

/// A bound call whose token is something else.
fn token(navn: impl Into<String>, token: impl Into<String>) -> Tilfelle {
    Utkast::bundet()
        .med(|u| u.token = Some(token.into()))
        .faller(navn, Steg::Token)
}

fn hode(navn: impl Into<String>, endring: impl FnOnce(&mut Value)) -> Tilfelle {
    Utkast::bundet()
        .med(|u| endring(&mut u.tokenhode))
        .faller(navn, Steg::Token)
}

fn krav(navn: impl Into<String>, endring: impl FnOnce(&mut Value)) -> Tilfelle {
    Utkast::bundet()
        .med(|u| endring(&mut u.tokenkrav))
        .faller(navn, Steg::Token)
}

fn bevis(navn: impl Into<String>, endring: impl FnOnce(&mut Utkast)) -> Tilfelle {
    Utkast::bundet().med(endring).faller(navn, Steg::Bevis)
}

fn beviskrav(felt: &str, verdi: Value) -> Tilfelle {
    let navn = format!("proof {felt} {verdi}");
    bevis(navn, |u| u.beviskrav[felt] = verdi)
}

fn bevishode(felt: &str, verdi: Value) -> Tilfelle {
    let navn = format!("proof header {felt} {verdi}")
        .chars()
        .take(80)
        .collect::<String>();
    bevis(navn, |u| u.bevishode[felt] = verdi)
}

fn jwk(felt: &str, verdi: Value) -> Tilfelle {
    let navn = format!("proof jwk {felt}");
    bevis(navn, |u| u.bevishode["jwk"][felt] = verdi)
}

pub(super) fn forfalskninger() -> Vec<Tilfelle> {
    let mut ut = token_hode();
    ut.extend(token_krav());
    ut.extend(dpop_form());
    ut.extend(dpop_krav());
    ut.extend(framvisning());
    ut
}

fn token_hode() -> Vec<Tilfelle> {
    let mut ut = Vec::new();
    let god = Utkast::bundet();
    let nyttelast = kod(&god.tokenkrav);
    for alg in ["none", "None", "nOnE", "NONE", ""] {
        ut.push(hode(format!("01 alg {alg}, signed"), |hode| hode["alg"] = json!(alg)));
        let usignert = format!(
            "{}.{nyttelast}.",
            kod(&json!({"alg": alg, "typ": "at+jwt", "kid": noekkel_a().kid()}))
        );
        ut.push(token(format!("01 alg {alg}, unsigned"), usignert));
    }
    let offentlig = noekkel_a().offentlig().til_jwk();
    let n = URL_SAFE_NO_PAD.decode(offentlig["n"].as_str().unwrap()).unwrap();
    for (alg, metode) in [
        ("HS256", hmac::HMAC_SHA256),
        ("HS384", hmac::HMAC_SHA384),
        ("HS512", hmac::HMAC_SHA512),
    ] {
        for hemmelighet in [n.clone(), offentlig.to_string().into_bytes()] {
            let hode = json!({"alg": alg, "typ": "at+jwt", "kid": noekkel_a().kid()});
            let signert = format!("{}.{nyttelast}", kod(&hode));
            let merke = hmac::sign(&hmac::Key::new(metode, &hemmelighet), signert.as_bytes());
            ut.push(token(
                format!("02 {alg}"),
                format!("{signert}.{}", URL_SAFE_NO_PAD.encode(merke)),
            ));
        }
    }
    let der = noekkel_a().til_pkcs8().unwrap();
    for alg in [Algoritme::Rs384, Algoritme::Rs512, Algoritme::Ps256, Algoritme::Ps512] {
        let noekkel = Signeringsnoekkel::fra_pkcs8(der.as_ref(), None)
            .unwrap()
            .med_algoritme(alg);
        ut.push(token(
            format!("03 {} by a key for RS256", alg.navn()),
            noekkel.signer_som("at+jwt", &god.tokenkrav).unwrap(),
        ));
    }
    ut.push(hode("03 ES256 by an RSA key", |hode| hode["alg"] = json!("ES256")));
    ut.push(hode("03 RS256 by a key on a curve", |hode| {
        hode["kid"] = json!(EC_UTSTEDER.kid())
    }));
    for kid in [
        json!("../../../etc/passwd"),
        json!("' OR 1=1 --"),
        json!("a\u{0}b"),
        json!("k".repeat(6_000)),
        json!("ukjent"),
        json!(7),
        json!(null),
        json!(["x"]),
        json!(""),
    ] {
        ut.push(hode("04 kid", |hode| hode["kid"] = kid));
    }
    ut.push(hode("04 no kid", |hode| uten(hode, "kid")));
    ut.push(
        Utkast::bundet()
            .med(|u| u.utsteder = noekkel_b())
            .faller("04 another's key under the name", Steg::Token),
    );
    for (felt, verdi) in [
        ("jku", json!("https://angriper.example/jwk")),
        ("x5u", json!("https://angriper.example/x")),
        ("jwk", noekkel_b().offentlig().til_bevis()),
        ("x5c", json!(["MIIB"])),
    ] {
        ut.push(hode(format!("05 {felt}"), |hode| hode[felt] = verdi));
    }
    for crit in [json!(["exp"]), json!(["ukjent"]), json!([])] {
        ut.push(hode("06 crit", |hode| hode["crit"] = crit));
    }
    // 07: the issuer has a key on a curve.
    let ec = json!({"alg": "ES256", "typ": "at+jwt", "kid": EC_UTSTEDER.kid()});
    let ekte = EC_UTSTEDER.forfalsk(&ec, &god.tokenkrav);
    let (signert, signatur) = ekte.rsplit_once('.').unwrap();
    let signatur = URL_SAFE_NO_PAD.decode(signatur).unwrap();
    for (navn, signatur) in falske_signaturer(&signatur) {
        ut.push(token(
            format!("07 {navn}"),
            format!("{signert}.{}", URL_SAFE_NO_PAD.encode(signatur)),
        ));
    }
    // 08: a set with weak keys has left them out; by their names nothing is found.
    ut.push(hode("08 weak key", |hode| hode["kid"] = json!("svak-1024")));
    ut.push(hode("09 b64", |hode| hode["b64"] = json!(false)));
    ut.push(hode("09 zip", |hode| hode["zip"] = json!("DEF")));
    ut.push(hode("09 cty", |hode| hode["cty"] = json!("JWT")));
    let godt = god.tokentekst();
    let deler: Vec<&str> = godt.split('.').collect();
    ut.push(token("09 detached", format!("{}..{}", deler[0], deler[2])));
    let som_json = json!({"protected": deler[0], "payload": deler[1], "signature": deler[2]});
    ut.push(token("09 as JSON", som_json.to_string()));
    ut.push(token(
        "09 nested",
        noekkel_a().forfalsk_raatt(&god.tokenhode.to_string(), &godt),
    ));
    ut.push(token(
        "09 JWE",
        format!("{}.YQ.YQ.YQ.YQ", kod(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#)),
    ));
    let kid = noekkel_a().kid();
    let dobbelt = format!(r#"{{"alg":"none","alg":"RS256","typ":"at+jwt","kid":"{kid}"}}"#);
    ut.push(token(
        "10 alg twice",
        noekkel_a().forfalsk_raatt(&dobbelt, &god.tokenkrav.to_string()),
    ));
    for ekstra in [
        r#","scope":"nhn:hgd-persontjenesten-api/full-access"}"#,
        r#","\u0065xp":9999999999}"#,
        r#","y":{"a":1,"a":2}}"#,
        r#","cnf":{}}"#,
    ] {
        let innhold = god.tokenkrav.to_string();
        let innhold = format!("{}{ekstra}", innhold.strip_suffix('}').unwrap());
        ut.push(token(
            format!("10 {ekstra}"),
            noekkel_a().forfalsk_raatt(&god.tokenhode.to_string(), &innhold),
        ));
    }
    for (navn, tekst) in omskrivninger(&godt) {
        ut.push(token(format!("18 {navn}"), tekst));
    }
    ut.push(krav("19 over 16 kB", |krav| {
        krav["fyll"] = json!("x".repeat(17 * 1024))
    }));
    ut.push(token("cut", &godt[..godt.len() / 2]));
    ut.push(token("no token", "x"));
    ut
}

fn token_krav() -> Vec<Tilfelle> {
    let mut ut = Vec::new();
    for felt in ["exp", "iss", "aud", "scope", "client_id"] {
        ut.push(krav(format!("no {felt}"), |krav| uten(krav, felt)));
        ut.push(krav(format!("{felt} null"), |krav| krav[felt] = json!(null)));
    }
    for exp in [
        json!((NAA_S + 120).to_string()),
        json!(1.76e9),
        json!(-1),
        json!(0),
        json!([NAA_S + 120]),
        json!(true),
        json!(NAA_S + 3601),
        json!(i64::MAX),
        json!(NAA_S),
        json!(NAA_S - 5),
        json!(NAA_S - 3600),
    ] {
        ut.push(krav(format!("11 exp {exp}"), |krav| krav["exp"] = exp));
    }
    for felt in ["nbf", "iat"] {
        for verdi in [
            json!(NAA_S + 6),
            json!(NAA_S + 86_400),
            json!("0"),
            json!(-1),
            json!(1.5),
        ] {
            ut.push(krav(format!("12 {felt} {verdi}"), |krav| krav[felt] = verdi));
        }
    }
    ut.push(krav("12 neither nbf nor iat", |krav| {
        uten(krav, "nbf");
        uten(krav, "iat");
    }));
    for iss in [
        "https://helseid.example/",
        "https://HELSEID.example",
        "http://helseid.example",
        "https://helseid-sts.test.nhn.no",
        "https://helseid.example.angriper.example",
        " https://helseid.example",
        "",
    ] {
        ut.push(krav(format!("13 iss {iss}"), |krav| krav["iss"] = json!(iss)));
    }
    for aud in [
        json!([MOTTAKER, "annen"]),
        json!(["annen", MOTTAKER]),
        json!([MOTTAKER, MOTTAKER]),
        json!([]),
        json!("nhn:hgd-persontjenesten-api2"),
        json!("nhn:hgd-persontjenesten"),
        json!("NHN:hgd-persontjenesten-api"),
        json!("nhn:hgd-persontjenesten-api/full-access"),
        json!("unspecified"),
        json!({"aud": MOTTAKER}),
    ] {
        ut.push(krav(format!("14 aud {aud}"), |krav| krav["aud"] = aud));
    }
    for typ in [
        json!("client-authentication+jwt"),
        json!("dpop+jwt"),
        json!("id_token+jwt"),
        json!("JOSE"),
        json!(""),
        json!(1),
        json!(null),
        json!(["JWT"]),
    ] {
        ut.push(hode(format!("15 typ {typ}"), |hode| hode["typ"] = typ));
    }
    ut.push(hode("15 no typ", |hode| uten(hode, "typ")));
    let id_token =
        json!({"iss": AUTORITET, "sub": "x", "aud": "klient-1", "iat": NAA_S, "exp": NAA_S + 120, "nonce": "n"});
    ut.push(token("15 ID token", noekkel_a().signer_som("JWT", &id_token).unwrap()));
    let paastand = Klientpaastand {
        klient_id: "klient-1".to_owned(),
        utsteder: AUTORITET.to_owned(),
        organisasjon: None,
    };
    let naa = super::tilfeller::naa();
    ut.push(token(
        "15 client assertion",
        paastand.signer(noekkel_b(), naa, "j").unwrap(),
    ));
    ut.push(token(
        "15 assertion by the issuer's key",
        paastand.signer(noekkel_a(), naa, "j").unwrap(),
    ));
    ut.push(token(
        "16 Maskinporten token",
        noekkel_b().signer(&crate::token::testverktoey::krav()).unwrap(),
    ));
    ut.push(token(
        "16 Maskinporten claims under our issuer's key",
        noekkel_a()
            .signer_som("JWT", &crate::token::testverktoey::krav())
            .unwrap(),
    ));
    for scope in [
        json!([]),
        json!(["a b"]),
        json!(["a", "a"]),
        json!([1]),
        json!([["a"]]),
        json!(""),
        json!(" a"),
        json!("a  b"),
        json!("a\tb"),
        json!({"a": 1}),
    ] {
        ut.push(krav(format!("20 scope {scope}"), |krav| krav["scope"] = scope));
    }
    for felt in [ORGNR_PARENT, ORGNR_CHILD, ORGNR_SUPPLIER] {
        for verdi in [
            json!("310000001"),
            json!("31000000"),
            json!(310_000_000),
            json!(""),
            json!(null),
        ] {
            ut.push(krav(format!("{felt} {verdi}"), |krav| krav[felt] = verdi));
        }
    }
    ut.push(krav("child without parent", |krav| uten(krav, ORGNR_PARENT)));
    for cnf in [
        json!(null),
        json!("x"),
        json!({}),
        json!({"jkt": ""}),
        json!({"jkt": 1}),
        json!({"jkt": "AAAA"}),
        json!({"jwk": {}}),
        json!({"x5t#S256": "x"}),
        json!({"jkt": format!("{}=", URL_SAFE_NO_PAD.encode(BEVISNOEKKEL.offentlig().avtrykk()))}),
        json!({"jkt": URL_SAFE_NO_PAD.encode(BEVISNOEKKEL.offentlig().avtrykk()), "x5t#S256": "x"}),
    ] {
        ut.push(krav(format!("cnf {cnf}"), |krav| krav["cnf"] = cnf));
    }
    ut
}

fn dpop_form() -> Vec<Tilfelle> {
    let mut ut = Vec::new();
    for antall in [0, 2, 3] {
        ut.push(bevis(format!("{antall} DPoP headers"), |u| {
            let bevis = u.bevistekst(&u.tokentekst()).into_bytes();
            u.bevis = Some(vec![bevis; antall]);
        }));
    }
    let god = Utkast::bundet();
    let godt = god.bevistekst(&god.tokentekst());
    ut.push(bevis("two proofs in one header", |u| {
        u.bevis = Some(vec![format!("{godt},{godt}").into_bytes()]);
    }));
    for raa in ["", ".", "..", "x", "a.b.c"] {
        ut.push(bevis(format!("proof {raa:?}"), |u| {
            u.bevis = Some(vec![raa.as_bytes().to_vec()])
        }));
    }
    ut.push(bevis("proof not UTF-8", |u| u.bevis = Some(vec![vec![0xff, 0xfe]])));
    ut.push(bevis("proof over 8 kB", |u| {
        u.beviskrav["fyll"] = json!("x".repeat(9 * 1024))
    }));
    for (navn, tekst) in omskrivninger(&godt) {
        ut.push(bevis(format!("proof {navn}"), |u| {
            u.bevis = Some(vec![tekst.into_bytes()])
        }));
    }
    for typ in [
        json!("JWT"),
        json!("at+jwt"),
        json!("dpop"),
        json!("dpop+jwt "),
        json!(1),
        json!(null),
    ] {
        ut.push(bevishode("typ", typ));
    }
    ut.push(bevis("proof without typ", |u| uten(&mut u.bevishode, "typ")));
    for alg in [
        "none", "None", "HS256", "EdDSA", "ES256K", "es256", "", "ES384", "ES512", "RS256", "PS256",
    ] {
        ut.push(bevishode("alg", json!(alg)));
    }
    ut.push(bevis("proof without alg", |u| uten(&mut u.bevishode, "alg")));
    ut.push(bevis("proof without jwk", |u| uten(&mut u.bevishode, "jwk")));
    for verdi in [
        json!(null),
        json!([]),
        json!("x"),
        json!({}),
        json!({"kty": "oct", "k": "AAAA"}),
        json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}),
        ANNEN_BEVISNOEKKEL.offentlig().til_bevis(),
        noekkel_a().offentlig().til_bevis(),
        json!({"kty": "RSA", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode([255; 128])}),
        json!({"kty": "RSA", "e": "Aw", "n": URL_SAFE_NO_PAD.encode([255; 256])}),
    ] {
        ut.push(bevishode("jwk", verdi));
    }
    for felt in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        ut.push(jwk(felt, json!("AQAB")));
    }
    for (felt, verdi) in [
        ("crv", json!("secp256k1")),
        ("crv", json!("P-384")),
        ("kty", json!("RSA")),
        ("x", json!(URL_SAFE_NO_PAD.encode([0; 32]))),
        ("x", json!(null)),
        ("y", json!(URL_SAFE_NO_PAD.encode([1; 33]))),
        ("use", json!("enc")),
        ("key_ops", json!(["sign"])),
        ("alg", json!("ES384")),
        ("alg", json!("none")),
    ] {
        ut.push(jwk(felt, verdi));
    }
    for (felt, verdi) in [
        ("jku", json!("https://angriper.example")),
        ("x5u", json!("https://angriper.example")),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["jwk"])),
        ("b64", json!(false)),
        ("kid", json!("a\u{0}")),
    ] {
        ut.push(bevishode(felt, verdi));
    }
    ut.push(bevis("key of another under our jwk", |u| {
        u.bevisnoekkel = &ANNEN_BEVISNOEKKEL
    }));
    ut.push(bevis("another's key and jwk", |u| {
        u.bevisnoekkel = &ANNEN_BEVISNOEKKEL;
        u.bevishode["jwk"] = ANNEN_BEVISNOEKKEL.offentlig().til_bevis();
    }));
    let (signert, signatur) = godt.rsplit_once('.').unwrap();
    for (navn, signatur) in falske_signaturer(&URL_SAFE_NO_PAD.decode(signatur).unwrap()) {
        let tekst = format!("{signert}.{}", URL_SAFE_NO_PAD.encode(signatur));
        ut.push(bevis(format!("proof {navn}"), |u| {
            u.bevis = Some(vec![tekst.into_bytes()])
        }));
    }
    let (hodet, _) = signert.split_once('.').unwrap();
    let andre = format!("{hodet}.{}.{signatur}", kod(&json!({"jti": "x", "htm": "GET"})));
    ut.push(bevis("signature of another proof", |u| {
        u.bevis = Some(vec![andre.into_bytes()])
    }));
    for raa in ["[]", "\"x\"", "1", "null", "{", r#"{"jti":"a","jti":"b"}"#] {
        let tekst = BEVISNOEKKEL.forfalsk_raatt(&god.bevishode.to_string(), raa);
        ut.push(bevis(format!("proof payload {raa}"), |u| {
            u.bevis = Some(vec![tekst.into_bytes()])
        }));
    }
    ut
}

fn dpop_krav() -> Vec<Tilfelle> {
    let mut ut = Vec::new();
    for felt in ["jti", "htm", "htu", "iat"] {
        ut.push(bevis(format!("proof without {felt}"), |u| uten(&mut u.beviskrav, felt)));
        ut.push(beviskrav(felt, json!(null)));
        ut.push(beviskrav(felt, json!([])));
    }
    for jti in [json!(""), json!(7), json!("x".repeat(257)), json!({"a": 1})] {
        ut.push(beviskrav("jti", jti));
    }
    for htm in ["get", "POST", "GET ", "", "Get", "HEAD", "*"] {
        ut.push(beviskrav("htm", json!(htm)));
    }
    for htu in [
        "http://person.example/api/v3/full-access/person/abc",
        "https://angriper.example/api/v3/full-access/person/abc",
        "https://person.example.angriper.example/api/v3/full-access/person/abc",
        "https://person.example:8443/api/v3/full-access/person/abc",
        "https://person.example@angriper.example/api/v3/full-access/person/abc",
        "https://bruker@person.example/api/v3/full-access/person/abc",
        "https://person.example/api/v3/full-access/person/abc/",
        "https://person.example/api/v3/full-access/person/ab",
        "https://person.example/api/v3/full-access/person/abcd",
        "https://person.example/api/v3/full-access/person/ABC",
        "https://person.example/api/v3/restricted-access/person/abc",
        "https://person.example/api/v3/full-access/./person/abc",
        "https://person.example/api/v3/x/../full-access/person/abc",
        "https://person.example/api/v3/x/%2e%2e/full-access/person/abc",
        "https://person.example//api/v3/full-access/person/abc",
        "https://person.example/api/v3/full-access%2Fperson/abc",
        "https://person.example/api/v3/full-access/person/abc%3Fx",
        "https://person.example\\api/v3/full-access/person/abc",
        "https://annet-navn.example:8443/api/v3/full-access/person/abc",
        "https://annet-navn.example/helse/api/v3/full-access/person/abc",
        "https://person.example",
        "https://person.example/",
        STI,
        "person.example/api/v3/full-access/person/abc",
        "",
        "x",
    ] {
        ut.push(beviskrav("htu", json!(htu)));
    }
    ut.push(bevis("proof for another path", |u| {
        u.sti = "/api/v3/full-access/person/annen".to_owned()
    }));
    ut.push(bevis("proof for GET, called with POST", |u| u.metode = "POST"));
    for iat in [
        json!(NAA_S - 16),
        json!(NAA_S - 3600),
        json!(NAA_S + 6),
        json!(NAA_S + 3600),
        json!(NAA_S * 1000),
        json!(0),
        json!(-1),
        json!(NAA_S.to_string()),
        json!(1.76e9),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
    ] {
        ut.push(beviskrav("iat", iat));
    }
    let avtrykk = crate::token::jwk::sha256(b"et annet token");
    let hex: String = avtrykk.iter().map(|b| format!("{b:02x}")).collect();
    for ath in [
        json!("UTEN"),
        json!(URL_SAFE_NO_PAD.encode(avtrykk)),
        json!(hex),
        json!(""),
        json!(1),
        json!(null),
        json!([]),
    ] {
        ut.push(beviskrav("ath", ath));
    }
    ut.push(bevis("ath with padding", |u| {
        let avtrykk = crate::token::jwk::sha256(u.tokentekst().as_bytes());
        u.beviskrav["ath"] = json!(format!("{}=", URL_SAFE_NO_PAD.encode(avtrykk)));
    }));
    ut.push(bevis("ath of half the hash", |u| {
        let avtrykk = crate::token::jwk::sha256(u.tokentekst().as_bytes());
        u.beviskrav["ath"] = json!(URL_SAFE_NO_PAD.encode(&avtrykk[..16]));
    }));
    ut.push(bevis("proof made for the token endpoint", |u| {
        u.metode = "POST";
        u.beviskrav["htm"] = json!("POST");
        u.beviskrav["htu"] = json!(format!("{AUTORITET}/connect/token"));
        u.beviskrav["nonce"] = json!("n");
        u.beviskrav["ath"] = json!("UTEN");
    }));
    ut
}

fn framvisning() -> Vec<Tilfelle> {
    let mut ut = Vec::new();
    let v2 = |u: &mut Utkast| {
        u.sti = "/api/legal-basis/event".to_owned();
        u.beviskrav["htu"] = json!(format!("{OFFENTLIG}/api/legal-basis/event"));
    };
    ut.push(
        Utkast::bundet()
            .med(|u| u.skjema = "Bearer")
            .faller("bound as bearer at v3", Steg::Binding),
    );
    ut.push(
        Utkast::bundet()
            .med(|u| {
                v2(u);
                u.skjema = "Bearer";
            })
            .faller("bound as bearer at v2, with its proof", Steg::Binding),
    );
    ut.push(
        Utkast::bundet()
            .med(|u| {
                v2(u);
                u.skjema = "Bearer";
                u.bevis = Some(Vec::new());
            })
            .faller("bound as bearer at v2, without a proof", Steg::Binding),
    );
    ut.push(
        Utkast::bundet()
            .med(|u| uten(&mut u.tokenkrav, "cnf"))
            .faller("unbound under DPoP", Steg::Binding),
    );
    ut.push(
        Utkast::bundet()
            .med(|u| {
                v2(u);
                uten(&mut u.tokenkrav, "cnf");
            })
            .faller("unbound under DPoP at v2", Steg::Binding),
    );
    ut.push(
        Utkast::ubundet()
            .med(|u| u.sti = STI.to_owned())
            .faller("bearer at v3", Steg::Binding),
    );
    for skjema in ["Basic", "DPoPx", "Bearer,", "Digest", "DPoP-Bearer"] {
        ut.push(
            Utkast::bundet()
                .med(|u| u.skjema = skjema)
                .faller(format!("scheme {skjema}"), Steg::Skjema),
        );
    }
    let med = |navn: &str, endring: &dyn Fn(&mut Tilfelle)| {
        let mut tilfelle = Utkast::bundet().faller(navn, Steg::Skjema);
        endring(&mut tilfelle);
        tilfelle
    };
    ut.push(med("no Authorization", &|t| t.authorization.clear()));
    ut.push(med("two Authorization", &|t| {
        t.authorization.push(t.authorization[0].clone())
    }));
    ut.push(med("two Authorization, the other a bearer", &|t| {
        t.authorization.push(b"Bearer x".to_vec())
    }));
    ut.push(med("token without scheme", &|t| {
        t.authorization[0].drain(..5).for_each(drop)
    }));
    ut.push(med("scheme without token", &|t| t.authorization[0].truncate(5)));
    ut.push(med("tab after scheme", &|t| t.authorization[0][4] = b'\t'));
    ut.push(med("Authorization not UTF-8", &|t| t.authorization[0].push(0xff)));
    // A key that is as good as any, but not the one that the token is bound to.
    let fremmed: &'static Signeringsnoekkel = &ANNEN_BEVISNOEKKEL;
    let mut stjaalet = Utkast::bundet_til(fremmed, Kurve::P256.algoritme());
    stjaalet.tokenkrav = Utkast::bundet().tokenkrav;
    ut.push(stjaalet.faller("stolen token, own proof", Steg::Bevis));
    ut
}

/// ECDSA signatures that are none: r and s of zero, of the order, too short, too long, in DER, of other lengths.
fn falske_signaturer(ekte: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let orden = STANDARD.decode("/////wAAAAD//////////7zm+q2nF56E87nKwvxjJVE=").unwrap();
    let (r, s) = ekte.split_at(32);
    let mut der = vec![0x30, 70, 2, 33, 0];
    der.extend(r);
    der.extend([2, 33, 0]);
    der.extend(s);
    let mut snudd = ekte.to_vec();
    snudd[40] ^= 1;
    vec![
        ("signature of zeros", vec![0; 64]),
        ("r of zero", [&[0; 32], s].concat()),
        ("s of zero", [r, &[0; 32]].concat()),
        ("r and s of the order", [orden.clone(), orden.clone()].concat()),
        ("signature in DER", der),
        ("short signature", ekte[..63].to_vec()),
        ("long signature", [ekte, &[0]].concat()),
        ("half a signature", r.to_vec()),
        ("flipped bit", snudd),
        ("r and s swapped", [s, r].concat()),
    ]
}

/// The same bytes in another spelling, and what stands around them.
fn omskrivninger(godt: &str) -> Vec<(&'static str, String)> {
    vec![
        ("padding", format!("{godt}=")),
        ("space after", format!("{godt} x")),
        ("no-break space", godt.replacen('.', "\u{a0}.", 1)),
        ("zero width", godt.replacen('.', "\u{200b}.", 1)),
        ("dot after", format!("{godt}.")),
        ("dots after", format!("{godt}..")),
        ("dot before", format!(".{godt}")),
        ("escape", godt.replacen('.', "%2E", 1)),
        ("standard alphabet", format!("{godt}+/")),
        ("quoted", format!("\"{godt}\"")),
    ]
}
