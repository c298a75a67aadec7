//! Allocation: the next free number on a date.
//!
//! A [`Tildeler`] remembers how far each row of numbers is used up, so it hands out no number twice, whatever mixture
//! of rules, genders and centuries is asked for. Numbers of people it has not met itself are told by a predicate.
//! Drawing felles hjelpenummer is not done here.
//!
//! ```text
//! six digits 010191, Foedselsnummer1964, kvinne, born 1991
//!
//!   498 496 494 ... 002 000 | 998 996 ... 900      the row, in its order
//!    x   x   ^                                     x used up, ^ where the next request begins
//! ```
//!
//! What a newcomer gets wrong: rows overlap. From 2032 one row holds 1982 and 2082, and a number with remainder 0 may
//! be in a row of before 2032 as well; a D-number row of before 2021-11-16 shares numbers with one of after. All rows
//! of the same six digits are therefore looked up before a number is given.

mod kapasitet;
mod rekke;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;

use thiserror::Error;

pub use kapasitet::{Kapasitet, kapasitet};

use crate::dato::Dato;
use crate::folkeregisteridentifikator::Folkeregisteridentifikator;
use crate::kontroll;
use crate::regelsett::Regelsett;
use crate::serie::{Identifikatortype, Kjoenn, Serie};
use crate::siffer::Siffer;
use rekke::{Fremdrift, Rekke};

/// What number is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Bestilling {
    /// The birth date the number should carry.
    pub foedselsdato: Dato,
    /// The person's registered gender; the digits follow it until 2031 and are blind to it from 2032.
    pub kjoenn: Kjoenn,
    /// Ordinary or one of the others.
    pub serie: Serie,
    /// Kind of number and the rules of the time it is assigned.
    pub regelsett: Regelsett,
    /// The last date the number may carry when it cannot carry the birth date, as a rule the day of assignment.
    /// `None`: the last one the rules have.
    pub siste_dato: Option<Dato>,
}

impl Bestilling {
    /// A request for a number assigned on a day: the rules of that day, and no later date in the number.
    #[must_use]
    pub fn paa_dag(
        tildelt: Dato,
        identifikatortype: Identifikatortype,
        foedselsdato: Dato,
        kjoenn: Kjoenn,
        serie: Serie,
    ) -> Self {
        let regelsett = Regelsett::paa_dag(identifikatortype, tildelt);
        Self {
            foedselsdato,
            kjoenn,
            serie,
            regelsett,
            siste_dato: Some(tildelt),
        }
    }

    fn check(&self) -> Result<(), TildelingFeil> {
        if !self.serie.har(self.regelsett.identifikatortype()) {
            return Err(TildelingFeil::SerieHarIkkeDNummer);
        }
        if !self.regelsett.har_dato(self.foedselsdato) {
            return Err(TildelingFeil::DatoUtenforReglene);
        }
        if self.siste_dato.is_some_and(|siste| self.foedselsdato > siste) {
            return Err(TildelingFeil::FoedtEtterSisteDato);
        }
        Ok(())
    }

    fn kan_faa(&self, dato: Dato) -> bool {
        self.regelsett.har_dato(dato) && self.siste_dato.is_none_or(|siste| dato <= siste)
    }
}

/// The rules asked for; no birth date and no gender.
impl fmt::Debug for Bestilling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bestilling")
            .field("serie", &self.serie)
            .field("regelsett", &self.regelsett)
            .finish_non_exhaustive()
    }
}

/// A number given out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tildelt {
    /// The number.
    pub identifikator: Folkeregisteridentifikator,
    /// The date in the number, its century included.
    pub dato: Dato,
    /// The date in the number is not the birth date, which had no number left.
    ///
    /// Source: the contract field `tildeltIdentifikatorAvvikerFraFoedselsdato`.
    pub avviker_fra_foedselsdato: bool,
}

/// The masked number and the flag; no date.
impl fmt::Debug for Tildelt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tildelt")
            .field("identifikator", &self.identifikator)
            .field("avviker_fra_foedselsdato", &self.avviker_fra_foedselsdato)
            .finish_non_exhaustive()
    }
}

/// Why no number could be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TildelingFeil {
    /// The rules have no numbers for the birth date.
    #[error("reglene har ingen numre for fødselsdatoen; velg reglene som gjaldt da nummeret ble tildelt")]
    DatoUtenforReglene,
    /// An internal H-number is built on a fødselsnummer.
    #[error("et internt hjelpenummer bygger på et fødselsnummer, ikke på et D-nummer")]
    SerieHarIkkeDNummer,
    /// The birth date is after the last date the number may carry.
    #[error("fødselsdatoen er etter tildelingsdagen; rett en av dem")]
    FoedtEtterSisteDato,
    /// Every date of the year is used up.
    #[error("alle datoer i fødselsåret er brukt opp i denne serien; ta en annen serie eller nyere regler")]
    IngenLedige,
}

/// Hands out numbers, each once.
///
/// Shape: one record of cursors, 32 bytes, per six leading digits that have been asked for. There are at most some
/// 290 000 of them (every date of a century, two kinds, four series), so the table stays below 20 MB.
/// The order of a row is that of [`Regelsett::intervaller`], each interval from its highest individnummer down, and
/// from 2032 the remainders 0, 1, 2, 3 of one individnummer before the next.
/// Source: descending is published for those born 2000-2039 only; elsewhere it is our choice, as are the order of the
/// intervals and of the remainders (folkeregister reference 10.1: undecided, though assumed).
#[derive(Default)]
pub struct Tildeler {
    fremdrift: HashMap<u32, Fremdrift>,
}

