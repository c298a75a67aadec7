//! What keeps the service from answering. None of these is about a person, and none says what was asked.

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Feil {
    /// There is no copy to answer from yet.
    #[error("kopien fylles")]
    Fylles,
    /// The copy is too far behind to search by an address: it may be anybody who has moved.
    #[error("ingen kan søkes fram ved en adresse nå")]
    Etterslep,
    /// The audit record could not be written, so nothing is disclosed.
    #[error("revisjonsloggen kan ikke skrives")]
    Utilgjengelig,
    /// A fault of ours.
    #[error("feil i tjenesten")]
    Intern,
}

macro_rules! intern {
    ($($type:ty: $tekst:literal),*) => { $( impl From<$type> for Feil {
        fn from(feil: $type) -> Self {
            tracing::error!(feil = %feil, $tekst);
            Feil::Intern
        }
    } )* };
}

intern!(
    register::Feil: "kopien kunne ikke leses",
    helsekopi::Feil: "kopien kunne ikke leses",
    hjelpenummer::Feil: "registeret over hjelpenumre kunne ikke brukes",
    pregmodell::Feil: "et frigitt dokument kunne ikke oversettes"
);

impl From<tilgang::Holdt> for Feil {
    fn from(holdt: tilgang::Holdt) -> Self {
        match holdt {
            tilgang::Holdt::Revisjon(_) => Feil::Utilgjengelig,
            tilgang::Holdt::Skadet | tilgang::Holdt::UtenFeed => Feil::Intern,
        }
    }
}

impl Feil {
    /// A word for the audit record.
    #[must_use]
    pub fn kode(self) -> &'static str {
        match self {
            Feil::Fylles => "kopien-fylles",
            Feil::Etterslep => "kopien-er-etter",
            Feil::Utilgjengelig => "revisjon-utilgjengelig",
            Feil::Intern => "intern",
        }
    }
}
