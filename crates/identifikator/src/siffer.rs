//! A fixed count of decimal digits: what every number type here is made of.
//!
//! Leading zeros count, so the digits are kept as text and not as an integer; the numeric value is for packing.

use crate::feil::Feil;

/// `N` ASCII digits. The only ways in are [`Siffer::read`], [`Siffer::from_verdier`] and [`Siffer::from_u64`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Siffer<const N: usize>([u8; N]);

impl<const N: usize> Siffer<N> {
    /// Reads exactly `N` digits; looks at no more than `N + 1` bytes.
    pub(crate) fn read(tekst: &str) -> Result<Self, Feil> {
        let mut siffer = [b'0'; N];
        let mut bytes = tekst.bytes();
        // Everything before the first refused byte is one byte a character, so the byte's position is the character's.
        for (posisjon, plass) in (1..).zip(siffer.iter_mut()) {
            match bytes.next() {
                Some(byte) if byte.is_ascii_digit() => *plass = byte,
                Some(_) => return Err(Feil::IkkeSiffer { posisjon }),
                None => return Err(Feil::Lengde { ventet: N }),
            }
        }
        match bytes.next() {
            None => Ok(Self(siffer)),
            Some(_) => Err(Feil::Lengde { ventet: N }),
        }
    }

    /// Takes digits as values 0-9.
    pub(crate) fn from_verdier(verdier: [u8; N]) -> Self {
        debug_assert!(verdier.iter().all(|&v| v <= 9), "a digit is 0-9");
        Self(verdier.map(|v| b'0' + v))
    }

    /// Takes the numeric value, padded with zeros on the left.
    pub(crate) fn from_u64(tall: u64) -> Result<Self, Feil> {
        let mut verdier = [0; N];
        let mut rest = tall;
        for plass in verdier.iter_mut().rev() {
            *plass = (rest % 10) as u8;
            rest /= 10;
        }
        if rest == 0 {
            Ok(Self::from_verdier(verdier))
        } else {
            Err(Feil::Lengde { ventet: N })
        }
    }

    /// The digits as values 0-9.
    pub(crate) fn verdier(&self) -> [u8; N] {
        self.0.map(|b| b - b'0')
    }

    pub(crate) fn to_u64(self) -> u64 {
        self.verdier().iter().fold(0, |tall, &v| tall * 10 + u64::from(v))
    }

    pub(crate) fn as_str(&self) -> &str {
        #[expect(clippy::expect_used, reason = "every constructor writes the bytes 0x30-0x39 only")]
        std::str::from_utf8(&self.0).expect("ASCII digits")
    }
}

/// Gives a number type over [`Siffer`] its text, value, `Display`, `FromStr` and masked `Debug`.
///
/// The type itself supplies `check(Siffer<N>) -> Result<Self, Feil>` and `debug_navn(&self) -> &'static str`.
macro_rules! nummertype {
    ($type:ident, $antall:literal) => {
        impl $type {
            /// Reads the number from exactly its digits: no blanks, no separators.
            ///
            /// Errors: the first rule broken, as [`Feil`](crate::Feil).
            pub fn parse(tekst: &str) -> Result<Self, crate::feil::Feil> {
                Self::check(crate::siffer::Siffer::read(tekst)?)
            }

            /// Reads the number from its numeric value, as [`Self::to_u64`] gives it.
            ///
            /// Errors: as [`Self::parse`]; a value with too many digits is a wrong length.
            pub fn from_u64(tall: u64) -> Result<Self, crate::feil::Feil> {
                Self::check(crate::siffer::Siffer::from_u64(tall)?)
            }

            /// The numeric value, for compact keys; leading zeros are lost and come back in [`Self::from_u64`].
            #[must_use]
            pub fn to_u64(&self) -> u64 {
                self.0.to_u64()
            }

            /// The digits as they stand on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        /// Kind and stars, never a digit.
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", self.debug_navn(), "*".repeat($antall))
            }
        }

        impl std::str::FromStr for $type {
            type Err = crate::feil::Feil;

            fn from_str(tekst: &str) -> Result<Self, Self::Err> {
                Self::parse(tekst)
            }
        }
    };
}

pub(crate) use nummertype;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_exactly_the_asked_number_of_digits() {
        assert_eq!(Siffer::<3>::read("012").unwrap().as_str(), "012");
        assert_eq!(Siffer::<3>::read("01").err(), Some(Feil::Lengde { ventet: 3 }));
        assert_eq!(Siffer::<3>::read("0123").err(), Some(Feil::Lengde { ventet: 3 }));
        assert_eq!(Siffer::<3>::read("0æ3").err(), Some(Feil::IkkeSiffer { posisjon: 2 }));
        // Digits of other scripts are not digits here.
        assert_eq!(Siffer::<1>::read("٣").err(), Some(Feil::IkkeSiffer { posisjon: 1 }));
    }

    #[test]
    fn value_keeps_leading_zeros_through_packing() {
        let siffer = Siffer::<4>::read("0042").unwrap();
        assert_eq!(siffer.to_u64(), 42);
        assert_eq!(Siffer::<4>::from_u64(42).unwrap().as_str(), "0042");
        assert!(Siffer::<4>::from_u64(10_000).is_err());
    }
}
