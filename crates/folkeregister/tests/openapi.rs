//! Our OpenAPI document beside the public one, fact by fact: nothing is missing, and what is ours alone is listed here.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails panics"
)]

use std::collections::BTreeSet;

use folkeregister::openapi::{Operasjon, Pakkebeskrivelse, dokument};
use saphyr::{LoadableYamlNode, Yaml};
use serde_json::Value;

/// The public document, or `None` when it is absent and that is allowed.
fn publisert() -> Option<Value> {
    let fil = std::env::var_os("PERSONTJENESTEN_KONTRAKTER")
        .map(|k| std::path::PathBuf::from(k).join("folkeregister/offentlig-med-hjemmel-1.5.openapi.yaml"));
    match fil {
        Some(fil) if fil.is_file() => {
            let tekst = std::fs::read_to_string(fil).unwrap();
            Some(til_json(&Yaml::load_from_str(&tekst).unwrap()[0]))
        }
        _ if std::env::var("KREV_ALT").as_deref() == Ok("1") => panic!("KREV_ALT=1 og ingen offentlige kontrakter"),
        _ => {
            // A direct write: the harness keeps what a passing test prints with a macro.
            let _ = std::io::Write::write_fmt(
                &mut std::io::stderr(),
                format_args!("HOPPET OVER: PERSONTJENESTEN_KONTRAKTER peker ikke på de offentlige kontraktene\n"),
            );
            None
        }
    }
}

fn til_json(yaml: &Yaml<'_>) -> Value {
    if let Some(kart) = yaml.as_mapping() {
        let medlem = |(navn, verdi): (&Yaml<'_>, &Yaml<'_>)| (navn.as_str().unwrap().to_owned(), til_json(verdi));
        Value::Object(kart.iter().map(medlem).collect())
    } else if let Some(liste) = yaml.as_sequence() {
        Value::Array(liste.iter().map(til_json).collect())
    } else if let Some(tall) = yaml.as_integer() {
        Value::from(tall)
    } else if let Some(boolsk) = yaml.as_bool() {
        Value::from(boolsk)
    } else {
        Value::from(yaml.as_str().unwrap())
    }
}

fn vaart() -> Value {
    let pakke = Pakkebeskrivelse {
        sti: "folkeregisteret/offentlig-med-hjemmel/api",
        scope: "folkeregister:deling/offentligmedhjemmel",
        tittel: "offentlig med hjemmel",
        operasjoner: &Operasjon::ALLE,
    };
    serde_json::from_slice(&dokument(&pakke)).unwrap()
}

/// Words for people, which are each document's own.
const PROSA: [&str; 4] = ["description", "summary", "tags", "example"];

/// A document as facts: where, and what. Lists whose order says nothing are sets.
fn fakta(verdi: &Value, sted: &str, ut: &mut BTreeSet<String>) {
    match verdi {
        Value::Object(objekt) if !objekt.is_empty() => {
            for (navn, verdi) in objekt.iter().filter(|(navn, _)| !PROSA.contains(&navn.as_str())) {
                fakta(verdi, &format!("{sted}/{navn}"), ut);
            }
        }
        Value::Array(liste) if !liste.is_empty() => {
            for verdi in liste {
                match (verdi.get("name").and_then(Value::as_str), verdi.as_str()) {
                    (Some(navn), _) => fakta(verdi, &format!("{sted}/{navn}"), ut),
                    (None, Some(tekst)) => {
                        ut.insert(format!("{sted}/{tekst}"));
                    }
                    (None, None) => fakta(verdi, sted, ut),
                }
            }
        }
        annet => {
            ut.insert(format!("{sted}={annet}"));
        }
    }
}

fn alle_fakta(dokument: &Value) -> BTreeSet<String> {
    let mut ut = BTreeSet::new();
    fakta(dokument, "", &mut ut);
    ut
}

/// Whether a text fits a pattern, where `*` is any text.
fn passer(moenster: &str, tekst: &str) -> bool {
    let Some((foer, etter)) = moenster.split_once('*') else {
        return moenster == tekst;
    };
    let Some(rest) = tekst.strip_prefix(foer) else {
        return false;
    };
    (0..=rest.len()).any(|n| rest.get(n..).is_some_and(|rest| passer(etter, rest)))
}

