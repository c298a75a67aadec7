//! Only one's own: a list of numbers, and who has them. The feed is filtered on the ids.
//!
//! What a newcomer gets wrong: a number does not stay with an id. Whose entry has ended is asked for again by number, and so is a number
//! that an event has somebody else for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ::lager::noekkelfil::les_hemmelig;

use crate::Feil;
use crate::lager::bytt_hemmelig;

/// The file with who has which number.
pub(crate) const FIL: &str = "pasienter.json";
/// Most numbers in a list. Source: our choice; more than any organisation has patients.
pub const NUMRE_MAKS: usize = 5_000_000;

/// Why a list of numbers is not taken. Tells where, and not what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Nummerfeil {
    /// Not a number.
    #[error("linje {linje} er ikke et nummer på 11 eller 12 sifre")]
    Form {
        /// Counted from 1.
        linje: usize,
    },
    /// None at all, which would throw away everybody.
    #[error("listen har ingen numre")]
    Tom,
    /// Too many.
    #[error("listen har mer enn {NUMRE_MAKS} numre")]
    ForMange,
}

/// Reads a list: one number a line, fødselsnummer, D-number, alternate number or DUF number; empty lines and those that begin with # are
/// left out.
///
/// # Errors
/// [`Nummerfeil`].
pub fn les_numre(tekst: &str) -> Result<BTreeSet<String>, Nummerfeil> {
    let mut ut = BTreeSet::new();
    for (nr, linje) in tekst.lines().enumerate() {
        let linje = linje.trim();
        if linje.is_empty() || linje.starts_with('#') {
            continue;
        }
        if !matches!(linje.len(), 11 | 12) || !linje.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Nummerfeil::Form { linje: nr + 1 });
        }
        ut.insert(linje.to_owned());
        if ut.len() > NUMRE_MAKS {
            return Err(Nummerfeil::ForMange);
        }
    }
    if ut.is_empty() { Err(Nummerfeil::Tom) } else { Ok(ut) }
}

/// Who has which number.
pub(crate) struct Pasienter {
    /// `None`: nobody, when it was asked for last.
    hvem: BTreeMap<String, Option<String>>,
    ider: BTreeSet<String>,
    /// To be asked for.
    uavklarte: BTreeSet<String>,
}

impl Pasienter {
    /// Those of a list, with what is known from before. Numbers that nobody had are asked for again.
    pub(crate) fn aapne(mappe: &Path, numre: &BTreeSet<String>) -> Result<Self, Feil> {
        let sti = mappe.join(FIL);
        let kjent: BTreeMap<String, Option<String>> = if sti.exists() {
            serde_json::from_slice(&les_hemmelig(&sti)?).map_err(|_| Feil::Skadet("pasienter.json kan ikke leses"))?
        } else {
            BTreeMap::new()
        };
        let hvem: BTreeMap<_, _> = numre
            .iter()
            .map(|nummer| (nummer.clone(), kjent.get(nummer).cloned().flatten()))
            .collect();
        let uavklarte = hvem
            .iter()
            .filter(|(_, id)| id.is_none())
            .map(|(nummer, _)| nummer.clone())
            .collect();
        let mut ut = Pasienter {
            hvem,
            ider: BTreeSet::new(),
            uavklarte,
        };
        ut.samle();
        Ok(ut)
    }

    fn samle(&mut self) {
        self.ider = self.hvem.values().flatten().cloned().collect();
    }

    /// Whose ids the copy has.
    pub(crate) fn ider(&self) -> &BTreeSet<String> {
        &self.ider
    }

    /// Everything is asked for again.
    pub(crate) fn glem(&mut self) {
        self.uavklarte = self.hvem.keys().cloned().collect();
    }

    /// Some of those to be asked for.
    pub(crate) fn neste(&self, maks: usize) -> Vec<String> {
        self.uavklarte.iter().take(maks).cloned().collect()
    }

    /// What was answered of some of them.
    pub(crate) fn avklar(&mut self, funnet: Vec<(String, Option<String>)>) {
        for (nummer, id) in funnet {
            self.uavklarte.remove(&nummer);
            self.hvem.insert(nummer, id);
        }
        self.samle();
    }

    /// An event names a number: if it is one of ours and not that person's, it is asked for.
    pub(crate) fn se_nummer(&mut self, nummer: &str, id: &str) {
        if self.hvem.get(nummer).is_some_and(|har| har.as_deref() != Some(id)) {
            self.uavklarte.insert(nummer.to_owned());
        }
    }

    /// Somebody's entry has ended, or is not shown: whoever has the numbers now is asked for.
    pub(crate) fn se_slutt(&mut self, id: &str) {
        let numre = self.hvem.iter().filter(|(_, har)| har.as_deref() == Some(id));
        self.uavklarte.extend(numre.map(|(nummer, _)| nummer.clone()));
    }

    pub(crate) fn lagre(&self, mappe: &Path) -> Result<(), Feil> {
        let byte = serde_json::to_vec(&self.hvem).map_err(std::io::Error::from);
        let byte = byte.map_err(|kilde| Feil::Fil { hva: "skrive", kilde })?;
        bytt_hemmelig(&mappe.join(FIL), &byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_numbers_and_a_wrong_line_is_named_by_its_place() {
        let antall = |tekst: &str| les_numre(tekst).map(|numre| numre.len());
        assert_eq!(antall("# mine\n12859012335\n\n 12859012335 \r\n201501234599\n"), Ok(2));
        assert_eq!(antall("12859012335\n1285901233x"), Err(Nummerfeil::Form { linje: 2 }));
        assert_eq!(antall("1"), Err(Nummerfeil::Form { linje: 1 }));
        assert_eq!(antall("# ingen\n"), Err(Nummerfeil::Tom));
    }

    #[test]
    fn who_has_a_number_is_asked_for_again_when_somebody_else_may_have_it() {
        let mappe = tempfile::tempdir().unwrap();
        let numre = les_numre("12859012335\n12859012416").unwrap();
        let mut p = Pasienter::aapne(mappe.path(), &numre).unwrap();
        assert_eq!(p.neste(9).len(), 2);
        p.avklar(vec![
            ("12859012335".into(), Some("a".into())),
            ("12859012416".into(), None),
        ]);
        assert!(p.neste(9).is_empty() && p.ider().contains("a"));
        p.se_nummer("12859012335", "a");
        p.se_nummer("00000000000", "a");
        assert!(p.neste(9).is_empty());
        p.se_nummer("12859012335", "b");
        assert_eq!(p.neste(9), ["12859012335"]);
        p.avklar(vec![("12859012335".into(), Some("b".into()))]);
        p.se_slutt("b");
        assert_eq!(p.neste(9), ["12859012335"]);
        p.lagre(mappe.path()).unwrap();
        // What nobody had is asked for when the list is opened, and what is known is not.
        let p = Pasienter::aapne(mappe.path(), &numre).unwrap();
        assert_eq!((p.neste(9), p.ider().len()), (vec!["12859012416".to_owned()], 1));
    }
}
