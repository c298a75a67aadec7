//! The judge that every answer passes: status, headers, media type and body, held against the table of statuses and the
//! OpenAPI document that the service serves.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use folkeregister::openapi::{AapenOperasjon, Operasjon, STATUSER};
use reqwest::Method;
use serde_json::Value;
use tilgang::Pakke;

use crate::delt;
use crate::http::{Kall, Svar};
use crate::{skjema, xml};

/// The OpenAPI document of each package, as served.
pub static DOKUMENTER: LazyLock<BTreeMap<Pakke, Value>> = LazyLock::new(|| {
    let hent = |pakke: Pakke| {
        let sti = format!("/folkeregisteret/openapi/{}.json", pakke.kortnavn());
        (pakke, Kall::rot(delt::delt(), &sti).send().ok().json())
    };
    Pakke::ALLE.into_iter().map(hent).collect()
});

/// The OpenAPI document of the open operations, as served.
static AAPENT: LazyLock<Value> = LazyLock::new(|| {
    Kall::rot(delt::delt(), "/folkeregisteret/openapi/nyheter.json")
        .send()
        .ok()
        .json()
});

/// Whether a path fits one with parameters in braces.
fn passer(mal: &str, faktisk: &str) -> bool {
    let (mal, faktisk): (Vec<_>, Vec<_>) = (mal.split('/').collect(), faktisk.split('/').collect());
    mal.len() == faktisk.len()
        && mal
            .iter()
            .zip(&faktisk)
            .all(|(m, f)| m == f || (m.starts_with('{') && !f.is_empty()))
}

/// The open operation that a path belongs to.
fn finn_aapen(sti: &str) -> Option<AapenOperasjon> {
    let sti = sti.split('?').next()?.strip_prefix("/folkeregisteret")?;
    let sti = sti.strip_suffix('/').unwrap_or(sti);
    AapenOperasjon::ALLE.into_iter().find(|o| passer(o.sti(), sti))
}

/// What belongs to an open operation, held against its own document.
#[track_caller]
fn sjekk_aapen(metode: &Method, sti: &str, svar: &Svar, operasjon: AapenOperasjon) {
    let lager = if matches!(svar.status, 200 | 304) {
        "no-cache"
    } else {
        "no-store"
    };
    assert_eq!(svar.hode("cache-control"), lager, "{metode} {sti}");
    let beskrevet = &AAPENT["paths"][operasjon.sti()]["get"]["responses"][svar.status.to_string()];
    assert!(beskrevet.is_object(), "{} er ikke beskrevet for {sti}", svar.status);
    if metode == Method::HEAD || svar.status == 304 {
        assert!(svar.kropp.is_empty(), "{sti}");
        return;
    }
    let innhold = &beskrevet["content"][svar.medietype()];
    assert!(
        innhold.is_object(),
        "{:?} er ikke beskrevet for {sti}",
        svar.medietype()
    );
    let feil = match (svar.medietype(), svar.status) {
        ("application/json", _) => {
            let verdi = svar.json();
            assert!(uten_tomt(&verdi, true), "tom liste eller null: {verdi}");
            skjema::feil(&AAPENT, &innhold["schema"], &verdi)
        }
        // The feeds have judges of their own.
        (_, 200) => Vec::new(),
        _ => xml::feil(&svar.tekst()),
    };
    assert!(feil.is_empty(), "{sti}: {feil:#?}");
}

/// The package and operation that a path belongs to, whatever the method.
pub fn finn(sti: &str) -> Option<(Pakke, Operasjon)> {
    let sti = sti.split('?').next()?;
    let sti = sti.strip_suffix('/').unwrap_or(sti);
    // Longest first: one package's path begins another's.
    let mut pakker = Pakke::ALLE;
    pakker.sort_by_key(|p| std::cmp::Reverse(p.sti().len()));
    pakker.into_iter().find_map(|pakke| {
        let under = sti.strip_prefix('/')?.strip_prefix(pakke.sti())?;
        let mulige: Vec<Operasjon> = Operasjon::ALLE.into_iter().filter(|o| passer(o.sti(), under)).collect();
        let uten_ledd = mulige.iter().find(|o| !o.sti().contains('{'));
        Some((pakke, *uten_ledd.or(mulige.first())?))
    })
}

