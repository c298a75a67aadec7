//! Persons that were looked at lately: families are looked at together, and memory is bounded.

use std::collections::HashMap;
use std::rc::Rc;

use register::{Feil, Lesing, Personbilde, Personnummer};

/// Most persons that are kept. Units: persons, of some ten kilobytes each. Source: our choice.
const KJENTE_MAKS: usize = 1_024;

/// A reading of the register, and the persons of it that were looked at lately.
pub struct Kjente<'l, 'r> {
    les: &'l Lesing<'r>,
    sett: HashMap<Personnummer, Rc<Personbilde>>,
}

impl std::fmt::Debug for Kjente<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kjente")
            .field("sett", &self.sett.len())
            .finish_non_exhaustive()
    }
}

impl<'l, 'r> Kjente<'l, 'r> {
    /// Nobody yet.
    #[must_use]
    pub fn new(les: &'l Lesing<'r>) -> Self {
        Kjente {
            les,
            sett: HashMap::new(),
        }
    }

    /// A person.
    ///
    /// # Errors
    /// [`Feil`] if the record is damaged.
    pub(crate) fn person(&mut self, person: Personnummer) -> Result<Rc<Personbilde>, Feil> {
        if let Some(bilde) = self.sett.get(&person) {
            return Ok(bilde.clone());
        }
        let bilde = Rc::new(self.les.personbilde(person)?);
        if self.sett.len() >= KJENTE_MAKS {
            self.sett.clear();
        }
        self.sett.insert(person, bilde.clone());
        Ok(bilde)
    }

    /// Whoever has or has had a number; nobody if the register has no such person.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub(crate) fn finn(&mut self, nummer: &str) -> Result<Option<Rc<Personbilde>>, Feil> {
        let Ok(nummer) = nummer.parse() else { return Ok(None) };
        match self.les.finn_nummer(nummer)? {
            Some(person) => Ok(Some(self.person(person)?)),
            None => Ok(None),
        }
    }

    /// Whom a number leads to.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub(crate) fn eier(&self, nummer: u64) -> Result<Option<Personnummer>, Feil> {
        self.les.finn_nummer(nummer)
    }
}
