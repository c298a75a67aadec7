//! Proofs, as an auditor who keeps an old head would check them.

use revisjonslogg::bevis::{Innslagsbevis, Vekstbevis};
use revisjonslogg::hode::SignertHode;

use super::{aapne, logg_med, noekkel, post, verifiser};

fn hoder(mappe: &std::path::Path) -> Vec<SignertHode> {
    let tekst = std::fs::read_to_string(mappe.join("hoder.jsonl")).unwrap();
    let noter = tekst.lines().map(|l| serde_json::from_str::<String>(l).unwrap());
    noter.map(|n| noekkel().verifiser(&n).unwrap()).collect()
}

#[test]
fn every_record_has_a_proof_under_every_head_that_has_it() {
    let mappe = logg_med(37);
    for hode in hoder(mappe.path()) {
        for nr in 0..37 {
            let bevis = Innslagsbevis::lag(mappe.path(), nr, &hode);
            if nr >= hode.hode.antall {
                assert!(bevis.is_err());
                continue;
            }
            let bevis = bevis.unwrap();
            let tekst = serde_json::to_string(&bevis).unwrap();
            let lest: Innslagsbevis = serde_json::from_str(&tekst).unwrap();
            assert_eq!(lest.sjekk(&noekkel()).unwrap(), (post(nr), hode.hode.clone()));
            let mut annet = bevis.clone();
            annet.nr = (nr + 1) % hode.hode.antall;
            assert!(annet.sjekk(&noekkel()).is_err());
            let mut annet = bevis;
            annet.post = "bm9lIGFubmV0".to_owned();
            assert!(annet.sjekk(&noekkel()).is_err());
        }
    }
}

#[test]
fn last_months_head_is_proven_to_be_the_beginning_of_todays() {
    let mappe = logg_med(37);
    let hoder = hoder(mappe.path());
    let siste = hoder.last().unwrap();
    for hode in &hoder {
        let bevis = Vekstbevis::lag(mappe.path(), hode, siste).unwrap();
        assert_eq!(
            bevis.sjekk(&noekkel()).unwrap(),
            (hode.hode.clone(), siste.hode.clone())
        );
    }
    assert!(Vekstbevis::lag(mappe.path(), siste, &hoder[0]).is_err());
    // Another log of the same length did not grow out of this one.
    let annen = tempfile::tempdir().unwrap();
    let logg = aapne(annen.path());
    for nr in 0..37 {
        logg.skriv_og_vent(post(nr + 1)).unwrap();
    }
    drop(logg);
    let annet = super::bevis::hoder(annen.path()).pop().unwrap();
    assert!(Vekstbevis::lag(annen.path(), &hoder[0], &annet).is_err());
}

#[test]
fn a_segment_that_is_gone_leaves_its_root_and_the_rest_is_proven_as_before() {
    let mappe = logg_med(37);
    let hode = hoder(mappe.path()).pop().unwrap();
    // Opened once more, so that the roots of all whole segments are written.
    drop(aapne(mappe.path()));
    for segment in 0..2 {
        std::fs::remove_file(mappe.path().join(format!("{segment:010}.segment"))).unwrap();
    }
    let rapport = verifiser(mappe.path(), std::slice::from_ref(&hode.note));
    assert_eq!((rapport.poster, rapport.lest), (37, 21));
    assert_eq!(rapport.funn, Vec::<String>::new());
    assert!(Innslagsbevis::lag(mappe.path(), 3, &hode).is_err());
    let bevis = Innslagsbevis::lag(mappe.path(), 30, &hode).unwrap();
    assert!(bevis.sjekk(&noekkel()).is_ok());
    let logg = aapne(mappe.path());
    assert_eq!(logg.skriv_og_vent(post(37)).unwrap(), 37);
    drop(logg);
    assert_eq!(verifiser(mappe.path(), &[hode.note]).funn, Vec::<String>::new());
    // Without the roots nobody can say what was there.
    std::fs::remove_file(mappe.path().join("roetter")).unwrap();
    assert_ne!(verifiser(mappe.path(), &[]).funn, Vec::<String>::new());
}

