//! JSON at the edges of the model: a strict reader, and the writer that puts registermetadata before a body.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::Tidspunkt;
use crate::feil::{Grunn, Lesefeil, Sti};
use crate::verdi::skriv_tekst;

/// Deepest nesting of a document; the model itself needs seven levels.
///
/// Source: our choice, a bound on hostile input.
pub const DYBDE_MAKS: usize = 32;

/// Reads a JSON text strictly: UTF-8, no member twice, no deeper than [`DYBDE_MAKS`], no number that would change.
///
/// # Errors
/// [`Lesefeil`] at the top with the rule; the position of a syntax fault is line and column.
pub fn les(tekst: &[u8]) -> Result<Value, Lesefeil> {
    let mut leser = serde_json::Deserializer::from_slice(tekst);
    let verdi = Streng { dybde: 0 }
        .deserialize(&mut leser)
        .and_then(|verdi| leser.end().map(|()| verdi));
    verdi.map_err(|feil| {
        let grunn = match feil.classify() {
            serde_json::error::Category::Data => grunn_fra(&feil.to_string()),
            _ => None,
        };
        let grunn = grunn.unwrap_or(Grunn::IkkeJson {
            linje: feil.line().max(1),
            kolonne: feil.column().max(1),
        });
        Lesefeil::new(&Sti::rot(), grunn)
    })
}

// serde's errors are texts; these fixed words carry our own reasons through it.
const DUPLIKAT: &str = "duplikat";
const DYBDE: &str = "dybde";
const TALL: &str = "tall";

fn grunn_fra(tekst: &str) -> Option<Grunn> {
    if tekst.starts_with(DUPLIKAT) {
        Some(Grunn::Duplikat)
    } else if tekst.starts_with(DYBDE) {
        Some(Grunn::ForDyp(DYBDE_MAKS))
    } else if tekst.starts_with(TALL) {
        Some(Grunn::Tall)
    } else {
        None
    }
}

struct Streng {
    dybde: usize,
}

impl<'de> DeserializeSeed<'de> for Streng {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, leser: D) -> Result<Value, D::Error> {
        leser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Streng {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, verdi: bool) -> Result<Value, E> {
        Ok(Value::Bool(verdi))
    }

    fn visit_i64<E>(self, verdi: i64) -> Result<Value, E> {
        Ok(Value::from(verdi))
    }

    fn visit_u64<E>(self, verdi: u64) -> Result<Value, E> {
        Ok(Value::from(verdi))
    }

    fn visit_f64<E: de::Error>(self, verdi: f64) -> Result<Value, E> {
        // A whole number this large was an integer that did not fit, and has lost digits.
        if verdi.abs() >= 9_007_199_254_740_992.0 {
            return Err(E::custom(TALL));
        }
        Number::from_f64(verdi)
            .map(Value::Number)
            .ok_or_else(|| E::custom(TALL))
    }

    fn visit_str<E>(self, verdi: &str) -> Result<Value, E> {
        Ok(Value::String(verdi.to_owned()))
    }

    fn visit_string<E>(self, verdi: String) -> Result<Value, E> {
        Ok(Value::String(verdi))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut liste: A) -> Result<Value, A::Error> {
        let dybde = self.dypere()?;
        let mut ut = Vec::new();
        while let Some(verdi) = liste.next_element_seed(Streng { dybde })? {
            ut.push(verdi);
        }
        Ok(Value::Array(ut))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut objekt: A) -> Result<Value, A::Error> {
        let dybde = self.dypere()?;
        let mut ut = Map::new();
        while let Some(navn) = objekt.next_key::<String>()? {
            let verdi = objekt.next_value_seed(Streng { dybde })?;
            if ut.insert(navn, verdi).is_some() {
                return Err(de::Error::custom(DUPLIKAT));
            }
        }
        Ok(Value::Object(ut))
    }
}

impl Streng {
    fn dypere<E: de::Error>(&self) -> Result<usize, E> {
        if self.dybde >= DYBDE_MAKS {
            Err(E::custom(DYBDE))
        } else {
            Ok(self.dybde + 1)
        }
    }
}

/// Registermetadata that go before a body; `None` is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metadatafelter<'a> {
    /// `ajourholdstidspunkt`.
    pub ajourholdstidspunkt: Option<Tidspunkt>,
    /// `erGjeldende`.
    pub er_gjeldende: Option<bool>,
    /// `kilde`.
    pub kilde: Option<&'a str>,
    /// `aarsak`.
    pub aarsak: Option<&'a str>,
    /// `gyldighetstidspunkt`.
    pub gyldighetstidspunkt: Option<Tidspunkt>,
    /// `opphoerstidspunkt`.
    pub opphoerstidspunkt: Option<Tidspunkt>,
}

/// Writes one entry: `{`, the metadata, the members of `kropp` (an object with its braces), `}`.
pub fn skriv_oppfoering(ut: &mut Vec<u8>, metadata: &Metadatafelter<'_>, kropp: &[u8]) {
    ut.push(b'{');
    let start = ut.len();
    skriv_tid(ut, start, b"\"ajourholdstidspunkt\":\"", metadata.ajourholdstidspunkt);
    if let Some(gjeldende) = metadata.er_gjeldende {
        komma(ut, start);
        ut.extend_from_slice(if gjeldende {
            b"\"erGjeldende\":true"
        } else {
            b"\"erGjeldende\":false"
        });
    }
    for (navn, verdi) in [
        (&b"\"kilde\":"[..], metadata.kilde),
        (&b"\"aarsak\":"[..], metadata.aarsak),
    ] {
        if let Some(verdi) = verdi {
            komma(ut, start);
            ut.extend_from_slice(navn);
            skriv_tekst(ut, verdi);
        }
    }
    skriv_tid(ut, start, b"\"gyldighetstidspunkt\":\"", metadata.gyldighetstidspunkt);
    skriv_tid(ut, start, b"\"opphoerstidspunkt\":\"", metadata.opphoerstidspunkt);
    let medlemmer = kropp
        .strip_prefix(b"{")
        .and_then(|k| k.strip_suffix(b"}"))
        .unwrap_or_default();
    if !medlemmer.is_empty() {
        komma(ut, start);
        ut.extend_from_slice(medlemmer);
    }
    ut.push(b'}');
}

fn komma(ut: &mut Vec<u8>, start: usize) {
    if ut.len() > start {
        ut.push(b',');
    }
}

fn skriv_tid(ut: &mut Vec<u8>, start: usize, navn: &[u8], tid: Option<Tidspunkt>) {
    if let Some(tid) = tid {
        komma(ut, start);
        ut.extend_from_slice(navn);
        tid.skriv(ut);
        ut.push(b'"');
    }
}
