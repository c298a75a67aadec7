//! A guarded byte stream: the time limits that the HTTP library does not keep.
//!
//! ```text
//! accept ──▶ protocol known ──▶ request heads, bodies, answers ──▶ our last byte ──▶ closed
//!        first-byte limit       (the library's head limit)          read on, briefly
//!                               write-stall limit
//! ```
//!
//! What newcomers miss: the library's head limit starts only when it knows whether it speaks HTTP/1.1 or HTTP/2, so a
//! client that connects and says nothing, or one byte of the HTTP/2 preface, would otherwise stay for ever.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use super::{
    Grenser,
    avvisning::{Avviser, BartHode, Linje, Svarer},
};
use crate::stopp::Stopp;

/// What an HTTP/2 client says first. Source: RFC 9113, 3.4.
const H2_INNLEDNING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How much is read at a time of what nobody wants.
const ETTERLESING_STYKKE: usize = 4 * 1024;

type Frist = Pin<Box<Sleep>>;

/// A stream with time limits on its first bytes, on stalled writes, and on its close.
pub(super) struct Stroem<S> {
    indre: S,
    /// Armed until the protocol is known, with the number of bytes of the preface seen so far.
    foerste: Option<(Frist, usize)>,
    skriving: Option<Frist>,
    toemming: Option<Frist>,
    skrivestans_maks: Duration,
    etterlesing_maks: Duration,
    etterlesing_igjen: usize,
    /// Armed when our side is closed and we read on.
    etterlesing: Option<Frist>,
    stopp: Stopp,
    avviser: Avviser,
    linje: Linje,
    erstatning: Option<Erstatning>,
}

/// What is written in the place of a refusal by the library.
enum Erstatning {
    Lages(Svarer),
    /// The bytes, and how many of them are written.
    Skrives(Vec<u8>, usize),
}

impl<S> Stroem<S> {
    pub(super) fn new(indre: S, grenser: &Grenser, avviser: Avviser, stopp: Stopp) -> Self {
        Self {
            indre,
            foerste: Some((Box::pin(sleep(grenser.hodetid_maks)), 0)),
            skriving: None,
            toemming: None,
            skrivestans_maks: grenser.skrivestans_maks,
            etterlesing_maks: grenser.etterlesing_maks,
            etterlesing_igjen: grenser.etterlesing_bytes_maks,
            etterlesing: None,
            stopp,
            avviser,
            linje: Linje::default(),
            erstatning: None,
        }
    }

