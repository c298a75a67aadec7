//! The routes: two versions of the lookup, and the list of changes.
//!
//! They stand directly below KRR's host, so that the router can be nested at any path. Limits of connections and time, and what
//! is common to all routes, are put round it by whoever serves it.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use identifikator::Folkeregisteridentifikator;
use serde_json::{Map, Value, json};
use tilgang::token::json::les_objekt;
use tilgang::token::{Klokke, Maskinportenverifikator, Tokenfeil, les_bearer};

use crate::register::{Feil, Kontaktregister, SIDE_MAKS};
use crate::utforming::{Form, Innsyn, person};

/// Opens e-mail, mobile number, language and varslingsstatus. Source: tokens, section 5.1.
pub const SCOPE_KONTAKTINFORMASJON: &str = "krr:global/kontaktinformasjon.read";
/// Opens digital mailbox and certificate. Source: tokens, section 5.1.
pub const SCOPE_DIGITALPOST: &str = "krr:global/digitalpost.read";
/// Any scope of this kind opens reservation and status. Source: tokens, section 5.1.
const SCOPE_PREFIKS: &str = "krr:global/";
/// Most identifiers in a call. Source: tokens, section 5.1.
const ANTALL_MAKS: usize = 1000;
/// Longest body. Units: bytes. Source: our choice: a thousand identifiers with quotes, four times over.
const KROPP_BYTES_MAKS: usize = 64 * 1024;

#[derive(Clone)]
struct Tjeneste {
    register: Arc<Kontaktregister>,
    verifikator: Arc<Maskinportenverifikator>,
    klokke: Klokke,
}

/// `POST /rest/v1/personer`, `POST /rest/v2/personer`, and our own `POST /rest/v2/endringer`.
///
/// Shape: relative to KRR's host. The clock says which tokens are good, and which contact data are too old.
/// Source: tokens, section 5; the path of the last, and the bodies of errors, are our choice, ADR 0037.
pub fn ruter(register: Arc<Kontaktregister>, verifikator: Arc<Maskinportenverifikator>, klokke: Klokke) -> Router {
    Router::new()
        .route("/rest/v1/personer", post(personer_v1))
        .route("/rest/v2/personer", post(personer_v2))
        .route("/rest/v2/endringer", post(endringer))
        .layer(DefaultBodyLimit::max(KROPP_BYTES_MAKS))
        .with_state(Tjeneste {
            register,
            verifikator,
            klokke,
        })
}

/// Why there is no answer.
#[derive(Debug)]
enum Avslag {
    Token(Tokenfeil),
    Scope,
    Kropp(&'static str),
    ForStor,
    Innholdstype,
    Internt,
}

impl From<Feil> for Avslag {
    fn from(feil: Feil) -> Self {
        tracing::error!(feil = %feil, "kontaktregisteret kan ikke leses");
        Avslag::Internt
    }
}

type Kropp = Result<Bytes, BytesRejection>;

async fn personer_v1(State(tjeneste): State<Tjeneste>, hoder: HeaderMap, kropp: Kropp) -> Response {
    svar(tjeneste.personer(&hoder, kropp, Form::V1).await)
}

async fn personer_v2(State(tjeneste): State<Tjeneste>, hoder: HeaderMap, kropp: Kropp) -> Response {
    svar(tjeneste.personer(&hoder, kropp, Form::V2).await)
}

async fn endringer(State(tjeneste): State<Tjeneste>, hoder: HeaderMap, kropp: Kropp) -> Response {
    svar(tjeneste.endringer(&hoder, kropp).await)
}

impl Tjeneste {
    async fn personer(&self, hoder: &HeaderMap, kropp: Kropp, form: Form) -> Result<Value, Avslag> {
        let innsyn = self.slipp_inn(hoder).await?;
        let kropp = les_kropp(hoder, kropp)?;
        let personer = les_personer(&kropp)?;
        let naa = (self.klokke)();
        let oppfoeringer = self.register.finn(&personer)?;
        let par = personer.iter().zip(&oppfoeringer);
        let ut: Vec<Value> = par.map(|(nr, o)| person(*nr, o.as_ref(), innsyn, form, naa)).collect();
        Ok(json!({"personer": ut}))
    }

