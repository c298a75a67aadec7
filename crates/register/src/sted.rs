//! Places, as two addresses of one are alike.

use informasjonsmodell::Innhold;
use informasjonsmodell::entiteter::KontaktinformasjonForDoedsbo;
use informasjonsmodell::typer::{Matrikkeladresse, Vegadresse};

/// A place where somebody lives or stays: a street and a number, or a number of land.
///
/// Which flat of a house does not tell two places apart, nor does how a street is written: letters and digits count, in any
/// case, and not what stands between them.
#[derive(Clone, Debug)]
pub struct Sted {
    noekkel: String,
    /// Street and number as they would stand on a line, and where its post goes.
    linje: Option<(String, Option<String>)>,
}

impl PartialEq for Sted {
    fn eq(&self, other: &Self) -> bool {
        self.noekkel == other.noekkel
    }
}

impl Eq for Sted {}

impl Sted {
    /// The place that an entry says somebody lives or stays in; `None` where it says none, or none in this country.
    #[must_use]
    pub fn av(innhold: &Innhold) -> Option<Self> {
        let (veg, matrikkel) = match innhold {
            Innhold::Bostedsadresse(a) => (a.vegadresse.as_ref(), a.matrikkeladresse.as_ref()),
            Innhold::Oppholdsadresse(a) => (a.vegadresse.as_ref(), a.matrikkeladresse.as_ref()),
            Innhold::DeltBosted(a) => (a.vegadresse.as_ref(), a.matrikkeladresse.as_ref()),
            _ => return None,
        };
        veg.map(Self::av_veg).or_else(|| matrikkel.map(Self::av_matrikkel))
    }

    fn av_veg(veg: &Vegadresse) -> Self {
        let gate = flat(veg.adressenavn.som_tekst());
        let nummer = veg.adressenummer.as_ref().map_or_else(String::new, |n| {
            let bokstav = n.husbokstav.as_ref().map_or("", |b| b.som_tekst());
            flat(&format!("{}{bokstav}", n.husnummer.som_tekst()))
        });
        let postnummer = veg.poststed.as_ref().and_then(|p| p.postnummer.as_ref());
        Sted {
            noekkel: format!("{} {gate} {nummer}", veg.kommunenummer.som_tekst()),
            linje: Some((gate + &nummer, postnummer.map(|p| p.som_tekst().to_owned()))),
        }
    }

    fn av_matrikkel(m: &Matrikkeladresse) -> Self {
        let n = &m.matrikkelnummer;
        let tall = |t: Option<i64>| t.unwrap_or_default();
        Sted {
            noekkel: format!(
                "{}-{}/{}/{}",
                n.kommunenummer.som_tekst(),
                tall(n.gaardsnummer),
                tall(n.bruksnummer),
                tall(n.festenummer)
            ),
            linje: None,
        }
    }

    /// Whether an estate's address names this place, as far as its lines tell.
    ///
    /// In doubt it does: what follows the number may be a letter or a flat.
    #[must_use]
    pub fn staar_i(&self, bo: &KontaktinformasjonForDoedsbo) -> bool {
        let Some((gate, postnummer)) = &self.linje else {
            return false;
        };
        let annen_post = |p: &String| bo.adresse.postnummer.som_tekst() != p;
        if gate.is_empty() || postnummer.as_ref().is_some_and(annen_post) {
            return false;
        }
        bo.adresse.adresselinje.iter().any(|linje| {
            let linje = flat(linje.som_tekst());
            let etter = linje
                .match_indices(gate.as_str())
                .filter_map(|(fra, _)| linje.get(fra + gate.len()..));
            let mut etter = etter.map(|resten| resten.chars().next());
            etter.any(|neste| neste.is_none_or(|tegn| !tegn.is_ascii_digit()))
        })
    }
}

// As a reader takes it.
fn flat(tekst: &str) -> String {
    let mut ut = String::with_capacity(tekst.len());
    for tegn in tekst
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
    {
        match tegn {
            'æ' => ut.push_str("ae"),
            'ø' => ut.push_str("oe"),
            'å' => ut.push_str("aa"),
            tegn => ut.push(tegn),
        }
    }
    ut
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::felles::{bosted, opplysning};

    fn sted(entitet: &str, innhold: Value) -> Sted {
        Sted::av(&opplysning(entitet, innhold).innhold).unwrap()
    }

    fn gate(navn: &str, husnummer: &str, husbokstav: Option<&str>) -> Sted {
        let mut innhold = bosted(navn, "ugradert");
        innhold["vegadresse"]["adressenummer"]["husnummer"] = json!(husnummer);
        if let Some(husbokstav) = husbokstav {
            innhold["vegadresse"]["adressenummer"]["husbokstav"] = json!(husbokstav);
        }
        sted("bostedsadresse", innhold)
    }

    #[test]
    fn a_place_is_the_same_however_its_street_is_written() {
        assert_eq!(gate("Øvre Ås-gate", "7", None), gate("OEVRE AASGATE", "7", None));
        assert_eq!(gate("Revegata", "7", Some("B")), gate("REVEGATA", "7", Some("b")));
        assert_ne!(gate("Revegata", "7", Some("B")), gate("Revegata", "7", None));
        assert_ne!(gate("Revegata 1", "7", None), gate("Revegata", "17", None));
        let land = |bruk: i64| {
            sted(
                "bostedsadresse",
                json!({"matrikkeladresse": {"matrikkelnummer": {"kommunenummer": "0301", "gaardsnummer": 3, "bruksnummer": bruk}},
                    "adressegradering": "ugradert", "flyttedato": "2020-01-01", "grunnkrets": 1234}),
            )
        };
        assert_eq!(land(4), land(4));
        assert_ne!(land(4), land(5));
    }

    #[test]
    fn a_line_names_a_place_by_its_street_and_whole_number() {
        let staar = |sted: &Sted, linje: &str, postnummer: &str| {
            let innhold = json!({"person": {}, "skifteform": "annet", "attestutstedelsesdato": "2025-05-05",
                "adresse": {"adresselinje": ["c/o noen", linje], "poststedsnavn": "OSLO", "postnummer": postnummer}});
            let innhold = opplysning("kontaktinformasjonForDoedsbo", innhold).innhold;
            matches!(innhold, Innhold::KontaktinformasjonForDoedsbo(bo) if sted.staar_i(&bo))
        };
        let her = gate("Revegata", "7", None);
        for linje in ["Revegata 7", "REVEGATA 7 H0101", "v/ nabo, Revegata 7b"] {
            assert!(staar(&her, linje, "0001"), "{linje}");
        }
        for linje in ["Revegata 71", "Revegata", "Bjørnegata 7", ""] {
            assert!(!staar(&her, linje, "0001"), "{linje}");
        }
        assert!(!staar(&her, "Revegata 7", "5003"));
    }
}
