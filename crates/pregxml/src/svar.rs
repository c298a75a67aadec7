//! Answers, written by the contract's table: every field, in order, whatever the value.
//!
//! What newcomers get wrong: nothing here decides what is shown. A person comes as the profile is shown it; what is withheld and what has no
//! value are written alike.

use std::cmp::Reverse;

use identifikator::{Nummertype, klassifiser};
use preg::xml::Skriver;
use pregmodell::tekst::kutt;
use pregmodell::{Adresse, Art, Beskrivelse, Person, Vist};

use crate::kontrakt::{adressefelter, personfelter};
use crate::{NAVNEROM, Nummerstatus, Operasjon, Soekesvar};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Widths from here on are of names and lines, whose words may be cut; below, of codes and numbers, which may not (ADR 0048).
const BREDDE_TEKST: usize = 25;

/// What becomes of a number among many.
pub enum Resultat<'p> {
    /// The person.
    Funnet(&'p Person),
    /// Nobody has it.
    IkkeFunnet,
    /// No number.
    Ugyldig,
}

/// The element of an answer.
fn svar(operasjon: Operasjon, inni: impl FnOnce(&mut Skriver)) -> String {
    let mut x = Skriver::new();
    x.i(operasjon.svarnavn(), &[("xmlns", NAVNEROM), ("xmlns:xsi", XSI)], inni);
    x.ferdig()
}

/// The element `Person`, without declarations of namespaces.
#[must_use]
pub fn person(person: &Person) -> String {
    let mut x = Skriver::new();
    skriv_person(&mut x, person);
    x.ferdig()
}

/// `GetPersonResponse`.
#[must_use]
pub fn get_person(spurt: &str, person: Option<&Person>) -> String {
    svar(Operasjon::GetPerson, |x| {
        x.tekst("RequestedNIN", &[], spurt);
        if let Some(person) = person {
            skriv_person(x, person);
        }
    })
}

/// `GetAddressesResponse`.
#[must_use]
pub fn get_addresses(spurt: &str, person: Option<&Person>, bare_gjeldende: bool) -> String {
    svar(Operasjon::GetAddresses, |x| {
        x.tekst("RequestedNIN", &[], spurt);
        let Some(person) = person else { return };
        x.i("Addresses", &[], |x| {
            for adresse in ordnet(&person.adresser) {
                if !bare_gjeldende || adresse.gjeldende.verdi() == Some(&true) {
                    skriv_adresse(x, adresse);
                }
            }
        });
    })
}

// By what the caller is shown: a day that is withheld orders nothing. The register's own order stands among equals.
fn ordnet(adresser: &[Adresse]) -> Vec<&Adresse> {
    let mut ut: Vec<&Adresse> = adresser.iter().collect();
    ut.sort_by_key(|adresse| {
        let gjeldende = adresse.gjeldende.verdi() == Some(&true);
        Reverse(match adresse.dato_fra.verdi() {
            None if gjeldende => (2, None),
            Some(dato) => (1, Some(*dato)),
            None => (0, None),
        })
    });
    ut
}

/// `SearchPersonsResponse`.
#[must_use]
pub fn search_persons(funnet: &Soekesvar) -> String {
    svar(Operasjon::SearchPersons, |x| {
        x.tekst("TotalHits", &[], &funnet.totalt.to_string());
        let flere = usize::try_from(funnet.totalt).is_ok_and(|totalt| totalt > funnet.personer.len());
        x.tekst("Truncated", &[], boolsk(flere));
        x.i("Persons", &[], |x| {
            funnet.personer.iter().for_each(|person| skriv_person(x, person))
        });
    })
}

