//! The check that the check can fail: routers that leak on purpose, and a register that leaks in its feed.

use std::collections::BTreeSet;

use folkeregister::openapi::{AapenOperasjon, Operasjon};
use http::header;
use ikkeinnblanding::lekkasje::{Lekkasje, lekk};
use ikkeinnblanding::{Flate as _, Likhet, Par, sammenlikn};
use serde_json::json;

use crate::bygg::{Bygg, adresse, felles_soekbart, rik};
use crate::egenskaper::kjoer;
use crate::flate::{Kaller, Vei};
use crate::slag;

/// Two registers that differ in a fortrolig address, and in nothing that anyone but med hjemmel sees.
fn skjult_adresse() -> Bygg {
    let mut bygg = Bygg::ny(1);
    bygg.spoer_om(1);
    let dok = |tekst: &str| {
        rik(1)
            .uten("bostedsadresse")
            .gradering("fortrolig")
            .med("bostedsadresse", adresse("bostedsadresse", tekst, "fortrolig"))
            .med(
                "familierelasjon",
                json!({"relatertPerson": crate::felles::nr(701), "relatertPersonsRolle": "barn"}),
            )
    };
    bygg.opprett_ulikt(&dok("Ekorngata"), &dok("Den lange og bratte veien"));
    bygg
}

#[test]
fn a_router_that_leaks_on_purpose_is_caught_by_every_caller_it_leaks_to() {
    let bygg = skjult_adresse();
    kjoer(async {
        for lekkasje in Lekkasje::ALLE {
            for kaller in [Kaller::OffentligUten, Kaller::PrivatUtenTilgang, Kaller::Eid] {
                let (_mappe, par) = bygg.par().await;
                let mer = move |deler: &http::request::Parts| {
                    // The same path, of the package that sees graded addresses, with its token.
                    let sti = deler.uri.path_and_query()?.as_str();
                    let rest = sti.strip_prefix(&kaller.sti())?.strip_prefix("/personer/")?;
                    let aksept = deler.headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
                    Kaller::MedHjemmel.get(&format!("personer/{rest}"), aksept).til_http()
                };
                let par = Par {
                    a: par.a.bak(|r| lekk(r, lekkasje, mer)),
                    b: par.b.bak(|r| lekk(r, lekkasje, mer)),
                };
                let utfall = sammenlikn(&par, kaller, Likhet::Byte, 1).await;
                assert!(!utfall.funn.is_empty(), "{lekkasje:?} til {kaller:?} ble ikke sett");
            }
        }
    });
}

#[test]
fn the_same_router_without_the_leak_is_not_caught() {
    let bygg = skjult_adresse();
    kjoer(async {
        let (_mappe, par) = bygg.par().await;
        let par = Par {
            a: par.a.bak(|r| lekk(r, Lekkasje::Kropp, |_| None)),
            b: par.b.bak(|r| lekk(r, Lekkasje::Kropp, |_| None)),
        };
        for kaller in [Kaller::OffentligUten, Kaller::PrivatUtenTilgang] {
            assert!(
                sammenlikn(&par, kaller, Likhet::Byte, 1).await.funn.is_empty(),
                "{kaller:?}"
            );
        }
    });
}

#[test]
fn two_stores_with_keys_of_their_own_differ_in_nothing_but_opaque_names() {
    let bygg = skjult_adresse();
    kjoer(async {
        let (_mappe, par) = bygg.par().await;
        let (_annen, annet) = skjult_adresse().par_med_egne_noekler().await;
        let par = felles_soekbart(Par { a: par.a, b: annet });
        let kaller = Kaller::PrivatUtenTilgang;
        assert!(!sammenlikn(&par, kaller, Likhet::Byte, 1).await.funn.is_empty());
        let funn = sammenlikn(&par, kaller, Likhet::Omdoept, 1).await.funn;
        assert!(funn.is_empty(), "{}", funn[0]);
    });
}

#[test]
fn every_operation_is_asked_for_by_every_caller_and_answers_well_where_it_may() {
    let bygg = skjult_adresse();
    kjoer(async {
        let (_mappe, par) = bygg.par().await;
        let ruter = par.a.ruter();
        assert_eq!(ruter.len(), Operasjon::ALLE.len() + AapenOperasjon::ALLE.len());
        assert!(Operasjon::ALLE.iter().all(|o| ruter.contains(&Vei::Pakke(*o))));
        assert!(AapenOperasjon::ALLE.iter().all(|o| ruter.contains(&Vei::Aapen(*o))));
        let mut svarte: Vec<(Kaller, Vei)> = Vec::new();
        for kaller in Kaller::ALLE {
            for rute in &ruter {
                let mut t = ikkeinnblanding::Tilfeldig::new(1);
                let foresporsler = par.a.foresporsler(kaller, *rute, &mut t);
                assert!(foresporsler.len() >= 10, "{kaller:?} {rute:?}");
                for f in &foresporsler {
                    // A request that is none would be answered by nobody.
                    assert!(f.til_http().is_some(), "{}", f.navn);
                }
                for f in foresporsler.iter().take(120) {
                    if par.a.spoer(f).await.status == 200 {
                        svarte.push((kaller, *rute));
                        break;
                    }
                }
            }
        }
        // By hand, from the access matrix: the search for one, schema of persons, feed and its last number, schemas.
        let alle = [
            Operasjon::EntydigSoek,
            Operasjon::HentPersonXsd,
            Operasjon::HentFeedSide,
            Operasjon::SisteSekvensnummerIFeed,
            Operasjon::HentHendelseXsd,
            Operasjon::HentFeedXsd,
        ];
        // Lookup and its bulk, the search for many, and extracts.
        let med_oppslag = [
            Operasjon::HentSisteVersjonAvPerson,
            Operasjon::HentPersoner,
            Operasjon::Personsoek,
            Operasjon::LagJobbTilpasset,
            Operasjon::HentBatch,
        ];
        let med_dokumenter = [
            Operasjon::HentArkivperson,
            Operasjon::HentArkivpersoner,
            Operasjon::HentHendelseDokument,
            Operasjon::HentHendelseDokumenter,
            Operasjon::LagJobbKomplett,
        ];
        for kaller in Kaller::ALLE {
            let uten_oppslag = [
                Kaller::Privat,
                Kaller::PrivatUtenNummer,
                Kaller::Presse,
                Kaller::PresseUtenNummer,
            ];
            for rute in &ruter {
                let ventet = match rute {
                    // Open to anyone.
                    Vei::Aapen(_) => true,
                    Vei::Pakke(rute) => {
                        alle.contains(rute)
                            || (med_oppslag.contains(rute) && !uten_oppslag.contains(&kaller))
                            || (med_dokumenter.contains(rute) && kaller.faar_dokumenter())
                    }
                };
                assert_eq!(svarte.contains(&(kaller, *rute)), ventet, "{kaller:?} {rute:?}");
            }
        }
    });
}

#[test]
fn every_kind_is_hidden_from_someone_and_nobody_is_in_both_lists() {
    let mut sett = BTreeSet::new();
    for slag in slag::alle() {
        assert!(!slag.skjult_for.is_empty(), "{}", slag.navn);
        assert!(slag.skjult_for.iter().all(|k| !slag.ser.contains(k)), "{}", slag.navn);
        // Where nobody is to notice, nobody may see it at all.
        assert!(
            !slag.ser.is_empty() || slag.skjult_for.len() == Kaller::ALLE.len(),
            "{}",
            slag.navn
        );
        assert!(sett.insert(slag.navn.clone()), "{} står to ganger", slag.navn);
    }
}
