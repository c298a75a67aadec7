//! What `produsent` asks of the process that has the folder.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use meldinger::Meldingstype;
use serde::{Deserialize, Serialize};
use tilgang::avtale::{Meldingskode, NyProdusent, Produsent, Produsentendring, Produsenthendelse};

use super::{Arbeid, Svar, UTFOERT_AV};
use crate::mappe::klokke;

/// What messages are sent for, when nobody says otherwise.
const FORMAAL: &str = "meldinger til folkeregisteret";

/// One change of the producers at a time: what is added to is what is there.
static ENDRING: Mutex<()> = Mutex::new(());

/// What a producer is to be let send.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProdusentGi {
    /// The organisation.
    pub organisasjon: String,
    /// The kinds of messages, by code.
    pub meldinger: Vec<String>,
    /// Code and `kilde`: limits on what a kind may be sent with.
    pub kilder: Vec<(String, String)>,
    /// The purpose.
    pub formaal: Option<String>,
    /// From when; now when absent.
    pub fra: Option<Timestamp>,
    /// Until when; without end when absent.
    pub til: Option<Timestamp>,
}

/// A producer's right, for whoever asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Produsentvisning {
    /// The right's number, as `P1`.
    pub rett: String,
    /// The organisation.
    pub organisasjon: String,
    /// Whether it holds now, as far as the right goes.
    pub gjelder: bool,
    /// Whether the organisation is blocked.
    pub sperret: bool,
    /// Codes of what it may send.
    pub meldinger: Vec<String>,
    /// By code, what `kilde` it may be sent with, where that is limited.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kilder: BTreeMap<String, Vec<String>>,
    /// The purpose.
    pub formaal: String,
    /// From when.
    pub fra: Timestamp,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub til: Option<Timestamp>,
    /// Who gave it.
    pub gitt_av: String,
    /// When it was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trukket: Option<Timestamp>,
    /// What happened to it, where that was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub historikk: Vec<Produsentsteg>,
}

/// A step of a history.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Produsentsteg {
    /// When.
    pub tid: Timestamp,
    /// By whom.
    pub av: String,
    /// `gitt`, `endret` or `trukket`.
    pub hva: String,
    /// Why, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grunn: Option<String>,
    /// What it might send afterwards.
    pub meldinger: Vec<String>,
}

impl Arbeid {
    pub(super) fn produsent_gi(&self, ny: &ProdusentGi) -> Result<Svar> {
        let naa = klokke()();
        let organisasjon = Organisasjonsnummer::parse(&ny.organisasjon).context("--orgnr")?;
        let mut meldinger = les_koder(&ny.meldinger)?;
        let mut kilder: BTreeMap<Meldingskode, BTreeSet<String>> = BTreeMap::new();
        for (kode, kilde) in &ny.kilder {
            let kode = les_kode(kode)?;
            if !meldinger.contains(&kode) {
                bail!("--kilde gjelder en meldingstype som ikke gis: {kode}");
            }
            kilder.entry(kode).or_default().insert(kilde.clone());
        }
        let _laas = ENDRING.lock().unwrap_or_else(PoisonError::into_inner);
        let produsent = match self.aapen_produsent(organisasjon, naa).filter(|_| ny.fra.is_none()) {
            // What is there is added to; limits that are there stay.
            Some(foer) => {
                meldinger.extend(foer.meldinger.iter().cloned());
                for (kode, er_der) in &foer.kilder {
                    kilder.entry(kode.clone()).or_default().extend(er_der.iter().cloned());
                }
                let endring = Produsentendring {
                    meldinger: Some(meldinger),
                    kilder: Some(kilder),
                    formaal: ny.formaal.clone(),
                    til: ny.til.map(Some),
                    grunn: None,
                };
                self.0.avtaler.endre_produsent(foer.id, &endring, UTFOERT_AV, naa)?
            }
            None => {
                let rett = NyProdusent {
                    organisasjon,
                    meldinger,
                    kilder,
                    formaal: ny.formaal.clone().unwrap_or_else(|| FORMAAL.to_owned()),
                    fra: ny.fra.unwrap_or(naa),
                    til: ny.til,
                };
                self.0.avtaler.gi_produsent(&rett, UTFOERT_AV, naa)?
            }
        };
        Ok(self.svar(&[produsent], naa, false))
    }

