//! Feeds that stand still while the register goes on, and what waits for them.
//!
//! ```text
//!  journal        41 event   42 HOLD p   43 event   44 event, straks   45 SLIPP p   46 event   47 PUBLISER p ≤ 46
//!  the feed of p  41                                44                                         43, 46
//! ```
//! What waits for a feed is not written down anywhere: it is the journal's entries from [`Koe::neste`] on, apart from items
//! that were never held. So holding costs a write nothing, publishing is one walk along the journal, and the journal, which
//! has an entry for each time something was held, let go or published, gives the same feeds whenever they are built again.
//!
//! A feed that was let go still waits until it has got everything: items keep their order, and numbers are given when they
//! are published.

use std::collections::BTreeMap;

use lager::journal::{Journal as _, LmdbJournal};
use lager::{Les, Skriv, Tabell};
use tilgang::Projeksjon;

use crate::feed::{Feedrad, Feedskriver};
use crate::lesing::Lesing;
use crate::oppfoering::{Feeder, Journalpost, Oppfoering};
use crate::register::Register;
use crate::transaksjon::Transaksjon;
use crate::{Feil, Sekvens, sjekksum};

const HVA: &str = "tilbakehold";
const SKADET: Feil = Feil::Skadet(HVA);

/// What waits for one feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Koe {
    /// Nothing of it is published before somebody lets it go.
    holdt: bool,
    /// The first entry of the journal that has not been published to it.
    neste: u64,
}

/// Which feeds wait, and from where. Empty nearly always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tilbakehold(BTreeMap<Projeksjon, Koe>);

/// What an entry of the journal gives the feeds.
pub(crate) enum Utslag {
    /// The event's own items, to those that do not wait.
    Hendelse(Oppfoering),
    /// Items of entries before it.
    Publiser(Publisering),
    Intet,
}

/// What waited and waits no more.
pub(crate) struct Publisering {
    fra: BTreeMap<Projeksjon, u64>,
    til: u64,
}

impl Publisering {
    /// The entries that hold what is published.
    pub fn omraade(&self) -> std::ops::RangeInclusive<u64> {
        self.fra.values().copied().min().unwrap_or(u64::MAX)..=self.til
    }

    /// What one of them gives.
    pub fn rader<'a>(
        &'a self,
        seq: Sekvens,
        oppfoering: &'a Oppfoering,
    ) -> impl Iterator<Item = (Projeksjon, Feedrad)> + 'a {
        oppfoering.feedrader(seq).filter(move |(projeksjon, _)| {
            let fra = self.fra.get(projeksjon);
            fra.is_some_and(|fra| seq.0 >= *fra) && !oppfoering.straks.har(*projeksjon)
        })
    }
}

impl Tilbakehold {
    pub fn les(tabell: Tabell, les: &Les<'_>) -> Result<Self, Feil> {
        let mut ut = BTreeMap::new();
        for rad in tabell.fra(les, &[])? {
            let (noekkel, verdi) = rad?;
            let [projeksjon] = noekkel else { return Err(SKADET) };
            let projeksjon = Projeksjon::ALLE.get(usize::from(*projeksjon)).ok_or(SKADET)?;
            let (holdt, neste) = match sjekksum::ta_av(noekkel, verdi, HVA)?.split_first() {
                Some((holdt @ (0 | 1), neste)) => (*holdt == 1, neste.try_into().map_err(|_| SKADET)?),
                _ => return Err(SKADET),
            };
            let neste = u64::from_be_bytes(neste);
            ut.insert(*projeksjon, Koe { holdt, neste });
        }
        Ok(Tilbakehold(ut))
    }

    /// Makes the table say this and nothing else.
    pub fn skriv(&self, tabell: Tabell, skriv: &mut Skriv<'_>) -> Result<(), Feil> {
        tabell.toem(skriv)?;
        for (projeksjon, koe) in &self.0 {
            let noekkel = [*projeksjon as u8];
            let mut verdi = vec![u8::from(koe.holdt)];
            verdi.extend_from_slice(&koe.neste.to_be_bytes());
            sjekksum::legg_paa(&noekkel, &mut verdi);
            tabell.legg_til(skriv, &noekkel, &verdi)?;
        }
        Ok(())
    }

