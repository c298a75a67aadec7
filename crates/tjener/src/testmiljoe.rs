//! A test environment: what `testkontroll` asks of the program, done to the folder that it has.
//!
//! ```text
//!  snapshot   messages, extracts, register held still ─▶ files copied
//!  restore    files copied beside (calls go on) ─▶ Bytte: files in place ─▶ what was there is removed
//! ```
//! Made where the settings say that this is a test environment, and nowhere else.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use axum::Router;
use axum::http::HeaderMap;
use jiff::Timestamp;
use lager::oeyeblikksbilde::{Del, Navn, Oeyeblikksbilder};
use testkontroll::{Bilde, Doer, Feil, Gjenopprettet, Hemmelighet, Klokkestand, Nasjon};
use tilgang::Revisjonspost;
use tjenesteflate::sluse::Sluse;
use tjenesteflate::sporing::{self, Spor};
use tjenesteflate::vern::Ramme;
use tokio::sync::{mpsc, oneshot};

use crate::bytte::Bytte;
use crate::mappe::{Aapen, klokke};
use crate::oppstart::Oppsett;
use crate::vert::Vert;

/// What the nation is made of: all that a change of a person leaves a mark in, apart from the audit log.
///
/// Not here: grants, clients, producers, notices, the keys of the issuer and of the audit log, certificates.
const DELER: &[Del] = &[
    Del::En("register"),
    Del::En("personnoekler"),
    Del::En("slettinger"),
    Del::En("arkivstroem"),
    Del::En("saker"),
    Del::En("uttrekk"),
    Del::En("navngitte.json"),
    Del::En(crate::klokke::FIL),
    // How far a nation that moves has come.
    Del::En("liv"),
    Del::Alle("noekler/personnoekler"),
    Del::Alle("noekler/indeks"),
    Del::En("noekler/dokumentidentifikatorer"),
    Del::En("noekler/saker"),
    Del::En("noekler/saksmeldinger"),
    Del::En("noekler/uttrekk"),
];

/// The nation as it was when the folder first was a test environment's.
const FOERSTE: &str = "nullstilling";

/// Snapshots at a time, the first one too: each takes as much disk as the nation. Source: our choice.
const BILDER_MAKS: usize = 32;

/// Longest wait of a call for a nation that is being changed. Source: our choice; a change takes less than a second.
const VENT_MAKS: Duration = Duration::from_secs(10);

/// A test environment that runs.
pub struct Testmiljoe {
    /// The way of every call to the roles.
    pub sluse: Sluse,
    /// What is done to it.
    pub kontroll: Arc<Kontroll>,
    doer: Doer,
    bestillinger: mpsc::Receiver<Bytte>,
}

impl Testmiljoe {
    /// `None` where the settings do not say that this is one.
    pub fn for_oppsett(oppsett: &Oppsett, vert: &Arc<Vert>) -> Result<Option<Self>> {
        if !oppsett.testmiljoe {
            return Ok(None);
        }
        let hemmelighet = oppsett.testhemmelighet.as_deref().map(Hemmelighet::les).transpose()?;
        let sluse = Sluse::new(VENT_MAKS, testkontroll::under_bytte);
        let (bestill, bestillinger) = mpsc::channel(1);
        let aapen = vert.naa()?;
        let kontroll = Kontroll {
            vert: vert.clone(),
            bilder: Oeyeblikksbilder::new(aapen.mappe.sti(), DELER),
            sluse: sluse.clone(),
            bestill,
            en: Mutex::new(()),
        };
        kontroll.sikre_foerste()?;
        Ok(Some(Testmiljoe {
            sluse,
            kontroll: Arc::new(kontroll),
            doer: Doer::new(hemmelighet),
            bestillinger,
        }))
    }

    /// The routes of the plain port: test control's own, and behind them all others.
    pub fn ruter(&self, ramme: &Ramme) -> Router {
        let egne = testkontroll::ruter(self.kontroll.clone(), self.doer.clone(), &self.sluse);
        ramme.rundt_uten_resten(egne).merge(self.sluse.ruter())
    }

    /// The next change that somebody asks for.
    pub async fn neste_bytte(&mut self) -> Bytte {
        match self.bestillinger.recv().await {
            Some(bytte) => bytte,
            None => std::future::pending().await,
        }
    }
}

