//! Event types and parts: the page for people against the code, the model and both public documents.

use std::collections::BTreeSet;

use informasjonsmodell::{Entitet, Hendelsestype};
use persontjenesten::{Deler, EventType, InformationPart, UTENFOR_MODELLEN, Versjon};
use serde_json::Value;

use crate::{kontrakt, tabellfil};

#[test]
fn the_page_for_people_and_the_code_have_the_same_types() {
    let side = tabellfil::les("hendelser.md");
    let tabell = tabellfil::finn(&side, "Hendelsestyper");
    assert_eq!(tabell.kolonner, ["EventType", "folkeregisteret", "kategori", "deler"]);
    let ventet: Vec<[String; 4]> = EventType::ALLE
        .iter()
        .map(|type_| {
            let deler = match type_.deler() {
                Deler::Alle => "hele dokumentet".to_owned(),
                Deler::Disse(deler) => deler.iter().map(|d| d.navn()).collect::<Vec<_>>().join(" "),
            };
            let freg = type_.freg().map_or("egen", Hendelsestype::navn);
            [
                type_.navn().to_owned(),
                freg.to_owned(),
                type_.kategori().navn().to_owned(),
                deler,
            ]
        })
        .collect();
    assert_eq!(tabell.rader, ventet);
    let utenfor = tabellfil::finn(&side, "Typer i folkeregisteret uten egen engelsk");
    let ventet = UTENFOR_MODELLEN.map(|(norsk, type_)| [norsk.to_owned(), type_.navn().to_owned()]);
    assert_eq!(utenfor.rader, ventet);
    let deler = tabellfil::finn(&side, "Delene av et persondokument");
    let ventet: Vec<[String; 3]> = InformationPart::ALLE
        .iter()
        .map(|del| {
            let norsk = del.entitet().map_or("KRR", Entitet::navn);
            [del.navn(), del.egenskap(), norsk].map(str::to_owned)
        })
        .collect();
    assert_eq!(deler.rader, ventet);
}

#[test]
fn every_type_of_the_register_has_one_english_and_its_entities_are_among_the_parts() {
    let mut brukte = BTreeSet::new();
    for &hendelsestype in Hendelsestype::ALLE {
        let treff: Vec<&EventType> = EventType::ALLE
            .iter()
            .filter(|t| t.freg() == Some(hendelsestype))
            .collect();
        assert_eq!(treff.len(), 1, "{}", hendelsestype.navn());
        let type_ = EventType::fra_hendelsestype(hendelsestype);
        assert_eq!(type_, *treff[0]);
        assert_eq!(EventType::fra_norsk_navn(hendelsestype.navn()), type_);
        assert!(brukte.insert(type_));
        // Whoever fetches the parts again gets all that the register says has changed.
        if let Deler::Disse(deler) = type_.deler() {
            let entiteter: BTreeSet<Entitet> = deler.iter().filter_map(|d| d.entitet()).collect();
            for entitet in hendelsestype.entiteter() {
                assert!(entiteter.contains(entitet), "{}", hendelsestype.navn());
            }
        }
    }
    let egne: Vec<&str> = EventType::ALLE
        .iter()
        .filter(|t| t.freg().is_none())
        .map(|t| t.navn())
        .collect();
    assert_eq!(
        egne,
        [
            "Unknown",
            "PersonCorrected",
            "PersonPopulated",
            "ChangeInPostalAddress",
            "ChangeInForeignPostalAddress",
            "ChangeInResidencePermit",
            "ChangeInDeprivedLegalAuthority",
            "CreatedAlternateIdentificationNumber",
            "UpdatedAlternateIdentificationNumber",
            "ChangeInCommonContactRegisterInformation",
        ]
    );
    for (norsk, type_) in UTENFOR_MODELLEN {
        assert!(Hendelsestype::fra_navn(norsk).is_none());
        assert_eq!(EventType::fra_norsk_navn(norsk), type_);
    }
    assert_eq!(EventType::fra_norsk_navn("noeNytt"), EventType::ChangeInPerson);
}

#[test]
fn every_entity_is_a_part_and_every_part_a_property_of_a_person() {
    let entiteter: BTreeSet<Entitet> = InformationPart::ALLE.iter().filter_map(|d| d.entitet()).collect();
    assert_eq!(entiteter, Entitet::ALLE.iter().copied().collect());
    for del in InformationPart::ALLE {
        assert_eq!(InformationPart::fra_navn(del.navn()), Some(*del));
        let felt = persontjenesten::oversettelse::skjemaer::PERSON
            .felter
            .iter()
            .find(|f| f.navn == del.egenskap())
            .unwrap();
        assert_eq!(felt.kilde.norsk(), del.entitet().map(Entitet::navn));
        // Something tells of a change in it.
        let deler = |t: &&EventType| matches!(t.deler(), Deler::Disse(deler) if deler.contains(del));
        assert!(EventType::ALLE.iter().any(|t| deler(&t)), "{}", del.navn());
    }
}

#[test]
fn both_contracts_have_the_same_types_and_parts_as_the_code() {
    for versjon in Versjon::ALLE {
        let Some(dokument) = kontrakt::publisert(versjon) else {
            return;
        };
        let verdier = |navn: &str| -> Vec<String> {
            let liste = dokument["components"]["schemas"][navn]["enum"]
                .as_array()
                .unwrap()
                .clone();
            liste.iter().map(|v: &Value| v.as_str().unwrap().to_owned()).collect()
        };
        let typer: Vec<&str> = EventType::ALLE.iter().map(|t| t.navn()).collect();
        assert_eq!(verdier("EventType"), typer);
        assert_eq!(typer.len(), 53);
        let deler: Vec<&str> = InformationPart::ALLE.iter().map(|d| d.navn()).collect();
        assert_eq!(verdier("InformationPart"), deler);
        assert_eq!(deler.len(), 35);
    }
}
