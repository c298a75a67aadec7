//! One event by hand: `persontjenesten hendelse`.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use identifikator::Folkeregisteridentifikator;
use jiff::Timestamp;
use klienter::produsent;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use syntetisk_befolkning::liv::{Haandlaget, Innbygger, Manuell};

use super::egne;
use super::sender::Sendere;
use crate::mappe::Aapen;

/// How much of what a producer was told last is looked through for the answer to one message.
const SISTE: usize = 100;

/// What is to happen.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "hva")]
pub enum Hendelsesvalg {
    /// Somebody dies.
    Doedsfall {
        /// Who.
        nr: String,
    },
    /// Two marry.
    Vigsel {
        /// One of them.
        nr: String,
        /// The other.
        annen: String,
    },
    /// A woman gives birth.
    Foedsel {
        /// Who.
        nr: String,
    },
    /// Somebody moves.
    Flytting {
        /// Who.
        nr: String,
    },
    /// Somebody separates from whomever they are married to.
    Separasjon {
        /// Who.
        nr: String,
    },
    /// Somebody divorces.
    Skilsmisse {
        /// Who.
        nr: String,
    },
    /// Somebody's addresses are protected, or no longer are.
    Adressebeskyttelse {
        /// Who.
        nr: String,
        /// No longer.
        opphevet: bool,
    },
}

impl Hendelsesvalg {
    fn manuell(self) -> Result<Manuell> {
        let les = |nr: String| -> Result<String> { Ok(Folkeregisteridentifikator::parse(&nr)?.to_string()) };
        Ok(match self {
            Hendelsesvalg::Doedsfall { nr } => Manuell::Doedsfall(les(nr)?),
            Hendelsesvalg::Vigsel { nr, annen } => Manuell::Vigsel(les(nr)?, les(annen)?),
            Hendelsesvalg::Foedsel { nr } => Manuell::Foedsel(les(nr)?),
            Hendelsesvalg::Flytting { nr } => Manuell::Flytting(les(nr)?),
            Hendelsesvalg::Separasjon { nr } => Manuell::Separasjon(les(nr)?),
            Hendelsesvalg::Skilsmisse { nr } => Manuell::Skilsmisse(les(nr)?),
            Hendelsesvalg::Adressebeskyttelse { nr, opphevet } => Manuell::Adressebeskyttelse(les(nr)?, opphevet),
        })
    }
}

/// Lets one thing happen, now by the register's clock; what came of it, in lines for the one who asked.
pub async fn utfoer(aapen: &Arc<Aapen>, valg: Hendelsesvalg) -> Result<Vec<String>> {
    if !aapen.testmiljoe() {
        bail!("dette er ikke et testmiljø; sett testmiljoe = true i innstillingene der ingen er ekte");
    }
    // A setting may be wrong; what the register was made of is not.
    if !crate::nasjon::er_syntetisk(&aapen.register)? {
        bail!("registeret er ikke en syntetisk nasjon");
    }
    let hva = valg.manuell()?;
    let tid = aapen.tid()?;
    // Details are thrown anew each time: the same event twice is two events.
    let kast = u64::try_from(Timestamp::now().as_nanosecond() & i128::from(u64::MAX)).unwrap_or(0);
    let laget = {
        let les = aapen.register.les()?;
        let finn = |nummer: &str| -> Option<Innbygger> {
            let person = les.finn_nummer(nummer.parse().ok()?).ok()??;
            Innbygger::fra_dokument(&les.eksporter(person).ok()??)
        };
        Haandlaget::ny(&hva, tid.tidspunkt, kast, finn)?
    };
    let navn = format!("haand-{kast:016x}");
    let Some(melding) = laget.melding(&navn) else {
        let linjer = egen(aapen, &laget)?;
        meld_fra(aapen, &hva).await;
        return Ok(linjer);
    };
    let sendere = Sendere::i(&aapen.mappe)?;
    let sender = sendere.produsent(melding.produsent)?;
    let kvittering = sender.send(melding.ressurs, melding.xml.clone()).await?;
    let mut linjer = vec![
        format!("sendt som {} til {}", melding.produsent, melding.ressurs),
        format!("kvittering {}", kvittering.referanse),
    ];
    // Asked before what is told: who waited then, and has no answer, waits.
    let i_koe = aapen.saker()?.noen_i_koe()?;
    let svar = sender.siste_tilbakemeldinger(SISTE).await?;
    let om: Vec<&Value> = svar
        .iter()
        .filter(|h| produsent::meldingsnavn(h) == Some(navn.as_str()))
        .collect();
    if om.is_empty() && i_koe {
        linjer.push(
            "mottak er fryst, eller tar unna en kø: meldingen venter i kø, og utfallet kommer i tilbakemelding; se \
             persontjenesten sak liste"
                .to_owned(),
        );
    } else if om.is_empty() {
        linjer.push("ingen tilbakemelding gis for denne meldingen".to_owned());
    }
    let mut godkjent = false;
    for hendelse in om {
        let info = hendelse.get("hendelseinfo").context("tilbakemeldingen")?;
        godkjent |= matches!(super::loep::beslutning(info), Some("godkjent" | "registrert"));
        linjer.extend(svarlinjer(info));
    }
    if godkjent {
        meld_fra(aapen, &hva).await;
    }
    Ok(linjer)
}

