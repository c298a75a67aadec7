//! The feeds while somebody writes: sixteen who read, one who commits, and six promises held against what each reader saw.
//!
//! ```text
//!  ordered     a page begins where it was asked to and rises                unique     by one at a time, nothing twice
//!  complete    at the end everyone has what was committed, and no more      resumable  also who stopped for a while
//!  atomic      the last numbers of all feeds, and the persons, are those after some one transaction
//!  not ahead   the item of the last number is there, and none after it
//! ```
//! What is committed is planned beforehand, so what a reader should see after any transaction is known without asking the
//! register. The checker is itself tried, on readings that break each promise.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::{Handling, Hendelsestype as H, Registrering};
use register::{Lesing, Register};
use serde_json::{Value, json};
use tilgang::Projeksjon;

use crate::drap::{Tilfeldig, runder, tall};
use crate::felles::{NAA, bosted, nr, nummer, ny, person, postboks, tid};

const LESERE: usize = 16;
/// Where the page that every reader is held to the plan by is.
const MH: usize = 0;
/// Persons who are never anything but renamed and erased.
const SKJERMES: u32 = 7;

type Element = (u64, String, H);

/// One who is to have a new name, and by what event.
#[derive(Clone)]
struct Del {
    person: u32,
    handling: Handling,
    hendelsestype: H,
    navn: Option<String>,
}

/// What is to be committed, transaction by transaction.
struct Plan {
    transaksjoner: Vec<Vec<Del>>,
    /// Events after each transaction.
    grenser: Vec<u64>,
    /// Each person's names: in which transaction, which.
    navn: BTreeMap<u32, Vec<(usize, String)>>,
    /// The feed that med hjemmel gets: number and type.
    feed: Vec<(String, H)>,
    numre: BTreeMap<u32, Folkeregisteridentifikator>,
}

fn endring(t: usize, hva: u64, n: u32) -> Del {
    let navn = format!("T{t}");
    let (hendelsestype, endringer, navn) = match hva {
        0 if n.is_multiple_of(SKJERMES) => (
            H::EndringIAdressebeskyttelse,
            vec![
                ny("adressebeskyttelse", json!({"graderingsnivaa": "strengtFortrolig"})),
                ny("postadresse", postboks("KRIPOS")),
            ],
            None,
        ),
        1 if !n.is_multiple_of(SKJERMES) => (
            H::EndringIBostedsadresse,
            vec![ny("bostedsadresse", bosted(&format!("Flytt{t}veien"), "ugradert"))],
            None,
        ),
        2 if !n.is_multiple_of(SKJERMES) => (
            H::EndringIUtenlandskPersonidentifikasjon,
            vec![ny(
                "utenlandskPersonidentifikasjon",
                json!({"identifikasjonsnummer": format!("X-{t}-{n}"), "utstederland": "SWE",
                    "identifikasjonsnummertype": "utenlandskIdentifikasjonsnummer"}),
            )],
            None,
        ),
        3 if !n.is_multiple_of(SKJERMES) => (
            H::EndringISivilstand,
            vec![ny(
                "sivilstand",
                json!({"sivilstand": "gift", "relatertVedSivilstand": nr(2_000 + n), "aarsak": format!("Vigsel {t}")}),
            )],
            None,
        ),
        _ => (
            H::EndringINavn,
            vec![ny("navn", json!({"fornavn": navn, "etternavn": "FJELLBEKK"}))],
            Some(navn),
        ),
    };
    Del {
        person: n,
        handling: Handling::Registrer {
            person: nummer(n),
            hendelsestype,
            endringer,
        },
        hendelsestype,
        navn,
    }
}

