//! When the store of help numbers has been put back to an earlier day: the copy is made to say what the store says, number by number.
//!
//! ```text
//!  a    fase u8, u64: which number of the copy is looked at next, or up to which entry of the log new numbers are looked for
//!
//!  log is another than the one that was read ──▶ every number the copy has: as the store has it, or ended ──▶ numbers issued since ──▶ the log again
//! ```
//! Told of is whoever changed by it, as of a revision. A number that the store does not know was issued, and told to somebody, and is nobody's for ever
//! (ADR 0049): it stays a person of the copy, ended, of whom nothing is known.
//!
//! What a newcomer gets wrong: to read the whole log again instead. What was done with a number and is not in the log any more would be left standing.

use std::collections::BTreeMap;

use ::hjelpenummer::{Handling, Innfoering};
use informasjonsmodell::Tidspunkt;
use register::{Behandling, Personnummer};

use crate::hendelse::Kopihendelse;
use crate::hjelpenummer::{INGEN, Inntak, Kjent, Lest, SKADET, fortell, lest, over, plassnoekkel, sett_lest};
use crate::omfang::PROJEKSJONER;
use crate::rader::Rader;
use crate::{Feil, Kopi};

const RAD: &[u8] = b"a";
const PLASSER: &[u8] = b"h";

/// How far the mending has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Avstemming {
    /// The numbers of the copy are looked at, from this one on.
    Numre(u64),
    /// Numbers that the copy has not met are looked for in the log, up to and with this entry.
    Nye(u64),
}

pub(crate) fn les(rader: &impl Rader) -> Result<Option<Avstemming>, Feil> {
    let Some(byte) = rader.rad(RAD)? else { return Ok(None) };
    let (fase, tall) = byte.split_first().ok_or(SKADET)?;
    let tall = u64::from_be_bytes(tall.try_into().map_err(|_| SKADET)?);
    match fase {
        1 => Ok(Some(Avstemming::Numre(tall))),
        2 => Ok(Some(Avstemming::Nye(tall))),
        _ => Err(SKADET),
    }
}

fn sett(b: &mut Behandling<'_>, avstemming: Option<Avstemming>) -> Result<(), Feil> {
    let (fase, tall) = match avstemming {
        None => return Ok(b.sett_sak(RAD, None)?),
        Some(Avstemming::Numre(fra)) => (1, fra),
        Some(Avstemming::Nye(til)) => (2, til),
    };
    let mut byte = vec![fase];
    byte.extend_from_slice(&tall.to_be_bytes());
    Ok(b.sett_sak(RAD, Some(&byte))?)
}

impl Kopi {
    /// Begins: nothing is changed yet.
    pub(crate) fn begynn_avstemming(&self, tidspunkt: Tidspunkt) -> Result<(), Feil> {
        self.register()
            .behandle(tidspunkt.sekunder(), |b| sett(b, Some(Avstemming::Numre(0))))?;
        Ok(())
    }

    /// Help numbers of the copy from one on, at most so many, and the number that each is under.
    pub(crate) fn hjelpenumre_fra(&self, fra: u64, maks: usize) -> Result<Vec<(u64, u64)>, Feil> {
        let les = self.register().les()?;
        let rader = les.rader_fra(PLASSER, &plassnoekkel(fra), maks)?;
        let tall = |byte: &[u8]| byte.try_into().map(u64::from_be_bytes).map_err(|_| SKADET);
        let rad = |(noekkel, verdi): &register::Saksrad| {
            Ok((tall(noekkel.get(PLASSER.len()..).ok_or(SKADET)?)?, tall(verdi)?))
        };
        rader.iter().map(rad).collect()
    }

