//! What an address is known by, and the number that it is filed under.
//!
//! ```text
//!  street     u64    kommune 10 │ adressekode 17 │ nummer 14 │ bokstav 5 │ grunnkrets 16
//!  cadastral  u128   kommune 10 │ gard 17 │ bruk 17 │ feste 17 │ undernr 17 │ grunnkrets 16
//! ```
//!
//! Kommune and grunnkrets are places in the table's own lists, so a row is one number, and a table is a sorted list of them.
//! A part that is all ones stands for any: the synthetic table files whole streets and whole gårder by it, and no real address
//! has such a part.

/// Bits of the place of a grunnkrets.
pub(crate) const KRETSBIT: u32 = 16;
/// Most kommuner of one table: ten bits. Source: our choice, three times as many as there are.
pub(crate) const KOMMUNER_MAKS: usize = 1 << 10;
/// Most grunnkretser of one table: sixteen bits. Source: our choice, four times as many as there are.
pub(crate) const GRUNNKRETSER_MAKS: usize = 1 << KRETSBIT;
/// Any number of a street.
pub(crate) const ETHVERT_NUMMER: u64 = (1 << 14) - 1;
/// Any part of a cadastral number.
pub(crate) const ENHVER_DEL: u128 = (1 << 17) - 1;
/// Adressekoder there may be. Source: Kartverket, field list of the address register.
const ADRESSEKODER: std::ops::RangeInclusive<u32> = 1_000..=99_998;
/// Highest number of a street. Source: four digits in Folkeregisteret and in the address register.
const NUMMER_MAKS: u32 = 9_999;
/// Highest part of a cadastral number. Source: our choice, five digits, as the register's longest.
const DEL_MAKS: u32 = 99_999;

/// A street address as Folkeregisteret writes it.
#[derive(Clone, Copy, Debug)]
pub struct Vegadresse<'a> {
    /// `kommunenummer`.
    pub kommunenummer: &'a str,
    /// `adressekode`.
    pub adressekode: &'a str,
    /// `adressenummer.husnummer`.
    pub husnummer: &'a str,
    /// `adressenummer.husbokstav`.
    pub husbokstav: Option<&'a str>,
}

/// A cadastral address as Folkeregisteret writes it.
#[derive(Clone, Copy, Debug)]
pub struct Matrikkeladresse<'a> {
    /// `matrikkelnummer.kommunenummer`.
    pub kommunenummer: &'a str,
    /// `matrikkelnummer.gaardsnummer`.
    pub gaardsnummer: i64,
    /// `matrikkelnummer.bruksnummer`.
    pub bruksnummer: i64,
    /// `matrikkelnummer.festenummer`; absent is 0.
    pub festenummer: Option<i64>,
    /// `undernummer`; absent is 0.
    pub undernummer: Option<i64>,
}

/// An address that may have a grunnkrets.
#[derive(Clone, Copy, Debug)]
pub enum Adresse<'a> {
    /// By street.
    Veg(Vegadresse<'a>),
    /// By cadastral number.
    Matrikkel(Matrikkeladresse<'a>),
}

/// A number of so many digits and no more; nothing else, signs and blanks included.
pub(crate) fn tall(tekst: &str, sifre_maks: usize) -> Option<u32> {
    let er_tall = (1..=sifre_maks).contains(&tekst.len()) && tekst.bytes().all(|b| b.is_ascii_digit());
    er_tall.then(|| tekst.parse().ok()).flatten()
}

/// Four digits.
pub(crate) fn kommunetall(tekst: &str) -> Option<u16> {
    let tall = Some(tekst).filter(|t| t.len() == 4).and_then(|t| tall(t, 4))?;
    u16::try_from(tall).ok()
}

/// The code of a street.
pub(crate) fn adressekode(tekst: &str) -> Option<u64> {
    tall(tekst, 5).filter(|kode| ADRESSEKODER.contains(kode)).map(u64::from)
}

/// The number of a house.
pub(crate) fn nummer(tekst: &str) -> Option<u64> {
    // Folkeregisteret may write zeros in front.
    tall(tekst, 6)
        .filter(|nr| (1..=NUMMER_MAKS).contains(nr))
        .map(u64::from)
}

/// The letter of a house: 0 for none, 1 to 29 for A to Å, in either case.
pub(crate) fn bokstav(tekst: &str) -> Option<u64> {
    let mut tegn = tekst.chars();
    let Some(foerste) = tegn.next() else { return Some(0) };
    if tegn.next().is_some() {
        return None;
    }
    // Not by the capital of any letter there is: that of ß begins with S.
    match foerste.to_ascii_uppercase() {
        c @ 'A'..='Z' => Some(u64::from(u32::from(c) - u32::from('A') + 1)),
        'Æ' | 'æ' => Some(27),
        'Ø' | 'ø' => Some(28),
        'Å' | 'å' => Some(29),
        _ => None,
    }
}

/// A part of a cadastral number.
pub(crate) fn del(tall: u32) -> Option<u128> {
    (tall <= DEL_MAKS).then(|| u128::from(tall))
}

/// What a street address is filed under, without its grunnkrets.
pub(crate) fn vegnoekkel(kommune: u16, kode: u64, nummer: u64, bokstav: u64) -> u64 {
    ((u64::from(kommune) << 17 | kode) << 14 | nummer) << 5 | bokstav
}

/// What a cadastral address is filed under, without its grunnkrets: gard, bruk, feste, undernr.
pub(crate) fn matrikkelnoekkel(kommune: u16, deler: [u128; 4]) -> u128 {
    deler
        .iter()
        .fold(u128::from(kommune), |noekkel, del| noekkel << 17 | del)
}

impl Vegadresse<'_> {
    /// What it is filed under: the house, then the whole street.
    pub(crate) fn noekler(&self, kommune: u16) -> Option<[u64; 2]> {
        let kode = adressekode(self.adressekode)?;
        let nummer = nummer(self.husnummer)?;
        let bokstav = bokstav(self.husbokstav.unwrap_or_default())?;
        Some([
            vegnoekkel(kommune, kode, nummer, bokstav),
            vegnoekkel(kommune, kode, ETHVERT_NUMMER, 0),
        ])
    }
}

