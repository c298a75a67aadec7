//! `uttrekk/…`: an order, a job, and its batches.
//!
//! ```text
//!  order ──▶ job id          batch 0, 1, 2 …   404: not ready     200 {}: no more     410: no such job any more
//! ```
//!
//! The one thing a newcomer gets wrong: the end is an answer and never the lack of one. Only `{}` says that all has
//! been read. A batch that cannot be read is an error, and one with an empty list, whose persons may no longer be shown, is
//! followed by others; either would else make an extract whole when it is not.

use std::fmt;
use std::time::Duration;

use identifikator::Folkeregisteridentifikator;
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::forsoek::{self, Forespoersel};
use super::soek::les_numre;
use super::{BULK_ANTALL_MAKS, BULK_BYTES_MAKS, Feil, Klient, Persondokument, UKJENT_ADRESSE, kode, parter, svar};
use crate::tilkobling;

/// Longest answer with a job, or without a batch. Units: bytes. Source: our choice.
const JOBB_BYTES_MAKS: usize = 64 * 1024;
/// Longest batch. Units: bytes. Source: our choice; the size of a batch is fixed and not published.
const BATCH_BYTES_MAKS: usize = 16 * 1024 * 1024;
/// Longest identifier of a job or a document. Units: bytes. Source: our choice.
const IDENTIFIKATOR_BYTES_MAKS: usize = 128;
/// First and longest pause before a batch that is not ready is asked for again. Source: our choice.
const PAUSE_FOERST: Duration = Duration::from_millis(200);
const PAUSE_MAKS: Duration = Duration::from_secs(30);

/// What is ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Bestilling {
    /// Everybody in the package.
    Komplett {
        /// Up to and including this number of the feed; without one, the newest.
        feedsekvensnr: Option<u64>,
    },
    /// Those who fit.
    Tilpasset(Box<Tilpasset>),
}

/// Whom a tilpasset uttrekk is of. Source: OpenAPI 1.5, `TilpassetUttrekkJobbRequest`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tilpasset {
    /// `bosatt`, `aktiv`, `utflyttet`, `doed`, `inaktiv`; at least one.
    pub personstatustyper: Vec<String>,
    /// The kommune.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kommunenummer: Option<Kommunenummer>,
    /// First year of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foedselsaar_fra_og_med: Option<String>,
    /// Last year of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foedselsaar_til_og_med: Option<String>,
    /// First year of death.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doedsaar_fra_og_med: Option<String>,
    /// Last year of death.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doedsaar_til_og_med: Option<String>,
    /// `mann` or `kvinne`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kjoenn: Option<String>,
    /// Three letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statsborgerskap: Option<String>,
    /// As the code list has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sivilstandstype: Option<String>,
}

/// One or the other, never both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kommunenummer {
    /// Where somebody lives.
    Bostedskommunenummer(String),
    /// Where somebody stays.
    Oppholdskommunenummer(String),
}

/// The identifier of a job. Opaque.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jobb(String);

impl Jobb {
    /// Reads an identifier; `None` when it does not look like one.
    #[must_use]
    pub fn les(tekst: &str) -> Option<Self> {
        er_identifikator(tekst).then(|| Jobb(tekst.to_owned()))
    }
}

impl fmt::Display for Jobb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// It becomes a part of a path and is shown at a terminal.
fn er_identifikator(tekst: &str) -> bool {
    (1..=IDENTIFIKATOR_BYTES_MAKS).contains(&tekst.len())
        && tekst.starts_with(|c: char| c.is_ascii_alphanumeric())
        && tekst.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
}

/// What a batch has.
#[derive(Clone, PartialEq, Eq)]
pub enum Identifikatorer {
    /// Persons, from a tilpasset uttrekk.
    Personer(Vec<Folkeregisteridentifikator>),
    /// Documents, from a komplett one.
    Dokumenter(Vec<String>),
}

