//! Texts that all faces write alike: names in words, what is cut from a text that is too long, dates.
//!
//! What is cut (our choice, ADR 0048): whole words from the end, so that a name never becomes another name; a first word that alone is too long
//! is cut where the width ends. A code or a number is never cut: it would be another one. It is left out.

use informasjonsmodell::Dato;

/// One line: what XML cannot carry and all kinds of white space become a blank, several blanks one. `None` when nothing is left.
#[must_use]
pub fn rens(tekst: &str) -> Option<String> {
    let lesbar = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}');
    let mut ut = String::with_capacity(tekst.len());
    for ord in tekst.split(|c| !lesbar(c)).filter(|ord| !ord.is_empty()) {
        if !ut.is_empty() {
            ut.push(' ');
        }
        ut.push_str(ord);
    }
    (!ut.is_empty()).then_some(ut)
}

/// The words of a name.
pub fn navneord(navn: &str) -> impl Iterator<Item = &str> {
    navn.split(' ').filter(|ord| !ord.is_empty())
}

/// Words as one name.
///
/// ```
/// use pregmodell::tekst::{navneord, sett_sammen};
///
/// assert_eq!(sett_sammen(navneord(" SOLVEIG  MARIA ")).as_deref(), Some("SOLVEIG MARIA"));
/// assert_eq!(sett_sammen([]), None);
/// ```
#[must_use]
pub fn sett_sammen<'a>(ord: impl IntoIterator<Item = &'a str>) -> Option<String> {
    rens(&ord.into_iter().collect::<Vec<_>>().join(" "))
}

/// As much of a text as a width holds.
///
/// Units: characters, not bytes.
///
/// ```
/// use pregmodell::tekst::kutt;
///
/// assert_eq!(kutt("BLÅBÆR TYTTEBÆR MULTE", 17), "BLÅBÆR TYTTEBÆR");
/// assert_eq!(kutt("BLÅBÆRSYLTETØY", 6), "BLÅBÆR");
/// ```
#[must_use]
pub fn kutt(tekst: &str, bredde: usize) -> String {
    del(tekst, bredde).0.to_owned()
}

/// A text in two: as many whole words as a width holds, and the rest.
fn del(tekst: &str, bredde: usize) -> (&str, &str) {
    let Some((slutt, foerste_utenfor)) = tekst.char_indices().nth(bredde) else {
        return (tekst, "");
    };
    let (innenfor, rest) = tekst.split_at(slutt);
    if foerste_utenfor == ' ' {
        return (innenfor.trim_end(), rest.trim_start());
    }
    match innenfor.rfind(' ') {
        Some(blank) if !innenfor.trim_end().is_empty() && blank > 0 => {
            let (linje, ord) = tekst.split_at(blank);
            (linje.trim_end(), ord.trim_start())
        }
        _ => (innenfor, rest),
    }
}

/// Parts of an address as three lines.
///
/// Shape: each part begins a line; one that is too long goes on in the next. `sist` (place, country) is always the last line that there is; where there is
/// no room for all, what comes before it is cut.
#[must_use]
pub fn linjer(deler: &[String], sist: Option<&str>, bredde: usize) -> [Option<String>; 3] {
    let plass = if sist.is_some() { 2 } else { 3 };
    let mut ut: Vec<String> = Vec::new();
    for tekst in deler {
        let mut rest = tekst.as_str();
        while !rest.is_empty() && ut.len() < plass {
            let (linje, resten) = del(rest, bredde);
            ut.push(linje.to_owned());
            rest = resten;
        }
    }
    ut.extend(sist.map(|sist| kutt(sist, bredde)));
    let mut ut = ut.into_iter();
    [ut.next(), ut.next(), ut.next()]
}

