//! Proofs that a third party can check with a signed head and nothing of ours: that a record is in the log, and that a
//! log has only grown since an older head.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::hode::{Hode, SignertHode, Verifikasjonsnoekkel};
use crate::segment::{self, Leser};
use crate::tre::{self, Avtrykk, Deler, Tre, blad};
use crate::{Feil, roetter};

/// That a record is in the log: the record, its number, the hashes beside its way up, and a head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Innslagsbevis {
    /// The record, base64.
    pub post: String,
    /// Its number, from 0.
    pub nr: u64,
    /// Hashes, base64, from the leaf up. Source: RFC 6962, 2.1.1.
    pub sti: Vec<String>,
    /// The signed head.
    pub hode: String,
}

/// That the log of one head holds all of the log of an older one, unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vekstbevis {
    /// The older signed head.
    pub fra: String,
    /// The newer.
    pub til: String,
    /// Hashes, base64. Source: RFC 6962, 2.1.2.
    pub sti: Vec<String>,
}

impl Innslagsbevis {
    /// Makes the proof for a record under a head.
    ///
    /// # Errors
    /// [`Feil::Skadet`] if the head has no such record, or the record is gone.
    pub fn lag(mappe: &Path, nr: u64, hode: &SignertHode) -> Result<Self, Feil> {
        let antall = hode.hode.antall;
        if nr >= antall {
            // Not the number that was given: somebody may have given a person's.
            return Err(Feil::Skadet(format!(
                "hodet har {antall} poster, nummerert fra 0, og ingen med det nummeret"
            )));
        }
        let mut post = None;
        crate::kontroll::gjennomgaa(mappe, nr, &mut |lest| {
            post = (lest.nr == nr).then_some(lest.byte);
            false
        })?;
        let post = post.ok_or_else(|| Feil::Skadet(format!("post {nr} er ikke her")))?;
        let sti = tre::innslagsbevis(&mut Fildeler::new(mappe)?, nr, antall)?;
        let bevis = Innslagsbevis {
            post: BASE64.encode(post),
            nr,
            sti: sti.iter().map(|a| BASE64.encode(a)).collect(),
            hode: hode.note.clone(),
        };
        // What is given away is known to hold.
        bevis
            .rot()
            .filter(|rot| *rot == hode.hode.rot)
            .map(|_| ())
            .ok_or(Feil::Bevis)?;
        Ok(bevis)
    }

    fn rot(&self) -> Option<Avtrykk> {
        let post = BASE64.decode(&self.post).ok()?;
        let hode = self.hode.lines().nth(1)?.parse().ok()?;
        tre::rot_av_innslag(blad(&post), self.nr, hode, &les_sti(&self.sti)?)
    }

    /// Checks the proof: gives the record and the head that it is under.
    ///
    /// # Errors
    /// [`Feil::Hode`] if the head is not signed by the key, [`Feil::Bevis`] if the proof does not lead to it.
    pub fn sjekk(&self, noekkel: &Verifikasjonsnoekkel) -> Result<(Vec<u8>, Hode), Feil> {
        let hode = noekkel.verifiser(&self.hode)?.hode;
        let post = BASE64.decode(&self.post).map_err(|_| Feil::Bevis)?;
        let sti = les_sti(&self.sti).ok_or(Feil::Bevis)?;
        let rot = tre::rot_av_innslag(blad(&post), self.nr, hode.antall, &sti);
        if rot == Some(hode.rot) {
            Ok((post, hode))
        } else {
            Err(Feil::Bevis)
        }
    }
}

