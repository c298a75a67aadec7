//! Numbers as bytes: seven bits in each, the lowest first.

use crate::Feil;

const SKADET: Feil = Feil::Skadet("tall");

pub(crate) fn skriv_tall(ut: &mut Vec<u8>, mut tall: u64) {
    loop {
        let lave = u8::try_from(tall & 0x7F).unwrap_or(0);
        tall >>= 7;
        if tall == 0 {
            ut.push(lave);
            return;
        }
        ut.push(lave | 0x80);
    }
}

/// Reads from the front of some bytes.
pub(crate) struct Leser<'a>(pub &'a [u8]);

impl<'a> Leser<'a> {
    pub fn er_tom(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> Result<u8, Feil> {
        let (foerste, rest) = self.0.split_first().ok_or(SKADET)?;
        self.0 = rest;
        Ok(*foerste)
    }

    pub fn ta(&mut self, antall: usize) -> Result<&'a [u8], Feil> {
        let (foran, rest) = self.0.split_at_checked(antall).ok_or(SKADET)?;
        self.0 = rest;
        Ok(foran)
    }

    pub fn tall(&mut self) -> Result<u64, Feil> {
        let mut ut = 0u64;
        for skift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let biter = u64::from(byte & 0x7F);
            if skift == 63 && biter > 1 {
                return Err(SKADET);
            }
            ut |= biter << skift;
            if byte & 0x80 == 0 {
                return Ok(ut);
            }
        }
        Err(SKADET)
    }

    pub fn tall32(&mut self) -> Result<u32, Feil> {
        u32::try_from(self.tall()?).map_err(|_| SKADET)
    }
}
