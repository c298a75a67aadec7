//! An entry of the journal: one event, who it concerns, and which feeds it reached.
//!
//! Bodies stand once, in the records; an entry names the rows it made or closed by its number, which is their `fra` or
//! `til`. What reached which feed is written here because it was decided on what the register held then, and some of
//! that may since have been erased.
//!
//! ```text
//!  versjon  type  person  nummer (u64 as a number)  ajourhold  mottatt sekunder  maske u16  [straks u16]
//!  [antall, then projeksjon, antall, typer]  sjekksum
//!
//!  no event:  slag  [maske u16  [til]]  sjekksum       cases; feeds held, let go, published (`tilbakehold`)
//! ```

use informasjonsmodell::{Hendelsestype, Tidspunkt};
use tilgang::{Projeksjon, Tabell};

use crate::feed::Feedrad;
use crate::koding::{Leser, les_tid, skriv_heltall, skriv_lengde, skriv_tall, skriv_tid};
use crate::sjekksum;
use crate::utsending::Feedendring;
use crate::{Feil, Sekvens};

const SKADET: Feil = Feil::Skadet("journaloppføring");
const VERSJON: u8 = 1;
/// Of an entry that is no event: cases changed, and no person did.
const SAKER: u8 = 2;
/// Of an event some items of which are never held.
const MED_STRAKS: u8 = 3;
/// Of entries that say which feeds stand still, and what is published of what was held.
const HOLD: u8 = 4;
const SLIPP: u8 = 5;
const PUBLISER: u8 = 6;
// What the checksum is over besides the bytes.
const PLASS: &[u8] = b"journal";

/// One event in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Oppfoering {
    pub hendelsestype: Hendelsestype,
    pub person: u32,
    /// The number the event was issued on.
    pub nummer: u64,
    /// When the register says it happened.
    pub ajourholdstidspunkt: Tidspunkt,
    /// When it was committed, seconds since 1970: what retention counts from.
    pub bekreftet_sekunder: i64,
    /// What each feed got.
    pub feeder: Vec<(Projeksjon, Vec<Hendelsestype>)>,
    /// The feeds that got it at once, held or not: it is about protection, and they can see that it is.
    pub straks: Feeder,
}

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Journalpost {
    Hendelse(Oppfoering),
    /// Cases. What became of them is in their own table; the entry gives the commit its number in the one order.
    Saker,
    /// Feeds stand still from here on.
    Hold(Feeder),
    /// They stand still no longer, and get first what waits.
    Slipp(Feeder),
    /// They got what waited of entries up to this number.
    Publiser(Feeder, Sekvens),
}

impl Journalpost {
    pub fn les(byte: &[u8]) -> Result<Self, Feil> {
        let slag = match byte.first().copied() {
            Some(slag @ (SAKER | HOLD | SLIPP | PUBLISER)) => slag,
            _ => return Ok(Journalpost::Hendelse(Oppfoering::les(byte)?)),
        };
        let mut leser = Leser::new(sjekksum::ta_av(PLASS, byte, "journaloppføring")?);
        leser.byte()?;
        let post = match slag {
            SAKER => Journalpost::Saker,
            HOLD => Journalpost::Hold(Feeder::les(&mut leser)?),
            SLIPP => Journalpost::Slipp(Feeder::les(&mut leser)?),
            _ => Journalpost::Publiser(Feeder::les(&mut leser)?, Sekvens(leser.tall()?)),
        };
        if leser.er_tom() { Ok(post) } else { Err(SKADET) }
    }

    /// The entry's bytes.
    pub fn skriv(&self) -> Vec<u8> {
        let mut ut = match self {
            Journalpost::Hendelse(oppfoering) => return oppfoering.skriv(),
            Journalpost::Saker => vec![SAKER],
            Journalpost::Hold(feeder) => feeder.skriv(vec![HOLD]),
            Journalpost::Slipp(feeder) => feeder.skriv(vec![SLIPP]),
            Journalpost::Publiser(feeder, til) => {
                let mut ut = feeder.skriv(vec![PUBLISER]);
                skriv_tall(&mut ut, til.0);
                ut
            }
        };
        sjekksum::legg_paa(PLASS, &mut ut);
        ut
    }
}

/// Some of the feeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Feeder(u64);

impl Feeder {
    pub fn har(self, projeksjon: Projeksjon) -> bool {
        self.0 & 1 << (projeksjon as u8) != 0
    }

    pub fn legg_til(&mut self, projeksjon: Projeksjon) {
        self.0 |= 1 << (projeksjon as u8);
    }

