//! The routes of the issuer. They stand directly below its name, so the whole router can be nested at any path.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, PRAGMA};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tilgang::token::Klokke;

use crate::avslag::Avslag;
use crate::utsteder::Utsteder;

/// Longest body of a token request. Units: bytes. Source: our choice: a JWS of 16 kB with room around it.
const KROPP_BYTES_MAKS: usize = 32 * 1024;

#[derive(Clone)]
struct Tjeneste {
    utsteder: Arc<Utsteder>,
    klokke: Klokke,
}

/// The three routes: `GET /.well-known/oauth-authorization-server`, `GET /jwk`, `POST /token`.
///
/// Shape: relative to the issuer's name; time-outs and connection limits belong to whoever serves the router.
/// Source: Maskinporten's documentation, ADR 0007
pub fn ruter(utsteder: Arc<Utsteder>, klokke: Klokke) -> Router {
    Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata))
        .route("/jwk", get(jwk))
        .route("/token", post(token))
        .layer(DefaultBodyLimit::max(KROPP_BYTES_MAKS))
        .with_state(Tjeneste { utsteder, klokke })
}

async fn metadata(State(tjeneste): State<Tjeneste>) -> Response {
    svar(StatusCode::OK, &tjeneste.utsteder.metadata())
}

async fn jwk(State(tjeneste): State<Tjeneste>) -> Response {
    svar(StatusCode::OK, &tjeneste.utsteder.jwks((tjeneste.klokke)()))
}

async fn token(State(tjeneste): State<Tjeneste>, hoder: HeaderMap, kropp: Result<Bytes, BytesRejection>) -> Response {
    let innholdstype = hoder.get(CONTENT_TYPE).and_then(|verdi| verdi.to_str().ok());
    let resultat = kropp
        .map_err(|_| Avslag::Skjema("The body could not be read, or is longer than 32 kB"))
        .and_then(|kropp| tjeneste.utsteder.token(innholdstype, &kropp, (tjeneste.klokke)()));
    let svar = match resultat {
        Ok(tokensvar) => svar(StatusCode::OK, &tokensvar.kropp()),
        Err(avslag) => {
            tracing::info!(
                mp_kode = avslag.mp_kode(),
                feilkode = avslag.feilkode(),
                "token ble ikke utstedt"
            );
            let status = StatusCode::from_u16(avslag.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            svar(status, &avslag.kropp())
        }
    };
    // RFC 6749 section 5.1.
    ([(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")], svar).into_response()
}

fn svar(status: StatusCode, kropp: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], kropp.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use serde_json::json;
    use tower::ServiceExt;

    use super::*;
    use crate::skjema::SKJEMATYPE;
    use crate::testoppsett::{FINANS, ISS, NAA_S, NOEKKEL, Oppsett, krav, oppsett, skjema, tid};

    fn router(oppsett: &Oppsett) -> Router {
        ruter(Arc::clone(&oppsett.utsteder), Arc::new(|| tid(NAA_S)))
    }

    async fn send(
        router: &Router,
        metode: &str,
        sti: &str,
        kropp: String,
    ) -> (StatusCode, axum::http::HeaderMap, Value) {
        let forespoersel = Request::builder()
            .method(metode)
            .uri(sti)
            .header("content-type", SKJEMATYPE)
            .body(Body::from(kropp))
            .unwrap();
        let (deler, kropp) = router.clone().oneshot(forespoersel).await.unwrap().into_parts();
        let kropp = kropp.collect().await.unwrap().to_bytes();
        (
            deler.status,
            deler.headers,
            serde_json::from_slice(&kropp).unwrap_or(Value::Null),
        )
    }

    #[tokio::test]
    async fn the_routes_answer_in_json_with_the_published_shapes() {
        let oppsett = oppsett();
        let router = router(&oppsett);
        let (status, hoder, metadata) =
            send(&router, "GET", "/.well-known/oauth-authorization-server", String::new()).await;
        assert_eq!(
            (status, &hoder["content-type"]),
            (StatusCode::OK, &"application/json".parse().unwrap())
        );
        assert_eq!(metadata["issuer"], ISS);
        assert_eq!(metadata["jwks_uri"], format!("{ISS}jwk"));
        assert_eq!(
            metadata["token_endpoint_auth_signing_alg_values_supported"],
            json!(["RS256", "RS384", "RS512"])
        );
        let (status, _, jwks) = send(&router, "GET", "/jwk", String::new()).await;
        assert_eq!(status, StatusCode::OK);
        let felt: BTreeSet<&str> = jwks["keys"][0]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(
            felt,
            ["alg", "e", "kid", "kty", "n", "use"].into(),
            "public members and no other"
        );
        let paastand = NOEKKEL.signer(&krav()).unwrap();
        let (status, hoder, svar) = send(&router, "POST", "/token", skjema(&paastand)).await;
        assert_eq!(
            (status, &hoder["cache-control"]),
            (StatusCode::OK, &"no-store".parse().unwrap())
        );
        assert_eq!(
            (&svar["token_type"], &svar["expires_in"]),
            (&json!("Bearer"), &json!(120))
        );
        let (status, hoder, svar) = send(&router, "POST", "/token", skjema(&paastand)).await;
        assert_eq!(
            (status, &hoder["cache-control"]),
            (StatusCode::BAD_REQUEST, &"no-store".parse().unwrap())
        );
        assert_eq!(
            svar,
            json!({"error": "invalid_grant", "error_description": "MP-012 The grant has been used before"})
        );
        let (status, _, svar) = send(&router, "POST", "/token", "x".repeat(40_000)).await;
        assert_eq!(
            (status, &svar["error"]),
            (StatusCode::BAD_REQUEST, &json!("invalid_request"))
        );
        assert_eq!(
            send(&router, "GET", "/token", String::new()).await.0,
            StatusCode::METHOD_NOT_ALLOWED
        );
        assert_eq!(
            send(&router, "GET", "/annet", String::new()).await.0,
            StatusCode::NOT_FOUND
        );
    }

    #[tokio::test]
    async fn a_refused_consumer_gets_403_and_its_code() {
        let oppsett = oppsett();
        let mut krav = krav();
        krav["scope"] = json!(FINANS);
        let (status, _, svar) = send(
            &router(&oppsett),
            "POST",
            "/token",
            skjema(&NOEKKEL.signer(&krav).unwrap()),
        )
        .await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert_eq!(svar["error"], "invalid_grant");
        assert!(svar["error_description"].as_str().unwrap().starts_with("MP-250 "));
    }
}
