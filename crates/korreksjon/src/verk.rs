//! The engine: takes orders, does one commit at a time, says which feeds are to stand still.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use informasjonsmodell::Tidspunkt;
use register::{Behandling, Masseutvalg, Register, Rettet};
use saksbehandling::Tid;
use tilgang::{Pakke, Projeksjon};

use crate::feil::Feil;
use crate::fil::Fil;
use crate::jobb::{Jobb, Jobbnr, Kilde, Slipp, Tilstand, projeksjoner, tell_elementer};
use crate::regel::{Regel, Regelvalg};

/// Persons in a commit while feeds are held: many, so that waits for the disk are few.
///
/// Source: our choice, ADR 0028; measured.
const HOLDT_BOLK: usize = 4_096;

/// Persons in a commit while events flow: few, so that the writer is never held for long.
const LEVENDE_BOLK: usize = 512;

/// Commits of a second, where persons in a second are bounded.
const BOLKER_PER_SEKUND: u32 = 5;

/// Rows of jobs in the register's table of cases: `KJ` and the number.
const PREFIKS: &[u8] = b"KJ";

/// Jobs that are listed.
const JOBBER_MAKS: usize = 10_000;

/// What somebody wants done.
#[derive(Clone, Debug, PartialEq)]
pub struct Bestilling {
    /// A rule, with the time from when what it registers is valid, and its table.
    pub regel: Option<(Regelvalg, Tidspunkt, Option<String>)>,
    /// Or a file.
    pub fil: Option<PathBuf>,
    /// The packages whose feeds stand still meanwhile; none: live.
    pub holdt: Vec<Pakke>,
    /// When they are let go, at the earliest: package, seconds since 1970.
    pub slipp: Vec<(Pakke, i64)>,
    /// Persons corrected in a second, at most.
    pub per_sekund: Option<u32>,
}

/// What a trial came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proevd {
    /// Where to go on; `None`: all of it is tried.
    pub neste: Option<u64>,
    /// Where it ends.
    pub slutt: u64,
    /// Persons looked at, or lines.
    pub sett: u64,
    /// Who would be corrected.
    pub rettet: u64,
    /// Events.
    pub hendelser: u64,
    /// Items by feed.
    pub elementer: BTreeMap<String, u64>,
    /// Who would be refused.
    pub avvist: u64,
}

/// What a step did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Steg {
    /// No job is running.
    Ingen,
    /// One did something, and stands so now. `rettet` of it was now.
    Gjort {
        /// The job.
        jobb: Box<Jobb>,
        /// Persons corrected by this step.
        rettet: u64,
    },
}

/// What a job works with: the rule or the file, open.
enum Verktoey {
    Regel(Regel),
    Fil(Fil),
}

/// The engine of one register.
pub struct Verk {
    register: Arc<Register>,
    traader: usize,
    verktoey: Mutex<Option<(Jobbnr, Verktoey)>>,
    // What is tried, so that a file is not read from its beginning for each part.
    proeves: Mutex<Option<(Bestilling, Verktoey)>>,
}

impl std::fmt::Debug for Verk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verk").finish_non_exhaustive()
    }
}

fn plass(nr: Jobbnr) -> Vec<u8> {
    [PREFIKS, &nr.0.to_be_bytes()].concat()
}

fn les_jobb(byte: &[u8]) -> Result<Jobb, Feil> {
    serde_json::from_slice(byte).map_err(|_| Feil::Skadet)
}

fn skriv_jobb(b: &mut Behandling<'_>, jobb: &Jobb) -> Result<(), Feil> {
    let byte = serde_json::to_vec(jobb).map_err(|_| Feil::Skadet)?;
    Ok(b.sett_sak(&plass(jobb.nr), Some(&byte))?)
}

impl Verktoey {
    fn ny(bestilling: &Bestilling) -> Result<Self, Feil> {
        match (&bestilling.regel, &bestilling.fil) {
            (Some((valg, fra, tabell)), None) => Ok(Verktoey::Regel(Regel::new(*valg, *fra, tabell.as_deref())?)),
            (None, Some(sti)) => Ok(Verktoey::Fil(Fil::aapne(sti)?)),
            _ => Err(Feil::Skadet),
        }
    }

