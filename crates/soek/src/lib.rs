//! Search: finding persons by what a caller may see of them, and names as Norwegians write and hear them.
//!
//! [`Soekevisning`] says what a person is found by, and the register keeps that in step with its records; [`finn`] and
//! [`finn_entydig`] find. A newcomer's mistake is to search and then filter: each term leads only those who are shown what
//! it was made of, so what is hidden makes no hit, breaks none and takes no time.
//!
//! [`kopi`] is the same for the health sector's copy, by the Person API's criteria: a view and terms of its own.
//!
//! `data/` has the labelled set that the names are judged by: those that are heard alike, and near ones that are not; and
//! what became of each kommunenummer (`kommuner.tsv`).

mod finn;
pub mod fonetikk;
mod innhold;
mod kommune;
pub mod kopi;
mod kriterier;
mod minne;
pub mod navn;
mod passer;
mod termer;
mod uttrekk;
mod uttrykk;

pub use finn::{GATE_TEGN_MIN, Kjennetegn, Personliste, TREFF_MAKS, finn, finn_entydig, finn_med};
pub use kriterier::{Adressekriterier, Entydigkriterier, Husnummer, Kriterier, Landnummer, Navnekriterier};
pub use termer::Soekevisning;
pub use uttrekk::{Kommune, Personstatustype, Uttrekkskriterier, finn_alle, vises_fremdeles};
