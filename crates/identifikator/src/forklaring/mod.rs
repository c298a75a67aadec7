//! A text explained as a number, digit by digit: for people who ask why a number is accepted or refused.
//!
//! The explanation holds the digits it was asked about, so it is for the one who asked and never for a log; its `Debug`
//! shows the outcome only. `Display` is plain Norwegian text, the fields are for other forms of output.

mod regler;
#[cfg(test)]
mod tests;
mod visning;

use std::fmt;

use crate::dato::Dato;
use crate::folkeregisteridentifikator::Folkeregisteridentifikator;
use crate::klassifisering::{Klassifisering, Nummertype, klassifiser};
use crate::kontroll::{self, Kontrollregime};
use crate::regelsett::{Regelsett, Tildelingstid};
use crate::serie::{Kjoenn, Serie};

/// How many characters of a text are looked at. Source: our choice; the longest number has 12.
pub const TEGN_MAKS: usize = 32;

/// What a position in a number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Betydning {
    /// Day, in a D-number plus 40.
    Dag,
    /// Month, in other series than the ordinary plus 40, 65 or 80.
    Maaned,
    /// Year, two digits.
    Aar,
    /// Individsiffer.
    Individsiffer,
    /// Control digit 1.
    Kontrollsiffer1,
    /// Control digit 2.
    Kontrollsiffer2,
    /// The only control digit of an organisasjonsnummer.
    Kontrollsiffer,
    /// Digit without a meaning of its own.
    Loepenummer,
    /// Year of the first application, four digits.
    Soeknadsaar,
    /// The text fits no kind of number.
    Ukjent,
}

impl Betydning {
    /// Three letters or fewer, for the head of a column.
    #[must_use]
    pub const fn kortnavn(self) -> &'static str {
        match self {
            Self::Dag => "dag",
            Self::Maaned => "mnd",
            Self::Aar | Self::Soeknadsaar => "år",
            Self::Individsiffer => "ind",
            Self::Kontrollsiffer1 => "k1",
            Self::Kontrollsiffer2 => "k2",
            Self::Kontrollsiffer => "k",
            Self::Loepenummer => "løp",
            Self::Ukjent => "?",
        }
    }
}

/// One character of the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Posisjon {
    /// Counts from 1.
    pub nummer: usize,
    /// The character as given.
    pub tegn: char,
    /// What it means in the kind of number the text was read as.
    pub betydning: Betydning,
}

/// A rule, in the order they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regel {
    /// As many characters as some kind of number has.
    Lengde,
    /// Nothing but 0-9.
    Siffer,
    /// A day of a fødselsnummer or a D-number.
    Dag,
    /// A month of some series.
    Maaned,
    /// A day that the month has in that year.
    Dato,
    /// Control digit 1; the calculation is named in [`Regelutfall::regime`].
    Kontrollsiffer1,
    /// Control digit 2.
    Kontrollsiffer2,
    /// Control digit of an organisasjonsnummer.
    Kontrollsiffer,
}

impl Regel {
    /// The Norwegian name, for people.
    #[must_use]
    pub const fn navn(self) -> &'static str {
        match self {
            Self::Lengde => "lengde",
            Self::Siffer => "bare siffer",
            Self::Dag => "dag",
            Self::Maaned => "måned",
            Self::Dato => "dato",
            Self::Kontrollsiffer1 => "kontrollsiffer 1",
            Self::Kontrollsiffer2 => "kontrollsiffer 2",
            Self::Kontrollsiffer => "kontrollsiffer",
        }
    }
}

/// How a rule went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Utfall {
    /// Kept.
    Oppfylt,
    /// Broken.
    Brutt,
    /// Not tried, because an earlier broken rule leaves nothing to try it on.
    IkkeVurdert,
}

/// A rule and how it went.
#[derive(Clone, PartialEq, Eq)]
pub struct Regelutfall {
    /// Which rule.
    pub regel: Regel,
    /// The calculation of control digits it belongs to, where there are two.
    pub regime: Option<Kontrollregime>,
    /// How it went.
    pub utfall: Utfall,
    /// Why, in Norwegian, with the digits and sums concerned.
    pub begrunnelse: String,
}

/// The arithmetic of one control digit.
#[derive(Clone, PartialEq, Eq)]
pub struct Kontroll {
    /// Which control digit.
    pub kontrollsiffer: Betydning,
    /// Weight of each leading digit.
    pub vekter: Vec<u8>,
    /// Each leading digit times its weight.
    pub produkter: Vec<u16>,
    /// The sum of the products: S1, S2 or S.
    pub sum: u16,
    /// The control digit as it stands in the text.
    pub siffer: u8,
    /// (sum + control digit) mod 11.
    pub rest: u8,
}

impl Kontroll {
    fn new(kontrollsiffer: Betydning, verdier: &[u8], vekter: &[u8], siffer: u8) -> Self {
        let produkter = verdier
            .iter()
            .zip(vekter)
            .map(|(&s, &v)| u16::from(s) * u16::from(v))
            .collect();
        let sum = kontroll::vektet_sum(verdier, vekter);
        Self {
            kontrollsiffer,
            vekter: vekter.to_vec(),
            produkter,
            sum,
            siffer,
            rest: kontroll::rest(sum, siffer),
        }
    }

    /// The control digits that would have been right with these remainders; empty when each would be 10.
    #[must_use]
    pub fn riktige_siffer(&self, rester: &[u8]) -> Vec<u8> {
        rester
            .iter()
            .filter_map(|&rest| kontroll::kontrollsiffer(self.sum, rest))
            .collect()
    }

    fn sumnavn(&self) -> &'static str {
        match self.kontrollsiffer {
            Betydning::Kontrollsiffer1 => "S1",
            Betydning::Kontrollsiffer2 => "S2",
            _ => "S",
        }
    }
}

