//! `korreksjon`: corrects very many persons at once, and shows how far it has come.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr as _;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use driftsmeldinger::tid;
use jiff::Timestamp;
use korreksjon::{Jobb, Regelvalg, Tilstand};
use tilgang::Pakke;

use super::{Datavalg, les_pakke, meld, skriv_linje};
use crate::nasjon::framdrift;
use crate::styring::{Feedvisning, Kommando, Korreksjonsoppdrag, NyKorreksjon, Proevevisning, Svar, Utfoerer};

/// How often a job that is followed is asked about.
const SPOER: Duration = Duration::from_millis(250);

#[derive(Subcommand)]
pub enum Korreksjon {
    /// Begynn en korreksjon, eller prøv den.
    Start(Box<Start>),
    /// Vis korreksjonene, og hendelseslistene som venter.
    Status {
        /// Korreksjonens nummer; uten: alle.
        nr: Option<u32>,
        /// Som JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        data: Datavalg,
    },
    /// Følg en korreksjon til den er over.
    Foelg(Valgt),
    /// La en korreksjon vente.
    Pause(Valgt),
    /// La en korreksjon som venter, gå videre.
    Fortsett(Valgt),
    /// Stopp en korreksjon der den er. Det som er rettet, er rettet.
    Stopp(Valgt),
}

#[derive(Args)]
pub struct Valgt {
    /// Korreksjonens nummer.
    nr: u32,
    #[command(flatten)]
    data: Datavalg,
}

#[derive(Args)]
pub struct Start {
    /// Regelen: sivilstand-gyldighet, duf-dubletter, duf-uten-slutt, kommunereform, meld-oppdatert eller
    /// identitetsgrunnlag-unik.
    #[arg(long, value_parser = Regelvalg::from_str, required_unless_present = "fil", conflicts_with = "fil")]
    regel: Option<Regelvalg>,
    /// En fil med rettinger, en linje JSON for hver person. Den må ligge der den ligger til korreksjonen er ferdig.
    #[arg(long)]
    fil: Option<PathBuf>,
    /// Tabellen til regelen kommunereform: gammelt og nytt kommunenummer på hver linje.
    #[arg(long, requires = "regel")]
    tabell: Option<PathBuf>,
    /// Fra når det som registreres på nytt, gjelder, norsk tid. Uten: nå.
    #[arg(long, requires = "regel", value_parser = les_tid)]
    gjelder_fra: Option<Timestamp>,
    /// La hendelseslistene stå stille til korreksjonen er ferdig. Uten dette kommer hendelsene etter hvert.
    #[arg(long)]
    holdt: bool,
    /// Bare hendelseslistene til denne pakken står stille; kan gjentas.
    #[arg(long, requires = "holdt", value_parser = les_pakke)]
    pakke: Vec<Pakke>,
    /// Når en pakke tidligst får sine hendelser, som finans=2026-01-01T09:00, norsk tid; kan gjentas.
    #[arg(long, requires = "holdt", value_parser = les_slipp)]
    slipp: Vec<(String, Timestamp)>,
    /// Høyst så mange personer i sekundet.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    per_sekund: Option<u32>,
    /// Gjør alt og behold ingenting: vis hvor mange som ville blitt rettet, og hva hver pakke ville fått.
    #[arg(long)]
    proev: bool,
    /// Følg den ikke: skriv nummeret, og la den gå.
    #[arg(long, conflicts_with = "proev")]
    bakgrunn: bool,
    #[command(flatten)]
    data: Datavalg,
}

fn les_tid(tekst: &str) -> Result<Timestamp, String> {
    tid::les(tekst).ok_or_else(|| "skriv som 2026-01-14T18:00, norsk tid, eller med tidssone".to_owned())
}

fn les_slipp(tekst: &str) -> Result<(String, Timestamp), String> {
    let (pakke, fra) = tekst.split_once('=').ok_or("skriv som PAKKE=TID")?;
    Ok((les_pakke(pakke)?.kortnavn().to_owned(), les_tid(fra)?))
}

