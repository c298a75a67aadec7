//! A grant (RFC 7523), read and held up against every rule that needs no more than the client's registration.
//!
//! Order: form, key reference, client, signature, age of the key, audience, time, and then what is asked for. Nothing
//! after the signature is looked at before it, apart from `iss`, which says whose key to use.

use identifikator::{Folkeregisteridentifikator, Organisasjonsnummer};
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::sync::Arc;
use tilgang::avtale::{Avtaleregister, Klient};
use tilgang::token::jws::X5c;
use tilgang::token::{GRANT_LEVETID_S, Kompakt, TOLERANSE_S, json, les_scope};

use crate::avslag::Avslag;

/// Longest `jti`, and longest element of `resource`. Units: bytes. Source: our choice.
const TEKST_BYTES_MAKS: usize = 256;
/// Most elements of `resource`. Source: our choice.
const RESSURSER_MAKS: usize = 8;

/// A grant whose signature, audience and time are right.
#[derive(Debug)]
pub(crate) struct Sjekket {
    pub klient: Arc<Klient>,
    pub scopes: Vec<String>,
    /// The legal consumer, when it is another than the client's own organisation.
    pub konsument: Option<Organisasjonsnummer>,
    pub ressurser: Vec<String>,
    pub pid: Option<Folkeregisteridentifikator>,
    pub utloeper_s: i64,
    /// What makes the grant the same one again: its `jti` under this client, else all that was signed.
    pub kjennetegn: Vec<u8>,
}

/// Checks a grant at a time.
pub(crate) fn sjekk(
    paastand: &str,
    utsteder: &str,
    register: &Avtaleregister,
    naa: Timestamp,
) -> Result<Sjekket, Avslag> {
    let jws = Kompakt::les(paastand, &["jwt"]).map_err(|_| Avslag::Paastand("not a signed JWT in compact form"))?;
    let kid = match (jws.x5c, jws.kid.as_deref()) {
        (X5c::Misdannet, _) => return Err(Avslag::X5c),
        (X5c::Kjede, Some(_)) => return Err(Avslag::Paastand("exactly one of kid and x5c must be given")),
        (X5c::Kjede, None) => return Err(Avslag::Sertifikat),
        (X5c::Ingen, None) => return Err(Avslag::Paastand("kid is missing")),
        (X5c::Ingen, Some(kid)) => kid,
    };
    let krav = json::les_objekt(&jws.nyttelast)
        .map_err(|_| Avslag::Paastand("the payload is not an object with members given once"))?;
    let iss = krav
        .get("iss")
        .and_then(Value::as_str)
        .ok_or(Avslag::Paastand("iss is missing"))?;
    let klient = register.klient(iss).ok_or(Avslag::Klient)?;
    let noekkel = klient.noekler.get(kid).ok_or(Avslag::Klient)?;
    if !noekkel.noekkel.har_signert(&jws) {
        return Err(Avslag::Signatur);
    }
    if naa >= noekkel.utloeper {
        return Err(Avslag::NoekkelUtloept);
    }
    if !er_mottaker(&krav, utsteder) {
        return Err(Avslag::Mottaker);
    }
    let utloeper_s = sjekk_tid(&krav, naa.as_second())?;
    let jti = tekst(&krav, "jti", "jti must be a text of 1 to 256 visible ASCII characters")?;
    let kjennetegn = match jti {
        Some(jti) => format!("jti {} {jti}", klient.klient_id).into_bytes(),
        None => format!("jws {}", jws.signert).into_bytes(),
    };
    sjekk_detaljer(&krav)?;
    if krav.contains_key("iss_onbehalfof") {
        return Err(Avslag::Paastand("iss_onbehalfof is not supported; use consumer_org"));
    }
    let konsument = les_konsument(&krav, &klient)?;
    let scopes = krav.get("scope").and_then(les_scope).ok_or(Avslag::Paastand(
        "scope must be a text of words with single spaces between",
    ))?;
    if !scopes.iter().all(|scope| klient.scopes.contains(scope)) {
        return Err(Avslag::Scope);
    }
    let pid = tekst(&krav, "pid", "pid is not valid")?
        .map(Folkeregisteridentifikator::parse)
        .transpose()
        .map_err(|_| Avslag::Paastand("pid is not valid"))?;
    let ressurser = les_ressurser(&krav)?;
    Ok(Sjekket {
        scopes,
        konsument,
        ressurser,
        pid,
        utloeper_s,
        kjennetegn,
        klient,
    })
}

