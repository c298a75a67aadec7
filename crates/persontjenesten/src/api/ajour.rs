//! How old what the copy says of a person may be: addresses of whoever has changes that are not read are kept back.
//!
//! What a newcomer gets wrong: that the source is silent is no lag. What counts is what it has told of and the copy does not have;
//! a source that is down takes nothing from anybody. Source: ruling 19.

use helsekopi::FORAN;
use informasjonsmodell::Entitet;
use register::{Lesing, Personnummer};
use tilgang::Entitetsmengde;

use super::feil::Feil;
use super::tilstand::PersonApi;

/// What is known of what the copy does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ajour {
    /// The copy is as new as it has to be.
    Ja,
    /// It is behind, and who has unread changes is known.
    Uleste,
    /// It is behind, and who has unread changes is not known: any of them may.
    Uoversiktlig,
}

/// Whether an entity says where somebody is, or where an estate's contact is.
fn sier_adresse(entitet: Entitet) -> bool {
    entitet.er_adresse() || entitet == Entitet::KontaktinformasjonForDoedsbo
}

/// Parts what is asked for in what is given and what is kept back.
pub(super) fn del(spurt: Entitetsmengde) -> (Entitetsmengde, Entitetsmengde) {
    let velg = |adresser: bool| spurt.entiteter().filter(|e| sier_adresse(*e) == adresser).collect();
    (velg(false), velg(true))
}

impl PersonApi {
    /// How the copy stands now.
    ///
    /// When as much is unread as is read ahead, or everybody is being read again, nobody knows who has changed, and it may be anybody
    /// (our choice, the strictest). Before the first look at the source nothing is unread.
    pub(super) fn ajour(&self) -> Ajour {
        let tall = self.maaling.tall();
        let naa = (self.klokke)();
        let frisk = |ajour| naa.duration_since(ajour) <= self.innstillinger.etterslep_maks;
        if tall.ajour.is_some_and(frisk) {
            return Ajour::Ja;
        }
        let Some(neste) = tall.neste else {
            return if tall.kontakt.is_some() || tall.feil > 0 {
                Ajour::Uoversiktlig
            } else {
                Ajour::Uleste
            };
        };
        let uleste = tall.kildens_siste.saturating_add(1).saturating_sub(neste);
        // No more than that is read ahead, so what lies beyond is not seen.
        if uleste >= FORAN as u64 {
            Ajour::Uoversiktlig
        } else {
            Ajour::Uleste
        }
    }

    /// Numbers of those who are not to be found by an address: whose addresses are kept back. Taken before the moment that is searched.
    ///
    /// # Errors
    /// [`Feil::Etterslep`] when it may be anybody. Nobody found would be taken for an answer, and the page for the last (our choice).
    pub(super) fn uten_adresse(&self, ajour: Ajour) -> Result<Vec<u64>, Feil> {
        match ajour {
            Ajour::Ja => Ok(Vec::new()),
            Ajour::Uleste => Ok(self.maaling.uleste_numre()),
            Ajour::Uoversiktlig => Err(Feil::Etterslep),
        }
    }

    /// Whether a person's addresses are kept back.
    pub(super) fn holdes_tilbake(&self, ajour: Ajour, les: &Lesing<'_>, person: Personnummer) -> Result<bool, Feil> {
        Ok(match ajour {
            Ajour::Ja => false,
            Ajour::Uoversiktlig => true,
            Ajour::Uleste if self.maaling.uleste() == 0 => false,
            Ajour::Uleste => les
                .numre(person)?
                .into_iter()
                .any(|nummer| self.maaling.er_ulest(nummer)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_where_somebody_is_is_parted_from_the_rest() {
        let (gis, holdes) = del(Entitet::ALLE.iter().copied().collect());
        for entitet in Entitet::ADRESSER {
            assert!(holdes.har(entitet) && !gis.har(entitet), "{entitet:?}");
        }
        assert!(holdes.har(Entitet::KontaktinformasjonForDoedsbo) && holdes.har(Entitet::PreferertKontaktadresse));
        assert!(gis.har(Entitet::Adressebeskyttelse) && gis.har(Entitet::Navn));
        assert_eq!(
            gis.entiteter().count() + holdes.entiteter().count(),
            Entitet::ALLE.len()
        );
    }
}
