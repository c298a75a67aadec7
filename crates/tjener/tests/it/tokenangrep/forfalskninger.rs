//! Tokens that are wrong, each in one way, and each signed for real where the attack needs a signature.
//!
//! The numbers are those of the list of attacks on access tokens that the project answers to: 1 to 10 the header and the
//! form, 11 to 20 the claims. 21 is the consumer, 22 the header field, 23 a change of one character.

use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};

use super::gyldige::{hode, krav};
use super::utsteder::{NOEKLER, SVAKT_TOKEN, b64, hmac};

/// What stands in every forged payload and header, and must not come back.
pub const MERKE: &str = "LEKKASJEPROEVE";

/// A forgery: its name, and the lines that stand for `Authorization`.
pub struct Forfalskning {
    pub navn: String,
    pub linjer: Vec<Vec<u8>>,
}

/// Collects forgeries.
struct Samling<'a> {
    ut: Vec<Forfalskning>,
    krav: Value,
    rs256: String,
    utsteder: &'a str,
}

impl Samling<'_> {
    fn token(&mut self, navn: impl Into<String>, token: impl AsRef<[u8]>) {
        self.linje(navn, [b"authorization: Bearer ", token.as_ref()].concat());
    }

    fn linje(&mut self, navn: impl Into<String>, linje: Vec<u8>) {
        self.linjer(navn, vec![linje]);
    }

    fn linjer(&mut self, navn: impl Into<String>, linjer: Vec<Vec<u8>>) {
        self.ut.push(Forfalskning {
            navn: navn.into(),
            linjer,
        });
    }

    /// A header of one's own over good claims, with a genuine signature by key A.
    fn hode(&mut self, navn: impl Into<String>, felt: Value) {
        let mut hode = json!({"alg": "RS256", "kid": NOEKLER.a.kid});
        for (navn, verdi) in felt.as_object().unwrap() {
            hode[navn] = verdi.clone();
        }
        let token = NOEKLER.a.signer(&hode.to_string(), self.krav.to_string());
        self.token(navn, token);
    }

    /// A change of the claims, with a genuine signature by key A.
    fn endret(&mut self, navn: impl Into<String>, felt: Value) {
        let mut krav = self.krav.clone();
        for (navn, verdi) in felt.as_object().unwrap() {
            krav[navn] = verdi.clone();
        }
        self.innhold(navn, krav.to_string());
    }

    fn uten(&mut self, felt: &str) {
        let mut krav = self.krav.clone();
        krav.as_object_mut().unwrap().shift_remove(felt);
        self.innhold(format!("uten {felt}"), krav.to_string());
    }

    fn innhold(&mut self, navn: impl Into<String>, innhold: impl AsRef<[u8]>) {
        let token = NOEKLER.a.signer(&self.rs256, innhold);
        self.token(navn, token);
    }
}

/// Every forgery, for a scope and at a time.
pub fn alle(utsteder: &str, scope: &str, naa: i64) -> Vec<Forfalskning> {
    let mut krav = krav(utsteder, scope, naa);
    krav["merke"] = json!(MERKE);
    let mut samling = Samling {
        ut: Vec::new(),
        krav,
        rs256: hode(&NOEKLER.a, "RS256"),
        utsteder,
    };
    algoritmer(&mut samling);
    noekler(&mut samling);
    former(&mut samling);
    tider(&mut samling, naa);
    tekster(&mut samling, scope, naa);
    parter(&mut samling);
    felt(&mut samling);
    endrede_tegn(&mut samling);
    samling.ut
}

