//! Control digits: weights, sums and the two calculations for control digit 1.
//!
//! ```text
//! siffer      d  d  m  m  å  å  i1 i2 i3 k1 k2
//! vekt k1     3  7  6  1  8  9  4  5  2            sum S1
//! vekt k2     5  4  3  2  7  6  5  4  3  2         sum S2, k1 included
//! ```
//!
//! What a newcomer gets wrong: every number valid under the calculation of today is valid under that of 2032 too
//! (remainder 0 is one of four), so "valid from 2032" never tells when a number was assigned.

use crate::feil::Feil;

/// Weights of the nine leading digits. Source: folkeregister reference 10.1.
pub(crate) const VEKTER_K1: [u8; 9] = [3, 7, 6, 1, 8, 9, 4, 5, 2];
/// Weights of the ten leading digits, control digit 1 among them. Source: folkeregister reference 10.1.
pub(crate) const VEKTER_K2: [u8; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
/// Remainders that control digit 2 may give; one, in both calculations.
pub(crate) const RESTER_K2: &[u8] = &[0];

const MODUL: u16 = 11;

/// Which calculation of control digit 1 a number fits.
///
/// Source: folkeregister reference 10.1. The new calculation holds for every assignment from 2032-01-01, also of
/// persons born before; systems accept both side by side and nobody changes number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kontrollregime {
    /// The calculation of today: (S1 + k1) mod 11 is 0.
    Til2031,
    /// The calculation from 2032: (S1 + k1) mod 11 is 0, 1, 2 or 3.
    Fra2032,
}

impl Kontrollregime {
    /// Both, the older first.
    pub const ALLE: [Self; 2] = [Self::Til2031, Self::Fra2032];

    /// Remainders of (S1 + k1) mod 11 that this calculation accepts, in rising order.
    #[must_use]
    pub const fn rester_k1(self) -> &'static [u8] {
        match self {
            Self::Til2031 => &[0],
            Self::Fra2032 => &[0, 1, 2, 3],
        }
    }
}

/// Sum of each digit times its weight; as many digits as there are weights.
pub(crate) fn vektet_sum(siffer: &[u8], vekter: &[u8]) -> u16 {
    siffer
        .iter()
        .zip(vekter)
        .map(|(&s, &v)| u16::from(s) * u16::from(v))
        .sum()
}

/// (sum + control digit) mod 11.
pub(crate) fn rest(sum: u16, kontrollsiffer: u8) -> u8 {
    ((sum + u16::from(kontrollsiffer)) % MODUL) as u8
}

/// The control digit that gives this remainder, or `None` where it would be 10.
pub(crate) fn kontrollsiffer(sum: u16, rest: u8) -> Option<u8> {
    let siffer = ((MODUL - sum % MODUL + u16::from(rest)) % MODUL) as u8;
    (siffer <= 9).then_some(siffer)
}

/// Which calculations the eleven digits fit.
///
/// Errors: [`Feil::Kontrollsiffer1`] before [`Feil::Kontrollsiffer2`].
pub(crate) fn regimer(verdier: &[u8; 11]) -> Result<&'static [Kontrollregime], Feil> {
    let [.., k1, k2] = *verdier;
    let godtatt: &[Kontrollregime] = match rest(vektet_sum(verdier, &VEKTER_K1), k1) {
        0 => &Kontrollregime::ALLE,
        1..=3 => &[Kontrollregime::Fra2032],
        _ => return Err(Feil::Kontrollsiffer1),
    };
    if RESTER_K2.contains(&rest(vektet_sum(verdier, &VEKTER_K2), k2)) {
        Ok(godtatt)
    } else {
        Err(Feil::Kontrollsiffer2)
    }
}

/// Nine digits with their two control digits, control digit 1 giving `rest_k1`; `None` where either would be 10.
pub(crate) fn fill_in(ni: [u8; 9], rest_k1: u8) -> Option<[u8; 11]> {
    let k1 = kontrollsiffer(vektet_sum(&ni, &VEKTER_K1), rest_k1)?;
    let [a, b, c, d, e, f, g, h, i] = ni;
    let ti = [a, b, c, d, e, f, g, h, i, k1];
    let k2 = kontrollsiffer(vektet_sum(&ti, &VEKTER_K2), 0)?;
    Some([a, b, c, d, e, f, g, h, i, k1, k2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_digit_of_ten_is_discarded() {
        // S1 mod 11 = 2: remainder 1 would need k1 = 10.
        assert_eq!(kontrollsiffer(156, 0), Some(9));
        assert_eq!(kontrollsiffer(156, 1), None);
        assert_eq!(kontrollsiffer(156, 2), Some(0));
        assert_eq!(kontrollsiffer(156, 3), Some(1));
    }

    #[test]
    fn eleven_becomes_zero() {
        assert_eq!(kontrollsiffer(154, 0), Some(0));
    }

    #[test]
    fn the_weighted_sums_of_the_published_example_are_right() {
        let ni = [0, 2, 0, 1, 3, 2, 9, 9, 9];
        assert_eq!(vektet_sum(&ni, &VEKTER_K1), 156);
        assert_eq!(vektet_sum(&[0, 2, 0, 1, 3, 2, 9, 9, 9, 9], &VEKTER_K2), 169);
        assert_eq!(fill_in(ni, 0), Some([0, 2, 0, 1, 3, 2, 9, 9, 9, 9, 7]));
        assert_eq!(fill_in(ni, 1), None);
    }

    #[test]
    fn what_is_filled_in_fits_exactly_the_regimes_of_its_remainder() {
        for tall in 0..1000_u16 {
            let ni = [
                0,
                1,
                8,
                1,
                9,
                0,
                (tall / 100 % 10) as u8,
                (tall / 10 % 10) as u8,
                (tall % 10) as u8,
            ];
            for rest_k1 in 0..11 {
                let Some(elleve) = fill_in(ni, rest_k1) else { continue };
                match rest_k1 {
                    0 => assert_eq!(regimer(&elleve).unwrap(), Kontrollregime::ALLE),
                    1..=3 => assert_eq!(regimer(&elleve).unwrap(), [Kontrollregime::Fra2032]),
                    _ => assert_eq!(regimer(&elleve), Err(Feil::Kontrollsiffer1)),
                }
            }
        }
    }
}
