//! The map's names are real: those of Folkeregisteret against the model, those of the Person API against the table of its translation.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use informasjonsmodell::Entitet;
use informasjonsmodell::Registermetadata;
use informasjonsmodell::skjema::{Art, Felt, Skjema};
use pregmodell::kart::{self, rader};

fn finnes_i_modellen(sti: &str) -> bool {
    let mut deler = sti.split('.');
    let navn = deler.next().unwrap();
    let Some(entitet) = Entitet::ALLE.iter().find(|e| e.navn() == navn) else {
        return false;
    };
    let mut skjema: Option<&Skjema> = Some(entitet.skjema());
    for (nr, del) in deler.enumerate() {
        let Some(naa) = skjema else { return false };
        let egne: &[Felt] = if nr == 0 { &Registermetadata::FELTER } else { &[] };
        let Some(felt) = naa.felter.iter().chain(egne).find(|felt| felt.navn == del) else {
            return false;
        };
        skjema = match felt.art {
            Art::Objekt(skjema) => Some(skjema),
            _ => None,
        };
    }
    true
}

/// Schemas of the Person API: fields by name, with the schema of those that are objects.
fn person_api() -> BTreeMap<String, BTreeMap<String, Option<String>>> {
    let sti = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../eksempler/persontjenesten/oversettelse.md");
    let tekst = std::fs::read_to_string(sti).unwrap();
    let mut ut: BTreeMap<String, BTreeMap<String, Option<String>>> = BTreeMap::new();
    let (mut naa, mut med_metadata) = (String::new(), false);
    for linje in tekst.lines() {
        if let Some(overskrift) = linje.strip_prefix("### ") {
            naa = overskrift.trim().to_owned();
            med_metadata = false;
        }
        med_metadata |= linje.contains("Metadata: ja");
        let celler: Vec<&str> = linje.split('|').map(str::trim).collect();
        if let ["", navn, _, form, ..] = celler[..] {
            let objekt = form
                .split(' ')
                .next_back()
                .filter(|_| form.contains("objekt "))
                .map(str::to_owned);
            let felter = ut.entry(naa.clone()).or_default();
            felter.insert(navn.to_owned(), objekt);
            if med_metadata {
                felter.insert("isValid".to_owned(), None);
                felter.insert("validFrom".to_owned(), None);
            }
        }
    }
    ut
}

#[test]
fn every_path_of_the_map_is_a_field() {
    let skjemaer = person_api();
    for rad in rader() {
        for sti in &rad.freg {
            assert!(finnes_i_modellen(sti), "{}: {sti}", rad.preg);
        }
        for sti in &rad.person_api {
            let mut naa = Some("Person".to_owned());
            for del in sti.split('.') {
                let skjema = naa.unwrap_or_else(|| panic!("{}: {sti} goes below a value", rad.preg));
                let felt = skjemaer[&skjema].get(del);
                naa = felt
                    .unwrap_or_else(|| panic!("{}: {sti}: {skjema} has no {del}", rad.preg))
                    .clone();
            }
        }
    }
    assert!(!finnes_i_modellen("bostedsadresse.finnesIkke") && !finnes_i_modellen("navn.fornavn.x"));
}

#[test]
fn everything_of_a_person_in_persontjenesten_is_on_the_map() {
    let paa_kartet: BTreeSet<String> = rader()
        .iter()
        .flat_map(|rad| {
            rad.person_api
                .iter()
                .filter_map(|sti| sti.split('.').next())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    for navn in person_api()["Person"]
        .keys()
        .filter(|navn| !matches!(navn.as_str(), "JSON") && !navn.starts_with('-'))
    {
        assert!(paa_kartet.contains(navn), "{navn}");
    }
}

#[test]
fn what_is_gone_has_a_reason_and_what_is_new_has_no_field_in_preg() {
    let rader = rader();
    let med = |merke| rader.iter().filter(move |rad| rad.merke == merke);
    assert!(med("borte").all(|rad| !rad.preg.is_empty() && !rad.merknad.is_empty()));
    assert!(med("ny").all(|rad| rad.preg.is_empty() && !rad.person_api.is_empty()));
    assert!(med("ny").count() > 10 && med("borte").count() >= 8);
    assert!(kart::csv().contains(
        "Person;MaritalStatus;heltall (1);MaritalStatusBackingValue;maritalStatus.status;sivilstand.sivilstand;endret;"
    ));
}
