//! The documents that senders are told by: which one, and what it says.
//!
//! Source: folkeregister reference 9.3, and the three schemas of `meldinger`.

use std::sync::LazyLock;

use meldinger::tre::Element;
use meldinger::{Meldingstype, Svardokument, Tilbakemelding as Slag};
use saksbehandling::{Grunn, Hva, Sak, Tilbakemelding};
use serde_json::{Map, Value, json};

use super::feil::Feil;

/// An element with text.
pub(super) fn tekst(navn: &str, verdi: &str) -> Element {
    let mut ut = Element::new("", navn);
    verdi.clone_into(&mut ut.tekst);
    ut
}

/// An element with others.
pub(super) fn med(navn: &str, barn: Vec<Element>) -> Element {
    let mut ut = Element::new("", navn);
    ut.barn = barn;
    ut
}

/// Puts an element, and all in it, in a namespace.
pub(super) fn i_navnerom(element: &mut Element, navnerom: &str) {
    navnerom.clone_into(&mut element.navnerom);
    element.barn.iter_mut().for_each(|barn| i_navnerom(barn, navnerom));
}

/// A root and its namespace.
type Rot = (String, String);

// Those of each, read from the schemas once.
static ROETTER: LazyLock<Vec<(Svardokument, Option<Rot>)>> = LazyLock::new(|| {
    let rot = |dokument: Svardokument| -> Option<Rot> {
        let skjema = dokument.skjema().ok()?;
        let (rot, _) = skjema.roetter.first()?;
        Some((rot.clone(), skjema.navnerom))
    };
    Svardokument::ALLE.into_iter().map(|d| (d, rot(d))).collect()
});

/// Which document tells of a case: a change of somebody with a D-number that somebody has had to look at is told of as others
/// are.
fn slag(sak: &Sak) -> Svardokument {
    match sak.meldingstype().map(Meldingstype::tilbakemelding) {
        Some(Slag::DNummer) => Svardokument::DNummer,
        Some(Slag::EndringAvDNummer) if !har_ventet(sak) => Svardokument::EndringAvDNummer,
        _ => Svardokument::Folkeregistrering,
    }
}

fn har_ventet(sak: &Sak) -> bool {
    sak.hendelser
        .iter()
        .any(|h| matches!(h.hva, Hva::TilManuellBehandling { .. }))
}

/// The document of an item: what the contract's schema says that it must be.
pub(super) fn dokument(t: &Tilbakemelding) -> Result<Element, Feil> {
    let slag = slag(&t.sak);
    let barn = match slag {
        Svardokument::DNummer => vec![med("sak", saken(&t.sak)), om_dnummer(t)?],
        Svardokument::EndringAvDNummer => vec![med("sak", saken(&t.sak)), om_endring(t)],
        Svardokument::Folkeregistrering => {
            let mut barn = vec![tekst("sakstype", &t.sak.ressurs)];
            barn.extend(saken(&t.sak));
            barn.push(om_folkeregistrering(t));
            barn
        }
    };
    let rot = ROETTER
        .iter()
        .find(|(d, _)| *d == slag)
        .and_then(|(_, rot)| rot.as_ref());
    let (rot, navnerom) = rot.ok_or(Feil::Intern)?;
    let mut ut = med(rot, barn);
    i_navnerom(&mut ut, navnerom);
    Ok(ut)
}

fn saken(sak: &Sak) -> Vec<Element> {
    let mut ut = vec![
        tekst("saksnummer", &sak.saksnummer()),
        tekst("opprettet", &sak.opprettet),
    ];
    ut.extend(sak.saksreferanse.as_deref().map(|r| tekst("avsendersSaksreferanse", r)));
    ut.push(med(
        "meldingsreferanse",
        vec![
            tekst("avsendersMeldingsidentifikator", &sak.melding),
            tekst("folkeregisterReferanse", &sak.referanse),
        ],
    ));
    ut
}

fn navnene(grunner: &[Grunn], ellers: &str) -> String {
    let alle: Vec<&str> = grunner.iter().map(|g| g.navn()).collect();
    if alle.is_empty() {
        ellers.to_owned()
    } else {
        alle.join(". ")
    }
}

fn ja(er: bool) -> &'static str {
    if er { "true" } else { "false" }
}

