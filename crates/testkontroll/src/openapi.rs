//! The one list of routes, and the document that describes them.

use axum::routing::MethodFilter;
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::Kode;
use crate::ruter::ROT;

/// Where the document is.
pub const OPENAPI: &str = "/testkontroll/v1/openapi.json";

/// A route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rute {
    /// The document.
    Openapi,
    /// The snapshots.
    ListBilder,
    /// Take one.
    TaBilde,
    /// Remove one.
    SlettBilde,
    /// Put one back.
    Gjenopprett,
    /// Put the first state back.
    Nullstill,
    /// Make a person.
    OpprettPerson,
    /// Let an event happen.
    UtloesHendelse,
    /// The clock.
    LesKlokke,
    /// Set it.
    StillKlokke,
}

impl Rute {
    /// Every route.
    pub const ALLE: [Rute; 10] = [
        Rute::Openapi,
        Rute::ListBilder,
        Rute::TaBilde,
        Rute::SlettBilde,
        Rute::Gjenopprett,
        Rute::Nullstill,
        Rute::OpprettPerson,
        Rute::UtloesHendelse,
        Rute::LesKlokke,
        Rute::StillKlokke,
    ];

    /// Path below [`ROT`].
    #[must_use]
    pub fn sti(self) -> &'static str {
        match self {
            Rute::Openapi => "/openapi.json",
            Rute::ListBilder | Rute::TaBilde => "/oeyeblikksbilder",
            Rute::SlettBilde => "/oeyeblikksbilder/{navn}",
            Rute::Gjenopprett => "/oeyeblikksbilder/{navn}/gjenopprett",
            Rute::Nullstill => "/nullstill",
            Rute::OpprettPerson => "/personer",
            Rute::UtloesHendelse => "/hendelser",
            Rute::LesKlokke | Rute::StillKlokke => "/klokke",
        }
    }

    /// The method, as it is written in a request.
    #[must_use]
    pub fn metode(self) -> &'static str {
        match self {
            Rute::Openapi | Rute::ListBilder | Rute::LesKlokke => "GET",
            Rute::SlettBilde => "DELETE",
            Rute::StillKlokke => "PUT",
            Rute::TaBilde | Rute::Gjenopprett | Rute::Nullstill | Rute::OpprettPerson | Rute::UtloesHendelse => "POST",
        }
    }

    pub(crate) fn filter(self) -> MethodFilter {
        match self.metode() {
            "GET" => MethodFilter::GET,
            "DELETE" => MethodFilter::DELETE,
            "PUT" => MethodFilter::PUT,
            _ => MethodFilter::POST,
        }
    }

    pub(crate) fn har_kropp(self) -> bool {
        matches!(self.metode(), "POST" | "PUT")
    }

    pub(crate) fn status(self) -> StatusCode {
        match self {
            Rute::TaBilde | Rute::OpprettPerson => StatusCode::CREATED,
            Rute::SlettBilde => StatusCode::NO_CONTENT,
            _ => StatusCode::OK,
        }
    }

    fn id(self) -> &'static str {
        match self {
            Rute::Openapi => "hentOpenapi",
            Rute::ListBilder => "hentOeyeblikksbilder",
            Rute::TaBilde => "taOeyeblikksbilde",
            Rute::SlettBilde => "slettOeyeblikksbilde",
            Rute::Gjenopprett => "gjenopprettOeyeblikksbilde",
            Rute::Nullstill => "nullstill",
            Rute::OpprettPerson => "opprettPerson",
            Rute::UtloesHendelse => "utloesHendelse",
            Rute::LesKlokke => "hentKlokke",
            Rute::StillKlokke => "stillKlokke",
        }
    }

    fn sammendrag(self) -> &'static str {
        match self {
            Rute::Openapi => "Dette dokumentet",
            Rute::ListBilder => "Øyeblikksbildene som finnes",
            Rute::TaBilde => "Ta et øyeblikksbilde av nasjonen; oppslag går som før, skriving venter så lenge",
            Rute::SlettBilde => "Slett et øyeblikksbilde, med nøklene i det",
            Rute::Gjenopprett => {
                "Sett nasjonen tilbake til et øyeblikksbilde; det som er hendt siden, finnes ikke lenger"
            }
            Rute::Nullstill => "Sett nasjonen tilbake til slik den var ved første start, og slett alle øyeblikksbilder",
            Rute::OpprettPerson => {
                "Lag en person med valgte opplysninger; nummer i syntetisk serie tildeles om ingen er oppgitt"
            }
            Rute::UtloesHendelse => {
                "La noe hende: en valgt hendelse, en sammenslåing eller splitting, eller en produsents melding"
            }
            Rute::LesKlokke => "Registerets klokke",
            Rute::StillKlokke => "Still registerets klokke; {\"stilt\": false} gir den virkelige tiden igjen",
        }
    }

    /// The schemas of request and answer.
    fn skjemaer(self) -> (Option<&'static str>, Option<&'static str>) {
        match self {
            Rute::Openapi | Rute::SlettBilde => (None, None),
            Rute::ListBilder => (None, Some("Oeyeblikksbilder")),
            Rute::TaBilde => (Some("NyttOeyeblikksbilde"), Some("Oeyeblikksbilde")),
            Rute::Gjenopprett | Rute::Nullstill => (Some("Tom"), Some("Gjenopprettet")),
            Rute::OpprettPerson => (Some("NyPerson"), Some("OpprettetPerson")),
            Rute::UtloesHendelse => (Some("NyHendelse"), Some("UtloestHendelse")),
            Rute::LesKlokke => (None, Some("Klokke")),
            Rute::StillKlokke => (Some("StillKlokke"), Some("Klokke")),
        }
    }

    fn koder(self) -> Vec<Kode> {
        let mut ut = vec![Kode::Doer];
        if self.har_kropp() || self.sti().contains("{navn}") {
            ut.push(Kode::Ugyldig);
        }
        if matches!(self, Rute::Gjenopprett | Rute::SlettBilde | Rute::Nullstill) {
            ut.push(Kode::UkjentBilde);
        }
        if self == Rute::TaBilde {
            ut.push(Kode::BildeFinnes);
        }
        if matches!(self, Rute::OpprettPerson | Rute::UtloesHendelse) {
            ut.push(Kode::Regel);
        }
        if self == Rute::UtloesHendelse {
            ut.push(Kode::Melding);
        }
        if self != Rute::Openapi {
            ut.extend([Kode::Mislyktes, Kode::UnderBytte]);
        }
        ut
    }

    fn beskriv(self) -> Value {
        let en = |navn: &str| json!({"application/json": {"schema": referanse(navn)}});
        let (inn, ut) = self.skjemaer();
        let mut svar = Map::new();
        let mut vellykket = json!({"description": "Utført."});
        if let (Some(navn), Value::Object(felt)) = (ut, &mut vellykket) {
            felt.insert("content".into(), en(navn));
        }
        svar.insert(self.status().as_u16().to_string(), vellykket);
        for kode in self.koder() {
            let tekst = format!("{}: {}", kode.som_tekst(), beskrivelse(kode));
            // Two codes of one status stand together.
            let her = svar.entry(kode.status().to_string()).or_insert_with(
                || json!({"description": "", "content": {"application/problem+json": {"schema": referanse("Feil")}}}),
            );
            let foer = her.get("description").and_then(Value::as_str).unwrap_or_default();
            let samlet = if foer.is_empty() {
                tekst
            } else {
                format!("{foer} {tekst}")
            };
            if let Value::Object(felt) = her {
                felt.insert("description".into(), json!(samlet));
            }
        }
        svar.sort_keys();
        let mut operasjon = json!({
            "tags": ["testkontroll"],
            "operationId": self.id(),
            "summary": self.sammendrag(),
            "responses": svar,
        });
        if let Value::Object(felt) = &mut operasjon {
            if self.sti().contains("{navn}") {
                felt.insert(
                    "parameters".into(),
                    json!([{"name": "navn", "in": "path", "required": true, "schema": navneskjema()}]),
                );
            }
            if let Some(navn) = inn {
                felt.insert("requestBody".into(), json!({"required": true, "content": en(navn)}));
            }
        }
        operasjon
    }
}

