//! Feeds: one dense sequence for each projection, kept in chunks.
//!
//! A chunk holds up to [`BLOKK_RADER`] rows. The package sequence is the row's place, so it cannot have a gap. A row says
//! all that an item does: a page is read from its own chunks alone, and what happened in between that the projection heard
//! nothing of takes no time of it.
//!
//! ```text
//!  key   projeksjon u8, blokk u32
//!  value for each row: global - forrige (either sign: what is never held goes by what waits), person, type and which documents there are, nummer, ajourhold, mottatt - ajourhold;
//!        then the sum of it all
//! ```

use std::collections::{BTreeMap, BTreeSet};

use informasjonsmodell::{Hendelsestype, Tidspunkt};
use lager::{Les, Skriv, Tabell};
use tilgang::Projeksjon;

use crate::koding::{Leser, les_tid, skriv_heltall, skriv_tall, skriv_tid};
use crate::{Feil, Sekvens, sjekksum};

/// Rows in a full chunk: several lie on a page of LMDB, and an event writes one of them anew for each feed.
const BLOKK_RADER: u64 = 32;

// Beside the type, which is below 64.
const HENDELSESDOKUMENT: u8 = 64;
const PERSONDOKUMENT: u8 = 128;
const TYPE: u8 = 63;

const SKADET: Feil = Feil::Skadet("feed");

/// One row of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Feedrad {
    pub global: Sekvens,
    pub person: u32,
    pub hendelsestype: Hendelsestype,
    /// The number the event was issued on.
    pub nummer: u64,
    /// Whether there is an event document.
    pub hendelsesdokument: bool,
    /// Whether there is a document of the person after it.
    pub persondokument: bool,
    /// When the register says it happened.
    pub ajourholdstidspunkt: Tidspunkt,
    /// When it was committed, seconds since 1970.
    pub bekreftet_sekunder: i64,
}

fn noekkel(projeksjon: Projeksjon, blokk: u32) -> [u8; 5] {
    let [a, b, c, d] = blokk.to_be_bytes();
    [projeksjon as u8, a, b, c, d]
}

pub(crate) fn les_blokk(byte: &[u8], mut se: impl FnMut(Feedrad)) -> Result<u64, Feil> {
    let mut leser = Leser::new(byte);
    let mut antall = 0;
    let mut forrige = 0u64;
    let mut forrige_tid = None;
    while !leser.er_tom() {
        forrige = forrige.checked_add_signed(leser.heltall()?).ok_or(SKADET)?;
        let person = leser.tall32()?;
        let slag = leser.byte()?;
        let hendelsestype = Hendelsestype::fra_tall(slag & TYPE).ok_or(SKADET)?;
        let nummer = leser.tall()?;
        let ajourholdstidspunkt = les_tid(&mut leser, &mut forrige_tid)?;
        let bekreftet_sekunder = leser.heltall()?.wrapping_add(ajourholdstidspunkt.sekunder());
        se(Feedrad {
            global: Sekvens(forrige),
            person,
            hendelsestype,
            nummer,
            hendelsesdokument: slag & HENDELSESDOKUMENT != 0,
            persondokument: slag & PERSONDOKUMENT != 0,
            ajourholdstidspunkt,
            bekreftet_sekunder,
        });
        antall += 1;
    }
    if antall > BLOKK_RADER { Err(SKADET) } else { Ok(antall) }
}

/// The number of the last item of a feed; 0 when it is empty.
pub(crate) fn siste(tabell: Tabell, les: &Les<'_>, projeksjon: Projeksjon) -> Result<u64, Feil> {
    let Some((noekkel, lagret)) = tabell.siste_med_prefiks(les, &[projeksjon as u8])? else {
        return Ok(0);
    };
    let byte = sjekksum::ta_av(noekkel, lagret, "feed")?;
    let [_, a, b, c, d] = noekkel else { return Err(SKADET) };
    Ok(u64::from(u32::from_be_bytes([*a, *b, *c, *d])) * BLOKK_RADER + les_blokk(byte, |_| {})?)
}