    /// No feed waits.
    pub fn er_tomt(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an item goes to its feed when it is made.
    pub fn gaar_rett_ut(&self, projeksjon: Projeksjon, oppfoering: &Oppfoering) -> bool {
        !self.0.contains_key(&projeksjon) || oppfoering.straks.har(projeksjon)
    }

    /// Takes in the next entry of the journal, and says what the feeds get of it.
    ///
    /// # Errors
    /// [`Feil::Skadet`] for one that cannot follow on those before it.
    pub fn ta(&mut self, seq: Sekvens, post: Journalpost) -> Result<Utslag, Feil> {
        match post {
            Journalpost::Hendelse(oppfoering) => return Ok(Utslag::Hendelse(oppfoering)),
            Journalpost::Saker => {}
            Journalpost::Hold(feeder) => {
                for projeksjon in alle(feeder) {
                    let neste = seq.0.saturating_add(1);
                    let koe = self.0.entry(projeksjon).or_insert(Koe { holdt: true, neste });
                    koe.holdt = true;
                }
            }
            Journalpost::Slipp(feeder) => {
                for projeksjon in alle(feeder) {
                    self.0.get_mut(&projeksjon).ok_or(SKADET)?.holdt = false;
                }
            }
            Journalpost::Publiser(feeder, til) => {
                if til >= seq {
                    return Err(SKADET);
                }
                let mut fra = BTreeMap::new();
                for projeksjon in alle(feeder) {
                    let koe = self.0.get_mut(&projeksjon).ok_or(SKADET)?;
                    if koe.holdt || koe.neste > til.0.saturating_add(1) {
                        return Err(SKADET);
                    }
                    fra.insert(projeksjon, koe.neste);
                    koe.neste = til.0.saturating_add(1);
                    // It has everything before this entry, which gives nothing itself.
                    if koe.neste == seq.0 {
                        self.0.remove(&projeksjon);
                    }
                }
                return Ok(Utslag::Publiser(Publisering { fra, til: til.0 }));
            }
        }
        Ok(Utslag::Intet)
    }

    /// Those that wait and may be published, and the first entry of the journal that one of them waits for.
    fn klare(&self, blant: Option<&[Projeksjon]>) -> Option<(Vec<Projeksjon>, u64)> {
        let klare = self.0.iter().filter(|(p, koe)| {
            let valgt = blant.is_none_or(|blant| blant.contains(p));
            valgt && !koe.holdt
        });
        let fra = klare.clone().map(|(_, koe)| koe.neste).min()?;
        Some((klare.map(|(p, _)| *p).collect(), fra))
    }

    fn neste(&self, projeksjon: Projeksjon) -> u64 {
        self.0.get(&projeksjon).map_or(u64::MAX, |koe| koe.neste)
    }
}

fn alle(feeder: Feeder) -> impl Iterator<Item = Projeksjon> {
    Projeksjon::ALLE.into_iter().filter(move |p| feeder.har(*p))
}

/// Whoever is given a feed's items one by one, in order.
pub(crate) trait Feedmottaker {
    fn oppfoering(&self, seq: u64) -> Result<Option<Oppfoering>, Feil>;
    fn rad(&mut self, projeksjon: Projeksjon, rad: Feedrad) -> Result<(), Feil>;
}

/// Gives a receiver what the next entry of the journal gives the feeds: building and checking them are this, entry by entry.
pub(crate) fn spill(
    tilbakehold: &mut Tilbakehold,
    seq: Sekvens,
    post: Journalpost,
    til: &mut impl Feedmottaker,
) -> Result<(), Feil> {
    match tilbakehold.ta(seq, post)? {
        Utslag::Intet => Ok(()),
        Utslag::Hendelse(oppfoering) => {
            let mut rader = oppfoering.feedrader(seq);
            rader.try_for_each(|(projeksjon, rad)| {
                if tilbakehold.gaar_rett_ut(projeksjon, &oppfoering) {
                    til.rad(projeksjon, rad)?;
                }
                Ok(())
            })
        }
        Utslag::Publiser(publisering) => {
            for seq in publisering.omraade() {
                let Some(oppfoering) = til.oppfoering(seq)? else {
                    continue;
                };
                for (projeksjon, rad) in publisering.rader(Sekvens(seq), &oppfoering) {
                    til.rad(projeksjon, rad)?;
                }
            }
            Ok(())
        }
    }
}

/// The event of an entry; `None` of one that is no event.
pub(crate) fn hendelse(journal: LmdbJournal, les: &Les<'_>, seq: u64) -> Result<Option<Oppfoering>, Feil> {
    let byte = journal.hent(les, seq)?.ok_or(Feil::Skadet("journal"))?;
    Ok(match Journalpost::les(byte)? {
        Journalpost::Hendelse(oppfoering) => Some(oppfoering),
        _ => None,
    })
}

/// Writes the items that it is given to the feeds.
pub(crate) struct Feedbygger<'a, 's> {
    pub journal: LmdbJournal,
    pub feed: Tabell,
    pub skriv: &'a mut Skriv<'s>,
    pub skriver: Feedskriver,
}

impl Feedmottaker for Feedbygger<'_, '_> {
    fn oppfoering(&self, seq: u64) -> Result<Option<Oppfoering>, Feil> {
        hendelse(self.journal, self.skriv, seq)
    }

