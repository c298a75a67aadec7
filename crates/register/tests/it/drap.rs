//! A process that is killed at any moment: what it acknowledged is there, whole, once, and in order.
//!
//! The process is this test program itself, started again with a folder to write in. It says what is acknowledged on its
//! output; whoever killed it holds that against what lies on the disk. `SIGKILL` leaves the page cache: this shows that a
//! process may die, not that a machine may lose power.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use informasjonsmodell::{Handling, Hendelsestype as H, Persondokument, Registrering};
use register::sikkerhetskopi::{Gjenoppretting, gjenopprett};
use register::{Kilde, Register, Steder};
use serde_json::json;
use tilgang::Projeksjon;

use crate::felles::{Alt, NAA, bosted, nr, nummer, ny, person, postboks, tid};

/// Names the folder that a process started by a test works in.
pub(crate) const MAPPE: &str = "PERSONTJENESTEN_PROVE_MAPPE";

/// Rounds: few in every run, many when asked.
pub(crate) fn runder(kort: u32, lang: u32) -> u32 {
    let lange = std::env::var("PAALITELIGHET").as_deref() == Ok("lang");
    let oensket = std::env::var("RUNDER").ok().and_then(|r| r.parse().ok());
    oensket.unwrap_or(if lange { lang } else { kort })
}

/// One figure, as `cargo xtask paalitelighet` reads it.
pub(crate) fn tall(nr: u8, navn: &str, verdi: impl std::fmt::Display, enhet: &str, maal: &str) {
    let linje = format!("TALL {nr:02} {navn} {verdi} {enhet} {maal}\n");
    std::io::stdout().write_all(linje.as_bytes()).unwrap();
}

/// A stream of its own, the same each time: where the kills fall.
pub(crate) struct Tilfeldig(pub u64);

impl Tilfeldig {
    pub fn neste(&mut self, under: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % under
    }
}

fn start(barn: &str, mappe: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", barn, "--ignored", "--nocapture", "--test-threads=1"])
        .env(MAPPE, mappe)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills after a time and gives what was acknowledged by then. The time counts from the start, or, `i_gang`, from when the
/// process has said something: on a machine with much to do it would else seldom come so far.
fn drep(mut barn: Child, etter: Duration, i_gang: bool) -> Vec<String> {
    let ut = barn.stdout.take().unwrap();
    let (sender, mottaker) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for linje in BufReader::new(ut).lines().map_while(Result::ok) {
            let _ = sender.send(linje);
        }
    });
    let mut linjer = Vec::new();
    while i_gang && !linjer.iter().any(|l: &String| l.contains("BEKREFTET")) {
        match mottaker.recv_timeout(Duration::from_secs(20)) {
            Ok(linje) => linjer.push(linje),
            Err(_) => break,
        }
    }
    std::thread::sleep(etter);
    barn.kill().unwrap();
    barn.wait().unwrap();
    linjer.extend(mottaker);
    // The first stands after what the harness says of the test; the last may have been cut in the middle.
    let bekreftet = |l: &String| Some(l.split_once("BEKREFTET ")?.1.strip_suffix('.')?.to_owned());
    linjer.iter().filter_map(bekreftet).collect()
}

/// The `n`th change: mostly a new person or a move, now and then an erasure or a renewal of the keys.
fn endring(n: u32) -> Registrering {
    let handling = match n % 8 {
        0..4 => Handling::Opprett(Box::new(person(n).bosatt(&format!("Gate{n}veien")).dokument())),
        7 => Handling::Registrer {
            person: nummer(n - 7),
            hendelsestype: H::EndringIAdressebeskyttelse,
            endringer: vec![
                ny("adressebeskyttelse", json!({"graderingsnivaa": "strengtFortrolig"})),
                ny("postadresse", postboks("KRIPOS")),
            ],
        },
        _ => Handling::Registrer {
            person: nummer(n - 4),
            hendelsestype: H::EndringIBostedsadresse,
            endringer: vec![ny("bostedsadresse", bosted(&format!("Flytt{n}veien"), "ugradert"))],
        },
    };
    Registrering {
        tidspunkt: tid(n % 1_000),
        handling,
    }
}

/// Writes until it is killed, from the number after the last that lies there. One change is one event.
#[test]
#[ignore = "startes av en annen prøve"]
fn barn_som_skriver() {
    let Some(mappe) = std::env::var_os(MAPPE) else { return };
    let mappe = Path::new(&mappe);
    let register = Register::aapne(&mappe.join("data")).unwrap();
    register.start_arkivstroem(&mappe.join("stroem")).unwrap();
    let mut ut = std::io::stdout();
    for n in u32::try_from(register.siste_sekvens().unwrap().0).unwrap().. {
        let kvittering = register.utfoer(&[endring(n)], NAA).unwrap();
        writeln!(ut, "BEKREFTET {}.", kvittering.sekvenser[0].0).unwrap();
        ut.flush().unwrap();
        if n % 16 == 15 {
            register.forny_noekler(n % 32 == 31).unwrap();
        }
    }
}

