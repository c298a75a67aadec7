//! The claims of an access token from HelseID, and the [`Helseidtoken`] they become.
//!
//! A claim that we use must have exactly the shape the documentation shows, with check digits where it has them. Claims that we
//! do not use are ignored: HelseID decides which an API gets, and may add some. A newcomer's mistake is to decide by
//! `client_id`; who a call is for is the parent organisation.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identifikator::Organisasjonsnummer;
use serde_json::{Map, Value};

use crate::token::feil::Tokenfeil;
use crate::token::json;
use crate::token::kontroll::Tidsbegrenset;
use crate::token::krav::{Sluttbruker, les_id, les_scope, les_scopeord, les_sluttbruker, les_tid, sjekk_tidsrom};

/// The parent organisation. Source: HelseID's documentation, ADR 0035.
pub const ORGNR_PARENT: &str = "helseid://claims/client/claims/orgnr_parent";
/// The unit below it. Source: the same.
pub const ORGNR_CHILD: &str = "helseid://claims/client/claims/orgnr_child";
/// The supplier of a system with several tenants. Source: the same.
pub const ORGNR_SUPPLIER: &str = "helseid://claims/client/claims/orgnr_supplier";
/// Whether the client has several tenants. Source: the same.
pub const TENANCY: &str = "helseid://claims/client/claims/client_tenancy";
/// The end user, if any. Source: the same.
const PID: &str = "helseid://claims/identity/pid";

/// What a token is held up against.
#[derive(Debug)]
pub(super) struct Maal<'a> {
    pub utsteder: &'a str,
    pub mottaker: &'a str,
    pub toleranse_s: i64,
    pub levetid_maks_s: i64,
}

/// An access token that has been verified and rightly shown. Only the verifier lets one out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Helseidtoken {
    klient_id: Arc<str>,
    scopes: Vec<String>,
    forelder: Option<Organisasjonsnummer>,
    underenhet: Option<Organisasjonsnummer>,
    leverandoer: Option<Organisasjonsnummer>,
    bundet_til: Option<[u8; 32]>,
    jti: Option<Arc<str>>,
    sluttbruker: Option<Sluttbruker>,
    fra_s: i64,
    utloeper_s: i64,
}

impl Helseidtoken {
    /// The parent organisation, by whom access is decided. Absent in tokens that v3 does not take.
    #[must_use]
    pub fn forelder(&self) -> Option<Organisasjonsnummer> {
        self.forelder
    }

    /// The unit below it. For the log.
    #[must_use]
    pub fn underenhet(&self) -> Option<Organisasjonsnummer> {
        self.underenhet
    }

    /// The supplier that calls on its behalf. For blocks and the log.
    #[must_use]
    pub fn leverandoer(&self) -> Option<Organisasjonsnummer> {
        self.leverandoer
    }

    /// Whether the token is bound to a key, and so was shown with a proof by it.
    #[must_use]
    pub fn er_bundet(&self) -> bool {
        self.bundet_til.is_some()
    }

    /// Thumbprint of the key that the token is bound to. Source: RFC 9449 section 6.1.
    #[must_use]
    pub fn bundet_til(&self) -> Option<&[u8; 32]> {
        self.bundet_til.as_ref()
    }

    /// Whether the token holds a scope, as a whole word.
    #[must_use]
    pub fn har_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|eget| eget == scope)
    }

    /// The scopes in the token's order.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(String::as_str)
    }

    /// `client_id`: for the log, never for access control.
    #[must_use]
    pub fn klient_id(&self) -> &str {
        &self.klient_id
    }

    /// The same, to be kept.
    #[must_use]
    pub fn felles_klient_id(&self) -> Arc<str> {
        Arc::clone(&self.klient_id)
    }

    /// `jti`, if the token has one: for the log.
    #[must_use]
    pub fn jti(&self) -> Option<&str> {
        self.jti.as_deref()
    }

    /// The same, to be kept.
    #[must_use]
    pub fn felles_jti(&self) -> Option<Arc<str>> {
        self.jti.clone()
    }

    /// The end user, if any. For the audit log only.
    #[must_use]
    pub fn sluttbruker(&self) -> Option<&Sluttbruker> {
        self.sluttbruker.as_ref()
    }

    /// `exp`. Units: seconds since 1970.
    #[must_use]
    pub fn utloeper_s(&self) -> i64 {
        self.utloeper_s
    }
}

impl Tidsbegrenset for Helseidtoken {
    fn sjekk_tid(&self, naa_s: i64, toleranse_s: i64) -> Result<(), Tokenfeil> {
        sjekk_tidsrom(self.fra_s, self.utloeper_s, naa_s, toleranse_s)
    }
}

