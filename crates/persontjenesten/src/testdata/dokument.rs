//! Whom a document names: every number in it that could be a person's, wherever it stands.
//!
//! What a newcomer gets wrong: to look at the fields for relatives alone. A number may stand in a field that the model does not know, or in
//! free text, and a real person's must not come in that way either.

use std::collections::BTreeSet;

use identifikator::Folkeregisteridentifikator;
use informasjonsmodell::skjema::{Art, Skjema};
use informasjonsmodell::{Entitet, Lesefeil, Persondokument, json};
use serde_json::{Map, Value};

/// Digits of a number.
const SIFFER: usize = 11;
/// The form of texts of the model that are somebody's number, whether or not the control digits are right.
const NUMMERFORM: &str = "Foedselsnummer";

/// A document that was sent, and every number in it.
pub(super) struct Innsendt {
    pub dokument: Persondokument,
    pub navngitt: BTreeSet<u64>,
    /// How many of its members the model does not know.
    pub ukjente: usize,
}

/// Reads a document as strictly as the model does, and finds whom it names.
pub(super) fn les(byte: &[u8]) -> Result<Innsendt, Lesefeil> {
    let verdi = json::les(byte)?;
    let navngitt = navngitt(&verdi);
    let dokument = Persondokument::les(verdi)?;
    let ukjente = dokument.ukjente_medlemmer().len();
    Ok(Innsendt {
        dokument,
        navngitt,
        ukjente,
    })
}

fn navngitt(verdi: &Value) -> BTreeSet<u64> {
    let mut ut = BTreeSet::new();
    finn(verdi, &mut ut);
    if let Value::Object(felter) = verdi {
        for &entitet in Entitet::ALLE {
            if let Some(under) = felter.get(entitet.navn()) {
                felt(under, entitet.skjema(), &mut ut);
            }
        }
    }
    ut
}

/// Every text, name and integer that has a number in it. The nesting is bounded where the text was read.
fn finn(verdi: &Value, ut: &mut BTreeSet<u64>) {
    match verdi {
        Value::String(tekst) => i_tekst(tekst, ut),
        Value::Array(liste) => liste.iter().for_each(|v| finn(v, ut)),
        Value::Object(felter) => {
            for (navn, verdi) in felter {
                i_tekst(navn, ut);
                finn(verdi, ut);
            }
        }
        // A number that begins with a nought has lost it.
        Value::Number(tall) => i_tekst(&format!("{:0>SIFFER$}", tall.to_string()), ut),
        Value::Null | Value::Bool(_) => {}
    }
}

fn i_tekst(tekst: &str, ut: &mut BTreeSet<u64>) {
    let rekker = tekst.split(|c: char| !c.is_ascii_digit());
    let numre = rekker.filter_map(|rekke| Folkeregisteridentifikator::parse(rekke).ok());
    ut.extend(numre.map(|nummer| nummer.to_u64()));
}

/// The texts of a type that are numbers by the model.
fn felt(verdi: &Value, skjema: &Skjema, ut: &mut BTreeSet<u64>) {
    match verdi {
        Value::Array(liste) => liste.iter().for_each(|v| felt(v, skjema, ut)),
        Value::Object(felter) => felter_av(felter, skjema, ut),
        _ => {}
    }
}

fn felter_av(felter: &Map<String, Value>, skjema: &Skjema, ut: &mut BTreeSet<u64>) {
    for et in skjema.felter {
        let Some(verdi) = felter.get(et.navn) else { continue };
        match et.art {
            Art::Objekt(under) => felt(verdi, under, ut),
            Art::Tekst(form) if form.navn == NUMMERFORM => {
                let verdier = match verdi {
                    Value::Array(liste) => liste.as_slice(),
                    en => std::slice::from_ref(en),
                };
                ut.extend(
                    verdier
                        .iter()
                        .filter_map(Value::as_str)
                        .filter_map(|t| t.parse::<u64>().ok()),
                );
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use identifikator::{Bestilling, Dato, Identifikatortype, Kjoenn, Serie, Tildeler};
    use serde_json::json;

    use super::*;

    fn nummer(serie: Serie) -> String {
        let foedt = Dato::new(1990, 2, 3).unwrap();
        let bestilling = Bestilling::paa_dag(foedt, Identifikatortype::DNummer, foedt, Kjoenn::Mann, serie);
        Tildeler::new().tildel(&bestilling).unwrap().identifikator.to_string()
    }

    #[test]
    fn a_number_is_found_wherever_it_stands() {
        for serie in [Serie::Ordinaer, Serie::Tenor, Serie::Nhn] {
            let n = nummer(serie);
            let tall: u64 = n.parse().unwrap();
            for dokument in [
                json!({"familierelasjon": [{"relatertPerson": n, "relatertPersonsRolle": "mor"}]}),
                json!({"navn": [{"fornavn": format!("Ola ({n})"), "etternavn": "Test"}]}),
                json!({"nytt": {"dypt": [{"her": n}]}}),
                json!({"nytt": tall}),
                json!({n.clone(): "x"}),
            ] {
                assert!(navngitt(&dokument).contains(&tall), "{dokument}");
            }
        }
    }

    #[test]
    fn a_relative_with_wrong_control_digits_is_named_all_the_same() {
        let dokument = json!({"familierelasjon": [{"relatertPerson": "01660000000", "relatertPersonsRolle": "mor"}]});
        assert_eq!(navngitt(&dokument), BTreeSet::from([1_660_000_000]));
        assert!(les(b"{\"navn\": null}").is_err() && les(b"[1]").is_err() && les(b"{").is_err());
    }
}
