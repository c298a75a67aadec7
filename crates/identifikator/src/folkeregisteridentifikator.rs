//! Fødselsnummer and D-number: the two numbers the register assigns.
//!
//! Parsed once, then trusted. Whether the number is in use, or was ever assigned, is the register's to say. What a
//! newcomer gets wrong: birth date, century and gender are fields of the register. What this module reads out of the
//! digits is what is *possible*, for checking and explaining, never a fact about the person.

use crate::dato::Dato;
use crate::feil::Feil;
use crate::kontroll::{self, Kontrollregime};
use crate::regelsett::{self, Regelsett, Tildelingstid};
use crate::serie::{Datofelt, Identifikatortype, Kjoenn, Serie};
use crate::siffer::{Siffer, nummertype};

/// A well-formed fødselsnummer or D-number, of any series, under either calculation of the control digits.
///
/// Shape: eleven digits DDMMÅÅ i1 i2 i3 k1 k2; the day plus 40 in a D-number, the month plus 40, 65 or 80 outside the
/// ordinary series. Ordered as the digits are, which is no order of age. `Display` gives the digits, `Debug` the
/// kind and stars.
/// Source: folkeregister reference 10.1. Only the calendar day of a two-digit year is checked (00 counts as 2000), so
/// [`Self::mulige_foedselsdatoer`] may be empty for a well-formed number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Folkeregisteridentifikator(pub(crate) Siffer<11>);

nummertype!(Folkeregisteridentifikator, 11);

impl Folkeregisteridentifikator {
    pub(crate) fn check(siffer: Siffer<11>) -> Result<Self, Feil> {
        let verdier = siffer.verdier();
        Datofelt::read(&verdier)?;
        kontroll::regimer(&verdier)?;
        Ok(Self(siffer))
    }

