//! Messages of open cases: each sealed under a key of its own, which is destroyed when the case is decided.
//!
//! Not in the register's environment, its archive stream or its copies: what a message says of a place is gone when it is
//! no longer needed, and so is what its files hold. A case whose message is not here must be sent again.

use std::path::Path;

use lager::forsegling::Noekkel;
use lager::{Miljoe, Noekkellager, Skriv, Tabell};

use crate::feil::Feil;
use crate::innsendt::Fil;
use crate::sak::Saksnr;

/// The store.
pub(crate) struct Meldingslager {
    miljoe: Miljoe,
    meldinger: Tabell,
    noekler: Noekkellager,
}

/// A message to be kept.
pub(crate) struct Kladd<'m> {
    pub nr: Saksnr,
    pub xml: &'m [u8],
    pub filer: &'m [Fil],
}

impl std::fmt::Debug for Meldingslager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meldingslager")
    }
}

fn sted(nr: Saksnr) -> [u8; 11] {
    let mut ut = *b"melding....";
    if let Some(plass) = ut.get_mut(7..) {
        plass.copy_from_slice(&nr.to_be_bytes());
    }
    ut
}

// A file's place: after its message's, so that only messages have four bytes.
fn filsted(nr: Saksnr, plass: u32) -> Vec<u8> {
    [nr.to_be_bytes(), plass.to_be_bytes()].concat()
}

fn lengde(navn: &str) -> Result<[u8; 4], Feil> {
    let lengde = u32::try_from(navn.len()).map_err(|_| Feil::Skadet)?;
    Ok(lengde.to_be_bytes())
}

impl Meldingslager {
    pub fn aapne(mappe: &Path, noekkelmappe: &Path) -> Result<Self, Feil> {
        let (miljoe, [meldinger]) = Miljoe::aapne(&mappe.join("meldinger"), ["meldinger"])?;
        Ok(Meldingslager {
            miljoe,
            meldinger,
            noekler: Noekkellager::aapne(&mappe.join("noekler"), noekkelmappe, None)?,
        })
    }

