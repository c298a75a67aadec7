//! Calls to a server: a real client where one will do, bytes by hand where a client would not misbehave enough.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tilgang::Pakke;

use crate::dom;
use crate::program::Tjener;

/// No answer may take longer, however bad the question, on a machine that does nothing else.
const SVARTID_MAKS: Duration = Duration::from_secs(20);

static KJOERETID: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
});

static KLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
    let bygger = reqwest::Client::builder().no_proxy().timeout(SVARTID_MAKS);
    bygger.redirect(reqwest::redirect::Policy::none()).build().unwrap()
});

/// An answer.
#[derive(Debug)]
pub struct Svar {
    /// Status.
    pub status: u16,
    /// Headers.
    pub hoder: HeaderMap,
    /// Body.
    pub kropp: Vec<u8>,
    /// How long it took.
    pub tid: Duration,
}

impl Svar {
    /// The same answer, which must be 200.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.med_status(200)
    }

    /// The same answer, which must have a status.
    #[track_caller]
    pub fn med_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.tekst());
        self
    }

    /// The body as text.
    pub fn tekst(&self) -> String {
        String::from_utf8(self.kropp.clone()).unwrap()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.medietype(), "application/json");
        serde_json::from_slice(&self.kropp).unwrap()
    }

    /// A header; empty when it is not there.
    pub fn hode(&self, navn: &str) -> &str {
        self.hoder.get(navn).map_or("", |v| v.to_str().unwrap())
    }

    /// The media type without its parameters.
    pub fn medietype(&self) -> &str {
        self.hode("content-type").split(';').next().unwrap().trim()
    }
}

/// A call under way to being made.
pub struct Kall {
    base: String,
    sti: String,
    metode: Method,
    hoder: HeaderMap,
    kropp: Option<Vec<u8>>,
}

impl Kall {
    /// `GET` of a path below a package's version, without a token.
    pub fn ny(tjener: &Tjener, pakke: Pakke, sti: &str) -> Self {
        Self::rot(tjener, &format!("/{}/v1/{sti}", pakke.sti()))
    }

    /// `GET` of a path below the host.
    pub fn rot(tjener: &Tjener, sti: &str) -> Self {
        Kall {
            base: tjener.base.clone(),
            sti: sti.to_owned(),
            metode: Method::GET,
            hoder: HeaderMap::new(),
            kropp: None,
        }
    }

    /// `GET` of a path below an address.
    pub fn til(base: &str, sti: &str) -> Self {
        Kall {
            base: base.to_owned(),
            sti: sti.to_owned(),
            metode: Method::GET,
            hoder: HeaderMap::new(),
            kropp: None,
        }
    }

    /// `GET` of a path on the port of health and metrics.
    pub fn admin(tjener: &Tjener, sti: &str) -> Self {
        Kall {
            base: tjener.admin.clone(),
            ..Self::rot(tjener, sti)
        }
    }

    /// With a method.
    pub fn metode(mut self, metode: &str) -> Self {
        self.metode = metode.parse().unwrap();
        self
    }

    /// With a header.
    pub fn hode(mut self, navn: &str, verdi: &str) -> Self {
        let navn = HeaderName::try_from(navn).unwrap();
        self.hoder.insert(navn, HeaderValue::from_str(verdi).unwrap());
        self
    }

    /// With a token.
    pub fn token(self, token: &str) -> Self {
        self.hode("authorization", &format!("Bearer {token}"))
    }

    /// Without a token.
    pub fn uten_token(mut self) -> Self {
        self.hoder.remove("authorization");
        self
    }

    /// With an `Accept`.
    pub fn aksept(self, verdi: &str) -> Self {
        self.hode("accept", verdi)
    }

    /// As `POST` with a body of a type.
    pub fn post(self, innholdstype: &str, kropp: impl Into<Vec<u8>>) -> Self {
        let mut kall = self.metode("POST").hode("content-type", innholdstype);
        kall.kropp = Some(kropp.into());
        kall
    }

    /// Makes the call with the client, and lets the judge see the answer.
    #[track_caller]
    pub fn send(self) -> Svar {
        let (metode, sti) = (self.metode.clone(), self.sti.clone());
        let svar = self.send_utenom();
        dom::sjekk(&metode, &sti, &svar);
        svar
    }

