//! The operational notice: what its publisher decides, what the board adds, and when it is in force.

use std::collections::BTreeSet;

use informasjonsmodell::Hendelsestype;
use jiff::Timestamp;
use tilgang::Pakke;

use crate::feil::Feil;
use crate::koder::{Miljoe, Slag, Tilstand, Tjeneste, Tredjepart, Virkning};
use crate::slug::Slug;
use crate::tavle::Saksnummer;
use crate::tekst::{sjekk_tekst, sjekk_tittel};

/// A period of which either end may be unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidsrom {
    /// Its first moment.
    pub fra: Option<Timestamp>,
    /// The moment after its last.
    pub til: Option<Timestamp>,
}

impl Tidsrom {
    /// Neither end is known.
    #[must_use]
    pub fn er_ukjent(&self) -> bool {
        *self == Tidsrom::default()
    }

    pub(crate) fn sjekk(&self, hva: &'static str) -> Result<(), Feil> {
        match (self.fra, self.til) {
            (Some(fra), Some(til)) if til <= fra => Err(Feil::Tidsrom { hva }),
            _ => Ok(()),
        }
    }
}

/// When a package's part of a mass change begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pakkestart {
    /// The package.
    pub pakke: Pakke,
    /// From when its items come.
    pub fra: Timestamp,
}

/// How large a mass change is, and in which order the packages get it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Masseendring {
    /// Events that come of it; 0: none are sent, and consumers with copies must read again.
    pub hendelser: Option<u64>,
    /// Their types.
    pub typer: Vec<Hendelsestype>,
    /// The order between packages, where it is staggered.
    pub rekkefoelge: Vec<Pakkestart>,
}

/// What the publisher of a notice decides.
///
/// Source: the state model that the public contracts propose for a portal; `knyttet` and `automatisk` are our choice, ADR
/// 0025.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Innhold {
    /// What it is about.
    pub slag: Slag,
    /// One line.
    pub tittel: String,
    /// The text, in lines.
    pub tekst: String,
    /// The services it is about.
    pub tjenester: BTreeSet<Tjeneste>,
    /// The packages; none means all.
    pub pakker: BTreeSet<Pakke>,
    /// Another environment; `None` is this installation.
    pub miljoe: Option<Miljoe>,
    /// When it is meant to be.
    pub planlagt: Tidsrom,
    /// When it was: of a fault, when it came and when it was mended; of what is stale, since when and until when.
    pub faktisk: Tidsrom,
    /// What it does to those it is about.
    pub virkning: Virkning,
    /// Whose fault, when it is somebody else's.
    pub tredjepart: Option<Tredjepart>,
    /// An earlier item.
    pub viser_til: Option<Saksnummer>,
    /// Size and order of a mass change.
    pub masseendring: Option<Masseendring>,
    /// The services do as it says while it is in force.
    pub knyttet: bool,
    /// It ends at its planned end without anybody saying so.
    pub automatisk: bool,
}

impl Innhold {
    /// One that says nothing but this.
    #[must_use]
    pub fn ny(slag: Slag, tittel: &str, tekst: &str) -> Self {
        Innhold {
            slag,
            tittel: tittel.to_owned(),
            tekst: tekst.to_owned(),
            tjenester: BTreeSet::new(),
            pakker: BTreeSet::new(),
            miljoe: None,
            planlagt: Tidsrom::default(),
            faktisk: Tidsrom::default(),
            virkning: Virkning::Ingen,
            tredjepart: None,
            viser_til: None,
            masseendring: None,
            knyttet: false,
            automatisk: false,
        }
    }

    /// Whether its parts fit together, with the state that it has.
    pub(crate) fn sjekk(&self, tilstand: Tilstand) -> Result<(), Feil> {
        sjekk_tittel(&self.tittel)?;
        sjekk_tekst(&self.tekst)?;
        self.sjekk_deler(tilstand)
    }

    pub(crate) fn sjekk_deler(&self, tilstand: Tilstand) -> Result<(), Feil> {
        self.planlagt.sjekk("den planlagte tidens")?;
        self.faktisk.sjekk("den faktiske tidens")?;
        let regler = [
            (
                tilstand == Tilstand::Varslet && self.planlagt.fra.is_none(),
                "en melding som er varslet, må si fra når",
            ),
            (
                self.virkning != Virkning::Ingen && self.tjenester.is_empty(),
                "en melding med virkning må si for hvilke tjenester",
            ),
            (
                (self.slag == Slag::Tredjepart) != self.tredjepart.is_some(),
                "tredjepart oppgis for slaget tredjepart, og bare der",
            ),
            (
                self.slag != Slag::Masseendring && self.masseendring.is_some(),
                "antall, typer og rekkefølge oppgis bare for en masseendring",
            ),
            (
                self.automatisk && (self.planlagt.fra.is_none() || self.planlagt.til.is_none()),
                "automatisk krever både planlagt start og planlagt slutt",
            ),
            (
                self.knyttet
                    && !self
                        .tjenester
                        .iter()
                        .any(|t| t.er_konsumentside() || t.er_produsentside()),
                "bare en melding om konsumentsiden, mottak eller tilbakemelding kan knyttes",
            ),
            (
                self.knyttet
                    && self.virkning == Virkning::IkkeOppdatert
                    && !self.tjenester.iter().any(|t| t.kan_staa_stille()),
                "bare konsumentsiden og mottak kan stå stille; tilbakemelding kan være nede",
            ),
            (
                self.knyttet && !matches!(self.virkning, Virkning::Nedetid | Virkning::IkkeOppdatert),
                "bare nedetid og ikkeOppdatert kan knyttes",
            ),
            (
                self.knyttet && self.miljoe.is_some(),
                "bare en melding om denne installasjonen kan knyttes",
            ),
        ];
        match regler.iter().find(|(brutt, _)| *brutt) {
            Some((_, regel)) => Err(Feil::Passer(regel)),
            None => self.sjekk_masseendring(),
        }
    }

