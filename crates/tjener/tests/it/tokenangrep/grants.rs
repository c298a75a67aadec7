//! The same for grants (RFC 7523): forged and good ones at the token endpoint of the built-in issuer.

use serde_json::{Value, json};

use super::naa;
use super::utsteder::{Noekkel, b64, hmac};
use crate::http::Kall;
use crate::program::{Tjener, ny_mappe};

const GRANTTYPE: &str = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
const SCOPE: &str = "folkeregister:deling/offentligmedhjemmel";
const MERKE: &str = "LEKKASJEPROEVE";

struct Klienter<'a> {
    tjener: &'a Tjener,
    iss: String,
    /// The key of the demo's client and of its supplier's.
    demo: Noekkel,
    /// A client of an organisation without grants; and one of whom the grant is withdrawn.
    annen: Noekkel,
    /// A client that was closed, and a key that was taken away.
    avsluttet: Noekkel,
    fjernet: Noekkel,
    /// A key that nobody has registered.
    ukjent: Noekkel,
    nr: std::cell::Cell<u32>,
}

impl Klienter<'_> {
    fn krav(&self) -> Value {
        self.nr.set(self.nr.get() + 1);
        let naa = naa();
        json!({
            "aud": self.iss, "iss": "persontjenesten-demo", "scope": SCOPE, "iat": naa, "exp": naa + 100,
            "jti": format!("jti-{}", self.nr.get()), "merke": MERKE,
        })
    }

    fn med(&self, felt: &Value) -> Value {
        let mut krav = self.krav();
        for (navn, verdi) in felt.as_object().unwrap() {
            krav[navn] = verdi.clone();
        }
        krav
    }

    fn hode(&self, felt: Value) -> String {
        let mut hode = json!({"alg": "RS256", "kid": self.demo.kid});
        for (navn, verdi) in felt.as_object().unwrap() {
            hode[navn] = verdi.clone();
        }
        hode.to_string()
    }

    fn grant(&self, felt: Value) -> String {
        self.demo.signer(&self.hode(json!({})), self.med(&felt).to_string())
    }

    /// Hands a form in; gives the status and the body.
    fn be_med(&self, innholdstype: &str, skjema: &str) -> (u16, Value) {
        let svar = Kall::rot(self.tjener, "/maskinporten/token")
            .post(innholdstype, skjema)
            .send_utenom();
        assert_eq!(svar.hode("cache-control"), "no-store");
        let kropp: Value = serde_json::from_slice(&svar.kropp).unwrap_or(Value::Null);
        if svar.status != 200 {
            let alt = format!("{:?} {}", svar.hoder, svar.tekst());
            assert!(
                matches!(svar.status, 400 | 401 | 403 | 413) && !alt.contains(MERKE),
                "{alt}"
            );
            let felt: Vec<_> = kropp.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(felt, ["error", "error_description"], "{alt}");
            for del in skjema.split(['=', '.', '&']).filter(|d| d.len() > 30) {
                assert!(!alt.contains(&del[..20]), "svaret gjentar en del av granten");
            }
        }
        (svar.status, kropp)
    }

    fn be(&self, grant: &str) -> (u16, Value) {
        let grant: String = grant
            .bytes()
            .map(|b| {
                if b.is_ascii_alphanumeric() || b"-_.".contains(&b) {
                    char::from(b).to_string()
                } else {
                    format!("%{b:02X}")
                }
            })
            .collect();
        self.be_med(
            "application/x-www-form-urlencoded",
            &format!("grant_type={GRANTTYPE}&assertion={grant}"),
        )
    }
}

fn registrer(tjener: &Tjener, id: &str, organisasjon: &str, noekkel: &Noekkel) {
    let mappe = ny_mappe();
    let fil = mappe.join("jwk");
    std::fs::write(&fil, noekkel.jwk(json!({})).to_string()).unwrap();
    let (id, fil) = (id.to_owned(), fil.to_str().unwrap().to_owned());
    let valg = [
        "klient",
        "registrer",
        "--id",
        &id,
        "--organisasjon",
        organisasjon,
        "--scope",
        SCOPE,
        "--jwk",
        &fil,
    ];
    tjener.kommando(&valg).lyktes();
    std::fs::remove_dir_all(mappe).unwrap();
}

