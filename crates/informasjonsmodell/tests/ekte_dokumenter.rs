//! The real documents of the live service's test environment go in and come back equal.
//!
//! They are read from the folder of the public contracts; whoever has none skips with a plain line.

#![expect(clippy::panic, reason = "a test that fails panics")]

use std::path::PathBuf;

use informasjonsmodell::Persondokument;

/// The folder with the real documents, or `None` when it is absent and that is allowed.
fn mappe() -> Option<PathBuf> {
    let mappe = std::env::var_os("PERSONTJENESTEN_KONTRAKTER").map(|k| PathBuf::from(k).join("../data/persondokument"));
    match mappe {
        Some(mappe) if mappe.is_dir() => Some(mappe),
        _ if std::env::var("KREV_ALT").as_deref() == Ok("1") => panic!("KREV_ALT=1 og ingen mappe med ekte dokumenter"),
        _ => {
            // A direct write: the harness keeps what a passing test prints with a macro.
            let _ = std::io::Write::write_fmt(
                &mut std::io::stderr(),
                format_args!("HOPPET OVER: PERSONTJENESTEN_KONTRAKTER peker ikke på de offentlige kontraktene\n"),
            );
            None
        }
    }
}

#[test]
fn the_eleven_real_documents_come_back_equal_as_json() {
    let Some(mappe) = mappe() else { return };
    let mut antall = 0;
    for fil in std::fs::read_dir(mappe).unwrap() {
        let fil = fil.unwrap().path();
        let tekst = std::fs::read(&fil).unwrap();
        let dokument = Persondokument::les_json(&tekst).unwrap_or_else(|f| panic!("{}: {f}", fil.display()));
        let ventet: serde_json::Value = serde_json::from_slice(&tekst).unwrap();
        let fikk: serde_json::Value = serde_json::from_slice(&dokument.til_json()).unwrap();
        assert_eq!(fikk, ventet, "{}", fil.display());
        assert!(dokument.ukjente.is_empty());
        antall += 1;
    }
    assert_eq!(antall, 11);
}
