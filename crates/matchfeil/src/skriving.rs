//! How a hand errs: letters, dates, what is left out.

use crate::Navn;
use crate::terning::Terning;

/// Keys beside each other on a Norwegian keyboard, row by row; a slip takes a neighbour.
const RADER: [&str; 3] = ["qwertyuiopå", "asdfghjkløæ", "zxcvbnm"];

/// Another letter, a doubled one, or two that changed places. The first letter is left more often than not, as people do.
pub(crate) fn skrivefeil(tekst: &mut String, terning: &mut Terning) {
    let mut tegn: Vec<char> = tekst.chars().collect();
    let Some(plass) = velg_bokstav(&tegn, terning) else {
        return;
    };
    match terning.under(10) {
        0..5 => {
            let Some(en) = tegn.get_mut(plass) else { return };
            *en = nabo(*en, terning);
        }
        5..7 => {
            let Some(en) = tegn.get(plass).copied() else { return };
            tegn.insert(plass, en);
        }
        _ => {
            if tegn.get(plass + 1).is_some_and(|en| en.is_alphabetic()) {
                tegn.swap(plass, plass + 1);
            }
        }
    }
    *tekst = tegn.into_iter().collect();
}

/// One letter less; a word of two letters or fewer is left.
pub(crate) fn mangel(tekst: &mut String, terning: &mut Terning) {
    let mut tegn: Vec<char> = tekst.chars().collect();
    if tegn.iter().filter(|en| en.is_alphabetic()).count() < 3 {
        return;
    }
    let Some(plass) = velg_bokstav(&tegn, terning) else {
        return;
    };
    tegn.remove(plass);
    *tekst = tegn.into_iter().collect();
}

/// Day and month change places, where that is a date.
pub(crate) fn bytt_dag_og_maaned(dato: &mut (u16, u8, u8)) {
    let (aar, maaned, dag) = *dato;
    if er_dato((aar, dag, maaned)) {
        *dato = (aar, dag, maaned);
    }
}

/// One digit of the date is another, where that is a date.
pub(crate) fn galt_siffer(dato: &mut (u16, u8, u8), terning: &mut Terning) {
    let (aar, maaned, dag) = *dato;
    let mut siffer: Vec<u8> = format!("{aar:04}{maaned:02}{dag:02}").into_bytes();
    // The century is seldom what is wrong.
    let plass = 2 + terning.plass(6);
    let nytt = b'0' + u8::try_from(terning.under(10)).unwrap_or(0);
    let Some(ett) = siffer.get_mut(plass) else { return };
    *ett = nytt;
    let tall = |fra: usize, til: usize| -> Option<u16> {
        let del = siffer.get(fra..til)?;
        std::str::from_utf8(del).ok()?.parse().ok()
    };
    let (Some(aar), Some(maaned), Some(dag)) = (tall(0, 4), tall(4, 6), tall(6, 8)) else {
        return;
    };
    let (Ok(maaned), Ok(dag)) = (u8::try_from(maaned), u8::try_from(dag)) else {
        return;
    };
    if er_dato((aar, maaned, dag)) {
        *dato = (aar, maaned, dag);
    }
}

/// The middle name is left out, or else all but the first of the first names.
pub(crate) fn utelat(navn: &mut Navn) {
    if navn.mellomnavn.take().is_some() {
        return;
    }
    if let Some((foerste, _)) = navn.fornavn.split_once([' ', '-']) {
        navn.fornavn = foerste.to_owned();
    }
}

fn velg_bokstav(tegn: &[char], terning: &mut Terning) -> Option<usize> {
    let bokstaver: Vec<usize> = (0..tegn.len())
        .filter(|plass| tegn.get(*plass).is_some_and(|en| en.is_alphabetic()))
        .collect();
    // Seven in ten that would hit the first letter are thrown again.
    let plass = *terning.en_av(&bokstaver)?;
    if plass == 0 && terning.under(10) < 7 {
        return terning.en_av(&bokstaver).copied();
    }
    Some(plass)
}

fn nabo(tegn: char, terning: &mut Terning) -> char {
    let stor = tegn.is_uppercase();
    let liten = tegn.to_lowercase().next().unwrap_or(tegn);
    let valgt = RADER.iter().find_map(|rad| {
        let rad: Vec<char> = rad.chars().collect();
        let plass = rad.iter().position(|en| *en == liten)?;
        let naboer: Vec<char> = [plass.checked_sub(1), Some(plass + 1)]
            .into_iter()
            .flatten()
            .filter_map(|nr| rad.get(nr).copied())
            .collect();
        terning.en_av(&naboer).copied()
    });
    let ny = valgt.unwrap_or('e');
    if stor {
        ny.to_uppercase().next().unwrap_or(ny)
    } else {
        ny
    }
}

/// Whether it is a date, of people who may live.
fn er_dato((aar, maaned, dag): (u16, u8, u8)) -> bool {
    let skudd = aar.is_multiple_of(4) && (!aar.is_multiple_of(100) || aar.is_multiple_of(400));
    let dager = match maaned {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if skudd => 29,
        2 => 28,
        _ => 0,
    };
    (1850..=2050).contains(&aar) && (1..=dager).contains(&dag)
}
