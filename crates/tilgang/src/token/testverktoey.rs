//! What the tests of this module share: two keys, a source of keys that can misbehave, and a good token.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::feil::Tokenfeil;
use super::krav::{Maal, Token, les_token};
use super::noekkellager::{Hentefeil, JwksKilde};
use super::noekkelsett::Noekkelsett;
use super::signering::Signeringsnoekkel;
use super::{Framtid, TOKEN_LEVETID_MAKS_S, TOLERANSE_S};

/// The time at which the good token is issued.
pub(crate) const NAA_S: i64 = 1_760_000_000;
/// The issuer of the good token.
pub(super) const UTSTEDER: &str = "https://test.maskinporten.no/";

static A: LazyLock<Signeringsnoekkel> = LazyLock::new(|| Signeringsnoekkel::generer().unwrap());
static B: LazyLock<Signeringsnoekkel> = LazyLock::new(|| Signeringsnoekkel::generer().unwrap());

pub(super) fn noekkel_a() -> &'static Signeringsnoekkel {
    &A
}

pub(super) fn noekkel_b() -> &'static Signeringsnoekkel {
    &B
}

pub(super) fn sett(noekler: &[&Signeringsnoekkel]) -> Noekkelsett {
    let jwk: Vec<Value> = noekler.iter().map(|noekkel| noekkel.offentlig().til_jwk()).collect();
    Noekkelsett::les(json!({"keys": jwk}).to_string().as_bytes()).unwrap()
}

/// The claims of a token as Maskinporten's samples show them.
pub(crate) fn krav() -> Value {
    json!({
        "iss": UTSTEDER, "client_id": "klient-1", "client_amr": "private_key_jwt",
        "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:310000000"},
        "scope": "folkeregister:deling/offentligmedhjemmel", "token_type": "Bearer", "aud": "unspecified",
        "exp": NAA_S + 120, "iat": NAA_S, "jti": "jti-1", "client_orgno": "310000000",
    })
}

pub(crate) fn les_krav(krav: &Value, naa_s: i64) -> Result<Token, Tokenfeil> {
    let kilder = ["https://tt02.altinn.no".to_owned()];
    let maal = Maal {
        utsteder: UTSTEDER,
        toleranse_s: TOLERANSE_S,
        levetid_maks_s: TOKEN_LEVETID_MAKS_S,
        delegeringskilder: &kilder,
    };
    les_token(krav.to_string().as_bytes(), &maal, naa_s)
}

/// A source of keys that counts, and can fail, panic or take its time.
pub(super) struct Kilde {
    svar: Mutex<Option<Noekkelsett>>,
    antall: AtomicUsize,
    hold: AtomicBool,
    slipp: Notify,
    kast: AtomicBool,
}

impl Kilde {
    pub(super) fn med(svar: Noekkelsett) -> Arc<Self> {
        Arc::new(Kilde {
            svar: Mutex::new(Some(svar)),
            antall: AtomicUsize::new(0),
            hold: AtomicBool::new(false),
            slipp: Notify::new(),
            kast: AtomicBool::new(false),
        })
    }

    pub(super) fn sett(&self, svar: Option<Noekkelsett>) {
        *self.svar.lock().unwrap() = svar;
    }

    pub(super) fn antall(&self) -> usize {
        self.antall.load(Ordering::SeqCst)
    }

    pub(super) fn hold(&self, hold: bool) {
        self.hold.store(hold, Ordering::SeqCst);
        self.slipp.notify_one();
    }

    pub(super) fn kast(&self, kast: bool) {
        self.kast.store(kast, Ordering::SeqCst);
    }
}

impl JwksKilde for Kilde {
    fn hent(&self) -> Framtid<'_, Result<Noekkelsett, Hentefeil>> {
        self.antall.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            assert!(!self.kast.load(Ordering::SeqCst), "the source panics on purpose");
            while self.hold.load(Ordering::SeqCst) {
                self.slipp.notified().await;
            }
            self.svar
                .lock()
                .unwrap()
                .clone()
                .ok_or_else(|| "the source is away".into())
        })
    }
}
