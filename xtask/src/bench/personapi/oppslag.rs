//! Lookups by number: in version 2 with a bearer token and with a proof for each call, and in version 3, which takes proofs alone; beside
//! the ceiling, and beside what the proof's signature allows.
//!
//! What a signature allows: a call takes what a bearer's takes, and one verification, and no more. That is held against calls that are
//! alike but for the proof, so in version 2, which takes both; version 3 writes another document, and its share of the same is told of beside
//! it. All are measured in the same run, in turn. Proofs are made just before their round, as they are good for seconds only, so that signing is not measured.

use std::time::Duration;

use anyhow::Result;

use super::super::last::{self, Last, Maaling, Orden};
use super::super::{RUNDER, Tabell, Valg, andel, median, p99, rate, tak};
use super::beviskontroll::{self, Kostnad};
use super::kall::{self, Gren};
use super::{Miljoe, prosess};

/// The figure that has a bar.
pub(super) const ANDEL: &str = "DPoP lookup / what its signature allows";
/// Proofs of the first of the rounds that tell how many are enough for a whole one; they warm up too.
const PROEVE: usize = 4_000;
/// Most proofs of a round: they must be young when the last is used.
const BEVIS_MAKS: usize = 200_000;
/// Proofs whose check is timed in each round.
const KONTROLLERTE: usize = 8_000;

#[derive(Default)]
struct Runder {
    tak: Vec<Maaling>,
    bearer: Vec<Maaling>,
    dpop: Vec<Maaling>,
    dpop_v3: Vec<Maaling>,
    kostnad: Vec<Kostnad>,
}

/// Measures, and gives a bearer's lookups a second.
pub(super) fn maal(
    valg: &Valg,
    miljoe: &Miljoe,
    numre: &[String],
    runde: Duration,
    tabell: &mut Tabell,
) -> Result<f64> {
    let n = valg.forbindelser;
    let byte = gjennomsnittlig_svar(miljoe, numre)?;
    let tak = tak::start(byte)?;
    let taklast = Last::new(&tak.base, "fast")?;
    let mut bevis = PROEVE;
    while bevis < BEVIS_MAKS && en_dpoprunde(miljoe, Gren::V2, numre, (n, runde), bevis)?.0.antall + n >= bevis {
        bevis = (bevis * 4).min(BEVIS_MAKS);
    }
    let mut runder = Runder::default();
    for _ in 0..RUNDER {
        let fast = ["fast".to_owned()];
        runder.tak.push(taklast.kjoer(&fast, "application/json", n, runde)?);
        let token = miljoe.token()?;
        let spoersmaal: Vec<_> = numre.iter().map(|nr| kall::med_bearer(miljoe, &token, nr)).collect();
        runder
            .bearer
            .push(last::full(&miljoe.vert, &spoersmaal, Orden::Omigjen, n, runde)?);
        drop(spoersmaal);
        let (maaling, kostnad) = en_dpoprunde(miljoe, Gren::V2, numre, (n, runde), bevis)?;
        runder.dpop.push(maaling);
        runder.kostnad.push(kostnad);
        let (maaling, _) = en_dpoprunde(miljoe, Gren::V3, numre, (n, runde), bevis)?;
        runder.dpop_v3.push(maaling);
    }
    drop(tak);
    prosess::toem_til_disk()?;
    skriv(&runder, byte, tabell)?;
    Ok(rate(&runder.bearer))
}

/// One round with so many new proofs, and what it costs to check others like them. It ends early when they are used up.
fn en_dpoprunde(
    miljoe: &Miljoe,
    gren: Gren,
    numre: &[String],
    (n, runde): (usize, Duration),
    antall: usize,
) -> Result<(Maaling, Kostnad)> {
    let token = miljoe.bundet_token(gren)?;
    let bevis = kall::bevis(miljoe, gren, &token, antall)?;
    // The same order as for bearers.
    let personer = (1..).filter_map(|nr: usize| numre.get(nr * 7_919 % numre.len()));
    let spoersmaal: Vec<_> = bevis
        .iter()
        .zip(personer)
        .map(|(bevis, nr)| kall::med_dpop(miljoe, gren, (&token, bevis), nr))
        .collect();
    let maaling = last::full(&miljoe.vert, &spoersmaal, Orden::Engang, n, runde)?;
    let sett = kall::bevis(miljoe, gren, &token, KONTROLLERTE)?;
    let kostnad = beviskontroll::maal(&miljoe.base, &kall::dpopsti(gren), &sett)?;
    Ok((maaling, kostnad))
}

