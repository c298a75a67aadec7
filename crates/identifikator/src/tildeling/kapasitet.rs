//! How many numbers a date has.

use crate::dato::Dato;
use crate::regelsett::Regelsett;
use crate::serie::{Kjoenn, Serie};

use super::rekke::Rekke;
use super::{TildelingFeil, build, seks_siffer};

/// The numbers of one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kapasitet {
    /// Combinations of individnummer and remainder, usable or not.
    pub kandidater: u16,
    /// Those with two usable control digits: exactly the numbers that can be given out.
    pub gyldige: u16,
}

impl Kapasitet {
    /// 0.82 times the candidates, the average over all dates that the register itself plans with; no promise for any
    /// one date, and `gyldige` is seldom the same.
    ///
    /// Source: folkeregister reference 10.3, column capacity per day.
    #[must_use]
    pub fn gjennomsnitt(self) -> u16 {
        u16::try_from(u32::from(self.kandidater) * 82 / 100).unwrap_or(u16::MAX)
    }
}

/// Counts the numbers of a date, by building each.
///
/// Shape: both genders together when `kjoenn` is `None`; from 2032 gender makes no difference. Numbers that another
/// set of rules also has for the same six digits are counted in both.
/// Errors: [`TildelingFeil::DatoUtenforReglene`], [`TildelingFeil::SerieHarIkkeDNummer`].
pub fn kapasitet(
    dato: Dato,
    serie: Serie,
    regelsett: Regelsett,
    kjoenn: Option<Kjoenn>,
) -> Result<Kapasitet, TildelingFeil> {
    if !serie.har(regelsett.identifikatortype()) {
        return Err(TildelingFeil::SerieHarIkkeDNummer);
    }
    if !regelsett.har_dato(dato) {
        return Err(TildelingFeil::DatoUtenforReglene);
    }
    let seks = seks_siffer(dato, regelsett.identifikatortype(), serie);
    let rekke = Rekke::new(regelsett, dato.aar(), kjoenn);
    let mut sum = Kapasitet {
        kandidater: 0,
        gyldige: 0,
    };
    while let Some((individnummer, rest)) = rekke.kandidat(sum.kandidater) {
        sum.kandidater += 1;
        sum.gyldige += u16::from(build(seks, individnummer, rest).is_some());
    }
    Ok(sum)
}
