//! Rows of numbers on one date, and how far each is used up.
//!
//! A row is the candidates of one set of rules, birth year and gender in the order they are given out. A place in it is
//! a number of candidates, counting also those whose control digit would be 10.

use crate::regelsett::{HUNDREAAR, Intervall, Regelsett};
use crate::serie::{Identifikatortype, Kjoenn};

/// The candidates of one row.
#[derive(Clone, Copy)]
pub(super) struct Rekke {
    intervaller: &'static [Intervall],
    /// 0 or 1 when the third individsiffer follows gender.
    paritet: Option<u16>,
    rester: &'static [u8],
}

impl Rekke {
    /// `kjoenn` is left out of account where the rules do; `None` gives the candidates of both.
    pub(super) fn new(regelsett: Regelsett, foedselsaar: u16, kjoenn: Option<Kjoenn>) -> Self {
        Self {
            intervaller: regelsett.intervaller(foedselsaar),
            paritet: kjoenn.filter(|_| regelsett.foelger_kjoenn()).map(Kjoenn::paritet),
            rester: regelsett.kontrollregime().rester_k1(),
        }
    }

    /// Individnummer and remainder at a place, or `None` past the end.
    pub(super) fn kandidat(&self, plass: u16) -> Option<(u16, u8)> {
        let rester = self.antall_rester();
        let rest = *self.rester.get(usize::from(plass % rester))?;
        let mut nummer = plass / rester;
        for intervall in self.intervaller {
            let antall = self.antall(*intervall);
            if nummer < antall {
                return Some((self.hoeyeste(*intervall) - nummer * self.steg(), rest));
            }
            nummer -= antall;
        }
        None
    }

    /// The place of an individnummer and remainder, or `None` when the row does not have it.
    fn plass(&self, individnummer: u16, rest: u8) -> Option<u16> {
        if self.paritet.is_some_and(|p| p != individnummer % 2) {
            return None;
        }
        let nummer_rest = u16::try_from(self.rester.iter().position(|&r| r == rest)?).ok()?;
        let mut foran = 0;
        for intervall in self.intervaller {
            if intervall.har(individnummer) {
                let nummer = foran + (self.hoeyeste(*intervall) - individnummer) / self.steg();
                return Some(nummer * self.antall_rester() + nummer_rest);
            }
            foran += self.antall(*intervall);
        }
        None
    }

    fn antall_rester(&self) -> u16 {
        self.rester.iter().map(|_| 1_u16).sum()
    }

    fn steg(&self) -> u16 {
        if self.paritet.is_some() { 2 } else { 1 }
    }

    /// Intervals begin even and end odd, so each gender has half.
    fn antall(&self, intervall: Intervall) -> u16 {
        intervall.antall() / self.steg()
    }

    fn hoeyeste(&self, intervall: Intervall) -> u16 {
        match self.paritet {
            Some(paritet) if intervall.til % 2 != paritet => intervall.til - 1,
            _ => intervall.til,
        }
    }
}

/// How many candidates of each row are passed, for one set of six leading digits.
///
/// ```text
///            18xx      19xx      20xx
///           kv.  m.   kv.  m.   kv.  m.
/// foer      [ ]  [ ]  [ ]  [ ]  [ ]  [ ]    rules of before 2021-11-16, or of a fødselsnummer until 2031
/// dnr2021   [ ]  [ ]  [ ]  [ ]  [ ]  [ ]    unused for a fødselsnummer
/// fra2032   [                          ]    one row for all
/// ```
#[derive(Default)]
pub(super) struct Fremdrift {
    foer: [Kjoennsdelt; 3],
    dnr2021: [Kjoennsdelt; 3],
    fra2032: u16,
}

#[derive(Clone, Copy, Default)]
struct Kjoennsdelt {
    kvinne: u16,
    mann: u16,
}

impl Kjoennsdelt {
    fn get(self, kjoenn: Kjoenn) -> u16 {
        match kjoenn {
            Kjoenn::Kvinne => self.kvinne,
            Kjoenn::Mann => self.mann,
        }
    }
}

impl Fremdrift {
    /// Candidates passed in a row; 0 for a century without numbers.
    pub(super) fn get(&self, regelsett: Regelsett, foedselsaar: u16, kjoenn: Kjoenn) -> u16 {
        let [s18, s19, s20] = match regelsett {
            Regelsett::Foedselsnummer1964 | Regelsett::DNummer1964 => self.foer,
            Regelsett::DNummer2021 => self.dnr2021,
            Regelsett::Foedselsnummer2032 | Regelsett::DNummer2032 => return self.fra2032,
        };
        match foedselsaar {
            1800..=1899 => s18.get(kjoenn),
            1900..=1999 => s19.get(kjoenn),
            2000..=2099 => s20.get(kjoenn),
            _ => 0,
        }
    }

    /// Notes how many candidates of a row are passed.
    pub(super) fn set(&mut self, regelsett: Regelsett, foedselsaar: u16, kjoenn: Kjoenn, plass: u16) {
        let [s18, s19, s20] = match regelsett {
            Regelsett::Foedselsnummer1964 | Regelsett::DNummer1964 => &mut self.foer,
            Regelsett::DNummer2021 => &mut self.dnr2021,
            Regelsett::Foedselsnummer2032 | Regelsett::DNummer2032 => {
                self.fra2032 = plass;
                return;
            }
        };
        let hundreaar = match foedselsaar {
            1800..=1899 => s18,
            1900..=1999 => s19,
            _ => s20,
        };
        match kjoenn {
            Kjoenn::Kvinne => hundreaar.kvinne = plass,
            Kjoenn::Mann => hundreaar.mann = plass,
        }
    }

    /// Whether some row of these six digits has passed the candidate, and so has given it out or found it used.
    pub(super) fn er_passert(
        &self,
        identifikatortype: Identifikatortype,
        aar_to_siffer: u8,
        individnummer: u16,
        rest: u8,
    ) -> bool {
        let kjoenn = Kjoenn::of_individnummer(individnummer);
        Regelsett::ALLE
            .into_iter()
            .filter(|r| r.identifikatortype() == identifikatortype && r.kontrollregime().rester_k1().contains(&rest))
            .any(|regelsett| {
                HUNDREAAR.into_iter().any(|hundreaar| {
                    let aar = hundreaar + u16::from(aar_to_siffer);
                    let passert = self.get(regelsett, aar, kjoenn);
                    passert > 0
                        && Rekke::new(regelsett, aar, Some(kjoenn))
                            .plass(individnummer, rest)
                            .is_some_and(|plass| plass < passert)
                })
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_every_row_is_found_again_and_none_stands_twice() {
        for regelsett in Regelsett::ALLE {
            for aar in (1850..2100).step_by(3) {
                for kjoenn in [None, Some(Kjoenn::Kvinne), Some(Kjoenn::Mann)] {
                    let rekke = Rekke::new(regelsett, aar, kjoenn);
                    let mut antall = 0;
                    while let Some((individnummer, rest)) = rekke.kandidat(antall) {
                        assert_eq!(rekke.plass(individnummer, rest), Some(antall));
                        antall += 1;
                    }
                    let individnumre: u16 = regelsett.intervaller(aar).iter().map(|i| i.antall()).sum();
                    let delt = if kjoenn.is_some() && regelsett.foelger_kjoenn() {
                        2
                    } else {
                        1
                    };
                    let rester = if regelsett.foelger_kjoenn() { 1 } else { 4 };
                    assert_eq!(antall, individnumre / delt * rester);
                }
            }
        }
    }
}