/// Holds an answer against what is promised of it.
#[track_caller]
pub fn sjekk(metode: &Method, sti: &str, svar: &Svar) {
    let kort: String = sti.chars().take(120).collect();
    assert_ne!(svar.status, 500, "{metode} {kort}: {}", svar.tekst());
    assert_eq!(svar.hode("x-content-type-options"), "nosniff", "{metode} {kort}");
    assert!(!svar.hode("traceparent").is_empty(), "{metode} {kort}");
    if sti.starts_with("/utforsker") || sti.starts_with("/maskinporten") {
        return;
    }
    if let Some(operasjon) = finn_aapen(sti) {
        return sjekk_aapen(metode, &kort, svar, operasjon);
    }
    assert_eq!(svar.hode("cache-control"), "no-store", "{metode} {kort}");
    let Some((pakke, operasjon)) = finn(sti) else {
        return utenfor(metode, sti, svar);
    };
    let i_tabellen = |status: u16| STATUSER.iter().any(|s| s.status == status && (s.gjelder)(operasjon));
    assert!(
        svar.status == 200 || i_tabellen(svar.status),
        "{} er ikke i tabellen for {operasjon:?}: {kort} {}",
        svar.status,
        svar.tekst()
    );
    if metode == Method::HEAD || svar.status == 304 {
        assert!(svar.kropp.is_empty(), "{kort}");
        return;
    }
    // A package that lacks the operation answers as the one that has them all.
    let har = DOKUMENTER[&pakke]["paths"].get(operasjon.sti()).is_some();
    let dokument = &DOKUMENTER[if har { &pakke } else { &Pakke::OffentligMedHjemmel }];
    let beskrevne = &dokument["paths"][operasjon.sti()][operasjon.metode()]["responses"];
    let beskrevet = beskrevne.get(svar.status.to_string()).unwrap_or(&beskrevne["default"]);
    let innhold = beskrevet["content"].as_object().unwrap();
    let medietype = svar.medietype();
    let Some(beskrivelse) = innhold.get(medietype) else {
        panic!(
            "{medietype:?} er ikke beskrevet for {} på {operasjon:?}: {}",
            svar.status,
            svar.tekst()
        );
    };
    let feil = match medietype {
        "application/json" => {
            let verdi: Value = serde_json::from_slice(&svar.kropp).unwrap();
            assert!(uten_tomt(&verdi, true), "tom liste eller null: {verdi}");
            skjema::feil(dokument, &beskrivelse["schema"], &verdi)
        }
        "text/plain" => {
            let verdi: Value = serde_json::from_slice(&svar.kropp).unwrap();
            skjema::feil(dokument, &beskrivelse["schema"], &verdi)
        }
        _ => xml::feil(&svar.tekst()),
    };
    let forste: Vec<_> = feil.iter().take(10).collect();
    assert!(feil.is_empty(), "{operasjon:?} {kort}: {forste:#?}");
}

// What is absent is absent, never an empty list or null. The outermost list may be empty, and the one in the answer to a
// bulk request or a search.
fn uten_tomt(verdi: &Value, ytterst: bool) -> bool {
    match verdi {
        Value::Null => false,
        Value::Array(liste) => (ytterst || !liste.is_empty()) && liste.iter().all(|v| uten_tomt(v, false)),
        Value::Object(o) => o.iter().all(|(navn, v)| {
            uten_tomt(
                v,
                ytterst && matches!(navn.as_str(), "oppslag" | "foedselsEllerDNummer"),
            )
        }),
        _ => true,
    }
}

/// What belongs to no operation: the OpenAPI documents, and paths that do not exist.
fn utenfor(metode: &Method, sti: &str, svar: &Svar) {
    if sti.starts_with("/folkeregisteret/openapi/") && svar.status == 200 {
        return;
    }
    assert!(matches!(svar.status, 400 | 404 | 405 | 414), "{sti}: {}", svar.status);
    if metode == Method::HEAD {
        return;
    }
    match svar.medietype() {
        // The host's own; the interface's root with a slash and nothing after it is the host's too.
        "application/problem+json" => assert!(!sti.starts_with("/folkeregisteret/") || sti == "/folkeregisteret/"),
        "application/json" => {
            let kropp = svar.json();
            let navn: Vec<_> = kropp.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(navn, ["kode", "melding"], "{sti}");
        }
        "application/xml" => assert_eq!(xml::feil(&svar.tekst()), Vec::<String>::new(), "{sti}"),
        annet => panic!("{sti}: {annet}"),
    }
}

#[test]
fn a_path_finds_its_operation() {
    let slaa_opp = |sti: &str| finn(sti).map(|(p, o)| (p, o.id()));
    for (sti, ventet) in [
        (
            "/folkeregisteret/api/privat/v1/hendelser/feed/?seq=1",
            Some((Pakke::Privat, "hentFeedSide")),
        ),
        (
            "/folkeregisteret/api/privatutenhjemmel/v1/personer/xsd",
            Some((Pakke::PrivatUtenHjemmel, "getXsd_1")),
        ),
        (
            "/folkeregisteret/api/presse/v1/personer/x",
            Some((Pakke::Presse, "hentSisteVersjonAvPerson")),
        ),
        ("/folkeregisteret/api/presse/v1/personer/", None),
        ("/folkeregisteret/api/ukjent/v1/personer/x", None),
    ] {
        assert_eq!(slaa_opp(sti), ventet, "{sti}");
    }
}
