//! The binary as somebody at a terminal has it: commands, and servers in folders of their own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The binary under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_persontjenesten");

/// Longest wait for a server to say that it is ready, on a machine that builds at the same time.
const KLAR_MAKS: Duration = Duration::from_secs(60);

/// A folder that no other test has.
pub fn ny_mappe() -> PathBuf {
    static NESTE: AtomicU32 = AtomicU32::new(0);
    let navn = format!("it-{}-{}", std::process::id(), NESTE.fetch_add(1, Ordering::Relaxed));
    let mappe = Path::new(env!("CARGO_TARGET_TMPDIR")).join(navn);
    std::fs::create_dir_all(&mappe).unwrap();
    mappe
}

/// Says that a test is skipped; with `KREV_ALT=1` that is a failure.
pub fn hopp_over(grunn: &str) {
    if std::env::var("KREV_ALT").as_deref() == Ok("1") {
        panic!("KREV_ALT=1 og {grunn}");
    }
    // A direct write: the harness keeps what a passing test prints with a macro.
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("HOPPET OVER: {grunn}\n"));
}

/// A place in the folder of the public contracts, or `None` when it is absent and that is allowed.
pub fn kontrakter(under: &str) -> Option<PathBuf> {
    let sted = std::env::var_os("PERSONTJENESTEN_KONTRAKTER").map(|k| PathBuf::from(k).join(under));
    let funnet = sted.filter(|sted| sted.exists());
    if funnet.is_none() {
        hopp_over("PERSONTJENESTEN_KONTRAKTER peker ikke på de offentlige kontraktene");
    }
    funnet
}

/// What a command said.
#[derive(Debug)]
pub struct Utskrift {
    /// How it ended.
    pub kode: Option<i32>,
    /// Standard output.
    pub ut: String,
    /// Standard error.
    pub feil: String,
}

impl Utskrift {
    /// The output of a command that must succeed.
    #[track_caller]
    pub fn lyktes(self) -> String {
        assert_eq!(self.kode, Some(0), "{}", self.feil);
        self.ut
    }

    /// The error text of a command that must end with a code of its own.
    #[track_caller]
    pub fn sluttet_med(self, kode: i32) -> String {
        assert_eq!(self.kode, Some(kode), "{self:?}");
        self.feilet()
    }

    /// The error text of a command that must fail: readable, and no insides.
    #[track_caller]
    pub fn feilet(self) -> String {
        assert!(self.kode.is_some_and(|k| k != 0), "{self:?}");
        for innside in ["panicked", "RUST_BACKTRACE", "Error {", "src/"] {
            assert!(!self.feil.contains(innside), "{}", self.feil);
        }
        assert!(!self.feil.trim().is_empty());
        self.feil
    }
}

/// Runs a command to its end; one that does not end is stopped, and fails the test.
pub fn kjoer<S: AsRef<std::ffi::OsStr>>(argumenter: &[S]) -> Utskrift {
    let mut kommando = Command::new(PROGRAM);
    kommando
        .args(argumenter)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut barn = kommando.spawn().unwrap();
    let ut = les_alt(barn.stdout.take().unwrap());
    let feil = les_alt(barn.stderr.take().unwrap());
    let frist = Instant::now() + KLAR_MAKS;
    let status = loop {
        if let Some(status) = barn.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > frist {
            barn.kill().unwrap();
            panic!("kommandoen sluttet ikke");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    Utskrift {
        kode: status.code(),
        ut: ut.join().unwrap(),
        feil: feil.join().unwrap(),
    }
}

fn les_alt(mut fra: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut ut = String::new();
        fra.read_to_string(&mut ut).unwrap();
        ut
    })
}

/// Runs a command on a folder.
pub fn kjoer_paa(mappe: &Path, argumenter: &[&str]) -> Utskrift {
    let mut alle: Vec<&std::ffi::OsStr> = argumenter.iter().map(std::ffi::OsStr::new).collect();
    alle.extend(["--data".as_ref(), mappe.as_os_str()]);
    kjoer(&alle)
}

/// A server that runs.
pub struct Tjener {
    /// Its data folder.
    pub mappe: PathBuf,
    /// Base address of Folkeregisteret.
    pub base: String,
    /// Base address of health and metrics.
    pub admin: String,
    /// What it printed until it was ready.
    pub velkomst: Vec<String>,
    barn: Child,
    /// The file with standard error.
    pub logg: PathBuf,
    behold: bool,
}

