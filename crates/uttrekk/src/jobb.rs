//! An order: whose it is, what it holds, how far it has come.

use std::fmt;

use lager::forsegling::Noekkel;
use soek::{Kommune, Uttrekkskriterier};
use tilgang::Pakke;

use crate::Feil;
use crate::koding::{Leser, skriv_tall};

const SKADET: Feil = Feil::Skadet("bestilling");

/// What an order is known by outside: random, so that nobody finds another's by guessing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Jobbid([u8; 16]);

impl Jobbid {
    pub(crate) fn fra_byte(byte: [u8; 16]) -> Self {
        Jobbid(byte)
    }

    pub(crate) fn tilfeldig() -> Result<Self, Feil> {
        Ok(Jobbid(Noekkel::tilfeldig()?.foerste_halvdel()))
    }

    pub(crate) fn byte(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads what [`fmt::Display`] writes: 32 hex digits in lower case.
    #[must_use]
    pub fn parse(tekst: &str) -> Option<Self> {
        if tekst.len() != 32 {
            return None;
        }
        let mut ut = [0; 16];
        for (plass, par) in ut.iter_mut().zip(tekst.as_bytes().chunks(2)) {
            let [hoey, lav] = par else { return None };
            let siffer = |b: u8| match b {
                b'0'..=b'9' => Some(b - b'0'),
                b'a'..=b'f' => Some(b - b'a' + 10),
                _ => None,
            };
            *plass = siffer(*hoey)? << 4 | siffer(*lav)?;
        }
        Some(Jobbid(ut))
    }
}

impl fmt::Display for Jobbid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Jobbid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jobbid({self})")
    }
}

/// Who ordered: nobody else reads it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bestiller {
    /// Nine digits.
    pub organisasjon: String,
    /// Under which package.
    pub pakke: Pakke,
}

/// What is ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bestilling {
    /// Every person that the feed has a document of, as each was at one of its numbers.
    Komplett {
        /// The number, included.
        til: u64,
    },
    /// Those who fit, as they are now.
    Tilpasset(Uttrekkskriterier),
}

/// How far an order has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tilstand {
    /// Waits for its turn, or is being written out.
    Venter,
    /// Can be read.
    Klar,
}

/// What an order holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Innhold {
    /// Up to a number of the feed of a projection.
    Komplett { til: u64, graderte: bool },
    /// The kommune that the persons were chosen by, if they were.
    Tilpasset(Option<Kommune>),
}

/// An order as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Jobb {
    /// Whose key seals it. Orders are made in the order of these.
    pub nummer: u32,
    /// Generation of the key.
    pub generasjon: u8,
    pub bestiller: Bestiller,
    pub innhold: Innhold,
    pub tilstand: Tilstand,
    /// When it is too old, seconds since 1970.
    pub utloeper: i64,
    /// How many batches it has.
    pub porsjoner: u32,
    /// How many persons.
    pub personer: u32,
    /// The last batch has been read. Known until the program stops.
    pub lest: bool,
}

impl Jobb {
    /// What is sealed.
    pub fn skriv(&self) -> Vec<u8> {
        let mut ut = Vec::with_capacity(48);
        ut.push(match self.tilstand {
            Tilstand::Venter => 0,
            Tilstand::Klar => 1,
        });
        ut.extend_from_slice(&self.utloeper.to_be_bytes());
        skriv_tall(&mut ut, u64::from(self.porsjoner));
        skriv_tall(&mut ut, u64::from(self.personer));
        skriv_tekst(&mut ut, &self.bestiller.organisasjon);
        skriv_tekst(&mut ut, self.bestiller.pakke.kortnavn());
        match &self.innhold {
            Innhold::Komplett { til, graderte } => {
                ut.push(if *graderte { 4 } else { 0 });
                skriv_tall(&mut ut, *til);
            }
            Innhold::Tilpasset(None) => ut.push(1),
            Innhold::Tilpasset(Some(kommune)) => {
                ut.push(if kommune.opphold { 3 } else { 2 });
                skriv_tekst(&mut ut, &kommune.nummer);
            }
        }
        ut
    }

