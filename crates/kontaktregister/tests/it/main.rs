//! The stand-in over HTTP: the built-in Maskinporten gives tokens, the project's own client asks.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail the test they serve")]

mod klient;
mod oppsett;
mod ruter;
