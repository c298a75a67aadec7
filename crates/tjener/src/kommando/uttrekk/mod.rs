//! `uttrekk`: orders a set of persons, waits for it, and writes it to a file that is whole or not there.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};
use folkeregister::openapi::Operasjon;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use klienter::folkeregister::{self as freg, Bestilling, Jobb, Kommunenummer};
use tilgang::Pakke;

use super::oppslag::{forklar, forklar_uten_tilgang, klient_med};
use super::{Avslutning, Datavalg, les_pakke, meld, skriv_feil, skriv_linje};
use fil::{Oppdrag, Plass, Tilstand, Utfil};
use henting::Innhold;

mod fil;
mod henting;

/// How often a call is tried when the service asks us to wait, and after errors that pass. An extract takes hours in a
/// register of everybody, so a minute without contact must not end it. Source: our choice.
const FORSOEK_MAKS: u32 = 10;
const FEIL_MAKS: u32 = 6;
/// How often the progress is drawn while nothing happens.
const TEGNES: Duration = Duration::from_millis(200);

const HJELP: &str = "\
Jobbens nummer skrives med en gang, så ventes det til uttrekket er klart. FIL kommer først når alt er på plass; til da \
ligger det som er hentet, i FIL.del, og hvor langt det er kommet, i FIL.uttrekk. Blir kommandoen avbrutt, går den samme \
kommandoen videre der den slapp, uten at noen mangler eller kommer to ganger.

Slutter med 0 når filen er ferdig; 4 når tjenesten ikke tar imot flere uttrekk nå (ti kan være i gang samtidig); 5 når \
tjenesten ikke har uttrekket lenger; 130 når den blir avbrutt; 1 ved andre feil.";

#[derive(Subcommand)]
pub enum Uttrekk {
    /// Alle i rettighetspakken. Bare offentlig-med-hjemmel har dette.
    #[command(after_help = HJELP)]
    Komplett(Komplett),
    /// De som passer med kriteriene.
    #[command(after_help = HJELP)]
    Tilpasset(Box<Tilpasset>),
    /// Gå videre med et uttrekk som ble avbrutt, eller hent et som ble bestilt et annet sted.
    #[command(after_help = HJELP)]
    Fortsett(Fortsett),
}

#[derive(Args)]
pub struct Komplett {
    /// Til og med dette nummeret i rettighetspakkens hendelsesliste; standard er det nyeste.
    #[arg(long, value_name = "NUMMER")]
    feedsekvensnr: Option<u64>,
    #[command(flatten)]
    felles: Felles,
}

#[derive(Args)]
pub struct Tilpasset {
    /// Personstatus; kan gjentas. aktiv er også midlertidig, ikkeBosatt, forsvunnet og foedselsregistrert.
    #[arg(long, required = true, value_parser = ["bosatt", "aktiv", "utflyttet", "doed", "inaktiv"])]
    status: Vec<String>,
    /// Bostedskommune, fire siffer.
    #[arg(long, value_name = "KOMMUNENUMMER", value_parser = les_fire_siffer)]
    bostedskommune: Option<String>,
    /// Oppholdskommune, fire siffer; ikke sammen med bostedskommune.
    #[arg(long, value_name = "KOMMUNENUMMER", conflicts_with = "bostedskommune", value_parser = les_fire_siffer)]
    oppholdskommune: Option<String>,
    /// Født dette året eller senere.
    #[arg(long, value_name = "AAR", value_parser = les_fire_siffer)]
    foedselsaar_fra_og_med: Option<String>,
    /// Født dette året eller før.
    #[arg(long, value_name = "AAR", value_parser = les_fire_siffer)]
    foedselsaar_til_og_med: Option<String>,
    /// Død dette året eller senere.
    #[arg(long, value_name = "AAR", value_parser = les_fire_siffer)]
    doedsaar_fra_og_med: Option<String>,
    /// Død dette året eller før.
    #[arg(long, value_name = "AAR", value_parser = les_fire_siffer)]
    doedsaar_til_og_med: Option<String>,
    /// Kjønn.
    #[arg(long, value_parser = ["kvinne", "mann"])]
    kjoenn: Option<String>,
    /// Landkode på tre bokstaver, som NOR.
    #[arg(long, value_name = "LAND")]
    statsborgerskap: Option<String>,
    /// Sivilstand, slik kodelisten skriver den, som ugift eller enkeEllerEnkemann.
    #[arg(long)]
    sivilstand: Option<String>,
    #[command(flatten)]
    felles: Felles,
}

