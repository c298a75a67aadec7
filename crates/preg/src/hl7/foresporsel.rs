//! The six requests, from trees to plain types, with what is wrong in them: here searches and lookups, and the door to all.
//!
//! What can be said of a request by looking at it alone is said here, as details; what asks the register is not. What
//! newcomers get wrong: nothing that somebody asked for is passed over in silence. A second subject is an error, and a
//! parameter that is not searched by is a warning. Source: README of the contract, 4.5-4.10.

use meldinger::tre::Element;

use super::data::{self, alle, ett, ett_med_kode, ett_med_verdi, verdi};
use super::hode::Hode;
use super::kvittering::{Detalj, Kode};
use super::registrering::{Kobling, Registrering, endring, kobling, ny, person};
use super::typer::{Adresse, Dato, Felt, Id, Kjoenn, Navn, taus};
use crate::operasjon::{NAVNEROM, Operasjon};

/// What is asked.
#[derive(Clone, PartialEq, Eq)]
pub enum Foresporsel {
    /// `FindCandidates`.
    Soek(Soek),
    /// `GetDemographics`.
    Oppslag(Oppslag),
    /// `AddPerson`.
    Ny(Registrering),
    /// `RevisePersonRecord`.
    Endring(Registrering),
    /// `LinkPersonRecords`.
    Kobling(Kobling),
    /// `UnlinkPersonRecords`.
    Frakobling(Kobling),
}

/// `queryId` and `statusCode` of a query, which the answer repeats.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sporring {
    /// Its id.
    pub id: Option<Id>,
    /// Its status, of new ones `new`.
    pub status: Option<String>,
}

/// When somebody was born, as it is searched by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Foedselstid {
    /// A date, or a year or month of which any day will do.
    Dato(Dato),
    /// From and to, both included.
    Mellom(Option<Dato>, Option<Dato>),
}

/// A search. A parameter that is given several times is in the list several times.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Soek {
    /// The query.
    pub sporring: Sporring,
    /// Persons in an answer, where the asker says so.
    pub antall: Option<u32>,
    /// Names.
    pub navn: Vec<Navn>,
    /// Times of birth.
    pub foedt: Vec<Foedselstid>,
    /// Genders.
    pub kjoenn: Vec<Kjoenn>,
    /// Addresses.
    pub adresser: Vec<Adresse>,
    /// Whether dead.
    pub doed: Vec<bool>,
    /// Numbers (`personId`).
    pub id: Vec<Id>,
    /// Numbers (`personRoleId`).
    pub rolle_id: Vec<Id>,
}

/// A lookup.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Oppslag {
    /// The query.
    pub sporring: Sporring,
    /// The numbers asked for; the rule is one, and what breaks it has a detail.
    pub id: Vec<Id>,
}

taus!(Foresporsel, Sporring, Foedselstid, Soek, Oppslag);

const PARAMETRE: &str = "controlActProcess/queryByParameter/parameterList";

/// Parameters of the schema that are not searched by. Source: README of the contract, 4.5.
const IKKE_BRUKT: [&str; 8] = [
    "groupId",
    "identifiedPersonStatusCode",
    "identifiedPersonTelecom",
    "mothersMaidenName",
    "otherIDsScopingOrganization",
    "personBirthPlaceAddress",
    "personBirthPlaceName",
    "personDeceasedTime",
];

/// What a query can have beside its parameters that is not done: the order and the degree of match are ours. Source: README of the
/// contract, 4.5.
const IKKE_FULGT: [&str; 2] = ["matchCriterionList", "sortControl"];

