//! What the copy keeps beside the register's records: rows of its own, sealed, in the commit that changes the records.
//!
//! ```text
//!  p                        how far the source is read ([`crate::Stilling`]), as JSON
//!  n omfang                 number of events in a view's feed, u64
//!  f omfang blokk u32       64 events: person u32, type u8, number u40, little-endian
//!  s person u32             for each view the number of the event that the person's document is of, u40
//!  v nummer u64             a number that the source told of and could not be read: how often it was tried u16, next time i64
//! ```
//! Contact data and places have rows of their own: `k`, `x`, `y` (`kontakt`), `q`, `w` (`kontaktstilling`).
//! Common help numbers have `h`, `g`, `j`, `a` (`hjelpenummer`, `hjelpenummeravstemming`).
//! Reserved test persons have `r` and `e` (`testpersoner`).
//! A feed is dense: an event's number is its place. Source: ruling 14.

use informasjonsmodell::Entitet;
use register::{Behandling, Lesing, Personnummer};
use tilgang::Entitetsmengde;

use crate::hendelse::Kopihendelse;
use crate::{Feil, Omfang};

/// Events in a full block.
const BLOKK: u64 = 64;
const RAD: usize = 10;
/// Bytes of a number of a feed or of a person's number: 40 bits.
const TALL40: usize = 5;

const SKADET: Feil = Feil::Skadet("kopiens egne rader");

/// One event of a view's feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hendelse {
    /// Its number in the feed of the view, from 1.
    pub sekvensnummer: u64,
    /// Whom it is about.
    pub person: Personnummer,
    /// What happened.
    pub hendelse: Kopihendelse,
    /// The number that it was issued on.
    pub nummer: u64,
}

/// Where rows are read.
pub(crate) trait Rader {
    fn rad(&self, noekkel: &[u8]) -> Result<Option<Vec<u8>>, Feil>;
    fn rader_fra(&self, prefiks: &[u8], fra: &[u8], maks: usize) -> Result<Vec<register::Saksrad>, Feil>;
    fn rader(&self, prefiks: &[u8], maks: usize) -> Result<Vec<register::Saksrad>, Feil> {
        self.rader_fra(prefiks, prefiks, maks)
    }
}

impl Rader for Lesing<'_> {
    fn rad(&self, noekkel: &[u8]) -> Result<Option<Vec<u8>>, Feil> {
        Ok(self.sak(noekkel)?)
    }

    fn rader_fra(&self, prefiks: &[u8], fra: &[u8], maks: usize) -> Result<Vec<register::Saksrad>, Feil> {
        Ok(self.saker(prefiks, fra, maks)?)
    }
}

impl Rader for Behandling<'_> {
    fn rad(&self, noekkel: &[u8]) -> Result<Option<Vec<u8>>, Feil> {
        Ok(self.sak(noekkel)?)
    }

    fn rader_fra(&self, prefiks: &[u8], fra: &[u8], maks: usize) -> Result<Vec<register::Saksrad>, Feil> {
        Ok(self.saker(prefiks, fra, maks)?)
    }
}

pub(crate) const STILLING: &[u8] = b"p";

fn antallsnoekkel(omfang: Omfang) -> [u8; 2] {
    [b'n', omfang as u8]
}

fn blokknoekkel(omfang: Omfang, blokk: u32) -> [u8; 6] {
    let [a, b, c, d] = blokk.to_be_bytes();
    [b'f', omfang as u8, a, b, c, d]
}

fn personnoekkel(person: Personnummer) -> [u8; 5] {
    let [a, b, c, d] = person.nummer().to_be_bytes();
    [b's', a, b, c, d]
}

fn tall40(byte: &[u8]) -> Result<u64, Feil> {
    let deler: [u8; TALL40] = byte.try_into().map_err(|_| SKADET)?;
    let [a, b, c, d, e] = deler;
    Ok(u64::from_le_bytes([a, b, c, d, e, 0, 0, 0]))
}

fn skriv_tall40(ut: &mut Vec<u8>, tall: u64) {
    ut.extend_from_slice(tall.to_le_bytes().get(..TALL40).unwrap_or_default());
}

/// Number of events in a view's feed: that of the last one.
pub(crate) fn siste(rader: &impl Rader, omfang: Omfang) -> Result<u64, Feil> {
    match rader.rad(&antallsnoekkel(omfang))? {
        None => Ok(0),
        Some(byte) => Ok(u64::from_le_bytes(byte.try_into().map_err(|_| SKADET)?)),
    }
}

