//! A running server and its clients.

use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body, response::IntoResponse as _};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::BodyExt as _;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tjenesteflate::{
    kropp::{self, Grense},
    maalinger::Maalere,
    stopp::{self, Signal},
    tjener::{Avslutning, Grenser, Tjener},
    vern::{Feilgjengivelse as _, Feilkontekst, Problem, Ramme},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
};

/// Short, but long enough for a loaded machine to do a step in.
pub const KORT: Duration = Duration::from_millis(150);
/// What nothing here should ever take.
pub const EVIG: Duration = Duration::from_secs(20);

/// A server on a port of its own.
pub struct Oppe {
    pub adresse: std::net::SocketAddr,
    pub maalere: Maalere,
    pub signal: Signal,
    kjoerer: JoinHandle<Avslutning>,
}

/// Reads the body within a limit, and answers how long it was or why not.
pub async fn les(grense: Grense, kontekst: Feilkontekst, foresporsel: Request<Body>) -> axum::response::Response {
    let (deler, innhold) = foresporsel.into_parts();
    match kropp::read(innhold, &deler.headers, grense).await {
        Ok(lest) => lest.len().to_string().into_response(),
        Err(feil) => Problem.render(&feil.into(), &kontekst),
    }
}

/// Frames the routes and serves them.
pub async fn start(ruter: Router, grenser: Grenser) -> Oppe {
    let maalere = Maalere::new();
    let app = Ramme::new("prøve", Problem, &maalere).rundt(ruter);
    let (signal, stopp) = stopp::pair();
    let tjener = Tjener::bind(([127, 0, 0, 1], 0).into(), grenser)
        .await
        .unwrap()
        .with_maalere("prøve", &maalere);
    let adresse = tjener.address();
    Oppe {
        adresse,
        maalere,
        signal,
        kjoerer: tokio::spawn(tjener.serve(app, stopp)),
    }
}

impl Oppe {
    /// Says stop and waits for the end.
    pub async fn stop(self) -> Avslutning {
        self.signal.stopp();
        within(self.kjoerer).await.unwrap()
    }

    pub fn url(&self, sti: &str) -> String {
        format!("http://{}{sti}", self.adresse)
    }

    /// A connection that the test speaks on by hand.
    pub async fn raw(&self) -> TcpStream {
        TcpStream::connect(self.adresse).await.unwrap()
    }

    /// Waits until the server counts this many open connections.
    pub async fn wait_for_open(&self, antall: usize) {
        let linje = format!("persontjenesten_http_open_connections{{port=\"prøve\"}} {antall}");
        within(async {
            while !self.maalere.encode().unwrap().lines().any(|l| l == linje) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }
}

/// Fails the test if it hangs.
#[track_caller]
pub fn within<F: Future>(fremtid: F) -> impl Future<Output = F::Output> {
    let sted = std::panic::Location::caller();
    async move {
        match tokio::time::timeout(EVIG, fremtid).await {
            Ok(ut) => ut,
            Err(_) => panic!("hangs: {sted}"),
        }
    }
}

pub fn klient() -> Client<HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).build_http()
}

/// Speaks HTTP/2 from the first byte, without asking.
pub fn h2_klient() -> Client<HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).http2_only(true).build_http()
}

/// Sends a request and reads the whole answer.
pub async fn send(klient: &Client<HttpConnector, Body>, foresporsel: Request<Body>) -> (Response<()>, String) {
    let (deler, kropp) = within(klient.request(foresporsel)).await.unwrap().into_parts();
    let kropp = within(kropp.collect()).await.unwrap().to_bytes();
    (
        Response::from_parts(deler, ()),
        String::from_utf8(kropp.to_vec()).unwrap(),
    )
}

pub async fn get(klient: &Client<HttpConnector, Body>, url: String) -> (Response<()>, String) {
    send(klient, Request::get(url).body(Body::empty()).unwrap()).await
}

/// Writes bytes by hand.
pub async fn write(tcp: &mut TcpStream, bytes: &[u8]) {
    tcp.write_all(bytes).await.unwrap();
}

/// Reads until the server closes, which it must do some time. A reset is a close.
pub async fn read_to_close(tcp: &mut TcpStream) -> String {
    let mut ut = Vec::new();
    let mut stykke = [0; 64 * 1024];
    within(async {
        while let Ok(antall @ 1..) = tcp.read(&mut stykke).await {
            ut.extend_from_slice(&stykke[..antall]);
        }
    })
    .await;
    String::from_utf8_lossy(&ut).into_owned()
}

/// Reads one answer whose body ends with `slutt`.
pub async fn read_until(tcp: &mut TcpStream, slutt: &str) -> String {
    let mut ut = String::new();
    within(async {
        while !ut.ends_with(slutt) {
            let mut stykke = [0; 1024];
            let antall = tcp.read(&mut stykke).await.unwrap();
            assert_ne!(antall, 0, "closed after {ut}");
            ut.push_str(std::str::from_utf8(&stykke[..antall]).unwrap());
        }
    })
    .await;
    ut
}

/// A body in pieces, whose length nobody knows beforehand.
pub struct Stykker(pub VecDeque<Bytes>);

impl Stykker {
    pub fn body(antall: usize, stoerrelse: usize) -> Body {
        Body::new(Self(
            std::iter::repeat_n(Bytes::from(vec![b'x'; stoerrelse]), antall).collect(),
        ))
    }
}

impl http_body::Body for Stykker {
    type Data = Bytes;
    type Error = Infallible;
    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|stykke| Ok(Frame::data(stykke))))
    }
}
