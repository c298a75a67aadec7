//! Rows as a customer's own register has them, made of persons that are known: what Filematch is judged by.
//!
//! What lives here: the facts of a person that a row may have ([`Fasit`]), a row ([`Rad`]), and errors of the kinds that such files are known for
//! ([`Feilslag`]), one or several of them. What does not: matching. Whatever matches must not depend on this crate (ruling 39), and this one knows nothing
//! of how anything is matched: an error is chosen by how people err, never by what is found again.
//!
//! What a newcomer gets wrong: to make a row that is wrong in a way that leaves it right. An error always changes the row, or another kind is thrown; a
//! person whom no chosen kind can change keeps a row with fewer, and [`Rad::feil`] says which it has.
//!
//! ```
//! use matchfeil::{Adresse, Fasit, Generator, Navn, Slag};
//!
//! let person = Fasit {
//!     navn: Navn::ny("GOD", None, "FREGATT"),
//!     tidligere_navn: vec![],
//!     foedselsdato: (1985, 3, 12),
//!     kvinne: true,
//!     adresse: Some(Adresse::ny("Prøveveien 4", "0151", "0301")),
//!     tidligere_adresser: vec![],
//! };
//! let mut generator = Generator::new(1, Slag::EnFeil);
//! let rad = generator.rad(&person);
//! assert_eq!(rad.feil.len(), 1);
//! assert_eq!(rad, Generator::new(1, Slag::EnFeil).rad(&person));
//! ```

mod dokument;
mod skriving;
mod terning;

use terning::Terning;

/// A name, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Navn {
    /// Fornavn.
    pub fornavn: String,
    /// Mellomnavn.
    pub mellomnavn: Option<String>,
    /// Etternavn.
    pub etternavn: String,
}

impl Navn {
    /// A name of its parts.
    #[must_use]
    pub fn ny(fornavn: &str, mellomnavn: Option<&str>, etternavn: &str) -> Self {
        Navn {
            fornavn: fornavn.to_owned(),
            mellomnavn: mellomnavn.map(str::to_owned),
            etternavn: etternavn.to_owned(),
        }
    }
}

/// An address, as a customer has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adresse {
    /// Street, number and letter in one.
    pub gate: String,
    /// Four digits.
    pub postnummer: String,
    /// Four digits.
    pub kommune: String,
}

impl Adresse {
    /// An address of its parts.
    #[must_use]
    pub fn ny(gate: &str, postnummer: &str, kommune: &str) -> Self {
        Adresse {
            gate: gate.to_owned(),
            postnummer: postnummer.to_owned(),
            kommune: kommune.to_owned(),
        }
    }
}

/// What is true of a person, and was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fasit {
    /// The name now.
    pub navn: Navn,
    /// Earlier names.
    pub tidligere_navn: Vec<Navn>,
    /// Year, month, day.
    pub foedselsdato: (u16, u8, u8),
    /// A woman.
    pub kvinne: bool,
    /// Where the person lives, if that may be told.
    pub adresse: Option<Adresse>,
    /// Where the person has lived.
    pub tidligere_adresser: Vec<Adresse>,
}

/// How many errors a row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slag {
    /// None.
    Ren,
    /// One.
    EnFeil,
    /// Two, three or four, each of a kind of its own.
    FlereFeil,
}

impl Slag {
    /// Every one of them.
    pub const ALLE: [Slag; 3] = [Slag::Ren, Slag::EnFeil, Slag::FlereFeil];

    /// The name in tables.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Slag::Ren => "clean",
            Slag::EnFeil => "one error",
            Slag::FlereFeil => "several errors",
        }
    }
}

/// A kind of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feilslag {
    /// A letter of the first name is another, doubled, or has changed places with its neighbour.
    Fornavnskrivefeil,
    /// A letter of the last name likewise.
    Etternavnskrivefeil,
    /// A letter of the first name is missing.
    Fornavnmangel,
    /// A letter of the last name is missing.
    Etternavnmangel,
    /// Day and month have changed places.
    ByttetDagMaaned,
    /// One digit of the birth date is another; it is a date still.
    Datosiffer,
    /// A name that the person had.
    GammeltNavn,
    /// An address that the person had.
    GammelAdresse,
    /// There is no address.
    UtenAdresse,
    /// There is no middle name, or only the first of several first names.
    NavnUtelatt,
    /// A letter of the street is another, missing, or has changed places with its neighbour.
    Gateskrivefeil,
}

