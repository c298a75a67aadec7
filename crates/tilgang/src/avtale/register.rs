//! The register of grants: loaded from its file, looked up in memory, changed by one new line at a time.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use identifikator::Organisasjonsnummer;
use jiff::Timestamp;

use super::feil::Feil;
use super::klientregister::Klienter;
use super::linje::{Avtaleinnhold, Avtalelinje, Produsentlinje};
use super::modell::{Avtale, Avtaleendring, Avtaleid, NyAvtale, Rettighet, sjekk_tekst};
use super::privatfil;
use super::produsentregister::Produsenter;
use super::sperre::{Sperrer, Sperret};
use crate::Pakke;
use crate::endringslogg::{self, Endringslogg};

const LAAS: &str = "laas";
const AVTALER: &str = "avtaler.jsonl";
const KLIENTER: &str = "klienter.jsonl";
const PRODUSENTER: &str = "produsenter.jsonl";

/// Grants, clients and producers of one folder. The process that has it open is the only one.
///
/// Shape: looking up takes a read lock and no IO; a change writes one line, syncs it, and only then shows.
pub struct Avtaleregister {
    filer: Mutex<Filer>,
    pub(super) avtaler: RwLock<Avtaler>,
    pub(super) klienter: RwLock<Klienter>,
    pub(super) produsenter: RwLock<Produsenter>,
    /// Held as long as the register lives; the system lets go of it when the process dies.
    _laas: File,
}

/// The files, behind one lock, so that checking and writing a change is one step.
pub(super) struct Filer {
    pub(super) avtaler: Endringslogg,
    pub(super) klienter: Endringslogg,
    pub(super) produsenter: Endringslogg,
}

/// What happened to a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hendelse {
    /// It was given.
    Gitt,
    /// It was changed.
    Endret,
    /// It was withdrawn, and why.
    Trukket(String),
}

/// One step of a grant's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Avtalehendelse {
    /// When.
    pub tid: Timestamp,
    /// By whom.
    pub av: String,
    /// What.
    pub hendelse: Hendelse,
    /// The grant as it was afterwards.
    pub avtale: Arc<Avtale>,
}

impl Avtaleregister {
    /// Opens the folder, making it if it is not there, and reads all of it.
    ///
    /// # Errors
    /// [`Feil::Opptatt`] when another process has it, [`Feil::Logg`], also when a line does not fit.
    pub fn aapne(mappe: &Path) -> Result<Self, Feil> {
        privatfil::sikre_mappe(mappe)?;
        let laas = privatfil::aapne(&mappe.join(LAAS))?;
        laas.try_lock().map_err(|feil| match feil {
            TryLockError::WouldBlock => Feil::Opptatt {
                mappe: mappe.to_owned(),
            },
            TryLockError::Error(kilde) => privatfil::Feil::io(mappe, "låse")(kilde).into(),
        })?;
        let sti = mappe.join(AVTALER);
        let (avtalelogg, linjer) = Endringslogg::aapne::<Avtalelinje>(&sti)?;
        let mut avtaler = Avtaler::default();
        for linje in linjer {
            let skadet = endringslogg::Feil::skadet(&sti, linje.nr);
            avtaler
                .ta_inn(linje.nr, linje.tid, &linje.av, linje.innhold)
                .map_err(skadet)?;
        }
        let sti = mappe.join(KLIENTER);
        let (klientlogg, linjer) = Endringslogg::aapne(&sti)?;
        let mut klienter = Klienter::default();
        for linje in linjer {
            let skadet = endringslogg::Feil::skadet(&sti, linje.nr);
            klienter.ta_inn(linje.tid, &linje.av, linje.innhold).map_err(skadet)?;
        }
        let sti = mappe.join(PRODUSENTER);
        let (produsentlogg, linjer) = Endringslogg::aapne::<Produsentlinje>(&sti)?;
        let mut produsenter = Produsenter::default();
        for linje in linjer {
            let skadet = endringslogg::Feil::skadet(&sti, linje.nr);
            produsenter
                .ta_inn(linje.nr, linje.tid, &linje.av, linje.innhold)
                .map_err(skadet)?;
        }
        Ok(Avtaleregister {
            filer: Mutex::new(Filer {
                avtaler: avtalelogg,
                klienter: klientlogg,
                produsenter: produsentlogg,
            }),
            avtaler: RwLock::new(avtaler),
            klienter: RwLock::new(klienter),
            produsenter: RwLock::new(produsenter),
            _laas: laas,
        })
    }

