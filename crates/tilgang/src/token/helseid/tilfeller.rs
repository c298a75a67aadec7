//! Calls, forged and right, that the tests try against the verifier itself and over a socket: one list, two ways in.
//!
//! What lives here: how a call is put together, and the right ones. The forged ones are in `forfalskninger.rs`. Every call is
//! the good one with one thing changed, signed for real where the attack needs a signature. What a newcomer gets wrong: a
//! forged call that is refused for another reason than its own proves nothing, so each says at which step it must fall.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::token::dpop::{Bevislager, Origo, PLASSER};
use crate::token::jwk::sha256;
use crate::token::testverktoey::{Kilde, NAA_S, noekkel_a, sett};
use crate::token::{Algoritme, JwksKilde, Kurve, Signeringsnoekkel};

pub(super) const AUTORITET: &str = "https://helseid.example";
pub(super) const OFFENTLIG: &str = "https://person.example";
pub(super) const STI: &str = "/api/v3/full-access/person/abc";

pub(super) static EC_UTSTEDER: LazyLock<Signeringsnoekkel> =
    LazyLock::new(|| Signeringsnoekkel::generer_paa(Kurve::P256).unwrap());
pub(super) static BEVISNOEKKEL: LazyLock<Signeringsnoekkel> =
    LazyLock::new(|| Signeringsnoekkel::generer_paa(Kurve::P256).unwrap());
pub(super) static ANNEN_BEVISNOEKKEL: LazyLock<Signeringsnoekkel> =
    LazyLock::new(|| Signeringsnoekkel::generer_paa(Kurve::P256).unwrap());
static NUMMER: AtomicU64 = AtomicU64::new(1);

pub(super) fn naa() -> Timestamp {
    Timestamp::from_second(NAA_S).unwrap()
}

/// A verifier that knows the issuer's two keys, with a memory of used proofs of its own.
pub(super) struct Oppsett {
    pub verifikator: Helseidverifikator,
    pub kilde: Arc<Kilde>,
    pub mappe: tempfile::TempDir,
}

pub(super) fn oppsett() -> Oppsett {
    oppsett_med(PLASSER)
}

pub(super) fn oppsett_med(plasser: usize) -> Oppsett {
    let mappe = tempfile::tempdir().unwrap();
    let kilde = Kilde::med(sett(&[noekkel_a(), &EC_UTSTEDER]));
    let lager = Arc::new(Bevislager::med_plasser(&mappe.path().join("dpop"), plasser).unwrap());
    let verifikator = verifikator(&kilde, lager);
    Oppsett {
        verifikator,
        kilde,
        mappe,
    }
}

pub(super) fn verifikator(kilde: &Arc<Kilde>, lager: Arc<Bevislager>) -> Helseidverifikator {
    let origoer = vec![
        Origo::les(OFFENTLIG).unwrap(),
        Origo::les("https://annet-navn.example:8443/helse").unwrap(),
    ];
    let kilde = Arc::clone(kilde) as Arc<dyn JwksKilde>;
    Helseidverifikator::new(Innstillinger::new(AUTORITET, kilde, origoer, lager))
}

/// At which step a forged call must fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Steg {
    Skjema,
    Token,
    Binding,
    Bevis,
}

impl Steg {
    pub(super) fn av(feil: Adgangsfeil) -> Self {
        match feil {
            Adgangsfeil::Mangler | Adgangsfeil::FlereHoder | Adgangsfeil::Skjema => Steg::Skjema,
            Adgangsfeil::Token { .. } => Steg::Token,
            Adgangsfeil::KreverDpop | Adgangsfeil::BundetSomBearer | Adgangsfeil::UbundetSomDpop => Steg::Binding,
            Adgangsfeil::Bevis(_) => Steg::Bevis,
        }
    }
}

/// A call, ready to be made.
#[derive(Clone, Debug)]
pub(super) struct Tilfelle {
    pub navn: String,
    pub authorization: Vec<Vec<u8>>,
    pub dpop: Vec<Vec<u8>>,
    pub metode: &'static str,
    pub sti: String,
    /// Where a forged call falls; `None` for a right one.
    pub steg: Option<Steg>,
}

impl Tilfelle {
    pub(super) async fn proev(&self, verifikator: &Helseidverifikator) -> Result<Arc<Helseidtoken>, Adgangsfeil> {
        let authorization: Vec<&[u8]> = self.authorization.iter().map(Vec::as_slice).collect();
        let dpop: Vec<&[u8]> = self.dpop.iter().map(Vec::as_slice).collect();
        let kall = Kall {
            authorization: &authorization,
            dpop: &dpop,
            metode: self.metode,
            sti: &self.sti,
        };
        verifikator.slipp_inn(&kall, godtar(&self.sti), naa()).await
    }
}

