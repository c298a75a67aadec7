use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use informasjonsmodell::kodeverk::{Adressegradering, Folkeregisteridentifikatortype, Personstatus, Sivilstandstype};
use informasjonsmodell::{Entitet, Forskyvning, Innhold, Opplysning, Persondokument, Tidspunkt};
use syntetisk_befolkning::Nasjon;

use super::{dokumenter, gjeldende, gjelder, nummer, numre, status};

fn nasjonen() -> Vec<Persondokument> {
    dokumenter(&Nasjon::new(2026, 5_000).unwrap())
}

fn har_dnummer(dokument: &Persondokument) -> bool {
    gjeldende(dokument, Entitet::Identifikasjonsnummer).any(|o| {
        matches!(&o.innhold, Innhold::Identifikasjonsnummer(i) if i.identifikatortype == Folkeregisteridentifikatortype::DNummer)
    })
}

/// Source: folkeregister reference 4.3, "Address rules".
#[test]
fn addresses_follow_the_rules() {
    for d in nasjonen() {
        let status = status(&d);
        let bosted = gjeldende(&d, Entitet::Bostedsadresse).count();
        let streng = gjeldende(&d, Entitet::Adressebeskyttelse).any(|o| {
            matches!(&o.innhold, Innhold::Adressebeskyttelse(a) if a.graderingsnivaa == Adressegradering::StrengtFortrolig)
        });
        let adresser: Vec<&Opplysning> = Entitet::ADRESSER.iter().flat_map(|&e| d.av(e)).collect();
        if status == Personstatus::Opphoert {
            assert_eq!(d.opplysninger.len(), 2, "en opphørt person har et minimalt dokument");
        } else if streng {
            assert_eq!(adresser.len(), 1, "strengt fortrolig har bare en åpen postadresse");
            assert_eq!(adresser[0].entitet(), Entitet::Postadresse);
            assert_eq!(adresser[0].innhold.gradering(), Some(&Adressegradering::Ugradert));
        } else if status == Personstatus::Doed {
            assert!(
                !adresser.iter().any(|o| gjelder(o)),
                "en død har ingen gjeldende adresse"
            );
            let siste = d.av(Entitet::Bostedsadresse).last().unwrap();
            let Innhold::Doedsfall(f) = &d.av(Entitet::Doedsfall).next().unwrap().innhold else {
                panic!()
            };
            let slutt = siste.metadata.opphoerstidspunkt.unwrap();
            assert_eq!(slutt.lokal_dag(), f.doedsdato.unwrap().dager().unwrap());
        } else if har_dnummer(&d) {
            assert_eq!(
                d.av(Entitet::Bostedsadresse).count(),
                0,
                "D-nummer har ingen bostedsadresse"
            );
        } else if status == Personstatus::Utflyttet {
            assert_eq!(bosted, 0);
        } else {
            assert_eq!(bosted, 1, "et fødselsnummer har en bostedsadresse");
        }
        sjekk_grader(&d, &adresser);
    }
}

fn sjekk_grader(d: &Persondokument, adresser: &[&Opplysning]) {
    let fortrolig = gjeldende(d, Entitet::Adressebeskyttelse).any(
        |o| matches!(&o.innhold, Innhold::Adressebeskyttelse(a) if a.graderingsnivaa == Adressegradering::Fortrolig),
    );
    for adresse in adresser {
        let grad = adresse.innhold.gradering().unwrap();
        assert_eq!(
            fortrolig,
            *grad == Adressegradering::Fortrolig,
            "fortrolig gjelder alle adresser, og bare da"
        );
        if *grad == Adressegradering::Klientadresse {
            assert!(gjelder(adresse) && adresse.entitet() == Entitet::Bostedsadresse);
        }
        assert_ne!(
            *grad,
            Adressegradering::StrengtFortrolig,
            "en adresse er aldri selv strengt fortrolig"
        );
        let former = match &adresse.innhold {
            Innhold::Bostedsadresse(a) => [
                a.vegadresse.is_some(),
                a.matrikkeladresse.is_some(),
                a.ukjent_bosted.is_some(),
                false,
            ],
            Innhold::DeltBosted(a) => [
                a.vegadresse.is_some(),
                a.matrikkeladresse.is_some(),
                a.ukjent_bosted.is_some(),
                false,
            ],
            Innhold::Oppholdsadresse(a) => [
                a.vegadresse.is_some(),
                a.matrikkeladresse.is_some(),
                a.utenlandsk_adresse.is_some(),
                a.adressen_er_ukjent.is_some(),
            ],
            Innhold::Postadresse(a) => [
                a.vegadresse.is_some(),
                a.postboksadresse.is_some(),
                a.postadresse_i_fritt_format.is_some(),
                false,
            ],
            Innhold::PostadresseIUtlandet(a) => [
                a.utenlandsk_adresse.is_some(),
                a.utenlandsk_adresse_i_fritt_format.is_some(),
                false,
                false,
            ],
            _ => panic!("ikke en adresse"),
        };
        assert_eq!(
            former.iter().filter(|f| **f).count(),
            1,
            "{:?} har én form",
            adresse.entitet()
        );
    }
}

