//! The board: every item there ever was, read from one append-only file, changed by one new line at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use jiff::Timestamp;
use tilgang::Pakke;
use tilgang::avtale::privatfil;
use tilgang::endringslogg::{self, Endringslogg};

use crate::feil::Feil;
use crate::koder::{Nyhetsslag, Slag, Tilstand, Tjeneste, Virkning};
use crate::linje::{Egensaklinje, Tavlelinje};
use crate::melding::{Endring, IKraft, Innhold, Melding};
use crate::nyhet::{Nyhet, Nyhetsinnhold};
use crate::regler;
use crate::slug::Slug;
use crate::tid::hele_sekunder;

const FIL: &str = "tavle.jsonl";

/// Most items on a board, of those that somebody publishes. Source: our choice; the real ones published some five hundred in eight years.
const SAKER_MAKS: usize = 5_000;

/// Number of an item, notices and news together, from 1 in the order of publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Saksnummer(pub u64);

impl fmt::Display for Saksnummer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// An item on the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sak {
    /// A notice.
    Melding(Arc<Melding>),
    /// A news item.
    Nyhet(Arc<Nyhet>),
}

impl Sak {
    /// Its number.
    #[must_use]
    pub fn nummer(&self) -> Saksnummer {
        match self {
            Sak::Melding(m) => m.nummer,
            Sak::Nyhet(n) => n.nummer,
        }
    }

    /// Its name in the URL.
    #[must_use]
    pub fn slug(&self) -> &Slug {
        match self {
            Sak::Melding(m) => &m.slug,
            Sak::Nyhet(n) => &n.slug,
        }
    }

    /// When it was published.
    #[must_use]
    pub fn publisert(&self) -> Timestamp {
        match self {
            Sak::Melding(m) => m.publisert,
            Sak::Nyhet(n) => n.publisert,
        }
    }

    /// When it was last changed.
    #[must_use]
    pub fn oppdatert(&self) -> Timestamp {
        match self {
            Sak::Melding(m) => m.oppdatert,
            Sak::Nyhet(n) => n.publisert,
        }
    }
}

/// Which notices are asked for; what is absent is not asked about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utvalg {
    /// About this package, or about all.
    pub pakke: Option<Pakke>,
    /// Of this kind.
    pub slag: Option<Slag>,
    /// In this state.
    pub tilstand: Option<Tilstand>,
    /// Published or changed at this time or later.
    pub fra: Option<Timestamp>,
}

impl Utvalg {
    fn har(&self, melding: &Melding) -> bool {
        let innhold = &melding.innhold;
        self.pakke
            .is_none_or(|p| innhold.pakker.is_empty() || innhold.pakker.contains(&p))
            && self.slag.is_none_or(|s| innhold.slag == s)
            && self.tilstand.is_none_or(|t| melding.tilstand == t)
            && self.fra.is_none_or(|fra| melding.oppdatert >= fra)
    }
}

/// A page, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side<T> {
    /// The items.
    pub saker: Vec<T>,
    /// There are older ones: ask for those before this number.
    pub neste: Option<Saksnummer>,
}

/// The board of one data folder.
///
/// Shape: reading takes a read lock and no IO; a change writes one line, syncs it, and only then shows.
pub struct Tavle {
    logg: Mutex<Endringslogg>,
    saker: RwLock<Saker>,
    // Whether any tied notice is open: asked on every call of a consumer, and nearly always no.
    har_knyttede: AtomicBool,
}

impl fmt::Debug for Tavle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tavle")
            .field("saker", &self.les().alle.len())
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Default)]
struct Saker {
    alle: BTreeMap<Saksnummer, Sak>,
    slugger: BTreeMap<Slug, Saksnummer>,
    /// Notices that can still be in force.
    aapne: BTreeSet<Saksnummer>,
    siste: Option<Timestamp>,
}

impl Tavle {
    /// Opens the folder, making it if it is not there, and reads every line.
    ///
    /// # Errors
    /// [`Feil::Fil`], with file and line where one is damaged or does not follow from those before it.
    pub fn aapne(mappe: &Path) -> Result<Self, Feil> {
        privatfil::sikre_mappe(mappe).map_err(endringslogg::Feil::from)?;
        let sti = mappe.join(FIL);
        let (logg, linjer) = Endringslogg::aapne::<Tavlelinje>(&sti)?;
        let mut saker = Saker::default();
        for linje in linjer {
            let skadet = endringslogg::Feil::skadet(&sti, linje.nr);
            saker.ta_inn(linje.innhold, linje.tid).map_err(skadet)?;
        }
        let har_knyttede = AtomicBool::new(saker.har_knyttede());
        Ok(Tavle {
            logg: Mutex::new(logg),
            saker: RwLock::new(saker),
            har_knyttede,
        })
    }

