//! A case: what was received, and what its sender has been told.
//!
//! It holds numbers of persons and what the sender calls things, and lies sealed; the message itself lies elsewhere, and only
//! while the case is open.

use meldinger::Meldingstype;
use serde::{Deserialize, Serialize};

use crate::vedtak::{Grunn, Opprettet};

/// The number of a case in the store.
pub type Saksnr = u32;

/// Days that somebody has for a case. Source: the contract's example has five.
pub const FRIST_DAGER: i32 = 5;

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tilstand {
    /// Waits in line: mottak was frozen when it came, or somebody else was in line before it.
    IKoe,
    /// Waits for a child to be born.
    VenterPaaFoedsel,
    /// Waits for somebody to look at it.
    TilManuellBehandling,
    /// Nothing more happens to it.
    Avgjort,
}

/// A decision. Source: the contract; what each stands for is folkeregister reference 9.3 and our choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Beslutning {
    /// The register has been changed as the message asked.
    Godkjent,
    /// Formally unfit.
    Avvist,
    /// Refused on the merits.
    Avslaatt,
    /// Stopped.
    Avbrutt,
    /// The register says so, and nothing was decided.
    Registrert,
}

impl Beslutning {
    /// On the wire.
    #[must_use]
    pub fn kode(self) -> &'static str {
        match self {
            Beslutning::Godkjent => "godkjent",
            Beslutning::Avvist => "avvist",
            Beslutning::Avslaatt => "avslaatt",
            Beslutning::Avbrutt => "avbrutt",
            Beslutning::Registrert => "registrert",
        }
    }
}

/// What a case came to. Source: codes and texts are our choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resultat {
    /// The register has been changed.
    Registrert,
    /// The register said so already.
    AlleredeRegistrert,
    /// It was refused, for the reasons that are given.
    IkkeRegistrert,
    /// The message is not here any more; it may be sent again.
    MaaSendesPaaNytt,
}

impl Resultat {
    /// `resultatkode`.
    #[must_use]
    pub fn kode(self) -> &'static str {
        match self {
            Resultat::Registrert => "registrert",
            Resultat::AlleredeRegistrert => "alleredeRegistrert",
            Resultat::IkkeRegistrert => "ikkeRegistrert",
            Resultat::MaaSendesPaaNytt => "maaSendesPaaNytt",
        }
    }

    /// `resultatbeskrivelse`.
    #[must_use]
    pub fn beskrivelse(self) -> &'static str {
        match self {
            Resultat::Registrert => "Meldingen er registrert i Folkeregisteret",
            Resultat::AlleredeRegistrert => "Opplysningen var registrert fra før",
            Resultat::IkkeRegistrert => "Meldingen er ikke registrert i Folkeregisteret",
            Resultat::MaaSendesPaaNytt => "Saken er avbrutt; send meldingen på nytt hvis den fortsatt gjelder",
        }
    }
}

/// What a sender is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Hva {
    /// Somebody must look at it.
    TilManuellBehandling {
        /// Until when, a date.
        frist: String,
        /// Why.
        grunner: Vec<Grunn>,
    },
    /// It is decided.
    Beslutning {
        /// How.
        beslutning: Beslutning,
        /// What came of it.
        resultat: Resultat,
        /// Why.
        grunner: Vec<Grunn>,
        /// Who is new.
        opprettet: Option<Opprettet>,
        /// The number of whom it was about, where that is told: who was changed, or who had a number already.
        #[serde(default)]
        gjelder: Option<String>,
        /// From when what was decided holds, where that is told.
        #[serde(default)]
        gyldig: Option<String>,
    },
}

/// Something that a sender is told, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sakshendelse {
    /// As the register writes times.
    pub tidspunkt: String,
    /// What.
    pub hva: Hva,
}

/// A case.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Sak {
    /// Its number.
    pub nr: Saksnr,
    /// The kind of message, by its resource.
    pub ressurs: String,
    /// The version of the schema that the message fits.
    pub versjon: String,
    /// Who sent it: nine digits.
    pub organisasjon: String,
    /// What the sender calls the message.
    pub melding: String,
    /// What the sender calls its own case.
    pub saksreferanse: Option<String>,
    /// What we call the message.
    pub referanse: String,
    /// When it was received, as the register writes times.
    pub opprettet: String,
    /// Where it stands.
    pub tilstand: Tilstand,
    /// Numbers of those the message names, while the case is open.
    pub personer: Vec<String>,
    /// Numbers of those who may be whom the message is about, while the case is open.
    #[serde(default)]
    pub mulige: Vec<String>,
    /// Those of them who were strengt fortrolig already when the message came: nothing of them has been erased since.
    #[serde(default)]
    pub skjulte: Vec<String>,
    /// What the sender has been told, in order.
    pub hendelser: Vec<Sakshendelse>,
}

impl std::fmt::Debug for Sak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sak")
            .field("nr", &self.nr)
            .field("ressurs", &self.ressurs)
            .field("tilstand", &self.tilstand)
            .finish_non_exhaustive()
    }
}

impl Sak {
    /// The kind of message.
    #[must_use]
    pub fn meldingstype(&self) -> Option<Meldingstype> {
        Meldingstype::fra_ressurs(&self.ressurs)
    }

    /// Its number as its sender sees it: the year it was opened, and its place among all. Source: our choice.
    #[must_use]
    pub fn saksnummer(&self) -> String {
        let aar = self.opprettet.get(..4).unwrap_or("0000");
        format!("{aar}/{:07}", self.nr)
    }

    /// Why somebody must look at it, if it was said.
    #[must_use]
    pub fn grunner(&self) -> &[Grunn] {
        let sist = self.hendelser.iter().rev().find_map(|h| match &h.hva {
            Hva::TilManuellBehandling { grunner, .. } => Some(grunner.as_slice()),
            Hva::Beslutning { .. } => None,
        });
        sist.unwrap_or_default()
    }
}
