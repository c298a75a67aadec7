//! Every refusal of HelseID's token endpoint, each by changing one thing in a request that is right; the tokens it makes; and
//! the whole way from a registered client to a call that is let in.

use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use serde_json::{Value, json};
use tilgang::avtale::{Avtaleid, Avtaleregister, NyAvtale, NyKlient, Rettighet, Sperret};
use tilgang::token::dpop::{Bevislager, Dpopfeil, NyttBevis, Origo};
use tilgang::token::helseid::{
    Godtar, Helseidverifikator, Kall, ORGNR_CHILD, ORGNR_PARENT, ORGNR_SUPPLIER, Organisasjonsvalg, Scope, TENANCY,
};
use tilgang::token::json::les_objekt;
use tilgang::token::jws::{Form, Typ};
use tilgang::token::{
    Algoritme, Framtid, Hentefeil, JwksKilde, Kompakt, Kurve, Noekkelsett, Offentlignoekkel, Signeringsnoekkel,
};
use tower::ServiceExt;

use super::utsteder::skjema_for;
use super::*;
use crate::skjema::SKJEMATYPE;
use crate::testoppsett::{ANNEN, NAA_S, NOEKKEL, org, tid};

const ISS: &str = "http://127.0.0.1:1/helseid";
static DPOP: LazyLock<Signeringsnoekkel> = LazyLock::new(|| Signeringsnoekkel::generer_paa(Kurve::P256).unwrap());
static EC_KLIENT: LazyLock<Signeringsnoekkel> = LazyLock::new(|| Signeringsnoekkel::generer_paa(Kurve::P384).unwrap());

struct Oppsett {
    _mappe: tempfile::TempDir,
    register: Arc<Avtaleregister>,
    utsteder: Arc<Helseid>,
    avtaler: Vec<Avtaleid>,
}

/// Client `klient` of 310000000, with grants for all scopes but the test data's; client `annen` of 310000019, with none, but
/// with a delegation from 310000000.
fn oppsett() -> Oppsett {
    let mappe = tempfile::tempdir().unwrap();
    let register = Arc::new(Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap());
    for (klient_id, nummer, noekkel) in [("klient", "310000000", &*NOEKKEL), ("annen", "310000019", &*ANNEN)] {
        let ny = NyKlient {
            klient_id: klient_id.to_owned(),
            organisasjon: org(nummer),
            scopes: Scope::ALLE.map(|scope| scope.navn().to_owned()).into(),
            noekler: vec![noekkel.offentlig().clone(), EC_KLIENT.offentlig().clone()],
        };
        register.registrer_klient(&ny, "prøve", tid(NAA_S - 3600)).unwrap();
    }
    let gi = |scope: Scope| {
        let avtale = NyAvtale {
            organisasjon: org("310000000"),
            rettighet: Rettighet::fra_scope(scope.navn()).unwrap(),
            graderte_adresser: false,
            er_privat: false,
            formaal: "prøve".to_owned(),
            hjemmel: "prøveloven § 1".to_owned(),
            fra: tid(NAA_S - 3600),
            til: Some(tid(NAA_S + 36_000)),
        };
        register.gi(&avtale, "prøve", tid(NAA_S - 3600)).unwrap().id
    };
    let avtaler = Scope::ALLE
        .into_iter()
        .filter(|scope| *scope != Scope::Testdata)
        .map(gi)
        .collect();
    let mut innstillinger = Innstillinger::new(ISS);
    innstillinger.delegeringer.insert(Delegering {
        forelder: org("310000000"),
        leverandoer: org("310000019"),
    });
    for klient_id in ["klient", "annen"] {
        innstillinger.underenheter.insert(Underenhet {
            klient_id: klient_id.to_owned(),
            forelder: org("310000000"),
            underenhet: org("310000027"),
        });
    }
    let noekler = mappe.path().join("noekler");
    let utsteder = Helseid::aapne(innstillinger, &noekler, Arc::clone(&register), tid(NAA_S)).unwrap();
    Oppsett {
        utsteder: Arc::new(utsteder),
        register,
        avtaler,
        _mappe: mappe,
    }
}

/// A request that is right as it begins: v3, with a proof.
struct Utkast {
    noekkel: &'static Signeringsnoekkel,
    typ: &'static str,
    krav: Value,
    klient_id: Option<&'static str>,
    scope: String,
    bevisnoekkel: Option<&'static Signeringsnoekkel>,
    adresse: String,
    metode: &'static str,
    nonce: Option<String>,
    bevis: Option<Vec<Vec<u8>>>,
    bevis_jti: String,
    naa_s: i64,
}

