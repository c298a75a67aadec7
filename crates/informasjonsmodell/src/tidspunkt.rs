//! Points in time, kept as they were received: offset and number of fraction digits included.

use std::fmt;

use crate::dato::{dager_fra_dato, dato_fra_dager, finnes};

/// The offset from UTC that a time was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Forskyvning {
    /// Written `Z`.
    Utc,
    /// Written `+hh:mm` or `-hh:mm`; minutes east of UTC, -840 to 840.
    Minutter(i16),
    /// Written without any offset; read as UTC where an order is needed.
    Ingen,
}

/// A point in time with the precision and the offset it was received with.
///
/// Shape: `2022-03-14T14:41:28.711214642+01:00`; 0-9 fraction digits. Printed exactly as it was read.
/// Units: `sekunder` and `nanosekunder` count from 1970-01-01T00:00:00Z.
/// Source: XSD type `DatoKlokkeslett` (xsd:dateTime); nanoseconds seen in answers of the live service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tidspunkt {
    sekunder: i64,
    nanosekunder: u32,
    siffer: u8,
    forskyvning: Forskyvning,
}

impl Tidspunkt {
    /// A time from its parts. `siffer` is the number of fraction digits to print, at most 9.
    #[must_use]
    pub fn new(sekunder: i64, nanosekunder: u32, siffer: u8, forskyvning: Forskyvning) -> Option<Self> {
        let enhet = 10u32.checked_pow(9u32.checked_sub(u32::from(siffer))?)?;
        let innenfor = (-30_000_000_000..=253_402_300_799).contains(&sekunder);
        let forskyvning_ok = !matches!(forskyvning, Forskyvning::Minutter(m) if !(-840..=840).contains(&m));
        (innenfor && forskyvning_ok && nanosekunder < 1_000_000_000 && nanosekunder.is_multiple_of(enhet)).then_some(
            Tidspunkt {
                sekunder,
                nanosekunder,
                siffer,
                forskyvning,
            },
        )
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn sekunder(self) -> i64 {
        self.sekunder
    }

    /// The rest of a second, in nanoseconds.
    #[must_use]
    pub fn nanosekunder(self) -> u32 {
        self.nanosekunder
    }

    /// How many fraction digits it is written with.
    #[must_use]
    pub fn siffer(self) -> u8 {
        self.siffer
    }

    /// The offset it is written with.
    #[must_use]
    pub fn forskyvning(self) -> Forskyvning {
        self.forskyvning
    }

    /// Nanoseconds since the epoch: what two times are ordered by.
    #[must_use]
    pub fn rekkefoelge(self) -> i128 {
        i128::from(self.sekunder) * 1_000_000_000 + i128::from(self.nanosekunder)
    }

    fn lokale_sekunder(self) -> i64 {
        match self.forskyvning {
            Forskyvning::Minutter(m) => self.sekunder + i64::from(m) * 60,
            Forskyvning::Utc | Forskyvning::Ingen => self.sekunder,
        }
    }

    /// The calendar day at the place where the time was written: days since 1970-01-01.
    #[must_use]
    pub fn lokal_dag(self) -> i32 {
        i32::try_from(self.lokale_sekunder().div_euclid(86_400)).unwrap_or(i32::MAX)
    }

    /// Reads the text form.
    #[must_use]
    pub fn parse(tekst: &str) -> Option<Self> {
        let b = tekst.as_bytes();
        let tall = |fra: usize, til: usize| -> Option<i64> {
            b.get(fra..til)?
                .iter()
                .try_fold(0i64, |s, c| c.is_ascii_digit().then(|| s * 10 + i64::from(c - b'0')))
        };
        let er = |ved: usize, tegn: u8| b.get(ved) == Some(&tegn);
        if !(er(4, b'-') && er(7, b'-') && er(10, b'T') && er(13, b':') && er(16, b':')) {
            return None;
        }
        let aar = u16::try_from(tall(0, 4)?).ok()?;
        let maaned = u8::try_from(tall(5, 7)?).ok()?;
        let dag = u8::try_from(tall(8, 10)?).ok()?;
        let (time, minutt, sekund) = (tall(11, 13)?, tall(14, 16)?, tall(17, 19)?);
        let gyldig = finnes(aar, maaned, dag) && time < 24 && minutt < 60 && sekund < 60;
        if !gyldig {
            return None;
        }
        let mut rest = b.get(19..)?;
        let (mut nanosekunder, mut siffer) = (0u32, 0u8);
        if let Some((b'.', etter)) = rest.split_first() {
            let antall = etter.iter().take_while(|c| c.is_ascii_digit()).count();
            siffer = u8::try_from(antall).ok().filter(|n| (1..=9).contains(n))?;
            for tegn in etter.get(..antall)? {
                nanosekunder = nanosekunder * 10 + u32::from(tegn - b'0');
            }
            nanosekunder *= 10u32.pow(9 - u32::from(siffer));
            rest = etter.get(antall..)?;
        }
        let forskyvning = match rest {
            [] => Forskyvning::Ingen,
            [b'Z'] => Forskyvning::Utc,
            [fortegn @ (b'+' | b'-'), t1, t2, b':', m1, m2] if [t1, t2, m1, m2].iter().all(|c| c.is_ascii_digit()) => {
                let to = |a: &u8, b: &u8| i16::from(a - b'0') * 10 + i16::from(b - b'0');
                let minutter = to(t1, t2) * 60 + to(m1, m2);
                if to(m1, m2) > 59 || minutter > 840 || (*fortegn == b'-' && minutter == 0) {
                    return None;
                }
                Forskyvning::Minutter(if *fortegn == b'-' { -minutter } else { minutter })
            }
            _ => return None,
        };
        let dager = i64::from(dager_fra_dato(aar, maaned, dag));
        let mut sekunder = dager * 86_400 + time * 3600 + minutt * 60 + sekund;
        if let Forskyvning::Minutter(m) = forskyvning {
            sekunder -= i64::from(m) * 60;
        }
        Tidspunkt::new(sekunder, nanosekunder, siffer, forskyvning)
    }

    /// Writes the text form to a byte buffer.
    pub fn skriv(self, ut: &mut Vec<u8>) {
        ut.reserve(LENGDE_MAKS);
        let (aar, maaned, dag) = dato_fra_dager(self.lokal_dag());
        // Below a day's worth of seconds.
        let i_dag = u32::try_from(self.lokale_sekunder().rem_euclid(86_400)).unwrap_or(0);
        let ([a1, a2], [a3, a4]) = (to_siffer(u32::from(aar) / 100), to_siffer(u32::from(aar) % 100));
        let ([m1, m2], [d1, d2]) = (to_siffer(maaned.into()), to_siffer(dag.into()));
        let ([t1, t2], [n1, n2], [s1, s2]) = (
            to_siffer(i_dag / 3600),
            to_siffer(i_dag / 60 % 60),
            to_siffer(i_dag % 60),
        );
        ut.extend_from_slice(&[
            a1, a2, a3, a4, b'-', m1, m2, b'-', d1, d2, b'T', t1, t2, b':', n1, n2, b':', s1, s2,
        ]);
        if self.siffer > 0 {
            let n = self.nanosekunder;
            let ([a, b], [c, d]) = (to_siffer(n / 10_000_000), to_siffer(n / 100_000 % 100));
            let ([e, f], [g, h], [_, i]) = (to_siffer(n / 1_000 % 100), to_siffer(n / 10 % 100), to_siffer(n % 10));
            let broek = [b'.', a, b, c, d, e, f, g, h, i];
            ut.extend_from_slice(broek.get(..=usize::from(self.siffer)).unwrap_or(&broek));
        }
        match self.forskyvning {
            Forskyvning::Ingen => {}
            Forskyvning::Utc => ut.push(b'Z'),
            Forskyvning::Minutter(m) => {
                let fortegn = if m < 0 { b'-' } else { b'+' };
                let m = u32::from(m.unsigned_abs());
                let ([t1, t2], [n1, n2]) = (to_siffer(m / 60), to_siffer(m % 60));
                ut.extend_from_slice(&[fortegn, t1, t2, b':', n1, n2]);
            }
        }
    }
}

/// Bytes of the longest text form.
const LENGDE_MAKS: usize = 35;

/// The last two digits.
fn to_siffer(verdi: u32) -> [u8; 2] {
    let siffer = |v: u32| b'0' + u8::try_from(v % 10).unwrap_or(0);
    [siffer(verdi / 10), siffer(verdi)]
}

impl fmt::Display for Tidspunkt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut ut = Vec::with_capacity(LENGDE_MAKS);
        self.skriv(&mut ut);
        f.write_str(&String::from_utf8_lossy(&ut))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_time_is_printed_as_it_was_read() {
        for tekst in [
            "2022-03-14T14:41:28.711214642+01:00",
            "2023-03-18T12:33:50.36006775+02:00",
            "1991-08-12T00:00:00+02:00",
            "2026-01-15T09:11:12.600Z",
            "2026-01-15T09:11:12",
            "1858-01-01T00:00:00+00:43",
            "2024-02-29T23:59:59.9-05:30",
        ] {
            assert_eq!(Tidspunkt::parse(tekst).unwrap().to_string(), tekst);
        }
    }