    fn igjen(kilde: &Kilde) -> Result<Self, Feil> {
        match kilde {
            Kilde::Regel {
                regel,
                gjelder_fra,
                tabell,
            } => {
                let fra = Tidspunkt::parse(gjelder_fra).ok_or(Feil::Skadet)?;
                Ok(Verktoey::Regel(Regel::new(*regel, fra, tabell.as_deref())?))
            }
            Kilde::Fil { sti, sha256, .. } => {
                let fil = Fil::aapne(sti)?;
                if fil.sha256() != sha256 {
                    return Err(Feil::Fil {
                        sti: sti.clone(),
                        hva: "den er ikke den samme som da korreksjonen begynte",
                        kilde: None,
                    });
                }
                Ok(Verktoey::Fil(fil))
            }
        }
    }

    fn kilde(&self, bestilling: &Bestilling) -> Result<Kilde, Feil> {
        match self {
            Verktoey::Fil(fil) => Ok(Kilde::Fil {
                sti: fil.sti().to_owned(),
                sha256: fil.sha256().to_owned(),
                byte: fil.byte(),
            }),
            Verktoey::Regel(_) => {
                let (regel, fra, tabell) = bestilling.regel.clone().ok_or(Feil::Skadet)?;
                let mut tekst = Vec::new();
                fra.skriv(&mut tekst);
                Ok(Kilde::Regel {
                    regel,
                    gjelder_fra: String::from_utf8(tekst).map_err(|_| Feil::Skadet)?,
                    tabell,
                })
            }
        }
    }

    // Where it begins and ends: persons of the store, or bytes of the file.
    fn omfang(&self, register: &Register) -> Result<(u64, u64), Feil> {
        match self {
            Verktoey::Regel(_) => Ok((1, u64::from(register.antall_personer()?) + 1)),
            Verktoey::Fil(fil) => Ok((0, fil.byte())),
        }
    }
}

/// Some of what a job is to do.
enum Bolk<'v> {
    Omraade(std::ops::Range<u32>, &'v Regel),
    Linjer(Vec<(u64, Vec<register::Rettelse>)>),
}

impl Bolk<'_> {
    fn utvalg(&self) -> Masseutvalg<'_> {
        match self {
            Bolk::Omraade(omraade, regel) => Masseutvalg::Omraade(omraade.clone(), *regel),
            Bolk::Linjer(linjer) => Masseutvalg::Liste(linjer),
        }
    }
}

impl Verktoey {
    /// What comes next, and where to go on after it.
    fn bolk(&mut self, neste: u64, slutt: u64, maks: usize) -> Result<(Bolk<'_>, u64), Feil> {
        match self {
            Verktoey::Regel(regel) => {
                let tall = |n: u64| u32::try_from(n).map_err(|_| Feil::Skadet);
                let til = neste.saturating_add(maks as u64).min(slutt);
                Ok((Bolk::Omraade(tall(neste)?..tall(til)?, regel), til))
            }
            Verktoey::Fil(fil) => {
                let (linjer, til) = fil.les(neste, maks)?;
                Ok((Bolk::Linjer(linjer), til))
            }
        }
    }
}

impl Verk {
    /// The engine of a register. `traader` make ready beside the one that writes.
    #[must_use]
    pub fn new(register: Arc<Register>, traader: usize) -> Self {
        Verk {
            register,
            traader,
            verktoey: Mutex::new(None),
            proeves: Mutex::new(None),
        }
    }

