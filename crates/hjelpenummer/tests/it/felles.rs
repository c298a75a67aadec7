//! What the tests share: a store in a folder, and numbers drawn in order.

use std::path::Path;

use hjelpenummer::{Avsender, Fakta, Hjelpenumre, Kjoenn, Navn, Steder};
use identifikator::{FellesHjelpenummer, Folkeregisteridentifikator, Nummer};

/// A number of the register, of nobody: month + 80, the first whose control digits fit.
pub fn folk() -> Folkeregisteridentifikator {
    let kandidater = (0..100_000u32).map(|resten| format!("038190{resten:05}"));
    kandidater
        .filter_map(|k| Folkeregisteridentifikator::parse(&k).ok())
        .next()
        .unwrap()
}

/// A help number that nobody is given here.
pub fn ukjent() -> FellesHjelpenummer {
    (999_000_000..)
        .find_map(|n| FellesHjelpenummer::from_grunntall(n).ok())
        .unwrap()
}

/// 1 January 2026.
pub const NAA: i64 = 1_767_225_600;

pub fn aapne(mappe: &Path) -> Hjelpenumre {
    Hjelpenumre::aapne(mappe, &Steder::default()).unwrap()
}

pub fn hvem(bruker: &str) -> Avsender {
    Avsender {
        organisasjon: "312000008".to_owned(),
        bruker: bruker.to_owned(),
    }
}

pub fn kvinne() -> Fakta {
    Fakta {
        kjoenn: Some(Kjoenn::Kvinne),
        navn: Some(Navn {
            fornavn: "Lys".to_owned(),
            etternavn: "Skjultnavn".to_owned(),
            ..Navn::default()
        }),
        ..Fakta::default()
    }
}

/// Draws in order from some nine digits on.
pub fn fra(start: u32) -> impl FnMut() -> Result<u32, hjelpenummer::Feil> {
    let mut neste = start;
    move || {
        neste += 1;
        Ok(neste - 1)
    }
}

pub fn utsted(lager: &Hjelpenumre, fakta: &Fakta) -> FellesHjelpenummer {
    let utstedt = lager.utsted(fakta, true, None, &hvem("a"), NAA, &mut hjelpenummer::tilfeldig);
    utstedt.unwrap().nummer
}

pub fn som(nummer: FellesHjelpenummer) -> Nummer {
    Nummer::FellesHjelpenummer(nummer)
}
