//! Why a document could not be translated. No error holds anything of the document.

use thiserror::Error;

/// A document that is not what the register writes.
///
/// The whole document is refused: half a translation could say something that the register does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("dokumentet kan ikke oversettes: {grunn} (byte {plass})")]
pub struct Oversettelsesfeil {
    /// The rule that is broken.
    pub grunn: Grunn,
    /// Where. Units: bytes from the start of the document.
    pub plass: usize,
}

/// The rule that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Grunn {
    /// Not UTF-8.
    #[error("teksten er ikke UTF-8")]
    IkkeUtf8,
    /// Not JSON.
    #[error("teksten er ikke JSON")]
    IkkeJson,
    /// Nested deeper than [`informasjonsmodell::json::DYBDE_MAKS`].
    #[error("dokumentet er for dypt")]
    ForDyp,
    /// A field twice in one object.
    #[error("et felt står to ganger")]
    Duplikat,
    /// A value of another kind than the table says.
    #[error("en verdi er av feil slag")]
    FeilSlag,
    /// A date or a time that is none.
    #[error("en dato eller et tidspunkt har feil form")]
    Tidsform,
}
