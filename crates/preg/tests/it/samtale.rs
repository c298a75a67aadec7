//! A client of others' making opens conversations, calls, renews and ends them, and tries what must not work.
//!
//! The client (`samtale_klient.py`) shares nothing with us: canonical XML is lxml's, hashes are Python's. It says what it expects
//! of each message; here that is counted and held against what was answered.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::{Timestamp, ToSpan as _};
use preg::feil::Feil;
use preg::konvolutt::{self, Avslag, Brukernavntoken};
use preg::samtale::{self, Brukere, Eier, Henvendelse, Hvem, Innstillinger, Samtaler, Tilfeldig};

use crate::kontrakter::hopp_over;

/// Users `a` and `b`; a password is the name with a word before it, and a mark can be changed.
struct To {
    merker: [Cell<u64>; 2],
}

impl To {
    fn merke(&self, navn: &str) -> Option<&Cell<u64>> {
        let nr = ["a", "b"].iter().position(|n| *n == navn)?;
        self.merker.get(nr)
    }

    fn logg_inn(&self, bruker: &Brukernavntoken) -> Result<u64, Feil> {
        let riktig = format!("hemmelig-{}", bruker.brukernavn);
        let merke = self.merke(&bruker.brukernavn).ok_or(Feil::Innlogging)?.get();
        if bruker.passord.byte() == riktig.as_bytes() {
            Ok(merke)
        } else {
            Err(Feil::Innlogging)
        }
    }
}

impl Brukere for To {
    type Innlogget = String;

    fn fortsatt(&self, brukernavn: &str, merke: u64, _naa: Timestamp) -> Option<String> {
        (self.merke(brukernavn)?.get() == merke).then(|| brukernavn.to_owned())
    }
}

struct Tjener {
    brukere: To,
    samtaler: Samtaler,
    naa: Timestamp,
    trukket: u64,
}

impl Tjener {
    fn tilfeldig(&mut self) -> Tilfeldig {
        self.trukket += 1;
        let teller = self.trukket.to_le_bytes();
        Tilfeldig::av(std::array::from_fn(|i| {
            teller[i % 8] ^ u8::try_from(i).unwrap().wrapping_mul(31)
        }))
    }

    fn svar(&mut self, xml: &str) -> Result<String, Avslag> {
        let naa = self.naa;
        let tilfeldig = self.tilfeldig();
        let Tjener { brukere, samtaler, .. } = self;
        let henvendelse = samtale::les(xml.as_bytes(), None, naa)?;
        assert!(!format!("{henvendelse:?}").contains("hemmelig"));
        match henvendelse {
            Henvendelse::Kall(kall) => {
                let avslag = |feil| Avslag {
                    feil,
                    retur: kall.retur.clone(),
                };
                let inne = match &kall.hvem {
                    Hvem::Bruker(bruker) => brukere.logg_inn(bruker).map(|_| bruker.brukernavn.clone()),
                    Hvem::Samtale(bevis) => samtaler.slipp_inn(bevis, brukere, naa),
                };
                let kropp = format!("<inne-{}/>", inne.map_err(avslag)?);
                Ok(konvolutt::skriv(&kall.retur, kall.operasjon, naa, &kropp))
            }
            Henvendelse::Aapning(aapning) => {
                let merke = brukere.logg_inn(&aapning.bruker).map_err(|feil| Avslag {
                    feil,
                    retur: aapning.retur.clone(),
                })?;
                let eier = Eier {
                    brukernavn: &aapning.bruker.brukernavn,
                    merke,
                };
                Ok(samtaler.aapne(&aapning, eier, naa, &tilfeldig))
            }
            Henvendelse::Fornyelse(fornyelse) => {
                let merke = brukere.logg_inn(&fornyelse.bruker).map_err(|feil| Avslag {
                    feil,
                    retur: fornyelse.retur.clone(),
                })?;
                let eier = Eier {
                    brukernavn: &fornyelse.bruker.brukernavn,
                    merke,
                };
                samtaler.forny(&fornyelse, eier, brukere, naa, &tilfeldig)
            }
            Henvendelse::Avslutning(avslutning) => samtaler.avslutt(&avslutning, brukere, naa),
        }
    }
}

#[test]
fn a_client_of_others_making_opens_calls_renews_and_ends_and_nothing_else_works() {
    let finnes = Command::new("python3").args(["-c", "import lxml.etree"]).output();
    if !finnes.is_ok_and(|svar| svar.status.success()) {
        hopp_over("python3 med lxml er ikke installert");
        return;
    }
    let mut barn = Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/samtale_klient.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut til = barn.stdin.take().unwrap();
    let fra = BufReader::new(barn.stdout.take().unwrap());
    let ny = || Tjener {
        brukere: To {
            merker: [Cell::new(1), Cell::new(1)],
        },
        samtaler: Samtaler::new(Innstillinger::default()),
        naa: "2026-01-14T10:00:30Z".parse().unwrap(),
        trukket: 0,
    };
    let mut tjenere = BTreeMap::new();
    let mut sett: BTreeMap<String, usize> = BTreeMap::new();
    let mut slutt = false;
    let mut forskyvning = 0;
    for linje in fra.lines() {
        let linje = linje.unwrap();
        if linje == "SLUTT" {
            slutt = true;
            break;
        }
        let mut deler = linje.splitn(3, '\t');
        let (utgave, slag, xml) = (deler.next().unwrap(), deler.next().unwrap(), deler.next().unwrap());
        let tjener = tjenere.entry(utgave.to_owned()).or_insert_with(|| {
            let mut tjener = ny();
            tjener.naa += forskyvning.seconds();
            tjener
        });
        let svar = match slag {
            "BYTT" => {
                let merke = tjener.brukere.merke(xml).unwrap();
                merke.set(merke.get() + 1);
                "<ok/>".to_owned()
            }
            "TID" => {
                forskyvning += xml.parse::<i64>().unwrap();
                tjener.naa += xml.parse::<i64>().unwrap().seconds();
                "<ok/>".to_owned()
            }
            slag => match tjener.svar(xml) {
                Ok(svar) => {
                    assert_eq!(slag, "OK", "{xml}");
                    svar
                }
                Err(avslag) => {
                    let svar = avslag.svar().kropp;
                    assert!(svar.contains(&format!(":{slag}<")), "{slag}: {svar}\n{xml}");
                    svar
                }
            },
        };
        *sett.entry(slag.to_owned()).or_default() += 1;
        assert!(!svar.contains(['\n', '\r']) && !svar.contains("hemmelig"));
        til.write_all(svar.as_bytes()).unwrap();
        til.write_all(b"\n").unwrap();
        til.flush().unwrap();
    }
    drop(til);
    assert!(barn.wait().unwrap().success() && slutt, "{sett:?}");
    println!("{sett:?}");
    let antall = |slag: &str| sett.get(slag).copied().unwrap_or_default();
    assert!(
        antall("OK") >= 40 && antall("InvalidSecurity") >= 150 && antall("BadContextToken") >= 14,
        "{sett:?}"
    );
}
