//! Bytes of the store: variable-length numbers, and times as compact as they come.
//!
//! A number takes one byte for each seven bits (LEB128); a signed one is folded so that small ones stay small.

use informasjonsmodell::{Forskyvning, Tidspunkt};

use crate::Feil;

const SKADET: Feil = Feil::Skadet("post");

fn skadet() -> Feil {
    SKADET
}

/// Reads bytes from the front.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leser<'a>(&'a [u8]);

impl<'a> Leser<'a> {
    pub(crate) fn new(byte: &'a [u8]) -> Self {
        Leser(byte)
    }

    pub(crate) fn er_tom(&self) -> bool {
        self.0.is_empty()
    }

    // Errors are made where they are needed: one that is made ahead is taken down again for every byte.
    #[inline]
    pub(crate) fn byte(&mut self) -> Result<u8, Feil> {
        let Some((foerste, rest)) = self.0.split_first() else {
            return Err(SKADET);
        };
        self.0 = rest;
        Ok(*foerste)
    }

    #[inline]
    pub(crate) fn tall(&mut self) -> Result<u64, Feil> {
        // Most are of one byte.
        if let Some((foerste @ ..0x80, rest)) = self.0.split_first() {
            self.0 = rest;
            return Ok(u64::from(*foerste));
        }
        self.langt_tall()
    }

    fn langt_tall(&mut self) -> Result<u64, Feil> {
        let mut ut = 0u64;
        for plass in 0..10 {
            let byte = self.byte()?;
            // The tenth byte has room for one bit.
            if plass == 9 && byte > 1 {
                return Err(SKADET);
            }
            ut |= u64::from(byte & 0x7f) << (plass * 7);
            if byte & 0x80 == 0 {
                return Ok(ut);
            }
        }
        Err(SKADET)
    }

    pub(crate) fn tall32(&mut self) -> Result<u32, Feil> {
        u32::try_from(self.tall()?).map_err(|_| SKADET)
    }

    pub(crate) fn lengde(&mut self) -> Result<usize, Feil> {
        usize::try_from(self.tall()?).map_err(|_| SKADET)
    }

    pub(crate) fn heltall(&mut self) -> Result<i64, Feil> {
        let tall = self.tall()?;
        Ok((tall >> 1).cast_signed() ^ -((tall & 1).cast_signed()))
    }

    pub(crate) fn ta(&mut self, antall: usize) -> Result<&'a [u8], Feil> {
        let Some((foerste, rest)) = self.0.split_at_checked(antall) else {
            return Err(SKADET);
        };
        self.0 = rest;
        Ok(foerste)
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }
}

pub(crate) fn skriv_tall(ut: &mut Vec<u8>, mut tall: u64) {
    while tall >= 0x80 {
        ut.push((tall & 0x7f) as u8 | 0x80);
        tall >>= 7;
    }
    ut.push((tall & 0x7f) as u8);
}

pub(crate) fn skriv_lengde(ut: &mut Vec<u8>, lengde: usize) {
    skriv_tall(ut, lengde as u64);
}

pub(crate) fn skriv_heltall(ut: &mut Vec<u8>, tall: i64) {
    skriv_tall(ut, ((tall << 1) ^ (tall >> 63)).cast_unsigned());
}

// The form byte of a time: low four bits = number of fraction digits, or one of the two short forms.
//
//   0-9   seconds since epoch (folded), fraction as a whole number when there are digits, offset
//   10    midnight where it was written: days since epoch (folded), offset
//   11    the same time as the one before in this frame
//
// The high four bits hold the offset: 0 = none, 1 = Z, 2 = written out after, 3.. = +00:00, +01:00, +02:00 and so on.
const MIDNATT: u8 = 10;
const SAMME: u8 = 11;

fn forskyvningskode(forskyvning: Forskyvning) -> u8 {
    match forskyvning {
        Forskyvning::Ingen => 0,
        Forskyvning::Utc => 1,
        Forskyvning::Minutter(0) => 3,
        Forskyvning::Minutter(60) => 4,
        Forskyvning::Minutter(120) => 5,
        Forskyvning::Minutter(_) => 2,
    }
}

/// Writes a time. `forrige` is the time before it in the same frame.
pub(crate) fn skriv_tid(ut: &mut Vec<u8>, tid: Tidspunkt, forrige: &mut Option<Tidspunkt>) {
    if *forrige == Some(tid) {
        ut.push(SAMME);
        return;
    }
    *forrige = Some(tid);
    let kode = forskyvningskode(tid.forskyvning());
    let minutter = match tid.forskyvning() {
        Forskyvning::Minutter(m) => i64::from(m),
        Forskyvning::Utc | Forskyvning::Ingen => 0,
    };
    let lokal = tid.sekunder() + minutter * 60;
    let midnatt = tid.siffer() == 0 && lokal.rem_euclid(86_400) == 0;
    ut.push(kode << 4 | if midnatt { MIDNATT } else { tid.siffer() });
    if kode == 2 {
        skriv_heltall(ut, minutter);
    }
    if midnatt {
        skriv_heltall(ut, lokal.div_euclid(86_400));
    } else {
        skriv_heltall(ut, tid.sekunder());
        if tid.siffer() > 0 {
            skriv_tall(ut, u64::from(tid.nanosekunder() / enhet(tid.siffer())));
        }
    }
}

