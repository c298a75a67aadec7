//! The open operations, which need no token, and their own OpenAPI document.
//!
//! They stand under no package, so they are no [`super::Operasjon`]; the router of news and notices is made of this list, and
//! a test holds it against the reviewed list of what is open.

use driftsmeldinger::{Miljoe, Nyhetsslag, Slag, Tilstand, Tjeneste, Tredjepart, Virkning};
use informasjonsmodell::Hendelsestype;
use serde_json::{Map, Value, json};
use tilgang::Pakke;

use super::faste::{self, objekt};
use super::skjemaer::kode;
use super::{VERSJON, referanse};

/// An operation that is open to anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AapenOperasjon {
    /// Notices, the newest first.
    HentDriftsmeldinger,
    /// One notice.
    HentDriftsmelding,
    /// News, the newest first.
    HentNyheter,
    /// One news item.
    HentNyhet,
    /// Both as RSS 2.0.
    HentRss,
    /// Both as Atom 1.0.
    HentAtom,
}

const DRIFTSMELDING: &str = "folkeregisteret.nyheter.v1.Driftsmelding";
const NYHET: &str = "folkeregisteret.nyheter.v1.Nyhet";
const TIDSROM: &str = "folkeregisteret.nyheter.v1.Tidsrom";
const HENVISNING: &str = "folkeregisteret.nyheter.v1.Henvisning";
const MASSEENDRING: &str = "folkeregisteret.nyheter.v1.Masseendring";
const OPPDATERING: &str = "folkeregisteret.nyheter.v1.Oppdatering";
const GYLDIGHET: &str = "folkeregisteret.nyheter.v1.Gyldighet";

impl AapenOperasjon {
    /// Every one.
    pub const ALLE: [AapenOperasjon; 6] = [
        AapenOperasjon::HentDriftsmeldinger,
        AapenOperasjon::HentDriftsmelding,
        AapenOperasjon::HentNyheter,
        AapenOperasjon::HentNyhet,
        AapenOperasjon::HentRss,
        AapenOperasjon::HentAtom,
    ];

