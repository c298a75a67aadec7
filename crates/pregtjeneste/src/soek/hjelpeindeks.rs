//! Whoever has a help number, as a search asks for them first: names and birth in memory, made of the register's log.
//!
//! What a newcomer gets wrong: this is not what fits. It says whom to look at; what is known of them is read from the store.
//! A number that is put under another is not here: the one that survives is. Source: PREG reference 4.5; ADR 0051.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hjelpenummer::{Fakta, Hjelpenumre};
use identifikator::FellesHjelpenummer;
use soek::navn::words;

use crate::Feil;

/// Entries of the log that are read at a time.
const BOLK: usize = 1_000;

/// Names and years of birth of help numbers that are under no other.
#[derive(Default)]
pub struct Hjelpeindeks(Mutex<Innhold>);

#[derive(Default)]
struct Innhold {
    lest: u64,
    numre: BTreeMap<FellesHjelpenummer, Lett>,
}

struct Lett {
    ord: Box<[String]>,
    aar: Option<u16>,
}

impl std::fmt::Debug for Hjelpeindeks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hjelpeindeks")
    }
}

fn ordene(fakta: &Fakta) -> Box<[String]> {
    let navn = fakta.navn.iter();
    let deler = navn.flat_map(|navn| [&navn.fornavn, &navn.mellomnavn, &navn.etternavn]);
    deler.flat_map(|del| words(del)).collect()
}

impl Hjelpeindeks {
    /// Numbers whose names have a word for each of some beginnings, and that may be born in some years.
    pub(super) fn mulige(
        &self,
        lager: &Hjelpenumre,
        begynnelser: &[String],
        aar: (Option<u16>, Option<u16>),
    ) -> Result<Vec<FellesHjelpenummer>, Feil> {
        let mut innhold = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        innhold.les_videre(lager)?;
        let mulig = |lett: &Lett| {
            let navn = begynnelser
                .iter()
                .all(|start| lett.ord.iter().any(|ord| ord.starts_with(start)));
            let foedt = match lett.aar {
                Some(her) => aar.0.is_none_or(|fra| fra <= her) && aar.1.is_none_or(|til| her <= til),
                None => aar == (None, None),
            };
            navn && foedt
        };
        let alle = innhold.numre.iter().filter(|(_, lett)| mulig(lett));
        Ok(alle.map(|(nummer, _)| *nummer).collect())
    }
}

impl Innhold {
    fn les_videre(&mut self, lager: &Hjelpenumre) -> Result<(), Feil> {
        loop {
            let bolk = lager.logg(self.lest + 1, BOLK)?;
            let Some(siste) = bolk.last().map(|innfoering| innfoering.seq) else {
                return Ok(());
            };
            for innfoering in &bolk {
                match lager
                    .slaa_opp(innfoering.nummer)?
                    .filter(|oppslag| oppslag.over.is_none())
                {
                    Some(oppslag) => {
                        let lett = Lett {
                            ord: ordene(&oppslag.fakta),
                            aar: oppslag.fakta.foedselsdato.map(|dato| dato.aar),
                        };
                        self.numre.insert(innfoering.nummer, lett);
                    }
                    None => {
                        self.numre.remove(&innfoering.nummer);
                    }
                }
            }
            self.lest = siste;
        }
    }
}
