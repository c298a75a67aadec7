//! In the child: every text is tried, and what it cost is measured.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::forelder::{Rapport, korpus};
use crate::mutasjon::Mutator;
use crate::{Maal, TID_MS_MAKS, uhyrer};

/// How long the long form goes on.
const LANG: Duration = Duration::from_secs(60);

/// Tries everything; ends the process with an error at the first finding.
pub(crate) fn kjoer(
    maal: Maal,
    gyldige: Vec<Vec<u8>>,
    proev: impl Fn(&[u8]),
    spor: Option<&Path>,
    lang: bool,
) -> Rapport {
    std::panic::set_hook(Box::new(|_| {}));
    let mut tekster: Vec<Vec<u8>> = korpus(maal.navn).into_iter().map(|(_, byte)| byte).collect();
    tekster.extend(gyldige);
    let foer = minne_kib();
    let mut rapport = Rapport::default();
    let start = Instant::now();
    let mut en = |byte: &[u8]| {
        if let Some(sti) = spor {
            // What does not come back from this, the parent finds here.
            std::fs::write(sti, byte).expect("fuzz: teksten kunne ikke skrives");
        }
        rapport.kjoeringer += 1;
        let ms = tid_ms(&proev, byte);
        let ms = if ms > TID_MS_MAKS {
            // A machine that does other things too may have stood still; a slow reader is slow again.
            ms.min(tid_ms(&proev, byte)).min(tid_ms(&proev, byte))
        } else {
            ms
        };
        rapport.verst_ms = rapport.verst_ms.max(ms);
        if ms > TID_MS_MAKS {
            funn(maal, byte, &format!("{ms} ms"));
        }
    };
    for byte in tekster.iter().chain(&uhyrer()) {
        en(byte);
    }
    let mut mutator = Mutator::new(maal.navn);
    if tekster.is_empty() {
        tekster.push(Vec::new());
    }
    let mut nr = 0;
    while nr < maal.kjoeringer || (lang && start.elapsed() < LANG) {
        en(&mutator.mutasjon(&tekster, maal.ord));
        nr += 1;
    }
    rapport.vekst_kib = minne_kib().saturating_sub(foer);
    let _ = std::panic::take_hook();
    rapport
}

fn tid_ms(proev: &impl Fn(&[u8]), byte: &[u8]) -> u64 {
    let start = Instant::now();
    let utfall = catch_unwind(AssertUnwindSafe(|| proev(byte)));
    let ms = start.elapsed().as_millis() as u64;
    if let Err(panikk) = utfall {
        // The names of tests are paths, and a target has its own.
        funn_panikk(byte, panikk.as_ref());
    }
    ms
}

thread_local! {
    static NAVN: std::cell::Cell<&'static str> = const { std::cell::Cell::new("") };
}

/// Says which target is being tried, for the report of a finding.
pub(crate) fn med_navn(navn: &'static str) {
    NAVN.with(|celle| celle.set(navn));
}

fn funn_panikk(byte: &[u8], panikk: &(dyn Any + Send)) {
    let tekst = panikk.downcast_ref::<&str>().map(|t| (*t).to_owned());
    let tekst = tekst
        .or_else(|| panikk.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    lagre(NAVN.with(std::cell::Cell::get), byte, &format!("panikk: {tekst}"));
}

fn funn(maal: Maal, byte: &[u8], hva: &str) {
    lagre(maal.navn, byte, hva);
}

/// Writes a finding where a person can take it up, and ends the child.
fn lagre(navn: &str, byte: &[u8], hva: &str) {
    let mappe = crate::forelder::funnmappe();
    let sum = byte.iter().fold(0xcbf2_9ce4_8422_2325_u64, |s, b| {
        (s ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3)
    });
    let fil = mappe.join(format!("{navn}-{sum:016x}"));
    let _ = std::fs::create_dir_all(&mappe).and_then(|()| std::fs::write(&fil, byte));
    println!("FUNN {navn}: {hva}; {} byte i {}", byte.len(), fil.display());
    std::process::exit(3);
}

/// The most memory that this process has had. Units: KiB. 0 where the system does not tell.
fn minne_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let linje = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let tall = linje
        .and_then(|l| l.split_whitespace().next())
        .and_then(|t| t.parse().ok());
    tall.unwrap_or(0)
}
