//! The list of routes, and our OpenAPI document of them.
//!
//! NHN's own contract of this service is not public; paths and bodies are of our design, by the reference of the Person API.

use std::sync::LazyLock;

use axum::routing::MethodFilter;
use serde_json::{Map, Value, json};
use tilgang::token::helseid::Scope;

use super::{ROT, foresporsel};

/// Where the document is.
pub const OPENAPI: &str = "/reservert-testdata/openapi.json";

/// A route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rute {
    /// Set numbers aside.
    Reserver,
    /// The organisation's numbers.
    Reserverte,
    /// The document of a person.
    HentPerson,
    /// Make a person, or change one.
    LagrePerson,
    /// End a person.
    SlettPerson,
}

impl Rute {
    /// Every route.
    pub const ALLE: [Rute; 5] = [
        Rute::Reserver,
        Rute::Reserverte,
        Rute::HentPerson,
        Rute::LagrePerson,
        Rute::SlettPerson,
    ];

    /// Path below [`ROT`].
    #[must_use]
    pub fn sti(self) -> &'static str {
        match self {
            Rute::Reserver | Rute::Reserverte => "/api/v2/ReservedNin",
            Rute::HentPerson | Rute::LagrePerson | Rute::SlettPerson => "/api/v2/person/{nin}",
        }
    }

    /// The method.
    #[must_use]
    pub fn metode(self) -> &'static str {
        match self {
            Rute::Reserver => "POST",
            Rute::Reserverte | Rute::HentPerson => "GET",
            Rute::LagrePerson => "PUT",
            Rute::SlettPerson => "DELETE",
        }
    }

    /// The whole path.
    #[must_use]
    pub fn hele_stien(self) -> String {
        format!("{ROT}{}", self.sti())
    }

    /// Method and path, for audit records.
    pub(super) fn endepunkt(self) -> &'static str {
        match self {
            Rute::Reserver => "POST /reservert-testdata/api/v2/ReservedNin",
            Rute::Reserverte => "GET /reservert-testdata/api/v2/ReservedNin",
            Rute::HentPerson => "GET /reservert-testdata/api/v2/person/{nin}",
            Rute::LagrePerson => "PUT /reservert-testdata/api/v2/person/{nin}",
            Rute::SlettPerson => "DELETE /reservert-testdata/api/v2/person/{nin}",
        }
    }

    pub(super) fn filter(self) -> MethodFilter {
        match self {
            Rute::Reserver => MethodFilter::POST,
            Rute::Reserverte | Rute::HentPerson => MethodFilter::GET,
            Rute::LagrePerson => MethodFilter::PUT,
            Rute::SlettPerson => MethodFilter::DELETE,
        }
    }

    fn tekst(self) -> &'static str {
        match self {
            Rute::Reserver => {
                "Set numbers aside for the parent organisation of the token. A number is given once and never again."
            }
            Rute::Reserverte => "The numbers of the parent organisation.",
            Rute::HentPerson => "The document of a test person, as it is held.",
            Rute::LagrePerson => {
                "Make a test person, or change one, by a whole document of Folkeregisteret. Every number in it must be the organisation's. The \
                 person and its events are in the Person API when this is answered."
            }
            Rute::SlettPerson => {
                "End a test person: its numbers and that it ended are all that is left. The numbers stay the organisation's."
            }
        }
    }

    fn svar(self) -> Vec<(u16, &'static str, Option<Value>)> {
        let numre = Some(json!({"type": "array", "items": referanse("ReservedNin")}));
        let mut ut = match self {
            Rute::Reserver => vec![
                (201, "The numbers.", numre),
                (409, "No more numbers can be had.", problem()),
            ],
            Rute::Reserverte => vec![(200, "The numbers.", numre)],
            Rute::HentPerson => vec![(200, "The document.", Some(json!({"type": "object"})))],
            Rute::LagrePerson => vec![
                (200, "Changed.", Some(referanse("Stored"))),
                (201, "Made.", Some(referanse("Stored"))),
            ],
            Rute::SlettPerson => vec![(204, "Ended.", None)],
        };
        if matches!(self, Rute::Reserver | Rute::LagrePerson) {
            ut.push((
                400,
                "Something in the body is not as it must be; errors says what.",
                problem(),
            ));
            ut.push((413, "The body is too large.", problem()));
            ut.push((415, "The body is not JSON.", problem()));
        }
        ut.push((401, "No token, or one that is not accepted.", None));
        if self.sti().contains("{nin}") {
            ut.push((
                403,
                "The token does not open this service, or the number is another organisation's.",
                problem(),
            ));
            ut.push((
                404,
                "The number is not reserved, or there is no person with it.",
                problem(),
            ));
        } else {
            ut.push((403, "The token does not open this service.", None));
        }
        ut.push((
            503,
            "The service cannot answer now; wait as long as Retry-After says.",
            problem(),
        ));
        ut.sort_by_key(|(status, _, _)| *status);
        ut
    }
}

