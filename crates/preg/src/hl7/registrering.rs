//! Requests that change: help numbers asked for and revised, linked and unlinked.
//!
//! What newcomers get wrong: of a change, a field that is absent stays as it is, and one that says `nullFlavor="NI"` is
//! cleared. Source: README of the contract, 4.8-4.10.

use meldinger::tre::Element;

use super::data::{self, alle, er_tidligere, er_tom_med_vilje, ett, ved, verdi};
use super::foresporsel::{sjekk_id, ugyldig};
use super::kvittering::{Detalj, Kode};
use super::typer::{Adresse, Adressebruk, Dato, Id, Kjoenn, Kodet, Navn, Telekom, taus};

/// What a request wants of a field that is registered with a help number.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Oensket<T> {
    /// Nothing: it stays as it is.
    #[default]
    Ikke,
    /// That it be cleared: `nullFlavor="NI"`.
    Slett,
    /// That it be this.
    Sett(T),
}

impl<T> Oensket<T> {
    /// The value, where there is one.
    pub fn verdi(&self) -> Option<&T> {
        match self {
            Oensket::Sett(verdi) => Some(verdi),
            Oensket::Ikke | Oensket::Slett => None,
        }
    }
}

impl<T> std::fmt::Debug for Oensket<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Oensket::Ikke => "Ikke",
            Oensket::Slett => "Slett",
            Oensket::Sett(_) => "Sett(***)",
        })
    }
}

/// What is registered with a help number: the eight facts of the contract, and telecom and passports beside them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Registrering {
    /// The number, of a change.
    pub id: Option<Id>,
    /// Name.
    pub navn: Oensket<Navn>,
    /// Gender.
    pub kjoenn: Oensket<Kjoenn>,
    /// Birth date.
    pub foedt: Oensket<Dato>,
    /// Whether dead.
    pub doed: Oensket<bool>,
    /// Date of death.
    pub doedsdato: Oensket<Dato>,
    /// Addresses, each for its use.
    pub adresser: Vec<Adresse>,
    /// Uses whose addresses are to be cleared.
    pub slett_adresser: Vec<Vec<Adressebruk>>,
    /// Marital status.
    pub sivilstand: Oensket<Kodet>,
    /// Place of birth.
    pub foedested: Oensket<Adresse>,
    /// Telephone and mail: kept, and never given to others.
    pub telekom: Oensket<Vec<Telekom>>,
    /// Passports and the like: as telecom.
    pub andre_id: Oensket<Vec<Id>>,
    /// What the sender says of the person in words.
    pub beskrivelse: Option<String>,
}

/// Which number takes up which.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Kobling {
    /// B, the one that survives.
    pub gjenstaar: Option<Id>,
    /// A, those that go in under it, or come out.
    pub utgaar: Vec<Id>,
}

taus!(Registrering, Kobling);

const SUBJEKT: &str = "controlActProcess/subject/registrationRequest/subject1/identifiedPerson";

/// Parts of a person that the schema has and nobody may register. Source: README of the contract, 4.8.
const IKKE_REGISTRERT: [&str; 10] = [
    "asCitizen",
    "asEmployee",
    "asMember",
    "asStudent",
    "contactParty",
    "guardian",
    "languageCommunication",
    "multipleBirthInd",
    "organDonorInd",
    "personalRelationship",
];

// The role that a registration is about.
pub(super) fn person<'e>(handling: &'e Element, detaljer: &mut Vec<Detalj>) -> Option<&'e Element> {
    if alle(handling, "subject").count() > 1 {
        let tekst = "A message has one subject; nothing was done with any of them.";
        detaljer.push(Detalj::feil(Kode::Syn102, tekst).ved("controlActProcess/subject"));
    }
    ved(
        handling,
        &["subject", "registrationRequest", "subject1", "identifiedPerson"],
    )
}

