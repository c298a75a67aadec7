//! WS-SecureConversation: a password is shown once, and calls are then signed by a key that both sides have made.
//!
//! ```text
//!  les ──▶ Kall        an operation, by user name and password or in a conversation
//!     ├──▶ Aapning     user name and password ──▶ Samtaler::aapne ──▶ an id, our entropy, how long it lasts
//!     ├──▶ Fornyelse   both, and in a conversation ──▶ Samtaler::forny ──▶ a new key of the same id
//!     └──▶ Avslutning  in a conversation ──▶ Samtaler::avslutt
//! ```
//! [`les`] is the wide door beside `konvolutt::les`: the same envelope, addressing and timestamp, and these four. Passwords are
//! compared by whoever has the users, before [`Samtaler::aapne`] or [`Samtaler::forny`] is called; a call in a conversation goes
//! through [`Samtaler::slipp_inn`]. Not here: users; what an operation is answered.
//!
//! What newcomers get wrong: what is signed is the timestamp alone. That the rest of the message is whole is TLS's to see to, as the
//! published policy (transport binding) has it, and so this must never be served without.
//!
//! Answers in a conversation are as all others: a fresh timestamp and no token, since tokens go to the recipient of requests
//! (`AlwaysToRecipient`). Source: README of the contract, 3.3; ADR 0056.

mod anmodning;
mod bevis;
mod form;
mod lager;
mod psha1;
mod svar;
mod utgave;

use jiff::Timestamp;
use meldinger::tre::Element;

pub use bevis::Bevis;
pub(crate) use bevis::{er_del, les as les_bevis};
pub use lager::{Brukere, Eier, Innstillinger, Samtaler, Tilfeldig};
pub use psha1::NOEKKEL_BYTE;
pub use utgave::Utgave;
pub(crate) use utgave::{SAMTALE_DES, SAMTALE_FEB, TILLIT_DES, TILLIT_FEB};

use crate::feil::Feil;
use crate::konvolutt::{Adresser, Avslag, Brukernavntoken, Lest, Returadresse, les_felles};
use crate::operasjon::Operasjon;
use anmodning::Anmodning;
use utgave::Aerend;

/// A request that has passed, of any kind.
#[derive(Debug)]
pub enum Henvendelse {
    /// An operation.
    Kall(Kall),
    /// To open a conversation.
    Aapning(Aapning),
    /// To get a new key.
    Fornyelse(Fornyelse),
    /// To end a conversation.
    Avslutning(Avslutning),
}

/// An operation that is asked for.
pub struct Kall {
    /// Where an answer goes.
    pub retur: Returadresse,
    /// `wsa:To`, where there is one; nobody has held it against our own address.
    pub til: Option<String>,
    /// Who asks, not yet compared with anything.
    pub hvem: Hvem,
    /// Which operation, by action and body alike.
    pub operasjon: Operasjon,
    /// The wrapper, for `hl7::Foresporsel::les`.
    pub kropp: Element,
}

/// Who says that they ask.
#[derive(Debug)]
pub enum Hvem {
    /// By user name and password.
    Bruker(Brukernavntoken),
    /// In a conversation, for [`Samtaler::slipp_inn`].
    Samtale(Bevis),
}

/// A conversation that is to be opened.
pub struct Aapning {
    /// Where an answer goes.
    pub retur: Returadresse,
    /// As in [`Kall`].
    pub til: Option<String>,
    /// User name and password, not yet compared with anything.
    pub bruker: Brukernavntoken,
    anmodning: Anmodning,
}

/// A conversation that is to have a new key.
pub struct Fornyelse {
    /// Where an answer goes.
    pub retur: Returadresse,
    /// As in [`Kall`].
    pub til: Option<String>,
    /// User name and password, not yet compared with anything.
    pub bruker: Brukernavntoken,
    bevis: Bevis,
    anmodning: Anmodning,
}

/// A conversation that is to be ended.
pub struct Avslutning {
    /// Where an answer goes.
    pub retur: Returadresse,
    /// As in [`Kall`].
    pub til: Option<String>,
    bevis: Bevis,
    anmodning: Anmodning,
}

macro_rules! uten_innhold {
    ($($slag:ident)*) => {$(
        impl std::fmt::Debug for $slag {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($slag), "(***)"))
            }
        }
    )*};
}
uten_innhold!(Kall Aapning Fornyelse Avslutning);

/// Reads a request, to the port that the published policy describes or the one beside it.
///
/// Shape: as `konvolutt::les`.
/// Errors: [`Avslag`], as there; [`Feil::Anmodning`] for a request for a token that is not valid.
/// Source: README of the contract, 3.3; what is refused beyond it is in ADR 0056.
pub fn les(xml: &[u8], handling: Option<&str>, naa: Timestamp) -> Result<Henvendelse, Avslag> {
    let mut retur = Returadresse::ukjent();
    let lest = les_felles(xml, naa, &mut retur, true);
    let ut = lest.and_then(|lest| les_videre(lest, handling, retur.clone()));
    ut.map_err(|feil| Avslag { feil, retur })
}

fn les_videre(lest: Lest, handling: Option<&str>, retur: Returadresse) -> Result<Henvendelse, Feil> {
    let Lest {
        adresser,
        bruker,
        bevis,
        mut kropp,
    } = lest;
    let Some(utgave) = anmodning::utgave(&kropp) else {
        // One of the two: who sends both believes that both are looked at.
        let hvem = match (bruker, bevis) {
            (Some(bruker), None) => Hvem::Bruker(bruker),
            (None, Some(bevis)) => Hvem::Samtale(bevis),
            _ => return Err(Feil::Sikkerhet),
        };
        let operasjon = adresser.operasjon(handling, &kropp)?;
        return Ok(Henvendelse::Kall(Kall {
            retur,
            til: adresser.til,
            hvem,
            operasjon,
            kropp,
        }));
    };
    let aerend = aerend(&adresser, handling, utgave)?;
    let anmodning = anmodning::les(&mut kropp, utgave, aerend).ok_or(Feil::Anmodning(utgave))?;
    let til = adresser.til;
    match (aerend, bruker, bevis) {
        (Aerend::Aapning, Some(bruker), None) => Ok(Henvendelse::Aapning(Aapning {
            retur,
            til,
            bruker,
            anmodning,
        })),
        (Aerend::Fornyelse, Some(bruker), Some(bevis)) => Ok(Henvendelse::Fornyelse(Fornyelse {
            retur,
            til,
            bruker,
            bevis,
            anmodning,
        })),
        (Aerend::Avslutning, None, Some(bevis)) => Ok(Henvendelse::Avslutning(Avslutning {
            retur,
            til,
            bevis,
            anmodning,
        })),
        _ => Err(Feil::Sikkerhet),
    }
}

// Which of the three, by every action that is stated.
fn aerend(adresser: &Adresser, handling: Option<&str>, utgave: Utgave) -> Result<Aerend, Feil> {
    let mut funnet = None;
    for handling in adresser.handlinger(handling) {
        let aerend = Aerend::ALLE.into_iter().find(|a| utgave.handling(*a) == handling);
        let aerend = aerend.ok_or(Feil::UkjentHandling)?;
        if funnet.replace(aerend).is_some_and(|foer| foer != aerend) {
            return Err(Feil::HandlingPasserIkke);
        }
    }
    funnet.ok_or(Feil::HandlingMangler)
}

#[cfg(test)]
mod tests;
