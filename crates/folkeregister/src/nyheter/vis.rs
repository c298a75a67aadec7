//! Items as JSON. What is absent is absent, as everywhere in the interface: no null, no empty list.

use driftsmeldinger::{Gyldighet, Melding, Nyhet, Sak, Saksnummer, Tavle, Tidsrom, tid};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::konsument::ROT;

/// A notice as the interface shows it.
#[must_use]
pub fn melding_som_json(tavle: &Tavle, base: &str, sak: &Melding, naa: Timestamp) -> Value {
    melding(tavle, base, sak, naa, true)
}

/// A news item as the interface shows it.
#[must_use]
pub fn nyhet_som_json(tavle: &Tavle, base: &str, sak: &Nyhet) -> Value {
    nyhet(tavle, base, sak)
}

/// Address of an item.
pub(super) fn adresse(base: &str, sak: &Sak) -> String {
    match sak {
        Sak::Melding(m) => format!("{base}/{ROT}/driftsmeldinger/{}", m.slug),
        Sak::Nyhet(n) => format!("{base}/{ROT}/nyheter/{}", n.slug),
    }
}

/// `hele`: with what was told since.
pub(super) fn melding(tavle: &Tavle, base: &str, m: &Melding, naa: Timestamp, hele: bool) -> Value {
    let om = &m.innhold;
    let mut ut = Map::new();
    let mut sett = |navn: &str, verdi: Value| {
        ut.insert(navn.to_owned(), verdi);
    };
    sett("nummer", m.nummer.0.into());
    sett("navn", m.slug.as_str().into());
    sett("url", format!("{base}/{ROT}/driftsmeldinger/{}", m.slug).into());
    sett("versjon", m.versjon.into());
    sett("slag", om.slag.kode().into());
    sett("tittel", om.tittel.as_str().into());
    sett("tekst", om.tekst.as_str().into());
    if !om.tjenester.is_empty() {
        sett("tjenester", om.tjenester.iter().map(|t| t.kode()).collect());
    }
    if !om.pakker.is_empty() {
        sett("pakker", om.pakker.iter().map(|p| p.kortnavn()).collect());
    }
    if let Some(miljoe) = om.miljoe {
        sett("miljoe", miljoe.kode().into());
    }
    for (navn, rom) in [("planlagt", om.planlagt), ("faktisk", om.faktisk)] {
        if !rom.er_ukjent() {
            sett(navn, tidsrom(rom));
        }
    }
    sett("virkning", om.virkning.kode().into());
    sett("tilstand", m.tilstand.kode().into());
    sett("iKraft", m.i_kraft(naa).into());
    sett("knyttet", om.knyttet.into());
    if om.automatisk {
        sett("automatisk", true.into());
    }
    if let Some(hvem) = om.tredjepart {
        sett("tredjepart", hvem.kode().into());
    }
    if let Some(viser_til) = henvisning(tavle, base, om.viser_til) {
        sett("viserTil", viser_til);
    }
    if let Some(masse) = &om.masseendring {
        let mut i = Map::new();
        if let Some(antall) = masse.hendelser {
            i.insert("hendelser".into(), antall.into());
        }
        if !masse.typer.is_empty() {
            i.insert("typer".into(), masse.typer.iter().map(|t| t.navn()).collect());
        }
        if !masse.rekkefoelge.is_empty() {
            let start = masse.rekkefoelge.iter();
            let start = start.map(|s| json!({"pakke": s.pakke.kortnavn(), "fra": tid::iso(s.fra)}));
            i.insert("rekkefoelge".into(), start.collect());
        }
        sett("masseendring", i.into());
    }
    if hele && !m.oppdateringer.is_empty() {
        let liste = m.oppdateringer.iter().map(|o| {
            let mut i = Map::new();
            i.insert("tid".into(), tid::iso(o.tid).into());
            i.insert("tilstand".into(), o.tilstand.kode().into());
            if let Some(tekst) = &o.tekst {
                i.insert("tekst".into(), tekst.as_str().into());
            }
            Value::Object(i)
        });
        sett("oppdateringer", liste.collect());
    }
    sett("publisert", tid::iso(m.publisert).into());
    sett("oppdatert", tid::iso(m.oppdatert).into());
    ut.into()
}

