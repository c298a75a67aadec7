//! The two processes of the kill test: this test program itself, started again, as the source or as whoever keeps the copy.
//!
//! Each is told what to do on its input and says on its output what it does, a line at a time, before it does it: whoever kills it
//! knows by the last line where it was. Neither knows anything but what lies in its folder.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use helsekopi::{Feil, Foelger, Kilde, Kopi, Steg, Stilling, sammenlikn};
use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::{Forskyvning, Tidspunkt};
use klienter::folkeregister::{Batch, Bulksvar, Feedsvar, Feil as Kildefeil, Jobb, Klient, Persondokument};
use tilgang::token::Framtid;

use crate::kilde::{MH, NAA, kjoer};
use crate::tilstand::Tilstand;
use crate::tjeneste::{self, Tjeneste, VENT_MAKS, klient, venter};
use crate::uro::{Lodd, Plan};

/// Names what a process started by the test is to know.
pub const MILJOE: &str = "PERSONTJENESTEN_PROVE_BARN";

/// What a child is told when it is started.
pub struct Oppdrag {
    pub mappe: PathBuf,
    pub noekler: PathBuf,
    pub adresse: SocketAddr,
    pub froe: u64,
    /// Drawn for this start.
    pub lodd: u64,
    /// Seconds since 1970 at the source.
    pub naa: i64,
    pub personer: u32,
}

impl Oppdrag {
    pub fn tekst(&self) -> String {
        let stier = [&self.mappe, &self.noekler].map(|s| s.to_str().unwrap().to_owned());
        format!(
            "{}\n{}\n{}\n{}\n{}\n{}\n{}",
            stier[0], stier[1], self.adresse, self.froe, self.lodd, self.naa, self.personer
        )
    }

    fn les() -> Option<Self> {
        let tekst = std::env::var(MILJOE).ok()?;
        let mut linjer = tekst.lines();
        let mut neste = || linjer.next().unwrap().to_owned();
        Some(Oppdrag {
            mappe: neste().into(),
            noekler: neste().into(),
            adresse: neste().parse().unwrap(),
            froe: neste().parse().unwrap(),
            lodd: neste().parse().unwrap(),
            naa: neste().parse().unwrap(),
            personer: neste().parse().unwrap(),
        })
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.adresse)
    }
}

/// One whole line, at once. A parent that is gone is the end.
fn si(linje: &str) {
    let mut ut = std::io::stdout().lock();
    if ut
        .write_all(format!("@{linje}\n").as_bytes())
        .and_then(|()| ut.flush())
        .is_err()
    {
        std::process::exit(0);
    }
}

/// What comes on the input; its end is the end of the process.
fn beskjeder() -> Receiver<String> {
    let (sender, mottaker) = channel();
    std::thread::spawn(move || {
        for linje in BufReader::new(std::io::stdin()).lines().map_while(Result::ok) {
            let _ = sender.send(linje);
        }
        std::process::exit(0);
    });
    mottaker
}

