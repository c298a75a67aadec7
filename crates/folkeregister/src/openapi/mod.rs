//! Our own OpenAPI document, one for each rettighetspakke, made from the tables of the model.
//!
//! It says what the public one says for the same operations, and what came after it. The two are compared in a test, name
//! by name; what stands in ours alone is a list there. A newcomer's mistake is to look for rights here: which operations a
//! package has is told from outside, and which fields it sees is not in the document at all, since every package has the
//! same shapes.
//!
//! ```
//! use folkeregister::openapi::{Operasjon, Pakkebeskrivelse, dokument};
//!
//! let pakke = Pakkebeskrivelse {
//!     sti: "folkeregisteret/api/privat",
//!     scope: "folkeregister:deling/privat",
//!     tittel: "privat virksomhet",
//!     operasjoner: &[Operasjon::EntydigSoek, Operasjon::HentFeedSide],
//! };
//! let json = String::from_utf8(dokument(&pakke))?;
//! assert!(json.contains(r#""/v1/personer/entydigsoek":{"get""#));
//! # Ok::<(), std::string::FromUtf8Error>(())
//! ```

mod aapen;
mod faste;
mod operasjon;
mod parameter;
mod ruter;
mod skjemaer;
mod svar;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

pub use aapen::{AapenOperasjon, dokument_for_aapne};
pub use operasjon::Operasjon;
pub use ruter::{NYHETER, for_pakke, ruter};
pub use svar::{Feilkropp, STATUSER, Status};

/// Version of the public document that ours answers to.
pub const VERSJON: &str = "1.5";

/// What a document is made from.
#[derive(Clone, Copy, Debug)]
pub struct Pakkebeskrivelse<'a> {
    /// Path below the host, without slashes at the ends.
    pub sti: &'a str,
    /// The Maskinporten scope that opens the package.
    pub scope: &'a str,
    /// Its name for people.
    pub tittel: &'a str,
    /// What it may call.
    pub operasjoner: &'a [Operasjon],
}

/// Makes the document of a package, as JSON.
///
/// Shape: OpenAPI 3.0.1. The same package gives the same bytes: paths, schemas and their properties in the order of their
/// names, enumerations in the order of the contract. Holds the schemas that its operations need, and no others. Made once
/// for each package and kept; making it is slow.
/// Source: OpenAPI 1.5 "offentlig med hjemmel"; information model for what is later.
#[must_use]
pub fn dokument(pakke: &Pakkebeskrivelse<'_>) -> Vec<u8> {
    let stier = stier(pakke);
    let mut alle = skjemaer::alle();
    alle.extend(faste::alle());
    let brukte = brukte(&stier, &alle);
    alle.retain(|navn, _| brukte.contains(navn));
    alle.sort_keys();
    let dokument = json!({
        "openapi": "3.0.1",
        "info": {
            "title": format!("Folkeregisteret - {}", pakke.tittel),
            "description": "Oppslag, søk, hendelser og uttrekk for én rettighetspakke. Hvilke felt som leveres, følger av \
                            rettighetspakken; et felt den ikke har, er utelatt.",
            "version": VERSJON,
        },
        "servers": [{"url": format!("/{}", pakke.sti), "description": "Rettighetspakkens adresse"}],
        "security": [{SIKKERHET: []}],
        "paths": stier,
        "components": {
            "schemas": alle,
            "securitySchemes": {
                SIKKERHET: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": format!("Access token fra Maskinporten med scope {}.", pakke.scope),
                },
            },
        },
    });
    dokument.to_string().into_bytes()
}

/// Name of the security scheme.
const SIKKERHET: &str = "maskinporten";

/// Where the schemas stand.
const SKJEMASTED: &str = "#/components/schemas/";

/// A reference to a schema.
fn referanse(navn: &str) -> Value {
    json!({"$ref": format!("{SKJEMASTED}{navn}")})
}

