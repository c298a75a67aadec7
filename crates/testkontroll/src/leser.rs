//! Reading an object of a request: field by field, each of its type, and none that is not known. No error repeats a value.

use serde_json::{Map, Value};

use crate::Feil;

/// An object that is being read.
pub(crate) struct Leser {
    sted: String,
    felt: Map<String, Value>,
}

impl Leser {
    /// `sted` is what errors call it; empty for the request itself.
    pub fn new(sted: &str, verdi: Value) -> Result<Self, Feil> {
        match verdi {
            Value::Object(felt) => Ok(Leser {
                sted: sted.to_owned(),
                felt,
            }),
            _ => Err(Feil::ugyldig(
                if sted.is_empty() { "$" } else { sted },
                "må være et objekt",
            )),
        }
    }

    /// What errors call a field.
    pub fn sti(&self, navn: &str) -> String {
        if self.sted.is_empty() {
            navn.to_owned()
        } else {
            format!("{}.{navn}", self.sted)
        }
    }

    pub fn feil(&self, navn: &str, regel: &str) -> Feil {
        Feil::ugyldig(self.sti(navn), regel)
    }

    pub fn verdi(&mut self, navn: &str) -> Option<Value> {
        self.felt.shift_remove(navn)
    }

    pub fn tekst(&mut self, navn: &str) -> Result<Option<String>, Feil> {
        match self.verdi(navn) {
            None => Ok(None),
            Some(Value::String(tekst)) => Ok(Some(tekst)),
            Some(_) => Err(self.feil(navn, "må være en tekst")),
        }
    }

    pub fn krevd_tekst(&mut self, navn: &str) -> Result<String, Feil> {
        let tekst = self.tekst(navn)?;
        tekst.ok_or_else(|| self.feil(navn, "mangler"))
    }

    /// One of some words.
    pub fn valg(&mut self, navn: &str, valg: &[&str]) -> Result<Option<String>, Feil> {
        let tekst = self.tekst(navn)?;
        match tekst {
            Some(tekst) if !valg.contains(&tekst.as_str()) => {
                Err(self.feil(navn, &format!("må være en av {}", valg.join(", "))))
            }
            tekst => Ok(tekst),
        }
    }

    pub fn liste(&mut self, navn: &str) -> Result<Option<Vec<Value>>, Feil> {
        match self.verdi(navn) {
            None => Ok(None),
            Some(Value::Array(liste)) => Ok(Some(liste)),
            Some(_) => Err(self.feil(navn, "må være en liste")),
        }
    }

    pub fn heltall(&mut self, navn: &str) -> Result<Option<u32>, Feil> {
        match self.verdi(navn) {
            None => Ok(None),
            Some(verdi) => match verdi.as_u64().map(u32::try_from) {
                Some(Ok(tall)) => Ok(Some(tall)),
                _ => Err(self.feil(navn, "må være et heltall som ikke er negativt")),
            },
        }
    }

    pub fn objekt(&mut self, navn: &str) -> Result<Option<Leser>, Feil> {
        let sti = self.sti(navn);
        self.verdi(navn).map(|verdi| Leser::new(&sti, verdi)).transpose()
    }

    /// Nothing is left. `kjente` are the fields there are, for the text.
    pub fn slutt(self, kjente: &str) -> Result<(), Feil> {
        if self.felt.is_empty() {
            return Ok(());
        }
        let sted = if self.sted.is_empty() { "$" } else { &self.sted };
        Err(Feil::ugyldig(sted, format!("har et ukjent felt; feltene er {kjente}")))
    }
}
