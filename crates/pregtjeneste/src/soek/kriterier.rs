//! What is searched by, and streets as they are compared.
//!
//! Source: PREG reference 4.5; ADR 0051.

use soek::kopi::Datointervall;
use soek::navn::normalise;

/// What a person must be; all of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Kriterier {
    /// First and middle names: each word begins one of the person's.
    pub gitte: Vec<String>,
    /// The whole last name, or one of its parts.
    pub etternavn: Option<String>,
    /// Born within.
    pub foedt: Datointervall,
    /// The contract's code: 0 woman, 1 man.
    pub kjoenn: Option<i32>,
    /// Whether dead.
    pub doed: Option<bool>,
    /// What the address of now must say, all of each.
    pub adresser: Vec<Adressekriterium>,
    /// Numbers that must lead to the person.
    pub numre: Vec<String>,
}

impl std::fmt::Debug for Kriterier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kriterier(***)")
    }
}

impl Kriterier {
    /// Kinds of what is asked by, for the audit record.
    #[must_use]
    pub fn slag(&self) -> Vec<&'static str> {
        let alle = [
            ("fornavn", !self.gitte.is_empty()),
            ("etternavn", self.etternavn.is_some()),
            ("foedt", self.foedt != Datointervall::default()),
            ("kjoenn", self.kjoenn.is_some()),
            ("doed", self.doed.is_some()),
            ("adresse", !self.adresser.is_empty()),
            ("nummer", !self.numre.is_empty()),
        ];
        alle.into_iter().filter_map(|(navn, har)| har.then_some(navn)).collect()
    }
}

/// What one address must say.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Adressekriterium {
    /// Street and house.
    pub gate: Option<Gate>,
    /// Exactly.
    pub postnummer: Option<String>,
    /// Exactly, but for spelling.
    pub poststed: Option<String>,
    /// Number or name.
    pub kommune: Option<String>,
    /// Name.
    pub land: Option<String>,
}

impl std::fmt::Debug for Adressekriterium {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Adressekriterium(***)")
    }
}

/// Number and letter.
type Hus = (u32, Option<String>);

/// A line of an address as it is compared: `Storgt. 5 B` and `STORGATA 5B` are one.
#[derive(Clone, PartialEq, Eq)]
pub struct Gate {
    navn: String,
    hus: Option<Hus>,
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gate(***)")
    }
}

/// Ends of names of streets that mean the same. Source: PREG reference 4.5.
const ENDELSER: [(&str, &str); 11] = [
    ("gaten", "gate"),
    ("gata", "gate"),
    ("gate", "gate"),
    ("gt", "gate"),
    ("vegen", "veg"),
    ("veien", "veg"),
    ("vei", "veg"),
    ("veg", "veg"),
    ("vn", "veg"),
    // With their dots alone: a name may end so.
    ("g.", "gate"),
    ("v.", "veg"),
];

impl Gate {
    /// Reads a line; `None` of one without letter or digit.
    #[must_use]
    pub fn les(linje: &str) -> Option<Self> {
        let raa = linje.trim().trim_end_matches([',', ';']);
        let (foran, hus) = hus(raa).unwrap_or((raa, None));
        let liten = foran.trim().trim_end_matches(',').to_lowercase();
        let navn = ENDELSER.iter().find_map(|(slutt, ett)| {
            let uten = if slutt.ends_with('.') {
                liten.as_str()
            } else {
                liten.trim_end_matches('.')
            };
            let stamme = uten.strip_suffix(slutt)?;
            let stamme = normalise(stamme);
            (!stamme.is_empty()).then(|| format!("{stamme} {ett}"))
        });
        let navn = navn.unwrap_or_else(|| normalise(&liten));
        (!navn.is_empty()).then_some(Gate { navn, hus })
    }

    /// Whether this address is in that street, and in that house where one is named.
    pub(super) fn dekker(&self, soekt: &Gate) -> bool {
        let hus = match (&soekt.hus, &self.hus) {
            (None, _) => true,
            (Some((tall, None)), Some((har, _))) => tall == har,
            (soekt, har) => soekt == har,
        };
        self.navn == soekt.navn && hus
    }
}

/// A line's house, and what stands before it.
fn hus(linje: &str) -> Option<(&str, Option<Hus>)> {
    let (uten, bokstav) = match linje.char_indices().next_back()? {
        (plass, c) if c.is_alphabetic() => {
            let (foran, bokstav) = linje.split_at_checked(plass)?;
            let foran = foran.trim_end();
            // A letter is a house's where a digit stands before it.
            if !foran.ends_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
            (foran, Some(bokstav.to_uppercase()))
        }
        _ => (linje, None),
    };
    let foran = uten.trim_end_matches(|c: char| c.is_ascii_digit());
    let tall: u32 = uten.strip_prefix(foran)?.parse().ok()?;
    let gate = foran.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '.');
    (!gate.is_empty() && gate.len() < foran.len()).then_some((gate, Some((tall, bokstav))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streets_are_compared_by_what_their_ends_mean() {
        let gate = |linje: &str| Gate::les(linje).unwrap();
        for (a, b) in [
            ("Storgata 5 b", "STORGT. 5B"),
            ("Storg. 5", "Storgaten 5"),
            ("Gamle Solveien", "gamle solvegen"),
            ("Solvn. 12", "Solvei 12"),
            ("Kirkeveg", "Kirkev."),
        ] {
            assert!(gate(a).dekker(&gate(b)) && gate(b).dekker(&gate(a)), "{a} {b}");
        }
        assert!(gate("Storgata 5B").dekker(&gate("Storgata 5")) && gate("Storgata 5B").dekker(&gate("Storgata")));
        for (har, soekt) in [
            ("Storgata 5", "Storgata 6"),
            ("Storgata 5", "Storgata 5B"),
            ("Storgata", "Storgata 5"),
            ("Solberg", "Solberv."),
            ("Nystorgata 5", "Storgata 5"),
        ] {
            assert!(!gate(har).dekker(&gate(soekt)), "{har} {soekt}");
        }
        assert!(Gate::les(" - ").is_none() && Gate::les("5").is_some() && Gate::les("Gata").is_some());
    }
}
