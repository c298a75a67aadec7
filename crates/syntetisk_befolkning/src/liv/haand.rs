//! One event at somebody's own choice, about persons that are named: as [`super::Liv`] would have made it.

use informasjonsmodell::{Registrering, Tidspunkt};

use super::egen::Oppslag;
use super::hendelse::{Doedskilde, Foedsel, Hendelse, Hendelsesid, Hva};
use super::innbygger::{Innbygger, Sivil};
use super::melding::Melding;
use super::tilstand::{INGEN, Person};
use super::{Liv, Pid};
use crate::tid;

/// What somebody wants to happen, and to whom; by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manuell {
    /// Somebody dies.
    Doedsfall(String),
    /// Two marry.
    Vigsel(String, String),
    /// A woman gives birth.
    Foedsel(String),
    /// Somebody moves.
    Flytting(String),
    /// Somebody separates from whomever they are married to.
    Separasjon(String),
    /// Somebody divorces whomever they are married to or separated from.
    Skilsmisse(String),
    /// The address of somebody is protected, or, if the flag says so, no longer is; they live alone with it.
    Adressebeskyttelse(String, bool),
}

/// Why it cannot happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Hindring {
    /// Somebody is not in the register, or the number has ended.
    #[error("ingen er i registeret med et nummer som er oppgitt, eller nummeret er opphørt")]
    UkjentPerson,
    /// Somebody is not married to anybody who is known.
    #[error("personen er ikke gift med noen som er kjent")]
    IkkeGift,
}

/// An event that is ready to be sent.
#[derive(Clone, Debug)]
pub struct Haandlaget {
    liv: Liv,
    hendelse: Hendelse,
}

impl Haandlaget {
    /// Makes it, at a time of the register's. `kast` decides details: places, names. `finn` tells of a person by any of its numbers.
    ///
    /// # Errors
    /// [`Hindring`] if it cannot happen to them.
    pub fn ny(
        hva: &Manuell,
        tid: Tidspunkt,
        kast: u64,
        mut finn: impl FnMut(&str) -> Option<Innbygger>,
    ) -> Result<Self, Hindring> {
        let (Manuell::Doedsfall(foerste)
        | Manuell::Vigsel(foerste, _)
        | Manuell::Foedsel(foerste)
        | Manuell::Flytting(foerste)
        | Manuell::Separasjon(foerste)
        | Manuell::Skilsmisse(foerste)
        | Manuell::Adressebeskyttelse(foerste, _)) = hva;
        let en = finn(foerste).ok_or(Hindring::UkjentPerson)?;
        let annen = match hva {
            Manuell::Vigsel(_, annen) => Some(finn(annen).ok_or(Hindring::UkjentPerson)?),
            // A spouse outside the register is as good as none.
            _ => en.ektefelle.and_then(|nummer| finn(&format!("{nummer:011}"))),
        };
        let var = en.sivil;
        let medmor = annen.as_ref().is_some_and(|a| a.kvinne);
        let mut liv = Liv::new(kast, [Some(en), annen].into_iter().flatten());
        let har_annen = liv.tilstand.antall() > 1;
        let ektefelle = || {
            if har_annen && var != Sivil::Ledig {
                Ok(1)
            } else {
                Err(Hindring::IkkeGift)
            }
        };
        let dag = tid.lokal_dag();
        let (pid, annen): (Pid, Pid) = (0, 1);
        let hva = match hva {
            Manuell::Doedsfall(_) => Hva::Doedsfall {
                person: pid,
                kilde: Doedskilde::Helse,
                etterlatt: None,
            },
            Manuell::Vigsel(..) => Hva::Vigsel(pid, annen),
            Manuell::Foedsel(_) => {
                let gift = har_annen && var == Sivil::Gift;
                let mut barn = Person::ny(dag, kast.is_multiple_of(2), super::innbygger::Stand::Bosatt);
                (barn.mor, barn.annen) = (pid, if gift { annen } else { INGEN });
                let barn = liv.tilstand.legg_til(barn);
                Hva::Foedsel(Foedsel {
                    barn,
                    mor: pid,
                    ektefelle: gift.then_some(annen),
                    medmor: gift && medmor,
                    jente: kast.is_multiple_of(2),
                    flerfoedsel: None,
                })
            }
            Manuell::Flytting(_) => Hva::Flytting(vec![pid]),
            Manuell::Separasjon(_) => Hva::Separasjon(pid, ektefelle()?),
            Manuell::Skilsmisse(_) => Hva::Skilsmisse(pid, ektefelle()?, var == Sivil::Separert),
            Manuell::Adressebeskyttelse(_, false) => Hva::VernSatt(vec![pid], false),
            Manuell::Adressebeskyttelse(_, true) => Hva::VernOpphevet(vec![pid]),
        };
        debug_assert!(tid::dato(dag).dager() == Some(dag), "a day of the calendar");
        let id = Hendelsesid { dag, nr: 0, del: 0 };
        Ok(Haandlaget {
            liv,
            hendelse: Hendelse { id, tid, hva },
        })
    }

    /// The message, under a name. `None` where no producer has one.
    #[must_use]
    pub fn melding(&self, navn: &str) -> Option<Melding> {
        self.liv.melding_som(&self.hendelse, navn.to_owned())
    }

    /// What is asked of the register where there is no message.
    pub fn registreringer(&self, tid: Tidspunkt, oppslag: &mut Oppslag<'_>) -> Option<Vec<Registrering>> {
        self.liv.registreringer(&self.hendelse, tid, oppslag)
    }
}
