//! What can go wrong with the files of a store.

use std::path::PathBuf;

/// A fault in the files of a store. Holds paths of the store, never what is stored.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The operating system refused.
    #[error("kunne ikke bruke {sti}: {kilde}", sti = sti.display())]
    Fil {
        /// Which file or folder.
        sti: PathBuf,
        /// Why.
        #[source]
        kilde: std::io::Error,
    },
    /// LMDB refused.
    #[error("lageret svarte med feil")]
    Lmdb(#[from] heed::Error),
    /// Another process has the folder open.
    #[error("datamappen {sti} er i bruk av en annen prosess", sti = .0.display())]
    IBruk(PathBuf),
    /// A key file that others than its owner may read.
    #[error("{sti} kan leses av andre enn eieren; kjør chmod 600", sti = .0.display())]
    ForVidTilgang(PathBuf),
    /// A key file that is not what it should be.
    #[error("{sti} er ikke en gyldig nøkkelfil", sti = .0.display())]
    Noekkelfil(PathBuf),
    /// A store whose key file is gone: what it seals cannot be opened until the file is put back.
    #[error("{sti} mangler; legg nøkkelfilen tilbake, eller se framgangsmåten for tapt nøkkel", sti = .0.display())]
    ManglerNoekkel(PathBuf),
    /// A key file that is not the store's own.
    #[error("nøkkelfilen er ikke den som personnøklene er pakket med; legg den riktige tilbake")]
    FeilNoekkel,
    /// A key store that is gone while its mirror is there: to make a new one would empty the mirror too.
    #[error("personnøklene mangler, og speilet i {sti} har dem: gjenopprett med speilet, eller velg et nytt sted for det", sti = .0.display())]
    BareSpeil(PathBuf),
    /// Files that belong to another store.
    #[error("filene hører til et annet lager")]
    AnnetLager,
    /// An erasure list with fewer entries than the store knows of: gone, cut, older, or another's.
    #[error("slettingslisten {sti} har {har} av minst {skal} innføringer for dette registeret; flytt den rette hit", sti = sti.display())]
    ManglerSlettinger {
        /// The list.
        sti: PathBuf,
        /// Entries it has.
        har: u64,
        /// Entries it must have.
        skal: u64,
    },
    /// The archive stream has commits that the store lacks.
    #[error("arkivstrømmen har mer enn lageret: gjenopprett fra den, eller velg et nytt sted for den")]
    StroemForan,
    /// The disk failed in the middle of a commit: nothing more is written before the environment is opened anew.
    #[error("disken sviktet midt i en bekreftelse; lageret må åpnes på nytt før noe kan skrives")]
    MaaAapnesPaaNytt,
    /// A renewal of keys that was given up: more was written while it read than it remembers, or all was made otherwise.
    #[error("for mye ble skrevet mens nøklene ble fornyet; prøv igjen når det er roligere")]
    ForMyeImens,
    /// Work that takes long was stopped, since the program is about to stop; nothing was changed by it.
    #[error("arbeidet er avbrutt; det tas opp igjen senere")]
    Avbrutt,
    /// Stored bytes that cannot be what was written.
    #[error("skadet innhold i lageret: {0}")]
    Skadet(&'static str),
    /// The cryptographic library refused; it does so for damaged or foreign bytes.
    #[error("forseglet innhold kunne ikke åpnes")]
    Forsegling,
}

impl Feil {
    /// A file that work was put aside in ([`crate::mappe::arbeidsfil`]) could not be read or written: as a rule, the disk is
    /// full.
    #[must_use]
    pub fn arbeidsfil(kilde: std::io::Error) -> Self {
        Feil::Fil {
            sti: PathBuf::from("arbeidsfil"),
            kilde,
        }
    }

    /// A fault with a file.
    pub(crate) fn fil(sti: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Feil {
        let sti = sti.into();
        move |kilde| Feil::Fil { sti, kilde }
    }
}
