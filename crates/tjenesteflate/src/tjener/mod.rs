//! Our own accept loop: HTTP/1.1 and HTTP/2 with limits on everything, without TLS (h2c) or within it.
//!
//! Not here: routes, errors that a contract shows, TLS. TLS is another [`Innpakning`] ([`crate::tls`]): it gets the
//! accepted stream inside the connection's own task, under a time limit, and gives back the stream that HTTP is spoken
//! over.
//!
//! What newcomers get wrong: axum's own `serve` must not be used. It gives the HTTP library no timer, and without one
//! the limit on slow headers does nothing.
//!
//! What the HTTP library refuses by itself, before any router (400 for a request that is not HTTP, 431 for a head that
//! is too large), is answered by the interface that was called, in its own form (`avvisning`). Over HTTP/2 that holds up
//! to [`H2_HODE_GANGER`] times the head limit; what is larger gets the library's 431 without a body.

mod avvisning;
mod grenser;
mod stroem;

use std::{convert::Infallible, future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use http::{HeaderValue, Request, Response, Version, header, uri::Authority};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tower::ServiceExt as _;

pub use self::grenser::*;
use self::{avvisning::Avviser, stroem::Stroem};
use crate::{
    maalinger::{Maalere, Tilkoblingsteller},
    stopp::Stopp,
    tls::Klientsertifikat,
    vern::{Forhaandsavvist, Rammefeil},
};

/// How long the loop rests when the system gives us no connection (no file descriptors, say).
const PAUSE_ETTER_FEIL: Duration = Duration::from_millis(100);

/// The address of the other end, as an extension on each request.
///
/// It is the peer of the TCP connection. Behind a proxy that is the proxy.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Motpart(pub SocketAddr);

impl std::fmt::Debug for Motpart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // An address can point at a person; it is read through the field, never by accident through a log.
        f.write_str("Motpart(***)")
    }
}

/// Turns an accepted TCP stream into the stream that HTTP is spoken over.
pub trait Innpakning: Clone + Send + Sync + 'static {
    /// The stream that HTTP is spoken over.
    type Stroem: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Wraps one accepted stream. Runs in the connection's own task under [`Grenser::haandtrykk_maks`], so a slow
    /// peer holds up nobody else. An error closes the connection.
    fn wrap(&self, tcp: TcpStream) -> impl Future<Output = io::Result<Self::Stroem>> + Send;

    /// The certificate that the client showed, for the requests of the connection.
    fn klientsertifikat(_: &Self::Stroem) -> Option<Klientsertifikat> {
        None
    }
}

/// No wrapping: HTTP straight on TCP.
#[derive(Clone, Copy, Debug)]
pub struct Klartekst;

impl Innpakning for Klartekst {
    type Stroem = TcpStream;

    async fn wrap(&self, tcp: TcpStream) -> io::Result<TcpStream> {
        Ok(tcp)
    }
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avslutning {
    /// Connections that were not done when [`Grenser::avslutning_maks`] ran out, and were cut.
    pub avbrutte_tilkoblinger: usize,
}

/// A bound port that is not yet serving.
#[derive(Debug)]
pub struct Tjener<P = Klartekst> {
    lytter: TcpListener,
    adresse: SocketAddr,
    grenser: Grenser,
    innpakning: P,
    teller: Tilkoblingsteller,
}

impl Tjener<Klartekst> {
    /// Takes the port. Port 0 asks the system for a free one; see [`Tjener::address`].
    ///
    /// Errors: what the system says when the port cannot be had (in use, not allowed).
    pub async fn bind(adresse: SocketAddr, grenser: Grenser) -> io::Result<Self> {
        let sokkel = if adresse.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        // As the standard library does; on Windows the same word lets others take the port.
        #[cfg(unix)]
        sokkel.set_reuseaddr(true)?;
        // What is accepted here inherits it.
        sokkel.set_send_buffer_size(SENDEBUFFER_BYTES)?;
        sokkel.bind(adresse)?;
        let lytter = sokkel.listen(KOE)?;
        let adresse = lytter.local_addr()?;
        Ok(Self {
            lytter,
            adresse,
            grenser,
            innpakning: Klartekst,
            teller: Tilkoblingsteller::default(),
        })
    }
}

impl<P: Innpakning> Tjener<P> {
    /// The address that is in fact bound.
    pub fn address(&self) -> SocketAddr {
        self.adresse
    }

