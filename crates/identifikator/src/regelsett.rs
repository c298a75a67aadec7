//! The rules a number can have been assigned under: which individnummer belong to which birth years, and when.
//!
//! ```text
//! fødselsnummer  ------- Foedselsnummer1964 -----------------------|-- Foedselsnummer2032 ->
//! D-nummer       ------- DNummer1964 --------|---- DNummer2021 ----|-- DNummer2032 -------->
//!                                        2021-11-16            2032-01-01
//! ```
//!
//! What a newcomer gets wrong: a number does not tell which of these it was assigned under. That takes the day of
//! assignment, and without it several birth dates may be possible.

use crate::dato::Dato;
use crate::kontroll::Kontrollregime;
use crate::serie::{Datofelt, Identifikatortype};

/// First day of the new D-number series. Source: folkeregister reference 10.3.
const DNUMMERSERIER_FRA: Dato = dato(2021, 11, 16);
/// Last day of the old D-number series.
const DNUMMERSERIER_FOER: Dato = dato(2021, 11, 15);
/// First day of the numbers that tell neither gender nor century. Source: folkeregister reference 10.1.
const NYE_NUMRE_FRA: Dato = dato(2032, 1, 1);
/// Last day of the numbers of today.
const NYE_NUMRE_FOER: Dato = dato(2031, 12, 31);
/// A person is at most this old when given a number from 2032. Source: our choice; no human is known to have
/// passed 122 years.
const ALDER_AAR_MAKS: u16 = 130;
/// Last birth year a number from 2032 is read as. Source: our choice; two digits of a year hold one century, and the
/// individnummer of 2032 no longer tells two apart.
const SISTE_AAR_NYE_NUMRE: u16 = 2099;
/// Centuries a two-digit year can belong to.
pub(crate) const HUNDREAAR: [u16; 3] = [1800, 1900, 2000];

#[expect(clippy::panic, reason = "called for constants only, so a wrong one stops the build")]
const fn dato(aar: u16, maaned: u8, dag: u8) -> Dato {
    match Dato::new(aar, maaned, dag) {
        Some(dato) => dato,
        None => panic!("a constant is a date that exists"),
    }
}

/// Individnummer from and to, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intervall {
    /// Lowest individnummer.
    pub fra: u16,
    /// Highest individnummer.
    pub til: u16,
}

impl Intervall {
    /// How many individnummer the interval has.
    #[must_use]
    pub const fn antall(self) -> u16 {
        self.til - self.fra + 1
    }

    pub(crate) const fn har(self, individnummer: u16) -> bool {
        self.fra <= individnummer && individnummer <= self.til
    }
}

/// The rules a number is assigned under.
///
/// Source: folkeregister reference 10.1 and 10.3. The individnummer of fødselsnummer until 2031 are common knowledge.
/// Those of D-number before 2021-11-16 are derived from what 10.3 says was moved and extended: 500-999 for the 1800s,
/// 000-499 for the 1900s, 500-999 from 2000; that the 1800s begin with 1854, as for fødselsnummer, is our choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Regelsett {
    /// Fødselsnummer assigned until 2031.
    Foedselsnummer1964,
    /// D-number assigned before 2021-11-16.
    DNummer1964,
    /// D-number assigned from 2021-11-16 until 2031.
    DNummer2021,
    /// Fødselsnummer assigned from 2032.
    Foedselsnummer2032,
    /// D-number assigned from 2032.
    DNummer2032,
}

impl Regelsett {
    /// All of them, in order of kind and time.
    pub const ALLE: [Self; 5] = [
        Self::Foedselsnummer1964,
        Self::Foedselsnummer2032,
        Self::DNummer1964,
        Self::DNummer2021,
        Self::DNummer2032,
    ];

    /// The rules in force on a day of assignment.
    #[must_use]
    pub fn paa_dag(identifikatortype: Identifikatortype, tildelt: Dato) -> Self {
        match identifikatortype {
            Identifikatortype::Foedselsnummer if tildelt >= NYE_NUMRE_FRA => Self::Foedselsnummer2032,
            Identifikatortype::Foedselsnummer => Self::Foedselsnummer1964,
            Identifikatortype::DNummer if tildelt >= NYE_NUMRE_FRA => Self::DNummer2032,
            Identifikatortype::DNummer if tildelt >= DNUMMERSERIER_FRA => Self::DNummer2021,
            Identifikatortype::DNummer => Self::DNummer1964,
        }
    }

    /// The kind of number these rules are for.
    #[must_use]
    pub const fn identifikatortype(self) -> Identifikatortype {
        match self {
            Self::Foedselsnummer1964 | Self::Foedselsnummer2032 => Identifikatortype::Foedselsnummer,
            Self::DNummer1964 | Self::DNummer2021 | Self::DNummer2032 => Identifikatortype::DNummer,
        }
    }

