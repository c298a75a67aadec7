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

    /// Whether a value of the version header asks for this one: its number, or the number of one of its minor versions.
    ///
    /// A minor version only adds, so each of them is answered alike. Source: our choice, ADR 0036.
    #[must_use]
    pub fn godtar(self, hode: &str) -> bool {
        match hode.strip_prefix(self.nummer()) {
            Some("") => true,
            Some(rest) => {
                let under = rest.strip_prefix('.').unwrap_or_default();
                (1..=4).contains(&under.len()) && under.bytes().all(|b| b.is_ascii_digit())
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_asked_for_by_its_number_or_a_minor_one_of_it() {
        for (hode, v2, v3) in [
            ("2", true, false),
            ("2.1", true, false),
            ("2.21", true, false),
            ("3", false, true),
            ("3.0", false, true),
            ("", false, false),
            ("2.", false, false),
            ("21", false, false),
            ("2.x", false, false),
            ("2.12345", false, false),
            (" 2", false, false),
            ("1.6", false, false),
        ] {
            assert_eq!((Versjon::V2.godtar(hode), Versjon::V3.godtar(hode)), (v2, v3), "{hode}");
        }
    }
}
