//! Clients for the neighbours: Maskinporten, HelseID, Folkeregisteret, for consumers and for producers, Kontakt- og
//! reservasjonsregisteret, and Persontjenesten's Person API.
//!
//! What lives here: how we ask others, over HTTP and as any consumer would, also when the other is a role of the same
//! process. What does not: what an answer means; a person is handed on as the object it came as.
//!
//! The one thing a newcomer gets wrong: an answer from a neighbour is input like any other. Everything is bounded in
//! size and time, redirects are not followed, and no error carries a URL, since a URL holds a folkeregisteridentifikator.
//!
//! ```
//! use klienter::{Adresse, Valg};
//!
//! let valg = Valg::default();
//! assert!(Adresse::les("https://folkeregisteret.api.skatteetaten.no", &valg).is_ok());
//! // Plain HTTP only to this machine, unless the operator has said otherwise.
//! assert!(Adresse::les("http://127.0.0.1:8080/maskinporten/", &valg).is_ok());
//! assert!(Adresse::les("http://folkeregisteret.example/", &valg).is_err());
//! assert!(Adresse::les("http://folkeregisteret.example/", &Valg { tillat_ukryptert: true, ..valg }).is_ok());
//! ```

mod adresse;
pub mod folkeregister;
pub mod helseid;
pub mod jwks;
pub mod krr;
pub mod maskinporten;
mod metadata;
pub mod personapi;
pub mod produsent;
mod sporing;
mod tilkobling;

pub use adresse::{Adresse, Adressefeil};
pub use sporing::med_spor;
pub use tilkobling::{Feil, Valg};
