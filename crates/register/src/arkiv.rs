//! What a commit puts in the archive stream, and putting it back.
//!
//! An entry is the values that the commit gave the primary tables, byte for byte: records, journal, texts, the next person.
//! Putting them back in order gives the same bytes, so nothing is decided twice. Views are rebuilt afterwards. Keys are
//! not in it: whoever has the stream and not the key store can open nothing that is sealed.
//!
//! ```text
//!  tabell u8 │ length of key │ key │ length of value + 1, or 0 for removed │ value     ... until the end
//! ```

use lager::arkivstroem::{self, Skriver, Stans};
use lager::journal::Journal as _;
use lager::{Miljoe, Skriv, Tabell};
use std::path::Path;
use std::sync::PoisonError;

use crate::koding::{Leser, skriv_lengde};
use crate::register::{NESTE_PERSON, Register};
use crate::{Feil, Sekvens};

const SKADET: Feil = Feil::Skadet("arkivstrømmen");

/// Entries put back in one commit.
const BOLK: u32 = 1_000;

const PERSONER: u8 = 0;
const JOURNAL: u8 = 1;
const TEKSTER: u8 = 2;
const META: u8 = 3;
const SAKER: u8 = 4;

/// What a commit changes. Empty where there is no stream.
#[derive(Debug)]
pub(crate) struct Arkivpost {
    byte: Option<Vec<u8>>,
}

impl Arkivpost {
    pub fn new(register: &Register) -> Self {
        let arkiv = register.arkiv.lock().unwrap_or_else(PoisonError::into_inner);
        Arkivpost {
            byte: arkiv.is_some().then(Vec::new),
        }
    }

    fn legg_til(&mut self, tabell: u8, noekkel: &[u8], verdi: Option<&[u8]>) {
        let Some(ut) = &mut self.byte else { return };
        ut.push(tabell);
        skriv_lengde(ut, noekkel.len());
        ut.extend_from_slice(noekkel);
        skriv_lengde(ut, verdi.map_or(0, |v| v.len() + 1));
        ut.extend_from_slice(verdi.unwrap_or_default());
    }

    pub fn person(&mut self, plass: &[u8], verdi: Option<&[u8]>) {
        self.legg_til(PERSONER, plass, verdi);
    }

    pub fn journal(&mut self, seq: Sekvens, verdi: &[u8]) {
        self.legg_til(JOURNAL, &seq.0.to_be_bytes(), Some(verdi));
    }

    pub fn tekst(&mut self, plass: &[u8], verdi: &[u8]) {
        self.legg_til(TEKSTER, plass, Some(verdi));
    }

    pub fn sak(&mut self, noekkel: &[u8], verdi: Option<&[u8]>) {
        self.legg_til(SAKER, noekkel, verdi);
    }

    pub fn neste_person(&mut self, person: u32) {
        self.legg_til(META, NESTE_PERSON, Some(&person.to_be_bytes()));
    }
}

/// One change of an entry: table, key, value.
pub(crate) type Endret<'a> = (u8, &'a [u8], Option<&'a [u8]>);

pub(crate) fn les_en<'a>(leser: &mut Leser<'a>) -> Result<Endret<'a>, Feil> {
    let tabell = leser.byte()?;
    let lengde = leser.lengde()?;
    let noekkel = leser.ta(lengde)?;
    let verdi = match leser.lengde()? {
        0 => None,
        lengde => Some(leser.ta(lengde - 1)?),
    };
    Ok((tabell, noekkel, verdi))
}

/// How far the stream has come, against the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arkivstatus {
    /// The last sequence number in the stream; 0 for none.
    pub siste: u64,
    /// The stream lacks commits that the register has: a backup taken now is needed before the two can give them back.
    pub mangler: bool,
}

impl Register {
    /// Lets every commit from now on be entered in the archive stream of a folder before it is made.
    ///
    /// # Errors
    /// [`Feil::Lager`] if the folder cannot be written or has the stream of another store, or one that knows more than
    /// this register does.
    pub fn start_arkivstroem(&self, mappe: &Path) -> Result<Arkivstatus, Feil> {
        let _laas = self.laas_skriving();
        let bekreftet = self.siste_sekvens()?.0;
        let skriver = Skriver::aapne(mappe, self.id, bekreftet)?;
        let siste = skriver.siste();
        *self.arkiv.lock().unwrap_or_else(PoisonError::into_inner) = Some(skriver);
        Ok(Arkivstatus {
            siste,
            mangler: siste < bekreftet,
        })
    }

