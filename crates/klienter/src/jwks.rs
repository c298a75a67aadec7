//! An issuer's public keys over HTTP, for [`tilgang::token::Maskinportenverifikator`] and
//! [`tilgang::token::helseid::Helseidverifikator`].

use tilgang::token::{Framtid, Hentefeil, JwksKilde, Noekkelsett};

use crate::adresse::Adresse;
use crate::metadata;
use crate::tilkobling::{Feil, Tilkobling, Valg};

/// Longest key set that is read; the reader of key sets takes no more. Units: bytes.
const JWKS_BYTES_MAKS: usize = 64 * 1024;

/// The keys of an issuer, found through its metadata each time they are fetched.
#[derive(Debug)]
pub struct HttpKilde {
    utsteder: String,
    metadatasti: &'static str,
    tilkobling: Tilkobling,
}

impl HttpKilde {
    /// A source for a Maskinporten. Fetches nothing yet.
    ///
    /// # Errors
    /// [`Feil::Adresse`], [`Feil::Oppsett`].
    pub fn new(utsteder: &str, valg: Valg) -> Result<Self, Feil> {
        Self::med_metadata(utsteder, metadata::MASKINPORTEN, valg)
    }

    /// A source for a HelseID. Fetches nothing yet.
    ///
    /// # Errors
    /// [`Feil::Adresse`], [`Feil::Oppsett`].
    pub fn for_helseid(utsteder: &str, valg: Valg) -> Result<Self, Feil> {
        Self::med_metadata(utsteder, metadata::HELSEID, valg)
    }

    fn med_metadata(utsteder: &str, metadatasti: &'static str, valg: Valg) -> Result<Self, Feil> {
        let adresse = Adresse::les(utsteder, &valg)?;
        Ok(HttpKilde {
            utsteder: utsteder.to_owned(),
            metadatasti,
            tilkobling: Tilkobling::new(&adresse, valg)?,
        })
    }

    async fn hent_sett(&self) -> Result<Noekkelsett, Hentefeil> {
        let metadata = metadata::hent(&self.tilkobling, &self.utsteder, self.metadatasti).await?;
        let forespoersel = self.tilkobling.klient().get(metadata.jwks_uri.url().clone());
        let svar = self.tilkobling.send(forespoersel, JWKS_BYTES_MAKS).await?;
        if svar.status != reqwest::StatusCode::OK {
            return Err(Feil::Status {
                status: svar.status.as_u16(),
                kode: None,
            }
            .into());
        }
        Ok(Noekkelsett::les(&svar.kropp)?)
    }
}

impl JwksKilde for HttpKilde {
    fn hent(&self) -> Framtid<'_, Result<Noekkelsett, Hentefeil>> {
        Box::pin(self.hent_sett())
    }
}
