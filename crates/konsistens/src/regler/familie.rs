//! What holds between spouses, and between parents and children. Whoever is outside the register cannot be held to anything.

use std::collections::BTreeSet;

use informasjonsmodell::entiteter::{Familierelasjon, Foreldreansvar};
use informasjonsmodell::kodeverk::{Familierelasjontype, Sivilstandstype};
use register::{Feil, Personbilde};

use super::krev;
use crate::kjente::Kjente;
use crate::person::{Person, er_forelder, er_inngaatt, med, til};
use crate::regel::Regel;

/// Two who are married say so of each other; nobody alive is married to somebody dead; the relation follows.
///
/// A dead person keeps the sivilstand it had, and the relation to the one it was married to, as that one does.
/// Source: folkeregister reference 9.4.
pub(super) fn sivilstand(
    kjente: &mut Kjente<'_, '_>,
    p: &Personbilde,
    brudd: &mut BTreeSet<Regel>,
) -> Result<(), Feil> {
    if p.viderefoert_til.is_some() || p.er_doed() {
        return Ok(());
    }
    if let Some(min) = p.sivilstand()
        && let Some(annen) = med(min).map(|n| kjente.finn(n)).transpose()?.flatten()
    {
        if er_inngaatt(&min.sivilstand) {
            krev(brudd, !annen.er_doed(), Regel::EktefelleLever);
            let gjensidig = annen.person != p.person
                && annen.sivilstand().is_some_and(|dens| {
                    let samme = (&dens.sivilstand, dens.sivilstandsdato) == (&min.sivilstand, min.sivilstandsdato);
                    samme && med(dens).is_some_and(|n| p.har(n))
                });
            krev(brudd, gjensidig, Regel::EktefellerGjensidig);
            let relasjon = ektefeller(p).any(|n| annen.har(n));
            krev(brudd, relasjon, Regel::EktefelleRelasjon);
        }
        let etterlatt = matches!(
            min.sivilstand,
            Sivilstandstype::EnkeEllerEnkemann | Sivilstandstype::GjenlevendePartner
        );
        if etterlatt {
            let doede = annen.doedsdato().flatten();
            let fra_da = min.sivilstandsdato.is_none() || doede.is_none() || min.sivilstandsdato == doede;
            krev(brudd, annen.er_doed() && fra_da, Regel::EtterlattFraDoeden);
        }
    }
    for nummer in ektefeller(p) {
        let Some(annen) = kjente.finn(nummer)?.filter(|annen| !annen.er_doed()) else {
            continue;
        };
        let gift = p
            .sivilstand()
            .is_some_and(|s| er_inngaatt(&s.sivilstand) && med(s).is_some_and(|n| annen.har(n)));
        krev(brudd, gift, Regel::EktefelleRelasjon);
    }
    Ok(())
}

fn ektefeller(p: &Personbilde) -> impl Iterator<Item = &str> {
    let av_slaget = |r: &&Familierelasjon| r.relatert_persons_rolle == Familierelasjontype::EktefelleEllerPartner;
    p.relasjoner().filter(av_slaget).filter_map(til)
}

/// A child and a parent stand with each other, in the same role; responsibility is written alike with both.
///
/// Source: folkeregister reference 9.4; that responsibility stands in both places is our choice (ADR 0027).
pub(super) fn foreldre(kjente: &mut Kjente<'_, '_>, p: &Personbilde, brudd: &mut BTreeSet<Regel>) -> Result<(), Feil> {
    if p.viderefoert_til.is_some() {
        return Ok(());
    }
    let mut foreldre = 0;
    for relasjon in p.relasjoner() {
        let (er, jeg) = (&relasjon.relatert_persons_rolle, relasjon.min_rolle_for_person.as_ref());
        foreldre += usize::from(er_forelder(er));
        let Some(annen) = til(relasjon).map(|n| kjente.finn(n)).transpose()?.flatten() else {
            continue;
        };
        if !er_forelder(er) && *er != Familierelasjontype::Barn {
            continue;
        }
        let svarer = annen.person != p.person
            && annen.relasjoner().any(|dens| {
                let meg = til(dens).is_some_and(|n| p.har(n));
                meg && passer(relasjon, jeg, dens)
            });
        krev(brudd, svarer, Regel::ForeldreOgBarn);
    }
    krev(brudd, foreldre <= 2, Regel::ForeldreOgBarn);
    for ansvar in p.ansvar() {
        ansvar_begge_steder(kjente, p, ansvar, brudd)?;
    }
    Ok(())
}

// What I say that the other is, the other says that it is to me, and the other way.
fn passer(min: &Familierelasjon, jeg: Option<&Familierelasjontype>, dens: &Familierelasjon) -> bool {
    let motsatt = match &min.relatert_persons_rolle {
        Familierelasjontype::Barn => er_forelder(&dens.relatert_persons_rolle),
        _ => dens.relatert_persons_rolle == Familierelasjontype::Barn,
    };
    let jeg_er_det = jeg.is_none_or(|jeg| *jeg == dens.relatert_persons_rolle);
    let den_er_det = dens
        .min_rolle_for_person
        .as_ref()
        .is_none_or(|dens| *dens == min.relatert_persons_rolle);
    motsatt && jeg_er_det && den_er_det
}

fn ansvar_begge_steder(
    kjente: &mut Kjente<'_, '_>,
    p: &Personbilde,
    ansvar: &Foreldreansvar,
    brudd: &mut BTreeSet<Regel>,
) -> Result<(), Feil> {
    let barn = ansvar.ansvarssubjekt.as_ref().map(|n| n.som_tekst());
    let ansvarlig = ansvar.ansvarlig.as_ref().map(|n| n.som_tekst());
    let (er_barnet, er_ansvarlig) = (barn.is_some_and(|n| p.har(n)), ansvarlig.is_some_and(|n| p.har(n)));
    // Somebody without a number, or of whom nothing is said, stands in nobody else's entries.
    let annen = if er_barnet { ansvarlig } else { barn };
    krev(brudd, er_barnet != er_ansvarlig, Regel::Foreldreansvar);
    let Some(annen) = annen.map(|n| kjente.finn(n)).transpose()?.flatten() else {
        return Ok(());
    };
    let likt = annen.ansvar().any(|a| {
        let samme = |mitt: Option<&str>, dens: Option<&str>, hvem: &Personbilde| {
            mitt.is_some_and(|n| hvem.har(n)) && dens.is_some_and(|n| hvem.har(n))
        };
        let dens_barn = a.ansvarssubjekt.as_ref().map(|n| n.som_tekst());
        let dens_ansvarlig = a.ansvarlig.as_ref().map(|n| n.som_tekst());
        let (b, f) = if er_barnet { (p, &*annen) } else { (&*annen, p) };
        a.ansvar == ansvar.ansvar && samme(barn, dens_barn, b) && samme(ansvarlig, dens_ansvarlig, f)
    });
    krev(brudd, likt, Regel::Foreldreansvar);
    Ok(())
}
