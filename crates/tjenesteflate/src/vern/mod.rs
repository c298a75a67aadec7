//! The frame that every interface is put in: nothing gets to a handler unchecked, and nothing leaves without the
//! headers that all our answers have.
//!
//! ```text
//! request ─▶ trace, count ─▶ not refused already, path readable, not too long, let in ─▶ handler (panics caught) ─┐
//! answer  ◀─ traceparent, no-store, nosniff ◀─────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! What newcomers get wrong: a frame covers the routes that are in the router when [`Ramme::rundt`] is called. To put
//! several framed interfaces on one port, frame an *empty* router for what none of them owns, and nest the others into
//! it afterwards; framing the whole would count and log every request twice.

mod feil;
mod panikk;
mod vakt;

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::{self, Next},
};
use http::{HeaderValue, Response, StatusCode, header};

use self::vakt::Innkropp;
pub(crate) use self::{feil::Forhaandsavvist, vakt::ForSen};
pub use self::{
    feil::{Feilgjengivelse, Feilkontekst, Problem, Rammefeil},
    panikk::install_panic_hook,
    vakt::{Adressebruk, SAMTIDIGE_PER_KJERNE, Vakt, Vaktgrenser},
};
use crate::{
    maalinger::{Maalere, Metode, Rutemal},
    sporing::{self, Spor, TRACEPARENT},
    sti,
};

/// Bytes of path and query together.
/// Source: RFC 9110, 4.1, which recommends at least 8 000; our choice to stay near it.
pub const URI_BYTES_MAKS: usize = 8 * 1024;

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
            .layer(middleware::from_fn_with_state(self.clone(), guard))
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

/// The way through the frame, in and out.
async fn guard(State(ramme): State<Ramme>, mut foresporsel: Request, neste: Next) -> Response<Body> {
    let Innhold {
        tjeneste,
        maalere,
        vakt,
        ..
    } = ramme.0.as_ref();
    let spor = Spor::from_headers(foresporsel.headers(), sporing::random());
    foresporsel.extensions_mut().insert(spor);
    let rute = Rutemal::from_match(foresporsel.extensions().get::<MatchedPath>());
    let paagaaende = maalere.start(tjeneste, rute, Metode::from(foresporsel.method()), spor.id());
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
            let svar = panikk::catch(neste.run(foresporsel)).await;
            if let Some(plass) = plass {
                plass.ferdig();
            }
            match svar {
                Some(svar) => svar,
                None => {
                    maalere.count_panic(tjeneste);
                    ramme.render(&Rammefeil::Intern { referanse: spor.id() }, &kontekst)
                }
            }
        }
    };

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
