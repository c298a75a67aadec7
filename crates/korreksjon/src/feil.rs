//! Why a correction is not done. Never a number, a name or an address.

use std::path::PathBuf;

use crate::jobb::{Jobbnr, Tilstand};
use crate::regel::Tabellfeil;

/// Why.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The register or its files failed.
    #[error(transparent)]
    Register(#[from] register::Feil),
    /// There is no such job.
    #[error("det finnes ingen korreksjon {0}; se korreksjon status")]
    Ukjent(Jobbnr),
    /// One at a time.
    #[error("korreksjon {0} er ikke ferdig; vent, eller stopp den først")]
    Opptatt(Jobbnr),
    /// What is asked does not follow on how the job stands.
    #[error("korreksjon {nr} er {tilstand}, og kan ikke {hva}")]
    Tilstand {
        /// Which.
        nr: Jobbnr,
        /// How it stands.
        tilstand: Tilstand,
        /// What was asked.
        hva: &'static str,
    },
    /// The file is not what it was, or cannot be read.
    #[error("filen {sti} kan ikke brukes: {hva}", sti = sti.display())]
    Fil {
        /// Which.
        sti: PathBuf,
        /// What.
        hva: &'static str,
        /// Why.
        #[source]
        kilde: Option<std::io::Error>,
    },
    /// A line that says nothing that can be done. The job is not begun.
    #[error("linje {linje} i {sti}: {hva}", sti = sti.display())]
    Linje {
        /// Which file.
        sti: PathBuf,
        /// Which line, from 1.
        linje: u64,
        /// What.
        hva: String,
    },
    /// The table of a rule.
    #[error(transparent)]
    Tabell(#[from] Tabellfeil),
    /// A row of a job that cannot be read.
    #[error("skadet jobb i registeret")]
    Skadet,
}
