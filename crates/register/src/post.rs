//! A person's record in memory: header and rows, read from its frames and written to them.
//!
//! Used where a person is changed or checked. Answers do not come this way: they copy from the frames (`lesing`).

use std::cmp::Ordering;
use std::collections::BTreeSet;

use informasjonsmodell::Entitet;
use lager::forsegling::Noekkel;
use tilgang::Grad;

use crate::koding::{Leser, skriv_lengde, skriv_tall};
use crate::rad::{Rad, Radvisning};
use crate::ramme::{self, Ramme, Rammer};
use crate::{Feil, kontakt};

const SKADET: Feil = Feil::Skadet("hode");

/// A number of the person, and whether it is the one in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nummer {
    pub verdi: u64,
    pub i_bruk: bool,
}

/// What every answer reads first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Hode {
    /// Present protection of the person's addresses.
    pub vern: Grad,
    /// Generation of the key that seals the addresses.
    pub noekkelgenerasjon: u8,
    /// Every number, those of persons merged into this one included; the one in use first, else the last that was.
    pub numre: Vec<Nummer>,
    /// The person this one was merged into. That one may itself have been merged since.
    pub viderefoert_til: Option<u32>,
    /// The frames that the record has beside this one: one that is gone is missed.
    pub rammer: Rammer,
    /// Persons merged into this one, and not those merged into them.
    pub overtatt: Vec<u32>,
    /// Numbers of the persons that any version of the record names as contact for the estate, in rising order.
    pub kontakter: Vec<u64>,
}

impl Hode {
    pub fn skriv(&self, ut: &mut Vec<u8>) {
        ut.push(self.vern as u8);
        ut.push(self.noekkelgenerasjon);
        // As long whatever they are: reading it takes the same time.
        ut.extend_from_slice(&self.rammer.0.to_le_bytes());
        skriv_lengde(ut, self.numre.len());
        for nummer in &self.numre {
            skriv_tall(ut, nummer.verdi << 1 | u64::from(nummer.i_bruk));
        }
        skriv_tall(ut, self.viderefoert_til.map_or(0, |p| u64::from(p) + 1));
        skriv_lengde(ut, self.overtatt.len());
        for person in &self.overtatt {
            skriv_tall(ut, u64::from(*person));
        }
        skriv_lengde(ut, self.kontakter.len());
        for nummer in &self.kontakter {
            skriv_tall(ut, *nummer);
        }
    }

    /// Reads the header and gives the rest: the open current rows.
    pub fn les(byte: &[u8]) -> Result<(Self, &[u8]), Feil> {
        let mut leser = Leser::new(byte);
        let vern = Grad::fra_tall(leser.byte()?);
        let noekkelgenerasjon = leser.byte()?;
        let rammer = Rammer(u32::from_le_bytes([
            leser.byte()?,
            leser.byte()?,
            leser.byte()?,
            leser.byte()?,
        ]));
        let antall = leser.lengde()?;
        if antall > byte.len() {
            return Err(SKADET);
        }
        let mut numre = Vec::with_capacity(antall);
        for _ in 0..antall {
            let tall = leser.tall()?;
            numre.push(Nummer {
                verdi: tall >> 1,
                i_bruk: tall & 1 == 1,
            });
        }
        let viderefoert_til = match leser.tall()? {
            0 => None,
            tall => Some(u32::try_from(tall - 1).map_err(|_| SKADET)?),
        };
        let antall = leser.lengde()?;
        if antall > byte.len() {
            return Err(SKADET);
        }
        let overtatt = (0..antall).map(|_| leser.tall32()).collect::<Result<_, _>>()?;
        let antall = leser.lengde()?;
        if antall > byte.len() {
            return Err(SKADET);
        }
        let kontakter = (0..antall).map(|_| leser.tall()).collect::<Result<_, _>>()?;
        Ok((
            Hode {
                vern,
                noekkelgenerasjon,
                numre,
                viderefoert_til,
                rammer,
                overtatt,
                kontakter,
            },
            leser.rest(),
        ))
    }

    /// The number in use, or the last one that was.
    pub fn gjeldende_nummer(&self) -> Option<u64> {
        self.numre.first().map(|n| n.verdi)
    }

    /// Whether one of the numbers is in use: the person has not ended.
    pub fn er_i_bruk(&self) -> bool {
        self.numre.iter().any(|n| n.i_bruk)
    }

