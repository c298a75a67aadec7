//! Metrics: one registry, the counters of HTTP, and a handle with which others add their own.
//!
//! Not here: where they are shown ([`crate::drift`]). What newcomers get wrong: a label is not a place for text. Every
//! label set here is a struct of enums, of texts written in the program, and of [`Rutemal`], which can only be made
//! from a route's template; so no value from a request can become a label, and their number is bounded.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
    time::{Duration, Instant},
};

use axum::extract::MatchedPath;
use http::{Method, StatusCode};
use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, EncodeMetric, LabelValueEncoder, MetricEncoder, NoLabelSet},
    metrics::{MetricType, counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Metric, Registry},
};

use crate::sporing::{Linje, SporId};

/// Before the name of every metric.
pub const PREFIKS: &str = "persontjenesten";

/// Upper bounds of the duration buckets, in seconds.
/// Source: the promised times of the register's services (0.5, 2 and 10 s), and finer below them.
const VARIGHET_S: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0,
];

/// A metric that is read when it is written.
enum Avlest {
    Maaler(Box<dyn Fn() -> u64 + Send + Sync>),
    Teller(Box<dyn Fn() -> u64 + Send + Sync>),
    /// Gauges that differ in one label.
    Maalere(&'static str, Box<dyn Fn() -> Vec<(&'static str, u64)> + Send + Sync>),
}

impl fmt::Debug for Avlest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Avlest")
    }
}

impl EncodeMetric for Avlest {
    fn encode(&self, mut ut: MetricEncoder<'_>) -> fmt::Result {
        match self {
            Avlest::Maaler(les) => ut.encode_gauge(&les()),
            Avlest::Teller(les) => ut.encode_counter::<NoLabelSet, _, u64>(&les(), None),
            Avlest::Maalere(etikett, les) => les().into_iter().try_for_each(|(verdi, tall)| {
                let etiketter = [(*etikett, verdi)];
                ut.encode_family(&etiketter)?.encode_gauge(&tall)
            }),
        }
    }

    fn metric_type(&self) -> MetricType {
        match self {
            Avlest::Maaler(_) | Avlest::Maalere(..) => MetricType::Gauge,
            Avlest::Teller(_) => MetricType::Counter,
        }
    }
}

/// Why a metric was not registered. Both are faults in the program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A metric with that name is there already; two would make the page unreadable.
    #[error("the metric {0} is registered already; register it once and clone it")]
    FinnesAlt(&'static str),
    /// Not lower-case letters, digits and underscores, with a letter first.
    #[error("{0} is not a metric name; use lower-case letters, digits and underscores")]
    Navn(&'static str),
}

/// The method of a request, as far as it has a name that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Metode {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
    /// Any other word; the word itself is the client's, and is not kept.
    Annen,
}

impl Metode {
    /// How many there are. `Annen` is the last.
    const ANTALL: usize = Self::Annen as usize + 1;

    /// The name on the wire, or `ANNEN`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Annen => "ANNEN",
        }
    }
}

impl From<&Method> for Metode {
    fn from(metode: &Method) -> Self {
        match *metode {
            Method::GET => Self::Get,
            Method::HEAD => Self::Head,
            Method::POST => Self::Post,
            Method::PUT => Self::Put,
            Method::PATCH => Self::Patch,
            Method::DELETE => Self::Delete,
            Method::OPTIONS => Self::Options,
            _ => Self::Annen,
        }
    }
}

impl EncodeLabelValue for Metode {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        self.as_str().encode(encoder)
    }
}

/// The template of a route, such as `/v1/personer/{personidentifikator}`; never a path.
///
/// It can only be made from what the router matched, so it holds nothing that a client wrote.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rutemal(Option<Arc<str>>);

impl Rutemal {
    /// The template that the router matched; without one, [`Rutemal::UKJENT`].
    pub fn from_match(rute: Option<&MatchedPath>) -> Self {
        Self(rute.map(|rute| Arc::from(rute.as_str())))
    }

    /// No route matched.
    pub const UKJENT: Self = Self(None);

    /// The template, or `ukjent`.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or("ukjent")
    }
}

impl EncodeLabelValue for Rutemal {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        self.as_str().encode(encoder)
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Utfall {
    /// With an answer of this status.
    Status(u16),
    /// With no answer: the client left, or the server was stopped.
    Avbrutt,
}

impl fmt::Display for Utfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Avbrutt => f.write_str("avbrutt"),
        }
    }
}