    /// Counts this port's open connections under the name `port`.
    #[must_use]
    pub fn with_maalere(mut self, port: &'static str, maalere: &Maalere) -> Self {
        self.teller = maalere.tilkoblinger(port);
        self
    }

    /// Speaks HTTP over what `innpakning` makes of each accepted stream.
    #[must_use]
    pub fn with_innpakning<Q: Innpakning>(self, innpakning: Q) -> Tjener<Q> {
        let Self {
            lytter,
            adresse,
            grenser,
            innpakning: _,
            teller,
        } = self;
        Tjener {
            lytter,
            adresse,
            grenser,
            innpakning,
            teller,
        }
    }

    /// Serves `app` until `stopp` is heard, then ends in order.
    ///
    /// At the stop the port is given back at once, idle connections are closed, requests under way get
    /// [`Grenser::avslutning_maks`] to finish, and what then still runs is cut.
    pub async fn serve(self, app: Router, mut stopp: Stopp) -> Avslutning {
        let Self {
            lytter,
            adresse: _,
            grenser,
            innpakning,
            teller,
        } = self;
        let fordelte = grenser.fordelte();
        let mut antatte = 0_usize;
        let plasser = Arc::new(Semaphore::new(grenser.plasser()));
        let mut tilkoblinger = JoinSet::new();
        loop {
            tokio::select! {
                () = stopp.wait() => break,
                Some(slutt) = tilkoblinger.join_next(), if !tilkoblinger.is_empty() => note_end(&slutt),
                (tcp, motpart, plass) = accept(&lytter, &plasser) => {
                    let tilkobling = Tilkobling {
                        grenser: neste(&fordelte, &mut antatte),
                        app: app.clone(),
                        motpart: Motpart(motpart),
                        stopp: stopp.clone(),
                    };
                    let innpakning = innpakning.clone();
                    let aapen = teller.open();
                    tilkoblinger.spawn(async move {
                        tilkobling.run(tcp, &innpakning).await;
                        drop((aapen, plass));
                    });
                }
            }
        }
        drop(lytter);
        let alle_ferdige = async {
            while let Some(slutt) = tilkoblinger.join_next().await {
                note_end(&slutt)
            }
        };
        let avbrutte_tilkoblinger = match timeout(grenser.avslutning_maks, alle_ferdige).await {
            Ok(()) => 0,
            Err(_) => {
                let antall = tilkoblinger.len();
                tilkoblinger.shutdown().await;
                tracing::warn!(antall, "connections were cut because they were not done in time");
                antall
            }
        };
        Avslutning { avbrutte_tilkoblinger }
    }
}

/// A connection's task never panics by our own doing; if it does, the operator shall know, without its text.
fn note_end(slutt: &Result<(), tokio::task::JoinError>) {
    if slutt.as_ref().is_err_and(tokio::task::JoinError::is_panic) {
        tracing::error!(
            "a connection ended in a panic outside its handler; the connection is lost, the server goes on"
        );
    }
}

/// Waits for a free place, then for a connection: above the limit nothing is accepted, so the queue is the kernel's.
async fn accept(lytter: &TcpListener, plasser: &Arc<Semaphore>) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let Ok(plass) = Arc::clone(plasser).acquire_owned().await else {
        // Only a closed semaphore refuses, and this one is never closed.
        return std::future::pending().await;
    };
    loop {
        match lytter.accept().await {
            Ok((tcp, motpart)) => return (tcp, motpart, plass),
            Err(feil) if is_the_peers(&feil) => {}
            Err(feil) => {
                tracing::warn!(feil = %feil, "no connection can be accepted; trying again shortly");
                sleep(PAUSE_ETTER_FEIL).await;
            }
        }
    }
}