fn enhet(siffer: u8) -> u32 {
    10u32.pow(9u32.saturating_sub(u32::from(siffer)))
}

/// Reads a time.
pub(crate) fn les_tid(leser: &mut Leser<'_>, forrige: &mut Option<Tidspunkt>) -> Result<Tidspunkt, Feil> {
    let form = leser.byte()?;
    if form == SAMME {
        return forrige.ok_or_else(skadet);
    }
    let forskyvning = match form >> 4 {
        0 => Forskyvning::Ingen,
        1 => Forskyvning::Utc,
        2 => Forskyvning::Minutter(i16::try_from(leser.heltall()?).map_err(|_| SKADET)?),
        3 => Forskyvning::Minutter(0),
        4 => Forskyvning::Minutter(60),
        5 => Forskyvning::Minutter(120),
        _ => return Err(SKADET),
    };
    let siffer = form & 0x0f;
    let tid = if siffer == MIDNATT {
        let minutter = match forskyvning {
            Forskyvning::Minutter(m) => i64::from(m),
            Forskyvning::Utc | Forskyvning::Ingen => 0,
        };
        let sekunder = leser
            .heltall()?
            .checked_mul(86_400)
            .and_then(|s| s.checked_sub(minutter * 60));
        Tidspunkt::new(sekunder.ok_or_else(skadet)?, 0, 0, forskyvning)
    } else {
        let sekunder = leser.heltall()?;
        let nanosekunder = if siffer > 0 && siffer <= 9 {
            leser.tall()?.checked_mul(u64::from(enhet(siffer)))
        } else {
            Some(0)
        };
        let nanosekunder = nanosekunder.and_then(|n| u32::try_from(n).ok()).ok_or_else(skadet)?;
        Tidspunkt::new(sekunder, nanosekunder, siffer, forskyvning)
    };
    let tid = tid.ok_or_else(skadet)?;
    *forrige = Some(tid);
    Ok(tid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tid() -> impl Strategy<Value = Tidspunkt> {
        let forskyvning = prop_oneof![
            Just(Forskyvning::Ingen),
            Just(Forskyvning::Utc),
            (-840i16..=840).prop_map(Forskyvning::Minutter),
            Just(Forskyvning::Minutter(60)),
        ];
        (
            -20_000_000_000i64..200_000_000_000,
            0u32..1_000_000_000,
            0u8..=9,
            forskyvning,
            any::<bool>(),
        )
            .prop_map(|(s, n, siffer, f, midnatt)| {
                let m = if let Forskyvning::Minutter(m) = f {
                    i64::from(m)
                } else {
                    0
                };
                if midnatt {
                    Tidspunkt::new(s / 86_400 * 86_400 - m * 60, 0, 0, f).unwrap()
                } else {
                    Tidspunkt::new(s, n / enhet(siffer) * enhet(siffer), siffer, f).unwrap()
                }
            })
    }

    proptest! {
        #[test]
        fn times_come_back_as_they_were(tider in prop::collection::vec(tid(), 0..20)) {
            let mut ut = Vec::new();
            let mut forrige = None;
            for t in &tider {
                skriv_tid(&mut ut, *t, &mut forrige);
            }
            let mut leser = Leser::new(&ut);
            let mut forrige = None;
            for t in &tider {
                prop_assert_eq!(les_tid(&mut leser, &mut forrige).unwrap(), *t);
            }
            prop_assert!(leser.er_tom());
        }

        #[test]
        fn numbers_come_back_as_they_were(n in any::<u64>(), m in any::<i64>()) {
            let mut ut = Vec::new();
            skriv_tall(&mut ut, n);
            skriv_heltall(&mut ut, m);
            let mut leser = Leser::new(&ut);
            prop_assert_eq!(leser.tall().unwrap(), n);
            prop_assert_eq!(leser.heltall().unwrap(), m);
        }

        #[test]
        fn any_bytes_are_read_or_refused(byte in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut leser = Leser::new(&byte);
            let _ = leser.tall();
            let _ = les_tid(&mut leser, &mut None);
        }
    }

    #[test]
    fn a_midnight_takes_four_bytes() {
        let mut ut = Vec::new();
        skriv_tid(
            &mut ut,
            Tidspunkt::parse("1991-08-12T00:00:00+02:00").unwrap(),
            &mut None,
        );
        assert!(ut.len() <= 4);
    }
}
