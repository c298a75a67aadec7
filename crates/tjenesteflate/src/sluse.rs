//! A port whose router is changed while it serves.
//!
//! ```text
//!  call ─▶ open? ─▶ the router of now ─▶ answer
//!            └ no: waits for the next one, at most so long, and is told to come back
//! ```
//! For whoever takes what the handlers stand on away and puts another in its place: closed, let those under way finish or cut
//! them, changed, opened. What a newcomer gets wrong: a call that has come in holds on to its router, and so to all that its
//! handlers hold, until the last byte of its answer has been written.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use http::Response;
use http_body::{Frame, SizeHint};
use tokio::sync::watch;
use tokio::time::timeout;
use tower::ServiceExt as _;

use crate::stopp::{self, Signal, Stopp};
use crate::vern::Feilkontekst;

type Avslag = dyn Fn(&Feilkontekst) -> Response<Body> + Send + Sync;

/// The lock that a port's calls go through. Clones are the same.
#[derive(Clone)]
pub struct Sluse(Arc<Innhold>);

struct Innhold {
    naa: watch::Sender<Option<Aapning>>,
    kutt: Mutex<Option<Signal>>,
    vent_maks: Duration,
    avslag: Box<Avslag>,
}

#[derive(Clone)]
struct Aapning {
    ruter: Router,
    kutt: Stopp,
}

impl std::fmt::Debug for Sluse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sluse")
            .field("aapen", &self.0.naa.borrow().is_some())
            .finish()
    }
}

impl Sluse {
    /// A closed one. A call that comes waits at most `vent_maks` for it to open, and gets the answer of `avslag` then.
    pub fn new(vent_maks: Duration, avslag: impl Fn(&Feilkontekst) -> Response<Body> + Send + Sync + 'static) -> Self {
        Sluse(Arc::new(Innhold {
            naa: watch::Sender::new(None),
            kutt: Mutex::new(None),
            vent_maks,
            avslag: Box::new(avslag),
        }))
    }

    /// Lets calls through to a router.
    pub fn aapne(&self, ruter: Router) {
        let (signal, kutt) = stopp::pair();
        *self.0.kutt.lock().unwrap_or_else(PoisonError::into_inner) = Some(signal);
        self.0.naa.send_replace(Some(Aapning { ruter, kutt }));
    }