fn algoritmer(s: &mut Samling<'_>) {
    let (a, innhold) = (&NOEKLER.a, s.krav.to_string());
    for alg in [
        json!("none"),
        json!("None"),
        json!("nOnE"),
        json!("NONE"),
        json!(""),
        json!(null),
        json!(["RS256"]),
        json!(0),
    ] {
        let hode = json!({"alg": alg, "kid": a.kid}).to_string();
        s.token(format!("01 alg {alg} med signatur"), a.signer(&hode, &innhold));
        s.token(
            format!("01 alg {alg} uten signatur"),
            format!("{}.{}.", b64(&hode), b64(&innhold)),
        );
        s.token(
            format!("01 alg {alg} med tull"),
            format!("{}.{}.YQ", b64(&hode), b64(&innhold)),
        );
    }
    s.token("01 uten alg", a.signer(&json!({"kid": a.kid}).to_string(), &innhold));
    let jwk = a.jwk(json!({"alg": "RS256"})).to_string();
    for alg in ["HS256", "HS384", "HS512"] {
        let hemmeligheter = [
            ("jwk", jwk.clone().into_bytes()),
            ("modulus", a.modulus()),
            ("modulus som tekst", b64(a.modulus()).into_bytes()),
            ("pem", a.pem().into_bytes()),
            ("pem uten linjeskift", a.pem().trim_end().as_bytes().to_vec()),
            ("tom", Vec::new()),
        ];
        for (navn, hemmelighet) in hemmeligheter {
            s.token(
                format!("02 {alg} med {navn}"),
                hmac(alg, &hemmelighet, &a.kid, &innhold),
            );
        }
        s.token(
            format!("02 {alg} med den publiserte hemmeligheten"),
            hmac(alg, b"hemmelig", "hemmelig", &innhold),
        );
    }
    for alg in [
        "RS384", "RS512", "PS256", "PS384", "PS512", "rs256", "RS256 ", "RS1", "RSA-OAEP", "ES256",
    ] {
        let hode = json!({"alg": alg, "kid": a.kid}).to_string();
        s.token(format!("03 {alg:?} med nøkkelen til RS256"), a.signer(&hode, &innhold));
    }
    for (noekkel, alg) in [
        (&NOEKLER.rs384, "RS256"),
        (&NOEKLER.rs384, "RS512"),
        (&NOEKLER.rs512, "RS256"),
        (&NOEKLER.b, "RS512"),
    ] {
        s.token(
            format!("03 {alg} med {}", noekkel.kid),
            noekkel.signer(&hode(noekkel, alg), &innhold),
        );
    }
    s.token(
        "03 hodet sier RS512, signaturen er RS256",
        a.signer_med(&RSA_PKCS1_SHA256, &hode(&NOEKLER.rs512, "RS512"), &innhold),
    );
}

