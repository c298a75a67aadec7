//! `lokalkopi`: a local copy of the Person API, ours or the real one, kept by the documented algorithm.
//!
//! What lives here: options, tokens and what is written to the terminal. The algorithm is the crate `lokalkopi`. What a newcomer gets wrong:
//! to give a number of a person as an argument, where the shell's history and the process list keep it; `vis` reads it from standard input.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use klienter::folkeregister::vent_virkelig;
use klienter::helseid;
use klienter::personapi::{Gren, Innstillinger, Klient, Utvalg};
use lager::noekkelfil::les_hemmelig;
use lokalkopi::{Fase, Foelger, Forskjell, Lager, Steg, Tjeneste, Valg};
use tilgang::token::{Kurve, Signeringsnoekkel};

use super::oppslag::kjoretid;
use super::{Avslutning, meld, skriv_linje};
use crate::mappe::{Mappe, klokke};

/// Longest list of numbers. Units: bytes. Source: our choice; as many numbers as are taken, each on a line.
const EGNE_BYTES_MAKS: u64 = 128 * 1024 * 1024;
/// What `vis --stdin` reads at most. Units: bytes.
const HVEM_BYTES_MAKS: u64 = 256;
/// Pauses of `foelg` after an error that passes, each twice the former. Units: seconds. Source: our choice.
const FEILPAUSE_FOERST_S: u64 = 5;
const FEILPAUSE_MAKS_S: u64 = 60;
/// How often progress is told. Units: persons. Source: our choice.
const FRAMDRIFT_PERSONER: u64 = 10_000;

#[derive(Subcommand)]
pub enum Lokalkopi {
    /// Last kopien, eller ta igjen det som har skjedd siden sist, og avslutt.
    Hent {
        #[command(flatten)]
        tjeneste: Tjenestevalg,
        /// Kast det som er lagret, og last alt på nytt.
        #[arg(long)]
        last_paa_nytt: bool,
    },
    /// Som hent, og følg deretter hendelseslisten til kommandoen stanses.
    Foelg {
        #[command(flatten)]
        tjeneste: Tjenestevalg,
        /// Sekunder mellom hver gang det spørres etter nye hendelser.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
        pause: u64,
    },
    /// Les alle fra tjenesten på nytt og si hvem som er annerledes i kopien. Avslutter med 3 når noen er det.
    Sammenlign {
        #[command(flatten)]
        tjeneste: Tjenestevalg,
    },
    /// Vis en person i kopien.
    Vis {
        #[command(flatten)]
        mappe: Mappevalg,
        /// Tjenestens id på personen.
        #[arg(required_unless_present = "stdin")]
        id: Option<String>,
        /// Les id eller nummer fra standard inn, så et nummer ikke blir stående på kommandolinjen.
        #[arg(long, conflicts_with = "id")]
        stdin: bool,
    },
}

#[derive(Args)]
pub struct Mappevalg {
    /// Mappen som kopien ligger i.
    #[arg(long = "mappe", default_value = "lokalkopi")]
    sti: PathBuf,
}