    /// Makes the call past the judge, who knows the interfaces of a demo alone.
    pub fn send_utenom(self) -> Svar {
        self.utfoer().unwrap()
    }

    /// Makes the call to a server that may be gone before it has answered.
    pub fn forsoek(self) -> Option<Svar> {
        self.utfoer().ok()
    }

    fn utfoer(self) -> Result<Svar, reqwest::Error> {
        let mut bygger = KLIENT.request(self.metode.clone(), format!("{}{}", self.base, self.sti));
        bygger = bygger.headers(self.hoder);
        if let Some(kropp) = self.kropp {
            bygger = bygger.body(kropp);
        }
        let start = Instant::now();
        KJOERETID.block_on(async {
            let svar = bygger.send().await?;
            let (status, hoder) = (svar.status().as_u16(), svar.headers().clone());
            let kropp = svar.bytes().await?.to_vec();
            Ok(Svar {
                status,
                hoder,
                kropp,
                tid: start.elapsed(),
            })
        })
    }

    /// Makes the call by hand: exactly these headers and the body as given, so that there may be no `Accept`.
    #[track_caller]
    pub fn send_for_haand(self) -> Svar {
        let lengde = self.kropp.as_ref().map(|k| format!("content-length: {}\r\n", k.len()));
        self.send_raatt(&lengde.unwrap_or_default(), &self.kropp.clone().unwrap_or_default())
    }

    /// As [`Kall::send_for_haand`], with other lines on the framing of the body.
    #[track_caller]
    pub fn send_raatt(&self, rammelinjer: &str, byte: &[u8]) -> Svar {
        let vert = self.base.strip_prefix("http://").unwrap();
        let mut ut = format!(
            "{} {} HTTP/1.1\r\nhost: {vert}\r\nconnection: close\r\n",
            self.metode, self.sti
        );
        for (navn, verdi) in &self.hoder {
            ut += &format!("{navn}: {}\r\n", verdi.to_str().unwrap());
        }
        ut += rammelinjer;
        ut += "\r\n";
        let svar = utveksle(vert, &[ut.as_bytes(), byte].concat(), SVARTID_MAKS);
        dom::sjekk(&self.metode, &self.sti, &svar);
        svar
    }
}

/// Sends bytes that need not be a request, and reads what comes back until the server closes.
#[track_caller]
pub fn send_byte(tjener: &Tjener, byte: &[u8], tid_maks: Duration) -> Svar {
    utveksle(tjener.base.strip_prefix("http://").unwrap(), byte, tid_maks)
}

#[track_caller]
fn utveksle(vert: &str, byte: &[u8], tid_maks: Duration) -> Svar {
    let start = Instant::now();
    let mut forbindelse = TcpStream::connect(vert).unwrap();
    forbindelse.set_read_timeout(Some(tid_maks)).unwrap();
    // The server may have answered and closed before it has read everything.
    let _ = forbindelse.write_all(byte);
    let mut svar = Vec::new();
    if let Err(feil) = forbindelse.read_to_end(&mut svar) {
        assert!(!svar.is_empty(), "{feil}");
    }
    les_svar(&svar, start.elapsed())
}

fn les_svar(byte: &[u8], tid: Duration) -> Svar {
    let slutt = byte.windows(4).position(|v| v == b"\r\n\r\n").unwrap();
    let hode = std::str::from_utf8(&byte[..slutt]).unwrap();
    let mut linjer = hode.split("\r\n");
    let status = linjer.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let mut hoder = HeaderMap::new();
    for (navn, verdi) in linjer.filter_map(|l| l.split_once(':')) {
        hoder.append(
            HeaderName::try_from(navn).unwrap(),
            HeaderValue::from_str(verdi.trim()).unwrap(),
        );
    }
    assert!(!hoder.contains_key("transfer-encoding"));
    Svar {
        status,
        hoder,
        kropp: byte[slutt + 4..].to_vec(),
        tid,
    }
}

/// Whether a server still answers as it should: asked after each thing that could have harmed it.
#[track_caller]
pub fn svarer_fortsatt(tjener: &Tjener, pakke: Pakke, token: &str) {
    Kall::ny(tjener, pakke, "hendelser/siste/sekvensnummer")
        .token(token)
        .send()
        .ok();
}
