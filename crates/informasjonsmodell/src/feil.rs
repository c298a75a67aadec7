//! Why a document could not be read: where in it, and which rule. Never the value itself.

use std::fmt;

/// Position inside a document, as a JSON path such as `bostedsadresse[2].vegadresse.kommunenummer`.
///
/// Holds only names from the model and indexes; a name the model does not know is printed as `*`, so that a path can
/// never carry personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sti(String);

impl Sti {
    /// The document itself.
    #[must_use]
    pub fn rot() -> Self {
        Sti(String::new())
    }

    /// A member of this place.
    #[must_use]
    pub fn felt(&self, navn: &'static str) -> Self {
        if self.0.is_empty() {
            Sti(navn.to_owned())
        } else {
            Sti(format!("{}.{navn}", self.0))
        }
    }

    /// A member whose name the model does not know.
    #[must_use]
    pub fn ukjent(&self) -> Self {
        self.felt("*")
    }

    /// An entry of a list at this place.
    #[must_use]
    pub fn indeks(&self, nr: usize) -> Self {
        Sti(format!("{}[{nr}]", self.0))
    }
}

impl fmt::Display for Sti {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            f.write_str("$")
        } else {
            f.write_str(&self.0)
        }
    }
}

/// The rule that a value broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Grunn {
    /// A member that the contract requires is absent.
    #[error("mangler")]
    Mangler,
    /// Another kind of JSON value than the contract says.
    #[error("har feil type; ventet {0}")]
    FeilType(&'static str),
    /// `null` is never used in the contract: an absent fact is an absent member.
    #[error("er null; utelat feltet i stedet")]
    Null,
    /// An empty list is never used in the contract.
    #[error("er en tom liste; utelat feltet i stedet")]
    TomListe,
    /// The text does not follow the form the contract gives.
    #[error("har feil form; ventet {0}")]
    Form(&'static str),
    /// The text is longer than the contract allows.
    #[error("er lengre enn {0} tegn")]
    ForLang(usize),
    /// A character that XML 1.0 cannot carry.
    #[error("har et tegn som ikke kan stå i XML")]
    Tegn,
    /// The same member twice.
    #[error("har samme felt to ganger")]
    Duplikat,
    /// More than one of members that exclude each other.
    #[error("har flere av felt som utelukker hverandre")]
    FlereValg,
    /// Nested deeper than the limit.
    #[error("er nøstet dypere enn {0} nivåer")]
    ForDyp(usize),
    /// Not JSON, or not UTF-8. Line and column count from 1.
    #[error("er ikke gyldig JSON (linje {linje}, kolonne {kolonne})")]
    IkkeJson {
        /// Line, from 1.
        linje: usize,
        /// Column in bytes, from 1.
        kolonne: usize,
    },
    /// Not well-formed XML, or not UTF-8. Byte offset from the start.
    #[error("er ikke velformet XML (byte {0})")]
    IkkeXml(u64),
    /// XML that is well-formed but breaks one of the limits on hostile input.
    #[error("bryter en grense for XML: {0}")]
    Xmlgrense(&'static str),
    /// An element that the model does not know, where nothing unknown can be kept.
    #[error("har et element som ikke finnes i modellen")]
    UkjentElement,
    /// An attribute that the model does not know; the contract's documents have none but namespaces.
    #[error("har et attributt som ikke finnes i modellen")]
    UkjentAttributt,
    /// The document is of another kind than the one asked for.
    #[error("har feil rotelement; ventet {0}")]
    Rotelement(&'static str),
    /// An element in another namespace than the contract says, or in none.
    #[error("har et element i feil navnerom; ventet {0}")]
    Navnerom(&'static str),
    /// A list of identifiers that is longer than one call may ask for.
    #[error("har flere enn {0} identifikatorer")]
    ForMangeIdentifikatorer(usize),
    /// A document with more entries than one person can have.
    #[error("har flere enn {0} opplysninger")]
    ForMange(usize),
    /// A number that would not be given back as it was received.
    #[error("har et tall som ikke kan bevares nøyaktig")]
    Tall,
}

/// A document, or a part of one, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sti} {grunn}")]
pub struct Lesefeil {
    /// Where.
    pub sti: Sti,
    /// Which rule.
    pub grunn: Grunn,
}

impl Lesefeil {
    /// A fault at a place.
    #[must_use]
    pub fn new(sti: &Sti, grunn: Grunn) -> Self {
        Lesefeil {
            sti: sti.clone(),
            grunn,
        }
    }
}