    #[test]
    fn a_time_that_is_not_one_is_refused() {
        for tekst in [
            "",
            "2022-03-14",
            "2022-03-14T24:00:00Z",
            "2022-02-30T00:00:00Z",
            "2022-03-14T14:41:28.Z",
            "2022-03-14T14:41:28.1234567890Z",
            "2022-03-14T14:41:28+15:00",
            "2022-03-14T14:41:28+01:60",
            "2022-03-14 14:41:28Z",
            "2022-03-14T14:41:28z",
        ] {
            assert_eq!(Tidspunkt::parse(tekst), None, "{tekst}");
        }
    }

    #[test]
    fn the_day_is_the_day_where_it_was_written() {
        let t = Tidspunkt::parse("1991-08-12T00:00:00+02:00").unwrap();
        assert_eq!(crate::Dato::fra_dager(t.lokal_dag()).unwrap().to_string(), "1991-08-12");
    }

    proptest! {
        #[test]
        fn print_then_parse_gives_the_time_back(s in -20_000_000_000i64..200_000_000_000, n in 0u32..1_000_000_000, siffer in 0u8..=9, m in -840i16..=840) {
            let enhet = 10u32.pow(9 - u32::from(siffer));
            let t = Tidspunkt::new(s, n / enhet * enhet, siffer, Forskyvning::Minutter(m)).unwrap();
            prop_assert_eq!(Tidspunkt::parse(&t.to_string()), Some(t));
        }

        #[test]
        fn any_text_gives_a_time_or_none(tekst in ".{0,40}") {
            let _ = Tidspunkt::parse(&tekst);
        }
    }
}