    /// The grant under which an organisation may use something at a time. There is at most one.
    #[must_use]
    pub fn finn(
        &self,
        organisasjon: Organisasjonsnummer,
        rettighet: &Rettighet,
        naa: Timestamp,
    ) -> Option<Arc<Avtale>> {
        let avtaler = self.avtaler();
        let gjelder = |avtale: &&Arc<Avtale>| avtale.rettighet == *rettighet && avtale.gjelder(naa);
        avtaler.for_organisasjon(organisasjon).find(gjelder).cloned()
    }

    /// Every grant there ever was, in the order they were given.
    #[must_use]
    pub fn alle(&self) -> Vec<Arc<Avtale>> {
        self.avtaler().gjeldende.values().cloned().collect()
    }

    /// One grant as it is now.
    #[must_use]
    pub fn hent(&self, id: Avtaleid) -> Option<Arc<Avtale>> {
        self.avtaler().gjeldende.get(&id).cloned()
    }

    /// Everything that happened to a grant, in order. Empty when there is no such grant.
    #[must_use]
    pub fn historikk(&self, id: Avtaleid) -> Vec<Avtalehendelse> {
        self.avtaler().historikk.get(&id).cloned().unwrap_or_default()
    }

    /// Gives a grant. `av` is who gives it.
    ///
    /// # Errors
    /// [`Feil::Overlapper`] and the errors of a malformed grant; [`Feil::Logg`] when it could not be written.
    pub fn gi(&self, ny: &NyAvtale, av: &str, naa: Timestamp) -> Result<Arc<Avtale>, Feil> {
        ny.sjekk()?;
        sjekk_tekst("hvem som gir avtalen", av)?;
        let mut filer = self.filer();
        self.avtaler().sjekk_overlapp(ny, None)?;
        let id = Avtaleid(filer.avtaler.neste_nr());
        self.skriv_avtale(&mut filer, id, naa, av, Avtalelinje::Gitt(Avtaleinnhold::fra(ny)))
    }

    /// Changes a grant. `av` is who changes it.
    ///
    /// # Errors
    /// [`Feil::UkjentAvtale`], [`Feil::Trukket`], and those of [`Avtaleregister::gi`].
    pub fn endre(&self, id: Avtaleid, endring: &Avtaleendring, av: &str, naa: Timestamp) -> Result<Arc<Avtale>, Feil> {
        sjekk_tekst("hvem som endrer avtalen", av)?;
        let mut filer = self.filer();
        let foer = self.aapen(id)?;
        let ny = NyAvtale {
            organisasjon: foer.organisasjon,
            rettighet: foer.rettighet.clone(),
            graderte_adresser: endring.graderte_adresser.unwrap_or(foer.graderte_adresser),
            er_privat: endring.er_privat.unwrap_or(foer.er_privat),
            formaal: endring.formaal.clone().unwrap_or_else(|| foer.formaal.clone()),
            hjemmel: endring.hjemmel.clone().unwrap_or_else(|| foer.hjemmel.clone()),
            fra: foer.fra,
            til: endring.til.unwrap_or(foer.til),
        };
        ny.sjekk()?;
        self.avtaler().sjekk_overlapp(&ny, Some(id))?;
        let linje = Avtalelinje::Endret {
            id: id.0,
            avtale: Avtaleinnhold::fra(&ny),
        };
        self.skriv_avtale(&mut filer, id, naa, av, linje)
    }

