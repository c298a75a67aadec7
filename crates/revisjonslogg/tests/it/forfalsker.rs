//! A hand that can write the disk: the format of the log, written a second time, and a thousand ways to tamper with it.

use std::path::Path;
use std::time::Instant;

use revisjonslogg::tre::{Avtrykk, Tre, blad};
use sha2::{Digest as _, Sha256};

use super::{NIVAA, logg_med, post, poster, verifiser};

fn lang() -> bool {
    std::env::var("PAALITELIGHET").as_deref() == Ok("lang")
}

/// Chance from a seed: splitmix64.
struct Terning(u64);

impl Terning {
    fn neste(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn under(&mut self, antall: usize) -> usize {
        (self.neste() % antall as u64) as usize
    }
}

/// The segments and the roots that these records give, as whoever has read how the log is written would write them.
fn skriv(mappe: &Path, nivaa: u32, poster: impl Iterator<Item = Vec<u8>>) {
    let (mut kjede, mut nr, mut roetter): (Avtrykk, u64, Vec<Avtrykk>) = ([0; 32], 0, Vec::new());
    let mut poster = poster.peekable();
    while poster.peek().is_some() || nr == 0 {
        let (mut ut, mut tre) = (b"PTREVLG1".to_vec(), Tre::default());
        ut.extend_from_slice(&u64::from(nivaa).to_le_bytes());
        ut.extend_from_slice(&nr.to_le_bytes());
        ut.extend_from_slice(&kjede);
        for post in poster.by_ref().take(1 << nivaa) {
            let blad = blad(&post);
            let mut sum = Sha256::new();
            sum.update(kjede);
            sum.update(blad);
            kjede = sum.finalize().into();
            ut.extend_from_slice(&(post.len() as u32).to_le_bytes());
            ut.extend_from_slice(&post);
            ut.extend_from_slice(&kjede);
            tre.legg_til(blad);
        }
        std::fs::write(mappe.join(format!("{:010}.segment", nr >> nivaa)), ut).unwrap();
        if tre.antall() == 1 << nivaa {
            roetter.push(tre.rot());
        }
        nr += 1 << nivaa;
    }
    std::fs::write(mappe.join("roetter"), roetter.concat()).unwrap();
}

fn segmenter(mappe: &Path) -> Vec<Vec<u8>> {
    let navn = |nr: usize| mappe.join(format!("{nr:010}.segment"));
    (0..).map_while(|nr| std::fs::read(navn(nr)).ok()).collect()
}

fn hodelinjer(noter: &[String]) -> String {
    let linje = |note: &String| format!("{}\n", serde_json::Value::from(note.as_str()));
    noter.iter().map(linje).collect()
}

/// A log, and the head that somebody kept of it.
struct Ekte {
    poster: Vec<Vec<u8>>,
    hoder: Vec<String>,
    utenfor: [String; 1],
}

impl Ekte {
    fn skriv(&self, mappe: &Path) {
        skriv(mappe, NIVAA, self.poster.iter().cloned());
        std::fs::write(mappe.join("hoder.jsonl"), hodelinjer(&self.hoder)).unwrap();
    }
}

/// Logs of many sizes, each with a head over all of it.
fn ekte() -> Vec<Ekte> {
    let mappe = logg_med(67);
    let alle = poster(mappe.path());
    let hoder: Vec<(usize, String)> = revisjonslogg::les_hoder(&mappe.path().join("hoder.jsonl"))
        .unwrap()
        .into_iter()
        .map(|note| (super::noekkel().verifiser(&note).unwrap().hode.antall as usize, note))
        .collect();
    // That the hand writes as the log does is what makes its forgeries good ones.
    let andre = tempfile::tempdir().unwrap();
    skriv(andre.path(), NIVAA, alle.iter().cloned());
    assert_eq!(segmenter(andre.path()), segmenter(mappe.path()));
    let roetter = |mappe: &Path| std::fs::read(mappe.join("roetter")).unwrap();
    assert_eq!(roetter(andre.path()), roetter(mappe.path()));
    let til_og_med = |(nr, (antall, note)): (usize, &(usize, String))| Ekte {
        poster: alle[..*antall].to_vec(),
        hoder: hoder[..=nr].iter().map(|(_, note)| note.clone()).collect(),
        utenfor: [note.clone()],
    };
    let ut: Vec<Ekte> = hoder.iter().enumerate().map(til_og_med).collect();
    assert!(ut.len() > 10 && ut.last().unwrap().poster.len() == 67);
    for ekte in &ut {
        let mappe = tempfile::tempdir().unwrap();
        ekte.skriv(mappe.path());
        let rapport = verifiser(mappe.path(), &ekte.utenfor);
        assert_eq!((rapport.funn, rapport.lest), (vec![], ekte.poster.len() as u64));
    }
    ut
}

/// The records otherwise than they were.
fn andre_poster(t: &mut Terning, ekte: &[Vec<u8>]) -> (&'static str, Vec<Vec<u8>>) {
    let mut nye = ekte.to_vec();
    let (a, b) = (t.under(nye.len()), t.under(nye.len()));
    let navn = match t.under(7) {
        0 => {
            let plass = t.under(nye[a].len());
            nye[a][plass] ^= 1 << t.under(8);
            "endret"
        }
        1 => {
            nye[a] = b"noe ganske annet".to_vec();
            "byttet"
        }
        2 => {
            let antall = 1 + t.under(nye.len() - a);
            nye.drain(a..a + antall);
            "slettet"
        }
        3 => {
            nye.swap(a, b);
            "stokket"
        }
        4 => {
            nye.truncate(a);
            "avkortet"
        }
        5 => {
            let post = nye[b].clone();
            nye.insert(a, post);
            "gjentatt"
        }
        _ => {
            nye.insert(a, b"satt inn".to_vec());
            "satt inn"
        }
    };
    (navn, nye)
}

/// Bytes of the files otherwise than they were, with nothing made right.
fn i_filene(t: &mut Terning, mappe: &Path) -> &'static str {
    let alle = segmenter(mappe);
    let nr = t.under(alle.len());
    let sti = mappe.join(format!("{nr:010}.segment"));
    let mut byte = alle[nr].clone();
    match t.under(5) {
        0 => {
            let plass = t.under(byte.len());
            byte[plass] ^= 1 << t.under(8);
            std::fs::write(sti, byte).unwrap();
            "en bit"
        }
        1 => {
            byte.truncate(t.under(byte.len()));
            std::fs::write(sti, byte).unwrap();
            "fil avkortet"
        }
        2 => {
            let (fra, antall) = (t.under(byte.len()), 1 + t.under(40));
            byte.drain(fra..byte.len().min(fra + antall));
            std::fs::write(sti, byte).unwrap();
            "bytes tatt ut"
        }
        3 if alle.len() > 1 => {
            let annen = (nr + 1 + t.under(alle.len() - 1)) % alle.len();
            std::fs::write(sti, &alle[annen]).unwrap();
            "segment byttet"
        }
        _ => {
            // From here to the end, as a roll-back to an older disk would leave it.
            for nr in nr..alle.len() {
                std::fs::remove_file(mappe.join(format!("{nr:010}.segment"))).unwrap();
            }
            "segmenter fjernet"
        }
    }
}