/// A date as `YYYYMMDD`, or as much of it as is known: `YYYYMM`, `YYYY`.
///
/// ```
/// use informasjonsmodell::Dato;
/// use pregmodell::tekst::yyyymmdd;
///
/// assert_eq!(Dato::parse("1984-03-07").map(yyyymmdd).as_deref(), Some("19840307"));
/// assert_eq!(Dato::parse("1984-03").map(yyyymmdd).as_deref(), Some("198403"));
/// ```
#[must_use]
pub fn yyyymmdd(dato: Dato) -> String {
    let mut ut = format!("{:04}", dato.aar());
    for del in [dato.maaned(), dato.dag()].into_iter().flatten() {
        ut.push_str(&format!("{del:02}"));
    }
    ut
}

/// A date in one of the three forms of [`yyyymmdd`]; blanks after it are allowed, as in files of fixed width.
#[must_use]
pub fn les_yyyymmdd(tekst: &str) -> Option<Dato> {
    let tekst = tekst.trim_end_matches(' ');
    if !tekst.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let form = match tekst.len() {
        4 => tekst.to_owned(),
        6 => format!("{}-{}", tekst.get(..4)?, tekst.get(4..)?),
        8 => format!("{}-{}-{}", tekst.get(..4)?, tekst.get(4..6)?, tekst.get(6..)?),
        _ => return None,
    };
    Dato::parse(&form)
}

/// Whether a text is so many digits and nothing else.
#[must_use]
pub fn er_siffer(tekst: &str, antall: usize) -> bool {
    tekst.len() == antall && tekst.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_by_words() {
        assert_eq!(kutt("EN TO TRE", 9), "EN TO TRE");
        assert_eq!(kutt("EN TO TRE", 8), "EN TO");
        assert_eq!(kutt("EN TO TRE", 5), "EN TO");
        assert_eq!(kutt("EN TO TRE", 4), "EN");
        assert_eq!(kutt("ØØØØ", 3), "ØØØ");
        assert_eq!(kutt("EN", 0), "");
    }

    #[test]
    fn the_last_line_is_kept_and_long_ones_go_on() {
        let deler = |d: &[&str]| d.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let som = |l: [Option<String>; 3]| l.map(Option::unwrap_or_default);
        assert_eq!(
            som(linjer(&deler(&["A", "B", "C", "D"]), Some("SIST"), 30)),
            ["A", "B", "SIST"]
        );
        assert_eq!(som(linjer(&deler(&["AAA BBB CCC"]), None, 4)), ["AAA", "BBB", "CCC"]);
        assert_eq!(som(linjer(&[], Some("SIST"), 30)), ["SIST", "", ""]);
        assert_eq!(linjer(&[], None, 30), [None, None, None]);
    }

    #[test]
    fn control_characters_are_blanks() {
        assert_eq!(rens("A\u{0}\tB\u{85}\r\nC ").as_deref(), Some("A B C"));
        assert_eq!(rens(" \n\u{FFFE}"), None);
    }

    proptest! {
        #[test]
        fn no_text_is_wider_than_its_width(tekst in ".{0,80}", bredde in 0usize..60) {
            prop_assert!(kutt(&tekst, bredde).chars().count() <= bredde);
            if let Some(ren) = rens(&tekst) {
                let kuttet = kutt(&ren, bredde);
                prop_assert!(ren.starts_with(&kuttet));
                prop_assert_eq!(rens(&ren), Some(ren.clone()));
                for linje in linjer(&[ren], Some(&tekst), bredde.max(1)).into_iter().flatten() {
                    prop_assert!(linje.chars().count() <= bredde.max(1));
                }
            }
        }

        #[test]
        fn a_date_that_is_written_is_read_back(aar in 1000u16..=9999, maaned in 1u8..=12, dag in 1u8..=28) {
            for dato in [Dato::bare_aar(aar), Dato::aar_maaned(aar, maaned), Dato::hel(aar, maaned, dag)] {
                prop_assert_eq!(les_yyyymmdd(&yyyymmdd(dato.unwrap())), dato);
            }
        }

        #[test]
        fn whatever_is_read_as_a_date_does_not_panic(tekst in ".{0,10}") {
            let _ = les_yyyymmdd(&tekst);
        }
    }
}
