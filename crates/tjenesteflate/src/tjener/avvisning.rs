//! The refusals that the HTTP library writes by itself, given the body of the interface that was called.
//!
//! ```text
//! library ─▶ "HTTP/1.1 431 …", empty ─▶ recognised in the stream ─▶ routed as a request that is refused already
//! client  ◀─ same status line, the frame's headers, the contract's body ◀────────────────────────┘
//! ```
//!
//! The library has no seam for this: it answers what is no request, or has too large headers, before any service sees
//! it. Such an answer is known by its form: a head with no other headers than `connection`, `content-length: 0` and
//! `date`, which no answer out of a frame has. Which interface was called is read from the request line, if there is one.

use std::{future::Future, pin::Pin, time::Duration};

use axum::{Router, body::Body};
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Limited};
use tower::ServiceExt as _;

use crate::vern::{Feilgjengivelse as _, Feilkontekst, Forhaandsavvist, Problem, Rammefeil};

/// Bytes of a request line that are kept, to know which interface was called. Paths that name one are short.
const LINJE_BYTES_MAKS: usize = 512;
/// Bytes of a refusal by the library, at most: a status line and three headers.
const BART_HODE_BYTES_MAKS: usize = 256;
/// Bytes of an error body, at most.
const KROPP_BYTES_MAKS: usize = 64 * 1024;
/// For making an error body, which waits for nobody.
const TID_MAKS: Duration = Duration::from_secs(1);
/// The method of the request that stands for the one refused: no route has it, so no handler can be reached.
const METODE: &str = "AVVIST";

/// The way to the interfaces' own refusals.
#[derive(Clone, Debug)]
pub(super) struct Avviser {
    pub app: Router,
    /// What the head limit is, bytes.
    pub hode_bytes: u32,
}

/// An answer in the making, in the place of the library's own.
pub(super) type Svarer = Pin<Box<dyn Future<Output = Vec<u8>> + Send>>;

impl Avviser {
    /// The whole answer, as bytes for the wire, to a refusal by the library. `linje` is the start of the request.
    pub fn answer(&self, bart: &BartHode, linje: &[u8]) -> Svarer {
        let feil = match bart.status {
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Rammefeil::HoderForStore {
                bytes_maks: self.hode_bytes,
            },
            StatusCode::URI_TOO_LONG => Rammefeil::UriForLang,
            _ => Rammefeil::UgyldigForespoersel,
        };
        let (app, bart, uri) = (self.app.clone(), bart.clone(), called(linje));
        let er_head = linje.starts_with(b"HEAD ");
        Box::pin(async move {
            let svar = tokio::time::timeout(TID_MAKS, render(app, feil, uri)).await;
            let svar = match svar {
                Ok(Some(svar)) => svar,
                Ok(None) | Err(_) => plain(feil).await,
            };
            bart.with(&svar, er_head)
        })
    }
}

/// The refusal as the interface gives it, or `None` where no frame answered.
async fn render(app: Router, feil: Rammefeil, uri: Uri) -> Option<Response<Bytes>> {
    let mut foresporsel = Request::new(Body::empty());
    *foresporsel.method_mut() = Method::from_bytes(METODE.as_bytes()).ok()?;
    *foresporsel.uri_mut() = uri;
    foresporsel.extensions_mut().insert(Forhaandsavvist(feil));
    let Ok(svar) = app.oneshot(foresporsel).await;
    if svar.status() != feil.status() {
        return None;
    }
    let (deler, kropp) = svar.into_parts();
    let kropp = Limited::new(kropp, KROPP_BYTES_MAKS).collect().await.ok()?;
    Some(Response::from_parts(deler, kropp.to_bytes()))
}

/// Where no frame answers: an interface without a contract.
async fn plain(feil: Rammefeil) -> Response<Bytes> {
    let svar = Problem.render(&feil, &Feilkontekst::of(&Request::new(())));
    let (deler, kropp) = svar.into_parts();
    let kropp = kropp.collect().await.map(|k| k.to_bytes()).unwrap_or_default();
    Response::from_parts(deler, kropp)
}

