//! How often each thing happens: numbers a year for 5.6 million residents, and how they fall on weekdays and months.
//!
//! ```text
//! births 51 200 (52 000 children)   deaths 45 000      marriages 20 000   separations 10 000   divorces 9 000
//! moves 650 000 persons             immigration 80 000 emigration 35 000  D-numbers 100 000    citizenship 30 000
//! ```
//! Source: orders of magnitude of recent years, from general knowledge of SSB's tables 05803 (births, deaths), 05707
//! (marriages, separations, divorces), 09588 (moves within the country), 01222 (immigration, emigration) and 04767
//! (citizenship), and of Skatteetaten on D-numbers. The others are our choice, and say so. Whole numbers only.

use crate::terning::Terning;
use crate::tid::{self, Dag};

/// The residents that the rates are for.
const INNBYGGERE: u64 = 5_600_000;
/// Throws a day for each kind, at least: an event falls in one of so many parts of its hours.
const DELER_MINST: u64 = 1_024;

/// What may happen on a day, apart from what follows from something earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slag {
    Foedsel,
    Doedsfall,
    Vigsel,
    Separasjon,
    Skilsmisse,
    Flytting,
    Postmelding,
    Innvandring,
    Utvandring,
    DNummer,
    DNummerEndring,
    Navneendring,
    Statsborgerskap,
    VernSatt,
    VernOpphevet,
    Vergemaal,
    Sammenslaaing,
    Splitting,
    Underlig,
}

/// When a kind happens.
struct Rate {
    slag: Slag,
    /// A year, for [`INNBYGGERE`].
    per_aar: u64,
    /// Thousandths of an even day, from Monday; they make 7 000.
    uke: [u64; 7],
    /// Thousandths of an even month; they make 12 000.
    maaned: [u64; 12],
    /// Hours of the day, local time.
    timer: (u32, u32),
}

const JEVN: [u64; 7] = [1_000; 7];
const KONTOR: [u64; 7] = [1_400, 1_400, 1_400, 1_400, 1_400, 0, 0];
const HELE_AARET: [u64; 12] = [1_000; 12];
const KONTORTID: (u32, u32) = (8, 16);
const DOEGNET: (u32, u32) = (0, 24);

const fn kontor(slag: Slag, per_aar: u64) -> Rate {
    Rate {
        slag,
        per_aar,
        uke: KONTOR,
        maaned: HELE_AARET,
        timer: KONTORTID,
    }
}

const RATER: [Rate; 19] = [
    Rate {
        slag: Slag::Foedsel,
        per_aar: 51_200,
        // Fewer at weekends, when nothing is planned.
        uke: [1_060, 1_060, 1_060, 1_060, 1_060, 850, 850],
        maaned: HELE_AARET,
        timer: DOEGNET,
    },
    Rate {
        slag: Slag::Doedsfall,
        per_aar: 45_000,
        uke: JEVN,
        maaned: [1_100, 1_080, 1_050, 1_000, 970, 950, 940, 940, 950, 980, 1_000, 1_040],
        timer: DOEGNET,
    },
    Rate {
        slag: Slag::Vigsel,
        per_aar: 20_000,
        uke: [350, 350, 400, 500, 1_200, 3_700, 500],
        maaned: [400, 500, 600, 800, 1_200, 1_800, 1_700, 1_900, 1_400, 700, 500, 500],
        timer: (11, 17),
    },
    kontor(Slag::Separasjon, 10_000),
    kontor(Slag::Skilsmisse, 9_000),
    Rate {
        slag: Slag::Flytting,
        per_aar: 650_000,
        uke: [1_100, 1_100, 1_100, 1_100, 1_100, 800, 700],
        maaned: [950, 850, 900, 900, 950, 1_150, 1_150, 1_350, 1_050, 950, 900, 900],
        timer: (6, 23),
    },
    // Our choice.
    kontor(Slag::Postmelding, 120_000),
    kontor(Slag::Innvandring, 80_000),
    kontor(Slag::Utvandring, 35_000),
    kontor(Slag::DNummer, 100_000),
    // Our choice.
    kontor(Slag::DNummerEndring, 20_000),
    // Our choice, as in the last month before the reference date.
    kontor(Slag::Navneendring, 40_000),
    kontor(Slag::Statsborgerskap, 30_000),
    // From here on our choice.
    kontor(Slag::VernSatt, 2_500),
    kontor(Slag::VernOpphevet, 1_800),
    kontor(Slag::Vergemaal, 8_000),
    kontor(Slag::Sammenslaaing, 400),
    kontor(Slag::Splitting, 30),
    // One in two hundred of the messages: about 560 000 a year with those that follow from births and deaths.
    kontor(Slag::Underlig, 2_800),
];

