//! `produsent`: who may send which messages, and the demo's certificates for it.

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use meldinger::Meldingstype;

use super::{Datavalg, meld, skriv_linje};
use crate::demotls::Demotls;
use crate::mappe::klokke;
use crate::styring::{Kommando, ProdusentGi, Produsentvisning, Svar, Utfoerer};

#[derive(Subcommand)]
pub enum Produsent {
    /// La en organisasjon sende meldingstyper; de som gis, kommer til dem den har.
    Gi(Ny),
    /// Vis produsentene og hva de kan sende.
    Liste {
        /// Som JSON.
        #[arg(long)]
        json: bool,
        /// Med alt som er gjort med hver rett.
        #[arg(long)]
        historikk: bool,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Trekk det en organisasjon kan sende; det blir stående i historikken.
    Trekk {
        /// Organisasjonsnummeret.
        #[arg(long)]
        orgnr: String,
        /// Bare denne meldingstypen; kan gjentas. Uten: alt.
        #[arg(long, value_parser = les_melding)]
        melding: Vec<Meldingstype>,
        /// Hvorfor.
        #[arg(long)]
        grunn: String,
        /// Som JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Lag et virksomhetssertifikat til utprøving, fra demoens utsteder.
    Sertifikat {
        /// Navnet på filene.
        #[arg(long)]
        navn: String,
        /// Organisasjonsnummeret sertifikatet skal ha.
        #[arg(long)]
        orgnr: String,
        #[command(flatten)]
        data: Datavalg,
    },
}

#[derive(Args)]
pub struct Ny {
    /// Organisasjonsnummeret, slik det står i virksomhetssertifikatet.
    #[arg(long)]
    orgnr: String,
    /// Meldingstypen, som doedsfall_v1 eller DOEDSFALL_V1; kan gjentas.
    #[arg(long, required = true, value_parser = les_melding)]
    melding: Vec<Meldingstype>,
    /// Hva en meldingstype kan ha som kilde, som doedsfall_v1=helse; kan gjentas. Uten: hva som helst.
    #[arg(long, value_parser = les_kilde)]
    kilde: Vec<(Meldingstype, String)>,
    /// Hva meldingene sendes for.
    #[arg(long)]
    formaal: Option<String>,
    /// Fra når, som 2026-01-01T00:00:00Z; standard er nå.
    #[arg(long)]
    fra: Option<Timestamp>,
    /// Til når; standard er uten slutt.
    #[arg(long)]
    til: Option<Timestamp>,
    /// Som JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: Datavalg,
}

/// How alike a name must be to be suggested. Source: our choice, as for the keys of the settings.
const LIKHET: f64 = 0.7;

/// A kind of message by its resource or its code, however its letters are.
fn les_melding(tekst: &str) -> Result<Meldingstype, String> {
    let navn = tekst.to_lowercase();
    let navnene = |m: Meldingstype| [m.ressurs().to_owned(), m.kode().to_lowercase()];
    let alle = Meldingstype::ALLE;
    if let Some(funnet) = alle.iter().find(|m| navnene(**m).contains(&navn)) {
        return Ok(*funnet);
    }
    let likhet = |m: &Meldingstype| {
        let alle = navnene(*m).map(|n| strsim::jaro_winkler(&navn, &n));
        alle.into_iter().fold(0.0, f64::max)
    };
    let naermest = alle.iter().map(|m| (likhet(m), m)).max_by(|a, b| a.0.total_cmp(&b.0));
    match naermest {
        Some((grad, forslag)) if grad > LIKHET => Err(format!("ukjent meldingstype; mente du {}?", forslag.ressurs())),
        _ => {
            let alle: Vec<_> = alle.iter().map(|m| m.ressurs()).collect();
            Err(format!("ukjent meldingstype; velg blant: {}", alle.join(", ")))
        }
    }
}

fn les_kilde(tekst: &str) -> Result<(Meldingstype, String), String> {
    let (melding, kilde) = tekst
        .split_once('=')
        .ok_or("skriv MELDING=KILDE, som doedsfall_v1=helse")?;
    Ok((les_melding(melding)?, kilde.to_owned()))
}

fn koder(meldinger: &[Meldingstype]) -> Vec<String> {
    meldinger.iter().map(|m| m.kode().to_owned()).collect()
}

pub fn kjoer(valg: &Produsent) -> Result<()> {
    match valg {
        Produsent::Gi(ny) => {
            let kommando = Kommando::ProdusentGi(ProdusentGi {
                organisasjon: ny.orgnr.clone(),
                meldinger: koder(&ny.melding),
                kilder: ny.kilde.iter().map(|(m, k)| (m.kode().to_owned(), k.clone())).collect(),
                formaal: ny.formaal.clone(),
                fra: ny.fra,
                til: ny.til,
            });
            // What begins a register may make its folder.
            vis(Utfoerer::finn_eller_lag(&ny.data.mappe())?, kommando, ny.json)
        }
        Produsent::Liste { json, historikk, data } => {
            let historikk = *historikk;
            vis(
                Utfoerer::finn(&data.mappe())?,
                Kommando::ProdusentListe { historikk },
                *json,
            )
        }
        Produsent::Trekk {
            orgnr,
            melding,
            grunn,
            json,
            data,
        } => {
            let kommando = Kommando::ProdusentTrekk {
                organisasjon: orgnr.clone(),
                meldinger: koder(melding),
                grunn: grunn.clone(),
            };
            vis(Utfoerer::finn(&data.mappe())?, kommando, *json)
        }
        Produsent::Sertifikat { navn, orgnr, data } => sertifikat(data, navn, orgnr),
    }
}

fn vis(utfoerer: Utfoerer, kommando: Kommando, json: bool) -> Result<()> {
    let Svar::Produsenter { produsenter } = utfoerer.utfoer(kommando)? else {
        bail!("uventet svar");
    };
    if json {
        return skriv_linje(&serde_json::to_string_pretty(&produsenter)?);
    }
    produsenter.iter().flat_map(linjer).try_for_each(|l| skriv_linje(&l))
}

/// A right in lines: whose and whether it holds, then what may be sent, then what happened to it.
fn linjer(p: &Produsentvisning) -> Vec<String> {
    let til = p.til.map_or_else(|| "uten slutt".to_owned(), |t| t.to_string());
    let tilstand = match (p.trukket, p.gjelder, p.sperret) {
        (Some(trukket), _, _) => format!("trukket {trukket}"),
        (None, _, true) => "sperret".to_owned(),
        (None, true, false) => "gjelder".to_owned(),
        (None, false, false) => "gjelder ikke nå".to_owned(),
    };
    let mut ut = vec![format!(
        "{:>5}  {}  {tilstand}  fra {} til {til}  {}",
        p.rett, p.organisasjon, p.fra, p.formaal
    )];
    ut.extend(p.meldinger.iter().map(|kode| match p.kilder.get(kode) {
        Some(kilder) => format!("       {kode}  kilde {}", kilder.join(", ")),
        None => format!("       {kode}"),
    }));
    ut.extend(p.historikk.iter().map(|steg| {
        let grunn = steg.grunn.as_ref().map_or_else(String::new, |g| format!("  {g}"));
        format!(
            "       {}  {}  {}  {}{grunn}",
            steg.tid,
            steg.hva,
            steg.av,
            steg.meldinger.join(" ")
        )
    }));
    ut
}

fn sertifikat(data: &Datavalg, navn: &str, orgnr: &str) -> Result<()> {
    let organisasjon = Organisasjonsnummer::parse(orgnr).context("--orgnr")?;
    let mappe = data.mappe();
    let tls = Demotls::i(&mappe);
    if !tls.har_utsteder() {
        bail!(
            "{} har ingen utsteder til utprøving; bare demoen har det. Ekte virksomhetssertifikater kommer fra Buypass eller Commfides",
            mappe.sti().display()
        );
    }
    if tls.produsentfiler(navn).sertifikat.exists() {
        bail!("det finnes allerede et sertifikat med dette navnet; velg et annet, eller fjern filene først");
    }
    let filer = tls.lag_produsent(navn, organisasjon, klokke()())?;
    skriv_linje(&filer.sertifikat.display().to_string())?;
    skriv_linje(&filer.noekkel.display().to_string())?;
    meld("Hva organisasjonen kan sende, sier persontjenesten produsent gi.");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_by_resource_and_code_and_a_wrong_one_is_told_the_nearest() {
        for m in Meldingstype::ALLE {
            for navn in [m.ressurs().to_owned(), m.kode().to_owned(), m.kode().to_lowercase()] {
                assert_eq!(les_melding(&navn), Ok(*m), "{navn}");
            }
        }
        for (feil, naermest) in [
            ("doedsfall", "doedsfall_v1"),
            ("dødsfall_v1", "doedsfall_v1"),
            ("foedsel_v2", "foedsel_v1"),
            ("rekvisisjon_av_dnummer_v3", "rekvisisjon_av_dnummer_v"),
            ("D_NUMMER_REKVISISJON_V6", "rekvisisjon_av_dnummer_v"),
        ] {
            let tekst = les_melding(feil).unwrap_err();
            assert!(tekst.contains(&format!("mente du {naermest}")), "{feil}: {tekst}");
        }
        assert!(les_melding("qqq").unwrap_err().contains("velg blant: doedsfall_v1, "));
        assert!(les_kilde("doedsfall_v1").is_err());
    }
}
