//! Which `ajourholdstidspunkt` a caller sees of an entry that was changed in a field it may not see.
//!
//! A correction of the spouse gives the sivilstand a new `ajourholdstidspunkt`. A package that is refused the spouse would
//! learn from it that something hidden changed, so it goes on seeing the time before. A row therefore carries, newest
//! first, what its changes concerned and the time before each:
//!
//! ```text
//!  10:00 registered     11:00 spouse corrected      12:00 aarsak corrected
//!  row at 12:00:  ajourhold 12:00, before (aarsak, 11:00), (spouse, 10:00)
//!  sees everything: 12:00    refused aarsak: 11:00    refused aarsak and spouse: 10:00
//! ```

use informasjonsmodell::{Entitet, Tidspunkt};
use tilgang::{Grad, Rett};

use crate::Feil;
use crate::koding::{Leser, les_tid, skriv_lengde, skriv_tall, skriv_tid};
use crate::rad::Rad;

const SKADET: Feil = Feil::Skadet("ajourhold");

// Beside the field classes, which count from bit 0.
const KILDE: u32 = 1 << 31;
const AARSAK: u32 = 1 << 30;
const HISTORIKK: u32 = 1 << 29;

/// Most changes that are kept; the oldest two become one when there are more. A change is kept only where a caller may need
/// it ([`fortett`]), so there are more only where many kinds of field changed, each time one that had not changed since.
///
/// Source: our choice, so that a row corrected every day stays small.
const LEDD_MAKS: usize = 8;

/// A change that some callers cannot see: what it concerned, and the time before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ledd {
    /// What a caller must be refused for the change to be hidden: field classes, and the bits of this module.
    pub gjelder: u32,
    /// The time before.
    pub foer: Option<Tidspunkt>,
}

/// What a caller is refused of an entry, as a mask; `None` if it is refused the whole of it.
fn nektet(rett: &Rett, vern: Grad, entitet: Entitet, gjeldende: bool, grad: Grad) -> Option<u32> {
    let nekt = rett.avgjoer(vern, entitet, gjeldende, grad)?;
    let mut maske = nekt.felt;
    maske |= if nekt.kilde { KILDE } else { 0 };
    maske |= if nekt.aarsak { AARSAK } else { 0 };
    maske |= if rett.historikk.har(entitet) { 0 } else { HISTORIKK };
    Some(maske)
}

/// The time a caller sees: of the last change that it can see.
pub(crate) fn synlig(
    ajourhold: Option<Tidspunkt>,
    kjede: &[Ledd],
    rett: &Rett,
    vern: Grad,
    (entitet, gjeldende, grad): (Entitet, bool, Grad),
) -> Option<Tidspunkt> {
    if kjede.is_empty() {
        return ajourhold;
    }
    let Some(nektet) = nektet(rett, vern, entitet, gjeldende, grad) else {
        return ajourhold;
    };
    let skjulte = kjede.iter().take_while(|ledd| ledd.gjelder & !nektet == 0);
    skjulte.last().map_or(ajourhold, |ledd| ledd.foer)
}

/// Whether the last change of an entry lies wholly in what a caller is refused of it.
pub(crate) fn er_skjult(
    kjede: &[Ledd],
    rett: &Rett,
    vern: Grad,
    (entitet, gjeldende, grad): (Entitet, bool, Grad),
) -> bool {
    let nyeste = kjede.first();
    nyeste
        .zip(nektet(rett, vern, entitet, gjeldende, grad))
        .is_some_and(|(ledd, nektet)| ledd.gjelder & !nektet == 0)
}

