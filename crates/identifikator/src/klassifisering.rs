//! Which kinds of number a text may be.
//!
//! A set, never one answer: the digits of an internal H-number are also those of a fødselsnummer in NAV's series.

use crate::duf_nummer::DufNummer;
use crate::folkeregisteridentifikator::Folkeregisteridentifikator;
use crate::hjelpenummer::{FellesHjelpenummer, InterntHjelpenummer};
use crate::organisasjonsnummer::Organisasjonsnummer;
use crate::serie::Identifikatortype;

/// The kinds of number known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nummertype {
    /// Fødselsnummer, any series.
    Foedselsnummer,
    /// D-number, any series.
    DNummer,
    /// Internal H-number.
    InterntHjelpenummer,
    /// Felles hjelpenummer.
    FellesHjelpenummer,
    /// DUF-nummer.
    DufNummer,
    /// Organisasjonsnummer.
    Organisasjonsnummer,
}

impl Nummertype {
    /// The Norwegian name, for people.
    #[must_use]
    pub const fn navn(self) -> &'static str {
        match self {
            Self::Foedselsnummer => "fødselsnummer",
            Self::DNummer => "D-nummer",
            Self::InterntHjelpenummer => "internt hjelpenummer",
            Self::FellesHjelpenummer => "felles hjelpenummer",
            Self::DufNummer => "DUF-nummer",
            Self::Organisasjonsnummer => "organisasjonsnummer",
        }
    }
}

/// A well-formed number of some kind. `Debug` shows kind and stars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nummer {
    /// A fødselsnummer.
    Foedselsnummer(Folkeregisteridentifikator),
    /// A D-number.
    DNummer(Folkeregisteridentifikator),
    /// An internal H-number.
    InterntHjelpenummer(InterntHjelpenummer),
    /// A felles hjelpenummer.
    FellesHjelpenummer(FellesHjelpenummer),
    /// A DUF-nummer.
    DufNummer(DufNummer),
    /// An organisasjonsnummer.
    Organisasjonsnummer(Organisasjonsnummer),
}

impl Nummer {
    /// Which kind it is.
    #[must_use]
    pub const fn nummertype(&self) -> Nummertype {
        match self {
            Self::Foedselsnummer(_) => Nummertype::Foedselsnummer,
            Self::DNummer(_) => Nummertype::DNummer,
            Self::InterntHjelpenummer(_) => Nummertype::InterntHjelpenummer,
            Self::FellesHjelpenummer(_) => Nummertype::FellesHjelpenummer,
            Self::DufNummer(_) => Nummertype::DufNummer,
            Self::Organisasjonsnummer(_) => Nummertype::Organisasjonsnummer,
        }
    }

    /// The digits as they stand on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Foedselsnummer(nummer) | Self::DNummer(nummer) => nummer.as_str(),
            Self::InterntHjelpenummer(nummer) => nummer.as_str(),
            Self::FellesHjelpenummer(nummer) => nummer.as_str(),
            Self::DufNummer(nummer) => nummer.as_str(),
            Self::Organisasjonsnummer(nummer) => nummer.as_str(),
        }
    }
}

/// Every kind of number a text may be; see [`klassifiser`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Klassifisering {
    numre: Vec<Nummer>,
}

impl Klassifisering {
    /// The readings, each kind at most once, in the order of [`Nummertype`].
    #[must_use]
    pub fn numre(&self) -> &[Nummer] {
        &self.numre
    }

    /// Whether the text is no well-formed number of any kind.
    #[must_use]
    pub fn er_tom(&self) -> bool {
        self.numre.is_empty()
    }

    /// The kinds, in rising order.
    pub fn nummertyper(&self) -> impl Iterator<Item = Nummertype> {
        self.numre.iter().map(Nummer::nummertype)
    }

    /// The reading as fødselsnummer or D-number, if there is one.
    #[must_use]
    pub fn folkeregisteridentifikator(&self) -> Option<Folkeregisteridentifikator> {
        self.numre.iter().find_map(|nummer| match nummer {
            Nummer::Foedselsnummer(treff) | Nummer::DNummer(treff) => Some(*treff),
            _ => None,
        })
    }
}

/// Tries a text as every kind of number.
///
/// Shape: empty when the text is well-formed as none. Well-formed is not the same as assigned.
#[must_use]
pub fn klassifiser(tekst: &str) -> Klassifisering {
    let folkeregister = Folkeregisteridentifikator::parse(tekst)
        .ok()
        .map(|nummer| match nummer.identifikatortype() {
            Identifikatortype::Foedselsnummer => Nummer::Foedselsnummer(nummer),
            Identifikatortype::DNummer => Nummer::DNummer(nummer),
        });
    let numre = [
        folkeregister,
        InterntHjelpenummer::parse(tekst).ok().map(Nummer::InterntHjelpenummer),
        FellesHjelpenummer::parse(tekst).ok().map(Nummer::FellesHjelpenummer),
        DufNummer::parse(tekst).ok().map(Nummer::DufNummer),
        Organisasjonsnummer::parse(tekst).ok().map(Nummer::Organisasjonsnummer),
    ];
    Klassifisering {
        numre: numre.into_iter().flatten().collect(),
    }
}