#[derive(Args)]
pub struct Tjenestevalg {
    #[command(flatten)]
    mappe: Mappevalg,
    /// Datamappen til en demo som kjører på denne maskinen: adresser, klient og nøkkel hentes derfra når de ikke er gitt.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Persontjenestens adresse, uten api/….
    #[arg(long, required_unless_present = "data")]
    adresse: Option<String>,
    /// HelseID, slik metadataene navngir den.
    #[arg(long, required_unless_present = "data")]
    helseid: Option<String>,
    /// Klienten hos HelseID.
    #[arg(long, required_unless_present = "data")]
    klient_id: Option<String>,
    /// Den private nøkkelen til klienten: PKCS#8, som PEM eller DER, i en fil som bare eieren kan lese.
    #[arg(long, required_unless_present = "data")]
    noekkel: Option<PathBuf>,
    /// Nøkkelens kid hos HelseID, når den ikke er nøkkelens tommelavtrykk.
    #[arg(long)]
    noekkel_id: Option<String>,
    /// Versjon og tilgang: full-access og restricted-access er v3 med DPoP, legal-basis og no-legal-basis er v2.
    #[arg(long, value_parser = les_gren, default_value = "full-access")]
    gren: Gren,
    /// Deler av personene (informationParts), med komma mellom; standard er alle som tilgangen gir. Numrene er alltid med.
    #[arg(long, value_delimiter = ',')]
    deler: Vec<String>,
    /// Ta med opplysninger som ikke lenger gjelder (includeHistory).
    #[arg(long)]
    historikk: bool,
    /// Ta med dem som bare har felles hjelpenummer (includeAinResults).
    #[arg(long)]
    hjelpenumre: bool,
    /// Bare egne pasienter: en fil med ett nummer på hver linje.
    #[arg(long)]
    egne: Option<PathBuf>,
    /// Tillat http til en annen maskin; bare i lukkede testnett.
    #[arg(long)]
    tillat_ukryptert: bool,
}

fn les_gren(tekst: &str) -> Result<Gren, String> {
    Gren::fra_navn(tekst).ok_or_else(|| {
        let alle: Vec<_> = Gren::ALLE.iter().map(|gren| gren.navn()).collect();
        format!("velg en av: {}", alle.join(", "))
    })
}

/// Where a running demo answers: all its roles are on one port, told apart by path.
struct Demo {
    adresse: String,
    helseid: String,
}

impl Demo {
    fn finn(mappe: &Mappe) -> Result<Self> {
        let adresser = mappe.adresser()?;
        Ok(Demo {
            helseid: adresser.helseid.context("demoen i mappen kjører uten Person API")?,
            adresse: adresser.folkeregister,
        })
    }
}

impl Tjenestevalg {
    /// Which parts, in the order of the contract; the numbers always.
    fn deler(&self) -> Result<Vec<String>> {
        let gis = self.gren.deler();
        if let Some(ukjent) = self.deler.iter().find(|del| !gis.contains(&del.as_str())) {
            bail!("{} gir ikke delen {ukjent}; den har: {}", self.gren, gis.join(", "));
        }
        let valgt = |del: &&str| self.deler.is_empty() || self.deler.iter().any(|valgt| valgt == del);
        Ok(gis.into_iter().filter(valgt).map(str::to_owned).collect())
    }

    fn noekkel(&self, demo: Option<&Mappe>) -> Result<Signeringsnoekkel> {
        match (&self.noekkel, demo) {
            (Some(sti), _) => les_noekkel(sti, self.noekkel_id.as_deref()),
            (None, Some(mappe)) => Ok(utsteder::les_eller_lag_noekkel(&mappe.klientnoekkel())?),
            (None, None) => bail!("oppgi --noekkel"),
        }
    }

