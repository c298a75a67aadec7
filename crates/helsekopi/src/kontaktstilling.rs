//! How far KRR is read, and how old what is here can be at most.
//!
//! ```text
//!  q               Kontaktstilling, as JSON: the list of changes, the round over everybody
//!  w person u32    somebody to ask about: how often it was tried u16, next time i64, since when i64 (little-endian)
//! ```
//! What a newcomer gets wrong: what is here is not as old as the last answer, but as the oldest question that nobody has asked
//! again. One who waits is as old as what they wait for, however lately others were read.

use register::{Behandling, Personnummer};
use serde::{Deserialize, Serialize};

use crate::rader::Rader;
use crate::{Feil, Kopi, Kopilesing, Omfang};

/// Longest wait before somebody who was not answered is asked about again, and the first such wait; each is twice the former.
/// Units: seconds. Source: our choice, as for documents of Folkeregisteret.
const VENT_S_MAKS: i64 = 3_600;
const VENT_S_FOERST: i64 = 5;

const STILLING: &[u8] = b"q";
const SKADET: Feil = Feil::Skadet("hvor langt kontaktregisteret er lest");

/// How far KRR is read. Times are seconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Kontaktstilling {
    /// The list of changes, where this KRR has one.
    pub liste: Option<Liste>,
    /// The round over everybody that is under way, or begins next.
    pub runde: Runde,
    /// When the last whole round began.
    pub ferdig: Option<i64>,
    /// When the list was last read to its end.
    pub ajour: Option<i64>,
}

/// The list of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Liste {
    /// The number that is read next.
    pub neste: u64,
    /// From when on it tells of everything.
    pub siden: i64,
}

/// A round over everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Runde {
    /// When it began, or begins.
    pub startet: i64,
    /// Who is asked about next, by the number in the copy.
    pub neste: u32,
    /// As fast as KRR answers: what is here is not known to be right.
    pub hast: bool,
}

impl Default for Runde {
    fn default() -> Self {
        Runde {
            startet: 0,
            neste: 1,
            hast: true,
        }
    }
}

impl Kontaktstilling {
    /// Since when nothing that changed in KRR is unknown here, of those who do not wait; none before everybody was asked about once.
    ///
    /// Units: seconds since 1970.
    /// Source: our choice: each round asks anew, and the list tells of what changed after a round that began with it.
    #[must_use]
    pub fn gyldig_per(&self) -> Option<i64> {
        let ferdig = self.ferdig?;
        let liste = self.liste.filter(|liste| ferdig >= liste.siden);
        Some(liste.and(self.ajour).map_or(ferdig, |ajour| ajour.max(ferdig)))
    }
}

/// What the reader of contact data is told.
#[derive(Clone, PartialEq, Eq)]
pub enum Kontakt {
    /// The view is not shown what KRR says, of anybody.
    IkkeVist,
    /// KRR has not been asked about this person yet.
    IkkeLest,
    /// What is here is older than it may be: it is not given.
    ForGammel,
    /// KRR has nothing on the person.
    Ingen,
    /// What KRR says, as its REST interface writes it (version 2), without the number.
    Svar(Vec<u8>),
}

impl std::fmt::Debug for Kontakt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Kontakt::IkkeVist => "IkkeVist",
            Kontakt::IkkeLest => "IkkeLest",
            Kontakt::ForGammel => "ForGammel",
            Kontakt::Ingen => "Ingen",
            Kontakt::Svar(_) => "Svar(***)",
        })
    }
}

impl Kopi {
    /// How far KRR is read; none where it never was.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse or are damaged.
    pub fn kontaktstilling(&self) -> Result<Option<Kontaktstilling>, Feil> {
        les_stilling(&self.register().les()?)
    }
}

impl Kopilesing<'_> {
    /// What KRR says of a person, if it is not older than it may be. Whoever serves contact data asks this, and nothing else.
    ///
    /// Units: `naa_s` seconds since 1970, `alder_maks_s` seconds.
    /// Source: reliability, trap 3: never served beyond the configured age; KRR has a rhythm of its own.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn fersk_kontakt(
        &self,
        person: Personnummer,
        omfang: Omfang,
        naa_s: i64,
        alder_maks_s: i64,
    ) -> Result<Kontakt, Feil> {
        if !omfang.ser_kontaktregister() {
            return Ok(Kontakt::IkkeVist);
        }
        let Some(stilling) = les_stilling(self.register())? else {
            return Ok(Kontakt::IkkeLest);
        };
        let innhold = self.kontakt(person, omfang)?;
        let venter = les_venter(self.register(), person)?;
        let gyldig_per = match stilling.gyldig_per() {
            Some(gyldig_per) => gyldig_per,
            // The first round: who has been asked about is known from then on.
            None if innhold.is_some() || person.nummer() < stilling.runde.neste => stilling.runde.startet,
            None => return Ok(Kontakt::IkkeLest),
        };
        let gyldig_per = venter.map_or(gyldig_per, |venter| venter.siden.min(gyldig_per));
        if naa_s.saturating_sub(gyldig_per) > alder_maks_s {
            return Ok(Kontakt::ForGammel);
        }
        Ok(match innhold {
            Some(innhold) => Kontakt::Svar(innhold),
            // One who waits and has nothing was never answered.
            None if venter.is_some() => Kontakt::IkkeLest,
            None => Kontakt::Ingen,
        })
    }
}

