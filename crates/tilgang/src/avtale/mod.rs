//! Grants, registered clients, producers and blocks, with history: who may have or send what, why, from when, until when,
//! who said so, and who is kept out whatever else is true.
//!
//! What lives here: the [`Avtale`], the [`Klient`] with its public keys, the [`Produsent`], the append-only files that hold
//! their changes, and the decisions whether a verified token opens a package ([`avgjoer`]) or a
//! branch of the Person API ([`avgjoer_scope`]), and whether a certificate lets a
//! producer in ([`Avtaleregister::slipp_inn_produsent`]). What does not: tokens themselves ([`crate::token`]), certificates
//! ([`crate::virksomhet`]), which fields a package shows, and which kinds of message there are.
//!
//! The one thing a newcomer gets wrong: nothing is edited. A grant that was wrong is changed or withdrawn by a new line,
//! and the old line stays, because a register of issued authorisations must be able to tell what was true last year.
//!
//! ```text
//!  DATA/tilgang/laas            held by the one process that has the folder open
//!  DATA/tilgang/avtaler.jsonl   {"nr":1,"tid":"…","av":"…","innhold":{"gitt":{…}},"kjede":"<sha-256>"}
//!  DATA/tilgang/klienter.jsonl  {"nr":1,"tid":"…","av":"…","innhold":{"registrert":{…}},"kjede":"<sha-256>"}
//!  DATA/tilgang/produsenter.jsonl  {"nr":1,"tid":"…","av":"…","innhold":{"gitt":{…}},"kjede":"<sha-256>"}
//! ```

mod avgjoerelse;
mod feil;
mod klientregister;
pub(crate) mod linje;
mod modell;
pub mod privatfil;
mod produsent;
mod produsentregister;
mod register;
mod scopeavgjoerelse;
mod sperre;

pub use avgjoerelse::{Avslag, Avslagsslag, Kaller, avgjoer};
pub use feil::Feil;
pub use klientregister::{KLIENTNOEKKEL_LEVETID_S, Klient, Klienthendelse, Klientnoekkel, NyKlient};
pub use modell::{Avtale, Avtaleendring, Avtaleid, Avtaletekst, NyAvtale, Rettighet};
pub use produsent::{Meldingskode, NyProdusent, Produsent, Produsentendring, Produsentid};
pub use produsentregister::{Produsentavslag, Produsenthendelse, Rettshendelse};
pub use register::{Avtalehendelse, Avtaleregister, Hendelse};
pub use scopeavgjoerelse::{Scopeavslag, Scopekaller, avgjoer_scope, kan_se_graderte};
pub use sperre::{Sperre, Sperret};
