//! The members of entries that something is found by, read from an entry's own text.
//!
//! A member that is not there, or is not what the model says, is not found by; nothing is refused here.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use crate::kommune;
use crate::kriterier::Husnummer;
use crate::termer::Adresseslag;

/// Reads an entry; what cannot be read says nothing.
pub(crate) fn les<'a, T: Deserialize<'a> + Default>(kropp: &'a [u8]) -> T {
    serde_json::from_slice(kropp).unwrap_or_default()
}

/// A text as it lies in the entry, copied only where it is written with escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lest<'a>(Cow<'a, str>);

impl std::ops::Deref for Lest<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Lest<'a> {
    fn deserialize<D: Deserializer<'de>>(leser: D) -> Result<Self, D::Error> {
        struct Tekst;
        impl<'de> Visitor<'de> for Tekst {
            type Value = Lest<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("tekst")
            }

            fn visit_borrowed_str<E: Error>(self, tekst: &'de str) -> Result<Lest<'de>, E> {
                Ok(Lest(Cow::Borrowed(tekst)))
            }

            fn visit_str<E: Error>(self, tekst: &str) -> Result<Lest<'de>, E> {
                Ok(Lest(Cow::Owned(tekst.to_owned())))
            }
        }
        leser.deserialize_str(Tekst)
    }
}

type Tekst<'a> = Option<Lest<'a>>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Navn<'a> {
    #[serde(borrow)]
    pub fornavn: Tekst<'a>,
    #[serde(borrow)]
    pub mellomnavn: Tekst<'a>,
    #[serde(borrow)]
    pub etternavn: Tekst<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Foedsel<'a> {
    #[serde(borrow)]
    pub foedselsdato: Tekst<'a>,
    #[serde(borrow)]
    pub foedselsaar: Tekst<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Kjoenn<'a> {
    #[serde(borrow)]
    pub kjoenn: Tekst<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Status<'a> {
    #[serde(borrow)]
    pub status: Tekst<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Statsborgerskap<'a> {
    #[serde(borrow)]
    pub statsborgerskap: Tekst<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sivilstand<'a> {
    #[serde(borrow)]
    pub sivilstand: Tekst<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Doedsfall<'a> {
    #[serde(borrow)]
    pub doedsdato: Tekst<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Identifikasjonsnummer<'a> {
    #[serde(borrow, rename = "foedselsEllerDNummer")]
    pub foedsels_eller_d_nummer: Tekst<'a>,
}

/// A number that another country or the immigration authorities gave.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Personidentifikasjon<'a> {
    #[serde(borrow)]
    pub identifikasjonsnummer: Tekst<'a>,
    #[serde(borrow)]
    pub utstederland: Tekst<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Legitimasjonsdokument<'a> {
    #[serde(borrow, rename = "identifikasjonsdokumentnummer")]
    pub nummer: Tekst<'a>,
    #[serde(borrow)]
    pub utstederland: Tekst<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Adresseform<'a> {
    #[serde(borrow)]
    vegadresse: Option<Vegadresse<'a>>,
    #[serde(borrow)]
    matrikkeladresse: Option<Matrikkeladresse<'a>>,
    #[serde(borrow, rename = "ukjentBosted")]
    ukjent_bosted: Option<UkjentBosted<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Vegadresse<'a> {
    #[serde(borrow)]
    kommunenummer: Tekst<'a>,
    #[serde(borrow)]
    adressenavn: Tekst<'a>,
    #[serde(borrow)]
    adressenummer: Option<Adressenummer<'a>>,
    #[serde(borrow)]
    poststed: Option<Poststed<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Adressenummer<'a> {
    #[serde(borrow)]
    husnummer: Tekst<'a>,
    #[serde(borrow)]
    husbokstav: Tekst<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Matrikkeladresse<'a> {
    #[serde(borrow)]
    matrikkelnummer: Option<Matrikkelnummer<'a>>,
    #[serde(borrow)]
    poststed: Option<Poststed<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Matrikkelnummer<'a> {
    #[serde(borrow)]
    kommunenummer: Tekst<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct UkjentBosted<'a> {
    #[serde(borrow)]
    bostedskommune: Tekst<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Poststed<'a> {
    #[serde(borrow)]
    postnummer: Tekst<'a>,
}

/// What an address is found by.
#[derive(Debug, Default)]
pub(crate) struct Adresse<'a> {
    pub kommunenummer: Tekst<'a>,
    pub adressenavn: Tekst<'a>,
    pub husnummer: Tekst<'a>,
    pub husbokstav: Tekst<'a>,
    pub postnummer: Tekst<'a>,
}

impl<'a> Adresse<'a> {
    pub fn les(kropp: &'a [u8]) -> Self {
        let form: Adresseform<'_> = les(kropp);
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

impl Adresse<'_> {
    /// The kommuner that the address is found in: the one it is shown with and, while it is current, the one that this is
    /// today. Former addresses keep their own (contract: "the kommunenummer valid when the person lived there").
    pub fn kommuner(&self, slag: Adresseslag) -> [Option<&str>; 2] {
        let egen = self.kommunenummer.as_deref();
        [egen, self.idag(slag).kommune]
    }

    /// The fylker that the address is found in, likewise.
    pub fn fylker(&self, slag: Adresseslag) -> [Option<&str>; 2] {
        let egen = self.kommunenummer.as_deref().and_then(kommune::fylke);
        [egen, self.idag(slag).fylke]
    }

    fn idag(&self, slag: Adresseslag) -> kommune::Idag {
        let nummer = self.kommunenummer.as_deref().filter(|_| slag.gjeldende());
        nummer.map(kommune::idag).unwrap_or_default()
    }

    pub fn husnummer(&self) -> Option<Husnummer> {
        let tall = self.husnummer.as_deref()?.parse().ok()?;
        let bokstav = self.husbokstav.as_deref().and_then(Husnummer::bokstav);
        Some(Husnummer { tall, bokstav })
    }
}

/// The status of the dead.
pub(crate) const DOED: &str = "doed";
