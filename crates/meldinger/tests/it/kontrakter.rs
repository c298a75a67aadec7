//! The folder of the public contracts, and what to do without it.

use std::path::PathBuf;

/// Says that a test is skipped; with `KREV_ALT=1` that is a failure.
pub fn hopp_over(grunn: &str) {
    if std::env::var("KREV_ALT").as_deref() == Ok("1") {
        panic!("KREV_ALT=1 og {grunn}");
    }
    // A direct write: the harness keeps what a passing test prints with a macro.
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("HOPPET OVER: {grunn}\n"));
}

/// A place in the folder of the public contracts, or `None` when it is absent and that is allowed.
pub fn sted(under: &str) -> Option<PathBuf> {
    let sted = std::env::var_os("PERSONTJENESTEN_KONTRAKTER").map(|k| PathBuf::from(k).join(under));
    let funnet = sted.filter(|sted| sted.exists());
    if funnet.is_none() {
        hopp_over("PERSONTJENESTEN_KONTRAKTER peker ikke på de offentlige kontraktene");
    }
    funnet
}