/// What the router of the tests takes: v3 bound tokens alone, the rest both.
pub(super) fn godtar(sti: &str) -> Godtar {
    if sti.starts_with("/api/v3/") {
        Godtar::KunDpop
    } else {
        Godtar::Begge
    }
}

/// A call that is being put together. As it begins it is a right one, with a proof that nobody has used.
#[derive(Clone)]
pub(super) struct Utkast {
    pub utsteder: &'static Signeringsnoekkel,
    pub tokenhode: Value,
    pub tokenkrav: Value,
    /// In place of what would be signed.
    pub token: Option<String>,
    pub bevisnoekkel: &'static Signeringsnoekkel,
    pub bevishode: Value,
    pub beviskrav: Value,
    pub bevis: Option<Vec<Vec<u8>>>,
    pub skjema: &'static str,
    pub metode: &'static str,
    pub sti: String,
}

impl Utkast {
    /// A bound token and its proof, at v3.
    pub(super) fn bundet() -> Self {
        Self::bundet_til(&BEVISNOEKKEL, Algoritme::Es256)
    }

    pub(super) fn bundet_til(noekkel: &'static Signeringsnoekkel, algoritme: Algoritme) -> Self {
        let nr = NUMMER.fetch_add(1, Ordering::Relaxed);
        let jkt = URL_SAFE_NO_PAD.encode(noekkel.offentlig().avtrykk());
        Utkast {
            utsteder: noekkel_a(),
            tokenhode: json!({"alg": "RS256", "typ": "at+jwt", "kid": noekkel_a().kid()}),
            tokenkrav: json!({
                "iss": AUTORITET, "aud": MOTTAKER, "client_id": "klient-1", "jti": "t-1",
                "iat": NAA_S, "nbf": NAA_S, "exp": NAA_S + 600,
                "scope": "nhn:hgd-persontjenesten-api/full-access", "cnf": {"jkt": jkt},
                ORGNR_PARENT: "310000000", ORGNR_CHILD: "310000019", TENANCY: "single-tenant",
                "helseid://claims/client/client_name": "Prøveklient",
            }),
            token: None,
            bevisnoekkel: noekkel,
            bevishode: json!({
                "typ": "dpop+jwt", "alg": algoritme.navn(), "jwk": noekkel.offentlig().til_bevis(),
            }),
            beviskrav: json!({"jti": format!("p-{nr}"), "htm": "GET", "htu": format!("{OFFENTLIG}{STI}"), "iat": NAA_S}),
            bevis: None,
            skjema: "DPoP",
            metode: "GET",
            sti: STI.to_owned(),
        }
    }

    /// A bearer token at v2, without a proof.
    pub(super) fn ubundet() -> Self {
        let mut utkast = Self::bundet();
        utkast.tokenkrav.as_object_mut().unwrap().shift_remove("cnf");
        utkast.tokenkrav["scope"] = json!("nhn:hgd-persontjenesten-api/read-with-legal-basis");
        utkast.skjema = "Bearer";
        utkast.bevis = Some(Vec::new());
        utkast.sti = "/api/legal-basis/event".to_owned();
        utkast
    }

    pub(super) fn med(mut self, endring: impl FnOnce(&mut Self)) -> Self {
        endring(&mut self);
        self
    }

    pub(super) fn tokentekst(&self) -> String {
        match &self.token {
            Some(token) => token.clone(),
            None => self.utsteder.forfalsk(&self.tokenhode, &self.tokenkrav),
        }
    }

    /// The proof, for the token as it is now.
    pub(super) fn bevistekst(&self, token: &str) -> String {
        let mut krav = self.beviskrav.clone();
        if krav.get("ath").is_none() {
            krav["ath"] = json!(URL_SAFE_NO_PAD.encode(sha256(token.as_bytes())));
        } else if krav["ath"] == "UTEN" {
            krav.as_object_mut().unwrap().shift_remove("ath");
        }
        self.bevisnoekkel.forfalsk(&self.bevishode, &krav)
    }

    fn ferdig(self, navn: String, steg: Option<Steg>) -> Tilfelle {
        let token = self.tokentekst();
        let dpop = match &self.bevis {
            Some(bevis) => bevis.clone(),
            None => vec![self.bevistekst(&token).into_bytes()],
        };
        Tilfelle {
            navn,
            authorization: vec![format!("{} {token}", self.skjema).into_bytes()],
            dpop,
            metode: self.metode,
            sti: self.sti,
            steg,
        }
    }

    pub(super) fn rett(self, navn: impl Into<String>) -> Tilfelle {
        self.ferdig(navn.into(), None)
    }