    /// Whether `verdi` is one of the person's numbers.
    pub fn har(&self, verdi: u64) -> bool {
        self.numre.iter().any(|n| n.verdi == verdi)
    }
}

/// The order of rows in a document. Two that an event put in the same place are told apart by what they say.
pub(crate) fn orden(a: (u8, i64, u64), b: (u8, i64, u64), kropp_a: &[u8], kropp_b: &[u8]) -> Ordering {
    a.cmp(&b).then_with(|| kropp_a.cmp(kropp_b))
}

/// A frame and its stored bytes; `None` where the frame is empty.
pub(crate) type Skrevet = (Ramme, Option<Vec<u8>>);

/// A frame and what it holds, unpacked.
pub(crate) type Utpakket = (Ramme, Vec<u8>);

/// A person's record.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Personpost {
    pub hode: Hode,
    pub rader: Vec<Rad>,
}

impl Personpost {
    /// Rows of an entity that the register holds now.
    pub fn holdte(&self, entitet: Entitet) -> impl Iterator<Item = (usize, &Rad)> {
        self.rader
            .iter()
            .enumerate()
            .filter(move |(_, r)| r.entitet == Some(entitet) && r.holdt())
    }

    /// Rows of an entity that are held and current.
    pub fn gjeldende(&self, entitet: Entitet) -> impl Iterator<Item = (usize, &Rad)> {
        self.holdte(entitet).filter(|(_, r)| r.gjeldende())
    }

    /// Whether anything of it is sealed.
    pub fn forsegles(&self) -> bool {
        let vern = self.hode.vern;
        let mut noen = false;
        for rad in &self.rader {
            ramme::utgaver(rad, vern, |r, _| noen |= r.forsegles());
        }
        noen
    }

    /// Numbers of the contacts for the estate, in any version, in rising order.
    fn kontakter(&self) -> Vec<u64> {
        let numre: BTreeSet<u64> = self.rader.iter().filter_map(kontakt::nummer).collect();
        numre.into_iter().collect()
    }

    fn sorter(&mut self) {
        self.rader
            .sort_by(|a, b| orden(a.orden(), b.orden(), &a.kropp, &b.kropp));
    }

