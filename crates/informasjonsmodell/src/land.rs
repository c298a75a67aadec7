//! Countries: citizenships are told by three letters, addresses by two.

use std::sync::LazyLock;

static LAND: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let linjer = include_str!("../data/land.tsv").lines();
    linjer
        .filter(|linje| !linje.starts_with('#'))
        .filter_map(|linje| linje.split_once('\t'))
        .collect()
});

/// The two letters of a country that is told by three; `None` where there is no such country.
///
/// Source: ISO 3166-1, and the register's own codes (folkeregister reference 4.1): `XXK` is `XK`, and nobody knows where `XUK`
/// and `XXX` are, which is `YY`.
///
/// ```
/// assert_eq!(informasjonsmodell::land::alfa2("POL"), Some("PL"));
/// assert_eq!(informasjonsmodell::land::alfa2("XXX"), Some("YY"));
/// assert_eq!(informasjonsmodell::land::alfa2("pol"), None);
/// ```
#[must_use]
pub fn alfa2(alfa3: &str) -> Option<&'static str> {
    let plass = LAND.binary_search_by(|(tre, _)| (*tre).cmp(alfa3)).ok()?;
    LAND.get(plass).map(|(_, to)| *to)
}

#[cfg(test)]
mod tests {
    use super::LAND;

    #[test]
    fn countries_stand_in_order_and_once() {
        assert!(LAND.len() > 240);
        assert!(LAND.windows(2).all(|par| par[0].0 < par[1].0));
        assert!(LAND.iter().all(|(tre, to)| tre.len() == 3 && to.len() == 2));
    }
}
