//! Double consonants: one, except where they make the vowel before them short and so make another name.
//!
//! Anne is not Ane and Petter is not Peter, but Annette is Anette and Hanssen is Hansen. What is heard as double stands
//! between the first vowel and the second, where the first syllable has the stress: in words of two syllables, not
//! counting the ending of a patronymic, of which the second is open or has an e. Source: our choice, from how Norwegian quantity works.

use super::{Lyder, vokal};

/// Endings that leave the stress where it was.
const ENDELSER: &[&[u8]] = &[b"sen", b"son"];
/// Vowels that no consonant makes short, and what is two vowels.
const TOLYD: &[u8] = b"EYUJH";

/// The word with every run of one letter as one, but for double consonants that are heard when `hold`.
pub(super) fn fold(lyder: &Lyder, hold: bool) -> Option<Lyder> {
    let ord = lyder.deler();
    let hoert = if hold { hoert_dobbel(ord) } else { None };
    let mut ut = Lyder::default();
    let mut forrige = None;
    for (plass, lyd) in ord.iter().enumerate() {
        match lyd {
            // May be one or two; where that is not heard, it is one.
            b'X' if hoert != Some(plass) => ut.legg_til(b"k")?,
            // A break between vowels that are two.
            b'H' => ut.legg_til(b"ae")?,
            b'_' => {}
            _ if forrige != Some(*lyd) || hoert == Some(plass - 1) => ut.legg_til(&[*lyd])?,
            _ => {}
        }
        if *lyd != b'_' {
            forrige = Some(*lyd);
        }
    }
    Some(ut)
}

/// Where a consonant stands whose length is heard: the first after the first vowel, before the second.
fn hoert_dobbel(ord: &[u8]) -> Option<usize> {
    let stamme = ENDELSER.iter().find_map(|e| ord.strip_suffix(*e)).unwrap_or(ord);
    let mut vokaler = stamme.iter().enumerate().filter(|(_, l)| vokal(**l));
    let (foerste, foerste_lyd) = vokaler.next()?;
    let (andre, andre_lyd) = vokaler.next()?;
    let trykk = TOLYD.contains(foerste_lyd) || vokaler.next().is_some();
    // A full vowel and a consonant at the end draw the stress to them, and so does a double consonant: Hassan, Annett.
    let slutt = stamme.get(andre + 1..).unwrap_or_default();
    let trekker = match slutt {
        [] => false,
        [a, b, ..] if a == b => true,
        _ => *andre_lyd != b'e',
    };
    if trykk || trekker {
        return None;
    }
    let plass = foerste + 1;
    match ord.get(plass..andre)? {
        [b'X'] => Some(plass),
        [a, b] if a == b => Some(plass),
        _ => None,
    }
}
