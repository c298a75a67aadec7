//! What lies between the copy and the register delivers twice, late, in another order, cut off, or says that nothing is new: the copy
//! becomes what its source is all the same, when it is delivered to rightly for a while.
//!
//! Folkeregisteret's real interface on a socket, and before it something that mangles answers as a seed says. What is not delivered
//! here is an answer that would be right to another question asked later (a page from further on), or a true document of an earlier
//! day: the interface allows gaps and has no dates, and no consumer could tell.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use helsekopi::{Feil, Foelger, Kilde, Kopi, Steg, Stilling};
use serde_json::Value;

use crate::drap::{ledig, runder, tall};
use crate::kilde::{MH, NAA, kjoer};
use crate::tilstand::{Fortalt, Tilstand};
use crate::tjeneste::{Tjeneste, klient, lag_noekler, lytt};
use crate::uro::{Lodd, Plan};

const PERSONER: u32 = 120;

/// What was done to answers, by name.
type Regnskap = BTreeMap<&'static str, u64>;

struct Forvrenger {
    paa: AtomicBool,
    lodd: Mutex<Lodd>,
    /// Pages of the feed as they were, by the number that was asked for.
    sider: Mutex<Vec<(u64, Bytes)>>,
    /// The last answers in bulk.
    bulk: Mutex<Vec<Bytes>>,
    siste: Mutex<Vec<Bytes>>,
    gjort: Mutex<Regnskap>,
}

impl Forvrenger {
    fn kast(&self, av: u64) -> u64 {
        self.lodd.lock().unwrap().under(av)
    }

    fn noter(&self, hva: &'static str) {
        *self.gjort.lock().unwrap().entry(hva).or_default() += 1;
    }
}

/// A body that breaks off: half of it, and then the connection is gone.
struct Brutt(Option<Bytes>);

impl http_body::Body for Brutt {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, std::io::Error>>> {
        Poll::Ready(Some(match self.0.take() {
            Some(byte) => Ok(http_body::Frame::data(byte)),
            None => Err(std::io::ErrorKind::ConnectionReset.into()),
        }))
    }
}

fn ok(kropp: Bytes) -> Response<Body> {
    let svar = Response::builder().header(header::CONTENT_TYPE, "application/json");
    svar.body(Body::from(kropp)).unwrap()
}

fn uendret() -> Response<Body> {
    let svar = Response::builder().status(StatusCode::NOT_MODIFIED);
    svar.header(header::ETAG, "\"noe-annet\"").body(Body::empty()).unwrap()
}

fn avkuttet(f: &Forvrenger, kropp: &Bytes) -> Response<Body> {
    let halv = kropp.slice(..kropp.len() / 2);
    if f.kast(2) == 0 {
        f.noter("avkuttet, forbindelsen brutt");
        Response::new(Body::new(Brutt(Some(halv))))
    } else {
        f.noter("avkuttet");
        ok(halv)
    }
}