/// Facts of the public document that ours does not have, with the reason.
const MANGLER: &[(&str, &str)] = &[
    (
        "/paths//v1/hendelser/bulkoppslag/post/responses/200/content/application/json/schema/$ref=\"#/components/schemas/folkeregisteret.tilgjengeliggjoering.hendelse.v1.DokumentForHendelse\"",
        "a bulk call answers a list",
    ),
    (
        "/paths//v1/hendelser/bulkoppslag/post/responses/200/content/application/xml/schema/$ref=\"#/components/schemas/folkeregisteret.tilgjengeliggjoering.hendelse.v1.DokumentForHendelse\"",
        "a bulk call answers a list",
    ),
    (
        "/paths//v1/personer/bulkoppslag/arkiv/post/responses/200/content/application/json/schema/$ref=\"#/components/schemas/folkeregisteret.tilgjengeliggjoering.person.v1.Folkeregisterperson\"",
        "a bulk call answers a list",
    ),
    (
        "/paths//v1/personer/bulkoppslag/arkiv/post/responses/200/content/application/xml/schema/$ref=\"#/components/schemas/folkeregisteret.tilgjengeliggjoering.person.v1.Folkeregisterperson\"",
        "a bulk call answers a list",
    ),
    (
        "/components/schemas/folkeregisteret.tilgjengeliggjoering.hendelse.v1.KontaktinformasjonForDoedsbo/required/adresse",
        "a package may be refused it",
    ),
    (
        "/components/schemas/folkeregisteret.tilgjengeliggjoering.person.v1.KontaktinformasjonForDoedsbo/required/adresse",
        "a package may be refused it",
    ),
];

/// Facts of our document that the public one does not have, as patterns, with the reason.
const TILLEGG: &[(&str, &str)] = &[
    ("/security/maskinporten=[]", "access is by bearer token"),
    (
        "/components/securitySchemes/maskinporten/*",
        "access is by bearer token",
    ),
    (
        "/components/schemas/folkeregisteret.feil.v1.Feil/*",
        "the general error body of the documentation",
    ),
    (
        "/paths//v1/*/responses/400/content/*",
        "the body of an error that the public document leaves out",
    ),
    (
        "/paths//v1/*/responses/404/content/*",
        "the body of an error that the public document leaves out",
    ),
    (
        "/paths//v1/*/responses/429/content/*",
        "the body of an error that the public document leaves out",
    ),
    (
        "/paths//v1/*/responses/431/content/*",
        "an error that the public document leaves out, with its body",
    ),
    ("/paths//v1/*/responses/429/headers/Retry-After/*", "how long to wait"),
    ("/paths//v1/*/responses/503/headers/Retry-After/*", "how long to wait"),
    (
        "/paths//v1/hendelser/feed/get/responses/200/headers/ETag/*",
        "what If-None-Match repeats",
    ),
    ("/paths//v1/*xsd/get/responses/401/*", "schemas need a token too"),
    ("/paths//v1/*xsd/get/responses/403/*", "schemas need a token too"),
    ("/paths//v1/*/responses/405/*", "status beyond the published ones"),
    ("/paths//v1/*/responses/406/*", "status beyond the published ones"),
    ("/paths//v1/*/post/responses/408/*", "status beyond the published ones"),
    ("/paths//v1/*/post/responses/413/*", "status beyond the published ones"),
    ("/paths//v1/*/responses/414/*", "status beyond the published ones"),
    ("/paths//v1/*/post/responses/415/*", "status beyond the published ones"),
    ("/paths//v1/*/responses/500/*", "status beyond the published ones"),
    ("/paths//v1/*/responses/503/*", "status beyond the published ones"),
    (
        "/paths//v1/hendelser/bulkoppslag/post/responses/200/content/*",
        "a bulk call answers a list",
    ),
    (
        "/paths//v1/personer/bulkoppslag/arkiv/post/responses/200/content/*",
        "a bulk call answers a list",
    ),
    (
        "/components/schemas/*.v1.NavnFoedselsdato/*",
        "later than 1.5: news 2023-06-29",
    ),
    (
        "/components/schemas/*.v1.Tjenesteomraade/*",
        "later than 1.5: news 2023-06-29",
    ),
    (
        "/components/schemas/*.v1.RettsligHandleevne/*",
        "later than 1.5: news 2023-08-28",
    ),
    (
        "/components/schemas/*.person.v1.FratattRettsligHandleevne/*",
        "later than 1.5: news 2022-06-30",
    ),
    (
        "/components/schemas/*.v1.VergeRepresentantEllerFullmektig/properties/navnFoedselsdato/*",
        "later than 1.5: news 2023-06-29",
    ),
    (
        "/components/schemas/*.v1.VergeRepresentantEllerFullmektig/properties/tjenesteomraade/*",
        "later than 1.5: news 2023-06-29",
    ),
    (
        "/components/schemas/*.person.v1.Folkeregisterperson/properties/rettsligHandleevne/*",
        "later than 1.5: news 2023-08-28",
    ),
    (
        "/components/schemas/*.person.v1.Folkeregisterperson/properties/fratattRettsligHandleevne/*",
        "later than 1.5: news 2022-06-30",
    ),
    (
        "/components/schemas/*.hendelse.v1.Registerdata/properties/rettsligHandleevne/*",
        "later than 1.5: news 2023-11-01",
    ),
    (
        "/components/schemas/*.hendelse.v1.Registerdata/properties/entitet/enum/rettsligHandleevne",
        "later than 1.5: news 2023-11-01",
    ),
    (
        "/components/schemas/*.hendelse.v1.Registerdata/properties/entitet/enum/oppholdPaaSvalbard",
        "the property exists in 1.5, the name of its entity does not",
    ),
    (
        "/components/schemas/*.hendelse.v1.Hendelse/properties/hendelsestype/enum/endringIRettsligHandleevne",
        "later than 1.5: events document 1.8",
    ),
    (
        "/components/schemas/*.person.v1.Identitetsgrunnlag/properties/identitetsgrunnlagstatus/enum/unik",
        "later than 1.5: news 2026-07-07",
    ),
    (
        "/components/schemas/*.hendelse.v1.Identitetsgrunnlag/properties/legitimasjonskontroll/enum/unik",
        "later than 1.5: news 2026-07-07",
    ),
];

