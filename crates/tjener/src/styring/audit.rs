//! What `audit` asks of the process that has the folder.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::http::HeaderMap;
use identifikator::Folkeregisteridentifikator;
use jiff::{Span, Timestamp, tz::TimeZone};
use revisjonslogg::Ryddet;
use revisjonslogg::bevis::{Innslagsbevis, Vekstbevis};
use revisjonslogg::innsyn::{Feedplasser, Innsyn, Treff};
use revisjonslogg::post::{Forsegler, Gruppe, Post};
use tilgang::Revisjonspost;
use tjenesteflate::sporing::{self, Spor};

use super::{Arbeid, Svar, linje};
use crate::mappe::{Aapen, klokke};

/// A process may not open the index twice at a time.
static INNSYN: Mutex<()> = Mutex::new(());

/// How the log is opened by a command: nothing is set aside and nothing is copied for so short a time.
pub fn innstillinger() -> revisjonslogg::Innstillinger {
    revisjonslogg::Innstillinger {
        reserve_byte: 0,
        ..revisjonslogg::Innstillinger::default()
    }
}

impl Arbeid {
    pub(super) fn audit_verifiser(&self, hoder: &[String]) -> Result<Svar> {
        let logg = self.0.revisjon(innstillinger())?;
        let til = logg.helse().poster;
        let noekkel = logg.verifikasjonsnoekkel();
        let rapport = revisjonslogg::verifiser(logg.mappe(), noekkel, hoder, Some(til), &mut |_| {})?;
        Ok(Svar::AuditVerifiser {
            funn: rapport.funn,
            poster: rapport.poster,
            lest: rapport.lest,
            hoder: rapport.hoder,
        })
    }

    pub(super) fn audit_innsyn(&self, nummer: &str, alt: bool) -> Result<Svar> {
        let logg = self.0.revisjon(innstillinger())?;
        let id = Folkeregisteridentifikator::parse(nummer)?;
        let (numre, feedplasser) = {
            let les = self.0.register.les()?;
            let numre = match les.finn(&id)? {
                Some(person) => les.numre(person)?,
                None => vec![id.to_u64()],
            };
            // Who updates registers is not shown to the registered person; whoever runs this sees it.
            let feedplasser = if alt {
                les.feedplasser(&numre)?
            } else {
                Feedplasser::new()
            };
            (numre, feedplasser)
        };
        let forsegler = self.0.mappe.revisjonsforsegler()?;
        let til = logg.helse().poster;
        // Who reads the log is in the log, before anything is shown.
        let spor = Spor::from_headers(&HeaderMap::new(), sporing::random())
            .id()
            .to_string();
        let lesing = Revisjonspost {
            konsument: "driften",
            klient: "audit innsyn",
            kriterier: &[Cow::Borrowed(if alt { "alt" } else { "den registrerte" })],
            spurt: &numre,
            enkelt: true,
            ..Revisjonspost::new("revisjon", "audit innsyn", &spor, 200)
        };
        logg.skriv_og_vent(forsegler.lag(&lesing, klokke()())?)?;
        let _laas = INNSYN.lock().unwrap_or_else(PoisonError::into_inner);
        let innsyn = Innsyn::aapne(logg.mappe(), forsegler)?;
        innsyn.oppdater(logg.mappe(), til)?;
        let treff = innsyn.finn(logg.mappe(), &numre, &feedplasser)?;
        let vises = treff.iter().filter(|t| alt || t.er_for_den_registrerte());
        let mut linjer: Vec<String> = vises.map(|t| vis(t, alt)).collect();
        linjer.push(format!("{} oppslag", linjer.len()));
        Ok(Svar::Linjer { linjer })
    }

    pub(super) fn audit_vernede(&self, fra: Option<Timestamp>, til: Option<Timestamp>, personer: bool) -> Result<Svar> {
        let logg = self.0.revisjon(innstillinger())?;
        let forsegler = self.0.mappe.revisjonsforsegler()?;
        let stopp = logg.helse().poster;
        // Who reads the list is in the log, before anything is shown.
        let spor = Spor::from_headers(&HeaderMap::new(), sporing::random())
            .id()
            .to_string();
        let lesing = Revisjonspost {
            konsument: "driften",
            klient: "audit vernede",
            kriterier: &[Cow::Borrowed(if personer { "personer" } else { "antall" })],
            ..Revisjonspost::new("revisjon", "audit vernede", &spor, 200)
        };
        logg.skriv_og_vent(forsegler.lag(&lesing, klokke()())?)?;
        let (mut linjer, mut utfall) = (Vec::new(), Ok(()));
        revisjonslogg::gjennomgaa(logg.mappe(), 0, &mut |lest| {
            if lest.nr >= stopp {
                return false;
            }
            utfall = (|| {
                let post = Post::les(&lest.byte)?;
                let utenfor = fra.is_some_and(|fra| post.tid < fra) || til.is_some_and(|til| post.tid >= til);
                if !utenfor && post.utlevert.iter().any(Gruppe::er_vernet) {
                    linjer.push(vis_vernet(&post, personer.then_some(&forsegler))?);
                }
                anyhow::Ok(())
            })();
            utfall.is_ok()
        })?;
        utfall?;
        linjer.push(format!("{} utleveringer", linjer.len()));
        Ok(Svar::Linjer { linjer })
    }