fn beskrivelse(kode: Kode) -> &'static str {
    match kode {
        Kode::UnderBytte => "Nasjonen er under bytte; vent så mange sekunder som Retry-After sier.",
        Kode::IkkeTestmiljoe => "Dette er ikke et testmiljø.",
        Kode::Doer => "Kallet slippes ikke inn.",
        Kode::Ugyldig => "Noe i kallet er ikke som det må være.",
        Kode::UkjentBilde => "Det finnes ikke noe slikt øyeblikksbilde.",
        Kode::BildeFinnes => "Navnet er i bruk.",
        Kode::Regel => "Registerets regler tillater det ikke.",
        Kode::Melding => "Mottak ville ha avvist meldingen.",
        Kode::Mislyktes => "Det lot seg ikke gjøre.",
    }
}

fn referanse(navn: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{navn}")})
}

fn navneskjema() -> Value {
    json!({"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"})
}

fn skjemaer() -> Value {
    let tekst = || json!({"type": "string"});
    let nummer = || json!({"type": "string", "pattern": "^[0-9]{11}$", "description": "Et syntetisk fødselsnummer eller D-nummer."});
    let tall = || json!({"type": "integer", "format": "int64"});
    let dato = || json!({"type": "string", "format": "date"});
    let tid = || json!({"type": "string", "format": "date-time"});
    let ja_nei = || json!({"type": "boolean"});
    let fritt = |hva: &str| json!({"type": "object", "description": hva});
    let objekt = |krevd: &[&str], felt: Value| {
        let mut ut = json!({"type": "object", "additionalProperties": false, "properties": felt});
        if let (false, Value::Object(ut)) = (krevd.is_empty(), &mut ut) {
            ut.insert("required".into(), json!(krevd));
        }
        ut
    };
    let numre = json!({
        "type": "object",
        "description": "For hver rettighetspakke som får vite det: hendelsenes sekvensnummer i pakkens hendelsesliste.",
        "additionalProperties": {"type": "array", "items": tall()},
    });
    let to = |a: &str, b: &str| objekt(&[a, b], json!({a: nummer(), b: nummer()}));
    json!({
        "Tom": objekt(&[], json!({})),
        "NyttOeyeblikksbilde": objekt(&["navn"], json!({"navn": navneskjema()})),
        "Oeyeblikksbilde": objekt(
            &["navn", "tatt", "sisteHendelse", "personer", "byte", "millisekunder"],
            json!({
                "navn": navneskjema(), "tatt": tid(), "sisteHendelse": tall(), "personer": tall(), "byte": tall(),
                "millisekunder": tall(),
            }),
        ),
        "Oeyeblikksbilder": objekt(
            &["oeyeblikksbilder"],
            json!({"oeyeblikksbilder": {"type": "array", "items": referanse("Oeyeblikksbilde")}}),
        ),
        "Gjenopprettet": objekt(
            &["sisteHendelse", "personer", "millisekunder", "stengtMillisekunder"],
            json!({
                "sisteHendelse": tall(), "personer": tall(), "millisekunder": tall(), "stengtMillisekunder": tall(),
            }),
        ),
        "NyPerson": objekt(&[], json!({
            "persondokument": fritt("Et helt persondokument, som import tar det; da alene."),
            "identifikator": nummer(),
            "foedselsdato": dato(),
            "kjoenn": {"type": "string", "enum": ["kvinne", "mann"]},
            "navn": fritt("Som navn i persondokumentet: fornavn, mellomnavn, etternavn."),
            "status": tekst(),
            "adressebeskyttelse": {"type": "string", "enum": ["ugradert", "klientadresse", "fortrolig", "strengtFortrolig"]},
            "bostedsadresse": fritt("Som bostedsadresse i persondokumentet; adressegradering følger adressebeskyttelse."),
            "statsborgerskap": {"type": "array", "items": tekst()},
            "sivilstand": tekst(),
            "ektefelle": nummer(),
            "mor": nummer(),
            "far": nummer(),
            "medmor": nummer(),
            "barn": {"type": "array", "items": nummer()},
            "opplysninger": fritt("Flere opplysninger, under navnene de har i persondokumentet."),
        })),
        "OpprettetPerson": objekt(
            &["folkeregisteridentifikator", "dokumentidentifikator", "sekvensnummer"],
            json!({
                "folkeregisteridentifikator": nummer(), "dokumentidentifikator": tekst(),
                "sekvensnummer": referanse("Sekvensnummer"),
            }),
        ),
        "Endring": objekt(&["entitet"], json!({
            "slag": {"type": "string", "enum": ["ny", "korriger", "annuller", "opphoer", "gjenoppta", "angre"]},
            "entitet": tekst(),
            "innhold": fritt("Det som registreres, som i persondokumentet."),
            "gjelder": fritt("Hvilken gjeldende oppføring, når det er flere."),
            "gyldighetstidspunkt": tekst(),
            "opphoerstidspunkt": tekst(),
        })),
        "NyHendelse": objekt(&[], json!({
            "person": nummer(),
            "hendelsestype": tekst(),
            "endringer": {"type": "array", "items": referanse("Endring")},
            "slaaSammen": to("gjeldende", "dublett"),
            "splitt": to("gjeldende", "gjenopprettet"),
            "melding": objekt(
                &["meldingstype", "xml"],
                json!({"meldingstype": tekst(), "avsender": tekst(), "xml": tekst()}),
            ),
        })),
        "UtloestHendelse": objekt(&["sekvensnummer"], json!({
            "sekvensnummer": referanse("Sekvensnummer"),
            "meldingsreferanse": tekst(), "gjentatt": ja_nei(), "sak": tall(), "tilstand": tekst(),
            "beslutning": {"type": "string", "nullable": true},
        })),
        "Klokke": objekt(&["naa", "faktor", "stilt"], json!({"naa": tid(), "faktor": tall(), "stilt": ja_nei()})),
        "StillKlokke": objekt(&[], json!({"naa": tid(), "faktor": tall(), "stilt": ja_nei()})),
        "Sekvensnummer": numre,
        "Feil": {"type": "object", "properties": {
            "status": tall(), "title": tekst(), "feilkode": tekst(), "detail": tekst(), "traceId": tekst(),
        }},
    })
}