    pub fn er_tom(self) -> bool {
        self.0 == 0
    }

    fn les(leser: &mut Leser<'_>) -> Result<Self, Feil> {
        let maske = leser.tall()?;
        if maske == 0 || maske >> Projeksjon::ALLE.len() != 0 {
            return Err(SKADET);
        }
        Ok(Feeder(maske))
    }

    fn skriv(self, mut ut: Vec<u8>) -> Vec<u8> {
        skriv_tall(&mut ut, self.0);
        ut
    }
}

impl FromIterator<Projeksjon> for Feeder {
    fn from_iter<T: IntoIterator<Item = Projeksjon>>(iter: T) -> Self {
        let mut ut = Feeder::default();
        iter.into_iter().for_each(|p| ut.legg_til(p));
        ut
    }
}

/// What a projection gets for a cause when nothing is split.
fn vanlig(projeksjon: Projeksjon, aarsak: Hendelsestype) -> Hendelsestype {
    if Tabell::felles().rett(projeksjon).generaliserte_hendelser {
        Hendelsestype::EndringIPerson
    } else {
        aarsak
    }
}

impl Oppfoering {
    /// The entry of an event. `tider`: when the register says it happened, and when it is committed.
    pub fn ny(
        hendelsestype: Hendelsestype,
        person: u32,
        nummer: u64,
        tider: (Tidspunkt, i64),
        feeder: Vec<Feedendring>,
    ) -> Self {
        Oppfoering {
            hendelsestype,
            person,
            nummer,
            ajourholdstidspunkt: tider.0,
            bekreftet_sekunder: tider.1,
            straks: feeder.iter().filter(|f| f.straks).map(|f| f.projeksjon).collect(),
            feeder: feeder.into_iter().map(|f| (f.projeksjon, f.typer)).collect(),
        }
    }

    /// Whether a thick event document exists.
    ///
    /// Source: personErOppdatert has none; endringIPerson is never a cause.
    pub fn har_hendelsesdokument(&self) -> bool {
        !matches!(
            self.hendelsestype,
            Hendelsestype::PersonErOppdatert | Hendelsestype::EndringIPerson
        )
    }

    /// Whether the feed item points at the person. The ended number of a merger has no person of its own.
    pub fn har_persondokument(&self) -> bool {
        self.hendelsestype != Hendelsestype::PersonErOpphoertSomDublett
    }

    /// The type that a projection's feed has for the event; the first, where it was told of as several. `None`: it never
    /// heard of it.
    pub fn type_for(&self, projeksjon: Projeksjon) -> Option<Hendelsestype> {
        let (_, typer) = self.feeder.iter().find(|(p, _)| *p == projeksjon)?;
        typer.first().copied()
    }

