//! Grants: given, found, changed, withdrawn, and read back after a restart.

use super::*;
use std::fs;

fn org(nummer: &str) -> Organisasjonsnummer {
    Organisasjonsnummer::parse(nummer).unwrap()
}

fn tid(tekst: &str) -> Timestamp {
    format!("{tekst}T00:00:00Z").parse().unwrap()
}

fn ny(pakke: Pakke) -> NyAvtale {
    NyAvtale {
        organisasjon: org("310000000"),
        rettighet: Rettighet::Pakke(pakke),
        graderte_adresser: false,
        er_privat: false,
        formaal: "prøve".to_owned(),
        hjemmel: "prøveloven § 1".to_owned(),
        fra: tid("2026-01-01"),
        til: None,
    }
}

fn tomt() -> (tempfile::TempDir, Avtaleregister) {
    let mappe = tempfile::tempdir().unwrap();
    let register = Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap();
    (mappe, register)
}

fn finn(register: &Avtaleregister, pakke: Pakke, naa: &str) -> Option<Avtaleid> {
    register
        .finn(org("310000000"), &Rettighet::Pakke(pakke), tid(naa))
        .map(|avtale| avtale.id)
}

#[test]
fn a_grant_is_valid_from_its_start_until_just_before_its_end() {
    let (_mappe, register) = tomt();
    let avtale = NyAvtale {
        til: Some(tid("2026-06-01")),
        ..ny(Pakke::Finans)
    };
    let gitt = register.gi(&avtale, "saksbehandler", tid("2025-12-01")).unwrap();
    for (naa, ventet) in [
        ("2025-12-31", None),
        ("2026-01-01", Some(gitt.id)),
        ("2026-05-31", Some(gitt.id)),
        ("2026-06-01", None),
    ] {
        assert_eq!(finn(&register, Pakke::Finans, naa), ventet, "{naa}");
    }
    assert_eq!(finn(&register, Pakke::Privat, "2026-02-01"), None);
    assert!(
        register
            .finn(org("310000019"), &Rettighet::Pakke(Pakke::Finans), tid("2026-02-01"))
            .is_none()
    );
}

#[test]
fn a_withdrawn_grant_is_not_found_and_stays_in_the_history() {
    let (_mappe, register) = tomt();
    let id = register.gi(&ny(Pakke::Presse), "a", tid("2026-01-01")).unwrap().id;
    let endring = Avtaleendring {
        formaal: Some("nytt formål".to_owned()),
        ..Avtaleendring::default()
    };
    register.endre(id, &endring, "b", tid("2026-02-01")).unwrap();
    register.trekk(id, "oppsagt", "c", tid("2026-03-01")).unwrap();
    assert_eq!(finn(&register, Pakke::Presse, "2026-04-01"), None);
    assert_eq!(finn(&register, Pakke::Presse, "2026-02-01"), None);
    let historikk = register.historikk(id);
    let kort: Vec<_> = historikk
        .iter()
        .map(|h| (h.av.as_str(), h.hendelse.clone(), h.avtale.formaal.as_str()))
        .collect();
    assert_eq!(
        kort,
        [
            ("a", Hendelse::Gitt, "prøve"),
            ("b", Hendelse::Endret, "nytt formål"),
            ("c", Hendelse::Trukket("oppsagt".to_owned()), "nytt formål"),
        ]
    );
    assert_eq!(historikk[2].avtale.gitt_av, "a");
    assert!(matches!(
        register.trekk(id, "x", "c", tid("2026-03-02")),
        Err(Feil::Trukket(_))
    ));
    assert!(matches!(
        register.endre(id, &endring, "c", tid("2026-03-02")),
        Err(Feil::Trukket(_))
    ));
    // The right may be given again, as another grant.
    assert!(register.gi(&ny(Pakke::Presse), "d", tid("2026-05-01")).unwrap().id > id);
}

