//! The open routes and their answers.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::response::Response;
use axum::routing::get;
use driftsmeldinger::{Melding, Sak, Saksnummer, Side, tid};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde_json::Value;
use tjenesteflate::etag::{Etag, IfNoneMatch};
use tjenesteflate::forhandling::{Aksept, Medietype};
use tjenesteflate::vern::Feilkontekst;

use super::sporsmaal::Sporsmaal;
use super::{atom, rss, vis};
use crate::konsument::{Feil, Folkeregister, ROT};
use crate::openapi::AapenOperasjon;

/// Items in RSS and Atom, notices and news together, the newest. Source: our choice; the real ones published one a week.
pub const FEED_SAKER: usize = 100;

const RSS: Medietype = Medietype::new("application", "rss+xml");

/// The routes with their whole paths, lists and items with and without a slash at the end. To be framed with the others.
pub(crate) fn ruter() -> Router<Arc<Folkeregister>> {
    let mut ruter = Router::new();
    for operasjon in AapenOperasjon::ALLE {
        let slutter: &[&str] = if operasjon.er_feed() { &[""] } else { &["", "/"] };
        for slutt in slutter {
            let behandler = move |State(api): State<Arc<Folkeregister>>,
                                  kontekst: Feilkontekst,
                                  ledd: RawPathParams,
                                  foresporsel: Request| async move {
                let slug = ledd.iter().next().map(|(_, verdi)| verdi.to_owned());
                let (deler, _) = foresporsel.into_parts();
                let svar = svar(&api, operasjon, slug.as_deref(), deler.uri.query(), &deler.headers);
                svar.unwrap_or_else(|feil| feil.svar(&kontekst, false))
            };
            ruter = ruter.route(&format!("/{ROT}{}{slutt}", operasjon.sti()), get(behandler));
        }
    }
    ruter
}

/// The answer to an open operation.
fn svar(
    api: &Folkeregister,
    operasjon: AapenOperasjon,
    slug: Option<&str>,
    query: Option<&str>,
    hoder: &HeaderMap,
) -> Result<Response, Feil> {
    let naa = (api.klokke)();
    let aksept = Aksept::from_headers(hoder);
    let tilbud: &[Medietype] = match operasjon {
        AapenOperasjon::HentRss => &[RSS, Medietype::XML],
        AapenOperasjon::HentAtom => &[Medietype::ATOM, Medietype::XML],
        _ => &[Medietype::JSON],
    };
    let medietype = *aksept.choose(tilbud)?;
    let sporsmaal = Sporsmaal::les(operasjon, query)?;
    let (base, tavle) = (api.base.as_str(), &api.tavle);
    let mut neste = None;
    let (kropp, endret) = match operasjon {
        AapenOperasjon::HentDriftsmeldinger => {
            let Side { saker, neste: flere } = tavle.meldinger(&sporsmaal.utvalg, sporsmaal.foer, sporsmaal.antall);
            neste = flere;
            let liste = saker.iter().map(|m| vis::melding(tavle, base, m, naa, false)).collect();
            (
                json(&Value::Array(liste)),
                saker.iter().map(|m| sist_endret(m, naa)).max(),
            )
        }
        AapenOperasjon::HentNyheter => {
            let (slag, fra) = (sporsmaal.nyhetsslag, sporsmaal.utvalg.fra);
            let Side { saker, neste: flere } = tavle.nyheter(slag, fra, sporsmaal.foer, sporsmaal.antall);
            neste = flere;
            let liste = saker.iter().map(|n| vis::nyhet(tavle, base, n)).collect();
            (json(&Value::Array(liste)), saker.iter().map(|n| n.publisert).max())
        }
        AapenOperasjon::HentDriftsmelding => match tavle.finn(slug.unwrap_or_default()) {
            Some(Sak::Melding(melding)) => {
                let vist = vis::melding(tavle, base, &melding, naa, true);
                (json(&vist), Some(sist_endret(&melding, naa)))
            }
            Some(Sak::Nyhet(_)) | None => return Err(Feil::UkjentSak),
        },
        AapenOperasjon::HentNyhet => match tavle.finn(slug.unwrap_or_default()) {
            Some(Sak::Nyhet(nyhet)) => (json(&vis::nyhet(tavle, base, &nyhet)), Some(nyhet.publisert)),
            Some(Sak::Melding(_)) | None => return Err(Feil::UkjentSak),
        },
        AapenOperasjon::HentRss | AapenOperasjon::HentAtom => {
            let saker = tavle.siste(FEED_SAKER);
            let endret = saker.iter().map(Sak::oppdatert).max();
            let kropp = if operasjon == AapenOperasjon::HentRss {
                rss::skriv(base, &saker, endret)
            } else {
                atom::skriv(base, &saker, endret)
            };
            (kropp, endret)
        }
    };
    let mut svar = betinget(kropp, medietype, endret.map(|tid| tid.min(naa)), hoder);
    if let Some(foer) = neste {
        let lenke = format!("<{base}/{ROT}{}>; rel=\"next\"", sporsmaal.neste(operasjon, foer));
        if let Ok(verdi) = HeaderValue::try_from(lenke) {
            svar.headers_mut().insert(header::LINK, verdi);
        }
    }
    Ok(svar)
}

