//! The copy's own events: what they are called here, and which of them a view is told of.
//!
//! The one thing a newcomer gets wrong: several events of a person at the source may have become one reading of its document. What
//! a view is told of is decided by what changed in it over them all, never by how many there were or what they were called where
//! it cannot see.

use informasjonsmodell::{Entitet, Hendelsestype};
use tilgang::{Entitetsmengde, Rett};

/// What happened to a person, as the copy tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kopihendelse {
    /// As Folkeregisteret calls it.
    Freg(Hendelsestype),
    /// The person came with the first load; nothing changed in Folkeregisteret.
    Befolket,
    /// What the copy says beside Folkeregisteret's own words was corrected: fetch the person again.
    Rettet,
    /// The postal address in Norway.
    Postadresse,
    /// The postal address abroad.
    PostadresseIUtlandet,
    /// The residence permit.
    Oppholdstillatelse,
    /// A common help number was issued.
    HjelpenummerUtstedt,
    /// What is known of somebody with a common help number changed.
    HjelpenummerEndret,
    /// What Kontakt- og reservasjonsregisteret says changed.
    Kontaktregister,
}

/// Numbers from here on are the copy's own.
const EGNE: u8 = 128;
const EGNE_I_REKKE: [Kopihendelse; 8] = [
    Kopihendelse::Befolket,
    Kopihendelse::Rettet,
    Kopihendelse::Postadresse,
    Kopihendelse::PostadresseIUtlandet,
    Kopihendelse::Oppholdstillatelse,
    Kopihendelse::HjelpenummerUtstedt,
    Kopihendelse::HjelpenummerEndret,
    Kopihendelse::Kontaktregister,
];

impl Kopihendelse {
    /// The stored number.
    #[must_use]
    pub fn tall(self) -> u8 {
        match self {
            Kopihendelse::Freg(hendelsestype) => hendelsestype as u8,
            egen => {
                let plass = EGNE_I_REKKE.iter().position(|e| *e == egen).unwrap_or_default();
                EGNE.saturating_add(u8::try_from(plass).unwrap_or_default())
            }
        }
    }

    /// Reads the stored number back.
    #[must_use]
    pub fn fra_tall(tall: u8) -> Option<Self> {
        match tall.checked_sub(EGNE) {
            Some(plass) => EGNE_I_REKKE.get(usize::from(plass)).copied(),
            None => Hendelsestype::fra_tall(tall).map(Kopihendelse::Freg),
        }
    }
}

/// What the source told of one person since the copy last read it: each event with the number it was issued on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Aarsaker {
    pub hendelser: Vec<(Hendelsestype, u64)>,
    /// The person is new here, or was merged into another here, whatever the source said.
    pub ny: bool,
    pub opphoert: bool,
    /// The copy is read from the source from the beginning, and this is the first time.
    pub foerste_lasting: bool,
    /// The number to tell what nobody told of on.
    pub nummer: u64,
}

/// What a view is told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fortalt {
    /// The events, each with the number it is told on.
    pub hendelser: Vec<(Kopihendelse, u64)>,
    /// What of it changed without an event of its own, and is told of by the types of its entities: that event may come yet.
    pub uten_egen: Entitetsmengde,
}

/// The events that a view is told of, when `endret` changed in what it is shown.
///
/// An event of the source is passed on where the view may see the whole of what it tells of and saw something of that change;
/// what changed and is told of by none of them gets the type of its entity. An event about the person as a whole is passed on
/// where something changed that the others do not tell of.
/// Source: ruling 18, over several events at once (our choice, ADR 0038).
pub(crate) fn fortelles(rett: &Rett, endret: Entitetsmengde, aarsaker: &Aarsaker) -> Fortalt {
    if endret.er_tom() {
        return Fortalt::default();
    }
    if aarsaker.foerste_lasting && aarsaker.ny {
        return Fortalt {
            hendelser: vec![(Kopihendelse::Befolket, aarsaker.nummer)],
            ..Fortalt::default()
        };
    }
    let ser_helt = |t: Hendelsestype| t.entiteter().iter().all(|e| rett.kan.har(*e));
    let roert = |t: Hendelsestype| t.entiteter().iter().any(|e| endret.har(*e));
    let hele = |t: Hendelsestype| t.entiteter().is_empty();
    let mut fortalt = Entitetsmengde::default();
    for (t, _) in aarsaker
        .hendelser
        .iter()
        .filter(|(t, _)| !hele(*t) && ser_helt(*t) && roert(*t))
    {
        fortalt = t
            .entiteter()
            .iter()
            .fold(fortalt, |sum, e| sum.og(Entitetsmengde::av(*e)));
    }
    let mut igjen: Vec<Entitet> = endret.entiteter().filter(|e| !fortalt.har(*e)).collect();
    let noe_igjen = !igjen.is_empty();
    let mut ut = Vec::new();
    for (t, nummer) in &aarsaker.hendelser {
        let med = if hele(*t) { noe_igjen } else { ser_helt(*t) && roert(*t) };
        if med {
            ut.push((Kopihendelse::Freg(*t), *nummer));
            if hele(*t) {
                igjen.clear();
            }
        }
    }
    if !igjen.is_empty() {
        if aarsaker.opphoert {
            ut.push((
                Kopihendelse::Freg(Hendelsestype::PersonErOpphoertSomDublett),
                aarsaker.nummer,
            ));
            igjen.clear();
        } else if aarsaker.ny {
            ut.push((Kopihendelse::Freg(Hendelsestype::PersonErOpprettet), aarsaker.nummer));
            igjen.clear();
        }
    }
    let uten_egen = igjen.iter().copied().collect();
    let mut typer: Vec<_> = igjen.into_iter().filter_map(Hendelsestype::for_entitet).collect();
    typer.dedup();
    ut.extend(typer.into_iter().map(|t| (Kopihendelse::Freg(t), aarsaker.nummer)));
    // The copy's own types stand beside those of Folkeregisteret that say less exactly what changed.
    for (entitet, egen) in [
        (Entitet::Postadresse, Kopihendelse::Postadresse),
        (Entitet::PostadresseIUtlandet, Kopihendelse::PostadresseIUtlandet),
        (Entitet::Opphold, Kopihendelse::Oppholdstillatelse),
    ] {
        let som_del =
            |(h, _): &(Kopihendelse, u64)| matches!(h, Kopihendelse::Freg(t) if t.entiteter().contains(&entitet));
        if let (true, Some((_, nummer))) = (endret.har(entitet), ut.iter().find(|h| som_del(h)).copied()) {
            ut.push((egen, nummer));
        }
    }
    Fortalt {
        hendelser: ut,
        uten_egen,
    }
}

