//! Making it anew beside the one in use: who has changed meanwhile, and writing in pieces that keep nobody waiting for long.

use std::time::Instant;

use lager::{Miljoe, Skriv, Tabell};

use super::Indeks;
use crate::Feil;

/// Most that is written before others who write are let in.
const STYKKE_RADER: usize = if cfg!(debug_assertions) { 256 } else { 4_096 };
const STYKKE_BYTE: usize = 1 << 20;

/// Whom an index that is being made anew is to be looked at again for: everybody changed since it was last asked, and perhaps
/// others. A bit a person.
pub(crate) enum Endrede {
    /// None is being made.
    Ingen,
    Foeres(Vec<u64>),
    /// All of it was made otherwise meanwhile.
    Brutt,
}

impl Endrede {
    pub fn begynn(&mut self) {
        *self = Endrede::Foeres(Vec::new());
    }

    pub fn slutt(&mut self) {
        *self = Endrede::Ingen;
    }

    pub fn bryt(&mut self) {
        if matches!(self, Endrede::Foeres(_)) {
            *self = Endrede::Brutt;
        }
    }

    pub fn foeres(&self) -> bool {
        matches!(self, Endrede::Foeres(_))
    }

    /// Says that a person may be found by something else than before.
    pub fn noter(&mut self, person: u32) {
        let Endrede::Foeres(ord) = self else { return };
        let plass = (person / u64::BITS) as usize;
        if ord.len() <= plass {
            ord.resize(plass + 1, 0);
        }
        if let Some(ord) = ord.get_mut(plass) {
            *ord |= 1 << (person % u64::BITS);
        }
    }

    /// Who has changed since this was last asked, in order.
    ///
    /// # Errors
    /// [`lager::Feil::ForMyeImens`] when it is to be given up.
    pub fn ta(&mut self) -> Result<Vec<u32>, Feil> {
        let Endrede::Foeres(ord) = self else {
            return Err(lager::Feil::ForMyeImens.into());
        };
        let mut ut = Vec::new();
        for (plass, ord) in (0u32..).zip(std::mem::take(ord)) {
            let biter = (0..u64::BITS).filter(|bit| ord >> bit & 1 == 1);
            ut.extend(biter.map(|bit| plass * u64::BITS + bit));
        }
        Ok(ut)
    }
}

/// Writes to a table that nobody reads, in pieces. Between two pieces it stands aside for as long as the last one took, so that
/// whoever else writes waits for one piece and no more. It stops when the index has been made otherwise meanwhile: the table
/// may be the one in use then.
pub(crate) struct Stykkevis<'m> {
    miljoe: &'m Miljoe,
    indeks: &'m Indeks,
    skriv: Option<Skriv<'m>>,
    begynt: Instant,
    rader: usize,
    byte: usize,
}

impl<'m> Stykkevis<'m> {
    pub fn new(miljoe: &'m Miljoe, indeks: &'m Indeks) -> Self {
        Stykkevis {
            miljoe,
            indeks,
            skriv: None,
            begynt: Instant::now(),
            rader: 0,
            byte: 0,
        }
    }

    /// The piece, which is about to have so much more.
    fn stykke(&mut self, rader: usize, byte: usize) -> Result<&mut Skriv<'m>, Feil> {
        if self.rader >= STYKKE_RADER || self.byte >= STYKKE_BYTE {
            self.bekreft()?;
        }
        if self.skriv.is_none() {
            let skriv = self.miljoe.skriv()?;
            // Asked while nobody else writes.
            if !self.indeks.endrede().foeres() {
                return Err(lager::Feil::ForMyeImens.into());
            }
            self.begynt = Instant::now();
            self.skriv = Some(skriv);
        }
        self.rader += rader;
        self.byte += byte;
        self.skriv.as_mut().ok_or(Feil::Skadet("skriving"))
    }

    fn bekreft(&mut self) -> Result<(), Feil> {
        if let Some(skriv) = self.skriv.take() {
            Miljoe::bekreft(skriv)?;
            // A lock that is let go and taken at once is the same one's again.
            std::thread::sleep(self.begynt.elapsed());
        }
        (self.rader, self.byte) = (0, 0);
        Ok(())
    }

    /// Writes a row after all others.
    pub fn legg_til(&mut self, tabell: Tabell, noekkel: &[u8], verdi: &[u8]) -> Result<(), Feil> {
        let skriv = self.stykke(1, verdi.len())?;
        Ok(tabell.legg_til(skriv, noekkel, verdi)?)
    }

    /// Does something that is a piece's worth.
    pub fn gjoer(&mut self, hva: impl FnOnce(&mut Skriv<'m>) -> Result<(), Feil>) -> Result<(), Feil> {
        hva(self.stykke(STYKKE_RADER, 0)?)
    }

    pub fn ferdig(mut self) -> Result<(), Feil> {
        self.bekreft()
    }
}

/// Empties a table that nobody reads, piece by piece.
pub(crate) fn toem_stykkevis(miljoe: &Miljoe, indeks: &Indeks, tabell: Tabell) -> Result<(), Feil> {
    let mut stykke = Stykkevis::new(miljoe, indeks);
    loop {
        let mut igjen = 0;
        stykke.gjoer(|skriv| {
            igjen = tabell.slett_foerste(skriv, STYKKE_RADER)?;
            Ok(())
        })?;
        if igjen < STYKKE_RADER {
            return stykke.ferdig();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_changed_is_told_of_once() {
        let mut endrede = Endrede::Ingen;
        endrede.noter(3);
        assert!(endrede.ta().is_err());
        endrede.begynn();
        for person in [200, 3, 64, 63, 3] {
            endrede.noter(person);
        }
        assert_eq!(endrede.ta().unwrap(), [3, 63, 64, 200]);
        assert!(endrede.ta().unwrap().is_empty());
        endrede.noter(1);
        endrede.bryt();
        endrede.noter(2);
        assert!(endrede.ta().is_err());
    }
}