    /// The calculation of control digit 1 under these rules.
    #[must_use]
    pub const fn kontrollregime(self) -> Kontrollregime {
        match self {
            Self::Foedselsnummer1964 | Self::DNummer1964 | Self::DNummer2021 => Kontrollregime::Til2031,
            Self::Foedselsnummer2032 | Self::DNummer2032 => Kontrollregime::Fra2032,
        }
    }

    /// Whether the third individsiffer of a number assigned under these rules follows the gender then registered.
    #[must_use]
    pub const fn foelger_kjoenn(self) -> bool {
        matches!(self.kontrollregime(), Kontrollregime::Til2031)
    }

    /// The individnummer that persons born in a year may be given, in the order they are used up; empty for a year the
    /// rules have no numbers for.
    ///
    /// Source: folkeregister reference 10.1 and 10.3.
    #[must_use]
    pub const fn intervaller(self, foedselsaar: u16) -> &'static [Intervall] {
        match (self, foedselsaar) {
            (Self::Foedselsnummer1964, 1854..=1899) => &[Intervall { fra: 500, til: 749 }],
            (Self::Foedselsnummer1964, 1900..=1939) | (Self::DNummer1964, 1900..=1999) => {
                &[Intervall { fra: 0, til: 499 }]
            }
            (Self::Foedselsnummer1964, 1940..=1999) => {
                &[Intervall { fra: 0, til: 499 }, Intervall { fra: 900, til: 999 }]
            }
            (Self::Foedselsnummer1964 | Self::DNummer1964, 2000..=2039) | (Self::DNummer1964, 1854..=1899) => {
                &[Intervall { fra: 500, til: 999 }]
            }
            (Self::DNummer2021, 1858..=1899) => &[Intervall { fra: 500, til: 599 }],
            (Self::DNummer2021, 1900..=1939) => &[Intervall { fra: 0, til: 199 }],
            (Self::DNummer2021, 1940..=1999) => &[Intervall { fra: 0, til: 499 }, Intervall { fra: 600, til: 999 }],
            (Self::DNummer2021, 2000..=2039) => &[Intervall { fra: 200, til: 999 }],
            (Self::Foedselsnummer2032 | Self::DNummer2032, FOERSTE_AAR_NYE_NUMRE..=SISTE_AAR_NYE_NUMRE) => {
                &[Intervall { fra: 0, til: 999 }]
            }
            _ => &[],
        }
    }

    /// Last day of assignment under these rules, and so the last birth date they can hold.
    #[must_use]
    pub const fn siste_dag(self) -> Dato {
        match self {
            Self::DNummer1964 => DNUMMERSERIER_FOER,
            Self::Foedselsnummer1964 | Self::DNummer2021 => NYE_NUMRE_FOER,
            Self::Foedselsnummer2032 | Self::DNummer2032 => SISTE_DAG_NYE_NUMRE,
        }
    }

    /// Whether the rules have numbers for the birth date at all.
    #[must_use]
    pub fn har_dato(self, dato: Dato) -> bool {
        dato <= self.siste_dag() && !self.intervaller(dato.aar()).is_empty()
    }

    fn har_individnummer(self, dato: Dato, individnummer: u16) -> bool {
        dato <= self.siste_dag() && self.intervaller(dato.aar()).iter().any(|i| i.har(individnummer))
    }

    /// First day of assignment, or `None` for the rules that began with the register.
    const fn foerste_dag(self) -> Option<Dato> {
        match self {
            Self::Foedselsnummer1964 | Self::DNummer1964 => None,
            Self::DNummer2021 => Some(DNUMMERSERIER_FRA),
            Self::Foedselsnummer2032 | Self::DNummer2032 => Some(NYE_NUMRE_FRA),
        }
    }
}

const FOERSTE_AAR_NYE_NUMRE: u16 = NYE_NUMRE_FRA.aar() - ALDER_AAR_MAKS;
const SISTE_DAG_NYE_NUMRE: Dato = dato(SISTE_AAR_NYE_NUMRE, 12, 31);

/// What is known of the day a number was assigned.
///
/// The day of assignment is not in the number; it is for instance the `ajourholdstidspunkt` of its first entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tildelingstid {
    /// Nothing is known.
    Ukjent,
    /// The number existed on this day, so it was assigned then or before.
    Senest(Dato),
    /// The number was assigned on this very day.
    Paa(Dato),
}

impl Tildelingstid {
    /// The rules a number of a kind, fitting these calculations, may have been assigned under.
    pub(crate) fn mulige_regelsett(
        self,
        identifikatortype: Identifikatortype,
        regimer: &[Kontrollregime],
    ) -> impl Iterator<Item = Regelsett> {
        Regelsett::ALLE
            .into_iter()
            .filter(move |r| r.identifikatortype() == identifikatortype && regimer.contains(&r.kontrollregime()))
            .filter(move |r| match self {
                Self::Ukjent => true,
                Self::Senest(dag) => r.foerste_dag().is_none_or(|foerste| foerste <= dag),
                Self::Paa(dag) => *r == Regelsett::paa_dag(identifikatortype, dag),
            })
    }

