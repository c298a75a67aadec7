//! Why something was not done. Holds no number and nothing of a person.

/// Why a request was refused, or why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// Nobody has the number: it was never issued, or what is known of it is not here.
    #[error("nummeret er ikke i registeret over hjelpenumre")]
    Ukjent,
    /// A fødselsnummer or D-number: what is known of it comes from Folkeregisteret.
    #[error("nummeret er ikke et felles hjelpenummer")]
    IkkeHjelpenummer,
    /// The number is under another by now.
    #[error("nummeret er erstattet av et annet")]
    Erstattet,
    /// A number under itself.
    #[error("et nummer kan ikke knyttes til seg selv")]
    TilSegSelv,
    /// The one number is not under the other.
    #[error("nummeret er ikke knyttet til det andre")]
    IkkeKnyttet,
    /// The same message with other content than the last time.
    #[error("meldingen er kommet før, med et annet innhold")]
    AnnetInnhold,
    /// Something in what is to be registered cannot be so. Names the field.
    #[error("{0} kan ikke registreres slik")]
    Ugyldig(&'static str),
    /// Nothing to register, and it was not said that the person is unknown.
    #[error("det må sies noe om personen, eller at vedkommende er ukjent")]
    ForLite,
    /// More than can be linked at a time.
    #[error("for mange numre på en gang")]
    ForMange,
    /// There are no more numbers to draw, or chance fails.
    #[error("det kunne ikke trekkes et nummer")]
    Trekning,
    /// The list of issued numbers is gone, cut, older or another store's.
    #[error("listen over utstedte hjelpenumre har {har} av minst {skal} innføringer; legg den rette tilbake")]
    ManglerUtstedte {
        /// Entries it has.
        har: u64,
        /// Entries it must have.
        skal: u64,
    },
    /// The files.
    #[error(transparent)]
    Lager(#[from] lager::Feil),
    /// Stored bytes that cannot be what was written.
    #[error("skadet innhold i registeret over hjelpenumre: {0}")]
    Skadet(&'static str),
}