fn noekler(s: &mut Samling<'_>) {
    let (a, fremmed, innhold) = (&NOEKLER.a, &NOEKLER.fremmed, s.krav.to_string());
    for kid in [
        json!("../../../../dev/null"),
        json!("/proc/self/environ"),
        json!("' OR 1=1 --"),
        json!("a-2026\u{0}"),
        json!("a-2026\n"),
        json!(""),
        json!("A-2026"),
        json!("a-2026 "),
        json!("k".repeat(128)),
        json!("k".repeat(8_000)),
        json!(7),
        json!(null),
        json!(["a-2026"]),
        json!({"a": 1}),
        json!("æ"),
        json!("http://127.0.0.1:1/"),
    ] {
        let navn: String = kid.to_string().chars().take(40).collect();
        s.hode(format!("04 kid {navn}"), json!({"kid": kid}));
    }
    s.token("04 uten kid", a.signer(r#"{"alg":"RS256"}"#, &innhold));
    s.token(
        "04 kid til b, signert av a",
        a.signer(&hode(&NOEKLER.b, "RS256"), &innhold),
    );
    s.token(
        "04 ukjent nøkkel under kjent kid",
        fremmed.signer(&s.rs256.clone(), &innhold),
    );
    let egen = fremmed.jwk(json!({"alg": "RS256"}));
    for (felt, verdi) in [
        ("jku", json!("http://127.0.0.1:1/jwk")),
        ("x5u", json!("http://127.0.0.1:1/x")),
        ("jwk", egen.clone()),
        ("x5c", json!(["MIIB"])),
        ("x5c", json!("MIIB")),
        ("x5c", json!([])),
        ("x5c", json!(null)),
    ] {
        let med = json!({"alg": "RS256", "kid": fremmed.kid, felt: verdi}).to_string();
        s.token(
            format!("05 {felt} {} med egen nøkkel", verdi.is_array()),
            fremmed.signer(&med, &innhold),
        );
        s.hode(
            format!("05 {felt} med utstederens nøkkel {verdi:.20}"),
            json!({felt: verdi}),
        );
    }
    for verdi in [
        json!(["exp"]),
        json!(["b64"]),
        json!(["ukjent"]),
        json!([]),
        json!("x"),
        json!(null),
    ] {
        s.hode(format!("06 crit {verdi}"), json!({"crit": verdi, "b64": true}));
        s.hode(format!("06 bare crit {verdi}"), json!({"crit": verdi}));
    }
    let kurve = r#"{"alg":"ES256","kid":"kurve"}"#;
    s.token("07 ekte ES256", NOEKLER.ec(kurve, &innhold));
    for (navn, signatur) in [
        ("nuller", vec![0; 64]),
        ("DER", vec![0x30, 6, 2, 1, 0, 2, 1, 0]),
        ("for kort", vec![1; 63]),
        ("for lang", vec![1; 65]),
        ("en byte", vec![1]),
    ] {
        for alg in ["ES256", "ES384", "ES512", "EdDSA"] {
            let hode = json!({"alg": alg, "kid": "kurve"}).to_string();
            s.token(
                format!("07 {alg} {navn}"),
                format!("{}.{}.{}", b64(hode), b64(&innhold), b64(&signatur)),
            );
        }
    }
    s.token("08 nøkkel på 1024 biter", SVAKT_TOKEN.trim_end());
    s.token(
        "08 nøkkel for kryptering",
        NOEKLER.kryptering.signer(&hode(&NOEKLER.kryptering, "RS256"), &innhold),
    );
    s.token(
        "08 nøkkel som ikke er publisert",
        fremmed.signer(&hode(fremmed, "RS256"), &innhold),
    );
}

fn former(s: &mut Samling<'_>) {
    let a = &NOEKLER.a;
    s.hode("09 b64 usann", json!({"b64": false}));
    s.hode("09 b64 sann", json!({"b64": true}));
    s.hode("09 cty", json!({"cty": "JWT"}));
    s.hode("09 zip", json!({"zip": "DEF"}));
    s.hode("09 enc", json!({"enc": "A256GCM"}));
    let godt = a.signer(&s.rs256, s.krav.to_string());
    let deler: Vec<&str> = godt.split('.').collect();
    let [h, p, sig] = [deler[0], deler[1], deler[2]];
    s.token("09 løsrevet", format!("{h}..{sig}"));
    s.token(
        "09 JSON",
        json!({"protected": h, "payload": p, "signature": sig}).to_string(),
    );
    s.token(
        "09 JSON med flere",
        json!({"payload": p, "signatures": [{"protected": h, "signature": sig}]}).to_string(),
    );
    s.innhold("09 nestet", &godt);
    s.token(
        "09 JWE",
        format!("{}.YQ.YQ.YQ.YQ", b64(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#)),
    );
    s.token("09 to deler", format!("{h}.{p}"));
    s.token("09 fire deler", format!("{godt}.YQ"));
    let kid = &a.kid;
    let innhold = s.krav.to_string();
    for (nr, hode) in [
        format!(r#"{{"alg":"none","alg":"RS256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","alg":"RS256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","kid":"x","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","kid":"{kid}","y":{{"a":1,"\u0061":2}}}}"#),
    ]
    .into_iter()
    .enumerate()
    {
        s.token(format!("10 gjentatt i hodet {nr}"), a.signer(&hode, &innhold));
    }
    let uten_slutt = innhold.strip_suffix('}').unwrap().to_owned();
    for ekstra in [
        r#""exp":9999999999"#,
        r#""\u0065xp":9999999999"#,
        r#""scope":"folkeregister:deling/finans""#,
        r#""iss":"x""#,
        r#""consumer":{"authority":"iso6523-actorid-upis","ID":"0192:311000004"}"#,
        r#""y":{"a":1,"a":2}"#,
        r#""y":[{"a":1,"\u0061":2}]"#,
    ] {
        s.innhold(
            format!("10 gjentatt i innholdet {ekstra:.24}"),
            format!("{uten_slutt},{ekstra}}}"),
        );
    }
    for innhold in ["[]", "\"x\"", "1", "null", "{", "{}", "{}x", "{\"a\":01}", "{'a':1}"] {
        s.innhold(format!("10 innhold {innhold}"), innhold);
    }
    s.innhold("10 ugyldig UTF-8", [innhold.as_bytes(), b"\xff"].concat());
    s.innhold("10 byterekkefølgemerke", [b"\xef\xbb\xbf", innhold.as_bytes()].concat());
    s.innhold(
        "10 UTF-16",
        innhold.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>(),
    );
    s.innhold(
        "10 dypt",
        format!("{uten_slutt},\"y\":{}{}}}", "[".repeat(2_000), "]".repeat(2_000)),
    );
}

fn tider(s: &mut Samling<'_>, naa: i64) {
    for felt in ["exp", "iat"] {
        s.uten(felt);
        for verdi in [
            json!(naa.to_string()),
            json!(naa as f64 + 0.5),
            json!(1.8e9),
            json!(-1),
            json!(0),
            json!(null),
            json!([naa]),
            json!(true),
            json!({"a": naa}),
            json!(u64::MAX),
        ] {
            s.endret(format!("11 {felt} {verdi}"), json!({felt: verdi}));
        }
    }
    for (navn, felt) in [
        ("11 utløpt", json!({"exp": naa - 60, "iat": naa - 120})),
        (
            "11 utløpt for et år siden",
            json!({"exp": naa - 31_536_000, "iat": naa - 31_536_060}),
        ),
        ("11 exp før iat", json!({"exp": naa - 6})),
        ("11 exp lik iat", json!({"exp": naa - 5})),
        ("11 lever for lenge", json!({"exp": naa + 3_700})),
        ("11 lever i hundre år", json!({"exp": naa + 3_153_600_000_i64})),
        ("11 største exp", json!({"exp": i64::MAX})),
        ("12 iat i framtiden", json!({"iat": naa + 60})),
        ("12 iat om en dag", json!({"iat": naa + 86_400, "exp": naa + 86_460})),
        ("12 nbf i framtiden", json!({"nbf": naa + 60})),
        ("12 nbf som tekst", json!({"nbf": "0"})),
        ("12 nbf null", json!({"nbf": null})),
        ("12 nbf negativ", json!({"nbf": -1})),
    ] {
        s.endret(navn, felt);
    }
}

fn tekster(s: &mut Samling<'_>, scope: &str, naa: i64) {
    let utsteder = s.utsteder;
    s.uten("iss");
    for iss in [
        json!(utsteder.trim_end_matches('/')),
        json!(format!("{utsteder}/")),
        json!(utsteder.to_uppercase()),
        json!(utsteder.replace("http:", "https:")),
        json!("https://maskinporten.no/"),
        json!("https://test.maskinporten.no/"),
        json!(format!("{utsteder} ")),
        json!(""),
        json!(null),
        json!([utsteder]),
        json!(utsteder.replace("127.0.0.1", "localhost")),
        json!(format!("{utsteder}\u{0}")),
    ] {
        s.endret(format!("13 iss {iss}"), json!({"iss": iss}));
    }
    for aud in [
        json!("http://127.0.0.1/"),
        json!("https://folkeregisteret.api.skatteetaten.no"),
        json!(["unspecified"]),
        json!(["unspecified", "annen"]),
        json!([]),
        json!("unspecified2"),
        json!("unspecifie"),
        json!("Unspecified"),
        json!(""),
        json!(null),
        json!({}),
        json!(utsteder),
    ] {
        s.endret(format!("14 aud {aud}"), json!({"aud": aud}));
    }
    let a = &NOEKLER.a;
    let id_token = json!({"iss": utsteder, "sub": "x", "aud": "klient-1", "iat": naa, "exp": naa + 60, "nonce": "n", "merke": MERKE});
    s.innhold("15 id-token", id_token.to_string());
    let grant = json!({"aud": utsteder, "iss": "klient-1", "scope": scope, "iat": naa, "exp": naa + 60, "jti": "g", "merke": MERKE});
    s.innhold("15 grant", grant.to_string());
    s.token(
        "15 grant signert av klienten",
        NOEKLER
            .fremmed
            .signer(&hode(&NOEKLER.fremmed, "RS256"), grant.to_string()),
    );
    for typ in [
        json!("client-authentication+jwt"),
        json!("dpop+jwt"),
        json!("id_token+jwt"),
        json!("logout+jwt"),
        json!("JWE"),
        json!(""),
        json!(7),
        json!(null),
    ] {
        s.hode(format!("15 typ {typ}"), json!({"typ": typ}));
    }
    for (navn, felt) in [
        ("16 utsteder HelseID", json!({"iss": "https://helseid-sts.test.nhn.no"})),
        ("16 bundet til en nøkkel", json!({"cnf": {"jkt": "x"}})),
        ("16 bundet til et sertifikat", json!({"cnf": {"x5t#S256": "x"}})),
        ("16 cnf null", json!({"cnf": null})),
        ("16 token_type DPoP", json!({"token_type": "DPoP"})),
        ("16 token_type bearer", json!({"token_type": 1})),
    ] {
        s.endret(navn, felt);
    }
    let helseid = json!({"iss": "https://helseid-sts.test.nhn.no", "aud": "nhn:hgd-persontjenesten-api", "iat": naa, "exp": naa + 60,
        "client_id": "k", "scope": ["nhn:hgd-persontjenesten-api/full-access"], "merke": MERKE});
    s.token(
        "16 HelseIDs token",
        a.signer(
            &json!({"alg": "PS256", "kid": a.kid, "typ": "at+jwt"}).to_string(),
            helseid.to_string(),
        ),
    );

    let godt = a.signer(&s.rs256, s.krav.to_string());
    let deler: Vec<String> = godt.split('.').map(str::to_owned).collect();
    for (navn, token) in [
        ("utfylling", format!("{godt}=")),
        ("utfylling i hodet", godt.replacen('.', "=.", 1)),
        ("to utfyllinger", format!("{godt}==")),
        ("punktum bak", format!("{godt}.")),
        ("to punktum bak", format!("{godt}..")),
        ("punktum foran", format!(".{godt}")),
        ("to punktum inni", godt.replacen('.', "..", 1)),
        ("blank inni", godt.replacen('.', " .", 1)),
        ("tabulator inni", godt.replacen('.', "\t.", 1)),
        ("komma bak", format!("{godt},")),
        ("fast mellomrom", godt.replacen('.', "\u{a0}.", 1)),
        ("usynlig tegn", godt.replacen('.', "\u{200b}.", 1)),
        ("fullbredde punktum", godt.replace('.', "．")),
        ("vanlig base64", format!("{}.{}.{}+/", deler[0], deler[1], deler[2])),
        ("anførselstegn", format!("\"{godt}\"")),
        ("prosent", godt.replace('.', "%2E")),
        ("ulik rest i siste tegn", format!("{}B", godt)),
        ("tom", String::new()),
        ("bare punktum", "..".to_owned()),
    ] {
        s.token(format!("18 {navn}"), token);
    }
    s.endret("19 17 kB", json!({"fyll": "x".repeat(13_500)}));
    s.token("19 20 kB tull", "a".repeat(20_000));

    s.uten("scope");
    for annet in [
        json!([scope]),
        json!({"a": scope}),
        json!(null),
        json!(1),
        json!(""),
        json!(scope[..scope.len() - 1]),
        json!(format!("{scope}x")),
        json!(format!("x{scope}")),
        json!(scope.to_uppercase()),
        json!(format!(" {scope}")),
        json!(format!("{scope} ")),
        json!(format!("a  {scope}")),
        json!(format!("a\t{scope}")),
        json!(format!("{scope}\u{a0}a")),
        json!(format!("{scope} {scope}")),
        json!(format!("{scope},a")),
        json!("folkeregister:deling/"),
        json!("openid"),
        json!(format!("{scope}/")),
        json!((0..65).map(|i| i.to_string()).collect::<Vec<_>>().join(" ")),
    ] {
        let navn: String = annet.to_string().chars().take(70).collect();
        s.endret(format!("20 scope {navn}"), json!({"scope": annet}));
    }
}

fn parter(s: &mut Samling<'_>) {
    s.uten("consumer");
    for consumer in [
        json!({"authority": "iso6523-actorid-upis", "ID": "0192:310000001"}),
        json!({"authority": "iso6523-actorid-upis", "ID": "310000000"}),
        json!({"authority": "iso6523-actorid-upis", "ID": "0193:310000000"}),
        json!({"authority": "iso6523-actorid-upis", "ID": "0192:310000000 "}),
        json!({"authority": "iso6523-actorid-upis", "ID": 310_000_000}),
        json!({"authority": "x", "ID": "0192:310000000"}),
        json!({"ID": "0192:310000000"}),
        json!({"authority": "iso6523-actorid-upis", "ID": "0192:310000000", "navn": "x"}),
        json!("0192:310000000"),
        json!(["0192:310000000"]),
        json!(null),
        // Good in form, and without a grant.
        json!({"authority": "iso6523-actorid-upis", "ID": "0192:311000004"}),
        json!({"authority": "iso6523-actorid-upis", "ID": "0192:312000008"}),
    ] {
        s.endret(format!("21 consumer {consumer}"), json!({"consumer": consumer}));
    }
    let leverandoer = json!({"authority": "iso6523-actorid-upis", "ID": "0192:311000004"});
    for (navn, felt) in [
        ("leverandør uten kilde", json!({"supplier": leverandoer})),
        (
            "kilde uten leverandør",
            json!({"delegation_source": "https://www.altinn.no/"}),
        ),
        (
            "ukjent kilde",
            json!({"supplier": leverandoer, "delegation_source": "https://angriper.example/"}),
        ),
        (
            "nesten kjent kilde",
            json!({"supplier": leverandoer, "delegation_source": "https://www.altinn.no.angriper.example/"}),
        ),
        (
            "kilde med to skråstreker",
            json!({"supplier": leverandoer, "delegation_source": "https://www.altinn.no//"}),
        ),
        (
            "leverandør som tekst",
            json!({"supplier": "311000004", "delegation_source": "https://www.altinn.no/"}),
        ),
        ("pid med bokstav", json!({"pid": "1285901233x"})),
        ("pid som tall", json!({"pid": 12_859_012_335_u64})),
        ("jti tom", json!({"jti": ""})),
        ("jti med blank", json!({"jti": "a b"})),
        ("client_id tom", json!({"client_id": ""})),
        ("client_id lang", json!({"client_id": "k".repeat(257)})),
    ] {
        s.endret(format!("21 {navn}"), felt);
    }
    s.uten("jti");
    s.uten("client_id");
}

/// The header field itself: given twice, in another scheme, or elsewhere.
fn felt(s: &mut Samling<'_>) {
    let godt = NOEKLER.a.signer(&s.rs256, s.krav.to_string());
    let linje = |navn: &str, verdi: &str| format!("{navn}: {verdi}").into_bytes();
    let ja = linje("authorization", &format!("Bearer {godt}"));
    for (navn, linjer) in [
        ("to like", vec![ja.clone(), ja.clone()]),
        (
            "et godt og et galt",
            vec![ja.clone(), linje("authorization", "Bearer x")],
        ),
        (
            "et galt og et godt",
            vec![linje("authorization", "Basic eDp5"), ja.clone()],
        ),
        (
            "to i samme linje",
            vec![linje("authorization", &format!("Bearer {godt}, Bearer {godt}"))],
        ),
        ("Basic", vec![linje("authorization", &format!("Basic {godt}"))]),
        ("DPoP", vec![linje("authorization", &format!("DPoP {godt}"))]),
        ("uten skjema", vec![linje("authorization", &godt)]),
        (
            "skjema uten blank",
            vec![linje("authorization", &format!("Bearer{godt}"))],
        ),
        (
            "tabulator etter skjema",
            vec![linje("authorization", &format!("Bearer\t{godt}"))],
        ),
        ("bare skjema", vec![linje("authorization", "Bearer")]),
        ("tom", vec![linje("authorization", "")]),
        (
            "som parameter",
            vec![linje("authorization", &format!("Bearer token={godt}"))],
        ),
        (
            "i informasjonskapsel",
            vec![linje("cookie", &format!("access_token={godt}"))],
        ),
        (
            "i X-Authorization",
            vec![linje("x-authorization", &format!("Bearer {godt}"))],
        ),
        (
            "i Proxy-Authorization",
            vec![linje("proxy-authorization", &format!("Bearer {godt}"))],
        ),
        (
            "i X-Forwarded-Access-Token",
            vec![linje("x-forwarded-access-token", &godt)],
        ),
        ("ingen", vec![]),
    ] {
        s.linjer(format!("22 {navn}"), linjer);
    }
}

/// A good token with one character changed: in the header, the payload and the signature.
fn endrede_tegn(s: &mut Samling<'_>) {
    let godt = NOEKLER.a.signer(&s.rs256, s.krav.to_string());
    for sted in (0..godt.len()).step_by(godt.len() / 40) {
        let mut byte = godt.clone().into_bytes();
        byte[sted] = match byte[sted] {
            b'.' => b'-',
            b'A' => b'B',
            _ => b'A',
        };
        s.token(format!("23 tegn {sted}"), byte);
    }
}