pub(super) fn ny(rolle: Option<&Element>, detaljer: &mut Vec<Detalj>) -> Registrering {
    let mut ut = registrering(rolle, detaljer);
    // The number is made by the service: one that is sent is nobody's.
    ut.id = None;
    let sier_ukjent = ut.beskrivelse.as_deref().is_some_and(|b| {
        let b = b.to_lowercase();
        b.contains("unknown") || b.contains("ukjent")
    });
    let har_noe = ut.navn.verdi().is_some() || ut.kjoenn.verdi().is_some() || ut.foedt.verdi().is_some();
    if !har_noe && !sier_ukjent {
        let tekst = "A name, a gender or a year of birth is needed, or a description that says unknown.";
        detaljer.push(Detalj::feil(Kode::AddInsufficient, tekst).ved(SUBJEKT));
    }
    ut
}

pub(super) fn endring(rolle: Option<&Element>, detaljer: &mut Vec<Detalj>) -> Registrering {
    let ut = registrering(rolle, detaljer);
    match &ut.id {
        None => detaljer.push(Detalj::feil(Kode::Syn105, "The identifier is missing.").ved(SUBJEKT)),
        Some(id) => {
            sjekk_id(id, SUBJEKT, detaljer);
            if id.sifre().is_some() && !er_hjelpenummer(id) {
                let tekst = "Only records of common help numbers are changed here.";
                detaljer.push(Detalj::feil(Kode::ReviseNotFh, tekst).ved(SUBJEKT));
            }
        }
    }
    ut
}

fn er_hjelpenummer(id: &Id) -> bool {
    id.sifre().is_some_and(|sifre| sifre.starts_with(['8', '9']))
}

/// A field by the first element of its name: its value, or that it be cleared.
fn felt<T>(
    person: &Element,
    navn: &'static str,
    detaljer: &mut Vec<Detalj>,
    les: impl Fn(&Element) -> Option<Result<T, ()>>,
) -> Oensket<T> {
    let Some(element) = ett(person, navn) else {
        return Oensket::Ikke;
    };
    if er_tom_med_vilje(element) {
        let slett = verdi(element, "nullFlavor") == Some("NI");
        return if slett { Oensket::Slett } else { Oensket::Ikke };
    }
    match les(element) {
        None => Oensket::Ikke,
        Some(Ok(verdi)) => Oensket::Sett(verdi),
        Some(Err(())) => {
            detaljer.push(ugyldig(navn, SUBJEKT));
            Oensket::Ikke
        }
    }
}

fn registrering(rolle: Option<&Element>, detaljer: &mut Vec<Detalj>) -> Registrering {
    let Some(person) = rolle.and_then(|r| ett(r, "identifiedPerson")) else {
        detaljer.push(Detalj::feil(Kode::Syn105, "The message has no person.").ved(SUBJEKT));
        let id = rolle.and_then(|r| ett(r, "id")).and_then(data::id);
        return Registrering {
            id,
            ..Registrering::default()
        };
    };
    let dato = |e: &Element| Some(Dato::les(verdi(e, "value")?).ok_or(()));
    let mut ut = Registrering {
        id: rolle.and_then(|r| ett(r, "id")).and_then(data::id),
        navn: felt(person, "name", detaljer, |_| {
            data::navn(alle(person, "name").filter(|e| !er_tidligere(e))).map(Ok)
        }),
        kjoenn: felt(person, "administrativeGenderCode", detaljer, |e| {
            Some(data::kjoenn(verdi(e, "code")?).ok_or(()))
        }),
        foedt: felt(person, "birthTime", detaljer, dato),
        doed: felt(person, "deceasedInd", detaljer, |e| {
            Some(data::ja(verdi(e, "value")?).ok_or(()))
        }),
        doedsdato: felt(person, "deceasedTime", detaljer, dato),
        sivilstand: felt(person, "maritalStatusCode", detaljer, |e| data::kodet(e).map(Ok)),
        beskrivelse: ett(person, "desc")
            .map(|d| d.verdi().to_owned())
            .filter(|d| !d.is_empty()),
        ..Registrering::default()
    };
    if alle(person, "name").any(er_tidligere) {
        let tekst = "A former name is not registered.";
        detaljer.push(Detalj::advarsel(Kode::Syn102, tekst).ved(SUBJEKT));
    }
    for navn in IKKE_REGISTRERT {
        if alle(person, navn).next().is_some() {
            let tekst = format!("{navn} is not registered.");
            detaljer.push(Detalj::advarsel(Kode::Syn102, tekst).ved(SUBJEKT));
        }
    }
    if let Some(sted) = ett(person, "birthPlace") {
        ut.foedested = match ett(sted, "addr").and_then(data::adresse) {
            Some(adresse) => Oensket::Sett(adresse),
            None if ett(sted, "addr").is_some() => felt(sted, "addr", detaljer, |_| None),
            None if verdi(sted, "nullFlavor") == Some("NI") => Oensket::Slett,
            None => Oensket::Ikke,
        };
    }
    for element in alle(person, "addr") {
        match data::adresse(element) {
            Some(adresse) => ut.adresser.push(adresse),
            None if verdi(element, "nullFlavor") == Some("NI") => ut.slett_adresser.push(data::bruk(element)),
            None => {}
        }
    }
    let telekom: Vec<Telekom> = alle(person, "telecom").filter_map(data::telekom).collect();
    ut.telekom = liste(person, "telecom", telekom);
    let andre = alle(person, "asOtherIDs");
    let andre_id: Vec<Id> = andre.flat_map(|a| alle(a, "id")).filter_map(data::id).collect();
    ut.andre_id = liste(person, "asOtherIDs", andre_id);
    ut
}

