//! Something that happens to somebody, before it is a message or a request to the register.

use std::fmt;

use informasjonsmodell::Tidspunkt;

use super::tilstand::Pid;
use crate::tid::{self, Dag};

/// The name of an event: its day, its place in the day, and its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hendelsesid {
    pub(super) dag: Dag,
    pub(super) nr: u16,
    /// The part, of an event that has several.
    pub(super) del: u8,
}

impl fmt::Display for Hendelsesid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:05}-{}", tid::dato(self.dag), self.nr, self.del)
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hendelse {
    /// Its name.
    pub id: Hendelsesid,
    /// When it becomes known to whoever sends it.
    pub tid: Tidspunkt,
    /// What happens.
    pub hva: Hva,
}

/// Where a death is reported from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doedskilde {
    /// A hospital or doctor.
    Helse,
    /// A court.
    Tingretten,
    /// A mission abroad.
    Utenriksstasjon,
}

/// What is wrong with a message that somebody must look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Underlig {
    /// Somebody will have died in some weeks.
    DoedSenere(Pid),
    /// Somebody dead marries.
    VigselMedDoed(Pid, Pid),
    /// Two separate who are not married.
    SeparasjonUtenEkteskap(Pid, Pid),
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hva {
    /// A child is born.
    Foedsel(Foedsel),
    /// Who the father is.
    Farskap {
        /// The child.
        barn: Pid,
        /// Its father.
        far: Pid,
        /// Its mother.
        mor: Pid,
    },
    /// A child gets its name.
    Navnevalg {
        /// The child.
        barn: Pid,
    },
    /// Somebody dies.
    Doedsfall {
        /// Who.
        person: Pid,
        /// Who says so.
        kilde: Doedskilde,
        /// Whom they were married to.
        etterlatt: Option<Pid>,
    },
    /// Whom to speak to about an estate.
    Doedsbo {
        /// The dead.
        person: Pid,
        /// The heir to speak to; somebody else than an heir where there is none.
        arving: Option<Pid>,
    },
    /// Two marry.
    Vigsel(Pid, Pid),
    /// Two separate.
    Separasjon(Pid, Pid),
    /// Two divorce; the flag tells whether they had separated.
    Skilsmisse(Pid, Pid, bool),
    /// Some who live together move within the country.
    Flytting(Vec<Pid>),
    /// Somebody tells the post of a box for letters.
    Postmelding(Pid),
    /// Somebody comes to live here.
    Innvandring(Pid),
    /// Some who live together leave the country.
    Utvandring(Vec<Pid>),
    /// Somebody needs a D-number.
    DNummer(Pid),
    /// Somebody with a D-number has another address abroad.
    DNummerEndring(Pid),
    /// Somebody takes another name.
    Navneendring(Pid),
    /// Somebody becomes Norwegian.
    Statsborgerskap(Pid),
    /// The address of all who live together is protected; the flag tells whether strictly.
    VernSatt(Vec<Pid>, bool),
    /// It no longer is.
    VernOpphevet(Vec<Pid>),
    /// Somebody gets a guardian.
    Vergemaal(Pid),
    /// Two numbers turn out to be one person: the one that lives on, and the one that ends.
    Sammenslaaing(Pid, Pid),
    /// They were two after all.
    Splitting(Pid, Pid),
    /// A message that is not as it should be.
    Underlig(Underlig),
}

/// A birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foedsel {
    /// The child, whose number is not known yet.
    pub barn: Pid,
    /// Its mother.
    pub mor: Pid,
    /// Whom the mother is married to.
    pub ektefelle: Option<Pid>,
    /// The spouse is a woman.
    pub medmor: bool,
    /// The child is a girl.
    pub jente: bool,
    /// The place among those of one birth, 21 and 22; `None` for one alone.
    pub flerfoedsel: Option<u8>,
}

impl Hva {
    /// A short word for a count: no person can be known by it.
    #[must_use]
    pub fn slag(&self) -> &'static str {
        match self {
            Hva::Foedsel(_) => "foedsel",
            Hva::Farskap { .. } => "farskap",
            Hva::Navnevalg { .. } => "navnevalg",
            Hva::Doedsfall { .. } => "doedsfall",
            Hva::Doedsbo { .. } => "doedsbo",
            Hva::Vigsel(..) => "vigsel",
            Hva::Separasjon(..) => "separasjon",
            Hva::Skilsmisse(..) => "skilsmisse",
            Hva::Flytting(_) => "flytting",
            Hva::Postmelding(_) => "postmelding",
            Hva::Innvandring(_) => "innvandring",
            Hva::Utvandring(_) => "utvandring",
            Hva::DNummer(_) => "dnummer",
            Hva::DNummerEndring(_) => "dnummerendring",
            Hva::Navneendring(_) => "navneendring",
            Hva::Statsborgerskap(_) => "statsborgerskap",
            Hva::VernSatt(..) => "vern",
            Hva::VernOpphevet(_) => "vernopphevet",
            Hva::Vergemaal(_) => "vergemaal",
            Hva::Sammenslaaing(..) => "sammenslaaing",
            Hva::Splitting(..) => "splitting",
            Hva::Underlig(_) => "underlig",
        }
    }

    /// Whom it is about, the one who is new included.
    #[must_use]
    pub fn personer(&self) -> Vec<Pid> {
        match self {
            Hva::Foedsel(f) => [Some(f.barn), Some(f.mor), f.ektefelle].into_iter().flatten().collect(),
            Hva::Farskap { barn, far, mor } => vec![*barn, *far, *mor],
            Hva::Doedsfall { person, etterlatt, .. } => [Some(*person), *etterlatt].into_iter().flatten().collect(),
            Hva::Doedsbo { person, arving } => [Some(*person), *arving].into_iter().flatten().collect(),
            Hva::Navnevalg { barn: en }
            | Hva::Postmelding(en)
            | Hva::Innvandring(en)
            | Hva::DNummer(en)
            | Hva::DNummerEndring(en)
            | Hva::Navneendring(en)
            | Hva::Statsborgerskap(en)
            | Hva::Vergemaal(en)
            | Hva::Underlig(Underlig::DoedSenere(en)) => vec![*en],
            Hva::Vigsel(en, annen)
            | Hva::Separasjon(en, annen)
            | Hva::Skilsmisse(en, annen, _)
            | Hva::Sammenslaaing(en, annen)
            | Hva::Splitting(en, annen)
            | Hva::Underlig(Underlig::VigselMedDoed(en, annen) | Underlig::SeparasjonUtenEkteskap(en, annen)) => {
                vec![*en, *annen]
            }
            Hva::Flytting(alle) | Hva::Utvandring(alle) | Hva::VernSatt(alle, _) | Hva::VernOpphevet(alle) => {
                alle.clone()
            }
        }
    }

    /// Who is new by it, whose number the register gives.
    #[must_use]
    pub fn ny(&self) -> Option<Pid> {
        match self {
            Hva::Foedsel(f) => Some(f.barn),
            Hva::Innvandring(en) | Hva::DNummer(en) => Some(*en),
            _ => None,
        }
    }
}
