//! The lines of the file: what is written, apart from what the program thinks with.
//!
//! A field that is added later is optional; one that is unknown stops the reading.

use informasjonsmodell::Hendelsestype;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tilgang::Pakke;

use crate::koder::{Miljoe, Nyhetsslag, Slag, Tilstand, Tjeneste, Tredjepart, Virkning};
use crate::melding::{Endring, Innhold, Masseendring, Pakkestart, Tidsrom};
use crate::nyhet::{Gyldighet, Nyhetsinnhold};
use crate::tavle::Saksnummer;

/// A package as the file spells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pakkenavn(String);

impl From<Pakke> for Pakkenavn {
    fn from(pakke: Pakke) -> Self {
        Pakkenavn(pakke.kortnavn().to_owned())
    }
}

impl Pakkenavn {
    fn les(&self) -> Result<Pakke, &'static str> {
        Pakke::fra_kortnavn(&self.0).ok_or("ukjent rettighetspakke")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tidslinje {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fra: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    til: Option<Timestamp>,
}

impl From<Tidsrom> for Tidslinje {
    fn from(tid: Tidsrom) -> Self {
        Tidslinje {
            fra: tid.fra,
            til: tid.til,
        }
    }
}

impl From<Tidslinje> for Tidsrom {
    fn from(tid: Tidslinje) -> Self {
        Tidsrom {
            fra: tid.fra,
            til: tid.til,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Masselinje {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hendelser: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    typer: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rekkefoelge: Vec<(Pakkenavn, Timestamp)>,
}

fn nei(verdi: &bool) -> bool {
    !*verdi
}

/// A notice as it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Meldingslinje {
    slag: Slag,
    tittel: String,
    tekst: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tjenester: Vec<Tjeneste>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pakker: Vec<Pakkenavn>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    miljoe: Option<Miljoe>,
    planlagt: Tidslinje,
    faktisk: Tidslinje,
    virkning: Virkning,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tredjepart: Option<Tredjepart>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    viser_til: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    masseendring: Option<Masselinje>,
    #[serde(default, skip_serializing_if = "nei")]
    knyttet: bool,
    #[serde(default, skip_serializing_if = "nei")]
    automatisk: bool,
}

impl From<&Innhold> for Meldingslinje {
    fn from(i: &Innhold) -> Self {
        Meldingslinje {
            slag: i.slag,
            tittel: i.tittel.clone(),
            tekst: i.tekst.clone(),
            tjenester: i.tjenester.iter().copied().collect(),
            pakker: i.pakker.iter().map(|p| (*p).into()).collect(),
            miljoe: i.miljoe,
            planlagt: i.planlagt.into(),
            faktisk: i.faktisk.into(),
            virkning: i.virkning,
            tredjepart: i.tredjepart,
            viser_til: i.viser_til.map(|n| n.0),
            masseendring: i.masseendring.as_ref().map(|m| Masselinje {
                hendelser: m.hendelser,
                typer: m.typer.iter().map(|t| t.navn().to_owned()).collect(),
                rekkefoelge: m.rekkefoelge.iter().map(|s| (s.pakke.into(), s.fra)).collect(),
            }),
            knyttet: i.knyttet,
            automatisk: i.automatisk,
        }
    }
}

impl Meldingslinje {
    pub(crate) fn les(self) -> Result<Innhold, &'static str> {
        Ok(Innhold {
            slag: self.slag,
            tittel: self.tittel,
            tekst: self.tekst,
            tjenester: self.tjenester.into_iter().collect(),
            pakker: self.pakker.iter().map(Pakkenavn::les).collect::<Result<_, _>>()?,
            miljoe: self.miljoe,
            planlagt: self.planlagt.into(),
            faktisk: self.faktisk.into(),
            virkning: self.virkning,
            tredjepart: self.tredjepart,
            viser_til: self.viser_til.map(Saksnummer),
            masseendring: self.masseendring.map(Masselinje::les).transpose()?,
            knyttet: self.knyttet,
            automatisk: self.automatisk,
        })
    }
}

impl Masselinje {
    fn les(self) -> Result<Masseendring, &'static str> {
        let type_ = |navn: &String| Hendelsestype::fra_navn(navn).ok_or("ukjent hendelsestype");
        let start = |(pakke, fra): &(Pakkenavn, Timestamp)| {
            Ok(Pakkestart {
                pakke: pakke.les()?,
                fra: *fra,
            })
        };
        Ok(Masseendring {
            hendelser: self.hendelser,
            typer: self.typer.iter().map(type_).collect::<Result<_, _>>()?,
            rekkefoelge: self
                .rekkefoelge
                .iter()
                .map(start)
                .collect::<Result<_, &'static str>>()?,
        })
    }
}

/// A change of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Endringslinje {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tilstand: Option<Tilstand>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tekst: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    planlagt: Option<Tidslinje>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    faktisk_fra: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    faktisk_til: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    virkning: Option<Virkning>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tjenester: Option<Vec<Tjeneste>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pakker: Option<Vec<Pakkenavn>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    knyttet: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    automatisk: Option<bool>,
}

