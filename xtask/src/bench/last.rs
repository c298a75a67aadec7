//! The load: keep-alive connections over raw sockets, so that the load costs less than what it measures.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::jevn::{self, Jevn};
use super::postgres;

/// A caller of one address with one token.
pub struct Last {
    vert: String,
    sti: String,
    token: String,
}

/// What a round measured.
#[derive(Clone, Copy, Debug)]
pub struct Maaling {
    /// Answers.
    pub antall: usize,
    /// Answers a second.
    pub per_sekund: f64,
    /// Median of the time to an answer.
    pub p50_ms: f64,
    /// 99th percentile of the time to an answer.
    pub p99_ms: f64,
}

struct Forbindelse {
    leser: BufReader<TcpStream>,
}

impl Forbindelse {
    fn new(vert: &str) -> Result<Self> {
        let stroem = TcpStream::connect(vert)?;
        stroem.set_nodelay(true)?;
        Ok(Forbindelse {
            leser: BufReader::with_capacity(64 * 1024, stroem),
        })
    }

    fn send(&mut self, foresporsel: &[u8]) -> Result<()> {
        Ok(self.leser.get_mut().write_all(foresporsel)?)
    }

    /// Reads one answer: status and body.
    fn motta(&mut self, kropp: &mut Vec<u8>) -> Result<u16> {
        let mut linje = String::new();
        self.leser.read_line(&mut linje)?;
        let status = linje
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .context("statuslinje")?;
        let mut lengde = 0;
        loop {
            linje.clear();
            self.leser.read_line(&mut linje)?;
            if linje == "\r\n" {
                break;
            }
            if let Some(verdi) = linje.strip_prefix("content-length: ") {
                lengde = verdi.trim().parse()?;
            }
        }
        kropp.resize(lengde, 0);
        self.leser.read_exact(kropp)?;
        Ok(status)
    }
}

/// In which order requests are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orden {
    /// Again and again, spread over the whole list, the same in every run.
    Omigjen,
    /// Each once; the round ends when there are no more.
    Engang,
}

/// Sends requests over several connections for a while, the next on each when the one before is answered with 200.
pub fn full(
    vert: &str,
    foresporsler: &[Vec<u8>],
    orden: Orden,
    forbindelser: usize,
    varighet: Duration,
) -> Result<Maaling> {
    let mut aapne = aapne(vert, forbindelser)?;
    let mut neste = 0usize;
    let mut velg = || match orden {
        Orden::Omigjen => {
            neste = (neste + 7_919) % foresporsler.len();
            foresporsler.get(neste)
        }
        Orden::Engang => {
            neste += 1;
            foresporsler.get(neste - 1)
        }
    };
    let mut kropp = Vec::new();
    let mut tider = Vec::new();
    let mut sendt: Vec<Instant> = Vec::new();
    for forbindelse in &mut aapne {
        forbindelse.send(velg().context("færre spørsmål enn forbindelser")?)?;
        sendt.push(Instant::now());
    }
    let start = Instant::now();
    'runde: while start.elapsed() < varighet {
        for (forbindelse, sendt) in aapne.iter_mut().zip(&mut sendt) {
            let status = forbindelse.motta(&mut kropp)?;
            if status != 200 {
                bail!("status {status}");
            }
            tider.push(sendt.elapsed().as_secs_f64() * 1e3);
            let Some(foresporsel) = velg() else { break 'runde };
            forbindelse.send(foresporsel)?;
            *sendt = Instant::now();
        }
    }
    let per_sekund = tider.len() as f64 / start.elapsed().as_secs_f64();
    tider.sort_by(f64::total_cmp);
    let ved = |prosent: usize| tider.get(tider.len() * prosent / 100).copied().unwrap_or(f64::NAN);
    Ok(Maaling {
        antall: tider.len(),
        per_sekund,
        p50_ms: ved(50),
        p99_ms: ved(99),
    })
}

