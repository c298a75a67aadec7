//! What a text may be, and the rule for it in words.
//!
//! The words are made of the schema alone, so that they can be told to anybody.

use super::{Galt, Xsdkontroll};
use crate::skjema::{Skjema, Teksttype};
use crate::tre::uten_blanke;

/// More codes than this are not told one by one. Source: our choice.
const KODER_MAKS: usize = 20;

/// Of what a text is made, in XML Schema's own types.
pub(super) fn innebygd<'s>(skjema: &'s Skjema, tekst: &'s Teksttype) -> &'s str {
    let mut ut = tekst.av.as_str();
    skjema.tekstens_typer(tekst, |t| ut = &t.av);
    ut
}

/// What is wrong with a text, by the first rule that it breaks.
pub(super) fn galt(kontroll: &Xsdkontroll, tekst: &Teksttype, verdi: &str) -> Option<Galt> {
    let skjema = &kontroll.skjema;
    let av = innebygd(skjema, tekst);
    // White space counts in a string, and is passed over around everything else. XML Schema part 2, 4.3.6.
    let verdi = if av == "string" { verdi } else { uten_blanke(verdi) };
    if !er_av(av, verdi) {
        return Some(Galt::Verdi(hva(av)));
    }
    let tegn = u32::try_from(verdi.chars().count()).unwrap_or(u32::MAX);
    let (mut kode, mut lengde, mut moenster) = (true, true, true);
    skjema.tekstens_typer(tekst, |t| {
        kode &= t.koder.is_empty() || t.koder.iter().any(|k| k == verdi);
        lengde &= t.lengde.is_none_or(|lengde| tegn == lengde);
        lengde &= t.minst.is_none_or(|minst| tegn >= minst) && t.hoeyst.is_none_or(|hoeyst| tegn <= hoeyst);
    });
    if !kode {
        return Some(Galt::Kode(koder(skjema, tekst)));
    }
    if !lengde {
        return Some(Galt::Lengde(lengder(skjema, tekst)));
    }
    // Patterns last: a text that is too long for its type is not held against any.
    let mut brutt = None;
    skjema.tekstens_typer(tekst, |t| {
        let en_passer = t
            .moenstre
            .iter()
            .any(|m| kontroll.moenstre.get(m).is_some_and(|m| m.passer(verdi)));
        if moenster && !t.moenstre.is_empty() && !en_passer {
            moenster = false;
            brutt = Some(t);
        }
    });
    brutt.map(|t| Galt::Moenster(helt(skjema, tekst).unwrap_or_else(|| moenstre(t))))
}

fn hva(innebygd: &str) -> &'static str {
    match innebygd {
        "date" => "skal være en dato, ÅÅÅÅ-MM-DD",
        "dateTime" => "skal være dato og klokkeslett, ÅÅÅÅ-MM-DDTtt:mm:ss, med eller uten sone",
        "boolean" => "skal være true, false, 1 eller 0",
        "int" => "skal være et helt tall fra -2147483648 til 2147483647",
        "long" => "skal være et helt tall fra -9223372036854775808 til 9223372036854775807",
        _ => "skal være en tekst",
    }
}

fn koder(skjema: &Skjema, tekst: &Teksttype) -> String {
    let mut ut = String::new();
    skjema.tekstens_typer(tekst, |t| {
        if ut.is_empty() && !t.koder.is_empty() {
            ut = match t.koder.as_slice() {
                [kode] => format!("kan bare være koden {kode}"),
                koder if koder.len() <= KODER_MAKS => format!("skal være en av kodene {}", koder.join(", ")),
                koder => format!("skal være en av de {} kodene i skjemaet", koder.len()),
            };
        }
    });
    ut
}

fn lengder(skjema: &Skjema, tekst: &Teksttype) -> String {
    if let Some(helt) = helt(skjema, tekst) {
        return helt;
    }
    let (mut lengde, mut minst, mut hoeyst) = (None, 0, u32::MAX);
    skjema.tekstens_typer(tekst, |t| {
        lengde = lengde.or(t.lengde);
        minst = minst.max(t.minst.unwrap_or(0));
        hoeyst = hoeyst.min(t.hoeyst.unwrap_or(u32::MAX));
    });
    match (lengde, minst) {
        (Some(lengde), _) => format!("skal ha nøyaktig {lengde} tegn"),
        (None, 0) => format!("kan ha høyst {hoeyst} tegn"),
        (None, minst) => format!("skal ha fra {minst} til {hoeyst} tegn"),
    }
}

