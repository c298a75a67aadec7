//! Countries that people come from and go to.

use std::sync::LazyLock;

use crate::terning::{Terning, Vekttabell};

/// A country.
#[derive(Debug)]
pub(crate) struct Land {
    /// Three letters.
    pub(crate) alfa3: &'static str,
    /// Two letters, for addresses.
    pub(crate) alfa2: &'static str,
    /// Citizens need no residence permit.
    pub(crate) eoes: bool,
    /// A made-up town.
    pub(crate) by: &'static str,
}

static LAND: LazyLock<(Vec<Land>, Vekttabell)> = LazyLock::new(|| {
    let mut vekter = Vec::new();
    let land = include_str!("../data/land.csv")
        .lines()
        .filter(|linje| !linje.starts_with('#'))
        .filter_map(|linje| {
            let mut felt = linje.split(';');
            let (alfa3, alfa2) = (felt.next()?, felt.next()?);
            vekter.push(felt.next()?.parse().ok()?);
            Some(Land {
                alfa3,
                alfa2,
                eoes: felt.next()? == "1",
                by: felt.next()?,
            })
        })
        .collect();
    (land, Vekttabell::new(vekter))
});

const INGEN: Land = Land {
    alfa3: "XUK",
    alfa2: "YY",
    eoes: false,
    by: "Ukjent Sted",
};

/// A place in the list of countries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Landvalg(u16);

impl Landvalg {
    /// A country, in proportion to how many people have come from it.
    pub(crate) fn trekk(terning: &mut Terning) -> Self {
        Landvalg(LAND.1.velg(terning))
    }

    /// A country outside the EØS, or the first of the list when a hundred throws give none.
    pub(crate) fn trekk_utenfor_eoes(terning: &mut Terning) -> Self {
        (0..100)
            .map(|_| Self::trekk(terning))
            .find(|valg| !valg.land().eoes)
            .unwrap_or(Landvalg(0))
    }

    /// The country.
    pub(crate) fn land(self) -> &'static Land {
        LAND.0.get(usize::from(self.0)).unwrap_or(&INGEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_country_with_codes_of_the_right_length() {
        let linjer = include_str!("../data/land.csv")
            .lines()
            .filter(|l| !l.starts_with('#'))
            .count();
        assert_eq!(LAND.0.len(), linjer);
        assert!(
            LAND.0
                .iter()
                .all(|l| l.alfa3.len() == 3 && l.alfa2.len() == 2 && !l.by.is_empty())
        );
        assert!(LAND.0.iter().any(|l| l.eoes) && LAND.0.iter().any(|l| !l.eoes));
    }
}
