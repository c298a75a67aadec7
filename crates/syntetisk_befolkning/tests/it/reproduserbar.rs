use std::collections::HashSet;

use identifikator::{Folkeregisteridentifikator, Serie};
use informasjonsmodell::{Endring, Handling, Opplysning, Persondokument};
use sha2::{Digest, Sha256};
use syntetisk_befolkning::{Feil, Nasjon, PERSONER_MAKS, PERSONER_MIN, REFERANSEDATO};

use super::{dokumenter, nummer, numre};

fn avtrykk(nasjon: &Nasjon) -> String {
    let mut hash = Sha256::new();
    for dokument in dokumenter(nasjon) {
        hash.update(dokument.til_json());
    }
    for registrering in nasjon.siste_maaned().flatten() {
        hash.update(registrering.tidspunkt.to_string());
        hash.update(endret(&registrering.handling).til_json());
    }
    hash.finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// What a registrering brings, as one document.
fn endret(handling: &Handling) -> Persondokument {
    let nye = |endringer: &[Endring]| -> Vec<Opplysning> {
        let nye = endringer.iter().filter_map(|endring| match endring {
            Endring::RegistrereNy(ny) | Endring::Korrigere { ny, .. } => Some((**ny).clone()),
            Endring::Annullere { .. } | Endring::Opphoere { .. } => None,
            Endring::Gjenoppta { .. } | Endring::Angre { .. } => None,
        });
        nye.collect()
    };
    let opplysninger = match handling {
        Handling::Opprett(dokument) => return (**dokument).clone(),
        Handling::Registrer { endringer, .. } => nye(endringer),
        Handling::SkiftIdentifikator { ny, etter, .. } => {
            let etter = etter.iter().flat_map(|(_, endringer)| nye(endringer));
            [(**ny).clone()].into_iter().chain(etter).collect()
        }
        Handling::SlaaSammen { .. } | Handling::Splitt { .. } => Vec::new(),
    };
    Persondokument {
        opplysninger,
        ..Persondokument::default()
    }
}

/// A snapshot: a change of this value changes every demo, test and bookmark that names a synthetic person.
#[test]
fn the_same_seed_gives_the_same_bytes_on_every_machine() {
    assert_eq!(avtrykk(&Nasjon::new(2026, 1_000).unwrap()), "e0a6a294f2b1602c");
    assert_ne!(avtrykk(&Nasjon::new(2027, 1_000).unwrap()), "e0a6a294f2b1602c");
}

#[test]
fn groups_do_not_depend_on_order_or_threads() {
    let nasjon = Nasjon::new(5, 2_000).unwrap();
    let forlengs = dokumenter(&nasjon);
    let mut baklengs: Vec<_> = (0..nasjon.grupper()).rev().map(|nr| nasjon.gruppe(nr)).collect();
    baklengs.reverse();
    assert!(baklengs.into_iter().flatten().eq(forlengs.iter().cloned()));
    let midt = nasjon.grupper() / 2;
    let (foerste, siste) = std::thread::scope(|traader| {
        let a = traader.spawn(|| (0..midt).flat_map(|nr| nasjon.gruppe(nr)).collect::<Vec<_>>());
        let b = traader.spawn(|| {
            (midt..nasjon.grupper())
                .flat_map(|nr| nasjon.gruppe(nr))
                .collect::<Vec<_>>()
        });
        (a.join().unwrap(), b.join().unwrap())
    });
    assert!(foerste.into_iter().chain(siste).eq(forlengs));
}

#[test]
fn a_nation_has_exactly_as_many_persons_as_asked_for() {
    for antall in [PERSONER_MIN, PERSONER_MIN + 1, 63, 100, 101, 102, 999, 4_321] {
        let nasjon = Nasjon::new(9, antall).unwrap();
        assert_eq!(dokumenter(&nasjon).len(), usize::try_from(antall).unwrap());
        assert_eq!(nasjon.antall(), antall);
        assert_eq!(nasjon.personer_foer(0), 0);
        assert_eq!(nasjon.personer_foer(nasjon.grupper()), antall);
        assert!(nasjon.gruppe(nasjon.grupper()).is_empty());
    }
    assert_eq!(
        Nasjon::new(9, PERSONER_MIN - 1).err(),
        Some(Feil::ForFaa { minst: PERSONER_MIN })
    );
    assert_eq!(
        Nasjon::new(9, PERSONER_MAKS + 1).err(),
        Some(Feil::ForMange { hoeyst: PERSONER_MAKS })
    );
    assert_eq!(REFERANSEDATO.to_string(), "2026-01-01");
}

#[test]
fn a_larger_nation_begins_with_the_persons_of_a_smaller() {
    let (liten, stor) = (Nasjon::new(3, 800).unwrap(), Nasjon::new(3, 3_000).unwrap());
    for nr in 0..liten.grupper() - 1 {
        assert!(liten.gruppe(nr) == stor.gruppe(nr), "gruppe {nr}");
    }
}

#[test]
fn every_number_is_of_the_test_series_and_used_once() {
    let nasjon = Nasjon::new(11, 5_000).unwrap();
    let dokumenter = dokumenter(&nasjon);
    let mut sett = HashSet::new();
    for dokument in &dokumenter {
        for (tekst, _) in numre(dokument) {
            let nummer: Folkeregisteridentifikator = tekst.parse().unwrap();
            assert_eq!(nummer.serier(), [Serie::Tenor]);
            assert!(sett.insert(tekst.to_owned()), "et nummer er brukt to ganger");
        }
    }
    assert_eq!(dokumenter.iter().map(nummer).collect::<HashSet<_>>().len(), 5_000);
}

#[test]
fn documents_are_read_back_as_they_were_written() {
    for dokument in dokumenter(&Nasjon::new(4, 1_000).unwrap()) {
        let lest = Persondokument::les_json(&dokument.til_json()).unwrap();
        assert_eq!(lest.til_json(), dokument.til_json());
    }
}
