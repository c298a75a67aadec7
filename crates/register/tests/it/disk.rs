//! A disk that is full, cannot be written, or answers with errors, at every call that writes: reads go on, the write is
//! refused whole, and the next one goes through when the disk does.
//!
//! The calls of the real process fail for real: a small library, loaded before the C library, refuses them.

#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use informasjonsmodell::{Handling, Registrering};
use register::Register;

use crate::drap::MAPPE;
use crate::felles::{NAA, nr, person, tid};

const FEILENE: [(&str, i32); 3] = [("ENOSPC", 28), ("EIO", 5), ("EROFS", 30)];

/// Builds the library that refuses. Rust needs the same compiler to link.
fn bibliotek(mappe: &Path) -> PathBuf {
    let so = mappe.join("feil.so");
    let kilde = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/feil_fra_disken.c");
    let ut = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&so)
        .arg(kilde)
        .arg("-ldl")
        .output()
        .unwrap();
    assert!(ut.status.success(), "{}", String::from_utf8_lossy(&ut.stderr));
    so
}

/// Does what it is told on its input, a line each, and says how it went.
#[test]
#[ignore = "startes av en annen prøve"]
fn barn_som_lystrer() {
    let Some(mappe) = std::env::var_os(MAPPE) else { return };
    let mappe = Path::new(&mappe);
    let aapne = || {
        let register = Register::aapne(&mappe.join("data")).unwrap();
        register.start_arkivstroem(&mappe.join("stroem")).unwrap();
        register
    };
    let mut register = aapne();
    let mut ut = std::io::stdout();
    writeln!(ut, "\nSVAR klar").unwrap();
    for linje in std::io::stdin().lines() {
        let linje = linje.unwrap();
        let (hva, n) = linje.split_once(' ').unwrap();
        let n: u32 = n.parse().unwrap();
        let svar = match hva {
            "skriv" => {
                let opprett = Registrering {
                    tidspunkt: tid(n % 1_000),
                    handling: Handling::Opprett(Box::new(person(n).bosatt(&format!("Gate{n}veien")).dokument())),
                };
                match register.utfoer(&[opprett], NAA) {
                    Ok(_) => "ok".to_owned(),
                    Err(_) if register.maa_aapnes_paa_nytt() => "feil, må åpnes".to_owned(),
                    Err(feil) => format!("feil {feil:?}"),
                }
            }
            "aapne" => {
                drop(register);
                register = aapne();
                "ok".to_owned()
            }
            _ => match les(&register, n) {
                Ok(true) => "ok".to_owned(),
                Ok(false) => "mangler".to_owned(),
                Err(_) if register.maa_aapnes_paa_nytt() => "feil, må åpnes".to_owned(),
                Err(feil) => format!("feil {feil:?}"),
            },
        };
        writeln!(ut, "SVAR {svar}").unwrap();
        ut.flush().unwrap();
    }
}

fn les(register: &Register, n: u32) -> Result<bool, register::Feil> {
    let les = register.les()?;
    let id = identifikator::Folkeregisteridentifikator::parse(&nr(n)).unwrap();
    let Some(funnet) = les.finn(&id)? else { return Ok(false) };
    let dokument = les.eksporter(funnet)?.expect("et dokument");
    assert!(
        String::from_utf8(dokument.til_json())
            .unwrap()
            .contains(&format!("Gate{n}veien"))
    );
    Ok(true)
}

/// The obedient process and its disk.
struct Disk {
    barn: Child,
    inn: ChildStdin,
    ut: BufReader<ChildStdout>,
    styring: PathBuf,
}

