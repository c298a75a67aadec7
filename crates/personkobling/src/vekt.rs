//! The weight of what is alike and what differs, in bits.
//!
//! A weight is the logarithm of `m / u`: how often it is so of the same person, and how often of two by chance. `u` is counted among the persons here; `m` is
//! in the tables below. Source of the tables: our choice, on rows that are not those of the published figures (ADR 0055).

use crate::Foedt;
use crate::navn::Likhet;

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Felt {
    /// Birth date.
    Foedselsdato,
    /// The first of the first names.
    Fornavn,
    /// Last names.
    Etternavn,
    /// Every other name.
    AndreNavn,
    /// Gender.
    Kjoenn,
    /// Address.
    Adresse,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Funn {
    /// The same.
    Lik,
    /// The same as it was once.
    Tidligere,
    /// Heard alike.
    Lyd,
    /// A letter or a digit.
    EnFeil,
    /// Two letters.
    ToFeil,
    /// The one begins with the other.
    Begynner,
    /// The first letter.
    Forbokstav,
    /// In another place of the name.
    AnnenPlass,
    /// Day and month in each other's place.
    Byttet,
    /// A part of it.
    Delvis,
    /// Otherwise.
    Ulik,
}

/// One line of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grunn {
    /// What was compared.
    pub felt: Felt,
    /// What was found.
    pub funn: Funn,
    /// How much it speaks for, in bits; less than 0 speaks against.
    pub bit: f32,
}

impl Felt {
    /// The name in the scores file.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Felt::Foedselsdato => "birth_date",
            Felt::Fornavn => "first_name",
            Felt::Etternavn => "last_name",
            Felt::AndreNavn => "other_names",
            Felt::Kjoenn => "gender",
            Felt::Adresse => "address",
        }
    }
}

impl Funn {
    /// The name in the scores file.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Funn::Lik => "same",
            Funn::Tidligere => "former",
            Funn::Lyd => "sounds-alike",
            Funn::EnFeil => "one-letter",
            Funn::ToFeil => "two-letters",
            Funn::Begynner => "prefix",
            Funn::Forbokstav => "initial",
            Funn::AnnenPlass => "other-place",
            Funn::Byttet => "day-month-swapped",
            Funn::Delvis => "in-part",
            Funn::Ulik => "different",
        }
    }
}

impl From<Likhet> for Funn {
    fn from(likhet: Likhet) -> Self {
        match likhet {
            Likhet::Lik => Funn::Lik,
            Likhet::Lyd => Funn::Lyd,
            Likhet::En => Funn::EnFeil,
            Likhet::Begynner => Funn::Begynner,
            Likhet::To => Funn::ToFeil,
            Likhet::Forbokstav => Funn::Forbokstav,
            Likhet::Ulik => Funn::Ulik,
        }
    }
}

/// The logarithm of a share to a share.
pub(crate) fn bit(m: f32, u: f32) -> f32 {
    (m / u.clamp(1e-9, 1.0)).log2()
}

/// A word of a row held against one of a candidate.
pub(crate) struct Ordpar {
    /// How they are alike.
    pub(crate) likhet: Likhet,
    /// How many of all have the candidate's word.
    pub(crate) andel: f32,
    /// How many of all have the row's word; 0 of none, who is then taken to have written a name wrong.
    pub(crate) spurt_andel: f32,
    /// Letters of the shorter.
    pub(crate) lengde: usize,
}

/// How many forms a word has with one letter wrong: a given one of them is written so seldom.
const FORMER: f32 = 60.0;

