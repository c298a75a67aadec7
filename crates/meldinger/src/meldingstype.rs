//! The kinds of message there are: where each is sent, by which schemas it is valid, and where it is answered.

use crate::kontroll::{self, Skjemakontroll, Xsdkontroll};
use crate::skjema::{self, Skjema};

/// What a sender is told of what became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tilbakemelding {
    /// `HendelserISakOmDNummerRekvisisjon`.
    DNummer,
    /// `HendelserISakOmEndringAvDNummerPerson`, and as [`Tilbakemelding::Folkeregistrering`] when a person must decide.
    EndringAvDNummer,
    /// `HendelserISakOmFolkeregistrering`.
    Folkeregistrering,
    /// Nothing.
    Ingen,
}

/// A schema of a kind of message, in one version.
#[derive(Debug)]
pub struct Versjon {
    /// As the contract numbers it: `1.2`.
    pub nummer: &'static str,
    kilde: &'static str,
}

/// The declaration of a kind of message.
struct Oppslag {
    ressurs: &'static str,
    kode: &'static str,
    tilbakemelding: Tilbakemelding,
    vedlegg: Vedlegg,
    /// Newest first.
    versjoner: &'static [Versjon],
}

/// How files may come with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vedlegg {
    /// Not at all.
    Ingen,
    /// To the resource itself: its schema has room for them, and no other resource is published.
    Her,
    /// To a resource beside it, with `.vedlegg` after its name.
    EgenRessurs,
}

macro_rules! meldingstyper {
    ($($(#[$doc:meta])* $navn:ident: $ressurs:literal, $kode:literal, $tilbake:ident, $vedlegg:ident, [$($nr:literal $fil:literal),+];)+) => {
        /// A kind of message, by the resource it is sent to. Source: Folkeregisteret, "Mottak".
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Meldingstype {
            $($(#[$doc])* $navn,)+
        }

        impl Meldingstype {
            /// Every one.
            pub const ALLE: &[Meldingstype] = &[$(Meldingstype::$navn),+];

            fn oppslag(self) -> &'static Oppslag {
                match self {
                    $(Meldingstype::$navn => &Oppslag {
                        ressurs: $ressurs,
                        kode: $kode,
                        tilbakemelding: Tilbakemelding::$tilbake,
                        vedlegg: Vedlegg::$vedlegg,
                        versjoner: &[$(Versjon {
                            nummer: $nr,
                            kilde: include_str!(concat!("../kontrakt/", $fil, ".skjema")),
                        }),+],
                    },)+
                }
            }
        }
    };
}

meldingstyper! {
    /// Somebody is dead.
    Doedsfall: "doedsfall_v1", "DOEDSFALL_V1", Folkeregistrering, Her,
        ["1.2" "doedsfall_1.2", "1.1" "doedsfall_1.1", "1.0" "doedsfall_1.0"];
    /// Somebody who was said to be dead is not.
    AnnulleringAvDoedsfall: "annullering_av_doedsfall_v1", "ANNULLERING_AV_DOEDSFALL_V1", Folkeregistrering, Ingen,
        ["1.2" "annullering_av_doedsfall_1.2", "1.1" "annullering_av_doedsfall_1.1", "1.0" "annullering_av_doedsfall_1.0"];
    /// A child is born.
    Foedsel: "foedsel_v1", "FOEDSEL_V1", Folkeregistrering, Her, ["1.1" "foedsel_1.1"];
    /// Who the father is.
    Farskap: "farskap_v1", "FARSKAP_V1", Folkeregistrering, Her, ["1.0" "farskap_1.0"];
    /// Two have married.
    Vigsel: "vigsel_v1", "VIGSEL_V1", Folkeregistrering, Her, ["1.0" "vigsel_1.0"];
    /// Two have separated.
    Separasjon: "separasjon_v1", "SEPARASJON_V1", Folkeregistrering, Ingen, ["1.0" "separasjon_1.0"];
    /// Two have divorced.
    Skilsmisse: "skilsmisse_v1", "SKILSMISSE_V1", Folkeregistrering, Ingen, ["1.0" "skilsmisse_1.0"];
    /// Somebody has come to live here.
    Innflytting: "innflytting_v1", "INNFLYTTING_V1", Folkeregistrering, Ingen, ["1.0" "innflytting_1.0"];
    /// Somebody has told the post of a new address.
    FlyttemeldingFraPosten: "flyttemelding_fra_posten_v1", "FLYTTEMELDING_FRA_POSTEN_V1", Ingen, Ingen,
        ["1.0" "flyttemelding_fra_posten_1.0"];
    /// Whom to speak to about an estate.
    KontaktopplysningerDoedsbo: "kontaktopplysninger_doedsbo_v1", "KONTAKTOPPLYSNINGER_DOEDSBO_V1", Folkeregistrering,
        Ingen, ["1.0" "kontaktopplysninger_doedsbo_1.0"];
    /// Somebody needs a D-number.
    RekvisisjonAvDNummerV4: "rekvisisjon_av_dnummer_v4", "D_NUMMER_REKVISISJON_V4", DNummer, EgenRessurs,
        ["4.0" "rekvisisjon_av_dnummer_4.0"];
    /// Somebody needs a D-number.
    RekvisisjonAvDNummerV5: "rekvisisjon_av_dnummer_v5", "D_NUMMER_REKVISISJON_V5", DNummer, EgenRessurs,
        ["5.0" "rekvisisjon_av_dnummer_5.0"];
    /// Something about somebody with a D-number is new or wrong.
    EndringAvDNummerpersonV2: "endring_av_dnummerperson_v2", "ENDRING_AV_D_NUMMERPERSON_V2", EndringAvDNummer, Ingen,
        ["2.0" "endring_av_dnummerperson_2.0"];
    /// Something about somebody with a D-number is new or wrong.
    EndringAvDNummerpersonV3: "endring_av_dnummerperson_v3", "ENDRING_AV_D_NUMMERPERSON_V3", EndringAvDNummer, Ingen,
        ["3.0" "endring_av_dnummerperson_3.0"];
    /// Something about somebody with a foedselsnummer is new or wrong.
    FnrEndring: "fnr_endring_v1", "FNR_ENDRING_V1", Folkeregistrering, Her, ["1.0" "fnr_endring_1.0"];
}

impl Meldingstype {
    /// The last part of the path that it is sent to.
    #[must_use]
    pub fn ressurs(self) -> &'static str {
        self.oppslag().ressurs
    }

    /// By the last part of a path, without `.vedlegg`.
    #[must_use]
    pub fn fra_ressurs(ressurs: &str) -> Option<Self> {
        Self::ALLE.iter().copied().find(|t| t.ressurs() == ressurs)
    }

    /// What the right to send it is called.
    #[must_use]
    pub fn kode(self) -> &'static str {
        self.oppslag().kode
    }

    /// By what the right to send it is called.
    #[must_use]
    pub fn fra_kode(kode: &str) -> Option<Self> {
        Self::ALLE.iter().copied().find(|t| t.kode() == kode)
    }

    /// What its sender is told.
    #[must_use]
    pub fn tilbakemelding(self) -> Tilbakemelding {
        self.oppslag().tilbakemelding
    }

    /// How files may come with it.
    #[must_use]
    pub fn vedlegg(self) -> Vedlegg {
        self.oppslag().vedlegg
    }

    /// Its versions, newest first. They share a namespace: a message is held against the newest first.
    #[must_use]
    pub fn versjoner(self) -> &'static [Versjon] {
        self.oppslag().versjoner
    }
}