    /// Takes an order: the job is begun, and the feeds that it holds stand still, in one commit.
    ///
    /// # Errors
    /// [`Feil::Opptatt`] while another is not done; [`Feil::Fil`], [`Feil::Linje`], [`Feil::Tabell`] for what cannot be done.
    pub fn bestill(&self, bestilling: &Bestilling, naa: &Tid) -> Result<Jobb, Feil> {
        let verktoey = Verktoey::ny(bestilling)?;
        let (neste, slutt) = verktoey.omfang(&self.register)?;
        let kilde = verktoey.kilde(bestilling)?;
        let navn = |pakke: &Pakke| pakke.kortnavn().to_owned();
        let slipp = bestilling.slipp.iter().map(|(pakke, fra)| Slipp {
            pakke: navn(pakke),
            fra: *fra,
        });
        let slipp: Vec<Slipp> = slipp.collect();
        let (jobb, _) = self.register.behandle(naa.sekunder, |b| -> Result<Jobb, Feil> {
            let jobber = b.saker(PREFIKS, PREFIKS, JOBBER_MAKS)?;
            let jobber = jobber
                .iter()
                .map(|(_, byte)| les_jobb(byte))
                .collect::<Result<Vec<_>, _>>()?;
            if let Some(opptatt) = jobber.iter().find(|jobb| !jobb.er_over()) {
                return Err(Feil::Opptatt(opptatt.nr));
            }
            let nr = Jobbnr(jobber.last().map_or(0, |jobb| jobb.nr.0) + 1);
            let jobb = Jobb {
                nr,
                kilde,
                holdt: bestilling.holdt.iter().map(navn).collect(),
                slipp,
                per_sekund: bestilling.per_sekund,
                tilstand: Tilstand::Loeper,
                grunn: None,
                neste,
                slutt,
                linje: 1,
                sett: 0,
                rettet: 0,
                hendelser: 0,
                elementer: BTreeMap::new(),
                avvist: 0,
                avviste_linjer: Vec::new(),
                startet: naa.sekunder,
                avsluttet: None,
                melding: None,
                meldt_ferdig: false,
            };
            skriv_jobb(b, &jobb)?;
            b.hold_feeder(&projeksjoner(&bestilling.holdt))?;
            Ok(jobb)
        })?;
        *self.laas() = Some((jobb.nr, verktoey));
        Ok(jobb)
    }

    fn laas(&self) -> std::sync::MutexGuard<'_, Option<(Jobbnr, Verktoey)>> {
        self.verktoey.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tries a part of an order: everything is done as it would be, and nothing of it is kept. Begins where the last part
    /// said.
    ///
    /// # Errors
    /// As [`Verk::bestill`].
    pub fn proev(&self, bestilling: &Bestilling, fra: Option<u64>, naa: &Tid) -> Result<Proevd, Feil> {
        let mut proeves = self.proeves.lock().unwrap_or_else(PoisonError::into_inner);
        let verktoey = match proeves.take().filter(|(om, _)| om == bestilling && fra.is_some()) {
            Some((_, verktoey)) => verktoey,
            None => Verktoey::ny(bestilling)?,
        };
        let (_, verktoey) = proeves.insert((bestilling.clone(), verktoey));
        let (foerste, slutt) = verktoey.omfang(&self.register)?;
        let (bolk, til) = verktoey.bolk(fra.unwrap_or(foerste), slutt, HOLDT_BOLK)?;
        let rettet = self
            .register
            .proev_rettelse(&bolk.utvalg(), naa.tidspunkt, naa.sekunder, self.traader)?;
        let mut ut = Proevd {
            neste: Some(til).filter(|til| *til < slutt),
            slutt,
            sett: rettet.sett,
            rettet: rettet.rettet,
            hendelser: rettet.hendelser,
            elementer: BTreeMap::new(),
            avvist: rettet.avvist.len() as u64,
        };
        tell_elementer(&mut ut.elementer, &rettet);
        if ut.neste.is_none() {
            *proeves = None;
        }
        Ok(ut)
    }

    /// Does the next commit of the job that is running, if one is. What came of it is in the job's row, in the same commit.
    ///
    /// # Errors
    /// [`Feil`]; the job then stands as failed, with the reason, if that could be written.
    pub fn steg(&self, naa: &Tid) -> Result<Steg, Feil> {
        let Some(jobb) = self.aktiv()?.filter(|jobb| jobb.tilstand == Tilstand::Loeper) else {
            return Ok(Steg::Ingen);
        };
        match self.gjoer(&jobb, naa) {
            Ok(steg) => Ok(steg),
            Err(feil) => {
                let grunn = feil.to_string();
                let _ = self.endre(jobb.nr, naa, |jobb| {
                    jobb.tilstand = Tilstand::Feilet;
                    jobb.grunn = Some(grunn);
                    Ok(())
                });
                Err(feil)
            }
        }
    }

