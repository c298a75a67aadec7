//! The folder of the public contract, the other programs, and what to do without them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Says that a test is skipped; with `KREV_ALT=1` that is a failure.
pub fn hopp_over(grunn: &str) {
    if std::env::var("KREV_ALT").as_deref() == Ok("1") {
        panic!("KREV_ALT=1 og {grunn}");
    }
    // A direct write: the harness keeps what a passing test prints with a macro.
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("HOPPET OVER: {grunn}\n"));
}

/// The folder of PREG's contract, or `None` when it is absent and that is allowed.
pub fn preg() -> Option<PathBuf> {
    let sted = std::env::var_os("PERSONTJENESTEN_KONTRAKTER").map(|k| PathBuf::from(k).join("preg"));
    let funnet = sted.filter(|sted| sted.exists());
    if funnet.is_none() {
        hopp_over("PERSONTJENESTEN_KONTRAKTER peker ikke på de offentlige kontraktene");
    }
    funnet
}

/// Runs one of the programs beside this file; `None` where what it imports is not there and that is allowed. Which Python
/// has zeep may be said by `ZEEP_PYTHON`.
pub fn python(modul: &str, program: &str, argumenter: &[&Path], inn: &[u8]) -> Option<String> {
    let tolk = match std::env::var_os("ZEEP_PYTHON").filter(|_| modul == "zeep") {
        Some(tolk) => tolk,
        None => "python3".into(),
    };
    let finnes = Command::new(&tolk).args(["-c", &format!("import {modul}")]).output();
    if !finnes.is_ok_and(|svar| svar.status.success()) {
        hopp_over(&format!("python3 med {modul} er ikke installert"));
        return None;
    }
    let mut barn = Command::new(&tolk)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(program))
        .args(argumenter)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut roer = barn.stdin.take().unwrap();
    let inn = inn.to_vec();
    let skriver = std::thread::spawn(move || roer.write_all(&inn).unwrap());
    let svar = barn.wait_with_output().unwrap();
    skriver.join().unwrap();
    assert!(svar.status.success(), "{program} feilet");
    Some(String::from_utf8(svar.stdout).unwrap())
}

/// A folder of this test's own.
pub fn mappe(navn: &str) -> PathBuf {
    let mappe = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("preg-{navn}-{}", std::process::id()));
    std::fs::create_dir_all(&mappe).unwrap();
    mappe
}