/// Sends each request once, so many at a time, and tells of every answer: which request, its status, its body.
pub fn hver(
    vert: &str,
    foresporsler: &[Vec<u8>],
    forbindelser: usize,
    mut svar: impl FnMut(usize, u16, &[u8]) -> Result<()>,
) -> Result<()> {
    let mut aapne = aapne(vert, forbindelser)?;
    let mut kropp = Vec::new();
    for (nr, bolk) in foresporsler.chunks(forbindelser).enumerate() {
        for (forbindelse, foresporsel) in aapne.iter_mut().zip(bolk) {
            forbindelse.send(foresporsel)?;
        }
        for (plass, forbindelse) in aapne.iter_mut().take(bolk.len()).enumerate() {
            let status = forbindelse.motta(&mut kropp)?;
            svar(nr * forbindelser + plass, status, &kropp)?;
        }
    }
    Ok(())
}

fn aapne(vert: &str, forbindelser: usize) -> Result<Vec<Forbindelse>> {
    (0..forbindelser).map(|_| Forbindelse::new(vert)).collect()
}

impl Last {
    /// A caller of a base address.
    pub fn new(base: &str, token: &str) -> Result<Self> {
        let uten = base.strip_prefix("http://").context("base")?;
        let (vert, sti) = uten
            .split_once('/')
            .map_or((uten, String::new()), |(v, s)| (v, format!("/{s}")));
        Ok(Last {
            vert: vert.to_owned(),
            sti,
            token: token.to_owned(),
        })
    }

    fn hent(&self, ressurs: &str, type_: &str) -> Vec<u8> {
        format!(
            "GET {}/{ressurs} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nAccept: {type_}\r\n\r\n",
            self.sti, self.vert, self.token
        )
        .into_bytes()
    }

    fn en(&self, foresporsel: &[u8]) -> Result<(f64, Vec<u8>)> {
        let mut forbindelse = Forbindelse::new(&self.vert)?;
        let mut kropp = Vec::new();
        let start = Instant::now();
        forbindelse.send(foresporsel)?;
        let status = forbindelse.motta(&mut kropp)?;
        if status != 200 {
            bail!("status {status}");
        }
        Ok((start.elapsed().as_secs_f64() * 1e3, kropp))
    }