async fn forvreng(State(f): State<Arc<Forvrenger>>, kall: Request, neste: Next) -> Result<Response<Body>, Infallible> {
    let sti = kall.uri().path().to_owned();
    if !f.paa.load(Ordering::SeqCst) || sti.starts_with("/maskinporten") {
        return Ok(neste.run(kall).await);
    }
    let spurt = kall.uri().query().unwrap_or_default().to_owned();
    let svar = neste.run(kall).await;
    if svar.status() != StatusCode::OK && svar.status() != StatusCode::NOT_MODIFIED {
        return Ok(svar);
    }
    let (deler, kropp) = svar.into_parts();
    let kropp = axum::body::to_bytes(kropp, usize::MAX).await.unwrap();
    let uroert = |kropp: Bytes| Response::from_parts(deler.clone(), Body::from(kropp));
    let kast = f.kast(100);
    if kast < 6 {
        return Ok(avkuttet(&f, &kropp));
    }
    Ok(if sti.ends_with("/hendelser/feed") {
        let seq: u64 = spurt.trim_start_matches("seq=").parse().unwrap();
        let gamle: Vec<Bytes> = {
            let mut sider = f.sider.lock().unwrap();
            let gamle = sider
                .iter()
                .filter(|(fra, _)| *fra <= seq)
                .map(|(_, side)| side.clone());
            let gamle = gamle.collect();
            if deler.status == StatusCode::OK {
                sider.push((seq, kropp.clone()));
            }
            gamle
        };
        match kast {
            6..16 => {
                f.noter("304 uten grunn");
                uendret()
            }
            16..36 if !gamle.is_empty() => {
                f.noter("en gammel side");
                let nr = usize::try_from(f.kast(gamle.len() as u64)).unwrap();
                ok(gamle[nr].clone())
            }
            36..41 => {
                f.noter("en side to ganger i ett");
                let mut side: Vec<Value> = serde_json::from_slice(&kropp).unwrap_or_default();
                side.extend(side.clone());
                ok(Value::from(side).to_string().into())
            }
            41..46 => {
                f.noter("en side baklengs");
                let mut side: Vec<Value> = serde_json::from_slice(&kropp).unwrap_or_default();
                side.reverse();
                ok(Value::from(side).to_string().into())
            }
            _ => uroert(kropp),
        }
    } else if sti.ends_with("/siste/sekvensnummer") {
        let gamle: Vec<Bytes> = {
            let mut siste = f.siste.lock().unwrap();
            siste.push(kropp.clone());
            siste.clone()
        };
        match kast {
            6..12 => {
                f.noter("et gammelt siste nummer");
                let nr = usize::try_from(f.kast(gamle.len() as u64)).unwrap();
                ok(gamle[nr].clone())
            }
            _ => uroert(kropp),
        }
    } else if sti.ends_with("/bulkoppslag") {
        let forrige: Option<Bytes> = {
            let mut bulk = f.bulk.lock().unwrap();
            let forrige = bulk.last().cloned();
            bulk.push(kropp.clone());
            forrige
        };
        match kast {
            6..26 => {
                f.noter("et bulksvar i en annen rekkefølge");
                let mut svar: Value = serde_json::from_slice(&kropp).unwrap();
                let liste = match &mut svar {
                    Value::Array(liste) => Some(liste),
                    annet => annet.get_mut("oppslag").and_then(Value::as_array_mut),
                };
                if let Some(liste) = liste {
                    let midt = usize::try_from(f.kast(liste.len().max(1) as u64)).unwrap();
                    liste.rotate_left(midt);
                    liste.reverse();
                }
                ok(svar.to_string().into())
            }
            // Late: of other persons, or of so many others.
            26..36 if !sti.contains("arkiv") => match forrige.filter(|forrige| !samme_personer(forrige, &kropp)) {
                Some(forrige) => {
                    f.noter("det forrige bulksvaret");
                    ok(forrige)
                }
                None => uroert(kropp),
            },
            _ => uroert(kropp),
        }
    } else {
        uroert(kropp)
    })
}

/// Whether two answers would be taken for each other anywhere: an earlier document of somebody is true to whoever gets it.
fn samme_personer(a: &Bytes, b: &Bytes) -> bool {
    let numre = |byte: &Bytes| -> Vec<String> {
        let svar: Value = serde_json::from_slice(byte).unwrap_or_default();
        let liste = svar["oppslag"].as_array().cloned().unwrap_or_default();
        let nummer = |s: &Value| s["foedselsEllerDNummer"].as_str().unwrap_or_default().to_owned();
        liste.iter().map(nummer).collect()
    };
    let (a, b) = (numre(a), numre(b));
    a.iter().zip(&b).any(|(a, b)| a == b)
}

struct Kopiholder {
    kopi: Arc<Kopi>,
    foelger: Foelger,
}

fn hold(mappe: &std::path::Path, kilde: &Arc<dyn Kilde>, ur: &Arc<AtomicI64>) -> Kopiholder {
    let kopi = Arc::new(Kopi::aapne(mappe).unwrap());
    let ur = ur.clone();
    let klokke: tilgang::token::Klokke =
        Arc::new(move || jiff::Timestamp::from_second(ur.load(Ordering::SeqCst)).unwrap());
    Kopiholder {
        foelger: Foelger::new(kopi.clone(), kilde.clone(), klokke),
        kopi,
    }
}

