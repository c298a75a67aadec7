//! `test`: what a test environment lets be done to it, asked of the process that runs it.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use testkontroll::{KROPP_BYTE_MAKS, Oppdrag};

use super::{Datavalg, skriv_linje};
use crate::styring::{Klient, Kommando, Svar};

#[derive(Subcommand)]
pub enum Test {
    /// Ta vare på nasjonen slik den er nå, og sett den tilbake senere.
    #[command(subcommand)]
    Oeyeblikksbilde(Oeyeblikksbilde),
    /// Lag en person med valgte opplysninger.
    Person(Person),
    /// La noe hende.
    Hendelse(Hendelse),
    /// Vis eller still registerets klokke.
    Klokke(Klokke),
    /// Sett nasjonen tilbake til slik den var da mappen først ble et testmiljø, og slett alle øyeblikksbilder.
    Nullstill(Visning),
}

#[derive(Args)]
pub struct Visning {
    /// Som JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: Datavalg,
}

#[derive(Subcommand)]
pub enum Oeyeblikksbilde {
    /// Ta et øyeblikksbilde.
    Ta {
        /// Navnet: a-z, 0-9 og bindestrek.
        navn: String,
        #[command(flatten)]
        visning: Visning,
    },
    /// Sett nasjonen tilbake til et øyeblikksbilde. Det som er hendt siden, finnes ikke lenger.
    Gjenopprett {
        /// Navnet.
        navn: String,
        #[command(flatten)]
        visning: Visning,
    },
    /// Vis øyeblikksbildene.
    Liste(Visning),
    /// Slett et øyeblikksbilde.
    Slett {
        /// Navnet.
        navn: String,
        #[command(flatten)]
        visning: Visning,
    },
}

#[derive(Args)]
pub struct Person {
    /// Alt på én gang, som i testkontroll/v1/personer; «-» leser fra standard inn.
    #[arg(long, conflicts_with_all = ["identifikator", "foedselsdato", "kjoenn", "fornavn", "etternavn", "status", "adressebeskyttelse"])]
    fil: Option<PathBuf>,
    /// Nummeret, i en syntetisk serie; ellers tildeles et.
    #[arg(long)]
    identifikator: Option<String>,
    /// Fødselsdatoen, som 1990-01-31.
    #[arg(long)]
    foedselsdato: Option<String>,
    /// kvinne eller mann.
    #[arg(long)]
    kjoenn: Option<String>,
    /// Fornavnet.
    #[arg(long, requires = "etternavn")]
    fornavn: Option<String>,
    /// Etternavnet.
    #[arg(long, requires = "fornavn")]
    etternavn: Option<String>,
    /// Personstatus, som bosatt eller utflyttet.
    #[arg(long)]
    status: Option<String>,
    /// fortrolig eller strengtFortrolig.
    #[arg(long)]
    adressebeskyttelse: Option<String>,
    #[command(flatten)]
    visning: Visning,
}

#[derive(Args)]
pub struct Hendelse {
    /// Hva som skal hende, som i testkontroll/v1/hendelser; «-» leser fra standard inn.
    #[arg(long, required_unless_present = "melding")]
    fil: Option<PathBuf>,
    /// En produsents melding, XML.
    #[arg(long, requires = "meldingstype", conflicts_with = "fil")]
    melding: Option<PathBuf>,
    /// Ressursen i mottak, som doedsfall_v1.
    #[arg(long, requires = "melding")]
    meldingstype: Option<String>,
    /// Organisasjonen som meldingen skal være fra.
    #[arg(long, requires = "melding")]
    avsender: Option<String>,
    #[command(flatten)]
    visning: Visning,
}

#[derive(Args)]
pub struct Klokke {
    /// Still den til dette tidspunktet, som 2026-03-01T12:00:00Z.
    #[arg(long)]
    still: Option<String>,
    /// Så mange ganger så fort som i virkeligheten; 0: stå stille.
    #[arg(long, requires = "still")]
    faktor: Option<u32>,
    /// Vis den virkelige tiden igjen.
    #[arg(long, conflicts_with = "still")]
    nullstill: bool,
    #[command(flatten)]
    visning: Visning,
}