// A text of so many digits or letters is told of as that, whichever of the two it is not.
fn helt(skjema: &Skjema, tekst: &Teksttype) -> Option<String> {
    let (mut lengde, mut tegn) = (None, None);
    skjema.tekstens_typer(tekst, |t| {
        lengde = lengde.or(t.lengde);
        tegn = tegn.or(match t.moenstre.as_slice() {
            [m] if m == "[0-9]+" || m.starts_with("([0-9]){") => Some("siffer"),
            [m] if m.starts_with("([A-Z]){") => Some("store bokstaver, A til Z"),
            _ => None,
        });
    });
    let antall = match lengde? {
        3 => "tre".to_owned(),
        4 => "fire".to_owned(),
        9 => "ni".to_owned(),
        11 => "elleve".to_owned(),
        antall => antall.to_string(),
    };
    Some(format!("skal være {antall} {}", tegn?))
}

fn moenstre(tekst: &Teksttype) -> String {
    let moenstre: Vec<&str> = tekst.moenstre.iter().map(String::as_str).collect();
    match moenstre.as_slice() {
        ["[0-9]+"] => "skal være bare siffer".to_owned(),
        [r"\s*\S.*"] => "skal ha et innhold, og ikke gå over flere linjer".to_owned(),
        ["[A-Za-z]"] => "skal være én bokstav, A til Z".to_owned(),
        ["[A-Za-zæøåÆØÅ]"] => "skal være én bokstav, A til Å".to_owned(),
        [ett] => match ett.strip_prefix('[').and_then(|m| m.strip_suffix("]+")) {
            Some(tegn) => format!("kan bare ha tegnene {}", tegn.replace('\\', "")),
            None => format!("skal passe mønsteret {ett}"),
        },
        flere => format!("skal passe et av mønstrene {}", flere.join(" ")),
    }
}

/// Whether a text is of one of XML Schema's own types. Source: XML Schema part 2, second edition, 3.2 and 3.3.
fn er_av(innebygd: &str, verdi: &str) -> bool {
    match innebygd {
        "boolean" => matches!(verdi, "true" | "false" | "1" | "0"),
        "int" => er_heltall(verdi) && verdi.parse::<i32>().is_ok(),
        "long" => er_heltall(verdi) && verdi.parse::<i64>().is_ok(),
        "date" => dato(verdi).is_some_and(er_sone),
        "dateTime" => dato(verdi).and_then(klokkeslett).is_some_and(er_sone),
        _ => true,
    }
}

fn er_heltall(verdi: &str) -> bool {
    let siffer = verdi.strip_prefix(['-', '+']).unwrap_or(verdi);
    !siffer.is_empty() && siffer.bytes().all(|b| b.is_ascii_digit())
}

// Digits at the beginning, and what comes after them.
fn siffer(tekst: &str) -> (&str, &str) {
    tekst.split_at(tekst.bytes().take_while(u8::is_ascii_digit).count())
}

fn to_siffer(tekst: &str) -> Option<(u32, &str)> {
    let (tall, rest) = tekst.split_at_checked(2)?;
    tall.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
    Some((tall.parse().ok()?, rest))
}

// Reads a date; gives what comes after it. Years have four digits or more, and no year is the year nought (3.2.7.1).
fn dato(tekst: &str) -> Option<&str> {
    let (aar, rest) = siffer(tekst.strip_prefix('-').unwrap_or(tekst));
    if aar.len() < 4 || aar.len() > 9 || (aar.len() > 4 && aar.starts_with('0')) {
        return None;
    }
    let aar: u32 = aar.parse().ok().filter(|aar| *aar > 0)?;
    let (maaned, rest) = to_siffer(rest.strip_prefix('-')?)?;
    let (dag, rest) = to_siffer(rest.strip_prefix('-')?)?;
    let skudd = (aar.is_multiple_of(4) && !aar.is_multiple_of(100)) || aar.is_multiple_of(400);
    let dager = match maaned {
        2 if skudd => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=dager).contains(&dag).then_some(rest)
}

