//! What `driftsmelding` and `nyhet` ask of the process that has the folder.

use anyhow::{Context, Result, bail};
use driftsmeldinger::{
    Endring, Gyldighet, Innhold, Masseendring, Melding, Miljoe, Nyhet, Nyhetsinnhold, Nyhetsslag, Pakkestart, Sak,
    Saksnummer, Slag, Tavle, Tidsrom, Tilstand, Tjeneste, Tredjepart, Utvalg, Virkning, tid,
};
use folkeregister::nyheter::{melding_som_json, nyhet_som_json};
use informasjonsmodell::Hendelsestype;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tilgang::Pakke;

use super::{Arbeid, Svar, UTFOERT_AV};
use crate::mappe::klokke;

/// Items that a list shows.
const LISTE_MAKS: usize = 1_000;

/// A notice to be published.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NyMelding {
    pub slag: Slag,
    pub tittel: String,
    pub tekst: String,
    pub tjenester: Vec<Tjeneste>,
    pub pakker: Vec<String>,
    pub miljoe: Option<Miljoe>,
    pub fra: Option<Timestamp>,
    pub til: Option<Timestamp>,
    pub faktisk_fra: Option<Timestamp>,
    pub faktisk_til: Option<Timestamp>,
    pub virkning: Virkning,
    pub tilstand: Tilstand,
    pub tredjepart: Option<Tredjepart>,
    pub viser_til: Option<u64>,
    pub hendelser: Option<u64>,
    pub typer: Vec<String>,
    pub rekkefoelge: Vec<(String, Timestamp)>,
    pub knyttet: bool,
    pub automatisk: bool,
}

/// A change of a notice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meldingsendring {
    pub tilstand: Option<Tilstand>,
    pub tekst: Option<String>,
    pub fra: Option<Timestamp>,
    pub til: Option<Timestamp>,
    pub faktisk_fra: Option<Timestamp>,
    pub faktisk_til: Option<Timestamp>,
    pub virkning: Option<Virkning>,
    pub tjenester: Vec<Tjeneste>,
    pub pakker: Vec<String>,
    pub alle_pakker: bool,
    pub knyttet: Option<bool>,
    pub automatisk: Option<bool>,
}

/// A news item to be published.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NyNyhet {
    pub slag: Nyhetsslag,
    pub tittel: String,
    pub tekst: String,
    pub gjelder: Vec<(Option<Miljoe>, Timestamp)>,
    pub gir_hendelser: Option<bool>,
    pub bakoverkompatibel: Option<bool>,
    pub viser_til: Option<u64>,
}

/// Something to be done on the board.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tavleoppdrag {
    /// Publishes a notice.
    NyMelding(Box<NyMelding>),
    /// Changes a notice.
    EndreMelding { nummer: u64, endring: Box<Meldingsendring> },
    /// Publishes a news item.
    NyNyhet(Box<NyNyhet>),
    /// Lists the notices.
    Meldinger,
    /// Lists the news.
    Nyheter,
    /// Shows one notice, by number or name.
    VisMelding { hvilken: String },
    /// Shows one news item, by number or name.
    VisNyhet { hvilken: String },
}

fn pakker(navn: &[String]) -> Result<Vec<Pakke>> {
    let les = |navn: &String| Pakke::fra_kortnavn(navn).context("ukjent rettighetspakke");
    navn.iter().map(les).collect()
}

impl NyMelding {
    fn innhold(self) -> Result<Innhold> {
        let typer = self.typer.iter();
        let typer = typer.map(|navn| Hendelsestype::fra_navn(navn).context("ukjent hendelsestype"));
        let rekkefoelge = self.rekkefoelge.iter().map(|(navn, fra)| {
            Ok(Pakkestart {
                pakke: Pakke::fra_kortnavn(navn).context("ukjent rettighetspakke")?,
                fra: *fra,
            })
        });
        let masse = Masseendring {
            hendelser: self.hendelser,
            typer: typer.collect::<Result<_>>()?,
            rekkefoelge: rekkefoelge.collect::<Result<_>>()?,
        };
        Ok(Innhold {
            tjenester: self.tjenester.into_iter().collect(),
            pakker: pakker(&self.pakker)?.into_iter().collect(),
            miljoe: self.miljoe,
            planlagt: Tidsrom {
                fra: self.fra,
                til: self.til,
            },
            faktisk: Tidsrom {
                fra: self.faktisk_fra,
                til: self.faktisk_til,
            },
            virkning: self.virkning,
            tredjepart: self.tredjepart,
            viser_til: self.viser_til.map(Saksnummer),
            masseendring: Some(masse).filter(|m| *m != Masseendring::default()),
            knyttet: self.knyttet,
            automatisk: self.automatisk,
            ..Innhold::ny(self.slag, &self.tittel, &self.tekst)
        })
    }
}

