//! Places, as two addresses of one are alike.

use informasjonsmodell::Innhold;
use informasjonsmodell::entiteter::KontaktinformasjonForDoedsbo;
use informasjonsmodell::typer::{InternasjonalAdresse, Matrikkeladresse, Poststed, Vegadresse};

/// A place where somebody lives or stays: a street and a number, a number of land, or an address abroad.
///
/// Which flat of a house does not tell two places apart, nor does how a street is written: letters and digits count, in any
/// case, and not what stands between them.
#[derive(Clone, Debug, Default)]
pub struct Sted {
    /// Street and number as they would stand on a line, or the numbers of land, or all of what stands abroad.
    hva: String,
    slag: Slag,
    kommune: Option<String>,
    /// Where its post goes.
    postnummer: Option<String>,
    /// The address in the cadastre, by its own identifier.
    id: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Slag {
    #[default]
    Veg,
    Land,
    Utland,
}

impl Sted {
    /// The place that an entry says somebody lives or stays in; `None` where it says none.
    #[must_use]
    pub fn av(innhold: &Innhold) -> Option<Self> {
        let (veg, matrikkel, id) = match innhold {
            Innhold::Bostedsadresse(a) => (
                a.vegadresse.as_ref(),
                a.matrikkeladresse.as_ref(),
                a.adresse_identifikator_fra_matrikkelen.as_ref(),
            ),
            Innhold::Oppholdsadresse(a) => {
                if let Some(utland) = &a.utenlandsk_adresse {
                    return Self::av_utland(utland);
                }
                (
                    a.vegadresse.as_ref(),
                    a.matrikkeladresse.as_ref(),
                    a.adresse_identifikator_fra_matrikkelen.as_ref(),
                )
            }
            Innhold::DeltBosted(a) => (
                a.vegadresse.as_ref(),
                a.matrikkeladresse.as_ref(),
                a.adresse_identifikator_fra_matrikkelen.as_ref(),
            ),
            _ => return None,
        };
        let sted = veg.map(Self::av_veg).or_else(|| matrikkel.map(Self::av_matrikkel))?;
        let id = id.map(|id| id.som_tekst().to_owned());
        Some(Sted { id, ..sted })
    }

    fn av_veg(veg: &Vegadresse) -> Self {
        let nummer = veg.adressenummer.as_ref().map_or_else(String::new, |n| {
            let bokstav = n.husbokstav.as_ref().map_or("", |b| b.som_tekst());
            flat(&format!("{}{bokstav}", n.husnummer.som_tekst()))
        });
        Sted {
            hva: format!("{} {nummer}", flat(veg.adressenavn.som_tekst())),
            slag: Slag::Veg,
            kommune: Some(veg.kommunenummer.som_tekst().to_owned()),
            postnummer: postnummer(veg.poststed.as_ref()),
            id: None,
        }
    }

    fn av_matrikkel(m: &Matrikkeladresse) -> Self {
        let n = &m.matrikkelnummer;
        let tall = |t: Option<i64>| t.unwrap_or_default();
        Sted {
            hva: format!(
                "{}/{}/{}",
                tall(n.gaardsnummer),
                tall(n.bruksnummer),
                tall(n.festenummer)
            ),
            slag: Slag::Land,
            kommune: Some(n.kommunenummer.som_tekst().to_owned()),
            postnummer: postnummer(m.poststed.as_ref()),
            id: None,
        }
    }

    fn av_utland(a: &InternasjonalAdresse) -> Option<Self> {
        let deler = [
            &a.adressenavn,
            &a.bygning,
            &a.postboks,
            &a.postkode,
            &a.by_eller_stedsnavn,
        ];
        let deler = deler.map(|d| d.as_ref().map_or_else(String::new, |d| flat(d.som_tekst())));
        // A country alone is not a place where somebody can be found.
        (!deler.iter().all(String::is_empty)).then(|| Sted {
            hva: format!("{} {}", a.landkode.som_tekst(), deler.join(" ")),
            slag: Slag::Utland,
            ..Sted::default()
        })
    }