#[test]
fn an_entity_that_can_have_one_current_entry_has_at_most_one() {
    for d in nasjonen() {
        for &entitet in Entitet::ALLE.iter().filter(|e| !e.er_parallell()) {
            assert!(gjeldende(&d, entitet).count() <= 1, "{entitet:?}");
            assert!(entitet.er_liste() || d.av(entitet).count() <= 1, "{entitet:?}");
        }
        for entitet in [Entitet::Identifikasjonsnummer, Entitet::Status] {
            assert_eq!(gjeldende(&d, entitet).count(), 1, "{entitet:?}");
        }
    }
}

#[test]
fn times_are_in_order_and_before_the_baseline() {
    let grense = Tidspunkt::parse("2025-12-02T00:00:00+01:00").unwrap().sekunder();
    let mut siffer = BTreeSet::new();
    for d in nasjonen() {
        for o in &d.opplysninger {
            let m = &o.metadata;
            assert!(m.er_gjeldende.is_some() && m.kilde.is_some());
            if let Some(skrevet) = m.ajourholdstidspunkt {
                assert!(skrevet.sekunder() < grense, "{:?}", o.entitet());
                siffer.insert(skrevet.siffer());
                if let Some(gyldig) = m.gyldighetstidspunkt {
                    assert!(gyldig.sekunder() <= skrevet.sekunder(), "{:?}", o.entitet());
                }
            }
            if let Some(gyldig) = m.gyldighetstidspunkt {
                assert!(matches!(gyldig.forskyvning(), Forskyvning::Minutter(60 | 120)));
                let naer_midnatt = (gyldig.sekunder()
                    + if gyldig.forskyvning() == Forskyvning::Minutter(60) {
                        3600
                    } else {
                        7200
                    })
                    % 86_400;
                assert_eq!(naer_midnatt, 0);
            } else {
                assert!(
                    matches!(o.entitet(), Entitet::Identifikasjonsnummer | Entitet::Foedsel),
                    "{:?}",
                    o.entitet()
                );
            }
            if let (Some(fra), Some(til)) = (m.gyldighetstidspunkt, m.opphoerstidspunkt) {
                assert!(fra.sekunder() <= til.sekunder(), "{:?}", o.entitet());
                assert!(!gjelder(o));
            }
        }
        for entitet in [
            Entitet::Bostedsadresse,
            Entitet::Status,
            Entitet::Sivilstand,
            Entitet::Navn,
        ] {
            let tider: Vec<_> = d
                .av(entitet)
                .filter_map(|o| o.metadata.gyldighetstidspunkt)
                .map(|t| t.sekunder())
                .collect();
            assert!(tider.is_sorted(), "{entitet:?}");
        }
    }
    assert!(siffer.len() >= 5, "antall desimaler veksler: {siffer:?}");
}

