//! Any sequence of valid messages keeps the register's rules.
//!
//! A sequence is drawn, message by message, over a few persons of every sort; after each step every rule of `konsistens`
//! holds, the store verifies, feeds are dense, each event is one that the tables of `eksempler/produsent` have for its kind
//! of message, on somebody the message concerns, and cases and what senders are told agree. A failure is made shorter and
//! printed, with what gives it again.

mod folk;
mod gjenbygging;
mod sekvens;

use std::collections::{BTreeMap, BTreeSet};

use informasjonsmodell::Hendelsestype;
use konsistens::gjennomgaa;
use meldinger::{Meldingstype, Tilbakemelding};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use saksbehandling::{Hva, Sak, Tilstand};
use serde_json::{Value, json};
use tilgang::Projeksjon;

use crate::eksempler;
use crate::felles::{Folk, SYKEHUS, TINGRETT, annullering, doedsfall};
use folk::befolk;
use sekvens::{SLAG, Skjedd, Steg, gjoer};

const MH: Projeksjon = Projeksjon::MedHjemmel;
/// Seed of the sequences of the gate.
const FROE: u64 = 20_260_115;

/// Types of events, by the kind of message that leads to them.
pub type Effekter = BTreeMap<Meldingstype, BTreeSet<String>>;

/// What the tables say, row by row.
fn effekter() -> Effekter {
    let mut ut = Effekter::new();
    for fil in std::fs::read_dir(eksempler::mappe()).unwrap() {
        let sti = fil.unwrap().path();
        if sti.ends_with("README.md") {
            continue;
        }
        let innhold = std::fs::read_to_string(&sti).unwrap();
        for rad in innhold.lines().filter(|l| l.starts_with("| ")).skip(1) {
            let meldinger = rad.trim_matches('|').split('|').next().unwrap();
            // What a row without effects says is that there are none.
            if !rad.contains("godkjent") {
                continue;
            }
            let (mut folk, mut utfall) = (Folk::new(), eksempler::Utfall::default());
            for steg in meldinger.split(';') {
                let foer = sist(&folk);
                eksempler::gjoer(&mut folk, steg, &mut utfall);
                let Some(slag) = folk.saker.sak(utfall.siste).unwrap().and_then(|s| s.meldingstype()) else {
                    continue;
                };
                let typer = nye(&folk, foer).into_iter().map(|(_, _, type_)| type_);
                ut.entry(slag).or_default().extend(typer);
            }
        }
    }
    ut
}

fn sist(folk: &Folk) -> u64 {
    folk.register.les().unwrap().siste_sekvensnummer(MH).unwrap()
}

// Number, whom, and type of the events after one.
fn nye(folk: &Folk, etter: u64) -> Vec<(u64, String, String)> {
    let feed = folk.register.les().unwrap().feed(MH, etter + 1, 10_000).unwrap();
    feed.into_iter()
        .map(|e| {
            (
                e.sekvensnummer,
                e.folkeregisteridentifikator,
                e.hendelsestype.navn().to_owned(),
            )
        })
        .collect()
}

/// Everything that must hold, whatever was sent.
fn sjekk(folk: &Folk, effekter: &Effekter, skjedd: &Skjedd, foer: u64) -> Result<(), String> {
    let les = folk.register.les().unwrap();
    let mut brudd = Vec::new();
    let rapport = gjennomgaa(&les, 1, 10_000, &mut |person, regler| {
        let nr = les.gjeldende_nummer(person).unwrap().unwrap_or_default();
        brudd.extend(regler.iter().map(|r| format!("{}: {}", folk.navn(&nr), r.kode())));
    })
    .unwrap();
    if !brudd.is_empty() || rapport.uleselige > 0 {
        return Err(format!("regler brutt: {brudd:?}, uleselige: {}", rapport.uleselige));
    }
    let funn = folk.register.verifiser(&mut |_| {}).unwrap();
    if !funn.is_empty() {
        return Err(format!("lageret: {funn:?}"));
    }
    for projeksjon in Projeksjon::ALLE {
        let feed = les.feed(projeksjon, 1, 100_000).unwrap();
        let siste = les.siste_sekvensnummer(projeksjon).unwrap();
        if !feed.iter().map(|e| e.sekvensnummer).eq(1..=siste) {
            return Err(format!("feeden til {projeksjon:?} har hull"));
        }
    }
    let hendelser = nye(folk, foer);
    match skjedd {
        Skjedd::Ingenting if !hendelser.is_empty() => {
            return Err(format!(
                "noe som ikke skulle føre til noe, ga {} hendelser",
                hendelser.len()
            ));
        }
        Skjedd::Avgjort { slag, berorte } => {
            for (_, hvem, type_) in &hendelser {
                let kjent = slag.iter().any(|s| effekter.get(s).is_some_and(|e| e.contains(type_)));
                if !kjent {
                    return Err(format!("{slag:?} ga {type_}, som ingen tabell har"));
                }
                let angaar = berorte.contains(hvem) || type_ == "personErOpprettet";
                if !angaar {
                    return Err(format!(
                        "{slag:?} ga {type_} på {}, som ikke er berørt",
                        folk.navn(hvem)
                    ));
                }
            }
        }
        Skjedd::Ingenting | Skjedd::Registeret => {}
    }
    saker(folk)
}

