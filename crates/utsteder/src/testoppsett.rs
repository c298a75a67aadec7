//! What the tests share: an issuer with two clients and one grant, and a request that is right.

use std::sync::{Arc, LazyLock};

use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use serde_json::{Value, json};
use tilgang::avtale::{Avtaleid, Avtaleregister, NyAvtale, NyKlient, Rettighet};
use tilgang::token::json::les_objekt;
use tilgang::token::{Kompakt, Noekkelsett, Signeringsnoekkel};

use crate::avslag::Avslag;
use crate::skjema::SKJEMATYPE;
use crate::utsteder::{GRANTTYPE, Innstillinger, Tokensvar, Utsteder};

pub(crate) const NAA_S: i64 = 1_770_000_000;
pub(crate) const ISS: &str = "http://127.0.0.1:1/maskinporten/";
pub(crate) const MED_HJEMMEL: &str = "folkeregister:deling/offentligmedhjemmel";
pub(crate) const FINANS: &str = "folkeregister:deling/finans";

pub(crate) static NOEKKEL: LazyLock<Signeringsnoekkel> = LazyLock::new(|| Signeringsnoekkel::generer().unwrap());
pub(crate) static ANNEN: LazyLock<Signeringsnoekkel> = LazyLock::new(|| Signeringsnoekkel::generer().unwrap());

pub(crate) fn tid(sekunder: i64) -> Timestamp {
    Timestamp::from_second(sekunder).unwrap()
}

pub(crate) fn org(nummer: &str) -> Organisasjonsnummer {
    Organisasjonsnummer::parse(nummer).unwrap()
}

/// An issuer; client `klient` of 310000000 with two scopes and a grant for one; client `annen` of 310000019 without.
pub(crate) struct Oppsett {
    _mappe: tempfile::TempDir,
    pub(crate) register: Arc<Avtaleregister>,
    pub(crate) utsteder: Arc<Utsteder>,
    pub(crate) avtale: Avtaleid,
}

pub(crate) fn oppsett() -> Oppsett {
    oppsett_med(|_| {})
}

pub(crate) fn oppsett_med(endring: impl FnOnce(&mut Innstillinger)) -> Oppsett {
    let mappe = tempfile::tempdir().unwrap();
    let register = Arc::new(Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap());
    let scopes = || [MED_HJEMMEL.to_owned(), FINANS.to_owned()].into();
    for (klient_id, nummer, noekkel) in [("klient", "310000000", &*NOEKKEL), ("annen", "310000019", &*ANNEN)] {
        let ny = NyKlient {
            klient_id: klient_id.to_owned(),
            organisasjon: org(nummer),
            scopes: scopes(),
            noekler: vec![noekkel.offentlig().clone()],
        };
        register.registrer_klient(&ny, "prøve", tid(NAA_S - 3600)).unwrap();
    }
    let avtale = NyAvtale {
        organisasjon: org("310000000"),
        rettighet: Rettighet::fra_scope(MED_HJEMMEL).unwrap(),
        graderte_adresser: false,
        er_privat: false,
        formaal: "prøve".to_owned(),
        hjemmel: "prøveloven § 1".to_owned(),
        fra: tid(NAA_S - 3600),
        til: Some(tid(NAA_S + 3600)),
    };
    let avtale = register.gi(&avtale, "prøve", tid(NAA_S - 3600)).unwrap().id;
    let mut innstillinger = Innstillinger::new(ISS);
    endring(&mut innstillinger);
    let utsteder = Utsteder::aapne(
        innstillinger,
        &mappe.path().join("noekler"),
        Arc::clone(&register),
        tid(NAA_S),
    );
    Oppsett {
        utsteder: Arc::new(utsteder.unwrap()),
        register,
        avtale,
        _mappe: mappe,
    }
}

pub(crate) fn krav() -> Value {
    json!({"aud": ISS, "iss": "klient", "scope": MED_HJEMMEL, "iat": NAA_S, "exp": NAA_S + 120, "jti": "en"})
}

pub(crate) fn skjema(paastand: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", GRANTTYPE)
        .append_pair("assertion", paastand)
        .finish()
}

impl Oppsett {
    pub(crate) fn be(&self, paastand: &str, naa_s: i64) -> Result<Tokensvar, Avslag> {
        self.utsteder
            .token(Some(SKJEMATYPE), skjema(paastand).as_bytes(), tid(naa_s))
    }

    /// Asks with the right grant after a change to its claims.
    pub(crate) fn be_med(&self, endring: impl FnOnce(&mut Value)) -> Result<Tokensvar, Avslag> {
        let mut krav = krav();
        endring(&mut krav);
        self.be(&NOEKKEL.signer(&krav).unwrap(), NAA_S)
    }

    /// The claims of a token, after its signature has been checked with the published key.
    pub(crate) fn les(&self, svar: &Tokensvar) -> Value {
        let jws = Kompakt::les(&svar.access_token, &[]).unwrap();
        let sett = Noekkelsett::les(self.utsteder.jwks(tid(NAA_S)).to_string().as_bytes()).unwrap();
        assert!(sett.finn(jws.kid.as_deref().unwrap()).unwrap().har_signert(&jws));
        Value::from(les_objekt(&jws.nyttelast).unwrap())
    }
}
