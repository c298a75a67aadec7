//! The check that the check can fail: routers that leak on purpose. And that everything is asked, and answered.

use std::collections::BTreeSet;

use ikkeinnblanding::lekkasje::{Lekkasje, lekk};
use ikkeinnblanding::{Flate as _, Likhet, Par, Tilfeldig, sammenlikn};
use informasjonsmodell::Hendelsestype as H;
use persontjenesten::openapi::Operasjon;

use super::bygg::{Bygg, adresse, rik};
use super::flate::Kaller;
use super::slag;
use crate::api::kjoer;

/// Two copies that differ in a fortrolig address, and in nothing else.
fn skjult_adresse() -> Bygg {
    let mut bygg = Bygg::default();
    let dok = |gate: &str| {
        rik(1)
            .gradering("fortrolig")
            .i_stedet("bostedsadresse", adresse("bostedsadresse", gate, "fortrolig"))
    };
    bygg.fra_start_ulikt(1, &dok("Ekorngata"), &dok("Den lange og bratte veien"));
    bygg.hendelse(1, H::EndringINavn, &dok("Ekorngata").heter("NY"));
    bygg.ulikt(
        1,
        H::EndringIBostedsadresse,
        None,
        Some(&dok("Den lange og bratte veien").heter("NY")),
    );
    bygg
}

const SKJULT_FOR: [Kaller; 4] = [
    Kaller::FullUten,
    Kaller::Begrenset,
    Kaller::HjemmelUten,
    Kaller::UtenHjemmel,
];

#[test]
fn a_router_that_leaks_on_purpose_is_caught_by_every_branch_it_leaks_to() {
    let bygg = skjult_adresse();
    kjoer(async {
        for lekkasje in Lekkasje::ALLE {
            for kaller in SKJULT_FOR {
                let par = bygg.par();
                let mer = move |deler: &http::request::Parts| {
                    // The same person, as whoever has the grant asks for it.
                    let sti = deler.uri.path_and_query()?.as_str();
                    let rest = sti.strip_prefix(kaller.omfang().sti())?;
                    rest.starts_with("/person/").then_some(())?;
                    Kaller::FullMed.kall(rest, None).til_http()
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
        let par = bygg.par();
        let par = Par {
            a: par.a.bak(|r| lekk(r, Lekkasje::Kropp, |_| None)),
            b: par.b.bak(|r| lekk(r, Lekkasje::Kropp, |_| None)),
        };
        for kaller in SKJULT_FOR {
            let funn = sammenlikn(&par, kaller, Likhet::Byte, 1).await.funn;
            assert!(funn.is_empty(), "{kaller:?} {}", funn[0]);
        }
    });
}

#[test]
fn each_operation_sees_the_difference_where_it_may_be_seen() {
    let bygg = skjult_adresse();
    kjoer(async {
        let par = bygg.par();
        for kaller in [Kaller::FullMed, Kaller::HjemmelMed] {
            let versjon = kaller.omfang().versjon();
            for operasjon in par.a.ruter() {
                // The number of the event is the same, and what was told of last is somebody's name.
                let mut ulike = 0;
                let spoer = |api: &super::flate::Api| api.foresporsler(kaller, operasjon, &mut Tilfeldig::new(1));
                for (a, b) in spoer(&par.a).iter().zip(&spoer(&par.b)) {
                    ulike += usize::from(par.a.spoer(a).await.kropp != par.b.spoer(b).await.kropp);
                }
                let ventet = operasjon != Operasjon::Ping && operasjon.finnes_i(versjon);
                assert_eq!(ulike > 0, ventet, "{kaller:?} {operasjon:?}");
            }
        }
    });
}

#[test]
fn every_operation_is_asked_for_in_every_branch_and_answers_well() {
    let bygg = skjult_adresse();
    kjoer(async {
        let par = bygg.par();
        let ruter = par.a.ruter();
        assert_eq!(
            ruter.iter().collect::<BTreeSet<_>>(),
            Operasjon::ALLE.iter().collect::<BTreeSet<_>>()
        );
        for kaller in Kaller::ALLE {
            for operasjon in &ruter {
                let mut svarte = 0;
                for f in &par.a.foresporsler(kaller, *operasjon, &mut Tilfeldig::new(1)) {
                    // A request that is none would be answered by nobody.
                    assert!(f.til_http().is_some(), "{}", f.navn);
                    svarte += usize::from(par.a.spoer(f).await.status == 200);
                }
                let finnes = operasjon.finnes_i(kaller.omfang().versjon()) || *operasjon == Operasjon::Ping;
                assert_eq!(svarte > 0, finnes, "{kaller:?} {operasjon:?}");
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
        // Everybody is in one of them.
        assert_eq!(
            slag.skjult_for.len() + slag.ser.len(),
            Kaller::ALLE.len(),
            "{}",
            slag.navn
        );
        assert!(sett.insert(slag.navn.clone()), "{} står to ganger", slag.navn);
    }
    // Each caller has something hidden from it but the two that are shown the most, which have what nobody is given.
    for kaller in Kaller::ALLE {
        assert!(
            slag::alle().iter().any(|s| s.skjult_for.contains(&kaller)),
            "{kaller:?}"
        );
    }
}
