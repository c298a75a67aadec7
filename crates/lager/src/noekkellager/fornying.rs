//! A renewal: the key store written anew, while others write.
//!
//! What lies in the store is read as it was at one moment, which takes as long as there are keys; what is written meanwhile is
//! remembered and written to the new environment too, the last of it while nobody writes. A key that was destroyed meanwhile
//! may have come along and been destroyed there too: it lies in a free page of the new one, and [`Fornyet::oedelagt_imens`]
//! says that there is more to do.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, MutexGuard, PoisonError};

use super::{
    Gjeldende, Imens, Indre, Lagring, Noekkellager, Pakket, Plass, fjern, lag_speil, noekkelfil, pakk_inn, pakk_ut,
    rydd, rydd_lager,
};
use crate::{Avbruddsvakt, Avbryter, Feil, Miljoe, Noekkelfil, mappe};

/// What a renewal came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fornyet {
    /// Keys that were kept.
    pub noekler: u64,
    /// Bytes of the environment before.
    pub byte_foer: u64,
    /// Bytes after.
    pub byte_etter: u64,
    /// Keys that were destroyed when they had come along: something may be left of them until the next renewal.
    pub oedelagt_imens: u64,
}

/// A renewal that has come as far as it comes without keeping anybody from writing. Dropped, it is as if it had never begun.
pub struct Fornying<'l> {
    opptak: Opptak<'l>,
    gammel: Arc<Indre>,
    ny: Arc<Indre>,
    oedelagt_imens: u64,
}

impl std::fmt::Debug for Fornying<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fornying").finish_non_exhaustive()
    }
}

/// While it is there, what is written is remembered.
struct Opptak<'l> {
    lager: &'l Noekkellager,
    _en: MutexGuard<'l, ()>,
}

impl Drop for Opptak<'_> {
    fn drop(&mut self) {
        *self.lager.laas() = Imens::Ingen;
    }
}

// What has been written since it was last asked.
fn ta(imens: &mut Imens) -> Result<BTreeMap<Plass, Option<Pakket>>, Feil> {
    match imens {
        Imens::Foeres(endringer) => Ok(std::mem::take(endringer)),
        Imens::Ingen | Imens::Forlatt => Err(Feil::ForMyeImens),
    }
}

impl Noekkellager {
    /// Writes the key store anew with the keys that are in it, so that no destroyed key is left in a free page, and removes
    /// the old one. With `ny_noekkel` they are wrapped under a new random key, and the old key file is removed too.
    ///
    /// For one who lets nobody pack and write keys meanwhile; whoever cannot begins with [`Noekkellager::begynn_fornying`].
    /// A process killed in the middle has the old store or the new one.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse or a key cannot be opened; the old store is then in use still.
    pub fn forny(&self, ny_noekkel: bool) -> Result<Fornyet, Feil> {
        let avbryter = Avbryter::default();
        self.begynn_fornying(ny_noekkel, &avbryter.vakt())?.bytt()?.rydd()
    }

    /// Does of a renewal what takes long: reads every key that is there and writes it anew. Reading and writing go on.
    ///
    /// # Errors
    /// As [`Noekkellager::forny`]; [`Feil::Avbrutt`] when it is stopped.
    pub fn begynn_fornying(&self, ny_noekkel: bool, vakt: &Avbruddsvakt<'_>) -> Result<Fornying<'_>, Feil> {
        let opptak = Opptak {
            lager: self,
            _en: self.fornyes.lock().unwrap_or_else(PoisonError::into_inner),
        };
        // From here on what is written is remembered, and what was written before is read.
        let (gammel, les) = {
            let mut laas = self.laas();
            *laas = Imens::Foeres(BTreeMap::new());
            let gammel = self.indre();
            let les = gammel.lagring.miljoe.les_varig()?;
            (gammel, les)
        };
        let gjeldende = gammel.gjeldende.neste(ny_noekkel)?;
        let hovednoekkel = if ny_noekkel {
            let sti = noekkelfil(&self.noekkelmappe, gjeldende.noekkel);
            // From an attempt that failed.
            fjern(&sti)?;
            Noekkelfil::les_eller_lag(&sti)?
        } else {
            gammel.hovednoekkel.clone()
        };
        let (fra, til) = (&gammel.hovednoekkel, &hovednoekkel);
        let sti = self.lagersti(gjeldende);
        fjern(&sti)?;
        let lagring = Lagring::aapne(&sti)?;
        // Opened either way: a damaged key is to be found while there is another copy, not carried along.
        lagring.fyll(gammel.lagring.noekler, &les, Some(vakt), |pakket| {
            pakk_inn(til, &pakk_ut(fra, pakket)?)
        })?;
        drop(les);
        let speil = self.speil.as_ref().map(|mappe| mappe.join(gjeldende.lager.to_string()));
        let speil = speil.map(|sti| lag_speil(&sti, &lagring)).transpose()?;
        mappe::synk_mappe(&sti)?;
        Ok(Fornying {
            opptak,
            gammel,
            ny: Arc::new(Indre {
                gjeldende,
                lagring,
                hovednoekkel,
                speil,
            }),
            oedelagt_imens: 0,
        })
    }

    fn lagersti(&self, gjeldende: Gjeldende) -> PathBuf {
        self.mappe.join(gjeldende.lager.to_string())
    }
}

impl<'l> Fornying<'l> {
    /// Takes in what was written meanwhile, and gives how many keys that was. Reading and writing go on.
    ///
    /// # Errors
    /// [`Feil::ForMyeImens`] if it is more than is remembered; [`Feil`] if the files refuse.
    pub fn ta_igjen(&mut self) -> Result<usize, Feil> {
        let imens = ta(&mut self.opptak.lager.laas())?;
        self.skriv(&imens)?;
        Ok(imens.len())
    }