    /// Lets no more calls through. Those under way go on until the signal says stop or is dropped; then they are cut.
    #[must_use = "those under way are cut when it is dropped"]
    pub fn steng(&self) -> Option<Signal> {
        self.0.naa.send_replace(None);
        self.0.kutt.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The routes of the port: all of them, to be served or put behind others.
    pub fn ruter(&self) -> Router {
        let sluse = self.clone();
        Router::new().fallback(move |foresporsel: Request| {
            let sluse = sluse.clone();
            async move { sluse.kall(foresporsel).await }
        })
    }

    /// Answers one call.
    pub async fn kall(&self, foresporsel: Request) -> Response<Body> {
        let kontekst = Feilkontekst::of(&foresporsel);
        let mut aapning = self.0.naa.borrow().clone();
        if aapning.is_none() {
            let mut naa = self.0.naa.subscribe();
            aapning = match timeout(self.0.vent_maks, naa.wait_for(Option::is_some)).await {
                Ok(Ok(aapning)) => aapning.clone(),
                Ok(Err(_)) | Err(_) => None,
            };
        }
        let Some(Aapning { ruter, mut kutt }) = aapning else {
            return (self.0.avslag)(&kontekst);
        };
        tokio::select! {
            biased;
            svar = ruter.oneshot(foresporsel) => {
                let Ok(svar) = svar.map_err(|uraad: Infallible| uraad);
                svar.map(|kropp| Body::new(Kuttbar { kropp, kutt: Box::pin(async move { kutt.wait().await }) }))
            }
            () = kutt.wait() => (self.0.avslag)(&kontekst),
        }
    }
}

/// A body that breaks off when it is cut.
struct Kuttbar {
    kropp: Body,
    kutt: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl http_body::Body for Kuttbar {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.kropp).poll_frame(cx) {
            Poll::Ready(ramme) => Poll::Ready(ramme),
            Poll::Pending if self.kutt.as_mut().poll(cx).is_ready() => {
                // Whoever reads sees that it did not get all, and whoever sends lets go of what it holds.
                self.kropp = Body::empty();
                self.kutt = Box::pin(std::future::pending());
                Poll::Ready(Some(Err(axum::Error::new(std::io::Error::from(
                    std::io::ErrorKind::ConnectionAborted,
                )))))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.kropp.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.kropp.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use http::StatusCode;
    use http_body_util::BodyExt as _;

    use super::*;

    fn sluse() -> Sluse {
        Sluse::new(Duration::from_secs(5), |_| {
            let mut svar = Response::new(Body::empty());
            *svar.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            svar
        })
    }

    fn sier(hva: &'static str) -> Router {
        Router::new().route("/", get(move || async move { hva }))
    }

    fn kall() -> Request {
        Request::builder().uri("/").body(Body::empty()).unwrap()
    }

    async fn tekst(svar: Response<Body>) -> Result<String, axum::Error> {
        let byte = svar.into_body().collect().await?.to_bytes();
        Ok(String::from_utf8(byte.to_vec()).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_comes_while_it_is_closed_is_answered_by_the_next_router() {
        let sluse = sluse();
        sluse.aapne(sier("en"));
        assert_eq!(tekst(sluse.kall(kall()).await).await.unwrap(), "en");
        let _kutt = sluse.steng();
        let venter = tokio::spawn({
            let sluse = sluse.clone();
            async move { sluse.kall(kall()).await }
        });
        tokio::time::sleep(Duration::from_secs(4)).await;
        assert!(!venter.is_finished());
        sluse.aapne(sier("to"));
        assert_eq!(tekst(venter.await.unwrap()).await.unwrap(), "to");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_than_promised() {
        let sluse = sluse();
        let start = tokio::time::Instant::now();
        assert_eq!(sluse.kall(kall()).await.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(start.elapsed(), Duration::from_secs(5));
    }

    #[tokio::test(start_paused = true)]
    async fn those_under_way_go_on_until_they_are_cut_and_let_go_of_what_they_hold() {
        let sluse = sluse();
        let holdt = Arc::new(());
        let svak = Arc::downgrade(&holdt);
        let treg = move || {
            let holdt = holdt.clone();
            async move {
                tokio::time::sleep(Duration::from_secs(2)).await;
                drop(holdt);
                "treg"
            }
        };
        let evig = || async { std::future::pending::<&'static str>().await };
        let stroem = || async {
            let biter = futures_av_en_bit();
            Body::new(biter)
        };
        let ruter = Router::new().route("/", get(treg));
        sluse.aapne(ruter.route("/evig", get(evig)).route("/stroem", get(stroem)));
        let til = |sti: &'static str| Request::builder().uri(sti).body(Body::empty()).unwrap();
        let start = |sti| {
            let sluse = sluse.clone();
            tokio::spawn(async move { sluse.kall(til(sti)).await })
        };
        let (tregt, evigt) = (start("/"), start("/evig"));
        let stroemmer = sluse.kall(til("/stroem")).await;
        assert_eq!(stroemmer.status(), StatusCode::OK);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let kutt = sluse.steng();
        assert_eq!(tekst(tregt.await.unwrap()).await.unwrap(), "treg");
        assert!(!evigt.is_finished());
        drop(kutt);
        assert_eq!(evigt.await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(tekst(stroemmer).await.is_err());
        assert!(svak.upgrade().is_none());
    }

    /// A body that gives one piece and then nothing, and never ends.
    struct EnBit(Option<Bytes>);

    fn futures_av_en_bit() -> EnBit {
        EnBit(Some(Bytes::from_static(b"bit")))
    }

    impl http_body::Body for EnBit {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            match self.0.take() {
                Some(bit) => Poll::Ready(Some(Ok(Frame::data(bit)))),
                None => Poll::Pending,
            }
        }
    }
}
