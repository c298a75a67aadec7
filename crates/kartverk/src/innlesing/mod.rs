//! From files to a table: the public address register's CSV, and which grunnkrets lies in which bydel.
//!
//! ```text
//!  addresses         lokalid;kommunenummer;…;adressekode;…;grunnkretsnummer;grunnkretsnavn;…
//!  bydeler           grunnkretsnummer,bydelskode,gyldigFra,gyldigTil
//!  services          the same, where another bydel than the geographical one gives the services
//! ```
//!
//! Columns are found by name, in any order; those that we do not use are passed over. A row that breaks a rule is left out
//! and counted, with its line number and the rule, never with what it says. What makes a file useless as a whole ends the
//! import, and the table in use stays.
//!
//! A newcomer's mistake is to read the file into memory first: the nation's is a gigabyte. It is read line by line, and an
//! address costs eight or sixteen bytes from then on.

mod adresser;
mod bydeler;
mod linjer;
mod rader;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::io::BufRead;

use crate::bygger::Bygger;
use crate::fil::Feil;
use crate::tabell::Tabell;

/// Most addresses of a table. Source: our choice, four times the nation's.
pub const ADRESSER_MAKS: usize = 10_000_000;
/// Most rows of a file, good and bad. Source: our choice.
pub const RADER_MAKS: u64 = 40_000_000;
/// Most rows of a correspondence. Source: our choice, some twenty times as many as there are grunnkretser in Norway.
pub const TILHOERIGHETER_MAKS: usize = 300_000;
/// How many rows that were left out are named one by one. Source: our choice.
pub const EKSEMPLER_MAKS: usize = 100;
/// How often progress is told. Units: rows.
const FRAMDRIFT_RADER: u64 = 50_000;

/// What makes a file useless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Linjefeil {
    /// Bytes that are not UTF-8.
    #[error(
        "linje {0} er ikke UTF-8; er filen ISO-8859-1, må den gjøres om først, for eksempel med iconv -f ISO-8859-1 -t UTF-8"
    )]
    IkkeUtf8(u64),
    /// Nothing in it.
    #[error("filen er tom; den skal ha en topplinje med navn på kolonnene")]
    Tom,
    /// A first line that cannot be taken apart.
    #[error("topplinjen kan ikke leses; den skal ha navn på kolonner, med skilletegn mellom")]
    Topplinje,
    /// A column that we need.
    #[error("topplinjen mangler kolonnen {0}")]
    ManglerKolonne(&'static str),
    /// The same column twice.
    #[error("topplinjen har kolonnen {0} to ganger")]
    GjentattKolonne(&'static str),
    /// Not one good row: another kind of file.
    #[error("filen har ingen rad som kan brukes")]
    IngenRader,
    /// More than we take.
    #[error("filen har for mange {0}")]
    ForMange(&'static str),
}

/// The rule that a row breaks. `Display` tells it in Norwegian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Regel {
    /// Longer than a line may be.
    ForLang,
    /// A control character in it.
    Styretegn,
    /// A quotation mark that is not closed, or text after one that is.
    Anfoersel,
    /// Another number of fields than the first line has.
    AntallFelt,
    /// Not the number of a kommune.
    Kommunenummer,
    /// Neither vegadresse nor matrikkeladresse.
    Adressetype,
    /// Not from 1000 to 99998.
    Adressekode,
    /// Not from 1 to 9999.
    Nummer,
    /// Not one letter.
    Bokstav,
    /// A part of the cadastral number is absent or no number.
    Matrikkelnummer,
    /// Not eight digits.
    Grunnkretsnummer,
    /// Longer than a name.
    Grunnkretsnavn,
    /// The grunnkrets lies in another kommune than the address.
    AnnenKommune,
    /// No such bydel, or one of another kommune.
    Bydelskode,
    /// Not a date, or an end that is not after the start.
    Tidsrom,
    /// The same grunnkrets has a bydel for some of these days already.
    Overlapp,
}

impl fmt::Display for Regel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Regel::ForLang => "raden er for lang",
            Regel::Styretegn => "raden har styretegn",
            Regel::Anfoersel => "anførselstegn står feil eller er ikke lukket",
            Regel::AntallFelt => "raden har et annet antall felt enn topplinjen",
            Regel::Kommunenummer => "kommunenummer finnes ikke",
            Regel::Adressetype => "adressetype er verken vegadresse eller matrikkeladresse",
            Regel::Adressekode => "adressekode er ikke fra 1000 til 99998",
            Regel::Nummer => "nummer er ikke fra 1 til 9999",
            Regel::Bokstav => "bokstav er ikke én bokstav",
            Regel::Matrikkelnummer => "matrikkelnummeret mangler en del eller har en ugyldig del",
            Regel::Grunnkretsnummer => "grunnkretsnummer er ikke åtte sifre",
            Regel::Grunnkretsnavn => "grunnkretsnavn er for langt",
            Regel::AnnenKommune => "grunnkretsen ligger i en annen kommune",
            Regel::Bydelskode => "bydelskode finnes ikke i kommunen",
            Regel::Tidsrom => "gyldigFra og gyldigTil er ikke et tidsrom",
            Regel::Overlapp => "grunnkretsen har allerede en bydel i tidsrommet",
        })
    }
}

