//! The table: addresses to grunnkretser, grunnkretser to names and bydeler.
//!
//! Everything is a sorted list, and a look-up is a few binary searches in memory. An address costs eight bytes, a cadastral one
//! sixteen, so that the nation's 2.6 million take some 21 MB. A table never changes; a new one takes its place
//! ([`crate::Kartverk`]).
//!
//! A newcomer's mistake is to take an address that is not in the table for one without a bydel. It may be new, or misspelt;
//! nothing is known of it, and nothing is guessed.

use std::fmt;

use identifikator::Dato;

use crate::adresse::{Adresse, KRETSBIT, kommunetall};
use crate::bydel::{self, Bydel};
use crate::bygger::Bygger;

/// What Folkeregisteret's `grunnkrets` may be: the last four of the eight digits. Source: tokens, section 6.
const FREG_GRUNNKRETS: std::ops::RangeInclusive<i64> = 1..=9_999;

/// The number of a grunnkrets: kommune, delområde, grunnkrets. `Display` gives all eight digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grunnkretsnummer(pub(crate) u32);

impl fmt::Display for Grunnkretsnummer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}", self.0)
    }
}

impl Grunnkretsnummer {
    /// All eight digits as a number.
    #[must_use]
    pub fn tall(self) -> u32 {
        self.0
    }

    /// As Folkeregisteret writes it: the last four digits, as a whole number.
    #[must_use]
    pub fn freg(self) -> i64 {
        i64::from(self.0 % 10_000)
    }
}

/// The hash of a table's content: two tables with one are the same. `Display` gives 16 of its 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Utgave(pub(crate) [u8; 32]);

impl Utgave {
    /// The first 64 bits of the hash, for whoever must tell tables apart by a number.
    #[must_use]
    pub fn tall(self) -> u64 {
        self.0.first_chunk().map_or(0, |foerste| u64::from_be_bytes(*foerste))
    }
}

impl fmt::Display for Utgave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().take(8).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Utgave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Utgave({self})")
    }
}

/// Where an address lies. What is absent is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Omraade<'t> {
    /// The grunnkrets.
    pub grunnkretsnummer: Grunnkretsnummer,
    /// Its name.
    pub grunnkretsnavn: Option<&'t str>,
    /// The bydel that it lies in.
    pub geografisk_bydel: Option<Bydel>,
    /// The bydel that gives those who live there health and social services.
    pub tjenestebydel: Option<Bydel>,
}

/// That a grunnkrets belongs to a bydel, from a day (included) to a day (not included). Units: days since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tilhoerighet {
    pub(crate) krets: u32,
    pub(crate) fra: i32,
    pub(crate) til: i32,
    pub(crate) bydel: u32,
}

/// A table in memory.
#[derive(Clone, PartialEq)]
pub struct Tabell {
    pub(crate) syntetisk: bool,
    pub(crate) kommuner: Vec<u16>,
    pub(crate) kretser: Vec<u32>,
    /// Where each name ends in `navn`.
    pub(crate) navneslutt: Vec<u32>,
    pub(crate) navn: String,
    pub(crate) veg: Vec<u64>,
    pub(crate) matrikkel: Vec<u128>,
    pub(crate) geografisk: Vec<Tilhoerighet>,
    pub(crate) tjeneste: Vec<Tilhoerighet>,
    pub(crate) utgave: Utgave,
}

impl Tabell {
    /// A table without addresses: knows nothing of any place.
    #[must_use]
    pub fn tom() -> Self {
        Bygger::default().bygg(false).0
    }

    /// Whether its content is made up.
    #[must_use]
    pub fn er_syntetisk(&self) -> bool {
        self.syntetisk
    }

    /// The hash of its content.
    #[must_use]
    pub fn utgave(&self) -> Utgave {
        self.utgave
    }

    /// How many addresses it has, by street and by cadastral number. In a synthetic one a whole street counts as one.
    #[must_use]
    pub fn antall_adresser(&self) -> (usize, usize) {
        (self.veg.len(), self.matrikkel.len())
    }

    /// How many grunnkretser have an address in it.
    #[must_use]
    pub fn antall_grunnkretser(&self) -> usize {
        self.kretser.len()
    }

    /// What it holds in memory. Units: bytes.
    #[must_use]
    pub fn byte(&self) -> usize {
        self.kommuner.len() * 2
            + (self.kretser.len() + self.navneslutt.len()) * 4
            + self.navn.len()
            + self.veg.len() * 8
            + self.matrikkel.len() * 16
            + (self.geografisk.len() + self.tjeneste.len()) * size_of::<Tilhoerighet>()
    }

