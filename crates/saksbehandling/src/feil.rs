//! What can go wrong: with the files, with a message, with a decision.

use informasjonsmodell::Lesefeil;
use meldinger::kontroll::Avvik;
use meldinger::signatur::Usann;

use crate::vedtak::Grunn;

/// What can go wrong, apart from what a message says.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The register failed.
    #[error(transparent)]
    Register(#[from] register::Feil),
    /// The files of messages failed.
    #[error(transparent)]
    Lager(#[from] lager::Feil),
    /// A row of a case cannot be what was written.
    #[error("en sak er skadet")]
    Skadet,
    /// The schemas that come with the program cannot be used.
    #[error(transparent)]
    Skjema(#[from] meldinger::Feil),
}

impl Feil {
    /// Whether something that is stored is damaged: it is as gone, and to read it once more helps nothing. Any other error is
    /// of the files, and may not be there the next time.
    pub(crate) fn er_skade(&self) -> bool {
        match self {
            Feil::Skadet | Feil::Register(register::Feil::Skadet(_)) => true,
            Feil::Lager(feil) | Feil::Register(register::Feil::Lager(feil)) => {
                matches!(feil, lager::Feil::Skadet(_) | lager::Feil::Forsegling)
            }
            Feil::Register(register::Feil::Regel(_) | register::Feil::Format(_)) | Feil::Skjema(_) => false,
        }
    }
}

/// Why a message is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum Avslag {
    /// It is not XML that can be read.
    #[error("meldingen kan ikke leses: {0}")]
    Xml(#[from] Lesefeil),
    /// It is not what its schema says; at least one.
    #[error("meldingen er ikke gyldig etter skjemaet")]
    Skjema(Vec<Avvik>),
    /// It has a signature that is not true.
    #[error("meldingens signatur kan ikke godtas: {0}")]
    Signatur(Usann),
    /// The name that the sender gave it is taken by another message of the same sender.
    #[error("avsendersMeldingsidentifikator er brukt i en annen melding fra samme avsender")]
    MeldingsidBrukt,
    /// The name that the sender gave it is empty or too long.
    #[error("avsendersMeldingsidentifikator må ha fra 1 til 255 tegn")]
    Meldingsid,
    /// The sender may not send it with this `kilde`.
    #[error("avsenderen kan ikke sende meldingstypen med denne kilden")]
    Kilde,
    /// It names files that did not come with it, or files came that it does not name.
    #[error("meldingens vedlegg er ikke de filene som fulgte med")]
    Vedlegg,
    /// It could not be taken in.
    #[error(transparent)]
    Feil(#[from] Feil),
}

impl From<Stans> for Avslag {
    fn from(stans: Stans) -> Self {
        match stans {
            Stans::Avslag(avslag) => avslag,
            Stans::Feil(feil) => feil.into(),
            // What the register forbids is for somebody to look at, and a new case is hindered by nothing.
            Stans::Registerregel | Stans::Hindring(_) => Feil::Skadet.into(),
        }
    }
}

impl From<register::Feil> for Avslag {
    fn from(feil: register::Feil) -> Self {
        Avslag::Feil(feil.into())
    }
}

/// Why a case was not decided.
#[derive(Debug, thiserror::Error)]
pub enum Hindring {
    /// There is no such case.
    #[error("saken finnes ikke")]
    Ukjent,
    /// It has been decided.
    #[error("saken er avgjort")]
    Avgjort,
    /// It waits in line, and those before it come first.
    #[error("saken står i kø; den behandles i tur og orden når mottak ikke er fryst lenger")]
    IKoe,
    /// It cannot be approved, for reasons that nobody can override.
    #[error("saken kan ikke godkjennes: {}", .0.iter().map(|g| g.kode()).collect::<Vec<_>>().join(", "))]
    Grunner(Vec<Grunn>),
    /// The message is not here any more.
    #[error("meldingen er slettet; saken kan bare avvises, avslås eller avbrytes")]
    UtenMelding,
    /// It could not be decided.
    #[error(transparent)]
    Feil(#[from] Feil),
}

// What ends a transaction that is to be tried again.
pub(crate) enum Stans {
    Feil(Feil),
    /// The register forbids what the rules asked for.
    Registerregel,
    Avslag(Avslag),
    Hindring(Hindring),
}

impl From<register::Feil> for Stans {
    fn from(feil: register::Feil) -> Self {
        match feil {
            register::Feil::Regel(_) => Stans::Registerregel,
            feil => Stans::Feil(feil.into()),
        }
    }
}

impl From<Feil> for Stans {
    fn from(feil: Feil) -> Self {
        match feil {
            Feil::Register(feil) => feil.into(),
            feil => Stans::Feil(feil),
        }
    }
}