/// Lets `ny` remember the time of the row it replaces, if there are callers who cannot tell the two apart otherwise.
///
/// `avloest`: the old row stays as history, so only those who see no history of the entity are concerned.
pub(crate) fn arv(gammel: &Rad, ny: &mut Rad, avloest: bool) {
    let like = gammel.entitet == ny.entitet
        && gammel.er_gjeldende == ny.er_gjeldende
        && gammel.gyldighetstidspunkt == ny.gyldighetstidspunkt
        && gammel.opphoerstidspunkt == ny.opphoerstidspunkt
        && gammel.grad == ny.grad
        && gammel.skjult_status == ny.skjult_status;
    let Some(felt) = ulike_klasser(gammel, ny).filter(|_| like) else {
        return;
    };
    let mut gjelder = felt;
    gjelder |= if gammel.kilde == ny.kilde { 0 } else { KILDE };
    gjelder |= if gammel.aarsak == ny.aarsak { 0 } else { AARSAK };
    gjelder |= if avloest { HISTORIKK } else { 0 };
    // Nothing differs: then it is the renewal itself that is told of.
    if gjelder == 0 {
        return;
    }
    let mut kjede = vec![Ledd {
        gjelder,
        foer: gammel.ajourholdstidspunkt,
    }];
    kjede.extend(gammel.kjede.iter().copied());
    fortett(&mut kjede);
    while kjede.len() > LEDD_MAKS {
        let eldste = kjede.pop();
        if let (Some(siste), Some(eldste)) = (kjede.last_mut(), eldste) {
            siste.gjelder |= eldste.gjelder;
            siste.foer = eldste.foer;
        }
    }
    ny.kjede = kjede;
}

/// Takes out every change that no caller needs: whoever can see it can see a newer one, which concerned as much.
fn fortett(kjede: &mut Vec<Ledd>) {
    let mut nr = 1;
    while let Some(eldre) = kjede.get(nr).copied() {
        let dekket = kjede.iter().take(nr).any(|nyere| eldre.gjelder & !nyere.gjelder == 0);
        if let (true, Some(nyere)) = (dekket, kjede.get_mut(nr - 1)) {
            nyere.foer = eldre.foer;
            kjede.remove(nr);
        } else {
            nr += 1;
        }
    }
}

/// The field classes that must be left out of both bodies for them to be equal; `None` if no choice makes them so.
fn ulike_klasser(a: &Rad, b: &Rad) -> Option<u32> {
    let like_uten = |maske: u32| {
        let uten = |rad: &Rad| {
            let mut ut = Vec::with_capacity(rad.kropp.len());
            tilgang::kopier_uten(&mut ut, &rad.kropp, &rad.spenn, maske);
            ut
        };
        uten(a) == uten(b)
    };
    let klasser = a.spenn.iter().chain(&b.spenn).map(|s| s.klasse.bit());
    let mut maske = klasser.fold(0, |sum, bit| sum | bit);
    if !like_uten(maske) {
        return None;
    }
    for nr in 0..u32::BITS {
        let uten_denne = maske & !(1 << nr);
        if uten_denne != maske && like_uten(uten_denne) {
            maske = uten_denne;
        }
    }
    Some(maske)
}

/// Writes a chain: its bytes with their length first.
pub(crate) fn skriv(ut: &mut Vec<u8>, kjede: &[Ledd]) {
    let mut byte = Vec::new();
    for ledd in kjede {
        skriv_tall(&mut byte, u64::from(ledd.gjelder) << 1 | u64::from(ledd.foer.is_some()));
        if let Some(tid) = ledd.foer {
            skriv_tid(&mut byte, tid, &mut None);
        }
    }
    skriv_lengde(ut, byte.len());
    ut.extend_from_slice(&byte);
}

