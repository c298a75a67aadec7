//! The little that a copy must understand of a person: numbers, and whether the entry has ended.

use serde_json::{Map, Value};

/// A person as the service gave it.
pub(crate) type Objekt = Map<String, Value>;

/// A number of a person.
pub(crate) struct Nummer<'a> {
    pub nummer: &'a str,
    pub gyldig: bool,
    pub er_hjelpenummer: bool,
}

fn liste<'a>(person: &'a Objekt, felt: &str) -> impl Iterator<Item = &'a Value> {
    person.get(felt).and_then(Value::as_array).into_iter().flatten()
}

fn gyldig(post: &Value) -> bool {
    post.get("isValid") == Some(&Value::Bool(true))
}

/// The numbers that the document has, former ones too where they are given.
pub(crate) fn numre(person: &Objekt) -> impl Iterator<Item = Nummer<'_>> {
    liste(person, "norwegianIdentificationNumber").filter_map(|post| {
        Some(Nummer {
            nummer: post.get("identificationNumber")?.as_str()?,
            gyldig: gyldig(post),
            er_hjelpenummer: post.get("identificationNumberType").and_then(Value::as_str)
                == Some("AlternateIdentificationNumber"),
        })
    })
}

/// Whether the entry was merged into another, or was wrong: no number that is valid, or the status that says so.
pub(crate) fn er_opphoert(person: &Objekt) -> bool {
    let status = |post: &Value| gyldig(post) && post.get("status").and_then(Value::as_str) == Some("Discontinued");
    liste(person, "status").any(status) || !numre(person).any(|nummer| nummer.gyldig)
}

/// Whether the person is known by an alternate identification number alone, whom a search leaves out unless asked.
pub(crate) fn har_bare_hjelpenummer(person: &Objekt) -> bool {
    let mut numre = numre(person).peekable();
    numre.peek().is_some() && numre.all(|nummer| nummer.er_hjelpenummer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn person(numre: Value, status: &str) -> Objekt {
        let dokument = json!({"norwegianIdentificationNumber": numre, "status": [{"isValid": true, "status": status}]});
        match dokument {
            Value::Object(felt) => felt,
            _ => Objekt::new(),
        }
    }

    #[test]
    fn an_entry_has_ended_when_no_number_is_valid_or_the_status_says_so() {
        let nummer = |gyldig| json!([{"identificationNumber": "12859012335", "isValid": gyldig}]);
        assert!(!er_opphoert(&person(nummer(true), "Resident")));
        assert!(er_opphoert(&person(nummer(false), "Resident")));
        assert!(er_opphoert(&person(nummer(true), "Discontinued")));
        assert!(er_opphoert(&person(json!([]), "Resident")));
    }

    #[test]
    fn who_has_an_alternate_number_alone_is_told_from_who_has_another_too() {
        let hjelp =
            json!({"identificationNumber": "80000000000", "identificationNumberType": "AlternateIdentificationNumber"});
        let vanlig =
            json!({"identificationNumber": "12859012335", "identificationNumberType": "NationalIdentityNumber"});
        assert!(har_bare_hjelpenummer(&person(json!([hjelp]), "Active")));
        assert!(!har_bare_hjelpenummer(&person(json!([hjelp, vanlig]), "Active")));
        assert!(!har_bare_hjelpenummer(&person(json!([]), "Active")));
    }
}
