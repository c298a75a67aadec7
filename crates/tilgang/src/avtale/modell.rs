//! What a grant is.

use std::fmt;

use identifikator::Organisasjonsnummer;
use jiff::Timestamp;

use super::feil::Feil;
use super::scopeavgjoerelse::kan_se_graderte;
use crate::Pakke;
use crate::token::helseid::Scope;
use crate::token::les_scope;

/// Longest purpose, legal basis or name in a grant. Units: characters. Source: our choice.
const TEKST_TEGN_MAKS: usize = 500;

/// The number of a grant: that of the line that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Avtaleid(pub u64);

/// `A` and the number.
impl fmt::Display for Avtaleid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "A{}", self.0)
    }
}

impl Avtaleid {
    /// As [`Display`](fmt::Display) shows it, without the heap: it stands in every audit record.
    #[must_use]
    pub fn tekst(self) -> Avtaletekst {
        let mut byte = [b'0'; TALL_MAKS + 1];
        let (mut fra, mut rest) = (byte.len(), self.0);
        for (plass, siffer) in byte.iter_mut().enumerate().skip(1).rev() {
            *siffer = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            (fra, rest) = (plass, rest / 10);
            if rest == 0 {
                break;
            }
        }
        // The loop ends at place 1 at the latest.
        fra -= 1;
        if let Some(bokstav) = byte.get_mut(fra) {
            *bokstav = b'A';
        }
        Avtaletekst { byte, fra }
    }
}

/// Digits of the largest number of a grant.
const TALL_MAKS: usize = 20;

/// The number of a grant as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avtaletekst {
    byte: [u8; TALL_MAKS + 1],
    fra: usize,
}

impl Avtaletekst {
    /// `A` and the number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let byte = self.byte.get(self.fra..).unwrap_or_default();
        std::str::from_utf8(byte).unwrap_or_default()
    }
}

/// What a grant gives access to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rettighet {
    /// A rettighetspakke of Folkeregisteret.
    Pakke(Pakke),
    /// A scope that is no package, for example one of the Person API.
    Scope(String),
}

impl Rettighet {
    /// The right that a scope stands for. A `.segmentansvarlig` scope stands for its base package.
    ///
    /// Errors: `None` when it is not one word of visible ASCII.
    /// Source: rettighetspakker.yaml, `andre_scopes`.
    #[must_use]
    pub fn fra_scope(scope: &str) -> Option<Self> {
        let pakke = |pakke: &Pakke| pakke.scope() == scope || pakke.scope_segmentansvarlig() == Some(scope);
        if let Some(pakke) = Pakke::ALLE.into_iter().find(pakke) {
            return Some(Rettighet::Pakke(pakke));
        }
        // One word comes back as one word.
        let ord = les_scope(&serde_json::Value::from(scope))?;
        (ord.len() == 1 && scope.len() <= TEKST_TEGN_MAKS).then(|| Rettighet::Scope(scope.to_owned()))
    }

    /// The scope as text; a package's own, not its `.segmentansvarlig` form.
    #[must_use]
    pub fn scope(&self) -> &str {
        match self {
            Rettighet::Pakke(pakke) => pakke.scope(),
            Rettighet::Scope(scope) => scope,
        }
    }
}

impl fmt::Display for Rettighet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scope())
    }
}

/// A grant as it is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NyAvtale {
    /// The legal consumer.
    pub organisasjon: Organisasjonsnummer,
    /// What it may use.
    pub rettighet: Rettighet,
    /// Whether a private consumer may see graded addresses.
    pub graderte_adresser: bool,
    /// Whether the consumer is a private organisation.
    pub er_privat: bool,
    /// What the information is for.
    pub formaal: String,
    /// The legal basis.
    pub hjemmel: String,
    /// First moment of validity.
    pub fra: Timestamp,
    /// First moment after it; absent means until withdrawn.
    pub til: Option<Timestamp>,
}