impl Plan {
    fn new(personer: u32, antall: usize) -> Self {
        let mut t = Tilfeldig(7);
        let mut skjermet = BTreeSet::new();
        let opprett = |n: u32| Del {
            person: n,
            handling: Handling::Opprett(Box::new(person(n).bosatt("Elgveien").dokument())),
            hendelsestype: H::PersonErOpprettet,
            navn: Some(format!("STILLE{n}")),
        };
        let mut transaksjoner: Vec<Vec<Del>> = vec![(1..=personer).map(opprett).collect()];
        for nr in 1..antall {
            // Half of them one event alone, the rest up to seven, of as many persons.
            let stoerrelse = if t.neste(2) == 0 { 1 } else { 2 + t.neste(6) };
            let hvem: BTreeSet<u32> = (0..stoerrelse)
                .map(|_| 1 + u32::try_from(t.neste(u64::from(personer))).unwrap())
                .collect();
            let deler = hvem.into_iter().map(|n| {
                // Nobody is protected twice.
                let hva = match t.neste(8) {
                    0 if !skjermet.insert(n) => 7,
                    hva => hva,
                };
                endring(nr, hva, n)
            });
            transaksjoner.push(deler.collect());
        }
        let (mut grenser, mut sum) = (Vec::new(), 0);
        let (mut navn, mut feed): (BTreeMap<u32, Vec<_>>, Vec<_>) = Default::default();
        let numre: BTreeMap<u32, _> = (1..=personer)
            .map(|n| (n, Folkeregisteridentifikator::parse(&nr(n)).unwrap()))
            .collect();
        let tekst: BTreeMap<u32, String> = (1..=personer).map(|n| (n, nr(n))).collect();
        for (nr, deler) in transaksjoner.iter().enumerate() {
            sum += deler.len() as u64;
            grenser.push(sum);
            for del in deler {
                feed.push((tekst[&del.person].clone(), del.hendelsestype));
                if let Some(nytt) = &del.navn {
                    navn.entry(del.person).or_default().push((nr, nytt.clone()));
                }
            }
        }
        Plan {
            transaksjoner,
            grenser,
            navn,
            feed,
            numre,
        }
    }

    /// The transaction that a last number of med hjemmel's is after; `None` in the middle of one.
    fn transaksjon(&self, siste: u64) -> Option<usize> {
        self.grenser.binary_search(&siste).ok()
    }

    fn navn_ved(&self, n: u32, transaksjon: usize) -> &str {
        let navn = &self.navn[&n];
        &navn[navn.partition_point(|(nr, _)| *nr <= transaksjon) - 1].1
    }
}