pub fn kjoer(valg: &Test) -> Result<()> {
    let (oppdrag, visning) = match valg {
        Test::Oeyeblikksbilde(Oeyeblikksbilde::Ta { navn, visning }) => {
            (Oppdrag::TaBilde(json!({"navn": navn})), visning)
        }
        Test::Oeyeblikksbilde(Oeyeblikksbilde::Gjenopprett { navn, visning }) => {
            (Oppdrag::Gjenopprett(navn.clone()), visning)
        }
        Test::Oeyeblikksbilde(Oeyeblikksbilde::Liste(visning)) => (Oppdrag::Bilder, visning),
        Test::Oeyeblikksbilde(Oeyeblikksbilde::Slett { navn, visning }) => (Oppdrag::SlettBilde(navn.clone()), visning),
        Test::Person(person) => (Oppdrag::Person(person.valgt()?), &person.visning),
        Test::Hendelse(hendelse) => (Oppdrag::Hendelse(hendelse.valgt()?), &hendelse.visning),
        Test::Klokke(klokke) => (klokke.oppdrag(), &klokke.visning),
        Test::Nullstill(visning) => (Oppdrag::Nullstill, visning),
    };
    let mappe = visning.data.mappe();
    let Some(klient) = Klient::koble(&mappe)? else {
        bail!(
            "FREG-061: ingen tjener kjører på {}; start demo, eller serve med testmiljoe = true",
            mappe.sti().display()
        );
    };
    let svar = match klient.utfoer(&Kommando::Test(oppdrag))? {
        Svar::Test { verdi } => verdi,
        Svar::Feil { melding } => bail!(melding),
        _ => bail!("uventet svar"),
    };
    if visning.json {
        return skriv_linje(&serde_json::to_string_pretty(&svar)?);
    }
    linjer(valg, &svar).iter().try_for_each(|linje| skriv_linje(linje))
}

impl Person {
    fn valgt(&self) -> Result<Value> {
        if let Some(fil) = &self.fil {
            return les_json(fil);
        }
        let mut ut = Map::new();
        for (navn, verdi) in [
            ("identifikator", &self.identifikator),
            ("foedselsdato", &self.foedselsdato),
            ("kjoenn", &self.kjoenn),
            ("status", &self.status),
            ("adressebeskyttelse", &self.adressebeskyttelse),
        ] {
            ut.extend(verdi.as_ref().map(|verdi| (navn.to_owned(), json!(verdi))));
        }
        if let (Some(fornavn), Some(etternavn)) = (&self.fornavn, &self.etternavn) {
            ut.insert("navn".to_owned(), json!({"fornavn": fornavn, "etternavn": etternavn}));
        }
        Ok(Value::Object(ut))
    }
}

impl Hendelse {
    fn valgt(&self) -> Result<Value> {
        let Some(melding) = &self.melding else {
            return les_json(self.fil.as_deref().unwrap_or(Path::new("-")));
        };
        let mut ut = Map::new();
        ut.insert("xml".to_owned(), json!(les(melding)?));
        for (navn, verdi) in [("meldingstype", &self.meldingstype), ("avsender", &self.avsender)] {
            ut.extend(verdi.as_ref().map(|verdi| (navn.to_owned(), json!(verdi))));
        }
        Ok(json!({"melding": ut}))
    }
}

impl Klokke {
    fn oppdrag(&self) -> Oppdrag {
        match &self.still {
            _ if self.nullstill => Oppdrag::SettKlokke(json!({"stilt": false})),
            None => Oppdrag::Klokke,
            Some(naa) => Oppdrag::SettKlokke(match self.faktor {
                Some(faktor) => json!({"naa": naa, "faktor": faktor}),
                None => json!({"naa": naa}),
            }),
        }
    }
}

