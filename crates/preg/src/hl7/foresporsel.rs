//! The six requests, from trees to plain types, with what is wrong in them.
//!
//! What can be said of a request by looking at it alone is said here, as details; what asks the register is not. What
//! newcomers get wrong: nothing that somebody asked for is passed over in silence. A second subject is an error, and a
//! parameter that is not searched by is a warning. Source: README of the contract, 4.5-4.10.

use meldinger::tre::Element;

use super::data::{self, alle, er_tom_med_vilje, ett, ett_med_kode, ett_med_verdi, ved, verdi};
use super::hode::Hode;
use super::kvittering::{Detalj, Kode};
use super::typer::{Adresse, Adressebruk, Dato, Felt, Id, Kjoenn, Kodet, Navn, Telekom, taus};
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

taus!(Foresporsel, Sporring, Foedselstid, Soek, Oppslag, Registrering, Kobling);

const SUBJEKT: &str = "controlActProcess/subject/registrationRequest/subject1/identifiedPerson";
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

fn ugyldig(hva: &str, sted: &'static str) -> Detalj {
    Detalj::feil(Kode::Syn102, format!("{hva} is not of a form that is read.")).ved(sted)
}

/// The identifier has eleven digits; a root that disagrees is told of.
fn sjekk_id(id: &Id, sted: &'static str, detaljer: &mut Vec<Detalj>) {
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

// The role that a registration is about.
fn person<'e>(handling: &'e Element, detaljer: &mut Vec<Detalj>) -> Option<&'e Element> {
    if alle(handling, "subject").count() > 1 {
        let tekst = "A message has one subject; nothing was done with any of them.";
        detaljer.push(Detalj::feil(Kode::Syn102, tekst).ved("controlActProcess/subject"));
    }
    ved(
        handling,
        &["subject", "registrationRequest", "subject1", "identifiedPerson"],
    )
}

fn ny(rolle: Option<&Element>, detaljer: &mut Vec<Detalj>) -> Registrering {
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

fn endring(rolle: Option<&Element>, detaljer: &mut Vec<Detalj>) -> Registrering {
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
        navn: felt(person, "name", detaljer, |_| data::navn(alle(person, "name")).map(Ok)),
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

fn kobling(rolle: Option<&Element>, flere: bool, detaljer: &mut Vec<Detalj>) -> Kobling {
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
