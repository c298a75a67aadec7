//! Where a message is not what its schema says, and by which rule.

use std::fmt;

/// Where a message is not what its schema says. Holds names and rules of the schema, and nothing of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Avvik {
    /// The place: names of elements below the root, with a number, from 1, where there may be several. Empty is the root.
    pub sti: String,
    /// The element, if it is one that the schema knows.
    pub element: Option<String>,
    /// What is wrong with it.
    pub hva: Galt,
}

/// What can be wrong with an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Galt {
    /// The message begins with another element than its schema says.
    Rot,
    /// It is missing, or there are fewer than so many.
    Mangler(u32),
    /// One of several elements is missing in it; these.
    Ingen(Vec<String>),
    /// It may not stand where it stands.
    Plass,
    /// There are more than so many.
    ForMange(u32),
    /// It has in it an element that is not in the schema.
    Ukjent,
    /// It has in it an element of another namespace than the schema's.
    Navnerom,
    /// It has an attribute that is not in the schema.
    Attributt,
    /// It may not have `xsi:nil`, or not with what that says.
    Nil,
    /// It has `xsi:nil` and something in it.
    NilMedInnhold,
    /// Its `xsi:type` is none that may stand for its type.
    Type,
    /// It has text where there may be elements alone.
    Tekst,
    /// It has elements where there may be text alone.
    Elementer,
    /// Its text is too long or too short; the rule.
    Lengde(String),
    /// Its text is none of the codes; which there are.
    Kode(String),
    /// Its text does not fit the pattern; the rule.
    Moenster(String),
    /// Its text is no date, number or whatever it should be; the rule.
    Verdi(&'static str),
    /// It is no XML signature as its schema has it.
    Signatur,
    /// It is not what the schema says, by the second judge alone.
    Innhold,
}

impl fmt::Display for Avvik {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sted = if self.sti.is_empty() { "meldingen" } else { &self.sti };
        match &self.hva {
            Galt::Rot => f.write_str("meldingen har et annet rotelement enn ressursen tar imot"),
            Galt::Mangler(0 | 1) => write!(f, "{sted} mangler"),
            Galt::Mangler(minst) => write!(f, "{sted} skal stå minst {minst} ganger"),
            Galt::Ingen(navn) => write!(f, "{sted} skal ha ett av elementene {}", navn.join(", ")),
            Galt::Plass => write!(f, "{sted} kan ikke stå der det står"),
            Galt::ForMange(1) => write!(f, "{sted} kan stå bare én gang"),
            Galt::ForMange(hoeyst) => write!(f, "{sted} kan stå høyst {hoeyst} ganger"),
            Galt::Ukjent => write!(f, "{sted} har et element som ikke er i skjemaet"),
            Galt::Navnerom => write!(f, "{sted} har et element i et annet navnerom enn skjemaets"),
            Galt::Attributt => write!(f, "{sted} har et attributt som ikke er i skjemaet"),
            Galt::Nil => write!(f, "{sted} kan ikke ha xsi:nil, eller ikke med den verdien"),
            Galt::NilMedInnhold => write!(f, "{sted} har xsi:nil og skal da være helt tomt"),
            Galt::Type => write!(f, "{sted} har en xsi:type som ikke kan stå for typen i skjemaet"),
            Galt::Tekst => write!(f, "{sted} har tekst der det bare kan stå elementer"),
            Galt::Elementer => write!(f, "{sted} har elementer der det bare kan stå tekst"),
            Galt::Lengde(regel) | Galt::Kode(regel) | Galt::Moenster(regel) => write!(f, "{sted} {regel}"),
            Galt::Verdi(regel) => write!(f, "{sted} {regel}"),
            Galt::Signatur => write!(f, "{sted} er ingen signatur etter skjemaet for XML-signaturer"),
            Galt::Innhold => write!(f, "{sted} har et innhold som skjemaet ikke tillater"),
        }
    }
}
