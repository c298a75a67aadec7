//! What can go wrong, each with its code. A text names the field and the rule, never what stood there.

use lager::oeyeblikksbilde::Navn;
use register::Regelbrudd;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The nation is being changed for another.
    #[error("Nasjonen er under bytte; vent så lenge som Retry-After sier")]
    UnderBytte,
    /// The caller is not let in.
    #[error("{0}")]
    Doer(&'static str),
    /// The request is not as it must be.
    #[error("{felt}: {regel}")]
    Ugyldig {
        /// Where: a name of ours.
        felt: String,
        /// The rule.
        regel: String,
    },
    /// No snapshot of the name.
    #[error("Det finnes ikke noe øyeblikksbilde med navnet {}", .0.som_tekst())]
    UkjentBilde(Navn),
    /// There is one of the name.
    #[error("Det finnes allerede et øyeblikksbilde med navnet {}; slett det først", .0.som_tekst())]
    BildeFinnes(Navn),
    /// The folder was never a test environment before it was changed.
    #[error("Nasjonens første tilstand er ikke tatt vare på, så det er ingenting å nullstille til")]
    IngenFoerste,
    /// The register's rules forbid it.
    #[error("Registerets regler tillater det ikke: {0}")]
    Regel(#[from] Regelbrudd),
    /// A message that mottak refuses.
    #[error("Meldingen tas ikke imot: {0}")]
    Melding(String),
    /// It could not be done.
    #[error("Det lot seg ikke gjøre: {0}")]
    Mislyktes(String),
}

/// The codes, in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kode {
    /// `FREG-060`.
    UnderBytte,
    /// `FREG-061`.
    IkkeTestmiljoe,
    /// `FREG-062`.
    Doer,
    /// `FREG-063`.
    Ugyldig,
    /// `FREG-064`.
    UkjentBilde,
    /// `FREG-065`.
    BildeFinnes,
    /// `FREG-066`.
    Regel,
    /// `FREG-067`.
    Melding,
    /// `FREG-068`.
    Mislyktes,
}

impl Kode {
    /// Every code.
    pub const ALLE: [Kode; 9] = [
        Kode::UnderBytte,
        Kode::IkkeTestmiljoe,
        Kode::Doer,
        Kode::Ugyldig,
        Kode::UkjentBilde,
        Kode::BildeFinnes,
        Kode::Regel,
        Kode::Melding,
        Kode::Mislyktes,
    ];

    /// As it is written.
    #[must_use]
    pub fn som_tekst(self) -> &'static str {
        match self {
            Kode::UnderBytte => "FREG-060",
            Kode::IkkeTestmiljoe => "FREG-061",
            Kode::Doer => "FREG-062",
            Kode::Ugyldig => "FREG-063",
            Kode::UkjentBilde => "FREG-064",
            Kode::BildeFinnes => "FREG-065",
            Kode::Regel => "FREG-066",
            Kode::Melding => "FREG-067",
            Kode::Mislyktes => "FREG-068",
        }
    }

    /// The HTTP status that it has. [`Kode::IkkeTestmiljoe`] is only of commands: over HTTP there is no route then.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Kode::UnderBytte => 503,
            Kode::IkkeTestmiljoe | Kode::UkjentBilde => 404,
            Kode::Doer => 403,
            Kode::Ugyldig => 400,
            Kode::BildeFinnes => 409,
            Kode::Regel | Kode::Melding => 422,
            Kode::Mislyktes => 500,
        }
    }
}

impl Feil {
    /// Its code.
    #[must_use]
    pub fn kode(&self) -> Kode {
        match self {
            Feil::UnderBytte => Kode::UnderBytte,
            Feil::Doer(_) => Kode::Doer,
            Feil::Ugyldig { .. } => Kode::Ugyldig,
            Feil::UkjentBilde(_) | Feil::IngenFoerste => Kode::UkjentBilde,
            Feil::BildeFinnes(_) => Kode::BildeFinnes,
            Feil::Regel(_) => Kode::Regel,
            Feil::Melding(_) => Kode::Melding,
            Feil::Mislyktes(_) => Kode::Mislyktes,
        }
    }

    pub(crate) fn ugyldig(felt: impl Into<String>, regel: impl Into<String>) -> Self {
        Feil::Ugyldig {
            felt: felt.into(),
            regel: regel.into(),
        }
    }
}

impl From<register::Feil> for Feil {
    fn from(feil: register::Feil) -> Self {
        match feil {
            register::Feil::Regel(brudd) => Feil::Regel(brudd),
            annen => Feil::Mislyktes(annen.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_code_has_a_page_and_every_page_a_code() {
        let mappe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/feil");
        for kode in Kode::ALLE {
            let side = std::fs::read_to_string(mappe.join(format!("{}.md", kode.som_tekst()))).unwrap();
            assert!(side.starts_with(&format!("# {}: ", kode.som_tekst())), "{kode:?}");
            assert!(
                side.contains(&format!("\nHTTP-status: {}\n", kode.status())),
                "{kode:?}"
            );
            for del in ["## Hva skjedde\n", "## Hva du kan prøve\n"] {
                assert!(side.contains(del), "{kode:?} {del}");
            }
        }
        let sider = std::fs::read_dir(mappe).unwrap();
        let navn = sider.map(|s| s.unwrap().file_name().into_string().unwrap());
        assert_eq!(navn.filter(|n| n.starts_with("FREG-06")).count(), Kode::ALLE.len());
    }
}