impl Meldingsendring {
    fn endring(self, naa: &Melding) -> Result<Endring> {
        let utsettes = self.tilstand == Some(Tilstand::Utsatt);
        // One end alone moves that end; what is postponed has the new time and no other.
        let rest = if utsettes {
            Tidsrom::default()
        } else {
            naa.innhold.planlagt
        };
        let planlagt = Tidsrom {
            fra: self.fra.or(rest.fra),
            til: self.til.or(rest.til),
        };
        let pakker = pakker(&self.pakker)?;
        Ok(Endring {
            tilstand: self.tilstand,
            tekst: self.tekst,
            planlagt: Some(planlagt).filter(|_| self.fra.is_some() || self.til.is_some()),
            faktisk_fra: self.faktisk_fra,
            faktisk_til: self.faktisk_til,
            virkning: self.virkning,
            tjenester: Some(self.tjenester.into_iter().collect())
                .filter(|t: &std::collections::BTreeSet<_>| !t.is_empty()),
            pakker: (self.alle_pakker || !pakker.is_empty()).then(|| pakker.into_iter().collect()),
            knyttet: self.knyttet,
            automatisk: self.automatisk,
        })
    }
}

impl Arbeid {
    pub(super) fn tavle(&self, oppdrag: Tavleoppdrag, som_json: bool) -> Result<Svar> {
        let tavle = self.0.tavle()?;
        let naa = klokke()();
        let base = self.0.mappe.adresser().map(|a| a.folkeregister).unwrap_or_default();
        let json_melding = |m: &Melding| melding_som_json(&tavle, &base, m, naa);
        let json_nyhet = |n: &Nyhet| nyhet_som_json(&tavle, &base, n);
        let (verdi, linjer) = match oppdrag {
            Tavleoppdrag::NyMelding(ny) => {
                let tilstand = ny.tilstand;
                let melding = tavle.publiser(ny.innhold()?, tilstand, UTFOERT_AV, naa)?;
                let mut linjer = vec![format!(
                    "publisert {}: /folkeregisteret/driftsmeldinger/{}",
                    melding.nummer, melding.slug
                )];
                linjer.extend(merknad(&melding));
                (json_melding(&melding), linjer)
            }
            Tavleoppdrag::EndreMelding { nummer, endring } => {
                let nummer = Saksnummer(nummer);
                let foer = tavle
                    .melding(nummer)
                    .context("det finnes ingen slik melding; se driftsmelding liste")?;
                let (melding, egen) = tavle.endre(nummer, &endring.endring(&foer)?, UTFOERT_AV, naa)?;
                let mut linjer = vec![format!(
                    "endret {}: {}, versjon {}",
                    melding.nummer, melding.tilstand, melding.versjon
                )];
                linjer.extend(egen.map(|sak| format!("publisert {}: {}", sak.nummer, sak.innhold.tittel)));
                linjer.extend(merknad(&melding));
                (json_melding(&melding), linjer)
            }
            Tavleoppdrag::NyNyhet(ny) => {
                let innhold = Nyhetsinnhold {
                    gjelder: ny
                        .gjelder
                        .iter()
                        .map(|(miljoe, fra)| Gyldighet {
                            miljoe: *miljoe,
                            fra: *fra,
                        })
                        .collect(),
                    gir_hendelser: ny.gir_hendelser,
                    bakoverkompatibel: ny.bakoverkompatibel,
                    viser_til: ny.viser_til.map(Saksnummer),
                    ..Nyhetsinnhold::ny(ny.slag, &ny.tittel, &ny.tekst)
                };
                let nyhet = tavle.publiser_nyhet(&innhold, UTFOERT_AV, naa)?;
                let linje = format!("publisert {}: /folkeregisteret/nyheter/{}", nyhet.nummer, nyhet.slug);
                (json_nyhet(&nyhet), vec![linje])
            }
            Tavleoppdrag::Meldinger => {
                let saker = tavle.meldinger(&Utvalg::default(), None, LISTE_MAKS).saker;
                let linjer = saker.iter().map(|m| {
                    let i_kraft = match (m.i_kraft(naa), m.innhold.knyttet) {
                        (true, true) => "knyttet",
                        (true, false) => "i kraft",
                        (false, _) => "",
                    };
                    format!(
                        "{:>5}  {}  {:<9} {:<14} {:<8} {}",
                        m.nummer.0,
                        tid::kort(m.publisert),
                        m.tilstand.kode(),
                        m.innhold.virkning.kode(),
                        i_kraft,
                        m.innhold.tittel
                    )
                });
                (saker.iter().map(|m| json_melding(m)).collect(), linjer.collect())
            }
            Tavleoppdrag::Nyheter => {
                let saker = tavle.nyheter(None, None, None, LISTE_MAKS).saker;
                let linje = |n: &Nyhet| {
                    let slag = n.innhold.slag.kode();
                    format!(
                        "{:>5}  {}  {slag:<17} {}",
                        n.nummer.0,
                        tid::kort(n.publisert),
                        n.innhold.tittel
                    )
                };
                let linjer = saker.iter().map(|n| linje(n)).collect();
                (saker.iter().map(|n| json_nyhet(n)).collect(), linjer)
            }
            Tavleoppdrag::VisMelding { hvilken } => match finn(&tavle, &hvilken) {
                Some(Sak::Melding(m)) => {
                    let verdi = json_melding(&m);
                    let linjer = felter(&verdi);
                    (verdi, linjer)
                }
                _ => bail!("det finnes ingen slik melding; se driftsmelding liste"),
            },
            Tavleoppdrag::VisNyhet { hvilken } => match finn(&tavle, &hvilken) {
                Some(Sak::Nyhet(n)) => {
                    let verdi = json_nyhet(&n);
                    let linjer = felter(&verdi);
                    (verdi, linjer)
                }
                _ => bail!("det finnes ingen slik nyhet; se nyhet liste"),
            },
        };
        Ok(Svar::Linjer {
            linjer: if som_json {
                vec![serde_json::to_string_pretty(&verdi)?]
            } else {
                linjer
            },
        })
    }
}

