//! Open cases: decided by somebody who has looked at them, and stopped where their message must go.

use std::sync::PoisonError;

use meldinger::tre;
use register::Behandling;

use crate::feil::{Feil, Hindring, Stans};
use crate::sak::{Beslutning, Resultat, Sak, Saksnr, Tilstand};
use crate::saker::{Innkommen, Paa, Saksbehandler, Utfall, les_sak, saksplass};
use crate::tid::Tid;
use crate::tilbakemeldinger::SIDE_MAKS;
use crate::vedtak::{Grunn, Vedtak};

/// What somebody who decides a case has found out.
#[derive(Clone, Default)]
pub struct Tillegg {
    /// The kommune that an address is in.
    pub kommunenummer: Option<String>,
    /// The number that somebody has already: who was asked for a number is refused one.
    pub eksisterende: Option<String>,
}

impl std::fmt::Debug for Tillegg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tillegg")
    }
}

/// A decision by somebody who has looked at a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Avgjoerelse {
    /// As the message asks, although something may speak against it.
    Godkjenn,
    /// Formally unfit.
    Avvis,
    /// Refused on the merits.
    Avslaa,
    /// Stopped.
    Avbryt,
}

impl Saksbehandler {
    /// Decides a case that somebody has looked at.
    ///
    /// # Errors
    /// [`Hindring`]; nothing is changed then.
    pub fn avgjoer(&self, nr: Saksnr, avgjoerelse: Avgjoerelse, tid: &Tid) -> Result<Sak, Hindring> {
        self.avgjoer_med(nr, avgjoerelse, &Tillegg::default(), tid)
    }

    /// Decides a case that somebody has looked at, with what they have found out.
    ///
    /// # Errors
    /// [`Hindring`]; nothing is changed then.
    pub fn avgjoer_med(
        &self,
        nr: Saksnr,
        avgjoerelse: Avgjoerelse,
        tillegg: &Tillegg,
        tid: &Tid,
    ) -> Result<Sak, Hindring> {
        let utfall = self.forsoek(tid, |b, tvunget| {
            if tvunget {
                return Err(Stans::Hindring(Hindring::Grunner(vec![Grunn::Registerregel])));
            }
            let sak = les_sak(b.sak(&saksplass(b'S', nr))?)?.ok_or(Stans::Hindring(Hindring::Ukjent))?;
            match sak.tilstand {
                Tilstand::Avgjort => return Err(Stans::Hindring(Hindring::Avgjort)),
                Tilstand::IKoe => return Err(Stans::Hindring(Hindring::IKoe)),
                Tilstand::VenterPaaFoedsel | Tilstand::TilManuellBehandling => {}
            }
            let mut avgjorte = Vec::new();
            self.avgjoer_i(b, sak, (avgjoerelse, tillegg), tid, &mut avgjorte)?;
            let sak = les_sak(b.sak(&saksplass(b'S', nr))?)?.ok_or(Feil::Skadet)?;
            Ok((sak, avgjorte))
        });
        match utfall {
            Ok(sak) => Ok(sak),
            Err(Stans::Hindring(hindring)) => Err(hindring),
            Err(Stans::Feil(feil)) => Err(feil.into()),
            Err(Stans::Registerregel | Stans::Avslag(_)) => Err(Feil::Skadet.into()),
        }
    }

    fn avgjoer_i(
        &self,
        b: &mut Behandling<'_>,
        mut sak: Sak,
        (avgjoerelse, tillegg): (Avgjoerelse, &Tillegg),
        tid: &Tid,
        avgjorte: &mut Vec<Saksnr>,
    ) -> Result<(), Stans> {
        let beslutning = match avgjoerelse {
            Avgjoerelse::Godkjenn => {
                let xml = self
                    .meldinger
                    .hent(sak.nr)?
                    .ok_or(Stans::Hindring(Hindring::UtenMelding))?;
                let melding = tre::les(&xml).map_err(|_| Feil::Skadet)?;
                let meldingstype = sak.meldingstype().ok_or(Feil::Skadet)?;
                let organisasjon = sak.organisasjon.clone();
                let paa = Paa {
                    organisasjon: &organisasjon,
                    overstyrer: true,
                    foedt: None,
                    kommune: tillegg.kommunenummer.clone(),
                };
                let vurdering = self.vurder(b, meldingstype, &melding, tid, paa)?;
                if let Vedtak::Manuell(grunner) | Vedtak::Avvist(grunner) = vurdering.vedtak {
                    return Err(Stans::Hindring(Hindring::Grunner(grunner)));
                }
                let innkommen = Innkommen::kjent(meldingstype, &melding, &xml);
                return self.sett_i_verk(b, sak, &innkommen, vurdering, tid, avgjorte);
            }
            Avgjoerelse::Avvis => Beslutning::Avvist,
            Avgjoerelse::Avslaa => Beslutning::Avslaatt,
            Avgjoerelse::Avbryt => Beslutning::Avbrutt,
        };
        let grunner = sak.grunner().to_vec();
        self.stryk_ventende(b, sak.nr)?;
        if let Some(nummer) = &tillegg.eksisterende
            && b.finn(nummer)?.is_none()
        {
            return Err(Stans::Hindring(Hindring::Grunner(vec![Grunn::UkjentPerson])));
        }
        let utfall = Utfall {
            grunner,
            gjelder: tillegg.eksisterende.clone(),
            ..Utfall::new(beslutning, Resultat::IkkeRegistrert)
        };
        self.avslutt(b, &mut sak, utfall, tid)?;
        avgjorte.push(sak.nr);
        Ok(())
    }

