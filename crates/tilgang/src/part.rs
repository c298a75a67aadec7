//! `part`: which entities are asked for. Data minimisation, decided before anything is read.

use informasjonsmodell::Entitet;

use crate::Projeksjon;
use crate::tabell::{Entitetsmengde, Tabell};

/// Most `part` parameters in one request: every entity and every alias, asked for twice.
///
/// Source: our choice, a bound on hostile input.
pub const PART_MAKS: usize = 80;

/// What a request asks for, within what the package has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utvalg {
    /// The entities.
    pub entiteter: Entitetsmengde,
    /// Historical entries too.
    pub historikk: bool,
}

/// A part that is unknown or outside the package. The two look the same from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parameteren part har en verdi som ikke er gyldig")]
pub struct UgyldigPart;

/// Whether a value of `part` is one that some package has: an entity or an alias.
#[must_use]
pub fn er_part(verdi: &str) -> bool {
    let alias = [
        "historikk",
        "person-basis",
        "identitetsgrunnlag-utvidet",
        "relasjon-utvidet",
    ];
    let entiteter = Entitet::ALLE.iter().map(|e| e.navn());
    alias
        .into_iter()
        .chain(entiteter)
        .any(|navn| verdi.eq_ignore_ascii_case(navn))
}

impl Utvalg {
    /// Reads the `part` parameters of a request.
    ///
    /// No part is `person-basis`; `historikk` alone is `person-basis` with history. Parts add up. The identifier comes with
    /// everything, except where the package gives it only when asked for, or never. Case is ignored, as documentation and
    /// clients write `RettsligHandleevne`.
    ///
    /// # Errors
    /// [`UgyldigPart`] for a part that is unknown, outside the package, or one too many.
    /// Source: page "Dataminimering"; 400 for both kinds is our choice (ADR 0004).
    pub fn fra_part<'a>(projeksjon: Projeksjon, part: impl IntoIterator<Item = &'a str>) -> Result<Self, UgyldigPart> {
        let rett = Tabell::felles().rett(projeksjon);
        let mut entiteter = Entitetsmengde::default();
        let mut historikk = false;
        for (nr, part) in part.into_iter().enumerate() {
            if nr >= PART_MAKS {
                return Err(UgyldigPart);
            }
            let er = |navn: &str| part.eq_ignore_ascii_case(navn);
            if er("historikk") {
                historikk = true;
            } else if er("person-basis") {
                entiteter = entiteter.og(rett.basis);
            } else if er("identitetsgrunnlag-utvidet") {
                entiteter = entiteter.og(rett.identitetsgrunnlag_utvidet.ok_or(UgyldigPart)?);
            } else if er("relasjon-utvidet") {
                entiteter = entiteter.og(rett.relasjon_utvidet.ok_or(UgyldigPart)?);
            } else {
                let entitet = Entitet::ALLE
                    .iter()
                    .copied()
                    .find(|e| er(e.navn()))
                    .filter(|e| rett.kan.har(*e));
                entiteter = entiteter.og(Entitetsmengde::av(entitet.ok_or(UgyldigPart)?));
            }
        }
        if entiteter.er_tom() {
            entiteter = rett.basis;
        }
        entiteter = entiteter.og(rett.basis.felles(Entitetsmengde::av(Entitet::Identifikasjonsnummer)));
        Ok(Utvalg { entiteter, historikk })
    }

    /// Everything a projection may see, history included.
    #[must_use]
    pub fn alt(projeksjon: Projeksjon) -> Self {
        Utvalg {
            entiteter: Tabell::felles().rett(projeksjon).kan,
            historikk: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(projeksjon: Projeksjon, part: &[&str], ventet: Option<(&[Entitet], bool)>) {
        let fikk = Utvalg::fra_part(projeksjon, part.iter().copied()).ok();
        let ventet = ventet.map(|(e, historikk)| Utvalg {
            entiteter: e.iter().copied().collect(),
            historikk,
        });
        assert_eq!(fikk, ventet);
    }

    #[test]
    fn no_part_is_person_basis() {
        let rett = Tabell::felles().rett(Projeksjon::MedHjemmel);
        let basis: Vec<_> = rett.basis.entiteter().collect();
        check(Projeksjon::MedHjemmel, &[], Some((&basis, false)));
        check(Projeksjon::MedHjemmel, &["historikk"], Some((&basis, true)));
        assert_eq!(basis.len(), 16);
    }

    #[test]
    fn the_identifier_comes_with_everything_except_in_privat_and_presse() {
        check(
            Projeksjon::MedHjemmel,
            &["navn"],
            Some((&[Entitet::Navn, Entitet::Identifikasjonsnummer], false)),
        );
        check(Projeksjon::Privat, &["navn"], Some((&[Entitet::Navn], false)));
        check(
            Projeksjon::Privat,
            &["navn", "identifikasjonsnummer"],
            Some((&[Entitet::Navn, Entitet::Identifikasjonsnummer], false)),
        );
        check(
            Projeksjon::PresseUtenFolkeregisteridentifikator,
            &["identifikasjonsnummer"],
            None,
        );
    }

    #[test]
    fn an_alias_gives_what_the_package_has_of_it() {
        check(
            Projeksjon::OffentligUtenHjemmel,
            &["relasjon-utvidet"],
            Some((
                &[Entitet::VergemaalEllerFremtidsfullmakt, Entitet::Identifikasjonsnummer],
                false,
            )),
        );
        check(Projeksjon::OffentligUtenHjemmel, &["identitetsgrunnlag-utvidet"], None);
    }

    #[test]
    fn an_unknown_part_and_one_outside_the_package_are_refused_alike() {
        for part in [
            "foedsel-historikk",
            "forholdTilSametingetsValgmanntall",
            "familierelasjon",
            "",
            "fødsel",
            "oppholdPaaSvalbard",
        ] {
            check(Projeksjon::OffentligUtenHjemmel, &[part], None);
        }
        check(
            Projeksjon::MedHjemmel,
            &["RettsligHandleevne"],
            Some((&[Entitet::RettsligHandleevne, Entitet::Identifikasjonsnummer], false)),
        );
        assert!(Utvalg::fra_part(Projeksjon::MedHjemmel, std::iter::repeat_n("navn", 81)).is_err());
    }
}
