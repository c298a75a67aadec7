//! `soek`: the two searches, as any consumer calls them.
//!
//! The one thing a newcomer gets wrong: what is written on a command line stands in the list of processes and in the
//! history of the shell. A name can therefore come from a file or from standard input, and nothing of the criteria is
//! repeated in an error.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use folkeregister::openapi::Operasjon;
use identifikator::Folkeregisteridentifikator;
use klienter::folkeregister::{self as freg, BULK_ANTALL_MAKS, Klient, Kriterier, Persondokument};
use serde_json::json;
use tilgang::Pakke;

use super::oppslag::{forklar, forklar_uten_tilgang, kjoretid, klient};
use super::{Avslutning, Datavalg, les_pakke, meld, skriv_linje};
use tabell::Tabell;

mod tabell;

/// Longest file with criteria. Units: bytes. Source: our choice.
const KRITERIER_BYTES_MAKS: u64 = 64 * 1024;

#[derive(Args)]
#[command(after_help = "\
Det som står på kommandolinjen, ser andre på maskinen i prosesslisten, og det blir stående i skallets historikk. Navn og \
numre kan heller leses fra en fil eller standard inn, som et JSON-objekt med kontraktens navn:

  persontjenesten soek --vis --kriterier - <<'SLUTT'
  {\"navn\": \"bratt ingefaer\", \"soekFonetisk\": true, \"foedselsaarFraOgMed\": \"2010\"}
  SLUTT

Slutter med 0 når søket er utført, også uten treff; 3 når --entydig finner ingen eller flere enn én; 1 ved feil.")]
pub struct Soek {
    /// Finn den ene personen kriteriene gjelder. Krever en kombinasjon som gir rett til treff, som navn og fødselsdato.
    #[arg(long)]
    entydig: bool,
    /// Hent personene som ble funnet: navn, fødselsdato og adresse i en tabell, eller hele dokumentet med --format json.
    #[arg(long)]
    vis: bool,
    /// Hvordan svaret skrives. Standard er json, og tabell med --vis. json er kontraktens objekt, og med --vis ett
    /// objekt på hver linje.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Les kriterier fra en fil med et JSON-objekt; - er standard inn.
    #[arg(long, value_name = "FIL")]
    kriterier: Option<PathBuf>,
    /// Del av personen i --format json; kan gjentas.
    #[arg(long)]
    part: Vec<String>,
    /// Rettighetspakken.
    #[arg(long, value_parser = les_pakke, default_value = "offentlig-med-hjemmel")]
    pakke: Pakke,
    #[command(flatten)]
    data: Datavalg,
    // Taken so that a name without its option is not repeated in the error about it.
    #[arg(hide = true)]
    overfloedig: Vec<String>,
    #[command(flatten)]
    paa_linjen: PaaLinjen,
}

/// The criteria as options.
#[derive(Args)]
#[command(next_help_heading = "Kriterier")]
struct PaaLinjen {
    /// Hele ord fra navnet; med --entydig fornavn først og etternavn sist.
    #[arg(long)]
    navn: Option<String>,
    /// Finn også navn som høres like ut.
    #[arg(long)]
    fonetisk: bool,
    /// Finn også etter tidligere navn og adresser.
    #[arg(long)]
    historisk: bool,
    /// ÅÅÅÅMMDD.
    #[arg(long)]
    foedselsdato: Option<String>,
    /// Begynnelsen av gatenavnet, minst tre tegn.
    #[arg(long)]
    adressenavn: Option<String>,
    /// Med eller uten bokstav.
    #[arg(long)]
    husnummer: Option<String>,
    /// Fire siffer.
    #[arg(long)]
    postnummer: Option<String>,
    /// mann eller kvinne.
    #[arg(long, conflicts_with = "entydig")]
    kjoenn: Option<String>,
    /// Fire siffer.
    #[arg(long, conflicts_with = "entydig")]
    foedselsaar_fra_og_med: Option<String>,
    /// Fire siffer.
    #[arg(long, conflicts_with = "entydig")]
    foedselsaar_til_og_med: Option<String>,
    /// Fire siffer.
    #[arg(long, conflicts_with = "entydig")]
    kommunenummer: Option<String>,
    /// To siffer.
    #[arg(long, conflicts_with = "entydig")]
    fylkesnummer: Option<String>,
    /// Finn også etter oppholdsadresse.
    #[arg(long, conflicts_with = "entydig")]
    inkluder_oppholdsadresse: bool,
    /// Finn også døde.
    #[arg(long, conflicts_with = "entydig")]
    inkluder_doede: bool,
    /// Høyeste antall treff, opptil 10 000.
    #[arg(long, conflicts_with = "entydig")]
    maks_treff: Option<u32>,
    /// Fødselsnummer eller D-nummer, gjeldende eller tidligere.
    #[arg(long, requires = "entydig")]
    identifikasjonsnummer: Option<String>,
    /// Land og nummer, som AFG-1458-4555.
    #[arg(long, requires = "entydig")]
    utenlandskpersonidentifikasjon: Option<String>,
    /// Land og nummer, som IRL-195509132386.
    #[arg(long, requires = "entydig")]
    legitimasjonsdokument: Option<String>,
    /// DUF-nummer.
    #[arg(long, requires = "entydig")]
    duf: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Til å lese.
    Tabell,
    /// Til programmer.
    Json,
}

impl PaaLinjen {
    fn kriterier(&self) -> Kriterier {
        let valgt = |paa: bool| paa.then_some(true);
        Kriterier {
            navn: self.navn.clone(),
            kjoenn: self.kjoenn.clone(),
            foedselsdato: self.foedselsdato.clone(),
            foedselsaar_fra_og_med: self.foedselsaar_fra_og_med.clone(),
            foedselsaar_til_og_med: self.foedselsaar_til_og_med.clone(),
            adressenavn: self.adressenavn.clone(),
            husnummer: self.husnummer.clone(),
            postnummer: self.postnummer.clone(),
            kommunenummer: self.kommunenummer.clone(),
            fylkesnummer: self.fylkesnummer.clone(),
            inkluder_oppholdsadresse: valgt(self.inkluder_oppholdsadresse),
            soek_fonetisk: valgt(self.fonetisk),
            inkluder_doede: valgt(self.inkluder_doede),
            opplysningsgrunnlag: self.historisk.then(|| "historisk".to_owned()),
            maks_treff: self.maks_treff,
            identifikasjonsnummer: self.identifikasjonsnummer.clone(),
            utenlandskpersonidentifikasjon: self.utenlandskpersonidentifikasjon.clone(),
            legitimasjonsdokument: self.legitimasjonsdokument.clone(),
            duf: self.duf.clone(),
        }
    }
}

fn les_kriterier(fil: &Path) -> Result<Kriterier> {
    let mut byte = Vec::new();
    let lest = if fil == Path::new("-") {
        std::io::stdin().take(KRITERIER_BYTES_MAKS + 1).read_to_end(&mut byte)
    } else {
        std::fs::File::open(fil).and_then(|f| f.take(KRITERIER_BYTES_MAKS + 1).read_to_end(&mut byte))
    };
    let lest = lest.with_context(|| format!("kunne ikke lese {}", fil.display()))?;
    if u64::try_from(lest)? > KRITERIER_BYTES_MAKS {
        bail!("kriteriene er lengre enn {KRITERIER_BYTES_MAKS} byte");
    }
    Ok(Kriterier::les(&byte)?)
}

pub fn kjoer(valg: &Soek) -> Result<ExitCode> {
    if !valg.overfloedig.is_empty() {
        bail!("kriterier oppgis med navn, som --navn; se: persontjenesten soek --help");
    }
    let fra_fil = valg.kriterier.as_deref().map(les_kriterier).transpose()?;
    let kriterier = valg
        .paa_linjen
        .kriterier()
        .og(fra_fil.unwrap_or_default())
        .map_err(|navn| anyhow::anyhow!("{navn} er oppgitt både på kommandolinjen og i --kriterier"))?;
    if kriterier == Kriterier::default() {
        bail!("oppgi minst ett kriterium; se: persontjenesten soek --help");
    }
    let standard = if valg.vis { Format::Tabell } else { Format::Json };
    let format = valg.format.unwrap_or(standard);
    if format == Format::Tabell && !valg.part.is_empty() {
        bail!("--part gjelder --format json; tabellen henter det den viser");
    }
    if !valg.part.is_empty() && !valg.vis && !valg.entydig {
        bail!("--part gjelder personer; bruk --vis eller --entydig");
    }
    let mappe = valg.data.mappe();
    let klient = klient(&mappe, valg.pakke)?;
    let operasjon = if valg.entydig {
        Operasjon::EntydigSoek
    } else {
        Operasjon::Personsoek
    };
    let utfall = kjoretid()?.block_on(async {
        if valg.entydig {
            en(&klient, &kriterier, valg, format).await
        } else {
            flere(&klient, &kriterier, valg, format).await
        }
    });
    utfall.map_err(|feil| forklar(forklar_uten_tilgang(feil, valg.pakke, operasjon), &mappe))
}

async fn en(klient: &Klient, kriterier: &Kriterier, valg: &Soek, format: Format) -> Result<ExitCode> {
    let part = part(valg, format);
    let Some(person) = klient.entydigsoek(kriterier, &part).await? else {
        meld("Fant ingen person, eller flere enn én, som passer med kriteriene");
        return Ok(Avslutning::IngenEllerFlere.into());
    };
    match format {
        Format::Json => skriv_linje(&serde_json::to_string_pretty(&person.into_objekt())?)?,
        Format::Tabell => Tabell::default().skriv(&[tabell::rad(tabell::nummer(&person), Some(&person))])?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn flere(klient: &Klient, kriterier: &Kriterier, valg: &Soek, format: Format) -> Result<ExitCode> {
    let funnet = klient.soek(kriterier).await?;
    if valg.vis {
        vis(klient, &funnet, &part(valg, format), format).await?;
    } else {
        let numre = funnet.iter().map(Folkeregisteridentifikator::as_str);
        match format {
            Format::Json => {
                let svar = json!({ "foedselsEllerDNummer": numre.collect::<Vec<_>>() });
                skriv_linje(&serde_json::to_string_pretty(&svar)?)?;
            }
            Format::Tabell => numre.into_iter().try_for_each(skriv_linje)?,
        }
    }
    if funnet.len() == freg::TREFF_MAKS
        || kriterier
            .maks_treff
            .is_some_and(|m| usize::try_from(m) == Ok(funnet.len()))
    {
        meld("Listen kan være kuttet: den har så mange treff som det er bedt om");
    }
    Ok(ExitCode::SUCCESS)
}

/// Fetches those found, as many at a time as one call takes, and writes them in the order of the search.
async fn vis(klient: &Klient, funnet: &[Folkeregisteridentifikator], part: &[&str], format: Format) -> Result<()> {
    let mut tabell = Tabell::default();
    for del in funnet.chunks(BULK_ANTALL_MAKS) {
        let svar = klient.bulkoppslag(del, part, true).await?;
        match format {
            Format::Tabell => {
                let rader: Vec<_> = svar
                    .iter()
                    .map(|s| tabell::rad(&s.foedsels_eller_d_nummer, s.person.as_ref()))
                    .collect();
                tabell.skriv(&rader)?;
            }
            Format::Json => {
                for s in svar {
                    let person = s.person.map(Persondokument::into_objekt);
                    let linje =
                        json!({"foedselsEllerDNummer": s.foedsels_eller_d_nummer, "folkeregisterperson": person});
                    skriv_linje(&linje.to_string())?;
                }
            }
        }
    }
    Ok(())
}

/// What is asked for of a person: no more than is shown.
fn part(valg: &Soek, format: Format) -> Vec<&str> {
    match format {
        Format::Json => valg.part.iter().map(String::as_str).collect(),
        Format::Tabell => tabell::part(valg.pakke),
    }
}