impl Matrikkeladresse<'_> {
    /// What it is filed under: the whole number, then the gård.
    pub(crate) fn noekler(&self, kommune: u16) -> Option<[u128; 2]> {
        let les = |tall: i64| u32::try_from(tall).ok().and_then(del);
        let gard = les(self.gaardsnummer)?;
        let deler = [
            gard,
            les(self.bruksnummer)?,
            les(self.festenummer.unwrap_or(0))?,
            les(self.undernummer.unwrap_or(0))?,
        ];
        Some([
            matrikkelnoekkel(kommune, deler),
            matrikkelnoekkel(kommune, [gard, ENHVER_DEL, ENHVER_DEL, ENHVER_DEL]),
        ])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_digits_and_nothing_else() {
        assert_eq!((tall("0042", 4), tall("42", 4)), (Some(42), Some(42)));
        for feil in ["", "+1", "-1", " 1", "1 ", "12345", "1æ", "١"] {
            assert_eq!(tall(feil, 4), None, "{feil}");
        }
        assert_eq!((kommunetall("0301"), kommunetall("301")), (Some(301), None));
        assert_eq!(
            (
                adressekode("999"),
                adressekode("1000"),
                adressekode("99998"),
                adressekode("99999")
            ),
            (None, Some(1000), Some(99998), None)
        );
        assert_eq!(
            (nummer("0"), nummer("0012"), nummer("9999"), nummer("10000")),
            (None, Some(12), Some(9999), None)
        );
    }

    #[test]
    fn a_letter_is_one_of_twenty_nine_in_either_case() {
        let alle: Vec<u64> = "ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ"
            .chars()
            .filter_map(|c| bokstav(&c.to_string()))
            .collect();
        assert_eq!(alle, (1..=29).collect::<Vec<_>>());
        assert_eq!((bokstav("æ"), bokstav("a"), bokstav("")), (Some(27), Some(1), Some(0)));
        for feil in ["AB", "1", "Ä", " ", "ß", "ſ", "ǆ"] {
            assert_eq!(bokstav(feil), None, "{feil}");
        }
    }

    proptest! {
        /// Two addresses share a place only when they are the same, and none shares one with a whole street or gård.
        #[test]
        fn addresses_that_differ_are_filed_apart(
            a in (0u16..1024, 1000u32..=99_998, 1u32..=9_999, 0usize..30),
            b in (0u16..1024, 1000u32..=99_998, 1u32..=9_999, 0usize..30),
        ) {
            let bokstaver: Vec<String> = std::iter::once(String::new()).chain("ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ".chars().map(String::from)).collect();
            let noekler = |(kommune, kode, nr, bokstav): (u16, u32, u32, usize)| {
                let (kode, nr) = (kode.to_string(), nr.to_string());
                let adresse = Vegadresse { kommunenummer: "", adressekode: &kode, husnummer: &nr, husbokstav: Some(&bokstaver[bokstav]) };
                adresse.noekler(kommune).unwrap()
            };
            let (na, nb) = (noekler(a), noekler(b));
            prop_assert_eq!(na[0] == nb[0], a == b);
            prop_assert_eq!(na[1] == nb[1], (a.0, a.1) == (b.0, b.1));
            prop_assert!(na[0] != nb[1] && na[0] >> 46 == 0);
        }

        #[test]
        fn cadastral_numbers_that_differ_are_filed_apart(
            a in (0u16..1024, prop::array::uniform4(0i64..=99_999)),
            b in (0u16..1024, prop::array::uniform4(0i64..=99_999)),
        ) {
            let noekler = |(kommune, [g, br, f, u]): (u16, [i64; 4])| {
                let adresse = Matrikkeladresse { kommunenummer: "", gaardsnummer: g, bruksnummer: br, festenummer: Some(f), undernummer: Some(u) };
                adresse.noekler(kommune).unwrap()
            };
            let (na, nb) = (noekler(a), noekler(b));
            prop_assert_eq!(na[0] == nb[0], a == b);
            prop_assert_eq!(na[1] == nb[1], (a.0, a.1[0]) == (b.0, b.1[0]));
            prop_assert!(na[0] != nb[1]);
        }

        #[test]
        fn whatever_stands_in_an_address_it_has_a_place_or_none(kode in ".*", nr in ".*", b in prop::option::of(".*"), deler in prop::array::uniform4(any::<i64>())) {
            let veg = Vegadresse { kommunenummer: "", adressekode: &kode, husnummer: &nr, husbokstav: b.as_deref() };
            let _ = veg.noekler(7);
            let matrikkel = Matrikkeladresse { kommunenummer: "", gaardsnummer: deler[0], bruksnummer: deler[1], festenummer: Some(deler[2]), undernummer: None };
            let _ = matrikkel.noekler(7);
        }
    }
}
