//! A process that is killed at any moment: whoever was told a number has it, and nobody has one that another was told.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use identifikator::FellesHjelpenummer;

use crate::felles::{NAA, aapne, hvem, kvinne};

const MAPPE: &str = "PERSONTJENESTEN_PROVE_MAPPE";

/// Few numbers to draw among, so that one that was lost sight of would be drawn again.
fn faa() -> Result<u32, hjelpenummer::Feil> {
    Ok(800_000_000 + hjelpenummer::tilfeldig()? % 4_000)
}

#[test]
#[ignore = "startes av en annen prøve"]
fn barn_som_utsteder() {
    let Some(mappe) = std::env::var_os(MAPPE) else { return };
    let lager = aapne(mappe.as_ref());
    let mut ut = std::io::stdout();
    loop {
        let utstedt = lager.utsted(&kvinne(), false, None, &hvem("a"), NAA, &mut faa).unwrap();
        writeln!(ut, "UTSTEDT {}.", utstedt.nummer.as_str()).unwrap();
        ut.flush().unwrap();
    }
}

#[test]
fn a_number_that_somebody_was_told_is_there_and_is_nobody_elses() {
    let mappe = tempfile::tempdir().unwrap();
    let runder = std::env::var("RUNDER")
        .ok()
        .and_then(|r| r.parse().ok())
        .unwrap_or(25u64);
    let mut fortalt = BTreeSet::new();
    for runde in 0..runder {
        let mut barn = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "drap::barn_som_utsteder",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(MAPPE, mappe.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut linjer = BufReader::new(barn.stdout.take().unwrap()).lines();
        let mut sagt = Vec::new();
        while !sagt.iter().any(|l: &String| l.contains("UTSTEDT")) {
            let Some(linje) = linjer.next() else { break };
            sagt.push(linje.unwrap());
        }
        std::thread::sleep(Duration::from_millis(runde * 7 % 40));
        barn.kill().unwrap();
        sagt.extend(linjer.map_while(Result::ok));
        barn.wait().unwrap();
        let lager = aapne(mappe.path());
        for linje in sagt {
            let Some((_, rest)) = linje.split_once("UTSTEDT ") else {
                continue;
            };
            let Some(nummer) = rest.strip_suffix('.') else { continue };
            let nummer = FellesHjelpenummer::parse(nummer).unwrap();
            assert!(fortalt.insert(nummer), "runde {runde}: to fikk det samme");
            assert!(lager.slaa_opp(nummer).unwrap().is_some(), "runde {runde}");
        }
        assert!(fortalt.iter().all(|n| lager.er_utstedt(*n)));
        // Of those that are there and nobody was told, at most one a round.
        assert!(lager.antall_utstedt() as u64 <= fortalt.len() as u64 + runde + 1);
        assert_eq!(lager.logg(1, usize::MAX).unwrap().len() as u64, lager.siste().unwrap());
    }
    assert!(fortalt.len() as u64 > runder, "{}", fortalt.len());
}
