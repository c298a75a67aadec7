//! The addresses that the copy is searched by, as an entry shows them, and the grunnkrets of those that have none of their own.

use informasjonsmodell::Entitet;

use crate::innhold::{self, Adresseform, Tekst};
use crate::kommune;
use crate::kriterier::Husnummer;

/// What one shown entry says of a Norwegian address; what it does not say is `None`. Texts are as the register has them.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Adresse<'a> {
    /// `kommunenummer`, of whichever form the address has.
    pub kommunenummer: Option<&'a str>,
    /// `adressekode`.
    pub adressekode: Option<&'a str>,
    /// `adressenummer.husnummer`.
    pub husnummer: Option<&'a str>,
    /// `adressenummer.husbokstav`.
    pub husbokstav: Option<&'a str>,
    /// `matrikkelnummer.gaardsnummer`.
    pub gaardsnummer: Option<i64>,
    /// `matrikkelnummer.bruksnummer`.
    pub bruksnummer: Option<i64>,
    /// `matrikkelnummer.festenummer`.
    pub festenummer: Option<i64>,
    /// `undernummer` of a cadastral address.
    pub undernummer: Option<i64>,
}

impl std::fmt::Debug for Adresse<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Adresse(***)")
    }
}

/// Which grunnkrets an address lies in: a table that does not change while it is asked.
///
/// It is given what one shown entry says and nothing else, so what is derived is as hidden as the address it is derived from.
pub trait Grunnkretser: Send + Sync {
    /// Tells tables apart: another table, another number.
    fn utgave(&self) -> u64;

    /// Eight digits as a number; `None` where it is not known.
    fn grunnkrets(&self, adresse: &Adresse<'_>) -> Option<u32>;
}

/// A table that knows no place.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngenGrunnkretser;

impl Grunnkretser for IngenGrunnkretser {
    fn utgave(&self) -> u64 {
        0
    }

    fn grunnkrets(&self, _: &Adresse<'_>) -> Option<u32> {
        None
    }
}

/// Which of a person's addresses. Its number is a part of terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Slag {
    Bosted = 0,
    Opphold = 1,
    Delt = 2,
}

impl Slag {
    pub const ALLE: [Slag; 3] = [Slag::Bosted, Slag::Opphold, Slag::Delt];

    pub fn av(entitet: Entitet) -> Option<Self> {
        match entitet {
            Entitet::Bostedsadresse => Some(Slag::Bosted),
            Entitet::Oppholdsadresse => Some(Slag::Opphold),
            Entitet::DeltBosted => Some(Slag::Delt),
            _ => None,
        }
    }
}

/// What an address is found by, read from the entry.
#[derive(Debug, Default)]
pub(super) struct Lest<'a> {
    pub gate: Tekst<'a>,
    pub postnummer: Tekst<'a>,
    pub poststed: Tekst<'a>,
    kommunenummer: Tekst<'a>,
    adressekode: Tekst<'a>,
    husnummer: Tekst<'a>,
    husbokstav: Tekst<'a>,
    gaardsnummer: Option<i64>,
    bruksnummer: Option<i64>,
    festenummer: Option<i64>,
    undernummer: Option<i64>,
    /// The register's own, four digits or fewer.
    egen_krets: Option<i64>,
}

impl<'a> Lest<'a> {
    pub fn les(kropp: &'a [u8]) -> Self {
        let form: Adresseform<'_> = innhold::les(kropp);
        let mut ut = Lest {
            egen_krets: form.grunnkrets.and_then(|krets| krets.0),
            ..Lest::default()
        };
        let poststed = if let Some(veg) = form.vegadresse {
            let nummer = veg.adressenummer.unwrap_or_default();
            ut.kommunenummer = veg.kommunenummer;
            ut.adressekode = veg.adressekode;
            ut.gate = veg.adressenavn;
            ut.husnummer = nummer.husnummer;
            ut.husbokstav = nummer.husbokstav;
            veg.poststed
        } else if let Some(matrikkel) = form.matrikkeladresse {
            let nummer = matrikkel.matrikkelnummer.unwrap_or_default();
            ut.kommunenummer = nummer.kommunenummer;
            ut.gaardsnummer = nummer.gaardsnummer.and_then(|tall| tall.0);
            ut.bruksnummer = nummer.bruksnummer.and_then(|tall| tall.0);
            ut.festenummer = nummer.festenummer.and_then(|tall| tall.0);
            ut.undernummer = matrikkel.undernummer.and_then(|tall| tall.0);
            matrikkel.poststed
        } else {
            ut.kommunenummer = form.ukjent_bosted.and_then(|ukjent| ukjent.bostedskommune);
            None
        };
        let poststed = poststed.unwrap_or_default();
        ut.postnummer = poststed.postnummer;
        ut.poststed = poststed.poststedsnavn;
        ut
    }

    /// The kommuner that it is found in: the one it is shown with, and what that is today. Source: ADR 0020.
    pub fn kommuner(&self) -> [Option<&str>; 2] {
        let egen = self.kommunenummer.as_deref();
        [egen, egen.and_then(|nummer| kommune::idag(nummer).kommune)]
    }

    pub fn husnummer(&self) -> Option<Husnummer> {
        let tall = self.husnummer.as_deref()?.parse().ok()?;
        let bokstav = self.husbokstav.as_deref().and_then(Husnummer::bokstav);
        Some(Husnummer { tall, bokstav })
    }

    /// The grunnkrets, eight digits: of a bostedsadresse the register's own alone, of the others the table's.
    /// Source: access matrix, `bydel_og_grunnkrets`; ADR 0036.
    pub fn grunnkrets(&self, slag: Slag, kretser: &dyn Grunnkretser) -> Option<String> {
        if slag == Slag::Bosted {
            let kommune = self.kommunenummer.as_deref()?;
            let krets = self.egen_krets.filter(|krets| (1..=9_999).contains(krets))?;
            return Some(format!("{kommune}{krets:04}"));
        }
        let adresse = Adresse {
            kommunenummer: self.kommunenummer.as_deref(),
            adressekode: self.adressekode.as_deref(),
            husnummer: self.husnummer.as_deref(),
            husbokstav: self.husbokstav.as_deref(),
            gaardsnummer: self.gaardsnummer,
            bruksnummer: self.bruksnummer,
            festenummer: self.festenummer,
            undernummer: self.undernummer,
        };
        kretser.grunnkrets(&adresse).map(|krets| format!("{krets:08}"))
    }
}
