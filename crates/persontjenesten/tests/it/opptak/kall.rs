//! What is asked in a recording: every operation with what it takes, and each way it refuses.
//!
//! A newcomer's mistake is to write an id in a call: ids are each store's own. `{id:3}` and `{nin:3}` stand for the fourth person of the
//! recording, `{id:siste}` for the one who was merged.

use persontjenesten::Versjon;
use persontjenesten::openapi::{Omfang, Operasjon};
use serde_json::{Value, json};

use super::kilde::Kilde;
use crate::api::alle_deler;
use crate::api::oppsett::{MED, UTEN};

/// A call, as it is recorded.
#[derive(Clone, Debug)]
pub struct Spurt {
    pub navn: String,
    /// Organisation; none: no token.
    pub hvem: Option<String>,
    /// The branch whose token is shown.
    pub token: Option<Omfang>,
    pub sti: String,
    pub skjema: Option<String>,
    pub hoder: Vec<(String, String)>,
}

impl Spurt {
    pub fn til_json(&self) -> Value {
        json!({"name": self.navn, "caller": self.hvem, "scope": self.token.map(Omfang::scope), "path": self.sti,
            "form": self.skjema, "headers": self.hoder})
    }

    pub fn les(verdi: &Value) -> Self {
        let tekst = |v: &Value| v.as_str().map(str::to_owned);
        let scope = tekst(&verdi["scope"]);
        let hoder = verdi["headers"].as_array().unwrap();
        Spurt {
            navn: tekst(&verdi["name"]).unwrap(),
            hvem: tekst(&verdi["caller"]),
            token: scope.map(|scope| Omfang::ALLE.into_iter().find(|o| o.scope() == scope).unwrap()),
            sti: tekst(&verdi["path"]).unwrap(),
            skjema: tekst(&verdi["form"]),
            hoder: hoder
                .iter()
                .map(|h| (tekst(&h[0]).unwrap(), tekst(&h[1]).unwrap()))
                .collect(),
        }
    }
}

/// The token of another branch of the version.
fn annen(omfang: Omfang) -> Omfang {
    let annen = Omfang::ALLE
        .into_iter()
        .find(|o| o.versjon() == omfang.versjon() && *o != omfang);
    annen.unwrap()
}

/// Everything that is asked of an operation in a branch.
pub fn alle(operasjon: Operasjon, omfang: Option<Omfang>, kilde: &Kilde) -> Vec<Spurt> {
    let Some(omfang) = omfang else {
        return vec![
            ny("ok", None, None, operasjon.sti(), None),
            Spurt {
                hoder: vec![("api-version".into(), "9".into())],
                ..ny("version", None, None, operasjon.sti(), None)
            },
        ];
    };
    let versjon = omfang.versjon();
    let mut ut = Vec::new();
    for (navn, hvem, rest, skjema) in gode(operasjon, versjon, kilde)
        .into_iter()
        .chain(avslag(operasjon, versjon))
    {
        let sti = format!("{}{}{rest}", omfang.sti(), operasjon_sti(operasjon));
        ut.push(ny(navn, Some(hvem), Some(omfang), &sti, skjema.as_deref()));
    }
    // The first good one, and everything that the door says no to.
    let god = ut[0].clone();
    ut.push(Spurt {
        navn: "no-token".into(),
        hvem: None,
        token: None,
        ..god.clone()
    });
    ut.push(Spurt {
        navn: "other-scope".into(),
        token: Some(annen(omfang)),
        ..god.clone()
    });
    ut.push(Spurt {
        navn: "version".into(),
        hoder: vec![("api-version".into(), "9".into())],
        ..god.clone()
    });
    ut.push(Spurt {
        navn: "accept".into(),
        hoder: vec![("accept".into(), "text/plain".into())],
        ..god.clone()
    });
    if god.skjema.is_some() {
        ut.push(Spurt {
            navn: "no-form".into(),
            hoder: vec![("content-type".into(), "text/plain".into())],
            ..god
        });
    }
    ut
}

fn ny(navn: &str, hvem: Option<&str>, token: Option<Omfang>, sti: &str, skjema: Option<&str>) -> Spurt {
    Spurt {
        navn: navn.to_owned(),
        hvem: hvem.map(str::to_owned),
        token,
        sti: sti.to_owned(),
        skjema: skjema.map(str::to_owned),
        hoder: Vec::new(),
    }
}

// Without the id, which what comes after begins with.
fn operasjon_sti(operasjon: Operasjon) -> &'static str {
    operasjon.sti().strip_suffix("/{id}").unwrap_or(operasjon.sti())
}

type Kall = (&'static str, &'static str, String, Option<String>);