/// Events that come when what they tell of has been read already and told of by the types of its entities, which `venter` on them: a view
/// that saw some of it hears of each by its own type too, once, unless that was one of those types. Gives what waits still.
///
/// A death that was read before it was told of is `personErDoed` in the feed all the same.
pub(crate) fn forsinkede(
    rett: &Rett,
    venter: Entitetsmengde,
    endret: Entitetsmengde,
    hendelser: &[(Hendelsestype, u64)],
) -> Fortalt {
    let mut ut = Fortalt {
        uten_egen: venter,
        ..Fortalt::default()
    };
    for (t, nummer) in hendelser {
        let entiteter = t.entiteter();
        if entiteter.is_empty() || !entiteter.iter().all(|e| rett.kan.har(*e)) {
            continue;
        }
        let ventet_paa = entiteter.iter().any(|e| ut.uten_egen.har(*e));
        let fortelles = entiteter.iter().any(|e| endret.har(*e));
        let fortalt = |e: &Entitet| ut.uten_egen.har(*e) && Hendelsestype::for_entitet(*e) == Some(*t);
        if ventet_paa && !fortelles && !entiteter.iter().any(fortalt) {
            ut.hendelser.push((Kopihendelse::Freg(*t), *nummer));
        }
        ut.uten_egen = ut.uten_egen.entiteter().filter(|e| !entiteter.contains(e)).collect();
    }
    ut
}

#[cfg(test)]
mod tests {
    use super::*;
    use Hendelsestype as H;
    use tilgang::{Projeksjon, Tabell};

    #[track_caller]
    fn check(projeksjon: Projeksjon, aarsaker: &[H], endret: &[Entitet], ventet: &[Kopihendelse]) {
        let aarsaker = Aarsaker {
            hendelser: aarsaker.iter().map(|t| (*t, 1)).collect(),
            nummer: 2,
            ..Aarsaker::default()
        };
        let rett = Tabell::felles().rett(projeksjon);
        let fortalt = fortelles(rett, endret.iter().copied().collect(), &aarsaker).hendelser;
        assert_eq!(fortalt.iter().map(|(h, _)| *h).collect::<Vec<_>>(), ventet);
    }

    fn f(t: H) -> Kopihendelse {
        Kopihendelse::Freg(t)
    }

    const MH: Projeksjon = Projeksjon::MedHjemmel;
    const UH: Projeksjon = Projeksjon::OffentligUtenHjemmel;

    #[test]
    fn what_did_not_change_in_a_view_is_not_told_of() {
        check(MH, &[H::EndringINavn, H::PersonErOppdatert], &[], &[]);
        check(
            UH,
            &[H::EndringINavn, H::EndringIBostedsadresse],
            &[Entitet::Navn],
            &[f(H::EndringINavn)],
        );
    }

    #[test]
    fn an_event_that_a_view_sees_in_part_becomes_the_part() {
        check(
            MH,
            &[H::PersonErDoed],
            &[Entitet::Doedsfall, Entitet::Status],
            &[f(H::PersonErDoed)],
        );
        check(
            MH,
            &[H::EndringIForeldreansvar],
            &[Entitet::Foreldreansvar],
            &[f(H::EndringIForeldreansvar)],
        );
        check(
            UH,
            &[H::EndringIForeldreansvar, H::EndringINavn],
            &[Entitet::Navn],
            &[f(H::EndringINavn)],
        );
        check(
            UH,
            &[H::EndringIForeldreansvar],
            &[Entitet::Navn],
            &[f(H::EndringINavn)],
        );
    }

