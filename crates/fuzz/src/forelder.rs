//! In the test: the child is started, watched and judged.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Maal, VEKST_MIB_MAKS, barn};

/// Set in the child.
const BARN: &str = "FUZZ_BARN";
/// Set in a child that is to write down each text before it tries it.
const SPOR: &str = "FUZZ_SPOR";
/// No child is at it longer, on a machine that does other things too. Guards against a text that never comes back.
const FRIST: Duration = Duration::from_secs(300);

/// What a child tells when it has come through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rapport {
    pub kjoeringer: u64,
    pub verst_ms: u64,
    pub vekst_kib: u64,
}

impl Rapport {
    fn linje(self) -> String {
        format!("RAPPORT {} {} {}", self.kjoeringer, self.verst_ms, self.vekst_kib)
    }

    fn les(ut: &str) -> Option<Self> {
        // The harness may have begun the line.
        let (_, linje) = ut.split_once("RAPPORT ")?;
        let mut tall = linje.lines().next()?.split(' ').map(|t| t.parse().ok());
        let mut neste = || tall.next().flatten();
        Some(Rapport {
            kjoeringer: neste()?,
            verst_ms: neste()?,
            vekst_kib: neste()?,
        })
    }
}

/// Tries a target in a process of its own, prints the figures and holds them to their bounds.
///
/// Shape: `gyldige` gives valid texts beside the corpus, `proev` tries one text and fails by a panic.
pub fn kjoer(maal: Maal, gyldige: impl FnOnce() -> Vec<Vec<u8>>, proev: impl Fn(&[u8])) {
    let lang = std::env::var("PAALITELIGHET").as_deref() == Ok("lang");
    if std::env::var(BARN).as_deref() == Ok(maal.navn) {
        barn::med_navn(maal.navn);
        let spor = std::env::var_os(SPOR).map(PathBuf::from);
        let rapport = barn::kjoer(maal, gyldige(), proev, spor.as_deref(), lang);
        println!("{}", rapport.linje());
        return;
    }
    let (ut, lyktes) = start(maal, None);
    let rapport = Rapport::les(&ut).filter(|_| lyktes);
    let Some(rapport) = rapport else {
        println!("TALL 15 fuzz_{}_funn 1 antall = 0", maal.navn);
        if ut.contains("FUNN ") {
            panic!("{ut}");
        }
        // It ended or was ended without a word: once more, with each text written down before it is tried.
        let spor = funnmappe().join(format!("{}-siste", maal.navn));
        let _ = std::fs::create_dir_all(funnmappe());
        let (ut, _) = start(maal, Some(&spor));
        panic!(
            "{}: prosessen kom ikke tilbake; teksten ligger i {}\n{ut}",
            maal.navn,
            spor.display()
        );
    };
    let vekst_mib = rapport.vekst_kib / 1024;
    println!("TALL 15 fuzz_{}_funn 0 antall = 0", maal.navn);
    println!(
        "TALL 15 fuzz_{}_kjoeringer {} antall >= {}",
        maal.navn, rapport.kjoeringer, maal.kjoeringer
    );
    println!(
        "TALL 15 fuzz_{}_verst {} ms <= {}",
        maal.navn,
        rapport.verst_ms,
        crate::TID_MS_MAKS
    );
    println!(
        "TALL 15 fuzz_{}_rss_vekst {vekst_mib} MiB <= {VEKST_MIB_MAKS}",
        maal.navn
    );
    assert!(rapport.kjoeringer >= maal.kjoeringer);
    assert!(vekst_mib <= VEKST_MIB_MAKS, "{}: {vekst_mib} MiB", maal.navn);
}

/// Runs this very test in a child; gives what it printed, and whether it ended well.
fn start(maal: Maal, spor: Option<&Path>) -> (String, bool) {
    let selv = std::env::current_exe().expect("fuzz: testprogrammets egen sti");
    let mut kommando = Command::new(selv);
    kommando
        .args(["--exact", maal.test, "--nocapture", "--include-ignored"])
        .env(BARN, maal.navn)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if let Some(spor) = spor {
        kommando.env(SPOR, spor);
    }
    let mut prosess = kommando.spawn().expect("fuzz: barnet kunne ikke startes");
    let ut = prosess.stdout.take().expect("fuzz: barnets utskrift");
    let leser = std::thread::spawn(move || {
        let mut tekst = String::new();
        let _ = std::io::Read::read_to_string(&mut { ut }, &mut tekst);
        tekst
    });
    let lyktes = vent(&mut prosess);
    (leser.join().unwrap_or_default(), lyktes)
}

fn vent(prosess: &mut Child) -> bool {
    let start = Instant::now();
    loop {
        match prosess.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if start.elapsed() < FRIST => std::thread::sleep(Duration::from_millis(5)),
            _ => {
                let _ = prosess.kill();
                let _ = prosess.wait();
                return false;
            }
        }
    }
}

/// The texts of a target's corpus, by name.
pub(crate) fn korpus(navn: &str) -> Vec<(String, Vec<u8>)> {
    let mappe = Path::new(env!("CARGO_MANIFEST_DIR")).join("korpus").join(navn);
    let filer = std::fs::read_dir(mappe).into_iter().flatten().flatten();
    let les = |fil: std::fs::DirEntry| {
        let byte = std::fs::read(fil.path()).expect("fuzz: korpusfilen kunne ikke leses");
        (fil.file_name().to_string_lossy().into_owned(), byte)
    };
    let mut ut: Vec<_> = filer.map(les).collect();
    ut.sort();
    ut
}

/// Where findings are laid.
pub(crate) fn funnmappe() -> PathBuf {
    std::env::temp_dir().join("persontjenesten-fuzz")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_comes_back_as_it_was() {
        let rapport = Rapport {
            kjoeringer: 7,
            verst_ms: 8,
            vekst_kib: 9,
        };
        assert_eq!(
            Rapport::les(&format!("test x ... {}\nok\n", rapport.linje())),
            Some(rapport)
        );
        assert_eq!(Rapport::les("test x ... ok"), None);
    }

    fn maal(navn: &'static str, test: &'static str) -> Maal {
        Maal {
            navn,
            test,
            kjoeringer: 50,
            ord: &["krasj"],
        }
    }

    /// The three ways in which a reader can fail, each seen from outside.
    #[test]
    fn a_panic_is_found() {
        feiler(maal("proeve_panikk", "forelder::tests::a_panic_is_found"), |byte| {
            assert!(byte.len() < 50_000)
        });
    }

    #[test]
    fn a_process_that_is_ended_is_found() {
        feiler(
            maal("proeve_abort", "forelder::tests::a_process_that_is_ended_is_found"),
            |byte| {
                if byte.len() > 50_000 {
                    std::process::abort();
                }
            },
        );
    }

    #[test]
    fn memory_out_of_proportion_is_found() {
        feiler(
            maal("proeve_minne", "forelder::tests::memory_out_of_proportion_is_found"),
            |byte| {
                if byte.first() == Some(&0xff) {
                    std::hint::black_box(vec![1_u8; 100 << 20]);
                }
            },
        );
    }

    fn feiler(maal: Maal, proev: impl Fn(&[u8])) {
        if std::env::var(BARN).is_ok() {
            return kjoer(maal, Vec::new, proev);
        }
        let utfall = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| kjoer(maal, Vec::new, proev)));
        assert!(utfall.is_err(), "{}: ingenting ble funnet", maal.navn);
    }
}
