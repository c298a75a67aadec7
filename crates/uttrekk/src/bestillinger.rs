//! The orders: made, written out, read, thrown away.
//!
//! ```text
//!  bestillinger   jobbid (16)              key's number u32 ‖ its generation u8 ‖ the order, sealed
//!  porsjoner      jobbid (16) ‖ nr u32     who is in the batch, sealed
//! ```
//! Each order is sealed under a key of its own, which is destroyed with it: what is left in free pages opens for nobody. When
//! somebody on a list has been erased, the list is sealed anew without them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lager::forsegling::Noekkel;
use lager::{Les, Miljoe, Noekkellager, Noekkelskriving, Skriv, Tabell};
use register::{Personnummer, Register, Sekvens};
use roaring::RoaringBitmap;
use tilgang::Projeksjon;

use crate::jobb::{Bestiller, Bestilling, Innhold, Jobb, Jobbid, Tilstand};
use crate::porsjon::{Porsjon, les_dokumenter, les_personer, skriv_dokumenter, skriv_personer};
use crate::{Feil, PORSJON_MAKS};

const SKADET: Feil = Feil::Skadet("bestilling");

/// Batches in one write of a complete order.
const BOLK: usize = 256;

/// A batch of a tailored order has so many persons, or up to as many fewer as [`SPRED`] says: by chance, so that a batch from
/// which somebody has been left out looks like any other.
const SPRED: u8 = 100;

/// How much an organisation may have, and how long orders are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grenser {
    /// Orders of one organisation that are not written out yet.
    ///
    /// Source: page "Uttrekk": ten.
    pub samtidige: u32,
    /// Orders of one organisation that are kept. Source: our choice.
    pub lagrede: u32,
    /// Seconds that an order is kept. Source: our choice.
    pub levetid_s: i64,
}

impl Default for Grenser {
    fn default() -> Self {
        Grenser {
            samtidige: 10,
            lagrede: 500,
            levetid_s: 72 * 3600,
        }
    }
}

/// What the operator sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tall {
    /// Orders that wait or are being written out.
    pub venter: u64,
    /// Orders that can be read.
    pub klare: u64,
    /// Events of the feed that have been gone through for the order being written out.
    pub lest: u64,
    /// Events to go through for it; 0 when none is being written out.
    pub av: u64,
}

#[derive(Default)]
struct Indre {
    jobber: BTreeMap<Jobbid, Jobb>,
    /// Orders being taken, by organisation.
    underveis: BTreeMap<String, u32>,
    neste: u32,
    /// Being written out; not to be thrown away meanwhile.
    lages: Option<Jobbid>,
    /// Keys have been destroyed since the key store was renewed.
    oedelagt: bool,
}

/// Orders of extracts, and whom they hold.
pub struct Uttrekkslager {
    miljoe: Miljoe,
    bestillinger: Tabell,
    porsjoner: Tabell,
    noekler: Noekkellager,
    grenser: Grenser,
    id: Box<dyn Fn() -> Result<Jobbid, Feil> + Send + Sync>,
    indre: Mutex<Indre>,
    lest: AtomicU64,
    av: AtomicU64,
}

impl std::fmt::Debug for Uttrekkslager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Uttrekkslager")
            .field("grenser", &self.grenser)
            .finish_non_exhaustive()
    }
}

/// While it is held nothing is written: [`Uttrekkslager::stille`].
pub struct Stillhet<'l> {
    _skriv: Skriv<'l>,
    _noekler: Noekkelskriving<'l>,
}

impl std::fmt::Debug for Stillhet<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stillhet")
    }
}

/// A place among an organisation's orders, given back when the order is there or was refused.
struct Plass<'l>(&'l Uttrekkslager, String);

impl Drop for Plass<'_> {
    fn drop(&mut self) {
        let mut indre = self.0.laas();
        if let Some(antall) = indre.underveis.get_mut(&self.1) {
            *antall = antall.saturating_sub(1);
            if *antall == 0 {
                indre.underveis.remove(&self.1);
            }
        }
    }
}

