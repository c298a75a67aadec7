//! The door: who a producer is, and whether it may do what it asks.

use std::borrow::Cow;
use std::sync::Arc;

use driftsmeldinger::{Tjeneste, Virkning};
use http::request::Parts;
use meldinger::Meldingstype;
use tilgang::Revisjonspost;
use tilgang::avtale::Produsent;
use tilgang::virksomhet::Virksomhetssertifikat;
use tjenesteflate::tls::Klientsertifikat;

use super::Produsenter;
use super::feil::Feil;

/// The service's name in the audit log.
const TJENESTE: &str = "folkeregisteret-produsent";

/// A producer that was let in.
pub(super) struct Adgang {
    pub produsent: Arc<Produsent>,
    /// Nine digits.
    pub organisasjon: String,
    avtrykk: String,
    sporing: String,
}

/// Longest that somebody is asked to wait for what is down. Units: seconds. Source: ruling on `Retry-After`: at most 60.
const VENT_MAKS_S: i64 = 60;

impl Produsenter {
    /// Refuses while a tied notice says that a service is down.
    pub(super) fn sjekk_nede(&self, tjeneste: Tjeneste) -> Result<(), Feil> {
        let naa = (self.klokke)();
        let nede = self.tavle.knyttet_for_produsenter(tjeneste, naa);
        match nede.filter(|nede| nede.virkning == Virkning::Nedetid) {
            None => Ok(()),
            Some(nede) => {
                let igjen = nede
                    .slutt
                    .map_or(VENT_MAKS_S, |slutt| slutt.duration_since(naa).as_secs());
                let vent = u64::try_from(igjen.clamp(1, VENT_MAKS_S)).unwrap_or(1);
                Err(Feil::Nede { vent })
            }
        }
    }

    /// Whether what mottak takes in is to wait in line.
    pub(super) fn er_fryst(&self) -> bool {
        self.tavle.fryser_mottak((self.klokke)())
    }

    /// Lets a producer in.
    pub(super) fn slipp_inn(&self, deler: &Parts, sporing: String) -> Result<Adgang, Feil> {
        let kjede = deler
            .extensions
            .get::<Klientsertifikat>()
            .ok_or(Feil::IngenSertifikat)?;
        let eget = kjede.0.first().ok_or(Feil::IngenSertifikat)?;
        let sertifikat = Virksomhetssertifikat::les(eget).map_err(Feil::Sertifikat)?;
        let produsent = self
            .avtaler
            .slipp_inn_produsent(&sertifikat, (self.klokke)())
            .map_err(Feil::Avslag)?;
        Ok(Adgang {
            organisasjon: sertifikat.organisasjon().to_string(),
            avtrykk: sertifikat.avtrykk(),
            produsent,
            sporing,
        })
    }
}

impl Adgang {
    /// Whether it may send a kind of message.
    pub fn krev(&self, meldingstype: Meldingstype) -> Result<(), Feil> {
        if self.produsent.kan_sende(meldingstype.kode()) {
            Ok(())
        } else {
            Err(Feil::UtenRett(meldingstype))
        }
    }

    /// The audit record of a call.
    pub fn post<'a>(
        &'a self,
        endepunkt: &'static str,
        kriterier: &'a [Cow<'static, str>],
        status: u16,
    ) -> Revisjonspost<'a> {
        Revisjonspost {
            konsument: &self.organisasjon,
            klient: &self.avtrykk,
            kriterier,
            ..Revisjonspost::new(TJENESTE, endepunkt, &self.sporing, status)
        }
    }
}