/// Forged grants and good ones: how many forged, which of them gave a token, how many good, and which of them gave none.
pub fn proev(tjener: &Tjener) -> (usize, Vec<String>, usize, Vec<String>) {
    let klienter = Klienter {
        tjener,
        iss: format!("{}/maskinporten/", tjener.base),
        demo: Noekkel::fra_fil(&tjener.mappe.join("noekler/demoklient.pk8")),
        annen: Noekkel::ny("annen"),
        avsluttet: Noekkel::ny("avsluttet"),
        fjernet: Noekkel::ny("fjernet"),
        ukjent: Noekkel::ny("ukjent"),
        nr: std::cell::Cell::new(0),
    };
    registrer(tjener, "annen", "312000008", &klienter.annen);
    registrer(tjener, "avsluttet", "310000000", &klienter.avsluttet);
    tjener.kommando(&["klient", "avslutt", "--id", "avsluttet"]).lyktes();
    registrer(tjener, "fjernet", "310000000", &klienter.fjernet);
    tjener
        .kommando(&["klient", "fjern-noekkel", "--id", "fjernet", "--kid", "fjernet"])
        .lyktes();

    let mut forfalskede = forfalskede(&klienter);
    forfalskede.extend(skjemaer(&klienter));
    let antall = forfalskede.len();
    let godtatt = forfalskede
        .into_iter()
        .filter(|(_, svar)| svar.0 == 200 || svar.1.get("access_token").is_some());
    let godtatt = godtatt.map(|(navn, _)| navn).collect();
    let (gyldige, avvist) = gyldige(&klienter);
    (antall, godtatt, gyldige, avvist)
}