    /// Keeps messages, durable when this returns; each has a key of its own. The keys come last: a message without one is as
    /// gone.
    pub fn ta_vare_paa(&self, meldinger: &[Kladd<'_>]) -> Result<(), Feil> {
        if meldinger.is_empty() {
            return Ok(());
        }
        let mut noekler = Vec::with_capacity(meldinger.len());
        let mut skriv = self.miljoe.skriv()?;
        for Kladd { nr, xml, filer } in meldinger {
            let noekkel = Noekkel::tilfeldig()?;
            // What was kept for a case that did not come to be is in the way of no other.
            self.slett_filer(&mut skriv, *nr)?;
            let forseglet = noekkel.forsegl(&sted(*nr), xml)?;
            self.meldinger.sett(&mut skriv, &nr.to_be_bytes(), &forseglet)?;
            for (plass, fil) in (0_u32..).zip(*filer) {
                let klar = [&lengde(&fil.navn)?, fil.navn.as_bytes(), &fil.innhold].concat();
                let noekkelplass = filsted(*nr, plass);
                let forseglet = noekkel.forsegl(&noekkelplass, &klar)?;
                self.meldinger.sett(&mut skriv, &noekkelplass, &forseglet)?;
            }
            noekler.push((*nr, self.noekler.pakk(&noekkel)?));
        }
        Miljoe::bekreft(skriv)?;
        let mut skriv = self.noekler.skriv();
        for (nr, pakket) in &noekler {
            skriv.sett_pakket(*nr, 0, pakket);
        }
        Ok(skriv.bekreft()?)
    }

    /// A message, if it is here.
    pub fn hent(&self, nr: Saksnr) -> Result<Option<Vec<u8>>, Feil> {
        let les = self.miljoe.les()?;
        let Some(forseglet) = self.meldinger.hent(&les, &nr.to_be_bytes())? else {
            return Ok(None);
        };
        match self.noekler.les()?.hent(nr, 0)? {
            Some(noekkel) => Ok(Some(noekkel.aapne(&sted(nr), forseglet)?)),
            None => Ok(None),
        }
    }

    /// A message, if it is here and can be opened: one that is damaged is as gone.
    pub fn hent_hel(&self, nr: Saksnr) -> Result<Option<Vec<u8>>, Feil> {
        match self.hent(nr) {
            Err(feil) if feil.er_skade() => Ok(None),
            svar => svar,
        }
    }

    /// The files of a message, in the order that they came in.
    pub fn filer(&self, nr: Saksnr) -> Result<Vec<Fil>, Feil> {
        let les = self.miljoe.les()?;
        let Some(noekkel) = self.noekler.les()?.hent(nr, 0)? else {
            return Ok(Vec::new());
        };
        let mut ut = Vec::new();
        for plass in 0..=u32::MAX {
            let sted = filsted(nr, plass);
            let Some(forseglet) = self.meldinger.hent(&les, &sted)? else {
                break;
            };
            let klar = noekkel.aapne(&sted, forseglet)?;
            let (lengde, resten) = klar.split_first_chunk().ok_or(Feil::Skadet)?;
            let lengde = usize::try_from(u32::from_be_bytes(*lengde)).map_err(|_| Feil::Skadet)?;
            let (navn, innhold) = resten.split_at_checked(lengde).ok_or(Feil::Skadet)?;
            ut.push(Fil {
                navn: String::from_utf8(navn.to_vec()).map_err(|_| Feil::Skadet)?,
                innhold: innhold.to_vec(),
            });
        }
        Ok(ut)
    }

    /// Every case that there is something of.
    pub fn alle(&self) -> Result<Vec<Saksnr>, Feil> {
        let les = self.miljoe.les()?;
        let mut ut = Vec::new();
        for rad in self.meldinger.fra(&les, &[])? {
            let (noekkel, _) = rad?;
            ut.extend(noekkel.try_into().map(u32::from_be_bytes));
        }
        Ok(ut)
    }

    /// Throws messages away, their keys first.
    pub fn kast(&self, numre: &[Saksnr]) -> Result<(), Feil> {
        if numre.is_empty() {
            return Ok(());
        }
        let mut skriv = self.noekler.skriv();
        for nr in numre {
            skriv.oedelegg(*nr, 0);
        }
        skriv.bekreft()?;
        let mut skriv = self.miljoe.skriv()?;
        for nr in numre {
            self.meldinger.slett(&mut skriv, &nr.to_be_bytes())?;
            self.slett_filer(&mut skriv, *nr)?;
        }
        Ok(Miljoe::bekreft(skriv)?)
    }

    fn slett_filer(&self, skriv: &mut Skriv<'_>, nr: Saksnr) -> Result<(), Feil> {
        for plass in 0..=u32::MAX {
            if !self.meldinger.slett(skriv, &filsted(nr, plass))? {
                break;
            }
        }
        Ok(())
    }

    /// Leaves nothing of destroyed keys on the disk.
    pub fn forny(&self) -> Result<(), Feil> {
        self.noekler.forny(true)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use identifikator::Serie;
    use register::Register;

    use super::*;
    use crate::sak::{Sak, Tilstand};
    use crate::saker::{Saksbehandler, lagre, saksplass};
    use crate::tid::Tid;

    #[test]
    fn upkeep_stops_no_case_whose_message_the_files_will_not_give() {
        let mappe = tempfile::tempdir().unwrap();
        let sted = |navn: &str| mappe.path().join(navn);
        let register = Arc::new(Register::aapne(&sted("register")).unwrap());
        let saker = Saksbehandler::aapne(register, &sted("saker"), &sted("noekler"), Serie::Tenor).unwrap();
        let tid = Tid::new("2026-01-15T11:00:00Z".parse().unwrap()).unwrap();
        let sak = Sak {
            nr: 1,
            ressurs: "doedsfall_v1".to_owned(),
            versjon: String::new(),
            organisasjon: "889640782".to_owned(),
            melding: "A-1".to_owned(),
            saksreferanse: None,
            referanse: String::new(),
            opprettet: tid.tidspunkt.to_string(),
            tilstand: Tilstand::TilManuellBehandling,
            personer: Vec::new(),
            mulige: Vec::new(),
            skjulte: Vec::new(),
            hendelser: Vec::new(),
        };
        let aapnet = saker.register.behandle(tid.sekunder, |b| {
            b.sett_sak(&saksplass(b'A', sak.nr), Some(&[]))?;
            lagre(b, &sak)
        });
        assert!(aapnet.is_ok());
        let (nr, xml) = (sak.nr, b"<a/>".as_slice());
        saker.meldinger.ta_vare_paa(&[Kladd { nr, xml, filer: &[] }]).unwrap();
        // Every reader that there is room for reads.
        let lesere: Vec<_> = std::iter::from_fn(|| saker.meldinger.miljoe.les().ok()).collect();
        let feil = saker.ajourhold(&tid).unwrap_err();
        assert!(!feil.er_skade(), "{feil}");
        drop(lesere);
        assert_eq!(saker.ajourhold(&tid).unwrap(), 0);
        assert_eq!(saker.sak(1).unwrap(), Some(sak));
        assert_eq!(saker.melding(1).unwrap().as_deref(), Some(xml));
    }
}
