//! A person as answers have it: elements in the schema's order, blanks where a field is withheld.
//!
//! What newcomers get wrong: which fields go into an answer depends on the model of that answer, and the models differ:
//! the one of searches has no superseded numbers and no history, the one of updates has no superseded numbers. Source:
//! README of the contract, 4.7 and 5; the schema.

use super::typer::{Adresse, Dato, Felt, Id, Kjoenn, Kodet, Navn, Rollestatus, Slektskap, Svarperson};
use crate::xml::Skriver;

/// Which model a person is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Modell {
    /// MT101310.
    Soek,
    /// MT101303.
    Oppslag,
    /// MT101302.
    Registrering,
}

const KJOENN: &str = "2.16.840.1.113883.5.1";
const SLEKTSKAP: &str = "2.16.840.1.113883.5.111";
const MSK: [(&str, &str); 1] = [("nullFlavor", "MSK")];

/// Writes the role and the person in it.
pub(super) fn skriv(x: &mut Skriver, person: &Svarperson, modell: Modell) {
    x.i("hl7:identifiedPerson", &[("classCode", "IDENT")], |x| {
        id(x, "hl7:id", &person.id);
        let status = match person.status {
            Rollestatus::Aktiv => "active",
            Rollestatus::Avsluttet => "terminated",
        };
        x.tom("hl7:statusCode", &[("code", status)]);
        match &person.skjerming {
            Felt::Mangler => {}
            Felt::Verdi(kode) => {
                x.tom(
                    "hl7:confidentialityCode",
                    &[("code", kode), ("codeSystemName", "adressebeskyttelse")],
                );
            }
            Felt::HoldtTilbake => x.tom("hl7:confidentialityCode", &MSK),
        }
        let klasse = [("classCode", "PSN"), ("determinerCode", "INSTANCE")];
        x.i("hl7:identifiedPerson", &klasse, |x| selve(x, person, modell));
        if modell != Modell::Soek {
            registerstatus(x, &person.registerstatus);
        }
        if modell == Modell::Oppslag {
            for erstattet in &person.erstattede {
                x.i("hl7:identifiedBy", &[("typeCode", "IDENT")], |x| {
                    x.tom("hl7:statusCode", &[("code", "active")]);
                    let klasse = [("classCode", "IDENT")];
                    x.i("hl7:otherIdentifiedPerson", &klasse, |x| id(x, "hl7:id", erstattet));
                });
            }
        }
    });
}

fn selve(x: &mut Skriver, person: &Svarperson, modell: Modell) {
    navn(x, "hl7:name", &person.navn, "L");
    for tidligere in person.tidligere_navn.iter().filter(|_| modell != Modell::Soek) {
        navn(x, "hl7:name", tidligere, "OLD");
    }
    if modell == Modell::Registrering {
        for telekom in &person.telekom {
            x.tom(
                "hl7:telecom",
                &[("value", &telekom.verdi), ("use", &telekom.bruk.join(" "))],
            );
        }
    }
    match &person.kjoenn {
        Felt::Mangler => {}
        Felt::Verdi(verdi) => kjoenn(x, "hl7:administrativeGenderCode", *verdi),
        Felt::HoldtTilbake => x.tom("hl7:administrativeGenderCode", &MSK),
    }
    med_verdi(x, "hl7:birthTime", &person.foedt.map_tekst(Dato::to_string));
    med_verdi(x, "hl7:deceasedInd", &person.doed.map_tekst(bool::to_string));
    med_verdi(x, "hl7:deceasedTime", &person.doedsdato.map_tekst(Dato::to_string));
    // Of a search the current one alone, which is the first.
    let adresser = if modell == Modell::Soek { 1 } else { usize::MAX };
    for en in person.adresser.iter().take(adresser) {
        adresse(x, "hl7:addr", en);
    }
    if modell == Modell::Soek {
        return;
    }
    match &person.sivilstand {
        Felt::Mangler => {}
        Felt::Verdi(kode) => kodet(x, "hl7:maritalStatusCode", &[], kode),
        Felt::HoldtTilbake => x.tom("hl7:maritalStatusCode", &MSK),
    }
    for land in &person.statsborgerskap {
        if *land == Felt::Mangler {
            continue;
        }
        x.i("hl7:asCitizen", &[("classCode", "CIT")], |x| {
            let klasse = [("classCode", "NAT"), ("determinerCode", "INSTANCE")];
            x.i("hl7:politicalNation", &klasse, |x| match land {
                Felt::Verdi(kode) => kodet(x, "hl7:code", &[], kode),
                Felt::Mangler | Felt::HoldtTilbake => x.tom("hl7:code", &MSK),
            });
        });
    }
    if modell == Modell::Registrering {
        for annen in &person.andre_id {
            x.i("hl7:asOtherIDs", &[("classCode", "ROL")], |x| {
                id(x, "hl7:id", annen);
                let nil = [
                    ("classCode", "ORG"),
                    ("determinerCode", "INSTANCE"),
                    ("xsi:nil", "true"),
                ];
                x.tom("hl7:scopingOrganization", &nil);
            });
        }
    }
    slekt(x, &person.slekt);
    match &person.foedested {
        Felt::Mangler => {}
        Felt::Verdi(sted) => foedested(x, sted),
        Felt::HoldtTilbake => {
            let blank = Adresse {
                poststed: Felt::HoldtTilbake,
                land: Felt::HoldtTilbake,
                ..Adresse::default()
            };
            foedested(x, &blank);
        }
    }
}

