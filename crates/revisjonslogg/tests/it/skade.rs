//! Stops in the middle of a write, and hands that would change what was written.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{aapne, aapne_med, innstillinger, logg_med, post, poster, verifiser};

fn segment(mappe: &Path, nr: u64) -> PathBuf {
    mappe.join(format!("{nr:010}.segment"))
}

fn kopi(fra: &Path) -> tempfile::TempDir {
    let til = tempfile::tempdir().unwrap();
    for fil in std::fs::read_dir(fra).unwrap() {
        let fil = fil.unwrap().path();
        std::fs::copy(&fil, til.path().join(fil.file_name().unwrap())).unwrap();
    }
    til
}

fn endre(sti: &Path, gjoer: impl FnOnce(&mut Vec<u8>)) {
    let mut byte = std::fs::read(sti).unwrap();
    gjoer(&mut byte);
    std::fs::write(sti, byte).unwrap();
}

fn siste_hode(mappe: &Path) -> String {
    let hoder = std::fs::read_to_string(mappe.join("hoder.jsonl")).unwrap();
    serde_json::from_str(hoder.lines().last().unwrap()).unwrap()
}

#[test]
fn a_write_cut_off_anywhere_loses_itself_and_nothing_before_it() {
    let hel = logg_med(13);
    // As after a stop before the last head: ten records are signed, three came since.
    let hoder = hel.path().join("hoder.jsonl");
    let linjer = std::fs::read_to_string(&hoder).unwrap();
    std::fs::write(
        &hoder,
        linjer.lines().take(2).map(|l| format!("{l}\n")).collect::<String>(),
    )
    .unwrap();
    let lengde = std::fs::metadata(segment(hel.path(), 1)).unwrap().len() as usize;
    let en_post = post(12).len() + 36;
    for kutt in 1..en_post * 2 {
        let mappe = kopi(hel.path());
        endre(&segment(mappe.path(), 1), |b| b.truncate(lengde - kutt));
        let logg = aapne(mappe.path());
        let igjen = 13 - kutt.div_ceil(en_post) as u64;
        assert_eq!(logg.helse().poster, igjen);
        assert_eq!(logg.skriv_og_vent(b"ny".to_vec()).unwrap(), igjen);
        drop(logg);
        let lest = poster(mappe.path());
        assert_eq!(lest.len() as u64, igjen + 1);
        assert_eq!(lest[..igjen as usize], (0..igjen).map(post).collect::<Vec<_>>());
        assert_eq!(verifiser(mappe.path(), &[]).funn, Vec::<String>::new());
        // What was cut off is kept.
        let avrevet = mappe.path().join(format!("avrevet-{igjen}"));
        assert_eq!(avrevet.exists(), kutt % en_post != 0);
    }
    // Below what is signed nothing may be missing.
    endre(&segment(hel.path(), 1), |b| b.truncate(lengde - en_post * 4));
    assert!(aapne_med(hel.path(), innstillinger()).is_err());
}

#[test]
fn rubbish_after_the_last_record_is_laid_aside() {
    for rusk in [vec![0; 4_096], vec![0xff; 100], post(0), vec![30, 0, 0, 0, 1]] {
        let mappe = logg_med(11);
        endre(&segment(mappe.path(), 1), |b| b.extend_from_slice(&rusk));
        assert_eq!(verifiser(mappe.path(), &[]).funn, ["post 11 kan ikke leses"]);
        let logg = aapne(mappe.path());
        assert_eq!(logg.helse().poster, 11);
        drop(logg);
        assert_eq!(std::fs::read(mappe.path().join("avrevet-11")).unwrap(), rusk);
        assert_eq!(verifiser(mappe.path(), &[]).funn, Vec::<String>::new());
    }
}

#[test]
fn no_bit_of_the_records_can_be_changed_unseen() {
    let hel = logg_med(20);
    for nr in 0..3 {
        let lengde = std::fs::metadata(segment(hel.path(), nr)).unwrap().len() as usize;
        let mappe = kopi(hel.path());
        let original = std::fs::read(segment(hel.path(), nr)).unwrap();
        for plass in 0..lengde {
            let mut byte = original.clone();
            byte[plass] ^= 1 << (plass % 8);
            std::fs::write(segment(mappe.path(), nr), byte).unwrap();
            assert_ne!(
                verifiser(mappe.path(), &[]).funn,
                Vec::<String>::new(),
                "segment {nr} byte {plass}"
            );
        }
    }
}