pub(super) fn nyhet(tavle: &Tavle, base: &str, n: &Nyhet) -> Value {
    let om = &n.innhold;
    let mut ut = Map::new();
    let mut sett = |navn: &str, verdi: Value| {
        ut.insert(navn.to_owned(), verdi);
    };
    sett("nummer", n.nummer.0.into());
    sett("navn", n.slug.as_str().into());
    sett("url", format!("{base}/{ROT}/nyheter/{}", n.slug).into());
    sett("slag", om.slag.kode().into());
    sett("tittel", om.tittel.as_str().into());
    sett("tekst", om.tekst.as_str().into());
    if !om.gjelder.is_empty() {
        sett("gjelder", om.gjelder.iter().map(gyldighet).collect());
    }
    if let Some(gir) = om.gir_hendelser {
        sett("girHendelser", gir.into());
    }
    if let Some(er) = om.bakoverkompatibel {
        sett("bakoverkompatibel", er.into());
    }
    if let Some(viser_til) = henvisning(tavle, base, om.viser_til) {
        sett("viserTil", viser_til);
    }
    sett("publisert", tid::iso(n.publisert).into());
    ut.into()
}

fn gyldighet(gyldighet: &Gyldighet) -> Value {
    let mut ut = Map::new();
    if let Some(miljoe) = gyldighet.miljoe {
        ut.insert("miljoe".into(), miljoe.kode().into());
    }
    ut.insert("fra".into(), tid::iso(gyldighet.fra).into());
    ut.into()
}

fn tidsrom(rom: Tidsrom) -> Value {
    let ender = [("fra", rom.fra), ("til", rom.til)];
    let kjente = ender
        .into_iter()
        .filter_map(|(navn, tid)| Some((navn.to_owned(), Value::from(tid::iso(tid?)))));
    Value::Object(kjente.collect())
}

fn henvisning(tavle: &Tavle, base: &str, nummer: Option<Saksnummer>) -> Option<Value> {
    let sak = tavle.sak(nummer?)?;
    Some(json!({"nummer": sak.nummer().0, "url": adresse(base, &sak)}))
}

/// What an item says, as plain text for a feed.
pub(super) fn som_tekst(sak: &Sak) -> String {
    match sak {
        Sak::Nyhet(n) => n.innhold.tekst.clone(),
        Sak::Melding(m) => {
            let om = &m.innhold;
            let mut ut = om.tekst.clone();
            ut.push('\n');
            for (hva, rom) in [("Planlagt", om.planlagt), ("Faktisk", om.faktisk)] {
                let fra = rom.fra.map(|t| format!(" fra {}", tid::kort(t))).unwrap_or_default();
                let til = rom.til.map(|t| format!(" til {}", tid::kort(t))).unwrap_or_default();
                if !rom.er_ukjent() {
                    ut.push_str(&format!("\n{hva}{fra}{til}, norsk tid."));
                }
            }
            let liste = |koder: Vec<&str>| koder.join(", ");
            if !om.tjenester.is_empty() {
                ut.push_str(&format!(
                    "\nTjenester: {}.",
                    liste(om.tjenester.iter().map(|t| t.kode()).collect())
                ));
            }
            if !om.pakker.is_empty() {
                let pakker = om.pakker.iter().map(|p| p.kortnavn()).collect();
                ut.push_str(&format!("\nRettighetspakker: {}.", liste(pakker)));
            }
            ut.push_str(&format!("\nVirkning: {}. Tilstand: {}.", om.virkning, m.tilstand));
            for oppdatering in &m.oppdateringer {
                if let Some(tekst) = &oppdatering.tekst {
                    ut.push_str(&format!("\n\n{}: {tekst}", tid::kort(oppdatering.tid)));
                }
            }
            ut
        }
    }
}

/// The kind of an item, its feed's category.
pub(super) fn kategori(sak: &Sak) -> &'static str {
    match sak {
        Sak::Melding(m) => m.innhold.slag.kode(),
        Sak::Nyhet(n) => n.innhold.slag.kode(),
    }
}

/// The title of an item.
pub(super) fn tittel(sak: &Sak) -> &str {
    match sak {
        Sak::Melding(m) => &m.innhold.tittel,
        Sak::Nyhet(n) => &n.innhold.tittel,
    }
}
