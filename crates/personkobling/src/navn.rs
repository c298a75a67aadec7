//! Words of a name in a row, made ready to be held against many.

use rapidfuzz::distance::osa;
use soek::{fonetikk, navn};

use crate::ordliste::Ordliste;

/// How two words are alike, the most alike first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likhet {
    /// The same.
    Lik,
    /// Heard alike.
    Lyd,
    /// One letter more, less, another, or two in each other's place.
    En,
    /// The one begins with the other, of at least three letters.
    Begynner,
    /// Two letters.
    To,
    /// The first letter is all there is.
    Forbokstav,
    /// None of these.
    Ulik,
}

/// A word of a row.
pub(crate) struct Ord {
    pub(crate) tekst: String,
    pub(crate) lyder: Vec<u64>,
    /// How many have it; `None` of no name that anybody has.
    pub(crate) antall: Option<u32>,
    avstand: osa::BatchComparator<u8>,
}

/// Letters that a word needs for one to be wrong, and for two.
const EN_FEIL_MIN: usize = 3;
const TO_FEIL_MIN: usize = 6;
const BEGYNNELSE_MIN: usize = 3;

impl Ord {
    pub(crate) fn alle(tekst: &str, kjente: &Ordliste) -> Vec<Ord> {
        navn::words(tekst)
            .into_iter()
            .map(|ord| Ord::new(ord, kjente))
            .collect()
    }

    fn new(tekst: String, kjente: &Ordliste) -> Self {
        Ord {
            antall: kjente.finn(&tekst).map(|nr| kjente.antall(nr)),
            lyder: lyder(&tekst).collect(),
            avstand: osa::BatchComparator::new(tekst.bytes()),
            tekst,
        }
    }

    pub(crate) fn likhet(&self, annet: &str, andres: [u64; fonetikk::NOEKLER_MAKS]) -> Likhet {
        let (a, b) = (self.tekst.as_str(), annet);
        if a == b {
            return Likhet::Lik;
        }
        if andres.iter().any(|lyd| *lyd != 0 && self.lyder.contains(lyd)) {
            return Likhet::Lyd;
        }
        let (korte, lange) = (a.len().min(b.len()), a.len().max(b.len()));
        if korte == 1 {
            let samme = a.as_bytes().first() == b.as_bytes().first();
            return if samme { Likhet::Forbokstav } else { Likhet::Ulik };
        }
        let avstand = if lange - korte <= 2 {
            self.avstand
                .distance_with_args(b.bytes(), &osa::Args::default().score_cutoff(2))
        } else {
            None
        };
        match avstand {
            Some(1) if lange >= EN_FEIL_MIN => Likhet::En,
            _ if korte >= BEGYNNELSE_MIN && (a.starts_with(b) || b.starts_with(a)) => Likhet::Begynner,
            Some(2) if lange >= TO_FEIL_MIN => Likhet::To,
            _ => Likhet::Ulik,
        }
    }
}

/// How a word is heard, as numbers that are never 0.
pub(crate) fn lyder(ord: &str) -> impl Iterator<Item = u64> + use<> {
    fonetikk::keys(ord)
        .iter()
        .map(|noekkel| u64::from_le_bytes(noekkel.0))
        .collect::<Vec<_>>()
        .into_iter()
}
