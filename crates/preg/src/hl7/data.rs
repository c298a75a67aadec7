//! HL7's data types, read as real clients write them.
//!
//! What newcomers get wrong: an element with `xsi:nil` is one that is not there, whatever the schema demands of it, and
//! `use` and `qualifier`, which the schema demands, are absent from most of what is sent. Source: README of the contract, 3.4.

use meldinger::tre::Element;

use super::NAVNEROM;
use super::typer::{Adresse, Adressebruk, Felt, Id, Kjoenn, Kodet, Navn, Telekom};
use crate::konvolutt::attributt;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Elements of this name that are there: in HL7's namespace, and not nil.
pub(super) fn alle<'e>(element: &'e Element, navn: &'e str) -> impl Iterator<Item = &'e Element> {
    let barn = element.barn.iter();
    barn.filter(move |b| b.navn == navn && b.navnerom == NAVNEROM && !er_nil(b))
}

/// The first of them.
pub(super) fn ett<'e>(element: &'e Element, navn: &'e str) -> Option<&'e Element> {
    alle(element, navn).next()
}

/// The element at the end of a path of first ones.
pub(super) fn ved<'e>(element: &'e Element, sti: &[&'e str]) -> Option<&'e Element> {
    sti.iter().try_fold(element, |her, navn| ett(her, navn))
}

fn er_nil(element: &Element) -> bool {
    matches!(attributt(element, XSI, "nil").map(str::trim), Some("true" | "1"))
}

/// An attribute that says something.
pub(super) fn verdi<'e>(element: &'e Element, navn: &str) -> Option<&'e str> {
    attributt(element, "", navn).map(str::trim).filter(|v| !v.is_empty())
}

/// `@value` of the first element of this name.
pub(super) fn ett_med_verdi<'e>(element: &'e Element, navn: &'e str) -> Option<&'e str> {
    alle(element, navn).find_map(|e| verdi(e, "value"))
}

/// `@code` of the first element of this name.
pub(super) fn ett_med_kode<'e>(element: &'e Element, navn: &'e str) -> Option<&'e str> {
    alle(element, navn).find_map(|e| verdi(e, "code"))
}

/// Whether an element says that there is nothing: a null flavor and no value beside it.
pub(super) fn er_tom_med_vilje(element: &Element) -> bool {
    let tomt = element.barn.is_empty() && element.verdi().is_empty();
    let sier = ["value", "code", "extension"]
        .iter()
        .any(|navn| verdi(element, navn).is_some());
    verdi(element, "nullFlavor").is_some() && tomt && !sier
}

pub(super) fn id(element: &Element) -> Option<Id> {
    let [rot, nummer] = ["root", "extension"].map(|navn| verdi(element, navn).map(str::to_owned));
    (rot.is_some() || nummer.is_some()).then(|| Id {
        rot: rot.unwrap_or_default(),
        nummer,
    })
}

pub(super) fn ja(tekst: &str) -> Option<bool> {
    match tekst {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// HL7's codes and Volven 3101's; `None`: neither. Source: README of the contract, 4.4.
pub(super) fn kjoenn(kode: &str) -> Option<Kjoenn> {
    match kode {
        "F" | "2" => Some(Kjoenn::Kvinne),
        "M" | "1" => Some(Kjoenn::Mann),
        "UN" | "0" | "9" => Some(Kjoenn::Ukjent),
        _ => None,
    }
}

pub(super) fn kodet(element: &Element) -> Option<Kodet> {
    let les = |navn: &str| verdi(element, navn).map(str::to_owned);
    Some(Kodet {
        kode: les("code")?,
        system: les("codeSystem"),
        systemnavn: les("codeSystemName"),
        tekst: les("displayName"),
    })
}

/// Whether a list attribute has a word.
fn har(element: &Element, navn: &str, ord: &str) -> bool {
    verdi(element, navn).is_some_and(|v| v.split_ascii_whitespace().any(|o| o == ord))
}

/// Whether a name is a former one.
pub(super) fn er_tidligere(element: &Element) -> bool {
    har(element, "use", "OLD")
}

/// A name, put together of every element that says a part of it.
pub(super) fn navn<'e>(elementer: impl Iterator<Item = &'e Element>) -> Option<Navn> {
    let mut deler: [Vec<&str>; 3] = Default::default();
    for element in elementer {
        for del in &element.barn {
            let nr = match del.navn.as_str() {
                _ if del.navnerom != NAVNEROM || er_nil(del) => continue,
                "given" if har(del, "qualifier", "MID") => 1,
                "given" => 0,
                "family" if har(del, "qualifier", "MID") => 1,
                "family" => 2,
                _ => continue,
            };
            if let Some(her) = deler.get_mut(nr) {
                her.extend(del.tekst.split_whitespace());
            }
        }
    }
    let [fornavn, mellomnavn, etternavn] = deler.map(|d| Felt::av((!d.is_empty()).then(|| d.join(" "))));
    let navn = Navn {
        fornavn,
        mellomnavn,
        etternavn,
    };
    (navn != Navn::default()).then_some(navn)
}

/// An address; `None`: nothing is said in it.
pub(super) fn adresse(element: &Element) -> Option<Adresse> {
    let tekst = |navn: &str| {
        let deler: Vec<&str> = alle(element, navn)
            .map(Element::verdi)
            .filter(|t| !t.is_empty())
            .collect();
        Felt::av((!deler.is_empty()).then(|| deler.join(" ")))
    };
    let linjer = alle(element, "streetAddressLine").map(Element::verdi);
    let adresse = Adresse {
        bruk: Vec::new(),
        c_o: tekst("careOf"),
        adresselinjer: linjer
            .filter(|t| !t.is_empty())
            .map(|t| Felt::Verdi(t.to_owned()))
            .collect(),
        gatenavn: tekst("streetName"),
        husnummer: tekst("houseNumber"),
        bolignummer: tekst("unitID"),
        postboks: tekst("postBox"),
        postnummer: tekst("postalCode"),
        poststed: tekst("city"),
        kommune: tekst("county"),
        land: tekst("country"),
        grunnkrets: tekst("censusTract"),
        bydel: tekst("precinct"),
    };
    (adresse != Adresse::default()).then(|| Adresse {
        bruk: bruk(element),
        ..adresse
    })
}

/// What an address is for, of the words that are known.
pub(super) fn bruk(element: &Element) -> Vec<Adressebruk> {
    let ord = verdi(element, "use").unwrap_or_default().split_ascii_whitespace();
    let mut ut: Vec<Adressebruk> = Vec::new();
    for kode in ord.filter_map(Adressebruk::les) {
        if !ut.contains(&kode) {
            ut.push(kode);
        }
    }
    ut
}

/// Codes of `TelecommunicationAddressUse`.
const TELEKOMBRUK: [&str; 13] = [
    "BAD", "CONF", "H", "HP", "HV", "TMP", "WP", "DIR", "PUB", "AS", "EC", "MC", "PG",
];

/// A value is taken whatever null flavor stands beside it. Source: README of the contract, 3.4.
pub(super) fn telekom(element: &Element) -> Option<Telekom> {
    let ord = verdi(element, "use").unwrap_or_default().split_ascii_whitespace();
    Some(Telekom {
        verdi: verdi(element, "value")?.to_owned(),
        bruk: ord.filter(|o| TELEKOMBRUK.contains(o)).map(str::to_owned).collect(),
    })
}