    /// Reads a record. `hent` gives a frame's stored bytes; the head must be there.
    pub fn les<'a>(
        person: u32,
        hent: impl FnMut(Ramme) -> Result<Option<&'a [u8]>, Feil>,
        noekkel: impl FnOnce(u8) -> Result<Option<Noekkel>, Feil>,
    ) -> Result<Option<Self>, Feil> {
        Self::les_og_behold(person, hent, noekkel, None)
    }

    /// As [`Personpost::les`], and keeps what each frame held before it was packed, for [`Personpost::skriv_endret`].
    pub fn les_og_behold<'a>(
        person: u32,
        mut hent: impl FnMut(Ramme) -> Result<Option<&'a [u8]>, Feil>,
        noekkel: impl FnOnce(u8) -> Result<Option<Noekkel>, Feil>,
        mut behold: Option<&mut Vec<Utpakket>>,
    ) -> Result<Option<Self>, Feil> {
        let Some(byte) = hent(Ramme::Hode)? else {
            return Ok(None);
        };
        let hodebyte = ramme::aapne_hode(person, byte)?;
        if let Some(behold) = &mut behold {
            behold.push((Ramme::Hode, hodebyte.to_vec()));
        }
        let (hode, rest) = Hode::les(hodebyte)?;
        let mut rader = Vec::new();
        // Each row once, from where it is whole.
        let mut ta = |rad: Radvisning<'_>| {
            if rad.mangler == 0 {
                rader.push(rad.til_rad()?);
            }
            Ok(())
        };
        ramme::les_rader(rest, &mut ta)?;
        let noekkel = noekkel(hode.noekkelgenerasjon)?;
        for r in Ramme::ALLE.into_iter().skip(1) {
            let byte = hent(r)?;
            if byte.is_some() != hode.rammer.har(r) {
                return Err(Feil::Skadet("post"));
            }
            let Some(byte) = byte else { continue };
            let aapnet = ramme::pakk_opp(r, person, byte, noekkel.as_ref())?;
            ramme::les_rader(&aapnet, &mut ta)?;
            if let Some(behold) = &mut behold {
                behold.push((r, aapnet));
            }
        }
        let mut post = Personpost { hode, rader };
        post.sorter();
        Ok(Some(post))
    }

    /// Reads what of a record lies open, and nothing that is sealed: all that is left when its key is gone.
    pub fn les_aapent<'a>(
        person: u32,
        mut hent: impl FnMut(Ramme) -> Result<Option<&'a [u8]>, Feil>,
    ) -> Result<Option<Self>, Feil> {
        let aapne = |r: Ramme| if r.forsegles() { Ok(None) } else { hent(r) };
        let mut aapne = aapne;
        let Some(byte) = aapne(Ramme::Hode)? else {
            return Ok(None);
        };
        let (hode, rest) = Hode::les(ramme::aapne_hode(person, byte)?)?;
        let mut rader = Vec::new();
        ramme::les_rader(rest, |rad| {
            rader.push(rad.til_rad()?);
            Ok(())
        })?;
        for r in Ramme::ALLE.into_iter().skip(1).filter(|r| !r.forsegles()) {
            if let Some(byte) = aapne(r)? {
                let aapnet = ramme::pakk_opp(r, person, byte, None)?;
                ramme::les_rader(&aapnet, |rad| {
                    rader.push(rad.til_rad()?);
                    Ok(())
                })?;
            }
        }
        let mut post = Personpost { hode, rader };
        post.sorter();
        Ok(Some(post))
    }

    /// Writes the record: an entry for each frame that it has, and `None` for each that it had and has no more.
    pub fn skriv(&mut self, person: u32, noekkel: Option<&Noekkel>) -> Result<Vec<Skrevet>, Feil> {
        self.skriv_endret(person, noekkel, &[])
    }

    /// As [`Personpost::skriv`], without the frames that hold what they held when they were read, under the same key: packing
    /// them again would give the bytes that lie there.
    pub fn skriv_endret(
        &mut self,
        person: u32,
        noekkel: Option<&Noekkel>,
        lest: &[Utpakket],
    ) -> Result<Vec<Skrevet>, Feil> {
        let er_som_lest = |r: Ramme, byte: &[u8]| lest.iter().any(|(l, b)| *l == r && b == byte);
        self.sorter();
        self.hode.kontakter = self.kontakter();
        let vern = self.hode.vern;
        let mut deler = Ramme::ALLE.map(|_| Vec::new());
        for rad in &self.rader {
            ramme::utgaver(rad, vern, |r, utgave| {
                if let Some(del) = deler.get_mut(r as usize) {
                    // A row that is cut is a row of its own; one that is whole is borrowed.
                    del.push(utgave);
                }
            });
        }
        let foer = std::mem::take(&mut self.hode.rammer);
        // The head first, as they lie in the store; what is in it is known last.
        let mut ut = vec![(Ramme::Hode, None)];
        for (r, rader) in Ramme::ALLE.into_iter().zip(&deler).skip(1) {
            if rader.is_empty() {
                if foer.har(r) {
                    ut.push((r, None));
                }
                continue;
            }
            self.hode.rammer.legg_til(r);
            let mut byte = Vec::with_capacity(1024);
            ramme::skriv_rader(&mut byte, rader);
            if !er_som_lest(r, &byte) {
                ut.push((r, Some(pakk(r, person, byte, noekkel)?)));
            }
        }
        let mut byte = Vec::with_capacity(1024);
        self.hode.skriv(&mut byte);
        ramme::skriv_rader(&mut byte, deler.first().map(Vec::as_slice).unwrap_or_default());
        if er_som_lest(Ramme::Hode, &byte) {
            ut.remove(0);
            return Ok(ut);
        }
        let hode = pakk(Ramme::Hode, person, byte, noekkel)?;
        if let Some(foerste) = ut.first_mut() {
            foerste.1 = Some(hode);
        }
        Ok(ut)
    }
}

fn pakk(r: Ramme, person: u32, byte: Vec<u8>, noekkel: Option<&Noekkel>) -> Result<Vec<u8>, Feil> {
    if byte.len() > crate::ordbok::RAMME_BYTE_MAKS {
        return Err(crate::Regelbrudd::ForStor.into());
    }
    ramme::pakk(r, person, byte, noekkel)
}