/// A word of a name.
///
/// What is no name at all was meant as one, whoever wrote it: then chance is how many are near. What is a name may have been meant, and then the other
/// speaks against the candidate as much as it is common.
pub(crate) fn ord(par: &Ordpar, foerste: bool) -> f32 {
    // Of what is nearly alike, chance finds more the shorter the word is.
    let naer = |kort: f32, middels: f32, lang: f32| match par.lengde {
        0..=4 => kort,
        5..=6 => middels,
        _ => lang,
    };
    // More people take another last name than another first name.
    let ulik = if foerste { FORNAVN_ULIK } else { ETTERNAVN_ULIK };
    let kjent = par.spurt_andel > 0.0;
    let mot_kjent = |m: f32| bit(m / FORMER, par.spurt_andel).clamp(ulik, 6.0);
    match par.likhet {
        Likhet::Lik => bit(0.85, par.andel),
        Likhet::Lyd if kjent => mot_kjent(0.6),
        Likhet::Lyd => bit(0.8, 1.5 * par.andel + 1e-4),
        Likhet::En if kjent => mot_kjent(0.1),
        Likhet::En => bit(0.8, 1.5 * par.andel + naer(2e-3, 5e-4, 2e-4)),
        Likhet::Begynner => bit(0.02, (2.0 * par.andel).max(1e-3)).max(ulik),
        Likhet::To if kjent => mot_kjent(0.002),
        Likhet::To => bit(0.5, 2.0 * par.andel + naer(2e-2, 4e-3, 1e-3)),
        Likhet::Forbokstav => 1.5,
        Likhet::Ulik => ulik,
    }
}

/// First names that differ.
pub(crate) const FORNAVN_ULIK: f32 = -6.0;
/// Last names that differ.
pub(crate) const ETTERNAVN_ULIK: f32 = -5.0;
/// How much less a name or an address that somebody had speaks for than the one they have.
pub(crate) const TIDLIGERE: f32 = -2.5;
/// As much as the names beside the first and the last can speak for.
pub(crate) const ANDRE_MAKS: f32 = 8.0;
/// A name of the row that the candidate has nowhere.
pub(crate) const ANDRE_ULIK: f32 = -2.0;
/// Genders that differ; that they are the same says nothing that the names have not said.
pub(crate) const KJOENN_ULIK: f32 = -4.0;
/// As much as an address can speak for: more live there, and others have lived there.
pub(crate) const ADRESSE_MAKS: f32 = 13.0;
/// Addresses that have nothing in common.
pub(crate) const ADRESSE_ULIK: f32 = -1.5;

/// Birth dates: `andel` gives how many of all were born on a day.
pub(crate) fn dato(spurt: Foedt, har: Foedt, andel: impl Fn(Foedt) -> f32) -> Option<(Funn, f32)> {
    if spurt.ukjent() || har.ukjent() {
        return None;
    }
    if !spurt.hel() || !har.hel() {
        let maaned = spurt.maaned != 0 && har.maaned != 0;
        return Some(if spurt.aar != har.aar || (maaned && spurt.maaned != har.maaned) {
            (Funn::Ulik, -6.0)
        } else if maaned {
            (Funn::Delvis, bit(0.9, 1.0 / 960.0))
        } else {
            (Funn::Delvis, bit(0.9, 1.0 / 80.0))
        });
    }
    if spurt == har {
        return Some((Funn::Lik, bit(0.93, andel(har))));
    }
    if har.byttet() == Some(spurt) {
        return Some((Funn::Byttet, bit(0.03, andel(har))));
    }
    let ulike = ulike_siffer(spurt, har);
    Some(match ulike {
        1 => (Funn::EnFeil, bit(0.03, 8e-4)),
        2 => (Funn::ToFeil, bit(0.004, 1.5e-2)),
        _ => (Funn::Ulik, -8.0),
    })
}

fn ulike_siffer(a: Foedt, b: Foedt) -> usize {
    let siffer = |foedt: Foedt| {
        let tall = u32::from(foedt.aar) * 10_000 + u32::from(foedt.maaned) * 100 + u32::from(foedt.dag);
        (0..8).map(move |plass| tall / 10u32.pow(plass) % 10)
    };
    siffer(a).zip(siffer(b)).filter(|(a, b)| a != b).count()
}