/// What the digits of a well-formed number hint at under one set of rules.
#[derive(Clone, PartialEq, Eq)]
pub struct Mulighet {
    /// The rules.
    pub regelsett: Regelsett,
    /// Birth dates the number may stand for; empty when nobody is given the individnummer under these rules.
    pub foedselsdatoer: Vec<Dato>,
    /// The gender the third individsiffer hints at, where the rules follow gender.
    pub kjoenn: Option<Kjoenn>,
}

/// Everything there is to say of a text as a number; see [`forklar`].
#[derive(Clone, PartialEq, Eq)]
pub struct Forklaring {
    /// The kind the text was read as, from its length and first digit; `None` when no kind has that length.
    pub lest_som: Option<Nummertype>,
    /// The text went on after the first [`TEGN_MAKS`] characters, which are the only ones looked at.
    pub avkortet: bool,
    /// The characters, in order.
    pub posisjoner: Vec<Posisjon>,
    /// The arithmetic, when the text has the right length and only digits; none for a DUF-nummer.
    pub kontroller: Vec<Kontroll>,
    /// The rules, in the order they were tried.
    pub regler: Vec<Regelutfall>,
    /// What the text is well-formed as.
    pub klassifisering: Klassifisering,
    /// Series the number may belong to; empty for other kinds and for wrong numbers.
    pub serier: &'static [Serie],
    /// Calculations that accept the number; empty for other kinds and for wrong numbers.
    pub kontrollregimer: &'static [Kontrollregime],
    /// What the digits hint at under each of the rules the number may have been assigned under; empty for other kinds
    /// and for wrong numbers.
    pub muligheter: Vec<Mulighet>,
    /// Further remarks in Norwegian.
    pub merknader: Vec<String>,
}

impl Forklaring {
    /// Whether the text is a well-formed number of some kind.
    #[must_use]
    pub fn er_gyldig(&self) -> bool {
        !self.klassifisering.er_tom()
    }
}

/// Outcome only; none of the digits.
impl fmt::Debug for Forklaring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forklaring")
            .field("lest_som", &self.lest_som)
            .field("er_gyldig", &self.er_gyldig())
            .finish_non_exhaustive()
    }
}

/// Explains a text as a number, right or wrong.
///
/// Shape: never fails; any text gives an explanation, of which every part is bounded by [`TEGN_MAKS`].
/// Source: the rules are those of the types' own `parse`, and each is named in the module it lives in.
#[must_use]
pub fn forklar(tekst: &str) -> Forklaring {
    let avkortet = tekst.chars().nth(TEGN_MAKS).is_some();
    let tegn: Vec<char> = tekst.chars().take(TEGN_MAKS).collect();
    let lest_som = if avkortet { None } else { les_som(&tegn) };
    let klassifisering = klassifiser(tekst);
    let posisjoner = (1..)
        .zip(&tegn)
        .map(|(nummer, &tegn)| Posisjon {
            nummer,
            tegn,
            betydning: betydning(lest_som, nummer),
        })
        .collect();
    let identifikator = klassifisering.folkeregisteridentifikator();
    let regler::Vurdering { kontroller, regler } = regler::vurder(lest_som, &tegn, avkortet);
    Forklaring {
        lest_som,
        avkortet,
        posisjoner,
        kontroller,
        regler,
        serier: identifikator.map_or(&[], |i| i.serier()),
        kontrollregimer: identifikator.map_or(&[], |i| i.kontrollregimer()),
        muligheter: identifikator.map_or_else(Vec::new, muligheter),
        merknader: regler::merknader(&klassifisering),
        klassifisering,
    }
}

fn muligheter(identifikator: Folkeregisteridentifikator) -> Vec<Mulighet> {
    identifikator
        .mulige_regelsett(Tildelingstid::Ukjent)
        .map(|regelsett| Mulighet {
            regelsett,
            foedselsdatoer: identifikator.foedselsdatoer_under(regelsett),
            kjoenn: regelsett
                .foelger_kjoenn()
                .then(|| Kjoenn::of_individnummer(identifikator.individnummer())),
        })
        .collect()
}

/// The kind that has this length; for eleven digits by the first. Source: preg reference 4.3.
fn les_som(tegn: &[char]) -> Option<Nummertype> {
    match (tegn.len(), tegn.first()?) {
        (11, '4'..='7') => Some(Nummertype::DNummer),
        (11, '8' | '9') => Some(Nummertype::FellesHjelpenummer),
        (11, _) => Some(Nummertype::Foedselsnummer),
        (12, _) => Some(Nummertype::DufNummer),
        (9, _) => Some(Nummertype::Organisasjonsnummer),
        _ => None,
    }
}

fn betydning(lest_som: Option<Nummertype>, posisjon: usize) -> Betydning {
    let Some(nummertype) = lest_som else {
        return Betydning::Ukjent;
    };
    match (nummertype, posisjon) {
        (Nummertype::Organisasjonsnummer, 9) => Betydning::Kontrollsiffer,
        (Nummertype::Organisasjonsnummer, _) => Betydning::Loepenummer,
        (Nummertype::DufNummer, 1..=4) => Betydning::Soeknadsaar,
        (Nummertype::DufNummer, _) => Betydning::Loepenummer,
        (_, 10) => Betydning::Kontrollsiffer1,
        (_, 11) => Betydning::Kontrollsiffer2,
        (Nummertype::FellesHjelpenummer, _) => Betydning::Loepenummer,
        (_, 1 | 2) => Betydning::Dag,
        (_, 3 | 4) => Betydning::Maaned,
        (_, 5 | 6) => Betydning::Aar,
        (_, _) => Betydning::Individsiffer,
    }
}