// Who the machine says it is: for the log, and no proof.
fn av() -> String {
    let navn = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER"));
    let mut navn = navn.unwrap_or_else(|_| "ukjent".to_owned());
    navn.retain(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    navn.truncate(64);
    navn
}

pub fn kjoer(valg: &Korreksjon) -> Result<ExitCode> {
    let med = |valgt: &Valgt, oppdrag: Korreksjonsoppdrag| -> Result<ExitCode> {
        let utfoerer = Utfoerer::finn(&valgt.data.mappe())?;
        let (jobber, feeder) = spoer(&utfoerer, oppdrag)?;
        skriv(&jobber, &feeder)?;
        Ok(ExitCode::SUCCESS)
    };
    match valg {
        Korreksjon::Start(start) if start.proev => proev(start),
        Korreksjon::Start(start) => {
            let utfoerer = Utfoerer::finn(&start.data.mappe())?;
            let (jobber, _) = spoer(&utfoerer, Korreksjonsoppdrag::Start(Box::new(start.ny()?)))?;
            let jobb = jobber.first().context("uventet svar")?;
            skriv_linje(&format!("korreksjon {}", jobb.nr))?;
            if start.bakgrunn {
                if matches!(utfoerer, Utfoerer::Her(_)) {
                    meld(
                        "Ingen prosess har datamappen; korreksjonen går videre når en starter, eller med korreksjon foelg.",
                    );
                }
                return Ok(ExitCode::SUCCESS);
            }
            foelg(&utfoerer, jobb.nr.0)
        }
        Korreksjon::Status { nr, json, data } => {
            let utfoerer = Utfoerer::finn(&data.mappe())?;
            let (jobber, feeder) = spoer(&utfoerer, Korreksjonsoppdrag::Status { nr: *nr })?;
            if *json {
                let verdi = serde_json::json!({"korreksjoner": jobber, "hendelseslister": feeder});
                skriv_linje(&serde_json::to_string_pretty(&verdi)?)?;
            } else if jobber.is_empty() {
                skriv_linje("Ingen korreksjoner.")?;
            } else {
                skriv(&jobber, &feeder)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Korreksjon::Foelg(valgt) => foelg(&Utfoerer::finn(&valgt.data.mappe())?, valgt.nr),
        Korreksjon::Pause(valgt) => med(valgt, Korreksjonsoppdrag::Pause { nr: valgt.nr, av: av() }),
        Korreksjon::Fortsett(valgt) => med(valgt, Korreksjonsoppdrag::Fortsett { nr: valgt.nr, av: av() }),
        Korreksjon::Stopp(valgt) => med(valgt, Korreksjonsoppdrag::Stopp { nr: valgt.nr, av: av() }),
    }
}

impl Start {
    fn ny(&self) -> Result<NyKorreksjon> {
        let tabell = self
            .tabell
            .as_ref()
            .map(|sti| std::fs::read_to_string(sti).with_context(|| format!("kunne ikke lese {}", sti.display())));
        let fil = self
            .fil
            .as_ref()
            .map(std::path::absolute)
            .transpose()
            .context("stien")?;
        let holdt = match (self.holdt, self.pakke.as_slice()) {
            (false, _) => Vec::new(),
            (true, []) => Pakke::ALLE.to_vec(),
            (true, pakker) => pakker.to_vec(),
        };
        if let Some((navn, _)) = self
            .slipp
            .iter()
            .find(|(navn, _)| !holdt.iter().any(|p| p.kortnavn() == navn))
        {
            bail!("{navn} holdes ikke; ta den med i --pakke");
        }
        Ok(NyKorreksjon {
            regel: self.regel,
            gjelder_fra: self.gjelder_fra,
            tabell: tabell.transpose()?,
            fil,
            holdt: holdt.iter().map(|p| p.kortnavn().to_owned()).collect(),
            slipp: self.slipp.clone(),
            per_sekund: self.per_sekund,
            av: av(),
        })
    }
}

fn spoer(utfoerer: &Utfoerer, oppdrag: Korreksjonsoppdrag) -> Result<(Vec<Jobb>, Vec<Feedvisning>)> {
    match utfoerer.utfoer(Kommando::Korreksjon { oppdrag })? {
        Svar::Korreksjoner { jobber, feeder } => Ok((jobber, feeder)),
        _ => bail!("uventet svar"),
    }
}

fn proev(start: &Start) -> Result<ExitCode> {
    let utfoerer = Utfoerer::finn(&start.data.mappe())?;
    let ny = Box::new(start.ny()?);
    let (mut sum, mut fra) = (Proevevisning::default(), None);
    let linje = framdrift(0, "");
    loop {
        let oppdrag = Korreksjonsoppdrag::Proev { ny: ny.clone(), fra };
        let Svar::Proevd(del) = utfoerer.utfoer(Kommando::Korreksjon { oppdrag })? else {
            bail!("uventet svar")
        };
        sum.sett += del.sett;
        sum.rettet += del.rettet;
        sum.hendelser += del.hendelser;
        sum.avvist += del.avvist;
        for (feed, antall) in del.elementer {
            *sum.elementer.entry(feed).or_default() += antall;
        }
        linje.set_length(del.slutt);
        linje.set_position(del.neste.unwrap_or(del.slutt));
        fra = del.neste;
        if fra.is_none() {
            break;
        }
    }
    linje.finish_and_clear();
    skriv_linje(&format!(
        "Prøvd; ingenting er endret. {} sett på, {} ville blitt rettet med {} hendelser, {} ville blitt avvist.",
        sum.sett, sum.rettet, sum.hendelser, sum.avvist
    ))?;
    elementlinjer(&sum.elementer).try_for_each(|l| skriv_linje(&l))?;
    Ok(if sum.avvist == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn foelg(utfoerer: &Utfoerer, nr: u32) -> Result<ExitCode> {
    let linje = framdrift(0, "");
    loop {
        if matches!(utfoerer, Utfoerer::Her(_)) {
            spoer(utfoerer, Korreksjonsoppdrag::Driv)?;
        }
        let (jobber, feeder) = spoer(utfoerer, Korreksjonsoppdrag::Status { nr: Some(nr) })?;
        let jobb = jobber.first().context("uventet svar")?;
        linje.set_length(jobb.slutt);
        linje.set_position(jobb.neste);
        let venter = jobb.holdt.iter().any(|pakke| feeder.iter().any(|f| f.pakke == *pakke));
        let ferdig = match jobb.tilstand {
            Tilstand::Loeper => false,
            Tilstand::Pauset | Tilstand::Feilet => true,
            Tilstand::Stoppet | Tilstand::Ferdig => {
                // What is let go later is not waited for.
                !venter || jobb.slipp.iter().any(|s| s.fra > jobb.avsluttet.unwrap_or(0))
            }
        };
        if ferdig {
            linje.finish_and_clear();
            skriv(&jobber, &feeder)?;
            let bra = matches!(jobb.tilstand, Tilstand::Ferdig) && jobb.avvist == 0;
            return Ok(if bra { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        if matches!(utfoerer, Utfoerer::Der(_)) {
            std::thread::sleep(SPOER);
        }
    }
}

fn elementlinjer(elementer: &BTreeMap<String, u64>) -> impl Iterator<Item = String> {
    elementer.iter().map(|(feed, antall)| format!("  {antall:>12}  {feed}"))
}

fn skriv(jobber: &[Jobb], feeder: &[Feedvisning]) -> Result<()> {
    for jobb in jobber {
        let modus = if jobb.holdt.is_empty() { "levende" } else { "holdt" };
        skriv_linje(&format!(
            "korreksjon {}: {}, {modus}, {}. {} sett på, {} rettet med {} hendelser, {} avvist.",
            jobb.nr,
            jobb.kilde.slag(),
            jobb.tilstand,
            jobb.sett,
            jobb.rettet,
            jobb.hendelser,
            jobb.avvist
        ))?;
        if let Some(grunn) = &jobb.grunn {
            skriv_linje(&format!("  stanset fordi: {grunn}"))?;
        }
        if !jobb.avviste_linjer.is_empty() {
            let linjer: Vec<_> = jobb.avviste_linjer.iter().map(ToString::to_string).collect();
            skriv_linje(&format!("  linjer som ble avvist: {}", linjer.join(", ")))?;
        }
        elementlinjer(&jobb.elementer).try_for_each(|l| skriv_linje(&l))?;
    }
    for feed in feeder {
        let uten = if feed.pakke == Pakke::OffentligMedHjemmel.kortnavn() && !feed.graderte {
            " (uten graderte adresser)"
        } else {
            ""
        };
        let hva = if feed.holdt { "står stille" } else { "publiseres" };
        skriv_linje(&format!(
            "hendelseslisten til {}{uten} {hva}; høyst {} hendelser venter",
            feed.pakke, feed.venter
        ))?;
    }
    Ok(())
}