impl Oppsett {
    fn utkast(&self, scope: Scope) -> Utkast {
        let jti = uuid::Uuid::new_v4().to_string();
        Utkast {
            noekkel: &NOEKKEL,
            typ: "client-authentication+jwt",
            krav: json!({
                "iss": "klient", "sub": "klient", "aud": ISS, "jti": jti,
                "iat": NAA_S, "nbf": NAA_S, "exp": NAA_S + 60,
            }),
            klient_id: Some("klient"),
            scope: scope.navn().to_owned(),
            bevisnoekkel: Some(&DPOP),
            adresse: format!("{ISS}/connect/token"),
            metode: "POST",
            nonce: Some(self.utsteder.ny_nonce(tid(NAA_S))),
            bevis: None,
            bevis_jti: jti,
            naa_s: NAA_S,
        }
    }

    fn be(&self, utkast: &Utkast) -> Result<Tokensvar, Avslag> {
        let paastand = utkast.noekkel.signer_som(utkast.typ, &utkast.krav).unwrap();
        let mut skjema = skjema_for("klient", &utkast.scope, &paastand);
        match utkast.klient_id {
            Some("klient") => {}
            Some(annen) => skjema = skjema.replace("client_id=klient", &format!("client_id={annen}")),
            None => skjema = skjema.replace("client_id=klient&", ""),
        }
        let lag = |noekkel| {
            let bevis = NyttBevis {
                metode: utkast.metode,
                adresse: &utkast.adresse,
                token: None,
                nonce: utkast.nonce.as_deref(),
            };
            bevis
                .signer(noekkel, tid(NAA_S), &utkast.bevis_jti)
                .unwrap()
                .into_bytes()
        };
        let bevis = utkast
            .bevis
            .clone()
            .unwrap_or_else(|| utkast.bevisnoekkel.map(lag).into_iter().collect());
        let dpop: Vec<&[u8]> = bevis.iter().map(Vec::as_slice).collect();
        let forespoersel = Forespoersel {
            innholdstype: Some(SKJEMATYPE),
            kropp: skjema.as_bytes(),
            dpop: &dpop,
        };
        self.utsteder.token(&forespoersel, tid(utkast.naa_s))
    }

    #[track_caller]
    fn avslag(&self, endring: impl FnOnce(&mut Utkast)) -> Avslag {
        let mut utkast = self.utkast(Scope::FullTilgang);
        endring(&mut utkast);
        self.be(&utkast).unwrap_err()
    }

    #[track_caller]
    fn gir(&self, endring: impl FnOnce(&mut Utkast)) -> Value {
        let mut utkast = self.utkast(Scope::FullTilgang);
        endring(&mut utkast);
        self.les(&self.be(&utkast).unwrap())
    }

    /// The claims of a token, after its signature and type have been checked.
    fn les(&self, svar: &Tokensvar) -> Value {
        let form = Form {
            typ: Typ::Kreves(&["at+jwt"]),
            algoritmer: &Algoritme::ALLE,
            baerer_noekkel: false,
        };
        let jws = Kompakt::les_som(&svar.access_token, &form).unwrap();
        let sett = Noekkelsett::les(self.utsteder.jwks(tid(NAA_S)).to_string().as_bytes()).unwrap();
        assert!(sett.finn(jws.kid.as_deref().unwrap()).unwrap().har_signert(&jws));
        Value::from(les_objekt(&jws.nyttelast).unwrap())
    }
}

fn uten(verdi: &mut Value, felt: &str) {
    verdi.as_object_mut().unwrap().shift_remove(felt);
}

fn valg(forelder: &str, underenhet: Option<&str>) -> Value {
    Organisasjonsvalg {
        forelder: org(forelder),
        underenhet: underenhet.map(org),
    }
    .til_krav()
}

