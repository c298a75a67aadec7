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

/// The events that a view is told of, when `endret` changed in what it is shown.
///
/// An event of the source is passed on where the view may see the whole of what it tells of and saw something of that change;
/// what changed and is told of by none of them gets the type of its entity. An event about the person as a whole is passed on
/// where something changed that the others do not tell of.
/// Source: ruling 18, over several events at once (our choice, ADR 0038).
pub(crate) fn fortelles(rett: &Rett, endret: Entitetsmengde, aarsaker: &Aarsaker) -> Vec<(Kopihendelse, u64)> {
    if endret.er_tom() {
        return Vec::new();
    }
    if aarsaker.foerste_lasting && aarsaker.ny {
        return vec![(Kopihendelse::Befolket, aarsaker.nummer)];
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
        let fortalt = fortelles(rett, endret.iter().copied().collect(), &aarsaker);
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
            fortelles(rett, endret, &aarsaker)
        };
        assert_eq!(med(true, false, false), [(f(H::PersonErOpprettet), 7)]);
        assert_eq!(med(false, true, false), [(f(H::PersonErOpphoertSomDublett), 7)]);
        assert_eq!(med(true, false, true), [(Kopihendelse::Befolket, 7)]);
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