    /// Withdraws a grant, for good. `av` is who does it.
    ///
    /// # Errors
    /// [`Feil::UkjentAvtale`], [`Feil::Trukket`], [`Feil::Logg`].
    pub fn trekk(&self, id: Avtaleid, grunn: &str, av: &str, naa: Timestamp) -> Result<Arc<Avtale>, Feil> {
        sjekk_tekst("grunn", grunn)?;
        sjekk_tekst("hvem som trekker avtalen", av)?;
        let mut filer = self.filer();
        self.aapen(id)?;
        let linje = Avtalelinje::Trukket {
            id: id.0,
            grunn: grunn.to_owned(),
        };
        self.skriv_avtale(&mut filer, id, naa, av, linje)
    }

    fn aapen(&self, id: Avtaleid) -> Result<Arc<Avtale>, Feil> {
        let avtale = self.hent(id).ok_or(Feil::UkjentAvtale(id))?;
        if avtale.trukket.is_some() {
            Err(Feil::Trukket(id))
        } else {
            Ok(avtale)
        }
    }

    fn skriv_avtale(
        &self,
        filer: &mut Filer,
        id: Avtaleid,
        naa: Timestamp,
        av: &str,
        linje: Avtalelinje,
    ) -> Result<Arc<Avtale>, Feil> {
        let nr = filer.avtaler.skriv(naa, av, &linje)?;
        let mut avtaler = self.avtaler.write().unwrap_or_else(PoisonError::into_inner);
        // Written and read are the same rules, so what was checked above is taken in here.
        let tatt_inn = avtaler.ta_inn(nr, naa, av, linje);
        debug_assert_eq!(tatt_inn, Ok(()));
        avtaler.gjeldende.get(&id).cloned().ok_or(Feil::UkjentAvtale(id))
    }

    pub(super) fn filer(&self) -> MutexGuard<'_, Filer> {
        self.filer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn avtaler(&self) -> RwLockReadGuard<'_, Avtaler> {
        self.avtaler.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The grants and the blocks in memory.
#[derive(Default)]
pub(super) struct Avtaler {
    pub(super) sperrer: Sperrer,
    gjeldende: BTreeMap<Avtaleid, Arc<Avtale>>,
    organisasjoner: HashMap<Organisasjonsnummer, Vec<Avtaleid>>,
    historikk: BTreeMap<Avtaleid, Vec<Avtalehendelse>>,
}

impl Avtaler {
    fn for_organisasjon(&self, organisasjon: Organisasjonsnummer) -> impl Iterator<Item = &Arc<Avtale>> {
        let ider = self
            .organisasjoner
            .get(&organisasjon)
            .map(Vec::as_slice)
            .unwrap_or_default();
        ider.iter().filter_map(|id| self.gjeldende.get(id))
    }

    fn sjekk_overlapp(&self, ny: &NyAvtale, unntatt: Option<Avtaleid>) -> Result<(), Feil> {
        let treff = |avtale: &&Arc<Avtale>| {
            Some(avtale.id) != unntatt && avtale.rettighet == ny.rettighet && avtale.overlapper(ny.fra, ny.til)
        };
        match self.for_organisasjon(ny.organisasjon).find(treff) {
            Some(avtale) => Err(Feil::Overlapper(avtale.id)),
            None => Ok(()),
        }
    }

