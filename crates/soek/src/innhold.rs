//! The members of entries that something is found by, read from an entry's own text.
//!
//! A member that is not there, or is not what the model says, is not found by; nothing is refused here.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::kriterier::Husnummer;

/// Reads an entry; what cannot be read says nothing.
pub(crate) fn les<T: DeserializeOwned + Default>(kropp: &[u8]) -> T {
    serde_json::from_slice(kropp).unwrap_or_default()
}

type Tekst = Option<String>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Navn {
    pub fornavn: Tekst,
    pub mellomnavn: Tekst,
    pub etternavn: Tekst,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Foedsel {
    pub foedselsdato: Tekst,
    pub foedselsaar: Tekst,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Kjoenn {
    pub kjoenn: Tekst,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    pub status: Tekst,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Statsborgerskap {
    pub statsborgerskap: Tekst,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sivilstand {
    pub sivilstand: Tekst,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Doedsfall {
    pub doedsdato: Tekst,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Identifikasjonsnummer {
    #[serde(rename = "foedselsEllerDNummer")]
    pub foedsels_eller_d_nummer: Tekst,
}

/// A number that another country or the immigration authorities gave.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Personidentifikasjon {
    pub identifikasjonsnummer: Tekst,
    pub utstederland: Tekst,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Legitimasjonsdokument {
    #[serde(rename = "identifikasjonsdokumentnummer")]
    pub nummer: Tekst,
    pub utstederland: Tekst,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Adresseform {
    vegadresse: Option<Vegadresse>,
    matrikkeladresse: Option<Matrikkeladresse>,
    #[serde(rename = "ukjentBosted")]
    ukjent_bosted: Option<UkjentBosted>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Vegadresse {
    kommunenummer: Tekst,
    adressenavn: Tekst,
    adressenummer: Option<Adressenummer>,
    poststed: Option<Poststed>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Adressenummer {
    husnummer: Tekst,
    husbokstav: Tekst,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Matrikkeladresse {
    matrikkelnummer: Option<Matrikkelnummer>,
    poststed: Option<Poststed>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Matrikkelnummer {
    kommunenummer: Tekst,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct UkjentBosted {
    bostedskommune: Tekst,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Poststed {
    postnummer: Tekst,
}

/// What an address is found by.
#[derive(Debug, Default)]
pub(crate) struct Adresse {
    pub kommunenummer: Tekst,
    pub adressenavn: Tekst,
    pub husnummer: Tekst,
    pub husbokstav: Tekst,
    pub postnummer: Tekst,
}

impl Adresse {
    pub fn les(kropp: &[u8]) -> Self {
        let form: Adresseform = les(kropp);
        let mut ut = Adresse::default();
        if let Some(veg) = form.vegadresse {
            let nummer = veg.adressenummer.unwrap_or_default();
            ut.kommunenummer = veg.kommunenummer;
            ut.adressenavn = veg.adressenavn;
            ut.husnummer = nummer.husnummer;
            ut.husbokstav = nummer.husbokstav;
            ut.postnummer = veg.poststed.and_then(|p| p.postnummer);
        } else if let Some(matrikkel) = form.matrikkeladresse {
            ut.kommunenummer = matrikkel.matrikkelnummer.and_then(|m| m.kommunenummer);
            ut.postnummer = matrikkel.poststed.and_then(|p| p.postnummer);
        } else if let Some(ukjent) = form.ukjent_bosted {
            ut.kommunenummer = ukjent.bostedskommune;
        }
        ut
    }
}

impl Adresse {
    pub fn husnummer(&self) -> Option<Husnummer> {
        let tall = self.husnummer.as_deref()?.parse().ok()?;
        let bokstav = self.husbokstav.as_deref().and_then(Husnummer::bokstav);
        Some(Husnummer { tall, bokstav })
    }
}

/// The status of the dead.
pub(crate) const DOED: &str = "doed";
