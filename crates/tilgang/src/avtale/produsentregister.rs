//! The producers and what they may send, kept as grants are: a line a change, history kept.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLockReadGuard};

use identifikator::Organisasjonsnummer;
use jiff::Timestamp;

use super::avgjoerelse::Avslagsslag;
use super::feil::Feil;
use super::linje::{Produsentinnhold, Produsentlinje};
use super::modell::sjekk_tekst;
use super::produsent::{Meldingskode, NyProdusent, Produsent, Produsentendring, Produsentid};
use super::register::Avtaleregister;
use crate::virksomhet::Virksomhetssertifikat;

/// What happened to a producer's right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rettshendelse {
    /// It was given.
    Gitt,
    /// It was changed, and why, where that was said.
    Endret(Option<String>),
    /// It was withdrawn, and why.
    Trukket(String),
}

impl Rettshendelse {
    /// What it is called, and why it was done.
    #[must_use]
    pub fn navn_og_grunn(&self) -> (&'static str, Option<&str>) {
        match self {
            Rettshendelse::Gitt => ("gitt", None),
            Rettshendelse::Endret(grunn) => ("endret", grunn.as_deref()),
            Rettshendelse::Trukket(grunn) => ("trukket", Some(grunn)),
        }
    }
}

/// One step of a producer's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Produsenthendelse {
    /// When.
    pub tid: Timestamp,
    /// By whom.
    pub av: String,
    /// What.
    pub hendelse: Rettshendelse,
    /// The right as it was afterwards.
    pub produsent: Arc<Produsent>,
}

/// Why a producer does not get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Produsentavslag {
    /// Its organisation or its certificate is blocked. Which of them, and why, is not said.
    #[error("tilgangen er sperret")]
    Sperret,
    /// The organisation has no right as a producer at this time.
    #[error("organisasjonen har ingen gyldig rett som produsent")]
    IngenRett,
}

impl Produsentavslag {
    /// The kind of answer.
    #[must_use]
    pub fn slag(self) -> Avslagsslag {
        match self {
            Produsentavslag::Sperret => Avslagsslag::Sperret,
            Produsentavslag::IngenRett => Avslagsslag::ManglerTilgang,
        }
    }
}

impl Avtaleregister {
    /// Lets in the producer whose certificate a call came with. To be asked on every call, and not once a connection: a
    /// block and a withdrawal hold from the next call on. What it may send is [`Produsent::kan_sende`].
    ///
    /// Shape: neither organisation nor certificate ([`Virksomhetssertifikat::avtrykk`], as a client) is blocked, and the
    /// organisation has a right now.
    /// Source: ADR 0024.
    ///
    /// # Errors
    /// [`Produsentavslag`].
    pub fn slipp_inn_produsent(
        &self,
        sertifikat: &Virksomhetssertifikat,
        naa: Timestamp,
    ) -> Result<Arc<Produsent>, Produsentavslag> {
        if self.er_sperret(&[sertifikat.organisasjon()], &sertifikat.avtrykk()) {
            return Err(Produsentavslag::Sperret);
        }
        self.produsent(sertifikat.organisasjon(), naa)
            .ok_or(Produsentavslag::IngenRett)
    }

    /// An organisation's right at a time. There is at most one.
    #[must_use]
    pub fn produsent(&self, organisasjon: Organisasjonsnummer, naa: Timestamp) -> Option<Arc<Produsent>> {
        let produsenter = self.produsenter_laas();
        produsenter
            .for_organisasjon(organisasjon)
            .find(|p| p.gjelder(naa))
            .cloned()
    }

    /// Every right there ever was, in the order they were given.
    #[must_use]
    pub fn produsenter(&self) -> Vec<Arc<Produsent>> {
        self.produsenter_laas().gjeldende.values().cloned().collect()
    }

    /// Everything that happened to a right, in order. Empty when there is no such right.
    #[must_use]
    pub fn produsenthistorikk(&self, id: Produsentid) -> Vec<Produsenthendelse> {
        self.produsenter_laas().historikk.get(&id).cloned().unwrap_or_default()
    }

    /// Gives an organisation a right. `av` is who gives it.
    ///
    /// # Errors
    /// [`Feil::ProdusentFinnes`] and the errors of a malformed right; [`Feil::Logg`] when it could not be written.
    pub fn gi_produsent(&self, ny: &NyProdusent, av: &str, naa: Timestamp) -> Result<Arc<Produsent>, Feil> {
        self.skriv_produsent(av, naa, |_| Ok(Produsentlinje::Gitt(Produsentinnhold::fra(ny))))
    }