fn stier(pakke: &Pakkebeskrivelse<'_>) -> Map<String, Value> {
    let mut stier = Map::new();
    for &operasjon in pakke.operasjoner {
        // No two operations have the same path, so a path has one method.
        let beskrivelse = operasjon.beskriv(pakke.tittel);
        stier.insert(operasjon.sti().to_owned(), json!({operasjon.metode(): beskrivelse}));
    }
    stier.sort_keys();
    stier
}

/// The schemas that the operations refer to, and those that these refer to.
fn brukte(stier: &Map<String, Value>, alle: &Map<String, Value>) -> BTreeSet<String> {
    let mut funnet = BTreeSet::new();
    let mut igjen: Vec<&Value> = stier.values().collect();
    while let Some(verdi) = igjen.pop() {
        match verdi {
            Value::Object(objekt) => {
                let navn = objekt
                    .get("$ref")
                    .and_then(Value::as_str)
                    .and_then(|r| r.strip_prefix(SKJEMASTED));
                if let Some(navn) = navn
                    && funnet.insert(navn.to_owned())
                {
                    igjen.extend(alle.get(navn));
                }
                igjen.extend(objekt.values());
            }
            Value::Array(liste) => igjen.extend(liste),
            _ => {}
        }
    }
    funnet
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALT: Pakkebeskrivelse<'static> = Pakkebeskrivelse {
        sti: "folkeregisteret/offentlig-med-hjemmel/api",
        scope: "folkeregister:deling/offentligmedhjemmel",
        tittel: "offentlig med hjemmel",
        operasjoner: &Operasjon::ALLE,
    };

    fn les(pakke: &Pakkebeskrivelse<'_>) -> Value {
        serde_json::from_slice(&dokument(pakke)).unwrap()
    }

    #[test]
    fn the_same_package_gives_the_same_bytes_in_the_order_of_names() {
        assert_eq!(dokument(&ALT), dokument(&ALT));
        let mut bakvendt = Operasjon::ALLE;
        bakvendt.reverse();
        let bakvendt = Pakkebeskrivelse {
            operasjoner: &bakvendt,
            ..ALT
        };
        assert_eq!(dokument(&ALT), dokument(&bakvendt));
        let dokument = les(&ALT);
        for sted in ["/paths", "/components/schemas"] {
            assert!(
                dokument.pointer(sted).unwrap().as_object().unwrap().keys().is_sorted(),
                "{sted}"
            );
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_schema_is_used() {
        for antall in 0..=Operasjon::ALLE.len() {
            let dokument = les(&Pakkebeskrivelse {
                operasjoner: &Operasjon::ALLE[..antall],
                ..ALT
            });
            let skjemaer = dokument["components"]["schemas"].as_object().unwrap();
            let brukte = brukte(dokument["paths"].as_object().unwrap(), skjemaer);
            assert_eq!(brukte, skjemaer.keys().cloned().collect(), "{antall}");
        }
    }

    #[test]
    fn a_package_shows_its_own_operations_path_and_scope() {
        let dokument = les(&Pakkebeskrivelse {
            sti: "folkeregisteret/api/privat",
            scope: "folkeregister:deling/privat",
            tittel: "privat virksomhet",
            operasjoner: &[Operasjon::HentFeedSide],
        });
        assert_eq!(dokument["servers"][0]["url"], "/folkeregisteret/api/privat");
        assert_eq!(dokument["info"]["title"], "Folkeregisteret - privat virksomhet");
        let stier: Vec<&String> = dokument["paths"].as_object().unwrap().keys().collect();
        assert_eq!(stier, ["/v1/hendelser/feed"]);
        let tekst = dokument["components"]["securitySchemes"]["maskinporten"]["description"]
            .as_str()
            .unwrap();
        assert!(tekst.contains("folkeregister:deling/privat."));
        assert!(!dokument.to_string().contains("person.v1.Folkeregisterperson"));
    }

    #[test]
    fn every_operation_has_an_id_and_a_path_of_its_own() {
        let ider: BTreeSet<&str> = Operasjon::ALLE.iter().map(|o| o.id()).collect();
        let stier: BTreeSet<&str> = Operasjon::ALLE.iter().map(|o| o.sti()).collect();
        assert_eq!((ider.len(), stier.len()), (16, 16));
    }
}