    /// The `operationId`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            AapenOperasjon::HentDriftsmeldinger => "hentDriftsmeldinger",
            AapenOperasjon::HentDriftsmelding => "hentDriftsmelding",
            AapenOperasjon::HentNyheter => "hentNyheter",
            AapenOperasjon::HentNyhet => "hentNyhet",
            AapenOperasjon::HentRss => "hentRss",
            AapenOperasjon::HentAtom => "hentAtom",
        }
    }

    /// The path below Folkeregisteret's root, with its parameter in braces. Source: our choice, `rss.xml` apart.
    #[must_use]
    pub fn sti(self) -> &'static str {
        match self {
            AapenOperasjon::HentDriftsmeldinger => "/driftsmeldinger",
            AapenOperasjon::HentDriftsmelding => "/driftsmeldinger/{navn}",
            AapenOperasjon::HentNyheter => "/nyheter",
            AapenOperasjon::HentNyhet => "/nyheter/{navn}",
            AapenOperasjon::HentRss => "/rss.xml",
            AapenOperasjon::HentAtom => "/atom.xml",
        }
    }

    /// The parameters of the query that it knows.
    #[must_use]
    pub fn parametre(self) -> &'static [&'static str] {
        match self {
            AapenOperasjon::HentDriftsmeldinger => &["pakke", "slag", "tilstand", "fra", "foer", "antall"],
            AapenOperasjon::HentNyheter => &["slag", "fra", "foer", "antall"],
            AapenOperasjon::HentDriftsmelding
            | AapenOperasjon::HentNyhet
            | AapenOperasjon::HentRss
            | AapenOperasjon::HentAtom => &[],
        }
    }

    /// Whether it is a feed for readers of news.
    #[must_use]
    pub fn er_feed(self) -> bool {
        matches!(self, AapenOperasjon::HentRss | AapenOperasjon::HentAtom)
    }

    fn sammendrag(self) -> &'static str {
        match self {
            AapenOperasjon::HentDriftsmeldinger => "Henter driftsmeldinger, de nyeste først.",
            AapenOperasjon::HentDriftsmelding => "Henter én driftsmelding med oppdateringene av den.",
            AapenOperasjon::HentNyheter => "Henter nyheter, de nyeste først.",
            AapenOperasjon::HentNyhet => "Henter én nyhet.",
            AapenOperasjon::HentRss => "Henter de nyeste driftsmeldingene og nyhetene som RSS 2.0.",
            AapenOperasjon::HentAtom => "Henter de nyeste driftsmeldingene og nyhetene som Atom 1.0.",
        }
    }

    fn parameter(self, navn: &str) -> Value {
        let (skjema, tekst) = match navn {
            "pakke" => (pakker(), "Meldinger om denne rettighetspakken, eller om alle."),
            "slag" if self == AapenOperasjon::HentNyheter => (nyhetsslag(), "Nyheter av dette slaget."),
            "slag" => (slag(), "Meldinger av dette slaget."),
            "tilstand" => (tilstand(), "Meldinger i denne tilstanden."),
            "fra" => (
                json!({"type": "string"}),
                "Publisert eller endret fra og med; dato, eller tidspunkt etter ISO 8601. Uten tidssone: norsk tid.",
            ),
            "foer" => (
                json!({"type": "integer", "format": "int64", "minimum": 0}),
                "Saker med lavere nummer; gis av Link-hodet for neste side.",
            ),
            _ => (
                json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 100, "default": 20}),
                "Flest saker i svaret.",
            ),
        };
        json!({"name": navn, "in": "query", "description": tekst, "required": false, "style": "form", "explode": true, "schema": skjema})
    }

    fn beskriv(self) -> Value {
        let mut parametre: Vec<Value> = self.parametre().iter().map(|navn| self.parameter(navn)).collect();
        if self.sti().contains('{') {
            parametre.push(json!({
                "name": "navn", "in": "path", "description": "Sakens navn i adressen.", "required": true,
                "style": "simple", "explode": false, "schema": {"type": "string"},
            }));
        }
        let en = |skjema: Value| json!({"schema": skjema});
        let liste = |navn| json!({"type": "array", "items": referanse(navn)});
        let innhold = match self {
            AapenOperasjon::HentDriftsmeldinger => json!({"application/json": en(liste(DRIFTSMELDING))}),
            AapenOperasjon::HentDriftsmelding => json!({"application/json": en(referanse(DRIFTSMELDING))}),
            AapenOperasjon::HentNyheter => json!({"application/json": en(liste(NYHET))}),
            AapenOperasjon::HentNyhet => json!({"application/json": en(referanse(NYHET))}),
            AapenOperasjon::HentRss => json!({"application/rss+xml": {}, "application/xml": {}}),
            AapenOperasjon::HentAtom => json!({"application/atom+xml": {}, "application/xml": {}}),
        };
        let tekst = |tekst: &str| json!({"description": tekst, "schema": {"type": "string"}});
        let mut hoder = Map::new();
        hoder.insert(
            "ETag".into(),
            tekst("Svarets versjon; sendes som If-None-Match neste gang."),
        );
        hoder.insert("Last-Modified".into(), tekst("Da det som vises, sist ble et annet."));
        if self.parametre().contains(&"foer") {
            hoder.insert(
                "Link".into(),
                tekst("Neste side, rel=\"next\", når det er eldre saker."),
            );
        }
        let mut svar = Map::new();
        svar.insert(
            "200".into(),
            json!({"description": "Svaret.", "headers": hoder, "content": innhold}),
        );
        svar.insert(
            "304".into(),
            json!({"description": "Uendret siden den versjonen If-None-Match viser til."}),
        );
        let finnes = self.sti().contains('{');
        for (status, tekst) in [
            (400, "Feil i en parameter."),
            (404, "Saken finnes ikke."),
            (405, "Adressen har ikke denne metoden."),
            (406, "Accept kan ikke oppfylles."),
            (414, "Adressen er for lang."),
            (429, "For mange kall; vent så mange sekunder som Retry-After sier."),
            (431, "Kallets hoder er for store eller for mange."),
            (500, "Feil i tjenesten."),
            (
                503,
                "Tjenesten kan ikke svare nå; vent så mange sekunder som Retry-After sier.",
            ),
        ] {
            if status == 404 && !finnes {
                continue;
            }
            let mut ut = json!({"description": tekst, "content": {
                "application/json": en(referanse(faste::FEIL)),
                "application/xml": en(referanse(faste::FEILMELDING)),
            }});
            if let (429 | 503, Some(ut)) = (status, ut.as_object_mut()) {
                let hode = json!({"description": "Sekunder, høyst 60.", "schema": {"type": "integer"}});
                ut.insert("headers".into(), json!({"Retry-After": hode}));
            }
            svar.insert(status.to_string(), ut);
        }
        let mut ut = json!({
            "tags": ["nyheter og driftsmeldinger"],
            "summary": self.sammendrag(),
            "operationId": self.id(),
        });
        if let Some(ut) = ut.as_object_mut() {
            if !parametre.is_empty() {
                ut.insert("parameters".into(), parametre.into());
            }
            ut.insert("responses".into(), svar.into());
        }
        ut
    }
}