    /// Changes a right. `av` is who changes it.
    ///
    /// # Errors
    /// [`Feil::UkjentProdusent`], [`Feil::ProdusentTrukket`], and those of [`Avtaleregister::gi_produsent`].
    pub fn endre_produsent(
        &self,
        id: Produsentid,
        endring: &Produsentendring,
        av: &str,
        naa: Timestamp,
    ) -> Result<Arc<Produsent>, Feil> {
        self.skriv_produsent(av, naa, |produsenter| {
            let foer = produsenter.aapen(id)?;
            let meldinger = endring.meldinger.as_ref().unwrap_or(&foer.meldinger);
            let kilder = match &endring.kilder {
                Some(kilder) => kilder.clone(),
                None => {
                    let igjen = foer.kilder.iter().filter(|(kode, _)| meldinger.contains(*kode));
                    igjen.map(|(kode, kilder)| (kode.clone(), kilder.clone())).collect()
                }
            };
            let ny = NyProdusent {
                organisasjon: foer.organisasjon,
                meldinger: meldinger.clone(),
                kilder,
                formaal: endring.formaal.clone().unwrap_or_else(|| foer.formaal.clone()),
                fra: foer.fra,
                til: endring.til.unwrap_or(foer.til),
            };
            Ok(Produsentlinje::Endret {
                id: id.0,
                produsent: Produsentinnhold::fra(&ny),
                grunn: endring.grunn.clone(),
            })
        })
    }

    /// Withdraws a right, for good. `av` is who does it.
    ///
    /// # Errors
    /// [`Feil::UkjentProdusent`], [`Feil::ProdusentTrukket`], [`Feil::Logg`].
    pub fn trekk_produsent(
        &self,
        id: Produsentid,
        grunn: &str,
        av: &str,
        naa: Timestamp,
    ) -> Result<Arc<Produsent>, Feil> {
        self.skriv_produsent(av, naa, |_| {
            Ok(Produsentlinje::Trukket {
                id: id.0,
                grunn: grunn.to_owned(),
            })
        })
    }

    /// Writes one line, made and held against the rules as they are when nobody else writes.
    fn skriv_produsent(
        &self,
        av: &str,
        naa: Timestamp,
        lag: impl FnOnce(&Produsenter) -> Result<Produsentlinje, Feil>,
    ) -> Result<Arc<Produsent>, Feil> {
        sjekk_tekst("hvem som gjør endringen", av)?;
        let mut filer = self.filer();
        let nr = filer.produsenter.neste_nr();
        let (linje, neste) = {
            let produsenter = self.produsenter_laas();
            let linje = lag(&produsenter)?;
            let neste = produsenter.anvend(nr, naa, av, &linje)?;
            (linje, neste)
        };
        filer.produsenter.skriv(naa, av, &linje)?;
        let mut produsenter = self.produsenter.write().unwrap_or_else(PoisonError::into_inner);
        Ok(produsenter.sett_inn(neste, linje.hendelse(), naa, av))
    }

    fn produsenter_laas(&self) -> RwLockReadGuard<'_, Produsenter> {
        self.produsenter.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The producers in memory.
#[derive(Default)]
pub(super) struct Produsenter {
    gjeldende: BTreeMap<Produsentid, Arc<Produsent>>,
    organisasjoner: HashMap<Organisasjonsnummer, Vec<Produsentid>>,
    historikk: BTreeMap<Produsentid, Vec<Produsenthendelse>>,
}

impl Produsenter {
    /// Takes in one line of the file.
    pub(super) fn ta_inn(
        &mut self,
        nr: u64,
        tid: Timestamp,
        av: &str,
        linje: Produsentlinje,
    ) -> Result<(), &'static str> {
        let neste = self
            .anvend(nr, tid, av, &linje)
            .map_err(|_| "endringen bryter en regel")?;
        self.sett_inn(neste, linje.hendelse(), tid, av);
        Ok(())
    }

    fn sett_inn(&mut self, produsent: Produsent, hendelse: Rettshendelse, tid: Timestamp, av: &str) -> Arc<Produsent> {
        let produsent = Arc::new(produsent);
        let id = produsent.id;
        let steg = Produsenthendelse {
            tid,
            av: av.to_owned(),
            hendelse,
            produsent: Arc::clone(&produsent),
        };
        self.historikk.entry(id).or_default().push(steg);
        if self.gjeldende.insert(id, Arc::clone(&produsent)).is_none() {
            self.organisasjoner.entry(produsent.organisasjon).or_default().push(id);
        }
        produsent
    }

