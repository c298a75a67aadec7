//! The table of the translation: the page for people against the code, and the code against the register's model, both ways.

use std::collections::{BTreeMap, BTreeSet};

use informasjonsmodell::skjema::{self as freg, Art};
use informasjonsmodell::{Entitet, Registermetadata};
use persontjenesten::oversettelse::tabell::{Antall, Felt, Form, Kilde, Kodeart, Kodeliste, Skjema};
use persontjenesten::oversettelse::{kodelister, skjemaer};

use crate::tabellfil::{self, Avsnitt};

fn rad(felt: &Felt) -> [String; 4] {
    let norsk = match felt.kilde {
        Kilde::Freg(navn) => navn.to_owned(),
        Kilde::Tvilling(navn) => format!("{navn} (tvilling)"),
        Kilde::Krr(navn) => format!("KRR: {navn}"),
        Kilde::Berikelse(_) => "berikelse".to_owned(),
        Kilde::Tjenesten => "tjenesten".to_owned(),
    };
    let en = match felt.form {
        Form::Tekst => "tekst".to_owned(),
        Form::Heltall => "heltall".to_owned(),
        Form::Heltall32 => "heltall32".to_owned(),
        Form::Boolsk => "ja/nei".to_owned(),
        Form::Dato => "dato".to_owned(),
        Form::Tidspunkt => "tidspunkt".to_owned(),
        Form::Kode(liste) => format!("kode {}", liste.navn),
        Form::Objekt(skjema) => format!("objekt {}", skjema.navn),
    };
    let form = match felt.antall {
        Antall::En => en,
        Antall::Liste => format!("liste av {en}"),
        Antall::Foerste => format!("{en} (foerste av liste)"),
        Antall::Eneste => format!("{en} (eneste av liste)"),
    };
    let versjon = if felt.fra_v3 { "3" } else { "" };
    [felt.navn.to_owned(), norsk, form, versjon.to_owned()]
}

#[track_caller]
fn check_felter(avsnitt: &Avsnitt, felter: &[Felt]) {
    assert_eq!(avsnitt.kolonner, ["JSON", "norsk navn", "form", "versjon", "merknad"]);
    let ventet: Vec<[String; 4]> = felter.iter().map(rad).collect();
    let skrevet: Vec<&[String]> = avsnitt.rader.iter().map(|rad| &rad[..4]).collect();
    assert_eq!(skrevet, ventet, "{}", avsnitt.overskrift);
    for (rad, felt) in avsnitt.rader.iter().zip(felter) {
        assert_eq!(rad[4].starts_with("foreldet"), felt.foreldet, "{}", felt.navn);
    }
}

#[test]
fn the_page_for_people_and_the_code_have_the_same_fields_in_the_same_order() {
    let side = tabellfil::les("oversettelse.md");
    check_felter(
        tabellfil::finn(&side, "Metadata"),
        &skjemaer::PERSON_NAME.felter[..skjemaer::METADATA_ANTALL],
    );
    let mut paa_siden: Vec<&str> = Vec::new();
    for avsnitt in &side {
        let Some(linje) = avsnitt.linjer.iter().find(|l| l.contains("Metadata: ")) else {
            continue;
        };
        paa_siden.push(&avsnitt.overskrift);
        let skjema = skjemaer::ALLE.iter().find(|s| s.navn == avsnitt.overskrift).unwrap();
        let type_ = match skjema.norske {
            [] => String::new(),
            norske => format!("Norsk type: {}. ", norske.join(", ")),
        };
        let metadata = if skjema.metadata { "ja" } else { "nei" };
        assert_eq!(*linje, format!("{type_}Metadata: {metadata}."), "{}", skjema.navn);
        let fra = if skjema.metadata { skjemaer::METADATA_ANTALL } else { 0 };
        if skjema.felter.len() == fra {
            assert!(avsnitt.rader.is_empty());
        } else {
            check_felter(avsnitt, &skjema.felter[fra..]);
        }
    }
    let i_koden: Vec<&str> = skjemaer::ALLE.iter().map(|s| s.navn).collect();
    assert_eq!(paa_siden, i_koden);
}

