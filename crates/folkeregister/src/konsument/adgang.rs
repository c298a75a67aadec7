//! The door: from a request to a caller with a projection, or a refusal; and what the audit record is told of it.

use http::{HeaderMap, header};
use tilgang::avtale::{Avslag, Kaller, avgjoer};
use tilgang::token::les_bearer;
use tilgang::{Pakke, Projeksjon, Revisjonspost, Tabell};
use tjenesteflate::sporing::SporId;

use crate::openapi::Operasjon;

use super::feil::Feil;
use super::tilstand::Folkeregister;

/// A caller that may use an operation.
#[derive(Debug)]
pub(crate) struct Adgang {
    pub projeksjon: Projeksjon,
    pub operasjon: Operasjon,
    konsument: String,
    leverandoer: Option<String>,
    avtale: String,
    token: String,
    sporing: String,
}

impl Adgang {
    fn new(kaller: &Kaller, operasjon: Operasjon, sporing: SporId) -> Self {
        Adgang {
            projeksjon: Projeksjon::for_pakke(kaller.pakke(), kaller.ser_graderte_adresser()),
            operasjon,
            konsument: kaller.konsument().to_string(),
            leverandoer: kaller.delegering().map(|d| d.leverandoer().to_string()),
            avtale: kaller.avtale().0.to_string(),
            token: kaller.jti().to_owned(),
            sporing: sporing.to_string(),
        }
    }

    /// What the audit record is told; the deliveries are filled in on release.
    pub fn post(&self, status: u16) -> Revisjonspost<'_> {
        Revisjonspost {
            endepunkt: self.operasjon.navn(),
            projeksjon: self.projeksjon,
            konsument: &self.konsument,
            leverandoer: self.leverandoer.as_deref(),
            avtale: &self.avtale,
            token: Some(&self.token),
            sporing: &self.sporing,
            leveranser: &[],
            feed: None,
            status,
        }
    }
}

impl Folkeregister {
    /// Lets a request in, or says why not: token first, then scope and grant, then the package's operations.
    pub(crate) async fn slipp_inn(
        &self,
        hoder: &HeaderMap,
        pakke: Pakke,
        operasjon: Operasjon,
        sporing: SporId,
    ) -> Result<Adgang, Feil> {
        let naa = (self.klokke)();
        let token = les_bearer(
            hoder
                .get_all(header::AUTHORIZATION)
                .iter()
                .map(http::HeaderValue::as_bytes),
        )
        .map_err(Avslag::from)?;
        let token = self.verifikator.verifiser(token, naa).await.map_err(Avslag::from)?;
        let kaller = avgjoer(&self.avtaler, &token, pakke, naa)?;
        let adgang = Adgang::new(&kaller, operasjon, sporing);
        if Tabell::felles().rett(adgang.projeksjon).kan_kalle(operasjon.navn()) {
            Ok(adgang)
        } else {
            Err(Feil::UtenforPakken)
        }
    }
}
