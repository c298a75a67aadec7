//! What the register refuses, and what can be wrong with its store. Never a number, a name or an address.

use informasjonsmodell::Entitet;

/// A request that the register's rules forbid. Nothing of it was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Regelbrudd {
    /// The number names nobody in the register.
    #[error("ingen person i registeret har identifikatoren")]
    UkjentPerson,
    /// The number already names somebody else.
    #[error("identifikatoren tilhører allerede en annen person i registeret")]
    IdentifikatorIBruk,
    /// A document without `identifikasjonsnummer`.
    #[error("dokumentet mangler identifikasjonsnummer")]
    ManglerIdentifikator,
    /// A number whose digits cannot be a foedselsnummer or D-nummer.
    #[error("identifikasjonsnummer er ikke et gyldig fødselsnummer eller D-nummer")]
    UgyldigIdentifikator,
    /// Numbers of one document name several persons in the register.
    #[error("identifikatorene i dokumentet tilhører flere personer i registeret")]
    FlerePersoner,
    /// Two current entries of an entity that has one at a time.
    #[error("dokumentet har flere gjeldende oppføringer av {navn}", navn = .0.navn())]
    FlereGjeldende(Entitet),
    /// The entry that was to be changed is not there.
    #[error("fant ingen gjeldende oppføring av {navn} å endre", navn = .0.navn())]
    FantIkkeOppfoering(Entitet),
    /// Several entries answer to the description.
    #[error("flere gjeldende oppføringer av {navn} passer; pek ut én", navn = .0.navn())]
    FlereOppfoeringer(Entitet),
    /// A person who is strengt fortrolig has one open postadresse and no other address.
    #[error("personen er strengt fortrolig; bare en ugradert postadresse kan registreres")]
    StrengtFortrolig,
    /// The person has ended as a dublett or been ended.
    #[error("personen er opphørt")]
    Opphoert,
    /// The two numbers are one person already, or the same number twice.
    #[error("identifikatorene tilhører samme person")]
    SammePerson,
    /// The number was not joined with the other here, so the two cannot be split.
    #[error("identifikatoren er ikke slått sammen med den andre")]
    IkkeSlaattSammen,
    /// An entry that is too large for a record.
    #[error("oppføringen er for stor")]
    ForStor,
    /// Feeds are held, and what is asked for goes by every feed.
    #[error("hendelseslister holdes tilbake; slipp dem først")]
    FeedHoldt,
    /// A kind of event that has a request of its own, or that a request may not ask for.
    #[error("hendelsestypen kan ikke brukes i denne forespørselen")]
    Hendelsestype,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The rules forbid it.
    #[error(transparent)]
    Regel(#[from] Regelbrudd),
    /// The files failed.
    #[error("registerets filer svarte med feil")]
    Lager(#[from] lager::Feil),
    /// Stored bytes that cannot be what was written.
    #[error("skadet innhold i registeret: {0}")]
    Skadet(&'static str),
    /// The store was made by another version of the program.
    #[error("datamappen er laget av en versjon som ikke kan leses (format {0})")]
    Format(u32),
}
