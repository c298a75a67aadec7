//! The contract: operations, parameters, answers, and our own OpenAPI document of each version, made of them and of the table.
//!
//! The documents say what the public ones say, in words of our own; a test compares them fact by fact. What a newcomer gets wrong: to
//! write a path in a handler. [`ruter`] has them all, and [`Parameter`] the limits.

mod felter;
mod operasjon;
mod parameter;
mod skjemaer;
mod svar;

use serde_json::{Map, Value, json};

pub use operasjon::{Innhold, Metode, Omfang, Operasjon, Rute, ruter};
pub use parameter::{Brudd, Liste, Moenster, Parameter, Skjema, Sted, Verdiform};
pub use svar::{STATUSER, Status};

use crate::Versjon;

/// The header that names a version.
pub const VERSJONSHODE: &str = "api-version";

/// Name of the schema of an error.
const PROBLEM: &str = "ProblemDetails";

/// Where the schemas stand.
const SKJEMASTED: &str = "#/components/schemas/";

/// Makes the document of a version, as JSON.
///
/// Shape: OpenAPI 3.0; the same bytes each time. Slow; made once and kept.
/// Source: the public documents of Person API v2 and v3.
#[must_use]
pub fn dokument(versjon: Versjon) -> Vec<u8> {
    let mut stier = Map::new();
    for rute in ruter(versjon) {
        stier.insert(
            rute.sti.clone(),
            json!({rute.operasjon.metode().navn(): beskriv(&rute)}),
        );
    }
    let (navn, ordning) = sikkerhet(versjon);
    let mut komponenter = Map::new();
    komponenter.insert("schemas".into(), skjemaer::alle(versjon).into());
    komponenter.insert("securitySchemes".into(), json!({navn: ordning}));
    if versjon == Versjon::V3 {
        komponenter.insert("parameters".into(), json!({"ApiVersion": versjonshode(versjon)}));
    }
    let dokument = json!({
        "openapi": match versjon { Versjon::V2 => "3.0.1", Versjon::V3 => "3.0.3" },
        "info": {
            "title": "Persontjenesten Person API",
            "description": "Persons, as the health sector sees them. What is left out is unknown, not asked for, or not for the caller. \
                            Readers must ignore fields and event types that they do not know.",
            "version": crate::endringslogg::tjent(versjon),
        },
        "servers": [{"url": "/"}],
        "paths": stier,
        "components": komponenter,
    });
    dokument.to_string().into_bytes()
}

/// A reference to a schema.
fn referanse(navn: &str) -> Value {
    json!({"$ref": format!("{SKJEMASTED}{navn}")})
}

fn sikkerhet(versjon: Versjon) -> (&'static str, Value) {
    let scope = |o: &Omfang| o.versjon() == versjon;
    let scoper: Vec<&str> = Omfang::ALLE
        .iter()
        .filter(|o| scope(o))
        .map(|omfang| omfang.scope())
        .collect();
    let scoper = scoper.join(" or ");
    match versjon {
        Versjon::V2 => (
            "HelseID",
            json!({"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": format!("Access token from HelseID with scope {scoper}.")}),
        ),
        Versjon::V3 => (
            "HelseIdDPoP",
            json!({"type": "http", "scheme": "DPoP",
                "description": format!("Access token from HelseID with scope {scoper}, bound to a key, and a proof in the header DPoP. It names \
                                        the parent organisation.")}),
        ),
    }
}

fn versjonshode(versjon: Versjon) -> Value {
    let mut ut = json!({
        "name": VERSJONSHODE,
        "in": "header",
        "required": versjon == Versjon::V2,
        "description": "The version.",
        "schema": {"type": "string", "default": versjon.nummer()},
    });
    stil(&mut ut, versjon, "simple", false);
    ut
}

// Version 2 says how everything is written; version 3 only where it is a list.
fn stil(ut: &mut Value, versjon: Versjon, stil: &str, spredt: bool) {
    let liste = ut.pointer("/schema/type").is_some_and(|t| t == "array");
    if let Some(ut) = ut.as_object_mut()
        && (liste || versjon == Versjon::V2)
    {
        ut.insert("style".into(), stil.into());
        ut.insert("explode".into(), spredt.into());
    }
}

fn parameter(parameter: &Parameter, versjon: Versjon) -> Value {
    let (sted, stilnavn, spredt) = match parameter.sted {
        Sted::Sti => ("path", "simple", false),
        Sted::Spoerring | Sted::Skjema => ("query", "form", true),
    };
    let mut ut = json!({
        "name": parameter.navn,
        "in": sted,
        "required": parameter.krevd,
        "description": parameter.tekst,
        "schema": skjemaer::verdiform(parameter, versjon),
    });
    stil(&mut ut, versjon, stilnavn, spredt);
    ut
}

fn beskriv(rute: &Rute) -> Value {
    let (operasjon, versjon) = (rute.operasjon, rute.versjon);
    let mut ut = Map::new();
    ut.insert("tags".into(), json!([rute.tagg()]));
    if let Some(id) = rute.id() {
        ut.insert("operationId".into(), id.into());
    }
    ut.insert("summary".into(), operasjon.sammendrag().into());
    ut.insert("description".into(), operasjon.beskrivelse().into());
    if operasjon.foreldet() {
        ut.insert("deprecated".into(), true.into());
    }
    if rute.omfang.is_some() {
        let mut parametre: Vec<Value> = operasjon
            .parametre(versjon)
            .iter()
            .map(|p| parameter(p, versjon))
            .collect();
        parametre.push(match versjon {
            Versjon::V2 => versjonshode(versjon),
            Versjon::V3 => json!({"$ref": "#/components/parameters/ApiVersion"}),
        });
        ut.insert("parameters".into(), parametre.into());
    }
    if let Some(form) = operasjon.skjema(versjon) {
        ut.insert("requestBody".into(), kropp(form, versjon));
    }
    ut.insert("responses".into(), svar::beskriv(rute).into());
    let sikkerhet = match rute.omfang {
        Some(_) => json!([{sikkerhet(versjon).0: []}]),
        None => json!([]),
    };
    ut.insert("security".into(), sikkerhet);
    Value::Object(ut)
}

fn kropp(form: &Skjema, versjon: Versjon) -> Value {
    let mut medium = json!({"schema": referanse(form.navn)});
    let mut ut = Map::new();
    match versjon {
        Versjon::V2 => {
            let stil = |felt: &Parameter| (felt.navn.to_owned(), json!({"style": "form"}));
            let koding: Map<String, Value> = form.felter.iter().map(stil).collect();
            if let Some(medium) = medium.as_object_mut() {
                medium.insert("encoding".into(), koding.into());
            }
        }
        Versjon::V3 => {
            ut.insert("required".into(), form.krevd.into());
        }
    }
    ut.insert("content".into(), json!({"application/x-www-form-urlencoded": medium}));
    Value::Object(ut)
}