    fn rad(&mut self, projeksjon: Projeksjon, rad: Feedrad) -> Result<(), Feil> {
        self.skriver
            .legg_til(self.feed, self.skriv, projeksjon, rad)
            .map(|_| ())
    }
}

/// How a feed stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feedstatus {
    /// Nothing but what concerns protection is published before somebody lets it go.
    pub holdt: bool,
    /// It was held, and does not have everything yet.
    pub venter: bool,
    /// Entries of the journal since it was held. Not all of them are for it: as many items wait at most.
    pub oppfoeringer: u64,
}

/// What one round of publishing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Publisert {
    /// Items that got their numbers, in all feeds together.
    pub elementer: u64,
    /// There is more to be published.
    pub mer: bool,
}

impl Lesing<'_> {
    /// How a feed stands.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn feedstatus(&self, projeksjon: Projeksjon) -> Result<Feedstatus, Feil> {
        let tilbakehold = Tilbakehold::les(self.register.tabeller.tilbakehold, &self.les)?;
        let siste = self.register.journal.siste(&self.les)?;
        let koe = tilbakehold.0.get(&projeksjon);
        Ok(Feedstatus {
            holdt: koe.is_some_and(|koe| koe.holdt),
            venter: koe.is_some(),
            oppfoeringer: koe.map_or(0, |koe| siste.saturating_add(1).saturating_sub(koe.neste)),
        })
    }

    /// Items that wait for a feed. Walks the journal from where it was held.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn ventende_elementer(&self, projeksjon: Projeksjon) -> Result<u64, Feil> {
        let tilbakehold = Tilbakehold::les(self.register.tabeller.tilbakehold, &self.les)?;
        let Some(koe) = tilbakehold.0.get(&projeksjon) else {
            return Ok(0);
        };
        let siste = self.register.journal.siste(&self.les)?;
        let mut antall = 0;
        for seq in koe.neste..=siste {
            let Some(oppfoering) = hendelse(self.register.journal, &self.les, seq)? else {
                continue;
            };
            if !oppfoering.straks.har(projeksjon) {
                let rader = oppfoering.feedrader(Sekvens(seq)).filter(|(p, _)| *p == projeksjon);
                antall += rader.count() as u64;
            }
        }
        Ok(antall)
    }
}

impl Register {
    /// Lets feeds stand still: what happens from now on waits, apart from what sets, raises or lifts protection. One that
    /// stands still already goes on doing so.
    ///
    /// # Errors
    /// [`Feil::Lager`] if the files refuse.
    pub fn hold_feeder(&self, projeksjoner: &[Projeksjon], naa_sekunder: i64) -> Result<(), Feil> {
        let mut transaksjon = Transaksjon::new(self, naa_sekunder)?;
        transaksjon.hold(projeksjoner)?;
        transaksjon.bekreft().map(|_| ())
    }

