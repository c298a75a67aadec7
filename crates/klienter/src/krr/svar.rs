//! Answers of KRR, checked as input from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use identifikator::Folkeregisteridentifikator;
use serde_json::{Map, Value};
use tilgang::token::json::les_objekt;

use super::person::{Kontaktperson, Uleselig};
use super::{ANTALL_MAKS, Behov};
use crate::tilkobling::Feil;

/// What KRR said of those asked for: each of them is in exactly one of the lists.
#[derive(Clone, PartialEq, Eq)]
pub struct Svar {
    /// Entries that follow the contract, in the order asked.
    pub personer: Vec<Kontaktperson>,
    /// Persons whose entry does not: what is known of them from before still holds.
    pub uleselige: Vec<Folkeregisteridentifikator>,
    /// Persons that the answer does not mention.
    pub uten_svar: Vec<Folkeregisteridentifikator>,
}

impl fmt::Debug for Svar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Svar")
            .field("personer", &self.personer.len())
            .field("uleselige", &self.uleselige.len())
            .field("uten_svar", &self.uten_svar.len())
            .finish()
    }
}

/// A page of the list of changes.
#[derive(Clone, PartialEq, Eq)]
pub struct Endringer {
    /// The number that was asked for.
    pub fra: u64,
    /// The number of the last change on the page.
    pub til: u64,
    /// The number of the newest change there is.
    pub seneste: u64,
    /// Each person that was changed and that we want, as they are now.
    pub personer: Vec<Kontaktperson>,
    /// Those of them whose entry breaks the contract.
    pub uleselige: Vec<Folkeregisteridentifikator>,
}

impl Endringer {
    /// Whether there is nothing more.
    #[must_use]
    pub fn er_siste(&self) -> bool {
        self.til == self.seneste
    }
}

impl fmt::Debug for Endringer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endringer")
            .field("fra", &self.fra)
            .field("til", &self.til)
            .field("seneste", &self.seneste)
            .field("personer", &self.personer.len())
            .field("uleselige", &self.uleselige.len())
            .finish()
    }
}

/// Reads the answer about some persons: nobody else, nobody twice.
pub(super) fn les_personer(kropp: &[u8], bedt_om: &[Folkeregisteridentifikator], behov: Behov) -> Result<Svar, Feil> {
    let dokument = les_objekt(kropp).map_err(|_| Feil::Format("svaret er ikke et JSON-objekt"))?;
    let mut igjen: BTreeMap<Folkeregisteridentifikator, usize> = BTreeMap::new();
    for (plass, nummer) in bedt_om.iter().enumerate() {
        igjen.entry(*nummer).or_insert(plass);
    }
    let mut lest = Vec::new();
    for innfoering in personliste(&dokument, igjen.len())? {
        let (nummer, felt) = les_hvem(innfoering)?;
        let Some(plass) = igjen.remove(&nummer) else {
            return Err(Feil::Format(
                "svaret har en person vi ikke ba om, eller den samme to ganger",
            ));
        };
        lest.push((plass, (nummer, Kontaktperson::les(nummer, felt, behov))));
    }
    // In the order asked, whatever order they came in.
    lest.sort_by_key(|(plass, _)| *plass);
    let (personer, uleselige) = del(lest.into_iter().map(|(_, lest)| lest));
    let uten_svar = bedt_om.iter().filter(|n| igjen.remove(n).is_some()).copied().collect();
    Ok(Svar {
        personer,
        uleselige,
        uten_svar,
    })
}

