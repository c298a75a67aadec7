//! What is new in each release of the Person API: one table, shown as a page and as JSON.
//!
//! What lives here: [`UTGIVELSER`], and the two forms of it. What does not: the changelog of the program (`CHANGELOG.md`), and whether the
//! service keeps its promise; that is tried against recorded answers (`tests/opptak`). What a newcomer gets wrong: to add a field or an
//! operation and say so in prose alone. An entry names the elements of the contract that it is about, and a test holds those against
//! what the documents of two releases differ in.

mod side;
mod tabell;

use serde_json::{Value, json};

pub use side::{REGLER, html};
pub use tabell::UTGIVELSER;

use crate::Versjon;

/// How long a version is served after it was said to be deprecated. Units: months. Source: Person API, versioning.
pub const UTFASING_MAANEDER: i32 = 6;

/// The promise, as it is shown to readers. Source: Person API, versioning; what readers must take is our choice.
pub const LOEFTE: [&str; 4] = [
    "A version has a number of two parts, major and minor.",
    "A minor version only adds: operations, fields, values of lists, optional parameters. It comes without notice and at the same addresses. \
     Readers must ignore fields that they do not know, and accept values and event types that they do not know.",
    "A major version may take away and change. It comes at addresses of its own, and the one before it is served beside it.",
    "A major version is served for at least six months after it was said to be deprecated. All its answers then have the headers \
     Deprecation and Sunset.",
];

/// What kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slag {
    /// The first there is.
    Foerste,
    /// Something that was not there before.
    LagtTil,
    /// Something works in another way; in a major version alone.
    Endret,
    /// Something is still there and is to be used no longer.
    Foreldet,
    /// Something is gone; in a major version alone.
    Fjernet,
    /// Something was wrong and is right.
    Rettet,
}

impl Slag {
    /// Every kind.
    pub const ALLE: [Slag; 6] = [
        Slag::Foerste,
        Slag::LagtTil,
        Slag::Endret,
        Slag::Foreldet,
        Slag::Fjernet,
        Slag::Rettet,
    ];

    /// Its name for readers.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Slag::Foerste => "First",
            Slag::LagtTil => "Added",
            Slag::Endret => "Changed",
            Slag::Foreldet => "Deprecated",
            Slag::Fjernet => "Removed",
            Slag::Rettet => "Fixed",
        }
    }

    /// Whether a reader may have to change something.
    #[must_use]
    pub fn bryter(self) -> bool {
        matches!(self, Slag::Endret | Slag::Fjernet)
    }
}

/// One change.
#[derive(Clone, Copy, Debug)]
pub struct Endring {
    /// What kind.
    pub slag: Slag,
    /// What, for people.
    pub hva: &'static str,
    /// The elements of the contract that it is about: operations without their branch (`GET event`), parameters
    /// (`GET event?maxLimit`), schemas, fields (`Person.name`), values (`Duplicated=Yes`).
    pub elementer: &'static [&'static str],
}

/// A release: a minor version of one of the two.
#[derive(Clone, Copy, Debug)]
pub struct Utgivelse {
    /// The major version.
    pub versjon: Versjon,
    /// The minor version.
    pub under: u16,
    /// The day it was released, as `2026-01-31`; none of one that is not.
    pub dato: Option<&'static str>,
    /// What is new in it.
    pub endringer: &'static [Endring],
}

impl Utgivelse {
    /// Its number, `3.0`.
    #[must_use]
    pub fn nummer(&self) -> String {
        format!("{}.{}", self.versjon.nummer(), self.under)
    }
}

/// The releases of a version, the newest first.
pub fn utgivelser(versjon: Versjon) -> impl Iterator<Item = &'static Utgivelse> {
    UTGIVELSER.iter().filter(move |u| u.versjon == versjon)
}

/// The number of the release of a version that is served, `3.0`.
///
/// Shape: major and minor; what the OpenAPI document has as its version.
#[must_use]
pub fn tjent(versjon: Versjon) -> String {
    let under = utgivelser(versjon).map(|u| u.under).max().unwrap_or_default();
    format!("{}.{under}", versjon.nummer())
}

/// When a version was said to be deprecated and when it ends, as days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slutt {
    /// The day it was said.
    pub foreldet: String,
    /// The day after which it may be gone.
    pub slutt: String,
}

/// The table of a version as JSON.
///
/// Shape: `api`, `major`, `current`, `promise`, `deprecated` and `sunset` (null while there is no such day), `releases`: each with
/// `version`, `date` (null of one that is not released), `changes`: each with `version`, `date`, `kind`, `breaking`, `what`, `elements`.
#[must_use]
pub fn json(versjon: Versjon, slutt: Option<&Slutt>) -> Vec<u8> {
    let utgivelser: Vec<Value> = utgivelser(versjon)
        .map(|utgivelse| {
            let endring = |endring: &Endring| {
                json!({
                    "version": utgivelse.nummer(),
                    "date": utgivelse.dato,
                    "kind": endring.slag.navn(),
                    "breaking": endring.slag.bryter(),
                    "what": endring.hva,
                    "elements": endring.elementer,
                })
            };
            let endringer: Vec<Value> = utgivelse.endringer.iter().map(endring).collect();
            json!({"version": utgivelse.nummer(), "date": utgivelse.dato, "changes": endringer})
        })
        .collect();
    let ut = json!({
        "api": "Persontjenesten Person API",
        "major": versjon.nummer(),
        "current": tjent(versjon),
        "promise": LOEFTE,
        "deprecated": slutt.map(|s| &s.foreldet),
        "sunset": slutt.map(|s| &s.slutt),
        "releases": utgivelser,
    });
    ut.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_minor_releases_break_nothing() {
        for versjon in Versjon::ALLE {
            let alle: Vec<&Utgivelse> = utgivelser(versjon).collect();
            let numre: Vec<u16> = alle.iter().map(|u| u.under).collect();
            // Down to 0 without a gap.
            assert_eq!(numre, (0..u16::try_from(alle.len()).unwrap()).rev().collect::<Vec<_>>());
            for (nr, utgivelse) in alle.iter().enumerate() {
                assert!(!utgivelse.endringer.is_empty());
                // Only the newest may be without a day, and days fall.
                assert!(nr == 0 || utgivelse.dato.is_some());
                if let (Some(dato), Some(neste)) = (utgivelse.dato, alle.get(nr + 1)) {
                    assert!(neste.dato.unwrap() <= dato);
                }
                if let Some(dato) = utgivelse.dato {
                    dato.parse::<jiff::civil::Date>().unwrap();
                }
                for endring in utgivelse.endringer {
                    assert!(utgivelse.under == 0 || !endring.slag.bryter(), "{}", endring.hva);
                    assert!(
                        endring.slag != Slag::Foerste || (utgivelse.under == 0 && versjon == Versjon::V2),
                        "{}",
                        endring.hva
                    );
                    assert!(!endring.hva.is_empty());
                }
            }
        }
        assert_eq!(
            utgivelser(Versjon::V2).count() + utgivelser(Versjon::V3).count(),
            UTGIVELSER.len()
        );
    }

    #[test]
    fn the_promise_says_the_months_that_are_kept() {
        assert_eq!(UTFASING_MAANEDER, 6);
        assert!(LOEFTE[3].contains("six months"));
    }
}