impl Foresporsel {
    /// Reads the wrapper of a request.
    ///
    /// Shape: head, what is asked, and what is wrong with it. A request that has a detail of error must not be carried out;
    /// it is given all the same, since a query is repeated in its answer.
    #[must_use]
    pub fn les(operasjon: Operasjon, kropp: &Element) -> (Hode, Foresporsel, Vec<Detalj>) {
        let tom = Element::default();
        let del = |e: &&Element| e.navnerom == NAVNEROM && e.navn == operasjon.del();
        let melding = kropp.barn.iter().find(del).unwrap_or(&tom);
        let mut detaljer = Vec::new();
        let handling = ett(melding, "controlActProcess").unwrap_or(&tom);
        let foresporsel = match operasjon {
            Operasjon::FindCandidates => Foresporsel::Soek(soek(handling, &mut detaljer)),
            Operasjon::GetDemographics => Foresporsel::Oppslag(oppslag(handling, &mut detaljer)),
            Operasjon::AddPerson => Foresporsel::Ny(ny(person(handling, &mut detaljer), &mut detaljer)),
            Operasjon::RevisePersonRecord => {
                Foresporsel::Endring(endring(person(handling, &mut detaljer), &mut detaljer))
            }
            Operasjon::LinkPersonRecords => {
                Foresporsel::Kobling(kobling(person(handling, &mut detaljer), true, &mut detaljer))
            }
            Operasjon::UnlinkPersonRecords => {
                Foresporsel::Frakobling(kobling(person(handling, &mut detaljer), false, &mut detaljer))
            }
        };
        (Hode::les(melding), foresporsel, detaljer)
    }
}

fn sporring(foresporsel: &Element) -> Sporring {
    Sporring {
        id: ett(foresporsel, "queryId").and_then(data::id),
        status: ett_med_kode(foresporsel, "statusCode").map(str::to_owned),
    }
}

pub(super) fn ugyldig(hva: &str, sted: &'static str) -> Detalj {
    Detalj::feil(Kode::Syn102, format!("{hva} is not of a form that is read.")).ved(sted)
}

/// The identifier has eleven digits; a root that disagrees is told of.
pub(super) fn sjekk_id(id: &Id, sted: &'static str, detaljer: &mut Vec<Detalj>) {
    if id.sifre().is_none() {
        detaljer.push(Detalj::feil(Kode::Syn102, "An identifier has eleven digits.").ved(sted));
    } else if !id.er_enig() {
        let tekst = "Root and digits of an identifier disagree; the digits are used.";
        detaljer.push(Detalj::advarsel(Kode::Syn102, tekst).ved(sted));
    }
}

fn soek(handling: &Element, detaljer: &mut Vec<Detalj>) -> Soek {
    let tom = Element::default();
    let foresporsel = ett(handling, "queryByParameter").unwrap_or(&tom);
    let liste = ett(foresporsel, "parameterList").unwrap_or(&tom);
    let verdier = |navn: &'static str| -> Vec<&Element> { alle(liste, navn).flat_map(|p| alle(p, "value")).collect() };
    let mut ut = Soek {
        sporring: sporring(foresporsel),
        navn: verdier("personName")
            .into_iter()
            .filter_map(|v| data::navn(std::iter::once(v)))
            .collect(),
        adresser: verdier("identifiedPersonAddress")
            .into_iter()
            .filter_map(data::adresse)
            .collect(),
        id: verdier("personId").into_iter().filter_map(data::id).collect(),
        rolle_id: verdier("personRoleId").into_iter().filter_map(data::id).collect(),
        ..Soek::default()
    };
    if let Some(antall) = ett_med_verdi(foresporsel, "initialQuantity") {
        ut.antall = antall.parse().ok();
        if ut.antall.is_none() {
            detaljer.push(ugyldig(
                "initialQuantity",
                "controlActProcess/queryByParameter/initialQuantity",
            ));
        }
    }
    for kode in verdier("personAdministrativeGender")
        .into_iter()
        .filter_map(|v| verdi(v, "code"))
    {
        match data::kjoenn(kode) {
            Some(kjoenn) => ut.kjoenn.push(kjoenn),
            None => detaljer.push(ugyldig("personAdministrativeGender", PARAMETRE)),
        }
    }
    for doed in verdier("personDeceased").into_iter().filter_map(|v| verdi(v, "value")) {
        match data::ja(doed) {
            Some(doed) => ut.doed.push(doed),
            None => detaljer.push(ugyldig("personDeceased", PARAMETRE)),
        }
    }
    for tid in verdier("personBirthTime") {
        match foedselstid(tid) {
            Some(Some(tid)) => ut.foedt.push(tid),
            Some(None) => {}
            None => detaljer.push(ugyldig("personBirthTime", PARAMETRE)),
        }
    }
    for id in ut.id.iter().chain(&ut.rolle_id) {
        sjekk_id(id, PARAMETRE, detaljer);
    }
    for navn in IKKE_BRUKT {
        if alle(liste, navn).any(|p| !p.barn.is_empty()) {
            let tekst = format!("Parameter {navn} is not searched by.");
            detaljer.push(Detalj::advarsel(Kode::Syn102, tekst).ved(PARAMETRE));
        }
    }
    for navn in IKKE_FULGT {
        if alle(foresporsel, navn).any(|p| !p.barn.is_empty()) {
            let tekst = format!("{navn} is not followed.");
            detaljer.push(Detalj::advarsel(Kode::Syn102, tekst).ved("controlActProcess/queryByParameter"));
        }
    }
    if !ut.er_smal() {
        let tekst =
            "A search takes an identifier, or a name and one more of birth, address, or gender with postal code.";
        detaljer.push(Detalj::feil(Kode::Syn105, tekst).ved(PARAMETRE));
    }
    ut
}