/// The source: a register and its interface. `gjoer <fra> <til>` plays that part of the plan, `tid <sekunder>` sets the clock,
/// `tilstand` says what it is.
#[test]
#[ignore = "startes av en annen prøve"]
fn barn_som_er_kilde() {
    let Some(oppdrag) = Oppdrag::les() else { return };
    let plan = Plan::ny(oppdrag.froe, oppdrag.personer);
    kjoer(async {
        std::fs::create_dir_all(&oppdrag.mappe).unwrap();
        let tjeneste = Tjeneste::aapne(&oppdrag.mappe, &oppdrag.noekler, &oppdrag.base(), oppdrag.naa);
        let register = &tjeneste.register;
        if register.antall_personer().unwrap() == 0 {
            plan.befolk(register, oppdrag.naa);
        }
        let lytter = tjeneste::lytt(oppdrag.adresse).await;
        let ruter = tjeneste.ruter.clone();
        tokio::spawn(async move { axum::serve(lytter, ruter).await });
        let siste = || register.les().unwrap().siste_sekvensnummer(MH).unwrap();
        si(&format!("KLAR {}", siste()));
        let beskjeder = beskjeder();
        tokio::task::block_in_place(|| {
            for beskjed in &beskjeder {
                let ord: Vec<&str> = beskjed.split(' ').collect();
                match ord[0] {
                    "gjoer" => {
                        let (fra, til): (usize, usize) = (ord[1].parse().unwrap(), ord[2].parse().unwrap());
                        for nr in fra..til {
                            let naa = tjeneste.naa.load(Ordering::SeqCst);
                            si(&format!("endrer {nr}"));
                            plan.spill(nr, register, naa);
                            if nr % 9 == 8 && register.maa_fornyes().unwrap() {
                                si("fornyer");
                                tjeneste.uttrekk.rens(register).unwrap();
                                register.forny_noekler(nr % 2 == 0).unwrap();
                            }
                        }
                        si(&format!("GJORT {til} {}", siste()));
                    }
                    "tid" => tjeneste.naa.store(ord[1].parse().unwrap(), Ordering::SeqCst),
                    "tilstand" => si(&format!("TILSTAND {} {}", Tilstand::av(register).avtrykk(), siste())),
                    _ => panic!("{beskjed}"),
                }
            }
        });
    });
}

/// The client, and a word before each question and each answer.
struct Fortellende(Klient);

async fn rundt<T>(hva: &str, framtid: impl Future<Output = Result<T, Kildefeil>>) -> Result<T, Kildefeil> {
    si(&format!("spør {hva}"));
    let svar = framtid.await;
    si(&format!("{} {hva}", if svar.is_ok() { "fikk" } else { "feil" }));
    svar
}

impl Kilde for Fortellende {
    fn siste(&self) -> Framtid<'_, Result<u64, Kildefeil>> {
        Box::pin(async move {
            let siste = rundt("siste", Kilde::siste(&self.0)).await?;
            si(&format!("SETT {siste}"));
            Ok(siste)
        })
    }

    fn feed<'a>(&'a self, fra: u64, etag: Option<&'a str>) -> Framtid<'a, Result<Feedsvar, Kildefeil>> {
        Box::pin(async move {
            let side = Kilde::feed(&self.0, fra, etag).await;
            match &side {
                Ok(Feedsvar::Side { hendelser, .. }) => {
                    if let Some(siste) = hendelser.last() {
                        si(&format!("SETT {}", siste.sekvensnummer));
                    }
                }
                Ok(Feedsvar::Uendret) => {}
                Err(Kildefeil::ForGammelt) => si("FORGAMMELT"),
                Err(_) => si("feil feed"),
            }
            side
        })
    }

    fn oppslag<'a>(
        &'a self,
        personer: &'a [Folkeregisteridentifikator],
    ) -> Framtid<'a, Result<Vec<Bulksvar>, Kildefeil>> {
        Box::pin(rundt("oppslag", Kilde::oppslag(&self.0, personer)))
    }

    fn bestill(&self, seq: u64) -> Framtid<'_, Result<Jobb, Kildefeil>> {
        Box::pin(rundt("bestilling", Kilde::bestill(&self.0, seq)))
    }

    fn batch<'a>(&'a self, jobb: &'a Jobb, nr: u64) -> Framtid<'a, Result<Batch, Kildefeil>> {
        Box::pin(rundt("batch", Kilde::batch(&self.0, jobb, nr)))
    }

    fn arkiv<'a>(&'a self, dokumenter: &'a [String]) -> Framtid<'a, Result<Vec<Persondokument>, Kildefeil>> {
        Box::pin(rundt("arkiv", Kilde::arkiv(&self.0, dokumenter)))
    }
}

/// A second of the machine is a quarter of an hour of the copy, so that what waits is asked for again soon; on over every start.
fn sekunder() -> i64 {
    NAA + jiff::Timestamp::now().as_millisecond() % 10_000_000_000
}