#[derive(Args)]
struct Felles {
    /// Filen det skrives til: én identifikator på hver linje, eller med --dokumenter ett JSON-objekt.
    #[arg(long, value_name = "FIL")]
    ut: PathBuf,
    /// Hent dokumentene også.
    #[arg(long)]
    dokumenter: bool,
    /// Del av dokumentet; kan gjentas.
    #[arg(long, requires = "dokumenter")]
    part: Vec<String>,
    /// Rettighetspakken.
    #[arg(long, value_parser = les_pakke, default_value = "offentlig-med-hjemmel")]
    pakke: Pakke,
    /// Glem et uttrekk til samme fil som ikke ble ferdig, og bestill på nytt.
    #[arg(long)]
    paa_nytt: bool,
    /// Erstatt filen om den finnes.
    #[arg(long)]
    overskriv: bool,
    #[command(flatten)]
    data: Datavalg,
}

#[derive(Args)]
pub struct Fortsett {
    /// Filen uttrekket skrives til.
    #[arg(long, value_name = "FIL")]
    ut: PathBuf,
    /// Jobben, for et uttrekk som ble bestilt et annet sted; uten dette leses FIL.uttrekk.
    #[arg(long, value_name = "ID")]
    jobb: Option<String>,
    /// Første batch som hentes.
    #[arg(long, requires = "jobb", value_name = "NUMMER", default_value_t = 0)]
    fra_batch: u64,
    /// Hent dokumentene også.
    #[arg(long, requires = "jobb")]
    dokumenter: bool,
    /// Del av dokumentet; kan gjentas.
    #[arg(long, requires = "dokumenter")]
    part: Vec<String>,
    /// Rettighetspakken jobben ble bestilt i.
    #[arg(long, requires = "jobb", value_parser = les_pakke, default_value = "offentlig-med-hjemmel")]
    pakke: Pakke,
    /// Erstatt filen om den finnes.
    #[arg(long)]
    overskriv: bool,
    #[command(flatten)]
    data: Datavalg,
}

fn les_fire_siffer(tekst: &str) -> Result<String, &'static str> {
    if tekst.len() == 4 && tekst.bytes().all(|b| b.is_ascii_digit()) {
        Ok(tekst.to_owned())
    } else {
        Err("må være fire siffer")
    }
}

impl Tilpasset {
    fn bestilling(&self) -> Bestilling {
        let bosted = self.bostedskommune.clone().map(Kommunenummer::Bostedskommunenummer);
        let opphold = self.oppholdskommune.clone().map(Kommunenummer::Oppholdskommunenummer);
        Bestilling::Tilpasset(Box::new(freg::Tilpasset {
            personstatustyper: self.status.clone(),
            kommunenummer: bosted.or(opphold),
            foedselsaar_fra_og_med: self.foedselsaar_fra_og_med.clone(),
            foedselsaar_til_og_med: self.foedselsaar_til_og_med.clone(),
            doedsaar_fra_og_med: self.doedsaar_fra_og_med.clone(),
            doedsaar_til_og_med: self.doedsaar_til_og_med.clone(),
            kjoenn: self.kjoenn.clone(),
            statsborgerskap: self.statsborgerskap.clone(),
            sivilstandstype: self.sivilstand.clone(),
        }))
    }
}

pub fn kjoer(valg: &Uttrekk) -> Result<ExitCode> {
    match valg {
        Uttrekk::Komplett(valg) => {
            let feedsekvensnr = valg.feedsekvensnr;
            bestilt(Bestilling::Komplett { feedsekvensnr }, &valg.felles)
        }
        Uttrekk::Tilpasset(valg) => bestilt(valg.bestilling(), &valg.felles),
        Uttrekk::Fortsett(valg) => fortsatt(valg),
    }
}