    /// Takes note of bytes just read: of the protocol while it is unknown, and of what is called.
    fn note_read(&mut self, lest: &[u8]) {
        self.linje.note_read(lest);
        if let Some((_, sett)) = &mut self.foerste {
            let innledning = H2_INNLEDNING.get(*sett..).unwrap_or_default();
            *sett += lest.len();
            let avvik = lest.iter().zip(innledning).any(|(a, b)| a != b);
            if avvik || lest.is_empty() || *sett >= H2_INNLEDNING.len() {
                self.foerste = None;
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> Stroem<S> {
    /// Writes what stands in the place of a refusal by the library; ready when all of it is written.
    fn poll_replace(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            match &mut self.erstatning {
                None => return Poll::Ready(Ok(())),
                Some(Erstatning::Lages(svarer)) => {
                    let svar = ready!(svarer.as_mut().poll(cx));
                    self.erstatning = Some(Erstatning::Skrives(svar, 0));
                }
                Some(Erstatning::Skrives(svar, skrevet)) => match svar.get(*skrevet..) {
                    None | Some([]) => self.erstatning = None,
                    Some(rest) => match ready!(Pin::new(&mut self.indre).poll_write(cx, rest))? {
                        0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                        antall => *skrevet += antall,
                    },
                },
            }
        }
    }

    fn poll_write_or_replace(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.erstatning.is_none() {
            match BartHode::at_end_of(buf) {
                // What comes before it is let out first.
                Some((foran @ 1.., _)) => {
                    return Pin::new(&mut self.indre).poll_write(cx, buf.get(..foran).unwrap_or(buf));
                }
                Some((_, bart)) => {
                    self.erstatning = Some(Erstatning::Lages(self.avviser.answer(&bart, self.linje.bytes())));
                }
                None => {
                    let utfall = Pin::new(&mut self.indre).poll_write(cx, buf);
                    if utfall.is_ready() {
                        self.linje.note_write();
                    }
                    return utfall;
                }
            }
        }
        self.poll_replace(cx).map_ok(|()| buf.len())
    }
}

/// Lets a finished write through and disarms its limit; arms and watches the limit of one that waits.
fn guard<T>(
    frist: &mut Option<Frist>,
    maks: Duration,
    cx: &mut Context<'_>,
    utfall: Poll<io::Result<T>>,
) -> Poll<io::Result<T>> {
    if utfall.is_ready() {
        *frist = None;
        return utfall;
    }
    let frist = frist.get_or_insert_with(|| Box::pin(sleep(maks)));
    frist.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
}

impl<S: AsyncRead + Unpin> AsyncRead for Stroem<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let foer = buf.filled().len();
        match Pin::new(&mut this.indre).poll_read(cx, buf) {
            Poll::Ready(utfall) => {
                this.note_read(buf.filled().get(foer..).unwrap_or_default());
                Poll::Ready(utfall)
            }
            Poll::Pending => match &mut this.foerste {
                Some((frist, _)) => frist.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into())),
                None => Poll::Pending,
            },
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stroem<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let utfall = this.poll_write_or_replace(cx, buf);
        guard(&mut this.skriving, this.skrivestans_maks, cx, utfall)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let siste = bufs.iter().rposition(|b| !b.is_empty());
        let bart = this.erstatning.is_some()
            || siste
                .and_then(|siste| bufs.get(siste))
                .is_some_and(|b| BartHode::at_end_of(b).is_some());
        let utfall = if bart {
            // One piece at a time, so that the last one is seen alone.
            let foerste = bufs.iter().find(|b| !b.is_empty()).map_or(&[][..], |b| b);
            this.poll_write_or_replace(cx, foerste)
        } else {
            let utfall = Pin::new(&mut this.indre).poll_write_vectored(cx, bufs);
            if utfall.is_ready() {
                this.linje.note_write();
            }
            utfall
        };
        guard(&mut this.skriving, this.skrivestans_maks, cx, utfall)
    }

    fn is_write_vectored(&self) -> bool {
        self.indre.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let utfall = Pin::new(&mut this.indre).poll_flush(cx);
        guard(&mut this.toemming, this.skrivestans_maks, cx, utfall)
    }

