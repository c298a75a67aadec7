//! A source for the tests: a register that answers as Folkeregisteret's interface does for med hjemmel, and that can be made to
//! fail. That the real interface answers so is tested where it is served, over HTTP.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use helsekopi::{Foelger, Kilde, Kopi, Steg};
use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::{Persondokument as Dokument, Registrering, Tidspunkt};
use klienter::folkeregister::{Batch, Bulksvar, Feedhendelse, Feedsvar, Feil, Identifikatorer, Jobb, Persondokument};
use register::{Dokumentidentifikator, Personnummer, Register};
use syntetisk_befolkning::Nasjon;
use tilgang::token::Framtid;
use tilgang::{Format, Frigivelse, Projeksjon, Revisjon, RevisjonUtilgjengelig, Revisjonspost, Svar, Utvalg};

pub const MH: Projeksjon = Projeksjon::MedHjemmel;
pub const NAA: i64 = 1_767_222_000;

pub fn kjoer<T>(framtid: impl Future<Output = T>) -> T {
    let mut bygger = tokio::runtime::Builder::new_multi_thread();
    bygger.worker_threads(1).enable_all().build().unwrap().block_on(framtid)
}

pub struct Ingen;

impl Revisjon for Ingen {
    fn skriv<'a>(&'a self, _: &Revisjonspost<'_>) -> Framtid<'a, Result<(), RevisjonUtilgjengelig>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The bytes of an answer.
pub fn frigi(svar: Svar) -> Vec<u8> {
    let post = Revisjonspost::new("prøve", "GET personer/{personidentifikator}", "", 200);
    let frigivelse = Frigivelse::new(Arc::new(Ingen));
    let mut frigitt = std::pin::pin!(frigivelse.frigi(svar, &post));
    let mut sammenheng = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(frigitt) = frigitt.as_mut().poll(&mut sammenheng) else {
        panic!("a record that is written at once is not waited for");
    };
    frigitt.unwrap().til_kropp()
}

/// Minute `n` of the tests' time.
pub fn tid(minutt: u32) -> Tidspunkt {
    let (dag, time) = (minutt / 1440 + 2, minutt / 60 % 24);
    Tidspunkt::parse(&format!("2026-01-{dag:02}T{time:02}:{:02}:00+01:00", minutt % 60)).unwrap()
}

/// What a projection is shown of whoever has a number, history included.
pub fn vist(register: &Register, nummer: &str, projeksjon: Projeksjon) -> Option<String> {
    let id = Folkeregisteridentifikator::parse(nummer).unwrap();
    let les = register.les().unwrap();
    let person = les.finn(&id).unwrap()?;
    let mut svar = Svar::new(Format::Json);
    les.vis(person, &mut svar, projeksjon, Utvalg::alt(projeksjon), id.to_u64())
        .unwrap();
    Some(String::from_utf8(frigi(svar)).unwrap())
}

/// A register, and what is wrong with the way to it.
pub struct Registerkilde {
    pub register: Register,
    /// One call in so many fails; 0: none.
    pub svikt: AtomicU32,
    kall: AtomicU64,
    /// Feed numbers below this are too old.
    pub eldste: AtomicU64,
    /// So many times a job is forgotten when its second batch is asked for.
    pub glemsk: AtomicU32,
    /// The answer to a lookup is the neighbour's in the list.
    pub loegn: AtomicU32,
    /// Whoever has a lower number is not known when asked for by it.
    pub skjult_under: AtomicU64,
    /// So many documents of the archive are given without what the model requires.
    pub uleselige: AtomicU32,
    jobber: Mutex<BTreeMap<String, u64>>,
    /// Events on a page.
    pub side: AtomicU64,
    _mappe: tempfile::TempDir,
}

impl Registerkilde {
    fn tom() -> Arc<Self> {
        let mappe = tempfile::tempdir().unwrap();
        Arc::new(Registerkilde {
            register: Register::aapne(mappe.path()).unwrap(),
            svikt: AtomicU32::new(0),
            kall: AtomicU64::new(0),
            eldste: AtomicU64::new(0),
            glemsk: AtomicU32::new(0),
            loegn: AtomicU32::new(0),
            skjult_under: AtomicU64::new(0),
            uleselige: AtomicU32::new(0),
            jobber: Mutex::new(BTreeMap::new()),
            side: AtomicU64::new(1000),
            _mappe: mappe,
        })
    }

