//! What happens that no producer has a message for, carried out on the register, each once.
//!
//! ```text
//!  rows of cases, in the transaction that changes the register:
//!  "liv" ‖ name of the event     it has been carried out, or could not be; the number of whoever is new, or nothing
//! ```
//! The rows are removed when the nation has been saved: nothing before that is ever sent again.

use anyhow::{Context, Result};
use identifikator::{Bestilling, Serie, Tildeler};
use informasjonsmodell::{Handling, Opplysning, Registrering};
use register::{Behandling, Feil, Register};
use saksbehandling::Tid;
use syntetisk_befolkning::liv::{Hendelse, Liv, Pid};

const RAD: &[u8] = b"liv";

/// What came of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Utfall {
    /// It was carried out.
    Utfoert(Option<(Pid, u64)>),
    /// It had been carried out before.
    Gjentatt(Option<(Pid, u64)>),
    /// What the register has does not allow it.
    Hindret,
}

/// Carries out own requests.
pub struct Egne {
    numre: Tildeler,
    serie: Serie,
    /// Rows that nobody needs any more.
    kan_fjernes: Vec<Vec<u8>>,
    skrevet: Vec<Vec<u8>>,
}

impl Egne {
    pub fn new(serie: Serie) -> Self {
        Egne {
            numre: Tildeler::new(),
            serie,
            kan_fjernes: Vec::new(),
            skrevet: Vec::new(),
        }
    }

    /// The nation has been saved: rows that were written before are removed with the next change.
    pub fn lagret(&mut self) {
        self.kan_fjernes.append(&mut self.skrevet);
    }

    /// Carries out some events, in order, as one transaction; or each as its own, where one of them is forbidden.
    pub fn utfoer(&mut self, register: &Register, liv: &Liv, hendelser: &[Hendelse], tid: &Tid) -> Result<Vec<Utfall>> {
        match self.samlet(register, liv, hendelser, tid) {
            Ok(utfall) => return Ok(utfall),
            // Numbers of what was not carried out are free again.
            Err(Feil::Regel(_)) => self.numre = Tildeler::new(),
            Err(feil) => return Err(feil).context("en hendelse i nasjonen"),
        }
        let mut ut = Vec::with_capacity(hendelser.len());
        for hendelse in hendelser {
            match self.samlet(register, liv, std::slice::from_ref(hendelse), tid) {
                Ok(utfall) => ut.extend(utfall),
                Err(Feil::Regel(_)) => {
                    self.numre = Tildeler::new();
                    ut.push(Utfall::Hindret);
                }
                Err(feil) => return Err(feil).context("en hendelse i nasjonen"),
            }
        }
        Ok(ut)
    }

    fn samlet(
        &mut self,
        register: &Register,
        liv: &Liv,
        hendelser: &[Hendelse],
        tid: &Tid,
    ) -> Result<Vec<Utfall>, Feil> {
        let (kan_fjernes, mut skrevet) = (self.kan_fjernes.clone(), Vec::new());
        let (ut, _) = register.behandle(tid.sekunder, |b| -> Result<_, Feil> {
            for rad in &kan_fjernes {
                b.sett_sak(rad, None)?;
            }
            let mut ut = Vec::with_capacity(hendelser.len());
            for hendelse in hendelser {
                let rad = [RAD, hendelse.id.to_string().as_bytes()].concat();
                if let Some(foer) = b.sak(&rad)? {
                    let nummer = <[u8; 8]>::try_from(foer.as_slice()).ok().map(u64::from_le_bytes);
                    ut.push(Utfall::Gjentatt(hendelse.hva.ny().zip(nummer)));
                    continue;
                }
                let (utfall, verdi) = self.en(b, liv, hendelse, tid)?;
                b.sett_sak(&rad, Some(&verdi))?;
                skrevet.push(rad);
                ut.push(utfall);
            }
            Ok(ut)
        })?;
        self.kan_fjernes.clear();
        self.skrevet.extend(skrevet);
        Ok(ut)
    }

    fn en(
        &mut self,
        b: &mut Behandling<'_>,
        liv: &Liv,
        hendelse: &Hendelse,
        tid: &Tid,
    ) -> Result<(Utfall, Vec<u8>), Feil> {
        if let Some((pid, nummer, opprett)) = self.nykommer(b, liv, hendelse, tid)? {
            b.utfoer(&opprett)?;
            return Ok((Utfall::Utfoert(Some((pid, nummer))), nummer.to_le_bytes().to_vec()));
        }
        let mut feil = None;
        let registreringer = {
            let mut oppslag = |nummer: &str| match opplysninger(b, nummer) {
                Ok(funnet) => funnet,
                Err(e) => {
                    feil = Some(e);
                    None
                }
            };
            liv.registreringer(hendelse, tid.tidspunkt, &mut oppslag)
        };
        if let Some(feil) = feil {
            return Err(feil);
        }
        let Some(registreringer) = registreringer else {
            return Ok((Utfall::Hindret, Vec::new()));
        };
        for registrering in &registreringer {
            b.utfoer(registrering)?;
        }
        Ok((Utfall::Utfoert(None), Vec::new()))
    }

    fn nykommer(
        &mut self,
        b: &Behandling<'_>,
        liv: &Liv,
        hendelse: &Hendelse,
        tid: &Tid,
    ) -> Result<Option<(Pid, u64, Registrering)>, Feil> {
        let (Some(pid), Some(ny)) = (hendelse.hva.ny(), liv.nykommer(hendelse)) else {
            return Ok(None);
        };
        let i_dag = tid.dag.dager().and_then(identifikator::Dato::from_dager_siden_1970);
        let Some((i_dag, foedt)) = i_dag.zip(ny.foedt()) else {
            return Ok(None);
        };
        let bestilling = Bestilling::paa_dag(i_dag, ny.slag(), foedt, ny.kjoenn(), self.serie);
        let mut feil = None;
        let tildelt = self.numre.tildel_ledig(&bestilling, |nummer| {
            b.finn(&nummer.to_string()).map_or_else(
                |e| {
                    feil = Some(e);
                    true
                },
                |funnet| funnet.is_some(),
            )
        });
        if let Some(feil) = feil {
            return Err(feil);
        }
        let Ok(tildelt) = tildelt else { return Ok(None) };
        let nummer = tildelt.identifikator.to_u64();
        let opprett = Registrering {
            tidspunkt: tid.tidspunkt,
            handling: Handling::Opprett(Box::new(ny.dokument(nummer))),
        };
        Ok(Some((pid, nummer, opprett)))
    }
}

/// What the register has of somebody now, as of what has been written so far.
pub fn opplysninger(b: &mut Behandling<'_>, nummer: &str) -> Result<Option<Vec<Opplysning>>, Feil> {
    let Some(person) = b.finn(nummer)? else { return Ok(None) };
    let bilde = b.person(person)?;
    // A number that has ended finds whoever goes on; what happens here is about the number itself.
    Ok((bilde.er_i_bruk && bilde.nummer == nummer).then_some(bilde.opplysninger))
}
