//! The nation's places as the translation asks for them: a table of `kartverk` and a day.
//!
//! What a newcomer gets wrong: to look a person up here. It is given what one released item says, and knows nothing else.

use std::sync::Arc;

use identifikator::Dato;
use kartverk::{Stedsangivelse, Tabell};

use super::berikelse::{Adresse, Berikelse, Grunnkrets, Kommune, Navngitt, Sted};

/// The table that is asked, and the day whose bydeler are given. One for each answer, so that all of it is of one table.
///
/// ```
/// use std::sync::Arc;
///
/// use identifikator::Dato;
/// use kartverk::Tabell;
/// use persontjenesten::oversettelse::{Berikelse, Steder};
///
/// let steder = Steder::new(Arc::new(Tabell::syntetisk()), Dato::new(2026, 1, 1).ok_or("dato")?);
/// assert_eq!(steder.kommune("5001").map(|kommune| kommune.navn), Some("Trondheim"));
/// # Ok::<(), &'static str>(())
/// ```
#[derive(Clone, Debug)]
pub struct Steder {
    tabell: Arc<Tabell>,
    dag: Dato,
}

impl Steder {
    /// Of a table, on a day.
    #[must_use]
    pub fn new(tabell: Arc<Tabell>, dag: Dato) -> Self {
        Steder { tabell, dag }
    }
}

impl Berikelse for Steder {
    fn kommune(&self, kommunenummer: &str) -> Option<Kommune<'_>> {
        // A number has not meant two kommuner since 1987, so one that is out of force has its name.
        let kommune = kartverk::kommune_uansett_dag(kommunenummer)?;
        Some(Kommune {
            navn: kommune.navn,
            fylkesnummer: kommune.fylkesnummer,
            fylkesnavn: kommune.fylkesnavn,
        })
    }

    fn sted(&self, adresse: &Adresse<'_>) -> Sted<'_> {
        let angivelse = Stedsangivelse {
            kommunenummer: adresse.kommunenummer,
            adressekode: adresse.adressekode,
            husnummer: adresse.husnummer,
            husbokstav: adresse.husbokstav,
            gaardsnummer: adresse.gaardsnummer,
            bruksnummer: adresse.bruksnummer,
            festenummer: adresse.festenummer,
            undernummer: adresse.undernummer,
            grunnkrets: adresse.grunnkrets,
        };
        let Some(omraade) = self.tabell.omraade(&angivelse, self.dag) else {
            return Sted::default();
        };
        let navngitt = |bydel: kartverk::Bydel| Navngitt {
            kode: bydel.kode,
            navn: bydel.navn,
        };
        Sted {
            grunnkrets: Some(Grunnkrets {
                nummer: omraade.grunnkretsnummer.tall(),
                navn: omraade.grunnkretsnavn,
            }),
            bydel: omraade.tjenestebydel.map(navngitt),
            geografisk_bydel: omraade.geografisk_bydel.map(navngitt),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Versjon;
    use crate::oversettelse::{Hode, Oversetter};

    fn oversett(norsk: &str) -> String {
        let steder = Steder::new(Arc::new(Tabell::syntetisk()), Dato::new(2026, 1, 1).unwrap());
        let hode = Hode {
            id: "p",
            sekvensnummer: 1,
            kontaktdata: None,
        };
        let mut ut = Vec::new();
        let mut oversetter = Oversetter::new(Versjon::V3, &steder);
        oversetter.person(norsk.as_bytes(), &hode, &mut ut).unwrap();
        String::from_utf8(ut).unwrap()
    }

    #[test]
    fn a_released_address_has_its_place_and_what_is_not_released_has_none() {
        let veg = r#""vegadresse":{"kommunenummer":"4601","adressekode":"1007","adressenummer":{"husnummer":"12"}}"#;
        let bosatt = oversett(&format!(
            r#"{{"bostedsadresse":[{{"adressegradering":"ugradert",{veg},"grunnkrets":303}}]}}"#
        ));
        for del in [
            r#""municipalityName":"Bergen""#,
            r#""fullBasicStatisticalUnitNumber":"46010303""#,
            r#""basicStatisticalUnit":303"#,
            r#""urbanDistrictCode":"4601"#,
            r#""geographicalUrbanDistrictCode":"4601"#,
        ] {
            assert!(bosatt.contains(del), "{del} {bosatt}");
        }
        // Where the register gives none, it is derived.
        let opphold = oversett(&format!(
            r#"{{"oppholdsadresse":[{{"adressegradering":"ugradert",{veg}}}]}}"#
        ));
        assert!(
            opphold.contains(r#""fullBasicStatisticalUnitNumber":"46010808""#),
            "{opphold}"
        );
        let skjult = oversett(r#"{"bostedsadresse":[{"adressegradering":"fortrolig"}]}"#);
        for del in ["istrict", "tatistical", "municipality"] {
            assert!(!skjult.contains(del), "{skjult}");
        }
    }
}
