//! The crate against the synthetic nation.

mod nasjon;