fn koder<T: Copy>(tittel: &str, alle: &[T], navn: fn(T) -> &'static str) -> Value {
    let verdier: Vec<&str> = alle.iter().map(|k| navn(*k)).collect();
    kode(tittel, &verdier)
}

fn slag() -> Value {
    koder("Slag", Slag::ALLE, Slag::kode)
}

fn nyhetsslag() -> Value {
    koder("Nyhetsslag", Nyhetsslag::ALLE, Nyhetsslag::kode)
}

fn tilstand() -> Value {
    koder("Tilstand", Tilstand::ALLE, Tilstand::kode)
}

fn miljoe() -> Value {
    koder("Miljoe", Miljoe::ALLE, Miljoe::kode)
}

fn pakker() -> Value {
    koder("Rettighetspakke", &Pakke::ALLE, Pakke::kortnavn)
}

/// The document of the open operations, as JSON. The same bytes each time.
#[must_use]
pub fn dokument_for_aapne() -> Vec<u8> {
    let mut stier = Map::new();
    for operasjon in AapenOperasjon::ALLE {
        stier.insert(operasjon.sti().to_owned(), json!({"get": operasjon.beskriv()}));
    }
    stier.sort_keys();
    let mut skjemaer = skjemaer();
    let felles = faste::alle();
    for navn in [faste::FEIL, faste::FEILMELDING] {
        if let Some(skjema) = felles.get(navn) {
            skjemaer.insert(navn.to_owned(), skjema.clone());
        }
    }
    skjemaer.sort_keys();
    let dokument = json!({
        "openapi": "3.0.1",
        "info": {
            "title": "Folkeregisteret - nyheter og driftsmeldinger",
            "description": "Åpent for alle, uten token. Handler ikke om personer.",
            "version": VERSJON,
        },
        "servers": [{"url": "/folkeregisteret", "description": "Folkeregisterets adresse"}],
        "paths": stier,
        "components": {"schemas": skjemaer},
    });
    dokument.to_string().into_bytes()
}

