//! The searches of the Person API, asked by what persons of the nation are called, when they were born and where they live.
//!
//! Asked in version 2, with a bearer token: a proof costs the same whatever is asked, and the lookups tell what.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::super::last::{self, Orden};
use super::super::soek::i_url;
use super::super::{KORT_RUNDE, RUNDE, Tabell, Valg};
use super::kall::{self, DELER};
use super::{Miljoe, PROEVE_MAKS};

/// Persons that questions are made of.
const PERSONER: usize = 400;

/// What one person is called, when it was born and where it lives, ready for a form.
struct Spor {
    navn: String,
    aar: String,
    gate: String,
    kommune: String,
    /// Its place among the others, in thousandths of the nation.
    promille: usize,
}

fn spor(person: &Value, promille: usize) -> Option<Spor> {
    let tekst = |sti: &str| person.pointer(sti)?.as_str();
    let veg = |felt: &str| tekst(&format!("/residentialAddress/0/streetAddress/{felt}"));
    let (fornavn, etternavn) = (tekst("/name/0/givenName")?, tekst("/name/0/familyName")?);
    let gate = veg("addressName")?;
    // What version 2 takes in a name and in a street; the shortest street that pages are searched by.
    let bokstaver = |tekst: &str, og: char| tekst.chars().all(|c| c.is_alphanumeric() || c == ' ' || c == og);
    if !bokstaver(fornavn, '-') || !bokstaver(etternavn, '-') || !bokstaver(gate, ' ') || gate.chars().count() < 5 {
        return None;
    }
    Some(Spor {
        navn: i_url(&format!("{fornavn} {etternavn}")),
        aar: tekst("/birth/0/birthDate")?.get(..4)?.to_owned(),
        gate: i_url(gate),
        kommune: veg("municipalityNumber")?.to_owned(),
        promille,
    })
}

struct Spoersmaal {
    navn: &'static str,
    ressurs: &'static str,
    /// The form, of what is known of a person and how many persons there are.
    skjema: fn(&Spor, usize) -> String,
}

const ALLE: [Spoersmaal; 8] = [
    Spoersmaal {
        navn: "search/person: name, municipality",
        ressurs: "search/person",
        skjema: |s, _| format!("FullName={}&MunicipalityNumber={}", s.navn, s.kommune),
    },
    Spoersmaal {
        navn: "search/person: name, birth year",
        ressurs: "search/person",
        skjema: |s, _| format!("FullName={}&BirthDate={}", s.navn, s.aar),
    },
    Spoersmaal {
        navn: "search/person: name, street",
        ressurs: "search/person",
        skjema: |s, _| format!("FullName={}&StreetAddress={}", s.navn, s.gate),
    },
    Spoersmaal {
        navn: "match-count: name",
        ressurs: "search/match-count",
        skjema: |s, _| format!("FullName={}", s.navn),
    },
    Spoersmaal {
        navn: "match-count: birth year, municipality",
        ressurs: "search/match-count",
        skjema: |s, _| {
            format!(
                "BirthDateFrom={0}&BirthDateTo={0}&MunicipalityNumber={1}",
                s.aar, s.kommune
            )
        },
    },
    Spoersmaal {
        navn: "match-count: street",
        ressurs: "search/match-count",
        skjema: |s, _| format!("StreetAddress={}", s.gate),
    },
    Spoersmaal {
        navn: "paged-match-list of 1 000: municipality",
        ressurs: "search/paged-match-list",
        skjema: |s, _| format!("MunicipalityNumber={}&PageSize=1000", s.kommune),
    },
    Spoersmaal {
        navn: "paged-match-list of 1 000: everybody",
        ressurs: "search/paged-match-list",
        skjema: |s, antall| {
            // Whole pages, from anywhere in the nation.
            let fra = antall.saturating_sub(1_000) * s.promille / 1_000;
            format!("PageSize=1000&IndexOffset={fra}")
        },
    },
];

/// Hits of an answer.
fn treff(kropp: &[u8]) -> Option<usize> {
    let svar: Value = serde_json::from_slice(kropp).ok()?;
    match svar.get("matchCount") {
        Some(antall) => usize::try_from(antall.as_u64()?).ok(),
        None => Some(svar.get("results")?.as_array()?.len()),
    }
}

/// One row for each kind of question: one caller, then many.
pub(super) fn maal(valg: &Valg, miljoe: &Miljoe, numre: &[String], tabell: &mut Tabell) -> Result<()> {
    let runde = if numre.len() < PROEVE_MAKS { KORT_RUNDE } else { RUNDE };
    let token = miljoe.token()?;
    let noen = numre.iter().step_by((numre.len() / PERSONER).max(1)).take(PERSONER);
    let oppslag: Vec<_> = noen.map(|nr| kall::med_bearer(miljoe, &token, nr)).collect();
    let mut spor_av = Vec::new();
    last::hver(&miljoe.vert, &oppslag, 1, |nr, _, kropp| {
        let person: Value = serde_json::from_slice(kropp)?;
        spor_av.extend(spor(&person, nr * 1_000 / oppslag.len()));
        Ok(())
    })?;
    if spor_av.len() < 50 {
        bail!("bare {} personer å lage spørsmål av", spor_av.len());
    }
    for spoersmaal in &ALLE {
        en(valg, miljoe, spoersmaal, (&spor_av, numre.len()), runde, tabell)?;
    }
    Ok(())
}

fn en(
    valg: &Valg,
    miljoe: &Miljoe,
    spoersmaal: &Spoersmaal,
    (spor, antall): (&[Spor], usize),
    runde: std::time::Duration,
    tabell: &mut Tabell,
) -> Result<()> {
    let token = miljoe.token()?;
    let ressurs = match spoersmaal.ressurs {
        "search/person" => format!("search/person?{DELER}"),
        annen => annen.to_owned(),
    };
    let foresporsler: Vec<_> = spor
        .iter()
        .map(|spor| kall::send_skjema(miljoe, &token, &ressurs, &(spoersmaal.skjema)(spor, antall)))
        .collect();
    let (mut funnet, mut ikke_der, mut uten) = (0, 0, 0);
    last::hver(&miljoe.vert, &foresporsler, 1, |_, status, kropp| {
        match status {
            200 => {
                let treff = treff(kropp).context("svaret har verken treff eller antall")?;
                funnet += treff;
                uten += usize::from(treff == 0);
            }
            404 => ikke_der += 1,
            annen => bail!("{}: status {annen}", spoersmaal.navn),
        }
        Ok(())
    })?;
    if ikke_der == foresporsler.len() {
        return tabell.rad(spoersmaal.navn, "not served", "404 for every question");
    }
    // Each question is made of somebody who is there; an address may be one that this caller does not search by.
    if ikke_der > 0 || uten * 20 > foresporsler.len() {
        bail!("{}: {ikke_der} ikke funnet, {uten} uten treff", spoersmaal.navn);
    }
    let alene = last::full(&miljoe.vert, &foresporsler, Orden::Omigjen, 1, runde)?;
    let mange = last::full(&miljoe.vert, &foresporsler, Orden::Omigjen, valg.forbindelser, runde)?;
    tabell.rad(
        &format!("{}, p99", spoersmaal.navn),
        format!("{:.2} ms", alene.p99_ms),
        format!(
            "one caller, p50 {:.2} ms, v2 with legal basis; {:.0} requests/s of many, p99 {:.2} ms; {:.1} hits on average, {} different questions",
            alene.p50_ms,
            mange.per_sekund,
            mange.p99_ms,
            funnet as f64 / foresporsler.len() as f64,
            foresporsler.len()
        ),
    )
}