fn foedested(x: &mut Skriver, sted: &Adresse) {
    x.i("hl7:birthPlace", &[("classCode", "BIRTHPL")], |x| {
        deler(x, "hl7:addr", "PHYS", sted)
    });
}

fn slekt(x: &mut Skriver, slekt: &[(Slektskap, Felt<Id>)]) {
    for (slag, hvem) in slekt.iter().filter(|(_, hvem)| *hvem != Felt::Mangler) {
        let kode = match slag {
            Slektskap::Mor => "MTH",
            Slektskap::Far => "FTH",
            Slektskap::Ektefelle => "SPS",
            Slektskap::Barn => "CHILD",
        };
        x.i("hl7:personalRelationship", &[("classCode", "PRS")], |x| {
            x.tom("hl7:code", &[("code", kode), ("codeSystem", SLEKTSKAP)]);
            let klasse = [("classCode", "PSN"), ("determinerCode", "INSTANCE")];
            // An identifier that is withheld is left out of its list, the person that it is of stays.
            x.i("hl7:relationshipHolder", &klasse, |x| {
                if let Felt::Verdi(hvem) = hvem {
                    id(x, "hl7:id", hvem);
                }
            });
        });
    }
}

fn registerstatus(x: &mut Skriver, status: &Felt<(Kodet, Option<Dato>)>) {
    if *status == Felt::Mangler {
        return;
    }
    x.i("hl7:subjectOf", &[("typeCode", "SBJ")], |x| {
        let klasse = [("classCode", "OBS"), ("moodCode", "EVN")];
        x.i("hl7:administrativeObservation", &klasse, |x| {
            x.tom("hl7:code", &[("code", "RegStatus"), ("codeSystemName", "PREG")]);
            // The schema's type of the value is abstract, so which one it is must be said.
            let slag = ("xsi:type", "hl7:CE");
            match status {
                Felt::Verdi((kode, dato)) => {
                    if let Some(dato) = dato {
                        x.tom("hl7:effectiveTime", &[("value", &dato.to_string())]);
                    }
                    kodet(x, "hl7:value", &[slag], kode);
                }
                Felt::Mangler | Felt::HoldtTilbake => x.tom("hl7:value", &[slag, ("nullFlavor", "MSK")]),
            }
        });
    });
}

impl<T> Felt<T> {
    fn map_tekst(&self, tekst: impl FnOnce(&T) -> String) -> Felt<String> {
        match self {
            Felt::Mangler => Felt::Mangler,
            Felt::Verdi(verdi) => Felt::Verdi(tekst(verdi)),
            Felt::HoldtTilbake => Felt::HoldtTilbake,
        }
    }
}