// Cases: in a state that what was told of them says, and told of once each to the one who sent them.
fn saker(folk: &Folk) -> Result<(), String> {
    let mut fortalt: BTreeMap<u32, usize> = BTreeMap::new();
    for organisasjon in [SYKEHUS, TINGRETT] {
        let alle = folk.saker.tilbakemeldinger(organisasjon, 1, true, 1_000).unwrap();
        if !alle.iter().map(|t| t.seq).eq(1..=alle.len() as u64) {
            return Err("tilbakemeldingene har hull".to_owned());
        }
        for t in alle {
            if t.sak.organisasjon != organisasjon {
                return Err("en tilbakemelding gikk til en annen".to_owned());
            }
            *fortalt.entry(t.sak.nr).or_default() += 1;
        }
    }
    let aapne: BTreeSet<u32> = folk
        .saker
        .aapne_saker(0, 10_000)
        .unwrap()
        .iter()
        .map(|s| s.nr)
        .collect();
    for nr in 1.. {
        let Some(sak) = folk.saker.sak(nr).unwrap() else { break };
        let beslutninger = sak
            .hendelser
            .iter()
            .filter(|h| matches!(h.hva, Hva::Beslutning { .. }))
            .count();
        let avgjort = sak.tilstand == Tilstand::Avgjort;
        let holder = beslutninger == usize::from(avgjort)
            && aapne.contains(&nr) != avgjort
            && folk.saker.melding(nr).unwrap().is_some() != avgjort
            && fortalt.get(&nr).copied().unwrap_or_default() == skal_fortelles(&sak)
            && (!avgjort || matches!(sak.hendelser.last().unwrap().hva, Hva::Beslutning { .. }));
        if !holder {
            return Err(format!(
                "sak {nr} ({}) er {:?} med {beslutninger} beslutninger",
                sak.ressurs, sak.tilstand
            ));
        }
    }
    Ok(())
}

// How much of a case its sender is told: nothing of a change of address, and of a D-number no reason to wait that its document
// has no word for.
fn skal_fortelles(sak: &Sak) -> usize {
    let slag = sak.meldingstype().unwrap().tilbakemelding();
    let alle = sak.hendelser.iter().filter(|h| match (slag, &h.hva) {
        (Tilbakemelding::Ingen, _) => false,
        (Tilbakemelding::DNummer, Hva::TilManuellBehandling { grunner, .. }) => grunner
            .iter()
            .any(|g| matches!(g.kode(), "dufNummerIBruk" | "muligDublett")),
        _ => true,
    });
    alle.count()
}

fn kjoer(effekter: &Effekter, steg: &[Steg], sett: &mut BTreeMap<String, usize>) -> Result<(), String> {
    let mut folk = befolk();
    let mut sendt = Vec::new();
    sjekk(&folk, effekter, &Skjedd::Registeret, sist(&folk)).map_err(|e| format!("før noe er sendt: {e}"))?;
    let mut fortelling = Vec::new();
    for steg in steg {
        let foer = sist(&folk);
        let (hva, skjedd) = gjoer(&mut folk, &mut sendt, steg);
        *sett
            .entry(hva.split(' ').next().unwrap_or_default().to_owned())
            .or_default() += 1;
        fortelling.push(hva);
        sjekk(&folk, effekter, &skjedd, foer).map_err(|e| format!("{e}\netter\n  {}", fortelling.join("\n  ")))?;
    }
    Ok(())
}

