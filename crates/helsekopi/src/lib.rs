//! The health sector's copy of Folkeregisteret: what Persontjenesten and PREG are two faces on.
//!
//! What lives here: reading the source over its HTTP API as any consumer does ([`Foelger`]), and KRR ([`Kontaktfoelger`]), the copy
//! itself ([`Kopi`]), common help numbers from the log of whoever issues them ([`Hjelpenummerfoelger`]), person ids, the feeds of events of the copy's own views, and search of it by the Person API's criteria
//! (`soek.rs`). What does not: HTTP of our own, tokens, and the English words of the Person
//! API; the model is Folkeregisteret's.
//!
//! The one thing a newcomer gets wrong: a consumer never patches. Whatever the source tells of, the person is read again, and what
//! changed is found by comparing; so what comes twice, late or in another order gives the same copy.

mod ajour;
mod foelger;
mod hendelse;
mod hjelpenummer;
mod hjelpenummeravstemming;
mod hjelpenummerdokument;
mod hjelpenummerfoelger;
mod inntak;
mod kilde;
mod kontakt;
mod kontaktfoelger;
mod kontaktkilde;
mod kontaktmaaling;
mod kontaktstilling;
mod kopi;
mod maaling;
mod omfang;
mod personid;
mod rader;
mod sammenlikning;
mod soek;
mod steder;
mod testpersoner;

pub use ajour::{Ajour, uten_adresser};
pub use foelger::{FORAN, Foelger, Steg};
pub use hendelse::Kopihendelse;
pub use hjelpenummerfoelger::{Hjelpenummerfoelger, Hjelpenummersteg};
pub use inntak::{Bolk, Inntatt};
pub use kilde::Kilde;
pub use kontakt::Kontaktsvar;
pub use kontaktfoelger::{Kontaktfoelger, Kontaktsteg};
pub use kontaktkilde::{Gjelder, Kontaktkilde};
pub use kontaktmaaling::{Kontaktmaaling, Kontakttall};
pub use kontaktstilling::{Kontakt, Kontaktstilling, Liste, Runde};
pub use kopi::{Kopi, Kopilesing, Stilling};
pub use maaling::{Maaling, Tall};
pub use omfang::Omfang;
pub use personid::Personid;
pub use rader::Hendelse;
pub use sammenlikning::{Rapport, sammenlikn};
pub use steder::{Stedssteg, Stedsstilling};
pub use testpersoner::{Lagret, RESERVER_MAKS, RESERVERTE_MAKS, Reservasjon, Reservering, Testfeil};

/// What can go wrong. Holds nothing of a person.
#[derive(Debug, thiserror::Error)]
pub enum Feil {
    /// The files of the copy.
    #[error("kopiens register svarte med feil")]
    Register(#[from] register::Feil),
    /// The key file.
    #[error("kopiens nøkkelfil kan ikke leses")]
    Noekkelfil(#[from] lager::Feil),
    /// Stored bytes that cannot be what was written.
    #[error("skadet innhold i kopien: {0}")]
    Skadet(&'static str),
    /// The source gave no usable answer.
    #[error("kilden ga ikke noe brukbart svar")]
    Kilde(#[from] klienter::folkeregister::Feil),
    /// KRR gave no usable answer.
    #[error("kontaktregisteret ga ikke noe brukbart svar")]
    Kontaktregister(#[from] klienter::krr::Feil),
    /// The source said what cannot be.
    #[error("kilden sier noe som ikke kan stemme: {0}")]
    Loegn(&'static str),
    /// The store of help numbers.
    #[error("registeret over hjelpenumre svarte med feil")]
    Hjelpenumre(#[from] ::hjelpenummer::Feil),
}