/// `aud`: the issuer, alone; as a text or as an array of one, which RFC 7519 says is the same.
pub(crate) fn er_mottaker(krav: &Map<String, Value>, utsteder: &str) -> bool {
    match krav.get("aud") {
        Some(Value::String(aud)) => aud == utsteder,
        Some(Value::Array(liste)) => matches!(liste.as_slice(), [Value::String(aud)] if aud == utsteder),
        _ => false,
    }
}

fn sjekk_tid(krav: &Map<String, Value>, naa_s: i64) -> Result<i64, Avslag> {
    let tid = |felt| krav.get(felt).and_then(Value::as_i64).filter(|tid| *tid > 0);
    let iat = tid("iat").ok_or(Avslag::Paastand("iat must be a whole number of seconds"))?;
    let exp = tid("exp").ok_or(Avslag::Paastand("exp must be a whole number of seconds"))?;
    if iat > naa_s.saturating_add(TOLERANSE_S) {
        return Err(Avslag::UtstedtIFramtiden);
    }
    if iat < naa_s.saturating_sub(TOLERANSE_S) || exp <= iat || exp.saturating_add(TOLERANSE_S) <= naa_s {
        return Err(Avslag::Utloept);
    }
    if exp - iat > GRANT_LEVETID_S {
        return Err(Avslag::Paastand("exp must be at most 120 seconds after iat"));
    }
    Ok(exp)
}

fn sjekk_detaljer(krav: &Map<String, Value>) -> Result<(), Avslag> {
    match krav.get("authorization_details") {
        None => Ok(()),
        Some(Value::Array(liste))
            if liste
                .iter()
                .all(|detalj| detalj.get("type").is_some_and(Value::is_string)) =>
        {
            if liste.is_empty() {
                Err(Avslag::Detaljverdi)
            } else {
                Err(Avslag::UkjentDetaljtype)
            }
        }
        Some(_) => Err(Avslag::Detaljverdi),
    }
}

fn les_konsument(krav: &Map<String, Value>, klient: &Klient) -> Result<Option<Organisasjonsnummer>, Avslag> {
    let ugyldig = "consumer_org is not a valid organisation number";
    let konsument = tekst(krav, "consumer_org", ugyldig)?
        .map(Organisasjonsnummer::parse)
        .transpose()
        .map_err(|_| Avslag::Paastand(ugyldig))?;
    if konsument == Some(klient.organisasjon) {
        Err(Avslag::EgenKonsument)
    } else {
        Ok(konsument)
    }
}

fn les_ressurser(krav: &Map<String, Value>) -> Result<Vec<String>, Avslag> {
    let ugyldig = Avslag::Paastand("resource must be an array of 1 to 8 texts");
    match krav.get("resource") {
        None => Ok(Vec::new()),
        Some(Value::Array(liste)) if (1..=RESSURSER_MAKS).contains(&liste.len()) => liste
            .iter()
            .map(|verdi| synlig(verdi).map(str::to_owned).ok_or(ugyldig))
            .collect(),
        Some(_) => Err(ugyldig),
    }
}

fn tekst<'a>(krav: &'a Map<String, Value>, felt: &str, ugyldig: &'static str) -> Result<Option<&'a str>, Avslag> {
    krav.get(felt)
        .map(|verdi| synlig(verdi).ok_or(Avslag::Paastand(ugyldig)))
        .transpose()
}

/// A text of visible ASCII, neither empty nor long.
pub(crate) fn synlig(verdi: &Value) -> Option<&str> {
    verdi
        .as_str()
        .filter(|tekst| (1..=TEKST_BYTES_MAKS).contains(&tekst.len()) && tekst.bytes().all(|b| b.is_ascii_graphic()))
}
