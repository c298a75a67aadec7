//! The translation read backwards by the table: what the English document says, in the register's words.
//!
//! A reader of its own, over values, and so a second judge of the translator.

use persontjenesten::oversettelse::tabell::{Antall, Felt, Form, Kilde, Skjema};
use serde_json::{Map, Value};

/// The Norwegian object of an English one, what is added left out.
pub fn objekt(engelsk: &Value, skjema: &Skjema) -> Value {
    let engelsk = engelsk
        .as_object()
        .unwrap_or_else(|| panic!("{} er ikke et objekt", skjema.navn));
    let mut ut = Map::new();
    let mut forrige = None;
    for (navn, verdi) in engelsk {
        let nr = skjema.felter.iter().position(|f| f.navn == navn);
        let nr = nr.unwrap_or_else(|| panic!("{}.{navn} er ikke i tabellen", skjema.navn));
        assert!(forrige < Some(nr), "{}.{navn} kommer for sent", skjema.navn);
        forrige = Some(nr);
        let felt = &skjema.felter[nr];
        if let Kilde::Freg(norsk) = felt.kilde {
            assert!(ut.insert(norsk.to_owned(), verdien(verdi, felt)).is_none());
        }
    }
    Value::Object(ut)
}

fn verdien(engelsk: &Value, felt: &Felt) -> Value {
    match felt.antall {
        Antall::En => en(engelsk, felt),
        Antall::Liste => engelsk.as_array().unwrap().iter().map(|v| en(v, felt)).collect(),
        Antall::Foerste | Antall::Eneste => Value::Array(vec![en(engelsk, felt)]),
    }
}

fn en(engelsk: &Value, felt: &Felt) -> Value {
    match felt.form {
        Form::Dato => {
            let tid = engelsk.as_str().unwrap();
            let dato = tid.strip_suffix("T00:00:00Z");
            dato.unwrap_or_else(|| panic!("{} er ikke midnatt", felt.navn)).into()
        }
        Form::Kode(liste) => {
            let engelsk = engelsk.as_str().unwrap();
            let kode = liste.koder.iter().find(|k| k.engelsk == engelsk);
            kode.unwrap_or_else(|| panic!("{} har en ukjent verdi", felt.navn))
                .norsk
                .into()
        }
        Form::Objekt(skjema) => objekt(engelsk, skjema),
        Form::Tekst | Form::Tidspunkt => engelsk.as_str().unwrap().into(),
        Form::Heltall | Form::Heltall32 => engelsk.as_i64().unwrap().into(),
        Form::Boolsk => engelsk.as_bool().unwrap().into(),
    }
}

/// The names of all fields that a document has, as `Schema.field`.
pub fn brukte(
    engelsk: &Value,
    skjema: &'static Skjema,
    ut: &mut std::collections::BTreeSet<(&'static str, &'static str)>,
) {
    for felt in skjema.felter {
        let Some(verdi) = engelsk.get(felt.navn) else { continue };
        ut.insert((skjema.navn, felt.navn));
        if let Form::Objekt(under) = felt.form {
            match verdi {
                Value::Array(liste) => liste.iter().for_each(|v| brukte(v, under, ut)),
                annet => brukte(annet, under, ut),
            }
        }
    }
}