/// Events of a view from a number on, that one included, at most `maks`.
pub(crate) fn les(rader: &impl Rader, omfang: Omfang, fra: u64, maks: usize) -> Result<Vec<Hendelse>, Feil> {
    let siste = siste(rader, omfang)?;
    let fra = fra.max(1);
    let mut ut = Vec::new();
    let mut neste = fra;
    while neste <= siste && ut.len() < maks {
        let blokk = (neste - 1) / BLOKK;
        let byte = hent_blokk(rader, omfang, blokk)?.ok_or(SKADET)?;
        let foerste = blokk * BLOKK + 1;
        let plass = usize::try_from(neste - foerste).map_err(|_| SKADET)?;
        let foer = ut.len();
        for (nr, rad) in byte.chunks(RAD).enumerate().skip(plass) {
            if ut.len() >= maks {
                break;
            }
            ut.push(les_rad(foerste + nr as u64, rad)?);
        }
        let lest = (ut.len() - foer) as u64;
        if lest == 0 {
            return Err(SKADET);
        }
        neste += lest;
    }
    Ok(ut)
}

fn hent_blokk(rader: &impl Rader, omfang: Omfang, blokk: u64) -> Result<Option<Vec<u8>>, Feil> {
    rader.rad(&blokknoekkel(omfang, u32::try_from(blokk).map_err(|_| SKADET)?))
}

fn les_rad(sekvensnummer: u64, rad: &[u8]) -> Result<Hendelse, Feil> {
    let (person, rest) = rad.split_first_chunk::<4>().ok_or(SKADET)?;
    let (slag, nummer) = rest.split_first().ok_or(SKADET)?;
    Ok(Hendelse {
        sekvensnummer,
        person: Personnummer::fra_indeks(u32::from_le_bytes(*person)),
        hendelse: Kopihendelse::fra_tall(*slag).ok_or(SKADET)?,
        nummer: tall40(nummer)?,
    })
}

/// The number of the event, in each view, that a person's document is of; 0 where a view was never told of the person.
pub(crate) fn person_sist(rader: &impl Rader, person: Personnummer) -> Result<[u64; Omfang::ALLE.len()], Feil> {
    let mut ut = [0; Omfang::ALLE.len()];
    if let Some(byte) = rader.rad(&personnoekkel(person))? {
        if byte.len() != TALL40 * ut.len() {
            return Err(SKADET);
        }
        for (plass, del) in ut.iter_mut().zip(byte.chunks(TALL40)) {
            *plass = tall40(del)?;
        }
    }
    Ok(ut)
}

fn uten_egen_noekkel(person: Personnummer) -> [u8; 5] {
    let [a, b, c, d] = person.nummer().to_be_bytes();
    [b'u', a, b, c, d]
}

/// What each view was told of by the types of its entities alone, and whose own event may come yet.
pub(crate) fn uten_egen(
    rader: &impl Rader,
    person: Personnummer,
) -> Result<[Entitetsmengde; Omfang::ALLE.len()], Feil> {
    let mut ut = [Entitetsmengde::default(); Omfang::ALLE.len()];
    let Some(byte) = rader.rad(&uten_egen_noekkel(person))? else {
        return Ok(ut);
    };
    let mut rest = byte.as_slice();
    for plass in &mut ut {
        let (antall, etter) = rest.split_first().ok_or(SKADET)?;
        let (tall, etter) = etter.split_at_checked(usize::from(*antall)).ok_or(SKADET)?;
        let entitet = |tall: &u8| Entitet::ALLE.iter().copied().find(|e| *e as u8 == *tall).ok_or(SKADET);
        *plass = tall.iter().map(entitet).collect::<Result<Entitetsmengde, Feil>>()?;
        rest = etter;
    }
    Ok(ut)
}

/// Sets [`uten_egen`]; nothing of any view takes the row away.
pub(crate) fn sett_uten_egen(
    b: &mut Behandling<'_>,
    person: Personnummer,
    venter: &[Entitetsmengde; Omfang::ALLE.len()],
) -> Result<(), Feil> {
    let noekkel = uten_egen_noekkel(person);
    if venter.iter().all(|mengde| mengde.er_tom()) {
        return Ok(b.sett_sak(&noekkel, None)?);
    }
    let mut byte = Vec::new();
    for mengde in venter {
        let foran = byte.len();
        byte.push(0);
        byte.extend(mengde.entiteter().map(|e| e as u8));
        let antall = u8::try_from(byte.len() - foran - 1).map_err(|_| SKADET)?;
        if let Some(plass) = byte.get_mut(foran) {
            *plass = antall;
        }
    }
    Ok(b.sett_sak(&noekkel, Some(&byte))?)
}

/// Feeds that are being written: the last block of each, until it is put back.
#[derive(Default)]
pub(crate) struct Feedskriver {
    aapne: Vec<(Omfang, u64, Vec<u8>)>,
}

