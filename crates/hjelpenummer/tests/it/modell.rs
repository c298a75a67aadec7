//! Any sequence of requests, beside a model that is a map.

use std::collections::BTreeMap;

use hjelpenummer::{Endring, Fakta, Feil, Hjelpenumre, OverNummer, Revisjon};
use identifikator::FellesHjelpenummer;
use proptest::prelude::*;

use crate::felles::{NAA, aapne, folk, hvem, som, utsted};

#[derive(Clone, Debug)]
enum Steg {
    Utsted,
    Revider(usize, u8),
    /// Under which, none for one of the register; and whom.
    Knytt(Option<usize>, Vec<usize>),
    Loes(Option<usize>, usize),
    Gjenaapne,
}

fn steg() -> impl Strategy<Value = Steg> {
    let hvem = 0usize..6;
    prop_oneof![
        3 => Just(Steg::Utsted),
        3 => (hvem.clone(), 0u8..12).prop_map(|(n, kode)| Steg::Revider(n, kode)),
        4 => (prop::option::of(hvem.clone()), prop::collection::vec(hvem.clone(), 0..4)).prop_map(|(o, u)| Steg::Knytt(o, u)),
        3 => (prop::option::of(hvem.clone()), hvem).prop_map(|(o, n)| Steg::Loes(o, n)),
        1 => Just(Steg::Gjenaapne),
    ]
}

#[derive(Default)]
struct Modell {
    over: BTreeMap<FellesHjelpenummer, Option<u64>>,
    sivilstand: BTreeMap<FellesHjelpenummer, u8>,
}

impl Modell {
    fn knytt(&mut self, over: u64, under: &[FellesHjelpenummer]) -> bool {
        let ledig = |m: &Modell, n: u64| m.over.iter().all(|(nummer, o)| nummer.to_u64() != n || o.is_none());
        let grei = ledig(self, over) && under.iter().all(|n| n.to_u64() != over && self.over[n].is_none());
        if grei {
            for nummer in under {
                let med: Vec<_> = self
                    .over
                    .iter()
                    .filter(|(_, o)| **o == Some(nummer.to_u64()))
                    .map(|(n, _)| *n)
                    .collect();
                med.iter().chain([nummer]).for_each(|n| {
                    self.over.insert(*n, Some(over));
                });
            }
        }
        grei
    }
}

fn likt(lager: &Hjelpenumre, modell: &Modell) {
    assert_eq!(lager.antall_utstedt(), modell.over.len());
    let mut over: BTreeMap<u64, Vec<FellesHjelpenummer>> = BTreeMap::new();
    for (nummer, hvor) in &modell.over {
        let funnet = lager.slaa_opp(*nummer).unwrap().unwrap();
        assert_eq!(
            (funnet.over, funnet.fakta.sivilstand),
            (*hvor, modell.sivilstand.get(nummer).copied())
        );
        if let Some(hvor) = hvor {
            over.entry(*hvor).or_default().push(*nummer);
        }
    }
    for nummer in modell
        .over
        .keys()
        .map(FellesHjelpenummer::to_u64)
        .chain([folk().to_u64()])
    {
        assert_eq!(lager.under(nummer).unwrap(), over.remove(&nummer).unwrap_or_default());
    }
    let logg = lager.logg(1, usize::MAX).unwrap();
    assert!(logg.iter().map(|i| i.seq).eq(1..=lager.siste().unwrap()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_requests_give_what_the_rules_say(stegene in prop::collection::vec(steg(), 1..40)) {
        let mappe = tempfile::tempdir().unwrap();
        let mut lager = aapne(mappe.path());
        let (mut modell, mut numre) = (Modell::default(), Vec::new());
        let folk = folk();
        for steg in stegene {
            let velg = |n: usize| numre.get(n % numre.len().max(1)).copied();
            match steg {
                Steg::Utsted => {
                    let nummer = utsted(&lager, &Fakta::default());
                    modell.over.insert(nummer, None);
                    numre.push(nummer);
                }
                Steg::Revider(n, kode) => {
                    let Some(nummer) = velg(n) else { continue };
                    let revisjon = Revisjon {
                        sivilstand: if kode == 11 { Endring::Fjern } else { Endring::Sett(kode) },
                        ..Revisjon::default()
                    };
                    let utfall = lager.revider(&som(nummer), revisjon, &hvem("a"), NAA);
                    if modell.over[&nummer].is_some() {
                        prop_assert!(matches!(utfall, Err(Feil::Erstattet)));
                    } else if kode == 0 || kode == 10 {
                        prop_assert!(matches!(utfall, Err(Feil::Ugyldig(_))));
                    } else {
                        prop_assert!(utfall.is_ok());
                        if kode == 11 {
                            modell.sivilstand.remove(&nummer);
                        } else {
                            modell.sivilstand.insert(nummer, kode);
                        }
                    }
                }
                Steg::Knytt(over, under) => {
                    let over = match over {
                        None => OverNummer::Folkeregister(folk),
                        Some(n) => match velg(n) {
                            Some(n) => OverNummer::Hjelpenummer(n),
                            None => continue,
                        },
                    };
                    let tall = match over {
                        OverNummer::Folkeregister(n) => n.to_u64(),
                        OverNummer::Hjelpenummer(n) => n.to_u64(),
                    };
                    let mut under: Vec<_> = under.into_iter().filter_map(velg).collect();
                    under.sort_unstable();
                    under.dedup();
                    let numrene: Vec<_> = under.iter().copied().map(som).collect();
                    let utfall = lager.knytt(over, &numrene, &hvem("a"), NAA);
                    prop_assert_eq!(utfall.is_ok(), modell.knytt(tall, &under));
                }
                Steg::Loes(over, n) => {
                    let Some(nummer) = velg(n) else { continue };
                    let over = match over {
                        None => folk.to_u64(),
                        Some(n) => velg(n).unwrap().to_u64(),
                    };
                    let utfall = lager.loes(over, &som(nummer), &hvem("a"), NAA);
                    prop_assert_eq!(utfall.is_ok(), modell.over[&nummer] == Some(over));
                    if utfall.is_ok() {
                        modell.over.insert(nummer, None);
                    }
                }
                Steg::Gjenaapne => {
                    drop(lager);
                    lager = aapne(mappe.path());
                }
            }
        }
        likt(&lager, &modell);
        drop(lager);
        likt(&aapne(mappe.path()), &modell);
    }
}
