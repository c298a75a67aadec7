//! The model as XML: writing answers, reading imports and requests, and the schemas (XSD) of both.
//!
//! Nothing is stored as XML: [`skriv`] makes it from a stored JSON body and the tables in [`crate::skjema`], so JSON and
//! XML cannot come to say different things. [`vern`] stands before everything that reads. A newcomer's mistake is to expect
//! XML to keep what the model does not know: JSON gives unknown members back, XML drops and counts them.

pub mod les;
pub mod skriv;
pub mod vern;
pub mod xsd;

/// Namespace of the persondokument. Source: `PersondokumentMedHistorikk_v1BETA2`, `targetNamespace`.
pub const NS_PERSON: &str = "folkeregisteret:tilgjengeliggjoering:person:v1";

/// Namespace of the hendelsesdokument and of the feed's items. Source: `Hendelsedokument_v1.4`, `targetNamespace`.
pub const NS_HENDELSE: &str = "folkeregisteret:tilgjengeliggjoering:hendelse:v1";

/// Namespace of the feed around the items. Source: RFC 4287, section 1.2.
pub const NS_ATOM: &str = "http://www.w3.org/2005/Atom";

/// Root element of the persondokument.
pub const ROT_PERSON: &str = "folkeregisterperson";

/// Root element of the hendelsesdokument.
pub const ROT_HENDELSE: &str = "dokumentForHendelse";

/// On which side of the contract an entry stands; the two name a few things differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// In a persondokument.
    Person,
    /// In a hendelsesdokument: no `erGjeldende`, and `identitetsgrunnlag` says `legitimasjonskontroll`.
    Hendelse,
}