/// Reads a page of changes: the numbers hang together, the page goes forward, nobody is on it twice.
pub(super) fn les_endringer(
    kropp: &[u8],
    bedt_om_fra: u64,
    gjelder: &(dyn Fn(&Folkeregisteridentifikator) -> bool + Sync),
    behov: Behov,
) -> Result<Endringer, Feil> {
    let dokument = les_objekt(kropp).map_err(|_| Feil::Format("svaret er ikke et JSON-objekt"))?;
    let tall = |felt: &str| {
        let tall = dokument.get(felt).and_then(Value::as_u64);
        tall.ok_or(Feil::Format("endringslisten mangler et nummer"))
    };
    let (fra, til, seneste) = (
        tall("fraEndringsNummer")?,
        tall("tilEndringsNummer")?,
        tall("senesteEndringsNummer")?,
    );
    // Who asks again from `til + 1` must come further each time.
    if fra != bedt_om_fra || til > seneste || (til < seneste && til < fra) {
        return Err(Feil::Format("numrene i endringslisten henger ikke sammen"));
    }
    let innfoeringer = personliste(&dokument, ANTALL_MAKS)?;
    let plass = til
        .checked_sub(fra)
        .and_then(|avstand| avstand.checked_add(1))
        .unwrap_or(0);
    if u64::try_from(innfoeringer.len()).unwrap_or(u64::MAX) > plass {
        return Err(Feil::Format("endringslisten har flere personer enn numre"));
    }
    let (mut sett, mut lest) = (BTreeSet::new(), Vec::new());
    for innfoering in innfoeringer {
        let (nummer, felt) = les_hvem(innfoering)?;
        if !sett.insert(nummer.to_u64()) {
            return Err(Feil::Format("endringslisten har den samme personen to ganger"));
        }
        if gjelder(&nummer) {
            lest.push((nummer, les_endret(nummer, felt, behov)));
        }
    }
    let (personer, uleselige) = del(lest);
    Ok(Endringer {
        fra,
        til,
        seneste,
        personer,
        uleselige,
    })
}

/// An entry of the list of changes: AKTIV or SLETTET, and without varslingsstatus. Source: tokens, section 5.2.
fn les_endret(
    nummer: Folkeregisteridentifikator,
    felt: &Map<String, Value>,
    behov: Behov,
) -> Result<Kontaktperson, Uleselig> {
    let mut person = Kontaktperson::les(nummer, felt, behov)?;
    if person.status == super::Status::IkkeRegistrert {
        return Err(Uleselig("status"));
    }
    person.varslingsstatus = None;
    Ok(person)
}

type Lest = (Folkeregisteridentifikator, Result<Kontaktperson, Uleselig>);

fn del(lest: impl IntoIterator<Item = Lest>) -> (Vec<Kontaktperson>, Vec<Folkeregisteridentifikator>) {
    let (mut personer, mut uleselige) = (Vec::new(), Vec::new());
    for (nummer, person) in lest {
        match person {
            Ok(person) => personer.push(person),
            Err(Uleselig(felt)) => {
                tracing::warn!(
                    felt,
                    "en innføring fra Kontakt- og reservasjonsregisteret følger ikke kontrakten"
                );
                uleselige.push(nummer);
            }
        }
    }
    (personer, uleselige)
}

fn personliste(dokument: &Map<String, Value>, antall_maks: usize) -> Result<&[Value], Feil> {
    let liste = dokument.get("personer").and_then(Value::as_array);
    let liste = liste.ok_or(Feil::Format("svaret har ikke en liste «personer»"))?;
    if liste.len() > antall_maks {
        return Err(Feil::Format("svaret har flere personer enn vi ba om"));
    }
    Ok(liste)
}

fn les_hvem(innfoering: &Value) -> Result<(Folkeregisteridentifikator, &Map<String, Value>), Feil> {
    let felt = innfoering
        .as_object()
        .ok_or(Feil::Format("en person er ikke et objekt"))?;
    let nummer = felt.get("personidentifikator").and_then(Value::as_str);
    let nummer = nummer.and_then(|nummer| Folkeregisteridentifikator::parse(nummer).ok());
    Ok((
        nummer.ok_or(Feil::Format("en person mangler gyldig personidentifikator"))?,
        felt,
    ))
}

#[cfg(test)]
#[path = "svar_test.rs"]
mod tests;
