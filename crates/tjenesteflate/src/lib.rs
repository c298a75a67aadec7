//! The HTTP shell that every interface of ours stands on.
//!
//! Here live the accept loop and its limits, TLS, throttling, content negotiation, strict reading of paths, queries and
//! bodies, tracing, metrics, health, and the plumbing that turns a framework failure into an interface's own error body.
//! What is *not* here: any knowledge of persons, registers or rights. The crate depends on no other
//! crate of ours.
//!
//! The one thing a newcomer gets wrong: a router is not safe until [`vern::Ramme::rundt`] has been put round it,
//! and only the routes that are in it *at that moment* are framed. Add the routes first, frame last, then nest.
//!
//! ```
//! use axum::{Router, routing::get};
//! use tjenesteflate::{maalinger::Maalere, stopp, tjener::{Grenser, Tjener}, vern::{Problem, Ramme}};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let maalere = Maalere::new();
//! let app = Ramme::new("eksempel", Problem, &maalere).rundt(Router::new().route("/hei", get(|| async { "hei" })));
//! let (signal, stopp) = stopp::pair();
//! let tjener = Tjener::bind(([127, 0, 0, 1], 0).into(), Grenser::default()).await?.with_maalere("eksempel", &maalere);
//! let kjoerer = tokio::spawn(tjener.serve(app, stopp));
//! signal.stopp();
//! assert_eq!(kjoerer.await?.avbrutte_tilkoblinger, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! # Ok::<(), std::io::Error>(())
//! ```

pub mod arbeid;
pub mod drift;
pub mod etag;
pub mod forhandling;
#[cfg(test)]
mod fuzz_test;
pub mod kropp;
pub mod maalinger;
mod prosent;
pub mod sluse;
pub mod spoerring;
pub mod sporing;
pub mod sti;
pub mod stopp;
pub mod struping;
pub mod stykker;
pub mod tjener;
pub mod tls;
pub mod utforsker;
pub mod vern;
