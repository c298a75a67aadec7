//! Checking a whole log, against itself and against heads that were kept elsewhere.
//!
//! Segments are read and hashed by one thread a core, each on its own (`les_segment`); what they come to is put together
//! in order, so that the findings and their order do not depend on how many threads there are.

use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use jiff::Timestamp;

use crate::hode::{SignertHode, Verifikasjonsnoekkel};
use crate::segment::{self, Leser, LestPost};
use crate::skriver::{hodefil, les_hoder};
use crate::tre::{Avtrykk, Tre};
use crate::{Feil, roetter};

/// What a check of the log came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rapport {
    /// Records that the log has had.
    pub poster: u64,
    /// Records that are still here and were read.
    pub lest: u64,
    /// Heads that were held against the records.
    pub hoder: u64,
    /// What is wrong. Names places, never what a record says.
    pub funn: Vec<String>,
}

/// What heads that were kept elsewhere are called in findings.
const UTENFRA: &str = "hode utenfra";

/// Findings that are listed, at most.
const FUNN_MAKS: usize = 1_000;

/// Checks everything: every record's place in the chain and in the tree, every root, every head of the folder, and `utenfor`:
/// heads that were kept elsewhere. `til`: how many records to look at, for a log that is written to meanwhile
/// ([`crate::Helse::poster`]); `None` for all there are.
///
/// # Errors
/// [`Feil::Fil`] if the files refuse to be read; what is damaged is a finding.
pub fn verifiser(
    mappe: &Path,
    noekkel: &Verifikasjonsnoekkel,
    utenfor: &[String],
    til: Option<u64>,
    framdrift: &mut dyn FnMut(u64),
) -> Result<Rapport, Feil> {
    let mut kontroll = Kontroll {
        til: til.unwrap_or(u64::MAX),
        ..Kontroll::default()
    };
    let segmenter = segment::alle(mappe)?;
    let roetter = roetter::les(mappe)?;
    kontroll.les_hoder(noekkel, "hoder.jsonl", &les_hoder(&hodefil(mappe))?);
    kontroll.les_hoder(noekkel, UTENFRA, utenfor);
    kontroll.hoder.sort_by_key(|(_, h)| h.hode.antall);
    let foerste = segmenter.first().copied().unwrap_or(0);
    kontroll.borte(mappe, foerste, &roetter)?;
    // What comes after a hole belongs nowhere.
    let rekke: Vec<u64> = (foerste..)
        .zip(&segmenter)
        .map_while(|(ventet, segment)| (ventet == *segment).then_some(ventet))
        .collect();
    let neste = foerste.saturating_add(rekke.len() as u64);
    let mangler = (rekke.len() < segmenter.len()).then_some(neste);
    let siste = segmenter.last().copied();
    if kontroll.segmentene(mappe, &rekke, siste, &roetter, framdrift)?
        && let Some(mangler) = mangler
    {
        kontroll.noter(format!("segment {mangler} mangler"));
    }
    Ok(kontroll.ferdig())
}

/// Where a segment was at a head: the tree over its own records up to there, and the chain.
struct Bilde {
    antall: u64,
    alene: Tre,
    kjede: Avtrykk,
}

/// What the records of a segment come to.
struct Lest {
    foerste: u64,
    nivaa: u32,
    kjede_foer: Avtrykk,
    kjede: Avtrykk,
    alene: Tre,
    bilder: Vec<Bilde>,
    brudd: bool,
}

/// Reads a segment as if nothing came before it. `hoder`: sizes of heads, rising.
fn les_segment(mappe: &Path, segment: u64, til: u64, hoder: &[u64]) -> Result<Lest, Feil> {
    let mut leser = Leser::aapne(mappe, segment)?;
    let (foerste, kjede_foer) = (leser.neste_nr(), leser.kjede());
    let (mut alene, mut bilder) = (Tre::default(), Vec::new());
    let mut hoder = hoder.iter().skip(hoder.partition_point(|h| *h <= foerste)).peekable();
    while leser.neste_nr() < til {
        let Some(blad) = leser.neste_blad()? else { break };
        alene.legg_til(blad);
        if hoder.next_if_eq(&&leser.neste_nr()).is_some() {
            bilder.push(Bilde {
                antall: leser.neste_nr(),
                alene: alene.clone(),
                kjede: leser.kjede(),
            });
        }
    }
    Ok(Lest {
        foerste,
        nivaa: leser.nivaa(),
        kjede_foer,
        kjede: leser.kjede(),
        alene,
        bilder,
        brudd: leser.har_brudd(),
    })
}