    pub(super) fn produsent_trekk(&self, organisasjon: &str, meldinger: &[String], grunn: &str) -> Result<Svar> {
        let naa = klokke()();
        let organisasjon = Organisasjonsnummer::parse(organisasjon).context("--orgnr")?;
        let trekkes = les_koder(meldinger)?;
        let _laas = ENDRING.lock().unwrap_or_else(PoisonError::into_inner);
        let foer = self
            .aapen_produsent(organisasjon, naa)
            .context("organisasjonen har ingen produsentrett; se persontjenesten produsent liste")?;
        if let Some(kode) = trekkes.iter().find(|kode| !foer.meldinger.contains(*kode)) {
            bail!("organisasjonen har ikke {kode}");
        }
        let igjen: BTreeSet<Meldingskode> = foer.meldinger.difference(&trekkes).cloned().collect();
        let avtaler = &self.0.avtaler;
        let produsent = if trekkes.is_empty() || igjen.is_empty() {
            avtaler.trekk_produsent(foer.id, grunn, UTFOERT_AV, naa)?
        } else {
            let endring = Produsentendring {
                meldinger: Some(igjen),
                grunn: Some(grunn.to_owned()),
                ..Produsentendring::default()
            };
            avtaler.endre_produsent(foer.id, &endring, UTFOERT_AV, naa)?
        };
        Ok(self.svar(&[produsent], naa, false))
    }

    pub(super) fn produsent_liste(&self, historikk: bool) -> Svar {
        self.svar(&self.0.avtaler.produsenter(), klokke()(), historikk)
    }

    /// The right that holds now, else the first that is to begin.
    fn aapen_produsent(&self, organisasjon: Organisasjonsnummer, naa: Timestamp) -> Option<Arc<Produsent>> {
        let avtaler = &self.0.avtaler;
        avtaler.produsent(organisasjon, naa).or_else(|| {
            let alle = avtaler.produsenter().into_iter();
            let kommer = alle.filter(|p| p.organisasjon == organisasjon && p.trukket.is_none() && p.fra > naa);
            kommer.min_by_key(|p| p.fra)
        })
    }

    fn svar(&self, produsenter: &[Arc<Produsent>], naa: Timestamp, historikk: bool) -> Svar {
        let vis = |p: &Arc<Produsent>| {
            let steg = historikk.then(|| self.0.avtaler.produsenthistorikk(p.id));
            Produsentvisning {
                rett: p.id.to_string(),
                organisasjon: p.organisasjon.to_string(),
                gjelder: p.gjelder(naa),
                sperret: self.0.avtaler.er_sperret(&[p.organisasjon], ""),
                meldinger: tekster(&p.meldinger),
                kilder: p
                    .kilder
                    .iter()
                    .map(|(kode, kilder)| (kode.to_string(), kilder.iter().cloned().collect()))
                    .collect(),
                formaal: p.formaal.clone(),
                fra: p.fra,
                til: p.til,
                gitt_av: p.gitt_av.clone(),
                trukket: p.trukket,
                historikk: steg.unwrap_or_default().iter().map(vis_steg).collect(),
            }
        };
        Svar::Produsenter {
            produsenter: produsenter.iter().map(vis).collect(),
        }
    }
}

fn vis_steg(steg: &Produsenthendelse) -> Produsentsteg {
    let (hva, grunn) = steg.hendelse.navn_og_grunn();
    Produsentsteg {
        tid: steg.tid,
        av: steg.av.clone(),
        hva: hva.to_owned(),
        grunn: grunn.map(str::to_owned),
        meldinger: tekster(&steg.produsent.meldinger),
    }
}

fn tekster(koder: &BTreeSet<Meldingskode>) -> Vec<String> {
    koder.iter().map(Meldingskode::to_string).collect()
}

fn les_koder(koder: &[String]) -> Result<BTreeSet<Meldingskode>> {
    koder.iter().map(|kode| les_kode(kode)).collect()
}

/// Only kinds that there are: a right to another would be found by nobody.
fn les_kode(kode: &str) -> Result<Meldingskode> {
    let meldingstype = Meldingstype::fra_kode(kode).context("ukjent meldingstype")?;
    Ok(Meldingskode::parse(meldingstype.kode())?)
}