#[test]
fn everything_is_the_same_after_a_restart() {
    let (mappe, register) = tomt();
    let id = register
        .gi(&ny(Pakke::OffentligMedHjemmel), "a", tid("2026-01-01"))
        .unwrap()
        .id;
    let scope = Rettighet::fra_scope("nhn:hgd-persontjenesten-api/full-access").unwrap();
    let andre = NyAvtale {
        rettighet: scope,
        graderte_adresser: true,
        ..ny(Pakke::Privat)
    };
    register.gi(&andre, "a", tid("2026-01-02")).unwrap();
    let endring = Avtaleendring {
        til: Some(Some(tid("2027-01-01"))),
        ..Avtaleendring::default()
    };
    register.endre(id, &endring, "b", tid("2026-01-03")).unwrap();
    register
        .endre(
            id,
            &Avtaleendring {
                til: Some(None),
                ..Avtaleendring::default()
            },
            "b",
            tid("2026-01-04"),
        )
        .unwrap();
    let (alle, historikk) = (register.alle(), register.historikk(id));
    assert_eq!((alle.len(), historikk.len(), historikk[2].avtale.til), (2, 3, None));
    drop(register);
    let igjen = Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap();
    assert_eq!((igjen.alle(), igjen.historikk(id)), (alle, historikk));
}

#[test]
fn the_files_only_grow() {
    let (mappe, register) = tomt();
    let sti = mappe.path().join("avtale/avtaler.jsonl");
    let mut foer = fs::read(&sti).unwrap();
    let id = register.gi(&ny(Pakke::Privat), "a", tid("2026-01-01")).unwrap().id;
    for _ in 0..3 {
        let endring = Avtaleendring {
            er_privat: Some(true),
            ..Avtaleendring::default()
        };
        register.endre(id, &endring, "a", tid("2026-01-02")).unwrap();
        let naa = fs::read(&sti).unwrap();
        assert!(naa.len() > foer.len() && naa.starts_with(&foer));
        foer = naa;
    }
}

#[test]
fn two_grants_for_the_same_right_may_not_meet() {
    let (_mappe, register) = tomt();
    let med = |fra: &str, til: Option<&str>| NyAvtale {
        fra: tid(fra),
        til: til.map(tid),
        ..ny(Pakke::Finans)
    };
    let foerste = register
        .gi(&med("2026-03-01", Some("2026-06-01")), "a", tid("2026-01-01"))
        .unwrap()
        .id;
    for (fra, til) in [
        ("2026-01-01", None),
        ("2026-01-01", Some("2026-03-02")),
        ("2026-05-31", None),
        ("2026-04-01", Some("2026-05-01")),
    ] {
        let svar = register.gi(&med(fra, til), "a", tid("2026-01-01"));
        assert!(
            matches!(svar, Err(Feil::Overlapper(id)) if id == foerste),
            "{fra} {til:?}"
        );
    }
    let foer = register
        .gi(&med("2026-01-01", Some("2026-03-01")), "a", tid("2026-01-01"))
        .unwrap()
        .id;
    assert!(register.gi(&med("2026-06-01", None), "a", tid("2026-01-01")).is_ok());
    let forleng = Avtaleendring {
        til: Some(None),
        ..Avtaleendring::default()
    };
    assert!(matches!(
        register.endre(foer, &forleng, "a", tid("2026-01-02")),
        Err(Feil::Overlapper(_))
    ));
    assert!(register.gi(&ny(Pakke::Presse), "a", tid("2026-01-01")).is_ok());
}