/// What is done to a test environment.
pub struct Kontroll {
    vert: Arc<Vert>,
    bilder: Oeyeblikksbilder,
    sluse: Sluse,
    bestill: mpsc::Sender<Bytte>,
    // One snapshot or restore at a time.
    en: Mutex<()>,
}

fn mislyktes(feil: impl std::fmt::Display) -> Feil {
    Feil::Mislyktes(format!("{feil:#}"))
}

fn ms(tid: Duration) -> u64 {
    u64::try_from(tid.as_millis()).unwrap_or(u64::MAX)
}

fn foerste() -> Result<Navn, Feil> {
    Navn::new(FOERSTE).ok_or_else(|| mislyktes("navnet på det første øyeblikksbildet"))
}

impl Kontroll {
    fn laas(&self) -> MutexGuard<'_, ()> {
        self.en.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn aapen(&self) -> Result<Arc<Aapen>, Feil> {
        self.vert.naa().map_err(|_| Feil::UnderBytte)
    }

    /// Takes a snapshot of the nation as it is the first time that the folder is a test environment's.
    fn sikre_foerste(&self) -> Result<()> {
        if !self.bilder.finnes(&foerste()?) && !self.aapen()?.mappe.er_spredt() {
            self.ta(&foerste()?)?;
        }
        Ok(())
    }

    fn ta(&self, navn: &Navn) -> Result<Bilde, Feil> {
        let _en = self.laas();
        if self.bilder.finnes(navn) {
            return Err(Feil::BildeFinnes(navn.clone()));
        }
        if self.bilder.alle().map_err(mislyktes)?.len() >= BILDER_MAKS {
            return Err(Feil::Ugyldig {
                felt: "navn".to_owned(),
                regel: format!("det finnes allerede {BILDER_MAKS} øyeblikksbilder; slett noen først"),
            });
        }
        let aapen = self.aapen()?;
        if aapen.mappe.er_spredt() {
            return Err(mislyktes(
                "arkivstrømmen, slettingslisten eller speilet av nøklene ligger utenfor datamappen",
            ));
        }
        let (saker, uttrekk) = (aapen.saker().map_err(mislyktes)?, aapen.uttrekk());
        let start = Instant::now();
        // In the order that a message takes them. What is written down of the clock is what it shows when nothing is written.
        let _meldinger = saker.stille();
        let _bestillinger = uttrekk.as_ref().map(|u| u.stille()).transpose().map_err(mislyktes)?;
        let _register = aapen.register.stille()?;
        aapen.klokke.lagre().map_err(mislyktes)?;
        let mut bilde = Bilde {
            navn: navn.som_tekst().to_owned(),
            tatt: klokke()(),
            siste_hendelse: aapen.register.siste_sekvens()?.0,
            personer: aapen.register.antall_personer()?,
            byte: 0,
            millisekunder: 0,
        };
        let tatt = self.bilder.ta(navn, |byte| {
            bilde.byte = byte;
            bilde.millisekunder = ms(start.elapsed());
            serde_json::to_vec(&bilde).unwrap_or_default()
        });
        tatt.map_err(mislyktes)?;
        self.synk_i_bakgrunnen(navn);
        Ok(bilde)
    }

    // It takes time, and nobody waits for it.
    fn synk_i_bakgrunnen(&self, navn: &Navn) {
        let (bilder, navn) = (self.bilder.clone(), navn.clone());
        std::thread::spawn(move || {
            if let Err(feil) = bilder.synk(&navn) {
                // It may have been removed before the disk had it.
                tracing::debug!(feil = %feil, "et øyeblikksbilde ble ikke skrevet helt ut på disken");
            }
        });
    }

    fn bytt(&self) -> Result<Duration, Feil> {
        let bilder = self.bilder.clone();
        let (svar, svaret) = oneshot::channel();
        let bytte = Bytte {
            arbeid: Box::new(move || bilder.gjenopprett()),
            sluse: self.sluse.clone(),
            svar,
        };
        self.bestill.blocking_send(bytte).map_err(|_| Feil::UnderBytte)?;
        svaret.blocking_recv().map_err(|_| Feil::UnderBytte)?
    }
}

