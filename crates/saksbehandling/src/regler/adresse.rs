//! Addresses as messages tell them, and as the register holds them.
//!
//! An address of somebody protected is as guarded as its person, whatever the message says of it.

use informasjonsmodell::{Dato, land};
use meldinger::tre::Element;
use register::Personbilde;
use serde_json::{Value, json};
use tilgang::Grad;

use super::{Kontekst, fylt};
use crate::vedtak::Grunn;

/// How an address is guarded: as its person, or else as an address of a client where the message says that it is one.
///
/// Somebody strengt fortrolig is given no address: the register refuses it.
pub(super) fn gradering(person: Option<&Personbilde>, erklientadresse: Option<bool>) -> &'static str {
    match person.map(|p| p.vern) {
        Some(Grad::Fortrolig) => "fortrolig",
        Some(Grad::StrengtFortrolig) => "strengtFortrolig",
        _ if erklientadresse == Some(true) => "klientadresse",
        _ => "ugradert",
    }
}

fn adressenummer(e: &Element) -> Option<Value> {
    let nummer = e.ett("adressenummer")?;
    Some(json!({"husnummer": fylt(nummer, "husnummer"), "husbokstav": fylt(nummer, "husbokstav")}))
}

fn poststed(e: &Element) -> Option<Value> {
    let sted = e.ett("poststed")?;
    Some(json!({"poststedsnavn": fylt(sted, "poststedsnavn"), "postnummer": fylt(sted, "postnummer")}))
}

fn matrikkelnummer(e: &Element) -> Option<Value> {
    let nummer = e.ett("matrikkelnummer")?;
    let tall = |navn: &str| nummer.tekst(navn).and_then(|t| t.parse::<i64>().ok());
    Some(json!({
        "kommunenummer": fylt(nummer, "kommunenummer"),
        "gaardsnummer": tall("gaardsnummer"),
        "bruksnummer": tall("bruksnummer"),
        "festenummer": tall("festenummer"),
    }))
}

/// A street address; `kommune` where the message has none.
pub(super) fn vegadresse(e: &Element, kommune: Option<&str>) -> Value {
    json!({
        "kommunenummer": fylt(e, "kommunenummer").or(kommune.map(str::to_owned)),
        "bruksenhetsnummer": fylt(e, "bruksenhetsnummer"),
        "adressenavn": fylt(e, "adressenavn"),
        "adressenummer": adressenummer(e),
        "adressekode": fylt(e, "adressekode"),
        "adressetilleggsnavn": fylt(e, "adressetilleggsnavn"),
        "poststed": poststed(e),
        "coAdressenavn": fylt(e, "coAdressenavn"),
    })
}

fn matrikkeladresse(e: &Element) -> Value {
    json!({
        "bruksenhetsnummer": fylt(e, "bruksenhetsnummer"),
        "matrikkelnummer": matrikkelnummer(e),
        "undernummer": e.tekst("undernummer").and_then(|t| t.parse::<i64>().ok()),
        "adressetilleggsnavn": fylt(e, "adressetilleggsnavn").or(fylt(e, "matrikkeladressenavn")),
        "coAdressenavn": fylt(e, "coAdressenavn"),
    })
}

/// An address abroad; objects if its country is none. What the register has no room for (the six administrative units, the
/// use) is not kept.
pub(super) fn internasjonal(k: &mut Kontekst<'_, '_>, e: &Element) -> Value {
    let landkode = e.tekst("landkode").and_then(land::alfa2);
    k.krev(landkode.is_some(), Grunn::MangelfullMelding);
    json!({
        "coAdressenavn": fylt(e, "coAdressenavn"),
        "adressenavn": fylt(e, "adressenavn"),
        "bygning": fylt(e, "bygning"),
        "etasjenummer": fylt(e, "etasjenummer"),
        "boenhet": fylt(e, "boenhet"),
        "postboks": fylt(e, "postboks"),
        "postkode": fylt(e, "postkode"),
        "byEllerStedsnavn": fylt(e, "byEllerStedsnavn"),
        "distriktsnavn": fylt(e, "distriktsnavn"),
        "region": fylt(e, "region"),
        "landkode": landkode,
    })
}

fn postboks(e: &Element) -> Value {
    json!({"postbokseier": fylt(e, "postbokseier"), "postboks": fylt(e, "postboks"), "poststed": poststed(e)})
}

fn vegadresse_for_post(e: &Element) -> Value {
    json!({
        "coAdressenavn": fylt(e, "coAdressenavn"),
        "adressenavn": fylt(e, "adressenavn"),
        "adressenummer": adressenummer(e),
        "poststed": poststed(e),
        "adressekode": fylt(e, "adressekode"),
        "adressetilleggsnavn": fylt(e, "adressetilleggsnavn"),
        "bruksenhetsnummer": fylt(e, "bruksenhetsnummer"),
    })
}

/// `oppholdsadresse` of a message.
pub(super) fn opphold(k: &mut Kontekst<'_, '_>, person: Option<&Personbilde>, e: &Element) -> Value {
    let grad = gradering(person, e.ja("erKlientadresse"));
    json!({
        "vegadresse": e.ett("vegadresse").map(|v| vegadresse(v, None)),
        "matrikkeladresse": e.ett("matrikkeladresse").map(matrikkeladresse),
        "utenlandskAdresse": e.ett("utenlandskPostadresse").map(|u| internasjonal(k, u)),
        "adressegradering": grad,
        "oppholdsadressedato": dag(e, "oppholdsadressedato"),
    })
}

/// `bostedsadresse` of a message.
pub(super) fn bosted(person: Option<&Personbilde>, e: &Element, flyttet: Dato) -> Value {
    let ukjent = |u: &Element| json!({"bostedskommune": fylt(u, "bostedskommune")});
    json!({
        "vegadresse": e.ett("vegadresse").map(|v| vegadresse(v, None)),
        "matrikkeladresse": e.ett("matrikkeladresse").map(matrikkeladresse),
        "ukjentBosted": e.ett("ukjentBosted").map(ukjent),
        "adressegradering": gradering(person, e.ja("erKlientadresse")),
        "flyttedato": flyttet.to_string(),
    })
}

/// `postadresse` of a message: a post box or a street.
pub(super) fn post(person: Option<&Personbilde>, e: &Element) -> Value {
    json!({
        "adressegradering": gradering(person, e.ja("erKlientadresse")),
        "postboksadresse": e.ett("postboksadresse").map(postboks),
        "vegadresse": e.ett("vegadresse").map(vegadresse_for_post),
    })
}

/// `postadresseIUtlandet` of a message; older versions call the address `utenlandskPostadresse`.
pub(super) fn post_i_utlandet(k: &mut Kontekst<'_, '_>, person: Option<&Personbilde>, e: &Element) -> Option<Value> {
    let adresse = e.ett("postadresse").or_else(|| e.ett("utenlandskPostadresse"))?;
    let grad = gradering(person, e.ja("erKlientadresse"));
    Some(json!({"adressegradering": grad, "utenlandskAdresse": internasjonal(k, adresse)}))
}

fn dag(e: &Element, navn: &str) -> Option<String> {
    e.tekst(navn).and_then(|t| t.get(..10)).map(str::to_owned)
}
