//! The synthetic table: made up, for the streets of the synthetic nation. For demo and tests.
//!
//! It puts a street in the grunnkrets that the nation's documents say (`syntetisk_befolkning/src/geografi.rs`; a test holds the
//! two together), and a gård in one by the same rule, which the documents do not know of: theirs goes by a street that a
//! cadastral address has not. Streets and gårder are filed whole. Names of grunnkretser and which bydel they lie in are made up
//! too; no such grunnkrets is to be looked for in the real Oslo.

use identifikator::Dato;

use crate::adresse::{ENHVER_DEL, ETHVERT_NUMMER, kommunetall};
use crate::bydel;
use crate::bygger::Bygger;
use crate::kommune::kommuner_i_kraft;
use crate::tabell::{Tabell, Tilhoerighet};

/// The day whose kommuner it has: the nation's reference date.
const DAG: Option<Dato> = Dato::new(2026, 1, 1);
/// Streets that a kommune of the nation has at most, and the code of the first.
const GATER: u32 = 400;
const FOERSTE_KODE: u32 = 1_000;
/// Gårder that the nation has in a kommune.
const GARDER: u32 = 197;

/// Delområde and grunnkrets of a street: the rule of the nation.
fn krets(nr: u32) -> (u32, u32) {
    (nr % 11 + 1, nr % 13 + 1)
}

impl Tabell {
    /// The built-in table, marked as synthetic. Some milliseconds' work, some 4 MB.
    #[must_use]
    pub fn syntetisk() -> Self {
        lag(GATER, GARDER, |_| true)
    }
}

/// A small one of the same kind.
#[cfg(test)]
pub(crate) fn liten() -> Tabell {
    lag(3, 3, |kommune| kommune == 301 || kommune == 4601)
}

fn lag(gater: u32, garder: u32, med: impl Fn(u16) -> bool) -> Tabell {
    let mut bygger = Bygger::default();
    let dag = DAG.into_iter();
    for kommune in dag
        .flat_map(kommuner_i_kraft)
        .filter_map(|k| kommunetall(k.nummer))
        .filter(|k| med(*k))
    {
        // There is room for all: 357 kommuner with 143 grunnkretser each.
        let Some(plass) = bygger.kommune(kommune) else { continue };
        let koder: Vec<u32> = bydel::koder(kommune).collect();
        let mut sett = std::collections::BTreeSet::new();
        for nr in 0..gater.max(garder) {
            let (delomraade, siste) = krets(nr);
            let nummer = u32::from(kommune) * 10_000 + delomraade * 100 + siste;
            let navn = format!("Syntesekrets {delomraade:02}{siste:02}");
            let Some(krets) = bygger.krets(nummer, &navn) else {
                continue;
            };
            if nr < gater {
                bygger.veg(plass, [u64::from(FOERSTE_KODE + nr), ETHVERT_NUMMER, 0], krets);
            }
            if nr < garder {
                bygger.matrikkel(plass, [u128::from(nr + 1), ENHVER_DEL, ENHVER_DEL, ENHVER_DEL], krets);
            }
            if sett.insert(nummer)
                && let Some(kode) = usize::try_from(delomraade * 5 + siste)
                    .ok()
                    .and_then(|kast| koder.get(kast.checked_rem(koder.len())?))
            {
                bygger.geografisk.push(Tilhoerighet {
                    krets: nummer,
                    fra: i32::MIN,
                    til: i32::MAX,
                    bydel: *kode,
                });
            }
        }
    }
    bygger.bygg(true).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Adresse, Matrikkeladresse, Vegadresse};

    #[test]
    fn every_kommune_has_its_streets_and_gaarder_and_four_have_all_their_bydeler() {
        let tabell = Tabell::syntetisk();
        assert!(tabell.er_syntetisk());
        assert_eq!(tabell.antall_adresser(), (357 * 400, 357 * 197));
        assert_eq!(tabell.antall_grunnkretser(), 357 * 143);
        assert!(tabell.byte() < 5_000_000, "{}", tabell.byte());
        let dag = DAG.unwrap();
        for kommune in kommuner_i_kraft(dag) {
            let mut sett = std::collections::BTreeSet::new();
            for nr in 0..400 {
                let kode = (1000 + nr).to_string();
                let veg = Vegadresse {
                    kommunenummer: kommune.nummer,
                    adressekode: &kode,
                    husnummer: "7",
                    husbokstav: Some("B"),
                };
                let omraade = tabell.omraade_for_adresse(&Adresse::Veg(veg), dag).unwrap();
                assert!(
                    omraade
                        .grunnkretsnavn
                        .is_some_and(|navn| navn.starts_with("Syntesekrets "))
                );
                let som_bosted = tabell.omraade_for_grunnkrets(kommune.nummer, omraade.grunnkretsnummer.freg(), dag);
                assert_eq!(som_bosted, Some(omraade));
                sett.extend(omraade.geografisk_bydel.map(|b| b.kode));
                let uten_tjenester = matches!(omraade.geografisk_bydel.map(|b| b.kode), Some("030116" | "030117"));
                assert_eq!(
                    omraade.tjenestebydel,
                    omraade.geografisk_bydel.filter(|_| !uten_tjenester)
                );
            }
            let koder = bydel::koder(kommunetall(kommune.nummer).unwrap()).count();
            assert_eq!(sett.len(), koder, "{}", kommune.nummer);
            let matrikkel = Matrikkeladresse {
                kommunenummer: kommune.nummer,
                gaardsnummer: 197,
                bruksnummer: 3,
                festenummer: None,
                undernummer: Some(2),
            };
            assert!(
                tabell
                    .omraade_for_adresse(&Adresse::Matrikkel(matrikkel), dag)
                    .is_some()
            );
        }
    }
}