impl Identifikatorer {
    /// How many.
    #[must_use]
    pub fn antall(&self) -> usize {
        match self {
            Identifikatorer::Personer(liste) => liste.len(),
            Identifikatorer::Dokumenter(liste) => liste.len(),
        }
    }

    /// Pieces that fit in one bulk call each.
    #[must_use]
    pub fn i_deler(self) -> Vec<Identifikatorer> {
        fn del<T: Clone>(liste: &[T]) -> Vec<Vec<T>> {
            liste.chunks(BULK_ANTALL_MAKS).map(<[T]>::to_vec).collect()
        }
        match self {
            Identifikatorer::Personer(l) => del(&l).into_iter().map(Identifikatorer::Personer).collect(),
            Identifikatorer::Dokumenter(l) => del(&l).into_iter().map(Identifikatorer::Dokumenter).collect(),
        }
    }

    /// One identifier a line.
    #[must_use]
    pub fn som_linjer(&self) -> String {
        let mut ut = String::new();
        let mut linje = |tekst: &str| {
            ut.push_str(tekst);
            ut.push('\n');
        };
        match self {
            Identifikatorer::Personer(liste) => liste.iter().for_each(|nr| linje(nr.as_str())),
            Identifikatorer::Dokumenter(liste) => liste.iter().for_each(|id| linje(id)),
        }
        ut
    }
}

impl fmt::Debug for Identifikatorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifikatorer({})", self.antall())
    }
}

/// What there is of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Batch {
    /// Some identifiers; another batch follows.
    Identifikatorer(Identifikatorer),
    /// The job has not come so far. How long the register asks us to wait, when it says so. Units: seconds.
    IkkeKlar(Option<u64>),
    /// No more.
    Slutt,
}

/// The pauses while a batch is not ready: longer and longer, and never shorter than the register asks for.
#[derive(Clone, Copy, Debug)]
pub struct Pauser(Duration);

impl Default for Pauser {
    fn default() -> Self {
        Pauser(PAUSE_FOERST)
    }
}

impl Pauser {
    /// The next pause. `bedt_om_s`: what the register asked for.
    pub fn neste(&mut self, bedt_om_s: Option<u64>) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(PAUSE_MAKS);
        pause.max(Duration::from_secs(bedt_om_s.unwrap_or(0)))
    }
}

impl Klient {
    /// Orders an extract.
    ///
    /// # Errors
    /// [`Feil::ForMangeUttrekk`], [`Feil::Avvist`] with the register's words, and the others. Never sent twice: an order
    /// whose answer was lost may have started a job.
    pub async fn bestill_uttrekk(&self, bestilling: &Bestilling) -> Result<Jobb, Feil> {
        let forespoersel = match bestilling {
            Bestilling::Komplett { feedsekvensnr } => {
                let nr = feedsekvensnr.map(|nr| nr.to_string());
                let spoerring: Vec<_> = nr.iter().map(|nr| ("feedsekvensnr", nr.as_str())).collect();
                Forespoersel::hent(self.adresse("uttrekk/komplett", &[], &spoerring), JOBB_BYTES_MAKS)
            }
            Bestilling::Tilpasset(tilpasset) => Forespoersel {
                metode: Method::POST,
                kropp: Some(json!(tilpasset).to_string()),
                ..Forespoersel::hent(self.adresse("uttrekk/tilpasset", &[], &[]), JOBB_BYTES_MAKS)
            },
        };
        let svar = self.send(forespoersel.som_bestilling()).await?;
        match svar.status {
            StatusCode::OK => Ok(les_jobb(&svar.kropp)?),
            _ => Err(self.avvist(&svar)),
        }
    }