impl From<&Endring> for Endringslinje {
    fn from(e: &Endring) -> Self {
        Endringslinje {
            tilstand: e.tilstand,
            tekst: e.tekst.clone(),
            planlagt: e.planlagt.map(Tidslinje::from),
            faktisk_fra: e.faktisk_fra,
            faktisk_til: e.faktisk_til,
            virkning: e.virkning,
            tjenester: e.tjenester.as_ref().map(|t| t.iter().copied().collect()),
            pakker: e.pakker.as_ref().map(|p| p.iter().map(|p| (*p).into()).collect()),
            knyttet: e.knyttet,
            automatisk: e.automatisk,
        }
    }
}

impl Endringslinje {
    pub(crate) fn les(self) -> Result<Endring, &'static str> {
        let pakker = |p: Vec<Pakkenavn>| p.iter().map(Pakkenavn::les).collect::<Result<_, _>>();
        Ok(Endring {
            tilstand: self.tilstand,
            tekst: self.tekst,
            planlagt: self.planlagt.map(Tidsrom::from),
            faktisk_fra: self.faktisk_fra,
            faktisk_til: self.faktisk_til,
            virkning: self.virkning,
            tjenester: self.tjenester.map(|t| t.into_iter().collect()),
            pakker: self.pakker.map(pakker).transpose()?,
            knyttet: self.knyttet,
            automatisk: self.automatisk,
        })
    }
}

/// An item of its own about a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Egensaklinje {
    pub nummer: u64,
    pub slug: String,
    pub tittel: String,
    pub tekst: String,
}

/// A news item as it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nyhetslinje {
    slag: Nyhetsslag,
    tittel: String,
    tekst: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gjelder: Vec<(Option<Miljoe>, Timestamp)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gir_hendelser: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bakoverkompatibel: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    viser_til: Option<u64>,
}

impl From<&Nyhetsinnhold> for Nyhetslinje {
    fn from(n: &Nyhetsinnhold) -> Self {
        Nyhetslinje {
            slag: n.slag,
            tittel: n.tittel.clone(),
            tekst: n.tekst.clone(),
            gjelder: n.gjelder.iter().map(|g| (g.miljoe, g.fra)).collect(),
            gir_hendelser: n.gir_hendelser,
            bakoverkompatibel: n.bakoverkompatibel,
            viser_til: n.viser_til.map(|n| n.0),
        }
    }
}

impl From<Nyhetslinje> for Nyhetsinnhold {
    fn from(n: Nyhetslinje) -> Self {
        Nyhetsinnhold {
            slag: n.slag,
            tittel: n.tittel,
            tekst: n.tekst,
            gjelder: n
                .gjelder
                .into_iter()
                .map(|(miljoe, fra)| Gyldighet { miljoe, fra })
                .collect(),
            gir_hendelser: n.gir_hendelser,
            bakoverkompatibel: n.bakoverkompatibel,
            viser_til: n.viser_til.map(Saksnummer),
        }
    }
}

/// A change of the board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Tavlelinje {
    /// A notice was published.
    Melding {
        nummer: u64,
        slug: String,
        tilstand: Tilstand,
        innhold: Box<Meldingslinje>,
    },
    /// A notice was changed, perhaps with an item of its own about it.
    Endret {
        nummer: u64,
        endring: Box<Endringslinje>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        egen_sak: Option<Egensaklinje>,
    },
    /// A news item was published.
    Nyhet {
        nummer: u64,
        slug: String,
        innhold: Nyhetslinje,
    },
}