/// Orders, or goes on with the same order.
fn bestilt(bestilling: Bestilling, felles: &Felles) -> Result<ExitCode> {
    let oppdrag = Oppdrag {
        pakke: felles.pakke.kortnavn().to_owned(),
        bestilling: Some(bestilling.clone()),
        dokumenter: felles.dokumenter,
        part: felles.part.clone(),
    };
    let operasjon = match bestilling {
        Bestilling::Komplett { .. } => Operasjon::LagJobbKomplett,
        Bestilling::Tilpasset(_) => Operasjon::LagJobbTilpasset,
    };
    let mappe = felles.data.mappe();
    let kall = Kall::ny(&felles.data, felles.pakke)?;
    let plass = Plass::ta(&felles.ut)?;
    if !felles.paa_nytt
        && let Some(tilstand) = plass.tilstand()?
    {
        if tilstand.oppdrag != oppdrag {
            bail!(
                "{} er i gang med et annet uttrekk; gå videre med det ved «uttrekk fortsett», eller bruk --paa-nytt",
                felles.ut.display()
            );
        }
        return kall.gaa_videre(plass, tilstand.med_overskriv(felles.overskriv));
    }
    // What would hinder the end is found before anything is ordered.
    let ledig = plass.krev_ledig(felles.overskriv);
    let jobb = ledig.and_then(|()| {
        let jobb = kall.kjoretid.block_on(kall.klient.bestill_uttrekk(&bestilling));
        jobb.map_err(|f| forklar(forklar_uten_tilgang(f.into(), felles.pakke, operasjon), &mappe))
    });
    let jobb = match jobb {
        Ok(jobb) => jobb,
        Err(feil) => {
            // What was fetched of another job stays until a new one has begun.
            if plass.tilstand().is_ok_and(|t| t.is_none()) {
                plass.forkast();
            }
            return avslutt(feil);
        }
    };
    let tilstand = Tilstand::ny(oppdrag, jobb.to_string(), 0, felles.overskriv);
    let ut = plass.begynn(tilstand)?;
    // Nobody who reads need be there for the extract to be fetched.
    let _ = skriv_linje(&format!("Jobb {jobb}"));
    kall.hent(&jobb, ut)
}

fn fortsatt(valg: &Fortsett) -> Result<ExitCode> {
    let Some(jobb) = &valg.jobb else {
        let plass = Plass::ta(&valg.ut)?;
        let Some(tilstand) = plass.tilstand()? else {
            plass.forkast();
            bail!("{} har ikke noe uttrekk som er i gang", valg.ut.display());
        };
        let pakke = les_pakke(&tilstand.oppdrag.pakke).map_err(|feil| anyhow!(feil))?;
        let kall = Kall::ny(&valg.data, pakke)?;
        return kall.gaa_videre(plass, tilstand.med_overskriv(valg.overskriv));
    };
    let jobb = Jobb::les(jobb).context("jobben har ikke form som en jobb")?;
    let kall = Kall::ny(&valg.data, valg.pakke)?;
    let plass = Plass::ta(&valg.ut)?;
    if plass.tilstand()?.is_some() {
        bail!(
            "{} er i gang med et uttrekk; gå videre med det uten --jobb",
            valg.ut.display()
        );
    }
    if let Err(feil) = plass.krev_ledig(valg.overskriv) {
        plass.forkast();
        return Err(feil);
    }
    let oppdrag = Oppdrag {
        pakke: valg.pakke.kortnavn().to_owned(),
        bestilling: None,
        dokumenter: valg.dokumenter,
        part: valg.part.clone(),
    };
    let tilstand = Tilstand::ny(oppdrag, jobb.to_string(), valg.fra_batch, valg.overskriv);
    kall.hent(&jobb, plass.begynn(tilstand)?)
}

/// What a job is fetched with.
struct Kall<'a> {
    klient: Arc<freg::Klient>,
    kjoretid: tokio::runtime::Runtime,
    data: &'a Datavalg,
}

impl<'a> Kall<'a> {
    fn ny(data: &'a Datavalg, pakke: Pakke) -> Result<Self> {
        let klient = klient_med(&data.mappe(), pakke, |innstillinger| {
            innstillinger.forsoek_maks = FORSOEK_MAKS;
            innstillinger.feil_maks = FEIL_MAKS;
        });
        // Documents are read and written anew on one thread while the next are received on the other.
        let mut kjoretid = tokio::runtime::Builder::new_multi_thread();
        Ok(Kall {
            klient: Arc::new(klient?),
            kjoretid: kjoretid.worker_threads(2).enable_all().build()?,
            data,
        })
    }

