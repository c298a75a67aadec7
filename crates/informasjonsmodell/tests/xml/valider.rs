//! Two judges of XML against XSD: one in Rust, one in C behind Python.

use std::path::PathBuf;
use std::process::Command;

use crate::kontrakter::hopp_over;

/// What the first judge has against a document; empty when it is valid.
pub fn feil(xsd: &str, xml: &[u8]) -> Vec<String> {
    let skjema = uppsala::parse(xsd).unwrap();
    let dom = uppsala::XsdValidator::from_schema(&skjema).unwrap();
    let dokument = uppsala::parse(std::str::from_utf8(xml).unwrap()).unwrap();
    dom.validate(&dokument).iter().map(ToString::to_string).collect()
}

/// Lets the second judge see documents; `None` when it is not installed and that is allowed.
///
/// Shape: for each document, whether it is valid.
pub fn med_lxml(navn: &str, xsd: &str, dokumenter: &[Vec<u8>]) -> Option<Vec<bool>> {
    let finnes = Command::new("python3").args(["-c", "import lxml.etree"]).output();
    if !finnes.is_ok_and(|svar| svar.status.success()) {
        hopp_over("python3 med lxml er ikke installert");
        return None;
    }
    let mappe = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{navn}-{}", std::process::id()));
    std::fs::create_dir_all(&mappe).unwrap();
    let skjema = mappe.join("skjema.xsd");
    std::fs::write(&skjema, xsd).unwrap();
    let mut kommando = Command::new("python3");
    kommando
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/xml/valider_med_lxml.py"))
        .arg(&skjema);
    for (nr, dokument) in dokumenter.iter().enumerate() {
        let fil = mappe.join(format!("{nr}.xml"));
        std::fs::write(&fil, dokument).unwrap();
        kommando.arg(fil);
    }
    let svar = kommando.output().unwrap();
    std::fs::remove_dir_all(&mappe).unwrap();
    assert!(svar.status.success(), "{}", String::from_utf8_lossy(&svar.stderr));
    let svar = String::from_utf8(svar.stdout).unwrap();
    let dommer: Vec<bool> = svar.lines().map(|linje| linje == "gyldig").collect();
    assert_eq!(dommer.len(), dokumenter.len());
    Some(dommer)
}
