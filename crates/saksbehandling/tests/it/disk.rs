//! A disk that refuses some calls while the line is being decided, and is well again: nobody is told anything for that.
//!
//! The calls of the real process fail for real, as in the tests of `register`, whose library refuses them.

use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::Command;

use saksbehandling::Tilstand;

use crate::felles::{Folk, SYKEHUS};
use crate::frys::{doed, etterpaa, fortalt, send, toem};

const STYRING: &str = "FEIL_STYRING";
const EIO: i32 = 5;

/// Lets some calls succeed and then some fail.
fn svikt(etter: i32, antall: i32) {
    let fil = std::fs::OpenOptions::new()
        .write(true)
        .open(std::env::var_os(STYRING).unwrap())
        .unwrap();
    fil.write_all_at(&[etter, 0, antall].map(i32::to_ne_bytes).concat(), 4)
        .unwrap();
    fil.write_all_at(&EIO.to_ne_bytes(), 0).unwrap();
}

/// Nothing fails any more; says how many calls that were to fail did not.
fn frisk() -> i32 {
    let styring = std::env::var_os(STYRING).unwrap();
    let byte = std::fs::read(&styring).unwrap();
    let fil = std::fs::OpenOptions::new().write(true).open(&styring).unwrap();
    fil.write_all_at(&[0; 16], 0).unwrap();
    i32::from_ne_bytes(byte[12..16].try_into().unwrap())
}

#[test]
#[ignore = "startes av en annen prøve"]
fn barn_paa_svak_disk() {
    if std::env::var_os(STYRING).is_none() {
        return;
    }
    let mut stoppet = 0;
    for antall in 1..=3 {
        for etter in 0.. {
            let mut folk = Folk::new();
            let navn = ["ungkar", "ugift", "separert"];
            let saker = navn.map(|navn| send(&folk, SYKEHUS, navn, doed(&folk, navn), true));
            svikt(etter, antall);
            let utfall = folk.saker.behandle_koe(&etterpaa());
            let igjen = frisk();
            if utfall.is_err() {
                stoppet += 1;
                // After some failures nothing is read either before the files are opened anew.
                folk = folk.aapnet_etter(|_| {});
                // What was not decided is as it was.
                for sak in saker {
                    let ventende = folk.saker.sak(sak).unwrap().unwrap();
                    match ventende.tilstand {
                        Tilstand::IKoe => {
                            assert!(folk.saker.melding(sak).unwrap().is_some() && ventende.hendelser.is_empty())
                        }
                        tilstand => assert_eq!(tilstand, Tilstand::Avgjort, "{antall} etter {etter}"),
                    }
                }
            }
            toem(&folk);
            for sak in saker {
                assert_eq!(fortalt(&folk, sak), ["godkjent registrert"], "{antall} etter {etter}");
            }
            if igjen == antall {
                break;
            }
        }
    }
    println!("\nSTOPPET {stoppet}");
}

#[test]
fn a_disk_that_fails_for_a_moment_leaves_the_line_as_it_was() {
    let mappe = tempfile::tempdir().unwrap();
    let (so, styring, data) = (
        mappe.path().join("feil.so"),
        mappe.path().join("styring"),
        mappe.path().join("data"),
    );
    let kilde = Path::new(env!("CARGO_MANIFEST_DIR")).join("../register/tests/it/feil_fra_disken.c");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&so)
        .arg(kilde)
        .arg("-ldl");
    let laget = cc.output().unwrap();
    assert!(laget.status.success(), "{}", String::from_utf8_lossy(&laget.stderr));
    std::fs::write(&styring, [0; 4096]).unwrap();
    std::fs::create_dir(&data).unwrap();
    let barn = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "disk::barn_paa_svak_disk", "--ignored", "--nocapture"])
        .env("LD_PRELOAD", so)
        .env(STYRING, styring)
        .env("FEIL_UNDER", data.canonicalize().unwrap())
        .env("TMPDIR", &data)
        .output()
        .unwrap();
    let ut = String::from_utf8_lossy(&barn.stdout);
    assert!(barn.status.success(), "{ut}{}", String::from_utf8_lossy(&barn.stderr));
    let stoppet = ut.lines().find_map(|l| l.strip_prefix("STOPPET "));
    assert!(stoppet.is_some_and(|n| n != "0"), "{ut}");
}