    fn gaa_videre(&self, plass: Plass, tilstand: Tilstand) -> Result<ExitCode> {
        let jobb = Jobb::les(&tilstand.jobb).context("jobben har ikke form som en jobb")?;
        let antall = tilstand.antall;
        let Some(ut) = plass.fortsett(tilstand.clone())? else {
            return Ok(si_ferdig(&tilstand));
        };
        let _ = skriv_linje(&format!("Jobb {jobb}, {antall} hentet fra før"));
        self.hent(&jobb, ut)
    }

    fn hent(&self, jobb: &Jobb, mut ut: Utfil) -> Result<ExitCode> {
        let oppdrag = ut.tilstand().oppdrag.clone();
        let innhold = Innhold {
            klient: Arc::clone(&self.klient),
            dokumenter: oppdrag.dokumenter,
            part: oppdrag.part.into(),
        };
        if !ut.tilstand().ferdig() {
            let linje = framdrift(ut.tilstand().antall);
            let utfall = self.kjoretid.block_on(async {
                tokio::select! {
                    utfall = henting::hent(&innhold, jobb, &mut ut, &linje) => Some(utfall),
                    _ = tokio::signal::ctrl_c() => None,
                }
            });
            linje.finish_and_clear();
            match utfall {
                Some(Ok(())) => {}
                Some(Err(feil)) => {
                    let begynt = ut.tilstand().antall > 0;
                    if !begynt && matches!(feil.downcast_ref(), Some(freg::Feil::UkjentJobb)) {
                        ut.forkast();
                    }
                    let utfall = avslutt(forklar(feil, &self.data.mappe()));
                    return utfall.context("uttrekket ble ikke ferdig; den samme kommandoen går videre der det slapp");
                }
                None => {
                    ut.noter()?;
                    meld("Avbrutt. Den samme kommandoen går videre der denne slapp; det gjør også «uttrekk fortsett».");
                    return Ok(Avslutning::Avbrutt.into());
                }
            }
        }
        Ok(si_ferdig(&ut.ferdig()?))
    }
}

fn si_ferdig(tilstand: &Tilstand) -> ExitCode {
    let skrevet = tilstand.antall.saturating_sub(tilstand.mangler);
    let hva = if tilstand.oppdrag.dokumenter {
        "dokumenter"
    } else {
        "identifikatorer"
    };
    let _ = skriv_linje(&format!("{skrevet} {hva} skrevet"));
    if tilstand.mangler > 0 {
        meld(&format!(
            "{} av {} i uttrekket kunne ikke lenger slås opp, og er ikke i filen",
            tilstand.mangler, tilstand.antall
        ));
    }
    ExitCode::SUCCESS
}

/// Errors that a script acts on have an end of their own.
fn avslutt(feil: anyhow::Error) -> Result<ExitCode> {
    let (avslutning, feil) = match feil.downcast_ref() {
        Some(freg::Feil::ForMangeUttrekk { vent_s, melding }) => {
            let melding = melding.for_den_som_spurte();
            let raad = anyhow!("{feil}; prøv igjen tidligst om {vent_s} sekunder. {melding}");
            (Avslutning::ForMangeUttrekk, raad)
        }
        Some(freg::Feil::UkjentJobb) => {
            let raad = anyhow!("{feil}; bestill det på nytt med --paa-nytt");
            (Avslutning::UkjentJobb, raad)
        }
        _ => return Err(feil),
    };
    skriv_feil(&feil);
    Ok(avslutning.into())
}

/// The progress on a terminal. How many there are in all is not known before the end.
fn framdrift(fra_foer: u64) -> ProgressBar {
    use std::io::IsTerminal;
    let linje = ProgressBar::new_spinner();
    if !std::io::stderr().is_terminal() {
        linje.set_draw_target(ProgressDrawTarget::hidden());
        return linje;
    }
    if let Ok(stil) = ProgressStyle::with_template("{spinner} {human_pos} personer  {per_sec}  {elapsed}  {msg}") {
        linje.set_style(stil);
    }
    linje.set_position(fra_foer);
    linje.reset_eta();
    linje.enable_steady_tick(TEGNES);
    linje
}
