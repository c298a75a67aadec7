//! The frame that every interface is put in: nothing gets to a handler unchecked, and nothing leaves without the
//! headers that all our answers have.
//!
//! ```text
//! request ─▶ trace, count ─▶ not refused already, path readable, not too long, let in ─▶ handler (panics caught) ─┐
//! answer  ◀─ traceparent, no-store, nosniff ◀─ a 429 waits a moment ◀────────────────────────────────────────────┘
//! ```
//!
//! What newcomers get wrong: a frame covers the routes that are in the router when [`Ramme::rundt`] is called. To put
//! several framed interfaces on one port, frame an *empty* router for what none of them owns, and nest the others into
//! it afterwards; framing the whole would count and log every request twice.

mod feil;
mod panikk;
mod vakt;

use std::{
    convert::Infallible,
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request},
    routing::Route,
};
use http::{HeaderValue, Response, StatusCode, header};
use tower::{Layer, Service, ServiceExt as _};

use self::vakt::Innkropp;
pub(crate) use self::{feil::Forhaandsavvist, vakt::ForSen};
pub use self::{
    feil::{Feilgjengivelse, Feilkontekst, Problem, Rammefeil},
    panikk::install_panic_hook,
    vakt::{Adressebruk, SAMTIDIGE_PER_KJERNE, Vakt, Vaktgrenser},
};
use crate::{
    maalinger::{Maalere, Metode, Rutemaalere, Rutemal},
    sporing::{self, Spor, TRACEPARENT},
    sti,
};

/// Bytes of path and query together.
/// Source: RFC 9110, 4.1, which recommends at least 8 000; our choice to stay near it.
pub const URI_BYTES_MAKS: usize = 8 * 1024;

/// How long an answer of 429 is held back, when no place is held for it any more. Whoever asks again at once, as one who does
/// not read `Retry-After` does, then asks some thirty times a second on a connection and not as often as we can refuse.
/// Up to [`STRUPET_SPREDNING`] more, so that many connections do not come back in step. Source: our choice; below our figure
/// for refusals, an answer within 50 ms.
pub const STRUPET_VENT: Duration = Duration::from_millis(25);
/// See [`STRUPET_VENT`].
pub const STRUPET_SPREDNING: Duration = Duration::from_millis(16);

/// The frame of one interface. Clones are the same frame.
#[derive(Clone)]
pub struct Ramme(Arc<Innhold>);

struct Innhold {
    tjeneste: &'static str,
    gjengivelse: Arc<dyn Feilgjengivelse>,
    maalere: Maalere,
    vakt: Option<Vakt>,
}

impl std::fmt::Debug for Ramme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Ramme").field(&self.0.tjeneste).finish()
    }
}

impl Ramme {
    /// A frame for the interface `tjeneste`, whose framework failures look as `gjengivelse` makes them.
    pub fn new(tjeneste: &'static str, gjengivelse: impl Feilgjengivelse, maalere: &Maalere) -> Self {
        Self(Arc::new(Innhold {
            tjeneste,
            gjengivelse: Arc::new(gjengivelse),
            maalere: maalere.clone(),
            vakt: None,
        }))
    }

    /// The same frame with a guard in it, which bounds what an address may ask and how much is under way.
    #[must_use]
    pub fn with_vakt(self, vakt: &Vakt) -> Self {
        Self(Arc::new(Innhold {
            tjeneste: self.0.tjeneste,
            gjengivelse: Arc::clone(&self.0.gjengivelse),
            maalere: self.0.maalere.clone(),
            vakt: Some(vakt.clone()),
        }))
    }

    /// Puts the frame round the routes that `ruter` has now.
    ///
    /// Shape: the router's fallbacks become those of the frame (404, and 405 with `Allow`). `HEAD` is answered by a
    /// `GET` route without its body. `Cache-Control: no-store` is set where the handler has not said otherwise.
    pub fn rundt<S>(&self, ruter: Router<S>) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let ramme = self.clone();
        let ukjent = move |kontekst: Feilkontekst| {
            let svar = ramme.render(&Rammefeil::UkjentSti, &kontekst);
            async move { svar }
        };
        self.rundt_uten_resten(ruter.fallback(ukjent))
    }

    /// The same round the routes alone, for a part of a port whose other paths belong to another frame.
    pub fn rundt_uten_resten<S>(&self, ruter: Router<S>) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let refuse = |feil: Rammefeil| {
            let ramme = self.clone();
            move |kontekst: Feilkontekst| {
                let svar = ramme.render(&feil, &kontekst);
                async move { svar }
            }
        };
        ruter
            .method_not_allowed_fallback(refuse(Rammefeil::MetodeIkkeTillatt))
            .layer(self.clone())
    }

    /// The interface's own answer to a failure, or an empty 500 should making it panic.
    pub fn render(&self, feil: &Rammefeil, kontekst: &Feilkontekst) -> Response<Body> {
        let gjengivelse = &self.0.gjengivelse;
        let rendret = std::panic::catch_unwind(AssertUnwindSafe(|| gjengivelse.render(feil, kontekst)));
        let Ok(mut svar) = rendret else {
            let mut svar = Response::new(Body::empty());
            *svar.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return svar;
        };
        if let Some(vent) = feil.vent() {
            svar.headers_mut().insert(header::RETRY_AFTER, vent.header());
        }
        svar
    }
}

