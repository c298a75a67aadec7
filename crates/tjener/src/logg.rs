//! Logs: JSON lines without personal data, readable lines on a terminal.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging to stderr. `PERSONTJENESTEN_LOGG` sets the level, for example `debug` or `register=debug,info`.
pub fn start(standard: &str) {
    let filter = EnvFilter::try_from_env("PERSONTJENESTEN_LOGG").unwrap_or_else(|_| EnvFilter::new(standard));
    // What these print at lower levels is not ours to vouch for.
    let filter = [
        "h2=info",
        "hyper=info",
        "hyper_util=info",
        "reqwest=info",
        "rustls=info",
    ]
    .into_iter()
    .filter_map(|d| d.parse().ok())
    .fold(filter, EnvFilter::add_directive);
    let bygger = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second start in the same process keeps the first.
    let _ = if std::io::stderr().is_terminal() {
        bygger.compact().try_init()
    } else {
        bygger.json().try_init()
    };
}