    async fn endringer(&self, hoder: &HeaderMap, kropp: Kropp) -> Result<Value, Avslag> {
        let innsyn = self.slipp_inn(hoder).await?;
        let kropp = les_kropp(hoder, kropp)?;
        let fra = kropp.get("fraEndringsNummer").and_then(Value::as_u64);
        let fra = fra.ok_or(Avslag::Kropp("fraEndringsNummer must be a whole number, 0 or more"))?;
        let behov = les_behov(&kropp)?;
        let innsyn = Innsyn {
            kontaktinformasjon: innsyn.kontaktinformasjon && behov.kontaktinformasjon,
            digital_post: innsyn.digital_post && behov.digital_post,
            sertifikat: innsyn.sertifikat && behov.sertifikat,
        };
        let naa = (self.klokke)();
        let side = self.register.endringer(fra)?;
        debug_assert!(side.personer.len() <= SIDE_MAKS);
        let en = |(nr, o): &(_, _)| person(*nr, Some(o), innsyn, Form::Endringsliste, naa);
        let ut: Vec<Value> = side.personer.iter().map(en).collect();
        Ok(json!({
            "fraEndringsNummer": fra,
            "tilEndringsNummer": side.til,
            "senesteEndringsNummer": side.seneste,
            "personer": ut,
        }))
    }

    /// Lets a caller in by its token, and says what its scopes open.
    async fn slipp_inn(&self, hoder: &HeaderMap) -> Result<Innsyn, Avslag> {
        let bearer = les_bearer(hoder.get_all(AUTHORIZATION).iter().map(|v| v.as_bytes())).map_err(Avslag::Token)?;
        let token = self
            .verifikator
            .verifiser(bearer, (self.klokke)())
            .await
            .map_err(Avslag::Token)?;
        let fremmed = token
            .delegering()
            .is_some_and(|delegering| !delegering.kilde_er_kjent());
        if fremmed || !token.scopes().any(|scope| scope.starts_with(SCOPE_PREFIKS)) {
            return Err(Avslag::Scope);
        }
        let digital_post = token.har_scope(SCOPE_DIGITALPOST);
        Ok(Innsyn {
            kontaktinformasjon: token.har_scope(SCOPE_KONTAKTINFORMASJON),
            digital_post,
            sertifikat: digital_post,
        })
    }
}

fn les_kropp(hoder: &HeaderMap, kropp: Kropp) -> Result<Map<String, Value>, Avslag> {
    let slag = hoder
        .get(CONTENT_TYPE)
        .and_then(|verdi| verdi.to_str().ok())
        .unwrap_or_default();
    let slag = slag.split(';').next().unwrap_or_default().trim();
    if !slag.eq_ignore_ascii_case("application/json") {
        return Err(Avslag::Innholdstype);
    }
    let kropp = kropp.map_err(|feil| match feil.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Avslag::ForStor,
        _ => Avslag::Kropp("The body could not be read"),
    })?;
    les_objekt(&kropp).map_err(|_| Avslag::Kropp("The body must be one JSON object with members given once"))
}

/// 1 to 1000 identifiers, each of them valid; one that is given twice is answered once.
fn les_personer(kropp: &Map<String, Value>) -> Result<Vec<Folkeregisteridentifikator>, Avslag> {
    let liste = kropp.get("personidentifikatorer").and_then(Value::as_array);
    let liste = liste.ok_or(Avslag::Kropp("personidentifikatorer must be a list"))?;
    if !(1..=ANTALL_MAKS).contains(&liste.len()) {
        return Err(Avslag::Kropp("personidentifikatorer must have from 1 to 1000 elements"));
    }
    let mut sett = BTreeSet::new();
    let mut ut = Vec::with_capacity(liste.len());
    for verdi in liste {
        let nummer = verdi
            .as_str()
            .and_then(|tekst| Folkeregisteridentifikator::parse(tekst).ok());
        let nummer = nummer.ok_or(Avslag::Kropp(
            "An element of personidentifikatorer is not a valid identifier",
        ))?;
        if sett.insert(nummer) {
            ut.push(nummer);
        }
    }
    Ok(ut)
}