/// What one reader saw at one moment.
#[derive(Clone, Debug)]
struct Syn {
    /// The last number of every feed.
    siste: Vec<u64>,
    /// The page from where it had come to.
    side: Vec<Element>,
    /// The item of the last number of its feed, and what comes after that.
    ved_siste: Vec<Element>,
    /// Names of some persons.
    navn: Vec<(u32, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Brudd {
    Rekkefoelge,
    Tilbake,
    ForanData,
    DeltTransaksjon,
    Dokument,
    IkkeGjenopptatt,
    Ufullstendig,
}

/// One reader's history, checked as it grows.
struct Historie {
    projeksjon: usize,
    lest: Vec<Element>,
    /// The last numbers it has seen, each once.
    sett: Vec<Vec<u64>>,
    brudd: Vec<Brudd>,
}

impl Historie {
    fn new(projeksjon: usize) -> Self {
        Historie {
            projeksjon,
            lest: Vec::new(),
            sett: Vec::new(),
            brudd: Vec::new(),
        }
    }

    /// Where it goes on: from the item it has, which is to be the same again.
    fn fra(&self) -> u64 {
        (self.lest.len() as u64).max(1)
    }

    fn ta(&mut self, plan: &Plan, syn: Syn) {
        let siste = syn.siste[self.projeksjon];
        let er_element =
            |brudd: &[Element]| brudd.len() == usize::from(siste > 0) && brudd.iter().all(|e| e.0 == siste);
        if !er_element(&syn.ved_siste) || syn.side.iter().any(|e| e.0 > siste) {
            self.brudd.push(Brudd::ForanData);
        }
        if let Some(foer) = self.sett.last()
            && foer.iter().zip(&syn.siste).any(|(foer, naa)| naa < foer)
        {
            self.brudd.push(Brudd::Tilbake);
        }
        match plan.transaksjon(syn.siste[MH]) {
            None => self.brudd.push(Brudd::DeltTransaksjon),
            Some(transaksjon) => {
                if syn.navn.iter().any(|(n, navn)| plan.navn_ved(*n, transaksjon) != navn) {
                    self.brudd.push(Brudd::Dokument);
                }
            }
        }
        if self.sett.last() != Some(&syn.siste) {
            self.sett.push(syn.siste);
        }
        let fra = self.fra();
        let mut side = syn.side.into_iter();
        if let Some(har) = self.lest.last()
            && side.next().as_ref() != Some(har)
        {
            self.brudd.push(Brudd::IkkeGjenopptatt);
        }
        let ventet = fra + u64::from(!self.lest.is_empty());
        for (nr, element) in (ventet..).zip(side) {
            if element.0 != nr {
                self.brudd.push(Brudd::Rekkefoelge);
            }
            self.lest.push(element);
        }
    }

    /// At the end: `fasit` is the feed that it should have, `rader` the last numbers after each transaction.
    fn avslutt(&mut self, fasit: &[(String, H)], rader: &BTreeSet<Vec<u64>>) {
        let har = self.lest.iter().map(|(_, nr, h)| (nr, h));
        if !har.eq(fasit.iter().map(|(nr, h)| (nr, h))) {
            self.brudd.push(Brudd::Ufullstendig);
        }
        let delte = self.sett.iter().filter(|siste| !rader.contains(*siste)).count();
        self.brudd.extend(std::iter::repeat_n(Brudd::DeltTransaksjon, delte));
    }
}

fn siste(les: &Lesing<'_>) -> Vec<u64> {
    let en = |p| les.siste_sekvensnummer(p).unwrap();
    Projeksjon::ALLE.into_iter().map(en).collect()
}

fn side(les: &Lesing<'_>, projeksjon: usize, fra: u64, antall: usize) -> Vec<Element> {
    let feed = les.feed(Projeksjon::ALLE[projeksjon], fra, antall).unwrap();
    feed.into_iter()
        .map(|e| (e.sekvensnummer, e.folkeregisteridentifikator, e.hendelsestype))
        .collect()
}

fn gjeldende_navn(les: &Lesing<'_>, id: &Folkeregisteridentifikator) -> String {
    let person = les.finn(id).unwrap().unwrap();
    let dokument: Value = serde_json::from_slice(&les.eksporter(person).unwrap().unwrap().til_json()).unwrap();
    let navn = dokument["navn"].as_array().unwrap();
    let gjeldende = navn.iter().find(|n| n["erGjeldende"] == true).unwrap();
    gjeldende["fornavn"].as_str().unwrap().to_owned()
}

fn se(les: &Lesing<'_>, plan: &Plan, historie: &Historie, t: &mut Tilfeldig) -> Syn {
    let p = historie.projeksjon;
    // The page before the last number and after it by turns.
    let antall = 1 + t.neste(300) as usize;
    let foerst = t.neste(2) == 0;
    let tidlig = foerst.then(|| side(les, p, historie.fra(), antall));
    let siste = siste(les);
    let side_naa = tidlig.unwrap_or_else(|| side(les, p, historie.fra(), antall));
    // All of the last transaction, or as many as make the point, and somebody else.
    let transaksjon = plan.transaksjon(siste[MH]).unwrap_or(0);
    let deler = plan.transaksjoner[transaksjon].iter().take(7).map(|d| d.person);
    let annen = 1 + u32::try_from(t.neste(plan.numre.len() as u64)).unwrap();
    let navn = deler
        .chain([annen])
        .map(|n| (n, gjeldende_navn(les, &plan.numre[&n])))
        .collect();
    Syn {
        ved_siste: side(les, p, siste[p], 10),
        siste,
        side: side_naa,
        navn,
    }
}

/// How far they have come, all of them.
#[derive(Default)]
struct Gang {
    skrevet: AtomicUsize,
    /// Moments that somebody has read at.
    oeyeblikk: AtomicUsize,
    ferdig: AtomicBool,
}

impl Gang {
    /// Waits until the readers have kept up, so that reading and writing are at it together on any machine.
    fn vent_paa_lesere(&self, nr: usize) {
        let start = Instant::now();
        while self.oeyeblikk.load(Ordering::SeqCst) < nr {
            assert!(start.elapsed() < Duration::from_secs(120), "leserne kommer ikke videre");
            std::thread::yield_now();
        }
    }
}

/// Reads until everything is written and read.
fn les_alt(register: &Register, plan: &Plan, nr: usize, gang: &Gang) -> Historie {
    let Gang {
        skrevet,
        oeyeblikk,
        ferdig,
    } = gang;
    let mut historie = Historie::new(nr % Projeksjon::ALLE.len());
    let mut t = Tilfeldig(nr as u64);
    loop {
        let var_ferdig = ferdig.load(Ordering::SeqCst);
        let les = register.les().unwrap();
        let syn = se(&les, plan, &historie, &mut t);
        let alt = syn.siste[historie.projeksjon];
        historie.ta(plan, syn);
        if t.neste(4) == 0 {
            // The same moment, however many commits have come since.
            let syn = se(&les, plan, &historie, &mut t);
            historie.ta(plan, syn);
        }
        drop(les);
        oeyeblikk.fetch_add(1, Ordering::SeqCst);
        if var_ferdig && historie.lest.len() as u64 >= alt {
            return historie;
        }
        if nr % 2 == 1 && t.neste(8) == 0 {
            // One who stops, and is away while others write.
            let til = skrevet.load(Ordering::SeqCst) + 1 + t.neste(20) as usize;
            while skrevet.load(Ordering::SeqCst) < til && !ferdig.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
        }
    }
}

fn handlinger(nr: usize, deler: &[Del]) -> Vec<Registrering> {
    let naar = tid(u32::try_from(nr % 20_000).unwrap());
    let registrering = |del: &Del| Registrering {
        tidspunkt: naar,
        handling: del.handling.clone(),
    };
    deler.iter().map(registrering).collect()
}

#[test]
fn paalitelighet_07_hendelseslisten_under_skriving() {
    let antall = runder(300, 28_000) as usize;
    let plan = Plan::new(u32::try_from((antall / 10).clamp(30, 1_000)).unwrap(), antall);
    let mappe = tempfile::tempdir().unwrap();
    let register = Register::aapne(mappe.path()).unwrap();
    let skriv = |nr: usize| {
        let deler = &plan.transaksjoner[nr];
        let kvittering = register.utfoer(&handlinger(nr, deler), NAA).unwrap();
        assert_eq!(kvittering.sekvenser.len(), deler.len());
        // There is one writer, so this is what was committed, and nothing more.
        siste(&register.les().unwrap())
    };
    let mut rader = vec![skriv(0)];
    let gang = Gang::default();
    let mut historier: Vec<Historie> = std::thread::scope(|traad| {
        let lesere: Vec<_> = (0..LESERE)
            .map(|nr| {
                let (register, plan, gang) = (&register, &plan, &gang);
                traad.spawn(move || les_alt(register, plan, nr, gang))
            })
            .collect();
        // Whatever happens here, nobody is to wait for it for ever.
        let utfall = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for nr in 1..antall {
                gang.vent_paa_lesere(nr);
                rader.push(skriv(nr));
                gang.skrevet.store(nr, Ordering::SeqCst);
                if nr % 64 == 63 {
                    register.forny_noekler(nr % 128 == 127).unwrap();
                }
            }
        }));
        gang.ferdig.store(true, Ordering::SeqCst);
        let historier = lesere.into_iter().map(|l| l.join().unwrap()).collect();
        utfall.unwrap();
        historier
    });
    // Some saw what others did not: otherwise nothing was tried but one feed, eleven times.
    let slutt = rader.last().unwrap();
    assert_eq!(slutt[MH], plan.feed.len() as u64);
    assert!(slutt.iter().collect::<BTreeSet<_>>().len() >= 3, "{slutt:?}");
    let les = register.les().unwrap();
    let rader: BTreeSet<Vec<u64>> = rader.into_iter().collect();
    for historie in &mut historier {
        let p = historie.projeksjon;
        let fasit: Vec<(String, H)> = match p {
            MH => plan.feed.clone(),
            _ => side(&les, p, 1, usize::MAX)
                .into_iter()
                .map(|(_, nr, h)| (nr, h))
                .collect(),
        };
        historie.avslutt(&fasit, &rader);
    }
    let brudd: Vec<Brudd> = historier.iter().flat_map(|h| h.brudd.clone()).collect();
    let lest: usize = historier.iter().map(|h| h.lest.len()).sum();
    let krav = if antall >= 28_000 { 1_000_000 } else { antall * 10 };
    let oeyeblikk = gang.oeyeblikk.load(Ordering::SeqCst);
    tall(7, "hendelsesliste_brudd", brudd.len(), "brudd", "= 0");
    tall(7, "hendelsesliste_leste", lest, "hendelser", &format!(">= {krav}"));
    tall(
        7,
        "hendelsesliste_oeyeblikk",
        oeyeblikk,
        "antall",
        &format!(">= {antall}"),
    );
    assert_eq!(brudd, []);
    assert!(lest >= krav && oeyeblikk >= antall, "{lest} {oeyeblikk}");
}