    /// The copy, and whoever keeps it.
    fn foelger(&self) -> Result<Foelger> {
        let mappe = self.data.as_deref().map(Mappe::new);
        let demo = mappe.as_ref().map(Demo::finn).transpose()?;
        let velg = |gitt: &Option<String>, demo: Option<String>| gitt.clone().or(demo).context("en adresse mangler");
        let adresse = velg(&self.adresse, demo.as_ref().map(|demo| demo.adresse.clone()))?;
        let klient_id = match &demo {
            Some(_) => Some(crate::demo::helseklient(false)?.0.to_owned()),
            None => None,
        };
        let valg = klienter::Valg {
            tillat_ukryptert: self.tillat_ukryptert,
            ..klienter::Valg::default()
        };
        let helseid = helseid::Innstillinger {
            utsteder: velg(&self.helseid, demo.map(|demo| demo.helseid))?,
            klient_id: velg(&self.klient_id, klient_id)?,
            noekkel: Arc::new(self.noekkel(mappe.as_ref())?),
            dpop: if self.gren.krever_dpop() {
                Some(Arc::new(Signeringsnoekkel::generer_paa(Kurve::P256)?))
            } else {
                None
            },
            organisasjon: None,
            valg,
        };
        let helseid = Arc::new(helseid::Klient::new(helseid, klokke())?);
        let mut innstillinger = Innstillinger::new(adresse.clone(), self.gren, klokke());
        innstillinger.valg = valg;
        let klient = Klient::new(innstillinger, helseid)?;

        let av = Valg {
            tjeneste: adresse.trim_end_matches('/').to_owned(),
            gren: self.gren.navn().to_owned(),
            deler: self.deler()?,
            historikk: self.historikk,
            hjelpenumre: self.hjelpenumre,
            egne: self.egne.is_some(),
        }
        .med_numre();
        let utvalg = Utvalg {
            deler: av.deler.clone(),
            historikk: av.historikk,
        };
        let numre = self.egne.as_deref().map(les_egne).transpose()?;
        let lager = Lager::aapne(&self.mappe.sti, &av)?;
        let tjeneste = Arc::new(Tjeneste::new(klient, utvalg, self.hjelpenumre));
        Ok(Foelger::new(lager, tjeneste, numre.as_ref(), vent_virkelig())?)
    }
}

fn les_egne(sti: &Path) -> Result<BTreeSet<String>> {
    let mut tekst = String::new();
    let fil = std::fs::File::open(sti).context("listen over egne kan ikke leses")?;
    let lest = fil.take(EGNE_BYTES_MAKS + 1).read_to_string(&mut tekst)?;
    if lest as u64 > EGNE_BYTES_MAKS {
        bail!("listen over egne er for stor");
    }
    lokalkopi::les_numre(&tekst).context("listen over egne")
}

fn les_noekkel(sti: &Path, kid: Option<&str>) -> Result<Signeringsnoekkel> {
    let byte = les_hemmelig(sti)?;
    let der = match std::str::from_utf8(&byte) {
        Ok(pem) if pem.trim_start().starts_with("-----BEGIN PRIVATE KEY-----") => {
            let linjer = pem.lines().map(str::trim).filter(|linje| !linje.starts_with("-----"));
            STANDARD
                .decode(linjer.collect::<String>())
                .context("nøkkelfilen er ikke PEM")?
        }
        _ => byte,
    };
    Signeringsnoekkel::fra_pkcs8(&der, kid).context("nøkkelfilen har ikke en PKCS#8-nøkkel som kan brukes")
}

/// Tells how a load goes, now and then.
struct Framdrift(u64);

impl Framdrift {
    fn steg(&mut self, lager: &Lager, steg: Steg) {
        match steg {
            Steg::Lastet(_) if lager.antall() >= self.0 + FRAMDRIFT_PERSONER => {
                self.0 = lager.antall();
                meld(&format!("{} personer er lastet", self.0));
            }
            Steg::PaaNytt => meld("hendelseslisten er satt tilbake; alt lastes på nytt"),
            _ => {}
        }
    }
}

fn stilling(lager: &Lager) -> String {
    let hendelse = match lager.fase() {
        Fase::Foelger { anker: Some(anker) } => format!(", til og med hendelse {}", anker.sekvensnummer),
        _ => String::new(),
    };
    format!("kopien har {} personer{hendelse}", lager.antall())
}

