//! The rights of producers: given, changed, withdrawn, looked up, blocked, and the same after a restart.

use std::fs;

use rcgen::{CertificateParams, DnType, KeyPair, KeyUsagePurpose};

use super::*;
use crate::avtale::Sperret;
use crate::endringslogg;

fn org(tekst: &str) -> Organisasjonsnummer {
    Organisasjonsnummer::parse(tekst).unwrap()
}

fn tid(tekst: &str) -> Timestamp {
    format!("{tekst}T00:00:00Z").parse().unwrap()
}

fn naa() -> Timestamp {
    tid("2026-01-01")
}

fn koder(koder: &[&str]) -> std::collections::BTreeSet<Meldingskode> {
    koder.iter().map(|kode| Meldingskode::parse(kode).unwrap()).collect()
}

fn ny(meldinger: &[&str]) -> NyProdusent {
    NyProdusent {
        organisasjon: org("310000000"),
        meldinger: koder(meldinger),
        kilder: BTreeMap::new(),
        formaal: "dødsfall på sykehus".to_owned(),
        fra: naa(),
        til: None,
    }
}

fn med_kilder(ny: NyProdusent, kode: &str, kilder: &[&str]) -> NyProdusent {
    let kode = Meldingskode::parse(kode).unwrap();
    let kilder = kilder.iter().map(|k| (*k).to_owned()).collect();
    NyProdusent {
        kilder: BTreeMap::from([(kode, kilder)]),
        ..ny
    }
}

struct Mappe(tempfile::TempDir);

impl Mappe {
    fn ny() -> Self {
        Mappe(tempfile::tempdir().unwrap())
    }

    fn aapne(&self) -> Avtaleregister {
        Avtaleregister::aapne(&self.0.path().join("tilgang")).unwrap()
    }

    fn fil(&self) -> std::path::PathBuf {
        self.0.path().join("tilgang/produsenter.jsonl")
    }
}

/// A certificate of an organisation.
fn sertifikat(nummer: &str) -> Virksomhetssertifikat {
    let mut s = CertificateParams::default();
    s.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    s.distinguished_name
        .push(DnType::CustomDnType(vec![2, 5, 4, 97]), format!("NTRNO-{nummer}"));
    let der = s.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec();
    Virksomhetssertifikat::les(&der).unwrap()
}