/// The path of a request line as far as it can be read, or `/` where there is none.
fn called(linje: &[u8]) -> Uri {
    let mut ord = linje.split(u8::is_ascii_whitespace).filter(|o| !o.is_empty());
    let maal = ord.nth(1).unwrap_or_default();
    // The absolute form names the host first.
    let sti = match maal.windows(3).position(|v| v == b"://") {
        Some(plass) => {
            let rest = maal.get(plass + 3..).unwrap_or_default();
            let vert = rest.iter().position(|b| *b == b'/').unwrap_or(rest.len());
            rest.get(vert..).unwrap_or_default()
        }
        None => maal,
    };
    let lesbar = |b: &u8| b.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@%".contains(b);
    let slutt = sti.iter().position(|b| !lesbar(b)).unwrap_or(sti.len());
    let sti = sti.get(..slutt).unwrap_or_default();
    match sti.first() {
        Some(b'/') => Uri::try_from(sti).unwrap_or_else(|_| Uri::from_static("/")),
        _ => Uri::from_static("/"),
    }
}

/// The head of a refusal that the library wrote: nobody's headers, no body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BartHode {
    status: StatusCode,
    /// The head up to its empty line, without `content-length`.
    hode: Vec<u8>,
}

impl BartHode {
    /// Finds one at the end of what is about to be written, and the place where it begins.
    pub fn at_end_of(skrives: &[u8]) -> Option<(usize, Self)> {
        // A write is looked at in full only if it can end in such a head.
        if !skrives.ends_with(b"\r\n\r\n") {
            return None;
        }
        let hale = skrives.len().saturating_sub(BART_HODE_BYTES_MAKS);
        let vindu = skrives.get(hale..)?;
        let start = vindu.windows(9).rposition(|v| v == b"HTTP/1.1 " || v == b"HTTP/1.0 ")?;
        let bart = Self::parse(vindu.get(start..)?)?;
        Some((hale + start, bart))
    }

    fn parse(hode: &[u8]) -> Option<Self> {
        let tekst = std::str::from_utf8(hode).ok()?.strip_suffix("\r\n\r\n")?;
        let mut linjer = tekst.split("\r\n");
        let statuslinje = linjer.next()?;
        let status = StatusCode::from_bytes(statuslinje.as_bytes().get(9..12)?).ok()?;
        let mut ut = format!("{statuslinje}\r\n");
        let (mut lukker, mut tom) = (false, false);
        for linje in linjer {
            let (navn, verdi) = linje.split_once(": ")?;
            match navn {
                "connection" if verdi == "close" => lukker = true,
                "content-length" if verdi == "0" => {
                    tom = true;
                    continue;
                }
                "date" => {}
                _ => return None,
            }
            ut.push_str(linje);
            ut.push_str("\r\n");
        }
        (status.is_client_error() && lukker && tom).then(|| Self {
            status,
            hode: ut.into_bytes(),
        })
    }

    /// The head with the headers of an answer, and its body if the request is to have one.
    fn with(&self, svar: &Response<Bytes>, er_head: bool) -> Vec<u8> {
        let mut ut = self.hode.clone();
        for (navn, verdi) in svar.headers() {
            // `Allow` would be about the method that stands in.
            if matches!(
                *navn,
                header::CONTENT_LENGTH | header::CONNECTION | header::DATE | header::ALLOW
            ) {
                continue;
            }
            for del in [navn.as_str().as_bytes(), b": ", verdi.as_bytes(), b"\r\n"] {
                ut.extend_from_slice(del);
            }
        }
        ut.extend_from_slice(format!("content-length: {}\r\n\r\n", svar.body().len()).as_bytes());
        if !er_head {
            ut.extend_from_slice(svar.body());
        }
        ut
    }
}

/// The request line of the request that is being read.
#[derive(Debug, Default)]
pub(super) struct Linje {
    bytes: Vec<u8>,
    /// The line is whole, or as long as we keep.
    ferdig: bool,
    /// An answer has begun since: what comes next is a new request.
    besvart: bool,
}