    /// Publishes a notice. It is on the disk when this returns.
    ///
    /// # Errors
    /// [`Feil`], with the rule that it breaks; nothing is published then.
    pub fn publiser(
        &self,
        innhold: Innhold,
        tilstand: Tilstand,
        av: &str,
        naa: Timestamp,
    ) -> Result<Arc<Melding>, Feil> {
        let mut logg = self.logg.lock().unwrap_or_else(PoisonError::into_inner);
        let (tid, nummer, slug) = {
            let saker = self.les();
            saker.sjekk_ny(&innhold, tilstand)?;
            let slug = saker.ny_slug(&innhold.tittel, "melding");
            (saker.tid(naa), saker.neste(), slug)
        };
        let linje = Tavlelinje::Melding {
            nummer: nummer.0,
            slug: slug.to_string(),
            tilstand,
            innhold: Box::new((&innhold).into()),
        };
        self.skriv(&mut logg, linje, av, tid)?;
        self.melding(nummer).ok_or(Feil::UkjentMelding)
    }

    /// Changes a notice: a new version of it and, where the change is told of as an item of its own, that item too.
    ///
    /// # Errors
    /// [`Feil`], with the rule that it breaks; nothing is changed then.
    pub fn endre(
        &self,
        nummer: Saksnummer,
        endring: &Endring,
        av: &str,
        naa: Timestamp,
    ) -> Result<(Arc<Melding>, Option<Arc<Melding>>), Feil> {
        let mut logg = self.logg.lock().unwrap_or_else(PoisonError::into_inner);
        let (tid, egen_sak) = {
            let saker = self.les();
            let tid = saker.tid(naa);
            let foer = saker.melding(nummer).ok_or(Feil::UkjentMelding)?;
            let etter = regler::endre(foer, endring, tid)?;
            // Without room for an item of its own, the change is made all the same: an incident can always be solved.
            let ord = regler::ord_for_egen_sak(foer, &etter).filter(|_| saker.alle.len() < 2 * SAKER_MAKS);
            (tid, ord.map(|ord| saker.egen_sak(ord, &etter, endring)))
        };
        let egen = egen_sak.as_ref().map(|sak| Saksnummer(sak.nummer));
        let linje = Tavlelinje::Endret {
            nummer: nummer.0,
            endring: Box::new(endring.into()),
            egen_sak,
        };
        self.skriv(&mut logg, linje, av, tid)?;
        let ny = self.melding(nummer).ok_or(Feil::UkjentMelding)?;
        Ok((ny, egen.and_then(|nummer| self.melding(nummer))))
    }

    /// Publishes a news item. It is on the disk when this returns.
    ///
    /// # Errors
    /// [`Feil`], with the rule that it breaks; nothing is published then.
    pub fn publiser_nyhet(&self, innhold: &Nyhetsinnhold, av: &str, naa: Timestamp) -> Result<Arc<Nyhet>, Feil> {
        let mut logg = self.logg.lock().unwrap_or_else(PoisonError::into_inner);
        let (tid, nummer, slug) = {
            let saker = self.les();
            let tid = saker.tid(naa);
            saker.sjekk_ny_nyhet(innhold, tid)?;
            (tid, saker.neste(), saker.ny_slug(&innhold.tittel, "nyhet"))
        };
        let linje = Tavlelinje::Nyhet {
            nummer: nummer.0,
            slug: slug.to_string(),
            innhold: innhold.into(),
        };
        self.skriv(&mut logg, linje, av, tid)?;
        self.nyhet(nummer).ok_or(Feil::UkjentMelding)
    }

    /// Tries a line on a copy, writes it, and shows the copy: what is written can be read again.
    fn skriv(&self, logg: &mut Endringslogg, linje: Tavlelinje, av: &str, tid: Timestamp) -> Result<(), Feil> {
        let mut ny = self.les().clone();
        ny.ta_inn(linje.clone(), tid).map_err(Feil::Passer)?;
        logg.skriv(tid, av, &linje)?;
        self.har_knyttede.store(ny.har_knyttede(), Ordering::Release);
        *self.saker.write().unwrap_or_else(PoisonError::into_inner) = ny;
        Ok(())
    }

    fn les(&self) -> RwLockReadGuard<'_, Saker> {
        self.saker.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in force for a service and a package (`None`: any): the strongest notice, a tied one before one that is not.
    #[must_use]
    pub fn virkning(&self, tjeneste: Tjeneste, pakke: Option<Pakke>, naa: Timestamp) -> Option<IKraft> {
        self.sterkeste(|melding| melding.gjelder(tjeneste, pakke) && melding.i_kraft(naa))
    }