#[test]
fn a_right_with_its_history_is_the_same_after_a_restart() {
    let mappe = Mappe::ny();
    let register = mappe.aapne();
    let gitt = register
        .gi_produsent(
            &med_kilder(ny(&["DOEDSFALL_V1", "FOEDSEL_V1"]), "DOEDSFALL_V1", &["helse"]),
            "kari",
            naa(),
        )
        .unwrap();
    assert_eq!(gitt.id.to_string(), "P1");
    let endring = Produsentendring {
        meldinger: Some(koder(&["DOEDSFALL_V1", "FARSKAP_V1"])),
        til: Some(Some(tid("2027-01-01"))),
        grunn: Some("føder ikke mer".to_owned()),
        ..Produsentendring::default()
    };
    register
        .endre_produsent(gitt.id, &endring, "ola", tid("2026-02-01"))
        .unwrap();
    register
        .trekk_produsent(gitt.id, "flyttet", "kari", tid("2026-03-01"))
        .unwrap();
    register
        .gi_produsent(&ny(&["FOEDSEL_V1"]), "kari", tid("2026-03-02"))
        .unwrap();
    let (alle, historikk) = (register.produsenter(), register.produsenthistorikk(gitt.id));
    drop(register);
    let igjen = mappe.aapne();
    assert_eq!(
        (igjen.produsenter(), igjen.produsenthistorikk(gitt.id)),
        (alle, historikk.clone())
    );
    let steg: Vec<_> = historikk.iter().map(|h| (h.av.as_str(), h.hendelse.clone())).collect();
    assert_eq!(
        steg,
        [
            ("kari", Rettshendelse::Gitt),
            ("ola", Rettshendelse::Endret(Some("føder ikke mer".to_owned()))),
            ("kari", Rettshendelse::Trukket("flyttet".to_owned()))
        ]
    );
    // What was true is still there to be read, and the limit on what is still given stayed.
    assert!(historikk[0].produsent.kan_sende("FOEDSEL_V1") && !historikk[1].produsent.kan_sende("FOEDSEL_V1"));
    assert!(historikk[1].produsent.kan_sende_med("DOEDSFALL_V1", "helse"));
    assert!(!historikk[1].produsent.kan_sende_med("DOEDSFALL_V1", "nav"));
    assert_eq!(igjen.produsenter().len(), 2);
    let linjer = fs::read_to_string(mappe.fil()).unwrap();
    assert_eq!(linjer.lines().count(), 4);
    assert!(linjer.starts_with(r#"{"nr":1,"tid":"2026-01-01T00:00:00Z","av":"kari","innhold":{"gitt":{"organisasjon":"310000000","meldinger":["DOEDSFALL_V1","FOEDSEL_V1"],"kilder":{"DOEDSFALL_V1":["helse"]},"#));
}

#[test]
fn a_right_holds_from_its_start_until_its_end_or_its_withdrawal() {
    let mappe = Mappe::ny();
    let register = mappe.aapne();
    let ny = NyProdusent {
        til: Some(tid("2026-07-01")),
        ..ny(&["DOEDSFALL_V1"])
    };
    let gitt = register.gi_produsent(&ny, "kari", naa()).unwrap();
    let finn = |dag: &str| register.produsent(org("310000000"), tid(dag)).is_some();
    assert_eq!(
        ["2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01"].map(finn),
        [false, true, true, false]
    );
    assert!(register.produsent(org("310000019"), naa()).is_none());
    register.trekk_produsent(gitt.id, "feil", "kari", naa()).unwrap();
    assert!(!finn("2026-01-01"));
}

#[test]
fn a_kind_may_be_sent_with_the_sources_that_are_given_or_with_any() {
    let mappe = Mappe::ny();
    let begge = med_kilder(
        ny(&["DOEDSFALL_V1", "SEPARASJON_V1"]),
        "DOEDSFALL_V1",
        &["helse", "nav"],
    );
    let gitt = mappe.aapne().gi_produsent(&begge, "kari", naa()).unwrap();
    for (kode, kilde, ventet) in [
        ("DOEDSFALL_V1", "helse", true),
        ("DOEDSFALL_V1", "nav", true),
        ("DOEDSFALL_V1", "tingretten", false),
        ("DOEDSFALL_V1", "", false),
        ("SEPARASJON_V1", "hva som helst", true),
        ("FOEDSEL_V1", "helse", false),
        ("doedsfall_v1", "helse", false),
        ("", "", false),
    ] {
        assert_eq!(gitt.kan_sende_med(kode, kilde), ventet, "{kode} {kilde}");
    }
}

#[test]
fn what_breaks_a_rule_is_refused_and_changes_nothing() {
    let mappe = Mappe::ny();
    let register = mappe.aapne();
    let gitt = register.gi_produsent(&ny(&["DOEDSFALL_V1"]), "kari", naa()).unwrap();
    let foer = fs::read(mappe.fil()).unwrap();
    let annen = |endre: fn(&mut NyProdusent)| {
        let mut annen = NyProdusent {
            organisasjon: org("310000019"),
            ..ny(&["DOEDSFALL_V1"])
        };
        endre(&mut annen);
        register.gi_produsent(&annen, "kari", naa()).unwrap_err()
    };
    let samme = register.gi_produsent(&ny(&["FOEDSEL_V1"]), "kari", naa());
    assert!(matches!(samme, Err(Feil::ProdusentFinnes(id)) if id == gitt.id));
    assert!(matches!(annen(|p| p.meldinger.clear()), Feil::Meldinger { .. }));
    assert!(matches!(annen(|p| p.formaal = " ".to_owned()), Feil::Tekst(_)));
    assert!(matches!(annen(|p| p.til = Some(p.fra)), Feil::Tidsrom));
    for kilder in [&[][..], &[""], &[" helse"], &["he\nlse"]] {
        let mut p = med_kilder(ny(&["DOEDSFALL_V1"]), "DOEDSFALL_V1", kilder);
        p.organisasjon = org("310000019");
        assert!(
            matches!(register.gi_produsent(&p, "kari", naa()), Err(Feil::Kilder)),
            "{kilder:?}"
        );
    }
    let mut ukjent = med_kilder(ny(&["DOEDSFALL_V1"]), "FOEDSEL_V1", &["helse"]);
    ukjent.organisasjon = org("310000019");
    assert!(matches!(
        register.gi_produsent(&ukjent, "kari", naa()),
        Err(Feil::Kilder)
    ));
    let mange: Vec<String> = (0..65).map(|i| format!("M{i}")).collect();
    let mange: Vec<&str> = mange.iter().map(String::as_str).collect();
    let mut for_mange = ny(&mange);
    for_mange.organisasjon = org("310000019");
    assert!(matches!(
        register.gi_produsent(&for_mange, "kari", naa()),
        Err(Feil::Meldinger { .. })
    ));
    let ingen = Produsentid(7);
    let endring = Produsentendring::default();
    assert!(matches!(
        register.endre_produsent(ingen, &endring, "kari", naa()),
        Err(Feil::UkjentProdusent(_))
    ));
    assert!(matches!(
        register.trekk_produsent(ingen, "x", "kari", naa()),
        Err(Feil::UkjentProdusent(_))
    ));
    assert!(matches!(
        register.trekk_produsent(gitt.id, " ", "kari", naa()),
        Err(Feil::Tekst(_))
    ));
    assert!(matches!(
        register.trekk_produsent(gitt.id, "x", " ", naa()),
        Err(Feil::Tekst(_))
    ));
    let tom = Produsentendring {
        meldinger: Some(koder(&[])),
        ..Produsentendring::default()
    };
    assert!(register.endre_produsent(gitt.id, &tom, "kari", naa()).is_err());
    assert_eq!(fs::read(mappe.fil()).unwrap(), foer);
    assert_eq!(register.produsenter(), std::slice::from_ref(&gitt));
    // Withdrawn is for good; another may then be given.
    register.trekk_produsent(gitt.id, "slutt", "kari", naa()).unwrap();
    assert!(matches!(
        register.trekk_produsent(gitt.id, "x", "kari", naa()),
        Err(Feil::ProdusentTrukket(_))
    ));
    assert!(matches!(
        register.endre_produsent(gitt.id, &endring, "kari", naa()),
        Err(Feil::ProdusentTrukket(_))
    ));
    let neste = register.gi_produsent(&ny(&["FOEDSEL_V1"]), "kari", naa()).unwrap();
    assert_eq!(neste.id, Produsentid(3));
}

#[test]
fn a_code_is_upper_case_ascii() {
    for god in ["A", "DOEDSFALL_V1", "D_NUMMER_REKVISISJON_V4"] {
        assert_eq!(Meldingskode::parse(god).unwrap().as_str(), god);
    }
    for daarlig in [
        "",
        "_A",
        "1A",
        "doedsfall_v1",
        "DØDSFALL",
        "A B",
        "A-B",
        &"A".repeat(65),
    ] {
        assert!(Meldingskode::parse(daarlig).is_err(), "{daarlig}");
    }
}

#[test]
fn a_line_that_an_honest_program_would_not_write_stops_the_opening() {
    let god = r#"{"gitt":{"organisasjon":"310000000","meldinger":["A"],"formaal":"x","fra":"2026-01-01T00:00:00Z"}}"#;
    let med = |linjer: &[&str]| {
        let mappe = Mappe::ny();
        drop(mappe.aapne());
        let (mut logg, _) = crate::endringslogg::Endringslogg::aapne::<serde_json::Value>(&mappe.fil()).unwrap();
        for linje in linjer {
            let innhold: serde_json::Value = serde_json::from_str(linje).unwrap();
            logg.skriv(naa(), "x", &innhold).unwrap();
        }
        drop(logg);
        Avtaleregister::aapne(&mappe.0.path().join("tilgang")).map(|r| r.produsenter().len())
    };
    assert_eq!(med(&[god]).unwrap(), 1);
    let byttet = |fra: &str, til: &str| {
        assert!(god.contains(fra), "{fra}");
        god.replace(fra, til)
    };
    for linjer in [
        &[god, god][..],
        &[&byttet("310000000", "310000001")],
        &[&byttet("[\"A\"]", "[]")],
        &[&byttet("[\"A\"]", "[\"a\"]")],
        &[&byttet("\"formaal\"", "\"kilder\":{\"B\":[\"x\"]},\"formaal\"")],
        &[&byttet("\"formaal\"", "\"unntak\":true,\"formaal\"")],
        &[&byttet("2026-01-01T00:00:00Z", "i går")],
        &[r#"{"trukket":{"id":1,"grunn":"x"}}"#],
        &[god, r#"{"trukket":{"id":1,"grunn":""}}"#],
        &[
            god,
            r#"{"trukket":{"id":1,"grunn":"x"}}"#,
            r#"{"trukket":{"id":1,"grunn":"x"}}"#,
        ],
        &[
            god,
            &format!(
                r#"{{"endret":{{"id":1,"produsent":{}}}}}"#,
                r#"{"organisasjon":"310000019","meldinger":["A"],"formaal":"x","fra":"2026-01-01T00:00:00Z"}"#
            ),
        ],
    ] {
        assert!(
            matches!(med(linjer), Err(Feil::Logg(endringslogg::Feil::Skadet { .. }))),
            "{linjer:?}"
        );
    }
}

#[test]
fn a_producer_that_is_blocked_or_withdrawn_is_kept_out_from_the_next_call_on() {
    let mappe = Mappe::ny();
    let register = mappe.aapne();
    let (min, ogsaa_min) = (sertifikat("310000000"), sertifikat("310000000"));
    let slipp_inn = |sertifikat: &Virksomhetssertifikat| register.slipp_inn_produsent(sertifikat, naa()).map(|p| p.id);
    assert_eq!(slipp_inn(&min), Err(Produsentavslag::IngenRett));
    let gitt = register.gi_produsent(&ny(&["DOEDSFALL_V1"]), "kari", naa()).unwrap();
    assert_eq!(slipp_inn(&min), Ok(gitt.id));
    assert_eq!(slipp_inn(&sertifikat("310000019")), Err(Produsentavslag::IngenRett));
    let organisasjon = Sperret::Organisasjon(org("310000000"));
    register.sperr(&organisasjon, "mistanke", "kari", naa()).unwrap();
    assert_eq!(slipp_inn(&min), Err(Produsentavslag::Sperret));
    register.opphev_sperre(&organisasjon, "avklart", "kari", naa()).unwrap();
    assert_eq!(slipp_inn(&min), Ok(gitt.id));
    // One certificate that has gone astray, and not the organisation.
    register
        .sperr(&Sperret::Klient(min.avtrykk()), "på avveie", "kari", naa())
        .unwrap();
    assert_eq!(slipp_inn(&min), Err(Produsentavslag::Sperret));
    assert_eq!(slipp_inn(&ogsaa_min), Ok(gitt.id));
    register.trekk_produsent(gitt.id, "slutt", "kari", naa()).unwrap();
    assert_eq!(slipp_inn(&ogsaa_min), Err(Produsentavslag::IngenRett));
    assert_eq!(Produsentavslag::Sperret.slag(), Avslagsslag::Sperret);
    assert_eq!(Produsentavslag::IngenRett.slag(), Avslagsslag::ManglerTilgang);
}
