//! Messages that wait in line: those that came while mottak was frozen, and those that came later while any of them waited.
//!
//! ```text
//!  frozen, or a row L is there ──▶ case in line, row L, message kept, 202
//!                                       │ thawed: in the order of their numbers
//!                                       ▼
//!                                  rules ──▶ register, case, what the sender is told, row L gone      one transaction
//! ```
//! Order of receipt is order of decision. Whether anybody waits is asked of the rows, in the transaction that takes the next
//! message in: a restart has nothing to remember. A row L says nothing but its key, and is never opened: one that is damaged
//! is a place in line as the others. A newcomer's mistake is to end the line by the notice: it ends when it is empty, and what
//! comes before that stands at its end.

use std::panic::{AssertUnwindSafe, catch_unwind};

use meldinger::Meldingstype;
use meldinger::tre::{self, Element};
use register::Behandling;
use tilgang::Grad;

use crate::feil::{Feil, Stans};
use crate::koe::soeker;
use crate::regler::Vurdering;
use crate::sak::{Beslutning, Resultat, Sak, Saksnr, Tilstand};
use crate::saker::{Innkommen, Paa, Saksbehandler, Utfall, lagre, les_sak, saksplass, tall};
use crate::tid::Tid;
use crate::tilbakemeldinger::SIDE_MAKS;
use crate::vedtak::{Grunn, Vedtak};

/// Messages in line that share a commit, at most. Source: our choice: twice those that may come in between two commits of the
/// line, so that it grows shorter whatever comes.
const SAMMEN_MAKS: usize = 256;

const PREFIKS: &[u8] = b"L";

/// Whether anybody waits in line, as of what has been written so far.
pub(crate) fn noen_i_koe(b: &Behandling<'_>) -> Result<bool, Stans> {
    Ok(b.har_sak(PREFIKS)?)
}

/// A case that waits in line does so no more, whatever becomes of it.
pub(crate) fn ta_ut_av_koen(b: &mut Behandling<'_>, sak: &Sak) -> Result<(), Stans> {
    if sak.tilstand == Tilstand::IKoe {
        b.sett_sak(&saksplass(b'L', sak.nr), None)?;
    }
    Ok(())
}

impl Saksbehandler {
    /// Puts a new case last in line. Its message is kept by the caller, before the commit.
    pub(crate) fn still_i_koe(
        &self,
        b: &mut Behandling<'_>,
        mut sak: Sak,
        innkommen: &Innkommen<'_>,
    ) -> Result<(), Stans> {
        let uten_melding = Innkommen {
            filer: None,
            ..*innkommen
        };
        self.hold_aapen(b, &mut sak, &uten_melding, Tilstand::IKoe)?;
        b.sett_sak(&saksplass(b'L', sak.nr), Some(&[]))?;
        lagre(b, &sak)
    }

    /// Whether anybody waits in line.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse.
    pub fn noen_i_koe(&self) -> Result<bool, Feil> {
        Ok(self.register.les()?.har_sak(PREFIKS)?)
    }

    /// How many wait in line.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse.
    pub fn antall_i_koe(&self) -> Result<usize, Feil> {
        let les = self.register.les()?;
        let (mut antall, mut fra) = (0, PREFIKS.to_vec());
        loop {
            let plasser = les.saksnoekler(PREFIKS, &fra, SIDE_MAKS)?;
            antall += plasser.len();
            let Some(siste) = plasser.last() else {
                return Ok(antall);
            };
            fra.clone_from(siste);
            fra.push(0);
        }
    }

    /// Decides about the first of those who wait in line, in order: some in one commit where the register allows it, else each
    /// in its own. For whoever knows that mottak is not frozen. Gives how many were taken out of it; 0: nobody waits.
    ///
    /// The register is changed at `tid`, not when the message came. A message that is not here any more, or that names
    /// somebody whose addresses have been erased since it came, or who cannot be read, must be sent again; one that the register
    /// forbids, or that the rules cannot get through, is for somebody to look at. So nobody stands in the way of those behind.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse; that message and those behind it are as they were.
    pub fn behandle_koe(&self, tid: &Tid) -> Result<usize, Feil> {
        let _laas = self.stille();
        let plasser = self.register.les()?.saksnoekler(PREFIKS, PREFIKS, SAMMEN_MAKS)?;
        if plasser.is_empty() {
            return Ok(0);
        }
        let sammen = uten_panikk(|| {
            self.register.behandle(tid.sekunder, |b| {
                let (mut tatt, mut avgjorte) = (0, Vec::new());
                for plass in &plasser {
                    // A search sees what was committed before it.
                    if tatt > 0 && er_soek(b, plass)? {
                        break;
                    }
                    self.behandle_en(b, plass, false, tid, &mut avgjorte)?;
                    tatt += 1;
                }
                Ok((tatt, avgjorte))
            })
        });
        if let Ok(((tatt, avgjorte), _)) = sammen {
            self.kast(&avgjorte);
            return Ok(tatt);
        }
        for plass in &plasser {
            self.behandle_alene(plass, tid)?;
        }
        Ok(plasser.len())
    }

