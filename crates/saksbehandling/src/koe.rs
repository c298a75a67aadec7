//! Messages that come at the same time share a commit: the disk is waited for once for all of them.
//!
//! ```text
//!  senders ──▶ queue ──▶ whoever gets the lock first takes what is there, in order, in one transaction
//!                        the others find their answer when they get the lock
//! ```
//! If one of them cannot be carried out as the rules asked, nothing of the transaction stands, and each is tried alone. A
//! newcomer's mistake is to search inside: a search sees what was committed before, so a message whose rules search is only
//! ever the first of its commit.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use meldinger::Meldingstype;
use meldinger::tre::Element;

use crate::feil::{Avslag, Feil, Stans};
use crate::innsendt::Mottatt;
use crate::sak::Sak;
use crate::saker::{Innkommen, Saksbehandler};
use crate::tid::Tid;

/// Messages of one commit at most. Source: our choice: the last of them waits for the rules of the others.
const SAMMEN_MAKS: usize = 64;

/// A message that waits to be decided.
pub(crate) struct Jobb {
    pub sak: Sak,
    pub meldingstype: Meldingstype,
    pub melding: Element,
    pub xml: Vec<u8>,
    pub avtrykk: [u8; 32],
    pub tid: Tid,
    /// Mottak is frozen: it is to wait in line.
    pub frosset: bool,
}

type Svar = Result<Mottatt, Avslag>;

struct Ventende {
    jobb: Jobb,
    svar: Arc<Mutex<Option<Svar>>>,
}

/// Those that wait.
#[derive(Default)]
pub(crate) struct Koe(Mutex<VecDeque<Ventende>>);

impl Koe {
    fn legg_inn(&self, jobb: Jobb) -> Arc<Mutex<Option<Svar>>> {
        let svar = Arc::default();
        let ventende = Ventende {
            jobb,
            svar: Arc::clone(&svar),
        };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(ventende);
        svar
    }

    // The next that may share a commit, in the order that they came.
    fn ta(&self) -> Vec<Ventende> {
        let mut koe = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ut = Vec::new();
        while ut.len() < SAMMEN_MAKS {
            let passer = koe
                .front()
                .is_some_and(|v| ut.is_empty() || !soeker(v.jobb.meldingstype));
            match koe.pop_front() {
                Some(ventende) if passer => ut.push(ventende),
                Some(ventende) => {
                    koe.push_front(ventende);
                    break;
                }
                None => break,
            }
        }
        ut
    }
}

// Whether the rules of a kind look for persons by what they are, and not by number.
pub(crate) fn soeker(meldingstype: Meldingstype) -> bool {
    match meldingstype {
        Meldingstype::RekvisisjonAvDNummerV4
        | Meldingstype::RekvisisjonAvDNummerV5
        | Meldingstype::EndringAvDNummerpersonV2
        | Meldingstype::EndringAvDNummerpersonV3
        | Meldingstype::FnrEndring
        | Meldingstype::Innflytting => true,
        Meldingstype::Doedsfall
        | Meldingstype::AnnulleringAvDoedsfall
        | Meldingstype::Foedsel
        | Meldingstype::Farskap
        | Meldingstype::Vigsel
        | Meldingstype::Separasjon
        | Meldingstype::Skilsmisse
        | Meldingstype::FlyttemeldingFraPosten
        | Meldingstype::KontaktopplysningerDoedsbo => false,
    }
}

fn fri<T>(laas: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    laas.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Saksbehandler {
    /// Decides about a message together with those that wait with it; durable when this returns.
    pub(crate) fn avgjoer_sammen(&self, jobb: Jobb) -> Svar {
        let svar = self.koe.legg_inn(jobb);
        let _laas = fri(&self.under_arbeid);
        loop {
            if let Some(svar) = fri(&svar).take() {
                return svar;
            }
            let bolk = self.koe.ta();
            if bolk.is_empty() {
                // Whoever took it fell in the middle of it.
                return Err(Avslag::Feil(Feil::Skadet));
            }
            self.ta_bolk(&bolk);
        }
    }

    fn ta_bolk(&self, bolk: &[Ventende]) {
        if let [en] = bolk {
            *fri(&en.svar) = Some(self.alene(&en.jobb));
            return;
        }
        let Some(tid) = bolk.first().map(|v| v.jobb.tid) else {
            return;
        };
        let utfall = self.register.behandle(tid.sekunder, |b| {
            let (mut svar, mut kladder) = (Vec::with_capacity(bolk.len()), Vec::new());
            for Ventende { jobb, .. } in bolk {
                let innkommen = jobb.innkommen();
                match self.aapne_sak(b, jobb.sak.clone(), &innkommen, false, &jobb.tid) {
                    // A new case has no message to throw away, but it may have ended others.
                    Ok(aapnet) => {
                        kladder.extend(aapnet.kladd(&innkommen));
                        svar.push(Ok((aapnet.mottatt, aapnet.avgjorte)));
                    }
                    // Said before anything of it was written.
                    Err(Stans::Avslag(avslag)) => svar.push(Err(avslag)),
                    Err(stans) => return Err(stans),
                }
            }
            // Those who wait in line share this too.
            self.meldinger.ta_vare_paa(&kladder)?;
            Ok(svar)
        });
        let Ok((svarene, _)) = utfall else {
            for ventende in bolk {
                *fri(&ventende.svar) = Some(self.alene(&ventende.jobb));
            }
            return;
        };
        for (ventende, svar) in bolk.iter().zip(svarene) {
            *fri(&ventende.svar) = Some(svar.map(|(mottatt, avgjorte)| {
                self.kast(&avgjorte);
                mottatt
            }));
        }
    }

    fn alene(&self, jobb: &Jobb) -> Svar {
        let utfall = self.forsoek_laast(&jobb.tid, |b, tvunget| {
            self.aapne_alene(b, jobb.sak.clone(), &jobb.innkommen(), tvunget, &jobb.tid)
        });
        utfall.map_err(Avslag::from)
    }
}

impl Jobb {
    pub(crate) fn innkommen(&self) -> Innkommen<'_> {
        Innkommen {
            meldingstype: self.meldingstype,
            melding: &self.melding,
            xml: &self.xml,
            filer: Some(&[]),
            avtrykk: self.avtrykk,
            frosset: self.frosset,
        }
    }
}
