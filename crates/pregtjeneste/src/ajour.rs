//! How old what the copy says may be: addresses of whoever has changes that are not read are kept back, as in Persontjenesten.
//!
//! What a newcomer gets wrong: PREG was allowed to be a day old, and so might this be, but for addresses: somebody who was given
//! protection today must not be found where they lived yesterday because they were asked for by the older interface. Source: ruling 19; that
//! it holds for PREG too is our choice, ADR 0051.

use helsekopi::{FORAN, Maaling};
use informasjonsmodell::Entitet;
use jiff::{SignedDuration, Timestamp};
use register::{Lesing, Personnummer};
use tilgang::Entitetsmengde;

use crate::Feil;

/// How far behind the copy may be before addresses are kept back. Units: seconds. Source: ruling 19; the figure is our choice, as in
/// Persontjenesten.
pub const ETTERSLEP_MAKS_S: i64 = 60;

/// What is known of what the copy does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ajour {
    /// The copy is as new as it has to be.
    Ja,
    /// It is behind, and who has unread changes is known.
    Uleste,
    /// It is behind, and who has unread changes is not known: any of them may.
    Uoversiktlig,
}

impl Ajour {
    /// How the copy stands. To be taken before the moment that is read.
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
        // No more than that is read ahead, so what lies beyond is not seen.
        let uleste = tall.kildens_siste.saturating_add(1).saturating_sub(neste);
        if uleste >= FORAN as u64 {
            Ajour::Uoversiktlig
        } else {
            Ajour::Uleste
        }
    }

    /// Whether a person's addresses are kept back.
    pub fn holder(self, maaling: &Maaling, les: &Lesing<'_>, person: Personnummer) -> Result<bool, Feil> {
        Ok(match self {
            Ajour::Ja => false,
            Ajour::Uoversiktlig => true,
            Ajour::Uleste if maaling.uleste() == 0 => false,
            Ajour::Uleste => les.numre(person)?.into_iter().any(|nummer| maaling.er_ulest(nummer)),
        })
    }
}

/// What is given of somebody whose addresses are kept back, and what is not.
pub(crate) fn del(spurt: Entitetsmengde) -> (Entitetsmengde, Entitetsmengde) {
    let sier_adresse = |e: Entitet| e.er_adresse() || e == Entitet::KontaktinformasjonForDoedsbo;
    let velg = |adresser: bool| spurt.entiteter().filter(|e| sier_adresse(*e) == adresser).collect();
    (velg(false), velg(true))
}
