//! Backup, restore and a failing disk, with the whole program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::delt::navngitt;
use crate::program::{Tjener, kjoer, kjoer_paa, ny_mappe};

/// A file beside a folder, gone with it.
fn ved_siden(mappe: &Path, navn: &str) -> PathBuf {
    mappe.with_extension(navn)
}

fn tekst(sti: &Path) -> &str {
    sti.to_str().unwrap()
}

/// The person's document with another postadresse, in a folder of its own.
fn endret(tjener: &Tjener, nr: &str, boks: &str) -> PathBuf {
    let mappe = ny_mappe();
    let eksport = mappe.join("eksport");
    tjener.kommando(&["export", tekst(&eksport)]).lyktes();
    let fil = eksport.join(format!("{nr}.json"));
    let mut dokument: Value = serde_json::from_slice(&std::fs::read(&fil).unwrap()).unwrap();
    dokument["postadresse"] = serde_json::json!([{"ajourholdstidspunkt": "2026-01-01T12:00:00+01:00", "erGjeldende": true,
        "adressegradering": "ugradert", "postboksadresse": {"postboks": boks}}]);
    std::fs::remove_dir_all(&eksport).unwrap();
    std::fs::write(mappe.join(format!("{nr}.json")), serde_json::to_vec(&dokument).unwrap()).unwrap();
    mappe
}

fn importer(tjener: &Tjener, fil: &Path) -> bool {
    let svar = tjener.kommando(&["import", "persondokument", tekst(fil)]);
    svar.kode == Some(0) && svar.ut.contains("0 avvist")
}