/// What is answered with 200, or as nothing to show.
fn gode(operasjon: Operasjon, versjon: Versjon, kilde: &Kilde) -> Vec<Kall> {
    let alt = format!("?{}&includeHistory=true", alle_deler());
    let naa = format!("?{}", alle_deler());
    let antall = kilde.personer().len();
    let ider: Vec<String> = (0..antall).map(|nr| format!("{{id:{nr}}}")).collect();
    let numre: Vec<String> = (1..6).map(|nr| format!("{{nin:{nr}}}")).collect();
    let etternavn = kilde.av("navn", "etternavn");
    let skjema = |tekst: &str| Some(tekst.to_owned());
    match operasjon {
        Operasjon::EventLatest => vec![("ok", MED, String::new(), None)],
        Operasjon::Event => {
            let mut ut = vec![
                ("ok", MED, String::new(), None),
                ("from", MED, "?sequenceNumber=5".to_owned(), None),
                (
                    "types",
                    MED,
                    "?eventTypes=ChangeInName,ChangeInCitizenship".to_owned(),
                    None,
                ),
                ("end", MED, "?sequenceNumber=999999".to_owned(), None),
            ];
            if versjon == Versjon::V3 {
                ut.push(("limit", MED, "?maxLimit=2".to_owned(), None));
            }
            ut
        }
        Operasjon::PersonById => vec![
            ("ok", MED, format!("/{{id:0}}{alt}"), None),
            ("current", MED, format!("/{{id:0}}{naa}"), None),
            ("ungraded", UTEN, format!("/{{id:1}}{alt}"), None),
            ("merged", MED, format!("/{{id:siste}}{alt}"), None),
            (
                "nobody",
                MED,
                format!("/00000000-0000-0000-0000-000000000000{naa}"),
                None,
            ),
        ],
        Operasjon::PersonGetByNin => vec![
            ("ok", MED, alt.clone(), skjema("nin={nin:1}")),
            ("merged", MED, naa.clone(), skjema("nin={nin:siste}")),
            ("nobody", MED, naa, skjema("nin=00000000000")),
        ],
        Operasjon::PersonBulkById => vec![
            ("ok", MED, alt, Some(format!("personIds={}", ider.join(",")))),
            (
                "current",
                UTEN,
                naa.clone(),
                Some(format!("personIds={}", ider[2..8].join(","))),
            ),
            ("nobody", MED, naa, skjema("personIds=x")),
        ],
        Operasjon::PersonBulkByNin => vec![
            ("ok", MED, alt, Some(format!("nins={}", numre.join(",")))),
            ("nobody", MED, naa, skjema("nins=00000000000")),
        ],
        Operasjon::SearchPerson => {
            let dato = kilde.av("foedsel", "foedselsdato");
            vec![
                (
                    "ok",
                    MED,
                    naa.clone(),
                    Some(format!("FamilyName={etternavn}&BirthDate={dato}")),
                ),
                ("nobody", MED, naa, skjema("FamilyName=Finnesikke&BirthDate=1900-01-01")),
            ]
        }
        Operasjon::SearchMatchList => vec![
            ("ok", MED, String::new(), Some(format!("FamilyName={etternavn}"))),
            ("nobody", MED, String::new(), skjema("FamilyName=Finnesikke")),
        ],
        Operasjon::SearchPagedMatchList => vec![
            ("ok", MED, String::new(), skjema("PageSize=5")),
            ("next", MED, String::new(), skjema("PageSize=5&IndexOffset=5")),
            ("name", MED, String::new(), Some(format!("FamilyName={etternavn}"))),
        ],
        Operasjon::SearchMatchCount => vec![
            ("ok", MED, String::new(), skjema("")),
            ("name", MED, String::new(), Some(format!("FamilyName={etternavn}"))),
        ],
        Operasjon::Ping => Vec::new(),
    }
}

/// What is refused for what it says.
fn avslag(operasjon: Operasjon, versjon: Versjon) -> Vec<Kall> {
    let uten = |skjema: &str| ("no-parts", MED, String::new(), Some(skjema.to_owned()));
    match operasjon {
        Operasjon::EventLatest | Operasjon::Ping => Vec::new(),
        Operasjon::Event => {
            let mut ut = vec![
                ("bad-number", MED, "?sequenceNumber=0".to_owned(), None),
                ("bad-type", MED, "?eventTypes=Nonsense".to_owned(), None),
            ];
            if versjon == Versjon::V3 {
                ut.push(("bad-limit", MED, "?maxLimit=0".to_owned(), None));
            }
            ut
        }
        Operasjon::PersonById => vec![
            ("no-parts", MED, "/{id:0}".to_owned(), None),
            ("bad-part", MED, "/{id:0}?informationParts=Nonsense".to_owned(), None),
        ],
        Operasjon::PersonGetByNin => vec![
            uten("nin={nin:0}"),
            ("nothing", MED, "?informationParts=Name".into(), Some(String::new())),
        ],
        Operasjon::PersonBulkById => vec![
            uten("personIds={id:0}"),
            ("nothing", MED, "?informationParts=Name".into(), Some(String::new())),
        ],
        Operasjon::PersonBulkByNin => vec![
            uten("nins={nin:0}"),
            ("nothing", MED, "?informationParts=Name".into(), Some(String::new())),
        ],
        Operasjon::SearchPerson => vec![
            uten("FamilyName=Nordmann&BirthDate=1990"),
            (
                "rules",
                MED,
                "?informationParts=Name".into(),
                Some("FamilyName=Nordmann".into()),
            ),
        ],
        Operasjon::SearchMatchList | Operasjon::SearchMatchCount => {
            vec![("bad-pattern", MED, String::new(), Some("PostalCode=x".into()))]
        }
        Operasjon::SearchPagedMatchList => vec![("bad-size", MED, String::new(), Some("PageSize=0".into()))],
    }
}
