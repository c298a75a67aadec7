//! What a producer may send.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use identifikator::Organisasjonsnummer;
use jiff::Timestamp;

use super::feil::Feil;
use super::modell::sjekk_tekst;

/// Longest code. Units: characters. Source: our choice; the longest in use has 31.
const KODE_TEGN_MAKS: usize = 64;
/// Most codes in one right. Source: our choice; fifteen are published.
const MELDINGER_MAKS: usize = 64;
/// Longest `kilde`. Units: characters. Source: our choice; some messages have it as free text.
const KILDE_TEGN_MAKS: usize = 100;
/// Most `kilde` values of one code. Source: our choice; eleven are the most that a message has.
const KILDER_MAKS: usize = 32;

/// The number of a producer's right: that of the line that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Produsentid(pub u64);

/// `P` and the number.
impl fmt::Display for Produsentid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P{}", self.0)
    }
}

/// What the right to send a kind of message is called, such as `DOEDSFALL_V1`. Whether there is such a kind is not known
/// here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Meldingskode(String);

impl Meldingskode {
    /// Reads a code: upper-case ASCII letters, digits and underscores, a letter first.
    ///
    /// # Errors
    /// [`Feil::Meldingskode`].
    pub fn parse(tekst: &str) -> Result<Self, Feil> {
        let tegn = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        let begynner = tekst.starts_with(|c: char| c.is_ascii_uppercase());
        if begynner && tekst.len() <= KODE_TEGN_MAKS && tekst.bytes().all(tegn) {
            Ok(Meldingskode(tekst.to_owned()))
        } else {
            Err(Feil::Meldingskode)
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

// So that a right can be looked up by a code that is a text.
impl std::borrow::Borrow<str> for Meldingskode {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Meldingskode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A producer's right as it is to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NyProdusent {
    /// Whose certificate it is.
    pub organisasjon: Organisasjonsnummer,
    /// What it may send.
    pub meldinger: BTreeSet<Meldingskode>,
    /// The values of `kilde` that it may send a kind with; a kind that is not here, with any.
    pub kilder: BTreeMap<Meldingskode, BTreeSet<String>>,
    /// What it sends them for.
    pub formaal: String,
    /// First moment of validity.
    pub fra: Timestamp,
    /// First moment after it; absent means until withdrawn.
    pub til: Option<Timestamp>,
}

impl NyProdusent {
    /// Checks what can be checked without the other rights.
    pub(super) fn sjekk(&self) -> Result<(), Feil> {
        sjekk_tekst("formål", &self.formaal)?;
        if self.til.is_some_and(|til| til <= self.fra) {
            return Err(Feil::Tidsrom);
        }
        if self.meldinger.is_empty() || self.meldinger.len() > MELDINGER_MAKS {
            return Err(Feil::Meldinger { maks: MELDINGER_MAKS });
        }
        let god = |kilde: &String| {
            let lengde = kilde.chars().count();
            (1..=KILDE_TEGN_MAKS).contains(&lengde) && kilde.trim() == kilde && !kilde.chars().any(char::is_control)
        };
        for (kode, kilder) in &self.kilder {
            let antall = (1..=KILDER_MAKS).contains(&kilder.len());
            if !antall || !self.meldinger.contains(kode) || !kilder.iter().all(god) {
                return Err(Feil::Kilder);
            }
        }
        Ok(())
    }
}

/// A change of a producer's right: what is present is changed, what is absent stays.
///
/// Organisation and start cannot be changed: that would be another right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Produsentendring {
    /// New set of kinds.
    pub meldinger: Option<BTreeSet<Meldingskode>>,
    /// New limits on `kilde`, all of them. Those on kinds that are taken away go with them.
    pub kilder: Option<BTreeMap<Meldingskode, BTreeSet<String>>>,
    /// New purpose.
    pub formaal: Option<String>,
    /// New end; `Some(None)` removes it.
    pub til: Option<Option<Timestamp>>,
    /// Why, where that is to be remembered.
    pub grunn: Option<String>,
}

/// A producer's right: an organisation may send some kinds of messages, for a purpose, for a time.
///
/// Source: our choice, ADR 0024, after the grants of consumers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Produsent {
    /// Its number.
    pub id: Produsentid,
    /// Whose certificate it is.
    pub organisasjon: Organisasjonsnummer,
    /// What it may send.
    pub meldinger: BTreeSet<Meldingskode>,
    /// The values of `kilde` that it may send a kind with; a kind that is not here, with any.
    pub kilder: BTreeMap<Meldingskode, BTreeSet<String>>,
    /// What it sends them for.
    pub formaal: String,
    /// First moment of validity.
    pub fra: Timestamp,
    /// First moment after it.
    pub til: Option<Timestamp>,
    /// Who gave it.
    pub gitt_av: String,
    /// When it was withdrawn.
    pub trukket: Option<Timestamp>,
}

impl Produsent {
    /// Whether it is valid at a time. `fra` is included, `til` is not; a withdrawn right is valid at no time.
    #[must_use]
    pub fn gjelder(&self, naa: Timestamp) -> bool {
        self.trukket.is_none() && self.fra <= naa && self.til.is_none_or(|til| naa < til)
    }

    /// Whether a kind of message may be sent.
    #[must_use]
    pub fn kan_sende(&self, kode: &str) -> bool {
        self.meldinger.contains(kode)
    }

    /// Whether a kind of message may be sent with a `kilde`.
    #[must_use]
    pub fn kan_sende_med(&self, kode: &str, kilde: &str) -> bool {
        self.kan_sende(kode) && self.kilder.get(kode).is_none_or(|kilder| kilder.contains(kilde))
    }

    /// Whether two times of validity meet.
    pub(super) fn overlapper(&self, fra: Timestamp, til: Option<Timestamp>) -> bool {
        self.trukket.is_none() && til.is_none_or(|til| self.fra < til) && self.til.is_none_or(|min_til| fra < min_til)
    }
}
