//! The even load: calls at times decided beforehand, whether or not the answers before them have come.
//!
//! What newcomers get wrong: a caller that waits for its answer before it asks again asks less of a server that stalls,
//! and so never sees most of the stall. Here the time to an answer counts from when the call should have been sent.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A turn that takes longer than this did not have the core all the time.
const OMGANG_MAKS: Duration = Duration::from_millis(1);
/// How many times its length a round may take before it is given up.
const TAALMODIGHET: u32 = 5;

/// What a round of even load measured. Units: ms, from the time each call was meant to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Jevn {
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub p999_ms: f64,
    /// 99th percentile of how late calls were sent, most often for want of a free connection.
    pub sent_p99_ms: f64,
    /// Part of the time that this load was itself kept from its core, which no server can answer for.
    pub borte: f64,
}

/// A connection that is never waited for.
pub(super) struct Forbindelse {
    stroem: TcpStream,
    buffer: Vec<u8>,
    fylt: usize,
    /// Status, and bytes of head and body together, once the head is there.
    slutt: Option<(u16, usize)>,
    /// When the call should have been sent.
    pub(super) planlagt: Instant,
}

impl Forbindelse {
    pub(super) fn new(vert: &str) -> Result<Self> {
        let stroem = TcpStream::connect(vert)?;
        stroem.set_nodelay(true)?;
        stroem.set_nonblocking(true)?;
        Ok(Forbindelse {
            stroem,
            buffer: vec![0; 256 * 1024],
            fylt: 0,
            slutt: None,
            planlagt: Instant::now(),
        })
    }

    pub(super) fn send(&mut self, foresporsel: &[u8], planlagt: Instant) -> Result<()> {
        (self.fylt, self.slutt, self.planlagt) = (0, None, planlagt);
        // A call is far smaller than the socket's buffer, which is empty when the connection is free.
        Ok(self.stroem.write_all(foresporsel)?)
    }

    /// Reads what has come; the status when the answer is whole.
    pub(super) fn motta(&mut self) -> Result<Option<u16>> {
        let plass = self
            .buffer
            .get_mut(self.fylt..)
            .context("svaret er større enn bufferen")?;
        match self.stroem.read(plass) {
            Ok(0) => bail!("forbindelsen ble lukket"),
            Ok(lest) => self.fylt += lest,
            Err(feil) if feil.kind() == ErrorKind::WouldBlock => return Ok(None),
            Err(feil) => return Err(feil.into()),
        }
        if self.slutt.is_none() {
            self.slutt = slutt(self.buffer.get(..self.fylt).unwrap_or_default())?;
        }
        Ok(self
            .slutt
            .and_then(|(status, slutt)| (self.fylt >= slutt).then_some(status)))
    }
}

/// Status, and where the answer ends, if its head is there.
fn slutt(svar: &[u8]) -> Result<Option<(u16, usize)>> {
    let Some(hode) = svar.windows(4).position(|v| v == b"\r\n\r\n") else {
        return Ok(None);
    };
    let tekst = std::str::from_utf8(svar.get(..hode).unwrap_or_default())?;
    let status = tekst.split(' ').nth(1).and_then(|s| s.parse().ok());
    let lengde: usize = tekst
        .lines()
        .find_map(|l| l.strip_prefix("content-length: "))
        .context("content-length")?
        .trim()
        .parse()?;
    Ok(Some((status.context("statuslinje")?, hode + 4 + lengde)))
}

