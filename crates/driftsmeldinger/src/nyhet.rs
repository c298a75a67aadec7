//! The news item. It is not changed: what was wrong in one is told in another, which points at it.

use jiff::Timestamp;

use crate::feil::Feil;
use crate::koder::{Miljoe, Nyhetsslag};
use crate::slug::Slug;
use crate::tavle::Saksnummer;
use crate::tekst::{sjekk_tekst, sjekk_tittel};
use crate::tid::om_en_maaned;

/// From when something applies, in one environment or, without one, everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gyldighet {
    /// The environment.
    pub miljoe: Option<Miljoe>,
    /// From when.
    pub fra: Timestamp,
}

/// What the publisher of a news item decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nyhetsinnhold {
    /// What it is about.
    pub slag: Nyhetsslag,
    /// One line.
    pub tittel: String,
    /// The text, in lines.
    pub tekst: String,
    /// From when it applies, the first environment first.
    pub gjelder: Vec<Gyldighet>,
    /// Of a change of the contract: whether events are sent of it.
    pub gir_hendelser: Option<bool>,
    /// Of a change of the contract: whether a client of today goes on as it is.
    pub bakoverkompatibel: Option<bool>,
    /// An earlier item.
    pub viser_til: Option<Saksnummer>,
}

impl Nyhetsinnhold {
    /// One that says nothing but this.
    #[must_use]
    pub fn ny(slag: Nyhetsslag, tittel: &str, tekst: &str) -> Self {
        Nyhetsinnhold {
            slag,
            tittel: tittel.to_owned(),
            tekst: tekst.to_owned(),
            gjelder: Vec::new(),
            gir_hendelser: None,
            bakoverkompatibel: None,
            viser_til: None,
        }
    }

    pub(crate) fn sjekk(&self, naa: Timestamp) -> Result<(), Feil> {
        sjekk_tittel(&self.tittel)?;
        sjekk_tekst(&self.tekst)?;
        if self.gjelder.len() > Miljoe::ALLE.len() + 1 || !self.gjelder.is_sorted_by_key(|g| g.fra) {
            return Err(Feil::Passer(
                "gjelder-fra oppgis én gang for hvert miljø, det første først",
            ));
        }
        for (nr, gyldighet) in self.gjelder.iter().enumerate() {
            if self.gjelder.iter().skip(nr + 1).any(|g| g.miljoe == gyldighet.miljoe) {
                return Err(Feil::Passer(
                    "gjelder-fra oppgis én gang for hvert miljø, det første først",
                ));
            }
        }
        let er_kontrakt = self.slag == Nyhetsslag::Kontraktsendring;
        if !er_kontrakt && (self.gir_hendelser.is_some() || self.bakoverkompatibel.is_some()) {
            return Err(Feil::Passer(
                "om det gis hendelser og er bakoverkompatibelt, sies bare om en kontraktsendring",
            ));
        }
        let for_tidlig = || self.gjelder.iter().any(|g| g.fra < om_en_maaned(naa));
        if self.slag == Nyhetsslag::Vilkaar && (self.gjelder.is_empty() || for_tidlig()) {
            return Err(Feil::Passer(
                "vilkår publiseres minst en måned før de gjelder; oppgi fra når",
            ));
        }
        Ok(())
    }
}

/// A news item on the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nyhet {
    /// Its number among all items.
    pub nummer: Saksnummer,
    /// Its name in the URL.
    pub slug: Slug,
    /// What it says.
    pub innhold: Nyhetsinnhold,
    /// When it was published.
    pub publisert: Timestamp,
}