#[test]
fn a_right_request_gives_a_token_bound_to_the_key_of_the_proof() {
    let oppsett = oppsett();
    let svar = oppsett.be(&oppsett.utkast(Scope::FullTilgang)).unwrap();
    assert!(svar.bundet);
    assert_eq!(svar.kropp()["token_type"], "DPoP");
    let mut token = oppsett.les(&svar);
    assert!(token["jti"].take().as_str().unwrap().len() >= 32);
    let ventet = json!({
        "iss": ISS, "aud": "nhn:hgd-persontjenesten-api", "nbf": NAA_S, "iat": NAA_S, "exp": NAA_S + 600, "jti": null,
        "client_id": "klient", "scope": "nhn:hgd-persontjenesten-api/full-access",
        "helseid://claims/client/amr": "private_key_jwt", TENANCY: "single-tenant", ORGNR_PARENT: "310000000",
        "cnf": {"jkt": DPOP.kid()},
    });
    assert_eq!(token, ventet);
}

#[test]
fn v3_takes_no_bearer_tokens_and_v2_gives_them_unless_a_proof_is_sent() {
    let oppsett = oppsett();
    for scope in Scope::ALLE.into_iter().filter(|scope| *scope != Scope::Testdata) {
        let mut utkast = oppsett.utkast(scope);
        utkast.bevisnoekkel = None;
        let uten_bevis = oppsett.be(&utkast);
        if scope.krever_dpop() {
            assert_eq!(uten_bevis.unwrap_err(), Avslag::KreverDpop);
        } else {
            let svar = uten_bevis.unwrap();
            assert_eq!(svar.kropp()["token_type"], "Bearer");
            assert_eq!(oppsett.les(&svar).get("cnf"), None);
        }
        assert!(oppsett.be(&oppsett.utkast(scope)).unwrap().bundet);
    }
    // One scope that needs a proof is enough.
    let begge = format!("{} {}", Scope::LesMedHjemmel.navn(), Scope::BegrensetTilgang.navn());
    let svar = oppsett.avslag(|u| {
        u.scope.clone_from(&begge);
        u.bevisnoekkel = None;
    });
    assert_eq!(svar, Avslag::KreverDpop);
    assert_eq!(oppsett.gir(|u| u.scope.clone_from(&begge))["scope"], begge);
}

#[test]
fn the_first_request_gets_a_nonce_and_nothing_is_used_by_it() {
    let oppsett = oppsett();
    let mut utkast = oppsett.utkast(Scope::FullTilgang);
    let nonce = utkast.nonce.take();
    assert_eq!(oppsett.be(&utkast).unwrap_err(), Avslag::BrukNonce);
    utkast.nonce = Some("gjettet".to_owned());
    assert_eq!(oppsett.be(&utkast).unwrap_err(), Avslag::BrukNonce);
    utkast.nonce = nonce;
    assert!(
        oppsett.be(&utkast).is_ok(),
        "the same assertion and jti, now with the nonce"
    );
    // A nonce of another issuer, and one that is too old.
    utkast = oppsett.utkast(Scope::FullTilgang);
    utkast.nonce = Some(self::oppsett().utsteder.ny_nonce(tid(NAA_S)));
    assert_eq!(oppsett.be(&utkast).unwrap_err(), Avslag::BrukNonce);
    utkast.nonce = Some(oppsett.utsteder.ny_nonce(tid(NAA_S - 61)));
    assert_eq!(oppsett.be(&utkast).unwrap_err(), Avslag::BrukNonce);
}

#[test]
fn angrep_an_assertion_and_a_proof_are_used_once() {
    let oppsett = oppsett();
    let utkast = oppsett.utkast(Scope::FullTilgang);
    assert!(oppsett.be(&utkast).is_ok());
    assert_eq!(oppsett.be(&utkast).unwrap_err(), Avslag::Bevis(Dpopfeil::Gjenbrukt));
    // A new proof for the same assertion, by another key too.
    let mut igjen = oppsett.utkast(Scope::FullTilgang);
    igjen.krav = utkast.krav.clone();
    assert_eq!(oppsett.be(&igjen).unwrap_err(), Avslag::Brukt);
    let mut bearer = oppsett.utkast(Scope::LesMedHjemmel);
    bearer.krav = utkast.krav.clone();
    bearer.bevisnoekkel = None;
    assert_eq!(oppsett.be(&bearer).unwrap_err(), Avslag::Brukt);
    // The same proof for a new assertion.
    let mut ny = oppsett.utkast(Scope::FullTilgang);
    ny.bevis_jti = utkast.bevis_jti;
    assert_eq!(oppsett.be(&ny).unwrap_err(), Avslag::Bevis(Dpopfeil::Gjenbrukt));
    let utkast = oppsett.utkast(Scope::FullTilgang);
    let vinnere: usize = std::thread::scope(|traader| {
        let kopier: Vec<_> = (0..16)
            .map(|_| traader.spawn(|| usize::from(oppsett.be(&utkast).is_ok())))
            .collect();
        kopier.into_iter().map(|kopi| kopi.join().unwrap()).sum()
    });
    assert_eq!(vinnere, 1);
}