impl Tjener {
    /// Starts a demo of some persons in a new folder.
    pub fn start(personer: u32) -> Self {
        Self::i_mappe(&ny_mappe(), &["--personer", &personer.to_string()], &[])
    }

    /// Starts a demo of the register alone in a folder.
    pub fn i_mappe(mappe: &Path, valg: &[&str], miljoe: &[(&str, &str)]) -> Self {
        let valg: Vec<&str> = std::iter::once("--uten-helsekopi")
            .chain(valg.iter().copied())
            .collect();
        Self::hele(mappe, &valg, miljoe)
    }

    /// Starts a demo in a folder, with the health sector's copy and the Person API.
    pub fn hele(mappe: &Path, valg: &[&str], miljoe: &[(&str, &str)]) -> Self {
        let mut kommando = Command::new(PROGRAM);
        kommando.args(["demo", "--port", "0", "--data"]).arg(mappe).args(valg);
        Self::med(kommando, mappe, miljoe)
    }

    /// Starts what a command says; it must serve `mappe` and announce itself.
    pub fn med(mut kommando: Command, mappe: &Path, miljoe: &[(&str, &str)]) -> Self {
        let logg = mappe.with_extension("stderr");
        let stderr = std::fs::File::create(&logg).unwrap();
        kommando.env_remove("PERSONTJENESTEN_LOGG");
        let barn = kommando.envs(miljoe.iter().copied());
        let mut barn = barn.stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let ut = barn.stdout.take().unwrap();
        let (sender, mottaker) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for linje in BufReader::new(ut).lines() {
                let Ok(linje) = linje else { break };
                // Read on when nobody listens any more: a program that starts itself anew writes again.
                let _ = sender.send(linje);
            }
        });
        let frist = Instant::now() + KLAR_MAKS;
        let mut velkomst = Vec::new();
        while let Ok(linje) = mottaker.recv_timeout(frist.saturating_duration_since(Instant::now())) {
            velkomst.push(linje);
            if velkomst.iter().any(|l| l.starts_with("Klar ")) {
                break;
            }
        }
        let klar = velkomst.last().is_some_and(|l| l.starts_with("Klar "));
        assert!(klar, "{velkomst:?} {}", std::fs::read_to_string(&logg).unwrap());
        // The rest is written at once.
        while let Ok(linje) = mottaker.recv_timeout(Duration::from_millis(200)) {
            velkomst.push(linje);
        }
        let adresser: Value = serde_json::from_slice(&std::fs::read(mappe.join("adresser.json")).unwrap()).unwrap();
        let finn = |navn: &str| adresser[navn].as_str().unwrap().to_owned();
        Tjener {
            mappe: mappe.to_owned(),
            base: finn("folkeregister"),
            admin: finn("admin"),
            velkomst,
            barn,
            logg,
            behold: false,
        }
    }

    /// Whether the process that was started still runs.
    pub fn lever(&mut self) -> bool {
        self.barn.try_wait().unwrap().is_none()
    }

    /// A command on the folder it serves.
    pub fn kommando(&self, argumenter: &[&str]) -> Utskrift {
        kjoer_paa(&self.mappe, argumenter)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.barn.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, navn: &str) {
        let (pid, navn) = (self.barn.id().to_string(), format!("-{navn}"));
        assert!(Command::new("kill").args([&navn, &pid]).status().unwrap().success());
    }

    /// Interrupts it, as Ctrl-C does, and waits.
    pub fn avbryt(&mut self) -> (ExitStatus, Duration) {
        let start = Instant::now();
        let pid = self.barn.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        loop {
            if let Some(status) = self.barn.try_wait().unwrap() {
                return (status, start.elapsed());
            }
            assert!(start.elapsed() < Duration::from_secs(20), "tjeneren stoppet ikke");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Leaves the folder behind when the server goes, for a second start.
    pub fn behold_mappen(&mut self) {
        self.behold = true;
    }

    /// What it has written to standard error.
    pub fn logglinjer(&self) -> String {
        std::fs::read_to_string(&self.logg).unwrap()
    }
}

impl Drop for Tjener {
    fn drop(&mut self) {
        let _ = self.barn.kill();
        let _ = self.barn.wait();
        let _ = std::fs::remove_file(&self.logg);
        if !self.behold {
            let _ = std::fs::remove_dir_all(&self.mappe);
        }
    }
}
