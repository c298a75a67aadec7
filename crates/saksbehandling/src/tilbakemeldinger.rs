//! What senders have been told of their cases: each organisation's own sequence, dense from 1.
//!
//! ```text
//!  F ‖ organisation (9)                      the number of the last thing it has been told
//!  T ‖ organisation (9) ‖ number u64         what it has been told: case u32, place among what the case told u32
//! ```

use meldinger::{Meldingstype, Tilbakemelding as Dokumentslag};
use register::{Behandling, Lesing};
use tilgang::Grad;

use crate::feil::{Feil, Stans};
use crate::sak::{Hva, Sak, Sakshendelse};
use crate::saker::{Saksbehandler, lagre, les_sak, saksplass, tall};
use crate::tid::Tid;

/// Most that one reading of what an organisation has been told gives. Source: our choice; the contract's example asks for 100.
pub const SIDE_MAKS: usize = 1_000;

/// Something an organisation has been told.
#[derive(Clone, Debug, PartialEq)]
pub struct Tilbakemelding {
    /// Its number among what the organisation has been told, from 1.
    pub seq: u64,
    /// The case.
    pub sak: Sak,
    /// What was told.
    pub hendelse: Sakshendelse,
    /// Whose numbers it tells of, and each one's protection as it is read: for the audit record.
    pub navngitte: Vec<(u64, Grad)>,
}

fn fortalt(organisasjon: &str) -> Vec<u8> {
    [b"T", organisasjon.as_bytes()].concat()
}

impl Saksbehandler {
    /// What an organisation has been told, from a number on and upwards, or downwards.
    ///
    /// # Errors
    /// [`Feil`] if one is damaged.
    pub fn tilbakemeldinger(
        &self,
        organisasjon: &str,
        seq: u64,
        nyere: bool,
        maks: usize,
    ) -> Result<Vec<Tilbakemelding>, Feil> {
        let les = self.register.les()?;
        let prefiks = fortalt(organisasjon);
        let siste = siste_fortalt(organisasjon, |sted| les.sak(sted))?;
        let maks = u64::try_from(maks.min(SIDE_MAKS)).unwrap_or(u64::MAX);
        let (fra, til) = if nyere {
            (seq.max(1), seq.max(1).saturating_add(maks).min(siste.saturating_add(1)))
        } else {
            let til = seq.min(siste).saturating_add(1);
            (til.saturating_sub(maks).max(1), til)
        };
        let mut ut = Vec::new();
        for seq in fra..til {
            let byte = les
                .sak(&[prefiks.as_slice(), &seq.to_be_bytes()].concat())?
                .ok_or(Feil::Skadet)?;
            let (nr, plass) = byte.split_at_checked(4).ok_or(Feil::Skadet)?;
            let sak = les_sak(les.sak(&saksplass(b'S', tall(nr)?))?)?.ok_or(Feil::Skadet)?;
            let plass = usize::try_from(tall(plass)?).map_err(|_| Feil::Skadet)?;
            let hendelse = sak.hendelser.get(plass).cloned().ok_or(Feil::Skadet)?;
            let navngitte = navngitte(&les, &hendelse.hva)?;
            ut.push(Tilbakemelding {
                seq,
                sak,
                hendelse,
                navngitte,
            });
        }
        if !nyere {
            ut.reverse();
        }
        Ok(ut)
    }
}

// Who is not in the register after all, as in one that was restored to before, is taken for the strictest.
fn navngitte(les: &Lesing<'_>, hva: &Hva) -> Result<Vec<(u64, Grad)>, Feil> {
    let Hva::Beslutning { opprettet, gjelder, .. } = hva else {
        return Ok(Vec::new());
    };
    let numre = opprettet.as_ref().map(|o| &o.nummer).into_iter().chain(gjelder);
    let mut ut = Vec::new();
    for nummer in numre {
        let nummer = nummer.parse().map_err(|_| Feil::Skadet)?;
        let vern = match les.finn_nummer(nummer)? {
            Some(person) => les.vern(person)?,
            None => Grad::StrengtFortrolig,
        };
        ut.push((nummer, vern));
    }
    Ok(ut)
}

fn siste_fortalt(
    organisasjon: &str,
    hent: impl FnOnce(&[u8]) -> Result<Option<Vec<u8>>, register::Feil>,
) -> Result<u64, Feil> {
    match hent(&[b"F", organisasjon.as_bytes()].concat())? {
        None => Ok(0),
        Some(byte) => byte
            .as_slice()
            .try_into()
            .map(u64::from_be_bytes)
            .map_err(|_| Feil::Skadet),
    }
}

// The document of a D-number has words for two reasons to wait; whoever waits for another is told when it is decided (our
// choice).
fn kan_sies_om_dnummer(sak: &Sak, plass: u32) -> bool {
    let hendelse = usize::try_from(plass).ok().and_then(|plass| sak.hendelser.get(plass));
    match hendelse.map(|h| &h.hva) {
        Some(Hva::TilManuellBehandling { grunner, .. }) => grunner.iter().any(|g| g.er_om_dnummer()),
        _ => true,
    }
}

/// The sender is told something of a case, which is written down.
pub(crate) fn si(b: &mut Behandling<'_>, sak: &mut Sak, hva: Hva, tid: &Tid) -> Result<(), Stans> {
    let plass = u32::try_from(sak.hendelser.len()).map_err(|_| Feil::Skadet)?;
    sak.hendelser.push(Sakshendelse {
        tidspunkt: tid.tidspunkt.to_string(),
        hva,
    });
    lagre(b, sak)?;
    let slag = sak.meldingstype().map(Meldingstype::tilbakemelding);
    if slag == Some(Dokumentslag::Ingen) || (slag == Some(Dokumentslag::DNummer) && !kan_sies_om_dnummer(sak, plass)) {
        return Ok(());
    }
    let seq = siste_fortalt(&sak.organisasjon, |sted| b.sak(sted))? + 1;
    b.sett_sak(&[b"F", sak.organisasjon.as_bytes()].concat(), Some(&seq.to_be_bytes()))?;
    let sted = [fortalt(&sak.organisasjon).as_slice(), &seq.to_be_bytes()].concat();
    let verdi = [sak.nr.to_be_bytes(), plass.to_be_bytes()].concat();
    Ok(b.sett_sak(&sted, Some(&verdi))?)
}