fn skjemaer() -> Map<String, Value> {
    let tekst = || json!({"type": "string"});
    let tid = || json!({"type": "string", "format": "date-time"});
    let ja_nei = || json!({"type": "boolean"});
    let tall = || json!({"type": "integer", "format": "int64"});
    let liste = |av: Value| json!({"type": "array", "items": av});
    let mut ut = Map::new();
    let mut ny = |navn: &str, krevd: &[&str], egenskaper: Value| {
        let tittel = navn.rsplit('.').next().unwrap_or(navn);
        ut.insert(navn.to_owned(), objekt(tittel, krevd, egenskaper));
    };
    ny(TIDSROM, &[], json!({"fra": tid(), "til": tid()}));
    ny(
        HENVISNING,
        &["nummer", "url"],
        json!({"nummer": tall(), "url": tekst()}),
    );
    ny(
        OPPDATERING,
        &["tid", "tilstand"],
        json!({"tid": tid(), "tilstand": tilstand(), "tekst": tekst()}),
    );
    ny(GYLDIGHET, &["fra"], json!({"miljoe": miljoe(), "fra": tid()}));
    let typer: Vec<&str> = Hendelsestype::ALLE.iter().map(|t| t.navn()).collect();
    let start = objekt(
        "Pakkestart",
        &["pakke", "fra"],
        json!({"pakke": pakker(), "fra": tid()}),
    );
    ny(
        MASSEENDRING,
        &[],
        json!({"hendelser": tall(), "typer": liste(kode("Hendelsestype", &typer)), "rekkefoelge": liste(start)}),
    );
    ny(
        DRIFTSMELDING,
        &[
            "nummer",
            "navn",
            "url",
            "versjon",
            "slag",
            "tittel",
            "tekst",
            "virkning",
            "tilstand",
            "iKraft",
            "knyttet",
            "publisert",
            "oppdatert",
        ],
        json!({
            "nummer": tall(),
            "navn": tekst(),
            "url": tekst(),
            "versjon": {"type": "integer", "format": "int32"},
            "slag": slag(),
            "tittel": tekst(),
            "tekst": tekst(),
            "tjenester": liste(koder("Tjeneste", Tjeneste::ALLE, Tjeneste::kode)),
            "pakker": liste(pakker()),
            "miljoe": miljoe(),
            "planlagt": referanse(TIDSROM),
            "faktisk": referanse(TIDSROM),
            "virkning": koder("Virkning", Virkning::ALLE, Virkning::kode),
            "tilstand": tilstand(),
            "iKraft": ja_nei(),
            "knyttet": ja_nei(),
            "automatisk": ja_nei(),
            "tredjepart": koder("Tredjepart", Tredjepart::ALLE, Tredjepart::kode),
            "viserTil": referanse(HENVISNING),
            "masseendring": referanse(MASSEENDRING),
            "oppdateringer": liste(referanse(OPPDATERING)),
            "publisert": tid(),
            "oppdatert": tid(),
        }),
    );
    ny(
        NYHET,
        &["nummer", "navn", "url", "slag", "tittel", "tekst", "publisert"],
        json!({
            "nummer": tall(),
            "navn": tekst(),
            "url": tekst(),
            "slag": nyhetsslag(),
            "tittel": tekst(),
            "tekst": tekst(),
            "gjelder": liste(referanse(GYLDIGHET)),
            "girHendelser": ja_nei(),
            "bakoverkompatibel": ja_nei(),
            "viserTil": referanse(HENVISNING),
            "publisert": tid(),
        }),
    );
    ut
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_document_has_every_operation_and_every_reference_leads_somewhere() {
        let dokument: Value = serde_json::from_slice(&dokument_for_aapne()).unwrap();
        let stier = dokument["paths"].as_object().unwrap();
        let ventet: BTreeSet<&str> = AapenOperasjon::ALLE.iter().map(|o| o.sti()).collect();
        assert_eq!(stier.keys().map(String::as_str).collect::<BTreeSet<_>>(), ventet);
        let skjemaer = dokument["components"]["schemas"].as_object().unwrap();
        let brukte = super::super::brukte(stier, skjemaer);
        assert_eq!(brukte, skjemaer.keys().cloned().collect());
        let ider: BTreeSet<&str> = AapenOperasjon::ALLE.iter().map(|o| o.id()).collect();
        assert_eq!(ider.len(), AapenOperasjon::ALLE.len());
        assert!(dokument.get("security").is_none());
    }
}