#[test]
fn angrep_an_assertion_that_is_not_the_clients_or_not_for_us() {
    let oppsett = oppsett();
    let check = |endring: &dyn Fn(&mut Utkast), ventet: &str| {
        let avslag = oppsett.avslag(endring);
        assert_eq!(avslag.feilkode(), ventet, "{avslag:?}");
    };
    for felt in ["iss", "sub", "aud", "exp", "jti"] {
        check(&|u| uten(&mut u.krav, felt), "invalid_client");
        check(&|u| u.krav[felt] = json!(null), "invalid_client");
        check(&|u| u.krav[felt] = json!(["x"]), "invalid_client");
    }
    // Another registered client's key, in its own name and in ours.
    check(&|u| u.noekkel = &ANNEN, "invalid_client");
    check(
        &|u| {
            u.noekkel = &ANNEN;
            u.krav["iss"] = json!("annen");
        },
        "invalid_client",
    );
    check(&|u| u.krav["sub"] = json!("annen"), "invalid_client");
    check(&|u| u.klient_id = Some("annen"), "invalid_client");
    check(&|u| u.krav["iss"] = json!("ukjent"), "invalid_client");
    for aud in [
        json!(format!("{ISS}/connect/token")),
        json!(format!("{ISS}/")),
        json!("https://helseid-sts.test.nhn.no"),
        json!([ISS, "https://annen.example"]),
        json!([]),
    ] {
        check(&|u| u.krav["aud"] = aud.clone(), "invalid_client");
    }
    for exp in [NAA_S + 66, NAA_S + 120, NAA_S - 5, NAA_S - 100, i64::MAX] {
        check(&|u| u.krav["exp"] = json!(exp), "invalid_client");
    }
    for felt in ["iat", "nbf"] {
        check(&|u| u.krav[felt] = json!(NAA_S + 6), "invalid_client");
        check(&|u| u.krav[felt] = json!("0"), "invalid_client");
    }
    for typ in ["at+jwt", "dpop+jwt", "", "JOSE"] {
        check(&|u| u.typ = typ, "invalid_client");
    }
    check(&|u| u.krav["jti"] = json!("x".repeat(257)), "invalid_client");
    check(
        &|u| u.krav["authorization_details"] = json!([]),
        "invalid_authorization_details",
    );
    // A key that was registered a year ago.
    let utloept = oppsett.avslag(|u| {
        u.naa_s = NAA_S - 3600 + tilgang::avtale::KLIENTNOEKKEL_LEVETID_S;
        u.krav["exp"] = json!(u.naa_s + 60);
    });
    assert_eq!(utloept, Avslag::Klient);
}

#[test]
fn right_variants_of_an_assertion_are_taken() {
    let oppsett = oppsett();
    oppsett.gir(|u| u.typ = "JWT");
    oppsett.gir(|u| u.typ = "application/client-authentication+jwt");
    oppsett.gir(|u| u.klient_id = None);
    oppsett.gir(|u| u.krav["aud"] = json!([ISS]));
    oppsett.gir(|u| u.krav["exp"] = json!(NAA_S + 65));
    oppsett.gir(|u| u.krav["exp"] = json!(NAA_S - 4));
    oppsett.gir(|u| u.krav["nbf"] = json!(NAA_S + 5));
    oppsett.gir(|u| {
        uten(&mut u.krav, "nbf");
        uten(&mut u.krav, "iat");
    });
    oppsett.gir(|u| u.noekkel = &EC_KLIENT);
    oppsett.gir(|u| u.adresse = format!("{}?x", u.adresse));
    oppsett.gir(|u| u.krav["ukjent"] = json!({"a": 1}));
}