/// The document, as JSON. The same bytes each time.
#[must_use]
pub fn dokument() -> Vec<u8> {
    let mut stier: Map<String, Value> = Map::new();
    for rute in Rute::ALLE {
        let her = stier.entry(rute.sti()).or_insert_with(|| json!({}));
        if let Value::Object(felt) = her {
            felt.insert(rute.metode().to_lowercase(), rute.beskriv());
        }
    }
    let dokument = json!({
        "openapi": "3.0.1",
        "info": {
            "title": "Testkontroll",
            "description": "Bare i testmiljøer, og bare med syntetiske personer. Kall med Content-Type: application/json.",
            "version": "1",
        },
        "servers": [{"url": ROT}],
        "paths": stier,
        "components": {"schemas": skjemaer()},
    });
    dokument.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn referanser(verdi: &Value, ut: &mut BTreeSet<String>) {
        match verdi {
            Value::Object(felt) => {
                for (navn, verdi) in felt {
                    match verdi.as_str().filter(|_| navn == "$ref") {
                        Some(sted) => {
                            ut.insert(sted.rsplit('/').next().unwrap().to_owned());
                        }
                        None => referanser(verdi, ut),
                    }
                }
            }
            Value::Array(liste) => liste.iter().for_each(|v| referanser(v, ut)),
            _ => {}
        }
    }

    #[test]
    fn the_document_has_every_route_once_and_every_reference_leads_somewhere() {
        let dokument: Value = serde_json::from_slice(&super::dokument()).unwrap();
        let stier = dokument["paths"].as_object().unwrap();
        let operasjoner: usize = stier.values().map(|s| s.as_object().unwrap().len()).sum();
        assert_eq!(operasjoner, Rute::ALLE.len());
        let ider: BTreeSet<&str> = Rute::ALLE.iter().map(|r| r.id()).collect();
        assert_eq!(ider.len(), Rute::ALLE.len());
        let mut brukte = BTreeSet::new();
        referanser(&dokument, &mut brukte);
        let skjemaer = dokument["components"]["schemas"].as_object().unwrap();
        assert_eq!(brukte, skjemaer.keys().cloned().collect());
    }
}