    /// What the service is to do for a package: as [`Tavle::virkning`], of tied notices alone.
    ///
    /// `Nedetid`: it answers that it is down. `IkkeOppdatert`: what it would publish is held back.
    #[must_use]
    pub fn knyttet(&self, tjeneste: Tjeneste, pakke: Pakke, naa: Timestamp) -> Option<IKraft> {
        if !self.har_knyttede.load(Ordering::Acquire) {
            return None;
        }
        self.sterkeste(|melding| {
            melding.innhold.knyttet && melding.gjelder(tjeneste, Some(pakke)) && melding.i_kraft(naa)
        })
    }

    /// What a service of producers is to do: as [`Tavle::knyttet`], whatever packages the notice names.
    #[must_use]
    pub fn knyttet_for_produsenter(&self, tjeneste: Tjeneste, naa: Timestamp) -> Option<IKraft> {
        if !self.har_knyttede.load(Ordering::Acquire) {
            return None;
        }
        self.sterkeste(|melding| melding.innhold.knyttet && melding.gjelder(tjeneste, None) && melding.i_kraft(naa))
    }

    /// Whether mottak is frozen: a tied notice in force says that it is not updated, whatever else is in force. What it takes
    /// in waits in line meanwhile.
    #[must_use]
    pub fn fryser_mottak(&self, naa: Timestamp) -> bool {
        if !self.har_knyttede.load(Ordering::Acquire) {
            return false;
        }
        let saker = self.les();
        let mut aapne = saker.aapne.iter().filter_map(|nummer| saker.melding(*nummer));
        aapne.any(|m| {
            let om = &m.innhold;
            om.knyttet && om.virkning == Virkning::IkkeOppdatert && m.gjelder(Tjeneste::Mottak, None) && m.i_kraft(naa)
        })
    }

    /// The tied notices in force that say that a service of a package is not updated: what is new is held back while one of
    /// them is.
    #[must_use]
    pub fn holder_tilbake(&self, tjeneste: Tjeneste, pakke: Pakke, naa: Timestamp) -> Vec<Saksnummer> {
        if !self.har_knyttede.load(Ordering::Acquire) {
            return Vec::new();
        }
        let saker = self.les();
        let aapne = saker.aapne.iter().filter_map(|nummer| saker.melding(*nummer));
        let holder = aapne.filter(|m| {
            let om = &m.innhold;
            om.knyttet && om.virkning == Virkning::IkkeOppdatert && m.gjelder(tjeneste, Some(pakke)) && m.i_kraft(naa)
        });
        holder.map(|m| m.nummer).collect()
    }

    /// How many tied notices are in force: what an operator must not forget to lift.
    #[must_use]
    pub fn antall_knyttede(&self, naa: Timestamp) -> usize {
        let saker = self.les();
        let aapne = saker.aapne.iter().filter_map(|nummer| saker.melding(*nummer));
        aapne.filter(|m| m.innhold.knyttet && m.i_kraft(naa)).count()
    }

    fn sterkeste(&self, teller: impl Fn(&Melding) -> bool) -> Option<IKraft> {
        let saker = self.les();
        let i_kraft = saker
            .aapne
            .iter()
            .filter_map(|nummer| saker.melding(*nummer))
            .filter(|m| teller(m));
        let sterkest = i_kraft.max_by_key(|m| (m.innhold.virkning, m.innhold.knyttet, std::cmp::Reverse(m.nummer)))?;
        Some(IKraft {
            virkning: sterkest.innhold.virkning,
            knyttet: sterkest.innhold.knyttet,
            melding: sterkest.nummer,
            slutt: sterkest.slutt(),
        })
    }

    /// A notice by its number.
    #[must_use]
    pub fn melding(&self, nummer: Saksnummer) -> Option<Arc<Melding>> {
        self.les().melding(nummer).cloned()
    }

    /// A news item by its number.
    #[must_use]
    pub fn nyhet(&self, nummer: Saksnummer) -> Option<Arc<Nyhet>> {
        match self.les().alle.get(&nummer) {
            Some(Sak::Nyhet(nyhet)) => Some(nyhet.clone()),
            Some(Sak::Melding(_)) | None => None,
        }
    }

    /// An item by its number.
    #[must_use]
    pub fn sak(&self, nummer: Saksnummer) -> Option<Sak> {
        self.les().alle.get(&nummer).cloned()
    }