    /// Removes what the stream has of commits at or before `til`, file by file; gives how many files.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn rydd_arkivstroem(&self, til: Sekvens) -> Result<usize, Feil> {
        let arkiv = self.arkiv.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(arkiv.as_ref().map_or(Ok(0), |skriver| skriver.rydd(til.0))?)
    }

    /// Enters a commit that is about to be made.
    pub(crate) fn arkiver(&self, sekvenser: &[Sekvens], post: &Arkivpost) -> Result<(), Feil> {
        let (Some(foerste), Some(siste)) = (sekvenser.first(), sekvenser.last()) else {
            return Ok(());
        };
        let mut arkiv = self.arkiv.lock().unwrap_or_else(PoisonError::into_inner);
        match (arkiv.as_mut(), &post.byte) {
            (Some(skriver), Some(byte)) => Ok(skriver.legg_til(foerste.0, siste.0, byte)?),
            // Begun after the transaction was: what is missing is missed when the stream is opened.
            _ => Ok(()),
        }
    }

    /// Puts back what a stream has after the register's last number, up to `til`; gives the number it came to.
    pub(crate) fn spill_av(
        &self,
        mappe: &Path,
        id: &lager::slettinger::Lagerid,
        til: u64,
    ) -> Result<(u64, Stans), Feil> {
        let fra = self.siste_sekvens()?.0;
        self.glem_indeks()?;
        let mut ventende = 0;
        let mut skriv = Some(self.miljoe.skriv()?);
        let mut feil = None;
        let utfall = arkivstroem::spill_av(mappe, id, fra, til, |oppfoering| {
            let satt = skriv
                .as_mut()
                .ok_or(SKADET)
                .and_then(|skriv| self.sett_inn(skriv, &oppfoering));
            if let Err(nektet) = satt {
                feil = Some(nektet);
                return Err(lager::Feil::Skadet("arkivstrømmen"));
            }
            ventende += 1;
            if ventende == BOLK {
                ventende = 0;
                if let Some(ferdig) = skriv.take() {
                    Miljoe::bekreft(ferdig)?;
                }
                skriv = Some(self.miljoe.skriv()?);
            }
            Ok(())
        });
        if let Some(feil) = feil {
            return Err(feil);
        }
        let utfall = utfall?;
        if let Some(ferdig) = skriv {
            Miljoe::bekreft(ferdig)?;
        }
        Ok(utfall)
    }

    pub(crate) fn sett_inn(&self, skriv: &mut Skriv<'_>, oppfoering: &arkivstroem::Oppfoering) -> Result<(), Feil> {
        let t = &self.tabeller;
        let mut leser = Leser::new(&oppfoering.byte);
        let mut neste = oppfoering.fra;
        while !leser.er_tom() {
            let (tabell, noekkel, verdi) = les_en(&mut leser)?;
            let tabell: Tabell = match tabell {
                PERSONER => t.personer,
                TEKSTER => t.tekster,
                META => t.meta,
                SAKER => t.saker,
                JOURNAL => {
                    // The journal numbers its own entries; that it agrees is part of the proof.
                    let skrevet = self.journal.legg_til(skriv, verdi.ok_or(SKADET)?)?;
                    if skrevet != neste || noekkel != skrevet.to_be_bytes() {
                        return Err(SKADET);
                    }
                    neste = neste.checked_add(1).ok_or(SKADET)?;
                    continue;
                }
                _ => return Err(SKADET),
            };
            match verdi {
                Some(verdi) => tabell.sett(skriv, noekkel, verdi)?,
                None => {
                    tabell.slett(skriv, noekkel)?;
                }
            }
        }
        if Some(neste) == oppfoering.til.checked_add(1) {
            Ok(())
        } else {
            Err(SKADET)
        }
    }
}
