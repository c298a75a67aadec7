//! The six operations of `PersonRegistry`, and every name that belongs to each.
//!
//! One table: the reader, the writer and the WSDL all ask it. What newcomers get wrong: names of wrapper and part are of
//! the namespace of the service, everything below the part is HL7's.

/// Namespace of wrappers, parts and actions. Source: `PersonRegistry1.xsd`, `targetNamespace`.
pub const NAVNEROM: &str = "http://tempuri.org/";

/// The operations of a service, so far as an envelope must know them.
pub trait Operasjoner: Copy + Eq + 'static {
    /// Namespace of the elements in the body.
    const NAVNEROM: &'static str;

    /// All of them.
    fn alle() -> &'static [Self];

    /// The name, which is that of the element of a request too.
    fn navn(self) -> &'static str;

    /// `wsa:Action` of a request, and its `soapAction`.
    fn handling(self) -> String;

    /// `wsa:Action` of the answer.
    fn svarhandling(self) -> String {
        format!("{}Response", self.handling())
    }
}

impl Operasjoner for Operasjon {
    const NAVNEROM: &'static str = NAVNEROM;

    fn alle() -> &'static [Self] {
        &Self::ALLE
    }

    fn navn(self) -> &'static str {
        Operasjon::navn(self)
    }

    fn handling(self) -> String {
        Operasjon::handling(self)
    }
}

/// An operation of `PersonRegistry`.
///
/// Source: `PersonRegistry.wsdl`, `portType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operasjon {
    /// Search by name, birth, address.
    FindCandidates,
    /// Lookup by one identifier.
    GetDemographics,
    /// Asks for a common help number.
    AddPerson,
    /// Changes what stands under a help number.
    RevisePersonRecord,
    /// Puts help numbers under another number.
    LinkPersonRecords,
    /// Takes a help number out from under another number.
    UnlinkPersonRecords,
}

impl Operasjon {
    /// All of them, in the order of the published WSDL.
    pub const ALLE: [Operasjon; 6] = [
        Operasjon::FindCandidates,
        Operasjon::GetDemographics,
        Operasjon::AddPerson,
        Operasjon::RevisePersonRecord,
        Operasjon::LinkPersonRecords,
        Operasjon::UnlinkPersonRecords,
    ];

    /// Its name, which is that of the wrapper of a request too.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Operasjon::FindCandidates => "FindCandidates",
            Operasjon::GetDemographics => "GetDemographics",
            Operasjon::AddPerson => "AddPerson",
            Operasjon::RevisePersonRecord => "RevisePersonRecord",
            Operasjon::LinkPersonRecords => "LinkPersonRecords",
            Operasjon::UnlinkPersonRecords => "UnlinkPersonRecords",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn med_navn(navn: &str) -> Option<Operasjon> {
        Self::ALLE.into_iter().find(|o| o.navn() == navn)
    }

    /// The part of a request.
    #[must_use]
    pub fn del(self) -> &'static str {
        if self.er_sporring() { "query" } else { "request" }
    }

    /// Whether it asks and changes nothing.
    #[must_use]
    pub fn er_sporring(self) -> bool {
        matches!(self, Operasjon::FindCandidates | Operasjon::GetDemographics)
    }

    /// `wsa:Action` of a request, and its `soapAction`.
    #[must_use]
    pub fn handling(self) -> String {
        format!("{NAVNEROM}IPersonRegistry/{}", self.navn())
    }

    /// `wsa:Action` of the answer.
    #[must_use]
    pub fn svarhandling(self) -> String {
        format!("{}Response", self.handling())
    }

    /// HL7's type of the request, which its `interactionId` states.
    #[must_use]
    pub fn foresporselstype(self) -> &'static str {
        match self {
            Operasjon::FindCandidates => "PRPA_IN101305NO01",
            Operasjon::GetDemographics => "PRPA_IN101307NO01",
            Operasjon::AddPerson => "PRPA_IN101311NO01",
            Operasjon::RevisePersonRecord => "PRPA_IN101314NO01",
            Operasjon::LinkPersonRecords => "PRPA_IN101901NO01",
            Operasjon::UnlinkPersonRecords => "PRPA_IN101911NO01",
        }
    }

    /// HL7's type of the answer.
    #[must_use]
    pub fn svartype(self) -> &'static str {
        match self {
            Operasjon::FindCandidates => "PRPA_IN101306NO01",
            Operasjon::GetDemographics => "PRPA_IN101308NO01",
            Operasjon::AddPerson | Operasjon::RevisePersonRecord => "PRPA_IN101319NO01",
            Operasjon::LinkPersonRecords | Operasjon::UnlinkPersonRecords => "MCAI_IN000004NO01",
        }
    }
}