    pub(super) fn audit_bevis(&self, post: u64) -> Result<Svar> {
        let logg = self.0.revisjon(innstillinger())?;
        let hode = logg.signer_og_vent().context("loggen er tom")?;
        let bevis = Innslagsbevis::lag(logg.mappe(), post, &hode)?;
        Ok(linje(serde_json::to_string_pretty(&bevis)?))
    }

    pub(super) fn audit_vekst(&self, fra: &str) -> Result<Svar> {
        let logg = self.0.revisjon(innstillinger())?;
        let fra = logg.verifikasjonsnoekkel().verifiser(fra)?;
        let til = logg.signer_og_vent().context("loggen er tom")?;
        let bevis = Vekstbevis::lag(logg.mappe(), &fra, &til)?;
        Ok(linje(serde_json::to_string_pretty(&bevis)?))
    }

    pub(super) fn audit_hode(&self) -> Result<Svar> {
        let logg = self.0.revisjon(innstillinger())?;
        let hode = logg.signer_og_vent().context("loggen er tom")?;
        Ok(linje(hode.note.trim_end().to_owned()))
    }
}

/// Removes audit records older than so many months, and writes down that it was done.
///
/// Source: no public number was found for logs of lookups; five years is our choice.
pub fn rydd_revisjon(aapen: &Aapen, maaneder: u32) -> Result<Option<Ryddet>> {
    let logg = aapen.revisjon(innstillinger())?;
    let naa = klokke()();
    let tidsrom = Span::new().try_months(i64::from(maaneder))?;
    let foer = naa.to_zoned(TimeZone::UTC).checked_sub(tidsrom)?.timestamp();
    let Some(ryddet) = revisjonslogg::rydd(logg.mappe(), logg.verifikasjonsnoekkel(), foer)? else {
        return Ok(None);
    };
    let forsegler = aapen.mappe.revisjonsforsegler()?;
    let spor = Spor::from_headers(&HeaderMap::new(), sporing::random())
        .id()
        .to_string();
    let omfang = format!("poster={}-{}", ryddet.fra, ryddet.til);
    let post = Revisjonspost {
        konsument: "driften",
        klient: "oppbevaring",
        kriterier: &[Cow::Owned(omfang)],
        ..Revisjonspost::new("revisjon", "audit rydding", &spor, 200)
    };
    logg.skriv_og_vent(forsegler.lag(&post, naa)?)?;
    let _laas = INNSYN.lock().unwrap_or_else(PoisonError::into_inner);
    Innsyn::aapne(logg.mappe(), forsegler)?.glem_foer(ryddet.til + 1)?;
    Ok(Some(ryddet))
}

// Time, consumer, package, client, trace id, how many; and who, for one who has asked for it and has the key.
fn vis_vernet(post: &Post, forsegler: Option<&Forsegler>) -> Result<String> {
    let vernet: usize = post.utlevert.iter().filter(|g| g.er_vernet()).map(|g| g.antall).sum();
    let hvem = match &post.leverandoer {
        Some(leverandoer) => format!("{} (gjennom {leverandoer})", post.konsument),
        None => post.konsument.clone(),
    };
    let mut ut = format!(
        "{}  {hvem}  {}  {}  {}  {vernet}",
        post.tid,
        post.pakke.as_deref().unwrap_or("-"),
        post.klient,
        post.sporing
    );
    if let Some(forsegler) = forsegler {
        for (nummer, gruppe) in forsegler.aapne(post)?.utlevert {
            if post.utlevert.get(gruppe).is_some_and(Gruppe::er_vernet) {
                ut.push_str(&format!("  {nummer:011}"));
            }
        }
    }
    Ok(ut)
}

// Who, when, and which kinds of information: never the other criteria, nor others who were delivered with the person.
fn vis(treff: &Treff, alt: bool) -> String {
    let post = &treff.post;
    let mut entiteter: Vec<&str> = treff
        .grupper
        .iter()
        .filter_map(|g| post.utlevert.get(*g))
        .flat_map(|g| g.entiteter.iter().map(String::as_str))
        .collect();
    entiteter.sort_unstable();
    entiteter.dedup();
    let hva = match (treff.hendelser, entiteter.as_slice()) {
        (0, []) => "ingenting".to_owned(),
        (0, entiteter) => entiteter.join(" "),
        (1, _) => "1 hendelse".to_owned(),
        (antall, _) => format!("{antall} hendelser"),
    };
    let hvem = match &post.leverandoer {
        Some(leverandoer) => format!("{} (gjennom {leverandoer})", post.konsument),
        None => post.konsument.clone(),
    };
    let kort = format!("{}  {hvem}  {}  {hva}", post.tid, post.pakke.as_deref().unwrap_or("-"));
    if alt {
        format!("{:>8}  {kort}  {}  {}", treff.nr, post.endepunkt, post.status)
    } else {
        kort
    }
}
