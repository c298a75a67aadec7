//! The rules: each looks at one person, and at those that the person's entries name, and says what is broken.
//!
//! A person who was merged into another is nobody, and keeps its record for the archive: only its numbers are looked at.

mod familie;
mod numre;
#[cfg(test)]
mod tests;
mod tilstand;
mod vern;

use std::collections::BTreeSet;

use register::{Feil, Personbilde};

use crate::kjente::Kjente;
use crate::regel::Regel;

/// A look at a person, which adds what is broken.
pub(crate) type Blikk = fn(&mut Kjente<'_, '_>, &Personbilde, &mut BTreeSet<Regel>) -> Result<(), Feil>;

/// Every look there is.
pub(crate) const ALLE: [Blikk; 5] = [
    numre::numre,
    tilstand::tilstand,
    familie::sivilstand,
    familie::foreldre,
    vern::vern,
];

/// Breaks a rule unless something holds.
pub(crate) fn krev(brudd: &mut BTreeSet<Regel>, holder: bool, regel: Regel) {
    if !holder {
        brudd.insert(regel);
    }
}
