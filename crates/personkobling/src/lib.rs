//! Which person a row of a customer's file is of: one, or nobody.
//!
//! What lives here: persons as they are found by ([`Innfoering`], kept in a [`Personer`]), the question ([`Spoerring`]), and the answer with the score that
//! explains it ([`Utfall`], [`Treff`]). What does not: files, numbers, a store, who may see what. Whoever fills a [`Personer`] gives it only what every
//! reader of it may see.
//!
//! ```text
//!  row ─▶ candidates by five keys (blokk.rs) ─▶ each weighed, in bits (vekt.rs) ─▶ one is likely enough, or nobody is given (avgjoerelse.rs)
//! ```
//! What a newcomer gets wrong: to take the best. The best of several is a guess, and so is the only one there is when the row may be of somebody who is not
//! here, or of one who lives with them: the odds are against all of these together.
//!
//! The weights are those of Fellegi and Sunter (1969): of what is alike or differs in each field, how much likelier it is of the same person than of two by
//! chance. ADR 0055.
//!
//! ```
//! use personkobling::{Bygger, Foedt, Innfoering, Navn, Spoerring, Utfall};
//!
//! let mut bygger = Bygger::default();
//! let navn = |fornavn, etternavn| Navn { fornavn, mellomnavn: "", etternavn, gjeldende: true };
//! let foedt = Foedt::new(1985, 3, 12);
//! for (noekkel, navn) in [(1, navn("GOD", "FREGATT")), (2, navn("RASK", "BLYANT"))] {
//!     bygger.legg_til(&Innfoering { noekkel, navn: &[navn], foedt, kvinne: None, adresser: &[] });
//! }
//! let personer = bygger.ferdig();
//! let spurt = Spoerring { fornavn: "God", etternavn: "Fregat", foedt, ..Spoerring::default() };
//! let Utfall::En(treff) = personer.finn(&spurt) else { panic!("one") };
//! assert_eq!((treff.noekkel, treff.fullt), (1, false));
//! ```

mod adresse;
mod avgjoerelse;
mod blokk;
mod bygging;
mod navn;
mod ordliste;
mod personer;
mod vekt;

pub use avgjoerelse::{Treff, Utfall};
pub use bygging::Bygger;
pub use personer::Personer;
pub use vekt::{Felt, Funn, Grunn};

/// Candidates that a question of several can be given. Source: PREG reference 8.3.
pub const KANDIDATER_MAKS: usize = 10;

/// When somebody was born, as far as it is known.
///
/// Shape: 0 of a part that is not known; never a day without its month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Foedt {
    aar: u16,
    maaned: u8,
    dag: u8,
}

impl Foedt {
    /// A date, or less: 0 of a month or a day that is not known. What is no date is not known.
    #[must_use]
    pub fn new(aar: u16, maaned: u8, dag: u8) -> Self {
        let maaned = if (1..=12).contains(&maaned) { maaned } else { 0 };
        let dag = if maaned != 0 && (1..=31).contains(&dag) { dag } else { 0 };
        Foedt { aar, maaned, dag }
    }

    /// Nothing is known.
    #[must_use]
    pub fn ukjent(self) -> bool {
        self.aar == 0
    }

    /// The day is known.
    #[must_use]
    pub fn hel(self) -> bool {
        self.aar != 0 && self.dag != 0
    }

    /// Day and month in each other's place, where that is another date.
    fn byttet(self) -> Option<Self> {
        let kan = self.hel() && self.dag <= 12 && self.dag != self.maaned;
        kan.then_some(Foedt {
            aar: self.aar,
            maaned: self.dag,
            dag: self.maaned,
        })
    }
}

/// A name that somebody has or had.
#[derive(Clone, Copy, Default)]
pub struct Navn<'a> {
    /// Fornavn.
    pub fornavn: &'a str,
    /// Mellomnavn; empty of none.
    pub mellomnavn: &'a str,
    /// Etternavn.
    pub etternavn: &'a str,
    /// It is the name now.
    pub gjeldende: bool,
}

/// An address that somebody has or had.
#[derive(Clone, Copy, Default)]
pub struct Adresse<'a> {
    /// Street, number and letter in one; empty of none.
    pub gate: &'a str,
    /// Four digits as a number; 0 of none.
    pub postnummer: u16,
    /// Four digits as a number; 0 of none.
    pub kommune: u16,
    /// It is the address now.
    pub gjeldende: bool,
}

/// A person, as they are found by.
#[derive(Clone, Copy)]
pub struct Innfoering<'a> {
    /// What the person is known by to whoever asks; given back, and not looked at.
    pub noekkel: u64,
    /// Names.
    pub navn: &'a [Navn<'a>],
    /// When they were born.
    pub foedt: Foedt,
    /// Whether a woman, if it is known.
    pub kvinne: Option<bool>,
    /// Addresses that may be found by.
    pub adresser: &'a [Adresse<'a>],
}

/// What a row says.
#[derive(Clone, Copy, Default)]
pub struct Spoerring<'a> {
    /// Fornavn.
    pub fornavn: &'a str,
    /// Mellomnavn; empty of none.
    pub mellomnavn: &'a str,
    /// Etternavn.
    pub etternavn: &'a str,
    /// When they were born.
    pub foedt: Foedt,
    /// Whether a woman, if it is known.
    pub kvinne: Option<bool>,
    /// Street, number and letter in one; empty of none.
    pub gate: &'a str,
    /// Four digits as a number; 0 of none.
    pub postnummer: u16,
    /// Four digits as a number; 0 of none.
    pub kommune: u16,
}

macro_rules! taus {
    ($($type:ident)*) => {$(
        impl std::fmt::Debug for $type<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($type), "(***)"))
            }
        }
    )*};
}
taus! { Navn Adresse Innfoering Spoerring }