#[test]
fn angrep_a_proof_at_the_token_endpoint_that_is_not_for_it() {
    let oppsett = oppsett();
    let check = |endring: &dyn Fn(&mut Utkast), ventet: Avslag| assert_eq!(oppsett.avslag(endring), ventet);
    check(&|u| u.metode = "GET", Avslag::Bevis(Dpopfeil::AnnenMetode));
    for adresse in [
        format!("{ISS}/connect/token/"),
        format!("{ISS}/connect"),
        "https://angriper.example/connect/token".to_owned(),
        "http://127.0.0.1:1/connect/token".to_owned(),
    ] {
        check(
            &|u| u.adresse.clone_from(&adresse),
            Avslag::Bevis(Dpopfeil::AnnenAdresse),
        );
    }
    check(
        &|u| u.bevis = Some(vec![b"x".to_vec(); 2]),
        Avslag::Bevis(Dpopfeil::FlereHoder),
    );
    let raa = oppsett.avslag(|u| u.bevis = Some(vec![b"x.y.z".to_vec()]));
    assert_eq!(raa.feilkode(), "invalid_dpop_proof");
    check(&|u| u.naa_s = NAA_S + 16, Avslag::Bevis(Dpopfeil::ForGammelt));
    check(
        &|u| {
            u.naa_s = NAA_S - 6;
            u.krav["exp"] = json!(NAA_S + 10);
            uten(&mut u.krav, "nbf");
            uten(&mut u.krav, "iat");
        },
        Avslag::Bevis(Dpopfeil::IFramtiden),
    );
}

#[test]
fn no_token_without_a_valid_grant_of_the_parent_organisation_for_every_scope() {
    let oppsett = oppsett();
    for scope in [
        "nhn:hgd-persontjenesten-api/read",
        "folkeregister:deling/offentligmedhjemmel",
        "",
        "a  b",
    ] {
        assert_eq!(oppsett.avslag(|u| u.scope = scope.to_owned()), Avslag::Scope, "{scope}");
    }
    let testdata = Scope::Testdata.navn();
    assert_eq!(oppsett.avslag(|u| u.scope = testdata.to_owned()), Avslag::IngenAvtale);
    let to = format!("{} {testdata}", Scope::FullTilgang.navn());
    assert_eq!(oppsett.avslag(|u| u.scope.clone_from(&to)), Avslag::FlereMottakere);
    // A supplier's own client has none, whatever delegation it has for others.
    let annen = oppsett.avslag(|u| {
        u.noekkel = &ANNEN;
        u.krav["iss"] = json!("annen");
        u.krav["sub"] = json!("annen");
        u.klient_id = Some("annen");
    });
    assert_eq!(annen, Avslag::IngenAvtale);
    // Withdrawn: no more tokens.
    for id in &oppsett.avtaler {
        oppsett.register.trekk(*id, "prøve", "prøve", tid(NAA_S)).unwrap();
    }
    assert_eq!(oppsett.avslag(|_| {}), Avslag::IngenAvtale);
}

#[test]
fn a_supplier_names_the_organisation_it_calls_for_and_needs_its_delegation() {
    let oppsett = oppsett();
    let leverandoer = |detaljer: Value| {
        move |u: &mut Utkast| {
            u.noekkel = &ANNEN;
            u.klient_id = Some("annen");
            for felt in ["iss", "sub"] {
                u.krav[felt] = json!("annen");
            }
            u.krav["authorization_details"] = detaljer;
        }
    };
    let token = oppsett.gir(leverandoer(json!([valg("310000000", Some("310000027"))])));
    assert_eq!(
        [
            &token[ORGNR_PARENT],
            &token[ORGNR_CHILD],
            &token[ORGNR_SUPPLIER],
            &token[TENANCY]
        ],
        [
            &json!("310000000"),
            &json!("310000027"),
            &json!("310000019"),
            &json!("multi-tenant")
        ]
    );
    let token = oppsett.gir(leverandoer(valg("310000000", None)));
    assert_eq!(token.get(ORGNR_CHILD), None);
    // A unit that is not on the list, and an organisation that has delegated nothing.
    for detaljer in [valg("310000000", Some("310000035")), valg("310000027", None)] {
        assert_eq!(oppsett.avslag(leverandoer(detaljer)), Avslag::Organisasjon);
    }
    // A delegation goes one way.
    let svar = oppsett.avslag(|u| u.krav["authorization_details"] = valg("310000019", None));
    assert_eq!(svar, Avslag::Organisasjon);
    // One's own organisation may be named, with a unit on the list.
    let token = oppsett.gir(|u| u.krav["authorization_details"] = valg("310000000", Some("310000027")));
    assert_eq!(
        (&token[TENANCY], token.get(ORGNR_SUPPLIER)),
        (&json!("single-tenant"), None)
    );
}

