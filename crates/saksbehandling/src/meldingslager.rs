//! Messages of open cases: each sealed under a key of its own, which is destroyed when the case is decided.
//!
//! Not in the register's environment, its archive stream or its copies: what a message says of a place is gone when it is
//! no longer needed. A case whose message is not here must be sent again.

use std::path::Path;

use lager::forsegling::Noekkel;
use lager::{Miljoe, Noekkellager, Tabell};

use crate::sak::Saksnr;
use crate::saker::Feil;

/// The store.
pub(crate) struct Meldingslager {
    miljoe: Miljoe,
    meldinger: Tabell,
    noekler: Noekkellager,
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

impl Meldingslager {
    pub fn aapne(mappe: &Path, noekkelmappe: &Path) -> Result<Self, Feil> {
        let (miljoe, [meldinger]) = Miljoe::aapne(&mappe.join("meldinger"), ["meldinger"])?;
        Ok(Meldingslager {
            miljoe,
            meldinger,
            noekler: Noekkellager::aapne(&mappe.join("noekler"), noekkelmappe, None)?,
        })
    }

    /// Keeps a message, durable when this returns. The key comes last: a message without one is as gone.
    pub fn ta_vare_paa(&self, nr: Saksnr, xml: &[u8]) -> Result<(), Feil> {
        let noekkel = Noekkel::tilfeldig()?;
        let mut skriv = self.miljoe.skriv()?;
        let forseglet = noekkel.forsegl(&sted(nr), xml)?;
        self.meldinger.sett(&mut skriv, &nr.to_be_bytes(), &forseglet)?;
        Miljoe::bekreft(skriv)?;
        let pakket = self.noekler.pakk(&noekkel)?;
        let mut skriv = self.noekler.skriv();
        skriv.sett_pakket(nr, 0, &pakket);
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

    /// Throws a message away, its key first.
    pub fn kast(&self, nr: Saksnr) -> Result<(), Feil> {
        let mut skriv = self.noekler.skriv();
        skriv.oedelegg(nr, 0);
        skriv.bekreft()?;
        let mut skriv = self.miljoe.skriv()?;
        self.meldinger.slett(&mut skriv, &nr.to_be_bytes())?;
        Ok(Miljoe::bekreft(skriv)?)
    }

    /// Leaves nothing of destroyed keys on the disk.
    pub fn forny(&self) -> Result<(), Feil> {
        self.noekler.forny(true)?;
        Ok(())
    }
}
