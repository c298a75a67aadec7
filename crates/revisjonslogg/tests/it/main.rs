//! The log on real files: many writers, every way to stop, every way to tamper.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    missing_docs,
    reason = "the helpers of a test fail the test they serve"
)]

mod bevis;
mod feil;
mod forfalsker;
mod innsyn;
mod logg;
mod skade;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use revisjonslogg::hode::{Signerer, Verifikasjonsnoekkel};
use revisjonslogg::{Innstillinger, Logg, Rapport};

/// A segment of the tests has eight records.
pub const NIVAA: u32 = 3;

pub fn signerer() -> Signerer {
    Signerer::new("prøve/revisjon", &[7; 32]).unwrap()
}

pub fn noekkel() -> Verifikasjonsnoekkel {
    signerer().verifikasjonsnoekkel()
}

pub fn innstillinger() -> Innstillinger {
    Innstillinger {
        nivaa: NIVAA,
        reserve_byte: 0,
        hode_poster: 5,
        ..Innstillinger::default()
    }
}

static NAA: AtomicI64 = AtomicI64::new(1_770_000_000);

/// A log whose clock goes a second each time it is asked.
pub fn aapne_med(mappe: &Path, innstillinger: Innstillinger) -> Result<Logg, revisjonslogg::Feil> {
    let klokke = Arc::new(|| jiff::Timestamp::from_second(NAA.fetch_add(1, Ordering::SeqCst)).unwrap());
    Logg::aapne(mappe, innstillinger, signerer(), klokke)
}

pub fn aapne(mappe: &Path) -> Logg {
    aapne_med(mappe, innstillinger()).unwrap()
}

pub fn post(nr: u64) -> Vec<u8> {
    format!("post nummer {nr}, med litt innhold").into_bytes()
}

/// A log of so many records, closed.
pub fn logg_med(antall: u64) -> tempfile::TempDir {
    let mappe = tempfile::tempdir().unwrap();
    let logg = aapne(mappe.path());
    for nr in 0..antall {
        assert_eq!(logg.skriv_og_vent(post(nr)).unwrap(), nr);
    }
    drop(logg);
    mappe
}

pub fn verifiser(mappe: &Path, utenfor: &[String]) -> Rapport {
    revisjonslogg::verifiser(mappe, &noekkel(), utenfor, None, &mut |_| {}).unwrap()
}

pub fn poster(mappe: &Path) -> Vec<Vec<u8>> {
    let mut ut = Vec::new();
    revisjonslogg::gjennomgaa(mappe, 0, &mut |post| {
        assert_eq!(post.nr, ut.len() as u64);
        ut.push(post.byte);
        true
    })
    .unwrap();
    ut
}
