//! Names as Norwegians write and hear them, for the register's searches.
//!
//! So far only the labelled set that what comes is judged by: `data/navnegrupper.tsv` has names that are heard alike,
//! `data/navnepar.tsv` the pairs drawn from it.