/// A home that was registered as of after the death was never lived in: it ends as it begins, and is there again if nobody died.
#[test]
fn whoever_was_moved_after_the_death_is_dead_without_an_address() {
    let folk = befolk();
    let bosted = json!({"bostedsadresse": [{"adressegradering": "ugradert", "ukjentBosted": {},
        "gyldighetstidspunkt": "2026-01-14T00:00:00+01:00"}]});
    sekvens::registrer(&folk, "ungkar", bosted, Hendelsestype::EndringIBostedsadresse);
    let nr = folk.nr("ungkar");
    let bor = || {
        folk.gjeldende(&nr, "bostedsadresse")
            .iter()
            .map(|b| b["gyldighetstidspunkt"].clone())
            .collect::<Vec<_>>()
    };
    let foer = bor();
    let sett = |slag, forespoersel, hva: &str| {
        let sak = folk.send(SYKEHUS, slag, forespoersel).unwrap().sak;
        let sak = folk.saker.sak(sak).unwrap().unwrap();
        assert!(
            matches!(&sak.hendelser[0].hva, Hva::Beslutning { beslutning, .. } if beslutning.kode() == "godkjent"),
            "{hva}: {:?}",
            sak.hendelser
        );
        sjekk(&folk, &Effekter::new(), &Skjedd::Registeret, 0).unwrap();
    };
    sett(Meldingstype::Doedsfall, doedsfall(&nr, "2026-01-10"), "dødsfallet");
    assert_eq!(bor(), Vec::<Value>::new());
    sett(Meldingstype::AnnulleringAvDoedsfall, annullering(&nr), "annulleringen");
    assert_eq!(bor(), foer);
}

#[test]
fn every_kind_with_rules_is_drawn() {
    let trukket: BTreeSet<Meldingstype> = SLAG.iter().map(|(slag, _)| *slag).collect();
    assert_eq!(trukket, Meldingstype::ALLE.iter().copied().collect());
}

#[test]
fn paalitelighet_06_meldinger_i_enhver_rekkefoelge_holder_reglene() {
    let lang = std::env::var("PAALITELIGHET").is_ok_and(|v| v == "lang");
    let effekter = effekter();
    assert_eq!(
        effekter.len(),
        Meldingstype::ALLE.len(),
        "et slag som ingen tabell har en virkning av"
    );
    let froe = std::env::var("FROE").ok().and_then(|f| f.parse().ok()).unwrap_or(FROE);
    let mut proever = TestRunner::new(ProptestConfig {
        cases: std::env::var("TILFELLER")
            .ok()
            .and_then(|t| t.parse().ok())
            .unwrap_or(if lang { 4_000 } else { 60 }),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(froe),
        max_shrink_iters: 400,
        ..ProptestConfig::default()
    });
    let sett = std::cell::RefCell::new(BTreeMap::new());
    let antall = std::cell::Cell::new(0);
    let utfall = proever.run(&proptest::collection::vec(Steg::trekk(), 1..25), |steg| {
        antall.set(antall.get() + steg.len());
        kjoer(&effekter, &steg, &mut sett.borrow_mut()).map_err(TestCaseError::fail)
    });
    let sett = sett.into_inner();
    if let Err(feil) = utfall {
        panic!("FROE={froe}: {feil}");
    }
    // What never happened was never tried.
    for slag in [
        "godkjent:",
        "manuell:",
        "venter:",
        "registrert:",
        "godkjenn",
        "avvis",
        "avslaa",
        "avbryt",
        "gjenta",
        "vern",
    ] {
        assert!(sett.get(slag).is_some_and(|n| *n > 0), "{slag} {sett:?}");
    }
    println!("TALL 06 meldinger_regelbrudd 0 brudd = 0");
    println!("TALL 06 meldinger_steg {} steg >= 300", antall.get());
}