async fn lev(froe: u64, noekler: &std::path::Path, regnskap: &mut Regnskap) -> (u64, u64) {
    let mappe = tempfile::tempdir().unwrap();
    let adresse = ledig(froe);
    let base = format!("http://{adresse}");
    std::fs::create_dir_all(mappe.path().join("kilde")).unwrap();
    let tjeneste = Tjeneste::aapne(&mappe.path().join("kilde"), noekler, &base, NAA);
    let register = &tjeneste.register;
    let plan = Plan::ny(froe, PERSONER);
    plan.befolk(register, NAA);
    let mut lodd = Lodd(froe.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 1);
    let forvrenger = Arc::new(Forvrenger {
        paa: AtomicBool::new(true),
        lodd: Mutex::new(Lodd(lodd.under(1 << 30))),
        sider: Mutex::default(),
        bulk: Mutex::default(),
        siste: Mutex::default(),
        gjort: Mutex::default(),
    });
    let ruter = tjeneste
        .ruter
        .clone()
        .layer(from_fn_with_state(forvrenger.clone(), forvreng));
    let lytter = lytt(adresse).await;
    let tjener = tokio::spawn(async move { axum::serve(lytter, ruter).await });
    let kilde: Arc<dyn Kilde> = Arc::new(klient(&base, noekler));
    let ur = Arc::new(AtomicI64::new(NAA));
    let sted = mappe.path().join("kopi");
    std::fs::create_dir_all(&sted).unwrap();
    let mut holder = hold(&sted, &kilde, &ur);
    let mut holdt = Fortalt::default();
    let mut nr = 0;
    while nr < plan.antall() {
        let til = plan.antall().min(nr + usize::try_from(1 + lodd.under(9)).unwrap());
        for nr in nr..til {
            plan.spill(nr, register, NAA);
        }
        nr = til;
        for _ in 0..lodd.under(14) {
            ur.fetch_add(i64::try_from(lodd.under(30)).unwrap(), Ordering::SeqCst);
            match holder.foelger.steg().await {
                Ok(_) | Err(Feil::Kilde(_) | Feil::Loegn(_)) => {}
                Err(feil) => panic!("{feil:?}"),
            }
        }
        if lodd.under(3) == 0 {
            holdt.hold_mot(&holder.kopi);
            drop(holder);
            holder = hold(&sted, &kilde, &ur);
        }
    }
    // From here on it is delivered to as it should be; whoever waits for an hour is waited for.
    forvrenger.paa.store(false, Ordering::SeqCst);
    let siste = register.les().unwrap().siste_sekvensnummer(MH).unwrap();
    let mut ajour = 0;
    for _ in 0..10_000 {
        match holder.foelger.steg().await.unwrap() {
            Steg::Ajour => {
                ajour += 1;
                ur.fetch_add(3_601, Ordering::SeqCst);
            }
            Steg::TokInn(_) | Steg::Videre => ajour = 0,
            Steg::Vent(_) => tokio::time::sleep(std::time::Duration::from_millis(2)).await,
        }
        if ajour == 3 {
            break;
        }
    }
    assert_eq!(holder.kopi.stilling().unwrap(), Stilling::Foelger { neste: siste + 1 });
    holdt.hold_mot(&holder.kopi);
    let fasit = Tilstand::av(register);
    fasit.lik(&Tilstand::av(holder.kopi.register()));
    assert_eq!(holder.kopi.register().verifiser(&mut |_| {}).unwrap(), []);
    tjener.abort();
    for (hva, antall) in forvrenger.gjort.lock().unwrap().iter() {
        *regnskap.entry(hva).or_default() += antall;
    }
    (fasit.personer() as u64, holdt.endringer)
}

#[test]
fn paalitelighet_06_kopien_er_kilden_hvordan_den_enn_ble_levert_til() {
    let rot = tempfile::tempdir().unwrap();
    let noekler = rot.path().join("noekler");
    lag_noekler(&noekler);
    let foerste: u64 = std::env::var("FROE").ok().and_then(|f| f.parse().ok()).unwrap_or(1);
    let runder = runder(6, 500);
    let (mut regnskap, mut personer, mut endringer) = (Regnskap::new(), 0, 0);
    for froe in foerste..foerste + runder {
        let utfall = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            kjoer(lev(froe, &noekler, &mut regnskap))
        }));
        let (p, e) = utfall.unwrap_or_else(|feil| {
            let linje = format!("FROE={froe} RUNDER=1\n");
            std::io::Write::write_all(&mut std::io::stderr(), linje.as_bytes()).unwrap();
            std::panic::resume_unwind(feil)
        });
        personer += p;
        endringer += e;
    }
    let forvrengt: u64 = regnskap.values().sum();
    tall(6, "levering_froe", runder, "froe", ">= 1");
    tall(6, "levering_forvrengte_svar", forvrengt, "svar", ">= 1");
    tall(6, "levering_endringer_fortalt", endringer, "endringer", ">= 1");
    tall(6, "levering_personer_sammenliknet", personer, "personer", ">= 1");
    let linje = format!("forvrengt: {regnskap:?}\n");
    std::io::Write::write_all(&mut std::io::stdout(), linje.as_bytes()).unwrap();
    assert!(forvrengt > runder * 10, "{regnskap:?}");
}
