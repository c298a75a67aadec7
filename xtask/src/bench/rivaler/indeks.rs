//! What an index costs beside its answers: bytes, the time to make it again, and when a change is found.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use informasjonsmodell::{Persondokument, Tidspunkt};
use register::{Bilde, Importutfall, Personnummer, Register, Steder, Termer, Visning};
use serde_json::Value;
use soek::{Kriterier, Navnekriterier, Personliste, Soekevisning};
use tilgang::Entitetsmengde;

use super::super::median;
use super::utdrag::PROJEKSJON;

/// Persons whose names are changed and changed back.
const ENDRES: usize = 50;

/// Bytes of ours.
pub fn stoerrelse(register: &Register) -> Result<String> {
    let plass = register.plassbruk()?;
    let byte = plass.tabeller.iter().find(|(navn, _)| *navn == "indeks");
    let byte = byte.context("indeks")?.1;
    let antall = f64::from(register.antall_personer()?);
    Ok(format!(
        "- index, ours: {:.0} B a person, every term sealed, for eleven packages at once",
        byte as f64 / antall
    ))
}

// A name that nobody has.
fn med_etternavn(dokument: &Persondokument, nytt: &str) -> Result<Option<Persondokument>> {
    let mut verdi: Value = serde_json::from_slice(&dokument.til_json())?;
    let liste = verdi.get_mut("navn").and_then(Value::as_array_mut);
    let Some(navn) = liste.and_then(|l| l.iter_mut().find(|n| n.get("erGjeldende") == Some(&Value::Bool(true)))) else {
        return Ok(None);
    };
    let Some(felt) = navn.as_object_mut() else {
        return Ok(None);
    };
    felt.insert("etternavn".to_owned(), nytt.into());
    felt.shift_remove("forkortetNavn");
    Ok(Some(Persondokument::les(verdi)?))
}

fn finner(register: &Register, ord: &str) -> Result<Vec<Personnummer>> {
    let kriterier = Kriterier {
        navn: Navnekriterier {
            ord: vec![ord.to_owned()],
            fonetisk: false,
        },
        doede: true,
        ..Kriterier::default()
    };
    match soek::finn(&register.les()?, PROJEKSJON, &kriterier)? {
        Personliste::Personer(personer) => Ok(personer),
        Personliste::ForMange => bail!("et navn som ingen hadde, har mange"),
    }
}

/// A change, and the very next question after its commit: it finds what was committed, and no more what was.
pub fn synlig_ved_bekreftelse(register: &Register) -> Result<String> {
    let antall = register.antall_personer()?;
    let steg = (antall / 1_000).max(1);
    let tidspunkt = Tidspunkt::parse("2026-01-02T12:00:00+01:00").context("tidspunkt")?;
    let naa = i64::try_from(
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)?
            .as_secs(),
    )?;
    let (mut bekreftet, mut spurt) = (Vec::new(), Vec::new());
    for plass in (1..=antall).step_by(usize::try_from(steg)?) {
        if bekreftet.len() == ENDRES {
            break;
        }
        let person = Personnummer::fra_indeks(plass);
        let Some(dokument) = register.les()?.eksporter(person)? else {
            continue;
        };
        let ord = format!("benkeprove{plass}");
        let Some(endret) = med_etternavn(&dokument, &ord)? else {
            continue;
        };
        if !finner(register, &ord)?.is_empty() {
            bail!("navnet som skal prøves, finnes fra før");
        }
        let start = Instant::now();
        // What the register refuses is not measured on.
        let Ok(Importutfall::Endret) = register.importer(&endret, tidspunkt, naa) else {
            continue;
        };
        bekreftet.push(start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        let funnet = finner(register, &ord)?;
        spurt.push(start.elapsed().as_secs_f64() * 1e3);
        if funnet != [person] {
            bail!("søket rett etter en bekreftet endring fant den ikke");
        }
        register.importer(&dokument, tidspunkt, naa)?;
        if !finner(register, &ord)?.is_empty() {
            bail!("søket rett etter en bekreftet endring fant det som var");
        }
    }
    if bekreftet.len() < ENDRES {
        bail!("for få personer lot seg endre: {}", bekreftet.len());
    }
    Ok(format!(
        "- visible after commit: in the same transaction. {ENDRES} names changed and changed back, the next search of each \
         found what was committed and no more what was; median {:.2} ms for the commit with its index (on the disk), \
         {:.3} ms for the search",
        median(&mut bekreftet),
        median(&mut spurt)
    ))
}

/// The same view under another version, so that the index is made anew.
struct Annen;

impl Visning for Annen {
    fn versjon(&self) -> u32 {
        u32::MAX
    }

    fn entiteter(&self) -> Entitetsmengde {
        Soekevisning.entiteter()
    }

    fn termer(&self, bilde: &Bilde<'_>, ut: &mut Termer) {
        Soekevisning.termer(bilde, ut);
    }
}

/// Makes the index anew, twice: the last time as the program wants it.
pub fn lag_paa_nytt(data: &Path, antall: u32) -> Result<String> {
    let visninger: [Arc<dyn Visning>; 2] = [Arc::new(Annen), Arc::new(Soekevisning)];
    let mut tider = Vec::new();
    for visning in visninger {
        let start = Instant::now();
        drop(Register::aapne_med_visning(data, &Steder::default(), visning)?);
        tider.push(start.elapsed().as_secs_f64());
    }
    let tid = tider.iter().copied().fold(f64::INFINITY, f64::min);
    Ok(format!(
        "- index made again from the records: {tid:.1} s for {antall} persons ({:.0} persons/s), the better of two",
        f64::from(antall) / tid
    ))
}