    /// Takes in one line, from the file or just written.
    pub(super) fn ta_inn(&mut self, nr: u64, tid: Timestamp, av: &str, linje: Avtalelinje) -> Result<(), &'static str> {
        let (avtale, hendelse) = match linje {
            Avtalelinje::Sperret { hvem, grunn } => {
                return self.sperrer.sperr(Sperret::les(hvem)?, tid, av, grunn);
            }
            Avtalelinje::SperreOpphevet { hvem, .. } => return self.sperrer.opphev(&Sperret::les(hvem)?),
            Avtalelinje::Gitt(innhold) => {
                let ny = innhold.les()?;
                self.organisasjoner
                    .entry(ny.organisasjon)
                    .or_default()
                    .push(Avtaleid(nr));
                (bygg(Avtaleid(nr), ny, av), Hendelse::Gitt)
            }
            Avtalelinje::Endret { id, avtale } => {
                let foer = self.aapen(Avtaleid(id))?;
                let ny = avtale.les()?;
                if ny.organisasjon != foer.organisasjon || ny.rettighet != foer.rettighet || ny.fra != foer.fra {
                    return Err("endringen flytter avtalen");
                }
                (bygg(foer.id, ny, &foer.gitt_av), Hendelse::Endret)
            }
            Avtalelinje::Trukket { id, grunn } => {
                let foer = self.aapen(Avtaleid(id))?;
                (
                    Avtale {
                        trukket: Some(tid),
                        ..Avtale::clone(foer)
                    },
                    Hendelse::Trukket(grunn),
                )
            }
        };
        let avtale = Arc::new(avtale);
        let steg = Avtalehendelse {
            tid,
            av: av.to_owned(),
            hendelse,
            avtale: Arc::clone(&avtale),
        };
        self.historikk.entry(avtale.id).or_default().push(steg);
        self.gjeldende.insert(avtale.id, avtale);
        Ok(())
    }

    fn aapen(&self, id: Avtaleid) -> Result<&Arc<Avtale>, &'static str> {
        let avtale = self.gjeldende.get(&id).ok_or("avtalen det gjelder finnes ikke")?;
        if avtale.trukket.is_some() {
            Err("avtalen det gjelder er trukket")
        } else {
            Ok(avtale)
        }
    }
}

fn bygg(id: Avtaleid, ny: NyAvtale, gitt_av: &str) -> Avtale {
    Avtale {
        id,
        organisasjon: ny.organisasjon,
        rettighet: ny.rettighet,
        graderte_adresser: ny.graderte_adresser,
        er_privat: ny.er_privat,
        formaal: ny.formaal,
        hjemmel: ny.hjemmel,
        fra: ny.fra,
        til: ny.til,
        gitt_av: gitt_av.to_owned(),
        trukket: None,
    }
}

impl Avtaleinnhold {
    fn fra(ny: &NyAvtale) -> Self {
        let (pakke, scope) = match &ny.rettighet {
            Rettighet::Pakke(pakke) => (Some(pakke.kortnavn().to_owned()), None),
            Rettighet::Scope(scope) => (None, Some(scope.clone())),
        };
        Avtaleinnhold {
            organisasjon: ny.organisasjon.to_string(),
            pakke,
            scope,
            graderte_adresser: ny.graderte_adresser,
            er_privat: ny.er_privat,
            formaal: ny.formaal.clone(),
            hjemmel: ny.hjemmel.clone(),
            fra: ny.fra.to_string(),
            til: ny.til.map(|til| til.to_string()),
        }
    }

    fn les(self) -> Result<NyAvtale, &'static str> {
        let tid = |tekst: &str| tekst.parse::<Timestamp>().map_err(|_| "fra eller til kan ikke leses");
        let rettighet = match (self.pakke, self.scope) {
            (Some(pakke), None) => Rettighet::Pakke(Pakke::fra_kortnavn(&pakke).ok_or("ukjent pakke")?),
            (None, Some(scope)) => Rettighet::Scope(scope),
            _ => return Err("avtalen har ikke nøyaktig én av pakke og scope"),
        };
        let ny = NyAvtale {
            organisasjon: Organisasjonsnummer::parse(&self.organisasjon).map_err(|_| "ugyldig organisasjonsnummer")?,
            rettighet,
            graderte_adresser: self.graderte_adresser,
            er_privat: self.er_privat,
            formaal: self.formaal,
            hjemmel: self.hjemmel,
            fra: tid(&self.fra)?,
            til: self.til.as_deref().map(tid).transpose()?,
        };
        ny.sjekk().map_err(|_| "avtalen bryter en regel")?;
        Ok(ny)
    }
}

#[cfg(test)]
#[path = "register_test.rs"]
mod tests;
