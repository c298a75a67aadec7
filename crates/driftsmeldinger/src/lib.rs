//! News and operational notices (driftsmeldinger): planned maintenance, delays, incidents, mass changes.
//!
//! What lives here: the [`Melding`] and the [`Nyhet`], which state may follow which, the [`Tavle`] that keeps them in an
//! append-only file, and the question what is in force now for a service and a package. What does not: HTTP, a clock,
//! persons. A text with a valid identifier in it is refused.
//!
//! The one thing a newcomer gets wrong: a notice does not end by itself. What was planned to be over at ten may not be, so
//! it is in force until somebody says that it is over, unless it was published as [`Innhold::automatisk`].
//!
//! ```
//! use driftsmeldinger::{Innhold, Slag, Tavle, Tidsrom, Tilstand, Tjeneste, Virkning};
//! use tilgang::Pakke;
//!
//! # let mappe = tempfile::tempdir()?;
//! let tavle = Tavle::aapne(&mappe.path().join("driftsmeldinger"))?;
//! let klokken = |tid: &str| driftsmeldinger::tid::les(tid).unwrap();
//! let ny = Innhold {
//!     tjenester: [Tjeneste::Konsument].into(),
//!     planlagt: Tidsrom { fra: Some(klokken("2026-01-14T18:00")), til: Some(klokken("2026-01-14T20:00")) },
//!     virkning: Virkning::Nedetid,
//!     ..Innhold::ny(Slag::PlanlagtVedlikehold, "Vedlikehold onsdag", "Tjenestene er nede fra 18 til 20.")
//! };
//! let melding = tavle.publiser(ny, Tilstand::Varslet, "drift", klokken("2026-01-12T09:00"))?;
//! assert_eq!(melding.slug.as_str(), "vedlikehold-onsdag");
//! let naa = |tid| tavle.virkning(Tjeneste::Konsument, Some(Pakke::Finans), klokken(tid)).map(|i| i.virkning);
//! assert_eq!(naa("2026-01-14T17:59"), None);
//! assert_eq!(naa("2026-01-14T18:00"), Some(Virkning::Nedetid));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod feil;
mod koder;
mod linje;
mod melding;
mod nyhet;
mod regler;
mod slug;
mod tavle;
mod tekst;
pub mod tid;

pub use feil::Feil;
pub use koder::{Miljoe, Nyhetsslag, Slag, Tilstand, Tjeneste, Tredjepart, Virkning};
pub use melding::{Endring, IKraft, Innhold, Masseendring, Melding, Oppdatering, Pakkestart, Tidsrom};
pub use nyhet::{Gyldighet, Nyhet, Nyhetsinnhold};
pub use slug::Slug;
pub use tavle::{Sak, Saksnummer, Side, Tavle, Utvalg};
pub use tekst::{TEKST_TEGN_MAKS, TITTEL_TEGN_MAKS};
