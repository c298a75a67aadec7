//! Numbers: whose they are, and how many are in use.

use std::collections::BTreeSet;

use informasjonsmodell::kodeverk::Identifikatorstatuskode;
use informasjonsmodell::{Entitet, Innhold};
use register::{Feil, Personbilde};

use super::krev;
use crate::kjente::Kjente;
use crate::regel::Regel;

/// One number in use at most, and it is the current one; every number that is an entry is a number of the person and the
/// other way; each leads to the person, or to the one who carries it on after a merger.
///
/// Two persons with one number break it both ways: the number leads to one of them.
/// Source: folkeregister reference 6.5.
pub(super) fn numre(kjente: &mut Kjente<'_, '_>, p: &Personbilde, brudd: &mut BTreeSet<Regel>) -> Result<(), Feil> {
    for nummer in &p.numre {
        let holder = match kjente.eier(*nummer)? {
            None => false,
            Some(eier) if p.viderefoert_til.is_none() => eier == p.person,
            // Whoever carries it on is somebody, and has it too.
            Some(eier) => {
                let eier = kjente.person(eier)?;
                eier.viderefoert_til.is_none() && eier.person != p.person && eier.numre.contains(nummer)
            }
        };
        krev(brudd, holder, Regel::Numre);
    }
    let (mut i_bruk, mut oppfoert) = (0, BTreeSet::new());
    for o in p.opplysninger.iter() {
        let Innhold::Identifikasjonsnummer(n) = &o.innhold else {
            continue;
        };
        oppfoert.extend(n.foedselsnummer.som_tekst().parse::<u64>().ok());
        if n.status == Identifikatorstatuskode::IBruk {
            i_bruk += 1;
            krev(brudd, o.metadata.er_gjeldende == Some(true), Regel::Numre);
        }
    }
    krev(
        brudd,
        i_bruk == usize::from(p.er_i_bruk) && p.numre.iter().copied().collect::<BTreeSet<_>>() == oppfoert,
        Regel::Numre,
    );
    if p.viderefoert_til.is_some() {
        krev(brudd, i_bruk == 0, Regel::Numre);
    } else {
        krev(
            brudd,
            p.gjeldende(Entitet::Identifikasjonsnummer).count() <= 1,
            Regel::Numre,
        );
    }
    Ok(())
}
