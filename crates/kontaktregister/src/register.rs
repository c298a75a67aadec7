//! The register: entries worked out or kept, and the list of changes.
//!
//! ```text
//!  person   number u64       ->  change number u64 │ version u32 │ entry as JSON, or nothing: as at the start
//!  endring  change number    ->  number u64
//!  meta     "oppsett"        ->  seed u64 │ start i64
//!           "seneste"        ->  change number u64
//! ```
//!
//! All numbers are big-endian. Somebody is on the list of changes once, at their newest change, as KRR's list had it: whoever
//! reads it from the start sees everybody once, as they are now. Change numbers are never used twice.

use std::path::Path;

use identifikator::Folkeregisteridentifikator;
use jiff::Timestamp;
use lager::mappe::Laas;
use lager::{Les, Miljoe, Skriv, Tabell};

use crate::endring::Endring;
use crate::grunntilstand::grunntilstand;
use crate::oppfoering::Oppfoering;
use crate::terning::Terning;

/// Persons on a page of the list of changes. Source: tokens, section 5.2.
pub(crate) const SIDE_MAKS: usize = 1000;
/// Persons that are put on the list in one transaction. Source: our choice.
const BUNT: usize = 10_000;

const OPPSETT: &[u8] = b"oppsett";
const SENESTE: &[u8] = b"seneste";

/// Why the register does not open, or a change is not made. Holds nothing of a person.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The files.
    #[error(transparent)]
    Lager(#[from] lager::Feil),
    /// The folder belongs to a register with another seed.
    #[error("kontaktregisteret i mappen er laget med et annet frø; velg en annen mappe eller det samme frøet")]
    AnnetFroe,
    /// There is nobody to change: not registered, deleted, or not a synthetic person.
    #[error("personen har ingen oppføring som kan endres slik")]
    IngenOppfoering,
}

/// A built-in KRR.
pub struct Kontaktregister {
    froe: u64,
    fra: Timestamp,
    miljoe: Miljoe,
    person: Tabell,
    endring: Tabell,
    meta: Tabell,
    _laas: Laas,
}

/// What is kept of somebody on the list of changes.
struct Rad {
    endringsnummer: u64,
    versjon: u32,
    /// Nothing: the entry is still the first one.
    oppfoering: Option<Oppfoering>,
}

/// A page of the list of changes.
pub(crate) struct Side {
    pub(crate) til: u64,
    pub(crate) seneste: u64,
    pub(crate) personer: Vec<(Folkeregisteridentifikator, Oppfoering)>,
}

impl Kontaktregister {
    /// Opens the register of a folder, or makes one. `fra` is when a new one begins: its first entries lie before that.
    ///
    /// # Errors
    /// [`Feil::Lager`] when the files cannot be used, or another process has them; [`Feil::AnnetFroe`].
    pub fn aapne(mappe: &Path, froe: u64, fra: Timestamp) -> Result<Self, Feil> {
        let laas = Laas::ta(mappe)?;
        let (miljoe, [person, endring, meta]) = Miljoe::aapne(&mappe.join("lmdb"), ["person", "endring", "meta"])?;
        let les = miljoe.les()?;
        let kjent = meta.hent(&les, OPPSETT)?.map(les_oppsett).transpose()?;
        drop(les);
        let fra = match kjent {
            Some((kjent, _)) if kjent != froe => return Err(Feil::AnnetFroe),
            Some((_, fra)) => fra,
            None => {
                let mut skriv = miljoe.skriv()?;
                let oppsett = [froe.to_be_bytes(), fra.as_second().to_be_bytes()].concat();
                meta.sett(&mut skriv, OPPSETT, &oppsett)?;
                Miljoe::bekreft(skriv)?;
                Timestamp::from_second(fra.as_second()).unwrap_or(fra)
            }
        };
        Ok(Kontaktregister {
            froe,
            fra,
            miljoe,
            person,
            endring,
            meta,
            _laas: laas,
        })
    }

