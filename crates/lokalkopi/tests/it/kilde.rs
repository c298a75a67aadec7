//! The service with something wrong on the way to it: it stops answering, hides somebody, is behind, has gaps, or lies.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use klienter::personapi::{Feil, Hendelse, Person};
use lokalkopi::{Kilde, Tjeneste};
use serde_json::json;
use tilgang::token::Framtid;
use tokio::sync::Notify;

/// A lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loegn {
    Ingen,
    /// A bulk answer has somebody else.
    AnnenId,
    /// A bulk answer has somebody twice.
    ToGanger,
    /// Every page is as the first.
    SammeSide,
    /// Every page is full of ids that nobody has.
    NyeIder,
    /// match-count says one more.
    Antall,
    /// latest is always before what was read.
    AlltidTilbake,
    /// latest tells of an event that the feed never has.
    AldriDer,
}

pub struct Proevekilde {
    indre: Arc<Tjeneste>,
    /// So many calls are answered, and then none.
    pub igjen: AtomicU64,
    pub stanset: Notify,
    pub kall: AtomicU64,
    pub hentet: AtomicU64,
    pub sider: AtomicU64,
    /// Nobody is told of these.
    pub skjult: Mutex<BTreeSet<String>>,
    /// Documents are of an event so much older, so many times.
    pub etter: AtomicU64,
    /// Every number of the feed is multiplied.
    pub ganger: u64,
    /// Types are of the future, and version 2 has no numbers.
    pub ukjent_type: bool,
    pub loegn: Loegn,
    /// Done before each page.
    #[expect(clippy::type_complexity, reason = "one test's own work")]
    pub foer_side: Mutex<Option<Box<dyn FnMut(u64) + Send>>>,
}

impl Proevekilde {
    pub fn ny(indre: Arc<Tjeneste>) -> Self {
        Proevekilde {
            indre,
            igjen: AtomicU64::new(u64::MAX),
            stanset: Notify::new(),
            kall: AtomicU64::new(0),
            hentet: AtomicU64::new(0),
            sider: AtomicU64::new(0),
            skjult: Mutex::default(),
            etter: AtomicU64::new(0),
            ganger: 1,
            ukjent_type: false,
            loegn: Loegn::Ingen,
            foer_side: Mutex::new(None),
        }
    }

    async fn kall(&self) {
        self.kall.fetch_add(1, Ordering::SeqCst);
        if self.igjen.fetch_sub(1, Ordering::SeqCst) == 0 {
            self.stanset.notify_one();
            std::future::pending::<()>().await;
        }
    }

    fn vri(&self, mut hendelse: Hendelse) -> Hendelse {
        hendelse.sekvensnummer *= self.ganger;
        if self.ukjent_type {
            hendelse.type_ = "SomethingOfTheFuture".to_owned();
            hendelse.nummer = None;
        }
        hendelse
    }

    fn person(&self, person: Person) -> Person {
        let mut felt = person.into_objekt();
        let nummer = felt["sequenceNumber"].as_u64().unwrap() * self.ganger;
        let igjen = self
            .etter
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        felt.insert("sequenceNumber".into(), json!(if igjen.is_ok() { 1 } else { nummer }));
        Person::fra_objekt(felt).unwrap()
    }
}

impl Kilde for Proevekilde {
    fn siste(&self) -> Framtid<'_, Result<Option<Hendelse>, Feil>> {
        Box::pin(async move {
            self.kall().await;
            let mut siste = self.indre.siste().await?.map(|h| self.vri(h));
            if let Some(siste) = &mut siste {
                match self.loegn {
                    Loegn::AlltidTilbake => siste.sekvensnummer = 1000 - self.kall.load(Ordering::SeqCst),
                    Loegn::AldriDer if self.kall.load(Ordering::SeqCst) > 1 => siste.sekvensnummer += 1,
                    _ => {}
                }
            }
            Ok(siste)
        })
    }

    fn hendelser(&self, fra: u64) -> Framtid<'_, Result<Vec<Hendelse>, Feil>> {
        Box::pin(async move {
            self.kall().await;
            let lest = self.indre.hendelser(fra.div_ceil(self.ganger)).await?;
            Ok(lest.into_iter().map(|h| self.vri(h)).collect())
        })
    }

    fn side(&self, indeks: u64, antall: usize) -> Framtid<'_, Result<Vec<String>, Feil>> {
        Box::pin(async move {
            self.kall().await;
            self.sider.fetch_add(1, Ordering::SeqCst);
            if let Some(gjoer) = &mut *self.foer_side.lock().unwrap() {
                gjoer(indeks);
            }
            match self.loegn {
                Loegn::SammeSide => self.indre.side(0, antall).await,
                Loegn::NyeIder => Ok((indeks..indeks + antall as u64)
                    .map(|nr| format!("ingen-{nr}"))
                    .collect()),
                _ => {
                    let mut ider = self.indre.side(indeks, antall).await?;
                    let skjult = self.skjult.lock().unwrap();
                    // At the end of the order, so that the rest stands where it stood.
                    ider.retain(|id| !skjult.contains(id));
                    Ok(ider)
                }
            }
        })
    }

    fn antall(&self) -> Framtid<'_, Result<u64, Feil>> {
        Box::pin(async move {
            self.kall().await;
            let skjult = self.skjult.lock().unwrap().len() as u64;
            Ok(self.indre.antall().await? - skjult + u64::from(self.loegn == Loegn::Antall))
        })
    }

    fn personer<'a>(&'a self, ider: &'a [&'a str]) -> Framtid<'a, Result<Vec<Person>, Feil>> {
        Box::pin(async move {
            self.kall().await;
            self.hentet.fetch_add(ider.len() as u64, Ordering::SeqCst);
            let mut ut = self.indre.personer(ider).await?;
            ut.retain(|person| !self.skjult.lock().unwrap().contains(person.id()));
            let mut ut: Vec<Person> = ut.into_iter().map(|person| self.person(person)).collect();
            match self.loegn {
                Loegn::AnnenId => {
                    let mut felt = ut.pop().unwrap().into_objekt();
                    felt.insert("id".into(), json!("en-annen"));
                    ut.push(Person::fra_objekt(felt).unwrap());
                }
                Loegn::ToGanger => ut.push(ut[0].clone()),
                _ => {}
            }
            Ok(ut)
        })
    }

    fn med_numre<'a>(&'a self, numre: &'a [&'a str]) -> Framtid<'a, Result<Vec<Person>, Feil>> {
        Box::pin(async move {
            self.kall().await;
            self.indre.med_numre(numre).await
        })
    }

    fn med_nummer<'a>(&'a self, nummer: &'a str) -> Framtid<'a, Result<Option<Person>, Feil>> {
        Box::pin(async move {
            self.kall().await;
            self.indre.med_nummer(nummer).await
        })
    }
}