impl Layer<Route> for Ramme {
    type Service = Innrammet;

    fn layer(&self, indre: Route) -> Innrammet {
        Innrammet {
            ramme: self.clone(),
            indre,
            rute: Arc::default(),
        }
    }
}

/// A route with the frame round it.
#[derive(Clone)]
pub struct Innrammet {
    ramme: Ramme,
    indre: Route,
    /// The meters of the template that was matched first; a route has one, save where it answers for what no route has.
    rute: Arc<OnceLock<Arc<Rutemaalere>>>,
}

impl Innrammet {
    fn maalere(&self, match_: Option<&MatchedPath>) -> Arc<Rutemaalere> {
        let Innhold { tjeneste, maalere, .. } = self.ramme.0.as_ref();
        let lag = || maalere.for_rute(tjeneste, Rutemal::from_match(match_));
        let foerste = self.rute.get_or_init(lag);
        if foerste.er_for(match_) {
            Arc::clone(foerste)
        } else {
            lag()
        }
    }
}

impl Service<Request> for Innrammet {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, foresporsel: Request) -> Self::Future {
        let maalere = self.maalere(foresporsel.extensions().get::<MatchedPath>());
        let (ramme, indre) = (self.ramme.clone(), self.indre.clone());
        Box::pin(async move { Ok(guard(&ramme, &maalere, foresporsel, indre).await) })
    }
}

/// The way through the frame, in and out.
async fn guard(ramme: &Ramme, rute: &Arc<Rutemaalere>, mut foresporsel: Request, indre: Route) -> Response<Body> {
    let Innhold {
        tjeneste,
        maalere,
        vakt,
        ..
    } = ramme.0.as_ref();
    let tilfeldig = sporing::random();
    let spor = Spor::from_headers(foresporsel.headers(), tilfeldig);
    foresporsel.extensions_mut().insert(spor);
    let paagaaende = Rutemaalere::start(rute, Metode::from(foresporsel.method()), spor.id());
    let kontekst = Feilkontekst::of(&foresporsel);

    let plass = match (check(&foresporsel), vakt) {
        (Err(feil), _) => Err(feil),
        (Ok(()), None) => Ok(None),
        (Ok(()), Some(vakt)) => vakt.slipp_inn(tjeneste, &mut foresporsel).await.map(Some),
    };
    let mut svar = match plass {
        Err(feil) => ramme.render(&feil, &kontekst),
        Ok(plass) => {
            let foresporsel = foresporsel.map(|kropp| Innkropp::rundt(kropp, plass.clone()));
            let svar = panikk::catch(indre.oneshot(foresporsel)).await;
            if let Some(plass) = plass {
                plass.ferdig();
            }
            match svar {
                Some(Ok(svar)) => svar,
                None => {
                    maalere.count_panic(tjeneste);
                    ramme.render(&Rammefeil::Intern { referanse: spor.id() }, &kontekst)
                }
            }
        }
    };

    if svar.status() == StatusCode::TOO_MANY_REQUESTS {
        let [.., siste] = tilfeldig;
        tokio::time::sleep(STRUPET_VENT + STRUPET_SPREDNING * u32::from(siste) / 256).await;
    }

    let hoder = svar.headers_mut();
    hoder
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    hoder.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    hoder.insert(TRACEPARENT, spor.traceparent());
    paagaaende.finish(svar.status());
    svar
}

fn check(foresporsel: &Request) -> Result<(), Rammefeil> {
    if let Some(Forhaandsavvist(feil)) = foresporsel.extensions().get() {
        return Err(*feil);
    }
    let uri = foresporsel.uri();
    let lengde = uri.path().len() + uri.query().map_or(0, str::len);
    if lengde > URI_BYTES_MAKS {
        return Err(Rammefeil::UriForLang);
    }
    sti::check(uri.path())?;
    Ok(())
}

#[cfg(test)]
mod tests;