    /// Where an address lies, with the bydeler of a day.
    ///
    /// Shape: `None` when the table does not have the address. It is an extract of one day, so the day asked for decides the
    /// bydeler alone.
    /// Source: ADR 0037.
    #[must_use]
    pub fn omraade_for_adresse(&self, adresse: &Adresse<'_>, dag: Dato) -> Option<Omraade<'_>> {
        let krets = match adresse {
            Adresse::Veg(veg) => {
                let noekler = veg.noekler(self.kommuneplass(veg.kommunenummer)?)?;
                noekler.iter().find_map(|noekkel| finn(&self.veg, *noekkel))
            }
            Adresse::Matrikkel(matrikkel) => {
                let noekler = matrikkel.noekler(self.kommuneplass(matrikkel.kommunenummer)?)?;
                noekler.iter().find_map(|noekkel| finn_bred(&self.matrikkel, *noekkel))
            }
        }?;
        let nummer = *self.kretser.get(krets)?;
        Some(self.omraade_i(nummer, self.navn_paa(krets), dag))
    }

    /// The grunnkrets that Folkeregisteret gives for a bostedsadresse, with the bydeler of a day.
    ///
    /// Shape: the eight digits also when the table does not know the grunnkrets; `None` for what is no kommunenummer or no
    /// grunnkrets.
    /// Source: SSB, Klass 1; Folkeregisteret's `grunnkrets` is the last four digits.
    #[must_use]
    pub fn omraade_for_grunnkrets(&self, kommunenummer: &str, grunnkrets: i64, dag: Dato) -> Option<Omraade<'_>> {
        let kommune = u32::from(kommunetall(kommunenummer)?);
        crate::kommune_uansett_dag(kommunenummer)?;
        let siste = FREG_GRUNNKRETS
            .contains(&grunnkrets)
            .then(|| u32::try_from(grunnkrets).ok())??;
        let nummer = kommune * 10_000 + siste;
        let navn = self
            .kretser
            .binary_search(&nummer)
            .ok()
            .and_then(|plass| self.navn_paa(plass));
        Some(self.omraade_i(nummer, navn, dag))
    }

    fn omraade_i<'t>(&self, nummer: u32, grunnkretsnavn: Option<&'t str>, dag: Dato) -> Omraade<'t> {
        let geografisk_bydel = bydel_paa(&self.geografisk, nummer, dag);
        let egen = bydel_paa(&self.tjeneste, nummer, dag);
        Omraade {
            grunnkretsnummer: Grunnkretsnummer(nummer),
            grunnkretsnavn,
            geografisk_bydel,
            tjenestebydel: egen.or(geografisk_bydel.filter(Bydel::gir_tjenester)),
        }
    }

    fn kommuneplass(&self, kommunenummer: &str) -> Option<u16> {
        let plass = self.kommuner.binary_search(&kommunetall(kommunenummer)?).ok()?;
        u16::try_from(plass).ok()
    }

    fn navn_paa(&self, plass: usize) -> Option<&str> {
        let fra = match plass.checked_sub(1) {
            Some(foer) => *self.navneslutt.get(foer)?,
            None => 0,
        };
        let til = *self.navneslutt.get(plass)?;
        let navn = self.navn.get(usize::try_from(fra).ok()?..usize::try_from(til).ok()?)?;
        Some(navn).filter(|navn| !navn.is_empty())
    }
}

impl fmt::Debug for Tabell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tabell")
            .field("utgave", &self.utgave)
            .field("syntetisk", &self.syntetisk)
            .field("adresser", &self.antall_adresser())
            .finish_non_exhaustive()
    }
}

/// The grunnkrets of the row that a key is filed under.
fn finn(rader: &[u64], noekkel: u64) -> Option<usize> {
    let plass = rader.partition_point(|rad| *rad >> KRETSBIT < noekkel);
    let rad = *rader.get(plass)?;
    (rad >> KRETSBIT == noekkel).then(|| usize::try_from(rad & 0xffff).ok())?
}

/// The same, of wide rows.
fn finn_bred(rader: &[u128], noekkel: u128) -> Option<usize> {
    let plass = rader.partition_point(|rad| *rad >> KRETSBIT < noekkel);
    let rad = *rader.get(plass)?;
    (rad >> KRETSBIT == noekkel).then(|| usize::try_from(rad & 0xffff).ok())?
}

fn bydel_paa(rader: &[Tilhoerighet], krets: u32, dag: Dato) -> Option<Bydel> {
    let naa = dag.dager_siden_1970();
    // The last that began on the day or before; those of one grunnkrets do not overlap.
    let plass = rader
        .partition_point(|rad| (rad.krets, rad.fra) <= (krets, naa))
        .checked_sub(1)?;
    let rad = rader.get(plass).filter(|rad| rad.krets == krets && naa < rad.til)?;
    bydel::finn(rad.bydel, dag)
}