impl Linje {
    /// Takes note of bytes just read.
    pub fn note_read(&mut self, lest: &[u8]) {
        if lest.is_empty() {
            return;
        }
        if std::mem::take(&mut self.besvart) {
            self.bytes.clear();
            self.ferdig = false;
        }
        if self.ferdig {
            return;
        }
        let slutt = lest.iter().position(|b| *b == b'\n');
        let linje = lest.get(..slutt.unwrap_or(lest.len())).unwrap_or_default();
        let plass = LINJE_BYTES_MAKS.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(linje.get(..plass).unwrap_or(linje));
        self.ferdig = slutt.is_some() || self.bytes.len() >= LINJE_BYTES_MAKS;
    }

    /// Takes note that something was written.
    pub fn note_write(&mut self) {
        self.besvart = true;
    }

    /// What is known of the line.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BART: &str = "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\ndate: Sun, 22 Nov 2026 07:00:00 GMT\r\n\r\n";

    #[test]
    fn only_a_bare_refusal_is_one() {
        let (start, bart) = BartHode::at_end_of(BART.as_bytes()).unwrap();
        assert_eq!((start, bart.status.as_u16()), (0, 431));
        let (start, _) = BartHode::at_end_of(format!("…svar{BART}").as_bytes()).unwrap();
        assert_eq!(start, "…svar".len());
        for annet in [
            BART.replace("431", "200"),
            BART.replace("431", "x31"),
            BART.replace("content-length: 0", "content-length: 2"),
            BART.replace("connection: close", "x-content-type-options: nosniff"),
            BART.replace("connection: close\r\n", ""),
            BART.trim_end().to_owned(),
            "HTTP/1.1 100 Continue\r\n\r\n".to_owned(),
            String::new(),
        ] {
            assert_eq!(BartHode::at_end_of(annet.as_bytes()), None, "{annet}");
        }
    }

    #[test]
    fn the_path_is_read_from_the_line_and_is_the_root_where_there_is_none() {
        for (linje, sti) in [
            (&b"GET /a/b?c=d HTTP/1.1\r"[..], "/a/b"),
            (b"GET /a/b", "/a/b"),
            (b"GET http://x/a HTTP/1.1", "/a"),
            (b"GET http://x HTTP/1.1", "/"),
            (b"GET  /a/b  HTTP/1.1", "/a/b"),
            (b"GET /a/\xe6/b HTTP/1.1", "/a/"),
            (b"GET /a\x7f HTTP/1.1", "/a"),
            (b"GET * HTTP/1.1", "/"),
            (b"GET /\xff HTTP/1.1", "/"),
            (b"GET", "/"),
            (b"\x16\x03\x01 /a", "/a"),
            (b"", "/"),
        ] {
            assert_eq!(called(linje).path(), sti);
        }
    }

    #[test]
    fn the_line_is_that_of_the_request_being_read() {
        let mut linje = Linje::default();
        linje.note_read(b"GET /a");
        linje.note_read(b"/b HTTP/1.1\r\nx: y\r\n");
        linje.note_read(b"\r\n");
        assert_eq!(linje.bytes(), b"GET /a/b HTTP/1.1\r");
        linje.note_write();
        linje.note_write();
        linje.note_read(b"");
        assert_eq!(linje.bytes(), b"GET /a/b HTTP/1.1\r");
        linje.note_read(b"GET /c HTTP/1.1\r\n");
        assert_eq!(linje.bytes(), b"GET /c HTTP/1.1\r");
        linje.note_write();
        linje.note_read(&[b'x'; 10_000]);
        linje.note_read(&[b'x'; 10_000]);
        assert_eq!(linje.bytes().len(), LINJE_BYTES_MAKS);
    }

    #[tokio::test]
    async fn without_a_frame_the_refusal_is_plain_and_no_handler_is_run() {
        let app = Router::new().fallback(|| async { "kjørte" });
        let avviser = Avviser { app, hode_bytes: 9_000 };
        let (_, bart) = BartHode::at_end_of(BART.as_bytes()).unwrap();
        let svar = String::from_utf8(avviser.answer(&bart, b"GET / HTTP/1.1").await).unwrap();
        assert!(svar.starts_with("HTTP/1.1 431 ") && !svar.contains("kjørte"), "{svar}");
        assert!(
            svar.contains("9000 byte") && svar.contains("application/problem+json"),
            "{svar}"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_looked_at(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = (BartHode::at_end_of(&bytes), called(&bytes));
        }
    }
}
