//! What a message may look like: elements, their order and number, and what their texts may be.
//!
//! A schema is written in a small language of our own (`kontrakt/*.skjema`), read by [`les`], and given as XSD by
//! [`til_xsd`]. The XSD is what validates, and what a sender may have from us.
//!
//! ```text
//! navnerom folkeregisteret:melding:doedsfall:v1      the namespace of every element
//! rot meldingOmDoedsfall MeldingOmDoedsfall          the root element and its type
//!
//! DoedPerson {                                       a group: elements in this order
//!   foedselsnummer Foedselsnummer
//!   doedssted Doedssted ?                            ? none or one, * any number, + one or more, 0..2 so many
//!   enten { a A   og { b B   c C } }                 one of several; `og` keeps some together
//!   saksbehandler Tekst nillable                     may be empty with xsi:nil
//!   innsendertype noe                                anything at all
//!   Signature ds:Signature ?                         an XML signature
//! }
//! Saksbeslutning av Grunnlag { … }                   all of another group, and then this; `abstrakt`: never on its own
//! Husnummer = Tekst ..4 /[0-9]+/                     a text: of what, how many characters, a pattern, or [codes]
//! ```
//! What newcomers get wrong: a pattern must fit the whole text, and a text must fit the patterns of what it is made of too.

mod les;
mod xsd;

pub use les::{Feil, les};
pub use xsd::{Form, til_xsd};

/// What a kind of message may look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skjema {
    /// The namespace of its elements.
    pub navnerom: String,
    /// Elements that a document may begin with, and their types.
    pub roetter: Vec<(String, String)>,
    /// Types by name, in the order that they were written.
    pub typer: Vec<(String, Type)>,
}

/// What stands under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Elements.
    Gruppe(Gruppe),
    /// A text.
    Tekst(Teksttype),
}

/// Elements in an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gruppe {
    /// The group whose elements come before these.
    pub av: Option<String>,
    /// Is there for others to stand on alone.
    pub abstrakt: bool,
    /// What it holds.
    pub innhold: Vec<Ledd>,
}

/// What a text may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Teksttype {
    /// A type of the schema, or one of XSD's own: `string`, `date`, `dateTime`, `boolean`, `int`, `long`.
    pub av: String,
    /// Just so many characters.
    pub lengde: Option<u32>,
    /// So many at least.
    pub minst: Option<u32>,
    /// So many at most.
    pub hoeyst: Option<u32>,
    /// Regular expressions of XSD; one of them fits.
    pub moenstre: Vec<String>,
    /// The only values there are, if there are any here.
    pub koder: Vec<String>,
}

/// How many times something may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Antall {
    /// So many at least.
    pub minst: u32,
    /// So many at most; `None`: any number.
    pub hoeyst: Option<u32>,
}

impl Antall {
    /// Once.
    pub const EN: Antall = Antall {
        minst: 1,
        hoeyst: Some(1),
    };
}

/// A part of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ledd {
    /// An element.
    Element {
        /// Its name.
        navn: String,
        /// What it holds.
        hva: Hva,
        /// How many.
        antall: Antall,
        /// May be empty with `xsi:nil`.
        nillable: bool,
    },
    /// One of several.
    Enten(Vec<Ledd>, Antall),
    /// All of them, in this order.
    Og(Vec<Ledd>, Antall),
}

/// What an element holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hva {
    /// What stands under a name in the schema.
    Type(String),
    /// A text without a name.
    Tekst(Teksttype),
    /// Anything.
    Noe,
    /// An XML signature: an element of its own namespace.
    Signatur,
}

/// Types of XSD that texts are made of in the end.
pub(crate) const INNEBYGDE: [&str; 6] = ["string", "date", "dateTime", "boolean", "int", "long"];

impl Skjema {
    /// What stands under a name.
    #[must_use]
    pub fn type_av(&self, navn: &str) -> Option<&Type> {
        self.typer.iter().find(|(n, _)| n == navn).map(|(_, t)| t)
    }

    /// Calls for every element that is declared, with what it holds.
    pub fn hvert_element<'s>(&'s self, mut ta: impl FnMut(&'s str, &'s Hva)) {
        for (_, t) in &self.typer {
            if let Type::Gruppe(gruppe) = t {
                ned(&gruppe.innhold, &mut |navn, hva, _| ta(navn, hva));
            }
        }
    }

    /// What an element of a group holds, and whether it is nillable. A name has one meaning in a group.
    #[must_use]
    pub fn element(&self, gruppe: &str, element: &str) -> Option<(&Hva, bool)> {
        let mut gruppe = self.type_av(gruppe);
        // No group stands on itself, and no more than so many are there.
        for _ in 0..=self.typer.len() {
            let Some(Type::Gruppe(her)) = gruppe else { return None };
            let mut funnet = None;
            ned(&her.innhold, &mut |navn, hva, nillable| {
                if navn == element {
                    funnet.get_or_insert((hva, nillable));
                }
            });
            if funnet.is_some() {
                return funnet;
            }
            gruppe = self.type_av(her.av.as_deref()?);
        }
        None
    }

    /// Every pattern that is in it.
    #[must_use]
    pub fn moenstre(&self) -> Vec<&str> {
        let mut ut = Vec::new();
        for (_, t) in &self.typer {
            if let Type::Tekst(tekst) = t {
                ut.extend(tekst.moenstre.iter().map(String::as_str));
            }
        }
        self.hvert_element(|_, hva| {
            if let Hva::Tekst(tekst) = hva {
                ut.extend(tekst.moenstre.iter().map(String::as_str));
            }
        });
        ut
    }

    /// Calls for a type of text and for each that it is made of.
    pub fn tekstens_typer<'s>(&'s self, tekst: &'s Teksttype, mut ta: impl FnMut(&'s Teksttype)) {
        let mut her = Some(tekst);
        for _ in 0..=self.typer.len() {
            let Some(tekst) = her else { return };
            ta(tekst);
            her = match self.type_av(&tekst.av) {
                Some(Type::Tekst(neste)) => Some(neste),
                _ => None,
            };
        }
    }
}

fn ned<'s>(ledd: &'s [Ledd], ta: &mut impl FnMut(&'s str, &'s Hva, bool)) {
    for del in ledd {
        match del {
            Ledd::Element {
                navn, hva, nillable, ..
            } => ta(navn, hva, *nillable),
            Ledd::Enten(deler, _) | Ledd::Og(deler, _) => ned(deler, ta),
        }
    }
}
