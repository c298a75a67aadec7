//! Days and times: calendar days as numbers, Norwegian local time as `Tidspunkt`.
//!
//! No clock: "today" is [`crate::REFERANSEDATO`]. Summer time follows the rule of the EU, which Norway has followed
//! since 1980: from the last Sunday in March to the last in September, from 1996 to the last in October. Before 1980 it
//! is always +01:00, which leaves out the summer times of 1916, 1940-45 and 1959-65 (our choice).

use informasjonsmodell::{Dato, Forskyvning, Tidspunkt};

/// Days since 1970-01-01.
pub(crate) type Dag = i32;

/// Days in a year, on average and rounded up to whole days for sums of years.
pub(crate) const AAR: Dag = 365;

/// The reference date, 2026-01-01. Source: our choice.
pub(crate) const REFERANSE: Dag = dag(2026, 1, 1);
/// The day the baseline stands at: 30 days before the reference date.
pub(crate) const GRUNNLAG: Dag = REFERANSE - 30;
/// The day the old register (DSF) was carried over; what is older has its marks. Source: our choice, autumn 2020.
pub(crate) const OVERFOERT: Dag = dag(2020, 10, 5);

/// Births from this day on have an institution in the register. Source: our choice.
pub(crate) const INSTITUSJON_FRA: Dag = dag(1967, 1, 1);

/// The number of a calendar day.
pub(crate) const fn dag(aar: i32, maaned: i32, dag: i32) -> Dag {
    let aar = if maaned <= 2 { aar - 1 } else { aar };
    let era = aar.div_euclid(400);
    let aar_i_era = aar.rem_euclid(400);
    let dag_i_aar = (153 * ((maaned + 9) % 12) + 2) / 5 + dag - 1;
    era * 146_097 + aar_i_era * 365 + aar_i_era / 4 - aar_i_era / 100 + dag_i_aar - 719_468
}

/// The calendar date of a day.
pub(crate) fn dato(dag: Dag) -> Dato {
    #[expect(
        clippy::expect_used,
        reason = "days are drawn within 1900-2026, and the type holds the years 1000-9999"
    )]
    Dato::fra_dager(dag).expect("a day of our calendar")
}

/// The year of a day.
pub(crate) fn aar(dag: Dag) -> i32 {
    i32::from(dato(dag).aar())
}

/// Whole years from one day to another.
pub(crate) fn alder(foedt: Dag, paa: Dag) -> i32 {
    // 1461 days are four years; off by at most a day at a birthday, which no rule here depends on.
    (paa - foedt) * 4 / 1461
}

/// The last Sunday of a month that has 30 or 31 days, given its last day.
const fn siste_soendag(siste: Dag) -> Dag {
    // 1970-01-01 was a Thursday.
    siste - (siste + 4).rem_euclid(7)
}

/// Minutes east of UTC, at a second of a day in Norway.
fn forskyvning(dag_nr: Dag, sekund: i64) -> i16 {
    let aar = aar(dag_nr);
    if aar < 1980 {
        return 60;
    }
    let fra = siste_soendag(dag(aar, 3, 31));
    let til = siste_soendag(if aar < 1996 { dag(aar, 9, 30) } else { dag(aar, 10, 31) });
    let etter_start = dag_nr > fra || (dag_nr == fra && sekund >= 2 * 3600);
    let foer_slutt = dag_nr < til || (dag_nr == til && sekund < 3 * 3600);
    if etter_start && foer_slutt { 120 } else { 60 }
}

/// A time of day in Norway. `sekund` counts from local midnight; `siffer` is the number of fraction digits at most,
/// zeros at the end are left out as the live service does.
pub(crate) fn tidspunkt(dag_nr: Dag, sekund: i64, nanosekunder: u32, siffer: u8) -> Tidspunkt {
    let minutter = forskyvning(dag_nr, sekund);
    let mut enhet = 10u32.pow(9 - u32::from(siffer.min(9)));
    let brok = nanosekunder % 1_000_000_000 / enhet * enhet;
    let mut siffer = siffer.min(9);
    while siffer > 0 && brok.is_multiple_of(enhet * 10) {
        siffer -= 1;
        enhet *= 10;
    }
    let sekunder = i64::from(dag_nr) * 86_400 + sekund - i64::from(minutter) * 60;
    #[expect(
        clippy::expect_used,
        reason = "years 1900-2026, and the fraction has been cut to its digits above"
    )]
    Tidspunkt::new(sekunder, brok, siffer, Forskyvning::Minutter(minutter)).expect("a time of our calendar")
}

/// Local midnight.
pub(crate) fn midnatt(dag_nr: Dag) -> Tidspunkt {
    tidspunkt(dag_nr, 0, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tid: Tidspunkt, ventet: &str) {
        assert_eq!(tid.to_string(), ventet);
    }

    #[test]
    fn constants_are_the_days_they_say() {
        assert_eq!(dato(REFERANSE).to_string(), "2026-01-01");
        assert_eq!(dato(GRUNNLAG).to_string(), "2025-12-02");
        assert_eq!(dag(1970, 1, 1), 0);
        for aar in [1900, 1964, 2000, 2024, 2025] {
            for (maaned, siste) in [(1, 31), (2, 28), (4, 30), (12, 31)] {
                assert_eq!(
                    dato(dag(aar, maaned, siste)).to_string(),
                    format!("{aar:04}-{maaned:02}-{siste:02}")
                );
            }
        }
    }

    #[test]
    fn midnight_has_the_offset_of_the_season() {
        check(midnatt(dag(2017, 5, 2)), "2017-05-02T00:00:00+02:00");
        check(midnatt(dag(1992, 3, 5)), "1992-03-05T00:00:00+01:00");
        check(midnatt(dag(1991, 10, 5)), "1991-10-05T00:00:00+01:00");
        check(midnatt(dag(1997, 10, 5)), "1997-10-05T00:00:00+02:00");
        check(midnatt(dag(1968, 7, 1)), "1968-07-01T00:00:00+01:00");
        // On the Sunday itself the change comes at two and three o'clock.
        check(midnatt(dag(2025, 3, 30)), "2025-03-30T00:00:00+01:00");
        check(midnatt(dag(2025, 3, 31)), "2025-03-31T00:00:00+02:00");
        check(midnatt(dag(2025, 10, 26)), "2025-10-26T00:00:00+02:00");
        check(
            tidspunkt(dag(2025, 3, 30), 2 * 3600 + 1, 0, 0),
            "2025-03-30T02:00:01+02:00",
        );
        check(
            tidspunkt(dag(2025, 10, 26), 3 * 3600, 0, 0),
            "2025-10-26T03:00:00+01:00",
        );
    }

    #[test]
    fn fractions_lose_zeros_at_the_end() {
        check(
            tidspunkt(REFERANSE, 1, 711_214_642, 9),
            "2026-01-01T00:00:01.711214642+01:00",
        );
        check(tidspunkt(REFERANSE, 1, 711_214_642, 3), "2026-01-01T00:00:01.711+01:00");
        check(
            tidspunkt(REFERANSE, 1, 360_067_750, 9),
            "2026-01-01T00:00:01.36006775+01:00",
        );
        check(tidspunkt(REFERANSE, 1, 999, 6), "2026-01-01T00:00:01+01:00");
        check(tidspunkt(REFERANSE, 1, 0, 9), "2026-01-01T00:00:01+01:00");
    }
}
