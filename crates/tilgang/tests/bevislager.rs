//! The memory of used proofs from outside: what it costs, and what is left when its process is killed.

#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Instant;

use tilgang::token::dpop::{Bevislager, Bevismerke, Dpopfeil, PLASSER};

const NAA_S: i64 = 1_760_000_000;
const MAPPE: &str = "PERSONTJENESTEN_PROEVE_BEVISLAGER";

/// One test at a time: one measures the memory of the process.
static ALENE: Mutex<()> = Mutex::new(());

fn merke(nr: u64, til_s: i64) -> Bevismerke {
    Bevismerke::new(&[3; 32], &nr.to_string(), til_s)
}

/// What the process has in memory. Units: KiB.
#[cfg(target_os = "linux")]
fn minne_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let linje = status.lines().find_map(|linje| linje.strip_prefix("VmRSS:")).unwrap();
    linje.split_whitespace().next().unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn paalitelighet_12_sixty_thousand_proofs_a_minute_and_the_bound_itself_stay_within_sixty_four_mib() {
    let _alene = ALENE.lock().unwrap();
    let mappe = tempfile::tempdir().unwrap();
    let lager = Bevislager::aapne(&mappe.path().join("dpop")).unwrap();
    let foer = minne_kib();
    // Three minutes at 60 000 a minute.
    let mut flest = 0;
    for nr in 0..180_000_u64 {
        let til_s = NAA_S + i64::try_from(nr / 1_000).unwrap();
        lager.bruk(merke(nr, til_s)).unwrap();
        flest = flest.max(lager.antall());
    }
    let jevnt = minne_kib().saturating_sub(foer);
    println!("60 000 proofs/min: at most {flest} remembered");
    println!("TALL 12 minne_ved_60000_bevis_per_min {jevnt} KiB <= 65536");
    assert!(flest <= 49_000, "{flest}");
    assert!(jevnt <= 64 * 1024, "{jevnt}");

    // As fast as it goes, until it is full.
    let start = Instant::now();
    let (mut tatt, mut nr) = (0_u64, 1_000_000_u64);
    let til_s = NAA_S + 1_000;
    while lager.antall() < PLASSER {
        nr += 1;
        tatt += u64::from(lager.bruk(merke(nr, til_s)).is_ok());
    }
    let tid = start.elapsed();
    let fullt = minne_kib().saturating_sub(foer);
    println!(
        "full: {} remembered, {tatt} proofs in {} ms",
        lager.antall(),
        tid.as_millis()
    );
    println!("TALL 12 minne_fullt_bevislager {fullt} KiB <= 65536");
    assert!(fullt <= 64 * 1024, "{fullt}");
    for nytt in 0..100_000 {
        assert_eq!(lager.bruk(merke(10_000_000 + nytt, til_s)), Err(Dpopfeil::Opptatt));
    }
    let etter = minne_kib().saturating_sub(foer);
    assert!(etter <= fullt + 1024, "{etter}");
    assert_eq!(lager.bruk(merke(1_000_001, til_s)), Err(Dpopfeil::Gjenbrukt));
}

/// Run by the test below in a process of its own: uses proofs and says each number once the proof has been taken.
#[test]
fn barn_bruker_bevis_til_det_drepes() {
    let Some(mappe) = std::env::var_os(MAPPE) else { return };
    let lager = Bevislager::aapne(Path::new(&mappe)).unwrap();
    let ut = std::io::stdout();
    for nr in 0.. {
        lager.bruk(merke(nr, NAA_S)).unwrap();
        let mut ut = ut.lock();
        writeln!(ut, "TATT {nr}").unwrap();
        ut.flush().unwrap();
    }
}

#[test]
fn paalitelighet_12_what_a_killed_process_had_taken_is_refused_by_the_next() {
    let _alene = ALENE.lock().unwrap();
    let mappe = tempfile::tempdir().unwrap();
    let (mut kontrollert, mut godtatt) = (0, 0);
    for runde in 0..20_u64 {
        let sti = mappe.path().join(format!("dpop-{runde}"));
        let mut barn = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "barn_bruker_bevis_til_det_drepes",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(MAPPE, &sti)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Killed after another number of proofs each time, with no word of warning.
        let igjen = 20 + runde * 53;
        let mut tatt = Vec::new();
        let mut linjer = BufReader::new(barn.stdout.take().unwrap()).lines();
        let les = |linje: &str| linje.split("TATT ").nth(1).and_then(|nr| nr.parse::<u64>().ok());
        while (tatt.len() as u64) < igjen {
            tatt.extend(les(&linjer.next().unwrap().unwrap()));
        }
        barn.kill().unwrap();
        barn.wait().unwrap();
        // What it had said before it died counts too.
        tatt.extend(linjer.map_while(Result::ok).filter_map(|linje| les(&linje)));
        let lager = Bevislager::aapne(&sti).unwrap();
        godtatt += tatt
            .iter()
            .filter(|nr| lager.bruk(merke(**nr, NAA_S)) != Err(Dpopfeil::Gjenbrukt))
            .count();
        kontrollert += tatt.len();
    }
    println!("20 kills, {kontrollert} proofs taken before them");
    println!("TALL 12 gjentakelser_godtatt_etter_drap {godtatt} stk = 0");
    assert_eq!(godtatt, 0);
}