    fn skriv(&mut self, imens: &BTreeMap<Plass, Option<Pakket>>) -> Result<(), Feil> {
        if imens.is_empty() {
            return Ok(());
        }
        let (fra, til) = (&self.gammel.hovednoekkel, &self.ny.hovednoekkel);
        let mut oedelagt = 0;
        for lagring in self.ny.speil.iter().chain([&self.ny.lagring]) {
            let mut skriv = lagring.miljoe.skriv()?;
            oedelagt = 0;
            for (plass, pakket) in imens {
                match pakket {
                    Some(pakket) => {
                        let pakket = pakk_inn(til, &pakk_ut(fra, pakket)?)?;
                        lagring.noekler.sett(&mut skriv, plass, &pakket)?;
                    }
                    None => oedelagt += u64::from(lagring.noekler.slett(&mut skriv, plass)?),
                }
            }
            Miljoe::bekreft(skriv)?;
        }
        self.oedelagt_imens += oedelagt;
        Ok(())
    }

    /// Takes the last in and puts the new store in the old one's place. Writing waits while it does. A key that was packed
    /// before it and is written after it is of no use where the renewal is under a new key: the caller holds whatever lock
    /// keeps that from happening.
    ///
    /// # Errors
    /// As [`Fornying::ta_igjen`]; the old store is then in use still.
    pub fn bytt(mut self) -> Result<Byttet<'l>, Feil> {
        let fornyet = self.sett_i_stedet()?;
        Ok(Byttet {
            lager: self.opptak.lager,
            gjeldende: self.ny.gjeldende,
            fornyet,
        })
    }

    fn sett_i_stedet(&mut self) -> Result<Fornyet, Feil> {
        let lager = self.opptak.lager;
        let mut laas = lager.laas();
        let imens = ta(&mut laas)?;
        self.skriv(&imens)?;
        let (gammel, ny) = (&self.gammel, &self.ny);
        let fornyet = Fornyet {
            noekler: ny.lagring.noekler.antall(&ny.lagring.miljoe.les()?)?,
            byte_foer: gammel.lagring.miljoe.byte_paa_disk()?,
            byte_etter: ny.lagring.miljoe.byte_paa_disk()?,
            oedelagt_imens: self.oedelagt_imens,
        };
        // The mirror first: it is made equal to the store when that is opened.
        if let Some(speil) = &lager.speil {
            ny.gjeldende.skriv(speil)?;
        }
        let navngitt = ny.gjeldende.skriv(&lager.mappe);
        // What the file names is what is opened the next time, so that is what is written to from now on.
        if navngitt.is_ok() || Gjeldende::les(&lager.mappe).ok().flatten() == Some(ny.gjeldende) {
            *lager.indre.write().unwrap_or_else(PoisonError::into_inner) = ny.clone();
        }
        navngitt.map(|()| fornyet)
    }
}

/// A new store that is in use, while the files of the old one are there.
#[derive(Debug)]
pub struct Byttet<'l> {
    lager: &'l Noekkellager,
    gjeldende: Gjeldende,
    fornyet: Fornyet,
}

impl Byttet<'_> {
    /// What it came to.
    #[must_use]
    pub fn fornyet(&self) -> Fornyet {
        self.fornyet
    }

    /// Removes the old store and, of a renewal under a new key, the old key.
    ///
    /// # Errors
    /// [`Feil`] if the files refuse; what is left is removed by the next renewal, or when the store is opened.
    pub fn rydd(self) -> Result<Fornyet, Feil> {
        let _laas = self.lager.fornyes.lock().unwrap_or_else(PoisonError::into_inner);
        // Another renewal may have come between, and has removed what this one would.
        if self.lager.indre().gjeldende == self.gjeldende {
            rydd(&self.lager.mappe, &self.lager.noekkelmappe, self.gjeldende)?;
            if let Some(speil) = &self.lager.speil {
                rydd_lager(speil, self.gjeldende)?;
            }
        }
        Ok(self.fornyet)
    }
}