    /// Closes our side, then reads on for a while and throws away what comes. Closing with unread bytes would make
    /// the kernel reset the connection, and the client could lose an answer that it has not read yet.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.etterlesing.is_none() {
            let utfall = Pin::new(&mut this.indre).poll_shutdown(cx);
            ready!(guard(&mut this.toemming, this.skrivestans_maks, cx, utfall))?;
            if this.stopp.is_stopped() {
                return Poll::Ready(Ok(()));
            }
        }
        let maks = this.etterlesing_maks;
        let frist = this.etterlesing.get_or_insert_with(|| Box::pin(sleep(maks)));
        let mut stykke = [0_u8; ETTERLESING_STYKKE];
        loop {
            let mut buf = ReadBuf::new(&mut stykke);
            match Pin::new(&mut this.indre).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() && this.etterlesing_igjen > 0 => {
                    this.etterlesing_igjen = this.etterlesing_igjen.saturating_sub(buf.filled().len());
                }
                // The client is done, gone, or has said more than we care to hear.
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => return frist.as_mut().poll(cx).map(Ok),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    use super::*;
    use crate::stopp::{self, Signal};

    fn grenser() -> Grenser {
        let kort = Duration::from_millis(40);
        Grenser {
            hodetid_maks: kort,
            skrivestans_maks: kort,
            etterlesing_maks: kort,
            ..Grenser::default()
        }
    }

    /// A limit that does not work shows as a failed test and not as one that hangs.
    async fn within<F: Future>(fremtid: F) -> F::Output {
        tokio::time::timeout(Duration::from_secs(10), fremtid).await.unwrap()
    }

    fn stroem() -> (Stroem<DuplexStream>, DuplexStream, Signal) {
        let (signal, stopp) = stopp::pair();
        let (vaar, deres) = duplex(1024);
        (Stroem::new(vaar, &grenser(), avviser(), stopp), deres, signal)
    }

    fn avviser() -> Avviser {
        Avviser {
            app: axum::Router::new(),
            hode_bytes: 8_192,
        }
    }

    #[tokio::test]
    async fn a_bare_refusal_is_replaced_wherever_it_stands_in_a_write_and_nothing_else_is() {
        const BART: &str = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n";
        let foran = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nja";
        for vektor in [false, true] {
            // Smaller than the answer, so that it is written in pieces.
            let (vaar, mut deres) = duplex(16);
            let (_signal, stopp) = stopp::pair();
            let mut vaar = Stroem::new(vaar, &Grenser::default(), avviser(), stopp);
            let skriver = tokio::spawn(async move {
                if vektor {
                    let alt = [foran.as_bytes(), BART.as_bytes()];
                    let mut skrevet = 0;
                    while skrevet < foran.len() + BART.len() {
                        let bufs = match skrevet.checked_sub(foran.len()) {
                            None => vec![io::IoSlice::new(&alt[0][skrevet..]), io::IoSlice::new(alt[1])],
                            Some(over) => vec![io::IoSlice::new(&alt[1][over..])],
                        };
                        skrevet += vaar.write_vectored(&bufs).await.unwrap();
                    }
                } else {
                    vaar.write_all(format!("{foran}{BART}").as_bytes()).await.unwrap();
                }
                drop(vaar);
            });
            let mut ut = String::new();
            within(deres.read_to_string(&mut ut)).await.unwrap();
            within(skriver).await.unwrap();
            let svar = ut.strip_prefix(foran).unwrap();
            assert!(
                svar.starts_with("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ndate: x\r\n"),
                "{svar}"
            );
            assert!(svar.contains("følger ikke HTTP"), "{svar}");
        }
    }

    #[tokio::test]
    async fn silence_and_half_a_preface_time_out_but_a_known_protocol_does_not() {
        for innledning in [&b""[..], b"P", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r"] {
            let (mut vaar, mut deres, _signal) = stroem();
            deres.write_all(innledning).await.unwrap();
            let mut ut = Vec::new();
            let feil = within(vaar.read_to_end(&mut ut)).await.unwrap_err();
            assert_eq!((feil.kind(), ut.as_slice()), (io::ErrorKind::TimedOut, innledning));
        }
        for innledning in [&b"G"[..], b"PRX", H2_INNLEDNING] {
            let (mut vaar, mut deres, _signal) = stroem();
            deres.write_all(innledning).await.unwrap();
            let mut ut = Vec::new();
            let venter = tokio::time::timeout(grenser().hodetid_maks * 2, vaar.read_to_end(&mut ut)).await;
            assert!(
                venter.is_err(),
                "the first-byte limit is off once the protocol is known"
            );
        }
    }

    #[tokio::test]
    async fn a_reader_that_takes_nothing_times_out_the_write() {
        let (mut vaar, _deres, _signal) = stroem();
        let feil = within(vaar.write_all(&[0; 4096])).await.unwrap_err();
        assert_eq!(feil.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_close_reads_on_until_the_client_is_done() {
        let (mut vaar, mut deres, _signal) = stroem();
        let klient = tokio::spawn(async move {
            deres.write_all(&[7; 100_000]).await.unwrap();
            deres
        });
        within(vaar.shutdown()).await.unwrap();
        assert!(within(klient).await.is_ok(), "all that the client sent was taken");
    }

    #[tokio::test]
    async fn a_close_reads_on_no_longer_than_its_limits() {
        let (mut vaar, _stille, _signal) = stroem();
        within(vaar.shutdown()).await.unwrap();

        let (mut vaar, mut deres, _signal) = stroem();
        vaar.etterlesing_igjen = 2_000;
        deres.write_all(&[7; 1_000]).await.unwrap();
        let endeloes = tokio::spawn(async move { while deres.write_all(&[7; 1_000]).await.is_ok() {} });
        within(vaar.shutdown()).await.unwrap();
        drop(vaar);
        within(endeloes).await.unwrap();
    }

    #[tokio::test]
    async fn a_close_during_stop_does_not_wait() {
        let (mut vaar, _deres, signal) = stroem();
        vaar.etterlesing_maks = Duration::from_secs(3_600);
        signal.stopp();
        within(vaar.shutdown()).await.unwrap();
    }
}