    #[test]
    fn events_that_were_read_together_are_all_told_of_in_their_order() {
        check(
            MH,
            &[H::EndringINavn, H::EndringIBostedsadresse, H::EndringINavn],
            &[Entitet::Navn, Entitet::Bostedsadresse],
            &[f(H::EndringINavn), f(H::EndringIBostedsadresse), f(H::EndringINavn)],
        );
        check(
            MH,
            &[H::PersonErOpprettet, H::EndringINavn],
            &[Entitet::Navn, Entitet::Kjoenn],
            &[f(H::PersonErOpprettet), f(H::EndringINavn)],
        );
    }

    #[test]
    fn an_event_about_the_whole_person_does_not_tell_that_something_hidden_happened() {
        check(
            UH,
            &[H::PersonErOppdatert, H::EndringINavn],
            &[Entitet::Navn],
            &[f(H::EndringINavn)],
        );
        check(
            UH,
            &[H::PersonErOppdatert],
            &[Entitet::Navn],
            &[f(H::PersonErOppdatert)],
        );
    }

    #[test]
    fn the_copys_own_types_stand_beside_the_less_exact_ones() {
        check(
            MH,
            &[H::EndringIKontaktinformasjon],
            &[Entitet::PostadresseIUtlandet],
            &[f(H::EndringIKontaktinformasjon), Kopihendelse::PostadresseIUtlandet],
        );
        check(
            MH,
            &[],
            &[Entitet::Opphold],
            &[f(H::EndringIOpphold), Kopihendelse::Oppholdstillatelse],
        );
    }

    #[test]
    fn whoever_nobody_told_of_is_new_or_ended_and_at_first_loaded() {
        let rett = Tabell::felles().rett(MH);
        let endret = Entitetsmengde::av(Entitet::Navn);
        let med = |ny, opphoert, foerste_lasting| {
            let aarsaker = Aarsaker {
                ny,
                opphoert,
                foerste_lasting,
                nummer: 7,
                ..Aarsaker::default()
            };
            fortelles(rett, endret, &aarsaker).hendelser
        };
        assert_eq!(med(true, false, false), [(f(H::PersonErOpprettet), 7)]);
        assert_eq!(med(false, true, false), [(f(H::PersonErOpphoertSomDublett), 7)]);
        assert_eq!(med(true, false, true), [(Kopihendelse::Befolket, 7)]);
    }

    #[test]
    fn an_event_that_comes_after_what_it_tells_of_was_read_is_told_of_once() {
        let mengde = |alle: &[Entitet]| alle.iter().copied().collect::<Entitetsmengde>();
        let rett = Tabell::felles().rett(MH);
        let aarsaker = Aarsaker {
            hendelser: vec![(H::EndringINavn, 1)],
            nummer: 1,
            ..Aarsaker::default()
        };
        let endret = mengde(&[Entitet::Navn, Entitet::Doedsfall, Entitet::Status]);
        let foerst = fortelles(rett, endret, &aarsaker);
        assert_eq!(foerst.uten_egen, mengde(&[Entitet::Doedsfall, Entitet::Status]));
        let intet = Entitetsmengde::default();
        // What was told of by that very type is not told of again.
        let samme = forsinkede(rett, foerst.uten_egen, intet, &[(H::EndringIDoedsfall, 1)]);
        assert!(samme.hendelser.is_empty());
        assert_eq!(samme.uten_egen, mengde(&[Entitet::Status]));
        let doed = [(H::PersonErDoed, 1), (H::PersonErDoed, 1)];
        let sent = forsinkede(rett, foerst.uten_egen, intet, &doed);
        assert_eq!((sent.hendelser, sent.uten_egen), (vec![(f(H::PersonErDoed), 1)], intet));
        // It changed again: told of with that, and not twice.
        let igjen = forsinkede(rett, foerst.uten_egen, mengde(&[Entitet::Status]), &doed[..1]);
        assert!(igjen.hendelser.is_empty() && igjen.uten_egen.er_tom());
        // Nobody waits for it, or the view does not see all that it tells of.
        assert!(forsinkede(rett, intet, intet, &doed).hendelser.is_empty());
        let uten = Tabell::felles().rett(UH);
        let skjult = forsinkede(uten, mengde(&[Entitet::Navn]), intet, &[(H::EndringIForeldreansvar, 1)]);
        assert!(skjult.hendelser.is_empty());
    }

    #[test]
    fn every_event_has_a_number_that_is_read_back() {
        let alle = Hendelsestype::ALLE
            .iter()
            .map(|t| Kopihendelse::Freg(*t))
            .chain(EGNE_I_REKKE);
        let mut sett = std::collections::BTreeSet::new();
        for hendelse in alle {
            assert_eq!(Kopihendelse::fra_tall(hendelse.tall()), Some(hendelse));
            assert!(sett.insert(hendelse.tall()));
        }
        assert_eq!(Kopihendelse::fra_tall(255), None);
    }
}
