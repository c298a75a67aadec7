//! Insight: who asked about a person, found by an index beside the log.
//!
//! ```text
//!  (keyed hash of a number, record) → nothing        a view: made again from the records when it is gone
//!  (projection, record) → from, to                   reads of a feed
//! ```
//! The index tells nobody anything without the audit key. It is brought up to date when it is asked.
//!
//! A read of a feed is one record that names no person. Who asks says where the person's events stand in each feed, and
//! gets the reads that they lie within: so a page of a thousand items costs the log one short record, and is found all the
//! same. What a producer reads of its own messages is no package's feed: its record names those whose numbers it told.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lager::{Miljoe, Tabell};
use tilgang::{Pakke, Projeksjon};

use crate::Feil;
use crate::post::{Forsegler, Personer, Post};

/// Records indexed in one commit.
const POSTER_PER_BEKREFTELSE: u64 = 50_000;
const NESTE: &[u8] = b"neste";
const FORM: &[u8] = b"form";
/// What the index holds; one of another form is made again.
const FORM_NAA: &[u8] = b"2";

/// The index by person. One process has it open at a time.
pub struct Innsyn {
    miljoe: Miljoe,
    personer: Tabell,
    feeder: Tabell,
    meta: Tabell,
    forsegler: Forsegler,
}

/// Where the events of a person stand: package sequence numbers, in rising order, by feed.
pub type Feedplasser = BTreeMap<Projeksjon, Vec<u64>>;

impl std::fmt::Debug for Innsyn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Innsyn")
    }
}

/// A record about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Treff {
    /// Its number in the log.
    pub nr: u64,
    /// The record.
    pub post: Post,
    /// The groups of [`Post::utlevert`] that the person was delivered in; empty when only asked for.
    pub grupper: Vec<usize>,
    /// How many events of the person were among the items of a feed.
    pub hendelser: usize,
}

impl Innsyn {
    /// Opens the index of a log, or makes it.
    ///
    /// # Errors
    /// [`Feil::Lager`] if the files refuse.
    pub fn aapne(mappe: &Path, forsegler: Forsegler) -> Result<Self, Feil> {
        let (miljoe, [personer, feeder, meta]) = Miljoe::aapne(&mappe.join("innsyn"), ["personer", "feeder", "meta"])?;
        let mut skriv = miljoe.skriv()?;
        if meta.hent(&skriv, FORM)? != Some(FORM_NAA) {
            for tabell in [personer, feeder, meta] {
                tabell.toem(&mut skriv)?;
            }
            meta.sett(&mut skriv, FORM, FORM_NAA)?;
            Miljoe::bekreft(skriv)?;
        } else {
            drop(skriv);
        }
        Ok(Innsyn {
            miljoe,
            personer,
            feeder,
            meta,
            forsegler,
        })
    }

    /// Takes in the records that have come, up to `til`.
    ///
    /// # Errors
    /// [`Feil::Skadet`] or [`Feil::Post`] where a record cannot be read.
    pub fn oppdater(&self, mappe: &Path, til: u64) -> Result<(), Feil> {
        loop {
            let fra = self.neste()?;
            let stopp = til.min(fra + POSTER_PER_BEKREFTELSE);
            if fra >= stopp {
                return Ok(());
            }
            let mut skriv = self.miljoe.skriv()?;
            let (mut neste, mut utfall) = (fra, Ok(()));
            crate::gjennomgaa(mappe, fra, &mut |lest| {
                if lest.nr >= stopp {
                    return false;
                }
                utfall = self.ta(&mut skriv, lest.nr, &lest.byte);
                neste = lest.nr + 1;
                utfall.is_ok()
            })?;
            utfall?;
            // A part that retention took is passed over.
            self.meta.sett(&mut skriv, NESTE, &neste.max(stopp).to_be_bytes())?;
            Miljoe::bekreft(skriv)?;
        }
    }

    fn ta(&self, skriv: &mut lager::Skriv<'_>, nr: u64, byte: &[u8]) -> Result<(), Feil> {
        let post = Post::les(byte)?;
        if let (Some(feed), Some(projeksjon)) = (&post.feed, projeksjon(&post)) {
            let mut noekkel = vec![projeksjon as u8];
            noekkel.extend_from_slice(&nr.to_be_bytes());
            let verdi = [feed.fra.to_be_bytes(), feed.til.to_be_bytes()].concat();
            self.feeder.sett(skriv, &noekkel, &verdi)?;
        }
        let Personer { spurt, utlevert, .. } = self.forsegler.aapne(&post)?;
        for nummer in spurt.into_iter().chain(utlevert.into_iter().map(|(n, _)| n)) {
            let mut noekkel = self.forsegler.indeksord(nummer).to_vec();
            noekkel.extend_from_slice(&nr.to_be_bytes());
            self.personer.sett(skriv, &noekkel, &[])?;
        }
        Ok(())
    }

    fn neste(&self) -> Result<u64, Feil> {
        let les = self.miljoe.les()?;
        let neste = self.meta.hent(&les, NESTE)?;
        Ok(neste.and_then(|b| b.try_into().ok()).map_or(0, u64::from_be_bytes))
    }