#[test]
fn who_is_blocked_gets_no_token() {
    let oppsett = oppsett();
    for hvem in [
        Sperret::Klient("klient".to_owned()),
        Sperret::Organisasjon(org("310000000")),
    ] {
        oppsett
            .register
            .sperr(&hvem, "hemmelig grunn", "prøve", tid(NAA_S))
            .unwrap();
        assert_eq!(oppsett.avslag(|_| {}), Avslag::Sperret);
        oppsett
            .register
            .opphev_sperre(&hvem, "over", "prøve", tid(NAA_S))
            .unwrap();
        oppsett.gir(|_| {});
    }
}

#[test]
fn our_own_commands_get_their_tokens_by_the_same_way() {
    let oppsett = oppsett();
    let oenske = Tokenoenske {
        noekkel: &NOEKKEL,
        klient_id: "klient",
        scope: Scope::BegrensetTilgang.navn(),
        organisasjon: None,
        dpop: Some(&DPOP),
    };
    let be = |oenske: &Tokenoenske<'_>| oppsett.utsteder.be_om_token(oenske, tid(NAA_S));
    assert!(be(&oenske).unwrap().bundet);
    // Twice in the same second.
    assert!(be(&oenske).is_ok());
    for (oenske, ventet) in [
        (Tokenoenske { dpop: None, ..oenske }, Avslag::KreverDpop),
        (
            Tokenoenske {
                klient_id: "ukjent",
                ..oenske
            },
            Avslag::Klient,
        ),
        (
            Tokenoenske {
                noekkel: &ANNEN,
                ..oenske
            },
            Avslag::Klient,
        ),
        (
            Tokenoenske {
                scope: Scope::Testdata.navn(),
                ..oenske
            },
            Avslag::IngenAvtale,
        ),
    ] {
        assert!(
            matches!(be(&oenske), Err(Feil::Avslag(avslag)) if avslag == ventet),
            "{ventet:?}"
        );
    }
}