// The nation that moves is to know it, if there is one.
async fn meld_fra(aapen: &Aapen, hva: &Manuell) {
    if let Some(loep) = aapen.livsloep_hvis_aapnet() {
        loep.lock().await.hendt(hva);
    }
}

fn egen(aapen: &Aapen, laget: &Haandlaget) -> Result<Vec<String>> {
    let tid = aapen.tid()?;
    let utfall = tokio::task::block_in_place(|| {
        aapen
            .register
            .behandle(tid.sekunder, |b| -> Result<Option<usize>, register::Feil> {
                let mut feil = None;
                let registreringer = laget.registreringer(tid.tidspunkt, &mut |nummer: &str| {
                    egne::opplysninger(b, nummer).unwrap_or_else(|e| {
                        feil = Some(e);
                        None
                    })
                });
                if let Some(feil) = feil {
                    return Err(feil);
                }
                let Some(registreringer) = registreringer else {
                    return Ok(None);
                };
                for registrering in &registreringer {
                    b.utfoer(registrering)?;
                }
                Ok(Some(registreringer.len()))
            })
    });
    match utfall {
        Ok((Some(antall), kvittering)) => Ok(vec![
            "ingen produsent har en melding for dette; det er registrert direkte".to_owned(),
            format!("{antall} registrert, {}", sekvens(&kvittering)),
        ]),
        Ok((None, _)) => bail!("det registeret har om personen, tillater det ikke"),
        Err(feil) => Err(feil).context("registeret tillater det ikke"),
    }
}

fn sekvens(kvittering: &register::Kvittering) -> String {
    let siste = kvittering.sekvenser.last().map_or(0, |seq| seq.0);
    format!("siste sekvensnummer {siste}")
}

fn svarlinjer(info: &Value) -> Vec<String> {
    let tekst = |sted: &str| info.pointer(sted).and_then(Value::as_str);
    let saksnummer = tekst("/saksnummer").or_else(|| tekst("/sak/saksnummer")).unwrap_or("?");
    let mut ut = vec![format!("sak {saksnummer}")];
    let grunner = |sted: &str| -> Vec<String> {
        let liste = info.pointer(sted).and_then(Value::as_array);
        let alle = liste.into_iter().flatten();
        alle.filter_map(|g| g.get("begrunnelsesnavn").and_then(Value::as_str))
            .map(|navn| format!("  {navn}"))
            .collect()
    };
    if info.get("sakTilManuellBehandling").is_some() {
        let frist = tekst("/sakTilManuellBehandling/saksfrist").unwrap_or("ingen");
        ut.push(format!(
            "til manuell behandling, frist {frist}; se persontjenesten sak liste"
        ));
        ut.extend(grunner("/sakTilManuellBehandling/begrunnelse"));
    }
    if let Some(beslutning) = super::loep::beslutning(info) {
        let om = tekst("/saksbeslutning/resultatbeskrivelse").map_or_else(String::new, |t| format!(": {t}"));
        ut.push(format!("{beslutning}{om}"));
        ut.extend(grunner("/saksbeslutning/begrunnelse"));
    }
    if let Some(nummer) = tekst("/saksbeslutning/opprettetFolkeregisterperson/foedselsEllerDNummer") {
        ut.push(format!("ny person {nummer}"));
    }
    ut
}
