//! What the rules ask about a person. Facts come from their own fields, never from a number.

use informasjonsmodell::entiteter::{Familierelasjon, Foreldreansvar, Sivilstand};
use informasjonsmodell::kodeverk::{Familierelasjontype, Personstatus, Sivilstandstype};
use informasjonsmodell::{Dato, Entitet, Innhold, Opplysning};
use register::Personbilde;
use tilgang::Grad;

/// Questions about a person as the register holds it.
pub(crate) trait Person {
    fn sivilstand(&self) -> Option<&Sivilstand>;
    fn relasjoner(&self) -> impl Iterator<Item = &Familierelasjon>;
    fn ansvar(&self) -> impl Iterator<Item = &Foreldreansvar>;
    fn status(&self) -> Option<&Personstatus>;
    /// The date of the death, where one is registered; the date itself may be unknown.
    fn doedsdato(&self) -> Option<Option<Dato>>;
    fn er_doed(&self) -> bool;
    /// Entries that are held, current or not, with how each is guarded: no more openly than the person is.
    fn adresser(&self) -> impl Iterator<Item = (&Opplysning, Grad)>;
    fn har(&self, nummer: &str) -> bool;
}

impl Person for Personbilde {
    fn sivilstand(&self) -> Option<&Sivilstand> {
        self.gjeldende(Entitet::Sivilstand).find_map(|o| match &o.innhold {
            Innhold::Sivilstand(s) => Some(s),
            _ => None,
        })
    }

    fn relasjoner(&self) -> impl Iterator<Item = &Familierelasjon> {
        self.gjeldende(Entitet::Familierelasjon)
            .filter_map(|o| match &o.innhold {
                Innhold::Familierelasjon(r) => Some(r),
                _ => None,
            })
    }

    fn ansvar(&self) -> impl Iterator<Item = &Foreldreansvar> {
        self.gjeldende(Entitet::Foreldreansvar)
            .filter_map(|o| match &o.innhold {
                Innhold::Foreldreansvar(a) => Some(a),
                _ => None,
            })
    }

    fn status(&self) -> Option<&Personstatus> {
        self.gjeldende(Entitet::Status).find_map(|o| match &o.innhold {
            Innhold::Status(s) => Some(&s.status),
            _ => None,
        })
    }

    fn doedsdato(&self) -> Option<Option<Dato>> {
        self.gjeldende(Entitet::Doedsfall).find_map(|o| match &o.innhold {
            Innhold::Doedsfall(d) => Some(d.doedsdato),
            _ => None,
        })
    }

    fn er_doed(&self) -> bool {
        self.doedsdato().is_some() || self.status() == Some(&Personstatus::Doed)
    }

    fn adresser(&self) -> impl Iterator<Item = (&Opplysning, Grad)> {
        let alle = self.opplysninger.iter().zip(&self.grader);
        alle.filter(|(o, _)| o.entitet().er_adresse())
            .map(|(o, grad)| (o, self.vern.max(*grad)))
    }

    fn har(&self, nummer: &str) -> bool {
        nummer.parse().is_ok_and(|nummer: u64| self.numre.contains(&nummer))
    }
}

/// Married, or separated and not divorced.
pub(crate) fn er_inngaatt(slag: &Sivilstandstype) -> bool {
    matches!(
        slag,
        Sivilstandstype::Gift
            | Sivilstandstype::Separert
            | Sivilstandstype::RegistrertPartner
            | Sivilstandstype::SeparertPartner
    )
}

/// The number of the one that a sivilstand is with.
pub(crate) fn med(sivilstand: &Sivilstand) -> Option<&str> {
    Some(sivilstand.relatert_ved_sivilstand.as_ref()?.som_tekst())
}

/// The number of the one that a relation is to.
pub(crate) fn til(relasjon: &Familierelasjon) -> Option<&str> {
    Some(relasjon.relatert_person.as_ref()?.som_tekst())
}

/// A parent, as a role.
pub(crate) fn er_forelder(rolle: &Familierelasjontype) -> bool {
    matches!(
        rolle,
        Familierelasjontype::Mor | Familierelasjontype::Far | Familierelasjontype::Medmor
    )
}
