//! The claims of an access token from Maskinporten, and the [`Token`] they become.
//!
//! A claim that we use must have exactly the shape the documentation shows. Claims that we do not use are ignored:
//! Digdir may add some.

use std::fmt;
use std::sync::Arc;

use identifikator::Organisasjonsnummer;
use serde_json::{Map, Value};

use super::feil::Tokenfeil;
use super::json;
use super::kontroll::Tidsbegrenset;

/// Most words in a `scope`. Source: our choice; a client of Folkeregisteret has one or two.
const SCOPE_ANTALL_MAKS: usize = 64;
/// Longest `client_id` and `jti`. Source: our choice; Maskinporten uses uuids.
const ID_TEGN_MAKS: usize = 256;
/// The only authority of an organisation identifier. Source: Maskinporten's documentation, ADR 0007
const AUTORITET: &str = "iso6523-actorid-upis";
/// `aud` of a token without audience restriction. Source: Maskinporten's documentation, ADR 0007
const UTEN_MOTTAKER: &str = "unspecified";

/// What a token is held up against.
#[derive(Debug)]
pub(super) struct Maal<'a> {
    pub utsteder: &'a str,
    pub toleranse_s: i64,
    pub levetid_maks_s: i64,
    pub delegeringskilder: &'a [String],
}

/// An access token that has been verified. Only the verifier makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    konsument: Organisasjonsnummer,
    delegering: Option<Delegering>,
    scopes: Vec<String>,
    // Each call that uses the token takes these along to its audit record.
    klient_id: Arc<str>,
    jti: Arc<str>,
    sluttbruker: Option<Sluttbruker>,
    utstedt_s: i64,
    utloeper_s: i64,
}

/// That somebody calls on behalf of the consumer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegering {
    leverandoer: Organisasjonsnummer,
    kilde: Arc<str>,
    kjent: bool,
}

impl Delegering {
    /// The organisation that calls.
    #[must_use]
    pub fn leverandoer(&self) -> Organisasjonsnummer {
        self.leverandoer
    }

    /// Where the delegation stands, without a final slash.
    #[must_use]
    pub fn kilde(&self) -> &str {
        &self.kilde
    }

    /// Whether that source is on our list. A token from an unknown source is genuine, but gives no access.
    #[must_use]
    pub fn kilde_er_kjent(&self) -> bool {
        self.kjent
    }
}

/// The identifier of the person to whom a token is restricted (`pid`). For the audit log only.
#[derive(Clone, PartialEq, Eq)]
pub struct Sluttbruker(Arc<str>);

impl Sluttbruker {
    /// The eleven digits.
    #[must_use]
    pub fn siffer(&self) -> &str {
        &self.0
    }
}

/// Stars instead of digits.
impl fmt::Debug for Sluttbruker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sluttbruker(***********)")
    }
}

impl Token {
    /// The legal consumer, by whom access is decided.
    #[must_use]
    pub fn konsument(&self) -> Organisasjonsnummer {
        self.konsument
    }