impl EncodeLabelValue for Utfall {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        match self {
            Self::Status(status) => EncodeLabelValue::encode(status, encoder),
            Self::Avbrutt => "avbrutt".encode(encoder),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Foresporselsetikett {
    tjeneste: &'static str,
    rute: Rutemal,
    metode: Metode,
    statuskode: Utfall,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ruteetikett {
    tjeneste: &'static str,
    rute: Rutemal,
    metode: Metode,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Tjenesteetikett {
    tjeneste: &'static str,
}

/// Why a call was turned away without having been looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strupegrunn {
    /// The consumer's budget of calls.
    Konsument,
    /// The address's budget of calls.
    Adresse,
    /// The consumer's budget of numbers that nobody has.
    Bom,
    /// Too much was under way.
    Overlast,
}

impl EncodeLabelValue for Strupegrunn {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        let navn = match self {
            Self::Konsument => "konsument",
            Self::Adresse => "adresse",
            Self::Bom => "bom",
            Self::Overlast => "overlast",
        };
        navn.encode(encoder)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Strupeetikett {
    tjeneste: &'static str,
    grunn: Strupegrunn,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Portetikett {
    port: &'static str,
}

fn varighet() -> Histogram {
    Histogram::new(VARIGHET_S)
}

/// The process's metrics. Clones are handles on the same ones.
#[derive(Clone, Debug)]
pub struct Maalere {
    register: Arc<Mutex<Innhold>>,
    foresporsler: Family<Foresporselsetikett, Counter>,
    varighet: Family<Ruteetikett, Histogram, fn() -> Histogram>,
    under_arbeid: Family<Tjenesteetikett, Gauge>,
    panikker: Family<Tjenesteetikett, Counter>,
    strupet: Family<Strupeetikett, Counter>,
    tilkoblinger: Family<Portetikett, Gauge>,
}

#[derive(Debug)]
struct Innhold {
    register: Registry,
    navn: BTreeSet<&'static str>,
    /// What lives shorter: [`Maalere::under`].
    under: Weak<Mutex<Innhold>>,
}

impl Default for Maalere {
    fn default() -> Self {
        Self::new()
    }
}

impl Maalere {
    /// A registry with the metrics of HTTP and nothing else.
    pub fn new() -> Self {
        let (foresporsler, under_arbeid, panikker, tilkoblinger) = (
            Family::default(),
            Family::default(),
            Family::default(),
            Family::default(),
        );
        let varighet = Family::new_with_constructor(varighet as fn() -> Histogram);
        let mut register = Registry::with_prefix(PREFIKS);
        register.register("http_requests", "Requests answered or broken off", foresporsler.clone());
        register.register(
            "http_request_duration_seconds",
            "From the request's head was read until the answer's head was ready",
            varighet.clone(),
        );
        register.register(
            "http_requests_in_flight",
            "Requests whose answer is not ready",
            under_arbeid.clone(),
        );
        register.register(
            "http_panics",
            "Handlers that panicked and were answered with 500",
            panikker.clone(),
        );
        register.register(
            "http_open_connections",
            "Open connections by listening port",
            tilkoblinger.clone(),
        );
        let strupet = Family::<Strupeetikett, Counter>::default();
        register.register(
            "http_requests_throttled",
            "Calls turned away by a limit on calls, on unknown numbers or on work under way",
            strupet.clone(),
        );
        let navn = [
            "http_requests_throttled",
            "http_requests",
            "http_request_duration_seconds",
            "http_requests_in_flight",
            "http_panics",
            "http_open_connections",
        ];
        let register = Arc::new(Mutex::new(Innhold {
            register,
            navn: navn.into(),
            under: Weak::new(),
        }));
        Self {
            register,
            foresporsler,
            varighet,
            under_arbeid,
            panikker,
            strupet,
            tilkoblinger,
        }
    }

    /// Adds a metric under [`PREFIKS`]. Keep a clone of it to write to.
    ///
    /// Units: the unit is the end of the name (`_seconds`, `_bytes`); a counter gets `_total` by itself.
    /// Errors: the name is taken or not a name.
    pub fn register(&self, navn: &'static str, hjelp: &'static str, metrikk: impl Metric) -> Result<(), Error> {
        let lovlig = navn.starts_with(|c: char| c.is_ascii_lowercase())
            && navn
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !lovlig {
            return Err(Error::Navn(navn));
        }
        let mut innhold = self.register.lock().unwrap_or_else(PoisonError::into_inner);
        if !innhold.navn.insert(navn) {
            return Err(Error::FinnesAlt(navn));
        }
        innhold.register.register(navn, hjelp, metrikk);
        Ok(())
    }

    /// Adds a gauge that is read each time the metrics are: for a value that someone else keeps.
    ///
    /// `les` must look at a value that is at hand, and never wait.
    /// Errors: as [`Maalere::register`].
    pub fn register_reading(
        &self,
        navn: &'static str,
        hjelp: &'static str,
        les: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Result<(), Error> {
        self.register(navn, hjelp, Avlest::Maaler(Box::new(les)))
    }

    /// As [`Maalere::register_reading`], for a number that only rises.
    ///
    /// Errors: as [`Maalere::register`].
    pub fn register_counting(
        &self,
        navn: &'static str,
        hjelp: &'static str,
        les: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Result<(), Error> {
        self.register(navn, hjelp, Avlest::Teller(Box::new(les)))
    }

    /// As [`Maalere::register_reading`], for values that differ in one label. Its values are texts of the program.
    ///
    /// Errors: as [`Maalere::register`].
    pub fn register_readings(
        &self,
        navn: &'static str,
        hjelp: &'static str,
        etikett: &'static str,
        les: impl Fn() -> Vec<(&'static str, u64)> + Send + Sync + 'static,
    ) -> Result<(), Error> {
        self.register(navn, hjelp, Avlest::Maalere(etikett, Box::new(les)))
    }

    /// All metrics as OpenMetrics text.
    ///
    /// Errors: a metric of someone else's failed to write itself.
    pub fn encode(&self) -> Result<String, fmt::Error> {
        let mut ut = String::new();
        let innhold = self.register.lock().unwrap_or_else(PoisonError::into_inner);
        prometheus_client::encoding::text::encode_registry(&mut ut, &innhold.register)?;
        let under = innhold.under.upgrade();
        drop(innhold);
        if let Some(under) = under {
            let under = under.lock().unwrap_or_else(PoisonError::into_inner);
            prometheus_client::encoding::text::encode_registry(&mut ut, &under.register)?;
        }
        prometheus_client::encoding::text::encode_eof(&mut ut)?;
        Ok(ut)
    }

    /// A registry below this one, for a part of the process that lives shorter: it counts in the same metrics of HTTP, and what
    /// is registered in it is shown with the rest until [`Maalere::toem`]. There is one at a time; the newest is shown.
    #[must_use]
    pub fn under(&self) -> Self {
        let mut innhold = self.register.lock().unwrap_or_else(PoisonError::into_inner);
        let register = Arc::new(Mutex::new(Innhold {
            register: Registry::with_prefix(PREFIKS),
            navn: innhold.navn.clone(),
            under: Weak::new(),
        }));
        innhold.under = Arc::downgrade(&register);
        drop(innhold);
        Self {
            register,
            ..self.clone()
        }
    }

    /// Lets go of everything that was registered, and of all that the readings look at.
    pub fn toem(&self) {
        let mut innhold = self.register.lock().unwrap_or_else(PoisonError::into_inner);
        let register = std::mem::replace(&mut innhold.register, Registry::with_prefix(PREFIKS));
        innhold.navn.clear();
        drop(innhold);
        // What it held may register and count while it is let go.
        drop(register);
    }

    /// The meters of one route.
    pub(crate) fn for_rute(&self, tjeneste: &'static str, rute: Rutemal) -> Arc<Rutemaalere> {
        let etikett = Tjenesteetikett { tjeneste };
        // Zero from the first request on, so that the first panic is a rise and not a new series.
        drop(self.panikker.get_or_create(&etikett));
        Arc::new(Rutemaalere {
            under_arbeid: self.under_arbeid.get_or_create_owned(&etikett),
            metoder: Default::default(),
            maalere: self.clone(),
            tjeneste,
            rute,
        })
    }

    #[cfg(test)]
    fn start(&self, tjeneste: &'static str, rute: Rutemal, metode: Metode, id: SporId) -> Paagaaende {
        Rutemaalere::start(&self.for_rute(tjeneste, rute), metode, id)
    }

    /// Counts a call that was turned away.
    pub fn count_throttled(&self, tjeneste: &'static str, grunn: Strupegrunn) {
        self.strupet.get_or_create(&Strupeetikett { tjeneste, grunn }).inc();
    }

    pub(crate) fn count_panic(&self, tjeneste: &'static str) {
        self.panikker.get_or_create(&Tjenesteetikett { tjeneste }).inc();
    }

    pub(crate) fn tilkoblinger(&self, port: &'static str) -> Tilkoblingsteller {
        Tilkoblingsteller(self.tilkoblinger.get_or_create_owned(&Portetikett { port }))
    }
}

/// What counts the calls of one route, found once and not anew for each call.
#[derive(Debug)]
pub(crate) struct Rutemaalere {
    maalere: Maalere,
    tjeneste: &'static str,
    rute: Rutemal,
    under_arbeid: Gauge,
    metoder: [Metodemaalere; Metode::ANTALL],
}

/// The same for one method. A series comes to be when it is first counted in.
#[derive(Debug, Default)]
struct Metodemaalere {
    varighet: OnceLock<Histogram>,
    /// Answers of the status that most have.
    ok: OnceLock<Counter>,
}

impl Rutemaalere {
    /// Whether they are those of what the router matched.
    pub(crate) fn er_for(&self, rute: Option<&MatchedPath>) -> bool {
        self.rute.0.as_deref() == rute.map(MatchedPath::as_str)
    }

    /// Starts counting one request. It is counted when the result is dropped, at the latest.
    pub(crate) fn start(maalere: &Arc<Self>, metode: Metode, id: SporId) -> Paagaaende {
        maalere.under_arbeid.inc();
        Paagaaende {
            maalere: Arc::clone(maalere),
            metode,
            utfall: Utfall::Avbrutt,
            id,
            start: Instant::now(),
        }
    }

    fn slutt(&self, metode: Metode, utfall: Utfall, varighet: Duration) {
        let Self { tjeneste, rute, .. } = self;
        let lag_teller = || {
            self.maalere.foresporsler.get_or_create_owned(&Foresporselsetikett {
                tjeneste,
                rute: rute.clone(),
                metode,
                statuskode: utfall,
            })
        };
        let lag_varighet = || {
            self.maalere.varighet.get_or_create_owned(&Ruteetikett {
                tjeneste,
                rute: rute.clone(),
                metode,
            })
        };
        // As many places as there are methods, so there is always one.
        let Some(for_metode) = self.metoder.get(metode as usize) else {
            return;
        };
        if utfall == Utfall::Status(StatusCode::OK.as_u16()) {
            for_metode.ok.get_or_init(lag_teller).inc();
        } else {
            lag_teller().inc();
        }
        for_metode
            .varighet
            .get_or_init(lag_varighet)
            .observe(varighet.as_secs_f64());
        self.under_arbeid.dec();
    }
}

/// A request under way. Dropped unfinished, it is counted and logged as broken off.
#[derive(Debug)]
pub(crate) struct Paagaaende {
    maalere: Arc<Rutemaalere>,
    metode: Metode,
    utfall: Utfall,
    id: SporId,
    start: Instant,
}

impl Paagaaende {
    pub(crate) fn finish(mut self, status: StatusCode) {
        self.utfall = Utfall::Status(status.as_u16());
    }
}

impl Drop for Paagaaende {
    fn drop(&mut self) {
        let varighet = self.start.elapsed();
        self.maalere.slutt(self.metode, self.utfall, varighet);
        Linje {
            tjeneste: self.maalere.tjeneste,
            metode: self.metode,
            rute: &self.maalere.rute,
            utfall: self.utfall,
            varighet,
            id: self.id,
        }
        .log();
    }
}

/// Counts the open connections of one port.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tilkoblingsteller(Gauge);

impl Tilkoblingsteller {
    /// Counts one connection until the result is dropped.
    pub(crate) fn open(&self) -> AapenTilkobling {
        self.0.inc();
        AapenTilkobling(self.0.clone())
    }
}

/// One open connection.
#[derive(Debug)]
pub(crate) struct AapenTilkobling(Gauge);

impl Drop for AapenTilkobling {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;
    use crate::sporing::Spor;

    fn id() -> SporId {
        Spor::from_headers(&HeaderMap::new(), [1; 24]).id()
    }

    #[track_caller]
    fn assert_line(maalere: &Maalere, linje: &str) {
        let tekst = maalere.encode().unwrap();
        assert!(tekst.lines().any(|l| l == linje), "no line {linje} in\n{tekst}");
    }

    #[test]
    fn what_lives_shorter_is_shown_with_the_rest_until_it_is_let_go() {
        let maalere = Maalere::new();
        maalere.register_reading("hele", "Av prosessen", || 1).unwrap();
        for runde in [2, 3] {
            let holdt = std::sync::Arc::new(runde);
            let svak = std::sync::Arc::downgrade(&holdt);
            let under = maalere.under();
            // Whoever is counted in it may hold it.
            let selv = under.clone();
            let les = move || {
                let _ = &selv;
                *holdt
            };
            under.register_reading("del", "Av nasjonen", les).unwrap();
            assert_eq!(
                under.register_reading("hele", "Av prosessen", || 1),
                Err(Error::FinnesAlt("hele"))
            );
            under
                .start("eksempel", Rutemal::UKJENT, Metode::Get, id())
                .finish(StatusCode::OK);
            assert_line(&maalere, &format!("persontjenesten_del {runde}"));
            assert_line(&maalere, "persontjenesten_hele 1");
            let tekst = maalere.encode().unwrap();
            assert!(
                tekst.ends_with("# EOF\n") && tekst.matches("# EOF").count() == 1,
                "{tekst}"
            );
            under.toem();
            assert!(svak.upgrade().is_none());
            assert!(!maalere.encode().unwrap().contains("persontjenesten_del"));
        }
        let rute = "tjeneste=\"eksempel\",rute=\"ukjent\",metode=\"GET\",statuskode=\"200\"";
        assert_line(&maalere, &format!("persontjenesten_http_requests_total{{{rute}}} 2"));
    }

    #[test]
    fn a_request_is_counted_once_with_its_status_and_duration() {
        let maalere = Maalere::new();
        let paagaaende = maalere.start("eksempel", Rutemal::UKJENT, Metode::Get, id());
        assert_line(
            &maalere,
            "persontjenesten_http_requests_in_flight{tjeneste=\"eksempel\"} 1",
        );
        paagaaende.finish(StatusCode::NOT_FOUND);
        assert_line(
            &maalere,
            "persontjenesten_http_requests_in_flight{tjeneste=\"eksempel\"} 0",
        );
        let etiketter = "tjeneste=\"eksempel\",rute=\"ukjent\",metode=\"GET\"";
        assert_line(
            &maalere,
            &format!("persontjenesten_http_requests_total{{{etiketter},statuskode=\"404\"}} 1"),
        );
        assert_line(
            &maalere,
            &format!("persontjenesten_http_request_duration_seconds_count{{{etiketter}}} 1"),
        );
    }

    #[test]
    fn a_request_that_is_dropped_is_counted_as_broken_off() {
        let maalere = Maalere::new();
        drop(maalere.start("eksempel", Rutemal::UKJENT, Metode::Annen, id()));
        let etiketter = "tjeneste=\"eksempel\",rute=\"ukjent\",metode=\"ANNEN\",statuskode=\"avbrutt\"";
        assert_line(
            &maalere,
            &format!("persontjenesten_http_requests_total{{{etiketter}}} 1"),
        );
    }

    #[test]
    fn open_connections_are_counted_until_they_close() {
        let maalere = Maalere::new();
        let teller = maalere.tilkoblinger("api");
        let (a, b) = (teller.open(), maalere.tilkoblinger("api").open());
        assert_line(&maalere, "persontjenesten_http_open_connections{port=\"api\"} 2");
        drop((a, b));
        assert_line(&maalere, "persontjenesten_http_open_connections{port=\"api\"} 0");
    }

    #[test]
    fn others_register_once_and_under_a_proper_name() {
        let maalere = Maalere::new();
        let teller = Counter::<u64>::default();
        assert_eq!(maalere.register("feed_pages", "Pages read", teller.clone()), Ok(()));
        teller.inc();
        assert_line(&maalere, "persontjenesten_feed_pages_total 1");
        assert_eq!(
            maalere.register("feed_pages", "Again", teller.clone()),
            Err(Error::FinnesAlt("feed_pages"))
        );
        assert_eq!(
            maalere.register("http_panics", "Ours", teller.clone()),
            Err(Error::FinnesAlt("http_panics"))
        );
        for daarlig in ["", "Feed", "1feed", "feed-pages", "feed pages"] {
            assert_eq!(
                maalere.register(daarlig, "x", teller.clone()),
                Err(Error::Navn(daarlig))
            );
        }
        assert!(maalere.encode().unwrap().ends_with("# EOF\n"));
    }

    #[test]
    fn an_unknown_method_keeps_nothing_of_its_word() {
        let metode = Metode::from(&Method::from_bytes(b"KARINORDMANN").unwrap());
        assert_eq!(metode.as_str(), "ANNEN");
    }
}