/// Reads the bytes of a chain.
pub(crate) fn les(byte: &[u8]) -> Result<Vec<Ledd>, Feil> {
    let mut leser = Leser::new(byte);
    let mut ut = Vec::new();
    while !leser.er_tom() {
        let tall = leser.tall()?;
        ut.push(Ledd {
            gjelder: u32::try_from(tall >> 1).map_err(|_| SKADET)?,
            foer: if tall & 1 == 1 {
                Some(les_tid(&mut leser, &mut None)?)
            } else {
                None
            },
        });
    }
    Ok(ut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rad::Opprinnelse;
    use informasjonsmodell::skjema::{Feltklasse, Spenn};
    use tilgang::{Projeksjon, Tabell};

    fn tid(n: u32) -> Option<Tidspunkt> {
        Tidspunkt::parse(&format!("2026-01-01T{n:02}:00:00+01:00"))
    }

    fn rad(n: u32, ektefelle: u32, aarsak: u32) -> Rad {
        let kropp = format!("{{\"sivilstand\":\"gift\",\"relatertVedSivilstand\":\"{ektefelle:02}\"}}").into_bytes();
        let spenn = vec![Spenn {
            klasse: Feltklasse::RelatertVedSivilstand,
            fra: 21,
            til: kropp.len() as u32 - 1,
        }];
        Rad {
            entitet: Some(Entitet::Sivilstand),
            plass: 0,
            fra: u64::from(n),
            opprinnelse: Opprinnelse::Korrigert,
            til: None,
            er_gjeldende: Some(true),
            ajourholdstidspunkt: tid(n),
            kilde: None,
            aarsak: Some(aarsak),
            gyldighetstidspunkt: None,
            opphoerstidspunkt: None,
            grad: Grad::Ugradert,
            skjult_status: false,
            kjede: Vec::new(),
            kropp,
            spenn,
        }
    }

    #[track_caller]
    fn check(rad: &Rad, projeksjon: Projeksjon, ventet: u32) {
        let rett = Tabell::felles().rett(projeksjon);
        let hva = (Entitet::Sivilstand, true, Grad::Ugradert);
        let fikk = synlig(rad.ajourholdstidspunkt, &rad.kjede, rett, Grad::Ugradert, hva);
        assert_eq!(fikk, tid(ventet), "{projeksjon:?}");
    }

    #[test]
    fn each_caller_sees_the_time_of_the_last_change_that_it_can_see() {
        let mut forrige = rad(1, 1, 1);
        for (n, ektefelle, aarsak) in [(2, 2, 1), (3, 2, 2), (4, 2, 3)] {
            let mut neste = rad(n, ektefelle, aarsak);
            arv(&forrige, &mut neste, false);
            forrige = neste;
        }
        assert_eq!(forrige.kjede.len(), 2);
        check(&forrige, Projeksjon::MedHjemmel, 4);
        check(&forrige, Projeksjon::Finans, 2);
        check(&forrige, Projeksjon::OffentligUtenHjemmel, 1);
    }

    #[test]
    fn however_many_hidden_changes_came_since_a_caller_sees_the_time_of_the_last_it_could_see() {
        let mut forrige = rad(0, 0, 0);
        forrige.kilde = Some(0);
        // The spouse once, and then in turn two things that finans is refused.
        for n in 1..24 {
            let mut neste = rad(n, 1, n / 2);
            neste.kilde = Some(n.div_ceil(2));
            arv(&forrige, &mut neste, false);
            forrige = neste;
        }
        check(&forrige, Projeksjon::MedHjemmel, 23);
        check(&forrige, Projeksjon::Finans, 1);
        check(&forrige, Projeksjon::OffentligUtenHjemmel, 0);
        assert!(er_skjult(
            &forrige.kjede,
            Tabell::felles().rett(Projeksjon::Finans),
            Grad::Ugradert,
            (Entitet::Sivilstand, true, Grad::Ugradert)
        ));
        assert!(!er_skjult(
            &forrige.kjede,
            Tabell::felles().rett(Projeksjon::MedHjemmel),
            Grad::Ugradert,
            (Entitet::Sivilstand, true, Grad::Ugradert)
        ));
    }

    #[test]
    fn a_change_that_everyone_can_see_ends_the_chain() {
        let mut annen = rad(2, 2, 2);
        annen.gyldighetstidspunkt = tid(9);
        arv(&rad(1, 1, 1), &mut annen, false);
        assert_eq!(annen.kjede, []);
        let mut lik = rad(2, 1, 1);
        arv(&rad(1, 1, 1), &mut lik, false);
        assert_eq!(lik.kjede, []);
    }

    #[test]
    fn a_row_that_is_corrected_for_ever_stays_small_and_never_shows_a_hidden_change_to_who_sees_none() {
        let mut forrige = rad(0, 0, 0);
        for n in 1..24 {
            // In turn the spouse and the cause.
            let mut neste = rad(n, n / 2, n.div_ceil(2));
            arv(&forrige, &mut neste, false);
            forrige = neste;
        }
        assert_eq!(forrige.kjede.len(), 2);
        check(&forrige, Projeksjon::MedHjemmel, 23);
        check(&forrige, Projeksjon::Finans, 22);
        check(&forrige, Projeksjon::OffentligUtenHjemmel, 0);
    }
}