#[test]
fn the_page_for_people_and_the_code_have_the_same_codes() {
    let side = tabellfil::les("oversettelse.md");
    let mut paa_siden = Vec::new();
    for avsnitt in &side {
        let Some(linje) = avsnitt.linjer.iter().find(|l| l.starts_with("Norsk kodeliste: ")) else {
            continue;
        };
        paa_siden.push(avsnitt.overskrift.as_str());
        let liste = kodelister::ALLE.iter().find(|l| l.navn == avsnitt.overskrift).unwrap();
        let krr = if liste.krr { " (KRR)" } else { "" };
        let v3 = if liste.fra_v3 { " Bare i v3." } else { "" };
        assert_eq!(*linje, format!("Norsk kodeliste: {}{krr}.{v3}", liste.norsk));
        assert_eq!(avsnitt.kolonner, ["engelsk", "norsk", "merknad"]);
        let skrevet: Vec<(&str, &str, Kodeart)> = avsnitt
            .rader
            .iter()
            .map(|rad| {
                let art = match rad[2].split(':').next().unwrap() {
                    "" => Kodeart::Vanlig,
                    "ikke i FREG" => Kodeart::Egen,
                    "reservert" => Kodeart::Reservert,
                    annet => panic!("{annet}"),
                };
                (rad[0].as_str(), rad[1].as_str(), art)
            })
            .collect();
        let ventet: Vec<_> = liste.koder.iter().map(|k| (k.engelsk, k.norsk, k.art)).collect();
        assert_eq!(skrevet, ventet, "{}", liste.navn);
    }
    let i_koden: Vec<&str> = kodelister::ALLE.iter().map(|l| l.navn).collect();
    assert_eq!(paa_siden, i_koden);
}

/// What has been found on the walk through both models.
#[derive(Default)]
struct Gang {
    /// English schema to the Norwegian types it was met as.
    skjemaer: BTreeMap<&'static str, BTreeSet<&'static str>>,
    kodelister: BTreeSet<&'static str>,
    felter: usize,
}

impl Gang {
    fn gaa(&mut self, engelsk: &'static Skjema, norsk: &'static freg::Skjema) {
        self.skjemaer.entry(engelsk.navn).or_default().insert(norsk.navn);
        let fra = if engelsk.metadata { skjemaer::METADATA_ANTALL } else { 0 };
        self.felter(&engelsk.felter[fra..], norsk.felter, engelsk.navn);
    }

    /// Every Norwegian field has one English, twins apart, and every English field from the register has a Norwegian.
    fn felter(&mut self, engelske: &'static [Felt], norske: &'static [freg::Felt], hvor: &str) {
        for norsk in norske {
            let treff: Vec<&Felt> = engelske
                .iter()
                .filter(|f| f.kilde.norsk() == Some(norsk.navn))
                .collect();
            let ekte = treff.iter().filter(|f| matches!(f.kilde, Kilde::Freg(_))).count();
            // A schema that is a twin has fields of its own, so the one there is counts as the one.
            assert_eq!(ekte, 1, "{hvor}.{}", norsk.navn);
            assert!(treff.len() <= 2, "{hvor}.{}", norsk.navn);
            for felt in treff {
                self.felt(felt, norsk, hvor);
            }
        }
        for felt in engelske {
            match felt.kilde {
                Kilde::Freg(navn) | Kilde::Tvilling(navn) => {
                    assert!(norske.iter().any(|n| n.navn == navn), "{hvor}.{navn}");
                }
                Kilde::Berikelse(_) => {}
                Kilde::Krr(_) | Kilde::Tjenesten => panic!("{hvor}.{}", felt.navn),
            }
        }
    }

