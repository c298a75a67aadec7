//! The schemas of the information model: persons and events, from the same tables.
//!
//! A field that some package may be refused is not required here, even where the public document requires it: an answer
//! without it must be valid by our own document.

use informasjonsmodell::skjema::{Art, Felt, Skjema};
use informasjonsmodell::xml::Side;
use informasjonsmodell::{Entitet, Entitetsendring, Hendelsestype, Registermetadata};
use serde_json::{Map, Value, json};

use super::faste::objekt;
use super::referanse;

/// All of them, by component name.
pub(super) fn alle() -> Map<String, Value> {
    let mut ut = Map::new();
    for side in [Side::Person, Side::Hendelse] {
        for entitet in entiteter(side) {
            legg_til(&mut ut, side, entitet.skjema(), true);
        }
    }
    ut.insert(navn(Side::Person, "Folkeregisterperson"), folkeregisterperson());
    let hendelse = |n| referanse(&navn(Side::Hendelse, n));
    ut.insert(
        navn(Side::Hendelse, "DokumentForHendelse"),
        objekt(
            "DokumentForHendelse",
            &["dokumentidentifikator", "hendelse", "skjemaversjon"],
            json!({
                "dokumentidentifikator": {"type": "string"},
                "hendelse": hendelse("Hendelse"),
                "skjemaversjon": {"type": "string"},
            }),
        ),
    );
    let typer: Vec<&str> = Hendelsestype::ALLE.iter().map(|t| t.navn()).collect();
    ut.insert(
        navn(Side::Hendelse, "Hendelse"),
        objekt(
            "Hendelse",
            &["ajourholdstidspunkt", "folkeregisteridentifikator", "hendelsestype"],
            json!({
                "ajourholdstidspunkt": {"type": "string", "format": "date-time"},
                "egenskapshendelse": {"type": "array", "items": hendelse("Registerdata")},
                "folkeregisteridentifikator": {"type": "string"},
                "hendelsesaarsakIDsf": {"type": "string"},
                "hendelsestype": kode("Hendelsestype", &typer),
            }),
        ),
    );
    ut.insert(navn(Side::Hendelse, "Registerdata"), registerdata());
    ut
}

/// A code list, in place; the contract has no components for them.
pub(super) fn kode(tittel: &str, verdier: &[&str]) -> Value {
    json!({"title": tittel, "type": "string", "enum": verdier})
}

/// The component name of a type on one side.
fn navn(side: Side, navn: &str) -> String {
    match side {
        Side::Person => format!("folkeregisteret.tilgjengeliggjoering.person.v1.{navn}"),
        Side::Hendelse => format!("folkeregisteret.tilgjengeliggjoering.hendelse.v1.{navn}"),
    }
}

fn entiteter(side: Side) -> impl Iterator<Item = Entitet> {
    let alle = Entitet::ALLE.iter().copied();
    alle.filter(move |entitet| side == Side::Person || entitet.hendelsesnavn().entitet.is_some())
}

fn folkeregisterperson() -> Value {
    let mut egenskaper = Map::new();
    for entitet in entiteter(Side::Person) {
        let en = referanse(&navn(Side::Person, entitet.skjema().navn));
        let verdi = if entitet.er_liste() {
            json!({"type": "array", "items": en})
        } else {
            en
        };
        egenskaper.insert(entitet.navn().to_owned(), verdi);
    }
    egenskaper.sort_keys();
    objekt("Folkeregisterperson", &[], egenskaper.into())
}

fn registerdata() -> Value {
    let mut egenskaper = Map::new();
    let mut entitetsnavn = Vec::new();
    for entitet in entiteter(Side::Hendelse) {
        let hendelsesnavn = entitet.hendelsesnavn();
        let en = referanse(&navn(Side::Hendelse, entitet.skjema().navn));
        egenskaper.insert(hendelsesnavn.egenskap.to_owned(), en);
        entitetsnavn.extend(hendelsesnavn.entitet);
    }
    egenskaper.insert("entitet".into(), kode("Entitetsnavn", &entitetsnavn));
    egenskaper.insert(
        "entitetsendring".into(),
        kode("Entitetsendring", &Entitetsendring::VERDIER),
    );
    egenskaper.sort_keys();
    objekt("Registerdata", &["entitet", "entitetsendring"], egenskaper.into())
}

/// Adds a type and the types within it. The tables are a few levels deep and hold no circle.
fn legg_til(ut: &mut Map<String, Value>, side: Side, skjema: &Skjema, er_entitet: bool) {
    let komponent = navn(side, skjema.navn);
    if ut.contains_key(&komponent) {
        return;
    }
    let metadata = Registermetadata::FELTER;
    let metadata = metadata
        .iter()
        .filter(|felt| er_entitet && (side == Side::Person || felt.navn != "erGjeldende"));
    let mut egenskaper = Map::new();
    let mut krevd = Vec::new();
    for felt in metadata.chain(skjema.felter) {
        let (navn, felt_er_krevd) = match side {
            Side::Person => (felt.navn, felt.krevd),
            Side::Hendelse => (felt.navn_i_hendelse(), felt.krevd_i_hendelse()),
        };
        egenskaper.insert(navn.to_owned(), verdi(side, felt));
        if felt_er_krevd && felt.klasse.is_none() {
            krevd.push(navn);
        }
        if let Art::Objekt(under) = felt.art {
            legg_til(ut, side, under, false);
        }
    }
    egenskaper.sort_keys();
    krevd.sort_unstable();
    ut.insert(komponent, objekt(skjema.navn, &krevd, egenskaper.into()));
}

fn verdi(side: Side, felt: &Felt) -> Value {
    let en = match felt.art {
        Art::Tekst(_) => json!({"type": "string"}),
        Art::Heltall => json!({"type": "integer", "format": "int64"}),
        Art::Boolsk => json!({"type": "boolean"}),
        Art::Dato => json!({"type": "string", "format": "date"}),
        Art::Tidspunkt => json!({"type": "string", "format": "date-time"}),
        Art::Kode(liste) => {
            let verdier: Vec<&str> = liste.verdier.iter().chain(liste.senere).copied().collect();
            kode(liste.navn, &verdier)
        }
        Art::Objekt(skjema) => referanse(&navn(side, skjema.navn)),
    };
    if felt.liste {
        json!({"type": "array", "items": en})
    } else {
        en
    }
}