/// Rows from `fra` (included), at most `antall`, with their package sequence.
pub(crate) fn les(
    tabell: Tabell,
    les: &Les<'_>,
    projeksjon: Projeksjon,
    fra: u64,
    antall: usize,
) -> Result<Vec<(u64, Feedrad)>, Feil> {
    let fra = fra.max(1);
    let mut ut = Vec::new();
    let Ok(mut blokk) = u32::try_from((fra - 1) / BLOKK_RADER) else {
        return Ok(ut);
    };
    while ut.len() < antall {
        let plass = noekkel(projeksjon, blokk);
        let Some(lagret) = tabell.hent(les, &plass)? else {
            // The end, or a hole: a later chunk has a greater key.
            match tabell.siste_med_prefiks(les, &[projeksjon as u8])? {
                Some((siste, _)) if siste > plass.as_slice() => return Err(SKADET),
                _ => break,
            }
        };
        let byte = sjekksum::ta_av(&plass, lagret, "feed")?;
        let mut nummer = u64::from(blokk) * BLOKK_RADER;
        let rader = les_blokk(byte, |rad| {
            nummer += 1;
            if nummer >= fra && ut.len() < antall {
                ut.push((nummer, rad));
            }
        })?;
        if rader < BLOKK_RADER {
            break;
        }
        blokk = blokk.checked_add(1).ok_or(SKADET)?;
    }
    Ok(ut)
}

/// Goes through a whole feed.
pub(crate) fn alle(
    tabell: Tabell,
    les: &Les<'_>,
    projeksjon: Projeksjon,
    mut se: impl FnMut(u64, Feedrad),
) -> Result<(), Feil> {
    let mut nummer = 0;
    for rad in tabell.med_prefiks(les, &[projeksjon as u8])? {
        let (plass, lagret) = rad?;
        les_blokk(sjekksum::ta_av(plass, lagret, "feed")?, |rad| {
            nummer += 1;
            se(nummer, rad);
        })?;
    }
    Ok(())
}

/// Goes through a feed from its beginning, chunk by chunk, until told to stop: `se` is given a row's place and says whether
/// it wants more.
pub(crate) fn fra_begynnelsen(
    tabell: Tabell,
    les: &Les<'_>,
    projeksjon: Projeksjon,
    mut se: impl FnMut(u64, Feedrad) -> bool,
) -> Result<(), Feil> {
    let mut nummer = 0;
    for rad in tabell.med_prefiks(les, &[projeksjon as u8])? {
        let (plass, lagret) = rad?;
        let mut videre = true;
        les_blokk(sjekksum::ta_av(plass, lagret, "feed")?, |rad| {
            nummer += 1;
            videre = videre && se(nummer, rad);
        })?;
        if !videre {
            break;
        }
    }
    Ok(())
}

/// Appends rows; chunks are kept open until [`Feedskriver::lukk`].
#[derive(Debug, Default)]
pub(crate) struct Feedskriver {
    aapne: BTreeMap<Projeksjon, Blokk>,
}

#[derive(Debug, Default)]
struct Blokk {
    nummer: u32,
    rader: u64,
    forrige: u64,
    forrige_tid: Option<Tidspunkt>,
    byte: Vec<u8>,
}

impl Feedskriver {
    /// Appends a row and gives its package sequence.
    pub fn legg_til(
        &mut self,
        tabell: Tabell,
        skriv: &mut Skriv<'_>,
        projeksjon: Projeksjon,
        rad: Feedrad,
    ) -> Result<u64, Feil> {
        let blokk = match self.aapne.entry(projeksjon) {
            std::collections::btree_map::Entry::Occupied(blokk) => blokk.into_mut(),
            std::collections::btree_map::Entry::Vacant(tom) => tom.insert(siste_blokk(tabell, skriv, projeksjon)?),
        };
        if blokk.er_full() {
            blokk.lagre(tabell, skriv, projeksjon)?;
            *blokk = blokk.neste()?;
        }
        blokk.legg_til(rad)?;
        Ok(u64::from(blokk.nummer) * BLOKK_RADER + blokk.rader)
    }

