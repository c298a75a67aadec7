//! A table on its way: rows in any order, and lists that grow.
//!
//! What the table becomes does not depend on the order in which rows came: places in its lists are given out anew when all of
//! them are known. A newcomer's mistake is to let the last of two rows win; they are both left out.

use std::collections::{BTreeMap, HashMap};

use crate::adresse::{GRUNNKRETSER_MAKS, KOMMUNER_MAKS, KRETSBIT, matrikkelnoekkel, vegnoekkel};
use crate::tabell::{Tabell, Tilhoerighet, Utgave};

/// Rows and lists so far.
#[derive(Default)]
pub(crate) struct Bygger {
    kommuner: BTreeMap<u16, u16>,
    kretser: HashMap<u32, u16>,
    /// Name of each grunnkrets, in the order they came.
    navn: Vec<Box<str>>,
    veg: Vec<u64>,
    matrikkel: Vec<u128>,
    pub(crate) geografisk: Vec<Tilhoerighet>,
    pub(crate) tjeneste: Vec<Tilhoerighet>,
}

impl Bygger {
    pub(crate) fn antall(&self) -> usize {
        self.veg.len() + self.matrikkel.len()
    }

    /// The place of a kommune; `None` when there is no more room.
    pub(crate) fn kommune(&mut self, nummer: u16) -> Option<u16> {
        let neste = self.kommuner.len();
        if let Some(plass) = self.kommuner.get(&nummer) {
            return Some(*plass);
        }
        let plass = Some(neste)
            .filter(|n| *n < KOMMUNER_MAKS)
            .and_then(|n| u16::try_from(n).ok())?;
        self.kommuner.insert(nummer, plass);
        Some(plass)
    }

    /// The place of a grunnkrets; `None` when there is no more room. Of several names, the first in the alphabet counts, so
    /// that the order of rows makes no difference.
    pub(crate) fn krets(&mut self, nummer: u32, navn: &str) -> Option<u16> {
        if let Some(plass) = self.kretser.get(&nummer) {
            if let Some(kjent) = self.navn.get_mut(usize::from(*plass))
                && !navn.is_empty()
                && (kjent.is_empty() || navn < &**kjent)
            {
                *kjent = navn.into();
            }
            return Some(*plass);
        }
        let neste = self.navn.len();
        let plass = Some(neste)
            .filter(|n| *n < GRUNNKRETSER_MAKS)
            .and_then(|n| u16::try_from(n).ok())?;
        self.kretser.insert(nummer, plass);
        self.navn.push(navn.into());
        Some(plass)
    }

    /// A street address, or with the number that stands for any, a street.
    pub(crate) fn veg(&mut self, kommune: u16, [kode, nummer, bokstav]: [u64; 3], krets: u16) {
        let noekkel = vegnoekkel(kommune, kode, nummer, bokstav);
        self.veg.push(noekkel << KRETSBIT | u64::from(krets));
    }

    /// A cadastral address, or with the parts that stand for any, a gård.
    pub(crate) fn matrikkel(&mut self, kommune: u16, deler: [u128; 4], krets: u16) {
        let noekkel = matrikkelnoekkel(kommune, deler);
        self.matrikkel.push(noekkel << KRETSBIT | u128::from(krets));
    }

    /// The table, and how many addresses were left out because rows put them in two grunnkretser.
    pub(crate) fn bygg(mut self, syntetisk: bool) -> (Tabell, usize) {
        let kommuner: Vec<u16> = self.kommuner.keys().copied().collect();
        // From the order in which they came to the order of numbers, so that the same content gives the same table.
        let mut kommuneplass = vec![0u16; kommuner.len()];
        for (ny, gammel) in (0..).zip(self.kommuner.values()) {
            if let Some(plass) = kommuneplass.get_mut(usize::from(*gammel)) {
                *plass = ny;
            }
        }
        let mut ordnet: Vec<(u32, u16)> = self.kretser.iter().map(|(nummer, plass)| (*nummer, *plass)).collect();
        ordnet.sort_unstable();
        let mut kretsplass = vec![0u16; ordnet.len()];
        let (mut kretser, mut navneslutt, mut navn) = (Vec::new(), Vec::new(), String::new());
        for (ny, (nummer, gammel)) in (0..).zip(&ordnet) {
            if let Some(plass) = kretsplass.get_mut(usize::from(*gammel)) {
                *plass = ny;
            }
            kretser.push(*nummer);
            navn.push_str(self.navn.get(usize::from(*gammel)).map_or("", |n| n));
            navneslutt.push(u32::try_from(navn.len()).unwrap_or(u32::MAX));
        }
        let ny = |liste: &[u16], plass: Option<usize>| plass.and_then(|p| liste.get(p).copied()).unwrap_or(0);
        for rad in &mut self.veg {
            let kommune = ny(&kommuneplass, usize::try_from(*rad >> 52).ok());
            let krets = ny(&kretsplass, usize::try_from(*rad & 0xffff).ok());
            *rad = u64::from(kommune) << 52 | (*rad & ((1 << 52) - 0x1_0000)) | u64::from(krets);
        }
        for rad in &mut self.matrikkel {
            let kommune = ny(&kommuneplass, usize::try_from(*rad >> 84).ok());
            let krets = ny(&kretsplass, usize::try_from(*rad & 0xffff).ok());
            *rad = u128::from(kommune) << 84 | (*rad & ((1 << 84) - 0x1_0000)) | u128::from(krets);
        }
        let tvetydige = rydd(&mut self.veg, |rad| rad >> KRETSBIT) + rydd(&mut self.matrikkel, |rad| rad >> KRETSBIT);
        self.geografisk.sort_unstable();
        self.tjeneste.sort_unstable();
        let mut tabell = Tabell {
            syntetisk,
            kommuner,
            kretser,
            navneslutt,
            navn,
            veg: self.veg,
            matrikkel: self.matrikkel,
            geografisk: self.geografisk,
            tjeneste: self.tjeneste,
            utgave: Utgave([0; 32]),
        };
        tabell.utgave = crate::fil::utgave(&tabell);
        (tabell, tvetydige)
    }
}