fn referanse(navn: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{navn}")})
}

fn problem() -> Option<Value> {
    Some(referanse("ProblemDetails"))
}

/// The document.
///
/// Shape: OpenAPI 3.0; the same bytes each time.
pub(super) fn dokument() -> Vec<u8> {
    static DOKUMENT: LazyLock<Vec<u8>> = LazyLock::new(lag);
    DOKUMENT.clone()
}

fn lag() -> Vec<u8> {
    let mut stier: Map<String, Value> = Map::new();
    for rute in Rute::ALLE {
        let sti = stier.entry(rute.hele_stien()).or_insert_with(|| json!({}));
        if let Some(sti) = sti.as_object_mut() {
            sti.insert(rute.metode().to_ascii_lowercase(), beskriv(rute));
        }
    }
    let slag: Vec<&str> = foresporsel::SLAG.iter().map(|(navn, _)| *navn).collect();
    let kjoenn: Vec<&str> = foresporsel::KJOENN.iter().map(|(navn, _)| *navn).collect();
    let felles = |flere: Value| {
        let mut ut = json!({
            "kind": {"type": "string", "enum": slag},
            "birthDate": {"type": "string", "format": "date"},
            "gender": {"type": "string", "enum": kjoenn},
        });
        if let (Some(ut), Value::Object(flere)) = (ut.as_object_mut(), flere) {
            ut.extend(flere);
        }
        ut
    };
    let tekst = || json!({"type": "string", "nullable": true});
    let dokument = json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Reserved Testdata API",
            "description": "Test persons of one's own, in the Person API of a test environment. Synthetic numbers alone: month plus 65.",
            "version": "2",
        },
        "servers": [{"url": "/"}],
        "paths": stier,
        "components": {
            "schemas": {
                "Reservation": {
                    "type": "object", "additionalProperties": false, "required": ["kind", "birthDate", "gender"],
                    "properties": felles(json!({"count": {"type": "integer", "minimum": 1, "maximum": helsekopi::RESERVER_MAKS, "default": 1}})),
                },
                "ReservedNin": {
                    "type": "object",
                    "properties": felles(json!({
                        "nin": {"type": "string", "pattern": "^[0-9]{11}$"},
                        "deviatesFromBirthDate": {"type": "boolean", "description": "The date asked for was used up."},
                        "reservedAt": {"type": "string", "format": "date-time"},
                        "hasPerson": {"type": "boolean"},
                    })),
                },
                "Stored": {
                    "type": "object",
                    "properties": {
                        "created": {"type": "boolean"},
                        "changed": {"type": "boolean"},
                        "unknownMembers": {"type": "integer", "description": "Members of the document that the model does not know; they are kept."},
                    },
                },
                "ProblemDetails": {
                    "type": "object",
                    "properties": {"type": tekst(), "title": tekst(), "status": {"type": "integer", "format": "int32"}, "detail": tekst(),
                        "traceId": tekst(),
                        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}},
                    "additionalProperties": true,
                },
            },
            "securitySchemes": {"HelseID": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": format!("Access token from HelseID with scope {}; or one that is bound to a key, with its proof.", Scope::Testdata.navn())}},
        },
    });
    dokument.to_string().into_bytes()
}

fn beskriv(rute: Rute) -> Value {
    let mut svar = Map::new();
    for (status, tekst, skjema) in rute.svar() {
        let mut ett = json!({"description": tekst});
        if let (Some(ett), Some(skjema)) = (ett.as_object_mut(), skjema) {
            ett.insert("content".into(), json!({"application/json": {"schema": skjema}}));
        }
        svar.insert(status.to_string(), ett);
    }
    let mut ut = json!({"summary": rute.tekst(), "responses": svar, "security": [{"HelseID": []}]});
    if let Some(ut) = ut.as_object_mut() {
        if rute.sti().contains("{nin}") {
            ut.insert(
                "parameters".into(),
                json!([{"name": "nin", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[0-9]{11}$"}}]),
            );
        }
        let skjema = match rute {
            Rute::Reserver => Some(referanse("Reservation")),
            Rute::LagrePerson => {
                Some(json!({"type": "object", "description": "A document of Folkeregisteret, whole."}))
            }
            _ => None,
        };
        if let Some(skjema) = skjema {
            ut.insert(
                "requestBody".into(),
                json!({"required": true, "content": {"application/json": {"schema": skjema}}}),
            );
        }
    }
    ut
}
