//! A nation that lives on after its backup, and is brought back as it was after any of its commits.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use informasjonsmodell::{Persondokument, Tidspunkt};
use register::sikkerhetskopi::{Gjenoppretting, gjenopprett};
use register::{Kilde, Register};
use syntetisk_befolkning::Nasjon;

/// When everything is committed, seconds since 1970.
const NAA: i64 = 1_767_222_000;

/// Longest time for a restore of a million persons: fifteen minutes for six million, on two cores. Units: seconds.
const PER_MILLION_S_MAKS: f64 = 150.0;

struct Grunnlag<'a>(&'a Nasjon);

impl Kilde for Grunnlag<'_> {
    fn grupper(&self) -> u32 {
        self.0.grupper()
    }

    fn foer(&self, gruppe: u32) -> u32 {
        self.0.personer_foer(gruppe)
    }

    fn dokumenter(&self, gruppe: u32) -> Vec<Persondokument> {
        self.0.gruppe(gruppe)
    }
}

/// Numbers below `under`, the same each time.
fn tilfeldige(antall: usize, under: usize) -> BTreeSet<usize> {
    let mut tilstand = 23_u64;
    let mut ut = BTreeSet::new();
    while ut.len() < antall.min(under) {
        tilstand = tilstand
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ut.insert(usize::try_from(tilstand >> 33).unwrap() % under);
    }
    ut
}

#[test]
fn paalitelighet_23_gjenoppretting_ved_tjue_numre() {
    let lang = std::env::var("PAALITELIGHET").as_deref() == Ok("lang");
    let (personer, antall) = if lang { (100_000, 20) } else { (1_000, 3) };
    let nasjon = Nasjon::new(2026, personer).unwrap();
    let mappe = tempfile::tempdir().unwrap();
    let sti = |navn: &str| mappe.path().join(navn);
    let register = Register::aapne(&sti("data")).unwrap();
    let da = Tidspunkt::parse("2025-12-02T00:00:00+01:00").unwrap();
    register.last_inn(&Grunnlag(&nasjon), 2, da, NAA, &mut |_| {}).unwrap();
    assert!(register.antall_personer().unwrap() >= personer / 2);
    register.start_arkivstroem(&sti("stroem")).unwrap();
    let kopi = register.sikkerhetskopier(&sti("kopier")).unwrap();

    // The month, in commits of one transaction up to fifty; what the register was is written down after some of them.
    let alle = nasjon.transaksjoner();
    let merker = tilfeldige(antall, alle);
    let mut bilder = Vec::new();
    let mut venter = Vec::new();
    for (nr, registreringer) in nasjon.siste_maaned().enumerate() {
        venter.extend(registreringer);
        let merket = merker.contains(&nr);
        if merket || nr % 50 < 10 || nr + 1 == alle {
            register.utfoer(&venter, NAA).unwrap();
            venter.clear();
        }
        if merket {
            bilder.push((register.siste_sekvens().unwrap().0, register.avtrykk().unwrap()));
        }
    }
    assert!(venter.is_empty() && bilder.len() == antall);
    assert!(
        bilder
            .iter()
            .all(|(seq, tilstand)| *seq > kopi.seq.0 && *tilstand != kopi.tilstand)
    );

    let (mut forskjeller, mut slettet, mut verst) = (0, 0, Duration::ZERO);
    for (seq, tilstand) in &bilder {
        let maal = sti("gjenopprettet");
        let bestilling = Gjenoppretting {
            rot: sti("kopier"),
            // As a mirror has it: it has the keys of those who came after the copy.
            personnoekler: Some(sti("data").join("personnoekler")),
            noekler: sti("data").join("noekler"),
            arkivstroem: Some(sti("stroem")),
            slettinger: sti("data").join("slettinger"),
            til: Some(*seq),
            maal: maal.clone(),
        };
        let start = Instant::now();
        let utfall = gjenopprett(&bestilling, da, NAA).unwrap();
        verst = verst.max(start.elapsed());
        forskjeller += u32::from(utfall.tilstand != *tilstand || utfall.naadd.0 != *seq);
        slettet += utfall.slettet_igjen;
        // It opens and goes on from there: what was erased since was told of, and nothing else.
        let igjen = Register::aapne(&maal).unwrap();
        let siste = igjen.siste_sekvens().unwrap().0;
        forskjeller += u32::from(if utfall.slettet_igjen == 0 {
            siste != *seq
        } else {
            siste <= *seq
        });
        drop(igjen);
        std::fs::remove_dir_all(maal).unwrap();
    }
    println!("TALL 23 gjenoppretting_feil_tilstand {forskjeller} forskjeller = 0");
    println!("TALL 23 gjenoppretting_numre {} numre >= {antall}", bilder.len());
    assert_eq!(forskjeller, 0);
    if !lang {
        return;
    }
    assert!(slettet > 0, "ingen slettinger å ta igjen i en så stor nasjon");
    let per_million = verst.as_secs_f64() * 1e6 / f64::from(personer);
    // What a build without optimisation gives is no figure.
    if cfg!(debug_assertions) {
        println!("hoppet over: tiden måles i et optimert bygg (--release); her {per_million:.0} s per million");
        return;
    }
    println!("TALL 23 gjenoppretting_per_million {per_million:.0} s <= {PER_MILLION_S_MAKS}");
    assert!(per_million <= PER_MILLION_S_MAKS);
}