/// What is done with the heads of the folder, by one who has not the key.
fn med_hodene(t: &mut Terning, mappe: &Path, hoder: &[String], antall: usize) -> &'static str {
    let sti = mappe.join("hoder.jsonl");
    match t.under(4) {
        0 => {
            std::fs::remove_file(sti).unwrap();
            "hodene fjernet"
        }
        1 => {
            let passer = |note: &&String| super::noekkel().verifiser(note).unwrap().hode.antall <= antall as u64;
            let igjen: Vec<String> = hoder.iter().filter(passer).cloned().collect();
            std::fs::write(sti, hodelinjer(&igjen)).unwrap();
            "senere hoder fjernet"
        }
        2 => {
            // Of a log of the same name, signed with another key.
            let annen = revisjonslogg::hode::Signerer::new("prøve/revisjon", &[8; 32]).unwrap();
            let hode = super::noekkel().verifiser(hoder.last().unwrap()).unwrap().hode;
            std::fs::write(sti, hodelinjer(&[annen.signer(hode).note])).unwrap();
            "hode med annen nøkkel"
        }
        _ => "hodene som de var",
    }
}

#[test]
fn paalitelighet_24_revisjonslogg_endringer() {
    let runder = if lang() { 1_000 } else { 100 };
    let ekte = ekte();
    let (mut t, mut uoppdaget, mut proevd) = (Terning(24), Vec::new(), 0);
    while proevd < runder {
        let ekte = &ekte[t.under(ekte.len())];
        let mappe = tempfile::tempdir().unwrap();
        ekte.skriv(mappe.path());
        let foer = segmenter(mappe.path());
        let hva = if t.under(3) == 0 {
            i_filene(&mut t, mappe.path())
        } else {
            let (hva, nye) = andre_poster(&mut t, &ekte.poster);
            for nr in 0..foer.len() {
                std::fs::remove_file(mappe.path().join(format!("{nr:010}.segment"))).unwrap();
            }
            skriv(mappe.path(), NIVAA, nye.into_iter());
            hva
        };
        // A flipped byte of equal records, a swap of one with itself: nothing was done.
        if segmenter(mappe.path()) == foer {
            continue;
        }
        let hodene = med_hodene(&mut t, mappe.path(), &ekte.hoder, ekte.poster.len() / 2);
        proevd += 1;
        if verifiser(mappe.path(), &ekte.utenfor).funn.is_empty() {
            uoppdaget.push((proevd, ekte.poster.len(), hva, hodene));
        }
    }
    println!("TALL 24 revisjon_endringer_uoppdaget {} endringer = 0", uoppdaget.len());
    println!("TALL 24 revisjon_endringer {proevd} endringer >= {runder}");
    assert_eq!(uoppdaget, []);
}