#[test]
fn a_backup_under_load_and_the_stream_give_the_whole_program_back() {
    let (mappe, kopier, ny) = (ny_mappe(), ny_mappe(), ny_mappe());
    std::fs::remove_dir(&ny).unwrap();
    let mut tjener = Tjener::i_mappe(&mappe, &["--personer", "150"], &[]);
    tjener.behold_mappen();
    let nr = navngitt("tvilling");
    let kopi = tjener.kommando(&["backup", tekst(&kopier)]).lyktes();
    assert!(kopi.starts_with("kopi ved "), "{kopi}");
    for boks in ["BOKS 1", "BOKS 2"] {
        let fil = endret(&tjener, &nr, boks);
        assert!(importer(&tjener, &fil));
        std::fs::remove_dir_all(fil).unwrap();
    }
    let roter = tjener.kommando(&["noekler", "roter"]).lyktes();
    assert!(roter.starts_with("nøkkelen er byttet"), "{roter}");
    assert!(tjener.kommando(&["oppslag", &nr]).lyktes().contains("BOKS 2"));
    tjener.kommando(&["noekler", "forny"]).lyktes();
    assert!(tjener.kommando(&["verify"]).lyktes().ends_with(" 0 funn\n"));
    assert_eq!(tjener.avbryt().0.code(), Some(0));
    drop(tjener);
    let siste: u64 = {
        let andre = kjoer_paa(&mappe, &["backup", tekst(&kopier), "--behold", "1"]).lyktes();
        assert!(andre.contains("1 eldre kopier er fjernet"), "{andre}");
        andre.split_whitespace().nth(2).unwrap().parse().unwrap()
    };
    let under = |navn: &str| mappe.join(navn).to_str().unwrap().to_owned();
    let gjenopprett = |til: &str| {
        kjoer(&[
            "restore",
            tekst(&kopier),
            "--data",
            tekst(&ny),
            "--noekler",
            &under("noekler"),
            "--slettinger",
            &under("slettinger"),
            "--tilgang",
            &under("tilgang"),
            "--arkivstroem",
            &under("arkivstroem"),
            "--til",
            til,
        ])
    };
    // The only copy left is of the end.
    gjenopprett(&(siste - 1).to_string()).feilet();
    let ut = gjenopprett(&siste.to_string()).lyktes();
    assert!(
        ut.starts_with(&format!("gjenopprettet til {siste} fra kopien ved {siste}")),
        "{ut}"
    );
    gjenopprett(&siste.to_string()).feilet();
    assert!(kjoer_paa(&ny, &["verify"]).lyktes().ends_with(" 0 funn\n"));
    // Who the named persons of a demo are is no part of a register.
    std::fs::copy(mappe.join("navngitte.json"), ny.join("navngitte.json")).unwrap();
    let mut tjener = Tjener::i_mappe(&ny, &[], &[]);
    let person = tjener.kommando(&["oppslag", &nr]).lyktes();
    assert!(person.contains("BOKS 2"), "{person}");
    tjener.avbryt();
    drop(tjener);
    for mappe in [mappe, kopier] {
        std::fs::remove_dir_all(mappe).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_program_starts_anew_by_itself_after_a_disk_that_failed_in_a_commit() {
    use std::os::unix::fs::FileExt as _;

    let mappe = ny_mappe();
    let (so, styring) = (ved_siden(&mappe, "so"), ved_siden(&mappe, "styring"));
    let kilde = Path::new(env!("CARGO_MANIFEST_DIR")).join("../register/tests/it/feil_fra_disken.c");
    let cc = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .arg(&so)
        .arg(kilde)
        .arg("-ldl")
        .output()
        .unwrap();
    assert!(cc.status.success(), "{}", String::from_utf8_lossy(&cc.stderr));
    std::fs::write(&styring, [0; 4096]).unwrap();
    let disk = |feil: i32, etter: i32| {
        let fil = std::fs::OpenOptions::new().write(true).open(&styring).unwrap();
        fil.write_all_at(&[0, etter, 0].map(i32::to_ne_bytes).concat(), 0)
            .unwrap();
        fil.write_all_at(&feil.to_ne_bytes(), 0).unwrap();
    };
    let register = mappe.canonicalize().unwrap().join("register");
    let mut tjener = Tjener::i_mappe(
        &mappe,
        &["--personer", "150"],
        &[
            ("LD_PRELOAD", tekst(&so)),
            ("FEIL_STYRING", tekst(&styring)),
            ("FEIL_UNDER", tekst(&register)),
        ],
    );
    let nr = navngitt("tvilling");
    // What the nation's protected persons leave to be tidied away is done first: nobody else is to write when the disk fails.
    tjener.kommando(&["noekler", "forny"]).lyktes();
    let mut omstarter = 0;
    // From the first call of a commit to the last, which is the one: how many there are depends on the pages, and whether somebody
    // asks while the program is away depends on the moment, so it is gone through more than once.
    for (nr_i_rekken, etter) in (0..16).cycle().take(96).enumerate() {
        if omstarter > 0 {
            break;
        }
        let fil = endret(&tjener, &nr, &format!("BOKS {nr_i_rekken}"));
        let foer = tjener.kommando(&["oppslag", &nr]).lyktes();
        disk(5, etter);
        let gikk = importer(&tjener, &fil);
        // Reading goes on, at once or as soon as the program has started anew; the disk still fails.
        let frist = Instant::now() + Duration::from_secs(30);
        let mut lest = tjener.kommando(&["oppslag", &nr]);
        omstarter += u32::from(lest.kode != Some(0));
        while lest.kode != Some(0) {
            assert!(Instant::now() < frist, "{}", lest.feil);
            lest = tjener.kommando(&["oppslag", &nr]);
        }
        assert_eq!(lest.ut == foer, !gikk, "etter {etter}");
        disk(0, 0);
        assert!(gikk || importer(&tjener, &fil), "etter {etter}");
        assert!(
            tjener
                .kommando(&["oppslag", &nr])
                .lyktes()
                .contains(&format!("BOKS {nr_i_rekken}"))
        );
        std::fs::remove_dir_all(fil).unwrap();
    }
    assert!(
        omstarter > 0,
        "ingen av kallene traff siden som sier hva som er bekreftet"
    );
    assert!(tjener.lever());
    assert!(tjener.kommando(&["verify"]).lyktes().ends_with(" 0 funn\n"));
    for fil in [so, styring] {
        std::fs::remove_file(fil).unwrap();
    }
}