/// How a file went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rapport {
    /// Rows after the first line, good and bad; empty lines are not rows.
    pub rader: u64,
    /// Rows that were left out, by rule.
    pub avvist: BTreeMap<Regel, u64>,
    /// Line number and rule of the first [`EKSEMPLER_MAKS`] of them. The first line of the file is 1.
    pub eksempler: Vec<(u64, Regel)>,
}

impl Rapport {
    /// How many rows were left out.
    #[must_use]
    pub fn antall_avvist(&self) -> u64 {
        self.avvist.values().sum()
    }

    fn avvis(&mut self, linje: u64, regel: Regel) {
        *self.avvist.entry(regel).or_default() += 1;
        if self.eksempler.len() < EKSEMPLER_MAKS {
            self.eksempler.push((linje, regel));
        }
    }
}

/// How the three files went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rapporter {
    /// The address register.
    pub adresser: Rapport,
    /// Addresses that rows put in two grunnkretser: they are in none, since nobody can tell which is right.
    pub tvetydige: u64,
    /// Geographical bydeler.
    pub bydeler: Rapport,
    /// Bydeler that give services.
    pub tjenester: Rapport,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Framdrift {
    /// Rows of the address register.
    pub rader: u64,
    /// Bytes of the address register.
    pub byte: u64,
}

/// Makes a table of the address register, of which bydel each grunnkrets lies in, and, if it is known, of which bydel gives
/// services where that is another one.
///
/// Shape: UTF-8 with or without a mark at the start; lines end in LF, CRLF or CR; no line break inside a field. The separator
/// is `;` for addresses, and for correspondences `;` if their first line has one, else `,`. Days of validity: `gyldigFra` is
/// the first day, `gyldigTil` the first day after; either may be empty.
/// Units: `framdrift` is told every 50 000 rows and at the end.
/// Source: Kartverket, field list of the address register; our choice of the correspondence's form, ADR 0037.
///
/// # Errors
/// [`Feil::Les`] and [`Feil::Innhold`]; nothing is changed anywhere.
pub fn les_inn(
    adresser: impl BufRead,
    bydeler: impl BufRead,
    tjenester: Option<&mut dyn BufRead>,
    framdrift: &mut dyn FnMut(Framdrift),
) -> Result<(Tabell, Rapporter), Feil> {
    let mut bygger = Bygger::default();
    let mut rapporter = Rapporter {
        adresser: adresser::les(adresser, &mut bygger, framdrift)?,
        ..Rapporter::default()
    };
    (bygger.geografisk, rapporter.bydeler) = bydeler::les(bydeler)?;
    if let Some(tjenester) = tjenester {
        (bygger.tjeneste, rapporter.tjenester) = bydeler::les(tjenester)?;
    }
    let (tabell, tvetydige) = bygger.bygg(false);
    rapporter.tvetydige = u64::try_from(tvetydige).unwrap_or(u64::MAX);
    Ok((tabell, rapporter))
}
