//! Names as Norwegians write and hear them, for the register's searches.
//!
//! `data/` has the labelled set that this is judged by: names that are heard alike, and near ones that are not.

pub mod fonetikk;
pub mod navn;
