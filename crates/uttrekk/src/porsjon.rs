//! A batch: who is in it, as bytes.

use register::{Personnummer, Sekvens};
use soek::Kommune;

use crate::Feil;
use crate::koding::{Leser, skriv_tall};

const SKADET: Feil = Feil::Skadet("porsjon");

/// What there is of an order at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Porsjon {
    /// No such order of this orderer, or no such batch of it.
    FinnesIkke,
    /// The order is not written out yet.
    IkkeKlar,
    /// The first place after the last batch.
    Slutt,
    /// Documents of a complete order, in the order of the register's numbers.
    Dokumenter(Vec<(Personnummer, Sekvens)>),
    /// Persons of a tailored order.
    Personer {
        /// Who was chosen, in the order of the register's numbers.
        personer: Vec<Personnummer>,
        /// What is to be seen of each still, if they were chosen by where they live.
        kommune: Option<Kommune>,
        /// Whether it is the last batch.
        siste: bool,
    },
}

pub(crate) fn skriv_personer(personer: &[u32]) -> Vec<u8> {
    let mut ut = Vec::with_capacity(personer.len() * 2);
    let mut neste = 0;
    for person in personer {
        skriv_tall(&mut ut, u64::from(person.saturating_sub(neste)));
        neste = person.saturating_add(1);
    }
    ut
}

pub(crate) fn les_personer(byte: &[u8]) -> Result<Vec<u32>, Feil> {
    let mut leser = Leser(byte);
    let mut ut = Vec::with_capacity(byte.len().min(crate::PORSJON_MAKS));
    let mut neste = 0u32;
    while !leser.er_tom() {
        let person = neste.checked_add(leser.tall32()?).ok_or(SKADET)?;
        ut.push(person);
        neste = person.checked_add(1).ok_or(SKADET)?;
    }
    Ok(ut)
}

pub(crate) fn skriv_dokumenter(dokumenter: &[(u32, Sekvens)]) -> Vec<u8> {
    let mut ut = Vec::with_capacity(dokumenter.len() * 5);
    let mut neste = 0;
    for (person, seq) in dokumenter {
        skriv_tall(&mut ut, u64::from(person.saturating_sub(neste)));
        skriv_tall(&mut ut, seq.0);
        neste = person.saturating_add(1);
    }
    ut
}

pub(crate) fn les_dokumenter(byte: &[u8]) -> Result<Vec<(Personnummer, Sekvens)>, Feil> {
    let mut leser = Leser(byte);
    let mut ut = Vec::with_capacity(byte.len().min(crate::PORSJON_MAKS));
    let mut neste = 0u32;
    while !leser.er_tom() {
        let person = neste.checked_add(leser.tall32()?).ok_or(SKADET)?;
        ut.push((Personnummer::fra_indeks(person), Sekvens(leser.tall()?)));
        neste = person.checked_add(1).ok_or(SKADET)?;
    }
    Ok(ut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_batch_comes_back_as_it_was(alle in prop::collection::btree_map(1u32..u32::MAX, 0u64..1 << 48, 0..60)) {
            let dokumenter: Vec<_> = alle.iter().map(|(p, s)| (*p, Sekvens(*s))).collect();
            let lest = les_dokumenter(&skriv_dokumenter(&dokumenter)).unwrap();
            prop_assert!(lest.iter().map(|(p, s)| (p.nummer(), *s)).eq(dokumenter));
            let personer: Vec<u32> = alle.into_keys().collect();
            prop_assert_eq!(les_personer(&skriv_personer(&personer)).unwrap(), personer);
        }

        #[test]
        fn any_bytes_are_a_batch_or_refused(byte in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = les_personer(&byte);
            let _ = les_dokumenter(&byte);
        }
    }
}