fn json(verdi: &Value) -> Vec<u8> {
    verdi.to_string().into_bytes()
}

/// When what is shown of a notice last became other than it was: by a change, or by coming into force and out of it.
fn sist_endret(melding: &Melding, naa: Timestamp) -> Timestamp {
    let av_seg_selv = [melding.innhold.planlagt.fra, melding.slutt()];
    let skjedd = av_seg_selv.into_iter().flatten().filter(|tid| *tid <= naa);
    skjedd.fold(melding.oppdatert, Timestamp::max)
}

/// The answer, or 304 when the caller has it. It may be kept, and must be asked for anew each time.
fn betinget(kropp: Vec<u8>, medietype: Medietype, endret: Option<Timestamp>, hoder: &HeaderMap) -> Response {
    let etag = Etag::of_public(&kropp);
    let uendret = IfNoneMatch::from_headers(hoder).matches(&etag);
    let mut svar = if uendret {
        let mut svar = Response::new(Body::empty());
        *svar.status_mut() = StatusCode::NOT_MODIFIED;
        svar
    } else {
        crate::konsument::svar_aapent(kropp, medietype)
    };
    let ut = svar.headers_mut();
    ut.insert(header::ETAG, etag.header());
    ut.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    // The same resource in another form, or an error in one.
    ut.insert(header::VARY, HeaderValue::from_static("Accept"));
    if let Some(verdi) = endret.and_then(|tid| HeaderValue::try_from(tid::gmt(tid)).ok()) {
        ut.insert(header::LAST_MODIFIED, verdi);
    }
    svar
}

impl Sporsmaal {
    /// Path and query of the next page.
    fn neste(&self, operasjon: AapenOperasjon, foer: Saksnummer) -> String {
        let mut ut = format!("{}?antall={}&foer={foer}", operasjon.sti(), self.antall);
        let utvalg = &self.utvalg;
        let andre = [
            ("pakke", utvalg.pakke.map(|p| p.kortnavn().to_owned())),
            ("slag", utvalg.slag.map(|s| s.kode().to_owned())),
            ("slag", self.nyhetsslag.map(|s| s.kode().to_owned())),
            ("tilstand", utvalg.tilstand.map(|t| t.kode().to_owned())),
            ("fra", utvalg.fra.map(|t| t.to_string())),
        ];
        for (navn, verdi) in andre {
            if let Some(verdi) = verdi {
                ut.push_str(&format!("&{navn}={verdi}"));
            }
        }
        ut
    }
}