    pub fn les(nummer: u32, generasjon: u8, byte: &[u8]) -> Result<Self, Feil> {
        let mut leser = Leser(byte);
        let tilstand = match leser.byte()? {
            0 => Tilstand::Venter,
            1 => Tilstand::Klar,
            _ => return Err(SKADET),
        };
        let utloeper = leser.ta(8)?.try_into().map_err(|_| SKADET)?;
        let (porsjoner, personer) = (leser.tall32()?, leser.tall32()?);
        let organisasjon = les_tekst(&mut leser)?;
        let pakke = Pakke::fra_kortnavn(&les_tekst(&mut leser)?).ok_or(SKADET)?;
        let innhold = match leser.byte()? {
            slag @ (0 | 4) => Innhold::Komplett {
                til: leser.tall()?,
                graderte: slag == 4,
            },
            1 => Innhold::Tilpasset(None),
            slag @ (2 | 3) => Innhold::Tilpasset(Some(Kommune {
                opphold: slag == 3,
                nummer: les_tekst(&mut leser)?,
            })),
            _ => return Err(SKADET),
        };
        if !leser.er_tom() {
            return Err(SKADET);
        }
        Ok(Jobb {
            nummer,
            generasjon,
            bestiller: Bestiller { organisasjon, pakke },
            innhold,
            tilstand,
            utloeper: i64::from_be_bytes(utloeper),
            porsjoner,
            personer,
            lest: false,
        })
    }
}

fn skriv_tekst(ut: &mut Vec<u8>, tekst: &str) {
    skriv_tall(ut, tekst.len() as u64);
    ut.extend_from_slice(tekst.as_bytes());
}

fn les_tekst(leser: &mut Leser<'_>) -> Result<String, Feil> {
    let lengde = leser.tall32()? as usize;
    let tekst = std::str::from_utf8(leser.ta(lengde)?).map_err(|_| SKADET)?;
    Ok(tekst.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn jobb() -> impl Strategy<Value = Jobb> {
        let innhold = prop_oneof![
            any::<(u64, bool)>().prop_map(|(til, graderte)| Innhold::Komplett { til, graderte }),
            prop::option::of((any::<bool>(), "[0-9]{4}"))
                .prop_map(|k| Innhold::Tilpasset(k.map(|(opphold, nummer)| Kommune { opphold, nummer }))),
        ];
        let tall = (any::<u32>(), any::<u8>(), any::<i64>(), any::<u32>(), any::<u32>());
        (innhold, tall, any::<bool>(), 0..Pakke::ALLE.len()).prop_map(|(innhold, tall, klar, pakke)| {
            let (nummer, generasjon, utloeper, porsjoner, personer) = tall;
            Jobb {
                nummer,
                generasjon,
                bestiller: Bestiller {
                    organisasjon: "310000000".to_owned(),
                    pakke: Pakke::ALLE[pakke],
                },
                innhold,
                tilstand: if klar { Tilstand::Klar } else { Tilstand::Venter },
                utloeper,
                porsjoner,
                personer,
                lest: false,
            }
        })
    }

    proptest! {
        #[test]
        fn an_order_comes_back_as_it_was(jobb in jobb()) {
            let lest = Jobb::les(jobb.nummer, jobb.generasjon, &jobb.skriv()).unwrap();
            prop_assert_eq!(lest, jobb);
        }

        #[test]
        fn any_bytes_are_an_order_or_refused(byte in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Jobb::les(1, 0, &byte);
        }

        #[test]
        fn an_identifier_comes_back_as_it_was(byte in any::<[u8; 16]>(), annet in ".{0,40}") {
            let id = Jobbid(byte);
            prop_assert_eq!(Jobbid::parse(&id.to_string()), Some(id));
            let _ = Jobbid::parse(&annet);
        }
    }
}
