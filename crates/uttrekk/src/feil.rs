//! What can go wrong with orders.

/// Why an order was not taken or a batch not read.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The organisation has as many orders as it may have.
    #[error("organisasjonen har så mange uttrekk som den kan ha samtidig")]
    ForMange,
    /// The files.
    #[error(transparent)]
    Lager(#[from] lager::Feil),
    /// The register.
    #[error(transparent)]
    Register(#[from] register::Feil),
    /// Stored bytes that cannot be what was written.
    #[error("skadet innhold i uttrekkene: {0}")]
    Skadet(&'static str),
}
