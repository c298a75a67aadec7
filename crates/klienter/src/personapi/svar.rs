//! Answers of the Person API, checked as input from outside.
//!
//! New fields and new event types are allowed by the contract and are kept or passed on; what a consumer builds on must be there.
//! `Debug` of everything here shows how much there is, never what it says.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use super::{HENDELSER_MAKS, SIDE_MAKS};
use crate::tilkobling::Feil;

/// Longest person id. Units: characters. Source: Person API, `person/{id}`.
const ID_TEGN_MAKS: usize = 64;
/// Longest event type that is kept. Units: bytes. Source: our choice; the longest in the contract has 45.
const TYPE_BYTE_MAKS: usize = 128;

/// Whether a text can be the id of a person. It is never parsed further; a comma would part it in two in a form.
#[must_use]
pub fn er_personid(tekst: &str) -> bool {
    (1..=ID_TEGN_MAKS).contains(&tekst.len()) && tekst.bytes().all(|b| b.is_ascii_graphic() && b != b',')
}

/// A person as the service gave it, field for field.
#[derive(Clone, PartialEq)]
pub struct Person {
    id: String,
    sekvensnummer: Option<u64>,
    felt: Map<String, Value>,
}

impl Person {
    fn av(verdi: Value) -> Result<Self, Feil> {
        let Value::Object(felt) = verdi else {
            return Err(Feil::Format("personen er ikke et JSON-objekt"));
        };
        let id = felt.get("id").and_then(Value::as_str).filter(|id| er_personid(id));
        let id = id.ok_or(Feil::Format("personen har ingen brukbar id"))?.to_owned();
        let sekvensnummer = match felt.get("sequenceNumber") {
            None | Some(Value::Null) => None,
            Some(verdi) => Some(les_nummer(verdi).ok_or(Feil::Format("personens sequenceNumber er ikke et tall"))?),
        };
        Ok(Person {
            id,
            sekvensnummer,
            felt,
        })
    }

    /// A person of an object that is at hand.
    ///
    /// # Errors
    /// [`Feil::Format`] without an id.
    pub fn fra_objekt(felt: Map<String, Value>) -> Result<Self, Feil> {
        Person::av(Value::Object(felt))
    }

    /// The service's id of the person.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The number of the event that this document is of.
    #[must_use]
    pub fn sekvensnummer(&self) -> Option<u64> {
        self.sekvensnummer
    }

    /// The whole object.
    #[must_use]
    pub fn objekt(&self) -> &Map<String, Value> {
        &self.felt
    }

    /// The whole object.
    #[must_use]
    pub fn into_objekt(self) -> Map<String, Value> {
        self.felt
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person({} felt)", self.felt.len())
    }
}

/// An event: who, and what about. What changed is read from the person.
#[derive(Clone, PartialEq, Eq)]
pub struct Hendelse {
    /// Its number in the feed of the scope.
    pub sekvensnummer: u64,
    /// The person.
    pub person_id: String,
    /// One of the contract's types, or a newer one.
    pub type_: String,
    /// The number that it was issued on (version 3).
    pub nummer: Option<String>,
}

impl fmt::Debug for Hendelse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hendelse")
            .field("sekvensnummer", &self.sekvensnummer)
            .field("type_", &self.type_)
            .finish_non_exhaustive()
    }
}

/// A number as text, as the contract has it in events, or as a number, as it has it in persons.
fn les_nummer(verdi: &Value) -> Option<u64> {
    let nummer = match verdi {
        Value::String(tekst) if tekst.bytes().all(|b| b.is_ascii_digit()) => tekst.parse().ok()?,
        verdi => verdi.as_u64()?,
    };
    // int64 in the contract.
    i64::try_from(nummer).is_ok().then_some(nummer)
}

fn hendelse(verdi: &Value) -> Result<Hendelse, Feil> {
    let tekst = |felt: &str| verdi.get(felt).and_then(Value::as_str);
    let sekvensnummer = verdi.get("sequenceNumber").and_then(les_nummer).filter(|nr| *nr > 0);
    let type_ = tekst("eventType").filter(|t| t.len() <= TYPE_BYTE_MAKS && !t.contains(char::is_control));
    Ok(Hendelse {
        sekvensnummer: sekvensnummer.ok_or(Feil::Format("hendelsen har ikke noe brukbart sequenceNumber"))?,
        person_id: tekst("personId")
            .filter(|id| er_personid(id))
            .ok_or(Feil::Format("hendelsen har ingen brukbar personId"))?
            .to_owned(),
        // A reader must bear types that it does not know, and so one that is absent.
        type_: type_.unwrap_or("Unknown").to_owned(),
        nummer: tekst("nin")
            .filter(|nin| (1..=12).contains(&nin.len()) && nin.bytes().all(|b| b.is_ascii_digit()))
            .map(str::to_owned),
    })
}

fn les(kropp: &[u8]) -> Result<Value, Feil> {
    serde_json::from_slice(kropp).map_err(|_| Feil::Format("svaret er ikke JSON"))
}

