//! A client's assertion (private_key_jwt), held up against every rule that needs no more than the client's registration.
//!
//! Order: form, client, key, signature, age of the key, subject, audience, time, `jti`, and then what is asked for. Nothing
//! after the signature is looked at before it, apart from `iss`, which says whose key to use. A newcomer's mistake is to take
//! the token endpoint as audience, as older samples have it: another server could then hand our client's assertion on to us.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tilgang::avtale::{Avtaleregister, Klient};
use tilgang::token::helseid::{HELSEID_TOLERANSE_S, Organisasjonsvalg, PAASTAND_LEVETID_S, PAASTANDSTYPE};
use tilgang::token::jws::{Form, Typ, X5c};
use tilgang::token::{Algoritme, Kompakt, json};

use super::avslag::Avslag;
use crate::grantsjekk::{er_mottaker, synlig};

/// The values of `typ`. Source: HelseID's documentation, newer samples and older text, ADR 0035.
const TYPER: [&str; 2] = [PAASTANDSTYPE, "jwt"];

/// An assertion that is right.
#[derive(Debug)]
pub(super) struct Sjekket {
    pub klient: Arc<Klient>,
    pub organisasjon: Option<Organisasjonsvalg>,
    /// What makes the assertion the same one again: its `jti` under this client.
    pub kjennetegn: Vec<u8>,
    /// Until when it must be remembered. Units: seconds since 1970.
    pub husk_til_s: i64,
}

/// Checks an assertion at a time. `klient_id` is the form's, where it has one.
pub(super) fn sjekk(
    paastand: &str,
    klient_id: Option<&str>,
    utsteder: &str,
    register: &Avtaleregister,
    naa: Timestamp,
) -> Result<Sjekket, Avslag> {
    let form = Form {
        typ: Typ::Kreves(&TYPER),
        algoritmer: &Algoritme::ALLE,
        baerer_noekkel: false,
    };
    let jws = Kompakt::les_som(paastand, &form).map_err(|_| Avslag::Paastand("not a signed JWT of the right type"))?;
    if jws.x5c != X5c::Ingen {
        return Err(Avslag::Paastand("x5c is not accepted; register a key and use kid"));
    }
    let kid = jws.kid.as_deref().ok_or(Avslag::Paastand("kid is missing"))?;
    let krav = json::les_objekt(&jws.nyttelast)
        .map_err(|_| Avslag::Paastand("the payload is not an object with members given once"))?;
    let iss = krav
        .get("iss")
        .and_then(Value::as_str)
        .ok_or(Avslag::Paastand("iss is missing"))?;
    let klient = register.klient(iss).ok_or(Avslag::Klient)?;
    let noekkel = klient.noekler.get(kid).ok_or(Avslag::Klient)?;
    if !noekkel.noekkel.har_signert(&jws) || naa >= noekkel.utloeper {
        return Err(Avslag::Klient);
    }
    if krav.get("sub").and_then(Value::as_str) != Some(iss) || klient_id.is_some_and(|klient_id| klient_id != iss) {
        return Err(Avslag::Paastand("sub and client_id must be iss"));
    }
    if !er_mottaker(&krav, utsteder) {
        return Err(Avslag::Paastand("aud must be exactly the authority"));
    }
    let exp = sjekk_tid(&krav, naa.as_second())?;
    let jti = krav.get("jti").and_then(synlig);
    let jti = jti.ok_or(Avslag::Paastand(
        "jti must be a text of 1 to 256 visible ASCII characters",
    ))?;
    let organisasjon = match krav.get("authorization_details") {
        None => None,
        Some(detaljer) => Some(Organisasjonsvalg::les(detaljer).ok_or(Avslag::Detaljer)?),
    };
    Ok(Sjekket {
        kjennetegn: format!("jti {} {jti}", klient.klient_id).into_bytes(),
        husk_til_s: exp.saturating_add(HELSEID_TOLERANSE_S),
        organisasjon,
        klient,
    })
}

/// `exp` ahead of the clock by at most [`PAASTAND_LEVETID_S`]; `nbf` and `iat`, where they are, not ahead of it.
fn sjekk_tid(krav: &Map<String, Value>, naa_s: i64) -> Result<i64, Avslag> {
    let ugyldig = Avslag::Paastand("exp, nbf and iat must be whole numbers of seconds, and exp must be there");
    let tid = |felt: &str| match krav.get(felt) {
        None => Ok(None),
        Some(verdi) => verdi.as_i64().filter(|tid| *tid > 0).map(Some).ok_or(ugyldig),
    };
    let exp = tid("exp")?.ok_or(ugyldig)?;
    let senest = naa_s.saturating_add(HELSEID_TOLERANSE_S);
    if exp.saturating_add(HELSEID_TOLERANSE_S) <= naa_s {
        return Err(Avslag::Paastand("it has expired"));
    }
    if exp > senest.saturating_add(PAASTAND_LEVETID_S) {
        return Err(Avslag::Paastand("exp must be at most 60 seconds ahead"));
    }
    for felt in ["nbf", "iat"] {
        if tid(felt)?.is_some_and(|tid| tid > senest) {
            return Err(Avslag::Paastand("nbf or iat lies ahead"));
        }
    }
    Ok(exp)
}