#[test]
fn findings_come_in_the_same_order_every_time() {
    let mappe = logg_med(67);
    let original = segmenter(mappe.path());
    for (nr, byte) in original.iter().enumerate().skip(1).step_by(3) {
        // The chain before it, in its head: noted, and the check goes on as far as the first record.
        let mut byte = byte.clone();
        byte[30] ^= 1;
        std::fs::write(mappe.path().join(format!("{nr:010}.segment")), byte).unwrap();
    }
    let foerste = verifiser(mappe.path(), &[]);
    assert_eq!(
        foerste.funn[..2],
        ["segment 1 henger ikke i kjeden", "post 8 kan ikke leses"]
    );
    for _ in 0..20 {
        assert_eq!(verifiser(mappe.path(), &[]), foerste);
    }
}

#[test]
fn progress_is_told_in_hundred_thousands_and_a_whole_log_is_read() {
    const ANTALL: u64 = 200_001;
    let mappe = tempfile::tempdir().unwrap();
    skriv(mappe.path(), 14, (0..ANTALL).map(|nr| nr.to_le_bytes().to_vec()));
    let mut fortalt = Vec::new();
    let rapport =
        revisjonslogg::verifiser(mappe.path(), &super::noekkel(), &[], None, &mut |n| fortalt.push(n)).unwrap();
    assert_eq!((rapport.funn, rapport.lest), (vec![], ANTALL));
    assert_eq!(fortalt, [100_000, 200_000]);
}

/// Bytes of a record. Source: what a lookup's record takes, ADR 0013.
const POST_BYTE: usize = 762;

#[test]
fn paalitelighet_24_revisjonslogg_verify() {
    let antall: u64 = if lang() { 1 << 20 } else { 1 << 12 };
    let nivaa = if lang() { 16 } else { 8 };
    let mappe = tempfile::tempdir().unwrap();
    skriv(
        mappe.path(),
        nivaa,
        (0..antall).map(|nr| {
            let mut post = post(nr);
            post.resize(POST_BYTE, b'x');
            post
        }),
    );
    let start = Instant::now();
    let rapport = verifiser(mappe.path(), &[]);
    let brukt_us = start.elapsed().as_micros();
    assert_eq!((rapport.funn, rapport.lest), (vec![], antall));
    if !lang() {
        return;
    }
    let takt = u128::from(antall) * 1_000_000 / brukt_us.max(1);
    // What a build without optimisation gives is no figure.
    if cfg!(debug_assertions) {
        println!("hoppet over: takten måles i et optimert bygg (--release); her {takt} poster/s");
        return;
    }
    println!("TALL 24 revisjon_verify {takt} poster/s >= 1000000");
    assert!(takt >= 1_000_000, "{takt} poster/s");
}
