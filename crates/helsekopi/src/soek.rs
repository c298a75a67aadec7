//! Search of the copy, by the Person API's criteria: what a view is shown, and no more.
//!
//! What lives here: which projection a view searches by, and the grunnkretser of Kartverket's table. What a search means is
//! [`::soek::kopi`]. What a newcomer gets wrong: the order of a page is that of the copy's own person numbers, which no caller is told; the
//! ids they are told are in no order at all.

use std::sync::Arc;

use ::soek::kopi::{self, Grunnkretser, Kopivisning, Kriterier};
use identifikator::Dato;
use kartverk::{Stedsangivelse, Tabell};
use register::Personnummer;

use crate::kopi::Kopilesing;
use crate::{Feil, Omfang};

/// A grunnkrets has no days of validity, so any day will do to ask for it. Source: ADR 0037.
const EN_DAG: Option<Dato> = Dato::new(2026, 1, 1);

/// What persons of the copy are found by, with a table of addresses.
pub(crate) fn visning(kart: Arc<Tabell>) -> Kopivisning {
    Kopivisning::new(Arc::new(Kart(kart)))
}

struct Kart(Arc<Tabell>);

impl Grunnkretser for Kart {
    fn utgave(&self) -> u64 {
        self.0.utgave().tall()
    }

    fn grunnkrets(&self, adresse: &kopi::Adresse<'_>) -> Option<u32> {
        let angivelse = Stedsangivelse {
            kommunenummer: adresse.kommunenummer,
            adressekode: adresse.adressekode,
            husnummer: adresse.husnummer,
            husbokstav: adresse.husbokstav,
            gaardsnummer: adresse.gaardsnummer,
            bruksnummer: adresse.bruksnummer,
            festenummer: adresse.festenummer,
            undernummer: adresse.undernummer,
            grunnkrets: None,
        };
        let omraade = self.0.omraade(&angivelse, EN_DAG?)?;
        Some(omraade.grunnkretsnummer.tall())
    }
}

impl Kopilesing<'_> {
    /// The first whom a view is shown as the criteria say: [`kopi::FOERSTE_MAKS`] at most.
    ///
    /// # Errors
    /// [`Feil::Register`] if the store is damaged, or the copy was opened for loading.
    pub fn finn_foerste(&self, omfang: Omfang, kriterier: &Kriterier) -> Result<Vec<Personnummer>, Feil> {
        Ok(kopi::finn_foerste(self.register(), omfang.projeksjon(), kriterier)?)
    }

    /// Some of those whom a view is shown as the criteria say, in an order that stays: `antall` of them, [`kopi::SIDE_MAKS`] at most, after
    /// the first `hopp`.
    ///
    /// # Errors
    /// As [`Kopilesing::finn_foerste`].
    pub fn finn_side(
        &self,
        omfang: Omfang,
        kriterier: &Kriterier,
        hopp: u64,
        antall: usize,
    ) -> Result<Vec<Personnummer>, Feil> {
        Ok(kopi::finn_side(
            self.register(),
            omfang.projeksjon(),
            kriterier,
            hopp,
            antall,
        )?)
    }

    /// As [`Kopilesing::finn_side`], as if some persons were not there: `uten`, whether they fit or not.
    ///
    /// # Errors
    /// As [`Kopilesing::finn_foerste`].
    pub fn finn_side_uten(
        &self,
        omfang: Omfang,
        kriterier: &Kriterier,
        uten: &[Personnummer],
        hopp: u64,
        antall: usize,
    ) -> Result<Vec<Personnummer>, Feil> {
        Ok(kopi::finn_side_uten(
            self.register(),
            omfang.projeksjon(),
            kriterier,
            uten,
            hopp,
            antall,
        )?)
    }

    /// How many a view is shown as the criteria say.
    ///
    /// # Errors
    /// As [`Kopilesing::finn_foerste`].
    pub fn tell(&self, omfang: Omfang, kriterier: &Kriterier) -> Result<u64, Feil> {
        Ok(kopi::tell(self.register(), omfang.projeksjon(), kriterier)?)
    }

    /// As [`Kopilesing::tell`], as if some persons were not there: `uten`, whether they fit or not.
    ///
    /// # Errors
    /// As [`Kopilesing::finn_foerste`].
    pub fn tell_uten(&self, omfang: Omfang, kriterier: &Kriterier, uten: &[Personnummer]) -> Result<u64, Feil> {
        Ok(kopi::tell_uten(self.register(), omfang.projeksjon(), kriterier, uten)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_asked_by_street_and_by_cadastral_number() {
        let kart = Kart(Arc::new(Tabell::syntetisk()));
        let veg = kopi::Adresse {
            kommunenummer: Some("5001"),
            adressekode: Some("1007"),
            husnummer: Some("12"),
            ..kopi::Adresse::default()
        };
        assert_eq!(kart.grunnkrets(&veg), Some(50_010_808));
        let matrikkel = kopi::Adresse {
            kommunenummer: Some("5001"),
            gaardsnummer: Some(7),
            bruksnummer: Some(1),
            ..kopi::Adresse::default()
        };
        let i_kommunen = |krets: u32| krets / 10_000 == 5001;
        assert!(kart.grunnkrets(&matrikkel).is_some_and(i_kommunen));
        for ukjent in [
            kopi::Adresse::default(),
            kopi::Adresse {
                kommunenummer: None,
                ..veg
            },
            kopi::Adresse { husnummer: None, ..veg },
            kopi::Adresse {
                bruksnummer: None,
                ..matrikkel
            },
        ] {
            assert_eq!(kart.grunnkrets(&ukjent), None);
        }
    }

    #[test]
    fn another_table_is_another_view() {
        use register::Visning as _;
        let versjon = |kart: Tabell| visning(Arc::new(kart)).versjon();
        assert_eq!(versjon(Tabell::tom()), versjon(Tabell::tom()));
        assert_ne!(versjon(Tabell::tom()), versjon(Tabell::syntetisk()));
    }
}
