//! The two generations of the contract.

/// A version of the Person API.
///
/// Version 2 is version 3 less some fields; both are written from one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Versjon {
    /// Paths below `/api/legal-basis` and `/api/no-legal-basis`.
    V2,
    /// Paths below `/api/v3`.
    V3,
}

impl Versjon {
    /// Both, the older first.
    pub const ALLE: [Versjon; 2] = [Versjon::V2, Versjon::V3];

    /// Its number, as the contracts write it.
    #[must_use]
    pub fn nummer(self) -> &'static str {
        match self {
            Versjon::V2 => "2",
            Versjon::V3 => "3",
        }
    }
}