    fn felt(&mut self, felt: &Felt, norsk: &'static freg::Felt, hvor: &str) {
        self.felter += 1;
        assert_eq!(norsk.liste, felt.antall != Antall::En, "{hvor}.{}", norsk.navn);
        match (norsk.art, felt.form) {
            (Art::Tekst(_), Form::Tekst)
            | (Art::Heltall, Form::Heltall)
            | (Art::Boolsk, Form::Boolsk)
            | (Art::Dato, Form::Dato)
            | (Art::Tidspunkt, Form::Tidspunkt) => {}
            (Art::Kode(norske), Form::Kode(liste)) => self.koder(norske, liste),
            (Art::Objekt(norsk), Form::Objekt(engelsk)) => self.gaa(engelsk, norsk),
            // The model has no code list here: one value is known, and it is text.
            (Art::Tekst(_), Form::Kode(liste)) if liste.navn == "LegalAuthorityScope" => {
                self.kodelister.insert(liste.navn);
            }
            _ => panic!("{hvor}.{}: {:?} er ikke {:?}", norsk.navn, norsk.art, felt.form),
        }
    }

    fn koder(&mut self, norske: &freg::Kodeliste, liste: &Kodeliste) {
        assert_eq!(norske.navn, liste.norsk);
        self.kodelister.insert(liste.navn);
        let alle: BTreeSet<&str> = norske.verdier.iter().chain(norske.senere).copied().collect();
        let i_tabellen = |art: fn(Kodeart) -> bool| -> Vec<&str> {
            liste.koder.iter().filter(|k| art(k.art)).map(|k| k.norsk).collect()
        };
        let fra_freg = i_tabellen(|art| art != Kodeart::Egen);
        assert_eq!(
            fra_freg.iter().copied().collect::<BTreeSet<_>>(),
            alle,
            "{}",
            liste.navn
        );
        assert_eq!(fra_freg.len(), alle.len(), "{}", liste.navn);
        let engelske: BTreeSet<&str> = liste.koder.iter().map(|k| k.engelsk).collect();
        assert_eq!(engelske.len(), liste.koder.len(), "{}", liste.navn);
    }
}

#[test]
fn every_field_and_code_of_the_register_has_one_counterpart_and_the_reverse() {
    let mut gang = Gang::default();
    gang.felter(
        &skjemaer::PERSON_NAME.felter[..skjemaer::METADATA_ANTALL],
        &Registermetadata::FELTER,
        "metadata",
    );
    let mut brukt = BTreeSet::new();
    for &entitet in Entitet::ALLE {
        let felt = skjemaer::PERSON
            .felter
            .iter()
            .find(|f| f.kilde == Kilde::Freg(entitet.navn()))
            .unwrap_or_else(|| panic!("{}", entitet.navn()));
        assert_eq!(felt.antall == Antall::Liste, entitet.er_liste(), "{}", felt.navn);
        let Form::Objekt(skjema) = felt.form else {
            panic!("{}", felt.navn)
        };
        assert!(skjema.metadata, "{}", skjema.navn);
        assert_eq!(skjema.uten_historikk, !entitet.er_liste(), "{}", skjema.navn);
        brukt.insert(felt.navn);
        gang.gaa(skjema, entitet.skjema());
    }
    let oevrige: Vec<&str> = skjemaer::PERSON
        .felter
        .iter()
        .filter(|f| !brukt.contains(f.navn))
        .map(|f| f.navn)
        .collect();
    assert_eq!(oevrige, ["commonContactRegisterInformation", "id", "sequenceNumber"]);
    // All of the table that is the register's has been met, as the types that it says.
    for skjema in &skjemaer::ALLE[1..] {
        let krr = skjema.norske.iter().any(|n| n.contains("KRR"));
        let moett = gang.skjemaer.get(skjema.navn).cloned().unwrap_or_default();
        let sagt: BTreeSet<&str> = skjema.norske.iter().copied().collect();
        assert_eq!(moett, if krr { BTreeSet::new() } else { sagt }, "{}", skjema.navn);
        if skjema.norske.is_empty() {
            assert!(
                skjema.felter.iter().all(|f| f.kilde == Kilde::Tjenesten),
                "{}",
                skjema.navn
            );
        }
        if krr {
            assert!(
                skjema.felter.iter().all(|f| matches!(f.kilde, Kilde::Krr(_))),
                "{}",
                skjema.navn
            );
        }
    }
    for liste in kodelister::ALLE {
        assert_eq!(gang.kodelister.contains(liste.navn), !liste.krr, "{}", liste.navn);
    }
    assert!(gang.felter > 200, "{}", gang.felter);
}
