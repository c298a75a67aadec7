//! The error body of the Person API: RFC 9457.
//!
//! What a newcomer gets wrong: nothing of the call may stand here. All texts are constants of the program, so that no identifier,
//! name or address can find its way into an error.

use serde_json::{Map, Value, json};

/// A problem, as it is sent.
///
/// Shape: an object with `type`, `title`, `status`, and where they are known `detail`, `traceId` and `errors`.
/// Source: Person API v2 and v3, `ProblemDetails`; `errors` by field is our choice, as the contract allows further members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemDetails {
    /// HTTP status.
    pub status: u16,
    /// What kind of problem, in a few words.
    pub tittel: &'static str,
    /// What to do about it.
    pub detalj: Option<&'static str>,
    /// Fields of the call that are wrong, each with what is wrong.
    pub felt: Vec<(&'static str, &'static str)>,
    /// The trace id of the call, 32 hex digits of our own making.
    pub sporing: Option<String>,
}

impl ProblemDetails {
    /// A problem with a title alone.
    #[must_use]
    pub fn new(status: u16, tittel: &'static str) -> Self {
        ProblemDetails {
            status,
            tittel,
            detalj: None,
            felt: Vec::new(),
            sporing: None,
        }
    }

    /// With what to do about it.
    #[must_use]
    pub fn detalj(mut self, detalj: &'static str) -> Self {
        self.detalj = Some(detalj);
        self
    }

    /// With one more field that is wrong.
    #[must_use]
    pub fn felt(mut self, navn: &'static str, hva: &'static str) -> Self {
        self.felt.push((navn, hva));
        self
    }

    /// The body.
    #[must_use]
    pub fn til_json(&self) -> Vec<u8> {
        let mut ut = Map::new();
        ut.insert("type".into(), "about:blank".into());
        ut.insert("title".into(), self.tittel.into());
        ut.insert("status".into(), self.status.into());
        if let Some(detalj) = self.detalj {
            ut.insert("detail".into(), detalj.into());
        }
        if let Some(sporing) = &self.sporing {
            ut.insert("traceId".into(), sporing.as_str().into());
        }
        if !self.felt.is_empty() {
            let mut felt = Map::new();
            for (navn, hva) in &self.felt {
                let liste = felt.entry(*navn).or_insert_with(|| json!([]));
                if let Value::Array(liste) = liste {
                    liste.push((*hva).into());
                }
            }
            ut.insert("errors".into(), felt.into());
        }
        Value::Object(ut).to_string().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_what_is_wrong_field_by_field() {
        let problem = ProblemDetails::new(400, "Bad Request")
            .detalj("Name at least one part.")
            .felt("informationParts", "is missing")
            .felt("nin", "is too long")
            .felt("nin", "has other marks than digits");
        assert_eq!(
            String::from_utf8(problem.til_json()).unwrap(),
            r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"Name at least one part.","errors":{"informationParts":["is missing"],"nin":["is too long","has other marks than digits"]}}"#
        );
        let naken = ProblemDetails::new(404, "Not Found");
        assert_eq!(
            String::from_utf8(naken.til_json()).unwrap(),
            r#"{"type":"about:blank","title":"Not Found","status":404}"#
        );
    }
}
