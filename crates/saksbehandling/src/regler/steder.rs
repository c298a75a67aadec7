//! Where somebody protected lives must not show through somebody near: what a message adds is held against both.
//!
//! What is found is told of as one of the register's own rules, and of no other: a sender that was told why would know where
//! the other lives.

use informasjonsmodell::{Entitet, Innhold};
use register::{Feil, Personbilde, Sted};
use tilgang::Grad;

use super::Kontekst;
use crate::person::Person as _;
use crate::vedtak::Grunn;

/// What is told of a person: the places that show, and those that not everybody may know of.
#[derive(Default)]
struct Steder {
    viste: Vec<(Sted, Grad)>,
    hjem: Vec<(Sted, Grad)>,
    /// A home that a child has, or had, with another parent.
    delt: bool,
}

impl Steder {
    fn av(person: &Personbilde) -> Self {
        let mut ut = Steder::default();
        for (o, grad) in person.opplysninger.iter().zip(&person.grader) {
            ut.ta(
                &o.innhold,
                person.vern.max(*grad),
                o.metadata.er_gjeldende == Some(true),
            );
        }
        ut
    }

    fn ta(&mut self, innhold: &Innhold, grad: Grad, gjeldende: bool) {
        let Some(sted) = Sted::av(innhold) else { return };
        self.delt |= innhold.entitet() == Entitet::DeltBosted;
        if matches!(innhold.entitet(), Entitet::Oppholdsadresse | Entitet::DeltBosted) {
            self.viste.push((sted.clone(), grad));
        }
        if gjeldende && grad > Grad::Ugradert {
            self.hjem.push((sted, grad));
        }
    }

    fn roeper(&self, annen: &Steder) -> bool {
        let roeper = |(vist, deres): &(Sted, Grad)| {
            annen
                .hjem
                .iter()
                .any(|(hjem, grad)| vist.er_samme(hjem) && deres < grad)
        };
        self.viste.iter().any(roeper)
    }
}

impl Kontekst<'_, '_> {
    /// Objects where what is new of somebody, or whom they are newly related to, would show where one of them lives who is
    /// protected. `person`: if the register has them; `andre`: whom they become related to.
    pub(super) fn proev_steder(
        &mut self,
        person: Option<&Personbilde>,
        nye: &[Innhold],
        andre: &[&Personbilde],
    ) -> Result<(), Feil> {
        let mut egne = person.map(Steder::av).unwrap_or_default();
        for innhold in nye {
            let grad = innhold.gradering().map_or(Grad::Ugradert, Grad::fra_kode);
            egne.ta(innhold, grad.max(person.map(|p| p.vern).unwrap_or_default()), true);
        }
        let mut kjente = Vec::new();
        let relaterte = person.into_iter().flat_map(|p| p.relasjoner());
        let numre: Vec<String> = relaterte
            .filter_map(|r| Some(r.relatert_person.as_ref()?.som_tekst().to_owned()))
            .collect();
        for nummer in numre {
            kjente.extend(self.kjent(&nummer)?);
        }
        for annen in kjente.iter().chain(andre.iter().copied()) {
            let deres = Steder::av(annen);
            // A child's other home may be where a parent is that nobody may know of.
            let skjult = |p: &Personbilde, barn: &Steder| p.vern == Grad::StrengtFortrolig && barn.delt;
            let er_skjult = skjult(annen, &egne) || person.is_some_and(|p| skjult(p, &deres));
            let roepes = egne.roeper(&deres) || deres.roeper(&egne);
            self.krev(!roepes && !er_skjult, Grunn::Registerregel);
        }
        Ok(())
    }
}
