//! How a name is heard in Norwegian: two words are heard alike when they have a key in common.
//!
//! A word is rewritten to sounds by the tables in `regler`, then double consonants are told apart or not (`dobbelt`), and
//! what is left is a key of eight bytes. What a newcomer gets wrong: vowels are kept. They are most of what tells one
//! Norwegian name from another, so Hansen is not Hanson, and Ola is not Ole. Measured in `docs/navn.md`.
//!
//! ```
//! use soek::fonetikk::{alike, keys, sounds};
//!
//! assert_eq!(keys("christian"), keys("kristian"));
//! assert!(alike("schjelderup", "skjelderup") && !alike("hansen", "hanson"));
//! // A key can be read, for whoever wonders: `S` is sj.
//! assert_eq!(sounds("schjelderup"), ["Selderup"]);
//! ```

mod dobbelt;
mod regler;

use std::sync::LazyLock;

use regler::{BOKSTAVER, LYDER, Regel};

/// Longest word that is rewritten; a longer one is heard as itself alone.
const ORD_MAKS: usize = 48;
/// Sounds that a key has room for one by one.
const PLASSER: usize = 12;
/// A sound is its place here, from 1.
const ALFABET: &[u8; 29] = b"abdefghijklmnoprstuvyAOEYUJSC";
/// A word has at most this many keys.
pub const NOEKLER_MAKS: usize = 2;

/// How a word is heard, as the index knows it: equal when heard alike.
///
/// Shape: eight bytes. Up to twelve sounds stand in it one by one; of what is longer, or in another script, it is a hash
/// of 63 bits, so that two such words are taken for the same by chance once in 10^19.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Noekkel(pub [u8; 8]);

/// Shows nothing of the name: a key can be read back to its sounds.
impl std::fmt::Debug for Noekkel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Noekkel(********)")
    }
}

/// The keys of a word: one, or two where a spelling stands for two ways of saying it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noekler {
    alle: [Noekkel; NOEKLER_MAKS],
    antall: usize,
}

impl std::ops::Deref for Noekler {
    type Target = [Noekkel];

    fn deref(&self) -> &[Noekkel] {
        self.alle.get(..self.antall).unwrap_or(&self.alle)
    }
}

/// The keys of a word as `navn::words` gives it.
///
/// Shape: none for the empty word, otherwise one or two. A word that is not letters a to z alone gives itself.
#[must_use]
pub fn keys(ord: &str) -> Noekler {
    REGLER.keys(ord)
}

/// Whether two words as `navn::words` gives them are heard alike.
#[must_use]
pub fn alike(a: &str, b: &str) -> bool {
    let b = keys(b);
    keys(a).iter().any(|n| b.contains(n))
}

/// The sounds of a word, to read; a list as `keys` has it. Capitals are sounds without a letter, see `regler`.
#[must_use]
pub fn sounds(ord: &str) -> Vec<String> {
    match REGLER.skriv(ord) {
        Some(lyder) => lyder.lesninger().map(|l| l.tekst()).collect(),
        None => vec![ord.to_owned()],
    }
}

static REGLER: LazyLock<Regler> = LazyLock::new(|| Regler::new(&|_| true, true, true));

/// The two tables, each by the first letter of what its rules rewrite; tests leave one out at a time.
struct Regler {
    trinn: [Trinn; 2],
    /// Whether double consonants are folded, and whether they are kept where they are heard.
    fold: bool,
    hold: bool,
}

struct Trinn {
    etter_bokstav: Vec<Vec<&'static Regel>>,
}

impl Trinn {
    fn new<'a>(regler: impl Iterator<Item = &'static Regel> + 'a) -> Self {
        let mut etter_bokstav: Vec<Vec<&'static Regel>> = (0..128).map(|_| Vec::new()).collect();
        for regel in regler {
            let foerste = regel.fra.bytes().next().map_or(0, usize::from);
            if let Some(plass) = etter_bokstav.get_mut(foerste) {
                plass.push(regel);
            }
        }
        Trinn { etter_bokstav }
    }

    fn skriv(&self, inn: &Lyder) -> Option<Lyder> {
        let ord = inn.deler();
        let mut ut = Lyder::default();
        let mut plass = 0;
        while let Some(rest) = ord.get(plass..).filter(|r| !r.is_empty()) {
            let foerste = rest.first().copied()?;
            let regler = self.etter_bokstav.get(usize::from(foerste))?;
            let passer = regler.iter().find(|r| {
                rest.starts_with(r.fra.as_bytes())
                    && foer_passer(r.foer, ord.get(..plass).unwrap_or_default())
                    && etter_passer(r.etter, rest.get(r.fra.len()..).unwrap_or_default())
            });
            match passer {
                Some(regel) => {
                    ut.legg_til(regel.til.as_bytes())?;
                    plass += regel.fra.len();
                }
                None => {
                    ut.legg_til(&[foerste])?;
                    plass += 1;
                }
            }
        }
        Some(ut)
    }
}

impl Regler {
    fn new(med: &dyn Fn(&Regel) -> bool, fold: bool, hold: bool) -> Self {
        Regler {
            trinn: [BOKSTAVER, LYDER].map(|t| Trinn::new(t.iter().filter(|r| med(r)))),
            fold,
            hold,
        }
    }

    /// The sounds of a word; none for one that is heard as itself alone.
    fn skriv(&self, ord: &str) -> Option<Lyder> {
        if ord.is_empty() || !ord.bytes().all(|b| b.is_ascii_lowercase()) {
            return None;
        }
        let mut lyder = Lyder::default();
        lyder.legg_til(ord.as_bytes()).filter(|()| ord.len() <= ORD_MAKS)?;
        for trinn in &self.trinn {
            lyder = trinn.skriv(&lyder)?;
        }
        if self.fold {
            lyder = dobbelt::fold(&lyder, self.hold)?;
        }
        Some(lyder).filter(|l| l.antall > 0)
    }

