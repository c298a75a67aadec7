//! Finding records by person.

use informasjonsmodell::Entitet;
use lager::Noekkelfil;
use revisjonslogg::innsyn::{Feedplasser, Innsyn};
use revisjonslogg::post::Forsegler;
use tilgang::{Entitetsmengde, Grad, Leveranse, Projeksjon, Revisjonspost};

use super::aapne;

fn forsegler(mappe: &std::path::Path) -> Forsegler {
    Forsegler::new(Noekkelfil::les_eller_lag(&mappe.join("noekkel")).unwrap()).unwrap()
}

/// A log in which record `n` asked for person `n % 3` and delivered person `n % 2`.
fn logg(antall: u64) -> (tempfile::TempDir, tempfile::TempDir) {
    let (mappe, hemmelig) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let logg = aapne(mappe.path());
    // Two processes, each with a key of its own under the same audit key.
    for (fra, til) in [(0, antall / 2), (antall / 2, antall)] {
        let forsegler = forsegler(hemmelig.path());
        for n in fra..til {
            let leveranser = [Leveranse {
                identifikator: n % 2,
                entiteter: Entitetsmengde::av(Entitet::Navn),
                tilbakeholdt: Entitetsmengde::default(),
                historikk: false,
                grad: Grad::Ugradert,
                vern: Grad::Ugradert,
            }];
            let post = Revisjonspost {
                projeksjon: Some(if n % 4 == 3 {
                    Projeksjon::Presse
                } else {
                    Projeksjon::PrivatUtenHjemmel
                }),
                enkelt: n % 5 != 0,
                spurt: &[n % 3],
                leveranser: &leveranser,
                ..Revisjonspost::new("folkeregister", "GET personer/{personidentifikator}", "spor", 200)
            };
            let byte = forsegler.lag(&post, jiff::Timestamp::UNIX_EPOCH).unwrap();
            assert_eq!(logg.skriv_og_vent(byte).unwrap(), n);
        }
    }
    drop(logg);
    (mappe, hemmelig)
}

#[test]
fn a_person_is_found_in_every_record_that_asked_or_delivered() {
    let (mappe, hemmelig) = logg(40);
    let innsyn = Innsyn::aapne(mappe.path(), forsegler(hemmelig.path())).unwrap();
    // In two steps, as the log grows.
    for til in [15, 40, 40] {
        innsyn.oppdater(mappe.path(), til).unwrap();
        let treff = innsyn.finn(mappe.path(), &[1], &Feedplasser::new()).unwrap();
        let ventet: Vec<u64> = (0..til).filter(|n| n % 3 == 1 || n % 2 == 1).collect();
        assert_eq!(treff.iter().map(|t| t.nr).collect::<Vec<_>>(), ventet);
        for t in &treff {
            assert_eq!(t.grupper.is_empty(), t.nr % 2 != 1);
            let for_personen = t.nr % 2 == 1 && t.nr % 5 != 0 && t.nr % 4 != 3;
            assert_eq!(t.er_for_den_registrerte(), for_personen, "{}", t.nr);
        }
    }
    assert_eq!(innsyn.finn(mappe.path(), &[7], &Feedplasser::new()).unwrap(), []);
    assert_eq!(
        innsyn.finn(mappe.path(), &[0, 1], &Feedplasser::new()).unwrap().len(),
        40
    );
    innsyn.glem_foer(30).unwrap();
    let igjen = innsyn.finn(mappe.path(), &[0, 1], &Feedplasser::new()).unwrap();
    assert_eq!(
        igjen.iter().map(|t| t.nr).collect::<Vec<_>>(),
        (30..40).collect::<Vec<_>>()
    );
}

#[test]
fn the_index_is_made_again_from_the_records_and_tells_nothing_without_the_key() {
    let (mappe, hemmelig) = logg(10);
    {
        let innsyn = Innsyn::aapne(mappe.path(), forsegler(hemmelig.path())).unwrap();
        innsyn.oppdater(mappe.path(), 10).unwrap();
    }
    std::fs::remove_dir_all(mappe.path().join("innsyn")).unwrap();
    let innsyn = Innsyn::aapne(mappe.path(), forsegler(hemmelig.path())).unwrap();
    innsyn.oppdater(mappe.path(), 10).unwrap();
    let ventet = (0..10).filter(|n| n % 3 == 0 || n % 2 == 0).count();
    assert_eq!(
        innsyn.finn(mappe.path(), &[0], &Feedplasser::new()).unwrap().len(),
        ventet
    );
    drop(innsyn);
    let andre = tempfile::tempdir().unwrap();
    let innsyn = Innsyn::aapne(mappe.path(), forsegler(andre.path())).unwrap();
    assert_eq!(innsyn.finn(mappe.path(), &[0], &Feedplasser::new()).unwrap(), []);
}

/// Whoever reads a feed is told of those whose events stand there, though the record of it names nobody.
#[test]
fn a_read_of_a_feed_is_found_by_where_the_events_of_a_person_stand() {
    let (mappe, hemmelig) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let logg = aapne(mappe.path());
    let lag = forsegler(hemmelig.path());
    let lesninger = [
        (Projeksjon::MedHjemmel, 1, 10),
        (Projeksjon::MedHjemmelUtenGraderte, 1, 10),
        (Projeksjon::MedHjemmel, 11, 20),
        (Projeksjon::Finans, 5, 5),
        (Projeksjon::MedHjemmel, 8, 12),
    ];
    for (projeksjon, fra, til) in lesninger {
        let post = Revisjonspost {
            projeksjon: Some(projeksjon),
            feed: Some(tilgang::Feedleveranse {
                fra,
                til,
                avtrykk: [7; 32],
            }),
            ..Revisjonspost::new("folkeregister", "GET hendelser/feed", "spor", 200)
        };
        logg.skriv_og_vent(lag.lag(&post, jiff::Timestamp::UNIX_EPOCH).unwrap())
            .unwrap();
    }
    drop(logg);
    let innsyn = Innsyn::aapne(mappe.path(), lag).unwrap();
    innsyn.oppdater(mappe.path(), 5).unwrap();
    let finn = |plasser: &[(Projeksjon, &[u64])]| -> Vec<(u64, usize)> {
        let plasser: Feedplasser = plasser.iter().map(|(p, n)| (*p, n.to_vec())).collect();
        let treff = innsyn.finn(mappe.path(), &[1], &plasser).unwrap();
        assert!(treff.iter().all(|t| !t.er_for_den_registrerte()));
        treff.iter().map(|t| (t.nr, t.hendelser)).collect()
    };
    assert_eq!(finn(&[]), []);
    assert_eq!(
        finn(&[(Projeksjon::MedHjemmel, &[3, 9, 10, 14])]),
        [(0, 3), (2, 1), (4, 2)]
    );
    assert_eq!(finn(&[(Projeksjon::Finans, &[4, 6])]), []);
    let begge: [(Projeksjon, &[u64]); 2] = [(Projeksjon::Finans, &[5]), (Projeksjon::MedHjemmelUtenGraderte, &[1])];
    assert_eq!(finn(&begge), [(1, 1), (3, 1)]);
    innsyn.glem_foer(3).unwrap();
    assert_eq!(finn(&[(Projeksjon::MedHjemmel, &[3, 9])]), [(4, 1)]);
}