/// The limits of the next connection.
fn neste(fordelte: &[Arc<Grenser>], antatte: &mut usize) -> Arc<Grenser> {
    *antatte = antatte.wrapping_add(1);
    let nr = antatte.checked_rem(fordelte.len()).unwrap_or(0);
    fordelte.get(nr).map(Arc::clone).unwrap_or_default()
}

/// Whether an accept failed because that one peer gave up, which says nothing about the next.
fn is_the_peers(feil: &io::Error) -> bool {
    matches!(
        feil.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}

/// One accepted connection, from wrapping to close.
struct Tilkobling {
    grenser: Arc<Grenser>,
    app: Router,
    motpart: Motpart,
    stopp: Stopp,
}

impl Tilkobling {
    async fn run<P: Innpakning>(mut self, tcp: TcpStream, innpakning: &P) {
        // Answers are written whole; waiting to fill a packet only adds latency.
        let _ = tcp.set_nodelay(true);
        let stroem = tokio::select! {
            () = self.stopp.wait() => return,
            innpakket = timeout(self.grenser.haandtrykk_maks, innpakning.wrap(tcp)) => match innpakket {
                Ok(Ok(stroem)) => stroem,
                Ok(Err(feil)) => {
                    tracing::debug!(art = ?feil.kind(), "a connection failed its handshake");
                    return;
                }
                Err(_) => {
                    tracing::debug!("a connection was not done with its handshake in time");
                    return;
                }
            },
        };
        let sertifikat = P::klientsertifikat(&stroem);
        self.serve(stroem, sertifikat).await;
    }

    async fn serve<S>(self, stroem: S, sertifikat: Option<Klientsertifikat>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self {
            grenser,
            app,
            motpart,
            mut stopp,
        } = self;
        let hode_bytes = grenser.hode_bytes();
        let avviser = Avviser {
            app: app.clone(),
            hode_bytes,
        };
        let svar =
            service_fn(move |foresporsel| answer(app.clone(), (motpart, sertifikat.clone()), hode_bytes, foresporsel));
        let bygger = builder(&grenser);
        let io = TokioIo::new(Stroem::new(stroem, &grenser, avviser, stopp.clone()));
        let mut forbindelse = pin!(bygger.serve_connection(io, svar));
        let mut frist = pin!(sleep(grenser.alder_maks));
        let mut avslutter = false;
        loop {
            tokio::select! {
                slutt = forbindelse.as_mut() => {
                    if let Err(feil) = slutt {
                        tracing::debug!(feil = %feil, "a connection ended early");
                    }
                    return;
                }
                () = stopp.wait(), if !avslutter => {
                    avslutter = true;
                    forbindelse.as_mut().graceful_shutdown();
                }
                () = frist.as_mut() => {
                    if avslutter {
                        tracing::debug!("a connection was cut because it did not finish when asked to");
                        return;
                    }
                    avslutter = true;
                    forbindelse.as_mut().graceful_shutdown();
                    frist.as_mut().reset(Instant::now() + grenser.aldersnaade);
                }
            }
        }
    }
}

async fn answer(
    app: Router,
    (motpart, sertifikat): (Motpart, Option<Klientsertifikat>),
    hode_bytes: u32,
    mut foresporsel: Request<Incoming>,
) -> Result<Response<axum::body::Body>, Infallible> {
    // Where a request of HTTP/1.1 ends is in doubt then, and so is whether what follows is one. Source: RFC 9112, 6.1.
    let mut tvil = false;
    if let Err(feil) = check_head(&foresporsel, hode_bytes) {
        tvil = foresporsel.version() <= Version::HTTP_11;
        foresporsel.extensions_mut().insert(Forhaandsavvist(feil));
    }
    foresporsel.extensions_mut().insert(motpart);
    if let Some(sertifikat) = sertifikat {
        foresporsel.extensions_mut().insert(sertifikat);
    }
    let Ok(mut svar) = app.oneshot(foresporsel).await;
    if tvil {
        svar.headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(svar)
}

/// What the HTTP library lets through and we do not: a head above our limits, where it reads more than we asked it to
/// (a connection that is used again, HTTP/2), and a request of HTTP/1.1 that says two things about where it goes or ends.
fn check_head<B>(foresporsel: &Request<B>, hode_bytes: u32) -> Result<(), Rammefeil> {
    // Colon, space and line end; HTTP/2 itself counts 32. Source: RFC 9112, 5; RFC 9113, 6.5.2.
    let tillegg = if foresporsel.version() == Version::HTTP_2 {
        32
    } else {
        4
    };
    let hoder = foresporsel.headers();
    let uri = foresporsel.uri();
    let linje = uri.path().len() + uri.query().map_or(0, str::len);
    let stoerrelse = hoder.iter().fold(linje, |sum, (navn, verdi)| {
        sum + navn.as_str().len() + verdi.len() + tillegg
    });
    if stoerrelse > usize::try_from(hode_bytes).unwrap_or(usize::MAX) || hoder.len() > HODER_MAKS {
        return Err(Rammefeil::HoderForStore { bytes_maks: hode_bytes });
    }
    if foresporsel.version() == Version::HTTP_11 {
        // Source: RFC 9112, 3.2 and 6.1.
        let mut vert = hoder.get_all(header::HOST).iter();
        let en = vert.next().is_some_and(|v| er_vert(v.as_bytes())) && vert.next().is_none();
        let mut koding = hoder.get_all(header::TRANSFER_ENCODING).iter();
        let bare_chunked = koding
            .next()
            .is_none_or(|v| v.as_bytes().eq_ignore_ascii_case(b"chunked"));
        if !en || !bare_chunked || koding.next().is_some() {
            return Err(Rammefeil::UgyldigForespoersel);
        }
    }
    Ok(())
}

/// Whether this can stand in `Host`. A plain name with a port is known by sight; anything else is read, which costs a copy.
fn er_vert(verdi: &[u8]) -> bool {
    let navn = match verdi.iter().position(|b| *b == b':') {
        Some(kolon) => match verdi.split_at_checked(kolon) {
            Some((navn, [_, port @ ..])) if (1..=4).contains(&port.len()) && port.iter().all(u8::is_ascii_digit) => {
                navn
            }
            _ => &[],
        },
        None => verdi,
    };
    let enkel = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    (!navn.is_empty() && navn.iter().all(enkel)) || Authority::try_from(verdi).is_ok()
}

/// The HTTP library, with every limit that it has set by name.
fn builder(grenser: &Grenser) -> auto::Builder<TokioExecutor> {
    let mut bygger = auto::Builder::new(TokioExecutor::new());
    bygger
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(grenser.hodetid_maks)
        .max_buf_size(usize::try_from(grenser.hode_bytes()).unwrap_or(usize::MAX));
    bygger
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(grenser.h2_stroemmer_maks)
        .max_header_list_size(grenser.hode_bytes().saturating_mul(H2_HODE_GANGER))
        .max_pending_accept_reset_streams(H2_AVBRUTTE_MAKS)
        .max_local_error_reset_streams(H2_EGNE_AVBRUDD_MAKS)
        .keep_alive_interval(grenser.h2_ping_mellomrom)
        .keep_alive_timeout(grenser.h2_ping_maks)
        .initial_stream_window_size(H2_STROEMVINDU_BYTES)
        .initial_connection_window_size(H2_FORBINDELSESVINDU_BYTES)
        .max_send_buf_size(H2_SENDEBUFFER_BYTES);
    bygger
}