/// Sorts rows, keeps one of those that say the same, and leaves out addresses that two rows put in two places. Gives how many.
fn rydd<T: Copy + Ord>(rader: &mut Vec<T>, noekkel: impl Fn(T) -> T) -> usize {
    rader.sort_unstable();
    rader.dedup();
    let mut tvetydige = 0;
    let mut forrige: Option<(T, bool)> = None;
    let (mut inn, mut ut) = (0, 0);
    while let Some(&rad) = rader.get(inn) {
        let neste = rader.get(inn + 1).is_some_and(|n| noekkel(*n) == noekkel(rad));
        let foer = forrige.is_some_and(|(n, _)| n == noekkel(rad));
        if neste && !foer {
            tvetydige += 1;
        }
        if !neste && !foer {
            if let Some(plass) = rader.get_mut(ut) {
                *plass = rad;
            }
            ut += 1;
        }
        forrige = Some((noekkel(rad), neste));
        inn += 1;
    }
    rader.truncate(ut);
    rader.shrink_to_fit();
    tvetydige
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use identifikator::Dato;

    use super::*;
    use crate::Adresse;

    /// Kommune, code, number, letter; and the grunnkrets.
    type Proeverad = ((u16, u64, u64, u64), u32);

    proptest! {
        #[test]
        fn what_rows_agree_on_is_kept_and_nothing_else(rader in prop::collection::vec((0u64..40, 0u64..3), 0..200)) {
            let mut ventet: BTreeMap<u64, std::collections::BTreeSet<u64>> = BTreeMap::new();
            for (noekkel, krets) in &rader {
                ventet.entry(*noekkel).or_default().insert(*krets);
            }
            let mut flate: Vec<u64> = rader.iter().map(|(n, k)| n << KRETSBIT | k).collect();
            let tvetydige = rydd(&mut flate, |rad| rad >> KRETSBIT);
            prop_assert_eq!(tvetydige, ventet.values().filter(|k| k.len() > 1).count());
            let enige = ventet.iter().filter(|(_, k)| k.len() == 1).map(|(n, k)| n << KRETSBIT | k.first().unwrap());
            prop_assert_eq!(flate, enige.collect::<Vec<_>>());
        }

        /// The order of rows makes no difference, and every address is found in the grunnkrets it was put in.
        #[test]
        fn a_table_is_its_content(
            mut rader in prop::collection::hash_map((0u16..30, 1000u64..1010, 1u64..20, 0u64..3), 0u32..9, 0..60)
                .prop_map(|kart| kart.into_iter().collect::<Vec<_>>()),
            snu in any::<u64>(),
        ) {
            let bygg = |rader: &[Proeverad]| {
                let mut bygger = Bygger::default();
                for ((kommune, kode, nummer, bokstav), krets) in rader {
                    let krets = u32::from(300 + kommune) * 10_000 + krets;
                    let plass = bygger.krets(krets, &format!("Krets {krets}")).unwrap();
                    let kommune = bygger.kommune(300 + kommune).unwrap();
                    bygger.veg(kommune, [*kode, *nummer, *bokstav], plass);
                    bygger.matrikkel(kommune, [u128::from(*kode), u128::from(*nummer), u128::from(*bokstav), 0], plass);
                }
                bygger.bygg(false).0
            };
            let tabell = bygg(&rader);
            let dag = Dato::new(2026, 1, 1).unwrap();
            for ((kommune, kode, nummer, bokstav), krets) in &rader {
                let (kommunenummer, adressekode, husnummer) = (format!("{:04}", 300 + kommune), kode.to_string(), nummer.to_string());
                let bokstaver = ["", "A", "B"];
                let veg = crate::Vegadresse { kommunenummer: &kommunenummer, adressekode: &adressekode, husnummer: &husnummer, husbokstav: Some(bokstaver[usize::try_from(*bokstav).unwrap()]) };
                let tall = |t: u64| i64::try_from(t).unwrap();
                let matrikkel = crate::Matrikkeladresse { kommunenummer: &kommunenummer, gaardsnummer: tall(*kode), bruksnummer: tall(*nummer), festenummer: Some(tall(*bokstav)), undernummer: None };
                let ventet = u32::from(300 + kommune) * 10_000 + krets;
                for adresse in [Adresse::Veg(veg), Adresse::Matrikkel(matrikkel)] {
                    let omraade = tabell.omraade_for_adresse(&adresse, dag).unwrap();
                    prop_assert_eq!(omraade.grunnkretsnummer.0, ventet);
                    let navn = format!("Krets {ventet}");
                    prop_assert_eq!(omraade.grunnkretsnavn, Some(navn.as_str()));
                }
                let uten = crate::Vegadresse { husnummer: "9999", ..veg };
                prop_assert!(tabell.omraade_for_adresse(&Adresse::Veg(uten), dag).is_none());
            }
            if let Some(antall) = u64::try_from(rader.len()).ok().filter(|n| *n > 0) {
                rader.rotate_left(usize::try_from(snu % antall).unwrap());
            }
            rader.reverse();
            prop_assert_eq!(bygg(&rader).utgave(), tabell.utgave());
        }
    }
}
