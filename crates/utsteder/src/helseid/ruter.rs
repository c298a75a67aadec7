//! The routes of the issuer. They stand directly below its name, so the whole router can be nested at any path.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, PRAGMA};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tilgang::token::Klokke;

use super::avslag::Avslag;
use super::modell::Forespoersel;
use super::utsteder::Helseid;

/// Longest body of a token request. Units: bytes. Source: our choice: a JWS of 16 kB with room around it.
const KROPP_BYTES_MAKS: usize = 32 * 1024;

#[derive(Clone)]
struct Tjeneste {
    utsteder: Arc<Helseid>,
    klokke: Klokke,
}

/// The three routes: `GET /.well-known/openid-configuration`, `GET /.well-known/openid-configuration/jwks`,
/// `POST /connect/token`.
///
/// Shape: relative to the issuer's name; time-outs and connection limits belong to whoever serves the router.
/// Source: HelseID's documentation, ADR 0035.
pub fn ruter(utsteder: Arc<Helseid>, klokke: Klokke) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(metadata))
        .route("/.well-known/openid-configuration/jwks", get(jwks))
        .route("/connect/token", post(token))
        .layer(DefaultBodyLimit::max(KROPP_BYTES_MAKS))
        .with_state(Tjeneste { utsteder, klokke })
}

async fn metadata(State(tjeneste): State<Tjeneste>) -> Response {
    svar(StatusCode::OK, &tjeneste.utsteder.metadata())
}

async fn jwks(State(tjeneste): State<Tjeneste>) -> Response {
    svar(StatusCode::OK, &tjeneste.utsteder.jwks((tjeneste.klokke)()))
}

async fn token(State(tjeneste): State<Tjeneste>, hoder: HeaderMap, kropp: Result<Bytes, BytesRejection>) -> Response {
    let naa = (tjeneste.klokke)();
    let dpop: Vec<&[u8]> = hoder.get_all("dpop").iter().map(HeaderValue::as_bytes).collect();
    let resultat = kropp
        .map_err(|_| Avslag::Skjema("The body could not be read, or is longer than 32 kB"))
        .and_then(|kropp| {
            let forespoersel = Forespoersel {
                innholdstype: hoder.get(CONTENT_TYPE).and_then(|verdi| verdi.to_str().ok()),
                kropp: &kropp,
                dpop: &dpop,
            };
            tjeneste.utsteder.token(&forespoersel, naa)
        });
    let mut svar = match resultat {
        Ok(tokensvar) => svar(StatusCode::OK, &tokensvar.kropp()),
        Err(avslag) => {
            tracing::info!(feilkode = avslag.feilkode(), "token ble ikke utstedt");
            let status = StatusCode::from_u16(avslag.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut svar = svar(status, &avslag.kropp());
            // RFC 9449 section 8.
            if avslag == Avslag::BrukNonce
                && let Ok(nonce) = HeaderValue::from_str(&tjeneste.utsteder.ny_nonce(naa))
            {
                svar.headers_mut().insert("dpop-nonce", nonce);
            }
            svar
        }
    };
    // RFC 6749 section 5.1.
    let hoder = svar.headers_mut();
    hoder.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    hoder.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    svar
}

fn svar(status: StatusCode, kropp: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], kropp.to_string()).into_response()
}
