//! What holds within one person: alive or dead, where, and when.

use std::collections::BTreeSet;

use informasjonsmodell::kodeverk::Personstatus;
use informasjonsmodell::{Entitet, Opplysning};
use register::{Feil, Personbilde};
use tilgang::Grad;

use super::krev;
use crate::kjente::Kjente;
use crate::person::Person;
use crate::regel::Regel;

/// Source: folkeregister reference 4.3, 6.5 and 9.4 (death).
pub(super) fn tilstand(_: &mut Kjente<'_, '_>, p: &Personbilde, brudd: &mut BTreeSet<Regel>) -> Result<(), Feil> {
    if p.viderefoert_til.is_some() {
        return Ok(());
    }
    for entitet in Entitet::ALLE.iter().copied().filter(|e| !e.er_parallell()) {
        krev(brudd, p.gjeldende(entitet).count() <= 1, Regel::EnGjeldende);
        // A dublett's number was in use beside the other's until the two were joined.
        if entitet.er_liste() && entitet != Entitet::Identifikasjonsnummer {
            krev(brudd, foelger_hverandre(p, entitet), Regel::Historikk);
        }
    }
    krev(brudd, p.opplysninger.iter().all(slutter_etter_start), Regel::Historikk);
    let status = p.status() == Some(&Personstatus::Doed);
    krev(brudd, status == p.doedsdato().is_some(), Regel::StatusOgDoedsfall);
    if p.er_doed() {
        let adresser = Entitet::ADRESSER.iter().any(|e| p.gjeldende(*e).next().is_some());
        krev(brudd, !adresser, Regel::DoedUtenAdresse);
    } else if p.status() == Some(&Personstatus::Bosatt) {
        let skal_ha = usize::from(p.vern != Grad::StrengtFortrolig);
        let har = p.gjeldende(Entitet::Bostedsadresse).count();
        krev(brudd, har == skal_ha, Regel::EttBosted);
    }
    Ok(())
}

fn slutter_etter_start(o: &Opplysning) -> bool {
    match (o.metadata.gyldighetstidspunkt, o.metadata.opphoerstidspunkt) {
        (Some(fra), Some(til)) => fra.rekkefoelge() <= til.rekkefoelge(),
        _ => true,
    }
}

// Periods of entries that tell when they began: none ends after the next began, and the current one began last. Of two that
// began at once, the one that does not say when it ended was replaced by the other. Entries without a time, of which the
// real register has had millions, are passed over.
fn foelger_hverandre(p: &Personbilde, entitet: Entitet) -> bool {
    let mut perioder: Vec<(i128, bool, Option<i128>)> = p
        .opplysninger
        .iter()
        .filter(|o| o.entitet() == entitet)
        .filter_map(|o| {
            let fra = o.metadata.gyldighetstidspunkt?.rekkefoelge();
            let til = o
                .metadata
                .opphoerstidspunkt
                .map(informasjonsmodell::Tidspunkt::rekkefoelge);
            Some((fra, o.metadata.er_gjeldende == Some(true), til))
        })
        .collect();
    perioder.sort_unstable_by_key(|(fra, gjeldende, til)| (*fra, *gjeldende, til.unwrap_or(i128::MIN)));
    let gjeldende_er_sist = perioder.iter().rev().skip(1).all(|(_, gjeldende, _)| !gjeldende);
    let etter_hverandre = perioder
        .iter()
        .zip(perioder.iter().skip(1))
        .all(|((_, _, til), (neste, _, _))| til.is_none_or(|til| til <= *neste));
    gjeldende_er_sist && etter_hverandre
}
