//! Snapshots of the nation, taken and put back over HTTP by one caller, as a vendor's test suite does it between two tests.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{RUNDER, Tabell, median};

/// Longest wait for one answer.
const SVAR_MAKS: Duration = Duration::from_secs(120);

/// Status, body and the time to the last byte. Units: s.
struct Svar {
    status: u16,
    kropp: Value,
    tid: f64,
}

fn kall(base: &str, metode: &str, sti: &str, kropp: &Value) -> Result<Svar> {
    let vert = base.strip_prefix("http://").context("base")?;
    let kropp = kropp.to_string();
    let start = Instant::now();
    let mut forbindelse = TcpStream::connect(vert)?;
    forbindelse.set_read_timeout(Some(SVAR_MAKS))?;
    write!(
        forbindelse,
        "{metode} /testkontroll/v1/{sti} HTTP/1.1\r\nHost: {vert}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{kropp}",
        kropp.len()
    )?;
    let mut tekst = String::new();
    forbindelse.read_to_string(&mut tekst)?;
    let tid = start.elapsed().as_secs_f64();
    let (hode, kropp) = tekst.split_once("\r\n\r\n").context("svar uten hode")?;
    let status = hode
        .split(' ')
        .nth(1)
        .and_then(|s| s.parse().ok())
        .context("svar uten status")?;
    Ok(Svar {
        status,
        kropp: serde_json::from_str(kropp).unwrap_or(Value::Null),
        tid,
    })
}

fn lyktes(base: &str, metode: &str, sti: &str, kropp: &Value) -> Result<Svar> {
    let svar = kall(base, metode, sti, kropp)?;
    if !(200..300).contains(&svar.status) {
        bail!("{metode} {sti}: {} {}", svar.status, svar.kropp);
    }
    Ok(svar)
}

/// Rows for both ways.
pub(super) fn maal(base: &str, tabell: &mut Tabell) -> Result<()> {
    let tom = json!({});
    let navn = "bench";
    // From a run that was cut off.
    kall(base, "DELETE", &format!("oeyeblikksbilder/{navn}"), &tom)?;
    let (mut ta, mut tilbake, mut stengt) = (Vec::new(), Vec::new(), Vec::new());
    let (mut byte, mut personer) = (0.0, 0);
    for _ in 0..RUNDER {
        let tatt = lyktes(base, "POST", "oeyeblikksbilder", &json!({"navn": navn}))?;
        byte = tatt.kropp.get("byte").and_then(Value::as_f64).unwrap_or_default();
        personer = tatt.kropp.get("personer").and_then(Value::as_u64).unwrap_or_default();
        ta.push(tatt.tid);
        // Something to put back.
        for _ in 0..10 {
            lyktes(base, "POST", "personer", &tom)?;
        }
        let svar = lyktes(base, "POST", &format!("oeyeblikksbilder/{navn}/gjenopprett"), &tom)?;
        tilbake.push(svar.tid);
        stengt.push(
            svar.kropp
                .get("stengtMillisekunder")
                .and_then(Value::as_f64)
                .unwrap_or_default(),
        );
        lyktes(base, "DELETE", &format!("oeyeblikksbilder/{navn}"), &tom)?;
    }
    let verste = |tider: &[f64]| tider.iter().copied().fold(0.0, f64::max);
    let (ta_verst, tilbake_verst) = (verste(&ta), verste(&tilbake));
    tabell.rad(
        "snapshot of the nation taken",
        format!("{:.2} s", median(&mut ta)),
        format!(
            "{personer} persons, {:.0} MB; the slowest of {RUNDER} {ta_verst:.2} s; writing waits, reading goes on",
            byte / 1e6
        ),
    )?;
    tabell.rad(
        "snapshot put back",
        format!("{:.2} s", median(&mut tilbake)),
        format!(
            "the slowest {tilbake_verst:.2} s; calls were held back for {:.0} ms of it",
            median(&mut stengt)
        ),
    )
}