    fn behandle_alene(&self, plass: &[u8], tid: &Tid) -> Result<(), Feil> {
        let arbeid = |b: &mut Behandling<'_>, tvunget: bool| {
            let mut avgjorte = Vec::new();
            self.behandle_en(b, plass, tvunget, tid, &mut avgjorte)?;
            Ok(((), avgjorte))
        };
        let utfall = match uten_panikk(|| self.forsoek_laast(tid, arbeid)) {
            // What the rules cannot get through, as when something else that they read is damaged. Where the files refuse, there
            // is nothing to look at: it is tried again.
            Err(Stans::Feil(feil)) if feil.er_skade() => {
                let utfall = self.forsoek_laast(tid, |b, _| arbeid(b, true));
                if utfall.is_ok() {
                    tracing::error!(sak = ?nummer(plass), feil = %feil, "en melding i køen kunne ikke behandles; den er til manuell behandling, eller må sendes på nytt");
                }
                utfall
            }
            utfall => utfall,
        };
        utfall.map_err(|stans| match stans {
            Stans::Feil(feil) => feil,
            Stans::Registerregel | Stans::Avslag(_) | Stans::Hindring(_) => Feil::Skadet,
        })
    }

    fn behandle_en(
        &self,
        b: &mut Behandling<'_>,
        plass: &[u8],
        tvunget: bool,
        tid: &Tid,
        avgjorte: &mut Vec<Saksnr>,
    ) -> Result<(), Stans> {
        // It may have been committed after all when the one before this said that it was not.
        if !b.har_sak(plass)? {
            return Ok(());
        }
        let Some(mut sak) = sak_i_koe(b, plass)? else {
            tracing::error!(
                sak = ?nummer(plass),
                "en sak i køen er skadet, og er tatt ut av køen uten å være behandlet"
            );
            return Ok(b.sett_sak(plass, None)?);
        };
        let melding = self.hel_melding(&sak)?;
        let Some((meldingstype, xml, melding)) = melding else {
            return self.send_tilbake(b, &mut sak, tid, avgjorte);
        };
        let skjult = match er_skjult_siden(b, &sak) {
            // Who cannot be read may be in hiding.
            Err(Stans::Feil(feil)) if tvunget && feil.er_skade() => true,
            svar => svar?,
        };
        if skjult {
            return self.send_tilbake(b, &mut sak, tid, avgjorte);
        }
        let vurdering: Vurdering = if tvunget {
            Vedtak::Manuell(vec![Grunn::Registerregel]).into()
        } else {
            let paa = Paa {
                organisasjon: &sak.organisasjon,
                ..Paa::default()
            };
            self.vurder(b, meldingstype, &melding, tid, paa)?
        };
        let innkommen = Innkommen::kjent(meldingstype, &melding, &xml);
        self.sett_i_verk(b, sak, &innkommen, vurdering, tid, avgjorte)
    }

    // The sender is told no more than that it may be sent again.
    fn send_tilbake(
        &self,
        b: &mut Behandling<'_>,
        sak: &mut Sak,
        tid: &Tid,
        avgjorte: &mut Vec<Saksnr>,
    ) -> Result<(), Stans> {
        let utfall = Utfall::new(Beslutning::Avbrutt, Resultat::MaaSendesPaaNytt);
        self.avslutt(b, sak, utfall, tid)?;
        avgjorte.push(sak.nr);
        Ok(())
    }

    // The message, if it is here and can be read.
    fn hel_melding(&self, sak: &Sak) -> Result<Option<(Meldingstype, Vec<u8>, Element)>, Feil> {
        let xml = self.meldinger.hent_hel(sak.nr)?;
        Ok(sak.meldingstype().zip(xml).and_then(|(meldingstype, xml)| {
            let melding = tre::les(&xml).ok()?;
            Some((meldingstype, xml, melding))
        }))
    }
}

// A rule that panics is as one that fails: the transaction is dropped, and the next message in line does not wait for it.
fn uten_panikk<T>(arbeid: impl FnOnce() -> Result<T, Stans>) -> Result<T, Stans> {
    catch_unwind(AssertUnwindSafe(arbeid)).unwrap_or(Err(Stans::Feil(Feil::Skadet)))
}

// The case that has a place in line; none where the place is no case's.
fn nummer(plass: &[u8]) -> Option<Saksnr> {
    tall(plass.strip_prefix(PREFIKS)?).ok()
}

// A case that is to be in line; none where it is not, or cannot be read.
fn sak_i_koe(b: &Behandling<'_>, plass: &[u8]) -> Result<Option<Sak>, Stans> {
    let Some(nr) = nummer(plass) else { return Ok(None) };
    let byte = match b.sak(&saksplass(b'S', nr)).map_err(Feil::from) {
        Err(feil) if feil.er_skade() => None,
        svar => svar?,
    };
    let sak = les_sak(byte).ok().flatten();
    Ok(sak.filter(|sak| sak.tilstand == Tilstand::IKoe))
}

fn er_soek(b: &Behandling<'_>, plass: &[u8]) -> Result<bool, Stans> {
    Ok(sak_i_koe(b, plass)?
        .and_then(|sak| sak.meldingstype())
        .is_some_and(soeker))
}

// Whether somebody that it names has come into hiding since it came.
fn er_skjult_siden(b: &mut Behandling<'_>, sak: &Sak) -> Result<bool, Stans> {
    for nummer in sak.personer.iter().filter(|nummer| !sak.skjulte.contains(nummer)) {
        if let Some(person) = b.finn(nummer)?
            && b.person(person)?.vern == Grad::StrengtFortrolig
        {
            return Ok(true);
        }
    }
    Ok(false)
}
