//! JSON in which no member is given twice.
//!
//! Two readers that disagree on which of two equal members counts can be made to see two different tokens. So a
//! document with a repeated member, at any depth, is not read at all. Escapes are resolved before members are compared.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

/// Why a document was not read. Says nothing of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Feil {
    /// Not JSON, nested too deeply, or something after the end.
    #[error("ikke gyldig JSON")]
    Ugyldig,
    /// A member stands twice in one object.
    #[error("samme JSON-medlem står to ganger")]
    GjentattMedlem,
    /// The outermost value is something else than an object.
    #[error("ytterste JSON-verdi er ikke et objekt")]
    IkkeObjekt,
}

/// Reads one JSON object and refuses repeated members. Depth is bounded by the JSON library (128).
///
/// # Errors
/// [`Feil`].
pub fn les_objekt(bytes: &[u8]) -> Result<Map<String, Value>, Feil> {
    serde_json::from_slice::<UtenGjentak>(bytes).map_err(|feil| match feil.classify() {
        // The visitor accepts every kind of value, so the only data error is the repeated member.
        Category::Data => Feil::GjentattMedlem,
        Category::Io | Category::Syntax | Category::Eof => Feil::Ugyldig,
    })?;
    match serde_json::from_slice::<Value>(bytes) {
        Ok(Value::Object(medlemmer)) => Ok(medlemmer),
        Ok(_) => Err(Feil::IkkeObjekt),
        Err(_) => Err(Feil::Ugyldig),
    }
}

/// A JSON value of which only the uniqueness of its members was looked at.
struct UtenGjentak;

impl<'de> Deserialize<'de> for UtenGjentak {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Sjekk)
    }
}

struct Sjekk;

impl<'de> Visitor<'de> for Sjekk {
    type Value = UtenGjentak;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<UtenGjentak, E> {
        Ok(UtenGjentak)
    }

    fn visit_bool<E>(self, _: bool) -> Result<UtenGjentak, E> {
        Ok(UtenGjentak)
    }

    fn visit_i64<E>(self, _: i64) -> Result<UtenGjentak, E> {
        Ok(UtenGjentak)
    }

    fn visit_u64<E>(self, _: u64) -> Result<UtenGjentak, E> {
        Ok(UtenGjentak)
    }

    fn visit_f64<E>(self, _: f64) -> Result<UtenGjentak, E> {
        Ok(UtenGjentak)
    }

    fn visit_str<E>(self, _: &str) -> Result<UtenGjentak, E> {
        Ok(UtenGjentak)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut liste: A) -> Result<UtenGjentak, A::Error> {
        while liste.next_element::<UtenGjentak>()?.is_some() {}
        Ok(UtenGjentak)
    }

    // Numbers come this way too, as an object of one member, when the JSON library keeps their digits.
    fn visit_map<A: MapAccess<'de>>(self, mut objekt: A) -> Result<UtenGjentak, A::Error> {
        let mut sett = BTreeSet::new();
        while let Some(Navn(navn)) = objekt.next_key::<Navn<'de>>()? {
            if !sett.insert(navn) {
                return Err(A::Error::custom("repeated member"));
            }
            objekt.next_value::<UtenGjentak>()?;
        }
        Ok(UtenGjentak)
    }
}

/// The name of a member, escapes resolved; not copied where it has none.
struct Navn<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Navn<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Navnleser)
    }
}

struct Navnleser;

impl<'de> Visitor<'de> for Navnleser {
    type Value = Navn<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_borrowed_str<E>(self, navn: &'de str) -> Result<Navn<'de>, E> {
        Ok(Navn(Cow::Borrowed(navn)))
    }

    fn visit_str<E>(self, navn: &str) -> Result<Navn<'de>, E> {
        Ok(Navn(Cow::Owned(navn.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_with_distinct_members_is_read() {
        let objekt = les_objekt(br#"{"a":1,"b":[1.5,-2e3,null,true,"x",{"a":{}}]}"#).unwrap();
        assert_eq!(objekt.len(), 2);
        assert_eq!(objekt["a"].as_i64(), Some(1));
    }

    #[test]
    fn a_repeated_member_is_found_at_every_depth_and_behind_escapes() {
        for dokument in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"x":{"a":1,"a":1}}"#,
            r#"{"x":[0,{"a":1,"b":2,"a":1}]}"#,
        ] {
            assert_eq!(les_objekt(dokument.as_bytes()), Err(Feil::GjentattMedlem), "{dokument}");
        }
    }

    #[test]
    fn what_is_not_one_json_object_is_refused() {
        for dokument in ["", "{", "{}x", "{\"a\":1}{}", "{'a':1}", "{\"a\":01}", "{\"a\":NaN}"] {
            assert_eq!(les_objekt(dokument.as_bytes()), Err(Feil::Ugyldig), "{dokument}");
        }
        assert_eq!(les_objekt(b"{\"a\":\"\xff\"}"), Err(Feil::Ugyldig));
        assert_eq!(les_objekt(b"[]"), Err(Feil::IkkeObjekt));
        let dyp = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(les_objekt(dyp.as_bytes()), Err(Feil::Ugyldig));
    }
}
