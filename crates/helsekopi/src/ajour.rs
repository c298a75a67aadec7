//! How old what the copy says of a person may be: addresses of whoever has changes that are not read are kept back.
//!
//! What lives here: what is known of what the copy does not have, and of whom. What does not: what a face answers when it may be anybody.
//! What a newcomer gets wrong: that the source is silent is no lag. What counts is what it has told of and the copy does not have;
//! a source that is down takes nothing from anybody. Source: ruling 19.

use informasjonsmodell::Entitet;
use jiff::{SignedDuration, Timestamp};
use register::{Lesing, Personnummer};
use tilgang::Entitetsmengde;

use crate::{FORAN, Maaling};

/// What is known of what the copy does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ajour {
    /// The copy is as new as it has to be.
    Ja,
    /// It is behind, and who has unread changes is known.
    Uleste,
    /// It is behind, and who has unread changes is not known: any of them may.
    Uoversiktlig,
}

impl Ajour {
    /// How the copy stands now, where it may be `maks` behind. To be taken before the moment that is read.
    ///
    /// When as much is unread as is read ahead, or everybody is being read again, nobody knows who has changed, and it may be anybody
    /// (our choice, the strictest). Before the first look at the source nothing is unread.
    #[must_use]
    pub fn naa(maaling: &Maaling, naa: Timestamp, maks: SignedDuration) -> Self {
        let tall = maaling.tall();
        if tall.ajour.is_some_and(|ajour| naa.duration_since(ajour) <= maks) {
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

    /// Whether a person's addresses are kept back.
    ///
    /// # Errors
    /// [`register::Feil`] if the person's numbers cannot be read.
    pub fn holder(self, maaling: &Maaling, les: &Lesing<'_>, person: Personnummer) -> Result<bool, register::Feil> {
        Ok(match self {
            Ajour::Ja => false,
            Ajour::Uoversiktlig => true,
            Ajour::Uleste if maaling.uleste() == 0 => false,
            Ajour::Uleste => les.numre(person)?.into_iter().any(|nummer| maaling.er_ulest(nummer)),
        })
    }
}

/// Parts what is asked for in what is given of somebody whose addresses are kept back, and what is not: whatever says where somebody is, or
/// where an estate's contact is.
#[must_use]
pub fn uten_adresser(spurt: Entitetsmengde) -> (Entitetsmengde, Entitetsmengde) {
    let sier_adresse = |e: Entitet| e.er_adresse() || e == Entitet::KontaktinformasjonForDoedsbo;
    let velg = |adresser: bool| spurt.entiteter().filter(|e| sier_adresse(*e) == adresser).collect();
    (velg(false), velg(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_where_somebody_is_is_parted_from_the_rest() {
        let (gis, holdes) = uten_adresser(Entitet::ALLE.iter().copied().collect());
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