    /// Reads one batch of a job; the first is 0.
    ///
    /// # Errors
    /// [`Feil::UkjentJobb`] when the job is unknown or no longer kept, and the others.
    pub async fn uttrekksbatch(&self, jobb: &Jobb, nr: u64) -> Result<Batch, Feil> {
        let nr = nr.to_string();
        let url = self.adresse("uttrekk", &[&jobb.0, "batch", &nr], &[]);
        let svar = self.send(Forespoersel::hent(url, BATCH_BYTES_MAKS)).await?;
        match svar.status {
            StatusCode::OK => Ok(les_batch(&svar.kropp)?),
            StatusCode::NOT_FOUND if kode(&svar).as_deref() != Some(UKJENT_ADRESSE) => {
                Ok(Batch::IkkeKlar(forsoek::bedt_om_s(&svar.hoder)))
            }
            StatusCode::GONE => Err(Feil::UkjentJobb),
            _ => Err(self.avvist(&svar)),
        }
    }

    /// Looks up 1 to 1000 documents of the archive.
    ///
    /// Shape: in the order asked; those that are unknown or too old are left out, and nothing tells which.
    ///
    /// # Errors
    /// [`Feil::Antall`] and the others.
    pub async fn bulkoppslag_arkiv(&self, dokumenter: &[String], part: &[&str]) -> Result<Vec<Persondokument>, Feil> {
        if !(1..=BULK_ANTALL_MAKS).contains(&dokumenter.len()) {
            return Err(Feil::Antall);
        }
        let forespoersel = Forespoersel {
            metode: Method::POST,
            kropp: Some(json!({ "dokumentidentifikator": dokumenter }).to_string()),
            ..Forespoersel::hent(
                self.adresse("personer/bulkoppslag/arkiv", &[], &parter(part)),
                BULK_BYTES_MAKS,
            )
        };
        let svar = self.send(forespoersel).await?;
        match svar.status {
            StatusCode::OK => Ok(svar::les_arkiv(&svar.kropp, dokumenter.len())?),
            _ => Err(self.avvist(&svar)),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Jobbsvar {
    jobb_id: String,
}

pub(super) fn les_jobb(kropp: &[u8]) -> Result<Jobb, tilkobling::Feil> {
    let svar: Option<Jobbsvar> = svar::les_objekt(kropp);
    let jobb = svar.and_then(|svar| Jobb::les(&svar.jobb_id));
    jobb.ok_or(tilkobling::Feil::Format("svaret har ikke en «jobbId»"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Batchsvar {
    foedsels_eller_d_nummer: Option<Vec<String>>,
    dokumentidentifikator: Option<Vec<String>>,
    feilmelding: Option<serde_json::Value>,
}

pub(super) fn les_batch(kropp: &[u8]) -> Result<Batch, tilkobling::Feil> {
    let feil = |hva| Err(tilkobling::Feil::Format(hva));
    let Some(svar) = svar::les_objekt::<Batchsvar>(kropp) else {
        return feil("batchen er ikke en liste av identifikatorer");
    };
    let Batchsvar {
        foedsels_eller_d_nummer: personer,
        dokumentidentifikator: dokumenter,
        feilmelding,
    } = svar;
    match (personer, dokumenter) {
        (None, None) if feilmelding.is_some() => feil("batchen er en feilmelding"),
        (None, None) => Ok(Batch::Slutt),
        (Some(personer), None) => Ok(Batch::Identifikatorer(Identifikatorer::Personer(les_numre(&personer)?))),
        (None, Some(dokumenter)) if dokumenter.iter().all(|id| er_identifikator(id)) => {
            Ok(Batch::Identifikatorer(Identifikatorer::Dokumenter(dokumenter)))
        }
        (None, Some(_)) => feil("batchen har noe som ikke er en dokumentidentifikator"),
        (Some(_), Some(_)) => feil("batchen har både personer og dokumenter"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_what_the_contract_says_and_no_more() {
        let alt = Tilpasset {
            personstatustyper: vec!["bosatt".to_owned(), "aktiv".to_owned()],
            kommunenummer: Some(Kommunenummer::Bostedskommunenummer("4601".to_owned())),
            foedselsaar_fra_og_med: Some("2018".to_owned()),
            foedselsaar_til_og_med: Some("2018".to_owned()),
            kjoenn: Some("kvinne".to_owned()),
            statsborgerskap: Some("NOR".to_owned()),
            sivilstandstype: Some("ugift".to_owned()),
            ..Tilpasset::default()
        };
        let ventet = json!({
            "personstatustyper": ["bosatt", "aktiv"], "kommunenummer": {"bostedskommunenummer": "4601"},
            "foedselsaarFraOgMed": "2018", "foedselsaarTilOgMed": "2018", "kjoenn": "kvinne",
            "statsborgerskap": "NOR", "sivilstandstype": "ugift",
        });
        assert_eq!(json!(alt), ventet);
        for bestilling in [
            Bestilling::Tilpasset(Box::new(alt)),
            Bestilling::Komplett {
                feedsekvensnr: Some(u64::MAX),
            },
        ] {
            let lest: Bestilling = serde_json::from_value(json!(bestilling)).unwrap();
            assert_eq!(lest, bestilling);
        }
    }

    #[test]
    fn only_an_empty_answer_is_the_end() {
        let les = |kropp: &str| les_batch(kropp.as_bytes()).ok();
        assert_eq!(les("{}"), Some(Batch::Slutt));
        let antall = |kropp: &str| match les(kropp) {
            Some(Batch::Identifikatorer(liste)) => liste.antall(),
            annet => panic!("{annet:?}"),
        };
        assert_eq!(antall(r#"{"foedselsEllerDNummer":["12859012335"],"nytt":1}"#), 1);
        assert_eq!(antall(r#"{"dokumentidentifikator":["a1","b2"]}"#), 2);
        assert_eq!(antall(r#"{"foedselsEllerDNummer":[]}"#), 0);
        for galt in [
            "",
            "null",
            "[]",
            "[1]",
            r#"{"feilmelding":"noe gikk galt"}"#,
            r#"{"foedselsEllerDNummer":["x"]}"#,
            r#"{"dokumentidentifikator":["../x"]}"#,
            r#"{"dokumentidentifikator":["a\nb"]}"#,
            r#"{"foedselsEllerDNummer":["12859012335"],"dokumentidentifikator":["a"]}"#,
        ] {
            assert_eq!(les(galt), None, "{galt}");
        }
    }

    #[test]
    fn a_job_has_an_identifier_that_stays_in_its_place() {
        for god in ["1", "4f5c0a52-0b6e-4a53-8f86-6c1f0b8a2c11", "a.b:c_d"] {
            assert_eq!(Jobb::les(god).unwrap().to_string(), god);
        }
        for galt in ["", ".", "..", "a/b", "a b", "a\u{1b}", "å", &"a".repeat(129)] {
            assert_eq!(Jobb::les(galt), None, "{galt}");
        }
        assert!(les_jobb(br#"{"feilmelding":"x"}"#).is_err());
    }

    #[test]
    fn pauses_grow_to_half_a_minute_and_heed_what_is_asked() {
        let mut pauser = Pauser::default();
        let ms: Vec<_> = (0..10).map(|_| pauser.neste(None).as_millis()).collect();
        assert_eq!(ms, [200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000]);
        assert_eq!(Pauser::default().neste(Some(5)), Duration::from_secs(5));
        assert_eq!(pauser.neste(Some(5)), PAUSE_MAKS);
    }

    #[test]
    fn pieces_are_what_a_bulk_call_takes_and_none_is_lost() {
        let alle: Vec<String> = (0..2_500).map(|nr| nr.to_string()).collect();
        for antall in [0, 1, 999, 1_000, 1_001, 2_500] {
            let ventet: Vec<_> = alle.iter().take(antall).cloned().collect();
            let deler = Identifikatorer::Dokumenter(ventet.clone()).i_deler();
            assert!(deler.iter().all(|d| (1..=BULK_ANTALL_MAKS).contains(&d.antall())));
            let linjer: String = deler.iter().map(Identifikatorer::som_linjer).collect();
            assert_eq!(linjer.lines().collect::<Vec<_>>(), ventet);
        }
    }
}
