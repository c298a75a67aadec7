//! Which state may follow which, what a change does, and when it is told of as an item of its own.
//!
//! ```text
//!              ┌────────────────────────┐
//!              │                        ▼
//!  ─▶ varslet ─┼──▶ paagaar ─────────▶ loest
//!      ▲  │    │     │   ▲              ▲
//!      │  │    │     ▼   │              │
//!      │  └────┼──▶ utsatt ─────────────┘       paagaar and loest are also what a notice may begin as
//!      └───────┼────── │
//!              └──▶ avlyst ◀─ utsatt
//! ```
//! What is loest or avlyst stays so: a fault that comes back is a new notice, pointing at the old one.

use jiff::Timestamp;

use crate::feil::Feil;
use crate::koder::{Slag, Tilstand};
use crate::melding::{Endring, Melding, Oppdatering, Tidsrom};
use crate::tekst::sjekk_tekst;

/// Most updates of one notice. Source: our choice.
pub(crate) const OPPDATERINGER_MAKS: usize = 200;

/// Whether one state may follow another.
#[must_use]
pub(crate) fn kan_bli(fra: Tilstand, til: Tilstand) -> bool {
    use Tilstand::{Avlyst, Loest, Paagaar, Utsatt, Varslet};
    match fra {
        Varslet => matches!(til, Paagaar | Loest | Utsatt | Avlyst),
        Utsatt => matches!(til, Varslet | Paagaar | Loest | Utsatt | Avlyst),
        Paagaar => matches!(til, Loest | Utsatt),
        Loest | Avlyst => false,
    }
}

/// Whether a notice may begin in a state.
pub(crate) fn kan_begynne(tilstand: Tilstand) -> bool {
    matches!(tilstand, Tilstand::Varslet | Tilstand::Paagaar | Tilstand::Loest)
}

/// The notice after a change, or why not. `naa` is when the change is made.
pub(crate) fn endre(melding: &Melding, endring: &Endring, naa: Timestamp) -> Result<Melding, Feil> {
    if melding.oppfoelging {
        return Err(Feil::Oppfoelging);
    }
    if !melding.er_aapen() {
        return Err(Feil::Avsluttet(melding.tilstand));
    }
    if *endring == Endring::default() {
        return Err(Feil::IngenEndring);
    }
    if melding.oppdateringer.len() >= OPPDATERINGER_MAKS {
        return Err(Feil::ForMange {
            hva: "oppdateringer av meldingen",
            maks: OPPDATERINGER_MAKS,
        });
    }
    if let Some(tekst) = &endring.tekst {
        sjekk_tekst(tekst)?;
    }
    let mut ny = melding.clone();
    if let Some(til) = endring.tilstand {
        if !kan_bli(melding.tilstand, til) {
            return Err(Feil::Overgang {
                fra: melding.tilstand,
                til,
            });
        }
        ny.tilstand = til;
        bytt_tider(&mut ny, melding.tilstand, til, naa);
    }
    let innhold = &mut ny.innhold;
    if let Some(planlagt) = endring.planlagt {
        innhold.planlagt = planlagt;
    }
    innhold.faktisk.fra = endring.faktisk_fra.or(innhold.faktisk.fra);
    innhold.faktisk.til = endring.faktisk_til.or(innhold.faktisk.til);
    if let Some(virkning) = endring.virkning {
        innhold.virkning = virkning;
    }
    if let Some(tjenester) = &endring.tjenester {
        innhold.tjenester.clone_from(tjenester);
    }
    if let Some(pakker) = &endring.pakker {
        innhold.pakker.clone_from(pakker);
    }
    innhold.knyttet = endring.knyttet.unwrap_or(innhold.knyttet);
    innhold.automatisk = endring.automatisk.unwrap_or(innhold.automatisk);
    // What was to end by itself and has no known time any more does not.
    if ny.tilstand == Tilstand::Utsatt && innhold.planlagt.til.is_none() {
        innhold.automatisk = false;
    }
    if innhold.faktisk.til.is_some() && !matches!(ny.tilstand, Tilstand::Loest | Tilstand::Utsatt) {
        return Err(Feil::Passer("en melding som ikke er over, har ingen faktisk slutt"));
    }
    innhold.sjekk_deler(ny.tilstand)?;
    ny.versjon = ny.versjon.saturating_add(1);
    ny.oppdatert = naa;
    ny.oppdateringer.push(Oppdatering {
        tid: naa,
        tilstand: ny.tilstand,
        tekst: endring.tekst.clone(),
    });
    Ok(ny)
}

/// What a change of state says of the times, before what the change itself says of them.
fn bytt_tider(ny: &mut Melding, fra: Tilstand, til: Tilstand, naa: Timestamp) {
    let innhold = &mut ny.innhold;
    match til {
        Tilstand::Paagaar => {
            innhold.faktisk = Tidsrom {
                fra: Some(naa),
                til: None,
            };
        }
        Tilstand::Loest => {
            // Of what nobody said had begun, the beginning is not known better than by the plan.
            let begynte = innhold.faktisk.fra;
            innhold.faktisk.til = Some(naa).filter(|naa| begynte.is_none_or(|begynte| begynte < *naa));
        }
        Tilstand::Utsatt => {
            innhold.planlagt = Tidsrom::default();
            if fra == Tilstand::Paagaar {
                let begynte = innhold.faktisk.fra;
                innhold.faktisk.til = Some(naa).filter(|naa| begynte.is_none_or(|begynte| begynte < *naa));
            }
        }
        Tilstand::Varslet => innhold.faktisk = Tidsrom::default(),
        Tilstand::Avlyst => {}
    }
}

/// The word that an item of its own about the change begins with, if there is to be one.
///
/// Source: postponed, cancelled and changed notices, and updates of incidents, came as items of their own; that no others do
/// is our choice.
pub(crate) fn ord_for_egen_sak(foer: &Melding, etter: &Melding) -> Option<&'static str> {
    let byttet = foer.tilstand != etter.tilstand;
    match etter.tilstand {
        Tilstand::Utsatt if byttet || foer.innhold.planlagt != etter.innhold.planlagt => return Some("UTSATT"),
        Tilstand::Avlyst => return Some("AVLYST"),
        Tilstand::Varslet | Tilstand::Paagaar | Tilstand::Loest | Tilstand::Utsatt => {}
    }
    match etter.innhold.slag {
        Slag::Driftsfeil | Slag::Forsinkelse | Slag::Tredjepart if etter.tilstand == Tilstand::Loest => Some("LØST"),
        Slag::Driftsfeil | Slag::Forsinkelse | Slag::Tredjepart => Some("OPPDATERING"),
        Slag::PlanlagtVedlikehold | Slag::Hasteendring | Slag::Tilgangsstyring | Slag::Masseendring => {
            (foer.innhold.planlagt != etter.innhold.planlagt).then_some("ENDRET")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_follow_what_is_as_drawn() {
        use Tilstand::{Avlyst, Loest, Paagaar, Utsatt, Varslet};
        let tegnet = [
            (Varslet, Paagaar),
            (Varslet, Loest),
            (Varslet, Utsatt),
            (Varslet, Avlyst),
            (Utsatt, Varslet),
            (Utsatt, Paagaar),
            (Utsatt, Loest),
            (Utsatt, Utsatt),
            (Utsatt, Avlyst),
            (Paagaar, Loest),
            (Paagaar, Utsatt),
        ];
        for fra in Tilstand::ALLE {
            for til in Tilstand::ALLE {
                assert_eq!(kan_bli(*fra, *til), tegnet.contains(&(*fra, *til)), "{fra} {til}");
            }
        }
    }
}
