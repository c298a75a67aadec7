//! The door: from a request to a caller with a projection, or a refusal; and what the audit record is told of it.

use std::borrow::Cow;

use driftsmeldinger::{Tjeneste, Virkning};
use http::header;
use http::request::Parts;
use identifikator::Organisasjonsnummer;
use jiff::Timestamp;
use tilgang::avtale::{Avslag, Avtaletekst, Kaller, avgjoer};
use tilgang::token::{Delegering, Sluttbruker, Token, les_bearer};
use tilgang::{Pakke, Projeksjon, Revisjonspost, Tabell};
use tjenesteflate::sporing::{SporId, Sportekst};
use tjenesteflate::vern::Adressebruk;

use crate::openapi::Operasjon;

use super::feil::Feil;
use super::tilstand::Folkeregister;

/// The service's name in audit records.
pub(super) const TJENESTE: &str = "folkeregister";

/// A caller that may use an operation.
#[derive(Clone, Debug)]
pub(crate) struct Adgang {
    pub projeksjon: Projeksjon,
    pub operasjon: Operasjon,
    pub organisasjon: Organisasjonsnummer,
    kaller: Kaller,
    leverandoer: Option<Organisasjonsnummer>,
    avtale: Avtaletekst,
    sporing: Sportekst,
}

impl Adgang {
    fn new(kaller: Kaller, operasjon: Operasjon, sporing: SporId) -> Self {
        Adgang {
            projeksjon: Projeksjon::for_pakke(kaller.pakke(), kaller.ser_graderte_adresser()),
            operasjon,
            organisasjon: kaller.konsument(),
            leverandoer: kaller.delegering().map(Delegering::leverandoer),
            avtale: kaller.avtale().tekst(),
            sporing: sporing.tekst(),
            kaller,
        }
    }

    /// What the audit record is told; the deliveries are filled in on release.
    pub fn post(&self, status: u16) -> Revisjonspost<'_> {
        Revisjonspost {
            projeksjon: Some(self.projeksjon),
            konsument: self.organisasjon.as_str(),
            leverandoer: self.leverandoer.as_ref().map(Organisasjonsnummer::as_str),
            delegeringskilde: self.kaller.delegering().map(Delegering::kilde),
            klient: self.kaller.klient_id(),
            avtale: self.avtale.as_str(),
            token: self.kaller.jti(),
            sluttbruker: self.kaller.sluttbruker().map(Sluttbruker::siffer),
            enkelt: self.operasjon.er_enkelt(),
            ..Revisjonspost::new(TJENESTE, self.operasjon.navn(), self.sporing.as_str(), status)
        }
    }
}

/// The service that a notice on an operation is about.
fn tjeneste(operasjon: Operasjon) -> Tjeneste {
    match operasjon {
        Operasjon::HentFeedSide
        | Operasjon::SisteSekvensnummerIFeed
        | Operasjon::HentHendelseDokument
        | Operasjon::HentHendelseDokumenter
        | Operasjon::HentHendelseXsd
        | Operasjon::HentFeedXsd => Tjeneste::Hendelsesliste,
        Operasjon::Personsoek | Operasjon::EntydigSoek => Tjeneste::Soek,
        Operasjon::LagJobbKomplett | Operasjon::LagJobbTilpasset | Operasjon::HentBatch => Tjeneste::Uttrekk,
        Operasjon::HentSisteVersjonAvPerson
        | Operasjon::HentPersoner
        | Operasjon::HentArkivperson
        | Operasjon::HentArkivpersoner
        | Operasjon::HentPersonXsd => Tjeneste::Konsument,
    }
}

