//! Only synthetic people: a number that may be somebody's is refused wherever it stands in a request.

use identifikator::Folkeregisteridentifikator;
use serde_json::Value;

use crate::Feil;

/// Digits of a number.
const SIFFER: usize = 11;

/// Refuses a request in which a text holds a number of the ordinary series, alone or among other words.
pub(crate) fn bare_syntetiske(verdi: &Value) -> Result<(), Feil> {
    // The nesting is bounded where the text was read.
    let ok = match verdi {
        Value::String(tekst) => !har_ordinaert(tekst),
        Value::Array(liste) => return liste.iter().try_for_each(bare_syntetiske),
        Value::Object(felt) => {
            felt.values().try_for_each(bare_syntetiske)?;
            !felt.keys().any(|navn| har_ordinaert(navn))
        }
        // A number that begins with a nought has lost it.
        Value::Number(tall) => !har_ordinaert(&format!("{:0>SIFFER$}", tall.to_string())),
        Value::Null | Value::Bool(_) => true,
    };
    if ok {
        return Ok(());
    }
    Err(Feil::ugyldig(
        "$",
        "har et fødselsnummer eller D-nummer fra den ordinære serien; bruk bare syntetiske personer",
    ))
}

fn har_ordinaert(tekst: &str) -> bool {
    let rekker = tekst.split(|c: char| !c.is_ascii_digit());
    rekker.filter(|rekke| rekke.len() == SIFFER).any(er_ordinaert)
}

fn er_ordinaert(siffer: &str) -> bool {
    Folkeregisteridentifikator::parse(siffer).is_ok_and(|nummer| !nummer.er_syntetisk())
}

#[cfg(test)]
mod tests {
    use identifikator::{Bestilling, Dato, Identifikatortype, Kjoenn, Serie, Tildeler};
    use serde_json::json;

    use super::*;

    fn nummer(serie: Serie) -> String {
        let foedt = Dato::new(1990, 2, 3).unwrap();
        let bestilling = Bestilling::paa_dag(foedt, Identifikatortype::Foedselsnummer, foedt, Kjoenn::Kvinne, serie);
        Tildeler::new().tildel(&bestilling).unwrap().identifikator.to_string()
    }

    #[test]
    fn a_number_that_may_be_somebodys_is_refused_wherever_it_stands_and_not_repeated() {
        let (ekte, syntetisk) = (nummer(Serie::Ordinaer), nummer(Serie::Tenor));
        for verdi in [
            json!(ekte),
            json!({"person": ekte}),
            json!({"a": [{"b": format!("<fnr>{ekte}</fnr>")}]}),
            json!({ekte.clone(): 1}),
            json!(ekte.parse::<u64>().unwrap()),
        ] {
            let feil = bare_syntetiske(&verdi).unwrap_err().to_string();
            assert!(!feil.contains(&ekte), "{feil}");
        }
        bare_syntetiske(&json!({"person": syntetisk, "orgnr": "310000000", "kode": "12345678901"})).unwrap();
    }
}