    /// Puts persons on the list of changes who have an entry and are not on it, in the order given. Gives how many.
    ///
    /// # Errors
    /// [`Feil::Lager`]; those of whole transactions before that are on the list.
    pub fn fyll(&self, personer: impl IntoIterator<Item = Folkeregisteridentifikator>) -> Result<u64, Feil> {
        let mut personer = personer.into_iter();
        let mut antall = 0;
        loop {
            let mut skriv = self.miljoe.skriv()?;
            let mut seneste = self.seneste(&skriv)?;
            let mut sett = 0;
            for person in personer.by_ref().take(BUNT) {
                sett += 1;
                let noekkel = person.to_u64().to_be_bytes();
                let er_med = self.person.hent(&skriv, &noekkel)?.is_some();
                if er_med || grunntilstand(self.froe, person, self.fra).is_none() {
                    continue;
                }
                seneste += 1;
                let rad = Rad {
                    endringsnummer: seneste,
                    versjon: 0,
                    oppfoering: None,
                };
                self.skriv_rad(&mut skriv, person, &rad)?;
                antall += 1;
            }
            self.meta.sett(&mut skriv, SENESTE, &seneste.to_be_bytes())?;
            Miljoe::bekreft(skriv)?;
            if sett < BUNT {
                return Ok(antall);
            }
        }
    }

    /// Changes one person; gives the number of the change.
    ///
    /// # Errors
    /// [`Feil::IngenOppfoering`], [`Feil::Lager`].
    pub fn endre(&self, person: Folkeregisteridentifikator, endring: Endring, naa: Timestamp) -> Result<u64, Feil> {
        self.endre_med(person, naa, |_, _| endring).map(|(nummer, _)| nummer)
    }

    /// Changes one person in a way that follows from seed, person and how often they were changed; gives number and change.
    ///
    /// # Errors
    /// [`Feil::IngenOppfoering`] for whoever may have no entry, [`Feil::Lager`].
    pub fn endre_tilfeldig(&self, person: Folkeregisteridentifikator, naa: Timestamp) -> Result<(u64, Endring), Feil> {
        self.endre_med(person, naa, Endring::trekk)
    }