impl Folkeregister {
    /// Records a refusal, and gives it back; or that it could not be recorded.
    pub(crate) async fn noter_avslag(
        &self,
        adgang: &Adgang,
        kriterier: &[Cow<'static, str>],
        spurt: &[u64],
        feil: Feil,
    ) -> Feil {
        let (kode, status) = feil.kode();
        let post = Revisjonspost {
            kriterier,
            spurt,
            feilkode: Some(kode),
            ..adgang.post(status.as_u16())
        };
        match self.frigivelse.noter(&post).await {
            Ok(()) => feil,
            Err(_) => Feil::Utilgjengelig,
        }
    }

    /// Records the refusal of one who has a good token and no way in.
    async fn noter_ute(&self, token: &Token, operasjon: Operasjon, sporing: SporId, feil: Feil) -> Feil {
        let (kode, status) = feil.kode();
        let (konsument, sporing) = (token.konsument(), sporing.tekst());
        let post = Revisjonspost {
            konsument: konsument.as_str(),
            klient: token.klient_id(),
            token: token.jti(),
            feilkode: Some(kode),
            ..Revisjonspost::new(TJENESTE, operasjon.navn(), sporing.as_str(), status.as_u16())
        };
        match self.frigivelse.noter(&post).await {
            Ok(()) => feil,
            Err(_) => Feil::Utilgjengelig,
        }
    }

    /// Whether a tied notice says that what the operation belongs to is down for the package.
    ///
    /// Asked before the token: who calls does not matter, nothing is looked at, and it is told to all on an open page.
    fn sjekk_nede(&self, pakke: Pakke, operasjon: Operasjon, naa: Timestamp) -> Result<(), Feil> {
        let nede = self.tavle.knyttet(tjeneste(operasjon), pakke, naa);
        match nede.filter(|nede| nede.virkning == Virkning::Nedetid) {
            None => Ok(()),
            Some(nede) => Err(self.struping.nede(nede.slutt.map(|slutt| slutt.duration_since(naa)))),
        }
    }

    /// Lets a request in, or says why not: what is down is down for all; then token, then the consumer's budget, then blocks, scope and grant, then the
    /// package's operations.
    ///
    /// Who is refused with a token that is good is known, and the refusal is recorded. Without one nobody is known; such
    /// calls are counted and not recorded, for they would fill the log on behalf of anyone at all (our choice). For the
    /// same reason only the first of a row of throttled calls is recorded: nothing was looked at, and nothing left.
    pub(crate) async fn slipp_inn(
        &self,
        deler: &Parts,
        pakke: Pakke,
        operasjon: Operasjon,
        sporing: SporId,
    ) -> Result<Adgang, Feil> {
        let naa = (self.klokke)();
        self.sjekk_nede(pakke, operasjon, naa)?;
        let token = les_bearer(
            deler
                .headers
                .get_all(header::AUTHORIZATION)
                .iter()
                .map(http::HeaderValue::as_bytes),
        )
        .map_err(Avslag::from)?;
        let token = self.verifikator.verifiser(token, naa).await.map_err(Avslag::from)?;
        if let Some(bruk) = deler.extensions.get::<Adressebruk>() {
            bruk.gi_tilbake();
        }
        if let Err(over) = self.struping.bruk(token.konsument()) {
            return Err(if over.foerste {
                self.noter_ute(&token, operasjon, sporing, over.into()).await
            } else {
                over.into()
            });
        }
        let kaller = match avgjoer(&self.avtaler, &token, pakke, naa) {
            Ok(kaller) => kaller,
            Err(avslag) => return Err(self.noter_ute(&token, operasjon, sporing, avslag.into()).await),
        };
        let adgang = Adgang::new(kaller, operasjon, sporing);
        if !Tabell::felles().rett(adgang.projeksjon).kan_kalle(operasjon.navn()) {
            return Err(self.noter_avslag(&adgang, &[], &[], Feil::UtenforPakken).await);
        }
        match self.struping.sjekk_bom(adgang.organisasjon, operasjon) {
            Ok(()) => Ok(adgang),
            Err(over) if over.foerste => Err(self.noter_avslag(&adgang, &[], &[], over.into()).await),
            Err(over) => Err(over.into()),
        }
    }
}