    fn keys(&self, ord: &str) -> Noekler {
        let tom = Noekkel([0; 8]);
        let mut noekler = Noekler {
            alle: [tom; NOEKLER_MAKS],
            antall: 0,
        };
        let mut legg_til = |noekkel| {
            if let Some(plass) = noekler.alle.get_mut(noekler.antall) {
                *plass = noekkel;
                noekler.antall += 1;
            }
        };
        match self.skriv(ord) {
            Some(lyder) => lyder.lesninger().for_each(|l| legg_til(l.noekkel())),
            None if ord.is_empty() => {}
            None => legg_til(spredt(ord.as_bytes())),
        }
        noekler
    }
}

/// A word on its way from letters to sounds, one byte each.
#[derive(Clone, Copy)]
struct Lyder {
    deler: [u8; 2 * ORD_MAKS],
    antall: usize,
}

impl Default for Lyder {
    fn default() -> Self {
        Lyder {
            deler: [0; 2 * ORD_MAKS],
            antall: 0,
        }
    }
}

impl Lyder {
    fn deler(&self) -> &[u8] {
        self.deler.get(..self.antall).unwrap_or(&self.deler)
    }

    fn legg_til(&mut self, nye: &[u8]) -> Option<()> {
        let til = self.antall.checked_add(nye.len())?;
        self.deler.get_mut(self.antall..til)?.copy_from_slice(nye);
        self.antall = til;
        Some(())
    }

    /// The word with one k where it may have one or two, and then with two.
    fn lesninger(&self) -> impl Iterator<Item = Lyder> {
        let tvetydig = self.deler().contains(&b'X');
        [&b"k"[..], b"kk"]
            .into_iter()
            .take(if tvetydig { 2 } else { 1 })
            .filter_map(|k| {
                let mut ut = Lyder::default();
                for del in self.deler() {
                    ut.legg_til(if *del == b'X' { k } else { std::slice::from_ref(del) })?;
                }
                Some(ut)
            })
    }

    fn noekkel(&self) -> Noekkel {
        if self.antall > PLASSER {
            return spredt(self.deler());
        }
        let mut sum = 0_u64;
        for del in self.deler() {
            let Some(plass) = ALFABET.iter().position(|a| a == del) else {
                return spredt(self.deler());
            };
            sum = sum << 5 | (plass as u64 + 1);
        }
        Noekkel(sum.to_be_bytes())
    }

    fn tekst(&self) -> String {
        self.deler().iter().copied().map(char::from).collect()
    }
}

/// FNV-1a, mixed so that every bit depends on all; the highest bit tells it from sounds that stand one by one.
fn spredt(deler: &[u8]) -> Noekkel {
    let mut h = 0xcbf2_9ce4_8422_2325_u64;
    for byte in deler {
        h = (h ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    Noekkel(((h ^ (h >> 33)) | 1 << 63).to_be_bytes())
}

fn vokal(lyd: u8) -> bool {
    b"aeiouyAOEYUJH".contains(&lyd)
}

/// Whether a letter is what stands in a context.
fn er(tegn: u8, lyd: u8) -> bool {
    match tegn {
        b'+' => vokal(lyd),
        b'-' => !vokal(lyd),
        b'=' => !vokal(lyd) && !b"rj".contains(&lyd),
        _ => tegn == lyd,
    }
}

fn etter_passer(moenster: &str, rest: &[u8]) -> bool {
    moenster.is_empty() || moenster.split('|').any(|m| fremover(m.as_bytes(), rest))
}

/// Whether `rest` begins as the pattern says.
fn fremover(mut moenster: &[u8], mut rest: &[u8]) -> bool {
    while let Some((tegn, hale)) = moenster.split_first() {
        if *tegn == b'$' {
            return rest.is_empty();
        }
        let Some((lyd, neste)) = rest.split_first() else {
            return false;
        };
        let passer = if *tegn == b'[' {
            let slutt = hale.iter().position(|b| *b == b']').unwrap_or(hale.len());
            moenster = hale.get(slutt + 1..).unwrap_or_default();
            hale.get(..slutt).is_some_and(|sett| sett.contains(lyd))
        } else {
            moenster = hale;
            er(*tegn, *lyd)
        };
        if !passer {
            return false;
        }
        rest = neste;
    }
    true
}

fn foer_passer(moenster: &str, foer: &[u8]) -> bool {
    moenster.is_empty() || moenster.split('|').any(|m| bakover(m.as_bytes(), foer))
}

/// Whether `foer` ends as the pattern says.
fn bakover(mut moenster: &[u8], mut foer: &[u8]) -> bool {
    while let Some((tegn, resten)) = moenster.split_last() {
        match tegn {
            b'^' => return foer.is_empty(),
            b'~' => return foer.iter().any(|lyd| vokal(*lyd)),
            _ => {}
        }
        let Some((lyd, tidligere)) = foer.split_last() else {
            return false;
        };
        let passer = if *tegn == b']' {
            let start = resten.iter().rposition(|b| *b == b'[').unwrap_or(0);
            let sett = resten.get(start + 1..).unwrap_or_default();
            moenster = resten.get(..start).unwrap_or_default();
            sett.contains(lyd)
        } else {
            moenster = resten;
            er(*tegn, *lyd)
        };
        if !passer {
            return false;
        }
        foer = tidligere;
    }
    true
}

#[cfg(test)]
mod tests;