    /// Makes numbers of the copy what the store says of them; the last piece when there are none. `til`: the last entry of the log.
    pub(crate) fn avstem_numre(
        &self,
        numre: &[(u64, u64)],
        kjent: &Kjent,
        til: u64,
        tidspunkt: Tidspunkt,
    ) -> Result<u64, Feil> {
        self.med_inntak((kjent, tidspunkt, true), |inntak, b| {
            let mut hvem: BTreeMap<Personnummer, u64> = BTreeMap::new();
            for (nummer, _) in numre {
                // Each is told of once, by a number of their own rather than by one that came to them or left them.
                for (plass, person) in inntak.som_lageret(b, *nummer)?.into_iter().enumerate() {
                    match plass {
                        0 => {
                            hvem.insert(person, *nummer);
                        }
                        _ => {
                            hvem.entry(person).or_insert(*nummer);
                        }
                    }
                }
            }
            match numre.last() {
                Some((siste, _)) => sett(b, Some(Avstemming::Numre(siste.saturating_add(1))))?,
                None => {
                    sett_lest(b, &Lest::default())?;
                    sett(b, Some(Avstemming::Nye(til)))?;
                }
            }
            let mut hendelser = Vec::new();
            for endring in b.speilet(&PROJEKSJONER)? {
                if endring.opphoert || !endring.synlig.is_empty() {
                    let nummer = hvem.get(&endring.person).copied().unwrap_or(endring.nummer);
                    hendelser.push((endring.person, nummer, Kopihendelse::HjelpenummerEndret));
                }
            }
            fortell(b, &hendelser)
        })
    }

    /// Takes in numbers of the log that the copy has not met, as they are now.
    pub(crate) fn avstem_nye(
        &self,
        innfoeringer: &[Innfoering],
        kjent: &Kjent,
        til: u64,
        tidspunkt: Tidspunkt,
    ) -> Result<u64, Feil> {
        self.med_inntak((kjent, tidspunkt, true), |inntak, b| {
            let mut hendelser = Vec::new();
            let mut sted = lest(b)?;
            let foerste = sted.neste;
            for innfoering in innfoeringer.iter().filter(|i| (foerste..=til).contains(&i.seq)) {
                let nummer = innfoering.nummer.to_u64();
                if innfoering.handling == Handling::Utstedt && over(b, nummer)?.is_none() {
                    b.sett_sak(&plassnoekkel(nummer), Some(&INGEN.to_be_bytes()))?;
                    // On its own first, so that it has a record to come back to.
                    inntak.eget(b, nummer)?;
                    let personer = inntak.som_lageret(b, nummer)?;
                    for (plass, person) in personer.into_iter().enumerate() {
                        let hendelse = match plass {
                            0 => Kopihendelse::HjelpenummerUtstedt,
                            _ => Kopihendelse::HjelpenummerEndret,
                        };
                        hendelser.push((person, nummer, hendelse));
                    }
                }
                sted = Lest::etter(innfoering);
            }
            let ferdig = sted.neste > til;
            sett_lest(b, &sted)?;
            if ferdig {
                sett(b, None)?;
            }
            fortell(b, &hendelser)
        })
    }
}

impl Inntak<'_, '_> {
    /// Puts a number where the store has it, with what is known of it now. Gives whose own it is, and whom it came from and went to.
    fn som_lageret(&self, b: &mut Behandling<'_>, nummer: u64) -> Result<Vec<Personnummer>, Feil> {
        let har = over(b, nummer)?.ok_or(SKADET)?;
        let oppslag = self.kjent.get(&nummer);
        let vil = oppslag.and_then(|o| o.over).unwrap_or(INGEN);
        let mut hvem = Vec::new();
        if har != vil && har != INGEN {
            self.flytt(b, nummer, INGEN, 0)?;
            self.eget(b, nummer)?;
            hvem.extend(self.over(b, har)?);
        }
        if har != vil && vil != INGEN {
            self.flytt(b, nummer, vil, oppslag.map_or(0, |o| o.endret_s))?;
            hvem.extend(self.over(b, vil)?);
        }
        self.eget(b, nummer)?;
        hvem.insert(0, b.eier(nummer)?.ok_or(SKADET)?);
        hvem.dedup();
        Ok(hvem)
    }
}