/// What is asked for of each person; everything when nothing is said.
fn les_behov(kropp: &Map<String, Value>) -> Result<Innsyn, Avslag> {
    const FEIL: Avslag = Avslag::Kropp(
        "informasjonsbehov must be a list of Person, Kontaktinfo, SikkerDigitalPost and Sertifikat; the list of changes has no VarslingsStatus",
    );
    let mut behov = Innsyn {
        kontaktinformasjon: false,
        digital_post: false,
        sertifikat: false,
    };
    let Some(liste) = kropp.get("informasjonsbehov") else {
        return Ok(Innsyn {
            kontaktinformasjon: true,
            digital_post: true,
            sertifikat: true,
        });
    };
    for element in liste.as_array().ok_or(FEIL)? {
        match element.as_str() {
            Some("Person") => {}
            Some("Kontaktinfo") => behov.kontaktinformasjon = true,
            Some("SikkerDigitalPost") => behov.digital_post = true,
            Some("Sertifikat") => behov.sertifikat = true,
            _ => return Err(FEIL),
        }
    }
    Ok(behov)
}

fn svar(resultat: Result<Value, Avslag>) -> Response {
    let json = |status: StatusCode, kropp: &Value| {
        let hoder = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
        (status, hoder, kropp.to_string()).into_response()
    };
    let avslag = match resultat {
        Ok(kropp) => return json(StatusCode::OK, &kropp),
        Err(avslag) => avslag,
    };
    let (status, kode, beskrivelse) = match &avslag {
        Avslag::Token(feil) if feil.er_midlertidig() => (
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            feil.beskrivelse(),
        ),
        Avslag::Token(feil) => (
            StatusCode::UNAUTHORIZED,
            feil.feilkode().unwrap_or("invalid_token"),
            feil.beskrivelse(),
        ),
        Avslag::Scope => (
            StatusCode::FORBIDDEN,
            "insufficient_scope",
            "The token has no scope of KRR, or comes by an unknown delegation",
        ),
        Avslag::Kropp(hva) => (StatusCode::BAD_REQUEST, "invalid_request", *hva),
        Avslag::ForStor => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_request",
            "The body is longer than 64 kB",
        ),
        Avslag::Innholdstype => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "invalid_request",
            "Content-Type must be application/json",
        ),
        Avslag::Internt => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "The register could not be read",
        ),
    };
    let mut svar = json(status, &json!({"error": kode, "error_description": beskrivelse}));
    let utfordring = match &avslag {
        Avslag::Token(Tokenfeil::Mangler) => Some("Bearer".to_owned()),
        Avslag::Token(_) | Avslag::Scope if status != StatusCode::SERVICE_UNAVAILABLE => {
            Some(format!("Bearer error=\"{kode}\", error_description=\"{beskrivelse}\""))
        }
        _ => None,
    };
    if let Some(verdi) = utfordring.and_then(|tekst| tekst.parse().ok()) {
        svar.headers_mut().insert(WWW_AUTHENTICATE, verdi);
    }
    svar
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of any kind as a body: read, or refused with words of ours alone.
    fn proev(byte: &[u8]) {
        let mut hoder = HeaderMap::new();
        hoder.insert(CONTENT_TYPE, "application/json; charset=utf-8".parse().unwrap());
        if let Ok(kropp) = les_kropp(&hoder, Ok(Bytes::copy_from_slice(byte))) {
            if let Ok(personer) = les_personer(&kropp) {
                assert!((1..=ANTALL_MAKS).contains(&personer.len()));
            }
            let _ = les_behov(&kropp);
        }
        if let Ok(verdi) = std::str::from_utf8(byte).unwrap_or_default().parse() {
            hoder.insert(CONTENT_TYPE, verdi);
            let _ = les_kropp(&hoder, Ok(Bytes::from_static(b"{}")));
        }
    }

    fn gyldige() -> Vec<Vec<u8>> {
        vec![
            br#"{"personidentifikatorer":["30908299902","01912499975"]}"#.to_vec(),
            br#"{"fraEndringsNummer":1,"informasjonsbehov":["Person","Kontaktinfo"]}"#.to_vec(),
        ]
    }

    const ORD: &[&str] = &[
        "\"personidentifikatorer\":[",
        "\"30908299902\"",
        "\"informasjonsbehov\":[",
        "\"VarslingsStatus\"",
        "null",
    ];

    fuzz::maal!(paalitelighet_15_fuzz_kontaktforespoersel, 2_000, ORD, gyldige, proev);
}
