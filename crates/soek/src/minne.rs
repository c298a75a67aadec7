//! What the words of names and the names of streets become, remembered: of one person after another the same few are read.
//!
//! Each thread has its own, and holds no more than [`PLASSER`] short texts of each; it is emptied when it is full. What is
//! remembered is a function of the text alone, so that it makes no difference but in time.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::fonetikk::{self, Noekler};
use crate::navn;

/// Texts that are remembered.
const PLASSER: usize = 16 * 1024;
/// Bytes of the longest; longer ones do not come again.
const BYTE_MAKS: usize = 48;

/// A word of a name, and how it is heard.
pub(crate) struct Ord {
    pub ord: String,
    pub lyder: Noekler,
}

thread_local! {
    static ORDENE: RefCell<HashMap<Box<str>, Vec<Ord>>> = RefCell::default();
    static GATER: RefCell<HashMap<Box<str>, String>> = RefCell::default();
}

/// The words of a name.
pub(crate) fn ordene(tekst: &str, ta: impl FnOnce(&[Ord])) {
    let ord = |ord: String| Ord {
        lyder: fonetikk::keys(&ord),
        ord,
    };
    let lag = |tekst: &str| navn::words(tekst).into_iter().map(ord).collect::<Vec<Ord>>();
    ORDENE.with_borrow_mut(|minne| husk(minne, tekst, lag, |ord| ta(ord)));
}

/// The name of a street as it is compared.
pub(crate) fn gate(tekst: &str, ta: impl FnOnce(&str)) {
    GATER.with_borrow_mut(|minne| husk(minne, tekst, navn::normalise, |gate| ta(gate)));
}

fn husk<V>(minne: &mut HashMap<Box<str>, V>, tekst: &str, lag: impl FnOnce(&str) -> V, ta: impl FnOnce(&V)) {
    if let Some(kjent) = minne.get(tekst) {
        return ta(kjent);
    }
    let ny = lag(tekst);
    ta(&ny);
    if tekst.len() <= BYTE_MAKS {
        if minne.len() >= PLASSER {
            minne.clear();
        }
        minne.insert(tekst.into(), ny);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_it_was_and_never_more_than_there_is_room_for() {
        for runde in 0..2 {
            for nr in 0..PLASSER + 100 {
                // The first few are asked for again and again, before and after everything was forgotten.
                for nr in [nr, nr % 7] {
                    let tekst = format!("Anne-Åse {}", "x".repeat(nr % 60) + &nr.to_string());
                    ordene(&tekst, |ord| {
                        let ventet = navn::words(&tekst);
                        assert!(ord.iter().map(|o| &o.ord).eq(&ventet), "{runde} {tekst}");
                        assert!(ord.iter().all(|o| o.lyder == fonetikk::keys(&o.ord)));
                    });
                    gate(&tekst, |gate| assert_eq!(gate, navn::normalise(&tekst)));
                }
            }
            let antall = ORDENE.with_borrow(HashMap::len);
            assert!(antall > 0 && antall <= PLASSER);
            assert!(GATER.with_borrow(|g| g.len() <= PLASSER && g.keys().all(|k| k.len() <= BYTE_MAKS)));
        }
    }
}