impl Uttrekkslager {
    /// Keeps everybody from writing until it is let go; reading goes on. For one who copies the files as they are.
    ///
    /// # Errors
    /// [`Feil::Lager`].
    pub fn stille(&self) -> Result<Stillhet<'_>, Feil> {
        let noekler = self.noekler.skriv();
        Ok(Stillhet {
            _skriv: self.miljoe.skriv()?,
            _noekler: noekler,
        })
    }

    /// Opens or makes the store of orders in a folder; the key that wraps the orders' keys lies in `noekkelmappe`, which is
    /// for it alone.
    ///
    /// What was cut off in the middle is finished: an order whose key is gone is gone, and of two keys the former goes.
    ///
    /// # Errors
    /// [`Feil::Lager`] if the files refuse or the key is not theirs.
    pub fn aapne(mappe: &Path, noekkelmappe: &Path, grenser: Grenser) -> Result<Self, Feil> {
        let (miljoe, [bestillinger, porsjoner]) =
            Miljoe::aapne(&mappe.join("bestillinger"), ["bestillinger", "porsjoner"])?;
        let noekler = Noekkellager::aapne(&mappe.join("noekler"), noekkelmappe, None)?;
        let ut = Uttrekkslager {
            miljoe,
            bestillinger,
            porsjoner,
            noekler,
            grenser,
            id: Box::new(Jobbid::tilfeldig),
            indre: Mutex::default(),
            lest: AtomicU64::new(0),
            av: AtomicU64::new(0),
        };
        ut.les_inn()?;
        Ok(ut)
    }

    /// With identifiers from somewhere else than chance: for whoever compares two stores.
    #[must_use]
    pub fn with_id(mut self, id: impl Fn() -> [u8; 16] + Send + Sync + 'static) -> Self {
        self.id = Box::new(move || Ok(Jobbid::fra_byte(id())));
        self
    }

    fn laas(&self) -> MutexGuard<'_, Indre> {
        self.indre.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn les_inn(&self) -> Result<(), Feil> {
        let (mut jobber, mut borte) = (BTreeMap::new(), Vec::new());
        let les = self.miljoe.les()?;
        for rad in self.bestillinger.fra(&les, &[])? {
            let (plass, byte) = rad?;
            let id = Jobbid::fra_byte(plass.try_into().map_err(|_| SKADET)?);
            match self.aapne_jobb(id, byte) {
                Ok(Some(jobb)) => {
                    jobber.insert(id, jobb);
                }
                Ok(None) => borte.push(id),
                Err(feil) => {
                    tracing::error!(feil = %feil, "et uttrekk kunne ikke leses og er borte");
                    borte.push(id);
                }
            }
        }
        drop(les);
        let mut noekler = self.noekler.skriv();
        for jobb in jobber.values() {
            noekler.oedelegg(jobb.nummer, jobb.generasjon.wrapping_sub(1));
        }
        noekler.bekreft()?;
        for id in borte {
            self.slett_rader(id)?;
        }
        let mut indre = self.laas();
        indre.neste = jobber.values().map(|j| j.nummer).max().unwrap_or(0);
        indre.jobber = jobber;
        indre.oedelagt = true;
        Ok(())
    }

    // `None`: its key is gone, and so is the order.
    fn aapne_jobb(&self, id: Jobbid, byte: &[u8]) -> Result<Option<Jobb>, Feil> {
        let (hode, forseglet) = byte.split_first_chunk::<5>().ok_or(SKADET)?;
        let [a, b, c, d, generasjon] = *hode;
        let nummer = u32::from_be_bytes([a, b, c, d]);
        let Some(noekkel) = self.noekler.les()?.hent(nummer, generasjon)? else {
            return Ok(None);
        };
        Jobb::les(nummer, generasjon, &noekkel.aapne(&jobbsted(id, hode), forseglet)?).map(Some)
    }

    fn skriv_jobb(&self, skriv: &mut Skriv<'_>, id: Jobbid, jobb: &Jobb, noekkel: &Noekkel) -> Result<(), Feil> {
        let [a, b, c, d] = jobb.nummer.to_be_bytes();
        let hode = [a, b, c, d, jobb.generasjon];
        let mut byte = hode.to_vec();
        byte.extend_from_slice(&noekkel.forsegl(&jobbsted(id, &hode), &jobb.skriv())?);
        Ok(self.bestillinger.sett(skriv, id.byte(), &byte)?)
    }

    fn skriv_porsjon(
        &self,
        skriv: &mut Skriv<'_>,
        (id, nr): (Jobbid, u32),
        (noekkel, generasjon): (&Noekkel, u8),
        byte: &[u8],
    ) -> Result<(), Feil> {
        let plass = porsjonsplass(id, nr);
        let forseglet = noekkel.forsegl(&porsjonssted(&plass, generasjon), byte)?;
        Ok(self.porsjoner.sett(skriv, &plass, &forseglet)?)
    }

    fn les_porsjon(&self, les: &Les<'_>, (id, nr): (Jobbid, u32), jobb: &Jobb) -> Result<Option<Vec<u8>>, Feil> {
        let Some(noekkel) = self.noekler.les()?.hent(jobb.nummer, jobb.generasjon)? else {
            return Ok(None);
        };
        let plass = porsjonsplass(id, nr);
        let byte = self.porsjoner.hent(les, &plass)?.ok_or(Feil::Skadet("porsjon"))?;
        Ok(Some(noekkel.aapne(&porsjonssted(&plass, jobb.generasjon), byte)?))
    }

    fn gi_noekkel(&self, nummer: u32, generasjon: u8) -> Result<Noekkel, Feil> {
        let noekkel = Noekkel::tilfeldig()?;
        let pakket = self.noekler.pakk(&noekkel)?;
        let mut skriv = self.noekler.skriv();
        skriv.sett_pakket(nummer, generasjon, &pakket);
        skriv.bekreft()?;
        Ok(noekkel)
    }

    /// Takes an order. It is durable when its identifier is given, and whom a tailored one holds is decided by then.
    ///
    /// `naa`: seconds since 1970. A number beyond the end of the feed is its last.
    ///
    /// # Errors
    /// [`Feil::ForMange`]; [`Feil::Register`] and [`Feil::Lager`] if the stores refuse, and then there is no order.
    pub fn bestill(
        &self,
        register: &Register,
        projeksjon: Projeksjon,
        bestiller: &Bestiller,
        bestilling: &Bestilling,
        naa: i64,
    ) -> Result<Jobbid, Feil> {
        let _plass = self.ta_plass(bestiller, naa)?;
        let les = register.les()?;
        let (innhold, personer) = match bestilling {
            Bestilling::Komplett { til } => {
                let til = (*til).min(les.siste_sekvensnummer(projeksjon)?);
                let graderte = projeksjon.viser_graderte();
                (Innhold::Komplett { til, graderte }, None)
            }
            Bestilling::Tilpasset(kriterier) => {
                let personer = soek::finn_alle(&les, projeksjon, kriterier)?;
                (Innhold::Tilpasset(kriterier.kommune.clone()), Some(personer))
            }
        };
        drop(les);
        let porsjoner = personer.as_ref().map(del_opp).transpose()?;
        let id = (self.id)()?;
        let nummer = {
            let mut indre = self.laas();
            indre.neste = indre.neste.checked_add(1).ok_or(Feil::Skadet("for mange uttrekk"))?;
            indre.neste
        };
        let antall = porsjoner.as_ref().map_or(0, Vec::len);
        let jobb = Jobb {
            nummer,
            generasjon: 0,
            bestiller: bestiller.clone(),
            innhold,
            tilstand: porsjoner.as_ref().map_or(Tilstand::Venter, |_| Tilstand::Klar),
            utloeper: naa.saturating_add(self.grenser.levetid_s),
            porsjoner: u32::try_from(antall).map_err(|_| SKADET)?,
            personer: personer.map_or(0, |p| u32::try_from(p.len()).unwrap_or(u32::MAX)),
            lest: false,
        };
        let noekkel = self.gi_noekkel(nummer, 0)?;
        let mut skriv = self.miljoe.skriv()?;
        for (nr, personer) in (0..).zip(porsjoner.iter().flatten()) {
            self.skriv_porsjon(&mut skriv, (id, nr), (&noekkel, 0), &skriv_personer(personer))?;
        }
        self.skriv_jobb(&mut skriv, id, &jobb, &noekkel)?;
        Miljoe::bekreft(skriv)?;
        self.laas().jobber.insert(id, jobb);
        Ok(id)
    }

    // Room for one more order, if there is any: the oldest that has been read to its end makes way.
    fn ta_plass(&self, bestiller: &Bestiller, naa: i64) -> Result<Plass<'_>, Feil> {
        let borte = {
            let mut indre = self.laas();
            let underveis = indre.underveis.get(&bestiller.organisasjon).copied().unwrap_or(0);
            let egne = || {
                let organisasjon = &bestiller.organisasjon;
                let egne = indre.jobber.iter();
                egne.filter(move |(_, j)| j.bestiller.organisasjon == *organisasjon && j.utloeper > naa)
            };
            let antall = |jobber: usize| u32::try_from(jobber).unwrap_or(u32::MAX).saturating_add(underveis);
            let venter = antall(egne().filter(|(_, j)| j.tilstand == Tilstand::Venter).count());
            if venter >= self.grenser.samtidige {
                return Err(Feil::ForMange);
            }
            let mut borte = None;
            if antall(egne().count()) >= self.grenser.lagrede {
                let lest = egne().filter(|(_, j)| j.lest).min_by_key(|(_, j)| j.nummer);
                let id = *lest.ok_or(Feil::ForMange)?.0;
                borte = indre.jobber.remove(&id).map(|jobb| (id, jobb));
            }
            *indre.underveis.entry(bestiller.organisasjon.clone()).or_default() += 1;
            borte
        };
        let plass = Plass(self, bestiller.organisasjon.clone());
        if let Some((id, jobb)) = borte {
            self.slett(id, &jobb)?;
        }
        Ok(plass)
    }

    /// What there is of an order at a place, for the one who ordered it.
    ///
    /// `naa`: seconds since 1970.
    ///
    /// # Errors
    /// [`Feil::Lager`] and [`Feil::Skadet`] if the files refuse or are damaged.
    pub fn porsjon(
        &self,
        id: Jobbid,
        bestiller: &Bestiller,
        projeksjon: Projeksjon,
        nr: u64,
        naa: i64,
    ) -> Result<Porsjon, Feil> {
        // Held until the batch is read: what seals an order may change, and the two belong together.
        let mut indre = self.laas();
        let jobb = indre.jobber.get_mut(&id);
        let Some(jobb) = jobb.filter(|j| j.bestiller == *bestiller && j.utloeper > naa) else {
            return Ok(Porsjon::FinnesIkke);
        };
        if let Innhold::Komplett { graderte, .. } = &jobb.innhold
            && *graderte != projeksjon.viser_graderte()
        {
            // The numbers of another feed.
            return Ok(Porsjon::FinnesIkke);
        }
        if jobb.tilstand == Tilstand::Venter {
            return Ok(Porsjon::IkkeKlar);
        }
        let Some(nr) = u32::try_from(nr).ok().filter(|nr| *nr <= jobb.porsjoner) else {
            return Ok(Porsjon::FinnesIkke);
        };
        let siste = nr.saturating_add(1) >= jobb.porsjoner;
        jobb.lest |= siste;
        if nr == jobb.porsjoner {
            return Ok(Porsjon::Slutt);
        }
        let Some(byte) = self.les_porsjon(&self.miljoe.les()?, (id, nr), jobb)? else {
            return Ok(Porsjon::FinnesIkke);
        };
        Ok(match &jobb.innhold {
            Innhold::Komplett { .. } => Porsjon::Dokumenter(les_dokumenter(&byte)?),
            Innhold::Tilpasset(kommune) => Porsjon::Personer {
                personer: les_personer(&byte)?.into_iter().map(Personnummer::fra_indeks).collect(),
                kommune: kommune.clone(),
                siste,
            },
        })
    }

    /// Writes out the order that has waited longest. `false`: none waits, or `fortsett` said to stop, and then it is taken up
    /// again from its beginning.
    ///
    /// # Errors
    /// [`Feil`] if the stores refuse; the order waits still.
    pub fn skriv_neste(&self, register: &Register, fortsett: impl Fn() -> bool) -> Result<bool, Feil> {
        let neste = {
            let mut indre = self.laas();
            let venter = indre.jobber.iter().filter(|(_, j)| j.tilstand == Tilstand::Venter);
            let neste = venter.min_by_key(|(_, j)| j.nummer).map(|(id, j)| (*id, j.clone()));
            indre.lages = neste.as_ref().map(|(id, _)| *id);
            neste
        };
        let Some((id, jobb)) = neste else { return Ok(false) };
        let utfall = self.skriv_ut(register, id, jobb, &fortsett);
        self.av.store(0, Ordering::Relaxed);
        let mut indre = self.laas();
        indre.lages = None;
        match utfall? {
            Some(jobb) => {
                indre.jobber.insert(id, jobb);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    fn skriv_ut(
        &self,
        register: &Register,
        id: Jobbid,
        mut jobb: Jobb,
        fortsett: &impl Fn() -> bool,
    ) -> Result<Option<Jobb>, Feil> {
        let Innhold::Komplett { til, graderte } = jobb.innhold else {
            return Err(SKADET);
        };
        let projeksjon = Projeksjon::for_pakke(jobb.bestiller.pakke, graderte);
        self.lest.store(0, Ordering::Relaxed);
        self.av.store(til, Ordering::Relaxed);
        let dokumenter = register.les()?.persondokumenter(projeksjon, til, |nummer| {
            self.lest.store(nummer, Ordering::Relaxed);
            fortsett()
        })?;
        let Some(dokumenter) = dokumenter else { return Ok(None) };
        self.lest.store(til, Ordering::Relaxed);
        let noekkel = self.noekler.les()?.hent(jobb.nummer, jobb.generasjon)?.ok_or(SKADET)?;
        let mut alle = (0u32..).zip(dokumenter).filter(|(_, seq)| *seq != Sekvens(0));
        let (mut porsjoner, mut personer, mut ferdig) = (0u32, 0usize, false);
        while !ferdig {
            let mut skriv = self.miljoe.skriv()?;
            for _ in 0..BOLK {
                let porsjon: Vec<_> = alle.by_ref().take(PORSJON_MAKS).collect();
                ferdig = porsjon.is_empty();
                if ferdig {
                    break;
                }
                personer += porsjon.len();
                let byte = skriv_dokumenter(&porsjon);
                self.skriv_porsjon(&mut skriv, (id, porsjoner), (&noekkel, jobb.generasjon), &byte)?;
                porsjoner += 1;
            }
            if ferdig {
                jobb.porsjoner = porsjoner;
                jobb.personer = u32::try_from(personer).map_err(|_| SKADET)?;
                jobb.tilstand = Tilstand::Klar;
                self.skriv_jobb(&mut skriv, id, &jobb, &noekkel)?;
            } else if !fortsett() {
                return Ok(None);
            }
            Miljoe::bekreft(skriv)?;
        }
        Ok(Some(jobb))
    }

    /// Throws away orders that are too old, and leaves nothing of the keys of those that are gone. Gives how many went.
    ///
    /// `naa`: seconds since 1970.
    ///
    /// # Errors
    /// [`Feil::Lager`] if the files refuse; what is left goes next time.
    pub fn rydd(&self, naa: i64) -> Result<usize, Feil> {
        let gamle: Vec<(Jobbid, Jobb)> = {
            let mut indre = self.laas();
            let lages = indre.lages;
            let for_gammel = |id: &Jobbid, j: &Jobb| j.utloeper <= naa && lages != Some(*id);
            let (gamle, nye) = std::mem::take(&mut indre.jobber)
                .into_iter()
                .partition(|(id, j)| for_gammel(id, j));
            indre.jobber = nye;
            let gamle: BTreeMap<Jobbid, Jobb> = gamle;
            gamle.into_iter().collect()
        };
        for (id, jobb) in &gamle {
            self.slett(*id, jobb)?;
        }
        if std::mem::take(&mut self.laas().oedelagt)
            && let Err(feil) = self.noekler.forny(false)
        {
            self.laas().oedelagt = true;
            return Err(feil.into());
        }
        Ok(gamle.len())
    }

    /// Seals anew, without them, the lists of kommuner that somebody is on whose addresses have been erased. Gives how many.
    ///
    /// To be followed by [`Uttrekkslager::rydd`], which leaves nothing of the former keys.
    ///
    /// # Errors
    /// [`Feil`] if the stores refuse or are damaged; what is left is done next time.
    pub fn rens(&self, register: &Register) -> Result<usize, Feil> {
        let jobber: Vec<(Jobbid, Jobb)> = {
            let indre = self.laas();
            let av_kommune = |j: &Jobb| matches!(j.innhold, Innhold::Tilpasset(Some(_)));
            let jobber = indre.jobber.iter().filter(|(_, j)| av_kommune(j));
            jobber.map(|(id, j)| (*id, j.clone())).collect()
        };
        let mut renset = 0;
        for (id, jobb) in jobber {
            let Some(porsjoner) = self.uten_slettede(register, id, &jobb)? else {
                continue;
            };
            let ny = Jobb {
                generasjon: jobb.generasjon.wrapping_add(1),
                ..jobb.clone()
            };
            let noekkel = self.gi_noekkel(ny.nummer, ny.generasjon)?;
            let mut skriv = self.miljoe.skriv()?;
            for (nr, personer) in (0..).zip(&porsjoner) {
                let byte = skriv_personer(personer);
                self.skriv_porsjon(&mut skriv, (id, nr), (&noekkel, ny.generasjon), &byte)?;
            }
            self.skriv_jobb(&mut skriv, id, &ny, &noekkel)?;
            let byttet = {
                let mut indre = self.laas();
                indre.oedelagt = true;
                match indre.jobber.get_mut(&id) {
                    Some(plass) => {
                        Miljoe::bekreft(skriv)?;
                        plass.generasjon = ny.generasjon;
                        true
                    }
                    // Thrown away meanwhile.
                    None => false,
                }
            };
            let mut noekler = self.noekler.skriv();
            noekler.oedelegg(jobb.nummer, if byttet { jobb.generasjon } else { ny.generasjon });
            noekler.bekreft()?;
            renset += usize::from(byttet);
        }
        Ok(renset)
    }

    // The batches without those who are erased. `None`: nobody is, or the order is gone.
    fn uten_slettede(&self, register: &Register, id: Jobbid, jobb: &Jobb) -> Result<Option<Vec<Vec<u32>>>, Feil> {
        let (les, les_register) = (self.miljoe.les()?, register.les()?);
        let (mut ut, mut noen) = (Vec::new(), false);
        for nr in 0..jobb.porsjoner {
            let Some(byte) = self.les_porsjon(&les, (id, nr), jobb)? else {
                return Ok(None);
            };
            let mut beholdt = Vec::new();
            for person in les_personer(&byte)? {
                if les_register.er_strengt_fortrolig(Personnummer::fra_indeks(person))? {
                    noen = true;
                } else {
                    beholdt.push(person);
                }
            }
            ut.push(beholdt);
        }
        Ok(noen.then_some(ut))
    }

    /// What the operator sees.
    pub fn tall(&self) -> Tall {
        let indre = self.laas();
        let klare = indre.jobber.values().filter(|j| j.tilstand == Tilstand::Klar).count();
        let av = self.av.load(Ordering::Relaxed);
        Tall {
            venter: indre.jobber.len().saturating_sub(klare) as u64,
            klare: klare as u64,
            lest: if av == 0 { 0 } else { self.lest.load(Ordering::Relaxed) },
            av,
        }
    }

    /// How much of what the files may grow to is in use.
    pub fn kart(&self) -> lager::Kart {
        self.miljoe.kart()
    }

    // Its key first: what is left of it after that is nobody's.
    fn slett(&self, id: Jobbid, jobb: &Jobb) -> Result<(), Feil> {
        let mut noekler = self.noekler.skriv();
        noekler.oedelegg(jobb.nummer, jobb.generasjon);
        noekler.bekreft()?;
        self.laas().oedelagt = true;
        self.slett_rader(id)
    }

    fn slett_rader(&self, id: Jobbid) -> Result<(), Feil> {
        let plasser: Vec<Vec<u8>> = {
            let les = self.miljoe.les()?;
            let rader = self.porsjoner.med_prefiks(&les, id.byte())?;
            rader
                .map(|rad| rad.map(|(plass, _)| plass.to_vec()))
                .collect::<Result<_, _>>()?
        };
        let mut skriv = self.miljoe.skriv()?;
        self.bestillinger.slett(&mut skriv, id.byte())?;
        for plass in plasser {
            self.porsjoner.slett(&mut skriv, &plass)?;
        }
        Ok(Miljoe::bekreft(skriv)?)
    }
}

fn jobbsted(id: Jobbid, hode: &[u8; 5]) -> Vec<u8> {
    [b"uttrekk bestilling ".as_slice(), id.byte(), hode].concat()
}

fn porsjonsplass(id: Jobbid, nr: u32) -> Vec<u8> {
    [id.byte().as_slice(), &nr.to_be_bytes()].concat()
}

fn porsjonssted(plass: &[u8], generasjon: u8) -> Vec<u8> {
    [b"uttrekk porsjon ".as_slice(), plass, &[generasjon]].concat()
}

fn del_opp(personer: &RoaringBitmap) -> Result<Vec<Vec<u32>>, Feil> {
    let mut ut = Vec::new();
    let mut alle = personer.iter();
    loop {
        for byte in *Noekkel::tilfeldig()?.hele() {
            let antall = PORSJON_MAKS.saturating_sub(usize::from(byte % SPRED));
            let porsjon: Vec<u32> = alle.by_ref().take(antall).collect();
            if porsjon.is_empty() {
                return Ok(ut);
            }
            ut.push(porsjon);
        }
    }
}