#[test]
fn paalitelighet_01_invariant_1_en_bekreftet_endring_overlever_drap() {
    let mappe = tempfile::tempdir().unwrap();
    let data = mappe.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let kopier = mappe.path().join("kopier");
    Register::aapne(&data).unwrap().sikkerhetskopier(&kopier).unwrap();
    let mut tilfeldig = Tilfeldig(20_260_101);
    let runder = runder(200, 10_000);
    let (mut bekreftet, mut hull, mut tapt, mut doble, mut tregeste) = (0u64, 0u64, 0u64, 0u64, Duration::ZERO);
    for runde in 0..runder {
        let sagt = drep(
            start("drap::barn_som_skriver", mappe.path()),
            Duration::from_millis(5 + tilfeldig.neste(60)),
            runde % 2 == 0,
        );
        let siste_sagt = sagt.last().map_or(bekreftet, |s| s.parse().unwrap());
        doble += sagt.windows(2).filter(|par| par[0] == par[1]).count() as u64;
        let fra = Instant::now();
        let register = Register::aapne(&data).unwrap();
        register.start_arkivstroem(&mappe.path().join("stroem")).unwrap();
        tregeste = tregeste.max(fra.elapsed());
        let siste = register.siste_sekvens().unwrap().0;
        tapt += siste_sagt.saturating_sub(siste);
        // One that was made and not yet acknowledged is allowed to be there: one at the most.
        assert!(siste <= siste_sagt + 1, "runde {runde}: {siste} mot {siste_sagt}");
        // Every change that is there is there whole.
        let les = register.les().unwrap();
        for n in bekreftet.saturating_sub(9)..siste {
            let n = u32::try_from(n).unwrap();
            if n % 8 < 4 {
                let id = identifikator::Folkeregisteridentifikator::parse(&nr(n)).unwrap();
                let funnet = les.finn(&id).unwrap().expect("en bekreftet person");
                let dokument = String::from_utf8(les.eksporter(funnet).unwrap().unwrap().til_json()).unwrap();
                assert!(dokument.contains(&format!("STILLE{n}")));
                if n % 8 == 0 && siste > u64::from(n) + 7 {
                    assert!(
                        !dokument.contains("veien") && dokument.contains("strengtFortrolig"),
                        "{dokument}"
                    );
                }
            }
        }
        let feed = les.feed(Projeksjon::MedHjemmel, bekreftet + 1, 1_000).unwrap();
        hull += (bekreftet + 1..)
            .zip(&feed)
            .filter(|(n, e)| *n != e.sekvensnummer)
            .count() as u64;
        assert_eq!(les.siste_sekvensnummer(Projeksjon::MedHjemmel).unwrap(), siste);
        drop(les);
        if runde % 50 == 49 || runde + 1 == runder {
            assert_eq!(register.verifiser(&mut |_| {}).unwrap(), [], "runde {runde}");
        }
        bekreftet = siste;
    }
    let register = Register::aapne(&data).unwrap();
    let tilstand = register.avtrykk().unwrap();
    drop(register);
    // And copy and stream give it back, whatever was killed in between.
    let utfall = gjenopprett(
        &Gjenoppretting {
            rot: kopier,
            personnoekler: Some(data.join("personnoekler")),
            noekler: data.join("noekler"),
            arkivstroem: Some(mappe.path().join("stroem")),
            slettinger: data.join("slettinger"),
            til: None,
            maal: mappe.path().join("gjenopprettet"),
        },
        tid(0),
        NAA,
    )
    .unwrap();
    tall(1, "drap_runder", runder, "runder", ">= 1");
    tall(1, "drap_bekreftede_endringer", bekreftet, "endringer", ">= 1");
    tall(1, "drap_tapt", tapt, "endringer", "= 0");
    tall(1, "drap_doble", doble, "endringer", "= 0");
    tall(1, "drap_hull_i_feed", hull, "hull", "= 0");
    tall(1, "drap_tregeste_aapning", tregeste.as_millis(), "ms", "<= 2000");
    tall(
        23,
        "gjenoppretting_tapt_etter_drap",
        u64::from(utfall.tilstand != tilstand || utfall.naadd.0 != bekreftet),
        "forskjeller",
        "= 0",
    );
    assert_eq!((tapt, doble, hull), (0, 0, 0));
    assert_eq!((utfall.naadd.0, utfall.tilstand), (bekreftet, tilstand));
    assert!(
        bekreftet > u64::from(runder),
        "for få endringer til å bevise noe: {bekreftet}"
    );
}

fn med_indeks(mappe: &Path) -> Register {
    Register::aapne_med_visning(mappe, &Steder::default(), Arc::new(Alt)).unwrap()
}