impl NyAvtale {
    /// Checks what can be checked without the other grants.
    pub(super) fn sjekk(&self) -> Result<(), Feil> {
        sjekk_tekst("formål", &self.formaal)?;
        sjekk_tekst("hjemmel", &self.hjemmel)?;
        if self.til.is_some_and(|til| til <= self.fra) {
            return Err(Feil::Tidsrom);
        }
        match &self.rettighet {
            // A scope that means a package must be kept as that package, or it would not be found again.
            Rettighet::Scope(scope) if Rettighet::fra_scope(scope).as_ref() != Some(&self.rettighet) => {
                Err(Feil::Scope)
            }
            // Of the scopes that are no packages, two of the Person API.
            Rettighet::Scope(scope) if Scope::fra_navn(scope).is_some_and(kan_se_graderte) => Ok(()),
            Rettighet::Pakke(Pakke::OffentligMedHjemmel) => Ok(()),
            Rettighet::Scope(_) | Rettighet::Pakke(_) if self.graderte_adresser => Err(Feil::GraderteAdresser),
            Rettighet::Scope(_) | Rettighet::Pakke(_) => Ok(()),
        }
    }
}

/// A change of a grant: what is present is changed, what is absent stays.
///
/// Organisation, right and start cannot be changed: that would be another grant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Avtaleendring {
    /// New value of [`Avtale::graderte_adresser`].
    pub graderte_adresser: Option<bool>,
    /// New value of [`Avtale::er_privat`].
    pub er_privat: Option<bool>,
    /// New purpose.
    pub formaal: Option<String>,
    /// New legal basis.
    pub hjemmel: Option<String>,
    /// New end; `Some(None)` removes it.
    pub til: Option<Option<Timestamp>>,
}

/// A grant: an organisation may use a package or a scope, for a purpose, on a legal basis, for a time.
///
/// ```text
///   given            fra                      til         withdrawn
///     ├───────────────┣━━━━━━━━━━━━━━━━━━━━━━━┫             │
///     │  not yet      ┃       valid           ┃  no longer  │
/// ```
///
/// Source: our choice, ADR 0007; Normen faktaark 47.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Avtale {
    /// Its number.
    pub id: Avtaleid,
    /// The legal consumer.
    pub organisasjon: Organisasjonsnummer,
    /// What it may use.
    pub rettighet: Rettighet,
    /// Whether a private consumer may see graded addresses.
    pub graderte_adresser: bool,
    /// Whether the consumer is a private organisation.
    pub er_privat: bool,
    /// What the information is for.
    pub formaal: String,
    /// The legal basis.
    pub hjemmel: String,
    /// First moment of validity.
    pub fra: Timestamp,
    /// First moment after it.
    pub til: Option<Timestamp>,
    /// Who gave it.
    pub gitt_av: String,
    /// When it was withdrawn.
    pub trukket: Option<Timestamp>,
}

impl Avtale {
    /// Whether it is valid at a time. `fra` is included, `til` is not; a withdrawn grant is valid at no time.
    #[must_use]
    pub fn gjelder(&self, naa: Timestamp) -> bool {
        self.trukket.is_none() && self.fra <= naa && self.til.is_none_or(|til| naa < til)
    }

    /// Whether the consumer may see graded (fortrolig) addresses under this grant.
    ///
    /// Shape: a public body with offentlig med hjemmel may; a private one only when the grant says so; no other package
    /// ever. For a scope of the Person API only when the grant says so.
    /// Source: our choice, ADR 0004.
    #[must_use]
    pub fn ser_graderte_adresser(&self) -> bool {
        match &self.rettighet {
            Rettighet::Pakke(Pakke::OffentligMedHjemmel) => !self.er_privat || self.graderte_adresser,
            Rettighet::Pakke(_) => false,
            Rettighet::Scope(_) => self.graderte_adresser,
        }
    }

    /// Whether two times of validity meet.
    pub(super) fn overlapper(&self, fra: Timestamp, til: Option<Timestamp>) -> bool {
        self.trukket.is_none() && til.is_none_or(|til| self.fra < til) && self.til.is_none_or(|min_til| fra < min_til)
    }
}

/// A text that is there and not too long.
pub(super) fn sjekk_tekst(navn: &'static str, tekst: &str) -> Result<(), Feil> {
    if tekst.trim().is_empty() || tekst.chars().count() > TEKST_TEGN_MAKS {
        Err(Feil::Tekst(navn))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_texts_of_a_number_are_one() {
        for nr in [0, 1, 9, 10, 19, 100, 1_234_567_890, u64::MAX - 1, u64::MAX] {
            assert_eq!(Avtaleid(nr).tekst().as_str(), Avtaleid(nr).to_string());
        }
    }
}
