//! The routes: one for each [`Rute`], each through the door.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::response::Response;
use axum::routing::on;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use informasjonsmodell::json;
use serde_json::Value;
use tjenesteflate::forhandling::Medietype;
use tjenesteflate::kropp::{self, Grense};
use tjenesteflate::sluse::Sluse;
use tjenesteflate::vern::Feilkontekst;

use crate::doer::{Adgang, Doer};
use crate::openapi::{self, Rute};
use crate::{Feil, Oppdrag, Testmiljoe, utfoer};

/// Where the routes begin.
pub const ROT: &str = "/testkontroll/v1";
/// Bytes of a request. Source: our choice; a person with a long history takes some tens of kilobytes, a message less.
pub const KROPP_BYTE_MAKS: usize = 8 << 20;
/// How long a caller is asked to wait for a nation that is being changed. Units: s.
const VENT_S: &str = "1";

/// The routes, to be framed. To whom they are not there, `andre` answers as it does to any other path.
pub fn ruter(miljoe: Arc<dyn Testmiljoe>, doer: Doer, andre: &Sluse) -> Router {
    let mut ruter = Router::new();
    for rute in Rute::ALLE {
        let (miljoe, doer, andre) = (miljoe.clone(), doer.clone(), andre.clone());
        let behandler = move |ledd: RawPathParams, foresporsel: Request| {
            let (miljoe, doer, andre) = (miljoe.clone(), doer.clone(), andre.clone());
            async move {
                let navn = ledd.iter().next().map(|(_, verdi)| verdi.to_owned());
                let (deler, kropp) = foresporsel.into_parts();
                match doer.slipp_inn(&deler) {
                    Adgang::Finnesikke => return andre.kall(Request::from_parts(deler, kropp)).await,
                    Adgang::Nektet(hvorfor) => return svar_feil(&Feil::Doer(hvorfor), &kontekst(&deler)),
                    Adgang::Inn => {}
                }
                let kontekst = kontekst(&deler);
                let utfall = svar(rute, navn, miljoe, deler, kropp).await;
                utfall.unwrap_or_else(|feil| svar_feil(&feil, &kontekst))
            }
        };
        ruter = ruter.route(&format!("{ROT}{}", rute.sti()), on(rute.filter(), behandler));
    }
    ruter
}

fn kontekst(deler: &Parts) -> Feilkontekst {
    let mut foresporsel = http::Request::new(());
    *foresporsel.method_mut() = deler.method.clone();
    *foresporsel.headers_mut() = deler.headers.clone();
    *foresporsel.extensions_mut() = deler.extensions.clone();
    Feilkontekst::of(&foresporsel)
}

async fn svar(
    rute: Rute,
    navn: Option<String>,
    miljoe: Arc<dyn Testmiljoe>,
    deler: Parts,
    kropp: Body,
) -> Result<Response, Feil> {
    if deler.uri.query().is_some_and(|q| !q.is_empty()) {
        return Err(Feil::ugyldig("$", "adressen har ingen parametre"));
    }
    let verdi = if rute.har_kropp() {
        les_kropp(&deler, kropp).await?
    } else {
        Value::Null
    };
    let navn = navn.unwrap_or_default();
    let oppdrag = match rute {
        Rute::Openapi => return Ok(json_svar(StatusCode::OK, openapi::dokument())),
        Rute::ListBilder => Oppdrag::Bilder,
        Rute::TaBilde => Oppdrag::TaBilde(verdi),
        Rute::SlettBilde => Oppdrag::SlettBilde(navn),
        Rute::Gjenopprett => Oppdrag::Gjenopprett(navn),
        Rute::Nullstill => Oppdrag::Nullstill,
        Rute::OpprettPerson => Oppdrag::Person(verdi),
        Rute::UtloesHendelse => Oppdrag::Hendelse(verdi),
        Rute::LesKlokke => Oppdrag::Klokke,
        Rute::StillKlokke => Oppdrag::SettKlokke(verdi),
    };
    let arbeid = tokio::task::spawn_blocking(move || utfoer(&*miljoe, oppdrag));
    let ut = arbeid
        .await
        .map_err(|_| Feil::Mislyktes("arbeidet ble avbrutt".to_owned()))??;
    let status = rute.status();
    if status == StatusCode::NO_CONTENT {
        let mut svar = Response::new(Body::empty());
        *svar.status_mut() = status;
        return Ok(svar);
    }
    Ok(json_svar(status, ut.to_string().into_bytes()))
}

/// What changes something is JSON: no form of a page elsewhere can be. An empty body is an empty object.
async fn les_kropp(deler: &Parts, kropp: Body) -> Result<Value, Feil> {
    let type_ = deler.headers.get(header::CONTENT_TYPE).map(|v| v.to_str());
    let er_json = matches!(type_, Some(Ok(tekst)) if {
        let navn = tekst.split(';').next().unwrap_or_default().trim();
        navn.eq_ignore_ascii_case("application/json")
    });
    if !er_json {
        return Err(Feil::ugyldig("Content-Type", "må være application/json"));
    }
    let grense = Grense {
        bytes_maks: KROPP_BYTE_MAKS,
        ..Grense::default()
    };
    let byte = kropp::read(kropp, &deler.headers, grense).await;
    let byte = byte.map_err(|feil| Feil::ugyldig("$", feil.to_string()))?;
    if byte.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    json::les(&byte).map_err(|feil| Feil::ugyldig("$", feil.to_string()))
}

fn json_svar(status: StatusCode, kropp: Vec<u8>) -> Response {
    let mut svar = Response::new(Body::from(kropp));
    *svar.status_mut() = status;
    svar.headers_mut()
        .insert(header::CONTENT_TYPE, Medietype::JSON.header());
    svar
}

/// The answer to a failure: Problem Details with our code.
fn svar_feil(feil: &Feil, kontekst: &Feilkontekst) -> Response {
    let kode = feil.kode();
    let status = StatusCode::from_u16(kode.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kropp = serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "feilkode": kode.som_tekst(),
        "detail": feil.to_string(),
        "traceId": kontekst.spor.id().to_string(),
    });
    let mut svar = json_svar(status, kropp.to_string().into_bytes());
    svar.headers_mut()
        .insert(header::CONTENT_TYPE, Medietype::PROBLEM.header());
    if matches!(feil, Feil::UnderBytte) {
        svar.headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static(VENT_S));
    }
    svar
}

/// The answer of every other route while the nation is being changed for longer than a call waits.
#[must_use]
pub fn under_bytte(kontekst: &Feilkontekst) -> Response {
    svar_feil(&Feil::UnderBytte, kontekst)
}
