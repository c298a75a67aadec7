//! Checking a whole log, against itself and against heads that were kept elsewhere.

use std::path::Path;

use jiff::Timestamp;

use crate::hode::{SignertHode, Verifikasjonsnoekkel};
use crate::segment::{self, Leser, LestPost};
use crate::skriver::{hodefil, les_hoder};
use crate::tre::Tre;
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
    for (ventet, segment) in (foerste..).zip(&segmenter) {
        if ventet != *segment {
            kontroll.noter(format!("segment {ventet} mangler"));
            break;
        }
        let er_siste = segmenter.last() == Some(segment);
        if !kontroll.segment(mappe, *segment, er_siste, &roetter, framdrift)? {
            break;
        }
    }
    Ok(kontroll.ferdig())
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
            self.hold_mot_hoder(None);
        }
        Ok(())
    }

    // Whether the check can go on to the next.
    fn segment(
        &mut self,
        mappe: &Path,
        segment: u64,
        er_siste: bool,
        roetter: &[[u8; 32]],
        framdrift: &mut dyn FnMut(u64),
    ) -> Result<bool, Feil> {
        let mut leser = match Leser::aapne(mappe, segment) {
            Ok(leser) => leser,
            Err(Feil::Skadet(hva)) => {
                self.noter(hva);
                return Ok(false);
            }
            Err(feil) => return Err(feil),
        };
        if leser.neste_nr() != self.tre.antall() {
            self.noter(format!("segment {segment} begynner ikke der det før slutter"));
            return Ok(false);
        }
        if self.kjede.is_some_and(|k| k != leser.kjede()) {
            self.noter(format!("segment {segment} henger ikke i kjeden"));
        }
        let mut alene = Tre::default();
        while self.tre.antall() < self.til {
            let Some(post) = leser.neste()? else { break };
            self.tre.legg_til(post.blad);
            alene.legg_til(post.blad);
            self.rapport.lest += 1;
            self.kjede = Some(leser.kjede());
            self.hold_mot_hoder(Some(leser.kjede()));
            if self.rapport.lest.is_multiple_of(100_000) {
                framdrift(self.rapport.lest);
            }
        }
        // What comes after was not there when the check began.
        if self.tre.antall() >= self.til {
            return Ok(false);
        }
        if leser.har_brudd() {
            self.noter(format!("post {} kan ikke leses", leser.neste_nr()));
            return Ok(false);
        }
        let hel = alene.antall() == 1 << leser.nivaa();
        if !hel && !er_siste {
            self.noter(format!("segment {segment} er avkortet"));
            return Ok(false);
        }
        if hel
            && let Some(rot) = usize::try_from(segment).ok().and_then(|s| roetter.get(s))
            && *rot != alene.rot()
        {
            self.noter(format!("segment {segment} gir ikke roten sin"));
        }
        Ok(true)
    }

    fn hold_mot_hoder(&mut self, kjede: Option<[u8; 32]>) {
        let antall = self.tre.antall();
        // In order of size, and each is met once.
        while self
            .hoder
            .get(usize::try_from(self.rapport.hoder).unwrap_or(usize::MAX))
            .is_some_and(|h| h.1.hode.antall < antall)
        {
            // Inside a part that is gone: it can be held against nothing.
            self.rapport.hoder += 1;
        }
        while let Some((hvor, hode)) = self
            .hoder
            .get(usize::try_from(self.rapport.hoder).unwrap_or(usize::MAX))
            .filter(|h| h.1.hode.antall == antall)
        {
            let rett = hode.hode.rot == self.tre.rot() && kjede.is_none_or(|k| k == hode.hode.kjede);
            let funn = format!("{hvor}: postene er ikke de som hodet over {antall} ble signert over");
            self.rapport.hoder += 1;
            if !rett {
                self.noter(funn);
            }
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