/// By number, or by the name in the address.
fn finn(tavle: &Tavle, hvilken: &str) -> Option<Sak> {
    match hvilken.parse() {
        Ok(nummer) => tavle.sak(Saksnummer(nummer)).or_else(|| tavle.finn(hvilken)),
        Err(_) => tavle.finn(hvilken),
    }
}

/// What whoever ties a notice is to know.
fn merknad(melding: &Melding) -> Option<String> {
    if !melding.innhold.knyttet || matches!(melding.tilstand, Tilstand::Loest | Tilstand::Avlyst) {
        return None;
    }
    let om = &melding.innhold;
    let hva = if om.virkning == Virkning::Nedetid {
        "tjenestene svarer at de er nede"
    } else {
        let feeder = om.tjenester.iter().any(|t| t.er_konsumentside());
        match (feeder, om.tjenester.contains(&Tjeneste::Mottak)) {
            (true, false) => "hendelseslistene står stille",
            (false, _) => "mottak er fryst, og meldinger venter i kø",
            (true, true) => "hendelseslistene står stille, og meldinger til mottak venter i kø",
        }
    };
    Some(match melding.slutt() {
        Some(slutt) => format!("MERK: {hva}, til {}", tid::kort(slutt)),
        None => format!("MERK: {hva}, til noen kjører: driftsmelding loes {}", melding.nummer),
    })
}

/// An item as lines, a field each.
fn felter(verdi: &serde_json::Value) -> Vec<String> {
    let felter = verdi.as_object().into_iter().flatten();
    let tekst = |verdi: &serde_json::Value| match verdi {
        serde_json::Value::String(tekst) => tekst.clone(),
        annet => annet.to_string(),
    };
    felter
        .map(|(navn, verdi)| format!("{navn:<15} {}", tekst(verdi)))
        .collect()
}