#[derive(Default)]
struct Kontroll {
    tre: Tre,
    // `None` after a part that is gone: where the chain then was, nobody can say.
    kjede: Option<[u8; 32]>,
    hoder: Vec<(&'static str, SignertHode)>,
    til: u64,
    rapport: Rapport,
}

impl Kontroll {
    fn noter(&mut self, funn: String) {
        if self.rapport.funn.len() < FUNN_MAKS {
            self.rapport.funn.push(funn);
        }
    }

    fn les_hoder(&mut self, noekkel: &Verifikasjonsnoekkel, hvor: &'static str, noter: &[String]) {
        let mut forrige: Option<(u64, Timestamp)> = None;
        for (nr, note) in noter.iter().enumerate() {
            let Ok(hode) = noekkel.verifiser(note) else {
                self.noter(format!("{hvor}: hode {nr} er ikke signert med loggens nøkkel"));
                continue;
            };
            let naa = (hode.hode.antall, hode.hode.tid);
            if forrige.is_some_and(|f| f.0 > naa.0 || f.1 > naa.1) {
                self.noter(format!("{hvor}: hode {nr} er eldre enn det før"));
            }
            forrige = Some(naa);
            // A head of the folder may have been signed since the check began. One from elsewhere was there before it: if it
            // has more than there is, something is gone.
            if hode.hode.antall <= self.til || hvor == UTENFRA {
                self.hoder.push((hvor, hode));
            }
        }
    }

    // What retention took is in the tree by the roots it left.
    fn borte(&mut self, mappe: &Path, foerste: u64, roetter: &[[u8; 32]]) -> Result<(), Feil> {
        if foerste == 0 {
            self.kjede = Some([0; 32]);
            return Ok(());
        }
        let nivaa = Leser::aapne(mappe, foerste).map(|l| l.nivaa());
        let Ok(nivaa) = nivaa else {
            return Ok(());
        };
        for segment in 0..foerste {
            let rot = usize::try_from(segment).ok().and_then(|s| roetter.get(s));
            match rot {
                Some(rot) => self.tre.legg_til_helt(nivaa, *rot),
                None => {
                    self.noter(format!("segment {segment} er borte, og roten med det"));
                    return Ok(());
                }
            }
            let tre = self.tre.clone();
            self.hold_mot_hoder(tre.antall(), &tre, None);
        }
        Ok(())
    }