    /// Changes somebody on the list of changes: whom and how follows from the seed and the number of the change, so that the
    /// same calls give the same register. `None` while nobody is on the list.
    ///
    /// Shape: who has not been changed for long is likelier than others.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn endre_en(&self, naa: Timestamp) -> Result<Option<(u64, Folkeregisteridentifikator, Endring)>, Feil> {
        let les = self.miljoe.les()?;
        let seneste = self.seneste(&les)?;
        let fra = Terning::for_endring(self.froe, seneste).under(seneste) + 1;
        // Whoever has left a place on the list stands further on; the newest change always has its own.
        let Some(rad) = self.endring.fra(&les, &fra.to_be_bytes())?.next() else {
            return Ok(None);
        };
        let person = tall(rad?.1).and_then(|tall| Folkeregisteridentifikator::from_u64(tall).ok());
        let person = person.ok_or(lager::Feil::Skadet("endring"))?;
        drop(les);
        let (nummer, endring) = self.endre_tilfeldig(person, naa)?;
        Ok(Some((nummer, person, endring)))
    }

    /// The number of the newest change; 0 when there is none.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn seneste_endringsnummer(&self) -> Result<u64, Feil> {
        self.seneste(&self.miljoe.les()?)
    }

    fn endre_med(
        &self,
        person: Folkeregisteridentifikator,
        naa: Timestamp,
        hva: impl FnOnce(Option<&Oppfoering>, &mut Terning) -> Endring,
    ) -> Result<(u64, Endring), Feil> {
        let mut skriv = self.miljoe.skriv()?;
        let rad = self.rad(&skriv, person)?;
        let versjon = rad.as_ref().map_or(0, |rad| rad.versjon) + 1;
        let mut terning = Terning::new(self.froe, person, versjon);
        let foer = self.oppfoering(rad.as_ref(), person);
        let endring = hva(foer.as_ref(), &mut terning);
        let ny = endring
            .utfoer(foer, person, &mut terning, naa)
            .ok_or(Feil::IngenOppfoering)?;
        if let Some(rad) = rad {
            self.endring.slett(&mut skriv, &rad.endringsnummer.to_be_bytes())?;
        }
        let endringsnummer = self.seneste(&skriv)? + 1;
        let rad = Rad {
            endringsnummer,
            versjon,
            oppfoering: Some(ny),
        };
        self.skriv_rad(&mut skriv, person, &rad)?;
        self.meta.sett(&mut skriv, SENESTE, &endringsnummer.to_be_bytes())?;
        Miljoe::bekreft(skriv)?;
        Ok((endringsnummer, endring))
    }

    /// The entries of some persons, at one moment; none for who is not registered.
    pub(crate) fn finn(&self, personer: &[Folkeregisteridentifikator]) -> Result<Vec<Option<Oppfoering>>, Feil> {
        let les = self.miljoe.les()?;
        let en = |person: &Folkeregisteridentifikator| {
            let rad = self.rad(&les, *person)?;
            Ok(self.oppfoering(rad.as_ref(), *person))
        };
        personer.iter().map(en).collect()
    }

    /// A page of the list of changes, from a number on, that number included.
    pub(crate) fn endringer(&self, fra: u64) -> Result<Side, Feil> {
        let les = self.miljoe.les()?;
        let seneste = self.seneste(&les)?;
        let mut side = Side {
            til: seneste,
            seneste,
            personer: Vec::new(),
        };
        for rad in self.endring.fra(&les, &fra.to_be_bytes())? {
            let (nummer, person) = rad?;
            if side.personer.len() == SIDE_MAKS {
                break;
            }
            let person = tall(person).and_then(|tall| Folkeregisteridentifikator::from_u64(tall).ok());
            let person = person.ok_or(lager::Feil::Skadet("endring"))?;
            let rad = self.rad(&les, person)?;
            let oppfoering = self
                .oppfoering(rad.as_ref(), person)
                .ok_or(lager::Feil::Skadet("person"))?;
            side.personer.push((person, oppfoering));
            side.til = tall(nummer).ok_or(lager::Feil::Skadet("endring"))?;
        }
        // Fewer than a page: everything up to the newest has been seen.
        if side.personer.len() < SIDE_MAKS {
            side.til = seneste;
        }
        Ok(side)
    }

    fn seneste(&self, les: &Les<'_>) -> Result<u64, Feil> {
        match self.meta.hent(les, SENESTE)? {
            None => Ok(0),
            Some(byte) => Ok(tall(byte).ok_or(lager::Feil::Skadet("seneste"))?),
        }
    }

    fn rad(&self, les: &Les<'_>, person: Folkeregisteridentifikator) -> Result<Option<Rad>, Feil> {
        let Some(byte) = self.person.hent(les, &person.to_u64().to_be_bytes())? else {
            return Ok(None);
        };
        Ok(Some(les_rad(byte).ok_or(lager::Feil::Skadet("person"))?))
    }

    fn oppfoering(&self, rad: Option<&Rad>, person: Folkeregisteridentifikator) -> Option<Oppfoering> {
        let kjent = rad.and_then(|rad| rad.oppfoering.clone());
        kjent.or_else(|| grunntilstand(self.froe, person, self.fra))
    }

    fn skriv_rad(&self, skriv: &mut Skriv<'_>, person: Folkeregisteridentifikator, rad: &Rad) -> Result<(), Feil> {
        let nummer = person.to_u64().to_be_bytes();
        let mut byte = rad.endringsnummer.to_be_bytes().to_vec();
        byte.extend_from_slice(&rad.versjon.to_be_bytes());
        if let Some(oppfoering) = &rad.oppfoering {
            let json = serde_json::to_vec(oppfoering).map_err(|_| lager::Feil::Skadet("oppføring"))?;
            byte.extend_from_slice(&json);
        }
        self.person.sett(skriv, &nummer, &byte)?;
        Ok(self.endring.sett(skriv, &rad.endringsnummer.to_be_bytes(), &nummer)?)
    }
}

impl std::fmt::Debug for Kontaktregister {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kontaktregister")
            .field("fra", &self.fra)
            .finish_non_exhaustive()
    }
}

fn tall(byte: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(byte.try_into().ok()?))
}

fn les_oppsett(byte: &[u8]) -> Result<(u64, Timestamp), Feil> {
    let delt = byte.split_first_chunk::<8>().and_then(|(froe, fra)| {
        let fra = i64::from_be_bytes(fra.try_into().ok()?);
        Some((u64::from_be_bytes(*froe), Timestamp::from_second(fra).ok()?))
    });
    Ok(delt.ok_or(lager::Feil::Skadet("oppsett"))?)
}

fn les_rad(byte: &[u8]) -> Option<Rad> {
    let (endringsnummer, rest) = byte.split_first_chunk::<8>()?;
    let (versjon, json) = rest.split_first_chunk::<4>()?;
    let oppfoering = if json.is_empty() {
        None
    } else {
        Some(serde_json::from_slice(json).ok()?)
    };
    Some(Rad {
        endringsnummer: u64::from_be_bytes(*endringsnummer),
        versjon: u32::from_be_bytes(*versjon),
        oppfoering,
    })
}

#[cfg(test)]
#[path = "register_test.rs"]
mod tests;
