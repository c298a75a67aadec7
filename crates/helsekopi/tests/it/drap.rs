//! Both sides are killed at any moment, again and again over one life of the copy, and it becomes what its source is.
//!
//! The source is a process of its own, with a register and Folkeregisteret's real interface on a socket; whoever keeps the copy is
//! another. Each is killed with `SIGKILL` at moments drawn from a seed: after a word it said of what it was about to do, and a time. In
//! between the nation moves, the source's clock jumps past its retention now and then (406, and everybody is read again), and what is
//! erased is renewed away on both sides. Each time the copy is dead, what lies on its disk is held against what lay there before
//! ([`Fortalt`]). At the end the two are compared by [`Tilstand`]: by each side's own hash, person by person, and by the copy's own
//! comparison over HTTP. `SIGKILL` leaves the page cache: this shows that a process may die, not that a machine may lose power.
//!
//! `FROE` is the first seed and `RUNDER` how many: ten in every run, five hundred with `PAALITELIGHET=lang`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use helsekopi::Kopi;
use register::Register;

use crate::barn::{MILJOE, Oppdrag};
use crate::kilde::NAA;
use crate::tilstand::{Fortalt, Tilstand};
use crate::tjeneste::lag_noekler;
use crate::uro::{Lodd, Plan};

const PERSONER: u32 = 120;
/// Kills of a life.
const DRAP: u64 = 9;
/// Longest wait for a word, on a machine that builds at the same time.
const ORD_MAKS: Duration = Duration::from_secs(60);
/// Retention and a month.
const FORBI_OPPBEVARING_S: i64 = 37 * 31 * 86_400;

/// A child, and what it has said.
struct Barn {
    prosess: Child,
    inn: ChildStdin,
    ut: Receiver<String>,
    sagt: Vec<String>,
}

impl Barn {
    fn start(hvem: &str, oppdrag: &Oppdrag) -> Self {
        let mut prosess = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", hvem, "--ignored", "--nocapture", "--test-threads=1"])
            .env(MILJOE, oppdrag.tekst())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (inn, ut) = (prosess.stdin.take().unwrap(), prosess.stdout.take().unwrap());
        let (sender, mottaker) = channel();
        std::thread::spawn(move || {
            for linje in BufReader::new(ut).lines().map_while(Result::ok) {
                // The first stands after what the harness says of the test.
                if let Some((_, linje)) = linje.split_once('@') {
                    let _ = sender.send(linje.to_owned());
                }
            }
        });
        Barn {
            prosess,
            inn,
            ut: mottaker,
            sagt: Vec::new(),
        }
    }

    fn si(&mut self, beskjed: &str) {
        writeln!(self.inn, "{beskjed}").unwrap();
    }

    /// Waits for a line that begins so, at most a time; gives the rest of it.
    fn vent_paa(&mut self, ord: &str, maks: Duration) -> Option<String> {
        let frist = Instant::now() + maks;
        loop {
            match self.ut.recv_timeout(frist.saturating_duration_since(Instant::now())) {
                Ok(linje) => {
                    let rest = linje.strip_prefix(ord).map(|r| r.trim_start().to_owned());
                    self.sagt.push(linje);
                    if rest.is_some() {
                        return rest;
                    }
                }
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => {
                    let slutt = self.prosess.wait().unwrap();
                    panic!("a process ended by itself, {slutt}: {:?}", self.sagt.last());
                }
            }
        }
    }

    #[track_caller]
    fn hoer(&mut self, ord: &str) -> String {
        let svar = self.vent_paa(ord, ORD_MAKS);
        let siste = &self.sagt[self.sagt.len().saturating_sub(12)..];
        svar.unwrap_or_else(|| panic!("{ord} was not said: {siste:?}"))
    }

    /// Kills it, and gives everything it said.
    fn drep(mut self) -> Vec<String> {
        self.prosess.kill().unwrap();
        let slutt = self.prosess.wait().unwrap();
        assert_eq!(slutt.code(), None, "ended by itself: {:?}", self.sagt.last());
        let rest: Vec<String> = self.ut.iter().collect();
        self.sagt.extend(rest);
        self.sagt
    }
}

