//! The reference consumer of the Person API: it keeps a local copy, from our service or the real one, and proves it equal.
//!
//! Read it to learn how the API is meant to be consumed; the algorithm is in `foelger.rs`, one step a function:
//!
//! ```text
//!  Start ──▶ Laster ─────────▶ Rydder ───────────▶ Foelger ◀─┐
//!  event/    paged-match-list  whom no page had    event,    │ a page of events: read whom they are about again,
//!  latest    + bulk-by-id      is asked for by id  from S on ┘ store, and only then save how far
//!    ▲                                                │
//!    └──── the feed was set back: load again ─────────┘
//! ```
//!
//! What lives here: the algorithm ([`Foelger`]), the store ([`Lager`]), and the comparison. What does not: HTTP and tokens
//! (`klienter::personapi`, `klienter::helseid`), a clock, what a person's fields mean.
//!
//! The one thing a newcomer gets wrong: to patch. An event says who, and never what; whoever it is about is read again. So what comes
//! twice, or after a stop at any point, gives the same copy.
//!
//! ```
//! use lokalkopi::{Lager, Valg};
//!
//! let mappe = std::env::temp_dir().join(format!("lokalkopi-{}", std::process::id()));
//! let valg = Valg { tjeneste: "https://persontjenesten.example".into(), gren: "full-access".into(), ..Valg::default() };
//! let lager = Lager::aapne(&mappe, &valg)?;
//! assert_eq!(lager.antall(), 0);
//! // Somebody else's copy, or one with other parts, is not gone on with.
//! drop(lager);
//! let annen = Valg { historikk: true, ..valg };
//! assert!(matches!(Lager::aapne(&mappe, &annen), Err(lokalkopi::Feil::AndreValg)));
//! # drop(std::fs::remove_dir_all(&mappe));
//! # Ok::<(), lokalkopi::Feil>(())
//! ```

mod egne;
mod foelger;
mod henting;
mod kilde;
mod lager;
mod pasienter;
mod person;
mod post;
mod sammenlikning;
mod stilling;

pub use crate::foelger::{Foelger, Steg};
pub use crate::kilde::{Kilde, Tjeneste};
pub use crate::lager::{Lager, Skritt, Vakt};
pub use crate::pasienter::{NUMRE_MAKS, Nummerfeil, les_numre};
pub use crate::sammenlikning::{Forskjell, Rapport};
pub use crate::stilling::{Anker, Fase, Valg};

/// What can go wrong. Holds nothing of a person.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The service gave no usable answer.
    #[error("tjenesten ga ikke noe brukbart svar")]
    Kilde(#[from] klienter::personapi::Feil),
    /// The service said what cannot be.
    #[error("tjenesten sier noe som ikke kan stemme: {0}")]
    Loegn(&'static str),
    /// The service tells of what it does not show yet. It may in a while; nothing is lost by asking again.
    #[error("tjenesten viser ikke ennå det som hendelseslisten forteller om; prøv igjen om litt")]
    Etter,
    /// The pages had another number of persons than the service says there are.
    #[error("sidene hadde {lest} personer, og tjenesten sier at det er {oppgitt}")]
    Antall {
        /// Persons that were met.
        lest: u64,
        /// What match-count says.
        oppgitt: u64,
    },
    /// The operating system refuses.
    #[error("{hva}: filene i kopien kan ikke brukes")]
    Fil {
        /// What was to be done.
        hva: &'static str,
        /// Why not.
        #[source]
        kilde: std::io::Error,
    },
    /// The folder.
    #[error(transparent)]
    Mappe(#[from] ::lager::Feil),
    /// What was stored is not what was written.
    #[error("kopien er skadet ({0}); last den på nytt")]
    Skadet(&'static str),
    /// The folder holds a copy of something else.
    #[error("mappen har en kopi av en annen tjeneste, gren eller andre deler; bruk en annen mappe, eller last på nytt")]
    AndreValg,
    /// An earlier error stopped the writing; open the copy again.
    #[error("kopien må åpnes på nytt etter en feil")]
    Stanset,
}

impl Feil {
    /// Whether the same may go well a little later.
    #[must_use]
    pub fn gaar_over(&self) -> bool {
        match self {
            Feil::Etter => true,
            Feil::Kilde(feil) => feil.gaar_over(),
            _ => false,
        }
    }
}