/// `GetPersonsResponse`. `None`: larger than `byte_maks`.
#[must_use]
pub fn get_persons<'p>(resultater: impl Iterator<Item = (&'p str, Resultat<'p>)>, byte_maks: usize) -> Option<String> {
    let mut for_stort = false;
    let ut = svar(Operasjon::GetPersons, |x| {
        for (spurt, resultat) in resultater {
            for_stort |= x.lengde() > byte_maks;
            if for_stort {
                return;
            }
            x.i("Result", &[], |x| {
                x.tekst("RequestedNIN", &[], spurt);
                let (status, person) = match resultat {
                    Resultat::Funnet(person) => ("Found", Some(person)),
                    Resultat::IkkeFunnet => ("NotFound", None),
                    Resultat::Ugyldig => ("InvalidNin", None),
                };
                x.tekst("Status", &[], status);
                if let Some(person) = person {
                    skriv_person(x, person);
                }
            });
        }
    });
    (!for_stort).then_some(ut)
}

/// `CheckNINResponse`.
#[must_use]
pub fn check_nin(spurt: &str, status: &Nummerstatus) -> String {
    let klassifisert = klassifiser(spurt);
    let slag: Vec<&str> = klassifisert
        .nummertyper()
        .filter_map(|nummertype| match nummertype {
            Nummertype::Foedselsnummer => Some("F"),
            Nummertype::DNummer => Some("D"),
            Nummertype::InterntHjelpenummer => Some("H"),
            Nummertype::FellesHjelpenummer => Some("FH"),
            Nummertype::DufNummer => Some("DUF"),
            Nummertype::Organisasjonsnummer => None,
        })
        .collect();
    svar(Operasjon::CheckNin, |x| {
        x.tekst("RequestedNIN", &[], spurt);
        x.tekst("ValidForm", &[], boolsk(!slag.is_empty()));
        slag.iter().for_each(|slag| x.tekst("Kind", &[], slag));
        x.tekst("Known", &[], boolsk(status.kjent));
        let avloest_av = status.avloest_av.as_ref();
        x.tekst("SupersededBy", &[], avloest_av.map_or("", |nummer| nummer.as_str()));
    })
}

fn skriv_person(x: &mut Skriver, person: &Person) {
    x.i("Person", &[], |x| {
        personfelter().for_each(|(felt, beskrivelse)| skriv_felt(x, beskrivelse, person.vis(felt)));
        x.i("Addresses", &[], |x| {
            person.adresser.iter().for_each(|adresse| skriv_adresse(x, adresse));
        });
    });
}

fn skriv_adresse(x: &mut Skriver, adresse: &Adresse) {
    x.i("Address", &[], |x| {
        adressefelter().for_each(|(felt, beskrivelse)| skriv_felt(x, beskrivelse, adresse.vis(felt)));
    });
}

fn skriv_felt(x: &mut Skriver, felt: &Beskrivelse, vist: Vist<'_>) {
    let verdi = match vist {
        Vist::Boolsk(ja) => Some(boolsk(ja).to_owned()),
        Vist::Dato(dato) => Some(dato.to_string()),
        annet => annet.som_tekst(),
    };
    let verdi = verdi.and_then(|verdi| i_bredden(felt, verdi));
    match (verdi, felt.art) {
        (Some(verdi), _) => x.tekst(felt.navn, &[], &verdi),
        (None, Art::Tekst | Art::Tekster) => x.tekst(felt.navn, &[], ""),
        (None, Art::Heltall | Art::Dato | Art::Boolsk | Art::Desimal) => x.tom(felt.navn, &[("xsi:nil", "true")]),
    }
}

// What is wider than the contract says would make the whole answer invalid, wherever the person comes from.
fn i_bredden(felt: &Beskrivelse, verdi: String) -> Option<String> {
    match felt.bredde {
        Some(bredde) if felt.art == Art::Tekst && verdi.chars().count() > bredde => {
            (bredde >= BREDDE_TEKST).then(|| kutt(&verdi, bredde))
        }
        _ => Some(verdi),
    }
}

fn boolsk(ja: bool) -> &'static str {
    if ja { "true" } else { "false" }
}
