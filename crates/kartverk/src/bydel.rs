//! The bydeler there are: code, name, since when, how sure we are.
//!
//! Which grunnkrets lies in which bydel is not here but in the correspondence of a [`crate::Tabell`].
//!
//! There are two questions one can ask. In which bydel does an address lie (SSB's classification 103)? And which bydel gives
//! those who live there health and social services? The answers differ in Oslo alone: nobody is served by Sentrum (030116) or
//! Marka (030117), but by bydeler around them, and by which could not be established. So the second answer is the first one,
//! and is left out for those two unless a table says more (our choice).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use identifikator::Dato;

/// Facts, and where they come from.
const BYDELER: &str = include_str!("../data/bydeler.tsv");

/// Bydeler of Oslo that give no services. Source: our choice, from what is known of Oslo; ADR 0037.
const UTEN_TJENESTER: [&str; 2] = ["030116", "030117"];

/// A bydel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bydel {
    /// Six digits: kommunenummer and two more.
    pub kode: &'static str,
    /// Its name.
    pub navn: &'static str,
    /// How sure code and name are.
    pub sikkerhet: Sikkerhet,
}

/// How sure a code and its name are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sikkerhet {
    /// Seen in lists in force.
    Sikker,
    /// Seen in lists from before the last reform.
    Middels,
    /// The number was not found.
    Usikker,
}

#[derive(Clone, Copy)]
struct Rad {
    bydel: Bydel,
    fra: Option<Dato>,
}

static RADER: LazyLock<BTreeMap<u32, Rad>> = LazyLock::new(|| {
    let linjer = BYDELER.lines().filter(|linje| !linje.starts_with('#'));
    linjer
        .filter_map(|linje| {
            let mut felt = linje.split('\t');
            let (kode, navn) = (felt.next()?, felt.next()?);
            let fra = felt.next()?.parse().ok();
            let sikkerhet = match felt.next()? {
                "sikker" => Sikkerhet::Sikker,
                "middels" => Sikkerhet::Middels,
                _ => Sikkerhet::Usikker,
            };
            let bydel = Bydel { kode, navn, sikkerhet };
            Some((kode.parse().ok()?, Rad { bydel, fra }))
        })
        .collect()
});

impl Bydel {
    /// The bydel with a code, on a day.
    #[must_use]
    pub fn paa(kode: &str, dag: Dato) -> Option<Self> {
        // Text with a sign or without its zeros is no code.
        let tall = Some(kode).filter(|k| k.len() == 6 && k.bytes().all(|b| b.is_ascii_digit()))?;
        finn(tall.parse().ok()?, dag)
    }

    /// Whether it gives those who live there health and social services, as far as is known.
    pub(crate) fn gir_tjenester(&self) -> bool {
        !UTEN_TJENESTER.contains(&self.kode)
    }
}

/// The bydel with a code as a number, on a day.
pub(crate) fn finn(kode: u32, dag: Dato) -> Option<Bydel> {
    let rad = RADER.get(&kode)?;
    rad.fra.is_none_or(|fra| fra <= dag).then_some(rad.bydel)
}

/// Whether there is such a bydel on some day.
pub(crate) fn finnes(kode: u32) -> bool {
    RADER.contains_key(&kode)
}

/// The codes of a kommune's bydeler, without that for those whose bydel is not stated.
pub(crate) fn koder(kommunenummer: u16) -> impl Iterator<Item = u32> {
    let fra = u32::from(kommunenummer) * 100;
    RADER.range(fra..fra + 99).map(|(kode, _)| *kode)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dag(aar: u16) -> Dato {
        Dato::new(aar, 1, 1).unwrap()
    }

    #[test]
    fn four_kommuner_have_as_many_bydeler_as_is_known() {
        for (kommune, antall) in [(301, 17), (4601, 8), (5001, 4), (1103, 9), (1108, 0), (0, 0), (9999, 0)] {
            assert_eq!(koder(kommune).count(), antall, "{kommune}");
        }
        // The category of those whose bydel is not stated comes in addition.
        assert_eq!(RADER.len(), 38 + 4);
        assert_eq!(
            RADER
                .values()
                .filter(|rad| rad.bydel.sikkerhet == Sikkerhet::Usikker)
                .count(),
            2
        );
    }

    #[test]
    fn a_bydel_is_known_from_its_first_day() {
        assert_eq!(Bydel::paa("500102", dag(2018)).unwrap().navn, "Østbyen");
        assert_eq!(Bydel::paa("500102", dag(2017)), None);
        assert_eq!(Bydel::paa("110308", dag(2019)), None);
        assert!(Bydel::paa("110307", dag(1990)).is_some());
        for kode in ["", "30116", "+30116", "0301016", "030118", "120101", "03011æ"] {
            assert_eq!(Bydel::paa(kode, dag(2026)), None, "{kode}");
        }
    }

    #[test]
    fn sentrum_and_marka_serve_nobody() {
        let uten: Vec<&str> = RADER
            .values()
            .filter(|r| !r.bydel.gir_tjenester())
            .map(|r| r.bydel.navn)
            .collect();
        assert_eq!(uten, ["Sentrum", "Marka"]);
    }

    /// The public list that our facts are from has the same codes and names.
    #[test]
    fn the_public_list_says_the_same() {
        let Ok(mappe) = std::env::var("PERSONTJENESTEN_KONTRAKTER") else {
            assert!(
                std::env::var("KREV_ALT").as_deref() != Ok("1"),
                "PERSONTJENESTEN_KONTRAKTER er ikke satt"
            );
            let linje = format_args!("HOPPET OVER: PERSONTJENESTEN_KONTRAKTER er ikke satt\n");
            let _ = std::io::Write::write_fmt(&mut std::io::stderr(), linje);
            return;
        };
        let sti = std::path::Path::new(&mappe).join("tilgang/bydeler.csv");
        let liste = std::fs::read_to_string(sti).unwrap();
        let mut antall = 0;
        for linje in liste.lines().skip(1) {
            let felt: Vec<&str> = linje.split(',').collect();
            assert_eq!(Bydel::paa(felt[2], dag(2026)).unwrap().navn, felt[3]);
            antall += 1;
        }
        assert_eq!(antall, RADER.len());
    }
}