    // A case that waited for a birth waits no more.
    fn stryk_ventende(&self, b: &mut Behandling<'_>, nr: Saksnr) -> Result<(), Stans> {
        let mut fra = b"V".to_vec();
        loop {
            let rader = b.saker(b"V", &fra, SIDE_MAKS)?;
            let Some((siste, _)) = rader.last() else { return Ok(()) };
            fra.clone_from(siste);
            fra.push(0);
            for (sted, _) in &rader {
                if sted.ends_with(&nr.to_be_bytes()) {
                    b.sett_sak(sted, None)?;
                    return Ok(());
                }
            }
        }
    }

    /// Throws away messages that are no longer needed: of cases that are decided, and of those that name somebody whose
    /// addresses have been erased since, which are stopped. Cases whose message is not here, as after a restore, or is damaged
    /// are stopped too. What is thrown away leaves nothing on the disk. Gives how many cases were stopped.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse; it is then done the next time.
    pub fn ajourhold(&self, tid: &Tid) -> Result<usize, Feil> {
        let mut stoppet = 0;
        let mut fra = 0;
        loop {
            let saker = self.aapne_saker(fra, SIDE_MAKS)?;
            let Some(siste) = saker.last() else { break };
            fra = siste.nr.saturating_add(1);
            for sak in saker {
                if self.meldinger.hent_hel(sak.nr)?.is_none() || self.gjelder_slettet(&sak)? {
                    self.stopp(sak.nr, tid)?;
                    stoppet += 1;
                }
            }
        }
        let mut kastes = Vec::new();
        let _laas = self.under_arbeid.lock().unwrap_or_else(PoisonError::into_inner);
        for nr in self.meldinger.alle()? {
            if self.sak(nr)?.is_none_or(|sak| sak.tilstand == Tilstand::Avgjort) {
                kastes.push(nr);
            }
        }
        self.meldinger.kast(&kastes)?;
        if !kastes.is_empty() || stoppet > 0 {
            self.meldinger.forny()?;
        }
        Ok(stoppet)
    }

    fn gjelder_slettet(&self, sak: &Sak) -> Result<bool, Feil> {
        let les = self.register.les()?;
        for nummer in sak.personer.iter().filter(|nummer| !sak.skjulte.contains(nummer)) {
            let Ok(nummer) = identifikator::Folkeregisteridentifikator::parse(nummer) else {
                continue;
            };
            if let Some(person) = les.finn(&nummer)?
                && les.er_strengt_fortrolig(person)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    // The sender is told no more than that it may be sent again.
    fn stopp(&self, nr: Saksnr, tid: &Tid) -> Result<(), Feil> {
        let utfall = self.forsoek(tid, |b, _| {
            let Some(mut sak) = les_sak(b.sak(&saksplass(b'S', nr))?)? else {
                return Ok(((), Vec::new()));
            };
            if sak.tilstand == Tilstand::Avgjort {
                return Ok(((), Vec::new()));
            }
            self.stryk_ventende(b, nr)?;
            let utfall = Utfall::new(Beslutning::Avbrutt, Resultat::MaaSendesPaaNytt);
            self.avslutt(b, &mut sak, utfall, tid)?;
            Ok(((), vec![nr]))
        });
        match utfall {
            Ok(()) => Ok(()),
            Err(Stans::Feil(feil)) => Err(feil),
            Err(Stans::Registerregel | Stans::Avslag(_) | Stans::Hindring(_)) => Err(Feil::Skadet),
        }
    }
}