pub(super) fn les_person(kropp: &[u8]) -> Result<Person, Feil> {
    Person::av(les(kropp)?)
}

/// Persons of a bulk answer: no more than were asked for, each once.
pub(super) fn les_personer(kropp: &[u8], spurt: usize) -> Result<Vec<Person>, Feil> {
    let Value::Array(alle) = les(kropp)? else {
        return Err(Feil::Format("et bulksvar er ikke en liste"));
    };
    if alle.len() > spurt {
        return Err(Feil::Format("et bulksvar har flere personer enn det ble spurt om"));
    }
    let personer: Vec<Person> = alle.into_iter().map(Person::av).collect::<Result<_, _>>()?;
    let ider: BTreeSet<&str> = personer.iter().map(Person::id).collect();
    if ider.len() < personer.len() {
        return Err(Feil::Format("et bulksvar har den samme personen to ganger"));
    }
    Ok(personer)
}

pub(super) fn les_hendelse(kropp: &[u8]) -> Result<Hendelse, Feil> {
    hendelse(&les(kropp)?)
}

/// A page of the feed: numbers that rise, none before what was asked for.
pub(super) fn les_hendelser(kropp: &[u8], fra_inklusiv: u64) -> Result<Vec<Hendelse>, Feil> {
    let svar = les(kropp)?;
    let alle = resultater(&svar)?;
    if alle.len() > HENDELSER_MAKS {
        return Err(Feil::Format(
            "en side av hendelseslisten er lengre enn kontrakten tillater",
        ));
    }
    let hendelser: Vec<Hendelse> = alle.iter().map(hendelse).collect::<Result<_, _>>()?;
    let mut minst = fra_inklusiv;
    for hendelse in &hendelser {
        if hendelse.sekvensnummer < minst {
            return Err(Feil::Format(
                "hendelsene kommer ikke i stigende rekkefølge fra der det ble spurt",
            ));
        }
        minst = hendelse.sekvensnummer + 1;
    }
    Ok(hendelser)
}

/// A page of ids, from `indeks` on; no more than `antall`.
pub(super) fn les_side(kropp: &[u8], indeks: u64, antall: usize) -> Result<Vec<String>, Feil> {
    let svar = les(kropp)?;
    let alle = resultater(&svar)?;
    if alle.len() > antall.min(SIDE_MAKS) {
        return Err(Feil::Format("en side av søket er lengre enn det ble spurt om"));
    }
    let id = |verdi: &Value| verdi.as_str().filter(|id| er_personid(id)).map(str::to_owned);
    let ider: Option<Vec<String>> = alle.iter().map(id).collect();
    let ider = ider.ok_or(Feil::Format("en side av søket har noe som ikke er en person-id"))?;
    if ider.iter().collect::<BTreeSet<_>>().len() < ider.len() {
        return Err(Feil::Format("en side av søket har den samme personen to ganger"));
    }
    if !ider.is_empty() {
        let stemmer = |felt: &str, ventet: u64| match svar.get(felt) {
            None | Some(Value::Null) => true,
            Some(verdi) => verdi.as_u64() == Some(ventet),
        };
        if !stemmer("startIndex", indeks) || !stemmer("endIndex", indeks + ider.len() as u64 - 1) {
            return Err(Feil::Format("startIndex og endIndex passer ikke med siden"));
        }
    }
    Ok(ider)
}

pub(super) fn les_antall(kropp: &[u8]) -> Result<u64, Feil> {
    let antall = les(kropp)?.get("matchCount").and_then(Value::as_u64);
    antall.ok_or(Feil::Format("matchCount er ikke et antall"))
}

/// `results`; null and absent are empty.
fn resultater(svar: &Value) -> Result<&[Value], Feil> {
    match (svar.is_object(), svar.get("results")) {
        (true, Some(Value::Array(alle))) => Ok(alle),
        (true, None | Some(Value::Null)) => Ok(&[]),
        _ => Err(Feil::Format("svaret har ingen liste")),
    }
}

/// Names of the parameters that a ProblemDetails says are wrong; words of the contract, and nothing of their values.
pub(super) fn les_feilfelt(kropp: &[u8]) -> Vec<String> {
    let dokument: Option<Value> = serde_json::from_slice(kropp).ok();
    let felt = dokument.as_ref().and_then(|d| d.get("errors")?.as_object());
    let navn = felt.into_iter().flat_map(Map::keys);
    navn.filter(|navn| (1..=40).contains(&navn.len()) && navn.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-'))
        .take(10)
        .cloned()
        .collect()
}

/// Whether a body is an error of the service, and not of something that stands before it.
pub(super) fn er_problem(kropp: &[u8]) -> bool {
    serde_json::from_slice::<Value>(kropp).is_ok_and(|d| d.get("status").and_then(Value::as_u64).is_some())
}

#[cfg(test)]
#[path = "svar_test.rs"]
mod tests;
