//! A second judge of the interface: schemathesis, with the OpenAPI document that the service itself serves.

use std::path::{Path, PathBuf};
use std::process::Command;

use tilgang::Pakke;

use crate::program::{PROGRAM, Tjener, hopp_over};

/// Persons in the nation that is asked about.
const PERSONER: u32 = 200;

/// The tool: where `SCHEMATHESIS` says, or where the gate lays it.
fn verktoey() -> Option<PathBuf> {
    let gitt = std::env::var_os("SCHEMATHESIS").map(PathBuf::from);
    let lagt = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../schemathesis/bin/schemathesis");
    let funnet = gitt.into_iter().chain([lagt]).find(|sti| sti.is_file());
    if funnet.is_none() {
        hopp_over("schemathesis finnes ikke; sett SCHEMATHESIS til programmet");
    }
    funnet
}

struct Runde {
    tilfeller: u64,
    avvik: u64,
}

/// Runs the judge; gives what it counted in each run, and everything it said.
fn doem(verktoey: &Path, tjener: &Tjener, lengde: &str, pakker: &[Pakke]) -> (Vec<Runde>, String) {
    let skript = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.ci/kontrakttest.py");
    let mut kommando = Command::new("python3");
    kommando
        .arg(skript)
        .arg(verktoey)
        .arg(PROGRAM)
        .arg(&tjener.mappe)
        .arg(&tjener.base)
        .arg(lengde);
    let ut = kommando.args(pakker.iter().map(|p| p.kortnavn())).output().unwrap();
    let alt = format!(
        "{}{}",
        String::from_utf8_lossy(&ut.stdout),
        String::from_utf8_lossy(&ut.stderr)
    );
    let runde = |linje: &str| {
        let mut deler = linje.strip_prefix("KONTRAKT ")?.split(' ').skip(2);
        let mut neste = || deler.next()?.parse().ok();
        Some(Runde {
            tilfeller: neste()?,
            avvik: neste()?,
        })
    };
    let runder: Vec<Runde> = alt.lines().filter_map(runde).collect();
    assert_eq!(
        ut.status.success(),
        runder.iter().all(|r| r.avvik == 0 && r.tilfeller > 0),
        "{alt}"
    );
    (runder, alt)
}

#[test]
fn paalitelighet_16_schemathesis() {
    let Some(verktoey) = verktoey() else { return };
    let lang = std::env::var("PAALITELIGHET").as_deref() == Ok("lang");
    let tjener = Tjener::start(PERSONER);
    let (lengde, pakker) = if lang {
        ("lang", &Pakke::ALLE[..])
    } else {
        ("kort", &[Pakke::OffentligMedHjemmel, Pakke::OffentligUtenHjemmel][..])
    };
    let (runder, alt) = doem(&verktoey, &tjener, lengde, pakker);
    let tilfeller: u64 = runder.iter().map(|r| r.tilfeller).sum();
    let avvik: u64 = runder.iter().map(|r| r.avvik).sum();
    println!("TALL 16 schemathesis_pakker {} antall >= 2", pakker.len());
    println!("TALL 16 schemathesis_tilfeller {tilfeller} antall >= 1000");
    println!("TALL 16 schemathesis_avvik {avvik} antall = 0");
    assert!(avvik == 0 && runder.len() > pakker.len() && tilfeller >= 1_000, "{alt}");
    // The judge sees what it is there to see: a document that says less than the service does is found out.
    let (runder, alt) = doem(&verktoey, &tjener, "kontroll", &pakker[..1]);
    assert!(
        runder.iter().all(|r| r.avvik > 0) && alt.contains("Undocumented status code"),
        "{alt}"
    );
}
