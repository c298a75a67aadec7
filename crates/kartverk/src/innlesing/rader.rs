//! Rows of a file with named columns: the fields that we want, by number.

use std::io::BufRead;

use super::linjer::{Linje, Linjeleser};
use super::{Linjefeil, RADER_MAKS, Rapport, Regel};
use crate::fil::Feil;

/// Most columns of a file. Source: our choice; the address register has some thirty-five.
const KOLONNER_MAKS: usize = 200;

/// Reads rows, and keeps `N` columns of each.
pub(super) struct Radleser<K, const N: usize> {
    linjer: Linjeleser<K>,
    skille: u8,
    /// How many columns the first line has, and where ours are.
    antall: usize,
    plasser: [usize; N],
    /// Where the fields of the row lie in `tekst`.
    ender: Vec<usize>,
    tekst: String,
    pub(super) rapport: Rapport,
}

impl<K: BufRead, const N: usize> Radleser<K, N> {
    /// Reads the first line, and finds the columns by name, capital letters or not.
    pub(super) fn new(kilde: K, kolonner: [&'static str; N], skilletegn: &[u8]) -> Result<Self, Feil> {
        let mut leser = Radleser {
            linjer: Linjeleser::new(kilde),
            skille: b';',
            antall: 0,
            plasser: [0; N],
            ender: Vec::new(),
            tekst: String::new(),
            rapport: Rapport::default(),
        };
        let slag = leser.linjer.neste().map_err(Feil::Les)?.ok_or(Linjefeil::Tom)?;
        let linje = leser.linjer.linje();
        let linje = linje.strip_prefix(b"\xef\xbb\xbf").unwrap_or(linje);
        let tekst = std::str::from_utf8(linje).map_err(|_| Linjefeil::IkkeUtf8(1))?;
        // The first separator that the line has is the file's; one with none of them has one column.
        let skille = skilletegn
            .iter()
            .find(|tegn| linje.contains(*tegn))
            .or(skilletegn.first());
        leser.skille = *skille.ok_or(Linjefeil::Topplinje)?;
        let lest = del_opp(tekst, leser.skille, &mut leser.tekst, &mut leser.ender);
        if slag == Linje::ForLang || lest.is_err() {
            return Err(Linjefeil::Topplinje.into());
        }
        leser.antall = leser.ender.len();
        if leser.antall > KOLONNER_MAKS {
            return Err(Linjefeil::ForMange("kolonner").into());
        }
        let mut plasser = [0; N];
        for (plass, navn) in plasser.iter_mut().zip(kolonner) {
            let mut treff = (0..leser.antall).filter(|nr| leser.felt_paa(*nr).trim().eq_ignore_ascii_case(navn));
            *plass = treff.next().ok_or(Linjefeil::ManglerKolonne(navn))?;
            if treff.next().is_some() {
                return Err(Linjefeil::GjentattKolonne(navn).into());
            }
        }
        leser.plasser = plasser;
        Ok(leser)
    }

    /// Reads the next row that can be taken apart; those that cannot are put in the report. `false` at the end.
    pub(super) fn neste(&mut self) -> Result<bool, Feil> {
        loop {
            let Some(slag) = self.linjer.neste().map_err(Feil::Les)? else {
                return Ok(false);
            };
            let linje = self.linjer.linje();
            if linje.is_empty() {
                continue;
            }
            self.rapport.rader += 1;
            if self.rapport.rader > RADER_MAKS {
                return Err(Linjefeil::ForMange("rader").into());
            }
            // Half a line may end in half a letter.
            if slag == Linje::ForLang {
                self.rapport.avvis(self.linjer.nummer(), Regel::ForLang);
                continue;
            }
            let tekst = std::str::from_utf8(linje).map_err(|_| Linjefeil::IkkeUtf8(self.linjer.nummer()))?;
            let lest = del_opp(tekst, self.skille, &mut self.tekst, &mut self.ender);
            let som_toppen = self.ender.len() == self.antall;
            let lest = lest.and(som_toppen.then_some(()).ok_or(Regel::AntallFelt));
            match lest {
                Ok(()) => return Ok(true),
                Err(regel) => self.rapport.avvis(self.linjer.nummer(), regel),
            }
        }
    }

    /// The columns that were asked for, in that order, without blanks around them.
    pub(super) fn felt(&self) -> [&str; N] {
        self.plasser.map(|plass| self.felt_paa(plass).trim())
    }

    /// Puts the present row in the report.
    pub(super) fn avvis(&mut self, regel: Regel) {
        self.rapport.avvis(self.linjer.nummer(), regel);
    }

    /// Bytes read so far.
    pub(super) fn byte(&self) -> u64 {
        self.linjer.byte()
    }

    fn felt_paa(&self, nr: usize) -> &str {
        let fra = nr
            .checked_sub(1)
            .and_then(|foer| self.ender.get(foer))
            .copied()
            .unwrap_or(0);
        let til = self.ender.get(nr).copied().unwrap_or(fra);
        self.tekst.get(fra..til).unwrap_or_default()
    }
}

/// Takes a line apart: fields one after the other in `tekst`, and where each ends.
///
/// A field that begins with a quotation mark ends with one, and has two of them for one inside. A mark further on is a
/// character as any other.
fn del_opp(linje: &str, skille: u8, tekst: &mut String, ender: &mut Vec<usize>) -> Result<(), Regel> {
    tekst.clear();
    ender.clear();
    if linje.bytes().any(|b| b.is_ascii_control() && b != b'\t') {
        return Err(Regel::Styretegn);
    }
    let skille = char::from(skille);
    let mut rest = linje;
    loop {
        let etter = match rest.strip_prefix('"') {
            Some(inni) => ta_sitat(inni, tekst)?,
            None => {
                let slutt = rest.find(skille).unwrap_or(rest.len());
                let (felt, etter) = rest.split_at_checked(slutt).unwrap_or((rest, ""));
                tekst.push_str(felt);
                etter
            }
        };
        ender.push(tekst.len());
        if ender.len() > KOLONNER_MAKS {
            return Err(Regel::AntallFelt);
        }
        if etter.is_empty() {
            return Ok(());
        }
        rest = etter.strip_prefix(skille).ok_or(Regel::Anfoersel)?;
    }
}

/// Takes the rest of a quoted field; gives what follows its last mark.
fn ta_sitat<'l>(mut rest: &'l str, tekst: &mut String) -> Result<&'l str, Regel> {
    loop {
        let (del, etter) = rest.split_once('"').ok_or(Regel::Anfoersel)?;
        tekst.push_str(del);
        match etter.strip_prefix('"') {
            Some(mer) => {
                tekst.push('"');
                rest = mer;
            }
            None => return Ok(etter),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn del(linje: &str) -> Result<Vec<String>, Regel> {
        let (mut tekst, mut ender) = (String::new(), Vec::new());
        del_opp(linje, b';', &mut tekst, &mut ender)?;
        let mut fra = 0;
        Ok(ender
            .iter()
            .map(|til| tekst.get(std::mem::replace(&mut fra, *til)..*til).unwrap().to_owned())
            .collect())
    }

    #[test]
    fn fields_are_taken_apart_at_separators_outside_quotes() {
        for (linje, felt) in [
            ("a;b;c", &["a", "b", "c"][..]),
            ("", &[""]),
            (";", &["", ""]),
            ("\"a;b\";c", &["a;b", "c"]),
            ("\"a\"\"b\";\"\"", &["a\"b", ""]),
            ("5\" rør;x", &["5\" rør", "x"]),
            ("æ;ø;å", &["æ", "ø", "å"]),
        ] {
            assert_eq!(del(linje).unwrap(), felt, "{linje}");
        }
        for (linje, regel) in [
            ("\"a", Regel::Anfoersel),
            ("\"a\"b;c", Regel::Anfoersel),
            ("\"", Regel::Anfoersel),
            ("a\0b", Regel::Styretegn),
            ("a\u{1b}[31m", Regel::Styretegn),
        ] {
            assert_eq!(del(linje), Err(regel), "{linje}");
        }
        assert_eq!(del(&";".repeat(KOLONNER_MAKS)), Err(Regel::AntallFelt));
    }

    proptest! {
        #[test]
        fn what_was_put_together_is_taken_apart(felt in prop::collection::vec("[a-zæøå\"; ]{0,8}", 1..9)) {
            let linje: Vec<String> = felt.iter().map(|f| format!("\"{}\"", f.replace('"', "\"\""))).collect();
            prop_assert_eq!(del(&linje.join(";")).unwrap(), felt);
        }

        #[test]
        fn whatever_a_line_is_it_has_fields_or_a_rule(linje in "[^\n\r]*") {
            let _ = del(&linje);
        }
    }
}
