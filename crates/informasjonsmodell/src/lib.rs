//! The information model: persondokument and hendelse, every entity, field and code list, with codecs to JSON and XML.
//!
//! No IO, no clock, no access rules. Fields are declared once ([`entiteter`], [`typer`], [`kodeverk`]); the tables in
//! [`skjema`] drive XML, XSD and OpenAPI. A newcomer's mistake is to look for `kilde` or `erGjeldende` in the entities:
//! registermetadata is the same for all and stands in [`Registermetadata`].
//!
//! ```
//! use informasjonsmodell::{Entitet, Persondokument};
//!
//! let tekst = br#"{"navn":[{"erGjeldende":true,"fornavn":"STILLE","etternavn":"FJELLBEKK"}]}"#;
//! let dokument = Persondokument::les_json(tekst)?;
//! assert_eq!(dokument.av(Entitet::Navn).count(), 1);
//! assert_eq!(dokument.til_json(), tekst);
//! # Ok::<(), informasjonsmodell::Lesefeil>(())
//! ```

#[macro_use]
mod makro;

mod dato;
mod entitet;
pub mod entiteter;
mod feil;
mod hendelse;
pub mod json;
pub mod kodeverk;
pub mod land;
mod metadata;
mod opplysning;
mod registrering;
pub mod skjema;
pub mod tekst;
mod tidspunkt;
pub mod typer;
pub mod verdi;
pub mod xml;

pub use dato::Dato;
pub use entitet::{Entitet, Hendelsesnavn, Innhold, Omraade};
pub use feil::{Grunn, Lesefeil, Sti};
pub use hendelse::{Entitetsendring, Hendelsestype};
pub use metadata::Registermetadata;
pub use opplysning::{OPPLYSNINGER_MAKS, Opplysning, Persondokument};
pub use registrering::{Endring, Handling, Registrering, Utvelger};
pub use tidspunkt::{Forskyvning, Tidspunkt};
