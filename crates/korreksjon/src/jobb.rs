//! A job as it stands in its row: what it is to do, how far it has come, what came of it. No person is in it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use register::Rettet;
use serde::{Deserialize, Serialize};
use tilgang::{Pakke, Projeksjon};

use crate::regel::Regelvalg;

/// Refused lines that are remembered. Source: our choice; the file tells the rest when it is tried.
pub const AVVISTE_MAKS: usize = 200;

/// Number of a job, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Jobbnr(pub u32);

impl fmt::Display for Jobbnr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Where corrections come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "slag")]
pub enum Kilde {
    /// A rule, of everybody.
    Regel {
        /// Which.
        regel: Regelvalg,
        /// From when what it registers anew is valid, as the register writes times.
        gjelder_fra: String,
        /// The text of its table.
        tabell: Option<String>,
    },
    /// A file.
    Fil {
        /// Where it lies. It is not copied: what it says of persons stays where the operator put it.
        sti: PathBuf,
        /// SHA-256 of it, 64 hex: a file that has changed is another.
        sha256: String,
        /// Its length.
        byte: u64,
    },
}

impl Kilde {
    /// What it is, in a word.
    #[must_use]
    pub fn slag(&self) -> Kildeslag {
        match self {
            Kilde::Regel { regel, .. } => Kildeslag::Regel(*regel),
            Kilde::Fil { .. } => Kildeslag::Fil,
        }
    }
}

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kildeslag {
    /// A rule.
    Regel(Regelvalg),
    /// A file.
    Fil,
}

impl fmt::Display for Kildeslag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kildeslag::Regel(regel) => f.write_str(regel.navn()),
            Kildeslag::Fil => f.write_str("fil"),
        }
    }
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tilstand {
    /// It goes on, also after a restart.
    Loeper,
    /// It waits for somebody to say that it is to go on. Feeds that it holds stand still.
    Pauset,
    /// Something failed; it waits as if it were paused.
    Feilet,
    /// Somebody stopped it. What was done is done.
    Stoppet,
    /// It has come to its end.
    Ferdig,
}

impl fmt::Display for Tilstand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Tilstand::Loeper => "i gang",
            Tilstand::Pauset => "satt på pause",
            Tilstand::Feilet => "stanset av en feil",
            Tilstand::Stoppet => "stoppet",
            Tilstand::Ferdig => "ferdig",
        })
    }
}

/// When a package's feed is let go, at the earliest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slipp {
    /// The package's short name.
    pub pakke: String,
    /// Seconds since 1970.
    pub fra: i64,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Jobb {
    /// Which.
    pub nr: Jobbnr,
    /// What it does.
    pub kilde: Kilde,
    /// Short names of the packages whose feeds stand still until it is done; none: it is live.
    pub holdt: Vec<String>,
    /// When they are let go, where that is not as soon as it is done.
    pub slipp: Vec<Slipp>,
    /// Persons corrected in a second, at most.
    pub per_sekund: Option<u32>,
    /// How it stands.
    pub tilstand: Tilstand,
    /// Why it failed; never about anybody.
    pub grunn: Option<String>,
    /// Where it goes on: a person of the store, or a byte of the file.
    pub neste: u64,
    /// Where it ends, not included.
    pub slutt: u64,
    /// The line of the file that it goes on with, from 1.
    pub linje: u64,
    /// Persons looked at, or lines read.
    pub sett: u64,
    /// Persons corrected.
    pub rettet: u64,
    /// Events.
    pub hendelser: u64,
    /// Items by feed.
    pub elementer: BTreeMap<String, u64>,
    /// Refused by the rules.
    pub avvist: u64,
    /// Which lines of the file, the first of them.
    pub avviste_linjer: Vec<u64>,
    /// When it began, seconds since 1970.
    pub startet: i64,
    /// When it ended.
    pub avsluttet: Option<i64>,
    /// The notice that tells of it.
    pub melding: Option<u64>,
    /// Its feeds have been let go and have everything, and the notice says so.
    pub meldt_ferdig: bool,
}

impl Jobb {
    /// The packages whose feeds it keeps still at a time.
    #[must_use]
    pub fn holder(&self, naa_sekunder: i64) -> Vec<Pakke> {
        let venter = |navn: &str| {
            self.slipp
                .iter()
                .any(|slipp| slipp.pakke == navn && slipp.fra > naa_sekunder)
        };
        let holdt = self.holdt.iter().filter(|navn| match self.tilstand {
            Tilstand::Loeper | Tilstand::Pauset | Tilstand::Feilet => true,
            Tilstand::Ferdig => venter(navn),
            Tilstand::Stoppet => false,
        });
        holdt.filter_map(|navn| Pakke::fra_kortnavn(navn)).collect()
    }

    /// Whether it is done with, or waits to go on.
    #[must_use]
    pub fn er_over(&self) -> bool {
        matches!(self.tilstand, Tilstand::Stoppet | Tilstand::Ferdig)
    }

    /// Takes in what a commit did. `linjer` is the first line of it, of a file.
    pub(crate) fn tell(&mut self, rettet: &Rettet, linjer: Option<u64>) {
        self.sett += rettet.sett;
        self.rettet += rettet.rettet;
        self.hendelser += rettet.hendelser;
        tell_elementer(&mut self.elementer, rettet);
        self.avvist += rettet.avvist.len() as u64;
        if let Some(foerste) = linjer {
            let plass = AVVISTE_MAKS.saturating_sub(self.avviste_linjer.len());
            let linjer = rettet.avvist.iter().take(plass).map(|(nr, _)| foerste + *nr as u64);
            self.avviste_linjer.extend(linjer);
        }
    }
}

/// The feeds of a package.
pub(crate) fn projeksjoner(pakker: &[Pakke]) -> Vec<Projeksjon> {
    let alle = Projeksjon::ALLE.into_iter();
    alle.filter(|p| pakker.contains(&p.pakke())).collect()
}

/// A feed's name: the package's, and for med hjemmel which of its two.
pub(crate) fn feednavn(projeksjon: Projeksjon) -> String {
    let navn = projeksjon.pakke().kortnavn();
    match projeksjon {
        Projeksjon::MedHjemmelUtenGraderte => format!("{navn} (uten graderte adresser)"),
        _ => navn.to_owned(),
    }
}

pub(crate) fn tell_elementer(til: &mut BTreeMap<String, u64>, rettet: &Rettet) {
    for (projeksjon, antall) in Projeksjon::ALLE.into_iter().zip(rettet.elementer) {
        if antall > 0 {
            *til.entry(feednavn(projeksjon)).or_default() += antall;
        }
    }
}