#[test]
fn all_that_the_public_document_says_ours_says_too() {
    let Some(publisert) = publisert() else { return };
    let (publisert, vaart) = (alle_fakta(&publisert), alle_fakta(&vaart()));
    assert!(
        publisert.len() > 2_000,
        "the public document was not read: {} facts",
        publisert.len()
    );
    let mangler: BTreeSet<&str> = publisert.difference(&vaart).map(String::as_str).collect();
    let avtalt: BTreeSet<&str> = MANGLER.iter().map(|(faktum, _)| *faktum).collect();
    assert_eq!(mangler, avtalt);
}

#[test]
fn ours_says_nothing_more_than_is_listed() {
    let Some(publisert) = publisert() else { return };
    let (publisert, vaart) = (alle_fakta(&publisert), alle_fakta(&vaart()));
    let mut brukt = vec![false; TILLEGG.len()];
    let mut uventet = Vec::new();
    for faktum in vaart.difference(&publisert) {
        let treff: Vec<usize> = (0..TILLEGG.len()).filter(|nr| passer(TILLEGG[*nr].0, faktum)).collect();
        if treff.is_empty() {
            uventet.push(faktum);
        }
        for nr in treff {
            brukt[nr] = true;
        }
    }
    assert_eq!(uventet, Vec::<&String>::new());
    let ubrukt: Vec<&str> = TILLEGG
        .iter()
        .zip(brukt)
        .filter(|(_, b)| !b)
        .map(|((m, _), _)| *m)
        .collect();
    assert_eq!(ubrukt, Vec::<&str>::new(), "listed, but not a difference");
}

#[test]
fn the_two_have_the_same_paths_and_ours_has_every_schema() {
    let Some(publisert) = publisert() else { return };
    let vaart = vaart();
    let navn = |dokument: &Value, sted: &str| -> BTreeSet<String> {
        dokument
            .pointer(sted)
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(navn(&vaart, "/paths"), navn(&publisert, "/paths"));
    let (publiserte, vaare) = (
        navn(&publisert, "/components/schemas"),
        navn(&vaart, "/components/schemas"),
    );
    assert_eq!(publiserte.len(), 122);
    let senere: Vec<&str> = vaare
        .difference(&publiserte)
        .map(|n| n.rsplit('.').next().unwrap())
        .collect();
    assert_eq!(
        senere,
        [
            "Feil",
            "NavnFoedselsdato",
            "RettsligHandleevne",
            "Tjenesteomraade",
            "FratattRettsligHandleevne",
            "NavnFoedselsdato",
            "RettsligHandleevne",
            "Tjenesteomraade",
        ]
    );
    assert_eq!(publiserte.difference(&vaare).count(), 0);
}

#[test]
fn a_pattern_is_met_by_what_it_says_and_nothing_else() {
    for (moenster, tekst, ventet) in [
        ("a*c", "abc", true),
        ("a*c", "ac", true),
        ("a*c", "abcd", false),
        ("a*", "abcd", true),
        ("a", "ab", false),
        ("*.v1.X/*", "/p.v1.X/y", true),
        ("*.v1.X/*", "/p.v1.XY/y", false),
    ] {
        assert_eq!(passer(moenster, tekst), ventet, "{moenster} {tekst}");
    }
}
