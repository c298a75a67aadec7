//! The synthetic nation: made once, loaded, and known again when the folder is opened later.

use std::io::IsTerminal;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use informasjonsmodell::{Persondokument, Tidspunkt};
use lager::mappe::Laas;
use register::{Kilde, Register};
use serde::{Deserialize, Serialize};
use syntetisk_befolkning::Nasjon;

use crate::mappe::{Aapen, Mappe, Navngitt, klokke};

/// Seed of the nation; the same on every machine.
pub const FROE: u64 = 2026;

const MERKE: &str = "nasjon";

/// Registreringer of the last month that are committed together: each commit writes anew what many are found by.
const REGISTRERINGER_PER_BEKREFTELSE: usize = 4_000;

/// When the baseline was registered: thirty days before the reference date.
const GRUNNBEFOLKNING: &str = "2025-12-02T00:00:00+01:00";

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Merke {
    froe: u64,
    personer: u32,
    // False while the last month is being registered.
    ferdig: bool,
}

struct Kildenasjon<'a>(&'a Nasjon);

impl Kilde for Kildenasjon<'_> {
    fn grupper(&self) -> u32 {
        self.0.grupper()
    }

    fn foer(&self, gruppe: u32) -> u32 {
        self.0.personer_foer(gruppe)
    }

    fn dokumenter(&self, gruppe: u32) -> Vec<Persondokument> {
        self.0.gruppe(gruppe)
    }
}

/// Opens a folder with a nation in it: the one that is there, or a new one of `personer`.
///
/// A nation that was not finished, because the process was stopped, is made anew.
pub fn aapne_eller_lag(mappe: &Mappe, utsteder: &str, personer: Option<u32>, standard: u32) -> Result<Aapen> {
    let laas = Laas::ta(mappe.sti())?;
    let mut aapen = Aapen::aapne_laast(mappe, utsteder, laas)?;
    let merke: Option<Merke> = aapen
        .register
        .merke(MERKE)?
        .map(|b| serde_json::from_slice(&b))
        .transpose()
        .context("merket på nasjonen kan ikke leses")?;
    let uferdig = aapen.register.avbrutt_innlasting()? || merke.as_ref().is_some_and(|m| !m.ferdig);
    if uferdig {
        drop(aapen);
        for navn in ["register", "personnoekler", "arkivstroem"] {
            let sti = mappe.sti().join(navn);
            if !sti.exists() {
                continue;
            }
            std::fs::remove_dir_all(&sti).with_context(|| format!("kunne ikke fjerne {}", sti.display()))?;
        }
        aapen = Aapen::aapne(mappe, utsteder)?;
    } else if let Some(merke) = merke {
        if personer.is_some_and(|p| p != merke.personer) {
            bail!(
                "{} har allerede en nasjon på {} personer; velg en annen mappe med --data, eller utelat --personer",
                mappe.sti().display(),
                merke.personer
            );
        }
        return Ok(aapen);
    }
    if aapen.register.antall_personer()? > 0 {
        bail!(
            "{} har et register som ikke er en syntetisk nasjon; velg en annen mappe med --data",
            mappe.sti().display()
        );
    }
    lag(&aapen.register, mappe, FROE, personer.unwrap_or(standard))?;
    Ok(aapen)
}

/// Whether a register's people are synthetic.
pub fn er_syntetisk(register: &Register) -> Result<bool> {
    Ok(register.merke(MERKE)?.is_some())
}

/// Makes a nation and loads it into an empty register.
pub fn lag(register: &Register, mappe: &Mappe, froe: u64, personer: u32) -> Result<()> {
    let nasjon = Nasjon::new(froe, personer)?;
    let merke = |ferdig| serde_json::to_vec(&Merke { froe, personer, ferdig });
    register.sett_merke(MERKE, &merke(false)?)?;
    let linje = framdrift(u64::from(nasjon.antall()), "personer");
    let traader = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let tidspunkt = Tidspunkt::parse(GRUNNBEFOLKNING).context("tidspunktet for grunnbefolkningen")?;
    let naa = klokke()().as_second();
    register.last_inn(&Kildenasjon(&nasjon), traader, tidspunkt, naa, &mut |antall| {
        linje.set_position(u64::from(antall))
    })?;
    linje.finish_and_clear();
    let linje = framdrift(u64::try_from(nasjon.transaksjoner())?, "hendelser");
    let mut venter = Vec::new();
    let mut transaksjoner = nasjon.siste_maaned();
    loop {
        let neste = transaksjoner.next();
        let siste = neste.is_none();
        if let Some(registreringer) = neste {
            venter.extend(registreringer);
            linje.inc(1);
        }
        if siste || venter.len() >= REGISTRERINGER_PER_BEKREFTELSE {
            register
                .utfoer(&venter, naa)
                .context("en hendelse i den siste måneden ble avvist")?;
            venter.clear();
        }
        if siste {
            break;
        }
    }
    linje.finish_and_clear();
    let navngitte: Vec<Navngitt> = nasjon
        .navngitte()
        .into_iter()
        .map(|n| Navngitt {
            navn: n.navn.to_owned(),
            identifikator: n.identifikator,
            beskrivelse: n.beskrivelse.to_owned(),
        })
        .collect();
    mappe.skriv_navngitte(&navngitte)?;
    register.sett_merke(MERKE, &merke(true)?)?;
    Ok(())
}

/// A progress line with rate and time left; nothing when stderr is no terminal.
pub fn framdrift(antall: u64, enhet: &'static str) -> ProgressBar {
    let linje = ProgressBar::new(antall);
    if !std::io::stderr().is_terminal() {
        linje.set_draw_target(ProgressDrawTarget::hidden());
    }
    let mal = format!("{{bar:32}} {{human_pos}}/{{human_len}} {enhet}  {{per_sec}}  igjen {{eta}}");
    if let Ok(stil) = ProgressStyle::with_template(&mal) {
        linje.set_style(stil);
    }
    linje
}