    /// Writes what is open.
    pub fn lukk(&mut self, tabell: Tabell, skriv: &mut Skriv<'_>) -> Result<(), Feil> {
        for (projeksjon, blokk) in std::mem::take(&mut self.aapne) {
            blokk.lagre(tabell, skriv, projeksjon)?;
        }
        Ok(())
    }
}

impl Blokk {
    fn er_full(&self) -> bool {
        self.rader == BLOKK_RADER
    }

    fn lagret(&self, plass: [u8; 5]) -> Vec<u8> {
        let mut verdi = self.byte.clone();
        sjekksum::legg_paa(&plass, &mut verdi);
        verdi
    }

    fn lagre(&self, tabell: Tabell, skriv: &mut Skriv<'_>, projeksjon: Projeksjon) -> Result<(), Feil> {
        let plass = noekkel(projeksjon, self.nummer);
        Ok(tabell.sett(skriv, &plass, &self.lagret(plass))?)
    }

    /// Whether the chunk lies there as it should.
    fn ligger(&self, tabell: Tabell, les: &Les<'_>, projeksjon: Projeksjon) -> Result<bool, Feil> {
        let plass = noekkel(projeksjon, self.nummer);
        Ok(tabell.hent(les, &plass)? == Some(self.lagret(plass).as_slice()))
    }

    fn neste(&self) -> Result<Self, Feil> {
        Ok(Blokk {
            nummer: self.nummer.checked_add(1).ok_or(SKADET)?,
            ..Blokk::default()
        })
    }

    fn legg_til(&mut self, rad: Feedrad) -> Result<(), Feil> {
        skriv_heltall(
            &mut self.byte,
            rad.global
                .0
                .cast_signed()
                .checked_sub(self.forrige.cast_signed())
                .ok_or(SKADET)?,
        );
        skriv_tall(&mut self.byte, u64::from(rad.person));
        let merke = |har: bool, bit: u8| if har { bit } else { 0 };
        self.byte.push(
            rad.hendelsestype as u8
                | merke(rad.hendelsesdokument, HENDELSESDOKUMENT)
                | merke(rad.persondokument, PERSONDOKUMENT),
        );
        skriv_tall(&mut self.byte, rad.nummer);
        skriv_tid(&mut self.byte, rad.ajourholdstidspunkt, &mut self.forrige_tid);
        let siden = rad.bekreftet_sekunder.wrapping_sub(rad.ajourholdstidspunkt.sekunder());
        skriv_heltall(&mut self.byte, siden);
        self.forrige = rad.global.0;
        self.rader += 1;
        Ok(())
    }
}

/// Compares the chunks that lie there with those that the journal would give. Holds one chunk of each feed.
#[derive(Debug, Default)]
pub(crate) struct Feedkontroll {
    aapne: BTreeMap<Projeksjon, Blokk>,
    avvik: BTreeSet<Projeksjon>,
}

impl Feedkontroll {
    /// Takes the next row that a feed should have.
    pub fn ta(&mut self, tabell: Tabell, les: &Les<'_>, projeksjon: Projeksjon, rad: Feedrad) -> Result<(), Feil> {
        let blokk = self.aapne.entry(projeksjon).or_default();
        if blokk.er_full() {
            if !blokk.ligger(tabell, les, projeksjon)? {
                self.avvik.insert(projeksjon);
            }
            *blokk = blokk.neste()?;
        }
        blokk.legg_til(rad)
    }