impl Rate {
    /// Throws a day, and how many of 2^32 hit, on a day with so many residents.
    fn kast(&self, dag: Dag, bosatte: u64) -> (u32, u64) {
        let dato = tid::dato(dag);
        let maaned = usize::from(dato.maaned().unwrap_or(1).saturating_sub(1));
        // 1970-01-01 was a Thursday.
        let ukedag = usize::try_from((dag + 3).rem_euclid(7)).unwrap_or(0);
        let uke = self.uke.get(ukedag).copied().unwrap_or(1_000);
        let maaned = self.maaned.get(maaned).copied().unwrap_or(1_000);
        // Events a day, in parts of a thousand million: at most 650 000 * 8 million / 5.6 million / 365 * 5.
        let ventet = u128::from(self.per_aar) * u128::from(bosatte) * u128::from(uke) * u128::from(maaned) * 1_000
            / (u128::from(INNBYGGERE) * 365);
        // Never more than one hit in sixteen throws, or days would be too much alike.
        let deler = u64::try_from(ventet * 16 / 1_000_000_000)
            .unwrap_or(u64::MAX)
            .clamp(DELER_MINST, 1 << 20);
        let grense = (ventet << 32) / (u128::from(deler) * 1_000_000_000);
        (
            u32::try_from(deler).unwrap_or(u32::MAX),
            u64::try_from(grense).unwrap_or(u64::MAX),
        )
    }
}

/// What happens on a day with so many residents, and at which second from local midnight; in no order.
pub(super) fn trekk_dag(terning: &mut Terning, dag: Dag, bosatte: u64) -> Vec<(u32, Slag)> {
    let mut ut = Vec::new();
    for rate in &RATER {
        let (deler, grense) = rate.kast(dag, bosatte);
        let (fra, til) = (rate.timer.0 * 3_600, rate.timer.1 * 3_600);
        for del in 0..deler {
            if u64::from(terning.bits()) >= grense {
                continue;
            }
            let bredde = u64::from(til - fra);
            let start = u64::from(fra) + u64::from(del) * bredde / u64::from(deler);
            let innen = u32::try_from(bredde / u64::from(deler)).unwrap_or(0).max(1);
            let sekund = u32::try_from(start).unwrap_or(0) + terning.under(innen);
            ut.push((sekund, rate.slag));
        }
    }
    ut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terning::Emne;

    #[test]
    fn weeks_and_months_are_whole_and_every_kind_has_one_rate() {
        for rate in &RATER {
            assert_eq!(rate.uke.iter().sum::<u64>(), 7_000, "{:?}", rate.slag);
            assert_eq!(rate.maaned.iter().sum::<u64>(), 12_000, "{:?}", rate.slag);
            assert!(rate.timer.0 < rate.timer.1 && rate.timer.1 <= 24);
        }
        let slag: std::collections::BTreeSet<_> = RATER.iter().map(|r| r.slag).collect();
        assert_eq!(slag.len(), RATER.len());
    }

    /// Poisson's deviation is the root of the number; the day of the week and the month move a year by a percent.
    #[test]
    fn a_year_of_the_whole_country_has_the_numbers_of_the_table() {
        let mut antall = std::collections::BTreeMap::new();
        for dag in tid::REFERANSE..tid::REFERANSE + 365 {
            let gruppe = u32::try_from(dag).unwrap();
            let mut terning = Terning::new(2026, gruppe, Emne::Liv);
            for (sekund, slag) in trekk_dag(&mut terning, dag, INNBYGGERE) {
                assert!(sekund < 86_400);
                *antall.entry(slag).or_insert(0i64) += 1;
            }
        }
        for rate in &RATER {
            let (ventet, fikk) = (i64::try_from(rate.per_aar).unwrap(), antall[&rate.slag]);
            let slingring = ventet / 50 + 4 * ventet.isqrt();
            assert!(
                (fikk - ventet).abs() <= slingring,
                "{:?}: {fikk}, ventet {ventet} ± {slingring}",
                rate.slag
            );
        }
    }

    #[test]
    fn courts_are_closed_at_weekends() {
        // 2026-01-03 was a Saturday.
        let dag = tid::dag(2026, 1, 3);
        for dag in [dag, dag + 1] {
            let alle = trekk_dag(&mut Terning::new(1, 1, Emne::Liv), dag, INNBYGGERE);
            assert!(
                alle.iter()
                    .all(|(_, slag)| !matches!(slag, Slag::Separasjon | Slag::Skilsmisse))
            );
            assert!(alle.iter().any(|(_, slag)| *slag == Slag::Doedsfall));
        }
    }
}