    /// The first persons of the feed, each once: identifiers and document identifiers.
    pub fn les_feed(&self, personer: usize) -> Result<(Vec<String>, Vec<String>)> {
        let (mut numre, mut dokumenter) = (Vec::new(), Vec::new());
        let mut sett = HashSet::new();
        for side in 0.. {
            if numre.len() >= personer {
                break;
            }
            let (_, kropp) =
                self.en(&self.hent(&format!("hendelser/feed?seq={}", side * 1000 + 1), "application/json"))?;
            let side: Vec<serde_json::Value> = serde_json::from_slice(&kropp)?;
            if side.is_empty() {
                break;
            }
            let felt = |navn: &'static str| {
                side.iter()
                    .filter_map(move |h| h.get("hendelse")?.get(navn)?.as_str().map(str::to_owned))
                    .collect::<Vec<_>>()
            };
            numre.extend(
                felt("folkeregisteridentifikator")
                    .into_iter()
                    .filter(|n| sett.insert(n.clone())),
            );
            dokumenter.extend(felt("persondokument"));
        }
        numre.truncate(personer);
        dokumenter.truncate(personer);
        Ok((numre, dokumenter))
    }

    /// Writes the answers as rows that COPY reads: the last part of the path, and the body.
    pub fn skriv_copy(&self, ressurser: &[String], forbindelser: usize, fil: &Path) -> Result<()> {
        let mut ut = BufWriter::new(File::create(fil)?);
        let mut aapne = (0..forbindelser)
            .map(|_| Forbindelse::new(&self.vert))
            .collect::<Result<Vec<_>>>()?;
        let mut kropp = Vec::new();
        for bolk in ressurser.chunks(forbindelser) {
            for (forbindelse, ressurs) in aapne.iter_mut().zip(bolk) {
                forbindelse.send(&self.hent(ressurs, "application/json"))?;
            }
            for (forbindelse, ressurs) in aapne.iter_mut().zip(bolk) {
                let status = forbindelse.motta(&mut kropp)?;
                if status != 200 {
                    bail!("status {status}");
                }
                let nummer = ressurs.rsplit('/').next().unwrap_or_default();
                ut.write_all(postgres::copyrad(nummer, std::str::from_utf8(&kropp)?).as_bytes())?;
            }
        }
        Ok(ut.flush()?)
    }

    /// Checks that this caller gets the same JSON as another does.
    pub fn sammenlign(&self, fasit: &Last, ressurser: &[String]) -> Result<()> {
        for ressurs in ressurser {
            let svar = |last: &Last| -> Result<serde_json::Value> {
                let (_, kropp) = last.en(&last.hent(ressurs, "application/json"))?;
                Ok(serde_json::from_slice(&kropp)?)
            };
            if svar(self)? != svar(fasit)? {
                bail!("rivalen svarer noe annet enn vi gjør");
            }
        }
        Ok(())
    }

    /// Average bytes of the bodies.
    pub fn gjennomsnittlig_svar(&self, ressurser: &[String], type_: &str) -> Result<usize> {
        let mut byte = 0;
        let antall = ressurser.len().min(500);
        for ressurs in ressurser.iter().take(antall) {
            byte += self.en(&self.hent(ressurs, type_))?.1.len();
        }
        Ok(byte / antall.max(1))
    }

    /// Calls resources in turn over several connections for a while.
    pub fn kjoer(&self, ressurser: &[String], type_: &str, forbindelser: usize, varighet: Duration) -> Result<Maaling> {
        let foresporsler: Vec<Vec<u8>> = ressurser.iter().map(|r| self.hent(r, type_)).collect();
        full(&self.vert, &foresporsler, Orden::Omigjen, forbindelser, varighet)
    }

    /// Calls resources at a fixed rate, whether or not the answers come.
    pub fn kjoer_jevnt(
        &self,
        ressurser: &[String],
        per_sekund: f64,
        forbindelser: usize,
        varighet: Duration,
    ) -> Result<Jevn> {
        let foresporsler: Vec<Vec<u8>> = ressurser.iter().map(|r| self.hent(r, "application/json")).collect();
        jevn::kjoer(&self.vert, &foresporsler, per_sekund, forbindelser, varighet)
    }

    /// The answer to one GET; `None` if it is none.
    pub fn svar(&self, ressurs: &str) -> Option<serde_json::Value> {
        let (_, kropp) = self.en(&self.hent(ressurs, "application/json")).ok()?;
        serde_json::from_slice(&kropp).ok()
    }

    fn med_kropp(&self, ressurs: &str, kropp: &str) -> Vec<u8> {
        format!(
            "POST {}/{ressurs} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{kropp}",
            self.sti,
            self.vert,
            self.token,
            kropp.len()
        )
        .into_bytes()
    }

    /// One bulkoppslag. Units: ms.
    pub fn bulk(&self, numre: &[String]) -> Result<f64> {
        let kropp = serde_json::json!({"foedselsEllerDNummer": numre}).to_string();
        Ok(self.en(&self.med_kropp("personer/bulkoppslag", &kropp))?.0)
    }

    /// The answer to one POST of JSON.
    pub fn post(&self, ressurs: &str, kropp: &str) -> Result<serde_json::Value> {
        let (_, svar) = self.en(&self.med_kropp(ressurs, kropp))?;
        Ok(serde_json::from_slice(&svar)?)
    }

    /// Sends every body, so many at a time, and reads the answers to their end.
    pub fn post_alle(&self, ressurs: &str, kropper: &[String], forbindelser: usize) -> Result<()> {
        let mut aapne = (0..forbindelser)
            .map(|_| Forbindelse::new(&self.vert))
            .collect::<Result<Vec<_>>>()?;
        let mut resten = kropper.iter();
        let mut venter = Vec::new();
        for forbindelse in &mut aapne {
            let neste = resten.next();
            if let Some(kropp) = neste {
                forbindelse.send(&self.med_kropp(ressurs, kropp))?;
            }
            venter.push(neste.is_some());
        }
        let mut svar = Vec::new();
        while venter.contains(&true) {
            for (forbindelse, venter) in aapne.iter_mut().zip(&mut venter).filter(|(_, v)| **v) {
                let status = forbindelse.motta(&mut svar)?;
                if status != 200 {
                    bail!("status {status}");
                }
                match resten.next() {
                    Some(kropp) => forbindelse.send(&self.med_kropp(ressurs, kropp))?,
                    None => *venter = false,
                }
            }
        }
        Ok(())
    }

    /// One page of the feed. Units: ms.
    pub fn feedside(&self, seq: usize, type_: &str) -> Result<f64> {
        Ok(self.en(&self.hent(&format!("hendelser/feed?seq={seq}"), type_))?.0)
    }
}