    /// The feeds that are not as they should be, and whether something lies there that belongs to no feed.
    pub fn ferdig(mut self, tabell: Tabell, les: &Les<'_>) -> Result<(BTreeSet<Projeksjon>, bool), Feil> {
        for (projeksjon, blokk) in &self.aapne {
            if !blokk.ligger(tabell, les, *projeksjon)? {
                self.avvik.insert(*projeksjon);
            }
        }
        let mut fremmed = false;
        for rad in tabell.fra(les, &[])? {
            let (nr, _) = rad?;
            let [p, a, b, c, d] = nr else {
                fremmed = true;
                continue;
            };
            match Projeksjon::ALLE.get(usize::from(*p)) {
                None => fremmed = true,
                Some(projeksjon) => {
                    let siste = self.aapne.get(projeksjon).map(|b| b.nummer);
                    if siste.is_none_or(|siste| u32::from_be_bytes([*a, *b, *c, *d]) > siste) {
                        self.avvik.insert(*projeksjon);
                    }
                }
            }
        }
        Ok((self.avvik, fremmed))
    }
}

fn siste_blokk(tabell: Tabell, les: &Les<'_>, projeksjon: Projeksjon) -> Result<Blokk, Feil> {
    let Some((noekkel, lagret)) = tabell.siste_med_prefiks(les, &[projeksjon as u8])? else {
        return Ok(Blokk::default());
    };
    let byte = sjekksum::ta_av(noekkel, lagret, "feed")?;
    let [_, a, b, c, d] = noekkel else { return Err(SKADET) };
    let (mut forrige, mut forrige_tid) = (0, None);
    let rader = les_blokk(byte, |rad| {
        forrige = rad.global.0;
        forrige_tid = Some(rad.ajourholdstidspunkt);
    })?;
    Ok(Blokk {
        nummer: u32::from_be_bytes([*a, *b, *c, *d]),
        rader,
        forrige,
        forrige_tid,
        byte: byte.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lager::Miljoe;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_a_chunk_or_refused(byte in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = les_blokk(&byte, |_| {});
        }
    }

    #[test]
    fn rows_come_back_densely_numbered_from_any_place() {
        let mappe = tempfile::tempdir().unwrap();
        let (miljoe, [tabell]) = Miljoe::aapne(mappe.path(), ["feed"]).unwrap();
        let rad = |n: u64| Feedrad {
            global: Sekvens(n * 3),
            person: n as u32 * 7,
            hendelsestype: Hendelsestype::EndringINavn,
            nummer: n * 1_000_003,
            hendelsesdokument: n.is_multiple_of(3),
            persondokument: n.is_multiple_of(5),
            ajourholdstidspunkt: Tidspunkt::new(n as i64 / 4, 0, 0, informasjonsmodell::Forskyvning::Minutter(60))
                .unwrap(),
            bekreftet_sekunder: n as i64 * 9 - 70,
        };
        assert!(Hendelsestype::ALLE.len() <= usize::from(TYPE));
        let mut neste = 1;
        for antall in [1u64, 94, 1, 1, 254, 1, 1, 700, 3] {
            let mut skriv = miljoe.skriv().unwrap();
            let mut feed = Feedskriver::default();
            for _ in 0..antall {
                assert_eq!(
                    feed.legg_til(tabell, &mut skriv, Projeksjon::Finans, rad(neste))
                        .unwrap(),
                    neste
                );
                neste += 1;
            }
            feed.lukk(tabell, &mut skriv).unwrap();
            Miljoe::bekreft(skriv).unwrap();
            assert_eq!(
                siste(tabell, &miljoe.les().unwrap(), Projeksjon::Finans).unwrap(),
                neste - 1
            );
        }
        let les_txn = miljoe.les().unwrap();
        for fra in [0, 1, 2, 255, 256, 257, 512, 513, 900, 960, 961, 5000] {
            let fikk = les(tabell, &les_txn, Projeksjon::Finans, fra, 300).unwrap();
            let ventet: Vec<_> = (fra.max(1)..neste).take(300).map(|n| (n, rad(n))).collect();
            assert_eq!(fikk, ventet, "fra {fra}");
        }
        assert_eq!(siste(tabell, &les_txn, Projeksjon::Presse).unwrap(), 0);
        assert!(les(tabell, &les_txn, Projeksjon::Presse, 1, 10).unwrap().is_empty());
        assert!(
            les(tabell, &les_txn, Projeksjon::Finans, u64::MAX, 10)
                .unwrap()
                .is_empty()
        );
    }
}