pub(crate) fn les_stilling(rader: &impl Rader) -> Result<Option<Kontaktstilling>, Feil> {
    let byte = rader.rad(STILLING)?;
    byte.map(|byte| serde_json::from_slice(&byte).map_err(|_| SKADET))
        .transpose()
}

pub(crate) fn sett_stilling(b: &mut Behandling<'_>, stilling: &Kontaktstilling) -> Result<(), Feil> {
    let byte = serde_json::to_vec(stilling).map_err(|_| SKADET)?;
    Ok(b.sett_sak(STILLING, Some(&byte))?)
}

/// Somebody to ask about. Times are seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ventende {
    pub forsoek: u16,
    pub neste: i64,
    /// What is here is known to be right until then.
    pub siden: i64,
}

pub(crate) fn ventenoekkel(person: Personnummer) -> [u8; 5] {
    let [a, b, c, d] = person.nummer().to_be_bytes();
    [b'w', a, b, c, d]
}

pub(crate) fn les_venter(rader: &impl Rader, person: Personnummer) -> Result<Option<Ventende>, Feil> {
    let byte = rader.rad(&ventenoekkel(person))?;
    byte.map(|byte| les_ventende(&byte)).transpose()
}

fn les_ventende(byte: &[u8]) -> Result<Ventende, Feil> {
    let (forsoek, rest) = byte.split_first_chunk::<2>().ok_or(SKADET)?;
    let (neste, siden) = rest.split_first_chunk::<8>().ok_or(SKADET)?;
    Ok(Ventende {
        forsoek: u16::from_le_bytes(*forsoek),
        neste: i64::from_le_bytes(*neste),
        siden: i64::from_le_bytes(siden.try_into().map_err(|_| SKADET)?),
    })
}

/// A row of one who waits, taken apart.
pub(crate) fn les_venterad((noekkel, byte): &register::Saksrad) -> Result<(Personnummer, Ventende), Feil> {
    let person = noekkel.get(1..).and_then(|p| p.try_into().ok()).ok_or(SKADET)?;
    Ok((
        Personnummer::fra_indeks(u32::from_be_bytes(person)),
        les_ventende(byte)?,
    ))
}

fn sett_venter(b: &mut Behandling<'_>, person: Personnummer, venter: Ventende) -> Result<(), Feil> {
    let mut byte = venter.forsoek.to_le_bytes().to_vec();
    byte.extend_from_slice(&venter.neste.to_le_bytes());
    byte.extend_from_slice(&venter.siden.to_le_bytes());
    Ok(b.sett_sak(&ventenoekkel(person), Some(&byte))?)
}

/// Is to be asked about at once: new here, or by another number than before.
pub(crate) fn spoer_snart(b: &mut Behandling<'_>, person: Personnummer, naa_s: i64) -> Result<(), Feil> {
    let foer = les_venter(b, person)?;
    let venter = Ventende {
        forsoek: 0,
        neste: naa_s,
        siden: foer.map_or(naa_s, |foer| foer.siden),
    };
    sett_venter(b, person, venter)
}

/// Was asked about, and not answered so that it can be used.
pub(crate) fn utsett(b: &mut Behandling<'_>, person: Personnummer, naa_s: i64) -> Result<(), Feil> {
    let foer = les_venter(b, person)?;
    let forsoek = foer.map_or(0, |foer| foer.forsoek);
    let vent = VENT_S_FOERST
        .checked_shl(u32::from(forsoek.min(16)))
        .map_or(VENT_S_MAKS, |vent| vent.min(VENT_S_MAKS));
    let venter = Ventende {
        forsoek: forsoek.saturating_add(1),
        neste: naa_s.saturating_add(vent),
        siden: foer.map_or(naa_s, |foer| foer.siden),
    };
    sett_venter(b, person, venter)
}

pub(crate) fn venter_ikke(b: &mut Behandling<'_>, person: Personnummer) -> Result<(), Feil> {
    let noekkel = ventenoekkel(person);
    if b.sak(&noekkel)?.is_some() {
        b.sett_sak(&noekkel, None)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_here_is_as_old_as_the_round_or_the_list_that_covers_it() {
        let med = |ferdig, ajour, siden: Option<i64>| {
            Kontaktstilling {
                liste: siden.map(|siden| Liste { neste: 7, siden }),
                ferdig,
                ajour,
                ..Kontaktstilling::default()
            }
            .gyldig_per()
        };
        assert_eq!(med(None, Some(50), Some(5)), None, "nobody has asked about everybody");
        assert_eq!(med(Some(10), None, None), Some(10));
        assert_eq!(med(Some(10), Some(50), Some(5)), Some(50));
        assert_eq!(med(Some(10), Some(50), Some(11)), Some(10), "the list began too late");
        assert_eq!(med(Some(10), Some(50), None), Some(10), "the list is gone");
        assert_eq!(med(Some(60), Some(50), Some(5)), Some(60));
    }
}