    /// The delegation, when a supplier calls.
    #[must_use]
    pub fn delegering(&self) -> Option<&Delegering> {
        self.delegering.as_ref()
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
    pub(crate) fn felles_klient_id(&self) -> Arc<str> {
        Arc::clone(&self.klient_id)
    }

    /// `jti`: for the log.
    #[must_use]
    pub fn jti(&self) -> &str {
        &self.jti
    }

    /// The same, to be kept.
    pub(crate) fn felles_jti(&self) -> Arc<str> {
        Arc::clone(&self.jti)
    }

    /// The person to whom the token is restricted, if any.
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

impl Tidsbegrenset for Token {
    fn sjekk_tid(&self, naa_s: i64, toleranse_s: i64) -> Result<(), Tokenfeil> {
        sjekk_tidsrom(self.utstedt_s, self.utloeper_s, naa_s, toleranse_s)
    }
}

/// Whether a time lies between two others, with the tolerance on either side. Units: seconds.
pub(super) fn sjekk_tidsrom(fra_s: i64, til_s: i64, naa_s: i64, toleranse_s: i64) -> Result<(), Tokenfeil> {
    if naa_s >= til_s.saturating_add(toleranse_s) {
        return Err(Tokenfeil::Utloept);
    }
    if fra_s > naa_s.saturating_add(toleranse_s) {
        return Err(Tokenfeil::IkkeGyldigEnnaa);
    }
    Ok(())
}

/// Reads the claims of a token whose signature has been verified.
pub(super) fn les_token(nyttelast: &[u8], maal: &Maal<'_>, naa_s: i64) -> Result<Token, Tokenfeil> {
    let krav = json::les_objekt(nyttelast).map_err(Tokenfeil::Innhold)?;
    if krav.get("iss").and_then(Value::as_str).ok_or(Tokenfeil::Krav("iss"))? != maal.utsteder {
        return Err(Tokenfeil::Utsteder);
    }
    if krav.contains_key("cnf") {
        return Err(Tokenfeil::Noekkelbundet);
    }
    match krav.get("aud") {
        None => {}
        Some(Value::String(aud)) if aud == UTEN_MOTTAKER => {}
        Some(_) => return Err(Tokenfeil::Mottaker),
    }
    if krav.get("token_type").is_some_and(|slag| slag != "Bearer") {
        return Err(Tokenfeil::Krav("token_type"));
    }
    let token = Token {
        konsument: krav
            .get("consumer")
            .and_then(les_organisasjon)
            .ok_or(Tokenfeil::Konsument)?,
        delegering: les_delegering(&krav, maal.delegeringskilder)?,
        scopes: krav.get("scope").and_then(les_scope).ok_or(Tokenfeil::Scope)?,
        klient_id: les_id(&krav, "client_id")?,
        jti: les_id(&krav, "jti")?,
        sluttbruker: les_sluttbruker(&krav, "pid")?,
        utstedt_s: les_tid(&krav, "iat")?,
        utloeper_s: les_tid(&krav, "exp")?,
    };
    token.sjekk_tid(naa_s, maal.toleranse_s)?;
    if krav.contains_key("nbf") && les_tid(&krav, "nbf")? > naa_s.saturating_add(maal.toleranse_s) {
        return Err(Tokenfeil::IkkeGyldigEnnaa);
    }
    // Both times are positive, so the difference cannot overflow.
    if !(1..=maal.levetid_maks_s).contains(&(token.utloeper_s - token.utstedt_s)) {
        return Err(Tokenfeil::Levetid);
    }
    Ok(token)
}

/// A time claim: whole positive seconds, not a text, not a fraction.
pub(super) fn les_tid(krav: &Map<String, Value>, felt: &'static str) -> Result<i64, Tokenfeil> {
    krav.get(felt)
        .and_then(Value::as_i64)
        .filter(|tid| *tid > 0)
        .ok_or(Tokenfeil::Krav(felt))
}

pub(super) fn les_id(krav: &Map<String, Value>, felt: &'static str) -> Result<Arc<str>, Tokenfeil> {
    krav.get(felt)
        .and_then(Value::as_str)
        .filter(|id| (1..=ID_TEGN_MAKS).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()))
        .map(Arc::from)
        .ok_or(Tokenfeil::Krav(felt))
}

/// The identifier of an end user, under the name that the issuer has for it.
pub(super) fn les_sluttbruker(krav: &Map<String, Value>, felt: &'static str) -> Result<Option<Sluttbruker>, Tokenfeil> {
    match krav.get(felt) {
        None => Ok(None),
        Some(Value::String(pid)) if pid.len() == 11 && pid.bytes().all(|b| b.is_ascii_digit()) => {
            Ok(Some(Sluttbruker(pid.as_str().into())))
        }
        Some(_) => Err(Tokenfeil::Krav(felt)),
    }
}

/// Reads `{"authority":"iso6523-actorid-upis","ID":"0192:<orgnr>"}`; nothing more, nothing less.
///
/// Source: Maskinporten's documentation, ADR 0007
#[must_use]
pub fn les_organisasjon(verdi: &Value) -> Option<Organisasjonsnummer> {
    let objekt = verdi.as_object().filter(|objekt| objekt.len() == 2)?;
    if objekt.get("authority")?.as_str()? != AUTORITET {
        return None;
    }
    objekt
        .get("ID")?
        .as_str()?
        .strip_prefix("0192:")
        .and_then(|orgnr| Organisasjonsnummer::parse(orgnr).ok())
}

/// Reads a `scope`: words of visible ASCII with one space between, none twice.
///
/// Errors: `None` when it is anything else, also an array of words.
/// Source: RFC 6749 section 3.3; that repeated words and stray spaces are refused is our choice.
#[must_use]
pub fn les_scope(verdi: &Value) -> Option<Vec<String>> {
    les_scopeord(verdi.as_str()?.split(' '))
}

/// Words of visible ASCII, none twice, at least one.
pub(super) fn les_scopeord<'a>(alle: impl IntoIterator<Item = &'a str>) -> Option<Vec<String>> {
    let mut ut: Vec<String> = Vec::new();
    for ord in alle {
        let tegn = |b: u8| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        if ord.is_empty() || !ord.bytes().all(tegn) || ut.len() == SCOPE_ANTALL_MAKS || ut.iter().any(|o| o == ord) {
            return None;
        }
        ut.push(ord.to_owned());
    }
    (!ut.is_empty()).then_some(ut)
}

fn les_delegering(krav: &Map<String, Value>, kjente: &[String]) -> Result<Option<Delegering>, Tokenfeil> {
    let (leverandoer, kilde) = match (krav.get("supplier"), krav.get("delegation_source")) {
        (None, None) => return Ok(None),
        (Some(leverandoer), Some(Value::String(kilde))) => (leverandoer, kilde),
        _ => return Err(Tokenfeil::Leverandoer),
    };
    let leverandoer = les_organisasjon(leverandoer).ok_or(Tokenfeil::Leverandoer)?;
    // The text of the documentation omits the final slash, its samples have it: compared without.
    let kilde = kilde.strip_suffix('/').unwrap_or(kilde);
    let kjent = kjente
        .iter()
        .any(|kjent| kjent.strip_suffix('/').unwrap_or(kjent) == kilde);
    if kilde.is_empty() || kilde.len() > ID_TEGN_MAKS || !kilde.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Tokenfeil::Leverandoer);
    }
    Ok(Some(Delegering {
        leverandoer,
        kilde: kilde.into(),
        kjent,
    }))
}