    /// An item by its name in the URL.
    #[must_use]
    pub fn finn(&self, slug: &str) -> Option<Sak> {
        let slug = Slug::les(slug)?;
        let saker = self.les();
        saker.alle.get(saker.slugger.get(&slug)?).cloned()
    }

    /// Notices, the newest first, from before a number if one is given.
    #[must_use]
    pub fn meldinger(&self, utvalg: &Utvalg, foer: Option<Saksnummer>, antall: usize) -> Side<Arc<Melding>> {
        self.les().side(foer, antall, |sak| match sak {
            Sak::Melding(melding) if utvalg.har(melding) => Some(melding.clone()),
            Sak::Melding(_) | Sak::Nyhet(_) => None,
        })
    }

    /// News, the newest first.
    #[must_use]
    pub fn nyheter(
        &self,
        slag: Option<Nyhetsslag>,
        fra: Option<Timestamp>,
        foer: Option<Saksnummer>,
        antall: usize,
    ) -> Side<Arc<Nyhet>> {
        self.les().side(foer, antall, |sak| match sak {
            Sak::Nyhet(nyhet)
                if slag.is_none_or(|s| nyhet.innhold.slag == s) && fra.is_none_or(|fra| nyhet.publisert >= fra) =>
            {
                Some(nyhet.clone())
            }
            Sak::Melding(_) | Sak::Nyhet(_) => None,
        })
    }

    /// Both, the newest first.
    #[must_use]
    pub fn siste(&self, antall: usize) -> Vec<Sak> {
        self.les().side(None, antall, |sak| Some(sak.clone())).saker
    }
}

impl Saker {
    fn melding(&self, nummer: Saksnummer) -> Option<&Arc<Melding>> {
        match self.alle.get(&nummer) {
            Some(Sak::Melding(melding)) => Some(melding),
            Some(Sak::Nyhet(_)) | None => None,
        }
    }

    fn har_knyttede(&self) -> bool {
        self.aapne
            .iter()
            .filter_map(|n| self.melding(*n))
            .any(|m| m.innhold.knyttet)
    }

    fn neste(&self) -> Saksnummer {
        Saksnummer(self.alle.last_key_value().map_or(0, |(n, _)| n.0) + 1)
    }

    /// The time of a change: whole seconds, never before the one before it.
    fn tid(&self, naa: Timestamp) -> Timestamp {
        let naa = hele_sekunder(naa);
        self.siste.map_or(naa, |siste| siste.max(naa))
    }

    fn ny_slug(&self, tittel: &str, reserve: &str) -> Slug {
        let brukt = |tekst: &str| Slug::les(tekst).is_some_and(|slug| self.slugger.contains_key(&slug));
        Slug::fra_tittel(tittel, reserve, brukt)
    }

    fn plass(&self) -> Result<(), Feil> {
        if self.alle.len() >= SAKER_MAKS {
            return Err(Feil::ForMange {
                hva: "saker",
                maks: SAKER_MAKS,
            });
        }
        Ok(())
    }

    fn sjekk_henvisning(&self, viser_til: Option<Saksnummer>) -> Result<(), Feil> {
        match viser_til {
            Some(nummer) if !self.alle.contains_key(&nummer) => Err(Feil::UkjentHenvisning),
            _ => Ok(()),
        }
    }

    fn sjekk_ny(&self, innhold: &Innhold, tilstand: Tilstand) -> Result<(), Feil> {
        self.plass()?;
        innhold.sjekk(tilstand)?;
        self.sjekk_henvisning(innhold.viser_til)?;
        if !regler::kan_begynne(tilstand) {
            return Err(Feil::Passer("en ny melding er varslet, pågår eller er løst"));
        }
        if innhold.faktisk.til.is_some() != (tilstand == Tilstand::Loest) {
            return Err(Feil::Passer("faktisk slutt oppgis når meldingen er løst, og bare da"));
        }
        Ok(())
    }

    fn sjekk_ny_nyhet(&self, innhold: &Nyhetsinnhold, tid: Timestamp) -> Result<(), Feil> {
        self.plass()?;
        innhold.sjekk(tid)?;
        self.sjekk_henvisning(innhold.viser_til)
    }

    /// The item of its own about a change.
    fn egen_sak(&self, ord: &str, etter: &Melding, endring: &Endring) -> Egensaklinje {
        let tittel = format!("{ord}: {}", etter.innhold.tittel);
        let tekst = endring.tekst.clone().unwrap_or_else(|| standardtekst(ord).to_owned());
        Egensaklinje {
            nummer: self.neste().0,
            slug: self.ny_slug(&tittel, "melding").to_string(),
            tittel,
            tekst,
        }
    }