impl Disk {
    fn start(mappe: &Path, so: &Path) -> Self {
        let styring = mappe.join("styring");
        std::fs::write(&styring, [0; 4096]).unwrap();
        let mut barn = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "disk::barn_som_lystrer",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(MAPPE, mappe)
            .env("LD_PRELOAD", so)
            .env("FEIL_STYRING", &styring)
            .env("FEIL_UNDER", mappe.canonicalize().unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let inn = barn.stdin.take().unwrap();
        let ut = BufReader::new(barn.stdout.take().unwrap());
        let mut disk = Disk { barn, inn, ut, styring };
        assert_eq!(disk.svar(), "klar");
        disk
    }

    fn svar(&mut self) -> String {
        loop {
            let mut linje = String::new();
            assert!(self.ut.read_line(&mut linje).unwrap() > 0, "prosessen døde");
            if let Some(svar) = linje.trim_end().strip_prefix("SVAR ") {
                return svar.to_owned();
            }
        }
    }

    fn si(&mut self, hva: &str, n: u32) -> String {
        writeln!(self.inn, "{hva} {n}").unwrap();
        self.svar()
    }

    /// Lets calls fail with an error after some that succeed; gives how many have been made since the last time.
    fn disk(&self, feil: i32, etter: i32) -> i32 {
        use std::os::unix::fs::FileExt as _;
        let fil = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(&self.styring)
            .unwrap();
        let mut sett = [0; 4];
        fil.read_exact_at(&mut sett, 8).unwrap();
        let byte = [0i32, etter, 0].map(i32::to_ne_bytes).concat();
        fil.write_all_at(&byte, 0).unwrap();
        fil.write_all_at(&feil.to_ne_bytes(), 0).unwrap();
        i32::from_ne_bytes(sett)
    }
}

#[test]
fn paalitelighet_04_en_disk_som_svikter_stopper_skriving_og_ikke_lesing() {
    let mappe = tempfile::tempdir().unwrap();
    let so = bibliotek(mappe.path());
    std::fs::create_dir_all(mappe.path().join("data")).unwrap();
    let mut disk = Disk::start(mappe.path(), &so);
    let mut n = 1;
    assert_eq!(disk.si("skriv", n), "ok");
    // How many calls a write makes, so that each of them gets its turn.
    disk.disk(0x7fff, i32::MAX);
    n += 1;
    assert_eq!(disk.si("skriv", n), "ok");
    let kall = disk.disk(0, 0);
    assert!((4..60).contains(&kall), "{kall}");
    let mut gjennom = vec![1, n];
    let (mut nektet, mut lesefeil, mut aapnet) = (0, 0, 0);
    for (navn, feil) in FEILENE {
        for etter in 0..kall {
            n += 1;
            disk.disk(feil, etter);
            let svar = disk.si("skriv", n);
            let borte = svar.starts_with("feil");
            nektet += u32::from(borte);
            assert!(borte || svar == "ok", "{navn} etter {etter}: {svar}");
            // The disk still fails: everything that was there is read.
            let mut foerste = disk.si("les", 1);
            if foerste == "feil, må åpnes" {
                // LMDB cannot know what it wrote last. Opening it anew needs no disk that can be written.
                aapnet += 1;
                assert_eq!(disk.si("skriv", n), "feil, må åpnes");
                assert_eq!(disk.si("aapne", 0), "ok");
                foerste = disk.si("les", 1);
            }
            for sjekk in gjennom.iter().rev().take(3) {
                let lest = disk.si("les", *sjekk);
                lesefeil += u32::from(lest != "ok" || foerste != "ok");
                assert_eq!(
                    (&*lest, &*foerste),
                    ("ok", "ok"),
                    "{navn} etter {etter} av {kall}: {svar}"
                );
            }
            let der = disk.si("les", n);
            assert_eq!(der, if borte { "mangler" } else { "ok" }, "{navn} etter {etter}");
            disk.disk(0, 0);
            if borte {
                // And by itself, at the first attempt.
                assert_eq!(disk.si("skriv", n), "ok", "{navn} etter {etter} av {kall}: {svar}");
            }
            gjennom.push(n);
        }
    }
    disk.barn.kill().unwrap();
    disk.barn.wait().unwrap();
    let register = Register::aapne(&mappe.path().join("data")).unwrap();
    register.start_arkivstroem(&mappe.path().join("stroem")).unwrap();
    for n in &gjennom {
        assert!(les(&register, *n).unwrap());
    }
    assert_eq!(register.antall_personer().unwrap() as usize, gjennom.len());
    assert_eq!(register.verifiser(&mut |_| {}).unwrap(), []);
    let linjer = format!(
        "TALL 04 disk_nektede_skrivinger {nektet} skrivinger >= 1\nTALL 04 disk_feil_i_lesing {lesefeil} lesinger = 0\nTALL 04 disk_maatte_aapnes_paa_nytt {aapnet} ganger <= 6\n"
    );
    std::io::stdout().write_all(linjer.as_bytes()).unwrap();
}