pub fn kjoer(valg: &Lokalkopi) -> Result<ExitCode> {
    match valg {
        Lokalkopi::Hent {
            tjeneste,
            last_paa_nytt,
        } => {
            if *last_paa_nytt {
                Lager::kast(&tjeneste.mappe.sti)?;
            }
            let mut foelger = tjeneste.foelger()?;
            let mut framdrift = Framdrift(foelger.lager().antall());
            kjoretid()?.block_on(foelger.til_ajour(&mut |lager, steg| framdrift.steg(lager, steg)))?;
            skriv_linje(&stilling(foelger.lager()))?;
        }
        Lokalkopi::Foelg { tjeneste, pause } => {
            let mut foelger = tjeneste.foelger()?;
            kjoretid()?.block_on(async {
                tokio::select! {
                    utfall = foelg(&mut foelger, Duration::from_secs(*pause)) => utfall,
                    // What was saved is whole wherever it is stopped.
                    _ = tokio::signal::ctrl_c() => Ok(()),
                }
            })?;
            meld(&stilling(foelger.lager()));
        }
        Lokalkopi::Sammenlign { tjeneste } => return sammenlign(&mut tjeneste.foelger()?),
        Lokalkopi::Vis { mappe, id, .. } => return vis(&mappe.sti, id.as_deref()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads, waits and reads again, also after errors that pass.
async fn foelg(foelger: &mut Foelger, pause: Duration) -> Result<()> {
    let mut framdrift = Framdrift(foelger.lager().antall());
    let (mut sagt, mut feilpause_s) = (String::new(), FEILPAUSE_FOERST_S);
    loop {
        match foelger.til_ajour(&mut |lager, steg| framdrift.steg(lager, steg)).await {
            Ok(()) => {
                let naa = stilling(foelger.lager());
                if naa != sagt {
                    skriv_linje(&naa)?;
                    sagt = naa;
                }
                feilpause_s = FEILPAUSE_FOERST_S;
                tokio::time::sleep(pause).await;
            }
            Err(feil) if feil.gaar_over() => {
                meld(&format!(
                    "{:#}; prøver igjen om {feilpause_s} sekunder",
                    anyhow::Error::from(feil)
                ));
                tokio::time::sleep(Duration::from_secs(feilpause_s)).await;
                feilpause_s = (feilpause_s * 2).min(FEILPAUSE_MAKS_S);
            }
            Err(feil) => return Err(feil.into()),
        }
    }
}

fn sammenlign(foelger: &mut Foelger) -> Result<ExitCode> {
    let mut sagt = 0;
    let rapport = kjoretid()?.block_on(foelger.sammenlikn(&mut |antall| {
        if antall >= sagt + FRAMDRIFT_PERSONER {
            sagt = antall;
            meld(&format!("{antall} personer er sammenlignet"));
        }
    }))?;
    for (id, forskjell) in &rapport.forskjeller {
        let hva = match forskjell {
            Forskjell::Mangler => "mangler i kopien",
            Forskjell::Overfloedig => "er bare i kopien",
            Forskjell::Ulik => "er ulik",
        };
        skriv_linje(&format!("{id}  {hva}"))?;
    }
    skriv_linje(&format!(
        "{} personer sammenlignet, {} ulike",
        rapport.personer,
        rapport.forskjeller.len()
    ))?;
    if rapport.forskjeller.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    meld("kopien er ikke som tjenesten");
    Ok(Avslutning::IngenEllerFlere.into())
}

fn vis(mappe: &Path, id: Option<&str>) -> Result<ExitCode> {
    let hvem = match id {
        Some(id) => id.to_owned(),
        None => {
            let mut tekst = String::new();
            std::io::stdin().take(HVEM_BYTES_MAKS).read_to_string(&mut tekst)?;
            tekst.trim().to_owned()
        }
    };
    if !mappe.is_dir() {
        bail!("det er ingen kopi i mappen; lag en med: persontjenesten lokalkopi hent");
    }
    let lager = Lager::aapne_for_visning(mappe)?;
    let lager = lager.context("det er ingen kopi i mappen; lag en med: persontjenesten lokalkopi hent")?;
    let person = match lager.person(&hvem)? {
        None if id.is_none() => lager.person_med_nummer(&hvem)?,
        person => person,
    };
    match person {
        Some(person) => {
            skriv_linje(&serde_json::to_string_pretty(&person)?)?;
            Ok(ExitCode::SUCCESS)
        }
        None => {
            meld("Kopien har ingen slik person");
            Ok(ExitCode::FAILURE)
        }
    }
}
