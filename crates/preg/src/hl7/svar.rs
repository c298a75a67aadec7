//! Answers: head, acknowledgement, subjects, and the query repeated.
//!
//! What newcomers get wrong: clients print the total before they look at persons, so quantities are written always, also
//! nought. Ids of messages and times come from outside. Source: README of the contract, 4.2 and 4.5-4.10; the examples.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::foresporsel::{Foedselstid, Oppslag, Soek, Sporring};
use super::hode::{BEHANDLINGSMODUS, Hode, INTERAKSJON, Modus, VERSJON};
use super::kvittering::{Alvor, Kvittering};
use super::personsvar::{self, Modell, adresse, id, kjoenn, navn};
use super::typer::{Id, Svarperson};
use super::{NAVNEROM, PREG};
use crate::operasjon::{self, Operasjon};
use crate::xml::Skriver;

/// What the head of an answer needs.
#[derive(Clone, Debug)]
pub struct Svarhode {
    /// The answer's own id, new for every message.
    pub id: Id,
    /// When it was made.
    pub opprettet: Timestamp,
    /// In which zone that is written.
    pub forskyvning: Offset,
    /// The mode of the server.
    pub modus: Modus,
}

/// `queryResponseCode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Svarkode {
    /// `OK`: there is at least one.
    Ok,
    /// `NF`: there is none.
    IngenTreff,
    /// `QE`: the query is not one that is carried out.
    FeilISporring,
}

/// What an answer tells, beside the acknowledgement.
#[derive(Clone, Copy)]
pub enum Innhold<'a> {
    /// Of a search.
    Soek {
        /// How it went.
        kode: Svarkode,
        /// How many there are.
        totalt: u64,
        /// How many are not in this answer.
        gjenstaar: u64,
        /// Those that are.
        treff: &'a [Svarperson],
        /// The search, as it was understood.
        soek: &'a Soek,
    },
    /// Of a lookup.
    Oppslag {
        /// How it went.
        kode: Svarkode,
        /// The person.
        treff: Option<&'a Svarperson>,
        /// The lookup, as it was understood.
        oppslag: &'a Oppslag,
    },
    /// Of a registration: the record as it is now, or nothing if it was refused.
    Registrering(Option<&'a Svarperson>),
    /// Of a linking or an unlinking, which tell nothing more.
    Kobling,
}

/// Writes the wrapper of an answer.
///
/// Shape: XML without a declaration, valid by the published schema whatever the texts in it are; goes into
/// [`crate::konvolutt::skriv`].
#[must_use]
pub fn skriv(
    operasjon: Operasjon,
    hode: &Svarhode,
    forespurt: &Hode,
    kvittering: &Kvittering,
    innhold: &Innhold<'_>,
) -> String {
    let mut x = Skriver::new();
    let rom = [
        ("xmlns", operasjon::NAVNEROM),
        ("xmlns:hl7", NAVNEROM),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    ];
    x.i(&format!("{}Response", operasjon.navn()), &rom, |x| {
        let del = format!("{}Result", operasjon.navn());
        x.i(&del, &[("ITSVersion", "XML_1.0")], |x| {
            skriv_hode(x, operasjon, hode, forespurt);
            skriv_kvittering(x, forespurt, kvittering);
            let klasse = [("classCode", "CACT"), ("moodCode", "EVN")];
            x.i("hl7:controlActProcess", &klasse, |x| skriv_innhold(x, innhold));
        });
    });
    x.ferdig()
}

fn skriv_hode(x: &mut Skriver, operasjon: Operasjon, hode: &Svarhode, forespurt: &Hode) {
    id(x, "hl7:id", &hode.id);
    let lokalt = hode.forskyvning.to_datetime(hode.opprettet);
    let minutter = hode.forskyvning.seconds() / 60;
    let tegn = if minutter < 0 { '-' } else { '+' };
    let (timer, rest) = (minutter.abs() / 60, minutter.abs() % 60);
    let tid = format!("{}{tegn}{timer:02}{rest:02}", lokalt.strftime("%Y%m%d%H%M%S"));
    x.tom("hl7:creationTime", &[("value", &tid)]);
    x.tom("hl7:versionCode", &[("code", VERSJON)]);
    x.tom(
        "hl7:interactionId",
        &[("root", INTERAKSJON), ("extension", operasjon.svartype())],
    );
    x.tom("hl7:processingCode", &[("code", hode.modus.kode())]);
    x.tom("hl7:processingModeCode", &[("code", BEHANDLINGSMODUS)]);
    x.tom("hl7:acceptAckCode", &[("code", "NE")]);
    let oss = Id {
        rot: PREG.to_owned(),
        nummer: None,
    };
    // Sender and receiver of the request, the other way round.
    enhet(x, "hl7:receiver", "RCV", forespurt.avsender.as_ref());
    enhet(x, "hl7:sender", "SND", Some(&oss));
}

fn enhet(x: &mut Skriver, element: &str, slag: &str, hvem: Option<&Id>) {
    x.i(element, &[("typeCode", slag)], |x| {
        let klasse = [("classCode", "DEV"), ("determinerCode", "INSTANCE")];
        x.i("hl7:device", &klasse, |x| {
            if let Some(hvem) = hvem {
                id(x, "hl7:id", hvem);
            }
        });
    });
}

