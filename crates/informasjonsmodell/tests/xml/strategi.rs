//! Arbitrary documents, made from the tables: whatever the model can say, a generated document may say.

use informasjonsmodell::skjema::{Art, Felt, Skjema, Tekstform};
use informasjonsmodell::{Dato, Entitet, Forskyvning, Persondokument, Registermetadata, Tidspunkt};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::string::string_regex;
use serde_json::{Map, Value};

static METADATA: [Felt; 6] = Registermetadata::FELTER;

/// A document as JSON: every entity may occur, every field may be absent that may be absent.
pub fn dokument() -> BoxedStrategy<Value> {
    let entiteter: Vec<BoxedStrategy<Option<Value>>> = Entitet::ALLE
        .iter()
        .map(|entitet| {
            let oppfoering = oppfoering(entitet.skjema());
            let verdi = if entitet.er_liste() {
                prop::collection::vec(oppfoering, 1..3).prop_map(Value::Array).boxed()
            } else {
                oppfoering
            };
            prop::option::weighted(0.15, verdi).boxed()
        })
        .collect();
    entiteter
        .prop_map(|verdier| {
            let med_navn = Entitet::ALLE.iter().zip(verdier);
            Value::Object(med_navn.filter_map(|(e, v)| Some((e.navn().to_owned(), v?))).collect())
        })
        .boxed()
}

/// The same, read.
pub fn lest_dokument() -> BoxedStrategy<Persondokument> {
    dokument().prop_map(|verdi| Persondokument::les(verdi).unwrap()).boxed()
}

/// One entry with registermetadata.
fn oppfoering(skjema: &'static Skjema) -> BoxedStrategy<Value> {
    (felter(&METADATA, &[]), felter(skjema.felter, skjema.valg))
        .prop_map(|(mut metadata, felter)| {
            metadata.extend(felter);
            Value::Object(metadata)
        })
        .boxed()
}

fn felter(felter: &'static [Felt], valg: &'static [&'static str]) -> BoxedStrategy<Map<String, Value>> {
    let verdier: Vec<BoxedStrategy<Option<Value>>> = felter
        .iter()
        .map(|felt| {
            let verdi = if felt.liste {
                prop::collection::vec(verdi(felt.art), 1..4)
                    .prop_map(Value::Array)
                    .boxed()
            } else {
                verdi(felt.art)
            };
            if felt.krevd {
                verdi.prop_map(Some).boxed()
            } else {
                prop::option::of(verdi).boxed()
            }
        })
        .collect();
    (verdier, any::<Index>())
        .prop_map(move |(verdier, valgt)| {
            let valgt = if valg.is_empty() {
                ""
            } else {
                valg[valgt.index(valg.len())]
            };
            felter
                .iter()
                .zip(verdier)
                .filter(|(felt, _)| !valg.contains(&felt.navn) || felt.navn == valgt)
                .filter_map(|(felt, verdi)| Some((felt.navn.to_owned(), verdi?)))
                .collect()
        })
        .boxed()
}

fn verdi(art: Art) -> BoxedStrategy<Value> {
    match art {
        Art::Tekst(form) => tekst(form).prop_map(Value::from).boxed(),
        Art::Heltall => any::<i64>().prop_map(Value::from).boxed(),
        Art::Boolsk => any::<bool>().prop_map(Value::from).boxed(),
        Art::Dato => (-300_000i32..300_000)
            .prop_map(|dager| Value::from(Dato::fra_dager(dager).unwrap().to_string()))
            .boxed(),
        Art::Tidspunkt => (
            -20_000_000_000i64..200_000_000_000,
            0u32..1_000_000_000,
            0u8..=9,
            -840i16..=840,
        )
            .prop_map(|(s, n, siffer, minutter)| {
                let enhet = 10u32.pow(9 - u32::from(siffer));
                let tid = Tidspunkt::new(s, n / enhet * enhet, siffer, Forskyvning::Minutter(minutter));
                Value::from(tid.unwrap().to_string())
            })
            .boxed(),
        Art::Kode(liste) => {
            let verdier: Vec<&str> = liste.verdier.iter().chain(liste.senere).copied().collect();
            prop::sample::select(verdier).prop_map(Value::from).boxed()
        }
        Art::Objekt(skjema) => felter(skjema.felter, skjema.valg).prop_map(Value::Object).boxed(),
    }
}

fn tekst(form: &'static Tekstform) -> BoxedStrategy<String> {
    match (form.navn, form.moenster) {
        // xsd:gYear knows no year 0, and the model no years before 1000 either where it can tell.
        ("Aarstall", _) => string_regex("[1-9][0-9]{3}").unwrap().boxed(),
        (_, Some(moenster)) => string_regex(moenster).unwrap().boxed(),
        (_, None) => string_regex("[a-zA-ZæøåÆØÅšŋ &<>\"'\\]\\[/\\\\\t\n.,0-9\u{FF21}\u{10348}-]{0,12}")
            .unwrap()
            .boxed(),
    }
}
