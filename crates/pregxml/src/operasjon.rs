//! The five operations of Personregister-XML and their names.
//!
//! What newcomers get wrong: nothing public tells the original's namespace or parameters. The names of operations are public, the rest is
//! ours. Source: preg reference 6.8; ADR 0053.

use preg::Operasjoner;

/// Namespace of everything in the contract. Source: preg reference 6.8.
pub const NAVNEROM: &str = "urn:persontjenesten:preg:v1";

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operasjon {
    /// A person with all addresses.
    GetPerson,
    /// A person's addresses.
    GetAddresses,
    /// Persons by name, birth, gender, address.
    SearchPersons,
    /// Many persons by number.
    GetPersons,
    /// What kind of number it is, and whether it is known.
    CheckNin,
}

impl Operasjon {
    /// All of them, in the contract's order.
    pub const ALLE: [Operasjon; 5] = [
        Operasjon::GetPerson,
        Operasjon::GetAddresses,
        Operasjon::SearchPersons,
        Operasjon::GetPersons,
        Operasjon::CheckNin,
    ];

    /// Its name, which is that of the element of a request too.
    #[must_use]
    pub fn navn(self) -> &'static str {
        match self {
            Operasjon::GetPerson => "GetPerson",
            Operasjon::GetAddresses => "GetAddresses",
            Operasjon::SearchPersons => "SearchPersons",
            Operasjon::GetPersons => "GetPersons",
            Operasjon::CheckNin => "CheckNIN",
        }
    }

    /// The element of an answer.
    #[must_use]
    pub fn svarnavn(self) -> &'static str {
        match self {
            Operasjon::GetPerson => "GetPersonResponse",
            Operasjon::GetAddresses => "GetAddressesResponse",
            Operasjon::SearchPersons => "SearchPersonsResponse",
            Operasjon::GetPersons => "GetPersonsResponse",
            Operasjon::CheckNin => "CheckNINResponse",
        }
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
        format!("{NAVNEROM}:{}", Operasjon::navn(self))
    }
}