#[test]
fn every_refusal_has_words_that_oauth_allows() {
    for avslag in [
        Avslag::Skjema("x"),
        Avslag::Granttype,
        Avslag::Paastand("x"),
        Avslag::Klient,
        Avslag::Brukt,
        Avslag::Detaljer,
        Avslag::Organisasjon,
        Avslag::Scope,
        Avslag::FlereMottakere,
        Avslag::IngenAvtale,
        Avslag::Sperret,
        Avslag::KreverDpop,
        Avslag::Bevis(Dpopfeil::Gjenbrukt),
        Avslag::BrukNonce,
        Avslag::Fullt,
        Avslag::Internt,
    ] {
        let kropp = avslag.kropp();
        let tekst = kropp["error_description"].as_str().unwrap();
        // RFC 6749 section 5.2: %x20-21 / %x23-5B / %x5D-7E.
        let tillatt = |b: u8| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        assert!(!tekst.is_empty() && tekst.bytes().all(tillatt), "{tekst}");
        assert!([400, 500, 503].contains(&avslag.status()));
    }
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let mappe = tempfile::tempdir().unwrap();
    let register = Arc::new(Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap());
    let noekler = mappe.path().join("n");
    let aapne = |innstillinger| Helseid::aapne(innstillinger, &noekler, Arc::clone(&register), tid(NAA_S)).map(drop);
    for utsteder in ["", "helseid", "https://helseid.example/", "ftp://a", "https://a b"] {
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

#[tokio::test]
async fn the_routes_answer_in_json_with_the_published_shapes() {
    let oppsett = oppsett();
    let router = ruter(Arc::clone(&oppsett.utsteder), Arc::new(|| tid(NAA_S)));
    let send = async |metode: &str, sti: &str, dpop: &[String], kropp: String| {
        let mut forespoersel = Request::builder()
            .method(metode)
            .uri(sti)
            .header("content-type", SKJEMATYPE);
        for bevis in dpop {
            forespoersel = forespoersel.header("dpop", bevis);
        }
        let svar = router
            .clone()
            .oneshot(forespoersel.body(Body::from(kropp)).unwrap())
            .await
            .unwrap();
        let (deler, kropp) = svar.into_parts();
        let kropp = kropp.collect().await.unwrap().to_bytes();
        (
            deler.status,
            deler.headers,
            serde_json::from_slice::<Value>(&kropp).unwrap_or(Value::Null),
        )
    };
    let (status, _, metadata) = send("GET", "/.well-known/openid-configuration", &[], String::new()).await;
    assert_eq!((status, &metadata["issuer"]), (StatusCode::OK, &json!(ISS)));
    assert_eq!(metadata["token_endpoint"], format!("{ISS}/connect/token"));
    let (status, _, jwks) = send("GET", "/.well-known/openid-configuration/jwks", &[], String::new()).await;
    assert_eq!((status, jwks["keys"].as_array().unwrap().len()), (StatusCode::OK, 1));

    let paastand = |jti: &str| {
        let krav = json!({"iss": "klient", "sub": "klient", "aud": ISS, "jti": jti, "exp": NAA_S + 60});
        let paastand = NOEKKEL.signer_som("client-authentication+jwt", &krav).unwrap();
        skjema_for("klient", Scope::FullTilgang.navn(), &paastand)
    };
    let bevis = |nonce: Option<&str>, jti: &str| {
        let nytt = NyttBevis {
            metode: "POST",
            adresse: &format!("{ISS}/connect/token"),
            token: None,
            nonce,
        };
        nytt.signer(&DPOP, tid(NAA_S), jti).unwrap()
    };
    let (status, hoder, svar) = send("POST", "/connect/token", &[bevis(None, "b1")], paastand("a")).await;
    assert_eq!(
        (status, &svar["error"]),
        (StatusCode::BAD_REQUEST, &json!("use_dpop_nonce"))
    );
    let nonce = hoder["dpop-nonce"].to_str().unwrap();
    let (status, hoder, svar) = send("POST", "/connect/token", &[bevis(Some(nonce), "b2")], paastand("a")).await;
    assert_eq!((status, &svar["token_type"]), (StatusCode::OK, &json!("DPoP")));
    assert_eq!(
        (hoder["cache-control"].to_str().unwrap(), hoder.get("dpop-nonce")),
        ("no-store", None)
    );
    let to = [bevis(Some(nonce), "b3"), bevis(Some(nonce), "b4")];
    let (status, hoder, svar) = send("POST", "/connect/token", &to, paastand("b")).await;
    assert_eq!(
        (status, &svar["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_dpop_proof"))
    );
    assert_eq!(hoder.get("dpop-nonce"), None);
    let (status, ..) = send("POST", "/connect/token", &[], "x".repeat(40_000)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        send("GET", "/connect/token", &[], String::new()).await.0,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

/// The issuer's keys without HTTP.
struct Rett(Arc<Helseid>);

impl JwksKilde for Rett {
    fn hent(&self) -> Framtid<'_, Result<Noekkelsett, Hentefeil>> {
        Box::pin(async { Ok(Noekkelsett::les(self.0.jwks(tid(NAA_S)).to_string().as_bytes())?) })
    }
}

#[tokio::test]
async fn a_token_of_ours_opens_what_it_is_for_and_a_stolen_one_nothing() {
    const STI: &str = "/api/v3/full-access/person/a";
    let oppsett = oppsett();
    let lager = Arc::new(Bevislager::aapne(&oppsett._mappe.path().join("dpop")).unwrap());
    let kilde = Arc::new(Rett(Arc::clone(&oppsett.utsteder)));
    let origo = Origo::les("https://person.example").unwrap();
    let innstillinger = tilgang::token::helseid::Innstillinger::new(ISS, kilde, vec![origo], lager);
    let verifikator = Helseidverifikator::new(innstillinger);
    let svar = oppsett.be(&oppsett.utkast(Scope::FullTilgang)).unwrap();
    let bevis = |noekkel: &Signeringsnoekkel, token: &str, jti: &str| {
        let nytt = NyttBevis {
            metode: "GET",
            adresse: &format!("https://person.example{STI}"),
            token: Some(token),
            nonce: None,
        };
        nytt.signer(noekkel, tid(NAA_S), jti).unwrap()
    };
    let kall = async |skjema: &str, token: &str, bevis: Option<String>, sti: &str, naa: Timestamp| {
        let authorization = format!("{skjema} {token}");
        let dpop: Vec<&[u8]> = bevis.iter().map(String::as_bytes).collect();
        let kall = Kall {
            authorization: &[authorization.as_bytes()],
            dpop: &dpop,
            metode: "GET",
            sti,
        };
        let godtar = if sti == STI { Godtar::KunDpop } else { Godtar::Begge };
        verifikator.slipp_inn(&kall, godtar, naa).await
    };
    let token = &svar.access_token;
    let sluppet_inn = kall("DPoP", token, Some(bevis(&DPOP, token, "1")), STI, tid(NAA_S))
        .await
        .unwrap();
    assert!(sluppet_inn.er_bundet() && sluppet_inn.har_scope(Scope::FullTilgang.navn()));
    assert_eq!(sluppet_inn.forelder(), Organisasjonsnummer::parse("310000000").ok());
    // The thief has the token and a key of its own, or shows it as a bearer token.
    let tyv = Signeringsnoekkel::generer_paa(Kurve::P256).unwrap();
    assert!(
        kall("DPoP", token, Some(bevis(&tyv, token, "2")), STI, tid(NAA_S))
            .await
            .is_err()
    );
    assert!(kall("Bearer", token, None, STI, tid(NAA_S)).await.is_err());
    assert!(
        kall("Bearer", token, None, "/api/legal-basis/event", tid(NAA_S))
            .await
            .is_err()
    );
    // v2, with a bearer token.
    let mut v2 = oppsett.utkast(Scope::LesUtenHjemmel);
    v2.bevisnoekkel = None;
    let v2 = oppsett.be(&v2).unwrap().access_token;
    assert!(
        kall("Bearer", &v2, None, "/api/no-legal-basis/event", tid(NAA_S))
            .await
            .is_ok()
    );
    assert!(kall("Bearer", &v2, None, STI, tid(NAA_S)).await.is_err());
    // After its life nothing opens.
    assert!(
        kall("Bearer", &v2, None, "/api/no-legal-basis/event", tid(NAA_S + 605))
            .await
            .is_err()
    );
}

fn skjemaer() -> Vec<Vec<u8>> {
    let krav = json!({"iss": "klient", "sub": "klient", "aud": ISS, "jti": "f", "exp": NAA_S + 60});
    let paastand = NOEKKEL.signer_som("JWT", &krav).unwrap();
    vec![
        skjema_for("klient", Scope::LesMedHjemmel.navn(), &paastand).into(),
        krav.to_string().into(),
        valg("310000000", Some("310000027")).to_string().into(),
    ]
}

/// A form with anything in it, and an assertion with any claims under a real signature: a token of the one scope asked for, or
/// a refusal.
fn proev_skjema(byte: &[u8]) {
    thread_local! {
        static OPPSETT: Oppsett = oppsett();
    }
    OPPSETT.with(|oppsett| {
        let forespoersel = Forespoersel {
            innholdstype: Some(SKJEMATYPE),
            kropp: byte,
            dpop: &[byte],
        };
        if let Err(avslag) = oppsett.utsteder.token(&forespoersel, tid(NAA_S)) {
            let _ = avslag.kropp().to_string();
        }
        let Ok(krav) = serde_json::from_slice::<Value>(byte) else {
            return;
        };
        let _ = Organisasjonsvalg::les(&krav);
        if !krav.is_object() || byte.len() > 4_000 {
            return;
        }
        let paastand = NOEKKEL.signer_som("JWT", &krav).unwrap();
        let skjema = skjema_for("klient", Scope::LesMedHjemmel.navn(), &paastand);
        let forespoersel = Forespoersel {
            innholdstype: Some(SKJEMATYPE),
            kropp: skjema.as_bytes(),
            dpop: &[],
        };
        if let Ok(svar) = oppsett.utsteder.token(&forespoersel, tid(NAA_S)) {
            assert_eq!(svar.scope, Scope::LesMedHjemmel.navn());
            assert_eq!(
                oppsett.les(&svar)[ORGNR_PARENT],
                "310000000",
                "no token for another organisation"
            );
        }
    });
}

const ORD: &[&str] = &[
    "grant_type=client_credentials",
    "client_assertion=",
    "client_id=klient",
    "scope=",
    "\"aud\":",
    "\"iss\":\"annen\"",
    "\"exp\":1770000060",
    "\"jti\":\"to\"",
    "\"authorization_details\":",
    "NO:ORGNR:310000019",
    "helseid_authorization",
];

fuzz::maal!(
    paalitelighet_15_fuzz_helseidforespoersel,
    1_000,
    ORD,
    skjemaer,
    proev_skjema
);

#[test]
fn a_registered_key_on_a_curve_is_one_that_clients_may_have() {
    let jwk = EC_KLIENT.offentlig().til_jwk().to_string();
    assert!(Offentlignoekkel::fra_klient(jwk.as_bytes()).is_ok());
}