impl Versjon {
    /// The schema.
    ///
    /// # Errors
    /// [`skjema::Feil`]: our own mistake.
    pub fn skjema(&self) -> Result<Skjema, skjema::Feil> {
        skjema::les(self.kilde)
    }
}

/// The documents that senders are told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Svardokument {
    /// `hendelseISakOmTildelingAvDNummer`.
    DNummer,
    /// `hendelseISakOmEndringAvDNummerPerson`.
    EndringAvDNummer,
    /// `hendelseISakOmFolkeregistrering`.
    Folkeregistrering,
}

impl Svardokument {
    /// Every one.
    pub const ALLE: [Svardokument; 3] = [
        Svardokument::DNummer,
        Svardokument::EndringAvDNummer,
        Svardokument::Folkeregistrering,
    ];

    /// Its schema.
    ///
    /// # Errors
    /// [`skjema::Feil`]: our own mistake.
    pub fn skjema(self) -> Result<Skjema, skjema::Feil> {
        skjema::les(match self {
            Svardokument::DNummer => include_str!("../kontrakt/hendelse_dnummer_3.0.skjema"),
            Svardokument::EndringAvDNummer => include_str!("../kontrakt/hendelse_endring_dnummer_1.0.skjema"),
            Svardokument::Folkeregistrering => include_str!("../kontrakt/hendelse_folkeregistrering_1.0.skjema"),
        })
    }
}

/// A schema that cannot be used: our own mistake, since schemas come with the program.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// It cannot be read.
    #[error(transparent)]
    Skjema(#[from] skjema::Feil),
    /// The library does not take it.
    #[error(transparent)]
    Kontroll(#[from] kontroll::Feil),
}

/// Everything that messages are held against.
pub struct Kontroller {
    // For each kind, in the order of the enum.
    av: Vec<Vec<Box<dyn Skjemakontroll>>>,
}

impl std::fmt::Debug for Kontroller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kontroller")
    }
}

impl Kontroller {
    /// Reads every schema: a program with one that is wrong does not start.
    ///
    /// # Errors
    /// [`Feil`].
    pub fn les() -> Result<Self, Feil> {
        let mut av = Vec::with_capacity(Meldingstype::ALLE.len());
        for meldingstype in Meldingstype::ALLE {
            let mut kontroller: Vec<Box<dyn Skjemakontroll>> = Vec::new();
            for versjon in meldingstype.versjoner() {
                kontroller.push(Box::new(Xsdkontroll::new(versjon.skjema()?)?));
            }
            av.push(kontroller);
        }
        Ok(Kontroller { av })
    }

    /// Which version a message is of, the newest that it fits; else what is wrong with it by the newest.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn sjekk(
        &self,
        meldingstype: Meldingstype,
        melding: &crate::tre::Element,
    ) -> Result<&'static Versjon, Vec<kontroll::Avvik>> {
        let kontroller = self.av.get(meldingstype as usize);
        let mut avvik = None;
        for (kontroll, versjon) in kontroller.into_iter().flatten().zip(meldingstype.versjoner()) {
            let funnet = kontroll.sjekk(melding);
            if funnet.is_empty() {
                return Ok(versjon);
            }
            avvik.get_or_insert(funnet);
        }
        Err(avvik.unwrap_or_default())
    }
}