    fn sjekk_masseendring(&self) -> Result<(), Feil> {
        let Some(masse) = &self.masseendring else { return Ok(()) };
        let typer: BTreeSet<_> = masse.typer.iter().map(|t| t.navn()).collect();
        let pakker: BTreeSet<_> = masse.rekkefoelge.iter().map(|s| s.pakke).collect();
        if typer.len() < masse.typer.len() || pakker.len() < masse.rekkefoelge.len() {
            return Err(Feil::Passer("en type eller en pakke står to ganger i masseendringen"));
        }
        Ok(())
    }
}

/// What was told of a notice after it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oppdatering {
    /// When.
    pub tid: Timestamp,
    /// The state from then on.
    pub tilstand: Tilstand,
    /// What was said.
    pub tekst: Option<String>,
}

/// A notice on the board, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Melding {
    /// Its number among all items.
    pub nummer: Saksnummer,
    /// Its name in the URL; never another.
    pub slug: Slug,
    /// 1, and one more for each change.
    pub versjon: u32,
    /// What it says.
    pub innhold: Innhold,
    /// Where it stands.
    pub tilstand: Tilstand,
    /// An item of its own about a change of the one it points at. It has no effect and is not changed.
    pub oppfoelging: bool,
    /// What was told since, the oldest first.
    pub oppdateringer: Vec<Oppdatering>,
    /// When it was published.
    pub publisert: Timestamp,
    /// When it was last changed.
    pub oppdatert: Timestamp,
}

impl Melding {
    /// Whether it is in force at a time.
    ///
    /// From its planned start on, or when somebody said that it is under way; until somebody says that it is over, moved or
    /// off, and only then, unless it ends by itself.
    /// Source: our choice, ADR 0025.
    #[must_use]
    pub fn i_kraft(&self, naa: Timestamp) -> bool {
        let slutt = self.slutt();
        if self.oppfoelging || slutt.is_some_and(|til| til <= naa) {
            return false;
        }
        match self.tilstand {
            Tilstand::Paagaar => self.innhold.faktisk.fra.is_none_or(|fra| fra <= naa),
            Tilstand::Varslet | Tilstand::Utsatt => self.innhold.planlagt.fra.is_some_and(|fra| fra <= naa),
            Tilstand::Loest | Tilstand::Avlyst => false,
        }
    }

    /// When it ends by itself, if it does.
    #[must_use]
    pub fn slutt(&self) -> Option<Timestamp> {
        self.innhold.planlagt.til.filter(|_| self.innhold.automatisk)
    }

    /// Whether it is about a service of this installation, for a package.
    pub(crate) fn gjelder(&self, tjeneste: Tjeneste, pakke: Option<Pakke>) -> bool {
        let om = &self.innhold;
        om.miljoe.is_none()
            && om.tjenester.iter().any(|t| t.omfatter(tjeneste))
            && (om.pakker.is_empty() || pakke.is_none_or(|p| om.pakker.contains(&p)))
    }

    /// Whether the notice can still take effect or change.
    pub(crate) fn er_aapen(&self) -> bool {
        !self.oppfoelging && !matches!(self.tilstand, Tilstand::Loest | Tilstand::Avlyst)
    }
}

/// What is in force for a service and a package: the strongest notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IKraft {
    /// What it does.
    pub virkning: Virkning,
    /// The services do as it says.
    pub knyttet: bool,
    /// The notice.
    pub melding: Saksnummer,
    /// When it ends by itself, if it does.
    pub slutt: Option<Timestamp>,
}

/// A change of a notice: what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endring {
    /// The state it gets.
    pub tilstand: Option<Tilstand>,
    /// What is to be said of it.
    pub tekst: Option<String>,
    /// The planned time, both ends.
    pub planlagt: Option<Tidsrom>,
    /// When it came, or began.
    pub faktisk_fra: Option<Timestamp>,
    /// When it was over.
    pub faktisk_til: Option<Timestamp>,
    /// What it does.
    pub virkning: Option<Virkning>,
    /// The services.
    pub tjenester: Option<BTreeSet<Tjeneste>>,
    /// The packages; none means all.
    pub pakker: Option<BTreeSet<Pakke>>,
    /// Whether the services do as it says.
    pub knyttet: Option<bool>,
    /// Whether it ends by itself.
    pub automatisk: Option<bool>,
}
