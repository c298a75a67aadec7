//! What is said of a message: acknowledgement and its details.
//!
//! The table of codes is here, and their texts. A text is one sentence about the rule and never about the person. What
//! newcomers get wrong: a detail that warns changes nothing of the code; one that says error makes `AE`, and one of the head
//! of the message makes `AR`.

/// `acknowledgement/@typeCode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kvitteringskode {
    /// `AA`: done.
    Godtatt,
    /// `AE`: understood, and not done.
    Feil,
    /// `AR`: refused for its head.
    Avvist,
}

impl Kvitteringskode {
    pub(super) fn kode(self) -> &'static str {
        match self {
            Kvitteringskode::Godtatt => "AA",
            Kvitteringskode::Feil => "AE",
            Kvitteringskode::Avvist => "AR",
        }
    }
}

/// `acknowledgementDetail/@typeCode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alvor {
    /// `E`.
    Feil,
    /// `W`.
    Advarsel,
    /// `I`.
    Opplysning,
}

/// A code of a detail. Source: README of the contract, 4.2; those after the first nine are of our own list, and the last two are
/// ours alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the contract's own codes")]
pub enum Kode {
    Ns200,
    Ns202,
    Ns203,
    Ns250,
    Syn105,
    Syn102,
    Key204,
    Key205,
    Interr,
    LinkSuperseded,
    LinkOfficialId,
    LinkSelf,
    LinkNone,
    AddInsufficient,
    ReviseNotFh,
    ProfileDenied,
    AddDuplicate,
    ServiceRetiring,
}

/// HL7's AcknowledgementDetailCode.
const HL7: &str = "2.16.840.1.113883.5.1100";
/// Our own list, made of a UUID. Source: README of the contract, 4.2.
const EGNE: &str = "2.25.35307033758891529439131928605091400499";

impl Kode {
    /// Code and OID of its list.
    #[must_use]
    pub fn kode(self) -> (&'static str, &'static str) {
        match self {
            Kode::Ns200 => ("NS200", HL7),
            Kode::Ns202 => ("NS202", HL7),
            Kode::Ns203 => ("NS203", HL7),
            Kode::Ns250 => ("NS250", HL7),
            Kode::Syn105 => ("SYN105", HL7),
            Kode::Syn102 => ("SYN102", HL7),
            Kode::Key204 => ("KEY204", HL7),
            Kode::Key205 => ("KEY205", HL7),
            Kode::Interr => ("INTERR", HL7),
            Kode::LinkSuperseded => ("LINK-SUPERSEDED", EGNE),
            Kode::LinkOfficialId => ("LINK-OFFICIAL-ID", EGNE),
            Kode::LinkSelf => ("LINK-SELF", EGNE),
            Kode::LinkNone => ("LINK-NONE", EGNE),
            Kode::AddInsufficient => ("ADD-INSUFFICIENT", EGNE),
            Kode::ReviseNotFh => ("REVISE-NOT-FH", EGNE),
            Kode::ProfileDenied => ("PROFILE-DENIED", EGNE),
            Kode::AddDuplicate => ("ADD-DUPLICATE", EGNE),
            Kode::ServiceRetiring => ("SERVICE-RETIRING", EGNE),
        }
    }
}

/// One thing that is said of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detalj {
    /// How bad it is.
    pub alvor: Alvor,
    /// Which rule.
    pub kode: Kode,
    /// One sentence, never about a person.
    pub tekst: String,
    /// XPath of the place, in names of the schema.
    pub sted: Option<&'static str>,
}

impl Detalj {
    /// Something that makes the answer a refusal.
    #[must_use]
    pub fn feil(kode: Kode, tekst: impl Into<String>) -> Self {
        Detalj {
            alvor: Alvor::Feil,
            kode,
            tekst: tekst.into(),
            sted: None,
        }
    }

    /// Something that is said and changes nothing.
    #[must_use]
    pub fn advarsel(kode: Kode, tekst: impl Into<String>) -> Self {
        Detalj {
            alvor: Alvor::Advarsel,
            ..Detalj::feil(kode, tekst)
        }
    }

    /// Something to know.
    #[must_use]
    pub fn opplysning(kode: Kode, tekst: impl Into<String>) -> Self {
        Detalj {
            alvor: Alvor::Opplysning,
            ..Detalj::feil(kode, tekst)
        }
    }

    /// The same, with its place.
    #[must_use]
    pub fn ved(self, sted: &'static str) -> Self {
        Detalj {
            sted: Some(sted),
            ..self
        }
    }
}

/// What is said of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kvittering {
    /// In one code.
    pub kode: Kvitteringskode,
    /// And in words.
    pub detaljer: Vec<Detalj>,
}

impl Kvittering {
    /// Accepted, unless one of the details says error.
    #[must_use]
    pub fn av(detaljer: Vec<Detalj>) -> Self {
        let feil = detaljer.iter().any(|d| d.alvor == Alvor::Feil);
        let kode = if feil {
            Kvitteringskode::Feil
        } else {
            Kvitteringskode::Godtatt
        };
        Kvittering { kode, detaljer }
    }
}