/// A reading of a made-up feed after a transaction, from item `fra`.
fn paahitt(plan: &Plan, transaksjon: usize, fra: u64) -> Syn {
    let siste = plan.grenser[transaksjon];
    let element = |nr: u64| {
        let (hvem, hva) = &plan.feed[nr as usize - 1];
        (nr, hvem.clone(), *hva)
    };
    Syn {
        siste: vec![siste; Projeksjon::ALLE.len()],
        side: (fra..=siste).map(element).collect(),
        ved_siste: vec![element(siste)],
        navn: (1..=3).map(|n| (n, plan.navn_ved(n, transaksjon).to_owned())).collect(),
    }
}

#[test]
fn each_promise_that_is_broken_is_seen() {
    let plan = Plan::new(30, 20);
    let rader: BTreeSet<Vec<u64>> = (plan.grenser.iter())
        .map(|g| vec![*g; Projeksjon::ALLE.len()])
        .collect();
    let doem = |endre: &dyn Fn(&mut Syn)| {
        let mut historie = Historie::new(MH);
        historie.ta(&plan, paahitt(&plan, 5, 1));
        let mut syn = paahitt(&plan, 9, historie.fra());
        endre(&mut syn);
        historie.ta(&plan, syn);
        let syn = paahitt(&plan, 19, historie.fra());
        historie.ta(&plan, syn);
        historie.avslutt(&plan.feed, &rader);
        historie.brudd.into_iter().collect::<BTreeSet<Brudd>>()
    };
    #[track_caller]
    fn finnes(funnet: &BTreeSet<Brudd>, brudd: Brudd) {
        assert!(funnet.contains(&brudd), "{funnet:?}");
    }
    assert_eq!(doem(&|_| {}), BTreeSet::new());
    finnes(&doem(&|s| s.side.swap(1, 2)), Brudd::Rekkefoelge);
    finnes(&doem(&|s| drop(s.side.remove(1))), Brudd::Rekkefoelge);
    finnes(&doem(&|s| s.side.insert(2, s.side[1].clone())), Brudd::Rekkefoelge);
    finnes(&doem(&|s| drop(s.side.remove(0))), Brudd::IkkeGjenopptatt);
    finnes(&doem(&|s| s.side[1].1 = "en annen".to_owned()), Brudd::Ufullstendig);
    finnes(&doem(&|s| s.ved_siste.clear()), Brudd::ForanData);
    finnes(&doem(&|s| s.ved_siste.push(s.side[0].clone())), Brudd::ForanData);
    finnes(&doem(&|s| s.siste[MH] -= 1), Brudd::ForanData);
    finnes(&doem(&|s| s.siste[3] += 1), Brudd::DeltTransaksjon);
    finnes(&doem(&|s| s.siste[3] = 1), Brudd::Tilbake);
    finnes(&doem(&|s| s.navn[0].1 = "T99".to_owned()), Brudd::Dokument);
    let stor = (1..20).find(|t| plan.transaksjoner[*t].len() > 1).unwrap();
    let delt = plan.grenser[stor] - 1;
    finnes(&doem(&|s| s.siste.fill(delt)), Brudd::DeltTransaksjon);
}
