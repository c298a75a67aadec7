//! Who is shown what of an entry, all projections at once: what an index of many persons is made from.
//!
//! An answer is made for one caller, by the projector. An index is made once for all of them: each entry becomes the
//! bodies that the projections are shown of it, each with the projections that are shown just that.

use std::borrow::Cow;
use std::sync::LazyLock;

use informasjonsmodell::Entitet;

use crate::projektor::{MASKERT_STATUS, kopier_uten};
use crate::{Grad, Projeksjon, Rad, Tabell};

/// A set of projections, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Publikum(u16);

impl Publikum {
    /// One projection.
    #[must_use]
    pub fn av(projeksjon: Projeksjon) -> Self {
        Publikum(1 << projeksjon as u8)
    }

    /// Reads the number back that [`Publikum::tall`] gave.
    #[must_use]
    pub fn fra_tall(tall: u16) -> Self {
        Publikum(tall)
    }

    /// The bits.
    #[must_use]
    pub fn tall(self) -> u16 {
        self.0
    }

    /// Whether a projection is among them.
    #[must_use]
    pub fn har(self, projeksjon: Projeksjon) -> bool {
        self.0 & Publikum::av(projeksjon).0 != 0
    }

    /// Both sets together.
    #[must_use]
    pub fn og(self, annet: Self) -> Self {
        Publikum(self.0 | annet.0)
    }

    /// Those in both.
    #[must_use]
    pub fn felles(self, annet: Self) -> Self {
        Publikum(self.0 & annet.0)
    }

    /// Whether nobody is among them.
    #[must_use]
    pub fn er_tomt(self) -> bool {
        self.0 == 0
    }
}

type Avgjoerelser = [Option<u32>; Projeksjon::ALLE.len()];

const GRADER: usize = 4;

/// What the access table decides, for each entity, currency, protection and grade: what is asked for every row of everybody.
static AVGJOERELSER: LazyLock<Vec<Avgjoerelser>> = LazyLock::new(|| {
    let mut ut = Vec::new();
    for entitet in Entitet::ALLE {
        for valg in 0..2 * GRADER * GRADER {
            let grad = |tall: usize| Grad::fra_tall(u8::try_from(tall % GRADER).unwrap_or(u8::MAX));
            let (gjeldende, vern, grad) = (valg % 2 == 1, grad(valg / 2), grad(valg / 2 / GRADER));
            let felt = |projeksjon| {
                let nekt = Tabell::felles()
                    .rett(projeksjon)
                    .avgjoer(vern, *entitet, gjeldende, grad);
                nekt.map(|nekt| nekt.felt)
            };
            ut.push(Projeksjon::ALLE.map(felt));
        }
    }
    ut
});

fn avgjoerelser(vern: Grad, rad: &Rad<'_>) -> impl Iterator<Item = (Projeksjon, u32)> {
    let valg = (rad.grad as usize * GRADER + vern as usize) * 2 + usize::from(rad.gjeldende);
    let plass = rad.entitet as usize * 2 * GRADER * GRADER + valg;
    let funnet = AVGJOERELSER.get(plass).into_iter().flatten();
    Projeksjon::ALLE
        .into_iter()
        .zip(funnet)
        .filter_map(|(projeksjon, felt)| Some((projeksjon, (*felt)?)))
}

/// What the projections are shown of an entry of a person whose present protection is `vern`: each body once, with those
/// who are shown it. Whoever is shown nothing is in none of them.
///
/// Metadata are left out: nothing is found by them.
#[must_use]
pub fn utgaver<'a>(vern: Grad, rad: &Rad<'a>) -> Vec<(Publikum, Cow<'a, [u8]>)> {
    // What is cut of the body decides what it becomes: a few possibilities at most, mostly one.
    let har = rad.spenn.iter().fold(0, |sum, s| sum | s.klasse.bit());
    let mut ut: Vec<(Option<u32>, Publikum)> = Vec::with_capacity(1);
    for (projeksjon, felt) in avgjoerelser(vern, rad) {
        let rett = || Tabell::felles().rett(projeksjon);
        let maskert = rad.entitet == Entitet::Status && rett().maskerer(rad.skjult_status);
        let kuttet = (!maskert).then_some(felt & har);
        match ut.iter_mut().find(|(k, _)| *k == kuttet) {
            Some((_, publikum)) => *publikum = publikum.og(Publikum::av(projeksjon)),
            None => ut.push((kuttet, Publikum::av(projeksjon))),
        }
    }
    ut.into_iter()
        .map(|(kuttet, publikum)| {
            let kropp = match kuttet {
                None => Cow::Borrowed(MASKERT_STATUS),
                Some(0) => Cow::Borrowed(rad.kropp),
                Some(nektet) => {
                    let mut kopi = Vec::with_capacity(rad.kropp.len());
                    kopier_uten(&mut kopi, rad.kropp, rad.spenn, nektet);
                    Cow::Owned(kopi)
                }
            };
            (publikum, kropp)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Entitetsmengde, Format, Svar, Utvalg};
    use informasjonsmodell::json::Metadatafelter;
    use informasjonsmodell::skjema::{Feltklasse, Spenn};
    use proptest::prelude::*;

    // What a projection is shown, by the projector itself.
    fn av_projektoren(projeksjon: Projeksjon, vern: Grad, rad: &Rad<'_>) -> Option<Vec<u8>> {
        let mut svar = Svar::new(Format::Json);
        let utvalg = Utvalg {
            entiteter: Entitetsmengde::av(rad.entitet),
            historikk: true,
        };
        let mut projektor = svar.person(projeksjon, utvalg, vern);
        projektor.vis(rad);
        projektor.ferdig(0);
        let vist = !svar.leveranser()[0].entiteter.er_tom();
        vist.then_some(svar.ut)
    }

    proptest! {
        #[test]
        fn everybody_is_in_the_one_edition_that_the_projector_shows_and_nobody_else(
            entitet in 0usize..Entitet::ALLE.len(),
            gjeldende in any::<bool>(),
            grad in 0u8..4,
            vern in 0u8..4,
            skjult_status in any::<bool>(),
            klasse in prop::option::of(0u8..20),
        ) {
            let entitet = Entitet::ALLE[entitet];
            let kropp = br#"{"status":"bosatt","b":"to"}"#;
            let spenn: Vec<Spenn> = klasse
                .and_then(Feltklasse::fra_tall)
                .map(|klasse| Spenn { klasse, fra: 19, til: 27 })
                .into_iter()
                .collect();
            let rad = Rad {
                entitet, gjeldende, skjult_status,
                grad: Grad::fra_tall(grad),
                metadata: Metadatafelter::default(),
                kropp,
                spenn: &spenn,
            };
            let vern = Grad::fra_tall(vern);
            let utgaver = utgaver(vern, &rad);
            for projeksjon in Projeksjon::ALLE {
                let vist = av_projektoren(projeksjon, vern, &rad);
                let mine: Vec<_> = utgaver.iter().filter(|(p, _)| p.har(projeksjon)).collect();
                prop_assert_eq!(mine.len(), usize::from(vist.is_some()));
                if let (Some(vist), [(_, kropp)]) = (vist, mine.as_slice()) {
                    // The projector's text of the same body, shown to one who is refused nothing.
                    let fasit = String::from_utf8(vist).unwrap();
                    let kropp = String::from_utf8(kropp.to_vec()).unwrap();
                    prop_assert!(fasit.contains(&kropp[1..kropp.len() - 1]), "{} {}", fasit, kropp);
                    prop_assert_eq!(fasit.contains("\"b\":"), kropp.contains("\"b\":"));
                }
            }
        }
    }
}