/// Reads the claims of a token whose signature has been verified.
pub(super) fn les_token(nyttelast: &[u8], maal: &Maal<'_>, naa_s: i64) -> Result<Helseidtoken, Tokenfeil> {
    let krav = json::les_objekt(nyttelast).map_err(Tokenfeil::Innhold)?;
    if krav.get("iss").and_then(Value::as_str).ok_or(Tokenfeil::Krav("iss"))? != maal.utsteder {
        return Err(Tokenfeil::Utsteder);
    }
    if !er_mottaker(krav.get("aud"), maal.mottaker) {
        return Err(Tokenfeil::Mottaker);
    }
    let frivillig_tid = |felt: &'static str| krav.contains_key(felt).then(|| les_tid(&krav, felt)).transpose();
    let (iat, nbf) = (frivillig_tid("iat")?, frivillig_tid("nbf")?);
    // A token that does not say when its life began cannot be held to a longest life.
    let fra_s = iat.max(nbf).ok_or(Tokenfeil::Krav("iat"))?;
    let token = Helseidtoken {
        klient_id: les_id(&krav, "client_id")?,
        scopes: krav.get("scope").and_then(les_scopes).ok_or(Tokenfeil::Scope)?,
        forelder: les_orgnr(&krav, ORGNR_PARENT)?,
        underenhet: les_orgnr(&krav, ORGNR_CHILD)?,
        leverandoer: les_orgnr(&krav, ORGNR_SUPPLIER)?,
        bundet_til: les_binding(&krav)?,
        jti: krav.contains_key("jti").then(|| les_id(&krav, "jti")).transpose()?,
        sluttbruker: les_sluttbruker(&krav, PID)?,
        fra_s,
        utloeper_s: les_tid(&krav, "exp")?,
    };
    if token.underenhet.is_some() && token.forelder.is_none() {
        return Err(Tokenfeil::Krav(ORGNR_PARENT));
    }
    token.sjekk_tid(naa_s, maal.toleranse_s)?;
    // Both times are positive, so the difference cannot overflow.
    if !(1..=maal.levetid_maks_s).contains(&(token.utloeper_s - token.fra_s)) {
        return Err(Tokenfeil::Levetid);
    }
    Ok(token)
}

/// `aud`: we, alone; as a text or as an array of one, which RFC 7519 says is the same.
///
/// Source: HelseID's documentation, ADR 0035. That several are refused is our choice.
fn er_mottaker(aud: Option<&Value>, mottaker: &str) -> bool {
    match aud {
        Some(Value::String(aud)) => aud == mottaker,
        Some(Value::Array(liste)) => matches!(liste.as_slice(), [Value::String(aud)] if aud == mottaker),
        _ => false,
    }
}

/// `scope`: one text of words, or an array with a word in each place, as HelseID's server writes it.
///
/// Source: RFC 6749 section 3.3; that both forms are taken is our choice, ADR 0035.
fn les_scopes(verdi: &Value) -> Option<Vec<String>> {
    match verdi {
        Value::Array(liste) => {
            let ord: Option<Vec<&str>> = liste.iter().map(Value::as_str).collect();
            les_scopeord(ord?)
        }
        _ => les_scope(verdi),
    }
}

/// Nine digits with a right check digit, or nothing.
fn les_orgnr(krav: &Map<String, Value>, felt: &'static str) -> Result<Option<Organisasjonsnummer>, Tokenfeil> {
    let Some(verdi) = krav.get(felt) else { return Ok(None) };
    let nummer = verdi.as_str().and_then(|tekst| Organisasjonsnummer::parse(tekst).ok());
    nummer.map(Some).ok_or(Tokenfeil::Krav(felt))
}

/// `cnf`: a thumbprint and nothing else. A binding that we cannot check is no token that we take.
fn les_binding(krav: &Map<String, Value>) -> Result<Option<[u8; 32]>, Tokenfeil> {
    let Some(cnf) = krav.get("cnf") else { return Ok(None) };
    let jkt = cnf
        .as_object()
        .filter(|cnf| cnf.len() == 1)
        .and_then(|cnf| cnf.get("jkt")?.as_str());
    let avtrykk = jkt.and_then(|jkt| <[u8; 32]>::try_from(URL_SAFE_NO_PAD.decode(jkt).ok()?).ok());
    avtrykk.map(Some).ok_or(Tokenfeil::Krav("cnf"))
}

/// A token of some claims, as the verifier would let it out: issuer, audience and a life of ten minutes are filled in.
#[cfg(test)]
pub(crate) fn proevetoken(mut krav: Value, naa_s: i64) -> Helseidtoken {
    let (utsteder, mottaker) = ("https://helseid.example", "prøve");
    krav["iss"] = Value::from(utsteder);
    krav["aud"] = Value::from(mottaker);
    krav["iat"] = Value::from(naa_s);
    krav["exp"] = Value::from(naa_s + 600);
    let maal = Maal {
        utsteder,
        mottaker,
        toleranse_s: 5,
        levetid_maks_s: 3600,
    };
    les_token(krav.to_string().as_bytes(), &maal, naa_s).unwrap()
}