    /// The rows that the event gives, feed by feed. `global` is its number.
    pub fn feedrader(&self, global: Sekvens) -> impl Iterator<Item = (Projeksjon, Feedrad)> + '_ {
        self.feeder.iter().flat_map(move |(projeksjon, typer)| {
            typer.iter().map(move |hendelsestype| {
                let rad = Feedrad {
                    global,
                    person: self.person,
                    hendelsestype: *hendelsestype,
                    nummer: self.nummer,
                    hendelsesdokument: self.har_hendelsesdokument(),
                    persondokument: self.har_persondokument(),
                    ajourholdstidspunkt: self.ajourholdstidspunkt,
                    bekreftet_sekunder: self.bekreftet_sekunder,
                };
                (*projeksjon, rad)
            })
        })
    }

    pub fn skriv(&self) -> Vec<u8> {
        let mut ut = Vec::with_capacity(40);
        ut.push(if self.straks.er_tom() { VERSJON } else { MED_STRAKS });
        ut.push(self.hendelsestype as u8);
        skriv_tall(&mut ut, u64::from(self.person));
        skriv_tall(&mut ut, self.nummer);
        skriv_tid(&mut ut, self.ajourholdstidspunkt, &mut None);
        skriv_heltall(
            &mut ut,
            self.bekreftet_sekunder
                .wrapping_sub(self.ajourholdstidspunkt.sekunder()),
        );
        let mut maske = 0u64;
        let mut delte = Vec::new();
        for (projeksjon, typer) in &self.feeder {
            if typer.as_slice() == [vanlig(*projeksjon, self.hendelsestype)] {
                maske |= 1 << (*projeksjon as u8);
            } else if !typer.is_empty() {
                delte.push((*projeksjon, typer));
            }
        }
        skriv_tall(&mut ut, maske);
        if !self.straks.er_tom() {
            skriv_tall(&mut ut, self.straks.0);
        }
        if !delte.is_empty() {
            skriv_lengde(&mut ut, delte.len());
            for (projeksjon, typer) in delte {
                ut.push(projeksjon as u8);
                skriv_lengde(&mut ut, typer.len());
                ut.extend(typer.iter().map(|t| *t as u8));
            }
        }
        sjekksum::legg_paa(PLASS, &mut ut);
        ut
    }

    pub fn les(byte: &[u8]) -> Result<Self, Feil> {
        let mut leser = Leser::new(sjekksum::ta_av(PLASS, byte, "journaloppføring")?);
        let versjon = leser.byte()?;
        if !matches!(versjon, VERSJON | MED_STRAKS) {
            return Err(SKADET);
        }
        let les_type = |leser: &mut Leser<'_>| Hendelsestype::fra_tall(leser.byte()?).ok_or(SKADET);
        let hendelsestype = les_type(&mut leser)?;
        let person = leser.tall32()?;
        let nummer = leser.tall()?;
        let ajourholdstidspunkt = les_tid(&mut leser, &mut None)?;
        let bekreftet_sekunder = leser.heltall()?.wrapping_add(ajourholdstidspunkt.sekunder());
        let maske = leser.tall()?;
        let straks = if versjon == MED_STRAKS {
            Feeder::les(&mut leser)?
        } else {
            Feeder::default()
        };
        let mut feeder: Vec<_> = Projeksjon::ALLE
            .into_iter()
            .filter(|p| maske & 1 << (*p as u8) != 0)
            .map(|p| (p, vec![vanlig(p, hendelsestype)]))
            .collect();
        if !leser.er_tom() {
            let antall = leser.lengde()?;
            for _ in 0..antall {
                let projeksjon = Projeksjon::ALLE
                    .get(usize::from(leser.byte()?))
                    .copied()
                    .ok_or(SKADET)?;
                let antall = leser.lengde()?;
                let typer: Vec<_> = (0..antall).map(|_| les_type(&mut leser)).collect::<Result<_, _>>()?;
                if typer.is_empty() {
                    return Err(SKADET);
                }
                feeder.push((projeksjon, typer));
            }
            feeder.sort_by_key(|(p, _)| *p);
        }
        // An entry says of each feed once what it got: one that says it twice would give rows that nobody wrote.
        let to_ganger = feeder.windows(2).any(|par| matches!(par, [(a, _), (b, _)] if a == b));
        if !leser.er_tom() || to_ganger || maske >> Projeksjon::ALLE.len() != 0 {
            return Err(SKADET);
        }
        Ok(Oppfoering {
            hendelsestype,
            person,
            nummer,
            ajourholdstidspunkt,
            bekreftet_sekunder,
            feeder,
            straks,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_entry_comes_back_as_it_was(
            slag in 0usize..Hendelsestype::ALLE.len(),
            person in any::<u32>(),
            nummer in 0u64..100_000_000_000,
            straks in 0u64..1 << 11,
            valg in prop::collection::vec(prop::option::of(prop::collection::vec(0usize..Hendelsestype::ALLE.len(), 1..4)), 11),
        ) {
            let oppfoering = Oppfoering {
                hendelsestype: Hendelsestype::ALLE[slag],
                person,
                nummer,
                ajourholdstidspunkt: Tidspunkt::parse("2026-01-15T10:11:12.345+01:00").unwrap(),
                bekreftet_sekunder: 1_768_468_272,
                feeder: Projeksjon::ALLE
                    .into_iter()
                    .zip(valg)
                    .filter_map(|(p, v)| Some((p, v?.into_iter().map(|t| Hendelsestype::ALLE[t]).collect())))
                    .collect(),
                straks: Feeder(straks),
            };
            prop_assert_eq!(Oppfoering::les(&oppfoering.skriv()).unwrap(), oppfoering);
        }

        #[test]
        fn an_entry_about_feeds_comes_back_as_it_was(maske in 1u64..1 << 11, til in any::<u64>()) {
            let feeder = Feeder(maske);
            for post in [
                Journalpost::Saker,
                Journalpost::Hold(feeder),
                Journalpost::Slipp(feeder),
                Journalpost::Publiser(feeder, Sekvens(til)),
            ] {
                prop_assert_eq!(Journalpost::les(&post.skriv()).unwrap(), post);
            }
        }

        #[test]
        fn any_bytes_are_an_entry_or_refused(byte in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = Journalpost::les(&byte);
            let mut med_sum = byte;
            sjekksum::legg_paa(PLASS, &mut med_sum);
            let _ = Journalpost::les(&med_sum);
        }
    }
}
