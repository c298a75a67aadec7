//! What the service stands on, and its settings.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use preg::hl7::Modus;
use preg::samtale::Samtaler;
use pregbrukere::Innlogging;
use prometheus_client::metrics::counter::Counter;
use tilgang::token::Klokke;
use tjenesteflate::maalinger::{self, Maalere};
use tjenesteflate::vern::Vakt;

use crate::oppslag::Personregister;

/// How long before its end the service says so in every answer. Source: PREG reference 9.
pub const VARSEL: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Gives ids that were never given before.
pub type Idgiver = Arc<dyn Fn() -> String + Send + Sync>;

/// What can be chosen.
#[derive(Clone, Debug)]
pub struct Innstillinger {
    /// The one mode that the service runs in.
    pub modus: Modus,
    /// When the service ends, once it is known.
    pub slutt: Option<Timestamp>,
    /// The address that the WSDL says, scheme and host without a slash at the end; that of the caller if absent.
    pub adresse: Option<String>,
}

/// Where the end of the service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fase {
    /// Not known, or far off.
    IDrift,
    /// Soon enough to be told of.
    Avvikles(Timestamp),
    /// It has come.
    Avviklet,
}

impl Innstillinger {
    pub(crate) fn fase(&self, naa: Timestamp) -> Fase {
        match self.slutt {
            Some(slutt) if slutt <= naa => Fase::Avviklet,
            Some(slutt) if slutt.duration_since(naa) <= VARSEL => Fase::Avvikles(slutt),
            _ => Fase::IDrift,
        }
    }
}

/// What is counted beside the calls.
#[derive(Clone, Debug)]
pub struct Tellere {
    avvist: Counter,
    feilmeldinger: Counter,
}

impl Tellere {
    /// Counters of their own names.
    ///
    /// # Errors
    /// [`maalinger::Error`] if the names are taken.
    pub fn new(maalere: &Maalere) -> Result<Self, maalinger::Error> {
        let (avvist, feilmeldinger) = (Counter::default(), Counter::default());
        maalere.register(
            "preg_logins_refused",
            "Calls with a user name and a password that let nobody in",
            avvist.clone(),
        )?;
        maalere.register(
            "preg_faults",
            "Calls of the HL7 service answered with a SOAP fault",
            feilmeldinger.clone(),
        )?;
        Ok(Tellere { avvist, feilmeldinger })
    }

    pub(crate) fn avvist(&self) {
        self.avvist.inc();
    }

    pub(crate) fn feilmelding(&self) {
        self.feilmeldinger.inc();
    }
}

/// PREG's HL7 service.
pub struct PregTjeneste {
    /// Whom it knows.
    pub register: Arc<Personregister>,
    /// Who is let in.
    pub innlogging: Arc<Innlogging>,
    /// Conversations that are open, on ports with TLS.
    pub samtaler: Arc<Samtaler>,
    /// The clock of messages, users and help numbers.
    pub klokke: Klokke,
    /// Ids of answers: [`tilfeldig_id`], or a test's own.
    pub ider: Idgiver,
    /// What can be chosen.
    pub innstillinger: Innstillinger,
    /// What is counted.
    pub tellere: Tellere,
    /// The guard of the port, where there is one.
    pub vakt: Option<Vakt>,
}

/// A UUID, drawn.
#[must_use]
pub fn tilfeldig_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

impl std::fmt::Debug for PregTjeneste {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PregTjeneste")
            .field("innstillinger", &self.innstillinger)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_told_of_ninety_days_before_it_and_comes_on_its_day() {
        let tid = |tekst: &str| tekst.parse::<Timestamp>().unwrap();
        let slutt = tid("2026-12-31T23:00:00Z");
        let innstillinger = Innstillinger {
            modus: Modus::Test,
            slutt: Some(slutt),
            adresse: None,
        };
        for (naa, ventet) in [
            ("2026-10-02T22:59:59Z", Fase::IDrift),
            ("2026-10-02T23:00:00Z", Fase::Avvikles(slutt)),
            ("2026-12-31T22:59:59Z", Fase::Avvikles(slutt)),
            ("2026-12-31T23:00:00Z", Fase::Avviklet),
        ] {
            assert_eq!(innstillinger.fase(tid(naa)), ventet, "{naa}");
        }
    }
}