    /// Takes in a line: the rules are the same for one that was read and one that is about to be written.
    fn ta_inn(&mut self, linje: Tavlelinje, tid: Timestamp) -> Result<(), &'static str> {
        const BRUDD: &str = "innholdet følger ikke reglene";
        if self.siste.is_some_and(|siste| tid < siste) {
            return Err("tiden er før linjen foran");
        }
        match linje {
            Tavlelinje::Melding {
                nummer,
                slug,
                tilstand,
                innhold,
            } => {
                let innhold = innhold.les()?;
                self.sjekk_ny(&innhold, tilstand).map_err(|_| BRUDD)?;
                let (nummer, slug) = self.plasser(nummer, &slug)?;
                self.legg_inn(Melding {
                    nummer,
                    slug,
                    versjon: 1,
                    innhold,
                    tilstand,
                    oppfoelging: false,
                    oppdateringer: Vec::new(),
                    publisert: tid,
                    oppdatert: tid,
                });
            }
            Tavlelinje::Endret {
                nummer,
                endring,
                egen_sak,
            } => {
                let foer = self.melding(Saksnummer(nummer)).ok_or("meldingen finnes ikke")?;
                let etter = regler::endre(foer, &endring.les()?, tid).map_err(|_| BRUDD)?;
                if let Some(sak) = egen_sak {
                    let (nummer, slug) = self.plasser(sak.nummer, &sak.slug)?;
                    self.legg_inn(Melding {
                        nummer,
                        slug,
                        versjon: 1,
                        innhold: Innhold {
                            tittel: sak.tittel,
                            tekst: sak.tekst,
                            viser_til: Some(etter.nummer),
                            knyttet: false,
                            ..etter.innhold.clone()
                        },
                        tilstand: etter.tilstand,
                        oppfoelging: true,
                        oppdateringer: Vec::new(),
                        publisert: tid,
                        oppdatert: tid,
                    });
                }
                self.legg_inn(etter);
            }
            Tavlelinje::Nyhet { nummer, slug, innhold } => {
                let innhold = Nyhetsinnhold::from(innhold);
                self.sjekk_ny_nyhet(&innhold, tid).map_err(|_| BRUDD)?;
                let (nummer, slug) = self.plasser(nummer, &slug)?;
                let nyhet = Nyhet {
                    nummer,
                    slug,
                    innhold,
                    publisert: tid,
                };
                self.alle.insert(nummer, Sak::Nyhet(Arc::new(nyhet)));
            }
        }
        self.siste = Some(tid);
        Ok(())
    }

    /// A new item's number and name, which must be the next one and its own.
    fn plasser(&mut self, nummer: u64, slug: &str) -> Result<(Saksnummer, Slug), &'static str> {
        let nummer = Saksnummer(nummer);
        if nummer != self.neste() {
            return Err("saksnummeret er ikke det neste");
        }
        let slug = Slug::les(slug).ok_or("navnet i adressen har feil form")?;
        if self.slugger.insert(slug.clone(), nummer).is_some() {
            return Err("navnet i adressen er brukt før");
        }
        Ok((nummer, slug))
    }

    fn legg_inn(&mut self, melding: Melding) {
        if melding.er_aapen() {
            self.aapne.insert(melding.nummer);
        } else {
            self.aapne.remove(&melding.nummer);
        }
        self.alle.insert(melding.nummer, Sak::Melding(Arc::new(melding)));
    }

    fn side<T>(&self, foer: Option<Saksnummer>, antall: usize, velg: impl Fn(&Sak) -> Option<T>) -> Side<T> {
        let slutt = foer.unwrap_or(Saksnummer(u64::MAX));
        let mut valgte = self
            .alle
            .range(..slutt)
            .rev()
            .filter_map(|(nummer, sak)| Some((*nummer, velg(sak)?)));
        let mut saker = Vec::new();
        let mut siste = None;
        for (nummer, sak) in valgte.by_ref().take(antall) {
            siste = Some(nummer);
            saker.push(sak);
        }
        let neste = siste.filter(|_| valgte.next().is_some());
        Side { saker, neste }
    }
}

/// What an item of its own says when nothing was said with the change.
fn standardtekst(ord: &str) -> &'static str {
    match ord {
        "UTSATT" => "Det som var varslet, er utsatt. Se saken denne viser til.",
        "AVLYST" => "Det som var varslet, er avlyst. Se saken denne viser til.",
        "LØST" => "Feilen er løst. Se saken denne viser til.",
        _ => "Meldingen er endret. Se saken denne viser til.",
    }
}

#[cfg(test)]
mod tests;