/// What was counted over all seeds.
#[derive(Default)]
struct Regnskap {
    /// How often the copy was killed after each word.
    ved: Mutex<BTreeMap<String, u64>>,
    kilden_drept: AtomicU64,
    lastet_igjen: AtomicU64,
    endringer: AtomicU64,
    personer: AtomicU64,
}

/// Words after which the copy is killed.
const ORD: [&str; 12] = [
    "åpner",
    "LASTER",
    "spør bestilling",
    "spør arkiv",
    "fikk arkiv",
    "åpner med indeks",
    "FOELGER",
    "fikk oppslag",
    "fikk oppslag",
    "VEDLIKEHOLD",
    "SAMMENLIKNER",
    "LASTERIGJEN",
];

/// One life.
struct Liv<'a> {
    froe: u64,
    lodd: Lodd,
    mappe: &'a Path,
    noekler: &'a Path,
    adresse: SocketAddr,
    /// The source's clock.
    naa: i64,
    /// The highest number that the source ever told of.
    fortalt: u64,
    kilde: Option<Barn>,
    kopi: Option<Barn>,
    holdt: Fortalt,
    regnskap: &'a Regnskap,
}

impl Liv<'_> {
    fn oppdrag(&mut self, navn: &str) -> Oppdrag {
        Oppdrag {
            mappe: self.mappe.join(navn),
            noekler: self.noekler.to_owned(),
            adresse: self.adresse,
            froe: self.froe,
            lodd: self.lodd.under(1 << 30),
            naa: self.naa,
            personer: PERSONER,
        }
    }

    fn start_kilden(&mut self) {
        if self.kilde.is_none() {
            let oppdrag = self.oppdrag("kilde");
            let mut barn = Barn::start("barn::barn_som_er_kilde", &oppdrag);
            let siste: u64 = barn.hoer("KLAR").parse().unwrap();
            assert!(siste >= self.fortalt, "the source forgot: {siste} of {}", self.fortalt);
            self.kilde = Some(barn);
        }
    }

    fn start_kopien(&mut self) {
        if self.kopi.is_none() {
            let oppdrag = self.oppdrag("kopi");
            self.kopi = Some(Barn::start("barn::barn_som_holder_kopien", &oppdrag));
        }
    }

    fn drep_kilden(&mut self) {
        if let Some(barn) = self.kilde.take() {
            let sagt = barn.drep();
            let gjort = sagt.iter().filter_map(|l| l.strip_prefix("GJORT ")?.split_once(' '));
            let siste = gjort.filter_map(|(_, siste)| siste.parse().ok()).max();
            self.fortalt = self.fortalt.max(siste.unwrap_or(0));
            self.regnskap.kilden_drept.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn drep_kopien(&mut self) {
        let Some(barn) = self.kopi.take() else { return };
        let sagt = barn.drep();
        let sett = sagt.iter().filter_map(|l| l.strip_prefix("SETT ")?.parse().ok()).max();
        self.fortalt = self.fortalt.max(sett.unwrap_or(0));
        let igjen = sagt.iter().filter(|l| *l == "FORGAMMELT").count();
        self.regnskap.lastet_igjen.fetch_add(igjen as u64, Ordering::Relaxed);
        let siste = sagt.last().cloned().unwrap_or_else(|| "ingenting".to_owned());
        let ord = if siste.starts_with(char::is_uppercase) {
            siste.split(' ').next().unwrap_or_default()
        } else {
            &siste
        };
        *self.regnskap.ved.lock().unwrap().entry(ord.to_owned()).or_default() += 1;
        self.se_paa_disken();
    }

    fn se_paa_disken(&mut self) {
        let mappe = self.mappe.join("kopi");
        std::fs::create_dir_all(&mappe).unwrap();
        let kopi = Kopi::aapne(&mappe).unwrap();
        self.holdt.hold_mot(&kopi);
        if self.lodd.under(3) == 0 {
            assert_eq!(kopi.register().verifiser(&mut |_| {}).unwrap(), []);
        }
    }

    fn lev(&mut self) {
        let plan = Plan::ny(self.froe, PERSONER);
        let mut gjort = 0;
        for drap in 1..=DRAP {
            self.start_kilden();
            self.start_kopien();
            let til = plan.antall() * usize::try_from(drap).unwrap() / usize::try_from(DRAP + 1).unwrap();
            if self.lodd.under(4) == 0 {
                self.naa += FORBI_OPPBEVARING_S;
            }
            let (naa, kilde) = (self.naa, self.kilde.as_mut().unwrap());
            kilde.si(&format!("tid {naa}"));
            // What was begun when it was killed is begun again.
            kilde.si(&format!("gjoer {} {til}", gjort.min(til)));
            if self.lodd.under(3) == 0 {
                kilde.hoer("GJORT");
                gjort = til;
            } else {
                gjort = til.saturating_sub(usize::try_from(self.lodd.under(4)).unwrap());
            }
            let hvem = self.lodd.under(10);
            if hvem < 8 {
                let ord = ORD[usize::try_from(self.lodd.under(ORD.len() as u64)).unwrap()];
                let maks = Duration::from_millis(150);
                self.kopi.as_mut().unwrap().vent_paa(ord, maks);
            }
            // Most of what happens takes less than a few milliseconds, and some of it more.
            let mikro = match self.lodd.under(3) {
                0 => self.lodd.under(500),
                1 => self.lodd.under(5_000),
                _ => self.lodd.under(40_000),
            };
            std::thread::sleep(Duration::from_micros(mikro));
            match hvem {
                0..6 => self.drep_kopien(),
                6 | 8 => self.drep_kilden(),
                _ => {
                    self.drep_kilden();
                    self.drep_kopien();
                }
            }
        }
        self.start_kilden();
        self.start_kopien();
        let kilde = self.kilde.as_mut().unwrap();
        kilde.si(&format!("gjoer {} {}", gjort, plan.antall()));
        kilde.hoer("GJORT");
        self.avslutt();
    }

    /// Both live, and the nation stands still: the copy becomes what the source is, and both are killed once more.
    fn avslutt(&mut self) {
        let (kilde, kopi) = (self.kilde.as_mut().unwrap(), self.kopi.as_mut().unwrap());
        kilde.si("tilstand");
        let svar = kilde.hoer("TILSTAND");
        let (avtrykk, siste) = svar.split_once(' ').unwrap();
        let siste: u64 = siste.parse().unwrap();
        kopi.si("ajour");
        loop {
            let neste: u64 = kopi.hoer("AJOUR").parse().unwrap();
            assert!(neste <= siste + 1);
            if neste == siste + 1 {
                break;
            }
        }
        kopi.si("tilstand");
        let kopiens = kopi.hoer("TILSTAND");
        kopi.si("sammenlikn");
        let sammenliknet = kopi.hoer("SAMMENLIKNET");
        let avtrykk = avtrykk.to_owned();
        self.drep_kopien();
        self.drep_kilden();
        let kilde = Register::aapne_med_visning(
            &self.mappe.join("kilde/register"),
            &register::Steder::default(),
            std::sync::Arc::new(soek::Soekevisning),
        )
        .unwrap();
        let kopi = Kopi::aapne(&self.mappe.join("kopi")).unwrap();
        let fasit = Tilstand::av(&kilde);
        fasit.lik(&Tilstand::av(kopi.register()));
        assert_eq!(kopiens.split(' ').next(), Some(avtrykk.as_str()));
        assert_eq!(avtrykk, fasit.avtrykk());
        assert!(sammenliknet.starts_with("true"), "{sammenliknet}");
        assert_eq!(kopi.register().verifiser(&mut |_| {}).unwrap(), []);
        assert_eq!(kilde.verifiser(&mut |_| {}).unwrap(), []);
        self.regnskap
            .personer
            .fetch_add(fasit.personer() as u64, Ordering::Relaxed);
        self.regnskap
            .endringer
            .fetch_add(self.holdt.endringer, Ordering::Relaxed);
    }
}

impl Drop for Liv<'_> {
    fn drop(&mut self) {
        for mut barn in [self.kilde.take(), self.kopi.take()].into_iter().flatten() {
            let _ = barn.prosess.kill();
            let _ = barn.prosess.wait();
        }
    }
}