/// How often each kind is thrown, in parts of the sum. Source: our choice. The five that the files are known for weigh most.
const VEKTER: [(Feilslag, u32); 11] = [
    (Feilslag::Fornavnskrivefeil, 14),
    (Feilslag::Etternavnskrivefeil, 14),
    (Feilslag::Fornavnmangel, 9),
    (Feilslag::Etternavnmangel, 9),
    (Feilslag::ByttetDagMaaned, 10),
    (Feilslag::Datosiffer, 6),
    (Feilslag::GammeltNavn, 12),
    (Feilslag::GammelAdresse, 12),
    (Feilslag::UtenAdresse, 5),
    (Feilslag::NavnUtelatt, 5),
    (Feilslag::Gateskrivefeil, 4),
];
/// Throws before a person is taken to be one whom no kind can change any more.
const FORSOEK: u32 = 64;

/// A row of a customer's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rad {
    /// The name.
    pub navn: Navn,
    /// Year, month, day.
    pub foedselsdato: (u16, u8, u8),
    /// A woman.
    pub kvinne: bool,
    /// The address.
    pub adresse: Option<Adresse>,
    /// What is wrong with it, in the order that it was made wrong.
    pub feil: Vec<Feilslag>,
}

/// Makes rows, the same ones for the same seed and the same persons in the same order.
#[derive(Debug)]
pub struct Generator {
    terning: Terning,
    slag: Slag,
}

impl Generator {
    /// A generator of rows with so many errors.
    #[must_use]
    pub fn new(froe: u64, slag: Slag) -> Self {
        Generator {
            terning: Terning::new(froe, slag as u64),
            slag,
        }
    }

    /// The next row, of a person.
    pub fn rad(&mut self, person: &Fasit) -> Rad {
        let mut rad = Rad {
            navn: person.navn.clone(),
            foedselsdato: person.foedselsdato,
            kvinne: person.kvinne,
            adresse: person.adresse.clone(),
            feil: Vec::new(),
        };
        let antall = match self.slag {
            Slag::Ren => 0,
            Slag::EnFeil => 1,
            // Half of them have two, three in ten three, the rest four.
            Slag::FlereFeil => match self.terning.under(10) {
                0..5 => 2,
                5..8 => 3,
                _ => 4,
            },
        };
        for _ in 0..FORSOEK {
            if rad.feil.len() >= antall {
                break;
            }
            let slag = self.kast();
            if rad.feil.contains(&slag) {
                continue;
            }
            let foer = rad.clone();
            self.gjoer(slag, person, &mut rad);
            if rad != foer {
                rad.feil.push(slag);
            }
        }
        rad
    }

    fn kast(&mut self) -> Feilslag {
        let sum = VEKTER.iter().map(|(_, vekt)| vekt).sum();
        let mut rest = self.terning.under(sum);
        for (slag, vekt) in VEKTER {
            if rest < vekt {
                return slag;
            }
            rest -= vekt;
        }
        Feilslag::Fornavnskrivefeil
    }

    fn gjoer(&mut self, slag: Feilslag, person: &Fasit, rad: &mut Rad) {
        let terning = &mut self.terning;
        match slag {
            Feilslag::Fornavnskrivefeil => skriving::skrivefeil(&mut rad.navn.fornavn, terning),
            Feilslag::Etternavnskrivefeil => skriving::skrivefeil(&mut rad.navn.etternavn, terning),
            Feilslag::Fornavnmangel => skriving::mangel(&mut rad.navn.fornavn, terning),
            Feilslag::Etternavnmangel => skriving::mangel(&mut rad.navn.etternavn, terning),
            Feilslag::ByttetDagMaaned => skriving::bytt_dag_og_maaned(&mut rad.foedselsdato),
            Feilslag::Datosiffer => skriving::galt_siffer(&mut rad.foedselsdato, terning),
            Feilslag::GammeltNavn => {
                // What is wrong with the name already is not undone.
                if rad.navn == person.navn
                    && let Some(navn) = terning.en_av(&person.tidligere_navn)
                {
                    rad.navn = navn.clone();
                }
            }
            Feilslag::GammelAdresse => {
                if rad.adresse == person.adresse
                    && let Some(adresse) = terning.en_av(&person.tidligere_adresser)
                {
                    rad.adresse = Some(adresse.clone());
                }
            }
            Feilslag::UtenAdresse => rad.adresse = None,
            Feilslag::NavnUtelatt => skriving::utelat(&mut rad.navn),
            Feilslag::Gateskrivefeil => {
                if let Some(adresse) = &mut rad.adresse {
                    if terning.under(2) == 0 {
                        skriving::mangel(&mut adresse.gate, terning);
                    } else {
                        skriving::skrivefeil(&mut adresse.gate, terning);
                    }
                }
            }
        }
    }
}
