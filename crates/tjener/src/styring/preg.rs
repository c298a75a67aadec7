//! What `preg` asks of the process that has the folder: who has ordered PREG, and who may sign in to it.
//!
//! A newcomer's mistake is to log a command: a password may come with it. It prints as stars, and is wiped when it is let go.

use anyhow::{Context, Result};
use identifikator::Organisasjonsnummer;
use jiff::civil::Date;
use pregbrukere::{Bestilling, Brukernavn, Organisasjon, Passord};
use serde::{Deserialize, Serialize};

use super::{Arbeid, Svar, UTFOERT_AV};
use crate::mappe::klokke;

/// What is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "hva")]
pub enum Pregoppdrag {
    /// Registers an order.
    Bestill {
        /// The organisation.
        organisasjon: String,
        /// The form.
        bestilling: Box<Bestilling>,
    },
    /// Ends an organisation's access.
    AvsluttOrganisasjon {
        /// The organisation.
        organisasjon: String,
        /// From which day; today when absent.
        fra: Option<Date>,
        /// Why.
        grunn: String,
    },
    /// Lists organisations and users.
    Liste,
    /// Makes a user.
    BrukerNy {
        /// Its name.
        brukernavn: String,
        /// Whose it is.
        organisasjon: String,
        /// The password; one is drawn when absent.
        passord: Option<Passordtekst>,
    },
    /// Gives a user another password.
    BrukerPassord {
        /// Its name.
        brukernavn: String,
        /// The password; one is drawn when absent.
        passord: Option<Passordtekst>,
    },
    /// Closes a user.
    BrukerAvslutt {
        /// Its name.
        brukernavn: String,
        /// From which day; today when absent.
        fra: Option<Date>,
        /// Why.
        grunn: String,
    },
}

/// A password on its way over the socket, which its owner alone may read.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Passordtekst(String);

impl Passordtekst {
    /// As it was written.
    pub fn new(tekst: String) -> Self {
        Passordtekst(tekst)
    }

    /// To be shown once, to the one who asked for it.
    pub fn vis(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Passordtekst {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passordtekst(***)")
    }
}

impl Drop for Passordtekst {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

/// An organisation as it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pregvisning {
    /// Its number.
    pub organisasjon: String,
    /// The latest order.
    pub bestilling: Bestilling,
    /// The first day that it has no access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slutt: Option<Date>,
    /// Its users, closed ones too.
    pub brukere: Vec<Pregbrukervisning>,
}

/// A user as it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pregbrukervisning {
    /// Its name.
    pub brukernavn: String,
    /// The first day that it cannot sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slutt: Option<Date>,
}

impl Arbeid {
    pub(super) fn preg(&self, oppdrag: Pregoppdrag) -> Result<Svar> {
        let naa = klokke()();
        let register = self.0.pregbrukere()?;
        let i_dag = || pregbrukere::dagen(naa);
        match oppdrag {
            Pregoppdrag::Bestill {
                organisasjon,
                bestilling,
            } => {
                register.bestill(les_orgnr(&organisasjon)?, *bestilling, naa, UTFOERT_AV)?;
                Ok(super::linje(format!("bestillingen er registrert for {organisasjon}")))
            }
            Pregoppdrag::AvsluttOrganisasjon {
                organisasjon,
                fra,
                grunn,
            } => {
                let fra = fra.unwrap_or_else(i_dag);
                register.avslutt_organisasjon(les_orgnr(&organisasjon)?, fra, &grunn, naa, UTFOERT_AV)?;
                Ok(super::linje(format!("{organisasjon} har ikke tilgang fra {fra}")))
            }
            Pregoppdrag::Liste => Ok(Svar::Preg {
                organisasjoner: register
                    .organisasjoner()
                    .into_iter()
                    .map(|(nummer, organisasjon)| visning(nummer, organisasjon, |navn| register.bruker(navn)?.slutt))
                    .collect(),
            }),
            Pregoppdrag::BrukerNy {
                brukernavn,
                organisasjon,
                passord,
            } => {
                let brukernavn = Brukernavn::new(&brukernavn)?;
                let (passord, laget) = velg(passord)?;
                register.opprett_bruker(&brukernavn, les_orgnr(&organisasjon)?, &passord, naa, UTFOERT_AV)?;
                Ok(svar(&brukernavn, laget))
            }
            Pregoppdrag::BrukerPassord { brukernavn, passord } => {
                let brukernavn = Brukernavn::new(&brukernavn)?;
                let (passord, laget) = velg(passord)?;
                register.bytt_passord(&brukernavn, &passord, naa, UTFOERT_AV)?;
                Ok(svar(&brukernavn, laget))
            }
            Pregoppdrag::BrukerAvslutt { brukernavn, fra, grunn } => {
                let fra = fra.unwrap_or_else(i_dag);
                register.avslutt_bruker(&Brukernavn::new(&brukernavn)?, fra, &grunn, naa, UTFOERT_AV)?;
                Ok(super::linje(format!("{brukernavn} kan ikke logge inn fra {fra}")))
            }
        }
    }
}

fn les_orgnr(tekst: &str) -> Result<Organisasjonsnummer> {
    Organisasjonsnummer::parse(tekst).context("organisasjonsnummeret")
}

/// The password that was given; or one that is drawn, and to be told of.
fn velg(gitt: Option<Passordtekst>) -> Result<(Passord, Option<Passordtekst>)> {
    match gitt {
        Some(gitt) => Ok((Passord::new(gitt.vis().to_owned()), None)),
        None => {
            let laget = Passord::lag()?;
            let tekst = Passordtekst::new(laget.vis().to_owned());
            Ok((laget, Some(tekst)))
        }
    }
}

fn svar(brukernavn: &Brukernavn, passord: Option<Passordtekst>) -> Svar {
    Svar::Pregbruker {
        brukernavn: brukernavn.as_str().to_owned(),
        passord,
    }
}

fn visning(nummer: String, organisasjon: Organisasjon, slutt: impl Fn(&Brukernavn) -> Option<Date>) -> Pregvisning {
    let brukere = organisasjon.brukere.iter().map(|navn| Pregbrukervisning {
        brukernavn: navn.as_str().to_owned(),
        slutt: slutt(navn),
    });
    Pregvisning {
        organisasjon: nummer,
        brukere: brukere.collect(),
        bestilling: organisasjon.bestilling,
        slutt: organisasjon.slutt,
    }
}
