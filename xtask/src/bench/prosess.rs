//! The program as a process: started on a core, watched, stopped.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// A running server.
pub struct Tjener {
    barn: Child,
    topp: Arc<AtomicU64>,
    ferdig: Arc<AtomicBool>,
    stoppet: bool,
    /// Its base address.
    pub base: String,
}

impl Tjener {
    /// Starts the demo on a folder and waits until it serves. `kjerne`: the core it is kept on.
    pub fn start(program: &Path, data: &Path, personer: Option<u32>, kjerne: Option<u32>) -> Result<Self> {
        Self::start_demo(program, data, personer, kjerne, &["--uten-helsekopi"])
    }

    /// The same, with the health sector's copy and the Person API beside the register.
    pub fn start_med_helsekopi(program: &Path, data: &Path, kjerne: Option<u32>) -> Result<Self> {
        Self::start_demo(program, data, None, kjerne, &[])
    }

    fn start_demo(
        program: &Path,
        data: &Path,
        personer: Option<u32>,
        kjerne: Option<u32>,
        valg: &[&str],
    ) -> Result<Self> {
        let mut kommando = match kjerne {
            Some(kjerne) => {
                let mut k = Command::new("taskset");
                k.args(["-c", &kjerne.to_string()]).arg(program);
                k
            }
            None => Command::new(program),
        };
        // What one consumer may ask in a minute is asked in seconds here.
        kommando
            .arg("demo")
            .args(valg)
            .args(["--port", "0", "--kall-per-minutt", "0", "--data"])
            .arg(data);
        if let Some(personer) = personer {
            kommando.args(["--personer", &personer.to_string()]);
        }
        Self::vent(kommando)
    }

    /// Starts a command that prints a line beginning `Klar ` with its address.
    pub fn vent(mut kommando: Command) -> Result<Self> {
        let mut barn = kommando
            .stdout(Stdio::piped())
            .spawn()
            .context("programmet kunne ikke startes; bygg det og ha taskset")?;
        let ut = barn.stdout.take().context("stdout")?;
        let (topp, ferdig) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let vakt = (topp.clone(), ferdig.clone(), barn.id());
        std::thread::spawn(move || {
            while !vakt.1.load(Ordering::Relaxed) {
                vakt.0.fetch_max(anonymt_kb(vakt.2), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        let mut linjer = BufReader::new(ut).lines();
        let linje = linjer.next().context("programmet stoppet")??;
        let base = linje.strip_prefix("Klar ").and_then(|l| l.split_whitespace().next());
        let base = base.context("programmet sa ikke Klar")?.to_owned();
        // The rest of what it says is read, so that it never waits for us.
        std::thread::spawn(move || linjer.for_each(drop));
        Ok(Tjener {
            barn,
            topp,
            ferdig,
            stoppet: false,
            base,
        })
    }

    /// Highest anonymous resident memory seen. Units: kB.
    pub fn topp_anonymt_kb(&self) -> u64 {
        self.topp.load(Ordering::Relaxed)
    }

    /// Asks it to stop and waits.
    pub fn stopp(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.stoppet, true) {
            return Ok(());
        }
        self.ferdig.store(true, Ordering::Relaxed);
        Command::new("kill")
            .args(["-INT", &self.barn.id().to_string()])
            .status()?;
        self.barn.wait()?;
        Ok(())
    }
}

impl Drop for Tjener {
    fn drop(&mut self) {
        let _ = self.stopp();
    }
}

fn anonymt_kb(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let linje = status.lines().find_map(|l| l.strip_prefix("RssAnon:"));
    linje
        .and_then(|l| l.split_whitespace().next())
        .and_then(|t| t.parse().ok())
        .unwrap_or(0)
}

/// Keeps this thread, and those it starts, on a core.
pub fn fest(kjerne: u32) -> Result<()> {
    let utfall = Command::new("taskset")
        .args(["-c", "-p", &kjerne.to_string(), &std::process::id().to_string()])
        .output()
        .context("taskset")?;
    if !utfall.status.success() {
        bail!("taskset: {}", String::from_utf8_lossy(&utfall.stderr));
    }
    Ok(())
}

/// Runs a command of the program and gives what it printed.
pub fn kommando(program: &Path, argumenter: &[&str], data: &Path) -> Result<String> {
    let utfall = Command::new(program).args(argumenter).arg(data).output()?;
    if !utfall.status.success() {
        bail!("{}", String::from_utf8_lossy(&utfall.stderr));
    }
    Ok(String::from_utf8(utfall.stdout)?.trim().to_owned())
}

/// Waits until everything written is on the disk.
pub fn toem_til_disk() -> Result<()> {
    Command::new("sync").status().context("sync")?;
    Ok(())
}

/// Bytes that a folder takes on disk.
pub fn byte_paa_disk(mappe: &Path) -> Result<u64> {
    let ut = Command::new("du").args(["-s", "--block-size=1"]).arg(mappe).output()?;
    let tekst = String::from_utf8(ut.stdout)?;
    tekst
        .split_whitespace()
        .next()
        .and_then(|t| t.parse().ok())
        .context("du")
}

/// Average size of a whole document as JSON, over ten thousand persons of the same seed.
pub fn gjennomsnittlig_dokument() -> Result<f64> {
    let nasjon = syntetisk_befolkning::Nasjon::new(2026, 10_000)?;
    let (mut antall, mut byte) = (0u32, 0usize);
    for nr in 0..nasjon.grupper() {
        for dokument in nasjon.gruppe(nr) {
            antall += 1;
            byte += dokument.til_json().len();
        }
    }
    Ok(byte as f64 / f64::from(antall))
}

/// What the machine is, in a line.
pub fn maskin() -> Result<String> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo")?;
    let navn = cpu
        .lines()
        .find_map(|l| l.strip_prefix("model name").and_then(|l| l.split(": ").nth(1)))
        .unwrap_or("ukjent prosessor");
    // Not those we may use: the load is kept on one of them.
    let kjerner = cpu.lines().filter(|l| l.starts_with("processor")).count();
    Ok(format!("{kjerner} cores, {navn}"))
}