fn klokkeslett(tekst: &str) -> Option<&str> {
    let (time, rest) = to_siffer(tekst.strip_prefix('T')?)?;
    let (minutt, rest) = to_siffer(rest.strip_prefix(':')?)?;
    let (sekund, mut rest) = to_siffer(rest.strip_prefix(':')?)?;
    let mut broek = "";
    if let Some(etter) = rest.strip_prefix('.') {
        (broek, rest) = siffer(etter);
        if broek.is_empty() {
            return None;
        }
    }
    let midnatt = time == 24 && minutt == 0 && sekund == 0 && broek.bytes().all(|b| b == b'0');
    ((time < 24 && minutt < 60 && sekund < 60) || midnatt).then_some(rest)
}

fn er_sone(tekst: &str) -> bool {
    if matches!(tekst, "" | "Z") {
        return true;
    }
    let timer = tekst.strip_prefix(['-', '+']).and_then(to_siffer);
    let minutter = timer.and_then(|(timer, rest)| Some((timer, to_siffer(rest.strip_prefix(':')?)?)));
    matches!(minutter, Some((timer, (minutter, ""))) if (timer < 14 && minutter < 60) || (timer == 14 && minutter == 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_of_its_type_or_not() {
        for (av, gyldige, ugyldige) in [
            (
                "date",
                &[
                    "2024-02-29",
                    "1999-12-31Z",
                    "0001-01-01",
                    "-0001-06-07",
                    "12025-06-07",
                    "2025-06-07+14:00",
                    "2000-02-29",
                ][..],
                &[
                    "",
                    "0000-01-01",
                    "2025-02-29",
                    "1900-02-29",
                    "2025-13-01",
                    "2025-00-01",
                    "2025-01-00",
                    "2025-04-31",
                    "02025-01-01",
                    "+2025-01-01",
                    "225-01-01",
                    "2025-1-01",
                    "2025-06-07+14:01",
                    "2025-06-07+15:00",
                    "2025-06-07z",
                    "2025-06-07+1:00",
                    "2025-06-07T00:00:00",
                    "２０２５-01-01",
                    "2025-06-07\u{A0}",
                    "2025-06-0é",
                    "--2025-01-01",
                ][..],
            ),
            (
                "dateTime",
                &[
                    "2026-01-15T10:11:12.345+01:00",
                    "2025-06-07T24:00:00",
                    "2025-06-07T24:00:00.000Z",
                    "2025-06-07T23:59:59Z",
                ],
                &[
                    "2025-06-07",
                    "2025-06-07T24:00:01",
                    "2025-06-07T23:59:60Z",
                    "2025-06-07T24:00:00.1",
                    "2025-06-07T25:00:00",
                    "2025-06-07T10:60:00",
                    "2025-06-07T10:00",
                    "2025-06-07T10:00:00.",
                    "2025-06-07 10:00:00",
                    "2025-06-07t10:00:00Z",
                ],
            ),
            (
                "boolean",
                &["true", "false", "1", "0"],
                &["TRUE", "ja", "", "01", "true "],
            ),
            (
                "int",
                &["0", "-1", "+1", "007", "2147483647", "-2147483648", "-0"],
                &[
                    "",
                    "+",
                    "2147483648",
                    "-2147483649",
                    "1.0",
                    "1e3",
                    "1 2",
                    "１",
                    "0x1",
                    "--1",
                    "1_0",
                ],
            ),
            (
                "long",
                &["9223372036854775807", "-9223372036854775808"],
                &["9223372036854775808", "99999999999999999999999"],
            ),
        ] {
            for verdi in gyldige {
                assert!(er_av(av, verdi), "{av} {verdi}");
            }
            for verdi in ugyldige {
                assert!(!er_av(av, verdi), "{av} {verdi}");
            }
        }
    }
}
