//! The non-interference harness: two stores that differ only in what a caller may not see must answer it alike.
//!
//! ```text
//!  one seed ─▶ two stores ─▶ Par { a, b }: the same surface over each, same keys, same clock, same tokens
//!                               │
//!         Flate: callers × routes × requests (every parameter, form and error path)
//!                               │
//!               both are asked ─▶ whole answers compared: status, headers in order, body
//! ```
//! The core knows HTTP and nothing else: no person, no package, no store. A surface ([`Flate`]) is plugged in by the tests
//! of the crate that has it, so this crate is a dev-dependency of interfaces and depends on none of them. What a caller may
//! see is the surface's table, written by hand from the sources; a table computed by the code under test would agree with
//! any leak.
//!
//! A newcomer's mistake is to trust a run that found nothing. Two controls belong to every surface: a caller who *may* see
//! the difference must be found to see it, and a router that leaks on purpose ([`lekkasje`]) must be caught.
#![doc = include_str!("../krav.md")]

mod flate;
pub mod lekkasje;
mod sammenlikning;
pub mod tid;
mod tilfeldig;

pub use flate::{Flate, Foresporsel, Par, Svar, spoer};
pub use sammenlikning::{Forskjell, Likhet, Utfall, sammenlikn};
pub use tilfeldig::Tilfeldig;