fn skriv_kvittering(x: &mut Skriver, forespurt: &Hode, kvittering: &Kvittering) {
    x.i("hl7:acknowledgement", &[("typeCode", kvittering.kode.kode())], |x| {
        x.i("hl7:targetMessage", &[], |x| {
            if let Some(om) = &forespurt.id {
                id(x, "hl7:id", om);
            }
        });
        for detalj in &kvittering.detaljer {
            let alvor = match detalj.alvor {
                Alvor::Feil => "E",
                Alvor::Advarsel => "W",
                Alvor::Opplysning => "I",
            };
            x.i("hl7:acknowledgementDetail", &[("typeCode", alvor)], |x| {
                let (kode, liste) = detalj.kode.kode();
                x.tom("hl7:code", &[("code", kode), ("codeSystem", liste)]);
                x.tekst("hl7:text", &[], &detalj.tekst);
                if let Some(sted) = detalj.sted {
                    x.tekst("hl7:location", &[], sted);
                }
            });
        }
    });
}

fn skriv_innhold(x: &mut Skriver, innhold: &Innhold<'_>) {
    match innhold {
        Innhold::Soek {
            kode,
            totalt,
            gjenstaar,
            treff,
            soek,
        } => {
            treff.iter().for_each(|person| subjekt(x, person, Modell::Soek));
            antall(x, *kode, *totalt, treff.len() as u64, *gjenstaar);
            gjenta_soek(x, soek);
        }
        Innhold::Oppslag { kode, treff, oppslag } => {
            treff.iter().for_each(|person| subjekt(x, person, Modell::Oppslag));
            let funnet = u64::from(treff.is_some());
            antall(x, *kode, funnet, funnet, 0);
            x.i("hl7:queryByParameter", &[], |x| {
                sporring(x, &oppslag.sporring);
                x.i("hl7:parameterList", &[], |x| {
                    ider(x, "hl7:identifiedPersonIdentifier", &oppslag.id)
                });
            });
        }
        Innhold::Registrering(person) => {
            person
                .iter()
                .for_each(|person| subjekt(x, person, Modell::Registrering));
        }
        Innhold::Kobling => {}
    }
}

fn subjekt(x: &mut Skriver, person: &Svarperson, modell: Modell) {
    x.i("hl7:subject", &[("typeCode", "SUBJ")], |x| {
        let klasse = [("classCode", "REG"), ("moodCode", "EVN")];
        x.i("hl7:registrationEvent", &klasse, |x| {
            x.tom("hl7:statusCode", &[("code", "active")]);
            if let Some(endret) = person.endret {
                x.tom("hl7:effectiveTime", &[("value", &endret.to_string())]);
            }
            x.i("hl7:subject1", &[("typeCode", "SBJ")], |x| {
                personsvar::skriv(x, person, modell)
            });
            x.i("hl7:custodian", &[("typeCode", "CST")], |x| {
                x.i("hl7:assignedEntity", &[("classCode", "ASSIGNED")], |x| {
                    x.tom("hl7:id", &[("root", PREG)]);
                });
            });
        });
    });
}

fn antall(x: &mut Skriver, kode: Svarkode, totalt: u64, her: u64, gjenstaar: u64) {
    let kode = match kode {
        Svarkode::Ok => "OK",
        Svarkode::IngenTreff => "NF",
        Svarkode::FeilISporring => "QE",
    };
    x.i("hl7:queryAck", &[], |x| {
        x.tom("hl7:queryResponseCode", &[("code", kode)]);
        x.tom("hl7:resultTotalQuantity", &[("value", &totalt.to_string())]);
        x.tom("hl7:resultCurrentQuantity", &[("value", &her.to_string())]);
        x.tom("hl7:resultRemainingQuantity", &[("value", &gjenstaar.to_string())]);
    });
}

fn sporring(x: &mut Skriver, sporring: &Sporring) {
    if let Some(nummer) = &sporring.id {
        id(x, "hl7:queryId", nummer);
    }
    if let Some(status) = &sporring.status {
        x.tom("hl7:statusCode", &[("code", status)]);
    }
}

fn ider(x: &mut Skriver, parameter: &str, ider: &[Id]) {
    for nummer in ider {
        x.i(parameter, &[], |x| id(x, "hl7:value", nummer));
    }
}

// In the schema's order of parameters, one parameter a value.
fn gjenta_soek(x: &mut Skriver, soek: &Soek) {
    x.i("hl7:queryByParameter", &[], |x| {
        sporring(x, &soek.sporring);
        if let Some(antall) = soek.antall {
            x.tom("hl7:initialQuantity", &[("value", &antall.to_string())]);
        }
        x.i("hl7:parameterList", &[], |x| {
            for en in &soek.adresser {
                x.i("hl7:identifiedPersonAddress", &[], |x| adresse(x, "hl7:value", en));
            }
            for en in &soek.kjoenn {
                x.i("hl7:personAdministrativeGender", &[], |x| kjoenn(x, "hl7:value", *en));
            }
            for en in &soek.foedt {
                x.i("hl7:personBirthTime", &[], |x| foedselstid(x, *en));
            }
            for en in &soek.doed {
                x.i("hl7:personDeceased", &[], |x| {
                    x.tom("hl7:value", &[("value", &en.to_string())])
                });
            }
            ider(x, "hl7:personId", &soek.id);
            for en in &soek.navn {
                x.i("hl7:personName", &[], |x| navn(x, "hl7:value", en, "L"));
            }
            ider(x, "hl7:personRoleId", &soek.rolle_id);
        });
    });
}

fn foedselstid(x: &mut Skriver, tid: Foedselstid) {
    match tid {
        Foedselstid::Dato(dato) => x.tom("hl7:value", &[("value", &dato.to_string())]),
        Foedselstid::Mellom(fra, til) => x.i("hl7:value", &[], |x| {
            for (navn, grense) in [("hl7:low", fra), ("hl7:high", til)] {
                if let Some(grense) = grense {
                    x.tom(navn, &[("value", &grense.to_string())]);
                }
            }
        }),
    }
}