    /// With a nation as it was thirty days before; what happened since is given beside it.
    pub fn med_nasjon(froe: u64, personer: u32) -> (Arc<Self>, Vec<Vec<Registrering>>) {
        let kilde = Registerkilde::tom();
        let nasjon = Nasjon::new(froe, personer).unwrap();
        for gruppe in 0..nasjon.grupper() {
            kilde.opprett(nasjon.gruppe(gruppe));
        }
        (kilde, nasjon.siste_maaned().collect())
    }

    fn opprett(&self, dokumenter: Vec<Dokument>) {
        let opprett = |d: Dokument| Registrering {
            tidspunkt: tid(0),
            handling: informasjonsmodell::Handling::Opprett(Box::new(d)),
        };
        let alle: Vec<_> = dokumenter.into_iter().map(opprett).collect();
        self.register.utfoer(&alle, NAA).unwrap();
    }

    /// Every number that anybody has or has had.
    pub fn numre(&self) -> Vec<String> {
        let les = self.register.les().unwrap();
        let antall = self.register.antall_personer().unwrap();
        let alle = (1..=antall).flat_map(|p| les.numre(Personnummer::fra_indeks(p)).unwrap());
        let ut: std::collections::BTreeSet<String> = alle.map(|n| format!("{n:011}")).collect();
        ut.into_iter().collect()
    }

    /// How often everybody was ordered.
    pub fn bestillinger(&self) -> usize {
        self.jobber.lock().unwrap().len()
    }

    /// The number of the newest event.
    pub fn siste(&self) -> u64 {
        self.register.les().unwrap().siste_sekvensnummer(MH).unwrap()
    }

    fn innom(&self) -> Result<(), Feil> {
        let nr = self.kall.fetch_add(1, Ordering::Relaxed);
        let svikt = u64::from(self.svikt.load(Ordering::Relaxed));
        // Spread by the golden ratio, the same each time.
        let kast = nr.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        if svikt > 0 && kast.is_multiple_of(svikt) {
            return Err(klienter::Feil::Format("svikt").into());
        }
        Ok(())
    }

    fn dokument(&self, nummer: &str) -> Option<Persondokument> {
        let tekst = vist(&self.register, nummer, MH)?;
        Some(Persondokument::fra_objekt(serde_json::from_str(&tekst).unwrap()))
    }
}

fn ferdig<'a, T: Send + 'a>(utfall: Result<T, Feil>) -> Framtid<'a, Result<T, Feil>> {
    Box::pin(std::future::ready(utfall))
}

impl Kilde for Registerkilde {
    fn siste(&self) -> Framtid<'_, Result<u64, Feil>> {
        ferdig(self.innom().map(|()| Registerkilde::siste(self)))
    }

    fn feed<'a>(&'a self, fra: u64, _: Option<&'a str>) -> Framtid<'a, Result<Feedsvar, Feil>> {
        let les = || {
            self.innom()?;
            if fra < self.eldste.load(Ordering::Relaxed) {
                return Err(Feil::ForGammelt);
            }
            let antall = self.side.load(Ordering::Relaxed) as usize;
            let side = self.register.les().unwrap().feed(MH, fra, antall).unwrap();
            let hendelse = |e: register::Feedelement| Feedhendelse {
                sekvensnummer: e.sekvensnummer,
                hendelsetype: e.hendelsestype.navn().to_owned(),
                folkeregisteridentifikator: Some(e.folkeregisteridentifikator),
                hendelsesdokument: None,
                persondokument: e.persondokument.map(|d| d.to_string()),
                ajourholdstidspunkt: None,
            };
            let hendelser = side.into_iter().map(hendelse).collect();
            Ok(Feedsvar::Side { hendelser, etag: None })
        };
        ferdig(les())
    }

    fn oppslag<'a>(&'a self, personer: &'a [Folkeregisteridentifikator]) -> Framtid<'a, Result<Vec<Bulksvar>, Feil>> {
        let lyver = self.loegn.load(Ordering::Relaxed) > 0;
        let svar = |(nr, person): (usize, &Folkeregisteridentifikator)| {
            let hvis = if lyver { (nr + 1) % personer.len() } else { nr };
            Bulksvar {
                foedsels_eller_d_nummer: person.as_str().to_owned(),
                person: self
                    .dokument(personer[hvis].as_str())
                    .filter(|_| person.to_u64() >= self.skjult_under.load(Ordering::Relaxed)),
            }
        };
        ferdig(self.innom().map(|()| personer.iter().enumerate().map(svar).collect()))
    }

    fn bestill(&self, seq: u64) -> Framtid<'_, Result<Jobb, Feil>> {
        let ny = || {
            self.innom()?;
            let mut jobber = self.jobber.lock().unwrap();
            let navn = format!("jobb-{}", jobber.len());
            jobber.insert(navn.clone(), seq);
            Ok(Jobb::les(&navn).unwrap())
        };
        ferdig(ny())
    }

    fn batch<'a>(&'a self, jobb: &'a Jobb, nr: u64) -> Framtid<'a, Result<Batch, Feil>> {
        const BATCH: usize = 130;
        let hent = || {
            self.innom()?;
            let seq = self.jobber.lock().unwrap()[&jobb.to_string()];
            if nr == 1 && self.glemsk.load(Ordering::Relaxed) > 0 {
                self.glemsk.fetch_sub(1, Ordering::Relaxed);
                return Err(Feil::UkjentJobb);
            }
            let les = self.register.les().unwrap();
            let alle = les.persondokumenter(MH, seq, |_| true).unwrap().unwrap();
            let alle: Vec<String> = (0u32..)
                .zip(alle)
                .filter(|(_, s)| s.0 > 0)
                .map(|(p, s)| les.persondokument(Personnummer::fra_indeks(p), s).to_string())
                .collect();
            Ok(match alle.chunks(BATCH).nth(nr as usize) {
                Some(del) => Batch::Identifikatorer(Identifikatorer::Dokumenter(del.to_vec())),
                None => Batch::Slutt,
            })
        };
        ferdig(hent())
    }

    fn arkiv<'a>(&'a self, dokumenter: &'a [String]) -> Framtid<'a, Result<Vec<Persondokument>, Feil>> {
        let les = |id: &String| {
            let les = self.register.les().unwrap();
            let id = Dokumentidentifikator::parse(id).unwrap();
            let mut svar = Svar::new(Format::Json);
            let utfall = les.vis_arkiv(id, 0, &mut svar, MH, Utvalg::alt(MH));
            utfall.unwrap().unwrap();
            let mut objekt: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&frigi(svar)).unwrap();
            if self.uleselige.load(Ordering::Relaxed) > 0 {
                self.uleselige.fetch_sub(1, Ordering::Relaxed);
                objekt.insert("kjoenn".to_owned(), serde_json::json!("galt"));
            }
            Persondokument::fra_objekt(objekt)
        };
        ferdig(self.innom().map(|()| dokumenter.iter().map(les).collect()))
    }
}