fn med_verdi(x: &mut Skriver, navn: &str, felt: &Felt<String>) {
    match felt {
        Felt::Mangler => {}
        Felt::Verdi(verdi) => x.tom(navn, &[("value", verdi)]),
        Felt::HoldtTilbake => x.tom(navn, &MSK),
    }
}

pub(super) fn kjoenn(x: &mut Skriver, navn: &str, kjoenn: Kjoenn) {
    let kode = match kjoenn {
        Kjoenn::Kvinne => "F",
        Kjoenn::Mann => "M",
        Kjoenn::Ukjent => "UN",
    };
    x.tom(navn, &[("code", kode), ("codeSystem", KJOENN)]);
}

pub(super) fn id(x: &mut Skriver, navn: &str, id: &Id) {
    let mut attributter = Vec::new();
    if !id.rot.is_empty() {
        attributter.push(("root", id.rot.as_str()));
    }
    if let Some(nummer) = &id.nummer {
        attributter.push(("extension", nummer));
    }
    x.tom(navn, &attributter);
}

fn kodet(x: &mut Skriver, navn: &str, foran: &[(&str, &str)], kode: &Kodet) {
    let mut attributter = foran.to_vec();
    attributter.push(("code", &kode.kode));
    for (navn, verdi) in [
        ("codeSystem", &kode.system),
        ("codeSystemName", &kode.systemnavn),
        ("displayName", &kode.tekst),
    ] {
        if let Some(verdi) = verdi {
            attributter.push((navn, verdi));
        }
    }
    x.tom(navn, &attributter);
}

/// A name. First and middle names are one element a word, last names one element: a last name may be several words.
pub(super) fn navn(x: &mut Skriver, element: &str, navn: &Navn, bruk: &str) {
    x.i(element, &[("use", bruk)], |x| {
        for (del, kvalifikator, felt, delt) in [
            ("hl7:given", "", &navn.fornavn, true),
            ("hl7:family", "MID", &navn.mellomnavn, true),
            ("hl7:family", "", &navn.etternavn, false),
        ] {
            let attributter = [("qualifier", kvalifikator)];
            match felt {
                Felt::Mangler => {}
                Felt::HoldtTilbake => x.tom(del, &attributter),
                Felt::Verdi(tekst) if delt => {
                    for ord in tekst.split_whitespace() {
                        x.tekst(del, &attributter, ord);
                    }
                }
                Felt::Verdi(tekst) => x.tekst(del, &attributter, tekst),
            }
        }
    });
}

pub(super) fn adresse(x: &mut Skriver, element: &str, adresse: &Adresse) {
    let bruk: Vec<&str> = adresse.bruk.iter().map(|b| b.kode()).collect();
    deler(x, element, &bruk.join(" "), adresse);
}

fn deler(x: &mut Skriver, element: &str, bruk: &str, adresse: &Adresse) {
    x.i(element, &[("use", bruk)], |x| {
        let mut del = |navn: &str, felt: &Felt<String>| match felt {
            Felt::Mangler => {}
            Felt::Verdi(tekst) => x.tekst(navn, &[], tekst),
            Felt::HoldtTilbake => x.tom(navn, &[]),
        };
        del("hl7:careOf", &adresse.c_o);
        adresse
            .adresselinjer
            .iter()
            .for_each(|linje| del("hl7:streetAddressLine", linje));
        del("hl7:streetName", &adresse.gatenavn);
        del("hl7:houseNumber", &adresse.husnummer);
        del("hl7:unitID", &adresse.bolignummer);
        del("hl7:postBox", &adresse.postboks);
        del("hl7:postalCode", &adresse.postnummer);
        del("hl7:city", &adresse.poststed);
        del("hl7:county", &adresse.kommune);
        del("hl7:country", &adresse.land);
        del("hl7:censusTract", &adresse.grunnkrets);
        del("hl7:precinct", &adresse.bydel);
    });
}
