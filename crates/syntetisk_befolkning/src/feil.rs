//! What can go wrong when a nation is set up.

use identifikator::TildelingFeil;
use thiserror::Error;

/// Why there is no nation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Feil {
    /// Fewer persons than the named cases need.
    #[error("en nasjon har minst {minst} personer; be om flere")]
    ForFaa {
        /// The fewest.
        minst: u32,
    },
    /// More persons than there are numbers for.
    #[error("en nasjon har høyst {hoeyst} personer; be om færre")]
    ForMange {
        /// The most.
        hoeyst: u32,
    },
    /// Numbers ran out in some year.
    #[error("det finnes ikke nok numre til så mange personer; be om færre")]
    Numre(#[source] TildelingFeil),
}