    fn gjoer(&self, sist: &Jobb, naa: &Tid) -> Result<Steg, Feil> {
        let mut laas = self.laas();
        if laas.as_ref().is_none_or(|(nr, _)| *nr != sist.nr) {
            *laas = Some((sist.nr, Verktoey::igjen(&sist.kilde)?));
        }
        let Some((_, verktoey)) = laas.as_mut() else {
            return Err(Feil::Skadet);
        };
        let (bolk, til) = verktoey.bolk(sist.neste, sist.slutt, bolkstoerrelse(sist))?;
        let traader = if sist.holdt.is_empty() { 1 } else { self.traader };
        let (utfall, _) = self
            .register
            .behandle(naa.sekunder, |b| -> Result<Option<(Jobb, u64)>, Feil> {
                // What somebody asked meanwhile holds: the row is read in the commit that changes it.
                let byte = b.sak(&plass(sist.nr))?.ok_or(Feil::Skadet)?;
                let mut jobb = les_jobb(&byte)?;
                if jobb.tilstand != Tilstand::Loeper || jobb.neste != sist.neste {
                    return Ok(None);
                }
                let rettet: Rettet = b.rett(&bolk.utvalg(), naa.tidspunkt, traader)?;
                let er_fil = matches!(jobb.kilde, Kilde::Fil { .. });
                let linje = er_fil.then_some(jobb.linje);
                jobb.tell(&rettet, linje);
                jobb.linje += rettet.sett;
                jobb.neste = til;
                if til >= jobb.slutt {
                    jobb.tilstand = Tilstand::Ferdig;
                    jobb.avsluttet = Some(naa.sekunder);
                }
                skriv_jobb(b, &jobb)?;
                Ok(Some((jobb, rettet.rettet)))
            })?;
        if utfall.as_ref().is_none_or(|(jobb, _)| jobb.er_over()) {
            *laas = None;
        }
        Ok(match utfall {
            None => Steg::Ingen,
            Some((jobb, rettet)) => Steg::Gjort {
                jobb: Box::new(jobb),
                rettet,
            },
        })
    }