fn les(fil: &Path) -> Result<String> {
    let mut tekst = String::new();
    let lest = if fil == Path::new("-") {
        let grense = u64::try_from(KROPP_BYTE_MAKS)?;
        std::io::stdin().take(grense + 1).read_to_string(&mut tekst)
    } else {
        std::fs::File::open(fil).and_then(|mut fil| fil.read_to_string(&mut tekst))
    };
    lest.with_context(|| format!("kunne ikke lese {}", fil.display()))?;
    if tekst.len() > KROPP_BYTE_MAKS {
        bail!("{} er større enn {KROPP_BYTE_MAKS} byte", fil.display());
    }
    Ok(tekst)
}

fn les_json(fil: &Path) -> Result<Value> {
    informasjonsmodell::json::les(les(fil)?.as_bytes()).with_context(|| format!("{} kan ikke leses", fil.display()))
}

/// The answer for people.
fn linjer(valg: &Test, svar: &Value) -> Vec<String> {
    let tekst = |navn: &str| match svar.get(navn) {
        Some(Value::String(tekst)) => tekst.clone(),
        Some(annet) => annet.to_string(),
        None => String::new(),
    };
    match valg {
        Test::Oeyeblikksbilde(Oeyeblikksbilde::Ta { .. }) => vec![format!(
            "tatt: {} personer, {} byte, {} ms",
            tekst("personer"),
            tekst("byte"),
            tekst("millisekunder")
        )],
        Test::Oeyeblikksbilde(Oeyeblikksbilde::Gjenopprett { .. }) | Test::Nullstill(_) => vec![format!(
            "gjenopprettet: {} personer, {} ms, kall ventet {} ms",
            tekst("personer"),
            tekst("millisekunder"),
            tekst("stengtMillisekunder")
        )],
        Test::Oeyeblikksbilde(Oeyeblikksbilde::Slett { navn, .. }) => vec![format!("slettet {navn}")],
        Test::Oeyeblikksbilde(Oeyeblikksbilde::Liste(_)) => {
            let alle = svar.get("oeyeblikksbilder").and_then(Value::as_array);
            let felt = |bilde: &Value, navn: &str| bilde.get(navn).map_or_else(String::new, ToString::to_string);
            let linje = |bilde: &Value| {
                let navn = bilde.get("navn").and_then(Value::as_str).unwrap_or_default();
                let tatt = bilde.get("tatt").and_then(Value::as_str).unwrap_or_default();
                let (personer, byte) = (felt(bilde, "personer"), felt(bilde, "byte"));
                format!("{navn:<40}  {tatt}  {personer} personer  {byte} byte")
            };
            let linjer: Vec<String> = alle.into_iter().flatten().map(linje).collect();
            if linjer.is_empty() {
                vec!["Ingen øyeblikksbilder.".to_owned()]
            } else {
                linjer
            }
        }
        Test::Person(_) => {
            let mut ut = vec![format!(
                "{}  dokument {}",
                tekst("folkeregisteridentifikator"),
                tekst("dokumentidentifikator")
            )];
            ut.extend(sekvensnumre(svar));
            ut
        }
        Test::Hendelse(hendelse) => {
            let mut ut = Vec::new();
            if hendelse.melding.is_some() {
                let beslutning = svar.get("beslutning").and_then(Value::as_str).unwrap_or("ingen ennå");
                ut.push(format!(
                    "sak {}: {}, beslutning {beslutning}",
                    tekst("sak"),
                    tekst("tilstand")
                ));
            }
            ut.extend(sekvensnumre(svar));
            ut
        }
        Test::Klokke(_) => {
            let stilt = svar.get("stilt") == Some(&Value::Bool(true));
            let hvordan = if stilt {
                format!("stilt, faktor {}", tekst("faktor"))
            } else {
                "virkelig tid".to_owned()
            };
            vec![format!("{}  {hvordan}", tekst("naa"))]
        }
    }
}

fn sekvensnumre(svar: &Value) -> Vec<String> {
    let alle = svar.get("sekvensnummer").and_then(Value::as_object);
    let linje = |(pakke, numre): (&String, &Value)| format!("  {pakke:<44} sekvensnummer {numre}");
    alle.into_iter().flatten().map(linje).collect()
}