/// Sends `per_sekund` calls a second for a while, each at its own time, and waits for every answer.
pub fn kjoer(
    vert: &str,
    foresporsler: &[Vec<u8>],
    per_sekund: f64,
    forbindelser: usize,
    varighet: Duration,
) -> Result<Jevn> {
    let mut ledige = (0..forbindelser)
        .map(|_| Forbindelse::new(vert))
        .collect::<Result<VecDeque<_>>>()?;
    let mut ute: Vec<Forbindelse> = Vec::with_capacity(forbindelser);
    let mellomrom = Duration::try_from_secs_f64(per_sekund.recip())?;
    let antall = usize::try_from(varighet.as_nanos() / mellomrom.as_nanos().max(1))?;
    let (mut tider, mut forsinkelser) = (Vec::with_capacity(antall), Vec::with_capacity(antall));
    let start = Instant::now();
    let planlagt = |nr: usize| start + Duration::from_secs_f64(nr as f64 / per_sekund);
    // The same order in every run, spread over the whole list, as for the full load.
    let mut neste = 0;
    let (mut omgang, mut borte) = (start, Duration::ZERO);
    while tider.len() < antall {
        let siden = omgang.elapsed();
        omgang = Instant::now();
        if siden > OMGANG_MAKS {
            borte += siden;
        }
        while forsinkelser.len() < antall {
            let naar = planlagt(forsinkelser.len());
            if naar > Instant::now() {
                break;
            }
            let Some(mut forbindelse) = ledige.pop_front() else {
                break;
            };
            neste = (neste + 7_919) % foresporsler.len();
            forbindelse.send(foresporsler.get(neste).context("forespørsel")?, naar)?;
            forsinkelser.push(naar.elapsed().as_secs_f64() * 1e3);
            ute.push(forbindelse);
        }
        // Reads in a ring without rest: a core is ours alone, and to be woken costs more than what is measured.
        let mut nr = 0;
        while let Some(forbindelse) = ute.get_mut(nr) {
            if let Some(status) = forbindelse.motta()? {
                if status != 200 {
                    bail!("status {status}");
                }
                tider.push(forbindelse.planlagt.elapsed().as_secs_f64() * 1e3);
                ledige.push_back(ute.swap_remove(nr));
            } else {
                nr += 1;
            }
        }
        if start.elapsed() > varighet * TAALMODIGHET {
            bail!("tjeneren holder ikke følge med den jevne lasten");
        }
    }
    tider.sort_by(f64::total_cmp);
    forsinkelser.sort_by(f64::total_cmp);
    let del = |tall: &[f64], promille: usize| tall.get(tall.len() * promille / 1000).copied().unwrap_or(f64::NAN);
    Ok(Jevn {
        p50_ms: del(&tider, 500),
        p99_ms: del(&tider, 990),
        p999_ms: del(&tider, 999),
        sent_p99_ms: del(&forsinkelser, 990),
        borte: borte.as_secs_f64() / start.elapsed().as_secs_f64(),
    })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn slutt_is_known_when_the_head_is_there() {
        assert_eq!(slutt(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n").unwrap(), None);
        assert_eq!(
            slutt(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\na").unwrap(),
            Some((200, 41))
        );
        assert_eq!(
            slutt(b"HTTP/1.1 503 Nei\r\ncontent-length: 0\r\n\r\n").unwrap(),
            Some((503, 39))
        );
    }

    /// A server that stalls once for 200 ms under 1 000 calls a second keeps some 200 calls waiting, not one.
    #[test]
    fn a_stall_is_seen_by_every_call_that_should_have_been_sent_in_it() {
        const STANS: Duration = Duration::from_millis(200);
        let lytter = TcpListener::bind("127.0.0.1:0").unwrap();
        let vert = lytter.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            let (mut stroem, _) = lytter.accept().unwrap();
            let mut buffer = [0; 64];
            let mut nr = 0;
            while stroem.read(&mut buffer).is_ok_and(|n| n > 0) {
                nr += 1;
                if nr == 100 {
                    std::thread::sleep(STANS);
                }
                stroem
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                    .unwrap();
            }
        });
        let jevn = kjoer(&vert, &[b"GET".to_vec()], 1_000.0, 1, Duration::from_secs(1)).unwrap();
        // With the time counted from when a call was in fact sent, one in a thousand would have seen it.
        assert!(jevn.p99_ms > 100.0, "{jevn:?}");
    }
}