impl testkontroll::Testmiljoe for Kontroll {
    fn nasjon(&self) -> Result<Nasjon, Feil> {
        let aapen = self.aapen()?;
        Ok(Nasjon {
            register: aapen.register.clone(),
            saker: aapen.saker().map_err(mislyktes)?,
            tid: aapen.tid().map_err(mislyktes)?,
            frosset: aapen.tavle().map_err(mislyktes)?.fryser_mottak(klokke()()),
        })
    }

    fn ta_bilde(&self, navn: &Navn) -> Result<Bilde, Feil> {
        if navn.som_tekst() == FOERSTE {
            return Err(Feil::BildeFinnes(navn.clone()));
        }
        self.ta(navn)
    }

    fn bilder(&self) -> Result<Vec<Bilde>, Feil> {
        let alle = self.bilder.alle().map_err(mislyktes)?;
        alle.iter()
            .map(|(_, byte)| serde_json::from_slice(byte).map_err(|_| mislyktes("et øyeblikksbilde er skadet")))
            .collect()
    }

    fn slett_bilde(&self, navn: &Navn) -> Result<(), Feil> {
        let _en = self.laas();
        if navn.som_tekst() == FOERSTE || !self.bilder.slett(navn).map_err(mislyktes)? {
            return Err(Feil::UkjentBilde(navn.clone()));
        }
        Ok(())
    }

    fn gjenopprett(&self, navn: Option<&Navn>) -> Result<Gjenopprettet, Feil> {
        let _en = self.laas();
        let start = Instant::now();
        let alt = navn.is_none();
        let navn = match navn {
            Some(navn) if !self.bilder.finnes(navn) => return Err(Feil::UkjentBilde(navn.clone())),
            Some(navn) => navn.clone(),
            None if !self.bilder.finnes(&foerste()?) => return Err(Feil::IngenFoerste),
            None => foerste()?,
        };
        self.bilder.forbered(&navn).map_err(mislyktes)?;
        let stengt = self.bytt();
        if stengt.is_err() {
            // Nothing was decided: what was made ready is thrown away.
            self.bilder.rydd().map_err(mislyktes)?;
        }
        let stengt = stengt?;
        let aapen = self.aapen()?;
        let ut = Gjenopprettet {
            siste_hendelse: aapen.register.siste_sekvens()?.0,
            personer: aapen.register.antall_personer()?,
            millisekunder: ms(start.elapsed()),
            stengt_millisekunder: ms(stengt),
        };
        // Under the lock, so that the next restore finds the place free.
        self.bilder.rydd().map_err(mislyktes)?;
        if alt {
            // As at first: no copy of keys of anybody made since is left.
            let andre = self.bilder.alle().map_err(mislyktes)?.into_iter();
            for (andre, _) in andre.filter(|(andre, _)| *andre != navn) {
                self.bilder.slett(&andre).map_err(mislyktes)?;
            }
        }
        Ok(ut)
    }

    fn klokke(&self) -> Result<Klokkestand, Feil> {
        let aapen = self.aapen()?;
        let faktor = aapen.klokke.faktor();
        Ok(Klokkestand {
            naa: aapen.klokke.naa(),
            faktor: faktor.unwrap_or(1),
            stilt: faktor.is_some(),
        })
    }

    fn sett_klokke(&self, til: Option<(Timestamp, u32)>) -> Result<(), Feil> {
        let klokken = &self.aapen()?.klokke;
        let satt = match til {
            Some((naa, faktor)) => klokken.sett(naa, faktor),
            None => klokken.nullstill(),
        };
        satt.map_err(|feil| Feil::Ugyldig {
            felt: "naa".to_owned(),
            regel: feil.to_string(),
        })
    }

    fn noter(&self, hva: &'static str) -> Result<(), Feil> {
        let aapen = self.aapen()?;
        let logg = aapen
            .revisjon(crate::styring::revisjonsinnstillinger())
            .map_err(mislyktes)?;
        let spor = Spor::from_headers(&HeaderMap::new(), sporing::random())
            .id()
            .to_string();
        let utfoert = Revisjonspost {
            konsument: "driften",
            klient: "testkontroll",
            ..Revisjonspost::new("testkontroll", hva, &spor, 200)
        };
        let forsegler = aapen.mappe.revisjonsforsegler().map_err(mislyktes)?;
        let post = forsegler.lag(&utfoert, klokke()()).map_err(mislyktes)?;
        logg.skriv_og_vent(post).map_err(mislyktes)?;
        Ok(())
    }
}
