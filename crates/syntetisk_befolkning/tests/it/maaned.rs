use std::collections::{BTreeMap, BTreeSet, HashSet};

use informasjonsmodell::kodeverk::Personstatus;
use informasjonsmodell::{Entitet, Handling, Hendelsestype, Innhold, Registrering, Tidspunkt};
use syntetisk_befolkning::Nasjon;

use super::prove_register::Proveregister;
use super::{gjeldende, nummer, status};

fn typer(registrering: &Registrering) -> Vec<&'static str> {
    match &registrering.handling {
        Handling::Opprett(_) => vec![Hendelsestype::PersonErOpprettet.navn()],
        Handling::Registrer { hendelsestype, .. } => vec![hendelsestype.navn()],
        Handling::SkiftIdentifikator { etter, .. } => [Hendelsestype::EndringIIdentifikasjonsnummer.navn()]
            .into_iter()
            .chain(etter.iter().map(|(t, _)| t.navn()))
            .collect(),
        Handling::SlaaSammen { .. } => vec!["sammenslaaing"],
        Handling::Splitt { .. } => vec!["splitting"],
    }
}

#[test]
fn transactions_come_in_order_within_the_month_and_share_their_time() {
    let fra = Tidspunkt::parse("2025-12-02T00:00:00+01:00").unwrap().rekkefoelge();
    let til = Tidspunkt::parse("2026-01-01T00:00:00+01:00").unwrap().rekkefoelge();
    let nasjon = Nasjon::new(2026, 20_000).unwrap();
    let mut forrige = fra;
    let mut antall = 0;
    for transaksjon in nasjon.siste_maaned() {
        let tid = transaksjon.first().expect("ingen transaksjon er tom").tidspunkt;
        assert!(transaksjon.iter().all(|r| r.tidspunkt == tid));
        assert!(forrige <= tid.rekkefoelge() && tid.rekkefoelge() < til);
        forrige = tid.rekkefoelge();
        antall += 1;
    }
    assert_eq!(antall, nasjon.transaksjoner());
}

/// Plays the month on the baseline: every change must point at one entry that is there.
#[test]
fn the_month_can_be_played_on_the_baseline() {
    for (froe, antall) in [(2026, 5_000), (7, 5_000), (8, 300), (9, 20_000)] {
        let nasjon = Nasjon::new(froe, antall).unwrap();
        let mut register = Proveregister::new(&nasjon);
        for registrering in nasjon.siste_maaned().flatten() {
            register.gjoer(&registrering);
        }
        for dokument in &register.dokumenter {
            for &entitet in Entitet::ALLE.iter().filter(|e| !e.er_parallell()) {
                assert!(gjeldende(dokument, entitet).count() <= 1, "{entitet:?}");
            }
            if status(dokument) == Personstatus::Doed {
                let adresser = Entitet::ADRESSER.iter().flat_map(|&e| gjeldende(dokument, e)).count();
                assert_eq!(adresser, 0, "en død har ingen gjeldende adresse");
            }
        }
        sjekk_relasjoner(&register);
    }
}

/// After the month too, spouses and parents are told of by both.
fn sjekk_relasjoner(register: &Proveregister) {
    let mut fortalt = HashSet::new();
    for dokument in &register.dokumenter {
        for o in gjeldende(dokument, Entitet::Familierelasjon) {
            if let Innhold::Familierelasjon(f) = &o.innhold
                && let Some(annen) = &f.relatert_person
            {
                fortalt.insert((
                    nummer(dokument).to_owned(),
                    nummer(register.dokument(annen.som_tekst())).to_owned(),
                ));
            }
        }
    }
    for (en, annen) in &fortalt {
        assert!(
            fortalt.contains(&(annen.clone(), en.clone())),
            "en relasjon står bare på den ene siden"
        );
    }
}

#[test]
fn named_cases_are_left_alone() {
    let nasjon = Nasjon::new(2026, 3_000).unwrap();
    let navngitte: HashSet<String> = nasjon.navngitte().into_iter().map(|t| t.identifikator).collect();
    for registrering in nasjon.siste_maaned().flatten() {
        if let Handling::Registrer { person, .. } = &registrering.handling {
            assert!(!navngitte.contains(person.som_tekst()));
        }
    }
}

/// The showcase makes a small nation show every kind of event.
#[test]
fn a_nation_of_three_hundred_shows_every_event() {
    let nasjon = Nasjon::new(2026, 300).unwrap();
    let finnes: BTreeSet<&str> = nasjon.siste_maaned().flatten().flat_map(|r| typer(&r)).collect();
    // Made by the register itself, withdrawn, or only what some packages see.
    let ikke_vaare = [
        Hendelsestype::PersonErOppdatert,
        Hendelsestype::PersonErViderefoertSomGjeldendeVedSammenslaaing,
        Hendelsestype::PersonErOpphoertSomDublett,
        Hendelsestype::PersonErEndretVedSplitting,
        Hendelsestype::PersonErGjenopprettetVedSplitting,
        Hendelsestype::EndringISametingetsValgmanntall,
        Hendelsestype::EndringIPerson,
    ];
    let mangler: Vec<_> = Hendelsestype::ALLE
        .iter()
        .filter(|t| !ikke_vaare.contains(t))
        .map(|t| t.navn())
        .filter(|t| !finnes.contains(t))
        .collect();
    assert_eq!(mangler, Vec::<&str>::new());
    assert!(finnes.contains("sammenslaaing") && finnes.contains("splitting"));
}

/// Rates of a month per thousand residents. Source: SSB's yearly numbers, rounded from general knowledge.
#[test]
fn things_happen_as_often_as_they_do() {
    let nasjon = Nasjon::new(2026, 60_000).unwrap();
    let mut antall: BTreeMap<&str, f64> = BTreeMap::new();
    let mut foedte = 0.0;
    for registrering in nasjon.siste_maaned().flatten() {
        for navn in typer(&registrering) {
            *antall.entry(navn).or_default() += 1.0;
        }
        if let Handling::Opprett(dokument) = &registrering.handling
            && dokument.av(Entitet::Familierelasjon).count() >= 2
        {
            foedte += 1.0;
        }
    }
    let bosatte = 60.0 * 0.735;
    for (hva, funnet, ventet) in [
        ("flyttinger", antall["endringIBostedsadresse"], 14.7),
        ("dødsfall", antall["personErDoed"], 0.66),
        ("fødsler", foedte, 0.76),
        ("sivilstandsendringer", antall["endringISivilstand"], 1.5),
    ] {
        let per_tusen = funnet / bosatte;
        assert!(
            per_tusen > ventet * 0.6 && per_tusen < ventet * 1.5,
            "{hva}: {per_tusen:.2}, ventet {ventet}"
        );
    }
}
