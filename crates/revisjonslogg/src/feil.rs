//! What can go wrong with the log. No text holds a record.

use std::path::{Path, PathBuf};

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The operating system refused.
    #[error("{sti}: {feil}")]
    Fil {
        /// Which file.
        sti: PathBuf,
        /// What it said.
        #[source]
        feil: std::io::Error,
    },
    /// A key file.
    #[error(transparent)]
    Lager(#[from] lager::Feil),
    /// The name of the log.
    #[error("navnet på loggen kan ikke ha mellomrom eller pluss")]
    Navn,
    /// The signing key.
    #[error("signeringsnøkkelen kan ikke brukes")]
    Noekkel,
    /// A signed head.
    #[error("hodet kan ikke leses, eller er ikke signert med denne nøkkelen")]
    Hode,
    /// A record.
    #[error("posten kan ikke lages eller leses")]
    Post,
    /// A proof.
    #[error("beviset fører ikke til hodet")]
    Bevis,
    /// The log says otherwise than a head, or than itself.
    #[error("revisjonsloggen er skadet: {0}")]
    Skadet(String),
}

impl Feil {
    pub(crate) fn fil(sti: &Path) -> impl FnOnce(std::io::Error) -> Feil + '_ {
        move |feil| Feil::Fil {
            sti: sti.to_owned(),
            feil,
        }
    }
}
