//! What a person has before anything has changed: a function of seed, number and the day the register began.
//!
//! ```text
//!  of 1 000     90 not registered                40 deleted
//!               of the others: 45 reserved, 80 with nothing fresh, 70 with one channel too old,
//!               60 without e-mail, 40 without mobile number, 450 with a mailbox
//! ```
//!
//! Source: the shares are our choice, so that every kind is met in a small nation; they are no statistics of KRR.

use identifikator::Folkeregisteridentifikator;
use jiff::Timestamp;

use crate::oppfoering::{
    Kanal, Leverandoer, Oppfoering, Spraak, epostadresse, ferskgrense_s, kan_ha_oppfoering, mobilnummer, postkasse,
};
use crate::terning::Terning;

const DOEGN_S: i64 = 86_400;
/// Oldest thing in the register, before the limit of eighteen months. Units: days.
const GAMMELT_DOEGN: u64 = 3_000;

/// The first entry of a person; none for who is not registered, or is not synthetic.
pub(crate) fn grunntilstand(froe: u64, person: Folkeregisteridentifikator, fra: Timestamp) -> Option<Oppfoering> {
    if !kan_ha_oppfoering(person) {
        return None;
    }
    let mut terning = Terning::new(froe, person, 0);
    let slag = terning.under(1_000);
    if slag < 90 {
        return None;
    }
    let naa_s = fra.as_second();
    let tid = Tid {
        naa_s,
        grense_s: ferskgrense_s(fra),
    };
    if slag < 130 {
        return Some(Oppfoering {
            slettet: true,
            reservasjon_oppdatert_s: Some(tid.gammel(&mut terning)),
            ..Oppfoering::default()
        });
    }
    let reservert = terning.promille(45);
    let (alt_gammelt, en_gammel, hvilken) = (terning.promille(80), terning.promille(70), terning.promille(500));
    let (uten_epost, uten_mobil) = (terning.promille(60), terning.promille(40));
    let epost = (!uten_epost || uten_mobil).then(|| {
        let verdi = epostadresse(&mut terning);
        tid.kanal(&mut terning, verdi, alt_gammelt || (en_gammel && hvilken))
    });
    let mobil = (!uten_mobil).then(|| {
        let verdi = mobilnummer(&mut terning);
        tid.kanal(&mut terning, verdi, alt_gammelt || (en_gammel && !hvilken))
    });
    let postkasse = terning.promille(450).then(|| {
        let leverandoer = if terning.promille(600) {
            Leverandoer::Digipost
        } else {
            Leverandoer::EBoks
        };
        postkasse(&mut terning, leverandoer)
    });
    let spraak = match terning.under(1_000) {
        0..820 => Spraak::Bokmaal,
        820..910 => Spraak::Nynorsk,
        910..985 => Spraak::Engelsk,
        _ => Spraak::Nordsamisk,
    };
    let naar_reservert = tid.gammel(&mut terning);
    Some(Oppfoering {
        slettet: false,
        reservert_s: reservert.then_some(naar_reservert),
        reservasjon_oppdatert_s: Some(naar_reservert),
        epost,
        mobil,
        postkasse,
        spraak: Some(spraak),
        spraak_oppdatert_s: Some(tid.gammel(&mut terning)),
    })
}

struct Tid {
    naa_s: i64,
    grense_s: i64,
}

impl Tid {
    /// Some day before the limit.
    fn gammel(&self, terning: &mut Terning) -> i64 {
        let doegn = i64::try_from(terning.under(GAMMELT_DOEGN)).unwrap_or(0) + 1;
        self.grense_s - doegn * DOEGN_S - i64::try_from(terning.under(86_400)).unwrap_or(0)
    }

    /// Some time after the limit, with a month to spare, and not after the day the register began.
    fn fersk(&self, terning: &mut Terning) -> i64 {
        let spenn = u64::try_from(self.naa_s - self.grense_s - 31 * DOEGN_S).unwrap_or(0);
        self.naa_s - i64::try_from(terning.under(spenn)).unwrap_or(0)
    }