    pub(super) fn faller(self, navn: impl Into<String>, steg: Steg) -> Tilfelle {
        self.ferdig(navn.into(), Some(steg))
    }
}

pub(super) fn uten(verdi: &mut Value, felt: &str) {
    verdi.as_object_mut().unwrap().shift_remove(felt);
}

/// Right calls, each in another way than the plainest.
pub(super) fn rette() -> Vec<Tilfelle> {
    static RSA: LazyLock<Vec<(Algoritme, Signeringsnoekkel)>> = LazyLock::new(|| {
        let algoritmer = Algoritme::ALLE.into_iter().filter(|algoritme| algoritme.er_rsa());
        let lag = |algoritme| {
            (
                algoritme,
                Signeringsnoekkel::generer().unwrap().med_algoritme(algoritme),
            )
        };
        algoritmer.map(lag).collect()
    });
    static EC: LazyLock<Vec<(Algoritme, Signeringsnoekkel)>> = LazyLock::new(|| {
        let lag = |kurve: Kurve| (kurve.algoritme(), Signeringsnoekkel::generer_paa(kurve).unwrap());
        Kurve::ALLE.into_iter().map(lag).collect()
    });
    let mut ut = Vec::new();
    for (algoritme, noekkel) in RSA.iter().chain(EC.iter()) {
        for metode in ["GET", "POST"] {
            let utkast = Utkast::bundet_til(noekkel, *algoritme).med(|u| {
                u.metode = metode;
                u.beviskrav["htm"] = json!(metode);
            });
            ut.push(utkast.rett(format!("proof {} {metode}", algoritme.navn())));
        }
    }
    for iat in -15..=5 {
        ut.push(
            Utkast::bundet()
                .med(|u| u.beviskrav["iat"] = json!(NAA_S + iat))
                .rett(format!("iat {iat}")),
        );
    }
    for htu in [
        "https://PERSON.example/api/v3/full-access/person/abc",
        "HTTPS://person.example:443/api/v3/full-access/person/abc",
        "https://person.example:/api/v3/full-access/person/abc",
        "https://person.example/api/v3/full-access/person/abc?informationParts=Name",
        "https://person.example/api/v3/full-access/person/abc#x",
        "https://person.example/api/v3/full-access/person/%61bc",
        "https://person.example/api/v3/full%2Daccess/person/abc",
        "https://annet-navn.example:8443/helse/api/v3/full-access/person/abc",
    ] {
        ut.push(Utkast::bundet().med(|u| u.beviskrav["htu"] = json!(htu)).rett(htu));
    }
    for sti in [
        "/api/v3/full-access/person/abc?informationParts=Name&includeHistory=true",
        "/api/v3/full-access/person/%61bc",
        "/api/v3/full-access/person/abc?x=/../y",
    ] {
        ut.push(Utkast::bundet().med(|u| u.sti = sti.to_owned()).rett(sti));
    }
    for typ in ["at+jwt", "JWT", "jwt", "application/at+jwt", "AT+JWT"] {
        ut.push(
            Utkast::bundet()
                .med(|u| u.tokenhode["typ"] = json!(typ))
                .rett(format!("typ {typ}")),
        );
        ut.push(
            Utkast::ubundet()
                .med(|u| u.tokenhode["typ"] = json!(typ))
                .rett(format!("bearer typ {typ}")),
        );
    }
    for skjema in ["DPoP", "dpop", "DPOP", "DPoP  ", "dPoP "] {
        ut.push(
            Utkast::bundet()
                .med(|u| u.skjema = skjema)
                .rett(format!("scheme {skjema}")),
        );
    }
    for skjema in ["Bearer", "bearer", "BEARER "] {
        ut.push(
            Utkast::ubundet()
                .med(|u| u.skjema = skjema)
                .rett(format!("scheme {skjema}")),
        );
    }
    for lengde in [1, 2, 16, 36, 128, 255, 256] {
        let nr = NUMMER.fetch_add(1, Ordering::Relaxed);
        // The first of them has one character, which no other jti of this list is.
        let jti: String = format!("{}{nr}", "~".repeat(lengde)).chars().take(lengde).collect();
        ut.push(
            Utkast::bundet()
                .med(|u| u.beviskrav["jti"] = json!(jti))
                .rett(format!("jti of {lengde}")),
        );
    }
    for jti in ["med mellomrom", "æøå", "{\"a\":1}", "urn:uuid:1"] {
        ut.push(
            Utkast::bundet()
                .med(|u| u.beviskrav["jti"] = json!(jti))
                .rett(format!("jti {jti}")),
        );
    }
    for (felt, verdi) in [
        ("use", json!("sig")),
        ("kid", json!("n-1")),
        ("kid", json!(7)),
        ("alg", json!("ES256")),
        ("key_ops", json!(["verify"])),
        ("ext", json!(true)),
    ] {
        ut.push(
            Utkast::bundet()
                .med(|u| u.bevishode["jwk"][felt] = verdi)
                .rett(format!("jwk with {felt}")),
        );
    }
    type Endring = fn(&mut Value);
    let krav: [(&str, Endring); 22] = [
        ("aud array", |krav| krav["aud"] = json!([MOTTAKER])),
        ("scope array", |krav| {
            krav["scope"] = json!(["a", "nhn:hgd-persontjenesten-api/full-access"])
        }),
        ("several scopes", |krav| krav["scope"] = json!("a b c")),
        ("no nbf", |krav| uten(krav, "nbf")),
        ("no iat", |krav| uten(krav, "iat")),
        ("no jti", |krav| uten(krav, "jti")),
        ("exp just past", |krav| {
            krav["iat"] = json!(NAA_S - 600);
            krav["nbf"] = json!(NAA_S - 600);
            krav["exp"] = json!(NAA_S - 4);
        }),
        ("nbf just ahead", |krav| krav["nbf"] = json!(NAA_S + 5)),
        ("iat just ahead", |krav| krav["iat"] = json!(NAA_S + 5)),
        ("an hour", |krav| krav["exp"] = json!(NAA_S + 3600)),
        ("no child", |krav| uten(krav, ORGNR_CHILD)),
        ("no organisation", |krav| {
            uten(krav, ORGNR_CHILD);
            uten(krav, ORGNR_PARENT);
        }),
        ("supplier", |krav| krav[ORGNR_SUPPLIER] = json!("310000027")),
        ("unknown claim", |krav| krav["nytt"] = json!({"x": [1]})),
        ("consumer claim", |krav| krav["consumer"] = json!("x")),
        ("amr", |krav| {
            krav["helseid://claims/client/amr"] = json!("private_key_jwt")
        }),
        ("pid", |krav| {
            krav["helseid://claims/identity/pid"] = json!("12859012335")
        }),
        ("sub", |krav| krav["sub"] = json!("x")),
        ("scope of 64 words", |krav| {
            krav["scope"] = json!((0..64).map(|i| i.to_string()).collect::<Vec<_>>().join(" "));
        }),
        ("10 kB", |krav| krav["fyll"] = json!("x".repeat(10 * 1024))),
        ("long client_id", |krav| krav["client_id"] = json!("k".repeat(256))),
        ("tenancy", |krav| krav[TENANCY] = json!("multi-tenant")),
    ];
    for (navn, endring) in krav {
        ut.push(Utkast::bundet().med(|u| endring(&mut u.tokenkrav)).rett(navn));
        ut.push(
            Utkast::ubundet()
                .med(|u| endring(&mut u.tokenkrav))
                .rett(format!("bearer {navn}")),
        );
    }
    let ec = |u: &mut Utkast| {
        u.utsteder = &EC_UTSTEDER;
        u.tokenhode = json!({"alg": "ES256", "typ": "at+jwt", "kid": EC_UTSTEDER.kid()});
    };
    ut.push(Utkast::bundet().med(ec).rett("issuer's key on a curve"));
    ut.push(Utkast::ubundet().med(ec).rett("bearer, issuer's key on a curve"));
    ut.push(
        Utkast::bundet()
            .med(|u| u.beviskrav["nonce"] = json!("n"))
            .rett("a nonce nobody asked for"),
    );
    ut.push(
        Utkast::bundet()
            .med(|u| u.beviskrav["exp"] = json!(1))
            .rett("a claim nobody reads"),
    );
    ut.push(
        Utkast::bundet()
            .med(|u| u.bevishode["kid"] = json!("k"))
            .rett("kid beside jwk"),
    );
    ut.push(
        Utkast::bundet()
            .med(|u| u.bevishode["typ"] = json!("application/dpop+jwt"))
            .rett("typ in full"),
    );
    // A bound token at v2, which takes both.
    ut.push(
        Utkast::bundet()
            .med(|u| {
                u.sti = "/api/legal-basis/event".to_owned();
                u.beviskrav["htu"] = json!(format!("{OFFENTLIG}/api/legal-basis/event"));
            })
            .rett("bound at v2"),
    );
    // A header that means nothing here does not hinder a bearer token.
    ut.push(
        Utkast::ubundet()
            .med(|u| u.bevis = Some(vec![b"x".to_vec()]))
            .rett("bearer with a stray DPoP header"),
    );
    ut
}
