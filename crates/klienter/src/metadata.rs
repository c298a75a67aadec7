//! The metadata document of an issuer (RFC 8414, OpenID Connect Discovery), which tells where to get tokens and keys.

use serde_json::Value;
use tilgang::token::json::les_objekt;

use crate::adresse::Adresse;
use crate::tilkobling::{Feil, Tilkobling};

/// Longest metadata document. Units: bytes. Source: our choice; Maskinporten's is below 1 kB.
const METADATA_BYTES_MAKS: usize = 64 * 1024;
/// Where Maskinporten has it.
pub(crate) const MASKINPORTEN: &str = ".well-known/oauth-authorization-server";
/// Where HelseID has it.
pub(crate) const HELSEID: &str = ".well-known/openid-configuration";

/// What we use of it.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    pub token_endpoint: Adresse,
    pub jwks_uri: Adresse,
}

/// Fetches the document of an issuer and checks that it is that issuer's. `sti` is one of the two above.
///
/// Shape: the well-known path is put below the issuer, as both have it, whose issuers are bare hosts.
pub(crate) async fn hent(tilkobling: &Tilkobling, utsteder: &str, sti: &str) -> Result<Metadata, Feil> {
    let adresse = Adresse::les(utsteder, &tilkobling.valg)?.under(sti, &[], &[]);
    let svar = tilkobling
        .send(tilkobling.klient().get(adresse), METADATA_BYTES_MAKS)
        .await?;
    if svar.status != reqwest::StatusCode::OK {
        return Err(Feil::Status {
            status: svar.status.as_u16(),
            kode: None,
        });
    }
    let dokument = les_objekt(&svar.kropp).map_err(|_| Feil::Format("metadata er ikke et JSON-objekt"))?;
    // RFC 8414 section 3.3: a document that names another issuer must not be used.
    if dokument.get("issuer").and_then(Value::as_str) != Some(utsteder) {
        return Err(Feil::Format("metadata er for en annen utsteder"));
    }
    let adresse = |felt: &str| {
        let tekst = dokument
            .get(felt)
            .and_then(Value::as_str)
            .ok_or(Feil::Format("metadata mangler en adresse"))?;
        Ok::<_, Feil>(Adresse::les(tekst, &tilkobling.valg)?)
    };
    Ok(Metadata {
        token_endpoint: adresse("token_endpoint")?,
        jwks_uri: adresse("jwks_uri")?,
    })
}