    // Whether all of them could be gone through.
    fn segmentene(
        &mut self,
        mappe: &Path,
        rekke: &[u64],
        siste: Option<u64>,
        roetter: &[Avtrykk],
        framdrift: &mut dyn FnMut(u64),
    ) -> Result<bool, Feil> {
        let mut hoder: Vec<u64> = self.hoder.iter().map(|(_, h)| h.hode.antall).collect();
        hoder.dedup();
        let (til, hoder) = (self.til, hoder.as_slice());
        let kjerner = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let traader = kjerner.min(rekke.len()).max(1);
        std::thread::scope(|traad| {
            // A thread is at most one segment ahead of what has been put together.
            let mut koeer: Vec<Receiver<Result<Lest, Feil>>> = Vec::with_capacity(traader);
            for nr in 0..traader {
                let (send, motta) = sync_channel(1);
                let les = move || {
                    for segment in rekke.iter().skip(nr).step_by(traader) {
                        if send.send(les_segment(mappe, *segment, til, hoder)).is_err() {
                            return;
                        }
                    }
                };
                std::thread::Builder::new()
                    .name("revisjonskontroll".to_owned())
                    .spawn_scoped(traad, les)
                    .map_err(Feil::fil(mappe))?;
                koeer.push(motta);
            }
            for (segment, koe) in rekke.iter().zip(koeer.iter().cycle()) {
                let lest = koe
                    .recv()
                    .unwrap_or_else(|_| Err(Feil::Skadet(format!("segment {segment} ble ikke lest"))));
                if !self.segment(*segment, lest, siste == Some(*segment), roetter, framdrift)? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    // Whether the check can go on to the next.
    fn segment(
        &mut self,
        segment: u64,
        lest: Result<Lest, Feil>,
        er_siste: bool,
        roetter: &[Avtrykk],
        framdrift: &mut dyn FnMut(u64),
    ) -> Result<bool, Feil> {
        let lest = match lest {
            Ok(lest) => lest,
            Err(Feil::Skadet(hva)) => {
                self.noter(hva);
                return Ok(false);
            }
            Err(feil) => return Err(feil),
        };
        if lest.foerste != self.tre.antall() {
            self.noter(format!("segment {segment} begynner ikke der det før slutter"));
            return Ok(false);
        }
        if self.kjede.is_some_and(|k| k != lest.kjede_foer) {
            self.noter(format!("segment {segment} henger ikke i kjeden"));
        }
        for bilde in &lest.bilder {
            let mut tre = self.tre.clone();
            tre.legg_til_tre(&bilde.alene);
            self.hold_mot_hoder(bilde.antall, &tre, Some(bilde.kjede));
        }
        self.tre.legg_til_tre(&lest.alene);
        if lest.alene.antall() > 0 {
            self.kjede = Some(lest.kjede);
            self.forbi_hoder();
        }
        let (foer, naa) = (self.rapport.lest, self.rapport.lest + lest.alene.antall());
        self.rapport.lest = naa;
        for hundretusen in foer / 100_000..naa / 100_000 {
            framdrift((hundretusen + 1) * 100_000);
        }
        // What comes after was not there when the check began.
        if self.tre.antall() >= self.til {
            return Ok(false);
        }
        if lest.brudd {
            self.noter(format!("post {} kan ikke leses", self.tre.antall()));
            return Ok(false);
        }
        let hel = lest.alene.antall() == 1 << lest.nivaa;
        if !hel && !er_siste {
            self.noter(format!("segment {segment} er avkortet"));
            return Ok(false);
        }
        if hel
            && let Some(rot) = usize::try_from(segment).ok().and_then(|s| roetter.get(s))
            && *rot != lest.alene.rot()
        {
            self.noter(format!("segment {segment} gir ikke roten sin"));
        }
        Ok(true)
    }

    fn hode_her(&self, passer: impl Fn(u64) -> bool) -> Option<&(&'static str, SignertHode)> {
        let her = usize::try_from(self.rapport.hoder).unwrap_or(usize::MAX);
        self.hoder.get(her).filter(|h| passer(h.1.hode.antall))
    }

    // In order of size, and each is met once.
    fn hold_mot_hoder(&mut self, antall: u64, tre: &Tre, kjede: Option<Avtrykk>) {
        while self.hode_her(|h| h < antall).is_some() {
            // Inside a part that is gone: it can be held against nothing.
            self.rapport.hoder += 1;
        }
        while let Some((hvor, hode)) = self.hode_her(|h| h == antall) {
            let rett = hode.hode.rot == tre.rot() && kjede.is_none_or(|k| k == hode.hode.kjede);
            let funn = format!("{hvor}: postene er ikke de som hodet over {antall} ble signert over");
            self.rapport.hoder += 1;
            if !rett {
                self.noter(funn);
            }
        }
    }

    // Those below what has been read now.
    fn forbi_hoder(&mut self) {
        let antall = self.tre.antall();
        while self.hode_her(|h| h < antall).is_some() {
            self.rapport.hoder += 1;
        }
    }

    fn ferdig(mut self) -> Rapport {
        let antall = self.tre.antall();
        self.rapport.poster = antall;
        let over: Vec<String> = self
            .hoder
            .iter()
            .filter(|(_, h)| h.hode.antall > antall)
            .map(|(hvor, h)| format!("{hvor}: {} poster er signert, og bare {antall} er her", h.hode.antall))
            .collect();
        over.into_iter().for_each(|funn| self.noter(funn));
        self.rapport
    }
}

/// Goes through every record that is here, in order, from `fra`. `se` says whether to go on.
///
/// # Errors
/// [`Feil::Skadet`] where a record cannot be read.
pub fn gjennomgaa(mappe: &Path, fra: u64, se: &mut dyn FnMut(LestPost) -> bool) -> Result<(), Feil> {
    for segment in segment::alle(mappe)? {
        let mut leser = Leser::aapne(mappe, segment)?;
        if leser.neste_nr() + (1 << leser.nivaa()) <= fra {
            continue;
        }
        while let Some(post) = leser.neste()? {
            if post.nr >= fra && !se(post) {
                return Ok(());
            }
        }
    }
    Ok(())
}
