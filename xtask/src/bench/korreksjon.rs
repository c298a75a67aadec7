//! The correction of sivilstand, held and live, over the whole program; and what lookups take while it goes on.
//!
//! The synthetic nation lacks the fault, so it is made first: everybody who is ugift and never was anything else loses the
//! gyldighetstidspunkt. That is done in process, on the folder, while no server has it, and is not measured.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use informasjonsmodell::kodeverk::Sivilstandstype;
use informasjonsmodell::{Endring, Entitet, Hendelsestype, Innhold, Opplysning, Registermetadata, Tidspunkt, Utvelger};
use lager::mappe::Laas;
use register::{Masseregel, Masseutvalg, Personbilde, Register, Rettelse, Steder};
use tilgang::Entitetsmengde;

use super::last::Last;
use super::prosess::{self, Tjener};
use super::{Tabell, Valg, median};

/// Lookups asked for in a second, at rest and during the correction.
const OPPSLAG_PER_SEKUND: f64 = 500.0;
/// Length of one round of them.
const RUNDE: Duration = Duration::from_secs(5);
/// Rounds at rest.
const RUNDER: usize = 3;
/// Persons in a commit that makes the fault.
const BOLK: u32 = 8_192;

/// Takes the time from everybody that the correction gives it back to.
struct UtenTid;

impl Masseregel for UtenTid {
    fn entiteter(&self) -> Entitetsmengde {
        Entitetsmengde::av(Entitet::Sivilstand)
    }

    fn vurder(&self, person: &Personbilde) -> Vec<Rettelse> {
        let mut alle = person.opplysninger.iter();
        let (Some(naa), None, true) = (alle.next(), alle.next(), person.er_i_bruk) else {
            return Vec::new();
        };
        let ugift = matches!(&naa.innhold, Innhold::Sivilstand(s) if s.sivilstand == Sivilstandstype::Ugift);
        if !ugift || naa.metadata.gyldighetstidspunkt.is_none() {
            return Vec::new();
        }
        let ny = Opplysning {
            metadata: Registermetadata {
                ajourholdstidspunkt: None,
                gyldighetstidspunkt: None,
                ..naa.metadata.clone()
            },
            innhold: naa.innhold.clone(),
        };
        vec![Rettelse::Endre {
            hendelsestype: Hendelsestype::EndringISivilstand,
            endringer: vec![Endring::Korrigere {
                hvilken: Utvelger::Gjeldende(Entitet::Sivilstand),
                ny: Box::new(ny),
            }],
        }]
    }
}

/// Makes the fault; gives how many have it now, and how long it took.
fn lag_feil(valg: &Valg) -> Result<(u64, Duration)> {
    let _laas = Laas::ta(&valg.data)?;
    let register = Register::aapne_med_visning(&valg.data, &Steder::default(), Arc::new(soek::Soekevisning))?;
    register.start_arkivstroem(&valg.data.join("arkivstroem"))?;
    let tidspunkt = Tidspunkt::parse("2026-01-31T12:00:00+01:00").context("tidspunkt")?;
    let slutt = register.antall_personer()? + 1;
    let start = Instant::now();
    let (mut fra, mut rettet) = (1, 0);
    while fra < slutt {
        let til = (fra + BOLK).min(slutt);
        let (svar, _) = register.behandle(tidspunkt.sekunder(), |b| -> Result<_, register::Feil> {
            b.rett(&Masseutvalg::Omraade(fra..til, &UtenTid), tidspunkt, 2)
        })?;
        rettet += svar.rettet;
        fra = til;
    }
    Ok((rettet, start.elapsed()))
}