/// Writes until it is killed, while keys and index are made anew again and again.
#[test]
#[ignore = "startes av en annen prøve"]
fn barn_som_fornyer() {
    let Some(mappe) = std::env::var_os(MAPPE) else { return };
    let register = &med_indeks(&Path::new(&mappe).join("data"));
    std::thread::scope(|traader| {
        traader.spawn(|| {
            for nr in 0u32.. {
                register.forny_noekler(nr % 4 == 3).unwrap();
            }
        });
        let mut ut = std::io::stdout();
        for n in u32::try_from(register.siste_sekvens().unwrap().0).unwrap().. {
            let kvittering = register.utfoer(&[endring(n)], NAA).unwrap();
            writeln!(ut, "BEKREFTET {}.", kvittering.sekvenser[0].0).unwrap();
            ut.flush().unwrap();
        }
    });
}

#[test]
fn paalitelighet_01_en_fornyelse_som_drepes_koster_verken_noekler_eller_indeks() {
    let mappe = tempfile::tempdir().unwrap();
    let data = mappe.path().join("data");
    let mut tilfeldig = Tilfeldig(20_261_123);
    let runder = runder(40, 1_000);
    let (mut bekreftet, mut tapt, mut feil, mut avbrutt) = (0u64, 0u64, 0u64, 0u64);
    for _ in 0..runder {
        let sagt = drep(
            start("drap::barn_som_fornyer", mappe.path()),
            Duration::from_millis(5 + tilfeldig.neste(80)),
            true,
        );
        let siste_sagt = sagt.last().map_or(bekreftet, |s| s.parse().unwrap());
        let lager = std::fs::read_dir(data.join("personnoekler")).unwrap().count();
        // The folder in use, and the file that names it.
        avbrutt += u64::from(lager > 2 || data.join("noekler/indeks.ny").exists());
        let register = med_indeks(&data);
        let siste = register.siste_sekvens().unwrap().0;
        tapt += siste_sagt.saturating_sub(siste);
        // Every key opens what it sealed, and everybody is found by what they are found by, and by nothing else.
        feil += register.verifiser(&mut |_| {}).unwrap().len() as u64;
        assert_eq!(std::fs::read_dir(data.join("personnoekler")).unwrap().count(), 2);
        assert!(!data.join("noekler/indeks.ny").exists());
        bekreftet = siste;
    }
    tall(1, "drap_fornyelse_runder", runder, "runder", ">= 1");
    tall(1, "drap_fornyelse_avbrutt", avbrutt, "fornyelser", ">= 1");
    tall(1, "drap_fornyelse_tapt", tapt, "endringer", "= 0");
    tall(1, "drap_fornyelse_feil", feil, "funn", "= 0");
    assert_eq!((tapt, feil), (0, 0));
    assert!(avbrutt > u64::from(runder) / 8, "{avbrutt}");
}

/// Some hundred persons, one in each group.
struct Mange;

const MANGE: u32 = 2_000;

impl Kilde for Mange {
    fn grupper(&self) -> u32 {
        MANGE
    }

    fn foer(&self, gruppe: u32) -> u32 {
        gruppe
    }

    fn dokumenter(&self, gruppe: u32) -> Vec<Persondokument> {
        vec![person(gruppe).bosatt(&format!("Gate{gruppe}veien")).dokument()]
    }
}

#[test]
#[ignore = "startes av en annen prøve"]
fn barn_som_laster_inn() {
    let Some(mappe) = std::env::var_os(MAPPE) else { return };
    let register = Register::aapne(Path::new(&mappe)).unwrap();
    register.last_inn(&Mange, 2, tid(0), NAA, &mut |_| {}).unwrap();
    let mut ut = std::io::stdout();
    writeln!(ut, "BEKREFTET {MANGE}.").unwrap();
    ut.flush().unwrap();
}

#[test]
fn paalitelighet_01_en_innlasting_som_drepes_er_hel_eller_ingen() {
    let mut tilfeldig = Tilfeldig(7);
    let runder = runder(20, 300);
    let (mut hele, mut ingen) = (0, 0);
    for runde in 0..runder {
        let mappe = tempfile::tempdir().unwrap();
        let etter = Duration::from_millis(30 + tilfeldig.neste(900));
        let sagt = drep(start("drap::barn_som_laster_inn", mappe.path()), etter, false);
        let register = Register::aapne(mappe.path()).unwrap();
        let antall = register.antall_personer().unwrap();
        assert!(
            antall == MANGE || antall == 0 && sagt.is_empty(),
            "runde {runde}: {antall}"
        );
        assert_eq!(register.verifiser(&mut |_| {}).unwrap(), [], "runde {runde}");
        if antall == 0 {
            ingen += 1;
            // And the folder is as good as new.
            register.utfoer(&[endring(0)], NAA).unwrap();
        } else {
            hele += 1;
        }
    }
    tall(1, "drap_innlasting_halve", runder - hele - ingen, "innlastinger", "= 0");
    tall(1, "drap_innlasting_avbrutt", ingen, "innlastinger", ">= 1");
    assert!(ingen > 0, "ingen innlasting ble avbrutt");
}
