//! Going through the register, person by person.

use std::collections::{BTreeMap, BTreeSet};

use register::{Feil, Lesing, Personnummer};

use crate::kjente::Kjente;
use crate::regel::Regel;
use crate::regler;

/// What a part of the register came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rapport {
    /// Persons that were looked at.
    pub personer: u64,
    /// How many persons break each rule; rules that nobody breaks are not there.
    pub brudd: BTreeMap<Regel, u64>,
    /// Persons whose record, or a relative's, cannot be read: for `verify` to say more of.
    pub uleselige: u64,
    /// Where to go on; `None` when there are no more.
    pub neste: Option<Personnummer>,
}

/// The rules that a person breaks.
///
/// # Errors
/// [`Feil`] if the person's record, or that of somebody it names, is damaged.
pub fn sjekk(kjente: &mut Kjente<'_, '_>, person: Personnummer) -> Result<BTreeSet<Regel>, Feil> {
    let bilde = kjente.person(person)?;
    let mut brudd = BTreeSet::new();
    for regel in regler::ALLE {
        regel(kjente, &bilde, &mut brudd)?;
    }
    Ok(brudd)
}

/// Goes through at most `maks` persons from one on, as they were at one moment, and tells of whoever breaks a rule.
///
/// Units: `fra` is a person's number inside the store, from 1. In bounded memory, whatever the size of the register.
///
/// # Errors
/// [`Feil`] if the store cannot be read at all; a record that cannot be read is counted, and no error.
pub fn gjennomgaa(
    les: &Lesing<'_>,
    fra: u32,
    maks: usize,
    fortell: &mut dyn FnMut(Personnummer, &BTreeSet<Regel>),
) -> Result<Rapport, Feil> {
    let mut kjente = Kjente::new(les);
    let mut rapport = Rapport::default();
    let foerst = usize::try_from(fra.saturating_sub(1)).unwrap_or(usize::MAX);
    for (plass, person) in les.personer()?.skip(foerst).enumerate() {
        if plass == maks {
            rapport.neste = Some(person);
            break;
        }
        rapport.personer += 1;
        match sjekk(&mut kjente, person) {
            Ok(brudd) => {
                for regel in &brudd {
                    *rapport.brudd.entry(*regel).or_default() += 1;
                }
                if !brudd.is_empty() {
                    fortell(person, &brudd);
                }
            }
            // What is wrong with it, `verify` says.
            Err(_) => rapport.uleselige += 1,
        }
    }
    Ok(rapport)
}