/// Runs the correction to its end, publication included; `underveis` is done again and again meanwhile.
fn rett(valg: &Valg, ekstra: &[&str], mut underveis: impl FnMut() -> Result<()>) -> Result<(u64, f64)> {
    let mut kommando = Command::new(&valg.program);
    kommando
        .args(["korreksjon", "start", "--regel", "sivilstand-gyldighet"])
        .args(ekstra)
        .arg("--data")
        .arg(&valg.data)
        .stdout(Stdio::piped());
    let start = Instant::now();
    let mut barn = kommando.spawn()?;
    while barn.try_wait()?.is_none() {
        underveis()?;
    }
    let brukt = start.elapsed().as_secs_f64();
    let ut = barn.wait_with_output()?;
    if !ut.status.success() {
        bail!("korreksjonen lyktes ikke");
    }
    let tekst = String::from_utf8(ut.stdout)?;
    let rettet = tekst.split(" sett på, ").nth(1).and_then(|t| t.split(' ').next());
    Ok((rettet.context("antall")?.parse()?, brukt))
}

/// Rows for both modes.
pub(super) fn maal(valg: &Valg, tabell: &mut Tabell) -> Result<()> {
    if !valg.data.exists() {
        Tjener::start(&valg.program, &valg.data, Some(valg.personer), None)?.stopp()?;
    }
    let (feil, tid) = lag_feil(valg)?;
    if feil == 0 {
        bail!("ingen å rette");
    }
    tabell.rad(
        "persons given the fault, in process",
        feil.to_string(),
        format!(
            "{:.0} persons/s looked at, not a figure of ours",
            f64::from(valg.personer) / tid.as_secs_f64()
        ),
    )?;
    let mut tjener = Tjener::start(&valg.program, &valg.data, None, None)?;
    let (rettet, brukt) = rett(valg, &["--holdt"], || {
        std::thread::sleep(Duration::from_millis(20));
        Ok(())
    })?;
    if rettet != feil {
        bail!("{rettet} av {feil} ble rettet");
    }
    tabell.rad(
        "correction of sivilstand, held",
        format!("{brukt:.1} s"),
        format!("{rettet} persons, {:.0} persons/s, published", rettet as f64 / brukt),
    )?;
    tjener.stopp()?;
    let (feil, _) = lag_feil(valg)?;
    let tjener = Tjener::start(&valg.program, &valg.data, None, None)?;
    prosess::fest(super::LASTKJERNE)?;
    let token = prosess::kommando(
        &valg.program,
        &["token", "--pakke", "offentlig-med-hjemmel", "--data"],
        &valg.data,
    )?;
    let last = Last::new(
        &format!("{}/folkeregisteret/offentlig-med-hjemmel/api/v1", tjener.base),
        &token,
    )?;
    let (numre, _) = last.les_feed(super::postgres::PERSONER_MAKS)?;
    let oppslag: Vec<String> = numre.iter().map(|n| format!("personer/{n}")).collect();
    let runde = || {
        let jevn = last.kjoer_jevnt(&oppslag, OPPSLAG_PER_SEKUND, valg.forbindelser, RUNDE)?;
        Ok::<_, anyhow::Error>(jevn.p99_ms)
    };
    let mut ro = (0..RUNDER).map(|_| runde()).collect::<Result<Vec<_>>>()?;
    let mut underveis = Vec::new();
    let (rettet, brukt) = rett(valg, &[], || {
        underveis.push(runde()?);
        Ok(())
    })?;
    // The last round may have gone on after the end.
    if underveis.len() > 1 {
        underveis.pop();
    }
    if rettet != feil {
        bail!("{rettet} av {feil} ble rettet");
    }
    tabell.rad(
        "correction of sivilstand, live",
        format!("{brukt:.1} s"),
        format!(
            "{rettet} persons, {:.0} persons/s, with {OPPSLAG_PER_SEKUND} lookups/s",
            rettet as f64 / brukt
        ),
    )?;
    let (i_ro, i_gang) = (median(&mut ro), median(&mut underveis));
    tabell.rad(
        "p99 of lookups during / at rest",
        format!("{:.2}", i_gang / i_ro),
        format!(
            "{i_gang:.2} ms against {i_ro:.2} ms, {} rounds of {} s; highest {:.2} ms",
            underveis.len(),
            RUNDE.as_secs(),
            underveis.iter().copied().fold(0.0, f64::max)
        ),
    )
}