    /// Lets feeds go: what waits may be published ([`Register::publiser`]), and is followed by what happens meanwhile. Others
    /// are left alone.
    ///
    /// # Errors
    /// [`Feil::Lager`] if the files refuse.
    pub fn slipp_feeder(&self, projeksjoner: &[Projeksjon], naa_sekunder: i64) -> Result<(), Feil> {
        let mut transaksjon = Transaksjon::new(self, naa_sekunder)?;
        transaksjon.slipp(projeksjoner)?;
        transaksjon.bekreft().map(|_| ())
    }

    /// Whether any feed that was let go lacks something. Costs next to nothing when none does.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn har_noe_aa_publisere(&self) -> Result<bool, Feil> {
        let tilbakehold = Tilbakehold::les(self.tabeller.tilbakehold, &self.miljoe.les()?)?;
        Ok(tilbakehold.klare(None).is_some())
    }

    /// Publishes some of what waits for feeds that have been let go, in one commit: about `elementer_maks` items, all feeds
    /// together, and never a part of an event. `blant`: these feeds alone.
    ///
    /// # Errors
    /// [`Feil::Lager`] if the files refuse; nothing was published then.
    pub fn publiser(
        &self,
        blant: Option<&[Projeksjon]>,
        elementer_maks: u64,
        naa_sekunder: i64,
    ) -> Result<Publisert, Feil> {
        if !self.har_noe_aa_publisere()? {
            return Ok(Publisert::default());
        }
        let mut transaksjon = Transaksjon::new(self, naa_sekunder)?;
        let Some((klare, fra)) = transaksjon.tilbakehold().klare(blant) else {
            transaksjon.avbryt();
            return Ok(Publisert::default());
        };
        // As many entries as give the items that there may be; the last one of all, if they reach so far.
        let siste = self.journal.siste(transaksjon.les())?;
        let (mut til, mut elementer) = (fra.saturating_sub(1), 0);
        while til < siste && elementer < elementer_maks {
            til += 1;
            let Some(oppfoering) = hendelse(self.journal, transaksjon.les(), til)? else {
                continue;
            };
            for projeksjon in &klare {
                let venter = til >= transaksjon.tilbakehold().neste(*projeksjon);
                if venter && !oppfoering.straks.har(*projeksjon) {
                    let egne = oppfoering.feeder.iter().filter(|(p, _)| p == projeksjon);
                    elementer += egne.map(|(_, typer)| typer.len() as u64).sum::<u64>();
                }
            }
        }
        // One that waits from further on has no part in this round.
        let med = |p: &Projeksjon| transaksjon.tilbakehold().neste(*p) <= til.saturating_add(1);
        let feeder: Feeder = klare.into_iter().filter(med).collect();
        transaksjon.foer_om_feeder(Journalpost::Publiser(feeder, Sekvens(til)))?;
        let mer = transaksjon.tilbakehold().klare(blant).is_some();
        transaksjon.bekreft()?;
        Ok(Publisert { elementer, mer })
    }
}

impl Transaksjon<'_> {
    /// As [`Register::hold_feeder`], as a part of something more.
    pub(crate) fn hold(&mut self, projeksjoner: &[Projeksjon]) -> Result<(), Feil> {
        let holdt = |p: &Projeksjon| self.tilbakehold().0.get(p).is_some_and(|koe| koe.holdt);
        let feeder: Feeder = projeksjoner.iter().copied().filter(|p| !holdt(p)).collect();
        if feeder.er_tom() {
            return Ok(());
        }
        self.foer_om_feeder(Journalpost::Hold(feeder))
    }

    /// As [`Register::slipp_feeder`], as a part of something more.
    pub(crate) fn slipp(&mut self, projeksjoner: &[Projeksjon]) -> Result<(), Feil> {
        let holdt = |p: &Projeksjon| self.tilbakehold().0.get(p).is_some_and(|koe| koe.holdt);
        let feeder: Feeder = projeksjoner.iter().copied().filter(holdt).collect();
        if feeder.er_tom() {
            return Ok(());
        }
        self.foer_om_feeder(Journalpost::Slipp(feeder))
    }
}

#[cfg(test)]
mod tests;