    fn kanal(&self, terning: &mut Terning, verdi: String, gammel: bool) -> Kanal {
        let oppdatert_s = self.gammel(terning);
        // Confirmed again later, as users are asked to every ninety days; or never since.
        let verifisert_s = if gammel { None } else { Some(self.fersk(terning)) };
        let validert_s = terning.promille(700).then_some(oppdatert_s);
        Kanal {
            verdi,
            oppdatert_s,
            verifisert_s,
            validert_s,
            duplisert: terning.promille(20),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// So many synthetic numbers.
    pub(crate) fn numre(antall: usize) -> Vec<Folkeregisteridentifikator> {
        let dager = (1..=28).flat_map(|dag| (0..1000).map(move |i| (dag, i)));
        let mulige = dager.flat_map(|(dag, i)| (0..100).map(move |k| format!("{dag:02}9082{i:03}{k:02}")));
        mulige
            .filter_map(|n| Folkeregisteridentifikator::parse(&n).ok())
            .take(antall)
            .collect()
    }

    fn fra() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn every_kind_is_met_about_as_often_as_is_said() {
        let mut antall: BTreeMap<&str, u32> = BTreeMap::new();
        for nummer in numre(4_000) {
            let mut tell = |hva| *antall.entry(hva).or_default() += 1;
            let Some(person) = grunntilstand(7, nummer, fra()) else {
                tell("ukjent");
                continue;
            };
            if person.slettet {
                tell("slettet");
                assert!(person.epost.is_none() && person.postkasse.is_none());
                continue;
            }
            tell("aktiv");
            assert!(person.epost.is_some() || person.mobil.is_some());
            if person.reservert_s.is_some() {
                tell("reservert");
            } else if !person.kan_varsles(fra()) {
                tell("utløpt");
            }
            if let Some(postkasse) = &person.postkasse {
                tell(postkasse.leverandoer.navn());
            }
            tell(person.spraak.unwrap().kode());
        }
        for (hva, ventet) in [
            ("ukjent", 90),
            ("slettet", 40),
            ("reservert", 39),
            ("utløpt", 70),
            ("Digipost", 235),
            ("e-Boks", 157),
            ("nb", 713),
            ("nn", 78),
            ("en", 65),
            ("se", 13),
        ] {
            let promille = antall[hva] / 4;
            assert!(
                (ventet / 2..ventet * 3 / 2).contains(&promille),
                "{hva}: {promille} av 1000, ventet {ventet}"
            );
        }
    }

    #[test]
    fn nobody_can_be_reached_by_what_is_made_up() {
        for nummer in numre(2_000) {
            let Some(mut person) = grunntilstand(7, nummer, fra()) else {
                continue;
            };
            if let Some(epost) = &person.epost {
                assert!(epost.verdi.ends_with(".example") && epost.verdi.chars().count() <= 50);
            }
            if let Some(mobil) = &person.mobil {
                assert!(mobil.verdi.starts_with("+999") && mobil.verdi.len() == 13);
            }
            let siffer = nummer.as_str();
            assert!(
                person
                    .kanaler()
                    .all(|k| !k.verdi.contains(siffer) && k.oppdatert_s <= fra().as_second())
            );
            assert!(person.postkasse.is_none_or(|p| p.adresse.starts_with("syntese.")));
        }
    }

    #[test]
    fn whose_number_is_not_synthetic_has_nothing() {
        let ekte = (0..100_000u32).filter_map(|n| Folkeregisteridentifikator::parse(&format!("010100{n:05}")).ok());
        let mut antall = 0;
        for nummer in ekte.filter(|n| !n.er_syntetisk()) {
            assert!(grunntilstand(7, nummer, fra()).is_none());
            antall += 1;
        }
        assert!(antall > 500);
    }
}
