//! What the six leading digits say: kind, date and series.
//!
//! Not here: which century the two-digit year means (`individnummer`) and the control digits (`kontroll`). What a
//! newcomer gets wrong: a month plus 40 belongs to two series at once, so a series is a set, never one answer.

use crate::feil::Feil;

/// The two kinds of number the register assigns.
///
/// Source: OpenAPI 1.5, `identifikasjonsnummer.identifikatortype`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifikatortype {
    /// Day 01-31.
    Foedselsnummer,
    /// Day plus 40: 41-71.
    DNummer,
}

impl Identifikatortype {
    /// The code as the contract spells it.
    #[must_use]
    pub const fn kode(self) -> &'static str {
        match self {
            Self::Foedselsnummer => "foedselsnummer",
            Self::DNummer => "dNummer",
        }
    }

    /// What is added to the day.
    #[must_use]
    pub const fn dagstillegg(self) -> u8 {
        match self {
            Self::Foedselsnummer => 0,
            Self::DNummer => 40,
        }
    }
}

/// Gender as the register's `kjoenn` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kjoenn {
    /// Even third individsiffer until 2031.
    Kvinne,
    /// Odd third individsiffer until 2031.
    Mann,
}

impl Kjoenn {
    /// The gender an individnummer of before 2032 was given to.
    pub(crate) const fn of_individnummer(individnummer: u16) -> Self {
        if individnummer.is_multiple_of(2) {
            Self::Kvinne
        } else {
            Self::Mann
        }
    }

    /// The individnummer's remainder modulo 2 until 2031.
    pub(crate) const fn paritet(self) -> u16 {
        match self {
            Self::Kvinne => 0,
            Self::Mann => 1,
        }
    }
}

/// A series of numbers, told by what is added to the month.
///
/// Source: folkeregister reference 10.1 (+80), persontjenesten reference 15 (+65), preg reference 7 (internal
/// H-number, +40). NAV's synthetic series (+40) is named by no public contract; that one addition means both is our
/// choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Serie {
    /// Nothing added: numbers of living and dead people.
    Ordinaer,
    /// +40, synthetic.
    Nav,
    /// +40, made inside one organisation for a person whose number is not known. Not synthetic.
    InterntHjelpenummer,
    /// +65, NHN's reserved test persons.
    Nhn,
    /// +80, Tenor and all test environments of the register.
    Tenor,
}

impl Serie {
    /// What the series adds to the month.
    #[must_use]
    pub const fn maanedstillegg(self) -> u8 {
        match self {
            Self::Ordinaer => 0,
            Self::Nav | Self::InterntHjelpenummer => 40,
            Self::Nhn => 65,
            Self::Tenor => 80,
        }
    }

    /// Whether persons of the series are made up.
    #[must_use]
    pub const fn er_syntetisk(self) -> bool {
        matches!(self, Self::Nav | Self::Nhn | Self::Tenor)
    }

    /// Whether the series has numbers of this kind: an internal H-number is always built on a fødselsnummer.
    #[must_use]
    pub const fn har(self, identifikatortype: Identifikatortype) -> bool {
        !matches!(
            (self, identifikatortype),
            (Self::InterntHjelpenummer, Identifikatortype::DNummer)
        )
    }
}

/// The six leading digits taken apart. `aar` has two digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Datofelt {
    pub(crate) identifikatortype: Identifikatortype,
    pub(crate) serier: &'static [Serie],
    pub(crate) dag: u8,
    pub(crate) maaned: u8,
    pub(crate) aar: u8,
}

impl Datofelt {
    /// Takes apart and checks the six leading digits.
    ///
    /// Errors: [`Feil::Dag`], [`Feil::Maaned`], [`Feil::Dato`], in that order.
    pub(crate) fn read(verdier: &[u8; 11]) -> Result<Self, Feil> {
        let [d1, d2, m1, m2, a1, a2, ..] = *verdier;
        let (identifikatortype, dag) = read_dag(d1 * 10 + d2).ok_or(Feil::Dag)?;
        let (serier, maaned) = read_maaned(m1 * 10 + m2, identifikatortype).ok_or(Feil::Maaned)?;
        let aar = a1 * 10 + a2;
        if dag > dager_i_maaned(aar, maaned) {
            return Err(Feil::Dato);
        }
        Ok(Self {
            identifikatortype,
            serier,
            dag,
            maaned,
            aar,
        })
    }
}

/// Kind and day from digits 1-2.
pub(crate) fn read_dag(felt: u8) -> Option<(Identifikatortype, u8)> {
    [Identifikatortype::Foedselsnummer, Identifikatortype::DNummer]
        .into_iter()
        .find_map(|identifikatortype| {
            let dag = felt.checked_sub(identifikatortype.dagstillegg())?;
            (1..=31).contains(&dag).then_some((identifikatortype, dag))
        })
}

/// Series and month from digits 3-4.
pub(crate) fn read_maaned(felt: u8, identifikatortype: Identifikatortype) -> Option<(&'static [Serie], u8)> {
    let serier: &[Serie] = match (felt, identifikatortype) {
        (1..=12, _) => &[Serie::Ordinaer],
        (41..=52, Identifikatortype::Foedselsnummer) => &[Serie::Nav, Serie::InterntHjelpenummer],
        (41..=52, Identifikatortype::DNummer) => &[Serie::Nav],
        (66..=77, _) => &[Serie::Nhn],
        (81..=92, _) => &[Serie::Tenor],
        _ => return None,
    };
    let tillegg = serier.first()?.maanedstillegg();
    Some((serier, felt - tillegg))
}

/// Days in the month of a two-digit year.
///
/// The century is not known here, so a year is leap when divisible by 4, and 00 counts as 2000.
/// Source: folkeregister reference 10.1, last paragraph on validators.
fn dager_i_maaned(aar: u8, maaned: u8) -> u8 {
    match maaned {
        2 if aar.is_multiple_of(4) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_addition_to_the_month_can_be_taken_for_another() {
        let mut sett = [None; 100];
        for serie in [Serie::Ordinaer, Serie::Nav, Serie::Nhn, Serie::Tenor] {
            for maaned in 1..=12 {
                let felt = maaned + serie.maanedstillegg();
                assert_eq!(sett[usize::from(felt)].replace(serie), None, "{felt}");
                let (serier, lest) = read_maaned(felt, Identifikatortype::Foedselsnummer).unwrap();
                assert!(serier.contains(&serie));
                assert_eq!(lest, maaned);
            }
        }
        for (felt, serie) in (0..100).zip(sett) {
            assert_eq!(
                read_maaned(felt, Identifikatortype::DNummer).is_some(),
                serie.is_some(),
                "{felt}"
            );
        }
    }

    #[test]
    fn day_fields_are_1_to_31_and_41_to_71() {
        for felt in 0..100 {
            let ventet = match felt {
                1..=31 => Some((Identifikatortype::Foedselsnummer, felt)),
                41..=71 => Some((Identifikatortype::DNummer, felt - 40)),
                _ => None,
            };
            assert_eq!(read_dag(felt), ventet, "{felt}");
        }
    }

    #[test]
    fn year_00_is_leap_because_it_counts_as_2000() {
        assert_eq!(dager_i_maaned(0, 2), 29);
        assert_eq!(dager_i_maaned(1, 2), 28);
        assert_eq!(dager_i_maaned(96, 2), 29);
    }
}