    /// The right as it is after a change, or why the change is not allowed. Changes nothing itself.
    fn anvend(&self, nr: u64, tid: Timestamp, av: &str, linje: &Produsentlinje) -> Result<Produsent, Feil> {
        match linje {
            Produsentlinje::Gitt(innhold) => {
                let ny = innhold.les()?;
                self.sjekk_overlapp(&ny, None)?;
                Ok(bygg(Produsentid(nr), ny, av))
            }
            Produsentlinje::Endret { id, produsent, grunn } => {
                grunn.iter().try_for_each(|grunn| sjekk_tekst("grunn", grunn))?;
                let foer = self.aapen(Produsentid(*id))?;
                let ny = produsent.les()?;
                if ny.organisasjon != foer.organisasjon || ny.fra != foer.fra {
                    return Err(Feil::ProdusentFlyttet(foer.id));
                }
                self.sjekk_overlapp(&ny, Some(foer.id))?;
                Ok(bygg(foer.id, ny, &foer.gitt_av))
            }
            Produsentlinje::Trukket { id, grunn } => {
                sjekk_tekst("grunn", grunn)?;
                Ok(Produsent {
                    trukket: Some(tid),
                    ..Produsent::clone(self.aapen(Produsentid(*id))?)
                })
            }
        }
    }

    fn for_organisasjon(&self, organisasjon: Organisasjonsnummer) -> impl Iterator<Item = &Arc<Produsent>> {
        let ider = self.organisasjoner.get(&organisasjon).map(Vec::as_slice);
        ider.unwrap_or_default().iter().filter_map(|id| self.gjeldende.get(id))
    }

    fn sjekk_overlapp(&self, ny: &NyProdusent, unntatt: Option<Produsentid>) -> Result<(), Feil> {
        let treff = |p: &&Arc<Produsent>| Some(p.id) != unntatt && p.overlapper(ny.fra, ny.til);
        match self.for_organisasjon(ny.organisasjon).find(treff) {
            Some(produsent) => Err(Feil::ProdusentFinnes(produsent.id)),
            None => Ok(()),
        }
    }

    fn aapen(&self, id: Produsentid) -> Result<&Arc<Produsent>, Feil> {
        let produsent = self.gjeldende.get(&id).ok_or(Feil::UkjentProdusent(id))?;
        if produsent.trukket.is_some() {
            Err(Feil::ProdusentTrukket(id))
        } else {
            Ok(produsent)
        }
    }
}

fn bygg(id: Produsentid, ny: NyProdusent, gitt_av: &str) -> Produsent {
    Produsent {
        id,
        organisasjon: ny.organisasjon,
        meldinger: ny.meldinger,
        kilder: ny.kilder,
        formaal: ny.formaal,
        fra: ny.fra,
        til: ny.til,
        gitt_av: gitt_av.to_owned(),
        trukket: None,
    }
}

impl Produsentlinje {
    fn hendelse(&self) -> Rettshendelse {
        match self {
            Produsentlinje::Gitt(_) => Rettshendelse::Gitt,
            Produsentlinje::Endret { grunn, .. } => Rettshendelse::Endret(grunn.clone()),
            Produsentlinje::Trukket { grunn, .. } => Rettshendelse::Trukket(grunn.clone()),
        }
    }
}

impl Produsentinnhold {
    fn fra(ny: &NyProdusent) -> Self {
        let tekst = |kode: &Meldingskode| kode.as_str().to_owned();
        Produsentinnhold {
            organisasjon: ny.organisasjon.to_string(),
            meldinger: ny.meldinger.iter().map(tekst).collect(),
            kilder: ny.kilder.iter().map(|(kode, k)| (tekst(kode), k.clone())).collect(),
            formaal: ny.formaal.clone(),
            fra: ny.fra.to_string(),
            til: ny.til.map(|til| til.to_string()),
        }
    }

    fn les(&self) -> Result<NyProdusent, Feil> {
        let tid = |tekst: &str| tekst.parse::<Timestamp>().map_err(|_| Feil::Tidsrom);
        let meldinger = self.meldinger.iter().map(|kode| Meldingskode::parse(kode));
        let kilder = self
            .kilder
            .iter()
            .map(|(kode, kilder)| Ok((Meldingskode::parse(kode)?, kilder.clone())));
        let ny = NyProdusent {
            organisasjon: Organisasjonsnummer::parse(&self.organisasjon).map_err(|_| Feil::Organisasjon)?,
            meldinger: meldinger.collect::<Result<_, Feil>>()?,
            kilder: kilder.collect::<Result<_, Feil>>()?,
            formaal: self.formaal.clone(),
            fra: tid(&self.fra)?,
            til: self.til.as_deref().map(tid).transpose()?,
        };
        ny.sjekk()?;
        Ok(ny)
    }
}

#[cfg(test)]
#[path = "produsent_test.rs"]
mod tests;