impl Feedskriver {
    /// Adds one event to a view's feed; gives its number.
    pub fn legg_til(
        &mut self,
        b: &mut Behandling<'_>,
        omfang: Omfang,
        person: Personnummer,
        hendelse: Kopihendelse,
        nummer: u64,
    ) -> Result<u64, Feil> {
        let plass = match self.aapne.iter().position(|(o, ..)| *o == omfang) {
            Some(plass) => plass,
            None => {
                let siste = siste(b, omfang)?;
                let byte = match siste % BLOKK {
                    0 => Vec::new(),
                    _ => hent_blokk(b, omfang, siste / BLOKK)?.ok_or(SKADET)?,
                };
                self.aapne.push((omfang, siste, byte));
                self.aapne.len() - 1
            }
        };
        let (_, siste, byte) = self.aapne.get_mut(plass).ok_or(SKADET)?;
        byte.extend_from_slice(&person.nummer().to_le_bytes());
        byte.push(hendelse.tall());
        skriv_tall40(byte, nummer);
        *siste += 1;
        let gitt = *siste;
        if gitt.is_multiple_of(BLOKK) {
            let full = std::mem::take(byte);
            sett_blokk(b, omfang, gitt / BLOKK - 1, &full)?;
        }
        Ok(gitt)
    }

    /// Puts everything back.
    pub fn lukk(self, b: &mut Behandling<'_>) -> Result<(), Feil> {
        for (omfang, siste, byte) in self.aapne {
            if !byte.is_empty() {
                sett_blokk(b, omfang, siste / BLOKK, &byte)?;
            }
            b.sett_sak(&antallsnoekkel(omfang), Some(&siste.to_le_bytes()))?;
        }
        Ok(())
    }
}

fn sett_blokk(b: &mut Behandling<'_>, omfang: Omfang, blokk: u64, byte: &[u8]) -> Result<(), Feil> {
    let blokk = u32::try_from(blokk).map_err(|_| SKADET)?;
    Ok(b.sett_sak(&blokknoekkel(omfang, blokk), Some(byte))?)
}

/// Says which event a person's document is of, in each view.
pub(crate) fn sett_person_sist(
    b: &mut Behandling<'_>,
    person: Personnummer,
    sist: [u64; Omfang::ALLE.len()],
) -> Result<(), Feil> {
    let mut byte = Vec::with_capacity(TALL40 * sist.len());
    sist.iter().for_each(|tall| skriv_tall40(&mut byte, *tall));
    Ok(b.sett_sak(&personnoekkel(person), Some(&byte))?)
}

/// A number that could not be read from the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Venter {
    pub nummer: u64,
    /// How often it was tried.
    pub forsoek: u16,
    /// When it is tried again, seconds since 1970.
    pub neste_sekunder: i64,
}

fn ventenoekkel(nummer: u64) -> [u8; 9] {
    let mut ut = [b'v'; 9];
    let [_, etter @ ..] = &mut ut;
    *etter = nummer.to_be_bytes();
    ut
}

/// Those that wait, by their numbers from one on, that one included, at most `maks`.
pub(crate) fn ventende(rader: &impl Rader, fra: u64, maks: usize) -> Result<Vec<Venter>, Feil> {
    let les = |(noekkel, verdi): register::Saksrad| {
        let nummer = noekkel.get(1..).and_then(|n| n.try_into().ok()).ok_or(SKADET)?;
        let (forsoek, neste) = verdi.split_first_chunk::<2>().ok_or(SKADET)?;
        Ok(Venter {
            nummer: u64::from_be_bytes(nummer),
            forsoek: u16::from_le_bytes(*forsoek),
            neste_sekunder: i64::from_le_bytes(neste.try_into().map_err(|_| SKADET)?),
        })
    };
    rader
        .rader_fra(b"v", &ventenoekkel(fra), maks)?
        .into_iter()
        .map(les)
        .collect()
}

/// How often a number was tried; 0 of one that does not wait.
pub(crate) fn forsoek(rader: &impl Rader, nummer: u64) -> Result<u16, Feil> {
    let byte = rader.rad(&ventenoekkel(nummer))?;
    Ok(byte
        .as_deref()
        .and_then(|byte| byte.first_chunk::<2>())
        .map_or(0, |f| u16::from_le_bytes(*f)))
}

pub(crate) fn sett_venter(b: &mut Behandling<'_>, venter: Venter) -> Result<(), Feil> {
    let mut verdi = venter.forsoek.to_le_bytes().to_vec();
    verdi.extend_from_slice(&venter.neste_sekunder.to_le_bytes());
    Ok(b.sett_sak(&ventenoekkel(venter.nummer), Some(&verdi))?)
}

pub(crate) fn venter_ikke(b: &mut Behandling<'_>, nummer: u64) -> Result<(), Feil> {
    let noekkel = ventenoekkel(nummer);
    if b.sak(&noekkel)?.is_some() {
        b.sett_sak(&noekkel, None)?;
    }
    Ok(())
}