/// How many dates have been begun; no numbers.
impl fmt::Debug for Tildeler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tildeler")
            .field("paabegynte_datoer", &self.fremdrift.len())
            .finish()
    }
}

impl Tildeler {
    /// A new one, which has given out nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next number, for a population that consists of this one's own numbers only.
    ///
    /// Errors: as [`Self::tildel_ledig`].
    pub fn tildel(&mut self, bestilling: &Bestilling) -> Result<Tildelt, TildelingFeil> {
        self.tildel_ledig(bestilling, |_| false)
    }

    /// The next number that is not in use.
    ///
    /// `er_brukt` tells of every number ever assigned, ended ones too: numbers are never used again. What it has once
    /// said is used is not asked about again. A number given is used up even if the caller throws it away.
    ///
    /// When the birth date has no number left, another date of the same year is taken, in this order: later days of
    /// the month; earlier days of the month, the nearest first; later days of the year; earlier days of the year, the
    /// nearest first. Source: the order is our choice; that a number may deviate is folkeregister reference 10.4.
    ///
    /// Errors: [`TildelingFeil::IngenLedige`] when the whole year is used up; the others for a request that can never
    /// be met.
    pub fn tildel_ledig(
        &mut self,
        bestilling: &Bestilling,
        mut er_brukt: impl FnMut(&Folkeregisteridentifikator) -> bool,
    ) -> Result<Tildelt, TildelingFeil> {
        bestilling.check()?;
        let foedselsdato = bestilling.foedselsdato;
        if let Some(identifikator) = self.next_paa(foedselsdato, bestilling, &mut er_brukt) {
            return Ok(Tildelt {
                identifikator,
                dato: foedselsdato,
                avviker_fra_foedselsdato: false,
            });
        }
        reservedatoer(foedselsdato)
            .filter(|&dato| bestilling.kan_faa(dato))
            .find_map(|dato| {
                let identifikator = self.next_paa(dato, bestilling, &mut er_brukt)?;
                Some(Tildelt {
                    identifikator,
                    dato,
                    avviker_fra_foedselsdato: true,
                })
            })
            .ok_or(TildelingFeil::IngenLedige)
    }

    /// The next number on this very date.
    fn next_paa(
        &mut self,
        dato: Dato,
        bestilling: &Bestilling,
        er_brukt: &mut impl FnMut(&Folkeregisteridentifikator) -> bool,
    ) -> Option<Folkeregisteridentifikator> {
        let regelsett = bestilling.regelsett;
        let rekke = Rekke::new(regelsett, dato.aar(), Some(bestilling.kjoenn));
        let seks = seks_siffer(dato, regelsett.identifikatortype(), bestilling.serie);
        let noekkel = seks.iter().fold(0_u32, |sum, &siffer| sum * 10 + u32::from(siffer));
        let fremdrift = self.fremdrift.entry(noekkel).or_default();
        loop {
            let plass = fremdrift.get(regelsett, dato.aar(), bestilling.kjoenn);
            let (individnummer, rest) = rekke.kandidat(plass)?;
            let tatt = fremdrift.er_passert(regelsett.identifikatortype(), dato.aar_to_siffer(), individnummer, rest);
            fremdrift.set(regelsett, dato.aar(), bestilling.kjoenn, plass + 1);
            if tatt {
                continue;
            }
            let Some(identifikator) = build(seks, individnummer, rest) else {
                continue;
            };
            if !er_brukt(&identifikator) {
                return Some(identifikator);
            }
        }
    }
}

/// The six leading digits of a number that carries the date.
fn seks_siffer(dato: Dato, identifikatortype: Identifikatortype, serie: Serie) -> [u8; 6] {
    let dag = dato.dag() + identifikatortype.dagstillegg();
    let maaned = dato.maaned() + serie.maanedstillegg();
    let aar = dato.aar_to_siffer();
    [dag / 10, dag % 10, maaned / 10, maaned % 10, aar / 10, aar % 10]
}

/// The whole number, or `None` where a control digit would be 10.
fn build(seks: [u8; 6], individnummer: u16, rest: u8) -> Option<Folkeregisteridentifikator> {
    let [d1, d2, m1, m2, a1, a2] = seks;
    let (i1, i2, i3) = (
        (individnummer / 100 % 10) as u8,
        (individnummer / 10 % 10) as u8,
        (individnummer % 10) as u8,
    );
    let elleve = kontroll::fill_in([d1, d2, m1, m2, a1, a2, i1, i2, i3], rest)?;
    let siffer = Siffer::from_verdier(elleve);
    debug_assert!(
        Folkeregisteridentifikator::check(siffer).is_ok(),
        "what is built is well-formed"
    );
    Some(Folkeregisteridentifikator(siffer))
}

/// The other dates of the year, in the order they are tried.
fn reservedatoer(dato: Dato) -> impl Iterator<Item = Dato> {
    let i_maaneden = move |d: &Dato| (d.aar(), d.maaned()) == (dato.aar(), dato.maaned());
    let i_aaret = move |d: &Dato| d.aar() == dato.aar();
    let senere = move || std::iter::successors(dato.neste(), |d| d.neste()).take_while(i_aaret);
    let tidligere = move || std::iter::successors(dato.forrige(), |d| d.forrige()).take_while(i_aaret);
    senere()
        .take_while(i_maaneden)
        .chain(tidligere().take_while(i_maaneden))
        .chain(senere().skip_while(i_maaneden))
        .chain(tidligere().skip_while(i_maaneden))
}
