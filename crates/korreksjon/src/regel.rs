//! The rules: the corrections that the real register made or has told of, each as a function of one person.
//!
//! A rule never makes a fact up. Where what it needs is not registered, the person is left alone; nothing is ever read out of
//! a number.

use std::str::FromStr;

use informasjonsmodell::{Endring, Hendelsestype, Innhold, Opplysning, Registermetadata, Tidspunkt};
use register::{Masseregel, Personbilde, Rettelse};
use serde::{Deserialize, Serialize};
use tilgang::Entitetsmengde;

mod duf;
mod kommune;
mod sivilstand;
mod unik;

pub use kommune::{Kommunetabell, Tabellfeil};

/// Which rule, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Regelvalg {
    /// Sivilstand ugift without a gyldighetstidspunkt gets the day of birth.
    SivilstandGyldighet,
    /// Of entries with the same DUF number, all but one are annulled.
    DufDubletter,
    /// A DUF number has no end of validity.
    DufUtenSlutt,
    /// Addresses get the new kommunenummer of a table.
    Kommunereform,
    /// Everybody is told to read everybody again; nothing changes.
    MeldOppdatert,
    /// Whoever is bosatt gets identitetsgrunnlag unik.
    IdentitetsgrunnlagUnik,
}

impl Regelvalg {
    /// Every rule.
    pub const ALLE: [Regelvalg; 6] = [
        Regelvalg::SivilstandGyldighet,
        Regelvalg::DufDubletter,
        Regelvalg::DufUtenSlutt,
        Regelvalg::Kommunereform,
        Regelvalg::MeldOppdatert,
        Regelvalg::IdentitetsgrunnlagUnik,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Regelvalg::SivilstandGyldighet => "sivilstand-gyldighet",
            Regelvalg::DufDubletter => "duf-dubletter",
            Regelvalg::DufUtenSlutt => "duf-uten-slutt",
            Regelvalg::Kommunereform => "kommunereform",
            Regelvalg::MeldOppdatert => "meld-oppdatert",
            Regelvalg::IdentitetsgrunnlagUnik => "identitetsgrunnlag-unik",
        }
    }

    /// The types of events that come of it.
    #[must_use]
    pub fn hendelsestyper(self) -> &'static [Hendelsestype] {
        use Hendelsestype as H;
        match self {
            Regelvalg::SivilstandGyldighet => &[H::EndringISivilstand],
            Regelvalg::DufDubletter | Regelvalg::DufUtenSlutt => {
                &[H::EndringIUtlendingsmyndighetenesIdentifikasjonsnummer]
            }
            Regelvalg::Kommunereform => &[
                H::EndringIBostedsadresseUtenFlytting,
                H::EndringIDeltBosted,
                H::EndringIOppholdsadresse,
            ],
            Regelvalg::MeldOppdatert => &[H::PersonErOppdatert],
            Regelvalg::IdentitetsgrunnlagUnik => &[H::EndringIIdentitetsgrunnlag],
        }
    }

    /// Whether it needs a table of kommunenummer.
    #[must_use]
    pub fn har_tabell(self) -> bool {
        self == Regelvalg::Kommunereform
    }
}

impl FromStr for Regelvalg {
    type Err = String;

    fn from_str(tekst: &str) -> Result<Self, String> {
        let funnet = Regelvalg::ALLE.into_iter().find(|valg| valg.navn() == tekst);
        funnet.ok_or_else(|| {
            let alle: Vec<_> = Regelvalg::ALLE.iter().map(|valg| valg.navn()).collect();
            format!("velg en av: {}", alle.join(", "))
        })
    }
}

/// A rule and what it needs to know.
#[derive(Clone, Debug)]
pub struct Regel {
    valg: Regelvalg,
    /// From when what it registers anew is valid.
    gjelder_fra: Tidspunkt,
    kommuner: Kommunetabell,
}

impl Regel {
    /// A rule. `gjelder_fra` is when what it registers anew begins to be valid; `tabell` is the text of the table, for the one
    /// rule that has one.
    ///
    /// # Errors
    /// [`Tabellfeil`], if the table is missing, in vain, or cannot be read.
    pub fn new(valg: Regelvalg, gjelder_fra: Tidspunkt, tabell: Option<&str>) -> Result<Self, Tabellfeil> {
        let kommuner = match (valg.har_tabell(), tabell) {
            (true, Some(tabell)) => Kommunetabell::les(tabell)?,
            (false, None) => Kommunetabell::default(),
            (true, None) => return Err(Tabellfeil::Mangler),
            (false, Some(_)) => return Err(Tabellfeil::Overfloedig),
        };
        Ok(Regel {
            valg,
            gjelder_fra,
            kommuner,
        })
    }
}

impl Masseregel for Regel {
    fn entiteter(&self) -> Entitetsmengde {
        match self.valg {
            Regelvalg::SivilstandGyldighet => sivilstand::ENTITETER.into_iter().collect(),
            Regelvalg::DufDubletter | Regelvalg::DufUtenSlutt => duf::ENTITETER.into_iter().collect(),
            Regelvalg::Kommunereform => kommune::ENTITETER.into_iter().collect(),
            Regelvalg::MeldOppdatert => Entitetsmengde::default(),
            Regelvalg::IdentitetsgrunnlagUnik => unik::ENTITETER.into_iter().collect(),
        }
    }

    fn vurder(&self, person: &Personbilde) -> Vec<Rettelse> {
        // Of an ended person nothing is left to correct; but whoever has a copy may be told to read it again.
        if !person.er_i_bruk && self.valg != Regelvalg::MeldOppdatert {
            return Vec::new();
        }
        match self.valg {
            Regelvalg::SivilstandGyldighet => sivilstand::vurder(person),
            Regelvalg::DufDubletter => duf::dubletter(person),
            Regelvalg::DufUtenSlutt => duf::uten_slutt(person),
            Regelvalg::Kommunereform => kommune::vurder(person, &self.kommuner, self.gjelder_fra),
            Regelvalg::MeldOppdatert => vec![Rettelse::MeldOppdatert],
            Regelvalg::IdentitetsgrunnlagUnik => unik::vurder(person, self.gjelder_fra),
        }
    }
}

/// One event, if anything changes.
fn rettelse(hendelsestype: Hendelsestype, endringer: Vec<Endring>) -> Vec<Rettelse> {
    if endringer.is_empty() {
        return Vec::new();
    }
    vec![Rettelse::Endre {
        hendelsestype,
        endringer,
    }]
}

/// What was registered, said again with something else: from the same source for the same cause, written by this event.
fn som(foer: &Opplysning, innhold: Innhold, gyldighetstidspunkt: Option<Tidspunkt>) -> Box<Opplysning> {
    Box::new(Opplysning {
        metadata: Registermetadata {
            ajourholdstidspunkt: None,
            er_gjeldende: Some(true),
            gyldighetstidspunkt,
            ..foer.metadata.clone()
        },
        innhold,
    })
}

#[cfg(test)]
mod tests;