/// Every relation is told by both, and what is told of a child's responsibility stands with the responsible.
#[test]
fn relations_are_told_by_both() {
    let dokumenter = nasjonen();
    let kjente: HashSet<&str> = dokumenter.iter().map(nummer).collect();
    let mut relasjoner: HashMap<(String, String), (String, bool)> = HashMap::new();
    let mut ansvar: BTreeMap<(String, String, String, bool), BTreeSet<String>> = BTreeMap::new();
    let mut gifte: HashMap<(String, String), (Sivilstandstype, String, bool)> = HashMap::new();
    for d in &dokumenter {
        let meg = nummer(d).to_owned();
        for o in &d.opplysninger {
            match &o.innhold {
                Innhold::Familierelasjon(f) => {
                    let Some(annen) = &f.relatert_person else { continue };
                    assert!(kjente.contains(annen.som_tekst()), "en slektning er ikke i registeret");
                    let roller = format!(
                        "{:?}-{:?}",
                        f.min_rolle_for_person.as_ref().unwrap(),
                        f.relatert_persons_rolle
                    );
                    let forrige = relasjoner.insert((meg.clone(), annen.som_tekst().to_owned()), (roller, gjelder(o)));
                    assert_eq!(forrige, None, "samme relasjon to ganger");
                }
                Innhold::Foreldreansvar(f) => {
                    let barn = f.ansvarssubjekt.as_ref().unwrap().som_tekst().to_owned();
                    let ansvarlig = f.ansvarlig.as_ref().map_or(String::new(), |a| a.som_tekst().to_owned());
                    let til = ansvar
                        .entry((barn, ansvarlig, format!("{:?}", f.ansvar), gjelder(o)))
                        .or_default();
                    til.insert(meg.clone());
                }
                Innhold::Sivilstand(s) => {
                    if let Some(annen) = &s.relatert_ved_sivilstand {
                        assert!(kjente.contains(annen.som_tekst()));
                        if s.sivilstand != Sivilstandstype::EnkeEllerEnkemann
                            && s.sivilstand != Sivilstandstype::GjenlevendePartner
                        {
                            let verdi = (s.sivilstand.clone(), s.sivilstandsdato.unwrap().to_string(), gjelder(o));
                            let noekkel = (meg.clone(), format!("{} {:?}", annen.som_tekst(), s.sivilstand));
                            gifte.insert(noekkel, verdi);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    assert!(relasjoner.len() > 3_000);
    for ((meg, annen), (roller, gjelder)) in &relasjoner {
        let (motsatt, gjelder_der) = &relasjoner[&(annen.clone(), meg.clone())];
        let (min, din) = roller.split_once('-').unwrap();
        assert_eq!(*motsatt, format!("{din}-{min}"));
        assert_eq!(gjelder, gjelder_der);
    }
    for ((barn, ansvarlig, _, _), hos) in &ansvar {
        let ventet: BTreeSet<String> = [barn, ansvarlig]
            .into_iter()
            .filter(|n| !n.is_empty())
            .cloned()
            .collect();
        assert_eq!(*hos, ventet, "barn og ansvarlig sier det samme");
    }
    for ((meg, noekkel), (slag, dato, _)) in &gifte {
        let annen = noekkel.split(' ').next().unwrap();
        let der = &gifte[&(annen.to_owned(), format!("{meg} {slag:?}"))];
        assert_eq!((&der.0, &der.1), (slag, dato));
    }
}

#[test]
fn widows_have_lost_the_one_they_were_married_to() {
    let dokumenter = nasjonen();
    let doede: HashMap<&str, String> = dokumenter
        .iter()
        .filter_map(|d| match &d.av(Entitet::Doedsfall).next()?.innhold {
            Innhold::Doedsfall(f) => Some((nummer(d), f.doedsdato?.to_string())),
            _ => None,
        })
        .collect();
    let mut antall = 0;
    for d in &dokumenter {
        for o in d.av(Entitet::Sivilstand) {
            let Innhold::Sivilstand(s) = &o.innhold else { continue };
            if matches!(
                s.sivilstand,
                Sivilstandstype::EnkeEllerEnkemann | Sivilstandstype::GjenlevendePartner
            ) {
                let annen = s.relatert_ved_sivilstand.as_ref().unwrap().som_tekst();
                assert_eq!(doede[annen], s.sivilstandsdato.unwrap().to_string());
                antall += 1;
            }
        }
    }
    assert!(antall > 50, "{antall}");
}

/// Children under eighteen live with a parent who lives, at the same address.
#[test]
fn children_live_with_a_parent() {
    let dokumenter = nasjonen();
    let adresse = |d: &Persondokument| {
        let o = gjeldende(d, Entitet::Bostedsadresse).next()?;
        let Innhold::Bostedsadresse(a) = &o.innhold else {
            return None;
        };
        Some((
            format!("{:?}", a.vegadresse),
            format!("{:?}", a.matrikkeladresse),
            a.grunnkrets,
        ))
    };
    let etter_nummer: HashMap<&str, &Persondokument> = dokumenter.iter().map(|d| (nummer(d), d)).collect();
    let mut barn = 0;
    for d in &dokumenter {
        let Some(Innhold::Foedsel(f)) = gjeldende(d, Entitet::Foedsel).next().map(|o| &o.innhold) else {
            continue;
        };
        let aar: u16 = f.foedselsaar.som_tekst().parse().unwrap();
        if status(d) != Personstatus::Bosatt || aar < 2009 {
            continue;
        }
        let foreldre: Vec<&Persondokument> = gjeldende(d, Entitet::Familierelasjon)
            .filter_map(|o| match &o.innhold {
                Innhold::Familierelasjon(f) => f.relatert_person.as_ref().map(|p| etter_nummer[p.som_tekst()]),
                _ => None,
            })
            .filter(|f| status(f) == Personstatus::Bosatt)
            .collect();
        let beskyttet = |d: &Persondokument| gjeldende(d, Entitet::Adressebeskyttelse).next().is_some();
        let klient = |d: &Persondokument| {
            gjeldende(d, Entitet::Bostedsadresse)
                .any(|o| o.innhold.gradering() == Some(&Adressegradering::Klientadresse))
        };
        if foreldre.is_empty() || beskyttet(d) || klient(d) {
            continue;
        }
        assert!(
            foreldre.iter().any(|f| adresse(f) == adresse(d)),
            "et barn bor ikke hos noen av foreldrene"
        );
        barn += 1;
    }
    assert!(barn > 500, "{barn}");
}

#[test]
fn an_ended_number_leads_to_one_person_who_has_another() {
    let mut antall = 0;
    for d in nasjonen() {
        for o in d.av(Entitet::Identifikasjonsnummer).filter(|o| !gjelder(o)) {
            let Innhold::Identifikasjonsnummer(i) = &o.innhold else {
                continue;
            };
            assert_eq!(i.status.som_tekst(), "opphoert");
            assert!(o.metadata.opphoerstidspunkt.is_some());
            assert_eq!(numre(&d).filter(|(_, gjelder)| *gjelder).count(), 1);
            antall += 1;
        }
    }
    assert!(antall > 100, "{antall}");
}