impl Vekstbevis {
    /// Makes the proof from an older head to a newer.
    ///
    /// # Errors
    /// [`Feil::Bevis`] if the log that is here did not grow out of the older head.
    pub fn lag(mappe: &Path, fra: &SignertHode, til: &SignertHode) -> Result<Self, Feil> {
        let (gammel, ny) = (fra.hode.antall, til.hode.antall);
        if gammel == 0 || gammel > ny {
            return Err(Feil::Bevis);
        }
        let sti = tre::vekstbevis(&mut Fildeler::new(mappe)?, gammel, ny)?;
        if !tre::er_vekst(gammel, &fra.hode.rot, ny, &til.hode.rot, &sti) {
            return Err(Feil::Bevis);
        }
        Ok(Vekstbevis {
            fra: fra.note.clone(),
            til: til.note.clone(),
            sti: sti.iter().map(|a| BASE64.encode(a)).collect(),
        })
    }

    /// Checks the proof: gives the two heads.
    ///
    /// # Errors
    /// As [`Innslagsbevis::sjekk`].
    pub fn sjekk(&self, noekkel: &Verifikasjonsnoekkel) -> Result<(Hode, Hode), Feil> {
        let fra = noekkel.verifiser(&self.fra)?.hode;
        let til = noekkel.verifiser(&self.til)?.hode;
        let sti = les_sti(&self.sti).ok_or(Feil::Bevis)?;
        if tre::er_vekst(fra.antall, &fra.rot, til.antall, &til.rot, &sti) {
            Ok((fra, til))
        } else {
            Err(Feil::Bevis)
        }
    }
}

fn les_sti(sti: &[String]) -> Option<Vec<Avtrykk>> {
    sti.iter().map(|a| BASE64.decode(a).ok()?.try_into().ok()).collect()
}

/// Parts of the tree, from the roots of whole segments and the records of the others.
struct Fildeler<'m> {
    mappe: &'m Path,
    nivaa: u32,
    roetter: Vec<Avtrykk>,
    /// The leaves of the segment that was asked for last.
    blader: Option<(u64, Vec<Avtrykk>)>,
}

impl<'m> Fildeler<'m> {
    fn new(mappe: &'m Path) -> Result<Self, Feil> {
        let siste = segment::alle(mappe)?.pop();
        let nivaa = siste.map_or(Ok(0), |s| Leser::aapne(mappe, s).map(|l| l.nivaa()))?;
        Ok(Fildeler {
            mappe,
            nivaa,
            roetter: roetter::les(mappe)?,
            blader: None,
        })
    }

    fn blader(&mut self, segment: u64) -> Result<&[Avtrykk], Feil> {
        if self.blader.as_ref().is_none_or(|(s, _)| *s != segment) {
            let mut leser = Leser::aapne(self.mappe, segment)?;
            let mut blader = Vec::new();
            while let Some(post) = leser.neste()? {
                blader.push(post.blad);
            }
            self.blader = Some((segment, blader));
        }
        Ok(self.blader.as_ref().map_or(&[], |(_, blader)| blader))
    }
}

impl Deler for Fildeler<'_> {
    type Feil = Feil;

    fn hel(&mut self, fra: u64, nivaa: u32) -> Result<Avtrykk, Feil> {
        let segment = fra >> self.nivaa;
        let rot = usize::try_from(segment).ok().and_then(|s| self.roetter.get(s));
        match nivaa.cmp(&self.nivaa) {
            std::cmp::Ordering::Equal if rot.is_some() => Ok(rot.copied().unwrap_or_default()),
            std::cmp::Ordering::Greater => {
                let halv = 1u64 << (nivaa - 1);
                Ok(tre::node(&self.hel(fra, nivaa - 1)?, &self.hel(fra + halv, nivaa - 1)?))
            }
            _ => {
                let foerste = usize::try_from(fra & ((1 << self.nivaa) - 1)).unwrap_or(usize::MAX);
                let blader = self.blader(segment)?;
                let deler = foerste.checked_add(1 << nivaa).and_then(|til| blader.get(foerste..til));
                let deler = deler.ok_or_else(|| Feil::Skadet(format!("segment {segment} er ikke helt")))?;
                let mut tre = Tre::default();
                deler.iter().for_each(|blad| tre.legg_til(*blad));
                Ok(tre.rot())
            }
        }
    }
}