#[test]
fn malformed_grants_are_refused() {
    let (_mappe, register) = tomt();
    let gi = |avtale: NyAvtale| register.gi(&avtale, "a", tid("2026-01-01")).map(drop);
    assert!(matches!(
        gi(NyAvtale {
            formaal: " ".into(),
            ..ny(Pakke::Finans)
        }),
        Err(Feil::Tekst("formål"))
    ));
    assert!(matches!(
        gi(NyAvtale {
            hjemmel: "x".repeat(501),
            ..ny(Pakke::Finans)
        }),
        Err(Feil::Tekst("hjemmel"))
    ));
    assert!(matches!(
        gi(NyAvtale {
            til: Some(tid("2026-01-01")),
            ..ny(Pakke::Finans)
        }),
        Err(Feil::Tidsrom)
    ));
    assert!(matches!(
        gi(NyAvtale {
            graderte_adresser: true,
            ..ny(Pakke::Finans)
        }),
        Err(Feil::GraderteAdresser)
    ));
    for scope in [
        "",
        "to ord",
        "æ",
        "folkeregister:deling/finans",
        "folkeregister:deling/finans.segmentansvarlig",
    ] {
        let avtale = NyAvtale {
            rettighet: Rettighet::Scope(scope.into()),
            ..ny(Pakke::Finans)
        };
        assert!(matches!(gi(avtale), Err(Feil::Scope)), "{scope}");
    }
    assert!(matches!(
        register.gi(&ny(Pakke::Finans), "", tid("2026-01-01")),
        Err(Feil::Tekst(_))
    ));
    assert!(matches!(
        register.trekk(Avtaleid(9), "g", "a", tid("2026-01-01")),
        Err(Feil::UkjentAvtale(_))
    ));
    assert!(register.alle().is_empty());
}

#[test]
fn graded_addresses_follow_the_package_and_the_kind_of_consumer() {
    let (_mappe, register) = tomt();
    let avtale = register
        .gi(&ny(Pakke::OffentligMedHjemmel), "a", tid("2026-01-01"))
        .unwrap();
    let med = |pakke: Rettighet, er_privat, graderte_adresser| {
        Avtale {
            rettighet: pakke,
            er_privat,
            graderte_adresser,
            ..Avtale::clone(&avtale)
        }
        .ser_graderte_adresser()
    };
    let hjemmel = || Rettighet::Pakke(Pakke::OffentligMedHjemmel);
    assert!(med(hjemmel(), false, false));
    assert!(!med(hjemmel(), true, false));
    assert!(med(hjemmel(), true, true));
    for pakke in Pakke::ALLE
        .into_iter()
        .filter(|pakke| *pakke != Pakke::OffentligMedHjemmel)
    {
        assert!(!med(Rettighet::Pakke(pakke), false, true), "{pakke}");
    }
    let scope = || Rettighet::fra_scope("nhn:hgd-persontjenesten-api/full-access").unwrap();
    assert!(!med(scope(), false, false) && med(scope(), false, true));
}

#[test]
fn a_scope_stands_for_its_package_in_both_forms() {
    for pakke in Pakke::ALLE {
        assert_eq!(Rettighet::fra_scope(pakke.scope()), Some(Rettighet::Pakke(pakke)));
        if let Some(scope) = pakke.scope_segmentansvarlig() {
            assert_eq!(Rettighet::fra_scope(scope), Some(Rettighet::Pakke(pakke)));
        }
    }
    let annet = Rettighet::fra_scope("krr:global/kontaktinformasjon.read").unwrap();
    assert_eq!(annet, Rettighet::Scope("krr:global/kontaktinformasjon.read".to_owned()));
    assert_eq!(Rettighet::fra_scope("folkeregister:deling/finans x"), None);
}

#[test]
fn two_processes_cannot_have_the_folder_open() {
    let (mappe, register) = tomt();
    let sti = mappe.path().join("avtale");
    assert!(matches!(Avtaleregister::aapne(&sti), Err(Feil::Opptatt { .. })));
    drop(register);
    assert!(Avtaleregister::aapne(&sti).is_ok());
}