/// An address of its own on this machine, and a port that is free on it.
pub fn ledig(froe: u64) -> SocketAddr {
    let [a, b] = u16::try_from(std::process::id() % 60_000).unwrap().to_be_bytes();
    let c = u8::try_from(2 + froe % 250).unwrap();
    let vert = Ipv4Addr::new(127, 1 + a, b, c);
    let lytter = std::net::TcpListener::bind((vert, 0)).unwrap();
    lytter.local_addr().unwrap()
}

fn fra_miljoet(navn: &str) -> Option<u64> {
    std::env::var(navn).ok()?.parse().ok()
}

/// One figure, as `cargo xtask paalitelighet` reads it.
pub fn tall(nr: u8, navn: &str, verdi: impl std::fmt::Display, enhet: &str, maal: &str) {
    let linje = format!("TALL {nr:02} {navn} {verdi} {enhet} {maal}\n");
    std::io::stdout().write_all(linje.as_bytes()).unwrap();
}

pub fn runder(kort: u64, lang: u64) -> u64 {
    let lange = std::env::var("PAALITELIGHET").as_deref() == Ok("lang");
    fra_miljoet("RUNDER").unwrap_or(if lange { lang } else { kort })
}

#[test]
fn paalitelighet_02_kopien_er_kilden_naar_begge_er_drept() {
    let rot = tempfile::tempdir().unwrap();
    let noekler = rot.path().join("noekler");
    lag_noekler(&noekler);
    let (foerste, runder) = (fra_miljoet("FROE").unwrap_or(1), runder(10, 500));
    let (neste, regnskap) = (AtomicU64::new(foerste), Regnskap::default());
    let start = Instant::now();
    std::thread::scope(|alle| {
        // Each of the two waits most of the time.
        for _ in 0..2 {
            alle.spawn(|| {
                loop {
                    let froe = neste.fetch_add(1, Ordering::Relaxed);
                    if froe >= foerste + runder {
                        return;
                    }
                    let mappe = tempfile::tempdir().unwrap();
                    let mut liv = Liv {
                        froe,
                        lodd: Lodd(froe.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
                        mappe: mappe.path(),
                        noekler: &noekler,
                        adresse: ledig(froe),
                        naa: NAA,
                        fortalt: 0,
                        kilde: None,
                        kopi: None,
                        holdt: Fortalt::default(),
                        regnskap: &regnskap,
                    };
                    let utfall = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| liv.lev()));
                    if let Err(feil) = utfall {
                        let linje = format!("FROE={froe} RUNDER=1\n");
                        std::io::stderr().write_all(linje.as_bytes()).unwrap();
                        std::panic::resume_unwind(feil);
                    }
                }
            });
        }
    });
    let ved = regnskap.ved.into_inner().unwrap();
    let drept: u64 = ved.values().sum();
    let teller = |t: &AtomicU64| t.load(Ordering::Relaxed);
    tall(2, "kopi_froe", runder, "froe", ">= 1");
    tall(2, "kopi_drept", drept, "drap", ">= 1");
    tall(2, "kopi_kilden_drept", teller(&regnskap.kilden_drept), "drap", ">= 1");
    tall(2, "kopi_lastet_igjen", teller(&regnskap.lastet_igjen), "ganger", ">= 0");
    tall(
        2,
        "kopi_endringer_fortalt",
        teller(&regnskap.endringer),
        "endringer",
        ">= 1",
    );
    tall(
        2,
        "kopi_personer_sammenliknet",
        teller(&regnskap.personer),
        "personer",
        ">= 1",
    );
    let linje = format!("drept ved: {ved:?}; {:?}\n", start.elapsed());
    std::io::stdout().write_all(linje.as_bytes()).unwrap();
    assert!(drept > runder && teller(&regnskap.kilden_drept) > runder);
}
