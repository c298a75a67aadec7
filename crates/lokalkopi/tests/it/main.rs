//! The copy against the Person API on a port: load, feed, stops at any point, a feed that is set back, and a service that lies.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails panics"
)]

mod egne;
mod foelging;
mod kilde;
mod lasting;
mod loegn;
mod oppsett;
mod sammenlikning;
mod stans;
