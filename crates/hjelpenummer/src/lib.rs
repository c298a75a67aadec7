//! Felles hjelpenummer: one number for the whole health sector, for whoever has no other or cannot be identified by it.
//!
//! What lives here: issuing (random, never twice), what is registered of whoever has one, linking under a number that is known
//! later, and the log of all of it. This is the only place where these facts are: the health sector's copy is made of them, and
//! can be thrown away; this store cannot. What does not live here: SOAP and HTTP, who may ask for a number, and whether a
//! fødselsnummer or D-number is one that somebody has, which whoever links is asked.
//!
//! ```text
//!  hjelpenummer/data/       LMDB: numbers, links, facts and log (sealed), messages answered
//!  hjelpenummer/noekler/    LMDB: a key a number, wrapped
//!  noekler/hjelpenummer     the key that wraps
//!  utstedt/liste            every number that was ever issued: kept outside the store and outside every backup of it
//! ```
//! The one thing a newcomer gets wrong: to take the store for what says which numbers are used. A store that is restored from
//! before a number was issued does not know it; the list does, and the store opens with no list that is shorter than it was.
//!
//! Source: PREG reference 4.8-4.10 and 7; pasientjournalloven § 21.

mod fakta;
mod feil;
mod hjelpenumre;
mod logg;
mod utstedte;

pub use fakta::{
    Adresse, Adressebruk, AnnenId, Delvisdato, Endring, Fakta, Foedested, Kjoenn, Kontakt, Navn, Revisjon,
    SIVILSTAND_MAKS,
};
pub use feil::Feil;
pub use hjelpenumre::{Hjelpenumre, Oppslag, OverNummer, Steder, Trekk, Utstedt, tilfeldig};
pub use logg::{Avsender, Handling, Innfoering, Loggfakta};