fn aapne(mappe: &Path, for_lasting: bool) -> Arc<Kopi> {
    let kopi = if for_lasting {
        Kopi::aapne_for_lasting(mappe)
    } else {
        Kopi::aapne(mappe)
    };
    let kopi = kopi.unwrap();
    kopi.register().start_arkivstroem(&mappe.join("arkivstroem")).unwrap();
    Arc::new(kopi)
}

/// Whoever keeps the copy, as the program does: the first load without an index, then with one, upkeep and comparisons now and then.
/// `tilstand` says what the copy is, `sammenlikn` whether it is what the source says.
#[test]
#[ignore = "startes av en annen prøve"]
fn barn_som_holder_kopien() {
    let Some(oppdrag) = Oppdrag::les() else { return };
    let mut lodd = Lodd(oppdrag.lodd);
    kjoer(async {
        std::fs::create_dir_all(&oppdrag.mappe).unwrap();
        let kilde: Arc<dyn Kilde> = Arc::new(Fortellende(klient(&oppdrag.base(), &oppdrag.noekler)));
        let klokke: tilgang::token::Klokke = Arc::new(|| jiff::Timestamp::from_second(sekunder()).unwrap());
        let mut laster = true;
        si("åpner");
        let mut kopi = aapne(&oppdrag.mappe, true);
        let mut foelger = Foelger::new(kopi.clone(), kilde.clone(), klokke.clone());
        let beskjeder = beskjeder();
        let mut sagt = None;
        loop {
            let stilling = kopi.stilling().unwrap();
            let foerste = matches!(stilling, Stilling::Laster { foerste: true, .. });
            if laster && !foerste {
                // Searchable from here on.
                si("åpner med indeks");
                drop((foelger, kopi));
                kopi = aapne(&oppdrag.mappe, false);
                foelger = Foelger::new(kopi.clone(), kilde.clone(), klokke.clone());
                laster = false;
                continue;
            }
            match stilling {
                Stilling::Laster { foerste: true, .. } => si("LASTER"),
                Stilling::Laster { .. } => si("LASTERIGJEN"),
                Stilling::Foelger { .. } => si("FOELGER"),
            }
            match beskjeder.try_recv().as_deref() {
                Ok("tilstand") => si(&format!("TILSTAND {} 0", Tilstand::av(kopi.register()).avtrykk())),
                Ok("sammenlikn") => {
                    let rapport = sammenlikn(&kopi, &*kilde, &venter(), &mut |_| {}).await.unwrap();
                    si(&format!("SAMMENLIKNET {} {rapport:?}", rapport.er_lik()));
                }
                Ok("ajour") => sagt = None,
                Ok(annet) => panic!("{annet}"),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return,
            }
            if !laster && lodd.under(25) == 0 {
                si("VEDLIKEHOLD");
                let naa = Tidspunkt::new(sekunder(), 0, 0, Forskyvning::Utc).unwrap();
                kopi.ajourhold(naa).unwrap();
                if lodd.under(2) == 0 {
                    kopi.register().forny_noekler(lodd.under(2) == 0).unwrap();
                }
            }
            if !laster && lodd.under(60) == 0 {
                si("SAMMENLIKNER");
                let _ = sammenlikn(&kopi, &*kilde, &venter(), &mut |_| {}).await;
            }
            let pause = match foelger.steg().await {
                Ok(Steg::TokInn(_) | Steg::Videre) => continue,
                Ok(Steg::Vent(vent)) => vent.min(VENT_MAKS),
                Ok(Steg::Ajour) => {
                    if let Stilling::Foelger { neste } = kopi.stilling().unwrap()
                        && sagt != Some(neste)
                    {
                        sagt = Some(neste);
                        si(&format!("AJOUR {neste}"));
                    }
                    VENT_MAKS
                }
                Err(Feil::Kilde(_) | Feil::Loegn(_)) => VENT_MAKS,
                Err(feil) => panic!("{feil:?}"),
            };
            tokio::time::sleep(pause).await;
        }
    });
}