/// Someone with all of the files and not the key, who makes the chain and the roots right again after changing something.
fn skriv_paa_nytt(mappe: &Path, poster: &[Vec<u8>]) {
    let annen = tempfile::tempdir().unwrap();
    let logg = aapne(annen.path());
    for post in poster {
        logg.skriv_og_vent(post.clone()).unwrap();
    }
    drop(logg);
    for fil in std::fs::read_dir(mappe).unwrap() {
        let fil = fil.unwrap().path();
        if fil.file_name().unwrap() != "hoder.jsonl" {
            std::fs::remove_file(fil).unwrap();
        }
    }
    for fil in std::fs::read_dir(annen.path()).unwrap() {
        let fil = fil.unwrap().path();
        if fil.file_name().unwrap() != "hoder.jsonl" {
            std::fs::copy(&fil, mappe.join(fil.file_name().unwrap())).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_log_written_anew_is_seen_by_who_keeps_a_head(
        antall in 2usize..40,
        hva in 0u8..5,
        a in any::<prop::sample::Index>(),
        b in any::<prop::sample::Index>(),
        hoder_med in any::<bool>(),
    ) {
        let mappe = logg_med(antall as u64);
        let utenfor = [siste_hode(mappe.path())];
        prop_assert_eq!(verifiser(mappe.path(), &utenfor).funn, Vec::<String>::new());
        let mut nye = poster(mappe.path());
        let (a, b) = (a.index(antall), b.index(antall));
        match hva {
            0 => nye[a].push(b'!'),
            1 => { nye.remove(a); }
            2 => nye.insert(a, b"ingen har sett meg".to_vec()),
            3 if a != b => nye.swap(a, b),
            _ => nye.truncate(a),
        }
        skriv_paa_nytt(mappe.path(), &nye);
        if hoder_med {
            // The heads of the folder are gone too; the one kept elsewhere is not.
            std::fs::remove_file(mappe.path().join("hoder.jsonl")).unwrap();
        }
        // A record inserted at the end is growth, and everything else is not.
        let vekst = nye.len() >= antall && nye[..antall] == (0..antall as u64).map(post).collect::<Vec<_>>()[..];
        prop_assert_eq!(verifiser(mappe.path(), &utenfor).funn.is_empty(), vekst);
        if !hoder_med {
            prop_assert_eq!(verifiser(mappe.path(), &[]).funn.is_empty(), vekst);
        }
    }

    #[test]
    fn damage_anywhere_is_found_or_the_log_is_not_opened(
        fil in any::<prop::sample::Index>(),
        skader in prop::collection::vec((any::<prop::sample::Index>(), 1u8..=255), 1..4),
        kutt in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mappe = logg_med(20);
        let utenfor = [siste_hode(mappe.path())];
        let mut filer: Vec<_> = std::fs::read_dir(mappe.path()).unwrap().map(|f| f.unwrap().path()).collect();
        filer.sort();
        let sti = fil.get(&filer);
        let foer = std::fs::read(sti).unwrap();
        if foer.is_empty() {
            return Ok(());
        }
        endre(sti, |byte| {
            for (plass, bit) in &skader {
                let plass = plass.index(byte.len());
                byte[plass] ^= bit;
            }
            if let Some(kutt) = kutt {
                byte.truncate(kutt.index(byte.len()));
            }
        });
        let endret = std::fs::read(sti).unwrap() != foer;
        let funn = verifiser(mappe.path(), &utenfor).funn;
        let posten = sti.extension().is_some_and(|e| e == "segment");
        // Roots and heads can be made again or were kept elsewhere; records cannot.
        if posten {
            prop_assert_eq!(!funn.is_empty(), endret);
        }
        if let Ok(logg) = aapne_med(mappe.path(), innstillinger()) {
            let skrevet = logg.skriv_og_vent(b"ny".to_vec());
            drop(logg);
            prop_assert!(skrevet.is_ok());
            // What was not the records' own is mended.
            if !posten && sti.file_name().unwrap() != "hoder.jsonl" {
                prop_assert_eq!(verifiser(mappe.path(), &utenfor).funn, Vec::<String>::new());
            }
        }
    }
}

#[test]
fn a_log_cut_short_is_seen_by_who_keeps_a_head_also_when_it_is_checked_as_far_as_it_goes() {
    let mappe = logg_med(20);
    let utenfor = [siste_hode(mappe.path())];
    skriv_paa_nytt(mappe.path(), &(0..11).map(post).collect::<Vec<_>>());
    std::fs::remove_file(mappe.path().join("hoder.jsonl")).unwrap();
    for til in [None, Some(11)] {
        let rapport = revisjonslogg::verifiser(mappe.path(), &super::noekkel(), &utenfor, til, &mut |_| {}).unwrap();
        assert_eq!(
            rapport.funn,
            ["hode utenfra: 20 poster er signert, og bare 11 er her"],
            "{til:?}"
        );
    }
}

#[test]
fn a_check_of_the_first_records_says_nothing_of_what_came_since() {
    let mappe = logg_med(20);
    for til in 0..=20 {
        let rapport = revisjonslogg::verifiser(mappe.path(), &super::noekkel(), &[], Some(til), &mut |_| {}).unwrap();
        assert_eq!((rapport.poster, rapport.funn), (til, vec![]));
    }
}

#[test]
fn a_stop_while_a_segment_is_made_leaves_a_log_that_opens() {
    let mappe = logg_med(8);
    std::fs::write(mappe.path().join("0000000001.ny"), b"PTR").unwrap();
    let logg = aapne(mappe.path());
    assert_eq!(logg.skriv_og_vent(post(8)).unwrap(), 8);
    drop(logg);
    assert_eq!(verifiser(mappe.path(), &[]).funn, Vec::<String>::new());
    assert_eq!(poster(mappe.path()).len(), 9);
}