    /// Forgets records before `nr`, which retention has removed.
    ///
    /// # Errors
    /// [`Feil::Lager`] if the files refuse.
    pub fn glem_foer(&self, nr: u64) -> Result<(), Feil> {
        let mut skriv = self.miljoe.skriv()?;
        let mut gamle = Vec::new();
        for rad in self.personer.fra(&skriv, &[])? {
            let (noekkel, _) = rad?;
            let gjelder = noekkel
                .get(16..)
                .and_then(|b| b.try_into().ok())
                .map(u64::from_be_bytes);
            if gjelder.is_none_or(|n| n < nr) {
                gamle.push(noekkel.to_vec());
            }
        }
        for noekkel in gamle {
            self.personer.slett(&mut skriv, &noekkel)?;
        }
        let mut gamle = Vec::new();
        for rad in self.feeder.fra(&skriv, &[])? {
            let (noekkel, _) = rad?;
            if feedpost(noekkel).is_none_or(|n| n < nr) {
                gamle.push(noekkel.to_vec());
            }
        }
        for noekkel in gamle {
            self.feeder.slett(&mut skriv, &noekkel)?;
        }
        Ok(Miljoe::bekreft(skriv)?)
    }

    /// The records about a person who has had these numbers, and whose events stand there in the feeds, in the order they
    /// came.
    ///
    /// # Errors
    /// As [`Innsyn::oppdater`].
    pub fn finn(&self, mappe: &Path, numre: &[u64], feedplasser: &Feedplasser) -> Result<Vec<Treff>, Feil> {
        let mut poster = BTreeSet::new();
        let les = self.miljoe.les()?;
        for nummer in numre {
            for rad in self.personer.med_prefiks(&les, &self.forsegler.indeksord(*nummer))? {
                let (noekkel, _) = rad?;
                let nr = noekkel.get(16..).and_then(|b| b.try_into().ok()).ok_or(Feil::Post)?;
                poster.insert(u64::from_be_bytes(nr));
            }
        }
        for (projeksjon, plasser) in feedplasser.iter().filter(|(_, plasser)| !plasser.is_empty()) {
            for rad in self.feeder.med_prefiks(&les, &[*projeksjon as u8])? {
                let (noekkel, verdi) = rad?;
                let (fra, til) = verdi.split_first_chunk().ok_or(Feil::Post)?;
                let til = til.try_into().map_err(|_| Feil::Post)?;
                if antall_i(plasser, u64::from_be_bytes(*fra), u64::from_be_bytes(til)) > 0 {
                    poster.insert(feedpost(noekkel).ok_or(Feil::Post)?);
                }
            }
        }
        drop(les);
        let mut ut = Vec::new();
        let (Some(foerste), Some(siste)) = (poster.first().copied(), poster.last().copied()) else {
            return Ok(ut);
        };
        let mut utfall = Ok(());
        crate::gjennomgaa(mappe, foerste, &mut |lest| {
            if lest.nr > siste {
                return false;
            }
            if poster.contains(&lest.nr) {
                match self.treff(lest.nr, &lest.byte, numre, feedplasser) {
                    Ok(treff) => ut.push(treff),
                    Err(feil) => utfall = Err(feil),
                }
            }
            utfall.is_ok()
        })?;
        utfall.map(|()| ut)
    }

    fn treff(&self, nr: u64, byte: &[u8], numre: &[u64], feedplasser: &Feedplasser) -> Result<Treff, Feil> {
        let post = Post::les(byte)?;
        let personer = self.forsegler.aapne(&post)?;
        let mut grupper: Vec<usize> = personer
            .utlevert
            .iter()
            .filter(|(n, _)| numre.contains(n))
            .map(|(_, gruppe)| *gruppe)
            .collect();
        grupper.sort_unstable();
        grupper.dedup();
        let plasser = projeksjon(&post).and_then(|p| feedplasser.get(&p));
        let hendelser = match (&post.feed, plasser) {
            (Some(feed), Some(plasser)) => antall_i(plasser, feed.fra, feed.til),
            _ => 0,
        };
        Ok(Treff {
            nr,
            post,
            grupper,
            hendelser,
        })
    }
}

/// The service whose feeds are others than the register's, with numbers of their own: what they delivered is not found by
/// places in the register's feeds. A record of such a read has endpoint, numbers and hash, and is found by those.
const EGNE_FEEDER: &str = "persontjenesten";

// Whose feed it was, of the register's.
fn projeksjon(post: &Post) -> Option<Projeksjon> {
    if post.tjeneste == EGNE_FEEDER {
        return None;
    }
    let pakke = Pakke::fra_kortnavn(post.pakke.as_deref()?)?;
    Some(Projeksjon::for_pakke(pakke, post.graderte))
}

// The record that an entry of the table of feed reads is of.
fn feedpost(noekkel: &[u8]) -> Option<u64> {
    let (_, nr) = noekkel.split_first()?;
    nr.try_into().ok().map(u64::from_be_bytes)
}

// How many of the numbers, in rising order, lie from `fra` to `til`, included.
fn antall_i(plasser: &[u64], fra: u64, til: u64) -> usize {
    let foer = plasser.partition_point(|p| *p < fra);
    plasser.partition_point(|p| *p <= til).saturating_sub(foer)
}

impl Treff {
    /// Whether the registered person may see it: a single lookup that delivered something of them, by a package whose
    /// lookups are open to them.
    ///
    /// Source: folkeregisterloven 10-1 third paragraph, as Skatteetaten's page on logging tells it. Not open: public
    /// bodies, private ones with access to what is confidential, the press, lists, updating of registers.
    #[must_use]
    pub fn er_for_den_registrerte(&self) -> bool {
        let pakke = self.post.pakke.as_deref().and_then(tilgang::Pakke::fra_kortnavn);
        self.post.enkelt && !self.grupper.is_empty() && pakke.is_some_and(tilgang::Pakke::gir_innsyn)
    }
}