fn gjennomsnittlig_svar(miljoe: &Miljoe, numre: &[String]) -> Result<usize> {
    let token = miljoe.token()?;
    let noen = numre.iter().step_by((numre.len() / 500).max(1));
    let spoersmaal: Vec<_> = noen.map(|nr| kall::med_bearer(miljoe, &token, nr)).collect();
    let mut byte = 0;
    last::hver(&miljoe.vert, &spoersmaal, 1, |_, _, kropp| {
        byte += kropp.len();
        Ok(())
    })?;
    Ok(byte / spoersmaal.len().max(1))
}

fn skriv(runder: &Runder, byte: usize, tabell: &mut Tabell) -> Result<()> {
    let midt = |felt: fn(&Kostnad) -> f64| median(&mut runder.kostnad.iter().map(felt).collect::<Vec<_>>());
    let tillatt: Vec<f64> = runder
        .bearer
        .iter()
        .zip(&runder.kostnad)
        .map(|(bearer, kostnad)| (bearer.per_sekund.recip() + kostnad.signatur_s).recip())
        .collect();
    let av_tillatt = |maalinger: &[Maaling]| {
        let andeler = maalinger.iter().zip(&tillatt).map(|(m, t)| m.per_sekund / t);
        median(&mut andeler.collect::<Vec<_>>())
    };
    let (andelen, andelen_v3) = (av_tillatt(&runder.dpop), av_tillatt(&runder.dpop_v3));
    tabell.rad(
        "ceiling, requests/s",
        format!("{:.0}", rate(&runder.tak)),
        format!("same stack, fixed body of {byte} B, one core"),
    )?;
    for (navn, maalinger, hvordan) in [
        (
            "lookup by nin with bearer",
            &runder.bearer,
            "v2 with legal basis, token from cache after the first",
        ),
        (
            "lookup by nin with DPoP",
            &runder.dpop,
            "v2 with legal basis, a proof of its own for each call, made before the round",
        ),
        (
            "lookup by nin with DPoP, v3",
            &runder.dpop_v3,
            "v3 full access, a proof of its own for each call, made before the round",
        ),
    ] {
        tabell.rad(
            &format!("{navn}, requests/s"),
            format!("{:.0}", rate(maalinger)),
            format!(
                "9 parts, answer recorded on the disk, {hvordan}; p99 {:.2} ms at full load",
                p99(maalinger)
            ),
        )?;
        tabell.rad(
            &format!("{navn} / ceiling"),
            format!("{:.2}", andel(maalinger, &runder.tak)),
            "median of ratios, in turn",
        )?;
    }
    tabell.rad(
        "ES256 verification of a proof",
        format!("{:.1} us", midt(|k| k.signatur_s) * 1e6),
        format!(
            "signature alone, {KONTROLLERTE} proofs on the server's core in each round; the whole proof {:.1} us, \
             and {:.1} us where its header is known from the call before",
            midt(|k| k.hele_s) * 1e6,
            midt(|k| k.kjent_s) * 1e6
        ),
    )?;
    tabell.rad(
        "what the signature allows, requests/s",
        format!("{:.0}", median(&mut tillatt.clone())),
        "1 / (1 / bearer + verification)",
    )?;
    tabell.tall.insert(ANDEL, andelen);
    tabell.rad(
        ANDEL,
        format!("{andelen:.2}"),
        "median of ratios, in turn; version 2, with DPoP and with bearer",
    )?;
    tabell.rad(
        "DPoP lookup in v3 / the same",
        format!("{andelen_v3:.2}"),
        "version 3 with DPoP beside version 2 with bearer: what its document costs more or less is in it",
    )
}