// `None`: not a time; `Some(None)`: nothing said.
fn foedselstid(element: &Element) -> Option<Option<Foedselstid>> {
    if let Some(dato) = verdi(element, "value") {
        return Some(Some(Foedselstid::Dato(Dato::les(dato)?)));
    }
    let grense = |navn: &'static str| match ett_med_verdi(element, navn) {
        Some(dato) => Dato::les(dato).map(Some),
        None => Some(None),
    };
    let (fra, til) = (grense("low")?, grense("high")?);
    let i_orden = !matches!((fra, til), (Some(fra), Some(til)) if fra.foerste() > til.siste());
    match (fra, til) {
        (None, None) => Some(None),
        _ => i_orden.then_some(Some(Foedselstid::Mellom(fra, til))),
    }
}

impl Soek {
    /// Whether it is narrow enough to be tried. Source: README of the contract, 4.5, "Minimum input".
    #[must_use]
    pub fn er_smal(&self) -> bool {
        let har_id = !self.id.is_empty() || !self.rolle_id.is_empty();
        let har_navn = self
            .navn
            .iter()
            .any(|n| n.fornavn != Felt::Mangler || n.etternavn != Felt::Mangler);
        // Gender with a postal code has an address part already.
        har_id || (har_navn && (!self.foedt.is_empty() || !self.adresser.is_empty()))
    }
}

fn oppslag(handling: &Element, detaljer: &mut Vec<Detalj>) -> Oppslag {
    let tom = Element::default();
    let foresporsel = ett(handling, "queryByParameter").unwrap_or(&tom);
    let liste = ett(foresporsel, "parameterList").unwrap_or(&tom);
    let parametre = alle(liste, "identifiedPersonIdentifier");
    let ut = Oppslag {
        sporring: sporring(foresporsel),
        id: parametre.flat_map(|p| alle(p, "value")).filter_map(data::id).collect(),
    };
    match ut.id.as_slice() {
        [] => {
            let tekst = "A lookup takes an identifier.";
            detaljer.push(Detalj::feil(Kode::Syn105, tekst).ved(PARAMETRE));
        }
        [id] => sjekk_id(id, PARAMETRE, detaljer),
        _ => detaljer.push(Detalj::feil(Kode::Syn102, "A lookup takes one identifier.").ved(PARAMETRE)),
    }
    ut
}