/// A copy in a folder, and whoever keeps it.
pub struct Prove {
    pub mappe: tempfile::TempDir,
    pub kilde: Arc<Registerkilde>,
    pub kopi: Option<Arc<Kopi>>,
    pub foelger: Option<Foelger>,
}

impl Prove {
    pub fn new(kilde: &Arc<Registerkilde>) -> Self {
        let mut prove = Prove {
            mappe: tempfile::tempdir().unwrap(),
            kilde: kilde.clone(),
            kopi: None,
            foelger: None,
        };
        prove.gjenaapne();
        prove
    }

    /// As after a stop: nothing but what is on the disk.
    pub fn gjenaapne(&mut self) {
        (self.foelger, self.kopi) = (None, None);
        let kopi = Arc::new(Kopi::aapne(self.mappe.path()).unwrap());
        self.kopi = Some(kopi);
        self.foelg_fra(NAA);
    }

    /// Somebody new keeps it, at a time.
    pub fn foelg_fra(&mut self, sekunder: i64) {
        let klokke: tilgang::token::Klokke = Arc::new(move || jiff::Timestamp::from_second(sekunder).unwrap());
        let kopi = self.kopi.clone().unwrap();
        self.foelger = Some(Foelger::new(kopi, self.kilde.clone(), klokke));
    }

    pub fn kopi(&self) -> &Kopi {
        self.kopi.as_deref().unwrap()
    }

    pub async fn steg(&mut self) -> Result<Steg, helsekopi::Feil> {
        self.foelger.as_mut().unwrap().steg().await
    }

    /// Goes on until there is nothing more.
    pub async fn til_ajour(&mut self) {
        for _ in 0..10_000 {
            if let Ok(Steg::Ajour) = self.steg().await {
                return;
            }
        }
        panic!("never caught up: {:?}", self.steg().await);
    }

    /// The copy shows what the source shows.
    #[track_caller]
    pub fn viser_likt(&self) {
        for nummer in self.kilde.numre() {
            let fasit = vist(&self.kilde.register, &nummer, MH);
            assert_eq!(vist(self.kopi().register(), &nummer, MH), fasit);
        }
    }

    /// The copy shows what the source shows, and is whole.
    #[track_caller]
    pub fn lik(&self) {
        self.viser_likt();
        assert_eq!(self.kopi().register().verifiser(&mut |_| {}).unwrap(), []);
    }
}
