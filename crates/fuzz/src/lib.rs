//! What the fuzz targets of the crates stand on: a corpus, a mutator with a fixed seed, a process of their own.
//!
//! A target is a function of bytes, and lies beside the reader that it tries, so that no private reader is made public
//! for it. [`maal!`] makes a test of it, which runs itself again as a child and holds the child to the bounds. In the
//! child every text of `korpus/<target>/`, every valid text that the target hands in and every monster of
//! [`uhyrer`] is tried as it is, then so many mutations of them. No seconds and no chance are in it: the same
//! commit tries the same bytes everywhere. With `PAALITELIGHET=lang` the mutating goes on for a minute.
//!
//! What a newcomer gets wrong: a finding is not mended in the reader alone. Its bytes go to `korpus/<target>/`, where
//! they are tried for ever after.
//!
//! Why not a fuzzer that is there already: those guided by coverage need a nightly compiler or a tool compiled in CI,
//! and what is left of them without it is this file. ADR 0017.

#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "used by tests alone, where a failure is a panic and a figure is a printed line"
)]

mod barn;
mod forelder;
mod mutasjon;
mod uhyre;

pub use forelder::kjoer;
pub use mutasjon::Mutator;
pub use uhyre::uhyrer;

/// Longest time that one text may take. Units: milliseconds. Source: our choice, far above what any of them needs.
pub const TID_MS_MAKS: u64 = 1_000;
/// How much the process may grow over all texts of a target. Units: MiB. Source: our choice; a text has at most
/// [`BYTE_MAKS`].
pub const VEKST_MIB_MAKS: u64 = 64;
/// Longest text that a mutation makes.
pub const BYTE_MAKS: usize = 128 * 1024;

/// What is tried, and how much.
#[derive(Clone, Copy, Debug)]
pub struct Maal {
    /// Name of the target, and of its folder in `korpus/`.
    pub navn: &'static str,
    /// The test, as the harness knows it.
    pub test: &'static str,
    /// Mutations in the short form.
    pub kjoeringer: u64,
    /// Words that the format knows, for the mutator to put in.
    pub ord: &'static [&'static str],
}

/// Makes a test of a target.
///
/// Shape: name of the test (`paalitelighet_15_fuzz_` and the target), number of mutations in the short form, words of the
/// format, a function that gives valid texts, and a function that tries one.
#[macro_export]
macro_rules! maal {
    ($test:ident, $kjoeringer:expr, $ord:expr, $gyldige:expr, $proev:expr) => {
        #[test]
        fn $test() {
            let test = concat!(module_path!(), "::", stringify!($test));
            // The harness leaves out the name of the crate.
            let test = test.split_once("::").map_or(test, |(_, test)| test);
            let maal = $crate::Maal {
                navn: stringify!($test).trim_start_matches("paalitelighet_15_fuzz_"),
                test,
                kjoeringer: $kjoeringer,
                ord: $ord,
            };
            $crate::kjoer(maal, $gyldige, $proev);
        }
    };
}
