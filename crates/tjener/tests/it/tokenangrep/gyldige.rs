//! Tokens that are right, in every way in which they may differ: none of them may be refused.

use serde_json::{Map, Value, json};

use super::utsteder::{NOEKLER, Noekkel};

/// The claims of a good token, as Maskinporten's samples have them.
pub fn krav(utsteder: &str, scope: &str, naa: i64) -> Value {
    json!({
        "iss": utsteder, "client_id": "klient-1", "client_amr": "private_key_jwt",
        "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:310000000"},
        "scope": scope, "token_type": "Bearer", "aud": "unspecified", "exp": naa + 115, "iat": naa - 5,
        "jti": "jti-1", "client_orgno": "310000000",
    })
}

/// The header of a good token.
pub fn hode(noekkel: &Noekkel, alg: &str) -> String {
    json!({"kid": noekkel.kid, "alg": alg}).to_string()
}

/// A named value of `Authorization` that must be let in.
pub fn varianter(utsteder: &str, scope: &str, naa: i64) -> Vec<(String, String)> {
    let a = &NOEKLER.a;
    let grunn = krav(utsteder, scope, naa);
    let mut ut: Vec<(String, String)> = Vec::new();
    let mut med = |navn: String, token: String| ut.push((navn, format!("Bearer {token}")));
    let rs256 = hode(a, "RS256");

    // The order of members, in the payload and in the header.
    let medlemmer: Vec<(String, Value)> = grunn.as_object().unwrap().clone().into_iter().collect();
    for nr in 0..medlemmer.len() {
        let mut dreid = medlemmer.clone();
        dreid.rotate_left(nr);
        let dreid: Map<String, Value> = dreid.into_iter().collect();
        med(
            format!("rekkefølge {nr}"),
            a.signer(&rs256, Value::from(dreid).to_string()),
        );
    }
    let kid = &a.kid;
    for (nr, h) in [
        format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","typ":"JWT","kid":"{kid}"}}"#),
        format!(r#"{{"kid":"{kid}","typ":"JWT","alg":"RS256"}}"#),
        format!("{{\r\n\t\"kid\" : \"{kid}\" ,\r\n\t\"alg\" : \"RS256\"\r\n}}\n"),
        format!(r#"{{"\u006bid":"{kid}","\u0061lg":"RS\u003256"}}"#),
    ]
    .into_iter()
    .enumerate()
    {
        med(format!("hode {nr}"), a.signer(&h, grunn.to_string()));
    }

    // White space and escapes.
    let tett = grunn.to_string();
    for (navn, innhold) in [
        ("pen", serde_json::to_string_pretty(&grunn).unwrap()),
        ("blanke foran og bak", format!(" \t\r\n{tett}\n ")),
        ("blanke om kolon", tett.replace("\":", "\" : ")),
        ("linjeskift om komma", tett.replace(",\"", ",\r\n\"")),
        ("fluktnavn", tett.replacen("\"iss\"", "\"\\u0069ss\"", 1)),
        ("fluktskråstrek", tett.replace('/', "\\/")),
        ("fluktverdi", tett.replace("klient-1", "\\u006blient-1")),
    ] {
        med(navn.to_owned(), a.signer(&rs256, innhold));
    }

    for typ in ["JWT", "jwt", "Jwt", "at+jwt", "AT+JWT", "application/at+jwt"] {
        let h = json!({"typ": typ, "kid": kid, "alg": "RS256"}).to_string();
        med(format!("typ {typ}"), a.signer(&h, &tett));
    }
    for (navn, verdi) in [
        ("x5t", json!("YQ")),
        ("x5t#S256", json!("YQ")),
        ("nytt", json!({"a": [1]})),
        ("iat", json!(1)),
    ] {
        let h = json!({navn: verdi, "kid": kid, "alg": "RS256"}).to_string();
        med(format!("hodefelt {navn}"), a.signer(&h, &tett));
    }

    let mut endret = |navn: &str, felt: &[(&str, Value)]| {
        let mut krav = grunn.clone();
        for (felt, verdi) in felt {
            krav[*felt] = verdi.clone();
        }
        med(navn.to_owned(), a.signer(&rs256, krav.to_string()));
    };
    for (navn, verdi) in [
        ("tekst", json!("x")),
        ("objekt", json!({"a": {"b": [null, true, 1.5]}})),
        ("liste", json!([[[]]])),
        ("null", json!(null)),
        ("tall", json!(1e300)),
        ("bokstaver", json!("æøå \u{1F600} \u{0}")),
        ("langt", json!("x".repeat(8_000))),
        ("dypt", (0..60).fold(json!(1), |v, _| json!([v]))),
    ] {
        endret(&format!("ekstra {navn}"), &[("nytt_krav", verdi)]);
    }
    for (navn, felt) in [
        (
            "utløper straks",
            vec![("iat", json!(naa - 60)), ("exp", json!(naa + 1))],
        ),
        (
            "nettopp utløpt",
            vec![("iat", json!(naa - 60)), ("exp", json!(naa - 1))],
        ),
        (
            "utstedt litt fram",
            vec![("iat", json!(naa + 8)), ("exp", json!(naa + 100))],
        ),
        ("nbf litt fram", vec![("nbf", json!(naa + 8))]),
        ("nbf nå", vec![("nbf", json!(naa))]),
        ("nbf lenge siden", vec![("nbf", json!(1))]),
        (
            "en time",
            vec![("iat", json!(naa - 1_800)), ("exp", json!(naa + 1_800))],
        ),
        (
            "snart en time gammelt",
            vec![("iat", json!(naa - 3_500)), ("exp", json!(naa + 100))],
        ),
        ("et minutt", vec![("iat", json!(naa)), ("exp", json!(naa + 60))]),
        ("aud unspecified", vec![("aud", json!("unspecified"))]),
        ("to scope", vec![("scope", json!(format!("{scope} annet:scope")))]),
        ("scope sist", vec![("scope", json!(format!("a b c {scope}")))]),
        (
            "lengre scope ved siden av",
            vec![("scope", json!(format!("{scope}x {scope}")))],
        ),
        (
            "kortere scope ved siden av",
            vec![("scope", json!(format!("{} {scope}", &scope[..scope.len() - 1])))],
        ),
        ("bundet person", vec![("pid", json!("12859012335"))]),
        ("lang jti", vec![("jti", json!("j".repeat(256)))]),
        ("kort jti", vec![("jti", json!("."))]),
        (
            "uuid",
            vec![("client_id", json!("4bf92f35-77b3-4da6-a3ce-929d0e0e4736"))],
        ),
        ("lang client_id", vec![("client_id", json!("k".repeat(256)))]),
    ] {
        endret(navn, &felt);
    }
    let leverandoer = json!({"authority": "iso6523-actorid-upis", "ID": "0192:311000004"});
    for kilde in [
        "https://www.altinn.no/",
        "https://www.altinn.no",
        "https://tt02.altinn.no/",
        "https://tt02.altinn.no",
    ] {
        endret(
            kilde,
            &[("supplier", leverandoer.clone()), ("delegation_source", json!(kilde))],
        );
    }
    for felt in ["aud", "token_type", "client_amr", "client_orgno"] {
        let mut krav = grunn.clone();
        krav.as_object_mut().unwrap().shift_remove(felt);
        med(format!("uten {felt}"), a.signer(&rs256, krav.to_string()));
    }

    // Both keys while the issuer changes from one to the other, and those with a longer hash.
    for (noekkel, alg) in [
        (&NOEKLER.a, "RS256"),
        (&NOEKLER.b, "RS256"),
        (&NOEKLER.rs384, "RS384"),
        (&NOEKLER.rs512, "RS512"),
    ] {
        for nr in 0..4 {
            let mut krav = grunn.clone();
            krav["jti"] = json!(format!("{alg}-{nr}"));
            med(
                format!("nøkkel {} {nr}", noekkel.kid),
                noekkel.signer(&hode(noekkel, alg), krav.to_string()),
            );
        }
    }
    // The scheme is a word in any case, and then spaces.
    let token = a.signer(&rs256, &tett);
    for skjema in ["bearer ", "BEARER ", "BeArEr ", "Bearer  ", "Bearer      "] {
        ut.push((format!("skjema {skjema:?}"), format!("{skjema}{token}")));
    }
    ut
}
