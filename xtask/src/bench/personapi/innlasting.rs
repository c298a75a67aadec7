//! The first load of the copy: how fast, until when it can be searched, and what it takes of memory and disk.
//!
//! The nation is made beforehand, by a run without the copy. The time counts from the line that says that the demo serves, when the copy
//! begins to ask. Register and copy are one process on both cores, so the memory is that of both.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::super::prosess::{self, Tjener};
use super::super::{Tabell, Valg};
use super::kall;
use super::{AJOUR_MAKS, Miljoe};

/// When the copy last had all that its source has; 0 before it has had it once.
pub(super) const AJOUR: &str = "healthcopy_caught_up_timestamp_seconds";
/// Until when all of KRR is known; 0 before everybody has been asked about once.
pub(super) const KRR: &str = "healthcopy_krr_valid_timestamp_seconds";
/// 1 while everybody is read for the first time.
pub(super) const LESES: &str = "healthcopy_loading";
const DOKUMENTER: &str = "healthcopy_documents_total";
const KRR_PERSONER: &str = "healthcopy_krr_persons_total";
/// Where the archive stream of a register lies, which is told apart.
const ARKIVSTROEM: &str = "arkivstroem";
/// Between two looks at how far it is: what the times are told to.
const BLIKK: Duration = Duration::from_millis(100);

/// When each thing was so. Units: seconds from the beginning.
#[derive(Default)]
struct Tider {
    /// Everybody is read, and cannot be searched for yet.
    lest: f64,
    /// The API answers.
    svarer: f64,
    /// A search is answered; none where it is not served.
    soekbar: Option<f64>,
    /// All that the source has is taken in.
    ajour: f64,
    /// Everybody has been asked about in KRR.
    krr: f64,
}

/// Measures, on a folder that is made for it and kept.
pub(super) fn maal(valg: &Valg, data: &Path, tabell: &mut Tabell) -> Result<()> {
    Tjener::start(&valg.program, data, Some(valg.personer), None)?.stopp()?;
    prosess::toem_til_disk()?;
    let mut tjener = Tjener::start_med_helsekopi(&valg.program, data, None)?;
    let start = Instant::now();
    let foer = tjener.topp_anonymt_kb();
    let miljoe = Miljoe::new(data)?;
    let mut tider = Tider::default();
    while tider.svarer == 0.0 {
        vent(start)?;
        if tider.lest == 0.0 && miljoe.maalere([LESES])? == [0.0] {
            tider.lest = start.elapsed().as_secs_f64();
        }
        if status(&miljoe, "event/latest", None)? != 503 {
            tider.svarer = start.elapsed().as_secs_f64();
        }
    }
    let spoersmaal = Some("MunicipalityNumber=0301");
    loop {
        match status(&miljoe, "search/match-count", spoersmaal)? {
            200 => {
                tider.soekbar = Some(start.elapsed().as_secs_f64());
                break;
            }
            404 => break,
            503 => vent(start)?,
            annen => bail!("status {annen}"),
        }
    }
    let topp = tjener.topp_anonymt_kb();
    while tider.ajour == 0.0 || tider.krr == 0.0 {
        let [ajour, krr] = miljoe.maalere([AJOUR, KRR])?;
        let naa = start.elapsed().as_secs_f64();
        for (da, tid) in [(ajour, &mut tider.ajour), (krr, &mut tider.krr)] {
            if da > 0.0 && *tid == 0.0 {
                *tid = naa;
            }
        }
        vent(start)?;
    }
    let [dokumenter, spurt] = miljoe.maalere([DOKUMENTER, KRR_PERSONER])?;
    let topp_krr = tjener.topp_anonymt_kb();
    tjener.stopp()?;
    skriv_tider(valg, &tider, dokumenter, spurt, tabell)?;
    tabell.rad(
        "peak anonymous memory, first load of the copy",
        format!("{:.0} MB", topp as f64 / 1000.0),
        format!(
            "register and copy in one process, of which {:.0} MB before the copy began; {:.0} MB with contact data; mapped pages not counted",
            foer as f64 / 1000.0,
            topp_krr as f64 / 1000.0
        ),
    )?;
    skriv_disk(valg, &data.join("helsekopi"), tabell)
}

fn vent(start: Instant) -> Result<()> {
    if start.elapsed() > AJOUR_MAKS {
        bail!("kopien ble ikke ferdig");
    }
    std::thread::sleep(BLIKK);
    Ok(())
}

/// The status of one call with a bearer token.
fn status(miljoe: &Miljoe, ressurs: &str, skjema: Option<&str>) -> Result<u16> {
    let token = miljoe.token()?;
    let foresporsel = match skjema {
        None => kall::hent(miljoe, &token, ressurs),
        Some(skjema) => kall::send_skjema(miljoe, &token, ressurs, skjema),
    };
    let mut svar = 0;
    super::super::last::hver(&miljoe.vert, &[foresporsel], 1, |_, status, _| {
        svar = status;
        Ok(())
    })?;
    Ok(svar)
}

fn skriv_tider(valg: &Valg, tider: &Tider, dokumenter: f64, spurt: f64, tabell: &mut Tabell) -> Result<()> {
    let personer = f64::from(valg.personer);
    let ferdig = tider.ajour;
    tabell.rad(
        "first load of the copy, persons/s",
        format!("{:.0}", personer / ferdig),
        format!(
            "{ferdig:.1} s for {} persons ({dokumenter:.0} documents) until the copy has all that the register has, {:.1} s of it until everybody \
             is read; over HTTP, both cores for both",
            valg.personer, tider.lest
        ),
    )?;
    tabell.rad(
        "until the Person API answers",
        format!("{:.1} s", tider.svarer),
        "everybody read, and what persons are found by made",
    )?;
    match tider.soekbar {
        None => tabell.rad("until the copy can be searched", "not served", "the search answers 404")?,
        Some(s) => tabell.rad(
            "until the copy can be searched",
            format!("{s:.1} s"),
            "match-count answers",
        )?,
    }
    tabell.rad(
        "contact data of everybody, persons/s",
        format!("{:.0}", spurt / (tider.krr - tider.svarer)),
        format!(
            "{spurt:.0} persons of KRR asked about in {:.1} s after the API answers",
            tider.krr - tider.svarer
        ),
    )
}

fn skriv_disk(valg: &Valg, kopi: &Path, tabell: &mut Tabell) -> Result<()> {
    let personer = f64::from(valg.personer);
    let (mut deler, mut sum, mut arkiv) = (Vec::new(), 0, 0);
    for element in std::fs::read_dir(kopi)? {
        let element = element?;
        let navn = element.file_name().to_string_lossy().into_owned();
        let byte = prosess::byte_paa_disk(&element.path())?;
        if navn == ARKIVSTROEM {
            arkiv = byte;
            continue;
        }
        sum += byte;
        if byte as f64 >= personer {
            deler.push(format!("{navn} {:.0} B", byte as f64 / personer));
        }
    }
    deler.sort();
    tabell.rad(
        "disk per person, the copy",
        format!("{:.0} B", sum as f64 / personer),
        format!(
            "{}; contact data included; and {:.0} B of archive stream, for backup",
            deler.join(", "),
            arkiv as f64 / personer
        ),
    )
}