// Whoever waits is told one of two reasons, the more serious first (our choice): a number that is another's.
fn om_dnummer(t: &Tilbakemelding) -> Result<Element, Feil> {
    Ok(match &t.hendelse.hva {
        Hva::TilManuellBehandling { frist, grunner } => {
            let grunn = grunner
                .iter()
                .filter(|g| g.er_om_dnummer())
                .max_by_key(|g| **g == Grunn::DufNummerIBruk);
            let grunn = grunn.ok_or(Feil::Intern)?;
            med(
                "sakTilManuellBehandling",
                vec![tekst("saksfrist", frist), tekst("begrunnelse", grunn.kode())],
            )
        }
        Hva::Beslutning {
            beslutning,
            resultat,
            grunner,
            opprettet,
            gjelder,
            gyldig,
        } => {
            let gyldig = gyldig.as_deref().unwrap_or(&t.hendelse.tidspunkt);
            let resultat = match opprettet {
                Some(ny) => med(
                    "skalTildeleDNummer",
                    vec![
                        tekst("dNummer", &ny.nummer),
                        tekst("registreringstidspunkt", &t.hendelse.tidspunkt),
                        tekst("gyldighetstidspunkt", gyldig),
                        tekst("tildeltDnummerAvvikerFraFoedselsdato", ja(ny.avviker)),
                    ],
                ),
                None => {
                    let mut deler = vec![tekst("begrunnelse", &navnene(grunner, resultat.beskrivelse()))];
                    deler.extend(gjelder.as_deref().map(|nr| tekst("eksisterendeIdNummer", nr)));
                    med("skalIkkeTildeleDNummer", deler)
                }
            };
            med(
                "saksbeslutning",
                vec![
                    tekst("beslutning", beslutning.kode()),
                    tekst("beslutningstidspunkt", &t.hendelse.tidspunkt),
                    resultat,
                ],
            )
        }
    })
}

fn om_endring(t: &Tilbakemelding) -> Element {
    let mut deler = Vec::new();
    if let Hva::Beslutning {
        beslutning,
        resultat,
        grunner,
        gjelder,
        gyldig,
        ..
    } = &t.hendelse.hva
    {
        let gyldig = gyldig.as_deref().unwrap_or(&t.hendelse.tidspunkt);
        deler.push(tekst("beslutning", beslutning.kode()));
        deler.push(tekst("beslutningstidspunkt", &t.hendelse.tidspunkt));
        deler.push(match gjelder {
            Some(nummer) if grunner.is_empty() => med(
                "skalEndrePersoninformasjon",
                vec![
                    tekst("dNummer", nummer),
                    tekst("registreringstidspunkt", &t.hendelse.tidspunkt),
                    tekst("gyldighetstidspunkt", gyldig),
                ],
            ),
            _ => med(
                "skalIkkeEndrePersoninformasjon",
                vec![
                    tekst("avvisningskode", grunner.first().map_or(resultat.kode(), |g| g.kode())),
                    tekst("begrunnelse", &navnene(grunner, resultat.beskrivelse())),
                ],
            ),
        });
    }
    med("saksbeslutning", deler)
}

fn om_folkeregistrering(t: &Tilbakemelding) -> Element {
    let begrunnelse = |grunn: &Grunn| {
        med(
            "begrunnelse",
            vec![
                tekst("begrunnelseskode", grunn.kode()),
                tekst("begrunnelsesnavn", grunn.navn()),
            ],
        )
    };
    match &t.hendelse.hva {
        Hva::TilManuellBehandling { frist, grunner } => {
            let mut deler = vec![tekst("saksfrist", frist)];
            deler.extend(grunner.iter().map(begrunnelse));
            med("sakTilManuellBehandling", deler)
        }
        Hva::Beslutning {
            beslutning,
            resultat,
            grunner,
            opprettet,
            ..
        } => {
            let mut deler = vec![
                tekst("beslutning", beslutning.kode()),
                tekst("beslutningstidspunkt", &t.hendelse.tidspunkt),
                tekst("resultatkode", resultat.kode()),
                tekst("resultatbeskrivelse", resultat.beskrivelse()),
            ];
            deler.extend(grunner.iter().map(begrunnelse));
            deler.extend(opprettet.as_ref().map(|ny| {
                let type_ = if ny.dnummer { "dNummer" } else { "foedselsnummer" };
                med(
                    "opprettetFolkeregisterperson",
                    vec![
                        tekst("foedselsEllerDNummer", &ny.nummer),
                        tekst("identifikatortype", type_),
                        tekst("tildeltIdentifikatorAvvikerFraFoedselsdato", ja(ny.avviker)),
                    ],
                )
            }));
            med("saksbeslutning", deler)
        }
    }
}

/// As JSON: what may be several is a list, yes and no are booleans, the rest is text.
pub(super) fn objekt(element: &Element) -> Value {
    let mut ut = Map::new();
    for barn in &element.barn {
        let verdi = if barn.barn.is_empty() {
            verdi(barn)
        } else {
            objekt(barn)
        };
        // The document of a D-number has a text of that name.
        if barn.navn == "begrunnelse" && verdi.is_object() {
            if let Value::Array(liste) = ut.entry(barn.navn.clone()).or_insert_with(|| json!([])) {
                liste.push(verdi);
            }
        } else {
            ut.insert(barn.navn.clone(), verdi);
        }
    }
    Value::Object(ut)
}

fn verdi(element: &Element) -> Value {
    match (element.navn.as_str(), element.tekst.as_str()) {
        ("tildeltIdentifikatorAvvikerFraFoedselsdato" | "tildeltDnummerAvvikerFraFoedselsdato", ja) => {
            Value::Bool(ja == "true")
        }
        (_, tekst) => Value::String(tekst.to_owned()),
    }
}