// A list that says something is the list; one of which an element says NI is to be cleared.
fn liste<T>(person: &Element, navn: &'static str, verdier: Vec<T>) -> Oensket<Vec<T>> {
    if !verdier.is_empty() {
        return Oensket::Sett(verdier);
    }
    let slett = alle(person, navn).any(|e| verdi(e, "nullFlavor") == Some("NI"));
    if slett { Oensket::Slett } else { Oensket::Ikke }
}

pub(super) fn kobling(rolle: Option<&Element>, flere: bool, detaljer: &mut Vec<Detalj>) -> Kobling {
    let tom = Element::default();
    let rolle = rolle.unwrap_or(&tom);
    let utgaaende = alle(rolle, "identifiedBy").flat_map(|k| alle(k, "otherIdentifiedPerson"));
    let ut = Kobling {
        gjenstaar: ett(rolle, "id").and_then(data::id),
        utgaar: utgaaende.filter_map(|a| ett(a, "id")).filter_map(data::id).collect(),
    };
    match &ut.gjenstaar {
        None => detaljer.push(Detalj::feil(Kode::Syn105, "The surviving identifier is missing.").ved(SUBJEKT)),
        Some(_) if alle(rolle, "id").count() > 1 => {
            detaljer.push(Detalj::feil(Kode::Syn102, "One surviving identifier is taken.").ved(SUBJEKT));
        }
        Some(id) => sjekk_id(id, SUBJEKT, detaljer),
    }
    if ut.utgaar.is_empty() {
        detaljer.push(Detalj::feil(Kode::Syn105, "The obsolete identifier is missing.").ved(SUBJEKT));
    }
    if ut.utgaar.len() > 1 && !flere {
        detaljer.push(Detalj::feil(Kode::Syn102, "One identifier is unlinked at a time.").ved(SUBJEKT));
    }
    for id in &ut.utgaar {
        sjekk_id(id, SUBJEKT, detaljer);
        if id.sifre().is_some() && !er_hjelpenummer(id) {
            let tekst = "Only the register links numbers that it has given.";
            detaljer.push(Detalj::feil(Kode::LinkOfficialId, tekst).ved(SUBJEKT));
        }
        let samme = ut
            .gjenstaar
            .as_ref()
            .is_some_and(|b| b.sifre().is_some() && b.sifre() == id.sifre());
        if samme {
            let tekst = "An identifier is not linked with itself.";
            detaljer.push(Detalj::feil(Kode::LinkSelf, tekst).ved(SUBJEKT));
        }
    }
    ut
}