/// Python and openssl, or `None` where they are absent and that is allowed.
fn fremmed() -> Option<&'static str> {
    let har = |program: &str, valg: &[&str]| {
        let kjoert = std::process::Command::new(program).args(valg).output();
        kjoert.is_ok_and(|k| k.status.success())
    };
    if har("python3", &["--version"]) && har("openssl", &["version"]) {
        return Some(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/sjekk_bevis.py"));
    }
    assert_ne!(
        std::env::var("KREV_ALT").as_deref(),
        Ok("1"),
        "python3 eller openssl mangler"
    );
    // A direct write: the harness keeps what a passing test prints with a macro.
    let _ = std::io::Write::write_fmt(
        &mut std::io::stderr(),
        format_args!("HOPPET OVER: python3 eller openssl mangler\n"),
    );
    None
}

#[test]
fn a_third_party_checks_a_proof_with_tools_of_its_own() {
    let Some(skript) = fremmed() else { return };
    let mappe = logg_med(37);
    let hode = hoder(mappe.path()).pop().unwrap();
    let fil = mappe.path().join("bevis.json");
    let kjoer = |bevis: &Innslagsbevis, noekkel: &str| {
        std::fs::write(&fil, serde_json::to_string(bevis).unwrap()).unwrap();
        let kjoert = std::process::Command::new("python3")
            .arg(skript)
            .arg(&fil)
            .arg(noekkel)
            .output()
            .unwrap();
        kjoert
            .status
            .success()
            .then(|| String::from_utf8(kjoert.stdout).unwrap().trim().to_owned())
    };
    let noekkel = noekkel().to_string();
    for nr in [0, 7, 8, 30, 36] {
        let bevis = Innslagsbevis::lag(mappe.path(), nr, &hode).unwrap();
        assert_eq!(kjoer(&bevis, &noekkel), Some(nr.to_string()));
        let annet = Innslagsbevis {
            nr: nr + 1,
            ..bevis.clone()
        };
        assert_eq!(kjoer(&annet, &noekkel), None);
        let annet = Innslagsbevis {
            hode: bevis.hode.replace("tid 20", "tid 21"),
            ..bevis
        };
        assert_eq!(kjoer(&annet, &noekkel), None);
    }
}

#[test]
fn retention_takes_whole_segments_that_an_old_head_has_and_nothing_else() {
    let mappe = logg_med(37);
    let hoder = hoder(mappe.path());
    let etter = |nr: usize| hoder[nr].hode.tid + jiff::SignedDuration::from_nanos(1);
    let rydd = |foer| revisjonslogg::rydd(mappe.path(), &noekkel(), foer).unwrap();
    assert_eq!(rydd(hoder[0].hode.tid), None);
    // Heads have 5, 10, 15, 20 ...: the third is the first that has all of the first segment's eight and not the second's.
    assert_eq!(rydd(etter(0)), None);
    drop(aapne(mappe.path()));
    let foerste = revisjonslogg::Ryddet { fra: 0, til: 7 };
    assert_eq!(rydd(etter(2)), Some(foerste));
    assert_eq!(rydd(etter(2)), None);
    assert_eq!(verifiser(mappe.path(), &[]).funn, Vec::<String>::new());
    // However old, the last segment stays; a segment that does not give its root stays too.
    let segment = mappe.path().join("0000000002.segment");
    let hel = std::fs::read(&segment).unwrap();
    let mut skadet = hel.clone();
    skadet[70] ^= 1;
    std::fs::write(&segment, skadet).unwrap();
    let alt = "9000-01-01T00:00:00Z".parse().unwrap();
    assert!(revisjonslogg::rydd(mappe.path(), &noekkel(), alt).is_err());
    assert!(segment.exists() && !mappe.path().join("0000000001.segment").exists());
    std::fs::write(&segment, hel).unwrap();
    assert_eq!(rydd(alt), Some(revisjonslogg::Ryddet { fra: 16, til: 31 }));
    assert_eq!(rydd(alt), None);
    let rapport = verifiser(mappe.path(), &[]);
    assert_eq!((rapport.poster, rapport.lest, rapport.funn.len()), (37, 5, 0));
    drop(aapne(mappe.path()));
}