    /// The job that is not done, if there is one.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn aktiv(&self) -> Result<Option<Jobb>, Feil> {
        Ok(self.jobber()?.into_iter().find(|jobb| !jobb.er_over()))
    }

    /// Every job, the first first.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn jobber(&self) -> Result<Vec<Jobb>, Feil> {
        let rader = self.register.les()?.saker(PREFIKS, PREFIKS, JOBBER_MAKS)?;
        rader.iter().map(|(_, byte)| les_jobb(byte)).collect()
    }

    /// One job.
    ///
    /// # Errors
    /// [`Feil::Ukjent`].
    pub fn jobb(&self, nr: Jobbnr) -> Result<Jobb, Feil> {
        let byte = self.register.les()?.sak(&plass(nr))?.ok_or(Feil::Ukjent(nr))?;
        les_jobb(&byte)
    }

    /// Lets a job wait. Feeds that it holds stand still.
    ///
    /// # Errors
    /// [`Feil::Tilstand`] if it is not running.
    pub fn pause(&self, nr: Jobbnr, naa: &Tid) -> Result<Jobb, Feil> {
        self.bli(nr, naa, "settes på pause", &[Tilstand::Loeper], Tilstand::Pauset)
    }

    /// Lets a job that waits go on.
    ///
    /// # Errors
    /// [`Feil::Tilstand`] if it does not wait.
    pub fn fortsett(&self, nr: Jobbnr, naa: &Tid) -> Result<Jobb, Feil> {
        let fra = [Tilstand::Pauset, Tilstand::Feilet];
        self.bli(nr, naa, "fortsette", &fra, Tilstand::Loeper)
    }

    /// Ends a job where it is. What it did is done; its feeds are let go.
    ///
    /// # Errors
    /// [`Feil::Tilstand`] if it is over.
    pub fn stopp(&self, nr: Jobbnr, naa: &Tid) -> Result<Jobb, Feil> {
        let fra = [Tilstand::Loeper, Tilstand::Pauset, Tilstand::Feilet];
        self.bli(nr, naa, "stoppes", &fra, Tilstand::Stoppet)
    }

    fn bli(&self, nr: Jobbnr, naa: &Tid, hva: &'static str, fra: &[Tilstand], til: Tilstand) -> Result<Jobb, Feil> {
        self.endre(nr, naa, |jobb| {
            if !fra.contains(&jobb.tilstand) {
                let tilstand = jobb.tilstand;
                return Err(Feil::Tilstand { nr, tilstand, hva });
            }
            jobb.tilstand = til;
            jobb.grunn = None;
            jobb.avsluttet = jobb.er_over().then_some(naa.sekunder);
            Ok(())
        })
    }

    /// Changes a job's row.
    ///
    /// # Errors
    /// [`Feil::Ukjent`], and those of `endring`.
    pub fn endre(
        &self,
        nr: Jobbnr,
        naa: &Tid,
        endring: impl FnOnce(&mut Jobb) -> Result<(), Feil>,
    ) -> Result<Jobb, Feil> {
        let (jobb, _) = self.register.behandle(naa.sekunder, |b| -> Result<Jobb, Feil> {
            let byte = b.sak(&plass(nr))?.ok_or(Feil::Ukjent(nr))?;
            let mut jobb = les_jobb(&byte)?;
            endring(&mut jobb)?;
            skriv_jobb(b, &jobb)?;
            Ok(jobb)
        })?;
        Ok(jobb)
    }

    /// Makes the feeds stand still that are to, and lets the others go. `ogsaa`: packages that are held for another reason than
    /// a job.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse.
    pub fn avstem(&self, ogsaa: &[Pakke], naa_sekunder: i64) -> Result<(), Feil> {
        let skal = |rader: Vec<register::Saksrad>| -> Result<Vec<Projeksjon>, Feil> {
            let mut pakker = ogsaa.to_vec();
            for (_, byte) in rader {
                pakker.extend(les_jobb(&byte)?.holder(naa_sekunder));
            }
            Ok(projeksjoner(&pakker))
        };
        let les = self.register.les()?;
        let ventet = skal(les.saker(PREFIKS, PREFIKS, JOBBER_MAKS)?)?;
        let mut uenig = false;
        for projeksjon in Projeksjon::ALLE {
            uenig |= ventet.contains(&projeksjon) != les.feedstatus(projeksjon)?.holdt;
        }
        drop(les);
        if !uenig {
            return Ok(());
        }
        // Decided by what holds in the commit: a job may have begun since.
        self.register.behandle(naa_sekunder, |b| -> Result<(), Feil> {
            let skal = skal(b.saker(PREFIKS, PREFIKS, JOBBER_MAKS)?)?;
            let andre: Vec<_> = Projeksjon::ALLE.into_iter().filter(|p| !skal.contains(p)).collect();
            b.hold_feeder(&skal)?;
            Ok(b.slipp_feeder(&andre)?)
        })?;
        Ok(())
    }

    /// Whether the feeds that a job held have been let go and have everything.
    ///
    /// # Errors
    /// [`Feil`] if the store is damaged.
    pub fn er_publisert(&self, jobb: &Jobb) -> Result<bool, Feil> {
        let pakker: Vec<Pakke> = jobb.holdt.iter().filter_map(|navn| Pakke::fra_kortnavn(navn)).collect();
        let les = self.register.les()?;
        for projeksjon in projeksjoner(&pakker) {
            if les.feedstatus(projeksjon)?.venter {
                return Ok(false);
            }
        }
        Ok(jobb.er_over())
    }
}

fn bolkstoerrelse(jobb: &Jobb) -> usize {
    let frie = if jobb.holdt.is_empty() {
        LEVENDE_BOLK
    } else {
        HOLDT_BOLK
    };
    match jobb.per_sekund {
        None => frie,
        Some(per_sekund) => usize::try_from(per_sekund / BOLKER_PER_SEKUND)
            .unwrap_or(frie)
            .clamp(1, frie),
    }
}
