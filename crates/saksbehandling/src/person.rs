//! What rules ask about a person. Facts come from their own fields, never from the number.

use informasjonsmodell::entiteter::{Familierelasjon, Foreldreansvar, Sivilstand};
use informasjonsmodell::kodeverk::{Familierelasjontype, Kjoenn, Personstatus, Sivilstandstype};
use informasjonsmodell::{Dato, Entitet, Innhold};
use register::Personbilde;

/// Questions about a person as the register has it now.
pub(crate) trait Person {
    fn foedselsdato(&self) -> Option<Dato>;
    fn kjoenn(&self) -> Option<Kjoenn>;
    fn doedsdato(&self) -> Option<Option<Dato>>;
    fn status(&self) -> Option<&Personstatus>;
    fn sivilstand(&self) -> Option<&Sivilstand>;
    fn relasjoner(&self) -> impl Iterator<Item = &Familierelasjon>;
    fn ansvar(&self) -> impl Iterator<Item = &Foreldreansvar>;
    fn har_nummer(&self, nummer: &str) -> bool;
    fn dufnumre(&self) -> Vec<String>;

    /// Dead, as far as the register knows.
    fn er_doed(&self) -> bool {
        self.doedsdato().is_some() || self.status() == Some(&Personstatus::Doed)
    }

    /// Numbers of those who are something to the person.
    fn som_er(&self, rolle: &Familierelasjontype) -> Vec<String> {
        let har_rolle = self.relasjoner().filter(|r| r.relatert_persons_rolle == *rolle);
        har_rolle
            .filter_map(|r| Some(r.relatert_person.as_ref()?.som_tekst().to_owned()))
            .collect()
    }

    /// The one that the person is married to, or separated from but not divorced.
    fn ektefelle(&self) -> Option<(&Sivilstand, String)> {
        let sivilstand = self.sivilstand().filter(|s| er_inngaatt(&s.sivilstand))?;
        Some((
            sivilstand,
            sivilstand.relatert_ved_sivilstand.as_ref()?.som_tekst().to_owned(),
        ))
    }
}

impl Person for Personbilde {
    fn foedselsdato(&self) -> Option<Dato> {
        self.gjeldende(Entitet::Foedsel).find_map(|o| match &o.innhold {
            Innhold::Foedsel(f) => f.foedselsdato,
            _ => None,
        })
    }

    fn kjoenn(&self) -> Option<Kjoenn> {
        self.gjeldende(Entitet::Kjoenn).find_map(|o| match &o.innhold {
            Innhold::Kjoenn(k) => Some(k.kjoenn.clone()),
            _ => None,
        })
    }

    fn doedsdato(&self) -> Option<Option<Dato>> {
        self.gjeldende(Entitet::Doedsfall).find_map(|o| match &o.innhold {
            Innhold::Doedsfall(d) => Some(d.doedsdato),
            _ => None,
        })
    }

    fn status(&self) -> Option<&Personstatus> {
        self.gjeldende(Entitet::Status).find_map(|o| match &o.innhold {
            Innhold::Status(s) => Some(&s.status),
            _ => None,
        })
    }

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

    fn dufnumre(&self) -> Vec<String> {
        let alle = self.gjeldende(Entitet::UtlendingsmyndighetenesIdentifikasjonsnummer);
        alle.filter_map(|o| match &o.innhold {
            Innhold::UtlendingsmyndighetenesIdentifikasjonsnummer(n) => {
                Some(n.identifikasjonsnummer.som_tekst().to_owned())
            }
            _ => None,
        })
        .collect()
    }

    fn har_nummer(&self, nummer: &str) -> bool {
        self.opplysninger.iter().any(|o| match &o.innhold {
            Innhold::Identifikasjonsnummer(n) => n.foedselsnummer.som_tekst() == nummer,
            _ => false,
        })
    }
}

/// Married or separated, and so not free to marry.
pub(crate) fn er_inngaatt(sivilstand: &Sivilstandstype) -> bool {
    matches!(
        sivilstand,
        Sivilstandstype::Gift
            | Sivilstandstype::Separert
            | Sivilstandstype::RegistrertPartner
            | Sivilstandstype::SeparertPartner
    )
}

/// Of a registered partnership, which has words of its own.
pub(crate) fn er_partnerskap(sivilstand: &Sivilstandstype) -> bool {
    matches!(
        sivilstand,
        Sivilstandstype::RegistrertPartner | Sivilstandstype::SeparertPartner
    )
}
