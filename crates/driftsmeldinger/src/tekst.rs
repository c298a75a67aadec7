//! What a text may be: bounded, printable, and without a person's number.

use identifikator::klassifiser;
use unicode_normalization::UnicodeNormalization as _;

use crate::feil::Feil;

/// Longest title. Units: characters. Source: our choice.
pub const TITTEL_TEGN_MAKS: usize = 200;
/// Longest text. Units: characters, so that a line of the file is never too long. Source: our choice.
pub const TEKST_TEGN_MAKS: usize = 6_000;

/// Digits of a fødselsnummer, a D-number and a hjelpenummer.
const SIFFER: usize = 11;

pub(crate) fn sjekk_tittel(tekst: &str) -> Result<(), Feil> {
    sjekk(tekst, "tittel", TITTEL_TEGN_MAKS, false)
}

pub(crate) fn sjekk_tekst(tekst: &str) -> Result<(), Feil> {
    sjekk(tekst, "tekst", TEKST_TEGN_MAKS, true)
}

fn sjekk(tekst: &str, hva: &'static str, maks: usize, linjer: bool) -> Result<(), Feil> {
    if tekst.trim().is_empty() || tekst.chars().count() > maks {
        return Err(Feil::Tekst { hva, maks });
    }
    let lovlig =
        |tegn: char| (linjer && tegn == '\n') || !(tegn.is_control() || matches!(tegn, '\u{FFFE}' | '\u{FFFF}'));
    if !tekst.chars().all(lovlig) {
        return Err(Feil::Kontrolltegn { hva });
    }
    if har_identifikator(tekst) {
        return Err(Feil::Identifikator { hva });
    }
    Ok(())
}

/// What a reader does not see and a program that looks for digits would stop at.
fn er_usynlig(tegn: char) -> bool {
    matches!(tegn, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

/// Whether a text has a valid number of a person in it: eleven digits in a row, anywhere in a longer row, or six and five
/// as people write them.
fn har_identifikator(tekst: &str) -> bool {
    // Digits of full width and their likes become the ordinary ones.
    let tegn: Vec<char> = tekst.nfkc().filter(|t| !er_usynlig(*t)).collect();
    let mut rekker: Vec<String> = Vec::new();
    // What stands between a row of digits and the one before it.
    let mut mellom: Vec<Option<char>> = Vec::new();
    let mut avstand = usize::MAX;
    let mut siste = None;
    for tegn in tegn {
        if !tegn.is_ascii_digit() {
            avstand = avstand.saturating_add(1);
            siste = Some(tegn);
            continue;
        }
        if avstand == 0 {
            if let Some(rekke) = rekker.last_mut() {
                rekke.push(tegn);
            }
        } else {
            rekker.push(tegn.to_string());
            mellom.push(siste.filter(|_| avstand == 1));
        }
        avstand = 0;
    }
    let i_en_rekke = rekker
        .iter()
        .any(|rekke| rekke.as_bytes().windows(SIFFER).any(er_nummer));
    let delt = rekker.windows(2).zip(mellom.iter().skip(1)).any(|(par, skille)| {
        let [foran, bak] = par else { return false };
        foran.len() == 6
            && bak.len() == 5
            && matches!(skille, Some(' ' | '-' | '.' | '/' | '\n'))
            && er_nummer([foran.as_bytes(), bak.as_bytes()].concat().as_slice())
    });
    i_en_rekke || delt
}

fn er_nummer(siffer: &[u8]) -> bool {
    std::str::from_utf8(siffer).is_ok_and(|tekst| !klassifiser(tekst).er_tom())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A synthetic number, month + 80.
    const NUMMER: &str = "30908299902";

    #[test]
    fn a_valid_number_is_refused_however_it_is_written_and_never_repeated() {
        for tekst in [
            NUMMER.to_owned(),
            format!("Gjelder {NUMMER}."),
            format!("ref{NUMMER}x"),
            format!("00{NUMMER}7"),
            "Gjelder 309082 99902".to_owned(),
            "309082-99902".to_owned(),
            "309082\u{A0}99902".to_owned(),
            "30908\u{200B}299902".to_owned(),
            NUMMER
                .chars()
                .map(|c| char::from_u32(u32::from(c) + 0xFF10 - 0x30).unwrap())
                .collect(),
        ] {
            let feil = sjekk_tekst(&tekst).unwrap_err();
            assert!(matches!(feil, Feil::Identifikator { hva: "tekst" }), "{tekst}");
            assert!(!feil.to_string().contains("30908"));
            assert!(matches!(
                sjekk_tittel(&tekst.replace('\n', " ")),
                Err(Feil::Identifikator { hva: "tittel" })
            ));
        }
    }

    #[test]
    fn what_notices_say_is_not_taken_for_a_number() {
        for tekst in [
            "Fra 18.08.2024 kl. 18:00 til 22:00",
            "3 500 000 hendelser, 1 700 000 av dem i dag",
            "Ring 800 80 000, eller 22 07 70 00",
            "Organisasjon 310000000, sekvensnummer 12345678901",
            "2024-08-18 16:25 – 2024-08-23 10:20",
            "309082 99903",
        ] {
            sjekk_tekst(tekst).unwrap();
        }
    }

    #[test]
    fn a_text_has_something_in_it_is_bounded_and_can_stand_in_xml() {
        assert!(sjekk_tittel(" ").is_err());
        assert!(sjekk_tittel("to\nlinjer").is_err());
        sjekk_tekst("to\nlinjer").unwrap();
        for galt in ["\u{0}", "a\u{1B}b", "\u{FFFE}", "a\rb"] {
            assert!(matches!(sjekk_tekst(galt), Err(Feil::Kontrolltegn { .. })), "{galt:?}");
        }
        sjekk_tittel(&"æ".repeat(TITTEL_TEGN_MAKS)).unwrap();
        assert!(sjekk_tittel(&"æ".repeat(TITTEL_TEGN_MAKS + 1)).is_err());
        assert!(sjekk_tekst(&"x".repeat(TEKST_TEGN_MAKS + 1)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_an_answer(tekst in "[0-9 \\PC]{0,80}") {
            let _ = sjekk_tekst(&tekst);
        }
    }
}