    fn debug_navn(&self) -> &'static str {
        match self.identifikatortype() {
            Identifikatortype::Foedselsnummer => "Foedselsnummer",
            Identifikatortype::DNummer => "DNummer",
        }
    }

    pub(crate) fn datofelt(&self) -> Datofelt {
        #[expect(
            clippy::expect_used,
            reason = "check() read the same digits before the value was made"
        )]
        Datofelt::read(&self.0.verdier()).expect("a well-formed number")
    }

    /// Fødselsnummer or D-number.
    #[must_use]
    pub fn identifikatortype(&self) -> Identifikatortype {
        self.datofelt().identifikatortype
    }

    /// Every series the number may belong to, in rising order; never empty.
    ///
    /// Source: a month plus 40 is both NAV's synthetic series and the internal H-number (our choice); with a day plus
    /// 40 it is only the former, since an H-number is built on a fødselsnummer (preg reference 7).
    #[must_use]
    pub fn serier(&self) -> &'static [Serie] {
        self.datofelt().serier
    }

    /// Whether the person is certainly made up: every series the number may belong to is synthetic.
    ///
    /// A fødselsnummer with the month plus 40 gives `false`, for an internal H-number stands for a real patient.
    #[must_use]
    pub fn er_syntetisk(&self) -> bool {
        self.serier().iter().all(|s| s.er_syntetisk())
    }

    /// The calculations of the control digits that the number fits, the older first; never empty.
    ///
    /// Shape: both, or [`Kontrollregime::Fra2032`] alone. Both says nothing of when the number was assigned.
    #[must_use]
    pub fn kontrollregimer(&self) -> &'static [Kontrollregime] {
        #[expect(
            clippy::expect_used,
            reason = "check() verified the same digits before the value was made"
        )]
        kontroll::regimer(&self.0.verdier()).expect("a well-formed number")
    }

    /// The three individsifre as a number, 0-999.
    #[must_use]
    pub fn individnummer(&self) -> u16 {
        let [.., i1, i2, i3, _, _] = self.0.verdier();
        u16::from(i1) * 100 + u16::from(i2) * 10 + u16::from(i3)
    }

    /// The rules the number may have been assigned under.
    pub fn mulige_regelsett(&self, tildelt: Tildelingstid) -> impl Iterator<Item = Regelsett> {
        tildelt.mulige_regelsett(self.identifikatortype(), self.kontrollregimer())
    }

    /// The birth dates the number may stand for. Use the register's `foedsel` wherever there is one.
    ///
    /// Shape: sorted, each once, at most three. Empty when no rules give the individnummer to any century, which a
    /// well-formed number nobody was ever given may do. A number can also deviate from the birth date
    /// (`tildeltIdentifikatorAvvikerFraFoedselsdato`); then the birth date is none of these.
    /// Source: folkeregister reference 10.1 and 10.3; the outer limits as in [`Regelsett`].
    #[must_use]
    pub fn mulige_foedselsdatoer(&self, tildelt: Tildelingstid) -> Vec<Dato> {
        regelsett::mulige_foedselsdatoer(self.datofelt(), self.individnummer(), self.kontrollregimer(), tildelt)
    }

    /// The birth dates the number may stand for if it was assigned under these rules; empty when it cannot have been.
    #[must_use]
    pub fn foedselsdatoer_under(&self, regelsett: Regelsett) -> Vec<Dato> {
        let mulig = self.mulige_regelsett(Tildelingstid::Ukjent).any(|r| r == regelsett);
        let datoer = regelsett::foedselsdatoer_under(self.datofelt(), self.individnummer(), regelsett);
        datoer.filter(|_| mulig).collect()
    }

    /// The gender the third individsiffer hints at; never authoritative, and `None` unless the number was certainly
    /// assigned before 2032.
    ///
    /// A fitting control digit is not enough: a number from 2032 may fit the calculation of today too. Whoever has the
    /// register's `kjoenn` must not ask here.
    /// Source: folkeregister reference 10.1, even is kvinne and odd is mann; from 2032 numbers are gender-neutral.
    #[must_use]
    pub fn kjoenn_antydet(&self, tildelt: Tildelingstid) -> Option<Kjoenn> {
        let mut mulige = self.mulige_regelsett(tildelt).peekable();
        mulige.peek()?;
        let foelger_kjoenn = mulige.all(Regelsett::foelger_kjoenn);
        foelger_kjoenn.then(|| Kjoenn::of_individnummer(self.individnummer()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nummer(tekst: &str) -> Folkeregisteridentifikator {
        tekst.parse().unwrap()
    }

    fn dag(tekst: &str) -> Dato {
        tekst.parse().unwrap()
    }

    #[test]
    fn debug_shows_kind_and_stars() {
        assert_eq!(format!("{:?}", nummer("01912499975")), "Foedselsnummer(***********)");
        assert_eq!(format!("{:?}", nummer("41819077302")), "DNummer(***********)");
    }

    #[test]
    fn display_pads_like_text() {
        assert_eq!(format!("{:>13}", nummer("01912499975")), "  01912499975");
    }

    #[test]
    fn gender_is_hinted_only_when_the_number_is_certainly_from_before_2032() {
        let tall = nummer("03851598730");
        assert_eq!(
            tall.kjoenn_antydet(Tildelingstid::Paa(dag("2015-05-03"))),
            Some(Kjoenn::Mann)
        );
        assert_eq!(
            tall.kjoenn_antydet(Tildelingstid::Senest(dag("2031-12-31"))),
            Some(Kjoenn::Mann)
        );
        assert_eq!(tall.kjoenn_antydet(Tildelingstid::Senest(dag("2032-01-01"))), None);
        assert_eq!(tall.kjoenn_antydet(Tildelingstid::Paa(dag("2032-01-01"))), None);
        assert_eq!(tall.kjoenn_antydet(Tildelingstid::Ukjent), None);
        // Fits 2032 only, so it cannot have existed in 2026 and hints at nothing.
        assert_eq!(
            nummer("30908299902").kjoenn_antydet(Tildelingstid::Senest(dag("2026-01-01"))),
            None
        );
        let kvinne = nummer("41814065640");
        assert_eq!(
            kvinne.kjoenn_antydet(Tildelingstid::Senest(dag("2026-01-01"))),
            Some(Kjoenn::Kvinne)
        );
    }

    #[test]
    fn a_number_of_several_centuries_never_gives_one_birth_date() {
        assert_eq!(
            nummer("30908299902").mulige_foedselsdatoer(Tildelingstid::Ukjent),
            [dag("1982-10-30"), dag("2082-10-30")]
        );
    }

    #[test]
    fn nobody_is_born_after_the_day_of_assignment() {
        let tall = nummer("30908299902");
        assert_eq!(
            tall.mulige_foedselsdatoer(Tildelingstid::Paa(dag("2032-05-01"))),
            [dag("1982-10-30")]
        );
        assert_eq!(
            tall.mulige_foedselsdatoer(Tildelingstid::Paa(dag("2082-10-30"))),
            [dag("1982-10-30"), dag("2082-10-30")]
        );
        assert_eq!(tall.mulige_foedselsdatoer(Tildelingstid::Paa(dag("2031-12-31"))), []);
    }

    #[test]
    fn nobody_is_above_130_years_on_the_day_of_assignment() {
        let tall = nummer("30908299902");
        assert_eq!(
            tall.mulige_foedselsdatoer(Tildelingstid::Paa(dag("2099-12-31"))).len(),
            2
        );
        assert_eq!(
            tall.mulige_foedselsdatoer(Tildelingstid::Paa(dag("2113-01-01"))),
            [dag("2082-10-30")]
        );
    }

    #[test]
    fn no_rules_hold_a_birth_after_their_last_day_of_assignment() {
        assert_eq!(
            nummer("02013299997").foedselsdatoer_under(Regelsett::Foedselsnummer1964),
            []
        );
        assert_eq!(
            nummer("02013299997").foedselsdatoer_under(Regelsett::Foedselsnummer2032),
            [dag("1932-01-02"), dag("2032-01-02")]
        );
        let dnummer = nummer("41762499922");
        assert_eq!(dnummer.foedselsdatoer_under(Regelsett::DNummer1964), []);
        assert_eq!(
            dnummer.foedselsdatoer_under(Regelsett::DNummer2021),
            [dag("2024-11-01")]
        );
    }

    #[test]
    fn rules_the_number_cannot_come_from_give_no_birth_date() {
        // Fits 2032 only, and is no D-number.
        assert_eq!(
            nummer("30908299902").foedselsdatoer_under(Regelsett::Foedselsnummer1964),
            []
        );
        assert_eq!(nummer("30908299902").foedselsdatoer_under(Regelsett::DNummer2032), []);
    }
}
