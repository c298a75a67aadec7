//! Content negotiation: which media type the answer gets, and what a request body says it is.
//!
//! [`Aksept`] reads `Accept`, [`Innholdstype`] reads `Content-Type`. Not here: which types an interface offers.
//! What newcomers get wrong: the order of the offers is the interface's preference, and decides when the client
//! does not.

mod aksept;
mod innholdstype;
mod leser;

use http::HeaderValue;

pub use self::{
    aksept::{Aksept, IkkeAkseptabel},
    innholdstype::{Innholdstype, InnholdstypeError},
};

/// A media type that an interface offers or takes.
///
/// Spelled in lower case; the derived equality makes constants usable as patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Medietype {
    /// Before the slash: `application`.
    pub hovedtype: &'static str,
    /// After the slash: `json`.
    pub undertype: &'static str,
    /// Parameters that tell this representation from others of the same type. Not `charset`: all text is UTF-8.
    pub parametre: &'static [(&'static str, &'static str)],
}

impl Medietype {
    /// `application/json`
    pub const JSON: Self = Self::new("application", "json");
    /// `application/xml`
    pub const XML: Self = Self::new("application", "xml");
    /// `application/atom+xml`
    pub const ATOM: Self = Self::new("application", "atom+xml");
    /// `text/plain`
    pub const TEKST: Self = Self::new("text", "plain");
    /// `application/problem+json`
    pub const PROBLEM: Self = Self::new("application", "problem+json");

    /// The value of `Content-Type`.
    pub fn header(&self) -> HeaderValue {
        match *self {
            Self::JSON => HeaderValue::from_static("application/json"),
            Self::XML => HeaderValue::from_static("application/xml"),
            // Written in the program, so always a header value.
            annen => HeaderValue::try_from(annen.to_string()).unwrap_or_else(|_| HeaderValue::from_static("")),
        }
    }

    /// A media type without parameters, in lower case.
    pub const fn new(hovedtype: &'static str, undertype: &'static str) -> Self {
        Self {
            hovedtype,
            undertype,
            parametre: &[],
        }
    }
}

impl std::fmt::Display for Medietype {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.hovedtype, self.undertype)?;
        self.parametre
            .iter()
            .try_for_each(|(navn, verdi)| write!(f, ";{navn}={verdi}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_shown_as_on_the_wire() {
        assert_eq!(Medietype::ATOM.to_string(), "application/atom+xml");
        for type_ in [Medietype::JSON, Medietype::XML, Medietype::ATOM] {
            assert_eq!(type_.header(), type_.to_string());
        }
        let feed = Medietype {
            parametre: &[("type", "feed")],
            ..Medietype::ATOM
        };
        assert_eq!(feed.to_string(), "application/atom+xml;type=feed");
    }
}
