//! Where something lies that says what an item of Folkeregisteret's addresses says: the one rule, for all who ask.
//!
//! What a newcomer gets wrong: a grunnkrets that the register gives is not to be improved upon. It says which one it is; the table only
//! names it, and knows its bydel.

use identifikator::Dato;

use crate::adresse::{Adresse, Matrikkeladresse, Vegadresse};
use crate::tabell::{Omraade, Tabell};

/// What an item says of where it lies; what it does not say is `None`.
///
/// Units: `grunnkrets` is the register's number without the kommune, so 401 is 0401.
#[derive(Clone, Copy, Default)]
pub struct Stedsangivelse<'a> {
    /// Kommune, from whichever form the address has.
    pub kommunenummer: Option<&'a str>,
    /// Code of the street in the kommune.
    pub adressekode: Option<&'a str>,
    /// House number.
    pub husnummer: Option<&'a str>,
    /// House letter.
    pub husbokstav: Option<&'a str>,
    /// Cadastral number, first part.
    pub gaardsnummer: Option<i64>,
    /// Cadastral number, second part.
    pub bruksnummer: Option<i64>,
    /// Cadastral number, third part.
    pub festenummer: Option<i64>,
    /// Cadastral number, fourth part.
    pub undernummer: Option<i64>,
    /// Grunnkrets as the register has it.
    pub grunnkrets: Option<i64>,
}

impl std::fmt::Debug for Stedsangivelse<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stedsangivelse(***)")
    }
}

impl Tabell {
    /// Where an item lies, with the bydeler of a day: by the grunnkrets that the register gives, else by street, else by cadastral
    /// number.
    ///
    /// Source: Person API, enrichment: the register's grunnkrets where it has one, else derived from the address; ADR 0037.
    #[must_use]
    pub fn omraade(&self, angivelse: &Stedsangivelse<'_>, dag: Dato) -> Option<Omraade<'_>> {
        let kommunenummer = angivelse.kommunenummer?;
        if let Some(grunnkrets) = angivelse.grunnkrets {
            return self.omraade_for_grunnkrets(kommunenummer, grunnkrets, dag);
        }
        let veg = angivelse
            .adressekode
            .zip(angivelse.husnummer)
            .map(|(adressekode, husnummer)| {
                Adresse::Veg(Vegadresse {
                    kommunenummer,
                    adressekode,
                    husnummer,
                    husbokstav: angivelse.husbokstav,
                })
            });
        let matrikkel = angivelse.gaardsnummer.zip(angivelse.bruksnummer);
        let matrikkel = matrikkel.map(|(gaardsnummer, bruksnummer)| {
            Adresse::Matrikkel(Matrikkeladresse {
                kommunenummer,
                gaardsnummer,
                bruksnummer,
                festenummer: angivelse.festenummer,
                undernummer: angivelse.undernummer,
            })
        });
        let adresser = [veg, matrikkel];
        adresser
            .iter()
            .flatten()
            .find_map(|adresse| self.omraade_for_adresse(adresse, dag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registers_grunnkrets_comes_before_the_address_and_a_street_before_a_cadastral_number() {
        let tabell = Tabell::syntetisk();
        let dag = Dato::new(2026, 1, 1).unwrap();
        let krets = |a: &Stedsangivelse<'_>| tabell.omraade(a, dag).map(|o| o.grunnkretsnummer.tall());
        let veg = Stedsangivelse {
            kommunenummer: Some("5001"),
            adressekode: Some("1007"),
            husnummer: Some("12"),
            ..Stedsangivelse::default()
        };
        assert_eq!(krets(&veg), Some(50_010_808));
        let begge = Stedsangivelse {
            gaardsnummer: Some(1),
            bruksnummer: Some(1),
            ..veg
        };
        assert_eq!(krets(&begge), Some(50_010_808));
        let bare_matrikkel = Stedsangivelse {
            adressekode: None,
            ..begge
        };
        assert_eq!(krets(&bare_matrikkel), Some(50_010_101));
        assert_eq!(
            krets(&Stedsangivelse {
                grunnkrets: Some(303),
                ..veg
            }),
            Some(50_010_303)
        );
        // What the register gives and cannot be is not replaced by a guess.
        assert_eq!(
            krets(&Stedsangivelse {
                grunnkrets: Some(0),
                ..veg
            }),
            None
        );
        assert_eq!(krets(&Stedsangivelse::default()), None);
    }
}
