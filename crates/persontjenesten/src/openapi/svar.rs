//! Every status that an operation can answer with, in one table: what the document shows, and what a handler may send.
//!
//! Source: Person API v2 and v3 for 200, 400, 401, 403 and 404; the others are our choice and have the same body.

use serde_json::{Map, Value, json};

use super::operasjon::{Innhold, Metode, Operasjon, Rute};
use super::{PROBLEM, referanse};

/// A status, and which operations have it.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// HTTP status.
    pub status: u16,
    /// What it means.
    pub tekst: &'static str,
    /// It has a `ProblemDetails`; 200 has what the operation answers.
    pub problem: bool,
    /// Whether an operation can answer so.
    pub gjelder: fn(&Rute) -> bool,
}

fn alle(_: &Rute) -> bool {
    true
}

fn med_token(rute: &Rute) -> bool {
    rute.omfang.is_some()
}

fn med_skjema(rute: &Rute) -> bool {
    rute.operasjon.metode() == Metode::Post
}

/// The table.
pub const STATUSER: &[Status] = &[
    Status {
        status: 200,
        tekst: "What was asked for.",
        problem: false,
        gjelder: alle,
    },
    Status {
        status: 400,
        tekst: "Something in the call is missing, unknown or outside its limits; errors says which.",
        problem: true,
        gjelder: med_token,
    },
    Status {
        status: 401,
        tekst: "No token, or one that is not accepted.",
        problem: false,
        gjelder: med_token,
    },
    Status {
        status: 403,
        tekst: "The token does not open this branch of the service.",
        problem: false,
        gjelder: med_token,
    },
    Status {
        status: 404,
        tekst: "There is nothing to show.",
        problem: true,
        gjelder: |rute| rute.operasjon.kan_mangle(rute.versjon),
    },
    Status {
        status: 405,
        tekst: "The address does not have this method.",
        problem: true,
        gjelder: alle,
    },
    Status {
        status: 406,
        tekst: "Accept does not take JSON.",
        problem: true,
        gjelder: med_token,
    },
    Status {
        status: 408,
        tekst: "The form did not arrive in time.",
        problem: true,
        gjelder: med_skjema,
    },
    Status {
        status: 413,
        tekst: "The form is too large.",
        problem: true,
        gjelder: med_skjema,
    },
    Status {
        status: 414,
        tekst: "The address is too long.",
        problem: true,
        gjelder: alle,
    },
    Status {
        status: 415,
        tekst: "The body is no form.",
        problem: true,
        gjelder: med_skjema,
    },
    Status {
        status: 429,
        tekst: "Too many calls; wait as long as Retry-After says.",
        problem: true,
        gjelder: alle,
    },
    Status {
        status: 431,
        tekst: "The headers are too large.",
        problem: true,
        gjelder: alle,
    },
    Status {
        status: 500,
        tekst: "A fault of the service.",
        problem: true,
        gjelder: alle,
    },
    Status {
        status: 503,
        tekst: "The service cannot answer now; wait as long as Retry-After says.",
        problem: true,
        gjelder: alle,
    },
];

pub(super) fn beskriv(rute: &Rute) -> Map<String, Value> {
    let brukes = STATUSER.iter().filter(|status| (status.gjelder)(rute));
    brukes
        .map(|status| (status.status.to_string(), status.beskriv(rute.operasjon)))
        .collect()
}

impl Status {
    fn beskriv(&self, operasjon: Operasjon) -> Value {
        let mut ut = Map::new();
        ut.insert("description".into(), self.tekst.into());
        let hode = match self.status {
            401 => Some(("WWW-Authenticate", json!({"type": "string"}), "The scheme, and why.")),
            429 | 503 => Some(("Retry-After", json!({"type": "integer"}), "Seconds, at most 60.")),
            _ => None,
        };
        if let Some((navn, skjema, tekst)) = hode {
            ut.insert(
                "headers".into(),
                json!({navn: {"description": tekst, "schema": skjema}}),
            );
        }
        let skjema = if self.problem {
            Some(referanse(PROBLEM))
        } else if self.status == 200 {
            innhold(operasjon.innhold())
        } else {
            None
        };
        if let Some(skjema) = skjema {
            ut.insert("content".into(), json!({"application/json": {"schema": skjema}}));
        }
        Value::Object(ut)
    }
}

fn innhold(innhold: Innhold) -> Option<Value> {
    Some(match innhold {
        Innhold::Ingenting => return None,
        Innhold::En(navn) => referanse(navn),
        Innhold::Liste(navn) => json!({"type": "array", "items": referanse(navn)}),
        Innhold::Tekster => json!({"type": "array", "items": {"type": "string"}}),
    })
}