#[cfg(unix)]
#[test]
fn a_file_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let (mappe, register) = tomt();
    drop(register);
    let sti = mappe.path().join("avtale");
    for navn in ["laas", "avtaler.jsonl", "klienter.jsonl"] {
        assert_eq!(
            fs::metadata(sti.join(navn)).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::set_permissions(sti.join(navn), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(
            matches!(
                Avtaleregister::aapne(&sti),
                Err(Feil::Logg(endringslogg::Feil::Fil(privatfil::Feil::ForAapen { .. })))
            ),
            "{navn}"
        );
        fs::set_permissions(sti.join(navn), fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn lines_that_are_whole_but_make_no_sense_stop_the_opening() {
    let innhold = |organisasjon: &str, pakke: Option<&str>, scope: Option<&str>| Avtaleinnhold {
        organisasjon: organisasjon.to_owned(),
        pakke: pakke.map(str::to_owned),
        scope: scope.map(str::to_owned),
        graderte_adresser: false,
        er_privat: false,
        formaal: "f".to_owned(),
        hjemmel: "h".to_owned(),
        fra: "2026-01-01T00:00:00Z".to_owned(),
        til: None,
    };
    let god = || innhold("310000000", Some("finans"), None);
    for linjer in [
        vec![Avtalelinje::Gitt(innhold("310000001", Some("finans"), None))],
        vec![Avtalelinje::Gitt(innhold("310000000", Some("ukjent"), None))],
        vec![Avtalelinje::Gitt(innhold("310000000", None, None))],
        vec![Avtalelinje::Gitt(innhold("310000000", Some("finans"), Some("a")))],
        vec![Avtalelinje::Gitt(Avtaleinnhold {
            fra: "i går".to_owned(),
            ..god()
        })],
        vec![Avtalelinje::Trukket {
            id: 1,
            grunn: "g".to_owned(),
        }],
        vec![
            Avtalelinje::Gitt(god()),
            Avtalelinje::Endret {
                id: 1,
                avtale: innhold("310000019", Some("finans"), None),
            },
        ],
        vec![
            Avtalelinje::Gitt(god()),
            Avtalelinje::Trukket {
                id: 1,
                grunn: "g".to_owned(),
            },
            Avtalelinje::Trukket {
                id: 1,
                grunn: "g".to_owned(),
            },
        ],
    ] {
        let mappe = tempfile::tempdir().unwrap();
        let sti = mappe.path().join("avtale");
        privatfil::sikre_mappe(&sti).unwrap();
        let (mut logg, _) = Endringslogg::aapne::<Avtalelinje>(&sti.join(AVTALER)).unwrap();
        for linje in &linjer {
            logg.skriv(tid("2026-01-01"), "a", linje).unwrap();
        }
        let ventet = linjer.len();
        assert!(
            matches!(Avtaleregister::aapne(&sti), Err(Feil::Logg(endringslogg::Feil::Skadet { linje, .. })) if linje == ventet as u64),
            "{linjer:?}"
        );
    }
}

#[test]
fn lookups_and_changes_from_many_threads_agree() {
    let (mappe, register) = tomt();
    std::thread::scope(|omfang| {
        for t in 0..4 {
            let register = &register;
            omfang.spawn(move || {
                let scope = Rettighet::Scope(format!("prøve:{t}").replace('ø', "oe"));
                let avtale = NyAvtale {
                    rettighet: scope.clone(),
                    ..ny(Pakke::Finans)
                };
                for _ in 0..20 {
                    let id = register.gi(&avtale, "a", tid("2026-01-01")).unwrap().id;
                    let funnet = register.finn(org("310000000"), &scope, tid("2026-01-02")).unwrap();
                    assert_eq!(funnet.id, id);
                    register.trekk(id, "g", "a", tid("2026-01-02")).unwrap();
                }
            });
        }
    });
    let alle = register.alle();
    assert_eq!(alle.len(), 80);
    drop(register);
    assert_eq!(
        Avtaleregister::aapne(&mappe.path().join("avtale")).unwrap().alle(),
        alle
    );
}