fn forfalskede(k: &Klienter<'_>) -> Vec<(String, (u16, Value))> {
    let mut ut = Vec::new();
    let mut proev = |navn: String, grant: &str| ut.push((navn, k.be(grant)));
    let naa = naa();
    let iss = k.iss.clone();
    for (navn, felt) in [
        ("aud uten skråstrek", json!({"aud": iss.trim_end_matches('/')})),
        ("aud er token-endepunktet", json!({"aud": format!("{iss}token")})),
        ("aud er den ekte", json!({"aud": "https://maskinporten.no/"})),
        ("aud to", json!({"aud": [iss, "https://annen.example/"]})),
        ("aud samme to ganger", json!({"aud": [iss, iss]})),
        ("aud nestet", json!({"aud": [[iss]]})),
        ("aud tom liste", json!({"aud": []})),
        ("aud null", json!({"aud": null})),
        ("aud store bokstaver", json!({"aud": iss.to_uppercase()})),
        ("exp for langt fram", json!({"exp": naa + 300})),
        ("exp passert", json!({"iat": naa - 9, "exp": naa - 20})),
        ("iat gammel", json!({"iat": naa - 120, "exp": naa - 60})),
        ("iat gammel, exp framover", json!({"iat": naa - 60, "exp": naa + 60})),
        ("iat i framtiden", json!({"iat": naa + 60, "exp": naa + 120})),
        ("iat tekst", json!({"iat": naa.to_string()})),
        ("exp flyttall", json!({"exp": 1.8e9})),
        ("exp null", json!({"exp": null})),
        ("exp lik iat", json!({"iat": naa, "exp": naa})),
        ("jti tom", json!({"jti": ""})),
        ("jti lang", json!({"jti": "j".repeat(257)})),
        ("jti tall", json!({"jti": 7})),
        (
            "scope som ikke er klientens",
            json!({"scope": "folkeregister:deling/ukjent"}),
        ),
        (
            "scope for mye",
            json!({"scope": format!("{SCOPE} folkeregister:deling/ukjent")}),
        ),
        ("scope lengre", json!({"scope": format!("{SCOPE}.segmentansvarlig")})),
        ("scope kortere", json!({"scope": SCOPE[..SCOPE.len() - 1]})),
        ("scope liste", json!({"scope": [SCOPE]})),
        ("scope to blanke", json!({"scope": format!("a  {SCOPE}")})),
        ("scope store bokstaver", json!({"scope": SCOPE.to_uppercase()})),
        ("scope tom", json!({"scope": ""})),
        ("iss ukjent", json!({"iss": "ukjent"})),
        ("iss en annen klient", json!({"iss": "annen"})),
        ("iss store bokstaver", json!({"iss": "PERSONTJENESTEN-DEMO"})),
        ("iss med blank", json!({"iss": "persontjenesten-demo "})),
        ("iss avsluttet", json!({"iss": "avsluttet"})),
        ("iss liste", json!({"iss": ["persontjenesten-demo"]})),
        ("iss er utstederen", json!({"iss": iss})),
        ("consumer_org ikke delegert", json!({"consumer_org": "312000008"})),
        ("consumer_org seg selv", json!({"consumer_org": "310000000"})),
        ("consumer_org ugyldig", json!({"consumer_org": "310000001"})),
        ("consumer_org med prefiks", json!({"consumer_org": "0192:311000004"})),
        ("consumer_org tall", json!({"consumer_org": 311_000_004})),
        (
            "leverandøren uten delegering",
            json!({"iss": "persontjenesten-demo-leverandoer", "consumer_org": "312000008"}),
        ),
        (
            "leverandøren uten konsument",
            json!({"iss": "persontjenesten-demo-leverandoer"}),
        ),
        ("iss_onbehalfof", json!({"iss_onbehalfof": "311000004"})),
        (
            "authorization_details",
            json!({"authorization_details": [{"type": "urn:altinn:systemuser"}]}),
        ),
        ("authorization_details tom", json!({"authorization_details": []})),
        ("pid ugyldig", json!({"pid": "12345678901"})),
        ("resource tekst", json!({"resource": "https://api.example"})),
        ("resource ni", json!({"resource": vec!["https://api.example"; 9]})),
    ] {
        proev(format!("grant {navn}"), &k.grant(felt));
    }
    for felt in ["aud", "iss", "exp", "iat", "scope"] {
        let mut krav = k.krav();
        krav.as_object_mut().unwrap().shift_remove(felt);
        proev(
            format!("grant uten {felt}"),
            &k.demo.signer(&k.hode(json!({})), krav.to_string()),
        );
    }
    for (navn, felt) in [
        ("alg none", json!({"alg": "none"})),
        ("alg RS512 for en nøkkel til RS256", json!({"alg": "RS512"})),
        ("alg PS256", json!({"alg": "PS256"})),
        ("alg ES256", json!({"alg": "ES256"})),
        ("kid ukjent", json!({"kid": "x"})),
        ("kid sti", json!({"kid": "../demoklient.pk8"})),
        ("kid null", json!({"kid": null})),
        ("x5c ved siden av kid", json!({"x5c": ["MIIB"]})),
        ("x5c tekst", json!({"x5c": "MIIB"})),
        ("jwk", json!({"jwk": k.ukjent.jwk(json!({}))})),
        ("jku", json!({"jku": "http://127.0.0.1:1/"})),
        ("crit", json!({"crit": ["exp"]})),
        ("b64", json!({"b64": false})),
        ("typ", json!({"typ": "dpop+jwt"})),
        ("cty", json!({"cty": "JWT"})),
    ] {
        proev(
            format!("granthode {navn}"),
            &k.demo.signer(&k.hode(felt), k.krav().to_string()),
        );
    }
    proev(
        "granthode uten kid".into(),
        &k.demo.signer(r#"{"alg":"RS256"}"#, k.krav().to_string()),
    );
    proev(
        "granthode x5c uten kid".into(),
        &k.demo.signer(r#"{"alg":"RS256","x5c":["MIIB"]}"#, k.krav().to_string()),
    );
    for (navn, noekkel, iss) in [
        ("en annen klients nøkkel", &k.annen, "persontjenesten-demo"),
        ("ukjent nøkkel", &k.ukjent, "persontjenesten-demo"),
        ("avsluttet klient", &k.avsluttet, "avsluttet"),
        ("fjernet nøkkel", &k.fjernet, "fjernet"),
        ("klient uten avtale", &k.annen, "annen"),
    ] {
        for kid in [noekkel.kid.clone(), k.demo.kid.clone()] {
            let hode = json!({"alg": "RS256", "kid": kid}).to_string();
            proev(
                format!("grant {navn} {}", kid == k.demo.kid),
                &noekkel.signer(&hode, k.med(&json!({"iss": iss})).to_string()),
            );
        }
    }
    for (navn, hemmelighet) in [
        ("modulus", k.demo.modulus()),
        ("pem", k.demo.pem().into_bytes()),
        ("tom", Vec::new()),
    ] {
        for alg in ["HS256", "HS512"] {
            proev(
                format!("grant {alg} med {navn}"),
                &hmac(alg, &hemmelighet, &k.demo.kid, &k.krav().to_string()),
            );
        }
    }
    let krav = k.krav().to_string();
    let dobbelt = format!(
        "{},\"scope\":\"folkeregister:deling/finans\"}}",
        krav.strip_suffix('}').unwrap()
    );
    proev(
        "grant med gjentatt krav".into(),
        &k.demo.signer(&k.hode(json!({})), dobbelt),
    );
    let dobbelt = format!(r#"{{"alg":"none","alg":"RS256","kid":"{}"}}"#, k.demo.kid);
    proev(
        "grant med gjentatt alg".into(),
        &k.demo.signer(&dobbelt, k.krav().to_string()),
    );
    let god = k.grant(json!({}));
    let deler: Vec<&str> = god.split('.').collect();
    for (navn, galt) in [
        ("utfylling", format!("{god}=")),
        ("punktum bak", format!("{god}.")),
        ("blank bak", format!("{god} ")),
        ("to deler", format!("{}.{}", deler[0], deler[1])),
        ("uten signatur", format!("{}.{}.", deler[0], deler[1])),
        ("løsrevet", format!("{}..{}", deler[0], deler[2])),
        ("fem deler", format!("{god}.YQ.YQ")),
        ("tom", String::new()),
        ("nestet", k.demo.signer(&k.hode(json!({})), &god)),
        ("17 kB", k.grant(json!({"fyll": "x".repeat(13_000)}))),
        (
            "annet innhold under signaturen",
            format!("{}.{}.{}", deler[0], b64(k.krav().to_string()), deler[2]),
        ),
    ] {
        proev(format!("grant {navn}"), &galt);
    }
    // Used once, it is used up; and its jti with it.
    let brukt = k.grant(json!({"jti": "samme"}));
    assert_eq!(k.be(&brukt).0, 200);
    proev("grant brukt om igjen".into(), &brukt);
    proev("jti brukt om igjen".into(), &k.grant(json!({"jti": "samme"})));
    // A token is no grant.
    let token = tjener_token(k);
    proev("et tilgangstoken som grant".into(), &token);
    ut
}

fn tjener_token(k: &Klienter<'_>) -> String {
    k.be(&k.grant(json!({}))).1["access_token"].as_str().unwrap().to_owned()
}

/// The form round the grant.
fn skjemaer(k: &Klienter<'_>) -> Vec<(String, (u16, Value))> {
    let mut ut = Vec::new();
    const SKJEMA: &str = "application/x-www-form-urlencoded";
    let mut proev =
        |navn: &str, type_: &str, skjema: String| ut.push((format!("skjema {navn}"), k.be_med(type_, &skjema)));
    let g = || k.grant(json!({}));
    let god = |grant: &str| format!("grant_type={GRANTTYPE}&assertion={grant}");
    proev(
        "som JSON",
        "application/json",
        json!({"grant_type": "x", "assertion": g()}).to_string(),
    );
    proev("som tekst", "text/plain", god(&g()));
    proev("uten type", "", god(&g()));
    proev("to påstander", SKJEMA, format!("{}&assertion=x", god(&g())));
    proev("to like påstander", SKJEMA, {
        let g = g();
        format!("{}&assertion={g}", god(&g))
    });
    proev(
        "to typer",
        SKJEMA,
        format!("grant_type=client_credentials&{}", god(&g())),
    );
    proev(
        "client_credentials",
        SKJEMA,
        format!("grant_type=client_credentials&assertion={}", g()),
    );
    proev(
        "password",
        SKJEMA,
        "grant_type=password&username=a&password=b".to_owned(),
    );
    proev("uten grant_type", SKJEMA, format!("assertion={}", g()));
    proev("tom", SKJEMA, String::new());
    proev(
        "client_assertion",
        SKJEMA,
        format!("grant_type={GRANTTYPE}&client_assertion={}", g()),
    );
    proev("for stort", SKJEMA, format!("{}&x={}", god(&g()), "x".repeat(40_000)));
    proev(
        "påstand i stort navn",
        SKJEMA,
        format!("grant_type={GRANTTYPE}&ASSERTION={}", g()),
    );
    let sti = format!("/maskinporten/token?{}", god(&g()));
    let svar = Kall::rot(k.tjener, &sti).send_utenom();
    ut.push(("skjema som GET".to_owned(), (svar.status, Value::Null)));
    let svar = Kall::rot(k.tjener, &sti).post(SKJEMA, "").send_utenom();
    ut.push(("skjema i spørringen".to_owned(), (svar.status, Value::Null)));
    ut
}

/// Good grants, in every way in which they may differ.
fn gyldige(k: &Klienter<'_>) -> (usize, Vec<String>) {
    let mut antall = 0;
    let mut avvist = Vec::new();
    let mut proev = |navn: &str, (status, kropp): (u16, Value)| {
        antall += 1;
        if status != 200 || kropp["token_type"] != "Bearer" {
            avvist.push(format!("{navn}: {status} {kropp}"));
        }
    };
    for (navn, felt) in [
        ("som den er", json!({})),
        ("aud som liste av én", json!({"aud": [k.iss]})),
        ("iat litt siden", json!({"iat": naa() - 6})),
        ("iat litt fram", json!({"iat": naa() + 6})),
        ("kort levetid", json!({"iat": naa(), "exp": naa() + 1})),
        ("lengste levetid", json!({"iat": naa(), "exp": naa() + 120})),
        (
            "to scope",
            json!({"scope": format!("{SCOPE} folkeregister:deling/finans")}),
        ),
        ("et annet scope", json!({"scope": "folkeregister:deling/privat"})),
        ("med resource", json!({"resource": ["https://api.example"]})),
        ("med pid", json!({"pid": "12859012335"})),
        ("lang jti", json!({"jti": "x".repeat(256)})),
        ("ukjent krav", json!({"nytt": {"a": [1, null]}})),
        (
            "leverandør",
            json!({"iss": "persontjenesten-demo-leverandoer", "consumer_org": "310000000"}),
        ),
    ] {
        proev(navn, k.be(&k.grant(felt)));
    }
    let mut uten_jti = k.krav();
    uten_jti.as_object_mut().unwrap().shift_remove("jti");
    proev(
        "uten jti",
        k.be(&k.demo.signer(&k.hode(json!({})), uten_jti.to_string())),
    );
    proev(
        "pen JSON",
        k.be(&k
            .demo
            .signer(&k.hode(json!({})), serde_json::to_string_pretty(&k.krav()).unwrap())),
    );
    proev(
        "typ JWT",
        k.be(&k.demo.signer(&k.hode(json!({"typ": "JWT"})), k.krav().to_string())),
    );
    proev(
        "ukjent hodefelt",
        k.be(&k.demo.signer(&k.hode(json!({"x5t": "YQ"})), k.krav().to_string())),
    );
    let skjema = |g: &str| format!("assertion={g}&grant_type={GRANTTYPE}&ukjent=1");
    for type_ in [
        "application/x-www-form-urlencoded; charset=utf-8",
        "Application/X-WWW-Form-Urlencoded",
    ] {
        proev(type_, k.be_med(type_, &skjema(&k.grant(json!({})))));
    }
    (antall, avvist)
}
