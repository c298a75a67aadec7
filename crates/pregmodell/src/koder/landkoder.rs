//! Countries: Statistics Norway's three digits beside the three letters of the register.
//!
//! What a newcomer gets wrong: the digits are not those of ISO 3166. A country without a row is 990, and whoever translates keeps the letters.

use std::sync::LazyLock;

use informasjonsmodell::land::alfa2;

/// Number of whoever has no citizenship. Source: preg reference 6.5.
pub const STATSLOES: u16 = 980;
/// Number of a country that is not told, or that has no number here. Source: preg reference 6.5.
pub const UOPPGITT: u16 = 990;

/// A country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Land {
    /// Statistics Norway's number.
    pub nummer: u16,
    /// The register's three letters.
    pub alfa3: &'static str,
    /// Its Norwegian name.
    pub navn: &'static str,
    /// Whether the number stands in PREG's own documentation; else it is from the public list.
    pub bekreftet: bool,
}

impl Land {
    /// The number as text: three digits.
    #[must_use]
    pub fn tekst(&self) -> String {
        format!("{:03}", self.nummer)
    }
}

static LAND: LazyLock<Vec<Land>> = LazyLock::new(|| {
    let linjer = include_str!("../../data/land.tsv").lines();
    linjer
        .filter(|linje| !linje.starts_with('#'))
        .filter_map(|linje| {
            let mut felt = linje.split('\t');
            Some(Land {
                nummer: felt.next()?.parse().ok()?,
                alfa3: felt.next()?,
                navn: felt.next()?,
                bekreftet: felt.next()? == "spec",
            })
        })
        .collect()
});

/// Every country, by number.
#[must_use]
pub fn landliste() -> &'static [Land] {
    &LAND
}

/// The country of three letters.
///
/// ```
/// use pregmodell::koder::land;
///
/// assert_eq!(land("POL").map(|land| land.tekst()).as_deref(), Some("131"));
/// assert_eq!(land("NOR").map(|land| land.tekst()).as_deref(), Some("000"));
/// assert_eq!(land("ZZZ"), None);
/// ```
#[must_use]
pub fn land(alfa3: &str) -> Option<&'static Land> {
    LAND.iter().find(|land| land.alfa3 == alfa3)
}

/// The country of two letters, as addresses have.
#[must_use]
pub fn land_fra_alfa2(to: &str) -> Option<&'static Land> {
    // `YY` is both what is unknown and what has no country; neither is a place.
    LAND.iter().find(|land| to != "YY" && alfa2(land.alfa3) == Some(to))
}

/// The country of a number.
#[must_use]
pub fn land_fra_nummer(nummer: u16) -> Option<&'static Land> {
    LAND.binary_search_by_key(&nummer, |land| land.nummer)
        .ok()
        .and_then(|plass| LAND.get(plass))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_is_read_and_stands_once_in_order() {
        let linjer = include_str!("../../data/land.tsv")
            .lines()
            .filter(|l| !l.starts_with('#'));
        assert_eq!(LAND.len(), linjer.count());
        assert!(LAND.windows(2).all(|par| par[0].nummer < par[1].nummer));
        assert_eq!(LAND.iter().map(|l| l.alfa3).collect::<BTreeSet<_>>().len(), LAND.len());
        for rad in LAND.iter() {
            assert_eq!((land(rad.alfa3), land_fra_nummer(rad.nummer)), (Some(rad), Some(rad)));
            let to = alfa2(rad.alfa3).expect("the register knows the country");
            assert_eq!(land_fra_alfa2(to), (to != "YY").then_some(rad));
        }
    }

    /// Source: preg reference 6.5, what it confirms.
    #[test]
    fn the_confirmed_numbers_are_those_of_the_reference() {
        let bekreftet: Vec<_> = LAND
            .iter()
            .filter(|l| l.bekreftet)
            .map(|l| (l.nummer, l.alfa3))
            .collect();
        assert_eq!(
            bekreftet,
            [
                (0, "NOR"),
                (101, "DNK"),
                (103, "FIN"),
                (105, "ISL"),
                (106, "SWE"),
                (111, "ALB"),
                (112, "BEL"),
                (131, "POL"),
                (136, "LTU"),
                (139, "GBR"),
                (144, "DEU"),
                (346, "SOM"),
                (404, "AFG"),
                (684, "USA"),
                (STATSLOES, "XXX"),
                (UOPPGITT, "XUK"),
            ]
        );
    }
}
