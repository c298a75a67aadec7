//! Reading persons by id into the store.

use std::collections::BTreeMap;
use std::time::Duration;

use klienter::personapi::{BULK_MAKS, Person};

use crate::foelger::Foelger;
use crate::kilde::Kilde;
use crate::post::Post;
use crate::{Feil, person};

/// How often a service that shows less than its feed tells is asked again, and the pause before that. Source: our choice.
const ETTER_FORSOEK: u32 = 3;
const ETTER_PAUSE: Duration = Duration::from_secs(1);

impl Foelger {
    /// Whether the copy is for somebody.
    pub(crate) fn hoerer_med(&self, person: &Person) -> bool {
        self.lager.valg().hjelpenumre || !person::har_bare_hjelpenummer(person.objekt())
    }

    /// Reads persons and adds them to the store: id, and the event that the document must be of at least. How many were read.
    pub(crate) async fn hent(&mut self, hvem: &[(String, u64)]) -> Result<u64, Feil> {
        let mut lest = 0;
        for del in hvem.chunks(BULK_MAKS) {
            let mut igjen: Vec<&(String, u64)> = del.iter().collect();
            for forsoek in 0..=ETTER_FORSOEK {
                if forsoek > 0 {
                    (self.vent)(ETTER_PAUSE).await;
                }
                let ider: Vec<&str> = igjen.iter().map(|(id, _)| id.as_str()).collect();
                let mut svar = les_personer(&*self.kilde, &ider).await?;
                let siste = forsoek == ETTER_FORSOEK;
                let (mut poster, mut etter) = (Vec::new(), Vec::new());
                for hvem in igjen {
                    let (id, minst) = hvem;
                    let svar = svar.remove(id);
                    let er_ny_nok = match &svar {
                        Some(person) => person.sekvensnummer().is_none_or(|seq| seq >= *minst),
                        // Whoever the feed tells of is either gone, or not shown yet.
                        None => *minst == 0 || siste,
                    };
                    if !er_ny_nok {
                        etter.push(hvem);
                        continue;
                    }
                    let seq = svar.as_ref().and_then(Person::sekvensnummer);
                    let person = svar.filter(|person| self.hoerer_med(person)).map(Person::into_objekt);
                    poster.push(Post {
                        id: id.clone(),
                        seq,
                        runde: self.lager.runde(),
                        person,
                    });
                }
                lest += poster.len() as u64;
                self.lager.skriv(&poster)?;
                igjen = etter;
                if igjen.is_empty() {
                    break;
                }
            }
            if !igjen.is_empty() {
                return Err(Feil::Etter);
            }
        }
        Ok(lest)
    }
}

/// At most 100 persons by id: no other than was asked for, and each once.
pub(crate) async fn les_personer(kilde: &dyn Kilde, ider: &[&str]) -> Result<BTreeMap<String, Person>, Feil> {
    let mut ut = BTreeMap::new();
    for person in kilde.personer(ider).await? {
        if !ider.contains(&person.id()) {
            return Err(Feil::Loegn("et bulksvar har en person som det ikke ble spurt om"));
        }
        if ut.insert(person.id().to_owned(), person).is_some() {
            return Err(Feil::Loegn("et bulksvar har den samme personen to ganger"));
        }
    }
    Ok(ut)
}