    /// Whether a person born on `dato` may have been given a number under these rules at this time.
    fn tillater(self, regelsett: Regelsett, dato: Dato) -> bool {
        match self {
            Self::Ukjent => true,
            Self::Senest(dag) => dato <= dag,
            Self::Paa(dag) => {
                // Numbers of before 2032 were given to everyone alive in 1964 and to some long dead.
                let for_gammel = regelsett.kontrollregime() == Kontrollregime::Fra2032
                    && dag.aar().saturating_sub(dato.aar()) > ALDER_AAR_MAKS;
                dato <= dag && !for_gammel
            }
        }
    }
}

/// The birth dates these rules read out of the digits; in rising order.
pub(crate) fn foedselsdatoer_under(
    felt: Datofelt,
    individnummer: u16,
    regelsett: Regelsett,
) -> impl Iterator<Item = Dato> {
    HUNDREAAR
        .into_iter()
        .filter_map(move |hundreaar| Dato::new(hundreaar + u16::from(felt.aar), felt.maaned, felt.dag))
        .filter(move |&dato| regelsett.har_individnummer(dato, individnummer))
}

/// The birth dates a number may stand for; sorted, each once.
pub(crate) fn mulige_foedselsdatoer(
    felt: Datofelt,
    individnummer: u16,
    regimer: &[Kontrollregime],
    tildelt: Tildelingstid,
) -> Vec<Dato> {
    let mut datoer: Vec<Dato> = tildelt
        .mulige_regelsett(felt.identifikatortype, regimer)
        .flat_map(|r| foedselsdatoer_under(felt, individnummer, r).filter(move |&dato| tildelt.tillater(r, dato)))
        .collect();
    datoer.sort_unstable();
    datoer.dedup();
    datoer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_change_on_the_published_days() {
        let dnr = |tekst: &str| Regelsett::paa_dag(Identifikatortype::DNummer, tekst.parse().unwrap());
        assert_eq!(dnr("2021-11-15"), Regelsett::DNummer1964);
        assert_eq!(dnr("2021-11-16"), Regelsett::DNummer2021);
        assert_eq!(dnr("2031-12-31"), Regelsett::DNummer2021);
        assert_eq!(dnr("2032-01-01"), Regelsett::DNummer2032);
        let fnr = |tekst: &str| Regelsett::paa_dag(Identifikatortype::Foedselsnummer, tekst.parse().unwrap());
        assert_eq!(fnr("2031-12-31"), Regelsett::Foedselsnummer1964);
        assert_eq!(fnr("2032-01-01"), Regelsett::Foedselsnummer2032);
    }

    #[test]
    fn the_constants_of_time_are_the_days_they_name() {
        assert_eq!(DNUMMERSERIER_FRA.to_string(), "2021-11-16");
        assert_eq!(DNUMMERSERIER_FOER.neste(), Some(DNUMMERSERIER_FRA));
        assert_eq!(NYE_NUMRE_FRA.to_string(), "2032-01-01");
        assert_eq!(NYE_NUMRE_FOER.neste(), Some(NYE_NUMRE_FRA));
        assert_eq!(FOERSTE_AAR_NYE_NUMRE, 1902);
    }

    #[test]
    fn within_one_set_of_rules_until_2031_a_year_and_individnummer_has_one_century_at_most() {
        for regelsett in [
            Regelsett::Foedselsnummer1964,
            Regelsett::DNummer1964,
            Regelsett::DNummer2021,
        ] {
            for aar in 0..100 {
                for individnummer in 0..1000 {
                    let treff = HUNDREAAR
                        .into_iter()
                        .filter(|h| regelsett.intervaller(h + aar).iter().any(|i| i.har(individnummer)))
                        .count();
                    assert!(treff <= 1, "{regelsett:?} {aar} {individnummer}");
                }
            }
        }
    }

    #[test]
    fn the_new_d_number_series_leave_only_years_40_to_57_of_the_fives_unused() {
        for aar in 0..100_u16 {
            for individnummer in 0..1000_u16 {
                let brukt = HUNDREAAR.into_iter().any(|h| {
                    Regelsett::DNummer2021
                        .intervaller(h + aar)
                        .iter()
                        .any(|i| i.har(individnummer))
                });
                let ubrukt = (40..58).contains(&aar) && (500..600).contains(&individnummer);
                assert_eq!(brukt, !ubrukt, "{aar} {individnummer}");
            }
        }
    }

    #[test]
    fn every_interval_begins_even_and_ends_odd_so_that_half_of_it_is_each_gender() {
        for regelsett in Regelsett::ALLE {
            for aar in 1800..2100 {
                for intervall in regelsett.intervaller(aar) {
                    assert!(intervall.fra % 2 == 0 && intervall.til % 2 == 1);
                }
            }
        }
    }
}
