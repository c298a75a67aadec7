//! Sivilstand ugift without a gyldighetstidspunkt: whoever never married has been ugift since birth.
//!
//! Source: news of 2021-05-04, 3 500 000 persons; that the time is midnight of the day of birth is our choice, ADR 0028.

use informasjonsmodell::kodeverk::Sivilstandstype;
use informasjonsmodell::{Endring, Entitet, Hendelsestype, Innhold, Utvelger};
use register::{Personbilde, Rettelse};

use super::{rettelse, som};

pub(super) const ENTITETER: [Entitet; 2] = [Entitet::Sivilstand, Entitet::Foedsel];

pub(super) fn vurder(person: &Personbilde) -> Vec<Rettelse> {
    let mut gjeldende = person.gjeldende(Entitet::Sivilstand);
    let (Some(naa), None) = (gjeldende.next(), gjeldende.next()) else {
        return Vec::new();
    };
    let Innhold::Sivilstand(sivilstand) = &naa.innhold else {
        return Vec::new();
    };
    // One with history has been something else, and became ugift on some other day.
    let har_historikk = person.historiske(Entitet::Sivilstand).next().is_some();
    if sivilstand.sivilstand != Sivilstandstype::Ugift || naa.metadata.gyldighetstidspunkt.is_some() || har_historikk {
        return Vec::new();
    }
    let foedt = person.gjeldende(Entitet::Foedsel).find_map(|o| match &o.innhold {
        Innhold::Foedsel(foedsel) => foedsel.foedselsdato,
        _ => None,
    });
    let Some(fra) = foedt.and_then(saksbehandling::midnatt) else {
        return Vec::new();
    };
    rettelse(
        Hendelsestype::EndringISivilstand,
        vec![Endring::Korrigere {
            hvilken: Utvelger::Gjeldende(Entitet::Sivilstand),
            ny: som(naa, naa.innhold.clone(), Some(fra)),
        }],
    )
}
