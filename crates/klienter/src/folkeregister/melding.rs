//! The words of an error answer, for the one who asked and for nobody else.
//!
//! The one thing a newcomer gets wrong: what a neighbour writes may repeat what it was asked, so the text is in no
//! `Display` and no `Debug`, and reaches no log. Who sits at the terminal gets it by asking for it.

use std::fmt;

/// Longest text that is kept. Units: characters. Source: our choice.
const TEGN_MAKS: usize = 300;
/// Digits in a row that are not shown: as many as a date of birth has, or an identifier. Source: our choice.
const SIFRE_MAKS: usize = 5;

/// The text of an error answer, made fit for a terminal.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Melding(String);

impl Melding {
    pub(super) fn les(kropp: &[u8]) -> Self {
        let dokument: Option<serde_json::Value> = serde_json::from_slice(kropp).ok();
        let tekst = dokument.as_ref().and_then(|dokument| {
            let felt = ["melding", "feilmelding", "message"];
            felt.iter().find_map(|felt| dokument.get(felt)?.as_str())
        });
        Melding(tekst.map(rens).unwrap_or_default())
    }

    /// The text, for the terminal of whoever asked. Empty when the answer had none.
    #[must_use]
    pub fn for_den_som_spurte(&self) -> &str {
        &self.0
    }
}

/// Without control characters, and with long runs of digits left out.
fn rens(tekst: &str) -> String {
    let mut ut = String::new();
    let mut sifre = String::new();
    let tegn = tekst.chars().filter(|c| !c.is_control()).take(TEGN_MAKS);
    for c in tegn.map(Some).chain([None]) {
        if let Some(siffer) = c.filter(|c| c.is_numeric()) {
            sifre.push(siffer);
            continue;
        }
        if sifre.chars().count() > SIFRE_MAKS {
            sifre = "…".to_owned();
        }
        ut.push_str(&std::mem::take(&mut sifre));
        ut.extend(c);
    }
    ut
}

impl fmt::Debug for Melding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Melding({} tegn)", self.0.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_shown_without_numbers_that_could_be_somebodys() {
        for (inn, ut) in [
            ("Søket har flere enn 10000 treff", "Søket har flere enn 10000 treff"),
            ("fant ikke 12859012335", "fant ikke …"),
            ("19900101, 1990", "…, 1990"),
            ("a\u{1b}[31mb\n", "a[31mb"),
            ("", ""),
        ] {
            assert_eq!(rens(inn), ut);
        }
        assert_eq!(rens(&"æ".repeat(1000)).chars().count(), TEGN_MAKS);
    }

    #[test]
    fn the_three_forms_of_an_error_are_read_and_none_is_shown_unasked() {
        for felt in ["melding", "feilmelding", "message"] {
            let melding = Melding::les(format!("{{\"{felt}\":\"FJELLBEKK\"}}").as_bytes());
            assert_eq!(melding.for_den_som_spurte(), "FJELLBEKK");
            assert_eq!(format!("{melding:?}"), "Melding(9 tegn)");
        }
        for kropp in ["", "<html>", "[]", "{\"melding\":7}"] {
            assert_eq!(Melding::les(kropp.as_bytes()), Melding::default());
        }
    }
}