    /// Whether two places are one: by identifier, or what they are called, in one kommune or with one postnummer. A kommune
    /// that has another number since does not make two of one.
    #[must_use]
    pub fn er_samme(&self, annet: &Sted) -> bool {
        let like = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        if like(&self.id, &annet.id) {
            return true;
        }
        self.slag == annet.slag
            && self.hva == annet.hva
            && (self.slag == Slag::Utland
                || like(&self.kommune, &annet.kommune)
                || like(&self.postnummer, &annet.postnummer))
    }

    /// Whether an estate's address names this place, as far as its lines tell.
    ///
    /// In doubt it does: what follows the number may be a letter or a flat.
    #[must_use]
    pub fn staar_i(&self, bo: &KontaktinformasjonForDoedsbo) -> bool {
        let gate: String = self.hva.chars().filter(|tegn| *tegn != ' ').collect();
        let annen_post = |p: &String| bo.adresse.postnummer.som_tekst() != p;
        if self.slag != Slag::Veg || gate.is_empty() || self.postnummer.as_ref().is_some_and(annen_post) {
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

fn postnummer(poststed: Option<&Poststed>) -> Option<String> {
    let nummer = poststed.and_then(|p| p.postnummer.as_ref());
    nummer.map(|n| n.som_tekst().to_owned())
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
        let like = |a: &Sted, b: &Sted| assert!(a.er_samme(b) && b.er_samme(a), "{a:?} {b:?}");
        let ulike = |a: &Sted, b: &Sted| assert!(!a.er_samme(b) && !b.er_samme(a), "{a:?} {b:?}");
        like(&gate("Øvre Ås-gate", "7", None), &gate("OEVRE AASGATE", "7", None));
        like(&gate("Revegata", "7", Some("B")), &gate("REVEGATA", "7", Some("b")));
        ulike(&gate("Revegata", "7", Some("B")), &gate("Revegata", "7", None));
        ulike(&gate("Revegata 1", "7", None), &gate("Revegata", "17", None));
        let land = |kommune: &str, bruk: i64, id: &str| {
            sted(
                "bostedsadresse",
                json!({"matrikkeladresse": {"matrikkelnummer": {"kommunenummer": kommune, "gaardsnummer": 3, "bruksnummer": bruk}},
                    "adresseIdentifikatorFraMatrikkelen": id, "adressegradering": "ugradert", "flyttedato": "2020-01-01"}),
            )
        };
        like(&land("0301", 4, "a"), &land("0301", 4, "b"));
        ulike(&land("0301", 4, "a"), &land("0301", 5, "b"));
        ulike(&land("0301", 4, "a"), &land("1103", 4, "b"));
        like(&land("0301", 4, "a"), &land("1103", 5, "a"));
    }

    #[test]
    fn a_kommune_that_has_another_number_since_has_the_same_places() {
        let i = |kommune: &str, post: Option<&str>| {
            let mut innhold = bosted("Revegata", "ugradert");
            innhold["vegadresse"]["kommunenummer"] = json!(kommune);
            match post {
                Some(post) => innhold["vegadresse"]["poststed"]["postnummer"] = json!(post),
                None => innhold["vegadresse"]["poststed"] = json!({}),
            }
            sted("bostedsadresse", innhold)
        };
        assert!(i("1507", Some("6003")).er_samme(&i("1508", Some("6003"))));
        assert!(i("1507", None).er_samme(&i("1507", Some("6003"))));
        assert!(!i("1507", Some("6003")).er_samme(&i("1508", Some("6004"))));
        assert!(!i("1507", None).er_samme(&i("1508", None)));
    }

    #[test]
    fn abroad_a_place_is_all_that_is_said_of_it() {
        let utland = |gate: Option<&str>| {
            let mut adresse = json!({"landkode": "SE"});
            if let Some(gate) = gate {
                adresse["adressenavn"] = json!(gate);
            }
            let innhold = json!({"utenlandskAdresse": adresse, "adressegradering": "ugradert"});
            Sted::av(&opplysning("oppholdsadresse", innhold).innhold)
        };
        assert!(
            utland(Some("Rävgatan 7"))
                .unwrap()
                .er_samme(&utland(Some("RÄVGATAN 7")).unwrap())
        );
        assert!(
            !utland(Some("Rävgatan 7"))
                .unwrap()
                .er_samme(&utland(Some("Rävgatan 8")).unwrap())
        );
        assert!(utland(None).is_none());
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
