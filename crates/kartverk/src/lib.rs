//! What Kartverket and SSB know of a place: the name of a kommune and its fylke, and the grunnkrets and bydel of an address.
//!
//! What lives here: names by number and day ([`kommune`]), the table of addresses ([`Tabell`]), how one is made from the
//! public address register's CSV ([`innlesing`]), and the handle that is asked while a new table takes the place of the old
//! ([`Kartverk`]). What does not: persons. A place is looked up by what an address says of itself, and whoever asks has seen
//! to it that the asker may see that address; a bydel tells of a hidden address as much as the street does.
//!
//! The one thing a newcomer gets wrong: the middle digits of a grunnkretsnummer are not the bydel. A bydel is a set of
//! grunnkretser, listed in a correspondence with days of validity, and there are bydeler in four kommuner only.
//!
//! ```
//! use identifikator::Dato;
//! use kartverk::{Adresse, Kartverk, Tabell, Vegadresse, kommune};
//!
//! let i_dag = Dato::new(2026, 1, 1).ok_or("dato")?;
//! let sted = kommune("5001", i_dag).ok_or("kommune")?;
//! assert_eq!((sted.navn, sted.fylkesnummer, sted.fylkesnavn), ("Trondheim", "50", "Trøndelag"));
//! // The built-in table is synthetic: it fits the streets of the synthetic nation, and nothing else.
//! let kart = Kartverk::new(Tabell::syntetisk());
//! let adresse = Vegadresse { kommunenummer: "5001", adressekode: "1007", husnummer: "12", husbokstav: None };
//! let tabell = kart.naa();
//! let omraade = tabell.omraade_for_adresse(&Adresse::Veg(adresse), i_dag).ok_or("område")?;
//! assert_eq!(omraade.grunnkretsnummer.to_string(), "50010808");
//! assert!(omraade.geografisk_bydel.is_some_and(|bydel| bydel.kode.starts_with("5001")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adresse;
mod bydel;
mod bygger;
mod fil;
pub mod innlesing;
mod kart;
mod kommune;
mod sted;
mod syntetisk;
mod tabell;

pub use adresse::{Adresse, Matrikkeladresse, Vegadresse};
pub use bydel::{Bydel, Sikkerhet};
pub use fil::Feil;
pub use kart::{Kartverk, TABELLFIL};
pub use kommune::{Kommune, fylke, kommune, kommune_uansett_dag, kommuner_i_kraft};
pub use sted::Stedsangivelse;
pub use tabell::{Grunnkretsnummer, Omraade, Tabell, Utgave};
